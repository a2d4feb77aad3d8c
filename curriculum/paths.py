"""Where the course lies: the folder that holds source/, release/ and the learner's own work/."""

from __future__ import annotations

import os
from pathlib import Path

#: The folder that holds this package and, in the repository, its pyproject.toml.
PROJECT = Path(__file__).resolve().parent.parent
#: The repository, or the folder that MIND_ROOT names (a class on another disk; tests on a copy).
ROOT = Path(os.environ.get("MIND_ROOT") or PROJECT)


def groups_for(unit: str) -> list[str]:
    """The groups of packages that may serve a section or topic: its own, then its section's ("1.1.2": section-1-1-2, section-1-1)."""
    parts = unit.split(".")
    return ["section-" + "-".join(parts[:length]) for length in range(len(parts), 1, -1)]


def group_for(unit: str) -> str:
    """The group of packages that a section or topic needs beside the core, "" for none: `make section-1-1` fetches it."""
    pins = (name for name in groups_for(unit) if (PROJECT / "requirements" / f"{name}.txt").exists())
    return next(pins, "")
