"""The three lessons that are measured: light, medium and heavy, from their texts to notebooks and submissions.

A text (``bench/texts/*.py``) is Python in cells, each begun by ``# %% kind …``: setup, text, demo, exercise, solution, test,
wrong. A cell that ``needs`` a package which is not installed is left out, an exercise with all its cells; a lesson whose
set-up is left out altogether is empty, and cannot be measured here.
"""

from __future__ import annotations

import copy
import random
import re
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

TEXTS = Path(__file__).resolve().parent / "texts"
KINDS = ("light", "medium", "heavy")
STUB = "# Your code here, in place of the next line.\nraise NotImplementedError"

#: Chance that a student got an exercise wrong, where there are wrong answers to choose from.
WRONG = 0.25

_MARKER = re.compile(r"^# %% (\w+)(.*)$", re.MULTILINE)
_NEEDS = re.compile(r"^([^:]*) needs ([\w ]+)")
_HIDDEN = re.compile(r"^### BEGIN HIDDEN TESTS\n.*?^### END HIDDEN TESTS\n?", re.DOTALL | re.MULTILINE)

Notebook = dict[str, Any]


@dataclass(frozen=True)
class Test:
    """One test cell: its name is its grade_id."""

    name: str
    points: int
    source: str
    __test__ = False  # not a test class, whatever its name says to pytest


@dataclass
class Exercise:
    """One exercise: ``solution`` is the right answer, ``wrong`` are answers that lose at least a point."""

    name: str
    title: str
    statement: str
    solution: str = ""
    tests: list[Test] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


@dataclass
class Lesson:
    """One lesson. ``missing`` names the packages for want of which parts of it, or all of it, were left out."""

    kind: str
    setup: list[str] = field(default_factory=list)
    demos: list[tuple[str, str]] = field(default_factory=list)  # ("markdown" or "code", source)
    exercises: list[Exercise] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    @property
    def assignment(self) -> str:
        return f"bench-{self.kind}"

    @property
    def points(self) -> int:
        return sum(test.points for exercise in self.exercises for test in exercise.tests)


def read(kind: str) -> Lesson:
    """Read a lesson's text, for what is installed here."""
    text = (TEXTS / f"{kind}.py").read_text(encoding="utf-8")
    lesson, skipping = Lesson(kind), False
    markers = list(_MARKER.finditer(text))
    for marker, after in zip(markers, [*markers[1:], None], strict=True):
        cell, about = marker[1], marker[2]
        source = text[marker.end() : after.start() if after else None].strip()
        absent = []
        if needs := _NEEDS.match(about):
            about = needs[1] + about[needs.end() :]
            absent = [name for name in needs[2].split() if find_spec(name) is None]
        lesson.missing += [name for name in absent if name not in lesson.missing]
        if cell in ("setup", "exercise"):
            skipping = cell == "exercise" and bool(absent)
        if not absent and not skipping:
            _add(lesson, cell, about, source)
    return lesson if lesson.setup else Lesson(kind, missing=lesson.missing)


def _add(lesson: Lesson, cell: str, about: str, source: str) -> None:
    prose = re.sub(r"^# ?", "", source, flags=re.MULTILINE)
    if cell == "setup":
        lesson.setup.append(source)
    elif cell in ("text", "demo"):
        lesson.demos.append(("code", source) if cell == "demo" else ("markdown", prose))
    elif cell == "exercise":
        name, _, title = about.strip().partition(": ")
        lesson.exercises.append(Exercise(name, title, prose))
    elif cell == "solution":
        lesson.exercises[-1].solution = source
    elif cell == "test":
        name, points = about.split()
        lesson.exercises[-1].tests.append(Test(name, int(points), source))
    elif cell == "wrong":
        lesson.exercises[-1].wrong.append(source)
    else:
        raise ValueError(f"bench/texts/{lesson.kind}.py has a cell of a kind that is not known: {cell}")


def source_notebook(lesson: Lesson) -> Notebook:
    """The instructor's notebook, with solutions and hidden tests."""
    cells = [
        _graded(source, f"setup{number or ''}", locked=True, tags=["setup"])
        for number, source in enumerate(lesson.setup)
    ]
    for number, (kind, source) in enumerate(lesson.demos):
        cells.append(_cell(kind, source, f"demo{number}", **({"tags": ["demo"]} if kind == "code" else {})))
    for exercise in lesson.exercises:
        cells.append(
            _cell("markdown", f"## {exercise.title}\n\n{exercise.statement}", f"{exercise.name}-statement",
                  exercise=_about(exercise))
        )  # fmt: skip
        body = f"### BEGIN SOLUTION\n{exercise.solution}\n### END SOLUTION"
        cells.append(_graded(body, exercise.name, solution=True))
        for test in exercise.tests:
            about = {"exercise": exercise.name, "title": test.name}
            cells.append(_graded(test.source, test.name, grade=True, locked=True, points=test.points, test=about))
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    return {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


def submission(lesson: Lesson, number: int) -> tuple[Notebook, dict[str, bool]]:
    """Student ``number``'s notebook, and for each exercise whether its answer is right. Student 0 has everything right.

    Every answer carries a comment of its own, so that no two submissions are the same text.
    """
    draw = random.Random(f"{lesson.kind} {number}")
    book = copy.deepcopy(source_notebook(lesson))
    chosen, right = dict[str, str](), dict[str, bool]()
    for exercise in lesson.exercises:
        wrong = bool(exercise.wrong) and number > 0 and draw.random() < WRONG
        answer = draw.choice(exercise.wrong) if wrong else exercise.solution
        chosen[exercise.name], right[exercise.name] = f"{answer}\n# checked by student {number}\n", not wrong
    for cell in book["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
        cell["source"] = chosen.get(name) or _HIDDEN.sub("", cell["source"])
    return book, right


def student(number: int) -> str:
    return f"s{number:03d}"


def _about(exercise: Exercise) -> dict[str, Any]:
    return {
        "id": exercise.name, "title": exercise.title, "level": "core", "minutes": 10, "goals": [1], "exports": [],
        "hints": [], "reading": "",
    }  # fmt: skip


def _cell(kind: str, source: str, name: str, **metadata: Any) -> dict[str, Any]:
    cell: dict[str, Any] = {"cell_type": kind, "id": name, "metadata": metadata, "source": source}
    return cell | ({"outputs": [], "execution_count": None} if kind == "code" else {})


def _graded(source: str, name: str, **more: Any) -> dict[str, Any]:
    flags = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3, "grade_id": name}
    about = flags | {key: more.pop(key) for key in ("grade", "solution", "locked", "points") if key in more}
    return _cell("code", source, name.replace("_", "-"), nbgrader=about, **more)
