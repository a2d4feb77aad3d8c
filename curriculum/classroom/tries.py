"""What a course's journal tells of a class: minutes, when somebody was last seen, and tries at exercises that fail and fail.

The journal is only ever added to: what was read of it once is not read again, unless somebody has corrected it with an
editor, which shows at its end or in its time; then all of it is. (A correction that changes no length, and is followed by
a check before anybody looks, is seen once the server starts anew.) Where students work on machines of their own, theirs
are there, and this one is empty.
"""

from __future__ import annotations

import json
import math
import os
import threading
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO

from curriculum.outlook.schedule import moment

#: So many different tries that failed, and none that was right since: somebody is stuck.
STUCK = 3
_CHUNK, _TAIL = 8 << 20, 4096
#: What a line that an editor left in pieces can raise.
_SPOILT = (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError)


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
        learner, day, at = entry["learner"], entry["day"], moment(entry["when"])
        if at is None or not math.isfinite(entry.get("seconds", 0)):
            raise ValueError(entry)
        when = at.isoformat(timespec="seconds")  # all in UTC, so that the later one is the greater text
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


@dataclass(frozen=True)
class _Read:
    """A journal as it was read: what came to light, and what shows whether it is only longer since."""

    tries: Tries
    inode: int
    size: int
    changed: int
    end: bytes

    def goes_on(self, about: os.stat_result, file: BinaryIO) -> bool:
        if about.st_ino != self.inode or about.st_size < self.size:
            return False
        if about.st_size == self.size and about.st_mtime_ns != self.changed:
            return False
        return _end(file, self.tries.offset) == self.end


_lock = threading.Lock()
_read: dict[Path, _Read] = {}


def read_tries(journal: Path) -> Tries:
    """What a journal tells. Raises OSError where it is there and cannot be read."""
    with _lock:
        try:
            file = journal.open("rb")
        except FileNotFoundError:
            return Tries()
        with file:
            about, before = os.fstat(file.fileno()), _read.get(journal)
            tries = before.tries if before and before.goes_on(about, file) else Tries()
            file.seek(tries.offset)
            rest = b""
            while chunk := file.read(_CHUNK):
                *lines, rest = (rest + chunk).split(b"\n")
                for line in lines:
                    _take(tries, line)
                tries.offset = file.tell() - len(rest)  # a line that is just being written is read when it is whole
            size = file.tell()
            _read[journal] = _Read(tries, about.st_ino, size, about.st_mtime_ns, _end(file, tries.offset))
        # A copy: a page that is being made must not see what is counted next.
        failing = {key: replace(one, works=set(one.works)) for key, one in tries.failing.items()}
        return replace(tries, seconds=dict(tries.seconds), seen=dict(tries.seen), failing=failing)


def _end(file: BinaryIO, offset: int) -> bytes:
    """The last bytes before an offset: whatever was put in or taken out before them has moved them."""
    file.seek(max(0, offset - _TAIL))
    return file.read(min(offset, _TAIL))


def _take(tries: Tries, line: bytes) -> None:
    try:
        tries.add(json.loads(line))
    except _SPOILT:  # a line cut short costs that line alone, as in the journal itself
        return
