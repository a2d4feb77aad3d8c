"""The processes that come from a process: what they hold, and who was left behind. By Linux's /proc; elsewhere nothing is told."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator


def memory_of(pid: int) -> int:
    """Bytes resident that a process and all its descendants have written; 0 where it cannot be told.

    Pages that several of them share count once for each, pages of files (libraries, data) do not count.
    """
    return sum(_written(each) for each in (pid, *_below(pid)))


def strays(known: set[int]) -> list[int]:
    """Children of this process that are not among those it knows: orphans of its children, which it took over."""
    return [pid for pid in _children(os.getpid()) if pid not in known]


def tasks_of(uid: int) -> int:
    """How many processes and threads a user runs on this machine; 0 where it cannot be told."""
    count = 0
    for pid in _all():
        with contextlib.suppress(OSError, ValueError):
            if os.stat(f"/proc/{pid}").st_uid == uid:
                count += len(os.listdir(f"/proc/{pid}/task"))
    return count


def _written(pid: int) -> int:
    total = 0
    with contextlib.suppress(OSError), open(f"/proc/{pid}/status", "rb") as status:
        for line in status:
            if line.startswith((b"RssAnon:", b"RssShmem:")):
                total += int(line.split()[1]) << 10
    return total


def _below(pid: int) -> Iterator[int]:
    for child in _children(pid):
        yield child
        yield from _below(child)


def _children(pid: int) -> list[int]:
    try:
        threads = os.listdir(f"/proc/{pid}/task")
        found = []
        for thread in threads:
            with open(f"/proc/{pid}/task/{thread}/children", "rb") as file:
                found += [int(child) for child in file.read().split()]
        return found
    except OSError:  # it has ended, or the kernel does not list children
        return [child for child in _all() if _parent(child) == pid]


def _parent(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            return int(file.read().rpartition(b")")[2].split()[1])
    except OSError:
        return 0


def _all() -> list[int]:
    try:
        return [int(name) for name in os.listdir("/proc") if name.isdecimal()]
    except OSError:
        return []
