r"""C and C++ in a lesson: every warning is an error, and a mistake in memory is told where it happens instead of guessed at.

The learner's text is a Python string. A test builds it and judges what the program does::

    program = native.build(btree_c)                      # C11, with -Wall -Wextra -Werror, ASan, UBSan and a check for leaks
    done = program.run("--all", stdin="put 1 one\n")     # Finished(status, signal, stdout, stderr), and .fault in one line
    process = program.start()                            # a subprocess.Popen, for a lesson that kills it

A cell's text begins with the line break after its opening quotes, so the lines that the compiler names are the cell's.
Programs get a small environment and no descriptor but their three: nothing of the process that runs them is in reach.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import os
import re
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import weakref
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, ClassVar

MOST_OUTPUT = 8 << 20  # bytes of each stream
COMPILE_SECONDS = 60.0

_COMPILERS = {"c": ("gcc", "clang", "cc"), "c++": ("g++", "clang++", "c++")}
_SUFFIX = {"c": ".c", "c++": ".cpp"}
_STANDARD = {"c": "-std=c11", "c++": "-std=c++17"}
_STRICT = ("-Wall", "-Wextra", "-Werror", "-g", "-fno-omit-frame-pointer", "-fdiagnostics-color=never")
_SANITIZE = ("-fsanitize=address,undefined", "-fno-sanitize-recover=all")
#: Linux may place an executable that can be moved where ASan wants its heap (32 bits of randomness, Linux 6.5 and later).
_IN_PLACE = ("-fno-pie", "-no-pie") if sys.platform == "linux" else ()
_STUB = re.compile(r'^[ \t]*#error "YOUR CODE HERE"', re.MULTILINE)
_FAULT = re.compile(
    r"^SUMMARY: \w+: (?P<summary>.*)$|^(?P<ub>.*: runtime error: .*)$|^==\d+==(?P<other>\w+: hard rss limit.*|ERROR: .*)$",
    re.MULTILINE,
)

#: What a sanitizer does. A program may take SIGSEGV for itself by sigaction; ``handle_segv=0`` leaves it to the system.
_ASAN = ["color=never", "hard_rss_limit_mb=2048", *(["detect_leaks=1"] if sys.platform == "linux" else [])]
_UBSAN = ["color=never", "print_stacktrace=0"]


class CompileError(Exception):
    """The compiler refused the text. Says so in its own words, with the lines of the text that was handed in."""


class ToolMissing(Exception):
    """There is no compiler (or no valgrind) on this machine. Says what to install."""


class RunError(Exception):
    """A program did not end in its time, or wrote without end."""


@dataclass(frozen=True)
class Finished:
    """How a program ended: ``status`` as a shell counts it (128 + n for signal n); ``signal`` is "SIGSEGV", or None."""

    status: int
    signal: str | None
    stdout: str
    stderr: str

    @property
    def fault(self) -> str:
        """What a sanitizer or valgrind found, in one line; "" for nothing."""
        found = next((m for m in _FAULT.finditer(self.stderr) if m["summary"] or m["ub"]), _FAULT.search(self.stderr))
        if found:
            return next(filter(None, found.group("summary", "ub", "other"))).strip()
        return "valgrind found errors" if self.status == _VALGRIND_ERRORS and "==" in self.stderr else ""


class Program:
    """A built program. ``path`` is the executable, ``sanitized`` whether ASan and UBSan are in it."""

    def __init__(self, path: Path, sanitized: bool) -> None:
        self.path, self.sanitized = path, sanitized

    def run(
        self,
        *arguments: str,
        stdin: bytes | str = b"",
        seconds: float = 20.0,
        environment: Mapping[str, str] | None = None,
        folder: Path | str | None = None,
    ) -> Finished:
        """Run it to its end, in ``folder`` if that is given. Raises RunError where it does not end or writes too much."""
        return _run(self, [str(self.path), *arguments], stdin, seconds, environment, folder)

    def start(
        self,
        *arguments: str,
        environment: Mapping[str, str] | None = None,
        folder: Path | str | None = None,
        **options: Any,
    ) -> subprocess.Popen[bytes]:
        """Start it in a session of its own, with pipes for its three streams (``options`` are Popen's).

        What still runs when this process ends is killed then.
        """
        streams = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        return _start(self, [str(self.path), *arguments], environment, folder, {**streams, **options})


def build(
    source: str, language: str = "c", sanitize: bool = True, flags: Iterable[str] = (), seconds: float = COMPILE_SECONDS
) -> Program:
    """Compile a program, C11 or C++17 ("c++"); the same text with the same options is built once in a process.

    ``sanitize`` builds ASan and UBSan in where the compiler has them. A text that is still to be written (the stub's
    ``#error`` stands in it) raises NotImplementedError, as a stub in Python does. Raises CompileError, ToolMissing.
    """
    if language not in _COMPILERS:
        raise ValueError(f"language is one of {', '.join(map(repr, _COMPILERS))}, not {language!r}")
    if not isinstance(source, str):
        raise TypeError(f"the program's text is a str, not {type(source).__name__}")
    if _STUB.search(source):
        raise NotImplementedError('the program still holds #error "YOUR CODE HERE"')
    return _built(source, language, sanitize, tuple(flags), seconds)


def valgrind(
    program: Program, *arguments: str, stdin: bytes | str = b"", seconds: float = 60.0, folder: Path | str | None = None
) -> Finished:
    """Run a program that was built with ``sanitize=False`` under valgrind's memcheck; status 99 where it found errors."""
    if program.sanitized:
        raise ValueError("valgrind and ASan exclude each other: build the program with sanitize=False")
    tool = shutil.which("valgrind")
    if not tool:
        raise ToolMissing("there is no valgrind here; Debian, Ubuntu: `apt-get install valgrind`. On a Mac use ASan")
    options = ["-q", "--leak-check=full", "--errors-for-leak-kinds=definite", f"--error-exitcode={_VALGRIND_ERRORS}"]
    return _run(program, [tool, *options, str(program.path), *arguments], stdin, seconds, None, folder)


_VALGRIND_ERRORS = 99


@functools.cache
def compiler(language: str = "c") -> str:
    """The path of the compiler. Raises ToolMissing."""
    for name in _COMPILERS[language]:
        path = shutil.which(name)
        # Apple puts compilers into /usr/bin that open a dialogue until its tools are installed.
        if path and not (sys.platform == "darwin" and _quiet("xcode-select", "-p") != 0):
            return path
    raise ToolMissing(
        f"there is no compiler for {language.upper()} here. Debian, Ubuntu: `apt-get install gcc g++ libc6-dev`; Fedora: `dnf "
        "install gcc gcc-c++ libasan libubsan`; Mac: `xcode-select --install`; Windows: use WSL. Then `mind doctor` sees it"
    )


@functools.cache
def sanitizers(language: str = "c") -> bool:
    """Whether the compiler has ASan and UBSan: found out by building the smallest program with them."""
    with contextlib.suppress(CompileError):
        _compiled("int main(void) { return 0; }\n" if language == "c" else "int main() {}\n", language, _SANITIZE, ())
        return True
    return False


@functools.cache
def _built(source: str, language: str, sanitize: bool, flags: tuple[str, ...], seconds: float) -> Program:
    try:
        return Program(_compiled(source, language, _SANITIZE if sanitize else (), flags, seconds), sanitize)
    except CompileError:
        if not sanitize or sanitizers(language):
            raise
        return _built(source, language, False, flags, seconds)


def _compiled(
    source: str, language: str, sanitize: tuple[str, ...], flags: tuple[str, ...], seconds: float = COMPILE_SECONDS
) -> Path:
    folder = _folder()
    number = sum(1 for _ in folder.iterdir())
    at = folder / f"{number}"
    at.mkdir()
    name = f"program{_SUFFIX[language]}"
    (at / name).write_text(source, encoding="utf-8")
    extra = (*sanitize, *_IN_PLACE) if sanitize else ()
    command = [
        compiler(language),
        _STANDARD[language],
        *_STRICT,
        *extra,
        f"-ffile-prefix-map={at}/=",
        "-o",
        "program",
        name,
    ]
    try:
        done = subprocess.run(
            [*command, *flags], cwd=at, env=_environment({}), stdin=subprocess.DEVNULL, capture_output=True, text=True,
            errors="replace", timeout=seconds, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise CompileError(f"the compiler did not end within {seconds:g} s") from error
    if done.returncode != 0:
        raise CompileError(_said(done.stderr))
    return at / "program"


def _said(words: str) -> str:
    """The compiler's errors; of a long list the beginning, which is where the cause stands."""
    lines = [line for line in words.strip().splitlines() if "all warnings being treated as errors" not in line]
    more = [f"… and {len(lines) - 40} lines more"] if len(lines) > 40 else []
    return "the compiler refuses it:\n" + "\n".join(line[:300] for line in [*lines[:40], *more])


class _Held:
    """The build folder of this process, and what was started, with who started it. To a forked child neither belongs."""

    folder: Path | None = None
    owner = 0
    started: ClassVar[weakref.WeakKeyDictionary[subprocess.Popen[bytes], int]] = weakref.WeakKeyDictionary()


def _folder() -> Path:
    """This process's folder for what it builds: gone with the process."""
    if _Held.folder is None or _Held.owner != os.getpid() or not _Held.folder.is_dir():
        _Held.folder, _Held.owner = Path(tempfile.mkdtemp(prefix="native-")), os.getpid()
    return _Held.folder


@atexit.register
def _clean() -> None:
    if _Held.owner == os.getpid() and _Held.folder is not None:
        shutil.rmtree(_Held.folder, ignore_errors=True)
    for process in list(_Held.started):
        _end(process)


def _environment(more: Mapping[str, str], sanitized: bool = False) -> dict[str, str]:
    """A small environment: what a program needs to run, nothing of what the process around it was told."""
    own = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    made = {**own, "LC_ALL": "C", **more}
    if sanitized:
        for name, ours in (("ASAN_OPTIONS", _ASAN), ("UBSAN_OPTIONS", _UBSAN)):
            made[name] = ":".join([*ours, *filter(None, [more.get(name)])])  # of two the later one holds
    return made


def _start(
    program: Program,
    command: list[str],
    environment: Mapping[str, str] | None,
    folder: Path | str | None,
    streams: Mapping[str, Any],
) -> subprocess.Popen[bytes]:
    if program.sanitized and sys.platform == "linux":
        # ASan reserves terabytes for its shadow, all of which counts as data while nothing is written to it.
        command = ["/bin/sh", "-c", 'ulimit -S -d "$(ulimit -H -d)"; exec "$@"', "sh", *command]
    process = subprocess.Popen(
        command, cwd=folder, env=_environment(environment or {}, program.sanitized), start_new_session=True,
        close_fds=True, **streams,
    )  # fmt: skip
    _Held.started[process] = os.getpid()
    return process


def _run(
    program: Program,
    command: list[str],
    stdin: bytes | str,
    seconds: float,
    environment: Mapping[str, str] | None,
    folder: Path | str | None,
) -> Finished:
    given = stdin.encode() if isinstance(stdin, str) else bytes(stdin)
    streams = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    process = _start(program, command, environment, folder, streams)
    try:
        out, err = _converse(process, given, seconds)
    finally:
        _end(process)
        for stream in (process.stdin, process.stdout, process.stderr):
            with contextlib.suppress(OSError):
                _piped(stream).close()
    code = process.returncode
    return Finished(
        status=code if code >= 0 else 128 - code,
        signal=signal.Signals(-code).name if code < 0 else None,
        stdout=out.decode(errors="replace"),
        stderr=err.decode(errors="replace").replace(f"{program.path.parent}/", ""),
    )


def _converse(process: subprocess.Popen[bytes], given: bytes, seconds: float) -> tuple[bytes, bytes]:
    """Write all that is given, read all that is said, until it ends; both at once, since either may wait for the other."""
    source, heard = _piped(process.stdin), {_piped(process.stdout): bytearray(), _piped(process.stderr): bytearray()}
    end, left = time.monotonic() + seconds, memoryview(given)
    with selectors.DefaultSelector() as waiting:
        for pipe in heard:
            waiting.register(pipe, selectors.EVENT_READ)
        os.set_blocking(source.fileno(), False)
        waiting.register(source, selectors.EVENT_WRITE)
        while waiting.get_map():
            for key, _ in waiting.select(max(end - time.monotonic(), 0)):
                stream: Any = key.fileobj
                if stream is source:
                    left = _written(source, left)
                    if not left:
                        waiting.unregister(source)
                        source.close()
                elif part := os.read(key.fd, 1 << 16):
                    heard[stream] += part
                    if len(heard[stream]) > MOST_OUTPUT:
                        raise RunError(
                            f"the program wrote more than {MOST_OUTPUT >> 20} MB; is there a loop without end?"
                        )
                else:
                    waiting.unregister(stream)
            if time.monotonic() > end:
                raise _late(seconds, *heard.values())
    try:
        process.wait(max(end - time.monotonic(), 0.1))
    except subprocess.TimeoutExpired as error:
        raise _late(seconds, *heard.values()) from error
    out, err = heard.values()
    return bytes(out), bytes(err)


def _late(seconds: float, out: bytearray, err: bytearray) -> RunError:
    last = bytes(out[-200:] or err[-200:]).decode(errors="replace").strip()
    words = f"; the last it said: {last}" if last else "; it said nothing"
    return RunError(
        f"the program did not end within {seconds:g} s (a loop without end, or it waits for more input){words}"
    )


def _written(stream: IO[bytes], left: memoryview) -> memoryview:
    """What is left to write; nothing once nobody reads."""
    try:
        return left[os.write(stream.fileno(), left[: 1 << 16]) :] if left else left
    except BlockingIOError:
        return left
    except OSError:
        return left[:0]


def _piped(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None
    return stream


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill it, and what of its session still runs; only by the process that started it."""
    if _Held.started.get(process) != os.getpid():
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):  # macOS: a group of zombies
        os.killpg(process.pid, signal.SIGKILL)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(5)


def _quiet(*command: str) -> int:
    try:
        return subprocess.run(command, capture_output=True, timeout=10, check=False).returncode
    except (OSError, subprocess.SubprocessError):
        return 1
