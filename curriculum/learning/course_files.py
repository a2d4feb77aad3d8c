"""The course's own notebooks that work is judged by: ``source/`` with its hidden tests, or the release alone.

What students are handed has no ``source/``: there the visible tests are run, and whoever teaches runs the hidden ones.
"""

from __future__ import annotations

import shutil
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from autograder import intake
from autograder.grade import Course
from curriculum.catalogue import ReleasedLesson

#: What a learner is told where only the visible tests are there.
VISIBLE_ONLY = (
    "Only the tests that you see in the notebook were run. The hidden ones are run when you have handed in, and count."
)


def handed_out(root: Path) -> bool:
    """Whether this is a copy for students, which says so itself (``handed_out`` in the table ``[tool.mind]`` of its pyproject.toml).

    A course whose ``source/`` got lost is none: a score for the visible tests alone must not pass for one of all tests.
    """
    try:
        table = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
        return table["tool"]["mind"]["handed_out"] is True
    except (OSError, ValueError, LookupError, TypeError):
        return False


def course_of(root: Path, lesson: ReleasedLesson) -> Course:
    """The two notebooks that a lesson is graded by; in a copy for students the release is both.

    Raises intake.Unreadable where they are not whole, or not here.
    """
    source = root / "source" / lesson.unit / lesson.path.name
    if handed_out(root):
        source = lesson.path
    elif not (root / "source").exists():
        raise intake.Unreadable(
            "this copy of the course comes without its tests (there is no folder source/), so nothing can be graded here: "
            "hand your notebook in as your instructor asks for"
        )
    try:
        return Course.read(source, lesson.path)
    except intake.Unreadable as error:
        raise intake.Unreadable(
            f"the course's own files are not whole: {error}. `git status` shows what changed"
        ) from error


@contextmanager
def as_nbgrader_wants_it(root: Path, unit: str) -> Iterator[Path]:
    """A course folder with a ``source/`` that nbgrader can enter into a gradebook: ``root`` itself but for students' copies."""
    if not handed_out(root):
        yield root
        return
    with tempfile.TemporaryDirectory(prefix="mind-course-") as folder:
        course = Path(folder)
        (course / "source" / unit).mkdir(parents=True)
        for path in (root / "release" / unit).glob("*.ipynb"):
            shutil.copyfile(path, course / "source" / unit / path.name)
        shutil.copyfile(root / "nbgrader_config.py", course / "nbgrader_config.py")
        yield course
