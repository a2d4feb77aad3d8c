"""Lists of students as Canvas, Moodle and spreadsheets export them, into a real gradebook."""

from __future__ import annotations

from pathlib import Path

import pytest

from curriculum.classroom.people import Person, opened, people
from curriculum.classroom.roster import RosterError, RosterReport, read_roster, take_roster
from tests.class_of import enter, give
from tests.small import publish

CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section
    Points Possible,,,,
"Lovelace, Ada",12345,U1,ada,S1
"Gödel, Kurt",12346,U2,kurt,S1
"""
MOODLE = "\ufeffFirst name;Surname;ID number;Email address\nGrace;Hopper;77;grace@example.org\n"
PLAIN = "id,name,email\nada,Ada King Lovelace,ada@example.org\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "course").mkdir()
    return tmp_path / "course"


def taken(root: Path, text: str, id_column: str = "", encoding: str = "utf-8") -> RosterReport:
    path = root / "list.csv"
    path.write_bytes(text.encode(encoding))
    rows = read_roster(path, id_column)
    with opened(root) as book:
        return take_roster(book, rows)


def there(root: Path) -> list[Person]:
    with opened(root) as book:
        return people(book)


def test_a_list_of_canvas_keeps_canvas_own_numbers(root: Path) -> None:
    assert taken(root, CANVAS).added == ["ada", "kurt"]
    assert there(root) == [Person("kurt", "Kurt", "Gödel", "", "12346"), Person("ada", "Ada", "Lovelace", "", "12345")]


def test_a_list_of_moodle_goes_by_the_id_number(root: Path) -> None:
    assert taken(root, MOODLE).added == ["77"]
    assert there(root) == [Person("77", "Grace", "Hopper", "grace@example.org", "77")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_plain_list_in_any_unicode(root: Path, encoding: str) -> None:
    assert taken(root, PLAIN, encoding=encoding).added == ["ada"]
    assert there(root) == [Person("ada", "Ada King", "Lovelace", "ada@example.org")]


def test_a_column_can_be_named(root: Path) -> None:
    assert taken(root, CANVAS, "SIS User ID").added == ["U1", "U2"]


def test_the_same_list_again_changes_nothing_and_a_new_one_says_what_it_changed(root: Path) -> None:
    taken(root, CANVAS)
    again = taken(root, CANVAS)
    assert (again.added, again.changed, again.unchanged) == ([], [], ["ada", "kurt"])
    renamed = taken(root, "id,name,email\nada,Ada Byron,ada@example.org\n")
    assert renamed.changed == [("ada", "last name Lovelace -> Byron, email none -> ada@example.org")]
    assert renamed.not_listed == ["kurt"]
    assert Person("ada", "Ada", "Byron", "ada@example.org", "12345") in there(root)  # what a list leaves out stays


def test_nobody_is_removed_and_scores_stay(root: Path) -> None:
    publish(root)
    (root / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.course_id = 'stateless-mind'\n")
    enter(root, "1.5")
    give(root, "zoe", {"d01_matrices": {"d01_e1_number": 1.0}})
    assert taken(root, PLAIN).not_listed == ["zoe"]
    with opened(root) as book:
        assert book.find_submission("1.5", "zoe").score == 1.0


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (",No Id", "there is no id"),
        ("a b,Blank", "a b is no id: it names a folder"),
        ("a/../b,Path", "a-..-b would do"),
        (".hidden,Dot", "is no id"),
        ("a+b,Plus", "a-b would do"),
        ("x" * 129 + ",Long", "longer than 128"),
        ("ada,Another Ada", "ada stands in line 2 already"),
        ("ADA,Big", "would share a folder"),
        ("max,Ma\x07x", "unprintable"),
    ],
)
def test_a_line_that_cannot_be_taken_is_told_and_the_others_are_taken(root: Path, line: str, words: str) -> None:
    report = taken(root, f"id,name\nada,Ada Lovelace\n{line}\nbob,Bob Last\n")
    assert report.added == ["ada", "bob"]
    ((number, cause),) = report.refused
    assert number == 3
    assert words in cause


def test_two_people_cannot_have_one_lms_number(root: Path) -> None:
    taken(root, CANVAS)
    report = taken(root, "id,name,lms id\nbob,Bob Last,12345\n")
    assert report.refused == [(2, "bob has the LMS id 12345, which is that of ada")]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"name,email\nAda,a@b\n", "no column of ids"[:6]),
        (b"\xe9t\xe9,id\n", "not UTF-8"),
        (b"", "no column of ids"),
    ],
)
def test_what_is_no_list_is_refused_in_words(root: Path, content: bytes, words: str) -> None:
    path = root / "list.csv"
    path.write_bytes(content.replace(b"email", b"mood"))
    with pytest.raises(RosterError, match=words):
        read_roster(path)


def test_a_missing_file_is_told(root: Path) -> None:
    with pytest.raises(RosterError, match="No such file"):
        read_roster(root / "gone.csv")
