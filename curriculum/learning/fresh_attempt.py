"""A fresh attempt at one exercise: what of the journal is its own, and how it is checked, apart from lesson and gradebook.

Hints and solution begin anew with it. It ends when it is right, which the journal then says once; one that is left wrong
says nothing, and its exercise stays due.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import threading
from collections.abc import Iterable
from pathlib import Path

from autograder import intake
from autograder.engine import Engine
from autograder.grade import Known
from autograder.results import Result
from curriculum.journal import Entry, HintShown, Journal, Review, SolutionShown, now
from curriculum.learning import hints, solutions
from curriculum.learning.course_files import course_of
from curriculum.learning.handing_in import digests
from curriculum.learning.last_results import LastResult, keep
from curriculum.learning.shown_files import Place
from curriculum.outlook.schedule import moment


def own_entries(place: Place, entries: Iterable[Entry]) -> list[Entry]:
    """Of a learner's entries those that are the attempt's: from when its notebook was made."""
    begun = _begun(place.copy)
    return [
        entry
        for entry in entries
        if isinstance(entry, HintShown | SolutionShown | Review)
        and entry.exercise == place.exercise
        and (begun is None or begun <= (moment(entry.when) or begun))
    ]


def name_of(place: Place) -> str:
    """The name that its last result is kept under."""
    return f"review-{place.copy.stem}"


def grade(
    engine: Engine, root: Path, place: Place, stop: threading.Event | None = None, known: Known | None = None
) -> LastResult:
    """Grade the attempt's exercise as its lesson's is. Raises intake.Unreadable, KernelTrouble, Stopped."""
    cells, course = digests(intake.read(place.copy)), course_of(root, place.lesson)
    whole = engine.grade(place.copy, course, stop, known)
    exercises = [exercise for exercise in whole.exercises if exercise.name == place.exercise]
    # What else of the lesson is not in this notebook is not missing.
    names = [*(test.name for exercise in exercises for test in exercise.tests), *cells]
    remarks = [remark for remark in whole.remarks if any(name in remark for name in names)]
    return LastResult(Result(place.copy.stem, exercises, remarks, whole.sandbox), cells, course.fingerprint)


def enter(root: Path, learner: str, place: Place, last: LastResult) -> None:
    """Keep the result, and write down that the attempt is right, once, unless it was given up before. Raises OSError."""
    journal = Journal(root)
    own = own_entries(place, journal.entries(learner, place.lesson.day))
    right = all(exercise.state == "correct" for exercise in last.result.exercises)
    said = any(isinstance(entry, Review) for entry in own) or solutions.gave_up(place.exercise, own)
    if right and not said:
        shown = hints.shown(place.exercise, own)
        journal.add([Review(now(), learner, place.lesson.day, place.exercise, right=True, hints=shown)])
    keep(root, learner, name_of(place), last, place.copy)


def _begun(copy: Path) -> dt.datetime | None:
    with contextlib.suppress(OSError, ValueError, LookupError, TypeError, RecursionError):
        return moment(json.loads(copy.read_text(encoding="utf-8-sig"))["metadata"]["review"]["begun"])
    return None
