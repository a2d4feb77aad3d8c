"""Which names a symbol or a function may bring with it.

Nothing runs a name here, but a test may: ``lambdify`` prints an expression as Python, names as they are, and runs that.
"""

from __future__ import annotations

import builtins
import re
import unicodedata

from autograder.plain import NotPlain

#: What no name may hold: attributes, texts, arguments by name, lambdas, comments, more than one line.
_FORBIDDEN = re.compile(r"""[.'"`:;=@#\x00-\x1f\x7f\u2028\u2029]|__""")
#: Brackets are whole and hold no others: ``P(A|B)``, ``E[X]``.
_BRACKETS = re.compile(r"[^()\[\]]*([(\[][^()\[\]]*[)\]][^()\[\]]*)*")
_WORD = re.compile(r"\w+")
#: Python's own that lead to code or to what is not said here: not even as a value for a function that would call it.
_REACHING = frozenset({
    "breakpoint", "compile", "delattr", "eval", "exec", "getattr", "globals", "help", "input", "locals", "open", "setattr",
    "vars",
})  # fmt: skip
#: What may not be called: Python's own, and what in NumPy, SymPy and mpmath reads files or turns text into code.
_UNCALLED = frozenset({
    *dir(builtins), "fromfile", "fromregex", "genfromtxt", "load", "loadtxt", "memmap", "save", "savetxt", "savez",
    "savez_compressed", "autowrap", "identify", "lambdify", "parse_expr", "preview", "sympify", "ufuncify", "doctests",
    "runtests", "test",
})  # fmt: skip


def harmless(name: str, called: bool = False) -> str:
    """The name. Raises NotPlain if it could do something where an expression is printed as Python and run."""
    read = unicodedata.normalize("NFKC", name)  # as Python reads it
    read = read.replace("{", "").replace("}", "")  # as SymPy's printers have it
    words = set(_WORD.findall(read))
    refused = _REACHING | _UNCALLED if called or "(" in read else _REACHING
    if _FORBIDDEN.search(read) or not _BRACKETS.fullmatch(read) or words & refused:
        raise NotPlain(f"the name {name[:40]!r} is none that a symbol or function may have here: take a plainer one")
    return name
