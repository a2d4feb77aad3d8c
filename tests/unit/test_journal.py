"""The journal keeps every attempt, in order, and loses no more than the line that was spoilt."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict
from math import nan
from pathlib import Path

import pytest
from filelock import FileLock

from curriculum.journal import Attempt, Journal


def attempt(day: str, learner: str = "ada", work: str = "abc") -> Attempt:
    return Attempt("2026-11-21T10:00:00+00:00", learner, day, "e1", "wrong", 1.0, 4.0, work)


def test_attempts_come_back_in_order_by_learner_and_day(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    assert journal.attempts("ada") == []
    journal.add([attempt("1.5-d2"), attempt("1.5-d1", "bob")])
    journal.add([attempt("1.5-d1")])
    assert journal.attempts("ada") == [attempt("1.5-d2"), attempt("1.5-d1")]
    assert journal.attempts("ada", "1.5-d1") == [attempt("1.5-d1")]


def test_a_line_cut_short_costs_that_line_alone(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.add([attempt("1.5-d1"), attempt("1.5-d2")])
    journal.path.write_bytes(journal.path.read_bytes()[:-20])
    journal.add([attempt("1.5-d3")])
    assert journal.attempts("ada") == [attempt("1.5-d1"), attempt("1.5-d3")]


@pytest.mark.parametrize(
    "line", ["", "null", "[]", "{}", '{"kind": "attempt"}', '{"kind": "reading", "x": 1}', "\ufffd"]
)
def test_lines_that_are_no_attempts_are_passed_over(tmp_path: Path, line: str) -> None:
    journal = Journal(tmp_path)
    journal.path.write_text(f"{line}\n", encoding="utf-8")
    journal.add([attempt("1.5-d1")])
    assert journal.attempts("ada") == [attempt("1.5-d1")]


@pytest.mark.parametrize(
    ("field", "value"),
    [("points", "many"), ("points", "NaN"), ("when", 5), ("work", None), ("hint", 1.5), ("hint", 10**400)],
)
def test_an_entry_that_cannot_be_counted_with_is_passed_over(tmp_path: Path, field: str, value: object) -> None:
    journal = Journal(tmp_path)
    journal.add([attempt("1.5-d1")])
    line = {"kind": "attempt", **asdict(attempt("1.5-d2")), field: nan if value == "NaN" else value}
    with journal.path.open("a") as file:
        file.write(json.dumps(line) + "\n")
    assert journal.attempts("ada") == [attempt("1.5-d1")]


def test_a_text_with_other_line_separators_stays_one_line(tmp_path: Path) -> None:
    odd = attempt("1.5-d1", work="a\u2028b\x85c")
    Journal(tmp_path).add([odd])
    assert Journal(tmp_path).attempts("ada") == [odd]


def test_a_lock_that_is_held_is_an_error_and_not_a_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("curriculum.journal.PATIENCE", 0.1)
    journal = Journal(tmp_path)
    with FileLock(journal.path.with_suffix(".lock")), pytest.raises(OSError, match="lock"):
        journal.add([attempt("1.5-d1")])


def test_two_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from curriculum.journal import Attempt, Journal\n"
        "for n in range(40): Journal(Path(sys.argv[1])).add("
        "[Attempt('now', sys.argv[2], '1.5-d1', f'e{n}', 'wrong', 0.0, 1.0, 'w' * 2000)] * 2)"
    )
    writers = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path), name]) for name in ("ada", "bob")]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    for name in ("ada", "bob"):
        assert [a.exercise for a in Journal(tmp_path).attempts(name)] == [f"e{n}" for n in range(40) for _ in "12"]
