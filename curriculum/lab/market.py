"""Market baskets of which everything is known: what is bought together, by how much more often than chance, and what is not.

::

    shop = market.generate(seed=42, baskets=20_000, items=500)
    shop.baskets[0]                                # ("bag", "bread 1", "soup 2"): items in the order of shop.items, each once
    shop.planted[0]                                # Planted(kind="substitutes", items=("milk 1", "eggs 1"), lift=0.25)
    shop.lift(["milk 1"], ["eggs 1"])              # 0.25, of the law that baskets are drawn from, not of the baskets
    market.generate(seed=42, planted=False)        # the same popularities, and nothing bought together but by chance

Items fall into blocks; what is bought of one block is independent of what is bought of others, so items of two blocks have lift 1. Within a
block the probability of each of the choices is written down, and from these numbers baskets are drawn and truths are computed.
`datasets/market-baskets.md` says what is planted; `tests/unit/test_lab_market.py` holds it to that.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from curriculum.lab.library.dice import Dice

__all__ = ["Market", "Planted", "generate"]

_FEWEST_ITEMS = 50
_COMMON = 0.95  # the share of baskets with a bag
_GOODS = (
    "bread", "milk", "eggs", "cheese", "apples", "tea", "coffee", "pasta", "rice", "butter", "soup", "yoghurt", "beans",
    "honey", "juice", "salad", "onions", "lemons", "flour", "salt", "nuts", "olives", "jam", "soap", "candles",
)  # fmt: skip


@dataclass(frozen=True)
class Planted:
    """Items that are not independent."""

    kind: str  #: "substitutes", "rule", "pair" or "set"
    items: tuple[str, ...]  #: of a rule the last follows from those before
    lift: float  #: P(all) over the product of the items' own; of a rule, whose first items are independent: over P(those before) P(the last)


@dataclass(frozen=True)
class _Block:
    """Items that may depend on each other, and the probability of each choice: bit k of its number says whether item k is in it."""

    items: tuple[str, ...]
    chances: tuple[float, ...]

    def probability(self, wanted: set[str]) -> float:
        needed = sum(1 << k for k, item in enumerate(self.items) if item in wanted)
        return math.fsum(chance for choice, chance in enumerate(self.chances) if choice & needed == needed)


@dataclass(frozen=True)
class Market:
    """What :func:`generate` made, and all that is known of it."""

    baskets: list[tuple[str, ...]]  #: may be empty
    items: tuple[str, ...]  #: the bag, then the others, the most popular first
    planted: tuple[Planted, ...]
    blocks: tuple[_Block, ...]

    def probability(self, items: Iterable[str]) -> float:
        """The probability that a basket has all of ``items``. KeyError for an item that is not sold."""
        wanted = set(items)
        if unknown := wanted.difference(self.items):
            raise KeyError(*sorted(unknown))
        return math.prod(block.probability(wanted) for block in self.blocks if not wanted.isdisjoint(block.items))

    def lift(self, left: Iterable[str], right: Iterable[str]) -> float:
        """P(left and right) / (P(left) P(right)): 1 for what is independent."""
        left, right = set(left), set(right)
        return self.probability(left | right) / (self.probability(left) * self.probability(right))

    def associated_pairs(self) -> dict[tuple[str, str], float]:
        """Every pair of items that is not independent, in the order of ``items``, and its lift; all other pairs have lift 1."""
        place = {item: rank for rank, item in enumerate(self.items)}
        found = {}
        for group in self.planted:
            for a, b in combinations(sorted(group.items, key=place.__getitem__), 2):
                if not math.isclose(lift := self.lift([a], [b]), 1):
                    found[a, b] = lift
        return found


def generate(seed: int = 42, baskets: int = 20_000, items: int = 500, planted: bool = True) -> Market:
    """A market: the same for the same arguments. There are at least 50 items besides the bag, ValueError otherwise."""
    if items < _FEWEST_ITEMS or baskets < 0:
        raise ValueError(
            f"at least {_FEWEST_ITEMS} items are needed and no negative number of baskets, not {items} and {baskets}"
        )
    names = [f"{_GOODS[rank % len(_GOODS)]} {rank // len(_GOODS) + 1}" for rank in range(items)]
    share = {name: 0.5 / rank for rank, name in enumerate(names, 1)}
    groups = _plans(Dice(seed, 0), names) if planted else []
    blocks = [_independent(("bag",), (_COMMON,))]
    made = []
    for kind, members, strength in groups:
        shares = tuple(share[name] for name in members)
        blocks.append(_set(members, shares, strength) if kind == "set" else _rule(members, shares, strength))
        lift = blocks[-1].chances[-1] / math.prod(shares) if kind == "set" else strength
        made.append(Planted(kind, members, lift))
    taken = {name for _, members, _ in groups for name in members}
    blocks += [_independent((name,), (share[name],)) for name in names if name not in taken]
    sold = ("bag", *names)
    return Market(_draw(seed, baskets, sold, blocks), sold, tuple(made), tuple(blocks))


def _plans(dice: Dice, names: list[str]) -> list[tuple[str, tuple[str, ...], float]]:
    """Fifteen groups: kind, items, and the lift, or of a set the share of its rarest item's baskets that have the whole set on purpose.

    Items that keep each other out are popular ones, since of rare ones nobody could tell; the most popular is in no group.
    """
    likely, rare = dice.shuffled(names[5:14]), dice.shuffled(names[14:44])

    def some(pool: list[str], number: int) -> tuple[str, ...]:
        return tuple(pool.pop() for _ in range(number))

    return [
        ("substitutes", (names[1], names[2]), 0.25),
        ("substitutes", (names[3], names[4]), 0.5),
        *(("rule", some(likely, 3), lift) for lift in (6.0, 8.0, 10.0)),
        *(("pair", some(rare, 2), lift) for lift in (4.0, 8.0, 12.0)),
        *(("set", some(rare, 3), part) for part in (0.3, 0.4, 0.5, 0.6)),
        *(("set", some(rare, 4), part) for part in (0.4, 0.5, 0.6)),
    ]


def _independent(items: tuple[str, ...], shares: tuple[float, ...]) -> _Block:
    choices = range(1 << len(items))
    return _Block(items, tuple(math.prod(p if s >> k & 1 else 1 - p for k, p in enumerate(shares)) for s in choices))


def _set(items: tuple[str, ...], shares: tuple[float, ...], part: float) -> _Block:
    """Some baskets have all of the items on purpose; in the others they are independent. Each keeps its share of all baskets."""
    purpose = part * min(shares)
    rest = _independent(items, tuple((p - purpose) / (1 - purpose) for p in shares)).chances
    return _Block(items, (*((1 - purpose) * p for p in rest[:-1]), purpose + (1 - purpose) * rest[-1]))


def _rule(items: tuple[str, ...], shares: tuple[float, ...], lift: float) -> _Block:
    """The last item is ``lift`` times as frequent in baskets with all the others, which are independent, as in all baskets."""
    before = _independent(items[:-1], shares[:-1]).chances
    with_all, share = before[-1], shares[-1]
    otherwise = share * (1 - with_all * lift) / (1 - with_all)
    last = [otherwise] * (len(before) - 1) + [lift * share]
    return _Block(
        items,
        (
            *(p * (1 - q) for p, q in zip(before, last, strict=True)),
            *(p * q for p, q in zip(before, last, strict=True)),
        ),
    )


def _draw(seed: int, baskets: int, sold: tuple[str, ...], blocks: list[_Block]) -> list[tuple[str, ...]]:
    rng = np.random.default_rng([seed, 1])
    column = {name: i for i, name in enumerate(sold)}
    bought = np.zeros((baskets, len(sold)), dtype=bool)
    for block in blocks:
        choices = np.searchsorted(np.cumsum(block.chances)[:-1], rng.random(baskets), side="right")
        for k, name in enumerate(block.items):
            bought[:, column[name]] = choices >> k & 1
    return [tuple(sold[i] for i in np.flatnonzero(row)) for row in bought]
