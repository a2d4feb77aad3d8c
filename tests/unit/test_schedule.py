"""A learner's calendar: what is kept, what is refused in words, which days are days to learn."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from curriculum.outlook.schedule import DamagedSchedules, DaysOff, Schedule, ScheduleError, change, load, save

MONDAY = dt.date(2026, 11, 2)
SET = Schedule(
    start=MONDAY,
    rest=frozenset({5, 6}),
    off=(DaysOff(dt.date(2026, 12, 24), dt.date(2027, 1, 2)),),
    hours_a_week=15.5,
    review_minutes=0,
    counting=False,
    zone="Europe/Vienna",
)


def test_what_is_saved_is_loaded_and_others_stay(tmp_path: Path) -> None:
    assert load(tmp_path, "ada") == Schedule()
    save(tmp_path, "ada", SET)
    save(tmp_path, "bob", Schedule(hours_a_week=7))
    save(tmp_path, "ada", SET)
    assert load(tmp_path, "ada") == SET
    assert load(tmp_path, "bob").hours_a_week == 7
    assert load(tmp_path, "cyd") == Schedule()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["schedules.json", "schedules.lock"]


def test_the_file_can_be_read_and_written_by_hand(tmp_path: Path) -> None:
    save(tmp_path, "ada", SET)
    kept = json.loads((tmp_path / "schedules.json").read_text())["ada"]
    assert kept["rest"] == ["saturday", "sunday"]
    assert kept["off"] == [{"first": "2026-12-24", "last": "2027-01-02"}]
    (tmp_path / "schedules.json").write_text('{"ada": {"off": ["2026-12-08"], "rest": ["Sunday"]}}')
    found = load(tmp_path, "ada")
    assert found.off == (DaysOff(dt.date(2026, 12, 8), dt.date(2026, 12, 8)),)
    assert found.rest == {6}
    assert found.hours_a_week == 35


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"hours_a_week": 0}, "more than 0 and at most 112 hours"),
        ({"hours_a_week": 113}, "at most 112"),
        ({"hours_a_week": float("nan")}, "at most 112"),
        ({"hours_a_week": 10**400}, "so many digits"),
        ({"hours_a_week": "35"}, "hours_a_week is a number, not '35'"),
        ({"hours_a_week": True}, "is a number"),
        ({"review_minutes": -1}, "0 (none) to 240 minutes"),
        ({"review_minutes": 1.5}, "whole number"),
        ({"rest": ["someday"]}, "'someday' is no weekday"),
        ({"rest": "sunday"}, "rest is a list"),
        ({"rest": ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]}, "leave no day to learn"),
        ({"start": "02.11.2026"}, 'write it as "2026-11-23"'),
        ({"start": "0001-01-01"}, "no date of this century"),
        ({"start": 20261102}, "no date"),
        ({"off": [{"first": "2026-12-24", "last": "2026-12-01"}]}, "before they begin"),
        ({"off": [{"last": "2026-12-01"}]}, "off: None is no date"),
        ({"off": ["2026-12-01"] * 201}, "join neighbouring days"),
        ({"counting": "yes"}, "true or false"),
        ({"zone": "Mars/Olympus"}, "There is no time zone 'Mars/Olympus'"),
        ({"zone": "../../etc/passwd"}, "There is no time zone"),
        ({"zone": "Europe"}, "There is no time zone"),
        ({"zone": 1}, "name of a time zone"),
        ({"hours": 7}, "A schedule has no 'hours'; its keys are start, rest"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_in_words_and_nothing_kept(
    tmp_path: Path, changes: dict[str, Any], words: str
) -> None:
    save(tmp_path, "ada", SET)
    with pytest.raises(ScheduleError) as refused:
        change(tmp_path, "ada", lambda now: now.with_changes(changes))
    assert words in str(refused.value)
    assert load(tmp_path, "ada") == SET


def test_a_change_leaves_the_rest_as_it_was(tmp_path: Path) -> None:
    save(tmp_path, "ada", SET)
    after = change(tmp_path, "ada", lambda now: now.with_changes({"start": None, "hours_a_week": 7}))
    assert after == load(tmp_path, "ada")
    assert (after.start, after.hours_a_week, after.rest, after.zone) == (None, 7, SET.rest, SET.zone)


@pytest.mark.parametrize(
    "content", [b"{", b"[]", b"\xff\xfe", b'{"ada": 5}', b'{"ada": {"rest": ["x"]}}', b"[" * 100_000]
)
def test_a_damaged_file_is_told_and_never_written_over(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "schedules.json"
    path.write_bytes(content)
    with pytest.raises(DamagedSchedules, match="left as it is") as told:
        load(tmp_path, "ada")
    assert str(path) in str(told.value)
    with pytest.raises(DamagedSchedules):
        save(tmp_path, "ada", SET)
    assert path.read_bytes() == content


def test_another_learners_damaged_entry_is_kept_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "schedules.json").write_text('{"bob": {"rest": ["x"]}}')
    save(tmp_path, "ada", SET)
    assert json.loads((tmp_path / "schedules.json").read_text())["bob"] == {"rest": ["x"]}
    assert load(tmp_path, "ada") == SET


def test_an_interrupt_while_writing_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(tmp_path, "ada", SET)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        save(tmp_path, "ada", Schedule())
    monkeypatch.undo()
    assert load(tmp_path, "ada") == SET
    assert sorted(path.name for path in tmp_path.iterdir()) == ["schedules.json", "schedules.lock"]


def test_a_lock_that_is_held_is_an_error_and_not_a_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("curriculum.outlook.schedule.PATIENCE", 0.1)
    with FileLock(tmp_path / "schedules.lock"), pytest.raises(OSError, match="lock"):
        save(tmp_path, "ada", SET)


def test_two_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from curriculum.outlook.schedule import change\n"
        "for n in range(1, 31): change(Path(sys.argv[1]), f'{sys.argv[2]}{n}', lambda s: s.with_changes({'hours_a_week': n}))"
    )
    writers = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path), name]) for name in ("ada", "bob")]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    for name in ("ada", "bob"):
        assert [load(tmp_path, f"{name}{n}").hours_a_week for n in range(1, 31)] == list(range(1, 31))


def test_rest_days_and_days_off_are_no_learning_days() -> None:
    learning = SET.learning_days(dt.date(2026, 12, 21), dt.date(2027, 1, 5))
    assert [day.day for day in learning] == [21, 22, 23, 4, 5]  # 2 and 3 January: off, and a Sunday
    assert SET.learning_days(MONDAY, MONDAY - dt.timedelta(days=1)) == []
    assert next(SET.learning_days_from(dt.date(2026, 12, 24))) == dt.date(2027, 1, 4)


def test_a_calendar_without_a_day_to_learn_ends() -> None:
    never = Schedule(off=(DaysOff(dt.date(2026, 1, 1), dt.date(2150, 1, 1)),))
    assert list(never.learning_days_from(MONDAY)) == []


@pytest.mark.parametrize(
    ("zone", "when", "date"),
    [
        ("UTC", "2026-11-02T23:30:00+00:00", (2026, 11, 2)),
        ("Europe/Vienna", "2026-11-02T23:30:00+00:00", (2026, 11, 3)),
        ("America/New_York", "2026-11-02T03:30:00+00:00", (2026, 11, 1)),
        ("Europe/Vienna", "2026-11-02T23:30:00", (2026, 11, 3)),  # without a zone: UTC
        ("Europe/Vienna", "2026-07-02T22:30:00Z", (2026, 7, 3)),  # summer time
    ],
)
def test_a_moment_falls_on_the_learners_own_date(zone: str, when: str, date: tuple[int, int, int]) -> None:
    assert Schedule(zone=zone).local(when) == dt.date(*date)


@pytest.mark.parametrize("when", ["", "yesterday", "1970-01-01T00:00:00+00:00", "9999-12-31T23:59:59-12:00", "5"])
def test_what_is_no_moment_has_no_date(when: str) -> None:
    assert Schedule(zone="UTC").local(when) is None


def test_without_a_zone_the_machines_own_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "TZ", "Asia/Tokyo")
    time.tzset()
    try:
        assert Schedule().local("2026-11-02T20:00:00+00:00") == dt.date(2026, 11, 3)
        assert Schedule().end_of(MONDAY) == dt.datetime(2026, 11, 2, 15, tzinfo=dt.UTC)
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_day_ends_at_the_learners_midnight() -> None:
    assert SET.end_of(MONDAY) == dt.datetime(2026, 11, 2, 23, tzinfo=dt.UTC)
    assert SET.end_of(dt.date(2026, 10, 24)) == dt.datetime(2026, 10, 24, 22, tzinfo=dt.UTC)  # the last of summer time
    assert SET.end_of(dt.date(2026, 10, 25)) == dt.datetime(2026, 10, 25, 23, tzinfo=dt.UTC)
