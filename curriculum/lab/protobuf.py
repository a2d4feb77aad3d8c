"""Protocol Buffers for lessons: the text of a .proto file in, message classes out::

    kinds = protobuf.build('''
        syntax = "proto3";
        message Point { sint32 x = 1; sint32 y = 2; }
    ''')
    data = kinds["Point"](x=3, y=-1).SerializeToString()

:func:`build` starts the real compiler, ``protoc`` from the package ``grpcio-tools``, once for each text; it works in a
temporary folder that is gone when the call returns, and nothing keeps running. The classes belong to a pool of
descriptors of their own, so two versions of one message can live side by side, which generated modules cannot do: they
all register in one pool for the whole process.
"""

from __future__ import annotations

import functools
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

#: What protoc calls the text in its messages.
NAME = "lesson.proto"
#: The compiler, isolated from the working directory and the environment's Python settings.
PROTOC = (sys.executable, "-I", "-m", "grpc_tools.protoc")
#: Seconds that a compilation may take; it takes 0.2.
LIMIT = 30


class CompileError(Exception):
    """protoc refused the text; the message is protoc's own, one mistake a line, as ``lesson.proto:line:column: …``."""


@functools.cache
def build(text: str) -> Mapping[str, type[Any]]:
    """The message classes that a .proto text defines, by full name ("Order", "shop.Order", "Order.Line" for a nested one).

    The text may import the files that come with Protocol Buffers (``google/protobuf/timestamp.proto``), no others. The
    same text gives the same classes. Raises :class:`CompileError` with protoc's own words.
    """
    files = descriptor_pb2.FileDescriptorSet.FromString(_descriptors(text)).file
    pool = descriptor_pool.DescriptorPool()
    for file in files:  # imported files come first
        pool.Add(file)
    messages = pool.FindFileByName(NAME).message_types_by_name.values()
    return MappingProxyType({kind.full_name: message_factory.GetMessageClass(kind) for kind in _all(messages)})


def _all(messages: Iterable[Any]) -> Iterable[Any]:
    """These message types and those nested in them; the entries that stand for a map field are no messages of their own."""
    for message in messages:
        if not message.GetOptions().map_entry:
            yield message
            yield from _all(message.nested_types)


def _descriptors(text: str) -> bytes:
    """What protoc makes of the text: a serialised FileDescriptorSet, with all that it imports."""
    with tempfile.TemporaryDirectory() as folder:
        source, result = Path(folder, NAME), Path(folder, "descriptors")
        source.write_text(text, encoding="utf-8")
        done = subprocess.run(
            # A process of its own: in this one, what protoc has to say would go past Python's sys.stderr.
            [*PROTOC, f"-I{folder}", "--include_imports", f"--descriptor_set_out={result}", NAME],
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            stdin=subprocess.DEVNULL,
            timeout=LIMIT,
            check=False,
        )
        if done.returncode != 0:
            lines = [line.replace(f"{folder}/", "") for line in done.stderr.splitlines()]
            mistakes = [line for line in lines if line.startswith(NAME)]  # without the compiler's own log
            raise CompileError("\n".join(mistakes or lines) or f"protoc ended with status {done.returncode}")
        return result.read_bytes()
