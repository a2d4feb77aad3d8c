"""Everything that the dashboard shows of one learner beside the standing: value over time, forecast, mastery, review.

Gathers from plan, released lessons, gradebook, journal and schedule; nothing is written.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from curriculum.catalogue import Catalogue
from curriculum.outlook.earned_value import EarnedValue, earned_value
from curriculum.outlook.forecast import Forecast, forecast
from curriculum.outlook.history import history
from curriculum.outlook.mastery import Mastery, concepts, technologies
from curriculum.outlook.proof import Proof, proofs
from curriculum.outlook.review import Reviews, reviews
from curriculum.outlook.schedule import Schedule, ScheduleError, load
from curriculum.outlook.streak import Streak, streak
from curriculum.outlook.trouble import Hard, hardest
from curriculum.plan import DEFAULT
from curriculum.progress import Progress
from curriculum.standing import StandingError, entries, lessons, standing_in


@dataclass(frozen=True)
class Outlook:
    """One learner's outlook on ``today``. ``next``: what to do now and why, one sentence each, reviews first where any are due."""

    progress: Progress
    catalogue: Catalogue
    schedule: Schedule
    today: dt.date
    value: EarnedValue
    forecast: Forecast
    concepts: tuple[Mastery, ...]
    technologies: tuple[Mastery, ...]
    streak: Streak
    hardest: tuple[Hard, ...]
    reviews: Reviews
    next: tuple[str, ...]
    proofs: Mapping[str, tuple[Proof, ...]]


def outlook(root: Path, learner: str, plan_file: Path = DEFAULT, today: dt.date | None = None) -> Outlook:
    """The outlook of a learner of the course in ``root``; ``today`` is the learner's own date of now by default.

    Raises StandingError, also where the schedules cannot be read.
    """
    catalogue, made, schedule = lessons(root, plan_file), entries(root, learner), schedule_of(root, learner)
    progress = standing_in(root, catalogue, learner, made)
    day = today or schedule.today()
    past = history(progress, catalogue, made, schedule, day)
    due = reviews(catalogue, made, schedule, day)
    return Outlook(
        progress=progress,
        catalogue=catalogue,
        schedule=schedule,
        today=day,
        value=earned_value(progress, past, schedule, day),
        forecast=forecast(progress, past, schedule, day),
        concepts=concepts(progress, catalogue, made),
        technologies=technologies(progress, catalogue, made),
        streak=streak(past, schedule, day),
        hardest=hardest(catalogue, made),
        reviews=due,
        next=following(progress, due),
        proofs=proofs(progress, catalogue, made, schedule),
    )


def review_due(root: Path, learner: str, plan_file: Path = DEFAULT, today: dt.date | None = None) -> Reviews:
    """Of an outlook the reviews alone, without the gradebook. Raises StandingError."""
    schedule = schedule_of(root, learner)
    return reviews(lessons(root, plan_file), entries(root, learner), schedule, today or schedule.today())


def following(progress: Progress, due: Reviews) -> tuple[str, ...]:
    """What to do now and why, a sentence each: the reviews that are due, then the day that follows."""
    said = [sentence] if (sentence := due_in_words(due)) else []
    if progress.following:
        day = progress.following.day
        said.append(f"{'Then' if said else 'Next'} {day.id} {day.title}: {progress.why}.")
    elif not said:
        said.append(f"Nothing is next: {progress.why}.")
    return tuple(said)


def due_in_words(due: Reviews) -> str:
    """One sentence on what is due for review today, "" where nothing is."""
    if not due.due:
        return ""
    first, minutes = due.due[0], sum(each.minutes for each in due.due)
    many = "1 exercise comes" if len(due.due) == 1 else f"{len(due.due)} exercises come"
    return f"{many} back for review, about {minutes} minutes; first {first.title} ({first.day}): {first.why}."


def schedule_of(root: Path, learner: str) -> Schedule:
    """A learner's schedule. Raises StandingError where it cannot be read."""
    try:
        return load(root, learner)
    except (ScheduleError, OSError) as error:
        raise StandingError("The schedule", str(error)) from error
