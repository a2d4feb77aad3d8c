"""What the ledger saves, and that it cannot save a lie."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from curriculum import trials
from curriculum.lesson import Answers, Lesson, answers_path, read_answers, read_lesson
from curriculum.trials import LedgerError, Tried, try_answers
from tests.little_course import ANSWERS, LESSON, STEM, changed, write

# Without the lines that take long to import: what is tried here is the trying.
QUICK = changed(
    LESSON,
    ("import numpy as np\nfrom curriculum.lab import check, figures\nfrom matplotlib import pyplot as plt\n\nfigures.style()\n",
     "import numpy as np\nfrom curriculum.lab import check\n"),
)  # fmt: skip
ALL = 24  # 2 solutions, 2 stubs, 4 right, 6 wrong, 10 mutants


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    return tmp_path / "verdicts.json"


@pytest.fixture
def sample(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Sets the share of known verdicts that is tried again; none at first."""
    monkeypatch.setattr(trials, "SAMPLE", 0.0)
    return lambda share: monkeypatch.setattr(trials, "SAMPLE", share)


def read(root: Path, lesson: str = QUICK, answers: str = ANSWERS) -> list[tuple[Lesson, Answers]]:
    write(root, lesson, answers)
    path = root / "curriculum" / "lessons" / "1.1" / f"{STEM}.py"
    return [(read_lesson(path), read_answers(answers_path(path)))]


def tried(root: Path, ledger: Path, lesson: str = QUICK, answers: str = ANSWERS, **options: Any) -> Tried:
    return try_answers(read(root, lesson, answers), ledger, **options)


def entries(ledger: Path) -> dict[str, Any]:
    return json.loads(ledger.read_text(encoding="utf-8"))


@pytest.mark.usefixtures("sample")
def test_every_candidate_is_tried_once(tmp_path: Path, ledger: Path) -> None:
    told: list[tuple[int, int]] = []
    first = tried(tmp_path, ledger, done=lambda ran, of: told.append((ran, of)))
    assert (first.ran, len(first.candidates)) == (ALL, ALL)
    assert told == [(n, ALL) for n in range(1, ALL + 1)]
    kinds = [candidate.kind for candidate in first.of(STEM, "e1")]
    assert (kinds.count("solution"), kinds.count("stub"), kinds.count("right"), kinds.count("wrong")) == (1, 1, 2, 3)
    assert first.killed() == (9, 10)
    assert all(not candidate.failed for candidate in first.kind("solution") + first.kind("right"))
    assert all(candidate.failed for candidate in first.kind("wrong"))
    (stub,) = [c for c in first.kind("stub") if c.exercise == "e1"]
    assert stub.failed == {"e1_value": "NotImplementedError:", "e1_empty": "NotImplementedError:"}
    assert len(entries(ledger)) == ALL

    before = ledger.read_bytes()
    second = tried(tmp_path, ledger)
    assert second.ran == 0
    assert second.candidates == first.candidates
    assert ledger.read_bytes() == before


def test_a_second_run_tries_only_the_sample(tmp_path: Path, ledger: Path, sample: Callable[[float], None]) -> None:
    tried(tmp_path, ledger)
    before = ledger.read_bytes()
    sample(0.3)
    again = [tried(tmp_path, ledger, seed=seed).ran for seed in (1, 1, 2, 3)]
    assert again[0] == again[1]
    assert all(0 < ran < ALL for ran in again)
    assert ledger.read_bytes() == before  # a committed file does not change with the seconds of each check


def test_the_sample_ends_with_its_time(tmp_path: Path, ledger: Path, sample: Callable[[float], None]) -> None:
    tried(tmp_path, ledger)
    slow = {key: entry | {"seconds": 20.0} for key, entry in entries(ledger).items()}
    ledger.write_text(json.dumps(slow), encoding="utf-8")
    sample(1.0)
    assert tried(tmp_path, ledger).ran == 2


@pytest.mark.usefixtures("sample")
@pytest.mark.parametrize(
    ("lesson", "answers", "ran"),
    [
        pytest.param([("[-2.5]).close(-2.5", "[-2.0]).close(-2.0")], [], 12 + 1, id="a test, hidden or not"),
        pytest.param([("POINTS = [1, 2, 6]", "POINTS = [1, 2, 7]")], [], ALL, id="the set-up cell"),
        pytest.param([("for value in values:", "for value in values[1:]:")], [], 0, id="a solution"),
        pytest.param([], [("    return max(values)\n", "    return max(values) - 1\n")], 1, id="an answer"),
        pytest.param([("## A picture first", "## Pictures")], [], 0, id="an explanation"),
        pytest.param([], [('why="forgets the smallest"', 'why="the largest"')], 0, id="a reason"),
    ],
)  # fmt: skip
def test_what_changed_is_tried_again(
    tmp_path: Path, ledger: Path, lesson: list[Any], answers: list[Any], ran: int
) -> None:
    tried(tmp_path, ledger)
    found = tried(tmp_path, ledger, changed(QUICK, *lesson), changed(ANSWERS, *answers)).ran
    if "values[1:]" in str(lesson):  # the solution and its mutants; neither its stub nor its answers
        mutants = sum(c.exercise == "e2" for c in tried(tmp_path, ledger, changed(QUICK, *lesson)).kind("mutant"))
        assert found == 1 + mutants
    elif "-2.0" in str(lesson):  # everything of the exercise that the test belongs to, nothing of the other
        assert found == sum(c.exercise == "e1" for c in tried(tmp_path, ledger).candidates)
    else:
        assert found == ran


@pytest.mark.usefixtures("sample")
def test_another_engine_knows_nothing(tmp_path: Path, ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tried(tmp_path, ledger)
    monkeypatch.setattr(trials, "_engine", lambda imports: "another")
    assert tried(tmp_path, ledger).ran == ALL


def test_a_ledger_that_lies_is_caught_when_sampled(
    tmp_path: Path, ledger: Path, sample: Callable[[float], None]
) -> None:
    answers = changed(ANSWERS, ("    return max(values)\n", "    return max(values) - min(values)\n"))
    tried(tmp_path, ledger, answers=answers)
    known = entries(ledger)
    passing = [key for key, entry in known.items() if not entry["failed"]]
    for key in passing:
        known[key]["failed"] = {"e1_value": "CheckFailed: made up", "e2_spread": "CheckFailed: made up"}
    ledger.write_text(json.dumps(known), encoding="utf-8")
    lie = ledger.read_bytes()

    assert tried(tmp_path, ledger, answers=answers).ran == 0  # unseen as long as nothing is drawn
    sample(1.0)
    with pytest.raises(LedgerError, match=r"the ledger says it fails \['e1_value', 'e2_spread'\], this run says \[\]"):
        tried(tmp_path, ledger, answers=answers)
    assert ledger.read_bytes() == lie
    assert tried(tmp_path, ledger, answers=answers, everything=True).ran == ALL
    assert [key for key, entry in entries(ledger).items() if not entry["failed"]] == passing


@pytest.mark.usefixtures("sample")
def test_stale_entries_go_on_a_whole_run_of_everything_only(tmp_path: Path, ledger: Path) -> None:
    tried(tmp_path, ledger)
    ledger.write_text(json.dumps({**entries(ledger), "stale": {"failed": {}, "seconds": 0.1}}), encoding="utf-8")
    tried(tmp_path, ledger)
    tried(tmp_path, ledger, whole=True)
    tried(tmp_path, ledger, everything=True)
    assert "stale" in entries(ledger)  # it may be another day's, or that of a branch
    tried(tmp_path, ledger, everything=True, whole=True)
    assert "stale" not in entries(ledger)
    assert len(entries(ledger)) == ALL


@pytest.mark.usefixtures("sample")
def test_what_another_check_added_meanwhile_is_kept(tmp_path: Path, ledger: Path) -> None:
    def add(ran: int, of: int) -> None:
        if ran == 1:
            ledger.write_text(json.dumps({"theirs": {"failed": {}, "seconds": 0.1}}), encoding="utf-8")

    tried(tmp_path, ledger, done=add)
    assert "theirs" in entries(ledger)
    assert len(entries(ledger)) == ALL + 1


def test_a_damaged_ledger_is_said(tmp_path: Path, ledger: Path) -> None:
    ledger.write_text("<<<<<<< HEAD\n{", encoding="utf-8")
    with pytest.raises(LedgerError, match=r"verdicts\.json is damaged .* `mind dev check --all`"):
        tried(tmp_path, ledger)


@pytest.mark.usefixtures("sample")
def test_equivalent_mutants_do_not_count(tmp_path: Path, ledger: Path) -> None:
    (survivor,) = [c for c in tried(tmp_path, ledger).kind("mutant") if not c.failed]
    key = survivor.why.split()[0]
    answers = ANSWERS + f'\n# %% equivalent="e2" mutants=["{key}"] why="every number is looked at in any case"\n'
    found = tried(tmp_path, ledger, answers=answers)
    assert (found.ran, found.killed()) == (0, (9, 9))
    (equivalent,) = found.kind("equivalent")
    assert equivalent.why == f"{survivor.why} (every number is looked at in any case)"


def test_the_ledger_names_no_folder_of_the_machine_it_was_made_on() -> None:
    said = "CheckFailed: Called: monitor(\"host='/tmp/trial-1/pg-2' port='5432'\")\n  Got: passfile='/home/ann/.pgpass', 7 / 2, s/t"
    assert trials._first_line(said) == (
        "CheckFailed: Called: monitor(\"host='…/pg-2' port='5432'\") Got: passfile='…/.pgpass', 7 / 2, s/t"
    )
