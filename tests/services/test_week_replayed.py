"""A made-up week of learning, replayed through the API: notebook, check, minutes, nights; its numbers worked out by hand."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests import small
from tests.lab import Lab

pytestmark = pytest.mark.xdist_group("week-replayed")

DAY = "1.5-d1"
RIGHT = small.SOLUTIONS
#: Hours of one day of the plan.
WEIGHT = 920 / 185


@pytest.fixture
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    root = tmp_path_factory.mktemp("course")
    small.publish(root)
    running = Lab(root, tmp_path_factory.mktemp("jupyter"), MIND_LEARNER="ada")
    yield running
    running.stop()
    assert "Traceback" not in running.log.read_text()


def checks(lab: Lab, **solutions: str) -> None:
    """Write these cells (e1=…) into the lesson, save, check."""
    path = lab.api("POST", f"start/{DAY}").json["path"]
    book = json.loads((lab.root / path).read_text())
    for name, source in solutions.items():
        small.cell(book, f"d01_{name}")["source"] = source
    small.write(book, lab.root / path)
    assert lab.api("POST", "check", {"path": path}).steps[-1] == {"event": "recorded"}


def learns(lab: Lab, hours: int) -> None:
    for _ in range(hours):
        assert lab.api("POST", f"minutes/{DAY}", {"seconds": 3600}).status == 200


def night(lab: Lab) -> None:
    """Whatever was done is a day older."""
    path = lab.root / "journal.jsonl"
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    for line in lines:
        line["when"] = (dt.datetime.fromisoformat(line["when"]) - dt.timedelta(days=1)).isoformat()
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))


def test_a_week_of_learning_by_hand(lab: Lab) -> None:
    """The lesson weighs W = 920/185 h and has 3 + 2 points, and 1 of bonus; the plan is 2 h a day, without rest days.

    =====  =========================================  ==========  ======  =====
    day    what was done                              EV in sum   AC      PV
    =====  =========================================  ==========  ======  =====
    1      e1 wrong; 1 h                              0           1       2
    2      e1 right, 3 of 5 points; 2 h               0.6 W       3       4
    3      nothing                                    0.6 W       3       6
    4      e2 right, all 5 points; 1 h                W           4       8
    5      e1 spoilt again, 2 of 5 points             0.4 W       4       10
    6      e1 right, e3 as well: no more than W       W           4       12
    7      the minutes are put right: 3 h in all      W           3       14
    today  nothing yet                                W           3       16
    =====  =========================================  ==========  ======  =====

    Pace: W on 7 days, W/7 a day. Left of the plan's 185 W are 184 W, so 184 * 7 = 1288 days, today the first of them.
    """
    checks(lab, e1="def double(x):\n    return 7")
    learns(lab, 1)
    night(lab)
    checks(lab, e1=RIGHT["d01_e1"])
    learns(lab, 2)
    night(lab)
    night(lab)
    checks(lab, e2=RIGHT["d01_e2"])
    learns(lab, 1)
    night(lab)
    checks(lab, e1="def double(x):\n    return 8")
    night(lab)
    checks(lab, e1=RIGHT["d01_e1"], e3=RIGHT["d01_e3"])
    night(lab)
    assert lab.api("PUT", f"minutes/{DAY}", {"minutes": 180}).json["seconds"] == 3 * 3600
    night(lab)

    zone, today = noon()
    first = today - dt.timedelta(days=7)
    plan = {"start": first.isoformat(), "rest": [], "hours_a_week": 14, "zone": zone}
    assert lab.api("PUT", "schedule", plan).status == 200
    outlook = lab.api("GET", "outlook").json
    value, forecast = outlook["value"], outlook["forecast"]

    assert [day["date"] for day in value["days"]] == [(first + dt.timedelta(days=n)).isoformat() for n in range(8)]
    assert of(value, "earned") == pytest.approx([WEIGHT * share for share in (0, 0.6, 0.6, 1, 0.4, 1, 1, 1)], abs=0.01)
    assert of(value, "spent") == [1, 3, 3, 4, 4, 4, 3, 3]
    assert of(value, "planned") == [2, 4, 6, 8, 10, 12, 14, 16]
    assert value["schedule_variance"] == pytest.approx(WEIGHT - 16, abs=0.01)
    assert value["efficiency"] == pytest.approx(WEIGHT / 3, abs=0.01)
    assert value["planned_end"] == (first + dt.timedelta(days=459)).isoformat()  # 920 h at 2 h a day are 460 days

    assert (forecast["learning_days"], forecast["pace"]) == (7, pytest.approx(WEIGHT / 7, abs=0.01))
    assert forecast["done"] == (today + dt.timedelta(days=1287)).isoformat()
    assert forecast["earliest"] < forecast["done"]
    # A week of 35, 15, 7 hours: 184 W = 915.03 h at 5 h, 15/7 h and 1 h a day are 183.005, 427.01 and 915.03 days.
    ends = [(scenario["hours"], scenario["done"]) for scenario in forecast["scenarios"]]
    assert ends == [
        (hours, (today + dt.timedelta(days=days - 1)).isoformat()) for hours, days in ((35, 184), (15, 428), (7, 916))
    ]
    assert lab.api("GET", "progress").json["days_done"] == 1
    assert outlook["hardest"][0]["failed"] == 1  # what was spoilt after it had been right is no try before it was
    assert outlook["streak"]["current"] == 0  # nothing was done on day 7 but to correct the minutes


def of(value: dict[str, Any], name: str) -> list[float]:
    return [day[name] for day in value["days"]]


def noon() -> tuple[str, dt.date]:
    """A time zone in which it is about noon now, so that no midnight falls into the test, and the date there."""
    now = dt.datetime.now(dt.UTC)
    ahead = 12 - now.hour
    return f"Etc/GMT{-ahead:+d}", (now + dt.timedelta(hours=ahead)).date()
