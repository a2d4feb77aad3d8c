"""A build puts in place what it made, or changes nothing; and what is in place is compared with the lessons."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from curriculum.build import BuildError, build, check_build, lessons_of
from curriculum.plan import load_plan
from tests.little_course import LESSON, PLAN, STEM, changed, write

pytestmark = pytest.mark.xdist_group("contract")  # they share what is built


@pytest.fixture
def course(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "course"))


def files(root: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(root)): path.read_bytes()
        for tree in ("source", "release")
        for path in sorted((root / tree).rglob("*"))
        if path.is_file()
    }


def test_what_is_built_lies_in_both_trees(built: Path) -> None:
    names = [f"1.1/{STEM}.ipynb", f"1.1/{STEM}_ruler.svg"]
    assert sorted(files(built)) == [f"{tree}/{name}" for tree in ("release", "source") for name in names]


def test_the_source_is_run_and_the_release_is_not(built: Path) -> None:
    source, release = (nbformat.read(built / tree / "1.1" / f"{STEM}.ipynb", 4) for tree in ("source", "release"))
    assert [out.text for cell in source.cells for out in cell.get("outputs", []) if out.output_type == "stream"] == [
        "Figure: Three rising points, the last far above the others.\n",
        "their sum is 9\n",
    ]
    assert not any(cell.get("outputs") for cell in release.cells)
    nbformat.validate(source, relax_add_props=False)
    nbformat.validate(release, relax_add_props=False)


def test_a_second_build_differs_in_nothing(course: Path) -> None:
    before = files(course)
    plan = load_plan(course / "plan.toml")
    (course / "source" / "1.1" / "d09_gone.ipynb").write_text("left by a lesson that is no more", encoding="utf-8")
    steps: list[str] = []
    made = build(plan, plan.unit("1.1"), root=course, done=steps.append)
    assert files(course) == before
    assert sorted(str(path.relative_to(course)) for path in made) == sorted(before)
    assert steps == [f"ran {STEM}", "made the release"]


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ('raise RuntimeError("not today")', "a cell fails when the lesson is run(.|\n)*not today"),
        ("import os; os._exit(1)", "a cell ends the kernel when the lesson is run"),
    ],
)
def test_a_build_that_fails_changes_nothing(course: Path, broken: str, reason: str) -> None:
    before = files(course)
    plan, unit = write(course, changed(LESSON, ('print("their sum is", sum(POINTS))', broken)))
    with pytest.raises(BuildError, match=rf"1\.1-d1 \({STEM}\.py\): {reason}"):
        build(plan, unit, root=course)
    assert files(course) == before


def test_a_lesson_that_no_day_names_is_refused(course: Path) -> None:
    plan = load_plan(course / "plan.toml")
    (course / "curriculum" / "lessons" / "1.1" / "d02_more.py").write_text(LESSON, encoding="utf-8")
    with pytest.raises(BuildError, match=r'd02_more\.py is in no day of the plan: give its day `lesson = "d02_more"`'):
        lessons_of(plan.unit("1.1"), course)


def test_a_day_whose_lesson_is_not_there_is_refused(tmp_path: Path) -> None:
    plan, unit = write(tmp_path, plan=changed(PLAN, ('lesson = "d01_mean"', 'lesson = "d01_median"')))
    (tmp_path / "curriculum" / "lessons" / "1.1" / f"{STEM}.py").unlink()
    with pytest.raises(BuildError, match=r"day 1\.1-d1 names the lesson d01_median, but there is no"):
        lessons_of(unit, tmp_path)
    assert plan.day("1.1-d1").lesson == "d01_median"


def test_a_unit_without_lessons_is_told_how_to_begin(tmp_path: Path) -> None:
    plan, unit = write(tmp_path, plan=changed(PLAN, ('lesson = "d01_mean"\n', "")))
    (tmp_path / "curriculum" / "lessons" / "1.1" / f"{STEM}.py").unlink()
    with pytest.raises(BuildError, match=r"1\.1 has no lesson yet; `mind dev new` makes the skeleton"):
        build(plan, unit, root=tmp_path)


# --- mind dev build --check ---


def test_a_course_that_is_what_its_lessons_make(built: Path) -> None:
    assert list(check_build(load_plan(built / "plan.toml"), built)) == []


def test_what_was_edited_by_hand_is_named(course: Path) -> None:
    path = course / "source" / "1.1" / f"{STEM}.ipynb"
    book = nbformat.read(path, 4)
    book.cells[1].source += " And more."
    book.cells[2].metadata.nbgrader.locked = False
    book.cells[3].id = "another"
    nbformat.write(book, path)
    (course / "source" / "1.1" / "notes.txt").write_text("for instructors only", encoding="utf-8")
    (course / "release" / "1.1" / f"{STEM}_ruler.svg").unlink()
    plan = load_plan(course / "plan.toml")
    assert list(check_build(plan, course, units=[])) == []
    assert list(check_build(plan, course, units=[plan.unit("1.1")])) == [
        "source/1.1/notes.txt: belongs to no lesson; everything here reaches learners",
        f"source/1.1/{STEM}.ipynb: cell 1 differs from the lesson in its source",
        f"source/1.1/{STEM}.ipynb: cell 2 differs from the lesson in its metadata",
        f"source/1.1/{STEM}.ipynb: cell 3 differs from the lesson in its id",
        f"release/1.1/{STEM}.ipynb: not what nbgrader makes of source/1.1",
        f"release/1.1/{STEM}_ruler.svg: not what nbgrader makes of source/1.1",
        "release/1.1/notes.txt: not what nbgrader makes of source/1.1",
    ]


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (
            lambda course: shutil.rmtree(course / "source"),
            [f"source/1.1/{STEM}.ipynb: not built yet", f"source/1.1/{STEM}_ruler.svg: not built yet"],
        ),
        (
            lambda course: (
                write(course, plan=changed(PLAN, ('lesson = "d01_mean"\n', "")))
                and (course / "curriculum" / "lessons" / "1.1" / f"{STEM}.py").unlink()
            ),
            ["source/1.1: belongs to no lesson", "release/1.1: belongs to no lesson"],
        ),
    ],
    ids=["never built", "lesson taken away"],
)
def test_a_tree_without_its_other_half_is_named(course: Path, spoil: Callable[[Path], object], told: list[str]) -> None:
    spoil(course)
    assert list(check_build(load_plan(course / "plan.toml"), course)) == told
