"""Kill `mind grade` at random moments of its life, resume, and compare the gradebook with that of an undisturbed run.

::

    python -m bench.kill_and_resume --points 100

A small class in a course of its own, the real engine. Half of the moments are drawn from the whole run, every fourth of these
without a gradebook there yet, the other half from the time in which scores are recorded. After each kill the database must be whole, whatever was recorded must not be graded again, and after `--resume` every row must be as in the
undisturbed run, without a file or a process left over. Ends with status 1 where anything differs.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text

from autograder import ledger
from tests import small

ASSIGNMENT, NOTEBOOK = "1.5", "d01_matrices"
#: A gradebook without the ids that are drawn by chance: submissions, grades, comments, and what they were given for.
_ROWS = {
    "submissions": "select student_id, timestamp, extension from submitted_assignment",
    "notebooks": (
        "select a.student_id, n.name, s.flagged, s.late_submission_penalty from submitted_notebook s"
        " join notebook n on n.id = s.notebook_id join submitted_assignment a on a.id = s.assignment_id"
    ),
    "grades": (
        "select a.student_id, n.name, b.name, g.auto_score, g.manual_score, g.extra_credit, g.needs_manual_grade from grade g"
        " join base_cell b on b.id = g.cell_id join submitted_notebook s on s.id = g.notebook_id"
        " join notebook n on n.id = s.notebook_id join submitted_assignment a on a.id = s.assignment_id"
    ),
    "comments": (
        "select a.student_id, n.name, b.name, g.auto_comment, g.manual_comment from comment g"
        " join base_cell b on b.id = g.cell_id join submitted_notebook s on s.id = g.notebook_id"
        " join notebook n on n.id = s.notebook_id join submitted_assignment a on a.id = s.assignment_id"
    ),
    "students": "select id from student",
    "cells": "select n.name, b.name, b.type from base_cell b join notebook n on n.id = b.notebook_id",
    "ledger": "select assignment, student, notebook, work, tests, engine, scores from autograder_ledger",
}


@dataclass
class Class:
    """A course of its own in ``root`` with so many students, each of whom knows other things."""

    root: Path
    students: int
    env: dict[str, str] = field(default_factory=dict)

    def hand_in(self) -> None:
        small.publish(self.root)
        solutions = [name.removeprefix("d01_") for name in small.SOLUTIONS]
        for number in range(self.students):
            known = {
                name: small.SOLUTIONS[f"d01_{name}"] for place, name in enumerate(solutions) if number >> place & 1
            }
            folder = self.root / "submitted" / f"student{number:02}" / ASSIGNMENT
            folder.mkdir(parents=True, exist_ok=True)
            small.write(small.work(**known), folder / f"{NOTEBOOK}.ipynb")
            (folder / "timestamp.txt").write_text(f"2026-11-21 10:00:{number:02} UTC")

    def start(self, *options: str) -> subprocess.Popen[str]:
        command = [str(Path(sys.executable).with_name("mind")), "grade", ASSIGNMENT, *options]
        return subprocess.Popen(
            command, cwd=self.root, env={**os.environ, "MIND_ROOT": str(self.root), **self.env}, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip

    def grade(self, *options: str) -> tuple[int, str]:
        process = self.start(*options)
        out, errors = process.communicate(timeout=600)
        return process.returncode, f"{out}{errors}"

    @property
    def url(self) -> str:
        return f"sqlite:///{self.root / 'gradebook.db'}"

    def files(self) -> set[str]:
        return {str(path.relative_to(self.root)) for path in self.root.rglob("*")}


def rows(db_url: str) -> dict[str, list[Any]]:
    """All that a gradebook holds of the class, without what is drawn by chance."""
    engine = create_engine(db_url)
    try:
        with engine.connect() as book:
            return {
                name: sorted(repr([_same_everywhere(value) for value in row]) for row in book.execute(text(query)))
                for name, query in _ROWS.items()
            }
    finally:
        engine.dispose()


def _same_everywhere(value: Any) -> Any:
    """SQLite keeps truth as a number and times as text."""
    if isinstance(value, bool):
        return int(value)
    return f"{value:%Y-%m-%d %H:%M:%S.%f}" if isinstance(value, dt.datetime) else value


def kill_after(of: Class, seconds: float, recording: bool = False) -> str:
    """Start grading, and kill it after so many seconds, or so many after it began to write; what it had come to."""
    book = of.root / "gradebook.db"
    before = _changed(book)
    process = of.start()
    try:
        while recording and process.poll() is None and _changed(book) == before:
            time.sleep(0.002)
        process.wait(timeout=seconds)
        return "over"
    except subprocess.TimeoutExpired:
        os.kill(process.pid, signal.SIGKILL)
    finally:
        process.communicate()
    left = _wait_for_the_last(process.pid)
    return f"{left} processes left" if left else "killed"


def problems(of: Class, undisturbed: dict[str, list[Any]], files: set[str]) -> Iterator[str]:
    """What is not as it should be: in the gradebook as the kill left it, and after it was resumed."""
    path, recorded = of.root / "gradebook.db", 0
    if path.exists():
        known = ledger.read(of.url, ASSIGNMENT)
        recorded = len(known.entries)
        if any(not known.graded(*key, fingerprint) for key, (fingerprint, _) in known.entries.items()):
            yield "ledger and scores disagree"
        with closing(sqlite3.connect(path)) as book:
            if book.execute("pragma integrity_check").fetchone() != ("ok",):
                yield "the database is damaged"
    status, said = of.grade("--resume")
    if status != 0:
        yield f"resumed with status {status}: {' '.join(said.split())}"
        return
    if f"{of.students - recorded} graded" not in said:
        yield f"{recorded} were recorded, and it says: {said.splitlines()[-1]}"
    now = rows(of.url)
    yield from (f"{name} differ" for name in undisturbed if now[name] != undisturbed[name])
    if over := of.files() - files:
        yield f"left over: {', '.join(sorted(over))}"


def _wait_for_the_last(session: int, seconds: float = 120) -> int:
    """Wait until no process of a session is there any more (nbgrader, making a gradebook, ends by itself); how many still are."""
    until = time.monotonic() + seconds
    while (left := _of_session(session)) and time.monotonic() < until:
        time.sleep(0.05)
    return left


def _of_session(session: int) -> int:
    found = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, _, owner = re.sub(r"^.*\) ", "", stat.read_text()).split()[:4]
        except OSError:  # it ended meanwhile
            continue
        found += int(owner) == session and state != "Z"
    return found


def _changed(book: Path) -> int:
    return book.stat().st_mtime_ns if book.exists() else 0


def timed(of: Class) -> tuple[float, float]:
    """Seconds that an undisturbed run takes, and seconds in it from the first change of the gradebook on."""
    book = of.root / "gradebook.db"
    before, started, writing = _changed(book), time.monotonic(), 0.0
    process = of.start()
    while process.poll() is None:
        writing = writing or (time.monotonic() if _changed(book) != before else 0.0)
        time.sleep(0.002)
    out, errors = process.communicate()
    if process.returncode != 0:
        raise SystemExit(f"the undisturbed run ended with {process.returncode}: {out}{errors}")
    return time.monotonic() - started, time.monotonic() - writing


def emptied(book: Path, copy: Path) -> None:
    """Copy a gradebook without its submissions."""
    with closing(sqlite3.connect(book)) as full, closing(sqlite3.connect(copy)) as kept:
        full.backup(kept)
        for table in ("autograder_ledger", "grade", "comment", "submitted_notebook", "submitted_assignment", "student"):
            kept.execute(f"delete from {table}")
        kept.commit()


def main() -> int:
    """1 where anything differs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", type=int, default=100, help="how many moments")
    parser.add_argument("--students", type=int, default=12)
    parser.add_argument("--seed", type=int, default=3)
    asked = parser.parse_args()
    draw, bad = random.Random(asked.seed), 0
    with tempfile.TemporaryDirectory(prefix="kill-and-resume-") as folder:
        of = Class(Path(folder), asked.students)
        of.hand_in()
        book = of.root / "gradebook.db"
        new, _ = timed(of)
        undisturbed, files = rows(of.url), of.files()
        empty = of.root.with_name(f"{of.root.name}.db")
        try:
            emptied(book, empty)
            shutil.copy(empty, book)
            usual, writing = timed(of)
            print(f"{of.students} students; undisturbed {usual:.1f} s, {writing:.1f} s of it recording;", end=" ")
            print(f"with a new gradebook {new:.1f} s\n")
            print(f"{'point':>5}  {'gradebook':9}  {'killed after':22}  {'recorded':>8}  what differs")
            for point in range(asked.points):
                fresh, recording = point % 8 == 7, point % 2 == 0
                book.unlink() if fresh else shutil.copy(empty, book)
                moment = draw.uniform(0, new if fresh else writing if recording else usual)
                came_to = kill_after(of, moment, recording)
                recorded = len(ledger.read(of.url, ASSIGNMENT).entries)
                found = [came_to] * came_to.endswith("left") + list(problems(of, undisturbed, files))
                bad += bool(found)
                kind, when = "new" if fresh else "there", f"{moment:.2f} s" + " of recording" * recording
                print(f"{point:5}  {kind:9}  {when:22}  {recorded:8}  {'; '.join(found) or '-'}", flush=True)
        finally:
            empty.unlink(missing_ok=True)
    print(f"\n{asked.points} points, {bad} with a difference")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
