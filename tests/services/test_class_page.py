"""The class on a real Jupyter server that several people share: who teaches sees it, who learns sees only themselves."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from urllib.parse import quote, unquote

import pytest
from tornado.web import Application

from curriculum.classroom.people import Person, opened
from curriculum.classroom.roster import take_roster
from curriculum.dashboard.handlers import add_handlers
from curriculum.journal import Attempt, Journal
from tests.class_of import enter, give
from tests.shared import PROF, Server, shared
from tests.small import publish

pytestmark = pytest.mark.xdist_group("class-page")  # they share what is made once

SCRIPT = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    root = tmp_path_factory.mktemp("course")
    publish(root)
    (root / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.course_id = 'stateless-mind'\n")
    (root / "pyproject.toml").write_text(f'[tool.mind]\ninstructors = ["{PROF}"]\n')
    enter(root, "1.5")
    with opened(root) as book:
        book.update_or_create_student(
            "ada", first_name="Ada", last_name="Lovelace-of-the-test", email="ada@example.org"
        )
        book.update_or_create_student("bob", first_name=SCRIPT, last_name='"><img>')
        book.update_or_create_student("=cmd", first_name="=1+1")
        take_roster(book, [(n, Person(f"x{n:03}", "X", f"Zz{n:03}")) for n in range(300)])
    give(root, "ada", {"d01_matrices": {"d01_e1_number": 1.0, "d01_e1_text": 2.0}})
    give(root, "bob", {"d01_matrices": {"d01_e1_number": 0.0}})
    stuck = [Attempt(f"2026-11-01T10:0{n}:00+00:00", "ada", "1.5-d1", "e2", "wrong", 0, 2, f"try{n}") for n in range(3)]
    Journal(root).add(stuck)
    with shared(root, tmp_path_factory.mktemp("jupyter")) as running:
        yield running


@pytest.fixture(autouse=True)
def _no_traceback(server: Server) -> Iterator[None]:
    yield
    assert "Traceback" not in server.log.read_text()


CLASS = [
    "mind/class", "mind/class/", "mind/class/exercises", "mind/class/learners/ada", "mind/api/class", "mind/api/class/learners",
    "mind/api/class/learners.csv", "mind/api/class/learners/ada", "mind/api/class/learners/bob", "mind/api/class/nothing",
]  # fmt: skip


@pytest.mark.parametrize("user", ["bob", "ada", "prof", "Prof. X", "prof.-x", ""])
@pytest.mark.parametrize("path", CLASS)
def test_who_does_not_teach_is_told_so_and_shown_nothing(server: Server, user: str, path: str) -> None:
    for page in (False, True):
        answer = server.ask(user, path, page=page)
        assert answer.status == 403 if user else answer.status in (302, 403)
        assert "Lovelace-of-the-test" not in answer.text
        assert "=cmd" not in answer.text
        if user:
            assert "only those who teach it may see it" in answer.text


def test_no_address_shows_a_learner_anything_of_another(server: Server) -> None:
    """Every address that the dashboard has and that needs nothing filled in, and those with the other's names filled in."""
    asked = 0
    for path in addresses():
        if "static" in path:
            continue
        for filled in {re.sub(r"\(.*?\)\??", word, path) for word in ("1.5-d1", "ada", "e2")}:
            for page in (False, True):
                answer = server.ask("bob", filled.rstrip("?"), page=page)
                asked += answer.status < 300
                assert "Lovelace" not in answer.text, filled
                assert "ada@" not in answer.text, filled
                assert not re.search(r'"(?:learner|student)": ?"ada"', answer.text), filled
    assert asked >= 4


def addresses() -> list[str]:
    """The patterns of every address of the dashboard, without the server's base."""
    app = Application(base_url="/")
    add_handlers(app)
    rules = [
        rule
        for router in app.wildcard_router.rules + app.default_router.rules
        for rule in getattr(router.target, "rules", [router])
    ]
    patterns = [rule.matcher.regex.pattern for rule in rules if hasattr(rule.matcher, "regex")]
    return sorted({pattern.strip("^$").lstrip("/").replace("\\", "") for pattern in patterns if "mind" in pattern})


def test_a_learner_is_the_user_who_asks_and_not_the_server_s(server: Server) -> None:
    """The server's own environment says ada; the hub says who it is."""
    for user, points in (("ada", 3.0), ("bob", 0.0), ("carl", 0.0)):
        found = json.loads(server.ask(user, "mind/api/progress").text)
        assert found["learner"] == user
        days = [
            day
            for phase in found["phases"]
            for section in phase["sections"]
            for unit in section["units"]
            for day in unit["days"]
        ]
        assert sum(day["points"] for day in days) == points


def test_two_users_whose_names_make_one_folder_do_not_share_it(server: Server) -> None:
    assert json.loads(server.ask("eve b", "mind/api/progress").text)["learner"] == "eve-b"
    for path in ("mind/api/progress", "mind"):
        answer = server.ask("eve-b", path)
        assert answer.status == 403
        assert "which belongs to the user 'eve b'" in json.loads(answer.text)["message"]
    assert server.ask("eve b", "mind/api/progress").status == 200


def test_who_teaches_sees_everybody(server: Server) -> None:
    data = json.loads(server.ask(PROF, "mind/api/class").text)
    rows = {row["learner"]: row for row in data["tables"]["learners"]["rows"]}
    assert {"ada", "bob", "=cmd"} <= rows.keys()
    assert (rows["ada"]["points"], rows["ada"]["stuck"], rows["bob"]["points"]) == (3.0, 1, 0.0)
    assert set(data["tables"]) == {"learners", "sections", "stuck", "exercises", "tests", "time", "regrades"}
    (stuck,) = data["tables"]["stuck"]["rows"]
    assert (stuck["learner"], stuck["exercise"], stuck["tries"]) == ("ada", "Half", 3)
    own = json.loads(server.ask(PROF, "mind/api/class/learners/ada").text)
    assert (own["name"], own["points"]) == ("Ada Lovelace-of-the-test", 3.0)


@pytest.mark.parametrize("name", ["learners", "sections", "stuck", "exercises", "tests", "time", "regrades"])
def test_every_table_is_a_page_a_json_and_a_csv(server: Server, name: str) -> None:
    page = server.ask(PROF, f"mind/class/{name}", page=True)
    assert (page.status, page.text.count("<h1>")) == (200, 1)
    linked = [
        link
        for link in re.findall(r'(?:src|href|action)="([^"#]+)"', page.text)
        if not link.startswith(("?", "data:,"))
    ]
    assert [link for link in linked if not link.startswith("/user/shared/")] == []
    for key in re.findall(r"\?sort=(\w+)&amp;order=(?:up|down)", page.text):
        assert server.ask(PROF, f"mind/class/{name}?sort={key}&order=down", page=True).status == 200
    columns = json.loads(server.ask(PROF, f"mind/api/class/{name}").text)["columns"]
    csv = server.ask(PROF, f"mind/api/class/{name}.csv")
    assert csv.kind.startswith("text/csv")
    assert csv.text.removeprefix("\ufeff").splitlines()[0] == ",".join(column["title"] for column in columns)


def test_what_students_are_called_is_text(server: Server) -> None:
    for path in ("mind/class", "mind/class/learners/bob", "mind/class/learners/%3Dcmd"):
        page = server.ask(PROF, path, page=True)
        assert page.status == 200
        assert SCRIPT not in page.text
        assert "<img>" not in page.text
    assert "&lt;script&gt;" in server.ask(PROF, "mind/class", page=True).text
    assert "\n'=cmd," in server.ask(PROF, "mind/api/class/learners.csv").text.replace("\r", "")


def test_the_order_is_that_of_the_link(server: Server) -> None:
    for order, first in (("down", "ada"), ("up", "bob")):
        rows = json.loads(server.ask(PROF, f"mind/api/class/learners?sort=points&order={order}").text)["rows"]
        assert rows[0]["learner"] == first
    page = server.ask(PROF, "mind/class?sort=points&order=down&section=1.5", page=True).text
    assert 'aria-sort="descending"' in page
    assert page.index("Lovelace-of-the-test") < page.index("=1+1")


def test_a_big_class_has_several_pages_in_one_order(server: Server) -> None:
    first = server.ask(PROF, "mind/class?sort=learner&order=up", page=True).text
    assert "1 to 250 of 3" in first
    (more,) = re.findall(r'href="(\?[^"]*)" rel="next"', first)
    second = server.ask(PROF, "mind/class" + more.replace("&amp;", "&"), page=True).text
    shown = [re.findall(r"mind/class/learners/([^\"]+)\"", page) for page in (first, second)]
    everybody = [row["learner"] for row in json.loads(server.ask(PROF, "mind/api/class/learners").text)["rows"]]
    assert [unquote(learner) for page in shown for learner in page] == everybody
    assert 'rel="prev"' in second
    for page in ("0", "-1", "99", "x", "1e3"):
        assert "1 to 250 of 3" in server.ask(PROF, f"mind/class?page={page}", page=True).text


@pytest.mark.parametrize(
    "path",
    ["class/nothing", "class/learners/nobody", "class/learners/..%2F..%2Fetc", "class?section=9.9", "class?sort=password", "api/class/nothing",
     "api/class/learners/nobody", "api/class/days.csv"],
)  # fmt: skip
def test_what_is_not_there_is_told(server: Server, path: str) -> None:
    answer = server.ask(PROF, f"mind/{path}", page=True)
    assert answer.status == 404
    assert "That is not there" in answer.text
    assert SCRIPT not in server.ask(PROF, f"mind/{path}{quote(SCRIPT)}", page=True).text


def test_nothing_can_be_changed_there(server: Server) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        assert server.ask(PROF, "mind/api/class/learners/ada", method=method, body=b"{}").status == 405


def test_a_gradebook_that_is_none_is_told_and_comes_back(server: Server) -> None:
    book = server.root / "gradebook.db"
    away = book.rename(book.with_suffix(".away"))
    try:
        book.write_bytes(b"no database, " * 200)
        answer = server.ask(PROF, "mind/class", page=True)
        assert answer.status == 503
        assert "is not a gradebook" in answer.text
        assert server.ask("bob", "mind/class", page=True).status == 403
    finally:
        away.replace(book)
    assert server.ask(PROF, "mind/class", page=True).status == 200


def test_a_list_of_instructors_that_cannot_be_read_lets_nobody_in(server: Server) -> None:
    path = server.root / "pyproject.toml"
    before = path.read_text()
    try:
        path.write_text("[tool.mind\n")
        for user in (PROF, "bob"):
            answer = server.ask(user, "mind/class", page=True)
            assert (answer.status, "Lovelace" in answer.text) == (503, False)
    finally:
        path.write_text(before)
