"""Whose a file of an export is, and which lesson: by what the LMS has written, never by a guess.

What a student can name, a file or a folder in an upload, never says whose it is.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from curriculum.catalogue import ReleasedLesson
from curriculum.classroom.exported import File
from curriculum.classroom.people import Person

#: Canvas: lovelaceada_LATE_12345_67890_d01_matrices-1.ipynb (name, number of the user, number of the upload, the file's own name).
_CANVAS = re.compile(r"(?P<name>[^_]+)_(?P<late>LATE_)?(?P<user>\d+)_(?P<upload>\d+)_(?P<file>.+)")
#: Moodle: a folder "Ada Lovelace_123456_assignsubmission_file_", or the same in front of a file's name.
MOODLE = re.compile(r"(?P<name>.+?)_(?P<participant>\d+)_assignsubmission_file_?(?P<file>.*)")
#: What Canvas appends when a file of the same name is handed in again, and browsers when one is downloaded again.
_AGAIN = re.compile(r"(?P<stem>.+?)(?:-(?P<canvas>\d+)| ?\((?P<browser>\d+)\))?\.ipynb", re.IGNORECASE)

#: What exports, and nbgrader, call the one folder that all lies in. Of another name it may be that of a student who is not in
#: the roster, and then what this student calls folders in it would say whose they are.
_FOLDERS = ("submissions", "submitted")


class Unmatched(Exception):
    """It is not certain whose a file is, or which lesson. The text says why."""


@dataclass(frozen=True)
class Owned:
    """Whose a file is; ``number`` is the LMS's own, and higher for what was handed in later; ``late`` is None where the LMS does not say."""

    student: str
    name: str
    number: tuple[int, ...] = ()
    late: bool | None = None


class Owners:
    """Who is who in an export. ``everything`` names the one student whose all of it is."""

    def __init__(self, people: Iterable[Person], files: Sequence[File], everything: str = "") -> None:
        self._everything = everything
        self._people = {one.id: one for one in people}
        self._lms = {one.lms_id: one.id for one in self._people.values() if one.lms_id}
        self._names: dict[str, set[str]] = {}
        for one in self._people.values():
            for name in (f"{one.first_name} {one.last_name}", f"{one.last_name} {one.first_name}"):
                self._names.setdefault(_plain(name), set()).add(one.id)
        self._only = _only_folder(files)
        self._wrapped = int(self._only.casefold() in _FOLDERS and self._only not in self._people)

    def of(self, file: File) -> Owned:
        """Raises Unmatched."""
        name = file.name
        if self._everything:
            return Owned(self._everything, name)
        parts = file.path.parts[self._wrapped :]
        if len(parts) > 1:
            if said := MOODLE.fullmatch(parts[0]):
                return Owned(self._named(said["name"]), name)
            if parts[0] in self._people:
                return Owned(parts[0], name)
            raise Unmatched(f"there is no {parts[0]} in the roster{self._advice(parts[0])}")
        if said := MOODLE.fullmatch(parts[0]):
            return Owned(self._named(said["name"]), file.inside.name or said["file"])
        if said := _CANVAS.fullmatch(parts[0]):
            if said["user"] not in self._lms:
                raise Unmatched(f"nobody in the roster has the LMS id {said['user']}")
            again = _AGAIN.fullmatch(said["file"])
            number = int(said["upload"]), int(again["canvas"] or 0) if again else 0
            return Owned(self._lms[said["user"]], file.inside.name or said["file"], number, bool(said["late"]))
        stem = PurePosixPath(parts[0]).stem
        if file.inside.name and stem in self._people:
            return Owned(stem, name)
        raise Unmatched("its name does not say whose it is")

    def _named(self, name: str) -> str:
        found = self._names.get(_plain(name), set())
        if len(found) != 1:
            several = f"{len(found)} students are called {name}" if found else f"nobody in the roster is called {name}"
            raise Unmatched(several)
        return next(iter(found))

    def _advice(self, folder: str) -> str:
        if folder != self._only:
            return ""
        return (
            "; all of the export lies in this folder: if it is no student's, unpack the export and collect that folder"
        )


def _only_folder(files: Iterable[File]) -> str:
    """The one folder that everything lies in; "" where there are several, or files beside it."""
    tops = {file.path.parts[0] if len(file.path.parts) > 1 else "" for file in files}
    return tops.pop() if len(tops) == 1 else ""


def lesson_of(lessons: Sequence[ReleasedLesson], name: str, content: bytes) -> ReleasedLesson:
    """Which of the lessons a notebook is, by its file's name, else by what it says itself. Raises Unmatched."""
    said = _AGAIN.fullmatch(name)
    stems = {name[: -len(".ipynb")], said["stem"] if said else ""}
    found = [lesson for lesson in lessons if lesson.stem in stems]
    if len(found) == 1:
        return found[0]
    day = _day(content)
    for lesson in found or lessons:
        if lesson.day == day:
            return lesson
    raise Unmatched("no lesson of the section has this name" + (f"; it says that it is that of {day}" if day else ""))


def _day(content: bytes) -> str:
    try:
        book: Any = json.loads(content.decode("utf-8-sig"))
        return str(book["metadata"]["lesson"]["day"])
    except (ValueError, LookupError, TypeError, RecursionError):
        return ""


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())
