"""A fresh attempt: what is in it, that it is graded as the lesson is, and that nothing of the learner's is touched."""

from __future__ import annotations

import copy
import datetime as dt
import json
from pathlib import Path
from typing import Any

import nbformat
import pytest

from autograder.engine import Course, Engine, Settings
from autograder.intake import Notebook
from curriculum.catalogue import Catalogue
from curriculum.journal import Attempt, Journal
from curriculum.learning.handing_in import digests
from curriculum.outlook.review import of
from curriculum.outlook.review_notebook import NoSuchExercise, begin
from curriculum.outlook.schedule import moment
from curriculum.plan import load_plan
from tests import small

TODAY = dt.date(2026, 11, 21)
DAY = "1.5-d1"
DOUBLE = "def double(x):\n    return helper(x)"
HELPER = "def helper(x):\n    return x * 2"
QUADRUPLE = "def half(x):\n    return double(x) / own_constant"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    small.publish(tmp_path)
    return tmp_path


def lessons(root: Path) -> Catalogue:
    return Catalogue(load_plan(), root)


def learnt(root: Path, right: tuple[str, ...] = ("e1",), **solutions: str) -> bytes:
    """Put the learner's lesson into work/, with a helper above the first solution; these exercises were right once."""
    book = small.work(**solutions)
    book["cells"].insert(small.position(book, "d01_e1"), small.code(HELPER, "mine"))
    book["cells"].insert(small.position(book, "d01_e2"), small.code("own_constant = 4", "mine-too"))
    path = root / "work" / "1.5" / "d01_matrices.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    small.write(book, path)
    work = digests(book)
    Journal(root).add(
        Attempt("2026-11-02T12:00:00+00:00", "ada", DAY, name, "correct", 3, 3, work[f"d01_{name}"]) for name in right
    )
    return path.read_bytes()


def fresh(root: Path, exercise: str = "e2", today: dt.date = TODAY) -> tuple[Path, Notebook]:
    path = begin(root, lessons(root), "ada", DAY, exercise, today)
    return path, json.loads(path.read_text(encoding="utf-8"))


def code(book: Notebook) -> list[str]:
    return [cell["source"] for cell in book["cells"] if cell["cell_type"] == "code"]


def test_it_holds_set_up_statement_stub_and_tests(root: Path) -> None:
    path, book = fresh(root, "e1")
    assert path == root / "work" / "review" / "1.5-d01_matrices-e1-2026-11-21.ipynb"
    nbformat.validate(nbformat.from_dict(book))
    intro, *cells = book["cells"]
    assert [cell["metadata"].get("nbgrader", {}).get("grade_id", cell["id"]) for cell in cells] == [
        "d01_setup", "e1-s", "d01_e1", "d01_e1_number", "d01_e1_text",
    ]  # fmt: skip
    assert small.cell(book, "d01_e1")["source"] == small.STUB
    assert "# Once more: Double" in intro["source"]
    assert "(../1.5/d01_matrices.ipynb)" in intro["source"]
    assert "builds on" not in intro["source"]
    assert book["metadata"]["kernelspec"]["name"] == "python3"


def test_it_says_what_it_is_an_attempt_at(root: Path) -> None:
    path, book = fresh(root)
    assert of(path) == (DAY, "e2")
    assert moment(book["metadata"]["review"]["begun"])
    assert "lesson" not in book["metadata"]  # it must not pass for the lesson under another name
    assert of(root / "release" / "1.5" / "d01_matrices.ipynb") is None
    for content in ("", "{", "[]", '{"metadata": {"review": 5}}', "[" * 100_000):
        other = root / "other.ipynb"
        other.write_text(content)
        assert of(other) is None
    assert of(root / "nowhere.ipynb") is None


def test_what_it_leans_on_is_filled_with_the_learners_own_work(root: Path) -> None:
    """The old solution of e2 used double, which used a helper. The helper of e2 itself would give some of it away."""
    learnt(root, e1=DOUBLE, e2=QUADRUPLE)
    _, book = fresh(root)
    assert code(book)[1:4] == [HELPER, DOUBLE, small.STUB]
    assert "own_constant = 4" not in code(book)
    assert "It builds on “Double”: filled in below with your own work." in book["cells"][0]["source"]
    assert len({cell["id"] for cell in book["cells"]}) == len(book["cells"])


@pytest.mark.parametrize("right", [(), ("e2",)])
def test_what_was_not_right_is_left_as_released_and_that_is_said(root: Path, right: tuple[str, ...]) -> None:
    learnt(root, right, e1=DOUBLE, e2=QUADRUPLE)
    _, book = fresh(root)
    assert small.cell(book, "d01_e1")["source"] == small.STUB
    assert HELPER not in code(book)
    assert "It builds on “Double”, which is not right in your lesson as it stands" in book["cells"][0]["source"]


def test_what_was_right_and_has_changed_since_is_not_taken_for_right(root: Path) -> None:
    learnt(root, ("e1",), e1=DOUBLE, e2=QUADRUPLE)
    learnt(root, (), e1="def double(x):\n    return 0", e2=QUADRUPLE)
    assert small.cell(fresh(root)[1], "d01_e1")["source"] == small.STUB


def test_a_statement_that_names_another_exercises_work_leans_on_it(root: Path) -> None:
    release = root / "release" / "1.5" / "d01_matrices.ipynb"
    book = json.loads(release.read_text())
    stub = "def double(x):\n    raise NotImplementedError"
    small.cell(book, "d01_e1")["source"] = stub
    next(cell for cell in book["cells"] if cell["id"] == "e2-s")["source"] += (
        "\n\nUse `double(x)`.\n\n![A ruler](d01_matrices_ruler.svg)"
    )
    small.write(book, release)
    _, made = fresh(root)
    assert small.cell(made, "d01_e1")["source"] == stub
    statement = next(cell for cell in made["cells"] if cell["id"] == "e2-s")["source"]
    assert "![A ruler](../1.5/d01_matrices_ruler.svg)" in statement


@pytest.mark.parametrize("damage", [b"", b"{", None])
def test_a_lesson_of_the_learners_that_cannot_be_read_leaves_the_attempt_bare(root: Path, damage: bytes | None) -> None:
    learnt(root, e1=DOUBLE, e2=QUADRUPLE)
    path = root / "work" / "1.5" / "d01_matrices.ipynb"
    path.unlink() if damage is None else path.write_bytes(damage)
    assert small.cell(fresh(root)[1], "d01_e2")["source"] == small.STUB


def test_nothing_of_the_learners_is_touched_and_an_attempt_is_opened_again(root: Path) -> None:
    before = learnt(root, e1=DOUBLE, e2=QUADRUPLE)
    path, book = fresh(root)
    small.cell(book, "d01_e2")["source"] = "def half(x):\n    return 'begun'"
    small.write(book, path)
    begun = path.read_bytes()
    assert fresh(root)[0] == path
    assert path.read_bytes() == begun
    other, another = fresh(root, today=TODAY + dt.timedelta(days=1))
    assert other != path
    assert small.cell(another, "d01_e2")["source"] == small.STUB
    assert path.read_bytes() == begun
    assert (root / "work" / "1.5" / "d01_matrices.ipynb").read_bytes() == before


@pytest.mark.parametrize(
    ("day", "exercise"), [("1.5-d1", "e9"), ("1.5-d2", "e1"), ("1.5-d99", "e1"), ("../..", "e1"), ("1.5-d1", "../e1")]
)
def test_what_is_not_there_is_refused_and_nothing_made(root: Path, day: str, exercise: str) -> None:
    with pytest.raises(NoSuchExercise, match="no exercise"):
        begin(root, lessons(root), "ada", day, exercise, TODAY)
    assert not (root / "work").exists()


def test_it_is_graded_as_the_lesson_is(root: Path) -> None:
    """Solved on top of the learner's own double, by the engine, with the course's own hidden tests."""
    learnt(root, e1=DOUBLE, e2=QUADRUPLE)
    path, book = fresh(root)
    with Engine(Settings(cell_seconds=20)) as engine:

        def state(solution: str) -> Any:
            solved = copy.deepcopy(book)
            small.cell(solved, "d01_e2")["source"] = solution
            result = engine.grade(small.write(solved, path), Course(small.source(), small.release()))
            (exercise,) = (each for each in result.exercises if each.name == "e2")
            return exercise.state, exercise.points

        assert state("def half(x):\n    return double(x) / 4") == ("correct", 2.0)
        assert state("def half(x):\n    return double(x)") == ("wrong", 0.0)
        assert state(small.STUB) == ("not attempted", 0.0)
