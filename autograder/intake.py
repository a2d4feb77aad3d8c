"""A submission as it came -> what of it is graded, and named causes for what could not be taken.

From a submission come only the sources of solution cells, by ``grade_id``, and the learner's own code that those lean on.
Test cells, points, tags and metadata come from the course's own notebook, so a missing, copied, edited or retyped cell
changes nothing but itself.

Notebooks are read as plain JSON: nbformat compiles a grammar when it is imported, which takes longer than all the rest.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from autograder import names

#: A notebook and a cell of it, as nbformat 4 has them: a cell has a type, metadata and one text as its source.
Notebook = dict[str, Any]
Cell = dict[str, Any]

#: A notebook larger than this is not a lesson that someone wrote.
MOST_BYTES = 20 << 20

_NOT_PYTHON = re.compile(r"^([ \t]*)[%!].*$", re.MULTILINE)
_NO_PYTHON = (SyntaxError, ValueError, RecursionError, MemoryError)


class Unreadable(Exception):
    """A submission cannot be read at all. The text says why and what its owner can do."""


@dataclass(frozen=True)
class Own:
    """Code outside the solution cells; ``above`` is the solution cell that it stands above, "" below the last one."""

    source: str
    above: str = ""


@dataclass
class Intake:
    """What is taken from a submission: the source of each solution cell by ``grade_id``, own code, and remarks on the rest."""

    solutions: dict[str, str] = field(default_factory=dict)
    own: list[Own] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def read(path: Path) -> Notebook:
    """A notebook from a file. Raises Unreadable for what is not one, with the reason in words."""
    try:
        if path.is_symlink() or not path.is_file():
            raise Unreadable(f"{path.name} is not a regular file")
        if path.stat().st_size > MOST_BYTES:
            raise Unreadable(f"{path.name} is larger than {MOST_BYTES >> 20} MB: clear its outputs and save it again")
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(
            f"{path.name} is not UTF-8 text (byte {error.start}): open it in JupyterLab and save it again"
        ) from error
    except OSError as error:
        raise Unreadable(f"{path.name} cannot be read: {error.strerror}") from error
    try:
        book = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"{path.name} is not a whole notebook: {error}. Was it cut short while saving?") from error
    if not isinstance(book, dict) or type(book.get("nbformat")) is not int:
        raise Unreadable(f"{path.name} is JSON, but not a notebook")
    if book["nbformat"] != 4:
        book = _upgraded(text, path)
    if not isinstance(book.get("cells"), list):
        raise Unreadable(f"{path.name} is JSON, but not a notebook: it has no list of cells")
    return {**book, "cells": [_cell(cell) for cell in book["cells"] if isinstance(cell, dict)]}


def take(submission: Notebook, course: Notebook) -> Intake:
    """What the submission holds for the course's notebook."""
    known = {grade_id(cell): cell for cell in course["cells"] if grade_id(cell)}
    named = names_of(course)
    wanted = [name for name, cell in known.items() if is_solution(cell)]
    of_the_course = {_plain(cell["source"]) for cell in course["cells"]} | {""}
    intake, there, waiting = Intake(), set[str](), list[str]()
    for cell in submission["cells"]:
        name, source = named(cell), cell["source"]
        there.add(name)
        if name in wanted:
            _take_solution(intake, name, cell, of_the_course)
            intake.own += [Own(code, name) for code in waiting]
            waiting = []
        elif cell["cell_type"] == "code" and not name and _plain(source) not in of_the_course:
            waiting.append(source)
    intake.own += [Own(code) for code in waiting]
    for name in wanted:
        if name not in there:
            intake.remarks.append(
                f"the cell {name} is missing, or it lost its metadata: it counts as not attempted (a fresh copy of the lesson "
                "has it; move yours away, then `mind start`)"
            )
    for name, cell in known.items():
        if is_test(cell) and name not in there:
            intake.remarks.append(f"the test cell {name} is missing; the course's own is used, and nothing is lost")
    return intake


def names_of(course: Notebook) -> Callable[[Cell], str]:
    """Which of the course's cells, by ``grade_id``, a cell of a submission is: "" for none.

    A cell that lost its metadata may still have the id that it was handed out with.
    """
    known = {grade_id(cell) for cell in course["cells"]} - {""}
    ids = {cell["id"]: grade_id(cell) for cell in course["cells"] if isinstance(cell.get("id"), str)}

    def named(cell: Cell) -> str:
        name, held = grade_id(cell), cell.get("id")
        return name if name in known else ids.get(held, "") if isinstance(held, str) else ""

    return named


def helpers(intake: Intake, course: Notebook) -> list[Own]:
    """The code outside solution cells that the learner's solutions lean on: demonstrations and own cells, in order.

    The rest (experiments, drawings) need not run for a score; it could be slow or broken without being wrong. What itself
    leans on a solution keeps its place (``above``); all else has none, and can run before the first.
    """
    pool, waiting = list[Own](), list[str]()
    for cell in course["cells"]:
        if is_solution(cell):
            pool += [Own(source, grade_id(cell)) for source in waiting]
            waiting = []
        elif "demo" in cell["metadata"].get("tags", []):
            waiting.append(cell["source"])
    pool += intake.own
    # Work may stand beside a cell that was meant for it and was touched: what tests ask for and nothing else has.
    theirs = bound(cell["source"] for cell in course["cells"] if cell["cell_type"] == "code" and not is_solution(cell))
    touched = worked(intake, course)
    stubs = [bound([cell["source"]]) for cell in course["cells"] if is_solution(cell) and grade_id(cell) in touched]
    asked = (
        taken(cell["source"] for cell in course["cells"] if is_test(cell)) - theirs - bound(intake.solutions.values())
    )
    if all(stubs):  # each says which names it is for
        asked &= set().union(*stubs)
    needed = taken(intake.solutions.values())
    chosen = {i for i, own in enumerate(pool) if own in intake.own and bound([own.source]) & asked}
    needed |= taken(pool[i].source for i in chosen)
    while fresh := {i for i, own in enumerate(pool) if i not in chosen and bound([own.source]) & needed}:
        chosen |= fresh
        needed |= taken(pool[i].source for i in fresh)
    solved, placed = {name for source in intake.solutions.values() for name in bound([source])}, list[Own]()
    for own in (pool[i] for i in sorted(chosen)):
        later = bool(taken([own.source]) & solved)
        solved |= bound([own.source]) if later else set()
        if own.above or not later:
            placed.append(own if later else Own(own.source))
    return placed


def worked(intake: Intake, course: Notebook) -> set[str]:
    """The solution cells, by ``grade_id``, that are not as they were handed out and not empty."""
    stubs = {grade_id(cell): _plain(cell["source"]) for cell in course["cells"] if is_solution(cell)}
    return {name for name, source in intake.solutions.items() if _plain(source) not in (stubs.get(name), "")}


def grade_id(cell: Cell) -> str:
    return str(_about(cell).get("grade_id") or "")


def is_solution(cell: Cell) -> bool:
    """Code that the learner is to write (a reflection is text, and is not run)."""
    return cell.get("cell_type") == "code" and bool(_about(cell).get("solution"))


def is_test(cell: Cell) -> bool:
    about = _about(cell)
    return cell.get("cell_type") == "code" and bool(about.get("grade")) and not about.get("solution")


def taken(sources: Iterable[str]) -> set[str]:
    """Names that cells use and do not bind themselves; none of a cell that is not Python: it fails where it runs."""
    return _names(names.taken, sources)


def bound(sources: Iterable[str]) -> set[str]:
    """Names that cells bind at their top level."""
    return _names(names.bound, sources)


def parsed(source: str) -> ast.Module:
    """A cell as a syntax tree, without IPython's own lines; an empty one for what is not Python."""
    try:
        return ast.parse(_python(source))
    except _NO_PYTHON:
        return ast.Module([], [])


def _names(ask: Callable[[str], set[str]], sources: Iterable[str]) -> set[str]:
    return set[str]().union(*(_names_of(ask, source) for source in sources))


@lru_cache(maxsize=10_000)  # the course's own cells come again with every submission
def _names_of(ask: Callable[[str], set[str]], source: str) -> frozenset[str]:
    try:
        return frozenset(ask(_python(source)))
    except _NO_PYTHON:
        return frozenset()


def _python(source: str) -> str:
    return _NOT_PYTHON.sub(r"\1pass", source)


def _about(cell: Cell) -> dict[str, Any]:
    metadata = cell.get("metadata")
    about = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return about if isinstance(about, dict) else {}


def _take_solution(intake: Intake, name: str, cell: Cell, of_the_course: set[str]) -> None:
    if cell["cell_type"] != "code":
        intake.remarks.append(f"the cell {name} is no longer a code cell; it is graded as one all the same")
    if name in intake.solutions:
        intake.remarks.append(
            f"the cell {name} is there twice (was it copied?); the first one with work in it is graded"
        )
        if _plain(intake.solutions[name]) not in of_the_course:
            return
    intake.solutions[name] = cell["source"]


def _cell(cell: Cell) -> Cell:
    metadata, kind = cell.get("metadata"), cell.get("cell_type")
    return {
        **cell,
        "cell_type": kind if isinstance(kind, str) else "raw",
        "metadata": metadata if isinstance(metadata, dict) else {},
        "source": _text(cell.get("source")),
    }


def _text(source: Any) -> str:
    lines = source if isinstance(source, list) else [source]
    text = "".join(line for line in lines if isinstance(line, str)).replace("\r\n", "\n")
    return text.encode("utf-8", "replace").decode()  # half a surrogate pair can be written in JSON, and sent nowhere


def _upgraded(text: str, path: Path) -> Notebook:
    import nbformat  # here, for the few old notebooks: see above

    try:
        return dict(nbformat.convert(nbformat.reader.reads(text), 4))
    except Exception as error:  # whatever nbformat makes of a file that it does not know
        raise Unreadable(
            f"{path.name} has a notebook format that cannot be read ({type(error).__name__}: {error}); open it in JupyterLab "
            "and save it again"
        ) from error


def _plain(source: str) -> str:
    return "\n".join(line.rstrip() for line in source.strip().splitlines())
