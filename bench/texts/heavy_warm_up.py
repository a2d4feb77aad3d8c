"""What a course with PyMC and CVXPY has its warm processes do once: a model and a plan of the kind that its lesson asks for.

PyTensor compiles to a folder in the home of who runs it, which a confined process does not see. Here it compiles to a
temporary one; what was compiled stays loaded in every fork, and what a fork compiles itself goes to its own /tmp.
"""

import logging
import os
import tempfile
from pathlib import Path

import cvxpy as cp
import numpy as np
import pymc as pm
import pytensor
from pytensor.link.c import cmodule

logging.getLogger("pymc").setLevel(logging.ERROR)
pytensor.config.traceback__limit = 0  # nobody reads where each node of a graph was made, and it takes long to note
compiled = pytensor.config._config_var_dict["compiledir"]  # set at the import, and not meant to be set again


def to_its_own() -> None:
    compiled.val = Path("/tmp")
    if cmodule._module_cache is not None:
        cmodule._module_cache.dirname = compiled.val


with tempfile.TemporaryDirectory(prefix="compiled-") as folder:
    compiled.val = Path(folder)
    cmodule._module_cache = None
    for successes, trials in ((3, 10), (30, 100), (300, 1000)):  # constants of other sizes are other types
        with pm.Model():
            p = pm.Beta("p", 1, 1)
            pm.Binomial("k", n=trials, p=p, observed=successes)
            pm.sample(draws=10, tune=10, chains=1, cores=1, random_seed=1, progressbar=False)
os.register_at_fork(after_in_child=to_its_own)

amounts = cp.Variable(2, nonneg=True)
cp.Problem(cp.Minimize(np.ones(2) @ amounts), [np.eye(2) @ amounts >= np.ones(2)]).solve()
cp.Problem(cp.Minimize(cp.sum_squares(amounts)), [cp.sum(amounts) >= 1]).solve()
