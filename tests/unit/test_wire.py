"""What crosses between the tester and a learner's process: plain data, whole and typed, and nothing that could run."""

from __future__ import annotations

import datetime as dt
import enum
import json
import math
import pathlib
import socket
import struct
import threading
import zoneinfo
from collections import Counter, OrderedDict, deque, namedtuple
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from autograder import wire
from autograder.plain import NotPlain

Point = namedtuple("Point", "x y")


def crossed(value: Any) -> Any:
    return wire.unpack(json.loads(json.dumps(wire.pack(value))))


@pytest.mark.parametrize(
    "value",
    [
        None, True, 0, -7, 1 << 5000, -(1 << 9000), 0.1, -0.0, math.inf, 5e-324, "", "é\0\ud800", b"\x00\xff", bytearray(b"a"),
        [], [1, [2.5, "x"], None], (), (1,), ((1, 2), [3]), {}, {"a": 1, 2: "b", (1, 2): None, None: 3.0}, set(), {1, "a"},
        frozenset({1}), {"nested": {"t": [1]}, "i": "0x1"}, 3 + 4j, Fraction(1, 3), Fraction(10**3000, 7), Decimal("1.10"),
        range(3, 30, 4), slice(1, None, 2), Ellipsis, Counter("hello"), OrderedDict([(2, 1), (1, 2)]), deque([1, 2], 5),
        dt.datetime(2026, 1, 2, 3, 4, 5, 6), dt.datetime(2026, 1, 2, tzinfo=dt.UTC), dt.date(2026, 1, 2), dt.time(3, 4),
        dt.timedelta(days=-1, microseconds=3), Point(1, [2]), pathlib.Path("a", "b.csv"),
        dt.datetime(2026, 1, 2, tzinfo=zoneinfo.ZoneInfo("Europe/Paris")), dt.datetime(2026, 1, 2, fold=1),
        dt.datetime(2026, 10, 25, 2, 30, tzinfo=zoneinfo.ZoneInfo("Europe/Paris"), fold=1),
        dt.datetime(2026, 1, 2, tzinfo=dt.timezone(dt.timedelta(hours=-3, minutes=-30))),
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_plain_data_comes_back_as_it_was(value: Any) -> None:
    back = crossed(value)
    assert back == value
    assert type(back).__name__ == type(value).__name__
    assert repr(back) == repr(value)


def test_not_a_number_and_the_sign_of_zero_come_back() -> None:
    assert math.isnan(crossed(math.nan))
    assert math.copysign(1, crossed(-0.0)) == -1


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6).reshape(2, 3), np.arange(6.0)[::2], np.zeros((0, 3)), np.array(5), np.array([1 + 2j]), np.array([True]),
        np.array(["a", "bcd"]), np.array([b"x"]), np.array([1, 2], dtype=">i2"), np.arange(4, dtype=np.float32).reshape(2, 2).T,
        np.array(["2026-01-01"], dtype="M8[D]"), np.array([(1, 2.5)], dtype=[("a", "i4"), ("b", "f8")]),
        np.array([Fraction(1, 2), None, "a"], dtype=object).reshape(3, 1),
    ],
    ids=lambda array: f"{array.dtype}",
)  # fmt: skip
def test_arrays_keep_dtype_shape_and_entries(array: np.ndarray[Any, Any]) -> None:
    back = crossed(array)
    assert (back.dtype, back.shape) == (array.dtype, array.shape)
    assert back.tolist() == array.tolist()
    assert back.flags.writeable


@pytest.mark.parametrize(
    "value", [np.float64(0.1), np.int8(-3), np.bool_(True), np.datetime64("2026-01-01"), np.str_("a")]
)
def test_numpy_scalars_stay_numpy_scalars(value: Any) -> None:
    back = crossed(value)
    assert (type(back), back) == (type(value), value)


def test_results_of_scipy_keep_what_can_be_asked_of_them() -> None:
    from scipy import optimize, stats

    tested, line = crossed(stats.ttest_ind([1, 2, 3], [2, 3, 5])), crossed(stats.linregress([1, 2, 3], [1, 2, 4]))
    assert (tested.df, len(tested), tested.pvalue) == (4.0, 2, tested[1])
    assert line.intercept_stderr > 0
    found = crossed(optimize.minimize(lambda v: (v[0] - 1) ** 2, [0.0]))
    assert (found.success, found["success"], crossed(found).nit) == (True, True, found.nit)
    assert abs(found.x[0] - 1) < 1e-6
    assert not hasattr(found, "no_such")


def test_masked_entries_are_not_lost_in_silence() -> None:
    assert crossed(np.ma.array([1, 2])).tolist() == [1, 2]
    with pytest.raises(NotPlain, match="masked"):
        wire.pack(np.ma.masked_greater([1, 5], 2))


def test_a_random_generator_goes_on_where_it_was() -> None:
    generator = np.random.default_rng(7)
    generator.random(3)
    assert crossed(generator).random(4).tolist() == generator.random(4).tolist()


@pytest.mark.parametrize("kind", ["PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64"])
def test_every_kind_of_generator_crosses(kind: str) -> None:
    generator = np.random.Generator(getattr(np.random, kind)(7))
    generator.random(3)
    assert crossed(generator).random(4).tolist() == generator.random(4).tolist()


@pytest.mark.parametrize(
    ("kind", "path", "told"),
    [
        ("MT19937", ("state", "pos"), -300),
        ("MT19937", ("state", "pos"), 1 << 20),
        ("MT19937", ("state", "key"), np.zeros(3, dtype=np.uint32)),
        ("Philox", ("buffer_pos",), -20),
        ("Philox", ("buffer",), np.zeros(1, dtype=np.uint64)),
        ("SFC64", ("state", "state"), np.zeros(1, dtype=np.uint64)),
        ("SFC64", ("state", "state"), np.zeros(4)),
        ("SFC64", ("state",), 0),
    ],
)
def test_a_generator_that_would_read_beyond_its_numbers_is_refused(
    kind: str, path: tuple[str, ...], told: object
) -> None:
    state: Any = getattr(np.random, kind)(7).state
    part = state
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = told
    with pytest.raises(NotPlain):
        wire.unpack({"rng": wire.pack(state)})


def test_subclasses_of_containers_are_sent_as_what_they_hold_and_not_as_they_say() -> None:
    class Liar(list[int]):
        def __iter__(self) -> Any:
            return iter([42])

    class Odd(dict[str, int]):
        def items(self) -> Any:
            return [("x", 42)]

    assert crossed(Liar([1, 2])) == [1, 2]
    assert crossed(Odd(a=1)) == {"a": 1}


class Equal(int):
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = int.__hash__


def test_of_a_subclass_of_a_number_or_a_text_only_what_it_holds_is_sent() -> None:
    class Word(str):
        __slots__ = ()

    class Unit(float):
        pass

    colour = enum.IntEnum("colour", ["RED", "BLUE"]).BLUE
    for value, plain in ((Equal(3), 3), (colour, 2), (Word("a"), "a"), (Unit(-0.0), -0.0)):
        back = crossed(value)
        assert (type(back), repr(back)) == (type(plain), repr(plain))


@pytest.mark.parametrize("value", [object(), len, int, json, (i for i in ()), [1, object()], {"a": len}])
def test_what_is_not_plain_is_refused(value: Any) -> None:
    with pytest.raises(NotPlain):
        wire.pack(value)


def test_endless_and_deep_values_are_refused() -> None:
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(NotPlain, match="nested deeper"):
        wire.pack(endless)


@pytest.mark.parametrize(
    "tree",
    [
        {}, {"t": 1}, {"t": [1], "d": []}, {"unknown": 1}, {"i": "x"}, {"c": [1]}, {"b": "!"}, {"d": [[1]]}, {"d": [[[], 1]]},
        {"fr": [1, 0]}, {"fr": ["1e999999999", 1]}, {"dz": ["2026-01-01T00:00:00", 0, ["zoneinfo", "../x"]]}, {"pa": 3},
        {"nt": ["P", ["a"], [1], ["__eq__"], [1]]}, {"nt": ["P", ["a"], [1], ["b"], []]}, {"nt": ["os.system", ["a"], [1]]}, {"nt": ["P", ["a", "b"], [1]]}, {"s": [[1]]},
        {"np": ["|U0", [1 << 40], ""]}, {"np": ["O", [1], "AAAAAAAAAAA="]}, {"np": ["<f8", [2], "AAAAAAAAAAA="]}, {"np": ["<f8", [-1], ""]}, {"npo": [[3], [1]]},
        {"nps": ["<f8", ""]}, {"np": [{"t": [["a", "O"]]}, [1], "AAAAAAAAAAA="]}, {"rng": {"d": [["bit_generator", "RandomState"]]}},
        {"dt": "yesterday"}, {"r": [1, 2, 0]}, {"de": "x"}, {"object": [0]},
    ],
    ids=json.dumps,
)  # fmt: skip
def test_a_message_that_no_value_gives_is_refused(tree: Any) -> None:
    with pytest.raises(NotPlain):
        wire.unpack(tree)


def test_messages_are_framed_and_their_length_is_capped() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        wire.send(ours, ["a", {"b": 1}])
        assert wire.receive(theirs) == ["a", {"b": 1}]
        with pytest.raises(NotPlain, match="are not judged"):
            wire.send(ours, "x" * (wire.LONGEST + 1))
        ours.sendall(struct.pack("!I", wire.LONGEST + 1))
        with pytest.raises(wire.Closed, match="too long"):
            wire.receive(theirs)


@pytest.mark.parametrize("said", [b"", b"\0\0", b"\0\0\0\5ab", b"\0\0\0\1x", b"\0\0\0\6" + b"[" * 6])
def test_a_line_that_ends_or_speaks_no_sense_is_closed(said: bytes) -> None:
    ours, theirs = socket.socketpair()
    with theirs:
        ours.sendall(said)
        ours.close()
        with pytest.raises(wire.Closed):
            wire.receive(theirs)


def test_a_long_message_crosses_whole() -> None:
    ours, theirs = socket.socketpair()
    array = np.random.default_rng(0).random(300_000)
    with ours, theirs:
        sender = threading.Thread(target=wire.send, args=(ours, wire.pack(array)))
        sender.start()
        assert np.array_equal(wire.unpack(wire.receive(theirs)), array)
        sender.join()
