"""What is shown is never more than what is there: one function rounds, and every page asks it."""

from __future__ import annotations

import io
from fractions import Fraction

import pytest
from rich.console import Console

from autograder.results import ExerciseResult, Result, TestResult
from curriculum.classroom.tables import shown
from curriculum.dashboard.pages import templates
from curriculum.learning.checking import DayChecked
from curriculum.plan import load_plan
from curriculum.report import print_days
from curriculum.rounding import down, fixed, plain


@pytest.mark.parametrize(
    ("number", "digits", "wanted"),
    [
        (4.9729729, 2, 4.97), (4.97, 1, 4.9), (4.97, 0, 4.0), (0.29, 2, 0.29), (100 * 0.29, 0, 29.0), (37.9999, 2, 37.99),
        (-0.001, 2, -0.01), (Fraction(1, 11), 1, 0.0), (Fraction(4999, 1000), 1, 4.9), (Fraction(5), 1, 5.0),
        (sum([0.1] * 10), 1, 1.0), (919.99, 1, 919.9), (920, 1, 920.0), (0, 2, 0.0),
    ],
)  # fmt: skip
def test_numbers_are_rounded_down(number: float | Fraction, digits: int, wanted: float) -> None:
    assert down(number, digits) == wanted


@pytest.mark.parametrize(
    ("number", "short", "one"),
    [(25.0, "25", "25.0"), (2.5, "2.5", "2.5"), (100, "100", "100.0"), (4.999, "4.99", "4.9")],
)
def test_as_they_are_written(number: float, short: str, one: str) -> None:
    assert (plain(number), fixed(number)) == (short, one)
    assert plain(100.9, 0) == "100"


@pytest.mark.parametrize(
    ("value", "kind", "wanted"),
    [
        (37 / 38, "share", "97 %"), (0.9999, "share", "99 %"), (1.0, "share", "100 %"), (4.97, "hours", "4.9"),
        (37.996, "number", "37.99"), (59.9, "minutes", "59"), (-0.126, "signed", "−0.13"), (None, "share", ""),
    ],
)  # fmt: skip
def test_the_class_s_tables_round_down(value: float | None, kind: str, wanted: str) -> None:
    assert shown(value, kind) == wanted


def test_the_pages_round_down() -> None:
    points = '{% import "parts.html" as parts %}{{ parts.points(day) }}'
    day = {"state": "tried", "points": 37.996, "most": 38.0, "bonus": 0.999}
    text = " ".join(templates().from_string(points).render(day=day).split())
    assert "37.99 <" in text
    assert "of 38<" in text
    assert "+ 0.99 bonus" in text
    hours = '{% import "parts.html" as parts %}{{ parts.hours({"earned": 4.97, "hours": 5.0}) }}'
    assert "<b>4.9</b> of 5.0 h" in templates().from_string(hours).render()


def test_the_terminal_rounds_down() -> None:
    tests = [TestResult("a", "a", 37.9999999, 38.0, passed=False)]
    result = Result("d01_matrices", [ExerciseResult("e1", "One", False, "almost", tests)])
    said = Console(file=io.StringIO(), width=200)
    print_days(load_plan(), [DayChecked("1.5-d1", result, {})], said)
    assert "37.99 of 38 points" in said.file.getvalue()  # type: ignore[attr-defined]
