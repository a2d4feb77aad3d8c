"""Candidates against tests: which cells fail, whatever a candidate does to its process."""

from __future__ import annotations

import os
import re
import sys
import tempfile
import time
from pathlib import Path

import pytest

from autograder import answers
from autograder.answers import Outcome, Trial, run_trials

SETUP = "import os, sys, time"
TESTS = (("first", "assert f(1) == 1"), ("second", "assert f(2) == 4"))

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="trials fork")


@pytest.fixture(autouse=True)
def _beside_what_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process of all tests may hold gigabytes by now, which its forks inherit: they do not count as the candidate's."""
    status = Path("/proc/self/status")
    if status.exists():
        held = re.search(r"VmData:\s+(\d+) kB", status.read_text())
        assert held
        monkeypatch.setattr(answers, "_MEMORY", answers._MEMORY + 1024 * int(held[1]))


def tried(*candidates: str, tests: tuple[tuple[str, str], ...] = TESTS, seconds: float = 20.0) -> list[Outcome]:
    return run_trials([Trial(SETUP, candidate, tests) for candidate in candidates], seconds, jobs=2)


def running(mark: str) -> list[str]:
    """The processes that have ``mark`` on their command line or in their environment."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "environ").read_bytes() + (process / "cmdline").read_bytes()
            state = (process / "stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if mark.encode() in words and state != "Z" and int(process.name) != os.getpid():
            found.append(process.name)
    return found


def test_each_cell_passes_or_fails_for_itself() -> None:
    right, wrong, worse = tried("def f(x): return x * x", "def f(x): return x", "def f(x): return -x")
    assert right.failed == {}
    assert wrong.failed == {"second": "AssertionError: "}
    assert list(worse.failed) == ["first", "second"]
    assert right.seconds > 0


def test_outcomes_stand_in_the_order_of_the_trials() -> None:
    slow_first = ["time.sleep(0.6)\ndef f(x): return x", *(f"def f(x): return {n}" for n in (1, 4, 7))]
    assert [sorted(outcome.failed) for outcome in tried(*slow_first)] == [
        ["second"],
        ["second"],
        ["first"],
        ["first", "second"],
    ]


def test_two_at_a_time() -> None:
    started = time.monotonic()
    outcomes = tried(*["time.sleep(1)\ndef f(x): return x * x"] * 4)
    assert all(not outcome.failed for outcome in outcomes)
    assert time.monotonic() - started < 3.9


def test_each_end_is_told() -> None:
    ends: list[None] = []
    run_trials([Trial(SETUP, "", TESTS)] * 3, 20, jobs=2, done=lambda: ends.append(None))
    assert len(ends) == 3


def test_nothing_to_try() -> None:
    assert run_trials([]) == []


@pytest.mark.parametrize(
    ("candidate", "error"),
    [
        ("raise KeyError('k')", "KeyError: 'k'"),
        ("def f(x) return x", "SyntaxError: "),
        ("raise NotImplementedError", "NotImplementedError: "),
        ("sys.exit(0)", "SystemExit: 0"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt: "),
        ("os._exit(0)", "the process died (0)"),
        ("os.kill(os.getpid(), 15)", "the process died (-15)"),
    ],
)
def test_a_candidate_that_ends_badly_fails_every_cell(candidate: str, error: str) -> None:
    (outcome,) = tried(candidate)
    assert list(outcome.failed) == ["first", "second"]
    assert all(told.startswith(error) for told in outcome.failed.values())


def test_a_set_up_that_fails_is_told_in_every_cell() -> None:
    (outcome,) = run_trials([Trial("import no_such_module", "def f(x): return x * x", TESTS)])
    assert set(outcome.failed.values()) == {"ModuleNotFoundError: No module named 'no_such_module'"}


def test_a_cell_that_exits_spoils_only_itself() -> None:
    (outcome,) = tried("def f(x): return sys.exit() if x == 1 else x * x")
    assert outcome.failed == {"first": "SystemExit: "}


def test_what_was_passed_before_the_process_died_stays_passed() -> None:
    (outcome,) = tried("def f(x): return x if x == 1 else os._exit(0)")
    assert outcome.failed == {"second": "the process died (0)"}


def test_an_endless_loop_fails_its_own_cell() -> None:
    (outcome,) = tried("def f(x):\n    while x == 1: pass\n    return x * x", seconds=1)
    assert outcome.failed == {"first": "TimeoutError: still running"}


def test_a_loop_that_swallows_its_alarm_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "_GRACE", 0.5)
    stubborn = "def f(x):\n    while True:\n        try:\n            time.sleep(9)\n        except BaseException: pass"
    started = time.monotonic()
    (outcome,) = tried(stubborn, seconds=0.5)
    assert time.monotonic() - started < 5
    assert set(outcome.failed.values()) == {"TimeoutError: still running"}


@pytest.mark.skipif(sys.platform != "linux", reason="address space is limited on Linux")
def test_a_hog_runs_out_of_its_own_memory() -> None:
    (outcome,) = tried("def f(x): return bytearray(8 << 30)")
    assert set(outcome.failed.values()) == {"MemoryError: "}


def test_a_flood_of_output_reaches_nobody(capfd: pytest.CaptureFixture[str]) -> None:
    flood = "def f(x):\n    for _ in range(2000):\n        print('x' * 1000); print('y' * 1000, file=sys.stderr)\n    return x * x"
    (outcome,) = tried(flood + "\nos.write(1, b'z' * 10 ** 6); os.system('echo shell')")
    assert outcome.failed == {}
    assert capfd.readouterr() == ("", "")


def test_a_long_message_crosses_whole() -> None:
    (outcome,) = tried("def f(x): raise ValueError('m' * 10 ** 6)")
    assert outcome.failed["first"] == "ValueError: " + "m" * 10**6


def test_a_candidate_reads_nothing_from_the_terminal() -> None:
    (outcome,) = tried("def f(x): return x * x if sys.stdin.read() == '' else None")
    assert outcome.failed == {}


def test_candidates_do_not_meet() -> None:
    leaves = "open('left', 'w').close(); os.environ['LEFT'] = '1'; sys.left = 1\ndef f(x): return x * x"
    finds = "def f(x): return 0 if os.path.exists('left') or 'LEFT' in os.environ or hasattr(sys, 'left') else x * x"
    assert [outcome.failed for outcome in run_trials([Trial(SETUP, s, TESTS) for s in (leaves, finds)], jobs=1)] == [
        {},
        {},
    ]


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks through /proc")
@pytest.mark.parametrize(
    "end", ["def f(x): return x * x", "os._exit(0)", "raise ValueError", "while True: time.sleep(9)"]
)
def test_nothing_is_left_running_and_nothing_on_disk(end: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    mark = f"left-by-{tmp_path.name}"
    start = (
        f"import subprocess; subprocess.Popen(['sleep', '300'], env={{'MARK': {mark!r}}}); open('file', 'w').close()"
    )
    tried(f"{start}\n{end}", seconds=1)
    deadline = time.monotonic() + 5
    while running(mark) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert running(mark) == []
    assert list(tmp_path.iterdir()) == []


def test_an_interrupt_ends_what_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def interrupt() -> None:
        raise KeyboardInterrupt

    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        run_trials([Trial(SETUP, s, TESTS) for s in ("", "time.sleep(60)")], 60, jobs=2, done=interrupt)
    assert time.monotonic() - started < 10
    assert list(tmp_path.iterdir()) == []


def test_what_set_up_cells_import_is_imported_once_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    answers.warm_up(["import colorsys\nimport no_such_module", "from no_such_module.sub import name"])
    assert "colorsys" in sys.modules
