"""`mind review` and `mind schedule`: what comes back, and when you learn. Commands parse, call one function, and show."""

from __future__ import annotations

import sys
from typing import Any, NoReturn

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from curriculum.learner import learner_id
from curriculum.paths import ROOT

out = Console(highlight=False)


@click.command()
@click.argument("day", required=False)
@click.argument("exercise", required=False)
@click.option("--check", is_flag=True, help="Check the fresh attempts that have changed, instead.")
def review(day: str | None, exercise: str | None, check: bool) -> None:
    """List the exercises that are due for review, or begin one: `mind review 1.5-d1 e2`.

    A fresh attempt lies in work/review/; your earlier work stays as it is. `mind review --check` checks what you saved of it.
    """
    if check:
        if day:
            _refuse("--check checks all fresh attempts that have changed; name no exercise with it")
        sys.exit(_check())
    from autograder.intake import Unreadable
    from curriculum.outlook.gathered import review_due, schedule_of
    from curriculum.outlook.review_notebook import NoSuchExercise, begin
    from curriculum.standing import StandingError, lessons

    if day and not exercise:
        _refuse(f"name the exercise as well, as in `mind review {day} e1`; `mind review` lists what is due")
    try:
        if not day or not exercise:
            _print_due(review_due(ROOT, learner_id()))
            return
        today = schedule_of(ROOT, learner_id()).today()
        path = begin(ROOT, lessons(ROOT), learner_id(), day, exercise, today)
    except (NoSuchExercise, StandingError, Unreadable) as error:
        _refuse(str(error))
    except OSError as error:
        _refuse(f"the review could not be begun: {error}. Nothing was changed.")
    out.print(f"{day} {exercise}  {path.relative_to(ROOT)}", soft_wrap=True)
    out.print("Open it in JupyterLab (`mind lab`), save your work, and press Check there, or `mind review --check`.")


@click.command()
@click.option(
    "--start", metavar="DATE", help='The first day of the plan, as 2026-11-23; "" for the first day you learn.'
)
@click.option("--rest", metavar="DAYS", help='Weekdays without learning, as saturday,sunday; "" for none.')
@click.option(
    "--off",
    metavar="DAYS",
    multiple=True,
    help="A day off, or a range as 2026-12-24..2027-01-02; adds to those there are.",
)
@click.option("--no-off", is_flag=True, help="Forget the days off (before --off is added).")
@click.option("--hours", type=float, help="Hours of the plan in a week.")
@click.option("--review", "review_minutes", type=int, help="Minutes of review a day, 0 for none.")
@click.option("--counting/--no-counting", default=None, help="Whether active minutes in a lesson are counted.")
@click.option(
    "--zone", metavar="NAME", help='Time zone of your calendar, as Europe/Vienna; "" for that of this machine.'
)
def schedule(
    start: str | None,
    rest: str | None,
    off: tuple[str, ...],
    no_off: bool,
    hours: float | None,
    review_minutes: int | None,
    counting: bool | None,
    zone: str | None,
) -> None:
    """Show when you learn, or change it: start, rest days, days off, hours a week, review."""
    from curriculum.outlook.schedule import ScheduleError, change, load

    given: dict[str, Any] = {
        "hours_a_week": hours,
        "review_minutes": review_minutes,
        "counting": counting,
        "zone": zone,
    }
    changes = {key: value for key, value in given.items() if value is not None}
    if start is not None:
        changes["start"] = start or None
    if rest is not None:
        changes["rest"] = [name.strip() for name in rest.split(",") if name.strip()]
    added = [dict(zip(("first", "last"), days.split("..", 1), strict=False)) for days in off]
    try:
        if changes or added or no_off:

            def changed(now: Any) -> Any:
                kept = [] if no_off else now.as_json()["off"]
                return now.with_changes({**changes, "off": kept + added})

            _print_schedule(change(ROOT, learner_id(), changed))
        else:
            _print_schedule(load(ROOT, learner_id()))
    except (ScheduleError, OSError) as error:
        _refuse(str(error))


def _check() -> int:
    """Check what has changed, and say what came of it: 0 all that was tried is right, 1 it is not yet, 2 something was not checked."""
    from autograder.engine import SettingsError
    from curriculum.learning.course_files import VISIBLE_ONLY, handed_out
    from curriculum.learning.reviewing import check, unchecked
    from curriculum.report import print_days
    from curriculum.standing import StandingError, lessons

    learner = learner_id()
    try:
        catalogue = lessons(ROOT)
        places = unchecked(ROOT, catalogue, learner)
        if not places:
            out.print("No fresh attempt in work/review/ has changed since it was last checked.")
            return 0
        checked = check(ROOT, learner, places, cell_seconds=60.0)
    except (StandingError, SettingsError) as error:
        _refuse(str(error))
    except OSError as error:
        _refuse(f"the review could not be checked to its end: {error}. Your notebooks in work/ are as they were.")
    except KeyboardInterrupt:
        out.print("Stopped. Your notebooks in work/ are as they were; what was not checked is checked again next time.")
        return 130
    for place, day in checked:
        out.print(f"{place.copy.relative_to(ROOT)}", soft_wrap=True)
        print_days(catalogue.plan, [day], out)
    if handed_out(ROOT):
        out.print(VISIBLE_ONLY)
    states = {each.state for _, day in checked if day.result for each in day.result.exercises} - {"not attempted"}
    if any(day.result is None or day.result.remarks for _, day in checked):
        return 2
    return 0 if states <= {"correct"} else 1


def _print_due(reviews: Any) -> None:
    if not reviews.budget_minutes:
        out.print("Review is off: `mind schedule --review 20` gives it 20 minutes a day.")
        return
    if not reviews.due:
        later = (
            f"The next comes on {reviews.ahead[0][0]}." if reviews.ahead else "Exercises come back once you tried some."
        )
        done = "Today's minutes of review are used up." if reviews.waiting else "Nothing is due for review today."
        out.print(f"{done} {later}")
        return
    table = Table("day", "exercise", "", "minutes", "why", box=None, padding=(0, 2, 0, 0))
    for due in reviews.due:
        table.add_row(due.day, due.exercise, escape(due.title), str(due.minutes), escape(due.why))
    out.print(table)
    if reviews.waiting:
        many = len(reviews.waiting)
        out.print(f"{many} more {'is' if many == 1 else 'are'} due, beyond {reviews.budget_minutes} minutes a day.")
    first = reviews.due[0]
    out.print(f"`mind review {first.day} {first.exercise}` begins the first.")


def _print_schedule(schedule: Any) -> None:
    kept = schedule.as_json()
    off = ", ".join(f"{o['first']}..{o['last']}" if o["first"] != o["last"] else o["first"] for o in kept["off"])
    rows = {
        "start": kept["start"] or "the first day you learn",
        "rest days": ", ".join(kept["rest"]) or "none",
        "days off": off or "none",
        "hours a week": f"{kept['hours_a_week']:g}",
        "review": f"{kept['review_minutes']} minutes a day" if kept["review_minutes"] else "none",
        "active minutes": "counted" if kept["counting"] else "not counted",
        "time zone": kept["zone"] or "that of this machine",
    }
    grid = Table.grid(padding=(0, 2))
    for label, value in rows.items():
        grid.add_row(label, escape(value))
    out.print(grid)


def _refuse(reason: str) -> NoReturn:
    Console(stderr=True, highlight=False).print(f"[red]{escape(reason)}[/]", soft_wrap=True)
    sys.exit(2)
