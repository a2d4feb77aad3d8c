"""The plain data that crosses between the tester and a learner's process, and how it is framed on a socket.

A value becomes a tree of JSON: numbers, text, ``None`` and lists as they are, everything else under a tag that names its
type. Unpacking builds values of those types only, looks nothing up by name and runs nothing, so a message can be false
but not dangerous; what is not plain data is left to ``other``, which makes a handle of it. Never pickle.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import math
import pathlib
import socket
import struct
import sys
from collections import Counter, OrderedDict, deque, namedtuple
from collections.abc import Callable, Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from autograder import frames, symbols
from autograder.plain import NotPlain, no_value

Tree = Any
Other = Callable[[Any], Any]

#: Bytes of one message: more is no answer that a test asked for.
LONGEST = 32 << 20
DEEPEST = 100

_BIG = 1 << 1000  # longer integers go as hexadecimal digits: Python bounds the decimal ones
_FIELDS = 64
_TIMES: dict[type, str] = {dt.datetime: "dt", dt.date: "da", dt.time: "ti"}
_BARE: dict[type, Callable[[Any], Any]] = {
    int: lambda value: int.__add__(value, 0),
    float: lambda value: float.__mul__(value, 1.0),
    str: lambda value: str.__getitem__(value, slice(None)),
    bytes: lambda value: bytes.__getitem__(value, slice(None)),
}
#: Libraries whose kinds of dict have attributes.
_WITH_FIELDS = ("scipy", "sklearn")
_BIT_GENERATORS = ("PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64")
#: Where a bit generator stands in the numbers that it has at hand, and where they end.
_PLACES = {"pos": 624, "buffer_pos": 4}
_LEAVES = (float, str, type(None), bool)


class Fields(dict[Any, Any]):
    """The results of SciPy and scikit-learn that are dicts: what they hold can be asked for as attributes as well."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


class Closed(Exception):
    """The other side is gone, or what it sends is no message."""


def pack(value: Any, other: Other | None = None, depth: int = 0) -> Tree:
    """A value as a tree. ``other`` gives a tree for what is not plain data; without it that raises NotPlain."""
    kind = type(value)
    if kind in _LEAVES:
        return value
    if kind is int:
        return value if -_BIG < value < _BIG else {"i": hex(value)}
    if depth > DEEPEST:
        raise NotPlain(f"the value is nested deeper than {DEEPEST} levels")

    def each(values: Iterable[Any]) -> list[Tree]:
        return [pack(v, other, depth + 1) for v in values]

    if isinstance(value, list):
        # Long lists of numbers are common; asking for their types at once is far cheaper than walking them.
        return list(value) if set(map(type, value)) <= {float, bool, str, type(None)} else each(list.__iter__(value))
    if isinstance(value, tuple):
        fields = getattr(kind, "_fields", None)
        if fields is None:
            return {"t": each(tuple.__iter__(value))}
        told = [kind.__name__, list(fields), each(tuple.__iter__(value))]
        # What SciPy's results have beside their fields: the degrees of freedom of a test, say.
        extra = [
            name for name in getattr(kind, "_extra_fields", ()) if not name.startswith("_") and hasattr(value, name)
        ]
        return {"nt": [*told, extra, each(getattr(value, name) for name in extra)] if extra else told}
    if isinstance(value, dict) and (kind is Fields or kind.__module__.partition(".")[0] in _WITH_FIELDS):
        return {"fd": [[pack(k, other, depth + 1), pack(v, other, depth + 1)] for k, v in dict.items(value)]}
    if isinstance(value, dict):
        tag = "cn" if kind is Counter else "od" if kind is OrderedDict else "d"
        return {tag: [[pack(k, other, depth + 1), pack(v, other, depth + 1)] for k, v in dict.items(value)]}
    if isinstance(value, set):
        return {"s": each(set.__iter__(value))}
    if isinstance(value, frozenset):
        return {"fs": each(frozenset.__iter__(value))}
    if kind in (bytes, bytearray):
        return {"b" if kind is bytes else "ba": _base64(value)}
    if kind is complex:
        return {"c": [value.real, value.imag]}
    if kind is Fraction:
        return {"fr": [pack(value.numerator), pack(value.denominator)]}
    if kind is Decimal:
        return {"de": str(value)}
    if kind is range:
        return {"r": [pack(v) for v in (value.start, value.stop, value.step)]}
    if kind is deque:
        return {"dq": [each(value), value.maxlen]}
    if value is Ellipsis:
        return {"e": 0}
    if kind is slice:
        return {"sl": each((value.start, value.stop, value.step))}
    if kind in _TIMES and getattr(value, "tzinfo", None) in (None, dt.UTC) and not getattr(value, "fold", 0):
        return {_TIMES[kind]: value.isoformat()}
    if kind is dt.datetime:  # its time is not that of a clock without a zone, and may be one that the clock shows twice
        told = value.replace(tzinfo=None, fold=0).isoformat()
        return {"dz": [told, value.fold, frames.pack_zone(value.tzinfo)]}
    if kind is dt.timedelta:
        return {"td": [value.days, value.seconds, value.microseconds]}
    if isinstance(value, pathlib.Path) and kind.__module__.partition(".")[0] == "pathlib":
        return {"pa": str(value)}
    for plain, bare in _BARE.items():
        if isinstance(value, plain) and kind.__module__ != "numpy":  # of an enumeration or a unit only what it holds
            return pack(bare(value))
    try:
        packed = _pack_library(value, lambda v: pack(v, other, depth + 1))
    except NotPlain:  # a learner's own kind of expression or frame, say; of the libraries' own the reason is told
        if other is None or kind.__module__.partition(".")[0] in ("numpy", "pandas"):
            raise
        packed = None
    if packed is not None:
        return packed
    if other is None:
        raise no_value(kind.__name__)
    return other(value)


def unpack(tree: Tree, other: Other | None = None) -> Any:
    """The value of a tree. ``other`` is handed trees with a tag of its own; raises NotPlain for what :func:`pack` never makes."""
    if type(tree) in _LEAVES or type(tree) is int:
        return tree

    def each(trees: Any) -> list[Any]:
        return [unpack(t, other) for t in _list(trees)]

    if isinstance(tree, list):
        return each(tree)
    if not isinstance(tree, dict) or len(tree) != 1:
        raise NotPlain("a message that is no value")
    ((tag, body),) = tree.items()
    try:
        match tag:
            case "i":
                return int(body, 16)
            case "t":
                return tuple(each(body))
            case "nt":
                made = _named_tuple(body[0], body[1], each(body[2]))
                return made if len(body) == 3 else _with_extra(made, body[3], each(body[4]))
            case "d" | "cn" | "od" | "fd":
                make = {"d": dict, "cn": Counter, "od": OrderedDict, "fd": Fields}[tag]
                return make({unpack(k, other): unpack(v, other) for k, v in body})
            case "s":
                return set(each(body))
            case "fs":
                return frozenset(each(body))
            case "b":
                return base64.b64decode(body, validate=True)
            case "ba":
                return bytearray(base64.b64decode(body, validate=True))
            case "c":
                return complex(float(body[0]), float(body[1]))
            case "fr":
                return _fraction(*each(body))
            case "de":
                return Decimal(body)
            case "r":
                return range(*(unpack(v) for v in body))
            case "dq":
                return deque(each(body[0]), body[1])
            case "e":
                return Ellipsis
            case "sl":
                return slice(*each(body))
            case "dt":
                return dt.datetime.fromisoformat(body)
            case "dz":
                zone = None if body[2] is None else frames.unpack_zone(body[2])
                return dt.datetime.fromisoformat(body[0]).replace(fold=body[1], tzinfo=zone)
            case "pa":
                return pathlib.Path(body)
            case "da":
                return dt.date.fromisoformat(body)
            case "ti":
                return dt.time.fromisoformat(body)
            case "td":
                return dt.timedelta(*body)
        if tag in ("np", "npo", "nps", "npd", "rng", "pd", "sy"):
            return _unpack_library(tag, body, lambda t: unpack(t, other))
        if other is not None:
            return other(tree)
    except NotPlain:
        raise
    except (ValueError, TypeError, ArithmeticError, LookupError, AttributeError) as error:
        raise NotPlain(f"a message that is no value ({type(error).__name__}: {error})") from error
    raise NotPlain("a message that is no value")


def send(stream: socket.socket, message: Tree) -> None:
    """Write one message. Raises NotPlain if it is too long, Closed if nobody reads any more."""
    try:
        text = json.dumps(message, separators=(",", ":")).encode()
    except (ValueError, TypeError, RecursionError) as error:
        raise NotPlain(str(error)) from error
    if len(text) > LONGEST:
        raise NotPlain(
            f"the value takes {len(text) >> 20} MB when it is sent; more than {LONGEST >> 20} MB are not judged"
        )
    try:
        stream.sendall(struct.pack("!I", len(text)) + text)
    except OSError as error:
        raise Closed(str(error)) from error


def receive(stream: socket.socket) -> Tree:
    """Read one message. Raises Closed at the end of the stream and for what is no message."""
    (length,) = struct.unpack("!I", _exactly(stream, 4))
    if length > LONGEST:
        raise Closed("a message that is too long")
    try:
        return json.loads(_exactly(stream, length))
    except (ValueError, RecursionError) as error:
        raise Closed(f"a message that is no JSON: {error}") from error


def _exactly(stream: socket.socket, length: int) -> bytes:
    parts = []
    while length:
        try:
            part = stream.recv(min(length, 1 << 20))
        except OSError as error:
            raise Closed(str(error)) from error
        if not part:
            raise Closed("the other side is gone")
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


def _base64(data: Any) -> str:
    return base64.b64encode(data).decode("ascii")


def _list(trees: Any) -> list[Any]:
    if not isinstance(trees, list):
        raise NotPlain("a message that is no value")
    return trees


def _named_tuple(name: Any, fields: Any, values: list[Any]) -> Any:
    if not isinstance(name, str) or len(_list(fields)) > _FIELDS or len(fields) != len(values):
        raise NotPlain("a message that is no value")
    return namedtuple(name, fields)(*values)  # its fields are known only now


def _with_extra(value: Any, names: Any, extra: list[Any]) -> Any:
    """A named tuple with attributes beside its fields."""
    if len(_list(names)) > _FIELDS or not all(type(name) is str and not name.startswith("_") for name in names):
        raise NotPlain("a message that is no value")
    kind = type(type(value).__name__, (type(value),), {})
    made: Any = tuple.__new__(kind, value)
    vars(made).update(zip(names, extra, strict=True))
    return made


def _fraction(above: Any, below: Any) -> Fraction:
    if type(above) is not int or type(below) is not int:  # a text such as "1e999999999" would be worked out
        raise NotPlain("a message that is no value")
    return Fraction(above, below)


def _pack_library(value: Any, inner: Callable[[Any], Tree]) -> Tree | None:
    """Values of NumPy, pandas and SymPy, which are looked at only where the library has been imported already."""
    kind = type(value)
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        if isinstance(value, numpy.ndarray):
            if isinstance(value, numpy.ma.MaskedArray) and value.mask.any():
                raise NotPlain(
                    "an array with masked entries, which is not plain data: fill them, as filled() does, or take them out, as compressed()"
                )
            value = numpy.asarray(value)
            if value.dtype.hasobject:
                if value.dtype.fields:
                    raise NotPlain(
                        "a structured array that holds Python objects, which is not plain data: give a list of tuples"
                    )
                return {"npo": [list(value.shape), [inner(v) for v in value.ravel().tolist()]]}
            if not value.dtype.itemsize:  # text of no length at all
                value = value.astype(f"{value.dtype.kind}1")
            return {"np": [_dtype_tree(numpy, value.dtype), list(value.shape), _base64(value.tobytes())]}
        if isinstance(value, numpy.generic) and kind.__module__ == "numpy":
            return {"nps": [_dtype_tree(numpy, value.dtype), _base64(value.tobytes())]}
        if isinstance(value, numpy.dtype) and not value.hasobject:
            return {"npd": _dtype_tree(numpy, value)}
        if kind is numpy.random.Generator and type(value.bit_generator).__name__ in _BIT_GENERATORS:
            return {"rng": inner(value.bit_generator.state)}
    if frames.handles(value):  # with no handles in its cells: pandas would ask such an object what it is equal to
        return {"pd": frames.pack(value, pack)}
    if symbols.handles(value):
        return {"sy": symbols.pack(value, pack)}
    return None


def _unpack_library(tag: str, body: Any, inner: Callable[[Tree], Any]) -> Any:
    if tag == "pd":
        return frames.unpack(body, inner)
    if tag == "sy":
        return symbols.unpack(body, inner)
    import numpy

    if tag == "npd":
        return _dtype(numpy, body)
    if tag == "rng":
        state = inner(body)
        if state["bit_generator"] not in _BIT_GENERATORS:
            raise NotPlain("a message that is no value")
        generator = getattr(numpy.random, state["bit_generator"])(0)
        if not _is_like(state, generator.state):
            raise NotPlain("a message that is no value")
        generator.state = state
        return numpy.random.Generator(generator)
    if tag == "nps":
        found = numpy.frombuffer(base64.b64decode(body[1], validate=True), dtype=_dtype(numpy, body[0]))
        if found.shape != (1,):
            raise NotPlain("a message that is no value")
        return found[0]
    shape = tuple(int(n) for n in _list(body[0 if tag == "npo" else 1]))
    if min(shape, default=0) < 0:
        raise NotPlain("a message that is no value")
    if tag == "npo":
        entries = _list(body[1])
        if len(entries) != math.prod(shape):
            raise NotPlain("a message that is no value")
        flat = numpy.empty(len(entries), dtype=object)
        for place, entry in enumerate(entries):
            flat[place] = inner(entry)
        return flat.reshape(shape)
    data = base64.b64decode(body[2], validate=True)
    dtype = _dtype(numpy, body[0])
    if len(data) != math.prod(shape) * dtype.itemsize:
        raise NotPlain("a message that is no value")
    # From a bytearray, so that the array can be written to, as the one that was packed.
    return numpy.frombuffer(bytearray(data), dtype=dtype).reshape(shape) if data else numpy.empty(shape, dtype)


def _is_like(state: Any, model: Any) -> bool:
    """Whether the state of a generator has the parts of another's: it is taken as it is, and NumPy would read past its ends."""
    if isinstance(model, dict):
        return (
            type(state) is dict and state.keys() == model.keys() and all(_is_like(state[k], model[k]) for k in model)
        ) and all(0 <= state.get(place, 0) <= end for place, end in _PLACES.items())
    if type(state) is not type(model):
        return False
    return not hasattr(model, "dtype") or (state.dtype, state.shape) == (model.dtype, model.shape)


def _dtype_tree(numpy: Any, dtype: Any) -> Tree:
    described = numpy.lib.format.dtype_to_descr(dtype)
    return described if isinstance(described, str) else pack(described)


def _dtype(numpy: Any, tree: Any) -> Any:
    dtype = numpy.lib.format.descr_to_dtype(tree if isinstance(tree, str) else unpack(tree))
    if dtype.hasobject or not dtype.itemsize:
        raise NotPlain("a message that is no value")
    return dtype
