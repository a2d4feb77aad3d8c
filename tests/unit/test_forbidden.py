"""Libraries that an exercise is to be done without: what is refused, to whom, and when it is over."""

from __future__ import annotations

import builtins
import copy
import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder.engine import Course, Engine, Family, Settings
from autograder.forbidden import REFUSED, Forbidden
from autograder.intake import Notebook
from autograder.outline import outline
from tests import small


@pytest.fixture
def cells(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The names of a learner's cells; what is put in place of Python's import is taken away afterwards."""
    monkeypatch.setattr(builtins, "__import__", builtins.__import__)
    monkeypatch.setattr(importlib, "import_module", importlib.import_module)
    return {"__name__": "__main__"}


@pytest.mark.parametrize("source", [
    "import fractions", "import fractions as f", "from fractions import Fraction", "import importlib\nimportlib.import_module('fractions')",
    "__import__('fractions')", "exec('import fractions', {})", "def f():\n    import fractions\nf()",
])  # fmt: skip
def test_an_import_is_refused_though_the_library_is_loaded(cells: dict[str, Any], source: str) -> None:
    assert "fractions" in sys.modules
    Forbidden(cells).set(["fractions"])
    with pytest.raises(ImportError, match=f"^{REFUSED} fractions$"):
        exec(source, cells)


def test_a_part_of_a_library_is_refused_with_it(cells: dict[str, Any]) -> None:
    Forbidden(cells).set(["xml"])
    for source in ("import xml.etree.ElementTree", "from xml.etree import ElementTree"):
        with pytest.raises(ImportError, match=r"without xml$"):
            exec(source, cells)
    exec("import json, xmlrpc.client", cells)


def test_libraries_import_it_as_ever(cells: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "leaning_on_it.py").write_text(
        "def f():\n    from fractions import Fraction\n    return Fraction(1, 2)\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    Forbidden(cells).set(["fractions"])
    exec("import leaning_on_it\nhalf = leaning_on_it.f()", cells)
    assert cells["half"] == 0.5


@pytest.mark.parametrize(("bound", "used"), [
    ("import fractions", "fractions.Fraction(1, 2)"), ("from fractions import Fraction as F", "F(1, 2)"),
    ("from statistics import mean", "mean([1])"), ("from statistics import NormalDist as N", "N.from_samples([1, 2])"),
])  # fmt: skip
def test_what_names_are_bound_to_already_is_refused_until_the_rule_ends(
    cells: dict[str, Any], bound: str, used: str
) -> None:
    exec(f"{bound}\ndef late():\n    return {used}", cells)
    rule, before = Forbidden(cells), dict(cells)
    rule.set(["fractions", "statistics"])
    for source in (used, "late()"):
        with pytest.raises(ImportError, match=REFUSED):
            eval(source, cells)
    rule.set([])
    assert cells == before
    assert eval(used, cells) == eval("late()", cells)
    exec("import fractions", cells)


def test_data_of_its_types_and_the_learners_own_names_stay(cells: dict[str, Any]) -> None:
    exec("from fractions import Fraction\nthird = Fraction(1, 3)", cells)
    rule = Forbidden(cells)
    rule.set(["fractions"])
    exec("Fraction = lambda above, below: above / below", cells)  # written by the learner, meanwhile
    assert eval("third * 3", cells) == 1
    rule.set([])
    assert eval("Fraction(1, 2)", cells) == 0.5


def test_an_object_that_answers_to_nothing_is_left_alone(cells: dict[str, Any]) -> None:
    exec(
        "class Rude:\n    def __call__(self): pass\n    def __getattribute__(self, name): raise RuntimeError\nrude = Rude()",
        cells,
    )
    before = cells["rude"]
    Forbidden(cells).set(["fractions"])
    assert cells["rude"] is before


# In the engine.

BY_IT = "def double(x):\n    return int(Fraction(x) * 2) if type(x) is int else x + x"
BY_IMPORT = "def double(x):\n    import fractions\n    return fractions.Fraction(x) * 2 if type(x) is int else x + x"
LATER = "def half(x):\n    from fractions import Fraction\n    return Fraction(x) / 2"


def course(solution: str = small.SOLUTIONS["d01_e1"], exports: tuple[str, ...] = ("double",)) -> Course:
    """The small lesson, whose first exercise is to be done without ``fractions``, though set-up and tests use it."""

    def ruled(book: Notebook) -> Notebook:
        book = copy.deepcopy(book)
        book["cells"][0]["source"] += "\nfrom fractions import Fraction"
        about = next(cell for cell in book["cells"] if "exercise" in cell["metadata"])["metadata"]["exercise"]
        about |= {"forbidden": ["fractions"], "exports": list(exports)}
        for cell in book["cells"]:
            if cell.get("id") == "d01_e1_text":
                cell["source"] += "\nassert double(3) == Fraction(6)"
        return book

    return Course(ruled(small.source({**small.SOLUTIONS, "d01_e1": solution})), ruled(small.release()))


def handed_in(course: Course, **solutions: str) -> Notebook:
    """The course's release with the solutions, and these of them in place of them."""
    book, answers = copy.deepcopy(course.release), small.SOLUTIONS | {f"d01_{name}": s for name, s in solutions.items()}
    for cell in book["cells"]:
        if cell.get("id") in answers:
            cell["source"] = answers[cell["id"]]
    return book


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine(Settings((Family(("math", "fractions")),), cell_seconds=20)) as engine:
        yield engine


def test_the_engine_refuses_it_to_this_exercise_alone(engine: Engine, tmp_path: Path) -> None:
    asked = course()
    points = {}
    for name, changed in {
        "solved": {},
        "set-up": {"e1": BY_IT},
        "import": {"e1": BY_IMPORT},
        "later": {"e2": LATER},
    }.items():
        result = engine.grade(small.write(handed_in(asked, **changed), tmp_path / "d01.ipynb"), asked)
        points[name] = [exercise.points for exercise in result.exercises]
        if changed.get("e1"):
            assert f"ImportError: {REFUSED} fractions" in json.dumps(result.as_json())
    assert points == {"solved": [3, 2, 1], "set-up": [0, 2, 1], "import": [0, 2, 1], "later": [3, 2, 1]}


def test_a_cell_that_stops_with_it_says_why(engine: Engine, tmp_path: Path) -> None:
    asked = course()
    book = handed_in(asked, e1="import fractions\n" + small.SOLUTIONS["d01_e1"])
    (first, *_) = engine.grade(small.write(book, tmp_path / "d01.ipynb"), asked).exercises
    assert (first.state, first.points) == ("wrong", 0)
    assert first.reason == f"your cell stops with ImportError: {REFUSED} fractions"


def test_where_tests_run_in_the_learners_process_the_rule_is_not_kept(tmp_path: Path) -> None:
    """They may use themselves what it forbids; so the exercise is graded as stock nbgrader would."""
    asked = course()
    from autograder.grade import grade

    result = grade(small.write(handed_in(asked, e1=BY_IT), tmp_path / "d01.ipynb"), asked, 20)
    assert [exercise.points for exercise in result.exercises] == [3, 2, 1]


def test_an_exercise_that_says_nothing_forbids_nothing() -> None:
    assert {exercise.forbidden for exercise in outline(small.source()).exercises} == {()}
    assert [exercise.forbidden for exercise in outline(course().source).exercises] == [("fractions",), (), ()]
