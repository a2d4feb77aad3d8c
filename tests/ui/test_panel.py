"""The course in JupyterLab: the plan at the side, and in a lesson check, hints, solution, readings, minutes and reset."""

from __future__ import annotations

import json
import os
import re
import signal
import time
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

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
    saved,
    show_exercise,
    solution,
    start_day,
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


def status(page: Page) -> str:
    return page.locator(".mind-status:visible").inner_text()


def recorded(page: Page) -> None:
    expect(page.locator(".mind-summary:visible")).to_contain_text("Recorded in the gradebook")


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


def test_the_whole_way_with_the_keyboard_alone(server: Server, page: Page) -> None:
    page.goto(server.at("/lab").replace("?", "?reset&"))
    expect(page.get_by_role("tab", name="The plan")).to_be_visible()
    page.keyboard.press("Tab")
    command(page, "Show the Plan")
    expect(page.locator(".mind-tree")).to_be_visible()
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


def test_with_watch_on_saving_is_enough(server: Server, page: Page) -> None:
    open_lab(page, server)
    start_day(page)
    watch = page.get_by_role("button", name=re.compile("Watch"))
    watch.click()
    write_answer(page, wrong_solution(server.course))
    page.keyboard.press("Control+s")
    expect(page.locator(".mind-card[data-state=almost]")).to_be_visible()
    recorded(page)
    write_answer(page, solution(server.course))
    page.keyboard.press("Control+s")
    expect(page.locator(".mind-card[data-state=correct]")).to_be_visible()
    recorded(page)
    # No check of its own accord: what a check saves is not checked again.
    page.wait_for_timeout(2500)
    tried = [entry["state"] for entry in journal(server.course, "attempt") if entry["exercise"] == "e1"]
    assert tried == ["almost", "correct"]
    page.reload()
    expect(page.locator(".mind-summary:visible")).to_contain_text("6 of 31 points")
    expect(page.get_by_role("button", name="Watch", pressed=True)).to_be_visible()


def test_minutes_count_while_somebody_works_and_can_be_corrected_and_switched_off(server: Server, page: Page) -> None:
    page.clock.install()
    open_lab(page, server)
    start_day(page)
    minutes = page.locator(".mind-minutes:visible")
    expect(minutes).to_have_text("0 min active")

    page.mouse.move(600, 500)
    page.clock.run_for(300_000)  # five minutes, and nobody touches anything: the first of them counts
    expect(minutes).to_have_text("1 min active")
    for _ in range(7):
        page.mouse.move(620, 520)
        page.mouse.move(640, 500)
        page.clock.run_for(30_000)
    expect(minutes).to_have_text("4 min active")
    page.clock.run_for(31_000)

    def sent() -> float:
        return sum(entry["seconds"] for entry in journal(server.course, "minutes"))

    for _ in range(100):
        if sent() >= 240:
            break
        time.sleep(0.1)
    assert 240 <= sent() <= 330

    command(page, "Correct the Minutes of This Lesson")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("spinbutton").fill("95")
    dialog.get_by_role("button", name="Correct").click()
    expect(minutes).to_have_text("1 h 35 min active")
    expect(page.locator(".mind-plan")).to_contain_text("1 h 35 min")
    command(page, "Count Active Minutes")
    expect(minutes).to_have_text("minutes are not counted")
    before = sent()
    page.mouse.move(600, 500)
    page.clock.run_for(90_000)
    expect(minutes).to_have_text("minutes are not counted")
    assert sent() == before


def test_minutes_outlive_a_server_that_does_not_answer(server: Server, page: Page) -> None:
    # Neither a route nor "offline" stops what a page sends to outlive itself (keepalive).
    page.add_init_script(
        """const ask = window.fetch;
        window.fetch = (what, how) => window.dead && what.url.includes('/mind/api/minutes/')
          ? Promise.reject(new TypeError('nobody answers')) : ask(what, how);"""
    )
    page.clock.install()
    open_lab(page, server)
    start_day(page)
    page.evaluate("window.dead = true")
    page.mouse.move(600, 500)
    page.clock.run_for(120_000)
    expect(page.locator(".mind-minutes:visible")).to_have_text("1 min active")
    page.reload()  # it closes before the server is back, which is when the new one opens
    expect(page.locator(".mind-summary:visible")).to_contain_text("points")
    assert not journal(server.course, "minutes")
    page.clock.run_for(200_000)  # the page of before says nothing any more: what it kept is taken over, once
    expect(page.locator(".mind-minutes:visible")).to_have_text("1 min active")
    for _ in range(100):
        if journal(server.course, "minutes"):
            break
        time.sleep(0.1)
    page.clock.run_for(100_000)
    assert 60 <= sum(entry["seconds"] for entry in journal(server.course, "minutes")) <= 75


def test_a_reset_keeps_the_work_of_before(server: Server, page: Page) -> None:
    open_lab(page, server)
    start_day(page)
    write_answer(page, wrong_solution(server.course))
    command(page, "Reset This Exercise")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(TITLE)
    expect(dialog).to_contain_text("kept")
    dialog.get_by_role("button", name="Reset").click()
    expect(page.locator(".mind-status:visible")).to_contain_text("Your work before is kept in")
    kept = re.search(r"is kept in (\S+\.ipynb)", status(page))
    assert kept
    assert WRONG in (server.course / kept[1]).read_text()  # not saved by hand before, and kept all the same
    assert WRONG not in copy_of(server).read_text()
    show_exercise(page)
    cell = page.locator(".jp-CodeCell").filter(has_text="def check_fit").first
    expect(cell.locator(".cm-content")).not_to_contain_text(WRONG)
    picture(page, "panel-7-reset")


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


def test_what_is_due_for_review_is_started_from_the_plan(server: Server, page: Page) -> None:
    start = {"when": "2026-01-05T10:00:00+00:00", "learner": "learner", "day": "1.5-d1", "exercise": "e1"}
    failed = start | {"kind": "attempt", "state": "wrong", "points": 0, "most": 6, "work": "a-try", "hint": 1}
    right = failed | {"when": "2026-01-05T11:00:00+00:00", "state": "correct", "points": 6, "work": "another"}
    (server.course / "journal.jsonl").write_text("".join(json.dumps(entry) + "\n" for entry in (failed, right)))
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
