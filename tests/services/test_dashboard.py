"""The dashboard on a real JupyterLab server: signed in or not, for a good course and for a broken one."""

from __future__ import annotations

import re
import sqlite3
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from curriculum.plan import load_plan
from tests.served import DAY, Server, Texts, give_scores, serving

pytestmark = pytest.mark.xdist_group("dashboard")  # they share what is made once


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("served")) as running:
        yield running


@pytest.fixture(autouse=True)
def _no_traceback(server: Server) -> Iterator[None]:
    """Whatever happened, the server met no fault that it does not know, and no browser saw one."""
    yield
    assert "Traceback" not in server.log.read_text()


def test_the_server_opens_at_the_plan(server: Server) -> None:
    assert server.ask("").url.startswith("/class/mind")


@pytest.mark.parametrize("path", ["mind", "mind/", "mind/api/progress", "mind/api/outlook", "mind/api/chart/hours.csv"])
def test_without_a_token_nothing_is_shown(server: Server, path: str) -> None:
    answer = server.ask(path, token=False)
    if "api" in path:
        assert answer.status == 403
    else:
        assert answer.status == 302
        assert answer.url.startswith("/class/login")
    assert "920" not in answer.text


def test_the_page_holds_the_whole_plan(server: Server) -> None:
    answer = server.ask("mind", browser=urllib.request.build_opener())
    assert answer.status == 200
    texts = Texts(answer.text)
    plan = load_plan()
    assert [day.title for day in plan.days if day.title not in texts.all] == []
    assert [goal.text for goal in plan.goals if goal.text not in texts.all] == []
    assert [goal.stand_in for goal in plan.goals if goal.stand_in and goal.stand_in not in texts.all] == []
    assert "of 920 hours earned" in texts.all
    assert texts.count["main"] == texts.count["header"] == texts.count["h1"] == 1
    # The one lesson there is, as what is next and in its row; and the calendar.
    assert texts.count["form"] == 3


def test_the_page_needs_nothing_from_elsewhere(server: Server) -> None:
    page = server.ask("mind", browser=urllib.request.build_opener()).text
    linked = re.findall(r'(?:src|href|action)="([^"#]+)"', page)
    assert [link for link in linked if not link.startswith(("/class/", "data:,"))] == []
    for link in (link for link in linked if "/mind/static/" in link):
        answer = server.ask(link.removeprefix("/class/"))
        assert answer.status == 200
        assert "http" not in answer.text


def test_scores_move_the_plan(server: Server) -> None:
    try:
        before = server.ask("mind/api/progress").json()
        assert (before["earned"], before["days_done"], before["next"]["id"]) == (0.0, 0, DAY)
        assert not (server.root / "gradebook.db").exists()  # looking makes none
        give_scores(server.root, {"d01_e1_a": 1, "d01_e1_b": 0})
        quarter = server.ask("mind/api/progress").json()
        assert (quarter["earned"], quarter["learner"], quarter["next"]["points"]) == (1.2, "ada", 1.0)
        give_scores(server.root, {"d01_e1_a": 1, "d01_e1_b": 3})
        whole = server.ask("mind/api/progress").json()
        assert (whole["earned"], whole["days_done"], whole["goals_done"], whole["next"]) == (4.9, 1, 1, None)
        assert whole["why"] == "every lesson that is written is done"
        page = server.ask("mind", browser=urllib.request.build_opener()).text
        assert "Nothing left for now" in page
    finally:
        (server.root / "gradebook.db").unlink(missing_ok=True)


def test_a_program_starts_a_day(server: Server) -> None:
    answer = server.ask(f"mind/api/start/{DAY}", method="POST")
    assert answer.status == 200
    path = "work/1.5/d01_matrices.ipynb"
    assert answer.json() == {"day": DAY, "path": path, "address": f"/class/lab/tree/{path}"}
    copy = server.root / path
    copy.write_text(copy.read_text(encoding="utf-8").replace("# One", "# Mine"), encoding="utf-8")
    assert server.ask(f"mind/api/start/{DAY}", method="POST").status == 200
    assert "# Mine" in copy.read_text(encoding="utf-8")
    assert server.ask("mind/api/progress").json()["next"]["state"] == "started"


def test_the_form_starts_a_day_and_leads_there(server: Server) -> None:
    browser, xsrf = server.browser()
    answer = server.ask(f"mind/api/start/{DAY}", token=False, browser=browser, data=f"_xsrf={xsrf}".encode())
    assert answer.status == 303
    assert answer.url == "/class/lab/tree/work/1.5/d01_matrices.ipynb"


@pytest.mark.parametrize("body", [b"", b"_xsrf=made-up"])
def test_a_form_without_the_xsrf_token_is_refused(server: Server, body: bytes) -> None:
    browser, _ = server.browser()
    answer = server.ask(f"mind/api/start/{DAY}", token=False, browser=browser, data=body)
    assert answer.status == 403
    assert "xsrf" in answer.text.lower()


def test_starting_without_signing_in_is_refused(server: Server) -> None:
    assert server.ask(f"mind/api/start/{DAY}", token=False, method="POST").status == 403


@pytest.mark.parametrize(
    ("day", "words"),
    [("1.5-d99", "no day '1.5-d99'"), ("%2e%2e%2fx", "no day '../x'"), ("1.1.1-d1", "not written yet")],
)
def test_a_day_that_cannot_be_started_is_not_found(server: Server, day: str, words: str) -> None:
    answer = server.ask(f"mind/api/start/{day}", method="POST")
    assert answer.status == 404
    assert words in answer.json()["message"]


def test_a_broken_plan_is_told_with_its_line(server: Server) -> None:
    with _spoilt(server.plan, server.plan.read_bytes().replace(b'id = "1.5-d2"', b'id = "1.5-d9"')):
        _says(server, "The plan cannot be read", "plan.toml:", "the day 1.5-d2 is missing")
        assert server.ask(f"mind/api/start/{DAY}", method="POST").status == 503
    assert server.ask("mind").status == 200


def test_a_missing_plan_is_told(server: Server) -> None:
    away = server.plan.rename(server.plan.with_suffix(".away"))
    try:
        _says(server, "The plan cannot be read", "plan.toml: No such file")
    finally:
        away.rename(server.plan)


def test_a_damaged_release_is_told(server: Server) -> None:
    with _spoilt(server.root / "release" / "1.5" / "d01_matrices.ipynb", b"{"):
        _says(server, "A released lesson cannot be read", "d01_matrices.ipynb is not a released lesson")


def test_a_journal_that_is_no_file_is_told(server: Server) -> None:
    journal = server.root / "journal.jsonl"
    journal.mkdir()
    try:
        _says(server, "The journal cannot be read", "journal.jsonl")
    finally:
        journal.rmdir()


def test_a_gradebook_that_is_none_is_told(server: Server) -> None:
    with _spoilt(server.root / "gradebook.db", b"this is no database, " * 100):
        _says(server, "The gradebook cannot be read", "is not a gradebook")


def test_a_locked_gradebook_is_told(server: Server) -> None:
    give_scores(server.root, {"d01_e1_a": 1, "d01_e1_b": 0})
    try:
        with closing(sqlite3.connect(server.root / "gradebook.db", isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            _says(server, "The gradebook cannot be read", "is locked by another program")
        assert server.ask("mind").status == 200
    finally:
        (server.root / "gradebook.db").unlink()


def _says(server: Server, title: str, *words: str) -> None:
    """Page and JSON both say it, and say nothing of Python."""
    answer = server.ask("mind/api/progress")
    page = server.ask("mind", browser=urllib.request.build_opener())
    assert (answer.status, page.status) == (503, 503)
    assert answer.json()["title"] == title
    texts = Texts(page.text)
    for word in words:
        assert word in answer.json()["message"]
        assert word in texts.all
    assert title in texts.all
    assert "Traceback" not in page.text + answer.text


@contextmanager
def _spoilt(path: Path, content: bytes) -> Iterator[None]:
    before = path.read_bytes() if path.exists() else None
    path.write_bytes(content)
    try:
        yield
    finally:
        path.unlink()
        if before is not None:
            path.write_bytes(before)
