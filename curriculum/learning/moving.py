"""A learner's things in one file, to be taken to another machine: work, what was handed in, journal, schedule, gradebook.

The file is a zip with a list of what is in it, each with its SHA-256. Of a machine that several learn on, only this learner's
things go in: of the journal their lines, of the schedules their own; a gradebook that others are in too stays where it is.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from curriculum.journal import PATIENCE, Journal, now
from curriculum.outlook.schedule import Schedule, ScheduleError, load

FORMAT = 1
MANIFEST, JOURNAL, SCHEDULE, GRADEBOOK = "mind-pack.json", "journal.jsonl", "schedule.json", "gradebook.db"
_BLOCK = 1 << 20


class PackError(Exception):
    """Things cannot be packed or unpacked. The text says why, and what to do; nothing was changed."""


@dataclass(frozen=True)
class Packed:
    """How many files were packed, and in ``left_out`` what was not, with the reason."""

    files: int
    left_out: tuple[str, ...]


def pack(root: Path, learner: str, file: Path) -> Packed:
    """Pack the learner's things into ``file``, which is made whole or not at all. Raises PackError, OSError."""
    if file.exists():
        raise PackError(f"{file} is there already, and is not written over. Choose another name, or move it away")
    if not file.parent.is_dir():
        raise PackError(f"there is no folder {file.parent} to write to")
    left_out, listed = list[str](), dict[str, str]()
    new = file.with_name(f".{file.name}.new")
    try:
        with (
            tempfile.TemporaryDirectory(prefix="mind-pack-") as folder,
            zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as archive,
        ):
            for name, path in _things(root, learner, Path(folder), left_out):
                if path.resolve() not in (new.resolve(), file.resolve()):
                    listed[name] = _add(archive, name, path)
            if not listed:
                raise PackError(f"there is nothing of {learner} in {root} to pack")
            about = {"format": FORMAT, "learner": learner, "when": now(), "files": listed}
            archive.writestr(MANIFEST, json.dumps(about, indent=1, ensure_ascii=False))
        os.replace(new, file)
    finally:
        new.unlink(missing_ok=True)
    return Packed(len(listed), tuple(left_out))


def students_in(gradebook: Path) -> tuple[set[str], set[str]]:
    """Everybody in a gradebook, and of these who has a submission. Raises sqlite3.Error for what is no gradebook."""
    with closing(sqlite3.connect(f"{gradebook.resolve().as_uri()}?mode=ro", uri=True)) as book:
        with_work = {str(id) for (id,) in book.execute("select distinct student_id from submitted_assignment")}
        return with_work | {str(id) for (id,) in book.execute("select id from student")}, with_work


def _things(root: Path, learner: str, folder: Path, left_out: list[str]) -> Iterator[tuple[str, Path]]:
    """Each file by its name in the zip; what has to be made first is made in ``folder``."""
    for tree in ("work", f"submitted/{learner}"):
        for path in sorted((root / tree).rglob("*")):
            name = path.relative_to(root).as_posix()
            if path.is_symlink():
                left_out.append(f"{name}: it is a link")
            elif any("\ud800" <= character <= "\udfff" for character in name):
                left_out.append(f"{name!r}: its name is no text")
            elif path.is_file() and path.suffix != ".lock" and ".ipynb_checkpoints" not in path.parts:
                yield name, path
    Journal(folder).add(Journal(root).entries(learner))
    try:
        if (schedule := load(root, learner)) != Schedule():
            (folder / SCHEDULE).write_text(json.dumps(schedule.as_json()), encoding="utf-8")
    except ScheduleError as error:
        left_out.append(f"your schedule: {error}")
    if (root / GRADEBOOK).exists():
        _copy_gradebook(root, learner, folder / GRADEBOOK, left_out)
    for name in (JOURNAL, SCHEDULE, GRADEBOOK):
        if (folder / name).exists():
            yield name, folder / name


def _copy_gradebook(root: Path, learner: str, copy: Path, left_out: list[str]) -> None:
    try:
        with FileLock(root / f"{GRADEBOOK}.lock", timeout=PATIENCE):
            if students_in(root / GRADEBOOK)[0] - {learner}:
                left_out.append(
                    f"{GRADEBOOK}: others are in it too; `mind check` on the other machine records your scores again"
                )
                return
            with closing(sqlite3.connect(root / GRADEBOOK)) as book, closing(sqlite3.connect(copy)) as target:
                book.backup(target)  # whole, even if another program writes meanwhile
    except sqlite3.Error as error:
        copy.unlink(missing_ok=True)
        left_out.append(f"{GRADEBOOK}: it cannot be read ({error})")


def _add(archive: zipfile.ZipFile, name: str, path: Path) -> str:
    """Add a file; the SHA-256 of what was added."""
    digest, info = hashlib.sha256(), zipfile.ZipInfo.from_file(path, name, strict_timestamps=False)
    info.compress_type = zipfile.ZIP_DEFLATED
    with path.open("rb") as source, archive.open(info, "w") as target:
        while block := source.read(_BLOCK):
            digest.update(block)
            target.write(block)
    return digest.hexdigest()
