"""The ratings have in them what their card says, for both ways of missing."""

from __future__ import annotations

import math

import numpy as np
import pytest

from curriculum.lab import ratings


@pytest.fixture(scope="module", params=["random", "popularity"])
def made(request: pytest.FixtureRequest) -> ratings.Ratings:
    return ratings.generate(missing=request.param)


def test_the_same_arguments_give_the_same_ratings_and_others_others() -> None:
    one, same, other = (ratings.generate(seed, users=40, items=40) for seed in (5, 5, 6))
    assert np.array_equal(one.values, same.values)
    assert np.array_equal(one.times, same.times)
    assert not np.array_equal(one.values[:100], other.values[:100])


@pytest.mark.parametrize("wrong", [{"users": 39}, {"items": 39}, {"missing": "always"}])
def test_what_cannot_be_made_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="at least 40"):
        ratings.generate(**wrong)  # type: ignore[arg-type]


def test_the_means_are_biases_and_five_factors(made: ratings.Ratings) -> None:
    product = made.user_factors @ made.item_factors.T
    assert np.linalg.matrix_rank(product) == 5
    assert np.linalg.matrix_rank(made.means) == 7
    assert np.allclose(made.means, made.mean + made.user_bias[:, None] + made.item_bias + product)
    assert product.std() == pytest.approx(0.8, rel=0.15)


def test_the_noise_is_as_loud_as_stated(made: ratings.Ratings) -> None:
    noise = made.values - made.means[made.users, made.items]
    assert noise.std() == pytest.approx(made.sigma, rel=0.015)
    assert abs(noise.mean()) < 5 * made.sigma / math.sqrt(len(noise))
    assert np.array_equal(made.values, np.round(made.values, 2))


def test_each_cell_once_and_the_earliest_first(made: ratings.Ratings) -> None:
    assert len(set(zip(made.users.tolist(), made.items.tolist(), strict=True))) == len(made.values)
    assert (np.diff(made.times) > 0).all()
    assert made.times[0] >= 0
    assert made.times[-1] < 366 * ratings.DAY


def test_cells_are_observed_with_their_propensity(made: ratings.Ratings) -> None:
    seen = np.zeros_like(made.propensities)
    seen[made.users, made.items] = 1
    p = made.propensities
    assert ((p >= 0) & (p <= 0.9)).all()
    for axis in (0, 1):
        off = np.abs(seen.sum(axis) - p.sum(axis)) / np.sqrt((p * (1 - p)).sum(axis) + 1)
        assert off.max() < 5
    assert p.mean() == pytest.approx(0.28, abs=0.02)


def test_popular_items_are_liked_better() -> None:
    made = ratings.generate(missing="popularity")
    counts = made.propensities.sum(axis=0)
    assert np.corrcoef(counts, made.item_bias)[0, 1] > 0.5
    assert made.values.mean() > made.means.mean() + 0.15
    even = ratings.generate()
    assert abs(even.values.mean() - even.means.mean()) < 0.05


@pytest.mark.parametrize("size", [(600, 400), (40, 40)])
def test_late_users_single_users_and_cold_items(size: tuple[int, int]) -> None:
    made = ratings.generate(7, *size)
    assert len(made.late_users) == size[0] // 30
    assert len(made.single_users) == size[0] // 20 - size[0] // 30
    assert len(made.cold_items) == size[1] // 40
    assert not set(made.late_users) & set(made.single_users)
    for user in made.late_users:
        assert (made.times[made.users == user] >= ratings.LATE).all()
    assert all((made.users == user).sum() == 1 for user in made.single_users)
    for item in made.cold_items:
        raters = made.users[made.items == item]
        assert len(set(raters)) == 3
        for user in raters:  # the last thing that they did
            assert made.items[made.users == user][-1] == item
    early = set(made.users[made.times < ratings.LATE].tolist())
    assert not early & set(made.late_users)
