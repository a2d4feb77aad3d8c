"""The child in which a learner's cells run: a notebook's ``__main__`` without a kernel, and a line to the tester.

It is a fork of the zygote, confined before it comes here. The tests are not in its memory: it is told which cells to run,
which names to give out and which functions to call, with plain data, and that is all that reaches it.
"""

from __future__ import annotations

import ast
import builtins
import linecache
import os
import random
import re
import socket
import sys
import types
from collections.abc import Callable
from typing import Any, NoReturn

from autograder.faults import text_of
from autograder.forbidden import Forbidden
from autograder.peer import Peer

#: What only IPython understands, or gives: its shell is made when the first of it is met, which takes some time.
_IPYTHON = re.compile(
    r"^[ \t]*[%!?]|\?[ \t]*$|=[ \t]*[%!]|\b(get_ipython|display|Out|In|_ih|_oh)\b|\bawait\b|\basync (for|with)\b",
    re.MULTILINE,
)


def main(stream: socket.socket) -> NoReturn:
    """Serve the tester until it closes the line, then end without a trace."""
    Learner(stream).serve()
    os._exit(0)


class Learner:
    def __init__(self, stream: socket.socket) -> None:
        self.module = types.ModuleType("__main__")
        self.module.__dict__["__builtins__"] = builtins
        sys.modules["__main__"] = self.module
        doors: dict[str, Callable[..., Any]] = {
            "run": self.run,
            "export": self.export,
            "last": self.last,
            "forbid": self._forbid,
        }
        self._peer = Peer(stream, trusted=False, doors=doors)
        self._forbidden = Forbidden(self.module.__dict__)
        self._shell: Any = None
        self._cells = 0
        self._last: Any = None
        random.seed()
        if "numpy" in sys.modules:
            sys.modules["numpy"].random.seed()  # else every fork would draw the same numbers
        for leave in ("exit", "quit"):
            setattr(builtins, leave, self._leave)
        builtins.input = _no_input

    def serve(self) -> None:
        self._peer.serve()

    def run(self, source: str) -> Any:
        """Run a cell; None if it ended well, else the name and the text of its exception."""
        self._cells += 1
        self._last = None
        try:
            if self._shell is not None or _IPYTHON.search(source):
                self._run_in_shell(source)
            else:
                self._last = run_cell(source, self.module.__dict__, f"<cell {self._cells}>")
        except BaseException as error:  # noqa: BLE001 - SystemExit and KeyboardInterrupt of a cell are its own too
            return [type(error).__name__, text_of(error)]
        return None

    def last(self) -> Any:
        """The value of the last cell's last line, where that is a number: partial credit of a test judged in this process."""
        return float(self._last) if type(self._last) in (int, float) else None

    def export(self, name: str) -> list[Any]:
        """A name's value in a list, or an empty list if it is not bound."""
        namespace = self.module.__dict__
        return [namespace[name]] if name in namespace else []

    def _forbid(self, libraries: list[str]) -> None:
        self._forbidden.set(libraries)

    def _leave(self, *_: Any) -> NoReturn:
        from autograder import wire

        wire.send(self._peer.stream, ["exit"])
        os._exit(0)

    def _run_in_shell(self, source: str) -> None:
        if self._shell is None:
            self._shell = _shell(self.module)
        result = self._shell.run_cell(source, store_history=True)
        error = result.error_before_exec or result.error_in_exec
        if error is not None:
            raise error
        self._last = result.result


def run_cell(source: str, namespace: dict[str, Any], name: str) -> Any:
    """Run a cell as a notebook would; the value of its last line if that is an expression, else None."""
    linecache.cache[name] = (len(source), None, source.splitlines(True), name)
    tree = ast.parse(source, name)
    last = tree.body[-1] if tree.body else None
    if not isinstance(last, ast.Expr) or source.rstrip().endswith(";"):
        exec(compile(tree, name, "exec", dont_inherit=True), namespace)
        return None
    exec(compile(ast.Module(tree.body[:-1], tree.type_ignores), name, "exec", dont_inherit=True), namespace)
    return eval(compile(ast.Expression(last.value), name, "eval", dont_inherit=True), namespace)


def _no_input(prompt: object = "") -> NoReturn:
    from IPython.core.error import StdinNotImplementedError

    raise StdinNotImplementedError("nobody is there to answer while this is graded: input() cannot be used")


def _shell(module: types.ModuleType) -> Any:
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    config = Config()
    config.HistoryManager.enabled = False
    config.HistoryManager.hist_file = ":memory:"
    shell: Any = InteractiveShell.instance(config=config, user_module=module)
    shell.colors = "NoColor"
    shell.showtraceback = shell.showsyntaxerror = lambda *_, **__: None  # nobody reads it
    return shell
