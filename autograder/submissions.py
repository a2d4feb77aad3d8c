"""nbgrader's folders as they are found: the course's notebooks, and what was handed in, ``submitted/<student>/<assignment>/``.

Nothing here is trusted: only regular files are taken, never through a link, and what cannot be taken gets a cause in words
that stops nobody else's grading.
"""

from __future__ import annotations

import datetime as dt
import fnmatch
import os
import re
import stat
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from dateutil import parser  # type: ignore[import-untyped]
from dateutil.tz import gettz  # type: ignore[import-untyped]

from autograder import intake
from autograder.grade import Course
from autograder.intake import MOST_BYTES, Unreadable
from autograder.ledger import tests_of

#: nbgrader's own column for a student has room for so many characters.
_LONGEST_ID = 128
_LONGEST_TIMESTAMP = 200


class CourseError(Exception):
    """The course's own notebooks of an assignment are not there or not whole. The text says which and what to do."""


@dataclass(frozen=True)
class CourseNotebook:
    """One notebook of the assignment, with the fingerprint of its tests."""

    course: Course
    tests: str


@dataclass
class Submission:
    """What one student has handed in of the assignment: notebooks by name, and causes for what cannot be graded.

    A cause stands under the name of its file, or under "" where the whole submission cannot be graded.
    """

    student: str
    folder: Path
    notebooks: dict[str, Path] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    timestamp: str = ""


def course(root: Path, assignment: str) -> dict[str, CourseNotebook]:
    """The assignment's notebooks by name, from ``source/`` and ``release/``. Raises CourseError."""
    source, release = root / "source" / assignment, root / "release" / assignment
    found = {}
    for path in sorted(source.glob("*.ipynb")):
        try:
            book = Course.read(path, release / path.name)
        except Unreadable as error:
            raise CourseError(
                f"the course's own notebook {path.stem} of {assignment} is not whole: {error}. Put source/ and release/ back as "
                "they were made; where the release was never made, `nbgrader generate_assignment` makes it"
            ) from error
        found[path.stem] = CourseNotebook(book, tests_of(book))
    if not found:
        raise CourseError(f"there is no assignment {assignment}: {source} holds no notebook")
    return found


def find(root: Path, assignment: str, names: Collection[str], students: Iterable[str] = ()) -> list[Submission]:
    """What was handed in, by student: of all of them, or of those whom names or patterns (``a*``) in ``students`` mean.

    ``names`` are the assignment's notebooks. A student without a folder for the assignment has handed in nothing, and is
    only told of where named.
    """
    submitted, wanted = root / "submitted", list(students)
    found: list[Submission] = []
    for folder in sorted(submitted.iterdir()) if submitted.is_dir() else []:
        chosen = not wanted or any(fnmatch.fnmatchcase(folder.name, pattern) for pattern in wanted)
        if chosen and not folder.name.startswith(".") and (folder.is_symlink() or folder.is_dir()):
            found += _submission(folder, assignment, names)
    there = {submission.student for submission in found}
    for name in wanted:
        if not any(mark in name for mark in "*?[") and name not in there:
            folder = submitted / name / assignment
            found.append(Submission(name, folder, refused={"": f"nothing was handed in: there is no folder {folder}"}))
    return found


def take(path: Path) -> bytes:
    """The bytes of one regular file, not more than a notebook may have. Raises Unreadable."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        link = path.is_symlink()
        raise Unreadable(
            f"{path.name} {'is a link; only files are taken' if link else f'cannot be read: {error.strerror}'}"
        ) from error
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise Unreadable(f"{path.name} is not a regular file")
        with open(handle, "rb", closefd=False) as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise Unreadable(f"{path.name} cannot be read: {error.strerror}") from error
    finally:
        os.close(handle)
    if len(data) > MOST_BYTES:
        raise Unreadable(f"{path.name} is larger than {MOST_BYTES >> 20} MB: clear its outputs and save it again")
    return data


def handed_in(timestamp: str) -> dt.datetime | None:
    """The time in a timestamp.txt, with its zone, read as nbgrader does; None where it holds none."""
    *parts, zone = timestamp.split(" ")
    zones = {}
    if len(parts) == 2:
        zones["TZ"] = int(zone) if re.fullmatch(r"[+-]?\d+", zone) else gettz(zone)
        timestamp = " ".join([*parts, "TZ"])
    try:
        when = parser.parse(timestamp, tzinfos=zones)
        return when.replace(tzinfo=dt.UTC) if when.tzinfo is None else when
    except (ValueError, OverflowError):
        return None


def unanswered(submission: intake.Notebook, release: intake.Notebook) -> list[str]:
    """The names of the solution cells, code or text, that are as they were handed out or are missing."""
    given = {intake.grade_id(cell): cell["source"] for cell in release["cells"] if _is_answer(cell)}
    there = {intake.grade_id(cell): cell["source"] for cell in submission["cells"]}
    return [name for name, source in given.items() if there.get(name, source).strip() == source.strip()]


def _is_answer(cell: intake.Cell) -> bool:
    about = cell["metadata"].get("nbgrader")
    return isinstance(about, dict) and bool(about.get("solution"))


def _submission(folder: Path, assignment: str, names: Collection[str]) -> Iterator[Submission]:
    inside = folder / assignment
    submission = Submission(folder.name, inside)
    if cause := _not_a_folder(folder) or _not_a_student(folder.name):
        submission.refused[""] = cause
    elif not os.path.lexists(inside):
        return
    elif cause := _not_a_folder(inside):
        submission.refused[""] = cause
    else:
        try:
            _look(submission, names)
        except OSError as error:
            submission.refused[""] = f"its folder cannot be read: {error.strerror}"
    yield submission


def _look(submission: Submission, names: Collection[str]) -> None:
    there = {path.stem: path for path in sorted(submission.folder.iterdir()) if path.suffix == ".ipynb"}
    submission.notebooks = {name: there[name] for name in names if name in there}
    strange = [name for name in there if name not in names and not name.startswith(".")]
    if len(submission.notebooks) < len(names):  # with all of them there, other notebooks are notes
        for name in strange:
            submission.refused[name] = (
                "no notebook of the assignment has this name; if it is a renamed one, call it as it was handed out"
            )
    if not there:
        submission.refused[""] = "there is no notebook in its folder"
    stamp = submission.folder / "timestamp.txt"
    if os.path.lexists(stamp):
        try:
            submission.timestamp = take(stamp)[:_LONGEST_TIMESTAMP].decode("ascii", "replace").strip()
        except Unreadable as error:
            submission.refused["timestamp.txt"] = str(error)


def _not_a_folder(path: Path) -> str:
    if path.is_symlink():
        return f"{path.name} is a link; only folders are looked into"
    return "" if path.is_dir() else f"{path.name} is not a folder"


def _not_a_student(name: str) -> str:
    """nbgrader keeps "+" for itself, strips blanks, and writes the id to a database and into file names."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return "its name is not a student id: it is no text"
    if "+" in name or name != name.strip() or not name.isprintable() or len(name) > _LONGEST_ID:
        return "its name is not a student id (no +, no blanks at the ends, nothing unprintable, at most 128 characters)"
    return ""
