"""The outlook as plain data: what `GET outlook` serves, and what the page and the report show in words and charts.

Hours earned and shares are rounded down, as in `view`; dates are YYYY-MM-DD.
"""

from __future__ import annotations

import datetime as dt
from math import floor
from typing import Any

from curriculum.dashboard import charts
from curriculum.dashboard.vega import Chart
from curriculum.outlook.earned_value import EarnedValue
from curriculum.outlook.forecast import Forecast
from curriculum.outlook.gathered import Outlook
from curriculum.outlook.mastery import Mastery
from curriculum.outlook.proof import Proof
from curriculum.outlook.review import Due, Reviews
from curriculum.outlook.streak import ActiveDay, Streak
from curriculum.outlook.trouble import Hard
from curriculum.rounding import down, fixed

Data = dict[str, Any]

_HOUR = 3600
#: What hours a week are in a life, by how many they are.
LIVES = {35.0: "full time", 15.0: "beside a job", 7.0: "an hour a day"}


def date(day: dt.date) -> str:
    """As it is read: 4 March 2027."""
    return f"{day.day} {day:%B %Y}"


def outlook_data(outlook: Outlook) -> Data:
    """All of an outlook that is no standing already."""
    return {
        "today": outlook.today.isoformat(),
        "value": value(outlook.value),
        "forecast": forecast(outlook.forecast),
        "concepts": [_mastery(one) for one in outlook.concepts],
        "technologies": [_mastery(one) for one in outlook.technologies],
        "streak": streak(outlook.streak),
        "hardest": [_hard(one, outlook) for one in outlook.hardest],
        "review": reviews(outlook.reviews),
        "schedule": outlook.schedule.as_json(),
        "next": list(outlook.next),
        "proofs": {goal: [_proof(one) for one in shown] for goal, shown in outlook.proofs.items()},
    }


def value(ev: EarnedValue) -> Data:
    """Earned value: the series, their weeks, and what they come to today."""
    return {
        "start": ev.start.isoformat(),
        "today": ev.today.isoformat(),
        "planned": down(ev.planned),
        "earned": down(ev.earned),
        "spent": down(ev.spent),
        "schedule_variance": down(ev.schedule_variance),
        "schedule_index": None if ev.schedule_index is None else down(ev.schedule_index),
        "efficiency": None if ev.efficiency is None else down(ev.efficiency),
        "planned_end": _iso(ev.planned_end),
        "total": down(ev.total),
        "written": down(ev.written),
        "undated": down(ev.undated),
        "days": [
            {"date": p.date.isoformat(), "planned": down(p.planned), "earned": down(p.earned), "spent": down(p.spent)}
            for p in ev.days
        ],
        "weeks": [
            {
                "monday": week.monday.isoformat(),
                "label": f"{week.monday.day} {week.monday:%b}",
                "planned": down(week.planned),
                "earned": down(week.earned),
                "spent": down(week.spent),
                "learning_days": week.learning_days,
            }
            for week in ev.weeks
        ],
        "ahead": [{"date": day.isoformat(), "planned": down(hours)} for day, hours in ev.ahead],
    }


def forecast(ahead: Forecast) -> Data:
    """When it is done: dates, the sentence that says so, and what they rest on."""
    return {
        "pace": None if ahead.pace is None else down(ahead.pace),
        "learning_days": ahead.learning_days,
        "since": ahead.since.isoformat(),
        "until": ahead.until.isoformat(),
        "remaining": down(ahead.remaining),
        "done": _iso(ahead.done),
        "earliest": _iso(ahead.earliest),
        "latest": _iso(ahead.latest),
        "finished": ahead.finished,
        "says": ahead.says,
        "assumed": list(ahead.assumed),
        "scenarios": [{"hours": one.hours, "done": _iso(one.done)} for one in ahead.scenarios],
    }


def streak(days: Streak) -> Data:
    """The days of the past year and how many of them are in a row."""
    return {"current": days.current, "longest": days.longest, "days": [_active(day) for day in days.days]}


def reviews(all: Reviews) -> Data:
    """What is due for review."""
    return {
        "budget_minutes": all.budget_minutes,
        "minutes_done": down(all.minutes_done, 1),
        "due": [_due(one) for one in all.due],
        "waiting": [_due(one) for one in all.waiting],
        "ahead": [{"date": day.isoformat(), "exercises": count} for day, count in all.ahead],
    }


def _due(one: Due) -> Data:
    return {
        "day": one.day,
        "exercise": one.exercise,
        "title": one.title,
        "why": one.why,
        "minutes": one.minutes,
        "recall": down(one.recall),
        "since": one.since.isoformat(),
    }


def _proof(one: Proof) -> Data:
    return {
        "day": one.day,
        "exercise": one.exercise,
        "title": one.title,
        "right": one.right,
        "when": _iso(one.when),
        "tries": one.tries,
    }


def _mastery(one: Mastery) -> Data:
    return {
        "key": one.key,
        "text": one.text,
        "label": one.text.partition(":")[0],
        "units": list(one.units),
        "percent": down(100 * one.share, 0),
        "points": down(one.points),
        "most": down(one.most),
        "tried": one.tried,
        "exercises": one.exercises,
        "written": one.written,
        "days": one.days,
        "state": one.state,
    }


def _active(day: ActiveDay) -> Data:
    minutes = floor(day.seconds / 60)
    # By time where it is counted, by checks where it is not: whichever says more.
    step = max(sum(minutes >= bound for bound in (1, 60, 150)), sum(day.attempts >= bound for bound in (1, 6, 15)))
    monday = day.date - dt.timedelta(days=day.date.weekday())
    return {
        "date": day.date.isoformat(),
        "week": f"{monday.isoformat()}|{monday.day} {monday:%b}",
        "weekday": f"{day.date:%a}",
        "attempts": day.attempts,
        "minutes": minutes,
        "step": ("none" if day.learning else "rest", "some", "more", "much")[step],
        "kind": "learning" if day.learning else "rest",
    }


def _hard(one: Hard, outlook: Outlook) -> Data:
    day = outlook.progress.plan.day(one.day)
    return {
        "day": one.day,
        "day_title": day.title,
        "exercise": one.exercise,
        "title": one.title,
        "failed": one.failed,
        "hints": one.hints,
        "open": one.open,
        "gave_up": one.gave_up,
    }


def _iso(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def drawn(data: Data) -> dict[str, Chart]:
    """The charts that there are numbers for, by name. ``data``: as `outlook_data` makes it."""
    value, found = data["value"], list[Chart]()
    if begun(data):
        found.append(charts.hours(value, _hours_say(value)))
        found.append(charts.finish(value, data["forecast"], _finish_says(data)))
        found.append(charts.pace(value["weeks"], _pace_says(value["weeks"])))
    if any(day["step"] not in ("rest", "none") for day in data["streak"]["days"]):
        found.append(charts.days(data["streak"]["days"], _streak_says(data["streak"])))
    for name, title in (("concepts", "Concepts"), ("technologies", "Technologies")):
        if rows := [row for row in data[name] if row["tried"]]:
            says = f"Points of the exercises written so far that use them. {_mastered(data[name])}"
            found.append(charts.mastery(name, title, rows, says))
    return {chart.name: chart for chart in found}


def begun(data: Data) -> bool:
    """Whether there is anything to draw over a calendar: a start that was set, hours, or time."""
    value = data["value"]
    return bool(data["schedule"]["start"] or value["earned"] or value["spent"])


def _hours_say(value: Data) -> str:
    variance = value["schedule_variance"]
    word = "ahead of" if variance >= 0 else "behind"
    by = f"{abs(down(variance, 1)):.1f} hours {word} the plan" if abs(variance) >= 0.1 else "on the plan"
    says = f"{fixed(value['earned'])} hours earned where {fixed(value['planned'])} were planned by today: {by}."
    if value["efficiency"] is not None:
        says += f" An hour spent has earned {fixed(value['efficiency'], 2)} hours."
    return says


def _finish_says(data: Data) -> str:
    ahead, end = data["forecast"], data["value"]["planned_end"]
    says = f"Planned to end on {date(dt.date.fromisoformat(end))}. " if end else ""
    if ahead["earliest"] and ahead["latest"]:
        return f"{says}The band holds the end with 8 chances in 10 if your pace stays as it is."
    if ahead["done"]:
        return f"{says}At your pace it ends where the dotted line does; a range cannot be told."
    return f"{says}A forecast is drawn once your pace can be told."


def _pace_says(weeks: list[Data]) -> str:
    last = weeks[-1]
    return f"This week: {fixed(last['earned'])} hours earned, {fixed(last['planned'])} planned so far."


def _streak_says(streak: Data) -> str:
    days = f"{streak['current']} day{'s' if streak['current'] != 1 else ''}"
    return f"{days} in a row now, {streak['longest']} at the longest; days of rest do not break the row."


def _mastered(rows: list[Data]) -> str:
    count = sum(row["state"] == "mastered" for row in rows)
    return f"{count} of {len(rows)} mastered."
