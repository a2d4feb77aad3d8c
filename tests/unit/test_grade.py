"""grade(): what each kind of submission comes to. A fault costs its own exercise; no kernel is left behind."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from autograder import stock
from autograder.endings import KernelTrouble, Stopped
from autograder.engine import Engine, Settings
from autograder.grade import grade
from autograder.intake import Notebook
from autograder.results import ExerciseResult, Result
from tests import small


@pytest.fixture(autouse=True)
def _no_process_left(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    monkeypatch.setenv("STARTED_BY_TEST", str(tmp_path))
    before = children()
    yield
    assert small.kernels(str(tmp_path)) == set()
    assert children() <= before


def children() -> set[int]:
    return {process.pid for process in psutil.Process().children(recursive=True)}


def by_stock(path: Path, seconds: float) -> Result:
    return grade(path, small.course(), seconds)


def by_engine(path: Path, seconds: float) -> Result:
    with Engine(Settings(cell_seconds=seconds)) as engine:
        return engine.grade(path, small.course())


@pytest.fixture(params=[by_stock, by_engine])
def graded(tmp_path: Path, request: pytest.FixtureRequest) -> Any:
    """Grades a notebook: in a stock kernel, and by the engine. What a submission comes to is the same."""

    def graded(book: Notebook, seconds: float = 30) -> Result:
        path = small.write(book, tmp_path / "d01.ipynb")
        before = path.read_bytes()
        result: Result = request.param(path, seconds)
        assert path.read_bytes() == before
        return result

    return graded


def states(result: Result) -> list[str]:
    return [exercise.state for exercise in result.exercises]


def full_but(**scores: float) -> dict[str, float]:
    return small.FULL | {f"d01_{name}": score for name, score in scores.items()}


def test_an_untouched_release_is_not_attempted_and_starts_no_process(
    graded: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("autograder.stock.Kernel", None)
    monkeypatch.setattr("autograder.engine.Zygote", None)
    result = graded(small.release())
    assert states(result) == ["not attempted"] * 3
    assert (result.points, result.most, result.attempted) == (0, 5, False)


def test_the_worked_source_gets_full_points_and_the_bonus_on_top(graded: Any) -> None:
    result = graded(small.source())
    assert states(result) == ["correct"] * 3
    assert (result.scores(), result.points, result.most) == (small.FULL, 6, 5)


def test_wrong_almost_and_unwritten_are_told_apart_and_say_what_was_called(graded: Any) -> None:
    result = graded(
        small.work(
            e1="def double(x):\n    return x + 2", e2=f"# thinking\n{small.STUB}", e3="def triple(x):\n    return 3"
        )
    )
    assert states(result) == ["wrong", "not attempted", "correct"]
    failure = result.exercises[0].first_failure()
    assert failure is not None
    assert (failure.name, failure.hidden) == ("d01_e1_number", True)  # 2 + 2 is 4: only the hidden part notices
    assert result.exercises[0].tests[1].error.startswith("TypeError: ")


def test_the_parts_of_a_message_come_apart_and_points_are_partial(graded: Any) -> None:
    result = graded(small.solved(e1="def double(x):\n    return x + x if isinstance(x, str) else 5"))
    assert states(result) == ["almost", "correct", "correct"]
    failure = result.exercises[0].first_failure()
    assert failure is not None
    assert (failure.called, failure.got, failure.expected) == ("double(2)", "5", "4")
    assert (failure.idea, failure.error, failure.hidden) == ("twice a number", "", False)
    assert result.scores() == full_but(e1_number=0)


@pytest.mark.parametrize(
    ("cell", "state", "words"),
    [
        ("def double(x:\n    return", "wrong", "SyntaxError"),
        ("raise RuntimeError('boom')", "wrong", "RuntimeError: boom"),
        ("value = input('your name? ')", "wrong", "StdinNotImplementedError"),
        ("import sys\nsys.exit(0)", "wrong", "SystemExit: 0"),
        ("import os\nos._exit(0)", "crashed", "the Python process ended"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "crashed", "the Python process ended"),
        ("def double(x):\n    exit()\n    return x * 2", "crashed", "asked Python to end"),
        ("hog = []\nwhile True:\n    hog.append(bytes(1 << 28))", "crashed", "more than 4 GB"),
        ("def double(x):\n    while True:\n        pass", "timed out", "still running after 2 s"),
        (
            "while True:\n    try:\n        while True:\n            pass\n    except BaseException:\n        pass",
            "timed out",
            "still running",
        ),
        ("while True:\n    print('x' * 1000)", "timed out", "still running"),
    ],
)
def test_a_fault_costs_its_own_exercise_and_is_named(graded: Any, cell: str, state: str, words: str) -> None:
    if "4 GB" in words and stock.sys.platform != "linux":
        pytest.skip("memory is bounded on Linux only")
    result = graded(small.solved(e1=cell), seconds=2 if state == "timed out" else 30)
    faulty: ExerciseResult = result.exercises[0]
    assert states(result) == [state, "correct", "correct"]
    assert words in faulty.reason + "".join(test.error for test in faulty.tests)
    assert result.scores()["d01_e2_half"] == 2
    assert faulty.points == 0


def test_an_exception_behind_what_is_asked_for_costs_nothing(graded: Any) -> None:
    assert graded(small.solved(e1=small.SOLUTIONS["d01_e1"] + "\nraise RuntimeError('boom')")).scores() == small.FULL


def test_output_of_any_length_and_warnings_cost_nothing(graded: Any) -> None:
    noise = "import sys, warnings\nwarnings.warn('old')\nprint('é' * 5_000_000)\nprint('E: bad', file=sys.stderr)\n"
    result = graded(
        small.solved(
            e1=f"{noise}def double(x):\n    print('x', file=sys.stderr)\n    warnings.warn('again')\n    return x * 2"
        )
    )
    assert result.scores() == small.FULL


def test_own_helpers_and_demonstrations_are_run_experiments_are_not(graded: Any, tmp_path: Path) -> None:
    trace = tmp_path / "experiment-ran"
    book = small.solved(e1="def double(x):\n    return mine(x)", e2="def half(x):\n    return by_the_way(x) / 4")
    book["cells"].insert(2, small.code("def mine(x):\n    return x * 2"))
    book["cells"].insert(2, small.code(f"open({str(trace)!r}, 'w').close()\nwhile True:\n    pass"))
    assert graded(book).scores() == small.FULL
    assert not trace.exists()


def test_a_helper_that_uses_an_earlier_solution_is_run_after_it(graded: Any) -> None:
    book = small.solved(e2="def half(x):\n    return x * QUARTER * 2")
    book["cells"].insert(small.position(book, "d01_e2"), small.code("QUARTER = 1 / double(2)"))
    assert graded(book).scores() == small.FULL


def test_a_helper_that_kills_the_kernel_costs_what_leans_on_it(graded: Any) -> None:
    book = small.solved(e1="def double(x):\n    return mine(x)")
    book["cells"].insert(2, small.code("import os\ndef mine(x):\n    return x * 2\nos._exit(1)"))
    result = graded(book)
    assert states(result) == ["wrong", "correct", "correct"]
    assert "mine" in result.exercises[0].tests[0].error


def test_two_exercises_that_kill_the_kernel_leave_the_third_its_points(graded: Any) -> None:
    deadly = "import os\ndef {}(x):\n    os._exit(3)"
    result = graded(small.solved(e1=deadly.format("double"), e2=deadly.format("half")))
    assert states(result) == ["crashed", "crashed", "correct"]


def test_what_is_done_to_test_cells_tags_and_points_changes_nothing(graded: Any) -> None:
    book = small.solved(e2="def half(x):\n    return 'wrong'")
    small.cell(book, "d01_e1_number")["source"] = "assert False"
    small.cell(book, "d01_e2_half")["source"] = "pass"
    small.cell(book, "d01_e2_half")["metadata"]["nbgrader"]["points"] = 1000
    book["cells"].remove(small.cell(book, "d01_e1_text"))
    book["cells"].append(small.cell(book, "d01_e3_triple") | {"source": "assert False"})
    for cell in book["cells"]:
        cell["metadata"]["tags"] = ["skip-execution", "raises-exception"]
    book["metadata"] = {"kernelspec": {"name": "no-such-kernel", "display_name": "?"}}
    result = graded(book)
    assert result.scores() == full_but(e2_half=0)
    assert [remark.split(" is ")[0] for remark in result.remarks] == ["the test cell d01_e1_text"]


def test_a_missing_solution_costs_its_own_exercise(graded: Any) -> None:
    book = small.solved()
    book["cells"].remove(small.cell(book, "d01_e1"))
    result = graded(book)
    assert states(result) == ["not attempted", "correct", "correct"]
    assert "d01_e1 is missing" in result.remarks[0]


def test_cells_run_in_an_empty_folder_without_the_start_up_files_of_the_grader(
    graded: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    startup = tmp_path / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "00-spoil.py").write_text("import builtins\nbuiltins.SPOILT = True")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    result = graded(
        small.solved(
            e1="import os, builtins\nassert os.listdir() == []\nassert not hasattr(builtins, 'SPOILT')\ndef double(x):\n    return x * 2"
        )
    )
    assert result.scores() == small.FULL


def kernel_runs(mark: str) -> None:
    """Wait until a kernel with this mark is seen: the tests that find none later would else prove nothing."""
    until = time.monotonic() + 60
    while not small.kernels(mark) and time.monotonic() < until:
        time.sleep(0.1)


def test_setting_stop_ends_a_grading_soon(tmp_path: Path) -> None:
    stop = threading.Event()
    path = small.write(small.solved(e1="while True:\n    pass"), tmp_path / "d01.ipynb")
    threading.Thread(target=lambda: (kernel_runs(str(tmp_path)), stop.set())).start()
    began = time.monotonic()
    with pytest.raises(Stopped):
        grade(path, small.course(), 60, stop)
    assert time.monotonic() - began < 50


def test_a_kernel_that_cannot_start_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("JUPYTER_PATH", "JUPYTER_DATA_DIR"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setattr("autograder.stock.PATIENCE", 5)
    monkeypatch.setenv("PYTHONHOME", str(tmp_path / "nowhere"))
    path = small.write(small.solved(), tmp_path / "d01.ipynb")
    with pytest.raises(KernelTrouble, match="does not start"):
        grade(path, small.course())
