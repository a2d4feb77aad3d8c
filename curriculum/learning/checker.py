"""Checks on a server that lives for days: one engine, kept warm, and what is known already is not graded again.

A check that has begun goes on when its browser goes away. When the server stops, gradings are given up and no process is
left behind; what was not recorded is marked (curriculum.learning.handing_in) and is made up for by the next check.
"""

from __future__ import annotations

import atexit
import contextlib
import datetime as dt
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from autograder import intake
from autograder.endings import KernelTrouble, Stopped
from autograder.engine import Engine, SettingsError, settings_of
from autograder.grade import Known
from autograder.results import Result
from autograder.visible import visible
from curriculum.catalogue import Catalogue, ReleasedLesson
from curriculum.learning import fresh_attempt
from curriculum.learning.checking import enter, grade_day, import_gradebook, record
from curriculum.learning.course_files import VISIBLE_ONLY, course_of, handed_out
from curriculum.learning.handing_in import turn
from curriculum.learning.lesson_view import Data, first_change, view
from curriculum.learning.shown_files import Place
from curriculum.paths import PROJECT

#: Seconds that gradings have to end in when the server stops.
PATIENCE = 10.0

#: Told of each step of a check, as one object of the API's answer.
Tell = Callable[[Data], Any]

T = TypeVar("T")


class Checker:
    """Checks the lessons of the course in ``root``; thread-safe. Nothing is started before it is asked for."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._stop = threading.Event()
        self._engines = _Engines()
        self._known: dict[tuple[str, str], Known] = {}
        self._warmed: set[str] = set()
        self._lock = threading.Lock()
        # Threads that nobody waits for run on until this is called: it ends what they do.
        atexit.register(self.close)

    def close(self) -> None:
        """Give up what is being graded, and end the engine's processes."""
        self._stop.set()
        self._engines.close()

    def warm(self, lesson: ReleasedLesson) -> None:
        """Begin in the background with what the first check of a lesson would wait for: nbgrader, the lesson's libraries."""
        with self._lock:
            if lesson.day in self._warmed:
                return
            self._warmed.add(lesson.day)
        threading.Thread(target=self._warm, args=(lesson,), daemon=True).start()

    def begin(self, catalogue: Catalogue, learner: str, place: Place, path: str, tell: Tell) -> None:
        """Check the learner's notebook in a thread; ``tell`` hears of each step, in that thread, and {} at the end."""
        arguments = (catalogue, learner, place, path, tell)
        threading.Thread(target=self._checked, args=arguments, daemon=True).start()

    def _checked(self, catalogue: Catalogue, learner: str, place: Place, path: str, tell: Tell) -> None:
        def refused(message: str) -> None:
            tell({"event": "refused", "message": visible(message)})

        try:
            with turn(self._root, learner, place.lesson, self._stop):
                check = self._check_again if place.exercise else self._check
                check(catalogue, learner, place, path, tell)
        except Stopped:
            refused("The server is stopping. The next check grades and records this work.")
        except (intake.Unreadable, KernelTrouble, SettingsError) as error:
            refused(str(error))
        except OSError as error:
            refused(f"{_of_file(error)} Your notebook is as it was.")
        except BaseException:
            refused("The check met a fault that it does not know; the server's log says more.")
            raise
        finally:
            tell({})

    def _check(self, catalogue: Catalogue, learner: str, place: Place, path: str, tell: Tell) -> None:
        """A lesson: handed in, graded, entered in the journal, told, recorded in the gradebook."""
        lesson, when = place.lesson, dt.datetime.now(dt.UTC)
        before = view(self._root, catalogue, learner, place, path)
        with self._knowing(learner, path) as known:
            keys = {name: key for name, (key, _) in known.results.items()}
            day = self._graded(
                lambda engine: grade_day(engine, self._root, catalogue, learner, lesson, when, self._stop, known)
            )
            assert day.result is not None
            anew = {e.name for e in day.result.exercises if known.results[e.name][0] != keys.get(e.name)}
            enter(self._root, learner, lesson, day, anew)
        tell(_told(before, view(self._root, catalogue, learner, place, path), day.result, anew, handed_out(self._root)))
        try:
            problem = record(self._root, catalogue, learner, [day], when).unrecorded
        except OSError as error:
            problem = _of_file(error)
        tell({"event": "unrecorded", "message": visible(problem)} if problem else {"event": "recorded"})

    def _check_again(self, catalogue: Catalogue, learner: str, place: Place, path: str, tell: Tell) -> None:
        """A fresh attempt: graded and told; lesson, hand-in and gradebook are left alone."""
        before = view(self._root, catalogue, learner, place, path)
        with self._knowing(learner, path) as known:
            keys = {name: key for name, (key, _) in known.results.items()}
            last = self._graded(lambda engine: fresh_attempt.grade(engine, self._root, place, self._stop, known))
            anew = {e.name for e in last.result.exercises if known.results[e.name][0] != keys.get(e.name)}
            fresh_attempt.enter(self._root, learner, place, last)
        after = view(self._root, catalogue, learner, place, path)
        tell(_told(before, after, last.result, anew, handed_out(self._root)))
        tell({"event": "recorded"})

    @contextmanager
    def _knowing(self, learner: str, path: str) -> Iterator[Known]:
        """What is known of a notebook; forgotten where what follows from it could not be written down."""
        known = self._known.setdefault((learner, path), Known())
        # What a busy machine or a short memory caused may be another thing now.
        known.results = {n: r for n, r in known.results.items() if r[1].state not in ("timed out", "crashed")}
        try:
            yield known
        except OSError:
            del self._known[learner, path]  # else the next check would not enter it either
            raise

    def _graded(self, graded: Callable[[Engine], T]) -> T:
        try:
            with self._engines.one() as engine:
                return graded(engine)
        except KernelTrouble:
            # The engine's process may have been ended by hand, or for want of memory: once more with a new one.
            with self._engines.one() as engine:
                return graded(engine)

    def _warm(self, lesson: ReleasedLesson) -> None:
        # What is wrong with the course or the machine is told by the check that meets it.
        with contextlib.suppress(OSError, intake.Unreadable, KernelTrouble, SettingsError, Stopped):
            course = course_of(self._root, lesson)
            with self._engines.one() as engine:
                engine.grade(self._root / "source" / lesson.unit / lesson.path.name, course, self._stop)
        import_gradebook()  # after what a result waits for: scores are recorded behind it


@dataclass
class _Held:
    engine: Engine
    users: int = 0


class _Engines:
    """The one engine; a new one in its place when it is in trouble, which is closed once nobody grades with it."""

    def __init__(self) -> None:
        self._current: _Held | None = None
        self._free = threading.Condition()
        self._closed = False

    @contextmanager
    def one(self) -> Iterator[Engine]:
        """The engine, made if there is none. Raises SettingsError, Stopped."""
        with self._free:
            if self._closed:
                raise Stopped
            self._current = held = self._current or _Held(Engine(settings_of(PROJECT)))
            held.users += 1
        try:
            yield held.engine
        except KernelTrouble:
            with self._free:
                if self._current is held:
                    self._current = None
            raise
        finally:
            with self._free:
                held.users -= 1
                self._free.notify_all()
                idle = held.users == 0 and held is not self._current
            if idle:
                held.engine.close()

    def close(self) -> None:
        with self._free:
            self._closed, held = True, self._current
            if held is None:
                return
            self._free.wait_for(lambda: held.users == 0, PATIENCE)
            self._current = None
        held.engine.close()


def _told(before: Data, after: Data, result: Result, anew: Collection[str], visible_only: bool) -> Data:
    """What a check has found, as it is told."""
    return {
        "event": "graded",
        "lesson": after,
        "changed": first_change(before, after),
        "remarks": [visible(remark) for remark in result.remarks] + [VISIBLE_ONLY] * visible_only,
        "graded": [e.name for e in result.exercises if e.name in anew and e.state != "not attempted"],
    }


def _of_file(error: OSError) -> str:
    where = f" ({error.filename})" if error.filename else ""
    return f"A file could not be written or read{where}: {error.strerror or error}."
