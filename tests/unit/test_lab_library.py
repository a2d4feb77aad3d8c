"""The library has in it what its card says was planted, whatever the seed and the size."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from statistics import fmean, median

import networkx as nx
import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from curriculum.lab import library
from curriculum.lab.library.words import ADJECTIVES, NOUNS, SENTENCES, VERBS

CARDS = Path(__file__).resolve().parents[2] / "datasets"
SIZES = [(42, 1200), (7, 300), (8, 60), (9, 61), (10, 80)]


@pytest.fixture(scope="module", params=SIZES, ids=lambda size: f"seed {size[0]}, {size[1]} documents")
def lib(request: pytest.FixtureRequest) -> library.Library:
    return library.generate(*request.param)


@pytest.fixture(scope="module")
def full() -> library.Library:
    return library.generate()


def test_the_same_arguments_give_the_same_library_and_others_another() -> None:
    assert library.generate(5, 60) == library.generate(seed=5, documents=60)
    assert library.generate(5, 60).texts != library.generate(6, 60).texts
    assert library.generate().texts.keys() == library.generate(42, 1200).texts.keys()


def test_fewer_than_sixty_documents_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 60"):
        library.generate(1, 59)


def test_terms_are_runs_of_letters_and_digits_in_lower_case() -> None:
    assert library.terms("Bach's op. 3: the Mass_in b-minor\n") == [
        "bach",
        "s",
        "op",
        "3",
        "the",
        "mass",
        "in",
        "b",
        "minor",
    ]
    assert library.terms("") == []


def test_documents_are_named_in_order_and_begin_with_their_title(lib: library.Library) -> None:
    assert list(lib.texts) == list(lib.titles) == list(lib.mixtures) == sorted(lib.texts)
    assert next(iter(lib.texts)) == "d0001"
    for name, text in lib.texts.items():
        title, blank, body = text.split("\n", 2)
        assert (title, blank) == (lib.titles[name], "")
        assert re.fullmatch(r"The [a-z]+( and the [a-z]+)?", title)
        assert re.fullmatch(r"([A-Z][a-z]*( [a-z]+)+\. ?)+\n", body)


def test_the_lengths_of_documents_are_skewed(full: library.Library) -> None:
    lengths = [len(library.terms(text)) for text in full.texts.values()]
    assert fmean(lengths) > 1.2 * median(lengths)
    assert max(lengths) > 8 * median(lengths)


def test_there_are_twelve_topics_and_some_words_belong_to_two(lib: library.Library) -> None:
    assert len(lib.topics) == 12
    assert {len(words) for words in lib.topics.values()} == {16}
    shared = {word for word, count in Counter(w for words in lib.topics.values() for w in words).items() if count == 2}
    assert shared == {"bridge", "cell", "front", "kernel", "pitch", "platform", "root", "scale", "star", "trial"}


def test_common_words_are_of_no_topic(lib: library.Library) -> None:
    common = {*NOUNS, *VERBS, *ADJECTIVES, *library.terms(" ".join(SENTENCES))}
    assert common.isdisjoint(word for words in lib.topics.values() for word in words)
    assert len({*NOUNS}) == len(NOUNS)


def test_each_topic_has_four_pairs_of_synonyms_of_which_a_writer_uses_one_side(lib: library.Library) -> None:
    first, second = set(lib.synonyms), set(lib.synonyms.values())
    assert len(first) == len(second) == 48
    assert first.isdisjoint(second)
    for words in lib.topics.values():
        assert {lib.synonyms[word] for word in first & {*words}} == second & {*words}
        assert len(first & {*words}) == 4
    used = [{*library.terms(text)} for text in lib.texts.values()]
    assert not any(words & first and words & second for words in used)
    assert all(any(words & side for words in used) for side in (first, second))


def test_a_mixture_has_one_to_three_topics_the_greatest_first(lib: library.Library) -> None:
    for mixture in lib.mixtures.values():
        weights = list(mixture.values())
        assert 1 <= len(weights) <= 3
        assert sum(round(100 * w) for w in weights) == 100
        assert weights == sorted(weights, reverse=True)
        assert weights[0] >= 0.5
    main = Counter(next(iter(mixture)) for mixture in lib.mixtures.values())
    assert set(main) == set(lib.topics)
    assert main["railways"] > main["astronomy"] >= 2


def test_a_text_speaks_of_its_topics(full: library.Library) -> None:
    """On average the weight of a topic is its share of the topical words, but for the stray ones and the shared."""
    shares = []
    for name, mixture in full.mixtures.items():
        words = Counter(library.terms(full.texts[name]))
        count = {topic: sum(words[w] for w in own) for topic, own in full.topics.items()}
        main = next(iter(mixture))
        shares.append(count[main] / sum(count.values()) - mixture[main])
    assert -0.2 < fmean(shares) < 0


def test_sixty_queries_of_three_kinds(lib: library.Library) -> None:
    assert list(lib.queries) == list(lib.kinds) == list(lib.judgements) == [f"q{i:02}" for i in range(1, 61)]
    assert Counter(lib.kinds.values()) == {"topic": 36, "two topics": 12, "synonym": 12}
    for query in lib.queries.values():
        words = library.terms(query)
        assert len(words) == len(set(words)) >= 2
        assert {*words} <= {word for own in lib.topics.values() for word in own}


def test_grades_follow_the_mixtures(lib: library.Library) -> None:
    for i, (query, grades) in enumerate(lib.judgements.items()):
        words = {*library.terms(lib.queries[query])}
        fitting = [topic for topic, own in lib.topics.items() if words & {*own}]
        if lib.kinds[query] != "two topics":  # the topics by turns
            about = [list(lib.topics)[i // 3 if lib.kinds[query] == "topic" else i - 48]]
            assert about[0] in fitting
        else:  # of the topics that the words fit, the two by which all the grades are right
            pairs = [(a, b) for a in fitting for b in fitting if a < b]
            about = next((list(p) for p in pairs if _expected(lib, p, words) == grades), [])
        assert about
        assert _expected(lib, about, words) == grades
        assert max(grades.values()) >= (1 if lib.kinds[query] == "two topics" else 2)


def _expected(lib: library.Library, about: list[str] | tuple[str, ...], words: set[str]) -> dict[str, int]:
    """All that is relevant, and all that has a word of the query."""
    grades = {}
    for name, mixture in lib.mixtures.items():
        percent = len(about) * min(round(100 * mixture.get(topic, 0)) for topic in about)
        grade = sum(percent >= least for least in (15, 40, 70))
        if grade or words & {*library.terms(lib.texts[name])}:
            grades[name] = grade
    return grades


def test_who_asks_in_one_wording_shares_no_word_with_relevant_documents_in_the_other(lib: library.Library) -> None:
    for query, kind in lib.kinds.items():
        if kind == "synonym":
            words = {*library.terms(lib.queries[query])}
            assert len(words) == 3
            assert words <= {*lib.synonyms} or words <= {*lib.synonyms.values()}
            relevant = [name for name, grade in lib.judgements[query].items() if grade >= 2]
            apart = [name for name in relevant if words.isdisjoint(library.terms(lib.texts[name]))]
            assert 0.2 * len(relevant) < len(apart)


def test_weighted_words_find_the_topics_but_not_all_of_them(full: library.Library) -> None:
    scorer = TfidfVectorizer(tokenizer=library.terms, token_pattern=None, lowercase=False)
    documents = scorer.fit_transform(full.texts.values())
    scores = (scorer.transform(full.queries.values()) @ documents.T).toarray()
    names, first, found = list(full.texts), {}, {}
    for row, query in zip(scores, full.queries, strict=True):
        relevant = {name for name, grade in full.judgements[query].items() if grade >= 2}
        ranking = [names[i] for i in np.argsort(-row, kind="stable")]
        first[query] = len(relevant.intersection(ranking[:10])) / 10
        found[query] = len(relevant.intersection(name for name, s in zip(names, row, strict=True) if s > 0)) / len(
            relevant or [0]
        )
    kinds = {kind: [query for query in full.kinds if full.kinds[query] == kind] for kind in set(full.kinds.values())}
    assert 0.8 < fmean(first[q] for q in kinds["topic"]) < 1
    assert fmean(first[q] for q in kinds["two topics"]) < 0.3
    assert fmean(found[q] for q in kinds["synonym"]) < 0.7


def test_links_are_listed_once_and_lead_elsewhere(lib: library.Library) -> None:
    assert lib.links == sorted(set(lib.links))
    assert all(a != b and {a, b} <= set(lib.texts) for a, b in lib.links)


def test_an_authority_a_topic_is_what_others_point_to(lib: library.Library) -> None:
    assert list(lib.authorities) == list(lib.topics)
    assert all(next(iter(lib.mixtures[page])) == topic for topic, page in lib.authorities.items())
    pointed = Counter(b for _, b in lib.links)
    outside = set(lib.texts) - {*lib.authorities.values(), *lib.farm, *lib.trap}
    times = 3 if len(lib.texts) >= 300 else 1.5  # a topic of three pages has few to point
    assert fmean(pointed[p] for p in lib.authorities.values()) > times * fmean(pointed[p] for p in outside)


def test_the_farm_promotes_one_page(lib: library.Library) -> None:
    target, *helpers = lib.farm
    assert len(helpers) == 4 + len(lib.texts) // 50
    out = {page: {b for a, b in lib.links if a == page} for page in lib.farm}
    assert out[target] == set(helpers)
    assert all(out[page] == {target} for page in helpers)
    assert not any(b in helpers for a, b in lib.links if a != target)
    assert len([a for a, b in lib.links if b == target and a not in helpers]) == 3


def test_the_trap_lets_nobody_out(lib: library.Library) -> None:
    inside = [(a, b) for a, b in lib.links if a in lib.trap]
    assert inside == sorted(zip(lib.trap, lib.trap[1:] + lib.trap[:1], strict=True))
    assert len([a for a, b in lib.links if b in lib.trap and a not in lib.trap]) == 3


def test_dangling_pages_have_no_links_and_all_others_have(lib: library.Library) -> None:
    assert set(lib.dangling) == set(lib.texts) - {a for a, _ in lib.links}
    assert len(lib.dangling) == len(lib.texts) // 20


def test_the_farm_and_the_authorities_rank_high(full: library.Library) -> None:
    graph = nx.DiGraph(full.links)
    graph.add_nodes_from(full.texts)
    rank = nx.pagerank(graph)
    best = sorted(rank, key=lambda page: -rank[page])[:40]
    assert full.farm[0] in best
    assert set(full.authorities.values()) <= set(best)


def test_the_topics_of_pydoc_are_prose() -> None:
    topics = library.pydoc_topics()
    assert len(topics) > 60
    assert all(library.terms(text) for text in topics.values())
    topics.clear()
    assert library.pydoc_topics()


def test_the_card_shows_what_is_made(full: library.Library) -> None:
    card = " ".join((CARDS / "library.md").read_text(encoding="utf-8").split())
    assert f"{len(full.links):,} links" in card
    assert f"{sum(map(len, full.judgements.values())):,} judgements" in card
    assert f"{len(full.dangling)} pages" in card
    assert f"{len(full.farm) - 1} pages" in card
