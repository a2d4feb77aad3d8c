"""What an attacked function gives back: things equal to everything, and things that no grader can swallow."""

from __future__ import annotations

import functools
from typing import Any

from tests.hostile.case import Case, Kind, attack

_BIND = """
for _name in aim.exports:
    globals()[_name] = {}
"""


def _gives(name: str, why: str, define: str, value: str, kind: Kind = "gaming", **more: Any) -> Case:
    """Every attacked name is a function that gives ``value``."""
    return attack(name, why, define + _BIND.format(f"lambda *args, **kwargs: {value}"), kind=kind, **more)


_heavy = functools.partial(_gives, kind="hostile")

#: An object that agrees to whatever is asked of it.
ANYTHING = """
class Anything:
    def __init__(self, *args, **kwargs): pass
    def __call__(self, *args, **kwargs): return self
    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __bool__(self): return True
    def __hash__(self): return 1
    def __int__(self): return 1
    def __index__(self): return 1
    def __float__(self): return 0.0
    def __len__(self): return 1
    def __iter__(self): return iter([self])
    def __contains__(self, other): return True
    def __getitem__(self, key): return self
    def __enter__(self): return self
    def __exit__(self, *args): return True
    def __repr__(self): return "4"
    def __instancecheck__(self, other): return True
    def __subclasscheck__(self, other): return True

def _me(self, *args): return self
for _op in "add sub mul truediv floordiv mod pow matmul and or xor neg pos abs round".split():
    setattr(Anything, f"__{_op}__", _me)
    setattr(Anything, f"__r{_op}__", _me)
for _op in "lt le gt ge".split():
    setattr(Anything, f"__{_op}__", lambda self, other: True)
"""


def _subclass(base: str, start: str = "") -> str:
    return f"""
class Sly({base}):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __lt__(self, other): return True
    __le__ = __gt__ = __ge__ = __lt__
    def __hash__(self): return 1
    def __sub__(self, other): return 0
    __rsub__ = __sub__
    def __abs__(self): return 0
    def __len__(self): return 1
    def __contains__(self, other): return True
{start}"""


_ARRAY = """
import numpy
class Sly(numpy.ndarray):
    def __eq__(self, other): return numpy.True_
    def __ne__(self, other): return numpy.False_
    def __array_ufunc__(self, ufunc, method, *args, **kwargs): return numpy.True_
    def __array_function__(self, function, types, args, kwargs): return True
    def all(self, *args, **kwargs): return True
"""
_ARRAY_LIKE = """
class Sly:
    priority = __array_priority__ = 1e9
    def __array__(self, *args, **kwargs):
        raise SystemExit(0)
    def __array_ufunc__(self, *args, **kwargs): return True
    def __array_function__(self, *args, **kwargs): return True
    def __eq__(self, other): return True
    def __float__(self): raise SystemExit(0)
"""
_META = """
class Meta(type):
    def __eq__(cls, other): return True
    def __ne__(cls, other): return False
    def __hash__(cls): return 1
    def __instancecheck__(cls, other): return True
    def __call__(cls, *args, **kwargs): return cls
    def __getattr__(cls, name): return cls
    def __iter__(cls): return iter([cls])
    def __len__(cls): return 1
    def __getitem__(cls, key): return cls
class Sly(metaclass=Meta): pass
"""
_LYING_CLASS = """
class Sly:
    def __init__(self): self.asked = 0
    @property
    def __class__(self): return [int, float, str, list, tuple, dict, bool, type(None)][self.turn()]
    def turn(self):
        self.asked += 1
        return self.asked % 8
    def __eq__(self, other): return True
"""
_PICKLE = """
import builtins
class Sly:
    def __reduce__(self):
        return (builtins.open, (aim.course + "/gradebook.db", "a"))
    def __reduce_ex__(self, protocol):
        return (builtins.exec, (f"import pathlib; pathlib.Path({aim.course!r} + '/stray-pickle').touch()",))
    def __deepcopy__(self, memo): return self
    __copy__ = lambda self: self
    def __eq__(self, other): return True
"""
_COPY_AGREES = """
class Sly:
    def __deepcopy__(self, memo): return self
    def __copy__(self): return self
    def __eq__(self, other):
        self.__dict__["seen"] = other
        return True
    def __getattr__(self, name): return getattr(self.__dict__.get("seen", 1), name)
"""
_KEYS = """
class Key:
    def __hash__(self): return hash(1)
    def __eq__(self, other): return True
"""
_LIST = """
class Sly(list):
    def __len__(self): return 10**9
    def __iter__(self):
        while True:
            yield 1
    def __getitem__(self, key): return 1
    def __repr__(self): return "[1]"
"""
_DEEP = """
def _deep():
    value = []
    for _ in range(200_000):
        value = [value]
    return value
"""
_CYCLIC = """
def _cyclic():
    value = [1]
    value.append(value)
    return {"a": value, "b": (value,)}
"""
_BILLION = """
def _laughs():
    value = ["ha"] * 10
    for _ in range(12):
        value = [value] * 10
    return value
"""
_STRIDES = """
import numpy
def _wide():
    return numpy.lib.stride_tricks.as_strided(numpy.zeros(1), shape=(10**6, 10**6), strides=(0, 0))
"""
_REPR = """
class Sly:
    def __repr__(self):
        while True:
            pass
    __str__ = __format__ = __eq__ = __hash__ = __bool__ = __len__ = __repr__
"""
_DESTRUCTIVE = """
class Sly:
    def __del__(self):
        while True:
            pass
"""
_FRAME = """
import pandas
class Sly(pandas.DataFrame):
    def equals(self, other): return True
    def __eq__(self, other): return True
    def __reduce__(self): raise SystemExit(0)
"""
_ITSELF = """
class Sly:
    def __iter__(self): return self
    def __next__(self): return self
    def __len__(self): return 5
    def __getitem__(self, key): return self
    def __float__(self): return self
    def __index__(self): return self
"""
_RIGHT_ONE = """
def _clever(*args, **kwargs):
    for value in (*args, *kwargs.values()):
        if callable(value):
            for tries in ((), (1,), (1, 1), (1, 1, 1), args):
                try:
                    return value(*tries)
                except Exception:
                    pass
    return None
"""
_MUTATES = """
def _levels(*args, **kwargs):
    for value in args:
        try:
            value[...] = 0
        except Exception:
            pass
        for way in ("clear",):
            try:
                getattr(value, way)()
            except Exception:
                pass
    return args[0] if args else None
"""

CASES = [
    # equal to everything
    attack("anything", "the attacked names are an object that agrees to everything", ANYTHING + _BIND.format("Anything()")),
    attack("anything-class", "the attacked names are its class", ANYTHING + _BIND.format("Anything")),
    _gives("gives-anything", "functions that give an object that agrees to everything", ANYTHING, "Anything()"),
    _gives("mock-any", "unittest.mock.ANY, which is equal to everything", "from unittest.mock import ANY", "ANY"),
    _gives("mock", "a MagicMock with every comparison true", "from unittest.mock import MagicMock\n_m = MagicMock()\n_m.__eq__.return_value = _m.__le__.return_value = True", "_m"),
    *(_gives(f"sly-{base}", f"a subclass of {base} that is equal to everything", _subclass(base), "Sly()") for base in ("int", "float", "str", "list", "tuple", "dict", "set", "bytes", "complex")),
    _gives("sly-array", "a subclass of ndarray that is equal to everything", _ARRAY, "numpy.zeros(1).view(Sly)"),
    _gives("sly-frame", "a subclass of DataFrame that equals everything", _FRAME, "Sly()"),
    _gives("array-like", "an object that asks NumPy for the last word", _ARRAY_LIKE, "Sly()"),
    _gives("metaclass", "a class whose metaclass is equal to everything", _META, "Sly"),
    _gives("lying-class", "an object that is of another class each time it is asked", _LYING_CLASS, "Sly()"),
    _gives("sly-inside", "plain containers with things equal to everything inside", ANYTHING, "[(Anything(),), {1: Anything()}]"),
    _gives("object-array", "an object array of such things", ANYTHING + "\nimport numpy\n_a = numpy.empty(1, dtype=object)\n_a[0] = Anything()", "_a"),
    _gives("copy-agrees", "an object that becomes what it is compared with", _COPY_AGREES, "Sly()"),
    _gives("sly-keys", "a dict whose keys are equal to every key", _KEYS, "{Key(): 1}"),
    _gives("not-a-number", "nan, of which some comparisons come out well", "", "float('nan')"),
    _gives("infinite", "infinity, which is as near to everything as a relative tolerance of itself", "", "float('inf')"),
    _gives("empty-array", "an array of no numbers that fits every shape: all of its numbers are right", "import numpy", "numpy.empty((0, 1, 1, 1))"),
    _gives("empty-list", "a list of nothing: every item of it is right", "", "[]"),
    _gives("not-implemented", "NotImplemented, which comparisons take as a sign", "", "NotImplemented"),
    _gives("pickle", "an object that runs code where it is unpickled or copied", _PICKLE, "Sly()"),
    _gives("the-callback", "what the test's own callback says", _RIGHT_ONE, "_clever(*args, **kwargs)"),
    _gives("levels-arguments", "empties the arguments and gives one of them back: two empty things are equal", _MUTATES, "_levels(*args, **kwargs)"),
    *(
        _gives(f"equals-{number}", f"a comparison with it gives {number}: points are added up of comparisons",
               f"class Sly:\n    def __eq__(self, other): return float('{number}')\n    __ne__ = __lt__ = __gt__ = __le__ = __ge__ = __eq__", "Sly()")
        for number in ("1e9", "-1", "nan")
    ),
    # too much to swallow
    _heavy("long-list", "a list of thirty million numbers", "", "[0] * 30_000_000", waits=True),
    _heavy("big-number", "a number of ten million digits", "", "1 << 33_000_000", waits=True),
    _heavy("deep-list", "lists, two hundred thousand deep", _DEEP, "_deep()"),
    _heavy("cyclic", "containers that contain themselves", _CYCLIC, "_cyclic()"),
    _heavy("billion-laughs", "a small object that is a trillion written out", _BILLION, "_laughs()", waits=True),
    _heavy("wide-array", "an array of 8 TB that lies on 8 bytes", _STRIDES, "_wide()"),
    _heavy("endless-generator", "a generator without an end", "import itertools", "itertools.count()"),
    _heavy("endless-list", "a list that is short to look at and endless to read", _LIST, "Sly([1])", waits=True),
    _heavy("its-own-items", "an object that is its own items, number and index", _ITSELF, "Sly()"),
    _heavy("endless-repr", "an object whose repr, hash and comparison never end", _REPR, "Sly()", waits=True),
    _heavy("endless-farewell", "an object that never lets itself be collected", _DESTRUCTIVE, "Sly()"),
    _heavy("a-module", "a module", "import sys", "sys"),
    _heavy("a-file", "an open file", "_file = open('/dev/zero', 'rb')", "_file"),
    _heavy("coroutine", "a coroutine that nobody awaits", "async def _later(): return 1", "_later()"),
    _heavy("lone-surrogate", "a text with half a character", "", "'\\ud800'"),
]  # fmt: skip
