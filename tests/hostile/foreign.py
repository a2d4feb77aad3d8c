"""A course that owes this repository nothing: two small notebooks in plain nbgrader style, made by hand.

Bare assertions, helpers in given cells, classes with methods and operators, partial credit, a cell that a person grades; no metadata but nbgrader's.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from autograder.intake import Notebook

_SOLUTION = re.compile(r"^([ \t]*)### BEGIN SOLUTION\n.*?### END SOLUTION[ \t]*(\n|\Z)", re.DOTALL | re.MULTILINE)
_HIDDEN = re.compile(r"^[ \t]*### BEGIN HIDDEN TESTS\n.*?### END HIDDEN TESTS[ \t]*(\n|\Z)", re.DOTALL | re.MULTILINE)


def _cell(source: str, kind: str = "code") -> dict[str, Any]:
    cell = {"cell_type": kind, "metadata": {}, "source": source.strip("\n")}
    return cell | ({"outputs": [], "execution_count": None} if kind == "code" else {})


def _graded(
    source: str, name: str, points: int | None = None, solution: bool = False, kind: str = "code"
) -> dict[str, Any]:
    about: dict[str, Any] = {"grade_id": name, "schema_version": 3, "solution": solution, "grade": points is not None}
    about |= {"locked": not solution, "task": False} | ({} if points is None else {"points": points})
    return _cell(source, kind) | {"metadata": {"nbgrader": about}}


_SORTING = [
    _cell("# Problem set 3: words and numbers", "markdown"),
    _cell("import math\nfrom collections import Counter\n\nSTOP_WORDS = {'the', 'a', 'of'}"),
    _cell('''
def clean(text):
    """Lower case, letters and spaces only. Given to you; use it below."""
    return "".join(ch for ch in text.lower() if ch.isalpha() or ch == " ")


def agree(got, want, what):
    """Used by the tests."""
    assert isinstance(got, type(want)) and got == want, f"{what}: {got!r}, not {want!r}"
'''),
    _cell("Count the words of a text, without stop words.", "markdown"),
    _graded('''
def word_counts(text):
    """A dict from each word to how often it occurs, without STOP_WORDS."""
    ### BEGIN SOLUTION
    return dict(Counter(word for word in clean(text).split() if word not in STOP_WORDS))
    ### END SOLUTION
''', "word_counts", solution=True),
    _graded('''
assert word_counts("The cat, the dog.") == {"cat": 1, "dog": 1}
assert word_counts("") == {}
agree(word_counts("to be or not to be"), {"to": 2, "be": 2, "or": 1, "not": 1}, "Hamlet")
### BEGIN HIDDEN TESTS
assert word_counts("A rose is a rose of ROSE") == {"rose": 3, "is": 1}
assert word_counts("the of a the") == {}, "stop words are not counted"
### END HIDDEN TESTS
''', "test_word_counts", 2),
    _graded('''
# types
counts = word_counts("one two two")
assert isinstance(counts, dict)
assert sorted(counts.items()) == [("one", 1), ("two", 2)]
assert all(isinstance(n, int) for n in counts.values())
''', "test_word_counts_types", 1),
    _cell("Now the standard deviation, without a library.", "markdown"),
    _graded('''
def mean(values):
    ### BEGIN SOLUTION
    return sum(values) / len(values)
    ### END SOLUTION
''', "mean", solution=True),
    _graded('''
def spread(values):
    """Population standard deviation; an empty list raises ValueError."""
    ### BEGIN SOLUTION
    if not values:
        raise ValueError("no values")
    middle = mean(values)
    return math.sqrt(sum((v - middle) ** 2 for v in values) / len(values))
    ### END SOLUTION
''', "spread", solution=True),
    _graded('''
assert math.isclose(spread([1, 2, 3, 4]), math.sqrt(1.25))
assert mean([2, 4]) == 3
try:
    spread([])
except ValueError:
    pass
else:
    raise AssertionError("an empty list should raise ValueError")
### BEGIN HIDDEN TESTS
for k in range(1, 6):
    assert math.isclose(spread([0, k]), k / 2), f"spread of 0 and {k}"
### END HIDDEN TESTS
''', "test_spread", 3),
    _cell("Partial credit: one point for each of four numbers that you write in Roman.", "markdown"),
    _graded('''
def roman(number):
    """Roman numeral of 1 to 3999."""
    ### BEGIN SOLUTION
    table = [(1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"),
             (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")]
    out = ""
    for value, letters in table:
        while number >= value:
            out, number = out + letters, number - value
    return out
    ### END SOLUTION
''', "roman", solution=True),
    _graded('''
score = 0
for number, letters in [(3, "III"), (8, "VIII"), (4, "IV"), (1994, "MCMXCIV")]:
    try:
        score += roman(number) == letters
    except Exception:
        pass
score
''', "test_roman", 4),
    _graded("=== BEGIN MARK SCHEME ===\nany example\n=== END MARK SCHEME ===\n\nWhen would you prefer the median?", "essay", 3, solution=True, kind="markdown"),
    _graded('''
# Draw the counts in any way you like; your teacher looks at it.
### BEGIN SOLUTION
for word, n in word_counts("one two two").items():
    print(word, "#" * n)
### END SOLUTION
''', "drawing", 2, solution=True),
]  # fmt: skip

_CLASSES = [
    _cell("# Lab 7: a bank", "markdown"),
    _graded("import numpy as np\nfrom numpy.testing import assert_allclose, assert_array_equal", "imports"),
    _graded('''
class Account:
    """A bank account: deposit, withdraw (ValueError below zero), and history as a list of changes."""

    ### BEGIN SOLUTION
    def __init__(self, owner, balance=0):
        self.owner = owner
        self.balance = balance
        self.changes = []

    def deposit(self, amount):
        if amount <= 0:
            raise ValueError("deposit something")
        self.balance += amount
        self.changes.append(amount)
        return self.balance

    def withdraw(self, amount):
        if amount > self.balance:
            raise ValueError("not that much there")
        self.balance -= amount
        self.changes.append(-amount)
        return self.balance

    def history(self):
        return list(self.changes)
    ### END SOLUTION
''', "account", solution=True),
    _graded('''
mine = Account("Ada", 10)
assert mine.deposit(5) == 15
assert mine.withdraw(12) == 3
assert mine.balance == 3
assert mine.owner == "Ada"
''', "test_account", 2),
    _graded('''
yours = Account("Bob")
yours.deposit(7)
yours.withdraw(2)
assert_array_equal(yours.history(), [7, -2])
### BEGIN HIDDEN TESTS
try:
    yours.withdraw(100)
except ValueError:
    assert yours.balance == 5
else:
    assert False, "more was withdrawn than there is"
assert Account("Cleo").history() == []
### END HIDDEN TESTS
''', "test_account_history", 2),
    _graded('''
def normalise(rows):
    """Each row of a 2-d array divided by its sum."""
    ### BEGIN SOLUTION
    rows = np.asarray(rows, dtype=float)
    return rows / rows.sum(axis=1, keepdims=True)
    ### END SOLUTION
''', "normalise", solution=True),
    _graded('''
assert_allclose(normalise([[1, 1], [1, 3]]), [[0.5, 0.5], [0.25, 0.75]])
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(0)
for _ in range(5):
    table = rng.uniform(1, 2, size=(3, 4))
    assert_allclose(normalise(table).sum(axis=1), np.ones(3))
    assert_allclose(normalise(table)[:, 0], table[:, 0] / table.sum(axis=1))
### END HIDDEN TESTS
''', "test_normalise", 3),
    _graded('''
# The answer to everything, and a table
### BEGIN SOLUTION
answer = 42
table = {"pi": 3.14159, "e": 2.71828}
### END SOLUTION
''', "constants", solution=True),
    _graded('''
assert answer == 42
assert abs(table["pi"] - np.pi) < 1e-4
### BEGIN HIDDEN TESTS
assert sorted(table) == ["e", "pi"]
### END HIDDEN TESTS
''', "test_constants", 1),
]  # fmt: skip

_OPERATORS = [
    _graded("from datetime import datetime", "hw9-imports"),
    _graded('''
class Vector:
    """Two numbers that can be added and compared."""

    ### BEGIN SOLUTION
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y)

    def __eq__(self, other):
        return isinstance(other, Vector) and (self.x, self.y) == (other.x, other.y)

    def __abs__(self):
        return (self.x**2 + self.y**2) ** 0.5
    ### END SOLUTION
''', "vector", solution=True),
    _graded('''
assert Vector(1, 2) + Vector(3, 4) == Vector(4, 6)
assert Vector(1, 2) != Vector(2, 1)
assert abs(Vector(3, 4)) == 5
''', "test_vector", 2),
    _graded('''
def largest_gap(values):
    """The largest step between neighbours of a sorted list."""
    ### BEGIN SOLUTION
    return max(b - a for a, b in zip(values, values[1:]))
    ### END SOLUTION


def vocabulary(text):
    """The set of words."""
    ### BEGIN SOLUTION
    return set(text.split())
    ### END SOLUTION


def days(first, last):
    """Days from one date to another, both as YYYY-MM-DD."""
    ### BEGIN SOLUTION
    form = "%Y-%m-%d"
    return (datetime.strptime(last, form) - datetime.strptime(first, form)).days
    ### END SOLUTION
''', "words", solution=True),
    _graded('''
assert largest_gap([1, 5, 7]) == 4
### BEGIN HIDDEN TESTS
assert largest_gap([0, 1, 2, 10]) == 8
### END HIDDEN TESTS
''', "test_gap", 1),
    _graded('''
found = vocabulary("a rose is a rose")
assert "rose" in found and "is" in found
assert found.issuperset({"a", "rose"})
### BEGIN HIDDEN TESTS
assert vocabulary("to be or not").isdisjoint({"rose"})
### END HIDDEN TESTS
''', "test_vocabulary", 1),
    _graded('''
# Python imports what reads dates when it is first needed.
month = datetime.strptime("2024-03-01", "%Y-%m-%d") - datetime.strptime("2024-02-01", "%Y-%m-%d")
assert days("2024-02-01", "2024-03-01") == month.days
### BEGIN HIDDEN TESTS
assert days("2023-02-01", "2023-03-01") == 28
### END HIDDEN TESTS
''', "test_days", 1),
]  # fmt: skip
_COURSE = {"ps3": _SORTING, "lab7": _CLASSES, "hw9": _OPERATORS}


def names() -> list[str]:
    return [*_COURSE]


def source(name: str) -> Notebook:
    """The instructor's notebook."""
    cells = _COURSE[name]
    spec = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    # Ids are as Jupyter gives them, not the grade_ids; one notebook has none, being of an older format.
    whole = [cell | ({} if name == "ps3" else {"id": f"{number:08x}"}) for number, cell in enumerate(cells)]
    return {
        "cells": json.loads(json.dumps(whole)),
        "metadata": spec,
        "nbformat": 4,
        "nbformat_minor": 4 if name == "ps3" else 5,
    }


def release(name: str) -> Notebook:
    """The same as nbgrader hands it out."""
    book = source(name)
    for cell in book["cells"]:
        cell["source"] = _SOLUTION.sub(r"\1# YOUR CODE HERE\n\1raise NotImplementedError()\n", cell["source"])
        cell["source"] = _HIDDEN.sub("", cell["source"])
    return book


def write(folder: Path, name: str) -> tuple[Path, Path]:
    """Both notebooks as files, the source and the release."""
    paths = folder / "source" / f"{name}.ipynb", folder / "release" / f"{name}.ipynb"
    for path, book in zip(paths, (source(name), release(name)), strict=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(book, indent=1), encoding="utf-8")
    return paths
