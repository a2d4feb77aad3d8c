"""Which names a piece of code binds, and which it takes from outside, told without running it."""

from __future__ import annotations

import pytest

from autograder.names import bound, taken


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("a = 1", {"a"}),
        ("a, (b, *c) = x", {"a", "b", "c"}),
        ("a: int = 1", {"a"}),
        ("a += 1", {"a"}),
        ("import numpy as np, os.path", {"np", "os"}),
        ("from math import pi as tau, sqrt", {"tau", "sqrt"}),
        ("def f(a):\n    inner = a", {"f"}),
        ("class C:\n    inner = 1", {"C"}),
        ("for i in x:\n    a = i", {"i", "a"}),
        ("with x as a: pass", {"a"}),
        ("try: pass\nexcept KeyError as error: pass", {"error"}),
        ("if (a := 1): pass", {"a"}),
        ("squares = [i * i for i in x]", {"squares"}),
        ("match x:\n    case [a, *rest]: pass", {"a", "rest"}),
        ("print(a)", set()),
        ("", set()),
    ],
)
def test_names_bound_at_the_top(source: str, names: set[str]) -> None:
    assert bound(source) == names


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("print(len(a))", {"a"}),
        ("a.b.c(d=e)", {"a", "e"}),
        ("def f(x, y=default):\n    return x + y + outer", {"default", "outer"}),
        ("def f():\n    local = 1\n    def g():\n        return local + deep\n    return g", {"deep"}),
        ("f = lambda x: x + outer", {"outer"}),
        ("[x + outer for x in values if x > least]", {"outer", "values", "least"}),
        (
            "class C(Base):\n    field = outer\n    def method(self):\n        return super().method(), C",
            {"Base", "outer"},
        ),
        ("def f(x: Kind) -> Other: return x", {"Kind", "Other"}),
        ("@decorate\ndef f(): pass", {"decorate"}),
        ("f'{a} {b:{c}}'", {"a", "b", "c"}),
        ("def f():\n    global counted\n    counted = counted + 1", {"counted"}),
        ("def fact(n): return 1 if n < 2 else n * fact(n - 1)", set()),
        ("import numpy as np\nnp.zeros(3)", set()),
        ("raise ValueError(__name__)", set()),
        ("a = 1\ndef f(): return a", set()),
        ("del a", set()),
    ],
)
def test_names_taken_from_outside(source: str, names: set[str]) -> None:
    assert taken(source) == names


def test_what_is_no_python_is_said() -> None:
    with pytest.raises(SyntaxError):
        taken("def f(:")
