"""What students are handed: one zip of the sections' released notebooks and all that `make learn` needs.

What goes in is listed here, everything else stays out: ``source/``, the lessons' texts and answers, tests, gradebook, what was
handed in, secrets. Before it is written, all of it is searched for solutions and hidden tests.
"""

from __future__ import annotations

import datetime as dt
import io
import os
import re
import tomllib
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from autograder import intake
from curriculum.catalogue import Catalogue, ReleasedLesson
from curriculum.files import write_whole
from curriculum.paths import groups_for

#: The folder that the zip unpacks into.
TOP = "stateless-mind"

_FILES = ("LICENSE", "LICENSE-CONTENT", "Makefile", "nbgrader_config.py", "requirements/bootstrap.txt", "requirements/install.sh",
          "requirements/learn.txt")  # fmt: skip
_FOLDERS = ("autograder", "curriculum", "datasets", "docs/images", "docs/learners")
#: Of these folders not: what holds answers, and what tools leave behind.
_NOT = ("curriculum/lessons", "curriculum/labextension/lib")
_NOT_CALLED = ("__pycache__", "node_modules")

_SECRET = re.compile(r"### BEGIN (?:SOLUTION|HIDDEN TESTS)\n(.*?)### END (?:SOLUTION|HIDDEN TESTS)", re.DOTALL)
#: Characters of a line that two people do not write alike by chance.
_LONG = 40
_TEACHERS = re.compile(r"^[ \t]*(?:secret_file[ \t]*=.*|instructors[ \t]*=[ \t]*\[[^\]]*\].*)\n?", re.MULTILINE)
#: A fixed time in the zip: the same course makes the same bytes.
_EPOCH = (1980, 1, 1, 0, 0, 0)


class BundleError(Exception):
    """Students cannot be handed this. The text says what stands in the way."""


def bundle(
    root: Path,
    catalogue: Catalogue,
    units: Sequence[str],
    deadlines: Mapping[str, dt.datetime],
    timezone: dt.tzinfo | None = None,
) -> tuple[bytes, list[str]]:
    """The zip for students of these units, and the names in it, without the folder on top. Raises BundleError, OSError."""
    lessons = [lesson for unit in units for lesson in catalogue.of_unit(unit)]
    if bare := [unit for unit in units if not catalogue.of_unit(unit)]:
        raise BundleError(f"{', '.join(bare)} has no released lesson: there is nothing to hand out")
    contents = dict(_course(root))
    for lesson in lessons:
        for path in [lesson.path, *lesson.path.parent.glob(f"{lesson.stem}_*.svg")]:
            contents[f"release/{lesson.unit}/{path.name}"] = path.read_bytes()
    for name in {f"requirements/{group}.txt" for unit in units for group in groups_for(unit)}:
        if (root / name).is_file():
            contents[name] = (root / name).read_bytes()
    contents["pyproject.toml"], shared = _project(root)
    contents |= {name: content for place in shared for name, content in _inside(root, place)}
    contents["README.md"] = _readme(catalogue, units, lessons, deadlines, timezone).encode()
    _hold_nothing_back(root, contents)
    return _zip(contents), sorted(contents)


def write_bundle(target: Path, content: bytes) -> None:
    """Write the zip whole or not at all. Raises OSError; FileExistsError where there is something else under its name."""
    if target.exists() and not _is_bundle(target):
        raise FileExistsError(f"{target} is there already and is no bundle; name another file with -o")
    write_whole(target.absolute(), content)
    target.chmod(0o644)


def _course(root: Path) -> Iterator[tuple[str, bytes]]:
    for name in _FILES:
        yield name, (root / name).read_bytes()
    for folder in _FOLDERS:
        yield from _inside(root, folder)


def _inside(root: Path, place: str) -> Iterator[tuple[str, bytes]]:
    """The regular files of a folder (or the one file), by their path in the course; nothing hidden, nothing through a link."""
    if (root / place).is_file():
        yield place, (root / place).read_bytes()
    for folder, names, files in os.walk(root / place):
        inside = Path(folder).relative_to(root).as_posix()
        names[:] = sorted(
            name
            for name in names
            if not name.startswith(".") and name not in _NOT_CALLED and f"{inside}/{name}" not in _NOT
        )
        for name in sorted(files):
            path = Path(folder, name)
            if not name.startswith(".") and path.suffix not in (".pyc", ".lock") and not path.is_symlink():
                yield f"{inside}/{name}", path.read_bytes()


def _project(root: Path) -> tuple[bytes, list[str]]:
    """pyproject.toml without what is the teacher's, and the files beside the packages that it installs."""
    text = _TEACHERS.sub("", (root / "pyproject.toml").read_text(encoding="utf-8"))
    head = "[tool.mind]\n"
    text = text if head in text else f"{text}\n{head}"
    text = text.replace(
        head,
        f"{head}# A copy for students: the hidden tests are not here, and work is checked by the visible ones.\nhanded_out = true\n",
        1,
    )
    try:
        tool: Mapping[str, Any] = tomllib.loads(text)["tool"]
    except ValueError as error:
        raise BundleError(f"pyproject.toml cannot be taken without secret_file and instructors: {error}") from error
    if "secret_file" in tool.get("autograder", {}) or "instructors" in tool["mind"]:
        raise BundleError(
            "pyproject.toml: write secret_file and instructors each on lines of their own, to be left out"
        )
    wheel = tool.get("hatch", {}).get("build", {}).get("targets", {}).get("wheel", {})
    return text.encode(), list(wheel.get("shared-data", {}))


def _readme(
    catalogue: Catalogue,
    units: Sequence[str],
    lessons: Sequence[ReleasedLesson],
    deadlines: Mapping[str, dt.datetime],
    timezone: dt.tzinfo | None,
) -> str:
    plan = catalogue.plan
    due = [
        f"| {unit} {plan.unit(unit).title} | {deadlines[unit].astimezone(timezone):%A, %d %B %Y, %H:%M (UTC%z)} |"
        for unit in units
        if unit in deadlines
    ]
    table = ["", "| section | to be handed in by |", "| --- | --- |", *due, ""] if due else []
    return (Path(__file__).parent / "handout.md").read_text(encoding="utf-8").format(
        title=plan.title,
        sections=", ".join(f"{unit} {plan.unit(unit).title}" for unit in units),
        day=lessons[0].day,
        deadlines="\n".join(table),
    )  # fmt: skip


def _hold_nothing_back(root: Path, contents: Mapping[str, bytes]) -> None:
    """Raise BundleError where any file has a line of a solution or a hidden test of any section of the course.

    What statements, hints and visible tests say is no secret, nor is a line so short that it is written by chance.
    """
    secret: dict[str, Path] = {}
    public = ""
    for path in sorted((root / "source").glob("*/*.ipynb")):
        for cell in intake.read(path)["cells"]:
            inside = "\n".join(_SECRET.findall(cell["source"]))
            secret |= {line: path for line in map(str.strip, inside.splitlines()) if len(line) >= _LONG}
            public += _SECRET.sub("", cell["source"]) + "\n"
    texts = {name: _text(root, name, content) for name, content in contents.items()}
    everything = "\n".join(texts.values())
    for line, path in secret.items():
        if line in everything and line not in public:
            name = next(name for name, text in texts.items() if line in text)
            raise BundleError(f"{name} holds a line of a solution or hidden test of {path.stem}: {line[:60]}")
    for name, text in texts.items():
        if name.startswith("release/") and any(
            mark in text for mark in ("### BEGIN HIDDEN TESTS", "### BEGIN SOLUTION")
        ):
            raise BundleError(f"{name} holds marks of solutions or hidden tests: build the release again")


def _text(root: Path, name: str, content: bytes) -> str:
    """A file as the text in which a line is looked for: of a notebook the cells' sources, not their JSON, too."""
    text = content.decode("utf-8", "replace")
    if name.endswith(".ipynb"):
        text += "\n".join(cell["source"] for cell in intake.read(root / name)["cells"])
    return text


def _zip(contents: Mapping[str, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as file:
        for name in sorted(contents):
            about = zipfile.ZipInfo(f"{TOP}/{name}", _EPOCH)
            about.compress_type, about.external_attr = zipfile.ZIP_DEFLATED, 0o100644 << 16
            file.writestr(about, contents[name])
    return held.getvalue()


def _is_bundle(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as file:
            return f"{TOP}/README.md" in file.namelist()
    except (OSError, zipfile.BadZipFile):
        return False
