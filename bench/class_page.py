"""How long the class's page and its data take for 1,000 learners and all 185 days, from a real server.

    .venv/bin/python bench/class_page.py --rounds 20

Makes a course in a temporary folder in which every day has a lesson of five exercises with four tests each, about what the
lessons of 1.5 have, and a gradebook in which every learner has scores in all of them (3.7 million scores at 1,000 learners; some
minutes and 1 GB of disk), with a journal of minutes and tries. Then it asks a Jupyter server, over HTTP: for the first time,
which counts everything; again and again; and right after a score has changed.
"""

from __future__ import annotations

import json
import os
import random
import re
import resource
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import click
from rich.table import Table
from sqlalchemy import create_engine, insert

from bench.common import begin, console, same_for_all, shown, write_json

EXERCISES, TESTS = 5, 4
_TOKEN = "bench"
_PAGES = {
    "page: learners": "mind/class",
    "page: exercises": "mind/class/exercises",
    "JSON: learners": "mind/api/class/learners",
    "JSON: all tables": "mind/api/class",
    "CSV: learners": "mind/api/class/learners.csv",
}


@click.command(help=__doc__.split("\n", 1)[0])
@click.option("--learners", default=1000, show_default=True)
@click.option("--rounds", default=20, show_default=True, help="Requests for each median.")
@click.option("--json", "json_file", type=click.Path(path_type=Path))
@click.option("--any-load", is_flag=True, help="Run on a busy machine too; the figures say nothing then.")
def main(learners: int, rounds: int, json_file: Path | None, any_load: bool) -> None:
    same_for_all()
    about = begin(any_load)
    with tempfile.TemporaryDirectory(prefix="mind-bench-class-") as folder:
        root = Path(folder)
        began = time.monotonic()
        days, grades = make_course(root, learners)
        size = (root / "gradebook.db").stat().st_size / 1e6
        console.print(
            f"{learners} learners, {days} days, {grades} scores, {size:.0f} MB; made in {time.monotonic() - began:.0f} s"
        )
        with served(root) as (ask, process):
            results = measure(root, ask, rounds)
            results["peak memory of the server, MB"] = peak(process)
    table = Table(title="The class, over HTTP", title_justify="left")
    for heading in ("", "median or single"):
        table.add_column(heading, justify="right" if heading else "left")
    for name, value in results.items():
        table.add_row(name, f"{value:.0f}" if name.endswith("MB") else shown(value))
    console.print(table)
    write_json(json_file, about, learners=learners, days=days, scores=grades, seconds=results)


def measure(root: Path, ask: Any, rounds: int) -> dict[str, float]:
    """Seconds by what was asked for; medians where it was asked for several times."""
    found = {"first request: everything is counted": ask("mind/api/class/learners")[0]}
    for name, path in _PAGES.items():
        ask(path)
        found[name] = statistics.median(ask(path)[0] for _ in range(rounds))
    with closing(sqlite3.connect(root / "gradebook.db")) as book:
        book.execute("UPDATE grade SET auto_score = 0 WHERE rowid = 1")
        book.commit()
    began = time.monotonic()
    found["right after a change (says that it is counting)"], answer = ask("mind/api/class/learners")
    while json.loads(answer)["outdated"]:
        time.sleep(0.05)
        answer = ask("mind/api/class/learners")[1]
    found["until the change is counted"] = time.monotonic() - began
    return found


@contextmanager
def served(root: Path) -> Iterator[tuple[Any, subprocess.Popen[bytes]]]:
    """A Jupyter server on the course, asked by (path) -> (seconds, answer)."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {"mind_root": str(root), "mind_plan": str(root / "plan.toml"), "mind_instructor": True}
    command = [
        sys.executable, "-m", "jupyter", "server", "--no-browser", "--allow-root", f"--ServerApp.root_dir={root}",
        "--ServerApp.jpserver_extensions={'curriculum.dashboard': True}", f"--ServerApp.port={port}",
        f"--IdentityProvider.token={_TOKEN}", f"--ServerApp.tornado_settings={settings}",
    ]  # fmt: skip
    own = {f"JUPYTER_{name}_DIR": str(root / "jupyter" / name) for name in ("CONFIG", "DATA", "RUNTIME")}

    def ask(path: str) -> tuple[float, bytes]:
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/{path}", headers={"Authorization": f"token {_TOKEN}"}
        )
        began = time.perf_counter()
        with urllib.request.urlopen(request, timeout=300) as answer:
            text = answer.read()
        return time.perf_counter() - began, text

    log = (root / "server.log").open("wb")
    with subprocess.Popen(
        command, env={**os.environ, **own, "MIND_ROOT": str(root)}, stdout=log, stderr=log
    ) as process:
        try:
            for _ in range(300):
                try:
                    ask("api/status")
                    break
                except OSError:
                    time.sleep(0.2)
            yield ask, process
        finally:
            process.terminate()
            log.close()


def peak(process: subprocess.Popen[bytes]) -> float:
    """The most memory that the server has held, in MB."""
    try:
        status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
        return int(re.findall(r"VmHWM:\s+(\d+)", status)[0]) / 1000
    except (OSError, IndexError):
        return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000


def make_course(root: Path, learners: int) -> tuple[int, int]:
    """A course whose every day has a lesson, with scores of all learners; how many days and scores."""
    from curriculum.plan import DEFAULT, load_plan

    text = re.sub(r'^lesson = ".*"\n', "", DEFAULT.read_text(encoding="utf-8"), flags=re.MULTILINE)
    text = re.sub(r'^(id = "([\d.]+)-d(\d+)")$', r'\1\nlesson = "d\3_lesson"', text, flags=re.MULTILINE)
    text = re.sub(r'lesson = "d(\d)_lesson"', r'lesson = "d0\1_lesson"', text)
    (root / "plan.toml").write_text(text, encoding="utf-8")
    plan = load_plan(root / "plan.toml")
    units: dict[str, list[Any]] = {}
    for day in plan.days:
        path = root / "release" / day.unit / f"{day.lesson}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(notebook(day.id, str(day.lesson))), encoding="utf-8")
        units.setdefault(day.unit, []).append(day)
    return len(plan.days), fill(root, units, [f"learner{number:04}" for number in range(learners)])


def notebook(day: str, stem: str) -> dict[str, Any]:
    """A released lesson, as far as its metadata go."""
    cells: list[dict[str, Any]] = []
    for number in range(1, EXERCISES + 1):
        name = f"e{number}"
        about = {"id": name, "title": f"Exercise {number}", "level": "core", "minutes": 30, "goals": [], "hints": []}
        cells.append({"cell_type": "markdown", "id": name, "metadata": {"exercise": about}, "source": ""})
        for test in cell_names(stem, number):
            nbgrader = {
                "grade_id": test,
                "points": 1,
                "grade": True,
                "solution": False,
                "locked": True,
                "schema_version": 3,
            }
            metadata = {"nbgrader": nbgrader | {"task": False}, "test": {"exercise": name, "title": test}}
            cells.append({"cell_type": "code", "id": test, "metadata": metadata, "source": "assert True"})
    return {
        "cells": cells,
        "metadata": {"lesson": {"day": day, "points": EXERCISES * TESTS}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def cell_names(stem: str, exercise: int) -> list[str]:
    return [f"{stem.partition('_')[0]}_e{exercise}_t{number}" for number in range(1, TESTS + 1)]


def fill(root: Path, units: dict[str, list[Any]], learners: list[str]) -> int:
    """The gradebook, through nbgrader's own tables, and the journal; how many scores."""
    from nbgrader import api

    from autograder import gradebook
    from autograder.tables import new_id
    from curriculum.standing import COURSE_ID, gradebook_url

    with gradebook.opened(gradebook_url(root), COURSE_ID):
        pass
    chance, grades = random.Random(1), 0
    ability = {learner: chance.gauss(0.7, 0.15) for learner in learners}
    engine = create_engine(gradebook_url(root))
    table = {name: getattr(api, name).__table__ for name in (
        "Student", "Assignment", "Notebook", "BaseCell", "GradeCell", "SourceCell", "SubmittedAssignment", "SubmittedNotebook", "Grade",
    )}  # fmt: skip
    with engine.begin() as connection, (root / "journal.jsonl").open("w", encoding="utf-8") as journal:
        connection.exec_driver_sql("PRAGMA synchronous = OFF")
        connection.execute(
            insert(table["Student"]), [{"id": one, "first_name": "Learner", "last_name": one} for one in learners]
        )
        for unit, days in units.items():
            assignment = new_id()
            connection.execute(insert(table["Assignment"]), [{"id": assignment, "name": unit, "course_id": COURSE_ID}])
            submitted = {one: new_id() for one in learners}
            connection.execute(
                insert(table["SubmittedAssignment"]),
                [{"id": id, "assignment_id": assignment, "student_id": one} for one, id in submitted.items()],
            )
            for day in days:
                book, cells = (
                    new_id(),
                    [name for number in range(1, EXERCISES + 1) for name in cell_names(day.lesson, number)],
                )
                ids = {name: new_id() for name in cells}
                connection.execute(
                    insert(table["Notebook"]), [{"id": book, "name": day.lesson, "assignment_id": assignment}]
                )
                base = [{"id": id, "name": name, "notebook_id": book, "type": "GradeCell"} for name, id in ids.items()]
                connection.execute(insert(table["BaseCell"]), base)
                connection.execute(
                    insert(table["GradeCell"]),
                    [{"id": id, "max_score": 1.0, "cell_type": "code"} for id in ids.values()],
                )
                source = "# 1 point: A test\n### BEGIN HIDDEN TESTS\nassert True\n### END HIDDEN TESTS"
                connection.execute(
                    insert(table["SourceCell"]),
                    [
                        {"id": new_id(), "name": name, "cell_type": "code", "source": source, "notebook_id": book}
                        for name in cells
                    ],
                )
                books = {one: new_id() for one in learners}
                connection.execute(
                    insert(table["SubmittedNotebook"]),
                    [
                        {"id": id, "assignment_id": submitted[one], "notebook_id": book, "flagged": False}
                        for one, id in books.items()
                    ],
                )
                rows = [
                    {
                        "id": new_id(),
                        "cell_id": cell,
                        "notebook_id": id,
                        "auto_score": float(chance.random() < ability[one]),
                    }
                    | {"needs_manual_grade": False}
                    for one, id in books.items()
                    for cell in ids.values()
                ]
                connection.execute(insert(table["Grade"]), rows)
                grades += len(rows)
                for one in learners:
                    about = {"when": "2026-11-01T10:00:00+00:00", "learner": one, "day": day.id}
                    journal.write(
                        json.dumps({"kind": "minutes", **about, "seconds": chance.uniform(3600, 20000)}) + "\n"
                    )
                    tried = {
                        "exercise": "e1",
                        "state": "wrong",
                        "points": 0,
                        "most": 4,
                        "work": str(chance.randrange(4)),
                        "hint": 0,
                    }
                    journal.write(json.dumps({"kind": "attempt", **about, **tried}) + "\n")
    engine.dispose()
    return grades


if __name__ == "__main__":
    main()
