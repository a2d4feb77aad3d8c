"""Scores in nbgrader's gradebook: written whole, kept when the course changes, never more than a cell's points."""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from nbgrader import api, dbutil
from nbgrader.utils import parse_utc
from sqlalchemy import Table

from autograder import gradebook, ledger, recording, submissions, tables
from autograder.intake import Notebook
from autograder.ledger import Fingerprint
from autograder.results import ExerciseResult, Result, TestResult
from tests import small

#: On one worker: what they share takes long to make.
pytestmark = pytest.mark.xdist_group("gradebook")

NAME, COURSE = "d01_matrices", "a-course"
WHEN = dt.datetime(2026, 11, 21, 10, 0, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course folder whose gradebook knows the small lesson; copied by each test, since nbgrader takes seconds to make it."""
    root = tmp_path_factory.mktemp("course")
    small.publish(root)
    assert gradebook.bring_into_step(url(root), COURSE, "1.5", root) is None
    return root


@pytest.fixture
def root(prepared: Path, tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "gradebook.db").write_bytes((prepared / "gradebook.db").read_bytes())
    small.publish(tmp_path)
    yield tmp_path
    with opened(tmp_path) as book:  # whatever happened: nbgrader itself can still make sense of it
        assert book.find_assignment("1.5").num_submissions >= 0


def url(root: Path) -> str:
    return f"sqlite:///{root / 'gradebook.db'}"


def opened(root: Path) -> Any:
    return gradebook.opened(url(root), COURSE)


def result(scores: dict[str, float]) -> Result:
    tests = [TestResult(name, name, points, 2, points > 0) for name, points in scores.items()]
    return Result(NAME, [ExerciseResult("e1", "One", False, "almost", tests)])


def record(root: Path, learner: str, scores: dict[str, float]) -> None:
    with opened(root) as book:
        gradebook.record(book, "1.5", learner, [result(scores)], WHEN)


def scores(root: Path, learner: str) -> dict[str, float]:
    with opened(root) as book:
        return {
            cell: score for cell, (score, _) in gradebook.scores(book, learner).get("1.5", {}).get(NAME, {}).items()
        }


def grade(book: Any, learner: str, cell: str) -> Any:
    return book.find_grade(cell, NAME, "1.5", learner)


def test_a_new_gradebook_is_in_step_and_another_course_is_not(root: Path) -> None:
    with opened(root) as book:
        assert gradebook.in_step(book, "1.5", {NAME: small.source()})
        assert not gradebook.in_step(book, "1.5", {NAME: small.release()})
        assert not gradebook.in_step(book, "1.5", {})
        assert not gradebook.in_step(book, "1.6", {NAME: small.source()})
        text = {"cells": []}  # a notebook without tests
        assert not gradebook.in_step(book, "1.5", {NAME: small.source(), "d02_text": text})


def test_scores_are_recorded_by_cell_and_asked_for(root: Path) -> None:
    record(root, "ada", small.FULL)
    assert scores(root, "ada") == small.FULL
    assert scores(root, "bob") == {}
    with opened(root) as book:
        assert gradebook.scores(book, "ada")["1.5"][NAME]["d01_e1_text"] == (2.0, 2.0)
        assert book.find_submission("1.5", "ada").timestamp == dt.datetime(2026, 11, 21, 10, 0)
        assert not grade(book, "ada", "d01_e1_text").needs_manual_grade


def test_scores_are_held_between_nothing_and_full(root: Path) -> None:
    record(root, "ada", {"d01_e1_number": 99, "d01_e1_text": -3})
    assert scores(root, "ada") == {"d01_e1_number": 1.0, "d01_e1_text": 0.0}


def test_a_later_result_replaces_the_earlier_one_up_or_down(root: Path) -> None:
    record(root, "ada", {"d01_e1_number": 0, "d01_e1_text": 2})
    record(root, "ada", {"d01_e1_number": 1, "d01_e1_text": 0})
    assert scores(root, "ada") == {"d01_e1_number": 1.0, "d01_e1_text": 0.0}


def test_points_given_by_hand_stay_and_are_marked_for_a_second_look(root: Path) -> None:
    record(root, "ada", {"d01_e1_number": 0})
    with opened(root) as book:
        grade(book, "ada", "d01_e1_number").manual_score = 1
        grade(book, "ada", "d01_reflection").manual_score = 0
        book.db.commit()
    record(root, "ada", {"d01_e1_number": 0, "d01_e1_text": 2})
    assert scores(root, "ada") == {"d01_e1_number": 1.0, "d01_e1_text": 2.0, "d01_reflection": 0.0}
    with opened(root) as book:
        assert grade(book, "ada", "d01_e1_number").needs_manual_grade
        assert not grade(book, "ada", "d01_e1_text").needs_manual_grade


def test_an_error_while_recording_leaves_all_as_it_was(root: Path) -> None:
    record(root, "ada", {"d01_e1_number": 1})
    stranger = Result("no_such_notebook", result({}).exercises)
    with pytest.raises(KeyError), opened(root) as book:
        gradebook.record(book, "1.5", "ada", [result({"d01_e1_number": 0}), stranger], WHEN)
    with pytest.raises(KeyError), opened(root) as book:
        gradebook.record(book, "1.5", "bob", [stranger], WHEN)
    assert scores(root, "ada") == {"d01_e1_number": 1.0}
    with opened(root) as book:
        assert [student.id for student in book.students] == ["ada"]


def changed_course() -> Notebook:
    """One test cell renamed, one removed, one new, one worth more."""
    book = small.source()
    small.cell(book, "d01_e1_text")["metadata"]["nbgrader"]["points"] = 5
    book["cells"].remove(small.cell(book, "d01_e2_half"))
    book["cells"].insert(small.position(book, "d01_e3"), small.judge("d01_e2_new", 3, "assert half(2) == 1"))
    about = small.cell(book, "d01_e3_triple")["metadata"]["nbgrader"]
    about["grade_id"] = "d01_e3_thrice"
    return book


def test_a_changed_course_keeps_every_score_whose_cell_remains_and_a_copy_of_the_rest(root: Path) -> None:
    record(root, "ada", small.FULL)
    with opened(root) as book:
        grade(book, "ada", "d01_e1_number").manual_score = 0.5
        book.db.commit()
    before = scores(root, "ada")
    small.publish(root, changed_course())
    backup = gradebook.bring_into_step(url(root), COURSE, "1.5", root)
    assert scores(root, "ada") == {"d01_e1_number": 0.5, "d01_e1_text": 2.0}
    with opened(root) as book:
        assert gradebook.in_step(book, "1.5", {NAME: changed_course()})
        submission = book.find_submission("1.5", "ada")
        assert submission.max_score == 1 + 5 + 3 + 1
        assert {g.name for g in submission.notebooks[0].grades} == {
            "d01_e1_number", "d01_e1_text", "d01_e2_new", "d01_e3_thrice", "d01_reflection",
        }  # fmt: skip
    assert backup is not None
    with gradebook.opened(f"sqlite:///{backup}", COURSE) as book:
        kept = {cell: score for cell, (score, _) in gradebook.scores(book, "ada")["1.5"][NAME].items()}
    assert kept == before == small.FULL | {"d01_e1_number": 0.5}
    record(root, "ada", {"d01_e1_text": 2, "d01_e2_new": 3, "d01_e3_thrice": 1})
    assert scores(root, "ada") == {"d01_e1_number": 0.5, "d01_e1_text": 2, "d01_e2_new": 3, "d01_e3_thrice": 1}


def test_a_gradebook_that_fails_half_way_into_step_is_as_it_was(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record(root, "ada", small.FULL)
    small.publish(root, changed_course())

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(gradebook, "_complete_submissions", full)
    with pytest.raises(gradebook.GradebookError, match="is full"):
        gradebook.bring_into_step(url(root), COURSE, "1.5", root)
    assert scores(root, "ada") == small.FULL
    with opened(root) as book:
        assert gradebook.in_step(book, "1.5", {NAME: small.source()})


def test_points_that_are_no_number_are_refused_and_nothing_is_written(root: Path) -> None:
    record(root, "ada", {"d01_e1_number": 1})
    for bad in (float("nan"), float("inf")):
        with pytest.raises(ValueError, match=r"no number \(d01_e1_text"):
            record(root, "ada", {"d01_e1_number": 0, "d01_e1_text": bad})
    assert scores(root, "ada") == {"d01_e1_number": 1.0}


def test_a_score_that_the_new_result_does_not_give_is_cleared(root: Path) -> None:
    record(root, "ada", small.FULL)
    record(root, "ada", {"d01_e1_number": 1})
    assert scores(root, "ada") == {"d01_e1_number": 1.0}
    with opened(root) as book:
        assert grade(book, "ada", "d01_e1_text").needs_manual_grade


def rows(book: Any, learner: str) -> dict[str, set[Any]]:
    submission = book.find_submission("1.5", learner)
    (mine,) = submission.notebooks
    return {
        "grades": {(g.name, g.auto_score, g.manual_score, g.extra_credit, g.needs_manual_grade) for g in mine.grades},
        "comments": {(c.name, c.auto_comment, c.manual_comment) for c in mine.comments},
        "book": {(mine.name, mine.flagged, mine.late_submission_penalty, submission.extension, submission.timestamp)},
    }


def test_a_new_submission_has_the_rows_that_nbgrader_gives_one(root: Path) -> None:
    with opened(root) as book:
        book.update_or_create_student("nb")
        book.add_submission("1.5", "nb", timestamp=WHEN.isoformat())
        nothing = [recording.Scored(NAME, {}, attempted=False, unanswered=list(small.SOLUTIONS))]
        recording.record(book.db, COURSE, "1.5", "ada", nothing, WHEN)
        assert rows(book, "ada") == rows(book, "nb")


def test_an_answer_as_it_was_handed_out_needs_no_person_and_says_so(root: Path) -> None:
    left = ["d01_e2", "d01_reflection"]
    with opened(root) as book:
        recording.record(book.db, COURSE, "1.5", "ada", [recording.Scored(NAME, small.FULL, unanswered=left)], WHEN)
        recording.record(book.db, COURSE, "1.5", "bob", [recording.Scored(NAME, small.FULL, unanswered=[])], None)
        comments = {name: said for name, said, _ in rows(book, "ada")["comments"]}
        assert comments == dict.fromkeys(["d01_e1", "d01_e3"]) | dict.fromkeys(left, "No response.")
        assert ("d01_reflection", 0.0, None, None, False) in rows(book, "ada")["grades"]
        assert ("d01_reflection", None, None, None, True) in rows(book, "bob")["grades"]
        assert book.find_submission("1.5", "bob").timestamp is None
        assert {said for _, said, _ in rows(book, "bob")["comments"]} == {None}


EVIDENCE = Fingerprint("work", "tests")


def known(root: Path) -> ledger.Known:
    return ledger.read(url(root), "1.5")


def test_the_ledger_holds_as_long_as_the_scores_that_it_names(root: Path) -> None:
    assert known(root) == ledger.Known()
    with opened(root) as book:
        scored = recording.Scored(NAME, small.FULL | {"d01_e1_text": 7.0}, evidence=EVIDENCE)
        recording.record(book.db, COURSE, "1.5", "ada", [scored], WHEN)
    assert known(root).entries == {("ada", NAME): (EVIDENCE, small.FULL)}  # as recorded, not as given
    assert known(root).graded("ada", NAME, EVIDENCE)
    assert not known(root).graded("bob", NAME, EVIDENCE)
    for other in (Fingerprint("other", "tests"), Fingerprint("work", "other"), Fingerprint("work", "tests", "other")):
        assert not known(root).graded("ada", NAME, other)
    record(root, "ada", small.FULL | {"d01_e1_text": 1.0})  # by a program that keeps no ledger
    assert not known(root).graded("ada", NAME, EVIDENCE)
    record(root, "ada", small.FULL)
    assert known(root).graded("ada", NAME, EVIDENCE)
    with opened(root) as book:
        book.remove_submission("1.5", "ada")
    assert not known(root).graded("ada", NAME, EVIDENCE)


def test_scores_and_ledger_are_written_both_or_neither(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(ledger, "write", fails)
    with pytest.raises(gradebook.GradebookError, match="is full"), opened(root) as book:
        recording.record(book.db, COURSE, "1.5", "ada", [recording.Scored(NAME, small.FULL, evidence=EVIDENCE)], WHEN)
    assert scores(root, "ada") == {}
    assert known(root) == ledger.Known()


def test_our_tables_are_those_that_nbgrader_makes_and_its_migrations_pass_them_by(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
    theirs = tmp_path / "theirs.db"
    api.Gradebook(f"sqlite:///{theirs}", COURSE).close()
    with opened(tmp_path):
        pass
    ours = tmp_path / "gradebook.db"
    assert tables_of(ours) == tables_of(theirs)
    with opened(tmp_path) as book:
        ledger.write(book.db, "1.5", "ada", [(NAME, EVIDENCE, {})])
        book.db.commit()
    before = tables_of(ours)
    dbutil.upgrade(url(tmp_path))
    assert tables_of(ours) == before
    assert known(tmp_path).graded("ada", NAME, EVIDENCE)


def test_our_tables_are_columns_of_nbgraders_and_fill_in_what_it_would() -> None:
    written = (
        tables.student, tables.submitted_assignment, tables.submitted_notebook, tables.grade, tables.comment,
    )  # fmt: skip
    for ours in [table for table in vars(tables).values() if isinstance(table, Table)]:
        theirs = api.Base.metadata.tables[ours.name].columns
        assert {column.name for column in ours.columns} <= {column.name for column in theirs}
        for column in theirs if ours in written else []:
            if column.default is not None:
                mine = ours.columns[column.name].default
                assert mine is not None
                assert mine.is_callable if column.default.is_callable else mine.arg == column.default.arg
            else:
                assert column.nullable or column.primary_key, f"{ours.name}.{column.name} needs a value"


def tables_of(path: Path) -> dict[str, Any]:
    with closing(sqlite3.connect(path)) as book:
        found = dict(book.execute("select name, sql from sqlite_master where type = 'table'"))
        rows = {name: set(book.execute(f"select * from {name}")) for name in ("alembic_version", "course")}
    return {name: " ".join(str(sql).split()) for name, sql in found.items()} | rows


def test_a_lock_is_waited_for(root: Path) -> None:
    other = sqlite3.connect(root / "gradebook.db", isolation_level=None, check_same_thread=False)
    with closing(other), opened(root) as book:
        other.execute("BEGIN IMMEDIATE")
        threading.Timer(6, lambda: other.execute("COMMIT")).start()  # SQLite itself gives up after five seconds
        recording.record(book.db, COURSE, "1.5", "ada", [recording.Scored(NAME, small.FULL)], WHEN, patience=30)
    assert scores(root, "ada") == small.FULL


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("update alembic_version set version_num = 'fedcba987654'", "a newer one made it. Nothing was changed"),
        ("update alembic_version set version_num = '167914646830'", "older nbgrader .* nothing was changed"),
        ("drop table alembic_version", "older nbgrader .* nothing was changed"),
    ],
)
def test_a_gradebook_of_another_schema_is_refused_and_untouched(root: Path, change: str, words: str) -> None:
    record(root, "ada", small.FULL)
    book = root / "gradebook.db"
    good = book.read_bytes()
    with closing(sqlite3.connect(book)) as other:
        other.execute(change)
        other.commit()
    before = book.read_bytes()
    for use in (lambda: record(root, "ada", {}), lambda: known(root)):
        with pytest.raises(gradebook.GradebookError, match=words):
            use()
    assert book.read_bytes() == before
    book.write_bytes(good)


def test_a_database_of_something_else_is_refused_and_untouched(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "gradebook.db")) as other:
        other.execute("create table recipes (name text)")
    before = (tmp_path / "gradebook.db").read_bytes()
    with pytest.raises(gradebook.GradebookError, match="none of them is nbgrader's"), opened(tmp_path):
        pass
    assert (tmp_path / "gradebook.db").read_bytes() == before


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("gradebook.db", "is no database address"),
        ("postgresql+psycopg://ada:secret@127.0.0.1:9/class", r"ada:\*\*\*@127.0.0.1:9/class does not answer"),
        ("mysql+pymysql://localhost/class", "needs the Python package pymysql"),
    ],
)
def test_an_address_that_leads_nowhere_is_told_without_its_password(address: str, words: str) -> None:
    with pytest.raises(gradebook.GradebookError, match=words) as error:
        ledger.read(address, "1.5")
    assert "secret" not in str(error.value)


def test_a_locked_gradebook_is_told(root: Path) -> None:
    with closing(sqlite3.connect(root / "gradebook.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(gradebook.GradebookError, match="locked by another program"):
            record(root, "ada", small.FULL)


@pytest.mark.parametrize("content", [b"this is no database, " * 100, b"SQLite format 3\x00" + b"\x01" * 5000])
def test_what_is_no_gradebook_is_told_and_left_alone(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "gradebook.db").write_bytes(content)
    with pytest.raises(gradebook.GradebookError, match="not a gradebook, or it is damaged"), opened(tmp_path):
        pass
    assert (tmp_path / "gradebook.db").read_bytes() == content


def test_a_gradebook_that_cannot_be_made_leaves_nothing(tmp_path: Path) -> None:
    where = tmp_path / "nowhere"
    with (
        pytest.raises(gradebook.GradebookError, match="cannot be opened"),
        gradebook.opened(f"sqlite:///{where}/g.db", COURSE),
    ):
        pass
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "stamp", ["2026-11-21 10:00:00.123456 UTC", "2026-11-21 10:00:00 America/New_York", "2026-11-21 10:00:00 +3600",
              "2026-11-21T10:00:00+02:00", "2026-11-21", "21 November 2026 10:00"],
)  # fmt: skip
def test_timestamps_are_read_as_nbgrader_reads_them(stamp: str) -> None:
    when = submissions.handed_in(stamp)
    assert when is not None
    assert when.astimezone(dt.UTC).replace(tzinfo=None) == parse_utc(stamp)


@pytest.mark.parametrize("stamp", ["", "yesterday", "2026-13-45", "9" * 40, "a b c"])
def test_what_is_no_time_counts_as_none(stamp: str) -> None:
    assert submissions.handed_in(stamp) is None
