"""Days of learning in a row, and the past year day by day. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from curriculum.outlook.history import History
from curriculum.outlook.schedule import Schedule

#: The days of a year, the longest there is.
YEAR = 366


@dataclass(frozen=True)
class ActiveDay:
    """One date: checks and reviews made, active seconds, and whether it is a day to learn (no rest day, no day off)."""

    date: dt.date
    attempts: int
    seconds: float
    learning: bool

    @property
    def active(self) -> bool:
        return self.attempts > 0 or self.seconds > 0


@dataclass(frozen=True)
class Streak:
    """``days``: the past year, oldest first, today last. ``current`` and ``longest``: active days in a row, in days.

    A rest day or a day off without activity does not break a streak and does not add to it; nor does today, yet.
    """

    days: tuple[ActiveDay, ...]
    current: int
    longest: int


def streak(past: History, schedule: Schedule, today: dt.date) -> Streak:
    """The past year, and the active days in a row: to now, and the most there ever were."""
    first = min(past.first or today, today - dt.timedelta(days=YEAR - 1))
    days = [
        ActiveDay(date, past.checks.get(date, 0), past.seconds.get(date, 0.0), schedule.learns_on(date))
        for date in (first + dt.timedelta(days=n) for n in range((today - first).days + 1))
    ]
    longest = current = 0
    for day in days:
        if day.active:
            current += 1
        elif day.learning and day.date != today:
            current = 0
        longest = max(longest, current)
    return Streak(tuple(days[-YEAR:]), current, longest)
