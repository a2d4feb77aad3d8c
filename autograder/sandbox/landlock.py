"""Landlock: a process limits itself, for good, to some files and, where the kernel can, to no TCP and its own signals.

Needs no rights and no namespaces. Source: landlock(7) and the kernel's userspace-api/landlock.rst; numbers are the ABI's.
"""

from __future__ import annotations

import ctypes
import os
import stat
import struct
from collections.abc import Iterable

from autograder.sandbox.namespaces import call

_CREATE, _ADD, _RESTRICT = 444, 445, 446  # system calls, the same on every machine
_VERSION, _PATH_BENEATH = 1, 1

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 1 << 1, 1 << 2, 1 << 3
_MAKE_CHAR, _MAKE_BLOCK, _REFER, _TRUNCATE, _IOCTL = 1 << 6, 1 << 11, 1 << 13, 1 << 14, 1 << 15
_READ = _EXECUTE | _READ_FILE | _READ_DIR
_ON_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL
_TCP = 1 | 2  # bind, connect
_SCOPES = 1 | 2  # abstract Unix sockets, signals: only within this domain


def abi() -> int:
    """The version that the kernel speaks; 0 where it has none, or has it switched off."""
    try:
        return call("syscall", _CREATE, None, ctypes.c_size_t(0), _VERSION)
    except OSError:
        return 0


def restrict(readable: Iterable[str], writable: Iterable[str], tcp: bool) -> int:
    """From now on this process and its children only read and run ``readable``, only change what is in ``writable``.

    ``tcp`` says whether they may bind and connect TCP sockets. What does not exist is passed over. Returns the ABI in
    force: 4 and later knows TCP, 6 and later keeps signals and abstract sockets in. The process must have set
    no_new_privs. Raises OSError where there is no Landlock, and then nothing is in force.
    """
    version = abi()
    if not version:
        raise OSError(95, "the kernel has no Landlock")
    handled = (1 << 13) - 1  # the first version's
    handled |= sum(right for since, right in ((2, _REFER), (3, _TRUNCATE), (5, _IOCTL)) if version >= since)
    attributes = struct.pack("<Q", handled)
    if version >= 4:
        attributes += struct.pack("<Q", 0 if tcp else _TCP)
    if version >= 6:
        attributes += struct.pack("<Q", _SCOPES)
    rules = call("syscall", _CREATE, attributes, ctypes.c_size_t(len(attributes)), 0)
    try:
        for path in readable:
            _allow(rules, path, _READ & handled)
        for path in writable:
            _allow(rules, path, handled & ~(_MAKE_CHAR | _MAKE_BLOCK))
        call("syscall", _RESTRICT, rules, 0)
    finally:
        os.close(rules)
    return version


def _allow(rules: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not stat.S_ISDIR(os.fstat(place).st_mode):
            rights &= _ON_FILES
        call("syscall", _ADD, rules, _PATH_BENEATH, struct.pack("<Qi", rights, place), 0)
    finally:
        os.close(place)
