"""One submission -> one result. Every score of this course comes from :func:`grade`.

For now the learner's cells and the test cells run in one stock Jupyter kernel, so a score is evidence of honest work, not
proof against a learner who attacks the grader. A fault costs its own exercise: where the kernel dies or a cell does not
end, the exercise at fault is named and the others are graded without it.
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from pathlib import Path

from autograder import intake
from autograder.intake import Cell, Notebook
from autograder.results import ExerciseResult, Result, State, TestResult
from autograder.stock import Ended, Kernel

CELL_SECONDS = 60.0
#: Once a cell of an exercise was not done in time, its other cells get no more than this: they tend to hang in the same loop.
SECONDS_AFTER_TIMEOUT = 5.0

_HIDDEN = re.compile(
    r"^[ \t]*### BEGIN HIDDEN TESTS[ \t]*\n(.*?)^[ \t]*### END HIDDEN TESTS[ \t]*\n?", re.DOTALL | re.MULTILINE
)
_PARTS = {"Called": "called", "Got": "got", "Expected": "expected", "Look again at": "idea"}
_LABEL = re.compile(rf"^({'|'.join(_PARTS)}): ", re.MULTILINE)
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Course:
    """The course's own two notebooks of a lesson: with solutions and hidden tests, and as it was handed out."""

    source: Notebook
    release: Notebook

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


def grade(
    submission: Path, course: Course, cell_seconds: float = CELL_SECONDS, stop: threading.Event | None = None
) -> Result:
    """Grade one notebook against the course's. The submission is only read; its cells run in an empty temporary folder.

    Raises intake.Unreadable if the file is no notebook, stock.KernelTrouble if nothing can be graded on this machine,
    stock.Stopped soon after ``stop`` is set, with no kernel left running.
    """
    taken = intake.take(intake.read(submission), course.release)
    attempted = intake.worked(taken, course.release)
    steps = _steps(course, taken, attempted)
    ends = _run_all(steps, cell_seconds, stop)
    exercises = [
        _exercise(cell, course, steps, ends) for cell in course.source["cells"] if "exercise" in cell["metadata"]
    ]
    return Result(submission.stem, exercises, taken.remarks)


def _steps(course: Course, taken: intake.Intake, attempted: set[str]) -> list[_Step]:
    """The cells to run, in the order of the course's notebook: set-up, what solutions lean on, attempted exercises."""
    cells, helpers = course.source["cells"], intake.helpers(taken, course.release)
    steps = [_Step(cell["source"]) for cell in cells if "setup" in cell["metadata"].get("tags", [])]
    steps += [_Step(helper.source) for helper in helpers if not helper.above]
    owner = ""
    skipped: set[str] = set()
    for cell in cells:
        name, source = intake.grade_id(cell), cell["source"]
        if "exercise" in cell["metadata"]:
            owner = cell["metadata"]["exercise"]["id"]
        elif intake.is_solution(cell):
            steps += [_Step(helper.source) for helper in helpers if helper.above == name]
            if name in attempted:
                steps.append(_Step(taken.solutions[name], owner))
            else:
                skipped.add(owner)
        elif intake.is_test(cell) and (exercise := cell["metadata"]["test"]["exercise"]) not in skipped:
            visible, hidden = _HIDDEN.sub("", source), "\n".join(_HIDDEN.findall(source))
            steps += [_Step(visible, exercise, name)] + ([_Step(hidden, exercise, name, hidden=True)] if hidden else [])
    return steps


def _run_all(steps: list[_Step], cell_seconds: float, stop: threading.Event | None) -> dict[int, Ended]:
    """Run the steps in one kernel; where it dies, run the rest in a new one without the exercise at fault.

    Gives how each step ended that did not end well.
    """
    ends: dict[int, Ended] = {}
    over: set[int] = set()  # what need not run again: tests that have their verdict, and whatever hung or died
    late: set[str] = set()
    while any(step.test and i not in over for i, step in enumerate(steps)):
        with Kernel(stop) as kernel:
            for i, step in enumerate(steps):
                if i in over:
                    continue
                hung = step.exercise in late
                end = kernel.run(step.source, min(cell_seconds, SECONDS_AFTER_TIMEOUT) if hung else cell_seconds)
                ends.pop(i, None)
                if end:
                    ends[i] = end
                if step.test or (end and end.kind != "error"):
                    over.add(i)
                if end and end.kind == "timed out" and step.exercise:
                    late.add(step.exercise)
                if end and end.dead:
                    # The fault of a helper of the learner's own is told by a NameError in what leans on it.
                    for j, other in enumerate(steps):
                        if step.exercise and other.exercise == step.exercise:
                            ends.setdefault(j, end)
                            over.add(j)
                    break
    return ends


def _exercise(cell: Cell, course: Course, steps: list[_Step], ends: dict[int, Ended]) -> ExerciseResult:
    about = cell["metadata"]["exercise"]
    mine = [i for i, step in enumerate(steps) if step.exercise == about["id"]]
    own = next((ends[i] for i in mine if not steps[i].test and i in ends), None)
    tests = []
    for test in course.source["cells"]:
        if intake.is_test(test) and test["metadata"]["test"]["exercise"] == about["id"]:
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


def _state(result: ExerciseResult, own: Ended | None, ends: list[Ended], attempted: bool) -> tuple[State, str]:
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


def _test(cell: Cell, ran: bool, end: Ended | None, hidden: bool) -> TestResult:
    most = float(cell["metadata"]["nbgrader"]["points"])
    passed = ran and end is None
    result = TestResult(
        intake.grade_id(cell), cell["metadata"]["test"]["title"], most if passed else 0.0, most, passed, hidden
    )
    if end is not None:
        parts = _LABEL.split(_COLOUR.sub("", end.text).strip())
        if len(parts) > 1:
            for label, text in zip(parts[1::2], parts[2::2], strict=True):
                setattr(result, _PARTS[label], text.strip())
        else:
            result.error = f"{end.name}: {end.text}" if end.name else end.text
    return result
