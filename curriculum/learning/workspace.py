"""The learner's copies of released lessons, in ``work/<unit>/``. What the learner changed is never overwritten."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import itertools
import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from curriculum.catalogue import Catalogue, ReleasedLesson
from curriculum.files import write_whole
from curriculum.learning.released_cells import WorkspaceError as WorkspaceError
from curriculum.learning.released_cells import with_released_cells
from curriculum.paths import ROOT
from curriculum.plan import Plan


@dataclass(frozen=True)
class Update:
    """What an update did with one copy: ``what`` is "up to date", "replaced" or "laid beside" (then at ``path``)."""

    day: str
    what: str
    path: Path


class Workspace:
    """The folder ``work/`` of one course, with a record of which release each copy began as."""

    def __init__(self, root: Path = ROOT, plan: Plan | None = None, catalogue: Catalogue | None = None) -> None:
        if catalogue is None:
            if plan is None:
                raise TypeError("a workspace needs a plan or a catalogue")
            catalogue = Catalogue(plan, root)
        self.folder = root / "work"
        self.catalogue = catalogue
        self._record = self.folder / ".released.json"

    def copy_of(self, lesson: ReleasedLesson) -> Path:
        return self.folder / lesson.unit / f"{lesson.stem}.ipynb"

    def started(self) -> dict[str, Path]:
        """The days that have a copy, with it."""
        copies = ((day, self.copy_of(lesson)) for day, lesson in self.catalogue.lessons.items())
        return {day: copy for day, copy in copies if copy.exists()}

    def renamed(self) -> dict[str, Path]:
        """The days without a copy whose lesson lies under another name in ``work/``, as its notebook itself says."""
        started, found = self.started(), dict[str, Path]()
        for unit in dict.fromkeys(lesson.unit for lesson in self.catalogue.lessons.values()):
            for path in sorted((self.folder / unit).glob("*.ipynb")):
                day = _day(path)
                if day in self.catalogue.lessons and day not in started:
                    found.setdefault(day, path)
        return found

    def start(self, day: str) -> Path:
        """Copy a day's released lesson, unless there is a copy already; where it is. Raises WorkspaceError, OSError."""
        lesson = self.catalogue.lessons.get(day)
        if lesson is None:
            written = ", ".join(self.catalogue.lessons) or "none yet"
            raise WorkspaceError(f"there is no lesson for {day} yet; written are: {written}")
        copy = self.copy_of(lesson)
        if not copy.exists():
            copy.parent.mkdir(parents=True, exist_ok=True)
            self._hand_out(lesson, copy)
        self._pictures(lesson)
        return copy

    def update(self) -> list[Update]:
        """Bring newer releases: over a copy that is as it was handed out, beside one that is not."""
        return [self._update(self.catalogue.lessons[day], copy) for day, copy in self.started().items()]

    def reset(self, day: str, exercise: str | None = None) -> tuple[Path, Path]:
        """Put a started lesson, or the solution cells of one exercise, back to how it was released; all else stays.

        Returns the copy, and where the work before lies: in ``kept/`` beside it. Raises WorkspaceError, OSError; then the
        copy is as it was.
        """
        lesson, copy = self.catalogue.lessons.get(day), self.started().get(day)
        if lesson is None or copy is None:
            raise WorkspaceError(f"{day} is not started, so there is nothing to put back. `mind start {day}` starts it")
        if copy.is_symlink():
            raise WorkspaceError(f"{copy} is a link to another file, which is left alone. Put a copy in its place")
        cells = with_released_cells(copy, lesson.path, exercise) if exercise is not None else None
        kept = _kept(copy)
        if cells is None:
            self._hand_out(lesson, copy)
            self._pictures(lesson)
        else:
            write_whole(copy, cells)
            shutil.copymode(kept, copy)
        return copy, kept

    def _update(self, lesson: ReleasedLesson, copy: Path) -> Update:
        handed_out, fresh = self._records().get(self._key(lesson)), _digest(lesson.path)
        if handed_out == fresh or _digest(copy) == fresh:
            return Update(lesson.day, "up to date", copy)
        self._pictures(lesson)
        if _digest(copy) == handed_out:
            self._hand_out(lesson, copy)
            return Update(lesson.day, "replaced", copy)
        beside = copy.with_name(f"{copy.stem}.update-{fresh[:8]}.ipynb")
        if not beside.exists():
            _copy(lesson.path, beside)
        return Update(lesson.day, "laid beside", beside)

    def _hand_out(self, lesson: ReleasedLesson, copy: Path) -> None:
        _copy(lesson.path, copy)
        records = {**self._records(), self._key(lesson): _digest(lesson.path)}
        write_whole(self._record, json.dumps(records, indent=1).encode())

    def _pictures(self, lesson: ReleasedLesson) -> None:
        """Diagrams stand beside the notebook that shows them; they are ours, so a newer one replaces an older."""
        for path in lesson.path.parent.glob(f"{lesson.stem}_*.svg"):
            there = self.folder / lesson.unit / path.name
            if not there.exists() or there.read_bytes() != path.read_bytes():
                _copy(path, there)

    def _key(self, lesson: ReleasedLesson) -> str:
        return f"{lesson.unit}/{lesson.stem}"

    def _records(self) -> dict[str, str]:
        # A record that cannot be read only means that every copy counts as changed, and none is replaced.
        with contextlib.suppress(OSError, ValueError):
            return dict(json.loads(self._record.read_text(encoding="utf-8")))
        return {}


def _day(path: Path) -> str:
    """The day that a notebook says it is the lesson of, "" for any other file."""
    with contextlib.suppress(OSError, ValueError, LookupError, TypeError, RecursionError):
        return str(json.loads(path.read_text(encoding="utf-8-sig"))["metadata"]["lesson"]["day"])
    return ""


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _copy(source: Path, target: Path) -> None:
    write_whole(target, source.read_bytes())
    shutil.copymode(source, target)


def _kept(copy: Path) -> Path:
    """Another copy of a learner's notebook under a name of its own, whole before the work is touched."""
    folder = copy.parent / "kept"
    folder.mkdir(exist_ok=True)
    stamp = f"{dt.datetime.now():%Y%m%d-%H%M%S}"
    names = (f"{copy.stem}.{stamp}{f'-{number}' if number > 1 else ''}.ipynb" for number in itertools.count(1))
    kept = next(path for name in names if not (path := folder / name).exists())
    _copy(copy, kept)
    return kept
