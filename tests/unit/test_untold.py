"""A value that no test can look into: what the learner who handed it over hears, and that it is no exception of theirs."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.engine import Course, Engine, Family, Settings
from autograder.plain import PLAIN
from autograder.results import TestResult
from tests import small

SETUP = "import networkx as nx\nimport numpy as np\nimport pandas as pd\nimport scipy.sparse\nimport scipy.stats\nfrom curriculum.lab import check, check_value"


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    family = Family(("networkx", "numpy", "pandas", "scipy.sparse", "scipy.stats", "curriculum.lab.check"))
    with Engine(Settings((family,), cell_seconds=20)) as engine:
        yield engine


def judged(engine: Engine, folder: Path, answer: str, right: str, test: str) -> TestResult:
    """How the answer fares by the test that its author wrote for the right one."""
    cells = [
        small.code(SETUP), small.graded(right, "answer", solution=True),
        small.graded(test, "test", grade=True, locked=True, points=1),
    ]  # fmt: skip
    source = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    release = copy.deepcopy(source)
    release["cells"][1]["source"] = small.STUB
    mine = copy.deepcopy(release)
    mine["cells"][1]["source"] = answer
    (exercise,) = engine.grade(small.write(mine, folder / "d01.ipynb"), Course(source, release)).exercises
    (result,) = exercise.tests
    assert (result.points, exercise.trust) == (0.0, "apart")
    return result


@pytest.mark.parametrize(("value", "told"), [
    ("nx.DiGraph([(1, 2)])", "an object of the class DiGraph, which tests cannot look into; instead give its edges, as list(graph.edges) does, or its nodes"),
    ("{'a': [nx.Graph([(1, 2)])]}", "an object of the class Graph, which tests cannot look into; instead give its edges, as list(graph.edges) does, or its nodes"),
    ("scipy.sparse.csr_array(np.eye(2))", "an object of the class csr_array, which tests cannot look into; instead give the whole array, as its toarray() does"),
    ("np.ma.array([1, 2], mask=[0, 1])", "an array with masked entries, which is not plain data: fill them, as filled() does, or take them out, as compressed()"),
    ("scipy.stats.norm(0, 1)", "an object of the class rv_continuous_frozen, which tests cannot look into; instead give the numbers that it was to tell"),
    ("pd.DataFrame({'a': [nx.Graph()]})", "an object of the class Graph, which tests cannot look into; instead give its edges, as list(graph.edges) does, or its nodes"),
    ("np", "a module, which is no value: call what you need of it, and give what that returns"),
    ("type('Own', (), {})()", "an object of the class Own, which tests cannot look into; instead give numbers, text, lists and the like"),
])  # fmt: skip
def test_what_came_back_is_named_with_what_to_give_instead(
    engine: Engine, tmp_path: Path, value: str, told: str
) -> None:
    test = "check(f, 1).equals(3, idea='count them')"
    found = judged(engine, tmp_path, f"def f(x):\n    return {value}", "def f(x):\n    return 3", test)
    assert (found.called, found.got, found.expected, found.idea) == ("f(1)", told, PLAIN, "count them")


def test_an_exported_value_is_told_too(engine: Engine, tmp_path: Path) -> None:
    test = "check_value('answers', answers).equals({'k': 3}, idea='count them')"
    found = judged(engine, tmp_path, "answers = nx.Graph([(1, 2)])", "answers = {'k': 3}", test)
    assert found.error.startswith(
        "TypeError: answers is an object of the class Graph, which tests cannot look into; instead give its edges"
    )
    assert (
        judged(engine, tmp_path, "pass", "answers = {'k': 3}", test).error == "NameError: name 'answers' is not defined"
    )


def test_it_is_no_exception_that_a_test_may_have_asked_for(engine: Engine, tmp_path: Path) -> None:
    """Whoever returns a graph where a TypeError is due has not raised one."""
    test = "check(f, 'x').raises(TypeError, idea='refuse text')"
    right = "def f(x):\n    raise TypeError('no text')"
    found = judged(engine, tmp_path, "def f(x):\n    return nx.Graph()", right, test)
    assert found.expected == "an exception: TypeError"
    assert found.got.startswith("an object of the class Graph")
