"""What shows that a goal is reached."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from curriculum.catalogue import Catalogue, ReleasedExercise, ReleasedLesson
from curriculum.journal import Attempt
from curriculum.outlook.proof import Proof, proofs
from curriculum.outlook.schedule import Schedule
from curriculum.plan import load_plan
from curriculum.progress import progress

DAY, VIENNA = "1.5-d1", Schedule(zone="Europe/Vienna")


def _proofs(attempts: list[Attempt], points: dict[str, float]) -> tuple[Proof, ...]:
    """Of the first goal of 1.5, which two exercises of one lesson show and a third does not."""
    plan = load_plan()
    catalogue = Catalogue(plan, Path("no-such-course"))
    exercises = tuple(
        ReleasedExercise(name, name.upper(), "core", 20, goals, {f"d01_{name}": 5})
        for name, goals in (("e1", (1,)), ("e2", (1, 2)), ("e3", ()))
    )
    catalogue.lessons[DAY] = ReleasedLesson(DAY, "1.5", "d01", Path("x"), 15, exercises)
    scores = {"1.5": {"d01": {name: (got, 5.0) for name, got in points.items()}}}
    found = proofs(progress(plan, catalogue, scores, attempts, []), catalogue, attempts, VIENNA)
    assert len(found) == 72
    assert found["1.1.1-1"] == ()
    return found["1.5-1"]


def _attempt(exercise: str, when: str, state: str) -> Attempt:
    return Attempt(when, "ada", DAY, exercise, state, 0.0, 5.0, "w")


def test_an_exercise_is_right_since_the_first_try_that_was() -> None:
    attempts = [
        _attempt("e1", "2026-11-02T10:00:00+00:00", "wrong"),
        _attempt("e1", "2026-11-02T23:30:00+00:00", "correct"),
        _attempt("e1", "2026-11-05T10:00:00+00:00", "correct"),
        _attempt("e2", "2026-11-05T10:00:00+00:00", "almost"),
        _attempt("e3", "2026-11-05T10:00:00+00:00", "correct"),
    ]
    assert _proofs(attempts, {"d01_e1": 5, "d01_e2": 2}) == (
        # Half past midnight where the learner is.
        Proof(DAY, "e1", "E1", True, dt.date(2026, 11, 3), 3),
        Proof(DAY, "e2", "E2", False, None, 1),
    )


def test_what_is_wrong_again_shows_nothing() -> None:
    attempts = [
        _attempt("e1", "2026-11-02T10:00:00+00:00", "correct"),
        _attempt("e1", "2026-11-03T10:00:00+00:00", "crashed"),
        _attempt("e2", "2026-11-03T10:00:00+00:00", "not attempted"),
    ]
    assert _proofs(attempts, {}) == (Proof(DAY, "e1", "E1", False, None, 2), Proof(DAY, "e2", "E2", False, None, 0))


def test_points_without_a_journal_are_proof_without_a_date() -> None:
    assert _proofs([], {"d01_e1": 5, "d01_e2": 5}) == (
        Proof(DAY, "e1", "E1", True, None, 0),
        Proof(DAY, "e2", "E2", True, None, 0),
    )
