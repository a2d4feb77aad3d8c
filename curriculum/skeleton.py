"""`mind dev new`: the skeleton of a lesson and of its answers, for an author to fill."""

from __future__ import annotations

import re
from pathlib import Path

from curriculum.lesson import answers_path
from curriculum.plan import Day

_LESSON = '''\
# %% [markdown]
r"""
You will … (one sentence).

**You will be able to**

- … (exercise 1)
"""

# %% [markdown]
r"""
## Warm-up

Two questions on earlier days, answers folded.
"""

# %% setup=true
import numpy as np
from curriculum.lab import check, figures

figures.style()

# %% [markdown]
r"""
## What goes wrong without it
"""

# %%
print(np.arange(3))

# %% [markdown] exercise="e1" title="…" level="warm-up" minutes=20 exports=["answer"]
r"""
Write `answer(x)`: … `answer(1)` is `2`.
"""

# %% [markdown] hints="e1" reading="…"
r"""
1. A nudge.
2. The approach.
3. Nearly the solution.
"""

# %% solution="e1"
def answer(x):
    """…"""
    ### BEGIN SOLUTION
    return x + 1
    ### END SOLUTION

# %% test="e1_value" points=2 title="…"
check(answer, 1).equals(2, idea="…")
### BEGIN HIDDEN TESTS
check(answer, -1).equals(0, idea="…")
### END HIDDEN TESTS

# %% [markdown]
r"""
## In practice

## Summary

## Reflection
"""

# %% [markdown] reflection="reflection"
r"""
A model answer.
"""

# %% [markdown]
r"""
## Further reading
"""
'''

_ANSWERS = """\
# %% right="e1" why="…"
def answer(x):
    return 1 + x

# %% wrong="e1" why="…"
def answer(x):
    return 2 * x
"""


def write_skeleton(day: Day, slug: str, root: Path) -> list[Path]:
    """Write the two files of a new lesson. Raises FileExistsError where the day has one, ValueError for a wrong slug."""
    if not re.fullmatch(r"[a-z0-9_]+", slug):
        raise ValueError(f"{slug!r} cannot name a lesson: use small letters, digits and _")
    lesson = root / "curriculum" / "lessons" / day.unit / f"d{day.number:02d}_{slug}.py"
    made = [lesson, answers_path(lesson)]
    for path in sorted(lesson.parent.glob(f"d{day.number:02d}_*.py")):
        raise FileExistsError(f"{day.id} has a lesson already, {path}; nothing was written")
    lesson.parent.mkdir(parents=True, exist_ok=True)
    for path, text in zip(made, (_LESSON, _ANSWERS), strict=True):
        path.write_text(text, encoding="utf-8")
    return made
