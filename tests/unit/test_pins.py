"""The lists in requirements/: hashed, without addresses, of one mind, and what pyproject.toml asks for."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent.parent
FILES = sorted((ROOT / "requirements").glob("*.txt"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
GROUPS = PROJECT["dependency-groups"]


def pins(name: str) -> dict[str, set[str]]:
    """Every pin of a list: versions with their markers, by package."""
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8").replace("\\\n", " ")
    found: dict[str, set[str]] = {}
    for line in text.splitlines():
        pin = Requirement(line.partition(" --hash")[0].strip())
        found.setdefault(canonicalize_name(pin.name), set()).add(f"{pin.specifier}")
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_pin_has_hashes_and_no_list_an_address(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"://|--index|--extra-index|--find-links", text)
    for line in text.replace("\\\n", " ").splitlines():
        assert re.match(r"[A-Za-z0-9._-]+==\S+", line), line[:80]
        assert "--hash=sha256:" in line, line[:80]


def test_what_make_test_installs_holds_all_that_make_learn_does() -> None:
    learn, test = pins("learn.txt"), pins("test.txt")
    assert {name: test.get(name) for name in learn} == learn


def test_the_lists_agree_so_that_none_undoes_another() -> None:
    lists = {path.name: pins(path.name) for path in FILES}
    for name in set().union(*lists.values()):
        versions = {frozenset(own[name]) for own in lists.values() if name in own}
        assert len(versions) == 1, f"{name} is pinned differently: {versions}. Run `make lock`"


WANTED = [
    ("learn.txt", PROJECT["project"]["dependencies"] + GROUPS["build"]),
    ("test.txt", GROUPS["test"]),
    *((f"{group}.txt", wanted) for group, wanted in GROUPS.items() if group.startswith("section-")),
]


@pytest.mark.parametrize(("name", "wanted"), WANTED, ids=[name for name, _ in WANTED])
def test_the_lists_are_what_the_project_asks_for(name: str, wanted: list[str]) -> None:
    here = pins(name)
    for requirement in map(Requirement, wanted):
        versions = here.get(canonicalize_name(requirement.name), set())
        assert versions, f"{requirement.name} is not in {name}: run `make lock`"
        for version in versions:
            assert requirement.specifier.contains(version.removeprefix("=="), prereleases=True), (
                f"{requirement}: {version}"
            )


def test_the_makefile_locks_every_list() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert set(re.findall(r"-o requirements/(\S+)", makefile)) == {path.name for path in FILES}
