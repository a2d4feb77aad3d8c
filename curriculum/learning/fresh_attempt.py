"""A fresh attempt at one exercise: what of the journal is its own, and how it is checked, apart from lesson and gradebook.

Hints and solution begin anew with it. It ends when it is right, which the journal then says once; one that is left wrong
says nothing, and its exercise stays due.
"""

from __future__ import annotations

import contextlib
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
    """Of a learner's entries those that are the attempt's.

    An entry says itself which attempt it was made in: a clock that was set back since must not make one of them anew. What
    says none, a hint asked for in the lesson meanwhile, counts from when the attempt was begun.
    """
    name = mark_of(place)
    begun = moment(name)

    def is_own(entry: HintShown | SolutionShown | Review) -> bool:
        if entry.attempt:
            return entry.attempt == name
        return begun is None or begun <= (moment(entry.when) or begun)

    made = [entry for entry in entries if isinstance(entry, HintShown | SolutionShown | Review)]
    return [entry for entry in made if entry.exercise == place.exercise and is_own(entry)]


def mark_of(place: Place) -> str:
    """What entries of the journal know the attempt by: when it was begun, as its notebook says; "" where it does not."""
    with contextlib.suppress(OSError, ValueError, LookupError, TypeError, RecursionError):
        return str(json.loads(place.copy.read_text(encoding="utf-8-sig"))["metadata"]["review"]["begun"])
    return ""


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
    if not exercises:  # nothing that is judged is not right
        raise intake.Unreadable(
            f"the course's own notebook of {place.lesson.day} has no exercise {place.exercise}, which its release has: nothing "
            "was judged. Bring the course's files up to date (`git status` shows what changed)"
        )
    # What else of the lesson is not in this notebook is not missing.
    names = [*(test.name for exercise in exercises for test in exercise.tests), *cells]
    remarks = [remark for remark in whole.remarks if any(name in remark for name in names)]
    return LastResult(Result(place.copy.stem, exercises, remarks, whole.sandbox), cells, course.fingerprint)


def enter(root: Path, learner: str, place: Place, last: LastResult) -> None:
    """Keep the result, and write down that the attempt is right, once, unless it was given up before. Raises OSError."""
    journal = Journal(root)
    own = own_entries(place, journal.entries(learner, place.lesson.day))
    states = {exercise.state for exercise in last.result.exercises}
    said = any(isinstance(entry, Review) for entry in own) or solutions.gave_up(place.exercise, own)
    if states == {"correct"} and not said:
        shown, mark = hints.shown(place.exercise, own), mark_of(place)
        journal.add([Review(now(), learner, place.lesson.day, place.exercise, True, shown, attempt=mark)])
    keep(root, learner, name_of(place), last, place.copy)
