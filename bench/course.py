"""A plain nbgrader course in a temporary folder, graded by nbgrader's own command."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from autograder.assignment import generate_assignment
from bench.lessons import STUB

#: Stock: none of the engine's preprocessors. 30 s for a cell, nbgrader's own limit, is too near for SymPy on a slow machine.
_CONFIG = f"""c = get_config()
c.CourseDirectory.course_id = "bench"
c.ClearSolutions.code_stub = {{"python": {STUB!r}}}
c.ExecutePreprocessor.timeout = 120
"""
_SCORES = """
    select notebook.name, base_cell.name, grade.auto_score
    from grade
    join base_cell on base_cell.id = grade.cell_id
    join submitted_notebook on submitted_notebook.id = grade.notebook_id
    join notebook on notebook.id = submitted_notebook.notebook_id
    join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id
    where submitted_assignment.student_id = ?
"""


class StockError(Exception):
    """nbgrader's command failed. The text is its own."""


class BenchCourse:
    """One assignment of a course: its sources given, its release and gradebook made by nbgrader."""

    def __init__(self, root: Path, assignment: str) -> None:
        self.root, self.assignment = root, assignment
        self.source, self.release = root / "source" / assignment, root / "release" / assignment
        self.gradebook = root / "gradebook.db"
        self._empty = root / "empty.db"
        self.source.mkdir(parents=True)
        (root / "nbgrader_config.py").write_text(_CONFIG, encoding="utf-8")

    def generate(self) -> None:
        """Make release and gradebook of what lies in ``source``. Raises assignment.GenerateError."""
        generate_assignment(self.assignment, self.root, self.release.parent, f"sqlite:///{self.gradebook}")
        shutil.copy(self.gradebook, self._empty)

    def submit(self, student: str, notebook: str, book: dict[str, Any]) -> Path:
        path = self.root / "submitted" / student / self.assignment / f"{notebook}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(book, indent=1), encoding="utf-8")
        return path

    def forget(self) -> None:
        """As if nothing had been graded yet."""
        shutil.copy(self._empty, self.gradebook)
        shutil.rmtree(self.root / "autograded", ignore_errors=True)

    def autograde(self, student: str = "*", ended_well: bool = True, python: str = sys.executable) -> float:
        """`nbgrader autograde` as a whole process, for one student or all; the seconds it took. Raises StockError.

        With another ``python`` it is the nbgrader of that one's environment.
        """
        command = [python, "-m", "nbgrader", "autograde", self.assignment, "--student", student]
        path = os.pathsep.join([str(Path(python).parent), os.environ.get("PATH", "")])
        started = time.perf_counter()
        ran = subprocess.run(
            command, cwd=self.root, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False
        )
        seconds = time.perf_counter() - started
        if ended_well and ran.returncode != 0:
            raise StockError(f"nbgrader autograde ended with {ran.returncode}:\n{ran.stderr[-2000:]}")
        return seconds

    def scores(self, student: str) -> dict[tuple[str, str], float | None]:
        """What the gradebook holds: (notebook, test cell) -> points, None where nbgrader left none."""
        with closing(sqlite3.connect(self.gradebook)) as database:
            return {(book, cell): points for book, cell, points in database.execute(_SCORES, (student,))}

    def graded(self, student: str, notebook: str) -> dict[str, Any] | None:
        """The notebook as nbgrader ran it."""
        path = self.root / "autograded" / student / self.assignment / f"{notebook}.ipynb"
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None
