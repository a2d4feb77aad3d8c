"""What is said of a value that cannot cross between the tester and a learner's process."""

from __future__ import annotations


class NotPlain(TypeError):
    """A value that is no plain data, or a message that is no value; its text names what was found."""
