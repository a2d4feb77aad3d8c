"""The worked solution of an exercise: offered once it is right, or to one who gives up, which is written down."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from autograder import intake
from autograder.outline import outline
from curriculum.catalogue import ReleasedLesson
from curriculum.journal import Attempt, Entry, Journal, Review, SolutionShown, now

_MARK = re.compile(r"^[ \t]*#+ (?:BEGIN|END) SOLUTION[^\n]*(?:\n|\Z)", re.MULTILINE)


class Locked(Exception):
    """The exercise is not right yet, and its learner has not given up. The text says so."""


class NotHere(Exception):
    """This copy of the course holds no solutions. The text says so."""


def state(root: Path, lesson: ReleasedLesson, exercise: str, entries: Iterable[Entry]) -> str:
    """ "not here", "shown", "offered" (it was right once) or "locked".

    ``entries`` are the learner's of that day; those of a fresh attempt alone, where one is made.
    """
    if not _source(root, lesson).is_file():
        return "not here"
    mine = [entry for entry in entries if isinstance(entry, Attempt | Review | SolutionShown)]
    mine = [entry for entry in mine if entry.exercise == exercise]
    if any(isinstance(entry, SolutionShown) for entry in mine):
        return "shown"
    return "offered" if any(_right(entry) for entry in mine) else "locked"


def gave_up(exercise: str, entries: Iterable[Entry]) -> bool:
    """Whether the solution was opened before the exercise was right."""
    for entry in entries:
        if isinstance(entry, Attempt | Review | SolutionShown) and entry.exercise == exercise:
            if _right(entry):
                return False
            if isinstance(entry, SolutionShown) and entry.gave_up:
                return True
    return False


def show(
    root: Path,
    learner: str,
    lesson: ReleasedLesson,
    exercise: str,
    giving_up: bool,
    entries: Iterable[Entry],
    attempt: str = "",
) -> list[dict[str, str]]:
    """The solution cells of an exercise as ``{"id", "source"}``; that they were shown is written down, once.

    ``attempt`` names the fresh attempt that they are for. Raises Locked, NotHere, intake.Unreadable where the course's own file is damaged, OSError.
    """
    now_state = state(root, lesson, exercise, entries)
    if now_state == "not here":
        raise NotHere(
            "This copy of the course comes without solutions; whoever teaches it has them. Nothing was written down."
        )
    if now_state == "locked" and not giving_up:
        raise Locked(
            "The solution opens once the exercise is right. If you want to see it now, give up on the exercise: that is "
            "written down, and you can still solve it."
        )
    book = intake.read(_source(root, lesson))
    names = next(each.solutions for each in outline(book).exercises if each.name == exercise)
    cells = [
        {"id": intake.grade_id(cell), "source": _MARK.sub("", cell["source"])}
        for cell in book["cells"]
        if intake.is_solution(cell) and intake.grade_id(cell) in names
    ]
    if now_state != "shown":
        gave_up = now_state == "locked"
        Journal(root).add([SolutionShown(now(), learner, lesson.day, exercise, gave_up, attempt)])
    return cells


def _right(entry: Attempt | Review | SolutionShown) -> bool:
    return entry.state == "correct" if isinstance(entry, Attempt) else isinstance(entry, Review) and entry.right


def _source(root: Path, lesson: ReleasedLesson) -> Path:
    return root / "source" / lesson.unit / lesson.path.name
