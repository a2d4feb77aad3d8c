"""What is asked of the library, and how well each document answers it."""

from __future__ import annotations

from collections.abc import Sequence

from curriculum.lab.library.dice import Dice
from curriculum.lab.library.prose import worded
from curriculum.lab.library.words import CONCEPTS, TOPICS

_GRADES = ((0.7, 3), (0.4, 2), (0.15, 1))  # the least weight of what the query is about, for each grade
_Asked = tuple[dict[str, str], dict[str, str], dict[str, dict[str, int]]]


def plant_queries(dice: Dice, mixtures: dict[str, dict[str, float]], found: dict[str, set[str]]) -> _Asked:
    """Sixty: three a topic, twelve on two topics that some document has, one a topic in words that half its writers avoid.

    ``found`` holds the words of each document.
    """
    several = [list(mixture)[:2] for mixture in mixtures.values() if len(mixture) > 1]
    wanted = [("topic", [topic]) for topic in TOPICS for _ in range(3)]
    wanted += [("two topics", dice.one(several)) for _ in range(12)]
    wanted += [("synonym", [topic]) for topic in TOPICS]
    queries, kinds, judgements = {}, {}, {}
    for i, (kind, about) in enumerate(wanted, start=1):
        words, query = _words(dice, kind, about), f"q{i:02}"
        queries[query], kinds[query] = " ".join(words), kind
        grades = {name: _grade(mixture, about) for name, mixture in mixtures.items()}
        judgements[query] = {name: g for name, g in grades.items() if g or not found[name].isdisjoint(words)}
    return queries, kinds, judgements


def _words(dice: Dice, kind: str, about: Sequence[str]) -> list[str]:
    count = {"topic": dice.between(2, 4), "two topics": 3, "synonym": 3}[kind]
    wording, words = dice.between(0, 1), []
    for topic in about:
        concepts = [concept for concept in CONCEPTS[topic] if kind != "synonym" or len(concept) == 2]
        words += [worded(concept, wording) for concept in dice.shuffled(concepts)[:count]]
    return list(dict.fromkeys(words))  # a word that both topics have stands once


def _grade(mixture: dict[str, float], about: Sequence[str]) -> int:
    """By the weight of the query's topic; for a query on two, by twice the lesser weight: both must be there."""
    weight = len(about) * min(mixture.get(topic, 0.0) for topic in about)
    return next((grade for least, grade in _GRADES if weight >= least), 0)
