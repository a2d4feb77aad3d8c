"""The market has in it what its card says, and its baskets follow the law that it states."""

from __future__ import annotations

import math
from collections import Counter
from itertools import combinations

import pytest

from curriculum.lab import market


@pytest.fixture(scope="module")
def shop() -> market.Market:
    return market.generate()


def test_the_same_arguments_give_the_same_market_and_others_another() -> None:
    assert market.generate(5, 50, 60) == market.generate(seed=5, baskets=50, items=60)
    assert market.generate(5, 50, 60).baskets != market.generate(6, 50, 60).baskets


def test_too_few_items_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 50"):
        market.generate(items=49)
    assert market.generate(baskets=0, items=50).baskets == []


def test_baskets_hold_items_once_in_the_order_of_popularity(shop: market.Market) -> None:
    place = {item: i for i, item in enumerate(shop.items)}
    assert len(place) == 501
    assert shop.items[:2] == ("bag", "bread 1")
    for basket in shop.baskets:
        ranks = [place[item] for item in basket]
        assert ranks == sorted(set(ranks))
    assert 4.3 < sum(map(len, shop.baskets)) / len(shop.baskets) < 4.5


def test_popularity_is_zipfs_and_a_bag_is_in_nearly_all(shop: market.Market) -> None:
    for planted in (True, False):
        made = market.generate(seed=3, baskets=0, planted=planted)
        assert made.probability(["bag"]) == pytest.approx(0.95)
        for rank, item in enumerate(made.items[1:], 1):
            assert made.probability([item]) == pytest.approx(0.5 / rank)
    assert market.generate(seed=3, baskets=0, planted=False).associated_pairs() == {}


@pytest.mark.parametrize("seed", range(40))
def test_each_block_is_a_law(seed: int) -> None:
    made = market.generate(seed, baskets=0, items=50)
    assert sorted(item for block in made.blocks for item in block.items) == sorted(made.items)
    for block in made.blocks:
        assert len(block.chances) == 1 << len(block.items)
        assert min(block.chances) >= 0
        assert math.fsum(block.chances) == pytest.approx(1)


@pytest.mark.parametrize("seed", [42, 1, 2])
def test_fifteen_groups_have_the_lift_that_is_stated(seed: int) -> None:
    made = market.generate(seed, baskets=0)
    assert Counter(group.kind for group in made.planted) == {"substitutes": 2, "rule": 3, "pair": 3, "set": 7}
    names = [name for group in made.planted for name in group.items]
    assert len(names) == len(set(names)) == 43
    for group in made.planted:
        apart = math.prod(made.probability([item]) for item in group.items)
        assert made.probability(group.items) / apart == pytest.approx(group.lift)
        assert made.lift(group.items[:-1], group.items[-1:]) == pytest.approx(
            group.lift * math.prod(made.probability([i]) for i in group.items[:-1]) / made.probability(group.items[:-1])
        )
        if group.kind != "set":
            assert made.lift(group.items[:-1], group.items[-1:]) == pytest.approx(group.lift)
    assert [group.lift for group in made.planted if group.kind != "set"] == [0.25, 0.5, 6, 8, 10, 4, 8, 12]


def test_baskets_follow_the_law(shop: market.Market) -> None:
    """All single items, all planted groups, all associated pairs and some others, within five standard errors."""
    n = len(shop.baskets)
    wanted = [(item,) for item in shop.items] + [group.items for group in shop.planted] + list(shop.associated_pairs())
    wanted += list(combinations(shop.items[:12], 2))
    inside = [set(basket) for basket in shop.baskets]
    holders = {
        item: {i for i, basket in enumerate(inside) if item in basket} for item in {i for w in wanted for i in w}
    }
    for items in wanted:
        p = shop.probability(items)
        seen = len(set.intersection(*(holders[item] for item in items)))
        assert abs(seen - n * p) < 5 * math.sqrt(n * p * (1 - p)) + 1, items


def test_associated_pairs_are_those_within_a_group(shop: market.Market) -> None:
    found = shop.associated_pairs()
    inside = {frozenset(pair) for group in shop.planted for pair in combinations(group.items, 2)}
    independent = {frozenset(group.items[:2]) for group in shop.planted if group.kind == "rule"}
    assert {frozenset(pair) for pair in found} == inside - independent
    assert all(shop.items.index(a) < shop.items.index(b) for a, b in found)
    assert sorted(lift for lift in found.values() if lift < 1) == pytest.approx([0.25, 0.5])
    assert shop.lift(["bread 1"], ["bag"]) == pytest.approx(1)


def test_what_is_not_sold_has_no_probability(shop: market.Market) -> None:
    with pytest.raises(KeyError):
        shop.probability(["bag", "caviar"])
    assert shop.probability([]) == 1
