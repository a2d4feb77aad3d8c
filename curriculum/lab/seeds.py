"""Random inputs of hidden tests: the same for everybody, unless a class has a secret.

The repository shows the seeds that hidden tests draw from, so answers could be tuned to them. In a class the instructor
sets a secret, which the grader gives to the tests alone; then the same test draws other inputs, the same for all of the class.
"""

from __future__ import annotations

import hashlib
import os

import numpy as np

#: The variable that holds the secret where tests run; learners' processes do not have it.
SECRET = "AUTOGRADER_SECRET"


def seeded(seed: int) -> np.random.Generator:
    """A generator of random numbers: ``numpy.random.default_rng(seed)``, moved elsewhere by the course's secret if there is one."""
    secret = os.environ.get(SECRET, "")
    if not secret:
        return np.random.default_rng(seed)
    digest = hashlib.sha256(f"{secret}:{seed}".encode()).digest()
    return np.random.default_rng(np.frombuffer(digest, dtype=np.uint32))
