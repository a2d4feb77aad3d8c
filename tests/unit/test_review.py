"""Which exercises come back, when and in what order; the expected days are FSRS's formulas, worked out by hand."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from curriculum.catalogue import Catalogue
from curriculum.journal import Attempt, Entry, HintShown, Review, SolutionShown
from curriculum.outlook.review import AGAIN, EASY, GOOD, HARD, Reviews, ratings, reviews
from curriculum.outlook.schedule import Schedule
from tests import learning
from tests.learning import LEARNER, MONDAY, at, attempt

UTC = Schedule(zone="UTC")
PLENTY = replace(UTC, review_minutes=240)


@pytest.fixture(scope="module")
def lessons(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    return learning.catalogue(learning.plan(tmp_path_factory.mktemp("plan"), written=4))


def day(number: int) -> dt.date:
    return MONDAY + dt.timedelta(days=number)


def wrong(number: int = 0, work: str = "a", hint: int = 0, exercise: str = "e1") -> Attempt:
    return Attempt(at(day(number)), LEARNER, "1.1-d1", exercise, "wrong", 0, 4, work, hint)


def right(number: int = 0, work: str = "r", exercise: str = "e1") -> Attempt:
    return Attempt(at(day(number)), LEARNER, "1.1-d1", exercise, "correct", 4, 4, work)


def asked(number: int = 0) -> HintShown:
    return HintShown(at(day(number)), LEARNER, "1.1-d1", "e1", 1)


def shown(number: int = 0, gave_up: bool = True) -> SolutionShown:
    return SolutionShown(at(day(number)), LEARNER, "1.1-d1", "e1", gave_up)


def again(number: int, right: bool = True, hints: int = 0, seconds: float = 0.0) -> Review:
    return Review(at(day(number)), LEARNER, "1.1-d1", "e1", right, hints, seconds)


def due(lessons: Catalogue, entries: list[Entry], number: int, schedule: Schedule = PLENTY) -> Reviews:
    return reviews(lessons, entries, schedule, day(number))


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([], []),
        ([right()], [(0, EASY)]),
        ([wrong(), right()], [(0, GOOD)]),
        ([wrong(hint=1), right()], [(0, GOOD)]),  # a hint that a check shows by itself
        ([wrong(0, "a"), wrong(0, "a"), right(1)], [(1, GOOD)]),  # the same try again is no second one
        ([wrong(0, "a"), wrong(0, "b"), right(1)], [(1, HARD)]),
        ([asked(), right()], [(0, HARD)]),
        ([right(), asked()], [(0, EASY)]),
        ([right(), asked(), wrong(3), right(4)], [(0, EASY), (4, GOOD)]),  # what was asked for then is no help now
        ([right(), right(3), right(5, "other")], [(0, EASY)]),  # checked again, written anew: no new evidence
        ([right(), wrong(3), right(4)], [(0, EASY), (4, GOOD)]),
        ([wrong(1)], [(1, AGAIN)]),
        ([wrong(1), wrong(2, "b")], [(2, AGAIN)]),
        ([right(), wrong(3)], [(0, EASY), (3, AGAIN)]),
        ([wrong(1), shown(2), right(2)], [(2, AGAIN)]),  # right with the solution beside it
        ([wrong(1), shown(2), right(2), wrong(5), right(6)], [(2, AGAIN), (6, GOOD)]),
        ([right(1), shown(2, gave_up=False)], [(1, EASY)]),
        ([right(), again(5), again(9, hints=1), again(12, right=False)], [(0, EASY), (5, GOOD), (9, HARD), (12, AGAIN)]),
        ([wrong(1), again(5)], [(1, AGAIN), (5, GOOD)]),
        ([replace(right(), state="not attempted")], []),
        ([replace(wrong(), state="crashed")], [(0, AGAIN)]),
        ([replace(right(), when="some day")], []),
    ],
)  # fmt: skip
def test_what_the_journal_says_of_an_exercise(entries: list[Entry], expected: list[tuple[int, int]]) -> None:
    found = ratings(entries, UTC.end_of(day(100)))
    assert [((each.when.date() - MONDAY).days, each.rating) for each in found] == expected


# With the default parameters a first rating gives a stability S of 0.212 days (Again), 1.2931 (Hard), 2.3065 (Good) or
# 8.2956 (Easy), and an exercise comes back after S / F * (0.8 ** (-1 / 0.1542) - 1) days, F = 0.9 ** (-1 / 0.1542) - 1 =
# 0.98035, so after S * 3.3158: 0.7, 4.3, 7.6 and 27.5 days, rounded, and one at least: 1, 4, 8 and 28 days.
@pytest.mark.parametrize(
    ("entries", "back"),
    [([right()], 28), ([wrong(), right()], 8), ([asked(), right()], 4), ([wrong(), shown()], 3), ([shown()], 1)],
)  # fmt: skip
def test_it_comes_back_on_the_day_that_the_formula_says(lessons: Catalogue, entries: list[Entry], back: int) -> None:
    assert due(lessons, entries, back - 1).due == ()
    assert due(lessons, entries, back - 1).ahead == ((day(back), 1),)
    (found,) = due(lessons, entries, back).due
    assert (found.day, found.exercise, found.title, found.minutes) == ("1.1-d1", "e1", "First of 1.1-d1", 15)
    assert found.since == day(back)


def test_the_chance_to_know_it_is_that_of_the_formula(lessons: Catalogue) -> None:
    (found,) = due(lessons, [wrong(), right()], 20).due
    assert found.recall == pytest.approx((1 + 0.98035 * 20 / 2.3065) ** -0.1542, rel=1e-4)


def test_what_failed_and_was_left_comes_back_after_three_days(lessons: Catalogue) -> None:
    entries: list[Entry] = [wrong(0), wrong(1, "b")]
    assert [bool(due(lessons, entries, number).due) for number in (1, 2, 3, 4)] == [False, False, False, True]
    assert due(lessons, entries, 4).due[0].why == "not right yet, and left since 3 November 2026"


def test_a_review_that_is_done_puts_it_off(lessons: Catalogue) -> None:
    entries: list[Entry] = [wrong(), right()]
    assert due(lessons, entries, 8).due
    after = due(lessons, [*entries, again(8)], 9)
    assert after.due == ()
    assert after.ahead[0][0] > day(8 + 8)  # later than the first time
    failed: list[Entry] = [*entries, again(8, right=False)]
    back = due(lessons, failed, 9).ahead[0][0]
    assert day(8) < back < day(8 + 8)  # sooner than the first time
    (found,) = due(lessons, failed, (back - MONDAY).days).due
    assert found.why == "not right when you did it again on 10 November 2026"


def test_why_is_said(lessons: Catalogue) -> None:
    assert due(lessons, [right()], 40).due[0].why == "right on 2 November 2026"
    assert due(lessons, [asked(), right()], 40).due[0].why == "right with some trouble on 2 November 2026"
    assert due(lessons, [shown()], 40).due[0].why == "its solution was shown on 2 November 2026"


#: e1 takes 15 minutes, e2 30, e3 20. Failed first, e1 of day 4 is the least known; e2 of day 1 was right with trouble.
MANY: list[Entry] = [
    attempt(day(0), 4, "e1", 0),
    attempt(day(0), 1, "e2", 0, "a"), attempt(day(0), 1, "e2", 0, "b"), attempt(day(0), 1, "e2", 6, "c"),
    attempt(day(0), 2, "e3", 0), attempt(day(0), 2, "e3", 2, "c"),
    attempt(day(0), 3, "e1", 0), attempt(day(0), 3, "e1", 4, "c"),
    attempt(day(0), 3, "e2", 6),
]  # fmt: skip


def names(found: Reviews) -> tuple[list[str], list[str]]:
    return tuple([f"{each.day[-1]}{each.exercise}" for each in group] for group in (found.due, found.waiting))  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("minutes", "chosen", "waiting"),
    [
        (0, [], ["4e1", "1e2", "2e3", "3e1", "3e2"]),
        (10, ["4e1"], ["1e2", "2e3", "3e1", "3e2"]),  # one is due whatever it takes
        (20, ["4e1"], ["1e2", "2e3", "3e1", "3e2"]),
        (30, ["4e1", "3e1"], ["1e2", "2e3", "3e2"]),  # what is shorter fits in
        (45, ["4e1", "1e2"], ["2e3", "3e1", "3e2"]),
        (240, ["4e1", "1e2", "2e3", "3e1", "3e2"], []),
    ],
)
def test_the_most_urgent_come_first_within_the_budget(
    lessons: Catalogue, minutes: int, chosen: list[str], waiting: list[str]
) -> None:
    found = due(lessons, MANY, 40, replace(UTC, review_minutes=minutes))
    assert names(found) == (chosen, waiting)
    assert found.budget_minutes == minutes


@pytest.mark.parametrize(("seconds", "done", "chosen"), [(0.0, 15, []), (120.0, 2, ["3e1"]), (3600.0, 60, [])])
def test_what_was_done_today_counts_against_the_budget(
    lessons: Catalogue, seconds: float, done: float, chosen: list[str]
) -> None:
    """Of 20 minutes: as many as were counted, else as many as the lesson says."""
    review = Review(at(day(40)), LEARNER, "1.1-d4", "e1", True, 0, seconds)
    found = due(lessons, [*MANY, review], 40, UTC)
    assert (found.minutes_done, names(found)[0]) == (done, chosen)
    assert due(lessons, [*MANY, review], 41, UTC).minutes_done == 0


def test_an_exercise_that_is_gone_does_not_come_back(lessons: Catalogue) -> None:
    assert due(lessons, [wrong(exercise="e9"), replace(right(), day="1.1-d9")], 90).due == ()


def test_the_same_journal_brings_the_same_back(lessons: Catalogue) -> None:
    assert due(lessons, MANY, 40) == due(lessons, MANY, 40)


def test_the_day_is_the_learners_own(lessons: Catalogue) -> None:
    """Right at 23:30 in Vienna on the 2nd, 22:30 UTC: with 28 days it is due on the 30th all day long, there as in UTC."""
    late = replace(right(), when="2026-11-02T23:30:00+00:00")  # the 3rd in Vienna
    vienna = replace(PLENTY, zone="Europe/Vienna")
    assert reviews(lessons, [late], vienna, dt.date(2026, 11, 30)).due == ()
    assert reviews(lessons, [late], vienna, dt.date(2026, 12, 1)).due
    assert reviews(lessons, [late], PLENTY, dt.date(2026, 11, 30)).due
