"""The lists in requirements/: hashed, without addresses, of one mind, and what pyproject.toml asks for."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent.parent
FILES = sorted((ROOT / "requirements").glob("*.txt"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
GROUPS = PROJECT["dependency-groups"]


PLACES = [
    {"python_version": python, "python_full_version": f"{python}.0", "sys_platform": platform, "os_name": "posix"}
    for python in ("3.11", "3.12", "3.13", "3.14", "3.15")
    for platform in ("linux", "darwin")
]


def lines(name: str) -> list[Requirement]:
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8").replace("\\\n", " ")
    return [Requirement(line.partition(" --hash")[0].strip()) for line in text.splitlines()]


def pins(name: str, place: dict[str, str]) -> dict[str, str]:
    """The version of each package that a list installs in a place."""
    here = [pin for pin in lines(name) if pin.marker is None or pin.marker.evaluate(place)]
    found = {canonicalize_name(pin.name): str(pin.specifier) for pin in here}
    assert len(found) == len(here), f"{name} pins a package twice for {place}"
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_pin_has_hashes_and_no_list_an_address(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"://|--index|--extra-index|--find-links", text)
    for line in text.replace("\\\n", " ").splitlines():
        assert re.match(r"[A-Za-z0-9._-]+==\S+", line), line[:80]
        assert "--hash=sha256:" in line, line[:80]


@pytest.mark.parametrize("place", PLACES, ids=lambda place: f"{place['sys_platform']}-{place['python_version']}")
def test_the_lists_agree_so_that_none_undoes_another(place: dict[str, str]) -> None:
    installed: dict[str, str] = {}
    for path in FILES:
        for package, version in pins(path.name, place).items():
            assert installed.setdefault(package, version) == version, f"{path.name}: {package}. Run `make lock`"


@pytest.mark.parametrize("place", PLACES, ids=lambda place: f"{place['sys_platform']}-{place['python_version']}")
def test_what_make_test_installs_holds_all_that_make_learn_does(place: dict[str, str]) -> None:
    assert pins("learn.txt", place).items() <= pins("test.txt", place).items()


def test_numbers_are_those_of_the_same_libraries_on_every_usual_python() -> None:
    libraries = ("numpy", "scipy", "sympy", "pandas", "networkx", "matplotlib")
    usual = [pins("learn.txt", place) for place in PLACES if place["python_version"] != "3.15"]
    assert len({tuple(here[library] for library in libraries) for here in usual}) == 1


def asked_for(group: str) -> list[str]:
    """What a group asks for, with the groups that it includes."""
    given = GROUPS[group]
    own = [one for one in given if isinstance(one, str)]
    return own + [one for part in given if isinstance(part, dict) for one in asked_for(part["include-group"])]


WANTED = [
    ("learn.txt", PROJECT["project"]["dependencies"] + GROUPS["build"]),
    *((f"{group}.txt", asked_for(group)) for group in GROUPS if group != "build"),
]


@pytest.mark.parametrize(("name", "wanted"), WANTED, ids=[name for name, _ in WANTED])
def test_the_lists_are_what_the_project_asks_for(name: str, wanted: list[str]) -> None:
    for place in PLACES:
        here = pins(name, place)
        for requirement in map(Requirement, wanted):
            version = here.get(canonicalize_name(requirement.name))
            assert version, f"{requirement.name} is not in {name}: run `make lock`"
            assert requirement.specifier.contains(version.removeprefix("=="), prereleases=True), requirement


def test_the_makefile_locks_every_list() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert set(re.findall(r"-o requirements/(\S+)", makefile)) == {path.name for path in FILES}


@pytest.mark.xdist_group("groups")
@pytest.mark.skipif("PYTEST_XDIST_WORKER" not in os.environ, reason="no test is sent to a worker")
def test_xdist_sees_the_groups_that_keep_tests_on_one_worker(request: pytest.FixtureRequest) -> None:
    """With versions that do not fit each other it loses them and says nothing: what a file's tests share is made twice."""
    if not request.config.option.loadgroup:
        pytest.skip("tests are not sent by groups")
    assert request.node.nodeid.endswith("@groups")


def test_to_read_a_notebook_no_process_compiles_a_grammar() -> None:
    """A jsonschema that does costs every command, kernel and server seconds (requirements/same-everywhere.in bounds it)."""
    look = "import nbformat, sys; sys.exit('lark' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", look], check=False).returncode == 0
