"""One student, one lesson: how long a check takes, by this engine, stock nbgrader, Otter, and at least.

    .venv/bin/python bench/check.py --rounds 5

What is measured, and how far it can be trusted: bench/README.md.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click

from bench import common, ours
from bench.common import console
from bench.lessons import KINDS
from bench.limit import Limit
from bench.ours import Grade
from bench.setting import Setting, differences, readable, setting

ENGINE, COLD, STOCK, OTTER, LIMIT = "engine", "engine, cold start", "nbgrader autograde", "otter run", "limit"
ELSEWHERE = "nbgrader autograde, its own environment"
NOTES = {
    ENGINE: "warm: from file to result",
    COLD: "whole process: start, one check, end",
    STOCK: "whole process",
    ELSEWHERE: "whole process",
    OTTER: "whole process",
    LIMIT: "forked from a warm interpreter",
}


@click.command(help=__doc__.split("\n", 1)[0])
@click.option("--rounds", default=5, show_default=True, help="Rounds that count; one more goes before them.")
@click.option("--repeat", default=5, show_default=True, help="Checks in each round by the engine and at the limit.")
@click.option("--kind", "kinds", multiple=True, type=click.Choice(KINDS), default=KINDS, help="Lessons to measure.")
@click.option("--otter/--no-otter", "with_otter", default=True, help="Measure Otter too, where it is installed.")
@click.option(
    "--stock-python",
    type=click.Path(exists=True, dir_okay=False),
    help="Interpreter of an environment with another nbgrader, as plain pip installs it: measured as well.",
)
@click.option("--plain", is_flag=True, help="Notebooks with nothing but nbgrader's own metadata: any course's.")
@click.option("--json", "file", type=click.Path(path_type=Path), help="Write all that was measured to this file.")
@click.option("--any-load", is_flag=True, help="Measure on a busy machine too: to try the script.")
def main(
    rounds: int,
    repeat: int,
    kinds: tuple[str, ...],
    with_otter: bool,
    stock_python: str | None,
    plain: bool,
    file: Path | None,
    any_load: bool,
) -> None:
    if stock_python and repeat < 2:
        raise click.UsageError("--stock-python takes a student more: --repeat 2 or more")
    common.same_for_all()
    about = common.begin(any_load)
    found: dict[str, Any] = {}
    for lesson in readable(kinds):
        with (
            setting(lesson, with_otter, plain) as place,
            ours.engine(lesson.kind) as grade,
            Limit(place.source) as limit,
        ):
            run = Run(place, grade, limit, repeat, stock_python)
            times = common.interleave(rounds, run.contenders(), lesson.kind)
        for name, row in times.items():
            row.note = NOTES[name]
        stock = times[STOCK]
        console.print(common.table(f"{lesson.kind}: one student", times.values(), stock))
        console.print(f"The engine judged {run.apart} of {run.exercises} exercises apart; sandbox: {run.sandbox}.")
        report(run.unequal)
        found[lesson.kind] = {
            "missing": lesson.missing,
            "times": [row.as_json() for row in times.values()],
            "times_stock": {name: row.faster_than(stock) for name, row in times.items()},
            "unequal_scores": run.unequal,
            "judged_apart": [run.apart, run.exercises],
            "sandbox": run.sandbox,
        }
    common.write_json(file, about, plain=plain, rounds=rounds, repeat=repeat, lessons=found)


class Run:
    """The contenders on one lesson. Each gives the seconds it took in a round; all grade the round's first student."""

    def __init__(
        self, place: Setting, grade: Grade, limit: Limit, repeat: int, stock_python: str | None = None
    ) -> None:
        self.place, self.grade, self.limit, self.repeat = place, grade, limit, repeat
        self.stock_python = stock_python
        #: What was not given the same points by all, student by student.
        self.unequal: list[dict[str, Any]] = []
        #: How the engine judged: exercises apart from the learner's process, of how many, and in what that was confined.
        self.apart = self.exercises = 0
        self.sandbox = ""
        self._scores: dict[int, dict[str, Any]] = defaultdict(dict)

    def contenders(self) -> dict[str, Callable[[int], Iterable[float]]]:
        found: dict[str, Callable[[int], Iterable[float]]] = {ENGINE: self._engine, STOCK: self._stock}
        if self.stock_python:
            found[ELSEWHERE] = self._elsewhere
        if self.place.otter is not None:
            found[OTTER] = self._otter
        return found | {COLD: self._cold, LIMIT: self._limit}

    def _students(self, number: int) -> range:
        """No one is graded twice: nobody gains by remembering an answer."""
        return range(number * self.repeat, (number + 1) * self.repeat)

    def _engine(self, number: int) -> Iterable[float]:
        for student in self._students(number):
            path = self.place.submit(student)
            seconds, (result,) = ours.timed(self.grade, self.place.course, [path])
            yield seconds
            self._scores[student][ENGINE] = result.scores()
            self.exercises += len(result.exercises)
            self.apart += sum(exercise.trust == "apart" for exercise in result.exercises)
            self.sandbox = result.sandbox

    def _stock(self, number: int) -> Iterable[float]:
        student = self._students(number)[0]
        self.place.submit(student)
        yield self.place.stock.autograde(f"s{student:03d}")
        self._scores[student][STOCK] = self.place.stock_scores(student)

    def _elsewhere(self, number: int) -> Iterable[float]:
        assert self.stock_python is not None
        student = self._students(number)[1]
        self.place.submit(student)
        yield self.place.stock.autograde(f"s{student:03d}", python=self.stock_python)
        self._scores[student][ELSEWHERE] = self.place.stock_scores(student)

    def _otter(self, number: int) -> Iterable[float]:
        student = self._students(number)[0]
        path = self.place.submit_to_otter(student)
        assert self.place.otter is not None
        yield self.place.otter.run(path)
        self._scores[student][OTTER] = self.place.otter.scores(path)

    def _cold(self, number: int) -> Iterable[float]:
        path = self.place.submit(self._students(number)[0])
        command = self.place.program([path])
        started = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=sys.stderr)
        yield time.perf_counter() - started

    def _limit(self, number: int) -> Iterable[float]:
        """The last of a round: compares the scores of all."""
        for student in self._students(number):
            seconds, (scores,) = self.limit.grade([self.place.submit(student)])
            yield seconds
            self._scores[student][LIMIT] = scores
            self.unequal += [{"student": student, **row} for row in differences(self._scores.pop(student))]


def report(unequal: list[dict[str, Any]]) -> None:
    if not unequal:
        console.print("All gave the same points for every test cell.\n")
    for row in unequal:
        console.print(f"[red]not the same points:[/] {row}")


if __name__ == "__main__":
    main()
