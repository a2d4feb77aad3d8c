"""The process that has imported what lessons need, and forks a tester and a learner's process for each grading.

It runs in an interpreter of its own, is told what to do over one socket, and ends with it. Only the standard library is
imported before the sandbox is prepared: a process with threads could not enter a user namespace, nor be forked from safely.
"""

from __future__ import annotations

import contextlib
import dataclasses
import gc
import importlib
import json
import os
import runpy
import signal
import socket
import sys
import time
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from autograder import sandbox, wire
from autograder.sandbox import Limits, View

#: Exit status of a learner's process that a signal ended: this and the signal's number, as shells have it.
_SIGNALLED = 128
#: Of gc.set_threshold: a child lives for a second or so, and need not look for garbage every 700 objects.
_COLLECTED = 50_000, 20, 100
#: Seconds from the end of a process's line to its own.
_ENDING = 0.02


@dataclass
class _Pair:
    """A tester and a learner's process at work, and the folder that both see."""

    tester: int
    learner: int
    folder: str


def main(descriptor: int) -> None:
    """Serve the grader on this socket until it closes it; nothing that was forked outlives this."""
    control = socket.socket(fileno=descriptor)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the grader's to handle
    sandbox.prepare()
    told = wire.receive(control)
    _warm_up(told["imports"], told["warm_up"])
    threads = _threads()
    wire.send(control, {"threads": threads})
    zygote = _Zygote(control, told)
    try:
        zygote.serve()
    finally:
        zygote.end()


class _Zygote:
    def __init__(self, control: socket.socket, told: dict[str, Any]) -> None:
        self._control, self._folder = control, told["folder"]
        self._limits, self._readable = Limits(**told["limits"]), tuple(told["readable"])
        self._pairs: dict[int, _Pair] = {}

    def serve(self) -> None:
        while True:
            try:
                order, passed = self._receive()
            except wire.Closed:
                return
            match order["do"]:
                case "start":
                    try:
                        answer: dict[str, Any] = self._start(order["number"], passed)
                    except OSError as error:
                        answer = {"trouble": f"{type(error).__name__}: {error}"}
                case "stop":
                    answer = {"ended": self._stop(order["number"], order["died"])}
                case _:
                    answer = {"memory": sandbox.memory_of(self._pairs[order["number"]].learner)}
            try:
                wire.send(self._control, answer)
            except wire.Closed:
                return

    def end(self) -> None:
        for number in list(self._pairs):
            self._stop(number)

    def _receive(self) -> tuple[dict[str, Any], socket.socket | None]:
        """One order; a line to the grader comes with the order to start."""
        order = wire.receive(self._control)
        if order["do"] != "start":
            return order, None
        _, descriptors, _, _ = socket.recv_fds(self._control, 1, 1)
        if not descriptors:
            raise wire.Closed("no line came with the order")
        return order, socket.socket(fileno=descriptors[0])

    def _start(self, number: int, grader: socket.socket | None) -> dict[str, Any]:
        assert grader is not None
        folder = os.path.join(self._folder, str(number))
        os.mkdir(folder)
        sandbox.scratch(folder, self._limits)
        ours, theirs = socket.socketpair()
        view = View(self._readable, folder)
        # Its means are told by the learner's process on this pipe, once they are in force.
        told, tells = os.pipe()
        tester = sandbox.fork()
        if tester == 0:
            self._become_tester(grader, ours, view)
        learner = sandbox.fork()
        if learner == 0:
            self._become_learner(theirs, tells, view)
        for line in (grader, ours, theirs):
            line.close()
        os.close(tells)
        means = b""
        while part := os.read(told, 4096):
            means += part
        os.close(told)
        self._pairs[number] = _Pair(tester, learner, folder)
        if not means:
            self._stop(number)
            return {"trouble": "the learner's process could not be confined"}
        return {"means": json.loads(means)}

    def _stop(self, number: int, died: bool = False) -> str:
        """End a pair and all that it started; says by which signal the learner's process had ended by itself, if so."""
        pair = self._pairs.pop(number)
        if died:
            time.sleep(_ENDING)
        statuses = []
        for process in (pair.tester, pair.learner):
            for kill in (os.killpg, os.kill):  # what has ended already keeps its status until it is waited for
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    kill(process, signal.SIGKILL)
            statuses.append(os.waitpid(process, 0)[1])
        known = {process for other in self._pairs.values() for process in (other.tester, other.learner)}
        while strays := sandbox.strays(known):
            for stray in strays:
                os.kill(stray, signal.SIGKILL)
                os.waitpid(stray, 0)
        sandbox.unscratch(pair.folder)
        number = os.WEXITSTATUS(statuses[1]) - _SIGNALLED if os.WIFEXITED(statuses[1]) else 0
        return signal.Signals(number).name if number in set(signal.Signals) else ""

    def _become_tester(self, grader: socket.socket, line: socket.socket, view: View) -> NoReturn:
        try:
            from autograder import tester

            sandbox.enter(view, self._limits, learner=False, keep=(grader.fileno(), line.fileno()))
            _silence()
            tester.main(grader, line)
        except BaseException:  # noqa: BLE001 - as below
            traceback.print_exc()
        finally:
            os._exit(1)

    def _become_learner(self, line: socket.socket, tells: int, view: View) -> NoReturn:
        try:
            from autograder import learner

            means = sandbox.enter(view, self._limits, keep=(line.fileno(), tells))
            os.write(tells, json.dumps(dataclasses.asdict(means)).encode())
            os.close(tells)
            _silence()
            _leave_to_a_child(line)
            learner.main(line)
        except BaseException:  # noqa: BLE001 - whatever it is, this process must not go on as a second zygote
            traceback.print_exc()
        finally:
            os._exit(1)


def _leave_to_a_child(line: socket.socket) -> None:
    """Go on in a child: process 1 of a process space ignores signals that would end any other, so it only waits."""
    process = os.fork()
    if process == 0:
        return
    line.close()
    ended = 0
    while ended != process:
        ended, status = os.wait()
    os._exit(_SIGNALLED + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status))


def _warm_up(imports: list[str], script: str) -> None:
    """Import and warm up what the lessons of a family need. What cannot be imported is told by the cell that imports it."""
    for name in imports:
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    if "numpy" in sys.modules:
        importlib.import_module("numpy.random").default_rng()  # numpy loads it when it is first asked for
    from autograder import learner, tester  # noqa: F401 - a confined child no longer finds their files

    if script:
        runpy.run_path(script)
    gc.collect()
    gc.freeze()  # the collector of a child must not touch, and so copy, what is shared
    gc.set_threshold(*_COLLECTED)


def _threads() -> int:
    tasks = Path("/proc/self/task")
    return len(list(tasks.iterdir())) if tasks.exists() else 1


def _silence() -> None:
    """Nobody reads what cells print, and output without end must fill nothing."""
    signal.signal(
        signal.SIGINT, signal.default_int_handler
    )  # the zygote ignores it; programs that cells start should not
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    os.close(nothing)
    sys.stdin, sys.stdout, sys.stderr = (
        os.fdopen(stream, "r" if stream == 0 else "w", closefd=False) for stream in (0, 1, 2)
    )
