"""What of an instructor's notebook must not reach a learner: solutions, hidden tests, model answers, in a release.

Looked for in every text of the released notebook, outputs and metadata included. In its own cell no line of a secret may
stand, however short. Elsewhere a short line may be chance (``return total``), so there it takes a long one, or several in
a row. What the statement, the hints or the open part of a cell say is no secret.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from nbformat import NotebookNode

from curriculum.lesson import Exercise, Lesson, inside, outside

_LONG = 40  # characters that two people do not write alike by chance
_ROW, _ROW_LENGTH = 3, 24  # lines in a row, and how many characters they have together at the least

_BREAK = "\x00"  # stands between texts, so that no row of lines runs from one into the next


def leaks(lesson: Lesson, released: NotebookNode) -> Iterator[tuple[str, str]]:
    """(exercise, or "" where it is none's; what the release holds), at most once for each solution, test and model answer."""
    texts = list(_texts(released))
    for mark in ("BEGIN SOLUTION", "BEGIN HIDDEN TESTS"):
        if any(mark in text for text in texts):
            yield "", f"a {mark} mark"
    everywhere = _joined(texts)
    own = {cell.metadata.get("nbgrader", {}).get("grade_id"): cell.source for cell in released.cells}
    for secret in _secrets(lesson):
        kept = set(_lines(own.get(f"{lesson.prefix}_{secret.cell}", ""))) - set(_lines(secret.public))
        found = next((line for line in _lines(secret.text) if line in kept), None) or _found(secret, everywhere)
        if found:
            yield secret.exercise, f"a part of the {secret.what} of {secret.cell}: {found.splitlines()[0]}"


class _Secret(NamedTuple):
    exercise: str
    cell: str
    what: str
    public: str  # the text around it that everyone may read
    text: str


def _secrets(lesson: Lesson) -> Iterator[_Secret]:
    for exercise in lesson.exercises:
        name, public = exercise.name, _public(exercise)
        yield _Secret(name, name, "solution", public, inside(exercise.solution, "SOLUTION"))
        for test in exercise.tests:
            yield _Secret(name, test.name, "hidden tests", public, inside(test.source, "HIDDEN TESTS"))
    for cell in lesson.cells:
        if cell.kind == "reflection":
            yield _Secret("", cell.name, "model answer", "", cell.source)


def _public(exercise: Exercise) -> str:
    shown = [outside(test.source, "HIDDEN TESTS") for test in exercise.tests]
    return _joined([exercise.statement, *exercise.hints, exercise.stub, *shown])


def _found(secret: _Secret, everywhere: str) -> str | None:
    lines = _lines(secret.text)
    for line in lines:
        if len(line) >= _LONG and line in everywhere and line not in secret.public:
            return line
    size = min(_ROW, len(lines))
    for start in range(len(lines) - size + 1 if size > 1 else 0):
        row = "\n".join(lines[start : start + size])
        if len(row) >= _ROW_LENGTH and f"\n{row}\n" in everywhere and f"\n{row}\n" not in secret.public:
            return row
    return None


def _joined(texts: list[str]) -> str:
    return "\n" + f"\n{_BREAK}\n".join("\n".join(_lines(text)) for text in texts) + "\n"


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _texts(tree: Any) -> Iterator[str]:
    """Every text in a notebook, wherever it stands."""
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, dict):
        for value in tree.values():
            yield from _texts(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _texts(value)
