"""Released lessons are read as their notebooks say it; one that cannot be read is named."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from curriculum.catalogue import Catalogue, CatalogueError
from curriculum.plan import load_plan


def notebook() -> dict[str, Any]:
    about = {"id": "e1", "title": "One", "level": "core", "minutes": 20, "goals": [1], "exports": ["f"], "hints": []}
    cells: list[dict[str, Any]] = [{"cell_type": "markdown", "metadata": {"exercise": about}, "source": ""}]
    for name, points in (("d01_e1_a", 2), ("d01_e1_b", 3)):
        nbgrader = {"grade_id": name, "points": points, "grade": True}
        metadata = {"nbgrader": nbgrader, "test": {"exercise": "e1", "title": name}}
        cells.append({"cell_type": "code", "metadata": metadata, "source": ""})
    return {"cells": cells, "metadata": {"lesson": {"day": "1.5-d1", "points": 5}}, "nbformat": 4, "nbformat_minor": 5}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "release" / "1.5" / "d01_matrices.ipynb"
    path.parent.mkdir(parents=True)
    return path


def test_a_released_lesson_with_its_exercises(path: Path, tmp_path: Path) -> None:
    path.write_text(json.dumps(notebook()), encoding="utf-8")
    catalogue = Catalogue(load_plan(), tmp_path)
    assert list(catalogue.lessons) == ["1.5-d1"]
    lesson = catalogue.lessons["1.5-d1"]
    assert (lesson.unit, lesson.stem, lesson.path, lesson.points) == ("1.5", "d01_matrices", path, 5)
    assert [dict(exercise.tests) for exercise in lesson.exercises] == [{"d01_e1_a": 2, "d01_e1_b": 3}]
    assert lesson.exercises[0].goals == (1,)
    assert catalogue.of_unit("1.5") == [lesson]
    assert catalogue.of_unit("1.4") == []


def test_a_lesson_that_is_released_anew_is_read_anew(path: Path, tmp_path: Path) -> None:
    plan, book = load_plan(), notebook()
    path.write_text(json.dumps(book), encoding="utf-8")
    assert Catalogue(plan, tmp_path).lessons["1.5-d1"].points == 5
    book["metadata"]["lesson"]["points"] = 6
    path.write_text(json.dumps(book), encoding="utf-8")
    os.utime(path, (1, 1))
    assert Catalogue(plan, tmp_path).lessons["1.5-d1"].points == 6


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b'{"cells": [{}]}', b'{"cells": null}', b"\xff\xfe"])
def test_a_damaged_lesson_is_named(path: Path, tmp_path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(CatalogueError, match=r"d01_matrices\.ipynb is not a released lesson"):
        Catalogue(load_plan(), tmp_path)
