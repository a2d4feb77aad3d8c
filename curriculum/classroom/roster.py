"""The roster: a list of students, as Canvas, Moodle or a spreadsheet export it, into nbgrader's gradebook.

Whoever is in the gradebook stays there: a list can add students and change their names, and removes nobody.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from autograder import database
from curriculum.classroom.people import Person, people
from curriculum.learner import folder_of

#: Room in nbgrader's columns, and the most that a list of students may be.
_LONGEST, _MOST_BYTES = 128, 10 << 20

#: By what is meant, the headings that say so, in the order in which they are preferred. Canvas, Moodle, plain.
_HEADINGS: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "student id", "student_id", "username", "login", "sis login id", "sis user id", "id number", "email address", "email"),
    "name": ("name", "full name", "student", "student name"),
    "first": ("first name", "first_name", "firstname", "given name"),
    "last": ("last name", "last_name", "lastname", "surname", "family name"),
    "email": ("email", "email address", "e-mail", "mail"),
    "lms": ("lms id", "lms_user_id", "lms user id", "id number"),
}  # fmt: skip


class RosterError(Exception):
    """A list of students cannot be read at all. The text says why and what to do."""


@dataclass
class RosterReport:
    """What a list has come to: ids that were added, what changed of whom, lines refused with a cause, ids that it leaves out."""

    added: list[str] = field(default_factory=list)
    changed: list[tuple[str, str]] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)
    not_listed: list[str] = field(default_factory=list)


def read_roster(path: Path, id_column: str = "") -> list[tuple[int, Person | str]]:
    """The students of a CSV file, each with its line; in place of one that cannot be taken, the cause.

    The heading decides what a column is; ``id_column`` names the one that holds the ids. In a list of Canvas's the id is the
    login (its own "ID" is the number by which it names files), in one of Moodle's the user name, else the ID number, else
    the address. Raises RosterError.
    """
    rows = _rows(path)
    number, heading = next(rows, (0, []))
    columns = _columns([_plain(one) for one in heading], id_column)
    if "id" not in columns:
        raise RosterError(
            f"{path.name} has no column of ids. Its first line must name the columns, as in: id,name,email. It reads: "
            f"{', '.join(heading) or 'nothing'}. Or name the column: --id 'SIS Login ID'"
        )
    found: list[tuple[int, Person | str]] = []
    for number, row in rows:
        given = {what: row[at].strip() for what, at in columns.items() if at < len(row)}
        if any(cell.strip() for cell in row) and not _is_points(row):
            found.append((number, _person(given)))
    return found


def take_roster(book: Any, rows: Iterable[tuple[int, Person | str]]) -> RosterReport:
    """Enter the students of a list in nbgrader's gradebook, all or none. A field that the list leaves empty stays as it is."""
    report = RosterReport()
    before = {one.id: one for one in people(book)}
    lms = {one.lms_id: one.id for one in before.values() if one.lms_id}
    taken: dict[str, tuple[int, Person]] = {}
    folders = {id.casefold(): id for id in before}
    for line, person in rows:
        if isinstance(person, str):
            report.refused.append((line, person))
        elif person.id in taken:
            if taken[person.id][1] != person:
                report.refused.append(
                    (line, f"{person.id} stands in line {taken[person.id][0]} already, with other data")
                )
        elif (same := folders.setdefault(person.id.casefold(), person.id)) != person.id:
            report.refused.append(
                (line, f"{person.id} and {same} would share a folder on some disks; give one another id")
            )
        elif person.lms_id and lms.setdefault(person.lms_id, person.id) != person.id:
            report.refused.append(
                (line, f"{person.id} has the LMS id {person.lms_id}, which is that of {lms[person.lms_id]}")
            )
        else:
            taken[person.id] = line, person

    def enter() -> None:
        for _, person in taken.values():
            _enter(book, person, before.get(person.id), report)

    database.transact(book.db, book.course_id, enter)
    report.not_listed = [id for id in before if id not in taken]
    return report


def _enter(book: Any, person: Person, before: Person | None, report: RosterReport) -> None:
    if before is None:
        report.added.append(person.id)
    else:
        kept = {one.name: getattr(before, one.name) for one in fields(Person) if not getattr(person, one.name)}
        person = replace(person, **kept)
        differences = [one.name for one in fields(Person) if getattr(person, one.name) != getattr(before, one.name)]
        if not differences:
            report.unchanged.append(person.id)
            return
        said = (
            f"{name.replace('_', ' ')} {getattr(before, name) or 'none'} -> {getattr(person, name)}"
            for name in differences
        )
        report.changed.append((person.id, ", ".join(said)))
    book.update_or_create_student(
        person.id,
        first_name=person.first_name or None,
        last_name=person.last_name or None,
        email=person.email or None,
        lms_user_id=person.lms_id or None,
    )


def why_no_id(id: str) -> str:
    """Why this cannot be a student's id, which names a folder and is the user's name on a hub; "" where it can."""
    if not id:
        return "there is no id"
    if len(id) > _LONGEST:
        return f"the id {id[:20]}… is longer than {_LONGEST} characters"
    if folder_of(id) != id:
        return f"{id} is no id: it names a folder, and takes letters, digits and _ . @ - (not as the first: .); {folder_of(id)} would do"
    return ""


def _person(given: Mapping[str, str]) -> Person | str:
    first, last = given.get("first", ""), given.get("last", "")
    if not (first or last):
        first, last = _parts(given.get("name", ""))
    id, first, last = (unicodedata.normalize("NFC", text) for text in (given.get("id", ""), first, last))
    person = Person(id, first, last, given.get("email", ""), given.get("lms", ""))
    if cause := why_no_id(person.id):
        return cause
    for one in fields(Person):
        value = getattr(person, one.name)
        if len(value) > _LONGEST or not value.isprintable():
            return (
                f"the {one.name.replace('_', ' ')} of {person.id} is longer than {_LONGEST} characters, or unprintable"
            )
    return person


def _parts(name: str) -> tuple[str, str]:
    """First and last name: "Lovelace, Ada" says which is which; of "Ada King Lovelace" the last word is the last name."""
    if "," in name:
        last, _, first = name.partition(",")
        return first.strip(), last.strip()
    first, _, last = name.strip().rpartition(" ")
    return first.strip(), last


def _columns(heading: list[str], id_column: str) -> dict[str, int]:
    """Where each thing stands. In Canvas's lists "ID" is Canvas's own number, and the login is the id."""
    wanted = {what: list(names) for what, names in _HEADINGS.items()}
    if "sis login id" in heading or "sis user id" in heading:
        wanted["id"].remove("id")
        wanted["lms"].insert(0, "id")
    if id_column:
        wanted["id"] = [_plain(id_column)]
    return {
        what: heading.index(name)
        for what, names in wanted.items()
        for name in [next((name for name in names if name in heading), "")]
        if name
    }


def _is_points(row: list[str]) -> bool:
    """Canvas's second line, which holds points in place of a student."""
    return any(_plain(cell) == "points possible" for cell in row[:1])


def _plain(heading: str) -> str:
    return " ".join(heading.casefold().split())


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise RosterError(f"{path.name} is larger than {_MOST_BYTES >> 20} MB: is it a list of students?")
        raw = path.read_bytes()
    except OSError as error:
        raise RosterError(f"{path} cannot be read: {error.strerror or error}") from error
    utf16 = raw.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        lines = raw.decode("utf-16" if utf16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise RosterError(
            f"{path.name} is not UTF-8 text, so that names would come out wrong. Export it again as CSV in UTF-8 (in Excel: "
            "Save as, CSV UTF-8)"
        ) from error
    first = next((line for line in lines.splitlines() if line.strip()), "")
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(lines, newline=""), delimiter=delimiter)
    try:
        for row in reader:
            if row:
                yield reader.line_num, row
    except csv.Error as error:
        raise RosterError(f"{path.name}, line {reader.line_num}: this is no CSV ({error})") from error
