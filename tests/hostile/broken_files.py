"""Files that are no notebook, or one that went wrong on its way: what learners' disks, mails and editors make of them."""

from __future__ import annotations

import gzip
import json
import os
import random
from collections.abc import Callable

from autograder.intake import Notebook
from tests.hostile.case import (
    LOSES_NOTHING,
    NOTHING_DONE,
    UNREADABLE,
    Case,
    Files,
    Link,
    Special,
    edited,
    notebook,
    saved,
)
from tests.hostile.lesson import Lesson


def _put(lesson: Lesson, what: bytes | Link | Special) -> Files:
    return {lesson.file: what}


def _remade(change: Callable[[Notebook], Notebook]) -> Callable[[bytes], bytes]:
    return lambda data: json.dumps(change(json.loads(data))).encode()


def _version_3(lesson: Lesson) -> Files:
    """The notebook as IPython 3 wrote it: worksheets, and code in ``input``."""
    cells = []
    for cell in lesson.solved()["cells"]:
        old = {"cell_type": cell["cell_type"], "metadata": cell["metadata"]}
        if cell["cell_type"] == "code":
            old |= {
                "input": cell["source"],
                "language": "python",
                "outputs": [],
                "collapsed": False,
                "prompt_number": 1,
            }
        else:
            old |= {"source": cell["source"]}
        cells.append(old)
    return notebook(
        lesson,
        {
            "metadata": {"name": ""},
            "nbformat": 3,
            "nbformat_minor": 0,
            "worksheets": [{"cells": cells, "metadata": {}}],
        },
    )


def _stored_output(lesson: Lesson, book: Notebook) -> None:
    book["cells"][-1]["outputs"] = []
    for cell in book["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x" * (8 << 20)}]
            return


def _attached(lesson: Lesson, book: Notebook) -> None:
    for cell in book["cells"]:
        if cell["cell_type"] == "markdown":
            cell["attachments"] = {"../../etc/passwd": {"image/png": "AAAA"}, "x.png": {"image/png": "A" * 100_000}}


def _numbers(lesson: Lesson, book: Notebook) -> None:
    book["metadata"]["odd"] = [float("nan"), float("inf"), -0.0, 1e308]


def _beside(more: Files) -> Callable[[Lesson], Files]:
    return lambda lesson: {**notebook(lesson, lesson.solved()), **more}


_EXTRA: Files = {
    "numpy.py": b"raise RuntimeError('a file of the submission was imported')",
    "math.py": b"raise RuntimeError('a file of the submission was imported')",
    "sitecustomize.py": b"raise RuntimeError('a file of the submission was imported')",
    "nbgrader_config.py": b"raise RuntimeError('a configuration of the submission was read')",
    "conftest.py": b"raise RuntimeError('a file of the submission was imported')",
    ".hidden": b"x",
    "a name with spaces \xe9\U0001f600.txt": b"x",
    "-rf": b"x",
    "big.bin": bytes(3 << 20),
    "second.ipynb": b"{}",
}
_LINKS: Files = {
    "data.csv": Link("{course}/source"),
    "passwd": Link("/etc/passwd"),
    "loop": Link("loop"),
    "home": Link("{home}"),
    "up": Link("../../../.."),
    "pipe": Special("fifo"),
    "door": Special("socket"),
}

CASES = [
    saved("not-json", "broken", "text that is no JSON", lambda data: b"print('hello')\n"),
    saved("html-page", "broken", "a log-in page that was saved as a notebook", lambda data: b"<!DOCTYPE html><html>Sign in</html>"),
    saved("script", "broken", "the notebook exported as a script, under the notebook's name", lambda data: b"# %%\nx = 1\n"),
    saved("empty", "broken", "a file of no bytes", lambda data: b""),
    saved("cut-short", "broken", "the disk was full while it was saved", lambda data: data[: len(data) * 2 // 3]),
    saved("trailing-text", "broken", "two saves written over each other", lambda data: data + data[-40:]),
    saved("conflict-marks", "broken", "git's marks of a merge conflict", lambda data: b"<<<<<<< HEAD\n" + data + b"=======\n>>>>>>> x\n"),
    saved("binary", "broken", "random bytes", lambda data: random.Random(1).randbytes(4000)),
    saved("gzipped", "broken", "compressed by someone helpful", gzip.compress),
    saved("utf-16", "broken", "saved as UTF-16", lambda data: data.decode().encode("utf-16")),
    saved("latin-1", "broken", "saved as Latin-1, with an accent in it", lambda data: data.replace(b'"cells"', b'"caf\xe9": 1, "cells"', 1)),
    saved("byte-order-mark", "broken", "saved by Windows Notepad: a mark in front, CRLF", lambda data: b"\xef\xbb\xbf" + data.replace(b"\n", b"\r\n"), LOSES_NOTHING),
    saved("deep-json", "broken", "a hundred thousand brackets", lambda data: b'{"nbformat": 4, "metadata": ' + b"[" * 100_000 + b"]" * 100_000 + b', "cells": []}'),
    saved("long-number", "broken", "a number of a million digits", lambda data: b'{"nbformat": 4, "metadata": {"x": ' + b"9" * 1_000_000 + b'}, "cells": []}'),
    saved("list", "broken", "JSON, but a list", lambda data: b"[]"),
    saved("null", "broken", "JSON, but null", lambda data: b"null"),
    saved("format-5", "broken", "a notebook format that is still to come", _remade(lambda b: b | {"nbformat": 5})),
    saved("format-99", "broken", "a notebook format that will never come", _remade(lambda b: b | {"nbformat": 99, "nbformat_minor": -1})),
    saved("format-text", "broken", "the format as a text", _remade(lambda b: b | {"nbformat": "four"})),
    saved("format-true", "broken", "the format is true, which counts as the number 1 in Python", _remade(lambda b: b | {"nbformat": True})),
    saved("cells-missing", "broken", "no cells", _remade(lambda b: {k: v for k, v in b.items() if k != "cells"})),
    saved("cells-object", "broken", "the cells are no list", _remade(lambda b: b | {"cells": {"0": b["cells"][0]}})),
    saved("cells-none", "broken", "a notebook without any cell", _remade(lambda b: b | {"cells": []}), NOTHING_DONE),
    saved("cells-odd", "broken", "things between the cells that are none", _remade(lambda b: b | {"cells": [None, 3, "cell", [], {}, *b["cells"], {"cell_type": 7}]}), LOSES_NOTHING),
    saved("metadata-missing", "broken", "the notebook has lost its metadata", _remade(lambda b: {k: v for k, v in b.items() if k != "metadata"}), LOSES_NOTHING),
    saved("metadata-list", "broken", "the notebook's metadata is a list", _remade(lambda b: b | {"metadata": [1, 2]}), LOSES_NOTHING),
    saved("cells-twice", "broken", "the key of the cells is there twice; JSON readers take the last", lambda data: b'{"cells": [],' + data.lstrip()[1:], LOSES_NOTHING),
    Case("version-3", "broken", "an old notebook, nbformat 3", _version_3, LOSES_NOTHING),
    edited("odd-numbers", "broken", "NaN and infinity, which are no JSON but which Python writes", _numbers),
    edited("stored-outputs", "broken", "8 MB of output stored in a cell", _stored_output),
    edited("attachments", "broken", "attachments, one with a name that leads upwards", _attached),
    Case("renamed", "broken", "the notebook has another name", lambda x: {f"{x.stem} (1).ipynb": x.dump(x.solved())}, UNREADABLE),
    Case("folder-empty", "broken", "nothing was handed in", lambda x: {}, UNREADABLE),
    Case("folder", "broken", "a folder of the notebook's name", lambda x: _put(x, Special("folder")), UNREADABLE),
    Case("fifo", "hostile", "a FIFO: whoever opens it waits for ever", lambda x: _put(x, Special("fifo")), UNREADABLE),
    Case("socket", "hostile", "a socket in place of the notebook", lambda x: _put(x, Special("socket")), UNREADABLE),
    Case("sparse", "hostile", "10 GB that take no space on the disk", lambda x: _put(x, Special("sparse")), UNREADABLE),
    Case("link-dangling", "broken", "a link to nothing", lambda x: _put(x, Link("nothing.ipynb")), UNREADABLE),
    Case("link-loop", "hostile", "a link to itself", lambda x: _put(x, Link(x.file)), UNREADABLE),
    Case("link-endless", "hostile", "a link to a device without an end", lambda x: _put(x, Link("/dev/zero")), UNREADABLE),
    Case(
        "link-source", "gaming", "a link to the instructor's notebook, with all the solutions",
        lambda x: _put(x, Link(f"{{course}}/source/{x.places.assignment}/{x.file}")), UNREADABLE,
    ),
    Case(
        "link-other", "gaming", "a link to what another student handed in",
        lambda x: _put(x, Link(f"{{course}}/submitted/other/{x.places.assignment}/{x.file}")), UNREADABLE,
    ),
    Case(
        "sealed", "broken", "a file that nobody may read (root may)", lambda x: _put(x, Special("sealed", x.dump(x.untouched()))),
        lambda x: UNREADABLE if os.geteuid() else NOTHING_DONE,
    ),
    Case("extra-files", "hostile", "files named like modules and configurations beside the notebook", _beside(_EXTRA), LOSES_NOTHING, lingers=True),
    Case("extra-links", "hostile", "links out of the folder, a FIFO and a socket beside the notebook", _beside(_LINKS), LOSES_NOTHING, lingers=True),
]  # fmt: skip
