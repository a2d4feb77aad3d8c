"""What the documents are about, and what they say of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import accumulate

import numpy as np

from curriculum.lab.library.dice import Dice
from curriculum.lab.library.words import ADJECTIVES, CONCEPTS, NOUNS, SENTENCES, TOPICS, VERBS, ZIPF

_TOPICAL, _STRAY = 0.55, 0.07  # shares of a body's nouns: from the document's own topics, and from any topic


def plant_mixtures(dice: Dice, names: list[str]) -> tuple[dict[str, dict[str, float]], dict[str, int]]:
    """What each document is about, and its wording. The first topic has 2.3 times as many documents as the last."""
    shares = np.cumsum(np.linspace(1.4, 0.6, len(TOPICS))) / len(TOPICS)
    mixtures: dict[str, dict[str, float]] = {name: {} for name in names}
    wordings = {}
    for place, name in enumerate(dice.shuffled(names)):
        main = list(TOPICS)[int(np.searchsorted(shares, (place + 0.5) / len(names)))]
        others = dice.shuffled(topic for topic in TOPICS if topic != main)
        mixtures[name] = {topic: w / 100 for topic, w in zip([main, *others], _weights(dice), strict=False)}
        wordings[name] = place % 2  # by turns within a topic: even a small library has both in each
    return mixtures, wordings


def _weights(dice: Dice) -> list[int]:
    """The weights of a document's topics in hundredths, the greatest first."""
    kind = dice.number()
    if kind < 0.5:
        return [100]
    if kind < 0.85:
        most = dice.between(55, 90)
        return [most, 100 - most]
    most, least = dice.between(50, 60), dice.between(10, 18)
    return [most, 100 - most - least, least]


class Nouns:
    """The nouns of one document."""

    def __init__(self, dice: Dice, mixture: dict[str, float], wording: int) -> None:
        self._dice, self._wording = dice, wording
        self._topics, self._upto = list(mixture), list(accumulate(mixture.values()))

    def own(self) -> str:
        return self._of(self._dice.weighted(self._topics, self._upto))

    def any(self) -> str:
        kind = self._dice.number()
        if kind < _TOPICAL:
            return self.own()
        return self._of(self._dice.one(list(TOPICS))) if kind < _TOPICAL + _STRAY else _common(self._dice, NOUNS)

    def _of(self, topic: str) -> str:
        return worded(self._dice.one(CONCEPTS[topic]), self._wording)


def worded(concept: tuple[str, ...], wording: int) -> str:
    return concept[wording % len(concept)]


def title(nouns: Nouns) -> str:
    first, second = nouns.own(), nouns.own()
    return f"The {first}" if first == second else f"The {first} and the {second}"


def body(dice: Dice, nouns: Nouns) -> str:
    """At least four sentences; the share of bodies with n or more falls like 16/n², up to a hundred."""
    count = min(int(4 / math.sqrt(1 - dice.number())), 100)
    return " ".join(_sentence(dice, nouns) for _ in range(count))


def _sentence(dice: Dice, nouns: Nouns) -> str:
    fill = {"N": nouns.any, "V": lambda: _common(dice, VERBS), "A": lambda: _common(dice, ADJECTIVES)}
    words = [fill[word]() if word in fill else word for word in dice.one(SENTENCES).split()]
    return " ".join(words).capitalize() + "."


def _common(dice: Dice, words: Sequence[str]) -> str:
    return dice.weighted(words, ZIPF)
