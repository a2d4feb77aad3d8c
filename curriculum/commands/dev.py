"""`mind dev …`: what a contributor does. Commands parse, call one function, and show what comes back."""

from __future__ import annotations

import sys
from typing import NoReturn

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from curriculum import contract
from curriculum.build import BuildError, build, check_build, lessons_of
from curriculum.lesson import Lesson, LessonError, answers_path, read_answers
from curriculum.paths import ROOT
from curriculum.plan import Day, Plan, PlanError, Unit, load_plan
from curriculum.skeleton import write_skeleton
from curriculum.trials import LedgerError, Tried, try_answers

out = Console(highlight=False)


@click.group()
def dev() -> None:
    """Write lessons: skeleton, build, contract."""


@dev.command("new")
@click.argument("day")
@click.argument("slug")
def new(day: str, slug: str) -> None:
    """Make the skeleton of the lesson for DAY, e.g. `mind dev new 1.6-d1 supervised`."""
    plan = _plan()
    try:
        made = write_skeleton(_day(plan, day), slug, ROOT)
    except (FileExistsError, ValueError) as error:
        _refuse(str(error))
    for path in made:
        out.print(f"made {path.relative_to(ROOT)}")
    out.print(
        f'Add [bold]lesson = "{made[0].stem}"[/] to {day} in the plan, then `mind dev build --only {day}` shows it.'
    )


@dev.command("build")
@click.argument("section", required=False)
@click.option("--only", metavar="DAY", help="Build one day, e.g. 1.5-d1: a preview in seconds.")
@click.option(
    "--check",
    "checking",
    is_flag=True,
    help="Build nothing; say what in source/ and release/ is not what the lessons make.",
)
def build_command(section: str | None, only: str | None, checking: bool) -> None:
    """Build source/ and release/ from the lessons of SECTION (of all that have lessons)."""
    plan = _plan()
    try:
        if checking:
            differences = list(check_build(plan, units=_units(plan, section) if section else None))
            for line in differences:
                out.print(escape(line))
            if differences:
                _refuse(f"{len(differences)} differences between lessons and built notebooks: run `mind dev build`")
            out.print("source/ and release/ are what the lessons build to")
            return
        day = _day(plan, only) if only else None
        for unit in [plan.unit(day.unit)] if day else _units(plan, section):
            _build_unit(plan, unit, day)
    except (BuildError, LessonError, LookupError) as error:
        _refuse(str(error))


def _build_unit(plan: Plan, unit: Unit, only: Day | None) -> None:
    with _progress() as progress:
        task = progress.add_task(f"building {unit.id}", total=1 + len(lessons_of(unit, only=only)))
        made = build(
            plan,
            unit,
            only=only,
            done=lambda text: progress.update(task, advance=1, description=f"{unit.id}: {text}"),
        )
    for path in made:
        out.print(f"made {path.relative_to(ROOT)}")


@dev.command("check")
@click.argument("what", required=False)
@click.option("--all", "everything", is_flag=True, help="Try every answer again, whatever the ledger knows.")
@click.option("--seed", type=int, help="Seed of the random sample of known verdicts that is tried again.")
def check_command(what: str | None, everything: bool, seed: int | None) -> None:
    """Hold a section (1.5), one day (1.5-d1) or the whole course to the contract; exit 1 where it is broken."""
    plan = _plan()
    breaches = []
    try:
        day = _day(plan, what) if what and "-d" in what else None
        for unit in [plan.unit(day.unit)] if day else _units(plan, what):
            breaches += _check_unit(unit, day, everything, seed)
    except (BuildError, LessonError, LedgerError, LookupError) as error:
        _refuse(str(error))
    refused = [breach for breach in breaches if not breach.warning]
    for breach in breaches:
        out.print(f"[{'yellow' if breach.warning else 'red'}]{escape(str(breach))}[/]")
    if refused:
        _refuse(f"{len(refused)} breaches of the contract")
    out.print("[green]the contract is kept[/]")


@dev.command("goals")
@click.argument("section", required=False)
def goals_command(section: str | None) -> None:
    """What shows each measured goal of SECTION (of the whole plan): the exercise, and what runs there."""
    units = [unit for unit in _plan().units if section in (None, unit.id, unit.section)]
    if not units:
        _refuse(f"the plan has no section {section}; sections are named like 1.5, topics like 1.1.3")
    table = Table("Goal", "Shown by", "Runs", box=None, header_style="bold", padding=(0, 1, 1, 1))
    try:
        for unit in units:
            lessons = lessons_of(unit)
            for goal in unit.goals:
                shown = [
                    f"{day.id} {exercise.name} {exercise.title}"
                    for day, lesson in lessons
                    for exercise in lesson.exercises
                    if goal.number in exercise.goals
                ]
                table.add_row(
                    escape(f"{goal.id} {goal.text}"),
                    escape("\n".join(shown)) or "[yellow]no lesson yet[/]",
                    ", ".join(goal.technologies) + (f"\n[yellow]{escape(goal.stand_in)}[/]" if goal.stand_in else ""),
                )
    except LessonError as error:
        _refuse(str(error))
    out.print(table)


def _units(plan: Plan, section: str | None) -> list[Unit]:
    """Those of a section, or the one topic that is named; of the whole plan, and of a divided section, those with lessons."""
    if section and section not in {s.id for s in plan.sections if len(s.units) > 1}:
        return [plan.unit(section)]
    return [unit for unit in (plan.section(section).units if section else plan.units) if lessons_of(unit)]


def _check_unit(unit: Unit, only: Day | None, everything: bool, seed: int | None) -> list[contract.Breach]:
    lessons = [(lesson, read_answers(answers_path(lesson.path))) for _, lesson in lessons_of(unit, only=only)]
    if not lessons:
        raise BuildError(f"{only.id if only else unit.id} has no lesson yet")
    ledger = lessons[0][0].path.with_name("verdicts.json")
    with _progress() as progress:
        task = progress.add_task(f"{unit.id}: trying answers and mutants", total=None)
        tried = try_answers(
            lessons, ledger, everything, seed=seed, whole=only is None,
            done=lambda ran, total: progress.update(task, completed=ran, total=total),
        )  # fmt: skip
    breaches = list(contract.of_unit(unit, lessons, tried, ROOT, whole=only is None))
    _report(unit, [lesson for lesson, _ in lessons], tried)
    return breaches


def _report(unit: Unit, lessons: list[Lesson], tried: Tried) -> None:
    right, wrong = tried.kind("right"), tried.kind("wrong")
    killed, mutants = tried.killed()
    for mutant in tried.kind("mutant"):
        if not mutant.failed:
            out.print(f"survivor: {mutant.lesson} {mutant.exercise} {escape(mutant.why)}")
    for slow in (c for c in tried.kind("solution") if c.seconds > 10):
        out.print(
            f"[yellow]slow: the tests of {slow.lesson} {slow.exercise} take {slow.seconds:.0f} s with the solution[/]"
        )
    exercises = sum(len(lesson.exercises) for lesson in lessons)
    share = f" ({100 * killed // mutants}%)" if mutants else ""  # rounded down: 100% is all of them
    out.print(
        f"[bold]{unit.id}[/]: days {len(lessons)}, exercises {exercises}; "
        f"right variants accepted {sum(not c.failed for c in right)} of {len(right)}; "
        f"wrong answers rejected {sum(bool(c.failed) for c in wrong)} of {len(wrong)}; "
        f"mutants killed {killed} of {mutants}{share}, equivalent {len(tried.kind('equivalent'))}; "
        f"tried now {tried.ran} of {len(tried.candidates)}, the rest from the ledger"
    )


def _progress() -> Progress:
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    return Progress(*columns, console=Console(stderr=True), transient=True)


def _plan() -> Plan:
    try:
        return load_plan()
    except PlanError as error:
        _refuse(str(error))


def _day(plan: Plan, name: str) -> Day:
    try:
        return plan.day(name)
    except LookupError:
        _refuse(f"the plan has no day {name}; days are named like 1.5-d1")


def _refuse(reason: str) -> NoReturn:
    Console(stderr=True, highlight=False).print(f"[red]{escape(reason)}[/]")
    sys.exit(1)
