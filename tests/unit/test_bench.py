"""The scripts in bench/: that they can be asked for help, and that what they compute from times and scores is right."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest

from autograder.outline import outline
from autograder.results import ExerciseResult, Result, TestResult
from bench import batch, check, common, honest, kernel_start, lessons, memory, otter_course
from bench.common import Times
from bench.limit import Limit
from bench.setting import differences
from curriculum.lesson import Answers, Lesson, answers_path, read_answers, read_lesson

BENCH = Path(common.__file__).parent
LESSON = BENCH.parent / "curriculum" / "lessons" / "1.5" / "d01_matrices.py"


@pytest.mark.parametrize("command", [check.main, batch.main, honest.main, kernel_start.main])
def test_each_script_says_what_it_takes(command: click.Command) -> None:
    with click.Context(command) as context:
        assert "--json" in command.get_help(context)


@pytest.mark.parametrize("path", sorted(BENCH.rglob("*.py")), ids=lambda path: path.name)
def test_a_script_can_be_run_by_its_path(path: Path) -> None:
    """It imports nothing by a name that only its own folder knows."""
    names = {path.stem for path in BENCH.glob("*.py")}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            assert not names & {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.module not in names


def test_medians_and_ratios() -> None:
    stock, engine = Times("stock", [6.0, 4.0, 5.0]), Times("engine", [0.2, 0.1, 9.0, 0.2])
    assert (stock.median, engine.median) == (5.0, 0.2)
    assert engine.faster_than(stock) == pytest.approx(25)
    assert stock.per(10) == 0.5
    assert [common.shown(0.0123), common.shown(1.5)] == ["12 ms", "1.50 s"]


def test_the_line_through_the_sizes() -> None:
    each, before = common.slope([10, 30, 100], [2.5, 3.5, 7.0])
    assert each == pytest.approx(0.05)
    assert before == pytest.approx(2.0)


def test_contenders_take_turns_and_the_first_round_is_not_counted() -> None:
    order: list[tuple[str, int]] = []

    def contender(name: str) -> Any:
        def run(number: int) -> list[float]:
            order.append((name, number))
            return [float(number), number + 0.5]

        return run

    times = common.interleave(2, {"a": contender("a"), "b": contender("b")}, "a test")
    assert order == [("a", 0), ("b", 0), ("a", 1), ("b", 1), ("a", 2), ("b", 2)]
    assert times["a"].seconds == times["b"].seconds == [1.0, 1.5, 2.0, 2.5]


def test_a_busy_machine_is_refused_unless_the_script_is_only_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getloadavg", lambda: (99.0, 0.0, 0.0))
    with pytest.raises(SystemExit):
        common.begin(any_load=False)
    assert common.begin(any_load=True)["load_at_start"] == 99.0
    assert not common.too_busy(0.4, 2)


@pytest.mark.parametrize("kind", lessons.KINDS)
def test_a_lesson_has_what_is_installed_or_says_what_is_not(kind: str) -> None:
    lesson = lessons.read(kind)
    assert lesson.setup or lesson.missing
    assert len(lesson.exercises) >= (4 if lesson.setup else 0)
    for exercise in lesson.exercises:
        assert exercise.solution
        assert exercise.tests
        assert exercise.wrong, f"{exercise.name} has no wrong answer"
        assert " needs " not in exercise.name


def test_the_light_lesson_scores_what_its_answers_are_worth(tmp_path: Path) -> None:
    """The limit grades as a notebook would: right answers in full, a wrong one less, and only its own exercise."""
    lesson = lessons.read("light")
    source = tmp_path / "light.ipynb"
    source.write_text(json.dumps(lessons.source_notebook(lesson)), encoding="utf-8")
    paths, rights = [], []
    for number in range(12):
        book, right = lessons.submission(lesson, number)
        rights.append(right)
        paths.append(tmp_path / f"{number}.ipynb")
        paths[-1].write_text(json.dumps(book), encoding="utf-8")
    with Limit(source, jobs=2) as limit:
        _, scores = limit.grade(paths)
    assert sum(scores[0].values()) == lesson.points
    assert any(not all(right.values()) for right in rights), "no student has a wrong answer"
    for right, given in zip(rights, scores, strict=True):
        for exercise in lesson.exercises:
            full = all(given[test.name] == test.points for test in exercise.tests)
            assert full == right[exercise.name]


def test_a_submission_holds_no_hidden_test_and_is_nobody_elses() -> None:
    lesson = lessons.read("light")
    texts = [json.dumps(lessons.submission(lesson, number)[0]) for number in range(5)]
    assert not any("HIDDEN" in text for text in texts)
    assert len(set(texts)) == 5


def test_the_engine_finds_the_exercises_of_a_lesson() -> None:
    lesson = lessons.read("light")
    found = outline(lessons.source_notebook(lesson)).exercises
    assert {e.name: [t.name for t in e.tests] for e in found} == {
        e.name: [t.name for t in e.tests] for e in lesson.exercises
    }


def test_otter_gets_the_same_tests() -> None:
    test = lessons.read("light").exercises[0].tests[0]
    text = otter_course.otter_file(test)
    assert ast.parse(text)
    assert repr(test.source) in text
    book = otter_course.without_tests(lessons.source_notebook(lessons.read("light")))
    assert not any(cell["metadata"].get("nbgrader", {}).get("grade") for cell in book["cells"])


def test_points_that_differ_are_told() -> None:
    given = {"a": {"x": 1.0, "y": 0.0}, "b": {"x": 1.0, "y": 2.0}, "c": {"x": 1.0}}
    assert differences(given) == [{"cell": "y", "a": 0.0, "b": 2.0, "c": None}]


def test_memory_is_counted_over_the_whole_tree() -> None:
    assert (
        memory.parse_pss("00400000-7ff r-- 0 00:00 0 [rollup]\nRss: 900 kB\nPss:    12 kB\nPss_Anon: 3 kB\n") == 12288
    )
    assert memory.parse_parent("42 (a (b) c) S 7 42 42 0") == 7
    assert memory.descendants(1, {2: 1, 3: 2, 4: 9, 5: 3}) == {1, 2, 3, 5}


@pytest.mark.skipif(sys.platform != "linux", reason="PSS is Linux's")
def test_a_child_is_seen_while_it_runs() -> None:
    with (
        subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child,
        memory.Peak(os.getpid(), without_root=True) as peak,
    ):
        while not peak.bytes:
            assert child.poll() is None
        child.communicate(b"\n")
    assert peak.processes >= 1


def lesson() -> tuple[Lesson, Answers]:
    return read_lesson(LESSON), read_answers(answers_path(LESSON))


def test_every_answer_is_dealt_once() -> None:
    read, answers = lesson()
    hands = honest.hand(read, answers)
    dealt = [(exercise, source) for cards in hands for exercise, (_, source) in cards.items()]
    assert sorted(dealt) == sorted((a.exercise, a.source) for a in answers.answers)
    most = max(sum(a.exercise == e.name for a in answers.answers) for e in read.exercises)
    assert len(hands) == most


def test_a_difference_is_stocks_fault_or_has_to_be_answered_for() -> None:
    warned = {"outputs": [{"output_type": "stream", "name": "stderr"}], "execution_count": 3}
    failed = {"outputs": [{"output_type": "error"}], "execution_count": 3}
    assert honest.stock_reason(0.0, warned) == honest.STDERR
    assert honest.stock_reason(0.0, {"outputs": [], "execution_count": None}) == honest.NOT_RUN
    assert honest.stock_reason(None, failed) == honest.NO_SCORE
    assert honest.stock_reason(0.0, failed) == ""
    assert honest.stock_reason(2.0, warned) == ""


def test_comparing_names_the_test_cell_and_the_answer() -> None:
    tests = [TestResult("d01_e1_a", "", 1.0, 1.0, True), TestResult("d01_e1_b", "", 0.0, 2.0, False, error="no")]
    result = Result("d01", [ExerciseResult("e1", "", False, "almost", tests)])
    student = honest.Student("a00", {"d01": {"e1": ("wrong: so", "")}})
    stock = honest.given({"d01_e1_a": 1.0, "d01_e1_b": 2.0}, None)
    (one,) = honest.compare(student, "d01", result, stock)
    assert (one.cell, one.answer, one.stock, one.engine, one.explained) == ("d01_e1_b", "wrong: so", 2.0, 0.0, False)


def test_where_stock_left_nothing_that_is_the_reason() -> None:
    result = Result("d01", [ExerciseResult("e1", "", True, "right", [TestResult("d01_e1_a", "", 1.0, 1.0, True)])])
    student = honest.Student("a00", {"d01": {}})
    (one,) = honest.compare(student, "d01", result, honest.given({}, None))
    assert (one.reason, one.explained) == (honest.NO_SCORE, True)


def test_what_stock_gave_is_kept_from_one_run_to_the_next(tmp_path: Path) -> None:
    warned = {"outputs": [{"output_type": "stream", "name": "stderr"}], "execution_count": 3}
    ran = {"cells": [{"metadata": {"nbgrader": {"grade_id": "d01_e1_b"}}, **warned}]}
    kept = honest.Stock.read(tmp_path / "stock.json")
    kept.keep({"first": honest.given({"d01_e1_a": 1.0, "d01_e1_b": 0.0}, ran)})
    kept.keep({"second": honest.given({"d01_e1_a": None}, None)})
    again = honest.Stock.read(tmp_path / "stock.json")
    assert again.given == kept.given
    assert again.given["first"].wrong == {"d01_e1_b": honest.STDERR}
    assert [path.name for path in tmp_path.iterdir()] == ["stock.json"]
