"""Linux namespaces by direct system calls: a forked process gets a process space, a root of files and a network of its own.

No program is started and nothing is left behind: what is mounted here exists in one process's mount namespace and is gone
with it. Every function raises OSError where the kernel refuses; autograder/sandbox.py decides what to do without.
Sources: namespaces(7), user_namespaces(7), pivot_root(2), mount_setattr(2), clone(2).
"""

from __future__ import annotations

import ctypes
import os
import platform
import re
import signal
import socket
import sys
from collections.abc import Iterator

NEWNS, NEWCGROUP, NEWUTS, NEWIPC = 0x00020000, 0x02000000, 0x04000000, 0x08000000
NEWUSER, NEWPID, NEWNET = 0x10000000, 0x20000000, 0x40000000

RDONLY, NOSUID, NODEV, NOEXEC, REMOUNT, BIND, REC, _PRIVATE = 1, 2, 4, 8, 32, 1 << 12, 1 << 14, 1 << 18
#: What statvfs tells of a mount -> the flag of mount(2) that a remount must repeat, else it is refused as a loosening.
_LOCKED = {1: RDONLY, 2: NOSUID, 4: NODEV, 8: NOEXEC, 1024: 1024, 2048: 2048, 4096: 1 << 21}
_MOUNT_SETATTR = 442  # the same everywhere, as all that came after 2019
_DETACH = 2  # of umount2
_CHILD_CLEARTID, _CHILD_SETTID = 0x00200000, 0x01000000
_PR_SET_DUMPABLE, _PR_CAPBSET_DROP, _PR_SET_CHILD_SUBREAPER, _PR_GET_TID_ADDRESS = 4, 24, 36, 40
PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 38

_NUMBERS = {"x86_64": {"clone": 56, "pivot_root": 155}, "aarch64": {"clone": 220, "pivot_root": 41}}
_CALLS = _NUMBERS.get(platform.machine(), {}) if sys.platform == "linux" else {}
_libc = ctypes.CDLL(None, use_errno=True) if _CALLS else None
#: The same, keeping Python's lock: between the two halves of a fork nothing else may run.
_held = ctypes.PyDLL(None, use_errno=True) if _CALLS else None

#: The user and the group without any rights.
NOBODY = 65534


def call(name: str, *args: object) -> int:
    """A function of the C library. Raises OSError with its errno where it returns -1, or where there is no Linux."""
    if _libc is None:
        raise OSError(38, f"{name} is not to be had on {sys.platform} {platform.machine()}")
    result: int = getattr(_libc, name)(*args)
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
    return result


def unshare(flags: int) -> None:
    """Namespaces of its own for this process: clone flags."""
    call("unshare", flags)


def mount(source: str, target: str, kind: str, flags: int, data: str = "") -> None:
    call("mount", source.encode(), target.encode(), kind.encode() or None, ctypes.c_ulong(flags), data.encode() or None)


def detach(folder: str) -> None:
    """Takes away what is mounted on a folder, in use or not."""
    call("umount2", folder.encode(), _DETACH)


def pivot_root() -> None:
    """The working directory, where a file system is mounted, becomes the root; the old one is gone from sight."""
    call("syscall", _CALLS["pivot_root"], b".", b".")  # the old root lies over the new one now
    detach(".")
    os.chdir("/")


def add_flags(path: str, flags: int, within: bool = True) -> None:
    """Adds flags to a mount, and to those within it; what it had stays."""
    attributes = (ctypes.c_uint64 * 4)(flags, 0, 0, 0)  # their lowest four bits are those of mount(2)
    recursive = 0x8000 if within else 0
    try:
        call("syscall", _MOUNT_SETATTR, -100, path.encode(), recursive, attributes, ctypes.c_size_t(32))
    except OSError:  # before Linux 5.12
        for place in [path, *(_mounted_in(path) if within else ())]:
            had = os.statvfs(place).f_flag
            mount("none", place, "", BIND | REMOUNT | flags | sum(flag for bit, flag in _LOCKED.items() if had & bit))


def _mounted_in(folder: str) -> Iterator[str]:
    with open("/proc/self/mountinfo", "rb") as table:
        for line in table:
            place = os.fsdecode(re.sub(rb"\\(\d{3})", lambda octal: bytes([int(octal[1], 8)]), line.split()[4]))
            if place.startswith(folder + "/"):
                yield place


def become_reaper() -> None:
    """Processes whose parents have died become children of this one."""
    call("prctl", _PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def set_dumpable(yes: bool) -> None:
    """Whether other processes of the same user may look into this one, and whether its /proc entries are its own."""
    call("prctl", _PR_SET_DUMPABLE, int(yes), 0, 0, 0)


def own_mounts() -> None:
    """A mount namespace in which nothing that is mounted later reaches anybody else."""
    unshare(NEWNS)
    mount("none", "/", "", REC | _PRIVATE)


def own_user(uid: int, gid: int) -> None:
    """A user namespace that knows only this user, who is capable of everything in it. Needs a process of one thread."""
    set_dumpable(True)  # a process that has changed its user may not write these files otherwise
    unshare(NEWUSER)
    for name, text in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)


def can_leave_root() -> bool:
    """Whether this process is root and NOBODY is a user that it could become."""
    if sys.platform != "linux" or os.getuid() != 0:
        return False
    try:
        with open("/proc/self/uid_map") as file:
            known = [[int(number) for number in line.split()] for line in file]
    except OSError:
        return False
    return any(first <= NOBODY < first + count for first, _, count in known)


def no_more_users() -> None:
    """No user namespace may be made within this one: that is where much of a kernel becomes reachable."""
    with open("/proc/sys/user/max_user_namespaces", "w") as file:
        file.write("0")


def drop_capabilities() -> None:
    """Gives up every capability, for programs started later as well."""
    try:
        for number in range(64):
            call("prctl", _PR_CAPBSET_DROP, number, 0, 0, 0)
    except OSError:
        pass  # past the last one, or already without the right to drop: the next line is what counts
    call("capset", (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)())


def fork() -> int:
    """As os.fork; the child is process 1 of a process space of its own.

    By clone(2) and not by unshare and os.fork: who made a user namespace cannot go back to the process space outside of
    it. Python's own preparations for a fork are made; handlers of C libraries (pthread_atfork) are not called, which
    serves a process with one thread only. Raises OSError.
    """
    if _held is None:
        raise OSError(38, f"no process space of its own on {sys.platform} {platform.machine()}")
    flags, address = NEWPID | signal.SIGCHLD, _thread_id()
    if address:
        flags |= _CHILD_SETTID | _CHILD_CLEARTID
    # The last two arguments are in another order on x86-64: there the thread's id comes before its local storage.
    tail = (address, 0) if platform.machine() == "x86_64" else (0, address)
    args = [ctypes.c_long(value) for value in (_CALLS["clone"], flags, 0, 0, *tail)]
    python = ctypes.pythonapi
    python.PyOS_BeforeFork()
    pid: int = _held.syscall(*args)
    if pid == 0:
        python.PyOS_AfterFork_Child()
        return 0
    number = ctypes.get_errno()
    python.PyOS_AfterFork_Parent()
    if pid < 0:
        raise OSError(number, f"clone: {os.strerror(number)}")
    return pid


def _thread_id() -> int:
    """Where glibc keeps the id of the thread, which its own fork renews; 0 where that is not known (musl keeps no such)."""
    address = ctypes.c_void_p()
    try:
        call("prctl", _PR_GET_TID_ADDRESS, ctypes.byref(address), 0, 0, 0)
    except OSError:
        return 0
    found = address.value or 0
    return found if found and ctypes.c_int.from_address(found).value == os.getpid() else 0


def loopback() -> None:
    """Brings up the loopback of this network namespace."""
    import fcntl

    get, put, up = 0x8913, 0x8914, 1
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        told = fcntl.ioctl(any_socket, get, b"lo".ljust(40, b"\0"))
        flags = int.from_bytes(told[16:18], sys.byteorder) | up
        fcntl.ioctl(any_socket, put, told[:16] + flags.to_bytes(2, sys.byteorder) + told[18:])


def scratch(folder: str, size: int, uid: int, gid: int) -> None:
    """An empty file system in memory on a folder, of ``size`` bytes. Who does not see the mount cannot use it."""
    mount("tmpfs", folder, "tmpfs", NOSUID | NODEV, f"size={size},nr_inodes=100000,mode=777,uid={uid},gid={gid}")
