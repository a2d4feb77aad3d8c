"""What an LMS has exported, a folder or a zip, as a list of files that can be read one at a time.

Nothing of it is trusted or unpacked: names that climb out, links and files that would fill a memory are refused by name.
"""

from __future__ import annotations

import datetime as dt
import io
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from autograder.intake import MOST_BYTES, Unreadable
from autograder.submissions import take

#: A student's own zip may be so large, and an export may have so many files.
_MOST_ZIP, _MOST_FILES = 100 << 20, 200_000
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
    """The files of a folder or a zip. Raises Unreadable where it is neither."""
    with ExitStack() as stack:
        export = Export()
        if path.is_dir():
            _folder(path, export, stack)
        elif zipfile.is_zipfile(path):
            _zip(stack.enter_context(_opened_zip(path, path.name)), PurePosixPath(), export, stack)
        elif not path.exists():
            raise Unreadable(f"there is no {path}")
        else:
            raise Unreadable(f"{path} is neither a folder nor a zip")
        yield export


def _folder(top: Path, export: Export, stack: ExitStack) -> None:
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
            if not stat.S_ISREG(about.st_mode):
                export.refused.append((str(shown), "is a link or no regular file; only files are taken"))
            elif name.lower().endswith(".zip"):
                when = dt.datetime.fromtimestamp(about.st_mtime, dt.UTC)
                _inner(lambda path=path: _limited(path), shown, export, stack, when)  # type: ignore[misc]
            else:
                when = dt.datetime.fromtimestamp(about.st_mtime, dt.UTC)
                export.files.append(File(shown, when, lambda path=path: take(path)))  # type: ignore[misc]
            if len(export.files) > _MOST_FILES:
                raise Unreadable(f"{top} holds more than {_MOST_FILES} files: is it an export of submissions?")


def _zip(
    file: zipfile.ZipFile,
    outer: PurePosixPath,
    export: Export,
    stack: ExitStack,
    uploaded: dt.datetime | None = None,
) -> None:
    """The files of a zip; of one that a student has ``uploaded`` (at ``outer``) its own zips are not looked into."""
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
        elif path.suffix.lower() == ".zip":
            if outer.name:
                export.refused.append((shown, "is a zip in a zip in a zip: unpack it, and collect it by itself"))
            else:
                _inner(lambda entry=entry: _entry(file, entry, _MOST_ZIP), path, export, stack, _when(entry))  # type: ignore[misc]
        else:
            read = lambda entry=entry: _entry(file, entry, MOST_BYTES)  # noqa: E731
            export.files.append(
                File(outer, _when(entry), read, path, uploaded) if outer.name else File(path, _when(entry), read)
            )


def _inner(
    read: Callable[[], bytes], path: PurePosixPath, export: Export, stack: ExitStack, uploaded: dt.datetime
) -> None:
    try:
        _zip(stack.enter_context(_opened_zip(io.BytesIO(read()), path.name)), path, export, stack, uploaded)
    except Unreadable as error:
        export.refused.append((str(path), str(error)))


def _opened_zip(content: Path | io.BytesIO, name: str) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(content)
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise Unreadable(f"{name} is no whole zip ({error})") from error


def _entry(file: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> bytes:
    """Its bytes, however many it says that it has: a small zip can hold very much."""
    try:
        with file.open(entry) as held:
            data = held.read(most + 1)
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
    if len(data) > most:
        raise Unreadable(f"it is larger than {most >> 20} MB")
    return data


def _limited(path: Path) -> bytes:
    if path.stat().st_size > _MOST_ZIP:
        raise Unreadable(f"it is larger than {_MOST_ZIP >> 20} MB")
    return path.read_bytes()


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
