"""When a learner learns: the start, rest days, days off, hours a week, minutes of review a day, and the time zone.

Kept in ``schedules.json`` beside the gradebook, one entry a learner, and written whole or not at all. Times are stored in
UTC everywhere; a calendar day is the learner's own, in the zone of this schedule (see `Schedule.local`).
"""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from filelock import FileLock

from curriculum.files import write_whole
from curriculum.journal import PATIENCE

#: By `datetime.date.weekday`: Monday is 0.
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
#: No date is looked for further ahead than this: what takes longer has no date worth telling.
YEARS_AHEAD = 20
#: A week has 168 hours; more than 16 a day cannot be meant.
MOST_HOURS = 112.0
MOST_REVIEW = 240
_MOST_OFF = 200
_KEYS = ("start", "rest", "off", "hours_a_week", "review_minutes", "counting", "zone")


class ScheduleError(Exception):
    """A schedule that cannot be used or read. The text says what is wrong, and what to do about it."""


class DamagedSchedules(ScheduleError):
    """The file of schedules cannot be read. Nothing is written over it."""


@dataclass(frozen=True)
class DaysOff:
    """Days without learning, from the first to the last, both included."""

    first: dt.date
    last: dt.date


@dataclass(frozen=True)
class Schedule:
    """One learner's calendar.

    ``start``: the first day of the plan; None: the day of the first activity. ``rest``: weekdays without learning, Monday
    is 0. ``hours_a_week``: hours of the plan to do in a week without days off. ``review_minutes``: a day's budget, 0 for no
    review. ``counting``: whether active minutes are counted. ``zone``: the time zone of the learner's calendar by its IANA
    name ("Europe/Vienna"); "": that of this machine. Raises ScheduleError for values that make no sense.
    """

    start: dt.date | None = None
    rest: frozenset[int] = frozenset()
    off: tuple[DaysOff, ...] = ()
    hours_a_week: float = 35.0
    review_minutes: int = 20
    counting: bool = True
    zone: str = ""

    def __post_init__(self) -> None:
        if not self.rest < frozenset(range(7)):
            raise ScheduleError(
                "Seven rest days a week leave no day to learn: leave at least one weekday free of rest."
            )
        if not (math.isfinite(self.hours_a_week) and 0 < self.hours_a_week <= MOST_HOURS):
            raise ScheduleError(
                f"A week has more than 0 and at most {MOST_HOURS:g} hours of learning, not {self.hours_a_week:g}."
            )
        if not 0 <= self.review_minutes <= MOST_REVIEW:
            raise ScheduleError(
                f"Review takes 0 (none) to {MOST_REVIEW} minutes a day, not {self.review_minutes}: write a number between."
            )
        if len(self.off) > _MOST_OFF:
            raise ScheduleError(
                f"At most {_MOST_OFF} entries of days off can be kept: join neighbouring days to ranges."
            )
        for off in self.off:
            if off.last < off.first:
                raise ScheduleError(f"The days off end on {off.last}, before they begin on {off.first}: swap the two.")
        if self.zone and _zone(self.zone) is None:
            raise ScheduleError(
                f'There is no time zone {self.zone!r}: use a name such as "Europe/Vienna", or "" for that of this machine.'
            )

    @property
    def tzinfo(self) -> dt.tzinfo | None:
        """The zone of the calendar, None for this machine's (as `datetime.astimezone` takes it)."""
        return _zone(self.zone) if self.zone else None

    def today(self) -> dt.date:
        """The learner's date of now."""
        return dt.datetime.now(dt.UTC).astimezone(self.tzinfo).date()

    def local(self, when: str) -> dt.date | None:
        """The learner's date of a time as the journal keeps it, None for what is not one (see `moment`)."""
        at = moment(when)
        return at.astimezone(self.tzinfo).date() if at else None

    def end_of(self, day: dt.date) -> dt.datetime:
        """The moment in UTC at which a date of the learner's is over."""
        midnight = dt.datetime.combine(day + dt.timedelta(days=1), dt.time())
        return midnight.replace(tzinfo=self.tzinfo).astimezone(dt.UTC)  # without a zone: this machine's

    def learns_on(self, day: dt.date) -> bool:
        """Whether a date is neither a rest day nor a day off."""
        return day.weekday() not in self.rest and not any(off.first <= day <= off.last for off in self.off)

    def learning_days(self, first: dt.date, last: dt.date) -> list[dt.date]:
        """The learning days from first to last, both included; none where last is before first."""
        days = (first + dt.timedelta(days=n) for n in range((last - first).days + 1))
        return [day for day in days if self.learns_on(day)]

    def learning_days_from(self, first: dt.date) -> Iterator[dt.date]:
        """The learning days from a date on, that date included, up to YEARS_AHEAD ahead."""
        for n in range(YEARS_AHEAD * 366):
            day = first + dt.timedelta(days=n)
            if self.learns_on(day):
                yield day

    def with_changes(self, changes: Mapping[str, Any]) -> Schedule:
        """This schedule with the given keys of its JSON form changed. Raises ScheduleError for what is not one."""
        return _read({**self.as_json(), **changes})

    def as_json(self) -> dict[str, Any]:
        """As it is kept and served: dates as YYYY-MM-DD, weekdays by name."""
        return {
            "start": self.start.isoformat() if self.start else None,
            "rest": [WEEKDAYS[day] for day in sorted(self.rest)],
            "off": [{"first": off.first.isoformat(), "last": off.last.isoformat()} for off in self.off],
            "hours_a_week": self.hours_a_week,
            "review_minutes": self.review_minutes,
            "counting": self.counting,
            "zone": self.zone,
        }


def moment(when: str) -> dt.datetime | None:
    """A time as the journal keeps it (ISO 8601; without a zone it is UTC), in UTC; None for what is not one.

    Years before 2000 are those of a clock that was not set yet: they would make a calendar of decades.
    """
    try:
        at = dt.datetime.fromisoformat(when)
        at = (at if at.tzinfo else at.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
    except (ValueError, TypeError, OverflowError):
        return None
    return at if 2000 <= at.year < 9000 else None


def load(root: Path, learner: str) -> Schedule:
    """A learner's schedule, the default where none is kept. Raises DamagedSchedules, ScheduleError, OSError."""
    kept = _all(root / "schedules.json").get(learner)
    if kept is None:
        return Schedule()
    try:
        return _read(kept)
    except ScheduleError as error:
        raise DamagedSchedules(_damaged(root / "schedules.json", f"the entry of {learner}: {error}")) from error


def save(root: Path, learner: str, schedule: Schedule) -> None:
    """Keep a learner's schedule; those of others stay. Raises DamagedSchedules, OSError."""
    change(root, learner, lambda _: schedule)


def change(root: Path, learner: str, changed: Callable[[Schedule], Schedule]) -> Schedule:
    """Keep what ``changed`` makes of a learner's schedule, read and written under one lock; what is kept then.

    Raises DamagedSchedules where the file cannot be read (it stays as it is), ScheduleError from ``changed``, OSError.
    """
    path = root / "schedules.json"
    with FileLock(path.with_suffix(".lock"), timeout=PATIENCE):
        after = changed(load(root, learner))
        text = json.dumps({**_all(path), learner: after.as_json()}, indent=1, ensure_ascii=False)
        write_whole(path, f"{text}\n".encode())
    return after


def _all(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return {}
    except (ValueError, RecursionError) as error:
        raise DamagedSchedules(_damaged(path, str(error))) from error
    if not isinstance(found, dict):
        raise DamagedSchedules(_damaged(path, "it is JSON, but holds no schedules"))
    return found


def _damaged(path: Path, why: str) -> str:
    return (
        f"{path} is damaged ({why}) and was left as it is. Mend it with an editor, or move it away: then the schedule "
        "begins anew with its default, and nothing else is lost."
    )


def _read(given: Any) -> Schedule:
    """A schedule from its JSON form, in which any key may be left out. Raises ScheduleError."""
    if not isinstance(given, Mapping):
        raise ScheduleError("A schedule is an object with keys such as hours_a_week.")
    if unknown := [str(key) for key in given if key not in _KEYS]:
        raise ScheduleError(f"A schedule has no {', '.join(map(repr, unknown))}; its keys are {', '.join(_KEYS)}.")
    default = Schedule()
    start, zone = given.get("start"), given.get("zone", "")
    counting = given.get("counting", default.counting)
    if not isinstance(counting, bool):
        raise ScheduleError(f"counting is true or false, not {counting!r}.")
    if not isinstance(zone, str):
        raise ScheduleError(f"zone is the name of a time zone, not {zone!r}.")
    return Schedule(
        start=None if start is None else _date(start, "start"),
        rest=frozenset(_weekday(name) for name in _list(given.get("rest", []), "rest")),
        off=tuple(sorted((_off(item) for item in _list(given.get("off", []), "off")), key=lambda off: off.first)),
        hours_a_week=_number(given.get("hours_a_week", default.hours_a_week), "hours_a_week"),
        review_minutes=_whole(given.get("review_minutes", default.review_minutes), "review_minutes"),
        counting=counting,
        zone=zone,
    )


def _list(value: Any, key: str) -> list[Any]:
    if not isinstance(value, list):
        raise ScheduleError(f"{key} is a list, not {value!r}.")
    return value


def _date(value: Any, key: str) -> dt.date:
    """A date within the years that a plan can mean: one that is mistyped must not make a calendar of centuries."""
    try:
        date: dt.date | None = dt.date.fromisoformat(value)
    except (TypeError, ValueError):
        date = None
    if date is None or not 2000 <= date.year < 2200:
        raise ScheduleError(f'{key}: {value!r} is no date of this century or the next: write it as "2026-11-23".')
    return date


def _weekday(value: Any) -> int:
    if not isinstance(value, str) or value.lower() not in WEEKDAYS:
        raise ScheduleError(f"rest: {value!r} is no weekday; they are {', '.join(WEEKDAYS)}.")
    return WEEKDAYS.index(value.lower())


def _off(value: Any) -> DaysOff:
    """Days off, as {"first", "last"} or one date."""
    if isinstance(value, Mapping):
        return DaysOff(_date(value.get("first"), "off"), _date(value.get("last", value.get("first")), "off"))
    return DaysOff(_date(value, "off"), _date(value, "off"))


def _number(value: Any, key: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ScheduleError(f"{key} is a number, not {value!r}.")
    try:
        return float(value)
    except OverflowError as error:
        raise ScheduleError(f"{key} is a number that can be meant, not one of so many digits.") from error


def _whole(value: Any, key: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ScheduleError(f"{key} is a whole number, not {value!r}.")
    return value


def _zone(name: str) -> dt.tzinfo | None:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):  # no such name, or none that may be looked up
        return None
