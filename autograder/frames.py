"""pandas objects as trees of plain data: frames, series, indexes, their arrays, and pandas' own scalars.

Not Arrow, which turns a column of mixed cells into something else: an object column crosses cell by cell, every other
dtype as the NumPy arrays that it is made of. Nothing in a tree names code: kinds, dtypes and units come from closed
sets, and time zones are looked up in the time zone database alone. Works with pandas 2.3 and 3.
"""

from __future__ import annotations

import datetime as dt
import re
import sys
import zoneinfo
from collections.abc import Callable
from typing import Any

from autograder.plain import NotPlain

Tree = Any
Inner = Callable[[Any], Any]

#: Rows of an index that is not spelt out: no message bounds the length of a range.
LONGEST_RANGE = 10_000_000

_UNITS = ("s", "ms", "us", "ns")
_BITS = ("8", "16", "32", "64")
_MASKED = ("boolean", "Float32", "Float64", *(kind + n for kind in ("Int", "UInt") for n in _BITS))
_FREQUENCY = re.compile(r"[-+]?\d{0,18}[A-Za-z]{1,10}(-[A-Za-z0-9]{1,12}){0,3}")
_ZONE = re.compile(r"[A-Za-z0-9_+-]{1,40}(/[A-Za-z0-9_+-]{1,40}){0,3}")


def handles(value: Any) -> bool:
    """Whether ``value`` is pandas data, to be offered to :func:`pack`; imports nothing."""
    pd = sys.modules.get("pandas")
    if pd is None:
        return False
    data = (
        pd.DataFrame, pd.Series, pd.Index, pd.api.extensions.ExtensionArray, pd.api.extensions.ExtensionDtype
    )  # fmt: skip
    return (
        value is pd.NA
        or value is pd.NaT
        or isinstance(value, (*data, pd.Timestamp, pd.Timedelta, pd.Period, pd.Interval))
    )


def pack(value: Any, inner: Inner) -> Tree:
    """The tree of a pandas object; ``inner`` makes trees of NumPy arrays and of Python's own values.

    A subclass crosses as pandas' own class. Raises NotPlain for dtypes and frequencies that a tree cannot tell.
    """
    pd = _pandas()

    if isinstance(value, pd.DataFrame):
        columns = [_pack_array(value.iloc[:, place].array, inner) for place in range(value.shape[1])]
        return [
            "frame",
            _pack_index(value.index, inner),
            _pack_index(value.columns, inner),
            columns,
            _pack_notes(value, inner),
        ]
    if isinstance(value, pd.Series):
        parts = [_pack_index(value.index, inner), _pack_array(value.array, inner), inner(value.name)]
        return ["series", *parts, _pack_notes(value, inner)]
    if isinstance(value, pd.Index):
        return ["index", _pack_index(value, inner)]
    if isinstance(value, pd.api.extensions.ExtensionArray):
        return ["array", _pack_array(value, inner)]
    if isinstance(value, pd.api.extensions.ExtensionDtype):
        return ["dtype", _pack_array(pd.array([], dtype=value), inner)]
    if value is pd.NA:
        return ["NA"]
    if value is pd.NaT:
        return ["NaT"]
    if isinstance(value, pd.Timestamp):
        return ["timestamp", int(value.to_datetime64().astype("int64")), value.unit, pack_zone(value.tz)]
    if isinstance(value, pd.Timedelta):
        return ["timedelta", int(value.to_timedelta64().astype("int64")), value.unit]
    if isinstance(value, pd.Period):
        return ["period", int(value.ordinal), _pack_frequency(value.freq, value.freqstr, _span)]
    if isinstance(value, pd.Interval):
        return ["interval", inner(value.left), inner(value.right), value.closed]
    raise NotPlain(f"{type(value).__name__} is no data of pandas: hand over a DataFrame, a Series or an Index instead")


def unpack(tree: Tree, inner: Inner) -> Any:
    """The pandas object of a tree; ``inner`` undoes what it did when packing. Raises NotPlain for any other tree."""
    try:
        return _unpack(tree, inner)
    except NotPlain:
        raise
    except Exception as error:
        # The tree comes from a stranger, and pandas raises errors of many kinds on data that do not fit together.
        raise NotPlain(f"a message that is no pandas object ({type(error).__name__}: {error})") from error


def _unpack(tree: Tree, inner: Inner) -> Any:
    import numpy as np

    pd = _pandas()

    match tree:
        case ["frame", index, columns, list(arrays), notes]:
            return _unpack_notes(_frame(index, columns, arrays, inner), notes, inner)
        case ["series", index, array, name, notes]:
            series = _series(_unpack_array(array, inner), _unpack_index(index, inner))
            series.name = inner(name)
            return _unpack_notes(series, notes, inner)
        case ["index", index]:
            return _unpack_index(index, inner)
        case ["array", array]:
            return (
                pd.array(found, dtype=found.dtype)
                if isinstance(found := _unpack_array(array, inner), np.ndarray)
                else found
            )
        case ["dtype", array]:
            return _unpack_array(array, inner).dtype
        case ["NA"]:
            return pd.NA
        case ["NaT"]:
            return pd.NaT
        case ["timestamp", int(count), str(unit), zone] if unit in _UNITS:
            stamp = pd.Timestamp(np.array(count, f"datetime64[{unit}]")[()])
            return stamp if zone is None else stamp.tz_localize("UTC").tz_convert(unpack_zone(zone))
        case ["timedelta", int(count), str(unit)] if unit in _UNITS:
            return pd.Timedelta(np.array(count, f"timedelta64[{unit}]")[()])
        case ["period", int(ordinal), str(frequency)]:
            return pd.Period(ordinal=ordinal, freq=_unpack_frequency(frequency, _span))
        case ["interval", left, right, str(closed)]:
            return pd.Interval(inner(left), inner(right), closed)
    raise NotPlain("a message that is no pandas object")


def _frame(index_tree: Tree, columns_tree: Tree, arrays: list[Tree], inner: Inner) -> Any:
    pd = _pandas()

    index, columns = _unpack_index(index_tree, inner), _unpack_index(columns_tree, inner)
    if len(columns) != len(arrays):
        raise NotPlain(f"a frame of {len(columns)} labels and {len(arrays)} columns")
    # By place first: labels may be there twice.
    found = {place: _series(_unpack_array(array, inner), index) for place, array in enumerate(arrays)}
    frame = pd.DataFrame(found, index=index, columns=range(len(arrays)))
    frame.columns = columns
    return frame


def _series(array: Any, index: Any) -> Any:
    pd = _pandas()

    if len(array) != len(index):
        raise NotPlain(f"{len(array)} values for {len(index)} rows")
    return pd.Series(array, index=index, dtype=array.dtype)


def _pack_notes(value: Any, inner: Inner) -> Tree:
    """What a frame or series carries beside its data: whether labels may repeat, and ``attrs`` where they are plain."""
    try:
        attrs = inner(dict(value.attrs)) if value.attrs else None
    except NotPlain:
        attrs = None
    return [value.flags.allows_duplicate_labels, attrs]


def _unpack_notes(value: Any, tree: Tree, inner: Inner) -> Any:
    match tree:
        case [bool(duplicates), attrs]:
            if attrs is not None:
                value.attrs = inner(attrs)
            return value if duplicates else value.set_flags(allows_duplicate_labels=False)
    raise NotPlain("a message that is no pandas object")


def _pack_index(index: Any, inner: Inner) -> Tree:
    pd = _pandas()

    if isinstance(index, pd.RangeIndex):
        return ["range", index.start, index.stop, index.step, inner(index.name)]
    if isinstance(index, pd.MultiIndex):
        levels = [_pack_index(level, inner) for level in index.levels]
        return ["multi", levels, [inner(_numpy(codes)) for codes in index.codes], inner(list(index.names))]
    frequency = None
    if isinstance(index, (pd.DatetimeIndex, pd.TimedeltaIndex)) and index.freq is not None:
        frequency = _pack_frequency(index.freq, index.freqstr, _offset)
    return ["plain", _pack_array(index.array, inner), frequency, inner(index.name)]


def _unpack_index(tree: Tree, inner: Inner) -> Any:
    pd = _pandas()

    match tree:
        case ["range", int(start), int(stop), int(step), name]:
            if len(range(start, stop, step)) > LONGEST_RANGE:
                raise NotPlain(f"an index of more than {LONGEST_RANGE} rows")
            return pd.RangeIndex(start, stop, step, name=inner(name))
        case ["multi", list(levels), list(codes), names]:
            found = [_unpack_index(level, inner) for level in levels]
            return pd.MultiIndex(levels=found, codes=[_whole(code, inner) for code in codes], names=inner(names))
        case ["plain", array, frequency, name]:
            values = _unpack_array(array, inner)
            index = pd.Index(values, dtype=values.dtype, name=inner(name))
            return index if frequency is None else type(index)(index, freq=_unpack_frequency(frequency, _offset))
    raise NotPlain("a message that is no index")


def _pack_array(array: Any, inner: Inner) -> Tree:
    """One column: its kind, then what it is made of."""
    pd = _pandas()

    kinds = pd.arrays
    if isinstance(array, kinds.SparseArray):
        dense = _pack_array(pd.array(_numpy(array), dtype=array.dtype.subtype), inner)
        return ["sparse", dense, inner(array.fill_value), array.kind]
    if isinstance(array, pd.Categorical):
        return ["category", inner(_numpy(array.codes)), _pack_index(array.categories, inner), array.ordered]
    if isinstance(array, kinds.DatetimeArray) and array.tz is not None:
        return ["zoned", inner(_numpy(array.tz_convert(None))), pack_zone(array.tz)]
    if isinstance(array, kinds.PeriodArray):
        return ["period", inner(_numpy(array.asi8)), _pack_frequency(array.freq, array.freqstr, _span)]
    if isinstance(array, kinds.IntervalArray):
        return ["interval", _pack_index(array.left, inner), _pack_index(array.right, inner), array.closed]
    if isinstance(array.dtype, pd.StringDtype):
        texts = [cell if isinstance(cell, str) else None for cell in array]
        return ["string", array.dtype.storage, array.dtype.na_value is pd.NA, inner(texts)]
    if isinstance(array, (kinds.BooleanArray, kinds.IntegerArray, kinds.FloatingArray)):
        values = array.to_numpy(dtype=array.dtype.numpy_dtype, na_value=False)
        return ["masked", str(array.dtype), inner(values), inner(_numpy(array.isna()))]
    if isinstance(array, (kinds.NumpyExtensionArray, kinds.DatetimeArray, kinds.TimedeltaArray)):
        values = array.to_numpy()
        return ["object", inner(values.tolist())] if values.dtype == object else ["numpy", inner(values)]
    raise NotPlain(
        f"a column of dtype {array.dtype} is not plain data: convert it with astype before it is handed over"
    )


def _unpack_array(tree: Tree, inner: Inner) -> Any:
    import numpy as np

    pd = _pandas()

    kinds = pd.arrays
    match tree:
        case ["numpy", values]:
            return _vector(values, inner)
        case ["object", cells]:
            found = _cells(cells, inner)
            array = np.empty(len(found), dtype=object)
            for place, cell in enumerate(found):
                array[place] = cell
            return array
        case ["string", "python" | "pyarrow" as storage, bool(masked), cells]:
            texts = _cells(cells, inner)
            if not all(cell is None or type(cell) is str for cell in texts):
                raise NotPlain("a column of text with cells that are no text")
            return pd.array(texts, dtype=pd.StringDtype(storage, na_value=pd.NA if masked else np.nan))
        case ["masked", str(name), values, mask] if name in _MASKED:
            return _masked(name, _vector(values, inner), _vector(mask, inner))
        case ["category", codes, categories, bool(ordered)]:
            dtype = pd.CategoricalDtype(_unpack_index(categories, inner), ordered=ordered)
            return pd.Categorical.from_codes(_whole(codes, inner), dtype=dtype)
        case ["zoned", instants, zone]:
            # Through UTC: an instant that the clocks of a zone show twice stays the one that it was.
            return pd.DatetimeIndex(_vector(instants, inner)).tz_localize("UTC").tz_convert(unpack_zone(zone)).array
        case ["period", ordinals, frequency]:
            return kinds.PeriodArray(_whole(ordinals, inner), dtype=pd.PeriodDtype(_unpack_frequency(frequency, _span)))
        case ["interval", left, right, str(closed)]:
            return kinds.IntervalArray.from_arrays(_unpack_index(left, inner), _unpack_index(right, inner), closed)
        case ["sparse", ["numpy" | "object", _] as dense, fill, "integer" | "block" as kind]:
            values = _unpack_array(dense, inner)
            dtype = pd.SparseDtype(values.dtype, inner(fill))
            return kinds.SparseArray(values, kind=kind, dtype=dtype)
    raise NotPlain("a message that is no column")


def _masked(name: str, values: Any, mask: Any) -> Any:
    pd = _pandas()

    kinds = pd.arrays
    if values.dtype.name != {"boolean": "bool"}.get(name, name.lower()):
        raise NotPlain(f"{values.dtype} values in a column of {name}")
    made = {"b": kinds.BooleanArray, "F": kinds.FloatingArray}.get(name[0], kinds.IntegerArray)
    return made(values, mask)


def _pandas() -> Any:
    """pandas, which is imported only once there is something of its own to pack or unpack."""
    import pandas  # type: ignore[import-untyped]

    return pandas


def _numpy(values: Any) -> Any:
    import numpy as np

    return np.asarray(values)


def _vector(tree: Tree, inner: Inner) -> Any:
    """One axis of numbers, truth values or times; none of Python's objects."""
    import numpy as np

    found = inner(tree)
    if type(found) is not np.ndarray or found.ndim != 1 or found.dtype.kind not in "biufcMm":
        raise NotPlain("a message that is no column")
    if found.dtype.kind in "Mm" and np.datetime_data(found.dtype) not in {(unit, 1) for unit in _UNITS}:
        raise NotPlain(f"a column of {found.dtype}, which pandas does not have")
    return found


def _whole(tree: Tree, inner: Inner) -> Any:
    codes = _vector(tree, inner)
    if codes.dtype.kind not in "iu":
        raise NotPlain("a message that is no column")
    return codes


def _cells(tree: Tree, inner: Inner) -> list[Any]:
    found = inner(tree)
    if type(found) is not list:
        raise NotPlain("a message that is no column")
    return found


def _pack_frequency(frequency: Any, name: str, read: Callable[[str], Any]) -> str:
    """The name of an offset such as ``"W-SUN"``, if reading it gives the same offset again."""
    try:
        told = _FREQUENCY.fullmatch(name) is not None and read(name) == frequency
    except ValueError:
        told = False
    if not told:
        raise NotPlain(f"the frequency {name} is not plain data: an index may drop it with index.freq = None")
    return name


def _unpack_frequency(tree: Tree, read: Callable[[str], Any]) -> Any:
    if not isinstance(tree, str) or not _FREQUENCY.fullmatch(tree):
        raise NotPlain("a message that is no frequency")
    return read(tree)


def _offset(name: str) -> Any:
    return _pandas().tseries.frequencies.to_offset(name)


def _span(name: str) -> Any:
    """The offset of a period, whose names are not those of other offsets (``"M"``, not ``"ME"``)."""
    pd = _pandas()

    return pd.PeriodDtype(name).freq


def pack_zone(zone: Any) -> Tree:
    """A time zone: microseconds from UTC, or its name and the library that keeps it."""
    if zone is None:
        return None
    if type(zone) is dt.timezone:
        return zone.utcoffset(None) // dt.timedelta(microseconds=1)
    library = type(zone).__module__.partition(".")[0]
    name = zone.key if library == "zoneinfo" else getattr(zone, "zone", None)
    if library not in ("zoneinfo", "pytz") or not isinstance(name, str) or not _ZONE.fullmatch(name):
        raise NotPlain(f"the time zone {zone} is not plain data: name it as in 'Europe/Paris', or use UTC")
    return [library, name]


def unpack_zone(tree: Tree) -> dt.tzinfo:
    match tree:
        case int(offset):
            return dt.timezone(dt.timedelta(microseconds=offset))
        case ["zoneinfo" | "pytz" as library, str(name)] if _ZONE.fullmatch(name):
            if library == "zoneinfo":
                return zoneinfo.ZoneInfo(name)
            import pytz  # type: ignore[import-untyped]

            return pytz.timezone(name)
    raise NotPlain("a message that is no time zone")
