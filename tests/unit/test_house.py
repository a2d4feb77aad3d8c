"""The rooms of docs/contributors/architecture.md: who may import whom."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
LESSONS = ROOT / "curriculum" / "lessons"
MODULES = sorted(
    path for room in ("autograder", "curriculum") for path in (ROOT / room).rglob("*.py") if LESSONS not in path.parents
)
ON_TOP = ("curriculum.cli", "curriculum.commands", "curriculum.dashboard")


def imports(path: Path) -> set[str]:
    """The modules that a file imports, anywhere in it: `from a import b` counts as a.b."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: write the whole name of what is imported"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def within(name: str, *rooms: str) -> bool:
    return any(name == room or name.startswith(f"{room}.") for room in rooms)


def ours(path: Path) -> set[str]:
    return {name for name in imports(path) if within(name, "curriculum", "autograder", "tests")}


@pytest.mark.parametrize("path", sorted((ROOT / "autograder").rglob("*.py")), ids=lambda path: path.name)
def test_the_autograder_knows_nothing_of_the_curriculum(path: Path) -> None:
    assert not [name for name in ours(path) if not within(name, "autograder")]


@pytest.mark.parametrize("path", sorted((ROOT / "curriculum/lab").rglob("*.py")), ids=lambda path: path.name)
def test_the_equipment_stands_alone(path: Path) -> None:
    assert not [name for name in ours(path) if not within(name, "curriculum.lab")]


@pytest.mark.parametrize("path", sorted(LESSONS.rglob("*.py")), ids=lambda path: path.name)
def test_lessons_import_libraries_and_the_equipment(path: Path) -> None:
    assert not [name for name in ours(path) if not within(name, "curriculum.lab")]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_nothing_leans_on_what_sits_on_top(path: Path) -> None:
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    if not within(name, *ON_TOP):
        assert not [other for other in ours(path) if within(other, *ON_TOP)]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_a_module_can_be_read_in_one_sitting(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400, "a file of 400 lines is asking to be two"


def test_nothing_of_ours_hides_a_module_of_python() -> None:
    assert not {path.stem for path in ROOT.glob("*.py")} & sys.stdlib_module_names
