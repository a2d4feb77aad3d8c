"""What the terminal shows of a check and of the standing."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from rich.console import Console
from rich.markup import escape
from rich.progress_bar import ProgressBar
from rich.table import Table

from autograder.results import ExerciseResult, Result, TestResult
from curriculum.learning.checking import Checked, DayChecked
from curriculum.outlook.gathered import Outlook
from curriculum.plan import Plan
from curriculum.rounding import fixed, plain

_MARKS = {
    "correct": "[green]✓[/]",
    "almost": "[yellow]~[/]",
    "wrong": "[red]✗[/]",
    "crashed": "[red]![/]",
    "timed out": "[red]![/]",
    "not attempted": "[dim]·[/]",
}


def print_days(plan: Plan, days: Iterable[DayChecked], out: Console) -> None:
    """A check, day by day: each exercise with its state, points, first failed test and next hint."""
    for day in days:
        title = plan.day(day.day).title
        if day.result is None:
            out.print(f"[bold]{day.day}  {escape(title)}[/]\n  [red]not checked:[/] {escape(day.refused)}")
            continue
        _print_day(day, day.result, title, out)


def print_recorded(checked: Checked, out: Console) -> None:
    """What there is to say of how the scores were recorded."""
    if checked.backup:
        out.print(
            f"The course has changed since the last check; a copy of the gradebook is kept as {checked.backup.name}"
        )
    if checked.unrecorded:
        out.print(f"[red]The scores are not in the gradebook:[/] {escape(checked.unrecorded)}")


def _print_day(day: DayChecked, result: Result, title: str, out: Console) -> None:
    out.print(f"[bold]{day.day}  {escape(title)}[/]   {_of(result)}")
    for remark in result.remarks:
        out.print(f"  [yellow]note:[/] {escape(remark)}")
    for number, exercise in enumerate(result.exercises, 1):
        bonus = " bonus" if exercise.bonus else ""
        points = f"{plain(exercise.points)}/{plain(exercise.most)}{bonus}"
        out.print(f"  {_MARKS[exercise.state]} exercise {number}, {escape(exercise.title)}: {exercise.state}, {points}")
        if exercise.state not in ("correct", "not attempted"):
            _print_failure(exercise, day.hints.get(exercise.name, 0), out)


def _print_failure(exercise: ExerciseResult, hint: int, out: Console) -> None:
    failure = exercise.first_failure()
    lines = [("", exercise.reason)] if exercise.reason else []
    if failure and not exercise.reason:
        lines += _said(failure)
    if hint:
        lines.append((f"hint {hint} of {len(exercise.hints)}", exercise.hints[hint - 1]))
        if hint == len(exercise.hints) and exercise.reading:
            lines.append(("read", exercise.reading))
    grid = Table.grid(padding=(0, 1))
    grid.add_column(min_width=13, style="dim")
    grid.add_column()
    for label, text in lines:
        grid.add_row(f"      {label}", escape(text))
    out.print(grid)
    others = sum(not test.passed for test in exercise.tests) - 1
    if failure and others > 0 and not exercise.reason:
        out.print(f"      [dim]and {others} more of its tests fail; mend this one first[/]")


def _said(test: TestResult) -> list[tuple[str, str]]:
    said = [("test", test.title), ("called", test.called), ("got", test.got), ("expected", test.expected)]
    said += [("look again at", test.idea), ("error", test.error)]
    return [(label, text) for label, text in said if text]


def print_status(outlook: Outlook, out: Console) -> None:
    """Earned hours, pace and forecast, what is due, every unit that has lessons, and what is next. Hours are rounded down."""
    progress, value, ahead = outlook.progress, outlook.value, outlook.forecast
    plan, total = progress.plan, float(progress.plan.hours)
    out.print(f"[bold]{fixed(progress.earned)}[/] of {total:g} hours earned", end="  ")
    out.print(ProgressBar(total=total, completed=float(progress.earned), width=40))
    out.print(
        f"\n{progress.days_done} of {len(plan.days)} days done, {progress.goals_done} of {len(plan.goals)} measured goals done"
    )
    week = value.weeks[-1]
    if outlook.schedule.start or value.earned or value.spent:
        spent = f", {fixed(week.spent)} h spent" if value.spent else ""
        out.print(f"This week: {fixed(week.earned)} h earned{spent}, {fixed(week.planned)} h planned so far")
        out.print(f"In all: {fixed(value.spent)} h spent, {fixed(value.planned)} h planned by today")
    streak = outlook.streak
    if streak.longest:
        out.print(f"Days in a row: {streak.current} now, {streak.longest} at the longest")
    out.print(f"\n{escape(ahead.says)}")
    table = Table("", "section", "days done", "hours earned", box=None, padding=(0, 2, 0, 0))
    for unit in plan.units:
        days = [day for day in progress.days if day.day.unit == unit.id]
        if all(day.state == "not written" for day in days):
            continue
        finished = sum(day.state == "done" for day in days)
        earned, most = (sum(each, Fraction(0)) for each in ((d.earned for d in days), (d.day.hours for d in days)))
        table.add_row(unit.id, escape(unit.title), f"{finished} of {len(days)}", f"{fixed(earned)} of {fixed(most)}")
    out.print()
    out.print(table)
    unwritten = sum(day.state == "not written" for day in progress.days)
    if unwritten:
        out.print(f"{unwritten} days of the plan have no lesson yet.\n")
    for line in outlook.next:
        out.print(escape(line))


def _of(result: Result) -> str:
    """Points of the day without the bonus, and what the bonus brings beyond them."""
    bonus = f" + {plain(result.points - result.most)} bonus" if result.points > result.most else ""
    return f"{plain(min(result.points, result.most))} of {plain(result.most)}{bonus} points"
