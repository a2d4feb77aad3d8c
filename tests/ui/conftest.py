"""A real JupyterLab on a course of its own, and a real browser."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from curriculum.doctor import find_browser

SCREENSHOTS = Path(__file__).parent / "screenshots"
# JupyterLab on two busy cores takes its time; a test that waits is better than one that sometimes fails.
expect.set_options(timeout=60_000)
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass
class Server:
    """A running `mind lab`: where it answers, with which token, and the course it serves."""

    url: str
    token: str
    course: Path
    process: subprocess.Popen

    def at(self, path: str) -> str:
        return f"{self.url}{path}?token={self.token}"

    def progress(self) -> dict:
        with urllib.request.urlopen(self.at("/mind/api/progress"), timeout=30) as answer:
            return json.load(answer)


@pytest.fixture
def server(course: Path, tmp_path: Path) -> Iterator[Server]:
    with serving(course, tmp_path) as found:
        yield found


@contextmanager
def serving(course: Path, tmp_path: Path, port: int = 0, *options: str) -> Iterator[Server]:
    """Run `mind lab` on a course; with a port of before, where it was."""
    if not port:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
    log = (tmp_path / "jupyter.log").open("ab")
    own = {
        name: str(tmp_path / name.lower())
        for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "HOME")
    }
    env = {**os.environ, **own, "MIND_ROOT": str(course), "JUPYTER_TOKEN": "a-test", "PYTHONUNBUFFERED": "1"}
    mind = str(Path(sys.executable).parent / "mind")
    process = subprocess.Popen(
        [mind, "lab", "--no-browser", "--port", str(port), *options],
        env=env,
        stdout=log,
        stderr=log,
        start_new_session=True,
    )
    found = Server(f"http://127.0.0.1:{port}", "a-test", course, process)
    try:
        _until_it_answers(found, process, tmp_path / "jupyter.log")
        yield found
    finally:
        with suppress(ProcessLookupError):  # a test may have killed it
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(30)  # a kernel that is just being started is waited for
        except subprocess.TimeoutExpired:
            # Stopped amid a request for a file, Jupyter can wait for ever for an idle thread of AnyIO's.
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        log.close()


def _until_it_answers(server: Server, process: subprocess.Popen, log: Path) -> None:
    for _ in range(240):
        if process.poll() is not None:
            pytest.fail(f"`mind lab` ended with {process.returncode}:\n{log.read_text()[-3000:]}")
        try:
            urllib.request.urlopen(server.at("/api/status"), timeout=5).close()
            return
        except OSError:
            time.sleep(0.5)
    pytest.fail(f"`mind lab` did not answer within two minutes:\n{log.read_text()[-3000:]}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The Chromium that `mind doctor` finds."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1280, "height": 860})
    page.set_default_timeout(60_000)
    yield page
    SCREENSHOTS.mkdir(exist_ok=True)
    page.close()


def picture(page: Page, name: str) -> None:
    """Keep a screenshot, for a person to look at."""
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")
