"""The grader's side of a zygote: processes that are ready at once, because another has imported everything before.

Linux and macOS can fork; where that is missing there are only stock kernels (:mod:`autograder.stock`).
"""

from __future__ import annotations

import dataclasses
import os
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from autograder import wire
from autograder.endings import Ended, KernelTrouble, Stopped, Verdict
from autograder.grade import Step
from autograder.sandbox import Limits, Means
from autograder.sandbox.surroundings import ONE_THREAD

#: Seconds that a zygote has to import what its family needs in.
PATIENCE = 300.0
#: A long-running cell's memory is looked at this often, in seconds.
LOOK = 0.25
#: How much longer than the cell itself the round trips around it may take, on a busy machine.
SLACK = 1.0

_PACKAGE = str(Path(__file__).resolve().parent.parent)
_START = "import sys; sys.path.insert(0, {!r}); from autograder import zygote; sys.path.pop(0); zygote.main({})"


def can_fork() -> bool:
    return hasattr(os, "fork") and hasattr(socket, "send_fds")


@dataclass(frozen=True)
class Family:
    """Libraries that are imported before the fork, and a script that makes them warm (compile caches, first calls)."""

    imports: tuple[str, ...] = ()
    warm_up: str = ""


class ThreadsStarted(KernelTrouble):
    """A library of the family starts threads when it is imported, so that nothing can be forked after it."""


class Zygote:
    """A running zygote, thread-safe. Raises KernelTrouble if it cannot be started or has gone."""

    def __init__(self, family: Family, python: str, limits: Limits, readable: Iterable[str], secret: str = "") -> None:
        self._folder = tempfile.mkdtemp(prefix=f"autograder-{os.getpid()}-")
        os.chmod(self._folder, 0o711)  # the learner's user passes through it and sees nothing in it
        self._limits, self._secret = limits, secret
        self._numbers = iter(range(1 << 62))
        self._lock = threading.Lock()
        self._said = ""
        self._process: subprocess.Popen[bytes] | None = None
        self._control, theirs = socket.socketpair()
        try:
            self._start(family, python, readable, theirs)
        except BaseException:  # Ctrl-C too: nobody could close what was never there
            self._control.close()
            if self._process:
                self._process.kill()
                self._process.wait()
            shutil.rmtree(self._folder, ignore_errors=True)
            raise

    def _start(self, family: Family, python: str, readable: Iterable[str], theirs: socket.socket) -> None:
        try:
            self._process = process = subprocess.Popen(
                [python, "-c", _START.format(_PACKAGE, theirs.fileno())],
                pass_fds=[theirs.fileno()],
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
            )
        except OSError as error:
            raise KernelTrouble(f"the Python that grades cannot be started ({python}): {error.strerror}") from error
        finally:
            theirs.close()
        threading.Thread(target=self._hear, args=[process.stderr], daemon=True).start()
        told = {
            "imports": list(family.imports), "warm_up": family.warm_up, "folder": self._folder,
            "limits": dataclasses.asdict(self._limits), "readable": list(readable),
        }  # fmt: skip
        try:
            wire.send(self._control, told)
            self._control.settimeout(PATIENCE)
            ready = wire.receive(self._control)
            self._control.settimeout(None)
        except wire.Closed as error:
            raise KernelTrouble(f"the process that grades did not start:\n{self._last_words()}") from error
        if ready["threads"] > 1:
            raise ThreadsStarted("a library starts threads when it is imported")

    def pair(self) -> Pair:
        """A tester and a confined learner's process, ready for the first cell."""
        ours, theirs = socket.socketpair()
        number = next(self._numbers)
        with self._lock:
            try:
                wire.send(self._control, {"do": "start", "number": number})
                socket.send_fds(self._control, [b"."], [theirs.fileno()])
                answer = wire.receive(self._control)
            except (wire.Closed, OSError):
                answer = {"trouble": f"the process that grades has ended:\n{self._last_words()}"}
            finally:
                theirs.close()
        if "trouble" in answer:
            ours.close()
            raise KernelTrouble(answer["trouble"])
        pair = Pair(self, number, ours, Means(**answer["means"]), self._limits)
        try:
            wire.receive(ours)
        except wire.Closed as error:
            pair.close()
            raise KernelTrouble(f"the process that runs the tests did not start:\n{self._last_words()}") from error
        if self._secret:
            pair.ask({"do": "environment", "variables": {"AUTOGRADER_SECRET": self._secret}}, PATIENCE)
        return pair

    def stop(self, number: int, died: bool = False) -> str:
        """End a pair; where the learner's process ``died``, the name of the signal that ended it, if one had."""
        return str(self._order({"do": "stop", "number": number, "died": died}).get("ended", ""))

    def memory(self, number: int) -> int:
        return int(self._order({"do": "memory", "number": number}).get("memory", 0))

    def close(self) -> None:
        """End it with all that it forked."""
        assert self._process is not None
        self._control.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _order(self, order: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            try:
                wire.send(self._control, order)
                answer: dict[str, Any] = wire.receive(self._control)
                return answer
            except (wire.Closed, OSError):
                return {}

    def _hear(self, stderr: IO[bytes]) -> None:
        """Keep the end of what it says there, so that it never waits for a reader."""
        for line in stderr:
            self._said = (self._said + line.decode(errors="replace"))[-4000:]

    def _last_words(self) -> str:
        time.sleep(0.1)
        return self._said.strip() or "it said nothing"


class Pair:
    """One submission's tester and learner's process, as a context. Orders are carried out one after another."""

    def __init__(self, zygote: Zygote, number: int, line: socket.socket, means: Means, limits: Limits) -> None:
        self.means, self.strong = means.line(), means.strong
        self._zygote, self._number, self._line, self._limits = zygote, number, line, limits
        self.stop: threading.Event | None = None

    def __enter__(self) -> Pair:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self, died: bool = False) -> str:
        """End both processes and all that they started; says which signal had ended the learner's, if ``died``."""
        if self._line.fileno() < 0:
            return ""
        self._line.close()
        return self._zygote.stop(self._number, died)

    def do(self, step: Step, seconds: float) -> Verdict:
        """Run a test in the tester or, in-kernel, in the learner's process; what the course gives in both; the rest there."""
        match step:
            case Step(given=True):
                order = {"do": "given", "exports": list(step.exports)}
            case Step(test=""):
                order = {"do": "cell"}
            case Step(apart=True):
                order = {"do": "test", "exports": list(step.exports)}
            case _:
                order = {"do": "test there"}
        return self.ask(order | {"source": step.source, "forbidden": list(step.forbidden)}, seconds)

    def ask(self, order: dict[str, Any], seconds: float) -> Verdict:
        try:
            wire.send(self._line, order)
            if trouble := self._wait(seconds):
                return trouble
            answer = wire.receive(self._line)
        except wire.Closed:
            return self._died("the process that runs the tests ended while this ran")
        if "value" in answer:
            value: float | None = answer["value"]
            return value
        if "kind" not in answer:
            return None
        if answer.get("name") == "MemoryError":
            return self._out_of_memory(self._limits.memory)
        if answer["kind"] == "crashed":
            return self._died(answer["text"])
        return Ended("error", answer["name"], answer["text"])

    def _wait(self, seconds: float) -> Ended | None:
        """Until there is an answer. Raises Stopped; gives the end of what takes too long or too much."""
        until = time.monotonic() + seconds + SLACK
        while not select.select([self._line], [], [], min(LOOK, max(0.0, until - time.monotonic())))[0]:
            if self.stop is not None and self.stop.is_set():
                raise Stopped
            if self._zygote.memory(self._number) > self._limits.total_memory:
                return self._out_of_memory(self._limits.total_memory)
            if time.monotonic() >= until:
                return Ended("timed out", text=f"still running after {seconds:g} s", dead=True)
        return None

    def _out_of_memory(self, most: int) -> Ended:
        return Ended("crashed", text=f"this asked for more than {most >> 30} GB of memory", dead=True)

    def _died(self, text: str) -> Ended:
        signal = self.close(died=True)
        return Ended("crashed", text=f"{text} ({signal})" if signal else text, dead=True)


def _environment() -> dict[str, str]:
    """What the zygote is told of the environment: where things are, and nothing secret."""
    kept = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "HOME", "TMPDIR", "PYTHONPATH", "VIRTUAL_ENV", "MPLCONFIGDIR")
    return {name: os.environ[name] for name in kept if name in os.environ} | ONE_THREAD | {"MPLBACKEND": "Agg"}


def sweep() -> None:
    """Remove the empty folders of graders that were killed before they could."""
    for folder in Path(tempfile.gettempdir()).glob("autograder-*-*"):
        owner = folder.name.split("-")[1]
        if owner.isdigit() and not _alive(int(owner)):
            shutil.rmtree(folder, ignore_errors=True)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def interpreter(kernelspec: str = "python3") -> str:
    """The Python that a kernelspec would start; this one where the spec does not say."""
    # Looked up only where it is another than the usual: jupyter_client takes long to import.
    if kernelspec in ("", "python3", "python"):
        return sys.executable
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    try:
        command = KernelSpecManager().get_kernel_spec(kernelspec).argv[0]
    except NoSuchKernel as error:
        raise KernelTrouble(
            f"there is no kernel {kernelspec!r} here; `jupyter kernelspec list` shows those there are"
        ) from error
    return command if os.path.isabs(command) else sys.executable
