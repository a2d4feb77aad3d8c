"""Servers and folders end with the process that started them, however that ends.

The owner starts this file as a small process of its own and holds one end of a pipe to it. It writes there what it has: "+server"
with a process id, "+folder" with a path, and the same with "-" when it has ended them itself. When the owner is gone the kernel
closes the pipe: then the keeper stops the servers, removes the folders and ends. It leads a session of its own, so that neither
Ctrl-C nor a kernel that is killed with its process group takes it along.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
import sys
import threading
import time

_PATIENCE = 6.0  # PostgreSQL itself gives its helpers five seconds before it kills them

_lock = threading.RLock()
_held: set[str] = set()
_keeper: subprocess.Popen[str] | None = None


def hold(what: str, which: object) -> None:
    """A "server" (its process id) or a "folder" (its path) that must not outlive this process."""
    with _lock:
        _held.add(f"{what}\t{which}")
        _tell(f"+{what}\t{which}")


def let_go(what: str, which: object) -> None:
    """This process has ended it itself."""
    with _lock:
        _held.discard(f"{what}\t{which}")
        if _keeper is not None:
            _tell(f"-{what}\t{which}")


def remove(folder: str) -> None:
    """Remove a cluster's folder; with it what a server that was killed has left in the kernel's memory."""
    with contextlib.suppress(OSError, ValueError, IndexError, AttributeError):
        with open(os.path.join(folder, "data", "postmaster.pid")) as lock:
            segment = int(lock.read().splitlines()[6].split()[1])  # "key id" of a piece of System V shared memory
        ctypes.CDLL(None).shmctl(segment, 0, None)  # 0 is IPC_RMID
    shutil.rmtree(folder, ignore_errors=True)


def _tell(line: str) -> None:
    global _keeper
    for _ in range(2):
        if _keeper is None or _keeper.poll() is not None:  # none yet, or somebody has killed it
            _keeper = _started()
            line = "\n".join(f"+{held}" for held in sorted(_held))
        with contextlib.suppress(BrokenPipeError):
            assert _keeper.stdin is not None
            _keeper.stdin.write(f"{line}\n")
            _keeper.stdin.flush()
            return


def _started() -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-I", "-S", os.path.abspath(__file__)], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, text=True, cwd="/", start_new_session=True,
    )  # fmt: skip


@atexit.register
def _end() -> None:
    """At an orderly end, wait for the keeper: when this process is gone, everything is."""
    if _keeper is not None and _keeper.stdin is not None:
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            _keeper.stdin.close()
            _keeper.wait(4 * _PATIENCE)


def _forget() -> None:
    """In a forked child: the pipe is the parent's, and must close when the parent ends."""
    global _keeper, _lock
    if _keeper is not None and _keeper.stdin is not None:
        _keeper.returncode = 0  # not this process's child
        with contextlib.suppress(OSError):
            _keeper.stdin.close()
    _keeper, _lock = None, threading.RLock()
    _held.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)


# --- the keeper itself ------------------------------------------------------------------------------------------------


def _keep() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    held: set[str] = set()
    for line in sys.stdin:
        (held.add if line[0] == "+" else held.discard)(line[1:].rstrip("\n"))
    things = [each.split("\t", 1) for each in held]
    servers = [int(which) for what, which in things if what == "server"]
    for number in (signal.SIGQUIT, signal.SIGKILL):  # PostgreSQL's immediate shutdown; then whatever does not obey
        until = time.monotonic() + _PATIENCE
        for pid in filter(_alive, servers):
            with contextlib.suppress(OSError):
                os.kill(pid, number)
        while any(map(_alive, servers)) and time.monotonic() < until:
            time.sleep(0.02)
    for folder in (which for what, which in things if what == "folder"):
        remove(folder)


def _alive(pid: int) -> bool:
    """Whether this process is there, runs, and is still PostgreSQL's."""
    try:
        os.kill(pid, 0)
        if sys.platform != "linux":
            return True
        with open(f"/proc/{pid}/cmdline", "rb") as line:  # empty for one that has ended and was not waited for
            return b"postgres" in line.read()
    except OSError:
        return False


if __name__ == "__main__":
    _keep()
