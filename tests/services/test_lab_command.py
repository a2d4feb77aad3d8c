"""`mind lab` is JupyterLab: who stops the one has stopped the other."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGHUP], ids=lambda one: one.name)
def test_ending_mind_lab_leaves_no_server(
    at_course: Callable[[], dict[str, str]], tmp_path: Path, ending: signal.Signals
) -> None:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folders = {f"JUPYTER_{name}_DIR": str(tmp_path / name) for name in ("CONFIG", "DATA", "RUNTIME")}
    command = [str(Path(sys.executable).parent / "mind"), "lab", "--no-browser", "--port", str(port)]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            command, env=at_course() | folders | {"JUPYTER_TOKEN": "t"}, stdout=log, stderr=log, start_new_session=True
        )
    try:
        assert answers(port, process), (tmp_path / "log").read_text()[-2000:]
        process.send_signal(ending)
        process.wait(120)
        with pytest.raises(urllib.error.URLError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/api?token=t", timeout=5)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)


def answers(port: int, process: subprocess.Popen[bytes]) -> bool:
    """Whether the server comes up within two minutes."""
    until = time.monotonic() + 120
    while time.monotonic() < until and process.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/api?token=t", timeout=5).close()
        except OSError:
            time.sleep(0.3)
        else:
            return True
    return False
