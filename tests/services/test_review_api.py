"""Reviews and schedule on a real server: what is due, a fresh attempt at it, the calendar; and what is refused."""

from __future__ import annotations

import http.cookiejar
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from curriculum.journal import Attempt, Journal
from curriculum.outlook.schedule import Schedule
from tests import small
from tests.lab import TOKEN, Lab

pytestmark = pytest.mark.xdist_group("review-api")

DAY = "1.5-d1"
COPY = "work/1.5/d01_matrices.ipynb"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A server on a course with one lesson, in which ada failed at one exercise and left it, in 2026."""
    root = tmp_path_factory.mktemp("course")
    small.publish(root)
    Journal(root).add(
        Attempt("2026-11-02T12:00:00+00:00", learner, DAY, "e1", "wrong", 0, 3, "abc") for learner in ("ada", "bob")
    )
    running = Lab(root, tmp_path_factory.mktemp("jupyter"), MIND_LEARNER="ada")
    yield running
    running.stop()
    assert "Traceback" not in running.log.read_text()


@pytest.fixture(autouse=True)
def _schedules(lab: Lab) -> Iterator[None]:
    yield
    (lab.root / "schedules.json").unlink(missing_ok=True)


def test_what_is_due_is_served(lab: Lab) -> None:
    answer = lab.api("GET", "review")
    assert answer.status == 200
    assert answer.json["budget_minutes"] == 20
    (due,) = answer.json["due"]
    assert due["why"] == "not right yet, and left since 2 November 2026"
    assert (due["day"], due["exercise"], due["title"], due["minutes"]) == (DAY, "e1", "Double", 5)
    assert due["since"] == "2026-11-05"
    assert answer.json["waiting"] == []


def test_a_review_begins_as_a_fresh_attempt_and_is_gone_on_with(lab: Lab) -> None:
    assert lab.api("POST", f"start/{DAY}").status == 200
    before = (lab.root / COPY).read_bytes()
    answer = lab.api("POST", f"review/{DAY}/e1")
    assert answer.status == 200
    path = lab.root / answer.json["path"]
    assert answer.json["path"].startswith("work/review/1.5-d01_matrices-e1-")
    assert answer.json["address"].endswith(answer.json["path"])
    nbformat.validate(nbformat.read(path, 4))
    book = json.loads(path.read_text())
    small.cell(book, "d01_e1")["source"] = "begun"
    small.write(book, path)
    assert lab.api("POST", f"review/{DAY}/e1").json == answer.json
    assert "begun" in path.read_text()
    assert (lab.root / COPY).read_bytes() == before


def test_the_form_leads_to_the_fresh_attempt(lab: Lab) -> None:
    browser, xsrf = signed_in(lab)
    with pytest.raises(urllib.error.HTTPError) as redirected:
        browser.open(form(lab, f"mind/api/review/{DAY}/e2", f"_xsrf={xsrf}"))
    assert redirected.value.code == 303
    assert redirected.value.headers["Location"].startswith("/lab/tree/work/review/1.5-d01_matrices-e2-")


def test_the_schedule_is_set_key_by_key(lab: Lab) -> None:
    assert lab.api("GET", "schedule").json == Schedule().as_json()
    changes = {"start": "2026-11-02", "rest": ["sunday"], "hours_a_week": 15, "counting": False}
    answer = lab.api("PUT", "schedule", changes)
    assert answer.status == 200
    assert answer.json == {**Schedule().as_json(), **changes}
    assert lab.api("PUT", "schedule", {"review_minutes": 0}).json["hours_a_week"] == 15
    assert lab.api("GET", "schedule").json == {**Schedule().as_json(), **changes, "review_minutes": 0}
    off = lab.api("GET", "review").json
    assert (off["budget_minutes"], off["due"]) == (0, [])
    assert json.loads((lab.root / "schedules.json").read_text())["ada"]["start"] == "2026-11-02"


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"hours_a_week": -1}, 400, "at most 112 hours"),
        ({"rest": ["someday"]}, 400, "no weekday"),
        ({"hours": 1}, 400, "its keys are start"),
        ({"off": "<script>"}, 400, "off is a list"),
        ([1], 400, "JSON object"),
        (b"{", 400, "not JSON"),
        (b"\xff", 400, "not JSON"),
        ({"start": "x" * 50_000}, 413, "more than"),
    ],
)
def test_a_schedule_that_makes_no_sense_is_refused(lab: Lab, body: Any, status: int, words: str) -> None:
    answer = lab.api("PUT", "schedule", body)
    assert answer.status == status
    assert words in answer.json["message"]
    assert not (lab.root / "schedules.json").exists()


def test_a_damaged_schedule_is_told_and_left(lab: Lab) -> None:
    path = lab.root / "schedules.json"
    path.write_text("{")
    for method, address, body in (
        ("GET", "schedule", None), ("PUT", "schedule", {"hours_a_week": 7}), ("GET", "review", None), ("POST", f"review/{DAY}/e1", {}),
    ):  # fmt: skip
        answer = lab.api(method, address, body)
        assert answer.status == 503
        assert "is damaged" in answer.json["message"]
    assert path.read_text() == "{"


@pytest.mark.parametrize(
    "address",
    [
        f"{DAY}/e9", f"{DAY}/..%2f..%2fx", "1.5-d2/e1", "1.5-d99/e1", "..%2f..%2f/e1", f"{DAY}/e1%00", "%2e%2e/%2e%2e",
    ],
)  # fmt: skip
def test_an_exercise_that_is_not_there_is_not_found(lab: Lab, address: str) -> None:
    before = sorted(lab.root.rglob("*"))
    answer = lab.api("POST", f"review/{address}")
    assert answer.status == 404
    assert answer.json["message"]
    assert sorted(lab.root.rglob("*")) == before


@pytest.mark.parametrize(
    ("method", "address"),
    [("GET", "review"), ("POST", f"review/{DAY}/e3"), ("GET", "schedule"), ("PUT", "schedule")],
)
def test_without_signing_in_nothing_is_shown_or_changed(lab: Lab, method: str, address: str) -> None:
    body = {"hours_a_week": 7} if method == "PUT" else None
    answer = lab.ask(method, f"mind/api/{address}", body, token=False)
    assert answer.status == 403
    assert "Double" not in answer.text
    assert not (lab.root / "schedules.json").exists()
    assert not list(lab.root.glob("work/review/*-e3-*"))


@pytest.mark.parametrize("xsrf", ["", "_xsrf=made-up"])
def test_a_form_without_the_xsrf_token_is_refused(lab: Lab, xsrf: str) -> None:
    browser, _ = signed_in(lab)
    with pytest.raises(urllib.error.HTTPError) as refused:
        browser.open(form(lab, f"mind/api/review/{DAY}/e3", xsrf))
    assert refused.value.code == 403
    assert not list(lab.root.glob("work/review/*-e3-*"))


def test_a_released_lesson_that_is_damaged_is_told(lab: Lab) -> None:
    release: Path = lab.root / "release" / "1.5" / "d01_matrices.ipynb"
    whole = release.read_bytes()
    release.write_bytes(b"{")
    try:
        for method, address in (("GET", "review"), ("POST", f"review/{DAY}/e1")):
            answer = lab.api(method, address)
            assert answer.status == 503
            assert "d01_matrices.ipynb is not a released lesson" in answer.json["message"]
    finally:
        release.write_bytes(whole)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def signed_in(lab: Lab) -> tuple[urllib.request.OpenerDirector, str]:
    """A browser that has signed in by cookie, and its XSRF token."""
    cookies = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(cookies))
    with browser.open(f"{lab.base}mind?token={TOKEN}") as page:
        assert page.status == 200
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(cookies), _NoRedirect)
    return browser, next(cookie.value or "" for cookie in cookies if cookie.name == "_xsrf")


def form(lab: Lab, address: str, body: str) -> urllib.request.Request:
    return urllib.request.Request(lab.base + address, body.encode(), {"Accept": "text/html"}, method="POST")
