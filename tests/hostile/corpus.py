"""All cases."""

from __future__ import annotations

from collections import Counter

from tests.hostile import broken_cells, broken_files, faults, games, honest, patches, peeks, protocol, reach, values
from tests.hostile.case import Case

CASES: tuple[Case, ...] = tuple(
    case
    for module in (honest, broken_files, broken_cells, faults, values, patches, peeks, reach, protocol, games)
    for case in module.CASES
)


def by_name(name: str) -> Case:
    """Raises KeyError."""
    return {case.name: case for case in CASES}[name]


def count() -> Counter[str]:
    """How many cases there are of each kind."""
    return Counter(case.kind for case in CASES)
