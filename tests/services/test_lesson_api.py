"""A lesson's panel asks a real server: the check and all that stands beside it. On small lessons in a course of its own."""

from __future__ import annotations

import json
import shutil
import sqlite3
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from curriculum.journal import Attempt, HintShown, Journal, Minutes, Read, Reset, Review, SolutionShown
from curriculum.learning.course_files import VISIBLE_ONLY
from curriculum.plan import load_plan
from curriculum.ready import make_gradebook
from tests import small
from tests.lab import Lab

#: On one worker: what they share takes long to make.
pytestmark = pytest.mark.xdist_group("lesson-api")

STEMS = {day.id: day.lesson for day in load_plan().unit("1.5").days if day.lesson}
WRONG, WRONG_TOO = "def double(x):\n    return 5", "def double(x):\n    return 7"
SLOW = "import time\ndef double(x):\n    time.sleep(1)\n    return x * 2"


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("course")
    for stem in STEMS.values():
        small.publish(root, stem=stem)
    make_gradebook(root)
    return root


@pytest.fixture(scope="module")
def lab(course: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    running = Lab(course, tmp_path_factory.mktemp("jupyter"))
    yield running
    running.stop()
    assert "Traceback" not in running.log.read_text()


class Learner:
    """A learner at one lesson, which no other test has."""

    def __init__(self, lab: Lab, day: str) -> None:
        self.lab, self.day, self.root = lab, day, lab.root
        self.path = f"work/1.5/{STEMS[day]}.ipynb"
        self.copy = self.root / self.path
        assert lab.ask("POST", f"mind/api/start/{day}").status == 200

    def write(self, **solutions: str) -> None:
        small.write(small.work(**solutions), self.copy)

    def lesson(self) -> dict[str, Any]:
        answer = self.lab.api("GET", f"lesson?path={self.path}")
        assert answer.status == 200, answer.text
        return dict(answer.json)

    def exercise(self, name: str) -> dict[str, Any]:
        return next(dict(each) for each in self.lesson()["exercises"] if each["name"] == name)

    def check(self) -> list[dict[str, Any]]:
        answer = self.lab.api("POST", "check", {"path": self.path})
        assert answer.status == 200, answer.text
        return answer.steps

    def checked(self) -> dict[str, Any]:
        """A check that goes well; its first step."""
        graded, recorded = self.check()
        assert (graded["event"], recorded) == ("graded", {"event": "recorded"})
        return graded

    def entries(self, kind: type) -> list[Any]:
        return [each for each in Journal(self.root).entries("learner", self.day) if isinstance(each, kind)]

    def tries(self) -> list[tuple[str, str]]:
        return [(each.exercise, each.state) for each in self.entries(Attempt)]

    def scores(self) -> dict[str, float]:
        query = (
            "select base_cell.name, grade.auto_score from grade join base_cell on base_cell.id = grade.cell_id "
            "join notebook on notebook.id = base_cell.notebook_id where grade.auto_score is not null and notebook.name = ?"
        )
        with closing(sqlite3.connect(self.root / "gradebook.db")) as book:
            return dict(book.execute(query, [STEMS[self.day]]).fetchall())


def states(lesson: dict[str, Any]) -> list[tuple[str, float]]:
    return [(exercise["state"], exercise["points"]) for exercise in lesson["exercises"]]


def test_a_lesson_that_was_just_started(lab: Lab) -> None:
    learner = Learner(lab, "1.5-d1")
    lesson = learner.lesson()
    day = load_plan().day("1.5-d1")
    assert (lesson["kind"], lesson["day"], lesson["title"], lesson["section"]) == ("lesson", day.id, day.title, "1.5")
    assert (lesson["path"], lesson["points"], lesson["most"], lesson["bonus"]) == (learner.path, 0, 5, 0)
    assert (lesson["seconds"], lesson["counting"], lesson["recorded"]) == (0, True, True)
    assert [reading["text"] for reading in lesson["readings"]] == [reading.text for reading in day.readings]
    first = lesson["exercises"][0]
    assert first == {
        "name": "e1", "title": "Double", "level": "core", "minutes": 5, "bonus": False, "most": 3, "points": 0,
        "state": "not attempted", "tests": [], "reason": "", "cells": ["d01_e1"], "stale": False,
        "hints": [], "hints_of": 3, "solution": "locked", "gave_up": False,
    }  # fmt: skip
    assert [exercise["bonus"] for exercise in lesson["exercises"]] == [False, False, True]


def test_checks_from_wrong_to_right(lab: Lab) -> None:
    learner = Learner(lab, "1.5-d1")
    learner.write(e1=WRONG)
    assert [exercise["stale"] for exercise in learner.lesson()["exercises"]] == [True, False, False]
    first = learner.checked()
    assert (first["changed"], first["graded"], first["remarks"]) == ("e1", ["e1"], [])
    assert states(first["lesson"]) == [("wrong", 0), ("not attempted", 0), ("not attempted", 0)]
    test = first["lesson"]["exercises"][0]["tests"][0]
    assert (test["called"], test["got"], test["expected"]) == ("double(2)", "5", "4")
    assert (test["idea"], test["passed"], test["most"]) == ("twice a number", False, 1)
    assert learner.exercise("e1")["hints"] == ["the first hint"]
    assert learner.lesson()["recorded"] is True

    learner.write(e1=WRONG_TOO, e2=small.SOLUTIONS["d01_e2"])
    second = learner.checked()
    assert (second["changed"], second["graded"]) == ("e2", ["e1", "e2"])
    assert learner.exercise("e1")["hints"] == ["the first hint", "the second hint"]

    small.write(small.solved(), learner.copy)
    third = learner.checked()
    assert third["graded"] == ["e1", "e3"]  # the second has not changed
    assert (third["lesson"]["points"], third["lesson"]["bonus"]) == (5, 1)
    assert states(third["lesson"]) == [("correct", 3), ("correct", 2), ("correct", 1)]
    assert learner.scores() == small.FULL

    fourth = learner.checked()
    assert (fourth["changed"], fourth["graded"]) == (None, [])
    assert learner.tries() == [
        ("e1", "wrong"), ("e1", "wrong"), ("e2", "correct"), ("e1", "correct"), ("e3", "correct"),
    ]  # fmt: skip
    progress = lab.api("GET", "progress").json
    (day,) = [d for p in progress["phases"] for s in p["sections"] for u in s["units"] for d in u["days"] if d["id"] == "1.5-d1"]  # fmt: skip
    assert (day["state"], day["path"], day["points"]) == ("done", learner.path, 5)


def test_hints_on_demand_follow_those_of_checks(lab: Lab) -> None:
    learner = Learner(lab, "1.5-d2")
    learner.write(e1=WRONG)
    learner.checked()
    asked = lab.api("POST", "hint/1.5-d2/e1")
    assert asked.json == {"number": 2, "text": "the second hint", "of": 3}
    assert learner.exercise("e1")["hints"] == ["the first hint", "the second hint"]
    assert [(hint.exercise, hint.number) for hint in learner.entries(HintShown)] == [("e1", 2)]
    learner.write(e1=WRONG_TOO)  # the second try that fails shows no less than what was seen
    learner.checked()
    assert learner.exercise("e1")["hints"] == ["the first hint", "the second hint"]
    assert lab.api("POST", "hint/1.5-d2/e1").json["number"] == 3
    assert lab.api("POST", "hint/1.5-d2/e1").status == 409
    assert len(learner.entries(HintShown)) == 2


def test_the_solution_opens_when_it_is_right_or_on_giving_up(lab: Lab) -> None:
    learner = Learner(lab, "1.5-d2")
    learner.write(e1=WRONG, e2=small.SOLUTIONS["d01_e2"])
    learner.checked()
    assert [exercise["solution"] for exercise in learner.lesson()["exercises"]] == ["locked", "offered", "locked"]
    refused = lab.api("POST", "solution/1.5-d2/e1", {"give_up": False})
    assert refused.status == 409
    assert "give up" in refused.json["message"]
    assert learner.entries(SolutionShown) == []

    right = lab.api("POST", "solution/1.5-d2/e2", {"give_up": False})
    assert right.json == {"cells": [{"id": "d01_e2", "source": small.SOLUTIONS["d01_e2"]}]}
    given_up = lab.api("POST", "solution/1.5-d2/e1", {"give_up": True})
    assert given_up.json["cells"][0]["source"] == small.SOLUTIONS["d01_e1"]
    assert lab.api("POST", "solution/1.5-d2/e1", {"give_up": False}).status == 200  # it is open now
    assert [(s.exercise, s.gave_up) for s in learner.entries(SolutionShown)] == [("e2", False), ("e1", True)]
    first, second, _ = learner.lesson()["exercises"]
    assert (first["solution"], first["gave_up"], second["solution"], second["gave_up"]) == (
        "shown",
        True,
        "shown",
        False,
    )


def test_where_the_course_has_no_solutions_it_says_so(lab: Lab, course: Path) -> None:
    learner = Learner(lab, "1.5-d2")
    source = course / "source" / "1.5" / f"{STEMS['1.5-d2']}.ipynb"
    away = source.rename(source.with_suffix(".away"))
    try:
        assert [exercise["solution"] for exercise in learner.lesson()["exercises"]] == ["not here"] * 3
        answer = lab.api("POST", "solution/1.5-d2/e3", {"give_up": True})
        assert answer.status == 404
        assert "without solutions" in answer.json["message"]
        assert not [entry for entry in learner.entries(SolutionShown) if entry.exercise == "e3"]
    finally:
        away.rename(source)


def test_a_student_s_copy_says_again_that_only_the_visible_tests_were_run(lab: Lab, course: Path) -> None:
    judged, fresh = Learner(lab, "1.5-d1"), Learner(lab, "1.5-d7")
    judged.write(e1=WRONG)
    judged.checked()
    assert judged.lesson()["remarks"] == []
    settings = course / "pyproject.toml"
    settings.write_text("[tool.mind]\nhanded_out = true\n", encoding="utf-8")
    try:
        assert judged.lesson()["remarks"] == [VISIBLE_ONLY]
        assert fresh.lesson()["remarks"] == []  # nothing was judged there
    finally:
        settings.unlink()


def test_readings_are_ticked_off_and_on_again(lab: Lab) -> None:
    learner = Learner(lab, "1.5-d1")
    reading = learner.lesson()["readings"][0]["id"]
    for done in (True, True, False):
        assert lab.api("POST", "reading/1.5-d1", {"reading": reading, "done": done}).status == 200
        assert learner.lesson()["readings"][0]["done"] is done
    assert [entry.done for entry in learner.entries(Read)] == [True, False]
    refused = lab.api("POST", "reading/1.5-d1", {"reading": "no such book", "done": True})
    assert (refused.status, "no reading 'no such book'" in refused.json["message"]) == (404, True)


def test_minutes_are_counted_and_corrected_and_can_be_switched_off(lab: Lab, course: Path) -> None:
    learner = Learner(lab, "1.5-d3")
    assert lab.api("POST", "minutes/1.5-d3", {"seconds": 90}).json == {"day": "1.5-d3", "seconds": 90.0}
    assert lab.api("POST", "minutes/1.5-d3", {"seconds": 30.5}).json["seconds"] == 120.5
    assert lab.api("PUT", "minutes/1.5-d3", {"minutes": 1}).json["seconds"] == 60.0
    assert learner.lesson()["seconds"] == 60.0
    assert [(e.seconds, e.corrected) for e in learner.entries(Minutes)] == [(90.0, False), (30.5, False), (-60.5, True)]
    schedules = course / "schedules.json"
    try:
        schedules.write_text(json.dumps({"learner": {"counting": False}}), encoding="utf-8")
        refused = lab.api("POST", "minutes/1.5-d3", {"seconds": 60})
        assert (refused.status, "not counted" in refused.json["message"]) == (409, True)
        assert (learner.lesson()["counting"], learner.lesson()["seconds"]) == (False, 60.0)
        assert lab.api("PUT", "minutes/1.5-d3", {"minutes": 2}).status == 200  # what is said by hand is taken
        schedules.write_text("{", encoding="utf-8")
        assert "damaged" in lab.api("POST", "minutes/1.5-d3", {"seconds": 60}).json["message"]
        assert learner.lesson()["counting"] is False
    finally:
        schedules.unlink()
    assert learner.lesson()["seconds"] == 120.0


def test_one_exercise_and_then_a_whole_lesson_are_reset_with_the_work_kept(lab: Lab) -> None:
    learner = Learner(lab, "1.5-d3")
    released = (learner.root / "release" / "1.5" / learner.copy.name).read_bytes()
    book = small.solved()
    book["cells"].insert(0, small.code("my_notes = 'keep these'", "mine"))
    small.write(book, learner.copy)
    learner.checked()
    before = learner.copy.read_bytes()

    answer = lab.api("POST", "reset/1.5-d3", {"exercise": "e1"}).json
    assert answer["path"] == learner.path
    assert answer["kept"].startswith("work/1.5/kept/d03_")
    assert (learner.root / answer["kept"]).read_bytes() == before
    left = json.loads(learner.copy.read_text())
    assert small.cell(left, "d01_e1")["source"] == small.STUB
    assert small.cell(left, "d01_e2")["source"] == small.SOLUTIONS["d01_e2"]
    assert left["cells"][0]["source"] == "my_notes = 'keep these'"
    assert [exercise["stale"] for exercise in learner.lesson()["exercises"]] == [True, False, False]

    between = learner.copy.read_bytes()
    again = lab.api("POST", "reset/1.5-d3", {"exercise": None}).json
    assert learner.copy.read_bytes() == released
    assert (learner.root / again["kept"]).read_bytes() == between
    assert again["kept"] != answer["kept"]
    assert [entry.kept for entry in learner.entries(Reset)] == [answer["kept"], again["kept"]]
    assert learner.checked()["lesson"]["points"] == 0


def test_a_notebook_cut_short_is_refused_in_words_and_handed_in_over_nothing(lab: Lab) -> None:
    learner = Learner(lab, "1.5-d4")
    small.write(small.solved(), learner.copy)
    learner.checked()
    handed_in = learner.root / "submitted" / "learner" / "1.5" / learner.copy.name
    before, whole = handed_in.read_bytes(), learner.copy.read_bytes()
    learner.copy.write_bytes(whole[: len(whole) // 2])
    (refused,) = learner.check()
    assert (refused["event"], "cut short" in refused["message"]) == ("refused", True)
    assert handed_in.read_bytes() == before
    assert learner.lesson()["points"] == 5  # the last result is shown all the same
    assert lab.api("POST", "reset/1.5-d4", {"exercise": "e1"}).status == 409
    assert lab.api("POST", "reset/1.5-d4", {"exercise": None}).status == 200


def test_a_locked_gradebook_costs_no_score(lab: Lab) -> None:
    learner = Learner(lab, "1.5-d4")
    learner.write(e1=small.SOLUTIONS["d01_e1"])
    with closing(sqlite3.connect(learner.root / "gradebook.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        graded, unrecorded = learner.check()
        assert (graded["event"], unrecorded["event"]) == ("graded", "unrecorded")
        assert "locked by another program" in unrecorded["message"]
        assert learner.lesson()["recorded"] is False
    assert learner.checked()["graded"] == []  # known already, and recorded now
    assert learner.scores()["d01_e1_text"] == 2
    assert learner.lesson()["recorded"] is True


def test_two_windows_at_once_lose_nothing_and_count_nothing_twice(lab: Lab) -> None:
    learner = Learner(lab, "1.5-d5")
    learner.write(e1=SLOW)
    answers = list[list[dict[str, Any]]]()
    windows = [threading.Thread(target=lambda: answers.append(learner.check())) for _ in range(3)]
    for window in windows:
        window.start()
    lab.until_grading()
    assert lab.ask("GET", "api/status").status == 200  # the server has time for others meanwhile
    for window in windows:
        window.join()
    assert [[step["event"] for step in steps] for steps in answers] == [["graded", "recorded"]] * 3
    assert sorted(steps[0]["graded"] for steps in answers) == [[], [], ["e1"]]
    assert learner.tries() == [("e1", "correct")]
    assert learner.scores() == {"d01_e1_number": 1, "d01_e1_text": 2, "d01_e2_half": 0, "d01_e3_triple": 0}


def test_a_window_that_is_closed_in_the_middle_stops_no_check(lab: Lab) -> None:
    learner = Learner(lab, "1.5-d6")
    learner.write(e1=SLOW, e2=small.SOLUTIONS["d01_e2"])
    with pytest.raises(OSError):  # noqa: PT011 - it is a timeout of one or another kind
        urllib.request.urlopen(lab.request("POST", "mind/api/check", {"path": learner.path}), timeout=0.3)
    lab.until_grading()
    assert learner.checked()["graded"] == []  # it waited for the one before, which had graded all
    assert learner.tries() == [("e1", "correct"), ("e2", "correct")]


def test_when_the_process_that_grades_was_ended_the_next_check_has_a_new_one(lab: Lab) -> None:
    learner = Learner(lab, "1.5-d6")
    learner.write(e3=small.SOLUTIONS["d01_e3"])
    learner.checked()
    for process in lab.engine():
        process.kill()
    learner.write(e2="def half(x):\n    return x / 2.0")
    assert states(learner.checked()["lesson"])[1] == ("correct", 2)


def test_a_fresh_attempt_is_checked_apart_from_lesson_and_gradebook(lab: Lab) -> None:
    learner = Learner(lab, "1.5-d2")
    learner.write(e1=small.SOLUTIONS["d01_e1"], e2=small.SOLUTIONS["d01_e2"])
    learner.checked()
    lab.api("POST", "hint/1.5-d2/e2")  # of the lesson, not of what begins now
    lesson, tries, scores = learner.lesson(), learner.tries(), learner.scores()
    time.sleep(1.1)  # the journal's clock has seconds: what is before must not be of the same
    again = lab.api("POST", "review/1.5-d2/e2").json["path"]
    entries = len(learner.entries(HintShown))

    def shown() -> dict[str, Any]:
        found = lab.api("GET", f"lesson?path={again}").json
        assert (found["kind"], found["path"], found["day"], found["most"]) == ("review", again, "1.5-d2", 2)
        (exercise,) = found["exercises"]
        return dict(exercise)

    def checked(source: str) -> dict[str, Any]:
        book = json.loads((lab.root / again).read_text())
        small.cell(book, "d01_e2")["source"] = source
        small.write(book, lab.root / again)
        graded, recorded = lab.api("POST", "check", {"path": again}).steps
        assert recorded == {"event": "recorded"}
        assert graded["remarks"] == []  # that other exercises are not there is as it should be
        return dict(graded)

    assert shown()["state"] == "not attempted"
    wrong = checked("def half(x):\n    return x")
    assert (wrong["changed"], wrong["graded"], shown()["state"]) == ("e2", ["e2"], "wrong")
    assert shown()["solution"] == "locked"
    assert lab.api("POST", "solution/1.5-d2/e2", {"give_up": False, "path": again}).status == 409
    assert lab.api("POST", "hint/1.5-d2/e1", {"path": again}).status == 404
    number = lab.api("POST", "hint/1.5-d2/e2", {"path": again}).json["number"]
    assert shown()["hints"][number - 1] == ["the first hint", "the second hint", "the third hint"][number - 1]
    assert len(learner.entries(HintShown)) == entries + 1
    assert learner.entries(Review) == []
    for _ in range(2):
        assert states(checked("def half(x):\n    return x / 2.0")["lesson"]) == [("correct", 2)]
    assert [(entry.exercise, entry.right, entry.hints) for entry in learner.entries(Review)] == [("e2", True, number)]
    assert shown()["solution"] == "offered"
    assert lab.api("POST", "solution/1.5-d2/e2", {"give_up": True, "path": again}).status == 200
    assert shown()["gave_up"] is False

    assert (learner.tries(), learner.scores(), states(learner.lesson())) == (tries, scores, states(lesson))
    handed_in = learner.root / "submitted" / "learner" / "1.5" / learner.copy.name
    assert handed_in.read_bytes() == learner.copy.read_bytes()
    assert not list(handed_in.parent.glob("*e2*"))


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b"null", b"\xff", b'{"result": {}}', None])
def test_a_damaged_last_result_is_passed_over(lab: Lab, damage: bytes | None) -> None:
    learner = Learner(lab, "1.5-d7")
    learner.write(e1=WRONG, e2=small.SOLUTIONS["d01_e2"])
    kept = learner.root / "submitted" / "learner" / ".results" / f"1.5-{learner.copy.stem}.json"
    if not kept.exists():
        learner.checked()
    whole = kept.read_bytes()
    held = json.loads(whole)
    held["result"]["exercises"][0]["tests"][0]["points"] = float("nan")
    kept.write_bytes(json.dumps(held).encode() if damage is None else damage)
    try:
        lesson = learner.lesson()
        assert states(lesson) == [("wrong", 0), ("correct", 2), ("not attempted", 0)]  # as the journal has it
        assert [exercise["tests"] for exercise in lesson["exercises"]] == [[]] * 3
        assert [exercise["stale"] for exercise in lesson["exercises"]] == [False] * 3
    finally:
        kept.write_bytes(whole)
    assert learner.exercise("e1")["tests"][0]["got"] == "5"
    shutil.rmtree(kept.parent)
    learner.checked()
    assert kept.exists()
