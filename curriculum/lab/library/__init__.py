"""The library of section 4.2: documents, queries, judgements and links of which everything is known, since it was planted.

::

    lib = library.generate(seed=42, documents=1200)
    lib.texts["d0001"]                  # title, blank line, body
    lib.mixtures["d0001"]               # {"sailing": 0.8, "weather": 0.2}: what it is about
    lib.judgements["q01"]["d0001"]      # 0, 1, 2 or 3: computed from the mixture, never from the words

A document has one to three topics. Its nouns are drawn from the words of these topics, a few from other topics (nobody writes about one
thing only), the rest from words that fit everywhere. Its writer has one of two wordings, and keeps to it: who writes "ship" never
writes "vessel". So a search for words misses half of what a reader would want, and a word such as "pitch", which two topics share,
finds what nobody wanted. `datasets/library.md` says all that is planted; `tests/unit/test_lab_library.py` holds it to that.

The sentences are grammatical and mean nothing. For real prose there is :func:`pydoc_topics`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from curriculum.lab.library.dice import Dice
from curriculum.lab.library.links import plant_links
from curriculum.lab.library.prose import Nouns, body, plant_mixtures, title
from curriculum.lab.library.questions import plant_queries
from curriculum.lab.library.words import CONCEPTS

__all__ = ["Library", "generate", "pydoc_topics", "terms"]

_SMALLEST = 60


@dataclass(frozen=True)
class Library:
    """What :func:`generate` made, and all that is known of it."""

    texts: dict[str, str]  #: document -> its title, a blank line, its body
    titles: dict[str, str]
    topics: dict[str, tuple[str, ...]]  #: topic -> its characteristic words; some belong to two topics
    synonyms: dict[str, str]  #: a word of the first wording -> the word of the second that means the same
    mixtures: dict[str, dict[str, float]]  #: document -> topic -> weight, the greatest first; hundredths that sum to 1
    queries: dict[str, str]
    kinds: dict[str, str]  #: query -> "topic", "two topics" or "synonym"
    judgements: dict[str, dict[str, int]]  #: query -> document -> grade; documents that are not named have grade 0
    links: list[tuple[str, str]]  #: from, to; sorted, each once, none from a page to itself
    authorities: dict[str, str]  #: topic -> the page that others on the topic point to
    farm: tuple[str, ...]  #: the page to be promoted, then the pages that were made to promote it
    trap: tuple[str, ...]  #: a cycle of pages: links lead in, none out
    dangling: tuple[str, ...]  #: pages without a link of their own


def terms(text: str) -> list[str]:
    """The section's tokens: lower case, runs of letters and digits. ``terms("Bach's op. 3")`` is bach, s, op, 3."""
    return re.findall(r"[^\W_]+", text.lower())


def pydoc_topics() -> dict[str, str]:
    """Real prose: the topics of Python's language reference, as `help("NUMBERS")` shows one. Another version has other texts."""
    from pydoc_data.topics import topics

    return dict(topics)


def generate(seed: int = 42, documents: int = 1200) -> Library:
    """A library: the same for the same arguments. ``documents`` is at least 60; ValueError otherwise."""
    if documents < _SMALLEST:
        raise ValueError(f"a library has at least {_SMALLEST} documents, not {documents}")
    names = [f"d{i:0{max(4, len(str(documents)))}}" for i in range(1, documents + 1)]
    # A stream each, so that a change in one does not move what the others draw.
    prose, asked, linked = (Dice(seed, stream) for stream in range(3))
    mixtures, wordings = plant_mixtures(prose, names)
    titles, texts = {}, {}
    for name in names:
        nouns = Nouns(prose, mixtures[name], wordings[name])
        titles[name] = title(nouns)
        texts[name] = f"{titles[name]}\n\n{body(prose, nouns)}\n"
    queries, kinds, judgements = plant_queries(
        asked, mixtures, {name: set(terms(text)) for name, text in texts.items()}
    )
    links, authorities, farm, trap, dangling = plant_links(linked, mixtures)
    return Library(
        texts=texts, titles=titles, mixtures=mixtures, queries=queries, kinds=kinds, judgements=judgements, links=links,
        topics={topic: tuple(w for concept in concepts for w in concept) for topic, concepts in CONCEPTS.items()},
        synonyms=dict(pair for concepts in CONCEPTS.values() for pair in concepts if len(pair) == 2),
        authorities=authorities, farm=farm, trap=trap, dangling=dangling,
    )  # fmt: skip
