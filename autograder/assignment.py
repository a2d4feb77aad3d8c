"""nbgrader's own generate_assignment, run where it can do no harm."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


class GenerateError(Exception):
    """nbgrader could not make a release. The text is nbgrader's own."""


def generate_assignment(assignment: str, course: Path, release: Path, db_url: str) -> None:
    """Make ``release/<assignment>`` from ``course/source/<assignment>``, with its cells entered in the gradebook ``db_url``.

    ``course`` holds the ``nbgrader_config.py`` that it goes by. In a process of its own: nbgrader changes the working folder and the environment of the one it runs in. With scores in
    the gradebook it refuses a changed assignment and deletes the release, so give it an empty gradebook and a folder that
    is not the real one. Raises GenerateError.
    """
    command = [
        sys.executable, "-m", "nbgrader", "generate_assignment", assignment, "--force",
        f"--CourseDirectory.root={course}",
        f"--CourseDirectory.release_directory={release}",
        f"--db={db_url}",
    ]  # fmt: skip
    # A new gradebook calls `alembic` by name: the environment's own programs must be found first.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    made = subprocess.run(
        command, cwd=course, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False
    )
    if made.returncode != 0 or not (release / assignment).exists():
        raise GenerateError(f"nbgrader could not make the release of {assignment}:\n{_reasons(made.stderr)}")


def _reasons(log: str) -> str:
    """nbgrader's own words for what went wrong, without the tracebacks between them."""
    lines = [line for line in log.splitlines() if line.strip()]
    said = [line for line in lines[:-1] if "| ERROR]" in line or "| CRITICAL]" in line]
    return "\n".join(dict.fromkeys([*said, *lines[-1:]]))
