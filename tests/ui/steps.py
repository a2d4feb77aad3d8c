"""What a learner does in JupyterLab with the course's panel, for tests: to open, to write, to check, by mouse or by keys."""

from __future__ import annotations

import itertools
import json
import re
import time
from pathlib import Path

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Locator, Page, expect

from tests.ui.conftest import Server

LESSON = "1.5/d01_matrices"
TITLE = "Show what is added up"
FIRST_LINE = "def check_fit"
_ANSWERS = itertools.count(1)
RIGHT, WRONG = "return A[i, :] * B[:, j]", "return A[:, j] * B[i, :]"


def solution(course: Path) -> str:
    """The worked solution of the first exercise, without the marks around it; each time another text."""
    book = json.loads((course / "source" / f"{LESSON}.ipynb").read_text())
    cell = next(c for c in book["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == "d01_e1")
    code = re.sub(r"^ *### (BEGIN|END) SOLUTION\n?", "", "".join(cell["source"]), flags=re.MULTILINE)
    return f"{code}\n# answer {next(_ANSWERS)}"


def wrong_solution(course: Path) -> str:
    """The same with one line the wrong way round."""
    right = solution(course)
    assert right.count(RIGHT) == 1
    return right.replace(RIGHT, WRONG)


def open_lab(page: Page, server: Server, theme: str = "light") -> None:
    """JupyterLab in its first state, which shows the plan."""
    if theme == "dark":
        setting(server, "apputils-extension/themes", {"theme": "JupyterLab Dark"})
    page.goto(server.at("/lab").replace("?", "?reset&"))
    expect(page.locator(".mind-tree")).to_be_visible()
    no_news(page)


def setting(server: Server, plugin: str, values: dict) -> None:
    """One of JupyterLab's settings, as its owner left it."""
    file = server.home / "jupyter_config_dir/lab/user-settings/@jupyterlab" / f"{plugin}.jupyterlab-settings"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(values))


def no_news(page: Page) -> None:
    """JupyterLab asks once about news; a learner says no."""
    for button in page.get_by_role("button", name="No", exact=True).all():
        button.click()


def start_day(page: Page) -> None:
    """Open the lesson that is next, from the panel."""
    page.locator(".mind-next button").click()
    expect(page.locator(".mind-summary:visible")).to_contain_text("points")
    expect(page.locator(".jp-NotebookPanel:visible .jp-Cell").first).to_be_visible()


def show_exercise(page: Page, number: int = 1) -> Locator:
    """Go to an exercise by the bar at the top; its card."""
    page.get_by_role("button", name=re.compile(f"^Exercise {number},")).click()
    card = page.locator(".mind-card").first
    expect(card).to_be_in_viewport()
    return card


def write_answer(page: Page, code: str) -> None:
    """Replace what stands in the first exercise's cell."""
    show_exercise(page)
    page.locator(".jp-CodeCell").filter(has_text=FIRST_LINE).first.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(code)


def check(page: Page) -> None:
    page.get_by_role("button", name="Check", exact=True).click()


def status(page: Page) -> str:
    return page.locator(".mind-status:visible").inner_text()


def recorded(page: Page) -> None:
    expect(page.locator(".mind-summary:visible")).to_contain_text("Recorded in the gradebook")


def command(page: Page, label: str) -> None:
    """Run a command by its name in the palette, with the keyboard."""
    field = page.locator(".lm-CommandPalette-input:visible")
    found = page.locator(".lm-CommandPalette-item.lm-mod-active:visible")
    until = time.monotonic() + 60
    while True:  # JupyterLab closes it when something that is still being opened takes the focus
        if not field.count():
            page.keyboard.press("Control+Shift+c")
        page.wait_for_timeout(700)
        try:
            expect(field).to_be_focused(timeout=1_000)
            field.fill(label, timeout=1_000)
            expect(found).to_contain_text(label, timeout=2_000)
            break
        except (AssertionError, PlaywrightError):
            if time.monotonic() > until:
                raise
    page.keyboard.press("Enter")
    expect(field).to_be_hidden()


def tab_to(page: Page, name: str, key: str = "Tab", most: int = 60) -> None:
    """Press Tab until what has this name has the focus, as somebody without a mouse does."""
    for _ in range(most):
        page.keyboard.press(key)
        focused = page.evaluate(
            "() => { const a = document.activeElement; return a.getAttribute('aria-label') || a.textContent || '' }"
        )
        if re.match(name, focused.strip()):
            return
    raise AssertionError(f"{key} does not lead to {name!r}; it ended at {focused[:80]!r}")


def copy_of(server: Server) -> Path:
    return server.course / "work" / f"{LESSON}.ipynb"


def saved(server: Server, text: str) -> None:
    """Wait until the learner's copy on disk has this text."""
    for _ in range(150):
        if text in copy_of(server).read_text():
            return
        time.sleep(0.2)
    raise AssertionError(f"the notebook on disk never had {text!r}")


def journal(course: Path, kind: str) -> list[dict]:
    """The entries of one kind, in order."""
    path = course / "journal.jsonl"
    lines = path.read_text().splitlines() if path.exists() else []
    return [entry for entry in map(json.loads, lines) if entry["kind"] == kind]
