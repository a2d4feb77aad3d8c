"""The readings of a day, each with an id to tick it off by."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from curriculum.journal import Entry, Journal, Read, now
from curriculum.plan import Day, Reading


class NoSuchReading(LookupError):
    """A day has no reading of that id. The text says which it has."""


def with_ids(day: Day) -> dict[str, Reading]:
    """The day's readings by id: book, chapters and sections, so that another wording or order changes no id."""
    found = dict[str, Reading]()
    for reading in day.readings:
        plain = ":".join(filter(None, (reading.book.key, reading.chapters, reading.sections)))
        same = sum(id.partition("#")[0] == plain for id in found)  # the same pages, looked at for something else
        id = f"{plain}#{same + 1}" if same else plain
        found[id] = reading
    return found


def shown(day: Day, entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """The readings as ``{"id", "text", "done"}``, in the plan's order; ``entries`` are the learner's of that day."""
    done = {entry.reading: entry.done for entry in entries if isinstance(entry, Read)}
    return [{"id": id, "text": reading.text, "done": done.get(id, False)} for id, reading in with_ids(day).items()]


def tick(journal: Journal, learner: str, day: Day, reading: str, done: bool) -> None:
    """Tick a reading off, or take the tick away. Raises NoSuchReading, OSError."""
    there = with_ids(day)
    if reading not in there:
        raise NoSuchReading(f"{day.id} has no reading {reading!r}; it has {', '.join(there) or 'none'}.")
    before = {each["id"]: each["done"] for each in shown(day, journal.entries(learner, day.id))}
    if before[reading] != done:
        journal.add([Read(now(), learner, day.id, reading, done)])
