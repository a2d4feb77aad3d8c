"""`mind status` and `mind report`: where you stand, in the terminal and as one page. Commands parse, call one function, and show."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click
from rich.console import Console
from rich.markup import escape

from curriculum.learner import learner_id
from curriculum.paths import ROOT

if TYPE_CHECKING:
    from curriculum.outlook.gathered import Outlook

out = Console(highlight=False)

_plan_option = click.option("--plan", "name", metavar="NAME", help="Another plan of those beside the course's own.")


@click.command()
@_plan_option
def status(name: str | None) -> None:
    """Hours earned, pace, forecast and review; sections and goals against the plan."""
    from curriculum.report import print_status

    print_status(_outlook(name), out)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@_plan_option
def report(file: Path, name: str | None) -> None:
    """Write the plan page to FILE, one HTML file that needs no server: charts, map, goals, all with their numbers."""
    from curriculum.dashboard.report_page import write_report

    if file.suffix.lower() not in (".html", ".htm"):
        _refuse(f"{file} is to be a web page: call it {file.stem}.html")
    try:
        write_report(_outlook(name), learner_id(), file)
    except OSError as error:
        _refuse(
            f"the report could not be written to {file}: {error.strerror or error}; name a folder in which you may write"
        )
    out.print(f"Written: {escape(str(file))}. Open it in any browser; it holds all that it shows.", soft_wrap=True)


def _outlook(name: str | None) -> Outlook:
    from curriculum.outlook.gathered import outlook
    from curriculum.plan import DEFAULT
    from curriculum.plan_choice import NoSuchPlan, plan_file
    from curriculum.standing import StandingError

    try:
        return outlook(ROOT, learner_id(), plan_file(DEFAULT.parent, name) if name else DEFAULT)
    except (NoSuchPlan, StandingError) as error:
        _refuse(str(error))


def _refuse(reason: str) -> NoReturn:
    Console(stderr=True, highlight=False).print(f"[red]{escape(reason)}[/]", soft_wrap=True)
    sys.exit(2)
