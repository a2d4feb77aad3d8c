"""Deadlines: times as people write them, kept where nbgrader looks for them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from autograder import gradebook
from curriculum.classroom.deadlines import DeadlineError, deadlines, moment, set_deadline
from curriculum.classroom.people import opened
from curriculum.standing import COURSE_ID, gradebook_url
from tests.class_of import enter, give
from tests.small import publish


@pytest.mark.parametrize(
    ("text", "zone", "utc"),
    [
        ("2027-01-31T23:59", "Europe/Berlin", "2027-01-31T22:59"),
        ("2027-07-31T23:59", "Europe/Berlin", "2027-07-31T21:59"),
        ("2027-01-31 23:59", "America/New_York", "2027-02-01T04:59"),
        ("2027-01-31T23:59+05:30", "", "2027-01-31T18:29"),
        ("2027-10-31T02:30", "Europe/Berlin", "2027-10-31T01:30"),  # comes twice: the later one
    ],
)
def test_a_time_of_day_is_a_moment(text: str, zone: str, utc: str) -> None:
    assert moment(text, zone) == dt.datetime.fromisoformat(utc).replace(tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("text", "zone", "words"),
    [
        ("tomorrow", "", "is no time"),
        ("2027-01-31", "", "no time of day"),
        ("2027-01-31T23:59", "Berlin", "is no time zone"),
        ("2027-01-31T23:59", "../etc/passwd", "is no time zone"),
        ("2027-01-31T23:59Z", "Europe/Berlin", "its own zone"),
        ("2027-03-28T02:30", "Europe/Berlin", "does not exist in Europe/Berlin"),
    ],
)
def test_what_is_no_moment_is_refused(text: str, zone: str, words: str) -> None:
    with pytest.raises(DeadlineError, match=words):
        moment(text, zone)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    publish(tmp_path)
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.course_id = 'stateless-mind'\n")
    return tmp_path


def test_nbgrader_sees_it_and_counts_the_seconds(root: Path) -> None:
    due = dt.datetime(2027, 1, 31, 22, 59, tzinfo=dt.UTC)
    enter(root, "1.5")
    with opened(root) as book:
        set_deadline(book, "1.5", due)
    give(root, "ada", {"d01_matrices": {"d01_e1_number": 1.0}}, when=due + dt.timedelta(seconds=90))
    with gradebook.opened(gradebook_url(root), COURSE_ID) as book:
        assert book.find_submission("1.5", "ada").total_seconds_late == 90
        assert deadlines(book, ["1.5", "2.4"]) == {"1.5": due}


def test_it_outlives_a_change_of_the_course_and_can_be_taken_away(root: Path) -> None:
    due = dt.datetime(2027, 1, 31, 22, 59, tzinfo=dt.UTC)
    with opened(root) as book:
        set_deadline(book, "1.5", due)  # before the section is entered
    enter(root, "1.5")
    with opened(root) as book:
        assert deadlines(book, ["1.5"]) == {"1.5": due}
        set_deadline(book, "1.5", None)
        assert deadlines(book, ["1.5"]) == {}
