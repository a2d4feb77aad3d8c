"""An index that a learner wrote is read as plain data, and nothing that is in it runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from curriculum.lab import whoosh_index
from curriculum.lab.check import CheckFailed

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from whoosh import analysis, fields, index
    from whoosh.codec import whoosh3

WORDS = analysis.RegexTokenizer(r"[^\W_]+") | analysis.LowercaseFilter()


def made(folder: Path, documents: dict[str, str], **more: Any) -> index.Index:
    schema = fields.Schema(name=fields.ID(stored=True, unique=True), body=fields.TEXT(analyzer=WORDS), **more)
    here = index.create_in(str(folder), schema)
    writer = here.writer()
    for name, text in documents.items():
        writer.add_document(name=name, body=text)
    writer.commit()
    return here


def test_what_an_index_holds(tmp_path: Path) -> None:
    made(tmp_path, {"b": "To be, or not to be", "a": "Let be."}, tag=fields.KEYWORD)
    held = whoosh_index.read(tmp_path)
    assert (held["documents"], held["deleted"], held["segments"]) == (2, 0, 1)
    assert held["fields"]["body"] == {
        "kind": "TEXT",
        "indexed": True,
        "stored": False,
        "unique": False,
        "positions": True,
    }
    assert held["fields"]["name"] == {
        "kind": "ID",
        "indexed": True,
        "stored": True,
        "unique": True,
        "positions": False,
    }
    assert held["stored"] == [{"name": "b"}, {"name": "a"}]
    assert held["terms"] == {
        "body": {
            "be": {"df": 2, "postings": {"b": [1, 5], "a": [1]}},
            "let": {"df": 1, "postings": {"a": [0]}},
            "not": {"df": 1, "postings": {"b": [3]}},
            "or": {"df": 1, "postings": {"b": [2]}},
            "to": {"df": 1, "postings": {"b": [0, 4]}},
        },
        "name": {"a": {"df": 1, "postings": {"a": 1}}, "b": {"df": 1, "postings": {"b": 1}}},
        "tag": {},
    }


def test_postings_of_many_blocks_and_segments_are_whole(tmp_path: Path) -> None:
    here = made(tmp_path, {f"d{n:03}": f"ship {'mast ' * (n % 3)}sail" for n in range(300)})
    writer = here.writer()
    for n in range(300, 330):
        writer.add_document(name=f"d{n}", body="a ship")
    writer.commit(merge=False)
    held = whoosh_index.read(tmp_path)
    assert (held["documents"], held["segments"]) == (330, 2)
    body = held["terms"]["body"]
    assert body["ship"]["df"] == 330
    assert body["sail"]["postings"] == {f"d{n:03}": [1 + n % 3] for n in range(300)}
    assert body["a"]["postings"] == {f"d{n}": [0] for n in range(300, 330)}


def test_deleted_documents_count_in_df_only(tmp_path: Path) -> None:
    here = made(tmp_path, {"a": "ship", "b": "ship", "c": "sail"})
    here.delete_by_term("name", "a")
    writer = here.writer()
    writer.add_document(name="c", body="sail again")
    writer.commit(merge=False)
    held = whoosh_index.read(tmp_path)
    assert (held["documents"], held["deleted"]) == (3, 1)
    assert held["terms"]["body"]["ship"] == {"df": 2, "postings": {"b": [0]}}
    assert held["terms"]["body"]["sail"] == {"df": 2, "postings": {"c": [0], "c#2": [0]}}


def test_analyzers_and_fields_of_all_kinds(tmp_path: Path) -> None:
    made(
        tmp_path,
        {"a": "ships"},
        stem=fields.TEXT(analyzer=analysis.StemmingAnalyzer(), stored=True),
        fancy=fields.TEXT(analyzer=analysis.FancyAnalyzer(), vector=True, spelling=True),
        french=fields.TEXT(analyzer=analysis.LanguageAnalyzer("fr"), chars=True),
        sent=fields.DATETIME(stored=True),
        pages=fields.NUMERIC(stored=True, sortable=True),
        fine=fields.BOOLEAN(stored=True),
        more=fields.STORED,
        grams=fields.NGRAMWORDS(),
    )
    assert whoosh_index.read(str(tmp_path))["fields"]["pages"]["kind"] == "NUMERIC"


def test_stored_values_are_plain(tmp_path: Path) -> None:
    here = made(tmp_path, {}, more=fields.STORED)
    writer = here.writer()
    for name, value in (("a", (1, {"x"}, b"y", None)), ("b", {"z": 1.5})):
        writer.add_document(name=name, more=value)
    writer.commit()
    assert [each["more"] for each in whoosh_index.read(tmp_path)["stored"]] == [[1, ["x"], "y", None], {"z": 1.5}]


def test_it_reads_where_the_system_has_no_resource_limits(tmp_path: Path) -> None:
    made(tmp_path, {"a": "ship"})
    reader = Path(whoosh_index.__file__).with_name("whoosh_reader.py")
    program = f"import runpy, sys; sys.modules['resource'] = None; runpy.run_path({str(reader)!r}, run_name='__main__')"
    command = [sys.executable, "-B", "-W", "ignore", "-c", program, str(tmp_path), "MAIN", "name"]
    done = subprocess.run(command, capture_output=True, check=True, timeout=60)
    assert json.loads(done.stdout)["stored"] == [{"name": "a"}]


def test_other_names_and_keys(tmp_path: Path) -> None:
    here = index.create_in(str(tmp_path), fields.Schema(id=fields.ID(stored=True)), indexname="other")
    writer = here.writer()
    writer.add_document(id="x")
    writer.commit()
    assert whoosh_index.read(tmp_path, "other", key="id")["terms"]["id"]["x"]["postings"] == {"x": 1}
    with pytest.raises(whoosh_index.NoIndex):
        whoosh_index.read(tmp_path)


def test_without_an_index(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(whoosh_index.NoIndex, match="no index there"):
            whoosh_index.read(folder)


def test_a_damaged_index_is_a_verdict(tmp_path: Path) -> None:
    made(tmp_path, {"a": "ship"})
    segment = next(tmp_path.glob("*.seg"))
    segment.write_bytes(segment.read_bytes()[:40])
    with pytest.raises(CheckFailed, match="cannot read it"):
        whoosh_index.read(tmp_path)


class Call:
    """Pickles as a call."""

    def __init__(self, function: Callable[..., Any], *arguments: Any) -> None:
        self.call = (function, arguments)

    def __reduce__(self) -> Any:
        return self.call


def rewritten(here: index.Index, schema: Any, segments: Any) -> None:
    here.storage.delete_file("_MAIN_1.toc")
    index.TOC(schema, segments, 1).write(here.storage, "MAIN")


def in_schema(here: index.Index, bad: Any) -> None:
    schema, segments = here.schema, here._segments()
    schema["body"].analyzer = bad
    rewritten(here, schema, segments)


def in_segments(here: index.Index, bad: Any) -> None:
    rewritten(here, here.schema, [bad])


def in_stored_fields(here: index.Index, bad: Any) -> None:
    writer = here.writer()
    writer.add_document(name="b", more=bad)
    writer.commit(merge=False)


@pytest.mark.parametrize(
    ("place", "function", "arguments", "told"),
    [
        (in_schema, os.system, ("touch {}",), r"posix\.system"),
        (in_segments, os.system, ("touch {}",), r"posix\.system"),
        (in_stored_fields, os.system, ("touch {}",), r"posix\.system"),
        (in_stored_fields, open, ("{}", "w"), r"_?io\.open"),
        (in_stored_fields, eval, ("open('{}', 'w')",), r"builtin(s|__)\.eval"),
        (in_stored_fields, getattr, ("x", "upper"), r"builtin(s|__)\.getattr"),
        (in_stored_fields, __import__, ("this",), r"builtin(s|__)\.__import__"),
    ],
)
def test_a_hostile_index_is_refused_and_nothing_runs(
    tmp_path: Path, place: Callable[..., None], function: Any, arguments: tuple[str, ...], told: str
) -> None:
    mark, folder = tmp_path / "touched", tmp_path / "index"
    folder.mkdir()
    bad = Call(function, *(each.format(mark) for each in arguments))
    place(made(folder, {"a": "ship"}, more=fields.STORED), bad)
    with pytest.raises(whoosh_index.Refused, match=told):
        whoosh_index.read(folder)
    assert not mark.exists()


def test_a_class_of_the_writers_own_is_refused_by_name(tmp_path: Path) -> None:
    in_schema(made(tmp_path, {"a": "ship"}), Call(in_schema, 1, 2))
    with pytest.raises(whoosh_index.Refused, match=r"test_lab_whoosh\.in_schema"):
        whoosh_index.read(tmp_path)


def test_a_segment_elsewhere_is_not_read(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    made(there, {"secret": "treasure"})
    segment = index.open_dir(str(there))._segments()[0]
    mine = made(here, {"a": "ship"})
    moved = whoosh3.W3Segment(segment.codec(), str(there / segment.indexname), 1, segment.segid)
    moved.compound = True
    in_segments(mine, moved)
    with pytest.raises(whoosh_index.Refused, match="outside its folder"):
        whoosh_index.read(here)


def test_what_a_listed_class_calls_cannot_leave_the_folder(tmp_path: Path) -> None:
    here = made(tmp_path, {"a": "ship"}, more=fields.STORED)
    in_stored_fields(here, Call(fields.TEXT))
    with pytest.raises(whoosh_index.Refused, match="stored value of type TEXT"):
        whoosh_index.read(tmp_path)


def test_a_reader_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    made(tmp_path, {"a": "ship"})
    with pytest.raises(whoosh_index.Unread, match="longer than a test waits"):
        whoosh_index.read(tmp_path, seconds=0.001)
