"""The learner's copies: handed out once, brought up to date where untouched, never overwritten where they are not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from curriculum.catalogue import Catalogue
from curriculum.learning.workspace import Workspace, WorkspaceError
from curriculum.plan import Plan, load_plan
from tests import small

DAY, STEM = "1.5-d1", "d01_matrices"


@pytest.fixture(scope="module")
def plan() -> Plan:
    return load_plan()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "release" / "1.5"
    folder.mkdir(parents=True)
    small.write(small.release(), folder / f"{STEM}.ipynb")
    (folder / f"{STEM}_cube.svg").write_text("<svg/>")
    return tmp_path


@pytest.fixture
def workspace(root: Path, plan: Plan) -> Workspace:
    return Workspace(root, plan)


def new_release(root: Path, text: str) -> bytes:
    """A newer release, and what is in it."""
    book = small.release()
    small.cell(book, "d01_e1")["source"] += f"  # {text}"
    return small.write(book, root / "release" / "1.5" / f"{STEM}.ipynb").read_bytes()


def test_start_copies_the_lesson_and_its_pictures(root: Path, workspace: Workspace) -> None:
    copy = workspace.start(DAY)
    assert copy == root / "work" / "1.5" / f"{STEM}.ipynb"
    assert copy.read_bytes() == (root / "release" / "1.5" / f"{STEM}.ipynb").read_bytes()
    assert (copy.parent / f"{STEM}_cube.svg").read_text() == "<svg/>"
    assert workspace.started() == {DAY: copy}


def test_start_never_overwrites(root: Path, workspace: Workspace) -> None:
    copy = workspace.start(DAY)
    copy.write_text("mine")
    new_release(root, "newer")
    assert workspace.start(DAY) == copy
    assert copy.read_text() == "mine"


@pytest.mark.parametrize("day", ["1.5-d2", "1.5-d99", "../x", ""])
def test_a_day_without_a_lesson_is_refused_with_what_there_is(root: Path, workspace: Workspace, day: str) -> None:
    with pytest.raises(WorkspaceError, match=r"written are: 1\.5-d1"):
        workspace.start(day)
    assert not (root / "work").exists()


def test_an_unchanged_copy_is_replaced_by_a_newer_release(root: Path, workspace: Workspace) -> None:
    copy = workspace.start(DAY)
    assert [one.what for one in workspace.update()] == ["up to date"]
    fresh = new_release(root, "newer")
    (root / "release" / "1.5" / f"{STEM}_cube.svg").write_text("<svg>new</svg>")
    assert [(one.day, one.what, one.path) for one in workspace.update()] == [(DAY, "replaced", copy)]
    assert copy.read_bytes() == fresh
    assert (copy.parent / f"{STEM}_cube.svg").read_text() == "<svg>new</svg>"
    assert [one.what for one in workspace.update()] == ["up to date"]


def test_a_changed_copy_stays_and_the_newer_release_lies_beside_it_once(root: Path, workspace: Workspace) -> None:
    copy = workspace.start(DAY)
    copy.write_text("mine")
    fresh = new_release(root, "newer")
    (first,) = workspace.update()
    assert (first.what, copy.read_text(), first.path.read_bytes()) == ("laid beside", "mine", fresh)
    first.path.write_text("read and noted")
    (second,) = workspace.update()
    assert second == first
    assert first.path.read_text() == "read and noted"
    new_release(root, "newest")
    (third,) = workspace.update()
    assert third.path != first.path
    assert len(list(copy.parent.glob("*.ipynb"))) == 3


@pytest.mark.parametrize("record", [b"", b"{", b"[]", b'"text"', b"\xff\xfe", b'{"1.5/d01_matrices": 7}', None])
def test_with_a_broken_record_nothing_is_overwritten(root: Path, workspace: Workspace, record: bytes | None) -> None:
    copy = workspace.start(DAY)
    before, where = copy.read_bytes(), root / "work" / ".released.json"
    where.unlink() if record is None else where.write_bytes(record)
    assert [one.what for one in workspace.update()] == ["up to date"]
    new_release(root, "newer")
    assert [one.what for one in workspace.update()] == ["laid beside"]
    assert copy.read_bytes() == before


def test_a_write_that_fails_leaves_what_was_there(
    root: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = workspace.start(DAY)
    before = copy.read_bytes()
    new_release(root, "newer")

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("curriculum.files.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        workspace.update()
    assert copy.read_bytes() == before
    assert [path.name for path in copy.parent.iterdir() if path.name.startswith(".")] == []


def test_a_lesson_under_another_name_is_found(root: Path, workspace: Workspace) -> None:
    copy = workspace.start(DAY)
    assert workspace.renamed() == {}
    mine = copy.rename(copy.with_name("Untitled.ipynb"))
    (copy.parent / "notes.ipynb").write_text(json.dumps({"cells": []}))
    (copy.parent / "broken.ipynb").write_bytes(b"\xff{")
    assert workspace.renamed() == {DAY: mine}


def test_a_workspace_needs_to_know_its_lessons(plan: Plan, root: Path) -> None:
    with pytest.raises(TypeError):
        Workspace(root)
    assert Workspace(root, catalogue=Catalogue(plan, root)).started() == {}
