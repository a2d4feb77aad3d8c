"""What a batch takes from the folders, what it grades and what it leaves, and how it goes on after anything has failed."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from autograder import graders, ledger, submissions
from autograder.batch import Batch, Change, Report
from autograder.database import GradebookError
from autograder.endings import Stopped
from autograder.graders import GradersLost, Work, side_by_side
from autograder.intake import Unreadable
from autograder.ledger import ENGINE, GONE, Fingerprint, Known, work_of
from autograder.results import ExerciseResult, Result, TestResult
from autograder.stored import Graded, Store
from autograder.submissions import CourseNotebook, Submission
from tests import small

NAME = "d01_matrices"
TESTS = ledger.tests_of(small.course())
COURSE = {NAME: CourseNotebook(small.course(), TESTS), "d02_more": CourseNotebook(small.course(), "other tests")}


def hand_in(root: Path, student: str, *names: str, book: Any = None) -> Path:
    folder = root / "submitted" / student / "1.5"
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        small.write(book or small.solved(), folder / f"{name}.ipynb")
    return folder


def found(root: Path, *students: str) -> dict[str, Submission]:
    return {one.student: one for one in submissions.find(root, "1.5", list(COURSE), students)}


def refused(root: Path, student: str) -> str:
    return "; ".join(f"{name}: {cause}" for name, cause in found(root)[student].refused.items())


# What is found in the folders


def test_notebooks_are_found_by_student_and_others_are_left_alone(root: Path) -> None:
    folder = hand_in(root, "ada", *COURSE, "my notes")
    (folder / "timestamp.txt").write_text("2026-11-21 10:00:00 UTC\n")
    (folder / "data.csv").write_text("1,2")
    hand_in(root, "bob", NAME)
    hand_in(root, ".ipynb_checkpoints", NAME)
    (root / "submitted" / "README").write_text("where to hand in")
    (root / "submitted" / "cyd" / "1.6").mkdir(parents=True)
    assert list(found(root)) == ["ada", "bob"]
    assert list(found(root)["ada"].notebooks) == list(COURSE)
    assert found(root)["ada"].timestamp == "2026-11-21 10:00:00 UTC"
    assert all(not one.refused for one in found(root).values())


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (("ada",), ["ada"]),
        (("a*", "cyd"), ["abe", "ada", "cyd"]),
        (("*",), ["abe", "ada", "bob", "cyd"]),
        (("z*",), []),
    ],
)
def test_students_are_chosen_by_name_and_pattern(root: Path, asked: tuple[str, ...], expected: list[str]) -> None:
    for student in ("ada", "abe", "bob", "cyd"):
        hand_in(root, student, NAME)
    assert sorted(found(root, *asked)) == expected


def test_a_student_who_is_named_and_has_handed_in_nothing_is_told(root: Path) -> None:
    assert "nothing was handed in" in found(root, "zoe")["zoe"].refused[""]


def test_nothing_is_taken_through_a_link(root: Path) -> None:
    elsewhere = hand_in(root.parent / "elsewhere", "eve", *COURSE)
    (root / "submitted" / "inside").mkdir(parents=True)
    (root / "submitted" / "linked").symlink_to(elsewhere.parent)
    (root / "submitted" / "inside" / "1.5").symlink_to(elsewhere)
    (hand_in(root, "file") / f"{NAME}.ipynb").symlink_to(elsewhere / f"{NAME}.ipynb")
    (hand_in(root, "stamp", *COURSE) / "timestamp.txt").symlink_to("/etc/hostname")
    (hand_in(root, "dangling") / f"{NAME}.ipynb").symlink_to(root / "nowhere")
    assert "linked is a link" in refused(root, "linked")
    assert "1.5 is a link" in refused(root, "inside")
    assert "timestamp.txt is a link" in refused(root, "stamp")
    assert found(root)["stamp"].timestamp == ""
    for student in ("file", "dangling"):
        with pytest.raises(Unreadable, match="is a link; only files are taken"):
            submissions.take(found(root)[student].notebooks[NAME])


@pytest.mark.parametrize(
    "name", ["a+b", " ada", "a\x07b", "x" * 129, os.fsdecode(b"ad\xff")], ids=["plus", "blank", "bell", "long", "bytes"]
)
def test_a_name_that_is_no_student_id_is_told(root: Path, name: str) -> None:
    hand_in(root, name, NAME)
    assert "its name is not a student id" in refused(root, name)


def test_strange_things_in_place_of_folders_and_notebooks_are_told(root: Path) -> None:
    (root / "submitted" / "ada").mkdir(parents=True)
    (root / "submitted" / "ada" / "1.5").write_text("my answer is 42")
    hand_in(root, "bob")
    hand_in(root, "cyd", "My matrices", "d02_more")
    pipe = hand_in(root, "dan", "d02_more") / f"{NAME}.ipynb"
    os.mkfifo(pipe)
    (hand_in(root, "eve") / f"{NAME}.ipynb").mkdir()
    assert "1.5 is not a folder" in refused(root, "ada")
    assert "there is no notebook in its folder" in refused(root, "bob")
    assert "My matrices: no notebook of the assignment has this name" in refused(root, "cyd")
    for student in ("dan", "eve"):
        with pytest.raises(Unreadable, match="is not a regular file"):
            submissions.take(found(root)[student].notebooks[NAME])


def test_a_huge_notebook_is_told(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(submissions, "MOST_BYTES", 1000)
    with pytest.raises(Unreadable, match="is larger than"):
        submissions.take(hand_in(root, "ada", NAME) / f"{NAME}.ipynb")


def test_a_course_that_is_not_whole_is_told(root: Path) -> None:
    with pytest.raises(submissions.CourseError, match=r"there is no assignment 9\.9"):
        submissions.course(root, "9.9")
    small.publish(root)
    assert submissions.course(root, "1.5").keys() == {NAME}
    (root / "release" / "1.5" / f"{NAME}.ipynb").unlink()
    with pytest.raises(submissions.CourseError, match="nbgrader generate_assignment"):
        submissions.course(root, "1.5")


def test_the_fingerprint_of_the_tests_is_of_what_a_score_depends_on() -> None:
    text, points, test, solution, given = (small.source() for _ in range(5))
    text["cells"][3]["source"] = "### Twice"
    text["cells"][0]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "3"}]
    text["cells"][0]["metadata"]["execution"] = {"iopub.execute_input": "2026-11-21T10:00:00Z"}
    small.cell(points, "d01_e1_text")["metadata"]["nbgrader"]["points"] = 5
    small.cell(test, "d01_e1_text")["source"] += "\nassert True"
    small.cell(solution, "d01_setup")["source"] += "\nBASE = 11"
    release = small.release()
    small.cell(release, "d01_e1")["source"] = "pass"
    courses = [replace(small.course(), source=book) for book in (text, points, test, solution, given)]
    same = [ledger.tests_of(course) == TESTS for course in [*courses, replace(small.course(), release=release)]]
    assert same == [True, False, False, False, True, False]


def test_answers_as_they_were_handed_out_are_known() -> None:
    release = small.release()
    everything = ["d01_e1", "d01_e2", "d01_e3", "d01_reflection"]
    assert submissions.unanswered(release, release) == everything
    assert submissions.unanswered(small.work(e2="def half(x): ..."), release) == ["d01_e1", "d01_e3", "d01_reflection"]
    thought = small.work()
    small.cell(thought, "d01_reflection")["source"] = "The rest."
    assert submissions.unanswered(thought, release) == everything[:3]


# Grading


def result(points: float = 6) -> Result:
    tests = [TestResult("d01_e1_text", "text", points, 6, points == 6)]
    return Result(NAME, [ExerciseResult("e1", "Double", False, "correct" if points else "not attempted", tests)])


def work(path: Path, student: str = "ada") -> Work:
    return Work(student, path, COURSE[NAME])


def test_exactly_the_bytes_of_the_fingerprint_are_graded(root: Path) -> None:
    path, seen = hand_in(root, "ada", NAME) / f"{NAME}.ipynb", []

    def grader(copy: Path, _: Any) -> Result:
        path.write_text("{}")  # the learner saves meanwhile
        seen.append((copy.stem, copy.read_bytes()))
        return result()

    before = path.read_bytes()
    graded = graders.grade_work(grader, work(path))
    assert seen == [(NAME, before)]
    assert graded.fingerprint == Fingerprint(work_of(before), TESTS, ENGINE)
    assert graded.unanswered == ["d01_reflection"]


@pytest.mark.parametrize(
    ("content", "words"), [(b"", "is not a whole notebook"), (b"[]", "not a notebook"), (b"\xff", "not UTF-8")]
)
def test_what_is_no_notebook_is_told_by_name(root: Path, content: bytes, words: str) -> None:
    path = hand_in(root, "ada", NAME) / f"{NAME}.ipynb"
    path.write_bytes(content)
    assert words in graders.grade_work(lambda *_: result(), work(path)).refused


def test_a_fault_of_the_grader_costs_one_notebook(root: Path) -> None:
    folder = hand_in(root, "ada", "a", "b", "c")

    def grader(path: Path, *_: Any) -> Result:
        if path.stem == "b":
            raise ZeroDivisionError("the grader's own")
        return result()

    works = [work(folder / f"{name}.ipynb") for name in "abc"]
    graded = {one.notebook: one.refused for one in side_by_side(grader, 2)(works, threading.Event()) if one}
    assert graded == {"a": "", "b": "the grader failed at it (ZeroDivisionError: the grader's own)", "c": ""}


def test_so_many_are_graded_side_by_side_and_no_more(root: Path) -> None:
    folder, together = hand_in(root, "ada", *"abcdef"), threading.Barrier(3)
    running, most, lock = [0], [0], threading.Lock()

    def grader(*_: Any) -> Result:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        together.wait(timeout=60)  # ends only when three are there at once
        with lock:
            running[0] -= 1
        return result()

    works = [work(folder / f"{name}.ipynb") for name in "abcdef"]
    assert len([one for one in side_by_side(grader, 3)(works, threading.Event()) if one]) == 6
    assert most == [3]


def test_when_stopped_what_is_done_is_given_and_what_runs_is_ended(root: Path) -> None:
    folder, stop, begun = hand_in(root, "ada", *"abcd"), threading.Event(), threading.Event()

    def grader(path: Path, _: Any, asked: threading.Event) -> Result:
        if path.stem == "a":
            return result()
        begun.set()
        assert asked.wait(timeout=60)
        raise Stopped

    results = side_by_side(grader, 2)([work(folder / f"{name}.ipynb") for name in "abcd"], stop)
    first = next(one for one in results if one)
    assert begun.wait(timeout=60)
    stop.set()
    assert [first.notebook, *(one.notebook for one in results if one)] == ["a"]


# The whole


class Book:
    """A gradebook in memory that can be told to fail; it holds what a real one would."""

    note = ""
    ready = True

    def __init__(self) -> None:
        self.scored: dict[tuple[str, str], dict[str, float]] = {}
        self.entries: dict[tuple[str, str], tuple[Fingerprint, dict[str, float]]] = {}
        self.transactions: list[tuple[str, list[str]]] = []
        self.fails = 0

    def open(self) -> None:
        self._fail()

    def _fail(self) -> None:
        if self.fails:
            self.fails -= 1
            raise GradebookError("it is locked")

    def record(self, submission: Submission, graded: Sequence[Graded]) -> Mapping[str, Mapping[str, float]]:
        self._fail()
        before = {}
        for one in graded:
            key = submission.student, one.notebook
            before[one.notebook] = self.scored.get(key, {})
            scores = one.result.scores() if one.result else dict.fromkeys(before[one.notebook], 0.0)
            self.entries[key] = one.fingerprint, scores
            self.scored[key] = scores
        self.transactions.append((submission.student, sorted(one.notebook for one in graded)))
        return before

    @property
    def known(self) -> Known:
        return Known(dict(self.entries), dict(self.scored))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "course"


@pytest.fixture
def book() -> Book:
    return Book()


def run(root: Path, book: Book | None, points: float = 6, most: int = 99, **options: Any) -> Report:
    """A batch whose grader gives everybody so many points, and is lost after ``most`` notebooks."""
    course = options.pop("course", COURSE)
    kept = Store(root / "unrecorded", "1.5")
    batch = Batch(
        course,
        list(found(root).values()),
        book.known if book else Known(),
        recording=book is not None,
        kept=kept if book else None,
        **options,
    )

    def results() -> Iterator[Graded | None]:
        for number, one in enumerate(batch.works):
            if number == most:
                raise GradersLost("nobody is left")
            yield None
            yield graders.grade_work(lambda *_: result(points), one)

    return batch.run(results(), book)


def test_what_is_recorded_is_not_graded_again_and_each_submission_is_one_transaction(root: Path, book: Book) -> None:
    hand_in(root, "ada", *COURSE)
    hand_in(root, "bob", NAME)
    first = run(root, book)
    assert (first.graded, first.unchanged, first.not_handed_in, first.refused) == (3, 0, 1, [])
    assert book.transactions == [("ada", sorted(COURSE)), ("bob", [NAME])]
    again = run(root, book)
    assert (again.graded, again.unchanged, len(book.transactions)) == (0, 3, 2)
    assert run(root, book, everything=True).graded == 3


def test_a_change_is_told_with_its_cause(root: Path, book: Book) -> None:
    hand_in(root, "ada", NAME)
    run(root, book, points=6)
    assert run(root, book, points=6, everything=True).changes == []

    def change(cause: str, before: float, now: float) -> list[Change]:
        return [Change("ada", NAME, "e1 Double", before, now, cause)]

    hand_in(root, "ada", NAME, book=small.solved(e1="def double(x): ..."))
    assert run(root, book, points=2).changes == change("submission changed", 6, 2)
    newer = {**COURSE, NAME: CourseNotebook(small.course(), "newer tests")}
    assert run(root, book, points=3, course=newer).changes == change("tests changed", 2, 3)
    (same,) = run(root, book, points=4, course=newer, everything=True).changes
    assert same.cause.startswith("same work, same tests")
    book.entries.clear()
    assert run(root, book, points=5, course=newer).changes == change("graded before by another program", 4, 5)


def test_an_exercise_that_is_new_had_no_points_before(root: Path, book: Book) -> None:
    hand_in(root, "ada", NAME)
    run(root, book)
    book.scored["ada", NAME] = {"d01_e9_old": 1.0}
    (change,) = run(root, book, everything=True).changes
    assert (change.before, change.now) == (None, 6)


def test_work_that_is_gone_loses_its_score_once_and_a_day_never_handed_in_has_none(root: Path, book: Book) -> None:
    folder = hand_in(root, "ada", NAME, "d02_more")
    run(root, book)
    (folder / f"{NAME}.ipynb").unlink()
    gone = run(root, book)
    assert gone.changes == [Change("ada", NAME, "all of it", 6, 0, "the work is gone")]
    assert book.scored["ada", NAME] == {"d01_e1_text": 0}
    assert book.entries["ada", NAME][0].work == GONE
    transactions = len(book.transactions)
    assert run(root, book).changes == []
    assert len(book.transactions) == transactions
    hand_in(root, "ada", NAME)
    assert run(root, book).changes == [Change("ada", NAME, "e1 Double", 0, 6, "submission changed")]
    hand_in(root, "bob", NAME)
    assert run(root, book).not_handed_in == 1
    assert ("bob", "d02_more") not in book.scored


def test_a_folder_that_is_gone_or_a_notebook_that_cannot_be_read_costs_no_score(root: Path, book: Book) -> None:
    folder = hand_in(root, "ada", NAME)
    run(root, book)
    (folder / f"{NAME}.ipynb").unlink()
    (folder / f"{NAME}.ipynb").symlink_to("/etc/hostname")
    report = run(root, book)
    assert [(student, name) for student, name, _ in report.refused] == [("ada", NAME)]
    (folder / f"{NAME}.ipynb").unlink()
    folder.rmdir()
    assert run(root, book).refused == []
    folder.mkdir()
    assert "no notebook" in run(root, book).refused[0][2]
    assert book.scored["ada", NAME] == {"d01_e1_text": 6}


def test_scores_wait_on_disk_while_the_gradebook_cannot_be_written_and_are_taken_up(root: Path, book: Book) -> None:
    for student in ("ada", "bob", "cyd"):
        hand_in(root, student, NAME)
    book.fails = 99
    report = run(root, book)
    assert (report.unrecorded, report.waiting, report.graded) == ("it is locked", 3, 3)
    assert 99 - book.fails == 2, "it is tried at the start and at the end, not for each submission"
    assert {path.name for path in (root / "unrecorded" / "1.5").iterdir()} == {"ada.json", "bob.json", "cyd.json"}
    hand_in(root, "cyd", NAME, book=small.work())  # another work than the one that was graded
    book.fails = 0
    again = run(root, book)
    assert (again.taken_up, again.graded, again.unrecorded) == (2, 1, "")
    assert set(book.scored) == {(student, NAME) for student in ("ada", "bob", "cyd")}
    assert not (root / "unrecorded").exists()


def test_results_that_wait_though_they_are_recorded_are_forgotten(root: Path, book: Book) -> None:
    hand_in(root, "ada", NAME)
    run(root, book)
    store, work = Store(root / "unrecorded", "1.5"), found(root)["ada"].notebooks[NAME].read_bytes()
    store.write(
        "ada", [Graded("ada", NAME, Fingerprint(work_of(work), TESTS), result())]
    )  # as if killed before it was removed
    assert run(root, book).unchanged == 1
    assert not (root / "unrecorded").exists()


def test_a_gradebook_that_was_locked_for_a_while_has_everything_in_the_end(root: Path, book: Book) -> None:
    hand_in(root, "ada", NAME)
    book.fails = 1
    report = run(root, book)
    assert (report.unrecorded, report.waiting) == ("", 0)
    assert ("ada", NAME) in book.scored
    assert not (root / "unrecorded").exists()


def test_when_the_graders_are_lost_what_they_did_is_recorded(root: Path, book: Book) -> None:
    hand_in(root, "ada", *COURSE)
    hand_in(root, "bob", NAME)
    report = run(root, book, most=1)
    assert (report.lost, report.left, report.graded) == ("nobody is left", 2, 1)
    assert book.transactions == [("ada", [NAME])]
    assert run(root, book).graded == 2


def test_results_are_complete_without_a_gradebook(root: Path, tmp_path: Path) -> None:
    folder = hand_in(root, "ada", *COURSE)
    (folder / "d02_more.ipynb").write_bytes(b"{")
    results = Store(tmp_path / "json", "1.5")
    report = run(root, None, results=results)
    assert report.graded == 2
    held = json.loads((tmp_path / "json" / "1.5" / "ada.json").read_text())
    assert (held["student"], held["assignment"]) == ("ada", "1.5")
    assert held["notebooks"][NAME]["result"] == result().as_json()
    assert held["notebooks"][NAME]["fingerprint"] == {
        "work": work_of((folder / f"{NAME}.ipynb").read_bytes()),
        "tests": TESTS,
        "engine": ENGINE,
    }
    assert "not a whole notebook" in held["notebooks"]["d02_more"]["refused"]
    assert results.read("ada")[NAME].result == result()
    again = run(root, None, results=results)
    assert (again.graded, again.unchanged) == (1, 1)  # what could not be graded is tried again


def test_results_that_are_wanted_now_are_graded_though_recorded_and_are_recorded_from_there(
    root: Path, book: Book, tmp_path: Path
) -> None:
    hand_in(root, "ada", *COURSE)
    run(root, book)
    results = Store(tmp_path / "json", "1.5")
    assert run(root, book, results=results).graded == 2
    hand_in(root, "ada", NAME, book=small.work(e1="def double(x): ..."))
    assert run(root, book, results=results).graded == 1
    assert set(results.read("ada")) == set(COURSE)
    book.entries.clear()
    assert run(root, book, results=results).taken_up == 2


def test_a_folder_of_results_that_cannot_be_written_is_told(root: Path, book: Book, tmp_path: Path) -> None:
    hand_in(root, "ada", NAME)
    (tmp_path / "json").write_text("a file")
    report = run(root, book, results=Store(tmp_path / "json", "1.5"))
    assert "cannot be written" in report.unstored
    assert ("ada", NAME) in book.scored


def test_points_that_are_no_number_are_told_and_the_others_recorded(root: Path, book: Book) -> None:
    for student in ("ada", "bob"):
        hand_in(root, student, NAME)
    record = book.record

    def refuses(submission: Submission, graded: Sequence[Graded]) -> Mapping[str, Mapping[str, float]]:
        if submission.student == "ada":
            raise ValueError("points that are no number")
        return record(submission, graded)

    book.record = refuses  # type: ignore[method-assign]
    assert run(root, book).refused == [("ada", "", "not recorded: points that are no number")]
    assert set(book.scored) == {("bob", NAME)}


def test_a_file_of_results_that_is_damaged_counts_as_none(tmp_path: Path) -> None:
    store = Store(tmp_path, "1.5")
    for content in ("", "[]", '{"notebooks": []}', '{"notebooks": {"d01": {"result": {}}}}'):
        store.path("ada").parent.mkdir(exist_ok=True)
        store.path("ada").write_text(content)
        assert store.read("ada") == {}


def test_jobs_are_one_a_processor() -> None:
    assert 1 <= graders.processors() <= (os.cpu_count() or 1)
