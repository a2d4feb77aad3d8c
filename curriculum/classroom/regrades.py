"""Scores that grading again has changed: kept as lines of JSON beside the gradebook, for who is asked about a mark later."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock

from autograder.batch import Change
from curriculum.journal import PATIENCE, now

#: The last so many are shown.
_SHOWN = 5_000
_NAME = "regrades.jsonl"


@dataclass(frozen=True)
class Regrade:
    """One exercise of a student whose score is another than it was (None: it had none), in points."""

    when: str
    student: str
    section: str
    notebook: str
    exercise: str
    before: float | None
    now: float
    cause: str


def keep_regrades(root: Path, section: str, changes: Iterable[Change]) -> None:
    """Add what a grading has changed. Raises OSError."""
    when = now()
    kept = [
        Regrade(when, one.student, section, one.notebook, one.exercise, one.before, one.now, one.cause)
        for one in changes
    ]
    if kept:
        path = root / _NAME
        lines = "".join(json.dumps(asdict(one), ensure_ascii=False) + "\n" for one in kept)
        with FileLock(path.with_suffix(".lock"), timeout=PATIENCE), path.open("a", encoding="utf-8") as file:
            file.write(lines)


def regrades(root: Path) -> list[Regrade]:
    """The last of them, newest first; lines that cannot be read are passed over. Raises OSError."""
    try:
        lines = (root / _NAME).read_text(encoding="utf-8", errors="replace").split("\n")
    except FileNotFoundError:
        return []
    found = []
    for line in reversed(lines[-_SHOWN:]):
        try:
            found.append(Regrade(**json.loads(line)))
        except (ValueError, TypeError):
            continue
    return found
