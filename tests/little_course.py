"""A little course that keeps the whole contract: one unit, one day, two exercises. Tests break it one rule at a time."""

from __future__ import annotations

from pathlib import Path

from curriculum.plan import Plan, Unit, load_plan

STEM = "d01_mean"

PLAN = """\
[plan]
title = "Little"
hours = 5
days = 1
day_minutes = { read = 90, guided = 60, exercises = 150 }
[equipment]
[readings.MML]
title = "Mathematics for Machine Learning"
authors = "M. P. Deisenroth, A. A. Faisal, C. S. Ong"

[[phase]]
id = "1"
title = "Phase"
days = 1
[[section]]
id = "1.1"
title = "Numbers"
days = 1
technologies = ["NumPy"]
readings = { MML = "6" }
[section.concepts]
means = "Means"
[[goal]]
id = "1.1-1"
text = "Compute a mean."
concepts = ["means"]
[[day]]
id = "1.1-d1"
title = "Sum up a list"
concepts = ["means"]
lesson = "d01_mean"
"""

LESSON = '''\
# %% [markdown]
r"""
You will sum up a list of numbers in one. You will be able to compute a mean (exercise 1) and a spread (exercise 2).

![A ruler that balances on its middle](d01_mean_ruler.svg)
"""

# %% setup=true
import numpy as np
from curriculum.lab import check, figures
from matplotlib import pyplot as plt

figures.style()
POINTS = [1, 2, 6]

# %% [markdown]
r"""
## A picture first
"""

# %%
fig, ax = plt.subplots(figsize=(3, 2))
_ = ax.plot(POINTS, "o-")
figures.show(fig, alt="Three rising points, the last far above the others.")

# %%
print("their sum is", sum(POINTS))

# %% [markdown] exercise="e1" title="Mean of a list" level="warm-up" minutes=10 exports=["mean"] goals=[1]
r"""
Write `mean(values)`: the arithmetic mean of a non-empty list of numbers, as a float. An empty list has no mean: raise
`ValueError`. `mean([1, 2, 6])` is `3.0`.
"""

# %% [markdown] hints="e1" reading="MML 6.4.1"
r"""
1. How would you do it on paper for three numbers?
2. Add them up, then divide by how many there are; test for the empty list first.

   An empty list is false.
3. `if not values: raise ValueError("…")`, then `return sum(values) / len(values)`.
"""

# %% solution="e1"
def mean(values):
    """Arithmetic mean of a non-empty list of numbers."""
    ### BEGIN SOLUTION
    if not values:
        raise ValueError("an empty list has no mean")
    return sum(values) / len(values)
    ### END SOLUTION

# %% test="e1_value" points=2 title="The mean of the numbers"
check(mean, [1, 2, 6]).close(3.0, idea="add all the numbers, divide by how many there are")
### BEGIN HIDDEN TESTS
check(mean, [-2.5]).close(-2.5, idea="one number is its own mean")
for seed in range(5):
    values = np.random.default_rng(seed).normal(size=seed + 2).tolist()
    check(mean, values).note(f"seed {seed}").close(float(np.mean(values)), rtol=1e-9, atol=1e-12, idea="add all, divide")
### END HIDDEN TESTS

# %% test="e1_empty" points=1 title="An empty list has no mean"
check(mean, []).raises(ValueError, idea="what does an empty list divide by?")

# %% [markdown] exercise="e2" title="Spread of a list" level="stretch" minutes=15 exports=["spread"]
r"""
Write `spread(values)`: how far the largest of the numbers is from the smallest. `spread([1, 2, 6])` is `5`.
"""

# %% [markdown] hints="e2"
r"""
1. Which two numbers matter?
2. Find the largest and the smallest.
3. `max` and `min` find them; subtract.
"""

# %% solution="e2"
def spread(values):
    """Largest less smallest."""
    ### BEGIN SOLUTION
    low = high = values[0]
    for value in values:
        low = min(low, value)
        high = max(high, value)
    return high - low
    ### END SOLUTION

# %% test="e2_spread" points=2 title="The largest less the smallest"
check(spread, [1, 2, 6]).equals(5, idea="which two numbers matter?")
### BEGIN HIDDEN TESTS
a = [3, -4, 1]
check(spread, a).equals(7, idea="below zero")
### END HIDDEN TESTS

# %% [markdown] reflection="reflection"
r"""
A mean is moved by every number, a spread by two of them only.
"""
'''

ANSWERS = """\
# %% right="e1" why="by NumPy"
def mean(values):
    if len(values) == 0:
        raise ValueError("empty")
    return float(np.mean(values))

# %% right="e1" why="a running mean"
def mean(values):
    if not values:
        raise ValueError("empty")
    result = 0.0
    for count, value in enumerate(values, 1):
        result += (value - result) / count
    return result

# %% wrong="e1" why="takes the middle element (median and mean mixed up)"
def mean(values):
    if not values:
        raise ValueError("empty")
    return sorted(values)[len(values) // 2]

# %% wrong="e1" why="divides by one too few"
def mean(values):
    if not values:
        raise ValueError("empty")
    return sum(values) / max(len(values) - 1, 1)

# %% wrong="e1" why="says 0 for an empty list"
def mean(values):
    return sum(values) / len(values) if values else 0.0

# %% right="e2" why="sorts"
def spread(values):
    ordered = sorted(values)
    return ordered[-1] - ordered[0]

# %% right="e2" why="by NumPy"
def spread(values):
    return int(np.ptp(values))

# %% wrong="e2" why="forgets the smallest"
def spread(values):
    return max(values)

# %% wrong="e2" why="last less first"
def spread(values):
    return values[-1] - values[0]

# %% wrong="e2" why="the wrong way round"
def spread(values):
    return min(values) - max(values)
"""

RULER = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 4"><title>A ruler</title><path d="M0 1h10"/></svg>\n'


def changed(text: str, *edits: tuple[str, str]) -> str:
    """``text`` with each (old, new) put in its place, of which there is to be exactly one."""
    for old, new in edits:
        assert text.count(old) == 1, f"{text.count(old)} times in the text: {old!r}"
        text = text.replace(old, new)
    return text


def section(text: str, marker: str) -> str:
    """The cell of a lesson that begins with ``# %% `` and ``marker``, whole."""
    start = text.index(f"# %% {marker}")
    end = text.find("# %%", start + 1)
    return text[start : end if end > 0 else len(text)]


def write(root: Path, lesson: str = LESSON, answers: str = ANSWERS, plan: str = PLAN) -> tuple[Plan, Unit]:
    """Write the course to ``root``; its plan and its one unit."""
    folder = root / "curriculum" / "lessons" / "1.1"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{STEM}.py").write_text(lesson, encoding="utf-8")
    (folder / f"{STEM}.answers.py").write_text(answers, encoding="utf-8")
    (folder / f"{STEM}_ruler.svg").write_text(RULER, encoding="utf-8")
    (root / "plan.toml").write_text(plan, encoding="utf-8")
    loaded = load_plan(root / "plan.toml")
    return loaded, loaded.unit("1.1")
