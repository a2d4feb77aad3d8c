"""CSV that a spreadsheet opens without harm: a name that begins like a formula is text there, and runs nothing."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

#: What makes a cell a formula, or ends it early (OWASP, CSV Injection); the wide forms are folded by some spreadsheets.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe(value: object) -> str | int | float:
    """A value as a cell: numbers as they are, None as nothing, a text that begins like a formula with ' in front of it."""
    if value is None:
        return ""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def to_csv(rows: Iterable[Sequence[object]]) -> str:
    """Rows as CSV (RFC 4180), each cell made safe."""
    held = io.StringIO(newline="")
    csv.writer(held).writerows([safe(cell) for cell in row] for row in rows)
    return held.getvalue()
