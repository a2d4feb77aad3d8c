"""nbgrader's own commands with the engine behind them: the engine's points, stock's ways, and no submission that stops a batch."""

from __future__ import annotations

import copy
import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograder import intake
from autograder.engine import Course, Engine
from tests import small
from tests.classroom import Classroom, Key

#: On one worker: what they share takes long to make.
pytestmark = pytest.mark.xdist_group("nbgrader-engine")

REPOSITORY = Path(__file__).resolve().parents[2]
UNIT, STEM = "1.5", "d01_matrices"
STEMS = sorted(path.stem for path in (REPOSITORY / "source" / UNIT).glob("*.ipynb"))
TWO_LINES = "import autograder.nbgrader\nautograder.nbgrader.configure(c)\n"


def of(student: str, values: dict[Key, Any]) -> dict[str, Any]:
    """Of one student, by cell."""
    return {cell: value for (name, _, cell), value in values.items() if name == student}


def hidden_lines(source: intake.Notebook) -> set[str]:
    parts = [
        part
        for cell in source["cells"]
        for part in re.findall(r"BEGIN HIDDEN TESTS\n(.*?)\n### END", cell["source"], re.DOTALL)
    ]
    return {line.strip() for part in parts for line in part.splitlines() if len(line.strip()) > 12}


# This course, all its days


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Classroom:
    """Seven days, untouched and solved, graded and with feedback."""
    root = tmp_path_factory.mktemp("whole")
    for tree in ("source", "release"):
        shutil.copytree(REPOSITORY / tree, root / tree, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    for name in ("nbgrader_config.py", "pyproject.toml"):
        shutil.copy(REPOSITORY / name, root)
    room = Classroom(root, UNIT)
    room.nbgrader("generate_assignment", UNIT, "--force")
    for student, tree in (("untouched", "release"), ("solved", "source")):
        room.submit(student, {stem: intake.read(root / tree / UNIT / f"{stem}.ipynb") for stem in STEMS})
    room.nbgrader("autograde", UNIT)
    room.nbgrader("generate_feedback", UNIT)
    return room


def test_every_point_is_the_engines(whole: Classroom) -> None:
    given = {}
    with Engine() as engine:
        for path in sorted((whole.root / "submitted").glob(f"*/{UNIT}/*.ipynb")):
            course = Course.read(*(REPOSITORY / tree / UNIT / path.name for tree in ("source", "release")))
            scores = engine.grade(path, course).scores()
            given |= {(path.parent.parent.name, path.stem, cell): points for cell, points in scores.items()}
    assert {key: score for key, score in whole.scores().items() if not key[2].endswith("reflection")} == given


def test_untouched_is_nothing_and_solved_is_everything(whole: Classroom) -> None:
    most = {
        (stem, intake.grade_id(cell)): cell["metadata"]["nbgrader"]["points"]
        for stem in STEMS
        for cell in intake.read(REPOSITORY / "source" / UNIT / f"{stem}.ipynb")["cells"]
        if intake.is_test(cell)
    }
    scores = whole.scores()
    assert {(stem, cell): scores["solved", stem, cell] for stem, cell in most} == most
    assert {scores["untouched", stem, cell] for stem, cell in most} == {0.0}


def test_each_day_has_a_page_without_a_line_of_a_hidden_test(whole: Classroom) -> None:
    for stem in STEMS:
        lines = hidden_lines(intake.read(REPOSITORY / "source" / UNIT / f"{stem}.ipynb"))
        assert lines
        for student, state in (("solved", "correct"), ("untouched", "not attempted")):
            page = whole.page(student, stem)
            assert state in page
            assert [line for line in lines if line in page] == []


# A little course, and all that can be handed in


def little_source() -> intake.Notebook:
    """The small lesson, with partial credit, an answer that a person judges, and a task."""
    book = small.source()
    partial = small.judge("d01_e2_part", 2, "points = 1.5 if half(6) == 3 else 0\npoints")
    book["cells"].insert(small.position(book, "d01_e2_half") + 1, partial)
    book["cells"].append(small.graded("# your plot", "d01_plot", grade=True, solution=True, points=4))
    task = small.graded("Explain in cells of your own.", "d01_task", task=True, points=3, locked=True)
    book["cells"].append({"cell_type": "markdown", "metadata": task["metadata"], "source": task["source"]})
    reflection = small.cell(book, "d01_reflection")
    del reflection["outputs"], reflection["execution_count"]
    return book


class Little(Classroom):
    """A course of one small lesson, and submissions made from what nbgrader released of it."""

    def __init__(self, root: Path, config: str) -> None:
        super().__init__(root, UNIT)
        small.publish(root, little_source())
        shutil.rmtree(root / "release")
        (root / "nbgrader_config.py").write_text(f"c = get_config()\n{config}")
        self.nbgrader("generate_assignment", UNIT, "--force")

    def work(self, **solutions: str) -> intake.Notebook:
        book = intake.read(self.root / "release" / UNIT / f"{STEM}.ipynb")
        for name, text in solutions.items():
            small.cell(book, f"d01_{name}")["source"] = text
        return book

    def solved(self, **solutions: str) -> intake.Notebook:
        return self.work(**{name.removeprefix("d01_"): text for name, text in small.SOLUTIONS.items()} | solutions)

    def hand_in(self, student: str, book: intake.Notebook | bytes) -> Path:
        return self.submit(student, {STEM: book})

    def submit_well_formed(self) -> None:
        """What stock nbgrader grades rightly."""
        self.hand_in("untouched", self.work())
        self.hand_in("solved", self.solved(reflection="It was $2 < 3$.", plot="plot()", task="x"))
        self.hand_in("wrong", self.solved(e1="def double(x):\n    return x + 3", e2="def half(x):\n    return x - 2"))
        self.hand_in("partly", self.solved(e2="def half(x):\n    return 3"))


FULL = {**small.FULL, "d01_e2_part": 1.5}


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Little:
    room = Little(tmp_path_factory.mktemp("stock"), "")
    room.submit_well_formed()
    room.nbgrader("autograde", UNIT)
    return room


def copied(room: Little) -> intake.Notebook:
    """Copied cells, the second with other work and an odd version, and a test cell twice: what stops stock nbgrader."""
    book = room.solved()
    for name in ("d01_e1", "d01_e1_number"):
        book["cells"].append(copy.deepcopy(small.cell(book, name)) | {"source": "raise ValueError"})
    for cell in book["cells"][-2:]:
        cell["metadata"]["nbgrader"]["schema_version"] = 99
    return book


def deleted(room: Little) -> intake.Notebook:
    book = room.solved()
    for name in ("d01_e1_number", "d01_e3"):
        book["cells"].remove(small.cell(book, name))
    return book


def hostile(room: Little) -> intake.Notebook:
    """Full points by all but solving: metadata, tags, outputs, test cells; and scripts wherever they fit."""
    script = "<script>alert('of a learner')</script>"
    book = room.work(e1=f"raise ValueError({script!r})", reflection=script)
    for cell in book["cells"]:
        cell["metadata"]["tags"] = ["skip-execution", "raises-exception"]
        if cell["cell_type"] == "code":
            data = {
                "text/html": script,
                "application/javascript": "alert(1)",
                "image/svg+xml": "<svg onload='alert(1)'/>",
            }
            cell["outputs"] = [{"output_type": "display_data", "metadata": {}, "data": data}]
            cell["outputs"] += [{"output_type": "display_data", "metadata": {}, "data": {"image/png": f'"/>{script}'}}]
    small.cell(book, "d01_e1_number")["source"] = "pass"
    small.cell(book, "d01_e2_half")["metadata"]["nbgrader"]["points"] = 1000
    book["cells"] += [{"cell_type": kind, "metadata": {}, "source": script} for kind in ("markdown", "raw")]
    book["metadata"] = {"autograder": {"refused": script, "result": None}, "kernelspec": {"name": "no-such-kernel"}}
    return book


#: A file in place of a notebook, and what is said of it.
BROKEN: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "cut": (lambda book: book[: len(book) // 2], "not a whole notebook"),
    "empty": (lambda book: b"", "not a whole notebook"),
    "latin": (lambda book: book.replace(b"def double", "# é\ndef double".encode("latin-1")), "not UTF-8"),
    "web-page": (lambda book: b"<!DOCTYPE html><html></html>", "not a whole notebook"),
    "list": (lambda book: b"[1, 2]", "not a notebook"),
    "no-cells": (lambda book: b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}}', "no list of cells"),
    "deep": (lambda book: b"[" * 100_000, "not a whole notebook"),
    "future": (lambda book: book.replace(b'"nbformat": 4', b'"nbformat": 9'), "format that cannot be read"),
}


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Little:
    """One autograde and one generate_feedback over everything."""
    root = tmp_path_factory.mktemp("little")
    room = Little(root, TWO_LINES)
    room.submit_well_formed()
    for name, (spoil, _) in BROKEN.items():
        room.hand_in(name, spoil(json.dumps(room.solved()).encode()))
    room.hand_in("copied", copied(room))
    room.hand_in("deleted", deleted(room))
    room.hand_in("deadly", room.solved(e2="import os\ndef half(x):\n    os._exit(3)"))
    folder = room.hand_in("hostile", hostile(room))
    (root / "secret.txt").write_text("a secret of the grader")
    (folder / "link.txt").symlink_to(root / "secret.txt")
    (folder / "broken.txt").symlink_to(root / "nowhere")
    (folder / "endless").symlink_to("/dev/zero")
    os.mkfifo(folder / "pipe")
    (folder / "page.html").write_text("<script>alert(1)</script>")
    (folder / "timestamp.txt").write_text("the day before yesterday\n" * 3)
    linked = room.root / "submitted" / "linked" / UNIT
    linked.mkdir(parents=True)
    (linked / f"{STEM}.ipynb").symlink_to(room.root / "submitted" / "solved" / UNIT / f"{STEM}.ipynb")
    (room.root / "submitted" / "folder" / UNIT / f"{STEM}.ipynb").mkdir(parents=True)
    room.env["STARTED_BY_TEST"] = str(root)
    room.nbgrader("autograde", UNIT)
    room.nbgrader("generate_feedback", UNIT)
    return room


def test_scores_comments_and_what_a_person_has_to_grade_are_as_in_stock(room: Little, stock: Little) -> None:
    for student in ("untouched", "solved", "wrong", "partly"):
        assert of(student, room.scores()) == of(student, stock.scores())
        assert of(student, room.comments()) == of(student, stock.comments())
    students = ("untouched", "solved", "wrong", "partly")
    assert {key for key in room.to_be_graded() if key[0] in students} == stock.to_be_graded()
    assert {k: v for k, v in of("solved", room.scores()).items() if k in FULL} == FULL
    assert ("solved", STEM, "d01_plot") in room.to_be_graded()


@pytest.mark.parametrize("student", [*BROKEN, "linked", "folder"])
def test_what_cannot_be_read_scores_nothing_and_its_student_is_told_why(room: Little, student: str) -> None:
    says = BROKEN[student][1] if student in BROKEN else "not a regular file"
    assert set(of(student, room.scores()).values()) <= {0.0, None}
    assert {score for cell, score in of(student, room.scores()).items() if cell in FULL} == {0.0}
    assert all(says in str(comment) for comment in of(student, room.comments()).values())
    assert says in room.page(student, STEM)
    assert says in room.graded(student, STEM)["cells"][0]["source"]


def test_copied_deleted_and_deadly_cells_cost_no_more_than_themselves(room: Little) -> None:
    def points(student: str) -> dict[str, Any]:
        return {cell: score for cell, score in of(student, room.scores()).items() if cell in FULL}

    assert points("copied") == FULL
    assert points("deleted") == FULL | {"d01_e3_triple": 0.0}
    assert points("deadly") == FULL | {"d01_e2_half": 0.0, "d01_e2_part": 0.0}
    assert "d01_e1 is there twice" in room.page("copied", STEM)
    assert "crashed" in room.page("deadly", STEM)


def test_nothing_of_a_hostile_submission_counts_or_acts(room: Little) -> None:
    assert set(of("hostile", room.scores()).values()) == {0.0, None}
    page = room.page("hostile", STEM)
    assert "&lt;script&gt;alert" in page
    assert "<script" not in page
    assert "is not graded" not in page
    book = room.graded("hostile", STEM)
    assert book["metadata"]["kernelspec"]["name"] == "python3"
    shown = json.dumps([cell.get("outputs") for cell in book["cells"]])
    shown += json.dumps([cell["source"] for cell in book["cells"] if cell["cell_type"] != "code"])
    assert "<script" not in shown
    assert "onload" not in shown
    assert "javascript" not in shown
    assert "raw" not in {cell["cell_type"] for cell in book["cells"]}
    assert not any("skip-execution" in cell["metadata"].get("tags", []) for cell in book["cells"])


def test_no_link_pipe_or_page_of_a_submission_is_copied(room: Little) -> None:
    for tree, kept in (
        ("autograded", {f"{STEM}.ipynb", "page.html", "timestamp.txt"}),
        ("feedback", {f"{STEM}.html", "timestamp.txt"}),
    ):
        folder = room.root / tree / "hostile" / UNIT
        assert {path.name for path in folder.iterdir()} == kept


def test_no_process_is_left(room: Little) -> None:
    left = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"STARTED_BY_TEST={room.root}".encode() in (process / "environ").read_bytes():
                left.append((process / "cmdline").read_bytes())
        except OSError:  # it ended meanwhile, or is not ours to look at
            continue
    assert left == []


def test_autograded_is_the_course_with_the_learners_work_in_it(room: Little) -> None:
    solved, released = room.graded("solved", STEM), intake.read(room.root / "release" / UNIT / f"{STEM}.ipynb")
    names = [intake.grade_id(cell) for cell in solved["cells"] if intake.grade_id(cell)]
    assert names == [intake.grade_id(cell) for cell in released["cells"] if intake.grade_id(cell)]
    assert small.cell(solved, "d01_e1")["source"] == small.SOLUTIONS["d01_e1"]
    assert small.cell(solved, "d01_reflection")["source"] == "It was $2 < 3$."
    assert small.cell(solved, "d01_task")["source"] == "Explain in cells of your own."
    assert "assert double(-3) == -6" in small.cell(solved, "d01_e1_number")["source"]  # an instructor sees hidden tests
    (failed,) = small.cell(room.graded("wrong", STEM), "d01_e1_number")["outputs"]
    assert failed["traceback"] == ["Called: double(2)", "Got: 5", "Expected: 4", "Look again at: twice a number"]


def test_what_a_person_gave_and_wrote_is_on_the_page(room: Little) -> None:
    grade = "update grade set manual_score = ? where id in (select grade.id from grade join base_cell on base_cell.id = cell_id join submitted_notebook s on s.id = grade.notebook_id join submitted_assignment a on a.id = s.assignment_id where a.student_id = 'solved' and base_cell.name = ?)"
    room.change(grade, 3.5, "d01_plot")
    room.change(grade, 0.5, "d01_e1_number")
    room.change(grade.replace("update grade set manual_score", "update comment set manual_comment").replace("grade.", "comment.").replace("from grade", "from comment"), "A <fine> plot.", "d01_plot")  # fmt: skip
    room.nbgrader("generate_feedback", UNIT, "--student", "solved", "--force")
    page = room.page("solved", STEM)
    assert re.search(r"d01_plot <span class=\"points\">3.5 of 4</span></dt><dd>A &lt;fine&gt; plot.</dd>", page)
    assert "the points of “the test d01_e1_number” were set by your instructor" in page


def test_a_score_does_not_outlive_the_work_it_was_for(room: Little) -> None:
    folder = room.hand_in("again", room.solved())
    room.nbgrader("autograde", UNIT, "--student", "again")
    assert of("again", room.scores())["d01_e1_text"] == 2.0
    (folder / f"{STEM}.ipynb").write_bytes(b"gone")
    room.nbgrader("autograde", UNIT, "--student", "again", "--force")
    assert {score for cell, score in of("again", room.scores()).items() if cell in FULL} == {0.0}


def test_formgraders_page_shows_the_verdicts(room: Little) -> None:
    from nbconvert.exporters import HTMLExporter
    from nbgrader.server_extensions.formgrader import handlers
    from traitlets.config import Config

    c = Config()
    c.HTMLExporter.template_name, c.HTMLExporter.extra_template_basedirs = "formgrade", [handlers.template_path]
    parts = (
        "base_url",
        "student",
        "assignment_id",
        "notebook_id",
        "submission_id",
        "last_name",
        "first_name",
        "notebook_path",
    )
    resources = dict.fromkeys(parts, "x") | {"index": 0, "total": 1}
    path = room.root / "autograded" / "wrong" / UNIT / f"{STEM}.ipynb"
    html, _ = HTMLExporter(config=c).from_filename(str(path), resources=resources)
    assert "Look again at: twice a number" in html
    assert html.count("Student&#39;s answer") + html.count("Student's answer") >= 3


# What is not right with the course


def test_where_release_is_missing_it_is_said(room: Little) -> None:
    room.hand_in("late", room.solved())
    release = room.root / "release"
    release.rename(room.root / "away")
    try:
        done = room.run("autograde", UNIT, "--student", "late")
        assert done.returncode == 1
        assert "cannot be used" in done.stderr
        assert f"`nbgrader generate_assignment {UNIT} --force` makes it anew" in done.stderr
    finally:
        (room.root / "away").rename(release)
    assert set(of("late", room.scores()).values()) == {None}


def test_where_the_gradebook_is_older_than_the_course_it_is_said(room: Little) -> None:
    room.hand_in("later", room.solved())
    source = room.root / "source" / UNIT / f"{STEM}.ipynb"
    before = source.read_bytes()
    book = json.loads(before)
    book["cells"].append(small.judge("d01_e3_more", 1, "assert triple(2) == 6") | {"id": "more"})
    source.write_text(json.dumps(book))
    try:
        done = room.run("autograde", UNIT, "--student", "later")
    finally:
        source.write_bytes(before)
    assert done.returncode == 1
    assert "do not have the same cells (d01_e3_more)" in done.stderr


def test_what_stock_graded_has_no_page_and_a_wrong_policy_is_told(room: Little) -> None:
    graded = room.root / "autograded" / "wrong" / UNIT / f"{STEM}.ipynb"
    book = json.loads(graded.read_bytes())
    del book["metadata"]["autograder"]
    graded.chmod(0o644)
    graded.write_text(json.dumps(book))
    done = room.run("generate_feedback", UNIT, "--student", "wrong", "--force")
    assert done.returncode == 1
    assert f"`nbgrader autograde {UNIT} --student wrong --force` grades it again" in done.stderr
    (room.root / "pyproject.toml").write_text('[tool.autograder]\nfeedback = "all"\n')
    done = room.run("generate_feedback", UNIT, "--student", "solved", "--force")
    (room.root / "pyproject.toml").unlink()
    assert done.returncode == 1
    assert "the feedback policy 'all' is none" in done.stderr


# Another course: bare asserts, no metadata of ours


def foreign_source() -> intake.Notebook:
    def cell(source: str, name: str, **about: Any) -> dict[str, Any]:
        return small.graded(source, name, **about) | {"id": name}

    solution = "### BEGIN SOLUTION\n    return [x * x for x in xs]\n    ### END SOLUTION"
    tests = "assert squares([1, 2]) == [1, 4]\n### BEGIN HIDDEN TESTS\nimport numpy as np\nnp.testing.assert_array_equal(squares([1234]), [1522756])\n### END HIDDEN TESTS"
    word = 'word = "" ### BEGIN SOLUTION\nword = "radar"\n### END SOLUTION'
    cells = [
        {"cell_type": "markdown", "id": "m", "metadata": {}, "source": "# Homework"},
        cell(f"def squares(xs):\n    {solution}", "squares", solution=True),
        cell(tests, "test_squares", grade=True, locked=True, points=3),
        cell(word.replace(" ### BEGIN SOLUTION", "\n### BEGIN SOLUTION"), "word", solution=True),
        cell("assert word and word == word[::-1], 'not a palindrome'", "test_word", grade=True, locked=True, points=1),
        cell("min(len(word), 2)", "test_length", grade=True, locked=True, points=2),
    ]
    spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {"cells": cells, "metadata": {"kernelspec": spec}, "nbformat": 4, "nbformat_minor": 5}


WORK = {
    "right": {"squares": "def squares(xs):\n    return [x ** 2 for x in xs]", "word": "word = 'level'"},
    "tuned": {"squares": "def squares(xs):\n    return [1, 4]", "word": "word = 'a'"},
    "wrong": {"squares": "def squares(xs):\n    return xs", "word": "word = 'book'"},
    "untouched": {},
}


def homework(root: Path, config: str) -> Classroom:
    """The other course, with its submissions graded."""
    (root / "source" / "ps1").mkdir(parents=True)
    small.write(foreign_source(), root / "source" / "ps1" / "lists.ipynb")
    (root / "nbgrader_config.py").write_text(f"c = get_config()\n{config}")
    (root / "pyproject.toml").write_text('[tool.autograder]\nfeedback = "idea"\n')
    room = Classroom(root, "ps1")
    room.nbgrader("generate_assignment", "ps1")
    for student, solutions in WORK.items():
        book = intake.read(root / "release" / "ps1" / "lists.ipynb")
        for name, text in solutions.items():
            small.cell(book, name)["source"] = text
        room.submit(student, {"lists": book})
    room.nbgrader("autograde", "ps1")
    return room


POINTS = {
    "right": {"test_squares": 3.0, "test_word": 1.0, "test_length": 2.0},
    "tuned": {"test_squares": 0.0, "test_word": 1.0, "test_length": 1.0},
    "wrong": {"test_squares": 0.0, "test_word": 0.0, "test_length": 2.0},
    "untouched": {"test_squares": 0.0, "test_word": 0.0, "test_length": 0.0},
}


def test_another_course_has_its_scores_from_stock_nbgrader(tmp_path: Path) -> None:
    scores = homework(tmp_path, "").scores()
    assert {student: of(student, scores) for student in WORK} == POINTS


def test_with_two_lines_more_it_has_the_same_and_pages_by_its_policy_and_does_without_source(tmp_path: Path) -> None:
    room = homework(tmp_path, TWO_LINES)
    scores = room.scores()
    assert {student: of(student, scores) for student in WORK} == POINTS
    room.nbgrader("generate_feedback", "ps1")
    tuned = room.page("tuned", "lists")
    assert "failed, in a hidden test" in tuned
    assert not [line for line in hidden_lines(foreign_source()) if line in tuned]
    assert "1522756" not in tuned
    assert "not a palindrome" in room.page("wrong", "lists")
    shutil.rmtree(room.root / "source")
    room.nbgrader("autograde", "ps1", "--force")
    scores = room.scores()
    assert {student: of(student, scores) for student in WORK} == POINTS
