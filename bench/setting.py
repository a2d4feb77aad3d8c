"""A lesson laid out for everybody who is to grade it, in a folder that is gone afterwards."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.engine import Course
from bench import lessons, otter_course, ours
from bench.common import console
from bench.course import BenchCourse
from bench.lessons import Lesson
from bench.otter_course import OtterCourse


@dataclass
class Setting:
    """One lesson as a course of nbgrader's, as an assignment of Otter's where that is installed, and read for the engine."""

    lesson: Lesson
    stock: BenchCourse
    otter: OtterCourse | None
    course: Course

    @property
    def source(self) -> Path:
        return self.stock.source / f"{self.lesson.kind}.ipynb"

    @property
    def release(self) -> Path:
        return self.stock.release / f"{self.lesson.kind}.ipynb"

    def program(self, paths: Sequence[Path], jobs: int = 1) -> list[str]:
        """The command that starts the engine, grades these submissions and ends."""
        return ours.command(self.lesson.kind, self.source, self.release, jobs, paths)

    def submit(self, number: int) -> Path:
        """Student ``number``'s submission, in nbgrader's folders."""
        book, _ = lessons.submission(self.lesson, number)
        return self.stock.submit(lessons.student(number), self.lesson.kind, book)

    def submit_to_otter(self, number: int) -> Path:
        assert self.otter is not None
        return self.otter.submit(lessons.student(number), lessons.submission(self.lesson, number)[0])

    def stock_scores(self, number: int) -> dict[str, float | None]:
        return {cell: points for (_, cell), points in self.stock.scores(lessons.student(number)).items()}


@contextmanager
def setting(lesson: Lesson, with_otter: bool = True, plain: bool = False) -> Iterator[Setting]:
    """``plain`` leaves in the notebooks only what nbgrader knows of: the engine then infers exercises and exports."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        root = Path(folder)
        course = BenchCourse(root / "course", lesson.assignment)
        source = course.source / f"{lesson.kind}.ipynb"
        book = lessons.source_notebook(lesson)
        if plain:
            for cell in book["cells"]:
                cell["metadata"] = {key: value for key, value in cell["metadata"].items() if key == "nbgrader"}
        source.write_text(json.dumps(book, indent=1), encoding="utf-8")
        course.generate()
        otter = OtterCourse(root / "otter", lesson) if with_otter and otter_course.installed() else None
        yield Setting(lesson, course, otter, Course.read(source, course.release / source.name))


def readable(kinds: tuple[str, ...]) -> list[Lesson]:
    """The lessons that can be measured here; says of the others what they want."""
    found = []
    for kind in kinds:
        lesson = lessons.read(kind)
        if lesson.missing:
            what = "without the exercises that need it" if lesson.setup else "skipped"
            console.print(f"[yellow]{kind}: {', '.join(lesson.missing)} is not installed here: {what}[/]")
        if lesson.setup:
            found.append(lesson)
    return found


def differences(scores: Mapping[str, Mapping[str, float | None]]) -> list[dict[str, Any]]:
    """The test cells that graders, by name, did not all give the same points."""
    cells = sorted({cell for given in scores.values() for cell in given})
    rows = [(cell, {name: given.get(cell) for name, given in scores.items()}) for cell in cells]
    return [{"cell": cell, **points} for cell, points in rows if len(set(points.values())) > 1]
