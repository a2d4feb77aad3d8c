"""The trusted child that runs the test cells. The names that the learner was to define are stand-ins here.

The grader sends it one cell after another and gets back how each ended. What came from the learner's process is plain
data or a proxy (:mod:`autograder.peer`), so equality is decided here and there is no verdict to forge.
"""

from __future__ import annotations

import builtins
import os
import socket
import sys
import types
from typing import Any, NoReturn

from autograder import wire
from autograder.faults import text_of
from autograder.learner import run_cell
from autograder.peer import Gone, Peer
from autograder.proxies import offer


def main(grader: socket.socket, learner: socket.socket) -> NoReturn:
    """Serve the grader until it closes the line."""
    tester = Tester(learner)
    try:
        wire.send(grader, {})  # it is there
        while True:
            wire.send(grader, tester.do(wire.receive(grader)))
    except wire.Closed:
        os._exit(0)


class Tester:
    def __init__(self, learner: socket.socket) -> None:
        self.module = types.ModuleType("__main__")
        self.module.__dict__["__builtins__"] = builtins
        sys.modules["__main__"] = self.module
        self._peer = Peer(learner, trusted=True)
        self._bound: dict[str, Any] = {}
        self._untold: dict[str, str] = {}
        self._forbidden: list[str] = []
        self._steps = 0

    def do(self, order: dict[str, Any]) -> dict[str, Any]:
        """Carry out one order of the grader's; gives how it ended, and a number where a test's last line is one.

        ``do`` is "cell" (the learner's process runs it), "given" (both do: set-up), "test" (here), "test there", or
        "environment": variables that only the tests see.
        """
        self._steps += 1
        try:
            self._forbid(order.get("forbidden", []))
            match order["do"]:
                case "environment":
                    os.environ.update(order["variables"])
                    return {}
                case "cell":
                    return self._there(order["source"])
                case "given":
                    ended = self._there(order["source"])
                    self._bind(order["exports"])
                    self._here(order["source"])
                    return ended
                case "test there":
                    ended = self._there(order["source"])
                    return ended or {"value": _number(self._peer.door("last"))}
                case "test":
                    self._bind(order["exports"])
                    return self._here(order["source"])
        except Gone as gone:
            return {"kind": "crashed", "text": str(gone), "dead": True}
        raise ValueError(order["do"])

    def _forbid(self, libraries: list[str]) -> None:
        """Tell the learner's process which libraries its cells may not use, if that is not what it was told last."""
        if libraries != self._forbidden:
            self._peer.door("forbid", libraries)
            self._forbidden = libraries

    def _there(self, source: str) -> dict[str, Any]:
        error = self._peer.door("run", source)
        return _ended(str(error[0]), str(error[1])) if error else {}

    def _here(self, source: str) -> dict[str, Any]:
        try:
            return {"value": _number(run_cell(source, self.module.__dict__, f"<test {self._steps}>"))}
        except Gone:
            raise
        except NameError as error:
            untold = self._untold.get(str(error.name), "")
            return _ended("TypeError", f"{error.name} is {untold}") if untold else _ended("NameError", text_of(error))
        except BaseException as error:  # noqa: BLE001 - SystemExit of a learner's function comes through a test as well
            return _ended(type(error).__name__, text_of(error))

    def _bind(self, exports: list[str]) -> None:
        """Bind the names that the learner was to define, and unbind those that are not there (any more)."""
        namespace, offered = self.module.__dict__, dict[str, set[str]]()
        for export in exports:
            name, _, attribute = export.partition(".")
            offered.setdefault(name, set()).update({attribute} if attribute else ())
        self._peer.classes = set(offered)
        self._untold = {}
        for name, attributes in offered.items():
            try:
                found = self._peer.door("export", name)
            except Exception as error:  # noqa: BLE001 - what cannot be told is not there; who asks for it hears why
                found = []
                self._untold[name] = text_of(error)
            if found:
                namespace[name] = self._bound[name] = found[0]
                offer(found[0], attributes)
            elif name in self._bound:
                del self._bound[name]
                namespace.pop(name, None)


def _ended(name: str, text: str) -> dict[str, Any]:
    if "MemoryError" in name + text[:200]:  # what holds the memory may stay alive with the traceback
        return {"kind": "crashed", "name": "MemoryError", "dead": True}
    return {"kind": "error", "name": name[:200], "text": text}


def _number(value: Any) -> float | None:
    kind = type(value)
    if kind in (int, float) or (kind.__module__ == "numpy" and kind.__name__.startswith(("int", "uint", "float"))):
        return float(value)
    return None
