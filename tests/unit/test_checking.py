"""What of a check is recorded. With a real gradebook; nothing is run."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from autograder import gradebook
from autograder.results import ExerciseResult, Result, State, TestResult
from curriculum.catalogue import Catalogue
from curriculum.learning.checking import DayChecked, enter, record
from curriculum.learning.handing_in import hand_in
from curriculum.learning.workspace import Workspace
from curriculum.plan import load_plan
from curriculum.ready import make_gradebook
from curriculum.standing import COURSE_ID, gradebook_url
from tests import small

DAY, WHEN = "1.5-d1", dt.datetime(2026, 11, 21, 10, tzinfo=dt.UTC)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    small.publish(tmp_path)
    return tmp_path


def checked(root: Path, state: State, share: float) -> None:
    """Enter and record a check that came to this share of all points."""
    catalogue = Catalogue(load_plan(), root)
    lesson = catalogue.lessons[DAY]
    tests = [TestResult(name, name, share * most, most, share == 1) for name, most in small.FULL.items()]
    day = DayChecked(DAY, Result("d01_matrices", [ExerciseResult("e1", "Double", False, state, tests)]), {})
    hand_in(Workspace(root, catalogue=catalogue).start(DAY), root, "ada", lesson, WHEN)
    enter(root, "ada", lesson, day)
    assert record(root, catalogue, "ada", [day], WHEN).unrecorded == ""


def scores(root: Path) -> list[float]:
    with gradebook.opened(gradebook_url(root), COURSE_ID) as book:
        found = gradebook.scores(book, "ada").get("1.5", {}).get("d01_matrices", {})
    return [score for score, _ in found.values()]


def test_a_score_does_not_outlive_its_work_though_the_journal_was_lost(root: Path) -> None:
    checked(root, "correct", 1)
    assert sum(scores(root)) == sum(small.FULL.values())
    (root / "journal.jsonl").unlink()
    checked(root, "not attempted", 0)
    assert scores(root) == [0.0] * len(small.FULL)


def test_what_was_never_tried_leaves_nothing_in_the_gradebook(root: Path) -> None:
    checked(root, "not attempted", 0)
    assert not (root / "gradebook.db").exists()
    make_gradebook(root)
    checked(root, "not attempted", 0)
    with gradebook.opened(gradebook_url(root), COURSE_ID) as book:
        assert not gradebook.has_submissions(book, "1.5")
