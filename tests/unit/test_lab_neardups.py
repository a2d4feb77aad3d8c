"""The near-duplicates have the similarities that their card says, whatever the seed and the size."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from pathlib import Path

import pytest

from curriculum.lab import neardups

CARDS = Path(__file__).resolve().parents[2] / "datasets"


@pytest.fixture(scope="module", params=[(42, 300), (7, 60), (8, 20), (9, 23)], ids=str)
def docs(request: pytest.FixtureRequest) -> neardups.NearDups:
    return neardups.generate(*request.param)


def test_the_same_arguments_give_the_same_documents_and_others_others() -> None:
    assert neardups.generate(5, 40) == neardups.generate(seed=5, documents=40)
    assert neardups.generate(5, 40).texts != neardups.generate(6, 40).texts


def test_fewer_than_twenty_documents_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 20"):
        neardups.generate(1, 19)


def test_shingles_are_runs_of_characters_once_white_space_is_one_blank() -> None:
    assert neardups.shingles(" ab\n\t c ", 3) == {"ab ", "b c"}
    assert neardups.shingles("abab", 2) == {"ab", "ba"}
    assert neardups.shingles("abcd") == set()


def test_jaccard_is_a_fraction_and_empty_sets_are_alike() -> None:
    assert neardups.jaccard({1, 2}, {2, 3, 4}) == Fraction(1, 4)
    assert neardups.jaccard(set(), {1}) == 0
    assert neardups.jaccard(set(), set()) == 1


def test_a_third_are_copies_in_families_and_no_document_is_in_two(docs: neardups.NearDups) -> None:
    members = [name for family in docs.families for name in family]
    assert len(members) == len(set(members))
    assert set(members) < set(docs.texts)
    assert len(docs.pairs) == len(docs.texts) // 3
    assert list(docs.pairs) == list(docs.aims) == [(f[0], copy) for f in docs.families for copy in f[1:]]
    assert list(docs.texts) == sorted(docs.texts)
    assert [len(family) for family in docs.families][:-1] == [2 + i % 4 for i in range(len(docs.families) - 1)]


def test_pairs_have_the_similarity_that_they_are_said_to_have_near_the_one_aimed_at(docs: neardups.NearDups) -> None:
    sets = {name: neardups.shingles(text) for name, text in docs.texts.items()}
    for i, ((original, copy), similarity) in enumerate(docs.pairs.items()):
        assert neardups.jaccard(sets[original], sets[copy]) == similarity
        assert docs.aims[original, copy] == neardups.LADDER[i % 7]
        assert abs(similarity - docs.aims[original, copy]) < Fraction(1, 25)


def test_a_copy_with_one_differs_in_white_space_only(docs: neardups.NearDups) -> None:
    for (original, copy), aim in docs.aims.items():
        words = [docs.texts[name].split() for name in (original, copy)]
        assert (words[0] == words[1]) == (aim == 1)
        assert docs.texts[original] != docs.texts[copy]


def test_strangers_are_less_alike_than_any_pair_that_was_planted() -> None:
    docs = neardups.generate()
    family = {name: i for i, members in enumerate(docs.families) for name in members}
    sets = {name: neardups.shingles(text) for name, text in docs.texts.items()}
    strangers = [
        len(sets[a] & sets[b]) / len(sets[a] | sets[b])
        for a, b in combinations(list(sets)[:150], 2)
        if family.get(a, a) != family.get(b, b)
    ]
    assert 0.15 < sum(strangers) / len(strangers) < 0.18
    assert max(strangers) < 0.28 < min(docs.pairs.values())


@pytest.mark.parametrize("percent", [0, 20, 50, 90, 100])
def test_two_sets_are_exactly_so_similar(percent: int) -> None:
    for seed in range(5):
        a, b = neardups.two_sets(Fraction(percent, 100), 200, seed)
        assert neardups.jaccard(a, b) == Fraction(percent, 100)
        assert len(a | b) == 200
        assert abs(len(a) - len(b)) <= 1
        assert 0 < min(a | b) <= max(a | b) < 2**31 - 1
        assert (a, b) == neardups.two_sets(Fraction(percent, 100), 200, seed)


def test_two_sets_that_cannot_be_are_refused() -> None:
    for similarity in (Fraction(1, 3), Fraction(-1, 10), Fraction(11, 10)):
        with pytest.raises(ValueError, match="no number of elements"):
            neardups.two_sets(similarity, 10, 1)


def test_the_card_shows_what_is_made() -> None:
    docs = neardups.generate()
    card = " ".join((CARDS / "near-duplicates.md").read_text(encoding="utf-8").split())
    assert f"{len(docs.pairs)} copies in {len(docs.families)} families" in card
