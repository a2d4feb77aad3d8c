"""The little course, built once; a variant of it has its texts and notebooks changed, and is judged by every rule."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from curriculum import contract, trials
from curriculum.build import build
from curriculum.contract import Breach
from curriculum.lesson import answers_path, read_answers, read_lesson
from tests.little_course import ANSWERS, LESSON, PLAN, STEM, changed, write

Edits = tuple[tuple[str, str], ...]
Edit = Callable[[NotebookNode], None]


@dataclass(frozen=True)
class Variant:
    """What is changed in the little course: texts by (old, new), built notebooks by a function."""

    lesson: Edits = ()
    answers: Edits = ()
    plan: Edits = ()
    source: Edit | None = None
    release: Edit | None = None


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The little course as it should be, built by the real build: nbgrader and all."""
    root = tmp_path_factory.mktemp("little")
    plan, unit = write(root)
    build(plan, unit, root=root)
    return root


@pytest.fixture(scope="session")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all variants: what a variant leaves as it was need not be tried again."""
    return tmp_path_factory.mktemp("ledger") / "verdicts.json"


@pytest.fixture
def judge(
    built: Path, ledger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Variant], list[Breach]]:
    monkeypatch.setattr(trials, "SAMPLE", 0.0)

    def breaches(variant: Variant) -> list[Breach]:
        root = tmp_path / "course"
        shutil.copytree(built, root)
        _, unit = write(
            root, changed(LESSON, *variant.lesson), changed(ANSWERS, *variant.answers), changed(PLAN, *variant.plan)
        )
        for tree, edit in (("source", variant.source), ("release", variant.release)):
            path = root / tree / unit.id / f"{STEM}.ipynb"
            if edit:
                book = nbformat.read(path, 4)
                edit(book)
                nbformat.write(book, path)
        path = root / "curriculum" / "lessons" / unit.id / f"{STEM}.py"
        lessons = [(read_lesson(path), read_answers(answers_path(path)))]
        tried = trials.try_answers(lessons, ledger)
        return list(contract.of_unit(unit, lessons, tried, root))

    return breaches
