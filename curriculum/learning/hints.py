"""Hints on demand: the next of an exercise's, after those that checks and earlier questions have shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from curriculum.journal import Attempt, Entry, HintShown, Journal, now


class NoMoreHints(Exception):
    """All hints of the exercise are shown, or it has none. The text says which."""


def shown(exercise: str, entries: Iterable[Entry]) -> int:
    """How many hints of an exercise its learner has seen; ``entries`` are the learner's of that day, or of an attempt."""
    seen = [
        entry.hint if isinstance(entry, Attempt) else entry.number
        for entry in entries
        if isinstance(entry, Attempt | HintShown) and entry.exercise == exercise
    ]
    return max((number for number in seen if isinstance(number, int)), default=0)


def reveal(
    journal: Journal,
    learner: str,
    day: str,
    exercise: str,
    hints: Sequence[str],
    entries: Iterable[Entry],
    attempt: str = "",
) -> tuple[int, str]:
    """The next hint after those that the ``entries`` show, by its number from 1, and its text; it is written down.

    ``attempt`` names the fresh attempt that it is for. Raises NoMoreHints, OSError.
    """
    number = shown(exercise, entries) + 1
    if number > len(hints):
        raise NoMoreHints(f"All {len(hints)} hints are shown." if hints else "This exercise has no hints.")
    journal.add([HintShown(now(), learner, day, exercise, number, attempt)])
    return number, hints[number - 1]
