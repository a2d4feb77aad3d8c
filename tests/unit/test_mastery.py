"""Concepts and technologies, the streak of learning days, and the exercises that took the most trouble."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from curriculum.catalogue import Catalogue
from curriculum.journal import Attempt, Entry, HintShown, Review, SolutionShown
from curriculum.outlook.history import history
from curriculum.outlook.mastery import Mastery, concepts, technologies
from curriculum.outlook.schedule import DaysOff, Schedule
from curriculum.outlook.streak import Streak, streak
from curriculum.outlook.trouble import hardest
from tests import learning
from tests.learning import LEARNER, MONDAY, at, attempt, hours


@pytest.fixture(scope="module")
def lessons(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    return learning.catalogue(learning.plan(tmp_path_factory.mktemp("plan"), written=4))


def day(number: int) -> dt.date:
    return MONDAY + dt.timedelta(days=number)


def mastery(lessons: Catalogue, entries: list[Entry]) -> dict[str, Mastery]:
    now = learning.standing(lessons, learning.latest(entries), entries)
    found = *concepts(now, lessons, entries), *technologies(now, lessons, entries)
    return {each.key: each for each in found}


def test_a_concept_is_its_days_exercises(lessons: Catalogue) -> None:
    """Days 1 to 3 are about means, 4 to 10 about spreads, of which only day 4 is written. Each has 10 points."""
    entries: list[Entry] = [attempt(MONDAY, 1, "e1", 4), attempt(MONDAY, 2, "e2", 3), attempt(MONDAY, 2, "e1", 0)]
    found = mastery(lessons, entries)
    means, spreads = found["means"], found["spreads"]
    assert (means.text, means.units, means.state) == ("Means", ("1.1",), "tried")
    assert (means.points, means.most, means.share) == (7.0, 30.0, 7 / 30)
    assert (means.tried, means.exercises, means.written, means.days) == (3, 9, 3, 3)
    assert (spreads.state, spreads.tried, spreads.exercises, spreads.written, spreads.days) == ("open", 0, 3, 1, 7)


def test_four_fifths_are_mastered_and_a_bonus_helps(lessons: Catalogue) -> None:
    almost: list[Entry] = [attempt(MONDAY, 4, "e2", 6), attempt(MONDAY, 4, "e1", 1.5)]  # 7.5 of 10
    assert mastery(lessons, almost)["spreads"].state == "tried"
    with_bonus = mastery(lessons, [*almost, attempt(MONDAY, 4, "e3", 0.5)])["spreads"]
    assert (with_bonus.state, with_bonus.points) == ("mastered", 8.0)
    beyond = mastery(
        lessons, [attempt(MONDAY, 4, name, most) for name, most in (("e1", 4.0), ("e2", 6.0), ("e3", 2.0))]
    )
    assert (beyond["spreads"].points, beyond["spreads"].share) == (10.0, 1.0)


def test_a_technology_is_the_exercises_of_goals_that_name_it(lessons: Catalogue) -> None:
    """Every first exercise shows the goal that names NumPy; no goal names Rust, so nothing here tells of it."""
    entries: list[Entry] = [attempt(MONDAY, number, "e1", 4) for number in (1, 2, 3, 4)]
    found = mastery(lessons, entries)
    assert (found["NumPy"].state, found["NumPy"].exercises, found["NumPy"].points) == ("mastered", 4, 16.0)
    assert (found["Rust"].state, found["Rust"].exercises, found["Rust"].points) == ("not written", 0, 0.0)


def test_what_has_no_lesson_is_not_written(tmp_path: Path) -> None:
    lessons = learning.catalogue(learning.plan(tmp_path, written=3))
    spreads = mastery(lessons, [])["spreads"]
    assert (spreads.state, spreads.share, spreads.written, spreads.days) == ("not written", 0.0, 0, 7)


SUNDAYS_OFF = Schedule(rest=frozenset({6}), zone="UTC")


def streak_of(lessons: Catalogue, entries: list[Entry], schedule: Schedule, today: dt.date) -> Streak:
    now = learning.standing(lessons, {})
    return streak(history(now, lessons, entries, schedule, today), schedule, today)


def test_rest_days_and_days_off_do_not_break_a_streak(lessons: Catalogue) -> None:
    entries: list[Entry] = [hours(day(n), 1, 0.1) for n in (0, 1, 2, 3, 4, 5, 7, 10)]  # the 6th is a Sunday
    off = Schedule(rest=frozenset({6}), off=(DaysOff(day(8), day(9)),), zone="UTC")
    assert streak_of(lessons, entries, off, day(10)).current == 8
    broken = streak_of(lessons, entries, SUNDAYS_OFF, day(10))
    assert (broken.current, broken.longest) == (1, 7)


def test_a_rest_day_with_activity_adds_to_a_streak(lessons: Catalogue) -> None:
    entries: list[Entry] = [hours(day(n), 1, 0.1) for n in (5, 6, 7)]
    assert streak_of(lessons, entries, SUNDAYS_OFF, day(7)).current == 3


def test_today_does_not_break_a_streak_before_it_is_over(lessons: Catalogue) -> None:
    entries: list[Entry] = [attempt(day(n), 1, "e1", 0) for n in (0, 1)]
    assert streak_of(lessons, entries, SUNDAYS_OFF, day(2)).current == 2
    assert streak_of(lessons, entries, SUNDAYS_OFF, day(3)).current == 0
    assert streak_of(lessons, entries, SUNDAYS_OFF, day(3)).longest == 2


def test_the_past_year_day_by_day(lessons: Catalogue) -> None:
    entries: list[Entry] = [
        attempt(day(0), 1, "e1", 0), attempt(day(0), 1, "e2", 0), hours(day(0), 1, 0.5), hours(day(1), 1, -0.5, corrected=True),
        Review(at(day(2)), LEARNER, "1.1-d1", "e1", True), attempt(day(3), 1, "e1", 0, state="not attempted"),
    ]  # fmt: skip
    found = streak_of(lessons, entries, SUNDAYS_OFF, day(6))
    assert len(found.days) == 366
    assert found.days[-1].date == day(6)
    assert [(each.attempts, each.seconds, each.active, each.learning) for each in found.days[-7:]] == [
        (2, 1800.0, True, True),
        (0, 0.0, False, True),  # a correction is no activity
        (1, 0.0, True, True),
        (0, 0.0, False, True),  # nor is an exercise that was not touched
        (0, 0.0, False, True),
        (0, 0.0, False, True),
        (0, 0.0, False, False),
    ]


def test_a_streak_longer_ago_than_a_year_is_still_the_longest(lessons: Catalogue) -> None:
    entries: list[Entry] = [hours(day(n), 1, 0.1) for n in range(5)]
    found = streak_of(lessons, entries, SUNDAYS_OFF, day(500))
    assert (found.current, found.longest, len(found.days)) == (0, 5, 366)


def test_nothing_done_is_no_streak(lessons: Catalogue) -> None:
    found = streak_of(lessons, [], SUNDAYS_OFF, MONDAY)
    assert (found.current, found.longest, len(found.days)) == (0, 0, 366)


def wrong(exercise: str, *works: str, day: int = 1, hint: int = 0) -> list[Attempt]:
    return [Attempt(at(MONDAY), LEARNER, f"1.1-d{day}", exercise, "wrong", 0, 4, work, hint) for work in works]


def test_the_hardest_are_those_with_the_most_different_failed_tries(lessons: Catalogue) -> None:
    entries: list[Entry] = [
        *wrong("e1", "a", "b", "b", "a"), attempt(MONDAY, 1, "e1", 4, "c"), *wrong("e1", "d"),  # two; what came after right is none
        *wrong("e2", "a", "b", "c", hint=2),
        *wrong("e1", "a", "b", day=2), HintShown(at(MONDAY), LEARNER, "1.1-d2", "e1", 1),
        *wrong("e1", "a", day=3), SolutionShown(at(MONDAY), LEARNER, "1.1-d3", "e1", True),
        attempt(MONDAY, 4, "e1", 4, "a"),
        *wrong("e9", "a", "b", "c", "d"),  # an exercise that is gone from the lesson
    ]  # fmt: skip
    found = [
        (each.day, each.exercise, each.failed, each.hints, each.open, each.gave_up)
        for each in hardest(lessons, entries)
    ]
    assert found == [
        ("1.1-d1", "e2", 3, 2, True, False),
        ("1.1-d2", "e1", 2, 1, True, False),
        ("1.1-d1", "e1", 2, 0, True, False),
        ("1.1-d3", "e1", 1, 0, True, True),
    ]


def test_of_equals_the_plans_order_decides_and_ten_are_enough(lessons: Catalogue) -> None:
    entries: list[Entry] = [
        each for number in (4, 3, 2, 1) for name in ("e3", "e2", "e1") for each in wrong(name, "a", day=number)
    ]
    found = hardest(lessons, entries)
    assert [(each.day, each.exercise) for each in found][:4] == [
        ("1.1-d1", "e1"),
        ("1.1-d1", "e2"),
        ("1.1-d1", "e3"),
        ("1.1-d2", "e1"),
    ]
    assert len(found) == 10
