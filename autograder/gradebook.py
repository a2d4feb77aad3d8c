"""nbgrader's gradebook: brought up to date with the course, given scores, asked for them.

Scores go in whole, in one transaction for each submission. Where a course with scores in it changes, rows are moved by
``grade_id`` and a copy of the database is kept first: nbgrader itself would refuse.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
import tempfile
import threading
import time
import warnings
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

from nbgrader import api
from nbgrader.utils import parse_utc
from sqlalchemy import create_engine, insert, inspect, text
from sqlalchemy.exc import SAWarning

from autograder import database, intake, recording
from autograder.assignment import GenerateError, generate_assignment
from autograder.database import GradebookError as GradebookError
from autograder.recording import Scored
from autograder.results import Result, Scores
from autograder.stored import Graded
from autograder.submissions import Submission

_KINDS = {
    "grade_cells": api.GradeCell,
    "solution_cells": api.SolutionCell,
    "source_cells": api.SourceCell,
    "task_cells": api.TaskCell,
}
_TROUBLES = (*database.TROUBLES, api.InvalidEntry)


@contextmanager
def opened(db_url: str, course_id: str) -> Iterator[api.Gradebook]:
    """The gradebook at ``db_url``, made if it is not there. Raises GradebookError for a locked, full or foreign database.

    nbgrader looks through all tables each time: a batch opens it once.
    """
    api.app_log.addFilter(database.without_rollbacks)
    database.check_schema(db_url)
    try:
        with warnings.catch_warnings():
            # nbgrader fills its rows in an order that SQLAlchemy 2.1 remarks on; what is stored is right.
            warnings.simplefilter("ignore", SAWarning)
            _lay_out(db_url, course_id)
            with api.Gradebook(db_url, course_id) as gradebook:
                yield gradebook
    except _TROUBLES as error:
        raise GradebookError(database.explain(error, db_url)) from error


def in_step(gradebook: api.Gradebook, assignment: str, course: Mapping[str, intake.Notebook]) -> bool:
    """Whether the gradebook holds the test cells of these notebooks (by name), with their points and text."""
    # Two queries: through nbgrader's objects it would be one for each cell.
    points, sources = (
        {
            (book, cell): value
            for book, cell, value in gradebook.db.query(api.Notebook.name, kind.name, column)
            .join(kind, kind.notebook_id == api.Notebook.id)
            .join(api.Assignment, api.Assignment.id == api.Notebook.assignment_id)
            .filter(api.Assignment.name == assignment, kind.cell_type == "code")
        }
        for kind, column in ((api.GradeCell, api.GradeCell.max_score), (api.SourceCell, api.SourceCell.source))
    )
    rows = {key: (most, sources.get(key)) for key, most in points.items()}
    wanted = {
        (name, intake.grade_id(cell)): (float(cell["metadata"]["nbgrader"]["points"]), cell["source"])
        for name, book in course.items()
        for cell in book["cells"]
        if intake.is_test(cell)
    }
    return bool(rows) and rows == wanted


def bring_into_step(db_url: str, course_id: str, assignment: str, course: Path) -> Path | None:
    """Make the gradebook's assignment what nbgrader makes of it in an empty one, keeping every score whose cell remains.

    ``course`` is the folder that holds ``source/`` and ``nbgrader_config.py``. Returns the copy that was kept of a
    SQLite gradebook that had submissions in it; one on a server is its keeper's to copy (``pg_dump``), and None is
    returned. Raises GradebookError, assignment.GenerateError.
    """
    with tempfile.TemporaryDirectory(prefix="gradebook-") as folder:
        fresh_url = f"sqlite:///{Path(folder) / 'fresh.db'}"
        _lay_out(fresh_url, course_id)  # nbgrader itself takes seconds for it
        generate_assignment(assignment, course, Path(folder) / "release", fresh_url)
        with opened(db_url, course_id) as kept, opened(fresh_url, course_id) as fresh:
            backup = _backup(db_url) if _has_submissions(kept, assignment) else None
            database.transact(kept.db, course_id, lambda: _copy_structure(kept, fresh, assignment))
    return backup


def record(
    gradebook: api.Gradebook, assignment: str, learner: str, results: Iterable[Result], when: dt.datetime
) -> None:
    """Write the scores of one learner's graded notebooks, all or none. Points by hand that a person gave stay."""
    recording.record(gradebook, assignment, learner, [Scored(each.notebook, each.scores()) for each in results], when)


class Recorder:
    """A gradebook that a batch writes to: opened once, brought into step with the course where it is not.

    ``root`` and ``assignment`` as for bring_into_step, ``course`` as for in_step. A lock of another program's is waited for
    ``patience`` seconds, or until ``stop`` is set.
    """

    def __init__(
        self,
        db_url: str,
        course_id: str,
        root: Path,
        assignment: str,
        course: Mapping[str, intake.Notebook],
        patience: float,
        stop: threading.Event,
    ) -> None:
        #: What there is to say of how the gradebook was brought into step.
        self.note = ""
        self._url, self._course_id, self._root, self._assignment = db_url, course_id, root, assignment
        self._course, self._patience, self._stop = course, patience, stop
        self._stack, self._book = ExitStack(), None

    def __enter__(self) -> Recorder:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @property
    def ready(self) -> bool:
        """Whether it has been opened."""
        return self._book is not None

    def open(self) -> None:
        """Open the gradebook, if that is not done yet. Raises GradebookError."""
        until = time.monotonic() + self._patience
        while self._book is None:
            try:
                book = self._stack.enter_context(opened(self._url, self._course_id))
                current = in_step(book, self._assignment, self._course)
                book.db.rollback()  # on a server, what was only read is not to be held
                if not current:
                    self.note = self._brought_into_step(_has_submissions(book, self._assignment))
                self._book = book
            except GenerateError as error:
                raise GradebookError(f"{self._assignment} cannot be entered in the gradebook: {error}") from error
            except (GradebookError, *_TROUBLES) as error:
                self._stack.close()
                told = error if isinstance(error, GradebookError) else self._told(error)
                if not database.passing(error) or time.monotonic() > until or self._stop.is_set():
                    raise told from error

    def _brought_into_step(self, scored: bool) -> str:
        backup = bring_into_step(self._url, self._course_id, self._assignment, self._root)
        if not scored:
            return ""
        if backup is None:
            return "the course has changed; a gradebook on a server is copied by who keeps it (pg_dump), and no copy was made"
        return f"the course has changed; a copy of the gradebook as it was is kept as {backup.name}"

    def _told(self, error: Exception) -> GradebookError:
        return GradebookError(database.explain(error, self._url))

    def record(self, submission: Submission, graded: Iterable[Graded]) -> dict[str, dict[str, float]]:
        """Record a submission; the scores it had before, by notebook and cell. Raises GradebookError, ValueError."""
        if self._book is None:
            raise GradebookError("the gradebook is not open")
        given = [
            Scored(
                one.notebook,
                one.result.scores() if one.result else None,
                bool(one.result and one.result.attempted),
                one.unanswered,
                one.fingerprint,
            )
            for one in graded
        ]
        try:
            return recording.record(
                self._book,
                self._assignment,
                submission.student,
                given,
                handed_in(submission.timestamp),
                self._patience,
                self._stop,
            )
        except _TROUBLES as error:
            raise self._told(error) from error


def handed_in(timestamp: str) -> dt.datetime | None:
    """The time in a timestamp.txt, None where it holds none that nbgrader could read."""
    try:
        return parse_utc(timestamp).replace(tzinfo=dt.UTC) if timestamp else None
    except (ValueError, OverflowError):
        return None


def scores(gradebook: api.Gradebook, learner: str) -> Scores:
    """Every score of a learner that has been given, by hand or by the grader."""
    found: dict[str, dict[str, dict[str, tuple[float, float]]]] = defaultdict(lambda: defaultdict(dict))
    rows = (
        gradebook.db.query(
            api.Assignment.name, api.Notebook.name, api.GradeCell.name, api.Grade.score, api.GradeCell.max_score
        )
        .join(api.Notebook, api.Notebook.assignment_id == api.Assignment.id)
        .join(api.GradeCell, api.GradeCell.notebook_id == api.Notebook.id)
        .join(api.Grade, api.Grade.cell_id == api.GradeCell.id)
        .join(api.SubmittedNotebook, api.SubmittedNotebook.id == api.Grade.notebook_id)
        .join(api.SubmittedAssignment, api.SubmittedAssignment.id == api.SubmittedNotebook.assignment_id)
        .filter(api.SubmittedAssignment.student_id == learner)
        .filter((api.Grade.auto_score.is_not(None)) | (api.Grade.manual_score.is_not(None)))
    )
    for assignment, notebook, cell, score, most in rows:
        found[assignment][notebook][cell] = float(score), float(most)
    return found


def _copy_structure(kept: api.Gradebook, fresh: api.Gradebook, assignment: str) -> None:
    kept.update_or_create_assignment(assignment)
    names = {book.name for book in fresh.find_assignment(assignment).notebooks}
    for book in list(kept.find_assignment(assignment).notebooks):
        if book.name not in names:
            kept.remove_notebook(book.name, assignment)
    for book in fresh.find_assignment(assignment).notebooks:
        mine = kept.update_or_create_notebook(book.name, assignment, kernelspec=book.kernelspec)
        for attribute, kind in _KINDS.items():
            _copy_cells(kept, getattr(mine, attribute), getattr(book, attribute), kind, mine)
        kept.db.flush()
        kept.db.expire_all()  # the notebook's lists of cells are asked for anew
        _complete_submissions(kept, mine)


def _copy_cells(kept: api.Gradebook, mine: Iterable[Any], fresh: Iterable[Any], kind: type, book: Any) -> None:
    mine_by_name, fresh_by_name = {cell.name: cell for cell in mine}, {cell.name: cell for cell in fresh}
    for name in set(mine_by_name) - set(fresh_by_name):
        cell = mine_by_name[name]
        for row in [*(getattr(cell, "grades", None) or []), *(getattr(cell, "comments", None) or [])]:
            kept.db.delete(row)
        kept.db.delete(cell)
    for name, cell in fresh_by_name.items():
        fields = {
            key: value for key, value in cell.to_dict().items() if key not in ("id", "name", "notebook", "assignment")
        }
        if name in mine_by_name:
            for key, value in fields.items():
                setattr(mine_by_name[name], key, value)
        else:
            kept.db.add(kind(name=name, notebook=book, **fields))


def _complete_submissions(kept: api.Gradebook, book: Any) -> None:
    """Give submissions that were there before the notebook, or a cell of it, the rows that a new one would have."""
    for submission in book.assignment.submissions:
        mine = next((n for n in submission.notebooks if n.notebook is book), None)
        if mine is None:
            mine = api.SubmittedNotebook(notebook=book, assignment=submission)
            kept.db.add(mine)
        graded, commented = {grade.cell_id for grade in mine.grades}, {comment.cell_id for comment in mine.comments}
        for cell in [*book.grade_cells, *book.task_cells]:
            if cell.id not in graded:
                kept.db.add(api.Grade(cell_id=cell.id, notebook=mine))
        for cell in [*book.solution_cells, *book.task_cells]:
            if cell.id not in commented:
                kept.db.add(api.Comment(cell_id=cell.id, notebook=mine))


def _has_submissions(gradebook: api.Gradebook, assignment: str) -> bool:
    try:
        return bool(gradebook.find_assignment(assignment).submissions)
    except api.MissingEntry:
        return False


def _backup(db_url: str) -> Path | None:
    path = database.file_of(db_url)
    if path is None:
        return None
    backup = path.with_name(f"{path.name}.{dt.datetime.now():%Y%m%d-%H%M%S}.backup")
    with closing(sqlite3.connect(path)) as kept, closing(sqlite3.connect(backup)) as copy:
        kept.backup(copy)  # whole, even if another program writes meanwhile
    return backup


def _lay_out(db_url: str, course_id: str) -> None:
    """Make the tables of a gradebook that has none, all of them or none: half of them would count as damage from then on.

    nbgrader makes them one by one, so that two who begin at once are in each other's way.
    """
    engine = create_engine(db_url)
    try:
        with engine.connect() as connection:
            if inspect(connection).get_table_names():
                return
            connection.rollback()
            lock = "BEGIN IMMEDIATE" if engine.dialect.name == "sqlite" else "SELECT pg_advisory_xact_lock(20180623)"
            connection.execute(text(lock))
            if not inspect(connection).get_table_names():  # else another program was faster
                api.Base.metadata.create_all(connection)
                connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
                connection.execute(
                    text("INSERT INTO alembic_version VALUES (:version)"), {"version": database.newest()}
                )
                connection.execute(insert(api.Course), [{"id": course_id}])
            connection.commit()
    finally:
        engine.dispose()
