"""What a lesson's panel may not have: wrong paths, wrong input, wrong people. Nothing is written, and it is said in words."""

from __future__ import annotations

import json
import os
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import small
from tests.lab import Lab

pytestmark = pytest.mark.xdist_group("lesson-api-refusals")

DAY, STEM = "1.5-d1", "d01_matrices"
MINE = f"work/1.5/{STEM}.ipynb"
CHANGES: list[tuple[str, str, Any]] = [
    ("POST", "check", {"path": MINE}),
    ("POST", f"hint/{DAY}/e1", None),
    ("POST", f"solution/{DAY}/e1", {"give_up": True}),
    ("POST", f"reading/{DAY}", {"reading": "APOSTOL1:12", "done": True}),
    ("POST", f"minutes/{DAY}", {"seconds": 60}),
    ("PUT", f"minutes/{DAY}", {"minutes": 60}),
    ("POST", f"reset/{DAY}", {"exercise": None}),
]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A server on a course with one lesson, started, and others' work and the course's own files about it."""
    root = tmp_path_factory.mktemp("course")
    small.publish(root)
    running = Lab(root, tmp_path_factory.mktemp("jupyter"), MIND_LEARNER="ada")
    assert running.api("POST", f"start/{DAY}").status == 200
    for other in ("submitted/bob/1.5", "work/kept", "work/1.5/kept", "elsewhere/work/1.5"):
        (root / other).mkdir(parents=True)
        small.write(small.solved(), root / other / f"{STEM}.ipynb")
    small.write(small.solved(), root / "work" / "1.5" / "Untitled.ipynb")
    (root / "link.ipynb").symlink_to(root / MINE)
    (root / "linked").symlink_to(root / "work")
    yield running
    running.stop()
    assert "Traceback" not in running.log.read_text()


@pytest.fixture(autouse=True)
def _nothing_is_written(lab: Lab) -> Iterator[None]:
    def files() -> dict[str, bytes]:
        found = (path for path in lab.root.rglob("*") if path.is_file() and path.suffix != ".lock")
        return {str(path): path.read_bytes() for path in found}

    before = files()
    yield
    assert files() == before


@pytest.mark.parametrize(
    "path",
    [
        "", ".", "/", "work", "work/1.5", f"/{MINE}", f"./{MINE}", f"work/../{MINE}", f"work//1.5/{STEM}.ipynb",
        f"../course/{MINE}", f"{MINE}/", f"{MINE} ", f" {MINE}", f"{MINE}\0", f"{MINE}\0.txt", f"work/1.5/{STEM}",
        f"work\\1.5\\{STEM}.ipynb", f"work%2F1.5%2F{STEM}.ipynb", f"work/1%2e5/{STEM}.ipynb", MINE.upper(),
        f"source/1.5/{STEM}.ipynb", f"release/1.5/{STEM}.ipynb", f"submitted/bob/1.5/{STEM}.ipynb",
        f"submitted/ada/1.5/{STEM}.ipynb", f"work/kept/{STEM}.ipynb", f"work/1.5/kept/{STEM}.ipynb",
        f"elsewhere/{MINE}", "link.ipynb", f"linked/1.5/{STEM}.ipynb", "work/1.5/Untitled.ipynb",
        "work/1.5/d02_linear_systems.ipynb", "/etc/passwd", "../../../../etc/passwd", "file:///etc/passwd",
        "work/review/x.ipynb", "x" * 5000, "\U0001f512", "%", "%s%n", "<script>",
    ],
)  # fmt: skip
def test_what_is_not_just_a_lessons_copy_is_not_found(lab: Lab, path: str) -> None:
    for answer in (
        lab.api("GET", f"lesson?path={urllib.parse.quote(path, safe='')}"),
        lab.api("POST", "check", {"path": path}),
    ):
        assert answer.status == 404, answer.text
        assert "no started lesson of this course" in answer.json["message"]
        assert answer.json["title"]
        assert "Double" not in answer.text


def test_a_copy_that_leads_elsewhere_is_not_found(lab: Lab, tmp_path: Path) -> None:
    copy = lab.root / MINE
    away = copy.rename(copy.with_suffix(".away"))
    try:
        copy.symlink_to(small.write(small.solved(), tmp_path / "other.ipynb"))
        assert lab.api("GET", f"lesson?path={MINE}").status == 404
        assert lab.api("POST", "check", {"path": MINE}).status == 404
        assert lab.api("POST", f"reset/{DAY}", {"exercise": None}).status == 409
        copy.unlink()
        os.mkfifo(copy)  # whoever opened it would wait for ever
        (refused,) = lab.api("POST", "check", {"path": MINE}).steps
        assert "not a regular file" in refused["message"]
        assert lab.api("GET", f"lesson?path={MINE}").status == 200
    finally:
        copy.unlink()
        away.rename(copy)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"null", b"7", b'"x"', b"\xff\xfe", b'{"path": 1}', b'{"path": null}', b'{"path": ["work"]}',
        b'{"path": {"a": 1}}', b"[" * 5000, b'{"paths": "work"}',
    ],
)  # fmt: skip
def test_a_check_of_what_is_no_path_is_refused(lab: Lab, body: bytes) -> None:
    answer = lab.api("POST", "check", body)
    assert answer.status == 400
    assert answer.json["message"]


@pytest.mark.parametrize(("method", "address", "body"), [change for change in CHANGES if change[2]])
def test_a_body_too_large_is_refused(lab: Lab, method: str, address: str, body: Any) -> None:
    answer = lab.api(method, address, {**body, "more": "x" * 30_000})
    assert (answer.status, "20000 bytes" in answer.json["message"]) == (413, True)


@pytest.mark.parametrize(
    "seconds",
    [
        0,
        -1,
        -0.0,
        3600.5,
        1e308,
        "60",
        None,
        True,
        [],
        {},
        float("nan"),
        float("inf"),
        pytest.param(10**400, id="huge"),
    ],
)
def test_seconds_that_cannot_be_are_refused(lab: Lab, seconds: Any) -> None:
    for method, body in (("POST", {"seconds": seconds}), ("PUT", {"minutes": seconds if seconds else -1})):
        if method == "PUT" and seconds == 3600.5:
            continue  # of minutes that is a long, but a possible time
        answer = lab.api(method, f"minutes/{DAY}", body)
        assert answer.status == 400, answer.text
        assert answer.json["message"]


@pytest.mark.parametrize(
    ("address", "body"),
    [
        (f"reading/{DAY}", {"reading": 3, "done": True}),
        (f"reading/{DAY}", {"reading": "APOSTOL1:12", "done": 1}),
        (f"reading/{DAY}", {"reading": "APOSTOL1:12"}),
        (f"reset/{DAY}", {"exercise": 1}),
        (f"reset/{DAY}", {"exercise": ["e1"]}),
        (f"solution/{DAY}/e1", {"give_up": "yes"}),
        (f"solution/{DAY}/e1", {}),
    ],
)
def test_values_of_another_kind_are_refused(lab: Lab, address: str, body: Any) -> None:
    assert lab.api("POST", address, body).status == 400


@pytest.mark.parametrize("name", ["learner", "user", "student_id"])
def test_what_is_said_for_another_learner_is_refused(lab: Lab, name: str) -> None:
    for method, address, body in CHANGES:
        answer = lab.api(method, address, {**(body or {}), name: "bob"})
        assert (answer.status, f"'{name}'" in answer.json["message"]) == (400, True), address
    assert lab.api("PUT", "schedule", {"hours_a_week": 7, name: "bob"}).status == 400


@pytest.mark.parametrize("day", ["1.5-d99", "1.1.1-d1", "1.5-d2", "..", "%2e%2e%2f1.5-d1", "1.5-d1%00", "x" * 3000])
def test_days_that_are_not_there_are_not_found(lab: Lab, day: str) -> None:
    for method, address, body in CHANGES[1:]:
        if day in ("1.1.1-d1", "1.5-d2") and address.startswith(("reading", "minutes")):
            continue  # a day of the plan can be read for and spent time on before its lesson is started
        answer = lab.api(method, address.replace(DAY, day), body)
        assert answer.status in (404, 409), (address, answer.text)
        assert answer.json["message"]


@pytest.mark.parametrize("name", ["e9", "E1", "d01_e1", "..", "%2e%2e%2fe1", "e1%00", "%25s"])
def test_exercises_that_are_not_there_are_not_found(lab: Lab, name: str) -> None:
    for answer in (
        lab.api("POST", f"hint/{DAY}/{name}"),
        lab.api("POST", f"solution/{DAY}/{name}", {"give_up": True}),
        lab.api("POST", f"reset/{DAY}", {"exercise": urllib.parse.unquote(name)}),
    ):
        assert answer.status == 404
        assert "it has e1, e2, e3" in answer.json["message"]


def test_who_has_not_signed_in_is_shown_and_may_change_nothing(lab: Lab) -> None:
    assert lab.ask("GET", f"mind/api/lesson?path={MINE}", token=False).status == 403
    for method, address, body in CHANGES:
        answer = lab.ask(method, f"mind/api/{address}", body, token=False)
        assert answer.status == 403, address
        assert "Double" not in answer.text


def test_a_wrong_token_opens_nothing(lab: Lab) -> None:
    for method, address, body in [("GET", f"lesson?path={MINE}", None), *CHANGES]:
        joined = "&" if "?" in address else "?"
        assert lab.ask(method, f"mind/api/{address}{joined}token=wrong", body, token=False).status == 403


def test_a_page_of_another_site_may_change_nothing(lab: Lab) -> None:
    browser = lab.browser()  # it has the cookie of the sign-in, and sends it along with whatever a page asks for
    assert lab.ask("GET", f"mind/api/lesson?path={MINE}", token=False, browser=browser).status == 200
    for method, address, body in CHANGES:
        answer = lab.ask(method, f"mind/api/{address}", body or b"", token=False, browser=browser)
        assert (answer.status, "xsrf" in answer.text.lower()) == (403, True), address


def test_a_plan_that_is_not_there_is_not_found(lab: Lab) -> None:
    assert lab.api("GET", f"lesson?path={MINE}&plan=nobodys").status == 404
    assert lab.api("GET", f"lesson?path={MINE}&plan=..%2f..%2fetc").status == 404


def test_a_damaged_course_is_told(lab: Lab) -> None:
    release = lab.root / "release" / "1.5" / f"{STEM}.ipynb"
    whole = release.read_bytes()
    try:
        release.write_bytes(b"{")
        for method, address, body in [("GET", f"lesson?path={MINE}", None), *CHANGES]:
            answer = lab.api(method, address, body)
            assert (answer.status, "not a released lesson" in answer.json["message"]) == (503, True)
    finally:
        release.write_bytes(whole)
    assert json.loads(whole)
