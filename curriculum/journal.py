"""What the gradebook does not hold: when each exercise was tried and how it went, and which hints were shown.

One JSON object a line, only ever added to (``journal.jsonl`` beside the gradebook): it can be read, kept and corrected
with any editor, and a line cut short by a power failure costs that line alone.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

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


class Journal:
    """The journal of one course folder. Raises OSError where it cannot be written."""

    def __init__(self, root: Path = ROOT) -> None:
        self.path = root / "journal.jsonl"

    def add(self, attempts: Iterable[Attempt]) -> None:
        """Add attempts, all in one write, so that an interrupt leaves all or none of them."""
        lines = (json.dumps({"kind": "attempt", **asdict(attempt)}, ensure_ascii=False) for attempt in attempts)
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

    def attempts(self, learner: str, day: str | None = None) -> list[Attempt]:
        """A learner's attempts in the order they were made; lines that cannot be read are passed over."""
        return [a for a in self._attempts() if a.learner == learner and day in (None, a.day)]

    def _attempts(self) -> Iterator[Attempt]:
        if not self.path.exists():
            return
        # Not splitlines(), which would also cut at characters that JSON leaves alone inside a text, like U+2028.
        for line in self.path.read_text(encoding="utf-8", errors="replace").split("\n"):
            try:
                entry = json.loads(line)
                if entry.pop("kind", None) == "attempt":
                    yield Attempt(**entry)
            except (ValueError, TypeError, AttributeError):
                continue


def now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
