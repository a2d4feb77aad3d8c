"""The course as it stands: built from its lessons, and keeping its contract. Slow: nbgrader and every lesson are run.

`mind dev build --check` and `mind dev check` are run here, as anyone runs them, and nowhere else in the tests.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

from autograder.engine import Course, Engine, settings_of
from curriculum.build import lessons_of
from curriculum.contract import of_notebooks
from curriculum.lesson import Lesson, answers_path, read_answers
from curriculum.plan import Day, Unit, load_plan
from tests.conftest import ROOT

PLAN = load_plan()
WRITTEN = [(unit, pair) for unit in PLAN.units for pair in lessons_of(unit, ROOT)]
LESSONS = pytest.mark.parametrize(
    ("unit", "day", "lesson"), [pytest.param(unit, *pair, id=pair[0].id) for unit, pair in WRITTEN]
)


def mind(*words: str) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if name != "MIND_ROOT"}
    command = [str(Path(sys.executable).with_name("mind")), *words]
    return subprocess.run(
        command, cwd=ROOT, env={**env, "COLUMNS": "1000"}, capture_output=True, text=True, check=False
    )


@pytest.mark.slow
def test_source_and_release_are_what_the_lessons_build_to() -> None:
    ran = mind("dev", "build", "--check")
    assert (ran.returncode, ran.stdout) == (0, "source/ and release/ are what the lessons build to\n"), ran.stderr


@pytest.mark.slow
def test_the_course_keeps_its_contract_and_counts_what_the_plan_names() -> None:
    ran = mind("dev", "check")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stdout.endswith("the contract is kept\n")
    for unit in PLAN.units:
        days = [day for day in unit.days if day.lesson]
        if days:
            exercises = sum(len(lesson.exercises) for u, (_, lesson) in WRITTEN if u == unit)
            told = re.search(
                rf"^{re.escape(unit.id)}: days (\d+), exercises (\d+); right variants accepted (\d+) of (\d+); "
                r"wrong answers rejected (\d+) of (\d+); mutants killed (\d+) of (\d+)",
                ran.stdout,
                re.MULTILINE,
            )
            assert told, ran.stdout
            n = [int(number) for number in told.groups()]
            assert n[:2] == [len(days), exercises]
            assert n[2] == n[3] >= 2 * exercises
            assert n[4] == n[5] >= 3 * exercises
            assert 0.85 * n[7] <= n[6]


def test_goals_say_which_exercise_shows_them_and_what_stands_in() -> None:
    ran = mind("dev", "goals", "1.1")
    assert ran.returncode == 0, ran.stderr
    lines = [line.split("  ") for line in ran.stdout.splitlines()]
    (atomic,) = [line for line in lines if line[0].startswith(" 1.1.3-2 Commit one transaction")]
    assert [word.strip() for word in atomic[1:] if word] == [
        "1.1.3-d2 e3 Commit everywhere or nowhere",
        "Python, SQLAlchemy, PostgreSQL",
    ]
    assert "An emulator of Snowflake answers" in ran.stdout
    assert " 1.5-1 " not in ran.stdout
    wrong = mind("dev", "goals", "9.9")
    assert (wrong.returncode, "the plan has no section 9.9" in wrong.stderr) == (1, True)
    # What no lesson shows yet is named too.
    every = mind("dev", "goals").stdout
    assert [goal.id for goal in PLAN.goals if f" {goal.id} " not in every] == []
    assert "no lesson yet" in every


def test_every_written_day_has_a_lesson_and_no_lesson_is_without_a_day() -> None:
    assert [day.id for _, (day, _) in WRITTEN] == [day.id for day in PLAN.days if day.lesson]
    assert len(WRITTEN) >= 7


@LESSONS
def test_a_day_has_three_to_five_exercises_that_rise(unit: Unit, day: Day, lesson: Lesson) -> None:
    assert 3 <= len(lesson.exercises) <= 5
    levels = [("warm-up", "core", "stretch").index(exercise.level) for exercise in lesson.exercises]
    assert levels == sorted(levels)


@LESSONS
def test_the_built_notebooks_are_whole(unit: Unit, day: Day, lesson: Lesson) -> None:
    source, release = (ROOT / tree / unit.id / f"{lesson.stem}.ipynb" for tree in ("source", "release"))
    for path in (source, release):
        book = nbformat.read(path, as_version=nbformat.NO_CONVERT)
        nbformat.validate(book, relax_add_props=False)
        assert (book.nbformat, book.metadata.lesson.day) == (4, day.id)
    # Of the contract, what shows in the notebooks: an output to compare, words for pictures, points, no secrets.
    assert list(of_notebooks(lesson, source, release)) == []


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    """That of a class: its secret moves the random inputs, which elsewhere are as everybody knows them."""
    with Engine(replace(settings_of(ROOT), secret="of another class")) as engine:
        yield engine


@pytest.mark.slow
@LESSONS
def test_solutions_are_judged_apart_as_they_are_in_one_process(
    unit: Unit, day: Day, lesson: Lesson, engine: Engine
) -> None:
    source, release = (ROOT / tree / unit.id / f"{lesson.stem}.ipynb" for tree in ("source", "release"))
    apart, there = engine.reference(Course.read(source, release))
    assert apart.scores() == there.scores()
    assert [(e.name, e.state) for e in apart.exercises] == [(e.name, "correct") for e in lesson.exercises]


@LESSONS
def test_a_lesson_speaks_of_no_machine_but_the_learners(unit: Unit, day: Day, lesson: Lesson) -> None:
    texts = [path.read_text(encoding="utf-8") for path in (lesson.path, answers_path(lesson.path))]
    texts += [
        (ROOT / tree / unit.id / f"{lesson.stem}.ipynb").read_text(encoding="utf-8") for tree in ("source", "release")
    ]
    assert not [word for word in (str(ROOT), str(Path.home()) + "/") for text in texts if word in text]
    assert read_answers(answers_path(lesson.path)).answers
