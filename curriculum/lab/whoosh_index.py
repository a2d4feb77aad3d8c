"""What a Whoosh index holds, as plain data, for tests of a learner's index.

    held = whoosh_index.read(folder)
    held["terms"]["body"]["ship"]  # {"df": 2, "postings": {"d1": [0, 4], "d7": [2]}}

Whoosh unpickles what it opens, and who writes an index may put anything into a pickle. So the index is opened by
`whoosh_reader`, in a fresh process that knows only the classes of an honest index; JSON comes back.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from curriculum.lab.check import CheckFailed

_READER = Path(__file__).with_name("whoosh_reader.py")


class Unread(CheckFailed):
    """The index was not read; a test that lets this pass has failed, and says why."""

    def __init__(self, got: str, idea: str) -> None:
        super().__init__(
            called="reading the Whoosh index in the folder",
            got=got,
            expected="an index that Whoosh opens, made of Whoosh's own parts",
            idea=idea,
        )


class NoIndex(Unread):
    """There is no index in the folder."""


class Refused(Unread):
    """The index names something that no index needs; the message says what."""


def read(folder: str | Path, indexname: str = "MAIN", *, key: str = "name", seconds: float = 30) -> dict[str, Any]:
    """The index `indexname` in `folder`; documents are called by their stored field `key`.

    ``documents`` and ``deleted`` count documents, ``segments`` segments; ``fields`` says of each field its ``kind`` and
    whether it is ``indexed``, ``stored``, ``unique`` and has ``positions``; ``stored`` lists the stored fields of the
    documents that are not deleted, in their order. ``terms`` leads from a field and a term to its ``df`` as Whoosh has
    it, which counts deleted documents too, and to its ``postings`` without them: document to ascending positions, or to
    a frequency where the field keeps no positions. Terms of numbers, dates and truth values are left out. A key that
    occurs again gets ``#2``, ``#3``; what JSON does not know (dates, decimals, bytes) is text.
    """
    command = [sys.executable, "-I", "-B", "-W", "ignore", str(_READER), str(folder), indexname, key]
    try:
        done = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, timeout=seconds, check=False)
        answer = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        raise Unread("it takes longer than a test waits", "an index of this size is read at once") from None
    except ValueError:
        raise Unread("the reader ended without an answer", "is the index whole, and committed?") from None
    if "missing" in answer:
        raise NoIndex("no index there", "create the index in the folder that you are given, and commit")
    if "refused" in answer:
        raise Refused(f"refused: the index asks for {answer['refused']}", "make an index of Whoosh's own classes only")
    if "broken" in answer:
        raise Unread(answer["broken"], "is the index whole, and committed?")
    return dict(answer)
