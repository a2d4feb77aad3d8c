"""Ratings of which everything is known: what everybody would say of everything, how loud the noise is, and why cells are missing.

::

    made = ratings.generate(seed=42)               # 600 users, 400 items, three cells in ten observed
    made.users, made.items, made.values, made.times  # four arrays, one entry a rating, the earliest first
    made.means[3, 17]                              # what user 3 would say of item 17 but for the noise, whose deviation is made.sigma
    made.propensities[3, 17]                       # the probability with which this cell is observed
    ratings.generate(missing="popularity")         # popular items are rated more often, and better

A rating is mean + bias of the user + bias of the item + a product of five factors + noise. `datasets/ratings.md` says what else is planted;
`tests/unit/test_lab_ratings.py` holds it to that.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["DAY", "LATE", "Ratings", "generate"]

DAY = 86_400  #: seconds
LATE = 330 * DAY  #: late users come after this time; a split by time here leaves them, and the cold items, to the test
_NEWS, _END = 360 * DAY, 365 * DAY  # cold items are rated after everything else
_RANK = 5
_RATERS = 3  # of each cold item

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Ratings:
    """What :func:`generate` made, and all that is known of it. Users and items are numbered from 0."""

    users: Ints
    items: Ints
    values: Floats  #: on an open scale around ``mean``, in hundredths
    times: Ints  #: seconds from the beginning, ascending, no two the same
    means: Floats  #: users x items: mean + user_bias + item_bias + user_factors @ item_factors.T
    propensities: Floats  #: users x items
    mean: float
    user_bias: Floats
    item_bias: Floats
    user_factors: Floats  #: users x 5
    item_factors: Floats  #: items x 5
    sigma: float  #: standard deviation of the noise
    late_users: tuple[int, ...]  #: all their ratings are later than ``LATE``
    single_users: tuple[int, ...]  #: rated one item
    cold_items: tuple[int, ...]  #: rated by three users, by each as the last thing they did


def generate(
    seed: int = 42,
    users: int = 600,
    items: int = 400,
    density: float = 0.3,
    sigma: float = 0.5,
    missing: str = "random",
) -> Ratings:
    """Ratings: the same for the same arguments. ValueError for fewer than 40 users or 40 items, or another kind of ``missing``.

    ``missing`` is "random" (each cell is observed with probability ``density``) or "popularity" (with a probability of its item).
    """
    if users < 40 or items < 40 or missing not in ("random", "popularity"):
        raise ValueError("at least 40 users and 40 items are needed, missing at random or by popularity")
    truth, seen, noise, clock = (np.random.default_rng([seed, stream]) for stream in range(4))
    mean, user_bias, item_bias = 3.5, 0.4 * truth.standard_normal(users), 0.5 * truth.standard_normal(items)
    # Each product of factors has variance 0.8 ** 2: five times the square of 0.8 / sqrt 5.
    user_factors = (0.64 / _RANK) ** 0.25 * truth.standard_normal((users, _RANK))
    item_factors = (0.64 / _RANK) ** 0.25 * truth.standard_normal((items, _RANK))
    means = mean + user_bias[:, None] + item_bias + user_factors @ item_factors.T

    people, things = seen.permutation(users), seen.permutation(items)
    late, single, regular = np.split(people, [users // 30, users // 20])
    cold, usual = np.split(things, [items // 40])
    propensities = np.zeros((users, items))
    propensities[np.ix_(regular, usual)] = density if missing == "random" else _popular(seen, item_bias[usual], density)
    propensities[np.ix_(late, usual)] = 10 / len(usual)
    observed = seen.random((users, items)) < propensities
    for user in single:
        observed[user, seen.choice(usual)] = True
    propensities[np.ix_(single, usual)] = 1 / len(usual)
    raters = seen.permutation(regular)[: _RATERS * len(cold)]
    observed[raters, np.repeat(cold, _RATERS)] = True
    propensities[np.ix_(regular, cold)] = _RATERS / len(regular)

    at, of = np.nonzero(observed)
    fresh, new = np.isin(at, late), np.isin(of, cold)
    begin = np.select([new, fresh], [_NEWS, LATE], 0)
    end = np.where(new, _END, _NEWS)
    times = (begin + clock.random(len(at)) * (end - begin)).astype(np.int64)
    order = np.argsort(times, kind="stable")
    places = np.arange(len(at))
    times = np.maximum.accumulate(times[order] - places) + places  # who came in the same second comes a second later
    at, of = at[order], of[order]
    values = np.round(means[at, of] + sigma * noise.standard_normal(len(at)), 2)
    return Ratings(
        at, of, values, times, means, propensities, mean, user_bias, item_bias, user_factors, item_factors, sigma,
        *(tuple(sorted(group.tolist())) for group in (late, single, cold)),
    )  # fmt: skip


def _popular(seen: np.random.Generator, bias: Floats, density: float) -> Floats:
    """The probability with which each item is rated: falls with its rank, and the better an item, the likelier a high rank."""
    rank = np.argsort(np.argsort(-(bias + 0.25 * seen.standard_normal(len(bias))))) + 1
    weight = rank**-0.5
    return np.clip(density * weight / weight.mean(), 0.01, 0.9)
