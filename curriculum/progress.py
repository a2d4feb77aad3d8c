"""How far a learner is: scores and attempts against the plan, in hours and goals. Pure: nothing is read or written.

Earned hours of a day are its weight times min(1, points / points without the bonus): a stretch exercise can make up for
a lost point of its day, and no day counts for more than itself. A goal is done when every exercise that shows it is
correct.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from autograder.results import Scores
from curriculum.catalogue import Catalogue, ReleasedExercise, ReleasedLesson
from curriculum.journal import Attempt
from curriculum.plan import Day, Goal, Plan


@dataclass(frozen=True)
class DayProgress:
    """``state`` is "not written", "not started", "started", "tried" or "done" (a full score).

    ``points`` are with the bonus, ``most`` is without; ``exercises``: the points of each, by name.
    """

    day: Day
    state: str
    points: float
    most: float
    earned: Fraction
    exercises: Mapping[str, Fraction] = field(default_factory=dict)

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
    def days_done(self) -> int:
        return sum(day.state == "done" for day in self.days)

    @property
    def goals_done(self) -> int:
        return sum(goal.state == "done" for goal in self.goals)

    def day(self, id: str) -> DayProgress:
        """Raises LookupError for a day that the plan does not have."""
        for day in self.days:
            if day.day.id == id:
                return day
        raise LookupError(f"The plan has no day {id!r}.")


def progress(
    plan: Plan, catalogue: Catalogue, scores: Scores, attempts: Iterable[Attempt], started: Iterable[str]
) -> Progress:
    """Where a learner stands.

    ``attempts`` are in the order they were made; ``started`` are the days that have a copy in the learner's folder.
    """
    tried = [attempt for attempt in attempts if attempt.state != "not attempted"]
    last_tried = {attempt.day: position for position, attempt in enumerate(tried)}
    begun = set(started)
    days = tuple(
        _day(day, catalogue.lessons.get(day.id), scores, day.id in last_tried, day.id in begun) for day in plan.days
    )
    exercises = {(attempt.day, attempt.exercise) for attempt in tried}
    goals = tuple(_goal(goal, catalogue, scores, exercises) for goal in plan.goals)
    following, why = _following(days, last_tried)
    return Progress(plan, days, goals, following, why)


def _day(day: Day, lesson: ReleasedLesson | None, scores: Scores, tried: bool, started: bool) -> DayProgress:
    if lesson is None:
        return DayProgress(day, "not written", 0.0, 0.0, Fraction(0))
    exercises = {exercise.name: _points(lesson, exercise, scores) for exercise in lesson.exercises}
    points = sum(exercises.values(), Fraction(0))
    share = share_of(lesson, points)
    if share == 1:
        state = "done"
    elif tried or points:
        state = "tried"
    else:
        state = "started" if started else "not started"
    return DayProgress(day, state, float(points), float(lesson.points), day.hours * share, exercises)


def share_of(lesson: ReleasedLesson, points: Fraction) -> Fraction:
    """The share of a day's hours that points earn, 0 to 1."""
    return min(Fraction(1), points / lesson.points) if lesson.points else Fraction(0)


def _goal(goal: Goal, catalogue: Catalogue, scores: Scores, tried: set[tuple[str, str]]) -> GoalProgress:
    showing = [
        (lesson, exercise)
        for lesson in catalogue.of_unit(goal.unit)
        for exercise in lesson.exercises
        if goal.number in exercise.goals
    ]
    if not showing:
        return GoalProgress(goal, "not written", ())
    points = [_points(lesson, exercise, scores) for lesson, exercise in showing]
    # An exercise without points would be "correct" untouched: it cannot show that a goal is reached.
    most = [sum(exercise.tests.values()) or math.inf for _, exercise in showing]
    if all(got >= wanted for got, wanted in zip(points, most, strict=True)):
        state = "done"
    elif any(points) or any((lesson.day, exercise.name) in tried for lesson, exercise in showing):
        state = "tried"
    else:
        state = "open"
    return GoalProgress(goal, state, tuple(dict.fromkeys(lesson.day for lesson, _ in showing)))


def _points(lesson: ReleasedLesson, exercise: ReleasedExercise, scores: Scores) -> Fraction:
    """What a learner has of an exercise's points. Cells that the released lesson does not have do not count."""
    given = scores.get(lesson.unit, {}).get(lesson.stem, {})
    return sum((exact(given[name][0], most) for name, most in exercise.tests.items() if name in given), Fraction(0))


def exact(score: float, most: int) -> Fraction:
    """A score as the number that was meant, between 0 and what the cell is worth now.

    So ten times 0.1 are 1, and neither NaN nor points from before the cell was worth less reach the sum.
    """
    if not math.isfinite(score):
        return Fraction(0)
    return min(max(Fraction(score).limit_denominator(10_000), Fraction(0)), Fraction(most))


def _following(days: tuple[DayProgress, ...], last_tried: Mapping[str, int]) -> tuple[DayProgress | None, str]:
    """Of the days not done: the one tried last; else the first begun; else the first whose prerequisites are done.

    Days with a prerequisite that nobody has written yet come after those without.
    """
    written = [day for day in days if day.state != "not written"]
    left = [day for day in written if day.state != "done"]
    tried = [day for day in left if day.day.id in last_tried]
    if tried:
        return max(tried, key=lambda day: last_tried[day.day.id]), "it is the one you worked on last"
    for day in left:
        if day.state in ("started", "tried"):
            return day, "you have begun it"
    waiting = {day.day.id for day in left}  # a prerequisite without a lesson cannot be done, and keeps nobody waiting
    ready = [day for day in left if not waiting.intersection(day.day.prerequisites)]
    unwritten = {day.day.id for day in days} - {day.day.id for day in written}
    for day in ready:  # before those for which something is to be known that no lesson has taught
        if not unwritten.intersection(day.day.prerequisites):
            return day, "what it builds on is done" if day.day.prerequisites else "it builds on no earlier lesson"
    if ready:
        return ready[0], "what it builds on has no lesson yet"
    return None, "every lesson that is written is done" if written else "no lesson is written yet"
