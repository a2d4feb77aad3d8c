"""The engine behind every score: warm processes, tests apart, a sandbox; stock kernels where the machine has no fork.

::

    with Engine(Settings()) as engine:
        result = engine.grade(submission, Course.read(source, release))
"""

from __future__ import annotations

import json
import sys
import tempfile
import threading
import tomllib
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder import grade as grading
from autograder.endings import KernelTrouble
from autograder.grade import CELL_SECONDS, Course, Judging, Known, Opening, Process
from autograder.intake import Notebook
from autograder.results import Result
from autograder.sandbox import Limits
from autograder.warm import Family, ThreadsStarted, Zygote, can_fork, interpreter, sweep

__all__ = ["Course", "Engine", "Family", "Settings", "settings_of"]


class SettingsError(Exception):
    """A course's settings cannot be used. The text says which, and what would be right."""


@dataclass(frozen=True)
class Settings:
    """How a course is graded. ``readable`` are files and folders of the course that its lessons may read.

    ``families`` are tried in order: the first that has all that a notebook imports; a notebook that none covers gets one
    of its own. With ``demand_sandbox`` nothing is graded where files and network cannot be closed to the learner's
    process. ``secret`` reaches the tests alone, as the variable AUTOGRADER_SECRET.
    """

    families: tuple[Family, ...] = ()
    readable: tuple[str, ...] = ()
    cell_seconds: float = CELL_SECONDS
    demand_sandbox: bool = False
    secret: str = field(default="", repr=False)
    limits: Limits = field(default_factory=Limits)


def settings_of(course: Path) -> Settings:
    """The settings that a course's pyproject.toml gives in ``[tool.autograder]``; the usual ones where it has none.

    Paths there are relative to the course. Raises SettingsError.
    """
    path = course / "pyproject.toml"
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path} cannot be read: {error}") from error
    given: Mapping[str, Any] = table.get("tool", {}).get("autograder", {})
    known = {"readable", "families", "cell_seconds", "demand_sandbox", "limits", "secret_file", "feedback"}
    if unknown := set(given) - known:
        raise SettingsError(
            f"{path}: [tool.autograder] has {', '.join(sorted(unknown))}; it knows {', '.join(sorted(known))}"
        )
    try:
        return Settings(
            families=tuple(
                Family(tuple(one["imports"]), str(course / one["warm_up"]) if "warm_up" in one else "")
                for one in given.get("families", [])
            ),
            readable=tuple(str(course / name) for name in given.get("readable", [])),
            cell_seconds=float(given.get("cell_seconds", CELL_SECONDS)),
            demand_sandbox=bool(given.get("demand_sandbox", False)),
            secret=_secret(course / given["secret_file"]) if "secret_file" in given else "",
            limits=Limits(**given.get("limits", {})),
        )
    except (TypeError, KeyError, ValueError) as error:
        raise SettingsError(f"{path}: [tool.autograder] is not right: {error}") from error


class Engine:
    """Grades submissions, from any number of threads; as a context, it ends whatever it started."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self._zygotes: dict[tuple[str, Family], Zygote] = {}
        self._judgings: dict[str, Judging] = {}
        self._lock = threading.Lock()
        sweep()

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        with self._lock:
            for zygote in self._zygotes.values():
                zygote.close()
            self._zygotes.clear()

    def grade(
        self, submission: Path, course: Course, stop: threading.Event | None = None, known: Known | None = None
    ) -> Result:
        """Grade one notebook against the course's. The submission is only read.

        With ``known``, of one learner's notebook, exercises for which nothing has changed keep their results. Raises intake.Unreadable if the file is no notebook, endings.KernelTrouble if nothing can be graded on this machine,
        endings.Stopped soon after ``stop`` is set.
        """
        if not can_fork() or not _python(course.source):
            if self.settings.demand_sandbox:
                raise KernelTrouble("a sandbox is demanded; there is one on Linux, for notebooks in Python")
            return grading.grade(submission, course, self.settings.cell_seconds, stop, known=known)
        return self._grade(submission, course, stop, self.judging(course), known)

    def judging(self, course: Course) -> Judging:
        """Which exercises' tests have to run in the learner's process, and which test cells give partial credit.

        An exercise that declares its exports is judged apart. Elsewhere it is tried out on the course's own solution: where
        the tests pass in its process and not apart, they ask for something that is no plain data.
        """
        undeclared = frozenset(exercise.name for exercise in course.outline.exercises if not exercise.declared)
        if not undeclared:
            return Judging()
        key = course.fingerprint
        with self._lock:
            if key in self._judgings:
                return self._judgings[key]
        apart, there = self.reference(course)
        points = {exercise.name: exercise.points for exercise in apart.exercises}
        found = Judging(
            frozenset(e.name for e in there.exercises if e.name in undeclared and e.points > points[e.name]),
            frozenset(test.name for e in there.exercises for test in e.tests if test.partial),
        )
        with self._lock:
            self._judgings[key] = found
        return found

    def reference(self, course: Course) -> tuple[Result, Result]:
        """The course's own solutions, judged apart and judged in the learner's process."""
        everything = frozenset(exercise.name for exercise in course.outline.exercises)
        with tempfile.TemporaryDirectory(prefix="reference-") as folder:
            solved = Path(folder) / "reference.ipynb"
            solved.write_text(json.dumps(course.source), encoding="utf-8")
            apart = self._grade(solved, course, None, Judging())
            return apart, self._grade(solved, course, None, Judging(everything))

    def _grade(
        self,
        submission: Path,
        course: Course,
        stop: threading.Event | None,
        judging: Judging,
        known: Known | None = None,
    ) -> Result:
        opening = self._opening(course, stop)
        return grading.grade(submission, course, self.settings.cell_seconds, stop, opening, judging, known)

    def _opening(self, course: Course, stop: threading.Event | None) -> Opening:
        def opened() -> AbstractContextManager[Process]:
            pair = self._zygote(course).pair()
            pair.stop = stop
            if self.settings.demand_sandbox and not pair.strong:
                pair.close()
                raise KernelTrouble(f"a sandbox is demanded, and here there is only: {pair.means}")
            return pair

        return opened

    def _zygote(self, course: Course) -> Zygote:
        python, family = interpreter(_kernelspec(course.source)), self._family(course.imports)
        with self._lock:
            if (python, family) not in self._zygotes:
                self._zygotes[python, family] = self._started(python, family)
            return self._zygotes[python, family]

    def _started(self, python: str, family: Family) -> Zygote:
        given = python, self.settings.limits, self.settings.readable, self.settings.secret
        try:
            return Zygote(family, *given)
        except ThreadsStarted:  # what starts threads when it is imported is imported by each process for itself
            return Zygote(Family(), *given)

    def _family(self, needed: set[str]) -> Family:
        for family in self.settings.families:
            if all(_covered(name, family.imports) for name in needed):
                return family
        return Family(tuple(sorted(needed)))


def _covered(name: str, imported: Iterable[str]) -> bool:
    """Whether a module's package is among these, or comes with Python: what is missing of it is then imported quickly."""
    package = name.partition(".")[0]
    return package in sys.stdlib_module_names or package in {module.partition(".")[0] for module in imported}


def _python(book: Notebook) -> bool:
    spec = book["metadata"].get("kernelspec")
    return not isinstance(spec, dict) or str(spec.get("language", "python")).lower() == "python"


def _kernelspec(book: Notebook) -> str:
    spec = book["metadata"].get("kernelspec")
    return str(spec.get("name", "")) if isinstance(spec, dict) else ""


def _secret(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ValueError(f"the secret's file {path} cannot be read ({error.strerror})") from error
