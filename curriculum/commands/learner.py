"""`mind pack`, `unpack`, `reset` and `log`: what is yours, moved, put back and corrected. Commands parse, call, and show."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NoReturn

import click
from rich.console import Console
from rich.markup import escape

from curriculum.learner import learner_id
from curriculum.paths import ROOT
from curriculum.rounding import fixed

out = Console(highlight=False)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def pack(file: Path) -> None:
    """Pack all that is yours into FILE, a zip: work, what was handed in, journal, schedule, scores. Nothing is changed."""
    from curriculum.learning.moving import PackError, pack

    try:
        packed = pack(ROOT, learner_id(), file)
    except (PackError, OSError) as error:
        _refuse(f"Nothing was packed: {_words(error)}.")
    for reason in packed.left_out:
        _say(f"left out: {reason}")
    _say(f"{packed.files} files are in {file}. On the other machine, in the course's folder: `mind unpack {file.name}`")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def unpack(file: Path) -> None:
    """Bring in what `mind pack` packed into FILE. Nothing that is here is written over: what differs is laid beside it."""
    from curriculum.learning.moving import PackError
    from curriculum.learning.unpacking import unpack

    try:
        unpacked = unpack(ROOT, learner_id(), file)
    except PackError as error:
        _refuse(f"{file} cannot be unpacked: {error}. Nothing was changed.")
    except OSError as error:
        _refuse(f"{file} was not unpacked to its end: {_words(error)}. Nothing was written over; unpack it again.")
    for name, path in unpacked.beside.items():
        _say(f"{name} is another one here: yours from the zip lies in {path.relative_to(ROOT)}")
    for note in unpacked.notes:
        _say(note)
    _say(f"{unpacked.new} files came in; {unpacked.same} were here already; {len(unpacked.beside)} were laid beside.")


@click.command()
@click.argument("day")
@click.option("--exercise", metavar="NAME", help="Put back the cells of this exercise alone, as e2.")
def reset(day: str, exercise: str | None) -> None:
    """Put the lesson of DAY back to how it was handed out. Your work is kept beside it, in kept/."""
    from curriculum.learning.resetting import reset
    from curriculum.learning.workspace import WorkspaceError
    from curriculum.standing import StandingError, lessons

    try:
        copy, kept = reset(ROOT, lessons(ROOT), learner_id(), day, exercise)
    except (StandingError, WorkspaceError) as error:
        _refuse(f"{error}. Nothing was changed.")
    except OSError as error:
        _refuse(
            f"{day} was not put back to its end: {_words(error)}. Your work is where it was, or in kept/ beside it."
        )
    _say(
        f"{copy.relative_to(ROOT)} is as it was handed out{f' in {exercise}' if exercise else ''}; before it was {kept.relative_to(ROOT)}"
    )
    _say(
        f"If it is open in JupyterLab, reload it there (File, Reload Notebook from Disk). The score stays until `mind check {day}`."
    )


@click.command()
@click.argument("day")
@click.argument("minutes", type=float)
def log(day: str, minutes: float) -> None:
    """Say how many active MINUTES you have spent on DAY in all, in place of what was counted."""
    from curriculum.journal import Journal
    from curriculum.learning.minutes import MinutesError, correct
    from curriculum.plan import PlanError, load_plan

    try:
        known = load_plan().day(day).id
        before, after = correct(Journal(ROOT), learner_id(), known, minutes)
    except LookupError:
        _refuse(f"The plan has no day called {day}; days are like 1.5-d1.")
    except (PlanError, MinutesError, OSError) as error:
        _refuse(_words(error))
    _say(f"{day}: {fixed(after / 60, 0)} active minutes (before: {fixed(before / 60, 0)})")


def _say(text: str) -> None:
    out.print(escape(text), soft_wrap=True)


def _words(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return str(error)


def _refuse(reason: str) -> NoReturn:
    Console(stderr=True, highlight=False).print(f"[red]{escape(reason)}[/]", soft_wrap=True)
    sys.exit(2)
