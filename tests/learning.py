"""A made-up plan and what a made-up learner did of it: ten days of five hours, each lesson with two exercises of ten points."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path

from curriculum.catalogue import Catalogue, ReleasedExercise, ReleasedLesson
from curriculum.journal import Attempt, Entry, Minutes
from curriculum.outlook.history import History, history
from curriculum.outlook.schedule import Schedule
from curriculum.plan import Plan, load_plan
from curriculum.progress import Progress, progress

LEARNER = "ada"
MONDAY = dt.date(2026, 11, 2)

_HEAD = """\
[plan]
title = "Ten days"
hours = 50
days = 10
day_minutes = { read = 90, guided = 60, exercises = 150 }
[equipment]
[readings.B]
title = "A book"
authors = "Somebody"
[[phase]]
id = "1"
title = "Phase"
days = 10
[[section]]
id = "1.1"
title = "Section"
days = 10
technologies = ["NumPy", "Rust"]
readings = { B = "all" }
[section.concepts]
means = "Means"
spreads = "Spreads"
[[goal]]
id = "1.1-1"
text = "Compute a mean."
technologies = ["NumPy"]
concepts = ["means"]
"""


def plan(folder: Path, written: int = 10) -> Plan:
    """The plan, in which the first so many days name a lesson. Days 1 to 3 are about means, the others about spreads."""
    days = [
        f'[[day]]\nid = "1.1-d{n}"\ntitle = "Day {n}"\nconcepts = ["{"means" if n <= 3 else "spreads"}"]\n'
        + (f'lesson = "d{n:02d}_x"\n' if n <= written else "")
        for n in range(1, 11)
    ]
    path = folder / "plan.toml"
    path.write_text(_HEAD + "".join(days), encoding="utf-8")
    return load_plan(path)


def catalogue(plan: Plan) -> Catalogue:
    """The lessons as if their notebooks had been read: e1 has 4 points and shows the goal, e2 has 6, e3 2 points of bonus."""
    made = Catalogue(plan, Path("no-such-course"))
    for day in plan.days:
        if day.lesson:
            exercises = (
                ReleasedExercise("e1", f"First of {day.id}", "core", 15, (1,), {"e1_a": 4}),
                ReleasedExercise("e2", f"Second of {day.id}", "core", 30, (), {"e2_a": 6}),
                ReleasedExercise("e3", f"Bonus of {day.id}", "stretch", 20, (), {"e3_a": 2}),
            )
            made.lessons[day.id] = ReleasedLesson(day.id, day.unit, day.lesson, Path("x.ipynb"), 10, exercises)
    return made


def at(date: dt.date, hour: int = 12) -> str:
    return dt.datetime.combine(date, dt.time(hour), dt.UTC).isoformat()


def attempt(
    date: dt.date, day: int, exercise: str, points: float, work: str = "w", state: str = "", hour: int = 12
) -> Attempt:
    most = {"e1": 4.0, "e2": 6.0, "e3": 2.0}[exercise]
    said = state or ("correct" if points == most else "wrong")
    return Attempt(at(date, hour), LEARNER, f"1.1-d{day}", exercise, said, points, most, work)


def hours(date: dt.date, day: int, spent: float, corrected: bool = False) -> Minutes:
    return Minutes(at(date), LEARNER, f"1.1-d{day}", spent * 3600, corrected)


def standing(lessons: Catalogue, points: Mapping[tuple[int, str], float], entries: Iterable[Entry] = ()) -> Progress:
    """What progress says where the gradebook holds these points, by day and exercise."""
    scores: dict[str, dict[str, dict[str, tuple[float, float]]]] = {"1.1": {}}
    for (day, exercise), got in points.items():
        scores["1.1"].setdefault(f"d{day:02d}_x", {})[f"{exercise}_a"] = (got, 99.0)
    attempts = [entry for entry in entries if isinstance(entry, Attempt)]
    return progress(lessons.plan, lessons, scores, attempts, [])


def latest(entries: Iterable[Entry]) -> dict[tuple[int, str], float]:
    """The points as a gradebook holds them after these entries: those of the last check of each exercise."""
    return {
        (int(entry.day.rpartition("d")[2]), entry.exercise): entry.points
        for entry in entries
        if isinstance(entry, Attempt)
    }


def past(lessons: Catalogue, entries: list[Entry], schedule: Schedule, today: dt.date) -> tuple[Progress, History]:
    now = standing(lessons, latest(entries), entries)
    return now, history(now, lessons, entries, schedule, today)
