"""One learner's scores into the gradebook: a submission in one transaction, everything that nbgrader would have written.

Asked and written table by table: through nbgrader's objects it would be several queries for each cell.
"""

from __future__ import annotations

import datetime as dt
import math
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, bindparam, insert, select, update

from autograder import database, intake, ledger, tables
from autograder.ledger import Fingerprint

#: A row's id, and what its columns become.
_Change = dict[str, Any]


@dataclass(frozen=True)
class Scored:
    """What is to be recorded of one notebook: points by test cell; None where the work is gone, and its scores with it.

    What was not ``attempted`` and has no scores yet is given none. ``unanswered`` are the solution cells that are as they
    were handed out, None where nobody looked. ``evidence`` is what is entered in the ledger.
    """

    notebook: str
    scores: Mapping[str, float] | None
    attempted: bool = True
    unanswered: Collection[str] | None = None
    evidence: Fingerprint | None = None


@dataclass(frozen=True)
class _Row:
    """A grade of a submitted notebook; ``by_hand`` where a person reads the answer."""

    id: str
    cell: str
    most: float
    by_hand: bool
    auto_score: float | None
    manual_score: float | None


@dataclass
class _Book:
    """A submitted notebook: its grades but for tasks, which are a person's alone, and its comments' ids by solution cell."""

    grades: list[_Row]
    comments: dict[str, str]

    def scores(self) -> dict[str, float]:
        return {row.cell: row.auto_score for row in self.grades if row.auto_score is not None}


def record(
    session: Any,
    course_id: str,
    assignment: str,
    learner: str,
    graded: Collection[Scored],
    when: dt.datetime | None,
    patience: float = database.PATIENCE,
    stop: threading.Event | None = None,
) -> dict[str, dict[str, float]]:
    """Write what was graded of a learner's submission, all or none; the autograded scores before, by notebook and cell.

    A score that the new result does not give any more is cleared; scores are held between 0 and the cell's points. What a
    person gave stays, and is marked for a second look, as nbgrader does; a penalty for lateness stays as it is.
    ``when`` is the time of handing in, None if it is not known. See database.transact for ``patience`` and ``stop``.

    ``session`` is that of nbgrader's gradebook, or a connection to its database. Raises ValueError for points that are no number, KeyError for a notebook that the assignment does not have.
    """
    for one in graded:
        if bad := [f"{cell}: {points}" for cell, points in (one.scores or {}).items() if not math.isfinite(points)]:
            raise ValueError(f"points that are no number ({', '.join(bad)})")
    utc = when.astimezone(dt.UTC).replace(tzinfo=None) if when else None

    def write() -> dict[str, dict[str, float]]:
        books = _submitted(session, assignment, learner, utc)
        before = {one.notebook: books[one.notebook].scores() for one in graded}
        grades: list[_Change] = []
        comments: list[_Change] = []
        entries = []
        for one in graded:
            book, after = books[one.notebook], dict[str, float]()
            if one.attempted or before[one.notebook]:
                changes = list(_graded(book, one))
                after = {name: row["auto_score"] for name, row in changes if row["auto_score"] is not None}
                grades += [row for _, row in changes]
                comments += _commented(book, one)
            if one.evidence:
                entries.append((one.notebook, one.evidence, after))
        _update(session, tables.grade, grades)
        _update(session, tables.comment, comments)
        if entries:
            ledger.write(session, assignment, learner, entries)
        return before

    return database.transact(session, course_id, write, patience, stop)


def in_step(session: Any, assignment: str, course: Mapping[str, intake.Notebook]) -> bool:
    """Whether the gradebook holds these notebooks (by name) and just their test cells, with their points and text."""
    graded, base, sources = tables.grade_cell, tables.base_cell, tables.source_cell
    points = _cells(session, assignment, base, graded.c.max_score, graded.c.cell_type, also=graded)
    texts = _cells(session, assignment, sources, sources.c.source, sources.c.cell_type)
    names = set(
        session.scalars(
            select(tables.notebook.c.name)
            .join(tables.assignment, tables.assignment.c.id == tables.notebook.c.assignment_id)
            .where(tables.assignment.c.name == assignment)
        )
    )
    rows = {key: (most, texts.get(key)) for key, most in points.items()}
    wanted = {
        (name, intake.grade_id(cell)): (float(cell["metadata"]["nbgrader"]["points"]), cell["source"])
        for name, book in course.items()
        for cell in book["cells"]
        if intake.is_test(cell)
    }
    return bool(names) and names >= set(course) and rows == wanted


def _cells(
    session: Any, assignment: str, cell: Table, column: Any, kind: Any, also: Table | None = None
) -> dict[tuple[str, str], Any]:
    """A column of an assignment's code cells, by notebook and cell."""
    joined = cell if also is None else cell.join(also, also.c.id == cell.c.id)
    rows = session.execute(
        select(tables.notebook.c.name, cell.c.name, column, kind)
        .select_from(
            joined.join(tables.notebook, tables.notebook.c.id == cell.c.notebook_id).join(
                tables.assignment, tables.assignment.c.id == tables.notebook.c.assignment_id
            )
        )
        .where(tables.assignment.c.name == assignment)
    )
    return {(book, name): value for book, name, value, code in rows if code == "code"}


def _submitted(session: Any, assignment: str, learner: str, when: dt.datetime | None) -> dict[str, _Book]:
    """The learner's submitted notebooks by name, with all rows that nbgrader would make for them."""
    course = session.scalar(select(tables.assignment.c.id).where(tables.assignment.c.name == assignment))
    if course is None:
        raise KeyError(assignment)
    if session.scalar(select(tables.student.c.id).where(tables.student.c.id == learner)) is None:
        session.execute(insert(tables.student).values(id=learner))
    mine = tables.submitted_assignment
    of_learner = (mine.c.assignment_id == course, mine.c.student_id == learner)
    submission = session.scalar(select(mine.c.id).where(*of_learner))
    if submission is None:
        submission = tables.new_id()
        session.execute(insert(mine).values(id=submission, assignment_id=course, student_id=learner, timestamp=when))
    elif when is not None:
        session.execute(update(mine).where(*of_learner).values(timestamp=when))
    query = select(tables.notebook.c.id, tables.notebook.c.name).where(tables.notebook.c.assignment_id == course)
    names: dict[str, str] = dict(session.execute(query).all())
    return _books(session, names, _submitted_ids(session, submission, names))


def _submitted_ids(session: Any, submission: str, notebooks: Iterable[str]) -> dict[str, str]:
    """The ids of a submission's notebooks, by the course's; made where they are missing."""
    book = tables.submitted_notebook
    query = select(book.c.notebook_id, book.c.id).where(book.c.assignment_id == submission)
    found: dict[str, str] = dict(session.execute(query).all())
    missing = {notebook: tables.new_id() for notebook in notebooks if notebook not in found}
    if missing:
        rows = [{"id": id, "notebook_id": notebook, "assignment_id": submission} for notebook, id in missing.items()]
        session.execute(insert(book), rows)
    return found | missing


def _books(session: Any, names: Mapping[str, str], submitted: Mapping[str, str]) -> dict[str, _Book]:
    """What there is of these notebooks (names and submitted ids, by the course's), completed."""
    base, graded = tables.base_cell, tables.grade_cell
    cells = session.execute(
        select(base.c.id, base.c.name, base.c.type, base.c.notebook_id, graded.c.max_score, graded.c.cell_type)
        .select_from(base.outerjoin(graded, graded.c.id == base.c.id))
        .where(base.c.notebook_id.in_(names))
    ).all()
    grades = _rows(session, tables.grade, ("auto_score", "manual_score"), "GradeCell", cells, submitted)
    comments = _rows(session, tables.comment, (), "SolutionCell", cells, submitted)
    answers = {(cell.notebook_id, cell.name) for cell in cells if cell.type == "SolutionCell"}
    books = {name: _Book([], {}) for name in names.values()}
    for cell in cells:
        book = books[names[cell.notebook_id]]
        if cell.type == "GradeCell":
            by_hand = cell.cell_type != "code" or (cell.notebook_id, cell.name) in answers
            id, *scores = grades[cell.id]
            book.grades.append(_Row(id, cell.name, float(cell.max_score), by_hand, *scores))
        elif cell.type == "SolutionCell":
            book.comments[cell.name] = comments[cell.id][0]
    return books


def _rows(
    session: Any, table: Table, columns: tuple[str, ...], kind: str, cells: Iterable[Any], submitted: Mapping[str, str]
) -> dict[str, tuple[Any, ...]]:
    """By cell the id and the columns of its row in a submission; rows of this kind of cell, and of tasks, are made where missing."""
    query = select(table.c.cell_id, table.c.id, *(table.c[name] for name in columns))
    rows = session.execute(query.where(table.c.notebook_id.in_(submitted.values())))
    found: dict[str, tuple[Any, ...]] = {cell: tuple(rest) for cell, *rest in rows}
    missing = {c.id: submitted[c.notebook_id] for c in cells if c.type in (kind, "TaskCell") and c.id not in found}
    if missing:
        ids = {cell: tables.new_id() for cell in missing}
        new = [{"id": ids[cell], "cell_id": cell, "notebook_id": notebook} for cell, notebook in missing.items()]
        session.execute(insert(table), new)
        found |= {cell: (id, *(None for _ in columns)) for cell, id in ids.items()}
    return found


def _held(points: float, most: float) -> float:
    return min(max(points, 0.0), most)


def _graded(book: _Book, one: Scored) -> Iterator[tuple[str, _Change]]:
    """What becomes of each grade, by cell: its score or none, and whether a person has to look at it."""
    for row in book.grades:
        if one.scores is None:
            auto = None if row.auto_score is None else 0.0
        elif not row.by_hand:
            auto = _held(one.scores[row.cell], row.most) if row.cell in one.scores else None
        elif one.unanswered is None:
            continue
        else:
            auto = 0.0 if row.cell in one.unanswered else None
        second_look = row.manual_score is not None or auto is None
        yield row.cell, {"row": row.id, "auto_score": auto, "needs_manual_grade": second_look}


def _commented(book: _Book, one: Scored) -> list[_Change]:
    if one.unanswered is None:
        return []
    return [
        {"row": id, "auto_comment": "No response." if name in one.unanswered else None}
        for name, id in book.comments.items()
    ]


def _update(session: Any, table: Table, changes: list[_Change]) -> None:
    """Change rows of a table, all at once; each change has the row's id and the same columns."""
    if changes:
        columns: dict[str, Any] = {name: bindparam(name) for name in changes[0] if name != "row"}
        session.execute(update(table).where(table.c.id == bindparam("row")).values(columns), changes)
