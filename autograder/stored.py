"""Results as one JSON file a submission, ``<folder>/<assignment>/<student>.json``: complete without any database.

A file is there whole or not at all, whenever the grader is stopped.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from autograder.ledger import Fingerprint
from autograder.results import ExerciseResult, Result, TestResult


@dataclass(frozen=True)
class Graded:
    """One notebook of one student: its result, or in ``refused`` why there is none."""

    student: str
    notebook: str
    fingerprint: Fingerprint
    result: Result | None = None
    refused: str = ""
    unanswered: list[str] = field(default_factory=list)
    when: str = field(default_factory=lambda: f"{dt.datetime.now(dt.UTC):%Y-%m-%dT%H:%M:%SZ}")


@dataclass(frozen=True)
class Store:
    """The results of an assignment in a folder."""

    folder: Path
    assignment: str

    def path(self, student: str) -> Path:
        return self.folder / self.assignment / f"{student}.json"

    def read(self, student: str) -> dict[str, Graded]:
        """The results of a student by notebook; none where there is no file, or one that is not ours."""
        try:
            held = json.loads(self.path(student).read_text(encoding="utf-8"))
            return {name: from_json(student, name, one) for name, one in held["notebooks"].items()}
        except (OSError, ValueError, LookupError, TypeError, AttributeError):
            return {}

    def write(self, student: str, graded: Iterable[Graded]) -> None:
        """Put the results of a student's submission into its file, in place of what is there. Raises OSError."""
        path = self.path(student)
        path.parent.mkdir(parents=True, exist_ok=True)
        notebooks = {one.notebook: to_json(one) for one in graded}
        content = {"assignment": self.assignment, "student": student, "notebooks": notebooks}
        new = path.with_name(f".{path.name}.{os.getpid()}.new")
        try:
            with new.open("w", encoding="utf-8") as file:
                json.dump(content, file, indent=1, ensure_ascii=False)
                file.flush()
                os.fsync(file.fileno())
            os.replace(new, path)
        finally:
            new.unlink(missing_ok=True)

    def remove(self, student: str) -> None:
        """Forget a student's results, and the folders with the last of them."""
        self.path(student).unlink(missing_ok=True)
        for folder in (self.path(student).parent, self.folder):
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()


def to_json(graded: Graded) -> dict[str, Any]:
    """One notebook's part of a file, as plain data."""
    held = {name: getattr(graded, name) for name in ("when", "refused", "unanswered")}
    result = graded.result.as_json() if graded.result else None
    return {"fingerprint": asdict(graded.fingerprint), **held, "result": result}


def from_json(student: str, notebook: str, held: dict[str, Any]) -> Graded:
    """What to_json was given. Raises LookupError, TypeError, AttributeError for anything else."""
    result = _result(held["result"]) if held["result"] else None
    fingerprint = Fingerprint(**held["fingerprint"])
    return Graded(student, notebook, fingerprint, result, held["refused"], held["unanswered"], held["when"])


def _result(held: dict[str, Any]) -> Result:
    exercises = [
        ExerciseResult(
            **_known(ExerciseResult, e) | {"tests": [TestResult(**_known(TestResult, t)) for t in e["tests"]]}
        )
        for e in held["exercises"]
    ]
    return Result(**_known(Result, held) | {"exercises": exercises})


def _known(kind: Any, held: dict[str, Any]) -> dict[str, Any]:
    names = {each.name for each in fields(kind)}
    return {name: value for name, value in held.items() if name in names}
