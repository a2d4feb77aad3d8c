"""A week of made-up learning, replayed through the API day by day; what the page foretells is checked by hand.

The server is a real one. Only its clock is the test's: it reads the time from a file.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from curriculum.plan import load_plan
from curriculum.ready import make_gradebook
from tests import small
from tests.lab import Lab
from tests.served import Texts

MONDAY = dt.date(2026, 11, 2)
STEMS = {day.id: day.lesson for day in load_plan().unit("1.5").days if day.lesson}
RIGHT = {name.removeprefix("d01_"): text for name, text in small.SOLUTIONS.items()}

#: Python runs this file by itself before anything else, in each process that has its folder on the path.
CLOCK = """\
import sys
if "jupyterlab" in sys.orig_argv:
    import datetime as dt
    from pathlib import Path
    from curriculum import journal
    from curriculum.outlook import schedule
    at = lambda: dt.datetime.fromisoformat(Path(__file__).with_name("clock").read_text())
    journal.now = lambda: at().isoformat(timespec="seconds")
    schedule.Schedule.today = lambda self: at().astimezone(self.tzinfo).date()
"""


class Week:
    """A learner at a server whose clock stands where the test puts it."""

    def __init__(self, lab: Lab, clock: Path) -> None:
        self.lab, self._clock = lab, clock

    def it_is(self, date: dt.date) -> None:
        self._clock.write_text(f"{date}T18:00:00+00:00")

    def learns(self, day: str, minutes: int, **solutions: str) -> dict[str, Any]:
        """An evening at one lesson: started, these solutions written, minutes counted, checked; the lesson after it."""
        path = f"work/1.5/{STEMS[day]}.ipynb"
        assert self.lab.ask("POST", f"mind/api/start/{day}").status == 200
        small.write(small.work(**solutions), self.lab.root / path)
        assert self.lab.api("POST", f"minutes/{day}", {"seconds": 60 * minutes}).status == 200
        answer = self.lab.api("POST", "check", {"path": path})
        assert [step["event"] for step in answer.steps] == ["graded", "recorded"], answer.text
        return dict(answer.steps[0]["lesson"])

    def outlook(self) -> dict[str, Any]:
        answer = self.lab.api("GET", "outlook")
        assert answer.status == 200, answer.text
        return dict(answer.json)


@pytest.fixture
def week(tmp_path: Path) -> Iterator[Week]:
    root = tmp_path / "course"
    for stem in STEMS.values():
        small.publish(root, stem=stem)
    make_gradebook(root)
    own = tmp_path / "clock"
    own.mkdir()
    (own / "sitecustomize.py").write_text(CLOCK, encoding="utf-8")
    found = Week(None, own / "clock")  # type: ignore[arg-type]
    found.it_is(MONDAY)
    found.lab = Lab(root, tmp_path / "jupyter", PYTHONPATH=str(own), TZ="UTC")
    yield found
    found.lab.stop()
    assert "Traceback" not in found.lab.log.read_text()


def test_a_week_replayed_and_what_it_foretells(week: Week) -> None:
    # Thirty hours a week on six days, so five planned hours a day; a lesson has five points and a day weighs 920/185 hours.
    calendar = {"start": MONDAY.isoformat(), "rest": ["sunday"], "hours_a_week": 30, "zone": "UTC"}
    assert week.lab.api("PUT", "schedule", calendar).status == 200
    days = [MONDAY + dt.timedelta(days=n) for n in range(8)]

    week.it_is(days[0])
    assert week.learns("1.5-d1", 60, e1=RIGHT["e1"])["points"] == 3
    week.it_is(days[1])
    assert week.learns("1.5-d1", 45, e1=RIGHT["e1"], e2=RIGHT["e2"])["points"] == 5
    # Nothing on Wednesday.
    week.it_is(days[3])
    assert week.learns("1.5-d2", 60, **RIGHT)["points"] == 5  # a bonus beyond the five counts for nothing
    before = week.outlook()
    assert before["forecast"]["done"] is None  # three days are over: too few to tell
    assert "There is no date to tell yet" in before["forecast"]["says"]
    week.it_is(days[4])
    assert week.learns("1.5-d3", 50, e1="def double(x):\n    return 5")["points"] == 0
    week.it_is(days[5])
    assert week.learns("1.5-d3", 40, e1=RIGHT["e1"])["points"] == 3
    week.it_is(days[7])  # the next Monday, before anything is done

    found = week.outlook()
    value, ahead = found["value"], found["forecast"]
    # Earned: 3/5, 2/5, 0, 5/5, 0, 3/5 and nothing on Sunday, each of 920/185 = 4.972… hours.
    fifths = [3, 5, 5, 10, 10, 13, 13, 13]
    assert [day["date"] for day in value["days"]] == [day.isoformat() for day in days]
    assert [day["earned"] for day in value["days"]] == [
        int(Fraction(fifth, 5) * Fraction(920, 185) * 100) / 100 for fifth in fifths
    ]
    assert [day["planned"] for day in value["days"]] == [5.0, 10.0, 15.0, 20.0, 25.0, 30.0, 30.0, 35.0]
    assert [day["spent"] for day in value["days"]] == [1.0, 1.75, 1.75, 2.75, 3.58, 4.25, 4.25, 4.25]
    assert [(one["planned"], one["earned"], one["spent"]) for one in value["weeks"]] == [
        (30.0, 12.92, 4.25),
        (5.0, 0.0, 0.0),
    ]

    # The pace: 13/5 of a day's hours in six learning days, 2.154… h. Left are 185 - 13/5 = 182.4 days' hours, which takes
    # 182.4 / (2.6/6) = 420.9… learning days, so 421: seventy weeks of six, and the Monday after them.
    assert ahead["learning_days"] == 6
    assert ahead["pace"] == 2.15
    assert ahead["remaining"] == 907.07
    assert ahead["done"] == (days[7] + dt.timedelta(weeks=70)).isoformat() == "2028-03-13"
    # At 35, 15 and 7 h a week, a learning day has 35/6, 15/6 and 7/6 h: 155.5, 362.8 and 777.5 of them, rounded up, by sixes.
    assert [(one["hours"], one["done"]) for one in ahead["scenarios"]] == [
        (35.0, (days[7] + dt.timedelta(weeks=25, days=5)).isoformat()),
        (15.0, (days[7] + dt.timedelta(weeks=60, days=2)).isoformat()),
        (7.0, (days[7] + dt.timedelta(weeks=129, days=3)).isoformat()),
    ]
    earliest, latest = _range([3, 2, 0, 5, 0, 3], 185 * 5 - 13, days[7])
    assert abs((dt.date.fromisoformat(ahead["earliest"]) - earliest).days) <= 30
    assert ahead["latest"] is None or abs((dt.date.fromisoformat(ahead["latest"]) - latest).days) <= 120
    assert earliest < dt.date(2028, 3, 13) < latest

    # The page says the same, in words and in the table under the drawing.
    texts = Texts(week.lab.ask("GET", "mind").text).all
    assert "At 2.1 h earned a learning day, the plan is done about 13 March 2028" in texts
    assert "12.9 of 920 hours earned" in texts
    assert "12.9 hours earned where 35.0 were planned by today: 22.1 hours behind the plan." in texts
    assert f"end at this pace{ahead['done']}920.0" in texts  # a row, whose cells Texts runs together
    # What was learnt comes back: each of the six exercises that were right has its date.
    coming = sum(one["exercises"] for one in found["review"]["ahead"])
    assert len(found["review"]["due"]) + len(found["review"]["waiting"]) + coming == 6


def _range(hours: list[int], left: int, today: dt.date) -> tuple[dt.date, dt.date]:
    """An 80 % range worked out apart: a thousand futures, each drawn day by day from a past that is itself drawn anew."""
    chance, ends = random.Random(1), list[int]()
    for _ in range(1000):
        past = [chance.choice(hours) for _ in hours[1:]]
        rest, count = left, 0
        while rest > 0 and count < 5000:
            rest -= chance.choice(past)
            count += 1
        ends.append(count)
    ends.sort()
    return _date(today, ends[100]), _date(today, ends[900])


def _date(today: dt.date, learning_days: int) -> dt.date:
    """The date on which so many days with six a week are over, from a Monday on."""
    weeks, rest = divmod(learning_days - 1, 6)
    return today + dt.timedelta(weeks=weeks, days=rest)
