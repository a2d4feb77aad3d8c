"""A real JupyterLab on a course of its own, and a real browser."""

from __future__ import annotations

import json
import os
import shutil
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
from typing import Any

import pytest
from filelock import FileLock
from playwright.sync_api import Browser, Page, expect, sync_playwright

from curriculum.doctor import find_browser
from curriculum.ready import make_gradebook
from tests.conftest import built_course

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
    """A running `mind lab`: where it answers, with which token, the course it serves, and what is Jupyter's own."""

    url: str
    token: str
    course: Path
    home: Path
    process: subprocess.Popen

    def at(self, path: str) -> str:
        return f"{self.url}{path}?token={self.token}"

    def progress(self) -> dict:
        return self.ask("GET", "/mind/api/progress")

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(urllib.request.Request(self.at(path), data, method=method), timeout=60) as answer:
            return json.loads(answer.read() or "null")

    def forget_the_learner(self) -> None:
        """As after `make learn`: no copies, scores, settings or kernels, and a gradebook that is empty. The process goes on.

        It keeps in memory only what it has graded last, to grade no answer twice: each test writes answers of its own.
        """
        for kind in ("sessions", "terminals"):
            for one in self.ask("GET", f"/api/{kind}"):
                self.ask("DELETE", f"/api/{kind}/{one.get('id') or one['name']}")
        for lock in self.course.glob("submitted/*/.pending/*.lock"):
            with FileLock(lock, timeout=180):  # a check that nobody waited for
                pass
        for left in [*self.course.iterdir(), self.home / "jupyter_config_dir" / "lab"]:
            if left.name in ("source", "release", "nbgrader_config.py"):
                continue
            if left.is_dir():
                shutil.rmtree(left)
            else:
                left.unlink(missing_ok=True)
        (self.course / "work").mkdir()
        shutil.copy(self.home / "gradebook.db", self.course)


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server of all tests that need no other: to start one takes longer than most of what they do."""
    folder = tmp_path_factory.mktemp("shared")
    course = built_course(folder / "course", "1.5")
    shutil.move(make_gradebook(course), folder)
    with serving(course, folder) as found:
        yield found


@pytest.fixture
def server(shared: Server) -> Server:
    """A server that no learner has come to yet."""
    shared.forget_the_learner()
    return shared


@pytest.fixture
def course(server: Server) -> Path:
    """The course that it serves."""
    return server.course


@contextmanager
def serving(course: Path, tmp_path: Path, port: int = 0, *options: str) -> Iterator[Server]:
    """Run `mind lab` on a course, Jupyter's own files in ``tmp_path``; with a port of before, where it was."""
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
    found = Server(f"http://127.0.0.1:{port}", "a-test", course, tmp_path, process)
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
