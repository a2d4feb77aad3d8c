"""Where one list, dict or array stands in several places of a value: a tree would make it several.

``[[0] * 3] * 3`` is one row three times, and who changes one row changes all: a test must see that.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from autograder.plain import NotPlain

#: The way to a place: of a list its number, of a dict that of the key.
Path = list[int]

_SINGLE = frozenset({int, float, complex, bool, str, bytes, type(None)})


def shared(value: Any) -> list[tuple[Path, Path]]:
    """The places in lists and dicts of what stands already in another place, each with the first such place."""
    found, first = list[tuple[Path, Path]](), dict[int, Path]()
    if isinstance(value, (list, tuple, dict)):
        _walk(value, [], first, found)
    return found


def join(value: Any, places: Any) -> Any:
    """The value with the same object in the places that :func:`shared` has found. Raises NotPlain for other places."""
    for place, first in places:
        if not place:
            raise NotPlain("a message that is no value")
        there = _at(value, place[:-1])
        if type(there) is list:
            there[place[-1]] = _at(value, first)
        elif isinstance(there, dict):
            there[list(there)[place[-1]]] = _at(value, first)
        else:
            raise NotPlain("a message that is no value")
    return value


def _walk(value: Any, path: Path, first: dict[int, Path], found: list[tuple[Path, Path]]) -> None:
    first[id(value)] = path
    for number, part in _parts(value):
        here = [*path, number]
        if not isinstance(part, tuple) and id(part) in first:
            if not isinstance(value, tuple):
                found.append((here, first[id(part)]))
        elif isinstance(part, (list, tuple, dict)):
            _walk(part, here, first, found)
        else:
            first[id(part)] = here


def _parts(value: Any) -> Iterator[tuple[int, Any]]:
    """What of a list, tuple or dict could be changed itself, or hold such, with its number."""
    parts: Any = dict.values(value) if isinstance(value, dict) else value
    numpy = sys.modules.get("numpy")
    if set(map(type, parts)) <= _SINGLE:
        return
    for number, part in enumerate(list.__iter__(value) if isinstance(value, list) else parts):
        if isinstance(part, (list, tuple, dict, set, bytearray)) or (numpy and isinstance(part, numpy.ndarray)):
            yield number, part


def _at(value: Any, path: Path) -> Any:
    for number in path:
        value = list(value.values())[number] if isinstance(value, dict) else value[number]
    return value
