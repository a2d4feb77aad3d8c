"""What shows that a goal is reached: its exercises, and when each of them was right. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from curriculum.catalogue import Catalogue
from curriculum.journal import Attempt, Entry
from curriculum.outlook.schedule import Schedule
from curriculum.progress import Progress


@dataclass(frozen=True)
class Proof:
    """An exercise that shows a goal: whether it is ``right`` as it stands, since ``when`` where the journal knows, after how many ``tries``."""

    day: str
    exercise: str
    title: str
    right: bool
    when: dt.date | None
    tries: int


def proofs(
    progress: Progress, catalogue: Catalogue, entries: Iterable[Entry], schedule: Schedule
) -> dict[str, tuple[Proof, ...]]:
    """The proof of each goal by its id, in the order of the plan; nothing for goals that no lesson shows.

    A goal that is done by its points is shown by all its exercises, whatever the journal of this machine holds.
    """
    tried: dict[tuple[str, str], list[Attempt]] = {}
    for entry in entries:
        if isinstance(entry, Attempt) and entry.state != "not attempted":
            tried.setdefault((entry.day, entry.exercise), []).append(entry)
    return {
        goal.goal.id: tuple(
            _proof(lesson.day, exercise.name, exercise.title, tried, schedule, done=goal.state == "done")
            for lesson in catalogue.of_unit(goal.goal.unit)
            for exercise in lesson.exercises
            if goal.goal.number in exercise.goals
        )
        for goal in progress.goals
    }


def _proof(
    day: str, name: str, title: str, tried: dict[tuple[str, str], list[Attempt]], schedule: Schedule, done: bool
) -> Proof:
    attempts = tried.get((day, name), [])
    right = done or bool(attempts and attempts[-1].state == "correct")
    first = next((one for one in attempts if one.state == "correct"), None)
    when = schedule.local(first.when) if right and first else None
    return Proof(day, name, title, right, when, len(attempts))
