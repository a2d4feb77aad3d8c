"""A course with submissions, and nbgrader's commands in it, each in a process of its own."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from autograder import intake

#: student, notebook, cell
Key = tuple[str, str, str]

_CELL = """
    join submitted_notebook on submitted_notebook.id = {table}.notebook_id
    join base_cell on base_cell.id = {table}.cell_id join notebook on notebook.id = base_cell.notebook_id
    join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id"""


class Classroom:
    def __init__(self, root: Path, assignment: str) -> None:
        self.root, self.assignment = root, assignment
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        self.env = {**os.environ, "PATH": path, "MPLBACKEND": "Agg"}

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """An nbgrader command, however it ends."""
        command = ["nbgrader", *arguments]
        return subprocess.run(
            command, cwd=self.root, env=self.env, capture_output=True, text=True, timeout=580, check=False
        )

    def nbgrader(self, *arguments: str) -> str:
        """A command that must end well; what it logged."""
        done = self.run(*arguments)
        assert done.returncode == 0, done.stderr[-4000:]
        return done.stderr

    def submit(self, student: str, notebooks: Mapping[str, intake.Notebook | bytes]) -> Path:
        """Hand in notebooks by name, or whatever bytes stand in for one; the folder they are in."""
        folder = self.root / "submitted" / student / self.assignment
        folder.mkdir(parents=True, exist_ok=True)
        for stem, book in notebooks.items():
            content = book if isinstance(book, bytes) else json.dumps(book).encode()
            (folder / f"{stem}.ipynb").write_bytes(content)
        return folder

    def scores(self) -> dict[Key, float | None]:
        """The automatic scores."""
        return self._ask("auto_score", "grade")

    def to_be_graded(self) -> set[Key]:
        return {key for key, needs in self._ask("needs_manual_grade", "grade").items() if needs}

    def comments(self) -> dict[Key, str | None]:
        return self._ask("auto_comment", "comment")

    def change(self, statement: str, *values: object) -> None:
        with closing(sqlite3.connect(self.root / "gradebook.db")) as book:
            assert book.execute(statement, values).rowcount > 0
            book.commit()

    def _ask(self, column: str, table: str) -> dict[Key, Any]:
        query = f"select submitted_assignment.student_id, notebook.name, base_cell.name, {table}.{column} from {table} "
        with closing(sqlite3.connect(self.root / "gradebook.db")) as book:
            return {
                (student, stem, cell): value
                for student, stem, cell, value in book.execute(query + _CELL.format(table=table))
            }

    def page(self, student: str, stem: str) -> str:
        return (self.root / "feedback" / student / self.assignment / f"{stem}.html").read_text(encoding="utf-8")

    def graded(self, student: str, stem: str) -> intake.Notebook:
        return intake.read(self.root / "autograded" / student / self.assignment / f"{stem}.ipynb")
