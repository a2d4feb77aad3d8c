"""A plan file as typed tables that know their lines.

`tomllib` says where the syntax of a file is wrong, but keeps no positions of what it parsed. Someone who edits a plan
of two thousand lines by hand needs the line for every other mistake too: an unknown key, a wrong type, a reference to
nothing. `PlanFile` finds the lines again, and `Table` hands out values only after checking their types, so that
`curriculum.plan` can build its objects without a doubt about what it holds.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import NoReturn, TypeVar

_T = TypeVar("_T")
_Where = tuple[str | int, ...]  # ("day", 3, "title"): the key `title` of the fourth [[day]]

_NOT_STRUCTURE = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}' r"|'''.*?'{3,5}" r'|"(?:\\.|[^"\\\n])*"' r"|'[^'\n]*'" r"|#[^\n]*", re.DOTALL
)
_NAME = r"""(?:[\w-]+|"[^"\n]*"|'[^'\n]*')"""
_NAMES = rf"{_NAME}(?:\s*\.\s*{_NAME})*"
_HEADER = re.compile(rf"\s*(\[\[?)\s*({_NAMES})\s*\]")
_KEY = re.compile(rf"\s*({_NAMES})\s*=")


class PlanError(Exception):
    """A plan file that cannot be used: where, why, and what to do about it."""

    def __init__(self, path: Path, line: int, reason: str, remedy: str) -> None:
        super().__init__(path, line, reason, remedy)
        self.path = path
        self.line = line
        self.reason = reason
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.reason}. {self.remedy}."


class PlanFile:
    """The text of a plan file, with the line of every table and key in it."""

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self._lines = text.split("\n")
        try:
            self._data: dict[str, object] = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            place = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)", str(error))
            line = int(place[1]) if place and place[1] else len(self._lines)
            reason = f"this is not valid TOML: {re.sub(r' [(]at .*', '', str(error))}"
            remedy = "Correct the line, or the one above it where a quote or a bracket stayed open"
            raise PlanError(path, line, reason, remedy) from error
        self._statements: list[int] = []
        self._positions: dict[_Where, int] = {}
        self._find_positions(text)

    @classmethod
    def read(cls, path: Path) -> PlanFile:
        raw = path.read_bytes()
        try:
            return cls(path, raw.decode("utf-8-sig").replace("\r\n", "\n"))
        except UnicodeDecodeError as error:
            line = raw.count(b"\n", 0, error.start) + 1
            raise PlanError(path, line, "this is not UTF-8 text", "Save the file with the encoding UTF-8") from error

    def root(self, allowed: Iterable[str]) -> Table:
        return Table(self, (), self._data, allowed)

    def line(self, where: _Where, value: str | None = None) -> int:
        """The line of a key or table, else of the nearest table around it; of `value` where it is a quoted text there."""
        while where and where not in self._positions:
            where = where[:-1]
        start = self._positions.get(where, 1)
        if value is not None:
            end = next((line for line in self._statements if line > start), len(self._lines) + 1)
            for number in range(start, end):
                if f'"{value}"' in self._lines[number - 1] or f"'{value}'" in self._lines[number - 1]:
                    return number
        return start

    def _find_positions(self, text: str) -> None:
        # The text is known to be valid TOML: with strings and comments blanked, brackets alone tell where a
        # statement begins, and only there can a line be a header or a key.
        bare = _NOT_STRUCTURE.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text).split("\n")
        counts: dict[_Where, int] = {}
        table: _Where = ()
        array: _Where = ()
        entries = 0
        depth = 0
        for number, (line, skeleton) in enumerate(zip(text.split("\n"), bare, strict=True), start=1):
            if depth == 0 and skeleton.strip():
                if header := _HEADER.match(line):
                    *outer, last = _split(header[2])
                    table = (*_latest(outer, counts), last)
                    if header[1] == "[[":
                        counts[table] = counts.get(table, 0) + 1
                        table = (*table, counts[table] - 1)
                    self._note(table, number)
                elif key := _KEY.match(line):
                    names = _split(key[1])
                    array, entries = (*table, *names), 0
                    self._note(array, number)
            for sign in skeleton:
                if sign == "{" and depth == 1:  # an inline table as an entry of an array
                    self._note((*array, entries), number)
                    entries += 1
                depth += (sign in "[{") - (sign in "]}")

    def _note(self, where: _Where, line: int) -> None:
        self._statements.append(line)
        for length in range(1, len(where) + 1):  # what holds it begins here too, unless it began before
            self._positions.setdefault(where[:length], line)


def _split(names: str) -> list[str]:
    return [name.strip("\"'") for name in re.findall(_NAME, names)]


def _latest(names: Iterable[str], counts: dict[_Where, int]) -> _Where:
    """The path of a table named in a header: an array of tables on the way means its latest entry."""
    where: _Where = ()
    for name in names:
        where = (*where, name)
        if where in counts:
            where = (*where, counts[where] - 1)
    return where


class Table:
    """One table of a plan file. Asking for a value checks its type; what is wrong is raised with its line."""

    def __init__(self, file: PlanFile, where: _Where, data: dict[str, object], allowed: Iterable[str] | None) -> None:
        self._file = file
        self._where = where
        self._data = data
        if allowed is not None:
            allowed = list(allowed)
            for key in data:
                if key not in allowed:
                    self.fail(key, f"unknown key {key!r}", choices(key, allowed))

    def __iter__(self) -> Iterator[str]:
        return iter(self._data)

    def __contains__(self, key: str) -> bool:
        return key in self._data

    def fail(self, key: str, reason: str, remedy: str, value: str | None = None) -> NoReturn:
        """Raise what is wrong with `key`, at its line; at that of `value` where this is a text further down in it."""
        raise PlanError(self._file.path, self._file.line((*self._where, key), value), reason, remedy)

    def text(self, key: str) -> str:
        value = self._value(key)
        if not isinstance(value, str) or not value.strip():
            self.fail(key, f"{key!r} must be a text that is not empty", 'Write it in quotes: key = "..."')
        return value

    def optional_text(self, key: str) -> str | None:
        return self.text(key) if key in self else None

    def whole(self, key: str, least: int, most: int | None = None) -> int:
        value = self._value(key)
        # type() and not isinstance(): true and false are ints to Python, but not to someone who reads a plan.
        if type(value) is not int or value < least or (most is not None and value > most):
            span = f"from {least} to {most}" if most is not None else f"of at least {least}"
            self.fail(key, f"{key!r} must be a whole number {span}, not {value!r}", "Write it without quotes")
        return value

    def texts(self, key: str) -> list[str]:
        """A list of texts, each named once; empty where the key is absent."""
        value = self._data.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            self.fail(key, f"{key!r} must be a list of texts", 'Write key = ["...", "..."]')
        for item in value:
            if value.count(item) > 1:
                self.fail(key, f"{item!r} is named twice in {key!r}", "Remove one of the two", value=item)
        return value

    def references(self, key: str, known: Mapping[str, _T], what: str) -> tuple[_T, ...]:
        """What the names in a list stand for; empty where the key is absent."""
        names = self.texts(key)
        for name in names:
            if name not in known:
                self.fail(key, f"{name!r} is not among {what}", choices(name, known), value=name)
        return tuple(known[name] for name in names)

    def table(self, key: str, allowed: Iterable[str] | None = None) -> Table:
        """A table within this one; without `allowed`, one whose keys are names of the author's choosing."""
        value = self._value(key)
        if not isinstance(value, dict):
            self.fail(key, f"{key!r} must be a table", "Write [table] above its keys, or key = { ... }")
        return Table(self._file, (*self._where, key), value, allowed)

    def tables(self, key: str, allowed: Iterable[str]) -> list[Table]:
        """A list of tables; empty where the key is absent."""
        value = self._data.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self.fail(key, f"{key!r} must be a list of tables", f"Write [[{key}]] above each, or key = [{{ ... }}]")
        return [Table(self._file, (*self._where, key, index), item, allowed) for index, item in enumerate(value)]

    def _value(self, key: str) -> object:
        if key not in self._data:
            self.fail(key, f"the key {key!r} is missing", "Add it to the table that begins here")
        return self._data[key]


def choices(wrong: str, known: Iterable[str]) -> str:
    """What to do about a name that is not known: the likely one, else all of them."""
    known = list(known)
    if close := get_close_matches(wrong, known, n=1):
        return f"Perhaps {close[0]!r} is meant"
    return f"Use one of: {', '.join(known)}" if known else "Define it first"
