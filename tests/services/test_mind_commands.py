"""The learner's loop through the real `mind`, and what it says to bad input. On a small lesson in a course of its own."""

from __future__ import annotations

import ctypes
import json
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest

from curriculum.journal import Journal
from curriculum.ready import make_gradebook
from tests import small

#: On one worker: what they share takes long to make.
pytestmark = pytest.mark.xdist_group("mind")

REPOSITORY = Path(__file__).resolve().parents[2]
DAY = "1.5-d1"
WRONG, WRONG_TOO = "def double(x):\n    return 5", "def double(x):\n    return 7"


@dataclass
class Said:
    """What a command said, with single spaces, and how it ended."""

    status: int
    out: str
    errors: str

    @property
    def all(self) -> str:
        return " ".join((self.out + " " + self.errors).split())


@dataclass
class Mind:
    """`mind` in a course of its own. No command but start and update may touch work/, and none may end in a traceback."""

    root: Path
    env: dict[str, str] = field(default_factory=dict)

    @property
    def copy(self) -> Path:
        return self.root / "work" / "1.5" / "d01_matrices.ipynb"

    def popen(self, *arguments: str, **options: Any) -> subprocess.Popen[str]:
        mind = str(Path(sys.executable).with_name("mind"))
        command = options.pop("command", [mind, *arguments])
        return subprocess.Popen(
            command, cwd=self.root, env=self.env | options.pop("env", {}), text=True, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options,
        )  # fmt: skip

    def __call__(self, *arguments: str, **options: Any) -> Said:
        before = self.work()
        process = self.popen(*arguments, **options)
        said = Said(0, *process.communicate(timeout=240))
        said.status = process.returncode
        assert "Traceback" not in said.all, said.all
        if arguments[:1] not in (("start",), ("update",)):
            assert self.work() == before
        return said

    def refuses(self, *words: str, command: tuple[str, ...] = ("check", DAY), **options: Any) -> Said:
        said = self(*command, **options)
        assert [word for word in words if word not in said.all] == [], said.all
        assert said.status == 2
        return said

    def work(self) -> dict[str, bytes]:
        return {str(path): path.read_bytes() for path in (self.root / "work").rglob("*") if path.is_file()}

    def write(self, book: dict[str, Any]) -> None:
        self.copy.parent.mkdir(parents=True, exist_ok=True)
        small.write(book, self.copy)

    def scores(self) -> list[tuple[str, float]]:
        with closing(sqlite3.connect(self.root / "gradebook.db")) as book:
            rows = book.execute(
                "select base_cell.name, grade.auto_score from grade join base_cell on base_cell.id = grade.cell_id "
                "where grade.auto_score is not null order by 1"
            )
            return list(rows)


@pytest.fixture(scope="module")
def gradebook_db(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A gradebook with the small lesson in it: nbgrader takes long to make one, so the tests share it."""
    root = tmp_path_factory.mktemp("prepared")
    small.publish(root)
    return make_gradebook(root).read_bytes()


@pytest.fixture
def mind(tmp_path: Path, gradebook_db: bytes) -> Iterator[Mind]:
    root = tmp_path / "a course"  # with a space in its name, as folders of learners have
    small.publish(root)
    (root / "gradebook.db").write_bytes(gradebook_db)
    kept = {key: value for key, value in os.environ.items() if key not in ("MIND_LEARNER", "JUPYTERHUB_USER")}
    yield Mind(root, {**kept, "MIND_ROOT": str(root), "COLUMNS": "160", "STARTED_BY_TEST": str(tmp_path)})
    assert small.kernels(str(tmp_path)) == set()


def test_the_loop_from_start_over_wrong_answers_and_hints_to_done(mind: Mind) -> None:
    assert "work/1.5/d01_matrices.ipynb" in mind("start", DAY).out
    assert "yours; left as it is" in mind("start", "1.5").out
    untouched = mind("check")
    assert untouched.status == 0
    assert "0 of 5 points" in untouched.all
    assert untouched.all.count("not attempted") == 3

    mind.write(small.work(e1=WRONG))
    first = mind("check")
    assert first.status == 1
    said = ("wrong, 0/3", "called double(2)", "got 5", "expected 4", "look again at twice a number")
    assert [word for word in (*said, "hint 1 of 3 the first hint") if word not in first.all] == []
    again = mind("check", DAY)
    assert "hint 1 of 3 the first hint" in again.all  # the same try earns no further hint
    mind.write(small.work(e1=WRONG_TOO))
    assert "hint 2 of 3 the second hint" in mind("check", DAY).all
    assert mind.scores() == [("d01_e1_number", 0), ("d01_e1_text", 0), ("d01_e2_half", 0), ("d01_e3_triple", 0)]

    mind.write(small.solved())
    done = mind("check", "--json")
    assert done.status == 0
    (result,) = json.loads(done.out)
    assert (result["day"], result["points"], result["most"]) == (DAY, 6, 5)
    assert [exercise["state"] for exercise in result["exercises"]] == ["correct"] * 3
    assert dict(mind.scores()) == small.FULL
    assert [a.state for a in Journal(mind.root).attempts("learner", DAY)] == ["wrong"] * 3 + ["correct"] * 3
    assert "Nothing has changed" in mind("check").all

    status = mind("status")
    assert "1 of 185 days done" in status.all
    assert "4.9 of 920 hours earned" in status.all  # 4.97: no score is rounded up
    assert "1.5-d2" in mind("next").all or "Nothing is next" in mind("next").all

    release = mind.root / "release" / "1.5" / "d01_matrices.ipynb"
    release.write_text(release.read_text().replace("### Double", "### Double it"))
    mine = mind.copy.read_bytes()
    assert "laid beside" in mind("update").all
    assert mind.copy.read_bytes() == mine
    assert mind("update").status == 0


def test_a_score_does_not_outlive_the_work_it_was_for(mind: Mind) -> None:
    mind("start", DAY)
    mind.write(small.work(e1="def double(x):\n    return 2 * x"))
    mind("check")
    assert sum(score for _, score in mind.scores()) > 0
    mind.write(small.work())  # everything taken back
    assert "0 of 5 points" in mind("check").all
    assert [score for _, score in mind.scores()] == [0, 0, 0, 0]


def test_before_anything_is_started_check_says_how_to_start(mind: Mind) -> None:
    mind.refuses("nothing of the course is in work/ yet", "mind start 1.5-d1", command=("check",))
    mind.refuses("no section or day called 9.9", command=("check", "9.9"))
    mind.refuses("written are: 1.5-d1", command=("start", "1.5-d2"))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (lambda whole: whole[: len(whole) // 2], "Was it cut short while saving?"),
        (lambda whole: b"\x89PNG\r\n\x1a\n\x00\xff", "not UTF-8 text"),
        (lambda whole: b'{"nbformat": 4}', "not a notebook"),
    ],
)
def test_a_corrupt_notebook_is_named_and_not_handed_in_over_a_whole_one(
    mind: Mind, content: Callable[[bytes], bytes], words: str
) -> None:
    mind("start", DAY)
    handed_in = mind.root / "submitted" / "learner" / "1.5" / "d01_matrices.ipynb"
    handed_in.parent.mkdir(parents=True)
    handed_in.write_bytes(mind.copy.read_bytes())
    before = handed_in.read_bytes()
    mind.copy.write_bytes(content(mind.copy.read_bytes()))
    mind.refuses("not checked", "d01_matrices.ipynb", words)
    assert handed_in.read_bytes() == before
    assert DAY in mind.refuses(words, command=("check", "--json")).out


def test_a_renamed_notebook_is_found_and_its_name_asked_for(mind: Mind) -> None:
    mind("start", DAY)
    mind.copy.rename(mind.copy.with_name("My matrices.ipynb"))
    for command in (("check",), ("check", DAY), ("check", "1.5")):
        mind.refuses(
            "work/1.5/My matrices.ipynb is the lesson of 1.5-d1", "call it d01_matrices.ipynb", command=command
        )


def test_a_missing_test_cell_is_told_and_costs_no_points(mind: Mind) -> None:
    book = small.solved()
    book["cells"].remove(small.cell(book, "d01_e1_text"))
    mind.write(book)
    mind.refuses("the test cell d01_e1_text is missing", "5 of 5 + 1 bonus points")
    assert dict(mind.scores()) == small.FULL


@pytest.mark.parametrize("content", [b"[plan\n", b"\xff\xfe\x00", b"[plan]\ntitle = 3\n", None])
def test_an_unreadable_plan_is_told(mind: Mind, tmp_path: Path, content: bytes | None) -> None:
    package = tmp_path / "copy" / "curriculum"
    shutil.copytree(
        REPOSITORY / "curriculum", package, ignore=shutil.ignore_patterns("lessons", "__pycache__", "static")
    )
    plan = package / "plans" / "stateless-mind.toml"
    plan.unlink() if content is None else plan.write_bytes(content)
    code = "from curriculum.cli import main; main()"
    for command in ("check", "status"):
        said = mind(command=[sys.executable, "-c", code, command], env={"PYTHONPATH": str(package.parent)})
        assert said.status == 2
        assert "he plan cannot be read" in said.all
        assert "stateless-mind.toml" in said.all


def test_a_damaged_release_is_told(mind: Mind) -> None:
    mind("start", DAY)
    (mind.root / "release" / "1.5" / "d01_matrices.ipynb").write_bytes(b"{")
    for command in ("check", "update", "status"):
        mind.refuses("d01_matrices.ipynb is not a released lesson", command=(command,))


def test_damage_to_the_course_is_not_blamed_on_the_learner(mind: Mind) -> None:
    mind.write(small.solved())
    (mind.root / "source" / "1.5" / "d01_matrices.ipynb").write_bytes(b"{")
    mind.refuses("the course's own files are not whole")


def test_a_locked_gradebook_costs_no_score_and_the_next_check_records_it(mind: Mind) -> None:
    mind.write(small.solved())
    before = (mind.root / "gradebook.db").read_bytes()
    with closing(sqlite3.connect(mind.root / "gradebook.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        mind.refuses("5 of 5 + 1 bonus points", "not in the gradebook", "locked by another program")
        mind.refuses("locked by another program", command=("status",))
    assert (mind.root / "gradebook.db").read_bytes() == before
    assert mind("check").status == 0  # nothing was changed meanwhile, and it is checked all the same
    assert dict(mind.scores()) == small.FULL


def test_a_gradebook_that_is_none_is_told_and_left_alone(mind: Mind) -> None:
    mind.write(small.solved())
    (mind.root / "gradebook.db").write_bytes(b"letters to a friend, " * 200)
    mind.refuses("5 of 5 + 1 bonus points", "is not a gradebook", "move it away")
    mind.refuses("is not a gradebook", command=("status",))
    assert (mind.root / "gradebook.db").read_bytes() == b"letters to a friend, " * 200


def no_file_larger_than(size: int) -> Callable[[], None]:
    """As on a disk with so little room: what a program writes beyond that fails."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def test_a_full_disk_is_told_before_anything_is_graded(mind: Mind) -> None:
    mind.write(small.solved())
    before = (mind.root / "gradebook.db").read_bytes()
    mind.refuses("could not write", "the disk is full", "as they were", preexec_fn=no_file_larger_than(1000))
    assert (mind.root / "gradebook.db").read_bytes() == before
    assert not list((mind.root / "submitted").rglob("*.ipynb"))
    assert mind("check").status == 0


def test_a_disk_that_is_full_for_the_gradebook_costs_no_score(mind: Mind) -> None:
    mind.write(small.solved())
    mind.refuses("5 of 5 + 1 bonus points", "not in the gradebook", "is full", preexec_fn=no_file_larger_than(20_000))
    assert mind.scores() == []
    assert mind("check").status == 0
    assert dict(mind.scores()) == small.FULL


def test_a_disk_that_is_full_for_a_new_lesson_leaves_none_half_written(mind: Mind) -> None:
    mind.refuses("the disk is full", command=("start", DAY), preexec_fn=no_file_larger_than(1000))
    assert mind.work() == {}


def without_the_rights_of_root() -> None:
    """Root may write everywhere; this takes that right away, so that permissions mean something in a container too."""
    if os.geteuid() == 0:
        drop, rights = 24, (1, 2)  # PR_CAPBSET_DROP; CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
        for right in rights:
            if ctypes.CDLL(None, use_errno=True).prctl(drop, right, 0, 0, 0):
                raise OSError(ctypes.get_errno(), "cannot give up a right")


def test_a_folder_that_may_not_be_written_is_told(mind: Mind) -> None:
    mind.write(small.solved())
    mind.root.chmod(0o555)
    try:
        mind.refuses("could not write", "submitted", "Permission denied", preexec_fn=without_the_rights_of_root)
    finally:
        mind.root.chmod(0o755)
    mind.copy.chmod(0)
    try:
        process = mind.popen("check", DAY, preexec_fn=without_the_rights_of_root)
        out, errors = process.communicate(timeout=120)
    finally:
        mind.copy.chmod(0o644)
    assert (process.returncode, "d01_matrices.ipynb cannot be read: Permission denied" in " ".join(out.split())) == (
        2,
        True,
    )
    assert "Traceback" not in out + errors


def test_ctrl_c_in_the_middle_leaves_no_process_and_changes_nothing(mind: Mind) -> None:
    mind.write(small.solved(e1="while True:\n    pass"))
    work, gradebook = mind.work(), (mind.root / "gradebook.db").read_bytes()
    process = mind.popen("check")
    until, grading = time.monotonic() + 120, list[psutil.Process]()
    while (
        len(grading) < 4 and time.monotonic() < until
    ):  # the zygote, its tester, the learner's process and what waits for it
        time.sleep(0.1)
        grading = psutil.Process(process.pid).children(recursive=True)
    assert len(grading) >= 4
    time.sleep(1)
    os.killpg(process.pid, signal.SIGINT)
    out, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Your notebooks in work/ are as they were" in " ".join(errors.split())
    assert "Traceback" not in out + errors
    assert not [each for each in grading if each.is_running()]
    assert mind.work() == work
    assert (mind.root / "gradebook.db").read_bytes() == gradebook
    assert Journal(mind.root).attempts("learner") == []
    after = mind("check", "--seconds", "2")  # what was cut short is checked again, though nothing has changed
    assert after.status == 1
    assert "Double: timed out" in after.all
    assert "Half: correct" in after.all


def test_without_a_gradebook_the_first_check_makes_one(mind: Mind) -> None:
    (mind.root / "gradebook.db").unlink()
    mind.write(small.solved())
    assert mind("check").status == 0
    assert dict(mind.scores()) == small.FULL
