"""What a course with PyMC and CVXPY has its warm processes do once: a model and a plan that are in none of its exercises."""

import logging

import cvxpy as cp
import pymc as pm

logging.getLogger("pymc").setLevel(logging.ERROR)
with pm.Model():
    pm.Poisson("counts", mu=pm.Gamma("mu", 2, 1), observed=[3, 1, 4])
    pm.sample(draws=10, tune=10, chains=1, cores=1, progressbar=False)
amounts = cp.Variable(2, nonneg=True)
cp.Problem(cp.Minimize(cp.sum_squares(amounts)), [cp.sum(amounts) >= 1]).solve()
