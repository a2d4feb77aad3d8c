"""A small lesson, made by hand: what a grader is tried on without the course. Its kernel starts in a second."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

from autograder.grade import Course
from autograder.intake import Notebook

STUB = "raise NotImplementedError"

SOLUTIONS = {
    "d01_e1": "def double(x):\n    return x * 2",
    "d01_e2": "def half(x):\n    return x / 2",
    "d01_e3": "def triple(x):\n    return x * 3",
}

#: Points of each test cell in a full score.
FULL = {"d01_e1_number": 1.0, "d01_e1_text": 2.0, "d01_e2_half": 2.0, "d01_e3_triple": 1.0}

SAYS = 'got = double(2)\nassert got == 4, f"\\nCalled: double(2)\\nGot: {got}\\nExpected: 4\\nLook again at: twice a number"'


def code(source: str, name: str = "", **metadata: Any) -> dict[str, Any]:
    cell = {"cell_type": "code", "metadata": metadata, "source": source, "outputs": [], "execution_count": None}
    return cell | ({"id": name} if name else {})


def graded(source: str, name: str, **flags: Any) -> dict[str, Any]:
    given = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3, "grade_id": name}
    return code(source, name, nbgrader={**given, **flags})


def exercise(name: str, title: str, level: str = "core") -> dict[str, Any]:
    hints = ["the first hint", "the second hint", "the third hint"]
    about = {"id": name, "title": title, "level": level, "minutes": 5, "goals": [1], "exports": []}
    about |= {"hints": hints, "reading": "a book"}
    return {"cell_type": "markdown", "id": f"{name}-s", "metadata": {"exercise": about}, "source": f"### {title}"}


def judge(name: str, points: int, visible: str, hidden: str = "") -> dict[str, Any]:
    source = f"# {points}: a test\n{visible}\n"
    if hidden:
        source += f"### BEGIN HIDDEN TESTS\n{hidden}\n### END HIDDEN TESTS"
    cell = graded(source, name, grade=True, locked=True, points=points)
    cell["metadata"]["test"] = {"exercise": name.split("_")[1], "title": f"the test {name}"}
    return cell


def source(solutions: dict[str, str] = SOLUTIONS, hidden: bool = True) -> Notebook:
    """The instructor's notebook; without ``hidden`` tests and with stubs it is the release."""

    def solution(name: str) -> dict[str, Any]:
        return graded(solutions[name], name, solution=True)

    setup = graded("import math\nBASE = 10", "d01_setup", locked=True)
    setup["metadata"]["tags"] = ["setup"]
    cells = [
        setup,
        code("def by_the_way(x):\n    return x * 2", "demo-1", tags=["demo"]),
        code("raise RuntimeError('a demonstration that nobody leans on')", "demo-2", tags=["demo"]),
        exercise("e1", "Double"),
        solution("d01_e1"),
        judge("d01_e1_number", 1, SAYS, "assert double(-3) == -6" if hidden else ""),
        judge("d01_e1_text", 2, "assert double('ab') == 'abab'"),
        exercise("e2", "Half"),
        solution("d01_e2"),
        judge("d01_e2_half", 2, "assert half(4) == 2"),
        exercise("e3", "Triple", "stretch"),
        solution("d01_e3"),
        judge("d01_e3_triple", 1, "assert triple(1) == 3"),
        graded("What was hard?", "d01_reflection", grade=True, solution=True, points=0) | {"cell_type": "markdown"},
    ]
    return {"cells": cells, "metadata": {"lesson": {"day": "1.5-d1", "points": 5}}, "nbformat": 4, "nbformat_minor": 5}


def release() -> Notebook:
    return source(dict.fromkeys(SOLUTIONS, STUB), hidden=False)


def course() -> Course:
    return Course(source(), release())


def work(**solutions: str) -> Notebook:
    """The release with these solution cells (``e1=...``) filled in."""
    book = copy.deepcopy(release())
    for name, text in solutions.items():
        cell(book, f"d01_{name}")["source"] = text
    return book


def solved(**solutions: str) -> Notebook:
    """A learner's notebook with everything right but what is given."""
    return work(**{name.removeprefix("d01_"): text for name, text in SOLUTIONS.items()} | solutions)


def cell(book: Notebook, name: str) -> dict[str, Any]:
    return next(c for c in book["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == name)


def position(book: Notebook, name: str) -> int:
    return book["cells"].index(cell(book, name))


def write(book: Notebook, path: Path) -> Path:
    path.write_text(json.dumps(book, indent=1), encoding="utf-8")
    return path


def publish(root: Path, book: Notebook | None = None, stem: str = "d01_matrices") -> None:
    """Put the small lesson into the course folder ``root`` in place of a real one."""
    trees = {"source": book or source(), "release": release()}
    for tree, content in trees.items():
        (root / tree / "1.5").mkdir(parents=True, exist_ok=True)
        whole = copy.deepcopy(content)
        for number, cell in enumerate(whole["cells"]):
            cell.setdefault("id", f"cell-{number}")
        whole["metadata"]["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        write(whole, root / tree / "1.5" / f"{stem}.ipynb")


def kernels(mark: str) -> set[int]:
    """The kernels that run with this text in their environment, which they have from whoever started the grading."""
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (
                b"ipykernel" in (process / "cmdline").read_bytes()
                and mark.encode() in (process / "environ").read_bytes()
            ):
                found.add(int(process.name))
        except OSError:  # it ended meanwhile
            continue
    return found
