"""What a process gives up for good: its user, its capabilities, most of what it could use up, its open descriptors."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
from collections.abc import Iterable

from autograder.sandbox import descendants
from autograder.sandbox import namespaces as ns

if sys.platform != "win32":
    import resource


def be_first_to_go() -> None:
    """When memory runs out the kernel is to end this process, and not the one that grades."""
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")


def leave_root() -> bool:
    """Becomes nobody; whether that was possible."""
    try:
        os.setgroups([])
        os.setresgid(*[ns.NOBODY] * 3)
        os.setresuid(*[ns.NOBODY] * 3)
    except OSError:
        return False
    return True


def drop(namespaces: bool) -> bool:
    """Drops all capabilities, for programs started later as well. Returns whether its processes are counted apart.

    With ``namespaces`` it moves to a user namespace of its own first, in which no further one can be made: there much
    of a kernel becomes reachable.
    """
    apart = False
    if namespaces:
        with contextlib.suppress(OSError):
            ns.own_user(os.getuid(), os.getgid())
            apart = True
            ns.no_more_users()
    with contextlib.suppress(OSError):
        ns.drop_capabilities()
    with contextlib.suppress(OSError):
        ns.call("prctl", ns.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    return apart


def limit(memory: int, file_size: int, open_files: int, processes: int, apart: bool) -> None:
    """Limits of one process; ``processes`` counts all of its user's, with those already there unless counted apart.

    That on memory can be lifted again, for a program that reserves far more than it uses (one built with ASan reserves
    terabytes): whoever forked watches what all of them really hold. The rest is for good.
    """
    if sys.platform == "win32":
        return
    wanted = {
        resource.RLIMIT_DATA: memory,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: file_size,
        resource.RLIMIT_NOFILE: open_files,
    }
    others = 0 if apart else descendants.tasks_of(os.getuid())
    if apart or others:
        wanted[resource.RLIMIT_NPROC] = others + processes
    for kind, most in wanted.items():
        with contextlib.suppress(OSError, ValueError):
            hard = resource.getrlimit(kind)[1]
            most = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(kind, (most, hard if kind == resource.RLIMIT_DATA else most))


def end_with_parent(parent: int) -> None:
    """Asks to be killed when the parent dies, and ends at once if it has; ``parent`` is its pidfd, or -1.

    A change of user takes the request back: it comes after all of these.
    """
    with contextlib.suppress(OSError):
        ns.call("prctl", ns.PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if parent >= 0:
        watch = select.poll()
        watch.register(parent, select.POLLIN)
        if watch.poll(0):
            os._exit(1)


def close_all_but(keep: Iterable[int]) -> None:
    """Closes every other descriptor."""
    start = 0
    for number in (*sorted(set(keep)), _highest_descriptor() + 1):
        if start < number:  # an empty range would be taken for everything
            os.closerange(start, number)
        start = number + 1


def _highest_descriptor() -> int:
    for folder in ("/proc/self/fd", "/dev/fd"):
        with contextlib.suppress(OSError):
            return max(int(name) for name in os.listdir(folder))
    return 1 << 16
