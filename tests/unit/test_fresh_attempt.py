"""A fresh attempt counts once, whatever the clock says, and only where something was judged. Nothing is run here."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from autograder.intake import Unreadable
from autograder.results import ExerciseResult, Result, State
from curriculum.catalogue import Catalogue
from curriculum.journal import HintShown, Journal, Review, SolutionShown
from curriculum.learning import fresh_attempt, hints, solutions
from curriculum.learning.checker import Checker
from curriculum.learning.desk import Desk
from curriculum.learning.last_results import LastResult
from curriculum.learning.shown_files import Place
from curriculum.outlook.review_notebook import begin
from curriculum.plan import DEFAULT, load_plan
from tests import small

DAY, LATER, EARLIER = "1.5-d1", "2026-11-22T10:00:00+00:00", "2026-11-20T10:00:00+00:00"


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """An attempt at e2 that was begun at ten o'clock on the 21st."""
    small.publish(tmp_path)
    catalogue = Catalogue(load_plan(), tmp_path)
    copy = begin(tmp_path, catalogue, "ada", DAY, "e2", dt.date(2026, 11, 21))
    book = json.loads(copy.read_text())
    book["metadata"]["review"]["begun"] = "2026-11-21T10:00:00+00:00"
    small.write(book, copy)
    return Place(catalogue.lessons[DAY], copy, "e2")


def clock(monkeypatch: pytest.MonkeyPatch, now: str) -> None:
    for module in (fresh_attempt, hints, solutions):
        monkeypatch.setattr(module, "now", lambda: now)


def entered(root: Path, place: Place, *states: State) -> None:
    exercises = [ExerciseResult("e2", "Half", False, state, []) for state in states]
    fresh_attempt.enter(root, "ada", place, LastResult(Result(place.copy.stem, exercises)))


def reviews(root: Path) -> list[Review]:
    return [entry for entry in Journal(root).entries("ada") if isinstance(entry, Review)]


@pytest.mark.parametrize("now", [LATER, EARLIER])
def test_it_counts_once_though_the_clock_was_set_back(
    tmp_path: Path, place: Place, monkeypatch: pytest.MonkeyPatch, now: str
) -> None:
    clock(monkeypatch, now)
    entered(tmp_path, place, "wrong")
    assert reviews(tmp_path) == []
    for _ in range(3):
        entered(tmp_path, place, "correct")
    (review,) = reviews(tmp_path)
    assert (review.exercise, review.right, review.attempt) == ("e2", True, "2026-11-21T10:00:00+00:00")


def test_what_nothing_was_judged_of_is_not_right(tmp_path: Path, place: Place) -> None:
    entered(tmp_path, place)
    assert reviews(tmp_path) == []


def test_an_exercise_that_the_course_does_not_judge_is_told(tmp_path: Path, place: Place) -> None:
    class Nothing:
        def grade(self, *_: Any) -> Result:
            return Result(place.copy.stem, [])

    with pytest.raises(Unreadable, match="has no exercise e2, which its release has: nothing was judged"):
        fresh_attempt.grade(Nothing(), tmp_path, place)  # type: ignore[arg-type]


@pytest.mark.parametrize("now", [LATER, EARLIER])
def test_hints_and_a_solution_are_still_shown_to_who_comes_back(
    tmp_path: Path, place: Place, monkeypatch: pytest.MonkeyPatch, now: str
) -> None:
    """Each time with a new desk: as after the page was loaded again, or the server was started anew."""
    clock(monkeypatch, now)
    checker = Checker(tmp_path)
    monkeypatch.setattr(checker, "warm", lambda lesson: None)
    path = place.copy.relative_to(tmp_path).as_posix()

    def desk() -> Desk:
        return Desk(tmp_path, DEFAULT, tmp_path, checker)

    def shown() -> tuple[list[str], str, bool]:
        (exercise,) = desk().lesson("ada", path)["exercises"]
        return exercise["hints"], exercise["solution"], exercise["gave_up"]

    assert shown() == ([], "locked", False)
    assert [desk().hint("ada", DAY, "e2", path)["number"] for _ in range(2)] == [1, 2]
    assert shown() == (["the first hint", "the second hint"], "locked", False)
    for _ in range(2):
        desk().solution("ada", DAY, "e2", True, path)
    assert shown() == (["the first hint", "the second hint"], "shown", True)
    kinds = [type(entry) for entry in Journal(tmp_path).entries("ada")]
    assert kinds == [HintShown, HintShown, SolutionShown]
    entered(tmp_path, place, "correct")  # who was shown the solution has not done it again
    assert reviews(tmp_path) == []


def test_another_attempt_at_the_same_exercise_is_another(tmp_path: Path, place: Place) -> None:
    Journal(tmp_path).add([Review(LATER, "ada", DAY, "e2", True, attempt="2026-11-19T10:00:00+00:00")])
    entered(tmp_path, place, "correct")
    assert len(reviews(tmp_path)) == 2


def test_what_was_written_down_before_attempts_had_names_goes_by_its_time(tmp_path: Path, place: Place) -> None:
    Journal(tmp_path).add([Review(EARLIER, "ada", DAY, "e2", True), Review(LATER, "ada", DAY, "e2", True)])
    entered(tmp_path, place, "correct")
    assert len(reviews(tmp_path)) == 2
