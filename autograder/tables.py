"""nbgrader's tables as a grader needs them: to ask and to write without importing nbgrader, which takes longer than to grade.

They are those of the schema version that database.check_schema lets pass; a test compares them with nbgrader's own.
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from sqlalchemy import Boolean, Column, DateTime, Float, MetaData, String, Table, Text


def new_id() -> str:
    """An id as nbgrader gives one to each row."""
    return uuid4().hex


_metadata = MetaData()


def _table(name: str, *columns: Column[Any]) -> Table:
    return Table(name, _metadata, Column("id", String(128), primary_key=True, default=new_id), *columns)


def _texts(*names: str) -> list[Column[Any]]:
    return [Column(name, String(128)) for name in names]


student = _table("student")
assignment = _table("assignment", *_texts("name"))
notebook = _table("notebook", *_texts("name", "assignment_id"))
base_cell = _table("base_cell", *_texts("name", "type", "notebook_id"))
grade_cell = _table("grade_cells", Column("max_score", Float), *_texts("cell_type"))
source_cell = _table("source_cell", *_texts("name", "notebook_id", "cell_type"), Column("source", Text))
submitted_assignment = _table(
    "submitted_assignment", *_texts("assignment_id", "student_id"), Column("timestamp", DateTime)
)
submitted_notebook = _table(
    "submitted_notebook", *_texts("notebook_id", "assignment_id"), Column("flagged", Boolean, default=False)
)
grade = _table(
    "grade",
    *_texts("cell_id", "notebook_id"),
    Column("auto_score", Float),
    Column("manual_score", Float),
    Column("needs_manual_grade", Boolean, default=True),
)
comment = _table("comment", *_texts("cell_id", "notebook_id"), Column("auto_comment", Text))
