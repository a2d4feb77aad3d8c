"""nbgrader's gradebook: brought up to date with the course, given scores, asked for them.

Scores go in whole, in one transaction for each submission. Where a course with scores in it changes, rows are moved by
``grade_id`` and a copy of the database is kept first: nbgrader itself would refuse.
"""

from __future__ import annotations

import datetime as dt
import errno
import logging
import os
import sqlite3
import sys
import tempfile
import warnings
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from nbgrader import api
from sqlalchemy.exc import DatabaseError, SAWarning

from autograder import intake
from autograder.assignment import generate_assignment
from autograder.results import Result, Scores

_KINDS = {
    "grade_cells": api.GradeCell,
    "solution_cells": api.SolutionCell,
    "source_cells": api.SourceCell,
    "task_cells": api.TaskCell,
}


class GradebookError(Exception):
    """The gradebook cannot be read or written. The text says why and what to do; what was in it is still there."""


@contextmanager
def opened(db_url: str, course_id: str) -> Iterator[api.Gradebook]:
    """The gradebook at ``db_url``, made if it is not there. Raises GradebookError for a locked, full or foreign database."""
    api.app_log.addFilter(_not_a_rollback)
    try:
        with warnings.catch_warnings():
            # nbgrader fills its rows in an order that SQLAlchemy 2.1 remarks on; what is stored is right.
            warnings.simplefilter("ignore", SAWarning)
            _make(db_url, course_id)
            with api.Gradebook(db_url, course_id) as gradebook:
                yield gradebook
    except (DatabaseError, api.InvalidEntry, sqlite3.Error, OSError) as error:
        raise GradebookError(_why(error, db_url)) from error


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
    SQLite gradebook that had submissions in it. Raises GradebookError, assignment.GenerateError.
    """
    with tempfile.TemporaryDirectory(prefix="gradebook-") as folder:
        fresh_url = f"sqlite:///{Path(folder) / 'fresh.db'}"
        generate_assignment(assignment, course, Path(folder) / "release", fresh_url)
        with opened(db_url, course_id) as kept, opened(fresh_url, course_id) as fresh:
            backup = _backup(db_url) if _has_submissions(kept, assignment) else None
            with _together(kept):
                _copy_structure(kept, fresh, assignment)
    return backup


def record(
    gradebook: api.Gradebook, assignment: str, learner: str, results: Iterable[Result], when: dt.datetime
) -> None:
    """Write the scores of one learner's graded notebooks, all or none. Points by hand that a person gave stay."""
    with _together(gradebook):
        gradebook.update_or_create_student(learner)
        submission = gradebook.update_or_create_submission(
            assignment, learner, timestamp=when.astimezone(dt.UTC).isoformat()
        )
        by_name = {book.name: book for book in submission.notebooks}
        for result in results:
            scores = result.scores()
            for grade in by_name[result.notebook].grades:
                if grade.name in scores:
                    grade.auto_score = min(max(scores[grade.name], 0.0), grade.max_score)
                    grade.needs_manual_grade = grade.manual_score is not None


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
    path = _file(db_url)
    if path is None:
        return None
    backup = path.with_name(f"{path.name}.{dt.datetime.now():%Y%m%d-%H%M%S}.backup")
    with closing(sqlite3.connect(path)) as kept, closing(sqlite3.connect(backup)) as copy:
        kept.backup(copy)  # whole, even if another program writes meanwhile
    return backup


def _make(db_url: str, course_id: str) -> None:
    """Make a SQLite gradebook that is not there yet, whole or not at all: half a one would count as damaged from then on."""
    path = _file(db_url)
    if path is None or path.exists():
        return
    # A new gradebook calls `alembic` by name, which is beside the interpreter but need not be on the path.
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    new = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with api.Gradebook(f"sqlite:///{new}", course_id):
            pass
        os.replace(new, path)
    finally:
        new.unlink(missing_ok=True)


@contextmanager
def _together(gradebook: api.Gradebook) -> Iterator[None]:
    """One transaction for all that happens in it, where nbgrader's own methods would commit one by one."""
    session = gradebook.db
    session.commit, commit = session.flush, session.commit
    try:
        yield
        commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.commit = commit


def _not_a_rollback(said: logging.LogRecord) -> bool:
    """nbgrader logs the traceback of every error that it then raises; it is told once, in words, by a GradebookError."""
    return not said.getMessage().startswith("Rolling back session")


def _file(db_url: str) -> Path | None:
    return Path(db_url.removeprefix("sqlite:///")) if db_url.startswith("sqlite:///") else None


def _why(error: Exception, db_url: str) -> str:
    text = str(getattr(error, "orig", error))
    where = db_url.removeprefix("sqlite:///")
    if "locked" in text:
        return f"the gradebook {where} is locked by another program (a grading that runs, or a database browser); close it and try again"
    full = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    if "full" in text or "disk I/O" in text or getattr(error, "errno", None) in full:
        return f"the disk that holds the gradebook {where} is full, or a quota is used up ({text}); make room and try again"
    if "readonly" in text or "unable to open" in text:
        return f"the gradebook {where} cannot be opened for writing: check the folder's permissions ({text})"
    if "not a database" in text or "malformed" in text:
        return f"{where} is not a gradebook, or it is damaged ({text}); move it away and a new one is made, or put a backup back"
    if "no such column" in text or "no such table" in text:
        return f"the gradebook {where} was made by another version of nbgrader ({text}); `nbgrader db upgrade` brings it up to date"
    return f"the gradebook {where} cannot be used: {text}"
