"""The dashboard as a learner meets it after two weeks, in a real browser: drawn, told in numbers, exported, set by keyboard."""

from __future__ import annotations

import csv
import datetime as dt
import json
import re
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from curriculum.dashboard.report_page import write_report
from curriculum.outlook import schedule
from curriculum.outlook.gathered import outlook
from tests.learnt import learn
from tests.ui.conftest import Server, picture

CHARTS = ("hours", "finish", "pace", "concepts", "technologies", "days")


@pytest.fixture
def learnt(course: Path) -> Path:
    """Two weeks of made-up learning, in the course that the server is about to serve."""
    today = schedule.Schedule().today()
    (course / "gradebook.db").unlink()  # it gets one of what was learnt alone
    learn(course, today)
    own = schedule.Schedule(start=today - dt.timedelta(days=12), rest=frozenset({6}), hours_a_week=7)
    schedule.save(course, "learner", own)
    return course


def _outlook(server: Server) -> dict[str, Any]:
    with urllib.request.urlopen(server.at("/mind/api/outlook"), timeout=60) as answer:
        return json.load(answer)


def _opened(page: Page, server: Server, **screen: Any) -> None:
    """The page, with every drawing alive."""
    page.goto(server.at("/mind"))
    for name in CHARTS:
        drawing = page.locator(f"[data-chart={name}]")
        drawing.scroll_into_view_if_needed()
        expect(drawing.locator(".live.drawn svg")).to_be_visible()
    page.evaluate("scrollTo(0, 0)")


def _table(page: Page, name: str) -> list[list[str]]:
    """What the numbers under a chart say, unfolded by keyboard."""
    summary = page.locator(f"#numbers-{name} > summary")
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.locator(f"#numbers-{name} table")).to_be_visible()
    return page.locator(f"#numbers-{name} tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))"
    )


def _faults(page: Page) -> list[str]:
    """What axe-core calls serious or critical."""
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:200]} {one['nodes'][0].get('failureSummary', '')[:300]}"
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


def _whole(page: Page, name: str) -> None:
    """Screenshots of the page from top to bottom, a screen at a time."""
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": page.viewport_size["width"], "height": height})  # type: ignore[index]
    page.wait_for_timeout(500)
    picture(page, name)


def test_every_chart_is_drawn_and_its_table_says_what_the_api_says(learnt: Path, server: Server, page: Page) -> None:
    _opened(page, server)
    data = _outlook(server)
    expect(page.get_by_role("heading", level=1)).to_contain_text("14.2 of 920 hours earned")
    marks = {
        "hours": (".mark-line path", 3),
        "finish": (".mark-line path", 3),
        "pace": (".mark-rect path", 2 * len(data["value"]["weeks"])),
        "days": (".mark-symbol path", 70),
        "concepts": (".mark-rect path", 6),
        "technologies": (".mark-rect path", 4),
    }
    for name, (mark, least) in marks.items():
        assert page.locator(f"[data-chart={name}] {mark}").count() >= least, name

    days = data["value"]["days"]
    assert _table(page, "hours") == [
        [day["date"], *(str(day[key]) for key in ("planned", "earned", "spent"))] for day in days
    ]
    weeks = data["value"]["weeks"]
    assert _table(page, "pace") == [
        [week["monday"], *(str(week[key]) for key in ("planned", "earned", "spent"))] for week in weeks
    ]
    finish = {row[0]: row[1] for row in _table(page, "finish")}
    assert finish["end at this pace"] == data["forecast"]["done"]
    assert finish["latest end, 80 % range"] == data["forecast"]["latest"]
    concepts = [one for one in data["concepts"] if one["tried"]]
    assert [row[:3] for row in _table(page, "concepts")] == [
        [one["text"], str(one["percent"]), str(one["points"])] for one in concepts
    ]
    active = {row[0] for row in _table(page, "days") if row[1] != "0"}
    assert active == {day["date"] for day in data["streak"]["days"] if day["attempts"]}
    expect(page.locator("#now")).to_contain_text(data["forecast"]["says"])
    hardest = page.get_by_role("table", name="The hardest exercises").get_by_role("row")
    expect(hardest.nth(1)).to_contain_text(data["hardest"][0]["title"])

    page.locator("[data-chart=hours] svg").hover()
    expect(page.locator("#vg-tooltip-element")).to_contain_text("Planned")
    # No number is rounded up: neither of hours nor of points.
    assert data["value"]["earned"] <= float(server.progress()["earned"]) + 0.1


def test_the_map_the_board_and_the_reviews_lead_on(learnt: Path, server: Server, page: Page) -> None:
    page.goto(server.at("/mind"))
    assert page.locator("a.cell").count() == 185
    cell = page.get_by_role("link", name=re.compile("^.*Day 3 of 1.5, Measure limits.*tried, 18 of 25 points"))
    cell.focus()
    page.keyboard.press("Enter")
    expect(page.locator("[id='day-1.5-d3']")).to_be_in_viewport()
    # The first goal is done, and the board says what proves it and since when.
    done = page.get_by_role("region", name="done 1")
    expect(done).to_contain_text("2 of 2 exercises right")
    expect(done).to_contain_text(re.compile(r"Turn, shift and project points.*right on \d+ \w+ \d{4}", re.DOTALL))

    page.get_by_role("button", name=re.compile("^Review now")).click()
    page.wait_for_url(re.compile("/lab/tree/work/review/"))
    assert [path.suffix for path in (learnt / "work" / "review").glob("*.ipynb")] == [".ipynb"]


def test_the_numbers_can_be_taken_along(learnt: Path, server: Server, page: Page) -> None:
    _opened(page, server)
    data = _outlook(server)
    for name in CHARTS:
        page.locator(f"#numbers-{name} > summary").click()
        links = page.locator(f"#numbers-{name} .exports a")
        with page.expect_download() as waiting:
            links.nth(0).click()
        rows = list(csv.reader(waiting.value.path().read_text(encoding="utf-8-sig").splitlines()))
        assert waiting.value.suggested_filename.endswith(f"{name}-{data['today']}.csv")
        assert [list(row) for row in rows[1:]] == page.locator(f"#numbers-{name} tbody tr").evaluate_all(
            "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))"
        )
        with page.expect_download() as waiting:
            links.nth(1).click()
        assert waiting.value.path().read_bytes().startswith(b"\x89PNG")


def test_the_calendar_is_set_by_keyboard_alone_and_kept(server: Server, page: Page) -> None:
    """A new learner: nothing is drawn that says nothing, and the form stands open."""
    page.goto(server.at("/mind"))
    expect(page.get_by_text("Nothing is counted yet.")).to_be_visible()
    assert page.locator("[data-chart]").count() == 0
    assert _faults(page) == []
    _whole(page, "dashboard-new-1280")

    page.set_viewport_size({"width": 1280, "height": 860})
    page.get_by_label("First day").focus()
    start = dt.date.today() - dt.timedelta(days=3)
    page.keyboard.type(f"{start:%m%d%Y}")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")  # past the button that opens a calendar
    _type_over(page, "Hours a week", "15")
    page.keyboard.press("Tab")
    _type_over(page, "Review, minutes a day", "30")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Time zone")).to_be_focused()
    page.keyboard.type("UTC")
    for _ in range(7):
        page.keyboard.press("Tab")
    expect(page.get_by_label("Sunday")).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type("2026-12-24 to 2027-01-06")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")  # no counting
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.reload()
    expect(page.get_by_label("First day")).to_have_value(start.isoformat())
    expect(page.get_by_label("Sunday")).to_be_checked()
    expect(page.get_by_label("Days off")).to_have_value("2026-12-24 to 2027-01-06")
    kept = schedule.load(server.course, "learner")
    assert kept.zone == "UTC"
    assert (kept.start, kept.hours_a_week, kept.review_minutes, kept.counting) == (start, 15.0, 30, False)
    assert [day.isoformat() for off in kept.off for day in (off.first, off.last)] == ["2026-12-24", "2027-01-06"]
    # With a first day there is a plan to draw, and no forecast of nothing.
    expect(page.locator("[data-chart=hours] svg").first).to_be_visible()
    expect(page.locator("#now")).to_contain_text("There is no date to tell yet")


def _type_over(page: Page, label: str, text: str) -> None:
    for _ in range(3):
        if page.evaluate("document.activeElement.labels?.[0]?.textContent.trim()") == label:
            break
        page.keyboard.press("Tab")
    expect(page.get_by_label(label)).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type(text)


def test_light_and_dark_have_no_serious_fault(learnt: Path, server: Server, browser: Browser) -> None:
    for scheme in ("light", "dark"):
        for width in (1440, 1100, 390) if scheme == "light" else (1440, 1100):
            page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
            _opened(page, server)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            if width == 1440:
                page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
                assert _faults(page) == [], scheme
                page.reload()
                _opened(page, server)
            _whole(page, f"dashboard-{scheme}-{width}")
            page.close()


def test_without_javascript_the_same_can_be_read(learnt: Path, server: Server, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto(server.at("/mind"))
    for name in CHARTS:
        expect(page.locator(f"#chart-{name} svg .mark-group").first).to_be_visible()
    page.locator("#numbers-hours > summary").click()
    expect(page.locator("#numbers-hours table")).to_be_visible()
    context.close()


def test_the_report_stands_alone(learnt: Path, tmp_path: Path, browser: Browser) -> None:
    """No server, no network: one file, as it is sent to somebody."""
    write_report(outlook(learnt, "learner"), "learner", tmp_path / "report.html")
    for scheme in ("light", "dark"):
        context = browser.new_context(offline=True, viewport={"width": 1440, "height": 900}, color_scheme=scheme)
        page = context.new_page()
        asked: list[str] = []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.goto(f"file://{tmp_path}/report.html")
        for name in CHARTS:
            expect(page.locator(f"#chart-{name} svg .mark-group").first).to_be_visible()
        assert [url for url in asked if not url.startswith(("data:", "file:"))] == []
        assert len(asked) <= 2  # the file itself, and the icon that it says it has none of
        page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
        assert _faults(page) == [], scheme
        page.reload()
        _whole(page, f"report-{scheme}-1440")
        context.close()
