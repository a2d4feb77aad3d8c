"""The closed set of SymPy's classes that cross between the processes, and how one is put together from its arguments.

Nothing is evaluated: constructors, which simplify, are called only where they do no more than check.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from autograder.plain import NotPlain

#: A power of numbers beyond this is not worked out.
LARGEST_POWER = 1000

CONSTANTS = [
    "Pi",
    "Exp1",
    "ImaginaryUnit",
    "Infinity",
    "NegativeInfinity",
    "ComplexInfinity",
    "NaN",
    "GoldenRatio",
    "TribonacciConstant",
    "EulerGamma",
    "Catalan",
    "true",
    "false",
    "EmptySet",
    "UniversalSet",
    "Naturals",
    "Naturals0",
    "Integers",
    "Rationals",
    "Reals",
    "Complexes",
    "IdentityFunction",
]
#: Classes beside those of sympy.functions, with the fewest and the most arguments that they take (None: any number).
_ARGUMENTS: dict[str, tuple[int, int | None]] = {
    **dict.fromkeys(["Add", "Mul"], (2, None)),
    **dict.fromkeys(["Pow", "Mod"], (2, 2)),
    "UnevaluatedExpr": (1, 1),
    **dict.fromkeys(["Tuple", "Dict"], (0, None)),
    **dict.fromkeys(["Derivative", "Integral", "Sum", "Product"], (1, None)),
    "Order": (1, None),
    "Limit": (4, 4),
    "Subs": (3, 3),
    "Lambda": (2, 2),
    **dict.fromkeys(
        ["Equality", "Unequality", "LessThan", "StrictLessThan", "GreaterThan", "StrictGreaterThan"], (2, 2)
    ),
    **dict.fromkeys(["And", "Or", "Xor"], (2, None)),
    **dict.fromkeys(["Not", "Equivalent"], (1, 1)),
    **dict.fromkeys(["Implies", "Contains", "Complement", "SymmetricDifference", "AccumBounds"], (2, 2)),
    "ITE": (3, 3),
    "Interval": (4, 4),
    "FiniteSet": (1, None),
    **dict.fromkeys(["Union", "Intersection", "ImageSet"], (2, None)),
    "ProductSet": (0, None),
    **dict.fromkeys(["ConditionSet", "Range"], (3, 3)),
    "PowerSet": (1, 1),
    **dict.fromkeys(["MatrixSymbol", "MatrixElement"], (3, 3)),
    **dict.fromkeys(["MatAdd", "MatMul", "HadamardProduct", "KroneckerProduct"], (1, None)),
    **dict.fromkeys(["MatPow", "HadamardPower", "DotProduct", "ZeroMatrix", "OneMatrix"], (2, 2)),
    **dict.fromkeys(["Transpose", "Inverse", "Trace", "Determinant", "Identity"], (1, 2)),
    "Indexed": (2, None),
    **dict.fromkeys(["IndexedBase", "Idx"], (1, 2)),
    **dict.fromkeys(["LaplaceTransform", "FourierTransform", "InverseFourierTransform"], (3, 3)),
    "InverseLaplaceTransform": (4, 4),
}


class Known(NamedTuple):
    made: Any
    fewest: int
    most: int | None
    counts: Any  # SymPy's own set of the numbers of arguments that a function takes; None for what is no function


@cache
def library() -> Any:
    """SymPy, which is imported only once there is something of its own to pack or unpack."""
    import sympy

    return sympy


@cache
def classes() -> dict[str, Known]:
    """The classes that a tree may name."""
    import sympy
    from sympy.functions.elementary.piecewise import ExprCondPair
    from sympy.functions.special.hyper import TupleArg
    from sympy.matrices.expressions.matexpr import MatrixElement

    elsewhere = {"MatrixElement": MatrixElement}
    found = [(elsewhere.get(name) or getattr(sympy, name), *counts) for name, counts in _ARGUMENTS.items()]
    found += [(ExprCondPair, 2, 2), (TupleArg, 0, None)]
    functions = [getattr(sympy.functions, name) for name in sympy.functions.__all__]
    found += [(made, 0, None) for made in functions if isinstance(made, type) and issubclass(made, sympy.Basic)]
    return {
        made.__name__: Known(made, fewest, most, made.nargs if isinstance(made, sympy.FunctionClass) else None)
        for made, fewest, most in found
    }


@cache
def constants() -> dict[int, str]:
    """The names of SymPy's single objects by their identity, which lasts as long as SymPy does."""
    return {id(getattr(library().S, name)): name for name in CONSTANTS}


@cache
def known_assumptions() -> frozenset[str]:
    from sympy.core.assumptions import _assume_defined

    return frozenset(_assume_defined)


def rebuilt(known: Known, arguments: list[Any]) -> Any:
    """An object with just these arguments. Its constructor, which evaluates, is called only where it does no more than check."""
    sympy = library()
    made, count = known.made, len(arguments)
    if (
        count < known.fewest
        or (known.most is not None and count > known.most)
        or (known.counts is not None and count not in known.counts)
    ):
        raise NotPlain(f"{count} arguments for {made.__name__}")
    if made in (sympy.Add, sympy.Mul, sympy.Pow, sympy.Mod) and not all(isinstance(a, sympy.Expr) for a in arguments):
        raise NotPlain(f"an argument of {made.__name__} that is no expression")
    if made is sympy.Piecewise and not all(type(a).__name__ == "ExprCondPair" for a in arguments):
        raise NotPlain("a piece without its condition")
    if made is sympy.Subs:
        _refuse_towers(arguments[0])
    if made is sympy.IndexedBase and type(arguments[0]) is not sympy.Symbol:
        raise NotPlain("an indexed quantity without a name")
    if made in (sympy.Subs, sympy.Dict, sympy.Idx, sympy.Indexed):
        built = made(*arguments)
    elif made is sympy.IndexedBase:
        built = made(arguments[0], shape=arguments[1]) if count > 1 else made(arguments[0])
    elif made in (sympy.Add, sympy.Mul):
        # As their constructors have it: what is not known to commute does not, and orders have no say.
        commutes = all(a.is_commutative or a.is_Order for a in arguments)
        built = made._from_args(arguments, is_commutative=commutes)
    else:
        built = sympy.Basic.__new__(made, *arguments)
        _complete(built, known)
    if type(built) is not made or any(a is not b and a != b for a, b in zip(built._args, arguments, strict=True)):
        raise NotPlain(f"arguments that do not belong to {made.__name__}")
    return built


def _complete(built: Any, known: Known) -> None:
    """What constructors note on an object beside its arguments."""
    sympy = library()
    arguments = built._args
    if known.counts is not None and known.made not in (sympy.Piecewise, sympy.Max, sympy.Min, sympy.Implies):
        built.nargs = known.counts
    if known.made is sympy.Pow:
        built.is_commutative = arguments[0].is_commutative and arguments[1].is_commutative
    elif known.made in (sympy.Integral, sympy.Sum, sympy.Product):
        built.is_commutative = arguments[0].is_commutative
    elif known.made in (sympy.And, sympy.Or, sympy.Xor, sympy.Max, sympy.Min, sympy.Union, sympy.Intersection):
        built._argset = frozenset(arguments)
    elif known.made is sympy.Equivalent:
        if type(arguments[0]) is not sympy.FiniteSet:
            raise NotPlain("arguments that do not belong to Equivalent")
        built._argset = frozenset(arguments[0].args)
    elif known.made is sympy.FiniteSet:
        built._args_set = set(arguments)


def _refuse_towers(expression: Any) -> None:
    """Raises NotPlain if replacing a symbol could work out a power of numbers that fills the memory."""
    for part in library().preorder_traversal(expression):
        if part.is_Pow and part.base.is_Number:
            high = part.exp
            if abs(high) > LARGEST_POWER if high.is_Number else high.args and not high.free_symbols:
                raise NotPlain("a power too large to be worked out")
