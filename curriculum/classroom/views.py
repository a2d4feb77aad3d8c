"""Which tables a class has, and one learner's: plain rows, made from how the class stands."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, replace
from fractions import Fraction

import numpy as np

from curriculum.classroom.people import Person
from curriculum.classroom.regrades import Regrade
from curriculum.classroom.scores import Test
from curriculum.classroom.standing import ClassStanding
from curriculum.classroom.tables import Column, Row, Table
from curriculum.classroom.tries import STUCK
from curriculum.rounding import down, plain

_LEARNER = Column("learner", "Learner", "learner")
_DAY, _LESSON, _EXERCISE = Column("day", "Day"), Column("lesson", "Lesson"), Column("exercise", "Exercise")


def learners(standing: ClassStanding, unit: str = "") -> Table:
    """Everybody, in the whole plan or in one unit."""
    scores, days = standing.scores, standing.days
    chosen = np.array([not unit or day.unit == unit for day in days], dtype=bool)
    hours = standing.earned[:, chosen].sum(axis=1)
    points = np.minimum(np.nan_to_num(standing.points), standing.full)[:, chosen].sum(axis=1)
    done = standing.done[:, chosen].sum(axis=1)
    names = {day.id for day, mine in zip(days, chosen, strict=True) if mine}
    stuck = Counter(learner for learner, day, *_ in standing.stuck if day in names)
    seconds = defaultdict[str, float](float)
    for (learner, day), more in standing.tries.seconds.items():
        if day in names:
            seconds[learner] += more
    late = Counter(student for (student, of), one in scores.handed_in.items() if one.late and (not unit or of == unit))
    seen = _seen(standing)
    rows = [
        _named(one)
        | {
            "hours": down(hours[at], 1),
            "points": down(points[at]),
            "done": int(done[at]),
            "spent": down(seconds[one.id] / 3600, 1) if one.id in seconds else None,
            "stuck": stuck[one.id],
            "late": late[one.id],
            "seen": seen.get(one.id),
        }
        for at, one in enumerate(scores.people)
    ]
    columns = (
        _LEARNER, Column("hours", "Hours earned", "hours"), Column("points", f"Points of {plain(standing.full[chosen].sum())}", "number"),
        Column("done", f"Days done of {int(chosen.sum())}", "count"), Column("spent", "Hours spent", "hours"),
        Column("stuck", "Stuck at", "count"), Column("late", "Handed in late", "count"), Column("seen", "Last seen", "time"),
    )  # fmt: skip
    about = (
        "Hours are earned by points: a day's hours are its share of full points. Points are without the bonus. Hours spent, and "
        "who is stuck, come from the journal of this folder; it holds nothing of learners who work on machines of their own."
    )
    return Table("learners", about, _NOBODY, columns, rows, "learner").ordered("learner", False)


def sections(standing: ClassStanding) -> Table:
    """Each unit that has lessons: its deadline, who handed in, and how far they are."""
    scores, plan = standing.scores, standing.catalogue.plan
    graded = ~np.isnan(standing.points)
    rows = []
    for unit in dict.fromkeys(day.unit for day in standing.days):
        mine = np.array([day.unit == unit for day in standing.days], dtype=bool)
        handed = [one for (_, of), one in scores.handed_in.items() if of == unit]
        tried = graded[:, mine].any(axis=1)
        hours = standing.earned[:, mine].sum(axis=1)[tried]
        due = scores.deadlines.get(unit)
        rows.append(
            {
                "section": f"{unit} {plan.unit(unit).title}",
                "days": int(mine.sum()),
                "deadline": due.isoformat() if due else None,
                "handed_in": len(handed),
                "late": sum(one.late > 0 for one in handed),
                "started": int(tried.sum()),
                "done": int((standing.done & graded)[:, mine].all(axis=1).sum()),
                "hours": down(float(np.median(hours)), 1) if len(hours) else None,
                "of": down(sum((day.hours for day in standing.days if day.unit == unit), Fraction(0)), 1),
            }
        )
    columns = (
        Column("section", "Section"), Column("days", "Days", "count"), Column("deadline", "Deadline", "time"),
        Column("handed_in", "Handed in", "count"), Column("late", "Late", "count"), Column("started", "Graded", "count"),
        Column("done", "All done", "count"), Column("hours", "Median hours", "hours"), Column("of", "Planned hours", "hours"),
    )  # fmt: skip
    about = (
        "Learners by section. The median is of those who have a score in it. The command mind class deadline sets a deadline; an extension "
        "that nbgrader knows of counts."
    )
    return Table("sections", about, "No section has a lesson yet.", columns, rows, "section")


def stuck(standing: ClassStanding) -> Table:
    """Who is stuck where."""
    people = {one.id: one for one in standing.scores.people}
    days = {day.id: day for day in standing.days}
    titles = {(lesson.day, exercise.name): exercise.title for lesson, exercise in standing.scores.exercises}
    rows = [
        _named(people.get(learner, Person(learner)))
        | {"day": day, "lesson": days[day].title, "exercise": titles.get((day, name), name)}
        | {"tries": tries, "state": state, "since": since, "last": last}
        for learner, day, name, state, tries, since, last in standing.stuck
        if day in days
    ]
    columns = (
        _LEARNER, _DAY, _EXERCISE, _LESSON, Column("tries", "Tries", "count"), Column("state", "Last one"),
        Column("since", "First try", "time"), Column("last", "Last try", "time"),
    )  # fmt: skip
    about = (
        f"{STUCK} or more different tries at one exercise, and none that was right since. From the journal of this folder, to "
        "which checks add; of learners who work on machines of their own it knows nothing."
    )
    table = Table("stuck", about, "Nobody is stuck, as far as the journal of this folder tells.", columns, rows, "last")
    return table.ordered("last", True)


def exercises(standing: ClassStanding) -> Table:
    """Exercises by difficulty and discrimination: see curriculum.classroom.item_analysis."""
    days = {day.id: day for day in standing.days}
    waiting = Counter((day, name) for _, day, name, *_ in standing.stuck)
    rows = [
        {
            "day": lesson.day, "lesson": days[lesson.day].title, "exercise": exercise.title, "level": exercise.level,
            "n": item.n, "share": None if item.mean is None else down(item.mean, 4), "full": item.full, "compared": item.compared,
            "correlation": _rounded(item.correlation), "upper_lower": _rounded(item.upper_lower),
            "stuck": waiting[lesson.day, exercise.name],
        }
        for (lesson, exercise), item in zip(standing.scores.exercises, standing.items, strict=True)
    ]  # fmt: skip
    columns = (
        _DAY, _EXERCISE, _LESSON, Column("level", "Level"), Column("n", "Learners", "count"),
        Column("share", "Mean share", "share"), Column("full", "All right", "count"),
        Column("compared", "Compared", "count"), Column("correlation", "Item-rest r", "signed"),
        Column("upper_lower", "Upper − lower", "signed"), Column("stuck", "Stuck", "count"),
    )  # fmt: skip
    about = (
        "Of those whose day was graded; an exercise left empty counts as 0. Item-rest r is the correlation of an exercise with the "
        "rest of its section: near 0 or below, look at the exercise and its tests. Upper − lower is the mean share of the best 27 % "
        "minus that of the last. Both want ten learners to compare and some spread; else they are left empty. Henrysson 1963, Kelley 1939."
    )
    return Table("exercises", about, "No lesson is written yet.", columns, rows, "day")


def tests(standing: ClassStanding) -> Table:
    """Test cells that have a hidden part, by how many fail them."""
    scores = standing.scores
    rows = [
        {
            "day": test.lesson.day, "exercise": test.exercise.title, "test": scores.hidden[_place(test)], "points": test.most,
            "n": int(given), "failed": int(failed), "share": down(failed / given, 4),
        }
        for test, given, failed in zip(scores.tests, scores.given, scores.failed, strict=True)
        if given and _place(test) in scores.hidden
    ]  # fmt: skip
    columns = (
        _DAY, _EXERCISE, Column("test", "Test"), Column("points", "Points", "number"),
        Column("n", "Graded", "count"), Column("failed", "Failed", "count"), Column("share", "Share failed", "share"),
    )  # fmt: skip
    about = (
        "Tests that have a hidden part, the most often failed first. Failed is who has fewer than the test's points; an exercise "
        "left empty fails all of its tests. The gradebook keeps one score a test: mind grade --json says which part it was."
    )
    table = Table("tests", about, "Nothing has been graded yet.", columns, rows, "share")
    return table.ordered("failed", True).ordered("share", True)


def times(standing: ClassStanding) -> Table:
    """Minutes spent on each day against those planned."""
    by_day: dict[str, list[float]] = {}
    for (_, id), seconds in standing.tries.seconds.items():
        if seconds > 0:
            by_day.setdefault(id, []).append(seconds / 60)
    rows = []
    for day in standing.days:
        spent, planned = by_day.get(day.id, []), float(day.hours) * 60
        low, middle, high = np.percentile(spent, [25, 50, 75]).tolist() if spent else (None, None, None)
        rows.append(
            {
                "day": day.id,
                "lesson": day.title,
                "planned": round(planned),
                "n": len(spent),
                "low": low,
                "median": middle,
            }
            | {"high": high, "ratio": None if middle is None else down(middle / planned, 3)}
        )
    columns = (
        _DAY, _LESSON, Column("planned", "Planned min", "minutes"), Column("n", "Learners", "count"),
        Column("low", "Lower quarter", "minutes"), Column("median", "Median min", "minutes"),
        Column("high", "Upper quarter", "minutes"), Column("ratio", "Of planned", "share"),
    )  # fmt: skip
    about = (
        "Active minutes in a lesson, as JupyterLab counts them, of learners who let them be counted; finished or not."
    )
    return Table("time", about, "No lesson is written yet.", columns, rows, "day")


def changed(standing: ClassStanding) -> Table:
    """Scores that grading again has changed."""
    return _regrades(standing, standing.regrades)


def _regrades(standing: ClassStanding, found: Iterable[Regrade]) -> Table:
    people = {one.id: one for one in standing.scores.people}
    rows = [_named(people.get(one.student, Person(one.student))) | asdict(one) for one in found]
    columns = (
        Column("when", "When", "time"), _LEARNER, Column("section", "Section"), Column("notebook", "Notebook"),
        Column("exercise", "Exercise"), Column("before", "Before", "number"), Column("now", "Now", "number"), Column("cause", "Why"),
    )  # fmt: skip
    about = "Exercises whose score mind grade has changed, the newest first. Where there was no score before, that is left empty."
    return Table("regrades", about, "No score has been changed by grading again.", columns, rows, "when", True)


#: Every table of a class by its name, in the order of the page.
TABLES: Mapping[str, Callable[[ClassStanding], Table]] = {
    "learners": learners, "sections": sections, "stuck": stuck, "exercises": exercises, "tests": tests, "time": times,
    "regrades": changed,
}  # fmt: skip


def table_of(standing: ClassStanding, name: str) -> Table:
    """A table by its name, made once for each count of the class. Raises LookupError."""
    make = TABLES[name]
    if name not in standing.made:
        standing.made[name] = make(standing)
    made: Table = standing.made[name]
    return made


def one_learner(standing: ClassStanding, learner: str) -> tuple[Row, list[Table]]:
    """A learner's page: their row among the learners, and tables of days, tries and regrades. Raises LookupError."""
    row = next((row for row in table_of(standing, "learners").rows if row["learner"] == learner), None)
    if row is None:
        raise LookupError(learner)
    at = [one.id for one in standing.scores.people].index(learner)
    days = [
        {
            "day": day.id, "lesson": day.title,
            "points": None if np.isnan(standing.points[at, i]) else down(standing.points[at, i]),
            "most": float(standing.full[i]), "hours": down(standing.earned[at, i]),
            "minutes": standing.tries.seconds[learner, day.id] / 60 if (learner, day.id) in standing.tries.seconds else None,
            "handed_in": _when(standing, learner, day.unit), "late": _late(standing, learner, day.unit),
        }
        for i, day in enumerate(standing.days)
    ]  # fmt: skip
    columns = (
        _DAY, _LESSON, Column("points", "Points", "number"), Column("most", "Of", "number"), Column("hours", "Hours earned", "number"),
        Column("minutes", "Minutes spent", "minutes"), Column("handed_in", "Section handed in", "time"), Column("late", "Late"),
    )  # fmt: skip
    own = Table("days", "Points are with the bonus.", "No lesson is written yet.", columns, days, "day")
    everybody = table_of(standing, "stuck")
    mine = [one for one in everybody.rows if one["learner"] == learner]
    waiting = replace(everybody, rows=mine, empty="Stuck nowhere, as far as the journal of this folder tells.")
    return row, [own, waiting, _regrades(standing, [one for one in standing.regrades if one.student == learner])]


def _place(test: Test) -> tuple[str, str, str]:
    return test.lesson.unit, test.lesson.stem, test.name


def _named(one: Person) -> Row:
    return {"learner": one.id, "name": one.name}


def _seen(standing: ClassStanding) -> dict[str, str]:
    found = dict(standing.tries.seen)
    for (student, _), one in standing.scores.handed_in.items():
        if one.when and one.when.isoformat() > found.get(student, ""):
            found[student] = one.when.isoformat()
    return found


def _when(standing: ClassStanding, learner: str, unit: str) -> str | None:
    one = standing.scores.handed_in.get((learner, unit))
    return one.when.isoformat() if one and one.when else None


def _late(standing: ClassStanding, learner: str, unit: str) -> str | None:
    one = standing.scores.handed_in.get((learner, unit))
    return f"by {dt.timedelta(seconds=round(one.late))}" if one and one.late else None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(float(value), 4)


_NOBODY = "Nobody is in the class yet. The command mind class roster students.csv enters them."
