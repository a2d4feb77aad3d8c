"""A lesson in JupyterLab away from the straight way: watched, given up, put back, copied, checked in the terminal."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.ui.conftest import Server, picture
from tests.ui.steps import (
    FIRST_LINE,
    LESSON,
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
    setting,
    show_exercise,
    solution,
    start_day,
    status,
    write_answer,
    wrong_solution,
)


def tried(server: Server) -> list[str]:
    """How each try of the first exercise went."""
    return [entry["state"] for entry in journal(server.course, "attempt") if entry["exercise"] == "e1"]


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
    page.wait_for_timeout(1000)  # longer than it waits for a second saving
    tried = [entry["state"] for entry in journal(server.course, "attempt") if entry["exercise"] == "e1"]
    assert tried == ["almost", "correct"]
    page.reload()
    expect(page.locator(".mind-summary:visible")).to_contain_text("6 of 31 points")
    expect(page.get_by_role("button", name="Watch", pressed=True)).to_be_visible()


def test_what_jupyterlab_saves_by_itself_is_no_try(server: Server, page: Page) -> None:
    setting(server, "docmanager-extension/plugin", {"autosaveInterval": 2})
    open_lab(page, server)
    start_day(page)
    page.get_by_role("button", name=re.compile("Watch")).click()
    command(page, "New Launcher")
    page.keyboard.press("Control+s")  # there is nothing to save here
    page.locator(".lm-TabBar-tab").filter(has_text="d01_matrices").click()
    write_answer(page, wrong_solution(server.course))
    saved(server, WRONG)
    page.wait_for_timeout(1000)  # longer than it waits for a second saving
    assert status(page).startswith("Check (")
    assert not tried(server)
    page.keyboard.press("Control+s")
    expect(page.locator(".mind-card[data-state=almost]")).to_be_visible()
    recorded(page)
    assert tried(server) == ["almost"]


def test_who_gives_up_sees_the_solution_and_it_is_written_down(server: Server, page: Page) -> None:
    open_lab(page, server)
    start_day(page)
    write_answer(page, wrong_solution(server.course))
    check(page)
    recorded(page)
    card = page.locator(".mind-card[data-state=almost]")
    card.get_by_role("button", name="Give up…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(f"Give up on “{TITLE}”?")
    dialog.get_by_role("button", name="Show the solution").click()
    shown = page.get_by_role("group", name=f"Worked solution of “{TITLE}”")
    expect(shown).to_contain_text(RIGHT)
    expect(shown).to_be_in_viewport()
    assert [entry["gave_up"] for entry in journal(server.course, "solution")] == [True]
    assert WRONG in copy_of(server).read_text()
    picture(page, "lesson-given-up")
    page.reload()
    show_exercise(page)
    page.get_by_role("button", name="Show the worked solution").click()  # it is theirs now: nothing is asked again
    expect(shown).to_contain_text(RIGHT)
    assert len(journal(server.course, "solution")) == 1
    write_answer(page, solution(server.course))
    check(page)
    expect(page.locator(".mind-card[data-state=correct]")).to_contain_text("6 of 6 points")
    recorded(page)
    page.get_by_role("button", name=re.compile("^Exercise 5,")).click()
    other = page.get_by_role("region", name="Result of “Strassen")
    other.get_by_role("button", name="Show hint 1 of 3").click()
    expect(other.locator("mjx-container").first).to_be_visible()  # a hint's formulas are drawn


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


def sources(notebook: Path) -> list[str]:
    return ["".join(cell["source"]) for cell in json.loads(notebook.read_text())["cells"]]


def test_a_whole_lesson_is_put_back_and_keeps_its_points(server: Server, page: Page) -> None:
    open_lab(page, server)
    start_day(page)
    write_answer(page, solution(server.course))
    check(page)
    recorded(page)
    assert RIGHT in copy_of(server).read_text()
    command(page, "Reset This Lesson")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Reset the lesson “Multiply matrices four ways”?")
    dialog.get_by_role("button", name="Reset").click()
    expect(page.locator(".mind-status:visible")).to_contain_text("Your work before is kept in")
    kept = re.search(r"is kept in (\S+\.ipynb)", status(page))
    assert kept
    assert RIGHT in (server.course / kept[1]).read_text()
    assert sources(copy_of(server)) == sources(server.course / "release" / f"{LESSON}.ipynb")
    expect(page.locator(".mind-score:visible")).to_have_text("6 of 31 points")
    show_exercise(page)
    expect(page.locator(".mind-card .mind-stale")).to_have_text("changed since this check")
    expect(page.locator(".jp-CodeCell").filter(has_text=FIRST_LINE).first).not_to_contain_text(RIGHT)
    picture(page, "lesson-put-back")
    check(page)
    recorded(page)
    expect(page.locator(".mind-score:visible")).to_have_text("0 of 31 points")


def test_of_a_copied_cell_every_copy_is_looked_at(server: Server, page: Page) -> None:
    open_lab(page, server)
    start_day(page)
    write_answer(page, solution(server.course))
    check(page)
    recorded(page)
    stale = page.locator(".mind-stale")
    expect(stale).to_have_count(0)
    cells = page.locator(".jp-CodeCell").filter(has_text=FIRST_LINE)
    cells.first.locator(".cm-content").click()
    for key in ("Escape", "c", "v"):
        page.keyboard.press(key)
    expect(cells).to_have_count(2)
    expect(stale).to_have_text("changed since this check")
    expect(page.locator(".mind-card")).to_have_count(page.locator(".jp-Cell .mind-card").count())
    check(page)
    recorded(page)
    expect(stale).to_have_count(0)
    cells.last.locator(".cm-content").click()
    page.keyboard.press("Control+End")
    page.keyboard.type("# the copy")
    expect(stale).to_have_text("changed since this check")
    page.keyboard.press("Control+s")
    saved(server, "# the copy")
    page.reload()
    show_exercise(page)
    expect(stale).to_have_text("changed since this check")  # as the server sees it in the file


def test_what_the_terminal_has_recorded_is_known_here(server: Server, page: Page) -> None:
    open_lab(page, server)
    start_day(page)
    write_answer(page, wrong_solution(server.course))
    gradebook = server.course / "gradebook.db"
    whole = gradebook.read_bytes()
    gradebook.write_text("This is no gradebook.")
    check(page)
    summary = page.locator(".mind-summary:visible")
    expect(summary).to_contain_text("Not recorded in the gradebook")
    picture(page, "lesson-not-recorded")
    gradebook.write_bytes(whole)
    copy_of(server).write_text(copy_of(server).read_text().replace(WRONG, RIGHT))
    mind = [str(Path(sys.executable).parent / "mind"), "check", "1.5-d1"]
    subprocess.run(mind, env=os.environ | {"MIND_ROOT": str(server.course)}, check=True, capture_output=True)
    command(page, "New Launcher")
    page.locator(".lm-TabBar-tab").filter(has_text="d01_matrices").click()
    expect(summary).to_contain_text("Recorded in the gradebook.")
    expect(summary).not_to_contain_text("Not recorded")
    expect(summary).to_contain_text("Checked elsewhere: 6 of 31 points.")
    expect(page.locator(".mind-plan")).to_contain_text("Tried · 6 of 31 points")


def test_a_student_s_copy_says_that_only_the_visible_tests_were_run(server: Server, page: Page) -> None:
    (server.course / "pyproject.toml").write_text("[tool.mind]\nhanded_out = true\n")
    open_lab(page, server)
    start_day(page)
    write_answer(page, solution(server.course))
    (server.course / "gradebook.db").write_text(
        "This is no gradebook."
    )  # one of the visible tests would take long to make
    check(page)
    told = page.locator(".mind-summary:visible").get_by_text("Only the tests that you see in the notebook were run.")
    expect(told).to_be_visible()
    picture(page, "lesson-visible-tests-only")
    page.reload()
    expect(page.locator(".mind-summary:visible")).to_contain_text("6 of 31 points")
    expect(told).to_be_visible()
