"""The plan as typed objects, read from its file.

The plan is data (`curriculum/plans/*.toml`), the only place where a day, a title, an hour or a goal is typed. Lessons,
progress, dashboard and documents read it through `load_plan`, which refuses a file that contradicts itself: a wrong
count, a reference to nothing, a gap in the numbers. Every refusal names the line.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from fractions import Fraction
from pathlib import Path

from curriculum.plan_file import PlanError, PlanFile, Table, choices
from curriculum.plan_objects import (
    Book,
    Concept,
    Day,
    DaySplit,
    Equipment,
    Goal,
    Phase,
    Plan,
    Reading,
    Section,
    Unit,
)

__all__ = [
    "DEFAULT",
    "Book",
    "Concept",
    "Day",
    "DaySplit",
    "Equipment",
    "Goal",
    "Phase",
    "Plan",
    "PlanError",
    "Reading",
    "Section",
    "Unit",
    "load_plan",
]

DEFAULT = Path(__file__).with_name("plans") / "stateless-mind.toml"

_OF_UNIT = ("concepts", "readings", "technologies")
_OF_DAY = ("id", "title", "concepts", "readings", "starts", "prerequisites", "difficulty", "lesson")

_Entries = dict[str, list[tuple[str, int, Table]]]  # id of the owner -> id, number and table of what it holds


def load_plan(path: Path = DEFAULT) -> Plan:
    """The plan in a file. Raises PlanError where the file is no plan, OSError where it cannot be read."""
    return _Loader(PlanFile.read(path)).plan()


class _Loader:
    """Builds a plan from its file: what everything refers to first, then the tree from its leaves up."""

    def __init__(self, file: PlanFile) -> None:
        root = file.root(("plan", "equipment", "readings", "phase", "section", "topic", "goal", "day"))
        self._header = root.table("plan", ("title", "hours", "days", "day_minutes"))
        self._split = _day_split(self._header)
        self._hours = Fraction(self._header.whole("hours", least=1))
        self._books = _books(root)
        self._equipment = _equipment(root)
        # "" owns the phases; a section or a topic owns days and goals, never both a section and its topics.
        self._phases = _entries(root, "phase", ("id", "title", "days"), "", {""})[""]
        phases = [id for id, _, _ in self._phases]
        self._sections = _entries(root, "section", ("id", "title", "days", *_OF_UNIT), ".", phases)
        sections = [id for phase in phases for id, _, _ in self._sections[phase]]
        self._topics = _entries(root, "topic", ("id", "title", "days", *_OF_UNIT), ".", sections)
        units = [unit for id in sections for unit in [topic for topic, _, _ in self._topics[id]] or [id]]
        goal = ("id", "text", "technologies", "concepts", "stand_in")
        self._goals = _entries(root, "goal", goal, "-", units, gapless=True)
        self._days = _entries(root, "day", _OF_DAY, "-d", units, gapless=True)
        ids = [id for unit in units for id, _, _ in self._days[unit]]
        self._order = {id: position for position, id in enumerate(ids)}
        self._lessons: set[tuple[str, str]] = set()

    def plan(self) -> Plan:
        phases = tuple(self._phase(id, table) for id, _, table in self._phases)
        # After the phases, so that a day too few is reported where it is missing, not where the total is.
        _check_days(self._header, len(self._order))
        count = len(self._order)
        if abs(self._hours - count * self._split.hours) > self._split.hours:
            reason = f"{self._hours} hours in {count} days do not agree with 'day_minutes' to within one day"
            self._header.fail("hours", reason, "Correct 'hours', 'days' or 'day_minutes'")
        return Plan(
            title=self._header.text("title"),
            hours=self._hours,
            split=self._split,
            phases=phases,
            books=tuple(self._books.values()),
            equipment=tuple(self._equipment.values()),
        )

    def _phase(self, id: str, table: Table) -> Phase:
        sections = tuple(self._section(section, id, own) for section, _, own in self._sections[id])
        phase = Phase(id, table.text("title"), sections)
        _check_days(table, len(phase.days))
        return phase

    def _section(self, id: str, phase: str, table: Table) -> Section:
        if topics := self._topics[id]:
            for key in _OF_UNIT:
                if key in table:
                    table.fail(key, f"section {id} has topics, so {key!r} belong to these", "Move them to the topics")
            units = tuple(self._unit(topic, id, phase, own) for topic, _, own in topics)
        else:
            units = (self._unit(id, id, phase, table),)
        section = Section(id, table.text("title"), phase, units)
        _check_days(table, len(section.days))
        return section

    def _unit(self, id: str, section: str, phase: str, table: Table) -> Unit:
        named = table.table("concepts")
        concepts = {key: Concept(key, named.text(key)) for key in named}
        readings = self._unit_readings(table.table("readings"))
        technologies = {name: name for name in table.texts("technologies")}
        unit = Unit(
            id=id,
            title=table.text("title"),
            section=section,
            phase=phase,
            concepts=tuple(concepts.values()),
            readings=tuple(readings.values()),
            technologies=tuple(technologies),
            goals=tuple(
                Goal(
                    id=goal,
                    unit=id,
                    number=number,
                    text=own.text("text"),
                    technologies=own.references("technologies", technologies, f"the technologies of {id}"),
                    concepts=own.references("concepts", concepts, f"the concepts of {id}"),
                    stand_in=own.optional_text("stand_in"),
                )
                for goal, number, own in self._goals[id]
            ),
            days=tuple(
                Day(
                    id=day,
                    unit=id,
                    section=section,
                    phase=phase,
                    number=number,
                    title=own.text("title"),
                    hours=self._hours / len(self._order),
                    concepts=own.references("concepts", concepts, f"the concepts of {id}"),
                    readings=self._day_readings(own, id, readings),
                    starts=own.references("starts", self._equipment, "the [equipment]"),
                    prerequisites=self._prerequisites(own, day),
                    difficulty=own.whole("difficulty", least=1, most=5) if "difficulty" in own else None,
                    lesson=self._lesson(own, id, number),
                )
                for day, number, own in self._days[id]
            ),
        )
        _check_days(table, len(unit.days))
        return unit

    def _unit_readings(self, table: Table) -> dict[str, Reading]:
        readings = {}
        for key in table:
            if key not in self._books:
                table.fail(key, f"unknown reading {key!r}", f"{choices(key, self._books)}, or define [readings.{key}]")
            whole = table.text(key) == "all"
            if not whole:
                _chapters(table, key)
            readings[key] = Reading(self._books[key], None if whole else table.text(key))
        return readings

    def _day_readings(self, day: Table, unit: str, of_unit: dict[str, Reading]) -> tuple[Reading, ...]:
        readings = []
        for table in day.tables("readings", ("book", "chapters", "sections", "look_for")):
            key = table.text("book")
            if key not in of_unit:
                table.fail("book", f"{key!r} is not among the readings of {unit}", choices(key, of_unit))
            named = of_unit[key].chapters
            for chapter in _chapters(table, "chapters"):
                if named is not None and chapter not in _expand(named):
                    reason = f"chapter {chapter!r} of {key} is not among those of {unit}"
                    table.fail("chapters", reason, f"{unit} names these: {named}")
            optional = table.optional_text("sections"), table.optional_text("look_for")
            readings.append(Reading(self._books[key], table.text("chapters"), *optional))
        return tuple(readings)

    def _prerequisites(self, table: Table, day: str) -> tuple[str, ...]:
        prerequisites = table.texts("prerequisites")
        for id in prerequisites:
            if id not in self._order:
                table.fail("prerequisites", f"unknown day {id!r}", choices(id, self._order), value=id)
            if self._order[id] >= self._order[day]:
                reason = f"the prerequisite {id} is not earlier than {day}"
                table.fail("prerequisites", reason, "Name days that come before", value=id)
        return tuple(prerequisites)

    def _lesson(self, table: Table, unit: str, number: int) -> str | None:
        lesson = table.optional_text("lesson")
        if lesson is not None:
            if (unit, lesson) in self._lessons:
                table.fail("lesson", f"{unit} names the lesson {lesson!r} twice", "Give each day a lesson of its own")
            self._lessons.add((unit, lesson))
            if not re.fullmatch(rf"d{number:02d}_[a-z0-9_]+", lesson):
                reason = f"{lesson!r} is not the name of a lesson of day {number}"
                table.fail("lesson", reason, f"Write d{number:02d}_ and a name in small letters")
        return lesson


def _day_split(header: Table) -> DaySplit:
    minutes = header.table("day_minutes", ("read", "guided", "exercises"))
    read, guided, exercises = (Fraction(minutes.whole(key, least=0), 60) for key in ("read", "guided", "exercises"))
    return DaySplit(read, guided, exercises)


def _books(root: Table) -> dict[str, Book]:
    readings = root.table("readings")
    books = {}
    for key in readings:
        table = readings.table(key, ("title", "authors", "edition"))
        books[key] = Book(key, table.text("title"), table.text("authors"), table.optional_text("edition"))
    return books


def _equipment(root: Table) -> dict[str, Equipment]:
    table = root.table("equipment")
    return {key: Equipment(key, table.text(key)) for key in table}


def _entries(
    root: Table, kind: str, allowed: Collection[str], mark: str, owners: Collection[str], *, gapless: bool = False
) -> _Entries:
    """The tables of a kind by their owner, which their id names: "1.5-d2" is 2, owned by "1.5", where the mark is "-d"."""
    entries: _Entries = {owner: [] for owner in owners}
    for table in root.tables(kind, allowed):
        id = table.text("id")
        owner, _, number = id.rpartition(mark) if mark else ("", "", id)
        if owner not in entries or not re.fullmatch("[1-9][0-9]*", number):
            wanted = f"that of what holds it, {mark!r} and a number" if mark else "a number"
            table.fail("id", f"{id!r} is not the id of a {kind} here", f"Its id is {wanted}")
        before = entries[owner]
        last = before[-1][1] if before else 0
        if any(id == other for other, _, _ in before):
            table.fail("id", f"the {kind} {id} is defined twice", "Number it anew, or remove one of the two")
        if int(number) < last:
            table.fail(
                "id", f"the {kind} {id} stands after number {last}", f"Put each {kind} in the order of its number"
            )
        if gapless and int(number) > last + 1:
            reason = f"the {kind} {owner}{mark}{last + 1} is missing before {id}"
            table.fail("id", reason, f"Number each {kind} without gaps")
        before.append((id, int(number), table))
    return entries


def _check_days(table: Table, count: int) -> None:
    declared = table.whole("days", least=1)
    if declared != count:
        table.fail("days", f"{declared} days are declared, but {count} are defined", "Correct 'days', or the [[day]]s")


def _chapters(table: Table, key: str) -> list[str]:
    try:
        return _expand(table.text(key))
    except ValueError as error:
        table.fail(key, str(error), 'Write numbers and ranges, "2, 5-7", or titles of chapters, with commas between')


def _expand(chapters: str) -> list[str]:
    """The chapters one by one: "2, 5-7" is 2, 5, 6, 7."""
    expanded: list[str] = []
    for part in chapters.split(", "):
        first, _, last = part.partition("-")
        if not part[:1].isdigit():
            if not part.strip():
                raise ValueError(f"{chapters!r} has an empty place")
            expanded.append(part)
        elif first.isdecimal() and ((last.isdecimal() and int(first) < int(last)) or part == first):
            expanded.extend(str(number) for number in range(int(first), int(last or first) + 1))
        else:
            raise ValueError(f"{part!r} is neither a chapter nor a range of chapters")
    return expanded
