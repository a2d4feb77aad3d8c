"""Those who grade: threads here, each waiting for the processes that its grading runs in, or machines elsewhere (cluster.py)."""

from __future__ import annotations

import os
import queue
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from autograder import intake, ledger
from autograder.endings import KernelTrouble, Stopped
from autograder.grade import Course
from autograder.ledger import Fingerprint
from autograder.results import Result
from autograder.stored import Graded
from autograder.submissions import CourseNotebook, take, unanswered

#: Grades one notebook file against the course's; raises Unreadable, KernelTrouble, Stopped.
Grader = Callable[[Path, Course], Result]


class ClusterError(Exception):
    """The cluster that is to grade cannot be used. The text says why and what to do."""


class GradersLost(Exception):
    """There is nobody left who could grade. The text says why and what to do."""


@dataclass(frozen=True)
class Work:
    """One notebook to be graded."""

    student: str
    path: Path
    course: CourseNotebook


class Graders(Protocol):
    """Those who grade: given all the work, they begin at once, and the results come in any order."""

    def __call__(self, works: Sequence[Work], stop: threading.Event) -> Iterator[Graded | None]:
        """Each result as it is there, None when none came for a while; ends early, with what is done, when ``stop`` is set.

        Raises GradersLost."""


def grade_bytes(grader: Grader, student: str, name: str, data: bytes, book: CourseNotebook) -> Graded:
    """Grade exactly these bytes: whatever happens to the file meanwhile, the fingerprint is of what was graded.

    Raises Stopped. Anything else that goes wrong is told in the result.
    """
    fingerprint = Fingerprint(ledger.work_of(data), book.tests)
    try:
        # Named as the engine's own folders are: it sweeps away what a killed grader leaves.
        prefix = f"autograder-{os.getpid()}-submission-"
        with tempfile.TemporaryDirectory(prefix=prefix, ignore_cleanup_errors=True) as folder:
            path = Path(folder) / f"{name}.ipynb"
            path.write_bytes(data)
            left = unanswered(intake.read(path), book.course.release)
            return Graded(student, name, fingerprint, grader(path, book.course), unanswered=left)
    except Stopped:
        raise
    except (intake.Unreadable, KernelTrouble) as error:
        return Graded(student, name, fingerprint, refused=str(error))
    except Exception as error:  # noqa: BLE001 - a fault of the grader's own must not stop the others' grading
        return Graded(student, name, fingerprint, refused=f"the grader failed at it ({type(error).__name__}: {error})")


def grade_work(grader: Grader, work: Work) -> Graded:
    """Take the notebook as it is now, and grade it. Raises Stopped."""
    try:
        data = take(work.path)
    except intake.Unreadable as error:
        return Graded(work.student, work.path.stem, Fingerprint("", work.course.tests), refused=str(error))
    return grade_bytes(grader, work.student, work.path.stem, data, work.course)


def side_by_side(grader: Callable[[Path, Course, threading.Event], Result], jobs: int) -> Graders:
    """Graders on this machine: so many threads, each waiting for the processes that its grading runs in.

    ``grader`` raises Stopped soon after its last argument is set.
    """

    def start(works: Sequence[Work], stop: threading.Event) -> Iterator[Graded | None]:
        done: queue.SimpleQueue[Graded] = queue.SimpleQueue()
        pool = ThreadPoolExecutor(max(1, min(jobs, len(works))), thread_name_prefix="grade")

        def one(work: Work) -> None:
            try:
                if not stop.is_set():
                    done.put(grade_work(lambda path, course: grader(path, course, stop), work))
            except Stopped:
                pass

        for work in works:
            pool.submit(one, work)
        return _as_they_come(done, pool, len(works), stop)

    return start


def _as_they_come(
    done: queue.SimpleQueue[Graded], pool: ThreadPoolExecutor, expected: int, stop: threading.Event
) -> Iterator[Graded | None]:
    seen = 0
    try:
        while seen < expected and not stop.is_set():
            try:
                yield done.get(timeout=0.1)
                seen += 1
            except queue.Empty:
                yield None
        pool.shutdown(cancel_futures=True)
        while not done.empty():
            yield done.get()
    finally:
        if seen < expected:  # whoever asked for the results does not want the rest
            stop.set()
        pool.shutdown(cancel_futures=True)


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
