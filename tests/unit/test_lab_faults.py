"""The equipment of the day on faults: a program that suffers them, and C whose calls are watched."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import pytest

from curriculum.lab.faults import WORKER, Child, sealed, watched

linux = pytest.mark.skipif(sys.platform != "linux", reason="/dev/full and --wrap")

COPIER = r"""
#define _XOPEN_SOURCE 700
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

static void handler(int number) { printf("%d", number); }

int main(void)
{
    struct sigaction action = {.sa_handler = handler};
    sigaction(SIGTERM, &action, NULL);
    int file = open("new", O_WRONLY | O_CREAT, 0644);
    if (file < 0 || write(file, "four", 4) != 4 || fsync(file) != 0)
        return 1;
    return rename("new", "old") == 0 ? 0 : 2;
}
"""


def conversation(folder: Path, ledger: str, amount: int | str = 5, damage: int = 0) -> list[dict[str, str]]:
    data = bytearray(sealed("a", amount))
    data[12] ^= damage
    (folder / "request").write_bytes(data)
    child = Child(WORKER, str(folder / "request"), ledger)
    try:
        first = child.hear(20)
        if first["state"] != "written":
            return [first]
        child.go_on()
        return [first, child.hear(20), child.hear(20)]
    finally:
        child.end()


@linux
def test_a_worker_writes_once_and_says_what_stops_it(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger"
    well = [{"state": "written"}, {"state": "done"}, {"state": "ended", "by": "status 0"}]
    assert conversation(tmp_path, str(ledger)) == conversation(tmp_path, str(ledger)) == well
    assert ledger.read_text() == "a 5\n"
    assert conversation(tmp_path, "/dev/full") == [{"state": "failed", "error": "ENOSPC"}]
    assert conversation(tmp_path, str(ledger), damage=1) == [{"state": "failed", "error": "Damaged"}]
    assert conversation(tmp_path, str(ledger), "ten") == [{"state": "failed", "error": "ValueError"}]


@linux
def test_a_worker_that_is_stopped_is_silent_and_keeps_others_out(tmp_path: Path) -> None:
    (tmp_path / "request").write_bytes(sealed("a", 5))
    child = Child(WORKER, str(tmp_path / "request"), str(tmp_path / "ledger"))
    assert child.hear(20) == {"state": "written"}
    child.send(signal.SIGSTOP)
    child.go_on()
    with pytest.raises(TimeoutError):
        child.hear(0.05)
    assert conversation(tmp_path, str(tmp_path / "ledger")) == [{"state": "failed", "error": "EAGAIN"}]
    child.end()
    assert conversation(tmp_path, str(tmp_path / "ledger"))[1] == {"state": "done"}


@linux
def test_calls_are_noted_in_their_order(tmp_path: Path) -> None:
    assert watched(COPIER, tmp_path) == ("status 0", ["open new", "write new 4", "fsync new", "rename new old"])
    assert (tmp_path / "old").read_text() == "four"


@linux
@pytest.mark.parametrize(
    ("at", "fault", "ended", "calls"),
    [
        (2, "KILL", "SIGKILL", ["open new", "write new 2", "struck"]),
        (2, "SEGV", "SIGSEGV", ["open new", "write new 2", "struck"]),
        (2, "OVERFLOW", "SIGSEGV", ["open new", "write new 2", "struck"]),
        (3, "EIO", "status 1", ["open new", "write new 4", "struck"]),
        (4, "EIO", "status 2", ["open new", "write new 4", "fsync new", "struck"]),
        (0, "EINTR", "status 0", ["open new", "write new 4", "fsync new", "rename new old"]),
    ],
)
def test_a_fault_comes_at_its_call(tmp_path: Path, at: int, fault: str, ended: str, calls: list[str]) -> None:
    assert watched(COPIER, tmp_path, at, fault) == (ended, calls)


@linux
def test_what_a_handler_may_not_call_is_noted(tmp_path: Path) -> None:
    ended, calls = watched(COPIER, tmp_path, 3, "TERM")
    assert (ended, calls[2:4]) == ("status 0", ["struck", "unsafe printf"])
