"""Many submissions of one lesson: how long a batch takes, how it grows, and how much memory it holds.

    .venv/bin/python bench/batch.py --sizes 10,30,100,300

What is measured, and how far it can be trusted: bench/README.md.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from bench import common, ours
from bench.common import Times, console
from bench.lessons import KINDS
from bench.limit import Limit
from bench.memory import Peak
from bench.ours import Grade
from bench.setting import Setting, differences, readable, setting

WARM, WHOLE, STOCK, LIMIT = "engine, warm", "engine with start-up", "nbgrader autograde", "limit"


def _sizes(_: Any, __: Any, text: str) -> list[int]:
    try:
        sizes = [int(part) for part in text.split(",")]
    except ValueError:
        sizes = []
    if not sizes or min(sizes) < 1:
        raise click.BadParameter("numbers of submissions with commas between them, as in 10,30,100")
    return sorted(set(sizes))


@click.command(help=__doc__.split("\n", 1)[0])
@click.option("--sizes", default="10,30,100,300", show_default=True, callback=_sizes, help="Submissions in a batch.")
@click.option("--jobs", default=2, show_default=True, help="Workers of the engine, and children at once at the limit.")
@click.option("--rounds", default=3, show_default=True, help="Rounds that count; one more goes before them.")
@click.option(
    "--kind", "kinds", multiple=True, type=click.Choice(KINDS), default=("light",), help="Lessons to measure."
)
@click.option("--cluster", is_flag=True, help="The largest batch once more on a Dask cluster of two workers here.")
@click.option("--plain", is_flag=True, help="Notebooks with nothing but nbgrader's own metadata: any course's.")
@click.option("--json", "file", type=click.Path(path_type=Path), help="Write all that was measured to this file.")
@click.option("--any-load", is_flag=True, help="Measure on a busy machine too: to try the script.")
def main(
    sizes: list[int],
    jobs: int,
    rounds: int,
    kinds: tuple[str, ...],
    cluster: bool,
    plain: bool,
    file: Path | None,
    any_load: bool,
) -> None:
    common.same_for_all()
    about = common.begin(any_load)
    found: dict[str, Any] = {}
    for lesson in readable(kinds):
        with setting(lesson, with_otter=False, plain=plain) as place:
            found[lesson.kind] = {"missing": lesson.missing, **measure(place, sizes, jobs, rounds)}
            if cluster:
                found[lesson.kind]["cluster"] = on_cluster(place, sizes[-1])
    common.write_json(file, about, plain=plain, jobs=jobs, rounds=rounds, lessons=found)


def measure(place: Setting, sizes: Sequence[int], jobs: int, rounds: int) -> dict[str, Any]:
    kind, found = place.lesson.kind, dict[str, Any]()
    growth: dict[str, list[float]] = {WARM: [], WHOLE: [], LIMIT: []}
    with ours.engine(kind) as grade, Limit(place.source, jobs) as limit:
        for size in sizes:
            run = Run(place, grade, limit, jobs, size, with_stock=size == sizes[0])
            times = common.interleave(rounds, run.contenders(), f"{kind}, {size} submissions")
            for name, taken in growth.items():
                taken.append(times[name].median)
            title = f"{kind}: {size} submissions, {jobs} workers" + ("" if STOCK in times else " (stock not measured)")
            console.print(common.table(title, times.values(), times.get(STOCK), size))
            report(times, run.unequal)
            found[str(size)] = {"times": [row.as_json() for row in times.values()], "unequal_scores": run.unequal}
    lines = {name: common.slope(sizes, taken) for name, taken in growth.items() if len(sizes) > 1}
    for name, (each, before) in lines.items():
        console.print(f"{name}: {common.shown(each)} for each more submission, {before:+.2f} s before the first")
    return {"sizes": found, "lines": lines, "memory": memory(place, sizes, jobs)}


class Run:
    """The contenders on one size. Each gives the seconds it took; after each round their scores are compared."""

    def __init__(
        self, place: Setting, grade: Grade, limit: Limit, jobs: int, size: int, with_stock: bool
    ) -> None:  # fmt: skip
        self.place, self.grade, self.limit, self.jobs, self.size = place, grade, limit, jobs, size
        self.unequal: list[dict[str, Any]] = []
        self._with_stock = with_stock
        self._paths = submit(place, size)
        self._scores: dict[str, list[Any]] = {}

    def contenders(self) -> dict[str, Callable[[int], Iterable[float]]]:
        found: dict[str, Callable[[int], Iterable[float]]] = {WARM: self._warm}
        if self._with_stock:
            found[STOCK] = self._stock
        return found | {WHOLE: self._whole, LIMIT: self._limit}

    def _warm(self, number: int) -> Iterable[float]:
        seconds, results = ours.timed(self.grade, self.place.course, self._paths, self.jobs)
        yield seconds
        self._scores[WARM] = [result.scores() for result in results]

    def _whole(self, number: int) -> Iterable[float]:
        command = self.place.program(self._paths, self.jobs)
        started = time.perf_counter()
        ran = subprocess.run(command, check=True, stdout=subprocess.PIPE)
        yield time.perf_counter() - started
        self._scores[WHOLE] = json.loads(ran.stdout)

    def _stock(self, number: int) -> Iterable[float]:
        self.place.stock.forget()
        yield self.place.stock.autograde()
        self._scores[STOCK] = [self.place.stock_scores(student) for student in range(self.size)]

    def _limit(self, number: int) -> Iterable[float]:
        seconds, scores = self.limit.grade(self._paths)
        yield seconds
        self._scores[LIMIT] = scores
        for student in range(self.size):
            given = {name: scores[student] for name, scores in self._scores.items()}
            self.unequal += [{"student": student, **row} for row in differences(given)]


def submit(place: Setting, size: int) -> list[Path]:
    """Exactly ``size`` submissions, for stock nbgrader grades all that it finds."""
    assert not (place.stock.root / "submitted").exists() or len(os.listdir(place.stock.root / "submitted")) <= size
    return [place.submit(student) for student in range(size)]


def on_cluster(place: Setting, size: int) -> dict[str, Any]:
    """A Dask run of the same: its time, and whether its points are those of the limit, which all others gave too."""
    from bench import on_dask

    paths = submit(place, size)
    cold, warm, scores = on_dask.grade(place.lesson.kind, place.course, paths)
    with Limit(place.source) as limit:
        _, expected = limit.grade(paths)
    pairs = enumerate(zip(scores, expected, strict=True))
    unequal = [{"student": n, **row} for n, (a, b) in pairs for row in differences({"cluster": a, LIMIT: b})]
    said = "the same points for every test cell" if not unequal else f"{len(unequal)} test cells with other points"
    console.print(
        f"Dask, two workers, {size} submissions: {cold:.2f} s while their engines start, {warm:.2f} s once warm; {said}"
    )
    return {"workers": 2, "size": size, "cold": cold, "warm": warm, "unequal_scores": unequal}


def report(times: dict[str, Times], unequal: list[dict[str, Any]]) -> None:
    warm, limit = times[WARM], times[LIMIT]
    console.print(f"The warm engine takes {warm.median / limit.median:.1f} times the limit.")
    if not unequal:
        console.print("All gave the same points for every test cell.\n")
    for row in unequal[:20]:
        console.print(f"[red]not the same points:[/] {row}")
    if len(unequal) > 20:
        console.print(f"[red]… and {len(unequal) - 20} more[/]")


def memory(place: Setting, sizes: Sequence[int], jobs: int) -> dict[str, Any]:
    """Peak memory of whole trees of processes, in runs of their own: sampling would cost the others time."""
    if sys.platform != "linux":
        console.print("Memory is measured on Linux only.")
        return {}
    found = {}
    size = sizes[-1]
    paths = [place.submit(student) for student in range(size)]
    with subprocess.Popen(place.program(paths, jobs), stdout=subprocess.DEVNULL) as program, Peak(program.pid) as peak:
        program.wait()
    found[f"{WHOLE}, {size} submissions"] = peak
    with Limit(place.source, jobs) as limit, Peak(limit.pid) as peak:
        limit.grade(paths)
    found[f"{LIMIT}, {size} submissions"] = peak
    place.stock.forget()
    with Peak(os.getpid(), without_root=True) as peak:
        place.stock.autograde("s000")
    found[f"{STOCK}, one submission"] = peak
    for name, peak in found.items():
        console.print(f"{name}: at most {peak.bytes / 2**20:.0f} MB in {peak.processes} processes")
    return {name: {"bytes": peak.bytes, "processes": peak.processes} for name, peak in found.items()}


if __name__ == "__main__":
    main()
