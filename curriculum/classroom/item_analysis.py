"""How hard an exercise was for a class, and whether it tells those who know the section from those who do not.

Difficulty is the mean share of its points that students got (classical test theory's p value). Discrimination is asked for in
two ways. The item-rest correlation is that of the share with the student's mean share of the section's other exercises,
without the exercise itself, which would correlate with itself (S. Henrysson, Correction of item-total correlations in item
analysis, Psychometrika 28, 1963, 211-218); for exercises that are right or wrong it is the point-biserial correlation. The
upper-lower index is the mean share of the best 27 % of students minus that of the last 27 % (T. L. Kelley, The selection of
upper and lower groups for the validation of test items, Journal of Educational Psychology 30, 1939, 17-24).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: With fewer students chance decides.
FEWEST = 10
_TAIL = 0.27

Shares = NDArray[np.float64]


@dataclass(frozen=True)
class Item:
    """Of one exercise: ``n`` students whose day was graded, their mean share (None without any), how many got all of it.

    ``correlation`` and ``upper_lower`` are None for fewer than ten students with other exercises, or where all are alike.
    ``compared`` is the number of students that they are of.
    """

    n: int
    mean: float | None
    full: int
    compared: int
    correlation: float | None
    upper_lower: float | None


def analyse(shares: Shares) -> Iterator[Item]:
    """For each exercise of a section, in order. ``shares`` (students, exercises) are in [0, 1], NaN where there is no score."""
    there = ~np.isnan(shares)
    filled = np.where(there, shares, 0.0)
    total, count = filled.sum(axis=1), there.sum(axis=1)
    for at in range(shares.shape[1]):
        mine = filled[there[:, at], at]
        compared = there[:, at] & (count > 1)
        rest = (total[compared] - filled[compared, at]) / (count[compared] - 1)
        mean = float(mine.mean()) if len(mine) else None
        correlation, upper_lower = _discrimination(filled[compared, at], rest)
        yield Item(len(mine), mean, int((mine > 1 - 1e-9).sum()), len(rest), correlation, upper_lower)


def _discrimination(item: Shares, rest: Shares) -> tuple[float | None, float | None]:
    if len(item) < FEWEST:
        return None, None
    order = np.argsort(rest, kind="stable")
    tail = max(1, round(_TAIL * len(item)))
    # Students who tie at the edge of a tail must not be in it by chance of their place in the list: all of them count.
    low, high = rest[order[tail - 1]], rest[order[-tail]]
    if low >= high:
        return None, None
    difference = float(item[rest >= high].mean() - item[rest <= low].mean())
    spread = item.std() * rest.std()
    if spread < 1e-12:
        return None, difference
    return float(((item - item.mean()) * (rest - rest.mean())).mean() / spread), difference
