"""Scores for a learning management system: plugins for `nbgrader export`, for any nbgrader course.

    nbgrader export --exporter=autograder.exports.CanvasExportPlugin --to canvas.csv
    nbgrader export --exporter=autograder.exports.MoodleExportPlugin --to moodle.csv

A score is what nbgrader's own export gives: points less the penalty for lateness, never below 0. Who has handed in nothing
has an empty cell, which both systems leave as it is.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from nbgrader.api import Assignment, Gradebook, SubmittedAssignment
from nbgrader.plugins import ExportPlugin
from traitlets import Dict, Float, Unicode

from autograder.sheets import safe, to_csv

#: Scores by (student, assignment); nothing for who has handed in nothing.
Scores = dict[tuple[str, str], float]


class LmsExportPlugin(ExportPlugin):  # type: ignore[misc]
    """What the exports share: which students and assignments, and a table that is written whole or not at all."""

    file_name = "grades.csv"

    most = Dict(
        key_trait=Unicode(),
        value_trait=Float(),
        help="Points that are full marks, by assignment, where that is not the sum of all tests: bonus points come on top.",
    ).tag(config=True)

    def rows(self, students: Sequence[Any], assignments: Sequence[Any], scores: Scores) -> Iterator[Sequence[object]]:
        """The lines of the file."""
        raise NotImplementedError

    def export(self, gradebook: Gradebook) -> None:
        """Write the file. Raises OSError."""
        target = Path(self.to or self.file_name)
        students = [one for one in gradebook.students if not self.student or one.id in map(str, self.student)]
        wanted = [str(name) for name in self.assignment]
        assignments = [one for one in gradebook.assignments if not wanted or one.name in wanted]
        self.log.info("Exporting grades of %d students to %s", len(students), target)
        odd = [one.id for one in students if safe(one.id) != one.id]
        if odd:
            self.log.warning("These ids begin like a formula; the system will not know them: %s", ", ".join(odd))
        _write(target, to_csv(self.rows(students, assignments, _scores(gradebook))))

    def points_possible(self, assignment: Any) -> float:
        return float(self.most.get(assignment.name, assignment.max_score))


class CanvasExportPlugin(LmsExportPlugin):
    """For Canvas: Grades, Import. New columns become assignments. "ID" is Canvas's own, nbgrader's ``lms_user_id``."""

    file_name = "canvas.csv"

    def rows(self, students: Sequence[Any], assignments: Sequence[Any], scores: Scores) -> Iterator[Sequence[object]]:
        names = [one.name for one in assignments]
        yield ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *names]
        yield ["    Points Possible", "", "", "", "", *map(self.points_possible, assignments)]
        for one in students:
            name = ", ".join(filter(None, [one.last_name, one.first_name])) or one.id
            yield [name, one.lms_user_id, "", one.id, "", *(scores.get((one.id, each)) for each in names)]


class MoodleExportPlugin(LmsExportPlugin):
    """For Moodle: Grades, Import, CSV file. Map "Email address" to it, or "ID number", and each column to its grade item.

    "ID number" is nbgrader's ``lms_user_id``, else the student's id. Moodle refuses more points than a grade item has: give
    the item those of all tests, or say in ``most`` what is full: no score is written higher.
    """

    file_name = "moodle.csv"

    def rows(self, students: Sequence[Any], assignments: Sequence[Any], scores: Scores) -> Iterator[Sequence[object]]:
        names = [one.name for one in assignments]
        yield ["First name", "Last name", "ID number", "Email address", *names]
        for one in students:
            person = [one.first_name, one.last_name, one.lms_user_id or one.id, one.email]
            yield [*person, *(self._held(scores.get((one.id, each)), each) for each in names)]

    def _held(self, score: float | None, assignment: str) -> float | None:
        """Not more than full marks, where those are given: Moodle would take none of the file."""
        return score if score is None or assignment not in self.most else min(score, float(self.most[assignment]))


def _scores(gradebook: Gradebook) -> Scores:
    """All of them in one query; nbgrader's own export asks several times for each student and assignment."""
    rows = gradebook.db.query(
        SubmittedAssignment.student_id,
        Assignment.name,
        SubmittedAssignment.score,
        SubmittedAssignment.late_submission_penalty,
    ).join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
    return {(student, name): max(0.0, float(score) - float(penalty or 0)) for student, name, score, penalty in rows}


def _write(target: Path, text: str) -> None:
    handle, name = tempfile.mkstemp(dir=target.absolute().parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        os.chmod(name, 0o644)
        os.replace(name, target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
