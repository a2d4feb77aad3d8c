"""What `mind pack` packed, brought into a course on this machine. Nothing that is here is written over.

The whole file is looked through and unpacked aside first: a name that leads out of the course, a link, a size that cannot be
meant or a file that is not as it was packed are refused before anything is changed. What differs from what is here is laid
beside it, in ``work/unpacked-<time>/``. Unpacking the same file again brings what is missing, and changes nothing else.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import filecmp
import hashlib
import json
import os
import shutil
import sqlite3
import stat
import tempfile
import zipfile
import zlib
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from filelock import FileLock

from curriculum.files import write_whole
from curriculum.journal import PATIENCE, Entry, Journal
from curriculum.learning.moving import FORMAT, GRADEBOOK, JOURNAL, MANIFEST, SCHEDULE, PackError, students_in
from curriculum.outlook.schedule import Schedule, ScheduleError, load, save

#: More than a learner's folders come to; a zip of a few kilobytes can claim to hold the whole disk.
MOST_FILES, MOST_BYTES = 100_000, 20 << 30
_RECORD = "work/.released.json"
_BLOCK = 1 << 20


@dataclass(frozen=True)
class Unpacked:
    """How many files came in and how many were here already; ``beside``: what was laid beside, by name; notes in words."""

    new: int
    same: int
    beside: dict[str, Path]
    notes: tuple[str, ...]


def unpack(root: Path, learner: str, file: Path) -> Unpacked:
    """Bring a learner's packed things into the course in ``root``. Raises PackError, OSError."""
    try:
        with zipfile.ZipFile(file) as archive, tempfile.TemporaryDirectory(prefix=".unpacking-", dir=root) as folder:
            names = _looked_through(archive, root, learner)
            for name, digest in names.items():
                _extract(archive, name, digest, Path(folder))
            return _Bringing(root, learner, Path(folder)).bring(list(names))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise PackError(f"it is not a whole zip file ({error}). Pack it again, or copy it again") from error


def _looked_through(archive: zipfile.ZipFile, root: Path, learner: str) -> dict[str, str]:
    """The files that are packed, each with its SHA-256. Raises PackError for anything that `mind pack` does not write."""
    infos = archive.infolist()
    size = sum(info.file_size for info in infos)
    if len(infos) > MOST_FILES or size > MOST_BYTES:
        raise PackError(
            f"it holds {len(infos)} files of {size >> 20} MB in all, more than a learner's work can come to"
        )
    if size > (free := shutil.disk_usage(root).free):
        raise PackError(f"it needs {size >> 20} MB, and the disk has {free >> 20} MB: make room first")
    about = _manifest(archive)
    if about["learner"] != learner:
        raise PackError(
            f"it holds the work of {about['learner']!r}, and here you are {learner!r}. If both are you, unpack it with "
            f"MIND_LEARNER={about['learner']} set, and learn on with that"
        )
    listed: dict[str, str] = about["files"]
    there = Counter(info.filename for info in infos)
    if set(there) != {*listed, MANIFEST} or max(there.values()) > 1:
        raise PackError("its list does not agree with what it holds")
    for info in infos:
        _allowed(info, root, learner)
    return listed


def _manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    try:
        with archive.open(MANIFEST) as file:
            about = json.loads(file.read(64 << 20))
        if about["format"] != FORMAT:
            raise PackError(
                f"it was packed by another version of `mind` (format {about['format']}): bring both up to date"
            )
        if isinstance(about["learner"], str) and all(isinstance(digest, str) for digest in about["files"].values()):
            return dict(about)
    except (KeyError, ValueError, TypeError, AttributeError, RuntimeError, RecursionError):
        pass
    raise PackError("it was not made by `mind pack`")


def _allowed(info: zipfile.ZipInfo, root: Path, learner: str) -> None:
    name, kind = info.filename, stat.S_IFMT(info.external_attr >> 16)
    path = PurePosixPath(name)
    plain = info.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) and not info.flag_bits & 1
    if kind not in (0, stat.S_IFREG) or info.is_dir() or not plain:
        raise PackError(
            f"{name!r} is a link, a folder, locked or packed in another way, none of which `mind pack` writes"
        )
    parts = path.parts
    within = (parts[:1] == ("work",) and len(parts) > 1) or (parts[:2] == ("submitted", learner) and len(parts) > 2)
    plainly = str(path) == name and not {"..", "."}.intersection(parts)
    if name not in (MANIFEST, JOURNAL, SCHEDULE, GRADEBOOK) and not (within and plainly):
        raise PackError(f"{name!r} is none of a learner's things, or leads out of their folders")
    if os.name == "nt" and {"\\", ":"}.intersection(name):
        raise PackError(f"{name!r} cannot be the name of a file here")
    folder = root.joinpath(*parts[:-1])
    if folder.resolve() != root.resolve().joinpath(*parts[:-1]):
        raise PackError(f"{folder} is a link here: nothing is unpacked through links")


def _extract(archive: zipfile.ZipFile, name: str, wanted: str, folder: Path) -> None:
    target, digest = folder / name, hashlib.sha256()
    target.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(name) as source, target.open("xb") as file:
        while block := source.read(_BLOCK):
            digest.update(block)
            file.write(block)
        file.flush()
        os.fsync(file.fileno())
    if digest.hexdigest() != wanted:
        raise PackError(f"{name} is not as it was packed. Copy the file again")


class _Bringing:
    """From the folder where all lies unpacked into the course, file by file."""

    def __init__(self, root: Path, learner: str, unpacked: Path) -> None:
        self._root, self._learner, self._unpacked = root, learner, unpacked
        self._aside = root / "work" / f"unpacked-{dt.datetime.now():%Y%m%d-%H%M%S}"
        self._new, self._same, self._scores_are_here = list[str](), list[str](), False
        self._beside, self._notes = dict[str, Path](), list[str]()

    def bring(self, names: list[str]) -> Unpacked:
        own = {JOURNAL: self._journal, SCHEDULE: self._schedule, GRADEBOOK: self._gradebook, _RECORD: self._record}
        for name in sorted(names, key=lambda name: (name in own, name)):  # the work itself first
            own.get(name, lambda name=name: self._file(name))()
        if not self._scores_are_here:
            self._to_be_recorded()
        return Unpacked(len(self._new), len(self._same), self._beside, tuple(self._notes))

    def _file(self, name: str) -> None:
        here, packed = self._root / name, self._unpacked / name
        if _same(here, packed):
            self._same.append(name)
        elif os.path.lexists(here):
            self._lay_beside(name)
        else:
            _move(packed, here)
            self._new.append(name)

    def _lay_beside(self, name: str) -> None:
        beside = self._aside / name.removeprefix("work/")
        _move(self._unpacked / name, beside)
        self._beside[name] = beside

    def _journal(self) -> None:
        """Lines that are not here yet are added."""
        kept = Journal(self._root)
        here = Counter(_key(entry) for entry in kept.entries(self._learner))
        missing = list[Entry]()
        for entry in Journal(self._unpacked).entries(self._learner):
            if here[_key(entry)]:
                here[_key(entry)] -= 1
            else:
                missing.append(entry)
        kept.add(missing)
        self._counted(JOURNAL, new=bool(missing))

    def _schedule(self) -> None:
        try:
            packed = Schedule().with_changes(json.loads((self._unpacked / SCHEDULE).read_text(encoding="utf-8")))
            here = load(self._root, self._learner)
        except (ScheduleError, ValueError) as error:
            self._notes.append(f"The schedule was left as it is: {error}")
            self._lay_beside(SCHEDULE)
            return
        if here == Schedule():
            save(self._root, self._learner, packed)
        elif here != packed:
            self._lay_beside(SCHEDULE)
            return
        self._counted(SCHEDULE, new=here != packed)

    def _record(self) -> None:
        """Which release each copy began as, of the copies that came in."""
        here, packed = (_json(folder / _RECORD) for folder in (self._root, self._unpacked))
        came = {key: digest for key, digest in packed.items() if f"work/{key}.ipynb" in self._new}
        if came:
            write_whole(self._root / _RECORD, json.dumps({**here, **came}, indent=1).encode())
        self._counted(_RECORD, new=bool(came))

    def _gradebook(self) -> None:
        """In the place of one without scores and without others, of which a copy is kept; else beside the one that is here."""
        here, packed = self._root / GRADEBOOK, self._unpacked / GRADEBOOK
        with FileLock(self._root / f"{GRADEBOOK}.lock", timeout=PATIENCE):
            new = not _same(here, packed)
            if new and here.exists():
                if not self._gives_way(here):
                    self._lay_beside(GRADEBOOK)
                    return
                kept = here.with_name(f"{GRADEBOOK}.{dt.datetime.now():%Y%m%d-%H%M%S}.backup")
                shutil.copyfile(here, kept)
                self._notes.append(
                    f"{GRADEBOOK}, which held no scores, was replaced by yours; as it was it lies in {kept.name}"
                )
            if new:
                os.replace(packed, here)
        self._scores_are_here = True
        self._counted(GRADEBOOK, new)

    def _gives_way(self, gradebook: Path) -> bool:
        """Whether nothing is in it that somebody would miss: neither scores nor the list of a class."""
        try:
            everybody, with_work = students_in(gradebook)
        except sqlite3.Error as error:
            self._notes.append(f"{GRADEBOOK} cannot be read here and was left as it is: {error}")
            return False
        if others := everybody - {self._learner}:
            self._notes.append(f"{GRADEBOOK} was left as it is: {len(others)} others are in it")
        return not others and not with_work

    def _to_be_recorded(self) -> None:
        """Mark the lessons that are here without their scores, so that the next check records them."""
        there = (PurePosixPath(name) for name in (*self._new, *self._same))
        came = [path for path in there if path.parts[0] == "work" and path.suffix == ".ipynb"]
        lessons = [path for path in came if len(path.parts) == 3 and path.parts[1] != "review"]
        marks = self._root / "submitted" / self._learner / ".pending"
        for path in lessons:
            marks.mkdir(parents=True, exist_ok=True)
            (marks / f"{path.parts[1]}-{path.stem}").touch()
        if lessons:
            self._notes.append(
                "The scores of what came in are not in the gradebook here yet: `mind check` records them."
            )

    def _counted(self, name: str, new: bool) -> None:
        if new:
            self._new.append(name)
        else:
            self._same.append(name)


def _same(here: Path, packed: Path) -> bool:
    return here.is_file() and not here.is_symlink() and filecmp.cmp(here, packed, shallow=False)


def _move(packed: Path, target: Path) -> None:
    """Put a file where none is; never over one."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(packed, target)
    except FileExistsError:
        raise
    except OSError:  # a disk without hard links
        with packed.open("rb") as source, target.open("xb") as file:
            shutil.copyfileobj(source, file)


def _json(path: Path) -> dict[str, Any]:
    with contextlib.suppress(OSError, ValueError):
        held = json.loads(path.read_text(encoding="utf-8"))
        return held if isinstance(held, dict) else {}
    return {}


def _key(entry: Entry) -> str:
    return json.dumps([type(entry).__name__, asdict(entry)], sort_keys=True)
