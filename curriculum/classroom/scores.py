"""What a gradebook holds of a whole class, as arrays: a million scores are added up without an object for any of them.

Asked for in SQL, table by table; nbgrader is not imported. Scores count as in curriculum.progress: held between 0 and what
their cell is worth in the released lesson, and cells that it does not have do not count.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, DateTime, Interval, text

from curriculum.catalogue import Catalogue, ReleasedExercise, ReleasedLesson
from curriculum.classroom.people import Person

#: Rows that are held in memory at once.
_ROWS = 100_000

_PEOPLE = "SELECT id, first_name, last_name, email, lms_user_id FROM student"
_CELLS = (
    "SELECT base_cell.id, assignment.name, notebook.name, base_cell.name FROM base_cell"
    " JOIN notebook ON notebook.id = base_cell.notebook_id JOIN assignment ON assignment.id = notebook.assignment_id"
    " WHERE base_cell.type = 'GradeCell'"
)
_HIDDEN = (
    "SELECT assignment.name, notebook.name, source_cell.name, substr(source_cell.source, 1, 200) FROM source_cell"
    " JOIN notebook ON notebook.id = source_cell.notebook_id JOIN assignment ON assignment.id = notebook.assignment_id"
    " WHERE source_cell.source LIKE '%BEGIN HIDDEN TESTS%'"
)
_BOOKS = (
    "SELECT submitted_notebook.id, submitted_assignment.student_id FROM submitted_notebook"
    " JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id"
)
_GRADES = (
    "SELECT notebook_id, cell_id, COALESCE(manual_score, auto_score) + COALESCE(extra_credit, 0.0) FROM grade"
    " WHERE auto_score IS NOT NULL OR manual_score IS NOT NULL"
)
_HANDED_IN = text(
    "SELECT submitted_assignment.student_id, assignment.name, submitted_assignment.timestamp, assignment.duedate,"
    " submitted_assignment.extension FROM submitted_assignment"
    " JOIN assignment ON assignment.id = submitted_assignment.assignment_id"
).columns(timestamp=DateTime, duedate=DateTime, extension=Interval)
_DUE = text("SELECT name, duedate FROM assignment WHERE duedate IS NOT NULL").columns(duedate=DateTime)


@dataclass(frozen=True)
class Test:
    """One test cell of an exercise, with its points in the released lesson."""

    lesson: ReleasedLesson
    exercise: ReleasedExercise
    name: str
    most: float
    __test__ = False  # not a test class, whatever its name says to pytest


@dataclass(frozen=True)
class HandedIn:
    """When a section was handed in, in UTC, and by how many seconds too late (0 for in time, or without a deadline)."""

    when: dt.datetime | None
    late: float


@dataclass
class ClassScores:
    """A class's scores. ``points`` (students, exercises) are NaN where a student's day has not been graded.

    ``given`` and ``failed`` (tests,) are in how many submissions a test was graded, and gave less than its points. ``hidden`` are
    the cells, by section, notebook and name, of which a part is hidden, with their titles.
    """

    people: list[Person]
    exercises: list[tuple[ReleasedLesson, ReleasedExercise]]
    tests: list[Test]
    points: NDArray[np.float64]
    given: NDArray[np.int64]
    failed: NDArray[np.int64]
    hidden: dict[tuple[str, str, str], str] = field(default_factory=dict)
    handed_in: dict[tuple[str, str], HandedIn] = field(default_factory=dict)
    deadlines: dict[str, dt.datetime] = field(default_factory=dict)


class _Index(dict[str, int]):
    """Where each id stands; -1 for what is none of ours."""

    def __missing__(self, key: str) -> int:
        return -1


def read_scores(connection: Connection | None, catalogue: Catalogue) -> ClassScores:
    """All scores of a class; ``connection`` is to its gradebook, None where there is none yet."""
    scores = _empty(catalogue, [] if connection is None else _people(connection))
    if connection is None:
        return scores
    for unit, stem, name, source in connection.execute(text(_HIDDEN)):
        scores.hidden[unit, stem, name] = _title(source) or name
    _read_handed_in(connection, scores)
    places = {(test.lesson.unit, test.lesson.stem, test.name): at for at, test in enumerate(scores.tests)}
    cells, learners, books = _Index(), {one.id: at for at, one in enumerate(scores.people)}, _Index()
    for id, *place in connection.execute(text(_CELLS)):
        cells[id] = places.get((place[0], place[1], place[2]), -1)
    for id, student in connection.execute(text(_BOOKS)):
        books[id] = learners[student]
    numbers = {(lesson.day, one.name): at for at, (lesson, one) in enumerate(scores.exercises)}
    exercise_of = np.array([numbers[test.lesson.day, test.exercise.name] for test in scores.tests], dtype=np.int64)
    most = np.array([test.most for test in scores.tests])
    there = np.zeros(scores.points.shape, dtype=bool)
    rows = connection.execute(text(_GRADES), execution_options={"stream_results": True})
    for part in rows.partitions(_ROWS):
        _add(part, books, cells, exercise_of, most, scores, there)
    scores.points[~there] = np.nan
    return scores


def _empty(catalogue: Catalogue, people: list[Person]) -> ClassScores:
    lessons = catalogue.lessons.values()
    exercises = [(lesson, exercise) for lesson in lessons for exercise in lesson.exercises]
    tests = [
        Test(lesson, exercise, name, float(most))
        for lesson, exercise in exercises
        for name, most in exercise.tests.items()
    ]
    count = np.zeros(len(tests), dtype=np.int64)
    return ClassScores(people, exercises, tests, np.zeros((len(people), len(exercises))), count, count.copy())


def _people(connection: Connection) -> list[Person]:
    rows = connection.execute(text(_PEOPLE))
    people = [Person(*(value or "" for value in row)) for row in rows]
    return sorted(people, key=lambda one: (one.last_name.casefold(), one.first_name.casefold(), one.id))


def _add(
    part: Iterable[Any],
    books: _Index,
    cells: _Index,
    exercise_of: NDArray[np.int64],
    most: NDArray[np.float64],
    scores: ClassScores,
    there: NDArray[np.bool_],
) -> None:
    """Add rows of (submitted notebook, cell, score) to where they belong."""
    notebook, cell, given = zip(*part, strict=True)
    student = np.fromiter(map(books.__getitem__, notebook), np.int64, len(notebook))
    test = np.fromiter(map(cells.__getitem__, cell), np.int64, len(cell))
    ours = (student >= 0) & (test >= 0)
    student, test = student[ours], test[ours]
    score = np.clip(np.nan_to_num(np.array(given, dtype=float)[ours]), 0.0, most[test])
    where = student, exercise_of[test]
    np.add.at(scores.points, where, score)
    there[where] = True
    scores.given += np.bincount(test, minlength=len(most))
    scores.failed += np.bincount(test[score < most[test] - 1e-9], minlength=len(most))


def _title(source: str) -> str:
    """A test cell's first line says it: "# 2 points: The outer products"."""
    return source.partition("\n")[0].partition(": ")[2].strip() if source.startswith("#") else ""


def _read_handed_in(connection: Connection, scores: ClassScores) -> None:
    for name, due in connection.execute(_DUE):
        scores.deadlines[name] = due.replace(tzinfo=dt.UTC)
    for student, unit, when, due, extension in connection.execute(_HANDED_IN):
        late = 0.0
        if when is not None and due is not None:
            late = max(0.0, (when - due - (extension or dt.timedelta())).total_seconds())
        scores.handed_in[student, unit] = HandedIn(when.replace(tzinfo=dt.UTC) if when else None, late)
