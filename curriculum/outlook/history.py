"""A learner's journal by date: hours earned, hours spent, checks made. Pure: nothing is read or written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from curriculum.catalogue import Catalogue, ReleasedLesson
from curriculum.journal import Attempt, Entry, Minutes, Review
from curriculum.outlook.schedule import Schedule
from curriculum.progress import DayProgress, Progress, exact, share_of


@dataclass(frozen=True)
class History:
    """What happened on each of the learner's dates, none later than today.

    ``earned``: hours of the plan that were earned (negative where a score fell); all of them and ``undated`` add up to what
    `curriculum.progress` says. ``undated``: earned hours of lessons without an attempt in the journal. ``spent``: hours of
    active time, corrections (which may be negative) on the date they were made. ``seconds``: active seconds without
    corrections; ``checks``: exercises checked and reviews done.
    """

    earned: Mapping[dt.date, Fraction]
    undated: Fraction
    spent: Mapping[dt.date, float]
    seconds: Mapping[dt.date, float]
    checks: Mapping[dt.date, int]

    @property
    def first(self) -> dt.date | None:
        """The date of the first entry that any of these are made of."""
        return min((date for each in (self.earned, self.spent, self.checks) for date in each), default=None)


def history(
    progress: Progress, catalogue: Catalogue, entries: Iterable[Entry], schedule: Schedule, today: dt.date
) -> History:
    """The history that a learner's entries, in the order they were made, tell. A date after today counts as today."""
    earned, spent, seconds = dict[dt.date, Fraction](), dict[dt.date, float](), dict[dt.date, float]()
    checks, attempts, undated = dict[dt.date, int](), dict[str, list[tuple[dt.date, Attempt]]](), Fraction(0)
    for entry in entries:
        date = schedule.local(entry.when)
        if date is None:
            continue
        date = min(date, today)
        if isinstance(entry, Review) or (isinstance(entry, Attempt) and entry.state != "not attempted"):
            checks[date] = checks.get(date, 0) + 1
            if isinstance(entry, Attempt):
                attempts.setdefault(entry.day, []).append((date, entry))
        elif isinstance(entry, Minutes):
            spent[date] = spent.get(date, 0.0) + entry.seconds / 3600
            if not entry.corrected:
                seconds[date] = seconds.get(date, 0.0) + entry.seconds
    for day in progress.days:
        lesson = catalogue.lessons.get(day.day.id)
        steps = _steps(day, lesson, attempts.get(day.day.id, [])) if lesson else {}
        before = Fraction(0)
        for date, hours in steps.items():
            earned[date] = earned.get(date, Fraction(0)) + hours - before
            before = hours
        if not steps:
            undated += day.earned
    return History(earned, undated, spent, seconds, checks)


def _steps(
    day: DayProgress, lesson: ReleasedLesson, attempts: Iterable[tuple[dt.date, Attempt]]
) -> dict[dt.date, Fraction]:
    """The hours of one lesson in sum at the end of each date with attempts, in order.

    The last is what the gradebook says now: what changed it without an attempt (a regrade, a lesson built anew, work taken
    away again) has no date of its own, and is counted where the learner last worked on the lesson.
    """
    most = {exercise.name: sum(exercise.tests.values()) for exercise in lesson.exercises}
    points, ends, last = dict[str, float](), dict[dt.date, dict[str, float]](), dt.date.min
    for date, attempt in attempts:
        last = max(last, date)  # the journal is in order, whatever the clock said
        points = {**points, attempt.exercise: attempt.points}
        ends[last] = points
    steps = {
        date: day.day.hours
        * share_of(lesson, sum((exact(got, most.get(name, 0)) for name, got in end.items()), Fraction(0)))
        for date, end in ends.items()
    }
    if steps:
        steps[last] = day.earned
    return steps
