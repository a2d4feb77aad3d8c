"""Java processes and their folder end with the process that started them, however that ends.

The owner starts this file as a small process of its own, which starts the Java processes and waits. Its standard input is a pipe
that the owner holds: when the owner ends it, or is gone and the kernel closes it, the leash stops what it has started, removes the
folder and ends. It leads a session of its own, so that neither Ctrl-C nor a kernel that is killed with its process group takes it
along; should somebody kill it, the kernel ends its children (on Linux).
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import weakref
from collections.abc import Mapping, Sequence
from pathlib import Path

_PATIENCE = 5.0
_PR_SET_PDEATHSIG = 1

_leashes: weakref.WeakSet[Leash] = weakref.WeakSet()


class Leash:
    """A small process that runs others. ``folder`` is removed when it ends."""

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", os.path.abspath(__file__), str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True, cwd="/", start_new_session=True,
        )  # fmt: skip
        _leashes.add(self)

    def start(self, line: Sequence[str], variables: Mapping[str, str], log: Path) -> int:
        """Start a program whose words go to ``log``; its process id."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(
            json.dumps({"line": list(line), "environment": dict(variables), "log": str(log)}) + "\n"
        )
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    @property
    def ended(self) -> bool:
        """Whether the first program that it started has ended: then the others have, too."""
        return self._process.poll() is not None

    def last_words(self) -> str:
        """The end of what the first program said, where it has ended by itself."""
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.read() or '""') if self.ended else ""

    def end(self) -> None:
        """End what it started, and wait until it has ended and the folder is gone."""
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            assert self._process.stdin is not None
            self._process.stdin.close()
            self._process.wait(4 * _PATIENCE)
        if self._process.stdout is not None:
            self._process.stdout.close()


def _forget() -> None:
    """In a forked child: the pipes are the parent's, and must close when the parent ends."""
    for leash in list(_leashes):
        leash._process.returncode = 0  # not this process's child
        for stream in (leash._process.stdin, leash._process.stdout):
            with contextlib.suppress(OSError):
                if stream is not None:
                    stream.close()
    _leashes.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)


# --- the leash itself -------------------------------------------------------------------------------------------------


def _run(folder: str) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    started: list[subprocess.Popen[bytes]] = []
    log = ""

    def look(*_: object) -> None:
        """The first program takes the others along when it ends by itself; the owner sees that by the end of this process."""
        if started and started[0].poll() is not None:
            with contextlib.suppress(OSError):
                os.close(0)

    signal.signal(signal.SIGCHLD, look)
    with contextlib.suppress(OSError, ValueError):
        for line in sys.stdin:
            started.append(_start(**(asked := json.loads(line))))
            log = log or asked["log"]
            print(started[-1].pid, flush=True)
            look()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for number in (signal.SIGTERM, signal.SIGKILL):
        for process in started:
            with contextlib.suppress(OSError):
                os.killpg(process.pid, number)
        until = time.monotonic() + _PATIENCE
        while any(process.poll() is None for process in started) and time.monotonic() < until:
            time.sleep(0.02)
    with contextlib.suppress(OSError), open(log, encoding="utf-8", errors="replace") as words:
        print(json.dumps(words.read()[-2000:]), flush=True)
    shutil.rmtree(folder, ignore_errors=True)


def _start(line: list[str], environment: dict[str, str], log: str) -> subprocess.Popen[bytes]:
    with open(log, "ab") as words:
        return subprocess.Popen(
            line, stdin=subprocess.PIPE, stdout=words, stderr=words, env=environment, cwd=os.path.dirname(log),
            start_new_session=True, preexec_fn=_prepare,
        )  # fmt: skip


def _prepare() -> None:
    """In the child, before it becomes the program: Java heeds no signal that it finds ignored."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


if __name__ == "__main__":
    _run(sys.argv[1])
