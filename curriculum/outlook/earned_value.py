"""Earned value: planned, earned and spent hours over the calendar. Pure: nothing is read or written.

The terms are those of earned value management (PMI, Practice Standard for Earned Value Management; ISO 21508): planned
value (PV), earned value (EV) and actual cost (AC), here all in hours.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

from curriculum.outlook.history import History
from curriculum.outlook.schedule import Schedule
from curriculum.progress import Progress


@dataclass(frozen=True)
class Point:
    """Hours in sum by the end of a date: planned (PV), earned (EV) and spent (AC)."""

    date: dt.date
    planned: float
    earned: float
    spent: float


@dataclass(frozen=True)
class Week:
    """Hours of one week alone, by its Monday. ``learning_days``: how many of its days up to today were to learn."""

    monday: dt.date
    planned: float
    earned: float
    spent: float
    learning_days: int


@dataclass(frozen=True)
class EarnedValue:
    """Plan, work and time over the calendar, in hours; today counts as a whole day of the plan.

    ``days``: every date from the first activity or the start, whichever is earlier, to today. ``weeks``: the same by week.
    ``ahead``: what is planned, for every Monday after today and the end of the plan, as (date, PV in sum). ``planned_end``:
    the date by which the plan's hours are planned, None where that is more than 20 years ahead. ``total``: the plan's
    hours (budget at completion, BAC). ``written``: hours of the days whose lesson is written. ``undated``: earned hours of
    lessons of which the journal holds no attempt; they are in every point of the series.
    """

    start: dt.date
    today: dt.date
    days: tuple[Point, ...]
    weeks: tuple[Week, ...]
    ahead: tuple[tuple[dt.date, float], ...]
    planned_end: dt.date | None
    total: float
    written: float
    undated: float

    @property
    def planned(self) -> float:
        """PV today."""
        return self.days[-1].planned

    @property
    def earned(self) -> float:
        """EV today: what `curriculum.progress` says."""
        return self.days[-1].earned

    @property
    def spent(self) -> float:
        """AC today."""
        return self.days[-1].spent

    @property
    def schedule_variance(self) -> float:
        """SV = EV - PV: hours ahead of the plan, behind it where negative."""
        return self.earned - self.planned

    @property
    def schedule_index(self) -> float | None:
        """SPI = EV / PV; None before anything is planned."""
        return self.earned / self.planned if self.planned > 0 else None

    @property
    def efficiency(self) -> float | None:
        """CPI = EV / AC: hours earned for an hour spent; None where no time is counted."""
        return self.earned / self.spent if self.spent > 0 else None


def earned_value(progress: Progress, past: History, schedule: Schedule, today: dt.date) -> EarnedValue:
    """Plan, work and time of a learner, date by date.

    The plan's hours are spread evenly over the learning days from the start on, `hours_a_day` on each; a day off
    moves the rest of the plan back. Without a start date the plan starts on the date of the first activity, or today.
    """
    start = schedule.start or past.first or today
    first = min(start, past.first or today, today)
    a_day, total = hours_a_day(schedule.hours_a_week, schedule), progress.plan.hours
    learnt, earned, spent, days = 0, past.undated, 0.0, list[Point]()
    for date in _dates(first, today):
        learnt += date >= start and schedule.learns_on(date)
        earned += past.earned.get(date, 0)
        spent += past.spent.get(date, 0.0)
        days.append(Point(date, float(min(total, learnt * a_day)), float(earned), spent))
    ahead, planned_end = list[tuple[dt.date, float]](), None
    for number, date in enumerate(schedule.learning_days_from(start), 1):
        planned = min(total, number * a_day)
        if planned == total:
            planned_end = date
        if date > today and (date.weekday() == 0 or planned == total):
            ahead.append((date, float(planned)))
        if planned_end:
            break
    written = sum((day.day.hours for day in progress.days if day.state != "not written"), Fraction(0))
    return EarnedValue(
        start=start,
        today=today,
        days=tuple(days),
        weeks=tuple(_weeks(days, schedule, start)),
        ahead=tuple(ahead),
        planned_end=planned_end,
        total=float(total),
        written=float(written),
        undated=float(past.undated),
    )


def hours_a_day(hours_a_week: float, schedule: Schedule) -> Fraction:
    """Hours of one learning day, exactly: a week's, spread evenly over its weekdays without rest."""
    return Fraction(hours_a_week) / (7 - len(schedule.rest))


def _dates(first: dt.date, last: dt.date) -> list[dt.date]:
    return [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]


def _weeks(days: list[Point], schedule: Schedule, start: dt.date) -> Iterator[Week]:
    before = Point(days[0].date, 0.0, 0.0, 0.0)
    for monday, group in groupby(days, key=lambda point: point.date - dt.timedelta(days=point.date.weekday())):
        points = list(group)
        last = points[-1]
        learnt = sum(point.date >= start and schedule.learns_on(point.date) for point in points)
        yield Week(
            monday, last.planned - before.planned, last.earned - before.earned, last.spent - before.spent, learnt
        )
        before = last
