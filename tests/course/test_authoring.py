"""A contributor's first minutes: `mind dev new`, a line in the plan, `mind dev build --only`; in a copy of the course."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner

from curriculum.commands import dev as cli_dev
from tests.conftest import ROOT
from tests.little_course import changed

Mind = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages without the lessons, and the course's configuration: what a skeleton needs, quick to copy."""
    root = tmp_path_factory.mktemp("copy")
    for package in ("autograder", "curriculum"):
        leave = shutil.ignore_patterns("lessons", "__pycache__", "dashboard", "labextension")
        shutil.copytree(ROOT / package, root / package, ignore=leave)
    shutil.copy(ROOT / "nbgrader_config.py", root)
    return root


@pytest.fixture(scope="module")
def mind(copy: Path) -> Mind:
    def run(*words: str) -> subprocess.CompletedProcess[str]:
        env = {name: value for name, value in os.environ.items() if name != "MIND_ROOT"}
        return subprocess.run(
            [sys.executable, "-c", "from curriculum.cli import main; main()", *words],
            cwd=copy,
            env={**env, "PYTHONPATH": str(copy), "COLUMNS": "1000"},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.mark.slow
def test_from_a_new_lesson_to_its_preview(copy: Path, mind: Mind) -> None:
    lessons = copy / "curriculum" / "lessons" / "1.6"
    ran = mind("dev", "new", "1.6-d1", "supervised")
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines() == [
        "made curriculum/lessons/1.6/d01_supervised.py",
        "made curriculum/lessons/1.6/d01_supervised.answers.py",
        'Add lesson = "d01_supervised" to 1.6-d1 in the plan, then `mind dev build --only 1.6-d1` shows it.',
    ]

    ran = mind("dev", "build", "--only", "1.6-d1")
    assert ran.returncode == 1
    assert 'is in no day of the plan: give its day `lesson = "d01_supervised"`' in " ".join(ran.stderr.split())

    plan = copy / "curriculum" / "plans" / "stateless-mind.toml"
    text = plan.read_text(encoding="utf-8")
    plan.write_text(changed(text, ('id = "1.6-d1"\n', 'id = "1.6-d1"\nlesson = "d01_supervised"\n')), encoding="utf-8")
    ran = mind("dev", "build", "--only", "1.6-d1")
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.split() == ["made", "source/1.6/d01_supervised.ipynb", "made", "release/1.6/d01_supervised.ipynb"]
    source, release = (nbformat.read(copy / tree / "1.6" / "d01_supervised.ipynb", 4) for tree in ("source", "release"))
    assert any(cell.get("outputs") for cell in source.cells)
    assert "return x + 1" not in nbformat.writes(release)

    # A skeleton is to be filled: the contract says with what, by lesson and exercise, in words and by its exit status.
    ran = mind("dev", "check", "1.6-d1")
    assert ran.returncode == 1
    assert "d01_supervised e1: 1 right answers beside the solution; it takes 2 [right variants]" in ran.stdout
    assert "d01_supervised e1: 1 wrong answers; it takes 3, each a mistake people make [wrong answers]" in ran.stdout
    assert "2 breaches of the contract" in ran.stderr

    # A day has one lesson: a second skeleton for it would stop every build.
    before = {path.name: path.read_bytes() for path in lessons.iterdir()}
    ran = mind("dev", "new", "1.6-d1", "other")
    assert ran.returncode == 1
    assert "1.6-d1 has a lesson already" in ran.stderr
    assert {path.name: path.read_bytes() for path in lessons.iterdir()} == before


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("new", "1.6-d99", "x"), "the plan has no day 1.6-d99; days are named like 1.5-d1"),
        (("new", "1.6-d2", "Not A Slug"), "'Not A Slug' cannot name a lesson: use small letters, digits and _"),
        (("new", "1.6-d2", "../../out"), "'../../out' cannot name a lesson"),
        (("build", "--only", "1.6-d99"), "the plan has no day 1.6-d99"),
        (("build", "9.9"), "The plan has no unit '9.9'"),
        (("build", "1.4"), "1.4 has no lesson yet; `mind dev new` makes the skeleton of one"),
        (("check", "1.4"), "1.4 has no lesson yet"),
        (("check", "9.9-d1"), "the plan has no day 9.9-d1"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(
    words: tuple[str, ...], reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli_dev, "ROOT", tmp_path)
    ran = CliRunner(env={"COLUMNS": "1000"}).invoke(cli_dev.dev, words)
    assert (ran.exit_code, ran.stdout) == (1, "")
    assert reason in " ".join(ran.stderr.split())
    assert list(tmp_path.iterdir()) == []
