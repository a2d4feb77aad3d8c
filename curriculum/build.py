"""Lessons -> ``source/`` (run, outputs kept) -> ``release/`` (nbgrader's own generate_assignment).

Both are built in a temporary folder and put in place only once all of it has worked: a failed build changes nothing.
nbgrader is given a throw-away gradebook, since with scores in the real one it refuses a changed assignment and deletes
the release.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbformat import NotebookNode

from autograder.assignment import GenerateError, generate_assignment
from curriculum.lesson import Lesson, lesson_paths, read_lesson
from curriculum.notebooks import NOTEBOOK_METADATA, notebook
from curriculum.paths import ROOT
from curriculum.plan import Day, Plan, Unit

CELL_SECONDS = 120


class BuildError(Exception):
    """A lesson does not build. The text says which, where in it, and what to look at."""


def lessons_of(unit: Unit, root: Path = ROOT, only: Day | None = None) -> list[tuple[Day, Lesson]]:
    """The written days of a unit (or ``only`` one) with their lessons. Raises BuildError where plan and files disagree."""
    folder = root / "curriculum" / "lessons" / unit.id
    found = {path.stem: path for path in lesson_paths(folder)}
    planned = {day.lesson: day for day in unit.days if day.lesson}
    if only:
        found = {stem: path for stem, path in found.items() if stem.partition("_")[0] == f"d{only.number:02d}"}
        planned = {stem: day for stem, day in planned.items() if day == only}
    for stem in sorted(set(found) - set(planned)):
        raise BuildError(
            f'{found[stem]} is in no day of the plan: give its day `lesson = "{stem}"` in curriculum/plans, or move it away'
        )
    for stem in sorted(set(planned) - set(found)):
        raise BuildError(
            f"the plan's day {planned[stem].id} names the lesson {stem}, but there is no {folder / (stem + '.py')}"
        )
    return [(planned[stem], read_lesson(path)) for stem, path in found.items()]


def build(
    plan: Plan, unit: Unit, only: Day | None = None, root: Path = ROOT, done: Callable[[str], Any] = lambda text: None
) -> list[Path]:
    """Build a unit (or ``only`` one of its days) into ``source/`` and ``release/``; the notebooks that were made.

    ``done`` is told of each step as it ends. Raises BuildError, LessonError; on any error nothing has changed.
    """
    chosen = lessons_of(unit, root, only)
    if not chosen:
        raise BuildError(f"{only.id if only else unit.id} has no lesson yet; `mind dev new` makes the skeleton of one")
    with tempfile.TemporaryDirectory(prefix="mind-build-") as folder:
        course = Path(folder)
        source = course / "source" / unit.id
        source.mkdir(parents=True)
        for path in beside([lesson for _, lesson in chosen]):
            shutil.copy(path, source)

        def run(pair: tuple[Day, Lesson]) -> None:
            day, lesson = pair
            book = run_notebook(notebook(lesson, day, plan), f"{day.id} ({lesson.path.name})", cwd=source)
            nbformat.write(book, source / f"{lesson.stem}.ipynb")
            done(f"ran {lesson.stem}")

        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(run, chosen))
        release(course, unit.id)
        done("made the release")
        made = []
        for tree in ("source", "release"):
            made += _put_in_place(course / tree / unit.id, root / tree / unit.id, whole=only is None)
        return made


def check_build(plan: Plan, root: Path = ROOT, units: Sequence[Unit] | None = None) -> Iterator[str]:
    """What in ``source/`` and ``release/`` is not what the lessons (of some units, else of all) build to, a line each.

    Outputs are nbval's to compare.
    """
    for unit in plan.units if units is None else units:
        lessons = lessons_of(unit, root)
        where = root / "source" / unit.id
        if not lessons:
            for folder in (where, root / "release" / unit.id):
                if folder.exists():
                    yield f"{folder.parent.name}/{unit.id}: belongs to no lesson"
            continue
        expected = {f"{lesson.stem}.ipynb" for _, lesson in lessons} | {
            path.name for path in beside(lesson for _, lesson in lessons)
        }
        present = {path.name for path in where.glob("*")} - {".ipynb_checkpoints"}
        for name in sorted(expected ^ present):
            yield f"source/{unit.id}/{name}: " + (
                "not built yet" if name in expected else "belongs to no lesson; everything here reaches learners"
            )
        for day, lesson in lessons:
            path = where / f"{lesson.stem}.ipynb"
            if path.exists():
                yield from _differences(
                    nbformat.read(path, 4), notebook(lesson, day, plan), f"source/{unit.id}/{path.name}"
                )
        if not where.exists():
            continue
        with tempfile.TemporaryDirectory(prefix="mind-check-") as temporary:
            shutil.copytree(where, Path(temporary) / "source" / unit.id)
            release(Path(temporary), unit.id)
            made, kept = Path(temporary) / "release" / unit.id, root / "release" / unit.id
            for name in sorted({path.name for path in [*made.glob("*"), *kept.glob("*")]} - {".ipynb_checkpoints"}):
                fresh, old = made / name, kept / name
                if not (fresh.exists() and old.exists() and fresh.read_bytes() == old.read_bytes()):
                    yield f"release/{unit.id}/{name}: not what nbgrader makes of source/{unit.id}"


def beside(lessons: Iterable[Lesson]) -> list[Path]:
    """The files that go with lessons into ``source/``: an allow-list, since all that is there reaches every learner."""
    return [path for lesson in lessons for path in sorted(lesson.path.parent.glob(f"{lesson.stem}_*.svg"))]


def run_notebook(book: NotebookNode, name: str, cwd: Path) -> NotebookNode:
    """Run a notebook from top to bottom, keep its outputs. Raises BuildError at the first cell that fails."""
    client = NotebookClient(
        book,
        timeout=CELL_SECONDS,
        kernel_name="python3",
        record_timing=False,
        coalesce_streams=True,  # else one print may come out as two outputs, and two builds would differ
        resources={"metadata": {"path": str(cwd)}},
    )
    try:
        client.execute(stderr=subprocess.DEVNULL)
    except CellExecutionError as error:
        raise BuildError(f"{name}: a cell fails when the lesson is run\n{error}") from error
    except TimeoutError as error:
        raise BuildError(f"{name}: a cell ran longer than {CELL_SECONDS} s") from error
    except DeadKernelError as error:
        raise BuildError(f"{name}: a cell ends the kernel when the lesson is run") from error
    book.metadata.update(NOTEBOOK_METADATA)
    for cell in book.cells:
        cell.metadata.pop("execution", None)
    return book


def release(course: Path, assignment: str) -> None:
    """Make ``course/release/<assignment>`` from ``course/source/<assignment>``. Raises BuildError."""
    shutil.copy(ROOT / "nbgrader_config.py", course)
    throw_away = f"sqlite:///{course / 'throw-away.db'}"
    try:
        generate_assignment(assignment, course, course / "release", throw_away)
    except GenerateError as error:
        raise BuildError(str(error)) from error


def _put_in_place(made: Path, kept: Path, whole: bool) -> list[Path]:
    kept.mkdir(parents=True, exist_ok=True)
    fresh = sorted(path for path in made.iterdir() if path.is_file())
    if whole:
        for path in kept.iterdir():
            if path.is_file() and path.name not in {new.name for new in fresh}:
                path.unlink()
    for path in fresh:
        beside_it = kept / f".{path.name}.new"
        shutil.copyfile(path, beside_it)
        beside_it.replace(kept / path.name)
    return [kept / path.name for path in fresh]


def _differences(kept: NotebookNode, built: NotebookNode, name: str) -> Iterator[str]:
    if len(kept.cells) != len(built.cells):
        yield f"{name}: {len(kept.cells)} cells, the lesson has {len(built.cells)}"
        return
    for number, (old, new) in enumerate(zip(kept.cells, built.cells, strict=True)):
        for what in ("cell_type", "source", "id", "metadata"):
            if old[what] != new[what]:
                yield f"{name}: cell {number} differs from the lesson in its {what}"
    if kept.metadata != built.metadata:
        yield f"{name}: the notebook's metadata differs from the lesson's"
