"""A submission as it came -> the notebook that is graded, and named causes for what could not be taken.

From a submission come only the sources of solution cells, by ``grade_id``, and the learner's own code that those lean on.
Test cells, points, tags and metadata come from the course's own notebook, so a missing, copied, edited or retyped cell
changes nothing but itself.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder import names

#: A notebook larger than this is not a lesson that someone wrote.
MOST_BYTES = 20 << 20


class Unreadable(Exception):
    """A submission cannot be read at all. The text says why and what its owner can do."""


@dataclass
class Intake:
    """What is taken from a submission: the source of each solution cell by ``grade_id``, own cells, and remarks on the rest.

    ``own`` holds, for each solution cell, the learner's code cells that stand above it and that belong to no course cell.
    """

    solutions: dict[str, str] = field(default_factory=dict)
    own: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def read(path: Path) -> NotebookNode:
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
        json.loads(text)
    except ValueError as error:
        raise Unreadable(f"{path.name} is not a whole notebook: {error}. Was it cut short while saving?") from error
    try:
        return nbformat.reads(text, as_version=4)
    except Exception as error:
        raise Unreadable(f"{path.name} is JSON, but not a notebook ({type(error).__name__}: {error})") from error


def take(submission: NotebookNode, course: NotebookNode) -> Intake:
    """What the submission holds for the course's notebook."""
    wanted = {grade_id(cell): cell for cell in course.cells if is_solution(cell)}
    of_the_course = {_plain(cell.source) for cell in course.cells}
    intake = Intake()
    for cell in submission.get("cells", []):
        name, source = grade_id(cell), cell.get("source", "")
        if name in wanted and is_solution(cell):
            if name in intake.solutions:
                intake.remarks.append(
                    f"the cell {name} is there twice (was it copied?); the first one with work in it is graded"
                )
                if _plain(intake.solutions[name]) not in of_the_course:
                    continue
            intake.solutions[name] = source
        elif cell.get("cell_type") == "code" and not name and _plain(source) and _plain(source) not in of_the_course:
            intake.own.append(source)
    for name in wanted:
        if name not in intake.solutions:
            intake.remarks.append(
                f"the cell {name} is missing: it counts as not attempted (`mind start` on a fresh copy brings it back)"
            )
    tests = {grade_id(cell): _plain(cell.source) for cell in course.cells if is_test(cell)}
    there = {grade_id(cell) for cell in submission.get("cells", [])}
    for name in tests:
        if name not in there:
            intake.remarks.append(f"the test cell {name} is missing; the course's own is used, and nothing is lost")
    return intake


def helpers(intake: Intake, course: NotebookNode) -> list[str]:
    """The code outside solution cells that the learner's solutions lean on: own cells and demonstrations, in order.

    The rest (experiments, drawings) need not run for a score; it could be slow or broken without being wrong.
    """
    demos = [cell.source for cell in course.cells if "demo" in cell.metadata.get("tags", [])]
    needed = _taken(intake.solutions.values())
    chosen: set[int] = set()
    pool = [*demos, *intake.own]
    while fresh := {i for i, source in enumerate(pool) if i not in chosen and _bound(source) & needed}:
        chosen |= fresh
        needed |= _taken(pool[i] for i in fresh)
    return [pool[i] for i in sorted(chosen)]


def grade_id(cell: NotebookNode) -> str:
    return str(cell.get("metadata", {}).get("nbgrader", {}).get("grade_id", ""))


def is_solution(cell: NotebookNode) -> bool:
    """Code that the learner is to write (a reflection is text, and is not run)."""
    return cell.get("cell_type") == "code" and bool(cell.get("metadata", {}).get("nbgrader", {}).get("solution"))


def is_test(cell: NotebookNode) -> bool:
    about = cell.get("metadata", {}).get("nbgrader", {})
    return cell.get("cell_type") == "code" and bool(about.get("grade")) and not about.get("solution")


def _plain(source: str) -> str:
    return "\n".join(line.rstrip() for line in source.strip().splitlines())


def _taken(sources: Iterable[str]) -> set[str]:
    return {name for source in sources for name in _quietly(names.taken, source)}


def _bound(source: str) -> set[str]:
    return _quietly(names.bound, source)


def _quietly(ask: Callable[[str], set[str]], source: str) -> set[str]:
    """No names for what is not Python (a syntax error, a magic): it fails where it runs, with its own message."""
    try:
        return ask(source)
    except SyntaxError:
        return set()
