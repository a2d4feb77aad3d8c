"""The class as its teacher sees it in a browser, by mouse and by keyboard alone; and as a learner does not."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.class_of import real_class
from tests.ui.conftest import Server, picture, serving

pytestmark = pytest.mark.xdist_group("class")  # they share what is made once


@pytest.fixture(scope="module")
def classroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A teacher's own machine, with a class of two dozen in it."""
    root = tmp_path_factory.mktemp("class") / "course"
    root.mkdir()
    real_class(root)
    with serving(root, tmp_path_factory.mktemp("server"), 0, "--instructor") as found:
        yield found


def rows(page: Page) -> list[str]:
    return page.locator("tbody th").all_inner_texts()


def test_from_the_class_to_one_learner_with_the_mouse(classroom: Server, page: Page) -> None:
    page.goto(classroom.at("/mind/class"))
    expect(page.get_by_role("heading", name="Learners", exact=True)).to_be_visible()
    assert len(rows(page)) == 24
    page.get_by_role("link", name="Hours earned").click()
    expect(page.get_by_role("columnheader", name="Hours earned")).to_have_attribute("aria-sort", "descending")
    hours = [float(text) for text in page.locator("tbody tr td:nth-child(2)").all_inner_texts()]
    assert hours == sorted(hours, reverse=True)
    picture(page, "class-learners")
    best = rows(page)[0]
    page.locator("tbody th a").first.click()
    name = page.get_by_role("heading", level=1).inner_text()
    assert best.startswith(name)
    expect(page.locator("dl.sums dd").first).to_have_text(f"{hours[0]:.1f}")
    picture(page, "class-learner")


def test_every_table_is_reached_by_its_tab(classroom: Server, page: Page) -> None:
    page.goto(classroom.at("/mind/class"))
    for name in ("Sections", "Stuck", "Exercises", "Hidden tests", "Time", "Regrades", "Learners"):
        page.get_by_role("navigation", name="Tables").get_by_role("link", name=name).click()
        expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()
        expect(page.locator("nav.tabs [aria-current]")).to_have_text(name)
        picture(page, f"class-{name.lower().replace(' ', '-')}")
    expect(page.get_by_text("No score has been changed")).to_have_count(0)


def test_by_keyboard_alone(classroom: Server, page: Page) -> None:
    page.goto(classroom.at("/mind/class"))
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the table")).to_be_focused()
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == "Stuck at":
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("columnheader", name="Stuck at")).to_have_attribute("aria-sort", "descending")
    counts = [int(text) for text in page.locator("tbody tr td:nth-child(6)").all_inner_texts()]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > 0


def test_a_table_is_saved_as_csv(classroom: Server, page: Page, tmp_path: Path) -> None:
    page.goto(classroom.at("/mind/class/learners"))
    shown = [name.rpartition(" ")[2] for name in rows(page)]
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    download.value.save_as(tmp_path / "class.csv")
    with (tmp_path / "class.csv").open(encoding="utf-8-sig", newline="") as file:
        heading, *saved = csv.reader(file)
    assert heading[0] == "Learner"
    assert [row[0] for row in saved] == shown


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 1100, 600])
def test_it_reads_well_by_day_and_by_night(classroom: Server, browser: Browser, scheme: str, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 860}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(classroom.at("/mind/class"))
    for name in ("learners", "exercises", "learners/s003"):
        page.goto(f"{classroom.url}/mind/class/{name}")
        expect(page.locator("tbody tr").first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), name
        found = Axe().run(page).response["violations"]
        assert [one["help"] for one in found if one["impact"] in ("serious", "critical")] == [], name
        picture(page, f"class-{name.replace('/', '-')}-{scheme}-{width}")
    context.close()


def test_a_learner_s_own_server_shows_no_class(classroom: Server, page: Page, tmp_path: Path) -> None:
    with serving(classroom.course, tmp_path) as own:
        answer = page.goto(own.at("/mind/class"))
        assert answer is not None
        assert answer.status == 403
        expect(page.get_by_role("heading", name="Only for those who teach")).to_be_visible()
        expect(page.get_by_text("mind lab --instructor")).to_be_visible()
        picture(page, "class-refused")
