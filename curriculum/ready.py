"""`make learn`, first time: a gradebook with every released section in it, so that nbgrader's own commands work at once."""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
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
        units = list(dict.fromkeys(lesson.unit for lesson in lessons(root).lessons.values()))
        with ExitStack() as stack:

            def made(unit: str) -> str:
                course = stack.enter_context(as_nbgrader_wants_it(root, unit))
                return stack.enter_context(gradebook.made_anew(COURSE_ID, unit, course))

            side_by_side = stack.enter_context(ThreadPoolExecutor(os.cpu_count()))
            for unit, fresh in zip(units, side_by_side.map(made, units), strict=True):
                print(f"Preparing the gradebook: section {unit}", flush=True)
                gradebook.take_over(f"sqlite:///{new}", COURSE_ID, unit, fresh)
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
