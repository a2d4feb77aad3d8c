"""Where all of the library's chance comes from."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable, Sequence
from typing import TypeVar

import numpy as np

_T = TypeVar("_T")


class Dice:
    """All that is drawn comes from one stream of numbers in [0, 1), so that it stays the same wherever this runs."""

    def __init__(self, seed: int, stream: int) -> None:
        self._rng = np.random.default_rng([seed, stream])
        self._ready: list[float] = []

    def number(self) -> float:
        if not self._ready:
            self._ready = self._rng.random(4096).tolist()  # one at a time would take five times as long
        return self._ready.pop()

    def between(self, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``, both included."""
        return low + int(self.number() * (high - low + 1))

    def one(self, things: Sequence[_T]) -> _T:
        return things[int(self.number() * len(things))]

    def shuffled(self, things: Iterable[_T]) -> list[_T]:
        return [thing for _, thing in sorted(((self.number(), thing) for thing in things), key=lambda pair: pair[0])]

    def weighted(self, things: Sequence[_T], upto: Sequence[float]) -> _T:
        """One of ``things`` by weights, given as their running sums (of which there may be more than things)."""
        last = len(things) - 1
        return things[bisect(upto, self.number() * upto[last], 0, last)]
