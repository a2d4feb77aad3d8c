"""What the page shows beside the plan: another plan, charts as files, the calendar that the learner sets."""

from __future__ import annotations

import csv
import datetime as dt
import json
import re
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from curriculum.journal import Attempt, Journal, Minutes
from curriculum.outlook import schedule
from tests.served import DAY, Server, Texts, give_scores, serving

pytestmark = pytest.mark.xdist_group("dashboard-page")  # they share what is made once

#: The same lesson in a plan of its own, whose title tries to be markup.
OTHER = """\
[plan]
title = "Mathematics <b>first</b>"
hours = 10
days = 2
day_minutes = { read = 90, guided = 60, exercises = 150 }
[equipment]
[readings.MML]
title = "Mathematics for Machine Learning"
authors = "M. P. Deisenroth, A. A. Faisal, C. S. Ong"
[[phase]]
id = "1"
title = "Only mathematics"
days = 2
[[section]]
id = "1.5"
title = "Matrices"
days = 2
technologies = ["NumPy"]
readings = { MML = "2" }
[section.concepts]
matrices = "Matrices"
[[goal]]
id = "1.5-1"
text = "Multiply matrices."
concepts = ["matrices"]
[[day]]
id = "1.5-d1"
title = "Multiply them at once"
concepts = ["matrices"]
lesson = "d01_matrices"
[[day]]
id = "1.5-d2"
title = "And once more"
concepts = ["matrices"]
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("served")) as running:
        _learn(running.root)
        (running.root / "mathematics-first.toml").write_text(OTHER, encoding="utf-8")
        yield running


@pytest.fixture(autouse=True)
def _no_traceback(server: Server) -> Iterator[None]:
    yield
    assert "Traceback" not in server.log.read_text()


def _learn(root: Path) -> None:
    """A quarter of the lesson's points, yesterday, in an hour; begun eight days ago with 35 hours a week."""
    today = schedule.Schedule().today()
    when = f"{today - dt.timedelta(days=1)}T12:00:00+00:00"
    Journal(root).add(
        [
            Attempt(when, "ada", DAY, "e1", "almost", 1.0, 4.0, "a"),
            Minutes(when, "ada", DAY, 3600.0),
        ]
    )
    give_scores(root, {"d01_e1_a": 1, "d01_e1_b": 0})
    schedule.save(root, "ada", schedule.Schedule(start=today - dt.timedelta(days=8)))


def _page(server: Server, query: str = "") -> str:
    answer = server.ask(f"mind{query}", browser=urllib.request.build_opener())
    assert answer.status == 200, answer.text
    return answer.text


def test_another_plan_over_the_same_lessons_is_shown(server: Server) -> None:
    page = _page(server, "?plan=mathematics-first")
    texts = Texts(page)
    assert "Mathematics <b>first</b>" in texts.all  # as words, not as markup
    assert "<b>first</b>" not in page
    assert "1.2 of 10 hours earned" in texts.all  # a quarter of five hours, rounded down
    assert "The map of 2 days" in texts.all
    assert "Multiply them at once" in texts.all
    assert "Multiply matrices four ways" not in texts.all
    # What is pressed there stays within that plan.
    forms = re.findall(r'action="([^"]+)"', page)
    assert forms
    assert [form for form in forms if not form.endswith("?plan=mathematics-first")] == []
    progress = server.ask("mind/api/progress?plan=mathematics-first").json()
    assert (progress["hours"], progress["days"], progress["earned"]) == (10.0, 2, 1.2)
    outlook = server.ask("mind/api/outlook?plan=mathematics-first").json()
    assert (outlook["value"]["total"], outlook["value"]["earned"]) == (10.0, 1.25)
    # Each page leads to the other.
    assert 'href="/class/mind?plan=plan"' in page
    assert 'href="/class/mind?plan=mathematics-first"' in _page(server)


@pytest.mark.parametrize("name", ["no-such", "../plan", "/etc/passwd", "plan.toml", "..", "PLAN", "a b"])
def test_a_plan_that_is_not_there_is_told_with_those_that_are(server: Server, name: str) -> None:
    for path in ("mind", "mind/api/progress", "mind/api/outlook", "mind/api/chart/hours.csv"):
        answer = server.ask(f"{path}?plan={urllib.parse.quote(name, safe='%')}")
        assert answer.status == 404
        assert "There are: mathematics-first, plan." in answer.json()["message"]
    page = server.ask(f"mind?plan={urllib.parse.quote(name, safe='%')}", browser=urllib.request.build_opener())
    assert page.status == 404
    assert "There are: mathematics-first, plan." in Texts(page.text).all


def test_the_outlook_says_what_was_done(server: Server) -> None:
    outlook = server.ask("mind/api/outlook").json()
    today = schedule.Schedule().today()
    value = outlook["value"]
    assert value["start"] == (today - dt.timedelta(days=8)).isoformat()
    assert [day["date"] for day in value["days"]] == [
        (today - dt.timedelta(days=ago)).isoformat() for ago in range(8, -1, -1)
    ]
    # 920 / 185 hours for the day, of which a quarter; five hours a day are planned, today's among them.
    assert [day["earned"] for day in value["days"]] == [0.0] * 7 + [1.24, 1.24]
    assert [day["planned"] for day in value["days"]] == [5.0 * day for day in range(1, 10)]
    assert [day["spent"] for day in value["days"]] == [0.0] * 7 + [1.0, 1.0]
    assert value["schedule_variance"] == -43.76  # 1.2432… - 45, rounded down
    assert outlook["schedule"]["hours_a_week"] == 35.0
    assert [one["exercise"] for one in outlook["hardest"]] == ["e1"]
    assert outlook["proofs"]["1.5-1"] == [
        {"day": DAY, "exercise": "e1", "title": "One", "right": False, "when": None, "tries": 1}
    ]


def test_charts_are_handed_out_as_files(server: Server) -> None:
    outlook = server.ask("mind/api/outlook").json()
    rows = list(csv.reader(server.ask("mind/api/chart/hours.csv").text.lstrip("\ufeff").splitlines()))
    assert rows[0] == ["Date", "Planned hours", "Earned hours", "Spent hours"]
    assert rows[1:] == [
        [day["date"], str(day["planned"]), str(day["earned"]), str(day["spent"])] for day in outlook["value"]["days"]
    ]
    png = urllib.request.Request(
        f"{server.base}mind/api/chart/pace.png", headers={"Authorization": "token token-of-the-test"}
    )
    with urllib.request.urlopen(png, timeout=60) as answer:
        assert answer.headers["Content-Type"] == "image/png"
        assert re.fullmatch(
            r'attachment; filename="plan-pace-\d{4}-\d\d-\d\d\.png"', answer.headers["Content-Disposition"]
        )
        assert answer.read(8) == b"\x89PNG\r\n\x1a\n"
    assert "<svg" in server.ask("mind/api/chart/finish.svg").text
    spec = server.ask("mind/api/chart/days.json").json()
    assert spec["$schema"].endswith("/v6.json")
    assert not re.search(r'"url"', json.dumps(spec))  # all data is inline


@pytest.mark.parametrize("name", ["no.csv", "hours.exe", "..%2fhours.csv", "hours"])
def test_a_chart_that_there_is_not_is_not_found(server: Server, name: str) -> None:
    assert server.ask(f"mind/api/chart/{name}").status == 404


def test_vega_comes_from_the_server_itself(server: Server) -> None:
    page = _page(server)
    address = re.search(r'data-vega="/class/([^"]+)"', page)
    assert address
    script = server.ask(address[1])
    assert script.status == 200
    assert "vegaEmbed" in script.text


def test_every_drawing_is_in_the_page_with_its_numbers(server: Server) -> None:
    page = _page(server)
    drawn = re.findall(r'<figure class="chart[^"]*" id="chart-([a-z]+)"', page)
    assert drawn == ["hours", "finish", "pace", "technologies", "days"] or "concepts" in drawn
    assert page.count('<svg xmlns="http://www.w3.org/2000/svg"') == len(drawn)
    assert page.count("<summary>The numbers</summary>") == len(drawn)


def _send(server: Server, **fields: Any) -> Any:
    browser, xsrf = server.browser()
    given = {"hours_a_week": "35", "review_minutes": "20", "counting": "yes", "_xsrf": xsrf, **fields}
    body = urllib.parse.urlencode(given, doseq=True).encode()
    return server.ask("mind/schedule", token=False, browser=browser, data=body)


def test_the_form_keeps_a_calendar(server: Server) -> None:
    before = schedule.load(server.root, "ada")
    try:
        answer = _send(
            server,
            start="2026-11-02",
            hours_a_week="7.5",
            rest=["saturday", "sunday"],
            off="2026-12-24\n 2026-12-28 to 2027-01-06, 2027-02-01",
            zone=" Europe/Vienna ",
        )
        assert answer.status == 303
        assert answer.url == "/class/mind?saved=1#schedule"
        kept = schedule.load(server.root, "ada")
        assert (kept.start, kept.hours_a_week, kept.rest) == (dt.date(2026, 11, 2), 7.5, frozenset({5, 6}))
        assert kept.zone == "Europe/Vienna"
        assert re.search(r'<input name="zone" value="Europe/Vienna"', _page(server))
        assert [(str(off.first), str(off.last)) for off in kept.off] == [
            ("2026-12-24", "2026-12-24"),
            ("2026-12-28", "2027-01-06"),
            ("2027-02-01", "2027-02-01"),
        ]
        assert "from 2 November 2026, 7.5 hours a week" in Texts(_page(server)).all
        assert _send(server, counting="").status == 303
        assert schedule.load(server.root, "ada").counting is False
        assert schedule.load(server.root, "ada").start is None
        assert schedule.load(server.root, "ada").zone == "Europe/Vienna"  # a page without the field says nothing of it
        assert _send(server, zone="").status == 303
        assert schedule.load(server.root, "ada").zone == ""
    finally:
        schedule.save(server.root, "ada", before)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"hours_a_week": "many"}, "The hours a week must be a number, not 'many'"),
        ({"hours_a_week": "nan"}, "more than 0 and at most"),
        ({"hours_a_week": "-1"}, "more than 0 and at most"),
        ({"review_minutes": "1e9"}, "0 (none) to 240 minutes"),
        ({"review_minutes": ""}, "The minutes of review must be a number"),
        ({"start": "tomorrow"}, "tomorrow"),
        ({"off": "some time"}, "'some time' are no date: write 2026-12-24"),
        ({"off": "2027-01-06 to 2026-12-24"}, "swap the two"),
        ({"rest": ["caturday"]}, "caturday"),
        ({"zone": "Europe/Atlantis"}, "no time zone 'Europe/Atlantis'"),
    ],
)
def test_a_calendar_that_cannot_be_is_refused_in_words(server: Server, fields: dict[str, Any], words: str) -> None:
    before = schedule.load(server.root, "ada")
    answer = _send(server, **fields)
    assert answer.status == 400
    assert words in Texts(answer.text).all
    assert schedule.load(server.root, "ada") == before


def test_a_form_from_elsewhere_changes_no_calendar(server: Server) -> None:
    before = schedule.load(server.root, "ada")
    assert _send(server, _xsrf="made-up").status == 403
    assert server.ask("mind/schedule", token=False, data=b"hours_a_week=1&review_minutes=1").status in (302, 403)
    assert schedule.load(server.root, "ada") == before


def test_a_damaged_schedule_is_told_and_kept(server: Server) -> None:
    path = server.root / "schedules.json"
    before = path.read_bytes()
    browser, xsrf = server.browser()
    path.write_bytes(b"{")
    try:
        answer = server.ask("mind", browser=urllib.request.build_opener())
        assert answer.status == 503
        assert "The schedule cannot be read" in Texts(answer.text).all
        sent = f"_xsrf={xsrf}&hours_a_week=7&review_minutes=20".encode()
        assert server.ask("mind/schedule", token=False, browser=browser, data=sent).status == 503
        assert path.read_bytes() == b"{"
    finally:
        path.write_bytes(before)
