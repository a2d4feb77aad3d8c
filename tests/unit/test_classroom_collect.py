"""Submissions as Canvas, Moodle and others export them, into nbgrader's folders."""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import random
import stat
import tracemalloc
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from autograder.intake import Unreadable
from autograder.submissions import find, handed_in
from curriculum.catalogue import ReleasedLesson
from curriculum.classroom.collect import Collected, collect
from curriculum.classroom.exported import opened
from curriculum.classroom.people import Person

PEOPLE = [
    Person("ada", "Ada", "Lovelace", lms_id="12345"),
    Person("kurt", "Kurt", "Gödel", lms_id="12346"),
    Person("ann1", "Ann", "Lee"),
    Person("ann2", "Ann", "Lee"),
]
LESSONS = [
    ReleasedLesson("1.5-d1", "1.5", "d01_matrices", Path("release/1.5/d01_matrices.ipynb"), 4, ()),
    ReleasedLesson("1.5-d2", "1.5", "d02_linear_systems", Path("release/1.5/d02_linear_systems.ipynb"), 4, ()),
]
DUE = dt.datetime(2026, 11, 1, 12, tzinfo=dt.UTC)
NOON = (2026, 10, 30, 12, 0, 0)


def work(text: str, day: str = "1.5-d1") -> bytes:
    return json.dumps({"cells": [{"source": text}], "metadata": {"lesson": {"day": day}}, "nbformat": 4}).encode()


def zipped(files: Mapping[str, bytes], when: tuple[int, ...] = NOON) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as file:
        for name, content in files.items():
            file.writestr(zipfile.ZipInfo(name, when), content)  # type: ignore[arg-type]
    return held.getvalue()


def taken(root: Path, files: Mapping[str, bytes] | bytes, everything_of: str = "", due: bool = False) -> Collected:
    path = root / "export.zip"
    path.write_bytes(files if isinstance(files, bytes) else zipped(files))
    with opened(path) as export:
        return collect(root, export, PEOPLE, LESSONS, {"1.5": DUE} if due else {}, everything_of)


def text(root: Path, student: str, stem: str = "d01_matrices") -> str:
    return json.loads((root / "submitted" / student / "1.5" / f"{stem}.ipynb").read_text())["cells"][0]["source"]


def stamp(root: Path, student: str) -> dt.datetime | None:
    return handed_in((root / "submitted" / student / "1.5" / "timestamp.txt").read_text())


def test_canvas(tmp_path: Path) -> None:
    report = taken(
        tmp_path,
        {
            "lovelaceada_12345_67890_d01_matrices.ipynb": work("first"),
            "lovelaceada_12345_67895_d01_matrices-1.ipynb": work("second"),
            "lovelaceada_12345_67895_d02_linear_systems (2).ipynb": work("other", "1.5-d2"),
            "gdelkurt_LATE_12346_67900_d01_matrices-2.ipynb": work("kurt's"),
            "nobody_99999_67901_d01_matrices.ipynb": work("whose?"),
        },
    )
    assert sorted(report.new) == ["ada/1.5/d01_matrices", "ada/1.5/d02_linear_systems", "kurt/1.5/d01_matrices"]
    assert (text(tmp_path, "ada"), text(tmp_path, "kurt")) == ("second", "kurt's")
    assert report.unmatched == [("nobody_99999_67901_d01_matrices.ipynb", "nobody in the roster has the LMS id 99999")]
    # What graders find is what was collected, and nothing else.
    found = {
        one.student: (sorted(one.notebooks), one.refused)
        for one in find(tmp_path, "1.5", ["d01_matrices", "d02_linear_systems"])
    }
    assert found == {"ada": (["d01_matrices", "d02_linear_systems"], {}), "kurt": (["d01_matrices"], {})}


def test_canvas_says_only_whether_it_was_late(tmp_path: Path) -> None:
    late = (2026, 11, 3, 8, 0, 0)  # when the zip was downloaded
    files = {"lovelaceada_12345_1_d01_matrices.ipynb": work("a"), "gdelkurt_LATE_12346_2_d01_matrices.ipynb": work("k")}
    taken(tmp_path, zipped(files, late), due=True)
    assert stamp(tmp_path, "ada") == DUE
    kurt = stamp(tmp_path, "kurt")
    assert kurt is not None
    assert kurt > DUE


def test_moodle_goes_by_names_and_never_guesses_between_two(tmp_path: Path) -> None:
    report = taken(
        tmp_path,
        {
            "Ada Lovelace_123456_assignsubmission_file_/d01_matrices.ipynb": work("ada's"),
            "GÖDEL Kurt_123457_assignsubmission_file_d01_matrices.ipynb": work("kurt's"),
            "Ann Lee_123458_assignsubmission_file_/d01_matrices.ipynb": work("which Ann?"),
            "Max Born_123459_assignsubmission_file_/d01_matrices.ipynb": work("not in the roster"),
        },
    )
    assert (text(tmp_path, "ada"), text(tmp_path, "kurt")) == ("ada's", "kurt's")
    assert [cause for _, cause in report.unmatched] == [
        "2 students are called Ann Lee",
        "nobody in the roster is called Max Born",
    ]
    assert not (tmp_path / "submitted" / "ann1").exists()


@pytest.mark.parametrize("wrapped", ["", "submissions/"])
def test_plain_folders_with_the_time_that_they_say(tmp_path: Path, wrapped: str) -> None:
    report = taken(
        tmp_path,
        {
            f"{wrapped}ada/1.5/d01_matrices.ipynb": work("ada's"),
            f"{wrapped}ada/1.5/timestamp.txt": b"2026-10-31 18:00:00 UTC",
            f"{wrapped}kurt/my own name.ipynb": work("kurt's"),
            f"{wrapped}zed/d01_matrices.ipynb": work("zed's"),
        },
    )
    assert sorted(report.new) == ["ada/1.5/d01_matrices", "kurt/1.5/d01_matrices"]  # the notebook says which it is
    assert stamp(tmp_path, "ada") == dt.datetime(2026, 10, 31, 18, tzinfo=dt.UTC)
    assert report.unmatched == [(f"{wrapped}zed/d01_matrices.ipynb", "there is no zed in the roster")]


def test_a_student_cannot_hand_in_for_another(tmp_path: Path) -> None:
    report = taken(
        tmp_path,
        {
            "Ada Lovelace_1_assignsubmission_file_/kurt/d01_matrices.ipynb": work("ada's"),
            "Ada Lovelace_1_assignsubmission_file_/gdelkurt_12346_9_d02_linear_systems.ipynb": work("ada's", "1.5-d2"),
            "Max Born_2_assignsubmission_file_/kurt/d01_matrices.ipynb": work("max's"),
            "Ada Lovelace_1_assignsubmission_file_/up.zip": zipped(
                {"kurt/d02_linear_systems.ipynb": work("also ada's", "1.5-d2")}
            ),
        },
    )
    assert not (tmp_path / "submitted" / "kurt").exists()
    assert report.new == ["ada/1.5/d01_matrices"]
    assert "several versions" in report.refused[0][1]  # two of her own notebooks, and nothing tells which is the later


def test_a_learner_s_whole_folder_as_one_zip(tmp_path: Path) -> None:
    whole = {
        "work/1.5/d01_matrices.ipynb": work("mine"),
        "submitted/learner/1.5/d01_matrices.ipynb": work("as checked last week"),
        "work/1.5/kept/d01_matrices.ipynb": work("before the reset"),
        "journal.jsonl": b"{}",
    }
    assert taken(tmp_path, whole, everything_of="ada").new == ["ada/1.5/d01_matrices"]
    assert text(tmp_path, "ada") == "mine"
    canvas = {"gdelkurt_12346_5_work.zip": zipped(whole)}
    assert taken(tmp_path, canvas).new == ["kurt/1.5/d01_matrices"]
    assert text(tmp_path, "kurt") == "mine"


def test_again_changes_nothing_and_an_older_export_takes_nothing_back(tmp_path: Path) -> None:
    first = {"lovelaceada_12345_10_d01_matrices.ipynb": work("first")}
    second = {"lovelaceada_12345_11_d01_matrices-1.ipynb": work("second")}
    taken(tmp_path, first)
    before = files(tmp_path)
    assert taken(tmp_path, first).unchanged == ["ada/1.5/d01_matrices"]
    assert files(tmp_path) == before
    assert taken(tmp_path, second).replaced == ["ada/1.5/d01_matrices"]
    assert taken(tmp_path, first).older == ["ada/1.5/d01_matrices"]
    assert text(tmp_path, "ada") == "second"
    assert taken(tmp_path, second).unchanged == ["ada/1.5/d01_matrices"]


def files(root: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(root)): path.read_bytes() for path in (root / "submitted").rglob("*") if path.is_file()
    }


def test_what_was_handed_in_before_is_kept(tmp_path: Path) -> None:
    for number in range(3):
        taken(tmp_path, {f"lovelaceada_12345_{number}_d01_matrices.ipynb": work(f"version {number}")})
    kept = sorted((tmp_path / "submitted" / "ada" / ".earlier" / "1.5").glob("*.ipynb"))
    assert {json.loads(path.read_text())["cells"][0]["source"] for path in kept} == {"version 0", "version 1"}


def test_without_numbers_the_time_decides(tmp_path: Path) -> None:
    taken(tmp_path, zipped({"ada/d01_matrices.ipynb": work("Tuesday")}, (2026, 10, 20, 9, 0, 0)))
    assert taken(tmp_path, zipped({"ada/d01_matrices.ipynb": work("Monday")}, (2026, 10, 19, 9, 0, 0))).older
    assert taken(tmp_path, zipped({"ada/d01_matrices.ipynb": work("Friday")}, (2026, 10, 23, 9, 0, 0))).replaced
    assert text(tmp_path, "ada") == "Friday"


def test_names_that_climb_out_links_and_locked_files_are_refused_by_name(tmp_path: Path) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as file:
        for name in (
            "../ada/d01_matrices.ipynb",
            "/ada/d01_matrices.ipynb",
            "ada/../../x.ipynb",
            "C:/ada/d01_matrices.ipynb",
        ):
            file.writestr(name, work("out"))
        link = zipfile.ZipInfo("ada/d01_matrices.ipynb")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        file.writestr(link, "/etc/passwd")
        file.writestr("kurt/d01_matrices.ipynb", work("fine"))
    report = taken(tmp_path, held.getvalue())
    assert report.new == ["kurt/1.5/d01_matrices"]
    causes = [cause for _, cause in report.refused]
    assert causes.count("climbs out of its folder") == 4
    assert ("ada/d01_matrices.ipynb", "is a link or no regular file; only files are taken") in report.refused
    assert sorted(path.name for path in tmp_path.iterdir()) == ["export.zip", "submitted"]


def test_a_small_zip_that_holds_very_much_is_refused(tmp_path: Path) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("ada/d01_matrices.ipynb", b"0" * (21 << 20))
        file.writestr("kurt/d01_matrices.ipynb", work("fine"))
    report = taken(tmp_path, held.getvalue())
    assert report.refused == [("ada/d01_matrices.ipynb", "it is larger than 20 MB")]
    assert report.new == ["kurt/1.5/d01_matrices"]


def test_zips_in_zips_end_somewhere(tmp_path: Path) -> None:
    inner = zipped({"more.zip": zipped({"d01_matrices.ipynb": work("deep")})})
    report = taken(tmp_path, {"ada/up.zip": inner, "kurt/broken.zip": b"PK no zip"})
    assert report.new == []
    assert [name for name, _ in report.refused] == ["ada/up.zip > more.zip", "kurt/broken.zip"]


def test_a_folder_with_links_in_it(tmp_path: Path) -> None:
    export = tmp_path / "export"
    (export / "ada").mkdir(parents=True)
    (export / "ada" / "d01_matrices.ipynb").write_bytes(work("ada's"))
    secret = tmp_path / "secret.ipynb"
    secret.write_bytes(work("not handed in"))
    (export / "kurt").mkdir()
    (export / "kurt" / "d01_matrices.ipynb").symlink_to(secret)
    (export / "ann1").symlink_to(export / "ada", target_is_directory=True)
    os.mkfifo(export / "ada" / "d02_linear_systems.ipynb")
    with opened(export) as found:
        report = collect(tmp_path, found, PEOPLE, LESSONS, {})
    assert report.new == ["ada/1.5/d01_matrices"]
    assert sorted(name for name, _ in report.refused) == [
        "ada/d02_linear_systems.ipynb",
        "ann1",
        "kurt/d01_matrices.ipynb",
    ]


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "submitted").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "submitted" / "ada").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    report = taken(tmp_path, {"ada/d01_matrices.ipynb": work("x")})
    assert report.refused == [("ada/1.5/d01_matrices", "submitted/ada is a link; nothing is written through it")]
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_what_is_no_export_is_told(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    with pytest.raises(Unreadable, match="neither a folder nor a zip"), opened(tmp_path / "notes.txt"):
        pass
    with pytest.raises(Unreadable, match="there is no"), opened(tmp_path / "gone"):
        pass


def test_a_student_who_is_not_in_the_roster_hands_in_for_nobody(tmp_path: Path) -> None:
    """All that was handed in is of one who is not listed, and the names in it are that student's own choice."""
    files = {
        "zed/kurt/d01_matrices.ipynb": work("zed's"),
        "zed/gdelkurt_12346_9_d02_linear_systems.ipynb": work("zed's", "1.5-d2"),
        "zed/Kurt Gödel_7_assignsubmission_file_/d01_matrices.ipynb": work("zed's"),
        "zed/kurt.zip": zipped({"d01_matrices.ipynb": work("zed's")}),
    }
    report = taken(tmp_path, files)
    assert not (tmp_path / "submitted").exists()
    assert {cause for _, cause in report.unmatched} == {
        "there is no zed in the roster; all of the export lies in this folder: if it is no student's, unpack the export and "
        "collect that folder"
    }
    assert [name.partition(" >")[0] for name, _ in report.unmatched] == list(files)


@pytest.mark.parametrize("folder", ["submissions", "Submitted"])
def test_the_folder_that_exports_lie_in_is_looked_into(tmp_path: Path, folder: str) -> None:
    files = {
        f"{folder}/lovelaceada_12345_9_d01_matrices.ipynb": work("ada's"),
        f"{folder}/kurt/d01_matrices.ipynb": work("k"),
    }
    assert sorted(taken(tmp_path, files).new) == ["ada/1.5/d01_matrices", "kurt/1.5/d01_matrices"]


# --- when it was handed in ---

EARLY, ON_TIME, LATE = (2026, 10, 1, 12, 0, 0), (2026, 10, 31, 12, 0, 0), (2026, 11, 2, 12, 0, 0)


def utc(when: tuple[int, ...]) -> dt.datetime:
    """A time of a zip, which is by the clock of this machine."""
    return dt.datetime(*when).astimezone(dt.UTC)  # type: ignore[arg-type]


def test_what_is_in_a_student_s_zip_was_handed_in_when_the_zip_was(tmp_path: Path) -> None:
    """The times within it are the student's own word."""
    inner = {"d01_matrices.ipynb": work("ada's"), "timestamp.txt": b"2026-10-01 12:00:00 UTC"}
    for within in (EARLY, LATE):
        taken(tmp_path, zipped({"ada/up.zip": zipped(inner, within)}, ON_TIME))
        assert stamp(tmp_path, "ada") == utc(ON_TIME)


def test_a_zip_in_a_folder_was_handed_in_when_the_file_says(tmp_path: Path) -> None:
    export = tmp_path / "export"
    (export / "ada").mkdir(parents=True)
    (export / "ada" / "up.zip").write_bytes(zipped({"d01_matrices.ipynb": work("ada's")}, EARLY))
    os.utime(export / "ada" / "up.zip", (DUE.timestamp(), DUE.timestamp()))
    with opened(export) as found:
        assert collect(tmp_path, found, PEOPLE, LESSONS, {}).new == ["ada/1.5/d01_matrices"]
    assert stamp(tmp_path, "ada") == DUE


def test_a_time_that_a_student_wrote_into_a_folder_of_moodle_s_says_nothing(tmp_path: Path) -> None:
    folder = "Ada Lovelace_123456_assignsubmission_file_"
    files = {f"{folder}/d01_matrices.ipynb": work("ada's"), f"{folder}/timestamp.txt": b"2026-10-01 12:00:00 UTC"}
    taken(tmp_path, zipped(files, LATE), due=True)
    assert stamp(tmp_path, "ada") == utc(LATE)


@pytest.mark.parametrize(
    ("mark", "when", "counts"), [("LATE_", EARLY, "late"), ("", LATE, "in time"), ("", EARLY, "then")]
)
def test_late_is_what_canvas_says_whatever_the_files_say(
    tmp_path: Path, mark: str, when: tuple[int, ...], counts: str
) -> None:
    name = f"lovelaceada_{mark}12345_1_up.zip"
    taken(tmp_path, zipped({name: zipped({"d01_matrices.ipynb": work("a")}, EARLY)}, when), due=True)
    handed_in = stamp(tmp_path, "ada")
    assert handed_in == {"late": DUE + dt.timedelta(seconds=1), "in time": DUE, "then": utc(EARLY)}[counts]


# --- a large class ---


def test_memory_and_open_files_do_not_grow_with_the_class(tmp_path: Path) -> None:
    """Forty students' zips of a megabyte each, in a zip and in a folder."""
    books = [json.loads(work("x")) | {"more": random.Random(n).randbytes(500_000).hex()} for n in range(4)]
    people = [Person(f"s{n:02}") for n in range(40)]
    inner = {one.id: zipped({"d01_matrices.ipynb": json.dumps(books[n % 4]).encode()}) for n, one in enumerate(people)}
    path, folder = tmp_path / "export.zip", tmp_path / "export"
    path.write_bytes(zipped({f"{id}/up.zip": content for id, content in inner.items()}))
    for id, content in inner.items():
        (folder / id).mkdir(parents=True)
        (folder / id / "up.zip").write_bytes(content)
    del inner, books
    for number, export in enumerate((path, folder)):
        handles = len(os.listdir("/proc/self/fd"))
        tracemalloc.start()
        try:
            with opened(export) as found:
                assert len(os.listdir("/proc/self/fd")) < handles + 5
                report = collect(tmp_path / str(number), found, people, LESSONS, {})
            _, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert len(report.new) == 40
        assert most < 12 << 20


def test_zips_that_are_too_much_together_are_refused_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("curriculum.classroom.exported._MOST_ZIPS", 1000)
    small, large = zipped({"d01_matrices.ipynb": work("k")}), zipped({"d01_matrices.ipynb": work("a" * 1000)})
    report = taken(tmp_path, {"ada/up.zip": large, "kurt/up.zip": small})
    assert report.new == ["kurt/1.5/d01_matrices"]
    ((name, cause),) = report.refused
    assert (name, cause.startswith("with it the zips in this export come to more than")) == ("ada/up.zip", True)


def test_nothing_of_an_export_stays_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    aside = tmp_path / "aside"
    aside.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(aside))
    inner = zipped({"d01_matrices.ipynb": work("ada's")})
    (tmp_path / "export.zip").write_bytes(zipped({"ada/up.zip": inner}))
    with opened(tmp_path / "export.zip"):
        assert len(list(aside.glob("mind-collect-*/*"))) == 1
    assert list(aside.iterdir()) == []


def test_a_full_disk_is_told_and_not_taken_for_a_student_s_damage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("curriculum.classroom.exported.tempfile.TemporaryDirectory", full)
    with pytest.raises(OSError, match="No space left"):
        taken(tmp_path, {"ada/up.zip": zipped({"d01_matrices.ipynb": work("ada's")})})
