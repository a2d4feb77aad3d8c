"""The objects that a plan consists of: phases, sections, units, days, goals, readings.

They form a tree from the plan down and point up by id, so that they can be compared, hashed and printed. Import them
from `curriculum.plan`, which also reads them from a plan file.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Protocol, TypeVar


@dataclass(frozen=True)
class DaySplit:
    """How a full day is meant to be spent, in hours."""

    read: Fraction
    guided: Fraction
    exercises: Fraction

    @property
    def hours(self) -> Fraction:
        return self.read + self.guided + self.exercises


@dataclass(frozen=True)
class Equipment:
    """What a day may start: `text` tells a learner so."""

    key: str
    text: str


@dataclass(frozen=True)
class Concept:
    key: str
    text: str


@dataclass(frozen=True)
class Book:
    key: str
    title: str
    authors: str
    edition: str | None


@dataclass(frozen=True)
class Reading:
    """Chapters of a book. They are None where the book is named as a whole."""

    book: Book
    chapters: str | None
    sections: str | None = None
    look_for: str | None = None

    @property
    def citation(self) -> str:
        """For example: Mathematics for Machine Learning, Ch. 2 (2.2, 2.7)."""
        parts = self.book.title
        if self.chapters is not None:
            numbered = self.chapters[0].isdigit()
            parts += f", Ch. {self.chapters}" if numbered else f", “{self.chapters.replace(', ', '”, “')}”"
        return f"{parts} ({self.sections})" if self.sections else parts

    @property
    def text(self) -> str:
        """The citation and what to look for."""
        return f"{self.citation}: {self.look_for}" if self.look_for else self.citation


@dataclass(frozen=True)
class Goal:
    """A measured goal. `stand_in` says where an emulator stands for the technology that is named."""

    id: str
    unit: str
    number: int
    text: str
    technologies: tuple[str, ...]
    concepts: tuple[Concept, ...]
    stand_in: str | None


@dataclass(frozen=True)
class Day:
    """One planned day. `unit`, `section` and `phase` are ids; `lesson` is a file stem, None until one is written."""

    id: str
    unit: str
    section: str
    phase: str
    number: int
    title: str
    hours: Fraction
    concepts: tuple[Concept, ...]
    readings: tuple[Reading, ...]
    starts: tuple[Equipment, ...]
    prerequisites: tuple[str, ...]
    difficulty: int | None
    lesson: str | None


@dataclass(frozen=True)
class Unit:
    """What holds days, and one assignment: a section, or a topic where a section is divided into topics."""

    id: str
    title: str
    section: str
    phase: str
    concepts: tuple[Concept, ...]
    readings: tuple[Reading, ...]
    technologies: tuple[str, ...]
    goals: tuple[Goal, ...]
    days: tuple[Day, ...]


@dataclass(frozen=True)
class Section:
    """A section holds its topics; one without topics holds itself, as a unit with the same id and title."""

    id: str
    title: str
    phase: str
    units: tuple[Unit, ...]

    @property
    def days(self) -> tuple[Day, ...]:
        return tuple(day for unit in self.units for day in unit.days)


@dataclass(frozen=True)
class Phase:
    id: str
    title: str
    sections: tuple[Section, ...]

    @property
    def days(self) -> tuple[Day, ...]:
        return tuple(day for section in self.sections for day in section.days)


@dataclass(frozen=True)
class Plan:
    title: str
    hours: Fraction
    split: DaySplit
    phases: tuple[Phase, ...]
    books: tuple[Book, ...]
    equipment: tuple[Equipment, ...]

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        return tuple(section for phase in self.phases for section in phase.sections)

    @cached_property
    def units(self) -> tuple[Unit, ...]:
        return tuple(unit for section in self.sections for unit in section.units)

    @cached_property
    def days(self) -> tuple[Day, ...]:
        return tuple(day for unit in self.units for day in unit.days)

    @cached_property
    def goals(self) -> tuple[Goal, ...]:
        return tuple(goal for unit in self.units for goal in unit.goals)

    def phase(self, id: str) -> Phase:
        return _find(self.phases, id, "phase")

    def section(self, id: str) -> Section:
        return _find(self.sections, id, "section")

    def unit(self, id: str) -> Unit:
        return _find(self.units, id, "unit")

    def day(self, id: str) -> Day:
        return _find(self.days, id, "day")

    def goal(self, id: str) -> Goal:
        return _find(self.goals, id, "goal")


class _HasId(Protocol):
    @property
    def id(self) -> str: ...


_Item = TypeVar("_Item", bound=_HasId)


def _find(items: Iterable[_Item], id: str, kind: str) -> _Item:
    for item in items:
        if item.id == id:
            return item
    raise LookupError(f"The plan has no {kind} {id!r}. Look up its id in the plan file.")
