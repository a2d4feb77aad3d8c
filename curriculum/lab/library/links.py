"""Who points to whom in the library."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import islice

from curriculum.lab.library.dice import Dice
from curriculum.lab.library.words import TOPICS

_Linked = tuple[list[tuple[str, str]], dict[str, str], tuple[str, ...], tuple[str, ...], tuple[str, ...]]


def plant_links(dice: Dice, mixtures: dict[str, dict[str, float]]) -> _Linked:
    """Ordinary pages and authorities point to the authority of a topic of theirs, to pages on their main topic, and anywhere."""
    main = {page: next(iter(mixture)) for page, mixture in mixtures.items()}
    pages = dice.shuffled(mixtures)
    chosen = {main[page]: page for page in pages}
    authorities = {topic: chosen[topic] for topic in TOPICS}
    rest: Iterator[str] = (page for page in pages if page not in authorities.values())
    farm, trap, dangling = (tuple(islice(rest, n)) for n in (5 + len(pages) // 50, 3, len(pages) // 20))
    visitors = list(rest)

    links = {link for page in farm[1:] for link in ((page, farm[0]), (farm[0], page))}
    links |= set(zip(trap, trap[1:] + trap[:1], strict=True))
    # A few outsiders were talked into a link to the farm, a few stumbled into the trap.
    links |= {(page, farm[0]) for page in visitors[:3]} | {(page, trap[0]) for page in visitors[3:6]}
    linking = [*visitors, *authorities.values()]
    linked = [*linking, *dangling]
    alike = defaultdict(list)
    for page in linked:
        alike[main[page]].append(page)
    after = dict(zip(linked, linked[1:] + linked[:1], strict=True))
    for page in linking:
        for _ in range(dice.between(2, 7)):
            kind = dice.number()
            if kind < 0.35:
                to = authorities[dice.one(list(mixtures[page]))]
            else:
                to = dice.one(alike[main[page]] if kind < 0.8 else linked)
            links.add((page, to if to != page else after[page]))
    return sorted(links), authorities, farm, trap, dangling
