"""One end of the line between the tester and a learner's process: calls in both directions, one inside the other.

What is plain data crosses as such (:mod:`autograder.wire`). What is not stays where it is, and the other side gets a
proxy: functions that can be called, iterators, objects of the learner's own classes by their methods. Each side decides
what may be asked of what it holds; the tester offers only what a test handed over.

Where something that was handed over is changed by a call (a list, a dict, an array), the change is carried back, so a test
sees what it would see in one process.
"""

from __future__ import annotations

import copy
import json
import os
import socket
import sys
import threading
from collections.abc import Callable, Iterable
from typing import Any

from autograder import wire
from autograder.faults import pack_error, unpack_error
from autograder.plain import NotPlain, no_value
from autograder.proxies import ProxyFunction, ProxyIterator, class_for, is_proxy
from autograder.sharing import join, shared
from autograder.wire import Tree

#: What any object may be asked for by an operator or a builtin function: what comes back is plain data or a proxy again.
CONTAINER = frozenset(
    {"__len__", "__iter__", "__getitem__", "__contains__", "__next__", "__call__", "__enter__", "__exit__"}
)
_SHOWN = 2000
_REQUESTS = ("door", "call", "next", "get", "set", "repr", "copy")


class Gone(BaseException):
    """The learner's process ended, or speaks no sense any more. Not an Exception: a test must not catch it."""


class Peer:
    """Calls over a connected stream socket. ``trusted`` is the tester's end, which answers only for what it handed over."""

    def __init__(
        self, stream: socket.socket, trusted: bool, doors: dict[str, Callable[..., Any]] | None = None
    ) -> None:
        self.stream, self.trusted = stream, trusted
        #: The learner's classes, by name, whose objects a test works with; of any other class an object is no answer.
        self.classes: set[str] = set()
        self._doors = doors or {}
        self._held: list[Any] = []
        self._numbers: dict[int, int] = {}
        self._proxies: dict[int, Any] = {}
        self._classes: dict[int, type] = {}
        self._turn, self._process, self._asked = threading.RLock(), os.getpid(), 0

    # Asking the other side.

    def ask(self, what: str, *operands: Tree) -> Tree:
        """Send a request and serve what comes in until its answer does. Raises what the other side raised, or Gone."""
        if os.getpid() != self._process:
            raise RuntimeError(
                "what a test hands over can be called from the process that it was handed to, and no other"
            )
        with self._turn:
            self._asked += 1
            number = self._asked
            try:
                wire.send(self.stream, [what, number, *operands])
                while True:
                    match wire.receive(self.stream):
                        case ["ok", int(answered), tree] if answered == number:
                            return tree
                        case ["error", int(answered), tree] if answered == number:
                            raise unpack_error(tree, self._unpack)
                        case ["stop", int(answered)] if answered == number:
                            raise StopIteration
                        case ["exit"]:
                            raise Gone("this asked Python to end (exit or quit)")
                        case [str(request), int(), *_] as message if request in _REQUESTS:
                            self._serve(message)
                        case _:  # an answer that nobody asked for would pass for the next one's
                            raise Gone("the Python process sent what is no answer")
            except wire.Closed:
                raise Gone("the Python process ended while this ran") from None

    def door(self, name: str, *arguments: Any) -> Any:
        """Ask one of the other side's doors, which take and give plain data."""
        return self._unpack(self.ask("door", name, [self._pack(a) for a in arguments]))

    def call(self, number: int, arguments: tuple[Any, ...], options: dict[str, Any], method: str = "") -> Any:
        """Call a function, class or method of an object that the other side holds."""
        given = [self._pack(a) for a in arguments], {k: self._pack(v) for k, v in options.items()}
        value, places, names = self.ask("call", number, method, *given)
        for place, tree in places:
            restore(arguments[place], self._unpack(tree))
        for name, tree in names:
            restore(options[name], self._unpack(tree))
        match value:
            case {"same": int(place)}:
                return arguments[place]
        return self._unpack(value)

    def get(self, number: int, name: str) -> Any:
        return self._unpack(self.ask("get", number, name))

    def set(self, number: int, name: str, value: Any) -> None:
        self.ask("set", number, name, self._pack(value))

    def next(self, number: int) -> Any:
        return self._unpack(self.ask("next", number))

    def text(self, number: int) -> str:
        return str(self.ask("repr", number))[:_SHOWN]

    def copy(self, number: int) -> Any:
        return self._unpack(self.ask("copy", number))

    # Answering.

    def serve(self) -> None:
        """Answer requests until the other side closes the line."""
        try:
            while True:
                self._serve(wire.receive(self.stream))
        except wire.Closed:
            return

    def _serve(self, message: Tree) -> None:
        what, number, *operands = message
        try:
            answer = ["ok", number, self._answer(what, *operands)]
        except StopIteration:
            answer = ["stop", number]
        except Gone:
            raise
        except BaseException as error:  # noqa: BLE001 - whatever was raised here belongs to who asked
            answer = ["error", number, pack_error(error, self._pack, self.trusted)]
        try:
            wire.send(self.stream, answer)
        except NotPlain as error:
            wire.send(self.stream, ["error", number, pack_error(error, self._pack, self.trusted)])

    def _answer(self, what: str, *operands: Tree) -> Tree:
        if what == "door":
            name, arguments = operands
            return self._pack(self._doors[name](*[self._unpack(a) for a in arguments]))
        held = self._held[operands[0]]
        if what == "call":
            return self._called(held, *operands[1:])
        if what == "next":
            return self._pack(next(held))
        if what == "get":
            return self._pack(getattr(held, self._allowed(held, operands[1])))
        if self.trusted:
            raise PermissionError(f"{what} cannot be asked of what a test hands over")
        if what == "set":
            setattr(held, self._allowed(held, operands[1]), self._unpack(operands[2]))
            return None
        if what == "repr":
            return repr(held)[:_SHOWN]
        if what == "copy":
            return self._pack(copy.copy(held))
        raise ValueError(f"no such request: {what!r}")

    def _called(self, held: Any, method: str, arguments: list[Tree], options: dict[str, Tree]) -> Tree:
        function = getattr(held, self._allowed(held, method)) if method else held
        given, named = [self._unpack(a) for a in arguments], {k: self._unpack(v) for k, v in options.items()}
        # What can be changed is packed again afterwards: a difference is carried back.
        before = {i: _told(arguments[i]) for i, value in enumerate(given) if _changeable(value)}
        before_named = {k: _told(options[k]) for k, value in named.items() if _changeable(value)}
        value = function(*given, **named)
        places = [[i, tree] for i, old in before.items() if _told(tree := self._pack(given[i])) != old]
        names = [[k, tree] for k, old in before_named.items() if _told(tree := self._pack(named[k])) != old]
        itself = next((i for i in before if given[i] is value), None)
        return [self._pack(value) if itself is None else {"same": itself}, places, names]

    def _allowed(self, held: Any, name: str) -> str:
        """The name, if the other side may ask ``held`` for it.

        Of what a test hands over, that is what is public in its own classes, and containers' operators: a generator's
        frame is public too, and knows the tests; a library's object may open files.
        """
        kind = held if isinstance(held, type) else type(held)
        own = _own_class(kind) and not hasattr(kind, "__next__")
        if self.trusted and not (own and (name in CONTAINER or not name.startswith("_"))):
            raise PermissionError(f"{name} cannot be asked of what a test hands over")
        return name

    # Handles.

    def _pack(self, value: Any) -> Tree:
        tree, places = wire.pack(value, self._handle), shared(value)
        return {"shared": [tree, places]} if places else tree

    def _unpack(self, tree: Tree) -> Any:
        return wire.unpack(tree, self._resolve)

    def _hold(self, value: Any) -> int:
        if id(value) not in self._numbers:
            self._numbers[id(value)] = len(self._held)
            self._held.append(value)
        return self._numbers[id(value)]

    def _handle(self, value: Any) -> Tree:
        if is_proxy(value):
            return {"back": value._number}
        if self.trusted and (path := _library_path(value)):
            return {"lib": path}
        if isinstance(value, type):
            return {"class": self._class_tree(value)}
        number = self._hold(value)
        if hasattr(type(value), "__next__"):
            return {"iterator": number}
        if callable(value) and not _own_class(type(value)):
            return {"function": [number, str(getattr(value, "__name__", type(value).__name__))[:_SHOWN]]}
        if isinstance(value, type(sys)):
            raise NotPlain("a module, which is no value: call what you need of it, and give what that returns")
        if self.trusted and not _own_class(type(value)):
            raise NotPlain(f"{type(value).__name__} is not plain data, and no class of the test's own")
        offers = sorted(CONTAINER & {name for kind in type(value).__mro__ for name in vars(kind)})
        return {"object": [number, self._class_tree(type(value)), offers]}

    def _class_tree(self, kind: type) -> Tree:
        """A class as its number, its name, and those of its bases that are classes of the same author."""
        error = next(
            (c.__name__ for c in kind.__mro__ if issubclass(c, BaseException) and c.__module__ == "builtins"), ""
        )
        bases = [self._class_tree(base) for base in kind.__bases__ if _own_class(base)]
        return [self._hold(kind), kind.__name__[:_SHOWN], bases, error]

    def _resolve(self, tree: Tree) -> Any:
        ((tag, body),) = tree.items()
        if tag == "shared":
            return join(self._unpack(body[0]), body[1])
        if tag == "back":
            return self._held[body]
        if tag == "lib" and not self.trusted:
            return _from_library(body)
        if tag == "class":
            return self._class(body)
        if tag == "iterator":
            return self._proxies.setdefault(body, ProxyIterator(self, int(body)))
        if tag == "function":
            number, name = int(body[0]), str(body[1])
            return self._proxies.setdefault(number, class_for(name, (ProxyFunction,), ())._of(self, number, name))
        if tag == "object":
            number, kind = int(body[0]), self._class(body[1])
            if self.trusted and self.classes.isdisjoint(above.__name__ for above in kind.__mro__):
                if "__call__" in body[2]:  # it may be called, as a function, and that is all
                    return self._resolve({"function": [number, kind.__name__]})
                raise no_value(kind.__name__)
            offers = CONTAINER & set(map(str, body[2]))
            if number not in self._proxies:
                self._proxies[number] = class_for(kind.__name__, (kind,), offers)._of(self, number, "")
            return self._proxies[number]
        raise NotPlain("a message that is no value")

    def _class(self, body: Tree) -> type:
        number, name, bases, error = int(body[0]), str(body[1]), body[2], str(body[3])
        if number not in self._classes:
            above = tuple(self._class(base) for base in bases)
            self._classes[number] = class_for(name, above, (), peer=self, number=number, error=error)
        return self._classes[number]


def restore(mine: Any, changed: Any) -> None:
    """Make of ``mine``, in place, what became of its copy on the other side."""
    if isinstance(mine, list) and isinstance(changed, list):
        if len(mine) == len(changed):
            for place, value in enumerate(changed):
                mine[place] = _kept(mine[place], value)
        else:
            mine[:] = changed
    elif isinstance(mine, dict) and isinstance(changed, dict):
        kept = {key: _kept(mine[key], value) if key in mine else value for key, value in changed.items()}
        mine.clear()
        mine.update(kept)
    elif isinstance(mine, set) and isinstance(changed, set):
        mine.clear()
        mine.update(changed)
    elif isinstance(mine, tuple) and isinstance(changed, tuple) and len(mine) == len(changed):
        for one, value in zip(mine, changed, strict=True):
            restore(one, value)
    elif isinstance(mine, bytearray) and isinstance(changed, bytearray):
        mine[:] = changed
    elif hasattr(mine, "bit_generator") and hasattr(changed, "bit_generator"):
        mine.bit_generator.state = changed.bit_generator.state
    elif type(mine).__name__ == "ndarray" and getattr(changed, "shape", None) == mine.shape:
        mine[...] = changed
    elif hasattr(mine, "_update_inplace"):
        mine._update_inplace(changed)  # pandas' own way to give a frame other contents
    elif hasattr(mine, "row_join") and hasattr(changed, "shape") and mine.shape == changed.shape:  # a SymPy matrix
        for place in range(len(mine)):
            mine[place] = changed[place]


def _kept(mine: Any, changed: Any) -> Any:
    """What stands in a container afterwards: the same object where it can take the change, else the new value."""
    if _changeable(mine) and type(mine) is type(changed) and not isinstance(mine, tuple):
        restore(mine, changed)
        return mine
    return changed


def _changeable(value: Any) -> bool:
    if isinstance(value, tuple):
        return any(_changeable(v) for v in value)
    kind = type(value)
    if isinstance(value, (list, dict, set, bytearray)) or kind.__name__ == "ndarray":
        return True
    home = kind.__module__.partition(".")[0]
    return home == "pandas" or (home, kind.__name__) in (("numpy", "Generator"), ("sympy", "MutableDenseMatrix"))


def _told(tree: Tree) -> str:
    return json.dumps(tree)


def _own_class(kind: type) -> bool:
    """Whether a class was defined in a cell, by the learner or by a test, and not in a library."""
    return kind.__module__ == "__main__" or kind.__module__ not in sys.modules


def _library_path(value: Any) -> list[str] | None:
    """Where a function or class of a library can be found by name, which is how a test hands it over."""
    module, name = getattr(value, "__module__", None), getattr(value, "__qualname__", getattr(value, "__name__", ""))
    if isinstance(module, str) and isinstance(name, str) and module != "__main__" and name.isidentifier():
        if getattr(sys.modules.get(module), name, None) is value:
            return [module, name]
        if getattr(sys.modules.get("numpy"), name, None) is value:  # a ufunc does not say where it lives
            return ["numpy", name]
    return None


def _from_library(path: Iterable[str]) -> Any:
    import importlib

    module, name = path
    return getattr(importlib.import_module(module), name)
