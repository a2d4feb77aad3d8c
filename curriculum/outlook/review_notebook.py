"""A fresh attempt at one exercise: a notebook of its own in ``work/review/``, made from the released lesson.

It holds set-up and given cells, what the exercise leans on of others, its statement, its solution cell as released and its
visible tests, all under the ``grade_id``s of the lesson, so that it is graded as the lesson is. The lesson's copy in
``work/`` is only read; a fresh attempt that is there already is opened again.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from autograder import intake
from autograder.intake import Cell, Notebook
from autograder.outline import Exercise, outline
from curriculum.catalogue import Catalogue, ReleasedLesson
from curriculum.files import write_whole
from curriculum.journal import PATIENCE, Journal, now
from curriculum.learning.handing_in import digests
from curriculum.learning.workspace import Workspace
from curriculum.outlook.forecast import in_words
from curriculum.plan import Day

_CODE_SPAN = re.compile(r"`([^`\n]+)`")
_NAME = re.compile(r"[^\W\d]\w*")
_BESIDE = re.compile(r"\]\((?!\w+:|[/#.])([^)\s]+)\)")


class NoSuchExercise(Exception):
    """There is no such exercise to do again. The text says why."""


@dataclass(frozen=True)
class _Lean:
    """What a fresh attempt leans on: cells by where they stand in the released lesson, and the other exercises they are of.

    ``filled``: with the learner's own right work; ``open``: as released, because that is not right.
    """

    cells: tuple[tuple[float, Cell], ...]
    filled: tuple[Exercise, ...]
    open: tuple[Exercise, ...]


def begin(root: Path, catalogue: Catalogue, learner: str, day: str, exercise: str, today: dt.date) -> Path:
    """Today's fresh attempt at an exercise, made where there is none yet; where it is.

    Raises NoSuchExercise; intake.Unreadable where the released lesson is damaged; OSError.
    """
    lesson = catalogue.lessons.get(day)
    if lesson is None or exercise not in {each.name for each in lesson.exercises}:
        raise NoSuchExercise(f"There is no exercise {exercise!r} of a day {day!r} among the lessons that are written.")
    workspace = Workspace(root, catalogue=catalogue)
    path = workspace.folder / "review" / f"{lesson.unit}-{lesson.stem}-{exercise}-{today}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.parent / ".lock", timeout=PATIENCE):
        if not path.exists():
            right = {
                (attempt.exercise, attempt.work)
                for attempt in Journal(root).attempts(learner, day)
                if attempt.state == "correct"
            }
            book = _notebook(lesson, catalogue.plan.day(day), exercise, workspace.copy_of(lesson), right, path, today)
            write_whole(path, (json.dumps(book, indent=1, ensure_ascii=False) + "\n").encode("utf-8"))
    return path


def _notebook(
    lesson: ReleasedLesson,
    day: Day,
    exercise: str,
    copy: Path,
    right: set[tuple[str, str]],
    path: Path,
    today: dt.date,
) -> Notebook:
    release = intake.read(lesson.path)
    exercises = {each.name: each for each in outline(release).exercises}
    again = exercises[exercise]
    lean = _lean(release, list(exercises.values()), again, _own(copy), right)
    cells: list[tuple[float, Cell]] = list(lean.cells)
    own = {*again.solutions, *(test.name for test in again.tests)}
    start = _statement(release, exercise)
    for position, cell in enumerate(release["cells"]):
        if position == start or intake.grade_id(cell) in own or (_is_given(cell) and position < start):
            cells.append((position, cell))
    beside = Path(os.path.relpath(copy, path.parent)).as_posix()
    text = _introduction(again, day, lean, beside, today)
    intro: Cell = {"cell_type": "markdown", "id": "review", "metadata": {}, "source": text}
    metadata = {key: value for key, value in release["metadata"].items() if key != "lesson"}
    metadata["review"] = {"day": day.id, "exercise": exercise, "lesson": lesson.stem, "begun": now()}
    ordered = [cell for _, cell in sorted(cells, key=lambda both: both[0])]
    return {**release, "metadata": metadata, "cells": [intro, *(_beside(cell, beside) for cell in ordered)]}


def _lean(
    release: Notebook, exercises: list[Exercise], again: Exercise, own: Notebook | None, right: set[tuple[str, str]]
) -> _Lean:
    """What the exercise takes of the learner's other work, and of what that takes in turn.

    Asked for are the names that its tests, the given cells, its statement's `code` and the learner's own earlier solution
    use and other solutions bind. Helpers of the learner's come along for those other solutions alone: a helper of this
    exercise's own solution would give part of it away.
    """
    start, cells = _statement(release, again.name), release["cells"]
    place = {intake.grade_id(cell): position for position, cell in enumerate(cells) if intake.grade_id(cell)}
    taken = intake.take(own, release) if own else intake.Intake()
    digest = digests(own) if own else {}
    owner = {name: each for each in exercises for name in each.solutions if each is not again}
    is_right = {name: (each.name, digest.get(name, "")) in right for name, each in owner.items()}
    pool: list[tuple[float, Cell, set[str]]] = []  # where it goes, and what it has for whom this exercise itself asks
    for name, each in owner.items():
        cell = cells[place[name]]
        has = {*each.exports, *intake.bound([cell["source"], taken.solutions.get(name, "")])}
        pool.append((place[name], {**cell, "source": taken.solutions[name]} if is_right[name] else cell, has))
    pool += [(at, cell, set()) for at, cell in enumerate(cells) if "demo" in cell["metadata"].get("tags", [])]
    pool += [(place.get(each.above, start) - 0.5, _code(each.source, n), set()) for n, each in enumerate(taken.own)]
    asked = intake.taken(
        [
            *(cell["source"] for cell in cells if intake.grade_id(cell) in {test.name for test in again.tests}),
            *(cell["source"] for cell in cells[:start] if _is_given(cell)),
            *(taken.solutions.get(name, "") for name in again.solutions),
        ]
    ) | _named(cells[start]["source"])
    chosen, inner = set[int](), set[str]()
    while fresh := {
        number
        for number, (_, cell, has) in enumerate(pool)
        if number not in chosen and (has & (asked | inner) or intake.bound([cell["source"]]) & inner)
    }:
        chosen |= fresh
        inner |= intake.taken(pool[number][1]["source"] for number in fresh)
    names = {intake.grade_id(pool[number][1]) for number in chosen} - {""}
    leaned = [each for each in exercises if names.intersection(each.solutions)]
    return _Lean(
        tuple((min(pool[n][0], start - 0.25), pool[n][1]) for n in sorted(chosen)),
        tuple(each for each in leaned if all(is_right[name] for name in each.solutions)),
        tuple(each for each in leaned if not all(is_right[name] for name in each.solutions)),
    )


def _introduction(again: Exercise, day: Day, lean: _Lean, lesson: str, today: dt.date) -> str:
    said = [
        f"# Once more: {again.title}",
        f"A fresh attempt at an exercise of [{day.id} {day.title}]({lesson}), begun on {in_words(today)}. Your earlier work there, "
        "and its score, stay as they are.",
    ]
    if lean.filled:
        said.append(f"It builds on {_titles(lean.filled)}: filled in below with your own work.")
    if lean.open:
        also, those = "also " if lean.filled else "", "is" if len(lean.open) == 1 else "are"
        said.append(
            f"It {also}builds on {_titles(lean.open)}, which {those} not right in your lesson as it stands: left below as handed "
            "out. Fill in here what you need of it, else tests may fail that have nothing to do with this exercise."
        )
    return "\n\n".join(said)


def _titles(exercises: tuple[Exercise, ...]) -> str:
    *most, last = (f"“{exercise.title}”" for exercise in exercises)
    return f"{', '.join(most)} and {last}" if most else last


def _statement(release: Notebook, exercise: str) -> int:
    return next(
        position
        for position, cell in enumerate(release["cells"])
        if cell["metadata"].get("exercise", {}).get("id") == exercise
    )


def _own(copy: Path) -> Notebook | None:
    """The learner's lesson; None where it is not there, or no notebook: then what it would fill in stays open."""
    try:
        return intake.read(copy)
    except intake.Unreadable:
        return None


def _is_given(cell: Cell) -> bool:
    """Code that the lesson needs and that is neither the learner's nor a test nor a demonstration: set-up above all."""
    asked = intake.is_solution(cell) or intake.is_test(cell)
    return cell["cell_type"] == "code" and not asked and "demo" not in cell["metadata"].get("tags", [])


def _named(statement: str) -> set[str]:
    """The names in a statement's `code`: an exercise says so what it is to be built on."""
    return {name for span in _CODE_SPAN.findall(statement) for name in _NAME.findall(span)}


def _code(source: str, number: int) -> Cell:
    cell = {"cell_type": "code", "id": f"own-{number}", "metadata": {}, "source": source}
    return {**cell, "outputs": [], "execution_count": None}


def _beside(cell: Cell, lesson: str) -> Cell:
    """The cell, with pictures that stand beside the lesson found there."""
    if cell["cell_type"] != "markdown":
        return cell
    folder = Path(lesson).parent.as_posix()
    return {**cell, "source": _BESIDE.sub(rf"]({folder}/\1)", cell["source"])}
