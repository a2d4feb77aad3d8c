"""How long a learner waits from pressing Check until the first card is on screen, in a real JupyterLab and browser.

    .venv/bin/python bench/check_on_screen.py --rounds 5

Starts JupyterLab on a copy of the course, opens the first lesson, and presses Check with a wrong and a right answer in turns:
the notebook is saved, graded by the engine, recorded, and shown. The clock is the page's own, from the event of the press to
the first frame after the exercise's card has its new state. The first press is told apart: it may wait for the engine's start.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
from pathlib import Path

import click
from playwright.sync_api import Page, sync_playwright

from bench.common import begin, console, same_for_all, shown, write_json
from curriculum.doctor import find_browser
from tests.ui import steps
from tests.ui.conftest import serving

ROOT = Path(__file__).resolve().parent.parent
_CLOCK = """state => {
  window.mindBench = new Promise(resolve => {
    let pressed = null;
    document.addEventListener('click', () => { pressed ??= performance.now(); }, { capture: true, once: true });
    const look = () => {
      if (pressed !== null && document.querySelector(`.mind-card[data-state="${state}"]`)) {
        requestAnimationFrame(() => requestAnimationFrame(() => resolve((performance.now() - pressed) / 1000)));
      } else {
        requestAnimationFrame(look);
      }
    };
    look();
  });
}"""


@click.command(help=__doc__.split("\n", 1)[0])
@click.option("--rounds", default=5, show_default=True, help="Presses for the median.")
@click.option("--json", "json_file", type=click.Path(path_type=Path))
@click.option("--any-load", is_flag=True, help="Run on a busy machine too; the figures say nothing then.")
def main(rounds: int, json_file: Path | None, any_load: bool) -> None:
    same_for_all()
    about = begin(any_load)
    with tempfile.TemporaryDirectory(prefix="mind-bench-screen-") as folder, sync_playwright() as playwright:
        course = Path(folder) / "course"
        for tree in ("source", "release"):
            shutil.copytree(ROOT / tree, course / tree)
        shutil.copy(ROOT / "nbgrader_config.py", course)
        flags = ["--no-sandbox", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=find_browser(), args=flags)
        page = browser.new_page(viewport={"width": 1280, "height": 860})
        page.set_default_timeout(120_000)
        with serving(course, Path(folder)) as server:
            steps.open_lab(page, server)
            steps.start_day(page)
            first, *rest = (_press(page, course, turn) for turn in range(rounds + 1))
        browser.close()
    console.print(f"Check pressed -> first card on screen, {rounds} times: median {shown(statistics.median(rest))}")
    console.print(f"from {shown(min(rest))} to {shown(max(rest))}; the very first press {shown(first)}")
    write_json(json_file, about, first=first, seconds=rest, median=statistics.median(rest))


def _press(page: Page, course: Path, turn: int) -> float:
    """Seconds from the press to the card, with a wrong answer in even turns. Waits until it is recorded, too."""
    code, state = (steps.wrong_solution(course), "almost") if turn % 2 == 0 else (steps.solution(course), "correct")
    steps.write_answer(page, f"# try {turn}\n{code}")
    page.evaluate(_CLOCK, state)
    steps.check(page)
    seconds: float = page.evaluate("() => window.mindBench")
    page.get_by_text("Recorded in the gradebook.").wait_for()
    return seconds


if __name__ == "__main__":
    main()
