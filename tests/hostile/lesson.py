"""The notebook that is attacked: any nbgrader notebook with autograded Python exercises, as source and as release."""

from __future__ import annotations

import copy
import json
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from autograder import intake, names
from autograder.intake import Cell, Notebook

_MARKERS = re.compile(r"^[ \t]*### (BEGIN|END) SOLUTION[ \t]*\n?", re.MULTILINE)


@dataclass(frozen=True, eq=False)
class Exercise:
    """Solution cells that belong together, by ``grade_id``, and the test cells that judge them, with their points.

    ``exports`` are the names that the solutions bind and the tests take; ``leans`` are the other names that the tests take:
    what the set-up imported or defined.
    """

    solutions: tuple[str, ...]
    tests: Mapping[str, float]
    exports: tuple[str, ...]
    leans: tuple[str, ...]


@dataclass(frozen=True)
class Places:
    """What an attacker may know of the machine: the course's folder, a HOME, ports and sockets of the grader."""

    course: str = "/nowhere/course"
    home: str = "/nowhere/home"
    assignment: str = "a1"
    port: int = 9
    socket: str = "/nowhere/socket"
    #: Part of the name of whatever an attack leaves behind.
    tag: str = "tag"


@dataclass(frozen=True)
class Lesson:
    """Two notebooks of one lesson, and the exercise that is attacked (the victim)."""

    stem: str
    source: Notebook
    release: Notebook
    places: Places = field(default_factory=Places)
    #: The solution cell that is attacked, by ``grade_id``; "" for the first on which no other exercise leans.
    attacked: str = ""
    #: What must reach no feedback unescaped, different in every run.
    marker: str = field(default_factory=lambda: f"<script>/*{uuid.uuid4().hex}*/</script>")

    @classmethod
    def read(cls, source: Path, release: Path, places: Places | None = None, attacked: str = "") -> Lesson:
        """Raises intake.Unreadable; ValueError where the notebook has no exercise that can be attacked."""
        lesson = cls(source.stem, intake.read(source), intake.read(release), places or Places(), attacked)
        solutions = [name for exercise in lesson.exercises for name in exercise.solutions]
        if not solutions:
            raise ValueError(f"{source.name} has no solution cell that is followed by an autograded test cell")
        if attacked and attacked not in solutions:
            raise ValueError(f"{source.name} has no solution cell {attacked}: it has {', '.join(solutions)}")
        return lesson

    @cached_property
    def exercises(self) -> list[Exercise]:
        """A solution cell after a test cell begins the next exercise: this needs no metadata but nbgrader's own."""
        groups: list[tuple[list[str], dict[str, float]]] = []
        for cell in self.source["cells"]:
            name = intake.grade_id(cell)
            if is_solution(cell):
                if not groups or groups[-1][1]:
                    groups.append(([], {}))
                groups[-1][0].append(name)
            elif intake.is_test(cell) and groups:
                groups[-1][1][name] = float(cell["metadata"]["nbgrader"]["points"])
        return [self._exercise(solutions, tests) for solutions, tests in groups if sum(tests.values())]

    @cached_property
    def victim(self) -> Exercise:
        """The exercise that is attacked: one on which no other leans, so that a fault of it need cost only itself."""
        if self.attacked:
            return next(e for e in self.exercises if self.attacked in e.solutions)
        alone = [e for e in self.exercises if not self._needed(e)]
        simple = [e for e in alone if len(e.solutions) == 1 and e.exports]
        return next(iter(simple or alone or self.exercises))

    @cached_property
    def others(self) -> list[Exercise]:
        return [exercise for exercise in self.exercises if exercise is not self.victim]

    @cached_property
    def given(self) -> list[str]:
        """Names that solutions and tests take and that no solution binds: what the set-up is for."""
        cells = [self.text(name) for e in self.exercises for name in (*e.solutions, *e.tests)]
        bound = set().union(*(_ask(names.bound, text) for text in cells))
        return sorted(set().union(*(_ask(names.taken, text) for text in cells)) - bound)

    @cached_property
    def classes(self) -> list[str]:
        """Names of the classes that solutions define."""
        text = "\n".join(self.text(name) for exercise in self.exercises for name in exercise.solutions)
        return re.findall(r"^class (\w+)", text, re.MULTILINE)

    @cached_property
    def most(self) -> dict[str, float]:
        """Points of each autograded test cell in a full score."""
        return {name: points for exercise in self.exercises for name, points in exercise.tests.items()}

    @property
    def target(self) -> str:
        """The ``grade_id`` of the cell that is attacked."""
        return self.attacked or self.victim.solutions[0]

    @property
    def first_test(self) -> str:
        return next(iter(self.victim.tests))

    def text(self, name: str) -> str:
        """The course's own source of a cell, without the marks of where the solution stands in it."""
        return _MARKERS.sub("", cell_of(self.source, name)["source"])

    def untouched(self) -> Notebook:
        return copy.deepcopy(self.release)

    def solved(self, victim: str | None = None) -> Notebook:
        """A learner's notebook in which all is solved; with ``victim``, that text stands in the attacked cell."""
        book = self.untouched()
        for cell in self.source["cells"]:
            if is_solution(cell):
                cell_of(book, intake.grade_id(cell))["source"] = self.text(intake.grade_id(cell))
        if victim is not None:
            for name in self.victim.solutions:
                cell_of(book, name)["source"] = "pass"
            cell_of(book, self.target)["source"] = victim
        return book

    def hollow(self, body: str = "return None") -> str:
        """Functions of the right names that are worth nothing."""
        return "\n".join(f"def {name}(*args, **kwargs):\n    {body}\n" for name in self.victim.exports)

    def aim(self) -> str:
        """A line of code that tells an attack what it is after, as attributes of ``aim``."""
        known = {
            "exports": list(self.victim.exports),
            "leans": list(self.victim.leans),
            "given": self.given,
            "classes": self.classes,
            "cell": self.target,
            "tests": list(self.victim.tests),
            "stem": self.stem,
            "marker": self.marker,
            **vars(self.places),
        }
        return f"aim = __import__('types').SimpleNamespace(**{known!r})\n"

    def dump(self, book: Notebook) -> bytes:
        return json.dumps(book, indent=1).encode()

    @property
    def file(self) -> str:
        return f"{self.stem}.ipynb"

    def hidden_lines(self) -> set[str]:
        """Lines of code that stand in hidden tests only: none of them may come back to a learner."""
        shown = {line.strip() for cell in self.release["cells"] for line in cell["source"].splitlines()}
        lines = set[str]()
        for cell in self.source["cells"]:
            if intake.is_test(cell):
                inside = False
                for line in cell["source"].splitlines():
                    if "### BEGIN HIDDEN TESTS" in line or "### END HIDDEN TESTS" in line:
                        inside = "BEGIN" in line
                    elif inside and len(line.strip()) > 11 and line.strip() not in shown:
                        lines.add(line.strip())
        return lines

    def _exercise(self, solutions: list[str], tests: dict[str, float]) -> Exercise:
        bound = set().union(*(_ask(names.bound, self.text(name)) for name in solutions))
        taken = set().union(*(_ask(names.taken, self.text(name)) for name in tests))
        return Exercise(tuple(solutions), tests, tuple(sorted(bound & taken)), tuple(sorted(taken - bound)))

    def _needed(self, exercise: Exercise) -> bool:
        bound = _bound(self, exercise)
        own = {*exercise.solutions, *exercise.tests}
        return any(
            bound & _ask(names.taken, self.text(intake.grade_id(cell)))
            for cell in self.source["cells"]
            if (is_solution(cell) or intake.is_test(cell)) and intake.grade_id(cell) not in own
        )


def shortened(lesson: Lesson) -> tuple[Notebook, Notebook]:
    """The source and the release with two exercises only: the one that is attacked, and one that leans on no other.

    A long lesson takes as long for each case as it takes to grade; what a case shows, two exercises show.
    """
    alone = [
        e
        for e in lesson.others
        if not any(_bound(lesson, o) & _taken(lesson, e) for o in lesson.exercises if o is not e)
    ]
    kept = {lesson.victim, *(alone or lesson.others)[:1]}
    gone = {name for e in lesson.exercises if e not in kept for name in (*e.solutions, *e.tests)}

    def short(book: Notebook) -> Notebook:
        return {**book, "cells": [cell for cell in book["cells"] if intake.grade_id(cell) not in gone]}

    return short(lesson.source), short(lesson.release)


def is_solution(cell: Cell) -> bool:
    """A code cell that the tests judge (one that a person grades carries points of its own)."""
    return intake.is_solution(cell) and not cell["metadata"]["nbgrader"].get("grade")


def cell_of(book: Notebook, name: str) -> Cell:
    """Raises StopIteration if there is no such cell."""
    return next(cell for cell in book["cells"] if intake.grade_id(cell) == name)


def position(book: Notebook, name: str) -> int:
    return book["cells"].index(cell_of(book, name))


def code_cell(source: str) -> Cell:
    return {
        "cell_type": "code",
        "id": uuid.uuid4().hex[:8],
        "metadata": {},
        "source": source,
        "outputs": [],
        "execution_count": None,
    }


def _bound(lesson: Lesson, exercise: Exercise) -> set[str]:
    return set().union(*(_ask(names.bound, lesson.text(name)) for name in exercise.solutions))


def _taken(lesson: Lesson, exercise: Exercise) -> set[str]:
    cells = (*exercise.solutions, *exercise.tests)
    return set().union(*(_ask(names.taken, lesson.text(name)) for name in cells))


def _ask(question: Callable[[str], set[str]], source: str) -> set[str]:
    try:
        return question(source)
    except SyntaxError:  # IPython's own lines, or another language: nothing is known of it
        return set()
