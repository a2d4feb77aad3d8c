"""How numbers are shown: rounded down. 37 of 38 points are never 100 %, and 4.97 hours never 5.

Everything that shows points, hours or shares asks here, so that two pages cannot say two things of one score.
"""

from __future__ import annotations

from fractions import Fraction
from math import floor


def down(number: float | Fraction, digits: int = 2) -> float:
    """Rounded down to so many decimals; what is a hair below one only because floats are binary counts as it."""
    return floor(number * 10**digits + 1e-6) / 10**digits


def fixed(number: float | Fraction, digits: int = 1) -> str:
    """Rounded down, with just so many decimals: 4.9, 5.0."""
    return f"{down(number, digits):.{digits}f}"


def plain(number: float | Fraction, digits: int = 2) -> str:
    """Rounded down, with no more decimals than it takes: 25, 2.5, 4.97."""
    text = fixed(number, digits)
    return text.rstrip("0").rstrip(".") if "." in text else text
