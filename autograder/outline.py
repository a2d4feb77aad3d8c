"""What a course's notebook asks for, read off any nbgrader notebook: its exercises, their tests, and the order of its cells.

A notebook may say it itself, in the metadata of its cells (``exercise`` on a statement, ``test`` on a test cell). Where it
does not, an exercise is a run of solution cells with the test cells that follow it, and the names it exports are inferred:
those that solution cells bind and that test cells use.
"""

from __future__ import annotations

import ast
import hashlib
import json
import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal

from autograder import intake, names
from autograder.intake import Cell, Notebook

_HIDDEN = re.compile(
    r"^[ \t]*### BEGIN HIDDEN TESTS[^\n]*\n(.*?)^[ \t]*### END HIDDEN TESTS[^\n]*\n?", re.DOTALL | re.MULTILINE
)
_OPERATOR = re.compile(r"__\w+__$")


@dataclass(frozen=True)
class Course:
    """The course's own two notebooks of a lesson: with solutions and hidden tests, and as it was handed out."""

    source: Notebook
    release: Notebook

    @cached_property
    def outline(self) -> Outline:
        """What the course's notebook asks for; read once, as the course is graded many times."""
        return outline(self.source)

    @cached_property
    def imports(self) -> set[str]:
        return imports(self.source)

    @cached_property
    def fingerprint(self) -> str:
        """A hash of the source's cells."""
        return hashlib.sha256(json.dumps(self.source["cells"], default=str).encode()).hexdigest()

    @classmethod
    def read(cls, source: Path, release: Path) -> Course:
        """Raises OSError or intake.Unreadable where the course itself is not whole."""
        return cls(intake.read(source), intake.read(release))


@dataclass(frozen=True)
class Test:
    """One test cell. ``hidden`` is its hidden part where that ends the cell, so that the two can be run one after the other."""

    name: str
    title: str
    points: float
    visible: str
    hidden: str
    __test__ = False  # not a test class, whatever its name says to pytest


@dataclass
class Exercise:
    """One exercise. ``declared`` says that the notebook itself named it, with what it exports.

    ``forbidden`` are libraries that it is to be done without.
    """

    name: str
    title: str
    declared: bool
    bonus: bool = False
    exports: tuple[str, ...] = ()
    solutions: list[str] = field(default_factory=list)
    tests: list[Test] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)
    reading: str = ""
    forbidden: tuple[str, ...] = ()


@dataclass(frozen=True)
class Piece:
    """One cell in the order of the notebook; ``exports`` are the names of the learner's that it may use."""

    kind: Literal["given", "solution", "test"]
    source: str
    name: str
    exercise: str
    exports: tuple[str, ...] = ()
    test: Test | None = None


@dataclass
class Outline:
    exercises: list[Exercise]
    pieces: list[Piece]


def outline(book: Notebook) -> Outline:
    """The exercises of a course's notebook (its source), and its code cells in order; demonstrations are left out."""
    exercises, pieces = list[Exercise](), list[Piece]()
    solutions = list[_Solution]()
    current: Exercise | None = None
    for cell in book["cells"]:
        name, source = intake.grade_id(cell), cell["source"]
        if "exercise" in cell["metadata"]:
            current = _declared(cell)
            exercises.append(current)
        elif intake.is_solution(cell):
            if current is None or (current.tests and not current.declared):
                current = Exercise(name, name, declared=False)
                exercises.append(current)
            current.solutions.append(name)
            solutions.append(_Solution(intake.bound([source]), intake.taken([source]), _classes(source)))
            pieces.append(Piece("solution", source, name, current.name))
        elif intake.is_test(cell):
            if current is None:
                current = Exercise(name, name, declared=False)
                exercises.append(current)
            owner = _owner(cell, current, exercises)
            test = _test(cell)
            owner.tests.append(test)
            exports = owner.exports or _used(source, solutions)
            pieces.append(Piece("test", source, name, owner.name, exports, test))
        elif cell["cell_type"] == "code" and "demo" not in cell["metadata"].get("tags", []):
            pieces.append(Piece("given", source, name, "", _used(source, solutions)))
    return Outline([e for e in exercises if e.tests], pieces)


def imports(book: Notebook) -> set[str]:
    """The modules that the code of a notebook imports."""
    code = [cell["source"] for cell in book["cells"] if cell["cell_type"] == "code"]
    return {module for source in code for module in names.imported(intake.parsed(source))}


def _declared(cell: Cell) -> Exercise:
    about = cell["metadata"]["exercise"]
    return Exercise(
        name=about["id"],
        title=about["title"],
        declared=True,
        bonus=about["level"] == "stretch",
        exports=tuple(about["exports"]),
        hints=list(about["hints"]),
        reading=about["reading"],
        forbidden=tuple(about.get("forbidden", ())),
    )


def _owner(cell: Cell, current: Exercise, exercises: list[Exercise]) -> Exercise:
    named = cell["metadata"].get("test", {}).get("exercise")
    return next((exercise for exercise in exercises if exercise.name == named), current)


def _test(cell: Cell) -> Test:
    name, source = intake.grade_id(cell), cell["source"]
    parts = _HIDDEN.findall(source)
    visible = _HIDDEN.sub("", source)
    ends = bool(parts) and source.rstrip().endswith("### END HIDDEN TESTS") and len(parts) == 1
    hidden = parts[0] if ends and not parts[0][:1].isspace() else ""
    return Test(
        name=name,
        title=cell["metadata"].get("test", {}).get("title", name),
        points=float(cell["metadata"]["nbgrader"].get("points") or 0),
        visible=visible if hidden else source,
        hidden=hidden,
    )


@dataclass(frozen=True)
class _Solution:
    """What a solution cell binds and takes, with the classes that it defines (see _classes)."""

    bound: set[str]
    taken: set[str]
    classes: set[str]


def _used(source: str, solutions: list[_Solution]) -> tuple[str, ...]:
    """What of the learner's a cell uses, with the classes whose objects it may be given by that."""
    used = wanted = intake.taken([source]) & set().union(*(solution.bound for solution in solutions))
    reached = list[_Solution]()
    while fresh := [one for one in solutions if one not in reached and one.bound & wanted]:
        reached += fresh
        wanted = wanted.union(*(one.taken for one in fresh))
    return tuple(sorted(used.union(*(one.classes for one in reached))))


def _classes(source: str) -> set[str]:
    """The classes of a solution and the operators that they define, as an author would declare them: "Vector.__add__"."""
    found = set()
    for node in ast.walk(intake.parsed(source)):
        if isinstance(node, ast.ClassDef):
            members = [member.name for member in node.body if isinstance(member, ast.FunctionDef)]
            operators = [name for name in members if _OPERATOR.match(name) and name != "__init__"]
            found |= {node.name, *(f"{node.name}.{name}" for name in operators)}
    return found
