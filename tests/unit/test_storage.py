"""The equipment of the day on storage engines: runs that are whole or not there, filters without a false no."""

from __future__ import annotations

from pathlib import Path

import pytest

from curriculum.lab import native, storage
from curriculum.lab.check import CheckFailed
from curriculum.lab.storage import Bloom, Run, talk

ENTRIES = [(f"key{n:03d}", None if n % 7 == 0 else f"value {n} ü") for n in range(100)]


def test_a_run_gives_back_what_was_written(tmp_path: Path) -> None:
    run = Run.write(tmp_path / "000001.run", ENTRIES)
    assert list(run.entries()) == list(Run(tmp_path / "000001.run").entries()) == ENTRIES
    assert [run.find(key) for key, _ in ENTRIES] == [(value,) for _, value in ENTRIES]
    assert [run.find(key) for key in ("", "key", "key000a", "key099z", "zzz")] == [None] * 5
    assert [path.name for path in tmp_path.iterdir()] == ["000001.run"]


def test_a_run_without_entries(tmp_path: Path) -> None:
    run = Run.write(tmp_path / "000001.run", [])
    assert list(run.entries()) == []
    assert run.find("a") is None
    assert not run.may_hold("a")


def test_a_run_that_was_not_finished_is_not_there(tmp_path: Path) -> None:
    def entries():
        yield "a", "1"
        raise RuntimeError

    with pytest.raises(RuntimeError):
        Run.write(tmp_path / "000001.run", entries())
    assert not list(tmp_path.glob("*.run"))


@pytest.mark.parametrize("bits", [1, 2, 10, 20])
def test_a_filter_never_says_a_false_no(bits: int) -> None:
    keys = [f"key{n}" for n in range(300)]
    assert all(map(Bloom(keys, bits).may_hold, keys))


def test_a_filter_says_no_to_most_strangers(tmp_path: Path) -> None:
    run = Run.write(tmp_path / "000001.run", ENTRIES)
    assert sum(run.may_hold(f"stranger{n}") for n in range(1000)) < 30


def test_what_a_program_answers() -> None:
    try:
        native.compiler()
    except native.ToolMissing as error:
        pytest.skip(str(error))
    text = (
        '#include <stdio.h>\nint main(void) { int n; while (scanf("%d", &n) == 1) printf("%d\\n", 2 * n); return 0; }\n'
    )
    assert talk(text, ["1", "20"]) == ["2", "40"]
    with pytest.raises(CheckFailed, match="signed integer overflow"):
        talk(text, [str(2**31 - 1)])
    with pytest.raises(CheckFailed, match=r"\(3, None\)"):
        talk("int main(void) { return 3; }", [])


def test_the_mains_are_c_that_warns_of_nothing() -> None:
    try:
        native.compiler()
    except native.ToolMissing as error:
        pytest.skip(str(error))
    bound = "#include <stdbool.h>\n#include <stddef.h>\n#include <stdint.h>\ntypedef bool (*Less)(int64_t, int64_t);\n"
    bound += "size_t lower_bound(const int64_t *keys, size_t n, int64_t wanted, Less less)\n"
    bound += "{ size_t i = 0; while (i < n && less(keys[i], wanted)) i++; return i; }\n"
    assert talk(bound + storage.BOUND_MAIN, ["a 3 1 2 3 2", "d 3 3 2 1 0", "a 0 7"]) == ["1 2", "3 3", "0 0"]
