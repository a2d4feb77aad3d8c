"""A section's solutions, graded day by day: seconds, peak memory, and what is left when all is over or was interrupted.

    .venv/bin/python bench/section.py 1.1

Of each day's solutions: two gradings in one process, one under a memory meter, one ended by Ctrl-C half-way: see bench/README.md.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from bench import common
from bench.common import console
from bench.memory import Peak, descendants, parents
from curriculum.build import lessons_of
from curriculum.plan import load_plan

ROOT = Path(__file__).resolve().parent.parent
_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER: what loses its parent becomes our child, and so is seen
_GRADE = """
import json, sys, time
from pathlib import Path
from autograder.engine import Course, Engine, settings_of
root, source, release, times = *map(Path, sys.argv[1:4]), int(sys.argv[4])
seconds = []
with Engine(settings_of(root)) as engine:
    for _ in range(times):
        started = time.perf_counter()
        result = engine.grade(source, Course.read(source, release))
        seconds.append(time.perf_counter() - started)
        wrong = [exercise.name for exercise in result.exercises if exercise.state != "correct"]
        if wrong:
            sys.exit(f"{source.name}: the solutions of {', '.join(wrong)} were not judged correct")
json.dump(seconds, sys.stdout)
"""


@click.command(help=__doc__.split("\n", 1)[0])
@click.argument("section")
@click.option("--json", "file", type=click.Path(path_type=Path), help="Write all that was measured to this file.")
@click.option("--any-load", is_flag=True, help="Measure on a busy machine too: what is left can be seen on any.")
def main(section: str, file: Path | None, any_load: bool) -> None:
    common.same_for_all()
    ctypes.CDLL(None, use_errno=True).prctl(_SUBREAPER, 1, 0, 0, 0)
    found: dict[str, Any] = {"machine": common.begin(any_load), "days": {}}
    table = Table(
        "Day", "First", "Second", "Peak memory", "Processes then", "Left behind", title=f"{section}: solutions graded"
    )
    clean = True
    for day, source, release in days(section):
        with console.status(f"{day}"):
            row = measured(source, release)
        found["days"][day] = row
        clean &= not row["left"]
        first, second = row["seconds"]
        table.add_row(
            day, f"{first:.1f} s", f"{second:.1f} s", f"{row['peak_mb']:.0f} MB", str(row["processes"]),
            ", ".join(row["left"]) or "nothing",
        )  # fmt: skip
    console.print(table)
    if file:
        file.write_text(json.dumps(found, indent=1), encoding="utf-8")
    if not clean:
        sys.exit(1)


def days(section: str) -> Iterator[tuple[str, Path, Path]]:
    """The written days of a section, or of one topic: id, source and release. Exits where there are none."""
    plan, written = load_plan(), False
    for unit in plan.units:
        if section in (unit.id, unit.section):
            for day, lesson in lessons_of(unit):
                written = True
                yield day.id, *(ROOT / tree / unit.id / f"{lesson.stem}.ipynb" for tree in ("source", "release"))
    if not written:
        sys.exit(f"{section} has no lessons.")


def measured(source: Path, release: Path) -> dict[str, Any]:
    """Seconds of two gradings, the peak of another, and what is left of them and of one that was interrupted."""
    with room() as folder:
        with grading(folder, source, release, 2) as process:
            seconds = json.loads(said(process))
        with grading(folder, source, release, 1) as process, Peak(process.pid) as peak:
            said(process)
        left = list(remains(folder, "graded"))
        with grading(folder, source, release, 1) as process:
            time.sleep(seconds[0] / 2)
            os.killpg(process.pid, signal.SIGINT)
            process.wait(60)
            for stream in (process.stdout, process.stderr):
                assert stream is not None
                stream.close()
        left += remains(folder, "interrupted")
    return {"seconds": seconds, "peak_mb": peak.bytes / 2**20, "processes": peak.processes, "left": left}


@contextmanager
def room() -> Iterator[Path]:
    """A folder for temporary files that the sandbox's users may pass through."""
    with tempfile.TemporaryDirectory(prefix="mind-") as folder:
        os.chmod(folder, 0o711)
        yield Path(folder)


@contextmanager
def grading(folder: Path, source: Path, release: Path, times: int) -> Iterator[subprocess.Popen[str]]:
    """A process that grades, in a group of its own, as a terminal would start it."""
    process = subprocess.Popen(
        [sys.executable, "-c", _GRADE, str(ROOT), str(source), str(release), str(times)],
        cwd=ROOT, env={**os.environ, "TMPDIR": str(folder)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def said(process: subprocess.Popen[str]) -> str:
    out, error = process.communicate()
    if process.returncode != 0:
        sys.exit(error)
    return out


def remains(folder: Path, when: str) -> Iterator[str]:
    """Processes that now are ours, for lack of a parent, five seconds after; and files."""
    until = time.monotonic() + 5
    while (alive := descendants(os.getpid(), parents()) - {os.getpid()}) and time.monotonic() < until:
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        time.sleep(0.1)
    for pid in alive:
        with suppress(OSError):
            yield f"{when}: process {(Path('/proc') / str(pid) / 'cmdline').read_text().split(chr(0))[0] or pid}"
    for path in folder.iterdir():
        yield f"{when}: {path.name}"


if __name__ == "__main__":
    main()
