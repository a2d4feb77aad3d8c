"""The notebook itself as a lever: tags, metadata, test cells, stored outputs, partial credit; and text that attacks readers."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from autograder.intake import Notebook
from tests.hostile.case import (
    COSTS_ITSELF,
    COSTS_NO_OTHER,
    LOSES_NOTHING,
    Case,
    attack,
    beside,
    edited,
    gamed,
    notebook,
    target,
    tests,
)
from tests.hostile.lesson import Lesson, cell_of, code_cell, position

Edit = Callable[[Lesson, Notebook], object]


def _tests(**about: Any) -> Edit:
    """Change nbgrader's metadata of the test cells."""

    def edit(lesson: Lesson, book: Notebook) -> None:
        for cell in tests(lesson, book):
            cell["metadata"]["nbgrader"].update(about)

    return edit


def _tag(*tags: str) -> Edit:
    def edit(lesson: Lesson, book: Notebook) -> None:
        for cell in tests(lesson, book):
            cell["metadata"]["tags"] = list(tags)

    return edit


def _tag_all(*tags: str) -> Edit:
    def edit(lesson: Lesson, book: Notebook) -> None:
        for cell in book["cells"]:
            cell["metadata"]["tags"] = list(tags)

    return edit


def _test_text(text: str) -> Edit:
    def edit(lesson: Lesson, book: Notebook) -> None:
        for cell in tests(lesson, book):
            cell["source"] = text

    return edit


def _test_type(kind: str) -> Edit:
    def edit(lesson: Lesson, book: Notebook) -> None:
        for cell in tests(lesson, book):
            cell["cell_type"] = kind

    return edit


def _forged_outputs(lesson: Lesson, book: Notebook) -> None:
    for cell in tests(lesson, book):
        number = {"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": {"text/plain": "1000"}}
        cell["outputs"], cell["execution_count"] = [number], 1
        cell["metadata"]["nbgrader"].update(points=1000, score=1000, auto_score=1000, checksum="0" * 32)


def _second_test(lesson: Lesson, book: Notebook) -> None:
    """Cells with the tests' names that pass, before and after the real ones."""
    for name in lesson.victim.tests:
        for after in (0, 1):
            easy = copy.deepcopy(cell_of(book, name))
            easy["source"] = "assert True"
            place = position(book, name) + after
            book["cells"].insert(place if not after else len(book["cells"]), easy)


def _solution_named_test(lesson: Lesson, book: Notebook) -> None:
    easy = code_cell("1000")
    about = {
        "grade": True,
        "solution": True,
        "locked": False,
        "points": 1000,
        "schema_version": 3,
        "grade_id": lesson.first_test,
    }
    easy["metadata"] = {"nbgrader": about | {"task": False}}
    book["cells"].insert(0, easy)


def _more_tests(lesson: Lesson, book: Notebook) -> None:
    extra = copy.deepcopy(cell_of(book, lesson.first_test))
    extra["metadata"]["nbgrader"].update(grade_id="bonus_points", points=1000)
    extra["source"], extra["id"] = "assert True", "bonus-points"
    book["cells"].append(extra)


def _helpers_everywhere(lesson: Lesson, book: Notebook) -> None:
    """Own cells around the test cells define the names that the tests take."""
    code = "from unittest.mock import MagicMock\n" + "".join(f"{name} = MagicMock()\n" for name in lesson.victim.leans)
    for name in lesson.victim.tests:
        book["cells"].insert(position(book, name), code_cell(code))
    book["cells"].insert(0, code_cell(code))
    book["cells"].append(code_cell(code))
    target(lesson, book)["source"] += "\n" + code


def _set_up_changed(lesson: Lesson, book: Notebook) -> None:
    """Every other cell of the course is replaced by one that breaks whatever comes after."""
    for cell in book["cells"]:
        if cell["cell_type"] == "code" and not cell["metadata"].get("nbgrader", {}).get("solution"):
            cell["source"] = "raise SystemExit('the set-up was replaced')"


def _stops_everything(lesson: Lesson, book: Notebook) -> None:
    for place in (len(book["cells"]), position(book, lesson.target), 0):
        book["cells"].insert(place, code_cell("raise SystemExit(0)"))


def _last(value: str) -> Case:
    why = f"{value} as the last expression of the solution: partial credit is what a test cell says"
    return attack(f"last-{value}", why, f"\nfloat({value!r})\n")


def _last_in_test(value: str) -> Case:
    return gamed(
        f"test-says-{value}",
        f"a test cell rewritten so that its last expression is {value}",
        _test_text(f"float('{value}')"),
    )


_RAISES_MARKER = """
def _marked(*args, **kwargs):
    raise ValueError(f"</pre></div>{aim.marker}<img src=x onerror=alert(1)>")
for _name in aim.exports:
    globals()[_name] = _marked
"""
_GIVES_MARKER = """
for _name in aim.exports:
    globals()[_name] = lambda *args, **kwargs: f"</pre>{aim.marker}"
"""
_NAMED_MARKER = """
class Odd(Exception):
    pass
Odd.__name__ = Odd.__qualname__ = f"</b>{aim.marker}"
Odd.__module__ = aim.marker
def _odd(*args, **kwargs):
    raise Odd(aim.marker)
_odd.__name__ = _odd.__qualname__ = aim.marker
_odd.__doc__ = aim.marker
for _name in aim.exports:
    globals()[_name] = _odd
"""
_LABELS_MARKER = """
def _labelled(*args, **kwargs):
    raise AssertionError(f"\\nCalled: {aim.marker}\\nGot: 4 {aim.marker}\\nExpected: 4 {aim.marker}\\nLook again at: {aim.marker}")
for _name in aim.exports:
    globals()[_name] = _labelled
"""
_ESCAPES = """
def _coloured(*args, **kwargs):
    raise ValueError(f"\\x1b]0;title\\x07\\x1b[2J\\x1b[31m{aim.marker}\\x1b]8;;file:///etc/passwd\\x1b\\\\ \\u202e \\0 \\x85 \\u2028")
for _name in aim.exports:
    globals()[_name] = _coloured
"""
_PRINTS_MARKER = """
from IPython.display import HTML, Javascript, SVG, display
print(aim.marker)
display(HTML(aim.marker), Javascript("document.title = 'x'"), {"text/html": aim.marker}, SVG(data=f"<svg xmlns='http://www.w3.org/2000/svg'>{aim.marker}</svg>"))
def _printing(*args, **kwargs):
    print(aim.marker)
    display(HTML(aim.marker))
    raise ValueError(aim.marker)
for _name in aim.exports:
    globals()[_name] = _printing
"""
_TEMPLATE = """
def _template(*args, **kwargs):
    raise ValueError("{{ 7 * 191 }}{% for x in ().__class__.__base__.__subclasses__() %}x{% endfor %}{0.__class__}%(points)s${jndi:x}" + aim.marker)
for _name in aim.exports:
    globals()[_name] = _template
"""


def _syntax_marker(lesson: Lesson) -> dict[str, Any]:
    return notebook(lesson, lesson.solved(f"x = = '</pre>{lesson.marker}'\n"))


def _marked_everywhere(lesson: Lesson, book: Notebook) -> None:
    """Ids, titles, tags, outputs and the text of cells."""
    book["metadata"].update(title=lesson.marker, authors=[{"name": lesson.marker}], widgets={"x": lesson.marker})
    for number, cell in enumerate(book["cells"]):
        if not cell["metadata"].get("nbgrader"):
            cell["id"] = f"{lesson.marker}{number}"
        cell["metadata"]["tags"] = [lesson.marker]
        cell["outputs"] = [{"output_type": "display_data", "metadata": {}, "data": {"text/html": lesson.marker}}]
    book["cells"].append({"cell_type": "markdown", "metadata": {}, "source": lesson.marker})
    book["cells"].append(code_cell(f"'{lesson.marker}'"))


def _renamed_marker(lesson: Lesson, book: Notebook) -> None:
    cell = target(lesson, book)
    cell["metadata"]["nbgrader"]["grade_id"], cell["id"] = lesson.marker, "gone"


CASES = [
    # tags and metadata
    gamed("tag-skip", "the tag skip-execution on test cells", _tag("skip-execution")),
    gamed("tag-skip-all", "the tag skip-execution on all cells", _tag_all("skip-execution", "demo", "setup")),
    gamed("tag-raises", "the tag raises-exception on test cells", _tag("raises-exception", "nbval-skip")),
    gamed("points-1000", "test cells of 1000 points", _tests(points=1000)),
    gamed("points-below-0", "test cells of -1 and no point: less to lose", _tests(points=-1)),
    gamed("not-graded", "test cells that are not graded", _tests(grade=False)),
    gamed("task", "test cells that are tasks, which a person grades", _tests(task=True)),
    gamed("test-is-solution", "test cells that are solutions", _tests(solution=True, locked=False)),
    gamed("test-unlocked", "test cells that are not locked, and empty", lambda x, book: (_tests(locked=False)(x, book), _test_text("")(x, book))),
    gamed("test-markdown", "test cells as markdown", _test_type("markdown")),
    gamed("outputs-forged", "outputs, scores and checksums stored in test cells", _forged_outputs),
    # test cells
    gamed("test-pass", "test cells that say pass", _test_text("pass")),
    gamed("test-deleted", "test cells deleted", lambda x, book: [book["cells"].remove(cell) for cell in tests(x, book)]),
    gamed("test-script-false", "test cells under `%%script false`", _test_text("%%script false\nassert False")),
    gamed("test-twice", "easy cells with the names of the tests", _second_test),
    gamed("solution-named-test", "a solution cell with the name of a test, and 1000 points", _solution_named_test),
    gamed("more-tests", "an own test cell of 1000 points that passes", _more_tests),
    gamed("helpers-everywhere", "own cells around the tests define the names that the tests take", _helpers_everywhere),
    edited("set-up-replaced", "gaming", "all cells but the solutions replaced by ones that stop: the course's own are used", _set_up_changed),
    edited("system-exit-cells", "hostile", "own cells that raise SystemExit before and after everything", _stops_everything),
    # partial credit
    *(_last(value) for value in ("1000000000", "-1", "nan", "inf", "-inf")),
    *(_last_in_test(value) for value in ("1e9", "-1", "nan", "inf")),
    beside("last-negative-right", "right, with -1 as the last expression of the solution", after="-1", kind="gaming"),
    # text that attacks its readers
    attack("error-script", "a script in the text of an exception", _RAISES_MARKER),
    attack("value-script", "a script in what a function gives", _GIVES_MARKER),
    attack("name-script", "a script as the name of an exception, its module and a function", _NAMED_MARKER),
    attack("labels-script", "an exception that looks like a message of the tests", _LABELS_MARKER),
    attack("terminal-escapes", "escapes for terminals, controls, a change of direction", _ESCAPES),
    attack("printed-script", "a script printed and displayed", _PRINTS_MARKER),
    attack("template", "the languages of templates and loggers in the text of an exception", _TEMPLATE),
    Case("syntax-script", "gaming", "a script in a line that is no Python", _syntax_marker, COSTS_ITSELF),
    edited("marked-everywhere", "gaming", "scripts in ids, titles, tags, outputs and texts", _marked_everywhere, LOSES_NOTHING),
    edited("id-script", "gaming", "a script as grade_id of the solution cell: its names may find it", _renamed_marker, COSTS_NO_OTHER),
]  # fmt: skip
