"""The whole walk, as a learner takes it in a browser: the plan, a lesson, a wrong answer, a right one, the score."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.ui.conftest import Server, picture
from tests.ui.steps import RIGHT, WRONG, no_news, saved, solution, write_answer, wrong_solution

DAY = "1.5-d1"


def _check_in_terminal(page: Page, server: Server) -> str:
    """Open a terminal, as the lesson says, and run `mind check`; its exit status."""
    page.get_by_role("menuitem", name="File", exact=True).click()
    page.get_by_text("New", exact=True).hover()
    page.locator("[data-command='terminal:create-new']:visible").first.click()
    terminal = page.locator(".jp-Terminal:visible .xterm")
    expect(terminal).to_be_visible()
    terminal.click()
    page.wait_for_timeout(1500)
    page.keyboard.type(f"mind check {DAY}; echo $? > status.txt\n")
    for _ in range(480):
        for place in (server.course, server.course / "work"):
            status = place / "status.txt"
            if status.exists() and (shown := status.read_text().strip()):
                status.unlink()
                return shown
        time.sleep(0.25)
    picture(page, "terminal-without-an-answer")
    pytest.fail("`mind check` in JupyterLab's terminal did not end within two minutes")


def _last_attempt(course: Path) -> dict:
    """What the journal says of the first exercise."""
    entries = map(json.loads, (course / "journal.jsonl").read_text().splitlines())
    return [entry for entry in entries if entry["kind"] == "attempt" and entry["exercise"] == "e1"][-1]


def test_from_the_plan_through_a_wrong_and_a_right_answer_to_the_score(server: Server, page: Page) -> None:
    page.goto(server.at("/mind"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("0.0 of 920 hours earned")
    picture(page, "1-plan-before")
    page.get_by_role("button", name=re.compile("^Start.*Multiply matrices")).first.click()

    page.wait_for_url(re.compile("/lab"))
    expect(page.locator(".jp-NotebookPanel:visible")).to_be_visible()
    expect(page.get_by_role("heading", name="Multiply matrices four ways").first).to_be_visible()
    expect(page.locator(".mind-tree")).to_be_visible()  # in a new workspace the plan stands beside
    no_news(page)
    picture(page, "2-lesson")

    write_answer(page, wrong_solution(server.course))
    page.keyboard.press("Control+s")
    saved(server, WRONG)
    picture(page, "3-wrong-answer")
    assert _check_in_terminal(page, server) == "1"
    picture(page, "4-told-what-is-wrong")
    tried = _last_attempt(server.course)
    assert (tried["state"], tried["hint"]) == ("almost", 1)

    page.locator(".lm-TabBar-tab").filter(has_text="d01_matrices").click()
    write_answer(page, solution(server.course))
    page.keyboard.press("Control+s")
    saved(server, RIGHT)
    assert _check_in_terminal(page, server) == "0"
    picture(page, "5-told-that-it-is-right")
    assert _last_attempt(server.course)["state"] == "correct"

    page.goto(server.at("/mind"))
    expect(page.get_by_role("heading", level=1)).not_to_contain_text("0.0 of 920")
    picture(page, "6-plan-after")
