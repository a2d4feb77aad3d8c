# The text of a lesson that is measured; bench/lessons.py reads it. Cells are read one at a time, as in a notebook.
# fmt: off
# ruff: noqa: PT018, B905

# %% setup needs pymc cvxpy
import logging

import cvxpy as cp
import numpy as np
import pymc as pm

logging.getLogger("pymc").setLevel(logging.ERROR)
rng = np.random.default_rng(13)

# %% text
# # Beliefs and plans
#
# A posterior that can be checked with pencil and paper, and plans that a solver finds.

# %% demo
print(cp.installed_solvers())

# %% exercise e1: A rate from counts
# `rate(successes, trials, seed)`: mean of the posterior of a rate under a uniform prior, from 200 draws of PyMC.

# %% solution
def rate(successes, trials, seed=1):
    with pm.Model():
        p = pm.Beta("p", 1, 1)
        pm.Binomial("k", n=trials, p=p, observed=successes)
        trace = pm.sample(draws=200, tune=200, chains=1, cores=1, random_seed=seed, progressbar=False)
    return float(trace.posterior["p"].mean())

# %% test e1_mean 3
got = rate(30, 100)
assert abs(got - 31 / 102) < 0.03, f"rate gives {got}"

# %% wrong: no model, and five successes that nobody saw
def rate(successes, trials, seed=1):
    return (successes + 5) / trials

# %% exercise e2: The same by formula
# `beta(successes, trials)` -> (mean, standard deviation) of the posterior, by its formula.

# %% solution
def beta(successes, trials):
    a, b = successes + 1, trials - successes + 1
    return a / (a + b), float(np.sqrt(a * b / ((a + b) ** 2 * (a + b + 1))))

# %% test e2_formula 2
assert np.allclose(beta(0, 0), (0.5, np.sqrt(1 / 12))), f"beta gives {beta(0, 0)}"
### BEGIN HIDDEN TESTS
draws = rng.beta(8, 14, size=200_000)
assert np.allclose(beta(7, 20), (draws.mean(), draws.std()), atol=2e-3)
### END HIDDEN TESTS

# %% wrong: the variance for the deviation
def beta(successes, trials):
    a, b = successes + 1, trials - successes + 1
    return a / (a + b), a * b / ((a + b) ** 2 * (a + b + 1))

# %% exercise e3: The cheapest diet
# `diet(cost, content, needs)` -> how much of each food, least in cost, so that content @ amounts >= needs: a linear program.

# %% solution
def diet(cost, content, needs):
    amounts = cp.Variable(len(cost), nonneg=True)
    problem = cp.Problem(cp.Minimize(np.array(cost) @ amounts), [np.array(content) @ amounts >= np.array(needs)])
    problem.solve()
    return [float(amount) for amount in amounts.value]

# %% test e3_small 2
got = diet([2.0, 3.0], [[1.0, 2.0]], [4.0])
assert np.allclose(got, [0, 2], atol=1e-4), f"diet gives {got}"
### BEGIN HIDDEN TESTS
content, cost, needs = rng.uniform(0, 1, (4, 6)), rng.uniform(1, 2, 6), rng.uniform(1, 2, 4)
amounts = np.array(diet(cost.tolist(), content.tolist(), needs.tolist()))
assert (amounts > -1e-6).all() and (content @ amounts > needs - 1e-5).all()
dual = cp.Variable(4, nonneg=True)
best = cp.Problem(cp.Maximize(needs @ dual), [content.T @ dual <= cost]).solve()
assert abs(cost @ amounts - best) < 1e-4
### END HIDDEN TESTS

# %% wrong: only the food that is cheapest
def diet(cost, content, needs):
    food = int(np.argmin(cost))
    amounts = [0.0] * len(cost)
    amounts[food] = max(need / row[food] for row, need in zip(content, needs))
    return amounts

# %% exercise e4: A careful mixture
# `mixture(cover)` -> shares that add up to 1, none negative, with the smallest shares @ cover @ shares.

# %% solution
def mixture(cover):
    shares = cp.Variable(len(cover), nonneg=True)
    cp.Problem(cp.Minimize(cp.quad_form(shares, np.array(cover))), [cp.sum(shares) == 1]).solve()
    return [float(share) for share in shares.value]

# %% test e4_two 2
got = mixture([[1.0, 0.0], [0.0, 3.0]])
assert np.allclose(got, [0.75, 0.25], atol=1e-3), f"mixture gives {got}"
### BEGIN HIDDEN TESTS
assert np.allclose(mixture([[1.0, 0.9, 0.0], [0.9, 1.0, 0.0], [0.0, 0.0, 0.01]]), [0.005, 0.005, 0.99], atol=0.01)
### END HIDDEN TESTS

# %% wrong: everything alike
def mixture(cover):
    return [1 / len(cover)] * len(cover)
