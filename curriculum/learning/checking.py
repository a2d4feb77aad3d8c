"""A check: what is in ``work/`` is handed in, graded, written into journal and gradebook. There is no other way to a score.

In this order, so that nothing is lost whatever fails: the snapshot in ``submitted/<learner>/`` first, then the grading, then
the journal, then the gradebook, each written whole or not at all. `mind check` calls :func:`check`; a server, which keeps
its engine, takes the same steps one by one: :func:`grade_day`, :func:`enter`, :func:`record`.
"""

from __future__ import annotations

import datetime as dt
import os
import threading
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from autograder import database, intake
from autograder.assignment import GenerateError
from autograder.endings import KernelTrouble
from autograder.engine import Engine, settings_of
from autograder.grade import Known
from autograder.results import ExerciseResult, Result
from curriculum.catalogue import Catalogue, ReleasedLesson
from curriculum.journal import Attempt, Entry, Journal, now
from curriculum.learning import hints
from curriculum.learning.course_files import as_nbgrader_wants_it, course_of
from curriculum.learning.handing_in import digests, hand_in, pending_mark, snapshot_of, turn, works
from curriculum.learning.last_results import LastResult, keep, name_of
from curriculum.learning.workspace import Workspace
from curriculum.paths import PROJECT
from curriculum.standing import COURSE_ID, gradebook_url

#: Seconds that one check waits while another writes into the gradebook.
PATIENCE = 120.0


@dataclass(frozen=True)
class DayChecked:
    """One day's notebook: its result, or why there is none.

    ``hints`` is the number of the hint to show, by exercise; ``cells`` the digest of each solution cell as it was graded;
    ``tests`` the fingerprint of the course's notebook.
    """

    day: str
    result: Result | None
    hints: dict[str, int]
    refused: str = ""
    cells: Mapping[str, str] = field(default_factory=dict)
    tests: str = ""


@dataclass(frozen=True)
class Checked:
    """A whole check. ``unrecorded`` says why the scores are not in the gradebook, where they are not."""

    days: list[DayChecked]
    unrecorded: str = ""
    backup: Path | None = None


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
    when = dt.datetime.now(dt.UTC)
    lessons = [catalogue.lessons[day] for day in days]
    stop = threading.Event()
    settings = replace(settings_of(PROJECT), cell_seconds=cell_seconds)
    if len(lessons) == 1:  # its own imports are fewer than those of a family, and nobody else waits for them
        settings = replace(settings, families=())
    with ExitStack() as turns:
        for lesson in lessons:  # in the plan's order, so that two checks of several days cannot wait for each other
            turns.enter_context(turn(root, learner, lesson, says=says))
        engine = Engine(settings)
        threading.Thread(target=import_gradebook, daemon=True).start()  # imported meanwhile: it takes as long

        def graded(lesson: ReleasedLesson) -> DayChecked:
            try:
                return grade_day(engine, root, catalogue, learner, lesson, when, stop)
            except (intake.Unreadable, KernelTrouble) as error:
                return DayChecked(lesson.day, None, {}, str(error))
            finally:
                done(lesson.day)

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
        for day in checked:
            enter(root, learner, catalogue.lessons[day.day], day)
        return record(root, catalogue, learner, checked, when, says)


def grade_day(
    engine: Engine,
    root: Path,
    catalogue: Catalogue,
    learner: str,
    lesson: ReleasedLesson,
    when: dt.datetime,
    stop: threading.Event | None = None,
    known: Known | None = None,
) -> DayChecked:
    """Hand in one day's notebook and grade it; its lesson's turn is to be held.

    Raises intake.Unreadable for what is no notebook, KernelTrouble where nothing can be graded, OSError, Stopped.
    """
    notebook = Workspace(root, catalogue=catalogue).copy_of(lesson)
    intake.read(notebook)  # what is no notebook is not handed in over an older one that is
    snapshot, course = hand_in(notebook, root, learner, lesson, when), course_of(root, lesson)
    result = engine.grade(snapshot, course, stop, known)
    cells = digests(intake.read(snapshot))
    numbers = _hints(result, Journal(root).entries(learner, lesson.day), works(cells))
    return DayChecked(lesson.day, result, numbers, cells=cells, tests=course.fingerprint)


def enter(
    root: Path, learner: str, lesson: ReleasedLesson, day: DayChecked, exercises: Collection[str] | None = None
) -> None:
    """What was graded into the journal, and kept to be shown again. Raises OSError.

    Of ``exercises`` (all if it is not given) the tries are written down: one whose result was known before is no new try.
    """
    if day.result is None:
        return
    when, tried = now(), works(day.cells)
    Journal(root).add(
        _attempt(e, day, learner, when, tried.get(e.name, ""))
        for e in day.result.exercises
        if e.state != "not attempted" and (exercises is None or e.name in exercises)
    )
    last = LastResult(day.result, day.cells, day.tests)
    keep(root, learner, name_of(lesson), last, snapshot_of(root, learner, lesson))


def record(
    root: Path,
    catalogue: Catalogue,
    learner: str,
    checked: list[DayChecked],
    when: dt.datetime,
    says: Callable[[str], Any] = lambda text: None,
) -> Checked:
    """The scores of these days into the gradebook, and the marks away that they were pending. Raises OSError."""
    journal = Journal(root)
    graded = [(catalogue.lessons[day.day], day.result) for day in checked if day.result]
    try:
        # What was tried once is recorded even when the work is gone again: an older score must not outlive it. A journal can
        # get lost: what has a score was tried as well.
        tried = [
            (lesson, result)
            for lesson, result in graded
            if result.attempted or journal.attempts(learner, lesson.day) or _has_scores(root, learner, lesson)
        ]
        backup = _record(root, catalogue, learner, tried, when, says)
    except import_gradebook().GradebookError as error:
        return Checked(checked, unrecorded=str(error))
    for lesson, _ in graded:
        pending_mark(root, learner, lesson).unlink(missing_ok=True)
    return Checked(checked, backup=backup)


def import_gradebook() -> Any:
    """The module, imported when it is needed: it brings all of nbgrader, which takes seconds."""
    from autograder import gradebook

    return gradebook


def _has_scores(root: Path, learner: str, lesson: ReleasedLesson) -> bool:
    """Whether the gradebook holds a score of the lesson's notebook. Raises GradebookError."""
    if not (root / "gradebook.db").exists():  # to open one that is not there would make it
        return False
    gradebook = import_gradebook()
    with gradebook.opened(gradebook_url(root), COURSE_ID) as book:
        return lesson.stem in gradebook.scores(book, learner).get(lesson.unit, {})


def _hints(result: Result, earlier: Iterable[Entry], tried: Mapping[str, str]) -> dict[str, int]:
    """The hint of each exercise that is not right: one more for each different try that failed, or the last asked for."""
    earlier, numbers = list(earlier), {}
    for exercise in result.exercises:
        if exercise.state in ("correct", "not attempted") or not exercise.hints:
            continue
        failed = {
            entry.work
            for entry in earlier
            if isinstance(entry, Attempt)
            and entry.exercise == exercise.name
            and entry.state not in ("correct", "not attempted")
        }
        number = max(len(failed | {tried.get(exercise.name, "")}), hints.shown(exercise.name, earlier))
        numbers[exercise.name] = min(number, len(exercise.hints))
    return numbers


def _attempt(e: ExerciseResult, day: DayChecked, learner: str, when: str, work: str) -> Attempt:
    return Attempt(when, learner, day.day, e.name, e.state, e.points, e.most, work, day.hints.get(e.name, 0))


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
    gradebook = import_gradebook()
    # nbgrader works with what the whole process shares, and two that bring a gradebook into step would do it twice.
    try:
        with FileLock(root / "gradebook.db.lock", timeout=PATIENCE):
            return _record_units(root, catalogue, learner, results, when, says)
    except Timeout as error:
        reason = f"another check has been writing into the gradebook for {PATIENCE:g} s; try again when it is done"
        raise gradebook.GradebookError(reason) from error
    except OSError as error:
        raise gradebook.GradebookError(database.explain(error, gradebook_url(root))) from error


def _record_units(
    root: Path,
    catalogue: Catalogue,
    learner: str,
    results: Mapping[str, list[Result]],
    when: dt.datetime,
    says: Callable[[str], Any],
) -> Path | None:
    gradebook, url, backup = import_gradebook(), gradebook_url(root), None
    for unit, found in results.items():
        try:
            course = {lesson.stem: course_of(root, lesson).source for lesson in catalogue.of_unit(unit)}
            with gradebook.opened(url, COURSE_ID) as book:
                if current := gradebook.in_step(book, unit, course):
                    gradebook.record(book, unit, learner, found, when)
            if not current:
                says(f"bringing the gradebook into step with section {unit}, as it is new or has changed")
                with as_nbgrader_wants_it(root, unit) as whole:
                    backup = gradebook.bring_into_step(url, COURSE_ID, unit, whole)
                with gradebook.opened(url, COURSE_ID) as book:
                    gradebook.record(book, unit, learner, found, when)
        except (GenerateError, intake.Unreadable) as error:
            raise gradebook.GradebookError(f"section {unit} cannot be entered in it: {error}") from error
    return backup
