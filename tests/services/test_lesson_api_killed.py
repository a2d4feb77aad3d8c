"""A server that ends in the middle of a check: whatever ended it, no work, no score and no process is left behind or lost."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from curriculum.journal import Attempt, Journal
from curriculum.ready import make_gradebook
from tests import small
from tests.lab import Lab, all_ended

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("lesson-api-killed")]

DAY, PATH = "1.5-d1", "work/1.5/d01_matrices.ipynb"
#: Right, and slow: longer than it takes to end a server in the middle of it.
SLOW = "import time\ndef double(x):\n    time.sleep(3)\n    return x * 2"


@pytest.fixture(scope="module")
def gradebook_db(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    root = tmp_path_factory.mktemp("prepared")
    small.publish(root)
    return make_gradebook(root).read_bytes()


@pytest.fixture
def started(tmp_path: Path, gradebook_db: bytes) -> Iterator[Callable[[], Lab]]:
    """Starts a server on a course of its own, as often as it is called."""
    root, labs = tmp_path / "course", list[Lab]()
    small.publish(root)
    (root / "gradebook.db").write_bytes(gradebook_db)

    def start() -> Lab:
        labs.append(Lab(root, tmp_path / "jupyter"))
        assert labs[-1].api("POST", f"start/{DAY}").status == 200
        return labs[-1]

    yield start
    for lab in labs:
        lab.stop()
        assert "Traceback" not in lab.log.read_text()


def in_the_middle_of_a_check(lab: Lab) -> threading.Thread:
    """Ask for a check that takes a while; who asked hears no more once the server has ended."""

    def ask() -> None:
        try:
            lab.api("POST", "check", {"path": PATH})
        except OSError:
            return

    small.write(small.solved(e1=SLOW), lab.root / PATH)
    asking = threading.Thread(target=ask)
    asking.start()
    return asking


def tries(root: Path) -> list[tuple[str, str]]:
    return [(a.exercise, a.state) for a in Journal(root).entries("learner", DAY) if isinstance(a, Attempt)]


def scores(root: Path) -> dict[str, float]:
    query = "select base_cell.name, auto_score from grade join base_cell on base_cell.id = cell_id where auto_score is not null"
    with closing(sqlite3.connect(root / "gradebook.db")) as book:
        return dict(book.execute(query).fetchall())


def test_killed_in_the_middle_nothing_is_lost_and_another_server_makes_up_for_it(started: Callable[[], Lab]) -> None:
    first = started()
    asking = in_the_middle_of_a_check(first)
    grading = first.until_grading()
    work = (first.root / PATH).read_bytes()
    first.process.kill()
    first.process.wait()
    asking.join()
    assert all_ended(grading)  # no process outlives the server
    assert (first.root / PATH).read_bytes() == work
    assert (first.root / "submitted" / "learner" / "1.5" / "d01_matrices.ipynb").read_bytes() == work
    assert (tries(first.root), scores(first.root)) == ([], {})

    second = started()
    assert second.api("GET", f"lesson?path={PATH}").json["recorded"] is False
    graded, recorded = second.api("POST", "check", {"path": PATH}).steps
    assert (graded["lesson"]["points"], recorded) == (5, {"event": "recorded"})
    assert tries(second.root) == [("e1", "correct"), ("e2", "correct"), ("e3", "correct")]
    assert scores(second.root) == small.FULL
    third = started()  # what the last check came to is shown again, with its messages
    lesson = third.api("GET", f"lesson?path={PATH}").json
    assert (lesson["points"], lesson["recorded"], len(lesson["exercises"][0]["tests"])) == (5, True, 2)
    assert [exercise["stale"] for exercise in lesson["exercises"]] == [False] * 3


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_stopped_in_the_middle_it_leaves_no_process_and_the_terminals_check_makes_up_for_it(
    started: Callable[[], Lab], sent: signal.Signals
) -> None:
    lab = started()
    asking = in_the_middle_of_a_check(lab)
    grading = lab.until_grading()
    lab.stop(sent)
    asking.join()
    assert all_ended(grading)
    assert (tries(lab.root), scores(lab.root)) == ([], {})
    command = [str(Path(sys.executable).with_name("mind")), "check"]  # what was not recorded is checked, changed or not
    done = subprocess.run(
        command,
        env={**os.environ, "MIND_ROOT": str(lab.root)},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert (done.returncode, scores(lab.root)) == (0, small.FULL), done.stdout + done.stderr


def test_a_check_in_a_terminal_and_one_in_a_window_take_turns(started: Callable[[], Lab]) -> None:
    lab = started()
    asking = in_the_middle_of_a_check(lab)
    lab.until_grading()
    command = [str(Path(sys.executable).with_name("mind")), "check", DAY]
    done = subprocess.run(
        command,
        env={**os.environ, "MIND_ROOT": str(lab.root)},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    asking.join()
    assert done.returncode == 0, done.stdout + done.stderr
    assert tries(lab.root) == [("e1", "correct"), ("e2", "correct"), ("e3", "correct")] * 2  # two checks, each whole
    assert scores(lab.root) == small.FULL


def test_a_stopped_server_that_was_idle_leaves_no_process(started: Callable[[], Lab]) -> None:
    lab = started()
    small.write(small.solved(), lab.root / PATH)
    assert len(lab.api("POST", "check", {"path": PATH}).steps) == 2
    waiting = lab.engine()
    assert waiting  # kept for the next check
    lab.stop()
    assert all_ended(waiting)
