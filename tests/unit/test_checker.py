"""A server's checks, one after another, where something goes wrong in between. With a real engine; nothing is recorded."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from curriculum.catalogue import Catalogue
from curriculum.journal import Journal
from curriculum.learning import checker as checking
from curriculum.learning.checker import Checker
from curriculum.learning.checking import Checked
from curriculum.learning.shown_files import NotALesson, place_at, shown_path
from curriculum.learning.workspace import Workspace
from curriculum.plan import load_plan
from tests import small

DAY, PATH = "1.5-d1", "work/1.5/d01_matrices.ipynb"


class Course:
    def __init__(self, root: Path) -> None:
        small.publish(root)
        self.root, self.catalogue, self.checker = root, Catalogue(load_plan(), root), Checker(root)
        self.copy = Workspace(root, catalogue=self.catalogue).start(DAY)

    def check(self) -> list[dict[str, Any]]:
        steps = queue.Queue[dict[str, Any]]()
        place = place_at(self.root, self.catalogue, self.root, PATH)
        self.checker.begin(self.catalogue, "ada", place, PATH, steps.put)
        return list(iter(lambda: steps.get(timeout=120), {}))

    def tries(self) -> list[tuple[str, str]]:
        return [(attempt.exercise, attempt.state) for attempt in Journal(self.root).attempts("ada")]


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Course]:
    monkeypatch.setattr(
        checking, "record", lambda *_: Checked([])
    )  # a gradebook takes seconds, and is not what is tried
    made = Course(tmp_path)
    yield made
    made.checker.close()


def test_tries_that_could_not_be_written_down_are_written_down_by_the_next_check(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    small.write(small.solved(), course.copy)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", "journal.jsonl")

    with monkeypatch.context() as during:
        during.setattr(Journal, "add", full)
        (refused,) = course.check()
    assert (refused["event"], "No space left" in refused["message"]) == ("refused", True)
    assert course.tries() == []
    graded, recorded = course.check()
    assert (graded["graded"], recorded["event"]) == (["e1", "e2", "e3"], "recorded")
    assert course.tries() == [("e1", "correct"), ("e2", "correct"), ("e3", "correct")]


def test_what_crashed_is_tried_again_though_nothing_has_changed(course: Course) -> None:
    """So is what crashed: a busy machine or a short memory may have caused it."""
    small.write(small.work(e1="import os\nos._exit(3)", e2=small.SOLUTIONS["d01_e2"]), course.copy)
    first, again = course.check()[0], course.check()[0]
    assert [exercise["state"] for exercise in first["lesson"]["exercises"]] == ["crashed", "correct", "not attempted"]
    assert (first["graded"], again["graded"]) == (["e1", "e2"], ["e1"])
    assert course.tries() == [("e1", "crashed"), ("e2", "correct"), ("e1", "crashed")]


def test_after_it_is_closed_a_check_is_refused_and_nothing_runs(course: Course) -> None:
    small.write(small.solved(), course.copy)
    course.checker.close()
    (refused,) = course.check()
    assert (refused["event"], "stopping" in refused["message"]) == ("refused", True)
    assert course.tries() == []


def test_only_the_copies_own_path_is_its_path(course: Course, tmp_path: Path) -> None:
    assert place_at(course.root, course.catalogue, course.root.parent, f"{course.root.name}/{PATH}").lesson.day == DAY
    for server_root, path in ((course.root, f"{PATH}/"), (course.root / "work", PATH), (tmp_path / "x", PATH)):
        with pytest.raises(NotALesson):
            place_at(course.root, course.catalogue, server_root, path)
    for no_text in (None, 3, [PATH], {"path": PATH}, b"work"):
        with pytest.raises(NotALesson, match="this is no started lesson"):
            place_at(course.root, course.catalogue, course.root, no_text)
    assert shown_path(Path("/etc/passwd"), course.root) is None
