"""What the documents tell people to type is typed here, in a fresh copy of the course, and must end as they say."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import NAMES, ROOT, Command, commands

# What a block marked `sh no-run` may hold: why it is not run here, and where it is tried instead.
NOT_RUN = {
    "make learn": "builds an environment and starts a server: tests/unit/test_install.py, tests/ui/",
    "make test": "would run itself",
    "mind lab --instructor": "starts a server: tests/ui/test_class.py",
    "make labextension": "fetches packages: tests/course/test_labextension.py, and a step of `make test` builds it",
    "sh requirements/install.sh learn": "builds an environment: tests/unit/test_install.py",
    "make section-1-1": "fetches packages: tests/unit/test_install.py, tests/unit/test_pins.py",
    "mind dev build 1.5": "takes a minute, and runs in a smaller course in tests/course/",
    "mind dev check 1.5": "a step of `make test`",
    "mind dev check --all": "takes minutes; `mind dev check` is a step of `make test`",
}
SECONDS = 900


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the course as someone gets it who clones it now: no environment, no scores, nothing of a learner."""
    copy = tmp_path_factory.mktemp("docs") / "course"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    for name in listed.stdout.split("\0"):
        if name and (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy / name)
    return copy


@pytest.fixture
def environment(course: Path) -> dict[str, str]:
    """That of someone who has activated the course's environment in the copy."""
    bin = str(Path(sys.executable).parent)
    foreign = ("MIND_", "NBGRADER_", "JUPYTERHUB_", "PYTEST_", "COVERAGE_")
    return {name: value for name, value in os.environ.items() if not name.startswith(foreign)} | {
        "PATH": os.pathsep.join([bin, os.environ["PATH"]]),
        "PYTHONPATH": str(course),  # else `mind` would be that of the tree the environment was made for
        "COLUMNS": "120",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "MPLBACKEND": "Agg",
    }


def test_the_copy_is_what_runs(course: Path, environment: dict[str, str]) -> None:
    ask = [sys.executable, "-c", "import curriculum.paths as p, autograder; print(p.ROOT, autograder.__file__)"]
    said = subprocess.run(ask, cwd=course, env=environment, capture_output=True, text=True, check=True).stdout
    assert said.split() == [str(course), str(course / "autograder" / "__init__.py")]


@pytest.mark.parametrize("name", [name for name in NAMES if any(c.run for c in commands(name))])
def test_commands_end_as_the_page_says(name: str, tmp_path: Path, course: Path, environment: dict[str, str]) -> None:
    own = tmp_path / "course"  # one page must not lean on what another has done
    shutil.copytree(course, own)
    environment["PYTHONPATH"] = str(own)
    for command in commands(name):
        if command.run:
            _run(name, command, own, environment)


def _run(name: str, command: Command, course: Path, environment: dict[str, str]) -> None:
    ran = subprocess.run(
        ["sh", "-c", command.text],
        cwd=course, env=environment, capture_output=True, text=True, timeout=SECONDS, stdin=subprocess.DEVNULL,
        check=False,
    )  # fmt: skip
    said = f"{ran.stdout[-3000:]}\n{ran.stderr[-3000:]}"
    told = (
        f"{name}:{command.line}: `{command.text}` ended with {ran.returncode}, the page says {command.status}\n{said}"
    )
    assert ran.returncode == command.status, told


def test_what_is_not_run_is_on_the_list() -> None:
    unlisted = [f"{n}:{c.line}: {c.text}" for n in NAMES for c in commands(n) if not c.run and c.text not in NOT_RUN]
    assert not unlisted, "give these a reason in NOT_RUN, or let them run: " + "; ".join(unlisted)
    typed = {command.text for name in NAMES for command in commands(name) if not command.run}
    assert set(NOT_RUN) <= typed, "no page has these any more; take them off the list"
