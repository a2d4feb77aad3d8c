"""A Jupyter server that several people share, each known by name as on a JupyterHub. It is ada's: its lessons are hers."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent.parent
PROF = "prof. x"


@dataclass
class Answer:
    status: int
    text: str
    kind: str = ""


class Server:
    """A running server; ``user`` asks it."""

    def __init__(self, root: Path, base: str, log: Path) -> None:
        self.root, self.base, self.log = root, base, log

    def ask(
        self, user: str, path: str, *, page: bool = False, method: str = "GET", body: bytes | None = None
    ) -> Answer:
        headers = {"Accept": "text/html" if page else "*/*"} | (
            {"Authorization": f"token {quote(user)}"} if user else {}
        )
        try:
            request = urllib.request.Request(self.base + path, headers=headers, method=method, data=body)
            with urllib.request.build_opener(_NoRedirect).open(request, timeout=60) as answer:
                return Answer(answer.status, answer.read().decode(), answer.headers["Content-Type"])
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.read().decode())


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


@contextmanager
def shared(root: Path, jupyter: Path, *options: str) -> Iterator[Server]:
    """A server on the course in ``root``, below /user/shared/; ``jupyter`` takes its log and Jupyter's own files."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable, "-m", "jupyter", "server", "--no-browser", "--allow-root",
        "--ServerApp.jpserver_extensions={'curriculum.dashboard': True}", f"--ServerApp.root_dir={root}",
        f"--ServerApp.port={port}", "--ServerApp.port_retries=0", "--ServerApp.base_url=/user/shared/",
        "--ServerApp.identity_provider_class=tests.identity.ByToken", *options,
    ]  # fmt: skip
    kept = {f"JUPYTER_{name}_DIR": str(jupyter / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")}
    own = {"MIND_ROOT": str(root), "MIND_LEARNER": "ada", "JUPYTERHUB_USER": "ada", "PYTHONPATH": str(ROOT)}
    env, log = {**os.environ, **kept, **own}, jupyter / "log.txt"
    with log.open("w") as file, subprocess.Popen(command, cwd=root, env=env, stdout=file, stderr=file) as process:
        try:
            running = Server(root, f"http://127.0.0.1:{port}/user/shared/", log)
            for _ in range(300):
                try:
                    if process.poll() is not None or running.ask(PROF, "api/status").status == 200:
                        break
                except OSError:
                    time.sleep(0.2)
            assert process.poll() is None, log.read_text()
            yield running
        finally:
            process.terminate()
