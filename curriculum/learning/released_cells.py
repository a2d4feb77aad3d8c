"""One exercise of a learner's notebook as it was released, with all else of the notebook left as it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from autograder import intake
from autograder.outline import outline


class WorkspaceError(Exception):
    """A lesson cannot be started or reset. The text says why and what to do."""


def with_released_cells(copy: Path, released: Path, exercise: str) -> bytes:
    """The notebook ``copy`` with the solution cells of an exercise as in ``released``. Raises WorkspaceError."""
    try:
        course, book = intake.read(released), intake.read(copy)
    except intake.Unreadable as error:
        raise WorkspaceError(
            f"{error}. The whole lesson can be reset all the same; what is there now is kept"
        ) from error
    wanted = next((each.solutions for each in outline(course).exercises if each.name == exercise), None)
    if wanted is None:
        raise WorkspaceError(f"{copy.stem} has no exercise {exercise}")
    fresh = {intake.grade_id(cell): cell for cell in course["cells"]}
    raw: dict[str, Any] = json.loads(copy.read_text(encoding="utf-8-sig"))
    named, found = intake.names_of(course), set[str]()
    if raw["nbformat"] == 4:
        theirs = [cell for cell in raw["cells"] if isinstance(cell, dict)]
        for cell, read in zip(theirs, book["cells"], strict=True):
            if (name := named(read)) in wanted:
                cell |= {key: fresh[name][key] for key in ("cell_type", "metadata", "source")}
                cell |= {"outputs": [], "execution_count": None}
                found.add(name)
    if missing := [name for name in wanted if name not in found]:
        raise WorkspaceError(
            f"the cell {missing[0]} is missing in {copy.name}, so it cannot be put back alone. Reset the whole lesson: what is "
            "there now is kept"
        )
    return (json.dumps(raw, indent=1, ensure_ascii=False) + "\n").encode()
