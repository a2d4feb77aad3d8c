"""The contract of a course: what every lesson and exercise keeps, asked of the text, of the answers and of the notebooks.

Each rule is a function that yields :class:`Breach`; what the rules are for stands in docs/contributors/contract.md. The
trying of answers and mutants is :mod:`curriculum.trials`; here its outcomes are judged.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat

from autograder import names
from autograder.mutants import mutants
from curriculum.leaks import leaks
from curriculum.lesson import Answers, Exercise, Lesson
from curriculum.plan import Unit
from curriculum.trials import Candidate, Tried

RIGHT, WRONG, KILLED = 2, 3, 0.85
#: A wrong answer that ends in one of these shows nothing of the tests. Within a call it would be a CheckFailed.
_SLIPS = ("SyntaxError", "IndentationError", "NameError", "ModuleNotFoundError", "ImportError", "CompileError")

_IMAGE = re.compile(r"!\[(?P<alt>[^\]]*)\][(\[]|<img\b(?P<tag>[^>]*)>", re.IGNORECASE)
#: What tells nbval to pass over a cell or its output, as a comment or as a tag.
_UNCOMPARED = re.compile(r"\bnbval[-_](ignore[-_]output|skip)\b", re.IGNORECASE)
_TAG_ALT = re.compile(r"""(?<![\w-])alt\s*=\s*(["'])(?!\1)\s*[^\s"']""", re.IGNORECASE)


@dataclass(frozen=True)
class Breach:
    """One rule broken, where, and what to do. ``warning`` tells and does not refuse."""

    lesson: str
    exercise: str
    rule: str
    reason: str
    warning: bool = False

    def __str__(self) -> str:
        where = f"{self.lesson} {self.exercise}".strip()
        return f"{where}: {self.reason} [{self.rule}]"


def of_unit(
    unit: Unit, lessons: Sequence[tuple[Lesson, Answers]], tried: Tried, root: Path, whole: bool = True
) -> Iterator[Breach]:
    """Every rule, of lessons that have been tried and built. ``whole`` says that they are all that the unit has."""
    for lesson, answers in lessons:
        yield from of_text(lesson, answers)
    for lesson, _ in lessons:
        yield from of_trials(lesson, tried)
        source, release = (root / tree / unit.id / f"{lesson.stem}.ipynb" for tree in ("source", "release"))
        yield from of_notebooks(lesson, source, release)
    yield from of_mutants(unit, tried)
    if whole:
        yield from of_goals(unit, [lesson for lesson, _ in lessons])


def of_text(lesson: Lesson, answers: Answers) -> Iterator[Breach]:
    """Rules that need only the text of a lesson and of its answers."""
    for exercise in lesson.exercises:
        for rule, reason in _exercise_text(lesson, exercise):
            yield Breach(lesson.stem, exercise.name, rule, reason)
        right, wrong = len(answers.of(exercise.name, right=True)), len(answers.of(exercise.name, right=False))
        if right < RIGHT:
            yield Breach(
                lesson.stem,
                exercise.name,
                "right variants",
                f"{right} right answers beside the solution; it takes {RIGHT}",
            )
        if wrong < WRONG:
            yield Breach(
                lesson.stem,
                exercise.name,
                "wrong answers",
                f"{wrong} wrong answers; it takes {WRONG}, each a mistake people make",
            )
        there = {mutant.key for mutant in mutants(exercise.solution)}
        for name, key in answers.equivalent:
            if name == exercise.name and key not in there:
                # A warning: another version of Python may write the same mutant otherwise, and so under another key.
                reason = f"names the mutant {key}; its solution has none of that key"
                yield Breach(lesson.stem, name, "equivalent", reason, warning=True)
    known = {exercise.name for exercise in lesson.exercises}
    for answer in answers.answers:
        if answer.exercise not in known:
            yield Breach(
                lesson.stem,
                answer.exercise,
                "answers",
                f"line {answer.line} of the answers is for an exercise that is not there",
            )
    if lesson.points <= 0:
        yield Breach(lesson.stem, "", "points", "no points outside the bonus: a day's share would divide by nothing")
    for cell in lesson.cells:
        if cell.markdown:
            for match in _IMAGE.finditer(cell.source):
                if not (match["alt"] or "").strip() and not _TAG_ALT.search(match["tag"] or ""):
                    yield Breach(lesson.stem, "", "alt text", f"line {cell.line}: an image without alternative text")
        elif cell.kind == "demo" and re.search(r"\b(?!figures\.)\w+\.show\(", cell.source):
            yield Breach(
                lesson.stem,
                "",
                "alt text",
                f"line {cell.line}: show figures by figures.show(fig, alt=…), which takes the words for them",
            )
        elif cell.kind == "demo" and len(cell.source.splitlines()) > 25:
            yield Breach(
                lesson.stem, "", "short cells", f"line {cell.line}: a demonstration of more than 25 lines", warning=True
            )


def _exercise_text(lesson: Lesson, exercise: Exercise) -> Iterator[tuple[str, str]]:
    hints = sum(bool(hint.strip()) for hint in exercise.hints)
    if not len(exercise.hints) == hints == 3:
        yield "hints", f"{hints} hints; an exercise has three: a nudge, the approach, nearly the solution"
    if not exercise.tests:
        yield "points", "no test cell, so no points"
    given = names.bound(lesson.setup)
    exported = {export.partition(".")[0] for export in exercise.exports}  # "Vector.__add__" is an operator of Vector
    unbound = exported - names.bound(exercise.solution)
    if unbound:
        yield "exports", f"exports {', '.join(sorted(unbound))}, which its solution does not define"
    foreign = names.taken(exercise.solution) - given
    if foreign:
        yield "stands alone", f"its solution takes {', '.join(sorted(foreign))} from outside the set-up cell and itself"
    for test in exercise.tests:
        strangers = names.taken(test.source) - given - exported
        if strangers:
            yield "exports", f"test {test.name} uses {', '.join(sorted(strangers))}, which the exercise does not export"
        if any(isinstance(node, ast.Assert) for node in ast.walk(ast.parse(test.source))):
            yield "messages", f"test {test.name} has a bare assert; check(…) says what was called, got and expected"


def of_trials(lesson: Lesson, tried: Tried) -> Iterator[Breach]:
    """Rules on how solution, stub, answers and mutants fared against the tests."""
    for exercise in lesson.exercises:
        cells = {test.name for test in exercise.tests}
        alone: set[str] = set()
        for candidate in tried.of(lesson.stem, exercise.name):
            if len(candidate.failed) == 1 and candidate.kind in ("wrong", "mutant"):
                alone.update(candidate.failed)
            for rule, reason in _candidate(candidate, cells):
                yield Breach(lesson.stem, exercise.name, rule, reason)
        for name in sorted(cells - alone):
            yield Breach(
                lesson.stem,
                exercise.name,
                "decides alone",
                f"no wrong answer or mutant fails {name} and nothing else: it judges nothing of its own",
            )


def _candidate(candidate: Candidate, cells: set[str]) -> Iterator[tuple[str, str]]:
    failures = "; ".join(f"{name}: {' '.join(error.split())[:300]}" for name, error in candidate.failed.items())
    match candidate.kind:
        case "stub" if set(candidate.failed) != cells:
            yield "stub", f"the untouched stub passes {', '.join(sorted(cells - set(candidate.failed)))}"
        case "solution" if candidate.failed:
            yield "solution", f"the solution fails {failures}"
        case "right" if candidate.failed:
            yield "right variants", f"the right answer '{candidate.why}' fails {failures}"
        case "wrong" if not candidate.failed:
            yield "wrong answers", f"the wrong answer '{candidate.why}' passes every test"
        case "wrong" if any(error.startswith(_SLIPS) for error in candidate.failed.values()):
            yield "wrong answers", f"the wrong answer '{candidate.why}' does not even run: {failures}"
        case "equivalent" if candidate.failed:
            yield "equivalent", f"the tests notice {candidate.why}, so it is not equivalent: {failures}"


def of_mutants(unit: Unit, tried: Tried) -> Iterator[Breach]:
    """A unit kills at least 85 % of the mutants that are not equivalent to the solution."""
    killed, all_of_them = tried.killed()
    if all_of_them and killed < KILLED * all_of_them:
        yield Breach(
            unit.id,
            "",
            "mutants",
            f"the tests notice {killed} of {all_of_them} mutants; it takes {KILLED:.0%}. The survivors are listed above",
        )


def of_goals(unit: Unit, lessons: Iterable[Lesson]) -> Iterator[Breach]:
    """Every measured goal of a unit whose days are all written is an exercise."""
    shown = {goal for lesson in lessons for exercise in lesson.exercises for goal in exercise.goals}
    planned = {goal.number for goal in unit.goals}
    for stranger in sorted(shown - planned):
        yield Breach(
            unit.id,
            "",
            "goals",
            f"an exercise names goal {stranger}; the plan's goals of {unit.id} are {sorted(planned)}",
        )
    if all(day.lesson for day in unit.days):
        for missing in sorted(planned - shown):
            yield Breach(unit.id, "", "goals", f"no exercise shows measured goal {missing}: mark one goals=[{missing}]")


def of_notebooks(lesson: Lesson, source: Path, release: Path) -> Iterator[Breach]:
    """Rules on the built notebooks: outputs to compare, points that add up, no secrets in the release."""
    books = []
    for path in (source, release):
        try:
            books.append(nbformat.read(path, 4))
        except Exception as error:  # noqa: BLE001 - nbformat raises what it likes for a file that is no notebook
            what = "is not there" if not path.exists() else f"cannot be read ({type(error).__name__})"
            where = f"{path.parent.parent.name}/{path.parent.name}/{path.name}"
            yield Breach(lesson.stem, "", "built", f"{where} {what}: run `mind dev build`")
            return
    book, released = books
    if not any(map(_compared, book.cells)):
        yield Breach(
            lesson.stem, "", "outputs", "no output that nbval compares: it would pass whatever the cells print"
        )
    for cell in book.cells:
        if cell.cell_type == "code":
            shown = "".join(output.get("text", "") for output in cell.outputs if output.output_type == "stream")
            pictures = sum(_is_picture(output) for output in cell.outputs)
            if pictures > shown.count("Figure: "):
                yield Breach(
                    lesson.stem,
                    "",
                    "alt text",
                    f"cell {cell.id} shows a picture without words: use figures.show(fig, alt=…)",
                )
            if any(output.output_type == "stream" and output.name == "stderr" for output in cell.outputs):
                yield Breach(
                    lesson.stem,
                    "",
                    "warnings",
                    f"cell {cell.id} writes to stderr, which plain nbgrader takes for a failure",
                )
    for name, tree in (("source", book), ("release", released)):
        points = _points(tree)
        for exercise in lesson.exercises:
            if points.get(exercise.name, 0) != exercise.points:
                yield Breach(
                    lesson.stem,
                    exercise.name,
                    "points",
                    f"{exercise.points} points in the lesson, {points.get(exercise.name, 0)} in {name}",
                )
        told = tree.metadata.get("lesson", {}).get("points")
        if told != lesson.points:
            yield Breach(lesson.stem, "", "points", f"{lesson.points} points without the bonus, {name} says {told}")
    for exercise_name, secret in leaks(lesson, released):
        yield Breach(lesson.stem, exercise_name, "secrets", f"the release holds {secret}")


def _compared(cell: nbformat.NotebookNode) -> bool:
    """Whether nbval compares an output of this cell: text does count, pictures and tracebacks do not."""
    if cell.cell_type != "code" or _UNCOMPARED.search("\n".join([*cell.metadata.get("tags", ()), cell.source])):
        return False
    return any(
        (output.output_type == "stream" and bool(output.text.strip()))
        or ("text/plain" in output.get("data", {}) and not _is_picture(output))
        for output in cell.outputs
    )


def _is_picture(output: nbformat.NotebookNode) -> bool:
    return any(kind.startswith("image/") for kind in output.get("data", {}))


def _points(book: nbformat.NotebookNode) -> dict[str, int]:
    points: dict[str, int] = {}
    for cell in book.cells:
        if "test" in cell.metadata:
            name = cell.metadata["test"]["exercise"]
            points[name] = points.get(name, 0) + cell.metadata.get("nbgrader", {}).get("points", 0)
    return points
