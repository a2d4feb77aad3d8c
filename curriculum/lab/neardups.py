"""Documents of which some are copies of others, more or less changed, and sets of known Jaccard similarity: made from a seed.

::

    docs = neardups.generate(seed=42, documents=300)
    docs.texts["n0007"]                         # a text of some hundred words
    docs.pairs["n0007", "n0102"]                # Fraction(913, 1016): how alike an original and its copy are, exactly
    neardups.two_sets(Fraction(4, 5), 1000, 7)  # two sets of whole numbers, exactly four fifths alike

The similarity that is planted is Jaccard's, of the sets of the texts' shingles: all runs of five characters, once every run of white space
is one blank. `datasets/near-duplicates.md` says what else is planted; `tests/unit/test_lab_neardups.py` holds it to that.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from curriculum.lab.library.dice import Dice
from curriculum.lab.library.words import ADJECTIVES, CONCEPTS, NOUNS, SENTENCES, VERBS

__all__ = ["LADDER", "NearDups", "generate", "jaccard", "shingles", "two_sets"]

#: The similarities that copies have to their original, in turn; of a copy with 1 only the white space is another.
LADDER = tuple(Fraction(percent, 100) for percent in (100, 95, 90, 80, 70, 50, 30))

_SMALLEST = 20
_TOPICAL = sorted({word for concepts in CONCEPTS.values() for concept in concepts for word in concept})


@dataclass(frozen=True)
class NearDups:
    """What :func:`generate` made, and all that is known of it."""

    texts: dict[str, str]  #: document -> text, in the order of the names
    families: tuple[tuple[str, ...], ...]  #: an original, then its copies; who is in no family is alone
    pairs: dict[tuple[str, str], Fraction]  #: (original, copy) -> the similarity that they have
    aims: dict[
        tuple[str, str], Fraction
    ]  #: (original, copy) -> the step of the ladder that is meant: less than 1/25 off


def shingles(text: str, k: int = 5) -> set[str]:
    """All runs of ``k`` characters, once runs of white space are one blank and those at the ends are gone. A shorter text has none."""
    text = " ".join(text.split())
    return {text[i : i + k] for i in range(len(text) - k + 1)}


def jaccard(a: Set[Any], b: Set[Any]) -> Fraction:
    """What two sets have in common, as a share of what either has; two empty sets are alike."""
    return Fraction(len(a & b), len(a | b)) if a or b else Fraction(1)


def two_sets(similarity: Fraction, size: int, seed: int) -> tuple[set[int], set[int]]:
    """Two sets with ``size`` elements in all, exactly so similar: random numbers below 2**31 - 1, since neighbours hash unlike chance.

    ``similarity * size`` is a whole number, ValueError otherwise. What they do not share is dealt evenly.
    """
    shared = similarity * size
    if shared.denominator != 1 or not 0 <= shared <= size:
        raise ValueError(f"{similarity} of {size} elements is no number of elements")
    dice, drawn = Dice(seed, 3), dict[int, None]()  # a dict keeps the order in which they were drawn
    while len(drawn) < size:
        drawn[dice.between(1, 2**31 - 2)] = None
    elements, count = list(drawn), int(shared)
    common, rest = elements[:count], elements[count:]
    return {*common, *rest[::2]}, {*common, *rest[1::2]}


def generate(seed: int = 42, documents: int = 300) -> NearDups:
    """Texts, a third of them copies: the same for the same arguments. ``documents`` is at least 20; ValueError otherwise."""
    if documents < _SMALLEST:
        raise ValueError(f"at least {_SMALLEST} documents are needed, not {documents}")
    prose, changes, order = (Dice(seed, stream) for stream in range(3))
    names = order.shuffled(f"n{i:0{max(4, len(str(documents)))}}" for i in range(1, documents + 1))
    texts: dict[str, str] = {}
    families: list[tuple[str, ...]] = []
    pairs, aims = {}, {}
    rungs = 0
    while rungs < documents // 3:
        original = names.pop()
        texts[original] = _text(prose)
        copies = [names.pop() for _ in range(min(1 + len(families) % 4, documents // 3 - rungs))]
        for copy in copies:
            aim = aims[original, copy] = LADDER[rungs % len(LADDER)]
            texts[copy], pairs[original, copy] = _copy(changes, texts[original], aim)
            rungs += 1
        families.append((original, *copies))
    texts.update((name, _text(prose)) for name in names)
    return NearDups(dict(sorted(texts.items())), tuple(families), pairs, aims)


def _text(dice: Dice) -> str:
    return " ".join(_sentence(dice) for _ in range(dice.between(12, 24)))


def _sentence(dice: Dice) -> str:
    words = {"N": (*_TOPICAL, *NOUNS), "V": VERBS, "A": ADJECTIVES}
    filled = [dice.one(words[word]) if word in words else word for word in dice.one(SENTENCES).split()]
    return " ".join(filled).capitalize() + "."


def _copy(dice: Dice, text: str, aim: Fraction) -> tuple[str, Fraction]:
    """A copy of ``text`` whose similarity to it is as near to ``aim`` as changed words can bring it; and that similarity."""
    original, words = shingles(text), text.split()
    changes = [(place, dice.one(_TOPICAL)) for place in dice.shuffled(range(len(words)))]

    def changed(count: int) -> list[str]:
        new = words.copy()
        for place, word in changes[:count]:
            new[place] = word + "." * words[place].endswith(".")
        return new

    def similarity(count: int) -> Fraction:
        return jaccard(original, shingles(" ".join(changed(count))))

    if aim == 1:
        gaps = [dice.one(["  ", "\n", " \t", "\n\n"]) if dice.number() < 0.3 else " " for _ in words]
        return "".join(word + gap for word, gap in zip(words, gaps, strict=True)), similarity(0)
    few, many = 0, len(words)  # similarity(few) > aim >= similarity(many), ever closer together
    while many - few > 1:
        middle = (few + many) // 2
        few, many = (middle, many) if similarity(middle) > aim else (few, middle)
    count = min((few, many), key=lambda number: abs(similarity(number) - aim))
    return " ".join(changed(count)), similarity(count)
