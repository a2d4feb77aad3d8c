"""The same lesson as an Otter assignment, graded by `otter run`.

The test cells become Otter's test files, one for each, hidden parts and all; the submission is the same notebook without
them, since Otter runs its tests at the end by itself.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
import zipfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from bench.lessons import Lesson, Notebook, Test

_TEST_FILE = """from otter.test_files import test_case

OK_FORMAT = False
name = {name!r}
points = {points}


@test_case(points={points})
def test(env):
    exec({source!r}, env)
"""


class OtterError(Exception):
    """`otter run` failed. The text is its own."""


def installed() -> bool:
    return find_spec("otter") is not None


class OtterCourse:
    """One assignment in ``root``, and what Otter made of a submission."""

    def __init__(self, root: Path, lesson: Lesson) -> None:
        self.root = root
        root.mkdir(parents=True)
        self._zip = root / "autograder.zip"
        with zipfile.ZipFile(self._zip, "w") as archive:
            archive.writestr("otter_config.json", json.dumps({"lang": "python", "pdf": False}))
            for exercise in lesson.exercises:
                for test in exercise.tests:
                    archive.writestr(f"tests/{test.name}.py", otter_file(test))

    def submit(self, student: str, book: Notebook) -> Path:
        path = self.root / student / "submission.ipynb"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(without_tests(book)), encoding="utf-8")
        return path

    def run(self, submission: Path) -> float:
        """`otter run` as a whole process; the seconds it took. Raises OtterError."""
        options = ["--no-logo", "-a", str(self._zip), "-o", str(submission.parent)]
        command = [sys.executable, "-m", "otter", "run", *options, str(submission)]
        started = time.perf_counter()
        ran = subprocess.run(command, cwd=self.root, capture_output=True, text=True, check=False)
        seconds = time.perf_counter() - started
        if ran.returncode != 0:
            raise OtterError(f"otter run ended with {ran.returncode}:\n{ran.stderr[-2000:]}")
        return seconds

    def scores(self, submission: Path) -> dict[str, float]:
        results = json.loads((submission.parent / "results.json").read_text(encoding="utf-8"))
        return {test["name"]: float(test["score"]) for test in results["tests"] if "score" in test}


def otter_file(test: Test) -> str:
    return _TEST_FILE.format(name=test.name, points=test.points, source=test.source)


def without_tests(book: Notebook) -> dict[str, Any]:
    return book | {"cells": [cell for cell in book["cells"] if not cell["metadata"].get("nbgrader", {}).get("grade")]}
