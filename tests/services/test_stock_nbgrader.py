"""nbgrader's own commands on the course, as an instructor types them: same release, same scores as `mind check`."""

from __future__ import annotations

import csv
import json
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from autograder import intake
from autograder.grade import Course, grade
from tests.classroom import Classroom, Key

#: On one worker: what they share takes long to make.
pytestmark = pytest.mark.xdist_group("stock")

REPOSITORY = Path(__file__).resolve().parents[2]
UNIT = "1.5"
STEMS = sorted(path.stem for path in (REPOSITORY / "source" / UNIT).glob("*.ipynb"))
#: Handed in are these (nbgrader takes seconds for each notebook; bench/honest.py takes all); wrong answers are tried on the first.
HANDED_IN = STEMS[::3]
TRIED = STEMS[0]
WRONG = {
    "e1": "def entry_terms(A, B, i, j):\n    return A[i, :] + B[:, j]\n\n\ndef column_terms(A, B, j):\n    return B[:, j][:, None] * A.T",
    "e3": "import warnings\nwarnings.warn('not yet')\nraise ZeroDivisionError('of the learner')",
    "e4": "def cheapest(",
}

Scores = dict[Key, float | None]


def without_reflections(scores: Scores) -> Scores:
    """Without the reflections, which a person reads."""
    return {key: score for key, score in scores.items() if not key[2].endswith("reflection")}


def notebooks(tree: str) -> dict[str, intake.Notebook]:
    return {stem: intake.read(REPOSITORY / tree / UNIT / f"{stem}.ipynb") for stem in HANDED_IN}


def plain_config() -> str:
    """The course's configuration as it is without the engine: nbgrader's own preprocessors run the notebooks."""
    lines = (REPOSITORY / "nbgrader_config.py").read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if "autograder.nbgrader" not in line]
    assert len(lines) - len(kept) == 2
    return "".join(kept)


def wrong() -> intake.Notebook:
    book = notebooks("release")[TRIED]
    for cell in book["cells"]:
        name = intake.grade_id(cell).partition("_")[2]
        if intake.is_solution(cell) and name in WRONG:
            cell["source"] = WRONG[name]
    return book


@pytest.fixture(scope="module")
def classroom(tmp_path_factory: pytest.TempPathFactory) -> Classroom:
    """After generate_assignment and autograde, with one student who did nothing, one with all solutions and one in between."""
    root = tmp_path_factory.mktemp("classroom")
    shutil.copytree(REPOSITORY / "source", root / "source", ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    (root / "nbgrader_config.py").write_text(plain_config(), encoding="utf-8")
    room = Classroom(root, UNIT)
    room.nbgrader("generate_assignment", UNIT, "--force")
    room.submit("untouched", notebooks("release"))
    room.submit("solved", notebooks("source"))
    room.submit("wrong", {TRIED: wrong()})
    room.nbgrader("autograde", UNIT)
    return room


def test_generate_assignment_makes_the_committed_release(classroom: Classroom) -> None:
    made, kept = classroom.root / "release" / UNIT, REPOSITORY / "release" / UNIT
    names = {path.name for path in kept.iterdir()} - {".ipynb_checkpoints"}
    assert {path.name for path in made.iterdir()} == names
    assert [name for name in sorted(names) if (made / name).read_bytes() != (kept / name).read_bytes()] == []


def test_an_untouched_release_scores_nothing_and_solutions_score_everything(classroom: Classroom) -> None:
    scores = {key: score for key, score in without_reflections(classroom.scores()).items() if key[1] in HANDED_IN}
    most = {
        (stem, intake.grade_id(cell)): cell["metadata"]["nbgrader"]["points"]
        for stem, book in notebooks("source").items()
        for cell in book["cells"]
        if intake.is_test(cell)
    }
    assert {(stem, cell): score for (student, stem, cell), score in scores.items() if student == "solved"} == most
    untouched = {(stem, cell): score for (student, stem, cell), score in scores.items() if student == "untouched"}
    assert untouched == dict.fromkeys(most, 0.0)


def test_grade_gives_every_point_that_autograde_gives(classroom: Classroom) -> None:
    papers = sorted((classroom.root / "submitted").glob(f"*/{UNIT}/*.ipynb"))

    def ours(path: Path) -> Scores:
        student = path.parent.parent.name
        course = Course.read(*(REPOSITORY / tree / UNIT / path.name for tree in ("source", "release")))
        return {(student, path.stem, cell): points for cell, points in grade(path, course).scores().items()}

    with ThreadPoolExecutor(2) as pool:
        given = {key: points for scores in pool.map(ours, papers) for key, points in scores.items()}
    theirs = {key: score for key, score in without_reflections(classroom.scores()).items() if key in given}
    assert theirs == given
    partly = [points for (student, _, _), points in given.items() if student == "wrong"]
    assert any(partly)
    assert not all(partly)


def test_mind_check_and_autograde_agree_in_one_gradebook(classroom: Classroom) -> None:
    before = without_reflections(classroom.scores())
    work = classroom.root / "work" / UNIT
    work.mkdir(parents=True)
    shutil.copy(classroom.root / "submitted" / "wrong" / UNIT / f"{TRIED}.ipynb", work)
    with closing(sqlite3.connect(classroom.root / "gradebook.db")) as book:
        book.execute("update grade set auto_score = null")  # what stands there afterwards is of `mind check`
        book.commit()
    env = {**classroom.env, "MIND_ROOT": str(classroom.root), "MIND_LEARNER": "wrong"}
    mind = str(Path(sys.executable).with_name("mind"))
    checked = subprocess.run([mind, "check", UNIT], env=env, capture_output=True, text=True, timeout=300, check=False)
    assert checked.returncode == 1, checked.stdout + checked.stderr
    mine = {key: score for key, score in without_reflections(classroom.scores()).items() if score is not None}
    assert mine == {key: score for key, score in before.items() if key[0] == "wrong" and key[1] == TRIED}
    classroom.nbgrader("autograde", UNIT, "--force", "--student", "wrong")
    assert {key: score for key, score in without_reflections(classroom.scores()).items() if key in mine} == mine


def test_feedback_and_export_hold_the_scores(classroom: Classroom) -> None:
    classroom.nbgrader("generate_feedback", UNIT, "--student", "wrong")
    page = (classroom.root / "feedback" / "wrong" / UNIT / f"{TRIED}.html").read_text(encoding="utf-8")
    assert "entry_terms" in page
    classroom.nbgrader("export")
    with (classroom.root / "grades.csv").open(encoding="utf-8") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file) if row["assignment"] == UNIT}
    assert set(rows) == {"untouched", "solved", "wrong"}
    expected = sum(
        score or 0 for (student, _, _), score in without_reflections(classroom.scores()).items() if student == "wrong"
    )
    assert float(rows["wrong"]["score"]) == expected > 0


def test_formgrader_lists_the_section_in_a_real_jupyter_server(classroom: Classroom) -> None:
    with served(classroom) as ask:
        assert ask("formgrader")[0] == 200
        status, text = ask("formgrader/api/assignments")
        assert status == 200
        submissions = {section["name"]: section["num_submissions"] for section in json.loads(text)}
        assert submissions == {folder.name: 3 * (folder.name == UNIT) for folder in (REPOSITORY / "source").iterdir()}


@contextmanager
def served(classroom: Classroom) -> Iterator[Any]:
    """A Jupyter server started in the course; what comes is a function from a path to status and text."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {name: str(classroom.root / name.lower()) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR")}
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        "--no-browser",
        "--allow-root",
        f"--port={port}",
        "--ServerApp.port_retries=0",
    ]
    log = (classroom.root / "server.log").open("w+")
    process = subprocess.Popen(
        command, cwd=classroom.root, env={**classroom.env, **own, "JUPYTER_TOKEN": "a-test"}, stdout=log, stderr=log
    )

    def ask(path: str) -> tuple[int, str]:
        request = urllib.request.Request(f"http://127.0.0.1:{port}/{path}", headers={"Authorization": "token a-test"})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    try:
        until = time.monotonic() + 120
        while True:
            try:
                if ask("api/status")[0] == 200:
                    break
            except OSError:
                assert process.poll() is None, (classroom.root / "server.log").read_text()[-3000:]
                assert time.monotonic() < until, "the server did not answer within two minutes"
                time.sleep(0.5)
        yield ask
    finally:
        process.terminate()
        process.wait(30)
        log.close()
