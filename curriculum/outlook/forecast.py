"""Pace, and the day the plan is done. Pure: nothing is read or written, and nothing depends on chance."""

from __future__ import annotations

import datetime as dt
import math
from bisect import bisect_right
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from curriculum.outlook.earned_value import hours_a_day
from curriculum.outlook.history import History
from curriculum.outlook.schedule import YEARS_AHEAD, Schedule
from curriculum.progress import Progress
from curriculum.rounding import plain

if TYPE_CHECKING:
    import numpy as np

#: Days that the pace is taken from, as far as the plan has been running; more where these hold fewer than LEAST_DAYS.
WINDOW = 28
#: A pace from fewer learning days would pretend.
LEAST_DAYS = 5
#: Made-up futures for the range.
DRAWS = 1000
#: Hours a week whose meaning is told.
WEEKS = (35.0, 15.0, 7.0)
#: Learning days beyond which a future goes on at its own pace: so far ahead, days even out.
_FAR = 2000


@dataclass(frozen=True)
class Scenario:
    """What a week of ``hours`` means: the plan is done on ``done``, None where that is more than 20 years ahead."""

    hours: float
    done: dt.date | None


@dataclass(frozen=True)
class Forecast:
    """When the plan is done at the pace of the last weeks.

    ``pace``: hours earned on a learning day, None where there is too little to say. ``learning_days``: how many it is taken
    from, ``since`` .. ``until`` (yesterday). ``remaining``: hours of the whole plan left (by yesterday's end). ``done``: the
    date at this pace; ``earliest`` and ``latest``: an 80 % range. A date is None where there is none to tell; ``says`` then
    tells why. ``says`` is one sentence for the learner, ``assumed`` what the dates rest on. ``finished``: all is earned.
    """

    pace: float | None
    learning_days: int
    since: dt.date
    until: dt.date
    remaining: float
    done: dt.date | None
    earliest: dt.date | None
    latest: dt.date | None
    finished: bool
    says: str
    assumed: tuple[str, ...]
    scenarios: tuple[Scenario, ...]


def forecast(progress: Progress, past: History, schedule: Schedule, today: dt.date) -> Forecast:
    """When the plan is done, if the learner goes on as on the learning days of the last WINDOW days, today left out.

    What was earned on a day without learning counts for the learning day before it. The range comes from DRAWS made-up
    futures: see `_futures`. Nothing here depends on chance: the same history gives the same dates.
    """
    start, until = schedule.start or past.first or today, today - dt.timedelta(days=1)
    since = _since(schedule, start, until)
    hours = _by_learning_day(past, schedule, since, until)
    before = past.undated + sum((earned for date, earned in past.earned.items() if date <= until), Fraction(0))
    remaining, finished = progress.plan.hours - before, progress.earned >= progress.plan.hours
    calendar = list(schedule.learning_days_from(max(start, today)))
    known = len(hours) >= LEAST_DAYS
    pace = sum(hours, Fraction(0)) / len(hours) if known else None
    done = earliest = latest = None
    if pace and pace > 0 and not finished:
        needed = math.ceil(remaining / pace)
        done = _nth(calendar, needed)
        few, many = _futures([float(each) for each in hours], float(remaining), 7 - len(schedule.rest))
        earliest, latest = _nth(calendar, min(few, needed)), _nth(calendar, max(many, needed))
    scenarios = tuple(
        Scenario(week, _nth(calendar, math.ceil(remaining / hours_a_day(week, schedule)))) for week in WEEKS
    )
    found = Forecast(
        pace=None if pace is None else float(pace),
        learning_days=len(hours),
        since=since,
        until=until,
        remaining=float(remaining),
        done=done,
        earliest=earliest,
        latest=latest,
        finished=finished,
        says="",
        assumed=_assumed(progress, schedule, since, until, known and not finished),
        scenarios=() if finished else scenarios,
    )
    return replace(found, says=_says(found))


def in_words(date: dt.date) -> str:
    """For example: 5 March 2027."""
    return f"{date.day} {date:%B %Y}"


def _since(schedule: Schedule, start: dt.date, until: dt.date) -> dt.date:
    """The first day that the pace is taken from: further back where WINDOW days hold too few to learn, never before the start."""
    learning = schedule.learning_days(start, until)
    enough = learning[-LEAST_DAYS] if len(learning) >= LEAST_DAYS else start
    return max(start, min(until - dt.timedelta(days=WINDOW - 1), enough))


def _by_learning_day(past: History, schedule: Schedule, since: dt.date, until: dt.date) -> list[Fraction]:
    """Hours earned by learning day; those of a day without learning are added to the learning day before it."""
    learning = schedule.learning_days(since, until)
    hours = [Fraction(0)] * len(learning)
    for date, earned in past.earned.items():
        if learning and since <= date <= until:
            hours[max(bisect_right(learning, date) - 1, 0)] += earned
    return hours


def _nth(calendar: list[dt.date], number: int | float) -> dt.date | None:
    """The date on which that many learning days are over; None where the calendar does not reach so far."""
    return calendar[max(int(number), 1) - 1] if number <= len(calendar) else None


def _futures(hours: list[float], remaining: float, week: int) -> tuple[float, float]:
    """Learning days until the remaining hours are earned: the 10 % and the 90 % quantile of DRAWS made-up futures.

    Each future draws a past from the learning days there are (how well do these days tell the pace?), then its days from that
    past (how do days differ?): a nested circular block bootstrap (D. N. Politis, J. P. Romano 1992), in blocks of one
    week's learning days where there are at least three such weeks, since good and bad weeks come as a whole; else day by
    day. A past is drawn one block shorter than the real one, as B. Efron (1982) has it for small samples, whose own spread is
    too small. ``inf`` for a future that never gets there.
    """
    import numpy as np

    draw, count = np.random.default_rng(0), len(hours)
    block = week if count >= 3 * week else 1
    pasts = np.asarray(hours)[_blocks(draw, count, count - block, block)]
    paces = pasts.mean(axis=1)
    ahead = min(_FAR, math.ceil(3 * remaining * count / sum(hours)) + count)
    futures = np.take_along_axis(pasts, _blocks(draw, count - block, ahead, block), axis=1).cumsum(axis=1)
    there = futures >= remaining
    with np.errstate(divide="ignore", invalid="ignore"):
        later = np.where(paces > 0, np.maximum(np.ceil(remaining / paces), ahead + 1), np.inf)
    needed = np.sort(np.where(there.any(axis=1), there.argmax(axis=1) + 1, later))
    return float(needed[DRAWS // 10]), float(needed[-DRAWS // 10 - 1])


def _blocks(draw: np.random.Generator, count: int, length: int, block: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    """DRAWS rows of ``length`` positions out of ``count``, in runs of ``block`` that begin anywhere and go round."""
    starts = draw.integers(0, count, size=(DRAWS, math.ceil(length / block), 1))
    return ((starts + range(block)) % count).reshape(DRAWS, -1)[:, :length]


def _says(found: Forecast) -> str:
    if found.finished:
        return "Every hour of the plan is earned."
    if found.pace is None:
        over = f"{found.learning_days or 'none'} {'is' if found.learning_days == 1 else 'are'} over"
        return f"There is no date to tell yet: a pace is taken from at least {LEAST_DAYS} learning days, and of yours {over}."
    if found.pace <= 0:
        return (
            f"There is no date to tell: no hours were gained from {in_words(found.since)} to {in_words(found.until)}."
        )
    # Two digits that count, whatever the pace: 4.9, 0.043.
    pace = f"At {plain(found.pace, max(0, 1 - math.floor(math.log10(found.pace))))} h earned a learning day"
    if found.done is None:
        return f"{pace}, the plan is not done within {YEARS_AHEAD} years; so far ahead no date is worth telling."
    if found.latest is None:
        early = in_words(found.earliest or found.done)
        return f"{pace}, the plan is done about {in_words(found.done)}; perhaps by {early}, and how late cannot be told from days that differ so."
    if found.earliest == found.latest:
        return (
            f"{pace}, the plan is done about {in_words(found.done)}; days so alike do not tell how far off that may be."
        )
    early, late = in_words(found.earliest or found.done), in_words(found.latest)
    return f"{pace}, the plan is done about {in_words(found.done)}; if your days go on as they were, with 8 chances in 10 between {early} and {late}."


def _assumed(progress: Progress, schedule: Schedule, since: dt.date, until: dt.date, dated: bool) -> tuple[str, ...]:
    total = progress.plan.hours
    written = sum((day.day.hours for day in progress.days if day.state != "not written"), Fraction(0))
    said = []
    if written < total:
        said.append(
            f"All {float(total):g} h of the plan are counted. Lessons for {plain(written, 1)} h of them are written so far; "
            "the others are taken to be there when you come to them."
        )
    if dated:
        said.append(f"You go on as from {in_words(since)} to {in_words(until)}. Today counts when it is over.")
        said.append(
            "The range is what differing days make of it; it knows nothing of illness, holidays or harder lessons."
        )
    rest = "rest days and days off as you set them" if schedule.rest or schedule.off else "no rest days and no days off"
    said.append(f"The calendar has {rest}.")
    said.append("A week of so many hours means hours of the plan: it assumes that an hour of yours earns an hour.")
    return tuple(said)
