"""The text of a lesson and of its answers, read into typed objects. The format: docs/contributors/lesson-format.md.

Nothing is built or run here. What cannot be read is refused with file, line and reason; whether a lesson is *good* is
asked by :mod:`curriculum.contract`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jupytext

LEVELS = ("warm-up", "core", "stretch")
HINTS = ("a nudge", "the approach", "nearly the solution")

_IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*\Z")
_NUMBERED = re.compile(r"^(\d+)\. ", re.MULTILINE)
_REGIONS = {
    mark: re.compile(
        rf"^(?P<indent>[ \t]*)### BEGIN {mark}[ \t]*\n(?P<inside>.*?)^[ \t]*### END {mark}[ \t]*$\n?",
        re.DOTALL | re.MULTILINE,
    )
    for mark in ("SOLUTION", "HIDDEN TESTS")
}

#: What the marker of each kind of cell may say, beside the word that names the kind.
_LESSON_KEYS: Mapping[str, frozenset[str]] = {
    "exercise": frozenset({"title", "level", "minutes", "exports", "goals"}),
    "hints": frozenset({"reading"}),
    "solution": frozenset(),
    "test": frozenset({"points", "title"}),
    "setup": frozenset(),
    "reflection": frozenset(),
}
_ANSWER_KEYS: Mapping[str, frozenset[str]] = {
    "right": frozenset({"why"}),
    "wrong": frozenset({"why"}),
    "equivalent": frozenset({"mutants", "why"}),
}
_OURS_ALONE = frozenset({"cell_marker", "lines_to_next_cell", "tags"})  # jupytext's own, or handed through as they are


class LessonError(Exception):
    """A lesson's text cannot be read. Its text is ``file:line: reason``."""

    def __init__(self, path: Path, line: int, reason: str) -> None:
        super().__init__(f"{path}:{line}: {reason}")
        self.path, self.line, self.reason = path, line, reason


@dataclass(frozen=True)
class Cell:
    """One cell as written. ``kind`` is a key of the tables above, or "text" or "demo"; ``name`` is what the marker names."""

    kind: str
    name: str
    source: str
    line: int
    marks: Mapping[str, Any]
    markdown: bool


@dataclass(frozen=True)
class TestCell:
    """One behaviour of an exercise, with its points."""

    name: str
    title: str
    points: int
    source: str
    __test__ = False  # not a test class, whatever its name says to pytest


@dataclass(frozen=True)
class Exercise:
    """One exercise: statement, hints, worked solution and tests."""

    name: str
    title: str
    level: str
    minutes: int
    exports: tuple[str, ...]
    goals: tuple[int, ...]
    statement: str
    hints: tuple[str, ...]
    reading: str
    solution: str
    tests: tuple[TestCell, ...]
    line: int

    @property
    def points(self) -> int:
        return sum(test.points for test in self.tests)

    @property
    def stub(self) -> str:
        """The solution cell as a learner first meets it: between the marks stands a refusal instead of the solution."""
        return _REGIONS["SOLUTION"].sub(r"\g<indent>raise NotImplementedError\n", self.solution)


@dataclass(frozen=True)
class Lesson:
    """One planned day: its cells in order, and its exercises."""

    path: Path
    cells: tuple[Cell, ...]
    exercises: tuple[Exercise, ...]

    @property
    def stem(self) -> str:
        return self.path.stem

    @property
    def prefix(self) -> str:
        """What every ``grade_id`` of the lesson begins with: ``d01`` of ``d01_matrices``."""
        return self.stem.partition("_")[0]

    @property
    def setup(self) -> str:
        return next(cell.source for cell in self.cells if cell.kind == "setup")

    @property
    def points(self) -> int:
        """Points of the day without the bonus: what a full score is measured by."""
        return sum(exercise.points for exercise in self.exercises if exercise.level != "stretch")


@dataclass(frozen=True)
class Answer:
    """A right or a wrong answer to an exercise: a whole replacement of its solution cell, and why it is what it is."""

    exercise: str
    right: bool
    why: str
    source: str
    line: int


@dataclass(frozen=True)
class Answers:
    """What stands in a lesson's ``.answers.py``; ``equivalent`` maps (exercise, mutant) to the reason."""

    path: Path
    answers: tuple[Answer, ...]
    equivalent: Mapping[tuple[str, str], str]

    def of(self, exercise: str, right: bool) -> tuple[Answer, ...]:
        return tuple(a for a in self.answers if a.exercise == exercise and a.right == right)


def inside(source: str, mark: str) -> str:
    """What stands between the ``### BEGIN`` and ``### END`` of a mark ("SOLUTION" or "HIDDEN TESTS"), all regions of it."""
    return "".join(match["inside"] for match in _REGIONS[mark].finditer(source))


def outside(source: str, mark: str) -> str:
    """What a learner sees of a cell: all but what :func:`inside` gives."""
    return _REGIONS[mark].sub("", source)


def answers_path(lesson: Path) -> Path:
    return lesson.with_name(f"{lesson.stem}.answers.py")


def lesson_paths(folder: Path) -> list[Path]:
    """The lessons of a section's folder, in the order of their days."""
    return sorted(path for path in folder.glob("d[0-9][0-9]_*.py") if not path.name.endswith(".answers.py"))


def read_lesson(path: Path) -> Lesson:
    """Read one lesson. Raises LessonError with the line where it cannot be read, OSError where there is no file."""
    cells = tuple(_cells(path, _LESSON_KEYS))
    setups = [cell for cell in cells if cell.kind == "setup"]
    if len(setups) != 1:
        raise LessonError(
            path, setups[1].line if setups else 1, f"a lesson has one cell marked setup=true; this has {len(setups)}"
        )
    return Lesson(path, cells, tuple(_exercises(path, cells)))


def read_answers(path: Path) -> Answers:
    """Read the answers beside a lesson. Raises LessonError; a file that is not there is an empty set of answers."""
    if not path.exists():
        return Answers(path, (), {})
    answers, equivalent = [], {}
    for cell in _cells(path, _ANSWER_KEYS):
        if cell.kind in ("text", "demo"):
            if not cell.markdown and _is_code(cell.source):
                raise LessonError(
                    path, cell.line, "code that belongs to no answer: begin its cell with right=, wrong= or equivalent="
                )
            continue
        why = str(cell.marks.get("why", "")).strip()
        if not why:
            raise LessonError(path, cell.line, 'an answer says in one line what it is: why="…"')
        if cell.kind == "equivalent":
            named = cell.marks.get("mutants")
            if not isinstance(named, list) or not named:
                raise LessonError(path, cell.line, 'equivalent mutants are named by their keys: mutants=["3f2a91c0"]')
            for mutant in named:
                equivalent[cell.name, str(mutant)] = why
        else:
            answers.append(Answer(cell.name, cell.kind == "right", why, cell.source, cell.line))
    return Answers(path, tuple(answers), equivalent)


def _cells(path: Path, kinds: Mapping[str, frozenset[str]]) -> Iterator[Cell]:
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise LessonError(path, 1, f"a lesson is UTF-8 text; {error}") from error
    lines = [number for number, line in enumerate(text.splitlines(), 1) if line.startswith("# %%")]
    before = text.split("# %%", 1)[0].strip()
    if before:
        raise LessonError(path, 1, "the file begins with a cell marker (# %%); there is text above the first one")
    cells = jupytext.reads(text, fmt="py:percent").cells
    if len(cells) != len(lines):
        raise LessonError(path, 1, f"{len(lines)} cell markers but {len(cells)} cells: is a marker inside a string?")
    for cell, line in zip(cells, lines, strict=True):
        marks = {key: value for key, value in cell.metadata.items() if key not in _OURS_ALONE}
        markdown = cell.cell_type == "markdown"
        named = [kind for kind in kinds if kind in marks]
        if len(named) > 1:
            raise LessonError(path, line, f"a cell is one thing; this is marked as {' and '.join(named)}")
        if not named:
            if marks:
                raise LessonError(path, line, f"nothing is known about a cell marked {', '.join(map(str, marks))}")
            yield Cell("text" if markdown else "demo", "", cell.source, line, cell.metadata, markdown)
            continue
        (kind,) = named
        name = str(marks.pop(kind))
        unknown = set(marks) - kinds[kind]
        if unknown:
            raise LessonError(path, line, f"a cell marked {kind} does not take {', '.join(sorted(unknown))}")
        if kind != "setup" and not _IDENTIFIER.match(name):
            raise LessonError(path, line, f"{kind}={name!r} is not a name of lower case letters, digits and _")
        if not markdown:
            _check_code(path, line, kind, cell.source)
        yield Cell(kind, name, cell.source, line, marks, markdown)


def _check_code(path: Path, line: int, kind: str, source: str) -> None:
    """Refuse what graders cannot take apart: code that is not plain Python, a mark that is opened and not closed."""
    try:
        ast.parse(source)
    except SyntaxError as error:
        raise LessonError(
            path, line + (error.lineno or 0), f"a cell marked {kind} is plain Python: {error.msg}"
        ) from error
    for mark, region in _REGIONS.items():
        whole = len(region.findall(source))
        if not whole == source.count(f"### BEGIN {mark}") == source.count(f"### END {mark}"):
            raise LessonError(
                path, line, f"each ### BEGIN {mark} stands on a line of its own and has its ### END {mark}"
            )


def _exercises(path: Path, cells: tuple[Cell, ...]) -> Iterator[Exercise]:
    names = [cell.name for cell in cells if cell.kind == "exercise"]
    graded = ["setup"]  # what becomes a grade_id, of which a notebook may hold each only once
    for cell in cells:
        if cell.kind in ("exercise", "hints") and sum(c.kind == cell.kind and c.name == cell.name for c in cells) > 1:
            raise LessonError(path, cell.line, f"two cells are marked {cell.kind}={cell.name!r}")
        if cell.kind in ("hints", "solution") and cell.name not in names:
            raise LessonError(path, cell.line, f"{cell.kind} for {cell.name!r}, but there is no such exercise")
        exercise, _, behaviour = cell.name.partition("_")
        if cell.kind == "test" and not (exercise in names and behaviour):
            raise LessonError(
                path, cell.line, f"test {cell.name!r} begins with no exercise ({', '.join(names)}) and an underscore"
            )
        if cell.kind in ("solution", "test", "reflection"):
            if cell.name in graded:
                raise LessonError(path, cell.line, f"{cell.kind}={cell.name!r}: a cell before it has that name")
            graded.append(cell.name)
    for cell in cells:
        if cell.kind == "exercise":
            yield _exercise(path, cell, cells)


def _exercise(path: Path, statement: Cell, cells: tuple[Cell, ...]) -> Exercise:
    name, marks = statement.name, statement.marks
    missing = {"title", "level", "minutes", "exports"} - set(marks)
    if missing:
        raise LessonError(path, statement.line, f"exercise {name} does not say its {', '.join(sorted(missing))}")
    if marks["level"] not in LEVELS:
        raise LessonError(
            path, statement.line, f"exercise {name}: level is one of {', '.join(LEVELS)}, not {marks['level']!r}"
        )
    for key, kind, wanted in (("exports", str, "names"), ("goals", int, "numbers of goals")):
        given = marks.get(key, [])
        if not isinstance(given, list) or not all(type(item) is kind for item in given):
            raise LessonError(path, statement.line, f"exercise {name}: {key} is a list of {wanted}, not {given!r}")
    if type(marks["minutes"]) is not int or marks["minutes"] < 1:
        raise LessonError(path, statement.line, f"exercise {name}: minutes is a whole number, not {marks['minutes']!r}")
    solutions = [cell for cell in cells if cell.kind == "solution" and cell.name == name]
    if not solutions:
        raise LessonError(path, statement.line, f"exercise {name} has no solution cell")
    if not inside(solutions[0].source, "SOLUTION"):
        raise LessonError(
            path, solutions[0].line, f"the solution of {name} stands between ### BEGIN SOLUTION and ### END SOLUTION"
        )
    hints = [cell for cell in cells if cell.kind == "hints" and cell.name == name]
    return Exercise(
        name=name,
        title=marks["title"],
        level=marks["level"],
        minutes=marks["minutes"],
        exports=tuple(marks["exports"]),
        goals=tuple(marks.get("goals", ())),
        statement=statement.source,
        hints=tuple(_numbered(hints[0].source)) if hints else (),
        reading=str(hints[0].marks.get("reading", "")) if hints else "",
        solution=solutions[0].source,
        tests=tuple(_test(path, cell) for cell in cells if cell.kind == "test" and cell.name.partition("_")[0] == name),
        line=statement.line,
    )


def _test(path: Path, cell: Cell) -> TestCell:
    points = cell.marks.get("points")
    if type(points) is not int or points < 1:
        raise LessonError(path, cell.line, f"test {cell.name} needs points: a whole number of at least 1")
    if not cell.marks.get("title"):
        raise LessonError(path, cell.line, f'test {cell.name} needs a title: title="the one behaviour it judges"')
    return TestCell(cell.name, cell.marks["title"], points, cell.source)


def _numbered(text: str) -> Iterator[str]:
    """The items of a numbered list, which may run over several paragraphs."""
    starts = list(_NUMBERED.finditer(text))
    for number, match in enumerate(starts):
        end = starts[number + 1].start() if number + 1 < len(starts) else len(text)
        yield re.sub(r"^   ", "", text[match.end() : end].strip(), flags=re.MULTILINE)


def _is_code(source: str) -> bool:
    return any(line.strip() and not line.lstrip().startswith("#") for line in source.splitlines())
