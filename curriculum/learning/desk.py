"""A learner at a lesson: everything that the panel beside it asks for, of the course in one folder.

Days and exercises are looked up in the released lessons, so that a name from outside leads nowhere else.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

from autograder import intake
from autograder.outline import Exercise
from autograder.visible import visible
from curriculum.catalogue import Catalogue, ReleasedLesson
from curriculum.journal import Entry, Journal
from curriculum.learning import fresh_attempt, hints, minutes, readings, solutions
from curriculum.learning.checker import Checker, Tell
from curriculum.learning.lesson_view import Data, exercises_of, view
from curriculum.learning.resetting import reset
from curriculum.learning.shown_files import place_at, shown_path
from curriculum.outlook.schedule import ScheduleError, load
from curriculum.plan import Day
from curriculum.standing import lessons

#: What is asked for twice at once, from two windows, is done once.
_WRITING = threading.Lock()


class NotThere(LookupError):
    """A day or an exercise that the course does not have, or no lesson of it. The text says which it has."""


class NotCounted(Exception):
    """Active minutes are not counted. The text says why."""


class Desk:
    """The lessons of the course in ``root``, as a server that shows the files of ``server_root`` is asked for them.

    Each method raises StandingError where the course itself cannot be read, and OSError.
    """

    def __init__(self, root: Path, plan_file: Path, server_root: Path, checker: Checker) -> None:
        self._root, self._plan_file, self._server_root, self._checker = root, plan_file, server_root, checker

    def lesson(self, learner: str, path: object) -> Data:
        """The lesson, or the fresh attempt, whose notebook lies at ``path``. Raises NotALesson, intake.Unreadable."""
        catalogue = self._catalogue()
        place = place_at(self._root, catalogue, self._server_root, path)
        found = view(self._root, catalogue, learner, place, str(path))
        self._checker.warm(place.lesson)
        return found

    def check(self, learner: str, path: object, tell: Tell) -> None:
        """Check that notebook in a thread, which tells of each step (Checker.begin). Raises NotALesson."""
        catalogue = self._catalogue()
        place = place_at(self._root, catalogue, self._server_root, path)
        self._checker.begin(catalogue, learner, place, str(path), tell)

    def hint(self, learner: str, day: str, name: str, path: object = None) -> Data:
        """The next hint of an exercise; of a fresh attempt, where ``path`` is one. Raises NotThere, NoMoreHints."""
        lesson, exercise = self._exercise(day, name)
        with _WRITING:
            entries, attempt = self._entries(learner, day, name, path)
            number, text = hints.reveal(self._journal, learner, lesson.day, name, exercise.hints, entries, attempt)
        return {"number": number, "text": visible(text, 5000, 100), "of": len(exercise.hints)}

    def solution(self, learner: str, day: str, name: str, give_up: bool, path: object = None) -> Data:
        """The worked solution of an exercise, likewise. Raises NotThere, Locked, NotHere, intake.Unreadable."""
        lesson, _ = self._exercise(day, name)
        with _WRITING:
            entries, attempt = self._entries(learner, day, name, path)
            return {"cells": solutions.show(self._root, learner, lesson, name, give_up, entries, attempt)}

    def read(self, learner: str, day: str, reading: str, done: bool) -> Data:
        """Tick a reading off, or not. Raises NotThere, NoSuchReading."""
        planned = self._day(day)
        with _WRITING:
            readings.tick(self._journal, learner, planned, reading, done)
        return {"readings": readings.shown(planned, self._journal.entries(learner, day))}

    def count(self, learner: str, day: str, seconds: Any) -> Data:
        """Add seconds that were counted. Raises NotThere, MinutesError, NotCounted."""
        planned = self._day(day)
        try:
            counting = load(self._root, learner).counting
        except ScheduleError as error:
            raise NotCounted(f"It cannot be told whether your minutes are counted: {error}") from error
        if not counting:
            raise NotCounted("Your schedule says that active minutes are not counted. Nothing was added.")
        return {"day": planned.id, "seconds": minutes.count(self._journal, learner, planned.id, seconds)}

    def correct(self, learner: str, day: str, total: Any) -> Data:
        """Set the minutes of a day. Raises NotThere, MinutesError."""
        _, seconds = minutes.correct(self._journal, learner, self._day(day).id, total)
        return {"day": day, "seconds": seconds}

    def reset(self, learner: str, day: str, name: str | None) -> Data:
        """Put a lesson, or one exercise of it, back to how it was handed out. Raises NotThere, WorkspaceError."""
        catalogue = self._catalogue()
        lesson = self._lesson(catalogue, day) if name is None else self._exercise(day, name)[0]
        with _WRITING:
            copy, kept = reset(self._root, catalogue, learner, lesson.day, name)
        return {"path": shown_path(copy, self._server_root), "kept": shown_path(kept, self._server_root)}

    @property
    def _journal(self) -> Journal:
        return Journal(self._root)

    def _catalogue(self) -> Catalogue:
        return lessons(self._root, self._plan_file)

    def _entries(self, learner: str, day: str, name: str, path: object) -> tuple[list[Entry], str]:
        """The learner's entries of a day; where a fresh attempt at the exercise lies at ``path``, its alone, and its mark."""
        entries = self._journal.entries(learner, day)
        if path is None:
            return entries, ""
        place = place_at(self._root, self._catalogue(), self._server_root, path)
        if (place.lesson.day, place.exercise or name) != (day, name):
            raise NotThere(f"The notebook is not one of {day}, exercise {name}. Nothing was changed.")
        if not place.exercise:
            return entries, ""
        return fresh_attempt.own_entries(place, entries), fresh_attempt.mark_of(place)

    def _day(self, day: str) -> Day:
        try:
            return self._catalogue().plan.day(day)
        except LookupError as error:
            raise NotThere(f"The plan has no day {day[:100]!r}. Nothing was changed.") from error

    def _lesson(self, catalogue: Catalogue, day: str) -> ReleasedLesson:
        if day not in catalogue.lessons:
            raise NotThere(f"There is no lesson of a day {day[:100]!r}. Nothing was changed.")
        return catalogue.lessons[day]

    def _exercise(self, day: str, name: str) -> tuple[ReleasedLesson, Exercise]:
        lesson = self._lesson(self._catalogue(), day)
        try:
            there = exercises_of(lesson)
        except intake.Unreadable as error:
            raise NotThere(f"The lesson of {day} cannot be read: {error}.") from error
        if name not in there:
            raise NotThere(f"{day} has no exercise {name[:100]!r}; it has {', '.join(there)}. Nothing was changed.")
        return lesson, there[name]
