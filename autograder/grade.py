"""One submission -> one result. Every score comes from :func:`grade`, whatever runs the cells.

A fault costs its own part: where a process dies or a cell does not end, the cells before it are run again in a new process
without the one at fault, and the rest is graded.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import asdict, astuple, dataclass, field
from pathlib import Path
from typing import Protocol

from autograder import intake
from autograder.effects import felt_elsewhere, looks_anywhere
from autograder.endings import Ended, Stopped, Verdict
from autograder.outline import Course, Exercise, Outline, Test
from autograder.plain import PLAIN
from autograder.results import ExerciseResult, Result, State, TestResult

__all__ = ["CELL_SECONDS", "Course", "Known", "Process", "Step", "grade"]

CELL_SECONDS = 60.0
#: Once a cell of an exercise was not done in time, its other cells get no more than this: they tend to hang in the same loop.
SECONDS_AFTER_TIMEOUT = 5.0

_PARTS = {"Called": "called", "Got": "got", "Expected": "expected", "Look again at": "idea"}
_LABEL = re.compile(rf"^({'|'.join(_PARTS)}): ", re.MULTILINE)
#: How curriculum.lab.check tells of a value that came back and cannot be looked into: as of what the learner's code raised.
_UNSEEN, _ANY_VALUE = "NotPlain: ", "a value, not an exception"
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Step:
    """One cell to run: whose it is (exercise, else ""), which test it is part of, whether of its hidden part.

    ``given`` says that it is the course's own and no test. A test is run ``apart`` from the learner's process where it can be,
    with what the learner was to define under the names of ``exports``. ``forbidden`` are libraries that the learner's cells
    cannot use meanwhile.
    """

    source: str
    exercise: str = ""
    test: str = ""
    hidden: bool = False
    given: bool = False
    apart: bool = False
    exports: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()


@dataclass(frozen=True)
class Judging:
    """How a course's exercises are judged, by name: ``in_kernel`` are those whose tests run in the learner's process.

    ``numbers`` are the test cells that end in a number, partial credit, for the course's own solution: where they end in
    anything else, that is no credit.
    """

    in_kernel: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()


class Process(Protocol):
    """Where cells run one after another, and remember."""

    @property
    def means(self) -> str:
        """What the learner's cells are confined by, in one line."""

    def do(self, step: Step, seconds: float) -> Verdict:
        """Run a cell. Raises KernelTrouble, Stopped."""


#: Opens a new process; its means are the same each time.
Opening = Callable[[], AbstractContextManager[Process]]


@dataclass
class Known:
    """What earlier gradings of one learner's notebook found, so that only what has changed since is run again.

    By exercise: a hash of all that it leans on, and its result.
    """

    results: dict[str, tuple[str, ExerciseResult]] = field(default_factory=dict)
    sandbox: str = ""


def grade(
    submission: Path,
    course: Course,
    cell_seconds: float = CELL_SECONDS,
    stop: threading.Event | None = None,
    opened: Opening | None = None,
    judging: Judging | None = None,
    known: Known | None = None,
) -> Result:
    """Grade one notebook against the course's. The submission is only read; its cells run in an empty temporary folder.

    ``opened`` makes the processes that cells run in; without it that is a stock Jupyter kernel, with every test in it.
    ``known`` is used and kept up to date. Raises intake.Unreadable if the file is no notebook, endings.KernelTrouble if
    nothing can be graded on this machine, endings.Stopped soon after ``stop`` is set.
    """
    taken = intake.take(intake.read(submission), course.release)
    attempted = intake.worked(taken, course.release)
    asked = course.outline
    alone = opened is not None
    judging = judging or Judging(frozenset(exercise.name for exercise in asked.exercises))
    opened = opened or _stock(stop)
    everything = list(_steps(asked, intake.helpers(taken, course.release), taken, attempted, judging.in_kernel))
    worked = {e.name: not e.solutions or not attempted.isdisjoint(e.solutions) for e in asked.exercises}
    keys = dict[str, str]()
    if known is not None:  # reading what leans on what takes a while
        keys = {e.name: _key(everything, e, judging, worked[e.name]) for e in asked.exercises}
    known = known or Known()
    fresh = {e.name for e in asked.exercises if known.results.get(e.name, ("",))[0] != keys.get(e.name)}
    steps = _only(everything, fresh)
    verdicts, means = _run_all(steps, opened, cell_seconds, stop)
    for exercise in asked.exercises:
        if exercise.name not in fresh:
            continue
        result = _exercise(exercise, steps, verdicts, judging, worked[exercise.name])
        if alone and worked[exercise.name] and result.state not in ("correct", "timed out"):
            # Another exercise's slip (a builtin shadowed, a set-up name lost) must not cost this one.
            own = _alone(steps, exercise.name)
            if own:
                again = _run_all(own, opened, cell_seconds, stop)[0]
                second = _exercise(exercise, own, again, judging, worked[exercise.name])
                result = second if second.points > result.points else result
        known.results[exercise.name] = keys.get(exercise.name, ""), result
    known.sandbox = means or known.sandbox
    results = [known.results[exercise.name][1] for exercise in asked.exercises]
    return Result(submission.stem, results, taken.remarks, known.sandbox)


def _stock(stop: threading.Event | None) -> Opening:
    from autograder.stock import Kernel  # here: jupyter_client takes longer to import than a warm process to grade

    return lambda: Kernel(stop)


def _steps(
    asked: Outline,
    helpers: list[intake.Own],
    taken: intake.Intake,
    attempted: set[str],
    in_kernel: frozenset[str],
) -> Iterator[Step]:
    """The cells to run, in the order of the course's notebook: what it gives, what solutions lean on, solutions and tests.

    An exercise that says itself what it asks for earns nothing untouched, so it need not run then; in other courses the
    cell as it was handed out may hold something.
    """
    declared = {exercise.name for exercise in asked.exercises if exercise.declared}
    # Where a test runs in the learner's process it may need itself what the exercise forbids.
    forbidden = {e.name: e.forbidden for e in asked.exercises if e.name not in in_kernel}
    skipped, early = set[str](), [Step(own.source) for own in helpers if not own.above]
    for piece in asked.pieces:
        if piece.kind != "given":
            yield from early
            early = []
        if piece.kind == "given":
            yield Step(piece.source, given=True, exports=piece.exports)
        elif piece.kind == "solution":
            yield from (Step(own.source) for own in helpers if own.above == piece.name)
            if piece.name in attempted or piece.exercise not in declared:
                source = taken.solutions.get(piece.name, "")
                yield Step(source, piece.exercise, forbidden=forbidden.get(piece.exercise, ()))
            else:
                skipped.add(piece.exercise)
        elif piece.exercise not in skipped and piece.test is not None:
            apart = piece.exercise not in in_kernel
            for source, hidden in ((piece.test.visible, False), (piece.test.hidden, True)):
                if source.strip():
                    rule = forbidden.get(piece.exercise, ())
                    yield Step(
                        source, piece.exercise, piece.name, hidden, apart=apart, exports=piece.exports, forbidden=rule
                    )


def _run_all(
    steps: list[Step], opened: Opening, cell_seconds: float, stop: threading.Event | None
) -> tuple[dict[int, Verdict], str]:
    """Run the steps in one process; where it dies, run the rest in a new one without the cell at fault.

    Gives what each step came to where that is not simply "well", and what the processes were confined by.
    """
    ends: dict[int, Verdict] = {}
    over: set[int] = set()  # what need not run again: tests that have their verdict, and whatever hung or died
    late: set[str] = set()
    means = ""
    while any(step.test and i not in over for i, step in enumerate(steps)):
        with opened() as process:
            means = process.means
            for i, step in enumerate(steps):
                if i in over:
                    continue
                if stop is not None and stop.is_set():
                    raise Stopped
                hung = step.exercise in late
                end = process.do(step, min(cell_seconds, SECONDS_AFTER_TIMEOUT) if hung else cell_seconds)
                ends.pop(i, None)
                if end is not None:
                    ends[i] = end
                fault = isinstance(end, Ended) and end.kind != "error"
                if step.test or fault:
                    over.add(i)
                if isinstance(end, Ended) and end.kind == "timed out" and step.exercise:
                    late.add(step.exercise)
                if isinstance(end, Ended) and end.dead:
                    # The fault of a helper of the learner's own is told by a NameError in what leans on it; a test's
                    # costs that test; a solution's own costs its exercise, for nothing of it is there.
                    for j, other in enumerate(steps):
                        if step.exercise and other.exercise == step.exercise and not step.test:
                            ends.setdefault(j, end)
                            over.add(j)
                    break
    return ends, means


def _leans_on(steps: list[Step], exercise: str) -> set[int]:
    """Where an exercise's steps are, what the course gives, helpers, and others' steps that it takes names from."""
    given = intake.bound(step.source for step in steps if step.given)
    own = {i for i, step in enumerate(steps) if step.exercise == exercise}
    found = _with_takings(steps, own, given | intake.bound(steps[i].source for i in own))
    # A helper that takes a name of the course's away helps nobody.
    apart = {i for i, step in enumerate(steps) if not step.exercise and intake.bound([step.source]).isdisjoint(given)}
    return found | apart | {i for i, step in enumerate(steps) if step.given}


def _with_takings(steps: list[Step], found: set[int], there: set[str]) -> set[int]:
    """These steps, and the exercises' steps that they take names from which are not ``there`` without them.

    A test may take from another test what that imports or defines; a solution takes from solutions alone.
    """
    needed = dict[bool, set[str]]()
    for test in (False, True):
        needed[test] = intake.taken(steps[i].source for i in found if test or not steps[i].test) - there
    fresh = found
    while fresh:
        fresh = {
            i
            for i, step in enumerate(steps)
            if i not in found and step.exercise and intake.bound([step.source]) & needed[bool(step.test)]
        }
        found = found | fresh
        for i in fresh:
            taken = intake.taken([steps[i].source]) - there
            needed[True] |= taken
            needed[False] |= taken
    return found


def _may_depend_on(steps: list[Step], exercise: str) -> set[int]:
    """All the steps that a result may depend on: beside what it leans on, what may be felt without being named."""
    found = _leans_on(steps, exercise)
    last = max((i for i, step in enumerate(steps) if step.exercise == exercise), default=-1)
    before = [i for i, step in enumerate(steps) if i < last]
    if any(steps[i].exercise == exercise and looks_anywhere(steps[i].source) for i in found):
        return found.union(before)
    helpers = {i for i, step in enumerate(steps) if not step.exercise}
    felt = {steps[i].exercise for i in before if not steps[i].test and felt_elsewhere(steps[i].source)}
    found = found | helpers | {i for i in before if steps[i].exercise in felt}
    # Here a name of the course's counts as well: another exercise may have bound it anew.
    return {i for i in _with_takings(steps, found, set()) if i <= last or i in found}


def _alone(steps: list[Step], exercise: str) -> list[Step]:
    """What to run to see an exercise without the others; nothing where no other's step ran before it was judged."""
    last = max((i for i, step in enumerate(steps) if step.exercise == exercise), default=-1)
    kept = [i for i in sorted(_leans_on(steps, exercise)) if i <= last]
    return [steps[i] for i in kept] if len(kept) <= last else []


def _only(steps: list[Step], exercises: set[str]) -> list[Step]:
    """The steps that these exercises need, in their order; every step where all are asked for."""
    if exercises >= {step.exercise for step in steps if step.exercise}:
        return steps
    kept = set[int]().union(*(_may_depend_on(steps, exercise) for exercise in exercises))
    return [step for i, step in enumerate(steps) if i in kept]


def _key(steps: list[Step], exercise: Exercise, judging: Judging, worked: bool) -> str:
    """A hash of all that an exercise's result depends on: what is run for it, how it is judged, and what is said of it."""
    runs = [astuple(steps[i]) for i in sorted(_may_depend_on(steps, exercise.name))]
    numbers = sorted(judging.numbers.intersection(test.name for test in exercise.tests))
    told = [runs, exercise.name in judging.in_kernel, numbers, worked, asdict(exercise)]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _exercise(
    exercise: Exercise, steps: list[Step], verdicts: dict[int, Verdict], judging: Judging, worked: bool
) -> ExerciseResult:
    ran = [(step, verdicts.get(i)) for i, step in enumerate(steps) if step.exercise == exercise.name]
    bad = [(step, end) for step, end in ran if isinstance(end, Ended)]
    tests = [
        _test(test, [(step, end) for step, end in ran if step.test == test.name], test.name in judging.numbers)
        for test in exercise.tests
    ]
    result = ExerciseResult(
        exercise.name,
        exercise.title,
        exercise.bonus,
        "correct",
        tests,
        list(exercise.hints),
        exercise.reading,
        trust="in-kernel" if exercise.name in judging.in_kernel else "apart",
    )
    own = next((end for step, end in bad if not step.test), None)
    result.state, result.reason = _state(result, own, [end for _, end in bad], worked)
    return result


def _state(result: ExerciseResult, own: Ended | None, ends: list[Ended], worked: bool) -> tuple[State, str]:
    if not worked and result.points == 0:
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


def _test(test: Test, ran: list[tuple[Step, Verdict]], number: bool) -> TestResult:
    bad = next(((step, end) for step, end in ran if isinstance(end, Ended)), None)
    points = test.points if ran and bad is None else 0.0
    part = ran[-1][1] if ran and bad is None else None
    if isinstance(part, float):  # partial credit, as nbgrader gives it
        points = min(max(part, 0.0), test.points) if math.isfinite(part) else 0.0
    elif number:
        points = 0.0
    passed = bool(ran) and bad is None and points == test.points
    hidden = bad is not None and bad[0].hidden
    result = TestResult(test.name, test.title, points, test.points, passed, hidden, partial=isinstance(part, float))
    if bad is not None:
        end = bad[1]
        parts = _LABEL.split(_COLOUR.sub("", end.text).strip())
        if len(parts) > 1:
            for label, text in zip(parts[1::2], parts[2::2], strict=True):
                setattr(result, _PARTS[label], text.strip())
            if result.got.startswith(_UNSEEN):
                result.got = result.got.removeprefix(_UNSEEN)
                result.expected = PLAIN if result.expected == _ANY_VALUE else result.expected
        else:
            result.error = f"{end.name}: {end.text}" if end.name else end.text
    return result
