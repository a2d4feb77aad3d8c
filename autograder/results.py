"""What grading one submission comes to, as plain data: for each exercise its state, its points and what to say of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

#: Where an exercise was judged: apart from the learner's process, or in it, where what is judged can reach its judge.
Trust = Literal["apart", "in-kernel"]
State = Literal["not attempted", "wrong", "almost", "correct", "crashed", "timed out"]

#: assignment -> notebook -> grade_id -> (score, most); only what has been graded.
Scores = Mapping[str, Mapping[str, Mapping[str, tuple[float, float]]]]


@dataclass
class TestResult:
    """One test cell. ``called``, ``got``, ``expected`` and ``idea`` are what its message said, empty where it passed.

    ``partial`` says that it ended in a number, which are its points.
    """

    name: str
    title: str
    points: float
    most: float
    passed: bool
    hidden: bool = False
    called: str = ""
    got: str = ""
    expected: str = ""
    idea: str = ""
    error: str = ""
    partial: bool = False
    __test__ = False  # not a test class, whatever its name says to pytest


@dataclass
class ExerciseResult:
    """One exercise: ``bonus`` says that its points come on top; ``reason`` why it is in its state, where tests do not say."""

    name: str
    title: str
    bonus: bool
    state: State
    tests: list[TestResult]
    hints: list[str] = field(default_factory=list)
    reading: str = ""
    reason: str = ""
    trust: Trust = "in-kernel"

    @property
    def points(self) -> float:
        return sum(test.points for test in self.tests)

    @property
    def most(self) -> float:
        return sum(test.most for test in self.tests)

    def first_failure(self) -> TestResult | None:
        return next((test for test in self.tests if not test.passed), None)


@dataclass
class Result:
    """One graded notebook. ``remarks`` are about the file: cells that were missing, doubled, and what was done.

    ``sandbox`` says what the learner's process was confined by, in one line; "" where nothing had to run.
    """

    notebook: str
    exercises: list[ExerciseResult]
    remarks: list[str] = field(default_factory=list)
    sandbox: str = ""

    @property
    def attempted(self) -> bool:
        return any(exercise.state != "not attempted" for exercise in self.exercises)

    @property
    def points(self) -> float:
        return sum(exercise.points for exercise in self.exercises)

    @property
    def most(self) -> float:
        """Points without the bonus: what a full score is measured by."""
        return sum(exercise.most for exercise in self.exercises if not exercise.bonus)

    def scores(self) -> dict[str, float]:
        """Points by test cell."""
        return {test.name: test.points for exercise in self.exercises for test in exercise.tests}

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "points": self.points, "most": self.most}
