"""What is to be done again, and when: exercises that failed or have aged, scheduled by FSRS within a budget of minutes.

FSRS is the Free Spaced Repetition Scheduler (J. Ye, J. Su, Y. Cao, "A Stochastic Shortest Path Algorithm for Optimizing
Spaced Repetition Scheduling", KDD 2022), from the library py-fsrs, with its default parameters and without chance.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from curriculum.catalogue import Catalogue, ReleasedExercise
from curriculum.journal import Attempt, Entry, HintShown, Review, SolutionShown
from curriculum.outlook.forecast import in_words
from curriculum.outlook.schedule import Schedule, moment

#: Who failed at something yesterday is still at work on it: it comes back when it was left for so many days.
LEFT_DAYS = 3

#: The chance at which an exercise comes back. FSRS's own 0.9 is meant for cards that take seconds, and exercises take half an
#: hour: what one would still do four times in five is not asked for sooner.
RETENTION = 0.8

# FSRS's ratings, as numbers, so that its library is imported only where cards are scheduled.
AGAIN, HARD, GOOD, EASY = 1, 2, 3, 4


@dataclass(frozen=True)
class Due:
    """An exercise to do again: ``why`` in words, ``minutes`` by its lesson, ``recall``: the chance to know it still, 0 to 1."""

    day: str
    exercise: str
    title: str
    why: str
    minutes: int
    recall: float
    since: dt.date


@dataclass(frozen=True)
class Reviews:
    """``due``: today's, most urgent first, within the budget; ``waiting``: due as well, beyond it. Minutes are a day's.

    ``ahead``: how many exercises become due on each later date, if none is done meanwhile.
    """

    budget_minutes: int
    minutes_done: float
    due: tuple[Due, ...]
    waiting: tuple[Due, ...]
    ahead: tuple[tuple[dt.date, int], ...]


@dataclass(frozen=True)
class Rated:
    """One rating of an exercise: what happened, in words that end in a date, and whether it was failed and left."""

    when: dt.datetime
    rating: int
    said: str
    left: bool = False


def reviews(catalogue: Catalogue, entries: Iterable[Entry], schedule: Schedule, today: dt.date) -> Reviews:
    """What a learner's entries, in the order they were made, bring back by the end of today.

    Most urgent is what is least likely to be known still. The first is due whatever it takes, unless something was done
    again today already; then come those that fit into what is left of the budget.
    """
    entries, known = list(entries), _exercises(catalogue)
    now, found, ahead = schedule.end_of(today), list[Due](), Counter[dt.date]()
    for key, (exercise, rated) in _cards(known, entries, now).items():
        wanted, recall = _scheduled(rated, now)
        since = wanted.astimezone(schedule.tzinfo).date()
        last = rated[-1]
        on = last.when.astimezone(schedule.tzinfo).date()
        if last.left:
            since = max(since, on + dt.timedelta(days=LEFT_DAYS))
        if since > today:
            ahead[since] += 1
            continue
        why = f"{last.said} {in_words(on)}"
        found.append(Due(key[0], exercise.name, exercise.title, why, exercise.minutes, recall, since))
    found.sort(key=lambda due: due.recall)  # sorted keeps the plan's order where two are as urgent
    done = _minutes_on(today, known, entries, schedule)
    budget = schedule.review_minutes
    chosen, left = list[Due](), budget - done
    for due in found if budget else []:
        if due.minutes <= left or (not chosen and not done):
            chosen.append(due)
            left -= due.minutes
    waiting = tuple(due for due in found if due not in chosen)
    return Reviews(budget, done, tuple(chosen), waiting, tuple(sorted(ahead.items())))


def of(path: Path) -> tuple[str, str] | None:
    """The day and the exercise that a notebook is a fresh attempt at, None for any other file."""
    with contextlib.suppress(OSError, ValueError, LookupError, TypeError, RecursionError):
        about = json.loads(path.read_text(encoding="utf-8-sig"))["metadata"]["review"]
        return str(about["day"]), str(about["exercise"])
    return None


def ratings(entries: Iterable[Entry], until: dt.datetime) -> list[Rated]:
    """The ratings that the entries of one exercise, in the order they were made, come to.

    An exercise is worked on until it is right: Easy at the first try, Good after one different try that failed, Hard else and
    wherever a hint was asked for (one that a check shows by itself is the failed try's). Again where it was given up, or
    failed and never got right since. Right after giving up says nothing. Checking right work again says nothing either.
    A review is Good without hints, Hard with, Again if wrong.
    """
    rated, failed, last = list[Rated](), set[str](), dt.datetime.min.replace(tzinfo=dt.UTC)
    asked = was_right = gave_up = False
    open_since: dt.datetime | None = None
    for entry in entries:
        at = moment(entry.when)
        if at is None:
            continue
        last = at = max(last, min(at, until))  # the journal is in order, whatever the clock said
        if isinstance(entry, Review):
            rated.append(_of_review(entry, at))
        elif isinstance(entry, HintShown):
            asked = asked or not was_right
        elif isinstance(entry, SolutionShown):
            if entry.gave_up:
                gave_up = True
                rated.append(Rated(at, AGAIN, "its solution was shown on"))
        elif isinstance(entry, Attempt) and entry.state == "correct":
            if not was_right and not gave_up:
                rated.append(_of_work(at, len(failed), asked))
            failed, asked, was_right, gave_up, open_since = set(), False, True, False, None
        elif isinstance(entry, Attempt) and entry.state != "not attempted":
            failed.add(entry.work)
            was_right, open_since = False, at
    if open_since:
        rated.append(Rated(open_since, AGAIN, "not right yet, and left since", left=True))
    return sorted(rated, key=lambda each: each.when)


def _of_work(at: dt.datetime, failed: int, asked: bool) -> Rated:
    if asked or failed > 1:
        return Rated(at, HARD, "right with some trouble on")
    return Rated(at, GOOD if failed else EASY, "right on")


def _of_review(entry: Review, at: dt.datetime) -> Rated:
    if not entry.right:
        return Rated(at, AGAIN, "not right when you did it again on")
    return Rated(at, HARD if entry.hints else GOOD, "right when you did it again on")


def _exercises(catalogue: Catalogue) -> dict[tuple[str, str], ReleasedExercise]:
    return {
        (day, exercise.name): exercise for day, lesson in catalogue.lessons.items() for exercise in lesson.exercises
    }


def _cards(
    known: dict[tuple[str, str], ReleasedExercise], entries: Iterable[Entry], now: dt.datetime
) -> dict[tuple[str, str], tuple[ReleasedExercise, list[Rated]]]:
    """The exercises that have a rating, in the plan's order."""
    by_exercise = dict[tuple[str, str], list[Entry]]()
    for entry in entries:
        if isinstance(entry, Attempt | HintShown | SolutionShown | Review):
            by_exercise.setdefault((entry.day, entry.exercise), []).append(entry)
    cards = {key: (known[key], ratings(by_exercise[key], now)) for key in known if key in by_exercise}
    return {key: card for key, card in cards.items() if card[1]}


def _scheduled(rated: Iterable[Rated], now: dt.datetime) -> tuple[dt.datetime, float]:
    """When FSRS wants an exercise again, and the chance that it is known now."""
    from fsrs import Card, Rating, Scheduler

    # No steps of minutes: an exercise is done once a day. No chance: the same journal brings the same exercises back.
    scheduler = Scheduler(
        desired_retention=RETENTION, learning_steps=(), relearning_steps=(), maximum_interval=365, enable_fuzzing=False
    )
    card = Card(card_id=0, due=now)
    for each in rated:
        card, _ = scheduler.review_card(card, Rating(each.rating), each.when)
    return card.due, scheduler.get_card_retrievability(card, now)


def _minutes_on(
    today: dt.date, known: dict[tuple[str, str], ReleasedExercise], entries: Iterable[Entry], schedule: Schedule
) -> float:
    """Minutes of review done on a date: as counted, else as the lesson says."""
    done = (e for e in entries if isinstance(e, Review) and schedule.local(e.when) == today)
    return sum(
        entry.seconds / 60 if entry.seconds > 0 else known[entry.day, entry.exercise].minutes
        for entry in done
        if entry.seconds > 0 or (entry.day, entry.exercise) in known
    )
