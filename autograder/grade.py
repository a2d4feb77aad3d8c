"""One submission -> one result. Every score of this course comes from :func:`grade`.

For now the learner's cells and the test cells run in one stock Jupyter kernel, so a score is evidence of honest work, not
proof against a learner who attacks the grader. A fault costs its own exercise: where the kernel dies or a cell does not
end, the exercise at fault is named and the others are graded without it.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode

from autograder import intake
from autograder.results import ExerciseResult, Result, State, TestResult

CELL_SECONDS = 60

_HIDDEN = re.compile(
    r"^[ \t]*### BEGIN HIDDEN TESTS[ \t]*\n(.*?)^[ \t]*### END HIDDEN TESTS[ \t]*\n?", re.DOTALL | re.MULTILINE
)
_PARTS = {"Called": "called", "Got": "got", "Expected": "expected", "Look again at": "idea"}
_LABEL = re.compile(rf"^({'|'.join(_PARTS)}): ", re.MULTILINE)
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Course:
    """The course's own two notebooks of a lesson: with solutions and hidden tests, and as it was handed out."""

    source: NotebookNode
    release: NotebookNode

    @classmethod
    def read(cls, source: Path, release: Path) -> Course:
        """Raises OSError or intake.Unreadable where the course itself is not whole."""
        return cls(intake.read(source), intake.read(release))


@dataclass
class _Step:
    """One cell to run: whose it is (exercise, else ""), which test cell it is part of, whether of its hidden part."""

    source: str
    exercise: str = ""
    test: str = ""
    hidden: bool = False


@dataclass
class _Ended:
    """How a step ended, where not well: with an exception in the cell, with the kernel's death, or not at all."""

    kind: str
    name: str = ""
    text: str = ""


def grade(submission: Path, course: Course, cell_seconds: float = CELL_SECONDS) -> Result:
    """Grade one notebook against the course's. Raises intake.Unreadable if the file is no notebook; nothing else is the learner's fault.

    The submission is only read. Its cells run in an empty temporary folder.
    """
    taken = intake.take(intake.read(submission), course.release)
    stubs = {intake.grade_id(c): c.source.strip() for c in course.release.cells if intake.is_solution(c)}
    attempted = {name for name, source in taken.solutions.items() if source.strip() not in (stubs.get(name), "")}
    steps = _steps(course, taken, attempted)
    ends = _run_all(steps, cell_seconds)
    exercises = [
        _exercise(cell, course, steps, ends, attempted) for cell in course.source.cells if "exercise" in cell.metadata
    ]
    return Result(submission.stem, exercises, taken.remarks)


def _steps(course: Course, taken: intake.Intake, attempted: set[str]) -> list[_Step]:
    """The cells to run, in the order of the course's notebook: set-up, what solutions lean on, attempted exercises."""
    steps = [_Step(cell.source) for cell in course.source.cells if "setup" in cell.metadata.get("tags", [])]
    steps += [_Step(source) for source in intake.helpers(taken, course.release)]
    owner = ""
    skipped: set[str] = set()
    for cell in course.source.cells:
        name = intake.grade_id(cell)
        if "exercise" in cell.metadata:
            owner = cell.metadata["exercise"]["id"]
        elif intake.is_solution(cell):
            if name in attempted:
                steps.append(_Step(taken.solutions[name], owner))
            else:
                skipped.add(owner)
        elif intake.is_test(cell) and (exercise := cell.metadata["test"]["exercise"]) not in skipped:
            visible, hidden = _HIDDEN.sub("", cell.source), "\n".join(_HIDDEN.findall(cell.source))
            steps += [_Step(visible, exercise, name)] + ([_Step(hidden, exercise, name, hidden=True)] if hidden else [])
    return steps


def _run_all(steps: list[_Step], cell_seconds: float) -> dict[int, _Ended]:
    """Run the steps in one kernel; where it dies, run the rest in a new one without the exercise at fault."""
    ends: dict[int, _Ended] = {}
    left = list(range(len(steps)))
    while any(steps[i].test for i in left):
        culprit, found = _run([steps[i] for i in left], cell_seconds)
        ends.update({left[n]: end for n, end in found.items()})
        if culprit is None:
            break
        dead = steps[left[culprit]]
        ends[left[culprit]] = _Ended("crashed", text="the Python process ended while this ran")
        if not dead.exercise:
            left.remove(left[culprit])  # a helper of the learner's own: what leans on it will say so by a NameError
        else:
            for i in left:
                if steps[i].exercise == dead.exercise:
                    ends.setdefault(i, _Ended("crashed", text="the Python process ended in this exercise"))
            left = [i for i in left if steps[i].exercise != dead.exercise]
    return ends


def _run(steps: list[_Step], cell_seconds: float) -> tuple[int | None, dict[int, _Ended]]:
    """Run steps in a fresh kernel. Gives the step in which the kernel died, if it did, and how each bad one ended."""
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(step.source) for step in steps])
    at = 0

    def started(cell: NotebookNode, cell_index: int) -> None:
        nonlocal at
        at = cell_index

    culprit = None
    with tempfile.TemporaryDirectory(prefix="grade-") as folder:
        client = NotebookClient(
            book,
            timeout=cell_seconds,
            interrupt_on_timeout=True,
            allow_errors=True,
            record_timing=False,
            kernel_name="python3",
            on_cell_execute=started,
            resources={"metadata": {"path": folder}},
        )
        try:
            client.execute(stderr=subprocess.DEVNULL)
        except DeadKernelError:
            culprit = at
    ends = {}
    for number, cell in enumerate(book.cells):
        for output in cell.outputs:
            if output.output_type == "error":
                late = output.ename == "KeyboardInterrupt"
                text = _COLOUR.sub("", output.evalue)
                ends[number] = (
                    _Ended("timed out", text=f"still running after {cell_seconds:g} s")
                    if late
                    else _Ended("error", output.ename, text)
                )
    return culprit, ends


def _exercise(
    cell: NotebookNode, course: Course, steps: list[_Step], ends: dict[int, _Ended], attempted: set[str]
) -> ExerciseResult:
    about = cell.metadata["exercise"]
    mine = [i for i, step in enumerate(steps) if step.exercise == about["id"]]
    own = next((ends[i] for i in mine if not steps[i].test and i in ends), None)
    tests = []
    for test in course.source.cells:
        if intake.is_test(test) and test.metadata["test"]["exercise"] == about["id"]:
            parts = [i for i in mine if steps[i].test == intake.grade_id(test)]
            bad = next((i for i in parts if i in ends), None)
            tests.append(
                _test(
                    test,
                    ran=bool(parts),
                    end=None if bad is None else ends[bad],
                    hidden=bad is not None and steps[bad].hidden,
                )
            )
    result = ExerciseResult(
        about["id"],
        about["title"],
        about["level"] == "stretch",
        "correct",
        tests,
        list(about["hints"]),
        about["reading"],
    )
    result.state, result.reason = _state(
        result, own, [ends[i] for i in mine if i in ends], attempted=bool(mine) and any(not steps[i].test for i in mine)
    )
    return result


def _state(result: ExerciseResult, own: _Ended | None, ends: list[_Ended], attempted: bool) -> tuple[State, str]:
    if not attempted:
        return "not attempted", ""
    for end in ends:
        if end.kind in ("crashed", "timed out"):
            return ("crashed" if end.kind == "crashed" else "timed out"), end.text
    if all(test.passed for test in result.tests):
        return "correct", ""
    unwritten = "NotImplementedError"
    if result.points == 0 and (
        (own is not None and own.name == unwritten) or all(end.name == unwritten for end in ends)
    ):
        return "not attempted", ""
    reason = f"your cell stops with {own.name}: {own.text}" if own else ""
    return ("almost" if result.points else "wrong"), reason


def _test(cell: NotebookNode, ran: bool, end: _Ended | None, hidden: bool) -> TestResult:
    most = float(cell.metadata["nbgrader"]["points"])
    passed = ran and end is None
    result = TestResult(
        intake.grade_id(cell), cell.metadata["test"]["title"], most if passed else 0.0, most, passed, hidden
    )
    if end is not None:
        parts = _LABEL.split(end.text.strip())
        if len(parts) > 1:
            for label, text in zip(parts[1::2], parts[2::2], strict=True):
                setattr(result, _PARTS[label], text.strip())
        else:
            result.error = f"{end.name}: {end.text}" if end.name else end.text
    return result
