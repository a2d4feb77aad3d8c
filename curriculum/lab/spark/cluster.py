"""A standalone Spark cluster on this machine: a master and workers, each a Java process of its own."""

from __future__ import annotations

import json
import re
import secrets
import tempfile
import time
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any

from curriculum.lab.spark.java import SparkError, command, environment
from curriculum.lab.spark.leash import Leash

_URL = re.compile(r"Starting Spark master at (spark://\S+)")
_PAGE = re.compile(r"MasterWebUI.* started at (http://\S+)")


class Cluster:
    """As a context manager it is started with all its workers registered, and at the end stopped and removed.

    ``url`` is the master's, ``settings`` what a session on it needs: ``spark.session(cluster)`` takes both.
    """

    def __init__(self, workers: int, cores: int, memory: str) -> None:
        self.workers, self.cores, self.memory = workers, cores, memory
        self.url = ""
        self._page = ""
        self._folder: Path | None = None
        self._leash: Leash | None = None
        self._secret = secrets.token_hex(16)

    @property
    def settings(self) -> dict[str, str]:
        return {
            "spark.authenticate.secret": self._secret,
            "spark.executor.cores": str(self.cores),
            "spark.executor.memory": self.memory,
            "spark.cores.max": str(self.workers * self.cores),
        }

    def start(self, seconds: float = 120) -> None:
        """Start the master, then the workers, and wait until all have registered."""
        folder = self._folder = Path(tempfile.mkdtemp(prefix="spark-")).resolve()
        self._leash = leash = Leash(folder)
        until = time.monotonic() + seconds
        try:
            configured = folder / "spark.conf"
            configured.touch(mode=0o600)
            configured.write_text(f"spark.authenticate true\nspark.authenticate.secret {self._secret}\n")
            variables = environment(folder)
            here = ["--host", "127.0.0.1", "--port", "0", "--webui-port", "0", "--properties-file", str(configured)]
            line = command(folder, "org.apache.spark.deploy.master.Master", memory="192m", level="info")
            leash.start([*line, *here], variables, folder / "master")
            self.url = self._told(_URL, folder / "master", until)
            self._page = self._told(_PAGE, folder / "master", until)
            for number in range(self.workers):
                (folder / f"work-{number}").mkdir()
                line = command(folder, "org.apache.spark.deploy.worker.Worker", memory="192m")
                takes = ["--cores", str(self.cores), "--memory", self.memory]
                takes += ["--work-dir", str(folder / f"work-{number}")]
                leash.start([*line, *here, *takes, self.url], variables, folder / f"worker-{number}")
            while self.state()["aliveworkers"] < self.workers:
                self._patient(until, folder)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End master, workers and executors; a session on them has to be stopped or replaced by who started it."""
        if self._leash is not None:
            self._leash.end()
            self._leash = None

    def state(self) -> dict[str, Any]:
        """What the master says of itself, its workers and applications."""
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # a proxy knows nothing of this loopback
        with direct.open(f"{self._page}/json/", timeout=60) as answer:
            said: dict[str, Any] = json.load(answer)
        return said

    def __enter__(self) -> Cluster:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.stop()

    def _told(self, pattern: re.Pattern[str], log: Path, until: float) -> str:
        while (found := pattern.search(log.read_text(errors="replace") if log.exists() else "")) is None:
            self._patient(until, log.parent)
        return found[1]

    def _patient(self, until: float, folder: Path) -> None:
        if self._leash is None or self._leash.ended or time.monotonic() > until:
            said = self._leash.last_words() if self._leash else ""
            said += "".join(
                path.read_text(errors="replace")[-1500:] for path in sorted(folder.glob("[mw]*er*")) if path.is_file()
            )
            raise SparkError(f"the cluster of {self.workers} workers did not start. The end of its logs:\n{said}")
        time.sleep(0.05)
