"""What a forked process may touch: which files, whether a network, how much memory, and that it ends with its parent.

The process that forks calls ``prepare`` once and then ``fork`` for each child; the child calls ``enter`` before it runs
anything of a learner's. On Linux a child gets namespaces of its own (namespaces.py) and Landlock on top
(landlock.py); where the kernel refuses one of them the rest still holds, and ``Means`` says what is in
force. Elsewhere only limits are.

A child is process 1 of its process space: when it ends all its descendants end with it, and a signal that it sends
itself is ignored unless it handles it (docs: pid_namespaces(7)). What the forking process has in memory its children have too: keep
secrets out of it, and start it with a clean environment.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from autograder.sandbox import landlock, namespaces, rights, roots, surroundings
from autograder.sandbox.descendants import memory_of, strays

__all__ = [
    "Limits", "Means", "View", "enter", "fork", "memory_of", "prepare", "probe", "scratch", "strays", "unscratch",
]  # fmt: skip

_ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
_SECONDS = 60  # for a probe; it takes less than one


@dataclass(frozen=True)
class Limits:
    """Bytes, but for ``processes`` and ``open_files``.

    ``memory`` is that of the data of one process, never of its address space, which would kill programs that reserve more
    than they use (Java). It is a soft limit, which ends in a MemoryError where it is met, and which a process may lift for a
    program that reserves even data without using it (ASan). ``total_memory`` is what nobody gets past: that of all processes
    of a child; whoever forks watches it with ``memory_of``. ``scratch`` is the size of the writable folder, ``file_size`` that of one file.
    """

    memory: int = 4 << 30
    total_memory: int = 6 << 30
    processes: int = 128
    file_size: int = 256 << 20
    scratch: int = 512 << 20
    open_files: int = 512


@dataclass(frozen=True)
class View:
    """The files a child sees, each at its own path, beside the system's and the interpreter's own.

    ``readable`` files and folders are seen read-only, links in these paths are followed; the folder ``shared`` is
    writable, and is HOME, TMPDIR and the working directory.
    """

    readable: tuple[str, ...]
    shared: str


@dataclass(frozen=True)
class Means:
    """What really is in force. ``landlock`` is its ABI, 0 for none; ``processes`` is a process space of its own."""

    namespaces: bool = False
    network: str = "open"  # "private loopback", "no TCP" or "open"
    files: str = "open"  # "own view", "landlock" or "open"
    other_user: bool = False
    processes: bool = False
    landlock: int = 0

    @property
    def strong(self) -> bool:
        """Whether both files and network are closed."""
        return self.files != "open" and self.network != "open"

    def line(self) -> str:
        """One line, for a score's record."""
        there = [
            {"own view": "own view of files", "landlock": "only some files", "open": ""}[self.files],
            "" if self.network == "open" else self.network,
            "own process space" if self.processes else "",
            "another user" if self.other_user else "",
            f"Landlock {self.landlock}" if self.landlock else "",
        ]
        said = [words for words in there if words]
        return ", ".join([*said, "limits"]) if said else "only limits on memory and processes"


class _Here:
    """What this process has found out about itself."""

    mounts = False  # it has a mount namespace of its own, and may mount
    pids = False  # it is process 1 of a process space of its own
    parent = -1  # of a forked child: a descriptor that tells when its parent has died


def prepare() -> None:
    """Makes this process able to confine its children; once, while it has one thread, before the first fork.

    Never raises: where the kernel refuses, children are confined by less.
    """
    with contextlib.suppress(OSError):
        namespaces.become_reaper()
    with contextlib.suppress(OSError):
        namespaces.own_mounts()
        _Here.mounts = True
    if not _Here.mounts and _may_own_user():
        with contextlib.suppress(OSError):
            namespaces.own_user(os.getuid(), os.getgid())
            namespaces.own_mounts()
            _Here.mounts = True


def _may_own_user() -> bool:
    """Tried by a child: some systems allow a user namespace and then nothing in it, and there is no way back."""
    if not hasattr(os, "fork"):
        return False
    uid, gid = os.getuid(), os.getgid()
    pid = os.fork()
    if pid == 0:
        try:
            namespaces.own_user(uid, gid)
            namespaces.own_mounts()
            os._exit(0)
        finally:
            os._exit(1)
    return os.waitpid(pid, 0)[1] == 0


def fork() -> int:
    """As os.fork; the child is process 1 of a process space of its own where that is possible."""
    surroundings.look()  # once, for all children
    guard = -1
    if hasattr(os, "pidfd_open"):
        with contextlib.suppress(OSError):
            guard = os.pidfd_open(os.getpid())
    own = False
    try:
        pid = namespaces.fork()
        own = True
    except OSError:
        pid = os.fork()
    if pid == 0:
        _Here.pids, _Here.parent = own, guard
    elif guard >= 0:
        os.close(guard)
    return pid


def scratch(folder: str, limits: Limits) -> None:
    """Makes ``folder``, an empty one, ready to be a child's ``shared``: by the process that forks.

    Where that may mount, it becomes a file system in memory of ``limits.scratch`` bytes, which only this process and
    its children see; else the folder stays as it is, with no limit on its size.
    """
    uid, gid = os.getuid(), os.getgid()
    try:
        if not _Here.mounts:
            raise OSError(1, "this process may not mount")
        if namespaces.can_leave_root():
            uid = gid = namespaces.NOBODY
        namespaces.scratch(folder, limits.scratch, uid, gid)
    except OSError:
        os.chmod(folder, 0o777 if os.getuid() == 0 else 0o700)  # root's children may be another user


def unscratch(folder: str) -> None:
    """Takes such a folder away with all that is in it, whatever rights a learner took from it. Links are not followed."""
    with contextlib.suppress(OSError):
        namespaces.detach(folder)
    with contextlib.suppress(OSError):
        os.chmod(folder, 0o700)
    for at, folders, _ in os.walk(folder):  # a folder is opened up before it is walked into
        for path in (os.path.join(at, name) for name in folders):
            if not os.path.islink(path):
                with contextlib.suppress(OSError):
                    os.chmod(path, 0o700)
    shutil.rmtree(folder, ignore_errors=True)


def enter(view: View, limits: Limits, learner: bool = True, keep: tuple[int, ...] = ()) -> Means:
    """Confines this process, a child of ``fork``, for good, and says by what.

    Its environment is reduced to a few names, its descriptors to 0, 1, 2 and ``keep``, none of which may be a folder
    (ValueError): from a folder one could walk out. ``learner=False`` is for the trusted tester: the same files and network,
    and other processes of the same user cannot look into it. Raises OSError where ``shared`` is not there.
    """
    for number in (0, 1, 2, *keep):
        with contextlib.suppress(OSError):
            if stat.S_ISDIR(os.fstat(number).st_mode):
                raise ValueError(f"descriptor {number} is a folder, which a confined process must not hold")
    shared = os.path.realpath(view.shared, strict=True)
    os.umask(0o022)
    with contextlib.suppress(OSError):
        os.setsid()
    readable = roots.find(view.readable, surroundings.look())
    network = "private loopback" if _Here.mounts and _own_network() else "open"
    may_leave = namespaces.can_leave_root()  # asked now: later there may be no /proc
    own_view = _Here.mounts and _own_view(readable, shared, namespaces.NOBODY if may_leave else os.getuid())
    if learner:
        rights.be_first_to_go()
    # In a view of its own the user nobody reaches all that is in it; elsewhere that depends.
    may_leave = may_leave and (own_view or all(surroundings.open_to_all(path) for path in (*readable.places, shared)))
    other_user = may_leave and rights.leave_root()
    apart = rights.drop(namespaces=_Here.mounts)
    rights.limit(limits.memory, limits.file_size, limits.open_files, limits.processes, apart)
    if own_view:
        version = _landlock(["/"], [shared, "/tmp", "/dev/shm"], tcp=network != "open")
    else:
        version = _landlock([*readable.places, *surroundings.single_files()], [shared], tcp=network != "open")
    if version >= 4 and network == "open":
        network = "no TCP"
    rights.end_with_parent(_Here.parent)
    with contextlib.suppress(OSError):
        namespaces.set_dumpable(learner)
    rights.close_all_but((0, 1, 2, *keep))
    os.chdir(shared)
    surroundings.set_environment(shared, "/tmp" if own_view else shared)
    return Means(
        namespaces=own_view or network == "private loopback" or _Here.pids,
        network=network,
        files="own view" if own_view else "landlock" if version else "open",
        other_user=other_user,
        processes=_Here.pids,
        landlock=version,
    )


def _own_network() -> bool:
    try:
        namespaces.unshare(namespaces.NEWNET)
        namespaces.loopback()
    except OSError:
        return False
    return True


def _own_view(readable: roots.Found, shared: str, user: int) -> bool:
    try:
        namespaces.unshare(namespaces.NEWNS)
    except OSError:
        return False
    for flag in (namespaces.NEWIPC, namespaces.NEWUTS, namespaces.NEWCGROUP):
        with contextlib.suppress(OSError):
            namespaces.unshare(flag)
    try:
        roots.new_root(readable, shared, surroundings.etc(user, shared), _Here.pids)
    except OSError:
        return False
    return True


def _landlock(readable: Iterable[str], writable: Iterable[str], tcp: bool) -> int:
    devices = [f"/dev/{name}" for name in roots.DEVICES]
    try:
        return landlock.restrict(readable, [*writable, *devices], tcp)
    except OSError:
        return 0


@functools.cache
def probe() -> Means:
    """What ``enter`` achieves on this machine: found out by doing it, in an interpreter started for that."""
    if not hasattr(os, "fork"):
        return Means()
    ask = f"import sys; sys.path.insert(0, {_ROOT!r}); from autograder import sandbox; sandbox._try()"
    environment = {**os.environ, **surroundings.ONE_THREAD}
    try:
        ran = subprocess.run(
            [sys.executable, "-c", ask], env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=True,
            timeout=_SECONDS,
        )  # fmt: skip
        return Means(**json.loads(ran.stdout))
    except (OSError, subprocess.SubprocessError, ValueError):
        return Means()


def _try() -> None:
    """Confines a child and prints what it says, as JSON."""
    folder = tempfile.mkdtemp(prefix="probe-")
    prepare()
    scratch(folder, Limits())
    try:
        pid = fork()
        if pid == 0:
            try:
                print(json.dumps(asdict(enter(View((), folder), Limits()))), flush=True)
            finally:
                os._exit(0)
        os.waitpid(pid, 0)
    finally:
        unscratch(folder)
