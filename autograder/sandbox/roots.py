"""A root of its own for a process: in place of all files of the machine only those it is given, each at its own path.

It is put together from bind mounts in a mount namespace of the process's own, on a small file system in memory.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from autograder.sandbox import namespaces as ns

#: What a process sees of /dev, beside a shm of its own.
DEVICES = ("null", "zero", "full", "random", "urandom")
_OWN = {"/tmp": "64m", "/dev/shm": "256m"}
#: Folders that may serve as the place to put a new root together: the first that hides nothing that is needed.
_PLACES = ("/mnt", "/media", "/srv", "/boot", "/opt", "/home", "/run", "/var", "/tmp", "/sys")


@dataclass(frozen=True)
class Found:
    """Where files really lie, {place: whether it is a folder}, and the symbolic links that lead there, {place: target}."""

    places: dict[str, bool]
    links: dict[str, str]


def find(paths: Iterable[str], known: Found | None = None) -> Found:
    """The places behind paths, without what is not there and what lies in another or in a ``known`` place."""
    links: dict[str, str] = dict(known.links) if known else {}
    real = {_follow(path, links) for path in paths if os.path.exists(path)}
    places = dict(known.places) if known else {}
    for place in sorted(real, key=len):
        if not any(within(place, other) for other in places):
            places[place] = os.path.isdir(place)
    return Found(places, links)


def within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def new_root(readable: Found, writable: str, etc: Mapping[str, bytes], processes: bool) -> None:
    """Replaces all files that this process sees, in a mount namespace of its own.

    What remains: what is ``readable``, read-only, and the ``writable`` folder; ``etc``, {name: content}; /tmp and
    /dev/shm of its own; a few devices; and, where it has ``processes`` of its own, /proc. Raises OSError, and then has
    changed nothing.
    """
    taken = (*readable.places, writable)
    root = next((p for p in _PLACES if os.path.isdir(p) and not any(within(path, p) for path in taken)), "")
    if not root:
        raise OSError(39, f"no folder to put a new root together on: all of {_PLACES} are needed or missing")
    ns.mount("tmpfs", root, "tmpfs", ns.NOSUID | ns.NODEV, "size=4m,nr_inodes=4k,mode=755")
    try:
        _furnish(root, readable, writable, etc, processes)
        os.chdir(root)
        ns.pivot_root()
    except OSError:
        os.chdir("/")
        ns.detach(root)
        raise
    ns.add_flags("/", ns.RDONLY | ns.NOSUID | ns.NODEV, within=False)


def _furnish(root: str, readable: Found, writable: str, etc: Mapping[str, bytes], processes: bool) -> None:
    for path, size in _OWN.items():
        _folder(root + path)
        ns.mount("tmpfs", root + path, "tmpfs", ns.NOSUID | ns.NODEV, f"size={size},nr_inodes=16k,mode=1777")
    for path, folder in sorted([*readable.places.items(), (writable, True)], key=lambda item: len(item[0])):
        _bind(path, root + path, folder)
        ns.add_flags(root + path, (0 if path == writable else ns.RDONLY) | ns.NOSUID | ns.NODEV)
    for place, target in readable.links.items():
        if not os.path.lexists(root + place):
            _folder(os.path.dirname(root + place))
            os.symlink(target, root + place)
    for name, content in etc.items():
        _write(f"{root}/etc/{name}", content)
    for name in DEVICES:
        _bind(f"/dev/{name}", f"{root}/dev/{name}", False)
    for name, target in {"fd": "", "stdin": "/0", "stdout": "/1", "stderr": "/2"}.items():
        os.symlink(f"/proc/self/fd{target}", f"{root}/dev/{name}")
    _folder(root + "/proc")
    if processes:
        _show_processes(root + "/proc")


def _show_processes(folder: str) -> None:
    """A /proc that shows this process space; an empty one where the kernel refuses, as it does within some containers."""
    sealed = ns.NOSUID | ns.NODEV | ns.NOEXEC
    try:
        ns.mount("proc", folder, "proc", sealed)
    except OSError:
        return
    if os.getuid() == 0 and not ns.can_leave_root():  # root needs no capability to turn the kernel's switches
        _bind(f"{folder}/sys", f"{folder}/sys", True)
        ns.add_flags(f"{folder}/sys", ns.RDONLY | sealed)


def _follow(path: str, links: dict[str, str]) -> str:
    """Where a path leads; the links on the way are noted."""
    at, left = "/", path.split("/")
    for _ in range(400):  # of a path that exists no link leads in circles
        if not left:
            break
        part = left.pop(0)
        step = os.path.join(at, part)
        if part == "..":
            at = os.path.dirname(at)
        elif part in ("", "."):
            continue
        elif step in links or os.path.islink(step):
            target = links.setdefault(step, links.get(step) or os.readlink(step))
            at, left = "/" if target.startswith("/") else at, [*target.split("/"), *left]
        else:
            at = step
    return at


def _bind(source: str, target: str, folder: bool) -> None:
    if folder:
        _folder(target)
    elif not os.path.exists(target):
        _write(target, b"")
    ns.mount(source, target, "", ns.BIND | ns.REC)


def _folder(path: str) -> None:
    try:
        os.mkdir(path, 0o755)
    except FileExistsError:
        pass
    except FileNotFoundError:
        _folder(os.path.dirname(path))
        os.mkdir(path, 0o755)


def _write(path: str, content: bytes) -> None:
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    except FileNotFoundError:
        _folder(os.path.dirname(path))
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    os.write(file, content)
    os.close(file)
