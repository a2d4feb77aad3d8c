"""`mind class …`: what a teacher does. Commands parse, call one function, and show what comes back."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from autograder.database import GradebookError
from autograder.intake import Unreadable
from autograder.submissions import CourseError
from curriculum.classroom.bundle import BundleError, bundle, write_bundle
from curriculum.classroom.collect import Collected, collect
from curriculum.classroom.deadlines import DeadlineError, deadlines, moment, set_deadline
from curriculum.classroom.exported import opened as opened_export
from curriculum.classroom.people import opened, people
from curriculum.classroom.roster import RosterError, RosterReport, read_roster, take_roster
from curriculum.paths import ROOT
from curriculum.plan import Plan
from curriculum.standing import StandingError, lessons

out = Console(highlight=False)

_TROUBLES = (
    BundleError, CourseError, DeadlineError, GradebookError, OSError, RosterError, StandingError, Unreadable,
)  # fmt: skip


@click.group("class")
def of_class() -> None:
    """Teach with it: who is in the class, what students get, until when, and what they hand in."""


@of_class.command("roster")
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--id", "id_column", default="", metavar="COLUMN", help="The column that holds the students' ids.")
def roster_command(file: Path | None, id_column: str) -> None:
    """Enter the students of FILE, a CSV of Canvas, Moodle or a spreadsheet, in the gradebook; without FILE, list them.

    Nobody is ever removed. Exit status 1: some lines could not be taken.
    """
    with _told():
        rows = read_roster(file, id_column) if file else []
        with opened(ROOT) as book:
            if file:
                sys.exit(_print_roster(take_roster(book, rows)))
            table = Table("id", "name", "email", "LMS id", box=None, padding=(0, 2, 0, 0))
            everybody = people(book)
            for one in everybody:
                table.add_row(*map(escape, (one.id, one.name, one.email, one.lms_id)))
    if everybody:
        out.print(table)
    else:
        out.print("There is nobody in the class yet: `mind class roster students.csv` enters them.")


def _print_roster(report: RosterReport) -> int:
    for line, cause in report.refused:
        out.print(f"[red]not taken:[/] line {line}: {escape(cause)}", soft_wrap=True)
    for id, what in report.changed:
        out.print(f"changed: {escape(id)}: {escape(what)}", soft_wrap=True)
    if report.added:
        out.print(f"added: {escape(', '.join(report.added))}", soft_wrap=True)
    if report.not_listed:
        out.print(f"not in this list, and kept: {escape(', '.join(report.not_listed))}", soft_wrap=True)
    out.print(
        f"{len(report.added)} added, {len(report.changed)} changed, {len(report.unchanged)} as they were, "
        f"{len(report.refused)} not taken"
    )
    return 1 if report.refused else 0


@of_class.command("bundle")
@click.argument("sections", nargs=-1, required=True)
@click.option(
    "-o", "--output", default="bundle.zip", show_default=True, type=click.Path(path_type=Path, dir_okay=False)
)
@click.option(
    "--timezone", default="", metavar="ZONE", help="Zone in which deadlines are told.  [default: this machine's]"
)
def bundle_command(sections: Sequence[str], output: Path, timezone: str) -> None:
    """Pack what students get of SECTIONS: the released notebooks and all that `make learn` needs, without any answers."""
    with _told():
        catalogue = lessons(ROOT)
        units = _units(catalogue.plan, sections)
        with opened(ROOT) as book:
            due = deadlines(book, units)
        content, names = bundle(ROOT, catalogue, units, due, _zone(timezone))
        write_bundle(output, content)
    out.print(
        f"{output}: {len(names)} files, {len(content) / 1e6:.1f} MB; searched for solutions and hidden tests: none",
        soft_wrap=True,
    )


@of_class.command("deadline")
@click.argument("section", required=False)
@click.argument("when", required=False)
@click.option(
    "--timezone", default="", metavar="ZONE", help="Zone of WHEN, like Europe/Berlin.  [default: this machine's]"
)
@click.option("--none", "remove", is_flag=True, help="Take the deadline of SECTION away.")
def deadline_command(section: str | None, when: str | None, timezone: str, remove: bool) -> None:
    """Set the deadline of SECTION to WHEN, as in 2027-01-31T23:59; without WHEN, list the deadlines."""
    if when and remove:
        _refuse("--none takes the deadline away, a time sets it: choose one")
    with _told():
        plan, zone = lessons(ROOT).plan, _zone(timezone)
        units = _units(plan, [section]) if section else [unit.id for unit in plan.units]
        if remove and not section:
            _refuse("--none wants the section whose deadline is to go")
        chosen = moment(when, timezone) if when else None
        with opened(ROOT) as book:
            if when or remove:
                for unit in units:
                    set_deadline(book, unit, chosen)
            there = deadlines(book, units)
    if not there:
        out.print(
            f"{section or 'No section'} has no deadline{' any more' if remove else ''}."
            if section
            else "No section has a deadline."
        )
    for unit, due in there.items():
        local = due.astimezone(zone)
        out.print(f"{unit}  {local:%A, %d %B %Y, %H:%M} {local.tzname()}  ({due:%Y-%m-%d %H:%M} UTC)")


@of_class.command("collect")
@click.argument("export", type=click.Path(path_type=Path))
@click.option("--section", required=True, help="The section that was handed in, like 1.5.")
@click.option("--student", default="", metavar="ID", help="All of it is this one student's, as a `mind pack` file is.")
def collect_command(export: Path, section: str, student: str) -> None:
    """Take what EXPORT, a folder or a zip of submissions from Canvas, Moodle or anywhere else, holds of a section.

    Earlier versions are kept. Exit status 1: some of it could not be matched or taken; each is named with its cause.
    """
    with _told():
        catalogue = lessons(ROOT)
        units = _units(catalogue.plan, [section])
        with opened(ROOT) as book:
            everybody, due = people(book), deadlines(book, units)
        if not everybody:
            _refuse(
                "nobody is in the class, so that nothing can be matched: `mind class roster students.csv` enters them"
            )
        if student and student not in {one.id for one in everybody}:
            _refuse(f"there is no {student} in the class; `mind class roster` lists who is")
        wanted = [lesson for unit in units for lesson in catalogue.of_unit(unit)]
        with opened_export(export) as held:
            report = collect(ROOT, held, everybody, wanted, due, student)
    sys.exit(_print_collected(report))


def _print_collected(report: Collected) -> int:
    for name, cause in report.refused:
        out.print(f"[red]not taken:[/] {escape(name)}: {escape(cause)}", soft_wrap=True)
    for name, cause in report.unmatched:
        out.print(f"[red]not matched:[/] {escape(name)}: {escape(cause)}", soft_wrap=True)
    for name in report.replaced:
        out.print(f"replaced, the earlier one is kept: {escape(name)}", soft_wrap=True)
    for name in report.older:
        out.print(f"older than what is there, left out: {escape(name)}", soft_wrap=True)
    out.print(
        f"notebooks: {len(report.new)} new, {len(report.replaced)} replaced, {len(report.unchanged)} as they were, "
        f"{len(report.older)} older, {len(report.unmatched)} not matched, {len(report.refused)} not taken"
    )
    return 1 if report.unmatched or report.refused else 0


def _units(plan: Plan, sections: Iterable[str]) -> list[str]:
    """The ids of the units, each an assignment, that these sections or units consist of."""
    found: list[str] = []
    for name in sections:
        units = [unit.id for unit in plan.units if name in (unit.id, unit.section)]
        if not units:
            _refuse(f"the plan has no section called {name}; sections are like 1.5 or 1.1.1")
        found += [unit for unit in units if unit not in found]
    return found


def _zone(name: str) -> dt.tzinfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError) as error:
        raise DeadlineError(
            f"{name} is no time zone; they are called like Europe/Berlin or America/New_York"
        ) from error


@contextmanager
def _told() -> Iterator[None]:
    """What went wrong, in words and with status 2."""
    try:
        yield
    except _TROUBLES as error:
        _refuse(str(error))


def _refuse(reason: str) -> NoReturn:
    Console(stderr=True, highlight=False).print(f"[red]{escape(reason)}[/]", soft_wrap=True)
    sys.exit(2)
