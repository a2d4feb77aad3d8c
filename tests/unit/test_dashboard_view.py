"""The dashboard's data: rounded so that nothing is shown as more than it is."""

from __future__ import annotations

import json
from pathlib import Path

from curriculum.catalogue import Catalogue, ReleasedExercise, ReleasedLesson
from curriculum.dashboard.view import Data, view
from curriculum.plan import Plan, load_plan
from curriculum.progress import progress


def _view(points: dict[str, float], most: int = 10) -> Data:
    """The view of a plan in which every day has a lesson of one exercise, worth `most` and a bonus of 5."""
    plan: Plan = load_plan()
    catalogue = Catalogue(plan, Path("no-such-course"))
    for day in plan.days:
        core, stretch = (
            ReleasedExercise("e1", "One", "core", 20, (1,), {"core": most}),
            ReleasedExercise("e2", "Two", "stretch", 20, (), {"stretch": 5}),
        )
        catalogue.lessons[day.id] = ReleasedLesson(day.id, day.unit, day.id, Path("x"), most, (core, stretch))
    scores: dict[str, dict[str, dict[str, tuple[float, float]]]] = {}
    for id, score in points.items():
        cells = {"core": (min(score, most), float(most)), "stretch": (max(0.0, score - most), 5.0)}
        scores.setdefault(plan.day(id).unit, {})[id] = cells
    return view(progress(plan, catalogue, scores, [], []), "learner", "/user/ada/")


def _days(data: Data) -> dict[str, Data]:
    return {d["id"]: d for p in data["phases"] for s in p["sections"] for u in s["units"] for d in u["days"]}


def test_a_day_done_reads_as_what_it_weighs() -> None:
    day = _days(_view({"1.5-d1": 13}))["1.5-d1"]
    assert day["earned"] == day["hours"] == 4.97
    assert (day["points"], day["most"], day["bonus"], day["state"]) == (10, 10, 3, "done")


def test_a_day_says_where_its_copy_lies_and_how_long_it_was_worked_on() -> None:
    plan = load_plan()
    made = progress(plan, Catalogue(plan, Path("no-such-course")), {}, [], [])
    days = _days(view(made, "ada", "/", {"1.5-d1": "work/mine.ipynb", "1.5-d2": None}, {"1.5-d1": 90.5}))
    assert [(days[day]["path"], days[day]["seconds"]) for day in ("1.5-d1", "1.5-d2", "1.5-d3")] == [
        ("work/mine.ipynb", 90.5), (None, 0.0), (None, 0.0),
    ]  # fmt: skip


def test_only_everything_is_everything() -> None:
    every = {day.id: 10.0 for day in load_plan().days}
    whole = _view(every)
    assert (whole["earned"], whole["hours"], whole["percent"], whole["days_done"]) == (920.0, 920.0, 100.0, 185)
    nearly = _view({**every, "1.5-d1": 9.99})
    assert (nearly["earned"], nearly["percent"], nearly["days_done"]) == (919.9, 99.9, 184)


def test_the_tree_holds_every_day_and_goal_once() -> None:
    data = _view({"1.5-d1": 5})
    goals = [g["id"] for p in data["phases"] for s in p["sections"] for u in s["units"] for g in u["goals"]]
    assert (len(_days(data)), len(goals), len(set(goals))) == (185, 72, 72)
    assert sum(data["goal_states"].values()) == 72
    assert [phase["goals"] for phase in data["phases"]] == [35, 12, 7, 18]
    assert [p["id"] for p in data["phases"] if p["current"]] == ["1"]
    assert [s["id"] for s in data["phases"][0]["sections"] if s["current"]] == ["1.5"]
    assert data["next"]["id"] == "1.5-d1"
    assert data["next"]["start"] == "/user/ada/mind/api/start/1.5-d1"
    json.dumps(data)
