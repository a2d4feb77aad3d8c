"""Libraries that an exercise is to be done without, kept from the learner's cells while it is run and judged.

A rule of the exercise, not a wall: see "Libraries that an exercise forbids" in docs/contributors/grading-engine.md.
"""

from __future__ import annotations

import builtins
import importlib
import sys
import types
from collections.abc import Mapping
from typing import Any, NoReturn

#: What every refusal begins with.
REFUSED = "this exercise is to be done without"


class Forbidden:
    """What cells in ``namespace`` may not use just now. Libraries may import each other as ever."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self._namespace = namespace
        self._libraries: frozenset[str] = frozenset()
        self._hidden: dict[str, tuple[Any, _StandIn]] = {}
        self._guarded = False

    def set(self, libraries: list[str]) -> None:
        """From now on these are forbidden, by their top-level names, and no others."""
        for name, (value, stand_in) in self._hidden.items():
            if self._namespace.get(name) is stand_in:
                self._namespace[name] = value
        self._libraries = frozenset(libraries)
        self._hidden = {
            name: (value, _StandIn(library))
            for name, value in self._namespace.items()
            if (library := _library(value)) in self._libraries
        }
        self._namespace.update({name: stand_in for name, (_, stand_in) in self._hidden.items()})
        if libraries and not self._guarded:
            self._guard()

    def _guard(self) -> None:
        """Ask before an import; what is loaded already is asked for as well."""
        self._guarded = True
        statement, function = builtins.__import__, importlib.import_module

        def __import__(
            name: str,
            globals: Mapping[str, object] | None = None,
            locals: Any = None,
            fromlist: Any = (),
            level: int = 0,
        ) -> Any:
            if not level:
                self._ask(name, globals)
            return statement(name, globals, locals, fromlist, level)

        def import_module(name: str, package: str | None = None) -> types.ModuleType:
            self._ask(name, sys._getframe(1).f_globals)
            return function(name, package)

        builtins.__import__, importlib.import_module = __import__, import_module

    def _ask(self, name: str, caller: Mapping[str, object] | None) -> None:
        library = name.partition(".")[0]
        if library in self._libraries and (caller or {}).get("__name__", "__main__") == "__main__":
            _refuse(library)


class _StandIn:
    """What a name is bound to in place of something that a forbidden library gave."""

    def __init__(self, library: str) -> None:
        self.__dict__["_library"] = library

    def __getattr__(self, name: str) -> NoReturn:
        _refuse(self.__dict__["_library"])

    def __call__(self, *_: Any, **__: Any) -> NoReturn:
        _refuse(self.__dict__["_library"])


def _refuse(library: str) -> NoReturn:
    raise ImportError(f"{REFUSED} {library}")


def _library(value: Any) -> str:
    """The library that a module, or something that can be called, comes from. Data of its types is no use of it."""
    try:
        home = value.__name__ if isinstance(value, types.ModuleType) else value.__module__ if callable(value) else ""
    except Exception:  # noqa: BLE001 - a learner's object may answer as it likes
        return ""
    return home.partition(".")[0] if isinstance(home, str) else ""
