"""pandas objects cross between the processes exactly as they are, and a tree that is none is refused."""

from __future__ import annotations

import datetime as dt
import importlib.util
import json
import random
import zoneinfo
from typing import Any

import numpy as np
import pandas as pd
import pytest

from autograder import frames, wire
from autograder.plain import NotPlain


def sent(value: Any) -> Any:
    """What arrives when ``value`` is sent."""
    return frames.unpack(json.loads(json.dumps(frames.pack(value, wire.pack))), wire.unpack)


def assert_same(found: Any, value: Any) -> None:
    if isinstance(value, pd.DataFrame):
        assert type(found) is pd.DataFrame
        pd.testing.assert_frame_equal(
            found, value, check_exact=True, check_freq=True, check_column_type="exact", check_index_type="exact"
        )
        assert_same(found.index, value.index)
        assert_same(found.columns, value.columns)
        assert found.attrs == value.attrs
    elif isinstance(value, pd.Series):
        assert type(found) is pd.Series
        pd.testing.assert_series_equal(found, value, check_exact=True, check_freq=True, check_index_type="exact")
        assert_same(found.index, value.index)
        assert list(map(type, found)) == list(map(type, value))
    else:
        assert type(found) is type(value)
        pd.testing.assert_index_equal(found, value, exact=True, check_exact=True)
        assert getattr(found, "freq", None) == getattr(value, "freq", None)
        assert found.names == value.names


STORAGES = ["python", *(["pyarrow"] if importlib.util.find_spec("pyarrow") else [])]
NUMBERS = [
    "int8",
    "int16",
    "int32",
    "int64",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "float32",
    "float64",
    "complex64",
    "complex128",
    "bool",
]
MASKED = ["Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16", "UInt32", "UInt64", "Float32", "Float64", "boolean"]
UNITS = ["s", "ms", "us", "ns"]
MIXED = [
    1,
    1.0,
    True,
    "a",
    "",
    None,
    float("inf"),
    2 + 1j,
    b"\x00",
    (1, "b"),
    [1, [2]],
    {"k": {3}},
    dt.date(2024, 2, 29),
    10**400,
]
PANDAS_CELLS = [
    pd.NaT,
    pd.NA,
    None,
    pd.Timestamp("2024-01-01", tz="Europe/Paris"),
    pd.Timedelta("1D"),
    pd.Period("2024-05", "M"),
    pd.Interval(0, 1),
]

COLUMNS = {
    **{name: pd.Series(np.array([0, 1, 7, 1]).astype(name)) for name in [*NUMBERS, "float16"]},
    **{name: pd.Series([0, 1, None, 1], dtype=name) for name in MASKED},
    **{f"datetime-{u}": pd.Series(np.array(["2024-01-01", "NaT"], f"datetime64[{u}]")) for u in UNITS},
    **{f"timedelta-{u}": pd.Series(np.array([3, "NaT"], f"timedelta64[{u}]")) for u in UNITS},
    **{
        f"zoned-{u}": pd.Series(pd.date_range("2024-10-27", periods=8, freq="30min", tz="Europe/Paris")).astype(
            f"datetime64[{u}, Europe/Paris]"
        )
        for u in UNITS
    },
    **{f"string-{s}": pd.Series(["a", None, "", "\u00e9\U0001f600"], dtype=pd.StringDtype(s)) for s in STORAGES},
    **{f"str-{s}": pd.Series(["a", None, "", "\u00e9"], dtype=pd.StringDtype(s, na_value=np.nan)) for s in STORAGES},
    "nan": pd.Series([np.nan, -0.0, np.inf, 5e-324]),
    "text": pd.Series(["a", "b", None]),
    "text as objects": pd.Series(["a", "b"], dtype=object),
    "mixed": pd.Series(MIXED, dtype=object),
    "numbers as objects": pd.Series([1, 2, 3], dtype=object),
    "arrays in cells": pd.Series([np.arange(3), np.arange(2.0)], dtype=object),
    "utc": pd.Series(pd.date_range("2024-01-01", periods=3, tz="UTC")),
    "offset": pd.Series(pd.date_range("2024-01-01", periods=3, tz=dt.timezone(dt.timedelta(hours=-3, minutes=-30)))),
    "category": pd.Series(["b", "a", None, "b"]).astype("category"),
    "ordered": pd.Series(pd.Categorical(["b", "a"], categories=["b", "c", "a"], ordered=True)),
    "category of numbers": pd.Series([3, 1, 3], dtype="category"),
    "category of days": pd.Series(pd.date_range("2024-01-01", periods=3, tz="UTC")).astype("category"),
    "no category": pd.Series(pd.Categorical([None, None])),
    "months": pd.Series(pd.period_range("2024-01", periods=3, freq="M")),
    "quarters": pd.Series(pd.PeriodIndex(["2024Q1", None], freq="Q-NOV")),
    "interval": pd.Series(pd.interval_range(0, 3)),
    "cut": pd.cut(pd.Series([1.0, 2.5, None, 9.0]), 3),
    "interval of days": pd.Series(pd.IntervalIndex.from_breaks(pd.date_range("2024-01-01", periods=3), closed="both")),
    "sparse": pd.Series(pd.arrays.SparseArray([0.0, 0.0, 1.5])),
    "sparse truth": pd.Series(pd.arrays.SparseArray([True, False, False], fill_value=False)),
    "empty": pd.Series([], dtype="float64"),
    "empty objects": pd.Series([], dtype=object),
}


@pytest.mark.parametrize("name", COLUMNS)
def test_a_column_of_every_dtype(name: str) -> None:
    series = COLUMNS[name].rename("a name")
    assert_same(sent(series), series)
    frame = pd.DataFrame({"x": series, "y": series})
    assert_same(sent(frame), frame)
    array = series.array
    assert sent(array).dtype == array.dtype
    assert type(sent(array)) is type(array)


@pytest.mark.parametrize("storage", STORAGES)
@pytest.mark.parametrize("missing", [pd.NA, np.nan])
def test_the_storage_of_text(storage: str, missing: Any) -> None:
    series = pd.Series(["a", None], dtype=pd.StringDtype(storage, na_value=missing))
    assert sent(series).dtype.storage == storage
    assert sent(series).dtype.na_value is missing


def test_pandas_own_cells_in_a_column_of_objects() -> None:
    series = pd.Series(PANDAS_CELLS, dtype=object)
    found = sent(series)
    assert_same(found, series)
    assert found[0] is pd.NaT
    assert found[1] is pd.NA
    assert found[2] is None


INDEXES = {
    "default": pd.RangeIndex(3),
    "range": pd.RangeIndex(10, -5, -3, name="r"),
    "range of none": pd.RangeIndex(0, name=("a", 1)),
    "numbers": pd.Index([3, 1, 3], dtype="int16", name="n"),
    "floats": pd.Index([0.5, np.nan]),
    "truth": pd.Index([True, False]),
    "text": pd.Index(["a", "b", "a"], name="t"),
    "text as objects": pd.Index(["a", "b"], dtype=object),
    "mixed": pd.Index(["a", 1, None, (2, 3), 2.5], dtype=object),
    "tuples": pd.Index([(1, 2), (3, 4)], tupleize_cols=False),
    "empty": pd.Index([]),
    "days": pd.date_range("2024-01-01", periods=5, name="day"),
    "no freq": pd.DatetimeIndex(["2024-01-01", "2024-01-05", "2024-01-06", "NaT"]),
    "weeks": pd.date_range("2024-01-01", periods=5, freq="W-WED"),
    "second mondays": pd.date_range("2024-01-01", periods=5, freq="WOM-2MON"),
    "business days backwards": pd.date_range("2024-01-15", periods=5, freq="-2B"),
    "quarters": pd.date_range("2024-01-01", periods=5, freq="QS-FEB"),
    "Paris": pd.date_range("2024-03-30", periods=50, freq="h", tz="Europe/Paris"),
    "Paris days": pd.date_range("2024-03-30", periods=3, freq="D", tz="Europe/Paris"),
    "named zone": pd.date_range("2024-03-30", periods=3, tz=zoneinfo.ZoneInfo("America/Argentina/Ushuaia")),
    "seconds": pd.date_range("2024-01-01", periods=3, unit="s"),
    "waits": pd.timedelta_range("1h", periods=4, freq="90min", name="w"),
    "waits, no freq": pd.TimedeltaIndex(["1D", None]),
    "months": pd.period_range("2024-01", periods=3, freq="M", name="m"),
    "years": pd.period_range("2024", periods=3, freq="2Y-JUN"),
    "categories": pd.CategoricalIndex(["b", "a", "b"], ordered=True, categories=["c", "b", "a"], name="k"),
    "intervals": pd.interval_range(0.0, 2.0, 4, closed="left", name="i"),
    "pairs": pd.MultiIndex.from_product([["a", "b"], pd.date_range("2024-01-01", periods=2)], names=["k", None]),
    "unused levels": pd.MultiIndex.from_product([["a", "b"], [1, 2]])[:1],
    "missing in levels": pd.MultiIndex.from_arrays([["a", None], [1.5, np.nan]]),
    "masked": pd.Index([1, None], dtype="Int64"),
}


@pytest.mark.parametrize("name", INDEXES)
def test_every_kind_of_index(name: str) -> None:
    index = INDEXES[name]
    assert_same(sent(index), index)
    rows = pd.DataFrame({"x": range(len(index))}, index=index)
    assert_same(sent(rows), rows)
    columns = pd.DataFrame(np.zeros((2, len(index))), columns=index)
    assert_same(sent(columns), columns)
    series = pd.Series(range(len(index)), index=index, name=index.name)
    assert_same(sent(series), series)


def test_levels_stay_as_they_are() -> None:
    index = INDEXES["unused levels"]
    assert [list(level) for level in sent(index).levels] == [["a", "b"], [1, 2]]


FRAMES = {
    "empty": pd.DataFrame(),
    "rows alone": pd.DataFrame(index=[3, 4]),
    "columns alone": pd.DataFrame(columns=["a", "b"]),
    "typed columns alone": pd.DataFrame({"a": pd.Series(dtype="int8"), "b": pd.Series(dtype="str")}),
    "labels twice": pd.DataFrame([[1, "x", 2.5]], columns=["a", "a", "b"], index=[0]),
    "rows twice": pd.DataFrame({"a": [1, 2, 3]}, index=["r", "r", "s"]),
    "labels of all kinds": pd.DataFrame([[1, 2, 3, 4]], columns=pd.Index([0, None, ("a", 1), 2.5], dtype=object)),
    "names": pd.DataFrame([[1]], index=pd.Index([1], name="i"), columns=pd.Index(["c"], name=("two", 2))),
    "pivot": pd.DataFrame({"k": list("aab"), "l": list("xyx"), "v": [1, 2, 3]}).pivot_table(
        index="k", columns="l", values=["v"]
    ),
    "described": pd.DataFrame({"a": [1.5, 2.5], "b": ["x", "y"]}).describe(include="all"),
    "transposed": pd.DataFrame({"a": [1, "x"], "b": [None, 2.5]}).T,
    "slice": pd.DataFrame(np.arange(12.0).reshape(4, 3))[::2],
}


@pytest.mark.parametrize("name", FRAMES)
def test_frames_of_every_shape(name: str) -> None:
    assert_same(sent(FRAMES[name]), FRAMES[name])


SCALARS = [
    *PANDAS_CELLS[3:],
    pd.Timestamp("2024-10-27 02:30", tz="UTC").tz_convert("Europe/Paris"),
    pd.Timestamp("2024-10-27 00:30:00.000000001"),
    pd.Timestamp("2024-10-27").as_unit("s"),
    pd.Timedelta(-5, "ms"),
    pd.Period("2024-05-01", "W-TUE"),
    pd.Interval(pd.Timestamp("2024-01-01"), pd.Timestamp("2024-01-02"), closed="both"),
]


@pytest.mark.parametrize("value", SCALARS, ids=repr)
def test_scalars(value: Any) -> None:
    found = sent(value)
    assert type(found) is type(value)
    assert found == value
    assert repr(found) == repr(value)
    assert getattr(found, "unit", None) == getattr(value, "unit", None)
    assert getattr(found, "fold", None) == getattr(value, "fold", None)


def test_the_missing_ones_are_themselves() -> None:
    assert sent(pd.NA) is pd.NA
    assert sent(pd.NaT) is pd.NaT


def test_notes_and_flags() -> None:
    frame = pd.DataFrame({"a": [1]})
    frame.attrs = {"unit": "m", "at": [1, 2]}
    assert sent(frame).attrs == frame.attrs
    frame.attrs = {"unit": object()}
    assert sent(frame).attrs == {}
    strict = pd.DataFrame({"a": [1]}).set_flags(allows_duplicate_labels=False)
    assert sent(strict).flags.allows_duplicate_labels is False


def test_a_subclass_arrives_as_a_frame() -> None:
    class Mine(pd.DataFrame):
        @property
        def _constructor(self) -> type:
            return Mine

    assert_same(sent(Mine({"a": [1, 2]})), pd.DataFrame({"a": [1, 2]}))


def test_what_arrives_can_be_written_to() -> None:
    frame = sent(pd.DataFrame({"a": [1.5, 2.5], "b": ["x", "y"]}))
    frame.loc[0, "a"] = 7.0
    frame["b"] = frame["b"].str.upper()
    assert frame.to_dict("list") == {"a": [7.0, 2.5], "b": ["X", "Y"]}


@pytest.mark.parametrize("seed", range(40))
def test_random_frames(seed: int) -> None:
    draw = random.Random(seed)
    rows = draw.choice([0, 1, 2, 17])
    kinds = [kind for kind in COLUMNS.values() if len(kind)]
    columns = [
        draw.choice(kinds).sample(rows, replace=True, random_state=seed).array for _ in range(draw.randint(1, 6))
    ]
    indexes = [index for index in INDEXES.values() if len(index) >= 2]
    index = draw.choice(indexes)
    index = index.take([draw.randrange(len(index)) for _ in range(rows)])
    frame = pd.concat([pd.Series(column, index=range(rows)) for column in columns], axis=1)
    frame.index = index
    frame.columns = pd.Index(
        [draw.choice(["a", "b", 0, 1.5, None]) for _ in columns], name=draw.choice([None, "n"]), dtype=object
    )
    assert_same(sent(frame), frame)


def test_what_is_no_data_is_refused() -> None:
    with pytest.raises(NotPlain, match="no data of pandas"):
        frames.pack(pd.DataFrame({"a": [1]}).groupby("a"), wire.pack)
    with pytest.raises(NotPlain, match="the class object"):
        frames.pack(pd.Series([object()]), wire.pack)
    with pytest.raises(NotPlain, match="frequency"):
        frames.pack(pd.date_range("2024-01-01", periods=3, freq=pd.DateOffset(months=1, days=2)), wire.pack)
    days = pd.offsets.CustomBusinessDay(holidays=["2024-01-02"])
    with pytest.raises(NotPlain, match="frequency"):
        frames.pack(pd.date_range("2024-01-01", periods=3, freq=days), wire.pack)


def test_handles() -> None:
    assert all(
        map(frames.handles, [*COLUMNS.values(), *INDEXES.values(), *FRAMES.values(), *SCALARS, *PANDAS_CELLS[:2]])
    )
    assert not any(
        map(
            frames.handles,
            [1, None, "a", np.arange(3), dt.datetime(2024, 1, 1), pd.DataFrame, pd.DataFrame({"a": [1]}).groupby("a")],
        )
    )


def numbers(*values: Any, dtype: str = "int64") -> list[Any]:
    return ["numpy", wire.pack(np.array(values, dtype))]


ROWS = ["range", 0, 2, 1, None]
NO_NOTES = [True, None]
HOSTILE = {
    "nothing": None,
    "text": "frame",
    "number": 3,
    "mapping": {"frame": []},
    "no kind": [],
    "unknown kind": ["eval", "1"],
    "attribute": ["read_pickle", "/tmp/x"],
    "too few parts": ["frame", ROWS, ROWS],
    "text for a column": ["series", ROWS, "ab", None, NO_NOTES],
    "lengths of columns": ["frame", ROWS, ["range", 0, 1, 1, None], [numbers(1, 2, 3)], NO_NOTES],
    "number of columns": ["frame", ROWS, ["range", 0, 3, 1, None], [numbers(1, 2)], NO_NOTES],
    "length of a series": ["series", ROWS, numbers(1), None, NO_NOTES],
    "a name that cannot be hashed": ["series", ROWS, numbers(1, 2), [1], NO_NOTES],
    "an index name that cannot be hashed": ["index", ["range", 0, 1, 1, {"d": []}]],
    "notes that are none": ["series", ROWS, numbers(1, 2), None, []],
    "attrs that are none": ["series", ROWS, numbers(1, 2), None, [True, [1]]],
    "labels twice, denied": ["series", ["plain", numbers(1, 1), None, None], numbers(1, 2), None, [False, None]],
    "endless range": ["index", ["range", 0, 10**12, 1, None]],
    "range beyond int": ["index", ["range", 0, 10**40, 1, None]],
    "range that stands still": ["index", ["range", 0, 3, 0, None]],
    "range of text": ["index", ["range", "0", 3, 1, None]],
    "two dimensions": ["array", ["numpy", wire.pack(np.zeros((2, 2)))]],
    "no array": ["array", ["numpy", [1, 2]]],
    "array of text": ["array", ["numpy", wire.pack(np.array(["a"]))]],
    "records": ["array", ["numpy", wire.pack(np.zeros(2, "i4,f8"))]],
    "objects as numbers": ["array", ["numpy", wire.pack(np.array([1, "a"], object))]],
    "days as a unit": ["array", ["numpy", wire.pack(np.array(["2024-01-01"], "datetime64[D]"))]],
    "cells that are no list": ["array", ["object", {"t": [1]}]],
    "text that is none": ["array", ["string", "python", True, [1]]],
    "unknown storage": ["array", ["string", "os", True, ["a"]]],
    "unknown masked": ["array", ["masked", "object", *[numbers(1)[1]] * 2]],
    "mask of numbers": ["array", ["masked", "Int64", numbers(1)[1], numbers(1)[1]]],
    "mask of another length": ["array", ["masked", "Int64", numbers(1)[1], numbers(True, False, dtype="bool")[1]]],
    "masked of another dtype": [
        "array",
        ["masked", "Int64", numbers(1, dtype="int8")[1], numbers(True, dtype="bool")[1]],
    ],
    "codes beyond the categories": ["array", ["category", numbers(5)[1], ROWS, False]],
    "codes of floats": ["array", ["category", numbers(0.0, dtype="float64")[1], ROWS, False]],
    "categories twice": ["array", ["category", numbers(0)[1], ["plain", numbers(1, 1), None, None], False]],
    "codes beyond the levels": ["index", ["multi", [ROWS], [numbers(5)[1]], [None]]],
    "levels without codes": ["index", ["multi", [ROWS], [], [None]]],
    "codes of two lengths": ["index", ["multi", [ROWS, ROWS], [numbers(0)[1], numbers(0, 1)[1]], [None, None]]],
    "no levels": ["index", ["multi", [], [], []]],
    "freq of a number": ["index", ["plain", numbers(1, 2), "D", None]],
    "freq that does not fit": ["index", ["plain", numbers(1, 5, 6, dtype="datetime64[s]"), "D", None]],
    "freq that is code": ["index", ["plain", numbers(1, dtype="datetime64[s]"), "__import__('os')", None]],
    "period without freq": ["array", ["period", numbers(1)[1], None]],
    "period of floats": ["array", ["period", numbers(1.5, dtype="float64")[1], "M"]],
    "unknown zone": ["timestamp", 0, "s", ["zoneinfo", "Europe/Nowhere"]],
    "zone of a file": ["timestamp", 0, "s", ["zoneinfo", "../../etc/passwd"]],
    "zone of a folder": ["timestamp", 0, "s", ["zoneinfo", "Europe"]],
    "zone of a module": ["timestamp", 0, "s", ["os", "Europe/Paris"]],
    "offset of a year": ["timestamp", 0, "s", 10**15],
    "unknown unit": ["timestamp", 0, "D", None],
    "time beyond": ["timestamp", 10**30, "s", None],
    "interval of lists": ["interval", [1], [2], "left"],
    "interval closed by code": ["interval", 1, 2, "eval"],
    "intervals of text": [
        "array",
        ["interval", ["plain", ["object", ["a"]], None, None], ["plain", ["object", ["b"]], None, None], "left"],
    ],
    "sparse of sparse": ["array", ["sparse", ["sparse", numbers(1), 0, "integer"], 0, "integer"]],
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_trees_are_refused(name: str) -> None:
    with pytest.raises(NotPlain):
        frames.unpack(HOSTILE[name], wire.unpack)


def test_a_tree_without_end_is_refused() -> None:
    tree: Any = ROWS
    for _ in range(3000):
        tree = ["plain", ["category", numbers(0)[1], tree, False], None, None]
    with pytest.raises(NotPlain):
        frames.unpack(["index", tree], wire.unpack)


@pytest.mark.parametrize("seed", range(300))
def test_a_damaged_tree_is_refused_or_a_value(seed: int) -> None:
    """Any single part of an honest tree replaced: NotPlain or some pandas object, never another error."""
    draw = random.Random(seed)
    honest = draw.choice([*COLUMNS.values(), *INDEXES.values(), *FRAMES.values()])
    tree = json.loads(json.dumps(frames.pack(honest, wire.pack)))
    at = tree
    while True:
        places = range(len(at)) if isinstance(at, list) else list(at)
        place = draw.choice(places)
        below = at[place]
        if not isinstance(below, (list, dict)) or not below or draw.random() < 0.2:
            break
        at = below
    at[place] = draw.choice([None, "eval", -1, 10**30, 1.5, True, [], {}, ["frame"], {"t": []}, ["object", [[]]]])
    try:
        found = frames.unpack(tree, wire.unpack)
    except NotPlain:
        return
    assert frames.handles(found)


@pytest.mark.parametrize(
    "dtype",
    ["string", "str", "Int64", "boolean", "category", "datetime64[ns, Europe/Paris]", "period[M]", "interval[int64]"],
)
def test_dtypes_cross_as_a_frame_tells_them(dtype: str) -> None:
    told = pd.DataFrame({"a": pd.Series([], dtype="float64"), "b": pd.Series([], dtype=dtype)}).dtypes
    assert_same(sent(told), told)
    assert wire.unpack(json.loads(json.dumps(wire.pack(list(told))))) == list(told)
