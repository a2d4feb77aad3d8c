"""The batch on a real Dask scheduler with two worker processes: equal scores, and what becomes of workers that die."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder import ledger, submissions
from autograder.cluster import on_cluster
from autograder.engine import Engine, Settings
from autograder.graders import ClusterError, GradersLost, Work, side_by_side
from autograder.stored import Graded
from bench.kill_and_resume import Class, emptied, rows, timed
from tests import small

#: On one worker: what they share takes long to make.
pytestmark = pytest.mark.xdist_group("cluster")

NAME = "d01_matrices"
#: A sandboxed learner cannot end a worker: this fault of the grader's own is planted in the workers, to end them.
PLANTED = """\
import os
from autograder import graders
whole = graders.unanswered
def unanswered(book, release):
    if "THIS ENDS THE WORKER" in str(book):
        os._exit(1)
    return whole(book, release)
graders.unanswered = unanswered
"""


class Cluster:
    """A scheduler and two workers on loopback, as the commands of distributed start them."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.log = folder, (folder / "log.txt").open("w")
        (folder / "planted.py").write_text(PLANTED)
        self.env = {**os.environ, "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1", "PYTHONPATH": str(folder)}
        self.file = folder / "scheduler.json"
        self.scheduler = self._start("distributed.cli.dask_scheduler", "--scheduler-file", str(self.file), "--port", "0",
                                     "--host", "127.0.0.1", "--no-dashboard")  # fmt: skip
        self.workers = [self._worker() for _ in range(2)]
        until = time.monotonic() + 120
        while not self.file.exists() and time.monotonic() < until:
            time.sleep(0.05)
        self.address = json.loads(self.file.read_text())["address"]

    def _start(self, module: str, *arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", module, *arguments], cwd=self.folder, env=self.env, stdin=subprocess.DEVNULL,
            stdout=self.log, stderr=self.log, start_new_session=True,
        )  # fmt: skip

    def _worker(self) -> subprocess.Popen[bytes]:
        """With a nanny, which starts it again when it dies."""
        return self._start(
            "distributed.cli.dask_worker", "--scheduler-file", str(self.file), "--nthreads", "1", "--host", "127.0.0.1",
            "--no-dashboard", "--preload", "planted", "--local-directory", str(self.folder),
        )  # fmt: skip

    def close(self) -> None:
        for process in [*self.workers, self.scheduler]:
            process.terminate()
        for process in [*self.workers, self.scheduler]:
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
        self.log.close()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    cluster = Cluster(tmp_path_factory.mktemp("cluster"))
    yield cluster
    cluster.close()


def works(root: Path, books: dict[str, Any]) -> list[Work]:
    small.publish(root)
    course = submissions.course(root, "1.5")[NAME]
    for student, book in books.items():
        (root / student).mkdir()
        small.write(book, root / student / f"{NAME}.ipynb")
    return [Work(student, root / student / f"{NAME}.ipynb", course) for student in books]


def plain(results: Any) -> dict[str, Any]:
    """By student the result, without what says where it was graded."""
    found: list[Graded] = [one for one in results if one is not None]
    return {
        one.student: (one.fingerprint, one.refused, one.unanswered, one.result.as_json() if one.result else None)
        for one in found
    }


def test_the_scores_are_those_of_this_machine(cluster: Cluster, tmp_path: Path) -> None:
    books = {
        "right": small.solved(),
        "wrong": small.solved(e1="def double(x):\n    return 5"),
        "dies": small.solved(e2="import os\nos._exit(1)"),
        "nothing": small.work(),
        "unreadable": {"cells": 3},
    }
    asked, stop = works(tmp_path, books), threading.Event()
    there = plain(on_cluster(cluster.address, Settings())(asked, stop))
    with Engine(Settings()) as engine:
        here = plain(side_by_side(engine.grade, 2)(asked, stop))
    assert there == here
    assert there["right"][3]["points"] == 6
    assert "not a notebook" in there["unreadable"][1]


def test_what_kills_its_workers_is_told_and_the_others_are_graded(cluster: Cluster, tmp_path: Path) -> None:
    books = {f"student{number}": small.solved() for number in range(4)}
    books["student2"] = small.solved(e1="'THIS ENDS THE WORKER'")
    results = plain(on_cluster(cluster.address, Settings())(works(tmp_path, books), threading.Event()))
    assert {student: one[1] for student, one in results.items() if one[1]} == {
        "student2": "2 workers of the cluster have died while they graded it; look at it by itself"
    }
    assert [one[3]["points"] for one in results.values() if one[3]] == [6] * 3


def test_a_batch_on_the_cluster_fills_the_gradebook_as_one_here_does(cluster: Cluster, tmp_path: Path) -> None:
    of = Class(tmp_path / "course", 4)
    of.root.mkdir()
    of.hand_in()
    timed(of)
    here = rows(of.url)
    emptied(of.root / "gradebook.db", tmp_path / "empty.db")
    (of.root / "gradebook.db").write_bytes((tmp_path / "empty.db").read_bytes())
    status, said = of.grade("--cluster", cluster.address)
    assert status == 0, said
    assert rows(of.url) == here
    assert len(ledger.read(of.url, "1.5").entries) == 4


def test_a_cluster_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograder.cluster.CONNECT", 1)
    with pytest.raises(ClusterError, match="there is no Dask scheduler at tcp"):
        on_cluster("tcp://127.0.0.1:9", Settings())
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ClusterError, match="needs the Python package distributed"):
        on_cluster("tcp://127.0.0.1:9", Settings())


def test_when_the_scheduler_ends_what_is_left_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograder.cluster.CONNECT", 3)
    own = Cluster(tmp_path)
    try:
        books = {f"student{number}": small.solved(e1="import time; time.sleep(30)") for number in range(3)}
        results = on_cluster(own.address, Settings())(works(tmp_path, books), threading.Event())
        assert next(results) is None
        own.scheduler.kill()
        with pytest.raises(GradersLost, match="grade with --resume"):
            list(results)
    finally:
        own.close()
