"""What every measurement shares: a fair machine, rounds that take turns, medians, ratios, a table and a JSON file."""

from __future__ import annotations

import json
import os
import platform
import signal
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

#: Runs of other programs in the queue, per core, above which figures say nothing.
MOST_LOAD = 0.25

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS", "NUMBA_NUM_THREADS")
_PACKAGES = ("nbgrader", "otter-grader", "ipykernel", "nbclient", "numpy", "scipy", "pandas", "networkx", "scikit-learn",
             "pymc", "cvxpy")  # fmt: skip

console = Console(width=max(110, Console().width))


@dataclass
class Times:
    """The seconds that one contender took, round after round."""

    name: str
    seconds: list[float] = field(default_factory=list)
    note: str = ""

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    def per(self, count: int) -> float:
        return self.median / count

    def faster_than(self, other: Times) -> float:
        """How many times faster than ``other``, by the medians."""
        return other.median / self.median

    def as_json(self) -> dict[str, Any]:
        return {"name": self.name, "median": self.median, "seconds": self.seconds, "note": self.note}


def same_for_all() -> None:
    """One thread to each process for everybody measured, the environment's own programs first; an end that tidies up.

    To be called before NumPy is imported: what OpenBLAS starts, it starts then.
    """
    for name in _THREADS:
        os.environ[name] = "1"
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    os.environ["MPLBACKEND"] = "Agg"
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that temporary folders go, and what was started ends


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    return {
        "when": time.strftime("%Y-%m-%d %H:%M:%S %z"),
        "cpu": cpu_model(),
        "cores": cores(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "system": platform.platform(),
        "load_at_start": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
        "versions": {name: v for name in _PACKAGES if (v := _version(name))},
    }


def machine_line(about: Mapping[str, Any]) -> str:
    versions = ", ".join(f"{name} {number}" for name, number in about["versions"].items())
    return (
        f"{about['cores']} cores, {about['cpu']}, {about['memory_gb']} GB, load {about['load_at_start']} at start, "
        f"{about['when']}; Python {about['python']}, {versions}"
    )


def begin(any_load: bool) -> dict[str, Any]:
    """Say what is measured on; end the program where others keep the machine busy, unless ``any_load``."""
    about = machine()
    console.print(machine_line(about), soft_wrap=True)
    if too_busy(about["load_at_start"], about["cores"]):
        what = f"The machine is busy (load {about['load_at_start']} on {about['cores']} cores)"
        if not any_load:
            console.print(f"[red]{what}: figures would say nothing.[/] Wait, or run with --any-load to try the script.")
            raise SystemExit(3)
        console.print(f"[red]{what}: these figures are not for quoting.[/]")
    return about


def too_busy(load: float, count: int) -> bool:
    return load > MOST_LOAD * count


def cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def cpu_model() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine())


def progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=console,
        transient=True,
    )  # fmt: skip


def interleave(rounds: int, contenders: Mapping[str, Callable[[int], Iterable[float]]], title: str) -> dict[str, Times]:
    """Everybody in turn, round after round, so that a slow minute of the machine is everybody's.

    A contender gets the number of the round and gives the seconds it took, once or several times. Round 0 is not counted:
    it fills the caches of files and compilers that the others find filled.
    """
    times = {name: Times(name) for name in contenders}
    with progress() as bar:
        task = bar.add_task(title, total=(rounds + 1) * len(contenders))
        for number in range(rounds + 1):
            for name, run in contenders.items():
                bar.update(task, description=f"{title}: {name}")
                taken = list(run(number))
                if number:
                    times[name].seconds += taken
                bar.advance(task)
    return times


def table(title: str, times: Iterable[Times], stock: Times | None, count: int = 1) -> Table:
    """One row for each contender; seconds for the whole, and for one of ``count`` submissions where there are several."""
    sheet = Table(title=title, title_justify="left")
    several = ["one submission"] if count > 1 else []
    for heading in ("", "median", *several, "fastest", "slowest", "runs", "times stock", ""):
        sheet.add_column(heading, justify="left" if not heading else "right")
    for row in times:
        each = [shown(row.per(count))] if count > 1 else []
        ratio = f"{row.faster_than(stock):.1f}" if stock and stock.seconds else "-"
        low, high = shown(min(row.seconds)), shown(max(row.seconds))
        sheet.add_row(row.name, shown(row.median), *each, low, high, str(len(row.seconds)), ratio, row.note)
    return sheet


def shown(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.2f} s"


def slope(sizes: Sequence[int], seconds: Sequence[float]) -> tuple[float, float]:
    """(seconds for each more submission, seconds before the first) of the straight line nearest to the measured points."""
    line = statistics.linear_regression(sizes, seconds)
    return line.slope, line.intercept


def write_json(path: Path | None, about: Mapping[str, Any], **results: Any) -> None:
    if path is not None:
        path.write_text(json.dumps({"machine": about, **results}, indent=1) + "\n", encoding="utf-8")
        console.print(f"written to {path}")


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
