"""A learner's things packed here and unpacked there: nothing lost, nothing written over, nothing let out of the course."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import stat
import zipfile
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from curriculum.journal import Journal, Minutes, Read
from curriculum.learning.moving import MANIFEST, PackError, pack
from curriculum.learning.unpacking import unpack
from curriculum.outlook.schedule import Schedule, load, save

LESSON = "work/1.5/d01_matrices.ipynb"


def make_gradebook(root: Path, *students: str, roster: tuple[str, ...] = ()) -> None:
    """A gradebook with these students' submissions, and others of the class who have none."""
    with closing(sqlite3.connect(root / "gradebook.db")) as book:
        book.execute("create table submitted_assignment (student_id text)")
        book.execute("create table student (id text)")
        book.executemany("insert into student values (?)", [(student,) for student in {*students, *roster}])
        book.executemany("insert into submitted_assignment values (?)", [(student,) for student in students])
        book.commit()


def write(root: Path, files: Mapping[str, str]) -> None:
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content, encoding="utf-8")


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A course in which ada has worked."""
    root = tmp_path / "here"
    write(
        root,
        {
            LESSON: "mine", "work/1.5/Notes: day 1.txt": "colons are fine", "work/.released.json": '{"1.5/d01_matrices": "abc"}',
            "work/1.5/.ipynb_checkpoints/d01.ipynb": "not mine", "submitted/ada/1.5/d01_matrices.ipynb": "mine",
            "submitted/ada/.results/1.5-d01_matrices.json": "{}", "submitted/bob/1.5/d01_matrices.ipynb": "another's",
            "submitted/ada/.pending/1.5-d01_matrices.lock": "", "source/1.5/d01_matrices.ipynb": "solutions",
        },
    )  # fmt: skip
    (root / "work" / "data").symlink_to(tmp_path)
    Journal(root).add([Minutes("2026-11-21T10:00:00+00:00", name, "1.5-d1", 60) for name in ("ada", "bob", "ada")])
    save(root, "ada", Schedule(hours_a_week=15))
    save(root, "bob", Schedule(hours_a_week=7))
    make_gradebook(root, "ada")
    return root


@pytest.fixture
def there(tmp_path: Path) -> Path:
    root = tmp_path / "there"
    root.mkdir()
    return root


def files(root: Path) -> dict[str, bytes]:
    found = (path for path in root.rglob("*") if path.is_file() and not path.is_symlink() and path.suffix != ".lock")
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in found}


def test_all_that_is_the_learners_and_nothing_else_comes_to_an_empty_course(here: Path, there: Path) -> None:
    zipped, before = here.parent / "mine.zip", files(here)
    packed = pack(here, "ada", zipped)
    assert packed.left_out == ("work/data: it is a link",)
    assert files(here) == before
    came = unpack(there, "ada", zipped)
    assert (came.new, came.same, came.beside, came.notes) == (packed.files, 0, {}, ())
    found = files(there)
    for name in (LESSON, "work/1.5/Notes: day 1.txt", "submitted/ada/1.5/d01_matrices.ipynb", "work/.released.json"):
        assert (
            json.loads(found[name]) == json.loads(before[name])
            if name.endswith("json")
            else found[name] == before[name]
        )
    assert not [name for name in found if "bob" in name or "source" in name or "checkpoints" in name]
    assert [entry.learner for entry in Journal(there).entries("ada")] == ["ada", "ada"]
    assert Journal(there).entries("bob") == []
    assert (load(there, "ada").hours_a_week, load(there, "bob")) == (15, Schedule())
    assert sorted(path.name for path in there.iterdir() if path.suffix != ".lock") == [
        "gradebook.db", "journal.jsonl", "schedules.json", "submitted", "work",
    ]  # fmt: skip

    again = unpack(there, "ada", zipped)
    assert (again.new, again.same, again.beside) == (0, packed.files, {})
    assert files(there) == found


def test_what_differs_is_laid_beside_and_the_rest_joined(here: Path, there: Path) -> None:
    zipped = here.parent / "mine.zip"
    pack(here, "ada", zipped)
    write(there, {LESSON: "worked on here too", "work/.released.json": '{"1.6/d01": "def"}'})
    Journal(there).add(
        [Minutes("2026-11-21T10:00:00+00:00", "ada", "1.5-d1", 60), Read("2026-11-22", "ada", "1.5-d1", "MML")]
    )
    save(there, "ada", Schedule(hours_a_week=35, review_minutes=5))
    make_gradebook(there, "ada", "bob")
    before = files(there)
    came = unpack(there, "ada", zipped)
    after = files(there)
    changed = {name for name in before if after[name] != before[name]}
    assert changed == {"journal.jsonl"}
    assert after["journal.jsonl"].startswith(before["journal.jsonl"])
    assert [type(entry).__name__ for entry in Journal(there).entries("ada")] == ["Minutes", "Read", "Minutes"]
    assert set(came.beside) == {LESSON, "gradebook.db", "schedule.json"}
    assert came.beside[LESSON].read_text() == "mine"
    assert came.beside[LESSON].relative_to(there).parts[:2] == ("work", came.beside["gradebook.db"].parent.name)
    assert json.loads(came.beside["schedule.json"].read_text())["hours_a_week"] == 15
    assert load(there, "ada").review_minutes == 5


def test_a_gradebook_without_scores_gives_way_and_is_kept(here: Path, there: Path) -> None:
    pack(here, "ada", here.parent / "mine.zip")
    make_gradebook(there)
    empty = (there / "gradebook.db").read_bytes()
    came = unpack(there, "ada", here.parent / "mine.zip")
    assert came.beside == {}
    assert (there / "gradebook.db").read_bytes() != empty
    (backup,) = there.glob("gradebook.db.*.backup")
    assert backup.read_bytes() == empty
    assert came.notes == (
        f"gradebook.db, which held no scores, was replaced by yours; as it was it lies in {backup.name}",
    )


def test_a_gradebook_with_the_list_of_a_class_stays(here: Path, there: Path) -> None:
    """Nobody has handed in yet; the list, and the deadlines beside it, would be missed."""
    pack(here, "ada", here.parent / "mine.zip")
    make_gradebook(there, roster=("ada", "bob", "carl"))
    before = (there / "gradebook.db").read_bytes()
    came = unpack(there, "ada", here.parent / "mine.zip")
    assert (there / "gradebook.db").read_bytes() == before
    assert came.beside["gradebook.db"].exists()
    assert came.notes[0] == "gradebook.db was left as it is: 2 others are in it"
    assert not list(there.glob("*.backup"))


def test_the_list_of_a_class_is_not_packed(here: Path) -> None:
    (here / "gradebook.db").unlink()
    make_gradebook(here, "ada", roster=("bob",))
    packed = pack(here, "ada", here.parent / "mine.zip")
    assert packed.left_out[-1].startswith("gradebook.db: others are in it too")
    with zipfile.ZipFile(here.parent / "mine.zip") as archive:
        assert "gradebook.db" not in archive.namelist()


def test_lessons_whose_scores_stay_behind_are_checked_again(here: Path, there: Path) -> None:
    with closing(sqlite3.connect(here / "gradebook.db")) as book:
        book.execute("insert into submitted_assignment values ('bob')")
        book.commit()
    packed = pack(here, "ada", here.parent / "mine.zip")
    assert "others are in it too" in packed.left_out[-1]
    came = unpack(there, "ada", here.parent / "mine.zip")
    assert (there / "submitted" / "ada" / ".pending" / "1.5-d01_matrices").exists()
    assert "`mind check` records them" in came.notes[0]
    assert not (there / "gradebook.db").exists()


def test_a_file_that_is_there_is_not_packed_over(here: Path) -> None:
    zipped = here.parent / "mine.zip"
    zipped.write_text("precious")
    with pytest.raises(PackError, match="there already"):
        pack(here, "ada", zipped)
    assert zipped.read_text() == "precious"
    with pytest.raises(PackError, match="no folder"):
        pack(here, "ada", here / "nowhere" / "mine.zip")
    with pytest.raises(PackError, match="nothing of carl"):
        pack(here.parent / "elsewhere", "carl", here.parent / "carl.zip")
    assert not (here.parent / "carl.zip").exists()


def test_a_pack_made_within_the_work_does_not_hold_itself(here: Path) -> None:
    pack(here, "ada", here / "work" / "mine.zip")
    with zipfile.ZipFile(here / "work" / "mine.zip") as archive:
        assert not [name for name in archive.namelist() if "mine.zip" in name]


def test_another_learners_pack_is_refused(here: Path, there: Path) -> None:
    pack(here, "ada", here.parent / "mine.zip")
    with pytest.raises(PackError, match="MIND_LEARNER=ada"):
        unpack(there, "carl", here.parent / "mine.zip")
    assert files(there) == {}


# --- what a stranger made ---


def made(path: Path, entries: Mapping[str, bytes], listed: Any = None, info: Mapping[str, int] | None = None) -> Path:
    """A zip as `mind pack` would write it, of any names; ``info`` sets the Unix mode of entries."""
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in entries.items()}
    about = {"format": 1, "learner": "ada", "when": "", "files": digests if listed is None else listed}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            one = zipfile.ZipInfo(name)
            one.external_attr = (info or {}).get(name, stat.S_IFREG | 0o644) << 16
            archive.writestr(one, content, zipfile.ZIP_DEFLATED)
        archive.writestr(MANIFEST, json.dumps(about))
    return path


@pytest.mark.parametrize(
    "name",
    [
        "../evil", "work/../../evil", "work/../evil", "/etc/evil", "work//evil", "./work/evil", "work/./evil", "evil", "work",
        "source/1.5/d01_matrices.ipynb", "submitted/bob/1.5/x.ipynb", "submitted/ada", "submitted/ada/../bob/x",
        "nbgrader_config.py", ".git/hooks/post-checkout", "gradebook.db/x", "workx/evil", "C:/evil", "work/evil/",
    ],
)  # fmt: skip
def test_names_that_lead_elsewhere_are_refused(there: Path, tmp_path: Path, name: str) -> None:
    zipped = made(tmp_path / "evil.zip", {LESSON: b"fine", name: b"evil"})
    with pytest.raises(PackError):
        unpack(there, "ada", zipped)
    assert list(there.iterdir()) == []
    assert not (tmp_path / "evil").exists()


@pytest.mark.parametrize("mode", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFDIR, stat.S_IFCHR])
def test_links_and_devices_are_refused(there: Path, tmp_path: Path, mode: int) -> None:
    zipped = made(tmp_path / "evil.zip", {"work/link": b"/etc/passwd"}, info={"work/link": mode | 0o777})
    with pytest.raises(PackError, match="link"):
        unpack(there, "ada", zipped)
    assert list(there.iterdir()) == []


def test_nothing_is_unpacked_through_a_link(there: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (there / "work").mkdir()
    (there / "work" / "1.5").symlink_to(outside)
    with pytest.raises(PackError, match="is a link here"):
        unpack(there, "ada", made(tmp_path / "x.zip", {LESSON: b"mine"}))
    assert list(outside.iterdir()) == []


def test_a_link_in_a_files_place_is_left_alone(there: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text("another's")
    (there / "work" / "1.5").mkdir(parents=True)
    (there / LESSON).symlink_to(other)
    came = unpack(there, "ada", made(tmp_path / "x.zip", {LESSON: b"mine"}))
    assert other.read_text() == "another's"
    assert came.beside[LESSON].read_text() == "mine"


def test_a_zip_that_claims_or_holds_too_much_is_refused(
    there: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("curriculum.learning.unpacking.MOST_BYTES", 1 << 20)
    monkeypatch.setattr("curriculum.learning.unpacking.MOST_FILES", 50)
    bomb = made(tmp_path / "bomb.zip", {"work/zeros": bytes(3 << 20)})
    assert bomb.stat().st_size < 10_000
    many = made(tmp_path / "many.zip", {f"work/{number}": b"" for number in range(60)})
    for zipped in (bomb, many):
        with pytest.raises(PackError, match="more than a learner's work"):
            unpack(there, "ada", zipped)
    # It says that it is small, and is not.
    raw = bomb.read_bytes()
    liar = tmp_path / "liar.zip"
    liar.write_bytes(raw.replace((3 << 20).to_bytes(4, "little"), (100).to_bytes(4, "little")))
    assert liar.read_bytes() != raw
    with pytest.raises(PackError):
        unpack(there, "ada", liar)
    assert list(there.iterdir()) == []


def test_the_disks_room_is_asked_for_first(there: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = type("Usage", (), {"free": 10})
    monkeypatch.setattr("curriculum.learning.unpacking.shutil.disk_usage", lambda _: usage)
    with pytest.raises(PackError, match="make room first"):
        unpack(there, "ada", made(tmp_path / "x.zip", {LESSON: b"mine"}))


@pytest.mark.parametrize(
    "listed",
    [{}, [], None, {LESSON: "0" * 64}, {LESSON: 3}, {"work/another": "0" * 64}, "text"],
)
def test_a_list_that_does_not_agree_is_refused(there: Path, tmp_path: Path, listed: Any) -> None:
    zipped = made(tmp_path / "x.zip", {LESSON: b"mine"}, listed=listed if listed is not None else [None])
    with pytest.raises(PackError):
        unpack(there, "ada", zipped)
    assert list(there.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04 cut short"])
def test_what_is_no_zip_is_refused(there: Path, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.zip").write_bytes(content)
    with pytest.raises(PackError, match="not a whole zip"):
        unpack(there, "ada", tmp_path / "x.zip")


def test_a_damaged_file_is_refused_before_anything_is_changed(here: Path, there: Path) -> None:
    zipped = here.parent / "mine.zip"
    write(here, {"work/1.5/long.txt": "".join(f"{number} " for number in range(20_000))})
    pack(here, "ada", zipped)
    whole = zipped.read_bytes()
    for place in range(200, len(whole) - 200, len(whole) // 40):
        zipped.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        try:
            unpack(there, "ada", zipped)
        except PackError:
            assert files(there) == {}
        else:
            # What was hit is not what a file holds: its time, say.
            os.rename(there, there.with_name(f"fine-{place}"))
            there.mkdir()
    assert not list(there.glob(".unpacking*"))
