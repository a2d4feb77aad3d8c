"""Which names a piece of code takes from outside it: what a test or a solution leans on, read without running it."""

from __future__ import annotations

import ast
import builtins
import symtable

_BUILTINS = frozenset(dir(builtins)) | {"__name__"}


def bound(source: str) -> set[str]:
    """Names that the code binds at its top level: assigned, imported, defined."""
    table = symtable.symtable(source, "<cell>", "exec")
    return {
        symbol.get_name()
        for symbol in table.get_symbols()
        if symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()
    }


def taken(source: str) -> set[str]:
    """Names that the code uses, at any depth, and neither binds at its top level nor finds among Python's builtins."""
    table = symtable.symtable(source, "<cell>", "exec")
    return _global_uses(table) - bound(source) - _BUILTINS


def imported(tree: ast.AST) -> set[str]:
    """The modules that code imports. ``from scipy import stats`` names scipy and, since it may be a module, scipy.stats."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def _global_uses(table: symtable.SymbolTable) -> set[str]:
    top = table.get_type() == "module"
    uses = {s.get_name() for s in table.get_symbols() if s.is_referenced() and (top or s.is_global())}
    return uses.union(*(_global_uses(child) for child in table.get_children()))
