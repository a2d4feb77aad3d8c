"""A lesson, or one exercise of it, put back to how it was released; the work before is kept, and the journal says where."""

from __future__ import annotations

from pathlib import Path

from curriculum.catalogue import Catalogue
from curriculum.journal import Journal, Reset, now
from curriculum.learning.workspace import Workspace


def reset(root: Path, catalogue: Catalogue, learner: str, day: str, exercise: str | None = None) -> tuple[Path, Path]:
    """The copy as it is then, and where the work before lies. Raises WorkspaceError, OSError.

    The scores stay until the next check: what is recorded was earned with what is kept.
    """
    copy, kept = Workspace(root, catalogue=catalogue).reset(day, exercise)
    Journal(root).add([Reset(now(), learner, day, kept.relative_to(root).as_posix())])
    return copy, kept
