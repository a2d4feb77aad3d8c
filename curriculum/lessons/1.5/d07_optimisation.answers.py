# %% right="e1" why="exactly, by the definiteness tests of SymPy's matrices"
def classify(f, variables, point):
    here = list(zip(variables, map(sp.sympify, point)))
    if [v for v in variables if f.diff(v).subs(here) != 0]:
        return "not stationary"
    hessian = sp.Matrix([[f.diff(u, v).subs(here) for v in variables] for u in variables])
    if hessian.is_positive_definite:
        return "minimum"
    if hessian.is_negative_definite:
        return "maximum"
    return "saddle" if hessian.is_indefinite else "inconclusive"

# %% right="e1" why="exactly, by the signs of the characteristic polynomial's coefficients: all its roots are real (Descartes)"
def classify(f, variables, point):
    at = lambda expr: sp.sympify(expr).subs({v: sp.Rational(p) for v, p in zip(variables, point)})
    if any(at(sp.diff(f, v)) for v in variables):
        return "not stationary"
    def changes(matrix):
        signs = [c > 0 for c in matrix.charpoly().all_coeffs() if c != 0]
        return sum(s != t for s, t in zip(signs, signs[1:]))
    H = sp.hessian(f, variables).applyfunc(at)
    up, down = changes(H), changes(-H)
    verdicts = {(len(variables), 0): "minimum", (0, len(variables)): "maximum"}
    return verdicts.get((up, down), "saddle" if up and down else "inconclusive")

# %% wrong="e1" why="any zero eigenvalue is called inconclusive, also beside a positive and a negative one"
def classify(f, variables, point):
    here = dict(zip(variables, point))
    if any(sp.diff(f, v).subs(here) != 0 for v in variables):
        return "not stationary"
    values = np.linalg.eigvalsh(np.array(sp.hessian(f, variables).subs(here), dtype=float))
    if np.any(np.abs(values) < 1e-6):
        return "inconclusive"
    if np.all(values > 0):
        return "minimum"
    return "maximum" if np.all(values < 0) else "saddle"

# %% wrong="e1" why="a zero eigenvalue is called a saddle (whatever is not definite is a saddle)"
def classify(f, variables, point):
    here = dict(zip(variables, point))
    if any(sp.diff(f, v).subs(here) != 0 for v in variables):
        return "not stationary"
    values = np.linalg.eigvalsh(np.array(sp.hessian(f, variables).subs(here), dtype=float))
    if np.all(values > 1e-6):
        return "minimum"
    return "maximum" if np.all(values < -1e-6) else "saddle"

# %% wrong="e1" why="compares floating-point eigenvalues with exactly 0, so rounding errors decide"
def classify(f, variables, point):
    here = dict(zip(variables, point))
    if any(sp.diff(f, v).subs(here) != 0 for v in variables):
        return "not stationary"
    values = np.linalg.eigvalsh(np.array(sp.hessian(f, variables).subs(here), dtype=float))
    if np.any(values > 0) and np.any(values < 0):
        return "saddle"
    if np.all(values > 0):
        return "minimum"
    return "maximum" if np.all(values < 0) else "inconclusive"

# %% wrong="e1" why="never asks whether the point is stationary"
def classify(f, variables, point):
    values = np.linalg.eigvalsh(np.array(sp.hessian(f, variables).subs(dict(zip(variables, point))), dtype=float))
    up, down = np.sum(values > 1e-6), np.sum(values < -1e-6)
    if up and down:
        return "saddle"
    if up == len(variables):
        return "minimum"
    return "maximum" if down == len(variables) else "inconclusive"

# %% wrong="e1" why="a positive determinant means an extremum, a negative one a saddle: the rule for two variables, used for all"
def classify(f, variables, point):
    here = dict(zip(variables, point))
    if any(sp.diff(f, v).subs(here) != 0 for v in variables):
        return "not stationary"
    H = sp.hessian(f, variables).subs(here)
    if H.det() == 0:
        return "inconclusive"
    if H.det() < 0:
        return "saddle"
    return "minimum" if H[0, 0] > 0 else "maximum"

# %% wrong="e1" why="negative eigenvalues taken for a minimum (signs of minimum and maximum mixed up)"
def classify(f, variables, point):
    here = dict(zip(variables, point))
    if any(sp.diff(f, v).subs(here) != 0 for v in variables):
        return "not stationary"
    values = np.linalg.eigvalsh(np.array(sp.hessian(f, variables).subs(here), dtype=float))
    up, down = np.sum(values > 1e-6), np.sum(values < -1e-6)
    if up and down:
        return "saddle"
    if up == len(variables):
        return "maximum"
    return "minimum" if down == len(variables) else "inconclusive"

# %% right="e1" why="the exact eigenvalues, their real parts taken as numbers"
def classify(f, variables, point):
    here = dict(zip(variables, point))
    if any(sp.diff(f, v).subs(here) != 0 for v in variables):
        return "not stationary"
    exact = sp.hessian(f, variables).subs(here).eigenvals(multiple=True)
    signs = {0 if abs(value) < 1e-6 else 1 if value > 0 else -1 for value in (complex(e).real for e in exact)}
    return {(1,): "minimum", (-1,): "maximum"}.get(tuple(signs), "saddle" if {-1, 1} <= signs else "inconclusive")

# %% wrong="e1" why="reads the signs of the second derivatives along the axes only (the diagonal of the Hessian)"
def classify(f, variables, point):
    here = dict(zip(variables, point))
    if any(sp.diff(f, v).subs(here) != 0 for v in variables):
        return "not stationary"
    bends = [sp.diff(f, v, 2).subs(here) for v in variables]
    up, down = sum(b > 0 for b in bends), sum(b < 0 for b in bends)
    if up and down:
        return "saddle"
    if up == len(variables):
        return "minimum"
    return "maximum" if down == len(variables) else "inconclusive"

# %% wrong="e1" why="leading minors, all ≥ 0 taken for semidefinite (true of all principal minors only)"
def classify(f, variables, point):
    here = dict(zip(variables, point))
    if any(sp.diff(f, v).subs(here) != 0 for v in variables):
        return "not stationary"
    H = sp.hessian(f, variables).subs(here)
    up = [H[: k + 1, : k + 1].det() for k in range(len(variables))]
    down = [(-H)[: k + 1, : k + 1].det() for k in range(len(variables))]
    if all(m > 0 for m in up):
        return "minimum"
    if all(m > 0 for m in down):
        return "maximum"
    return "inconclusive" if all(m >= 0 for m in up) or all(m >= 0 for m in down) else "saddle"

# %% wrong="e1" why="the sign of the trace instead of the signs of the eigenvalues"
def classify(f, variables, point):
    here = dict(zip(variables, point))
    if any(sp.diff(f, v).subs(here) != 0 for v in variables):
        return "not stationary"
    trace = sp.hessian(f, variables).subs(here).trace()
    return "minimum" if trace > 0 else "maximum" if trace < 0 else "saddle"

# %% wrong="e1" why="the gradient is asked at the point, the Hessian at the origin"
def classify(f, variables, point):
    here = dict(zip(variables, point))
    if any(sp.diff(f, v).subs(here) != 0 for v in variables):
        return "not stationary"
    values = np.linalg.eigvalsh(np.array(sp.hessian(f, variables).subs({v: 0 for v in variables}), dtype=float))
    up, down = np.sum(values > 1e-6), np.sum(values < -1e-6)
    if up and down:
        return "saddle"
    if up == len(variables):
        return "minimum"
    return "maximum" if down == len(variables) else "inconclusive"

# %% wrong="e1" why="adds the partial derivatives up: (0.02, −0.02) passes for a zero gradient"
def classify(f, variables, point):
    here = dict(zip(variables, point))
    if sum(sp.diff(f, v).subs(here) for v in variables) != 0:
        return "not stationary"
    values = np.linalg.eigvalsh(np.array(sp.hessian(f, variables).subs(here), dtype=float))
    up, down = np.sum(values > 1e-6), np.sum(values < -1e-6)
    if up and down:
        return "saddle"
    if up == len(variables):
        return "minimum"
    return "maximum" if down == len(variables) else "inconclusive"

# %% wrong="e1" why="compares the exact eigenvalues with 0; from three variables on SymPy refuses, since they are roots of complex numbers"
def classify(f, variables, point):
    here = dict(zip(variables, point))
    if any(sp.diff(f, v).subs(here) != 0 for v in variables):
        return "not stationary"
    exact = sp.hessian(f, variables).subs(here).eigenvals(multiple=True)
    if all(e > 0 for e in exact):
        return "minimum"
    if all(e < 0 for e in exact):
        return "maximum"
    return "saddle" if any(e > 0 for e in exact) and any(e < 0 for e in exact) else "inconclusive"

# %% wrong="e1" why="only the variables that occur in f are looked at, so a flat direction is overlooked"
def classify(f, variables, point):
    here = dict(zip(variables, point))
    used = sorted(f.free_symbols, key=str)
    if any(sp.diff(f, v).subs(here) != 0 for v in used):
        return "not stationary"
    values = np.linalg.eigvalsh(np.array(sp.hessian(f, used).subs(here), dtype=float)) if used else np.zeros(1)
    up, down = np.sum(values > 1e-6), np.sum(values < -1e-6)
    if up and down:
        return "saddle"
    if up == len(values):
        return "minimum"
    return "maximum" if down == len(values) else "inconclusive"

# %% right="e2" why="conjugate gradients for the first two, a fit by curve_fit"
def minimise(f, grad, x0):
    answer = optimize.minimize(f, x0, jac=grad, method="CG", tol=1e-8)
    return {"x": answer.x, "value": f(answer.x), "gradient_norm": max(abs(float(d)) for d in grad(answer.x))}


def maximise(f, grad, x0):
    def negated(x):
        return -f(x), -grad(x)

    x = optimize.minimize(negated, x0, jac=True, method="CG", tol=1e-8).x
    return {"x": x, "value": f(x)}


def fit(model, t, y, p0):
    p, _ = optimize.curve_fit(lambda t, *p: model(p, t), t, y, p0=p0)
    return {"p": p, "rss": float(((model(p, t) - y) ** 2).sum())}

# %% right="e2" why="L-BFGS-B with both of its tolerances tightened, Levenberg–Marquardt, the doubled cost"
def minimise(f, grad, x0):
    tight = {"ftol": 1e-16, "gtol": 1e-8}
    x = optimize.minimize(f, x0, jac=grad, method="L-BFGS-B", options=tight).x
    return {"x": x, "value": f(x), "gradient_norm": np.linalg.norm(grad(x), np.inf)}


def maximise(f, grad, x0):
    tight = {"ftol": 1e-16, "gtol": 1e-8}
    result = optimize.minimize(lambda x: -f(x), x0, jac=lambda x: -grad(x), method="L-BFGS-B", options=tight)
    return {"x": result.x, "value": f(result.x)}


def fit(model, t, y, p0):
    found = optimize.least_squares(lambda p: y - model(p, t), p0, method="lm")
    return {"p": found.x, "rss": 2 * found.cost}

# %% right="e2" why="trust-constr; the fit as a minimisation of the sum of squares"
def minimise(f, grad, x0):
    x = optimize.minimize(f, x0, jac=grad, method="trust-constr", options={"gtol": 1e-8, "xtol": 1e-14}).x
    return {"x": x, "value": f(x), "gradient_norm": float(abs(grad(x)).max())}


def maximise(f, grad, x0):
    result = optimize.minimize(lambda x: -f(x), x0, jac=lambda x: -grad(x), options={"gtol": 1e-8})
    return {"x": result.x, "value": -result.fun}


def fit(model, t, y, p0):
    found = optimize.minimize(lambda p: float(np.sum((model(p, t) - y) ** 2)), p0)
    return {"p": found.x, "rss": found.fun}

# %% wrong="e2" why="the default tolerance is taken to be exact enough"
def minimise(f, grad, x0):
    x = optimize.minimize(f, x0, jac=grad, method="L-BFGS-B").x
    return {"x": x, "value": f(x), "gradient_norm": float(np.abs(grad(x)).max())}


def maximise(f, grad, x0):
    x = optimize.minimize(lambda v: -f(v), x0, jac=lambda v: -grad(v), options={"gtol": 1e-8}).x
    return {"x": x, "value": f(x)}


def fit(model, t, y, p0):
    result = optimize.least_squares(lambda p: model(p, t) - y, p0)
    return {"p": result.x, "rss": float(np.sum(result.fun**2))}

# %% wrong="e2" why="the gradient is not handed to the solver, which guesses it by finite differences; only a last polish uses grad"
def minimise(f, grad, x0):
    x = optimize.minimize(f, x0).x
    x = optimize.minimize(f, x, jac=grad, options={"gtol": 1e-8}).x
    return {"x": x, "value": f(x), "gradient_norm": float(np.abs(grad(x)).max())}


def maximise(f, grad, x0):
    x = optimize.minimize(lambda v: -f(v), x0, jac=lambda v: -grad(v), options={"gtol": 1e-8}).x
    return {"x": x, "value": f(x)}


def fit(model, t, y, p0):
    result = optimize.least_squares(lambda p: model(p, t) - y, p0)
    return {"p": result.x, "rss": float(np.sum(result.fun**2))}

# %% wrong="e2" why="the maximum is handed back with the sign it had inside the solver"
def minimise(f, grad, x0):
    x = optimize.minimize(f, x0, jac=grad, options={"gtol": 1e-8}).x
    return {"x": x, "value": f(x), "gradient_norm": float(np.abs(grad(x)).max())}


def maximise(f, grad, x0):
    result = optimize.minimize(lambda v: -f(v), x0, jac=lambda v: -grad(v), options={"gtol": 1e-8})
    return {"x": result.x, "value": result.fun}


def fit(model, t, y, p0):
    result = optimize.least_squares(lambda p: model(p, t) - y, p0)
    return {"p": result.x, "rss": float(np.sum(result.fun**2))}

# %% wrong="e2" why="for the maximum f is negated but its gradient is not"
def minimise(f, grad, x0):
    x = optimize.minimize(f, x0, jac=grad, options={"gtol": 1e-8}).x
    return {"x": x, "value": f(x), "gradient_norm": float(np.abs(grad(x)).max())}


def maximise(f, grad, x0):
    x = optimize.minimize(lambda v: -f(v), x0, jac=grad, options={"gtol": 1e-8}).x
    return {"x": x, "value": f(x)}


def fit(model, t, y, p0):
    result = optimize.least_squares(lambda p: model(p, t) - y, p0)
    return {"p": result.x, "rss": float(np.sum(result.fun**2))}

# %% wrong="e2" why="SciPy's cost, half the sum of squares, is reported as the sum"
def minimise(f, grad, x0):
    x = optimize.minimize(f, x0, jac=grad, options={"gtol": 1e-8}).x
    return {"x": x, "value": f(x), "gradient_norm": float(np.abs(grad(x)).max())}


def maximise(f, grad, x0):
    x = optimize.minimize(lambda v: -f(v), x0, jac=lambda v: -grad(v), options={"gtol": 1e-8}).x
    return {"x": x, "value": f(x)}


def fit(model, t, y, p0):
    result = optimize.least_squares(lambda p: model(p, t) - y, p0)
    return {"p": result.x, "rss": float(result.cost)}

# %% wrong="e2" why="starts every fit from ones instead of p0, and lands in another valley"
def minimise(f, grad, x0):
    x = optimize.minimize(f, x0, jac=grad, options={"gtol": 1e-8}).x
    return {"x": x, "value": f(x), "gradient_norm": float(np.abs(grad(x)).max())}


def maximise(f, grad, x0):
    x = optimize.minimize(lambda v: -f(v), x0, jac=lambda v: -grad(v), options={"gtol": 1e-8}).x
    return {"x": x, "value": f(x)}


def fit(model, t, y, p0):
    result = optimize.least_squares(lambda p: model(p, t) - y, np.ones(len(p0)))
    return {"p": result.x, "rss": float(np.sum(result.fun**2))}

# %% wrong="e2" why="reports the signed largest entry of the gradient instead of the largest in size"
def minimise(f, grad, x0):
    x = optimize.minimize(f, x0, jac=grad, options={"gtol": 1e-8}).x
    return {"x": x, "value": f(x), "gradient_norm": float(np.max(grad(x)))}


def maximise(f, grad, x0):
    x = optimize.minimize(lambda v: -f(v), x0, jac=lambda v: -grad(v), options={"gtol": 1e-8}).x
    return {"x": x, "value": f(x)}


def fit(model, t, y, p0):
    result = optimize.least_squares(lambda p: model(p, t) - y, p0)
    return {"p": result.x, "rss": float(np.sum(result.fun**2))}

# %% right="e2" why="Newton–CG and SLSQP, each with a tolerance tight enough for it; the fit by minimise"
def minimise(f, grad, x0):
    end = optimize.minimize(f, x0, jac=grad, method="Newton-CG", options={"xtol": 1e-10}).x
    return {"x": end, "value": f(end), "gradient_norm": max(np.max(grad(end)), -np.min(grad(end)))}


def maximise(f, grad, x0):
    end = optimize.minimize(lambda v: -f(v), x0, jac=lambda v: -grad(v), method="SLSQP", options={"ftol": 1e-16, "maxiter": 500}).x
    return {"x": end, "value": f(end)}


def fit(model, t, y, p0):
    def rss(p):
        gap = y - model(p, t)
        return gap @ gap

    p = optimize.minimize(rss, p0, method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-14, "maxiter": 10000, "maxfev": 10000}).x
    return {"p": p, "rss": rss(p)}

# %% wrong="e2" why="the length of the gradient instead of its largest entry in size"
def minimise(f, grad, x0):
    x = optimize.minimize(f, x0, jac=grad, options={"gtol": 1e-8}).x
    return {"x": x, "value": f(x), "gradient_norm": float(np.linalg.norm(grad(x)))}


def maximise(f, grad, x0):
    x = optimize.minimize(lambda v: -f(v), x0, jac=lambda v: -grad(v), options={"gtol": 1e-8}).x
    return {"x": x, "value": f(x)}


def fit(model, t, y, p0):
    result = optimize.least_squares(lambda p: model(p, t) - y, p0)
    return {"p": result.x, "rss": float(np.sum(result.fun**2))}

# %% wrong="e2" why="believes the solver: reports a gradient of 0 without measuring it"
def minimise(f, grad, x0):
    x = optimize.minimize(f, x0, jac=grad, options={"gtol": 1e-8}).x
    return {"x": x, "value": f(x), "gradient_norm": 0.0}


def maximise(f, grad, x0):
    x = optimize.minimize(lambda v: -f(v), x0, jac=lambda v: -grad(v), options={"gtol": 1e-8}).x
    return {"x": x, "value": f(x)}


def fit(model, t, y, p0):
    result = optimize.least_squares(lambda p: model(p, t) - y, p0)
    return {"p": result.x, "rss": float(np.sum(result.fun**2))}

# %% wrong="e2" why="x comes back as a list, not as an array"
def minimise(f, grad, x0):
    x = optimize.minimize(f, x0, jac=grad, options={"gtol": 1e-8}).x
    return {"x": x.tolist(), "value": f(x), "gradient_norm": float(np.abs(grad(x)).max())}


def maximise(f, grad, x0):
    x = optimize.minimize(lambda v: -f(v), x0, jac=lambda v: -grad(v), options={"gtol": 1e-8}).x
    return {"x": x, "value": f(x)}


def fit(model, t, y, p0):
    result = optimize.least_squares(lambda p: model(p, t) - y, p0)
    return {"p": result.x, "rss": float(np.sum(result.fun**2))}

# %% wrong="e2" why="the value at the start is reported, not the value at the end"
def minimise(f, grad, x0):
    x = optimize.minimize(f, x0, jac=grad, options={"gtol": 1e-8}).x
    return {"x": x, "value": f(np.asarray(x0)), "gradient_norm": float(np.abs(grad(x)).max())}


def maximise(f, grad, x0):
    x = optimize.minimize(lambda v: -f(v), x0, jac=lambda v: -grad(v), options={"gtol": 1e-8}).x
    return {"x": x, "value": f(x)}


def fit(model, t, y, p0):
    result = optimize.least_squares(lambda p: model(p, t) - y, p0)
    return {"p": result.x, "rss": float(np.sum(result.fun**2))}

# %% wrong="e2" why="SciPy's result object is handed back as it is"
def minimise(f, grad, x0):
    result = optimize.minimize(f, x0, jac=grad, options={"gtol": 1e-8})
    result.value, result.gradient_norm = result.fun, float(np.abs(result.jac).max())
    return result


def maximise(f, grad, x0):
    x = optimize.minimize(lambda v: -f(v), x0, jac=lambda v: -grad(v), options={"gtol": 1e-8}).x
    return {"x": x, "value": f(x)}


def fit(model, t, y, p0):
    result = optimize.least_squares(lambda p: model(p, t) - y, p0)
    return {"p": result.x, "rss": float(np.sum(result.fun**2))}

# %% wrong="e2" why="a maximum to the default tolerance"
def minimise(f, grad, x0):
    x = optimize.minimize(f, x0, jac=grad, options={"gtol": 1e-8}).x
    return {"x": x, "value": f(x), "gradient_norm": float(np.abs(grad(x)).max())}


def maximise(f, grad, x0):
    x = optimize.minimize(lambda v: -f(v), x0, jac=lambda v: -grad(v)).x
    return {"x": x, "value": f(x)}


def fit(model, t, y, p0):
    result = optimize.least_squares(lambda p: model(p, t) - y, p0)
    return {"p": result.x, "rss": float(np.sum(result.fun**2))}

# %% wrong="e2" why="maximises by climbing a fixed number of gradient steps"
def minimise(f, grad, x0):
    x = optimize.minimize(f, x0, jac=grad, options={"gtol": 1e-8}).x
    return {"x": x, "value": f(x), "gradient_norm": float(np.abs(grad(x)).max())}


def maximise(f, grad, x0):
    x = np.array(x0, dtype=float)
    for _ in range(1000):
        x = x + 0.01 * grad(x)
    return {"x": x, "value": f(x)}


def fit(model, t, y, p0):
    result = optimize.least_squares(lambda p: model(p, t) - y, p0)
    return {"p": result.x, "rss": float(np.sum(result.fun**2))}

# %% wrong="e2" why="the mean of the squares instead of their sum"
def minimise(f, grad, x0):
    x = optimize.minimize(f, x0, jac=grad, options={"gtol": 1e-8}).x
    return {"x": x, "value": f(x), "gradient_norm": float(np.abs(grad(x)).max())}


def maximise(f, grad, x0):
    x = optimize.minimize(lambda v: -f(v), x0, jac=lambda v: -grad(v), options={"gtol": 1e-8}).x
    return {"x": x, "value": f(x)}


def fit(model, t, y, p0):
    result = optimize.least_squares(lambda p: model(p, t) - y, p0)
    return {"p": result.x, "rss": float(np.mean(result.fun**2))}

# %% wrong="e2" why="the absolute residuals are made small, not their squares"
def minimise(f, grad, x0):
    x = optimize.minimize(f, x0, jac=grad, options={"gtol": 1e-8}).x
    return {"x": x, "value": f(x), "gradient_norm": float(np.abs(grad(x)).max())}


def maximise(f, grad, x0):
    x = optimize.minimize(lambda v: -f(v), x0, jac=lambda v: -grad(v), options={"gtol": 1e-8}).x
    return {"x": x, "value": f(x)}


def fit(model, t, y, p0):
    p = optimize.minimize(lambda p: np.sum(np.abs(model(p, t) - y)), p0, method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-10, "maxiter": 5000}).x
    return {"p": p, "rss": float(np.sum((model(p, t) - y) ** 2))}

# %% right="e3" why="truncated Newton (TNC) with pairs of bounds; a running best"
def minimise_in_box(f, grad, lower, upper, x0):
    walls = [(None if a == -np.inf else a, None if b == np.inf else b) for a, b in zip(lower, upper)]
    x = optimize.minimize(f, x0, jac=grad, method="TNC", bounds=walls, options={"maxfun": 5000, "ftol": 1e-15, "gtol": 1e-9}).x
    x = np.minimum(np.maximum(x, lower), upper)
    moved = np.minimum(np.maximum(x - grad(x), lower), upper)
    return {"x": x, "value": f(x), "residual": float(max(abs(x - moved)))}


def multistart(f, grad, lower, upper, starts):
    best = None
    for start in starts:
        x = optimize.minimize(f, start, jac=grad, method="TNC", bounds=list(zip(lower, upper))).x
        x = np.clip(x, lower, upper)
        if best is None or f(x) < best["value"]:
            best = {"x": x, "value": f(x)}
    return best

# %% right="e3" why="SLSQP with a tight ftol"
def minimise_in_box(f, grad, lower, upper, x0):
    found = optimize.minimize(f, x0, jac=grad, method="SLSQP", bounds=optimize.Bounds(lower, upper), options={"ftol": 1e-14, "maxiter": 1000})
    x = np.clip(found.x, lower, upper)
    return {"x": x, "value": f(x), "residual": np.linalg.norm(x - np.clip(x - grad(x), lower, upper), np.inf)}


def multistart(f, grad, lower, upper, starts):
    ends = [minimise_in_box(f, grad, lower, upper, s) for s in starts]
    i = int(np.argmin([e["value"] for e in ends]))
    return {"x": ends[i]["x"], "value": ends[i]["value"]}

# %% right="e3" why="projected gradient descent with backtracking, written by hand"
def minimise_in_box(f, grad, lower, upper, x0):
    x, step = np.clip(np.array(x0, dtype=float), lower, upper), 1.0
    for _ in range(20000):
        g = grad(x)
        if np.abs(x - np.clip(x - g, lower, upper)).max() <= 1e-6:
            break
        step *= 2
        new = np.clip(x - step * g, lower, upper)
        while f(new) > f(x) + g @ (new - x) + (new - x) @ (new - x) / (2 * step) + 1e-15 and step > 1e-12:
            step /= 2
            new = np.clip(x - step * g, lower, upper)
        x = new
    return {"x": x, "value": f(x), "residual": float(np.abs(x - np.clip(x - grad(x), lower, upper)).max())}


def multistart(f, grad, lower, upper, starts):
    best = min((minimise_in_box(f, grad, lower, upper, s) for s in starts), key=lambda r: r["value"])
    return {key: best[key] for key in ("x", "value")}

# %% wrong="e3" why="clips the free minimum to the box"
def minimise_in_box(f, grad, lower, upper, x0):
    x = np.clip(optimize.minimize(f, x0, jac=grad, options={"gtol": 1e-9}).x, lower, upper)
    return {"x": x, "value": f(x), "residual": float(np.abs(x - np.clip(x - grad(x), lower, upper)).max())}


def multistart(f, grad, lower, upper, starts):
    def local(s):
        x = np.clip(optimize.minimize(f, s, jac=grad, method="L-BFGS-B", bounds=optimize.Bounds(lower, upper)).x, lower, upper)
        return {"x": x, "value": f(x)}

    return min(map(local, starts), key=lambda r: r["value"])

# %% wrong="e3" why="reports the gradient instead of the projected gradient"
def minimise_in_box(f, grad, lower, upper, x0):
    result = optimize.minimize(f, x0, jac=grad, method="L-BFGS-B", bounds=optimize.Bounds(lower, upper), options={"ftol": 1e-15, "gtol": 1e-9})
    x = np.clip(result.x, lower, upper)
    return {"x": x, "value": f(x), "residual": float(np.abs(grad(x)).max())}


def multistart(f, grad, lower, upper, starts):
    best = min((minimise_in_box(f, grad, lower, upper, s) for s in starts), key=lambda r: r["value"])
    return {key: best[key] for key in ("x", "value")}

# %% wrong="e3" why="descends from the lowest start only"
def minimise_in_box(f, grad, lower, upper, x0):
    result = optimize.minimize(f, x0, jac=grad, method="L-BFGS-B", bounds=optimize.Bounds(lower, upper), options={"ftol": 1e-15, "gtol": 1e-9})
    x = np.clip(result.x, lower, upper)
    return {"x": x, "value": f(x), "residual": float(np.abs(x - np.clip(x - grad(x), lower, upper)).max())}


def multistart(f, grad, lower, upper, starts):
    lowest = min(starts, key=f)
    found = minimise_in_box(f, grad, lower, upper, lowest)
    return {"x": found["x"], "value": found["value"]}

# %% wrong="e3" why="a local minimum, from the first start, reported as the global one"
def minimise_in_box(f, grad, lower, upper, x0):
    result = optimize.minimize(f, x0, jac=grad, method="L-BFGS-B", bounds=optimize.Bounds(lower, upper), options={"ftol": 1e-15, "gtol": 1e-9})
    x = np.clip(result.x, lower, upper)
    return {"x": x, "value": f(x), "residual": float(np.abs(x - np.clip(x - grad(x), lower, upper)).max())}


def multistart(f, grad, lower, upper, starts):
    found = minimise_in_box(f, grad, lower, upper, starts[0])
    return {"x": found["x"], "value": found["value"]}

# %% wrong="e3" why="a coordinate that would end at a wall is left where it started"
def minimise_in_box(f, grad, lower, upper, x0):
    result = optimize.minimize(f, x0, jac=grad, method="L-BFGS-B", bounds=optimize.Bounds(lower, upper), options={"ftol": 1e-15, "gtol": 1e-9})
    x = np.clip(result.x, lower, upper)
    x = np.where((x > lower) & (x < upper), x, np.clip(x0, lower, upper))
    return {"x": x, "value": f(x), "residual": float(np.abs(x - np.clip(x - grad(x), lower, upper)).max())}


def multistart(f, grad, lower, upper, starts):
    ends = [np.clip(optimize.minimize(f, s, jac=grad, method="L-BFGS-B", bounds=optimize.Bounds(lower, upper)).x, lower, upper) for s in starts]
    x = min(ends, key=f)
    return {"x": x, "value": f(x)}

# %% right="e3" why="trust-constr, which stays inside the walls; the best of all ends by their values"
def minimise_in_box(f, grad, lower, upper, x0):
    walls = optimize.Bounds(lower, upper)
    x = optimize.minimize(f, x0, jac=grad, method="trust-constr", bounds=walls, options={"gtol": 1e-9, "xtol": 1e-12, "maxiter": 5000}).x
    x = np.minimum(upper, np.maximum(lower, x))
    return {"x": x, "value": f(x), "residual": np.abs(np.clip(x - grad(x), lower, upper) - x).max()}


def multistart(f, grad, lower, upper, starts):
    ends = np.array([minimise_in_box(f, grad, lower, upper, s)["x"] for s in starts])
    values = [f(x) for x in ends]
    k = int(np.argmin(values))
    return {"x": ends[k], "value": values[k]}

# %% wrong="e3" why="SLSQP with its default ftol, which leaves a residual near 1e-3"
def minimise_in_box(f, grad, lower, upper, x0):
    result = optimize.minimize(f, x0, jac=grad, method="SLSQP", bounds=optimize.Bounds(lower, upper))
    x = np.clip(result.x, lower, upper)
    return {"x": x, "value": f(x), "residual": float(np.abs(x - np.clip(x - grad(x), lower, upper)).max())}


def multistart(f, grad, lower, upper, starts):
    best = min((minimise_in_box(f, grad, lower, upper, s) for s in starts), key=lambda r: r["value"])
    return {key: best[key] for key in ("x", "value")}

# %% wrong="e3" why="only the finite walls below are handed to the solver"
def minimise_in_box(f, grad, lower, upper, x0):
    result = optimize.minimize(f, x0, jac=grad, method="L-BFGS-B", bounds=optimize.Bounds(lower, np.inf), options={"ftol": 1e-15, "gtol": 1e-9})
    x = result.x
    return {"x": x, "value": f(x), "residual": float(np.abs(x - np.clip(x - grad(x), lower, upper)).max())}


def multistart(f, grad, lower, upper, starts):
    best = min((minimise_in_box(f, grad, lower, upper, s) for s in starts), key=lambda r: r["value"])
    return {key: best[key] for key in ("x", "value")}

# %% wrong="e3" why="believes the solver: a residual of 0 without measuring it"
def minimise_in_box(f, grad, lower, upper, x0):
    result = optimize.minimize(f, x0, jac=grad, method="L-BFGS-B", bounds=optimize.Bounds(lower, upper), options={"ftol": 1e-15, "gtol": 1e-9})
    x = np.clip(result.x, lower, upper)
    return {"x": x, "value": f(x), "residual": 0.0}


def multistart(f, grad, lower, upper, starts):
    best = min((minimise_in_box(f, grad, lower, upper, s) for s in starts), key=lambda r: r["value"])
    return {key: best[key] for key in ("x", "value")}

# %% wrong="e3" why="the residual of the start, not of the end"
def minimise_in_box(f, grad, lower, upper, x0):
    result = optimize.minimize(f, x0, jac=grad, method="L-BFGS-B", bounds=optimize.Bounds(lower, upper), options={"ftol": 1e-15, "gtol": 1e-9})
    x = np.clip(result.x, lower, upper)
    return {"x": x, "value": f(x), "residual": float(np.abs(x0 - np.clip(x0 - grad(x0), lower, upper)).max())}


def multistart(f, grad, lower, upper, starts):
    best = min((minimise_in_box(f, grad, lower, upper, s) for s in starts), key=lambda r: r["value"])
    return {key: best[key] for key in ("x", "value")}

# %% wrong="e3" why="clips the step to the box instead of the point that it leads to"
def minimise_in_box(f, grad, lower, upper, x0):
    result = optimize.minimize(f, x0, jac=grad, method="L-BFGS-B", bounds=optimize.Bounds(lower, upper), options={"ftol": 1e-15, "gtol": 1e-9})
    x = np.clip(result.x, lower, upper)
    return {"x": x, "value": f(x), "residual": float(np.abs(np.clip(-grad(x), lower, upper)).max())}


def multistart(f, grad, lower, upper, starts):
    best = min((minimise_in_box(f, grad, lower, upper, s) for s in starts), key=lambda r: r["value"])
    return {key: best[key] for key in ("x", "value")}

# %% wrong="e3" why="x comes back as a list, not as an array"
def minimise_in_box(f, grad, lower, upper, x0):
    result = optimize.minimize(f, x0, jac=grad, method="L-BFGS-B", bounds=optimize.Bounds(lower, upper), options={"ftol": 1e-15, "gtol": 1e-9})
    x = np.clip(result.x, lower, upper)
    return {"x": x.tolist(), "value": f(x), "residual": float(np.abs(x - np.clip(x - grad(x), lower, upper)).max())}


def multistart(f, grad, lower, upper, starts):
    best = min((minimise_in_box(f, grad, lower, upper, s) for s in starts), key=lambda r: r["value"])
    return {"x": np.array(best["x"]), "value": best["value"]}

# %% wrong="e3" why="descends freely from every start and clips the ends"
def minimise_in_box(f, grad, lower, upper, x0):
    result = optimize.minimize(f, x0, jac=grad, method="L-BFGS-B", bounds=optimize.Bounds(lower, upper), options={"ftol": 1e-15, "gtol": 1e-9})
    x = np.clip(result.x, lower, upper)
    return {"x": x, "value": f(x), "residual": float(np.abs(x - np.clip(x - grad(x), lower, upper)).max())}


def multistart(f, grad, lower, upper, starts):
    ends = [np.clip(optimize.minimize(f, s, jac=grad, options={"gtol": 1e-9}).x, lower, upper) for s in starts]
    x = min(ends, key=f)
    return {"x": x, "value": f(x)}

# %% wrong="e3" why="hands back the lowest start, without a descent"
def minimise_in_box(f, grad, lower, upper, x0):
    result = optimize.minimize(f, x0, jac=grad, method="L-BFGS-B", bounds=optimize.Bounds(lower, upper), options={"ftol": 1e-15, "gtol": 1e-9})
    x = np.clip(result.x, lower, upper)
    return {"x": x, "value": f(x), "residual": float(np.abs(x - np.clip(x - grad(x), lower, upper)).max())}


def multistart(f, grad, lower, upper, starts):
    x = min(starts, key=f)
    return {"x": np.array(x), "value": f(x)}

# %% wrong="e3" why="keeps the last end instead of the best"
def minimise_in_box(f, grad, lower, upper, x0):
    result = optimize.minimize(f, x0, jac=grad, method="L-BFGS-B", bounds=optimize.Bounds(lower, upper), options={"ftol": 1e-15, "gtol": 1e-9})
    x = np.clip(result.x, lower, upper)
    return {"x": x, "value": f(x), "residual": float(np.abs(x - np.clip(x - grad(x), lower, upper)).max())}


def multistart(f, grad, lower, upper, starts):
    for start in starts:
        found = minimise_in_box(f, grad, lower, upper, start)
    return {"x": found["x"], "value": found["value"]}

# %% wrong="e3" why="one descent, from the middle of all the starts"
def minimise_in_box(f, grad, lower, upper, x0):
    result = optimize.minimize(f, x0, jac=grad, method="L-BFGS-B", bounds=optimize.Bounds(lower, upper), options={"ftol": 1e-15, "gtol": 1e-9})
    x = np.clip(result.x, lower, upper)
    return {"x": x, "value": f(x), "residual": float(np.abs(x - np.clip(x - grad(x), lower, upper)).max())}


def multistart(f, grad, lower, upper, starts):
    found = minimise_in_box(f, grad, lower, upper, np.mean(starts, axis=0))
    return {"x": found["x"], "value": found["value"]}

# %% right="e4" why="λ eliminated by 2 × 2 minors, singular points sorted out afterwards; λ by least squares"
def lagrange(f, g, variables):
    n = len(variables)
    df, dg = [f.diff(v) for v in variables], [g.diff(v) for v in variables]
    minors = [sp.expand(df[i] * dg[j] - df[j] * dg[i]) for i in range(n) for j in range(i)]
    out = {"regular": [], "singular": []}
    values = []
    for solution in sp.solve([*minors, g], variables, dict=True):
        point = tuple(solution[v] for v in variables)
        if any(abs(sp.im(sp.N(c))) > 1e-9 for c in point):
            continue
        kind = "singular" if all(sp.simplify(d.subs(solution)) == 0 for d in dg) else "regular"
        if point not in out[kind]:
            out[kind].append(point)
            values.append(sp.simplify(f.subs(solution)))
    return {**out, "minimum": sp.Min(*values), "maximum": sp.Max(*values)}


def constrained_minimum(f, g, variables, x0):
    F, G = sp.lambdify([variables], f), sp.lambdify([variables], g)
    dF, dG = (lambda x, e=e: np.array([float(e.diff(v).subs(dict(zip(variables, x)))) for v in variables]) for e in (f, g))
    x = optimize.minimize(F, x0, jac=dF, method="SLSQP", constraints=[{"type": "eq", "fun": G, "jac": dG}], tol=1e-13).x
    price = np.linalg.lstsq(dG(x)[:, None], dF(x), rcond=None)[0][0]
    return {"x": x, "value": float(F(x)), "multiplier": float(price)}

# %% right="e4" why="stationary points of the Lagrangian; the numbers by trust-constr"
def lagrange(f, g, variables):
    multiplier = sp.Symbol("mu_", real=True)
    real = {v: sp.Symbol(f"{v.name}_", real=True) for v in variables}
    F, G, names = f.subs(real), g.subs(real), list(real.values())
    L = F - multiplier * G
    crosses = sp.solve([G, *[sp.diff(G, v) for v in names]], names, dict=True)
    singular = list({tuple(s[v] for v in names) for s in crosses})
    met = sp.solve([sp.diff(L, v) for v in [*names, multiplier]], [*names, multiplier], dict=True)
    regular = list({tuple(s[v] for v in names) for s in met} - set(singular))
    values = sorted((F.subs(dict(zip(names, p))) for p in singular + regular), key=sp.N)
    return {"regular": regular, "singular": singular, "minimum": values[0], "maximum": values[-1]}


def constrained_minimum(f, g, variables, x0):
    F, G = sp.lambdify([variables], f), sp.lambdify([variables], g)
    dF = lambda x: np.array(sp.lambdify([variables], [f.diff(v) for v in variables])(x), dtype=float)
    dG = lambda x: np.array(sp.lambdify([variables], [g.diff(v) for v in variables])(x), dtype=float)
    rule = optimize.NonlinearConstraint(G, 0, 0, jac=dG, hess=optimize.BFGS())
    x = optimize.minimize(F, x0, jac=dF, method="trust-constr", hess=optimize.BFGS(), constraints=rule, options={"gtol": 1e-9, "xtol": 1e-12}).x
    return {"x": x, "value": float(F(x)), "multiplier": float(dF(x) @ dG(x) / (dG(x) @ dG(x)))}

# %% wrong="e4" why="only the free stationary points of f are looked at, where the curve meets them"
def lagrange(f, g, variables):
    gradient = lambda e: [sp.diff(e, v) for v in variables]
    pick = lambda eqs: [tuple(s.get(v, v) for v in variables) for s in sp.solve(eqs, variables, dict=True)]
    singular = pick([*gradient(g), g])
    singular = [p for p in singular if all(c.is_real for c in p)]
    regular = [p for p in pick(gradient(f)) if p not in singular]
    values = [f.subs(dict(zip(variables, p))) for p in regular + singular]
    return {"regular": regular, "singular": singular, "minimum": min(values), "maximum": max(values)}


def constrained_minimum(f, g, variables, x0):
    F, G = sp.lambdify([variables], f), sp.lambdify([variables], g)
    dF, dG = (lambda x, e=e: np.array([float(e.diff(v).subs(dict(zip(variables, x)))) for v in variables]) for e in (f, g))
    x = optimize.minimize(F, x0, jac=dF, method="SLSQP", constraints=[{"type": "eq", "fun": G, "jac": dG}], tol=1e-13).x
    u, w = dF(x), dG(x)
    return {"x": x, "value": float(F(x)), "multiplier": float(u @ w / (w @ w))}

# %% wrong="e4" why="complex solutions are kept as if they were points of the plane"
def lagrange(f, g, variables):
    def gradient(expr):
        return [sp.diff(expr, v) for v in variables]

    def real_points(equations, unknowns):
        points = {tuple(s.get(v, v) for v in variables) for s in sp.solve(equations, unknowns, dict=True)}
        return list(points)

    lam = sp.Dummy("lambda")
    parallel = [u - lam * w for u, w in zip(gradient(f), gradient(g), strict=True)]
    singular = real_points([*gradient(g), g], variables)
    regular = [p for p in real_points([*parallel, g], [*variables, lam]) if p not in singular]
    values = [f.subs(dict(zip(variables, p, strict=True))) for p in regular + singular]
    values = [value for value in values if value.is_real]
    return {"regular": regular, "singular": singular, "minimum": min(values), "maximum": max(values)}


def constrained_minimum(f, g, variables, x0):
    def numeric(expr):
        function = sp.lambdify(variables, expr, "numpy")
        return lambda v: np.array(function(*v), dtype=float)

    value, gap = numeric(f), numeric(g)
    f_slope, g_slope = (numeric([sp.diff(expr, v) for v in variables]) for expr in (f, g))
    result = optimize.minimize(
        value, x0, jac=f_slope, method="SLSQP", options={"ftol": 1e-14},
        constraints={"type": "eq", "fun": gap, "jac": g_slope},
    )
    u, w = f_slope(result.x), g_slope(result.x)
    return {"x": result.x, "value": float(value(result.x)), "multiplier": float(u @ w / (w @ w))}

# %% wrong="e4" why="the singular points are forgotten in the comparison of values"
def lagrange(f, g, variables):
    def gradient(expr):
        return [sp.diff(expr, v) for v in variables]

    def real_points(equations, unknowns):
        points = {tuple(s.get(v, v) for v in variables) for s in sp.solve(equations, unknowns, dict=True)}
        return [p for p in points if all(c.is_real for c in p)]

    lam = sp.Dummy("lambda")
    parallel = [u - lam * w for u, w in zip(gradient(f), gradient(g), strict=True)]
    singular = real_points([*gradient(g), g], variables)
    regular = [p for p in real_points([*parallel, g], [*variables, lam]) if p not in singular]
    values = [f.subs(dict(zip(variables, p, strict=True))) for p in regular]
    return {"regular": regular, "singular": singular, "minimum": min(values), "maximum": max(values)}


def constrained_minimum(f, g, variables, x0):
    def numeric(expr):
        function = sp.lambdify(variables, expr, "numpy")
        return lambda v: np.array(function(*v), dtype=float)

    value, gap = numeric(f), numeric(g)
    f_slope, g_slope = (numeric([sp.diff(expr, v) for v in variables]) for expr in (f, g))
    result = optimize.minimize(
        value, x0, jac=f_slope, method="SLSQP", options={"ftol": 1e-14},
        constraints={"type": "eq", "fun": gap, "jac": g_slope},
    )
    u, w = f_slope(result.x), g_slope(result.x)
    return {"x": result.x, "value": float(value(result.x)), "multiplier": float(u @ w / (w @ w))}

# %% wrong="e4" why="singular points are taken wherever ∇g = 0, also off the curve"
def lagrange(f, g, variables):
    def gradient(expr):
        return [sp.diff(expr, v) for v in variables]

    def real_points(equations, unknowns):
        points = {tuple(s.get(v, v) for v in variables) for s in sp.solve(equations, unknowns, dict=True)}
        return [p for p in points if all(c.is_real for c in p)]

    lam = sp.Dummy("lambda")
    parallel = [u - lam * w for u, w in zip(gradient(f), gradient(g), strict=True)]
    singular = real_points(gradient(g), variables)
    regular = [p for p in real_points([*parallel, g], [*variables, lam]) if p not in singular]
    values = [f.subs(dict(zip(variables, p, strict=True))) for p in regular + singular if sp.expand(g.subs(dict(zip(variables, p, strict=True)))) == 0]
    return {"regular": regular, "singular": singular, "minimum": min(values), "maximum": max(values)}


def constrained_minimum(f, g, variables, x0):
    def numeric(expr):
        function = sp.lambdify(variables, expr, "numpy")
        return lambda v: np.array(function(*v), dtype=float)

    value, gap = numeric(f), numeric(g)
    f_slope, g_slope = (numeric([sp.diff(expr, v) for v in variables]) for expr in (f, g))
    result = optimize.minimize(
        value, x0, jac=f_slope, method="SLSQP", options={"ftol": 1e-14},
        constraints={"type": "eq", "fun": gap, "jac": g_slope},
    )
    u, w = f_slope(result.x), g_slope(result.x)
    return {"x": result.x, "value": float(value(result.x)), "multiplier": float(u @ w / (w @ w))}

# %% wrong="e4" why="points with ∇f = 0 and ∇g = 0 are put in both lists"
def lagrange(f, g, variables):
    def gradient(expr):
        return [sp.diff(expr, v) for v in variables]

    def real_points(equations, unknowns):
        points = {tuple(s.get(v, v) for v in variables) for s in sp.solve(equations, unknowns, dict=True)}
        return [p for p in points if all(c.is_real for c in p)]

    lam = sp.Dummy("lambda")
    parallel = [u - lam * w for u, w in zip(gradient(f), gradient(g), strict=True)]
    singular = real_points([*gradient(g), g], variables)
    regular = real_points([*parallel, g], [*variables, lam])
    values = [f.subs(dict(zip(variables, p, strict=True))) for p in regular + singular]
    return {"regular": regular, "singular": singular, "minimum": min(values), "maximum": max(values)}


def constrained_minimum(f, g, variables, x0):
    def numeric(expr):
        function = sp.lambdify(variables, expr, "numpy")
        return lambda v: np.array(function(*v), dtype=float)

    value, gap = numeric(f), numeric(g)
    f_slope, g_slope = (numeric([sp.diff(expr, v) for v in variables]) for expr in (f, g))
    result = optimize.minimize(
        value, x0, jac=f_slope, method="SLSQP", options={"ftol": 1e-14},
        constraints={"type": "eq", "fun": gap, "jac": g_slope},
    )
    u, w = f_slope(result.x), g_slope(result.x)
    return {"x": result.x, "value": float(value(result.x)), "multiplier": float(u @ w / (w @ w))}

# %% wrong="e4" why="an inequality constraint instead of an equation"
def lagrange(f, g, variables):
    def gradient(expr):
        return [sp.diff(expr, v) for v in variables]

    def real_points(equations, unknowns):
        points = {tuple(s.get(v, v) for v in variables) for s in sp.solve(equations, unknowns, dict=True)}
        return [p for p in points if all(c.is_real for c in p)]

    lam = sp.Dummy("lambda")
    parallel = [u - lam * w for u, w in zip(gradient(f), gradient(g), strict=True)]
    singular = real_points([*gradient(g), g], variables)
    regular = [p for p in real_points([*parallel, g], [*variables, lam]) if p not in singular]
    values = [f.subs(dict(zip(variables, p, strict=True))) for p in regular + singular]
    return {"regular": regular, "singular": singular, "minimum": min(values), "maximum": max(values)}


def constrained_minimum(f, g, variables, x0):
    def numeric(expr):
        function = sp.lambdify(variables, expr, "numpy")
        return lambda v: np.array(function(*v), dtype=float)

    value, gap = numeric(f), numeric(g)
    f_slope, g_slope = (numeric([sp.diff(expr, v) for v in variables]) for expr in (f, g))
    result = optimize.minimize(
        value, x0, jac=f_slope, method="SLSQP", options={"ftol": 1e-14},
        constraints={"type": "ineq", "fun": gap, "jac": g_slope},
    )
    u, w = f_slope(result.x), g_slope(result.x)
    return {"x": result.x, "value": float(value(result.x)), "multiplier": float(u @ w / (w @ w))}

# %% wrong="e4" why="the multiplier with the sign of ∇f + λ∇g = 0"
def lagrange(f, g, variables):
    def gradient(expr):
        return [sp.diff(expr, v) for v in variables]

    def real_points(equations, unknowns):
        points = {tuple(s.get(v, v) for v in variables) for s in sp.solve(equations, unknowns, dict=True)}
        return [p for p in points if all(c.is_real for c in p)]

    lam = sp.Dummy("lambda")
    parallel = [u - lam * w for u, w in zip(gradient(f), gradient(g), strict=True)]
    singular = real_points([*gradient(g), g], variables)
    regular = [p for p in real_points([*parallel, g], [*variables, lam]) if p not in singular]
    values = [f.subs(dict(zip(variables, p, strict=True))) for p in regular + singular]
    return {"regular": regular, "singular": singular, "minimum": min(values), "maximum": max(values)}


def constrained_minimum(f, g, variables, x0):
    def numeric(expr):
        function = sp.lambdify(variables, expr, "numpy")
        return lambda v: np.array(function(*v), dtype=float)

    value, gap = numeric(f), numeric(g)
    f_slope, g_slope = (numeric([sp.diff(expr, v) for v in variables]) for expr in (f, g))
    result = optimize.minimize(
        value, x0, jac=f_slope, method="SLSQP", options={"ftol": 1e-14},
        constraints={"type": "eq", "fun": gap, "jac": g_slope},
    )
    u, w = f_slope(result.x), g_slope(result.x)
    return {"x": result.x, "value": float(value(result.x)), "multiplier": float(-u @ w / (w @ w))}

# %% wrong="e4" why="extreme values of the regular points in the order found, not compared (first is least, last is greatest)"
def lagrange(f, g, variables):
    def gradient(expr):
        return [sp.diff(expr, v) for v in variables]

    def real_points(equations, unknowns):
        points = {tuple(s.get(v, v) for v in variables) for s in sp.solve(equations, unknowns, dict=True)}
        return [p for p in points if all(c.is_real for c in p)]

    lam = sp.Dummy("lambda")
    parallel = [u - lam * w for u, w in zip(gradient(f), gradient(g), strict=True)]
    singular = real_points([*gradient(g), g], variables)
    regular = [p for p in real_points([*parallel, g], [*variables, lam]) if p not in singular]
    values = [f.subs(dict(zip(variables, p, strict=True))) for p in regular + singular]
    return {"regular": regular, "singular": singular, "minimum": values[0], "maximum": values[-1]}


def constrained_minimum(f, g, variables, x0):
    def numeric(expr):
        function = sp.lambdify(variables, expr, "numpy")
        return lambda v: np.array(function(*v), dtype=float)

    value, gap = numeric(f), numeric(g)
    f_slope, g_slope = (numeric([sp.diff(expr, v) for v in variables]) for expr in (f, g))
    result = optimize.minimize(
        value, x0, jac=f_slope, method="SLSQP", options={"ftol": 1e-14},
        constraints={"type": "eq", "fun": gap, "jac": g_slope},
    )
    u, w = f_slope(result.x), g_slope(result.x)
    return {"x": result.x, "value": float(value(result.x)), "multiplier": float(u @ w / (w @ w))}

# %% wrong="e4" why="floats in place of exact numbers"
def lagrange(f, g, variables):
    def gradient(expr):
        return [sp.diff(expr, v) for v in variables]

    def real_points(equations, unknowns):
        points = {tuple(s.get(v, v) for v in variables) for s in sp.solve(equations, unknowns, dict=True)}
        return [tuple(map(sp.N, p)) for p in points if all(c.is_real for c in p)]

    lam = sp.Dummy("lambda")
    parallel = [u - lam * w for u, w in zip(gradient(f), gradient(g), strict=True)]
    singular = real_points([*gradient(g), g], variables)
    regular = [p for p in real_points([*parallel, g], [*variables, lam]) if p not in singular]
    values = [f.subs(dict(zip(variables, p, strict=True))) for p in regular + singular]
    return {"regular": regular, "singular": singular, "minimum": min(values), "maximum": max(values)}


def constrained_minimum(f, g, variables, x0):
    def numeric(expr):
        function = sp.lambdify(variables, expr, "numpy")
        return lambda v: np.array(function(*v), dtype=float)

    value, gap = numeric(f), numeric(g)
    f_slope, g_slope = (numeric([sp.diff(expr, v) for v in variables]) for expr in (f, g))
    result = optimize.minimize(
        value, x0, jac=f_slope, method="SLSQP", options={"ftol": 1e-14},
        constraints={"type": "eq", "fun": gap, "jac": g_slope},
    )
    u, w = f_slope(result.x), g_slope(result.x)
    return {"x": result.x, "value": float(value(result.x)), "multiplier": float(u @ w / (w @ w))}

# %% right="e4" why="a Gröbner basis for the singular points, trust-constr without Jacobians"
def lagrange(f, g, variables):
    def gradient(expr):
        return [sp.diff(expr, v) for v in variables]

    def real_points(equations, unknowns):
        points = {tuple(s.get(v, v) for v in variables) for s in sp.solve(equations, unknowns, dict=True)}
        return [p for p in points if all(c.is_real for c in p)]

    lam = sp.Dummy("lambda")
    parallel = [u - lam * w for u, w in zip(gradient(f), gradient(g), strict=True)]
    basis = sp.groebner([*gradient(g), g], *variables, order="lex")
    singular = [] if basis.exprs == [1] else real_points(list(basis.exprs), variables)
    regular = [p for p in real_points([*parallel, g], [*variables, lam]) if p not in singular]
    values = [f.subs(dict(zip(variables, p, strict=True))) for p in regular + singular]
    return {"regular": regular, "singular": singular, "minimum": min(values), "maximum": max(values)}


def constrained_minimum(f, g, variables, x0):
    def numeric(expr):
        function = sp.lambdify(variables, expr, "numpy")
        return lambda v: np.array(function(*v), dtype=float)

    value, gap = numeric(f), numeric(g)
    f_slope, g_slope = (numeric([sp.diff(expr, v) for v in variables]) for expr in (f, g))
    rule = optimize.NonlinearConstraint(gap, 0.0, 0.0)
    result = optimize.minimize(value, x0, method="trust-constr", constraints=rule, options={"gtol": 1e-9, "xtol": 1e-12})
    u, w = f_slope(result.x), g_slope(result.x)
    return {"x": result.x, "value": float(value(result.x)), "multiplier": float(u @ w / (w @ w))}

# %% wrong="e4" why="the coordinates in alphabetical order instead of that of variables"
def lagrange(f, g, variables):
    variables = sorted(variables, key=str)

    def gradient(expr):
        return [sp.diff(expr, v) for v in variables]

    def real_points(equations, unknowns):
        points = {tuple(s.get(v, v) for v in variables) for s in sp.solve(equations, unknowns, dict=True)}
        return [p for p in points if all(c.is_real for c in p)]

    lam = sp.Dummy("lambda")
    parallel = [u - lam * w for u, w in zip(gradient(f), gradient(g), strict=True)]
    singular = real_points([*gradient(g), g], variables)
    regular = [p for p in real_points([*parallel, g], [*variables, lam]) if p not in singular]
    values = [f.subs(dict(zip(variables, p, strict=True))) for p in regular + singular]
    return {"regular": regular, "singular": singular, "minimum": min(values), "maximum": max(values)}


def constrained_minimum(f, g, variables, x0):
    def numeric(expr):
        function = sp.lambdify(variables, expr, "numpy")
        return lambda v: np.array(function(*v), dtype=float)

    value, gap = numeric(f), numeric(g)
    f_slope, g_slope = (numeric([sp.diff(expr, v) for v in variables]) for expr in (f, g))
    result = optimize.minimize(
        value, x0, jac=f_slope, method="SLSQP", options={"ftol": 1e-14},
        constraints={"type": "eq", "fun": gap, "jac": g_slope},
    )
    u, w = f_slope(result.x), g_slope(result.x)
    return {"x": result.x, "value": float(value(result.x)), "multiplier": float(u @ w / (w @ w))}

# %% wrong="e4" why="minimum and maximum are points, not values"
def lagrange(f, g, variables):
    def gradient(expr):
        return [sp.diff(expr, v) for v in variables]

    def real_points(equations, unknowns):
        points = {tuple(s.get(v, v) for v in variables) for s in sp.solve(equations, unknowns, dict=True)}
        return [p for p in points if all(c.is_real for c in p)]

    lam = sp.Dummy("lambda")
    parallel = [u - lam * w for u, w in zip(gradient(f), gradient(g), strict=True)]
    singular = real_points([*gradient(g), g], variables)
    regular = [p for p in real_points([*parallel, g], [*variables, lam]) if p not in singular]
    return {"regular": regular, "singular": singular, "minimum": regular[0], "maximum": regular[-1]}


def constrained_minimum(f, g, variables, x0):
    def numeric(expr):
        function = sp.lambdify(variables, expr, "numpy")
        return lambda v: np.array(function(*v), dtype=float)

    value, gap = numeric(f), numeric(g)
    f_slope, g_slope = (numeric([sp.diff(expr, v) for v in variables]) for expr in (f, g))
    result = optimize.minimize(
        value, x0, jac=f_slope, method="SLSQP", options={"ftol": 1e-14},
        constraints={"type": "eq", "fun": gap, "jac": g_slope},
    )
    u, w = f_slope(result.x), g_slope(result.x)
    return {"x": result.x, "value": float(value(result.x)), "multiplier": float(u @ w / (w @ w))}

# %% wrong="e4" why="the multiplier from the first coordinate alone, where ∇g may be 0"
def lagrange(f, g, variables):
    def gradient(expr):
        return [sp.diff(expr, v) for v in variables]

    def real_points(equations, unknowns):
        points = {tuple(s.get(v, v) for v in variables) for s in sp.solve(equations, unknowns, dict=True)}
        return [p for p in points if all(c.is_real for c in p)]

    lam = sp.Dummy("lambda")
    parallel = [u - lam * w for u, w in zip(gradient(f), gradient(g), strict=True)]
    singular = real_points([*gradient(g), g], variables)
    regular = [p for p in real_points([*parallel, g], [*variables, lam]) if p not in singular]
    values = [f.subs(dict(zip(variables, p, strict=True))) for p in regular + singular]
    return {"regular": regular, "singular": singular, "minimum": min(values), "maximum": max(values)}


def constrained_minimum(f, g, variables, x0):
    def numeric(expr):
        function = sp.lambdify(variables, expr, "numpy")
        return lambda v: np.array(function(*v), dtype=float)

    value, gap = numeric(f), numeric(g)
    f_slope, g_slope = (numeric([sp.diff(expr, v) for v in variables]) for expr in (f, g))
    result = optimize.minimize(
        value, x0, jac=f_slope, method="SLSQP", options={"ftol": 1e-14},
        constraints={"type": "eq", "fun": gap, "jac": g_slope},
    )
    u, w = f_slope(result.x), g_slope(result.x)
    return {"x": result.x, "value": float(value(result.x)), "multiplier": float(u[0] / w[0])}

# %% wrong="e4" why="a penalty 1000·g² instead of a constraint"
def lagrange(f, g, variables):
    def gradient(expr):
        return [sp.diff(expr, v) for v in variables]

    def real_points(equations, unknowns):
        points = {tuple(s.get(v, v) for v in variables) for s in sp.solve(equations, unknowns, dict=True)}
        return [p for p in points if all(c.is_real for c in p)]

    lam = sp.Dummy("lambda")
    parallel = [u - lam * w for u, w in zip(gradient(f), gradient(g), strict=True)]
    singular = real_points([*gradient(g), g], variables)
    regular = [p for p in real_points([*parallel, g], [*variables, lam]) if p not in singular]
    values = [f.subs(dict(zip(variables, p, strict=True))) for p in regular + singular]
    return {"regular": regular, "singular": singular, "minimum": min(values), "maximum": max(values)}


def constrained_minimum(f, g, variables, x0):
    def numeric(expr):
        function = sp.lambdify(variables, expr, "numpy")
        return lambda v: np.array(function(*v), dtype=float)

    value, gap = numeric(f), numeric(g)
    f_slope, g_slope = (numeric([sp.diff(expr, v) for v in variables]) for expr in (f, g))
    result = optimize.minimize(lambda v: value(v) + 1000 * gap(v) ** 2, x0, options={"gtol": 1e-8})
    u, w = f_slope(result.x), g_slope(result.x)
    return {"x": result.x, "value": float(value(result.x)), "multiplier": float(u @ w / (w @ w))}

# %% wrong="e4" why="SLSQP with its default ftol, which stops before the gradients are parallel"
def lagrange(f, g, variables):
    def gradient(expr):
        return [sp.diff(expr, v) for v in variables]

    def real_points(equations, unknowns):
        points = {tuple(s.get(v, v) for v in variables) for s in sp.solve(equations, unknowns, dict=True)}
        return [p for p in points if all(c.is_real for c in p)]

    lam = sp.Dummy("lambda")
    parallel = [u - lam * w for u, w in zip(gradient(f), gradient(g), strict=True)]
    singular = real_points([*gradient(g), g], variables)
    regular = [p for p in real_points([*parallel, g], [*variables, lam]) if p not in singular]
    values = [f.subs(dict(zip(variables, p, strict=True))) for p in regular + singular]
    return {"regular": regular, "singular": singular, "minimum": min(values), "maximum": max(values)}


def constrained_minimum(f, g, variables, x0):
    def numeric(expr):
        function = sp.lambdify(variables, expr, "numpy")
        return lambda v: np.array(function(*v), dtype=float)

    value, gap = numeric(f), numeric(g)
    f_slope, g_slope = (numeric([sp.diff(expr, v) for v in variables]) for expr in (f, g))
    result = optimize.minimize(
        value, x0, jac=f_slope, method="SLSQP",
        constraints={"type": "eq", "fun": gap, "jac": g_slope},
    )
    u, w = f_slope(result.x), g_slope(result.x)
    return {"x": result.x, "value": float(value(result.x)), "multiplier": float(u @ w / (w @ w))}

# %% wrong="e4" why="the maximum by habit: −f is minimised, as in the demonstration"
def lagrange(f, g, variables):
    def gradient(expr):
        return [sp.diff(expr, v) for v in variables]

    def real_points(equations, unknowns):
        points = {tuple(s.get(v, v) for v in variables) for s in sp.solve(equations, unknowns, dict=True)}
        return [p for p in points if all(c.is_real for c in p)]

    lam = sp.Dummy("lambda")
    parallel = [u - lam * w for u, w in zip(gradient(f), gradient(g), strict=True)]
    singular = real_points([*gradient(g), g], variables)
    regular = [p for p in real_points([*parallel, g], [*variables, lam]) if p not in singular]
    values = [f.subs(dict(zip(variables, p, strict=True))) for p in regular + singular]
    return {"regular": regular, "singular": singular, "minimum": min(values), "maximum": max(values)}


def constrained_minimum(f, g, variables, x0):
    def numeric(expr):
        function = sp.lambdify(variables, expr, "numpy")
        return lambda v: np.array(function(*v), dtype=float)

    value, gap = numeric(f), numeric(g)
    f_slope, g_slope = (numeric([sp.diff(expr, v) for v in variables]) for expr in (f, g))
    result = optimize.minimize(
        lambda v: -value(v), x0, jac=lambda v: -f_slope(v), method="SLSQP", options={"ftol": 1e-14},
        constraints={"type": "eq", "fun": gap, "jac": g_slope},
    )
    u, w = f_slope(result.x), g_slope(result.x)
    return {"x": result.x, "value": float(value(result.x)), "multiplier": float(u @ w / (w @ w))}

# %% wrong="e4" why="the value of g is reported instead of that of f"
def lagrange(f, g, variables):
    def gradient(expr):
        return [sp.diff(expr, v) for v in variables]

    def real_points(equations, unknowns):
        points = {tuple(s.get(v, v) for v in variables) for s in sp.solve(equations, unknowns, dict=True)}
        return [p for p in points if all(c.is_real for c in p)]

    lam = sp.Dummy("lambda")
    parallel = [u - lam * w for u, w in zip(gradient(f), gradient(g), strict=True)]
    singular = real_points([*gradient(g), g], variables)
    regular = [p for p in real_points([*parallel, g], [*variables, lam]) if p not in singular]
    values = [f.subs(dict(zip(variables, p, strict=True))) for p in regular + singular]
    return {"regular": regular, "singular": singular, "minimum": min(values), "maximum": max(values)}


def constrained_minimum(f, g, variables, x0):
    def numeric(expr):
        function = sp.lambdify(variables, expr, "numpy")
        return lambda v: np.array(function(*v), dtype=float)

    value, gap = numeric(f), numeric(g)
    f_slope, g_slope = (numeric([sp.diff(expr, v) for v in variables]) for expr in (f, g))
    result = optimize.minimize(
        value, x0, jac=f_slope, method="SLSQP", options={"ftol": 1e-14},
        constraints={"type": "eq", "fun": gap, "jac": g_slope},
    )
    u, w = f_slope(result.x), g_slope(result.x)
    return {"x": result.x, "value": float(gap(result.x)), "multiplier": float(u @ w / (w @ w))}

# %% wrong="e4" why="λ of ∇g = λ∇f, the wrong way round"
def lagrange(f, g, variables):
    def gradient(expr):
        return [sp.diff(expr, v) for v in variables]

    def real_points(equations, unknowns):
        points = {tuple(s.get(v, v) for v in variables) for s in sp.solve(equations, unknowns, dict=True)}
        return [p for p in points if all(c.is_real for c in p)]

    lam = sp.Dummy("lambda")
    parallel = [u - lam * w for u, w in zip(gradient(f), gradient(g), strict=True)]
    singular = real_points([*gradient(g), g], variables)
    regular = [p for p in real_points([*parallel, g], [*variables, lam]) if p not in singular]
    values = [f.subs(dict(zip(variables, p, strict=True))) for p in regular + singular]
    return {"regular": regular, "singular": singular, "minimum": min(values), "maximum": max(values)}


def constrained_minimum(f, g, variables, x0):
    def numeric(expr):
        function = sp.lambdify(variables, expr, "numpy")
        return lambda v: np.array(function(*v), dtype=float)

    value, gap = numeric(f), numeric(g)
    f_slope, g_slope = (numeric([sp.diff(expr, v) for v in variables]) for expr in (f, g))
    result = optimize.minimize(
        value, x0, jac=f_slope, method="SLSQP", options={"ftol": 1e-14},
        constraints={"type": "eq", "fun": gap, "jac": g_slope},
    )
    u, w = f_slope(result.x), g_slope(result.x)
    return {"x": result.x, "value": float(value(result.x)), "multiplier": float(u @ w / (u @ u))}

# %% wrong="e4" why="ratios f_x/g_x = f_y/g_y: the points where a derivative of g is 0 are lost"
def lagrange(f, g, variables):
    def gradient(expr):
        return [sp.diff(expr, v) for v in variables]

    def real_points(equations, unknowns):
        points = {tuple(s.get(v, v) for v in variables) for s in sp.solve(equations, unknowns, dict=True)}
        return [p for p in points if all(c.is_real for c in p)]

    singular = real_points([*gradient(g), g], variables)
    ratios = [u / w for u, w in zip(gradient(f), gradient(g), strict=True)]
    regular = [p for p in real_points([*[sp.together(ratios[0] - r) for r in ratios[1:]], g], variables) if p not in singular]
    values = [f.subs(dict(zip(variables, p, strict=True))) for p in regular + singular]
    return {"regular": regular, "singular": singular, "minimum": min(values), "maximum": max(values)}


def constrained_minimum(f, g, variables, x0):
    def numeric(expr):
        function = sp.lambdify(variables, expr, "numpy")
        return lambda v: np.array(function(*v), dtype=float)

    value, gap = numeric(f), numeric(g)
    f_slope, g_slope = (numeric([sp.diff(expr, v) for v in variables]) for expr in (f, g))
    result = optimize.minimize(
        value, x0, jac=f_slope, method="SLSQP", options={"ftol": 1e-14},
        constraints={"type": "eq", "fun": gap, "jac": g_slope},
    )
    u, w = f_slope(result.x), g_slope(result.x)
    return {"x": result.x, "value": float(value(result.x)), "multiplier": float(u @ w / (w @ w))}

# %% right="e5" why="adds τI until the Cholesky factorisation succeeds"
def newton_min(f, grad, hess, x0, tol=1e-6, max_iter=100):
    x, values = np.array(x0, dtype=float), [f(x0)]
    while np.max(np.abs(grad(x))) > tol:
        if len(values) > max_iter:
            raise RuntimeError("no convergence")
        g, H, tau = grad(x), hess(x), 0.0
        while True:
            try:
                L = np.linalg.cholesky(H + tau * np.eye(len(x)))
                break
            except np.linalg.LinAlgError:
                tau = max(2 * tau, 1e-3)
        p = -np.linalg.solve(L.T, np.linalg.solve(L, g))
        alpha = 1.0
        while f(x + alpha * p) > values[-1] + 1e-4 * alpha * (g @ p):
            alpha *= 0.5
        x = x + alpha * p
        values.append(f(x))
    return {"x": x, "steps": len(values) - 1, "values": values}

# %% right="e5" why="recursive; negative and tiny eigenvalues replaced by their size or a floor of 1e-4; shrinks steps by a third"
def newton_min(f, grad, hess, x0, tol=1e-6, max_iter=100):
    x0 = np.asarray(x0, dtype=float)
    g = grad(x0)
    if max(abs(g)) <= tol:
        return {"x": x0, "steps": 0, "values": [float(f(x0))]}
    if max_iter == 0:
        raise RuntimeError("did not arrive")
    lam, Q = np.linalg.eigh(hess(x0))
    lam = np.where(lam > 1e-4, lam, np.maximum(-lam, 1e-4))
    p = -(Q / lam) @ Q.T @ g
    a = next(a for a in 0.667 ** np.arange(200) if f(x0 + a * p) <= f(x0) + 1e-4 * a * g.dot(p))
    rest = newton_min(f, grad, hess, x0 + a * p, tol, max_iter - 1)
    return {"x": rest["x"], "steps": rest["steps"] + 1, "values": [float(f(x0)), *rest["values"]]}

# %% wrong="e5" why="full Newton steps, no line search, though the direction is mended"
def newton_min(f, grad, hess, x0, tol=1e-6, max_iter=100):
    x = np.array(x0, dtype=float)
    values = [f(x)]
    for steps in range(max_iter + 1):
        slope = grad(x)
        if np.abs(slope).max() <= tol:
            return {"x": x, "steps": steps, "values": values}
        eigenvalues, Q = np.linalg.eigh(hess(x))
        x = x - Q @ ((Q.T @ slope) / np.maximum(np.abs(eigenvalues), 1e-8))
        values.append(f(x))
    raise RuntimeError("no convergence")

# %% wrong="e5" why="Newton's direction where it stands, also uphill; the line search only shortens it, so it stops at a saddle"
def newton_min(f, grad, hess, x0, tol=1e-6, max_iter=100):
    x = np.array(x0, dtype=float)
    values = [f(x)]
    for steps in range(max_iter + 1):
        slope = grad(x)
        if np.abs(slope).max() <= tol:
            return {"x": x, "steps": steps, "values": values}
        direction = -np.linalg.pinv(hess(x)) @ slope
        size = 1.0
        while f(x + size * direction) > values[-1] + 1e-4 * size * (slope @ direction):
            size /= 2
        x = x + size * direction
        values.append(f(x))
    raise RuntimeError("no convergence")

# %% wrong="e5" why="the Hessian is always regularised by 1, also where it is positive definite: the rate is linear"
def newton_min(f, grad, hess, x0, tol=1e-6, max_iter=100):
    x = np.array(x0, dtype=float)
    values = [f(x)]
    for steps in range(max_iter + 1):
        slope = grad(x)
        if np.abs(slope).max() <= tol:
            return {"x": x, "steps": steps, "values": values}
        eigenvalues, Q = np.linalg.eigh(hess(x))
        direction = -Q @ ((Q.T @ slope) / (np.abs(eigenvalues) + 1))
        size = 1.0
        while f(x + size * direction) > values[-1] + 1e-4 * size * (slope @ direction):
            size /= 2
        x = x + size * direction
        values.append(f(x))
    raise RuntimeError(f"no gradient within {tol} after {max_iter} steps")

# %% wrong="e5" why="the line search begins with half a step, so the full one is never taken"
def newton_min(f, grad, hess, x0, tol=1e-6, max_iter=100):
    x = np.array(x0, dtype=float)
    values = [f(x)]
    for steps in range(max_iter + 1):
        slope = grad(x)
        if np.abs(slope).max() <= tol:
            return {"x": x, "steps": steps, "values": values}
        eigenvalues, Q = np.linalg.eigh(hess(x))
        direction = -Q @ ((Q.T @ slope) / np.maximum(np.abs(eigenvalues), 1e-8))
        size = 0.5
        while f(x + size * direction) > values[-1] + 1e-4 * size * (slope @ direction):
            size /= 2
        x = x + size * direction
        values.append(f(x))
    raise RuntimeError(f"no gradient within {tol} after {max_iter} steps")

# %% wrong="e5" why="counts the steps from one"
def newton_min(f, grad, hess, x0, tol=1e-6, max_iter=100):
    x = np.array(x0, dtype=float)
    values = [f(x)]
    for steps in range(max_iter + 1):
        slope = grad(x)
        if np.abs(slope).max() <= tol:
            return {"x": x, "steps": steps + 1, "values": values}
        eigenvalues, Q = np.linalg.eigh(hess(x))
        direction = -Q @ ((Q.T @ slope) / np.maximum(np.abs(eigenvalues), 1e-8))
        size = 1.0
        while f(x + size * direction) > values[-1] + 1e-4 * size * (slope @ direction):
            size /= 2
        x = x + size * direction
        values.append(f(x))
    raise RuntimeError(f"no gradient within {tol} after {max_iter} steps")

# %% wrong="e5" why="hands back the last point as if it had arrived"
def newton_min(f, grad, hess, x0, tol=1e-6, max_iter=100):
    x = np.array(x0, dtype=float)
    values = [f(x)]
    for steps in range(max_iter + 1):
        slope = grad(x)
        if np.abs(slope).max() <= tol:
            return {"x": x, "steps": steps, "values": values}
        eigenvalues, Q = np.linalg.eigh(hess(x))
        direction = -Q @ ((Q.T @ slope) / np.maximum(np.abs(eigenvalues), 1e-8))
        size = 1.0
        while f(x + size * direction) > values[-1] + 1e-4 * size * (slope @ direction):
            size /= 2
        x = x + size * direction
        values.append(f(x))
    return {"x": x, "steps": max_iter, "values": values[: max_iter + 1]}

# %% wrong="e5" why="gives up one step early"
def newton_min(f, grad, hess, x0, tol=1e-6, max_iter=100):
    x = np.array(x0, dtype=float)
    values = [f(x)]
    for steps in range(max_iter):
        slope = grad(x)
        if np.abs(slope).max() <= tol:
            return {"x": x, "steps": steps, "values": values}
        eigenvalues, Q = np.linalg.eigh(hess(x))
        direction = -Q @ ((Q.T @ slope) / np.maximum(np.abs(eigenvalues), 1e-8))
        size = 1.0
        while f(x + size * direction) > values[-1] + 1e-4 * size * (slope @ direction):
            size /= 2
        x = x + size * direction
        values.append(f(x))
    raise RuntimeError(f"no gradient within {tol} after {max_iter} steps")

# %% wrong="e5" why="ignores the value at the start"
def newton_min(f, grad, hess, x0, tol=1e-6, max_iter=100):
    x = np.array(x0, dtype=float)
    values = []
    for steps in range(max_iter + 1):
        slope = grad(x)
        if np.abs(slope).max() <= tol:
            return {"x": x, "steps": steps, "values": values}
        eigenvalues, Q = np.linalg.eigh(hess(x))
        direction = -Q @ ((Q.T @ slope) / np.maximum(np.abs(eigenvalues), 1e-8))
        size = 1.0
        while f(x + size * direction) > f(x) + 1e-4 * size * (slope @ direction):
            size /= 2
        x = x + size * direction
        values.append(f(x))
    raise RuntimeError(f"no gradient within {tol} after {max_iter} steps")

# %% wrong="e5" why="gradient descent with the line search: the Hessian is not used"
def newton_min(f, grad, hess, x0, tol=1e-6, max_iter=100):
    x = np.array(x0, dtype=float)
    values = [f(x)]
    for steps in range(max_iter + 1):
        slope = grad(x)
        if np.abs(slope).max() <= tol:
            return {"x": x, "steps": steps, "values": values}
        direction = -slope
        size = 1.0
        while f(x + size * direction) > values[-1] + 1e-4 * size * (slope @ direction):
            size /= 2
        x = x + size * direction
        values.append(f(x))
    raise RuntimeError(f"no gradient within {tol} after {max_iter} steps")

# %% wrong="e5" why="the length of the gradient decides, so it may go on too long"
def newton_min(f, grad, hess, x0, tol=1e-6, max_iter=100):
    x = np.array(x0, dtype=float)
    values = [f(x)]
    for steps in range(max_iter + 1):
        slope = grad(x)
        if np.linalg.norm(slope) <= tol:
            return {"x": x, "steps": steps, "values": values}
        eigenvalues, Q = np.linalg.eigh(hess(x))
        direction = -Q @ ((Q.T @ slope) / np.maximum(np.abs(eigenvalues), 1e-8))
        size = 1.0
        while f(x + size * direction) > values[-1] + 1e-4 * size * (slope @ direction):
            size /= 2
        x = x + size * direction
        values.append(f(x))
    raise RuntimeError(f"no gradient within {tol} after {max_iter} steps")

# %% wrong="e5" why="always takes a first step, also from a start that qualifies"
def newton_min(f, grad, hess, x0, tol=1e-6, max_iter=100):
    x = np.array(x0, dtype=float)
    values = [f(x)]
    for steps in range(max_iter + 1):
        slope = grad(x)
        if steps and np.abs(slope).max() <= tol:
            return {"x": x, "steps": steps, "values": values}
        eigenvalues, Q = np.linalg.eigh(hess(x))
        direction = -Q @ ((Q.T @ slope) / np.maximum(np.abs(eigenvalues), 1e-8))
        size = 1.0
        while f(x + size * direction) > values[-1] + 1e-4 * size * (slope @ direction):
            size /= 2
        x = x + size * direction
        values.append(f(x))
    raise RuntimeError(f"no gradient within {tol} after {max_iter} steps")

# %% wrong="e5" why="changes the array x0 in place"
def newton_min(f, grad, hess, x0, tol=1e-6, max_iter=100):
    x = x0
    values = [f(x)]
    for steps in range(max_iter + 1):
        slope = grad(x)
        if np.abs(slope).max() <= tol:
            return {"x": x, "steps": steps, "values": values}
        eigenvalues, Q = np.linalg.eigh(hess(x))
        direction = -Q @ ((Q.T @ slope) / np.maximum(np.abs(eigenvalues), 1e-8))
        size = 1.0
        while f(x + size * direction) > values[-1] + 1e-4 * size * (slope @ direction):
            size /= 2
        x += size * direction
        values.append(f(x))
    raise RuntimeError(f"no gradient within {tol} after {max_iter} steps")

# %% wrong="e5" why="every eigenvalue is lifted to 0.1 at least: a shallow minimum loses the full step"
def newton_min(f, grad, hess, x0, tol=1e-6, max_iter=100):
    x = np.array(x0, dtype=float)
    values = [f(x)]
    for steps in range(max_iter + 1):
        slope = grad(x)
        if np.abs(slope).max() <= tol:
            return {"x": x, "steps": steps, "values": values}
        eigenvalues, Q = np.linalg.eigh(hess(x))
        direction = -Q @ ((Q.T @ slope) / np.maximum(np.abs(eigenvalues), 0.1))
        size = 1.0
        while f(x + size * direction) > values[-1] + 1e-4 * size * (slope @ direction):
            size /= 2
        x = x + size * direction
        values.append(f(x))
    raise RuntimeError(f"no gradient within {tol} after {max_iter} steps")

# %% wrong="e5" why="a strict < in the test of the step: where f no longer changes it halves for ever"
def newton_min(f, grad, hess, x0, tol=1e-6, max_iter=100):
    x = np.array(x0, dtype=float)
    values = [f(x)]
    for steps in range(max_iter + 1):
        slope = grad(x)
        if np.abs(slope).max() <= tol:
            return {"x": x, "steps": steps, "values": values}
        eigenvalues, Q = np.linalg.eigh(hess(x))
        direction = -Q @ ((Q.T @ slope) / np.maximum(np.abs(eigenvalues), 1e-8))
        size = 1.0
        while f(x + size * direction) >= values[-1] + 1e-4 * size * (slope @ direction):
            size /= 2
        x = x + size * direction
        values.append(f(x))
    raise RuntimeError(f"no gradient within {tol} after {max_iter} steps")

# %% wrong="e5" why="at most three halvings, then the step is taken anyway"
def newton_min(f, grad, hess, x0, tol=1e-6, max_iter=100):
    x = np.array(x0, dtype=float)
    values = [f(x)]
    for steps in range(max_iter + 1):
        slope = grad(x)
        if np.abs(slope).max() <= tol:
            return {"x": x, "steps": steps, "values": values}
        eigenvalues, Q = np.linalg.eigh(hess(x))
        direction = -Q @ ((Q.T @ slope) / np.maximum(np.abs(eigenvalues), 1e-8))
        size = 1.0
        tries = 0
        while tries < 3 and f(x + size * direction) > values[-1] + 1e-4 * size * (slope @ direction):
            size /= 2
            tries += 1
        x = x + size * direction
        values.append(f(x))
    raise RuntimeError(f"no gradient within {tol} after {max_iter} steps")

# %% wrong="e5" why="eigenvalues below zero are set to the floor, without their absolute value: giant steps, halved until they stop"
def newton_min(f, grad, hess, x0, tol=1e-6, max_iter=100):
    x = np.array(x0, dtype=float)
    values = [f(x)]
    for steps in range(max_iter + 1):
        slope = grad(x)
        if np.abs(slope).max() <= tol:
            return {"x": x, "steps": steps, "values": values}
        eigenvalues, Q = np.linalg.eigh(hess(x))
        direction = -Q @ ((Q.T @ slope) / np.maximum(eigenvalues, 1e-300))
        size = 1.0
        while f(x + size * direction) > values[-1] + 1e-4 * size * (slope @ direction):
            size /= 2
        x = x + size * direction
        values.append(f(x))
    raise RuntimeError(f"no gradient within {tol} after {max_iter} steps")

# %% equivalent="e1" mutants=["80cf5a4c", "8480c7f3", "cdd2c493", "d15a1665"] why="eigenvalues are 0 up to rounding, or at least 0.01: any threshold between says the same"

# %% equivalent="e2" mutants=["f95e8996"] why="gtol 1e-8 or 2e-8: both ends are within the 1e-6 that is asked for, and no other exactness is"

# %% equivalent="e2" mutants=["8943741f"] why="the squares do not change with the sign of the residuals"

# %% equivalent="e3" mutants=["527299e4", "957e03e8"] why="twice a tolerance that is far tighter than what is asked for"

# %% equivalent="e3" mutants=["e8dad115"] why="the absolute value does not change with the sign"

# %% equivalent="e5" mutants=["41425166", "1d2c27f7"] why="the statement leaves the constant of the Armijo test and the factor that shortens a step to the learner"

# %% equivalent="e5" mutants=["a117d11b"] why="a dot product is symmetric"

# %% equivalent="e4" mutants=["83fe138f", "bb79be7f"] why="λw − u = 0 is the same equation, and u + λw = 0 has the same points with −λ for λ, which is thrown away"

# %% equivalent="e4" mutants=["cdb635ec"] why="twice a tolerance that is far tighter than what is asked for"

# %% equivalent="e4" mutants=["d044a86a"] why="a dot product is symmetric"
