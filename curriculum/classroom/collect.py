"""Collecting: what an LMS has exported goes to ``submitted/<student>/<section>/``, where `mind grade` and nbgrader look for it.

Nothing is guessed, and nothing that was handed in earlier is lost: it is kept in ``submitted/<student>/.earlier/``, which no
grader looks into. Collecting the same export again changes nothing.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from autograder.intake import Unreadable
from autograder.submissions import handed_in, take
from curriculum.catalogue import ReleasedLesson
from curriculum.classroom.exported import Export, File
from curriculum.classroom.owners import MOODLE, Owned, Owners, Unmatched, lesson_of
from curriculum.classroom.people import Person
from curriculum.files import write_whole

#: What was collected of a student: for each lesson the LMS's number of the version.
_RECORD = ".collected.json"
_FIRST = dt.datetime(1980, 1, 2, tzinfo=dt.UTC)  # zips know no earlier day: a file of that day has no time


@dataclass
class Collected:
    """What collecting has come to. Notebooks are named as student/section/name; of what was not taken, each has a cause."""

    new: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    older: list[str] = field(default_factory=list)
    unmatched: list[tuple[str, str]] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class _Version:
    file: File
    owned: Owned
    lesson: ReleasedLesson
    digest: str
    when: dt.datetime

    @property
    def title(self) -> str:
        return f"{self.owned.student}/{self.lesson.unit}/{self.lesson.stem}"


def collect(
    root: Path,
    export: Export,
    people: Sequence[Person],
    lessons: Sequence[ReleasedLesson],
    deadlines: Mapping[str, dt.datetime],
    everything_of: str = "",
) -> Collected:
    """Put what an export holds of these lessons where graders look for it.

    Of several versions the one with the LMS's highest number is taken, without numbers the latest; where neither tells them
    apart, none. Canvas's exports say of a file only whether it was late: one that was not counts as handed in by the deadline
    at the latest. Raises OSError where it cannot be written; what is there by then is whole.
    """
    report = Collected(refused=list(export.refused))
    owners, stamps = Owners(people, export.files, everything_of), _stamps(export.files)
    chosen: dict[str, list[_Version]] = {}
    for file in export.files:
        if not file.name.lower().endswith(".ipynb"):
            continue
        try:
            owned = owners.of(file)
            content = file.read()
            lesson = lesson_of(lessons, owned.name, content)
        except Unmatched as error:
            report.unmatched.append((file.shown, str(error)))
        except Unreadable as error:
            report.refused.append((file.shown, str(error)))
        else:
            # What stands inside a student's own zip is the student's word for when it was made.
            when = stamps.get(str(file.path.parent), file.uploaded or file.when)
            when = _when(when, owned, deadlines.get(lesson.unit))
            # Not the bytes themselves: those of a whole class would fill a memory.
            version = _Version(file, owned, lesson, hashlib.sha256(content).hexdigest(), when)
            chosen[version.title] = _latest([*chosen.get(version.title, []), version])
    for versions in chosen.values():
        if len(versions) > 1:
            names = " and ".join(version.file.shown for version in versions)
            report.refused.append(
                (versions[0].title, f"there are several versions, and nothing tells which is the last: {names}")
            )
            continue
        try:
            content = versions[0].file.read()
        except Unreadable as error:  # it was whole a moment ago
            report.refused.append((versions[0].file.shown, str(error)))
        else:
            _lay(root, versions[0], content, report)
    return report


def _latest(versions: list[_Version]) -> list[_Version]:
    """The last of them; several where nothing tells. The same bytes are one version."""
    numbered = all(version.owned.number for version in versions)
    ranks = [(v.owned.number if numbered else (), v.when, v.file.when, _is_place(v)) for v in versions]
    last = [v for v, rank in zip(versions, ranks, strict=True) if rank == max(ranks)]
    return list({v.digest: v for v in last}.values())


def _is_place(version: _Version) -> bool:
    """Whether it lies where learners' own notebooks do: a zip of their whole folder holds copies as well."""
    path = version.file.inside if version.file.inside.name else version.file.path
    return path.parts[-3:-1] == ("work", version.lesson.unit)


def _when(when: dt.datetime, owned: Owned, deadline: dt.datetime | None) -> dt.datetime:
    """When it counts as handed in: what the LMS says of late or not holds, whatever the files say."""
    if deadline is None or owned.late is None:
        return when
    return max(when, deadline + dt.timedelta(seconds=1)) if owned.late else min(when, deadline)


def _stamps(files: Iterable[File]) -> dict[str, dt.datetime]:
    """The times in timestamp.txt files of the export, as nbgrader writes them, by folder."""
    found = {}
    for file in files:
        # In a folder that Moodle made for a student all files are the student's, this one too.
        if file.name == "timestamp.txt" and not file.inside.name and not any(map(MOODLE.fullmatch, file.path.parts)):
            try:
                when = handed_in(file.read()[:200].decode("ascii", "replace").strip())
            except Unreadable:
                continue
            if when:
                found[str(file.path.parent)] = when
    return found


def _lay(root: Path, version: _Version, content: bytes, report: Collected) -> None:
    home = root / "submitted" / version.owned.student
    target = home / version.lesson.unit / f"{version.lesson.stem}.ipynb"
    for place in (home, target.parent, target):
        if place.is_symlink():
            report.refused.append(
                (version.title, f"{place.relative_to(root)} is a link; nothing is written through it")
            )
            return
    target.parent.mkdir(parents=True, exist_ok=True)
    record, key = _record(home), f"{version.lesson.unit}/{version.lesson.stem}"
    stamp = target.with_name("timestamp.txt")
    before, since = (take(target) if target.exists() else None), _stamp(stamp)
    number, last = version.owned.number, tuple(record.get(key, ()))
    if before == content:
        report.unchanged.append(version.title)
    elif before is not None and (number < last if number and last else since is not None and version.when < since):
        report.older.append(version.title)
        return
    else:
        if before is not None:
            _keep(home, version, before, since)
        write_whole(target, content)
        target.chmod(0o644)
        if version.when >= _FIRST and (since is None or version.when > since):
            write_whole(stamp, f"{version.when:%Y-%m-%d %H:%M:%S.%f} UTC".encode())
        (report.new if before is None else report.replaced).append(version.title)
    if number and number != last:
        write_whole(home / _RECORD, json.dumps({**record, key: number}, indent=1).encode())


def _keep(home: Path, version: _Version, content: bytes, since: dt.datetime | None) -> None:
    folder = home / ".earlier" / version.lesson.unit
    folder.mkdir(parents=True, exist_ok=True)
    when = f"{since.astimezone(dt.UTC):%Y%m%d-%H%M%S}-" if since else ""
    write_whole(folder / f"{version.lesson.stem}-{when}{hashlib.sha256(content).hexdigest()[:8]}.ipynb", content)


def _record(home: Path) -> dict[str, list[int]]:
    try:
        return {
            str(key): [int(part) for part in number] for key, number in json.loads((home / _RECORD).read_text()).items()
        }
    except FileNotFoundError:
        return {}
    except (ValueError, TypeError, AttributeError) as error:
        raise OSError(f"{home / _RECORD} is damaged ({error}); mend it or remove it, then collect again") from error


def _stamp(path: Path) -> dt.datetime | None:
    return (
        handed_in(path.read_text(encoding="ascii", errors="replace").strip())
        if os.path.lexists(path) and not path.is_symlink()
        else None
    )
