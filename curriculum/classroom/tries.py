"""What a course's journal tells of a class: minutes, when somebody was last seen, and tries at exercises that fail and fail.

The journal is only ever added to: what was read of it once is not read again. Where students work on machines of their own,
theirs are there, and this one is empty.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import threading
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

#: So many different tries that failed, and none that was right since: somebody is stuck.
STUCK = 3
_CHUNK = 8 << 20


@dataclass
class Stuck:
    """An exercise that is not right yet: the works tried since it last was, the first and the last time, how it ended."""

    works: set[str] = field(default_factory=set)
    since: str = ""
    last: str = ""
    state: str = ""


@dataclass
class Tries:
    """What has been read so far, of a journal up to ``offset``. Keys are (learner, day) and (learner, day, exercise)."""

    offset: int = 0
    seconds: dict[tuple[str, str], float] = field(default_factory=lambda: defaultdict(float))
    seen: dict[str, str] = field(default_factory=dict)
    failing: dict[tuple[str, str, str], Stuck] = field(default_factory=dict)

    def stuck(self) -> Iterator[tuple[str, str, str, Stuck]]:
        """Who is stuck where: (learner, day, exercise, how)."""
        for (learner, day, exercise), one in self.failing.items():
            if len(one.works) >= STUCK:
                yield learner, day, exercise, one

    def add(self, entry: dict[str, Any]) -> None:
        """One entry of the journal, as plain data. Raises KeyError, TypeError, ValueError for what is none."""
        learner, day, when = entry["learner"], entry["day"], entry["when"]
        if not math.isfinite(entry.get("seconds", 0)):
            raise ValueError(entry["seconds"])
        dt.datetime.fromisoformat(when)
        if when > self.seen.get(learner, ""):
            self.seen[learner] = when
        if entry["kind"] == "minutes":
            self.seconds[learner, day] += float(entry["seconds"])
        elif entry["kind"] == "attempt" and entry["state"] != "not attempted":
            key = learner, day, entry["exercise"]
            if entry["state"] == "correct":
                self.failing.pop(key, None)
                return
            stuck = self.failing.setdefault(key, Stuck(since=when))
            stuck.works.add(entry["work"])
            stuck.last, stuck.state = when, entry["state"]


_lock = threading.Lock()
_read: dict[Path, tuple[int, Tries]] = {}


def read_tries(journal: Path) -> Tries:
    """What a journal tells. Raises OSError where it is there and cannot be read."""
    with _lock:
        try:
            about = journal.stat()
        except FileNotFoundError:
            return Tries()
        inode, tries = _read.get(journal, (about.st_ino, Tries()))
        if inode != about.st_ino or about.st_size < tries.offset:  # another file, or a shortened one
            tries = Tries()
        with journal.open("rb") as file:
            file.seek(tries.offset)
            rest = b""
            while chunk := file.read(_CHUNK):
                *lines, rest = (rest + chunk).split(b"\n")
                for line in lines:
                    _take(tries, line)
                tries.offset = file.tell() - len(rest)  # a line that is just being written is read when it is whole
        _read[journal] = about.st_ino, tries
        # A copy: a page that is being made must not see what is counted next.
        return replace(tries, seconds=dict(tries.seconds), seen=dict(tries.seen), failing=dict(tries.failing))


def _take(tries: Tries, line: bytes) -> None:
    try:
        tries.add(json.loads(line))
    except (ValueError, KeyError, TypeError):  # a line cut short costs that line alone, as in the journal itself
        return
