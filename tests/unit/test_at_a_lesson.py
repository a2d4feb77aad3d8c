"""What stands beside a lesson: readings, minutes, hints, solutions, reset, and the commands for them."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from curriculum.catalogue import Catalogue
from curriculum.commands import learner as cli_learner
from curriculum.journal import Attempt, Entry, HintShown, Journal, Minutes, Read, Reset, Review, SolutionShown
from curriculum.learning import hints, readings, solutions
from curriculum.learning.minutes import MinutesError, by_day, correct, count, spent
from curriculum.learning.workspace import Workspace, WorkspaceError
from curriculum.plan import Plan, load_plan
from tests import small

DAY, WHEN = "1.5-d1", "2026-11-21T10:00:00+00:00"
COPY = "work/1.5/d01_matrices.ipynb"


@pytest.fixture(scope="module")
def plan() -> Plan:
    return load_plan()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    small.publish(tmp_path)
    return tmp_path


# --- readings ---


def test_every_reading_of_a_day_has_an_id_of_its_own_that_no_order_changes(plan: Plan) -> None:
    for day in plan.days:
        found = readings.with_ids(day)
        assert list(found.values()) == list(day.readings)
    (day,) = (day for day in plan.days if day.id == DAY)
    assert list(readings.with_ids(day)) == ["MML:2:2.2, 2.7", "APOSTOL1:12", "APOSTOL2:2"]


def test_the_same_pages_twice_are_two_readings(plan: Plan) -> None:
    day = plan.day(DAY)
    twice = type(day)(**{**day.__dict__, "readings": (day.readings[1], day.readings[1], day.readings[1])})
    assert list(readings.with_ids(twice)) == ["APOSTOL1:12", "APOSTOL1:12#2", "APOSTOL1:12#3"]


def test_the_last_tick_counts(plan: Plan) -> None:
    ticks: list[Entry] = [Read(WHEN, "ada", DAY, "APOSTOL1:12", done) for done in (True, False, True)]
    assert [each["done"] for each in readings.shown(plan.day(DAY), ticks)] == [False, True, False]
    assert [each["done"] for each in readings.shown(plan.day(DAY), ticks[:2])] == [False, False, False]


# --- minutes ---


def test_minutes_add_up_whatever_else_the_journal_holds(root: Path) -> None:
    journal = Journal(root)
    assert count(journal, "ada", DAY, 100) == 100.0
    assert count(journal, "ada", DAY, 0.04) == 100.0
    assert count(journal, "bob", DAY, 7) == 7.0
    journal.add([Read(WHEN, "ada", DAY, "MML")])
    assert correct(journal, "ada", DAY, 1) == (100.0, 60.0)
    assert correct(journal, "ada", DAY, 1) == (60.0, 60.0)  # said already: no entry more
    assert count(journal, "ada", DAY, 30) == 90.0
    assert correct(journal, "ada", DAY, 0) == (90.0, 0.0)
    assert [entry.corrected for entry in journal.entries("ada", DAY) if isinstance(entry, Minutes)].count(True) == 2
    assert by_day(journal.entries("ada")) == {DAY: 0.0}


@pytest.mark.parametrize("value", ["60", None, float("nan"), float("inf"), -float("inf"), True, [1], 10**400])
def test_what_an_editor_left_in_the_journal_adds_nothing(value: Any) -> None:
    assert spent([Minutes(WHEN, "ada", DAY, value), Minutes(WHEN, "ada", DAY, 5)]) == 5.0
    assert spent([Minutes(WHEN, "ada", DAY, -50.0)]) == 0.0


def test_times_that_cannot_be_are_refused(root: Path) -> None:
    for value in (0, -1, 3601, "1", None, float("nan")):
        with pytest.raises(MinutesError, match="seconds is a number"):
            count(Journal(root), "ada", DAY, value)
    for value in (-1, 1e9, "1", None, float("nan")):
        with pytest.raises(MinutesError, match="minutes is a number"):
            correct(Journal(root), "ada", DAY, value)
    assert not Journal(root).path.exists()


# --- hints and solutions ---


def attempt(state: str, hint: int = 0, exercise: str = "e1") -> Attempt:
    return Attempt(WHEN, "ada", DAY, exercise, state, 0, 3, "abc", hint)


def test_hints_shown_are_those_of_checks_and_of_questions() -> None:
    assert hints.shown("e1", []) == 0
    assert hints.shown("e1", [attempt("wrong", 2), HintShown(WHEN, "ada", DAY, "e1", 1), attempt("correct")]) == 2
    assert hints.shown("e1", [attempt("wrong", 3, "e2"), HintShown(WHEN, "ada", DAY, "e1", 1)]) == 1


def test_giving_up_is_before_it_was_right(root: Path, plan: Plan) -> None:
    lesson = Catalogue(plan, root).lessons[DAY]
    gave_up, opened = (SolutionShown(WHEN, "ada", DAY, "e1", gave_up=given) for given in (True, False))
    right, again = attempt("correct"), Review(WHEN, "ada", DAY, "e1", right=True)
    for entries, state, given in (
        ([], "locked", False),
        ([attempt("almost")], "locked", False),
        ([right], "offered", False),
        ([right, attempt("wrong")], "offered", False),
        ([again], "offered", False),
        ([right, opened], "shown", False),
        ([gave_up], "shown", True),
        ([gave_up, right], "shown", True),
        ([right, gave_up], "shown", False),
        ([attempt("correct", exercise="e2"), gave_up], "shown", True),
    ):
        assert solutions.state(root, lesson, "e1", entries) == state, entries
        assert solutions.gave_up("e1", entries) is given, entries


def test_a_solution_comes_without_its_marks(root: Path, plan: Plan) -> None:
    marked = "def double(x):\n    ### BEGIN SOLUTION\n    y = x  # ### keep\n    return y * 2\n    ### END SOLUTION"
    small.publish(root, small.source({**small.SOLUTIONS, "d01_e1": marked}))
    (cell,) = solutions.show(root, "ada", Catalogue(plan, root).lessons[DAY], "e1", True, [])
    assert cell == {"id": "d01_e1", "source": "def double(x):\n    y = x  # ### keep\n    return y * 2\n"}


# --- reset ---


def test_only_the_cells_of_the_exercise_are_put_back(root: Path, plan: Plan) -> None:
    workspace = Workspace(root, plan)
    copy = workspace.start(DAY)
    book = small.solved()
    book["cells"].insert(3, small.code("mine = 'ünïcode'", "mine"))
    done = small.cell(book, "d01_e1")
    done["outputs"], done["execution_count"] = [{"output_type": "stream", "name": "stdout", "text": "4"}], 3
    done["metadata"] = {}  # lost, but the cell has the id it was handed out with
    small.cell(book, "d01_e2")["source"] = ["def half(x):\n", "    return x / 2"]  # as files hold it
    small.write(book, copy)
    copy.chmod(0o640)
    put_back, kept = workspace.reset(DAY, "e1")
    after = json.loads(copy.read_text(encoding="utf-8"))
    cell = small.cell(after, "d01_e1")
    assert (put_back, cell["source"], cell["outputs"], cell["execution_count"]) == (copy, small.STUB, [], None)
    others = [[c for c in each["cells"] if c["id"] != "d01_e1"] for each in (after, json.loads(kept.read_text()))]
    assert others[0] == others[1]
    assert copy.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize(
    ("content", "exercise", "words"),
    [
        (lambda book: b"{", "e1", "whole lesson can be reset"),
        (lambda book: json.dumps({**book, "cells": book["cells"][:3]}).encode(), "e1", "d01_e1 is missing"),
        (lambda book: json.dumps(book).encode(), "e9", "has no exercise e9"),
        (lambda book: json.dumps({**book, "nbformat": 3, "worksheets": []}).encode(), "e1", "whole lesson"),
    ],
)
def test_what_cannot_be_put_back_alone_is_left_as_it_is(
    root: Path, plan: Plan, content: Any, exercise: str, words: str
) -> None:
    copy = Workspace(root, plan).start(DAY)
    copy.write_bytes(content(small.solved()))
    before = copy.read_bytes()
    with pytest.raises(WorkspaceError, match=words):
        Workspace(root, plan).reset(DAY, exercise)
    assert copy.read_bytes() == before
    assert not (copy.parent / "kept").exists()


def test_a_reset_that_fails_leaves_the_work(root: Path, plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = Workspace(root, plan).start(DAY)
    small.write(small.solved(), copy)
    before = copy.read_bytes()

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("curriculum.files.os.fsync", full)
    for exercise in (None, "e1"):
        with pytest.raises(OSError, match="No space"):
            Workspace(root, plan).reset(DAY, exercise)
    assert copy.read_bytes() == before
    assert list((copy.parent / "kept").iterdir()) == []


def test_a_reset_lesson_counts_as_untouched_and_every_work_before_is_kept(root: Path, plan: Plan) -> None:
    workspace = Workspace(root, plan)
    copy = workspace.start(DAY)
    texts = [f"work {number}" for number in random.Random(7).sample(range(100), 5)]
    for text in texts:
        copy.write_text(text)
        workspace.reset(DAY)
    assert sorted(path.read_text() for path in (copy.parent / "kept").iterdir()) == sorted(texts)
    release = root / "release" / "1.5" / "d01_matrices.ipynb"
    release.write_text(release.read_text().replace("### Double", "### Double it"))
    assert [one.what for one in workspace.update()] == ["replaced"]


# --- the commands ---


def mind(monkeypatch: pytest.MonkeyPatch, root: Path, command: Any, *arguments: str) -> tuple[int, str]:
    monkeypatch.setattr(cli_learner, "ROOT", root)
    monkeypatch.delenv("MIND_LEARNER", raising=False)
    monkeypatch.delenv("JUPYTERHUB_USER", raising=False)
    result = CliRunner().invoke(command, list(arguments))
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, " ".join(result.output.split())


def test_reset_from_a_terminal(root: Path, plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    assert mind(monkeypatch, root, cli_learner.reset, DAY) == (
        2, "1.5-d1 is not started, so there is nothing to put back. `mind start 1.5-d1` starts it. Nothing was changed.",
    )  # fmt: skip
    copy = Workspace(root, plan).start(DAY)
    small.write(small.solved(), copy)
    status, said = mind(monkeypatch, root, cli_learner.reset, DAY, "--exercise", "e2")
    assert (status, f"{COPY} is as it was handed out in e2; before it was work/1.5/kept/" in said) == (0, True)
    (entry,) = Journal(root).entries("learner", DAY)
    assert isinstance(entry, Reset)
    assert (root / entry.kept).is_file()
    status, said = mind(monkeypatch, root, cli_learner.reset, DAY, "--exercise", "e9")
    assert (status, "has no exercise e9" in said) == (2, True)


def test_minutes_from_a_terminal(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    count(Journal(root), "learner", DAY, 600)
    assert mind(monkeypatch, root, cli_learner.log, DAY, "45") == (0, "1.5-d1: 45 active minutes (before: 10)")
    assert spent(Journal(root).entries("learner", DAY)) == 2700.0
    assert mind(monkeypatch, root, cli_learner.log, DAY, "1e9")[0] == 2
    assert mind(monkeypatch, root, cli_learner.log, DAY, "nan")[0] == 2
    assert "no day called 9.9-d1" in mind(monkeypatch, root, cli_learner.log, "9.9-d1", "5")[1]


def test_to_another_machine_from_a_terminal(root: Path, plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = Workspace(root, plan).start(DAY)
    small.write(small.solved(), copy)
    Journal(root).add([Read(WHEN, "learner", DAY, "MML")])
    status, said = mind(monkeypatch, root, cli_learner.pack, str(root / "mine.zip"))
    assert (status, "`mind unpack mine.zip`" in said) == (0, True)
    assert mind(monkeypatch, root, cli_learner.pack, str(root / "mine.zip"))[0] == 2
    there = root / "there"
    small.publish(there)
    status, said = mind(monkeypatch, there, cli_learner.unpack, str(root / "mine.zip"))
    assert (status, "3 files came in; 0 were here already; 0 were laid beside." in said) == (0, True)
    assert (there / COPY).read_bytes() == copy.read_bytes()
    (there / COPY).write_text("worked on there")
    status, said = mind(monkeypatch, there, cli_learner.unpack, str(root / "mine.zip"))
    assert (status, f"{COPY} is another one here: yours from the zip lies in work/unpacked-" in said) == (0, True)
    assert (there / COPY).read_text() == "worked on there"
    assert "cannot be unpacked" in mind(monkeypatch, there, cli_learner.unpack, str(copy))[1]
    assert mind(monkeypatch, there, cli_learner.unpack, str(root / "no.zip"))[0] == 2
