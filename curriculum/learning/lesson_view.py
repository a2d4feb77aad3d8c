"""What the panel beside a lesson shows, as plain data: the released lesson, its last check, and what the journal holds.

Text of the learner's and of tests is made fit to be shown (autograder.visible), not escaped for HTML.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from autograder import intake
from autograder.feedback import feedback, policy_of
from autograder.outline import Exercise, outline
from autograder.visible import line, visible
from curriculum.catalogue import Catalogue, ReleasedExercise, ReleasedLesson
from curriculum.journal import Attempt, Entry, Journal
from curriculum.learning import fresh_attempt, hints, minutes, readings, solutions
from curriculum.learning.handing_in import digests, pending_mark, work_of
from curriculum.learning.last_results import LastResult, last_result, name_of
from curriculum.learning.shown_files import Place
from curriculum.outlook.schedule import ScheduleError, load
from curriculum.paths import PROJECT

Data = dict[str, Any]


def view(root: Path, catalogue: Catalogue, learner: str, place: Place, path: str) -> Data:
    """A learner's lesson, or a fresh attempt at one exercise of it; ``path`` is where it lies, as the panel knows it.

    "points" are without the bonus: "bonus" is what they come to beyond "most". "recorded" is False while the scores of the
    last check are not in the gradebook. What cannot be read of the last check or the schedule is left out: a panel that
    shows less is better than none. Raises OSError, intake.Unreadable.
    """
    lesson, again = place.lesson, place.exercise
    entries, day = Journal(root).entries(learner, lesson.day), catalogue.plan.day(lesson.day)
    own = fresh_attempt.own_entries(place, entries) if again else entries
    last = last_result(root, learner, fresh_attempt.name_of(place) if again else name_of(lesson))
    exercises = [e for e in _exercises(root, lesson, last, own, _cells(place.copy)) if not again or e["name"] == again]
    points = float(sum(exercise["points"] for exercise in exercises))
    most = float(sum(exercise["most"] for exercise in exercises) if again else lesson.points)
    return {
        "kind": "review" if again else "lesson",
        "day": lesson.day,
        "title": day.title,
        "section": lesson.unit,
        "path": path,
        "points": min(points, most),
        "most": most,
        "bonus": max(0.0, points - most),
        "seconds": minutes.spent(entries),
        "counting": counting(root, learner),
        "recorded": bool(again) or not pending_mark(root, learner, lesson).exists(),
        "readings": [] if again else readings.shown(day, entries),
        "exercises": exercises,
    }


def first_change(before: Data, after: Data) -> str | None:
    """The first exercise whose state or points are other than before: what a check shows first."""
    known = {exercise["name"]: (exercise["state"], exercise["points"]) for exercise in before["exercises"]}
    changed = (e["name"] for e in after["exercises"] if known.get(e["name"]) != (e["state"], e["points"]))
    return next(changed, None)


def counting(root: Path, learner: str) -> bool:
    """Whether active minutes are counted; not where the schedule cannot be read: it may say that they are not."""
    try:
        return load(root, learner).counting
    except (ScheduleError, OSError):
        return False


def exercises_of(lesson: ReleasedLesson) -> Mapping[str, Exercise]:
    """What the released notebook says of its exercises, hints and cells among it. Raises OSError, intake.Unreadable."""
    return _released(lesson.path, lesson.path.stat().st_mtime_ns)[0]


@lru_cache(maxsize=256)
def _released(path: Path, changed: int) -> tuple[Mapping[str, Exercise], Mapping[str, str]]:
    # `changed` only keys the cache.
    book = intake.read(path)
    return {exercise.name: exercise for exercise in outline(book).exercises}, digests(book)


def _cells(copy: Path) -> Mapping[str, str]:
    """What stands in the copy's solution cells; nothing where it is no notebook, which the next check tells."""
    try:
        return digests(intake.read(copy))
    except intake.Unreadable:
        return {}


def _exercises(
    root: Path, lesson: ReleasedLesson, last: LastResult | None, entries: list[Entry], cells: Mapping[str, str]
) -> list[Data]:
    released, handed_out = _released(lesson.path, lesson.path.stat().st_mtime_ns)
    tried = {entry.exercise: entry for entry in entries if isinstance(entry, Attempt)}
    if last:
        graded, results = last.cells, _shown(root, lesson, last)
    else:  # none is kept, or it is damaged: the journal has the last try of each exercise
        graded = {
            name: tried[own].work if (own := work_of(name)) in tried else cell for name, cell in handed_out.items()
        }
        results = {name: _untried() | {"state": line(a.state), "points": a.points} for name, a in tried.items()}
    return [
        _about(about, released[about.name])
        | results.get(about.name, _untried())
        | {
            "stale": any(
                cells.get(name) != graded.get(name) for name in released[about.name].solutions if name in cells
            )
        }
        | _help(root, lesson, released[about.name], entries)
        for about in lesson.exercises
        if about.name in released
    ]


def _about(about: ReleasedExercise, exercise: Exercise) -> Data:
    return {
        "name": about.name,
        "title": line(about.title),
        "level": about.level,
        "minutes": about.minutes,
        "bonus": about.bonus,
        "most": float(sum(about.tests.values())),
        "cells": list(exercise.solutions),
    }


def _help(root: Path, lesson: ReleasedLesson, exercise: Exercise, entries: list[Entry]) -> Data:
    number = hints.shown(exercise.name, entries)
    return {
        "hints": [visible(text, 5000, 100) for text in exercise.hints[:number]],
        "hints_of": len(exercise.hints),
        "solution": solutions.state(root, lesson, exercise.name, entries),
        "gave_up": solutions.gave_up(exercise.name, entries),
    }


def _untried() -> Data:
    return {"state": "not attempted", "points": 0.0, "tests": [], "reason": ""}


def _shown(root: Path, lesson: ReleasedLesson, last: LastResult) -> dict[str, Data]:
    """What the course's policy lets through of the last result, by exercise."""
    policy, moment = policy_of(PROJECT), dt.datetime.now(dt.UTC)
    # Where all may be shown, nothing is looked for that a text might quote.
    source = None if policy.now(moment) == "full" else _source(root, lesson)
    shown = feedback(last.result, policy, source, hints={}, when=moment)
    kept = ("state", "points", "tests", "reason")
    return {exercise["id"]: {name: exercise[name] for name in kept} for exercise in shown["exercises"]}


def _source(root: Path, lesson: ReleasedLesson) -> intake.Notebook | None:
    try:
        return intake.read(root / "source" / lesson.unit / lesson.path.name)
    except intake.Unreadable:
        return None
