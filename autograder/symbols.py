"""SymPy's expressions and matrices as trees of plain data.

A node is ``[name of a class, *arguments]``; the names come from a closed set and nothing is parsed: ``sympify`` and
``parse_expr`` run code. What was not evaluated stays so, and reading a tree evaluates nothing: ``10**10**10`` is three
integers and two powers. Rebuilt expressions equal the ones that were packed, down to ``srepr``.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from typing import Any

from autograder.plain import NotPlain
from autograder.symbol_classes import CONSTANTS, classes, constants, known_assumptions, library, rebuilt
from autograder.symbol_names import harmless

Tree = Any
Inner = Callable[[Any], Any]

#: Nodes of one tree, and how deep they are nested: SymPy itself gives up printing at about this depth.
MOST_NODES = 100_000
DEEPEST = 200
#: Hexadecimal digits of one number, bits of precision, powers of two, cells of a matrix,
#: terms that a dense polynomial has room for.
MOST_DIGITS = 100_000
MOST_PRECISION = 1_000_000
WIDEST_EXPONENT = 10_000_000
MOST_CELLS = 10_000_000
MOST_TERMS = 1_000_000
#: Of a polynomial whose roots are told apart, and digits of its coefficients.
HIGHEST_DEGREE, LONGEST_COEFFICIENT = 50, 50


def handles(value: Any) -> bool:
    """Whether ``value`` is SymPy's, to be offered to :func:`pack`; imports nothing."""
    sympy = sys.modules.get("sympy")
    if sympy is None:
        return False
    kinds = (sympy.Basic, sympy.MatrixBase, sympy.NDimArray, sympy.FunctionClass)
    return isinstance(value, kinds)


def pack(value: Any, inner: Inner) -> Tree:
    """The tree of an expression, matrix, array, polynomial or function of SymPy; ``inner`` is not needed.

    Raises NotPlain for classes that are not SymPy's own or not in the closed set, and for what is too large.
    """
    try:
        return _Writer().tree(value, 0)
    except RecursionError:
        raise NotPlain(f"an expression nested deeper than {DEEPEST} levels") from None


def unpack(tree: Tree, inner: Inner) -> Any:
    """The SymPy object of a tree; ``inner`` is not needed. Raises NotPlain for any tree that :func:`pack` does not make."""
    try:
        return _Reader().value(tree, 0)
    except NotPlain:
        raise
    except Exception as error:
        # The tree comes from a stranger: SymPy objects to ill-formed parts with errors of many kinds.
        raise NotPlain(f"a message that is no expression ({type(error).__name__}: {error})") from error


_MATRICES = ("MutableDenseMatrix", "ImmutableDenseMatrix", "MutableSparseMatrix", "ImmutableSparseMatrix")
_ARRAYS = ("MutableDenseNDimArray", "ImmutableDenseNDimArray")


class _Budget:
    """How many nodes one tree has had so far."""

    def __init__(self) -> None:
        self.nodes = 0

    def spend(self, depth: int) -> None:
        self.nodes += 1
        if self.nodes > MOST_NODES:
            raise NotPlain(f"an expression of more than {MOST_NODES} parts")
        if depth > DEEPEST:
            raise NotPlain(f"an expression nested deeper than {DEEPEST} levels")


class _Writer(_Budget):
    def tree(self, value: Any, depth: int) -> Tree:
        self.spend(depth)
        sympy = library()
        kind = type(value)
        core = sympy.core
        if kind in (sympy.Integer, core.numbers.Zero, core.numbers.One, core.numbers.NegativeOne):
            return ["Integer", hex(value.p)]
        if kind in (sympy.Rational, core.numbers.Half):
            return ["Rational", hex(value.p), hex(value.q)]
        if kind is sympy.Float:
            sign, mantissa, exponent, _ = value._mpf_
            return ["Float", int(sign), hex(mantissa), int(exponent), int(value._prec)]
        if kind in (sympy.Symbol, sympy.Dummy):
            # The arguments of the pickle protocol: the name, the number of a dummy, the assumptions as they were given.
            arguments, assumptions = value.__getnewargs_ex__()
            return [kind.__name__, *arguments, dict(assumptions)]
        if kind is core.symbol.Str:
            return ["Str", value.name]
        if isinstance(value, sympy.FunctionClass):
            return self.function(value)
        if isinstance(value, (sympy.MatrixBase, sympy.NDimArray, sympy.Poly)):
            return self.container(value, depth)
        if kind is sympy.CRootOf:
            return [
                "ComplexRootOf",
                self.tree(value.expr, depth + 1),
                self.tree(value.poly.gen, depth + 1),
                int(value.index),
            ]
        if id(value) in constants():
            return ["constant", constants()[id(value)]]
        if isinstance(kind, core.function.UndefinedFunction):
            return ["call", self.function(kind), *self.trees(value.args, depth)]
        known = classes().get(kind.__name__)
        if known is None or known.made is not kind:
            raise NotPlain(f"{kind.__name__} is no expression that can be judged apart: it is not among SymPy's own")
        # The arguments of Equivalent are kept as one set; its property gives them one by one.
        return [kind.__name__, *self.trees(value._args, depth)]

    def trees(self, values: Any, depth: int) -> list[Tree]:
        return [self.tree(value, depth + 1) for value in values]

    def function(self, function: Any) -> Tree:
        """A function that is not applied: ``sin``, or ``f`` of ``f = Function("f")``."""
        undefined = library().core.function
        if type(function) is undefined.UndefinedFunction and function.__bases__ == (undefined.AppliedUndef,):
            options = dict(function._kwargs)
            counts = options.pop("nargs", None)
            if counts is not None:
                counts = [int(n) for n in counts] if isinstance(counts, (tuple, list, set)) else int(counts)
            if not all(name in known_assumptions() and type(told) is bool for name, told in options.items()):
                raise NotPlain(f"the function {function.__name__} carries more than assumptions")
            return ["function", function.__name__, options, counts]
        known = classes().get(function.__name__)
        if known is None or known.made is not function:
            raise NotPlain(f"the function {function.__name__} is not one of SymPy's own")
        return ["class", function.__name__]

    def container(self, value: Any, depth: int) -> Tree:
        sympy = library()
        kind = type(value)
        if kind in (sympy.Poly, sympy.PurePoly):
            return [kind.__name__, *self.polynomial(value, depth)]
        if kind.__name__ in _MATRICES and getattr(sympy, kind.__name__) is kind:
            cells = sorted(value.todok().items()) if "Sparse" in kind.__name__ else None
            entries = (
                self.trees(value.flat(), depth)
                if cells is None
                else [[*at, self.tree(c, depth + 1)] for at, c in cells]
            )
            return ["matrix", kind.__name__, int(value.rows), int(value.cols), entries]
        if kind.__name__ in _ARRAYS and getattr(sympy, kind.__name__) is kind:
            return ["array", kind.__name__, [int(n) for n in value.shape], self.trees(value._array, depth)]
        raise NotPlain(f"{kind.__name__} is not plain data: hand over a Matrix, an Array or a Poly")

    def polynomial(self, value: Any, depth: int) -> list[Tree]:
        domain = value.domain
        gens = self.trees(value.gens, depth)
        if not domain.is_PolynomialRing:
            return [_pack_domain(domain), gens, self.terms(value.terms(), depth)]
        inner = domain.domain
        terms = [
            [list(powers), self.terms(((n, inner.to_sympy(c)) for n, c in coefficient.terms()), depth)]
            for powers, coefficient in value.as_dict(native=True).items()
        ]
        return [["ring", _pack_domain(inner), self.trees(domain.symbols, depth)], gens, terms]

    def terms(self, terms: Any, depth: int) -> list[Tree]:
        return [[[int(n) for n in powers], self.tree(coefficient, depth + 1)] for powers, coefficient in terms]


class _Reader(_Budget):
    def value(self, tree: Tree, depth: int) -> Any:
        """Any value, also one that stands in no expression: a mutable matrix, a polynomial, a function not applied."""
        sympy = library()
        match tree:
            case ["function" | "class", *_]:
                return self.function(tree)
            case ["Poly" | "PurePoly" as name, domain, list(gens), list(terms)]:
                return self.polynomial(getattr(sympy, name), domain, gens, terms, depth)
            case ["matrix", str(name), int(rows), int(cols), list(entries)] if name in _MATRICES:
                if min(rows, cols) < 0 or rows * cols > MOST_CELLS:
                    raise NotPlain(f"a matrix of {rows} by {cols}")
                if "Sparse" not in name:
                    return getattr(sympy, name)(rows, cols, self.cells(entries, rows * cols, depth))
                cells = {(int(row), int(col)): self.expression(cell, depth + 1) for row, col, cell in entries}
                return getattr(sympy, name)(rows, cols, cells)
            case ["array", str(name), list(shape), list(entries)] if name in _ARRAYS:
                if not all(type(n) is int and n >= 0 for n in shape):
                    raise NotPlain("a message that is no expression")
                return getattr(sympy, name)(self.cells(entries, math.prod(shape), depth), tuple(shape))
        return self.expression(tree, depth)

    def cells(self, entries: list[Tree], count: int, depth: int) -> list[Any]:
        if len(entries) != count:
            raise NotPlain(f"{len(entries)} entries where {count} belong")
        return self.expressions(entries, depth)

    def expressions(self, trees: list[Tree], depth: int) -> list[Any]:
        return [self.expression(tree, depth + 1) for tree in trees]

    def expression(self, tree: Tree, depth: int) -> Any:
        """What may be an argument of an expression."""
        self.spend(depth)
        sympy = library()
        match tree:
            case ["Integer", str(number)]:
                return sympy.Integer(_integer(number))
            case ["Rational", str(above), str(below)]:
                p, q = _integer(above), _integer(below)
                if q < 2 or math.gcd(p, q) != 1:
                    raise NotPlain("a fraction that is none in lowest terms")
                return sympy.Rational(p, q)
            case ["Float", int(sign), str(mantissa), int(exponent), int(precision)]:
                return _float(sign, _integer(mantissa), exponent, precision)
            case ["Symbol", str(name), dict(assumptions)]:
                return sympy.Symbol(harmless(name), **_checked(assumptions))
            case ["Dummy", str(name), int(number), dict(assumptions)]:
                return sympy.Dummy(harmless(name), dummy_index=number, **_checked(assumptions))
            case ["Str", str(text)]:
                return sympy.core.symbol.Str(harmless(text))
            case ["constant", str(name)] if name in CONSTANTS:
                return getattr(sympy.S, name)
            case ["ComplexRootOf", expression, gen, int(index)]:
                return self.root(self.expression(expression, depth + 1), self.expression(gen, depth + 1), index)
            case ["call", ["function", *_] as called, *arguments]:
                function = self.function(called)
                if len(arguments) not in function.nargs:
                    raise NotPlain(f"{len(arguments)} arguments for {function.__name__}")
                applied = sympy.Basic.__new__(function, *self.expressions(arguments, depth))
                applied.nargs = function.nargs
                return applied
            case ["matrix", "ImmutableDenseMatrix" | "ImmutableSparseMatrix", *_] | [
                "array",
                "ImmutableDenseNDimArray",
                *_,
            ]:
                return self.value(tree, depth)
            case [str(name), *arguments] if name in classes():
                return rebuilt(classes()[name], self.expressions(arguments, depth))
        raise NotPlain("a message that is no expression")

    def function(self, tree: Tree) -> Any:
        match tree:
            case ["class", str(name)] if name in classes() and classes()[name].counts is not None:
                return classes()[name].made
            case ["function", str(name), dict(assumptions), counts]:
                options = _checked(assumptions)
                harmless(name, called=True)
                if counts is None:
                    return library().Function(name, **options)
                numbers = counts if isinstance(counts, list) else [counts]
                if not all(type(n) is int and 0 <= n <= MOST_NODES for n in numbers) or len(numbers) > DEEPEST:
                    raise NotPlain("a message that is no function")
                return library().Function(name, nargs=tuple(counts) if isinstance(counts, list) else counts, **options)
        raise NotPlain("a message that is no function")

    def polynomial(self, made: Any, domain: Tree, gens: list[Tree], terms: list[Tree], depth: int) -> Any:
        variables = self.expressions(gens, depth)
        if domain[0] == "ring":
            inner = _domain(domain[1])
            symbols = self.expressions(domain[2], depth)
            over = inner.poly_ring(*symbols)
            found: dict[Any, Any] = {
                _powers(powers, len(variables)): over.ring.from_dict(
                    self.coefficients(parts, inner, len(symbols), depth)
                )
                for powers, parts in terms
            }
        else:
            over = _domain(domain)
            found = self.coefficients(terms, over, len(variables), depth)
        if (
            not variables
            or math.prod(1 + max((p[n] for p in found), default=0) for n in range(len(variables))) > MOST_TERMS
        ):
            raise NotPlain(f"a polynomial with room for more than {MOST_TERMS} terms")
        return made.from_dict(found, *variables, domain=over)

    def root(self, expression: Any, gen: Any, index: int) -> Any:
        """A root of a polynomial in whole numbers, which its constructor tells from the others."""
        sympy = library()
        over = sympy.Poly(expression, gen) if _is_small_polynomial(expression) else None
        if over is None or not over.domain.is_ZZ or over.degree() > HIGHEST_DEGREE or not over.is_irreducible:
            raise NotPlain("a message that is no root")
        return sympy.CRootOf(over, index, radicals=False)

    def coefficients(self, terms: list[Tree], domain: Any, variables: int, depth: int) -> dict[Any, Any]:
        found = {_powers(powers, variables): self.expression(c, depth + 1) for powers, c in terms}
        if not domain.is_EX and not all(isinstance(c, library().Number) for c in found.values()):
            raise NotPlain("a polynomial whose coefficients are no numbers")
        return {powers: domain.from_sympy(c) for powers, c in found.items()}


def _is_small_polynomial(expression: Any) -> bool:
    """Whether this is a sum of whole numbers times powers of one symbol, as roots have it: looked at before any work."""
    sympy = library()

    def small(part: Any) -> bool:
        if part.is_Integer:
            return bool(abs(part) < 10**LONGEST_COEFFICIENT)
        if part.is_Pow:
            return type(part.base) is sympy.Symbol and part.exp.is_Integer and 0 < part.exp <= HIGHEST_DEGREE
        return type(part) is sympy.Symbol

    terms = expression.args if expression.is_Add else (expression,)
    return (
        all(all(map(small, term.args if term.is_Mul else (term,))) for term in terms)
        and len(terms) <= HIGHEST_DEGREE + 1
    )


def _integer(digits: str) -> int:
    if len(digits) > MOST_DIGITS:
        raise NotPlain(f"a number of more than {MOST_DIGITS} digits")
    return int(digits, 16)


def _float(sign: int, mantissa: int, exponent: int, precision: int) -> Any:
    if sign not in (0, 1) or mantissa < 0 or not 1 <= precision <= MOST_PRECISION or abs(exponent) > WIDEST_EXPONENT:
        raise NotPlain("a message that is no number")
    if mantissa == 0 and (sign or exponent):
        raise NotPlain("a message that is no number")
    return library().Float((sign, hex(mantissa), exponent, mantissa.bit_length()), precision=precision)


def _checked(assumptions: dict[str, Any]) -> dict[str, bool]:
    if not all(name in known_assumptions() and type(told) is bool for name, told in assumptions.items()):
        raise NotPlain("assumptions that SymPy does not know")
    return assumptions


def _powers(tree: Tree, variables: int) -> tuple[int, ...]:
    if (
        type(tree) is not list
        or len(tree) != variables
        or not all(type(n) is int and 0 <= n <= MOST_TERMS for n in tree)
    ):
        raise NotPlain("a message that is no polynomial")
    return tuple(tree)


def _pack_domain(domain: Any) -> Tree:
    if domain.is_RR:
        return ["RR", int(domain.precision)]
    if domain.is_FiniteField:
        return ["GF", hex(domain.mod), bool(domain.sym)]
    if not (domain.is_ZZ or domain.is_QQ or domain.is_EX):
        raise NotPlain(
            f"a polynomial over {domain} is not plain data: hand over its expression instead, with as_expr()"
        )
    return [str(domain)]


def _domain(tree: Tree) -> Any:
    sympy = library()
    match tree:
        case ["ZZ" | "QQ" | "EX" as name]:
            return getattr(sympy, name)
        case ["RR", int(precision)] if 1 <= precision <= MOST_PRECISION:
            return sympy.RealField(precision)
        case ["GF", str(modulus), bool(symmetric)] if len(modulus) <= DEEPEST:
            return sympy.GF(_integer(modulus), symmetric=symmetric)
    raise NotPlain("a message that is no domain")
