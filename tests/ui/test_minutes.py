"""Active minutes in JupyterLab: counted while somebody works, and none lost or counted twice."""

from __future__ import annotations

import time

from playwright.sync_api import Page, expect

from tests.ui.conftest import Server
from tests.ui.steps import command, journal, open_lab, start_day


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

    for _ in range(600):  # on a busy machine the first answer comes when the next sending is due
        if sent() >= 240:
            break
        time.sleep(0.1)
    assert 240 <= sent() <= 360

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
    page.wait_for_function("Object.keys(localStorage).some(name => name.startsWith('stateless-mind:seconds:'))")
    page.reload()  # it closes before the server is back, which is when the new one opens
    expect(page.locator(".mind-summary:visible")).to_contain_text("points")
    assert not journal(server.course, "minutes")
    page.clock.run_for(200_000)  # the page of before says nothing any more: what it kept is taken over, once
    expect(page.locator(".mind-minutes:visible")).to_have_text("1 min active")
    page.clock.run_for(31_000)
    for _ in range(100):
        if journal(server.course, "minutes"):
            break
        time.sleep(0.1)
    page.clock.run_for(100_000)
    assert 60 <= sum(entry["seconds"] for entry in journal(server.course, "minutes")) <= 75


def test_a_page_that_closes_hands_in_the_minutes_of_every_lesson(server: Server, page: Page) -> None:
    # The server takes what it is sent, but says so too late for this page.
    page.add_init_script(
        """const ask = window.fetch;
        window.fetch = (what, how) => {
          const answer = ask(what, how);
          return what.url?.includes('/mind/api/minutes/') ? new Promise(() => {}) : answer;
        };"""
    )
    page.clock.install()
    open_lab(page, server)
    start_day(page)
    page.mouse.move(600, 500)
    page.clock.run_for(40_000)  # some of it is sent
    page.locator("button.mind-day").filter(has_text="2. ").click()
    expect(page.locator(".mind-summary:visible")).to_contain_text("0 of 25 points")
    page.mouse.move(640, 500)
    page.clock.run_for(12_000)
    page.wait_for_function("Object.keys(localStorage).some(name => name.startsWith('stateless-mind:seconds:'))")
    kept = page.evaluate(
        "JSON.parse(localStorage[Object.keys(localStorage).find(name => name.startsWith('stateless'))])"
    )
    page.goto("about:blank")

    def sent(day: str) -> float:
        return sum(entry["seconds"] for entry in journal(server.course, "minutes") if entry["day"] == day)

    for _ in range(100):
        if sent("1.5-d1") and sent("1.5-d2"):
            break
        time.sleep(0.1)
    for day, seconds in kept["seconds"].items():
        assert seconds <= sent(day) <= seconds + 5, day
    assert set(kept["seconds"]) == {"1.5-d1", "1.5-d2"}
