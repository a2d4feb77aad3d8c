"""The last result of each lesson, kept to be shown again: after the notebook was closed, or its server ended.

One JSON file a lesson beside what was handed in. The scores that count are the gradebook's; a file that is damaged or gone
costs the messages of one check, and the next check writes it anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any

from autograder.ledger import Fingerprint
from autograder.results import Result
from autograder.stored import Graded, from_json, to_json
from curriculum.catalogue import ReleasedLesson
from curriculum.files import write_whole

_KINDS: Mapping[str, tuple[type, ...]] = {
    "str": (str,), "State": (str,), "Trust": (str,), "float": (int, float), "bool": (bool,),
}  # fmt: skip


@dataclass(frozen=True)
class LastResult:
    """What a lesson's last check came to.

    ``cells`` is the digest of each solution cell as it was graded, by ``grade_id`` (handing_in.digests); ``tests`` is the
    fingerprint of the course's notebook that it was graded by, ``work`` the SHA-256 of the learner's, once it is kept.
    """

    result: Result
    cells: Mapping[str, str] = field(default_factory=dict)
    tests: str = ""
    when: str = ""
    work: str = ""


def path_of(root: Path, learner: str, name: str) -> Path:
    """Where a last result lies: of a lesson by `name_of`, of a fresh attempt by the name that it has itself.

    It is outside the folders that nbgrader copies.
    """
    return root / "submitted" / learner / ".results" / f"{name}.json"


def name_of(lesson: ReleasedLesson) -> str:
    return f"{lesson.unit}-{lesson.stem}"


def keep(root: Path, learner: str, name: str, last: LastResult, graded: Path) -> None:
    """Put the result of the notebook ``graded`` in place of the one before, whole or not at all. Raises OSError."""
    path = path_of(root, learner, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    work = hashlib.sha256(graded.read_bytes()).hexdigest()
    held = to_json(Graded(learner, name, Fingerprint(work, last.tests), last.result))
    write_whole(path, json.dumps({**held, "cells": dict(last.cells)}, ensure_ascii=False).encode())


def last_result(root: Path, learner: str, name: str) -> LastResult | None:
    """The last result under a name, None where there is none that can be read."""
    try:
        held = json.loads(path_of(root, learner, name).read_text(encoding="utf-8"))
        graded = from_json(learner, name, held)
        cells = {str(name): str(digest) for name, digest in held["cells"].items()}
        if graded.result is None or not _whole(graded.result):
            return None
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None
    return LastResult(graded.result, cells, graded.fingerprint.tests, graded.when, graded.fingerprint.work)


def _whole(part: Any) -> bool:
    """Whether a result, or a part of it, holds what it should: a file may have been edited by hand."""
    for each in fields(part):
        value = getattr(part, each.name)
        if isinstance(value, list):
            if not all(isinstance(one, str) or (is_dataclass(one) and _whole(one)) for one in value):
                return False
        elif not isinstance(value, _KINDS.get(str(each.type), ())) or value != value:
            return False
    return True
