"""The text of a lesson and of its answers, read into typed objects. The format: docs/contributors/lesson-format.md.

Nothing is built or run here. What cannot be read is refused with file, line and reason; whether a lesson is *good* is
asked by :mod:`curriculum.contract`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from curriculum.cells import Cell, LessonError, inside, outside, read_cells, stub

__all__ = [
    "HINTS", "LEVELS", "Answer", "Answers", "Cell", "Exercise", "Lesson", "LessonError", "TestCell", "answers_path", "inside",
    "lesson_paths", "outside", "read_answers", "read_lesson",
]  # fmt: skip

LEVELS = ("warm-up", "core", "stretch")
HINTS = ("a nudge", "the approach", "nearly the solution")

_NUMBERED = re.compile(r"^(\d+)\. ", re.MULTILINE)
_EDIT = re.compile(
    r"^### REPLACE[ \t]*\n(?P<old>.*?)^### WITH[ \t]*\n(?P<new>.*?)^### END[ \t]*$\n?", re.DOTALL | re.MULTILINE
)

#: What the marker of each kind of cell may say, beside the word that names the kind.
_LESSON_KEYS: Mapping[str, frozenset[str]] = {
    "exercise": frozenset({"title", "level", "minutes", "exports", "goals", "forbidden"}),
    "hints": frozenset({"reading"}),
    "solution": frozenset({"source", "as"}),
    "test": frozenset({"points", "title"}),
    "setup": frozenset(),
    "reflection": frozenset(),
}
_ANSWER_KEYS: Mapping[str, frozenset[str]] = {
    "right": frozenset({"why", "edit"}),
    "wrong": frozenset({"why", "edit"}),
    "equivalent": frozenset({"mutants", "why"}),
}


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
    forbidden: tuple[str, ...] = ()

    @property
    def points(self) -> int:
        return sum(test.points for test in self.tests)

    @property
    def stub(self) -> str:
        """The solution cell as a learner first meets it: between the marks stands a refusal instead of the solution."""
        return stub(self.solution)


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
    """A right or a wrong answer to an exercise: what stands in place of its solution cell, and why it is what it is."""

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


def answers_path(lesson: Path) -> Path:
    return lesson.with_name(f"{lesson.stem}.answers.py")


def lesson_paths(folder: Path) -> list[Path]:
    """The lessons of a section's folder, in the order of their days."""
    return sorted(path for path in folder.glob("d[0-9][0-9]_*.py") if not path.name.endswith(".answers.py"))


def read_lesson(path: Path) -> Lesson:
    """Read one lesson. Raises LessonError with the line where it cannot be read, OSError where there is no file."""
    cells = tuple(read_cells(path, _LESSON_KEYS))
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
    solutions = cache(lambda: _solutions(path))
    for cell in read_cells(path, _ANSWER_KEYS):
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
            if cell.markdown != bool(cell.marks.get("edit")):
                raise LessonError(
                    path,
                    cell.line,
                    "a whole answer is code; an edit of the solution is text, so that the file stays Python: "
                    f"# %% [markdown] {cell.kind}=\"{cell.name}\" why=\"…\" edit=true, with its blocks in r'''…'''",
                )
            source = _edited(path, cell, solutions()) if cell.markdown else cell.source
            answers.append(Answer(cell.name, cell.kind == "right", why, source, cell.line))
    return Answers(path, tuple(answers), equivalent)


def _solutions(answers: Path) -> dict[str, str]:
    """The solution cells of the lesson beside a file of answers."""
    lesson = read_lesson(answers.with_name(answers.name.removesuffix(".answers.py") + ".py"))
    return {exercise.name: exercise.solution for exercise in lesson.exercises}


def _edited(path: Path, cell: Cell, solutions: Mapping[str, str]) -> str:
    """The solution with the edits of an answer's cell in it: blocks of lines, each of which stands in it exactly once."""
    if cell.name not in solutions:
        raise LessonError(path, cell.line, f"an edit of the solution of {cell.name!r}, but there is no such exercise")
    what = f"{cell.kind}={cell.name!r}"
    marks = re.findall(r"^### (REPLACE|WITH|END)[ \t]*$", cell.source, re.MULTILINE)
    if _EDIT.sub("", cell.source).strip() or not marks or marks != ["REPLACE", "WITH", "END"] * (len(marks) // 3):
        raise LessonError(
            path, cell.line, f"{what}: an edit is blocks of ### REPLACE, ### WITH and ### END, and nothing else"
        )
    made = f"{solutions[cell.name]}\n"
    for block in _EDIT.finditer(cell.source):
        old, new = block["old"], block["new"]
        at = [0, *(match.end() for match in re.finditer("\n", made))]
        places = [start for start in at if old and made.startswith(old, start)]
        if len(places) != 1:
            first = (old.splitlines() or [""])[0].strip()
            raise LessonError(
                path,
                cell.line,
                f"{what}: the lines to replace ({first!r} …) stand {len(places)} times in the solution, not once",
            )
        made = made[: places[0]] + new + made[places[0] + len(old) :]
    try:
        ast.parse(made)
    except SyntaxError as error:
        raise LessonError(path, cell.line, f"{what}: what comes of the edit is not Python: {error.msg}") from error
    return made.removesuffix("\n")


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
    for key, kind, wanted in (
        ("exports", str, "names"),
        ("goals", int, "numbers of goals"),
        ("forbidden", str, "libraries"),
    ):
        given = marks.get(key, [])
        if not isinstance(given, list) or not all(type(item) is kind for item in given):
            raise LessonError(path, statement.line, f"exercise {name}: {key} is a list of {wanted}, not {given!r}")
    if parts := [library for library in marks.get("forbidden", []) if not library.isidentifier()]:
        raise LessonError(
            path, statement.line, f"exercise {name}: only whole libraries can be forbidden, not {parts[0]!r}"
        )
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
        forbidden=tuple(marks.get("forbidden", ())),
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
