"""What the gradebook does not hold: tries, hints, active minutes, readings done, solutions opened, resets and reviews.

One JSON object a line, only ever added to (``journal.jsonl`` beside the gradebook): it can be read, kept and corrected
with any editor, and a line cut short by a power failure costs that line alone.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from filelock import FileLock

from curriculum.paths import ROOT

#: Seconds that a writer waits for another one.
PATIENCE = 20.0


@dataclass(frozen=True)
class Attempt:
    """One check of one exercise.

    ``work`` tells two versions of the learner's cell apart; ``hint`` is the last one shown.
    """

    when: str
    learner: str
    day: str
    exercise: str
    state: str
    points: float
    most: float
    work: str
    hint: int = 0


@dataclass(frozen=True)
class Minutes:
    """Active time in a lesson, in seconds: counted by JupyterLab, or a learner's correction, which may be negative."""

    when: str
    learner: str
    day: str
    seconds: float
    corrected: bool = False


@dataclass(frozen=True)
class Read:
    """A reading of a day ticked off, or the tick taken away again."""

    when: str
    learner: str
    day: str
    reading: str
    done: bool = True


@dataclass(frozen=True)
class HintShown:
    """A hint asked for, by its number from 1; in a fresh ``attempt``, when that was begun."""

    when: str
    learner: str
    day: str
    exercise: str
    number: int
    attempt: str = ""


@dataclass(frozen=True)
class SolutionShown:
    """The worked solution opened: after the exercise was right, or on giving up; in a fresh ``attempt``, when that was begun."""

    when: str
    learner: str
    day: str
    exercise: str
    gave_up: bool
    attempt: str = ""


@dataclass(frozen=True)
class Reset:
    """A lesson put back to its released state; ``kept`` is where the work before it lies, within the course."""

    when: str
    learner: str
    day: str
    kept: str


@dataclass(frozen=True)
class Review:
    """A fresh ``attempt`` at an exercise of earlier, by when it was begun: ``right`` at the end of it, with how many hints."""

    when: str
    learner: str
    day: str
    exercise: str
    right: bool
    hints: int = 0
    seconds: float = 0.0
    attempt: str = ""


Entry = Attempt | Minutes | Read | HintShown | SolutionShown | Reset | Review
_KINDS: dict[str, type[Any]] = {
    "attempt": Attempt, "minutes": Minutes, "read": Read, "hint": HintShown, "solution": SolutionShown, "reset": Reset,
    "review": Review,
}  # fmt: skip
_TYPES: dict[str, Any] = {"str": str, "float": (int, float), "int": int, "bool": bool}
_FIELDS = {kind: [(each.name, _TYPES[str(each.type)]) for each in fields(kind)] for kind in _KINDS.values()}
_NAMES = {kind: name for name, kind in _KINDS.items()}


class Journal:
    """The journal of one course folder. Raises OSError where it cannot be written."""

    def __init__(self, root: Path = ROOT) -> None:
        self.path = root / "journal.jsonl"

    def add(self, entries: Iterable[Entry]) -> None:
        """Add entries, all in one write, so that an interrupt leaves all or none of them."""
        lines = (json.dumps({"kind": _NAMES[type(e)], **asdict(e)}, ensure_ascii=False) for e in entries)
        text = "".join(f"{line}\n" for line in lines)
        if not text:
            return
        # A lock that is never let go is an error to tell (filelock's Timeout is an OSError).
        with FileLock(self.path.with_suffix(".lock"), timeout=PATIENCE), self.path.open("ab+") as file:
            file.seek(0, os.SEEK_END)
            if file.tell():
                file.seek(-1, os.SEEK_END)
                if file.read(1) != b"\n":  # a line was cut short: begin a new one rather than spoil both
                    text = "\n" + text
            file.write(text.encode("utf-8"))

    def entries(self, learner: str, day: str | None = None) -> list[Entry]:
        """A learner's entries in the order they were made; lines that cannot be read are passed over."""
        return [entry for entry in self._entries() if entry.learner == learner and day in (None, entry.day)]

    def attempts(self, learner: str, day: str | None = None) -> list[Attempt]:
        """Of these the attempts."""
        return [entry for entry in self.entries(learner, day) if isinstance(entry, Attempt)]

    def _entries(self) -> Iterator[Entry]:
        if not self.path.exists():
            return
        # Not splitlines(), which would also cut at characters that JSON leaves alone inside a text, like U+2028.
        for line in self.path.read_text(encoding="utf-8", errors="replace").split("\n"):
            try:
                entry = json.loads(line)
                yield _sound(_KINDS[entry.pop("kind")](**entry))
            except (ValueError, TypeError, AttributeError, KeyError, OverflowError, RecursionError):
                continue


def _sound(entry: Entry) -> Entry:
    """The entry, or TypeError where an editor left in it what cannot be counted with."""
    for name, kind in _FIELDS[type(entry)]:
        value = getattr(entry, name)
        if not isinstance(value, kind) or (kind is not str and not math.isfinite(value)):
            raise TypeError(name)
    return entry


def now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
