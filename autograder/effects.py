"""Whether running a cell may do more than bind its own names, read without running it.

A grading that runs only a part of a notebook leaves out what binds nothing that the part uses. That is right for
definitions and values. A star import, an IPython line, a change to a module, to a list or to a class of another cell, a
file: these are felt elsewhere under no name. In doubt a cell is felt everywhere.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from functools import lru_cache

from autograder import names

_BUILTINS = frozenset(dir(builtins))
#: Builtins that can be called while a cell runs, and nobody else notices.
_QUIET = (
    frozenset(name for name in _BUILTINS if name.islower() and not name.startswith("_"))
    - {
        "breakpoint",
        "compile",
        "delattr",
        "eval",
        "exec",
        "globals",
        "input",
        "locals",
        "next",
        "open",
        "setattr",
        "vars",
    }
) | {"display"}
_DECORATORS = frozenset({
    "abstractmethod", "cache", "cached_property", "classmethod", "contextmanager", "dataclass", "jit", "lru_cache", "njit",
    "property", "setter", "staticmethod", "total_ordering", "wraps",
})  # fmt: skip
#: Names through which anything can be looked up or bound.
_ANYTHING = frozenset({
    "__builtins__", "__globals__", "__import__", "__main__", "_getframe", "builtins", "delattr", "eval", "exec", "f_globals",
    "f_locals", "get_ipython", "globals", "locals", "modules", "setattr", "vars",
})  # fmt: skip
#: What is imported under these names is asked for values.
_ASKED = frozenset({"linalg", "math", "np", "nx", "pd", "sp", "stats"})


@lru_cache(maxsize=1000)
def looks_anywhere(source: str) -> bool:
    """Whether a cell may use names that do not stand in it."""
    tree = _parsed(source)
    return tree is None or any(_named(node) in _ANYTHING for node in ast.walk(tree))


@lru_cache(maxsize=1000)
def felt_elsewhere(source: str) -> bool:
    """Whether a cell may change what cells see that use none of its names."""
    tree = _parsed(source)
    if tree is None or looks_anywhere(source):
        return True
    own = names.bound(source)
    if own & _BUILTINS:
        return True
    modules = {alias.asname or alias.name for node in ast.walk(tree) for alias in getattr(node, "names", [])
               if isinstance(alias, ast.alias)}  # fmt: skip
    inner = own - modules | _local(tree)
    asked = _ASKED | modules
    return any(_changes(node, inner) for node in ast.walk(tree)) or any(
        _acts(node, own, asked) for node in _at_once(tree)
    )


def _parsed(source: str) -> ast.Module | None:
    """None for what is not Python alone."""
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _local(tree: ast.AST) -> set[str]:
    """The names of arguments and variables of the functions of a cell."""
    arguments = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    return arguments | {
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }


def _changes(node: ast.AST, inner: set[str]) -> bool:
    """Whether this changes what is not the cell's own, now or when a function of it is called."""
    match node:
        case ast.ImportFrom(names=[ast.alias(name="*")]) | ast.Global():
            return True
        case ast.Name(ctx=ast.Del()):
            return True
        case ast.Attribute(ctx=ast.Store() | ast.Del()) | ast.Subscript(ctx=ast.Store() | ast.Del()):
            return _root(node) not in inner
        case ast.Expr(value=ast.Call(func=ast.Attribute() as called)):  # ``K.append(3)``, ``np.random.seed(0)``
            return _root(called) not in inner
    return False


def _at_once(node: ast.AST) -> Iterator[ast.AST]:
    """What of a cell is run when the cell is: not the bodies of functions, but what decorates them."""
    for child in ast.iter_child_nodes(node):
        yield child
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
            for part in [*child.decorator_list, *child.args.defaults, *filter(None, child.args.kw_defaults)]:
                yield from (part, *_at_once(part))
        elif not isinstance(child, ast.Lambda):
            yield from _at_once(child)


def _acts(node: ast.AST, own: set[str], asked: frozenset[str]) -> bool:
    """Whether this, which is run with the cell, may do something beside giving a value. ``asked`` are modules."""
    match node:
        case ast.ClassDef(bases=bases) if not all(
            isinstance(b, ast.Name) and (b.id in own or b.id in _BUILTINS) for b in bases
        ):
            return True  # it may be told of who extends it
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return not all(_last(decorator) in _DECORATORS for decorator in node.decorator_list)
        case ast.Call(func=ast.Name(id=name)):
            return name == "open" or (name not in own and name not in _QUIET)
        case ast.Call(func=ast.Attribute() as called):
            return _root(called) not in asked
        case ast.Expr(value=ast.Call(func=ast.Attribute())) | ast.Await():
            return True
        case ast.Assign(value=ast.Name(id=name)):  # another name for what is not its own
            return name not in own and name not in _BUILTINS
    return False


def _named(node: ast.AST) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.alias(name=name) | ast.ImportFrom(module=str(name)):
            return name
    return ""


def _root(node: ast.AST) -> str:
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _last(node: ast.AST) -> str:
    """The name of a decorator: the last of it, and without its arguments."""
    called = node.func if isinstance(node, ast.Call) else node
    return called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""
