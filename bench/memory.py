"""Peak memory of a process and all that it starts, on Linux: the sum of what each holds, shared pages by their share (PSS)."""

from __future__ import annotations

import os
import threading
from pathlib import Path

_EVERY = 0.1
_PROC = Path("/proc")


class Peak:
    """Samples ``roots`` and their descendants while the context lasts; ``bytes`` is the most seen, ``processes`` how many then.

    Sampling takes time of the processes sampled, so nothing is timed meanwhile. A process that ends between two samples
    is not seen.
    """

    def __init__(self, root: int, without_root: bool = False, beside: frozenset[int] = frozenset()) -> None:
        self.bytes = self.processes = 0
        self._root, self._leave_out = root, beside | ({root} if without_root else frozenset())
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Peak:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(_EVERY):
            held = [pss(pid) for pid in descendants(self._root, parents()) - self._leave_out]
            if sum(held) > self.bytes:
                self.bytes, self.processes = sum(held), sum(size > 0 for size in held)


def pss(pid: int) -> int:
    """Bytes; 0 for a process that is gone or not ours to look into."""
    try:
        return parse_pss((_PROC / str(pid) / "smaps_rollup").read_text(encoding="ascii"))
    except OSError:
        return 0


def parse_pss(rollup: str) -> int:
    return next((int(line.split()[1]) * 1024 for line in rollup.splitlines() if line.startswith("Pss:")), 0)


def parents() -> dict[int, int]:
    """Each process's parent."""
    found = {}
    for name in os.listdir(_PROC):
        if name.isdigit():
            try:
                found[int(name)] = parse_parent((_PROC / name / "stat").read_text(errors="replace"))
            except OSError:
                continue
    return found


def parse_parent(stat: str) -> int:
    """The fourth field. The second is the program's name in brackets, which may hold spaces and brackets itself."""
    return int(stat.rpartition(")")[2].split()[1])


def descendants(root: int, parent_of: dict[int, int]) -> set[int]:
    """``root`` and all below it."""
    family, before = {root}, 0
    while len(family) > before:
        before = len(family)
        family |= {pid for pid, parent in parent_of.items() if parent in family}
    return family
