"""Stand-ins for what lives on the other side of the line: functions, iterators, objects and classes."""

from __future__ import annotations

import builtins
from collections.abc import Iterable
from typing import Any

_COMPARISONS = ("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__")


class _ProxyType(type):
    """The type of stand-ins; calling one that stands for a class makes an object over there."""

    _peer: Any
    _number: int

    def __call__(cls, *arguments: Any, **options: Any) -> Any:
        return cls._peer.call(cls._number, arguments, options)

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return cls._peer.get(cls._number, name)

    def _of(cls, peer: Any, number: int, name: str) -> Any:
        proxy: Any = object.__new__(cls)  # type: ignore[arg-type]
        for key, value in (("_peer", peer), ("_number", number), ("_name", name)):
            object.__setattr__(proxy, key, value)
        return proxy


class Proxy(metaclass=_ProxyType):
    """An object over there. Its public attributes and methods are asked for there; comparisons and arithmetic are not,
    unless the class was made with them: an object must not decide what it is equal to."""

    _peer: Any
    _number: int
    _name: str

    def __getattr__(self, name: str) -> Any:
        if name in ("__name__", "__qualname__") and self._name:
            return self._name
        if name.startswith("_"):
            raise AttributeError(name)
        return self._peer.get(self._number, name)

    def __setattr__(self, name: str, value: Any) -> None:
        self._peer.set(self._number, name, value)

    def __repr__(self) -> str:
        return str(self._peer.text(self._number))

    def __copy__(self) -> Any:
        return self._peer.copy(self._number)

    def __deepcopy__(self, memo: Any) -> Any:
        return self._peer.copy(self._number)


class ProxyFunction(Proxy):
    """A function over there: it can be called, and asked for attributes that an exercise exports by name."""

    def __getattr__(self, name: str) -> Any:
        if name in ("__name__", "__qualname__"):
            return self._name
        if name not in vars(type(self)).get("_offered", ()):
            raise AttributeError(f"{self._name} is a function; its attribute {name} is not part of the exercise")
        return self._peer.get(self._number, name)

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        return self._peer.call(self._number, arguments, options)


class ProxyIterator:
    """An iterator over there."""

    def __init__(self, peer: Any, number: int) -> None:
        self._peer, self._number = peer, number

    def __iter__(self) -> ProxyIterator:
        return self

    def __next__(self) -> Any:
        return self._peer.next(self._number)

    def __repr__(self) -> str:
        return "an iterator (nothing is in it until it is asked)"


def is_proxy(value: Any) -> bool:
    return isinstance(value, (Proxy, ProxyIterator)) or (isinstance(value, _ProxyType) and hasattr(value, "_number"))


def class_for(
    name: str, bases: tuple[type, ...], operators: Iterable[str], peer: Any = None, number: int = 0, error: str = ""
) -> Any:
    """A class of stand-ins with these operators. With ``peer`` it stands for a class itself; ``error`` names the builtin
    exception that this class is a kind of, and then it is a real exception class."""
    if error:
        base = getattr(builtins, error)
        return type(
            name, tuple(b for b in bases if issubclass(b, BaseException)) or (base,), {"__module__": "__main__"}
        )
    members: dict[str, Any] = {operator: _method(operator) for operator in operators}
    if peer is not None:
        members |= {"_peer": peer, "_number": number}
    return _ProxyType(name, bases or (Proxy,), members)


def offer(stand_in: Any, names: set[str]) -> None:
    """Let a test use what an exercise exports of a class or a function by name: operators, and attributes of functions."""
    if isinstance(stand_in, ProxyFunction):
        type(stand_in)._offered = frozenset(names)  # type: ignore[attr-defined]
    elif isinstance(stand_in, _ProxyType):
        for name in names:
            if name.startswith("__") and name.endswith("__"):
                setattr(stand_in, name, _method(name))
        if "__eq__" in names:
            stand_in.__hash__ = object.__hash__  # type: ignore[method-assign,assignment]


def _method(operator: str) -> Any:
    def method(self: Any, *arguments: Any, **options: Any) -> Any:
        if operator in _COMPARISONS and not all(isinstance(other, Proxy) for other in arguments):
            return NotImplemented  # what is plain is compared here, and only here
        return self._peer.call(self._number, arguments, options, "" if operator == "__call__" else operator)

    method.__name__ = operator
    return method
