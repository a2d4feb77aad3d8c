# %% [markdown]
r"""
You will compute gradients by differences, by SymPy, by a backward sweep through a program and by matrix algebra, and let each
way catch the mistakes of the others.

**You will be able to**

- **check** a claimed gradient against differences of its function, at any scale (exercise 1);
- **derive** gradients, Jacobians, Hessians and directional derivatives exactly, in SymPy (exercise 2);
- **implement** reverse-mode differentiation of a program whose intermediate results are shared (exercise 3);
- **derive** gradients with respect to vectors and matrices without writing out coordinates (exercise 4);
- **evaluate** derivatives from their definition at a point where the rules do not apply (exercise 5).
"""

# %% [markdown]
r"""
## Warm-up

1. Day 1: what do the columns of a matrix say about the linear map it describes?
2. Day 3: why does the central difference get *worse* when the step becomes very small, and which step is near the best?

<details><summary>Answers</summary>

1. Column $j$ is the image of the $j$-th basis vector. Today's matrices, the Jacobians, are read in just this way: column $j$ says
   what happens when only the $j$-th variable moves.
2. Its error is about $h^2|f'''|/6$ from the formula plus $\varepsilon|f|/h$ from rounding, with $\varepsilon\approx
   2\cdot10^{-16}$. The second term wins for small $h$. The two balance near $h\approx\varepsilon^{1/3}\approx 6\cdot10^{-6}$
   for functions of ordinary size.

</details>
"""

# %% setup=true
import math

import matplotlib.pyplot as plt
import numpy as np
import sympy as sp
from scipy import optimize

from curriculum.lab import check, check_value, figures, seeded

figures.style()

# %% [markdown]
r"""
## A descent that converges, to the wrong place

We minimise $f(x)=x^\mathsf{T}Ax-b^\mathsf{T}x$ by walking downhill. A table of formulas says that the gradient of
$x^\mathsf{T}Ax$ is $2Ax$, so we use $2Ax-b$.
"""

# %%
A = np.array([[3.0, 2.0], [0.0, 1.0]])
b = np.array([4.0, 0.0])


def cost(z):
    return z @ A @ z - b @ z


def textbook(z):
    return 2 * A @ z - b


# %%
def descend(gradient, start, steps=200, rate=0.1):
    path = [start]
    for _ in range(steps):
        path.append(path[-1] - rate * gradient(path[-1]))
    return np.array(path)


path = descend(textbook, np.array([-1.0, 1.5]))
end = path[-1]
print(f"after 200 steps: x = ({end[0]:.4f}, {end[1]:.4f}), f = {cost(end):.4f}")
print(f"length of the 'gradient' there below 1e-12: {np.linalg.norm(textbook(end)) < 1e-12}")

# %% [markdown]
r"""
The run looks perfect: it settles, and its gradient vanishes. Now a second opinion, which knows no formula at all: try every
point of a grid.
"""

# %%
ticks = np.arange(-3.0, 3.01, 0.05)
U, V = np.meshgrid(ticks, ticks)
F = A[0, 0] * U**2 + (A[0, 1] + A[1, 0]) * U * V + A[1, 1] * V**2 - b[0] * U - b[1] * V
best = np.unravel_index(np.argmin(F), F.shape)
print(f"best grid point: ({U[best]:.2f}, {V[best]:.2f}), f = {F[best]:.4f}")

# %%
fig, ax = plt.subplots(figsize=(5.4, 4.2))
lines = ax.contour(U, V, F, levels=[-1.9, -1.6, -1.33, 0, 4, 10, 20, 35])
_ = ax.clabel(lines, fontsize=8, fmt="%g")
_ = ax.plot(path[:, 0], path[:, 1], "o-", markersize=4, label="path with 2Ax − b")
_ = ax.plot(U[best], V[best], "k*", markersize=13, label="true minimum")
_ = ax.set(title="The descent stops on a slope", xlabel="x₁ (no unit)", ylabel="x₂ (no unit)")
_ = ax.set(xlim=(-1.6, 2.2), ylim=(-2.2, 2.0))
_ = ax.legend(loc="upper right", frameon=True, framealpha=1)
figures.show(
    fig,
    alt="Contours of f with the descent path, which stops at (2/3, 0) where f is -4/3; the minimum -2 lies at (1, -1).",
)

# %% [markdown]
r"""
It stopped at $f=-\tfrac43$, and the minimum is $-2$. Nothing crashed, no number looked odd. A wrong gradient is the quiet kind of
bug, so the first tool of the day is one that finds it.
"""

# %% [markdown]
r"""
## Partial derivatives: move one coordinate

The **partial derivative** of $f:\mathbb R^n\to\mathbb R$ at $a$ in the $i$-th variable holds all the others still:

$$\frac{\partial f}{\partial x_i}(a)=\lim_{h\to0}\frac{f(a+h\,e_i)-f(a)}{h}.$$

It is a derivative in one variable, so all of day 3 applies, the central difference included.

**Predict.** At $(1,0)$ the table's formula claims $2Ax-b=(2,0)$. Which of the two coordinates is wrong?
"""


# %%
def central(f, a, i, h=1e-5):
    step = h * np.eye(len(a))[i]
    return (f(a + step) - f(a - step)) / (2 * h)


a = np.array([1.0, 0.0])
print("claimed ", [f"{g:.4f}" for g in textbook(a)])
print("measured", [f"{central(cost, a, i):.4f}" for i in range(2)])

# %% [markdown]
r"""
The first coordinate is right and the second is wrong (exercise 4 will show why), so *every* coordinate must be checked.

How close is close enough? Let us **vary** the scale: multiply $f$ by $c$, and ask whether a fixed tolerance of $10^{-6}$ accepts the
right slope and rejects a doubled one.
"""

# %%
print("   scale  accepts right  rejects doubled")
for c in (1e-9, 1.0, 1e9):
    measured = central(lambda z: c * math.exp(z[0]), np.array([1.0]), 0)
    right = c * math.e
    print(f"{c:8.0e}  {abs(measured - right) < 1e-6!s:>13}  {abs(measured - 2 * right) > 1e-6!s:>15}")

# %% [markdown]
r"""
Only in the middle row are both verdicts right. The tolerance must be *relative* to the slope. But a slope of exactly 0 has no relative
size: there the check needs an absolute allowance, for the rounding of the difference, a small multiple of $\varepsilon|f|/h$. The formula's
own error $h^2|f'''|/6$ gets none, so the check below turns down the right slope 0 of $x^3$ at 0. Random points rarely hit such a place.
"""

# %% [markdown] exercise="e1" title="Catch a wrong gradient" level="warm-up" minutes=15 exports=["gradcheck"]
r"""
Write `gradcheck(f, grad, x, rtol=1e-5)`: `True` if `grad` agrees with central differences of `f` at `x` in every coordinate, else
`False`. `x` is a list of $n\ge1$ floats; `f(list)` returns a float, `grad(list)` a list of $n$ floats. For each
coordinate $i$, with $g_i$ the claimed value,

- the step is $h_i=10^{-5}\max(1,|x_i|)$, and $f_\pm=f(x\pm h_ie_i)$, with all the other coordinates exactly those of $x$;
- the difference is $d_i=(f_+-f_-)/(2h_i)$;
- they agree if $|g_i-d_i|\le \texttt{rtol}\cdot\max(|g_i|,|d_i|)+10^{-14}\,(|f_+|+|f_-|)/h_i$; a claim of NaN never agrees.

With `f = lambda p: p[0]**2 * p[1]` at `[1.0, 2.0]`, a `grad` that returns `[4.0, 1.0]` gives `True`; one that returns `[4.0, 1.1]`
gives `False`.
"""

# %% [markdown] hints="e1" reading="MML 5.2"
r"""
1. What would you do for one coordinate, if all the others were constants?
2. Loop over the coordinates. Make two *new* lists for each, one step up and one step down, and compare the difference with the claim.
   One disagreement settles the verdict.
3. `up = list(x); up[i] += h` leaves `x` alone, and so does the same for `down`. Return `False` inside the loop if it is *not* true that the
   disagreement is at most the sum of both allowances, `True` after it. (With NaN, `<=` and `>` are both false.)
"""


# %% solution="e1"
def gradcheck(f, grad, x, rtol=1e-5):
    """Whether grad(x), a list, agrees with central differences of f at the list x in every coordinate."""
    ### BEGIN SOLUTION
    for i, claimed in enumerate(grad(list(x))):
        h = 1e-5 * max(1.0, abs(x[i]))
        above = f([*x[:i], x[i] + h, *x[i + 1 :]])
        below = f([*x[:i], x[i] - h, *x[i + 1 :]])
        measured = (above - below) / (2 * h)
        rounding = 1e-14 * (abs(above) + abs(below)) / h
        if not abs(claimed - measured) <= rtol * max(abs(claimed), abs(measured)) + rounding:  # not >: NaN must fail
            return False
    return True
    ### END SOLUTION


# %% test="e1_right" points=1 title="Right gradients are accepted, zero slopes too"
check(gradcheck, lambda p: p[0] ** 2 * p[1], lambda p: [2 * p[0] * p[1], p[0] ** 2], [1.0, 2.0]).note(
    "f = x0² x1, right gradient"
).equals(True, idea="a right gradient must pass")
### BEGIN HIDDEN TESTS
check(gradcheck, lambda p: p[0] ** 2 + p[1], lambda p: [2 * p[0], 1.0], [-3.0, 0.5]).note(
    "f = x0² + x1, right gradient"
).equals(True, idea="compare sizes of slopes and values, not their signs")
check(gradcheck, lambda p: 0.0, lambda p: [0.0, 0.0], [1.5, -2.0]).note("f = 0, gradient 0").equals(
    True, idea="a disagreement of 0 is within an allowance of 0"
)
check(gradcheck, lambda p: -math.exp(p[0]), lambda p: [-math.exp(p[0])], [0.7]).note(
    "f = -exp(x0), right gradient"
).equals(True, idea="the rounding allowance takes the size of f, whatever its sign")
check(
    gradcheck, lambda p: (p[0] - 1.3) ** 2 + math.exp(p[1]) / 3, lambda p: [0.0, math.exp(p[1]) / 3], [1.3, 0.7]
).note("f = (x0 - 1.3)² + exp(x1)/3, right gradient").equals(
    True, idea="where the slope is 0, a relative tolerance allows nothing: the rounding allowance must"
)
check(gradcheck, lambda p: 7.1 * math.cos(p[0]) * math.exp(p[0]), lambda p: [0.0], [math.pi / 4]).note(
    "f = 7.1 cos(x0) exp(x0), right gradient"
).equals(True, idea="where the slope is 0, a relative tolerance allows nothing: the rounding allowance must")
check(gradcheck, lambda p: math.exp(20 * p[0]), lambda p: [20 * math.exp(20 * p[0])], [0.1]).note(
    "f = exp(20 x0), right gradient"
).equals(True, idea="a one-sided difference is off by h·f''/2, which is too much for a curved function")
### END HIDDEN TESTS

# %% test="e1_each" points=1 title="One wrong coordinate is enough"
check(gradcheck, lambda p: p[0] ** 2 * p[1], lambda p: [2 * p[0] * p[1], 1.1], [1.0, 2.0]).note(
    "f = x0² x1, second entry 1.1 instead of 1"
).equals(False, idea="the second coordinate is wrong: every coordinate must agree")
### BEGIN HIDDEN TESTS
for place in range(4):

    def claimed(p, place=place):
        return [3.0 * v**2 * (-1.0 if j == place else 1.0) for j, v in enumerate(p)]

    check(gradcheck, lambda p: sum(v**3 for v in p), claimed, [0.9, -1.1, 1.3, 0.7]).note(
        f"f = sum of cubes, wrong sign in place {place}"
    ).equals(False, idea="one wrong coordinate, wherever it stands, makes the gradient wrong")
check(gradcheck, lambda p: p[0] ** 2 - p[1] ** 2, lambda p: [2 * p[0] + 0.5, -2 * p[1] - 0.5], [1.0, 2.0]).note(
    "f = x0² - x1², both entries wrong"
).equals(False, idea="errors of two coordinates must not cancel: judge each by itself")
check(gradcheck, lambda p: 1e3 * p[0] + 1e-3 * p[1], lambda p: [1e3, 2e-3], [0.02, 0.03]).note(
    "f = 1000 x0 + 0.001 x1, second entry doubled"
).equals(False, idea="a small slope beside a large one is judged by its own size, not by that of its neighbour")
check(gradcheck, lambda p: 1e6 + p[0] + p[1], lambda p: [1.0, 1.01], [0.3, 0.7]).note(
    "f = 1000000 + x0 + x1, second entry 1 % too large"
).equals(False, idea="the allowance for rounding is small: 10^-14 of the values, over the step")
for wrong in ([math.nan, 1.0], [1.0, math.nan]):
    check(gradcheck, lambda p: p[0] + p[1], lambda p, wrong=wrong: wrong, [0.3, 0.7]).note(
        f"f = x0 + x1, claimed {wrong}"
    ).equals(False, idea="every comparison with NaN is false: ask whether they agree, not whether they disagree")
### END HIDDEN TESTS

# %% test="e1_scale" points=1 title="The verdict does not depend on the unit of measurement"
for scale in (1e-9, 1e9):
    check(gradcheck, lambda p: scale * math.exp(p[0]), lambda p: [2 * scale * math.exp(p[0])], [1.0]).note(
        f"f = {scale:g} exp(x0), doubled"
    ).equals(False, idea="a doubled slope is wrong at every scale: make the tolerance relative")
    check(gradcheck, lambda p: scale * math.exp(p[0]), lambda p: [scale * math.exp(p[0])], [1.0]).note(
        f"f = {scale:g} exp(x0), right"
    ).equals(True, idea="a right slope is right at every scale: make the tolerance relative")
### BEGIN HIDDEN TESTS
for x0 in (1e6, -1e6):
    check(gradcheck, lambda p: p[0] ** 2, lambda p: [2 * p[0] * 1.0005], [x0]).note(
        "f = x0², gradient 0.05 % too large"
    ).equals(False, idea="far from 0 the step must grow with |x|, or rounding drowns the difference")
    check(gradcheck, lambda p: p[0] ** 2, lambda p: [2 * p[0]], [x0]).note("f = x0², right gradient").equals(
        True, idea="far from 0 the step must grow with |x|, or rounding drowns the difference"
    )
check(gradcheck, lambda p: math.exp(p[0]), lambda p: [math.exp(p[0]) * 1.001], [0.5], rtol=1e-2).note(
    "f = exp(x0), gradient 0.1 % too large"
).equals(True, idea="rtol sets how much relative error is allowed")
check(gradcheck, lambda p: math.exp(p[0]), lambda p: [math.exp(p[0]) * 1.001], [0.5], rtol=1e-4).note(
    "f = exp(x0), gradient 0.1 % too large"
).equals(False, idea="rtol sets how much relative error is allowed")
for factor in (0.5, 2.0):
    check(gradcheck, lambda p: math.exp(p[0]), lambda p: [factor * math.exp(p[0])], [0.5], rtol=0.6).note(
        f"f = exp(x0), gradient times {factor:g}"
    ).equals(True, idea="the error is half of the larger of the two slopes: rtol multiplies that one")
### END HIDDEN TESTS


# %% test="e1_single" points=1 title="One coordinate moves at a time, by its own step"
def try_at(x0):
    seen = []

    def observed(p):
        seen.append(list(p))
        return sum(p)

    check(gradcheck, observed, lambda p: [1.0] * len(p), x0).equals(
        True, idea="the slope of a sum is 1 in each of its terms"
    )
    check_value(f"the points at which f was called, with x = {x0}", seen).satisfies(
        lambda points: (
            len(points) >= 2 * len(x0) and all(sum(v != w for v, w in zip(p, x0, strict=True)) <= 1 for p in points)
        ),
        "points that differ from x in one coordinate, and are exactly x in the others",
        idea="adding a step and taking it away again does not give back the same float: start each point from a fresh copy of x",
    )
    steps = [1e-5 * max(1.0, abs(v)) for v in x0]
    check_value(f"the points at which f was called, with x = {x0}", seen).satisfies(
        lambda points: all(
            any(abs(p[i] - x0[i] - side * h) <= 1e-6 * h for p in points)
            for i, h in enumerate(steps)
            for side in (1, -1)
        ),
        f"in each coordinate a step up and one down, of {steps}",
        idea="the step of a coordinate grows with that coordinate's own size, but never falls below 10^-5",
    )


try_at([0.1, 0.7])
### BEGIN HIDDEN TESTS
try_at([0.3, 1.7, -2.9, 0.6])
try_at([0.0, 40.0, -0.2])
### END HIDDEN TESTS

# %% [markdown]
r"""
SciPy's `check_grad` uses one-sided differences; it returns the length of the error vector and leaves the judgement to you.
"""

# %%
print(f"{optimize.check_grad(cost, textbook, a):.4f}")

# %% [markdown]
r"""
## The gradient: every direction at once

$f$ is **differentiable** at $a$ if some vector $g$ predicts it to first order in *all* directions together:

$$f(a+h)=f(a)+g\cdot h+r(h),\qquad \frac{r(h)}{\lVert h\rVert}\to0\ \text{ as } h\to0 .$$

Then $g$ is unique, its entries are the partial derivatives, and it is called the **gradient** $\nabla f(a)$. For a *unit* vector $u$
the **directional derivative** is the slope along $u$, and differentiability gives

$$D_uf(a)=\lim_{t\to0}\frac{f(a+tu)-f(a)}{t}=\nabla f(a)\cdot u=\lVert\nabla f(a)\rVert\cos\theta ,$$

with $\theta$ the angle between $\nabla f(a)$ and $u$. So where $\nabla f\ne0$, $f$ climbs fastest along $\nabla f$, at the rate
$\lVert\nabla f\rVert$, and not at all at right angles to it; in the plane that is the direction of its level curve.

**Predict.** For $f=x^2+3y^2$ at $(1,1)$: which direction is steepest, how steep, and in which direction is the ground level?
"""

# %%
x, y = sp.symbols("x y")
hill = x**2 + 3 * y**2
slopes = [sp.diff(hill, v) for v in (x, y)]
print("gradient:", slopes, "at (1, 1):", [s.subs({x: 1, y: 1}) for s in slopes])

# %% [markdown]
r"""
Now the same without calculus: walk a short step in each of 3,600 directions, and keep the best.
"""

# %%
angles = np.radians(np.arange(0, 360, 0.1))
t = 1e-4
rise = ((1 + t * np.cos(angles)) ** 2 + 3 * (1 + t * np.sin(angles)) ** 2 - 4) / t
print(f"steepest measured: {np.degrees(angles[rise.argmax()]):.1f}° at slope {rise.max():.2f}")
print(f"gradient (2, 6):   {math.degrees(math.atan2(6, 2)):.1f}° at slope {math.hypot(2, 6):.2f}")

# %%
fig, ax = plt.subplots(figsize=(4.8, 4.4))
X, Y = np.meshgrid(np.linspace(-2.6, 2.6, 200), np.linspace(-2.2, 2.2, 200))
lines = ax.contour(X, Y, X**2 + 3 * Y**2, levels=[1, 4, 9])
_ = ax.clabel(lines, fontsize=8, fmt="f = %g", colors="black")
turn = np.radians(np.arange(20, 380, 45))
px, py = 2 * np.cos(turn), 2 / math.sqrt(3) * np.sin(turn)
_ = ax.quiver(px, py, 2 * px, 6 * py, angles="xy", scale=60, width=0.008)
_ = ax.set(
    title="Gradients cross level curves at right angles", xlabel="x (no unit)", ylabel="y (no unit)", aspect="equal"
)
figures.show(
    fig,
    alt="Elliptic level curves of x² + 3y² with gradient arrows on one of them, each at a right angle to the curve.",
)

# %% [markdown]
r"""
At $(1,1)$ the ground is level along $\pm(3,-1)$, at a right angle to $(2,6)$. None of the arrows points straight away from the centre: the
steepest way up is a local affair. And "along $(3,4)$" means along the unit vector $(\tfrac35,\tfrac45)$. Forget that, and slopes depend on
how long an arrow you happened to draw.

## The Jacobian: a small square becomes a parallelogram

For $F:\mathbb R^n\to\mathbb R^m$ the partial derivatives of all components form the $m\times n$ **Jacobian**
$J_{ij}=\partial F_i/\partial x_j$: one row an output, one column an input. Where $F$ is differentiable, $F(a+h)\approx F(a)+J(a)h$.

**Predict.** $F(x,y)=(x^2-y^2,\,2xy)$. A tiny square has a corner at $(1,\tfrac12)$. By which factor does its area grow?
"""

# %%
F_exact = sp.Matrix([x**2 - y**2, 2 * x * y])
J = F_exact.jacobian([x, y])
J_here = J.subs({x: 1, y: sp.Rational(1, 2)})
print(J, " here:", J_here, " determinant:", J_here.det())


# %%
def image_area(side, left=1.0, low=0.5):
    """Area of the image of the square with its corner at (left, low), by the shoelace formula along its boundary."""
    s = np.linspace(0, side, 400)
    zero, full = np.zeros(400), np.full(400, side)
    p = left + np.concatenate([s, full, s[::-1], zero])
    q = low + np.concatenate([zero, s, full, s[::-1]])
    X, Y = p**2 - q**2, 2 * p * q
    return 0.5 * abs(np.sum(X * np.roll(Y, -1) - Y * np.roll(X, -1))), X, Y


for side in (0.4, 0.1, 0.025):
    print(f"side {side:<5}: area grows {image_area(side)[0] / side**2:.3f} times")

# %%
fig, axes = plt.subplots(1, 2, figsize=(7.6, 3.4))
corners = np.array([[0, 1, 1, 0, 0], [0, 0, 1, 1, 0]])
for ax, side in zip(axes, (0.4, 0.1), strict=True):
    _, X, Y = image_area(side)
    flat = np.array([[0.75], [1.0]]) + np.array([[2.0, -1.0], [1.0, 2.0]]) @ corners * side
    _ = ax.plot(X, Y, label="image of the square")
    _ = ax.plot(*flat, label="Jacobian's parallelogram")
    _ = ax.set(title=f"Side {side}", xlabel="first output (no unit)", ylabel="second output (no unit)")
_ = axes[0].set_ylim(top=2.95)
_ = axes[0].legend(loc="upper right", fontsize=8)
fig.suptitle("The smaller the square, the better the Jacobian describes its image")
fig.tight_layout()
figures.show(
    fig,
    alt="Curved image of a square beside the parallelogram of its Jacobian: clearly apart for side 0.4, nearly equal for side 0.1.",
)

# %% [markdown]
r"""
The factor tends to $|\det J|=5$. **Vary:** put the corner at the origin, `image_area(side, 0, 0)`. What does the factor tend to now, and what
became of the parallelogram?

<details><summary>Answer</summary>

$J=0$ there: the factor tends to 0, and the parallelogram is a single point. What is left of the
image, an area of $\tfrac83\,\text{side}^4$, comes from second order alone.

</details>

The **chain rule** says that the best linear approximations compose as maps do, by matrix product in the
same order: $J_{G\circ F}(a)=J_G(F(a))\,J_F(a)$, whenever $F$ is differentiable at $a$ and $G$ at $F(a)$.
"""

# %%
u, v = sp.symbols("u v")
G = sp.Matrix([u * v, u + v**2, sp.sin(u)])
inside = {u: F_exact[0], v: F_exact[1]}
product = G.jacobian([u, v]).subs(inside) * J
print("equal:", sp.simplify(G.subs(inside).jacobian([x, y]) - product) == sp.zeros(3, 2), " shape:", product.shape)

# %% [markdown]
r"""
The gradient is itself a map $\mathbb R^n\to\mathbb R^n$. Its Jacobian is the **Hessian**, $H_{ij}=\partial^2f/\partial x_i\partial x_j$. If the
second partial derivatives are continuous near the point, the order of differentiation does not matter and $H$ is symmetric. (Exercise 5 shows
that the condition is needed.)
"""

# %% [markdown] exercise="e2" title="Exact derivatives with SymPy" level="core" minutes=35 exports=["gradient", "jacobian", "hessian", "directional"] goals=[2]
r"""
Write four functions on SymPy expressions. `variables` is a list of distinct symbols and sets the order of the coordinates; any other symbol
in an expression is a constant parameter, and stays in the result. Results are exact and worked out: no floats, no unevaluated `Derivative`.

- `gradient(expr, variables)`: the list of the $n$ partial derivatives;
- `jacobian(exprs, variables)`: for a list of $m$ expressions, the SymPy matrix with $m$ rows and $n$ columns;
- `hessian(expr, variables)`: the $n\times n$ SymPy matrix of second partial derivatives;
- `directional(expr, variables, point, direction)`: the slope of `expr` at `point` along `direction`, *per unit of length*: a direction
  and its double give the same slope. `point` and `direction` are lists of $n$ exact numbers (`int` or SymPy). The zero
  direction raises `ValueError`.

With $f=ax^2y+y$: `gradient(f, [x, y])` is `[2*a*x*y, a*x**2 + 1]`, `hessian(f, [x, y])` is `Matrix([[2*a*y, 2*a*x], [2*a*x, 0]])`,
`jacobian([f, x - y], [x, y])` is `Matrix([[2*a*x*y, a*x**2 + 1], [1, -1]])`, and `directional(f, [x, y], [1, 2], [3, 4])`
is `16*a/5 + 4/5`. Any equal form of a result is right.
"""

# %% [markdown] hints="e2" reading="MML 5.2-5.3 and 5.7; Apostol II, 8.6-8.7"
r"""
1. `sp.diff(expr, v)` is a *partial* derivative: it holds every other symbol still. Which of the four can be built from another?
2. A row of the Jacobian is a gradient; the Hessian is the Jacobian of the gradient. For the slope, put the point in *after*
   differentiating, and divide by the exact length of the direction.
3. The length is `sp.sqrt(sum(sp.sympify(d) ** 2 for d in direction))`. If it is 0, raise. Otherwise add up `g * d` over the gradient and
   the direction, substitute `dict(zip(variables, point))`, and divide.
"""


# %% solution="e2"
def gradient(expr, variables):
    """List of the partial derivatives of expr, in the order of variables; other symbols are constants."""
    ### BEGIN SOLUTION
    return [sp.diff(expr, v) for v in variables]
    ### END SOLUTION


def jacobian(exprs, variables):
    """SymPy matrix, len(exprs) × len(variables): entry (i, j) is the derivative of expression i in variable j."""
    ### BEGIN SOLUTION
    return sp.Matrix([[sp.diff(expr, v) for v in variables] for expr in exprs])
    ### END SOLUTION


def hessian(expr, variables):
    """SymPy matrix, n × n, of the second partial derivatives of expr."""
    ### BEGIN SOLUTION
    return sp.Matrix([[sp.diff(expr, v, w) for w in variables] for v in variables])
    ### END SOLUTION


def directional(expr, variables, point, direction):
    """Exact slope of expr at point per unit of length along direction; ValueError for the zero direction."""
    ### BEGIN SOLUTION
    length = sp.sqrt(sum(sp.sympify(d) ** 2 for d in direction))
    if length == 0:
        raise ValueError("the zero vector has no direction")
    slope = sum(sp.diff(expr, v) * d for v, d in zip(variables, direction, strict=True))
    return slope.subs(dict(zip(variables, point, strict=True))) / length
    ### END SOLUTION


# %% test="e2_gradient" points=2 title="Gradients: partial derivatives in the given order"
a, x, y, z = sp.symbols("a x y z")
check(gradient, a * x**2 * y + y, [x, y]).equals(
    [2 * a * x * y, a * x**2 + 1], idea="differentiate in each listed variable; a is a constant"
)
### BEGIN HIDDEN TESTS
check(gradient, a * x**2 * y + y, [y, x]).equals(
    [a * x**2 + 1, 2 * a * x * y], idea="the order of the list is the order of the coordinates"
)
check(gradient, x**2 + a, [x, y, z]).equals(
    [2 * x, sp.Integer(0), sp.Integer(0)], idea="a variable that does not occur has slope 0, and keeps its place"
)
check(gradient, x * y * z, [y]).equals([x * z], idea="only the listed symbols are variables, whatever their names")
check(gradient, x**5 / 3 + sp.exp(x * y), [x, y]).satisfies(
    lambda g: not any(sp.sympify(entry).has(sp.Float, sp.Derivative) for entry in g),
    "no floats, no unevaluated derivatives",
    idea="let SymPy differentiate: a third stays a third",
)
check(gradient, x**5 / 3 + sp.exp(x * y), [x, y]).equals(
    [5 * x**4 / 3 + y * sp.exp(x * y), x * sp.exp(x * y)],
    idea="exact: a difference with a small step is not a derivative",
)
for seed in range(4):
    rng = seeded(seed)
    k = [int(c) for c in rng.integers(1, 5, size=4)]
    f = sp.exp(x * y / k[0]) * sp.sin(k[1] * z) + x ** k[2] * z / (1 + y**2) + sp.log(x + k[3])
    at = dict(zip((x, y, z), (sp.Rational(int(c), 10) for c in rng.integers(3, 15, size=3)), strict=True))
    h = sp.Rational(1, 10**6)
    by_difference = [
        float(((f.subs(at | {w: at[w] + h}) - f.subs(at | {w: at[w] - h})) / (2 * h)).evalf(40)) for w in (x, y, z)
    ]
    check(gradient, f, [x, y, z]).note(f"seed {seed}, evaluated at {at}").satisfies(
        lambda g, at=at, d=by_difference: (
            len(g) == 3 and np.allclose([float(p.subs(at)) for p in g], d, rtol=1e-7, atol=1e-8)
        ),
        f"values near {np.round(by_difference, 6).tolist()}, measured by central differences",
        idea="hold the other variables still while one moves",
    )
### END HIDDEN TESTS

# %% test="e2_jacobian" points=2 title="Jacobians: one row an output, one column an input"
a, r, s, x, y = sp.symbols("a r s x y")
check(jacobian, [a * x**2 * y + y, x - y], [x, y]).equals(
    sp.Matrix([[2 * a * x * y, a * x**2 + 1], [1, -1]]), idea="row i belongs to expression i, column j to variable j"
)
### BEGIN HIDDEN TESTS
check(jacobian, [x * y, x + y, x**2], [x, y]).equals(
    sp.Matrix([[y, x], [1, 1], [2 * x, 0]]), idea="m expressions of n variables make m rows and n columns"
)
check(jacobian, [r * sp.cos(s), r * sp.sin(s)], [r, s]).equals(
    sp.Matrix([[sp.cos(s), -r * sp.sin(s)], [sp.sin(s), r * sp.cos(s)]]),
    idea="row i belongs to expression i, column j to variable j",
)
check(jacobian, [x * y**2 * a], [x, y, r]).equals(
    sp.Matrix([[a * y**2, 2 * a * x * y, 0]]), idea="one expression still makes a matrix, of one row"
)
check(jacobian, [x / 3, sp.sqrt(2) * y], [x, y]).satisfies(
    lambda J: not J.has(sp.Float, sp.Derivative), "no floats, no unevaluated derivatives", idea="stay exact"
)
### END HIDDEN TESTS

# %% test="e2_hessian" points=2 title="Hessians: all second partial derivatives"
a, x, y, z = sp.symbols("a x y z")
check(hessian, a * x**2 * y + y, [x, y]).equals(
    sp.Matrix([[2 * a * y, 2 * a * x], [2 * a * x, 0]]),
    idea="entry (i, j) differentiates in variable i and in variable j",
)
### BEGIN HIDDEN TESTS
check(hessian, x**3 * y**2 * z, [x, y, z]).equals(
    sp.Matrix(
        [
            [6 * x * y**2 * z, 6 * x**2 * y * z, 3 * x**2 * y**2],
            [6 * x**2 * y * z, 2 * x**3 * z, 2 * x**3 * y],
            [3 * x**2 * y**2, 2 * x**3 * y, 0],
        ]
    ),
    idea="the mixed entries are second derivatives too, in two different variables",
)
check(hessian, a * x**2 + 3 * x * y + x * z - y**2, [y, x]).equals(
    sp.Matrix([[-2, 3], [3, 2 * a]]), idea="rows and columns follow the given list; other symbols are constants"
)
check(hessian, x**2 * y / 3, [x, y]).satisfies(
    lambda H: not H.has(sp.Float, sp.Derivative), "no floats, no unevaluated derivatives", idea="stay exact"
)
### END HIDDEN TESTS

# %% test="e2_directional" points=2 title="Slopes along a direction, per unit of length"
a, x, y, z = sp.symbols("a x y z")
check(directional, a * x**2 * y + y, [x, y], [1, 2], [3, 4]).equals(
    16 * a / 5 + sp.Rational(4, 5), idea="gradient at the point, times the direction, per unit of length"
)
### BEGIN HIDDEN TESTS
for factor in (2, 10, sp.Rational(1, 7)):
    check(directional, x * y**2 + z, [x, y, z], [2, -1, 5], [2 * factor, -1 * factor, 2 * factor]).equals(
        sp.Rational(8, 3), idea="only where the direction points counts, not how long it was drawn"
    )
check(directional, x * y**2 + z, [x, y, z], [2, -1, 5], [-2, 1, -2]).equals(
    -sp.Rational(8, 3), idea="the opposite direction has the opposite slope"
)
check(directional, x**2 + 3 * y**2, [x, y], [1, 1], [1, 1]).equals(
    4 * sp.sqrt(2), idea="stay exact: the length of (1, 1) is the square root of 2"
)
check(directional, x**2 + 3 * y**2, [y, x], [1, 2], [1, 0]).equals(
    sp.Integer(6), idea="point and direction follow the order of the variables"
)
check(directional, x**2 * y, [x, y], [1, 2], [1, -1]).equals(
    3 * sp.sqrt(2) / 2, idea="the entries add up to 0, yet this is not the zero direction"
)
check(directional, x**2 + 3 * y**2, [x, y], [1, 1], [3, -1]).equals(
    sp.Integer(0), idea="along the level curve the slope is 0, which is no error"
)
### END HIDDEN TESTS

# %% test="e2_zero" points=1 title="The zero vector has no direction"
x, y = sp.symbols("x y")
check(directional, x + y, [x, y], [1, 1], [0, 0]).raises(ValueError, idea="which way does the zero vector point?")
### BEGIN HIDDEN TESTS
check(directional, x**2, [x], [3], [0]).raises(ValueError, idea="on a line, too, a direction has a length")
check(directional, x * y, [x, y, sp.Symbol("z")], [1, 1, 1], [sp.Integer(0)] * 3).raises(
    ValueError, idea="in space, too, a direction has a length"
)
### END HIDDEN TESTS

# %% [markdown]
r"""
## Formulas grow, programs do not

Take $u\mapsto 3.7\,u(1-u)$, apply it again and again, and ask SymPy for the derivative of the result.

**Predict.** The program needs three operations a round. How fast does the *formula* of its derivative grow?
"""

# %%
w = sp.Symbol("w")
value = w
print("rounds  operations in the program  in the formula  in its derivative")
for rounds in range(1, 8):
    value = sp.Rational(37, 10) * value * (1 - value)
    if rounds % 2:
        print(f"{rounds:6}  {3 * rounds:25}  {sp.count_ops(value):14}  {sp.count_ops(sp.diff(value, w)):17}")

# %% [markdown]
r"""
A formula has no memory: what the program computes once and uses twice, the formula writes out twice. **Reverse mode** differentiates the
program instead. Write it as a list of elementary steps $v_0,v_1,\dots$, the *tape*, and ask of each $v_i$ how much the output changes with it: its
*adjoint* $\bar v_i=\partial v_{\text{out}}/\partial v_i$. The chain rule adds over all the steps that use $v_i$:

$$\bar v_{\text{out}}=1,\qquad \bar v_i=\sum_{j\text{ uses }i}\bar v_j\,\frac{\partial v_j}{\partial v_i}.$$

All the $\bar v_j$ on the right must be *finished* first. Going through the tape backwards guarantees it, since a step can only be used by later
ones.

**Predict.** The program $v_2=v_0v_1$, $v_3=v_2+v_0$, $v_4=v_2v_3$ starts at $v_0=2$, $v_1=3$. What are $\bar v_3$, $\bar v_2$, $\bar v_0$?
"""

# %%
v0, v1 = 2.0, 3.0
v2 = v0 * v1
v3 = v2 + v0
v4 = v2 * v3
print("values  ", v2, v3, v4)

d4 = 1.0
d3 = d4 * v2  # v3 is used by v4
d2 = d4 * v3 + d3 * 1.0  # v2 is used by v4 and by v3
d1 = d2 * v0
d0 = d2 * v1 + d3 * 1.0  # v0 is used by v2 and by v3
print("adjoints", d3, d2, d1, d0)

# %% [markdown]
r"""
![Graph of the program v2 = v0·v1, v3 = v2 + v0, v4 = v2·v3 at v0 = 2, v1 = 3, with values forward and adjoints backward. Node v2 feeds both v3 and
v4, so its adjoint 14 is the sum of 6 and 8.](d04_gradients_tape.svg)

Node $v_2$ has two users, so it must wait for both. And SymPy, which knows nothing of tapes:
"""

# %%
formula = (x * y) * (x * y + x)
print("SymPy:  ", [sp.diff(formula, w).subs({x: 2, y: 3}) for w in (x, y)])

# %% [markdown] exercise="e3" title="Reverse mode on a tape" level="core" minutes=45 exports=["gradients"]
r"""
Write `gradients(tape, inputs)`: the list of floats $\partial v_{\text{out}}/\partial v_i$ for the inputs. `inputs` is a list of $n\ge1$ floats: nodes
$0,\dots,n-1$. `tape` is a list of tuples; its $k$-th entry, counted from 0, computes node $n+k$:

| entry | node's value | | entry | node's value |
| --- | --- | --- | --- | --- |
| `("const", c)` | the number $c$ | | `("mul", i, j)` | $v_iv_j$ |
| `("add", i, j)` | $v_i+v_j$ | | `("div", i, j)` | $v_i/v_j$ |
| `("sub", i, j)` | $v_i-v_j$ | | `("sin", i)`, `("exp", i)` | $\sin v_i$, $e^{v_i}$ |

- $i$ and $j$ are numbers of *earlier* nodes, and may be equal. A node may be used any number of times, or never.
- The output is the last node; with an empty tape, the last input. An input that it does not depend on has gradient `0.0`.
- An unknown operation, or a node number that is negative or not yet computed, raises `ValueError`.
- Tapes may have 20,000 entries and share nodes heavily: use each entry once on the way forward and once on the way back, in loops
  (Python's recursion ends near depth 1,000). Allowed relative error: $10^{-9}$. No test divides by zero or overflows.

`gradients([("mul", 0, 1), ("add", 2, 0), ("mul", 2, 3)], [2.0, 3.0])` is `[48.0, 28.0]`.
"""

# %% [markdown] hints="e3" reading="MML 5.6.2"
r"""
1. Two loops. What must the first one remember, so that the second can work without computing any value anew?
2. Going forward, append each node's value, and keep for each node its arguments with the local derivatives: $(v_j, v_i)$ for a
   product, $(1/v_j,\,-v_i/v_j^2)$ for a quotient. Check node numbers before you use them.
3. Let `adjoints` be zeros, except 1.0 for the last node. For `j` from the last node down to the first, and for each pair of an argument `i` and
   its local derivative: *add* `adjoints[j] * local` to `adjoints[i]`. The first `n` entries are the answer.
"""


# %% solution="e3"
def gradients(tape, inputs):
    """Derivatives of the tape's last node in each input, as a list of floats, by one sweep forward and one back.

    Raises ValueError for an unknown operation and for an argument that is not the number of an earlier node.
    """
    ### BEGIN SOLUTION
    rules = {  # the value, and its derivative in each argument
        "add": lambda a, b: (a + b, (1.0, 1.0)),
        "sub": lambda a, b: (a - b, (1.0, -1.0)),
        "mul": lambda a, b: (a * b, (b, a)),
        "div": lambda a, b: (a / b, (1 / b, -a / b**2)),
        "sin": lambda a: (math.sin(a), (math.cos(a),)),
        "exp": lambda a: (math.exp(a), (math.exp(a),)),
    }
    values, edges = list(inputs), [[] for _ in inputs]
    for op, *arguments in tape:
        if op == "const":
            value, local = arguments[0], []
        elif op in rules and all(0 <= i < len(values) for i in arguments):
            value, partials = rules[op](*(values[i] for i in arguments))
            local = list(zip(arguments, partials, strict=True))
        else:
            raise ValueError(f"{(op, *arguments)} cannot be node {len(values)}")
        values.append(value)
        edges.append(local)

    adjoints = [0.0] * len(values)
    adjoints[-1] = 1.0
    for j in reversed(range(len(values))):
        for i, partial in edges[j]:
            adjoints[i] += adjoints[j] * partial
    return adjoints[: len(inputs)]
    ### END SOLUTION


# %% test="e3_rules" points=2 title="The rule of each operation"
check(gradients, [("mul", 0, 1)], [2.0, 5.0]).close(
    [5.0, 2.0], atol=1e-12, idea="a product's slope in one factor is the other factor"
)
### BEGIN HIDDEN TESTS
check(gradients, [("add", 0, 1)], [2.0, 5.0]).close(
    [1.0, 1.0], atol=1e-12, idea="a sum moves as each of its terms does"
)
check(gradients, [("sub", 0, 1)], [2.0, 5.0]).close(
    [1.0, -1.0], atol=1e-12, idea="a difference falls when the second argument grows"
)
check(gradients, [("div", 0, 1)], [2.0, 5.0]).close(
    [0.2, -0.08], atol=1e-12, idea="the quotient rule, in both arguments"
)
check(gradients, [("div", 1, 0)], [-2.0, 5.0]).close(
    [-1.25, -0.5], atol=1e-12, idea="the quotient rule, with the arguments in the order of the entry"
)
check(gradients, [("sin", 0)], [2.0]).close(
    [math.cos(2.0)], atol=1e-12, idea="the derivative of the sine, at the value that came in"
)
check(gradients, [("exp", 0)], [-1.5]).close([math.exp(-1.5)], atol=1e-12, idea="the exponential is its own derivative")
check(gradients, [("const", 3.0), ("mul", 0, 1), ("exp", 2)], [0.5]).close(
    [3 * math.exp(1.5)], atol=1e-12, idea="a constant scales the slope, and has none itself"
)
check(gradients, [("div", 0, 1), ("sin", 2), ("exp", 3)], [1.2, 0.8]).close(
    [math.cos(1.5) * math.exp(math.sin(1.5)) / 0.8, -1.5 * math.cos(1.5) * math.exp(math.sin(1.5)) / 0.8],
    atol=1e-12,
    idea="along a chain the local derivatives multiply",
)
### END HIDDEN TESTS

# %% test="e3_shared" points=3 title="A shared node adds what all its users report"
check(gradients, [("mul", 0, 1), ("add", 2, 0), ("mul", 2, 3)], [2.0, 3.0]).close(
    [48.0, 28.0], atol=1e-12, idea="node 2 has two users: add both contributions, then pass them on"
)
### BEGIN HIDDEN TESTS
check(gradients, [("mul", 0, 0)], [3.0]).close(
    [6.0], atol=1e-12, idea="both arguments are the same node: each contributes"
)
check(gradients, [("sin", 0), ("add", 1, 0), ("mul", 2, 1), ("mul", 3, 0)], [0.7]).close(
    [
        float(
            sp.diff((lambda q: (sp.sin(q) + q) * sp.sin(q) * q)(sp.Symbol("q")), sp.Symbol("q")).subs(
                sp.Symbol("q"), sp.Rational(7, 10)
            )
        )
    ],
    atol=1e-12,
    idea="a node's adjoint is complete only when all its users have been visited",
)
for seed in range(8):
    rng = seeded(seed)
    given = [round(float(c), 3) for c in rng.uniform(0.5, 1.5, size=3)]
    symbols = list(sp.symbols("p0 p1 p2"))
    nodes, steps = list(symbols), []
    for _ in range(9):
        op = str(rng.choice(["add", "sub", "mul", "sin", "mul", "add"]))
        last = len(nodes) - 1
        i, j = last, int(rng.integers(0, last + 1))
        steps.append((op, i) if op == "sin" else (op, i, j))
        nodes.append(
            {
                "add": nodes[i] + nodes[j],
                "sub": nodes[i] - nodes[j],
                "mul": nodes[i] * nodes[j],
                "sin": sp.sin(nodes[i]),
            }[op]
        )
    place = {s: sp.Rational(str(c)) for s, c in zip(symbols, given, strict=True)}
    exact = [float(sp.diff(nodes[-1], s).subs(place).evalf(30)) for s in symbols]
    check(gradients, steps, given).note(f"seed {seed}; expected values from SymPy").close(
        exact, rtol=1e-9, atol=1e-9, idea="add the contributions of all users; visit a node after all of them"
    )
### END HIDDEN TESTS

# %% test="e3_output" points=1 title="The output is the last node, and only that"
check(gradients, [("sin", 0), ("mul", 0, 1)], [2.0, 5.0]).close(
    [5.0, 2.0], atol=1e-12, idea="node 2 feeds nothing: it must not count"
)
### BEGIN HIDDEN TESTS
check(gradients, [], [4.0, 7.0]).equals([0.0, 1.0], idea="with an empty tape the output is the last input")
check(gradients, [("exp", 1)], [4.0, 0.0, 7.0]).equals(
    [0.0, 1.0, 0.0], idea="an input that the output does not use has gradient 0"
)
check(gradients, [("mul", 0, 1), ("const", 5.0)], [4.0, 7.0]).equals(
    [0.0, 0.0], idea="a constant output depends on nothing"
)
### END HIDDEN TESTS

# %% test="e3_refused" points=1 title="Impossible entries are refused"
check(gradients, [("add", 0, 2)], [1.0, 2.0]).raises(
    ValueError, idea="node 2 is the entry's own number: it is not computed yet"
)
### BEGIN HIDDEN TESTS
check(gradients, [("mul", 0, 1), ("sin", 5)], [1.0, 2.0]).raises(ValueError, idea="an argument must be an earlier node")
check(gradients, [("add", 0, -1)], [1.0, 2.0]).raises(
    ValueError, idea="Python reads index -1 from the end; on a tape there is no such node"
)
check(gradients, [("cosh", 0)], [1.0]).raises(ValueError, idea="an operation that is not in the table has no rule")
for unused in (("cosh", 0), ("add", 0, 7), ("sin", -1)):
    check(gradients, [unused, ("mul", 0, 1)], [1.0, 2.0]).raises(
        ValueError, idea="an impossible entry is refused even where the output does not use it"
    )
### END HIDDEN TESTS

# %% test="e3_long" points=1 title="Long tapes: once forward, once back"
check(gradients, [("add", k, 0) for k in range(20_000)], [1.5]).close(
    [20_001.0], idea="use loops: recursion does not reach this deep"
)
### BEGIN HIDDEN TESTS
check(gradients, [("sub", k, 1) for k in [0, *range(2, 15_000)]], [1.5, 0.25]).close(
    [1.0, -14_999.0], idea="use loops: recursion does not reach this deep"
)
check(gradients, [("add", k, k) for k in range(60)], [1.0]).close(
    [2.0**60], idea="one visit a node, not one a path: sixty doublings have 2^60 paths"
)
### END HIDDEN TESTS

# %% [markdown]
r"""
## Gradients with respect to vectors and matrices

A function of a matrix is a function of its $mn$ entries; its gradient is the matrix $G$ *of the same shape* with

$$f(X+H)=f(X)+\langle G,H\rangle+r(H),\qquad \langle G,H\rangle=\sum_{i,j}G_{ij}H_{ij}=\operatorname{tr}(G^\mathsf{T}H),\qquad
\frac{r(H)}{\lVert H\rVert}\to0 .$$

So there is a recipe without indices: put $X+H$ in, throw away what is smaller than first order, and bring the rest into the form
$\langle G,H\rangle$.

**Example.** $f(X)=p^\mathsf{T}Xq$. Then $f(X+H)-f(X)=p^\mathsf{T}Hq=\sum_{i,j}p_iH_{ij}q_j$, so $G=pq^\mathsf{T}$.

**Predict.** $X$ is $2\times3$. What is the shape of $p$, of $q$, of $G$?
"""

# %%
p, q = np.array([1.0, 2.0]), np.array([3.0, 0.0, -1.0])
X = np.arange(6.0).reshape(2, 3)
print("formula: ", np.outer(p, q).tolist())
flat = [central(lambda z: p @ z.reshape(2, 3) @ q, X.ravel(), i) for i in range(6)]
print("measured:", (np.reshape(flat, (2, 3)).round(6) + 0.0).tolist())

# %% [markdown]
r"""
Two more facts carry far: a number equals its transpose, $q^\mathsf{T}X^\mathsf{T}p=p^\mathsf{T}Xq$; and for a small square matrix $M$,
$\det(I+M)=1+\operatorname{tr}M$ up to terms of second order.
"""

# %% [markdown] exercise="e4" title="Gradients of matrix expressions" level="core" minutes=30 exports=["quadratic_gradient", "residual_gradients", "logdet_gradient"]
r"""
Write three functions on float64 arrays, in NumPy. Each gradient has the shape of the variable it belongs to; the error allowed is $10^{-8}$ of
its largest entry.

- `quadratic_gradient(A, x)`: of $x^\mathsf{T}Ax$ in $x$. $A$ is $n\times n$, **not** necessarily symmetric; $x$ has shape `(n,)`.
- `residual_gradients(A, x, b)`: the tuple of the gradients of $\lVert Ax-b\rVert^2$ (Euclidean norm, squared) in $x$, shape `(n,)`, and in $A$,
  shape `(m, n)`. $b$ has shape `(m,)`.
- `logdet_gradient(X)`: of $\log\det X$ in $X$, which is $n\times n$ and need not be symmetric. Where the determinant is not positive, raise `ValueError`
  (of singular matrices, only those with a row of zeros are tested). With hundreds of rows the determinant itself may be too large or too small for
  a float, though $X$ is easily inverted.

With $A=\begin{pmatrix}3&2\\0&1\end{pmatrix}$ and $x=(1,1)$: `quadratic_gradient(A, x)` is `[8., 4.]`; with $b=(4,0)$ also `residual_gradients(A, x, b)` is
`([6., 6.], [[2., 2.], [2., 2.]])`; `logdet_gradient(A)` is `[[1/3, 0], [-2/3, 1]]`; all of them arrays.
"""

# %% [markdown] hints="e4" reading="MML 5.4-5.5"
r"""
1. Put $x+h$ (or $A+H$, or $X+H$) in for the variable and keep what is linear in it. Test your result with differences, as above.
2. $x^\mathsf{T}Ah$ is a number: transpose it, so that $h$ stands alone. For the residual $r=Ax-b$, a change $Hx$ changes $\lVert r\rVert^2$ by
   $2r^\mathsf{T}Hx$: the example's form. For the determinant, factor: $X+H=X(I+X^{-1}H)$.
3. The changes are $h^\mathsf{T}(A+A^\mathsf{T})x$, $2r^\mathsf{T}Ah$, $2r^\mathsf{T}Hx$ and $\operatorname{tr}(X^{-1}H)$; read off $G$ from $\langle G,H\rangle=
   \operatorname{tr}(G^\mathsf{T}H)$. `np.linalg.slogdet` gives the sign of a determinant without forming it.
"""


# %% solution="e4"
def quadratic_gradient(A, x):
    """Gradient of xᵀAx in x, shape (n,), for any square A, shape (n, n)."""
    ### BEGIN SOLUTION
    return (A + A.T) @ x
    ### END SOLUTION


def residual_gradients(A, x, b):
    """Gradients of ‖Ax − b‖² in x, shape (n,), and in A, shape (m, n)."""
    ### BEGIN SOLUTION
    residual = A @ x - b
    return 2 * A.T @ residual, 2 * np.outer(residual, x)
    ### END SOLUTION


def logdet_gradient(X):
    """Gradient of log det X in X, shape (n, n); ValueError where the determinant is not positive."""
    ### BEGIN SOLUTION
    sign, _ = np.linalg.slogdet(X)
    if sign <= 0:
        raise ValueError("log det needs a positive determinant")
    return np.linalg.inv(X).T
    ### END SOLUTION


# %% test="e4_quadratic" points=1 title="The quadratic form, for any square matrix"
check(quadratic_gradient, np.array([[3.0, 2.0], [0.0, 1.0]]), np.array([1.0, 1.0])).close(
    np.array([8.0, 4.0]), rtol=1e-8, idea="the variable occurs twice in the product: both places contribute"
)
### BEGIN HIDDEN TESTS
for seed in range(4):
    rng = seeded(seed)
    M, z = rng.normal(size=(seed + 1, seed + 1)), rng.normal(size=seed + 1)
    slope = np.einsum("ij,j->i", M, z) + np.einsum("ji,j->i", M, z)
    check(quadratic_gradient, M, z).note(f"seed {seed}").close(
        slope,
        rtol=0.0,
        atol=1e-8 * abs(slope).max(),
        idea="the variable occurs twice in the product: both places contribute, also when A is not symmetric",
    )
### END HIDDEN TESTS


# %% test="e4_vector" points=2 title="The squared residual, differentiated in the vector"
def agrees(pair, expected):
    part = pair[0]
    return (
        len(pair) == 2
        and part.shape == expected.shape
        and bool(np.all(abs(part - expected) <= 1e-8 * abs(expected).max()))
    )


check(residual_gradients, np.array([[3.0, 2.0], [0.0, 1.0]]), np.array([1.0, 1.0]), np.array([4.0, 0.0])).satisfies(
    lambda pair: agrees(pair, np.array([6.0, 6.0])),
    "a tuple of two arrays, the first near [6.0, 6.0]",
    idea="the change of the residual is Ah",
)
### BEGIN HIDDEN TESTS
for seed, (m, n) in enumerate([(4, 2), (2, 4), (3, 3), (1, 5)]):
    rng = seeded(seed)
    M, z, c = rng.normal(size=(m, n)), rng.normal(size=n), rng.normal(size=m)
    slope = np.array([2 * sum((M[k] @ z - c[k]) * M[k, i] for k in range(m)) for i in range(n)])
    check(residual_gradients, M, z, c).note(f"seed {seed}, A of shape {(m, n)}").satisfies(
        lambda pair, slope=slope: agrees(pair, slope),
        f"a tuple of two arrays, the first near {slope.round(6).tolist()}",
        idea="keep the 2, the residual and the transposition; the shape is that of x",
    )
### END HIDDEN TESTS


# %% test="e4_matrix" points=2 title="The squared residual, differentiated in the matrix"
def agrees(pair, expected):
    part = pair[1]
    return (
        len(pair) == 2
        and part.shape == expected.shape
        and bool(np.all(abs(part - expected) <= 1e-8 * abs(expected).max()))
    )


check(residual_gradients, np.array([[3.0, 2.0], [0.0, 1.0]]), np.array([1.0, 1.0]), np.array([4.0, 0.0])).satisfies(
    lambda pair: agrees(pair, np.array([[2.0, 2.0], [2.0, 2.0]])),
    "a tuple of two arrays, the second near [[2.0, 2.0], [2.0, 2.0]]",
    idea="the change of the residual is Hx",
)
### BEGIN HIDDEN TESTS
for seed, (m, n) in enumerate([(4, 2), (2, 4), (3, 3), (1, 5)]):
    rng = seeded(seed)
    M, z, c = rng.normal(size=(m, n)), rng.normal(size=n), rng.normal(size=m)
    slope = np.array([[2 * (M[k] @ z - c[k]) * z[i] for i in range(n)] for k in range(m)])
    check(residual_gradients, M, z, c).note(f"seed {seed}, A of shape {(m, n)}").satisfies(
        lambda pair, slope=slope: agrees(pair, slope),
        f"a tuple of two arrays, the second near {slope.round(6).tolist()}",
        idea="entry (k, i) says how the residual's square moves with A's entry (k, i); the shape is that of A",
    )
### END HIDDEN TESTS

# %% test="e4_logdet" points=2 title="The logarithm of the determinant"
check(logdet_gradient, np.array([[3.0, 2.0], [0.0, 1.0]])).close(
    np.array([[1 / 3, 0.0], [-2 / 3, 1.0]]), atol=1e-8, idea="bring tr(X⁻¹H) into the form tr(GᵀH)"
)
### BEGIN HIDDEN TESTS
for seed in range(3):
    rng = seeded(seed)
    M = rng.normal(size=(4, 4)) + 5 * np.eye(4)
    h = 1e-5
    slope = np.zeros((4, 4))
    for i in range(4):
        for j in range(4):
            step = np.zeros((4, 4))
            step[i, j] = h
            slope[i, j] = (np.linalg.slogdet(M + step)[1] - np.linalg.slogdet(M - step)[1]) / (2 * h)
    check(logdet_gradient, M).note(f"seed {seed}; expected values by central differences").close(
        slope, rtol=0.0, atol=1e-7, idea="bring tr(X⁻¹H) into the form tr(GᵀH): which of the two is transposed?"
    )
swap = np.array([[0.0, 2.0], [-3.0, 0.0]])
check(logdet_gradient, swap).close(
    np.array([[0.0, 0.5], [-1 / 3, 0.0]]),
    rtol=0.0,
    atol=5e-9,
    idea="the determinant is 6: positive, though the diagonal is 0",
)
check(logdet_gradient, np.array([[-2.0, 1.0], [0.0, -4.0]])).close(
    np.array([[-0.5, 0.0], [-0.125, -0.25]]),
    rtol=0.0,
    atol=5e-9,
    idea="the determinant is 8: positive, though both eigenvalues are negative",
)
### END HIDDEN TESTS

# %% test="e4_domain" points=1 title="Where log det is defined, and where it is not"
check(logdet_gradient, np.array([[0.0, 1.0], [1.0, 0.0]])).raises(
    ValueError, idea="the determinant is -1: it has no logarithm"
)
### BEGIN HIDDEN TESTS
check(logdet_gradient, np.array([[1.0, 2.0], [0.0, 0.0]])).raises(
    ValueError, idea="the determinant is 0: it has no logarithm"
)
rows, columns = np.indices((200, 200))
band = np.eye(200) + 0.5 * np.eye(200, k=1)
inverse = np.where(columns >= rows, (-0.5) ** np.maximum(columns - rows, 0), 0.0)
for scale in (1e-3, 1e3):
    check(logdet_gradient, scale * band).note(f"200 rows: {scale:g} on the diagonal, half of it above").close(
        inverse.T / scale,
        rtol=0.0,
        atol=1e-8 / scale,
        idea="the determinant leaves the range of floats, yet its logarithm is small: ask for its sign only",
    )
    check(logdet_gradient, scale * band[[1, 0, *range(2, 200)]]).note(
        "the same with its first two rows exchanged"
    ).raises(ValueError, idea="the determinant is negative, however small or large it is")
mixed = np.repeat([1e-3, 1e3], [180, 20])
check(logdet_gradient, np.diag(mixed)).note("diagonal: 180 times 0.001, 20 times 1000").close(
    np.diag(1 / mixed),
    rtol=0.0,
    atol=1e-5,
    idea="no common factor brings this determinant back into range: ask for its sign",
)
### END HIDDEN TESTS

# %% [markdown]
r"""
Go back to the opening failure with your gradient: `descend(lambda z: quadratic_gradient(A, z) - b, np.array([-1.0, 1.5]))[-1]` is
$(1,-1)$, the true minimum.

## Where the rules end

Partial derivatives look in $n$ directions only. Take

$$g(x,y)=\frac{x^2y}{x^2+y^2},\qquad g(0,0)=0 .$$

On both axes $g$ is 0, so both partial derivatives at the origin are 0.

**Predict.** If $g$ were differentiable there, what would its slope along $(1,1)/\sqrt2$ be? What is it?
"""

# %%
g = x**2 * y / (x**2 + y**2)
s = sp.Symbol("s", positive=True)
along = g.subs({x: s / sp.sqrt(2), y: s / sp.sqrt(2)})
print("slope along the diagonal:", sp.limit(along / s, s, 0), "=", f"{math.sqrt(2) / 4:.4f}")

# %%
turn = np.radians(np.arange(0, 361, 3))
fig, ax = plt.subplots(figsize=(6, 3))
_ = ax.plot(np.degrees(turn), np.cos(turn) ** 2 * np.sin(turn), label="true slope of g at the origin")
_ = ax.plot(np.degrees(turn), 0 * turn, label="slope from the partial derivatives")
_ = ax.set(title="Partial derivatives see the axes only", xlabel="direction (degrees)", ylabel="slope (no unit)")
_ = ax.set_xticks(range(0, 361, 45))
_ = ax.legend(loc="upper right", fontsize=8)
figures.show(
    fig, alt="True slope of g by direction, cos² times sin, agrees with the predicted slope 0 only along the two axes."
)

# %% [markdown]
r"""
All directional derivatives exist, but they are not $\nabla g\cdot u$: $g$ is *not differentiable* at the origin. The usual safeguard is a theorem: if the
partial derivatives exist near $a$ and are **continuous at** $a$, then $f$ is differentiable at $a$. The counterpart for second derivatives: if the
mixed partial derivatives exist near $a$ and are continuous at $a$, they are equal there. Both conclusions can fail without the condition, and then only
the definitions are left.
"""

# %% [markdown] exercise="e5" title="Two theorems without their conditions" level="stretch" minutes=25 exports=["partials_at_origin", "mixed_at_origin", "remainder_along"]
r"""
`expr`, a SymPy expression in the symbols `x` and `y`, defines $f$ near the origin but not *at* it; there, $f(0,0)=0$. Other symbols are constants. Take
limits of difference quotients, and return exact expressions.

- `partials_at_origin(expr, x, y)`: the tuple $(f_x, f_y)$ at the origin. If one of the two limits does not exist because its two sides
  differ, raise `ValueError`.
- `mixed_at_origin(expr, x, y)`: the tuple $(f_{xy}, f_{yx})$ at the origin, where $f_{xy}=\frac{\partial}{\partial y}\bigl(\frac{\partial f}{\partial x}\bigr)$: *first* in $x$, then
  in $y$.
- `remainder_along(expr, x, y, path, t)`: for a tuple `path` $=(p,q)$ of expressions in the symbol `t`, with $p(0)=q(0)=0$ and not both 0 for small $t>0$, the
  limit $\displaystyle\lim_{t\to0^+}\frac{f(p,q)-f_x\,p-f_y\,q}{\sqrt{p^2+q^2}}$ with the partial derivatives at the origin. Where $f$ is differentiable it is 0
  along *every* path.

In the tests `expr` is a quotient of polynomials, or for `partials_at_origin` also a sum of a polynomial and a square root of one. One-sided limits
are finite; in the last two functions all limits exist.

With $f=\dfrac{xy(x^2-y^2)}{x^2+y^2}$, `mixed_at_origin` is `(-1, 1)`. With $f=\dfrac{x^3y}{x^4+y^2}$, `partials_at_origin` is `(0, 0)`, and
`remainder_along` is `0` for the path `(t, t)` but `1/2` for `(t, t**2)`: straight lines do not show everything.
"""

# %% [markdown] hints="e5" reading="Apostol II, 8.10-8.13 and 8.23"
r"""
1. Write each limit down on paper before you code. Which values of $f$ occur in it, and which of them is the special value 0?
2. $f_x(0,0)=\lim_{h\to0}f(h,0)/h$. For $f_{xy}$ you need $f_x(0,k)$ for $k\ne0$, a point where `expr` itself may be differentiated, and then the limit of
   $\bigl(f_x(0,k)-f_x(0,0)\bigr)/k$.
3. `sp.limit(expr.subs(y, 0) / x, x, 0, "+-")` looks from both sides, and raises `ValueError` if they differ. For the mixed ones:
   `sp.diff(expr, x).subs(x, 0)`, less $f_x(0,0)$, over `y`. For the path, substitute both with `simultaneous=True`, and take `sp.limit(…, t, 0, "+")`.
"""


# %% solution="e5"
def partials_at_origin(expr, x, y):
    """Partial derivatives (f_x, f_y) at the origin of expr with f(0, 0) = 0; ValueError where two sides differ."""
    ### BEGIN SOLUTION
    f_x = sp.limit(expr.subs(y, 0) / x, x, 0, "+-")
    f_y = sp.limit(expr.subs(x, 0) / y, y, 0, "+-")
    return f_x, f_y
    ### END SOLUTION


def mixed_at_origin(expr, x, y):
    """Mixed second partial derivatives (f_xy, f_yx) at the origin; f_xy is first in x, then in y."""
    ### BEGIN SOLUTION
    f_x = sp.limit(expr.subs(y, 0) / x, x, 0, "+-")
    f_y = sp.limit(expr.subs(x, 0) / y, y, 0, "+-")
    f_xy = sp.limit((sp.diff(expr, x).subs(x, 0) - f_x) / y, y, 0, "+-")
    f_yx = sp.limit((sp.diff(expr, y).subs(y, 0) - f_y) / x, x, 0, "+-")
    return f_xy, f_yx
    ### END SOLUTION


def remainder_along(expr, x, y, path, t):
    """Limit, as t falls to 0 along path, of the error of the linear approximation per unit of distance."""
    ### BEGIN SOLUTION
    p, q = path
    f_x = sp.limit(expr.subs(y, 0) / x, x, 0, "+-")
    f_y = sp.limit(expr.subs(x, 0) / y, y, 0, "+-")
    error = expr.subs({x: p, y: q}, simultaneous=True) - f_x * p - f_y * q
    return sp.limit(error / sp.sqrt(p**2 + q**2), t, 0, "+")
    ### END SOLUTION


# %% test="e5_partials" points=1 title="First partial derivatives, by their limits"
x, y, c = sp.symbols("x y c")
check(partials_at_origin, x**3 * y / (x**4 + y**2), x, y).equals(
    (sp.Integer(0), sp.Integer(0)), idea="on both axes this function is 0"
)
### BEGIN HIDDEN TESTS
check(partials_at_origin, (c * x**3 + x**4 - 2 * y**3 + y**5) / (x**2 + y**2), x, y).equals(
    (c, sp.Integer(-2)), idea="f(h, 0)/h, then h to 0; the same for y"
)
check(partials_at_origin, x * y / (x**2 + y**2), x, y).equals(
    (sp.Integer(0), sp.Integer(0)), idea="this f is not even continuous at the origin, yet on the axes it is 0"
)
check(partials_at_origin, 3 * x + 5 * y + x * y, x, y).equals(
    (sp.Integer(3), sp.Integer(5)), idea="for a polynomial the limits are the ordinary derivatives"
)
check(partials_at_origin, (x**3 / 3 + c * y**3) / (x**2 + y**2), x, y).satisfies(
    lambda pair: len(pair) == 2 and sp.sympify(pair[0]) == sp.Rational(1, 3) and not sp.sympify(pair[1]).has(sp.Float),
    "(1/3, c), exact",
    idea="stay exact: a third is no float",
)
### END HIDDEN TESTS

# %% test="e5_sides" points=1 title="A limit has two sides"
x, y = sp.symbols("x y")
check(partials_at_origin, sp.sqrt(x**2 + y**2), x, y).raises(
    ValueError, idea="the slope is 1 from the right and -1 from the left"
)
### BEGIN HIDDEN TESTS
check(partials_at_origin, 3 * x + sp.sqrt(y**2), x, y).raises(
    ValueError, idea="here only the slope in y differs: 1 from above, -1 from below"
)
check(partials_at_origin, 2 * x + sp.sqrt(x**4 + y**4), x, y).equals(
    (sp.Integer(2), sp.Integer(0)), idea="a square root need not have a kink: here both sides agree"
)
### END HIDDEN TESTS

# %% test="e5_mixed" points=2 title="Mixed partial derivatives in both orders"
x, y, c, d = sp.symbols("x y c d")
check(mixed_at_origin, x * y * (x**2 - y**2) / (x**2 + y**2), x, y).equals(
    (sp.Integer(-1), sp.Integer(1)), idea="take each order by itself, from the limits; equality is not given here"
)
### BEGIN HIDDEN TESTS
check(mixed_at_origin, (c * x**3 * y - d * x * y**3) / (x**2 + y**2), x, y).equals(
    (-d, c), idea="first in x at the points (0, k), then in y"
)
check(mixed_at_origin, 4 * x - 3 * y + 7 * x * y + 2 * x**2 - y**2 + x * y**3 - 5 * x**3 * y, x, y).equals(
    (sp.Integer(7), sp.Integer(7)),
    idea="the first derivative at the origin itself need not be 0: subtract it before you divide",
)
check(mixed_at_origin, 2 * x + 9 * y + x**3 * y / (x**2 + y**2), x, y).equals(
    (sp.Integer(0), sp.Integer(1)),
    idea="the first derivative at the origin itself need not be 0: subtract it before you divide",
)
### END HIDDEN TESTS

# %% test="e5_remainder" points=2 title="What the linear approximation leaves over, along a path"
x, y, t, c = sp.symbols("x y t c")
check(remainder_along, x**3 * y / (x**4 + y**2), x, y, (t, t**2), t).equals(
    sp.Rational(1, 2), idea="put the path into f, then take the limit"
)
check(remainder_along, x**3 * y / (x**4 + y**2), x, y, (t, t), t).equals(
    sp.Integer(0), idea="along a straight line the remainder vanishes"
)
### BEGIN HIDDEN TESTS
bent = 2 * x - y + x**3 * y / (x**4 + y**2)
check(remainder_along, bent, x, y, (t, c * t**2), t).equals(
    c / (1 + c**2), idea="subtract the linear part f_x·p + f_y·q"
)
check(remainder_along, bent, x, y, (-t, t**2), t).equals(
    -sp.Rational(1, 2), idea="the path comes in from the left: signs matter, the distance is positive"
)
check(remainder_along, x**2 * y / (x**2 + y**2), x, y, (3 * t, 4 * t), t).equals(
    sp.Rational(36, 125), idea="divide by the distance, not by t"
)
check(remainder_along, (x**3 + y**3) / (x**2 + y**2), x, y, (t, t), t).equals(
    -sp.sqrt(2) / 2, idea="subtract the linear part, then divide by the distance"
)
check(remainder_along, x**2 + 3 * x * y + 5 * y - y**2, x, y, (t, -2 * t), t).equals(
    sp.Integer(0), idea="a polynomial is differentiable: nothing is left over"
)
### END HIDDEN TESTS

# %% [markdown]
r"""
## In practice

A thousand parameters are few. What does one gradient cost?
"""

# %%
calls = 0


def counted(z):
    global calls
    calls += 1
    return float(np.sum(z**2))


_ = optimize.approx_fprime(np.ones(1000), counted)
print(f"forward differences, 1,000 variables: {calls:,} evaluations of f")

# %% [markdown]
r"""
- **Cost.** Differences need $n+1$ evaluations ($2n$ when central). Reverse mode needs a small constant multiple of *one*, whatever $n$ is: that is why
  models with a billion parameters can be trained at all. For $m$ outputs it needs $m$ sweeps; with few inputs and many outputs, *forward mode*,
  which carries the derivatives along with the values, is cheaper.
- **Memory.** The tape keeps every intermediate value until the sweep comes back. At a hundred times the size that runs out first; *checkpointing*
  keeps a few and computes the rest anew.
- **Hessians** have $n^2$ entries. Large codes never form them: $Hv$ is the gradient of $\nabla f\cdot v$, at the price of a few gradients.
- **Failure modes.** A difference across a kink ($|x|$, $\max$) measures neither side. A formula from a table may carry a condition, such as
  symmetry, that nobody copied.
- **Habit.** Keep a check beside every gradient that you derive by hand, and run it at random points: at 0 or 1, wrong terms may vanish.

## Summary

- A claimed gradient is checked coordinate by coordinate, with a relative tolerance and an allowance for rounding.
- SymPy differentiates exactly: gradient, Jacobian (rows are outputs), Hessian, and the slope along a direction of unit length.
- Reverse mode goes back along the tape once; a shared node adds what its users report.
- Matrix gradients come from the linear part $\langle G,H\rangle$ of $f(X+H)-f(X)$, and have the shape of $X$.
- Partial derivatives alone promise little: continuity of the derivatives is what the theorems ask for.

## Reflection

Which of today's four ways to a gradient would you use for a function of your own work, and which second way would check it? Write three to five
sentences. Do they (1) name the function and its numbers of inputs and outputs; (2) give a reason of cost or exactness for the choice; (3) name a
check that cannot share the first way's mistake?
"""

# %% [markdown] reflection="reflection"
r"""
Our forecast's loss has about 4,000 weights and one output, so I would use reverse mode: one sweep instead of 4,001 evaluations. Its rules are written
by hand, so the check must not use them: central differences at three random points, for twenty random coordinates each, with relative
tolerance. I would not check at weights equal to 0, since the penalty term has a kink there.
"""

# %% [markdown]
r"""
## Further reading

- *Mathematics for Machine Learning*, 5.2-5.3: partial derivatives and Jacobians; the book writes gradients as rows. 5.4-5.5: matrix identities; derive
  two of them by today's recipe. 5.6: backpropagation as reverse mode. 5.7-5.8: Hessian and Taylor polynomial, needed on day 7.
- Apostol, *Calculus II*, 8.6-8.7: directional and partial derivatives; 8.10: all directional derivatives, and yet not continuous; 8.11-8.13: the total
  derivative and the sufficient condition; 8.20-8.21: the chain rule as a matrix product; 8.23: when mixed partial derivatives are equal.
- Griewank and Walther, *Evaluating Derivatives*, chapters 3-4: why reverse mode costs a constant multiple of one evaluation.
"""
