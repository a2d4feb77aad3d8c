"""The same batch on a Dask cluster of this machine: two worker processes, as many as there would be machines."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from pathlib import Path

from autograder.cluster import on_cluster
from autograder.engine import Course
from autograder.graders import Work
from autograder.ledger import tests_of
from autograder.submissions import CourseNotebook
from bench import ours


def grade(
    kind: str, course: Course, paths: Sequence[Path], workers: int = 2
) -> tuple[float, float, list[dict[str, float]]]:
    """Seconds with the workers' engines starting, seconds once more with them warm, and the points of each submission."""
    from distributed import LocalCluster

    book = CourseNotebook(course, tests_of(course))
    # A submission's number stands for its student: all files have one name.
    works = [Work(str(number), path, book) for number, path in enumerate(paths)]
    with LocalCluster(n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        taken = []
        for _ in range(2):
            started = time.perf_counter()
            start = on_cluster(cluster.scheduler_address, ours.settings(kind))
            graded = [one for one in start(works, threading.Event()) if one is not None]
            taken.append(time.perf_counter() - started)
    refused = [one for one in graded if one.result is None]
    if refused:
        raise RuntimeError(f"{len(refused)} submissions were not graded: {refused[0].refused}")
    points = {one.student: one.result.scores() for one in graded if one.result is not None}
    return taken[0], taken[1], [points[str(number)] for number in range(len(paths))]
