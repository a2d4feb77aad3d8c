"""For what work, tests and engine each score in a gradebook was given: how a batch knows what is graded already.

The ledger is a table of our own in the gradebook's database, written in the transaction that writes the scores. So the two
cannot disagree after a crash, a restored backup brings its own ledger along, and there is no second file to lose. It
refers to no table of nbgrader's and none refers to it: nbgrader's migrations and deletions pass it by. What other programs do
to the scores meanwhile shows, for an entry counts only while the gradebook still holds the very scores that it names.

Nothing of nbgrader is imported here: that takes seconds, in which a batch grades.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import Column, Connection, MetaData, String, Table, Text, delete, insert, inspect, select, text
from sqlalchemy.schema import CreateTable

from autograder.database import reading
from autograder.grade import Course

#: Raise it when the same work may get another score than before: everything is graded again then.
ENGINE = "autograder 1"

#: The work of a notebook that was scored once and is no longer there.
GONE = ""

_TABLE = Table(
    "autograder_ledger",
    MetaData(),
    *(Column(name, String(128), primary_key=True) for name in ("assignment", "student", "notebook")),
    *(Column(name, String(128), nullable=False) for name in ("work", "tests", "engine")),
    Column("scores", Text, nullable=False),
)

#: Metadata that running or reading a notebook leaves in it.
_OF_A_RUN = ("execution", "collapsed", "scrolled")

_SCORED = text(
    "SELECT submitted_assignment.student_id, notebook.name, base_cell.name, grade.auto_score FROM assignment"
    " JOIN submitted_assignment ON submitted_assignment.assignment_id = assignment.id"
    " JOIN submitted_notebook ON submitted_notebook.assignment_id = submitted_assignment.id"
    " JOIN notebook ON notebook.id = submitted_notebook.notebook_id"
    " JOIN grade ON grade.notebook_id = submitted_notebook.id"
    " JOIN base_cell ON base_cell.id = grade.cell_id"
    " WHERE assignment.name = :assignment AND grade.auto_score IS NOT NULL"
)


@dataclass(frozen=True)
class Fingerprint:
    """Which work (SHA-256 of the notebook's bytes), which version of the tests (SHA-256), which engine."""

    work: str
    tests: str
    engine: str = ENGINE

    def cause(self, before: Fingerprint | None) -> str:
        """Why a score given for ``before`` may differ from one given for this."""
        if before is None:
            return "graded before by another program"
        if self.work == GONE:
            return "the work is gone"
        names = {"work": "submission changed", "tests": "tests changed", "engine": "grader changed"}
        causes = [words for name, words in names.items() if getattr(self, name) != getattr(before, name)]
        return ", ".join(causes) or "same work, same tests: chance or time decides here, look at it"


@dataclass(frozen=True)
class Known:
    """What a gradebook holds of an assignment, by student and notebook: the ledger's entries, and scores by cell."""

    entries: Mapping[tuple[str, str], tuple[Fingerprint, dict[str, float]]] = field(default_factory=dict)
    scored: Mapping[tuple[str, str], dict[str, float]] = field(default_factory=dict)

    def graded(self, student: str, notebook: str, fingerprint: Fingerprint) -> bool:
        """Whether the scores that are in the gradebook were given for exactly this."""
        before, scores = self.entries.get((student, notebook), (None, {}))
        there = self.scored.get((student, notebook), {})
        return before == fingerprint and all(there.get(cell) == score for cell, score in scores.items())

    def before(self, student: str, notebook: str) -> Fingerprint | None:
        """What the scores in the gradebook were given for, None if nobody has said."""
        return self.entries.get((student, notebook), (None, {}))[0]


def work_of(data: bytes) -> str:
    """The fingerprint of a notebook as it was handed in."""
    return hashlib.sha256(data).hexdigest()


def tests_of(course: Course) -> str:
    """The fingerprint of all in the course's two notebooks that a score can depend on: not of their text and outputs."""
    digest = hashlib.sha256()
    for book in (course.source, course.release):
        for cell in book["cells"]:
            about = {name: value for name, value in cell["metadata"].items() if name not in _OF_A_RUN}
            bears = (cell["cell_type"], about, cell["source"] if cell["cell_type"] == "code" else "")
            if bears[1] or bears[2]:
                digest.update(json.dumps(bears, sort_keys=True).encode() + b"\n")
        digest.update(b"\n")
    return digest.hexdigest()


def read(db_url: str, assignment: str) -> Known:
    """What the gradebook knows of an assignment; nothing is made or changed. Raises GradebookError."""
    with reading(db_url) as connection:
        return Known() if connection is None else _read(connection, assignment)


def _read(connection: Connection, assignment: str) -> Known:
    scored: dict[tuple[str, str], dict[str, float]] = {}
    for student, notebook, cell, score in connection.execute(_SCORED, {"assignment": assignment}):
        scored.setdefault((student, notebook), {})[cell] = float(score)
    entries = {}
    if inspect(connection).has_table(_TABLE.name):
        for row in connection.execute(select(_TABLE).where(_TABLE.c.assignment == assignment)):
            entries[row.student, row.notebook] = Fingerprint(row.work, row.tests, row.engine), json.loads(row.scores)
    return Known(entries, scored)


def write(
    session: Any, assignment: str, student: str, entries: Iterable[tuple[str, Fingerprint, Mapping[str, float]]]
) -> None:
    """Enter for each notebook what its scores were given for, in the transaction that is under way in ``session``."""
    keys = {"assignment": assignment, "student": student}
    rows = [
        {**keys, "notebook": notebook, **asdict(fingerprint), "scores": json.dumps(dict(scores))}
        for notebook, fingerprint, scores in entries
    ]
    session.execute(CreateTable(_TABLE, if_not_exists=True))
    of_student = (_TABLE.c.assignment == assignment, _TABLE.c.student == student)
    session.execute(delete(_TABLE).where(*of_student, _TABLE.c.notebook.in_([row["notebook"] for row in rows])))
    session.execute(insert(_TABLE), rows)
