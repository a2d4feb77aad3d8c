"""`mind status` and `mind report`, as they are typed."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from curriculum.outlook import schedule
from tests.learnt import learn
from tests.served import Texts

Said = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def mind(course: Path, at_course: Callable[[], dict[str, str]]) -> Said:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [str(Path(sys.executable).with_name("mind")), *arguments]
        said = subprocess.run(
            command, cwd=course, env=at_course(), capture_output=True, text=True, timeout=120, check=False
        )
        assert "Traceback" not in said.stderr
        return said

    return run


def test_a_new_learner_is_told_where_to_begin(course: Path, mind: Said) -> None:
    said = mind("status")
    assert said.returncode == 0
    text = " ".join(said.stdout.split())
    assert "0.0 of 920 hours earned" in text
    assert "There is no date to tell yet" in text
    assert "Next 1.5-d1 Multiply matrices four ways: it builds on no earlier lesson." in text
    assert "This week" not in text
    assert not (course / "gradebook.db").exists()


def test_after_two_weeks_status_and_report_say_the_same(course: Path, mind: Said) -> None:
    today = schedule.Schedule().today()
    learn(course, today)
    schedule.save(course, "learner", schedule.Schedule(start=today - dt.timedelta(days=12), hours_a_week=7))
    text = " ".join(mind("status").stdout.split())
    assert "14.2 of 920 hours earned" in text
    assert "In all: 16.7 h spent, 13.0 h planned by today" in text  # thirteen days of an hour
    assert "the plan is done about" in text
    assert "comes back for review" in text or "come back for review" in text

    target = course / "mine" / "report.html"
    target.parent.mkdir()
    said = mind("report", str(target))
    assert said.returncode == 0
    report = Texts(target.read_text(encoding="utf-8")).all
    assert "14.2 of 920 hours earned" in report
    assert "16.75" in report  # in the table under the chart
    sentence = text[text.index("At ") : text.index("chances in 10")]
    assert sentence in report


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("report", "report"), "report is to be a web page: call it report.html"),
        (("report", "no/such/report.html"), "No such file or directory; name a folder in which you may write"),
        (("report", "a.html", "--plan", "../x"), "There is no plan called '../x'. There are: stateless-mind"),
        (("status", "--plan", "nope"), "There is no plan called 'nope'"),
    ],
)
def test_what_cannot_be_done_is_told(course: Path, mind: Said, arguments: tuple[str, ...], words: str) -> None:
    said = mind(*arguments)
    assert said.returncode == 2
    assert words in said.stderr
    assert not list(course.glob("*.html"))


def test_a_damaged_schedule_is_told_and_not_overwritten(course: Path, mind: Said) -> None:
    (course / "schedules.json").write_text("{")
    for arguments in (("status",), ("report", "report.html")):
        said = mind(*arguments)
        assert said.returncode == 2
        assert "The schedule cannot be read" in said.stderr
    assert (course / "schedules.json").read_text() == "{"
