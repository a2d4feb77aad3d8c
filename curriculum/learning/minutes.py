"""Active time in a lesson: counted by JupyterLab, summed, and corrected by the learner. In seconds, kept in the journal."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Any

from curriculum.journal import Entry, Journal, Minutes, now

#: What one report of JupyterLab's can hold: it reports more often than once an hour.
MOST_AT_ONCE = 3600.0
#: The longest time that a lesson can be said to have taken, in minutes: a thousand hours are a slip of the keyboard.
MOST_MINUTES = 60_000.0

#: A correction is the difference to what was there: nothing of this process comes between reading that and writing.
_LOCK = threading.Lock()


class MinutesError(ValueError):
    """A time that cannot be. The text says which would."""


def spent(entries: Iterable[Entry]) -> float:
    """The active seconds in these entries, never less than 0."""
    total = sum(entry.seconds for entry in entries if isinstance(entry, Minutes) and _real(entry.seconds))
    return max(0.0, float(total))


def by_day(entries: Iterable[Entry]) -> dict[str, float]:
    """The active seconds of each day that has any."""
    held = dict[str, list[Entry]]()
    for entry in entries:
        if isinstance(entry, Minutes):
            held.setdefault(entry.day, []).append(entry)
    return {day: spent(own) for day, own in held.items()}


def count(journal: Journal, learner: str, day: str, seconds: Any) -> float:
    """Add seconds that were counted; the day's total then. Raises MinutesError, OSError."""
    if not _real(seconds) or not 0 < seconds <= MOST_AT_ONCE:
        raise MinutesError(f"seconds is a number above 0 and at most {MOST_AT_ONCE:g}, not {seconds!r}.")
    with _LOCK:
        journal.add([Minutes(now(), learner, day, round(float(seconds), 1))])
        return spent(journal.entries(learner, day))


def correct(journal: Journal, learner: str, day: str, minutes: Any) -> tuple[float, float]:
    """Set the day's total in minutes; the seconds before and then. Raises MinutesError, OSError."""
    if not _real(minutes) or not 0 <= minutes <= MOST_MINUTES:
        raise MinutesError(f"minutes is a number from 0 to {MOST_MINUTES:g}, not {minutes!r}.")
    total = 60.0 * minutes
    with _LOCK:
        before = spent(journal.entries(learner, day))
        if total != before:
            journal.add([Minutes(now(), learner, day, total - before, corrected=True)])
        return before, total


def _real(number: Any) -> bool:
    """Whether it is a number that a time can be; the bounds leave infinity, NaN and what no float can hold outside."""
    return isinstance(number, int | float) and not isinstance(number, bool) and -1e12 < number < 1e12
