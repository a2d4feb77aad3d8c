"""Classes for tests: people in a real gradebook, with scores as a grader would record them."""

from __future__ import annotations

import datetime as dt
import json
import random
import shutil
from collections.abc import Mapping
from pathlib import Path

from autograder import gradebook, recording
from autograder.recording import Scored
from curriculum.journal import Attempt, Journal, Minutes
from curriculum.standing import COURSE_ID, gradebook_url

ROOT = Path(__file__).resolve().parent.parent
UNIT = "1.5"

NAMES = (
    "Ada Lovelace", "Alan Turing", "Grace Hopper", "Emmy Noether", "Kurt Gödel", "Sofya Kovalevskaya", "Émilie du Châtelet",
    "Srinivasa Ramanujan", "Katherine Johnson", "John von Neumann", "Hypatia of Alexandria", "Évariste Galois",
    "Maryam Mirzakhani", "Paul Erdős", "Mary Cartwright", "Andrei Kolmogorov", "Claude Shannon", "Karen Uhlenbeck",
    "Leonhard Euler", "Shiing-Shen Chern", "Margaret Hamilton", "Barbara Liskov", "Edsger Dijkstra", "Radia Perlman",
)  # fmt: skip


def enter(root: Path, *units: str) -> None:
    """Bring the course's units into its gradebook."""
    for unit in units:
        gradebook.bring_into_step(gradebook_url(root), COURSE_ID, unit, root)


def give(
    root: Path,
    student: str,
    scores: Mapping[str, Mapping[str, float]],
    unit: str = UNIT,
    when: dt.datetime | None = None,
) -> None:
    """Record scores by notebook and cell."""
    with gradebook.opened(gradebook_url(root), COURSE_ID) as book:
        found = [Scored(stem, cells) for stem, cells in scores.items()]
        recording.record(book.db, COURSE_ID, unit, student, found, when)


def cells_of(root: Path, unit: str = UNIT) -> dict[str, dict[str, float]]:
    """The test cells of a unit's released notebooks, with their points."""
    found: dict[str, dict[str, float]] = {}
    for path in sorted((root / "release" / unit).glob("*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if "test" in cell["metadata"]:
                about = cell["metadata"]["nbgrader"]
                found.setdefault(path.stem, {})[about["grade_id"]] = float(about["points"])
    return found


def real_class(root: Path) -> list[str]:
    """The section 1.5 as it is, and two dozen people who have got into it as far as chance took them; their ids."""
    for place in ("source", "release"):
        shutil.copytree(ROOT / place / UNIT, root / place / UNIT)
    for name in ("nbgrader_config.py", "pyproject.toml"):
        shutil.copy(ROOT / name, root / name)
    enter(root, UNIT)
    chance, cells, ids = random.Random(7), cells_of(root), list[str]()
    begun = dt.datetime(2026, 10, 5, 9, tzinfo=dt.UTC)
    with gradebook.opened(gradebook_url(root), COURSE_ID) as book:
        book.update_or_create_assignment(UNIT, duedate=dt.datetime(2026, 11, 15, 22, 59))
        for number, name in enumerate(NAMES):
            first, _, last = name.rpartition(" ")
            id = f"s{number + 1:03}"
            ids.append(id)
            book.update_or_create_student(
                id, first_name=first, last_name=last, email=f"{id}@example.org", lms_user_id=str(41000 + number)
            )
    for number, id in enumerate(ids):
        able, far = chance.uniform(0.35, 1.0), chance.choice([2, 3, 4, 5, 6, 7, 7])
        hard = {stem: 0.02 + 0.05 * at for at, stem in enumerate(cells)}
        scores = {
            stem: {cell: most if chance.random() < able - hard[stem] else 0.0 for cell, most in tests.items()}
            for stem, tests in list(cells.items())[:far]
        }
        give(root, id, scores, when=begun + dt.timedelta(days=30 + number % 14, hours=number))
        _worked(root, id, far, able, begun + dt.timedelta(hours=number), chance)
    return ids


def _worked(root: Path, learner: str, far: int, able: float, begun: dt.datetime, chance: random.Random) -> None:
    """What a journal holds of it: minutes, and tries that failed where somebody got stuck."""
    entries: list[Attempt | Minutes] = []
    for day in range(1, far + 1):
        when = (begun + dt.timedelta(days=4 * day)).isoformat(timespec="seconds")
        entries.append(Minutes(when, learner, f"1.5-d{day}", 60 * chance.uniform(140, 420) / (0.4 + able)))
    if able < 0.62:
        exercise = chance.choice(["e3", "e4"])
        for number in range(chance.randrange(3, 8)):
            when = (begun + dt.timedelta(days=4 * far, minutes=20 * number)).isoformat(timespec="seconds")
            entries.append(Attempt(when, learner, f"1.5-d{far}", exercise, "wrong", 0.0, 8.0, f"{number:012}"))
    Journal(root).add(entries)
