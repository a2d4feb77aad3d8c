"""The whole walk, as a learner takes it in a browser: the plan, a lesson, a wrong answer, a right one, the score."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.ui.conftest import Server, picture

DAY, LESSON, CELL = "1.5-d1", "1.5/d01_matrices", "d01_e1"


def _solution(course: Path) -> str:
    """The worked solution of the first exercise, without the marks around it."""
    book = json.loads((course / "source" / f"{LESSON}.ipynb").read_text())
    cell = next(c for c in book["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == CELL)
    return re.sub(r"^ *### (BEGIN|END) SOLUTION\n?", "", "".join(cell["source"]), flags=re.MULTILINE)


def _dismiss(page: Page) -> None:
    """JupyterLab asks once about news; a learner says no and so does the test."""
    for button in page.get_by_role("button", name="No", exact=True).all():
        button.click()


def _find_cell(page: Page, text: str) -> Locator:
    """Scroll the notebook, as JupyterLab draws only the cells in view, until the code cell with this text is there."""
    notebook = page.locator(".jp-NotebookPanel:visible .jp-WindowedPanel-outer")
    cell = page.locator(".jp-CodeCell").filter(has_text=text).first
    notebook.hover()
    for _ in range(150):
        if cell.count() and cell.is_visible():
            cell.scroll_into_view_if_needed()
            return cell
        page.mouse.wheel(0, 400)
        page.wait_for_timeout(80)
    raise AssertionError(f"no code cell with {text!r} came into view")


def _write(page: Page, first_line: str, code: str) -> None:
    """Replace the text of the cell that begins so by ``code``, typed by hand, and save."""
    _find_cell(page, first_line).locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(code)
    page.keyboard.press("Control+s")


def _saved(server: Server, text: str) -> None:
    copy = server.course / "work" / f"{LESSON}.ipynb"
    for _ in range(100):
        if text in copy.read_text():
            return
        time.sleep(0.2)
    pytest.fail("JupyterLab did not save the notebook")


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
    name = CELL.partition("_")[2]
    return [entry for entry in entries if entry["kind"] == "attempt" and entry["exercise"] == name][-1]


def test_from_the_plan_through_a_wrong_and_a_right_answer_to_the_score(server: Server, page: Page) -> None:
    page.goto(server.at("/mind"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("0.0 of 920 hours earned")
    picture(page, "1-plan-before")
    page.get_by_role("button", name=re.compile("^Start.*Multiply matrices")).first.click()

    page.wait_for_url(re.compile("/lab"))
    expect(page.locator(".jp-NotebookPanel:visible")).to_be_visible()
    expect(page.get_by_role("heading", name="Multiply matrices four ways").first).to_be_visible()
    _dismiss(page)
    page.wait_for_timeout(1000)
    picture(page, "2-lesson")

    right = _solution(server.course)
    wrong = right.replace("return A[i, :] * B[:, j]", "return A[:, j] * B[i, :]")
    assert wrong != right
    _write(page, "def check_fit", wrong)
    _saved(server, "return A[:, j] * B[i, :]")
    picture(page, "3-wrong-answer")
    assert _check_in_terminal(page, server) == "1"
    picture(page, "4-told-what-is-wrong")
    tried = _last_attempt(server.course)
    assert (tried["state"], tried["hint"]) == ("almost", 1)

    page.locator(".lm-TabBar-tab").filter(has_text="d01_matrices").click()
    _write(page, "def check_fit", right)
    _saved(server, "return A[i, :] * B[:, j]")
    assert _check_in_terminal(page, server) == "0"
    picture(page, "5-told-that-it-is-right")
    assert _last_attempt(server.course)["state"] == "correct"

    page.goto(server.at("/mind"))
    expect(page.get_by_role("heading", level=1)).not_to_contain_text("0.0 of 920")
    picture(page, "6-plan-after")
