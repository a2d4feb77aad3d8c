"""C and C++ in a lesson: what is built, what a program may reach, and how what goes wrong is told."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from curriculum.lab import native
from curriculum.lab.native import CompileError, RunError, ToolMissing

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a Unix")
linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc, or leaks are found on Linux only")


@pytest.fixture(scope="module", autouse=True)
def compiler() -> None:
    try:
        native.compiler("c++")
    except ToolMissing as error:
        pytest.skip(str(error))


HEAD = "#include <signal.h>\n#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n#include <unistd.h>\n"


def main(body: str) -> str:
    return f"{HEAD}int main(int argc, char **argv) {{ (void)argc; (void)argv;\n{body}\n}}\n"


ECHO = main("int c; while ((c = getchar()) != EOF) putchar(c); return 3;")


def test_what_goes_in_and_comes_out() -> None:
    done = native.build(ECHO).run(stdin="hello\n")
    assert (done.status, done.signal, done.stdout, done.stderr, done.fault) == (3, None, "hello\n", "", "")
    assert native.build(main("puts(argv[1]); return 0;")).run("two words").stdout == "two words\n"


def test_more_than_a_pipe_holds_in_both_directions() -> None:
    assert len(native.build(ECHO).run(stdin=b"x" * 3_000_000).stdout) == 3_000_000


def test_a_program_that_does_not_read() -> None:
    assert native.build(main("return 0;")).run(stdin=b"x" * 3_000_000).status == 0


def test_the_same_text_is_built_once() -> None:
    assert native.build(ECHO) is native.build(ECHO)
    assert native.build(ECHO) is not native.build(ECHO, flags=["-O2"])


def test_cpp() -> None:
    text = (
        "#include <iostream>\n#include <optional>\nint main() { std::cout << std::optional(7).value() << std::endl; }\n"
    )
    assert native.build(text, language="c++").run().stdout == "7\n"


def test_the_lines_are_the_cells() -> None:
    cell = 'program = r"""\nint main(void)\n{\n    int unused;\n    return 0;\n}\n"""'
    bound: dict[str, str] = {}
    exec(cell, bound)
    with pytest.raises(CompileError, match=r"program\.c:4:9: error: unused variable 'unused'") as caught:
        native.build(bound["program"])
    assert "/" not in str(caught.value)


def test_a_long_list_of_errors_is_cut() -> None:
    with pytest.raises(CompileError, match=r"… and \d+ lines more$") as caught:
        native.build("\n".join(f"int f{n}(void) {{ }}" for n in range(100)))
    assert len(str(caught.value).splitlines()) <= 42


def test_what_is_still_to_be_written_is_not_wrong() -> None:
    with pytest.raises(NotImplementedError, match="YOUR CODE HERE"):
        native.build(main('    #error "YOUR CODE HERE"'))


@pytest.mark.parametrize("given", [None, 7, b"int main(void) { return 0; }"])
def test_a_text_is_a_str(given: object) -> None:
    with pytest.raises(TypeError, match="is a str, not"):
        native.build(given)  # type: ignore[arg-type]


def test_only_c_and_cpp() -> None:
    with pytest.raises(ValueError, match=r"'c', 'c\+\+', not 'rust'"):
        native.build("", language="rust")


# --- what goes wrong when it runs ---


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        pytest.param("int *p = calloc(2, 4); int i = 2 + argc - 1; p[i] = 1; free(p); return 0;", r"heap-buffer-overflow program\.c:7 in main", id="a buffer"),
        pytest.param("int *p = calloc(2, 4); int *q = p; free(p); return q[argc] == 3;", r"heap-use-after-free program\.c:7 in main", id="freed"),
        pytest.param("char *p = malloc(100); p[0] = 1; p = NULL; return p != NULL;", r"100 byte\(s\) leaked in 1 allocation\(s\)\.", id="a leak", marks=linux),
        pytest.param("int x = 2147483646 + argc; x += argc; return x == 0;", r"program\.c:7:\d+: runtime error: signed integer overflow: 2147483647 \+ 1 cannot be .*", id="an overflow"),
    ],
)  # fmt: skip
def test_the_fault_is_told_in_a_line(body: str, fault: str) -> None:
    if not native.sanitizers():
        pytest.skip("a compiler without sanitizers")
    done = native.build(main(body), flags=["-Wno-error"]).run()
    assert done.status != 0
    assert re.fullmatch(fault, done.fault)


def test_a_signal_has_its_name() -> None:
    done = native.build(main("raise(SIGKILL); return 0;")).run()
    assert (done.status, done.signal) == (137, "SIGKILL")
    crash = main("int *volatile p = NULL; *p = argc; return 0;")
    assert native.build(crash, sanitize=False).run().signal == "SIGSEGV"


def test_a_program_may_take_a_fault_for_itself() -> None:
    own = main("signal(SIGSEGV, stop); int *volatile p = (int *)4096; *p = 1; return 0;").replace(
        "int main", 'static void stop(int n) { (void)n; (void)!write(1, "mine\\n", 5); _exit(7); }\nint main'
    )
    done = native.build(own, flags=["-D_GNU_SOURCE", "-fno-sanitize=undefined"]).run()
    assert (done.status, done.stdout) == (7, "mine\n")


def test_options_of_a_sanitizer_can_be_given() -> None:
    if not native.sanitizers():
        pytest.skip("a compiler without sanitizers")
    crash = native.build(main("int *volatile p = (int *)4096; *p = argc; return 0;"), flags=["-fno-sanitize=undefined"])
    assert crash.run().signal is None
    assert crash.run(environment={"ASAN_OPTIONS": "handle_segv=0"}).signal == "SIGSEGV"


def test_a_loop_without_end_is_ended() -> None:
    started = time.monotonic()
    with pytest.raises(RunError, match=r"did not end within 0\.5 s .*the last it said: waiting"):
        native.build(main('puts("waiting"); fflush(stdout); for (;;) { }')).run(seconds=0.5)
    assert time.monotonic() - started < 10


def test_output_without_end_is_ended() -> None:
    with pytest.raises(RunError, match="wrote more than 8 MB"):
        native.build(main('for (;;) puts("again and again");'), sanitize=False).run()


@linux
def test_memory_without_end_is_ended() -> None:
    if not native.sanitizers():
        pytest.skip("a compiler without sanitizers")
    hog = main("for (;;) { char *p = malloc(1 << 24); if (p) memset(p, 1, 1 << 24); }")
    assert "hard rss limit exhausted" in native.build(hog).run(seconds=60).fault


@linux
def test_a_soft_limit_on_memory_does_not_keep_asan_from_its_shadow() -> None:
    code = (
        "import resource; from curriculum.lab import native\n"
        "resource.setrlimit(resource.RLIMIT_DATA, (1 << 30, resource.RLIM_INFINITY))\n"
        f"assert native.build({ECHO!r}).run().status == 3\n"
        "try: bytearray(2 << 30)\nexcept MemoryError: print('and it is still there')"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert (ran.stdout, ran.stderr) == ("and it is still there\n", "")


ROOT = Path(__file__).resolve().parent.parent.parent


def test_valgrind_sees_what_is_read_beside() -> None:
    beside = main("int *p = calloc(1, 4); int x = p[argc]; free(p); return x == 3;")
    with pytest.raises(ValueError, match="sanitize=False"):
        native.valgrind(native.build(ECHO))
    program = native.build(beside, sanitize=False, flags=["-Wno-error"])
    try:
        done = native.valgrind(program)
    except ToolMissing:
        pytest.skip("no valgrind here")
    assert done.status == 99
    assert done.fault == "valgrind found errors"
    assert "Invalid read of size 4" in done.stderr
    assert native.valgrind(native.build(ECHO, sanitize=False), stdin="a").fault == ""


# --- what a program can reach ---


@linux
def test_nothing_of_the_caller_is_in_reach(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AUTOGRADER_SECRET", "the secret")
    held = os.open(tmp_path, os.O_RDONLY)
    os.set_inheritable(held, True)
    try:
        look = native.build(main('return system("ls /proc/self/fd; env");'))
        said = look.run(folder=tmp_path).stdout.split()
    finally:
        os.close(held)
    assert [word for word in said if word.isdigit()] == ["0", "1", "2", "3"]  # the last is ls's own
    assert {word.partition("=")[0] for word in said if "=" in word} <= ENVIRONMENT


ENVIRONMENT = {"ASAN_OPTIONS", "HOME", "LC_ALL", "PATH", "PWD", "OLDPWD", "SHLVL", "TMPDIR", "UBSAN_OPTIONS", "_"}


def test_a_started_program_can_be_killed(tmp_path: Path) -> None:
    process = native.build(main('puts("ready"); fflush(stdout); pause(); return 0;')).start(folder=tmp_path)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    process.kill()
    assert process.wait(10) == -signal.SIGKILL
    for stream in (process.stdin, process.stdout, process.stderr):
        assert stream is not None
        stream.close()


@linux
def test_nothing_is_left_when_the_process_ends(tmp_path: Path) -> None:
    code = (
        "from curriculum.lab import native\n"
        f"process = native.build({main('puts(argv[0]); fflush(stdout); pause(); return 0;')!r}).start()\n"
        "process.stdout.readline(); print(process.pid)"
    )
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT, env=environment
    )
    assert not Path(f"/proc/{ran.stdout.strip()}").exists()
    assert list(tmp_path.iterdir()) == []


# --- where there is less ---


def test_no_compiler_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native.shutil, "which", lambda name: None)
    native.compiler.cache_clear()
    try:
        with pytest.raises(ToolMissing, match=r"no compiler for C here.*apt-get install gcc"):
            native.build(main("return 41;"))
    finally:
        monkeypatch.undo()
        native.compiler.cache_clear()


def test_a_compiler_without_sanitizers_builds_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native, "_SANITIZE", ("-fsanitize=nonsense",))
    native.sanitizers.cache_clear()
    try:
        program = native.build(main("return 42;"))
        assert (program.sanitized, program.run().status) == (False, 42)
        with pytest.raises(CompileError, match="expected"):
            native.build(main("return 42"))
    finally:
        native.sanitizers.cache_clear()
