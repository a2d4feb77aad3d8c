# %% [markdown]
r"""
You will find the lowest and highest points of functions of several variables, prove what kind of point you have found, and
put SciPy to work on problems with slopes, bounds, many valleys and constraints, without believing it blindly.

**You will be able to**

- **classify** a stationary point by its Hessian, and say when the Hessian is silent (exercise 1);
- **solve** smooth minimisation, maximisation and least-squares problems with SciPy, handing it the gradient (exercise 2);
- **certify** a minimum in a box, and search many valleys for the lowest (exercise 3);
- **find** constrained extrema by Lagrange multipliers, exactly and numerically (exercise 4);
- **repair** Newton's method so that it always goes downhill (exercise 5).
"""

# %% [markdown]
r"""
## Warm-up

1. At a point where $\nabla f \ne 0$, which direction makes $f$ fall fastest, and how fast does it fall per unit of length?
2. In one variable, $f'(0) = 0$ and $f''(0) = 0$. Is $0$ a minimum, a maximum or neither?

<details><summary>Answers</summary>

1. The direction $-\nabla f / \lVert\nabla f\rVert$. The directional derivative along a unit vector $u$ is
   $\nabla f \cdot u \ge -\lVert\nabla f\rVert$ (Cauchy–Schwarz), with equality exactly for that $u$.
2. You cannot tell. $x^4$ has a minimum there, $-x^4$ a maximum, $x^3$ neither, and all three have $f'(0) = f''(0) = 0$.
   Remember this answer: in several variables it comes back as "inconclusive".

</details>

## Set-up
"""

# %% setup=true
import numpy as np
import sympy as sp
from matplotlib import pyplot as plt
from scipy import optimize
from scipy.special import logsumexp, softmax

from curriculum.lab import check, check_value, figures, seeded

figures.style()

# %% [markdown]
r"""
## A solver that succeeds at the wrong place

Two bakery vans serve two villages. Where should they wait? The cost of a home is a smooth version of "the squared distance
to the nearer van": $-\log\left(e^{-d_1^2} + e^{-d_2^2}\right)$. We want the four coordinates that make the mean cost
least. Both vans start at the bakery, $(0, 0)$. What could be more natural?
"""

# %%
rng = np.random.default_rng(7)
homes = np.vstack([rng.normal([-3, 1], 0.8, (20, 2)), rng.normal([3, -1], 0.8, (20, 2))])  # km

def cost(v):
    squared = ((homes[:, None, :] - v.reshape(2, 2)) ** 2).sum(axis=2)
    return float(-logsumexp(-squared, axis=1).mean())

def slope(v):
    gap = v.reshape(2, 2) - homes[:, None, :]
    share = softmax(-(gap**2).sum(axis=2), axis=1)
    return (2 * share[:, :, None] * gap).mean(axis=0).ravel()

# %%
together = optimize.minimize(cost, np.zeros(4), jac=slope)
print(together.success, together.message)
print(f"cost {together.fun:.2f} km², gradient below 1e-8: {np.abs(slope(together.x)).max() < 1e-8}")

# %% [markdown]
r"""
Success; the gradient is zero to eight digits. Now move one van 100 metres before starting.
"""

# %%
apart = optimize.minimize(cost, [0, 0, 0.1, 0], jac=slope)
print(f"cost {apart.fun:.2f} km², gradient below 1e-4: {np.abs(slope(apart.x)).max() < 1e-4}")

# %%
fig, axes = plt.subplots(1, 2, figsize=(8, 3), sharey=True, layout="constrained")
for ax, found, title in zip(axes, [together, apart], ["Both vans in the middle", "One van a village"], strict=True):
    ax.scatter(*homes.T, s=12, label="homes")
    ax.scatter(*found.x.reshape(2, 2).T, s=110, marker="X", label="vans")
    ax.set(title=f"{title}: {found.fun:.2f} km²", xlabel="east (km)", aspect="equal")
axes[0].set_ylabel("north (km)")
_ = axes[0].legend(loc="lower left")
figures.show(fig, alt="Two maps of homes in two villages. Left: both vans wait at one point between the villages, cost 11.86. "
             "Right: one van in each village, cost 0.92. The solver reported success for both.")

# %% [markdown]
r"""
The solver did not lie: it promised a point of (almost) zero gradient, and delivered one. Two vans at one place feel the same
pull, so they move as one for ever. Zero gradient is *necessary* for a minimum; it is not *sufficient*. What tells the two
maps apart is one derivative further on.

## What a zero gradient can mean

Let $f$ be defined on $D \subseteq \mathbb{R}^n$. A point $a \in D$ is a **local minimum** if $f(x) \ge f(a)$ for all $x \in D$ near
enough to $a$, a **strict** one if $f(x) > f(a)$ for all such $x \ne a$, and a **global** one if $f(x) \ge f(a)$ for all $x \in D$.
Maxima likewise. If $a$ is interior to $D$ and $f$ is differentiable there, then a local extremum forces $\nabla f(a) = 0$: $a$ is
**stationary**. A stationary point that is no extremum, having lower *and* higher values arbitrarily near, is a **saddle**.

For $f$ twice continuously differentiable near a stationary point $a$, with Hessian $H = H_f(a)$,
$$f(a + h) = f(a) + \tfrac12 h^{\mathsf T} H h + o(\lVert h\rVert^2).$$
$H$ is symmetric, so it has orthonormal eigenvectors; walking a distance $t$ along the one with eigenvalue $\lambda$ changes $f$ by
$\tfrac12\lambda t^2 + o(t^2)$: each non-zero eigenvalue decides its own direction. If all are positive, then
$h^{\mathsf T} H h \ge \lambda_{\min}\lVert h\rVert^2$ outweighs the remainder in all directions at once. Hence:

| Eigenvalues of $H$ | Verdict |
| --- | --- |
| all $> 0$ | strict local minimum |
| all $< 0$ | strict local maximum |
| at least one $> 0$ and one $< 0$ (zeros or not) | saddle |
| anything else: all $\ge 0$ or all $\le 0$, with a zero | the test is **inconclusive** |

**Predict.** All five functions below are stationary at the origin. Which verdicts will the table give? Which of them can you
settle yourself where it gives none?
"""

# %%
x, y = sp.symbols("x y")
for f in [x**2 + y**2, x**2 - y**2, x**2 + y**4, x**2 - y**4, x**2 + y**3]:
    hessian = sp.hessian(f, [x, y]).subs({x: 0, y: 0})
    print(f"{f!s:12} eigenvalues {sorted(hessian.eigenvals(multiple=True))}")

# %% [markdown]
r"""
The last three share one Hessian, with eigenvalues $0$ and $2$, though the first of them has a minimum and the other two have
none. No rule that reads only the Hessian can tell them apart. A second way to check: walk round a small circle and look.
"""

# %%
angle = np.linspace(0, 2 * np.pi, 721)
circle = 0.01 * np.array([np.cos(angle), np.sin(angle)])
for f in [x**2 + y**4, x**2 - y**4, x**2 + y**3]:
    values = sp.lambdify([x, y], f)(*circle)
    print(f"{f!s:12} lower somewhere: {(values < 0).any()}   higher somewhere: {(values > 0).any()}")

# %%
grid = np.linspace(-1, 1, 101)
X, Y = np.meshgrid(grid, grid)
cases = [("Eigenvalues 2, 2: minimum", X**2 + Y**2), ("Eigenvalues 2, −2: saddle", X**2 - Y**2),
         ("2, 0: minimum", X**2 + Y**4), ("2, 0 again: saddle", X**2 - Y**4)]
fig, axes = plt.subplots(1, 4, figsize=(8.8, 2.5), sharey=True, layout="constrained")
for ax, (title, Z) in zip(axes, cases, strict=True):
    _ = ax.contour(X, Y, Z, levels=[-0.5, -0.2, -0.03, 0.03, 0.2, 0.5], colors="#0072B2", linestyles=["--"] * 3 + ["-"] * 3)
    ax.set(xlabel="x (no unit)", aspect="equal")
    ax.set_title(title, fontsize=9)
_ = axes[0].set_ylabel("y (no unit)")
figures.show(fig, alt="Contours of four functions near a stationary point, dashed where lower than at the point. Closed rings mark "
             "minima, dashed wedges mark saddles. The last two have the same Hessian: one is a minimum, the other a saddle.")

# %% [markdown]
r"""
You may have learnt a shortcut for two variables: $\det H > 0$ with $f_{xx} > 0$ means minimum, $\det H < 0$ means saddle.
It works *only* in two variables: $\det H$ is the product of all eigenvalues, and $\operatorname{diag}(-1, -1, 3)$ has
determinant $+3$ yet is a saddle. Back to the vans: we have `slope`, so central differences give the curvature.
"""

# %%
def curvature(gradient, v, h=1e-4):
    return np.array([(gradient(v + h * e) - gradient(v - h * e)) / (2 * h) for e in np.eye(len(v))])

for name, found in [("together", together), ("apart", apart)]:
    print(f"{name:9}", [f"{value:.2f}" for value in np.linalg.eigvalsh(curvature(slope, found.x))])

# %% [markdown]
r"""
An eigenvalue of about $-23$: the "success" was a saddle, and its eigenvector says "pull the vans apart".

Mind the zeros in floating point: a Hessian of rank 1 may come back with eigenvalues $3$ and $-2 \cdot 10^{-17}$. Compare with a
tolerance that fits the size of the entries, or compute exactly. Mind exact roots too: from three variables on, `eigenvals` may
write real numbers as cube roots of complex ones, and SymPy then refuses to compare them with 0. `np.linalg.eigvalsh` does not
mind, nor do SymPy's `is_positive_definite` and its relatives, which need no roots.
"""

# %% [markdown] exercise="e1" title="Minimum, maximum, saddle, or silence" level="warm-up" minutes=20 exports=["classify"]
r"""
Write `classify(f, variables, point)`. `f` is a SymPy polynomial with rational coefficients, `variables` a list of one to four
symbols (`f` need not contain them all), `point` a list of as many ints or `Fraction`s. Return one of these texts:

- `"not stationary"` if the gradient at the point is not zero;
- otherwise what the table above says: `"minimum"` (strict local), `"maximum"` (strict local), `"saddle"` or `"inconclusive"`.

Answer for the test, not for the function: $x^4$ at $0$ is `"inconclusive"`, although you can see its minimum. In the tests
the entries of the Hessian are at most 100 in size, and each eigenvalue and each entry of the gradient is either exactly 0 or at
least 0.01 in size, so you may work exactly or with floats and a sensible tolerance.

`classify(x**2 + x*y + y**2, [x, y], [0, 0])` is `"minimum"`, and `classify(x**2 - y**2, [x, y], [1, 0])` is `"not stationary"`.
"""

# %% [markdown] hints="e1" reading="Apostol II 9.9–9.12"
r"""
1. Two questions, in this order: is the gradient zero? Which signs occur among the eigenvalues?
2. `sp.diff` and `sp.hessian` give the derivatives, `.subs` the values at the point. Count the clearly positive and the clearly
   negative eigenvalues; the rest are zeros.
3. `np.linalg.eigvalsh(np.array(hessian, dtype=float))` gives the eigenvalues. A positive and a negative one together: saddle,
   whatever the others are. All $n$ positive: minimum. All $n$ negative: maximum. What is left is inconclusive.
"""

# %% solution="e1"
def classify(f, variables, point):
    """What the second-derivative test says of the polynomial f at the point.

    variables: list of n symbols; point: list of n ints or Fractions. Returns "not stationary", "minimum", "maximum",
    "saddle" or "inconclusive".
    """
    ### BEGIN SOLUTION
    here = dict(zip(variables, point, strict=True))
    if any(sp.diff(f, v).subs(here) != 0 for v in variables):
        return "not stationary"
    hessian = np.array(sp.hessian(f, variables).subs(here), dtype=float)
    eigenvalues = np.linalg.eigvalsh(hessian)
    up, down = np.sum(eigenvalues > 1e-6), np.sum(eigenvalues < -1e-6)
    if up and down:
        return "saddle"
    if up == len(variables):
        return "minimum"
    return "maximum" if down == len(variables) else "inconclusive"
    ### END SOLUTION

# %% test="e1_stationary" points=1 title="The gradient is asked first"
a, b, c = sp.symbols("a b c")
check(classify, a**2 - b**2, [a, b], [1, 0]).equals("not stationary", idea="at (1, 0) the first partial derivative is 2, not 0")
### BEGIN HIDDEN TESTS
from fractions import Fraction

check(classify, a**2 + b**2 + c, [a, b, c], [0, 0, 0]).equals("not stationary", idea="every partial derivative must vanish, not only the first")
check(classify, a**2 + 3 * b**2, [a, b], [0, Fraction(1, 2)]).equals("not stationary", idea="every partial derivative must vanish, not only the first")
check(classify, a**3 - 3 * a, [a], [2]).equals("not stationary", idea="a curvature says nothing where the slope is not zero")
check(classify, 3 - a**2 - b**2, [a, b], [Fraction(1, 3), 0]).equals("not stationary", idea="evaluate the gradient at the point, not at the origin")
check(classify, a**2 - b**2, [a, b], [Fraction(1, 100), Fraction(1, 100)]).equals("not stationary", idea="partial derivatives of 0.02 and −0.02 are small, they do not cancel, and they are not zero")
### END HIDDEN TESTS

# %% test="e1_extrema" points=2 title="All eigenvalues of one sign"
a, b, c, d = sp.symbols("a b c d")
check(classify, a**2 + a * b + b**2, [a, b], [0, 0]).equals("minimum", idea="the Hessian [[2, 1], [1, 2]] has eigenvalues 1 and 3")
check(classify, -(a**2) - 2 * b**2 - c**2, [a, b, c], [0, 0, 0]).equals("maximum", idea="all three eigenvalues are negative: f falls in every direction")
check(classify, a**2 + a * b + 2 * b**2 + b * c + 7 * c**2 / 2, [a, b, c], [0, 0, 0]).equals("minimum", idea="the eigenvalues are near 1.56, 4.12 and 7.32, though SymPy writes them as roots of complex numbers")
### BEGIN HIDDEN TESTS
from fractions import Fraction

check(classify, a**3 - 3 * a, [a], [1]).equals("minimum", idea="in one variable the Hessian is f''")
check(classify, a**3 - 3 * a, [a], [-1]).equals("maximum", idea="in one variable the Hessian is f''")
check(classify, 1 + (a - Fraction(1, 2)) ** 2 + b**2 / 10, [a, b], [Fraction(1, 2), 0]).equals("minimum", idea="evaluate the Hessian at the point; an eigenvalue of 0.2 is clearly positive")
for seed in range(4):
    rng = seeded(seed)
    n = 2 + seed % 3
    at = [int(v) for v in rng.integers(-2, 3, n)]
    h = [v - p for v, p in zip([a, b, c, d], at)]
    forms = [h[i] + sum(int(rng.integers(-1, 2)) * h[j] for j in range(i)) for i in range(n)]
    bowl = sum(int(rng.integers(1, 4)) * form**2 for form in forms) + h[0] ** 3 - h[-1] ** 2 * h[0]
    for f, verdict in [(bowl, "minimum"), (-bowl, "maximum")]:
        check(classify, sp.expand(f), [a, b, c, d][:n], at).note(f"seed {seed}").equals(verdict, idea="all eigenvalues of the Hessian at the point have the same sign")
### END HIDDEN TESTS

# %% test="e1_saddle" points=2 title="Both signs make a saddle, zeros or not"
a, b, c, d = sp.symbols("a b c d")
check(classify, a * b, [a, b], [0, 0]).equals("saddle", idea="the Hessian [[0, 1], [1, 0]] has eigenvalues 1 and −1")
### BEGIN HIDDEN TESTS
check(classify, 3 * c**2 - a**2 - b**2, [a, b, c], [0, 0, 0]).equals("saddle", idea="the determinant is positive, but f rises one way and falls another")
check(classify, b**2 - c**2, [a, b, c], [4, 0, 0]).equals("saddle", idea="all leading minors are 0 here, and say nothing; the eigenvalues do")
check(classify, a**2 + 3 * a * b + b**2, [a, b], [0, 0]).equals("saddle", idea="the curvature along both axes is positive, but not along a = −b")
check(classify, a**2 - b**2, [a, b, c], [0, 0, 5]).equals("saddle", idea="a zero eigenvalue cannot undo a positive and a negative one: f already rises one way and falls another")
check(classify, a * b + d**4, [a, b, c, d], [0, 0, 1, 0]).equals("saddle", idea="a zero eigenvalue cannot undo a positive and a negative one")
check(classify, a**3 - 3 * a + b**2, [a, b], [-1, 0]).equals("saddle", idea="evaluate the Hessian at the point, not at the origin")
check(classify, a**2 - b**2 / 50, [a, b], [0, 0]).equals("saddle", idea="an eigenvalue of −0.04 is small, but it is not zero")
### END HIDDEN TESTS

# %% test="e1_inconclusive" points=2 title="Semidefinite with a zero: the test is silent"
a, b, c = sp.symbols("a b c")
check(classify, a**2 + b**4, [a, b], [0, 0]).equals("inconclusive", idea="the Hessian cannot see b⁴: it is the same for a² + b⁴ and a² − b⁴")
### BEGIN HIDDEN TESTS
check(classify, a**4, [a], [0]).equals("inconclusive", idea="answer what the test says, not what you can see")
check(classify, -(a**2) - b**4, [a, b], [0, 0]).equals("inconclusive", idea="all eigenvalues ≤ 0 with a zero among them: no verdict")
check(classify, sp.Integer(7), [a, b], [1, 2]).equals("inconclusive", idea="a zero Hessian decides nothing")
check(classify, (a + 2 * b + 3 * c) ** 2, [a, b, c], [0, 0, 0]).equals("inconclusive", idea="computed zeros come out as ±1e−16: compare with a tolerance")
check(classify, -((3 * a - b + 7 * c) ** 2) / 3, [a, b, c], [0, 0, 0]).equals("inconclusive", idea="computed zeros come out as ±1e−16: compare with a tolerance")
check(classify, a**2 + b**2, [a, b, c], [0, 0, 1]).equals("inconclusive", idea="all eigenvalues must be positive for a strict minimum, and c adds a zero")
### END HIDDEN TESTS

# %% [markdown]
r"""
## Downhill, one step at a time

**Gradient descent** repeats $x \leftarrow x - \alpha \nabla f(x)$ with a step size $\alpha > 0$. For a quadratic with positive definite Hessian $H$,
the error $e = x - x^*$ obeys $e \leftarrow (I - \alpha H)e$: along an eigenvector it is multiplied by $1 - \alpha\lambda$. So it dies
out from every start exactly if $|1 - \alpha\lambda| < 1$ for all eigenvalues, that is $0 < \alpha < 2/\lambda_{\max}$.

**Predict.** Here $\lambda = 1$ and $10$. What will 60 steps with $\alpha = 0.19$ do, and with $0.21$?
"""

# %%
def descend(gradient, start, step, rounds):
    path = [np.asarray(start, dtype=float)]
    for _ in range(rounds):
        path.append(path[-1] - step * gradient(path[-1]))
    return np.array(path)

for step in (0.19, 0.21):
    print(step, np.round(descend(lambda v: [1, 10] * v, [1, 1], step, 60)[-1], 3))

# %% [markdown]
r"""
The steep direction sets the limit on $\alpha$; the flat one then crawls. The best constant step,
$\alpha = 2/(\lambda_{\min} + \lambda_{\max})$, shrinks both by $\frac{\kappa - 1}{\kappa + 1}$ a step, where
$\kappa = \lambda_{\max}/\lambda_{\min}$ is the **condition number**. Vary $\kappa$, and check the theory by counting:
"""

# %%
for kappa in (10, 100, 1000):
    path = descend(lambda v: [1, kappa] * v, [1, 1], 2 / (1 + kappa), 8000)
    measured = int(np.argmax(np.abs(path).max(axis=1) < 1e-6))
    print(f"κ = {kappa:4}: {measured:4} steps, theory {int(np.ceil(np.log(1e-6) / np.log((kappa - 1) / (kappa + 1)))):4}")

# %% [markdown]
r"""
## Newton: use the curvature

Replace $f$ near $x$ by its second-order Taylor polynomial and jump to where *that* is stationary: solve
$H(x)\,p = -\nabla f(x)$, then $x \leftarrow x + p$. On a quadratic with invertible $H$ this is one step, whatever $\kappa$ is. In general, if $f$
has a Lipschitz continuous Hessian near a minimum where $H$ is positive definite, then from near enough the error is squared, up
to a factor, at every step. Watch the exponents for $e^x - 2x + (x - y)^2$, least at $x = y = \log 2$:
"""

# %%
v = np.array([1.0, 0.5])
for _ in range(4):
    H = np.array([[np.exp(v[0]) + 2, -2], [-2, 2]])
    v = v - np.linalg.solve(H, [np.exp(v[0]) - 2 + 2 * (v[0] - v[1]), -2 * (v[0] - v[1])])
    print(f"error 10^{np.log10(np.abs(v - np.log(2)).max()):.0f}")

# %% [markdown]
r"""
The number of correct digits doubles at every step. But "where the model is stationary" need not be *down*. **Predict**, for $\frac14x^4 - \frac12x^2 + \frac12y^2$ with valleys at $(\pm1, 0)$:
where does Newton go from $(0.3, 1)$?
"""

# %%
v = np.array([0.3, 1.0])
for _ in range(4):
    v = v - np.array([v[0] ** 3 - v[0], v[1]]) / [3 * v[0] ** 2 - 1, 1]
print(np.round(np.abs(v), 6), f"where the Hessian has eigenvalues {3 * v[0] ** 2 - 1:.0f} and 1")

# %% [markdown]
r"""
To the saddle at the origin: Newton finds stationary points of *any* kind. You will mend that in exercise 5.

## SciPy, and what to hand it

`optimize.minimize(f, x0, jac=grad)` runs BFGS by default: it builds up curvature from successive gradients, and adds a line
search. On Rosenbrock's banana $100(y - x^2)^2 + (1 - x)^2$, a curved valley that punishes short sight:
"""

# %%
banana, banana_slope = optimize.rosen, optimize.rosen_der
start = np.array([-1.2, 1.0])
newton, bfgs = [start], [start]
for _ in range(6):
    newton.append(newton[-1] - np.linalg.solve(optimize.rosen_hess(newton[-1]), banana_slope(newton[-1])))
result = optimize.minimize(banana, start, jac=banana_slope, callback=lambda v: bfgs.append(v.copy()))
paths = {"descent, 500 steps": descend(banana_slope, start, 0.001, 500), "Newton": newton, "BFGS": bfgs}
for name, path in paths.items():
    print(f"{name:18} distance to (1, 1) below 0.001: {np.linalg.norm(path[-1] - 1) < 1e-3}")

# %%
fig, ax = plt.subplots(figsize=(6.5, 3.3), layout="constrained")
X, Y = np.meshgrid(np.linspace(-1.7, 1.5, 161), np.linspace(-0.7, 1.8, 161))
_ = ax.contour(X, Y, np.log10(100 * (Y - X**2) ** 2 + (1 - X) ** 2), levels=[0, 1, 2], colors="0.7", linestyles="-")
for (name, path), marker in zip(paths.items(), [".", "s", "o"], strict=True):
    _ = ax.plot(*np.array(path).T, marker=marker, markersize=3, label=name)
_ = ax.plot(1, 1, "k*", markersize=12, label="minimum")
ax.set(title="500 downhill steps fall short; curvature arrives", xlabel="x (no unit)", ylabel="y (no unit)",
       xlim=(-1.7, 1.5), ylim=(-0.7, 1.8))
_ = ax.legend(loc="lower left", fontsize=8)
figures.show(fig, alt="Contours of the banana function with three paths from (-1.2, 1). Gradient descent creeps along the valley and is "
             "far from the minimum after 500 steps; BFGS follows the bend and arrives; Newton arrives in six steps, one leaving the picture.")

# %% [markdown]
r"""
Leave out `jac` and SciPy estimates the gradient by forward differences: $n$ extra calls of $f$ for every gradient.
"""

# %%
for n in (2, 10, 50):
    guess = optimize.minimize(lambda v: np.sum((v - 1) ** 2 + (v - 1) ** 4), np.zeros(n))
    print(f"n = {n:2}: {guess.nfev / guess.njev:.0f} calls of f per gradient")

# %% [markdown]
r"""
Four habits make SciPy's answers trustworthy.

- **Hand over the gradient**, checked once with `optimize.check_grad`.
- **Say how exact.** Each method has its own tolerances and its own idea of done. BFGS stops at a largest gradient entry of
  $10^{-5}$, unless you ask for less by `options={"gtol": 1e-8}`. SLSQP and L-BFGS-B also stop when the *value* hardly changes (`ftol`),
  which says little: if no Hessian eigenvalue exceeds $\Lambda$, all you can conclude is $\lVert\nabla f\rVert^2 \le 2\Lambda(f - f_{\min})$. With
  $\Lambda$ near 1, even a value within $10^{-6}$ of the least leaves room for a gradient of $10^{-3}$; to be sure of $10^{-6}$, it must be good to
  about $10^{-12}$.
  (`tol=` sets whichever of these a method has, so `tol=1e-6` promises no gradient of $10^{-6}$.) Then measure the gradient yourself: `success` is an opinion, a gradient is evidence.
- **To maximise, minimise $-f$** with gradient $-\nabla f$. The maximiser is the same point; only the value changes sign back.
- **Sums of squares have their own solver.** `optimize.least_squares` takes the residuals $r_i$, and uses their Jacobian. Its
  `cost` is $\frac12\sum r_i^2$: half of what most people mean.

**Predict.** SLSQP's `ftol` is $10^{-6}$ by default. Will both lines below report success? How small are the two gradients?
"""

# %%
for options in ({}, {"ftol": 1e-14}):
    found = optimize.minimize(banana, start, jac=banana_slope, method="SLSQP", options=options)
    size = np.abs(banana_slope(found.x)).max()
    print(f"success {found.success}, gradient below 1e-4: {size < 1e-4}, below 1e-6: {size < 1e-6}")

# %% [markdown] exercise="e2" title="Three smooth problems for SciPy" level="core" minutes=35 goals=[4] exports=["minimise", "maximise", "fit"]
r"""
Write three functions on top of `scipy.optimize`. Each returns a plain dict with exactly the keys named, not SciPy's result object.
`f` takes a float array of shape `(n,)` and returns a float; `grad` takes the same and returns its gradient, of shape `(n,)`. The
defaults of most methods stop short of the exactness asked for here: ask for more.

- `minimise(f, grad, x0)` returns `{"x": …, "value": …, "gradient_norm": …}`: an array of shape `(n,)`, the float `f(x)`, and the
  largest absolute entry of `grad(x)`, **at most 1e-6**. In the tests `f` has one stationary point, its global minimum.
- `maximise(f, grad, x0)` returns `{"x": …, "value": …}`, the maximum of a concave `f`, as exact: every entry of `grad(x)` at most
  1e-6 in size, and `value` is `f(x)`.
- `fit(model, t, y, p0)` returns `{"p": …, "rss": …}`: the parameters, shape `(k,)`, that make the residual sum of squares
  $\sum_i (\text{model}(p, t)_i - y_i)^2$ least, found from the start `p0`, and that sum. `model(p, t)` returns an array shaped like `t`. Your
  `p` must be within 1e-3 relative plus 1e-5 absolute of the minimiser nearest `p0`, and `rss` within 1e-5 relative plus 1e-8.

`minimise` must use the gradient: the tests count, and for an `f` of $n = 60$ variables allow 300 calls of `f` (and any number of `grad`).

For $f(x) = (x_0 - 1)^2 + 10(x_1 + 2)^2 + 5$, `minimise(f, grad, np.zeros(2))` returns `x` near $(1, -2)$ and `value` near 5.
"""

# %% [markdown] hints="e2" reading="MML 7.1"
r"""
1. Which argument of `optimize.minimize` takes the gradient? Which option says how small it must get?
2. `method="BFGS"` with `jac=` and a `gtol` below 1e-6 does the first two; for a maximum, hand over two small functions that flip
   both signs. `least_squares` wants a function of `p` that returns the residuals.
3. `result = optimize.minimize(f, x0, jac=grad, options={"gtol": 1e-8})`, then build the dict from `result.x` by calling `f` and
   `grad` there. For `fit`, sum the squares of `result.fun`, and do not trust `result.cost` to be that sum.
"""

# %% solution="e2"
def minimise(f, grad, x0):
    """Minimum of a smooth f from x0, shape (n,): {"x": (n,) array, "value": f(x), "gradient_norm": max |grad(x)| ≤ 1e-6}."""
    ### BEGIN SOLUTION
    x = optimize.minimize(f, x0, jac=grad, method="BFGS", options={"gtol": 1e-8}).x
    return {"x": x, "value": f(x), "gradient_norm": float(np.abs(grad(x)).max())}
    ### END SOLUTION


def maximise(f, grad, x0):
    """Maximum of a smooth concave f from x0, shape (n,): {"x": (n,) array, "value": f(x)}, max |grad(x)| ≤ 1e-6."""
    ### BEGIN SOLUTION
    x = minimise(lambda v: -f(v), lambda v: -grad(v), x0)["x"]
    return {"x": x, "value": f(x)}
    ### END SOLUTION


def fit(model, t, y, p0):
    """Least-squares fit of y by model(p, t), from p0, shape (k,): {"p": (k,) array, "rss": residual sum of squares}."""
    ### BEGIN SOLUTION
    result = optimize.least_squares(lambda p: model(p, t) - y, p0)
    return {"p": result.x, "rss": float(np.sum(result.fun**2))}
    ### END SOLUTION

# %% test="e2_minimise" points=2 title="The minimum, with its evidence"
def judge(f, grad, start, note):
    found = check(minimise, f, grad, start).note(note)
    found.satisfies(lambda r: set(r) == {"x", "value", "gradient_norm"} and isinstance(r["x"], np.ndarray) and r["x"].shape == start.shape, "a dict of x (an array of shape (n,)), value and gradient_norm", idea="build a plain dict with these three keys")
    found.satisfies(lambda r: np.abs(grad(r["x"])).max() <= 1e-6, "x where every entry of grad(x) is at most 1e-6 in size", idea="when does your method stop by default? Ask it for more")
    found.satisfies(lambda r: abs(r["value"] - f(r["x"])) <= 1e-12 * (1 + abs(f(r["x"]))), "value = f(x)", idea="evaluate f at the x that you return")
    found.satisfies(lambda r: abs(r["gradient_norm"] - np.abs(grad(r["x"])).max()) <= 1e-12 + 1e-6 * np.abs(grad(r["x"])).max(), "gradient_norm = the largest absolute entry of grad(x)", idea="measure the gradient at the end yourself: absolute values, then the largest")

def bowl(x):
    return float((x[0] - 1) ** 2 + 10 * (x[1] + 2) ** 2 + 5)
def bowl_grad(x):
    return np.array([2 * (x[0] - 1), 20 * (x[1] + 2)])
judge(bowl, bowl_grad, np.zeros(2), "a bowl")
### BEGIN HIDDEN TESTS
def banana(x):
    return float(100 * (x[1] - x[0] ** 2) ** 2 + (1 - x[0]) ** 2)
def banana_grad(x):
    return np.array([-400 * x[0] * (x[1] - x[0] ** 2) - 2 * (1 - x[0]), 200 * (x[1] - x[0] ** 2)])
for start in ([-1.2, 1.0], [2.0, -1.0]):
    judge(banana, banana_grad, np.array(start), "Rosenbrock's banana")
for seed in range(3):
    rng = seeded(seed)
    n = 40
    B, c = rng.normal(size=(n, n)), rng.normal(size=n)
    A = B @ B.T / n + np.eye(n)
    def f(x):
        return float(0.5 * (x - c) @ A @ (x - c) + 0.25 * np.sum((x - c) ** 4) - 3)
    def grad(x):
        return A @ (x - c) + (x - c) ** 3
    judge(f, grad, np.zeros(n), f"seed {seed}, a bowl in {n} dimensions")
### END HIDDEN TESTS

# %% test="e2_counts" points=2 title="The gradient you were handed is used"
calls = {"f": 0, "grad": 0}
n = 60
def f(x):
    calls["f"] += 1
    return float(np.sum((x - 1) ** 2 * np.arange(1, n + 1)) + np.sum((x - 1) ** 4))
def grad(x):
    calls["grad"] += 1
    return 2 * (x - 1) * np.arange(1, n + 1) + 4 * (x - 1) ** 3
check(minimise, f, grad, np.zeros(n)).value(idea="SciPy takes the gradient as an argument of its own")
check_value("calls counted during minimise", calls).satisfies(lambda c: c["f"] <= 300, "at most 300 calls of f for n = 60", idea="without the gradient, SciPy spends 60 extra calls of f on every gradient it guesses")
### BEGIN HIDDEN TESTS
for seed in range(3):
    rng = seeded(seed)
    B, c = rng.normal(size=(n, n)), rng.normal(size=n)
    A = B @ B.T / n + np.eye(n)
    count = {"f": 0, "grad": 0}
    def f(x):
        count["f"] += 1
        return float(0.5 * (x - c) @ A @ (x - c) + 0.25 * np.sum((x - c) ** 4))
    def grad(x):
        count["grad"] += 1
        return A @ (x - c) + (x - c) ** 3
    check(minimise, f, grad, np.ones(n)).note(f"seed {seed}").value(idea="SciPy takes the gradient as an argument of its own")
    check_value("calls counted during minimise", count).note(f"seed {seed}").satisfies(lambda c: c["f"] <= 300, "at most 300 calls of f for n = 60", idea="without the gradient, SciPy spends 60 extra calls of f on every gradient it guesses")
### END HIDDEN TESTS

# %% test="e2_maximise" points=2 title="A maximum, with its own sign"
def top(f, grad):
    return lambda r: set(r) == {"x", "value"} and isinstance(r["x"], np.ndarray) and np.abs(grad(r["x"])).max() <= 1e-6 and abs(r["value"] - f(r["x"])) <= 1e-12 * (1 + abs(f(r["x"])))

words = "a dict of x, an array with every entry of grad(x) at most 1e-6 in size, and value = f(x)"
def hill(x):
    return float(7 - (x[0] - 2) ** 2 - 3 * (x[1] + 1) ** 2)
def hill_grad(x):
    return np.array([-2 * (x[0] - 2), -6 * (x[1] + 1)])
check(maximise, hill, hill_grad, np.zeros(2)).satisfies(top(hill, hill_grad), words, idea="flip the sign of f and of its gradient going in; the value must get its sign back")
### BEGIN HIDDEN TESTS
def ridge(x):
    return float(2 - 200 * (x[0] - 1) ** 2 - 0.5 * (x[1] + 3) ** 2)
def ridge_grad(x):
    return np.array([-400 * (x[0] - 1), -(x[1] + 3)])
check(maximise, ridge, ridge_grad, np.zeros(2)).satisfies(top(ridge, ridge_grad), words, idea="steep one way and flat the other: leave the length of the steps to the solver")
for seed in range(3):  # a logistic log-likelihood with a ridge: the most common concave function in statistics
    rng = seeded(seed)
    X = rng.normal(size=(50, 4))
    label = (X @ rng.normal(size=4) + rng.normal(size=50) > 0).astype(float)
    def f(w):
        return float(label @ X @ w - np.logaddexp(0, X @ w).sum() - 0.5 * w @ w)
    def grad(w):
        return X.T @ (label - 1 / (1 + np.exp(-X @ w))) - w
    check(maximise, f, grad, np.zeros(4)).note(f"seed {seed}: log-likelihood").satisfies(top(f, grad), words, idea="f and its gradient change sign together; the point that is found does not")
### END HIDDEN TESTS

# %% test="e2_fit" points=2 title="Least squares and their sum"
def decay(p, t):
    return p[0] * np.exp(-p[1] * t)
t = np.linspace(0, 4, 9)
check(fit, decay, t, decay([3.0, 0.7], t), np.array([1.0, 1.0])).close({"p": np.array([3.0, 0.7]), "rss": 0.0}, rtol=1e-3, atol=1e-5, idea="hand least_squares the residuals, as a function of p")
### BEGIN HIDDEN TESTS
def wave(p, t):
    return p[0] * np.sin(p[1] * t + p[2])
def raised(p, t):
    return p[0] * np.exp(-p[1] * t) + p[2]
for seed in range(3):
    for model, truth, p0, end in [(wave, [2.0, 4.0, 0.3], [1.7, 3.9, 0.4], 6), (raised, [3.0, 1.2, 0.5], [2.0, 1.0, 0.0], 4)]:
        t = np.linspace(0, end, 80)
        y = model(truth, t) + seeded(seed).normal(0, 0.1, 80)
        best = optimize.curve_fit(lambda t, *p: model(p, t), t, y, p0=p0, xtol=1e-14, ftol=1e-14, gtol=1e-14)[0]
        found = check(fit, model, t, y, np.array(p0)).note(f"seed {seed}")
        found.satisfies(lambda r: set(r) == {"p", "rss"} and np.allclose(r["p"], best, rtol=1e-3, atol=1e-5), f"p near {np.round(best, 5)}", idea="start from p0: other starts lead to other valleys")
        found.satisfies(lambda r: np.isclose(r["rss"], np.sum((model(best, t) - y) ** 2), rtol=1e-5, atol=1e-8), f"rss near {np.sum((model(best, t) - y) ** 2):.6f}", idea="the sum of the squared residuals: is that what the solver calls cost?")
### END HIDDEN TESTS

# %% [markdown]
r"""
## Walls and many valleys

Bounds change what a minimum looks like. On a wall of the box $l \le x \le u$ the gradient need not vanish: downhill may lead outwards.
A *necessary* condition, coordinate by coordinate: $\partial_i f = 0$ if $l_i < x_i < u_i$, $\partial_i f \ge 0$ if $x_i = l_i$, $\partial_i f \le 0$ if $x_i = u_i$
(taking $l_i < u_i$). For convex $f$ it is also *sufficient*, for a global minimum. One number says how far from it you are, the
**projected-gradient residual**
$$\max_i \bigl|\,x_i - \operatorname{clip}(x_i - \partial_i f(x),\ l_i,\ u_i)\,\bigr|,$$
which is zero exactly when the condition holds.

**Predict.** The free minimum of this tilted bowl is $(1.6, 0.4)$; the box is $[0, 1]^2$. Is the answer $(1, 0.4)$, the free minimum
pushed back into the box?
"""

# %%
A, free = np.array([[2.0, 1.6], [1.6, 2.0]]), np.array([1.6, 0.4])
tilted = lambda v: 0.5 * (v - free) @ A @ (v - free)
boxed = optimize.minimize(tilted, [0.5, 0.5], jac=lambda v: A @ (v - free), bounds=[(0, 1), (0, 1)]).x
for name, v in [("clipped", np.clip(free, 0, 1)), ("L-BFGS-B", boxed)]:
    residual = np.abs(v - np.clip(v - A @ (v - free), 0, 1)).max()
    print(f"{name:8} x = ({v[0]:.2f}, {v[1]:.2f})   f = {tilted(v):.4f}   residual below 1e-4: {residual < 1e-4}")

# %%
fig, ax = plt.subplots(figsize=(6, 3.2), layout="constrained")
X, Y = np.meshgrid(np.linspace(-0.2, 2.2, 121), np.linspace(-0.3, 1.4, 121))
_ = ax.contour(X, Y, (X - 1.6) ** 2 + 1.6 * (X - 1.6) * (Y - 0.4) + (Y - 0.4) ** 2, levels=[0.03, 0.13, 0.36, 0.8], colors="0.6", linestyles="-")
_ = ax.plot([0, 1, 1, 0, 0], [0, 0, 1, 1, 0], "k-", label="box")
for name, point, marker in [("free minimum", free, "o"), ("clipped", [1, 0.4], "X"), ("minimum in the box", boxed, "*")]:
    _ = ax.plot(*point, marker, markersize=11, label=name)
ax.set(title="Clipping the free minimum misses the answer", xlabel="x (no unit)", ylabel="y (no unit)", aspect="equal")
_ = ax.legend(fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
figures.show(fig, alt="Slanted elliptical contours round a free minimum at (1.6, 0.4), right of the unit box. The clipped point (1, 0.4) lies on the "
             "contour 0.36; the true minimum in the box, (1, 0.88), lies on the contour 0.13.")

# %% [markdown]
r"""
No: at the wall the other coordinate wants to move as well. Hand the bounds to the solver.

And *local* is all that a descent method promises. If $f$ is **convex** (its domain is convex and no chord of its
graph passes below the graph; for twice continuously differentiable $f$ on an open convex domain: no negative Hessian eigenvalue anywhere), every
local minimum is global, and you are done. Otherwise start from many points, descend from each, keep the best. Do not descend only from the start with the lowest value: it
may lie at the bottom of a shallow valley while a higher start hangs over a deep one. Without more knowledge of $f$, no finite
number of evaluations *proves* that the best is global.
"""

# %% [markdown] exercise="e3" title="A box, and many valleys" level="core" minutes=30 goals=[4] exports=["minimise_in_box", "multistart"]
r"""
Plain dicts with exactly these keys again, `x` an array of shape `(n,)`; `f` and `grad` as in exercise 2, defined everywhere.

- `minimise_in_box(f, grad, lower, upper, x0)` returns `{"x": …, "value": …, "residual": …}` for a strictly convex `f`. `lower` and `upper` are
  float arrays of shape `(n,)`, `lower < upper`, with entries that may be `-np.inf` or `np.inf`; `x0` lies in the box. `x` must lie in the box
  exactly (`lower <= x` and `x <= upper`, no tolerance); `value` is `f(x)`; `residual` is the projected-gradient residual at your `x`,
  as defined above, **at most 1e-4**. (SLSQP's default `ftol` does not get there, and L-BFGS-B's is no promise: ask for more.)
- `multistart(f, grad, lower, upper, starts)` returns `{"x": …, "value": …}`, the best minimum in the (finite) box: `x` in the box exactly,
  `value` equal to `f(x)` and at most 1e-5 above the global minimum in the box. `starts` has shape `(m, n)` with $m \ge 1$; its rows
  lie in the box, in no particular order, some of them in the valley of the global minimum.

With the tilted bowl above, `minimise_in_box` from `np.zeros(2)` returns `x` near $(1, 0.88)$, `value` near 0.1296.
"""

# %% [markdown] hints="e3" reading="MML 7.1 and 7.3"
r"""
1. Which methods of `optimize.minimize` accept `bounds`? For the second function: what is lost by running fewer starts?
2. `optimize.Bounds(lower, upper)` hands over both arrays, infinities too. The residual is one `np.clip` away. Then loop over the
   rows, and keep the end point with the least value.
3. `method="L-BFGS-B"`, `jac=grad`, `options={"ftol": 1e-15, "gtol": 1e-9}`; clip the answer against rounding. `multistart` can take
   `min` over a list of dicts with `key=lambda r: r["value"]`.
"""

# %% solution="e3"
def minimise_in_box(f, grad, lower, upper, x0):
    """Minimum of f with lower ≤ x ≤ upper, all of shape (n,): {"x": (n,) array, "value": f(x), "residual": projected gradient}."""
    ### BEGIN SOLUTION
    result = optimize.minimize(
        f, x0, jac=grad, method="L-BFGS-B", bounds=optimize.Bounds(lower, upper), options={"ftol": 1e-15, "gtol": 1e-9}
    )
    x = np.clip(result.x, lower, upper)
    residual = np.abs(x - np.clip(x - grad(x), lower, upper)).max()
    return {"x": x, "value": f(x), "residual": float(residual)}
    ### END SOLUTION


def multistart(f, grad, lower, upper, starts):
    """Best local minimum in the box from all rows of starts, shape (m, n): {"x": (n,) array, "value": f(x)}."""
    ### BEGIN SOLUTION
    found = [minimise_in_box(f, grad, lower, upper, start) for start in starts]
    best = min(found, key=lambda result: result["value"])
    return {"x": best["x"], "value": best["value"]}
    ### END SOLUTION

# %% test="e3_box" points=2 title="The minimum in the box, not the clipped one"
def judge(f, grad, low, high, x0, idea, note):
    found = check(minimise_in_box, f, grad, low, high, x0).note(note)
    found.satisfies(lambda r: isinstance(r["x"], np.ndarray) and r["x"].shape == x0.shape and np.all(r["x"] >= low) and np.all(r["x"] <= high), "x, an array of shape (n,), in the box without tolerance", idea="rounding can leave an end point a hair outside: clip it before you evaluate f")
    found.satisfies(lambda r: np.abs(r["x"] - np.clip(r["x"] - grad(r["x"]), low, high)).max() <= 1e-4, "a projected-gradient residual of at most 1e-4 at x", idea=idea)
    found.satisfies(lambda r: abs(r["value"] - f(r["x"])) <= 1e-12 * (1 + abs(f(r["x"]))), "value = f(x)", idea="evaluate f at the x that you return")

S, free = np.array([[2.0, 1.6], [1.6, 2.0]]), np.array([1.6, 0.4])
def tilted(x):
    return float(0.5 * (x - free) @ S @ (x - free))
def tilted_grad(x):
    return S @ (x - free)
judge(tilted, tilted_grad, np.zeros(2), np.ones(2), np.zeros(2), "when one coordinate is stopped by a wall, the others move to make up for it", "the tilted bowl")
### BEGIN HIDDEN TESTS
for seed in range(1, 6):
    rng = seeded(seed)
    n = 2 + seed
    B, c = rng.normal(size=(n, n)), rng.uniform(-3, 3, n)
    A = B @ B.T / n + np.eye(n)
    low, high = np.where(rng.random(n) < 0.3, -np.inf, -1.0), np.where(rng.random(n) < 0.3, np.inf, 1.0)
    def f(x):
        return float(0.5 * (x - c) @ A @ (x - c) + 1)
    def grad(x):
        return A @ (x - c)
    judge(f, grad, low, high, np.zeros(n), "hand the bounds to the solver, infinite ones too, and ask how exact its default is; clipping a free minimum solves another problem", f"seed {seed}")
### END HIDDEN TESTS

# %% test="e3_residual" points=2 title="The certificate is the projected gradient"
S, free = np.array([[2.0, 1.6], [1.6, 2.0]]), np.array([1.6, 0.4])
def tilted(x):
    return float(0.5 * (x - free) @ S @ (x - free))
def tilted_grad(x):
    return S @ (x - free)
def certified(grad, low, high):
    return lambda r: set(r) == {"x", "value", "residual"} and abs(r["residual"] - np.abs(r["x"] - np.clip(r["x"] - grad(r["x"]), low, high)).max()) <= 1e-13 + 1e-6 * r["residual"]

words = "x, value and a residual that is max |x − clip(x − grad(x), lower, upper)| at this x"
check(minimise_in_box, tilted, tilted_grad, np.zeros(2), np.ones(2), np.zeros(2)).satisfies(certified(tilted_grad, np.zeros(2), np.ones(2)), words, idea="at a wall the gradient itself need not vanish: project the step first")
### BEGIN HIDDEN TESTS
for seed in range(3):
    rng = seeded(seed)
    c = rng.uniform(2, 4, 3) * [1, -1, 0.1]
    low, high = np.array([-np.inf, -1, -1]), np.array([1, np.inf, 1])
    if seed == 1:
        low, high = np.array([-1, -1.5, -np.inf]), np.array([2, 1, np.inf])
    def f(x):
        return float(np.sum((x - c) ** 2))
    def grad(x):
        return 2 * (x - c)
    check(minimise_in_box, f, grad, low, high, np.zeros(3)).note(f"seed {seed}").satisfies(certified(grad, low, high), words, idea="what remains of the step −grad(x) once it is clipped to the box?")
for seed in range(4):
    rng = seeded(seed)
    B, c = rng.normal(size=(6, 6)), rng.uniform(-2, 2, 6)
    A = B @ B.T / 6 + np.eye(6)
    def f(x):
        return float(0.5 * (x - c) @ A @ (x - c) + np.sum(np.cosh(x - c)))
    def grad(x):
        return A @ (x - c) + np.sinh(x - c)
    low, high = np.full(6, -1.0), np.full(6, 1.0)
    check(minimise_in_box, f, grad, low, high, np.zeros(6)).note(f"seed {seed}").satisfies(certified(grad, low, high), words, idea="measure the residual where you ended; no solver ends at exactly zero")
### END HIDDEN TESTS

# %% test="e3_multistart" points=2 title="The lowest of many valleys"
def deepest(f, low, high, floor):
    return lambda r: set(r) == {"x", "value"} and isinstance(r["x"], np.ndarray) and np.all(r["x"] >= low) and np.all(r["x"] <= high) and abs(r["value"] - f(r["x"])) <= 1e-12 * (1 + abs(r["value"])) and r["value"] <= floor + 1e-5

low, high = np.full(2, -4.0), np.full(2, 4.0)
def two(x):
    return float((x[0] ** 2 - 4) ** 2 / 8 + 0.3 * x[0] + x[1] ** 2)
def two_grad(x):
    return np.array([x[0] * (x[0] ** 2 - 4) / 2 + 0.3, 2 * x[1]])
starts = np.array([[2.0, 0.0], [2.3, 0.4], [2.6, -1.2], [-2.5, 1.3]])
check(multistart, two, two_grad, low, high, starts).satisfies(deepest(two, low, high, -0.6108569), "value near -0.61086, found in the left valley", idea="descend from every start; the lowest start need not lie in the lowest valley")
### BEGIN HIDDEN TESTS
for turn in range(4):
    check(multistart, two, two_grad, low, high, np.roll(starts, turn, axis=0)).note(f"the starts in another order, {turn}").satisfies(deepest(two, low, high, -0.6108569), "value near -0.61086", idea="descend from every start, in whatever order they come")
S, free = np.array([[2.0, 1.6], [1.6, 2.0]]), np.array([1.6, 0.4])
def tilted(x):
    return float(0.5 * (x - free) @ S @ (x - free))
def tilted_grad(x):
    return S @ (x - free)
for few in ([[0.0, 0.0]], [[0.2, 0.9], [1.0, 0.4], [0.0, 0.0]]):
    check(multistart, tilted, tilted_grad, np.zeros(2), np.ones(2), np.array(few)).note("the tilted bowl").satisfies(deepest(tilted, np.zeros(2), np.ones(2), 0.1296), "value near 0.1296, at the wall", idea="every descent must stay in the box; clipping its end solves another problem")
X, Y = np.meshgrid(np.linspace(-4, 4, 401), np.linspace(-4, 4, 401))
rows = np.array([[u, v] for u in np.linspace(-4, 4, 5) for v in np.linspace(-4, 4, 5)])
for seed in (0, 1, 7):
    rng = seeded(seed)
    c, phase = rng.uniform(-1, 1, 2), rng.uniform(0, 6.28, 2)
    def f(x):
        return float(0.1 * np.sum((x - c) ** 2) - np.sum(np.cos(2 * x + phase)) + 0.3 * np.sin(x[0] + x[1]))
    def grad(x):
        return 0.2 * (x - c) + 2 * np.sin(2 * x + phase) + 0.3 * np.cos(x[0] + x[1])
    floor = float((0.1 * ((X - c[0]) ** 2 + (Y - c[1]) ** 2) - np.cos(2 * X + phase[0]) - np.cos(2 * Y + phase[1]) + 0.3 * np.sin(X + Y)).min())
    check(multistart, f, grad, low, high, rng.permutation(rows)).note(f"seed {seed}, compared with a grid of 401 × 401 points").satisfies(deepest(f, low, high, floor), f"value at most {floor:.5f}", idea="keep the best end point of all the descents")
### END HIDDEN TESTS

# %% [markdown]
r"""
## Staying on a curve: Lagrange multipliers

Now $x$ must satisfy $g(x) = 0$, like a walker who may not leave the path. Moving along the path changes $f$ to first order unless
$\nabla f$ is perpendicular to it; $\nabla g$ is perpendicular too. So at a constrained extremum the two gradients are parallel.

**Theorem (Lagrange).** Let $f$ and $g$ be continuously differentiable near $a$, and $a$ a local extremum of $f$ on the set
$g = 0$. **If $\nabla g(a) \ne 0$**, there is a number $\lambda$, the multiplier, with $\nabla f(a) = \lambda \nabla g(a)$.

**Predict.** Where on the circle $x^2 + y^2 = 5$ is $x + 2y$ largest? Where will the gradients be parallel?
"""

# %%
t = np.linspace(0, 2 * np.pi, 400)
fig, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
X, Y = np.meshgrid(np.linspace(-4, 4, 61), np.linspace(-3.5, 3.8, 61))
_ = left.contour(X, Y, X + 2 * Y, levels=[-8, -5, -2, 1, 5, 8], colors="0.7", linestyles="-")
_ = left.plot(np.sqrt(5) * np.cos(t), np.sqrt(5) * np.sin(t), "k-")
at = np.array([[1, 2], [5**0.5, 0]])
_ = left.quiver(*at.T, *(2 * at).T, color="#0072B2", width=0.016, angles="xy", scale_units="xy", scale=3, label="∇g (thick)")
_ = left.quiver(*at.T, [1, 1], [2, 2], color="#D55E00", width=0.007, angles="xy", scale_units="xy", scale=1.2, label="∇f (thin)")
_ = left.legend(loc="lower left", fontsize=8)
left.set(title="Parallel at (1, 2), not at (2.24, 0)", xlabel="x (no unit)", ylabel="y (no unit)", aspect="equal")
_ = right.plot(np.degrees(t), np.sqrt(5) * (np.cos(t) + 2 * np.sin(t)))
right.set(title="Along the circle f is flat at (1, 2) and (−1, −2)", xlabel="angle (degrees)", ylabel="f = x + 2y (no unit)")
_ = right.plot(np.degrees(np.arctan2(2, 1)) + np.array([0, 180]), [5, -5], "k*", markersize=12)
figures.show(fig, alt="Left: the circle with level lines of x + 2y. At (1, 2) the gradients of f and g point the same way and a level line touches the "
             "circle; at (2.24, 0) they differ. Right: f along the circle, flat at its top value 5, at 63 degrees, and at its least value −5, opposite.")

# %%
x, y, lam = sp.symbols("x y lambda")
f, g = x + 2 * y, x**2 + y**2 - 5
equations = [sp.diff(f, v) - lam * sp.diff(g, v) for v in (x, y)] + [g]
print(sp.solve(equations, [x, y, lam], dict=True))

# %% [markdown]
r"""
Two candidates, values $5$ and $-5$. Which is the maximum? A closed and bounded constraint set is **compact**, and a continuous
function on it attains a largest and a smallest value (extreme-value theorem). Each is attained at a candidate, so compare the
values. On an unbounded set this argument fails.

The multiplier is a price: where the optimum $V(c)$ on $g = c$ is differentiable, $V'(0) = \lambda$. Checked by widening the circle:
"""

# %%
top = lambda c: 5**0.5 * (5 + c) ** 0.5  # the largest x + 2y on x² + y² = 5 + c, by Cauchy–Schwarz
print(f"price of the constraint {(top(1e-4) - top(-1e-4)) / 2e-4:.6f}")
numeric = optimize.minimize(lambda v: -(v[0] + 2 * v[1]), [1, 1], method="SLSQP", options={"ftol": 1e-12},
                            constraints={"type": "eq", "fun": lambda v: v @ v - 5})
print(np.round(numeric.x, 5))

# %% [markdown]
r"""
SLSQP agrees with the algebra: a second way. It was handed $-f$, as ever.

Now the small print, $\nabla g(a) \ne 0$. The drop $y^2 = x^3(1 - x)$ has its sharp tip at the origin, and the tip is plainly
its leftmost point. **Predict** what Lagrange's equations say about the least $x$ on the drop.
"""

# %%
f, g = x, y**2 - x**3 * (1 - x)
equations = [sp.diff(f, v) - lam * sp.diff(g, v) for v in (x, y)] + [g]
print("Lagrange:", sp.solve(equations, [x, y, lam], dict=True))
print("∇g = 0:  ", sp.solve([sp.diff(g, x), sp.diff(g, y), g], [x, y], dict=True))

# %% [markdown]
r"""
Only the maximum, $(1, 0)$. At the tip $\nabla g = 0$, the theorem is silent, and the minimum hides exactly there. Such **singular**
points of the constraint must always join the list of candidates.
"""

# %% [markdown] exercise="e4" title="Extrema on a curve, twice" level="core" minutes=35 goals=[4] exports=["lagrange", "constrained_minimum"]
r"""
`f` and `g` are SymPy polynomials in `variables`, a list of 2 or 3 symbols.

- `lagrange(f, g, variables)` returns a dict of exact SymPy results, for the set $g = 0$ in real space:
  `"regular"`, the list of all points with $g = 0$, $\nabla g \ne 0$ and $\nabla f = \lambda\nabla g$ for some $\lambda$; `"singular"`, the list of all points with
  $g = 0$ and $\nabla g = 0$ (whatever $\nabla f$ is); `"minimum"` and `"maximum"`, the least and the greatest value of $f$ over both lists. A point is a
  tuple of numbers in the order of `variables`; each stands once, in one list, in any order. The symbols carry no assumptions, so `sp.solve`
  may return complex points: drop them. In the tests the set is compact and the candidates are finitely many.
- `constrained_minimum(f, g, variables, x0)` runs a numerical solver (SLSQP, say) from the array `x0` and returns
  `{"x": …, "value": …, "multiplier": …}`: an array, and the floats $f(x)$ and $\lambda$ in $\nabla f(x) = \lambda\nabla g(x)$. It must reach
  $|g(x)| \le 10^{-6}$, every entry of $\nabla f - \lambda\nabla g$ at most $10^{-4}$ in size (SLSQP's default `ftol` of $10^{-6}$ stops before that), and a
  value within $10^{-5}$ of the minimum. In the tests `x0` is near the minimum, and $\nabla g \ne 0$ there.

For $f = x + 2y$, $g = x^2 + y^2 - 5$: `"regular"` holds $(1, 2)$ and $(-1, -2)$, `"singular"` is empty, `"minimum"` is $-5$,
`"maximum"` is $5$; and the numerical minimum has `"multiplier"` near $-0.5$.
"""

# %% [markdown] hints="e4" reading="Apostol II 9.14; MML 7.2"
r"""
1. Two systems of equations, two lists of candidates. What must be thrown away from what `sp.solve` returns?
2. Solve $\nabla f = \lambda\nabla g$, $g = 0$ for the variables and $\lambda$; solve $\nabla g = 0$, $g = 0$ for the variables. Keep the real points, move what is
   singular out of the first list, and compare the values of $f$. For the numbers, `sp.lambdify` makes functions of `f`, `g` and their gradients (turn what they return into float arrays).
3. `all(c.is_real for c in p)` keeps the real points. With $u = \nabla f(x)$ and $w = \nabla g(x)$, taking the dot product of $u = \lambda w$ with $w$ gives
   $\lambda = u \cdot w / w \cdot w$. SLSQP wants `constraints={"type": "eq", "fun": …, "jac": …}` and a small `ftol`, such as 1e-14.
"""

# %% solution="e4"
def lagrange(f, g, variables):
    """Candidates and extreme values of the polynomial f on the compact set g = 0.

    Returns {"regular": points with ∇f = λ∇g, ∇g ≠ 0; "singular": points with ∇g = 0; "minimum", "maximum": values of f}.
    A point is a tuple of exact real SymPy numbers, one for each of the variables.
    """
    ### BEGIN SOLUTION
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
    ### END SOLUTION


def constrained_minimum(f, g, variables, x0):
    """Numerical minimum of f on g = 0 near x0, shape (n,): {"x": (n,) array, "value": f(x), "multiplier": λ with ∇f = λ∇g}."""
    ### BEGIN SOLUTION
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
    ### END SOLUTION

# %% test="e4_regular" points=2 title="All real points with parallel gradients"
u, v, w = sp.symbols("u v w")
def points_are(key, expected):
    want = np.array(sorted(expected), dtype=float)
    def judge(r):
        exact = all(isinstance(p, tuple) and not any(sp.sympify(c).has(sp.Float) for c in p) for p in r[key])
        got = np.array(sorted(tuple(round(float(c), 9) for c in p) for p in r[key]), dtype=float)
        return exact and got.shape == want.shape and np.allclose(got, want, rtol=0, atol=1e-7)
    return judge

check(lagrange, u + 2 * v, u**2 + v**2 - 5, [u, v]).satisfies(points_are("regular", [(1, 2), (-1, -2)]), "the regular points (1, 2) and (−1, −2), tuples of exact numbers", idea="∇f = λ∇g together with g = 0, for an unknown λ")
### BEGIN HIDDEN TESTS
check(lagrange, u * v, u**2 + 4 * v**2 - 8, [u, v]).satisfies(points_are("regular", [(2, 1), (-2, -1), (2, -1), (-2, 1)]), "four regular points (±2, ±1)", idea="the free stationary point (0, 0) does not lie on the curve; the curve has four points of its own")
fourth = 2**0.25
check(lagrange, u**2 + v**2, u**4 + v**4 - 2, [u, v]).satisfies(points_are("regular", [(1, 1), (1, -1), (-1, 1), (-1, -1), (fourth, 0), (-fourth, 0), (0, fourth), (0, -fourth)]), "eight real regular points", idea="complex solutions of the equations are no points of the plane")
check(lagrange, u + 2 * v, u**2 + v**2 - 5, [v, u]).satisfies(points_are("regular", [(2, 1), (-2, -1)]), "the regular points (2, 1) and (−2, −1), v first", idea="the coordinates stand in the order of variables")
check(lagrange, u - 2 * v + 2 * w, u**2 + v**2 + w**2 - 9, [u, v, w]).satisfies(points_are("regular", [(1, -2, 2), (-1, 2, -2)]), "two regular points on the sphere", idea="three variables: three equations from the gradients, and g = 0")
check(lagrange, u * v * w, u**2 + v**2 + w**2 - 3, [u, v, w]).satisfies(lambda r: len(r["regular"]) == 14 and len({tuple(round(float(c), 6) for c in p) for p in r["regular"]}) == 14, "14 different regular points", idea="λ may be 0 as well: dividing by it loses points")
### END HIDDEN TESTS

# %% test="e4_singular" points=2 title="Where the theorem is silent"
u, v, w = sp.symbols("u v w")
drop = v**2 - u**3 * (1 - u)
def singular_are(expected):
    return lambda r: sorted(tuple(float(c) for c in p) for p in r["singular"]) == sorted(expected) and not any(tuple(float(c) for c in p) in expected for p in r["regular"])

check(lagrange, u, drop, [u, v]).satisfies(singular_are([(0.0, 0.0)]), "one singular point, (0, 0), in \"singular\" only", idea="points of the curve with ∇g = 0 are candidates of their own kind")
### BEGIN HIDDEN TESTS
check(lagrange, u**2, drop, [u, v]).satisfies(singular_are([(0.0, 0.0)]), "(0, 0) in \"singular\" only", idea="∇f = 0 as well, but the point is still singular: which list does the definition put it in?")
check(lagrange, v, (u**2 + v**2) ** 2 - 2 * (u**2 - v**2), [u, v]).satisfies(singular_are([(0.0, 0.0)]), "one singular point, where the figure of eight crosses itself", idea="∇g = 0 where the curve crosses itself")
check(lagrange, u + 2 * v, u**2 + v**2 - 5, [u, v]).satisfies(singular_are([]), "no singular points", idea="a singular point must lie on the curve: g = 0 as well as ∇g = 0")
### END HIDDEN TESTS

# %% test="e4_extremes" points=2 title="The least and the greatest value"
u, v, w = sp.symbols("u v w")
def extremes(low, high):
    return lambda r: sp.simplify(r["minimum"] - low) == 0 and sp.simplify(r["maximum"] - high) == 0

check(lagrange, u + 2 * v, u**2 + v**2 - 5, [u, v]).satisfies(extremes(-5, 5), "minimum −5 and maximum 5", idea="compare the values of f at all candidates")
check(lagrange, u, v**2 - u**3 * (1 - u), [u, v]).satisfies(extremes(0, 1), "minimum 0 and maximum 1", idea="the tip of the drop takes part in the comparison")
### BEGIN HIDDEN TESTS
check(lagrange, u * v, u**2 + 4 * v**2 - 8, [u, v]).satisfies(extremes(-2, 2), "minimum −2 and maximum 2", idea="compare the values of f at all candidates")
check(lagrange, u**2 + v**2, u**4 + v**4 - 2, [u, v]).satisfies(extremes(sp.sqrt(2), 2), "minimum √2 and maximum 2", idea="compare exact values, at real points only")
check(lagrange, -3 * u, v**2 - u**3 * (1 - u), [u, v]).satisfies(extremes(-3, 0), "minimum −3 and maximum 0", idea="the tip of the drop takes part in the comparison")
check(lagrange, u + v, v**2 - u**3 * (2 - u), [u, v]).satisfies(extremes(0, sp.Rational(3, 2) + sp.sqrt(2)), "minimum 0 and maximum 3/2 + √2", idea="compare the exact values at all real candidates")
### END HIDDEN TESTS

# %% test="e4_numeric" points=2 title="The same by numbers, with the price"
u, v, w = sp.symbols("u v w")
def judge(f, g, variables, x0, least, idea):
    numbers = sp.lambdify(variables, [f, g, *[sp.diff(f, s) for s in variables], *[sp.diff(g, s) for s in variables]])
    n = len(variables)
    def at(r):
        out = np.array(numbers(*r["x"]), dtype=float)
        return out[0], out[1], out[2 : 2 + n], out[2 + n :]
    found = check(constrained_minimum, f, g, variables, np.array(x0))
    found.satisfies(lambda r: set(r) == {"x", "value", "multiplier"} and r["x"].shape == (n,), "a dict of x (an array of shape (n,)), value and multiplier", idea="build a plain dict with these three keys")
    found.satisfies(lambda r: abs(at(r)[1]) <= 1e-6, "x with |g(x)| at most 1e-6", idea="the constraint is the equation g = 0, and the solver must be told so")
    found.satisfies(lambda r: abs(r["value"] - at(r)[0]) <= 1e-9 and abs(r["value"] - least) <= 1e-5, f"value = f(x), near {least:.6f}", idea=idea)
    found.satisfies(lambda r: np.abs(at(r)[2] - r["multiplier"] * at(r)[3]).max() <= 1e-4, "∇f − λ∇g with entries of at most 1e-4 in size", idea="is the solver exact enough? Is the sign of λ that of ∇f = λ∇g, and do all coordinates agree on it?")

judge(u + 2 * v, u**2 + v**2 - 5, [u, v], [-2.0, -1.5], -5.0, "the least value of f on the circle: minimise f, with an equality constraint")
### BEGIN HIDDEN TESTS
judge((u - 3) ** 2 + (v - 2) ** 2 + (w - 1) ** 2, u**2 + v**2 + w**2 - 1, [u, v, w], [1.0, 0.5, 0.5], (14**0.5 - 1) ** 2, "distance from a point to the sphere: the gradients point along one line")
judge(u**2 + v**2 + w**2, (u - 3) ** 2 + (v - 4) ** 2 + w**2 - 4, [u, v, w], [1.5, 3.0, 0.2], 9.0, "the point of the sphere that is nearest to the origin")
judge(u**2 + v**2, u**2 + v**2 - 2 * u - 3, [u, v], [-0.8, 0.5], 1.0, "the constraint is g = 0, not g ≤ 0 or g ≥ 0")
judge(v, u**2 + v**2 - 1, [u, v], [0.1, -0.9], -1.0, "the lowest point of the circle")
judge(v, u**2 + v**2 - 1, [v, u], [-0.9, 0.1], -1.0, "the lowest point of the circle; the coordinates stand in the order of variables")
### END HIDDEN TESTS

# %% [markdown]
r"""
## Mending Newton

Two repairs make Newton's method dependable.

**Go downhill.** If $H$ is positive definite, $p = -H^{-1}\nabla f$ has slope $\nabla f \cdot p < 0$: a descent direction. If not, use another
matrix that is: replace each eigenvalue $\lambda$ by $\max(|\lambda|, \delta)$, or add $\tau I$ until a Cholesky factorisation succeeds.

**Do not overshoot.** Try $\alpha = 1$ first and halve it until $f$ falls by a fair share of what its slope promised (Armijo):
$$f(x + \alpha p) \le f(x) + c\,\alpha\,\nabla f(x) \cdot p, \qquad c = 10^{-4}.$$
Near a minimum with positive definite Hessian $\alpha = 1$ passes, and the squared errors come back. Equality must pass: close to a minimum $f$
no longer changes in its last digit, and a strict $<$ would halve for ever. **Predict** what the undamped method does on
$\sqrt{1 + x^2}$ from $x = 1.1$, a convex bowl:
"""

# %%
v = 1.1
for _ in range(4):
    v = v - (v / np.sqrt(1 + v**2)) * (1 + v**2) ** 1.5  # slope divided by curvature: x becomes −x³
    print(f"{v:.3f}")

# %% [markdown] exercise="e5" title="A Newton that goes downhill" level="stretch" minutes=30 exports=["newton_min"]
r"""
Write `newton_min(f, grad, hess, x0, tol=1e-6, max_iter=100)` without `scipy.optimize`. `f` returns a float, `grad` an array of shape `(n,)`,
`hess` one of shape `(n, n)`, symmetric, perhaps indefinite or singular. Return `{"x": …, "steps": …, "values": …}`: the first
iterate whose largest absolute gradient entry is at most `tol`; the number of steps taken to it; and the list of $f$ at `x0` and after every
step (`steps + 1` floats, the last is `f(x)`). If `x0` qualifies, take no step. If `max_iter` steps do not suffice, raise `RuntimeError`. Leave the
array `x0` as it was.

- Values never rise by more than `1e-12`, from whatever start. Where rounding hides the fall (think of $10^6 + x^2$ near its minimum), a step that
  leaves $f$ exactly as it was is good enough, and the gradient still gets to `tol`.
- From a start where the Hessian is indefinite or negative definite (and the gradient not zero), end at a minimum with a positive
  definite Hessian. The tests' starts lie away from the few directions that lead a downhill method to a saddle.
- Near a minimum with positive definite Hessian keep full Newton steps: from starts at a distance of at most 0.5 in well-conditioned problems, with
  all eigenvalues at least 0.01, the tests allow 8 calls of `hess`. Elsewhere 100 steps suffice for either repair above.

From $(3, -1)$ on $f = x^2 + 2y^2$ it takes one step: `steps` is 1, `values` is `[11.0, 0.0]` up to rounding.
"""

# %% [markdown] hints="e5" reading="MML 7.1; Apostol II 9.10–9.11 for the quadratic model"
r"""
1. Two loops: the outer one takes steps, the inner one shortens a step. Which test decides that a step is good?
2. `np.linalg.eigh` gives $H = Q \operatorname{diag}(\lambda) Q^{\mathsf T}$. With every $\lambda$ replaced by something positive, $p$ is a descent direction. A
   large positive $\lambda$ must stay as it is, or the quadratic rate is lost.
3. `p = -Q @ ((Q.T @ g) / np.maximum(np.abs(lam), 1e-8))`, then `while f(x + a * p) > value + 1e-4 * a * (g @ p): a /= 2`. Test the
   gradient before each step, and count the steps.
"""

# %% solution="e5"
def newton_min(f, grad, hess, x0, tol=1e-6, max_iter=100):
    """Newton's method with a positive definite model and a backtracking line search, from x0 of shape (n,).

    Returns {"x": (n,) array with max |grad(x)| ≤ tol, "steps": int, "values": f at x0 and after each step}.
    Raises RuntimeError if max_iter steps do not suffice.
    """
    ### BEGIN SOLUTION
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
    raise RuntimeError(f"no gradient within {tol} after {max_iter} steps")
    ### END SOLUTION

# %% test="e5_minimum" points=2 title="The minimum, its steps and its values"
def reached(f, grad, start, tol=1e-6):
    def judge(r):
        size = np.abs(grad(r["x"])).max()
        ends = np.isclose(r["values"][0], f(start), rtol=1e-9, atol=1e-12) and np.isclose(r["values"][-1], f(r["x"]), rtol=1e-9, atol=1e-12)
        return set(r) == {"x", "steps", "values"} and size <= tol and len(r["values"]) == r["steps"] + 1 and ends
    return judge

words = "a point with all gradient entries at most tol, and f at x0 and after each of the steps"
def bowl(x):
    return float(np.cosh(x[0]) + x[1] ** 2)
def bowl_grad(x):
    return np.array([np.sinh(x[0]), 2 * x[1]])
def bowl_hess(x):
    return np.diag([np.cosh(x[0]), 2.0])
start = np.array([1.0, 2.0])
check(newton_min, bowl, bowl_grad, bowl_hess, start).satisfies(reached(bowl, bowl_grad, start), words, idea="test the gradient before each step; values has one entry more than there are steps")
### BEGIN HIDDEN TESTS
check(newton_min, bowl, bowl_grad, bowl_hess, np.zeros(2)).satisfies(lambda r: r["steps"] == 0 and len(r["values"]) == 1, "no step, one value", idea="a start that already qualifies needs no step")
check(newton_min, bowl, bowl_grad, bowl_hess, np.array([0.0, 0.25]), tol=0.5).satisfies(lambda r: r["steps"] == 0, "no step: the gradient (0, 0.5) is at most tol", idea="a gradient of exactly tol qualifies")
check(newton_min, bowl, bowl_grad, bowl_hess, np.array([0.39, 0.2]), tol=0.5).satisfies(lambda r: r["steps"] == 0, "no step: the gradient is near (0.4, 0.4)", idea="the largest absolute entry decides, not the length of the gradient")
check(newton_min, bowl, bowl_grad, bowl_hess, start).keeps_arguments(idea="work on a copy of x0")
check(newton_min, bowl, bowl_grad, bowl_hess, start, tol=1e-3).satisfies(reached(bowl, bowl_grad, start, 1e-3), words, idea="tol bounds the largest absolute entry of the gradient")
for seed in range(3):
    rng = seeded(seed)
    B, c, x0 = rng.normal(size=(4, 4)), rng.normal(size=4), rng.normal(size=4)
    A = B @ B.T / 4 + np.eye(4)
    def f(x):
        return float(0.5 * (x - c) @ A @ (x - c) + 0.25 * np.sum((x - c) ** 4))
    def grad(x):
        return A @ (x - c) + (x - c) ** 3
    def hess(x):
        return A + np.diag(3 * (x - c) ** 2)
    check(newton_min, f, grad, hess, x0).note(f"seed {seed}").satisfies(reached(f, grad, x0), words, idea="the gradient at the returned x decides, and values[-1] is f there")
def flat(x):
    return float(x[0] ** 2 + x[1] ** 4)
def flat_grad(x):
    return np.array([2 * x[0], 4 * x[1] ** 3])
def flat_hess(x):
    return np.diag([2.0, 12 * x[1] ** 2])
check(newton_min, flat, flat_grad, flat_hess, np.array([1.0, 0.0])).satisfies(reached(flat, flat_grad, np.array([1.0, 0.0])), words, idea="the Hessian is singular here: dividing by a zero eigenvalue fails")
asked = []
def raised(x):
    asked.append(x)
    if len(asked) > 5000:
        raise OverflowError("f was called more than 5000 times")
    return float(1e6 + x[0] ** 2 + 2 * x[1] ** 2)
def raised_grad(x):
    return np.array([2 * x[0], 4 * x[1]])
def raised_hess(x):
    return np.diag([2.0, 4.0])
for start in ([3.0, -1.0], [3e-6, -1e-6]):
    check(newton_min, raised, raised_grad, raised_hess, np.array(start)).satisfies(reached(raised, raised_grad, np.array(start)), words, idea="10⁶ + 10⁻¹¹ is 10⁶ in floating point: a step that leaves f as it was must pass")
### END HIDDEN TESTS

# %% test="e5_descent" points=2 title="No step goes up"
def falls(grad):
    return lambda r: np.all(np.diff(r["values"]) <= 1e-12) and np.abs(grad(r["x"])).max() <= 1e-6

words = "values that never rise, down to a gradient of at most 1e-6"
def shallow(x):
    return float(np.sum(np.sqrt(1 + x**2)))
def shallow_grad(x):
    return x / np.sqrt(1 + x**2)
def shallow_hess(x):
    return np.diag((1 + x**2) ** -1.5)
check(newton_min, shallow, shallow_grad, shallow_hess, np.array([1.1])).satisfies(falls(shallow_grad), words, idea="the full step from 1.1 lands at −1.331, higher up: shorten it until f falls enough")
### BEGIN HIDDEN TESTS
check(newton_min, shallow, shallow_grad, shallow_hess, np.array([1.00002])).satisfies(falls(shallow_grad), words, idea="the full step from 1.00002 lands at −1.00006: only just higher up, but higher; f must fall")
for start in ([2.0, -0.5], [1.5, -3.0, 0.2], [10.0, 4.0]):
    check(newton_min, shallow, shallow_grad, shallow_hess, np.array(start)).satisfies(falls(shallow_grad), words, idea="shorten the step until f falls by a fair share of what its slope promised")
def banana(x):
    return float(100 * (x[1] - x[0] ** 2) ** 2 + (1 - x[0]) ** 2)
def banana_grad(x):
    return np.array([-400 * x[0] * (x[1] - x[0] ** 2) - 2 * (1 - x[0]), 200 * (x[1] - x[0] ** 2)])
def banana_hess(x):
    return np.array([[1200 * x[0] ** 2 - 400 * x[1] + 2, -400 * x[0]], [-400 * x[0], 200]])
check(newton_min, banana, banana_grad, banana_hess, np.array([-1.2, 1.0])).satisfies(falls(banana_grad), words, idea="the full Newton step leaves the valley: check f before you accept a step")
### END HIDDEN TESTS

# %% test="e5_indefinite" points=2 title="Away from saddles and hilltops"
def in_valley(grad, hess):
    return lambda r: np.abs(grad(r["x"])).max() <= 1e-6 and np.linalg.eigvalsh(hess(r["x"])).min() > 0.1

words = "a point without slope where the Hessian is positive definite"
def wells(x):
    return float(np.sum((x**2 - 1) ** 2) / 4)
def wells_grad(x):
    return x**3 - x
def wells_hess(x):
    return np.diag(3 * x**2 - 1)
check(newton_min, wells, wells_grad, wells_hess, np.array([0.3, 1.2])).satisfies(in_valley(wells_grad, wells_hess), words, idea="where an eigenvalue is negative, the plain Newton step goes uphill, to the saddle")
### BEGIN HIDDEN TESTS
check(newton_min, wells, wells_grad, wells_hess, np.array([0.2, -0.1, 0.3])).satisfies(in_valley(wells_grad, wells_hess), words, idea="with a negative definite Hessian the plain Newton step climbs to the top")
for seed in range(4):
    rng = seeded(seed)
    x0 = rng.uniform(0.1, 0.4, 4) * rng.choice([-1, 1], 4)
    C = 0.1 * np.ones((4, 4))
    def f(x):
        return float(np.sum((x**2 - 1) ** 2) / 4 + 0.5 * x @ C @ x)
    def grad(x):
        return x**3 - x + C @ x
    def hess(x):
        return np.diag(3 * x**2 - 1) + C
    check(newton_min, f, grad, hess, x0).note(f"seed {seed}").satisfies(in_valley(grad, hess), words, idea="make the matrix positive definite before you solve with it")
### END HIDDEN TESTS

# %% test="e5_rate" points=1 title="Full steps near the minimum"
def quadratic(x):
    return float(x[0] ** 2 + 2 * x[1] ** 2)
def quadratic_grad(x):
    return np.array([2 * x[0], 4 * x[1]])
def quadratic_hess(x):
    return np.diag([2.0, 4.0])
check(newton_min, quadratic, quadratic_grad, quadratic_hess, np.array([3.0, -1.0])).satisfies(lambda r: np.allclose(r["values"][:2], [11, 0], rtol=0, atol=1e-9), "one step, from 11 to 0", idea="on a quadratic the full Newton step lands on the minimum: is the step tried first α = 1, and is a positive definite H left as it is?")
### BEGIN HIDDEN TESTS
for seed in range(4):
    rng = seeded(seed)
    B, c, way = rng.normal(size=(5, 5)), rng.normal(size=5), rng.normal(size=5)
    A = B @ B.T / 5 + np.eye(5)
    count = {"hess": 0}
    def f(x):
        return float(0.5 * (x - c) @ A @ (x - c) + np.sum(np.cosh(x - c)) - 5)
    def grad(x):
        return A @ (x - c) + np.sinh(x - c)
    def hess(x):
        count["hess"] += 1
        return A + np.diag(np.cosh(x - c))
    check(newton_min, f, grad, hess, c + 0.5 * way / np.linalg.norm(way)).note(f"seed {seed}").satisfies(lambda r: np.abs(grad(r["x"])).max() <= 1e-6, "a gradient of at most 1e-6", idea="keep going until the gradient is small")
    check_value("calls counted during newton_min", count).note(f"seed {seed}").satisfies(lambda n: n["hess"] <= 8, "at most 8 calls of hess", idea="near a good minimum errors are squared only by full steps with the true Hessian")
    count["hess"] = 0
    shallow = [lambda x: f(x) / 100, lambda x: grad(x) / 100, lambda x: hess(x) / 100]
    check(newton_min, *shallow, c + 0.5 * way / np.linalg.norm(way)).note(f"seed {seed}, f divided by 100").satisfies(lambda r: np.abs(grad(r["x"])).max() <= 1e-4, "a gradient of at most 1e-6", idea="keep going until the gradient is small")
    check_value("calls counted during newton_min", count).note(f"seed {seed}, f divided by 100").satisfies(lambda n: n["hess"] <= 8, "at most 8 calls of hess", idea="a positive eigenvalue of 0.02 is small but good: leave it as it is")
### END HIDDEN TESTS

# %% test="e5_gives_up" points=1 title="It says so when it does not arrive"
def slide(x):
    return float(x[0] + 2 * x[1])
def slide_grad(x):
    return np.array([1.0, 2.0])
def slide_hess(x):
    return np.zeros((2, 2))
check(newton_min, slide, slide_grad, slide_hess, np.zeros(2), max_iter=5).raises(RuntimeError, idea="a function without a minimum: after max_iter steps the honest answer is an exception")
### BEGIN HIDDEN TESTS
def far(x):
    return float(np.sum(np.cosh(x)))
def far_hess(x):
    return np.diag(np.cosh(x))
needed = check(newton_min, far, np.sinh, far_hess, np.array([6.0])).value(idea="this start is no harder than the others")["steps"]
check(newton_min, far, np.sinh, far_hess, np.array([6.0]), max_iter=needed - 1).note(f"it takes {needed} steps").raises(RuntimeError, idea="one step fewer than it takes does not suffice: is the gradient small after the last step allowed?")
check(newton_min, far, np.sinh, far_hess, np.array([6.0]), max_iter=needed).note(f"it takes {needed} steps").satisfies(lambda r: np.abs(np.sinh(r["x"])).max() <= 1e-6, "an answer after exactly max_iter steps", idea="as many steps as it takes do suffice: test the gradient after the last step too")
check(newton_min, far, np.sinh, far_hess, np.zeros(2), max_iter=0).satisfies(lambda r: r["x"].shape == (2,), "an answer without a step", idea="a start that already qualifies suffices")
### END HIDDEN TESTS

# %% [markdown]
r"""
## In practice

**Cost.** With $n$ unknowns a gradient is $n$ numbers, a Hessian $n^2$, a Newton step about $n^3/3$ arithmetic operations by Cholesky. At
$n = 100$ nobody notices. At a hundred times that, one Hessian is 800 MB and a step $3 \cdot 10^{11}$ operations: use L-BFGS (a
few past gradients) or Newton–CG (only products $Hv$). With a finite-difference gradient, *one* gradient then costs 10 000 extra
calls of $f$; reverse-mode differentiation costs a small multiple of one.

**Failure modes**, and where to look first:

- *Scales.* One unknown in metres and one in nanometres make $\kappa$ huge. Rescale before you change the method.
- *A wrong gradient.* Line searches fail, or end early with "precision loss". Run `optimize.check_grad` first.
- *Kinks and noise.* $|x|$, `round` and simulations break the Taylor argument: finite differences of noise are noise.
- *Symmetric starts.* The two vans. Start at random, more than once; look at the eigenvalues before you celebrate.
- *Units.* A gradient of $10^{-6}$ means nothing until you know the scale of $f$ and $x$.

## Summary

- Zero gradient is necessary inside the domain; eigenvalue signs decide, and semidefinite with a zero is silent (exercise 1).
- Give SciPy the gradient and the exactness you need; flip both signs for a maximum; verify (exercise 2).
- At a wall the projected gradient vanishes, not the gradient; many valleys need many starts (exercise 3).
- On $g = 0$ compare $f$ at all Lagrange points *and* singular points; $\lambda$ is the constraint's price (exercise 4).
- Newton needs a positive definite model to go down and a line search not to overshoot (exercise 5).

## Reflection

A colleague reports: "The optimiser returned `success=True`, so these are the best parameters." In three to five sentences, say
what is known, what is not, and which two checks you would run first. A good answer (1) separates stationary, local and global;
(2) names a check of curvature and one of other starts, or of convexity; (3) says what those checks still cannot prove.
"""

# %% [markdown] reflection="reflection"
r"""
`success=True` says that the solver's own stopping test was met, usually a small gradient, so we know of a nearly stationary point
at most. I would compute the gradient and the Hessian's eigenvalues there: a clearly negative one means that $f$ still
falls that way, all clearly positive ones a local minimum close by. Then I would start again from a few dozen random points and compare the values. If the function is
convex, a local minimum is global and we are done. If not, even a hundred starts that agree are evidence and no proof.
"""

# %% [markdown]
r"""
## Further reading

- *Mathematics for Machine Learning*, 7.1: gradient descent; look for what the step size does in a long valley. 7.2: Lagrange
  multipliers, and how inequality constraints enter. 7.3: convexity, the one property that makes local global. Section 5.8 has the
  multivariate Taylor series behind the Hessian test.
- Apostol, *Calculus II*, 9.9–9.12: stationary points and the eigenvalue test, with proofs; compare 9.12 with our warning about
  determinants. 9.14: Lagrange's method, with its condition on $\nabla g$. 9.16: the extreme-value theorem.
- SciPy's documentation of `scipy.optimize`: the table of methods, and which of them take gradients, bounds and constraints.
"""
