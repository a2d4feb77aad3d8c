"""The outlook of a learner, gathered from real files: plan, releases, gradebook, journal and schedule."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from autograder import gradebook
from curriculum.journal import Attempt, Journal, Minutes
from curriculum.outlook.gathered import Outlook, due_in_words, following, outlook, review_due
from curriculum.outlook.schedule import Schedule, save
from curriculum.plan import DEFAULT, load_plan
from curriculum.progress import DayProgress
from curriculum.standing import COURSE_ID, StandingError, gradebook_url
from tests import small

TODAY = dt.date(2026, 11, 9)
DAY = "1.5-d1"
WEIGHT = 920 / 185


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The small lesson as that of 1.5-d1: e1 has 3 points, e2 has 2, e3 a bonus of 1."""
    small.publish(tmp_path)
    return tmp_path


def tried(when: str, exercise: str, points: float, most: float, learner: str = "ada") -> Attempt:
    state = "correct" if points == most else "wrong"
    return Attempt(when, learner, DAY, exercise, state, points, most, f"{exercise}-{points}")


def learnt(root: Path) -> None:
    """Two days of work on the lesson, and what the gradebook has of it: 2 of 5 points."""
    Journal(root).add(
        [
            tried("2026-11-02T22:30:00+00:00", "e1", 0, 3), Minutes("2026-11-02T22:30:00+00:00", "ada", DAY, 1800),
            tried("2026-11-04T10:00:00+00:00", "e2", 2, 2), Minutes("2026-11-04T10:00:00+00:00", "ada", DAY, 3600),
            tried("2026-11-04T10:00:00+00:00", "e1", 3, 3, learner="bob"),
        ]
    )  # fmt: skip
    with gradebook.opened(gradebook_url(root), COURSE_ID) as book:
        book.update_or_create_assignment("1.5")
        book.update_or_create_notebook("d01_matrices", "1.5")
        for name, most in small.FULL.items():
            book.update_or_create_grade_cell(name, "d01_matrices", "1.5", max_score=int(most), cell_type="code")
        book.update_or_create_student("ada")
        submission = book.update_or_create_submission("1.5", "ada")
        for grade in submission.notebooks[0].grades:
            grade.auto_score = 2.0 if grade.name == "d01_e2_half" else 0.0
        book.db.commit()


def test_everything_is_gathered_for_one_learner(root: Path) -> None:
    learnt(root)
    save(root, "ada", Schedule(rest=frozenset({6}), hours_a_week=12, zone="Europe/Vienna"))
    found = outlook(root, "ada", DEFAULT, TODAY)
    assert found.value.earned == float(found.progress.earned) == pytest.approx(WEIGHT * 2 / 5)
    assert found.value.spent == pytest.approx(1.5)
    assert found.value.start == dt.date(2026, 11, 2)
    assert (found.value.total, found.value.written) == (920, pytest.approx(WEIGHT))
    # Learning days until yesterday: the 2nd to the 7th, the 8th being a Sunday.
    assert found.forecast.learning_days == 6
    assert found.forecast.pace == pytest.approx(WEIGHT * 2 / 5 / 6)
    assert found.streak.current == 0
    assert [day.date.day for day in found.streak.days if day.active] == [2, 4]
    assert [(hard.exercise, hard.failed, hard.open) for hard in found.hardest] == [("e1", 1, True)]
    assert [(due.exercise, due.why) for due in found.reviews.due] == [
        ("e1", "not right yet, and left since 2 November 2026")
    ]
    numpy = next(each for each in found.technologies if each.key == "NumPy")
    assert (numpy.tried, numpy.exercises, numpy.points, numpy.most, numpy.state) == (2, 3, 2.0, 5.0, "tried")
    algebra = next(each for each in found.concepts if each.key == "linear-algebra" and each.units == ("1.5",))
    assert (algebra.exercises, algebra.written, algebra.days) == (3, 1, 2)
    assert found.next == (
        "1 exercise comes back for review, about 5 minutes; first Double (1.5-d1): not right yet, and left since 2 November 2026.",
        "Then 1.5-d1 Multiply matrices four ways: it is the one you worked on last.",
    )


def test_a_date_is_the_learners_own(root: Path) -> None:
    """22:30 UTC on the 2nd is 7:30 of the 3rd in Tokyo."""
    learnt(root)
    save(root, "ada", Schedule(zone="Asia/Tokyo"))
    assert outlook(root, "ada", DEFAULT, TODAY).value.start == dt.date(2026, 11, 3)


def test_a_learner_without_a_past_has_an_outlook(root: Path) -> None:
    found = outlook(root, "nobody", DEFAULT, TODAY)
    assert (found.value.earned, found.value.spent, found.value.efficiency) == (0, 0, None)
    assert found.forecast.done is None
    assert (found.hardest, found.reviews.due) == ((), ())
    assert len(found.concepts) == sum(len(unit.concepts) for unit in load_plan().units)
    assert found.next == ("Next 1.5-d1 Multiply matrices four ways: it builds on no earlier lesson.",)
    assert outlook(root, "nobody").today == Schedule().today()


def test_looking_writes_nothing(root: Path) -> None:
    before = sorted(root.rglob("*"))
    outlook(root, "ada", DEFAULT, TODAY)
    assert sorted(root.rglob("*")) == before


def test_the_reviews_alone_are_the_same(root: Path) -> None:
    learnt(root)
    assert review_due(root, "ada", DEFAULT, TODAY) == outlook(root, "ada", DEFAULT, TODAY).reviews


def test_what_is_next_names_reviews_first(root: Path) -> None:
    learnt(root)
    found = outlook(root, "ada", DEFAULT, TODAY)
    two = replace(found.reviews, due=found.reviews.due * 2)
    assert due_in_words(two).startswith("2 exercises come back for review, about 10 minutes; first Double (1.5-d1): ")
    none = replace(found.reviews, due=())
    assert due_in_words(none) == ""
    assert len(following(found.progress, none)) == 1
    over = replace(found.progress, following=None, why="every lesson that is written is done")
    assert following(over, none) == ("Nothing is next: every lesson that is written is done.",)
    assert len(following(over, two)) == 1


def test_damaged_schedules_are_told(root: Path) -> None:
    (root / "schedules.json").write_text("{")
    with pytest.raises(StandingError) as told:
        outlook(root, "ada", DEFAULT, TODAY)
    assert told.value.what == "The schedule"
    assert "schedules.json is damaged" in told.value.text


def test_another_plan_over_the_same_lessons(root: Path) -> None:
    """A plan of half the hours: the same points are worth half as much."""
    learnt(root)
    other = root / "other.toml"
    text = DEFAULT.read_text(encoding="utf-8").replace("hours = 920", "hours = 460", 1)
    other.write_text(
        text.replace("{ read = 90, guided = 60, exercises = 150 }", "{ read = 45, guided = 30, exercises = 75 }", 1)
    )
    found: Outlook = outlook(root, "ada", other, TODAY)
    day: DayProgress = found.progress.day(DAY)
    assert day.earned == Fraction(460, 185) * Fraction(2, 5)
    assert found.value.total == 460


def test_the_commands_are_there_at_once(root: Path) -> None:
    """`mind --help` brings neither FSRS nor NumPy nor nbgrader with it; nor does importing the outlook."""
    code = "import sys, json, curriculum.cli, curriculum.outlook.gathered; print(json.dumps(sorted(sys.modules)))"
    loaded = json.loads(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)
    assert not {"fsrs", "numpy", "nbgrader", "pandas"} & set(loaded)
