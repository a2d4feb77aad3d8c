"""The physical limit: the same cells and tests, run in children forked from a plain interpreter that has run them before.

No sandbox, no kernel, no second process for the tests: what any grader must spend, and no more. As a program, with the
course's notebook, it answers lines on its standard input: a JSON list of submissions in, a JSON list of scores out.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

Scores = dict[str, float]


class Limit:
    """The warm interpreter of one lesson, as a context."""

    def __init__(self, source: Path, jobs: int = 1) -> None:
        self._command = [sys.executable, __file__, str(source), str(jobs)]

    def __enter__(self) -> Limit:
        self._server = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self.grade([])  # it is ready when it answers
        return self

    def __exit__(self, *_: object) -> None:
        self._server.communicate()

    @property
    def pid(self) -> int:
        return self._server.pid

    def grade(self, submissions: Sequence[Path]) -> tuple[float, list[Scores]]:
        """The seconds it took, and the points of each submission by test cell."""
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        started = time.perf_counter()
        self._server.stdin.write(json.dumps([str(path) for path in submissions]) + "\n")
        self._server.stdin.flush()
        answer = self._server.stdout.readline()
        seconds = time.perf_counter() - started
        if not answer:
            raise RuntimeError("the plain interpreter ended: run `python bench/limit.py NOTEBOOK 1` by hand to see why")
        return seconds, json.loads(answer)


def _serve(source: Path, jobs: int) -> None:
    cells = json.loads(source.read_text(encoding="utf-8"))["cells"]
    answers = os.fdopen(os.dup(1), "w")
    _quiet()
    _run(cells, {})  # imports, and whatever compiles or loads at first use
    for line in sys.stdin:
        answers.write(json.dumps(_grade_all(cells, json.loads(line), jobs)) + "\n")
        answers.flush()


def _grade_all(cells: list[Any], paths: list[str], jobs: int) -> list[Scores]:
    scores: list[Scores] = [{} for _ in paths]
    running: dict[int, tuple[int, int]] = {}
    for index, path in enumerate(paths):
        while len(running) >= jobs:
            _collect(running, scores)
        reader, writer = os.pipe()
        child = os.fork()
        if not child:
            theirs = json.loads(Path(path).read_bytes())["cells"]
            solutions = {_about(cell).get("grade_id"): "".join(cell["source"]) for cell in theirs}
            os.write(writer, json.dumps(_run(cells, solutions)).encode())  # far less than a pipe holds
            os._exit(0)
        os.close(writer)
        running[child] = index, reader
    while running:
        _collect(running, scores)
    return scores


def _collect(running: dict[int, tuple[int, int]], scores: list[Scores]) -> None:
    child, _ = os.wait()
    index, reader = running.pop(child)
    with os.fdopen(reader) as answer:
        scores[index] = json.loads(answer.read() or "{}")


def _run(cells: list[Any], solutions: dict[str | None, str]) -> Scores:
    """Points by test cell of the course's notebook with these solutions in place of its own."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    scores: Scores = {}
    for cell in cells:
        about, tags = _about(cell), cell["metadata"].get("tags", [])
        if cell["cell_type"] != "code" or not (about or "setup" in tags):
            continue
        name, source = about.get("grade_id"), "".join(cell["source"])
        if about.get("solution"):
            source = solutions.get(name, source)
        passed = False
        with contextlib.suppress(Exception):
            exec(compile(source, str(name), "exec"), namespace)
            passed = True
        if about.get("grade"):
            scores[str(name)] = float(about["points"]) if passed else 0.0
    return scores


def _about(cell: Any) -> dict[str, Any]:
    return cell["metadata"].get("nbgrader", {})


def _quiet() -> None:
    nothing = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nothing, stream)


if __name__ == "__main__":
    _serve(Path(sys.argv[1]), int(sys.argv[2]))
