"""Earned value, pace and the date of the end, against arithmetic by hand and against what chance does."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from curriculum.catalogue import Catalogue
from curriculum.journal import Entry
from curriculum.outlook.earned_value import EarnedValue, earned_value
from curriculum.outlook.forecast import Forecast, forecast
from curriculum.outlook.history import History, history
from curriculum.outlook.schedule import DaysOff, Schedule
from curriculum.progress import Progress
from tests import learning
from tests.learning import MONDAY, attempt, hours

SIX_DAYS = Schedule(start=MONDAY, rest=frozenset({6}), hours_a_week=12, zone="UTC")


def november(day: int) -> dt.date:
    return dt.date(2026, 11, day)


def december(day: int) -> dt.date:
    return dt.date(2026, 12, day)


@pytest.fixture(scope="module")
def lessons(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    return learning.catalogue(learning.plan(tmp_path_factory.mktemp("plan")))


#: A week of learning. A lesson weighs 5 h and has 4 + 6 points, so that a point is half an hour.
#:
#:            attempts                          EV of the day   EV in sum   spent   AC   PV (2 h a learning day)
#:   Mon  2   d1: 4 of 10 points                   2.0             2.0      3.0    3.0    2
#:   Tue  3   d1: 6 more, all 10                   3.0             5.0      2.0    5.0    4
#:   Wed  4   -                                    0.0             5.0      -      5.0    6
#:   Thu  5   d2: 5 of 10                          2.5             7.5      4.0    9.0    8
#:   Fri  6   d2: 3 of 10, it got worse           -1.0             6.5     -1.0    8.0   10   (a correction)
#:   Sat  7   d2: all 10                           3.5            10.0      -      8.0   12
#:   Sun  8   d3: 2 of 10, on the rest day         1.0            11.0      -      8.0   12
#:   Mon  9   d3: 6 of 10; today                   2.0            13.0      1.0    9.0   14
WEEK: list[Entry] = [
    attempt(november(2), 1, "e1", 4), hours(november(2), 1, 3.0),
    attempt(november(3), 1, "e2", 6), hours(november(3), 1, 2.0),
    attempt(november(5), 2, "e1", 1), attempt(november(5), 2, "e2", 4), hours(november(5), 2, 4.0),
    attempt(november(6), 2, "e2", 2), hours(november(6), 2, -1.0, corrected=True),
    attempt(november(7), 2, "e1", 4), attempt(november(7), 2, "e2", 6),
    attempt(november(8), 3, "e1", 2),
    attempt(november(9), 3, "e2", 4), hours(november(9), 3, 1.0),
]  # fmt: skip


def both(lessons: Catalogue, entries: list[Entry], schedule: Schedule, today: dt.date) -> tuple[EarnedValue, Forecast]:
    now, past = learning.past(lessons, entries, schedule, today)
    return earned_value(now, past, schedule, today), forecast(now, past, schedule, today)


def test_a_week_by_hand_earned_value(lessons: Catalogue) -> None:
    value, _ = both(lessons, WEEK, SIX_DAYS, november(9))
    assert [point.date for point in value.days] == [november(day) for day in range(2, 10)]
    assert [point.earned for point in value.days] == [2.0, 5.0, 5.0, 7.5, 6.5, 10.0, 11.0, 13.0]
    assert [point.spent for point in value.days] == [3.0, 5.0, 5.0, 9.0, 8.0, 8.0, 8.0, 9.0]
    assert [point.planned for point in value.days] == [2.0, 4.0, 6.0, 8.0, 10.0, 12.0, 12.0, 14.0]
    assert (value.planned, value.earned, value.spent) == (14.0, 13.0, 9.0)
    assert value.schedule_variance == -1.0  # 13 - 14
    assert value.schedule_index == pytest.approx(13 / 14)
    assert value.efficiency == pytest.approx(13 / 9)
    first, second = value.weeks
    assert (first.monday, first.planned, first.earned, first.spent, first.learning_days) == (MONDAY, 12, 11, 8, 6)
    assert (second.monday, second.planned, second.earned, second.spent, second.learning_days) == (
        november(9),
        2,
        2,
        1,
        1,
    )
    # 50 h at 2 h a day are 25 learning days: 4 weeks of 6, and the Monday after.
    assert value.planned_end == november(30)
    assert value.ahead == ((november(16), 26.0), (november(23), 38.0), (november(30), 50.0))
    assert (value.total, value.written, value.undated) == (50.0, 50.0, 0.0)


def test_a_week_by_hand_forecast(lessons: Catalogue) -> None:
    _, found = both(lessons, WEEK, SIX_DAYS, november(9))
    # Until yesterday there were 6 learning days; Sunday's hour counts for Saturday: 2, 3, 0, 2.5, -1, 4.5 h, together 11.
    assert found.learning_days == 6
    assert (found.since, found.until) == (november(2), november(8))
    assert found.pace == pytest.approx(11 / 6)
    # 50 - 11 = 39 h were left by then. 39 / (11/6) = 21.3, so 22 learning days from today on, without Sundays:
    # 9-14 are 6, 16-21 are 12, 23-28 are 18, then 30 November and 1, 2, 3 December.
    assert found.remaining == 39
    assert found.done == december(3)
    assert found.earliest is not None
    assert found.latest is not None
    assert found.earliest < found.done < found.latest
    assert "At 1.8 h earned a learning day, the plan is done about 3 December 2026" in found.says
    assert "8 chances in 10" in found.says
    # A week of 35 h is 35/6 h a day: 39 h take 6.7, so 7 days: until the 14th, and the 16th.
    # 15 h: 2.5 h a day, 15.6, so 16 days: until the 21st are 12, then 23, 24, 25, 26.
    # 7 h: 7/6 h a day, 33.4, so 34 days: until 12 December are 30, then 14, 15, 16, 17.
    assert [(each.hours, each.done) for each in found.scenarios] == [
        (35.0, november(16)),
        (15.0, november(26)),
        (7.0, december(17)),
    ]


def test_days_off_move_the_date_back(lessons: Catalogue) -> None:
    off = Schedule(MONDAY, frozenset({6}), (DaysOff(november(16), november(18)),), 12, zone="UTC")
    value, found = both(lessons, WEEK, off, november(9))
    # Three learning days later: 4, 5 and, the 6th being a Sunday, 7 December.
    assert found.done == december(7)
    assert value.planned_end == december(3)


def test_the_series_ends_at_what_the_gradebook_says(lessons: Catalogue) -> None:
    """A regrade has no date: it counts where the lesson was last worked on, and makes no jump today."""
    now = learning.standing(lessons, {**learning.latest(WEEK), (1, "e2"): 2.0}, WEEK)
    value = earned_value(now, history(now, lessons, WEEK, SIX_DAYS, november(9)), SIX_DAYS, november(9))
    assert value.earned == float(now.earned) == 11.0
    assert [point.earned for point in value.days] == [2.0, 3.0, 3.0, 5.5, 4.5, 8.0, 9.0, 11.0]


def test_points_without_an_attempt_are_told_and_are_no_pace(lessons: Catalogue) -> None:
    now = learning.standing(lessons, {**learning.latest(WEEK), (4, "e1"): 4.0, (4, "e2"): 6.0}, WEEK)
    past = history(now, lessons, WEEK, SIX_DAYS, november(9))
    value, found = earned_value(now, past, SIX_DAYS, november(9)), forecast(now, past, SIX_DAYS, november(9))
    assert (value.undated, value.days[0].earned, value.earned) == (5.0, 7.0, 18.0)
    assert found.pace == pytest.approx(11 / 6)
    assert found.remaining == 34


@pytest.mark.parametrize("seed", range(20))
def test_whatever_was_done_the_series_ends_at_the_standing(lessons: Catalogue, seed: int) -> None:
    dice = random.Random(seed)
    entries: list[Entry] = []
    for _ in range(60):
        exercise = dice.choice(["e1", "e2", "e3"])
        date = november(dice.randint(1, 30))  # in no order: a clock may have been wrong
        entries.append(attempt(date, dice.randint(1, 10), exercise, dice.randint(0, 8) / 2))
    schedule = Schedule(start=november(dice.randint(1, 30)), rest=frozenset({5, 6}), zone="UTC")
    value, found = both(lessons, entries, schedule, november(20))
    now = learning.standing(lessons, learning.latest(entries), entries)
    assert value.earned == float(now.earned)
    assert value.days[-1].date == november(20)
    assert sum(week.earned for week in value.weeks) == pytest.approx(float(now.earned))
    planned = [point.planned for point in value.days]
    assert planned == sorted(planned)
    if found.done and found.earliest and found.latest:
        assert november(20) <= found.earliest <= found.done <= found.latest


@pytest.mark.parametrize(("days", "over"), [(0, "none are over"), (1, "1 is over"), (4, "4 are over")])
def test_too_little_to_tell_is_said_and_no_date_given(lessons: Catalogue, days: int, over: str) -> None:
    _, found = both(lessons, WEEK, SIX_DAYS, november(2 + days))
    assert (found.pace, found.done, found.earliest, found.latest) == (None, None, None, None)
    assert over in found.says
    assert [each.done is not None for each in found.scenarios] == [True] * 3


def test_nothing_earned_gives_no_date(lessons: Catalogue) -> None:
    _, found = both(lessons, [], SIX_DAYS, november(20))
    assert found.pace == 0
    assert found.done is None
    assert "no hours were gained from 2 November 2026 to 19 November 2026" in found.says


def test_a_date_further_than_twenty_years_is_none(lessons: Catalogue) -> None:
    schedule = Schedule(MONDAY, frozenset(range(1, 7)), hours_a_week=0.01, zone="UTC")  # Mondays alone
    entries: list[Entry] = [attempt(november(2), 1, "e1", 0.01)]  # half a hundredth of an hour
    value, found = both(lessons, entries, schedule, december(5))
    assert found.learning_days == 5  # the five Mondays, though the first is more than 28 days ago
    assert found.pace == pytest.approx(0.001)
    assert value.planned_end is None
    assert found.done is None
    assert found.latest is None
    assert "not done within 20 years" in found.says
    assert found.scenarios[0].done is not None


def test_all_earned_is_said(lessons: Catalogue) -> None:
    entries: list[Entry] = [
        attempt(november(2), day, name, most) for day in range(1, 11) for name, most in (("e1", 4.0), ("e2", 6.0))
    ]
    value, found = both(lessons, entries, SIX_DAYS, november(9))
    assert found.finished
    assert found.says == "Every hour of the plan is earned."
    assert (found.done, found.scenarios) == (None, ())
    assert value.earned == value.total == 50


def test_a_bonus_earns_no_more_than_the_day(lessons: Catalogue) -> None:
    entries: list[Entry] = [
        attempt(november(2), 1, name, most) for name, most in (("e1", 4.0), ("e2", 6.0), ("e3", 2.0))
    ]
    value, _ = both(lessons, entries, SIX_DAYS, november(2))
    assert value.earned == 5.0


def test_only_what_is_written_can_be_earned_and_that_is_said(tmp_path: Path) -> None:
    lessons = learning.catalogue(learning.plan(tmp_path, written=3))
    value, found = both(lessons, WEEK, SIX_DAYS, november(9))
    assert (value.total, value.written) == (50.0, 15.0)
    assert "All 50 h of the plan are counted. Lessons for 15 h of them are written so far" in found.assumed[0]


def test_the_plan_starts_with_the_first_activity_where_no_start_is_set(lessons: Catalogue) -> None:
    value, _ = both(lessons, WEEK, Schedule(zone="UTC"), november(9))
    assert value.start == november(2)
    value, _ = both(lessons, [], Schedule(zone="UTC"), november(9))
    assert (value.start, value.planned) == (november(9), 5.0)  # 35 h a week over seven days


def test_a_start_ahead_plans_nothing_yet(lessons: Catalogue) -> None:
    value, found = both(lessons, WEEK, Schedule(december(1), zone="UTC"), november(9))
    assert (value.planned, value.schedule_index) == (0.0, None)
    assert value.days[0].date == november(2)
    assert found.pace is None
    assert value.planned_end == december(10)


def test_an_attempt_after_today_counts_as_today(lessons: Catalogue) -> None:
    value, _ = both(lessons, [attempt(december(24), 1, "e1", 4)], SIX_DAYS, november(9))
    assert [point.earned for point in value.days[-2:]] == [0.0, 2.0]


def test_days_that_are_all_alike_leave_no_range(lessons: Catalogue) -> None:
    now = learning.standing(lessons, {})
    found = forecast(now, _earning([2] * 6), SIX_DAYS, november(9))
    assert found.earliest == found.done == found.latest == november(30)  # 50 - 12 = 38 h, 19 days
    assert "do not tell how far off that may be" in found.says
    assert "chances" not in found.says


def test_the_same_history_gives_the_same_dates(lessons: Catalogue) -> None:
    assert both(lessons, WEEK, SIX_DAYS, november(9)) == both(lessons, WEEK, SIX_DAYS, november(9))


@pytest.mark.parametrize("learnt", [8, 24])
def test_the_range_holds_what_happens_eight_times_in_ten(lessons: Catalogue, learnt: int) -> None:
    """100 learners whose days are lumps (0, 1, 2 or 5 h): how often is the day they are really done in their range?"""
    dice, inside = random.Random(7), 0
    every_day = Schedule(MONDAY, zone="UTC")
    now, today = learning.standing(lessons, {}), MONDAY + dt.timedelta(days=learnt)
    for _ in range(100):
        days = [dice.choice([0, 0, 1, 2, 5]) for _ in range(learnt)]
        found = forecast(_of_hours(now, 200), _earning(days), every_day, today)
        left, took = 200 - sum(days), 0
        while left > 0:
            left -= dice.choice([0, 0, 1, 2, 5])
            took += 1
        really = today + dt.timedelta(days=took - 1)
        if found.earliest is None:  # nothing was earned on all these days: no date is told
            continue
        inside += found.earliest <= really <= (found.latest or really)
    assert 70 <= inside <= 88  # too wide is as wrong as too narrow


def _earning(days: list[int]) -> History:
    earned = {MONDAY + dt.timedelta(days=n): Fraction(each) for n, each in enumerate(days)}
    return History(earned, Fraction(0), {}, {}, {})


def _of_hours(now: Progress, total: int) -> Progress:
    """The same standing on a plan of so many hours, as far as a forecast asks."""
    return replace(now, plan=replace(now.plan, hours=Fraction(total)))
