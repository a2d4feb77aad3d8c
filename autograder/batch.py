"""Many submissions of an assignment: what is new is graded side by side and recorded, each submission whole.

What was recorded for the same work, tests and engine is not graded again, whenever and however the batch before it ended.
Results wait in a folder, as JSON, while the gradebook cannot be written, and are taken up from there.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol

from autograder import ledger
from autograder.database import GradebookError
from autograder.graders import GradersLost, Work
from autograder.intake import Unreadable
from autograder.ledger import GONE, Fingerprint, Known
from autograder.stored import Graded, Store
from autograder.submissions import CourseNotebook, Submission, take


@dataclass(frozen=True)
class Change:
    """One exercise of a student that had another score before (None where it had none), in points."""

    student: str
    notebook: str
    exercise: str
    before: float | None
    now: float
    cause: str


@dataclass
class Report:
    """What a batch has come to, in notebooks.

    ``refused`` names student, file and cause. ``unrecorded`` says why not everything is in the gradebook, and ``unstored`` why
    not all results are in their folder, where that is so; ``lost`` why there was nobody to grade the rest.
    """

    graded: int = 0
    unchanged: int = 0
    taken_up: int = 0
    not_handed_in: int = 0
    left: int = 0
    refused: list[tuple[str, str, str]] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    unrecorded: str = ""
    unstored: str = ""
    lost: str = ""
    waiting: int = 0
    note: str = ""


class Recorder(Protocol):
    """Writes to the gradebook. Its methods raise GradebookError, and may be called again then."""

    note: str

    @property
    def ready(self) -> bool:
        """Whether it has been opened."""

    def open(self) -> None:
        """Bring the gradebook into step with the course."""

    def record(self, submission: Submission, graded: Sequence[Graded]) -> Mapping[str, Mapping[str, float]]:
        """Record a submission whole; the scores it had before, by notebook and cell. Raises ValueError for points that are none."""


class Batch:
    """One run over the submissions of an assignment. ``works`` is what has to be graded for it."""

    def __init__(
        self,
        course: Mapping[str, CourseNotebook],
        submissions: Sequence[Submission],
        known: Known,
        *,
        recording: bool = True,
        everything: bool = False,
        results: Store | None = None,
        kept: Store | None = None,
    ) -> None:
        """Decide for each notebook whether it has to be graded; ``everything`` is graded where it is asked for.

        ``known`` is what the gradebook holds; ``results`` is to hold every result in the end; in ``kept`` they wait for the gradebook.
        """
        self.works: list[Work] = []
        self.report = Report()
        self._known, self._results, self._kept, self._recording = known, results, kept, recording
        self._submissions = {submission.student: submission for submission in submissions}
        #: What is to be recorded, and what is not but belongs into the folder of results; notebooks that are being graded.
        self._ready: dict[str, list[Graded]] = defaultdict(list)
        self._stored: dict[str, list[Graded]] = defaultdict(list)
        self._missing: dict[str, int] = defaultdict(int)
        for submission in submissions:
            self._look(submission, course, everything)

    @property
    def pending(self) -> bool:
        """Whether there is anything to grade or to record."""
        return bool(self.works or self._ready)

    def run(
        self,
        results: Iterator[Graded | None],
        recorder: Recorder | None,
        done: Callable[[Graded], Any] = lambda graded: None,
        stop: threading.Event | None = None,
    ) -> Report:
        """Record each submission once its notebooks are graded, and when stopped, what there is of it.

        A gradebook that cannot be written is tried once more when all is graded; results wait in ``kept`` till then.
        """
        report, stop = self.report, stop or threading.Event()
        if recorder:
            self._opened(recorder)
        for student in [student for student in self._ready if not self._missing[student]]:
            self._finish(student, recorder)
        try:
            for graded in results:
                if graded is not None:
                    self._take(graded)
                    done(graded)
                    if not self._missing[graded.student]:
                        self._finish(graded.student, recorder)
        except GradersLost as error:
            report.lost = str(error)
        report.left = sum(self._missing.values())
        if recorder and report.unrecorded and (recorder.ready or not stop.is_set()):
            report.unrecorded = ""
            self._opened(recorder)
        for student in [*self._ready, *self._stored]:
            self._finish(student, recorder)
        report.waiting = sum(len(graded) for graded in self._ready.values())
        report.note = recorder.note if recorder else ""
        return report

    def _look(self, submission: Submission, course: Mapping[str, CourseNotebook], everything: bool) -> None:
        student = submission.student
        self.report.refused += [(student, name, cause) for name, cause in submission.refused.items()]
        waiting = self._kept.read(student) if self._kept else {}
        if waiting and all(self._known.graded(student, name, one.fingerprint) for name, one in waiting.items()):
            self._forget(student)  # the batch before this one ended between recording it and forgetting it
        stored = self._results.read(student) if self._results else {}
        earlier = {} if everything else waiting | stored
        for name, book in course.items():
            if name not in submission.notebooks:
                self._absent(submission, name, book)
                continue
            try:
                fingerprint = Fingerprint(ledger.work_of(take(submission.notebooks[name])), book.tests)
            except Unreadable as error:
                self.report.refused.append((student, name, str(error)))
                self._stored[student].append(Graded(student, name, Fingerprint("", book.tests), refused=str(error)))
                continue
            there = earlier.get(name)
            if there is not None and (there.fingerprint != fingerprint or there.result is None):
                there = None
            recorded = self._known.graded(student, name, fingerprint) if self._recording else there is not None
            if recorded and not everything and (there or not self._results):
                self.report.unchanged += 1
                self._stored[student] += [there] if there else []
            elif there:
                self.report.taken_up += 1
                self._ready[student].append(there)
            else:
                self.works.append(Work(student, submission.notebooks[name], book))
                self._missing[student] += 1

    def _absent(self, submission: Submission, name: str, book: CourseNotebook) -> None:
        """A notebook that is not there: not attempted; what was scored once and is gone loses its score.

        Where the whole folder is gone, scores stay: a disk that is not mounted must not cost a class its marks.
        """
        if "" in submission.refused or name in submission.refused:
            return
        self.report.not_handed_in += 1
        student, gone = submission.student, Fingerprint(GONE, book.tests)
        before = self._known.before(student, name)
        if any(self._known.scored.get((student, name), {}).values()) or (before and before.work != GONE):
            self._ready[student].append(Graded(student, name, gone))

    def _take(self, graded: Graded) -> None:
        self.report.graded += 1
        self._missing[graded.student] -= 1
        if graded.refused:
            self.report.refused.append((graded.student, graded.notebook, graded.refused))
            self._stored[graded.student].append(graded)
        else:
            self._ready[graded.student].append(graded)

    def _opened(self, recorder: Recorder) -> None:
        try:
            recorder.open()
        except GradebookError as error:
            self.report.unrecorded = str(error)

    def _finish(self, student: str, recorder: Recorder | None) -> None:
        """Store and record what is ready of a student; what cannot be recorded stays ready, and is kept on the disk."""
        ready, stored = self._ready.get(student, []), self._stored.get(student, [])
        before: Mapping[str, Mapping[str, float]] = {}
        if ready or any(one.refused for one in stored):  # the others have come from there
            self._store(self._results, student, ready + stored)
        if recorder and ready and not self.report.unrecorded:
            try:
                before = recorder.record(self._submissions[student], ready)
            except GradebookError as error:
                self.report.unrecorded = str(error)
            except ValueError as error:
                self.report.refused.append((student, "", f"not recorded: {error}"))
        if recorder and ready and self.report.unrecorded:
            self._store(self._kept, student, [one for one in ready if one.result])
            return
        for one in ready:
            self.report.changes += self._changes(one, before.get(one.notebook, {}))
        self._ready.pop(student, None)
        self._stored.pop(student, None)
        if recorder and ready:
            self._forget(student)

    def _forget(self, student: str) -> None:
        """What is recorded need not wait any more; where its file cannot be removed, it will not be taken up either."""
        if self._kept:
            with suppress(OSError):
                self._kept.remove(student)

    def _store(self, store: Store | None, student: str, graded: Sequence[Graded]) -> None:
        if store and graded:
            try:
                store.write(student, graded)
            except OSError as error:
                self.report.unstored = f"{store.path(student)} cannot be written: {error.strerror or error}"

    def _changes(self, one: Graded, before: Mapping[str, float]) -> Iterator[Change]:
        if not before:
            return
        cause = one.fingerprint.cause(self._known.before(one.student, one.notebook))
        if one.result is None and any(before.values()):
            yield Change(one.student, one.notebook, "all of it", sum(before.values()), 0.0, cause)
        for exercise in one.result.exercises if one.result else []:
            had = [before[test.name] for test in exercise.tests if test.name in before]
            if exercise.tests and (not had or sum(had) != exercise.points):
                title = f"{exercise.name} {exercise.title}".strip()
                yield Change(one.student, one.notebook, title, sum(had) if had else None, exercise.points, cause)
