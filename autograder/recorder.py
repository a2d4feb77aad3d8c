"""The gradebook as a batch writes to it: opened once, without nbgrader, which is asked only where the course has changed."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path

from sqlalchemy import Connection, create_engine

from autograder import database, intake, recording
from autograder.assignment import GenerateError
from autograder.database import GradebookError
from autograder.recording import Scored, in_step
from autograder.stored import Graded
from autograder.submissions import Submission, handed_in


class Recorder:
    """A gradebook that a batch writes to: opened once, made or brought into step with the course where it is not.

    ``root`` is the course's folder, and ``course`` its notebooks with solutions, by name. A lock of another program's is
    waited for ``patience`` seconds, or until ``stop`` is set. ``note`` says how the gradebook was brought into step.
    """

    def __init__(
        self,
        db_url: str,
        course_id: str,
        root: Path,
        assignment: str,
        course: Mapping[str, intake.Notebook],
        patience: float,
        stop: threading.Event,
    ) -> None:
        self.note = ""
        self._url, self._course_id, self._root, self._assignment = db_url, course_id, root, assignment
        self._course, self._patience, self._stop = course, patience, stop
        self._stack = ExitStack()
        self._connection: Connection | None = None

    def __enter__(self) -> Recorder:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @property
    def ready(self) -> bool:
        """Whether it has been opened."""
        return self._connection is not None

    def open(self) -> None:
        """Open the gradebook, if that is not done yet. Raises GradebookError."""
        until = time.monotonic() + self._patience
        while self._connection is None:
            try:
                if not self._in_step():
                    self.note = self._bring_into_step()
                engine = create_engine(self._url)
                self._stack.callback(engine.dispose)
                self._connection = self._stack.enter_context(engine.connect())
            except (GradebookError, *database.TROUBLES) as error:
                if not database.passing(error) or time.monotonic() > until or self._stop.is_set():
                    if isinstance(error, GradebookError):
                        raise
                    raise self._told(error) from error

    def record(self, submission: Submission, graded: Iterable[Graded]) -> dict[str, dict[str, float]]:
        """Record a submission; the scores it had before, by notebook and cell. Raises GradebookError, ValueError."""
        if self._connection is None:
            raise GradebookError("the gradebook is not open")
        scored = [
            Scored(
                one.notebook,
                one.result.scores() if one.result else None,
                bool(one.result and one.result.attempted),
                one.unanswered,
                one.fingerprint,
            )
            for one in graded
        ]
        when = handed_in(submission.timestamp)
        try:
            return recording.record(
                self._connection,
                self._course_id,
                self._assignment,
                submission.student,
                scored,
                when,
                self._patience,
                self._stop,
            )
        except database.TROUBLES as error:
            raise self._told(error) from error

    def _in_step(self) -> bool:
        with database.reading(self._url) as connection:
            return connection is not None and in_step(connection, self._assignment, self._course)

    def _bring_into_step(self) -> str:
        from autograder import (
            gradebook,
        )  # here, for it imports nbgrader: 3 s that a course which stays as it is need not wait

        try:
            with gradebook.opened(self._url, self._course_id) as book:
                scored = gradebook.has_submissions(book, self._assignment)
            backup = gradebook.bring_into_step(self._url, self._course_id, self._assignment, self._root)
        except GenerateError as error:
            raise GradebookError(f"{self._assignment} cannot be entered in the gradebook: {error}") from error
        if not scored:
            return ""
        if backup is None:
            return "the course has changed; a gradebook on a server is copied by who keeps it (pg_dump), and no copy was made"
        return f"the course has changed; a copy of the gradebook as it was is kept as {backup.name}"

    def _told(self, error: Exception) -> GradebookError:
        return GradebookError(database.explain(error, self._url))
