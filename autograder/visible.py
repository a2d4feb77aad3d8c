"""Text from a stranger made fit to be shown: what cannot be seen is written out, what is too long is cut.

A terminal obeys control characters, and a page turns with marks of writing direction, so that what a reader sees is
not what is there. Here each of them is shown as the escape that Python would write (``\\x1b``, ``\\u202e``).
"""

from __future__ import annotations

import html
import re

#: Control characters but tab and newline, marks of direction, what has no width, tags, and half surrogate pairs.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff"
    "\uffa0\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)
#: More marks on one letter than any language has would paint over the lines above and below it.
_MARKS = re.compile("[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{5,}")
_CODE_OR_MATHS = re.compile(r"`([^`]+)`|\$([^$]+)\$")

_TEX = {
    "cdot": "·", "times": "×", "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "ne": "≠", "neq": "≠", "to": "→", "in": "∈",
    "infty": "∞", "sum": "∑", "prod": "∏", "int": "∫", "partial": "∂", "nabla": "∇", "pm": "±", "approx": "≈", "mid": "|",
    "ldots": "…", "dots": "…", "cdots": "⋯", "lVert": "‖", "rVert": "‖", "langle": "⟨", "rangle": "⟩", "sqrt": "√",
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "varepsilon": "ε", "theta": "θ", "kappa": "κ",
    "lambda": "λ", "mu": "μ", "nu": "ν", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "phi": "φ", "varphi": "φ",
    "chi": "χ", "psi": "ψ", "omega": "ω", "Delta": "Δ", "Sigma": "Σ", "Omega": "Ω", "Lambda": "Λ", "Phi": "Φ",
    "log": "log", "ln": "ln", "exp": "exp", "min": "min", "max": "max", "det": "det", "lim": "lim", "sin": "sin", "cos": "cos",
}  # fmt: skip
_SPACES = re.compile(r"\\[,;:! ]|\\(?:quad|left|right|bigl|bigr|mathsf|mathrm|operatorname|text)\b")
_COMMAND = re.compile(r"\\([A-Za-z]+)")
_RAISED = re.compile(r"([\^_])(?:\{([^{}]*)\}|([^\s&]))")


def visible(text: str, longest: int = 1200, lines: int = 40) -> str:
    """``text`` with everything unseen written out, cut to ``longest`` characters and so many lines."""
    whole = text.replace("\r\n", "\n").strip("\n")
    kept = "\n".join(whole[:longest].split("\n")[:lines])
    left = len(whole) - len(kept)
    kept = _MARKS.sub(lambda marks: "".join(map(_escape, marks[0])), _UNSEEN.sub(lambda one: _escape(one[0]), kept))
    return f"{kept}… ({left} more characters)" if left else kept


def line(text: str, longest: int = 200) -> str:
    """The same in one line: for a title or a name."""
    return visible(" ".join(text.split()), longest, 1)


def prose(text: str) -> str:
    """Prose of an author as HTML, whoever it is from: all is escaped; only `code` and $mathematics$ are set apart."""
    parts, end = list[str](), 0
    for found in _CODE_OR_MATHS.finditer(text):
        parts.append(html.escape(text[end : found.start()]))
        parts.append(f"<code>{html.escape(found[1])}</code>" if found[1] else _maths(found[2]))
        end = found.end()
    return "".join([*parts, html.escape(text[end:])])


def _maths(tex: str) -> str:
    """Short TeX as plain characters, raised and lowered; what is more than that stays TeX, marked as code."""
    plain = html.escape(_COMMAND.sub(lambda found: _TEX.get(found[1], found[0]), _SPACES.sub("", tex)), quote=False)
    plain = _RAISED.sub(lambda found: _set(found[2] or found[3], "sup" if found[1] == "^" else "sub"), plain)
    plain = plain.replace("{", "").replace("}", "")  # what they held together stands together now
    return f"<code>{html.escape(tex)}</code>" if re.search(r"[\\^_]", plain) else f"<i>{plain}</i>"


def _set(text: str, how: str) -> str:
    return f"<{how}>{text}</{how}>"


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
