"""The charts: valid to Vega-Lite, drawn without a network, their numbers rounded down and escaped, and the report made of them."""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import json
import re
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from curriculum.dashboard import charts, drawing, vega
from curriculum.dashboard.outlook_view import begun, drawn, outlook_data
from curriculum.dashboard.pages import STATIC
from curriculum.dashboard.report_page import report, write_report
from curriculum.outlook import schedule
from curriculum.outlook.gathered import Outlook, outlook
from curriculum.paths import PROJECT
from tests.learnt import learn

TODAY = dt.date(2026, 11, 21)


def _course(root: Path) -> Path:
    root.mkdir()
    (root / "release").symlink_to(PROJECT / "release")
    return root


@pytest.fixture(scope="module")
def learnt(tmp_path_factory: pytest.TempPathFactory) -> Outlook:
    """Two weeks in, as tests/learnt.py has them."""
    root = _course(tmp_path_factory.mktemp("learnt") / "course")
    learn(root, TODAY)
    own = schedule.Schedule(start=TODAY - dt.timedelta(days=12), rest=frozenset({6}), hours_a_week=7, zone="UTC")
    schedule.save(root, "learner", own)
    return outlook(root, "learner", today=TODAY)


@pytest.fixture(scope="module")
def new(tmp_path_factory: pytest.TempPathFactory) -> Outlook:
    """A learner who has done nothing yet."""
    return outlook(_course(tmp_path_factory.mktemp("new") / "course"), "learner", today=TODAY)


def _values(spec: Any) -> list[dict[str, Any]]:
    """All data that a specification carries."""
    if isinstance(spec, dict):
        own = spec["data"]["values"] if "data" in spec else []
        return own + [row for key, part in spec.items() if key != "data" for row in _values(part)]
    return [row for part in spec for row in _values(part)] if isinstance(spec, list) else []


def test_every_chart_is_drawn_with_all_its_numbers(learnt: Outlook) -> None:
    data = outlook_data(learnt)
    found = drawn(data)
    assert list(found) == ["hours", "finish", "pace", "days", "concepts", "technologies"]
    json.dumps(data)
    for chart in found.values():
        svg = drawing.svg(chart.spec)
        assert svg.startswith("<svg")
        assert svg.count("<path") > len(chart.spec["layer"])
        assert all(len(row) == len(chart.columns) for row in chart.rows)
        rows = list(csv.reader(chart.csv().splitlines()))
        assert rows[0] == list(chart.columns)
        assert rows[1:] == [[str(cell) for cell in row] for row in chart.rows]
        assert chart.title
        assert chart.says.endswith((".", "!"))


def test_a_drawing_shows_what_its_table_says(learnt: Outlook) -> None:
    found = drawn(outlook_data(learnt))
    drawn_hours = {(row["date"], row["what"]): row["hours"] for row in _values(found["hours"].spec) if "what" in row}
    for date, planned, earned, spent in found["hours"].rows:
        assert [drawn_hours[date, what] for what in ("Planned", "Earned", "Spent")] == [planned, earned, spent]
    weeks = {row["monday"]: row for row in _values(found["pace"].spec)}
    assert [(m, weeks[m]["planned"], weeks[m]["earned"], weeks[m]["spent"]) for m in weeks] == list(found["pace"].rows)
    ends = {what: date for what, date, _ in found["finish"].rows}
    assert ends["earliest end, 80 % range"] < ends["end at this pace"] < ends["latest end, 80 % range"]
    band = [row for row in _values(found["finish"].spec) if "low" in row]
    assert [row["date"] for row in band[1:]] == [ends["earliest end, 80 % range"], ends["latest end, 80 % range"]]
    assert all(row["low"] <= row["high"] <= 920 for row in band)


def test_colours_are_those_that_the_dark_page_knows(learnt: Outlook) -> None:
    """A colour that mind.css has no rule for would stay as it is on paper: dark on dark."""
    style = (STATIC / "mind.css").read_text(encoding="utf-8")
    for chart in drawn(outlook_data(learnt)).values():
        for attribute, colour in set(re.findall(r' (fill|stroke)="(#[0-9a-fA-F]+)"', drawing.svg(chart.spec))):
            assert f'.drawing [{attribute}="{colour}"]' in style, (chart.name, attribute, colour)


def test_text_in_charts_can_be_read() -> None:
    """4.5 between text and paper, 3 between a mark and paper (WCAG 2.2, 1.4.3 and 1.4.11), in both lights."""
    style = (STATIC / "mind.css").read_text(encoding="utf-8")
    for colour, least in (
        (vega.INK, 4.5),
        (vega.SOFT, 4.5),
        *((c, 3.0) for c in (vega.EARNED, vega.SPENT, vega.PLANNED)),
    ):
        assert _contrast(colour, vega.PAPER) >= least
        dark = re.search(rf'\.drawing \[(?:fill|stroke)="{colour}"\] {{ (?:fill|stroke): (#[0-9a-f]+); }}', style)
        assert dark
        assert _contrast(dark[1], "#15181b") >= least


def _contrast(one: str, other: str) -> float:
    def luminance(colour: str) -> float:
        parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_nothing_done_is_nothing_drawn(new: Outlook) -> None:
    data = outlook_data(new)
    assert not begun(data)
    assert drawn(data) == {}
    page = report(new, "learner")
    assert "Nothing is counted yet." in page
    assert "<svg xmlns" not in page
    assert "What a week of so many hours means" in page


def test_a_start_alone_draws_the_plan_and_foretells_nothing(new: Outlook) -> None:
    data = outlook_data(dataclasses.replace(new, schedule=schedule.Schedule(start=TODAY)))
    found = drawn(data)
    assert list(found) == ["hours", "finish", "pace"]
    assert [row[0] for row in found["finish"].rows] == ["earned today", "planned end"]
    for chart in found.values():
        drawing.svg(chart.spec)


def test_years_of_learning_are_drawn_in_what_room_there_is(learnt: Outlook) -> None:
    data = outlook_data(learnt)
    mondays = [dt.date(2024, 1, 1) + dt.timedelta(weeks=n) for n in range(150)]
    weeks = [
        {"monday": m.isoformat(), "label": f"{m.day} {m:%b}", "planned": 7.0, "earned": 6.0, "spent": 8.0}
        for m in mondays
    ]
    chart = charts.pace(weeks, "")
    assert len(chart.rows) == 150
    assert len({row["label"] for row in _values(chart.spec)}) == charts.WEEKS
    many = [{**data["concepts"][0], "label": f"Concept {n}", "tried": 1} for n in range(81)]
    tall = charts.mastery("concepts", "Concepts", many, "")
    assert len(tall.rows) == 81
    assert len(_values(tall.spec)) == charts.BARS


def test_the_report_is_one_file_that_needs_nothing(learnt: Outlook, tmp_path: Path) -> None:
    write_report(learnt, "<i>ada</i>", tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "<form" not in page
    assert "<link" not in page.replace('<link rel="icon" href="data:,">', "")
    assert re.findall(r'(?:src|href|action)="(?!#|data:,)[^"]*"', page) == []
    assert not re.search(r"url\((?!#)", page)
    ids = re.findall(r' id="([^"]+)"', page)
    assert sorted(set(ids)) == sorted(ids)
    assert "<i>ada</i>" not in page
    assert page.count("<svg xmlns") == 6
    assert "prefers-color-scheme: dark" in page
    assert set(re.findall(r'(?:href="|url\()#([^")]+)', page)) <= set(ids)
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


def test_the_script_is_made_once_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "user_cache_path", lambda name: tmp_path / name)
    monkeypatch.setattr(urllib.request, "urlopen", None)
    drawing.script.cache_clear()
    made = drawing.script()
    (kept,) = (tmp_path / "stateless-mind").iterdir()
    assert kept.read_bytes() == made
    assert b"vegaEmbed" in made
    kept.write_bytes(b"// kept")
    drawing.script.cache_clear()
    assert drawing.script() == b"// kept"
    drawing.script.cache_clear()


def test_where_nothing_can_be_kept_the_script_is_made_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setattr(drawing, "user_cache_path", lambda name: tmp_path / "file" / name)
    drawing.script.cache_clear()
    assert len(drawing.script()) > 500_000
    drawing.script.cache_clear()
