"""Exceptions as plain data: an exception of a library comes back as its own class, one of the learner's as a stand-in."""

from __future__ import annotations

import builtins
import contextlib
import sys
from collections.abc import Callable
from typing import Any

_TEXT = 20_000
_ARGS = 4_000


def pack_error(error: BaseException, pack: Callable[[Any], Any], trusted: bool) -> dict[str, Any]:
    """An exception as a tree: its class, the nearest class of a library, its text and, where they are plain, its arguments.

    What a test says when it fails inside of a callback is for the tester alone: ``trusted`` leaves its text out.
    """
    told = not (trusted and isinstance(error, AssertionError))
    text, args = "", None
    if told:
        text = text_of(error)
        with contextlib.suppress(Exception):  # its arguments need not be plain data
            args = pack(error.args)
            args = args if len(str(args)) <= _ARGS else None
    kind = type(error)
    known = next(c for c in kind.__mro__ if _library(c.__module__, c.__qualname__) is c)
    own = None if known is kind else pack(kind)
    return {"known": [known.__module__, known.__qualname__], "own": own, "text": text, "args": args}


def text_of(error: BaseException) -> str:
    """An exception's text, cut; empty where its own class cannot tell: that it was raised is known all the same."""
    try:
        return str(error)[:_TEXT]
    except Exception:  # noqa: BLE001 - see above
        return ""


def unpack_error(tree: Any, unpack: Callable[[Any], Any]) -> BaseException:
    """The exception of a tree. No module is imported for it, and what is not an exception's class is none."""
    module, name = tree["known"]
    kind: type[BaseException] = _library(str(module), str(name)) or Exception
    if tree["own"] is not None:
        own = unpack(tree["own"])
        if isinstance(own, type) and issubclass(own, BaseException):
            kind = own
    text = str(tree["text"])
    try:
        args = unpack(tree["args"]) if tree["args"] is not None else (text,)
        error: BaseException = kind.__new__(kind, *args)
        error.args = args
        if str(error) == text:
            return error
    except Exception:  # noqa: BLE001 - it was not initialised: its text may be made of what only __init__ sets
        args = (text,)
    # Its text is made by a method that is not here, or of arguments that are not: the text itself stands in for them.
    stand_in: Any = type(kind.__name__, (kind,), {"__str__": lambda self: text, "__module__": kind.__module__})
    try:
        error = stand_in.__new__(stand_in, *args)
        return error
    except Exception:  # noqa: BLE001 - a group of exceptions, say, that wants its members
        failed: BaseException = type(kind.__name__, (Exception,), {})(text)
        return failed


def _library(module: str, name: str) -> type[BaseException] | None:
    """An exception class of a module that is imported already, and that is not the cells' own."""
    home = builtins if module == "builtins" else sys.modules.get(module)
    found = None if module == "__main__" else getattr(home, name, None)
    return found if isinstance(found, type) and issubclass(found, BaseException) else None
