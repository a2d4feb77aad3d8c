"""Where the course lies: the folder that holds source/, release/ and the learner's own work/."""

from __future__ import annotations

import os
from pathlib import Path

#: The folder that holds this package and, in the repository, its pyproject.toml.
PROJECT = Path(__file__).resolve().parent.parent
#: The repository, or the folder that MIND_ROOT names (a class on another disk; tests on a copy).
ROOT = Path(os.environ.get("MIND_ROOT") or PROJECT)
