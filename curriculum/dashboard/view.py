"""Progress as plain data, the same for the page and for the JSON API.

Hours and percentages are rounded down, each for itself: nothing is shown as more than it is, and a day done reads as
many hours as it weighs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from jupyter_server.utils import url_escape, url_path_join

from curriculum.plan import Phase, Section, Unit
from curriculum.progress import DayProgress, GoalProgress, Progress
from curriculum.rounding import down

Data = dict[str, Any]

#: A state of a day or a goal in words.
STATES: Mapping[str, str] = {
    "not written": "not written yet",
    "not started": "not started",
    "started": "started",
    "open": "open",
    "tried": "tried",
    "done": "done",
}
GOAL_STATES = ("done", "tried", "open", "not written")


def view(
    progress: Progress,
    learner: str,
    base_url: str,
    paths: Mapping[str, str | None] = MappingProxyType({}),
    seconds: Mapping[str, float] = MappingProxyType({}),
) -> Data:
    """Everything that the page shows; of a day, ``paths`` is where JupyterLab finds its copy, ``seconds`` its active time."""
    return _View(progress, base_url, paths, seconds).data(learner)


class _View:
    def __init__(
        self, progress: Progress, base_url: str, paths: Mapping[str, str | None], seconds: Mapping[str, float]
    ) -> None:
        self._progress = progress
        self._base_url = base_url
        self._paths, self._seconds = paths, seconds
        self._days = {day.day.id: day for day in progress.days}
        self._goals = {goal.goal.id: goal for goal in progress.goals}

    def data(self, learner: str) -> Data:
        progress = self._progress
        following = progress.following
        counts = Counter(goal.state for goal in progress.goals)
        return {
            "title": progress.plan.title,
            "learner": learner,
            **self._sum(progress.days),
            "goals": len(progress.goals),
            "goals_done": progress.goals_done,
            "goal_states": {state: counts[state] for state in GOAL_STATES},
            "next": self._day(following) if following else None,
            "why": progress.why,
            "phases": [self._phase(phase) for phase in progress.plan.phases],
        }

    def _phase(self, phase: Phase) -> Data:
        sections = [self._section(section) for section in phase.sections]
        goals = [goal for section in sections for unit in section["units"] for goal in unit["goals"]]
        done = sum(goal["state"] == "done" for goal in goals)
        ids = [day.id for day in phase.days]
        return self._part(phase, ids, goals=len(goals), goals_done=done, sections=sections)

    def _section(self, section: Section) -> Data:
        units = [self._unit(unit) for unit in section.units]
        return self._part(section, [day.id for day in section.days], units=units)

    def _unit(self, unit: Unit) -> Data:
        ids = [day.id for day in unit.days]
        goals = [self._goal(self._goals[goal.id]) for goal in unit.goals]
        return self._part(unit, ids, days=[self._day(self._days[id]) for id in ids], goals=goals)

    def _part(self, part: Phase | Section | Unit, ids: Sequence[str], **inside: Any) -> Data:
        following = self._progress.following
        return {
            "id": part.id,
            "title": part.title,
            "current": following is not None and following.day.id in ids,
            "sum": self._sum([self._days[id] for id in ids]),
            **inside,
        }

    def _day(self, day: DayProgress) -> Data:
        start = None
        if day.state != "not written":
            start = url_path_join(self._base_url, "mind/api/start", url_escape(day.day.id))
        return {
            "id": day.day.id,
            "number": day.day.number,
            "title": day.day.title,
            "section": day.day.unit,
            "state": day.state,
            "points": min(day.points, day.most),
            "most": day.most,
            "bonus": max(0.0, day.points - day.most),
            # Two decimals for one day, whose 920/185 h would else read as 4.9; one for sums of many.
            "earned": down(day.earned, 2),
            "hours": down(day.day.hours, 2),
            "start": start,
            "path": self._paths.get(day.day.id),
            "seconds": self._seconds.get(day.day.id, 0.0),
        }

    def _goal(self, goal: GoalProgress) -> Data:
        days = [self._days[id].day for id in goal.days]
        return {
            "id": goal.goal.id,
            "text": goal.goal.text,
            "state": goal.state,
            "stand_in": goal.goal.stand_in,
            "days": [{"id": day.id, "number": day.number, "title": day.title} for day in days],
        }

    @staticmethod
    def _sum(days: Iterable[DayProgress]) -> Data:
        days = list(days)
        earned = sum((day.earned for day in days), Fraction(0))
        hours = sum((day.day.hours for day in days), Fraction(0))
        return {
            "earned": down(earned, 1),
            "hours": down(hours, 1),
            "percent": down(100 * earned / hours, 1) if hours else 0.0,
            "days": len(days),
            "days_done": sum(day.state == "done" for day in days),
            "days_written": sum(day.state != "not written" for day in days),
        }
