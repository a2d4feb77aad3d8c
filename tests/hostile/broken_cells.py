"""Cells that were copied, deleted, retyped or lost something, and code that does not run: the work beside them counts."""

from __future__ import annotations

import copy
from typing import Any

from autograder import intake
from autograder.intake import Notebook
from tests.hostile.case import (
    COSTS_ITSELF,
    COSTS_NO_OTHER,
    LOSES_NOTHING,
    Case,
    Scores,
    beside,
    edited,
    target,
)
from tests.hostile.lesson import Lesson, cell_of, code_cell, is_solution, position


def _set(**values: Any) -> Any:
    """Change entries of the attacked cell."""
    return lambda lesson, book: target(lesson, book).update(values)


def _about(**values: Any) -> Any:
    """Change nbgrader's metadata of every cell that has some."""

    def edit(lesson: Lesson, book: Notebook) -> None:
        for cell in book["cells"]:
            if intake.grade_id(cell):
                cell["metadata"]["nbgrader"].update(values)

    return edit


def _kept_by_id(lesson: Lesson) -> Scores:
    """A cell without metadata is still known by the id that the release gave it, if it did."""
    return LOSES_NOTHING if cell_of(lesson.release, lesson.target).get("id") else COSTS_ITSELF


def _without(key: str) -> Any:
    return lambda lesson, book: target(lesson, book).pop(key)


def _copied(first: bool) -> Any:
    def edit(lesson: Lesson, book: Notebook) -> None:
        stub = copy.deepcopy(cell_of(lesson.release, lesson.target))
        book["cells"].insert(position(book, lesson.target) + first, stub)

    return edit


def _twice(lesson: Lesson, book: Notebook) -> None:
    book["cells"].insert(position(book, lesson.target), copy.deepcopy(target(lesson, book)))


def _all_twice(lesson: Lesson, book: Notebook) -> None:
    book["cells"] += copy.deepcopy(book["cells"])


def _no_tests(lesson: Lesson, book: Notebook) -> None:
    book["cells"] = [cell for cell in book["cells"] if not intake.is_test(cell)]


def _only_solutions(lesson: Lesson, book: Notebook) -> None:
    book["cells"] = [cell for cell in book["cells"] if is_solution(cell)]


def _no_solution(lesson: Lesson, book: Notebook) -> None:
    book["cells"].remove(target(lesson, book))


def _renamed(lesson: Lesson, book: Notebook) -> None:
    cell = target(lesson, book)
    cell["metadata"]["nbgrader"]["grade_id"] = cell["id"] = "renamed"


def _backwards(lesson: Lesson, book: Notebook) -> None:
    book["cells"].reverse()


def _merged(lesson: Lesson, book: Notebook) -> None:
    test = cell_of(book, lesson.first_test)
    target(lesson, book)["source"] += "\n\n" + test["source"]
    book["cells"].remove(test)


def _split(lesson: Lesson, book: Notebook) -> None:
    """The solution in an own cell above; the solution cell holds a comment."""
    cell = target(lesson, book)
    book["cells"].insert(position(book, lesson.target), code_cell(cell["source"]))
    cell["source"] = "# see the cell above"


def _failing_cells(lesson: Lesson, book: Notebook) -> None:
    for place in range(len(book["cells"]), -1, -2):
        book["cells"].insert(place, code_cell("1 / 0  # a try that was left"))


def _empty_solution(lesson: Lesson, book: Notebook) -> None:
    target(lesson, book)["source"] = "   \n\n"


def _one_id(lesson: Lesson, book: Notebook) -> None:
    for cell in book["cells"]:
        if not intake.grade_id(cell):
            cell["id"] = "same"


def _lines(lesson: Lesson, book: Notebook) -> None:
    for cell in book["cells"]:
        cell["source"] = cell["source"].splitlines(keepends=True)


def _odd_lines(lesson: Lesson, book: Notebook) -> None:
    cell = target(lesson, book)
    cell["source"] = [7, *cell["source"].splitlines(keepends=True), None, {}]


def _odd_outputs(lesson: Lesson, book: Notebook) -> None:
    for cell in book["cells"]:
        cell["outputs"], cell["execution_count"] = {"text": 3}, "many"


def _kernel(name: Any) -> Any:
    def edit(lesson: Lesson, book: Notebook) -> None:
        book["metadata"]["kernelspec"] = name

    return edit


def _no_kernel(lesson: Lesson, book: Notebook) -> None:
    for key in ("kernelspec", "language_info"):
        book["metadata"].pop(key, None)


def _replaced(name: str, why: str, change: Any, expected: Scores = LOSES_NOTHING) -> Case:
    """The text of the attacked cell, changed."""
    return edited(
        name, "broken", why, lambda x, book: target(x, book).update(source=change(target(x, book)["source"])), expected
    )


CASES = [
    # metadata
    edited("lost-metadata", "broken", "an editor dropped the metadata of the solution cell", _without("metadata"), _kept_by_id),
    edited("cell-metadata-list", "broken", "the metadata of the cell is a list", _set(metadata=[]), _kept_by_id),
    edited("nbgrader-text", "broken", "nbgrader's part of the metadata is a text", _set(metadata={"nbgrader": "solution"}), _kept_by_id),
    edited("schema-0", "broken", "an older schema_version", _about(schema_version=0)),
    edited("schema-99", "broken", "a schema_version that is still to come", _about(schema_version=99)),
    edited("schema-text", "broken", "a schema_version in words", _about(schema_version="three")),
    edited("points-lost", "broken", "points are no number", _about(points=None)),
    edited("unlocked", "broken", "no cell is locked any more", _about(locked=False)),
    edited("all-solutions", "broken", "every cell says that it is a solution", _about(solution=True, grade=False)),
    edited("no-solutions", "broken", "no cell says that it is a solution", _about(solution=False)),
    edited("renamed-id", "broken", "the solution cell has another grade_id and id: its names may find it", _renamed, COSTS_NO_OTHER),
    edited("one-id", "broken", "cells share one id", _one_id),
    edited("other-language", "broken", "the kernel of another language", _kernel({"name": "ir", "language": "R", "display_name": "R"})),
    edited("unknown-kernel", "broken", "a kernel that is installed nowhere", _kernel({"name": "../../my env (3.7)"})),
    edited("kernel-list", "broken", "the kernel is a list", _kernel(["python3"])),
    edited("no-kernel", "broken", "no kernel", _no_kernel),
    # cells
    edited("copied-stub-below", "broken", "the solution cell was copied before it was worked on: the first holds the work", _copied(True)),
    edited("copied-stub-above", "broken", "the solution cell was copied and the second worked on", _copied(False)),
    edited("copied-work", "broken", "the same work stands there twice", _twice),
    edited("all-twice", "broken", "every cell was copied", _all_twice),
    edited("tests-deleted", "broken", "all test cells were deleted", _no_tests),
    edited("only-solutions", "broken", "all was deleted but the solutions", _only_solutions),
    edited("solution-deleted", "broken", "a solution cell was deleted", _no_solution, COSTS_ITSELF),
    edited("solution-emptied", "broken", "a solution cell was emptied", _empty_solution, COSTS_ITSELF),
    edited("turned-markdown", "broken", "the solution cell became markdown by a slip (M in Jupyter)", _set(cell_type="markdown")),
    edited("turned-raw", "broken", "the solution cell became raw (R in Jupyter)", _set(cell_type="raw")),
    edited("type-unknown", "broken", "a type of cell that does not exist", _set(cell_type="heading")),
    edited("type-number", "broken", "the type of cell is a number", _set(cell_type=4)),
    edited("backwards", "broken", "the cells are in the wrong order", _backwards),
    edited("merged", "broken", "the solution was merged with the test below it", _merged),
    edited("split", "broken", "the work was done in a new cell, the solution cell holds a comment", _split),
    edited("failing-cells", "broken", "own cells that fail, everywhere", _failing_cells),
    edited("odd-outputs", "broken", "outputs that are none", _odd_outputs),
    # sources
    edited("source-lines", "broken", "sources as lists of lines, as Jupyter saves them", _lines),
    edited("source-odd-lines", "broken", "things between the lines that are none", _odd_lines),
    edited("source-null", "broken", "the source is null", _set(source=None), COSTS_ITSELF),
    edited("source-number", "broken", "the source is a number", _set(source=42), COSTS_ITSELF),
    edited("source-object", "broken", "the source is an object", _set(source={"text": "x = 1"}), COSTS_ITSELF),
    edited("source-missing", "broken", "there is no source", _without("source"), COSTS_ITSELF),
    # code that does not run, or hardly
    _replaced("syntax-error", "one bracket too few: nothing of the cell runs", lambda text: text + "\n\nprint((1)\n", COSTS_ITSELF),
    _replaced("prose", "words in place of code", lambda text: "Dear teacher, I could not do this one; sorry.\n", COSTS_ITSELF),
    _replaced("indented", "tabs and spaces mixed so that Python refuses", lambda text: "if True:\n\tx = 1\n        y = 2\n" + text, COSTS_ITSELF),
    _replaced("nul-character", "a NUL character, which Python refuses", lambda text: text + "\n# \0\n", COSTS_NO_OTHER),
    _replaced("unclosed-text", "a text without an end", lambda text: text + "\n'''\n", COSTS_ITSELF),
    _replaced("python-2", "Python 2", lambda text: text + "\nprint 'done'\n", COSTS_ITSELF),
    _replaced("conflict-in-cell", "git's marks in the cell", lambda text: "<<<<<<< mine\n" + text + "\n=======\n", COSTS_ITSELF),
    _replaced("deep-expression", "more brackets than Python reads", lambda text: text + "\n" + "(" * 5000 + ")" * 5000, COSTS_ITSELF),
    _replaced("surrogates", "half a character in a comment", lambda text: text + "\n# \ud800 half\n"),
    _replaced("carriage-returns", "lines that end as on Windows", lambda text: text.replace("\n", "\r\n") + "\r\n"),
    _replaced("form-feeds", "form feeds between lines, as Emacs sets them", lambda text: "\f\n" + text + "\n\f\n"),
    _replaced("odd-spaces", "a zero-width space, a no-break space and a change of direction in a comment", lambda text: text + "\n# \u200b\u00a0\u202e\n"),
    _replaced("fails-at-the-end", "after the solution, a line that fails: what is defined is defined", lambda text: text + "\nprint(undefined_name_of_mine)\n"),
    _replaced("large-source", "a table of 1 MB pasted into the cell", lambda text: text + "\nTABLE = '''" + "0,1,2\n" * 170_000 + "'''\n"),
    _replaced("huge-source", "5 MB of comment below the solution", lambda text: text + "\n" + "# so long\n" * 500_000, COSTS_NO_OTHER),
    beside("run-missing", "`%run` of a file that is not there, below the solution", after="%run not_there.py", kind="broken"),
    beside("unknown-magic", "a magic that does not exist, below the solution", after="%no_such_magic 3", kind="broken"),
    beside("missing-import", "an import that fails, below the solution", after="import a_module_that_nobody_has", kind="broken"),
]  # fmt: skip
