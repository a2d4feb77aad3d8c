"""Mutants: which small mistakes are made of a solution, where, and that they are the same everywhere."""

from __future__ import annotations

import ast
import os
import subprocess
import sys

import pytest

from autograder.mutants import Mutant, mutants


def body(mutant: Mutant) -> str:
    """What a mutant of ``def f(...): <body>`` does, in one line."""
    (function,) = ast.parse(mutant.source).body
    assert isinstance(function, ast.FunctionDef)
    return "; ".join(ast.unparse(statement).replace("\n    ", " ") for statement in function.body)


def of(code: str) -> dict[str, set[str]]:
    """Kind of change -> the bodies it makes of a function with the body ``code``."""
    made: dict[str, set[str]] = {}
    for mutant in mutants("def f(a, b, c):\n" + "\n".join(f"    {line}" for line in code.splitlines())):
        made.setdefault(mutant.kind, set()).add(body(mutant))
    return made


@pytest.mark.parametrize(
    ("code", "kind", "made"),
    [
        ("return a < b", "comparison", {"return a <= b"}),
        ("return a <= b", "comparison", {"return a < b"}),
        ("return a > b", "comparison", {"return a >= b"}),
        ("return a >= b", "comparison", {"return a > b"}),
        ("return a == b", "comparison", {"return a != b"}),
        ("return a != b", "comparison", {"return a == b"}),
        ("return a in b", "comparison", {"return a not in b"}),
        ("return a is not b", "comparison", {"return a is b"}),
        ("return a < b <= c", "comparison", {"return a <= b <= c", "return a < b < c"}),
        ("return a + b", "arithmetic", {"return a - b"}),
        ("return a - b", "arithmetic", {"return a + b"}),
        ("return a * b", "arithmetic", {"return a + b"}),
        ("return a / b", "arithmetic", {"return a * b"}),
        ("return a // b", "arithmetic", {"return a * b"}),
        ("return a % b", "arithmetic", {"return a + b"}),
        ("return a ** b", "arithmetic", {"return a * b"}),
        ("return a @ b", "arithmetic", {"return a * b"}),
        ("return a & b", "arithmetic", {"return a | b"}),
        ("a += b", "arithmetic", {"a -= b"}),
        ("return a - b", "order of operands", {"return b - a"}),
        ("return a / b", "order of operands", {"return b / a"}),
        ("return a @ b", "order of operands", {"return b @ a"}),
        ("return a and b", "and/or", {"return a or b"}),
        ("return a or b or c", "and/or", {"return a and b and c"}),
        ("return -a", "sign or not", {"return a"}),
        ("return not a", "sign or not", {"return a"}),
        ("return a[1]", "constant", {"return a[2]"}),
        ("return a[0.5]", "constant", {"return a[1.0]"}),
        ("return a[0.0]", "constant", {"return a[1.0]"}),
        ("return a[True]", "constant", {"return a[False]"}),
        ("return a.T", "transpose left out", {"return a"}),
        ("return range(a)", "off by one", {"return range(a - 1)"}),
        ("return divmod(a, b)", "order of arguments", {"return divmod(b, a)"}),
        ("if a: return b", "condition", {"if not a: return b"}),
        ("while a:\n    break", "statement left out", {"while a: pass"}),
        ("raise ValueError(a)", "statement left out", {"pass"}),
        ("a.sort()", "statement left out", {"pass"}),
        ("return a", "nothing returned", {"return"}),
    ],
)
def test_each_kind_of_slip(code: str, kind: str, made: set[str]) -> None:
    assert of(code)[kind] == made


@pytest.mark.parametrize(
    "code",
    [
        "raise ValueError('no ' + a + ' > 0')",
        "'''Text, 1 + 1 of it.'''",
        "a = f'{b + 1} of {c < 2}'",
        "a = 'x' + b",
        "a = zip(b, c, c, strict=True)",
        "a = max(b, c)",
        "a = range(b, c)",
        "a = [b for b in c]",
        "return",
        "pass",
    ],
)
def test_text_safeguards_and_what_makes_no_difference_stay(code: str) -> None:
    assert set(of(code)) <= {"statement left out", "order of arguments"}
    assert not any("order of arguments" in kind and code.startswith("a = max") for kind in of(code))


def test_symmetric_calls_are_not_turned_round() -> None:
    assert of("a = max(b, c)\na = np.maximum(b, c)\na = math.gcd(b, c)") == {}
    assert "order of arguments" in of("a = np.subtract(b, c)")


MARKED = """\
LEAST = 1 + 1

def f(a):
    if a < LEAST:
        return a - 1
    ### BEGIN SOLUTION
    a = a * 2
    ### END SOLUTION
    return a / 3
"""


def test_only_what_stands_between_the_marks() -> None:
    found = mutants(MARKED)
    assert {(mutant.line, mutant.change) for mutant in found} == {
        (7, "a = a * 2 -> a = a + 2"),
        (7, "a = a * 2 -> a = a * 3"),
    }
    for mutant in found:
        assert "LEAST = 1 + 1" in mutant.source
        assert "return a / 3" in mutant.source


def test_two_regions_and_a_head_without() -> None:
    two = "### BEGIN SOLUTION\na = 1\n### END SOLUTION\nb = 2\n### BEGIN SOLUTION\nc = 3\n### END SOLUTION\n"
    assert {mutant.line for mutant in mutants(two)} == {2, 6}


def test_the_head_of_a_statement_says_what_changed() -> None:
    (mutant,) = [m for m in mutants("def f(a):\n    if a > 0:\n        print(a)\n") if m.kind == "condition"]
    assert mutant.change == "if a > 0: -> if not a > 0:"


MANY = "def f(a, b):\n" + "\n".join(f"    a = a + {n} * b" for n in range(2, 40)) + "\n    return a < b\n"


def test_at_most_twenty_and_each_kind_gets_its_turn() -> None:
    found = mutants(MANY)
    assert len(found) == 20
    assert {mutant.kind for mutant in found} == {"arithmetic", "constant", "comparison", "nothing returned"}
    assert len({mutant.key for mutant in found}) == 20
    assert [mutant.line for mutant in found] == sorted(mutant.line for mutant in found)
    assert mutants(MANY, most=3) == sorted(mutants(MANY, most=3), key=lambda mutant: (mutant.line, mutant.key))
    assert len(mutants(MANY, most=3)) == 3


def test_keys_do_not_move_with_comments_and_layout() -> None:
    def keys(code: str) -> list[str]:
        return sorted(mutant.key for mutant in mutants(code))

    plain = "def f(a, b):\n    return a + b * 2\n"
    laid_out = "# a comment\n\n\ndef f(a,\n      b):\n    # why\n    return (a  +  (b*2))\n"
    assert keys(plain) == keys(laid_out)
    assert keys(plain) != keys(plain.replace("2", "3"))


def test_keys_are_the_same_in_every_process() -> None:
    """Sets and hashes of text differ from process to process; the ledger and `equivalent` name mutants by key."""
    program = f"from autograder.mutants import mutants; print(*[m.key for m in mutants({MANY!r})])"
    seen = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("0", "1")
    }
    assert seen == {" ".join(mutant.key for mutant in mutants(MANY)) + "\n"}


def test_every_mutant_is_python_and_differs_from_the_solution_and_the_others() -> None:
    code = "def f(A, b):\n    for i in range(len(b)):\n        if not b[i] or A.T[i] - 1 <= 0.5:\n            continue\n    return A @ b\n"
    found = mutants(code)
    sources = {mutant.source for mutant in found}
    assert len(sources) == len(found) > 8
    assert ast.unparse(ast.parse(code)) not in sources
    for source in sources:
        compile(source, "<mutant>", "exec")


def test_what_is_no_python_is_said() -> None:
    with pytest.raises(SyntaxError):
        mutants("def f(:")
