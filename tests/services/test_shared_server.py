"""One server, several people: its lessons are one learner's, and whom its authorizer keeps out is kept out here too."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from curriculum.journal import Attempt, Journal
from tests.shared import PROF, Server, shared
from tests.small import publish

pytestmark = pytest.mark.xdist_group("shared-server")  # they share what is made once

DAY = "1.5-d1"
PATH = "work/1.5/d01_matrices.ipynb"
#: Everything that shows, reads or writes a lesson.
LESSON: list[tuple[str, str, Any]] = [
    ("GET", f"lesson?path={PATH}", None),
    ("POST", f"start/{DAY}", {}),
    ("POST", f"review/{DAY}/e1", {}),
    ("POST", "check", {"path": PATH}),
    ("POST", f"hint/{DAY}/e1", {}),
    ("POST", f"solution/{DAY}/e1", {"give_up": True}),
    ("POST", f"reading/{DAY}", {"reading": "APOSTOL1:12", "done": True}),
    ("POST", f"minutes/{DAY}", {"seconds": 60}),
    ("PUT", f"minutes/{DAY}", {"minutes": 60}),
    ("POST", f"reset/{DAY}", {"exercise": None}),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    root = tmp_path_factory.mktemp("course")
    publish(root)
    (root / "pyproject.toml").write_text(f'[tool.mind]\ninstructors = ["{PROF}"]\n')
    tried = [Attempt("2026-11-02T12:00:00+00:00", name, DAY, "e1", "wrong", 0, 3, "abc") for name in ("ada", "bob")]
    Journal(root).add(tried)
    options = ["--ServerApp.authorizer_class=tests.identity.ByName"]
    with shared(root, tmp_path_factory.mktemp("jupyter"), *options) as running:
        assert ask(running, "ada", "POST", f"start/{DAY}", {}) == (200, "")
        yield running
        assert "Traceback" not in running.log.read_text()


def ask(server: Server, user: str, method: str, address: str, body: Any) -> tuple[int, str]:
    """The status, and the message of a refusal."""
    sent = None if body is None else json.dumps(body).encode()
    answer = server.ask(user, f"mind/api/{address}", method=method, body=sent)
    return answer.status, "" if answer.status < 300 else json.loads(answer.text)["message"]


def files(server: Server) -> dict[str, bytes]:
    found = (path for path in server.root.rglob("*") if path.is_file() and path.suffix != ".lock")
    return {str(path): path.read_bytes() for path in found if path.name != ".names.json"}


@pytest.mark.parametrize("user", ["bob", PROF])
def test_nobody_works_in_another_s_notebooks(server: Server, user: str) -> None:
    before = files(server)
    for method, address, body in LESSON:
        status, message = ask(server, user, method, address, body)
        assert (status, "those of the learner 'ada'" in message) == (409, True), (address, message)
        assert f"MIND_LEARNER={user}" in message
    page = server.ask(user, f"mind/api/start/{DAY}", page=True, method="POST", body=b"")
    assert (page.status, "Open your own server" in page.text) == (409, True)
    assert files(server) == before


def test_whose_folder_it_is_works_there(server: Server) -> None:
    assert ask(server, "ada", "GET", f"lesson?path={PATH}", None) == (200, "")
    assert ask(server, "ada", "POST", f"hint/{DAY}/e1", {}) == (200, "")
    assert ask(server, "ada", "POST", f"review/{DAY}/e1", {}) == (200, "")


def test_another_s_plan_is_theirs_and_leads_to_no_notebook_of_the_folder(server: Server) -> None:
    for user, path in (("ada", PATH), ("bob", None)):
        found = json.loads(server.ask(user, "mind/api/progress").text)
        assert (found["learner"], found["next"]["id"], found["next"]["path"]) == (user, DAY, path)
        assert server.ask(user, "mind", page=True).status == 200
    assert server.ask("bob", "mind/api/schedule", method="PUT", body=b'{"hours_a_week": 7}').status == 200
    assert json.loads(server.ask("ada", "mind/api/schedule").text)["hours_a_week"] == 35


@pytest.mark.parametrize(("user", "reads"), [("reader", True), ("stranger", False)])
def test_whom_the_server_does_not_let_at_files_is_kept_out_here_too(server: Server, user: str, reads: bool) -> None:
    before = files(server)
    for address in ("mind", "mind/api/progress", "mind/api/review", "mind/api/schedule"):
        answer = server.ask(user, address)
        assert answer.status == (200 if reads else 403), address
        assert reads or "does not let you read files" in json.loads(answer.text)["message"]
    for method, address, body in [*LESSON, ("PUT", "schedule", {"hours_a_week": 7})]:
        if method != "GET":
            status, message = ask(server, user, method, address, body)
            assert (status, "does not let you write files" in message) == (403, True), address
    assert files(server) == before


def test_only_who_teaches_is_shown_the_way_to_the_class(server: Server) -> None:
    for user, shown in ((PROF, True), ("ada", False), ("bob", False)):
        page = server.ask(user, "mind", page=True)
        assert (page.status, 'href="/user/shared/mind/class"' in page.text) == (200, shown)
    settings = server.root / "pyproject.toml"
    whole = settings.read_text()
    try:
        settings.write_text("[tool.mind\n")  # what is wrong with it is told on the class's page
        page = server.ask(PROF, "mind", page=True)
        assert (page.status, "mind/class" in page.text) == (200, False)
    finally:
        settings.write_text(whole)
