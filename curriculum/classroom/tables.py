"""A class as tables, the same for the page, for JSON and for CSV."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from autograder.sheets import to_csv
from curriculum.rounding import fixed, plain

Row = dict[str, Any]

#: What the tables are called.
TITLES = {
    "learners": "Learners", "sections": "Sections", "stuck": "Stuck", "exercises": "Exercises", "tests": "Hidden tests",
    "time": "Time", "regrades": "Regrades", "days": "Days",
}  # fmt: skip


@dataclass(frozen=True)
class Column:
    """``kind`` is how a value is meant: text, learner, count, number, share (of 1), signed (from -1 to 1), hours, minutes or time."""

    key: str
    title: str
    kind: str = "text"

    @property
    def is_figure(self) -> bool:
        return self.kind in ("count", "number", "share", "signed", "hours", "minutes")


@dataclass(frozen=True)
class Table:
    """``about`` says how it is to be read, ``empty`` why it has no rows; ``sort`` is the column it is ordered by."""

    name: str
    about: str
    empty: str
    columns: tuple[Column, ...]
    rows: list[Row]
    sort: str
    down: bool = False

    @property
    def title(self) -> str:
        return TITLES[self.name]

    def ordered(self, key: str, down: bool) -> Table:
        """By a column; rows without a value come last. Raises LookupError for a column that the table does not have."""
        if key not in [column.key for column in self.columns]:
            raise LookupError(key)
        # A tie is in the order it was: what a table is ordered by of itself.
        there = [row for row in self.rows if row[key] is not None]
        rows = sorted(there, key=lambda row: _rank(row, key), reverse=down) + [r for r in self.rows if r[key] is None]
        return replace(self, rows=rows, sort=key, down=down)

    def as_csv(self) -> str:
        """With a heading; times in UTC."""
        keys = [column.key for column in self.columns]
        return to_csv([[column.title for column in self.columns], *([row[key] for key in keys] for row in self.rows)])

    def as_json(self) -> dict[str, Any]:
        columns = [{"key": column.key, "title": column.title, "kind": column.kind} for column in self.columns]
        return {"title": self.title, "about": self.about, "columns": columns, "rows": self.rows}


def shown(value: Any, kind: str) -> str:
    """A value in words, "" for none."""
    return "" if value is None else _SHOWN.get(kind, str)(value)


def _time(value: str) -> str:
    return f"{dt.datetime.fromisoformat(value).astimezone():%Y-%m-%d %H:%M}"


_SHOWN: Mapping[str, Callable[[Any], str]] = {
    "number": plain,
    "share": lambda value: f"{plain(100 * value, 0)} %",
    "signed": lambda value: f"{value:.2f}".replace("-", "−"),  # a correlation: nothing that anybody has reached
    "hours": fixed,
    "minutes": lambda value: fixed(value, 0),
    "time": _time,
}


def _rank(row: Row, key: str) -> Any:
    """What a row is ordered by: a learner's last name, words without regard to case."""
    value = row[key]
    if key == "learner":
        *first, last = (row["name"] or value).casefold().split() or [""]
        return last, first, value
    return value.casefold() if isinstance(value, str) else value
