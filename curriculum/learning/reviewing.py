"""Fresh attempts from a terminal: which have changed since they were last checked, and the check of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from autograder import intake
from autograder.endings import KernelTrouble
from autograder.engine import Engine, settings_of
from curriculum.catalogue import Catalogue
from curriculum.journal import Journal
from curriculum.learning import fresh_attempt, hints
from curriculum.learning.checking import DayChecked
from curriculum.learning.handing_in import turn
from curriculum.learning.last_results import last_result
from curriculum.learning.shown_files import Place, attempts
from curriculum.paths import PROJECT


def unchecked(root: Path, catalogue: Catalogue, learner: str) -> list[Place]:
    """The fresh attempts whose notebook is not as it was last checked."""
    return [place for place in attempts(root, catalogue) if not _is_checked(root, learner, place)]


def check(root: Path, learner: str, places: Iterable[Place], cell_seconds: float) -> list[tuple[Place, DayChecked]]:
    """Check fresh attempts, one after another, as their panel does: lesson, hand-in and gradebook are left alone.

    Raises OSError, SettingsError. Ctrl-C leaves no process behind.
    """
    settings, checked = replace(settings_of(PROJECT), cell_seconds=cell_seconds, families=()), []
    with Engine(settings) as engine:
        for place in places:
            with turn(root, learner, place.lesson):
                checked.append((place, _checked(engine, root, learner, place)))
    return checked


def _checked(engine: Engine, root: Path, learner: str, place: Place) -> DayChecked:
    day = place.lesson.day
    try:
        last = fresh_attempt.grade(engine, root, place)
    except (intake.Unreadable, KernelTrouble) as error:
        return DayChecked(day, None, {}, str(error))
    fresh_attempt.enter(root, learner, place, last)
    shown = hints.shown(place.exercise, fresh_attempt.own_entries(place, Journal(root).entries(learner, day)))
    return DayChecked(day, last.result, {place.exercise: shown})


def _is_checked(root: Path, learner: str, place: Place) -> bool:
    last = last_result(root, learner, fresh_attempt.name_of(place))
    try:
        return last is not None and last.work == hashlib.sha256(place.copy.read_bytes()).hexdigest()
    except OSError:  # the check tells what is wrong with it
        return False
