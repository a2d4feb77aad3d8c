"""What a case is: how its submission is made, and what an ideal grader makes of it; and the usual ways to make one."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from autograder.intake import Cell, Notebook
from tests.hostile.lesson import Lesson, cell_of

Kind = Literal["broken", "gaming", "hostile", "honest"]
#: What test cells earn: "any" where more than one score can be defended.
Points = Literal["full", "zero", "any"]


@dataclass(frozen=True)
class Scores:
    """What the test cells of the attacked exercise earn, and those of all others."""

    victim: Points
    others: Points


@dataclass(frozen=True)
class Unreadable:
    """The file is refused as a whole, with intake.Unreadable, which names the cause."""


COSTS_ITSELF = Scores("zero", "full")
LOSES_NOTHING = Scores("full", "full")
COSTS_NO_OTHER = Scores("any", "full")
NOTHING_DONE = Scores("zero", "zero")
UNREADABLE = Unreadable()
Expected = Scores | Unreadable


@dataclass(frozen=True)
class Link:
    """A symbolic link; ``{course}`` and ``{home}`` in its target are filled in."""

    to: str


@dataclass(frozen=True)
class Special:
    """Something that is no file: a folder, a FIFO, a socket, or a file that may not be read."""

    what: Literal["folder", "fifo", "socket", "sealed", "sparse"]
    data: bytes = b""


#: What a submission folder holds, by name.
Files = dict[str, "bytes | Link | Special"]


@dataclass(frozen=True)
class Case:
    """One submission. ``needs_sandbox``: without one it could hurt the machine, so it is left out there."""

    name: str
    kind: Kind
    why: str
    make: Callable[[Lesson], Files]
    expected: Expected | Callable[[Lesson], Expected] = COSTS_ITSELF
    needs_sandbox: bool = False
    #: It leaves something that could reach the next learner: a full solution is graded right after it.
    lingers: bool = False
    #: It takes as long as a cell is given.
    waits: bool = False

    def ideal(self, lesson: Lesson) -> Expected:
        return self.expected(lesson) if callable(self.expected) else self.expected


def attack(name: str, why: str, code: str, kind: Kind = "gaming", *, hollow: str = "return None", **more: Any) -> Case:
    """The attacked cell holds worthless functions (with ``hollow`` as their body) and then ``code``; all else is solved."""
    code = textwrap.dedent(code)
    return Case(name, kind, why, lambda x: notebook(x, x.solved(_tagged(x, x.aim() + x.hollow(hollow) + code))), **more)


def beside(
    name: str,
    why: str,
    before: str = "",
    after: str = "",
    kind: Kind = "honest",
    expected: Expected = LOSES_NOTHING,
    **more: Any,
) -> Case:
    """The right solution, with code before and after it in its cell."""

    def make(lesson: Lesson) -> Files:
        aim = lesson.aim() if "aim." in before + after else ""
        text = f"{textwrap.dedent(before)}\n{aim}{lesson.text(lesson.target)}\n{textwrap.dedent(after)}"
        return notebook(lesson, solved_with(lesson, _tagged(lesson, text.lstrip("\n"))))

    return Case(name, kind, why, make, expected, **more)


_WRAP = """
import functools as _functools, inspect as _inspect

def _wrapped(function):
    @_functools.wraps(function)
    def around(*args, **kwargs):
        _each_call()
        return function(*args, **kwargs)
    return around

for _name in aim.exports:
    if _inspect.isfunction(globals()[_name]):
        globals()[_name] = _wrapped(globals()[_name])
    elif _inspect.isclass(globals()[_name]):
        globals()[_name].__init__ = _wrapped(globals()[_name].__init__)
"""


def calls(
    name: str, why: str, each: str, kind: Kind = "honest", expected: Expected = LOSES_NOTHING, **more: Any
) -> Case:
    """The right solution; ``each`` runs before every call of it."""
    body = textwrap.indent(textwrap.dedent(each).strip(), "    ")
    return beside(name, why, "", f"def _each_call():\n{body}\n{_WRAP}", kind, expected, **more)


def edited(
    name: str,
    kind: Kind,
    why: str,
    edit: Callable[[Lesson, Notebook], object],
    expected: Expected | Callable[[Lesson], Expected] = LOSES_NOTHING,
    **more: Any,
) -> Case:
    """A notebook with everything solved, changed in its parts."""

    def make(lesson: Lesson) -> Files:
        book = lesson.solved()
        edit(lesson, book)
        return notebook(lesson, book)

    return Case(name, kind, why, make, expected, **more)


def gamed(name: str, why: str, edit: Callable[[Lesson, Notebook], object], **more: Any) -> Case:
    """A notebook whose attacked exercise is worthless, and whose parts are changed so that it looks good."""

    def make(lesson: Lesson) -> Files:
        book = lesson.solved(lesson.hollow())
        edit(lesson, book)
        return notebook(lesson, book)

    return Case(name, "gaming", why, make, **more)


def saved(name: str, kind: Kind, why: str, change: Callable[[bytes], bytes], expected: Expected = UNREADABLE) -> Case:
    """A solved notebook whose file was changed as bytes."""
    return Case(name, kind, why, lambda x: {x.file: change(x.dump(x.solved()))}, expected)


def _tagged(lesson: Lesson, code: str) -> str:
    """What is left behind carries the scene's tag, so that it is found, and told from another run's."""
    return code.replace("stray-", f"stray-{lesson.places.tag}-")


def notebook(lesson: Lesson, book: Notebook) -> Files:
    return {lesson.file: lesson.dump(book)}


def solved_with(lesson: Lesson, text: str) -> Notebook:
    """All solved; ``text``, which holds the right solution too, stands in the attacked cell."""
    book = lesson.solved()
    cell_of(book, lesson.target)["source"] = text
    return book


def target(lesson: Lesson, book: Notebook) -> Cell:
    return cell_of(book, lesson.target)


def tests(lesson: Lesson, book: Notebook) -> list[Cell]:
    """The test cells of the attacked exercise."""
    return [cell_of(book, name) for name in lesson.victim.tests]
