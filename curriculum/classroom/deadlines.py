"""Deadlines: when a section is to be handed in, kept where nbgrader keeps it, as the due date of its assignment (in UTC)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


class DeadlineError(Exception):
    """A time cannot be a deadline. The text says why."""


def moment(text: str, timezone: str = "") -> dt.datetime:
    """A moment, with its zone, from what a person writes: 2027-01-31T23:59, a time of day in ``timezone`` or on this machine.

    Where clocks are put back a time of day comes twice: the later one is meant. Raises DeadlineError.
    """
    try:
        written = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise DeadlineError(f"{text} is no time; write it like 2027-01-31T23:59") from error
    if len(text) <= len("2027-01-31"):
        raise DeadlineError(f"{text} has no time of day; write {text}T23:59 for the end of the day")
    if written.tzinfo is not None:
        if timezone:
            raise DeadlineError(f"{text} says its own zone; leave --timezone out, or the zone")
        return written
    try:
        zone = ZoneInfo(timezone) if timezone else None
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise DeadlineError(
            f"{timezone} is no time zone; they are called like Europe/Berlin or America/New_York"
        ) from error
    later = written.replace(tzinfo=zone, fold=1)
    there = later.astimezone(dt.UTC)
    if there.astimezone(zone).replace(tzinfo=None) != written:
        raise DeadlineError(
            f"{text} does not exist in {timezone or 'the zone of this machine'}: clocks are put forward there"
        )
    return there


def set_deadline(book: Any, assignment: str, when: dt.datetime | None) -> None:
    """Enter an assignment's deadline in nbgrader's gradebook, or take it away."""
    naive = when.astimezone(dt.UTC).replace(tzinfo=None) if when else None
    book.update_or_create_assignment(assignment, duedate=naive)


def deadlines(book: Any, assignments: Iterable[str]) -> Mapping[str, dt.datetime]:
    """The deadlines, in UTC, of those of the assignments that have one."""
    wanted = set(assignments)
    return {
        one.name: one.duedate.replace(tzinfo=dt.UTC) for one in book.assignments if one.name in wanted and one.duedate
    }
