"""What a test cell says about a learner's work: what was called, what came back, what was expected, what to look at again.

A test cell speaks to the learner's work through the names that the exercise exports, and in plain data::

    check(matmul, A, B, "rows").close(A @ B, idea="an entry is the dot product of a row of A and a column of B")
    check(matmul, A, C, "rows").raises(ValueError, idea="the inner dimensions must agree")
    check_value("answers", answers).equals({"k": 3}, idea="...")

A verdict that is not "right" is a :class:`CheckFailed`, an ``AssertionError`` whose text has one labelled line for each
part, so that plain nbgrader shows it too and a grader can take the parts from :attr:`CheckFailed.parts`. A stub that
still raises ``NotImplementedError`` passes through unchanged: "not attempted" is not "wrong".
"""

from __future__ import annotations

import copy
import reprlib
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from decimal import Decimal
from fractions import Fraction
from numbers import Number
from typing import Any, NoReturn

import numpy as np

#: Longest text shown for one value; a learner reads the first rows of an array, not ten thousand numbers.
SHOWN = 400

_UNCALLED = object()
#: NumPy's own scalar types: a learner's subclass of one may answer == as it likes.
_NUMPY_NUMBERS = frozenset(kind for kind in np.sctypeDict.values() if issubclass(kind, np.number))


class CheckFailed(AssertionError):
    """One behaviour was not as the statement says. ``parts`` holds called, got, expected and idea, all text."""

    def __init__(self, **parts: str) -> None:
        self.parts = {name: text for name, text in parts.items() if text}
        labels = {"called": "Called", "got": "Got", "expected": "Expected", "idea": "Look again at"}
        super().__init__("\n" + "\n".join(f"{labels[name]}: {text}" for name, text in self.parts.items()))


def show(value: object, limit: int = SHOWN) -> str:
    """``repr`` of a value, cut to ``limit`` characters; arrays in full precision, in as few lines as they need."""
    if isinstance(value, np.ndarray):
        with np.printoptions(threshold=24, edgeitems=3, precision=8):
            text = repr(value)
    elif isinstance(value, np.generic):
        text = repr(value.item())
    elif callable(value) and hasattr(value, "__name__"):
        text = value.__name__
    else:
        text = _Short().repr(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"


class _Short(reprlib.Repr):
    def __init__(self) -> None:
        super().__init__()
        self.maxlevel, self.maxlist, self.maxtuple, self.maxdict, self.maxset = 6, 24, 24, 24, 24
        self.maxstring = self.maxlong = self.maxother = 200

    def repr_ndarray(self, value: np.ndarray[Any, Any], level: int) -> str:
        with np.printoptions(threshold=24, edgeitems=3, precision=8):
            return repr(value)

    def repr_int(self, x: int, level: int) -> str:
        return repr(x)

    def repr_Fraction(self, value: Fraction, level: int) -> str:  # 2/3 reads better than Fraction(2, 3)
        return str(value)


def check(function: Callable[..., Any], /, *arguments: Any, **options: Any) -> Checked:
    """Call the learner's ``function`` with copies of the arguments, and hold the outcome for one verdict.

    The copies keep a function that changes its arguments from spoiling what the test compares with; whether it may
    change them is a verdict of its own, :meth:`Checked.keeps_arguments`.
    """
    name = getattr(function, "__name__", "the function")
    words = [show(a, 120) for a in arguments] + [f"{k}={show(v, 120)}" for k, v in options.items()]
    given_arguments, given_options = _copied(arguments), _copied(options)
    outcome = Checked(f"{name}({', '.join(words)})")
    outcome._arguments = (arguments, options, given_arguments, given_options)
    try:
        outcome._value = function(*given_arguments, **given_options)
    except NotImplementedError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever the learner's code raises is part of the outcome
        outcome._error = error
    return outcome


def check_value(name: str, value: Any) -> Checked:
    """Hold a value that the learner computed, under the name the exercise exports it by, for one verdict."""
    outcome = Checked(name)
    outcome._value = value
    return outcome


class Checked:
    """What came of one call, waiting for a verdict. Every verdict takes ``idea``: what to look at again if it fails."""

    def __init__(self, called: str) -> None:
        self._called = called
        self._value: Any = _UNCALLED
        self._error: Exception | None = None
        self._arguments: tuple[Any, Any, Any, Any] | None = None
        self._note = ""

    def note(self, text: str) -> Checked:
        """Say more of how the inputs came about ("seed 7, trial 3"); shown behind the call when the verdict is no."""
        self._note = text
        return self

    def value(self, *, idea: str) -> Any:
        """The value that came back; fails if the call raised."""
        if self._error is not None:
            self._fail("a value, not an exception", idea)
        return self._value

    def equals(self, expected: Any, *, idea: str) -> None:
        """The value is exactly ``expected``: same kind of plain data, same shape, same entries (1 and 1.0 are equal)."""
        if not same(self.value(idea=idea), expected):
            self._fail(show(expected) + self._told_apart(expected), idea)

    def close(self, expected: Any, *, rtol: float = 1e-9, atol: float = 0.0, idea: str) -> None:
        """The value has the shape of ``expected`` and |value − expected| ≤ atol + rtol·|expected| in every entry."""
        if not same(self.value(idea=idea), expected, rtol=rtol, atol=atol):
            within = [f"{rtol:g} relative"] * bool(rtol) + [f"{atol:g} absolute"] * bool(atol)
            apart = self._told_apart(expected, rtol, atol)
            self._fail(f"{show(expected)} within {' + '.join(within) or '0'}{apart}", idea)

    def satisfies(self, predicate: Callable[[Any], Any], expected: str, *, idea: str) -> None:
        """``predicate(value)`` is true. ``expected`` says in words what is asked for."""
        value = self.value(idea=idea)
        try:
            fine = bool(predicate(value))
        except Exception as error:  # noqa: BLE001 - a value of the wrong kind breaks the predicate: the value is wrong
            self._fail(f"{expected} (testing that broke with {type(error).__name__}: {error})", idea)
        if not fine:
            self._fail(expected, idea)

    def raises(self, kind: type[Exception] | tuple[type[Exception], ...], *, idea: str) -> None:
        """The call raised an exception of this kind."""
        if not isinstance(self._error, kind):
            kinds = kind if isinstance(kind, tuple) else (kind,)
            self._fail("an exception: " + " or ".join(k.__name__ for k in kinds), idea)

    def keeps_arguments(self, *, idea: str) -> None:
        """The call left what it was handed as it was."""
        self.value(idea=idea)
        assert self._arguments is not None, "keeps_arguments judges a call, not a value"
        before_arguments, before_options, arguments, options = self._arguments
        if not (same(list(arguments), list(before_arguments)) and same(options, before_options)):
            self._fail("the arguments unchanged after the call", idea)

    def _told_apart(self, expected: Any, rtol: float = 0.0, atol: float = 0.0) -> str:
        """What tells two values apart that look the same when shown: the kind, or an entry that was rounded or left out."""
        value = self._value
        if show(value) != show(expected):
            return ""
        if type(value) is not type(expected):
            return f"   (the kind differs: {_kind(value)}, expected {_kind(expected)})"
        if isinstance(expected, np.ndarray) and value.shape == expected.shape:
            for place in np.ndindex(expected.shape):
                if not same(value[place], expected[place], rtol, atol):
                    return (
                        f"   (entry {list(map(int, place))} is {show(value[place])}, expected {show(expected[place])})"
                    )
        return ""

    def _fail(self, expected: str, idea: str) -> NoReturn:
        got = show(self._value) if self._error is None else f"{type(self._error).__name__}: {self._error}"
        called = self._called + (f"   ({self._note})" if self._note else "")
        raise CheckFailed(called=called, got=got, expected=expected, idea=idea) from self._error


def same(value: Any, expected: Any, rtol: float = 0.0, atol: float = 0.0) -> bool:
    """Whether ``value`` is ``expected``, entry by entry, decided on plain data only.

    A value's own ``__eq__`` is never asked: an object that is equal to everything is equal to nothing here. Lists and
    tuples are told apart; a NumPy array matches an array of its shape; NaN matches NaN. What the test itself handed in,
    a callback say, is the same as itself.
    """
    if value is expected:
        return True
    if isinstance(expected, np.ndarray):
        if not isinstance(value, np.ndarray):
            return False
        value = np.asarray(value)  # of a subclass only its numbers: its own shape or comparison is not asked
        return value.shape == expected.shape and _same_array(value, expected, rtol, atol)
    if isinstance(expected, (bool, np.bool_)):
        return isinstance(value, (bool, np.bool_)) and bool(value) == bool(expected)
    if isinstance(expected, (Number, np.generic)) and not type(expected).__module__.startswith("sympy"):
        return _is_number(value) and _same_number(value, expected, rtol, atol)
    if type(expected).__module__.partition(".")[0] == "sympy":
        return _same_expression(value, expected)
    if expected is None or isinstance(expected, (str, bytes)):
        return type(value) is type(expected) and value == expected
    if isinstance(expected, Mapping):
        return (
            isinstance(value, dict)
            and _plain_keys(value)
            and set(value) == set(expected)
            and all(same(value[key], expected[key], rtol, atol) for key in expected)
        )
    if isinstance(expected, AbstractSet):
        return isinstance(value, (set, frozenset)) and _plain_keys(value) and set(value) == set(expected)
    if isinstance(expected, Sequence):
        return (
            isinstance(value, type(expected))
            and len(value) == len(expected)
            and all(same(a, b, rtol, atol) for a, b in zip(value, expected, strict=True))
        )
    if callable(expected):  # a callback that the test handed in: itself or another
        return value is expected
    raise TypeError(f"a test compares plain data; {type(expected).__name__} is not (use satisfies with a predicate)")


def _is_number(value: Any) -> bool:
    exact = (int, float, complex, Fraction, Decimal)
    return type(value) in exact or type(value) in _NUMPY_NUMBERS


def _same_number(value: Any, expected: Any, rtol: float, atol: float) -> bool:
    if value == expected:
        return True
    if value != value or expected != expected:
        return bool(value != value and expected != expected)
    if not (rtol or atol):
        return False
    if abs(complex(value)) == float("inf") or abs(complex(expected)) == float("inf"):
        return False
    return bool(abs(complex(value) - complex(expected)) <= atol + rtol * abs(complex(expected)))


def _same_array(value: np.ndarray[Any, Any], expected: np.ndarray[Any, Any], rtol: float, atol: float) -> bool:
    if expected.dtype.kind in "biufc" and value.dtype.kind in "biufc":
        if not (rtol or atol):  # as they are: through floats, 2**53 and 2**53 + 1 would be one number
            return bool(np.array_equal(value, expected, equal_nan=True))
        return bool(np.allclose(value, expected, rtol=rtol, atol=atol, equal_nan=True))
    return same(value.tolist(), expected.tolist(), rtol, atol)


def _same_expression(value: Any, expected: Any) -> bool:
    """Whether two SymPy expressions or matrices are the same function of their symbols, however they are written."""
    import sympy  # here, not above: most lessons do without, and it takes 0.4 s

    if isinstance(expected, sympy.MatrixBase):
        same_shape = isinstance(value, sympy.MatrixBase) and value.shape == expected.shape
        return same_shape and all(map(_same_expression, value, expected))
    if not isinstance(value, (sympy.Expr, int, Fraction)) or isinstance(value, bool):
        return False
    value = sympy.sympify(value)
    # By SymPy's own methods, called on ``expected``: those of ``value`` may be a learner's.
    if expected.__eq__(value) is True:
        return True
    return bool(sympy.simplify(sympy.Add(expected, sympy.Mul(-1, value))) == 0)


def _kind(value: object) -> str:
    kind, home = type(value).__name__, type(value).__module__.partition(".")[0]
    return f"{home} {kind}" if home in ("numpy", "sympy") else kind


def _plain_keys(values: Any) -> bool:
    """Whether hashes and comparisons of these are Python's own (text, numbers, None and tuples of such)."""
    return all(_plain_keys(v) if type(v) in (tuple, frozenset) else _plain_key(v) for v in values)


def _plain_key(value: Any) -> bool:
    return value is None or type(value) in (str, bytes, bool) or _is_number(value)


def _copied(value: Any) -> Any:
    """A copy of plain data, through and through; callbacks, which a test hands in to observe the learner, stay themselves."""
    if type(value) in (list, tuple, set):
        return type(value)(_copied(v) for v in value)
    if type(value) is dict:
        return {key: _copied(v) for key, v in value.items()}
    if isinstance(value, np.ndarray) or type(value).__module__.startswith("sympy.matrices"):
        return value.copy()  # copy.copy of a SymPy matrix shares its entries
    return value if callable(value) else copy.copy(value)
