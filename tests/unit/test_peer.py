"""The line between tester and learner: what a test sees of the learner's work is what it would see in one process."""

from __future__ import annotations

import functools
import os
import socket
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.learner import Learner
from autograder.peer import Gone, Peer
from autograder.plain import NotPlain
from autograder.proxies import offer
from curriculum.lab import check, check_value
from curriculum.lab.check import CheckFailed

CELL = """
import functools, os, subprocess
import numpy as np

class Singular(ValueError):
    pass

class Strange(Exception):
    def __str__(self):
        return 1 / 0

class Vector:
    unit = 1
    def __init__(self, *entries):
        self.entries = list(entries)
    def __add__(self, other):
        return Vector(*[a + b for a, b in zip(self.entries, other.entries)])
    def __eq__(self, other):
        return True
    def __len__(self):
        return len(self.entries)
    def __iter__(self):
        return iter(self.entries)
    def __repr__(self):
        return f"Vector{tuple(self.entries)}"
    @classmethod
    def zero(cls, n):
        return cls(*[0] * n)
    def push(self, x):
        self.entries.append(x)
        return self

class Longer(Vector):
    pass

def add(a, b=1): return a + b
def fails(kind): raise {"own": Singular("no inverse", 3), "value": ValueError("bad"), "key": KeyError("k"), "strange": Strange(),
                        "axis": np.exceptions.AxisError(5, 2), "process": subprocess.CalledProcessError(1, "x"), "unicode": None, "exit": SystemExit(3), "todo": NotImplementedError()}[kind] or b"\\xff".decode()
def sort(values): values.sort()
def append(values): values.append(9)
def one_row(n): return [[0] * n] * n
def rows(n): return [[0] * n for _ in range(n)]
def one_cell(): cell = np.zeros(2); return {"a": cell, "b": (1, [cell])}
def first_only(grid): grid[0].append(1)
def spoil(matrix, table, pair): matrix[0, 0] = 99; table["new"] = [1]; pair[0].append(5)
def itself(values): values.append(1); return values
def apply(function, *args): return function(*args)
def many(function, n): return [function(i) for i in range(n)]
def squares(n):
    for i in range(n): yield i * i
def take(iterator, n): return [next(iterator) for _ in range(n)]
def drain(iterator): return list(iterator)
def scaled(factor): return lambda x: factor * x
def catches(function):
    try: return function()
    except ZeroDivisionError as error: return f"caught {error}"
    except AssertionError as error: return f"told: {error}"
def leave(): exit()
def die(): os._exit(3)
def forks(function):
    process = os.fork()
    if process == 0:
        try: function()
        except RuntimeError: os._exit(7)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
@functools.lru_cache
def cached(x): return x
def draw(rng): return rng.random()
def asks(function, name): return getattr(function, name)
class AllEqual:
    def __eq__(self, other): return True
    def __sub__(self, other): return 0
    def __float__(self): return 1.0
    def __lt__(self, other): return True
def liar(x): return AllEqual()
def kind_of(x): return type(x).__name__
"""


@pytest.fixture
def there() -> Iterator[Peer]:
    """The tester's end of a line to a forked learner that has run CELL."""
    ours, theirs = socket.socketpair()
    process = os.fork()
    if process == 0:
        ours.close()
        try:
            Learner(theirs).serve()
        finally:
            os._exit(0)
    theirs.close()
    peer = Peer(ours, trusted=True)
    peer.classes = {"Vector"}
    assert peer.door("run", CELL) is None
    yield peer
    ours.close()
    os.waitpid(process, 0)


@pytest.fixture
def name(there: Peer) -> Callable[[str], Any]:
    return lambda name: there.door("export", name)[0]


def test_functions_take_and_give_plain_data(name: Any) -> None:
    assert name("add")(1, b=2) == 3
    assert name("add").__name__ == "add"
    assert np.array_equal(name("add")(np.eye(2), np.ones((2, 2))), np.eye(2) + 1)
    check(name("add"), 2, 3).equals(5, idea="a sum")
    with pytest.raises(CheckFailed, match=r"Called: add\(2, 3\)\nGot: 5\nExpected: 6"):
        check(name("add"), 2, 3).equals(6, idea="a sum")


def test_a_name_that_is_not_there_is_told(there: Peer) -> None:
    assert there.door("export", "nothing") == []


@pytest.mark.parametrize(
    ("kind", "error", "text"),
    [
        ("value", ValueError, "bad"),
        ("own", ValueError, r"\('no inverse', 3\)"),
        ("key", KeyError, "'k'"),
        ("strange", Exception, "^$"),
        ("unicode", UnicodeDecodeError, "codec can't decode"),
        ("exit", SystemExit, "3"),
        ("todo", NotImplementedError, "^$"),
        ("axis", np.exceptions.AxisError, "axis 5 is out of bounds"),
        ("process", subprocess.CalledProcessError, "returned non-zero exit status 1"),
    ],
)
def test_exceptions_keep_class_and_text(name: Any, kind: str, error: type[BaseException], text: str) -> None:
    with pytest.raises(error, match=text):
        name("fails")(kind)


def test_an_exported_exception_is_caught_as_such(name: Any) -> None:
    singular = name("Singular")
    with pytest.raises(singular):
        name("fails")("own")
    check(name("fails"), "own").raises(singular, idea="its own kind")
    with pytest.raises(CheckFailed, match="Got: ValueError: bad"):
        check(name("fails"), "value").raises(singular, idea="its own kind")


def test_what_a_call_changes_is_changed_here(name: Any) -> None:
    values, matrix, table, inner = [3, 1, 2], np.zeros((2, 2)), {"a": 1}, [4]
    name("sort")(values)
    name("spoil")(matrix, table=table, pair=(inner, 1))
    assert (values, matrix[0, 0], table, inner) == ([1, 2, 3], 99, {"a": 1, "new": [1]}, [4, 5])
    assert name("itself")(values) is values
    assert values == [1, 2, 3, 1]
    with pytest.raises(CheckFailed, match="unchanged"):
        check(name("append"), [1]).keeps_arguments(idea="make a copy")
    check(name("add"), [1], [2]).keeps_arguments(idea="make a copy")


def test_one_row_in_several_places_stays_one_row(name: Any) -> None:
    wrong, right = name("one_row")(2), name("rows")(2)
    wrong[0][0] = right[0][0] = 1
    assert (wrong, right) == ([[1, 0], [1, 0]], [[1, 0], [0, 0]])
    table = name("one_cell")()
    table["a"][0] = 5
    assert table["b"][1][0][0] == 5
    row = [0]
    grid = [row, row]
    name("first_only")(grid)
    assert (grid, row) == ([[0, 1], [0, 1]], [0, 1])


@pytest.mark.parametrize("places", [[[[], [0]]], [[[5], [0]]], [[[0, 0], [1]]], [[[0], [9]]], [[["a"], [0]]], [3]])
def test_places_that_are_none_are_refused(there: Peer, places: Any) -> None:
    with pytest.raises(NotPlain):
        there._unpack({"shared": [[{"t": [1]}, [2]], places]})


def test_callbacks_run_here_and_may_be_counted(name: Any) -> None:
    seen: list[int] = []

    def double(x: int) -> int:
        seen.append(x)
        return 2 * x

    assert name("many")(double, 4) == [0, 2, 4, 6]
    assert seen == [0, 1, 2, 3]
    assert name("apply")(name("add"), 1, 2) == 3  # the learner's own function comes back as itself
    assert name("apply")(np.sin, 0.0) == 0.0
    assert name("apply")(name("scaled"), 3)(5) == 15
    assert name("apply")(lambda f: f(2), name("scaled")(4)) == 8


def test_exceptions_of_a_callback_reach_the_learner_but_not_what_a_test_says(name: Any) -> None:
    assert name("catches")(lambda: 1 / 0) == "caught division by zero"

    def judges() -> None:
        raise AssertionError("the secret is 42")

    assert name("catches")(judges) == "told: "


def test_iterators_run_on_their_own_side(name: Any) -> None:
    numbers = iter(range(10, 20))
    assert name("take")(numbers, 3) == [10, 11, 12]
    assert next(numbers) == 13
    assert name("drain")(iter([1, 2])) == [1, 2]
    squares = name("squares")(4)
    assert next(squares) == 0
    assert list(squares) == [1, 4, 9]


def test_classes_by_their_methods(name: Any) -> None:
    Vector, Longer = name("Vector"), name("Longer")
    offer(Vector, {"__add__"})
    v = Vector(1, 2)
    assert isinstance(v, Vector)
    assert not isinstance(v, Longer)
    assert isinstance(Longer(1), Vector)
    assert (v.entries, len(v), list(v), repr(v), Vector.unit) == ([1, 2], 2, [1, 2], "Vector(1, 2)", 1)
    assert (v + Vector(10, 20)).entries == [11, 22]
    assert Vector.zero(2).push(7).entries == [0, 0, 7]
    v.entries = [5]
    assert v.push(6) is v
    assert v.entries == [5, 6]


def test_an_object_does_not_decide_what_it_is_equal_to(name: Any) -> None:
    with pytest.raises(NotPlain, match="an object of the class AllEqual"):
        name("liar")(3)
    vector = name("Vector")(9)
    assert vector != name("Vector")(9)  # no contract names __eq__
    offer(name("Vector"), {"__eq__"})
    assert vector == name("Vector")(1)  # its own __eq__ says so
    assert vector != 9
    for attempt in (lambda: vector < 1, lambda: float(vector), lambda: abs(vector)):
        with pytest.raises(TypeError):
            attempt()
    with pytest.raises(CheckFailed):
        check_value("lie", vector).equals(9, idea="plain data")
    with pytest.raises(TypeError):
        np.testing.assert_allclose(vector, 8)


def test_functions_with_attributes_and_generators_of_random_numbers(name: Any) -> None:
    cached = name("cached")
    with pytest.raises(AttributeError, match="not part of the exercise"):
        cached.cache_info()
    offer(cached, {"cache_info"})
    assert [cached(1), cached(1)] == [1, 1]
    assert cached.cache_info()[:2] == (1, 1)
    ours, theirs = np.random.default_rng(1), np.random.default_rng(1)
    assert name("draw")(theirs) == ours.random()
    assert theirs.random() == ours.random()  # it went on by what was drawn there


@pytest.mark.parametrize("attribute", ["__globals__", "__code__", "__closure__", "__self__", "_private"])
def test_the_learner_cannot_look_behind_what_it_is_handed(name: Any, attribute: str) -> None:
    secret = 42
    with pytest.raises((AttributeError, PermissionError)):
        name("asks")(lambda: secret, attribute)


def test_the_end_of_the_process_is_no_exception_that_a_test_could_catch(there: Peer, name: Any) -> None:
    with pytest.raises(Gone, match="asked Python to end"):
        check(name("leave"))


def test_a_process_that_dies_is_told_from_one_that_leaves(there: Peer, name: Any) -> None:
    with pytest.raises(Gone, match="ended while this ran"):
        name("die")()


def test_a_child_of_the_learners_does_not_garble_the_line(there: Peer, name: Any) -> None:
    assert name("forks")(lambda: 1) == 7
    assert name("add")(1) == 2


def test_library_objects_that_are_handed_over_can_be_called(name: Any) -> None:
    from fractions import Fraction

    assert name("apply")(Fraction, 1, 3) == Fraction(1, 3)
    assert name("kind_of")({"a"}) == "set"


BEHIND = """
def behind(held, attribute):
    peer, number = object.__getattribute__(held, "_peer"), object.__getattribute__(held, "_number")
    return peer.get(number, attribute) is not None
def called(held, method, *arguments):
    return object.__getattribute__(held, "_peer").call(object.__getattribute__(held, "_number"), arguments, {}, method)
"""


@pytest.mark.parametrize("attribute", ["gi_frame", "gi_code", "gi_yieldfrom"])
def test_the_learner_cannot_look_into_the_frame_of_a_generator(there: Peer, name: Any, attribute: str) -> None:
    def counting() -> Iterator[int]:
        secret = 42
        yield secret

    there.door("run", BEHIND)
    with pytest.raises(PermissionError):
        name("behind")(counting(), attribute)


def test_of_a_function_that_is_handed_over_nothing_can_be_asked(there: Peer, name: Any) -> None:
    there.door("run", BEHIND)
    with pytest.raises(PermissionError):
        name("behind")(functools.partial(max, 42), "args")
    assert name("apply")(functools.partial(max, 42), 3) == 42


def test_a_librarys_object_which_may_open_files_is_not_handed_over(there: Peer, name: Any, tmp_path: Path) -> None:
    there.door("run", BEHIND)
    for value in (sqlite3.connect(":memory:"), threading.Lock()):
        with pytest.raises((NotPlain, PermissionError)):
            name("called")(value, "execute", "attach database 'x' as x")
