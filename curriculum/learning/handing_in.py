"""Handing in: the snapshot of a learner's notebook in ``submitted/<learner>/``, and what is kept beside the snapshots.

``.pending`` marks what was handed in and is not recorded yet, so that a check which was cut short, by a power failure or
by ``kill -9``, is made up for by the next one. A lock for each lesson gives its checks turns, whether they come from two
browser windows or from a terminal.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import shutil
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from autograder import intake
from autograder.endings import Stopped
from curriculum.catalogue import Catalogue, ReleasedLesson
from curriculum.learning.workspace import Workspace


def snapshot_of(root: Path, learner: str, lesson: ReleasedLesson) -> Path:
    """Where nbgrader wants what is handed in of a lesson."""
    return root / "submitted" / learner / lesson.unit / f"{lesson.stem}.ipynb"


def pending_mark(root: Path, learner: str, lesson: ReleasedLesson) -> Path:
    """A mark that is there from handing in until the scores are recorded; outside the folders that nbgrader copies."""
    return root / "submitted" / learner / ".pending" / f"{lesson.unit}-{lesson.stem}"


@contextmanager
def turn(
    root: Path,
    learner: str,
    lesson: ReleasedLesson,
    stop: threading.Event | None = None,
    says: Callable[[str], Any] = lambda text: None,
) -> Iterator[None]:
    """One check of a lesson at a time, in this process and in others: wait for the one before. Raises OSError, Stopped.

    There is no limit to the waiting: every check ends, and with a process that is killed its lock goes too.
    """
    mark = pending_mark(root, learner, lesson)
    mark.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(mark.with_name(f"{mark.name}.lock"), is_singleton=False)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        says(f"waiting for another check of {lesson.day} to end")
        try:
            lock.acquire(cancel_check=stop.is_set if stop else None)
        except Timeout as error:
            raise Stopped from error
    try:
        yield
    finally:
        lock.release()


def hand_in(notebook: Path, root: Path, learner: str, lesson: ReleasedLesson, when: dt.datetime) -> Path:
    """Copy a notebook into nbgrader's folder of what is handed in; where it is then. Raises OSError."""
    snapshot, mark = snapshot_of(root, learner, lesson), pending_mark(root, learner, lesson)
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


def changed_days(root: Path, catalogue: Catalogue, learner: str) -> list[str]:
    """The started days whose notebook is not what was last handed in, or whose score was not recorded then."""
    changed = []
    for day, copy in Workspace(root, catalogue=catalogue).started().items():
        lesson = catalogue.lessons[day]
        last = snapshot_of(root, learner, lesson)
        pending = pending_mark(root, learner, lesson).exists()
        if pending or not last.exists() or last.read_bytes() != copy.read_bytes():
            changed.append(day)
    return changed


def digests(book: intake.Notebook) -> dict[str, str]:
    """A short hash of what stands in each solution cell, by ``grade_id``: tells two versions of a learner's work apart."""
    sources = defaultdict[str, list[str]](list)
    for cell in book["cells"]:
        if intake.is_solution(cell):
            sources[intake.grade_id(cell)].append(cell["source"].strip())  # of a copied cell every copy counts
    return {name: hashlib.sha256("\n\n".join(those).encode()).hexdigest()[:12] for name, those in sources.items()}


def works(cells: Mapping[str, str]) -> dict[str, str]:
    """The same by exercise."""
    return {work_of(name): digest for name, digest in cells.items()}


def work_of(grade_id: str) -> str:
    """The exercise that a solution cell is for: the part of its ``grade_id`` behind the lesson's prefix names it."""
    return grade_id.partition("_")[2]
