"""What can be worked on: the released lessons, as their notebooks say it themselves.

A learner's side of the house reads only ``release/``, so that it works where neither ``source/`` nor the lessons' text
is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from curriculum.paths import ROOT
from curriculum.plan import Day, Plan


class CatalogueError(Exception):
    """A released lesson cannot be read. The text says which, why, and what to do about it."""


@dataclass(frozen=True)
class ReleasedExercise:
    """One exercise of a released lesson: its test cells with their points, and the goals (by number) that it shows."""

    name: str
    title: str
    level: str
    minutes: int
    goals: tuple[int, ...]
    tests: Mapping[str, int]

    @property
    def bonus(self) -> bool:
        return self.level == "stretch"


@dataclass(frozen=True)
class ReleasedLesson:
    """One released notebook. ``points`` are those of the day without the bonus."""

    day: str
    unit: str
    stem: str
    path: Path
    points: int
    exercises: tuple[ReleasedExercise, ...]


class Catalogue:
    """The released lessons of a plan, by day id. Raises CatalogueError where one is there and cannot be read."""

    def __init__(self, plan: Plan, root: Path = ROOT) -> None:
        self.plan = plan
        found = (_lesson(day, root) for day in plan.days if day.lesson)
        self.lessons: dict[str, ReleasedLesson] = {lesson.day: lesson for lesson in found if lesson}

    def of_unit(self, unit: str) -> list[ReleasedLesson]:
        return [lesson for lesson in self.lessons.values() if lesson.unit == unit]


def _lesson(day: Day, root: Path) -> ReleasedLesson | None:
    path = root / "release" / day.unit / f"{day.lesson}.ipynb"
    try:
        return _read(day.id, day.unit, path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise CatalogueError(f"{path} cannot be read: {error.strerror or error}. Check its permissions.") from error
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        # ValueError: no JSON, or no UTF-8; the others: JSON, but not what the build writes.
        reason = f"{path} is not a released lesson, or it is damaged ({type(error).__name__}: {error})"
        raise CatalogueError(f"{reason}. Put the file back as it was released, or build it again.") from error


@lru_cache(maxsize=1024)
def _read(day: str, unit: str, path: Path, changed: int) -> ReleasedLesson:
    # `changed` only keys the cache.
    # json, not nbformat: a page of 185 days must not wait for 185 schema validations of what we built ourselves.
    book: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    exercises = []
    for cell in book["cells"]:
        if about := cell["metadata"].get("exercise"):
            tests = {
                other["metadata"]["nbgrader"]["grade_id"]: other["metadata"]["nbgrader"]["points"]
                for other in book["cells"]
                if other["metadata"].get("test", {}).get("exercise") == about["id"]
            }
            exercises.append(
                ReleasedExercise(
                    about["id"], about["title"], about["level"], about["minutes"], tuple(about["goals"]), tests
                )
            )
    return ReleasedLesson(day, unit, path.stem, path, book["metadata"]["lesson"]["points"], tuple(exercises))
