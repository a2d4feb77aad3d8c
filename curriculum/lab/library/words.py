"""The words of the library: twelve topics, and what is said about anything."""

from __future__ import annotations

from itertools import accumulate


def _words(text: str) -> list[str]:
    return text.split()


#: Each topic: words of its own, some of which another topic has too; then pairs of words that mean the same.
TOPICS = {
    "railways": (
        "train track station signal platform ticket bridge tunnel",
        "railway/railroad engine/locomotive freight/cargo sleeper/crosstie",
    ),
    "cooking": (
        "oven recipe butter flour sauce dough kernel plate",
        "aubergine/eggplant coriander/cilantro courgette/zucchini stove/cooker",
    ),
    "medicine": (
        "patient hospital nurse vaccine fever symptom cell trial",
        "doctor/physician illness/disease drug/medication surgery/operation",
    ),
    "finance": (
        "bank market investor loan interest bond dividend fund",
        "money/cash salary/wage stock/share profit/earnings",
    ),
    "computing": (
        "memory processor compiler network server root kernel platform",
        "program/software error/bug computer/workstation folder/directory",
    ),
    "football": (
        "goal match team league striker penalty pitch star",
        "football/soccer coach/trainer referee/umpire supporter/fan",
    ),
    "music": (
        "melody rhythm chord piano concert opera pitch scale",
        "violin/fiddle song/tune orchestra/ensemble soloist/virtuoso",
    ),
    "law": (
        "court judge jury verdict evidence statute cell trial",
        "lawyer/attorney contract/agreement crime/offence prison/jail",
    ),
    "gardening": (
        "seed lawn compost hedge tulip greenhouse root bulb",
        "flower/blossom soil/earth autumn/fall shrub/bush",
    ),
    "weather": (
        "cloud wind temperature pressure humidity climate front scale",
        "rain/drizzle fog/mist forecast/prediction snowfall/blizzard",
    ),
    "sailing": (
        "anchor deck mast tide crew keel bridge front",
        "ship/vessel sailor/mariner harbour/port storm/gale",
    ),
    "astronomy": (
        "telescope orbit planet galaxy eclipse crater moon star",
        "universe/cosmos spacecraft/probe astronaut/cosmonaut meteor/fireball",
    ),
}

# Words that fit everywhere, the most frequent first: the r-th of a list is drawn in proportion to 1/r.
NOUNS = _words(
    "time people year way day thing world life part place case week group problem hand number night point home room "
    "area story fact month lot right study book eye word side kind head house friend power hour line end member name "
    "idea body information face level door reason history result change morning view effect society event effort"
)
VERBS = _words(
    "had made took found gave showed kept left brought began held wrote met changed followed needed moved carried "
    "reached built opened watched described explained replaced covered measured joined preferred inspected"
)
ADJECTIVES = _words(
    "new good first long great little own other old different small large next early young important public bad "
    "able common simple strong possible late real clear recent certain central quiet narrow distant"
)

#: N, V and A stand for a noun, a verb and an adjective.
SENTENCES = (
    "the N V the N",
    "the A N V the N and the N",
    "in the N the N V the A N",
    "the N of the N V the N for the N",
    "this N V the N but not the N",
    "after the N the N and the N V the A N",
    "it was the A N that V the N",
    "with the N from the N they V the N",
)

#: Topic -> what it speaks of: a word, or two words that mean the same.
CONCEPTS: dict[str, list[tuple[str, ...]]] = {
    topic: [(word,) for word in own.split()] + [tuple(pair.split("/")) for pair in pairs.split()]
    for topic, (own, pairs) in TOPICS.items()
}

#: Running sums of 1, 1/2, 1/3, …
ZIPF = list(accumulate(1 / rank for rank in range(1, 101)))
