"""What a confined process needs around it to be of use: the system's files, the interpreter's, an environment, fonts."""

from __future__ import annotations

import contextlib
import ctypes
import functools
import glob
import os
import sys
import tempfile
from collections.abc import Iterator

from autograder.sandbox import namespaces, roots

#: Numerical libraries with one thread each: a process with threads cannot be forked safely.
ONE_THREAD = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "NUMBA", "BLIS")} | {
    "VECLIB_MAXIMUM_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",  # pyarrow, which pandas imports where it is installed
}

_SYSTEM = (
    "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store", "/gnu/store", "/run/current-system",
    "/sys/devices/system/cpu",
)  # fmt: skip
#: Of /etc: whole folders, and files. What is not readable for everybody is passed over.
_ETC_FOLDERS = (
    "alternatives", "ca-certificates", "crypto-policies", "fonts", "java*", "ld.so.conf.d", "pki/ca-trust", "pki/tls",
    "python3*", "ssl/certs",
)  # fmt: skip
_ETC_FILES = (
    "ld.so.cache", "ld.so.conf", "localtime", "timezone", "mime.types", "protocols", "services", "os-release",
    "ssl/openssl.cnf", "matplotlibrc",
)  # fmt: skip
#: The parts of an environment of Python; beside them its folder may hold a project, which is nobody's to see.
_PARTS = ("bin", "lib", "lib32", "lib64", "libexec", "include", "share", "etc", "ssl", "fonts", "pyvenv.cfg")
_PROC = ("self", "cpuinfo", "meminfo", "stat", "loadavg", "filesystems", "sys/vm", "sys/kernel")


@functools.cache
def look() -> roots.Found:
    """The files of the system and of the interpreter; whatever else children need of the machine's files is read as well."""
    _fonts()
    _of_etc()
    return roots.find([*_system(), *_interpreter()])


def _system() -> Iterator[str]:
    yield from _SYSTEM
    for name in _ETC_FOLDERS:
        yield from (path for path in glob.glob(f"/etc/{name}") if os.stat(path).st_mode & 0o005 == 0o005)


def _interpreter() -> Iterator[str]:
    """What Python is made of: this environment and the one below it, without a project that may lie beside them.

    Of sys.path only folders of installed packages count: an editable install or the working directory lead to a project.
    """
    for prefix in {sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix}:
        yield from (os.path.join(prefix, part) for part in _PARTS)
    yield from (os.path.dirname(os.__file__), os.path.realpath(sys.executable))
    yield from (path for path in sys.path if os.path.basename(path) in ("site-packages", "dist-packages"))


def single_files() -> Iterator[str]:
    """Files beside these that a process may read where it sees the machine's own."""
    yield from (f"/etc/{name}" for name in (*_ETC_FILES, "passwd", "group", "hosts", "nsswitch.conf"))
    yield from (f"/proc/{name}" for name in _PROC)


def etc(uid: int, home: str) -> dict[str, bytes]:
    """The files of an /etc with one user, one host and what programs look up."""
    name = "nobody" if uid == namespaces.NOBODY else "root" if uid == 0 else "learner"
    gid = uid if uid in (0, namespaces.NOBODY) else os.getgid()
    made = {
        "passwd": f"{name}:x:{uid}:{gid}::{home}:/bin/sh\n",
        "group": f"{name}:x:{gid}:\n",
        "hosts": "127.0.0.1 localhost\n::1 localhost\n",
        "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
    }
    return {name: text.encode() for name, text in made.items()} | _of_etc()


@functools.cache
def _of_etc() -> dict[str, bytes]:
    files = {}
    for path in _ETC_FILES:
        with contextlib.suppress(OSError):
            if os.stat(f"/etc/{path}").st_mode & 0o004:
                with open(f"/etc/{path}", "rb") as file:
                    files[path] = file.read()
    return files


def open_to_all(path: str) -> bool:
    """Whether any user of the machine can reach and read what is at a path; also where there is nothing."""
    at = os.path.realpath(path)
    needed = 0o004  # to be read; of the folders above only that they can be passed
    try:
        while os.stat(at).st_mode & needed:
            if at == "/":
                return True
            at, needed = os.path.dirname(at), 0o001
    except OSError:
        return True
    return False


@functools.cache
def _fonts() -> dict[str, bytes]:
    """Matplotlib's list of fonts, {name of the file: content}, which takes it seconds to make."""
    if "matplotlib.font_manager" in sys.modules:
        return {}  # it is in memory
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    folder = os.environ.get("MPLCONFIGDIR") or os.path.join(cache, "matplotlib")
    fonts = {}
    for path in glob.glob(os.path.join(glob.escape(folder), "fontlist-*.json")):
        with contextlib.suppress(OSError), open(path, "rb") as file:
            fonts[os.path.basename(path)] = file.read()
    return fonts


def set_environment(home: str, caches: str) -> None:
    """A small environment in place of the inherited one, of which nothing stays for a learner to read.

    ``caches`` is a folder for what libraries keep there.
    """
    matplotlib = os.path.join(caches, ".matplotlib")
    path = [os.path.join(sys.prefix, "bin"), *os.environ.get("PATH", "").split(os.pathsep), "/usr/bin", "/bin"]
    new = {
        "PATH": os.pathsep.join(dict.fromkeys(folder for folder in path if os.path.isdir(folder))),
        "LANG": "C.UTF-8",
        "HOME": home,
        "TMPDIR": home,
        "MPLBACKEND": "Agg",
        "MPLCONFIGDIR": matplotlib,
        **ONE_THREAD,
    }
    if "PYTHONHASHSEED" in os.environ:
        new["PYTHONHASHSEED"] = os.environ["PYTHONHASHSEED"]
    os.environ.clear()
    os.environ.update(new)
    _forget_first_environment()
    tempfile.tempdir = None
    with contextlib.suppress(OSError):
        os.mkdir(matplotlib)
        for name, content in _fonts().items():
            with open(os.path.join(matplotlib, name), "wb") as file:
                file.write(content)


def _forget_first_environment() -> None:
    """The kernel shows the variables a process was started with in /proc/self/environ, whatever it does to them later."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        with open("/proc/self/stat", "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
        start, end = int(fields[47]), int(fields[48])
        if 0 < start < end:
            ctypes.memset(start, 0, end - start)
