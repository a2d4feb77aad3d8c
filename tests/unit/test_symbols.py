"""SymPy's expressions cross between the processes down to their structure, and a tree that is none is refused."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from typing import Any

import pytest
import sympy as sp
from sympy.core.symbol import Str

from autograder import symbols, wire
from autograder.plain import NotPlain
from autograder.symbol_classes import classes

x, y, z, t = sp.symbols("x y z t")
n, k = sp.symbols("n k", integer=True)
p = sp.Symbol("p", positive=True)
c = sp.Symbol("c", commutative=False)
d = sp.Dummy("d", real=True)
f, g = sp.symbols("f g", cls=sp.Function)
A, B = sp.MatrixSymbol("A", n, n), sp.MatrixSymbol("B", 3, 3)
v, i = sp.IndexedBase("v"), sp.Idx("i", 5)


def sent(value: Any) -> Any:
    """What arrives when ``value`` is sent."""
    return symbols.unpack(json.loads(json.dumps(symbols.pack(value, wire.pack))), wire.unpack)


def noted(value: Any) -> dict[str, Any]:
    """What an object keeps beside its arguments and its assumptions, which are worked out when they are asked for."""
    slots = [slot for kind in type(value).__mro__ for slot in vars(kind).get("__slots__", ())]
    kept = {slot: getattr(value, slot) for slot in slots if hasattr(value, slot)} | getattr(value, "__dict__", {})
    # Unevaluated sums may leave open whether they commute, which counts as no.
    kept["is_commutative"] = bool(getattr(value, "is_commutative", None))
    return {
        name: told
        for name, told in kept.items()
        if name not in ("_mhash", "_assumptions", "_assumptions0", "_args", "__dict__")
    }


def assert_same(found: Any, value: Any) -> None:
    undefined = isinstance(type(value), sp.core.function.UndefinedFunction)  # equal, though each is a class of its own
    assert type(found) is type(value) or undefined
    assert found == value
    assert sp.srepr(found) == sp.srepr(value)
    if isinstance(value, sp.Basic):
        assert hash(found) == hash(value)
        assert noted(found) == noted(value)
        assert found.free_symbols == value.free_symbols
        for one, other in zip(found.args, value.args, strict=True):
            assert_same(one, other)


def unevaluated() -> list[Any]:
    with sp.evaluate(False):
        return [
            x + x,
            sp.Integer(1) + 1,
            x * 1,
            sp.sin(0),
            sp.sqrt(sp.Integer(8)),
            (x + 1) * (x + 1) / (x + 1),
            sp.Eq(x, x),
            sp.Mul(-1, sp.Mul(-1, x)),
            2 * (x + y),
        ]


TOWER = sp.Pow(10, sp.Pow(10, 10, evaluate=False), evaluate=False)
EXPRESSIONS = [
    *map(sp.Integer, [0, 1, -1, 2, -7, 10**30, -(10**1000)]),
    *(sp.Rational(*pair) for pair in [(1, 2), (-1, 2), (22, 7), (1, 10**1000)]),
    *(sp.Float(*told) for told in [(0.0,), (1.5,), (-0.1,), ("0.1", 50), (0, 30), (1e-300,), (1.0, 3)]),
    *[
        sp.pi,
        sp.E,
        sp.I,
        sp.oo,
        -sp.oo,
        sp.zoo,
        sp.nan,
        sp.GoldenRatio,
        sp.EulerGamma,
        sp.Catalan,
        sp.true,
        sp.false,
        sp.S.Half,
    ],
    *[
        sp.S.EmptySet,
        sp.S.UniversalSet,
        sp.S.Reals,
        sp.S.Complexes,
        sp.S.Integers,
        sp.S.Rationals,
        sp.S.Naturals,
        sp.S.Naturals0,
    ],
    *[
        x,
        n,
        p,
        c,
        sp.Symbol("x_1", real=False),
        sp.Symbol(""),
        sp.Symbol("α β"),
        sp.Symbol("y", even=True, positive=True),
    ],
    *[d, d + d**2, sp.Dummy(), sp.Symbol("d", real=True) + d],
    *[
        x + 1,
        x - y,
        x * y,
        2 * x**2 / 3,
        x**-1,
        sp.sqrt(x),
        x**y,
        c * x * c**2,
        sp.I * sp.pi / 4,
        1.5 * x + sp.Float(1, 40),
    ],
    *[(x + y) ** 10, sp.expand((x + y + 1) ** 6), sp.Mod(x, 3), sp.UnevaluatedExpr(x + 1) * 2, *unevaluated()],
    *[sp.Add(1, 1, evaluate=False), sp.Mul(2, 3, x, evaluate=False), sp.Pow(2, 3, evaluate=False), TOWER, TOWER + x],
    *[
        sp.sin(x) ** 2 + sp.cos(x) ** 2,
        sp.exp(-(x**2)),
        sp.log(x, 2),
        sp.Abs(x),
        sp.sign(x),
        sp.floor(x) + sp.ceiling(y),
        sp.frac(x),
    ],
    *[
        sp.gamma(x),
        sp.factorial(n),
        sp.binomial(n, k),
        sp.zeta(x),
        sp.erf(x),
        sp.besselj(1, x),
        sp.atan2(y, x),
        sp.Max(x, y, 1),
        sp.Min(x, y),
    ],
    *[
        sp.Heaviside(x),
        sp.Heaviside(x, 1),
        sp.DiracDelta(x, 1),
        sp.KroneckerDelta(n, k),
        sp.LambertW(x),
        sp.polylog(2, x),
        sp.re(x),
        sp.arg(x),
    ],
    *[
        sp.hyper([1, x], [2], z),
        sp.meijerg([[1], [2]], [[x], []], z),
        sp.Piecewise((x, x > 0), (-x, x < -1), (0, True)),
        sp.conjugate(x),
    ],
    *[
        f(x),
        f(x, y) + g(x),
        sp.Function("h", real=True)(x),
        sp.Function("h", nargs=(1, 2))(x, y),
        sp.Function(sp.Symbol("h", positive=True))(x),
    ],
    *[
        f(x).diff(x),
        f(x, y).diff(x, 2, y),
        sp.Derivative(x**2, (x, n)),
        f(2 * x).diff(x),
        sp.Subs(f(x).diff(x), x, 0),
        sp.Derivative(sp.sin(x), x),
    ],
    *[
        sp.Integral(x**2, x),
        sp.Integral(sp.exp(-(x**2)), (x, -sp.oo, sp.oo)),
        sp.Integral(x * y, (x, 0, y), (y, 0, 1)),
        sp.Integral(c, x),
    ],
    *[
        sp.Sum(1 / n**2, (n, 1, sp.oo)),
        sp.Product(n, (n, 1, k)),
        sp.Limit(sp.sin(x) / x, x, 0),
        sp.Limit(1 / x, x, 0, "-"),
    ],
    *[sp.O(x**3), sp.sin(x).series(x, 0, 6), sp.O(1 / x, (x, sp.oo)), sp.O(x * y, x, y)],
    *[
        sp.Eq(x, y),
        sp.Ne(x, 1),
        x < y,
        x <= 2,
        x > y,
        x >= 0,
        sp.Eq(f(x).diff(x), f(x)),
        sp.Eq(sp.Tuple(x), sp.Tuple(y)),
    ],
    *[
        (x > 0) & (y > 0),
        (x > 0) | sp.Eq(y, 1),
        ~x,
        x ^ y ^ z,
        x >> y,
        sp.ITE(x, y, z),
        sp.Equivalent(x, y, z),
        sp.Nand(x, y),
        ~(x & y),
    ],
    *[
        sp.Interval(0, 1),
        sp.Interval.Lopen(0, sp.oo),
        sp.FiniteSet(1, x, sp.pi),
        sp.FiniteSet(sp.FiniteSet(1), (x, y)),
        sp.PowerSet(sp.S.Reals),
    ],
    *[
        sp.Interval(0, 1) + sp.FiniteSet(3),
        sp.Union(sp.Interval(0, x), sp.FiniteSet(y)),
        sp.Intersection(sp.Interval(0, x), sp.FiniteSet(y)),
    ],
    *[
        sp.ImageSet(sp.Lambda(n, n * sp.pi), sp.S.Integers),
        sp.ConditionSet(x, sp.Eq(sp.cos(x), x), sp.S.Reals),
        sp.Range(0, 10, 3),
        sp.Range(n),
    ],
    *[
        sp.Interval(0, 1) * sp.Interval(2, 3),
        sp.Complement(sp.S.Reals, sp.FiniteSet(x)),
        sp.Contains(x, sp.S.Integers),
        sp.AccumBounds(0, 1),
    ],
    *[
        sp.solveset(sp.sin(x), x),
        sp.solveset(sp.exp(x) - 1, x),
        sp.solveset(x**2 > 2, x, sp.S.Reals),
        sp.SymmetricDifference(sp.FiniteSet(x), sp.FiniteSet(y)),
    ],
    *[sp.Lambda(x, x**2), sp.Lambda((x, y), x + y), sp.Lambda(((x, y), z), x + z), sp.Lambda((), 1)],
    *[sp.Tuple(), sp.Tuple(x, 1, sp.Tuple(y)), sp.Dict({x: 1, y: sp.Tuple(z)}), Str("text")],
    *[
        A,
        A * A.T + sp.Identity(n),
        A.I,
        A**-2,
        sp.Trace(A),
        sp.Determinant(A),
        A[0, k],
        2 * A,
        B + sp.ZeroMatrix(3, 3),
        sp.OneMatrix(2, n),
    ],
    *[
        sp.HadamardProduct(A, A),
        sp.KroneckerProduct(A, B),
        B * sp.ImmutableMatrix(3, 1, [x, y, z]),
        sp.MatMul(A, A, evaluate=False),
    ],
    *[
        v[i],
        v[0] + v[n, k],
        sp.IndexedBase("w", shape=(n, 3))[k, 1],
        sp.Sum(v[n], (n, 0, k)),
        sp.Idx("j"),
        sp.Idx("m", (1, n)),
    ],
    *[
        sp.Matrix([[1, 2], [3, 4]]),
        sp.Matrix([[x, sp.Rational(1, 2)], [1.5, sp.I]]),
        sp.ImmutableMatrix([[x]]),
        sp.Matrix(0, 3, []),
        sp.eye(3),
    ],
    *[
        sp.SparseMatrix(3, 3, {(0, 2): x, (1, 1): 2}),
        sp.ImmutableSparseMatrix(2, 5, {}),
        sp.Matrix([sp.Add(1, 1, evaluate=False)]),
    ],
    *[sp.Array([[1, x], [y, 2]]), sp.Array(5), sp.MutableDenseNDimArray([[[x]]]), sp.Array([])],
    *[
        sp.Poly(x**3 - 2 * x + 1),
        sp.Poly(x * y + 1, x, y),
        sp.Poly(0, x),
        sp.Poly(x / 2 + sp.Rational(1, 3), x),
    ],
    *[
        sp.Poly(y * x**2 + (y**2 - 1) * x, x),
        sp.Poly(x**2 + 3, modulus=5),
        sp.Poly(sp.sin(y) * x, x, domain="EX"),
        sp.Poly(x * y / 3 + 1, x, domain=sp.QQ[y]),
    ],
    *[
        sp.laplace_transform(f(t), t, z, noconds=True),
        sp.inverse_laplace_transform(f(z), z, t),
        sp.fourier_transform(f(x), x, k),
    ],
    *[
        sp.dsolve(f(x).diff(x, 2) + f(x)),
        sp.integrate(sp.exp(-(x**p)), x),
        sp.summation(1 / n**x, (n, 1, sp.oo)),
        sp.sin(x).rewrite(sp.exp),
    ],
    *[
        sp.roots(x**4 + x + 1, x).popitem()[0] if sp.roots(x**4 + x + 1, x) else x,
        sp.Matrix([[x, 1], [1, y]]).inv(),
        sp.Matrix([[2, 1], [1, 2]]).eigenvals().popitem()[0],
    ],
]


@pytest.mark.parametrize(
    "value", EXPRESSIONS, ids=[f"{type(value).__name__}-{at}" for at, value in enumerate(EXPRESSIONS)]
)
def test_every_kind_of_expression(value: Any) -> None:
    assert symbols.handles(value)
    assert_same(sent(value), value)


@pytest.mark.parametrize(
    "name", sorted(name for name in classes() if isinstance(getattr(sp.functions, name, None), sp.FunctionClass))
)
def test_every_function(name: str) -> None:
    made = classes()[name].made
    for count in range(1, 6):
        if count not in made.nargs:
            continue
        try:
            value = made(*sp.symbols("a:e", integer=True, positive=True)[:count])
        except (TypeError, ValueError, AttributeError):
            continue  # needs arguments of its own kind: such are among the expressions above
        assert_same(sent(value), value)


@pytest.mark.parametrize("function", [sp.sin, sp.Max, f, sp.Function("h", real=True), sp.Function("h", nargs=2)])
def test_a_function_that_is_not_applied(function: Any) -> None:
    assert symbols.handles(function)
    assert sent(function) == function
    assert sent(function).nargs == function.nargs
    assert sent(function)(*[x] * max(1, min(function.nargs.args, default=1))) is not None


def test_functions_of_the_same_name_and_other_assumptions_differ() -> None:
    assert sent(sp.Function("f", real=True)(x)) != f(x)
    assert sent(sp.Function("f", real=True)(x)).is_real is True
    assert sent(f(x)).is_real is None


def test_assumptions_hold() -> None:
    assert sent(sp.sqrt(p**2)) == p
    assert sent(p).is_positive is True
    assert sent(x).is_positive is None
    assert sent(c * x).is_commutative is False
    assert sent(sp.Integral(c, x)).is_commutative is False


def test_dummies_stay_who_they_are() -> None:
    one, two = sp.Dummy("d"), sp.Dummy("d")
    found = sent(sp.Tuple(one, two, one + two))
    assert found[0] != found[1]
    assert found[2] == found[0] + found[1]
    assert sent(one) == one


def test_what_arrives_computes_as_before() -> None:
    assert sent(sp.Integral(x**2, (x, 0, 1))).doit() == sp.Rational(1, 3)
    assert sent(f(2 * x).diff(x)).doit() == f(2 * x).diff(x).doit()
    assert sent((x > 0) & (y > 0)).subs(x, 1) == (y > 0)
    assert sent(sp.Union(sp.Interval(0, 1), sp.FiniteSet(3))).contains(3) == sp.true
    assert sent(sp.Max(x, y)).subs(y, x) == x
    assert sp.simplify(sent(sp.sin(x) ** 2 + sp.cos(x) ** 2)) == 1
    assert sent(sp.Matrix([[x, 1], [1, x]])).det() == x**2 - 1
    assert sent(sp.Equivalent(x, y)).subs(y, x) == sp.true
    assert sent(sp.Add(1, 1, evaluate=False)).doit() == 2
    found = sent(sp.Matrix([[1, 2]]))
    found[0, 0] = x
    assert found == sp.Matrix([[x, 2]])


def grown(draw: random.Random, depth: int) -> Any:
    if depth == 0 or draw.random() < 0.1:
        leaves = [
            x,
            y,
            n,
            p,
            c,
            d,
            sp.Integer(draw.randint(-9, 9)),
            sp.Rational(draw.randint(1, 9), 7),
            sp.Float(draw.random(), draw.randint(3, 40)),
            sp.pi,
            sp.I,
        ]
        return draw.choice(leaves)

    def part() -> Any:
        return grown(draw, depth - 1)

    makers = [
        lambda: part() + part() + part(),
        lambda: part() * part() * part(),
        lambda: sp.Add(part(), part(), evaluate=False),
        lambda: sp.Mul(part(), part(), evaluate=False),
        lambda: part() ** draw.randint(-3, 3),
        lambda: sp.Pow(part(), part(), evaluate=False),
        lambda: draw.choice([sp.sin, sp.exp, sp.Abs, sp.atan, sp.conjugate, f])(part()),
        lambda: sp.cos(part(), evaluate=False),
        lambda: g(part(), part()),
        lambda: sp.Derivative(f(x) * part(), x),
        lambda: sp.Integral(part(), (x, 0, y)),
        lambda: sp.Piecewise((part(), x > draw.randint(0, 3)), (part(), True)),
        lambda: sp.UnevaluatedExpr(part()),
    ]
    return draw.choice(makers)()


@pytest.mark.parametrize("seed", range(80))
def test_random_expressions(seed: int) -> None:
    value = grown(random.Random(seed), 4)
    assert_same(sent(value), value)


def test_what_is_not_sympys_own_is_refused() -> None:
    class Symbol(sp.Symbol):
        pass

    class sin(sp.Function):
        pass

    class Everything(sp.Expr):
        def __eq__(self, other: object) -> bool:
            return True

        __hash__ = sp.Expr.__hash__

    class Forged(sp.Matrix):  # type: ignore[misc]
        pass

    Forged.__name__ = "MutableDenseMatrix"
    Forged.__module__ = Symbol.__module__ = sin.__module__ = "sympy.core.symbol"
    for value in [Symbol("x"), sin(x), sin, Everything(), x + Symbol("y"), Forged([[1]]), sp.Matrix([[Symbol("x")]])]:
        with pytest.raises(NotPlain):
            symbols.pack(value, wire.pack)


def test_what_cannot_be_told_is_refused() -> None:
    for value in [
        sp.Wild("w"),
        sp.Q.real(x),
        sp.Point(0, 1),
        sp.Poly(x / y, x),
        sp.Function("f", odd_thing=3)(x),
    ]:
        with pytest.raises(NotPlain):
            symbols.pack(value, wire.pack)


def deep(levels: int) -> Any:
    value: Any = x
    for _ in range(levels):
        value = sp.Basic.__new__(sp.sin, value)
    return value


def test_depth_and_size_are_bounded() -> None:
    assert sent(deep(150)).args[0].args[0] == deep(148)
    with pytest.raises(NotPlain, match="deeper"):
        symbols.pack(deep(250), wire.pack)
    wide = x
    for _ in range(25):  # a tree of 2**25 leaves which takes 25 objects
        wide = sp.Basic.__new__(sp.Pow, wide, wide)
    with pytest.raises(NotPlain, match="more than"):
        symbols.pack(wide, wire.pack)


def test_handles() -> None:
    assert not any(map(symbols.handles, [1, "x", None, [x], sp.Symbol, sp.sqrt, sp]))


def test_sympy_is_imported_only_when_it_is_needed() -> None:
    script = (
        "import sys; from autograder import symbols; assert not symbols.handles(1); sys.exit('sympy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


X, ONE = ["Symbol", "x", {}], ["Integer", "0x1"]
BIG = ["Integer", hex(10**9)]


def nested(levels: int) -> Any:
    tree = X
    for _ in range(levels):
        tree = ["sin", tree]
    return tree


HOSTILE = {
    "nothing": None,
    "text": "x",
    "number": 1,
    "mapping": {"Symbol": "x"},
    "empty": [],
    "text as an argument": ["sin", "x"],
    "code as an argument": ["Add", X, "__import__('os').system('true')"],
    "number as an argument": ["Add", X, 1],
    "unknown class": ["eval", X],
    "a function of sympy": ["sympify", ["Str", "1"]],
    "a class that is not listed": ["Wild", X],
    "an abstract class": ["Basic", X],
    "lambdify": ["lambdify", X, X],
    "a name with dots": ["core.symbol.Symbol", "x"],
    "a class without arguments": ["sin"],
    "sum of none": ["Add"],
    "sum of one": ["Add", X],
    "power of three": ["Pow", X, X, X],
    "sine of two": ["sin", X, X],
    "function of too many": ["call", ["function", "f", {}, 1], X, X],
    "call of a class": ["call", ["class", "sin"], X],
    "call of text": ["call", "f", X],
    "function by number": ["function", 3, {}, None],
    "function with code": ["function", "f", {"eval": True}, None],
    "function with a method": ["function", "f", {"__eq__": True}, None],
    "function of countless": ["function", "f", {}, [10**9]],
    "class of no function": ["class", "Add"],
    "class of a matrix": ["class", "MutableDenseMatrix"],
    "unknown constant": ["constant", "Zero1"],
    "constant of an attribute": ["constant", "__class__"],
    "symbol of a number": ["Symbol", 1, {}],
    "symbol without assumptions": ["Symbol", "x"],
    "unknown assumption": ["Symbol", "x", {"tasty": True}],
    "assumption that is no truth": ["Symbol", "x", {"real": "yes"}],
    "assumptions against each other": ["Symbol", "x", {"positive": True, "negative": True}],
    "dummy of text": ["Dummy", "d", "1", {}],
    "integer of text": ["Integer", "ten"],
    "integer as a number": ["Integer", 1],
    "integer without end": ["Integer", "f" * 2_000_000],
    "fraction by zero": ["Rational", "0x1", "0x0"],
    "fraction that is whole": ["Rational", "0x3", "0x1"],
    "fraction not in lowest terms": ["Rational", "0x2", "0x4"],
    "float of endless exponent": ["Float", 0, "0x1", 10**12, 53],
    "float of endless precision": ["Float", 0, "0x1", 0, 10**12],
    "float that is infinite": ["Float", 0, "0x0", -456, 53],
    "float of a sign": ["Float", 7, "0x1", 0, 53],
    "sum of sets": ["Add", ["constant", "Reals"], X],
    "product of booleans": ["Mul", ["constant", "true"], X],
    "pieces without conditions": ["Piecewise", X, X],
    "mutable matrix in a sum": ["Add", X, ["matrix", "MutableDenseMatrix", 1, 1, [ONE]]],
    "polynomial in a sum": ["Add", X, ["Poly", ["ZZ"], [X], [[[1], ONE]]]],
    "matrix too large": ["matrix", "MutableSparseMatrix", 10**9, 10**9, []],
    "matrix of another shape": ["matrix", "MutableDenseMatrix", 2, 2, [ONE]],
    "matrix of less than none": ["matrix", "MutableDenseMatrix", -1, -1, [ONE]],
    "matrix of text": ["matrix", "MutableDenseMatrix", 1, 1, ["x"]],
    "unknown matrix": ["matrix", "Matrix", 1, 1, [ONE]],
    "sparse entry outside": ["matrix", "MutableSparseMatrix", 1, 1, [[5, 5, ONE]]],
    "array of another shape": ["array", "ImmutableDenseNDimArray", [2, 2], [ONE]],
    "array of less than none": ["array", "ImmutableDenseNDimArray", [-1, -1], [ONE]],
    "dense polynomial without end": ["Poly", ["ZZ"], [X], [[[10**6 + 1], ONE]]],
    "polynomial of room without end": ["Poly", ["ZZ"], [X, ["Symbol", "y", {}]], [[[10**5, 10**5], ONE]]],
    "polynomial of less than no power": ["Poly", ["ZZ"], [X], [[[-1], ONE]]],
    "polynomial of another number of powers": ["Poly", ["ZZ"], [X], [[[1, 1], ONE]]],
    "polynomial without variables": ["Poly", ["ZZ"], [], [[[], ONE]]],
    "polynomial of symbols": ["Poly", ["ZZ"], [X], [[[1], X]]],
    "polynomial over code": ["Poly", ["eval"], [X], [[[1], ONE]]],
    "polynomial over nothing": ["Poly", [], [X], [[[1], ONE]]],
    "polynomial of a variable twice": ["Poly", ["ZZ"], [X, X], [[[1, 1], ONE]]],
    "equivalent without its set": ["Equivalent", X],
    "dict of no pairs": ["Dict", X, X],
    "substitution in a tower": ["Subs", ["Mul", X, ["Pow", ONE, BIG]], ["Tuple", X], ["Tuple", ONE]],
    "substitution in a tower of powers": [
        "Subs",
        ["Mul", X, ["Pow", ["Integer", "0xa"], ["Pow", ["Integer", "0xa"], ONE]]],
        ["Tuple", X],
        ["Tuple", ONE],
    ],
    "deep": nested(250),
    "deeper than the stack": nested(5000),
    "wide": ["Tuple", *[X] * 100_001],
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_trees_are_refused(name: str) -> None:
    with pytest.raises(NotPlain):
        symbols.unpack(HOSTILE[name], wire.unpack)


def test_reading_evaluates_nothing() -> None:
    """Each of these would take the memory of any machine, or hours, if it were worked out."""
    for tree in [
        ["Pow", BIG, ["Pow", BIG, BIG]],
        ["Mul", ["Pow", BIG, BIG], X],
        ["factorial", BIG],
        ["StrictLessThan", ["Pow", BIG, BIG], ["Pow", BIG, ["Integer", hex(10**9 + 1)]]],
        ["Sum", ["Pow", X, BIG], ["Tuple", X, ONE, BIG]],
        ["Poly", ["EX"], [X], [[[1], ["Pow", BIG, BIG]]]],
        ["And", ["StrictLessThan", ["Pow", BIG, BIG], X], ["Symbol", "y", {}]],
        ["MatPow", ["Identity", BIG], BIG],
        ["matrix", "MutableDenseMatrix", 1, 1, [["Pow", BIG, BIG]]],
    ]:
        assert symbols.pack(symbols.unpack(tree, wire.unpack), wire.pack) == tree


@pytest.mark.parametrize("seed", range(300))
def test_a_damaged_tree_is_refused_or_a_value(seed: int) -> None:
    """Any single part of an honest tree replaced: NotPlain or some object of SymPy, never another error."""
    draw = random.Random(seed)
    tree = json.loads(json.dumps(symbols.pack(draw.choice(EXPRESSIONS), wire.pack)))
    at = tree
    while True:
        place = draw.choice(range(len(at)) if isinstance(at, list) else list(at))
        below = at[place]
        if not isinstance(below, (list, dict)) or not below or draw.random() < 0.2:
            break
        at = below
    at[place] = draw.choice(
        [
            None,
            "eval",
            "Add",
            "0x5",
            -1,
            10**30,
            True,
            [],
            {},
            X,
            ["Tuple"],
            ["constant", "true"],
            ["constant", "Reals"],
        ]
    )
    try:
        found = symbols.unpack(tree, wire.unpack)
    except NotPlain:
        return
    assert symbols.handles(found)


RUN = "exec('import builtins; builtins.RAN = 1')"
BYTES = ["Tuple", *(["Integer", hex(byte)] for byte in b"import builtins; builtins.RAN = 1")]
APPLIED = ["call", ["function", "bytes", {}, None], BYTES]


@pytest.mark.parametrize(
    "tree",
    [
        ["Symbol", RUN, {}],
        ["Dummy", RUN, 7, {}],
        ["MatrixSymbol", ["Str", RUN], ["Integer", "0x2"], ["Integer", "0x2"]],
        ["call", ["function", RUN + " or f", {}, None], ["Symbol", "x", {}]],
        ["call", ["function", "exec", {}, None], APPLIED],
        ["call", ["function", "ex{}ec", {}, None], APPLIED],
        ["call", ["function", "\uff45\uff58\uff45\uff43", {}, None], APPLIED],
        ["call", ["function", "f or exec", {}, None], APPLIED],
        ["call", ["function", "apply_along_axis", {}, None], ["Symbol", "exec", {}], ["Integer", "0x0"], BYTES],
        ["Symbol", "exec(bytes((112, 97, 115, 115)))", {}],
        ["Symbol", "exec (x)", {}],
        ["call", ["function", "load", {}, None], ["Symbol", "x", {}]],
        *(
            ["Symbol", name, {}]
            for name in ("x.real", "x\ny", "x; y", "x # y", "(y := 1)", "__name__", "x'", '"x"', "f(", ")", "f(g(x))")
        ),
    ],
    ids=lambda tree: str(tree[1])[:30],
)
def test_a_name_that_would_run_where_an_expression_is_printed_as_python_is_refused(tree: Any) -> None:
    with pytest.raises(NotPlain):
        symbols.unpack(tree, wire.unpack)


@pytest.mark.parametrize(
    "name",
    [
        "", "x", "x_1", "lambda", r"\lambda", "x_{12}^{*}", "α β", "θ̂", "P(A|B)", "E[X]", "P(A, B)", "p-value", "max",
        "x′", "R²", "mean", "C1", "Δx", r"\hat{\theta}", "N_0", "id", "type", "load",
    ],
)  # fmt: skip
def test_names_as_they_are_written_in_lessons_cross(name: str) -> None:
    assert_same(sent(sp.Symbol(name)), sp.Symbol(name))


@pytest.mark.parametrize("name", ["f", "y_p", r"\phi", "φ", "S", "N", "mean", "var", "T_{in}", "u v"])
def test_names_of_functions_as_they_are_written_in_lessons_cross(name: str) -> None:
    assert sent(sp.Function(name)(x)) == sp.Function(name)(x)


@pytest.mark.parametrize(
    "value",
    [
        sp.CRootOf(x**5 - x - 1, 0), sp.CRootOf(x**5 - x - 1, 3), sp.CRootOf(3 * t**7 + t**2 - 5, 1) + x,
        sp.CRootOf(x**3 - x - 1, 0, radicals=False), *sp.real_roots(x**5 - 3 * x + 1),
    ],
    ids=str,
)  # fmt: skip
def test_roots_that_have_no_formula_cross(value: Any) -> None:
    assert_same(sent(value), value)
    assert sent(value).evalf() == value.evalf()


def test_a_characteristic_polynomial_crosses() -> None:
    for value in (sp.Matrix([[1, 2], [3, 4]]).charpoly(), sp.Matrix([[1, x], [y, 4]]).charpoly(t)):
        found = sent(value)
        assert (type(found), found, found.as_expr()) == (type(value), value, value.as_expr())


HUGE = ["Integer", hex(10**9)]


@pytest.mark.parametrize(
    "expression",
    [
        ["Pow", ["Symbol", "x", {}], HUGE],
        ["Pow", ["Add", ["Symbol", "x", {}], ["Integer", "0x1"]], ["Integer", "0x30"]],
        ["Pow", ["Integer", "0x2"], HUGE],
        ["Integer", hex(10**99)],
        ["Mul", ["Symbol", "x", {}], ["Symbol", "y", {}]],
        ["Pow", ["Symbol", "x", {}], ["Integer", "0x2"]],
        ["Tuple"],
    ],
    ids=str,
)
def test_a_root_that_would_take_work_or_is_none_is_refused(expression: Any) -> None:
    with pytest.raises(NotPlain):
        symbols.unpack(["ComplexRootOf", expression, ["Symbol", "x", {}], 0], wire.unpack)
