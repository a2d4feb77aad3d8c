# %% right="e1" why="isolates the roots of f(a + h) - f(a) = ±eps numerically and takes 9/10 of the nearest"
def delta_for(p, a, eps):
    if eps <= 0:
        raise ValueError("eps")
    moved = np.polynomial.Polynomial([float(c) for c in p])(np.polynomial.Polynomial([float(a), 1.0])).coef
    if not any(p[1:]):
        return math.inf
    nearest = []
    for edge in (eps, -eps):
        gap = [0.0 - float(edge), *moved[1:]]
        roots = np.polynomial.Polynomial(gap).roots()
        nearest += [abs(r) for r in roots if abs(r.imag) < 1e-6 * (1 + abs(r))]
    return 0.9 * float(min(nearest))

# %% right="e1" why="halves and doubles a power of two until the sum of all |b_k| delta^k fits, in Fractions"
def delta_for(p, a, eps):
    if eps <= 0:
        raise ValueError("eps must be positive")
    h = sp.Symbol("h")
    a, eps = Fraction(a), Fraction(eps)
    point = sp.Rational(a.numerator, a.denominator)
    f = sum(c * (point + h) ** k for k, c in enumerate(p))
    coefficients = sp.Poly(f, h).all_coeffs()[::-1][1:]
    bounds = [Fraction(int(abs(c).p), int(abs(c).q)) for c in coefficients]
    if not any(bounds):
        return math.inf

    def largest_change(delta):
        return sum(b * delta**k for k, b in enumerate(bounds, 1))

    delta = Fraction(1)
    while largest_change(delta) <= eps:
        delta *= 2
    while largest_change(delta) > eps:
        delta /= 2
    return delta

# %% right="e1" why="real roots isolated by SymPy; half of the nearest"
def delta_for(p, a, eps):
    if not eps > 0:
        raise ValueError(eps)
    if all(c == 0 for c in p[1:]):
        return float("inf")
    h = sp.Symbol("h")
    a, eps = sp.sympify(Fraction(a)), sp.sympify(Fraction(eps))
    change = sum(c * ((a + h) ** k - a**k) for k, c in enumerate(p))
    nearest = math.inf
    for edge in (eps, -eps):
        for (low, high), _ in sp.Poly(sp.expand(change - edge), h).intervals(eps=sp.Rational(1, 10**12)):
            nearest = min(nearest, max(0, float(low), -float(high)))
    return nearest / 2

# %% right="e1" why="shifts by repeated synthetic division; each term bounded by eps, then 0.45 of that, since the powers of 0.45 add to less than 1"
def delta_for(p, a, eps):
    if eps <= 0:
        raise ValueError("eps must be positive")
    moved = [Fraction(c) for c in p]
    for first in range(len(moved)):
        for j in range(len(moved) - 2, first - 1, -1):
            moved[j] += a * moved[j + 1]
    limits = [float(eps / abs(b)) ** (1 / k) for k, b in enumerate(moved) if k and b]
    # 0.45 + 0.45² + 0.45³ + 0.45⁴ < 1, so the terms may be bounded by eps each before shrinking.
    return 0.45 * min(limits) if limits else math.inf

# %% right="e1" why="largest change on [a - d, a + d] from the ends and the critical points, then bisection for d"
def delta_for(p, a, eps):
    if eps <= 0:
        raise ValueError("eps must be positive")
    if not any(p[1:]):
        return math.inf
    f, a, eps = np.polynomial.Polynomial([float(c) for c in p]), float(a), float(eps)
    turns = [root.real for root in np.atleast_1d(f.deriv().roots()) if abs(root.imag) < 1e-9]

    def change(d):
        return max(abs(f(t) - f(a)) for t in [a - d, a + d, *(t for t in turns if abs(t - a) < d)])

    low, high = 0.0, 1.0
    while change(high) < eps:
        high *= 2
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if change(middle) < eps else (low, middle)
    return low / 2

# %% wrong="e1" why="delta = eps, as if every function had slope 1"
def delta_for(p, a, eps):
    if eps <= 0:
        raise ValueError("eps must be positive")
    return eps if any(p[1:]) else math.inf

# %% wrong="e1" why="looks to the right of a only"
def delta_for(p, a, eps):
    if eps <= 0:
        raise ValueError("eps must be positive")
    if not any(p[1:]):
        return math.inf
    h = sp.Symbol("h")
    a, eps = sp.sympify(Fraction(a)), sp.sympify(Fraction(eps))
    change = sum(c * ((a + h) ** k - a**k) for k, c in enumerate(p))
    roots = [r for edge in (eps, -eps) for r in sp.Poly(sp.expand(change - edge), h).nroots(n=20, maxsteps=200)]
    return 0.9 * min(float(sp.re(r)) for r in roots if abs(sp.im(r)) < 1e-9 and sp.re(r) > 0)

# %% wrong="e1" why="takes the tangent line for the function: delta = 0.9 eps / |f'(a)|"
def delta_for(p, a, eps):
    if eps <= 0:
        raise ValueError("eps must be positive")
    if not any(p[1:]):
        return math.inf
    slope = abs(sum(k * c * Fraction(a) ** (k - 1) for k, c in enumerate(p) if k))
    return float(eps / slope) * 0.9 if slope else float(eps) ** 0.5 * 0.1

# %% wrong="e1" why="tests the two ends a ± delta only: the curve may leave the band and come back"
def delta_for(p, a, eps):
    if eps <= 0:
        raise ValueError("eps must be positive")
    if not any(p[1:]):
        return math.inf
    a, delta = Fraction(a), Fraction(64)

    def change(h):
        return abs(sum(c * ((a + h) ** k - a**k) for k, c in enumerate(p)))

    while change(delta) >= eps or change(-delta) >= eps:
        delta /= 2
    return delta

# %% wrong="e1" why="looks at a thousand points of the interval instead of all"
def delta_for(p, a, eps):
    if eps <= 0:
        raise ValueError("eps must be positive")
    if not any(p[1:]):
        return math.inf
    f, a, delta = np.polynomial.Polynomial([float(c) for c in p]), float(a), 64.0
    while np.any(np.abs(f(np.linspace(a - delta, a + delta, 1001)) - f(a)) >= float(eps)):
        delta /= 2
    return delta

# %% wrong="e1" why="lets every term have the whole of eps, and hopes that a tenth off is enough"
def delta_for(p, a, eps):
    if eps <= 0:
        raise ValueError("eps must be positive")
    a = Fraction(a)
    b = {k: abs(sum(p[j] * math.comb(j, k) * a ** (j - k) for j in range(k, len(p)))) for k in range(1, len(p))}
    return min((0.9 * float(Fraction(eps) / c) ** (1 / k) for k, c in b.items() if c), default=math.inf)

# %% wrong="e1" why="the textbook min(1, eps / sum of |b_k|): works, but far too small when the slope at a is 0, or when eps is large"
def delta_for(p, a, eps):
    if eps <= 0:
        raise ValueError("eps must be positive")
    a = Fraction(a)
    b = [abs(sum(p[j] * math.comb(j, k) * a ** (j - k) for j in range(k, len(p)))) for k in range(1, len(p))]
    return min(Fraction(1), Fraction(eps) / sum(b)) if any(b) else math.inf

# %% wrong="e1" why="a fixed tiny delta, which is safe and says nothing"
def delta_for(p, a, eps):
    if eps <= 0:
        raise ValueError("eps must be positive")
    return Fraction(1, 10**15) if any(p[1:]) else math.inf

# %% wrong="e1" why="judges by the length of the list whether the polynomial is constant"
def delta_for(p, a, eps):
    if eps <= 0:
        raise ValueError("eps must be positive")
    if len(p) == 1:
        return math.inf
    a = Fraction(a)
    b = {k: abs(sum(p[j] * math.comb(j, k) * a ** (j - k) for j in range(k, len(p)))) for k in range(1, len(p))}
    return min((0.9 * float(Fraction(eps) / len(b) / c) ** (1 / k) for k, c in b.items() if c), default=1.0)

# %% wrong="e1" why="forgets to refuse eps = 0"
def delta_for(p, a, eps):
    if eps < 0:
        raise ValueError("eps must be positive")
    a = Fraction(a)
    b = {k: abs(sum(p[j] * math.comb(j, k) * a ** (j - k) for j in range(k, len(p)))) for k in range(1, len(p))}
    return min((0.9 * float(Fraction(eps) / len(b) / c) ** (1 / k) for k, c in b.items() if c), default=math.inf)

# %% right="e2" why="divides by the distance the two points really have; weights from a linear system, so that all even powers cancel at once"
def central(f, x, h):
    right, left = x + h, x - h
    return (f(right) - f(left)) / (right - left)


def richardson(f, x, h, k):
    steps = h / 2.0 ** np.arange(k + 1)
    # Weights with sum 1 that cancel h^2, h^4, ..., h^(2k).
    powers = np.vander((steps / h) ** 2, k + 1, increasing=True).T
    weights = np.linalg.solve(powers, np.eye(k + 1)[0])
    return float(sum(w * central(f, x, float(step)) for w, step in zip(weights, steps)))


def step_for(x):
    scale = abs(x) if abs(x) > 1 else 1.0
    return (3 * 2.0**-53) ** (1 / 3) * scale

# %% right="e2" why="recursion with a memory; a step that is a power of two"
def central(f, x, h):
    return (f(x + h) - f(x - h)) * (0.5 / h)


def richardson(f, x, h, k):
    known = {}

    def D(j, level):
        if (j, level) not in known:
            if level == 0:
                known[j, 0] = central(f, x, h * 0.5**j)
            else:
                known[j, level] = D(j + 1, level - 1) + (D(j + 1, level - 1) - D(j, level - 1)) / (4**level - 1)
        return known[j, level]

    return D(0, k)


def step_for(x):
    return 2.0 ** (math.frexp(max(1.0, abs(x)))[1] - 17)

# %% wrong="e2" why="forward difference under the name of the central one"
def central(f, x, h):
    return (f(x + h) - f(x)) / h


def richardson(f, x, h, k):
    row = [(f(x + h / 2**j) - f(x - h / 2**j)) / (2 * h / 2**j) for j in range(k + 1)]
    for j in range(1, k + 1):
        row = [(4**j * finer - coarser) / (4**j - 1) for coarser, finer in zip(row, row[1:])]
    return row[0]


def step_for(x):
    return 6e-6 * max(1.0, abs(x))

# %% wrong="e2" why="divides by h although the points are 2h apart"
def central(f, x, h):
    return (f(x + h) - f(x - h)) / h


def richardson(f, x, h, k):
    row = [(f(x + h / 2**j) - f(x - h / 2**j)) / (2 * h / 2**j) for j in range(k + 1)]
    for j in range(1, k + 1):
        row = [(4**j * finer - coarser) / (4**j - 1) for coarser, finer in zip(row, row[1:])]
    return row[0]


def step_for(x):
    return 6e-6 * max(1.0, abs(x))

# %% wrong="e2" why="evaluates f at x too, as the mean of the two one-sided differences (right value, three calls)"
def central(f, x, h):
    middle = f(x)
    return ((f(x + h) - middle) / h + (middle - f(x - h)) / h) / 2


def richardson(f, x, h, k):
    row = [(f(x + h / 2**j) - f(x - h / 2**j)) / (2 * h / 2**j) for j in range(k + 1)]
    for j in range(1, k + 1):
        row = [(4**j * finer - coarser) / (4**j - 1) for coarser, finer in zip(row, row[1:])]
    return row[0]


def step_for(x):
    return 6e-6 * max(1.0, abs(x))

# %% wrong="e2" why="the weights 4 and -1 in every round"
def central(f, x, h):
    return (f(x + h) - f(x - h)) / (2 * h)


def richardson(f, x, h, k):
    row = [(f(x + h / 2**j) - f(x - h / 2**j)) / (2 * h / 2**j) for j in range(k + 1)]
    for j in range(1, k + 1):
        row = [(4 * finer - coarser) / (4 - 1) for coarser, finer in zip(row, row[1:])]
    return row[0]


def step_for(x):
    return 6e-6 * max(1.0, abs(x))

# %% wrong="e2" why="the weights of an order-1 formula: 2^j instead of 4^j"
def central(f, x, h):
    return (f(x + h) - f(x - h)) / (2 * h)


def richardson(f, x, h, k):
    row = [(f(x + h / 2**j) - f(x - h / 2**j)) / (2 * h / 2**j) for j in range(k + 1)]
    for j in range(1, k + 1):
        row = [(2**j * finer - coarser) / (2**j - 1) for coarser, finer in zip(row, row[1:])]
    return row[0]


def step_for(x):
    return 6e-6 * max(1.0, abs(x))

# %% wrong="e2" why="doubles the step instead of halving it: right order, but it leaves the interval"
def central(f, x, h):
    return (f(x + h) - f(x - h)) / (2 * h)


def richardson(f, x, h, k):
    row = [central(f, x, h * 2 ** (k - j)) for j in range(k + 1)]
    for j in range(1, k + 1):
        row = [(4**j * finer - coarser) / (4**j - 1) for coarser, finer in zip(row, row[1:])]
    return row[0]


def step_for(x):
    return 6e-6 * max(1.0, abs(x))

# %% wrong="e2" why="calls itself twice: right values, 2^(k+1) calls"
def central(f, x, h):
    return (f(x + h) - f(x - h)) / (2 * h)


def richardson(f, x, h, k):
    if k == 0:
        return central(f, x, h)
    return (4**k * richardson(f, x, h / 2, k - 1) - richardson(f, x, h, k - 1)) / (4**k - 1)


def step_for(x):
    return 6e-6 * max(1.0, abs(x))

# %% wrong="e2" why="the smaller the better: h = 1e-16"
def central(f, x, h):
    return (f(x + h) - f(x - h)) / (2 * h)


def richardson(f, x, h, k):
    row = [(f(x + h / 2**j) - f(x - h / 2**j)) / (2 * h / 2**j) for j in range(k + 1)]
    for j in range(1, k + 1):
        row = [(4**j * finer - coarser) / (4**j - 1) for coarser, finer in zip(row, row[1:])]
    return row[0]


def step_for(x):
    return 1e-16

# %% wrong="e2" why="the step of the forward difference, a square root"
def central(f, x, h):
    return (f(x + h) - f(x - h)) / (2 * h)


def richardson(f, x, h, k):
    row = [(f(x + h / 2**j) - f(x - h / 2**j)) / (2 * h / 2**j) for j in range(k + 1)]
    for j in range(1, k + 1):
        row = [(4**j * finer - coarser) / (4**j - 1) for coarser, finer in zip(row, row[1:])]
    return row[0]


def step_for(x):
    return math.sqrt(2.0**-52) * max(1.0, abs(x))

# %% wrong="e2" why="one step for all scales"
def central(f, x, h):
    return (f(x + h) - f(x - h)) / (2 * h)


def richardson(f, x, h, k):
    row = [(f(x + h / 2**j) - f(x - h / 2**j)) / (2 * h / 2**j) for j in range(k + 1)]
    for j in range(1, k + 1):
        row = [(4**j * finer - coarser) / (4**j - 1) for coarser, finer in zip(row, row[1:])]
    return row[0]


def step_for(x):
    return 6e-6

# %% wrong="e2" why="a step relative to x, which is zero at x = 0"
def central(f, x, h):
    return (f(x + h) - f(x - h)) / (2 * h)


def richardson(f, x, h, k):
    row = [(f(x + h / 2**j) - f(x - h / 2**j)) / (2 * h / 2**j) for j in range(k + 1)]
    for j in range(1, k + 1):
        row = [(4**j * finer - coarser) / (4**j - 1) for coarser, finer in zip(row, row[1:])]
    return row[0]


def step_for(x):
    return 6e-6 * abs(x)

# %% right="e3" why="points from an array; one sum and the telescoped gap for the other end"
def riemann(f, a, b, n, rule):
    if rule not in ("left", "midpoint", "right") or n < 1:
        raise ValueError("rule or n")
    edges = np.linspace(a, b, n + 1)
    points = {"left": edges[:-1], "right": edges[1:], "midpoint": (edges[:-1] + edges[1:]) / 2}[rule]
    return float(math.fsum(f(float(t)) for t in points) * (b - a) / n)


def enclose(f, a, b, tol):
    rise = f(b) - f(a)
    n = max(1, math.ceil((b - a) * abs(rise) / tol))
    w = (b - a) / n
    left = w * sum(f(a + i * w) for i in range(n))
    right = left + w * rise
    return (left, right) if rise >= 0 else (right, left)

# %% right="e3" why="a running loop; the midpoint sum lies between the lower and the upper sum, so ± half the gap encloses"
def riemann(f, a, b, n, rule):
    if n < 1:
        raise ValueError(n)
    width = (b - a) / n
    if rule == "left":
        start = a
    elif rule == "right":
        start = a + width
    elif rule == "midpoint":
        start = a + width / 2
    else:
        raise ValueError(rule)
    total = 0.0
    for i in range(n):
        total += f(start + i * width) * width
    return total


def enclose(f, a, b, tol):
    gap = (b - a) * abs(f(b) - f(a))
    n = int(gap // tol) + 1
    middle = riemann(f, a, b, n, "midpoint")
    return middle - gap / n / 2, middle + gap / n / 2

# %% wrong="e3" why="left rule as midpoint"
def riemann(f, a, b, n, rule):
    if rule not in ("left", "midpoint", "right") or n < 1:
        raise ValueError("rule or n")
    w = (b - a) / n
    shift = 1 if rule == "right" else 0
    return w * sum(f(a + (i + shift) * w) for i in range(n))


def enclose(f, a, b, tol):
    n = max(1, math.ceil((b - a) * abs(f(b) - f(a)) / tol))
    ends = sorted(riemann(f, a, b, n, rule) for rule in ("left", "right"))
    return ends[0], ends[1]

# %% wrong="e3" why="|b - a|: an integral backwards keeps its sign"
def riemann(f, a, b, n, rule):
    if rule not in ("left", "midpoint", "right") or n < 1:
        raise ValueError("rule or n")
    w = (b - a) / n
    shift = {"left": 0, "midpoint": 0.5, "right": 1}[rule]
    return abs(w) * sum(f(a + (i + shift) * w) for i in range(n))


def enclose(f, a, b, tol):
    n = max(1, math.ceil((b - a) * abs(f(b) - f(a)) / tol))
    ends = sorted(riemann(f, a, b, n, rule) for rule in ("left", "right"))
    return ends[0], ends[1]

# %% wrong="e3" why="left means the smaller end, also backwards"
def riemann(f, a, b, n, rule):
    if rule not in ("left", "midpoint", "right") or n < 1:
        raise ValueError("rule or n")
    low, w = min(a, b), abs(b - a) / n
    shift = {"left": 0, "midpoint": 0.5, "right": 1}[rule]
    return (1 if b >= a else -1) * w * sum(f(low + (i + shift) * w) for i in range(n))


def enclose(f, a, b, tol):
    n = max(1, math.ceil((b - a) * abs(f(b) - f(a)) / tol))
    ends = sorted(riemann(f, a, b, n, rule) for rule in ("left", "right"))
    return ends[0], ends[1]

# %% wrong="e3" why="an unknown rule falls through to the last branch"
def riemann(f, a, b, n, rule):
    if n < 1:
        raise ValueError("n")
    w = (b - a) / n
    shift = 0 if rule == "left" else 0.5 if rule == "midpoint" else 1
    return w * sum(f(a + (i + shift) * w) for i in range(n))


def enclose(f, a, b, tol):
    n = max(1, math.ceil((b - a) * abs(f(b) - f(a)) / tol))
    ends = sorted(riemann(f, a, b, n, rule) for rule in ("left", "right"))
    return ends[0], ends[1]

# %% wrong="e3" why="takes the left sum for the lower one: wrong for a falling f"
def riemann(f, a, b, n, rule):
    if rule not in ("left", "midpoint", "right") or n < 1:
        raise ValueError("rule or n")
    w = (b - a) / n
    shift = {"left": 0, "midpoint": 0.5, "right": 1}[rule]
    return w * sum(f(a + (i + shift) * w) for i in range(n))


def enclose(f, a, b, tol):
    n = max(1, math.ceil((b - a) * abs(f(b) - f(a)) / tol))
    return riemann(f, a, b, n, "left"), riemann(f, a, b, n, "right")

# %% wrong="e3" why="the width of the interval is left out of n"
def riemann(f, a, b, n, rule):
    if rule not in ("left", "midpoint", "right") or n < 1:
        raise ValueError("rule or n")
    w = (b - a) / n
    shift = {"left": 0, "midpoint": 0.5, "right": 1}[rule]
    return w * sum(f(a + (i + shift) * w) for i in range(n))


def enclose(f, a, b, tol):
    n = max(1, math.ceil(abs(f(b) - f(a)) / tol))
    ends = sorted(riemann(f, a, b, n, rule) for rule in ("left", "right"))
    return ends[0], ends[1]

# %% wrong="e3" why="a constant f gives n = 0"
def riemann(f, a, b, n, rule):
    if rule not in ("left", "midpoint", "right") or n < 1:
        raise ValueError("rule or n")
    w = (b - a) / n
    shift = {"left": 0, "midpoint": 0.5, "right": 1}[rule]
    return w * sum(f(a + (i + shift) * w) for i in range(n))


def enclose(f, a, b, tol):
    n = math.ceil((b - a) * abs(f(b) - f(a)) / tol)
    ends = sorted(riemann(f, a, b, n, rule) for rule in ("left", "right"))
    return ends[0], ends[1]

# %% wrong="e3" why="doubles n until the sums are close, and pays for every try"
def riemann(f, a, b, n, rule):
    if rule not in ("left", "midpoint", "right") or n < 1:
        raise ValueError("rule or n")
    w = (b - a) / n
    shift = {"left": 0, "midpoint": 0.5, "right": 1}[rule]
    return w * sum(f(a + (i + shift) * w) for i in range(n))


def enclose(f, a, b, tol):
    n = 1
    while True:
        ends = sorted(riemann(f, a, b, n, rule) for rule in ("left", "right"))
        if ends[1] - ends[0] <= tol:
            return ends[0], ends[1]
        n *= 2

# %% wrong="e3" why="trusts an estimate: midpoint sum ± tol/2 with a fixed number of strips"
def riemann(f, a, b, n, rule):
    if rule not in ("left", "midpoint", "right") or n < 1:
        raise ValueError("rule or n")
    w = (b - a) / n
    shift = {"left": 0, "midpoint": 0.5, "right": 1}[rule]
    return w * sum(f(a + (i + shift) * w) for i in range(n))


def enclose(f, a, b, tol):
    middle = riemann(f, a, b, 10, "midpoint")
    return middle - tol / 2, middle + tol / 2

# %% wrong="e3" why="cuts n down to a whole number instead of up"
def riemann(f, a, b, n, rule):
    if rule not in ("left", "midpoint", "right") or n < 1:
        raise ValueError("rule or n")
    w = (b - a) / n
    shift = {"left": 0, "midpoint": 0.5, "right": 1}[rule]
    return w * sum(f(a + (i + shift) * w) for i in range(n))


def enclose(f, a, b, tol):
    n = max(1, int((b - a) * abs(f(b) - f(a)) / tol))
    ends = sorted(riemann(f, a, b, n, rule) for rule in ("left", "right"))
    return ends[0], ends[1]

# %% wrong="e3" why="half the strips are enough for midpoints, for the error of a midpoint sum 'is' far smaller"
def riemann(f, a, b, n, rule):
    if rule not in ("left", "midpoint", "right") or n < 1:
        raise ValueError("rule or n")
    w = (b - a) / n
    shift = {"left": 0, "midpoint": 0.5, "right": 1}[rule]
    return w * sum(f(a + (i + shift) * w) for i in range(n))


def enclose(f, a, b, tol):
    n = max(1, math.ceil((b - a) * abs(f(b) - f(a)) / (2 * tol)))
    middle = riemann(f, a, b, n, "midpoint")
    return middle - tol / 2, middle + tol / 2

# %% wrong="e3" why="eight Gauss points ± tol/2: an estimate taken for an enclosure"
def riemann(f, a, b, n, rule):
    if rule not in ("left", "midpoint", "right") or n < 1:
        raise ValueError("rule or n")
    w = (b - a) / n
    shift = {"left": 0, "midpoint": 0.5, "right": 1}[rule]
    return w * sum(f(a + (i + shift) * w) for i in range(n))


def enclose(f, a, b, tol):
    middle = float(integrate.fixed_quad(np.vectorize(f, otypes=[float]), a, b, n=8)[0])
    return middle - tol / 2, middle + tol / 2

# %% right="e4" why="the library's series; the bound from Taylor coefficients in an extra symbol"
def taylor(expr, x, a, n):
    return sp.expand(sp.series(expr, x, a, n + 1).removeO())


def lagrange_bound(expr, x, a, n, r):
    size = sp.Abs(sp.diff(expr, x, n + 1))
    M = sp.Max(size.subs(x, sp.sympify(a) - r), size.subs(x, sp.sympify(a) + r))
    return float(M * sp.sympify(r) ** (n + 1) / sp.factorial(n + 1))


def degree_for(expr, x, a, r, tol):
    good = [n for n in range(21) if lagrange_bound(expr, x, a, n, r) <= tol]
    if not good:
        raise ValueError("none")
    return good[0]

# %% right="e4" why="running derivative and running factorial, in Horner's order for the bound's power"
def taylor(expr, x, a, n):
    total, derivative, weight = sp.Integer(0), expr, sp.Integer(1)
    for k in range(n + 1):
        if k:
            derivative, weight = sp.diff(derivative, x), weight * (x - a) / k
        total += derivative.subs(x, a) * weight
    return total


def lagrange_bound(expr, x, a, n, r):
    g = sp.lambdify(x, sp.diff(expr, x, n + 1), "math")
    bound = max(abs(g(float(a - r))), abs(g(float(a + r))))
    for k in range(1, n + 2):
        bound *= float(r) / k
    return float(bound)


def degree_for(expr, x, a, r, tol):
    n = 0
    while lagrange_bound(expr, x, a, n, r) > tol:
        n += 1
        if n > 20:
            raise ValueError("the bound stays above tol")
    return n

# %% wrong="e4" why="the factorial is missing in the polynomial"
def taylor(expr, x, a, n):
    return sum(expr.diff(x, k).subs(x, a) * (x - a) ** k for k in range(n + 1))


def lagrange_bound(expr, x, a, n, r):
    g = expr.diff(x, n + 1)
    M = max(abs(float(g.subs(x, a - r))), abs(float(g.subs(x, a + r))))
    return M * float(r) ** (n + 1) / math.factorial(n + 1)


def degree_for(expr, x, a, r, tol):
    for n in range(21):
        if lagrange_bound(expr, x, a, n, r) <= tol:
            return n
    raise ValueError("none")

# %% wrong="e4" why="powers of x instead of x - a"
def taylor(expr, x, a, n):
    return sum(expr.diff(x, k).subs(x, a) / sp.factorial(k) * x**k for k in range(n + 1))


def lagrange_bound(expr, x, a, n, r):
    g = expr.diff(x, n + 1)
    M = max(abs(float(g.subs(x, a - r))), abs(float(g.subs(x, a + r))))
    return M * float(r) ** (n + 1) / math.factorial(n + 1)


def degree_for(expr, x, a, r, tol):
    for n in range(21):
        if lagrange_bound(expr, x, a, n, r) <= tol:
            return n
    raise ValueError("none")

# %% wrong="e4" why="n terms instead of degree n (the series order mixed up with the degree)"
def taylor(expr, x, a, n):
    return sp.series(expr, x, a, n).removeO() if n else sp.Integer(0)


def lagrange_bound(expr, x, a, n, r):
    g = expr.diff(x, n + 1)
    M = max(abs(float(g.subs(x, a - r))), abs(float(g.subs(x, a + r))))
    return M * float(r) ** (n + 1) / math.factorial(n + 1)


def degree_for(expr, x, a, r, tol):
    for n in range(21):
        if lagrange_bound(expr, x, a, n, r) <= tol:
            return n
    raise ValueError("none")

# %% wrong="e4" why="the bound from derivative n instead of n + 1"
def taylor(expr, x, a, n):
    return sum(expr.diff(x, k).subs(x, a) / sp.factorial(k) * (x - a) ** k for k in range(n + 1))


def lagrange_bound(expr, x, a, n, r):
    g = expr.diff(x, n)
    M = max(abs(float(g.subs(x, a - r))), abs(float(g.subs(x, a + r))))
    return M * float(r) ** n / math.factorial(n)


def degree_for(expr, x, a, r, tol):
    for n in range(21):
        g = expr.diff(x, n + 1)
        M = max(abs(float(g.subs(x, a - r))), abs(float(g.subs(x, a + r))))
        if M * float(r) ** (n + 1) / math.factorial(n + 1) <= tol:
            return n
    raise ValueError("none")

# %% wrong="e4" why="M taken at the centre, where nobody asked (degree_for has its own, right one)"
def taylor(expr, x, a, n):
    return sum(expr.diff(x, k).subs(x, a) / sp.factorial(k) * (x - a) ** k for k in range(n + 1))


def lagrange_bound(expr, x, a, n, r):
    return abs(float(expr.diff(x, n + 1).subs(x, a))) * float(r) ** (n + 1) / math.factorial(n + 1)


def degree_for(expr, x, a, r, tol):
    for n in range(21):
        g = expr.diff(x, n + 1)
        M = max(abs(float(g.subs(x, a - r))), abs(float(g.subs(x, a + r))))
        if M * float(r) ** (n + 1) / math.factorial(n + 1) <= tol:
            return n
    raise ValueError("none")

# %% wrong="e4" why="M taken at the right end only"
def taylor(expr, x, a, n):
    return sum(expr.diff(x, k).subs(x, a) / sp.factorial(k) * (x - a) ** k for k in range(n + 1))


def lagrange_bound(expr, x, a, n, r):
    return abs(float(expr.diff(x, n + 1).subs(x, a + r))) * float(r) ** (n + 1) / math.factorial(n + 1)


def degree_for(expr, x, a, r, tol):
    for n in range(21):
        g = expr.diff(x, n + 1)
        M = max(abs(float(g.subs(x, a - r))), abs(float(g.subs(x, a + r))))
        if M * float(r) ** (n + 1) / math.factorial(n + 1) <= tol:
            return n
    raise ValueError("none")

# %% wrong="e4" why="gives up too early and returns 20 instead of refusing"
def taylor(expr, x, a, n):
    return sum(expr.diff(x, k).subs(x, a) / sp.factorial(k) * (x - a) ** k for k in range(n + 1))


def lagrange_bound(expr, x, a, n, r):
    g = expr.diff(x, n + 1)
    M = max(abs(float(g.subs(x, a - r))), abs(float(g.subs(x, a + r))))
    return M * float(r) ** (n + 1) / math.factorial(n + 1)


def degree_for(expr, x, a, r, tol):
    n = 0
    while n < 20 and lagrange_bound(expr, x, a, n, r) > tol:
        n += 1
    return n

# %% wrong="e4" why="searches the degree by halving, as if the bound fell at every step"
def taylor(expr, x, a, n):
    return sum(expr.diff(x, k).subs(x, a) / sp.factorial(k) * (x - a) ** k for k in range(n + 1))


def lagrange_bound(expr, x, a, n, r):
    g = expr.diff(x, n + 1)
    M = max(abs(float(g.subs(x, a - r))), abs(float(g.subs(x, a + r))))
    return M * float(r) ** (n + 1) / math.factorial(n + 1)


def degree_for(expr, x, a, r, tol):
    if lagrange_bound(expr, x, a, 20, r) > tol:
        raise ValueError("none")
    low, high = 0, 20
    while low < high:
        middle = (low + high) // 2
        if lagrange_bound(expr, x, a, middle, r) <= tol:
            high = middle
        else:
            low = middle + 1
    return low

# %% right="e5" why="a case table, question by question"
def verdict(z, p, q):
    size = abs(z)
    if size < 1:
        return "absolute"
    if size > 1:
        return "divergent"
    if p > 1:
        absolute = True
    elif p == 1:
        absolute = q > 1
    else:
        absolute = False
    if absolute:
        return "absolute"
    if p > 0:
        vanishing = True
    elif p == 0:
        vanishing = q > 0
    else:
        vanishing = False
    if z < 0 and vanishing:
        return "conditional"
    return "divergent"


def decided_by(z, p, q):
    size = abs(z)
    if size > 1 or (size == 1 and (p < 0 or (p == 0 and q <= 0))):
        return "terms"
    if size != 1:
        return "ratio"
    if z > 0 or p > 1 or (p == 1 and q > 1):
        return "integral"
    return "alternating"


def enclose_sum(p, N):
    if not p > 1:
        raise ValueError("diverges")
    total = 0.0
    for k in range(N, 0, -1):
        total += float(k) ** -p
    return total + 1 / ((p - 1) * (N + 1) ** (p - 1)), total + 1 / ((p - 1) * N ** (p - 1))

# %% right="e5" why="the reason first, the verdict from it"
def decided_by(z, p, q):
    vanish = abs(z) < 1 or (abs(z) == 1 and (p > 0 or (p == 0 and q > 0)))
    if not vanish:
        return "terms"
    if abs(z) < 1:
        return "ratio"
    summable = p > 1 or (p == 1 and q > 1)
    return "integral" if summable or z == 1 else "alternating"


def verdict(z, p, q):
    reason = decided_by(z, p, q)
    summable = p > 1 or (p == 1 and q > 1)
    return {"terms": "divergent", "ratio": "absolute", "alternating": "conditional"}.get(reason, "absolute" if summable else "divergent")


def enclose_sum(p, N):
    if p <= 1:
        raise ValueError("diverges")
    S = float(np.sum(np.arange(1, N + 1, dtype=float) ** -p))
    tail = [m ** (1.0 - p) / (p - 1) for m in (N + 1, N)]
    return S + tail[0], S + tail[1]

# %% wrong="e5" why="takes terms that tend to 0 for convergence"
def verdict(z, p, q):
    if abs(z) != 1:
        return "absolute" if abs(z) < 1 else "divergent"
    if z == 1:
        return "absolute" if (p, q) > (0, 0) else "divergent"
    if (p, q) > (1, 1):
        return "absolute"
    return "conditional" if (p, q) > (0, 0) else "divergent"


def decided_by(z, p, q):
    if abs(z) > 1 or (abs(z) == 1 and (p, q) <= (0, 0)):
        return "terms"
    if abs(z) < 1:
        return "ratio"
    return "integral" if z == 1 or (p, q) > (1, 1) else "alternating"


def enclose_sum(p, N):
    if p <= 1:
        raise ValueError("diverges")
    S = sum(1 / k**p for k in range(1, N + 1))
    return S + (N + 1) ** (1 - p) / (p - 1), S + N ** (1 - p) / (p - 1)

# %% wrong="e5" why="forgets the logarithm: 1/(n (ln n)^2) judged like 1/n"
def verdict(z, p, q):
    if abs(z) != 1:
        return "absolute" if abs(z) < 1 else "divergent"
    if p > 1 or (z == -1 and (p, q) > (1, 1)):
        return "absolute"
    return "conditional" if z == -1 and (p, q) > (0, 0) else "divergent"


def decided_by(z, p, q):
    if abs(z) > 1 or (abs(z) == 1 and (p, q) <= (0, 0)):
        return "terms"
    if abs(z) < 1:
        return "ratio"
    return "integral" if z == 1 or (p, q) > (1, 1) else "alternating"


def enclose_sum(p, N):
    if p <= 1:
        raise ValueError("diverges")
    S = sum(1 / k**p for k in range(1, N + 1))
    return S + (N + 1) ** (1 - p) / (p - 1), S + N ** (1 - p) / (p - 1)

# %% wrong="e5" why="absolute and conditional mixed: every alternating series that converges is called conditional"
def verdict(z, p, q):
    if abs(z) != 1:
        return "absolute" if abs(z) < 1 else "divergent"
    if z == 1:
        return "absolute" if (p, q) > (1, 1) else "divergent"
    return "conditional" if (p, q) > (0, 0) else "divergent"


def decided_by(z, p, q):
    if abs(z) > 1 or (abs(z) == 1 and (p, q) <= (0, 0)):
        return "terms"
    if abs(z) < 1:
        return "ratio"
    return "integral" if z == 1 or (p, q) > (1, 1) else "alternating"


def enclose_sum(p, N):
    if p <= 1:
        raise ValueError("diverges")
    S = sum(1 / k**p for k in range(1, N + 1))
    return S + (N + 1) ** (1 - p) / (p - 1), S + N ** (1 - p) / (p - 1)

# %% wrong="e5" why="alternating signs make everything converge, terms tending to 0 or not"
def verdict(z, p, q):
    if abs(z) != 1:
        return "absolute" if abs(z) < 1 else "divergent"
    if (p, q) > (1, 1):
        return "absolute"
    return "conditional" if z == -1 else "divergent"


def decided_by(z, p, q):
    if abs(z) > 1 or (abs(z) == 1 and (p, q) <= (0, 0)):
        return "terms"
    if abs(z) < 1:
        return "ratio"
    return "integral" if z == 1 or (p, q) > (1, 1) else "alternating"


def enclose_sum(p, N):
    if p <= 1:
        raise ValueError("diverges")
    S = sum(1 / k**p for k in range(1, N + 1))
    return S + (N + 1) ** (1 - p) / (p - 1), S + N ** (1 - p) / (p - 1)

# %% wrong="e5" why="credits Leibniz's test for alternating series that converge absolutely"
def verdict(z, p, q):
    if abs(z) != 1:
        return "absolute" if abs(z) < 1 else "divergent"
    if (p, q) > (1, 1):
        return "absolute"
    return "conditional" if z == -1 and (p, q) > (0, 0) else "divergent"


def decided_by(z, p, q):
    if abs(z) > 1 or (abs(z) == 1 and (p, q) <= (0, 0)):
        return "terms"
    if abs(z) < 1:
        return "ratio"
    return "integral" if z == 1 else "alternating"


def enclose_sum(p, N):
    if p <= 1:
        raise ValueError("diverges")
    S = sum(1 / k**p for k in range(1, N + 1))
    return S + (N + 1) ** (1 - p) / (p - 1), S + N ** (1 - p) / (p - 1)

# %% wrong="e5" why="the partial sum stops one term short"
def verdict(z, p, q):
    if abs(z) != 1:
        return "absolute" if abs(z) < 1 else "divergent"
    if (p, q) > (1, 1):
        return "absolute"
    return "conditional" if z == -1 and (p, q) > (0, 0) else "divergent"


def decided_by(z, p, q):
    if abs(z) > 1 or (abs(z) == 1 and (p, q) <= (0, 0)):
        return "terms"
    if abs(z) < 1:
        return "ratio"
    return "integral" if z == 1 or (p, q) > (1, 1) else "alternating"


def enclose_sum(p, N):
    if p <= 1:
        raise ValueError("diverges")
    S = sum(1 / k**p for k in range(1, N))
    return S + (N + 1) ** (1 - p) / (p - 1), S + N ** (1 - p) / (p - 1)

# %% equivalent="e3" mutants=["0f541e47"] why="two strips where one would do: a narrower enclosure, still within the calls that the statement allows"

# %% equivalent="e4" mutants=["6443e632"] why="< for <=: the statement promises that no bound comes closer than 1 % to tol, so never a tie"
