"""Right answers, wrong answers and mutants against an exercise's tests, each in a forked process of its own.

A candidate takes the place of the solution cell: set-up, candidate and test cells run in one namespace, as a notebook
would run them, but without a kernel: hundreds of candidates a minute. What is asked is which test cells fail.
"""

from __future__ import annotations

import ast
import contextlib
import importlib
import multiprocessing as mp
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from typing import Any

from autograder.names import imported

_MEMORY = 4 << 30  # bytes of data: a runaway candidate dies, the machine does not
_GRACE = 5.0  # seconds beyond its own alarm after which a candidate that swallows it is killed


@dataclass(frozen=True)
class Trial:
    """One candidate for one exercise: the code of its cells. ``tests`` are (name, source), in the order of the notebook."""

    setup: str
    candidate: str
    tests: tuple[tuple[str, str], ...]


@dataclass
class Outcome:
    """Which test cells failed, each with the error it ended in ("NotImplementedError: …"); seconds the whole took."""

    failed: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0


def warm_up(setups: Iterable[str]) -> None:
    """Import what set-up cells import, once, in the process that later forks the trials."""
    for setup in setups:
        for name in sorted(imported(ast.parse(setup))):
            with contextlib.suppress(ImportError):
                importlib.import_module(name)


def run_trials(
    trials: Sequence[Trial], seconds: float = 60.0, jobs: int | None = None, done: Callable[[], Any] = lambda: None
) -> list[Outcome]:
    """Run every trial, ``jobs`` at a time (as many as there are processors); ``done`` is called as each one ends.

    A trial still running after ``seconds`` is killed; the cells it had not come to have failed with "TimeoutError".
    """
    outcomes = [Outcome() for _ in trials]
    waiting: Iterator[int] = iter(range(len(trials)))
    running: dict[Any, tuple[int, mp.process.BaseProcess, float, str]] = {}
    context = mp.get_context("fork")
    try:
        while True:
            while len(running) < (jobs or os.cpu_count() or 1) and (index := next(waiting, None)) is not None:
                ours, theirs = context.Pipe(duplex=False)
                folder = tempfile.mkdtemp(prefix="trial-")
                child: mp.process.BaseProcess = context.Process(
                    target=_child, args=(trials[index], theirs, seconds, folder)
                )
                child.start()
                theirs.close()
                running[ours] = index, child, time.monotonic(), folder
            if not running:
                return outcomes
            for pipe in wait(list(running), timeout=0.2):
                _receive(pipe, outcomes[running[pipe][0]])
            for pipe, (index, child, started, folder) in list(running.items()):
                if child.is_alive() and time.monotonic() - started < seconds + _GRACE:
                    continue
                _end(child, folder)
                _receive(pipe, outcomes[index])
                _close(outcomes[index], trials[index], time.monotonic() - started, child.exitcode)
                pipe.close()
                del running[pipe]
                done()
    finally:
        for _, child, _, folder in running.values():
            _end(child, folder)


_PASSED = ""


def _end(child: mp.process.BaseProcess, folder: str) -> None:
    """End a trial, what it started, and what it left on disk, however it came to its end."""
    assert child.pid is not None
    child.kill()
    with contextlib.suppress(ProcessLookupError, PermissionError):  # no such group any more; on macOS, one of zombies
        os.killpg(child.pid, signal.SIGKILL)
    child.join()
    shutil.rmtree(folder, ignore_errors=True)


def _receive(pipe: Any, outcome: Outcome) -> None:
    with contextlib.suppress(EOFError, OSError):
        while pipe.poll():
            name, error = pipe.recv()
            outcome.failed[name] = error


def _close(outcome: Outcome, trial: Trial, seconds: float, exitcode: int | None) -> None:
    """What was not reported did not pass; what was reported as passed is no failure."""
    reason = "TimeoutError: still running" if exitcode == -signal.SIGKILL else f"the process died ({exitcode})"
    outcome.failed = {name: outcome.failed.get(name, reason) for name, _ in trial.tests}
    outcome.failed = {name: error for name, error in outcome.failed.items() if error != _PASSED}
    outcome.seconds = seconds


def _child(trial: Trial, pipe: Connection, seconds: float, folder: str) -> None:
    os.setsid()  # a process group of its own, so that whatever it starts can be ended with it
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGALRM, _out_of_time)
    if sys.platform == "linux":
        # Soft, for programs that reserve more than they use; and not of address space, of which Java takes much for nothing.
        resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY, resource.getrlimit(resource.RLIMIT_DATA)[1]))
    silence = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(silence, stream)
    # Under Jupyter and pytest Python's own streams are not these: a flood would fill the memory or disk of the parent's.
    sys.stdin, sys.stdout, sys.stderr = (os.fdopen(stream, "r" if stream == 0 else "w") for stream in (0, 1, 2))
    os.chdir(folder)
    tempfile.tempdir = os.environ["TMPDIR"] = folder  # what it leaves there goes with the folder
    namespace: dict[str, Any] = {"__name__": "__main__"}
    error = _run(trial.setup, namespace, seconds) or _run(trial.candidate, namespace, seconds)
    for name, source in trial.tests:
        pipe.send((name, error or _run(source, namespace, seconds / len(trial.tests))))
    pipe.close()
    os._exit(0)


class _OutOfTime(BaseException):
    """Not an Exception, so that a learner's ``except Exception`` does not catch it."""


def _out_of_time(*_: object) -> None:
    raise _OutOfTime


def _run(source: str, namespace: dict[str, Any], seconds: float) -> str:
    """The error that the cell ends in, or :data:`_PASSED`."""
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        exec(compile(source, "<cell>", "exec"), namespace)
    except _OutOfTime:
        return "TimeoutError: still running"
    except BaseException as error:  # noqa: BLE001 - SystemExit and KeyboardInterrupt of a candidate are its failures too
        return f"{type(error).__name__}: {error}"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return _PASSED
