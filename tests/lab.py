"""A real JupyterLab server on a course of its own, asked as a program would ask it; it can be stopped and killed."""

from __future__ import annotations

import http.cookiejar
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

TOKEN = "token-of-the-test"


@dataclass
class Answer:
    """What the server said: a status, and JSON (one object, or one a line)."""

    status: int
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def steps(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]


class Lab:
    """A running server. ``root`` is the course; ``home`` takes its log and Jupyter's own files."""

    def __init__(self, root: Path, home: Path, **environment: str) -> None:
        self.root, self.log = root, home / "log.txt"
        home.mkdir(exist_ok=True)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.base = f"http://127.0.0.1:{port}/"
        command = [
            sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root",
            "--ServerApp.jpserver_extensions={'curriculum.dashboard': True}",
            f"--ServerApp.root_dir={root}", f"--ServerApp.port={port}", "--ServerApp.port_retries=0",
            f"--IdentityProvider.token={TOKEN}",
        ]  # fmt: skip
        kept = {key: value for key, value in os.environ.items() if key not in ("MIND_LEARNER", "JUPYTERHUB_USER")}
        own = {f"JUPYTER_{name}_DIR": str(home / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=root, env={**kept, **own, "MIND_ROOT": str(root), **environment}, stdout=log, stderr=log,
                stdin=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
        end = time.monotonic() + 120
        while time.monotonic() < end and self.process.poll() is None:
            try:
                if self.ask("GET", "api/status").status == 200:
                    return
            except OSError:
                time.sleep(0.1)
        raise AssertionError(f"JupyterLab did not start:\n{self.log.read_text()}")

    def request(self, method: str, path: str, body: Any = None, token: bool = True) -> urllib.request.Request:
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Authorization": f"token {TOKEN}"} if token else {}
        return urllib.request.Request(self.base + path, data, headers, method=method)

    def ask(self, method: str, path: str, body: Any = None, token: bool = True, browser: Any = None) -> Answer:
        opener = browser or urllib.request.build_opener()
        try:
            with opener.open(self.request(method, path, body, token), timeout=240) as answer:
                return Answer(answer.status, answer.read().decode())
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.read().decode())

    def api(self, method: str, path: str, body: Any = None) -> Answer:
        return self.ask(method, f"mind/api/{path}", body)

    def lines(self, method: str, path: str, body: Any) -> Iterator[dict[str, Any]]:
        """The lines of an answer as they come."""
        with urllib.request.urlopen(self.request(method, f"mind/api/{path}", body), timeout=240) as answer:
            for line in answer:
                yield json.loads(line)

    def browser(self) -> Any:
        """One that has signed in, by cookie."""
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        opener = urllib.request.build_opener(cookies)
        assert self.ask("GET", f"tree?token={TOKEN}", token=False, browser=opener).status == 200
        return opener

    def engine(self) -> list[psutil.Process]:
        """The processes that grade for this server just now."""
        found = []
        for child in psutil.Process(self.process.pid).children(recursive=True):
            try:
                if "zygote" in " ".join(child.cmdline()):
                    found.append(child)
            except psutil.NoSuchProcess:
                continue
        return found

    def until_grading(self) -> list[psutil.Process]:
        """Once a learner's cells run: the processes for it, which are more than those that wait for work."""
        end = time.monotonic() + 120
        while time.monotonic() < end:
            if len(found := self.engine()) >= 4:  # the zygote, its tester, the learner's process and what waits for it
                return found
            time.sleep(0.05)
        raise AssertionError(f"nothing is being graded:\n{self.log.read_text()}")

    def stop(self, sent: signal.Signals = signal.SIGTERM) -> None:
        """End it by a signal, and wait until it has ended."""
        if self.process.poll() is None:
            self.process.send_signal(sent)
            if sent == signal.SIGINT:  # the first one only asks whether it is meant
                time.sleep(0.5)
                self.process.send_signal(sent)
        self.process.wait(180)


def all_ended(processes: list[psutil.Process]) -> bool:
    """Whether these end, or have ended, by themselves within moments. Who was not waited for yet has ended too."""
    return all(each.status() == psutil.STATUS_ZOMBIE for each in psutil.wait_procs(processes, timeout=20)[1])
