"""What is said of a value that cannot cross between the tester and a learner's process."""

from __future__ import annotations

import re

_INSTEAD = {
    r"(Multi)?(Di)?Graph": "its edges, as list(graph.edges) does, or its nodes",
    r"(bsr|coo|csc|csr|dia|dok|lil)_(array|matrix)": "the whole array, as its toarray() does",
    r"rv_(continuous|discrete|histogram|sample)?_?frozen|multivariate_normal_frozen": "the numbers that it was to tell",
}


#: What is expected in the place of what is not plain.
PLAIN = "plain data: numbers, text, lists, tuples, dicts, sets, arrays, frames"


class NotPlain(Exception):
    """A value that is no plain data, or a message that is no value; its text names what was found.

    No TypeError: a test that asks for one must not take a value that it cannot look into for it.
    """


def no_value(kind: str) -> NotPlain:
    """What a learner hears who handed over an object of a class that no test can look into."""
    instead = next(
        (words for names, words in _INSTEAD.items() if re.fullmatch(names, kind)), "numbers, text, lists and the like"
    )
    return NotPlain(f"an object of the class {kind}, which tests cannot look into; instead give {instead}")
