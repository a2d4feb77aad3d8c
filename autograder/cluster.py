"""A batch on many machines: the same grading, mapped over the workers of a Dask cluster. Only the client writes results.

To a worker go the bytes of a notebook, the course's notebook and the settings; back comes plain JSON. Each worker process
keeps one engine, with its warm processes, until it ends. A worker that dies loses nothing: the scheduler gives its
notebooks to another one, and gives a notebook up on which ``distributed.scheduler.allowed-failures`` + 1 workers have died.
"""

from __future__ import annotations

import atexit
import json
import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

from autograder import ledger
from autograder.engine import Course, Engine, Settings
from autograder.graders import ClusterError, Graders, GradersLost, Work, grade_bytes
from autograder.intake import Unreadable
from autograder.ledger import Fingerprint
from autograder.stored import Graded, from_json, to_json
from autograder.submissions import CourseNotebook, take

#: Seconds to find the scheduler in, and to wait for a first worker.
CONNECT, WORKERS = 30, 60
_POLL = 0.2


def on_cluster(address: str, settings: Settings) -> Graders:
    """Graders on the Dask cluster whose scheduler is at ``address``, such as tcp://10.0.0.1:8786. Raises ClusterError."""
    try:
        import distributed
    except ImportError as error:
        raise ClusterError(f"grading on a cluster needs the Python package distributed ({error})") from error
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what goes wrong is told once, in words
    try:
        client = distributed.Client(address, timeout=CONNECT, name="autograder", set_as_default=False)
    except (OSError, ValueError) as error:
        raise ClusterError(f"there is no Dask scheduler at {address} ({error}); `dask scheduler` starts one") from error
    try:
        client.wait_for_workers(1, timeout=WORKERS)
    except TimeoutError as error:
        client.close()
        raise ClusterError(f"the scheduler at {address} has no worker; `dask worker {address}` starts one") from error

    def start(works: Sequence[Work], stop: threading.Event) -> Iterator[Graded | None]:
        return _results(client, list(reversed(works)), settings, stop)

    return start


def _results(client: Any, works: list[Work], settings: Settings, stop: threading.Event) -> Iterator[Graded | None]:
    """Keep every thread of the cluster busy with one notebook, no more: the neighbours of one that kills are few then.

    The scheduler counts a death against all that were on the worker. So who is blamed is graded once more in the end, alone.
    """
    running: dict[Any, tuple[Work, Fingerprint]] = {}
    blamed: list[Work] = []
    alone = False
    courses: dict[str, Any] = {}
    wake = threading.Event()
    try:
        while (works or running or blamed) and not stop.is_set():
            if not works and not running:
                works, blamed, alone = blamed, [], True
            while works and len(running) < (1 if alone else max(1, sum(client.nthreads().values()))):
                work = works.pop()
                try:
                    data = take(work.path)
                except Unreadable as error:
                    yield _refused(work, Fingerprint("", work.course.tests), str(error))
                    continue
                if work.course.tests not in courses:
                    # A task like others: the scheduler makes it anew where a worker took it along.
                    courses[work.course.tests] = client.submit(
                        _course, json.dumps([work.course.course.source, work.course.course.release]), pure=False
                    )
                future = client.submit(
                    _grade, work.student, work.path.stem, data, courses[work.course.tests], work.course.tests, settings,
                    pure=False,
                )  # fmt: skip
                future.add_done_callback(lambda _: wake.set())
                running[future] = work, Fingerprint(ledger.work_of(data), work.course.tests)
            ended = [future for future in running if future.done()]
            for future in ended:
                work, fingerprint = running.pop(future)
                if not alone and _killed(future):
                    blamed.append(work)
                else:
                    yield _ended(future, work, fingerprint, client)
            if not ended:
                yield None
                wake.wait(_POLL)
                wake.clear()
    except (OSError, TimeoutError) as error:
        raise _lost(client) from error
    finally:
        with suppress(OSError, TimeoutError, RuntimeError):  # nothing is to be saved where the scheduler has gone
            client.cancel(list(running))
            client.close()


def _ended(future: Any, work: Work, fingerprint: Fingerprint, client: Any) -> Graded:
    if future.status == "finished":
        return from_json(work.student, work.path.stem, future.result())
    if future.status == "error":
        error = future.exception()
        if _killed(future):
            died = f"{error.allowed_failures + 1} workers of the cluster have died while they graded it; look at it by itself"
            return _refused(work, fingerprint, died)
        return _refused(work, fingerprint, f"the cluster failed at it ({type(error).__name__}: {error})")
    raise _lost(client)


def _killed(future: Any) -> bool:
    return future.status == "error" and type(future.exception()).__name__ == "KilledWorker"


def _lost(client: Any) -> GradersLost:
    return GradersLost(
        f"the scheduler at {client.scheduler.address} has ended, or the connection to it is lost; start it again, then grade "
        "with --resume"
    )


def _refused(work: Work, fingerprint: Fingerprint, cause: str) -> Graded:
    return Graded(work.student, work.path.stem, fingerprint, refused=cause)


# What follows runs in the workers, in which several threads may grade.
_engines: dict[Settings, Engine] = {}
_lock = threading.Lock()


def _course(notebooks: str) -> Course:
    return Course(*json.loads(notebooks))


def _grade(student: str, name: str, data: bytes, course: Course, tests: str, settings: Settings) -> dict[str, Any]:
    with _lock:
        if settings not in _engines:
            _engines[settings] = Engine(settings)
            atexit.register(_engines[settings].close)
    return to_json(grade_bytes(_engines[settings].grade, student, name, data, CourseNotebook(course, tests)))
