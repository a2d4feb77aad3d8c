"""`mind review`, `mind schedule`, and what `mind next` says of reviews."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from curriculum.cli import main
from curriculum.journal import Attempt, Journal, Review
from curriculum.outlook.schedule import DaysOff, Schedule, load
from tests import small

DAY = "1.5-d1"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small lesson; e1 failed and was left long ago, e2 was right then."""
    small.publish(tmp_path)
    for module in ("cli", "commands.review"):
        monkeypatch.setattr(f"curriculum.{module}.ROOT", tmp_path)
    monkeypatch.setenv("MIND_LEARNER", "ada")
    monkeypatch.delenv("JUPYTERHUB_USER", raising=False)
    monkeypatch.setenv("COLUMNS", "200")
    Journal(tmp_path).add(
        [
            Attempt("2024-11-02T12:00:00+00:00", "ada", DAY, "e1", "wrong", 0, 3, "a"),
            Attempt("2024-11-02T12:00:00+00:00", "ada", DAY, "e2", "correct", 2, 2, "b"),
        ]
    )
    return tmp_path


def mind(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, " ".join(result.output.split())


def test_what_is_due_is_listed(root: Path) -> None:
    status, said = mind("review")
    assert status == 0
    assert "1.5-d1 e1 Double 5 not right yet, and left since 2 November 2024" in said
    assert "1.5-d1 e2 Half 5 right on 2 November 2024" in said
    assert said.endswith("`mind review 1.5-d1 e1` begins the first.")


def test_what_is_beyond_the_budget_is_counted(root: Path) -> None:
    mind("schedule", "--review", "5")
    assert "1 more is due, beyond 5 minutes a day." in mind("review")[1]


def test_when_todays_minutes_are_used_up_or_review_is_off_that_is_said(root: Path) -> None:
    now = dt.datetime.now(dt.UTC).isoformat()
    Journal(root).add([Review(now, "ada", DAY, "e1", True, seconds=3600)])
    assert mind("review")[1].startswith("Today's minutes of review are used up.")
    mind("schedule", "--review", "0")
    assert mind("review") == (0, "Review is off: `mind schedule --review 20` gives it 20 minutes a day.")


def test_where_nothing_is_due_that_is_said(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIND_LEARNER", "bob")
    assert mind("review") == (0, "Nothing is due for review today. Exercises come back once you tried some.")


def test_a_review_begins(root: Path) -> None:
    status, said = mind("review", DAY, "e1")
    assert status == 0
    (made,) = (root / "work" / "review").glob("*.ipynb")
    assert f"work/review/{made.name}" in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [((DAY,), "name the exercise as well"), ((DAY, "e9"), "no exercise 'e9'"), (("1.5-d99", "e1"), "no exercise 'e1'")],
)
def test_a_review_of_what_is_not_there_is_refused(root: Path, arguments: tuple[str, ...], words: str) -> None:
    status, said = mind("review", *arguments)
    assert status == 2
    assert words in said
    assert not (root / "work").exists()


def test_next_names_reviews_first(root: Path) -> None:
    said = mind("next")[1]
    assert said.startswith("2 exercises come back for review, about 10 minutes; first Double (1.5-d1): not right yet")
    assert "1.5-d1 Multiply matrices four ways" in said


def test_the_schedule_is_shown_and_changed(root: Path) -> None:
    status, said = mind("schedule")
    assert status == 0
    assert "start the first day you learn rest days none days off none hours a week 35 review 20 minutes a day" in said
    status, said = mind(
        "schedule", "--start", "2026-11-23", "--rest", "saturday, Sunday", "--off", "2026-12-24..2027-01-02",
        "--off", "2026-12-08", "--hours", "15", "--review", "0", "--no-counting", "--zone", "Europe/Vienna",
    )  # fmt: skip
    assert status == 0
    assert "days off 2026-12-08, 2026-12-24..2027-01-02" in said
    christmas = DaysOff(dt.date(2026, 12, 24), dt.date(2027, 1, 2))
    conception = DaysOff(dt.date(2026, 12, 8), dt.date(2026, 12, 8))
    start = dt.date(2026, 11, 23)
    set_up = Schedule(start, frozenset({5, 6}), (conception, christmas), 15, 0, False, "Europe/Vienna")
    assert load(root, "ada") == set_up
    mind("schedule", "--hours", "7")
    assert load(root, "ada").off == set_up.off
    mind("schedule", "--no-off", "--off", "2027-02-01", "--start", "", "--rest", "")
    after = load(root, "ada")
    assert (after.start, after.rest, after.off) == (
        None,
        frozenset(),
        (DaysOff(dt.date(2027, 2, 1), dt.date(2027, 2, 1)),),
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--hours", "0"), "more than 0 and at most 112 hours"),
        (("--rest", "someday"), "'someday' is no weekday"),
        (("--off", "2026-12-24..2026-12-01"), "before they begin"),
        (("--start", "tomorrow"), 'write it as "2026-11-23"'),
    ],
)
def test_a_schedule_that_makes_no_sense_is_refused(root: Path, arguments: tuple[str, ...], words: str) -> None:
    status, said = mind("schedule", *arguments)
    assert status == 2
    assert words in said
    assert not (root / "schedules.json").exists()


def test_a_damaged_schedule_is_told(root: Path) -> None:
    (root / "schedules.json").write_text("{")
    for command in ("schedule", "review", "next"):
        status, said = mind(command)
        assert status == 2
        assert "schedules.json is damaged" in said
    assert (root / "schedules.json").read_text() == "{"


def test_a_fresh_attempt_is_checked_from_a_terminal(root: Path) -> None:
    """As its panel does it; `mind check`, which is for lessons, says so."""
    assert mind("review", "--check") == (0, "No fresh attempt in work/review/ has changed since it was last checked.")
    assert "press Check there, or `mind review --check`" in mind("review", DAY, "e2")[1]
    mind("start", DAY)
    (attempt,) = root.glob("work/review/*.ipynb")
    lesson = (root / "work" / "1.5" / "d01_matrices.ipynb").read_bytes()

    def answered(source: str) -> tuple[int, str]:
        book = json.loads(attempt.read_text())
        small.cell(book, "d01_e2")["source"] = source
        small.write(book, attempt)
        said = mind("check")[1]
        assert f"Not checked with the lessons: {attempt.relative_to(root)}. `mind review --check` does it." in said
        return mind("review", "--check")

    def reviews() -> list[tuple[str, bool]]:
        return [(one.exercise, one.right) for one in Journal(root).entries("ada", DAY) if isinstance(one, Review)]

    status, said = answered("def half(x):\n    return x")
    assert (status, "Half: wrong, 0/2" in said, reviews()) == (1, True, [])
    assert "Not checked" not in mind("check")[1]
    status, said = answered("def half(x):\n    return x / 2")
    assert (status, "Half: correct, 2/2" in said, reviews()) == (0, True, [("e2", True)])
    assert mind("review", "--check")[1].startswith("No fresh attempt")
    attempt.write_text("{")
    assert mind("review", "--check") == (0, "No fresh attempt in work/review/ has changed since it was last checked.")
    assert mind("review", DAY, "e2", "--check")[0] == 2
    assert (root / "work" / "1.5" / "d01_matrices.ipynb").read_bytes() == lesson
    assert [one.state for one in Journal(root).attempts("ada", DAY)] == ["wrong", "correct"]  # those of before
