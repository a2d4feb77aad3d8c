"""The judge itself: a grader with a fault is found out. The grader here compares texts, and does one thing wrong."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from autograder import intake
from autograder.outline import Course, outline
from autograder.results import ExerciseResult, Result, TestResult
from tests import small
from tests.hostile import corpus
from tests.hostile.case import UNREADABLE, Case
from tests.hostile.lesson import Lesson
from tests.hostile.scene import Scene
from tests.hostile.trial import Trial, Verdict


def by_text(path: Path, course: Course) -> Result:
    """Full points for the course's own text, none for any other."""
    taken = intake.take(intake.read(path), course.release).solutions
    lesson = Lesson("x", course.source, course.release)
    exercises = []
    for exercise in outline(course.source).exercises:
        right = all(taken.get(name, "").strip() == lesson.text(name).strip() for name in exercise.solutions)
        tests = [TestResult(t.name, t.title, t.points * right, t.points, right) for t in exercise.tests]
        exercises.append(ExerciseResult(exercise.name, exercise.title, False, "correct" if right else "wrong", tests))
    return Result(path.stem, exercises)


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    monkeypatch.setattr("tests.hostile.trial.TIDY", 0.1)  # what these graders leave behind does not go by itself
    root = Path(tempfile.mkdtemp(prefix="hostile-"))
    notebooks = (
        small.write(small.source(), tmp_path / "tiny.ipynb"),
        small.write(small.release(), tmp_path / "out.ipynb"),
    )
    with Scene(root, *notebooks) as scene:
        yield scene
    shutil.rmtree(root)


def tried(scene: Scene, name: str, fault: Callable[[Path, Course], Result] | None = None) -> Verdict:
    """What is said of a case where the grader, right in the warm-up, is replaced by one with a fault."""
    current: list[Callable[[Path, Course], Result]] = [by_text]
    trial = Trial(scene, lambda path, course: current[0](path, course), page=None)
    current[0] = fault or by_text
    return trial.run(corpus.by_name(name))


def test_a_grader_without_a_fault_has_no_problem(scene: Scene) -> None:
    for name in ("solved", "untouched", "anything", "fifo", "copied-stub-above"):
        assert tried(scene, name).problems == []


def test_a_grader_that_is_fooled(scene: Scene) -> None:
    def fooled(path: Path, course: Course) -> Result:
        result = by_text(path, course)
        for exercise in result.exercises:
            for test in exercise.tests:
                test.points = test.most
        return result

    assert "is graded 1 of 1, not zero" in tried(scene, "anything", fooled).problems[0]


def test_a_grader_that_takes_a_fault_out_on_others(scene: Scene) -> None:
    def strict(path: Path, course: Course) -> Result:
        result = by_text(path, course)
        for exercise in result.exercises:
            for test in exercise.tests:
                test.points = 0.0
        return result

    assert tried(scene, "segfault", strict).problems == [
        "d01_e2_half is graded 0 of 2, not full",
        "d01_e3_triple is graded 0 of 1, not full",
    ]


def test_points_that_are_no_number_or_too_many(scene: Scene) -> None:
    def odd(path: Path, course: Course) -> Result:
        result = by_text(path, course)
        result.exercises[1].tests[0].points = float("nan")
        result.exercises[2].tests[0].points = 1e9
        return result

    assert len(tried(scene, "solved", odd).problems) == 2


def test_a_grader_that_stops_or_refuses(scene: Scene) -> None:
    def stops(path: Path, course: Course) -> Result:
        raise RuntimeError("a traceback")

    def refuses(path: Path, course: Course) -> Result:
        raise intake.Unreadable("no")

    assert "RuntimeError: a traceback" in tried(scene, "solved", stops).problems[0]
    assert tried(scene, "solved", refuses).problems == ["refused: no"]
    assert corpus.by_name("empty").expected == UNREADABLE
    assert "should have been refused" in tried(scene, "empty", lambda path, course: Result("x", [])).problems


def test_what_is_changed_left_or_called(scene: Scene) -> None:
    def careless(path: Path, course: Course) -> Result:
        (scene.course / "gradebook.db").write_bytes(b"edited")
        (scene.home / ".bashrc").unlink()
        (scene.temporary / "left").mkdir()
        subprocess.run(["bash", "-c", f"echo hello > /dev/tcp/127.0.0.1/{scene.lesson.places.port}"], check=True)
        return by_text(path, course)

    problems = "; ".join(tried(scene, "solved", careless).problems)
    for text in (
        "course/gradebook.db was changed",
        "home/.bashrc was deleted",
        "left behind: left",
        "somebody was called",
    ):
        assert text in problems
    assert tried(scene, "solved").problems == [], "the scene is put back"


def test_a_process_that_stays(scene: Scene) -> None:
    def forgetful(path: Path, course: Course) -> Result:
        # Its parent ends at once, as a daemon's does.
        subprocess.run(["sh", "-c", "sleep 600 > /dev/null 2>&1 &"], check=True)
        return by_text(path, course)

    problem = tried(scene, "solved", forgetful).problems[0]
    assert "still running" in problem
    assert "sleep 600" in problem
    assert not scene.processes()


def test_what_may_not_be_told(scene: Scene) -> None:
    hidden = next(iter(scene.lesson.hidden_lines()))

    def talkative(path: Path, course: Course) -> Result:
        result = by_text(path, course)
        result.exercises[0].reason = f"{scene.secret} {hidden}"
        return result

    assert len(tried(scene, "solved", talkative).problems) == 2


def test_honest_work_that_is_graded_wrongly_ends_the_trial(scene: Scene) -> None:
    with pytest.raises(AssertionError, match="the course's own solutions are graded"):
        Trial(scene, lambda path, course: Result(path.stem, []), page=None)


def test_cases_for_a_sandbox_are_left_out_without_one(scene: Scene) -> None:
    def never(path: Path, course: Course) -> Result:
        raise AssertionError("it was run")

    dangerous = [case for case in corpus.CASES if case.needs_sandbox]
    assert {"kills-parent", "forks", "site-packages"} <= {case.name for case in dangerous}
    assert "without a sandbox" in tried(scene, "kills-parent", never).skipped


def test_case_names_are_found() -> None:
    assert isinstance(corpus.by_name("solved"), Case)
