"""From a submission come the solutions and what they lean on; all else is the course's, and what is amiss is named."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from subprocess import run

import nbformat
import pytest

from autograder import intake
from tests import small

E1 = small.SOLUTIONS["d01_e1"]


def take(book: intake.Notebook, tmp_path: Path) -> intake.Intake:
    return intake.take(intake.read(small.write(book, tmp_path / "n.ipynb")), small.release())


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not a whole notebook"),
        (json.dumps(small.solved()).encode()[:-500], "not a whole notebook"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "not UTF-8 text (byte 0)"),
        (b"%PDF-1.7", "not a whole notebook"),
        (b"[" * 100_000, "not a whole notebook"),
        (b"[1, 2]", "JSON, but not a notebook"),
        (b'{"name": "x"}', "JSON, but not a notebook"),
        (b'{"nbformat": 4}', "no list of cells"),
        (b'{"nbformat": 4, "cells": {}}', "no list of cells"),
        (b'{"nbformat": 99, "cells": []}', "cannot be read"),
    ],
)
def test_what_is_no_notebook_is_refused_in_words(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "n.ipynb"
    path.write_bytes(content)
    with pytest.raises(intake.Unreadable, match=r"n\.ipynb") as refusal:
        intake.read(path)
    assert words in str(refusal.value)


def test_links_folders_missing_and_huge_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = small.write(small.solved(), tmp_path / "real.ipynb")
    (tmp_path / "link.ipynb").symlink_to(real)
    (tmp_path / "folder.ipynb").mkdir()
    for name in ("link.ipynb", "folder.ipynb", "nothing.ipynb"):
        with pytest.raises(intake.Unreadable, match="not a regular file"):
            intake.read(tmp_path / name)
    monkeypatch.setattr(intake, "MOST_BYTES", 100)
    with pytest.raises(intake.Unreadable, match="clear its outputs"):
        intake.read(real)


def test_odd_cells_are_read_as_empty_ones(tmp_path: Path) -> None:
    odd = [
        None,
        7,
        {},
        {"cell_type": "code", "metadata": None, "source": None},
        {"cell_type": 1, "source": ["a", 2, "b"]},
    ]
    book = intake.read(small.write({"nbformat": 4, "cells": odd}, tmp_path / "n.ipynb"))
    assert [cell["source"] for cell in book["cells"]] == ["", "", "ab"]
    assert intake.take(book, small.release()).solutions == {}


def test_a_source_may_be_a_list_of_lines(tmp_path: Path) -> None:
    book = small.work()
    small.cell(book, "d01_e1")["source"] = E1.splitlines(keepends=True)
    assert take(book, tmp_path).solutions["d01_e1"] == E1


def test_an_untouched_release_has_no_work_in_it_and_no_remarks(tmp_path: Path) -> None:
    taken = take(small.release(), tmp_path)
    assert intake.worked(taken, small.release()) == set()
    assert (taken.own, taken.remarks) == ([], [])


def test_line_ends_of_windows_and_a_byte_order_mark_change_nothing(tmp_path: Path) -> None:
    book = small.work(e1=E1.replace("\n", "\r\n"), e2=f"{small.STUB}\r\n")
    text = json.dumps(book, indent=1).replace("\n", "\r\n")
    path = tmp_path / "n.ipynb"
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    taken = intake.take(intake.read(path), small.release())
    assert taken.solutions["d01_e1"] == E1
    assert intake.worked(taken, small.release()) == {"d01_e1"}


def test_a_notebook_of_format_3_is_upgraded(tmp_path: Path) -> None:
    old = nbformat.convert(nbformat.from_dict(small.solved()), 3)
    path = tmp_path / "n.ipynb"
    path.write_text(nbformat.writes(old, version=3), encoding="utf-8")
    assert json.loads(path.read_text())["nbformat"] == 3
    taken = intake.take(intake.read(path), small.release())
    assert taken.solutions == small.SOLUTIONS
    assert taken.remarks == []


def test_a_missing_solution_cell_is_named(tmp_path: Path) -> None:
    book = small.solved()
    book["cells"].remove(small.cell(book, "d01_e2"))
    taken = take(book, tmp_path)
    assert set(taken.solutions) == {"d01_e1", "d01_e3"}
    assert len(taken.remarks) == 1
    assert "the cell d01_e2 is missing" in taken.remarks[0]


def test_missing_test_cells_are_named_and_cost_nothing(tmp_path: Path) -> None:
    book = small.solved()
    book["cells"].remove(small.cell(book, "d01_e1_text"))
    taken = take(book, tmp_path)
    assert taken.solutions == small.SOLUTIONS
    assert taken.remarks == ["the test cell d01_e1_text is missing; the course's own is used, and nothing is lost"]


@pytest.mark.parametrize(("first", "second"), [(E1, small.STUB), (small.STUB, E1), ("", E1), (E1, "def double(x): 0")])
def test_of_a_copied_solution_cell_the_first_with_work_in_it_counts(tmp_path: Path, first: str, second: str) -> None:
    book = small.work(e1=first)
    book["cells"].insert(small.position(book, "d01_e1") + 1, small.graded(second, "d01_e1", solution=True))
    taken = take(book, tmp_path)
    assert taken.solutions["d01_e1"] == E1
    assert ["there twice" in remark for remark in taken.remarks] == [True]


def test_a_cell_that_lost_its_metadata_is_known_by_its_id(tmp_path: Path) -> None:
    book = small.solved()
    for cell in book["cells"]:
        cell["metadata"] = {}
    taken = take(book, tmp_path)
    assert taken.solutions == small.SOLUTIONS
    assert taken.remarks == []


def test_without_metadata_and_ids_every_loss_is_named(tmp_path: Path) -> None:
    book = small.solved()
    for cell in book["cells"]:
        cell["metadata"] = {}
        cell.pop("id", None)
    taken = take(book, tmp_path)
    assert taken.solutions == {}
    assert sum("lost its metadata" in remark for remark in taken.remarks) == 3


def test_a_solution_cell_turned_into_text_is_graded_and_named(tmp_path: Path) -> None:
    book = small.solved()
    small.cell(book, "d01_e1")["cell_type"] = "markdown"
    taken = take(book, tmp_path)
    assert taken.solutions["d01_e1"] == E1
    assert taken.remarks == ["the cell d01_e1 is no longer a code cell; it is graded as one all the same"]


def test_solution_marks_and_cells_of_other_lessons_add_no_solution(tmp_path: Path) -> None:
    book = small.solved()
    small.cell(book, "d01_e1")["metadata"]["nbgrader"] = {"grade_id": "d01_e1", "solution": False, "points": 99}
    book["cells"].append(small.graded("def other(): ...", "d99_e1", solution=True))
    taken = take(book, tmp_path)
    assert taken.solutions == small.SOLUTIONS


def test_code_that_solutions_lean_on_comes_along_and_experiments_do_not(tmp_path: Path) -> None:
    book = small.work(e1="def double(x):\n    return twice(x)", e2="def half(x):\n    return by_the_way(x) / 4")
    place = small.position(book, "d01_e1")
    book["cells"][place:place] = [
        small.code("%%time\n%matplotlib inline\ndef twice(x):\n    return x * two"),
        small.code("two = 2"),
        small.code("import antigravity"),
        small.code("print(double(8"),
    ]
    helpers = [own.source for own in intake.helpers(take(book, tmp_path), small.release())]
    assert [source.splitlines()[-1].strip() for source in helpers] == ["return x * 2", "return x * two", "two = 2"]


def test_a_helper_that_leans_on_a_solution_keeps_its_place(tmp_path: Path) -> None:
    book = small.work(e1=E1, e2="def half(x):\n    return x * QUARTER * 2")
    book["cells"].insert(small.position(book, "d01_e2"), small.code("QUARTER = 1 / double(2)"))
    assert intake.helpers(take(book, tmp_path), small.release()) == [intake.Own("QUARTER = 1 / double(2)", "d01_e2")]


def test_half_a_surrogate_pair_can_be_sent_on(tmp_path: Path) -> None:
    book = small.work(e1='X = "\ud83d"')
    assert take(book, tmp_path).solutions["d01_e1"].encode() == b'X = "?"'


def test_reading_a_notebook_does_not_wait_for_nbformat() -> None:
    code = "import sys, autograder.grade; sys.exit('nbformat' in sys.modules or 'nbgrader' in sys.modules)"
    assert run([sys.executable, "-c", code], check=False).returncode == 0
