"""`nbgrader export` in the forms that Canvas and Moodle import, and the commands of a class from a terminal."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from autograder import gradebook
from curriculum.classroom.people import opened
from curriculum.standing import COURSE_ID, gradebook_url
from tests import small
from tests.class_of import enter, give

pytestmark = pytest.mark.xdist_group("class-exports")  # they share what is made once

CANVAS, MOODLE = "autograder.exports.CanvasExportPlugin", "autograder.exports.MoodleExportPlugin"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class of three: one with a penalty for lateness, one with an odd name, one who has handed in nothing."""
    root = tmp_path_factory.mktemp("course")
    small.publish(root)
    (root / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.course_id = 'stateless-mind'\n")
    enter(root, "1.5")
    with opened(root) as book:
        book.update_or_create_student(
            "ada", first_name="Ada", last_name="Lovelace", email="ada@example.org", lms_user_id="12345"
        )
        book.update_or_create_student("kurt", first_name="=HYPERLINK(0)", last_name="Gödel", email="+kurt@example.org")
        book.update_or_create_student("zoe")
    give(root, "ada", {"d01_matrices": {"d01_e1_number": 1.0, "d01_e1_text": 2.0, "d01_e2_half": 2.0}})
    give(root, "kurt", {"d01_matrices": {"d01_e1_number": 1.0}})
    with gradebook.opened(gradebook_url(root), COURSE_ID) as book:
        book.find_submission_notebook("d01_matrices", "1.5", "ada").late_submission_penalty = 1.5
        book.db.commit()
    return root


def export(root: Path, plugin: str, *more: str) -> list[list[str]]:
    command = [sys.executable, "-m", "nbgrader", "export", f"--exporter={plugin}", "--to", str(root / "out.csv"), *more]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == 0, done.stderr
    with (root / "out.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_canvas(root: Path) -> None:
    heading, possible, *rows = export(root, CANVAS)
    assert heading == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "1.5"]
    assert possible == ["    Points Possible", "", "", "", "", "6.0"]
    assert sorted(rows) == [
        ["Gödel, =HYPERLINK(0)", "", "", "kurt", "", "1.0"],
        ["Lovelace, Ada", "12345", "", "ada", "", "3.5"],
        ["zoe", "", "", "zoe", "", ""],
    ]


def test_moodle_where_a_name_is_no_formula(root: Path) -> None:
    heading, *rows = export(root, MOODLE)
    assert heading == ["First name", "Last name", "ID number", "Email address", "1.5"]
    assert sorted(rows) == [
        ["", "", "zoe", "", ""],
        ["'=HYPERLINK(0)", "Gödel", "kurt", "'+kurt@example.org", "1.0"],
        ["Ada", "Lovelace", "12345", "ada@example.org", "3.5"],
    ]


def test_full_marks_without_the_bonus_and_one_student(root: Path) -> None:
    most = "--CanvasExportPlugin.most={'1.5': 5.0}"
    _, possible, *rows = export(root, CANVAS, most, "--student=['ada']", "--assignment=['1.5']")
    assert possible[-1] == "5.0"
    assert [row[3] for row in rows] == ["ada"]
    rows = export(root, MOODLE, "--MoodleExportPlugin.most={'1.5': 2.0}")[1:]
    assert max(float(row[-1] or 0) for row in rows) == 2.0


def mind(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "MIND_ROOT": str(root), "COLUMNS": "200"}
    command = [str(Path(sys.executable).parent / "mind"), *arguments]
    return subprocess.run(command, cwd=root, env=env, capture_output=True, text=True, timeout=300, check=False)


def test_from_the_roster_to_a_regrade_in_a_terminal(tmp_path: Path) -> None:
    small.publish(tmp_path)
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.course_id = 'stateless-mind'\n")
    empty = mind(tmp_path, "class", "collect", "nothing.zip", "--section", "1.5")
    assert (empty.returncode, "nobody is in the class" in empty.stderr) == (2, True)
    (tmp_path / "class.csv").write_text("id,name,email,lms id\nada,Ada Lovelace,ada@example.org,12345\nb b,No Id,,\n")
    entered = mind(tmp_path, "class", "roster", "class.csv")
    assert (entered.returncode, "line 3: b b is no id" in entered.stdout, "1 added" in entered.stdout) == (
        1,
        True,
        True,
    )
    assert "Ada Lovelace" in mind(tmp_path, "class", "roster").stdout
    due = mind(tmp_path, "class", "deadline", "1.5", "2027-01-31T23:59", "--timezone", "Europe/Berlin")
    assert (due.returncode, "31 January 2027, 23:59 CET  (2027-01-31 22:59 UTC)" in due.stdout) == (0, True)
    for number, text in ((7, "def double(x):\n    return 3 * x"), (8, small.SOLUTIONS["d01_e1"])):
        with zipfile.ZipFile(tmp_path / "canvas.zip", "w") as file:
            file.writestr(f"lovelaceada_12345_{number}_d01_matrices.ipynb", json.dumps(small.work(e1=text)))
            file.writestr("who_999_1_d01_matrices.ipynb", "{}")
        collected = mind(tmp_path, "class", "collect", "canvas.zip", "--section", "1.5")
        assert collected.returncode == 1
        assert "nobody in the roster has the LMS id 999" in collected.stdout
        graded = mind(tmp_path, "grade", "1.5")
        assert graded.returncode == 0, graded.stderr
    (change,) = [json.loads(line) for line in (tmp_path / "regrades.jsonl").read_text().splitlines()]
    assert {"student": "ada", "before": 0.0, "now": 3.0, "cause": "submission changed"}.items() <= change.items()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("class", "deadline", "1.5", "soon"), "is no time"),
        (("class", "deadline", "9.9", "2027-01-31T23:59"), "no section called 9.9"),
        (("class", "deadline", "--none"), "wants the section"),
        (("class", "roster", "gone.csv"), "No such file"),
        (("class", "collect", "gone.zip", "--section", "1.5"), "there is no"),
        (("class", "collect", "x", "--section", "1.5", "--student", "nobody"), "there is no nobody"),
        (("class", "bundle", "9.9"), "no section called 9.9"),
    ],
)
def test_a_wrong_call_is_told_in_words_and_with_status_2(root: Path, words: tuple[str, ...], said: str) -> None:
    done = mind(root, *words)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
