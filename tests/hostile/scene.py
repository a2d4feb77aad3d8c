"""A course folder with something to find in it, which no submission may change: canaries, listeners, a HOME, a secret."""

from __future__ import annotations

import glob
import hashlib
import os
import shutil
import site
import socket
import sqlite3
import stat
import sys
import tempfile
import threading
import uuid
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

from tests.hostile.case import Files, Link, Special
from tests.hostile.lesson import Lesson, Places

ASSIGNMENT = "a1"
#: Where attacks leave things that are nobody's folder.
_COMMON = ("/tmp", "/var/tmp", "/dev/shm", "/etc")

Snapshot = dict[str, tuple[int, str]]


class Scene:
    """The folder ``root`` as a context: the environment, HOME and temporary folder of the process are set to it meanwhile.

    ``course/`` is laid out as nbgrader's; ``lesson`` is the lesson in it, with the places that attacks aim at.
    """

    def __init__(self, root: Path, source: Path, release: Path, attacked: str = "") -> None:
        self.root, self.tag, self.secret = root, uuid.uuid4().hex[:12], f"secret-{uuid.uuid4().hex}"
        self.course, self.home, self.temporary = root / "course", root / "home", root / "tmp"
        self.contacts: list[str] = []
        self._listeners: list[socket.socket] = []
        self._saved: dict[str, str | None] = {}
        root.chmod(0o755)
        port = self._listen(socket.AF_INET, ("127.0.0.1", 0))
        self._listen(socket.AF_UNIX, str(root / "grader.sock"))
        places = Places(str(self.course), str(self.home), ASSIGNMENT, port, str(root / "grader.sock"), self.tag)
        self.lesson = Lesson.read(source, release, places, attacked)
        self._build(root / "pristine", source, release)
        self.temporary.mkdir()
        self.restore()

    def __enter__(self) -> Scene:
        self._was = Path.cwd()
        os.chdir(self.course)
        new = {
            "HOME": str(self.home),
            "TMPDIR": str(self.temporary),
            "SECRET_TOKEN": self.secret,
            "HOSTILE_SCENE": self.tag,
        }
        self._saved = {name: os.environ.get(name) for name in new}
        os.environ.update(new)
        tempfile.tempdir = None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.chdir(self._was)
        for name, value in self._saved.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        tempfile.tempdir = None
        for listener in self._listeners:
            listener.close()

    def submit(self, files: Files) -> Path:
        """Lay out a submission; the path at which its notebook should be."""
        folder = self.course / "submitted" / "learner" / ASSIGNMENT
        _clear(folder)
        folder.mkdir(parents=True)
        for name, what in files.items():
            path = folder / name
            if isinstance(what, bytes):
                path.write_bytes(what)
            elif isinstance(what, Link):
                path.symlink_to(what.to.format(course=self.course, home=self.home))
            else:
                _special(path, what)
        return folder / self.lesson.file

    def snapshot(self) -> Snapshot:
        """Mode and content of everything in the course and in HOME."""
        found = {}
        for top in (self.course, self.home):
            for path in [top, *sorted(top.rglob("*"))]:
                about = path.lstat()
                found[str(path.relative_to(self.root))] = (about.st_mode, _content(path, about))
        return found

    def restore(self) -> None:
        """Put the course and HOME back as they were at first."""
        for name in ("course", "home"):
            folder = self.root / name
            folder.mkdir(exist_ok=True)  # never removed here: processes work in it
            folder.chmod(0o755)
            for path in folder.iterdir():
                _clear(path)
            shutil.copytree(self.root / "pristine" / name, folder, symlinks=True, dirs_exist_ok=True)
        if self._saved:
            os.chdir(self.course)  # should an attack have removed it

    def left_outside(self) -> list[Path]:
        """What attacks left where everybody may write, or nobody should be able to."""
        folders = [*_COMMON, *site.getsitepackages(), os.path.dirname(os.__file__)]
        found = [Path(name) for folder in folders for name in glob.glob(f"{folder}/stray-*")]
        return [path for path in found if self.tag in path.name]

    def clear_outside(self) -> None:
        for path in self.left_outside():
            _clear(path)

    def processes(self) -> dict[int, str]:
        """Processes that have this scene in their environment, but this one: what each is called, and whose child it is."""
        found = {}
        for folder in Path("/proc").glob("[0-9]*") if sys.platform == "linux" else []:
            try:
                if f"HOSTILE_SCENE={self.tag}".encode() in (folder / "environ").read_bytes():
                    state = (folder / "stat").read_text()
                    parent = int(state.rpartition(")")[2].split()[1])
                    command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
                    found[int(folder.name)] = f"{command[:80]} (process {folder.name}, child of {parent})"
            except OSError:  # it ended meanwhile
                continue
        return {process: name for process, name in found.items() if process != os.getpid()}

    def _build(self, pristine: Path, source: Path, release: Path) -> None:
        course, home = pristine / "course", pristine / "home"
        for tree, origin in (("source", source), ("release", release)):
            (course / tree / ASSIGNMENT).mkdir(parents=True)
            shutil.copy(origin, course / tree / ASSIGNMENT / self.lesson.file)
            (course / tree / ASSIGNMENT / "data.csv").write_text("x,y\n1,2\n3,4\n")
        other = course / "submitted" / "other" / ASSIGNMENT
        other.mkdir(parents=True)
        (other / self.lesson.file).write_bytes(self.lesson.dump(self.lesson.solved()))
        (course / "nbgrader_config.py").write_text('c = get_config()\nc.CourseDirectory.course_id = "canary"\n')
        _gradebook(course / "gradebook.db", self.lesson)
        (home / ".ipython" / "profile_default" / "startup").mkdir(parents=True)
        (home / ".netrc").write_text(f"machine example.org login teacher password SECRET_TOKEN={self.secret}\n")
        (home / ".bashrc").write_text("# nothing\n")

    def _listen(self, family: socket.AddressFamily, address: tuple[str, int] | str) -> int:
        listener = socket.socket(family)
        listener.bind(address)
        listener.listen()
        self._listeners.append(listener)
        threading.Thread(target=self._record, args=(listener,), daemon=True).start()
        return int(listener.getsockname()[1]) if family == socket.AF_INET else 0

    def _record(self, listener: socket.socket) -> None:
        while True:
            try:
                caller, _ = listener.accept()
            except OSError:  # the scene is over
                return
            with caller:
                caller.settimeout(1)
                try:
                    self.contacts.append(caller.recv(4096).decode(errors="replace")[:200])
                except OSError:
                    self.contacts.append("")


def changes(before: Snapshot, after: Snapshot) -> list[str]:
    def told(names: Iterable[str], how: str) -> list[str]:
        return [f"{name} was {how}" for name in sorted(names)]

    both = before.keys() & after.keys()
    return [
        *told(before.keys() - after.keys(), "deleted"),
        *told(after.keys() - before.keys(), "added"),
        *told((name for name in both if before[name] != after[name]), "changed"),
    ]


def _content(path: Path, about: os.stat_result) -> str:
    if stat.S_ISLNK(about.st_mode):
        return os.readlink(path)
    if not stat.S_ISREG(about.st_mode):
        return ""
    if about.st_blocks == 0:  # nothing of a sparse file is on the disk
        return str(about.st_size)
    mode = stat.S_IMODE(about.st_mode)
    if not mode & stat.S_IRUSR and os.geteuid():
        return str((about.st_size, about.st_mtime_ns))
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _special(path: Path, special: Special) -> None:
    if special.what == "folder":
        path.mkdir()
        (path / "inside.txt").write_text("x")
    elif special.what == "fifo":
        os.mkfifo(path)
    elif special.what == "socket":
        with socket.socket(socket.AF_UNIX) as door:
            os.chdir(path.parent)  # a socket's path has room for about a hundred characters
            try:
                door.bind(path.name)
            finally:
                os.chdir(path.parents[3])
    elif special.what == "sparse":
        with path.open("wb") as file:
            file.truncate(10 << 30)
    else:
        path.write_bytes(special.data)
        path.chmod(0)


def _gradebook(path: Path, lesson: Lesson) -> None:
    """As much of nbgrader's gradebook as attacks look at: scores, and the sources of cells."""
    with sqlite3.connect(path) as database:
        database.execute("create table grade (name text, student text, auto_score real)")
        database.execute("create table source_cell (name text, source text)")
        for name in lesson.most:
            database.execute("insert into grade values (?, 'learner', 0)", (name,))
        for exercise in lesson.exercises:
            for name in exercise.solutions:
                database.execute("insert into source_cell values (?, ?)", (name, lesson.text(name)))
    database.close()


def _clear(path: Path) -> None:
    if path.is_symlink() or path.is_file():
        path.unlink()
    else:
        shutil.rmtree(path, ignore_errors=True)
