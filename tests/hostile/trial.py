"""One case let loose on a grader, and everything that is wrong with what came of it."""

from __future__ import annotations

import html
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from autograder import feedback, intake
from autograder.engine import Course, Engine, Settings
from autograder.grade import grade
from autograder.results import Result
from tests.hostile.case import Case, Files, Points, Scores, Unreadable, notebook
from tests.hostile.scene import Scene, changes

GradeOne = Callable[[Path, Course], Result]
#: What a learner is shown of a result, as HTML.
Feedback = Callable[[Result, Course], str]

CELL_SECONDS = 3.0
#: Seconds after which a grader that has not come back never will; that it has to tidy up in; that a killed process has to end in.
LONGEST, TIDY, ENDING = 240.0, 3.0, 30.0
#: Work that is worth nothing: a test that it passes says nothing of an attack that passes it.
_WORTHLESS = ("return None", "raise NotImplementedError", "return args[0] if args else None", "raise ValueError")


@dataclass
class Verdict:
    """``problems`` is empty where all is well; ``skipped`` says why a case was left out."""

    case: Case
    expected: str
    got: str = ""
    problems: list[str] = field(default_factory=list)
    skipped: str = ""
    seconds: float = 0.0


@contextmanager
def grader(stock: bool = False, cell_seconds: float = CELL_SECONDS) -> Iterator[GradeOne]:
    """The grading engine; with ``stock`` a Jupyter kernel, which confines nothing."""
    if stock:
        yield lambda path, course: grade(path, course, cell_seconds=cell_seconds)
    else:
        with Engine(Settings(cell_seconds=cell_seconds)) as engine:
            yield engine.grade


def is_strong(sandbox: str) -> bool:
    """Whether what a result says of its sandbox keeps the machine safe: its own files, processes and network."""
    return all(words in sandbox for words in ("own view of files", "own process space", "private loopback"))


def shown(result: Result, course: Course) -> str:
    """What a learner is shown where everything may be shown."""
    return feedback.page(feedback.feedback(result, source=course.source))


class Trial:
    """Cases against one grader in one scene. The grader is warmed up first, with honest work.

    Raises AssertionError where honest work is not graded as it should be: then no case says anything.
    """

    def __init__(self, scene: Scene, grade_one: GradeOne, page: Feedback | None = shown) -> None:
        self.scene, self.lesson, self._page = scene, scene.lesson, page
        self._grade_one = grade_one
        self.course = Course(self.lesson.source, self.lesson.release)
        self.hidden = self.lesson.hidden_lines()
        solved = self._honest(notebook(self.lesson, self.lesson.solved()))
        self.sandbox = solved.sandbox
        #: "apart" or "in-kernel", by test cell.
        self.trust = {test.name: exercise.trust for exercise in solved.exercises for test in exercise.tests}
        given = {name: solved.scores().get(name) for name in self.lesson.most}
        assert given == dict(self.lesson.most), f"the course's own solutions are graded {given}"
        untouched = self._honest(notebook(self.lesson, self.lesson.untouched())).scores()
        assert not any(untouched.values()), f"the release as it was handed out is graded {untouched}"
        #: Test cells of the attacked exercise that worthless work passes, too.
        self.cheap = {
            name
            for body in _WORTHLESS
            for name, score in self._honest(notebook(self.lesson, self.lesson.solved(self.lesson.hollow(body))))
            .scores()
            .items()
            if name in self.lesson.victim.tests and score
        }
        tests = self.lesson.victim.tests
        dear = sum(points for name, points in tests.items() if name not in self.cheap)
        assert dear >= sum(tests.values()) / 2, f"worthless work passes {sorted(self.cheap)}: what does an attack gain?"

    def run(self, case: Case) -> Verdict:
        """Grade the case; its scores, and what it left behind."""
        expected = case.ideal(self.lesson)
        verdict = Verdict(
            case, "unreadable" if isinstance(expected, Unreadable) else f"{expected.victim}, others {expected.others}"
        )
        if case.needs_sandbox and not is_strong(self.sandbox):
            verdict.skipped = f"could hurt this machine without a sandbox ({self.sandbox or 'there is none'})"
            return verdict
        files = case.make(self.lesson)
        path = self.scene.submit(files)
        before, running, contacts = self.scene.snapshot(), self.scene.processes(), len(self.scene.contacts)
        temporary = set(os.listdir(self.scene.temporary))
        start = time.monotonic()
        outcome = self._grade(path)
        verdict.seconds = time.monotonic() - start
        if isinstance(outcome, Result):
            self._judge(outcome, expected, verdict)
        elif isinstance(outcome, intake.Unreadable):
            verdict.got = "unreadable"
            if not isinstance(expected, Unreadable):
                verdict.problems.append(f"refused: {outcome}")
            elif not str(outcome).strip():
                verdict.problems.append("refused without a reason")
        else:
            verdict.got = type(outcome).__name__
            verdict.problems.append(f"the grader failed with {type(outcome).__name__}: {outcome}"[:500])
        verdict.problems += self._traces(running, temporary)
        changed = changes(before, self.scene.snapshot())
        verdict.problems += changed[:8]
        verdict.problems += [f"somebody was called: {text!r}" for text in self.scene.contacts[contacts:][:3]]
        self._tidy(running)
        if changed:
            self.scene.restore()
        if case.lingers:
            verdict.problems += self._next_one()
        return verdict

    def _honest(self, files: Files) -> Result:
        outcome = self._grade(self.scene.submit(files))
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def _grade(self, path: Path) -> Result | Exception:
        """In a thread, so that a grader that never comes back is a wrong answer, too."""
        outcome: list[Result | Exception] = []

        def work() -> None:
            try:
                outcome.append(self._grade_one(path, self.course))
            except Exception as error:  # noqa: BLE001 - whatever it is, it is the answer
                outcome.append(error)

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        thread.join(LONGEST)
        return outcome[0] if outcome else TimeoutError(f"no answer in {LONGEST:g} s")

    def _judge(self, result: Result, expected: Scores | Unreadable, verdict: Verdict) -> None:
        scores = result.scores()
        mine = sum(scores.get(name, 0) for name in self.lesson.victim.tests)
        verdict.got = f"{mine:g} of {sum(self.lesson.victim.tests.values()):g}, all {sum(scores.values()):g} of {sum(self.lesson.most.values()):g}"
        if isinstance(expected, Unreadable):
            verdict.problems.append("should have been refused")
            return
        for name, most in self.lesson.most.items():
            attacked = name in self.lesson.victim.tests
            wanted: Points = expected.victim if attacked else expected.others
            score = scores.get(name)
            low, high = (most if wanted == "full" else 0.0), (0.0 if wanted == "zero" else most)
            high = most if attacked and name in self.cheap else high
            if score is None:
                verdict.problems.append(f"{name} has no score")
            elif not low <= score <= high:
                verdict.problems.append(f"{name} is graded {score:g} of {most:g}, not {wanted}")
        told = "\n".join(_texts(result.as_json()))
        if self._page is not None:
            page = self._page(result, self.course)
            told += html.unescape(page)
            if self.lesson.marker in page:
                verdict.problems.append("the feedback carries what a learner wrote, live")
        if self.scene.secret in told:
            verdict.problems.append("a secret of the environment is told")
        verdict.problems += [f"a hidden test is told: {line}" for line in sorted(self.hidden) if line in told][:3]

    def _traces(self, running: dict[int, str], temporary: set[str]) -> list[str]:
        """Processes and files that are still there a moment after the grading."""
        until = time.monotonic() + TIDY
        while True:
            processes = self._strays(running)
            files = sorted(set(os.listdir(self.scene.temporary)) - temporary)
            outside = [str(path) for path in self.scene.left_outside()]
            if not (processes or files or outside) or time.monotonic() > until:
                break
            time.sleep(0.05)
        running_still = [f"still running: {name}" for name in list(processes.values())[:3]]
        return running_still + [f"left behind: {name}" for name in (*files, *outside)][:5]

    def _strays(self, running: dict[int, str]) -> dict[int, str]:
        """Processes that were not there before. The grader may start new children of its own."""
        own = f"child of {os.getpid()})"
        return {
            process: name
            for process, name in self.scene.processes().items()
            if process not in running and not name.endswith(own)
        }

    def _tidy(self, running: dict[int, str]) -> None:
        until = time.monotonic() + ENDING
        while (strays := self._strays(running)) and time.monotonic() < until:
            for process in strays:
                with suppress(OSError):
                    os.kill(process, signal.SIGKILL)
            time.sleep(0.01)
        self.scene.clear_outside()

    def _next_one(self) -> list[str]:
        """Whoever is graded next loses nothing."""
        outcome = self._grade(self.scene.submit(notebook(self.lesson, self.lesson.solved())))
        if isinstance(outcome, Exception):
            return [f"the next learner's work fails with {type(outcome).__name__}: {outcome}"]
        wrong = {
            name: outcome.scores().get(name)
            for name, most in self.lesson.most.items()
            if outcome.scores().get(name) != most
        }
        return [f"the next learner's right work is graded {wrong}"] if wrong else []


def _texts(thing: object) -> Iterator[str]:
    if isinstance(thing, str):
        yield thing
    elif isinstance(thing, dict):
        for key, value in thing.items():
            yield from (*_texts(key), *_texts(value))
    elif isinstance(thing, list | tuple):
        for value in thing:
            yield from _texts(value)
