"""The people of a class as nbgrader's gradebook has them, asked for and written through nbgrader."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from curriculum.grading import gradebook_of


@dataclass(frozen=True)
class Person:
    """One student. ``lms_id`` is the number or name by which the learning management system knows them, "" for none."""

    id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    lms_id: str = ""

    @property
    def name(self) -> str:
        """As it is spoken: "Ada Lovelace"; "" where only the id is known."""
        return f"{self.first_name} {self.last_name}".strip()


@contextmanager
def opened(root: Path) -> Iterator[Any]:
    """nbgrader's gradebook of the course in ``root``, made if it is not there. Raises GradebookError, CourseError."""
    from autograder import gradebook  # here: it imports nbgrader, for seconds

    with gradebook.opened(*gradebook_of(root)) as book:
        yield book


def people(book: Any) -> list[Person]:
    """Everybody in a gradebook, by last name."""
    return [
        Person(one.id, one.first_name or "", one.last_name or "", one.email or "", one.lms_user_id or "")
        for one in book.students
    ]
