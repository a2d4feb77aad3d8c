"""Small wrong variations of a solution, each one change away from it: does an exercise's tests notice?

The operators are the classic ones (DeMillo, Lipton and Sayward, "Hints on Test Data Selection", 1978; Offutt et al.,
"An Experimental Determination of Sufficient Mutant Operators", 1996), kept to changes that stand for slips people make.
Text is left alone: the wording of an error message is nobody's behaviour.
"""

from __future__ import annotations

import ast
import copy
import hashlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

_BEGIN, _END = "### BEGIN SOLUTION", "### END SOLUTION"

_COMPARE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult, ast.Mod: ast.Add,
    ast.Pow: ast.Mult, ast.MatMult: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip

_SYMMETRIC = {
    "max",
    "min",
    "math.gcd",
    "math.hypot",
    "np.maximum",
    "np.minimum",
    "np.dot",
    "np.hypot",
    "sp.gcd",
    "sp.Eq",
}


@dataclass(frozen=True)
class Mutant:
    """One variation. ``key`` is stable as long as the solution's code is (comments and layout aside)."""

    key: str
    kind: str
    line: int
    change: str
    source: str


def mutants(solution: str, most: int = 20) -> list[Mutant]:
    """At most ``most`` mutants of the code between the solution marks (of all of it where there are none).

    Each kind of change gets its turn before any gets a second; within a kind the choice is by hash: arbitrary, but the
    same on every machine. Raises SyntaxError if ``solution`` is not Python.
    """
    tree = ast.parse(solution)
    marked = _marked(solution)
    original = ast.unparse(tree)
    by_kind: dict[str, dict[str, Mutant]] = defaultdict(dict)
    for kind, node, changed, statement in _changes(tree, marked):
        source = ast.unparse(_with(tree, node, changed))
        if source != original:
            key = hashlib.sha256(source.encode()).hexdigest()[:8]
            change = f"{_brief(statement, statement)} -> {_brief(statement, _with(statement, node, changed))}"
            by_kind[kind].setdefault(key, Mutant(key, kind, node.lineno, change, source))
    queues = [sorted(found.values(), key=lambda mutant: mutant.key) for _, found in sorted(by_kind.items())]
    turns = (queue[turn] for turn in range(max(map(len, queues), default=0)) for queue in queues if turn < len(queue))
    unique = {mutant.key: mutant for mutant in turns}
    return sorted(list(unique.values())[:most], key=lambda mutant: (mutant.line, mutant.key))


def _marked(source: str) -> set[int]:
    """The lines between solution marks."""
    lines, marked, within = source.splitlines(), set(), _BEGIN not in source
    for number, line in enumerate(lines, 1):
        within = (within or _BEGIN in line) and _END not in line
        if within:
            marked.add(number)
    return marked


_Change = tuple[str, ast.expr | ast.stmt, ast.AST, ast.stmt]


def _changes(tree: ast.Module, marked: set[int]) -> Iterator[_Change]:
    """Every (kind, node, what takes its place, statement it stands in) on the marked lines."""
    for statement in ast.walk(tree):
        if not isinstance(statement, ast.stmt) or isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
            continue
        inside = [node for node in _own(statement) if getattr(node, "lineno", 0) in marked]
        for node in inside:
            for kind, changed in _of_node(node):
                yield kind, node, ast.copy_location(changed, node), statement


def _own(statement: ast.stmt) -> Iterator[ast.expr | ast.stmt]:
    """The statement and its expressions, without the statements nested in it and without the text of what it raises."""
    yield statement
    if isinstance(statement, ast.Raise):
        return
    waiting = list(ast.iter_child_nodes(statement))
    while waiting:
        node = waiting.pop()
        if isinstance(node, (ast.stmt, ast.JoinedStr, ast.arguments, ast.ExceptHandler)):
            continue
        if isinstance(node, ast.keyword) and node.arg == "strict":
            continue  # of zip: a safeguard, not a behaviour
        if isinstance(node, ast.expr):
            yield node
        waiting.extend(ast.iter_child_nodes(node))


def _of_node(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    match node:
        case ast.Compare(ops=ops):
            for index, op in enumerate(ops):
                changed = copy.deepcopy(node)
                changed.ops[index] = _COMPARE[type(op)]()
                yield "comparison", changed
        case ast.BinOp(op=op) if type(op) in _ARITHMETIC and not _is_text(node.left):
            yield "arithmetic", ast.BinOp(node.left, _ARITHMETIC[type(op)](), node.right)
            if isinstance(op, (ast.MatMult, ast.Div, ast.Sub)):
                yield "order of operands", ast.BinOp(node.right, op, node.left)
        case ast.AugAssign(op=op) if type(op) in _ARITHMETIC:
            yield "arithmetic", ast.AugAssign(node.target, _ARITHMETIC[type(op)](), node.value)
        case ast.BoolOp(op=op):
            yield "and/or", ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), node.values)
        case ast.UnaryOp(op=ast.USub() | ast.Not()):
            yield "sign or not", node.operand
        case ast.Constant(value=bool(value)):
            yield "constant", ast.Constant(not value)
        case ast.Constant(value=int(value)):
            yield "constant", ast.Constant(value + 1)
        case ast.Constant(value=float(value)):
            yield "constant", ast.Constant(value * 2 if value else 1.0)
        case ast.Attribute(attr="T", value=value):
            yield "transpose left out", value
        case ast.Call(func=ast.Name(id="range"), args=[stop]):
            yield "off by one", ast.Call(node.func, [ast.BinOp(stop, ast.Sub(), ast.Constant(1))], [])
        case ast.Call(func=func, args=[one, two], keywords=keywords) if ast.unparse(func) not in _SYMMETRIC:
            yield "order of arguments", ast.Call(func, [two, one], keywords)
        case ast.If(test=test, body=body, orelse=orelse):
            yield "condition", ast.If(ast.UnaryOp(ast.Not(), test), body, orelse)
        case ast.Raise() | ast.Break() | ast.Continue() | ast.Expr(value=ast.Call()):
            yield "statement left out", ast.Pass()
        case ast.Return(value=ast.expr()):
            yield "nothing returned", ast.Return(None)


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


class _Replace(ast.NodeTransformer):
    def __init__(self, path: tuple[int, ...], changed: ast.AST) -> None:
        self.path, self.changed = path, changed

    def visit(self, node: ast.AST) -> ast.AST:
        return self.changed if _place(node) == self.path else super().generic_visit(node)


def _place(node: ast.AST) -> tuple[int, ...]:
    """Where a node stands, its kind included: enough to tell the nodes of one source apart."""
    place = (getattr(node, name, -1) for name in ("lineno", "col_offset", "end_lineno", "end_col_offset"))
    return (*place, hash(type(node).__name__))


def _with(tree: ast.AST, node: ast.AST, changed: ast.AST) -> ast.AST:
    replaced = _Replace(_place(node), changed).visit(copy.deepcopy(tree))
    return ast.fix_missing_locations(replaced)


def _brief(statement: ast.AST, shown: ast.AST) -> str:
    """The statement's own line: of an ``if`` or a loop only its head."""
    text = ast.unparse(ast.fix_missing_locations(copy.deepcopy(shown)))
    return text.splitlines()[0].strip()[:90]
