"""Where a learner stands, gathered: plan, released lessons, gradebook, journal and started copies. Nothing is written.

The dashboard and the commands show what `standing` returns. It takes seconds the first time, while nbgrader is imported:
a server calls it in a thread.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from autograder.results import Scores
from curriculum.catalogue import Catalogue, CatalogueError
from curriculum.journal import Attempt, Entry, Journal
from curriculum.learning.workspace import Workspace
from curriculum.plan import DEFAULT, Plan, PlanError, load_plan
from curriculum.progress import Progress, progress

#: As in nbgrader_config.py, which is nbgrader's to read and not ours to import.
COURSE_ID = "stateless-mind"


class StandingError(Exception):
    """Something a standing is made from cannot be read: ``what`` names it, the text says why and what to do."""

    def __init__(self, what: str, text: str) -> None:
        super().__init__(what, text)
        self.what = what
        self.text = text

    def __str__(self) -> str:
        return f"{self.what} cannot be read: {self.text}"


def standing(root: Path, learner: str, plan_file: Path = DEFAULT) -> Progress:
    """How far a learner is in the course that lies in ``root``. Raises StandingError."""
    return standing_in(root, lessons(root, plan_file), learner, entries(root, learner))


def standing_in(root: Path, catalogue: Catalogue, learner: str, made: Iterable[Entry]) -> Progress:
    """The same, where lessons and the learner's entries are at hand. Raises StandingError."""
    started = Workspace(root, catalogue=catalogue).started()
    attempts = (entry for entry in made if isinstance(entry, Attempt))
    return progress(catalogue.plan, catalogue, _scores(root, learner), attempts, started)


def entries(root: Path, learner: str) -> list[Entry]:
    """A learner's entries in the journal. Raises StandingError."""
    try:
        return Journal(root).entries(learner)
    except OSError as error:
        raise StandingError("The journal", _of_file(error)) from error


def lessons(root: Path, plan_file: Path = DEFAULT) -> Catalogue:
    """The released lessons of the course in ``root``, and its plan. Raises StandingError."""
    try:
        return Catalogue(_plan(plan_file, plan_file.read_bytes()), root)
    except CatalogueError as error:
        raise StandingError("A released lesson", str(error)) from error
    except PlanError as error:
        raise StandingError("The plan", str(error)) from error
    except OSError as error:
        raise StandingError("The plan", _of_file(error)) from error


@lru_cache(maxsize=16)
def _plan(file: Path, content: bytes) -> Plan:
    # `content` only keys the cache: a server would read and check the same plan at every request, a tenth of a second each.
    return load_plan(file)


def gradebook_url(root: Path) -> str:
    """The address of the course's gradebook, whether it is there yet or not."""
    return f"sqlite:///{root / 'gradebook.db'}"


def _scores(root: Path, learner: str) -> Scores:
    if not (root / "gradebook.db").exists():  # to open one that is not there would make it
        return {}
    from autograder import gradebook  # here, for it imports nbgrader: 3 s that a course without scores need not wait

    try:
        with gradebook.opened(gradebook_url(root), COURSE_ID) as book:
            return gradebook.scores(book, learner)
    except gradebook.GradebookError as error:
        raise StandingError("The gradebook", f"{error}.") from error


def _of_file(error: OSError) -> str:
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}{error.strerror or error}. Check that the file is there and may be read."
