"""Scores against the plan: what a day, a bonus, a goal and a whole plan come to."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import inf, nan
from pathlib import Path

import pytest

from curriculum.catalogue import Catalogue, ReleasedExercise, ReleasedLesson
from curriculum.journal import Attempt
from curriculum.plan import Plan, load_plan
from curriculum.progress import Progress, progress

DAY = Fraction(920, 185)


@pytest.fixture(scope="module")
def plan() -> Plan:
    return load_plan()


def exercise(name: str, tests: Mapping[str, int], goals: tuple[int, ...] = (), level: str = "core") -> ReleasedExercise:
    return ReleasedExercise(name, f"Exercise {name}", level, 20, goals, tests)


def released(plan: Plan, lessons: Mapping[str, list[ReleasedExercise]]) -> Catalogue:
    """A catalogue of these days, as if their notebooks had been read."""
    catalogue = Catalogue(plan, Path("no-such-course"))
    for id, exercises in lessons.items():
        points = sum(sum(e.tests.values()) for e in exercises if not e.bonus)
        unit = plan.day(id).unit
        stem = id.replace(".", "_")
        catalogue.lessons[id] = ReleasedLesson(id, unit, stem, Path(f"{stem}.ipynb"), points, tuple(exercises))
    return catalogue


def attempt(day: str, name: str = "e1", state: str = "wrong") -> Attempt:
    return Attempt("2026-11-21T10:00:00+00:00", "learner", day, name, state, 0, 4, "abc")


ONE = {
    "1.5-d1": [
        exercise("e1", {"a": 2, "b": 2}, goals=(1,)),
        exercise("e2", {"c": 4}, goals=(1, 2)),
        exercise("e3", {"z": 3}, level="stretch"),
    ]
}


def scored(plan: Plan, cells: Mapping[str, float], **others: list[Attempt]) -> Progress:
    """Progress with these scores in the day of ONE."""
    scores = {"1.5": {"1_5-d1": {name: (score, 99.0) for name, score in cells.items()}}}
    return progress(plan, released(plan, ONE), scores, others.get("attempts", []), [])


def test_a_perfect_day_earns_its_weight_exactly(plan: Plan) -> None:
    result = scored(plan, {"a": 2, "b": 2, "c": 4})
    assert result.day("1.5-d1").earned == DAY
    assert result.day("1.5-d1").state == "done"
    assert result.earned == DAY
    assert result.days_done == 1


def test_all_perfect_days_earn_the_plans_hours_exactly(plan: Plan) -> None:
    catalogue = released(plan, {day.id: [exercise("e1", {"a": 3})] for day in plan.days})
    scores: dict[str, dict[str, dict[str, tuple[float, float]]]] = {}
    for lesson in catalogue.lessons.values():
        scores.setdefault(lesson.unit, {})[lesson.stem] = {"a": (3.0, 3.0)}
    result = progress(plan, catalogue, scores, [], [])
    assert result.earned == 920
    assert result.days_done == 185
    assert result.following is None


def test_half_the_points_are_half_the_hours(plan: Plan) -> None:
    day = scored(plan, {"a": 2, "b": 2, "c": 0}).day("1.5-d1")
    assert day.earned == DAY / 2
    assert day.state == "tried"
    assert (day.points, day.most, day.share) == (4.0, 8.0, 0.5)


def test_a_bonus_makes_up_for_lost_points(plan: Plan) -> None:
    day = scored(plan, {"a": 1, "b": 2, "c": 4, "z": 1}).day("1.5-d1")
    assert day.earned == DAY
    assert day.state == "done"


def test_a_bonus_never_counts_beyond_the_day(plan: Plan) -> None:
    day = scored(plan, {"a": 2, "b": 2, "c": 4, "z": 3}).day("1.5-d1")
    assert day.earned == DAY
    assert day.points == 11
    assert day.share == 1.0


def test_points_in_tenths_add_up_exactly(plan: Plan) -> None:
    catalogue = released(plan, {"1.5-d1": [exercise("e1", {f"t{i}": 1 for i in range(10)})]})
    scores = {"1.5": {"1_5-d1": {f"t{i}": (0.1, 1.0) for i in range(10)}}}
    assert progress(plan, catalogue, scores, [], []).earned == DAY / 10


def test_unknown_cells_are_ignored(plan: Plan) -> None:
    result = scored(plan, {"removed": 100, "d01_reflection": 5})
    assert result.earned == 0
    assert result.day("1.5-d1").state == "not started"


@pytest.mark.parametrize("score", [-3.0, nan, inf, -inf])
def test_a_score_that_cannot_be_one_counts_nothing(plan: Plan, score: float) -> None:
    result = scored(plan, {"a": score, "b": 2})
    assert result.earned == DAY / 4
    assert result.day("1.5-d1").points == 2


def test_a_cell_counts_no_more_than_it_is_worth_now(plan: Plan) -> None:
    assert scored(plan, {"a": 50}).earned == DAY / 4


def test_a_lesson_without_points_earns_nothing(plan: Plan) -> None:
    catalogue = released(
        plan, {"1.5-d1": [exercise("e1", {"z": 1}, goals=(1,), level="stretch"), exercise("e2", {}, (2,))]}
    )
    result = progress(plan, catalogue, {}, [], [])
    assert result.earned == 0
    assert [result.goals[i].state for i in _goals_of(result, "1.5")[:2]] == ["open", "open"]


def _goals_of(result: Progress, unit: str) -> list[int]:
    return [i for i, goal in enumerate(result.goals) if goal.goal.unit == unit]


def _goal(result: Progress, id: str) -> tuple[str, tuple[str, ...]]:
    found = next(goal for goal in result.goals if goal.goal.id == id)
    return found.state, found.days


@pytest.mark.parametrize(
    ("cells", "first", "second"),
    [
        ({}, "open", "open"),
        ({"a": 2}, "tried", "open"),
        ({"a": 2, "b": 2}, "tried", "open"),  # correct in e1 alone: e2 shows the first goal as well
        ({"c": 4}, "tried", "done"),
        ({"a": 2, "b": 2, "c": 4}, "done", "done"),
        ({"a": 2, "b": 1, "c": 4, "z": 3}, "tried", "done"),  # a bonus fills the day, not a goal
    ],
)
def test_a_goal_is_done_when_all_its_exercises_are_correct(
    plan: Plan, cells: Mapping[str, float], first: str, second: str
) -> None:
    result = scored(plan, cells)
    assert _goal(result, "1.5-1") == (first, ("1.5-d1",))
    assert _goal(result, "1.5-2") == (second, ("1.5-d1",))
    assert _goal(result, "1.5-3") == ("not written", ())
    assert len(result.goals) == 72
    assert result.goals_done == [first, second].count("done")


def test_a_wrong_attempt_is_tried_for_the_goals_of_its_exercise_alone(plan: Plan) -> None:
    result = scored(plan, {}, attempts=[attempt("1.5-d1", "e1"), attempt("1.5-d1", "e2", "not attempted")])
    assert result.day("1.5-d1").state == "tried"
    assert _goal(result, "1.5-1")[0] == "tried"
    assert _goal(result, "1.5-2")[0] == "open"


def test_states_of_days(plan: Plan) -> None:
    catalogue = released(plan, {f"1.5-d{n}": [exercise("e1", {"a": 4})] for n in (1, 2, 3, 4)})
    scores = {"1.5": {"1_5-d1": {"a": (4.0, 4.0)}}}
    result = progress(plan, catalogue, scores, [attempt("1.5-d2")], ["1.5-d1", "1.5-d2", "1.5-d3"])
    states = [result.day(f"1.5-d{n}").state for n in range(1, 6)]
    assert states == ["done", "tried", "started", "not started", "not written"]
    with pytest.raises(LookupError):
        result.day("1.5-d99")


def _next(
    plan: Plan, done: tuple[int, ...], tried: tuple[int, ...] = (), started: tuple[int, ...] = ()
) -> tuple[str, str]:
    """The day that follows in 1.5, all seven lessons written."""
    catalogue = released(plan, {f"1.5-d{n}": [exercise("e1", {"a": 4})] for n in range(1, 8)})
    scores = {"1.5": {f"1_5-d{n}": {"a": (4.0, 4.0)} for n in done}}
    begun = [f"1.5-d{n}" for n in (*done, *tried, *started)]
    result = progress(plan, catalogue, scores, [attempt(f"1.5-d{n}") for n in tried], begun)
    return (result.following.day.id if result.following else "", result.why)


def test_what_follows(plan: Plan) -> None:
    assert _next(plan, ()) == ("1.5-d1", "it builds on no earlier lesson")
    assert _next(plan, (1,)) == ("1.5-d2", "what it builds on is done")
    assert _next(plan, (1,), started=(3, 5)) == ("1.5-d3", "you have begun it")
    assert _next(plan, (1,), tried=(5, 3), started=(2,)) == ("1.5-d3", "it is the one you worked on last")
    assert _next(plan, (1, 3), tried=(5, 3)) == ("1.5-d5", "it is the one you worked on last")
    assert _next(plan, (1, 2, 3, 4, 5, 6, 7)) == ("", "every lesson that is written is done")


def test_a_prerequisite_without_a_lesson_keeps_nobody_waiting(plan: Plan) -> None:
    assert plan.day("1.5-d4").prerequisites == ("1.5-d1", "1.5-d3")
    result = progress(plan, released(plan, {"1.5-d4": [exercise("e1", {"a": 4})]}), {}, [], [])
    assert result.following is not None
    assert (result.following.day.id, result.why) == ("1.5-d4", "what it builds on has no lesson yet")


def test_a_day_whose_ground_is_laid_comes_before_one_that_builds_on_what_nobody_has_written(plan: Plan) -> None:
    lessons = {id: [exercise("e1", {"a": 4})] for id in ("1.1.1-d2", "1.5-d1")}
    assert plan.day("1.1.1-d2").prerequisites == ("1.1.1-d1",)
    result = progress(plan, released(plan, lessons), {}, [], [])
    assert result.following is not None
    assert (result.following.day.id, result.why) == ("1.5-d1", "it builds on no earlier lesson")


def test_a_prerequisite_that_is_not_done_is_waited_for(plan: Plan) -> None:
    lessons = {id: [exercise("e1", {"a": 4})] for id in ("1.5-d4", "1.5-d3", "1.5-d5")}
    result = progress(plan, released(plan, lessons), {}, [], [])
    assert result.following is not None
    assert result.following.day.id == "1.5-d3"


def test_without_any_lesson_nothing_follows(plan: Plan) -> None:
    result = progress(plan, released(plan, {}), {}, [], [])
    assert result.following is None
    assert result.why == "no lesson is written yet"
    assert {day.state for day in result.days} == {"not written"}
    assert {goal.state for goal in result.goals} == {"not written"}
