r"""What the day on faults breaks on purpose: a Python program that meets real faults, and C whose system calls are watched.

``Child(program, request, ledger, limits)`` runs a Python program in a process of its own and hears what it says; ``WORKER``
is such a program, ``sealed`` makes its requests. ``watched(text, folder, at, fault)`` builds a C program whose calls of the
operating system go through wrappers (``--wrap`` of Linux's linkers): they note each one, and bring a fault at one of them.
"""

from __future__ import annotations

import contextlib
import json
import re
import select
import signal
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from curriculum.lab import native
from curriculum.lab.check import check_value

#: ``program request ledger``: writes a request into a ledger, once a key, and says "written"; told to go on, "done".
WORKER = r"""
import errno, fcntl, json, os, sys, zlib

class Damaged(Exception):
    pass

def say(**message):
    print(json.dumps(message), flush=True)

def work(request, ledger):
    alone = os.open(os.path.dirname(request), os.O_RDONLY)
    fcntl.flock(alone, fcntl.LOCK_EX | fcntl.LOCK_NB)  # EAGAIN if another worker is still alive
    with open(request, "rb") as file:
        data = file.read()
    if data[:8] != b"%08x" % zlib.crc32(data[8:]):
        raise Damaged
    wanted = json.loads(data[8:])
    line = b"%s %d\n" % (wanted["key"].encode(), int(wanted["amount"]))
    scratch = bytes(256 << 20)  # memory that it asks for
    with open(ledger, "ab+", buffering=0) as file:
        file.seek(0)
        lines = file.read(os.fstat(file.fileno()).st_size).splitlines(True)
        if line not in lines:  # this key was not served yet
            file.write(line)
            os.fsync(file.fileno())

try:
    work(*sys.argv[1:])
except Exception as error:
    say(state="failed", error=errno.errorcode.get(getattr(error, "errno", None), type(error).__name__))
    sys.exit(1)
say(state="written")
sys.stdin.readline()
say(state="done")
"""


def sealed(key: str, amount: int | str) -> bytes:
    """A request as WORKER reads it: a checksum in eight digits, then what is wanted."""
    wanted = json.dumps({"key": key, "amount": amount}).encode()
    return b"%08x" % zlib.crc32(wanted) + wanted


class Child:
    """A Python program in a process of its own. ``limits`` are by the ``resource`` module, ``{RLIMIT_FSIZE: bytes}``."""

    def __init__(self, program: str, request: str, ledger: str, limits: Mapping[int, int] | None = None) -> None:
        bounds = "".join(f"resource.setrlimit({kind}, ({most}, {most}))\n" for kind, most in (limits or {}).items())
        command = [sys.executable, "-I", "-S", "-c", f"import resource\n{bounds}{program}", str(request), str(ledger)]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, bufsize=0)

    def hear(self, patience: float) -> dict[str, Any]:
        """The next message. After the last one: ``{"state": "ended", "by": "SIGSEGV"}``, or by "status 3".

        Raises TimeoutError if it says nothing for ``patience`` seconds.
        """
        out, line = self._process.stdout, b""
        assert out is not None
        while not line.endswith(b"\n"):
            if not select.select([out], [], [], patience)[0]:
                raise TimeoutError(f"nothing was said for {patience:g} s")
            part = out.read(1)
            if not part:
                try:
                    code = self._process.wait(patience)
                except subprocess.TimeoutExpired:
                    raise TimeoutError(f"it has closed its output, and lives on after {patience:g} s") from None
                return {"state": "ended", "by": signal.Signals(-code).name if code < 0 else f"status {code}"}
            line += part
        return dict(json.loads(line))

    def go_on(self) -> None:
        """Tell it to go on; one that is dead does not hear it."""
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(b"\n")

    def send(self, number: int) -> None:
        """Send it a signal."""
        self._process.send_signal(number)

    def end(self) -> None:
        """Kill it if it is still alive, and wait until it is gone."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            assert stream is not None
            stream.close()


#: Goes behind a learner's program. Counts its calls, notes them, and brings the fault at the call ``WATCH_AT``.
_WATCH = r"""
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

ssize_t __real_write(int file, const void *bytes, size_t count);

static int watch_file = -1;
static long watch_count, watch_at;
static const char *watch_fault = "";
static volatile sig_atomic_t watch_handling;
static char watch_names[64][32];

static void watch_note(const char *format, ...)
{
    char line[128];
    va_list rest;
    va_start(rest, format);
    int size = vsnprintf(line, sizeof line, format, rest);
    va_end(rest);
    if (__real_write(watch_file, line, size) != size)
        _exit(77);
}

static const char *watch_name(int file)
{
    return file >= 0 && file < 64 && watch_names[file][0] ? watch_names[file] : "?";
}

static int watch_deeper(volatile int depth)
{
    volatile char frame[4096];
    frame[0] = (char)depth;
    return depth < 0 ? 0 : watch_deeper(depth + 1) + frame[0];
}

static void watch_strike(void)
{
    watch_note("struck\n");
    if (!strcmp(watch_fault, "KILL"))
        raise(SIGKILL);
    if (!strcmp(watch_fault, "TERM"))
        raise(SIGTERM);
    if (!strcmp(watch_fault, "SEGV"))
        raise(SIGSEGV);
    if (!strcmp(watch_fault, "OVERFLOW")) {
        struct rlimit most;
        getrlimit(RLIMIT_STACK, &most);
        most.rlim_cur = 1 << 18;
        setrlimit(RLIMIT_STACK, &most);
        watch_deeper(0);
    }
}

/* Is this the call that fails? A fault that is a signal comes just before it. */
static bool watch_fails(void)
{
    if (++watch_count != watch_at)
        return false;
    if (!strcmp(watch_fault, "EIO")) {
        watch_note("struck\n");
        errno = EIO;
        return true;
    }
    watch_strike();
    return false;
}

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...)
{
    va_list rest;
    va_start(rest, flags);
    int mode = flags & O_CREAT ? va_arg(rest, int) : 0;
    va_end(rest);
    if (watch_fails())
        return -1;
    int file = __real_open(path, flags, mode);
    if (file >= 0 && file < 64) {
        watch_note("open %s\n", path);
        strncpy(watch_names[file], path, sizeof watch_names[file] - 1);
    }
    return file;
}

ssize_t __wrap_write(int file, const void *bytes, size_t count)
{
    bool now = watch_count + 1 == watch_at, odd = watch_count % 2 == 0;
    if (!strcmp(watch_fault, "EINTR") && odd) {
        watch_count++;
        errno = EINTR;
        return -1;
    }
    if ((now && strcmp(watch_fault, "EIO")) || (!strcmp(watch_fault, "SHORT") && odd))
        count = count > 1 ? count / 2 : count; /* what a signal interrupts is half done */
    if (now && strcmp(watch_fault, "EIO")) {
        ssize_t half = __real_write(file, bytes, count);
        watch_note("write %s %ld\n", watch_name(file), (long)half);
        watch_count++;
        watch_strike();
        return half;
    }
    if (watch_fails())
        return -1;
    ssize_t done = __real_write(file, bytes, count);
    watch_note("write %s %ld\n", watch_name(file), (long)done);
    return done;
}

#define WATCHED(name, parameters, call, told)        \
    int __wrap_##name parameters                     \
    {                                                \
        if (watch_fails())                           \
            return -1;                               \
        int result = call;                           \
        if (result == 0)                             \
            watch_note told;                         \
        return result;                               \
    }
int __real_rename(const char *from, const char *to);
int __real_ftruncate(int file, off_t size);
/* Nobody cuts the power, so the disk is spared: what counts is that it was asked for. */
WATCHED(fsync, (int file), fcntl(file, F_GETFD) < 0 ? -1 : 0, ("fsync %s\n", watch_name(file)))
WATCHED(fdatasync, (int file), fcntl(file, F_GETFD) < 0 ? -1 : 0, ("fsync %s\n", watch_name(file)))
WATCHED(ftruncate, (int file, off_t size), __real_ftruncate(file, size),
        ("ftruncate %s %ld\n", watch_name(file), (long)size))
WATCHED(rename, (const char *from, const char *to), __real_rename(from, to), ("rename %s %s\n", from, to))

static struct sigaction watch_actions[65];

static void watch_handler(int number, siginfo_t *about, void *context)
{
    const struct sigaction *action = &watch_actions[number];
    watch_handling++;
    if (action->sa_flags & SA_SIGINFO)
        action->sa_sigaction(number, about, context);
    else
        action->sa_handler(number);
    watch_handling--;
}

int __real_sigaction(int number, const struct sigaction *action, struct sigaction *old);
int __wrap_sigaction(int number, const struct sigaction *action, struct sigaction *old)
{
    if (!action || number < 1 || number > 64 || action->sa_handler == SIG_DFL || action->sa_handler == SIG_IGN)
        return __real_sigaction(number, action, old);
    struct sigaction ours = *action;
    watch_actions[number] = *action;
    ours.sa_flags |= SA_SIGINFO;
    ours.sa_sigaction = watch_handler;
    return __real_sigaction(number, &ours, old);
}

/* What may not be called while a handler runs: it is noted. */
static void watch_unsafe(const char *name)
{
    if (watch_handling)
        watch_note("unsafe %s\n", name);
}
#define UNSAFE(type, name, parameters, arguments)    \
    type __real_##name parameters;                   \
    type __wrap_##name parameters                    \
    {                                                \
        watch_unsafe(#name);                         \
        return __real_##name arguments;              \
    }
UNSAFE(void *, malloc, (size_t size), (size))
UNSAFE(void *, calloc, (size_t n, size_t size), (n, size))
UNSAFE(void, free, (void *memory), (memory))
UNSAFE(void, exit, (int status), (status))
UNSAFE(void, perror, (const char *text), (text))
UNSAFE(int, puts, (const char *text), (text))
UNSAFE(int, putchar, (int letter), (letter))
UNSAFE(int, fputs, (const char *text, FILE *file), (text, file))
UNSAFE(int, fputc, (int letter, FILE *file), (letter, file))
UNSAFE(int, putc, (int letter, FILE *file), (letter, file))
UNSAFE(size_t, fwrite, (const void *bytes, size_t size, size_t n, FILE *file), (bytes, size, n, file))
UNSAFE(int, fflush, (FILE *file), (file))
UNSAFE(FILE *, fopen, (const char *path, const char *mode), (path, mode))
#define UNSAFE_PRINT(name, parameters, call)         \
    int __wrap_##name parameters                     \
    {                                                \
        va_list rest;                                \
        watch_unsafe(#name);                         \
        va_start(rest, format);                      \
        int sent = call;                             \
        va_end(rest);                                \
        return sent;                                 \
    }
UNSAFE_PRINT(printf, (const char *format, ...), vprintf(format, rest))
UNSAFE_PRINT(fprintf, (FILE *file, const char *format, ...), vfprintf(file, format, rest))
UNSAFE_PRINT(dprintf, (int file, const char *format, ...), vdprintf(file, format, rest))
UNSAFE_PRINT(sprintf, (char *text, const char *format, ...), vsprintf(text, format, rest))
UNSAFE_PRINT(snprintf, (char *text, size_t size, const char *format, ...), vsnprintf(text, size, format, rest))

__attribute__((constructor)) static void watch_start(void)
{
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    watch_file = __real_open(getenv("WATCH_LOG"), O_WRONLY | O_CREAT | O_APPEND, 0600);
    watch_at = atol(getenv("WATCH_AT"));
    watch_fault = getenv("WATCH_FAULT");
}
"""

_WRAPPED = (
    "open write fsync fdatasync ftruncate rename sigaction malloc calloc free exit perror puts putchar fputs fputc putc "
    "fwrite fflush fopen printf fprintf dprintf sprintf snprintf"
)


def watched(text: str, folder: Path | str, at: int = 0, fault: str = "") -> tuple[str, list[str]]:
    """Run a C program in ``folder``; how it ended ("status 0", "SIGKILL") and its calls, as texts ("write output 12").

    ``fault`` comes at call number ``at``: KILL, TERM, SEGV (that signal; a write is half done then), OVERFLOW (the stack
    is used up), EIO (the call fails). It is noted as "struck". EINTR and SHORT need no ``at``: many a write is
    interrupted before its first byte, or stops half-way. "unsafe printf" is a call that a signal handler must not make.
    """
    program = native.build(text + _WATCH, sanitize=False, flags=[f"-Wl,--wrap={name}" for name in _WRAPPED.split()])
    with tempfile.TemporaryDirectory(prefix="w-") as beside:
        log = Path(beside, "calls")
        done = program.run(
            folder=folder, environment={"WATCH_LOG": str(log), "WATCH_AT": str(at), "WATCH_FAULT": fault}
        )
        noted = log.read_text(errors="replace")
        calls = re.sub(r" \./(\S*)", lambda path: f" {path[1] or '.'}", noted)  # "./name" is "name"
        return done.signal or f"status {done.status}", calls.splitlines()


def memory_faults(text: str, folder: Path | str) -> None:
    """Run a C program in ``folder`` with sanitizers that leave SIGSEGV to it; what they find is a failed check."""
    done = native.build(text).run(folder=folder, environment={"ASAN_OPTIONS": "handle_segv=0"})
    check_value("what the sanitizers find in your program", done.fault).equals(
        "", idea="the first line of the report names the line of your cell"
    )
