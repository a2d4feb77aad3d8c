"""How a cell ended where it did not end well, and why nothing could be graded at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


class KernelTrouble(Exception):
    """Nothing can be graded on this machine. The text says why and what to do; the learner's work has nothing to do with it."""


class Stopped(Exception):
    """Whoever asked for the run no longer wants it."""


@dataclass(frozen=True)
class Ended:
    """How a cell ended, where not well: with an exception, with the process's death, or not in time.

    ``dead`` says that the process it ran in has to be given up with it.
    """

    kind: Literal["error", "crashed", "timed out"]
    name: str = ""
    text: str = ""
    dead: bool = False


#: What a test cell came to: how it ended where it failed, a number where its last line was one (partial credit), else None.
Verdict = Ended | float | None
