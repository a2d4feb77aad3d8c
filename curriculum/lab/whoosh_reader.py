"""The program that opens a Whoosh index in a process of its own, and prints what it holds as JSON. Only `whoosh_index` starts it.

Whoosh keeps its schema, its segments, stored fields and postings as pickles, and a pickle may call anything that it can
name. So this program names little: `pickle` is replaced before Whoosh is imported, by an unpickler that knows the classes
an honest index is made of, and refuses the rest. Analyzers and their functions are not even made, since nothing is
analysed here: `Blank` objects stand for them. After its imports the program reads within the folder only.
"""

from __future__ import annotations

import contextlib
import datetime
import decimal
import importlib
import io
import json
import os
import pickle
import sys
import uuid
import warnings
from collections import OrderedDict, defaultdict
from types import ModuleType
from typing import Any

MEMORY, PROCESSOR_SECONDS, ANSWER = 2 << 30, 20, 24 << 20
FORBIDDEN, FAMILIES = ("compile", "exec", "import", "ctypes.dlopen"), ("os.", "shutil.", "socket.", "subprocess.")


class Refused(Exception):
    """The index names something that no index needs."""


class NoIndex(Exception):
    """The folder has no index of this name."""


class Blank:
    """Stands for what is not needed to read: analyzers, patterns, stemmers, columns. Takes everything, does nothing."""

    def __new__(cls, *arguments: object, **options: object) -> Blank:
        return object.__new__(cls)

    def __init__(self, *arguments: object, **options: object) -> None:
        pass

    def __setstate__(self, state: object) -> None:
        pass


def text_to_bytes(text: str, encoding: str = "latin1") -> bytes:
    """Bytes stand in old pickles as text that is to be encoded."""
    return text.encode("latin1")


PLAIN = (bool, int, float, complex, str, bytes, bytearray, list, tuple, dict, set, frozenset, object)
KNOWN: dict[tuple[str, str], Any] = {
    (module, kind.__name__): kind for kind in PLAIN for module in ("builtins", "__builtin__")
} | {
    ("__builtin__", "long"): int,
    ("__builtin__", "unicode"): str,
    ("_codecs", "encode"): text_to_bytes,
    ("collections", "OrderedDict"): OrderedDict,
    ("collections", "defaultdict"): defaultdict,
    ("datetime", "date"): datetime.date,
    ("datetime", "datetime"): datetime.datetime,
    ("datetime", "time"): datetime.time,
    ("datetime", "timedelta"): datetime.timedelta,
    ("decimal", "Decimal"): decimal.Decimal,
    ("uuid", "UUID"): uuid.UUID,
}
FIELDS = [
    "BOOLEAN",
    "DATETIME",
    "ID",
    "IDLIST",
    "KEYWORD",
    "NGRAM",
    "NGRAMWORDS",
    "NUMERIC",
    "STORED",
    "SpellField",
    "TEXT",
    "Schema",
]
FORMATS = ["Existence", "Frequency", "Positions", "Characters", "PositionBoosts", "CharacterBoosts"]
WHOOSH = {"whoosh.fields": FIELDS, "whoosh.formats": FORMATS, "whoosh.codec.whoosh3": ["W3Codec", "W3Segment"]}
BLANK = ("whoosh.analysis", "whoosh.lang", "whoosh.columns", "re")


class Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if any(module == known or module.startswith(known + ".") for known in BLANK):
            return Blank
        if (module, name) not in KNOWN:
            raise Refused(f"{module}.{name}")
        return KNOWN[module, name]

    def persistent_load(self, pid: object) -> Any:
        raise Refused("an object outside the index")


def restricted_load(file: Any, **options: object) -> Any:
    return Unpickler(file).load()


def restricted_loads(data: bytes, **options: object) -> Any:
    return Unpickler(io.BytesIO(data)).load()


def import_whoosh() -> None:
    """Whoosh, with our unpickler wherever it has one; it warns about its own syntax on newer Pythons."""
    ours: dict[str, Any] = {"load": restricted_load, "loads": restricted_loads, "Unpickler": Unpickler}
    for name, replacement in ours.items():
        setattr(pickle, name, replacement)
    warnings.simplefilter("ignore")
    for unused in ("asyncio", "urllib.request"):  # imported by Whoosh, half of a start's time, and never called here
        sys.modules[unused] = module = ModuleType(unused)
        vars(module).update(coroutine=Blank, iscoroutinefunction=lambda function: False, urlretrieve=Blank)
    for home, names in WHOOSH.items():
        loaded = importlib.import_module(home)
        KNOWN.update({(home, name): getattr(loaded, name) for name in names})
    for later in ("whoosh.index", "whoosh.reading", "whoosh.matching", "whoosh.query", "encodings.latin_1"):
        importlib.import_module(later)
    importlib.import_module("whoosh.legacy").toc_loaders.clear()  # formats of old, unpickled in other ways


def confine(folder: str) -> None:
    """From here on: no other files, no programs, no network, and no more than so much memory and time."""
    with contextlib.suppress(ImportError):  # Windows has no such limits; there the one who starts this ends it in time
        import resource

        for kind, limit in (
            (resource.RLIMIT_AS, MEMORY),
            (resource.RLIMIT_CPU, PROCESSOR_SECONDS),
            (resource.RLIMIT_FSIZE, 0),
        ):
            with contextlib.suppress(ValueError, OSError):
                resource.setrlimit(kind, (limit, limit))

    def guard(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, _, flags = arguments
            inside = isinstance(path, str) and os.path.dirname(os.path.realpath(path)) == folder
            if not inside or flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
                raise Refused("a file outside its folder")
        elif event in FORBIDDEN or (event.startswith(FAMILIES) and event not in ("os.listdir", "os.scandir")):
            raise Refused(f"the right to {event}")

    sys.addaudithook(guard)


def plain(value: Any) -> Any:
    """A stored value as JSON has it; dates and numbers of other kinds as text."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, set | frozenset):
        return sorted((plain(each) for each in value), key=str)
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, bytes):
        return value.decode("latin1")
    if isinstance(value, datetime.date | datetime.time | datetime.timedelta | decimal.Decimal | uuid.UUID):
        return str(value)
    raise Refused(f"a stored value of type {type(value).__name__}")


def named(stored: dict[int, dict[str, Any]], key: str) -> dict[int, str]:
    """Document number -> the value of its key field; a value that occurs again gets #2, #3, …"""
    names: dict[int, str] = {}
    seen: dict[str, int] = {}
    for number, fields in stored.items():
        name = str(fields.get(key, f"document without {key}"))
        seen[name] = seen.get(name, 0) + 1
        names[number] = name if seen[name] == 1 else f"{name}#{seen[name]}"
    return names


def postings_of(matcher: Any, form: Any, names: dict[int, str]) -> dict[str, Any]:
    """Document -> the ascending positions of the term in it; its frequency where the field keeps no positions."""
    postings: dict[str, Any] = {}
    while matcher.is_active():
        if form.supports("positions"):
            postings[names[matcher.id()]] = [int(place) for place in matcher.value_as("positions")]
        else:
            postings[names[matcher.id()]] = int(matcher.value_as("frequency"))
        matcher.next()
    return postings


def contents(folder: str, indexname: str, key: str) -> dict[str, Any]:
    index = importlib.import_module("whoosh.index")
    if not os.path.isdir(folder) or not index.exists_in(folder, indexname):
        raise NoIndex
    opened = index.open_dir(folder, indexname, readonly=True)
    reader = opened.reader()
    stored = {number: reader.stored_fields(number) for number in reader.all_doc_ids()}
    names = named(stored, key)
    fields: dict[str, Any] = {}
    terms: dict[str, Any] = {}
    for name, field in opened.schema.items():
        kind = type(field).__name__
        fields[name] = {
            "kind": kind,
            "indexed": bool(field.indexed),
            "stored": bool(field.stored),
            "unique": bool(field.unique),
            "positions": bool(field.format and field.format.supports("positions")),
        }
        if field.indexed and kind not in ("NUMERIC", "DATETIME", "BOOLEAN"):
            terms[name] = {
                term.decode("utf-8", "replace"): {
                    "df": reader.doc_frequency(name, term),
                    "postings": postings_of(reader.postings(name, term), field.format, names),
                }
                for term in reader.lexicon(name)
            }
    return {
        "documents": reader.doc_count(),
        "deleted": reader.doc_count_all() - reader.doc_count(),
        "segments": len(opened._segments()),
        "fields": fields,
        "stored": [plain(fields) for fields in stored.values()],
        "terms": terms,
    }


def main(folder: str, indexname: str, key: str) -> None:
    out = sys.stdout
    folder = os.path.realpath(folder)
    try:
        import_whoosh()
        confine(folder)
        answer = json.dumps(contents(folder, indexname, key))
        if len(answer) > ANSWER:
            answer = json.dumps({"broken": "it holds more than a test reads"})
    except NoIndex:
        answer = json.dumps({"missing": True})
    except Refused as error:
        answer = json.dumps({"refused": str(error)[:200]})
    except Exception as error:  # noqa: BLE001 - whatever Whoosh makes of a damaged index
        answer = json.dumps({"broken": f"Whoosh cannot read it: {type(error).__name__}: {error}"[:300]})
    out.write(answer)


if __name__ == "__main__":
    main(*sys.argv[1:])
