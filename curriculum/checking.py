"""`mind check`: what is in ``work/`` is handed in, graded, written into gradebook and journal.

In this order, so that nothing is lost whatever fails: the snapshot in ``submitted/<learner>/`` first, then the grading, then
the journal, then the gradebook, each written whole or not at all.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import shutil
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from autograder import intake
from autograder.assignment import GenerateError
from autograder.endings import KernelTrouble
from autograder.engine import Course, Engine, settings_of
from autograder.results import ExerciseResult, Result
from curriculum.catalogue import Catalogue, ReleasedLesson
from curriculum.journal import Attempt, Journal, now
from curriculum.paths import PROJECT
from curriculum.standing import COURSE_ID, gradebook_url
from curriculum.workspace import Workspace


@dataclass(frozen=True)
class DayChecked:
    """One day's notebook: its result, or why there is none. ``hints`` is the number of the hint to show, by exercise."""

    day: str
    result: Result | None
    hints: dict[str, int]
    refused: str = ""


@dataclass(frozen=True)
class Checked:
    """A whole check. ``unrecorded`` says why the scores are not in the gradebook, where they are not."""

    days: list[DayChecked]
    unrecorded: str = ""
    backup: Path | None = None


def changed_days(root: Path, catalogue: Catalogue, learner: str) -> list[str]:
    """The started days whose notebook is not what was last handed in, or whose score was not recorded then."""
    changed = []
    for day, copy in Workspace(root, catalogue=catalogue).started().items():
        lesson = catalogue.lessons[day]
        last = root / "submitted" / learner / lesson.unit / copy.name
        pending = _pending(root, learner, lesson).exists()
        if pending or not last.exists() or last.read_bytes() != copy.read_bytes():
            changed.append(day)
    return changed


def check(
    root: Path,
    catalogue: Catalogue,
    learner: str,
    days: Iterable[str],
    cell_seconds: float,
    done: Callable[[str], Any] = lambda day: None,
    shows: Callable[[list[DayChecked]], Any] = lambda days: None,
    says: Callable[[str], Any] = lambda text: None,
) -> Checked:
    """Hand in, grade and record the learner's notebooks of these days.

    ``done`` is told of each day as it is graded, ``shows`` is handed all of them before they are recorded (nbgrader takes its
    time), ``says`` what takes long. Raises OSError where the snapshot or the journal cannot be written; the learner's own
    files are only read. Ctrl-C leaves no process behind.
    """
    workspace, journal, when = Workspace(root, catalogue=catalogue), Journal(root), dt.datetime.now(dt.UTC)
    lessons = [catalogue.lessons[day] for day in days]
    stop = threading.Event()

    def graded(lesson: ReleasedLesson) -> DayChecked:
        try:
            notebook = workspace.copy_of(lesson)
            intake.read(notebook)  # what is no notebook is not handed in over an older one that is
            snapshot = _hand_in(notebook, root, learner, lesson, when)
            result = engine.grade(snapshot, _course(root, lesson), stop)
        except (intake.Unreadable, KernelTrouble) as error:
            return DayChecked(lesson.day, None, {}, str(error))
        finally:
            done(lesson.day)
        return DayChecked(lesson.day, result, _hints(result, journal.attempts(learner, lesson.day), snapshot))

    settings = replace(settings_of(PROJECT), cell_seconds=cell_seconds)
    if len(lessons) == 1:  # its own imports are fewer than those of a family, and nobody else waits for them
        settings = replace(settings, families=())
    engine = Engine(settings)
    threading.Thread(target=_gradebook, daemon=True).start()  # imported meanwhile: it takes as long
    pool = ThreadPoolExecutor(max(1, min(len(lessons), os.cpu_count() or 1)))
    try:
        checked = [each.result() for each in [pool.submit(graded, lesson) for lesson in lessons]]
    except BaseException:
        stop.set()
        raise
    finally:
        pool.shutdown(cancel_futures=True)
        engine.close()
    shows(checked)
    for lesson, day in zip(lessons, checked, strict=True):
        if day.result:
            journal.add(_attempts(day, learner, _snapshot(root, learner, lesson)))
    graded_lessons = [(lesson, day.result) for lesson, day in zip(lessons, checked, strict=True) if day.result]
    try:
        # What was tried once is recorded even when the work is gone again: an older score must not outlive it.
        tried = [both for both in graded_lessons if both[1].attempted or journal.attempts(learner, both[0].day)]
        backup = _record(root, catalogue, learner, tried, when, says)
    except _gradebook().GradebookError as error:
        return Checked(checked, unrecorded=str(error))
    for lesson, _ in graded_lessons:
        _pending(root, learner, lesson).unlink(missing_ok=True)
    return Checked(checked, backup=backup)


def _gradebook() -> Any:
    """The module, imported when it is needed: it brings all of nbgrader, which takes seconds."""
    from autograder import gradebook

    return gradebook


def _course(root: Path, lesson: ReleasedLesson) -> Course:
    try:
        return Course.read(root / "source" / lesson.unit / lesson.path.name, lesson.path)
    except intake.Unreadable as error:
        raise intake.Unreadable(
            f"the course's own files are not whole: {error}. `git status` shows what changed"
        ) from error


def _snapshot(root: Path, learner: str, lesson: ReleasedLesson) -> Path:
    return root / "submitted" / learner / lesson.unit / f"{lesson.stem}.ipynb"


def _pending(root: Path, learner: str, lesson: ReleasedLesson) -> Path:
    """A mark that is there from handing in until the scores are recorded; outside the folders that nbgrader copies."""
    return root / "submitted" / learner / ".pending" / f"{lesson.unit}-{lesson.stem}"


def _hand_in(notebook: Path, root: Path, learner: str, lesson: ReleasedLesson, when: dt.datetime) -> Path:
    """Copy a notebook into nbgrader's folder of what is handed in; where it is then."""
    snapshot, mark = _snapshot(root, learner, lesson), _pending(root, learner, lesson)
    for folder in (snapshot.parent, mark.parent):
        folder.mkdir(parents=True, exist_ok=True)
    mark.touch()
    fresh, stamp = snapshot.with_name(f".{notebook.name}.new"), snapshot.with_name("timestamp.txt")
    try:
        shutil.copyfile(notebook, fresh)
        os.replace(fresh, snapshot)
        fresh.write_text(f"{when:%Y-%m-%d %H:%M:%S.%f} UTC")
        os.replace(fresh, stamp)
    finally:
        fresh.unlink(missing_ok=True)
    return snapshot


def _hints(result: Result, earlier: list[Attempt], notebook: Path) -> dict[str, int]:
    """The next hint of each exercise that is not right: one more for each different try that failed."""
    works = _works(notebook)
    numbers = {}
    for exercise in result.exercises:
        if exercise.state in ("correct", "not attempted") or not exercise.hints:
            continue
        failed = {
            a.work for a in earlier if a.exercise == exercise.name and a.state not in ("correct", "not attempted")
        }
        numbers[exercise.name] = min(len(failed | {works.get(exercise.name, "")}), len(exercise.hints))
    return numbers


def _attempts(day: DayChecked, learner: str, notebook: Path) -> Iterable[Attempt]:
    assert day.result is not None
    when, works = now(), _works(notebook)
    for e in day.result.exercises:
        if e.state != "not attempted":
            yield _attempt(e, day, learner, when, works.get(e.name, ""))


def _attempt(e: ExerciseResult, day: DayChecked, learner: str, when: str, work: str) -> Attempt:
    return Attempt(when, learner, day.day, e.name, e.state, e.points, e.most, work, day.hints.get(e.name, 0))


def _works(notebook: Path) -> dict[str, str]:
    """A short hash of what the learner wrote, by exercise: the part of a grade_id behind the lesson's prefix names it."""
    cells = [cell for cell in intake.read(notebook)["cells"] if intake.is_solution(cell)]
    return {
        intake.grade_id(cell).partition("_")[2]: hashlib.sha256(cell["source"].strip().encode()).hexdigest()[:12]
        for cell in cells
    }


def _record(
    root: Path,
    catalogue: Catalogue,
    learner: str,
    graded: Iterable[tuple[ReleasedLesson, Result]],
    when: dt.datetime,
    says: Callable[[str], Any],
) -> Path | None:
    """Scores into the gradebook, which is brought into step with the course where it is not. Raises GradebookError."""
    results: dict[str, list[Result]] = defaultdict(list)
    for lesson, result in graded:
        results[lesson.unit].append(result)
    if not results:
        return None
    gradebook, url, backup = _gradebook(), gradebook_url(root), None
    for unit, found in results.items():
        try:
            course = {lesson.stem: _course(root, lesson).source for lesson in catalogue.of_unit(unit)}
            with gradebook.opened(url, COURSE_ID) as book:
                if current := gradebook.in_step(book, unit, course):
                    gradebook.record(book, unit, learner, found, when)
            if not current:
                says(f"bringing the gradebook into step with section {unit}, as it is new or has changed")
                backup = gradebook.bring_into_step(url, COURSE_ID, unit, root)
                with gradebook.opened(url, COURSE_ID) as book:
                    gradebook.record(book, unit, learner, found, when)
        except (GenerateError, intake.Unreadable) as error:
            raise gradebook.GradebookError(f"section {unit} cannot be entered in it: {error}") from error
    return backup
