"""The engine behind nbgrader's own commands. In a course's nbgrader_config.py::

    import autograder.nbgrader
    autograder.nbgrader.configure(c)

``nbgrader autograde`` then takes from a submission what :mod:`autograder.intake` takes, grades it with
:class:`autograder.engine.Engine`, and writes ``autograded/`` and the gradebook as it always does; ``nbgrader generate_feedback``
writes the pages of :mod:`autograder.feedback`. nbgrader's converters stay in charge: they are given other exporters and
preprocessors, by their own configuration.

A notebook is written to ``autograded/`` twice, as nbgrader does: first rebuilt, with every test cell as an error; then with
the verdicts in place of the errors. What a test cell holds is what nbgrader's SaveAutoGrades makes points of: an error
is none, nothing is all, a number is partial credit.
"""

from __future__ import annotations

import copy
import hashlib
import weakref
from pathlib import Path
from typing import Any

from nbconvert.exporters import NotebookExporter
from nbconvert.exporters.exporter import Exporter
from nbformat import NotebookNode, from_dict, v4
from nbgrader import utils
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import AssignLatePenalties, GetGrades, NbGraderPreprocessor, SaveAutoGrades

from autograder import intake
from autograder.endings import KernelTrouble
from autograder.engine import Engine, SettingsError, settings_of
from autograder.feedback import ByHand, feedback, page, policy_of
from autograder.guarded import guard
from autograder.ledger import Fingerprint, tests_of
from autograder.outline import Course
from autograder.rebuilt import rebuilt
from autograder.results import Result, TestResult
from autograder.stored import Graded, from_json, to_json
from autograder.visible import visible

#: Where the result stands in the metadata of a notebook in autograded/. What stood there in a submission is not taken over.
KEY = "autograder"
#: Longest text kept of what a test said; far more than is shown of it.
LONGEST = 4000

Resources = dict[str, Any]
#: What the gradebook holds of a notebook's cells, by grade_id: source, locked, checksum, points (None where there are none).
Masters = dict[str, dict[str, Any]]


def configure(c: Any) -> None:
    """Put the engine behind `nbgrader autograde` and `nbgrader generate_feedback`, for the config object of a course."""
    c.Autograde.exporter_class = SubmissionExporter
    c.Autograde.sanitize_preprocessors = []
    c.Autograde.autograde_preprocessors = [Judge, SaveVerdicts, AssignLatePenalties]
    c.GenerateFeedback.exporter_class = FeedbackExporter
    c.GenerateFeedback.preprocessors = [GetGrades]


class SubmissionExporter(NotebookExporter):
    """Reads submissions for `nbgrader autograde`, and holds the one engine of the command."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._engine: Engine | None = None
        self._courses: dict[tuple[str, str], tuple[Course, Masters]] = {}
        self._converter: Any = self.parent
        guard(self._converter)

    def from_filename(self, filename: str, resources: Resources | None = None, **options: Any) -> Any:
        """A submission, rebuilt; what nbgrader reads back from autograded/ is read as it is."""
        about = (resources or {}).get("nbgrader", {})
        if resources is None or not about or Path(filename).parent != self._handed_in(about):
            return super().from_filename(filename, resources=resources, **options)
        if Path(filename) == Path(self._converter.notebooks[0]):
            self._clear_scores(about)
        course, masters = self.course(about)
        book, refused = None, ""
        try:
            book = intake.read(Path(filename))
        except intake.Unreadable as error:
            refused = str(error)
            self.log.warning("%s scores 0: %s", filename, refused)
        made = from_dict(rebuilt(book, course.release, masters, refused))
        made.metadata[KEY] = self.kept(about, None, refused)
        for cell in made.cells:
            if intake.is_test(cell):
                cell.outputs = [_error(refused or "not graded yet")]
        resources["metadata"] = {"name": about["notebook"], "path": str(Path(filename).parent)}
        return self.from_notebook_node(made, resources=resources, **options)

    def grade(self, about: dict[str, str]) -> Result:
        """What the engine makes of the file that was handed in. Raises intake.Unreadable, NbGraderException."""
        try:
            if self._engine is None:
                self._engine = Engine(settings_of(Path(self._converter.coursedir.root)))
                weakref.finalize(self, self._engine.close)
            return self._engine.grade(self._handed_in(about) / f"{about['notebook']}.ipynb", self.course(about)[0])
        except (KernelTrouble, SettingsError) as error:
            raise NbGraderException(str(error)) from error

    def kept(self, about: dict[str, str], result: Result | None, refused: str = "") -> NotebookNode:
        """What is kept of a grading in the notebook's metadata, for `nbgrader generate_feedback`: as in autograder.stored."""
        path = self._handed_in(about) / f"{about['notebook']}.ipynb"
        work = "" if refused else hashlib.sha256(path.read_bytes()).hexdigest()
        fingerprint = Fingerprint(work, tests_of(self.course(about)[0]))
        return from_dict(_fit(to_json(Graded(about["student"], about["notebook"], fingerprint, result, refused))))

    def course(self, about: dict[str, str]) -> tuple[Course, Masters]:
        """The course's notebooks, with the text and points that the gradebook holds. Raises NbGraderException."""
        key = about["assignment"], about["notebook"]
        if key not in self._courses:
            self._courses[key] = self._read_course(about)
        return self._courses[key]

    def _read_course(self, about: dict[str, str]) -> tuple[Course, Masters]:
        folders, name = self._converter.coursedir, f"{about['notebook']}.ipynb"
        source, release = (
            Path(folders.format_path(tree, ".", about["assignment"])) / name
            for tree in (folders.source_directory, folders.release_directory)
        )
        again = (
            "put it back as it was; as long as there are no scores, "
            f"`nbgrader generate_assignment {about['assignment']} --force` makes it anew"
        )
        try:
            given = intake.read(release)
            own = intake.read(source) if source.exists() else given
        except intake.Unreadable as error:
            raise NbGraderException(f"the course's own notebook cannot be used: {error}; {again}") from error
        masters = _masters(about)
        for book in (given, own):
            held = {intake.grade_id(cell) for cell in book["cells"]} - {""}
            if held != set(masters):
                differ = ", ".join(sorted(held ^ set(masters)))
                raise NbGraderException(
                    f"{name} and the gradebook do not have the same cells ({differ}): one of them is older, {again}"
                )
        return Course(_by_the_gradebook(own, masters), given), masters

    def _handed_in(self, about: dict[str, str]) -> Path:
        folders = self._converter.coursedir
        return Path(folders.format_path(folders.submitted_directory, about["student"], about["assignment"]))

    def _clear_scores(self, about: dict[str, str]) -> None:
        """No older score outlives the submission it was for, whatever happens to what is graded next."""
        with Gradebook(about["db_url"]) as gradebook:
            for notebook in self._converter.notebooks:
                submitted = gradebook.find_submission_notebook(
                    Path(notebook).stem, about["assignment"], about["student"]
                )
                for grade in submitted.grades:
                    grade.auto_score, grade.needs_manual_grade = None, True
            gradebook.db.commit()


class Judge(NbGraderPreprocessor):  # type: ignore[misc]
    """In place of running the notebook: the engine's verdict in each test cell, the whole result in the metadata."""

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        about, exporter = resources["nbgrader"], self.parent
        if nb.metadata[KEY]["refused"]:
            return nb, resources
        try:
            result: Result = exporter.grade(about)
        except intake.Unreadable as error:  # it was readable a moment ago
            nb.metadata[KEY] = exporter.kept(about, None, str(error))
            return nb, resources
        verdicts = {test.name: test for exercise in result.exercises for test in exercise.tests}
        for cell in nb.cells:
            if intake.is_test(cell) and (verdict := verdicts.get(intake.grade_id(cell))):
                cell.outputs = _outputs(verdict)
        nb.metadata[KEY] = exporter.kept(about, result)
        self.log.info("%s, %s: %g of %g points", about["student"], about["notebook"], result.points, result.most)
        return nb, resources


class SaveVerdicts(SaveAutoGrades):  # type: ignore[misc]
    """Points as nbgrader takes them from the cells; the cause, where there is no notebook to take them from."""

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        self._refused = nb.metadata[KEY]["refused"]
        done: tuple[NotebookNode, Resources] = super().preprocess(nb, resources)
        return done

    def _add_comment(self, cell: NotebookNode, resources: Resources) -> None:
        super()._add_comment(cell, resources)
        if self._refused:
            comment = self.gradebook.find_comment(
                intake.grade_id(cell), self.notebook_id, self.assignment_id, self.student_id
            )
            comment.auto_comment = f"Not graded: {self._refused}"
            self.gradebook.db.commit()


class FeedbackExporter(Exporter):
    """The page of a graded notebook, for `nbgrader generate_feedback`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.file_extension = ".html"
        self._converter: Any = self.parent
        guard(self._converter, only=frozenset({"timestamp.txt"}))  # the page stands alone

    def from_notebook_node(self, nb: NotebookNode, resources: Any = None, **options: Any) -> Any:
        nb, resources = super().from_notebook_node(nb, resources, **options)
        about = resources["nbgrader"]
        held = nb.metadata.get(KEY)
        graded = from_json(about["student"], about["notebook"], held) if held else None
        if graded is None or not (graded.result or graded.refused):
            raise NbGraderException(
                f"no result was kept of {about['notebook']} of {about['student']}: it was graded by stock nbgrader, or not to the "
                f"end; `nbgrader autograde {about['assignment']} --student {about['student']} --force` grades it again"
            )
        try:
            policy = policy_of(Path(self._converter.coursedir.root))
        except ValueError as error:
            raise NbGraderException(str(error)) from error
        result = graded.result or Result(about["notebook"], [])
        by_hand = _by_hand(nb, result)
        penalty, source = about["late_penalty"], {"cells": nb.cells}
        return page(feedback(result, policy, source, None, by_hand, penalty, graded.refused)), resources


def _by_hand(nb: NotebookNode, result: Result) -> list[ByHand]:
    """What a person has judged, by the cells as GetGrades filled them; points that they changed are put into the result."""
    tests = {test.name: test for exercise in result.exercises for test in exercise.tests}
    found = []
    for cell in nb.cells:
        name, given = intake.grade_id(cell), cell.metadata.get("nbgrader", {})
        if (test := tests.get(name)) and given["score"] != test.points:
            test.points = float(given["score"])
            result.remarks.append(f"the points of “{test.title}” were set by your instructor")
        elif utils.is_solution(cell) or utils.is_task(cell):
            comment = given.get("comment") or ""
            graded = utils.is_grade(cell) or utils.is_task(cell)
            points, most = (given["score"], given["points"]) if graded else (0.0, 0.0)
            if most or (comment not in ("", "No response.") and not comment.startswith("Not graded: ")):
                found.append(ByHand(name, points, most, comment))
    return found


def _masters(about: dict[str, str]) -> Masters:
    with Gradebook(about["db_url"]) as gradebook:
        try:
            book = gradebook.find_notebook(about["notebook"], about["assignment"])
        except MissingEntry as error:
            raise NbGraderException(str(error)) from error
        most = {cell.name: cell.max_score for cell in [*book.grade_cells, *book.task_cells]}
        return {
            cell.name: {
                "source": cell.source,
                "locked": cell.locked,
                "checksum": cell.checksum,
                "points": most.get(cell.name),
            }
            for cell in book.source_cells
        }


def _by_the_gradebook(book: intake.Notebook, masters: Masters) -> intake.Notebook:
    made = copy.deepcopy(book)
    for cell in made["cells"]:
        if master := masters.get(intake.grade_id(cell)):
            about = cell["metadata"]["nbgrader"]
            about["checksum"] = master["checksum"]
            if master["locked"]:
                cell["source"] = master["source"]
            if master["points"] is not None:
                about["points"] = master["points"]
    return made


def _outputs(test: TestResult) -> list[NotebookNode]:
    if test.passed:
        return []
    if test.points > 0:
        return [v4.new_output("execute_result", {"text/plain": repr(test.points)}, execution_count=None)]
    said = {
        "Called": test.called,
        "Got": test.got,
        "Expected": test.expected,
        "Look again at": test.idea,
        "": test.error,
    }
    lines = [f"{label}: {visible(text)}".removeprefix(": ") for label, text in said.items() if text]
    return [_error("\n".join(lines) or "not passed")]


def _error(text: str) -> NotebookNode:
    return v4.new_output("error", ename="NotPassed", evalue=visible(text, 200, 1), traceback=visible(text).split("\n"))


def _fit(held: Any) -> Any:
    """Plain data fit for a file: whatever text a learner brought about, it can be written, and is not endless."""
    if isinstance(held, dict):
        return {name: _fit(one) for name, one in held.items()}
    if isinstance(held, list):
        return [_fit(one) for one in held]
    return visible(held, LONGEST, LONGEST) if isinstance(held, str) else held
