"""A JupyterLab server with the dashboard, on a small course with a plan file of its own, asked as a browser or a program."""

from __future__ import annotations

import http.cookiejar
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from autograder import gradebook
from curriculum.plan import DEFAULT
from curriculum.standing import COURSE_ID, gradebook_url

TOKEN = "token-of-the-test"
DAY = "1.5-d1"


def lesson() -> dict[str, Any]:
    """The notebook of a small released lesson: one exercise of two tests, 4 points, the first goal of 1.5."""
    about = {"id": "e1", "title": "One", "level": "core", "minutes": 20, "goals": [1], "exports": ["f"], "hints": []}
    cells: list[dict[str, Any]] = [
        {"cell_type": "markdown", "id": "e1", "metadata": {"exercise": about}, "source": "# One"}
    ]
    for name, points in (("d01_e1_a", 1), ("d01_e1_b", 3)):
        nbgrader = {"grade_id": name, "points": points, "grade": True, "solution": False, "locked": True}
        metadata = {
            "nbgrader": {**nbgrader, "schema_version": 3, "task": False},
            "test": {"exercise": "e1", "title": name},
        }
        cell = {"cell_type": "code", "id": name, "metadata": metadata, "source": "assert True"}
        cells.append({**cell, "outputs": [], "execution_count": None})
    return {"cells": cells, "metadata": {"lesson": {"day": DAY, "points": 4}}, "nbformat": 4, "nbformat_minor": 5}


def give_scores(root: Path, scores: dict[str, float]) -> None:
    """A gradebook in which the lesson has these scores by cell."""
    with gradebook.opened(gradebook_url(root), COURSE_ID) as book:
        book.update_or_create_assignment("1.5")
        book.update_or_create_notebook("d01_matrices", "1.5")
        for name, most in (("d01_e1_a", 1), ("d01_e1_b", 3)):
            book.update_or_create_grade_cell(name, "d01_matrices", "1.5", max_score=most, cell_type="code")
        book.update_or_create_student("ada")
        submission = book.update_or_create_submission("1.5", "ada")
        for grade in submission.notebooks[0].grades:
            grade.auto_score = scores[grade.name]
        book.db.commit()


@dataclass
class Answer:
    status: int
    text: str
    url: str

    def json(self) -> Any:
        return json.loads(self.text)


class Server:
    """A running JupyterLab, asked as a browser (cookies, no redirects followed) or as a program (token) would."""

    def __init__(self, root: Path, plan: Path, base: str, log: Path) -> None:
        self.root, self.plan, self.base, self.log = root, plan, base, log

    def ask(self, path: str, *, token: bool = True, browser: Any = None, **request: Any) -> Answer:
        headers = {"Accept": "text/html" if browser else "*/*"} | ({"Authorization": f"token {TOKEN}"} if token else {})
        url = path if path.startswith("http") else self.base + path
        opener = browser or urllib.request.build_opener(_NoRedirect)
        try:
            with opener.open(urllib.request.Request(url, headers=headers, **request), timeout=60) as answer:
                return Answer(answer.status, answer.read().decode(), answer.headers.get("Location") or answer.url)
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.read().decode(), error.headers.get("Location") or "")

    def browser(self) -> tuple[Any, str]:
        """A browser that has signed in, and its XSRF token."""
        cookies = http.cookiejar.CookieJar()
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(cookies), _NoRedirect)
        assert self.ask(f"mind?token={TOKEN}", token=False, browser=browser).status == 200
        return browser, next(cookie.value or "" for cookie in cookies if cookie.name == "_xsrf")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """A server for the learner ada, below /class/."""
    root = folder / "course"
    release = root / "release" / "1.5" / "d01_matrices.ipynb"
    release.parent.mkdir(parents=True)
    release.write_text(json.dumps(lesson()), encoding="utf-8")
    plan = Path(shutil.copy(DEFAULT, root / "plan.toml"))
    jupyter = folder / "jupyter"
    jupyter.mkdir()
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root",
        "--ServerApp.jpserver_extensions={'curriculum.dashboard': True}",
        "--LabApp.default_url=/mind",
        f"--ServerApp.root_dir={root}",
        f"--ServerApp.port={port}", "--ServerApp.port_retries=0",
        "--ServerApp.base_url=/class/",
        f"--IdentityProvider.token={TOKEN}",
        f"--ServerApp.tornado_settings={{'mind_plan': {str(plan)!r}}}",
    ]  # fmt: skip
    kept = {f"JUPYTER_{name}_DIR": str(jupyter / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")}
    environment = {**os.environ, **kept, "MIND_ROOT": str(root), "MIND_LEARNER": "ada"}
    environment.pop("JUPYTERHUB_USER", None)
    log = jupyter / "log.txt"
    with (
        log.open("w") as file,
        subprocess.Popen(command, cwd=root, env=environment, stdout=file, stderr=file) as process,
    ):
        try:
            running = Server(root, plan, f"http://127.0.0.1:{port}/class/", log)
            _wait(running, process)
            yield running
        finally:
            process.terminate()


def _wait(server: Server, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end and process.poll() is None:
        try:
            if server.ask("api/status").status == 200:
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"JupyterLab did not start:\n{server.log.read_text()}")


class Texts(HTMLParser):
    """What a page says, with single spaces, and how many there are of each element."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.count: dict[str, int] = {}
        self._data: list[str] = []
        self.feed(page)
        self.all = " ".join("".join(self._data).split())

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.count[tag] = self.count.get(tag, 0) + 1

    def handle_data(self, data: str) -> None:
        self._data.append(data)
