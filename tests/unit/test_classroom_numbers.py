"""The numbers on the class's page, against what can be worked out by hand or by another library."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from autograder.batch import Change
from autograder.sheets import to_csv
from curriculum.classroom.item_analysis import analyse
from curriculum.classroom.regrades import keep_regrades, regrades
from curriculum.classroom.tables import Column, Table
from curriculum.classroom.tries import read_tries
from curriculum.journal import Attempt, Journal, Minutes

NAN = float("nan")


def test_item_rest_correlation_is_the_correlation_with_the_others() -> None:
    rng = np.random.default_rng(3)
    able = rng.uniform(0, 1, 40)
    shares = np.column_stack([(rng.uniform(0, 1, 40) < able).astype(float) for _ in range(4)])
    for at, item in enumerate(analyse(shares)):
        rest = np.delete(shares, at, axis=1).mean(axis=1)
        assert item.correlation == pytest.approx(stats.pointbiserialr(shares[:, at], rest).statistic)
        assert item.mean == pytest.approx(shares[:, at].mean())
        assert (item.n, item.compared) == (40, 40)
        assert item.full == shares[:, at].sum()


def test_upper_lower_by_hand() -> None:
    # Ten students; the rest score is the second exercise. 27 % of ten are three: the best three all right, the last three one.
    rest = np.arange(10) / 9
    item = np.array([0, 1, 0, 0, 1, 1, 0, 1, 1, 1.0])
    found = next(analyse(np.column_stack([item, rest])))
    assert found.upper_lower == pytest.approx(1 - 1 / 3)


def test_with_fewer_than_ten_nothing_is_claimed() -> None:
    shares = np.tile([[0.0, 0.0], [1.0, 1.0], [0.5, 1.0]], (3, 1))
    for item in analyse(shares):
        assert (item.n, item.correlation, item.upper_lower) == (9, None, None)
        assert item.mean is not None


def test_who_has_no_score_is_left_out_and_who_is_like_all_others_tells_nothing() -> None:
    shares = np.column_stack([[1.0] * 12 + [NAN] * 3, np.linspace(0, 1, 15), [NAN] * 15])
    first, _, none = analyse(shares)
    assert (first.n, first.mean, first.correlation, first.upper_lower) == (12, 1.0, None, 0.0)
    assert (none.n, none.mean, none.correlation) == (0, None, None)


def attempt(when: int, state: str, work: str, exercise: str = "e1", learner: str = "ada") -> Attempt:
    return Attempt(
        f"2026-11-01T{10 + when // 60}:{when % 60:02}:00+00:00", learner, "1.5-d1", exercise, state, 0.0, 4.0, work
    )


def test_stuck_is_three_different_tries_and_none_right_since(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.add([attempt(1, "wrong", "a"), attempt(2, "wrong", "a"), attempt(3, "wrong", "b")])
    assert list(read_tries(journal.path).stuck()) == []
    journal.add([attempt(4, "crashed", "c")])
    ((learner, day, exercise, how),) = read_tries(journal.path).stuck()
    assert (learner, day, exercise, len(how.works), how.state) == ("ada", "1.5-d1", "e1", 3, "crashed")
    assert (how.since[14:16], how.last[14:16]) == ("01", "04")
    journal.add([attempt(5, "correct", "d")])
    assert list(read_tries(journal.path).stuck()) == []


def test_a_journal_is_read_on_where_it_ended_whatever_stands_in_it(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.add([Minutes("2026-11-01T10:00:00+00:00", "ada", "1.5-d1", 600.0)])
    assert read_tries(journal.path).seconds == {("ada", "1.5-d1"): 600.0}
    with journal.path.open("a") as file:
        file.write('not json\n[1]\n{"kind": "minutes"}\n{"kind": "minutes", "when": "2026-11-02')
    assert read_tries(journal.path).seconds == {("ada", "1.5-d1"): 600.0}
    journal.add([Minutes("2026-11-03T10:00:00+00:00", "ada", "1.5-d1", -60.0, True)])
    found = read_tries(journal.path)
    assert found.seconds == {("ada", "1.5-d1"): 540.0}
    assert found.seen["ada"].startswith("2026-11-03")
    journal.path.unlink()
    journal.add([Minutes("2026-11-04T10:00:00+00:00", "ada", "1.5-d1", 60.0)])
    assert read_tries(journal.path).seconds == {("ada", "1.5-d1"): 60.0}


def minutes(when: str, seconds: float = 60.0) -> Minutes:
    return Minutes(when, "ada", "1.5-d1", seconds)


def test_what_cannot_be_counted_with_costs_its_own_line(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.add([minutes("2026-11-01T10:00:00+00:00", value) for value in (60.0, NAN, float("inf"), -float("inf"))])
    journal.add([minutes(when) for when in ("", "yesterday", "1970-01-01T00:00:00+00:00", "9999-12-31T23:59:59+00:00")])
    spoilt = [
        {"kind": "minutes", "when": when, "learner": learner, "day": "1.5-d1", "seconds": seconds}
        for when, learner, seconds in (
            (5, "ada", 1), ("2026-11-02", "ada", 10**400), ("2026-11-02", "ada", "60"), ("2026-11-02", "ada", None), ("2026-11-02", [], 1),
        )
    ]  # fmt: skip
    with journal.path.open("a") as file:
        file.writelines(f"{json.dumps(line)}\n" for line in spoilt)
        file.write("[" * 100_000 + "\n")
    found = read_tries(journal.path)
    assert found.seconds == {("ada", "1.5-d1"): 60.0}
    assert found.seen == {"ada": "2026-11-01T10:00:00+00:00"}


def test_who_was_seen_last_goes_by_the_moment_and_not_by_how_it_is_written(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.add(
        [minutes("2026-11-01T23:30:00+00:00"), minutes("2026-11-02T00:15:00+02:00"), minutes("2026-11-01T22:00:00")]
    )
    assert read_tries(journal.path).seen == {"ada": "2026-11-01T23:30:00+00:00"}


def test_what_was_handed_out_does_not_change_with_what_is_read_next(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.add([minutes("2026-11-01T10:00:00+00:00"), *(attempt(n, "wrong", str(n)) for n in range(3))])
    first = read_tries(journal.path)
    before = dict(first.seconds), dict(first.seen), [(*who, len(how.works), how.last) for *who, how in first.stuck()]
    journal.add([minutes("2026-11-03T10:00:00+00:00"), attempt(5, "wrong", "5")])
    journal.add([attempt(6, "crashed", "6", "e2"), minutes("2026-11-01T10:00:00+00:00", 5.0)])
    ((*_, how),) = read_tries(journal.path).stuck()
    assert len(how.works) == 4
    assert (first.seconds, first.seen, [(*who, len(how.works), how.last) for *who, how in first.stuck()]) == before
    first.seconds.clear()
    first.failing.clear()
    assert len(list(read_tries(journal.path).stuck())) == 1


@pytest.mark.parametrize(("was", "becomes"), [("60.0", "30.0"), ("60.0", "3600.0"), ("60.0", "7")])
@pytest.mark.parametrize("more", [False, True])
def test_a_journal_that_was_corrected_in_place_is_read_anew(tmp_path: Path, was: str, becomes: str, more: bool) -> None:
    journal = Journal(tmp_path)
    journal.add([minutes("2026-11-01T10:00:00+00:00"), *(attempt(n, "wrong", "a") for n in range(100))])
    assert read_tries(journal.path).seconds == {("ada", "1.5-d1"): 60.0}
    whole = journal.path.read_text()
    with journal.path.open("r+") as file:  # the same file, as some editors save
        file.write(whole.replace(was, becomes, 1))
        file.truncate()
    os.utime(journal.path, ns=(1, 1))  # whatever a coarse clock says
    if more and len(was) != len(becomes):  # what has the same length, and is added to, does not show
        journal.add([attempt(101, "wrong", "b")])
    assert read_tries(journal.path).seconds == {("ada", "1.5-d1"): float(becomes)}


def test_regrades_are_kept_newest_first(tmp_path: Path) -> None:
    keep_regrades(tmp_path, "1.5", [])
    assert regrades(tmp_path) == []
    keep_regrades(tmp_path, "1.5", [Change("ada", "d01", "e1 Öne", None, 2.0, "submission changed")])
    keep_regrades(tmp_path, "1.5", [Change("bob", "d01", "e1", 2.0, 1.0, "tests changed")])
    with (tmp_path / "regrades.jsonl").open("a") as file:
        file.write("cut sho")
    assert [(one.student, one.before, one.now) for one in regrades(tmp_path)] == [("bob", 2.0, 1.0), ("ada", None, 2.0)]


def table(rows: list[dict[str, object]]) -> Table:
    return Table(
        "learners", "", "", (Column("learner", "Learner", "learner"), Column("n", "N", "count")), rows, "learner"
    )


def test_rows_without_a_value_are_last_either_way() -> None:
    rows = [
        {"learner": "a", "name": "", "n": None},
        {"learner": "b", "name": "", "n": 1},
        {"learner": "c", "name": "", "n": 2},
    ]
    assert [row["learner"] for row in table(rows).ordered("n", False).rows] == ["b", "c", "a"]
    assert [row["learner"] for row in table(rows).ordered("n", True).rows] == ["c", "b", "a"]
    with pytest.raises(LookupError):
        table(rows).ordered("name; drop", False)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1+cmd|' /C calc'!A0", "@SUM(A1)", "\t=1", "\r=1", "＝1+1"])
def test_a_cell_that_begins_like_a_formula_is_text(text: str) -> None:
    assert to_csv([[text, -1.5, None, "Gödel, Kurt"]]).lstrip('"').startswith("'" + text)
    assert to_csv([["x", -1.5, None, "Gödel, Kurt"]]) == 'x,-1.5,,"Gödel, Kurt"\r\n'


def test_a_table_as_csv_is_safe_and_json_has_no_nan() -> None:
    rows = [{"learner": "=cmd()", "name": "", "n": None}]
    assert table(rows).as_csv().splitlines() == ["Learner,N", "'=cmd(),"]
    json.dumps(table(rows).as_json(), allow_nan=False)
