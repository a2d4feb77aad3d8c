"""The exercises that took the most trouble. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from curriculum.catalogue import Catalogue
from curriculum.journal import Attempt, Entry, HintShown, SolutionShown


@dataclass(frozen=True)
class Hard:
    """An exercise that took trouble: ``failed`` different tries before it was right (or until now, where it is ``open``)."""

    day: str
    exercise: str
    title: str
    failed: int
    hints: int
    open: bool
    gave_up: bool


def hardest(catalogue: Catalogue, entries: Iterable[Entry], most: int = 10) -> tuple[Hard, ...]:
    """The exercises with the most different failed tries before they were right; then with the most hints; then by plan."""
    failed, right = dict[tuple[str, str], set[str]](), set[tuple[str, str]]()
    latest, hints, gave_up = dict[tuple[str, str], str](), dict[tuple[str, str], int](), set[tuple[str, str]]()
    for entry in entries:
        if isinstance(entry, Attempt) and entry.state != "not attempted":
            key = entry.day, entry.exercise
            latest[key] = entry.state
            hints[key] = max(hints.get(key, 0), entry.hint)
            if entry.state == "correct":
                right.add(key)
            elif key not in right:
                failed.setdefault(key, set()).add(entry.work)
        elif isinstance(entry, HintShown):
            key = entry.day, entry.exercise
            hints[key] = max(hints.get(key, 0), entry.number)
        elif isinstance(entry, SolutionShown) and entry.gave_up:
            gave_up.add((entry.day, entry.exercise))
    found = [
        Hard(
            day=day,
            exercise=exercise.name,
            title=exercise.title,
            failed=len(failed[key]),
            hints=hints.get(key, 0),
            open=latest[key] != "correct",
            gave_up=key in gave_up,
        )
        for day, lesson in catalogue.lessons.items()
        for exercise in lesson.exercises
        if (key := (day, exercise.name)) in failed
    ]
    return tuple(sorted(found, key=lambda hard: (-hard.failed, -hard.hints))[:most])  # sorted keeps the plan's order
