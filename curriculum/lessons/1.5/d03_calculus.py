# %% [markdown]
r"""
You will turn limits, derivatives, integrals and series into numbers that come with a guarantee: how close, and how do
you know?

**You will be able to**

- **find** a $\delta$ that keeps a polynomial within $\varepsilon$, on both sides of a point (exercise 1);
- **differentiate** a function you can only evaluate, at order 2, 4, 6…, and **choose** the step (exercise 2);
- **enclose** the integral of a monotone function between two sums, with the cost known in advance (exercise 3);
- **approximate** a function by its Taylor polynomial in SymPy and **bound** the error on a whole interval (exercise 4);
- **decide** whether a series converges, and whether it does so absolutely, naming the test that settles it (exercise 5).
"""

# %% [markdown]
r"""
## Warm-up

1. Write the map $D(c_0 + c_1x + c_2x^2) = c_1 + 2c_2x$ as a matrix in the basis $1, x, x^2$. What are its rank and its
   null space?
2. Why did elimination with a pivot of $10^{-20}$ lose the whole answer, although every single operation was accurate
   to 16 digits?

<details><summary>Answers</summary>

1. Its columns are the images of $1, x, x^2$, so the rows are $(0,1,0)$, $(0,0,2)$, $(0,0,0)$. The rank is 2, and the null
   space is the constants: the derivative forgets exactly the constant, which is why an antiderivative is only known up
   to "$+\,C$".
2. The huge multiplier produced numbers so large that the digits of the original entries fell off the end when they were added.
   Keep this in mind: adding numbers of very different sizes, and subtracting nearly equal ones, return in a minute.
</details>
"""

# %% setup=true
import math
from fractions import Fraction

import matplotlib.pyplot as plt
import numpy as np
import sympy as sp
from scipy import differentiate, integrate, special

from curriculum.lab import check, figures, seeded

figures.style()
x = sp.Symbol("x")

# %% [markdown]
r"""
## A derivative that gets worse the harder you try

The derivative of $\sqrt t$ at $t = 2$ is the limit of $(\sqrt{2+h}-\sqrt2)/h$ as $h \to 0$, that is
$1/(2\sqrt2) = 0.3535533906\ldots$ So take $h$ as small as possible.

**Predict**: what will the last line of this table show, where $h = 10^{-16}$?
"""

# %%
exact = 1 / (2 * math.sqrt(2))
for h in [1e-2, 1e-4, 1e-8, 1e-12, 1e-15, 1e-16]:
    slope = (math.sqrt(2 + h) - math.sqrt(2)) / h
    print(f"h = {h:.0e}   slope = {slope:.10f}   error = {abs(slope - exact):.1e}")

# %% [markdown]
r"""
The error falls, turns round, and ends at 100 %: in double precision $2 + 10^{-16}$ *is* $2$, and the slope comes out as zero. A
limit says what happens on the way to a point. A computer stops somewhere on the way, so for each idea of this day
we need its second half: *how far are we from the limit, and can we prove it?*

## Limits: a promise with two numbers

$\lim_{x\to a} f(x) = L$ means: for every $\varepsilon > 0$ there is a $\delta > 0$ such that
$|f(x) - L| < \varepsilon$ for every $x$ in the domain of $f$ with $0 < |x - a| < \delta$ (the domain must come as close to $a$ as you like, or the promise would be empty). Someone names the
accuracy; you answer with a distance. If $f$ is
defined at $a$ and $L = f(a)$, then $f$ is *continuous* at $a$, and $x = a$ need not be left out.

**Predict**: $f(x) = x^2$, $a = 3$, $\varepsilon = 1$. You may go left until $f$ has fallen to 8 and right until it has
risen to 10. Which side is shorter?
"""

# %%
left, right = 3 - math.sqrt(8), math.sqrt(10) - 3
print(f"room on the left {left:.4f}, on the right {right:.4f}, so the largest delta is {min(left, right):.4f}")

# %%
t = np.linspace(2.6, 3.4, 200)
figure, axes = plt.subplots(figsize=(5.5, 3.2))
_ = axes.plot(t, t**2, label="f(x) = x²")
_ = axes.axhspan(8, 10, alpha=0.15, color="#E69F00", label="within ε = 1 of f(3)")
_ = axes.axvspan(3 - right, 3 + right, alpha=0.25, color="#009E73", hatch="//", label="within δ = 0.1623 of 3")
_ = axes.set(xlabel="x", ylabel="f(x)", title="The steeper side decides: the curve leaves at the right")
_ = axes.legend(loc="upper left")
figures.show(figure, alt="Parabola near 3; the strip of width delta reaches the band's edge on the right, with room to spare on the left.")

# %% [markdown]
r"""
The curve is steeper on the right, so the right is shorter, and $\delta$ must serve **both** sides. It must also serve every $x$
in between: a curve can leave the band and be back inside at $a \pm \delta$. Looking at the two ends, or at a hundred
points, proves nothing.

A proof looks at all of them at once. Move the point to the origin: $f(a+h) - f(a) = b_1h + b_2h^2 + \dots + b_nh^n$. By the
triangle inequality

$$|f(a+h) - f(a)| \le |b_1||h| + |b_2||h|^2 + \dots + |b_n||h|^n ,$$

and the right-hand side only grows with $|h|$. If it is at most $\varepsilon$ at $|h| = \delta$, it is smaller everywhere
inside. Let SymPy do the shift for $f(x) = x^3 - 6x$ at $a = 3$, where $b_k = f^{(k)}(a)/k!$:
"""

# %%
h = sp.Symbol("h")
f = x**3 - 6 * x
print(sp.expand(f.subs(x, 3 + h) - f.subs(x, 3)))
print([f.diff(x, k).subs(x, 3) / sp.factorial(k) for k in (1, 2, 3)])

# %% [markdown] exercise="e1" title="A delta that works" level="warm-up" minutes=25 exports=["delta_for"]
r"""
Write `delta_for(p, a, eps)`. `p` is a list of one to five integers, the coefficients of a polynomial $f$ with the
lowest power first (`[1, 0, 2]` is $1 + 2x^2$); `a` and `eps` are ints or Fractions. Return a number $\delta > 0$ (int, float or
Fraction) that

1. **works**: $|f(x) - f(a)| <$ `eps` for every real $x$ with $|x - a| < \delta$;
2. **is not needlessly small**: at least one fiftieth of the largest $\delta$ that works.

If every $\delta$ works, because $f$ is constant (`[7]`, but also `[7, 0, 0]`), return `math.inf`. If `eps` is not positive, raise
`ValueError`. Coefficients lie in $[-100, 100]$, `a` in $[-10, 10]$, a positive `eps` in $[10^{-6}, 1000]$.

`delta_for([0, 0, 1], 3, 1)`: the largest is $\sqrt{10} - 3 = 0.16227\ldots$, so every number from 0.0033 to 0.1622
is right. Your $\delta$ is judged in exact arithmetic; do not return the largest one rounded up.
"""

# %% [markdown] hints="e1" reading="Apostol I 3.2 (the definition of the limit), 3.3 (continuity)"
r"""
1. Get the $b_k$ first. You can have them from $(a+h)^j = \sum_k \binom{j}{k} a^{j-k} h^k$, from derivatives, or from SymPy.
2. With $n$ terms to share `eps`, allow each an equal part: which $h$ keeps $|b_k|h^k$ at `eps/n`? The smallest of these
   $h$ serves all terms at once. For degree at most 4 it is never below a twentieth of the largest $\delta$.
3. `b = [abs(sum(p[j] * math.comb(j, k) * a ** (j - k) for j in range(k, len(p)))) for k in range(1, len(p))]`; keep the pairs
   $(k, b_k)$ with $b_k \ne 0$; none left means constant. Then take the minimum of `(eps / (n * b_k)) ** (1 / k)`, and a
   little less, because a float power is rounded.
"""

# %% solution="e1"
def delta_for(p, a, eps):
    """A delta > 0 with |f(x) - f(a)| < eps whenever |x - a| < delta.

    p: integer coefficients of f, lowest power first; a, eps: int or Fraction.
    Returns math.inf for a constant f; raises ValueError unless eps > 0.
    """
    ### BEGIN SOLUTION
    if eps <= 0:
        raise ValueError("eps must be positive")
    a, eps = Fraction(a), Fraction(eps)
    # f(a + h) - f(a) = b_1 h + b_2 h^2 + ...; each term that is there may use an equal share of eps.
    b = {k: abs(sum(p[j] * math.comb(j, k) * a ** (j - k) for j in range(k, len(p)))) for k in range(1, len(p))}
    shares = [(eps / b_k, k) for k, b_k in b.items() if b_k]
    if not shares:
        return math.inf
    largest = min(float(share / len(shares)) ** (1 / k) for share, k in shares)
    return 0.9 * largest  # a float power may be rounded up
    ### END SOLUTION

# %% test="e1_works" points=2 title="Inside delta, the polynomial stays within eps"
check(delta_for, [0, 0, 1], 3, 1).satisfies(
    lambda d: 0 < d and 6 * d + d * d <= 1, "0 < delta <= sqrt(10) - 3", idea="the steeper side decides: delta must serve both"
)
### BEGIN HIDDEN TESTS
def works(p, a, eps, delta):
    """Exact: f(x) - f(a) meets neither eps nor -eps inside (a - delta, a + delta). Roots are isolated, not sampled."""
    if not 0 < delta < math.inf:
        return False
    step = sp.Symbol("step")
    d = sp.Rational(Fraction(delta).numerator, Fraction(delta).denominator)
    a, eps = (sp.Rational(Fraction(v).numerator, Fraction(v).denominator) for v in (a, eps))
    change = sum(c * ((a + step) ** k - a**k) for k, c in enumerate(p))
    for edge in (eps, -eps):
        gap = sp.Poly(change - edge, step, domain="QQ")
        if gap.count_roots(-d, d) > (gap.eval(d) == 0) + (gap.eval(-d) == 0):
            return False
    return True


cases = [([0, 0, 1], -3, 1), ([5, 100], 2, Fraction(1, 10)), ([0, 1], 0, 1000), ([0, 0, 0, 0, 1], 0, Fraction(1, 10**6))]
# The curve leaves this band for a width of 0.0004 only, then comes back: no grid of a thousand points shows it.
cases += [([0, -2, 0, 1], 0, Fraction(1088662, 10**6))]
cases += [([0, -3, 0, 1], 0, Fraction(3, 2)), ([0, 5, 0, -5, 1], 0, 2), ([0, 0, -12, 0, 3], 1, 8), ([7, 0, 0, 0, 1], Fraction(-5, 2), 900)]
for p, a, eps in cases:
    check(delta_for, p, a, eps).satisfies(
        lambda d: works(p, a, eps, d), "|f(x) - f(a)| < eps on the whole of (a - delta, a + delta)", idea="both sides, and every x in between"
    )
for seed in range(25):
    rng = seeded(seed)
    p = [int(c) for c in rng.integers(-100, 101, size=2 + seed % 4)]
    p[-1] = p[-1] or 1
    a, eps = Fraction(int(rng.integers(-40, 41)), 4), Fraction(int(rng.integers(1, 1000)), 10 ** int(rng.integers(0, 7)))
    check(delta_for, p, a, eps).note(f"seed {seed}").satisfies(
        lambda d: works(p, a, eps, d), "|f(x) - f(a)| < eps on the whole of (a - delta, a + delta)", idea="bound all terms b_k h^k, k = 1, 2, …, at once"
    )
### END HIDDEN TESTS

# %% test="e1_size" points=2 title="Delta is not needlessly small"
check(delta_for, [0, 0, 1], 3, 1).satisfies(
    lambda d: d >= 0.003245, "at least a fiftieth of sqrt(10) - 3", idea="a delta that works can be far too timid; how far could you go?"
)
### BEGIN HIDDEN TESTS
# Single powers and monotone polynomials, whose largest delta is known: f(x) = c (x - a)^k gives (eps/c)^(1/k).
for c, k, eps in [(1, 4, Fraction(1, 10**6)), (1, 3, Fraction(1, 10**6)), (2, 2, 1000), (1, 1, 1000), (100, 1, Fraction(1, 10**6)), (-3, 4, 500)]:
    check(delta_for, [0] * k + [c], 0, eps).satisfies(
        lambda d: d >= float(eps / abs(c)) ** (1 / k) / 50, "at least a fiftieth of the largest delta", idea="solve |b_k| h^k = (share of eps) for h, with the k-th root"
    )
for p, a, eps, largest in [([0, 1, 0, 1], 0, 1000, 9.966), ([4, -4, 1], 2, Fraction(1, 10**6), 1e-3), ([1, 4, 6, 4, 1], -1, Fraction(1, 10**4), 0.1)]:
    check(delta_for, p, a, eps).satisfies(
        lambda d: d >= largest / 50, "at least a fiftieth of the largest delta", idea="when delta is small, h² and h³ are far smaller than h: let each power have its own bound"
    )
### END HIDDEN TESTS

# %% test="e1_edges" points=1 title="Constants, and an eps that is no accuracy"
check(delta_for, [7], 2, 1).equals(math.inf, idea="a constant never leaves the band: every delta works")
check(delta_for, [0, 1], 0, 0).raises(ValueError, idea="an accuracy must be a positive number")
### BEGIN HIDDEN TESTS
check(delta_for, [7, 0, 0], -2, Fraction(1, 1000)).equals(math.inf, idea="zero coefficients do not make a polynomial less constant")
check(delta_for, [0, 0, 0, 0, 0], 0, 1).equals(math.inf, idea="the zero polynomial is constant too")
check(delta_for, [1, 2, 3], 1, Fraction(-1, 2)).raises(ValueError, idea="an accuracy must be a positive number")
check(delta_for, [3], 1, -1).raises(ValueError, idea="the accuracy is wrong whatever the polynomial")
### END HIDDEN TESTS

# %% [markdown]
r"""
## Derivatives: two errors that pull apart

$f'(a) = \lim_{h\to0}\frac{f(a+h)-f(a)}{h}$, where this limit exists. Stopping at some $h > 0$ costs twice.

- **Truncation**. By Taylor's theorem (below), if $f''$ is continuous, the forward difference errs by about $\tfrac h2 f''(a)$: order 1. The *central* difference
  $D(h) = \frac{f(a+h)-f(a-h)}{2h}$ is symmetric, the even terms cancel, and if $f'''$ is continuous the error is about
  $\tfrac{h^2}{6} f'''(a)$: order 2.
- **Rounding**. Each value of $f$ is off by up to some $\eta$, and division by $2h$ turns that into an error of up to
  $\eta/h$. This part *grows* as $h$ falls.

**Predict**: on log axes, with which slopes do the two errors fall and rise, and which method has its best $h$ further to the right?
"""

# %%
steps = np.logspace(-15, 0, 61)
forward = (np.sqrt(2 + steps) - np.sqrt(2)) / steps
symmetric = (np.sqrt(2 + steps) - np.sqrt(2 - steps)) / (2 * steps)
figure, axes = plt.subplots(figsize=(5.5, 3.4))
for label, values, mark in [("forward", forward, "o"), ("central", symmetric, "s")]:
    _ = axes.loglog(steps, np.abs(values - exact) + 1e-17, marker=mark, markersize=3, label=label)
_ = axes.set(xlabel="step h", ylabel="absolute error of the slope", title="Each error is a V: truncation right, rounding left")
_ = axes.legend()
figures.show(figure, alt="Error of forward and central differences of the square root at 2 against h, both V-shaped; central is lower, its best h near 1e-5.")

# %% [markdown]
r"""
Right of the bottom the lines have slopes 1 and 2, left of it both have slope $-1$. Where is the bottom? Suppose $|f|$ is
about 1 and $f$ changes on the scale $s$, so that $|f'''| \approx 1/s^3$ and $\eta \approx u = 1.1\cdot10^{-16}$, half the spacing of doubles
just above 1. The sum $\frac{h^2}{6s^3} + \frac{u}{h}$ is smallest where its derivative $\frac{h}{3s^3} - \frac{u}{h^2}$ is zero:

$$h = (3u)^{1/3}\, s \approx 7\cdot10^{-6}\, s .$$

About two thirds of the digits survive. For the forward difference the same sum gives $h \approx 2\sqrt u\,s$, and half
of the digits. Note the $s$: at $x = 10^6$, a step made for $x = 1$ is lost in the rounding of $x + h$.

### Richardson: cancel what you know

For smooth $f$, $D(h) = f'(a) + c\,h^2 + O(h^4)$ with the same unknown $c$ for every $h$. Halving $h$ divides the
middle term by 4, so

$$D_1(h) = \frac{4\,D(h/2) - D(h)}{3} = f'(a) + O(h^4).$$

What is left begins with $h^4$, which halving divides by 16, so the trick works again with other weights. Each round
needs one more central difference, no more: $D(h), D(h/2), D(h/4), \dots$ serve all rounds.

How would you *see* an order without knowing the theory? Halve the step: an error of order $p$ falls by $2^p$.
"""

# %%
def D(h):
    return (math.sqrt(2 + h) - math.sqrt(2 - h)) / (2 * h)

for h in [0.4, 0.2, 0.1]:
    plain = math.log2((D(h) - exact) / (D(h / 2) - exact))
    better = [(4 * D(k / 2) - D(k)) / 3 - exact for k in (h, h / 2)]
    print(f"h = {h}: observed order {plain:.2f}, with Richardson {math.log2(better[0] / better[1]):.2f}")

# %% [markdown]
r"""
The production tool, `scipy.differentiate.derivative`, repeats such steps and stops when its error estimate is small. It does not know
your scale either: it starts from `initial_step=0.5` unless you tell it. **Vary**: what happens at `initial_step=3.0`,
where $2 - h$ is negative? (It returns `nan`, and says so in `success`: read that field before you use `df`.)
"""

# %%
result = differentiate.derivative(np.sqrt, 2.0)
print(f"df = {result.df:.10f}, exact {exact:.10f}, success {result.success}, calls of f: {result.nfev}")

# %% [markdown] exercise="e2" title="Differentiate what you can only evaluate" level="core" minutes=35 exports=["central", "richardson", "step_for"]
r"""
Write three functions. `f` takes a float and returns a float; `x` is a float, `h` a positive float. Each function returns a float.

- `central(f, x, h)`: the central difference $D(h)$. It calls `f` twice, at $x + h$ and $x - h$.
- `richardson(f, x, h, k)`: $D_k(h)$ for an int $k \ge 0$, where $D_0 = D$ and
  $D_k(h) = \dfrac{4^k D_{k-1}(h/2) - D_{k-1}(h)}{4^k - 1}$. It calls `f` at most $2k + 2$ times, and only at points of
  $[x-h, x+h]$: outside, `f` may not be defined.
- `step_for(x)`: a step for `central`, for $|x| \le 10^6$. Let $s = \max(1, |x|)$. For every `f` that varies on the scale $s$,
  that is $|f| \le 1$, $|f'| \le 1/s$ and $|f'''| \le 1/s^3$, with values correct to about $2u$, the error of `central(f, x, step_for(x))`
  must be at most $10^{-9}/s$. Every step from $10^{-6}s$ to $5\cdot10^{-5}s$ is good enough.

For $t \mapsto t^3$ at 2 with $h = 0.1$, `central` gives $3x^2 + h^2 = 12.01$. For $t \mapsto t^5$ at 0 with $h = 1$, `richardson` gives 1, $-0.25$
and 0 for $k = 0, 1, 2$. Results are compared to within $10^{-9}$ relative plus $10^{-9}$ absolute.
"""

# %% [markdown] hints="e2" reading="MML 5.1; Apostol I 4.3 (the derivative)"
r"""
1. Write $D_2(h)$ out on paper: which central differences does it need? For `step_for`, read off the bottom of the V.
2. A function that calls itself twice asks for $D(h/2)$ again and again. Make the list $D(h), D(h/2), \dots, D(h/2^k)$ first; each round turns a list into
   one that is shorter by one. The step must grow with the scale of $x$ and must not vanish at $x = 0$.
3. `row = [(4**j * finer - coarser) / (4**j - 1) for coarser, finer in zip(row, row[1:])]`, for $j = 1, \dots, k$. `np.finfo(float).eps` is $2u$; its cube root is $6\cdot10^{-6}$. Multiply by $s$.
"""

# %% solution="e2"
def central(f, x, h):
    """Central difference of f at x with step h > 0: two calls, error of order h^2."""
    ### BEGIN SOLUTION
    return (f(x + h) - f(x - h)) / (2 * h)
    ### END SOLUTION


def richardson(f, x, h, k):
    """k rounds of Richardson's combination on central differences: 2k + 2 calls, error of order h^(2k + 2)."""
    ### BEGIN SOLUTION
    row = [central(f, x, h / 2**j) for j in range(k + 1)]
    for j in range(1, k + 1):
        row = [(4**j * finer - coarser) / (4**j - 1) for coarser, finer in zip(row, row[1:])]
    return row[0]
    ### END SOLUTION


def step_for(x):
    """Step for the central difference at x of a function that varies on the scale max(1, |x|)."""
    ### BEGIN SOLUTION
    return float(np.cbrt(np.finfo(float).eps) * max(1.0, abs(x)))
    ### END SOLUTION

# %% test="e2_central" points=2 title="The central difference has order 2"
check(central, lambda t: t**3, 2.0, 0.1).close(12.01, atol=1e-9, idea="the points lie at both sides of x, a distance of 2h apart")
### BEGIN HIDDEN TESTS
check(central, lambda t: t * t, -1.5, 0.25).close(-3.0, atol=1e-9, idea="a central difference is exact for parabolas")
check(central, abs, 0.0, 0.5).close(0.0, atol=1e-9, idea="|t| is symmetric about 0, and so are the two points")
seen = []


def watched(t):
    seen.append(t)
    return math.exp(t)


check(central, watched, 0.5, 0.125).close(math.exp(0.5) * math.sinh(0.125) / 0.125, atol=1e-9, idea="(f(x + h) - f(x - h)) / (2h)")
check(central, watched, 0.5, 0.25).satisfies(
    lambda _: sorted(seen) == [0.25, 0.375, 0.625, 0.75], "two calls of f, at x + h and x - h", idea="the value f(x) itself drops out"
)
### END HIDDEN TESTS

# %% test="e2_richardson" points=2 title="Each round of Richardson cancels one more power"
for k, expected in [(0, 1.0), (1, -0.25), (2, 0.0)]:
    check(richardson, lambda t: t**5, 0.0, 1.0, k).close(expected, atol=1e-9, idea="the j-th round cancels h^(2j): its weights are 4^j and -1, over 4^j - 1")
### BEGIN HIDDEN TESTS
check(richardson, lambda t: t**3, 2.0, 0.1, 1).close(12.0, atol=1e-9, idea="the h² terms of D(h) and D(h/2) must cancel")
check(richardson, lambda t: 3.0 * t, 1.0, 0.25, 3).close(3.0, atol=1e-9, idea="the weights of every round add to 1")
check(richardson, lambda t: t**7, 0.0, 1.0, 2).close(1 / 64, atol=1e-9, idea="halving divides the error that is left by 16 in round 2")
check(richardson, lambda t: t**8 - t, 0.5, 0.5, 3).close(8 * 0.5**7 - 1, atol=1e-9, idea="k rounds are exact for polynomials of degree up to 2k + 2")
check(richardson, math.exp, 1.0, 0.5, 4).close(math.e, atol=1e-9, idea="round 3 has the weights 64 and -1, round 4 has 256 and -1")
expected = (4 * (math.sqrt(1.5) - math.sqrt(0.5)) - math.sqrt(2.0) / 2) / 3
check(richardson, math.sqrt, 1.0, 1.0, 1).close(expected, atol=1e-9, idea="which points may be asked for? Halve the step, do not double it")
### END HIDDEN TESTS

# %% test="e2_cost" points=1 title="One more round, two more calls"
asked = []
check(richardson, lambda t: asked.append(t) or t**3, 0.0, 1.0, 2).satisfies(
    lambda _: len(asked) <= 6, "at most 2·2 + 2 = 6 calls of f", idea="D(h/2) is needed twice; it can be computed once"
)
### BEGIN HIDDEN TESTS
asked.clear()
check(richardson, lambda t: asked.append(t) or math.sin(t), 0.5, 1.0, 7).satisfies(
    lambda _: len(asked) <= 16, "at most 2·7 + 2 = 16 calls of f", idea="a function that calls itself twice doubles its work each round"
)
asked.clear()
check(richardson, lambda t: asked.append(t) or 2.0 * t, 1.0, 0.5, 0).satisfies(lambda _: len(asked) <= 2, "at most two calls of f for k = 0", idea="no round: one central difference")
### END HIDDEN TESTS

# %% test="e2_step" points=2 title="The step sits near the bottom of the V"
check(step_for, 0.0).satisfies(
    lambda h: abs((math.sin(h) - math.sin(-h)) / (2 * h) - 1.0) <= 1e-9, "a step with error at most 1e-9 for sin at 0",
    idea="small enough for truncation, large enough for rounding"
)
### BEGIN HIDDEN TESTS
def worst_error(point, h):
    """Largest error, times the scale s, over sine waves of wavelength 2 pi s in 41 phases."""
    s = max(1.0, abs(point))
    errors = []
    for phase in np.linspace(-1, 1, 41):
        up, down = (math.sin((point + side) / s + phase) for side in (h, -h))
        errors.append(abs((up - down) / (2 * h) * s - math.cos(point / s + phase)))
    return max(errors)


for point in (1.0, -0.001, 3.0):
    check(step_for, point).satisfies(lambda h: worst_error(point, h) <= 1e-9, "a step with error at most 1e-9/s", idea="balance h²/6 against u/h: a cube root, not a square root, of the rounding unit")
for point in (250.0, -7e4, 1e6):
    check(step_for, point).satisfies(lambda h: worst_error(point, h) <= 1e-9, "a step with error at most 1e-9/s", idea="the step is measured in units of s = max(1, |x|)")
### END HIDDEN TESTS

# %% [markdown]
r"""
## Integrals: caught between two sums

Cut $[a, b]$ into $n$ strips of width $w = (b-a)/n$. On each strip, the smallest value of a bounded $f$ (strictly: its infimum) gives a rectangle
that is too low, and the largest one that is too high. If the two sums can be brought as close together as we like, $f$
is *integrable*, and $\int_a^b f$ is the one number between them all.

For a **monotone** $f$ the lowest and highest values sit at the ends of each strip, and the differences telescope:

$$\text{upper sum} - \text{lower sum} = \frac{(b-a)\,|f(b)-f(a)|}{n}.$$

That is a theorem (every monotone function is integrable, jumps included) and a price list: the accuracy tells you $n$ before you start.

**Predict**: $f(t) = 1/t$ on $[1,2]$, eight strips. How wide is the gap around $\ln 2$?
"""

# %%
edges = np.linspace(1, 2, 9)
upper, lower = np.sum(0.125 / edges[:-1]), np.sum(0.125 / edges[1:])
print(f"{lower:.4f} < ln 2 = {math.log(2):.4f} < {upper:.4f}, gap {upper - lower:.4f}")

# %%
figure, axes = plt.subplots(figsize=(5.5, 3.2))
_ = axes.bar(edges[:-1], 1 / edges[:-1], width=0.125, align="edge", color="#E69F00", alpha=0.4, hatch="..", label="upper sum")
_ = axes.bar(edges[:-1], 1 / edges[1:], width=0.125, align="edge", color="#56B4E9", edgecolor="white", label="lower sum")
_ = axes.plot(np.linspace(1, 2, 100), 1 / np.linspace(1, 2, 100), color="black", label="1/t")
_ = axes.set(xlabel="t", ylabel="f(t)", ylim=(0, 1.15), title="Slid into one column, the gaps fill w·|f(b) − f(a)|")
_ = axes.legend(loc="upper right")
figures.show(figure, alt="Lower and upper rectangles of 1/t on 1 to 2 in eight strips; the steps between them stack to a column of width 1/8 and height 1/2.")

# %% [markdown]
r"""
$\frac18\cdot\frac12 = 0.0625$. The midpoint of each strip does better than either end, for the reason that the central difference did:
the first-order errors to the left and right cancel. Its order is 2 when $f''$ is continuous. Halve the strips and look:
"""

# %%
def error_of(n, offset):
    return np.sum(1 / (1 + (np.arange(n) + offset) / n)) / n - math.log(2)

for n in (10, 20, 40):
    ends, middle = (error_of(n, c) / error_of(2 * n, c) for c in (0, 0.5))
    print(f"n = {n} -> {2 * n}: left rule's error is divided by {ends:.3f}, the midpoint rule's by {middle:.3f}")

# %% [markdown]
r"""
### The fundamental theorem, checked

Let $f$ be integrable and $A(x) = \int_a^x f$. At every point where $f$ is continuous, $A'(x) = f(x)$; and if $F' = f$ with $f$ continuous on $[a,b]$, then
$\int_a^b f = F(b) - F(a)$. Two different limits undo each other. And $\int_b^a f = -\int_a^b f$, which is what the sum gives by itself when $w < 0$. Below, $A$ is a midpoint sum, and its central difference is compared with $f$.
"""

# %%
def area(top, n=2000):
    w = (top - 1) / n
    return w * np.sum(1 / (1 + w * (np.arange(n) + 0.5)))

for top in (0.5, 1.5, 3.0):
    print(f"slope of the area at {top}: {(area(top + 1e-3) - area(top - 1e-3)) / 2e-3:.4f}, f there: {1 / top:.4f}")

# %% [markdown]
r"""
The production tool is `scipy.integrate.quad`: far faster on smooth functions, with an error *estimate*. An estimate
is no enclosure. **Predict** what it says of a narrow spike whose area is $10^{-4}\sqrt{\pi} \approx 0.000177$:
"""

# %%
value, estimate = integrate.quad(lambda t: 1 / t, 1, 2)
print(f"1/t: off by less than 1e-14: {abs(value - math.log(2)) < 1e-14}, estimate below 1e-13: {estimate < 1e-13}")

def spike(t):
    return math.exp(-(((t - 0.3) / 1e-4) ** 2))

value, estimate = integrate.quad(spike, 0, 1)
told, _ = integrate.quad(spike, 0, 1, points=[0.2995, 0.3005])
print(f"spike: {value:.6f} ± {estimate:.6f}; told where to look: {told:.6f}")

# %% [markdown] exercise="e3" title="Integrals with a guarantee" level="core" minutes=35 exports=["riemann", "enclose"]
r"""
`f` takes a float and returns a float.

- `riemann(f, a, b, n, rule)`: with $w = (b-a)/n$, the sum of $w\,f(t_i)$ for $i = 0, \dots, n-1$, as a float. The points are
  $t_i = a + iw$ for `"left"`, $a + (i+1)w$ for `"right"`, $a + (i+\frac12)w$ for `"midpoint"`. So `"left"` is the end of the strip that comes
  first on the way from `a` to `b`; for $a > b$, $w$ is negative. For `a == b` it is 0. Any other `rule`, or an integer $n < 1$: raise
  `ValueError`.
- `enclose(f, a, b, tol)`: for `f` monotone on $[a,b]$ (rising, falling or constant), $a < b$ and `tol > 0`, a tuple `(low, high)` of floats with
  $\text{low} \le \int_a^b f \le \text{high}$ and $\text{high} - \text{low} \le$ `tol`, both up to rounding ($10^{-9}$). With
  $n = \max(1, \lceil (b-a)|f(b)-f(a)|/\texttt{tol} \rceil)$, call `f` at most $2n + 10$ times: the price list gives $n$ at once.

`riemann(lambda t: t * t, 0, 1, 2, "left")` is 0.125, with `"right"` 0.625, with `"midpoint"` 0.3125; from 1 to 0, `"left"` gives $-0.625$.
`enclose(lambda t: 1 / t, 1, 2, 0.125)` can use $n = 4$: $(0.6345\ldots, 0.7595\ldots)$. Any other pair that meets the conditions is right as well. Sums
are compared to within $10^{-9}$.
"""

# %% [markdown] hints="e3" reading="Apostol I 1.20 to 1.22 (monotonic functions); 5.1, 5.3 (the fundamental theorems)"
r"""
1. All three rules are one sum; only the offset of the point within its strip differs. A negative $w$ needs no special care.
2. For `enclose`: $f(a)$ and $f(b)$ tell both whether `f` rises or falls and how many strips you need. The left and the right sum are the lower and the upper sum, in one order or the other.
3. `offset = {"left": 0, "midpoint": 0.5, "right": 1}`, a sum over `range(n)`, and for `enclose` the `min` and `max` of the two sums with the `n` of the statement.
"""

# %% solution="e3"
def riemann(f, a, b, n, rule):
    """Riemann sum of f from a to b in n equal strips; rule: "left", "midpoint" or "right". ValueError for another rule or n < 1."""
    ### BEGIN SOLUTION
    offsets = {"left": 0.0, "midpoint": 0.5, "right": 1.0}
    if rule not in offsets:
        raise ValueError(f"unknown rule {rule!r}")
    if n < 1:
        raise ValueError("at least one strip is needed")
    w = (b - a) / n
    return w * sum(f(a + (i + offsets[rule]) * w) for i in range(n))
    ### END SOLUTION


def enclose(f, a, b, tol):
    """(low, high) around the integral of a monotone f over [a, b], a < b, with high - low <= tol."""
    ### BEGIN SOLUTION
    n = max(1, math.ceil((b - a) * abs(f(b) - f(a)) / tol))
    left, right = (riemann(f, a, b, n, rule) for rule in ("left", "right"))
    return min(left, right), max(left, right)
    ### END SOLUTION

# %% test="e3_sums" points=2 title="Three rules, three sums"
for rule, expected in [("left", 0.125), ("right", 0.625), ("midpoint", 0.3125)]:
    check(riemann, lambda t: t * t, 0, 1, 2, rule).close(expected, atol=1e-9, idea="where in its strip does each rule take f?")
### BEGIN HIDDEN TESTS
for rule, offset in [("left", 0.0), ("right", 1.0), ("midpoint", 0.5)]:
    for a, b, n in [(-1.0, 2.0, 1), (2.0, 5.0, 7), (0.25, 0.5, 100)]:
        points = a + (b - a) / n * (np.arange(n) + offset)
        expected = float(np.sum(np.cos(3 * points)) * (b - a) / n)
        check(riemann, lambda t: math.cos(3 * t), a, b, n, rule).close(expected, atol=1e-9, idea="n terms, each w·f(t_i), with t_i = a + (i + offset)·w")
### END HIDDEN TESTS

# %% test="e3_direction" points=1 title="Backwards, the integral changes its sign"
check(riemann, lambda t: t * t, 1, 0, 2, "left").close(-0.625, atol=1e-9, idea="the width w has a sign; left is the end that comes first on the way")
### BEGIN HIDDEN TESTS
check(riemann, lambda t: t * t, 1, 0, 2, "right").close(-0.125, atol=1e-9, idea="right is the end that comes last on the way from a to b")
check(riemann, lambda t: 2.0**t, 3.0, -1.0, 4, "right").close(-7.5, atol=1e-9, idea="right is the end that comes last on the way from a to b")
check(riemann, math.exp, 1.5, 1.5, 5, "left").close(0.0, atol=1e-9, idea="no width, no area")
### END HIDDEN TESTS

# %% test="e3_refuses" points=1 title="Unknown rules and empty cuts are refused"
check(riemann, math.exp, 0, 1, 4, "simpson").raises(ValueError, idea="a rule that is not known must not fall through to another")
check(riemann, math.exp, 0, 1, 0, "left").raises(ValueError, idea="how wide would a strip be if there is none?")
### BEGIN HIDDEN TESTS
check(riemann, math.exp, 0, 1, -3, "midpoint").raises(ValueError, idea="a number of strips is at least 1")
check(riemann, math.exp, 0, 1, 4, "Left").raises(ValueError, idea="the three names are exactly those of the statement")
### END HIDDEN TESTS

# %% test="e3_enclose" points=2 title="The integral lies between low and high, no further apart than tol"
check(enclose, lambda t: 1 / t, 1, 2, 0.125).satisfies(
    lambda pair: pair[0] - 1e-9 <= math.log(2) <= pair[1] + 1e-9 and pair[1] - pair[0] <= 0.125 + 1e-9,
    "low <= ln 2 <= high, high - low <= 0.125", idea="which of the two sums is the lower one when f falls?"
)
### BEGIN HIDDEN TESTS
monotone = [
    (lambda t: t**3, -1.0, 2.0, 0.02, 3.75), (lambda t: -math.sqrt(t), 0.0, 4.0, 0.05, -16 / 3), (lambda t: 5.0, 2.0, 4.0, 0.1, 10.0),
    (lambda t: math.floor(t) + 0.0, 0.5, 3.5, 0.03, 4.5), (lambda t: math.exp(-t), 0.0, 1.0, 5.0, 1 - math.exp(-1)),
    (lambda t: 1000.0 * t, 0.0, 1.0, 0.5, 500.0), (lambda t: -2.0 * t, -3.0, -1.0, 0.01, 8.0), (lambda t: 3.0 - t, 0.0, 1.0, 0.4, 2.5),
    (lambda t: 1000.0 if t > 0.99951 else 0.0, 0.0, 1.0, 0.5, 0.49), (lambda t: 4.0 if t < 0.125 else -1.0, 0.0, 2.0, 0.3, -1.375),
]
for f, a, b, tol, integral in monotone:
    check(enclose, f, a, b, tol).note(f"the integral is {integral:.6f}").satisfies(
        lambda pair: pair[0] - 1e-9 <= integral <= pair[1] + 1e-9, "(low, high) with the integral between", idea="lower and upper sum, for rising and for falling f"
    )
    check(enclose, f, a, b, tol).satisfies(
        lambda pair: pair[1] - pair[0] <= tol + 1e-9, f"high - low <= {tol}", idea="the gap is (b - a)·|f(b) - f(a)|/n: choose n by it"
    )
### END HIDDEN TESTS

# %% test="e3_cost" points=1 title="The number of strips is known in advance"
counted = []
check(enclose, lambda t: counted.append(t) or 1 / t, 1.0, 2.0, 0.125).satisfies(
    lambda _: len(counted) <= 18, "at most 2·4 + 10 = 18 calls of f", idea="compute n from f(a), f(b) and tol"
)
### BEGIN HIDDEN TESTS
for f, a, b, tol, strips in [(lambda t: t, 0.0, 1.0, 0.0007, 1429), (lambda t: 5.0, -1.0, 1.0, 1e-6, 1), (lambda t: -(t**3), 0.0, 2.0, 0.011, 1455), (math.exp, 0.0, 1.0, 3.0, 1)]:
    counted = []
    check(enclose, lambda t: counted.append(t) or f(t), a, b, tol).satisfies(
        lambda _: len(counted) <= 2 * strips + 10, f"at most 2·{strips} + 10 calls of f", idea="one formula gives n; trying several n costs several sums"
    )
### END HIDDEN TESTS

# %% [markdown]
r"""
## Taylor: a polynomial with a warranty

The polynomial that agrees with $f$ and its first $n$ derivatives at $a$ is

$$T_n(x) = \sum_{k=0}^{n} \frac{f^{(k)}(a)}{k!}(x-a)^k .$$

**Taylor's theorem with Lagrange's remainder.** If $f$ has $n+1$ derivatives on an open interval that contains $a$ and $x$, then
$f(x) - T_n(x) = \dfrac{f^{(n+1)}(c)}{(n+1)!}(x-a)^{n+1}$ for some $c$ between $a$ and $x$ (for $x = a$ both sides are 0).

Nobody tells you $c$. So a bound needs an **interval** $[a-r, a+r]$ and the largest size that $f^{(n+1)}$ takes anywhere on it
(there is one if $f^{(n+1)}$ is continuous):

$$|f(x) - T_n(x)| \le \frac{M\,r^{n+1}}{(n+1)!}, \qquad M = \max_{|t-a| \le r} |f^{(n+1)}(t)| .$$

**Predict**: for $e^x$ at $a = 0$, $n = 3$, $r = 2$, what is $M$? What goes wrong if you take $|f^{(4)}(0)| = 1$ instead?
"""

# %%
T3 = sum(sp.exp(x).diff(x, k).subs(x, 0) / sp.factorial(k) * x**k for k in range(4))
print(T3, "| SymPy's series:", sp.series(sp.exp(x), x, 0, 4).removeO())

# %%
t = np.linspace(-2, 2, 201)
actual = np.abs(np.exp(t) - sp.lambdify(x, T3)(t))
figure, axes = plt.subplots(figsize=(5.5, 3.3))
_ = axes.plot(t, actual, label="true error")
_ = axes.axhline(math.exp(2) * 16 / 24, color="#D55E00", linestyle="--", label="bound, M over the interval: 4.93")
_ = axes.axhline(16 / 24, color="#009E73", linestyle=":", label="M at the centre only: 0.67 (broken)")
_ = axes.set(xlabel="x", ylabel="|exp(x) − T₃(x)|", title="Only the maximum over the interval gives a bound")
_ = axes.legend()
figures.show(figure, alt="Error of the cubic Taylor polynomial of exp on -2 to 2: at most 1.06, below the Lagrange bound 4.93, above the false bound 0.67.")

# %% [markdown]
r"""
$M = e^2$. The constant 0.67, from the derivative at the centre, is exceeded near $x = 2$.

Finding $M$ is a maximum problem: look at the ends, and at interior points where $f^{(n+2)} = 0$. For $e^x$ and many others
$|f^{(n+1)}|$ is largest at an end, which exercise 4 grants you. For $\cos$ on $[-1, 1]$ with $n = 3$ it is not: $|\cos t|$ has its maximum 1 in the middle.

Two more traps. $n \to \infty$ need not help: for $\frac1{1-x}$ on $[-\frac12, \frac12]$ the bound is 2 for *every* $n$, though the
true error is at most $2^{-n}$; a bound may be honest and useless. And a convergent Taylor series need not converge to $f$: for $e^{-1/x^2}$, set to 0 at 0, every
coefficient at 0 is zero.
"""

# %% [markdown] exercise="e4" title="Taylor polynomial and its bound" level="core" minutes=35 exports=["taylor", "lagrange_bound", "degree_for"]
r"""
`expr` is a SymPy expression in the symbol `x` (handed in as `x`), smooth on $[a-r, a+r]$. `a` and `r` are ints or SymPy Rationals, $r > 0$; `n` is an int $\ge 0$.

- `taylor(expr, x, a, n)`: $T_n$ about `a` as a SymPy expression in `x`, with exact coefficients (no floats); expanded or not is up to you.
- `lagrange_bound(expr, x, a, n, r)`: the bound $M r^{n+1}/(n+1)!$ as a Python float. You may take for granted that $|f^{(n+1)}|$ has
  its maximum on $[a-r, a+r]$ at one of the two ends (either one).
- `degree_for(expr, x, a, r, tol)`: the smallest $n \in \{0, \dots, 20\}$ with `lagrange_bound` $\le$ `tol`; if there is none, raise `ValueError`. (No test comes
  closer than 1 % to `tol`.)

`taylor(sp.exp(x), x, 0, 2)` is $1 + x + \frac{x^2}{2}$; `lagrange_bound(sp.exp(x), x, 0, 3, 2)` is $\frac{16}{24}e^2 = 4.926037\ldots$;
`degree_for(sp.exp(x), x, 0, 1, 1e-3)` is 6. Bounds are compared to within $10^{-9}$ relative (and $10^{-12}$ absolute: the bound of a polynomial by itself is 0).
"""

# %% [markdown] hints="e4" reading="Apostol I 7.2 (Taylor polynomials), 7.5 to 7.7 (remainder and error estimates); MML 5.1.1"
r"""
1. Everything is made of `expr.diff(x, k)` and `.subs(x, a)`. Mind $k = 0$: the zeroth derivative is the function.
2. The bound uses derivative $n+1$ at $a - r$ and at $a + r$; take absolute values before you compare. `degree_for` is a loop over `n`.
3. `sum(expr.diff(x, k).subs(x, a) / sp.factorial(k) * (x - a)**k for k in range(n + 1))`; for the bound, `M` is the larger of the two
   `abs(float(...))`, times `float(r) ** (n + 1) / math.factorial(n + 1)`.
"""

# %% solution="e4"
def taylor(expr, x, a, n):
    """Taylor polynomial of expr about x = a, of degree at most n: a SymPy expression with exact coefficients."""
    ### BEGIN SOLUTION
    return sum(expr.diff(x, k).subs(x, a) / sp.factorial(k) * (x - a) ** k for k in range(n + 1))
    ### END SOLUTION


def lagrange_bound(expr, x, a, n, r):
    """M r^(n+1) / (n+1)!, with M the larger of |f^(n+1)| at a - r and at a + r: a float."""
    ### BEGIN SOLUTION
    derivative = expr.diff(x, n + 1)
    M = max(abs(float(derivative.subs(x, end))) for end in (a - r, a + r))
    return M * float(r) ** (n + 1) / math.factorial(n + 1)
    ### END SOLUTION


def degree_for(expr, x, a, r, tol):
    """Smallest n in 0..20 whose Lagrange bound on [a - r, a + r] is at most tol; ValueError if there is none."""
    ### BEGIN SOLUTION
    for n in range(21):
        if lagrange_bound(expr, x, a, n, r) <= tol:
            return n
    raise ValueError("no degree up to 20 is good enough")
    ### END SOLUTION

# %% test="e4_polynomial" points=2 title="The polynomial agrees with f and n derivatives"
check(taylor, sp.exp(x), x, 0, 2).equals(1 + x + x**2 / 2, idea="the coefficient of (x - a)^k is the k-th derivative at a, divided by k!")
### BEGIN HIDDEN TESTS
half = sp.Rational(1, 2)
for expr, a, n in [(sp.sin(x), 0, 5), (sp.log(x), 1, 4), (sp.log(x), 2, 2), (sp.cos(2 * x), 0, 4), (1 / (1 - x), half, 3), (sp.exp(-x), -1, 3)]:
    expected = sp.series(expr, x, a, n + 1).removeO()
    check(taylor, expr, x, a, n).equals(expected, idea="powers of (x - a), up to and including n")
check(taylor, sp.sqrt(1 + x), x, 0, 0).equals(sp.Integer(1), idea="T_0 is the constant f(a)")
check(taylor, x**3 - 2 * x, x, 2, 5).equals(x**3 - 2 * x, idea="a polynomial of degree at most n is its own Taylor polynomial, about any a")
check(taylor, x**3 - 2 * x, x, 1, 1).equals(x - 2, idea="T_1 is the tangent line at a")
### END HIDDEN TESTS

# %% test="e4_bound" points=2 title="The bound holds on the whole interval"
check(lagrange_bound, sp.exp(x), x, 0, 3, 2).close(16 / 24 * math.exp(2), atol=1e-12, idea="M is the largest |f^(n+1)| on the interval, not at its centre")
### BEGIN HIDDEN TESTS
half = sp.Rational(1, 2)
bounds = [
    (sp.exp(-x), 0, 3, 2, 16 / 24 * math.exp(2)), (sp.log(1 + x), 0, 2, half, 2 / 0.5**3 * 0.125 / 6), (1 / (1 - x), 0, 4, half, 2.0),
    (x**3, 1, 2, 3, 27.0), (x**3, 1, 3, 3, 0.0), (sp.sinh(x), 0, 3, 1, math.sinh(1) / 24), (sp.exp(x), 1, 0, half, math.exp(1.5) / 2),
    (-sp.exp(x), 0, 1, 2, 2 * math.exp(2)), (sp.sqrt(x), 4, 1, 3, 9 / 8),
]
for expr, a, n, r, expected in bounds:
    check(lagrange_bound, expr, x, a, n, r).close(expected, atol=1e-12, idea="M·r^(n+1)/(n+1)! with |derivative n+1| at both ends, the larger of the two")
### END HIDDEN TESTS

# %% test="e4_degree" points=2 title="The smallest degree that is good enough"
check(degree_for, sp.exp(x), x, 0, 1, 1e-3).equals(6, idea="try n = 0, 1, 2, … and stop at the first bound that is small enough")
### BEGIN HIDDEN TESTS
half = sp.Rational(1, 2)
check(degree_for, sp.exp(x), x, 0, 1, 10.0).equals(0, idea="a constant may be good enough")
check(degree_for, x**3, x, 0, 2, 1e-9).equals(3, idea="from n = 3 on, the bound of a cubic is 0")
check(degree_for, sp.exp(x), x, 0, 4, 300.0).equals(0, idea="a bound may rise before it falls: ask from n = 0 upwards, each n by itself")
check(degree_for, sp.exp(x), x, 0, 4, 1e-5).equals(20, idea="degree 20 is still allowed")
check(degree_for, sp.exp(x), x, 0, 4, 1e-6).raises(ValueError, idea="after degree 20 it is time to give up")
check(degree_for, 1 / (1 - x), x, 0, half, 1.0).raises(ValueError, idea="this bound is 2 for every n: it never becomes small")
check(degree_for, sp.log(1 + x), x, 0, sp.Rational(1, 4), 1e-4).equals(6, idea="the first n whose bound is at most tol")
### END HIDDEN TESTS

# %% [markdown]
r"""
## Series: a sum that has no last term

$\sum a_n$ *converges* if its partial sums $S_N = a_1 + \dots + a_N$ have a limit. Why not just add until nothing changes?

**Predict**: what will adding $1 + \frac12 + \frac13 + \dots$ in 32-bit floats show, three million terms long?
"""

# %%
terms = 1 / np.arange(1, 3_000_001, dtype=np.float32)
sums = np.cumsum(terms)
print(f"sum {sums[-1]:.4f}; the last time it changed was at term {np.flatnonzero(np.diff(sums))[-1] + 2:,}")

# %% [markdown]
r"""
It stops at 15.4037 for ever, and the harmonic series *diverges*. Terms that tend to zero are necessary and nowhere near
sufficient, and no number of partial sums is a proof. Theorems decide:

- **Terms.** If $a_n \not\to 0$, the series diverges. If $a_n \to 0$, this says nothing.
- **Ratio.** $\left|a_{n+1}/a_n\right| \to L$: for $L < 1$ it converges absolutely, for $L > 1$ it diverges; for $L = 1$ this says nothing.
- **Integral.** If $f$ is positive and decreasing from some point on, $\sum f(n)$ and $\int^\infty f$ converge together or not at all. So
  $\sum \frac1{n^p}$ converges exactly for $p > 1$; and with $u = \ln t$, $\int\frac{dt}{t(\ln t)^q} = \int\frac{du}{u^q}$, so
  $\sum \frac1{n(\ln n)^q}$ converges exactly for $q > 1$. A logarithm only breaks ties: any positive power of $n$ outweighs every power of $\ln n$.
- **Alternating (Leibniz).** If $|a_n|$ decreases to 0 from some point on and the signs alternate, the series converges.

A series **converges absolutely** if $\sum |a_n|$ converges (then $\sum a_n$ does too), and **conditionally** if it converges but
$\sum|a_n|$ does not. The difference bites: a conditionally convergent real series can be reordered to have any sum (Riemann).

**Predict** which of these four level off:
"""

# %%
n = np.arange(2, 20001)
series = {"1/n": 1 / n, "1/(n ln n)": 1 / (n * np.log(n)), "1/n²": 1 / n**2, "(−1)ⁿ/√n": (-1.0) ** n / np.sqrt(n)}
figure, axes = plt.subplots(figsize=(5.5, 3.3))
for label, values in series.items():
    _ = axes.semilogx(n, np.cumsum(values), label=label)
_ = axes.set(xlabel="number of the last term, N", ylabel="partial sum", title="1/(n ln n) diverges too slowly to see")
_ = axes.legend(loc="upper left")
figures.show(figure, alt="Partial sums to 20,000: 1/n rises steadily, 1/(n ln n) ever more slowly, 1/n squared is flat, the alternating series narrows to a point.")

# %% [markdown]
r"""
$\sum 1/(n\ln n)$ has partial sums like $\ln\ln N$: to gain 1, $N$ must grow to $N^e$. The proof of the integral test also *measures*: for a positive decreasing $f$,

$$S_N + \int_{N+1}^{\infty} f \;\le\; \sum_{n=1}^{\infty} f(n) \;\le\; S_N + \int_{N}^{\infty} f .$$

Each term $f(n)$ with $n > N$ is at least the area above $[n, n+1]$ and at most that above $[n-1, n]$. For $1/n^2$ we know the sum, $\pi^2/6$:
"""

# %%
S = sum(1 / k**2 for k in range(1, 101))
print(f"S_100 alone: {S:.6f}; enclosed: {S + 1 / 101:.6f} <= {math.pi**2 / 6:.6f} <= {S + 1 / 100:.6f}")
print(f"a library agrees: zeta(2) = {special.zeta(2):.6f}")

# %% [markdown] exercise="e5" title="Verdicts on series" level="stretch" minutes=30 exports=["verdict", "decided_by", "enclose_sum"]
r"""
The first two functions judge $\displaystyle\sum_{n=2}^{\infty} \frac{z^n}{n^p (\ln n)^q}$ for given `z`, `p`, `q`: ints or Fractions of either sign, `p` and `q` also 0, and $z \ne 0$.

- `verdict(z, p, q)` returns `"absolute"`, `"conditional"` or `"divergent"`.
- `decided_by(z, p, q)` returns the first of these four that settles the verdict, in this order:
  `"terms"` (they do not tend to 0); `"ratio"` (its limit is not 1); `"integral"` (applied to $\sum|a_n|$: it converges, or it diverges and $a_n = |a_n|$);
  `"alternating"`.
- `enclose_sum(p, N)` returns the tuple of floats `(low, high)` that the integral test gives for $\sum_{n=1}^\infty 1/n^p$ from its first `N` terms: exactly the two
  ends in the formula above. `p` is an int or a float, `N` an int $\ge 1$. If the series diverges, raise `ValueError`. Compared to within $10^{-9}$ relative.

`verdict(1, 1, 0)` is `"divergent"`, decided by `"integral"`; `verdict(-1, 1, 0)` is `"conditional"`, decided by `"alternating"`;
`enclose_sum(2, 1)` is `(1.5, 2.0)`.
"""

# %% [markdown] hints="e5" reading="Apostol I 10.11 to 10.18 (tests for convergence, absolute and conditional convergence)"
r"""
1. Begin with $|z|$. Only for $|z| = 1$ do `p` and `q` matter.
2. For $|z| = 1$, answer two questions apart: does $\sum|a_n|$ converge? Do the terms tend to 0? Powers of $n$ outweigh powers of $\ln n$, so compare
   $p$ first and look at $q$ only in a tie ($p = 1$ for the first question, $p = 0$ for the second).
3. Python compares tuples in just that way: `(p, q) > (1, 1)` is the first answer, and the second looks alike. Then the sign of `z` tells `"divergent"` from `"conditional"`.
   The tail of $1/n^p$ from $N$ on is $\int_N^\infty t^{-p}\,dt = N^{1-p}/(p-1)$.
"""

# %% solution="e5"
def verdict(z, p, q):
    """Verdict on the series of z^n / (n^p (ln n)^q), z != 0: "absolute", "conditional" or "divergent"."""
    ### BEGIN SOLUTION
    if abs(z) != 1:
        return "absolute" if abs(z) < 1 else "divergent"
    if (p, q) > (1, 1):  # p > 1, or p = 1 and q > 1: the integral of the absolute values converges
        return "absolute"
    tends_to_zero = (p, q) > (0, 0)  # p > 0, or p = 0 and q > 0
    return "conditional" if z == -1 and tends_to_zero else "divergent"
    ### END SOLUTION


def decided_by(z, p, q):
    """The first of "terms", "ratio", "integral", "alternating" that settles the verdict on z^n / (n^p (ln n)^q)."""
    ### BEGIN SOLUTION
    if abs(z) > 1 or (abs(z) == 1 and (p, q) <= (0, 0)):
        return "terms"
    if abs(z) < 1:
        return "ratio"
    return "integral" if z == 1 or (p, q) > (1, 1) else "alternating"
    ### END SOLUTION


def enclose_sum(p, N):
    """(low, high) around the sum of 1/n^p by the integral test, from the first N terms; ValueError if the series diverges."""
    ### BEGIN SOLUTION
    if p <= 1:
        raise ValueError("the series diverges for p <= 1")
    partial = math.fsum(1 / k**p for k in range(1, N + 1))
    return partial + (N + 1) ** (1 - p) / (p - 1), partial + N ** (1 - p) / (p - 1)
    ### END SOLUTION

# %% test="e5_positive" points=2 title="Positive terms: converges or diverges"
check(verdict, 1, 1, 0).equals("divergent", idea="terms that tend to 0 are not enough")
check(verdict, 1, 2, 0).equals("absolute", idea="positive terms that converge do so absolutely")
### BEGIN HIDDEN TESTS
half = Fraction(1, 2)
for p, q in [(2, 0), (Fraction(11, 10), -5), (1, 2), (1, Fraction(101, 100)), (3, -2), (2, 2)]:
    check(verdict, 1, p, q).equals("absolute", idea="compare p with 1; only in a tie compare q with 1")
for p, q in [(1, 1), (1, 0), (1, half), (1, -1), (half, 0), (half, 5), (Fraction(9, 10), 100), (0, 0), (0, 3), (0, -1), (-1, 0), (-1, 4)]:
    check(verdict, 1, p, q).equals("divergent", idea="compare p with 1; only in a tie compare q with 1")
for p, q in [(0, 0), (-3, -2), (1, 1), (5, 5)]:
    check(verdict, half, p, q).equals("absolute", idea="for |z| < 1 the ratio settles it, whatever p and q are")
    check(verdict, Fraction(99, 100), p, q).equals("absolute", idea="for |z| < 1 the ratio settles it, whatever p and q are")
    check(verdict, Fraction(3, 2), p, q).equals("divergent", idea="for |z| > 1 the terms grow, whatever p and q are")
### END HIDDEN TESTS

# %% test="e5_alternating" points=2 title="Alternating terms: absolutely, conditionally or not"
check(verdict, -1, 1, 0).equals("conditional", idea="it converges, but the sum of absolute values does not")
### BEGIN HIDDEN TESTS
half = Fraction(1, 2)
for p, q in [(2, 0), (1, 2), (Fraction(3, 2), -4), (1, Fraction(3, 2))]:
    check(verdict, -1, p, q).equals("absolute", idea="first ask about the sum of |a_n|; the signs do not matter for it")
for p, q in [(1, 1), (1, -3), (half, 0), (half, -2), (half, 9), (0, 1), (0, Fraction(1, 10)), (Fraction(1, 10), -9)]:
    check(verdict, -1, p, q).equals("conditional", idea="do the terms fall to 0? A power of n outweighs every power of ln n")
for p, q in [(0, 0), (0, -1), (-1, 0), (-half, 8), (-1, -1)]:
    check(verdict, -1, p, q).equals("divergent", idea="alternating signs do not help terms that do not tend to 0")
for p, q in [(0, 0), (-3, -2), (1, 1), (half, 0)]:
    check(verdict, -half, p, q).equals("absolute", idea="for |z| < 1 the ratio settles it, also for negative z")
    check(verdict, -2, p, q).equals("divergent", idea="for |z| > 1 the terms grow, also for negative z")
### END HIDDEN TESTS

# %% test="e5_reason" points=1 title="The first test that settles it"
check(decided_by, 1, 1, 0).equals("integral", idea="the ratio tends to 1 and the terms to 0, so neither settles it")
check(decided_by, -1, 1, 0).equals("alternating", idea="the integral test says that |a_n| diverges: not yet a verdict")
### BEGIN HIDDEN TESTS
half = Fraction(1, 2)
reasons = {
    "terms": [(2, 0, 0), (-2, 5, 0), (Fraction(3, 2), 3, 3), (1, 0, 0), (-1, 0, 0), (1, -1, 9), (-1, 0, -1), (-1, -half, 2), (1, 0, -2)],
    "ratio": [(half, 0, 0), (-half, 0, 0), (half, -5, 1), (Fraction(-9, 10), 2, 0), (half, 1, 1)],
    "integral": [(1, 2, 0), (1, 1, 1), (1, 1, 2), (1, half, -1), (1, 0, 1), (-1, 2, 0), (-1, 1, 2), (-1, Fraction(5, 4), -3), (1, half, 0)],
    "alternating": [(-1, 1, 1), (-1, half, 0), (-1, 0, 1), (-1, 1, -2), (-1, half, -2)],
}
for reason, cases in reasons.items():
    for z, p, q in cases:
        check(decided_by, z, p, q).equals(reason, idea="go through the four in their order; the first that settles the verdict is the answer")
### END HIDDEN TESTS

# %% test="e5_enclose" points=2 title="The sum, enclosed"
check(enclose_sum, 2, 1).close((1.5, 2.0), idea="the first N terms, plus a tail that begins at N + 1 or at N")
### BEGIN HIDDEN TESTS
check(enclose_sum, 3, 4).close((1 + 1 / 8 + 1 / 27 + 1 / 64 + 1 / 50, 1 + 1 / 8 + 1 / 27 + 1 / 64 + 1 / 32), idea="the tail of t^-p from N on is N^(1-p)/(p-1)")
for p, N in [(2, 100), (1.5, 1000), (4, 10), (1.01, 50)]:
    partial = math.fsum(float(k) ** -p for k in range(1, N + 1))
    check(enclose_sum, p, N).close((partial + (N + 1) ** (1 - p) / (p - 1), partial + N ** (1 - p) / (p - 1)), idea="S_N includes the N-th term; the tails start at N + 1 and at N")
    check(enclose_sum, p, N).satisfies(lambda pair: pair[0] <= special.zeta(p) <= pair[1], "the true sum between low and high", idea="the lower end has the smaller tail")
for p in (1, 0.5, -2):
    check(enclose_sum, p, 10).raises(ValueError, idea="for which p does the series converge at all?")
### END HIDDEN TESTS

# %% [markdown]
r"""
## In practice

- **Measured data** carry far more noise than $u$. With noise $\eta$ the best central step grows to $(3\eta)^{1/3}s$: values good to $10^{-3}$ want
  $h \approx 0.14\,s$, and you get two digits of slope. Or fit a curve and differentiate the fit.
- **A hundred times the work** buys two digits from one-sided sums, four from the midpoint rule. Order is lost at a kink, a jump or an unbounded derivative: cut the
  interval at a kink or a jump, change the variable where the derivative is unbounded.
- **A hundred parameters** instead of one: a gradient by central differences takes two hundred calls of $f$. Day 4 computes gradients at the
  cost of a few.
- **Inside your libraries**, `exp` and `sin` first reduce the argument to a small interval, then use a polynomial with an error bound proved for
  that interval. A small $r$ is cheaper than a large $n$.
- **Long sums** lose small terms as the 32-bit sum above did: add in float64, pairwise as `np.sum` does, or use `math.fsum`.
- `quad`, `derivative` and every "until nothing changes" report an estimate. Where much depends on it, ask for an enclosure or check a second way.
"""

# %% [markdown]
r"""
## Summary

- A $\delta$ serves both sides and every point between; the triangle inequality proves it for all of them at once.
- A difference quotient has two errors; its best step is a cube root (central) or square root (forward) of the rounding, in units of the function's own scale.
- A monotone integral lies between two sums whose gap is $(b-a)|f(b)-f(a)|/n$, known before you start.
- Taylor's bound needs the maximum of derivative $n+1$ over an interval.
- Terms that tend to 0 prove nothing. Absolute or conditional is a question about $\sum|a_n|$, and boundary cases are settled by the integral.

## Reflection

A colleague reports the growth rate of a metric as "$(y(t+h) - y(t))/h$ with $h$ as small as the log allows", and its
total as "we added terms until the sum stopped moving". In 3 to 5 sentences: what would you ask, and what would you change?

A good answer (1) names two opposing errors, and which of them is at work; (2) proposes a step tied to noise and scale, and the central difference; (3) says why a
sum that stops moving is no proof, and what would be; (4) gives one check by a second method.
"""

# %% [markdown] reflection="reflection"
r"""
I would ask how noisy the values of $y$ are and over what time the metric really changes, because noise divided by a tiny $h$ grows while the truncation error shrinks.
With relative noise of 0.1 % I would take a central difference with $h$ near a seventh of that time, and repeat it at $2h$ to see how much the answer moves. A sum stops moving
when the terms fall below its rounding, which the harmonic series does as well; I would look for a bound on the tail, for instance by an integral, and
report the sum as an interval. As a second check I would fit a smooth curve to the log and compare its slope and its area with the two numbers.
"""

# %% [markdown]
r"""
## Further reading

- **MML 5.1** (univariate differentiation): the difference quotient, then **5.1.1**: Taylor polynomial and Taylor series, and how they differ.
- **Apostol, Calculus I**: **3.2, 3.3** limits and continuity: read each $\varepsilon$–$\delta$ proof for who chooses what. **4.3** the derivative; **4.14** the mean-value theorem, from which
  all of this day's error terms come.
- **Apostol I 1.20 to 1.22**: monotone functions are integrable, with the gap used in exercise 3. **5.1, 5.3**: the two fundamental theorems; note which of them asks for
  continuity and where.
- **Apostol I 7.2, 7.5 to 7.7**: Taylor polynomials, and several forms of the remainder. **10.11 to 10.18**: the tests for convergence; look for what each one cannot decide.
"""
