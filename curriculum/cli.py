"""`mind`: the course from a terminal. Commands parse, call one function, and show what comes back.

What a command imports it imports itself: `mind --help` must not wait three seconds for Jupyter's libraries.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, NoReturn

import click
from rich.console import Console
from rich.markup import escape

from curriculum.learner import learner_id
from curriculum.paths import ROOT
from curriculum.plan import Plan, PlanError, load_plan

if TYPE_CHECKING:
    from curriculum.progress import Progress

out = Console(highlight=False)


class _Lazy(click.Group):
    """A group whose `dev` commands are imported only when asked for: they bring the build with them."""

    def list_commands(self, context: click.Context) -> list[str]:
        return sorted([*super().list_commands(context), "dev"])

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name == "dev":
            from curriculum.cli_dev import dev

            return dev
        return super().get_command(context, name)


@click.group(cls=_Lazy)
@click.version_option(package_name="stateless-mind")
def main() -> None:
    """Learn by doing: a plan of days and hours, lessons that are graded as you go, and a score that says how far you are."""


@main.command()
@click.argument("what")
def start(what: str) -> None:
    """Copy the lessons of WHAT, a section (1.5) or a day (1.5-d1), to work/. What is there already stays as it is."""
    from curriculum.workspace import Workspace, WorkspaceError

    plan = _plan()
    workspace = Workspace(ROOT, plan)
    try:
        for day in _days(plan, what):
            if len(_days(plan, what)) == 1 or day in workspace.catalogue.lessons:
                there = day in workspace.started()
                copy = workspace.start(day)
                out.print(f"{day}  {copy.relative_to(ROOT)}" + ("  (yours; left as it is)" if there else ""))
    except (WorkspaceError, OSError) as error:
        _refuse(str(error))
    out.print("Open it in JupyterLab (`make learn`), save your work there, then `mind check`.")


@main.command()
def update() -> None:
    """Bring newer releases of started lessons: beside your work where you changed it, never over it."""
    from curriculum.workspace import Workspace

    try:
        for one in Workspace(ROOT, _plan()).update():
            out.print(
                f"{one.day}  {one.what}" + (f": {one.path.relative_to(ROOT)}" if one.what != "up to date" else "")
            )
    except OSError as error:
        _refuse(f"could not write: {error}. Your own copies are as they were")


@main.command()
@click.argument("what", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the results as JSON.")
@click.option("--seconds", default=60.0, show_default=True, help="Longest time that one cell may run.")
def check(what: str | None, as_json: bool, seconds: float) -> None:
    """Grade WHAT, a section or a day (else every started lesson that changed since it was last checked), and record it.

    Exit status: 0 all that was tried is right, 1 something is not yet, 2 something could not be checked or recorded.
    """
    from rich.progress import Progress

    from curriculum.catalogue import Catalogue
    from curriculum.checking import changed_days, check
    from curriculum.report import print_check
    from curriculum.workspace import Workspace

    plan = _plan()
    catalogue, learner = Catalogue(plan, ROOT), learner_id()
    started = Workspace(ROOT, catalogue=catalogue).started()
    days = [d for d in _days(plan, what) if d in started] if what else changed_days(ROOT, catalogue, learner)
    if not days:
        if what or not started:
            _refuse(
                f"nothing of {what or 'the course'} is in work/ yet: `mind start {what or '1.5-d1'}` copies it there"
            )
        out.print("Nothing has changed since the last check. `mind check 1.5-d1` grades a day again all the same.")
        return
    try:
        with Progress(console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task("grading", total=len(days))
            checked = check(ROOT, catalogue, learner, days, seconds, done=lambda _: progress.advance(task))
    except OSError as error:
        _refuse(f"could not write {error.filename}: {error.strerror}. Your notebooks in work/ are as they were")
    if as_json:
        out.print_json(
            json.dumps([day.result.as_json() if day.result else {"refused": day.refused} for day in checked.days])
        )
    else:
        print_check(plan, checked, out)
    if checked.unrecorded or any(day.refused for day in checked.days):
        sys.exit(2)
    attempted = [e for day in checked.days if day.result for e in day.result.exercises if e.state != "not attempted"]
    sys.exit(0 if all(e.state == "correct" for e in attempted) else 1)


@main.command()
def status() -> None:
    """Hours earned, sections and goals against the plan."""
    from curriculum.report import print_status

    print_status(_standing(), out)


@main.command("next")
def next_command() -> None:
    """The day to work on now, and why."""
    standing = _standing()
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
def lab(no_browser: bool, port: int) -> None:
    """Open JupyterLab at the plan. Ctrl-C, twice, stops it."""
    from curriculum.serving import serve

    sys.exit(serve(ROOT, port, browser=not no_browser))


@main.command()
def doctor() -> None:
    """Check this machine: what each section needs, what is there, and how to get what is not."""
    from curriculum.doctor import examine, print_findings

    findings = examine(_plan())
    print_findings(findings, out)
    sys.exit(0 if all(finding.fine or finding.optional for finding in findings) else 1)


def _plan() -> Plan:
    try:
        return load_plan()
    except (PlanError, OSError) as error:
        _refuse(f"the plan cannot be read: {error}")


def _standing() -> Progress:
    from curriculum.standing import StandingError, standing

    try:
        return standing(ROOT, learner_id())
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


def _refuse(reason: str) -> NoReturn:
    Console(stderr=True, highlight=False).print(f"[red]{escape(reason)}[/]", soft_wrap=True)
    sys.exit(2)
