"""`make learn`, first time: a gradebook with every released section in it, so that nbgrader's own commands work at once."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from autograder import gradebook
from autograder.assignment import GenerateError
from curriculum.learning.course_files import as_nbgrader_wants_it
from curriculum.paths import ROOT
from curriculum.standing import COURSE_ID, StandingError, lessons


def make_gradebook(root: Path = ROOT) -> Path:
    """Make ``gradebook.db`` unless there is one, whole or not at all. Raises GradebookError, GenerateError, StandingError."""
    book, new = root / "gradebook.db", root / "gradebook.db.new"
    if not book.exists():
        new.unlink(missing_ok=True)  # of a first run that was interrupted
        for unit in dict.fromkeys(lesson.unit for lesson in lessons(root).lessons.values()):
            print(f"Preparing the gradebook: section {unit}", flush=True)
            with as_nbgrader_wants_it(root, unit) as course:
                gradebook.bring_into_step(f"sqlite:///{new}", COURSE_ID, unit, course)
        if new.exists():
            os.replace(new, book)
    return book


def main() -> int:
    """1 where there is no gradebook after it; the learner is told why."""
    try:
        make_gradebook()
    except (StandingError, gradebook.GradebookError, GenerateError, OSError) as error:
        print(f"The gradebook could not be made: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
