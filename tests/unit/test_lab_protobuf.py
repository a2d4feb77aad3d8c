"""A .proto text becomes message classes, by the real compiler, and leaves nothing behind."""

from __future__ import annotations

import contextlib
import gc
import tempfile
from pathlib import Path

import pytest

pytest.importorskip("grpc_tools")
from curriculum.lab import protobuf

OLD = 'syntax = "proto3"; package shop; message Order { int64 id = 1; string city = 2; }'
NEW = 'syntax = "proto3"; package shop; message Order { int64 id = 1; string town = 2; optional string coupon = 3; }'


def test_a_message_goes_there_and_back() -> None:
    kind = protobuf.build(OLD)["shop.Order"]
    data = kind(id=150, city="Oslo").SerializeToString()
    assert data == bytes.fromhex("08 96 01 12 04 4f 73 6c 6f")
    assert kind.FromString(data).city == "Oslo"


def test_two_versions_of_one_message_live_side_by_side() -> None:
    old, new = (protobuf.build(text)["shop.Order"] for text in (OLD, NEW))
    assert [field.name for field in old.DESCRIPTOR.fields] == ["id", "city"]
    assert [field.name for field in new.DESCRIPTOR.fields] == ["id", "town", "coupon"]
    sent = new(id=2**53 + 1, town="Bergen", coupon="")
    seen = old.FromString(sent.SerializeToString())
    assert (seen.id, seen.city) == (2**53 + 1, "Bergen")
    assert new.FromString(seen.SerializeToString()) == sent  # the old version carries along what it does not know


def test_nested_messages_have_their_full_name_and_maps_are_no_messages() -> None:
    kinds = protobuf.build(
        'syntax = "proto3"; message Order { message Line { int32 n = 1; } repeated Line lines = 1; map<string, int32> m = 2; }'
    )
    assert sorted(kinds) == ["Order", "Order.Line"]
    order = kinds["Order"](lines=[kinds["Order.Line"](n=3)], m={"a": 1})
    assert kinds["Order"].FromString(order.SerializeToString()) == order


def test_files_that_come_with_protobuf_can_be_imported() -> None:
    kinds = protobuf.build(
        'syntax = "proto3"; import "google/protobuf/timestamp.proto"; message Seen { google.protobuf.Timestamp at = 1; }'
    )
    seen = kinds["Seen"]()
    seen.at.seconds = 7
    assert list(kinds) == ["Seen"]
    assert kinds["Seen"].FromString(seen.SerializeToString()).at.seconds == 7


def test_classes_outlive_what_made_them() -> None:
    kind = protobuf.build('syntax = "proto3"; message Alone { bytes b = 1; }')["Alone"]
    protobuf.build.cache_clear()
    gc.collect()
    assert kind(b=b"\x00\xff").SerializeToString() == b"\x0a\x02\x00\xff"


def test_a_mistake_is_told_in_the_compilers_words() -> None:
    with pytest.raises(protobuf.CompileError) as caught:
        protobuf.build('syntax = "proto3";\nmessage Order {\n  int64 id = 1;\n  strin city = 2;\n  int32 n = 1;\n}\n')
    words = str(caught.value).splitlines()
    assert words
    assert all(line.startswith("lesson.proto:") for line in words)
    assert any("4:3" in line and "strin" in line for line in words)


def test_an_unknown_import_is_told_too() -> None:
    with pytest.raises(protobuf.CompileError, match=r"other\.proto"):
        protobuf.build('syntax = "proto3"; import "other.proto";')


@pytest.mark.parametrize("text", [OLD + " message More {}", "mesage Order {}"])
def test_nothing_is_left_behind(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    with contextlib.suppress(protobuf.CompileError):
        protobuf.build(text)
    assert list(tmp_path.iterdir()) == []


def test_the_same_text_is_compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    text = OLD + " message Once {}"
    first = protobuf.build(text)
    monkeypatch.setattr(protobuf.subprocess, "run", lambda *_, **__: pytest.fail("compiled again"))
    assert protobuf.build(text) is first


def test_nobody_changes_what_is_shared() -> None:
    kinds = protobuf.build(OLD)
    with pytest.raises(TypeError):
        kinds["shop.Order"] = int  # type: ignore[index]
