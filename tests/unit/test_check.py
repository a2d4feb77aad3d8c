"""What `check` says of a learner's work: which values are right, and what a learner reads when one is not."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy as sp

from curriculum.lab.check import CheckFailed, check, check_value, same, show

IDEA = "read the definition again"


def refused(verdict: Any, *arguments: Any, **options: Any) -> CheckFailed:
    with pytest.raises(CheckFailed) as caught:
        verdict(*arguments, idea=IDEA, **options)
    return caught.value


def double(values: list[float]) -> list[float]:
    return [2 * value for value in values]


def fails(_: object) -> None:
    raise ValueError("no such thing")


class EqualToAll:
    def __eq__(self, other: object) -> bool:
        return True

    def __ne__(self, other: object) -> bool:
        return False

    __hash__ = object.__hash__


class FloatEqualToAll(np.float64):
    __eq__ = EqualToAll.__eq__  # type: ignore[assignment]
    __ne__ = EqualToAll.__ne__  # type: ignore[assignment]
    __hash__ = np.float64.__hash__


class TextEqualToAll(str):
    __eq__ = EqualToAll.__eq__
    __hash__ = str.__hash__


class SymbolEqualToAll(sp.Symbol):
    __eq__ = EqualToAll.__eq__
    __hash__ = sp.Symbol.__hash__


class ArrayEqualToAll(np.ndarray):
    shape = property(lambda self: (2,))  # type: ignore[assignment]

    def __array_function__(self, *_: object) -> bool:
        return True


class Pretends:
    """Says that it is a float, and equal to all."""

    __class__ = property(lambda self: float)  # type: ignore[assignment]
    __eq__ = EqualToAll.__eq__
    __hash__ = object.__hash__


# --- which values are the same ---


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1, 1.0),
        (1.0, 1),
        (np.int64(3), 3),
        (3, np.int64(3)),
        (np.float64(0.5), Fraction(1, 2)),
        (Decimal("0.5"), 0.5),
        (2 + 0j, 2),
        (True, np.True_),
        (np.False_, False),
        (math.nan, float("nan")),
        (np.float64("nan"), math.nan),
        (math.inf, math.inf),
        (None, None),
        ("text", "text"),
        (b"bytes", b"bytes"),
        ([1, [2.0, (3, "x")]], [1.0, [2, (3, "x")]]),
        ({"k": [1, 2]}, {"k": [1, 2]}),
        ({1, 2}, frozenset({2, 1})),
        ({("a", 1): 2}, {("a", 1): 2}),
        (np.array([1, 2]), np.array([1.0, 2.0])),
        (np.array([1.0, np.nan]), np.array([1.0, np.nan])),
        (np.array(["a", "b"]), np.array(["a", "b"])),
        (np.zeros((0, 3)), np.zeros((0, 3))),
        (np.array([2**53 + 1]), np.array([2**53 + 1])),
        (sp.Symbol("x") ** 2 - 1, (sp.Symbol("x") - 1) * (sp.Symbol("x") + 1)),
        (sp.sin(sp.Symbol("x")) ** 2 + sp.cos(sp.Symbol("x")) ** 2, sp.Integer(1)),
        (2, sp.Integer(2)),
        (Fraction(1, 3), sp.Rational(1, 3)),
        (sp.oo, sp.oo),
        (sp.Matrix([[sp.Symbol("x") * 2]]), sp.Matrix([[sp.Symbol("x") + sp.Symbol("x")]])),
    ],
)
def test_the_same_value_however_it_is_written(value: Any, expected: Any) -> None:
    assert same(value, expected)
    check_value("value", value).equals(expected, idea=IDEA)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1, 2),
        (1 + 1e-15, 1),
        (True, 1),
        (1, True),
        (np.True_, 1),
        (1.0, True),
        ("1", 1),
        (1, "1"),
        (b"a", "a"),
        (None, 0),
        (0, None),
        (math.nan, 0.0),
        (math.inf, -math.inf),
        ([1, 2], (1, 2)),
        ((1, 2), [1, 2]),
        ([1, 2], [1, 2, 3]),
        ([[1, 2]], [[1, 3]]),
        ([1, 2], np.array([1, 2])),
        (np.array([1, 2]), [1, 2]),
        (np.array([1, 2]), np.array([[1, 2]])),
        (np.array([1, 2]), np.array([1, 3])),
        (np.array([2**53 + 1]), np.array([2**53])),
        (np.array(["a"]), np.array(["b"])),
        ({"k": 1}, {"k": 2}),
        ({"k": 1}, {"k": 1, "l": 2}),
        ({"k": 1, "l": 2}, {"k": 1}),
        ({1, 2}, {1, 3}),
        ([1, 2], {1, 2}),
        (Fraction(1, 3), 1 / 3),
        (sp.Symbol("x"), sp.Symbol("y")),
        (True, sp.Integer(1)),
        ("x", sp.Symbol("x")),
        (sp.Matrix([[1, 2]]), sp.Matrix([[1], [2]])),
        ([[1]], sp.Matrix([[1]])),
    ],
)
def test_values_that_are_not_the_same(value: Any, expected: Any) -> None:
    assert not same(value, expected)
    refused(check_value("value", value).equals, expected)


@pytest.mark.parametrize("expected", [1, 0.5, True, None, "text", [1], (1,), {"k": 1}, {1}, np.ones(2), sp.Symbol("y")])
@pytest.mark.parametrize(
    "value",
    [
        EqualToAll(),
        FloatEqualToAll(7.0),
        TextEqualToAll("no"),
        SymbolEqualToAll("x"),
        np.zeros(2).view(ArrayEqualToAll),
        Pretends(),
        [EqualToAll()],
        (EqualToAll(),),
        {"k": EqualToAll()},
        {EqualToAll(): 1},
        {EqualToAll()},
        np.array([EqualToAll(), EqualToAll()], dtype=object),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_equal_to_everything_is_equal_to_nothing(value: Any, expected: Any) -> None:
    assert not same(value, expected)
    assert not same(value, expected, rtol=1e-9)


def test_a_comparison_with_what_is_no_plain_data_is_the_tests_own_mistake() -> None:
    with pytest.raises(TypeError, match="EqualToAll is not"):
        same(1, EqualToAll())


@pytest.mark.parametrize(
    ("value", "expected", "tolerance", "close"),
    [
        (1 + 1e-10, 1.0, {}, True),
        (1 + 1e-8, 1.0, {}, False),
        (1e-10, 0.0, {}, False),
        (1e-10, 0.0, {"atol": 1e-9}, True),
        (100.9, 100.0, {"rtol": 0.01}, True),
        (101.1, 100.0, {"rtol": 0.01}, False),
        (math.inf, 1e300, {"rtol": 1.0}, False),
        (math.nan, math.nan, {}, True),
        (1 + 1e-10j, 1, {}, True),
        (Fraction(1, 3), 1 / 3, {}, True),
        (True, 1.0, {"atol": 5.0}, False),
        ([1.0, (2.0 + 1e-12,)], [1.0, (2.0,)], {}, True),
        ({"k": 2.0 + 1e-12}, {"k": 2.0}, {}, True),
        (np.array([1.0, 2.0 + 1e-12]), np.array([1.0, 2.0]), {}, True),
        (np.array([1.0, 2.0 + 1e-6]), np.array([1.0, 2.0]), {}, False),
        (np.array([[1.0, 2.0]]), np.array([1.0, 2.0]), {}, False),
        (np.array([1.0, np.inf]), np.array([1.0, 1.0]), {"rtol": 1.0}, False),
    ],
)
def test_close_holds_value_shape_and_tolerance(value: Any, expected: Any, tolerance: Any, close: bool) -> None:
    verdict = check_value("value", value).close
    if close:
        verdict(expected, idea=IDEA, **tolerance)
    else:
        refused(verdict, expected, **tolerance)


# --- what a learner reads ---


def test_a_message_has_its_four_parts() -> None:
    failed = refused(check(double, [1, 2]).note("seed 7").equals, [2, 5])
    assert failed.parts == {"called": "double([1, 2])   (seed 7)", "got": "[2, 4]", "expected": "[2, 5]", "idea": IDEA}
    assert str(failed) == (
        "\nCalled: double([1, 2])   (seed 7)\nGot: [2, 4]\nExpected: [2, 5]\nLook again at: read the definition again"
    )
    assert isinstance(failed, AssertionError)


def test_keyword_arguments_are_shown_as_they_were_given() -> None:
    def scale(values: Any, by: Any) -> Any:
        return values

    assert refused(check(scale, [1], by="rows").equals, [2]).parts["called"] == "scale([1], by='rows')"


def test_an_exported_value_is_named() -> None:
    assert refused(check_value("answers", {"k": 1}).equals, {"k": 2}).parts["called"] == "answers"


def test_an_exception_is_what_came_back() -> None:
    failed = refused(check(fails, 1).equals, 1)
    assert (failed.parts["got"], failed.parts["expected"]) == ("ValueError: no such thing", "a value, not an exception")
    assert isinstance(failed.__cause__, ValueError)


def test_the_tolerance_is_part_of_what_is_expected() -> None:
    assert refused(check_value("x", 2.0).close, 1.0, rtol=1e-6, atol=0.1).parts["expected"] == (
        "1.0 within 1e-06 relative + 0.1 absolute"
    )
    assert refused(check_value("x", 2.0).close, 1.0, rtol=0).parts["expected"] == "1.0 within 0"


@pytest.mark.parametrize(
    ("value", "expected", "told"),
    [
        (sp.Integer(3), 3, "3   (the kind differs: sympy Integer, expected int)"),
        (sp.Rational(1, 2), Fraction(1, 2), "1/2   (the kind differs: sympy Half, expected Fraction)"),
        (
            np.arange(100),
            np.where(np.arange(100) == 50, -1, np.arange(100)),
            "array([ 0,  1,  2, ..., 97, 98, 99], shape=(100,))   (entry [50] is 50, expected -1)",
        ),
    ],
)
def test_values_that_look_alike_are_told_apart(value: Any, expected: Any, told: str) -> None:
    assert refused(check_value("x", value).equals, expected).parts["expected"] == told


def test_an_entry_that_differs_behind_the_digits_shown_is_named() -> None:
    text = refused(check_value("x", np.array([[1.0, 2.0 + 4e-9]])).close, np.array([[1.0, 2.0]])).parts["expected"]
    assert text.endswith("within 1e-09 relative   (entry [0, 1] is 2.000000004, expected 2.0)")


def test_a_long_value_is_cut() -> None:
    assert len(show("x" * 10_000)) <= 400
    assert len(show(list(range(10_000)))) <= 400
    assert len(show(np.random.default_rng(1).normal(size=(50, 50)))) <= 600
    assert len(show(dict.fromkeys(range(100), "y" * 50))) == 400


def test_values_are_shown_as_a_learner_writes_them() -> None:
    assert show(np.float64(0.5)) == "0.5"
    assert show(Fraction(2, 3)) == "2/3"
    assert show([Fraction(2, 3), np.array([1, 2])]) == "[2/3, array([1, 2])]"
    assert show(double) == "double"
    assert show(10**50) == str(10**50)


# --- the verdicts ---


def test_the_exception_that_was_asked_for() -> None:
    check(fails, 1).raises(ValueError, idea=IDEA)
    check(fails, 1).raises((TypeError, ValueError), idea=IDEA)
    check(fails, 1).raises(Exception, idea=IDEA)


def test_another_exception_or_none_is_refused() -> None:
    failed = refused(check(fails, 1).raises, (TypeError, KeyError))
    assert failed.parts["expected"] == "an exception: TypeError or KeyError"
    assert failed.parts["got"] == "ValueError: no such thing"
    assert refused(check(double, []).raises, ValueError).parts["got"] == "[]"


def test_a_predicate_judges_the_value() -> None:
    check(double, [1]).satisfies(lambda value: sum(value) == 2, "a sum of 2", idea=IDEA)
    assert refused(check(double, [1]).satisfies, lambda value: False, "a sum of 3").parts["expected"] == "a sum of 3"


def test_a_predicate_that_breaks_on_the_value_refuses_it() -> None:
    failed = refused(check_value("x", None).satisfies, lambda value: value > 0, "a positive number")
    assert failed.parts["expected"].startswith("a positive number (testing that broke with TypeError: ")


def test_the_value_for_a_test_to_work_with() -> None:
    assert check(double, [1, 2]).value(idea=IDEA) == [2, 4]
    assert refused(check(fails, 1).value).parts["got"] == "ValueError: no such thing"


def test_a_stub_is_not_attempted_rather_than_wrong() -> None:
    def stub() -> None:
        raise NotImplementedError

    with pytest.raises(NotImplementedError):
        check(stub)


@pytest.mark.parametrize(
    ("given", "change"),
    [
        ([3, 1, 2], lambda v: v.sort()),
        ([[1], [2]], lambda v: v[0].append(9)),
        (([1],), lambda v: v[0].append(9)),
        ({"k": [1]}, lambda v: v["k"].append(9)),
        ({1, 2}, lambda v: v.add(3)),
        (np.ones((2, 2)), lambda v: v.fill(0)),
        ([np.ones(2)], lambda v: v[0].fill(0)),
        (sp.Matrix([[1, 2]]), lambda v: v.row_op(0, lambda entry, _: 0)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_changed_arguments_are_noticed_and_the_tests_own_stay(given: Any, change: Any) -> None:
    before = repr(given)
    refused(check(change, given).keeps_arguments)
    assert repr(given) == before


def test_kept_arguments_are_accepted_callbacks_among_them() -> None:
    def walk(values: list[int], order: Any, *, start: Any) -> None:
        order(values)

    check(walk, [1, 2], lambda values: None, start=np.zeros(2)).keeps_arguments(idea=IDEA)


def test_a_callback_that_the_test_hands_in_is_itself() -> None:
    seen: list[int] = []
    check(lambda tell: tell(3), seen.append).value(idea=IDEA)
    assert seen == [3]


def test_a_generator_goes_on_from_call_to_call() -> None:
    rng = np.random.default_rng(1)
    first, second = (check(lambda r: r.random(), rng).value(idea=IDEA) for _ in range(2))
    assert first != second
