"""Honest work, graded twice: does the engine give every test cell the points that stock `nbgrader autograde` gives?

    .venv/bin/python bench/honest.py --sample 5

Solutions, untouched notebooks, and all right and wrong answers of a section: what is compared, and how, is in bench/README.md.
"""

from __future__ import annotations

import copy
import hashlib
import json
import os
import random
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from autograder import intake
from autograder.engine import Course, Engine, settings_of
from autograder.ledger import tests_of
from autograder.results import Result
from bench import common
from bench.common import console
from bench.course import BenchCourse
from curriculum.lesson import Answers, Lesson, answers_path, lesson_paths, read_answers, read_lesson

ROOT = Path(__file__).resolve().parent.parent

STDERR = "stock gives 0 to a test cell that writes on stderr, were it only a warning"
NO_SCORE = "stock left no score at all"
NOT_RUN = "stock did not run the cell: its kernel had died or its time was over"

#: Where stock nbgrader is wrong; any other difference is one that the engine has to answer for.
STOCK_IS_WRONG = (STDERR, NO_SCORE, NOT_RUN)

_NOISE = """

def _told(function):
    import functools
    import sys

    @functools.wraps(function)
    def told(*args, **kwargs):
        print("UserWarning: a note on the way", file=sys.stderr)
        return function(*args, **kwargs)

    return told


for _name in {exports!r}:
    if callable(globals().get(_name)) and not isinstance(globals()[_name], type):
        globals()[_name] = _told(globals()[_name])
"""


@dataclass(frozen=True)
class Student:
    """One made-up learner: for each lesson, by its stem, the answer to each exercise and what kind of answer it is."""

    name: str
    answers: Mapping[str, Mapping[str, tuple[str, str]]]  # lesson -> exercise -> (why, source)


@dataclass(frozen=True)
class Difference:
    """One test cell that the two graders do not agree on. ``reason`` is one of the above, else what each has to say."""

    student: str
    notebook: str
    cell: str
    answer: str
    stock: float | None
    engine: float
    reason: str

    @property
    def explained(self) -> bool:
        return self.reason in STOCK_IS_WRONG


@dataclass(frozen=True)
class Given:
    """What stock gave to one notebook: points by test cell, and where it was wrong, why."""

    points: Mapping[str, float | None]
    wrong: Mapping[str, str]


@dataclass
class Stock:
    """Stock's points, kept in a file where one is named, so that the whole can be had in pieces. Its key is the work graded."""

    path: Path | None = None
    given: dict[str, Given] = field(default_factory=dict)

    @staticmethod
    def read(path: Path | None) -> Stock:
        if path is None or not path.exists():
            return Stock(path)
        kept = json.loads(path.read_text(encoding="utf-8"))
        return Stock(path, {work: Given(**given) for work, given in kept.items()})

    def keep(self, given: Mapping[str, Given]) -> None:
        self.given |= given
        if self.path is not None:
            beside = self.path.with_suffix(".part")
            beside.write_text(json.dumps({work: asdict(one) for work, one in self.given.items()}), encoding="utf-8")
            os.replace(beside, self.path)


@dataclass
class Compared:
    """What came out: how many notebooks and test cells, how many notebooks are left for another time."""

    differences: list[Difference] = field(default_factory=list)
    notebooks: int = 0
    cells: int = 0
    left: int = 0


def students(lessons: Sequence[tuple[Lesson, Answers]]) -> Iterator[Student]:
    """The solutions, with and without a warning in every function; nothing at all; every answer once, five to a notebook."""
    solved = {
        lesson.stem: {e.name: ("the solution", e.solution) for e in lesson.exercises} for lesson, _ in lessons
    }  # fmt: skip
    noisy = {
        lesson.stem: {
            e.name: ("the solution, with a warning", e.solution + _NOISE.format(exports=[n for n in e.exports if "." not in n]))
            for e in lesson.exercises
        }
        for lesson, _ in lessons
    }  # fmt: skip
    yield Student("solved", solved)
    yield Student("untouched", {lesson.stem: {} for lesson, _ in lessons})
    yield Student("noisy", noisy)
    hands = {lesson.stem: hand(lesson, answers) for lesson, answers in lessons}
    for number in range(max(map(len, hands.values()), default=0)):
        yield Student(f"a{number:02d}", {stem: cards[number] for stem, cards in hands.items() if number < len(cards)})


def hand(lesson: Lesson, answers: Answers) -> list[dict[str, tuple[str, str]]]:
    """The lesson's answers, one to each exercise at a time, so that a notebook tries as many at once as it has exercises."""
    piles = {
        exercise.name: [
            (f"{'right' if a.right else 'wrong'}: {a.why}", a.source) for a in answers.answers if a.exercise == exercise.name
        ]
        for exercise in lesson.exercises
    }  # fmt: skip
    rows = zip_longest(*piles.values())
    return [{name: card for name, card in zip(piles, row, strict=True) if card is not None} for row in rows]


def filled(release: intake.Notebook, lesson: Lesson, answers: Mapping[str, tuple[str, str]]) -> intake.Notebook:
    """The released notebook with these answers in its solution cells."""
    book = copy.deepcopy(release)
    for cell in book["cells"]:
        if (
            intake.is_solution(cell)
            and (exercise := intake.grade_id(cell).removeprefix(f"{lesson.prefix}_")) in answers
        ):
            cell["source"] = answers[exercise][1]
    return book


def given(points: Mapping[str, float | None], ran: intake.Notebook | None) -> Given:
    """Stock's points for one notebook, and what ``ran``, the notebook as stock left it, shows it to be wrong in."""
    cells = {intake.grade_id(cell): cell for cell in ran["cells"]} if ran else {}
    reasons = {name: stock_reason(value, cells.get(name)) for name, value in points.items()}
    return Given(points, {name: reason for name, reason in reasons.items() if reason})


def compare(student: Student, notebook: str, result: Result, stock: Given) -> list[Difference]:
    """The test cells of one notebook that were not given the same points."""
    found = []
    for exercise in result.exercises:
        why = student.answers[notebook].get(exercise.name, ("untouched", ""))[0]
        for test in exercise.tests:
            points = stock.points.get(test.name)
            if points != test.points:
                said = test.error or test.got or exercise.reason or exercise.state
                reason = NO_SCORE if points is None else stock.wrong.get(test.name) or f"engine: {said}"
                found.append(Difference(student.name, notebook, test.name, why, points, test.points, reason))
    return found


def stock_reason(points: float | None, cell: intake.Cell | None) -> str:
    """Why stock nbgrader gave too little, if it did: read off the cell as it ran; "" where its verdict stands."""
    if points is None:
        return NO_SCORE
    if cell is None or points:
        return ""
    outputs = cell.get("outputs", [])
    if any(output["output_type"] == "error" for output in outputs):
        return ""
    if any(output.get("name") == "stderr" for output in outputs):
        return STDERR
    return "" if cell.get("execution_count") else NOT_RUN


@click.command(help=__doc__.split("\n", 1)[0])
@click.option("--section", default="1.5", show_default=True, help="The section whose answers are graded.")
@click.option("--lesson", "only", multiple=True, help="Only this lesson of the section, such as d01_matrices.")
@click.option("--sample", type=int, help="So many of the notebooks full of answers, drawn at random, instead of all.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the draw.")
@click.option(
    "--stock", "kept", type=click.Path(path_type=Path), help="Keep stock's points here; what is there is not run again."
)
@click.option("--minutes", type=float, default=float("inf"), help="Begin no further run of stock after so long.")
@click.option("--json", "file", type=click.Path(path_type=Path), help="Write all differences to this file.")
def main(
    section: str,
    only: tuple[str, ...],
    sample: int | None,
    seed: int,
    kept: Path | None,
    minutes: float,
    file: Path | None,
) -> None:
    until = time.monotonic() + 60 * minutes
    common.same_for_all()
    about = common.begin(any_load=True)  # points do not depend on the load
    paths = [path for path in lesson_paths(ROOT / "curriculum" / "lessons" / section) if not only or path.stem in only]
    lessons = [(read_lesson(path), read_answers(answers_path(path))) for path in paths]
    if not lessons:
        raise click.ClickException(f"there is no such lesson of section {section} in curriculum/lessons")
    always, rest = split(list(students(lessons)))
    if sample is not None and sample < len(rest):
        rest = sorted(random.Random(seed).sample(rest, sample), key=lambda student: student.name)
    compared = run(section, [lesson for lesson, _ in lessons], [*always, *rest], Stock.read(kept), until)
    show(compared)
    counted = {"notebooks": compared.notebooks, "cells": compared.cells, "left": compared.left}
    common.write_json(file, about, **counted, differences=[asdict(one) for one in compared.differences])
    raise SystemExit(any(not one.explained for one in compared.differences))


def split(all_of_them: list[Student]) -> tuple[list[Student], list[Student]]:
    """Those that are always graded, and the answers."""
    return all_of_them[:3], all_of_them[3:]


def run(section: str, lessons: Sequence[Lesson], graded: Sequence[Student], stock: Stock, until: float) -> Compared:
    """Both grade what these students hand in, stock only what it has not graded before, and only until then."""
    compared = Compared()
    with tempfile.TemporaryDirectory(prefix="honest-") as folder, Engine(settings_of(ROOT)) as engine:
        bench = BenchCourse(
            Path(folder) / "course", section
        )  # not by this course's configuration: that names the engine
        shutil.copytree(
            ROOT / "source" / section, bench.source, dirs_exist_ok=True, ignore=lambda _, names: others(names, lessons)
        )
        console.print(f"nbgrader makes the release of {section} …")
        bench.generate()
        courses = {
            one.stem: Course.read(bench.source / f"{one.stem}.ipynb", bench.release / f"{one.stem}.ipynb") for one in lessons
        }  # fmt: skip
        with common.progress() as bar:
            for student in bar.track(graded, description="students"):
                books = {
                    lesson.stem: filled(courses[lesson.stem].release, lesson, student.answers[lesson.stem])
                    for lesson in lessons
                    if lesson.stem in student.answers
                }
                works = {stem: work(book, courses[stem]) for stem, book in books.items()}
                new = {stem: book for stem, book in books.items() if works[stem] not in stock.given}
                if new and time.monotonic() < until:
                    stock.keep({works[stem]: one for stem, one in by_stock(bench, student.name, new).items()})
                for stem, book in books.items():
                    if works[stem] not in stock.given:
                        compared.left += 1
                        continue
                    result = engine.grade(bench.submit(student.name, stem, book), courses[stem])
                    compared.differences += compare(student, stem, result, stock.given[works[stem]])
                    compared.notebooks, compared.cells = compared.notebooks + 1, compared.cells + len(result.scores())
    return compared


def work(book: intake.Notebook, course: Course) -> str:
    """What stock's points are kept under: the notebook handed in, and the tests."""
    sources = [cell["source"] for cell in book["cells"]]
    return hashlib.sha256(json.dumps([tests_of(course), sources]).encode()).hexdigest()


def by_stock(bench: BenchCourse, student: str, books: Mapping[str, intake.Notebook]) -> dict[str, Given]:
    for stem, book in books.items():
        bench.submit(student, stem, book)
    bench.autograde(student, ended_well=False)
    points = bench.scores(student)
    return {
        stem: given({cell: value for (book, cell), value in points.items() if book == stem}, bench.graded(student, stem))
        for stem in books
    }  # fmt: skip


def others(names: Sequence[str], lessons: Sequence[Lesson]) -> set[str]:
    """The notebooks among these files that are not asked for."""
    mine = {f"{lesson.stem}.ipynb" for lesson in lessons}
    return {name for name in names if name.startswith(".") or (name.endswith(".ipynb") and name not in mine)}


def show(compared: Compared) -> None:
    found, cells = compared.differences, compared.cells
    console.print(
        f"{compared.notebooks} notebooks, {cells} test cells: {cells - len(found)} got the same points from both."
    )
    if compared.left:
        console.print(f"{compared.left} notebooks are left: time was up. Say it again with the same --stock to go on.")
    for reason, count in Counter(one.reason for one in found if one.explained).items():
        console.print(f"{count} differ because {reason}.")
    unexplained = [one for one in found if not one.explained]
    if not unexplained:
        return
    sheet = Table(title=f"{len(unexplained)} differences that need an answer", title_justify="left")
    for heading in ("student", "test cell", "answer", "stock", "engine", "reason"):
        sheet.add_column(heading)
    for one in unexplained:
        sheet.add_row(one.student, one.cell, one.answer, str(one.stock), str(one.engine), _cut(one.reason))
    console.print(sheet)


def _cut(text: Any, most: int = 200) -> str:
    line = " ".join(str(text).split())
    return line if len(line) <= most else line[: most - 1] + "…"


if __name__ == "__main__":
    main()
