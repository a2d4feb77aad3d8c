"""How well concepts and technologies stand, over the written exercises that use them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from curriculum.catalogue import Catalogue, ReleasedExercise
from curriculum.journal import Attempt, Entry
from curriculum.plan import Unit
from curriculum.progress import Progress

#: The share of the points from which something counts as mastered (B. S. Bloom, Learning for Mastery, 1968: 80 to 90 %).
MASTERED = Fraction(4, 5)


@dataclass(frozen=True)
class Mastery:
    """One concept of a unit, or one technology of the plan, over the written exercises that use it.

    ``key``: a concept's key or a technology's name; ``text``: in words; ``units``: ids of the units that name it.
    ``points`` of ``most`` (without bonus); ``tried`` of ``exercises``; ``written`` of ``days`` planned that use it.
    ``state``: "not written", "open" (nothing tried), "tried", or "mastered" (MASTERED of the points).
    """

    key: str
    text: str
    units: tuple[str, ...]
    points: float
    most: float
    tried: int
    exercises: int
    written: int
    days: int
    state: str

    @property
    def share(self) -> float:
        """Of the points of written exercises, 0 to 1."""
        return min(1.0, self.points / self.most) if self.most else 0.0


def concepts(progress: Progress, catalogue: Catalogue, entries: Iterable[Entry]) -> tuple[Mastery, ...]:
    """The concepts of the plan, unit by unit: over the exercises of the days that name them."""
    tried = _tried(entries)
    return tuple(
        _mastery(
            concept.key,
            concept.text,
            (unit.id,),
            progress,
            [day.id for day in unit.days if concept in day.concepts],
            {
                (day.id, exercise.name): exercise
                for day in unit.days
                if concept in day.concepts and day.id in catalogue.lessons
                for exercise in catalogue.lessons[day.id].exercises
            },
            tried,
        )
        for unit in progress.plan.units
        for concept in unit.concepts
    )


def technologies(progress: Progress, catalogue: Catalogue, entries: Iterable[Entry]) -> tuple[Mastery, ...]:
    """The technologies of the plan, in its order: over the exercises that show a measured goal which names them.

    A unit that names a technology in none of its goals has nothing to show for it: its exercises may never touch it.
    """
    tried = _tried(entries)
    units = progress.plan.units
    return tuple(
        _mastery(
            name,
            name,
            tuple(unit.id for unit in units if name in unit.technologies),
            progress,
            [day.id for unit in units if name in unit.technologies for day in unit.days],
            {
                key: exercise
                for unit in units
                if name in unit.technologies
                for key, exercise in _using(name, unit, catalogue)
            },
            tried,
        )
        for name in dict.fromkeys(name for unit in units for name in unit.technologies)
    )


def _using(name: str, unit: Unit, catalogue: Catalogue) -> Iterator[tuple[tuple[str, str], ReleasedExercise]]:
    goals = {goal.number for goal in unit.goals if name in goal.technologies}
    for lesson in catalogue.of_unit(unit.id):
        for exercise in lesson.exercises:
            if goals.intersection(exercise.goals):
                yield (lesson.day, exercise.name), exercise


def _mastery(
    key: str,
    text: str,
    units: tuple[str, ...],
    progress: Progress,
    days: list[str],
    exercises: dict[tuple[str, str], ReleasedExercise],
    tried: set[tuple[str, str]],
) -> Mastery:
    standing = {day.day.id: day for day in progress.days}
    points = sum((standing[day].exercises.get(name, Fraction(0)) for day, name in exercises), Fraction(0))
    # As in a day's score, a bonus makes up for lost points; where all of it is bonus, that is what there is to reach.
    main = [exercise for exercise in exercises.values() if not exercise.bonus] or list(exercises.values())
    most = sum(sum(exercise.tests.values()) for exercise in main)
    touched = {at for at in exercises if at in tried or standing[at[0]].exercises.get(at[1])}
    if not exercises:
        state = "not written"
    elif most and points >= MASTERED * most:
        state = "mastered"
    else:
        state = "tried" if touched else "open"
    return Mastery(
        key=key,
        text=text,
        units=units,
        points=float(min(points, Fraction(most))),
        most=float(most),
        tried=len(touched),
        exercises=len(exercises),
        written=sum(standing[day].state != "not written" for day in days),
        days=len(days),
        state=state,
    )


def _tried(entries: Iterable[Entry]) -> set[tuple[str, str]]:
    return {
        (entry.day, entry.exercise)
        for entry in entries
        if isinstance(entry, Attempt) and entry.state != "not attempted"
    }
