"""A made-up learner: two weeks of checks, minutes and reviews, written as the course itself writes them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from autograder import gradebook
from curriculum.catalogue import Catalogue, ReleasedExercise
from curriculum.journal import Attempt, Entry, HintShown, Journal, Minutes, SolutionShown
from curriculum.plan import DEFAULT, load_plan
from curriculum.standing import COURSE_ID, gradebook_url


@dataclass(frozen=True)
class Work:
    """Work at one exercise, ``ago`` days ago: tries that failed, then one that is right unless it is left ``open``."""

    ago: int
    day: str
    exercise: str
    failed: int = 0
    minutes: int = 30
    open: bool = False
    gave_up: bool = False


#: Two weeks: three lessons, of which one is whole, one nearly, one begun; some exercises easy, some hard.
FORTNIGHT = (
    Work(12, "1.5-d1", "e1", 1, 55), Work(12, "1.5-d1", "e2", 0, 25), Work(11, "1.5-d1", "e3", 2, 70),
    Work(10, "1.5-d1", "e4", 4, 95, gave_up=True), Work(9, "1.5-d1", "e5", 0, 40), Work(9, "1.5-d2", "e1", 1, 50),
    Work(8, "1.5-d2", "e2", 0, 35), Work(7, "1.5-d2", "e3", 6, 150), Work(5, "1.5-d2", "e4", 1, 60),
    Work(4, "1.5-d2", "e5", 3, 80, open=True), Work(4, "1.5-d3", "e1", 0, 45), Work(3, "1.5-d3", "e2", 5, 100, open=True),
    Work(2, "1.5-d3", "e3", 1, 60), Work(1, "1.5-d3", "e4", 2, 75), Work(0, "1.5-d4", "e1", 1, 35),
    Work(0, "1.5-d4", "e2", 1, 30, open=True),
)  # fmt: skip


def learn(
    root: Path, today: dt.date, works: Iterable[Work] = FORTNIGHT, learner: str = "learner", plan: Path = DEFAULT
) -> None:
    """Write into journal and gradebook of the course in ``root`` what the learner did until ``today``, oldest first."""
    catalogue = Catalogue(load_plan(plan), root)
    entries: list[Entry] = []
    right: dict[str, set[str]] = {}
    for work in works:
        lesson = catalogue.lessons[work.day]
        exercise = next((one for one in lesson.exercises if one.name == work.exercise), None)
        if exercise is None:
            continue
        entries += _entries(work, exercise, today, learner)
        if not work.open:
            right.setdefault(work.day, set()).add(work.exercise)
    Journal(root).add(entries)
    give(root, catalogue, right, learner)


def _entries(work: Work, exercise: ReleasedExercise, today: dt.date, learner: str) -> list[Entry]:
    at = dt.datetime.combine(today - dt.timedelta(days=work.ago), dt.time(12), dt.UTC)
    most = float(sum(exercise.tests.values()))
    made: list[Entry] = []

    def when(minute: int) -> str:
        return (at + dt.timedelta(minutes=minute)).isoformat(timespec="seconds")

    for n in range(work.failed):
        made.append(
            Attempt(when(n), learner, work.day, work.exercise, "wrong", 0.0, most, f"{work.exercise}-{n}", min(n, 3))
        )
        if n < 3:
            made.append(HintShown(when(n), learner, work.day, work.exercise, n + 1))
    if work.gave_up:
        made.append(SolutionShown(when(work.failed), learner, work.day, work.exercise, True))
    if not work.open:
        made.append(Attempt(when(work.failed + 1), learner, work.day, work.exercise, "correct", most, most, "right", 0))
    made.append(Minutes(when(work.failed + 2), learner, work.day, 60.0 * work.minutes))
    return made


def give(root: Path, catalogue: Catalogue, right: Mapping[str, Container[str]], learner: str = "learner") -> None:
    """Into the gradebook: full points for these exercises of each day, none for the others of these days."""
    lessons = [catalogue.lessons[day] for day in right]
    with gradebook.opened(gradebook_url(root), COURSE_ID) as book:
        book.update_or_create_student(learner)
        points: dict[str, float] = {}
        for lesson in lessons:
            book.update_or_create_assignment(lesson.unit)
            book.update_or_create_notebook(lesson.stem, lesson.unit)
            for exercise in lesson.exercises:
                for name, most in exercise.tests.items():
                    book.update_or_create_grade_cell(name, lesson.stem, lesson.unit, max_score=most, cell_type="code")
                    points[name] = float(most) if exercise.name in right[lesson.day] else 0.0
        for unit in dict.fromkeys(lesson.unit for lesson in lessons):
            submission = book.update_or_create_submission(unit, learner)
            for notebook in submission.notebooks:
                for grade in notebook.grades:
                    grade.auto_score = points.get(grade.name, grade.auto_score)
        book.db.commit()
