"""How far a learner is: scores and attempts against the plan, in hours and goals. Pure: nothing is read or written here.

Earned hours of a day are its weight times min(1, points / points without the bonus): a stretch exercise can make up for a
lost point of its day, and no day counts for more than itself. A goal is done when every exercise that shows it is correct.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from autograder.results import Scores
from curriculum.catalogue import Catalogue, ReleasedExercise, ReleasedLesson
from curriculum.journal import Attempt
from curriculum.plan import Day, Goal, Plan


@dataclass(frozen=True)
class DayProgress:
    """``state`` is "not written", "not started", "started", "tried" or "done" (a full score). ``most`` is without the bonus."""

    day: Day
    state: str
    points: float
    most: float
    earned: Fraction

    @property
    def share(self) -> float:
        return min(1.0, self.points / self.most) if self.most else 0.0


@dataclass(frozen=True)
class GoalProgress:
    """``state`` is "not written", "open", "tried" or "done"; ``days`` are those whose exercises show it."""

    goal: Goal
    state: str
    days: tuple[str, ...]


@dataclass(frozen=True)
class Progress:
    """Everything a dashboard shows, in the plan's order. ``following`` is the day to work on now, with the reason."""

    plan: Plan
    days: tuple[DayProgress, ...]
    goals: tuple[GoalProgress, ...]
    following: DayProgress | None
    why: str

    @property
    def earned(self) -> Fraction:
        return sum((day.earned for day in self.days), Fraction(0))

    @property
    def goals_done(self) -> int:
        return sum(goal.state == "done" for goal in self.goals)

    def day(self, day: str) -> DayProgress:
        return next(d for d in self.days if d.day.id == day)


def progress(plan: Plan, catalogue: Catalogue, scores: Scores, attempts: Iterable[Attempt], started: Iterable[str]) -> Progress:
    """Where a learner stands. ``started`` are the ids of days that have a copy in the learner's folder."""
    tried = {attempt.day for attempt in attempts if attempt.state != "not attempted"}
    begun = set(started)
    days = tuple(_day(day, catalogue.lessons.get(day.id), scores, day.id in tried, day.id in begun) for day in plan.days)
    goals = tuple(_goal(goal, catalogue, scores, tried) for goal in plan.goals)
    following, why = _following(days)
    return Progress(plan, days, goals, following, why)


def _day(day: Day, lesson: ReleasedLesson | None, scores: Scores, tried: bool, started: bool) -> DayProgress:
    if lesson is None:
        return DayProgress(day, "not written", 0.0, 0.0, Fraction(0))
    cells = scores.get(lesson.unit, {}).get(lesson.stem, {})
    known = {name for exercise in lesson.exercises for name in exercise.tests}
    points = sum(score for name, (score, _) in cells.items() if name in known)
    share = min(Fraction(1), Fraction(points) / lesson.points)
    if share == 1:
        state = "done"
    elif tried or points > 0:
        state = "tried"
    else:
        state = "started" if started else "not started"
    return DayProgress(day, state, points, float(lesson.points), day.hours * max(Fraction(0), share))


def _goal(goal: Goal, catalogue: Catalogue, scores: Scores, tried: set[str]) -> GoalProgress:
    showing = [
        (lesson, exercise)
        for lesson in catalogue.of_unit(goal.unit)
        for exercise in lesson.exercises
        if goal.number in exercise.goals
    ]
    days = tuple(dict.fromkeys(lesson.day for lesson, _ in showing))
    if not showing:
        return GoalProgress(goal, "not written", ())
    if all(_correct(lesson, exercise, scores) for lesson, exercise in showing):
        return GoalProgress(goal, "done", days)
    return GoalProgress(goal, "tried" if tried & set(days) else "open", days)


def _correct(lesson: ReleasedLesson, exercise: ReleasedExercise, scores: Scores) -> bool:
    cells: Mapping[str, tuple[float, float]] = scores.get(lesson.unit, {}).get(lesson.stem, {})
    return all(cells.get(name, (0.0, 0.0))[0] >= points for name, points in exercise.tests.items())


def _following(days: tuple[DayProgress, ...]) -> tuple[DayProgress | None, str]:
    """The first day begun and not done; else the first one not done whose prerequisites are; else the first not done."""
    written = [day for day in days if day.state != "not written"]
    left = [day for day in written if day.state != "done"]
    for day in left:
        if day.state in ("started", "tried"):
            return day, "you have begun it"
    done = {day.day.id for day in written if day.state == "done"}
    for day in left:
        if set(day.day.prerequisites) <= done:
            return day, "what it builds on is done" if day.day.prerequisites else "it builds on no earlier day"
    if left:
        return left[0], "it is the first that is not done"
    return None, "every lesson that is written is done" if written else "no lesson is written yet"
