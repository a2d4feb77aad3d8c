"""This engine as bench/ calls it: resident in this process, or as a whole program of its own (``python -m bench.ours``)."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from autograder.engine import Course, Engine, Family, Settings
from autograder.outline import imports
from autograder.results import Result
from bench.lessons import TEXTS, read, source_notebook

Grade = Callable[[Path, Course], Result]


@contextmanager
def engine(kind: str) -> Iterator[Grade]:
    """What grades one submission, with all that it keeps warm; ended at the end."""
    with Engine(settings(kind)) as warm:
        yield warm.grade


def settings(kind: str) -> Settings:
    """The usual ones; a lesson whose libraries compile at first use has a warm-up script, as a course would give it."""
    script = TEXTS / f"{kind}_warm_up.py"
    if not script.exists():
        return Settings()
    return Settings(families=(Family(tuple(sorted(imports(source_notebook(read(kind))))), str(script)),))


def grade_all(grade: Grade, course: Course, paths: Sequence[Path], jobs: int) -> list[Result]:
    with ThreadPoolExecutor(jobs) as pool:
        return list(pool.map(lambda path: grade(path, course), paths))


def command(kind: str, source: Path, release: Path, jobs: int, paths: Sequence[Path]) -> list[str]:
    """The program that starts the engine, grades and ends; it writes scores as JSON."""
    return [sys.executable, "-m", "bench.ours", kind, str(source), str(release), str(jobs), *map(str, paths)]


def main() -> None:
    kind, source, release, jobs, *paths = sys.argv[1:]
    with engine(kind) as grade:
        results = grade_all(grade, Course.read(Path(source), Path(release)), [Path(path) for path in paths], int(jobs))
    json.dump([result.scores() for result in results], sys.stdout)


def timed(grade: Grade, course: Course, paths: Sequence[Path], jobs: int = 1) -> tuple[float, list[Result]]:
    started = time.perf_counter()
    results = [grade(paths[0], course)] if len(paths) == 1 else grade_all(grade, course, paths, jobs)
    return time.perf_counter() - started, results


if __name__ == "__main__":
    main()
