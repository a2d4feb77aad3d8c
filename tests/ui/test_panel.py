"""The course in JupyterLab: the plan at the side, and in a lesson check, hints, solution, readings, minutes and reset."""

from __future__ import annotations

import json
import os
import re
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from tests.ui.conftest import Server, picture, serving
from tests.ui.steps import (
    RIGHT,
    TITLE,
    WRONG,
    check,
    command,
    copy_of,
    journal,
    open_lab,
    recorded,
    saved,
    show_exercise,
    solution,
    start_day,
    status,
    tab_to,
    write_answer,
    wrong_solution,
)

OURS = [".mind-plan", ".mind-summary", ".mind-card"]


def no_serious_fault(page: Page) -> None:
    """axe-core finds nothing serious in what is ours."""
    there = [[name] for name in OURS if page.locator(f"{name}:visible").count()]
    assert there
    found = Axe().run(page, context={"include": there}, options={"resultTypes": ["violations"]}).response
    bad = [v for v in found["violations"] if v["impact"] in ("serious", "critical")]
    assert not bad, json.dumps([(v["id"], v["help"], [n["html"] for n in v["nodes"]]) for v in bad], indent=1)


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 1100)])
def test_the_whole_way_with_a_mouse(server: Server, page: Page, theme: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 860})
    open_lab(page, server, theme)
    plan = page.locator(".mind-plan")
    expect(plan).to_contain_text("0 of 920 hours earned")
    expect(plan.locator(".mind-next")).to_contain_text("Multiply matrices four ways")
    no_serious_fault(page)
    picture(page, f"panel-1-plan-{theme}-{width}")
    start_day(page)
    picture(page, f"panel-2-lesson-{theme}-{width}")

    write_answer(page, wrong_solution(server.course))
    check(page)
    card = page.locator(".mind-card[data-state=almost]")
    expect(card).to_be_in_viewport()
    expect(card.locator(".mind-card-title")).to_have_text(f"Almost {TITLE}")
    assert "5 of 6 points" in card.inner_text()
    rows = dict(zip(card.locator("dt").all_inner_texts(), card.locator("dd pre").all_inner_texts(), strict=True))
    assert rows["got"] == "array([ 4, -1])"
    assert rows["expected"] == "array([1, 8, 0])"
    assert rows["called"].startswith("entry_terms(array([[ 1,  2,  0],\n")
    expect(card).to_contain_text("Look at again: row i of A meets column j of B")
    assert re.search("Checked: 5 of 31 points. Changed first: .*almost", status(page))
    recorded(page)
    card.get_by_role("button", name="Show hint 2 of 3").click()
    expect(card).to_contain_text("make the factors a column")
    expect(card.get_by_role("button", name="Show hint 3 of 3")).to_be_focused()
    picture(page, f"panel-3-almost-{theme}-{width}")
    no_serious_fault(page)

    write_answer(page, solution(server.course))
    expect(page.locator(".mind-stale")).to_have_text("changed since this check")
    check(page)
    card = page.locator(".mind-card[data-state=correct]")
    expect(card).to_contain_text("6 of 6 points")
    expect(page.locator(".mind-stale")).to_have_count(0)
    recorded(page)
    card.get_by_role("button", name="Show the worked solution").click()
    shown = card.get_by_role("group", name=f"Worked solution of “{TITLE}”")
    expect(shown).to_contain_text(RIGHT)
    picture(page, f"panel-4-correct-{theme}-{width}")
    expect(plan).to_contain_text("Tried · 6 of 31 points")
    expect(plan).to_contain_text("0.9 of 920 hours earned")
    no_serious_fault(page)

    readings = page.locator(".mind-readings")
    readings.locator("summary").click()
    readings.get_by_role("checkbox").first.check()
    expect(readings.locator("summary")).to_have_text("Readings: 1 of 3 done")
    picture(page, f"panel-5-readings-{theme}-{width}")
    page.reload()
    expect(page.locator(".mind-summary:visible")).to_contain_text("6 of 31 points")
    expect(page.locator(".mind-readings summary")).to_have_text("Readings: 1 of 3 done")
    show_exercise(page)
    expect(page.locator(".mind-card[data-state=correct]")).to_contain_text("5 tests passed")


def test_a_new_workspace_begins_with_the_plan_and_an_old_one_as_it_was_left(server: Server, page: Page) -> None:
    page.goto(server.at("/lab"))
    expect(page.locator(".mind-tree")).to_be_visible()
    # The workspace is saved once and again while all is being opened: the one that counts knows of the click.
    with page.expect_response(
        lambda answer: (
            "/lab/api/workspaces" in answer.url
            and answer.request.method == "PUT"
            and json.loads(answer.request.post_data or "{}")["data"]["layout-restorer:data"]["left"]["current"]
            == "filebrowser"
        )
    ):
        page.get_by_role("tab", name=re.compile("^File Browser")).click()
    page.reload()
    expect(page.locator(".jp-FileBrowser")).to_be_visible()
    expect(page.locator(".mind-plan")).to_be_hidden()
    # As somebody left it who has never seen the plan: JupyterLab keeps one workspace for all courses and folders.
    page.goto("about:blank")
    (kept,) = (server.home / "jupyter_config_dir" / "lab" / "workspaces").iterdir()
    workspace = json.loads(kept.read_text())
    del workspace["data"]["stateless-mind:plan-seen"]
    kept.write_text(json.dumps(workspace))
    page.goto(server.at("/lab"))
    expect(page.locator(".mind-tree")).to_be_visible()


def test_the_plan_with_the_keyboard_alone(server: Server, page: Page) -> None:
    due_for_review(server.course)
    open_lab(page, server)
    command(page, "Show the Plan")
    expect(page.locator(".mind-next button")).to_be_focused()
    tab_to(page, "Due for review: 1")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Start the review of")).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Start the review of")).to_be_visible()
    tab_to(page, r"2 ")  # the phase after this one, which is folded
    section = page.locator(".mind-section").filter(has_text=re.compile(r"^2\.1 "))
    expect(section).to_be_hidden()
    page.keyboard.press("Space")
    expect(section).to_be_visible()
    tab_to(page, r"2\. ", "Shift+Tab")  # back to this section's second day
    with page.expect_response("**/mind/api/progress**"):
        page.evaluate("dispatchEvent(new Event('focus'))")  # it is read anew, and all stays as it was
    expect(section).to_be_visible()
    day = page.locator("button.mind-day:focus")
    title = day.locator(".mind-day-title").inner_text().removeprefix("2. ")
    page.keyboard.press("Enter")
    expect(page.locator(".jp-NotebookPanel:visible")).to_contain_text(title)
    expect(page.locator(".mind-summary:visible")).to_contain_text("0 of ")


def test_what_is_pressed_stays_until_it_is_let_go(server: Server, page: Page) -> None:
    """Who clicks into the window gives it the focus, and all is read and drawn anew: often before the button is up."""
    open_lab(page, server)
    start_day(page)

    def pressed(what: Locator, read: str, mean_while: Callable[[], Any]) -> None:
        what.hover()
        page.mouse.down()
        mean_while()
        with page.expect_response(f"**/mind/api/{read}**") as answer:
            page.evaluate("dispatchEvent(new Event('focus'))")
        answer.value.finished()
        page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
        page.mouse.up()

    chip = page.get_by_role("button", name=re.compile("^Exercise 1,"))
    pressed(chip, "lesson", lambda: server.ask("PUT", "/mind/api/minutes/1.5-d1", {"minutes": 95}))
    expect(page.locator(".mind-card-title:focus")).to_be_in_viewport()
    expect(page.locator(".mind-minutes:visible")).to_have_text("1 h 35 min active")
    day = page.locator("button.mind-day").filter(has_text="2. ")
    title = day.locator(".mind-day-title").inner_text().removeprefix("2. ")
    pressed(day, "progress", lambda: server.ask("PUT", "/mind/api/minutes/1.5-d1", {"minutes": 125}))
    expect(page.locator(".jp-NotebookPanel:visible")).to_contain_text(title)
    expect(page.locator(".mind-next")).to_contain_text("2 h 05 min")


def test_the_whole_way_with_the_keyboard_alone(server: Server, page: Page) -> None:
    open_lab(page, server)
    tab_to(page, "(Start|Go on with) day 1: Multiply matrices")
    page.keyboard.press("Enter")
    expect(page.locator(".mind-summary:visible")).to_contain_text("0 of 31 points")
    expect(page.locator(".jp-Notebook :focus")).to_be_visible()

    def write(code: str) -> None:
        tab_to(page, f"Exercise 1, {TITLE}", "Shift+Tab")
        page.keyboard.press("Enter")
        expect(page.locator(".mind-card-title:focus")).to_be_in_viewport()
        page.keyboard.press("Escape")  # out of the card, to its cell
        page.keyboard.press("Enter")
        expect(page.locator(".cm-content:focus")).to_contain_text("def check_fit")
        page.keyboard.press("Control+a")
        page.keyboard.insert_text(code)
        page.keyboard.press("Control+Shift+Enter")
        page.keyboard.press("Escape")

    write(wrong_solution(server.course))
    card = page.locator(".mind-card[data-state=almost]")
    expect(card).to_be_in_viewport()
    tab_to(page, "Show hint 2 of 3")
    page.keyboard.press("Enter")
    expect(card).to_contain_text("make the factors a column")
    page.keyboard.press("Enter")  # the focus is on the button for the next one
    expect(card).to_contain_text("line up A.T as")
    tab_to(page, "Give up")
    page.keyboard.press("Space")
    expect(page.get_by_role("dialog")).to_contain_text("it is recorded that you gave up")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert not journal(server.course, "solution")

    write(solution(server.course))
    expect(page.locator(".mind-card[data-state=correct]")).to_be_in_viewport()
    recorded(page)
    tab_to(page, "Show the worked solution")
    page.keyboard.press("Enter")
    expect(page.locator(".mind-solution")).to_contain_text(RIGHT)
    assert [entry["gave_up"] for entry in journal(server.course, "solution")] == [False]
    picture(page, "panel-6-keyboard")


def test_a_server_killed_in_the_middle_of_a_check_loses_nothing(course: Path, tmp_path: Path, page: Page) -> None:
    with serving(course, tmp_path) as server:
        open_lab(page, server)
        start_day(page)
        port = int(server.url.rpartition(":")[2])
        # JupyterLab's own word on it, when it notices; a learner closes it.
        lost = page.get_by_role("dialog").get_by_role("button", name=re.compile("Close|Dismiss|OK"))
        slow = f"import time\ntime.sleep(8)\n{wrong_solution(course)}"
        write_answer(page, slow)
        check(page)
        expect(page.locator(".mind-status:visible")).to_have_text("Checking…")
        page.wait_for_timeout(500)
        os.killpg(server.process.pid, signal.SIGKILL)
        summary = page.locator(".mind-summary:visible")
        expect(summary.get_by_role("alert")).to_contain_text("Nothing is lost")
        picture(page, "panel-8-server-gone")
        no_serious_fault(page)
    assert WRONG in copy_of(server).read_text()
    page.add_locator_handler(lost.first, lambda button: button.click())
    summary.get_by_role("button", name="Try again").click()
    expect(summary.get_by_role("alert")).to_contain_text("does not answer")
    with serving(course, tmp_path, port):
        write_answer(page, solution(course))
        summary.get_by_role("button", name="Try again").click()
        expect(page.locator(".mind-card[data-state=correct]")).to_be_visible()
        recorded(page)
        assert RIGHT in copy_of(server).read_text()


def due_for_review(course: Path) -> None:
    """The first exercise, right on the second try, months ago."""
    start = {"when": "2026-01-05T10:00:00+00:00", "learner": "learner", "day": "1.5-d1", "exercise": "e1"}
    failed = start | {"kind": "attempt", "state": "wrong", "points": 0, "most": 6, "work": "a-try", "hint": 1}
    right = failed | {"when": "2026-01-05T11:00:00+00:00", "state": "correct", "points": 6, "work": "another"}
    (course / "journal.jsonl").write_text("".join(json.dumps(entry) + "\n" for entry in (failed, right)))


def test_what_is_due_for_review_is_started_from_the_plan(server: Server, page: Page) -> None:
    due_for_review(server.course)
    open_lab(page, server)
    due = page.locator(".mind-due")
    expect(due.locator("summary")).to_contain_text("Due for review: 1")
    no_serious_fault(page)
    picture(page, "panel-10-review")
    due.get_by_role("button", name=f"Start the review of “{TITLE}”").click()
    expect(page.locator(".jp-NotebookPanel:visible .jp-Notebook")).to_contain_text(TITLE)
    assert list((server.course / "work" / "review").glob("*.ipynb"))
    expect(page.locator(".jp-NotebookPanel:visible .jp-RenderedMarkdown h3").first).to_be_visible()
    picture(page, "panel-11-review-opened")


def test_two_windows_on_one_lesson_lose_nothing(server: Server, page: Page, browser: Browser) -> None:
    open_lab(page, server)
    start_day(page)
    other = browser.new_page(viewport={"width": 1280, "height": 860})
    other.set_default_timeout(60_000)
    open_lab(other, server)
    start_day(other)

    write_answer(page, solution(server.course))
    check(page)
    recorded(page)
    # The other window has the old text, and changes it: it must not overwrite unasked.
    write_answer(other, wrong_solution(server.course))
    check(other)
    dialog = other.get_by_role("dialog")
    expect(dialog).to_contain_text("has changed on disk")
    picture(other, "panel-9-two-windows")
    dialog.get_by_role("button", name="Cancel").click()
    expect(other.locator(".mind-summary:visible").get_by_role("alert")).to_contain_text("could not be saved")
    assert RIGHT in copy_of(server).read_text()
    other.get_by_role("button", name="Try again").click()
    other.get_by_role("dialog").get_by_role("button", name="Overwrite").click()
    expect(other.locator(".mind-card[data-state=almost]")).to_be_visible()
    recorded(other)
    saved(server, WRONG)
    tried = [entry["state"] for entry in journal(server.course, "attempt") if entry["exercise"] == "e1"]
    assert tried == ["correct", "almost"]
    other.close()
