"""How a class stands: scores, hand-ins, tries and minutes, brought together against the plan.

Counting a big gradebook takes seconds, so what was counted is kept until something that it is made from changes. Then a
class that is counted quickly is counted at once; of a big one the count from before is shown, marked as such, while the new
one is made. A gradebook on a server does not say when it changes: it is counted again after a minute.
"""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Hashable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder import database
from autograder.database import GradebookError
from autograder.submissions import CourseError
from curriculum.catalogue import Catalogue
from curriculum.classroom.item_analysis import Item, analyse
from curriculum.classroom.regrades import Regrade, regrades
from curriculum.classroom.scores import ClassScores, read_scores
from curriculum.classroom.tries import Tries, read_tries
from curriculum.grading import gradebook_of
from curriculum.plan import Day
from curriculum.standing import StandingError, lessons

#: Seconds that a request may wait for a new count; seconds that one of a server's gradebook is good for.
_QUICK, _SERVER = 0.3, 60


@dataclass(frozen=True)
class ClassStanding:
    """A class as it was at ``counted``. Arrays are (students, days) in the order of ``scores.people`` and ``days``.

    ``earned`` are hours; ``points`` are NaN where a day was not graded; ``full`` are a day's points without the bonus.
    ``outdated`` says that a newer count is being made. ``made`` keeps what was made of it, by name.
    """

    catalogue: Catalogue
    scores: ClassScores
    days: list[Day]
    points: NDArray[np.float64]
    full: NDArray[np.float64]
    earned: NDArray[np.float64]
    items: list[Item]
    tries: Tries
    stuck: list[tuple[str, str, str, str, int, str, str]]
    regrades: list[Regrade]
    counted: dt.datetime
    outdated: bool = False
    made: dict[str, Any] = field(default_factory=dict, compare=False)

    @property
    def done(self) -> NDArray[np.bool_]:
        """Which days have all their points."""
        return np.nan_to_num(self.points) >= self.full - 1e-6


@dataclass
class _Kept:
    """The last count of a course, what it was made from, how long it took, and whether a new one is being made."""

    standing: ClassStanding | None = None
    key: Hashable = None
    seconds: float = 0.0
    counting: threading.Lock = field(default_factory=threading.Lock)


_kept: dict[tuple[Path, Path], _Kept] = {}


def class_standing(root: Path, plan_file: Path) -> ClassStanding:
    """How the class of the course in ``root`` stands. Raises StandingError. It reads files: a server calls it in a thread."""
    kept = _kept.setdefault((root, plan_file), _Kept())
    key = _state(root, plan_file)
    # The key first: what another thread counts meanwhile is then at worst called outdated.
    of = kept.key
    before = kept.standing
    if before is not None and of == key:
        return before
    if before is not None and kept.seconds > _QUICK:
        threading.Thread(target=_count_again, args=(root, plan_file, kept), daemon=True).start()
        return replace(before, outdated=True)
    with kept.counting:
        if kept.standing is None or kept.key != key:  # else another request was faster
            _count(root, plan_file, kept)
        assert kept.standing is not None
        return kept.standing


def _count_again(root: Path, plan_file: Path, kept: _Kept) -> None:
    if kept.counting.acquire(blocking=False):
        try:
            _count(root, plan_file, kept)
        except StandingError:
            kept.standing = None  # the next request counts for itself, and tells what is wrong
        finally:
            kept.counting.release()


def _count(root: Path, plan_file: Path, kept: _Kept) -> None:
    began, key = time.monotonic(), _state(root, plan_file)  # what changes from here on makes it outdated
    kept.standing, kept.key = _standing(root, plan_file), key
    kept.seconds = time.monotonic() - began


def _standing(root: Path, plan_file: Path) -> ClassStanding:
    catalogue, counted = lessons(root, plan_file), dt.datetime.now(dt.UTC)
    try:
        with database.reading(gradebook_of(root)[0]) as connection:
            scores = read_scores(connection, catalogue)
    except (GradebookError, CourseError) as error:
        raise StandingError("The gradebook", f"{error}.") from error
    try:
        tries, changed = read_tries(root / "journal.jsonl"), regrades(root)
    except OSError as error:
        raise StandingError("The journal", f"{error}. Check that the file is there and may be read.") from error
    days = [catalogue.plan.day(id) for id in catalogue.lessons]
    points = _by_day(scores, days)
    full = np.array([float(lesson.points) for lesson in catalogue.lessons.values()])
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(full > 0, np.minimum(np.nan_to_num(points) / full, 1.0), 0.0)
    share[share > 1 - 1e-9] = 1.0
    earned = share * np.array([float(day.hours) for day in days])
    stuck = sorted(
        (learner, day, name, how.state, len(how.works), how.since, how.last)
        for learner, day, name, how in tries.stuck()
    )
    return ClassStanding(catalogue, scores, days, points, full, earned, _items(scores), tries, stuck, changed, counted)


def _by_day(scores: ClassScores, days: list[Day]) -> NDArray[np.float64]:
    """Points by day, NaN where none of a day's exercises has a score."""
    at = {day.id: number for number, day in enumerate(days)}
    points = np.full((len(scores.people), len(days)), np.nan)
    of = np.array([at[lesson.day] for lesson, _ in scores.exercises], dtype=np.int64)
    for number in range(len(days)):
        mine = scores.points[:, of == number]
        there = ~np.isnan(mine).all(axis=1) if mine.shape[1] else np.zeros(len(mine), dtype=bool)
        points[there, number] = np.nansum(mine[there], axis=1)
    return points


def _items(scores: ClassScores) -> list[Item]:
    """Every exercise against the others of its unit."""
    most = np.array([float(sum(exercise.tests.values())) for _, exercise in scores.exercises])
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = scores.points / np.where(most > 0, most, np.nan)
    units = np.array([lesson.unit for lesson, _ in scores.exercises])
    found: dict[int, Item] = {}
    for unit in dict.fromkeys(units.tolist()):
        (places,) = np.nonzero(units == unit)
        found |= dict(zip(places.tolist(), analyse(shares[:, places]), strict=True))
    return [found[place] for place in range(len(scores.exercises))]


def _state(root: Path, plan_file: Path) -> Hashable:
    """What shows that something has changed which a count is made from."""
    files = [root / "journal.jsonl", root / "regrades.jsonl", root / "nbgrader_config.py", plan_file]
    try:
        path = database.file_of(gradebook_of(root)[0])
    except CourseError as error:
        raise StandingError("The gradebook", f"{error}.") from error
    book: Hashable
    if path is None:
        book = int(time.monotonic() / _SERVER)
    else:
        files += [path, path.with_name(f"{path.name}-wal")]
        book = _change_counter(path)
    return book, tuple(_stat(file) for file in files + sorted((root / "release").glob("*/*.ipynb")))


def _stat(path: Path) -> tuple[int, int, int]:
    try:
        about = path.stat()
    except OSError:
        return 0, 0, 0
    return about.st_mtime_ns, about.st_size, about.st_ino


def _change_counter(path: Path) -> bytes:
    """SQLite's own count of changes, bytes 24 to 27 of the file (sqlite.org/fileformat.html): the clock may stand for two of them."""
    try:
        with path.open("rb") as file:
            return file.read(28)[24:]
    except OSError:
        return b""
