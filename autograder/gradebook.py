"""nbgrader's gradebook: brought up to date with the course, given scores, asked for them.

Scores go in whole, in one transaction for each submission. Where a course with scores in it changes, rows are moved by
``grade_id`` and a copy of the database is kept first: nbgrader itself would refuse.
"""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
import tempfile
import warnings
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from nbgrader import api
from sqlalchemy import create_engine, insert, inspect, text
from sqlalchemy.exc import SAWarning

from autograder import database, intake, recording
from autograder.assignment import generate_assignment
from autograder.database import GradebookError as GradebookError
from autograder.recording import Scored
from autograder.results import Result, Scores

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
    """Whether the gradebook holds these notebooks (by name) and just their test cells, with their points and text."""
    return recording.in_step(gradebook.db, assignment, course)


def bring_into_step(db_url: str, course_id: str, assignment: str, course: Path) -> Path | None:
    """Make the gradebook's assignment what nbgrader makes of it in an empty one, keeping every score whose cell remains.

    ``course`` is the folder that holds ``source/`` and ``nbgrader_config.py``. Returns the copy that was kept of a
    SQLite gradebook that had submissions in it; one on a server is its keeper's to copy (``pg_dump``), and None is
    returned. Raises GradebookError, assignment.GenerateError.
    """
    with made_anew(course_id, assignment, course) as fresh_url:
        return take_over(db_url, course_id, assignment, fresh_url)


@contextmanager
def made_anew(course_id: str, assignment: str, course: Path) -> Iterator[str]:
    """The address of an empty gradebook but for what nbgrader makes of the assignment; gone at the end.

    Several threads may each make one: nearly all of it is done by nbgrader, in a process of its own. Raises
    assignment.GenerateError.
    """
    with tempfile.TemporaryDirectory(prefix=f"autograder-{os.getpid()}-gradebook-") as folder:
        fresh_url = f"sqlite:///{Path(folder) / 'fresh.db'}"
        _lay_out(fresh_url, course_id)  # nbgrader itself takes seconds for it
        generate_assignment(assignment, course, Path(folder) / "release", fresh_url)
        yield fresh_url


def take_over(db_url: str, course_id: str, assignment: str, fresh_url: str) -> Path | None:
    """Make a gradebook's assignment what it is in a fresh one: the second half of ``bring_into_step``."""
    with opened(db_url, course_id) as kept, opened(fresh_url, course_id) as fresh:
        backup = _backup(db_url) if has_submissions(kept, assignment) else None
        database.transact(kept.db, course_id, lambda: _copy_structure(kept, fresh, assignment))
    return backup


def record(
    gradebook: api.Gradebook, assignment: str, learner: str, results: Iterable[Result], when: dt.datetime
) -> None:
    """Write the scores of one learner's graded notebooks, all or none. Points by hand that a person gave stay."""
    scored = [Scored(each.notebook, each.scores()) for each in results]
    recording.record(gradebook.db, gradebook.course_id, assignment, learner, scored, when)


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


def has_submissions(gradebook: api.Gradebook, assignment: str) -> bool:
    """Whether anybody has a submission of the assignment."""
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
