"""How a class stands, from a real gradebook: the same as each learner's own standing, and never older than it says."""

from __future__ import annotations

import datetime as dt
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from curriculum.classroom import standing as module
from curriculum.classroom.people import opened
from curriculum.classroom.standing import class_standing
from curriculum.classroom.views import TABLES, exercises, learners, one_learner, sections
from curriculum.plan import DEFAULT
from curriculum.standing import StandingError, standing
from tests.class_of import cells_of, enter, give, real_class
from tests.small import publish

pytestmark = pytest.mark.xdist_group("class-standing")  # they share what is made once


@pytest.fixture(autouse=True)
def _counted_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy this machine is, a small class is no big one."""
    monkeypatch.setattr(module, "_QUICK", 60.0)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("class")
    real_class(root)
    return root


@pytest.fixture
def small(tmp_path: Path) -> Path:
    publish(tmp_path)
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.course_id = 'stateless-mind'\n")
    enter(tmp_path, "1.5")
    return tmp_path


def row(root: Path, learner: str) -> dict[str, object]:
    return next(row for row in learners(class_standing(root, DEFAULT)).rows if row["learner"] == learner)


def test_each_learner_stands_as_on_their_own_page(whole: Path) -> None:
    of_class = {row["learner"]: row for row in learners(class_standing(whole, DEFAULT)).rows}
    assert len(of_class) == 24
    for learner in ("s001", "s007", "s013", "s024"):
        own = standing(whole, learner)
        assert of_class[learner]["hours"] == pytest.approx(float(own.earned), abs=0.1)
        assert of_class[learner]["hours"] <= float(own.earned)
        assert of_class[learner]["done"] == own.days_done
        assert of_class[learner]["points"] == pytest.approx(sum(min(day.points, day.most) for day in own.days))


def test_exercises_and_tests_are_counted_as_by_hand(whole: Path) -> None:
    """The same from the gradebook's rows, one by one."""
    query = """select student_id, base_cell.name, auto_score, max_score from grade
        join base_cell on base_cell.id = grade.cell_id join grade_cells on grade_cells.id = base_cell.id
        join notebook on notebook.id = base_cell.notebook_id
        join submitted_notebook on submitted_notebook.id = grade.notebook_id
        join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id
        where notebook.name = 'd02_linear_systems' and base_cell.name like 'd02_e1_%' and auto_score is not null"""
    with closing(sqlite3.connect(whole / "gradebook.db")) as book:
        rows = book.execute(query).fetchall()
    got: dict[str, float] = {}
    for student, _, score, _ in rows:
        got[student] = got.get(student, 0.0) + score
    most = sum(points for name, points in cells_of(whole)["d02_linear_systems"].items() if name.startswith("d02_e1_"))
    now = class_standing(whole, DEFAULT)
    (shown,) = (
        row for row in exercises(now).rows if (row["day"], row["exercise"]) == ("1.5-d2", "Reduce a matrix exactly")
    )
    assert shown["n"] == len(got)
    assert shown["share"] == pytest.approx(sum(got.values()) / len(got) / most, abs=1e-4)
    assert shown["full"] == sum(points == most for points in got.values())
    failed = {name: sum(score < most for _, other, score, most in rows if other == name) for _, name, *_ in rows}
    counted = {test.name: int(n) for test, n in zip(now.scores.tests, now.scores.failed, strict=True)}
    assert failed
    assert failed == {name: counted[name] for name in failed}


def test_only_tests_with_a_hidden_part_are_named_by_what_they_ask(whole: Path) -> None:
    shown = TABLES["tests"](class_standing(whole, DEFAULT))
    assert {"day": "1.5-d1", "test": "The outer products", "points": 2.0}.items() <= next(
        row for row in shown.rows if row["test"] == "The outer products"
    ).items()
    assert [row["share"] for row in shown.rows] == sorted((row["share"] for row in shown.rows), reverse=True)


def test_a_section_knows_its_deadline_and_who_was_late(whole: Path) -> None:
    (shown,) = sections(class_standing(whole, DEFAULT)).rows
    assert shown["section"] == "1.5 Mathematical foundations"
    assert shown["deadline"] == "2026-11-15T22:59:00+00:00"
    with opened(whole) as book:
        late = sum(one.total_seconds_late > 0 for one in book.assignment_submissions("1.5"))
    assert (shown["handed_in"], shown["late"]) == (24, late)
    assert late > 0


def test_an_extension_counts(small: Path) -> None:
    due = dt.datetime(2026, 11, 1, 12, tzinfo=dt.UTC)
    with opened(small) as book:
        book.update_or_create_assignment("1.5", duedate=due.replace(tzinfo=None))
    give(small, "ada", {"d01_matrices": {"d01_e1_number": 1.0}}, when=due + dt.timedelta(hours=3))
    assert row(small, "ada")["late"] == 1
    with opened(small) as book:
        book.grant_extension("1.5", "ada", hours=4)
    assert row(small, "ada")["late"] == 0


def test_every_change_shows_at_once(small: Path) -> None:
    assert learners(class_standing(small, DEFAULT)).rows == []
    give(small, "ada", {"d01_matrices": {"d01_e1_number": 1.0}})
    assert row(small, "ada")["points"] == 1.0
    with closing(
        sqlite3.connect(small / "gradebook.db")
    ) as book:  # whoever writes: here, a person's points in formgrader
        book.execute("update grade set manual_score = 0.5 where auto_score = 1.0")
        book.commit()
    assert row(small, "ada")["points"] == 0.5
    (small / "journal.jsonl").write_text(
        '{"kind": "minutes", "when": "2026-11-01T10:00:00+00:00", "learner": "ada", "day": "1.5-d1", "seconds": 7200}\n'
    )
    assert row(small, "ada")["spent"] == 2.0


def test_points_beyond_a_cell_s_own_and_cells_of_no_lesson_do_not_count(small: Path) -> None:
    give(small, "ada", {"d01_matrices": {"d01_e1_number": 1.0}})
    with closing(sqlite3.connect(small / "gradebook.db")) as book:
        book.execute("update grade set extra_credit = 50 where auto_score = 1.0")
        book.commit()
    assert row(small, "ada")["points"] == 1.0


def test_a_big_class_is_shown_as_it_was_while_it_is_counted_anew(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_QUICK", -1.0)  # every class is a big one
    give(small, "ada", {"d01_matrices": {"d01_e1_number": 1.0}})
    first = class_standing(small, DEFAULT)
    assert not first.outdated
    give(small, "bob", {"d01_matrices": {"d01_e1_number": 1.0}})
    between = class_standing(small, DEFAULT)
    assert between.outdated
    assert len(between.scores.people) == 1
    assert wait(small) == 2


def wait(root: Path) -> int:
    """How many there are once it is counted."""
    for _ in range(600):
        now = class_standing(root, DEFAULT)
        if not now.outdated:
            return len(now.scores.people)
        time.sleep(0.05)
    raise AssertionError("the class was never counted anew")


def test_a_course_without_a_gradebook_has_empty_tables_and_one_that_is_broken_says_so(
    small: Path, tmp_path: Path
) -> None:
    (small / "gradebook.db").unlink()
    empty = class_standing(small, DEFAULT)
    for make in TABLES.values():
        assert make(empty).empty
    assert learners(empty).rows == []
    assert not (small / "gradebook.db").exists()  # looking makes none
    (small / "gradebook.db").write_bytes(b"no database, " * 200)
    with pytest.raises(StandingError, match="is not a gradebook"):
        class_standing(small, DEFAULT)


def test_a_learner_s_page_is_of_that_learner_alone(whole: Path) -> None:
    now = class_standing(whole, DEFAULT)
    about, found = one_learner(now, "s003")
    assert about["name"] == "Grace Hopper"
    days = next(table for table in found if table.name == "days")
    own = {day.day.id: day for day in standing(whole, "s003").days}
    for shown in days.rows:
        assert (shown["points"] or 0.0) == own[shown["day"]].points
    assert {row["learner"] for table in found[1:] for row in table.rows} <= {"s003"}
    with pytest.raises(LookupError):
        one_learner(now, "nobody")
