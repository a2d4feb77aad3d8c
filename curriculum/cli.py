"""`mind`: the course from a terminal. Commands parse, call one function, and show what comes back.

What a command imports it imports itself: `mind --help` must not wait three seconds for Jupyter's libraries.
"""

from __future__ import annotations

import errno
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click
from rich.console import Console
from rich.markup import escape

from curriculum.commands.learner import log, pack, reset, unpack
from curriculum.commands.reports import report, status
from curriculum.commands.review import review, schedule
from curriculum.learner import learner_id
from curriculum.paths import ROOT
from curriculum.plan import Plan, PlanError, load_plan

if TYPE_CHECKING:
    from curriculum.catalogue import Catalogue
    from curriculum.progress import Progress

out = Console(highlight=False)


#: What the list of commands shows of the groups that are imported only when one of their commands is called.
_GROUPS = {
    "class": "For those who teach: roster, bundle, deadline, collect.",
    "dev": "For those who write lessons: build, check, new.",
}


class _Lazy(click.Group):
    """A group whose groups are imported only when one of their commands is called: `dev` brings the build with it."""

    def list_commands(self, context: click.Context) -> list[str]:
        return sorted([*super().list_commands(context), *_GROUPS])

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name in _GROUPS:
            return click.Group(name, short_help=_GROUPS[name])
        return super().get_command(context, name)

    def resolve_command(
        self, context: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[:1] == ["dev"]:
            from curriculum.commands.dev import dev

            return "dev", dev, args[1:]
        if args[:1] == ["class"]:
            from curriculum.commands.classroom import of_class

            return "class", of_class, args[1:]
        return super().resolve_command(context, args)


@click.group(cls=_Lazy)
@click.version_option(package_name="stateless-mind")
def main() -> None:
    """Learn by doing: a plan of days and hours, lessons that are graded as you go, and a score that says how far you are."""


main.add_command(log)
main.add_command(pack)
main.add_command(report)
main.add_command(reset)
main.add_command(review)
main.add_command(schedule)
main.add_command(status)
main.add_command(unpack)


@main.command()
@click.argument("what")
def start(what: str) -> None:
    """Copy the lessons of WHAT, a section (1.5) or a day (1.5-d1), to work/. What is there already stays as it is."""
    from curriculum.learning.workspace import Workspace, WorkspaceError

    plan = _plan()
    workspace = Workspace(ROOT, catalogue=_catalogue(plan))
    try:
        for day in _days(plan, what):
            if len(_days(plan, what)) == 1 or day in workspace.catalogue.lessons:
                there = day in workspace.started()
                copy = workspace.start(day)
                out.print(f"{day}  {copy.relative_to(ROOT)}" + ("  (yours; left as it is)" if there else ""))
    except WorkspaceError as error:
        _refuse(str(error))
    except OSError as error:
        _refuse(_could_not(error))
    out.print("Open it in JupyterLab (`make learn`), save your work there, then `mind check`.")


@main.command()
def update() -> None:
    """Bring newer releases of started lessons: beside your work where you changed it, never over it."""
    from curriculum.learning.workspace import Workspace

    try:
        for one in Workspace(ROOT, catalogue=_catalogue(_plan())).update():
            out.print(
                f"{one.day}  {one.what}" + (f": {one.path.relative_to(ROOT)}" if one.what != "up to date" else "")
            )
    except OSError as error:
        _refuse(_could_not(error))


@main.command()
@click.argument("what", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the results as JSON.")
@click.option(
    "--seconds",
    type=click.FloatRange(min=1),
    default=60.0,
    show_default=True,
    help="Longest time that one cell may run.",
)
def check(what: str | None, as_json: bool, seconds: float) -> None:
    """Grade WHAT, a section or a day (else every started lesson that changed since it was last checked), and record it.

    Exit status: 0 all that was tried is right, 1 something is not yet, 2 something could not be checked or recorded or a
    notebook is not whole, 130 stopped by Ctrl-C.
    """
    from rich.progress import Progress, TextColumn, TimeElapsedColumn

    from autograder.engine import SettingsError
    from curriculum.learning.checking import DayChecked, check
    from curriculum.learning.course_files import VISIBLE_ONLY, handed_out
    from curriculum.learning.handing_in import changed_days
    from curriculum.learning.workspace import Workspace
    from curriculum.report import print_days, print_recorded

    plan = _plan()
    catalogue, learner = _catalogue(plan), learner_id()
    workspace = Workspace(ROOT, catalogue=catalogue)
    started, wanted = workspace.started(), _days(plan, what) if what else [day.id for day in plan.days]
    renamed = {day: path for day, path in workspace.renamed().items() if day in wanted}
    for day, path in renamed.items():
        lesson = catalogue.lessons[day]
        _warn(f"{path.relative_to(ROOT)} is the lesson of {day} under another name; call it {lesson.stem}.ipynb again")
    try:
        days = [day for day in wanted if day in started] if what else changed_days(ROOT, catalogue, learner)
        if not days:
            if what or not started:
                if renamed:
                    sys.exit(2)
                _refuse(
                    f"nothing of {what or 'the course'} is in work/ yet: `mind start {what or '1.5-d1'}` copies it there"
                )
            if as_json:
                out.print_json("[]")
            else:
                out.print(
                    "Nothing has changed since the last check. `mind check 1.5-d1` grades a day again all the same."
                )
                _say_of_reviews(catalogue, learner)
            sys.exit(2 if renamed else 0)
        columns = (TextColumn("{task.description}, {task.completed} of {task.total} days done"), TimeElapsedColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task("grading", total=len(days))

            def show(graded: list[DayChecked]) -> None:
                if not as_json:
                    progress.stop()
                    print_days(plan, graded, out)
                    progress.start()
                progress.update(task, description="recording")

            checked = check(
                ROOT,
                catalogue,
                learner,
                days,
                seconds,
                done=lambda _: progress.advance(task),
                shows=show,
                says=lambda text: progress.update(task, description=text),
            )
    except SettingsError as error:
        _refuse(str(error))
    except OSError as error:
        _refuse(_could_not(error))
    except KeyboardInterrupt:
        _warn("Stopped. Your notebooks in work/ are as they were; what was not recorded yet is checked again next time")
        sys.exit(130)
    if as_json:
        days_as_json = (
            {"day": day.day, "hints": day.hints, **(day.result.as_json() if day.result else {"refused": day.refused})}
            for day in checked.days
        )
        out.print_json(json.dumps(list(days_as_json)))
        if checked.unrecorded:
            _warn(f"The scores are not in the gradebook: {checked.unrecorded}")
    else:
        print_recorded(checked, out)
        if handed_out(ROOT):
            out.print(VISIBLE_ONLY)
        _say_of_reviews(catalogue, learner)
    if checked.unrecorded or renamed or any(day.result is None or day.result.remarks for day in checked.days):
        sys.exit(2)
    attempted = [e for day in checked.days if day.result for e in day.result.exercises if e.state != "not attempted"]
    sys.exit(0 if all(e.state == "correct" for e in attempted) else 1)


@main.command()
@click.argument("section")
@click.option("--students", default="", help="Only these: names or patterns, with commas between them (ada,b*).")
@click.option("--jobs", type=click.IntRange(min=1), help="Notebooks graded at once.  [default: one a processor]")
@click.option("--cluster", default="", metavar="ADDRESS", help="Grade on the Dask cluster whose scheduler is there.")
@click.option(
    "--resume", is_flag=True, help="Go on after an interruption: say what is there, grade and record the rest."
)
@click.option("--regrade", "--all", "everything", is_flag=True, help="Grade what has not changed as well.")
@click.option(
    "--json",
    "results",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write all results to DIR as well, one file a submission.",
)
@click.option("--db", default="", metavar="URL", help="Another gradebook than that of nbgrader_config.py.")
@click.option("--no-record", is_flag=True, help="Leave the gradebook alone: results go to --json only.")
@click.option("--cell-seconds", type=click.FloatRange(min=1), help="Longest time that one cell may run.")
def grade(
    section: str,
    students: str,
    jobs: int | None,
    cluster: str,
    resume: bool,
    everything: bool,
    results: Path | None,
    db: str,
    no_record: bool,
    cell_seconds: float | None,
) -> None:
    """Grade what a class has handed in of SECTION (submitted/<student>/<section>/) and record it in the gradebook.

    Work that is recorded already is skipped, unless it or its tests have changed.

    Exit status: 0 all is graded, 1 some of it could not be, 2 the call or the course is not right, 3 the gradebook or the
    results could not be written, 130 stopped by Ctrl-C.
    """
    from curriculum.grading import Options, grade_section

    if everything and resume:
        _refuse("--regrade grades everything anew, --resume what is left: choose one")
    if no_record and (results is None or db):
        _refuse("--no-record leaves the gradebook alone: it takes --json DIR for the results, and no --db")
    plan = _plan()
    units = list(dict.fromkeys(plan.day(day).unit for day in _days(plan, section)))
    options = Options(
        tuple(name.strip() for name in students.split(",") if name.strip()),
        jobs or 0,
        cluster,
        resume,
        everything,
        results,
        db,
        not no_record,
        cell_seconds,
    )
    sys.exit(grade_section(ROOT, units, options, out, Console(stderr=True, highlight=False)))


@main.command("next")
def next_command() -> None:
    """What to do now, and why: reviews that are due, and the day to work on."""
    standing = _standing()
    if due := _due():
        out.print(f"{escape(due)} `mind review` lists what is due.")
    if standing.following is None:
        out.print(f"Nothing is next: {standing.why}.")
        return
    day = standing.following.day
    out.print(f"[bold]{day.id}  {escape(day.title)}[/]: {standing.why}.")
    for reading in day.readings:
        out.print(f"  read  {escape(reading.text)}")
    out.print(f"  `mind start {day.id}` copies it to work/; `mind check {day.id}` grades it.")


@main.command()
@click.option("--no-browser", is_flag=True, help="Print the address; open nothing.")
@click.option("--port", default=8888, show_default=True, help="The first port to try.")
@click.option("--instructor", is_flag=True, help="Show the class as well, and open there.")
def lab(no_browser: bool, port: int, instructor: bool) -> None:
    """Open JupyterLab at the plan. Ctrl-C, twice, stops it."""
    from curriculum.serving import serve

    sys.exit(serve(ROOT, port, browser=not no_browser, instructor=instructor))


@main.command()
def doctor() -> None:
    """Check this machine: what each section needs, what is there, and how to get what is not."""
    from curriculum.doctor import examine, print_findings

    findings = examine(_plan())
    print_findings(findings, out)
    sys.exit(0 if all(finding.fine or finding.optional for finding in findings) else 1)


def _say_of_reviews(catalogue: Catalogue, learner: str) -> None:
    """That fresh attempts are not checked with the lessons, and how they are."""
    from curriculum.learning.reviewing import unchecked

    if places := unchecked(ROOT, catalogue, learner):
        names = ", ".join(str(place.copy.relative_to(ROOT)) for place in places)
        out.print(escape(f"Not checked with the lessons: {names}. `mind review --check` does it."), soft_wrap=True)


def _plan() -> Plan:
    try:
        return load_plan()
    except (PlanError, OSError) as error:
        _refuse(f"the plan cannot be read: {error}")


def _catalogue(plan: Plan) -> Catalogue:
    from curriculum.catalogue import Catalogue, CatalogueError

    try:
        return Catalogue(plan, ROOT)
    except CatalogueError as error:
        _refuse(str(error))


def _standing() -> Progress:
    from curriculum.standing import StandingError, standing

    try:
        return standing(ROOT, learner_id())
    except StandingError as error:
        _refuse(str(error))


def _due() -> str:
    from curriculum.outlook.gathered import due_in_words, review_due
    from curriculum.standing import StandingError

    try:
        return due_in_words(review_due(ROOT, learner_id()))
    except StandingError as error:
        _refuse(str(error))


def _days(plan: Plan, what: str) -> list[str]:
    """The ids of the days that a word names: a day, a unit (1.5, 1.1.1) or a section (1.1)."""
    if any(day.id == what for day in plan.days):
        return [what]
    days = [day.id for day in plan.days if what in (day.unit, day.section)]
    if not days:
        _refuse(f"the plan has no section or day called {what}; sections are like 1.5 or 1.1.1, days like 1.5-d1")
    return days


def _could_not(error: OSError) -> str:
    """Why a file could not be read or written, and that nothing is lost."""
    where = f" {error.filename}" if error.filename else ""
    full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    remedy = "make room and try again" if full else "check that the folder is there and that you may write in it"
    why = "the disk is full, or a quota is used up" if full else error.strerror or str(error)
    return f"could not write{where}: {why}; {remedy}. Your notebooks in work/ are as they were"


def _warn(text: str) -> None:
    Console(stderr=True, highlight=False).print(f"[red]{escape(text)}[/]", soft_wrap=True)


def _refuse(reason: str) -> NoReturn:
    _warn(reason)
    sys.exit(2)
