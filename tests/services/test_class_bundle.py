"""What students are handed, unpacked in an empty folder: nothing of an answer is in it, and a day can be worked on in it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from autograder import intake
from curriculum.classroom.bundle import BundleError, bundle
from curriculum.classroom.people import opened
from curriculum.standing import lessons

pytestmark = pytest.mark.xdist_group("class-bundle")  # they share what is made once

ROOT = Path(__file__).resolve().parent.parent.parent
HIDDEN = re.compile(r"### BEGIN HIDDEN TESTS\n(.*?)### END HIDDEN TESTS", re.DOTALL)
SOLUTION = re.compile(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", re.DOTALL)


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The course as a teacher has it: with an instructors' list, a secret, a gradebook and somebody's work."""
    root = tmp_path_factory.mktemp("teacher") / "course"
    kept = shutil.ignore_patterns(
        ".*", "__pycache__", "node_modules", "tests", "bench", "gradebook.db*", "submitted", "work"
    )
    shutil.copytree(ROOT, root, ignore=kept)
    text = (root / "pyproject.toml").read_text(encoding="utf-8")
    text = text.replace("[tool.autograder]\n", '[tool.autograder]\nsecret_file = "course-secret.txt"\n')
    (root / "pyproject.toml").write_text(
        f'{text}\n[tool.mind]\ninstructors = [\n  "prof-of-the-test",\n]\n', encoding="utf-8"
    )
    (root / "course-secret.txt").write_text("the secret of the test")
    with opened(root) as book:
        book.update_or_create_student("marks-of-others")
    (root / "submitted" / "ada" / "1.5").mkdir(parents=True)
    (root / "submitted" / "ada" / "1.5" / "d01_matrices.ipynb").write_text("work of others")
    (root / "release" / "1.5" / "my solutions.ipynb").write_text("a teacher's own notes")
    return root


@pytest.fixture(scope="module")
def unpacked(course: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a student has after unpacking it."""
    target = course.parent / "students.zip"
    done = mind(course, "class", "bundle", "1.5", "-o", str(target))
    assert done.returncode == 0, done.stderr
    folder = tmp_path_factory.mktemp("student")
    with zipfile.ZipFile(target) as file:
        file.extractall(folder)
    (top,) = folder.iterdir()
    return top


def mind(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`mind` as the copy of the course in a folder has it."""
    foreign = ("MIND_", "JUPYTERHUB_", "NBGRADER_")
    env = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    env |= {"PYTHONPATH": str(folder), "COLUMNS": "120"}
    code = "import sys; from curriculum.cli import main; sys.exit(main())"
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=300, check=False)


def texts(folder: Path) -> dict[str, str]:
    """Every file, as text; of notebooks the sources of cells, as one text a cell would be found in."""
    found = {}
    for path in folder.rglob("*"):
        if path.is_file():
            text = path.read_text(encoding="utf-8", errors="replace")
            if path.suffix == ".ipynb":
                text += "\n".join(cell["source"] for cell in intake.read(path)["cells"])
            found[str(path.relative_to(folder))] = text
    return found


def test_no_hidden_test_and_no_solution_is_in_it(unpacked: Path) -> None:
    everything, searched = texts(unpacked), 0
    for path in sorted((ROOT / "source").glob("*/*.ipynb")):
        cells = [cell["source"] for cell in intake.read(path)["cells"]]
        public = "\n".join(SOLUTION.sub("", HIDDEN.sub("", cell)) for cell in cells)  # with statements and hints
        secret = {
            line.strip()
            for cell in cells
            for part in (HIDDEN, SOLUTION)
            for text in part.findall(cell)
            for line in text.splitlines()
        }
        for line in (line for line in secret if len(line) >= 40 and line not in public):
            searched += 1
            assert [name for name, text in everything.items() if line in text] == [], line
    assert searched > 300  # else nothing was looked for
    notebooks = [text for name, text in everything.items() if name.endswith(".ipynb")]
    assert len(notebooks) == 7
    assert not any(mark in text for text in notebooks for mark in ("BEGIN HIDDEN TESTS", "BEGIN SOLUTION"))


def test_nothing_of_the_teacher_s_is_in_it(unpacked: Path) -> None:
    names = texts(unpacked)
    assert {name.split("/")[0] for name in names} >= {
        "Makefile",
        "README.md",
        "autograder",
        "curriculum",
        "release",
        "requirements",
    }
    for gone in ("source", "tests", "submitted", "bench", "gradebook.db", "course-secret.txt", "curriculum/lessons"):
        assert not (unpacked / gone).exists(), gone
    for words in (
        "prof-of-the-test",
        "the secret of the test",
        "marks-of-others",
        "work of others",
        "a teacher's own notes",
    ):
        assert [name for name, text in names.items() if words in text] == []
    settings = tomllib.loads(names["pyproject.toml"])["tool"]
    assert settings["mind"] == {"handed_out": True}
    assert "secret_file" not in settings["autograder"]
    assert settings["autograder"]["families"]


def test_every_file_that_installing_it_asks_for_is_in_it(unpacked: Path) -> None:
    project = tomllib.loads((unpacked / "pyproject.toml").read_text())
    shared = project["tool"]["hatch"]["build"]["targets"]["wheel"].get("shared-data", {})
    asked = [
        project["project"]["readme"],
        *project["project"]["license-files"],
        *shared,
        *project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"],
    ]
    asked += ["requirements/learn.txt", "requirements/bootstrap.txt", "requirements/install.sh", "nbgrader_config.py"]
    assert [name for name in asked if not (unpacked / name).exists()] == []


def test_a_day_is_started_checked_and_recorded_by_its_visible_tests(unpacked: Path) -> None:
    first = subprocess.run(
        [sys.executable, "-m", "curriculum.ready"],
        cwd=unpacked, env={**os.environ, "PYTHONPATH": str(unpacked)}, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert first.returncode == 0, first.stderr
    assert mind(unpacked, "start", "1.5-d1").returncode == 0
    copy = unpacked / "work" / "1.5" / "d01_matrices.ipynb"
    book, solved = json.loads(copy.read_text()), intake.read(ROOT / "source" / "1.5" / "d01_matrices.ipynb")
    right = {intake.grade_id(cell): cell["source"] for cell in solved["cells"] if intake.is_solution(cell)}
    for cell in book["cells"]:
        if intake.grade_id(cell) == "d01_e1":
            # Passes what a learner sees, and would fail hidden tests: it writes into what it was handed.
            cell["source"] = (
                right["d01_e1"]
                + "\n\ndef row_terms(A, B, i, _rows=row_terms):\n    terms = _rows(A, B, i)\n    A[:] = 0\n    return terms\n"
            )
    copy.write_text(json.dumps(book))
    done = mind(unpacked, "check", "1.5-d1")
    assert "Show what is added up: correct, 6/6" in done.stdout, done.stdout + done.stderr
    assert "The hidden ones are run when you have handed in, and count" in done.stdout
    assert done.returncode == 0
    assert "of 920 hours earned" in mind(unpacked, "status").stdout
    # The same work, handed in: the teacher's tests find it out.
    assert _points(unpacked, ROOT / "source" / "1.5" / "d01_matrices.ipynb", copy) < 6


def _points(unpacked: Path, source: Path, work: Path) -> float:
    """The points of exercise 1 by all of the tests."""
    from autograder.engine import Course, Engine

    course = Course.read(source, unpacked / "release" / "1.5" / source.name)
    with Engine() as engine:
        return engine.grade(work, course).exercises[0].points


def test_a_course_that_lost_its_source_is_no_student_s_copy(course: Path, tmp_path: Path) -> None:
    """A score by the visible tests alone must not pass for one by all of them."""
    shutil.copytree(course, tmp_path / "course", ignore=shutil.ignore_patterns("source", "submitted", "gradebook.db"))
    damaged = tmp_path / "course"
    (damaged / "course-secret.txt").write_text("x")
    assert mind(damaged, "start", "1.5-d1").returncode == 0
    done = mind(damaged, "check", "1.5-d1")
    assert "not checked" in done.stdout
    assert "without its tests" in done.stdout
    assert done.returncode == 2


def test_a_release_that_holds_an_answer_is_not_handed_out(course: Path, tmp_path: Path) -> None:
    root = tmp_path / "course"
    shutil.copytree(course, root)
    source = intake.read(root / "source" / "1.5" / "d01_matrices.ipynb")
    line = max(
        (line for cell in source["cells"] for text in HIDDEN.findall(cell["source"]) for line in text.splitlines()),
        key=len,
    )
    (root / "docs" / "learners" / "notes.md").write_text(f"do not tell:\n{line}\n")
    with pytest.raises(
        BundleError, match=r"docs/learners/notes\.md holds a line of a solution or hidden test of d01_matrices"
    ):
        bundle(root, lessons(root), ["1.5"], {})


def test_a_section_without_lessons_and_a_file_in_the_way_are_refused(course: Path, tmp_path: Path) -> None:
    nothing = mind(course, "class", "bundle", "1.2", "-o", str(tmp_path / "x.zip"))
    assert (nothing.returncode, "has no released lesson" in nothing.stderr) == (2, True)
    (tmp_path / "thesis.zip").write_text("mine")
    kept = mind(course, "class", "bundle", "1.5", "-o", str(tmp_path / "thesis.zip"))
    assert (kept.returncode, "is no bundle" in kept.stderr) == (2, True)
    assert (tmp_path / "thesis.zip").read_text() == "mine"
