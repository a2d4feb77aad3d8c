"""The instructor's notebook that a lesson makes: ids, nbgrader's metadata, hints, points; before anything is run."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbgrader.nbgraderformat import MetadataValidator
from nbgrader.preprocessors import CheckCellMetadata

from curriculum.lesson import read_lesson
from curriculum.notebooks import notebook
from tests.little_course import LESSON, STEM, changed, write


def made(root: Path, lesson: str = LESSON) -> NotebookNode:
    plan, unit = write(root, lesson)
    (day,) = unit.days
    return notebook(read_lesson(root / "curriculum" / "lessons" / "1.1" / f"{STEM}.py"), day, plan)


@pytest.fixture
def book(tmp_path: Path) -> NotebookNode:
    return made(tmp_path)


def by_grade_id(book: NotebookNode) -> dict[str, NotebookNode]:
    return {cell.metadata.nbgrader.grade_id: cell for cell in book.cells if "nbgrader" in cell.metadata}


def text_with(book: NotebookNode, part: str) -> str:
    (found,) = [cell.source for cell in book.cells if part in cell.source]
    return found


def test_jupyters_own_schema_holds(book: NotebookNode) -> None:
    nbformat.validate(book, relax_add_props=False)


def test_nbgraders_own_validators_hold(book: NotebookNode) -> None:
    MetadataValidator().validate_nb(book)
    CheckCellMetadata().preprocess(book, {})


def test_ids_are_unique_plain_and_those_of_nbgrader(book: NotebookNode) -> None:
    ids = [cell.id for cell in book.cells]
    assert [id for id, count in Counter(ids).items() if count > 1] == []
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{1,64}", id) for id in ids)
    assert {name: cell.id for name, cell in by_grade_id(book).items()} == {name: name for name in by_grade_id(book)}


def test_cells_of_the_same_text_have_ids_of_their_own(tmp_path: Path) -> None:
    demo = '# %%\nprint("their sum is", sum(POINTS))\n\n'
    book = made(tmp_path, changed(LESSON, (demo, demo * 3)))
    assert len({cell.id for cell in book.cells}) == len(book.cells)


def test_two_builds_are_equal_to_the_byte(tmp_path: Path) -> None:
    first, second = (nbformat.writes(made(tmp_path / name)) for name in ("one", "two"))
    assert first == second
    for word in (str(tmp_path), "iopub", "timestamp"):
        assert word not in first


def test_a_changed_cell_changes_no_id_but_its_own(tmp_path: Path, book: NotebookNode) -> None:
    other = made(tmp_path / "other", changed(LESSON, ("## A picture first", "## A picture, first")))
    assert sum(a.id != b.id for a, b in zip(book.cells, other.cells, strict=True)) == 1


def test_each_cell_is_what_nbgrader_is_told(book: NotebookNode) -> None:
    flags = {
        name: (m.grade, m.solution, m.locked, m.get("points"))
        for name, m in ((name, cell.metadata.nbgrader) for name, cell in by_grade_id(book).items())
    }
    assert flags == {
        "d01_setup": (False, False, True, None),
        "d01_e1": (False, True, False, None),
        "d01_e1_value": (True, False, True, 2),
        "d01_e1_empty": (True, False, True, 1),
        "d01_e2": (False, True, False, None),
        "d01_e2_spread": (True, False, True, 2),
        "d01_reflection": (True, True, False, 0),
    }
    assert all(cell.metadata.nbgrader.schema_version == 3 for cell in by_grade_id(book).values())


def test_a_grader_finds_exercises_and_tests_in_the_metadata(book: NotebookNode) -> None:
    one, two = (cell.metadata["exercise"] for cell in book.cells if "exercise" in cell.metadata)
    assert (one.id, one.title, one.level, one.minutes, one.exports) == ("e1", "Mean of a list", "warm-up", 10, ["mean"])
    assert (one.goals, two.goals, one.reading) == ([1], [], "MML 6.4.1")
    assert len(one.hints) == 3
    assert by_grade_id(book)["d01_e1_empty"].metadata.test == {"exercise": "e1", "title": "An empty list has no mean"}
    assert book.metadata.lesson == {"day": "1.1-d1", "points": 3}
    assert book.metadata.language_info.get("version") is None


def test_the_title_comes_from_the_plan(book: NotebookNode) -> None:
    title = book.cells[0].source
    assert title.startswith("# Sum up a list\n")
    assert "**1.1 Numbers**, day 1 of 1 · 5 h: 1.5 reading, 1 guided, 2.5 exercises" in title
    assert "Builds on: no earlier day. Starts: nothing beyond Python." in title
    assert "| 1 | Mean of a list | warm-up | 10 | 3 |" in title
    assert "| 2 | Spread of a list | stretch | 15 | 2 (bonus) |" in title
    assert "`mind check 1.1-d1`" in title
    assert "press **Check**" in title


def test_statements_show_their_points_and_tests_theirs(book: NotebookNode) -> None:
    assert text_with(book, "Write `mean").startswith(
        "### Exercise 1: Mean of a list\n\n*warm-up · about 10 minutes · 3 points*\n\nWrite `mean(values)`"
    )
    assert "*stretch · about 15 minutes · 2 points (bonus)*" in text_with(book, "Write `spread")
    assert by_grade_id(book)["d01_e1_value"].source.startswith("# 2 points: The mean of the numbers\ncheck(")
    assert by_grade_id(book)["d01_e1_empty"].source.startswith("# 1 point: An empty list has no mean\ncheck(")


def test_hints_are_folded_and_the_reading_after_them(book: NotebookNode) -> None:
    folded = text_with(book, "How would you do it on paper")
    assert re.findall(r"<summary>(.*)</summary>", folded) == [
        "Hint 1: a nudge",
        "Hint 2: the approach",
        "Hint 3: nearly the solution",
        "Where to read",
    ]
    assert folded.count("<details>") == folded.count("</details>") == 4
    assert "\n\nMML 6.4.1\n\n" in folded
    assert "Where to read" not in text_with(book, "Which two numbers matter?\n")


def test_a_reading_is_text_not_markup(tmp_path: Path) -> None:
    book = made(tmp_path, changed(LESSON, ('reading="MML 6.4.1"', 'reading="MML <6> & 7"')))
    assert "MML &lt;6&gt; &amp; 7" in text_with(book, "Where to read")


def test_demonstrations_and_set_up_are_tagged(book: NotebookNode) -> None:
    tags = [cell.metadata.tags[0] for cell in book.cells if "tags" in cell.metadata]
    assert tags == ["setup", "demo", "demo"]


def test_the_model_answer_of_a_reflection_is_marked_for_removal(book: NotebookNode) -> None:
    source = by_grade_id(book)["d01_reflection"].source
    assert source.startswith("### BEGIN SOLUTION\nA mean is moved")
    assert source.endswith("\n### END SOLUTION")
