"""What an LMS has exported, a folder or a zip, as a list of files that can be read one at a time.

Nothing of it is trusted or unpacked: names that climb out, links and files that would fill a memory are refused by name.
Zips that students have uploaded lie in a temporary folder meanwhile, and only the one that is read from is open: neither
memory nor open files grow with the class.
"""

from __future__ import annotations

import datetime as dt
import os
import stat
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from autograder.intake import MOST_BYTES, Unreadable
from autograder.submissions import take

#: A student's own zip may be so large, all of them together, and an export may have so many files.
_MOST_ZIP, _MOST_ZIPS, _MOST_FILES = 100 << 20, 20 << 30, 200_000
_BLOCK = 1 << 20
_UT = 0x5455  # "extended timestamp" of Info-ZIP: seconds since 1970, in UTC

_NOWHERE = PurePosixPath()


@dataclass(frozen=True)
class File:
    """One file: ``path`` in the export, ``inside`` the zip that a student has uploaded (else empty), when it was last changed.

    ``uploaded`` is the time of that zip in the export, None for what was in none. ``read`` gives its bytes; it raises Unreadable for what is no file of a sensible size.
    """

    path: PurePosixPath
    when: dt.datetime
    read: Callable[[], bytes]
    inside: PurePosixPath = _NOWHERE
    uploaded: dt.datetime | None = None

    @property
    def name(self) -> str:
        return self.inside.name or self.path.name

    @property
    def shown(self) -> str:
        return f"{self.path} > {self.inside}" if self.inside.name else str(self.path)


@dataclass
class Export:
    """Its files, and by name what was refused, with the cause."""

    files: list[File] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)


@contextmanager
def opened(path: Path) -> Iterator[Export]:
    """The files of a folder or a zip. Raises Unreadable where it is neither; OSError, as where the temporary folder is full."""
    with ExitStack() as stack:
        aside = _Aside(stack)
        export = Export()
        if path.is_dir():
            _folder(path, export)
        elif zipfile.is_zipfile(path):
            _outer(stack.enter_context(_opened_zip(path, path.name)), export, aside)
        elif not path.exists():
            raise Unreadable(f"there is no {path}")
        else:
            raise Unreadable(f"{path} is neither a folder nor a zip")
        yield export


class _Aside:
    """A temporary folder for students' zips; made with the first, gone with the ``stack``."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack, self._folder, self._count, self._bytes = stack, "", 0, 0

    def put(self, file: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Path:
        """A zip of an export as a file. Raises Unreadable; OSError where it cannot be written."""
        if not self._folder:
            self._folder = self._stack.enter_context(tempfile.TemporaryDirectory(prefix="mind-collect-"))
        self._count += 1
        path, before = Path(self._folder, str(self._count)), self._bytes
        try:
            with path.open("xb") as target:
                for block in _blocks(file, entry, _MOST_ZIP):
                    self._bytes += len(block)
                    if self._bytes > _MOST_ZIPS:
                        raise Unreadable(f"with it the zips in this export come to more than {_MOST_ZIPS >> 30} GB")
                    target.write(block)
        except Unreadable:
            path.unlink()
            self._bytes = before
            raise
        return path


def _folder(top: Path, export: Export) -> None:
    for folder, names, files in os.walk(top):
        for name in list(names):
            if name.startswith((".", "__MACOSX")):
                names.remove(name)
            elif Path(folder, name).is_symlink():
                export.refused.append((_within(Path(folder, name), top), "is a link; only folders are looked into"))
        for name in sorted(files):
            path = Path(folder, name)
            if name.startswith(".") or not _wanted(name):
                continue
            about, shown = path.lstat(), PurePosixPath(_within(path, top))
            when = dt.datetime.fromtimestamp(about.st_mtime, dt.UTC)
            if not stat.S_ISREG(about.st_mode):
                export.refused.append((str(shown), "is a link or no regular file; only files are taken"))
            elif not name.lower().endswith(".zip"):
                export.files.append(File(shown, when, lambda path=path: take(path)))  # type: ignore[misc]
            elif about.st_size > _MOST_ZIP:
                export.refused.append((str(shown), f"it is larger than {_MOST_ZIP >> 20} MB"))
            else:
                _inner(path, shown, export, when)
            if len(export.files) > _MOST_FILES:
                raise Unreadable(f"{top} holds more than {_MOST_FILES} files: is it an export of submissions?")


def _outer(file: zipfile.ZipFile, export: Export, aside: _Aside) -> None:
    """The files of an export that is a zip."""
    for entry, path in _entries(file, PurePosixPath(), export):
        if path.suffix.lower() != ".zip":
            read = lambda entry=entry: _entry(file, entry)  # noqa: E731
            export.files.append(File(path, _when(entry), read))
            continue
        try:
            lies = aside.put(file, entry)
        except Unreadable as error:
            export.refused.append((str(path), str(error)))
        else:
            _inner(lies, path, export, _when(entry))


def _inner(lies: Path, path: PurePosixPath, export: Export, uploaded: dt.datetime) -> None:
    """The files of a zip that a student has uploaded, ``path`` in the export, of which ``lies`` is a copy.

    Its own zips are not looked into.
    """

    def reads(entry: zipfile.ZipInfo) -> Callable[[], bytes]:
        def read() -> bytes:
            with _opened_zip(lies, path.name) as file:
                return _entry(file, entry)

        return read

    try:
        with _opened_zip(lies, path.name) as file:
            for entry, inside in _entries(file, path, export):
                if inside.suffix.lower() == ".zip":
                    cause = "is a zip in a zip in a zip: unpack it, and collect it by itself"
                    export.refused.append((f"{path} > {inside}", cause))
                else:
                    export.files.append(File(path, _when(entry), reads(entry), inside, uploaded))
    except Unreadable as error:
        export.refused.append((str(path), str(error)))


def _entries(
    file: zipfile.ZipFile, outer: PurePosixPath, export: Export
) -> Iterator[tuple[zipfile.ZipInfo, PurePosixPath]]:
    """The notebooks, zips and times in a zip, each with its path; what is wrong with one is told in ``export``."""
    entries = file.infolist()
    if len(entries) > _MOST_FILES:
        raise Unreadable(
            f"{outer.name or file.filename} holds more than {_MOST_FILES} files: is it an export of submissions?"
        )
    for entry in entries:
        path = PurePosixPath(entry.filename.replace("\\", "/"))
        shown = f"{outer} > {path}" if outer.name else str(path)
        if entry.is_dir() or "__MACOSX" in path.parts or path.name.startswith(".") or not _wanted(path.name):
            continue
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
            export.refused.append((shown, "climbs out of its folder"))
        elif kind and not stat.S_ISREG(kind):
            export.refused.append((shown, "is a link or no regular file; only files are taken"))
        elif entry.flag_bits & 1:
            export.refused.append((shown, "is locked by a password"))
        else:
            yield entry, path


def _opened_zip(path: Path, name: str) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise Unreadable(f"{name} is no whole zip ({error})") from error


def _entry(file: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    return b"".join(_blocks(file, entry, MOST_BYTES))


def _blocks(file: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> Iterator[bytes]:
    """Its bytes, however many it says that it has: a small zip can hold very much. Raises Unreadable."""
    size = 0
    try:
        with file.open(entry) as held:
            while block := held.read(_BLOCK):
                size += len(block)
                if size > most:
                    raise Unreadable(f"it is larger than {most >> 20} MB")
                yield block
    except (
        OSError,
        ValueError,
        EOFError,
        RuntimeError,
        NotImplementedError,
        zipfile.BadZipFile,
        zlib.error,
    ) as error:
        raise Unreadable(f"it is damaged ({error})") from error


def _when(entry: zipfile.ZipInfo) -> dt.datetime:
    """When it was last changed: in UTC where the zip says so, else by the clock of this machine, as zips have it."""
    extra = entry.extra
    while len(extra) >= 4:
        kind, size = struct.unpack("<HH", extra[:4])
        if kind == _UT and size >= 5 and extra[4] & 1:
            return dt.datetime.fromtimestamp(struct.unpack("<i", extra[5:9])[0], dt.UTC)
        extra = extra[4 + size :]
    try:
        return dt.datetime(*entry.date_time).astimezone(dt.UTC)
    except ValueError:
        return dt.datetime(1980, 1, 1, tzinfo=dt.UTC)


def _wanted(name: str) -> bool:
    return name.lower().endswith((".ipynb", ".zip")) or name == "timestamp.txt"


def _within(path: Path, top: Path) -> str:
    return path.relative_to(top).as_posix()
