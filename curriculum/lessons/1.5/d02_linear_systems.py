# %% [markdown]
r"""
You will solve $Ax=b$ twice: exactly, with fractions, until you can describe every solution there is; and in floating
point, until you can say how far the numbers that came back may be trusted.

**You will be able to**

- **reduce** a matrix to its reduced row echelon form in exact arithmetic (exercise 1);
- **describe** all solutions of $Ax=b$ by one solution and a basis of the null space, or show that there are none
  (exercise 2);
- **factor** a matrix as $PA=LU$ with partial pivoting, and say what the pivoting buys (exercise 3);
- **judge** a computed solution by its backward error and the condition number (exercise 4);
- **represent** a linear map in another basis, also on a subspace (exercise 5).
"""

# %% [markdown]
r"""
## Warm-up

From day 1, on paper. Answer before you unfold.

**1.** Write $\begin{pmatrix}1&2\\3&4\end{pmatrix}\begin{pmatrix}5\\-1\end{pmatrix}$ as a combination of columns.

<details><summary>Answer</summary>

$5\begin{pmatrix}1\\3\end{pmatrix}-\begin{pmatrix}2\\4\end{pmatrix}=\begin{pmatrix}3\\11\end{pmatrix}$. So solving
$Ax=b$ asks: which combination of the columns of $A$ gives $b$?

</details>

**2.** $M = RS$ with $R$ and $S$ invertible. Which of the two acts first on $x$, and what is $M^{-1}$?

<details><summary>Answer</summary>

$S$ acts first, since $RSx=R(Sx)$. Undo the last step first: $M^{-1}=S^{-1}R^{-1}$.

</details>
"""

# %% [markdown]
r"""
## Set-up

Run this first. The exercises may use all of it, also the three helpers for exact numbers at the end.
"""

# %% setup=true
import math
import warnings
from fractions import Fraction
from itertools import combinations

import numpy as np
import scipy.linalg as sla
import sympy as sp
from matplotlib import pyplot as plt

from curriculum.lab import check, figures, seeded

figures.style()
EPS = float(np.finfo(float).eps)  # 2**-52, the gap between 1.0 and the next float


def fractions_of(A):
    """The rows of A (a list of lists, or a SymPy matrix) as lists of Fractions."""
    A = A.tolist() if isinstance(A, sp.MatrixBase) else A
    return [[Fraction(x) for x in row] for row in A]


def times(A, x):
    """The exact product of A, a list of rows, and the vector x, a list."""
    return [sum(a * c for a, c in zip(row, x, strict=True)) for row in A]


def print_rows(A):
    """Print a matrix of exact numbers, one aligned row per line."""
    for row in A:
        print("  ".join(f"{str(x):>5}" for x in row))


# %% [markdown]
r"""
## A system that you can solve in your head, and the machine cannot

$$10^{-20}\,x+y=1,\qquad x+y=2.$$

The first equation says that $y$ is practically 1, so $x$ is practically 1. Now eliminate as at school: subtract
$10^{20}$ times the first equation from the second, solve for $y$, put it back. **Predict** what Python answers.
"""

# %%
tiny = 1e-20
multiplier = 1 / tiny
y = (2 - multiplier * 1) / (1 - multiplier * 1)
x = (1 - y) / tiny
print("computed:", (x, y))

# %%
t = Fraction(1, 10**20)
exact = (1 / (1 - t), (1 - 2 * t) / (1 - t))
print("exact:   ", tuple(float(v) for v in exact))

# %% [markdown]
r"""
$x=0$: not a digit is right, and there was no warning, no NaN, no division by zero. Look at $2-10^{20}$. Near $10^{20}$
neighbouring floats are 16,384 apart, so the 2 vanishes without trace. **Vary** it: put 2,000 for the 2, and $x$ is 0
again, though the truth is now about 1,999. The machine solved a system from which the second right-hand side had been
erased.

Two more questions hide behind such a wreck. Was the *method* bad or the *problem* delicate? And how would you notice?
We first solve systems exactly, where nothing can vanish, and come back to the floats with the theory in hand.
"""

# %% [markdown]
r"""
## Elimination: the same solutions, a simpler system

Three row operations change a system and keep its solutions: **exchange** two rows, **scale** a row by a number that is
not 0, **add a multiple** of one row to another. Each can be undone by one of its own kind, so no solution is lost and
none appears. Below, the column right of the coefficients is $b$.

**Predict** the second row after its first operation. Why is an exchange needed next?
"""

# %%
M = fractions_of([[1, 2, 1, 1], [2, 4, 1, 0], [3, 1, 2, 6]])
M[1] = [a - 2 * c for a, c in zip(M[1], M[0], strict=True)]
M[2] = [a - 3 * c for a, c in zip(M[2], M[0], strict=True)]
print_rows(M)

# %%
M[1], M[2] = M[2], M[1]
M[1] = [a / -5 for a in M[1]]
M[0] = [a - 2 * c for a, c in zip(M[0], M[1], strict=True)]
print_rows(M)

# %% [markdown]
r"""
The pivot of the second column was 0, and no multiple of 0 clears anything: a row from **below** has to come up. (Never
one from above: its own pivot would come down with it.) One more column and the solution can be read off.

The end of this road has a name. A matrix is in **reduced row echelon form** (RREF) when

- the rows of zeros are at the bottom, and the first non-zero entry of every other row is a 1, its **pivot**;
- each pivot stands strictly to the right of the pivot in the row above;
- a pivot is the only non-zero entry of its column.

Many sequences of operations lead there, but **every matrix has exactly one RREF**: row operations keep every relation
between the columns, and these relations settle each of its entries. So your result can be compared with anybody's.
"""

# %% [markdown] exercise="e1" title="Reduce a matrix exactly" level="warm-up" minutes=20 exports=["rref"]
r"""
Complete `rref(A)`. `A` is a list of at least one row; the rows are lists of the same length, at least 1, of integers
and `Fraction`s. Return `(R, pivots)`: the reduced row echelon form of `A` as a list of rows of `Fraction`s, and the
list of the **columns** that hold a pivot, rising, counted from 0.

Everything is exact: a number is zero only if it is zero, however small it may be. A column without a pivot is passed
over; the next pivot still goes into the next free row. A zero matrix has no pivots.

`rref([[1, 2], [3, 4]])` is `([[1, 0], [0, 1]], [0, 1])`, with `Fraction`s as entries, and `rref([[2, 4], [1, 2]])` is
`([[1, 2], [0, 0]], [0])`.
"""

# %% [markdown] hints="e1" reading="MML 2.3.2 (Elementary Transformations)"
r"""
1. The loop hands you a column and the row its pivot should go to. Which rows may supply the pivot?
2. Look for a non-zero entry at or below `row`. If there is none, go on with the next column. Otherwise: exchange,
   scale, then clear the column in *all* other rows, also above.
3. `candidates = [i for i in range(row, len(R)) if R[i][column] != 0]`; bring `candidates[0]` up to `row`; divide the
   row by its pivot; from every other row `i` subtract `R[i][column]` times the pivot row; note the column.
"""


# %% solution="e1"
def rref(A):
    """Reduced row echelon form of A, a list of rows of exact numbers: (rows of Fractions, pivot columns)."""
    R = [[Fraction(x) for x in row] for row in A]
    pivots = []
    for column in range(len(R[0])):
        row = len(pivots)  # the row the next pivot belongs to; it may be len(R): then no row is left
        ### BEGIN SOLUTION
        candidates = [i for i in range(row, len(R)) if R[i][column] != 0]
        if not candidates:
            continue
        chosen = candidates[0]
        R[row], R[chosen] = R[chosen], R[row]
        pivot = R[row][column]
        R[row] = [x / pivot for x in R[row]]
        for i in range(len(R)):
            if i != row:
                factor = R[i][column]
                R[i] = [x - factor * y for x, y in zip(R[i], R[row], strict=True)]
        pivots.append(column)
        ### END SOLUTION
    return R, pivots


# %% test="e1_values" points=1 title="Pivots are 1, and alone in their columns"
check(rref, [[1, 2], [3, 4]]).equals(([[1, 0], [0, 1]], [0, 1]), idea="clear the column above the pivot as well as below")
check(rref, [[3, 1]]).equals(([[1, Fraction(1, 3)]], [0]), idea="scale the row to make its pivot 1, in Fractions")
### BEGIN HIDDEN TESTS
check(rref, [[10**9 + 7, 1]]).equals(([[1, Fraction(1, 10**9 + 7)]], [0]), idea="large denominators are honest ones: nothing to round")
for seed in range(6):
    rng = seeded(seed)
    m = 2 + seed % 3
    A = [[int(v) for v in row] for row in rng.integers(-4, 5, size=(m, m + seed % 2))]
    for i in range(m):
        A[i][i] += 20  # dominant diagonal: no exchange needed, every row has a pivot
    R, pivots = sp.Matrix(A).rref()
    check(rref, A).note(f"seed {seed}").equals(
        (fractions_of(R), list(pivots)), idea="each pivot: scale its row to 1, then clear its column in every other row"
    )
### END HIDDEN TESTS

# %% test="e1_exchange" points=1 title="A zero where the pivot should be is exchanged away"
check(rref, [[0, 2], [3, 6]]).equals(([[1, 0], [0, 1]], [0, 1]), idea="a zero pivot: bring up a row from below with a non-zero entry")
### BEGIN HIDDEN TESTS
check(rref, [[1, 2, 1, 1], [2, 4, 1, 0], [3, 5, 2, 6]]).equals(
    ([[1, 0, 0, 9], [0, 1, 0, -5], [0, 0, 1, 2]], [0, 1, 2]), idea="the zero pivot may appear only after some elimination"
)
check(rref, [[0, 0, 1], [0, 5, 0], [2, 0, 0]]).equals(
    ([[1, 0, 0], [0, 1, 0], [0, 0, 1]], [0, 1, 2]), idea="search all rows below, not only the next one"
)
check(rref, [[1, 1, 0], [1, 1, 2], [0, 3, 3]]).equals(
    ([[1, 0, 0], [0, 1, 0], [0, 0, 1]], [0, 1, 2]), idea="exchange with a row from below, never with one that has its pivot already"
)
### END HIDDEN TESTS

# %% test="e1_skipped" points=1 title="A column without a pivot is passed over"
check(rref, [[2, 4], [1, 2]]).equals(([[1, 2], [0, 0]], [0]), idea="no candidate in a column: go on with the next column, in the same row")
### BEGIN HIDDEN TESTS
check(rref, [[1, 2, 3], [2, 4, 7]]).equals(
    ([[1, 2, 0], [0, 0, 1]], [0, 2]), idea="pivots are columns; the row stays when a column has none"
)
check(rref, [[0, 0, 5, 10]]).equals(([[0, 0, 1, 2]], [2]), idea="the first columns may have no pivot at all")
check(rref, [[0, 0], [0, 0], [0, 0]]).equals(([[0, 0], [0, 0], [0, 0]], []), idea="a zero matrix has no pivots")
check(rref, [[2], [4], [6]]).equals(([[1], [0], [0]], [0]), idea="more rows than columns: some rows end as zeros")
for seed in range(6):
    rng = seeded(100 + seed)
    left = [[1, 0], [int(rng.integers(1, 4)), 1], [int(rng.integers(1, 4)), int(rng.integers(1, 4))]]
    right = [[1, *(int(v) for v in rng.integers(-3, 4, size=4))], [0, 0, 1, *(int(v) for v in rng.integers(-3, 4, size=2))]]
    A = (sp.Matrix(left) * sp.Matrix(right)).tolist()
    A = [[int(v) for v in row] for row in A]
    R, pivots = sp.Matrix(A).rref()
    check(rref, A).note(f"seed {100 + seed}").equals(
        (fractions_of(R), list(pivots)), idea="rank 2: one row ends as zeros, three columns have no pivot"
    )
### END HIDDEN TESTS

# %% test="e1_exact" points=1 title="Only zero counts as zero"
small = Fraction(1, 10**20)
check(rref, [[small, 1], [1, 1]]).equals(
    ([[1, 0], [0, 1]], [0, 1]), idea="a tiny Fraction is not zero; a tolerance has no place in exact arithmetic"
)
### BEGIN HIDDEN TESTS
check(rref, [[small, 3 * small]]).equals(([[1, 3]], [0]), idea="a tiny Fraction is a fine pivot")
check(rref, [[1, 1], [1, 1 + small]]).equals(([[1, 0], [0, 1]], [0, 1]), idea="rows that differ by 1e-20 are different rows")
check(rref, [[3, 10**30], [1, 10**30 + 1]]).equals(
    ([[1, 0], [0, 1]], [0, 1]), idea="keep to Fractions: floats lose the digits of large integers"
)
### END HIDDEN TESTS

# %% [markdown]
r"""
## The same from SymPy

SymPy reduces exactly too. Its entries are SymPy `Rational`s; `Fraction(entry)` turns each into a Python one.
"""

# %%
R, pivots = sp.Matrix([[1, 1, 1, 3], [1, 2, 3, 6], [2, 3, 4, 9]]).rref()
print_rows(fractions_of(R))
print("pivot columns:", pivots)

# %% [markdown]
r"""
## Rank decides

Read it as equations: $x_0-x_2=0$, $x_1+2x_2=3$, $0=0$. Column 2 has no pivot, so $x_2$ is **free**: choose it, and the
others follow. With $x_2=s$ every solution is $(0,3,0)+s\,(1,-2,1)$.

The vectors with $Ax=0$ form a subspace, the **null space** $N(A)$. The number $r$ of pivots is the **rank**; every one
of the $n$ columns has a pivot or is free, and each free column gives one basis vector of the null space:

$$\operatorname{rank}A+\dim N(A)=n\qquad\text{(rank–nullity)}.$$

For any $m\times n$ matrix and any $b$:

- $Ax=b$ has a solution if and only if $\operatorname{rank}[A\,|\,b]=\operatorname{rank}A$: no pivot in the last column,
  which would say $0=1$.
- If $x_p$ is one solution, the set of all of them is $\{x_p+v : v\in N(A)\}$. For if $Ax=b$ too, then $A(x-x_p)=0$.

A **basis** of a subspace is a list of independent vectors that span it. Bases are many, their length is one: the
dimension. The pivot columns *of $A$*, not of its RREF, are a basis of the column space, since row operations keep every
relation between the columns; the non-zero rows of the RREF are one of the row space.

**Predict**, before you look at the figure: what happens to the three planes if only the right-hand side 9 becomes 10?
"""

# %%
s = np.array([-2.0, 4.0])
fig, axes = plt.subplots(1, 2, figsize=(8, 3.2), sharey=True)
for ax, last in zip(axes, (9, 10), strict=True):
    ax.axvline(3 / np.sqrt(3), color=figures.OKABE_ITO[0], label="x + y + z = 3")
    _ = ax.plot(s, (6 / np.sqrt(3) * s - 6) / np.sqrt(2), "--", color=figures.OKABE_ITO[1], label="x + 2y + 3z = 6")
    _ = ax.plot(s, (9 / np.sqrt(3) * s - last) / np.sqrt(2), "-.", color=figures.OKABE_ITO[2], label=f"2x + 3y + 4z = {last}")
    _ = ax.set(xlim=(0.8, 3.6), ylim=(-3, 3), xlabel="along (1, 1, 1) / √3")
    _ = ax.legend(fontsize=8, loc="lower right")
_ = axes[0].set(ylabel="along (1, 0, −1) / √2", title="9: all three share a line")
_ = axes[1].set_title("10: no point in common")
figures.show(
    fig, alt="Three planes seen end-on along (1, -2, 1): with 9 they meet in one line, with 10 they enclose a triangle and share no point."
)

# %% [markdown]
r"""
We look along $(1,-2,1)$, the one direction of the null space, so each plane is seen as a line. The left-hand sides of
the first two equations add up to the third: only $3+6=9$ is compatible. **Vary** the 10 to 9.1: "nearly compatible" is
not a thing in exact arithmetic.

## Four subspaces from two pivots

A larger matrix, with the rank checked a second way: by pivots, and as the largest size of a non-zero minor (the
determinant of a square part).
"""

# %%
A = sp.Matrix([[1, 2, 0, 1, 3], [2, 4, 1, 1, 8], [1, 2, 1, 0, 5], [3, 6, 1, 2, 11]])
for k in (1, 2, 3):
    minors = {A.extract(rows, columns).det() for rows in combinations(range(4), k) for columns in combinations(range(5), k)}
    print(f"non-zero minor of size {k}:", minors != {0})
print("pivot columns:", A.rref()[1])
print("null space of A:", len(A.nullspace()), " null space of its transpose:", len(A.T.nullspace()))

# %%
first, second = A.copy(), A.rref()[0]
for i, factor in ((1, 2), (2, 1), (3, 3)):
    first[i, :] = first[i, :] - factor * first[0, :]
fig, axes = plt.subplots(1, 3, figsize=(9, 2.6))
for ax, step, title in zip(
    axes, (A, first, second), ("A: nothing known", "after pivot 1: rank ≥ 1", "RREF: rank 2, nullity 5 − 2 = 3"), strict=True
):
    filled = np.array([[float(v != 0) for v in row] for row in step.tolist()])
    _ = ax.imshow(filled, vmin=-1, vmax=1.4)
    for (i, j), value in np.ndenumerate(np.array(step.tolist())):
        _ = ax.text(j, i, str(value), ha="center", va="center", color="black" if filled[i, j] else "white")
    _ = ax.set(title=title, xlabel="column", ylabel="row", xticks=range(5), yticks=range(4))
    ax.title.set_fontsize(10)
    ax.grid(False)
fig.tight_layout()
figures.show(
    fig,
    alt="A 4 by 5 matrix, the same after its first pivot and in RREF: pivots in columns 0 and 2, two zero rows, so rank 2 and three free columns.",
)

# %% [markdown]
r"""
Two pivots settle the dimensions of all four subspaces: column space 2 in $\mathbb{R}^4$, row space 2 in $\mathbb{R}^5$,
null space $5-2=3$, null space of $A^{\mathsf T}$ $4-2=2$.
"""

# %% [markdown] exercise="e2" title="Describe every solution" level="core" minutes=30 exports=["solution_set"]
r"""
Write `solution_set(A, b)` for $Ax=b$, exactly. `A` is a list of $m\ge1$ rows, each a list of $n\ge1$ integers or
`Fraction`s; `b` is a list of $m$ such numbers.

- If there is no solution, return `None`.
- Otherwise return a tuple `(particular, basis)`: `particular` is a list of $n$ numbers with $Ax=b$, and `basis` a list
  of vectors (lists of $n$ numbers) that is a basis of the null space of `A`; if the null space is $\{0\}$, it is `[]`.

All numbers you return are `int`s or `Fraction`s; no floats, no SymPy numbers. Any solution and any basis are right, in
any order. Leave `A` and `b` as they are.

`solution_set([[1, 1, 1], [1, 2, 3], [2, 3, 4]], [3, 6, 9])` may be `([0, 3, 0], [[1, -2, 1]])`; with `[3, 6, 10]` for
`b` it is `None`.

Use SymPy's `rref`, or copy your own into the cell: each exercise is graded by itself.
"""

# %% [markdown] hints="e2" reading="MML 2.3.1 (Particular and General Solution) and 2.3.3 (The Minus-1 Trick)"
r"""
1. Reduce $[A\,|\,b]$. What does a pivot in the last column say? Which unknowns may you choose?
2. Particular: set every free unknown to 0. Basis: for each free column, set that unknown to 1, the other free ones to
   0, and the right-hand side to 0; read the pivot unknowns off the rows.
3. Row `i` of the reduced matrix belongs to unknown `pivots[i]`, not to unknown `i`. So `particular[pivots[i]] =
   R[i][n]`, and in the vector of free column `j`: `v[j] = 1` and `v[pivots[i]] = -R[i][j]`.
"""


# %% solution="e2"
def solution_set(A, b):
    """All solutions of A x = b, exactly: (particular, basis of the null space), or None if there is no solution.

    A is a list of m rows of n ints or Fractions, b a list of m; vectors come back as lists of n Fractions.
    """
    ### BEGIN SOLUTION
    n = len(A[0])
    reduced, pivots = sp.Matrix([[*row, right] for row, right in zip(A, b, strict=True)]).rref()
    R = fractions_of(reduced)
    if n in pivots:  # a row that says 0 = 1
        return None
    particular = [Fraction(0)] * n
    for row, pivot in zip(R, pivots, strict=False):
        particular[pivot] = row[n]
    basis = []
    for free in sorted(set(range(n)) - set(pivots)):
        vector = [Fraction(0)] * n
        vector[free] = Fraction(1)
        for row, pivot in zip(R, pivots, strict=False):
            vector[pivot] = -row[free]
        basis.append(vector)
    return particular, basis
    ### END SOLUTION


# %% test="e2_particular" points=2 title="The particular solution solves the system exactly"
A, b = [[1, 1, 1], [1, 2, 3], [2, 3, 4]], [3, 6, 9]
check(solution_set, A, b).satisfies(
    lambda found: times(A, found[0]) == b,
    "(particular, basis) with A·particular = b, exactly",
    idea="set the free unknowns to 0 and read off the others",
)
### BEGIN HIDDEN TESTS
A, b = [[3, 0], [0, 7]], [1, 1]
check(solution_set, A, b).satisfies(
    lambda found: all(type(v) in (int, Fraction) for v in found[0]) and times(A, found[0]) == b,
    "(particular, basis) with A·particular = b, in ints or Fractions",
    idea="1/3 and 1/7 are no floats: stay exact, and hand back Python numbers",
)
A, b = [[10**9 + 7, 1], [0, 3]], [1, 1]
check(solution_set, A, b).satisfies(
    lambda found: times(A, found[0]) == b, "(particular, basis) with A·particular = b, exactly", idea="large denominators are honest ones: nothing to round"
)
check(solution_set, A, b).keeps_arguments(idea="appending b to the rows of A changes the caller's rows: build new ones, [*row, right]")
A, b = [[0, 1, 2, 0], [0, 0, 0, 5]], [4, Fraction(5, 2)]
check(solution_set, A, b).satisfies(
    lambda found: len(found[0]) == 4 and times(A, found[0]) == b,
    "(particular, basis) with A·particular = b",
    idea="row i of the reduced matrix belongs to the unknown of its pivot column, which need not be unknown i",
)
for seed in range(8):
    rng = seeded(seed)
    m, n, r = int(rng.integers(2, 5)), int(rng.integers(2, 6)), int(rng.integers(1, 3))
    A = (rng.integers(-3, 4, size=(m, r)) @ rng.integers(-3, 4, size=(r, n))).tolist()
    b = times(A, [Fraction(int(v), 3) for v in rng.integers(-5, 6, size=n)])
    check(solution_set, A, b).note(f"seed {seed}").satisfies(
        lambda found, A=A, b=b, n=n: len(found[0]) == n and times(A, found[0]) == b,
        "(particular, basis) with A·particular = b",
        idea="b was made as A times a vector, so there is a solution: put A·particular next to b",
    )
### END HIDDEN TESTS

# %% test="e2_none" points=1 title="No solution: None, and only then"
A = [[1, 1, 1], [1, 2, 3], [2, 3, 4]]
check(solution_set, A, [3, 6, 10]).equals(None, idea="a row of zeros with a non-zero right-hand side says 0 = 1")
### BEGIN HIDDEN TESTS
check(solution_set, [[0, 0]], [5]).equals(None, idea="0x + 0y = 5 has no solution")
check(solution_set, [[1], [1], [1], [2]], [1, 2, 1, 2]).equals(None, idea="the contradiction need not stand in the last row")
check(solution_set, [[1, 1], [1, 1]], [1, 1 + Fraction(1, 10**20)]).equals(None, idea="exactly: 1 and 1 + 1e-20 differ")
for seed in range(6):
    rng = seeded(200 + seed)
    A = (rng.integers(-3, 4, size=(5, 2)) @ rng.integers(-3, 4, size=(2, 3))).tolist()
    b = [int(v) for v in rng.integers(-5, 6, size=5)]
    solvable = sp.Matrix(A).rank() == sp.Matrix([[*row, right] for row, right in zip(A, b, strict=True)]).rank()
    check(solution_set, A, b).note(f"seed {200 + seed}").satisfies(
        lambda found, solvable=solvable: (found is not None) == solvable,
        "a solution" if solvable else "None",
        idea="solvable if and only if rank [A | b] = rank A",
    )
### END HIDDEN TESTS

# %% test="e2_null" points=2 title="Every basis vector is taken to zero by A"
A, b = [[1, 1, 1], [1, 2, 3], [2, 3, 4]], [3, 6, 9]
check(solution_set, A, b).satisfies(
    lambda found: all(times(A, v) == [0, 0, 0] for v in found[1]),
    "(particular, basis) with A·v = 0 for each v",
    idea="for the null space the right-hand side is 0",
)
### BEGIN HIDDEN TESTS
check(solution_set, A, b).satisfies(
    lambda found: all(type(v) in (int, Fraction) for vector in found[1] for v in vector),
    "a basis in ints or Fractions",
    idea="SymPy's numbers print like Python's: Fraction(entry) makes one of the other",
)
for seed in range(8):
    rng = seeded(300 + seed)
    m, n = int(rng.integers(1, 4)), int(rng.integers(3, 6))
    A = rng.integers(-4, 5, size=(m, n)).tolist()
    b = times(A, [1] * n)
    check(solution_set, A, b).note(f"seed {300 + seed}").satisfies(
        lambda found, A=A, n=n: all(len(v) == n and not any(times(A, v)) for v in found[1]),
        "(particular, basis) with A·v = 0 for each v in basis",
        idea="a row reads: pivot unknown + entries · free unknowns = 0. What happens to their signs on the other side?",
    )
### END HIDDEN TESTS

# %% test="e2_basis" points=2 title="The basis is complete and independent"
check(solution_set, [[1, 1, 1]], [3]).satisfies(
    lambda found: len(found[1]) == 2 and sp.Matrix(found[1]).rank() == 2,
    "a basis of two independent vectors",
    idea="one basis vector for every free column",
)
check(solution_set, [[2, 1], [1, 1]], [1, 1]).satisfies(
    lambda found: found[1] == [], "an empty basis", idea="no free column: the null space is {0}"
)
### BEGIN HIDDEN TESTS
check(solution_set, [[0, 0, 0]], [0]).satisfies(
    lambda found: len(found[1]) == 3 and sp.Matrix(found[1]).rank() == 3,
    "a basis of three vectors",
    idea="for A = 0 everything is a solution",
)
for seed in range(8):
    rng = seeded(400 + seed)
    r, n = int(rng.integers(1, 4)), int(rng.integers(3, 7))
    A = (rng.integers(-3, 4, size=(4, r)) @ rng.integers(-3, 4, size=(r, n))).tolist()
    nullity = n - sp.Matrix(A).rank()
    check(solution_set, A, [0] * 4).note(f"seed {400 + seed}").satisfies(
        lambda found, nullity=nullity: len(found[1]) == nullity and (nullity == 0 or sp.Matrix(found[1]).rank() == nullity),
        f"n − rank = {nullity} independent vectors",
        idea="rank–nullity: as many basis vectors as free columns, each with its own free unknown set to 1",
    )
### END HIDDEN TESTS

# %% [markdown]
r"""
## LU: elimination that remembers

Back to floats, and to square matrices. If many right-hand sides share one $A$, elimination on $A$ should be paid for
once. So keep what it did: the **multipliers** go below the diagonal of $L$, what is left of $A$ is $U$, and $A=LU$ with
$L$ lower triangular, 1 on its diagonal, and $U$ upper triangular. Then $Ax=b$ is two easy systems: $Ly=b$ from the top
down, $Ux=y$ from the bottom up.
"""


# %%
def lu_naive(A):
    """A = L U without exchanges (for demonstration: it has the fault this section is about)."""
    U, L = np.array(A, dtype=float), np.eye(len(A))
    for k in range(len(U)):
        L[k + 1 :, k] = U[k + 1 :, k] / U[k, k]
        U[k + 1 :] -= np.outer(L[k + 1 :, k], U[k])
    return L, U


# %% [markdown]
r"""
**Predict** the product $LU$ for the system of the beginning. It should be $A$.
"""

# %%
A = np.array([[1e-20, 1.0], [1.0, 1.0]])
L, U = lu_naive(A)
print("L U =", (L @ U).tolist())
print("largest multiplier:", np.abs(L).max())

# %% [markdown]
r"""
## The largest pivot

The last entry of $A$ has become 0. The factors of $\begin{pmatrix}10^{-20}&1\\1&c\end{pmatrix}$ are the same floats for
*every* $c$ of moderate size, so nothing after this step can know which system was meant. The culprit is the huge
multiplier: it blew the entries of $U$ up to $10^{20}$ and drowned the data.

The cure: before each step, exchange the row with the **largest absolute value** in the column, on or below the
diagonal, into pivot place. Then no multiplier exceeds 1 in absolute value. That is **partial pivoting**. It gives
$PA=LU$, where $P$ permutes rows; we keep it as a list `p` such that row `i` of $PA$ is row `p[i]` of $A$, in NumPy
`A[p]`. Every square matrix has such a factorisation.

**Predict** the shape of the curve without exchange as the pivot shrinks.
"""

# %%
exponents = np.arange(1, 21)
without, pivoted = [], []
for t in (float(f"1e-{k}") for k in exponents):
    truth = 1 / (1 - Fraction(t))
    y = (2 - 1 / t) / (1 - 1 / t)
    without.append(float(abs(Fraction((1 - y) / t) - truth) / truth))
    y = (1 - t * 2) / (1 - t)
    pivoted.append(float(abs(Fraction(2 - y) - truth) / truth))

# %%
fig, ax = plt.subplots(figsize=(6.5, 3.2))
_ = ax.loglog(10.0**-exponents, np.maximum(without, 1e-17), "o-", label="pivot as it comes")
_ = ax.loglog(10.0**-exponents, np.maximum(pivoted, 1e-17), "s--", label="rows exchanged")
_ = ax.loglog(10.0**-exponents, EPS / 10.0**-exponents, ":", color="black", label="ε / pivot")
_ = ax.set(
    ylim=(1e-18, 10),
    xlabel="size of the pivot",
    ylabel="relative error of x (0 drawn at 1e-17)",
    title="A pivot ten times smaller costs one more digit of x",
)
_ = ax.legend()
figures.show(
    fig,
    alt="Relative error of x against the pivot: without exchange it grows like epsilon over pivot until no digit is right, with exchange it stays near 1e-16.",
)

# %% [markdown] exercise="e3" title="Factor with partial pivoting" level="core" minutes=40 exports=["lu_pivot"]
r"""
Write `lu_pivot(A)`. `A` is a square array of shape `(n, n)`, $n\ge1$, of finite floats or integers; leave it as it is. Return
`(p, L, U)`:

- `p`: a list of `n` ints, a permutation of `0 … n-1`, with `A[p]` equal to `L @ U` up to rounding: in every entry
  $|A[p]-LU|\le10\,n\,\varepsilon\,(|L|\,|U|)$, where $|\cdot|$ is taken entry by entry and $\varepsilon=2^{-52}$.
  (Elimination in any order of operations stays within a tenth of this bound, by Higham's theorem 9.3: only a mistake
  exceeds it.)
- `L`: float64, shape `(n, n)`, lower triangular, its diagonal exactly 1; `U`: float64, shape `(n, n)`, upper
  triangular. The other triangles hold exact zeros, not rounding dust.
- Every entry of `L` is at most 1 in absolute value (a rounding error more is forgiven). If two rows tie, either may be
  chosen.
- Singular matrices are factored too: if all candidates of a column are exactly 0 (a tiny number is not), there is nothing to eliminate. Leave
  zeros in that column of `L` below the diagonal and go on; `U` then has a 0 on its diagonal. No error, no NaN, no
  infinity.

`lu_pivot(np.array([[0, 2], [4, 6]]))` is `([1, 0], [[1, 0], [0, 1]], [[4, 6], [0, 2]])`, the last two as float64
arrays.
"""

# %% [markdown] hints="e3" reading="MML 2.3; Golub and Van Loan, Matrix Computations, 3.4 (Pivoting)"
r"""
1. Start from `lu_naive`. What must be exchanged besides the rows of `U`? Which rows have their multipliers already?
2. At step `k`: find the row at or below `k` with the largest `abs` in column `k`; exchange these two rows in `U`, in
   `p`, and in the columns of `L` that are finished; then eliminate. Work on a float copy.
3. Store the multipliers in the zeros they make: one array `W`, whole rows exchanged at once with `W[[k, i]] = W[[i,
   k]]`. If `W[k, k] != 0`: divide the column below it, subtract `np.outer` of that column and the row from the rest. In
   the end `np.tril(W, -1) + np.eye(n)` and `np.triu(W)`.
"""


# %% solution="e3"
def lu_pivot(A):
    """Factors of P A = L U by elimination with partial pivoting: (p, L, U) with A[p] = L @ U up to rounding.

    A is an (n, n) array; p is a list of n ints, L and U are float64 (n, n), unit lower and upper triangular.
    """
    ### BEGIN SOLUTION
    W = np.array(A, dtype=float)  # becomes U on and above the diagonal, and the multipliers below it
    n = len(W)
    p = list(range(n))
    for k in range(n):
        i = k + int(np.argmax(np.abs(W[k:, k])))
        W[[k, i]] = W[[i, k]]  # whole rows: the multipliers move with their rows
        p[k], p[i] = p[i], p[k]
        if W[k, k] != 0:
            W[k + 1 :, k] /= W[k, k]
            W[k + 1 :, k + 1 :] -= np.outer(W[k + 1 :, k], W[k, k + 1 :])
    return p, np.tril(W, -1) + np.eye(n), np.triu(W)
    ### END SOLUTION


# %% test="e3_product" points=2 title="The rows of A, permuted, are L times U"
def reproduces(A):
    def holds(found):
        p, L, U = found
        bound = 10 * len(A) * EPS * (np.abs(L) @ np.abs(U))
        return sorted(p) == list(range(len(A))) and bool(np.all(np.abs(np.asarray(A, dtype=float)[list(p)] - L @ U) <= bound))

    return holds


A = np.array([[0, 2], [4, 6]])
check(lu_pivot, A).satisfies(reproduces(A), "(p, L, U) with A[p] = L @ U", idea="row i of L U is row p[i] of A")
### BEGIN HIDDEN TESTS
A = np.array([[0.0, 0.0, 3.0], [5.0, 1.0, 1.0], [0.0, 2.0, 7.0]])
check(lu_pivot, A).satisfies(
    reproduces(A),
    "(p, L, U) with A[p] = L @ U",
    idea="p says where row i of L U comes from, not where row i of A goes: these differ after two exchanges",
)
A = np.array([[1, 2, 4], [3, 8, 14], [2, 6, 13]])
check(lu_pivot, A).satisfies(reproduces(A), "(p, L, U) with A[p] = L @ U", idea="multipliers are no integers: work on a float copy")
check(lu_pivot, A / 2).keeps_arguments(idea="np.asarray makes no copy of a float array: np.array does")
A = seeded(0).normal(size=(4, 4)) * 1e-20
check(lu_pivot, A).note("entries near 1e-20, seed 0").satisfies(
    reproduces(A), "(p, L, U) with A[p] = L @ U", idea="a tiny pivot is no zero: the units of A are free"
)
for n in (1, 2, 3, 5, 8, 13, 30):
    A = seeded(n).normal(size=(n, n))
    check(lu_pivot, A).note(f"normal entries, seed {n}").satisfies(
        reproduces(A), "(p, L, U) with A[p] = L @ U", idea="when rows are exchanged, the multipliers found so far belong to their rows"
    )
### END HIDDEN TESTS


# %% test="e3_triangles" points=1 title="L is unit lower, U upper triangular, exactly"
def triangular(n):
    def holds(found):
        _, L, U = found
        kinds = all(type(M) is np.ndarray and M.dtype == np.float64 and M.shape == (n, n) for M in (L, U))
        return kinds and not np.triu(L, 1).any() and not np.tril(U, -1).any() and bool(np.all(np.diag(L) == 1))

    return holds


A = np.array([[0, 2], [4, 6]])
check(lu_pivot, A).satisfies(
    triangular(2), "float64 arrays, L unit lower and U upper triangular", idea="L has 1 on its diagonal, U holds what is left of A"
)
### BEGIN HIDDEN TESTS
for n in (1, 3, 10, 25):
    A = seeded(50 + n).normal(size=(n, n))
    check(lu_pivot, A).note(f"normal entries, seed {50 + n}").satisfies(
        triangular(n),
        "float64 arrays, L unit lower and U upper triangular, with exact zeros",
        idea="a - (a / d) * d need not be 0 in floats: set the zeros, do not compute them",
    )
### END HIDDEN TESTS

# %% test="e3_multipliers" points=2 title="No multiplier exceeds 1 in absolute value"
check(lu_pivot, np.array([[1e-20, 1.0], [1.0, 1.0]])).satisfies(
    lambda found: np.abs(found[1]).max() <= 1 + 1e-9,
    "(p, L, U) with |L| ≤ 1",
    idea="a tiny pivot is as bad as a zero one: take the largest candidate",
)
### BEGIN HIDDEN TESTS
check(lu_pivot, np.array([[1.0, 1.0], [-1000.0, 1.0]])).satisfies(
    lambda found: np.abs(found[1]).max() <= 1 + 1e-9, "(p, L, U) with |L| ≤ 1", idea="largest means largest in absolute value"
)
for n in (3, 6, 12, 24):
    A = seeded(90 + n).normal(size=(n, n)) * 10.0 ** seeded(n).integers(-4, 5, size=(n, 1))
    check(lu_pivot, A).note(f"rows of different size, seed {90 + n}").satisfies(
        lambda found: np.abs(found[1]).max() <= 1 + 1e-9,
        "(p, L, U) with |L| ≤ 1",
        idea="search the column from the diagonal down, at every step",
    )
### END HIDDEN TESTS


# %% test="e3_singular" points=2 title="A singular matrix is factored as well"
def finite_product(A, column):
    """Whether L and U are finite with A[p] = L @ U, and the column without a pivot has 0 in U's diagonal and below it in L."""

    def holds(found):
        p, L, U = found
        reproduced = np.all(np.isfinite(L)) and np.all(np.isfinite(U)) and np.allclose(A[list(p)], L @ U, rtol=0, atol=1e-12)
        return bool(reproduced) and U[column, column] == 0 and not L[column + 1 :, column].any()

    return holds


A = np.array([[1.0, 2.0], [2.0, 4.0]])
check(lu_pivot, A).satisfies(
    finite_product(A, 1), "finite L and U with A[p] = L @ U, and U[1, 1] = 0", idea="a zero on the diagonal of U is an honest result"
)
### BEGIN HIDDEN TESTS
for A in (np.zeros((3, 3)), np.array([[0.0]]), np.array([[0.0, 1.0, 2.0], [0.0, 3.0, 4.0], [0.0, 5.0, 7.0]])):
    check(lu_pivot, A).satisfies(
        finite_product(A, 0),
        "finite L and U with A[p] = L @ U, U[0, 0] = 0, and zeros below the diagonal in column 0 of L",
        idea="all candidates 0: nothing to eliminate in this column, and nothing to divide by",
    )
### END HIDDEN TESTS

# %% [markdown]
r"""
## The same from SciPy

LAPACK's factorisation is partial pivoting too. Its interfaces describe the permutation in two other ways, and both have
caught many people.
"""

# %%
A = np.array([[0.0, 0.0, 4.0], [8.0, 2.0, 3.0], [0.0, 3.0, 5.0]])
P, L, U = sla.lu(A)
print("A = P L U:", np.allclose(A, P @ L @ U), "   P A = L U:", np.allclose(P @ A, L @ U))
lu, piv = sla.lu_factor(A)
print("piv:", piv.tolist(), "   our p:", P.argmax(axis=0).tolist())

# %% [markdown]
r"""
`lu` has $P$ on the other side ($A=PLU$, so its $P$ is our $P^{\mathsf T}$), and `piv` is no permutation but a diary:
"at step $i$, rows $i$ and `piv[i]` were exchanged". In daily work you never unpack either: `lu_factor` once, `lu_solve`
for each right-hand side.

## Whose fault is it: two numbers

Size first. Day 1 took the root of the sum of squares; for rounding errors the largest component is handier. For vectors
$\|x\|=\max_i|x_i|$; for matrices $\|A\|=\max_i\sum_j|a_{ij}|$, the largest **row** sum, which is the largest factor by which $A$ can stretch:
$\|Ax\|\le\|A\|\,\|x\|$. (This is the $\infty$-norm, `np.linalg.norm(…, np.inf)`.)

You have a computed $\hat x\ne0$; the true $x$ is unknown. What you can compute is the **residual** $r=b-A\hat x$. Its
size alone says nothing: measured in other units it is another number. Divide out the units:

$$\eta=\frac{\|b-A\hat x\|}{\|A\|\,\|\hat x\|}\quad\text{(backward error)},\qquad
\kappa(A)=\|A\|\,\|A^{-1}\|\quad\text{(condition number)}.$$

$\eta$ judges the **method**. It is exactly the smallest $\|E\|/\|A\|$ with $(A+E)\hat x=b$: how far away is a system
that $\hat x$ solves perfectly? No smaller $E$ will do, since $E\hat x=r$ forces $\|E\|\ge\|r\|/\|\hat x\|$. And one
column is enough to reach it: if $\hat x_k$ is the largest component in absolute value, put $r/\hat x_k$ into column $k$ of $E$. Checked
on a Hilbert matrix, in exact arithmetic (scaled to integers, so that its entries are exact floats):
"""


# %%
def hilbert(n):
    """The n by n matrix 1 / (i + j + 1), times the smallest integer that makes all entries integers."""
    scale = math.lcm(*range(1, 2 * n))
    return np.array([[scale // (i + j + 1) for j in range(n)] for i in range(n)], dtype=float)


# %%
A = hilbert(10)
b = A.sum(axis=1)  # so the true solution is (1, …, 1)
found = [Fraction(v) for v in np.linalg.solve(A, b)]
exact = [[Fraction(v) for v in row] for row in A]
r = [Fraction(right) - left for right, left in zip(b, times(exact, found), strict=True)]

# %%
k = max(range(10), key=lambda i: abs(found[i]))
nearby = [[*row[:k], row[k] + r_i / found[k], *row[k + 1 :]] for row, r_i in zip(exact, r, strict=True)]
print("the nearby system is solved exactly:", times(nearby, found) == [Fraction(v) for v in b])
print("backward error below 1e-15:", max(map(abs, r)) / (Fraction(np.linalg.norm(A, np.inf)) * abs(found[k])) < 1e-15)
print("error of x above 1e-6:", max(abs(v - 1) for v in found) > 1e-6)

# %% [markdown]
r"""
## The problem can be at fault, too

The method did perfect work: its answer solves a system that differs from ours in the 16th digit. And yet at least nine
of the sixteen digits of $\hat x$ are wrong. So look at the **problem**. Here is the same matrix in rational arithmetic,
with no rounding anywhere; **predict** how far the solution moves when one of the ten right-hand sides changes by
$10^{-10}$.
"""

# %%
H = sp.Matrix(10, 10, lambda i, j: sp.Rational(1, i + j + 1))
nudge = sp.zeros(10, 1)
nudge[8] = sp.Rational(1, 10**10)
b = H * sp.ones(10, 1)
print("largest change of a component:", f"{float(max(abs(v) for v in H.LUsolve(b + nudge) - H.LUsolve(b))):.1f}")

# %% [markdown]
r"""
## Error ≤ condition × backward error

Every component was 1; now one has moved by more than 170. $\kappa$ measures this. Since $\hat x-x=-A^{-1}r$, for every
invertible $A$

$$\frac{\|\hat x-x\|}{\|\hat x\|}\le\frac{\|A^{-1}\|\,\|r\|}{\|\hat x\|}=\kappa(A)\,\eta .$$

On the right stand *problem* times *method*. With $\eta\approx10^{-16}$ and $\kappa=10^k$, expect up to $k$ of the 16
digits to be lost. It is a bound, not a forecast.
"""

# %%
naive = np.array([0.0, 1.0])
A, b = np.array([[1e-20, 1.0], [1.0, 1.0]]), np.array([1.0, 2.0])
eta = np.linalg.norm(b - A @ naive, np.inf) / np.linalg.norm(A, np.inf)
kappa = {n: np.linalg.norm(sla.hilbert(n), np.inf) * np.linalg.norm(sla.invhilbert(n), np.inf) for n in range(2, 15)}
print(f"1e-20 pivot:  backward error {eta:.1f}, condition {np.linalg.cond(A, np.inf):.0f}")
print(f"Hilbert 10:   condition {kappa[10]:.1e}")

# %%
orders = list(kappa)
forward, backward = [], []
for n in orders:
    A = hilbert(n)
    x = np.linalg.solve(A, A.sum(axis=1))
    forward.append(max(np.abs(x - 1).max(), 1e-18))
    backward.append(max(np.linalg.norm(A.sum(axis=1) - A @ x, np.inf) / np.linalg.norm(A, np.inf) / np.abs(x).max(), 1e-18))

# %%
fig, ax = plt.subplots(figsize=(6.5, 3.4))
_ = ax.semilogy(orders, np.array(list(kappa.values())) * EPS, ":", color="black", label="κ · ε")
_ = ax.semilogy(orders, forward, "o-", color=figures.OKABE_ITO[1], label="error of x")
_ = ax.semilogy(orders, backward, "s--", color=figures.OKABE_ITO[0], label="backward error η")
_ = ax.set(
    xlabel="order n of the Hilbert matrix", ylabel="relative size (0 drawn at 1e-18)", title="Same method, same tiny η: the error follows κ"
)
_ = ax.legend()
figures.show(
    fig,
    alt="Hilbert matrices of order 2 to 14: the backward error stays near 1e-16 or below while the error of x climbs with the condition number to above 1.",
)

# %% [markdown]
r"""
So the two failures of today are opposites. The first system had $\kappa=4$, a harmless problem in the hands of a bad
method. The Hilbert systems are delicate problems in the hands of a good one: had their entries been measured, the 16th
digit of the data alone would move the solution as much. SciPy says so; NumPy keeps silent:
"""

# %%
A = hilbert(14)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    np.linalg.solve(A, A.sum(axis=1))
    print("NumPy warns:", [w.category.__name__ for w in caught])
    sla.solve(A, A.sum(axis=1), assume_a="gen")
    print("SciPy warns:", [w.category.__name__ for w in caught])

# %% [markdown] exercise="e4" title="Solve with the factors, then judge the answer" level="core" minutes=30 exports=["lu_solve", "backward_error", "condition"]
r"""
Three short functions. Arrays hold finite floats or integers; norms are the $\infty$-norms of the section above.

1. `lu_solve(p, L, U, b)`: the solution of $Ax=b$ as a float64 array of shape `(n,)`, where `p`, `L`, `U` are as
   exercise 3 returns them (`A[p]` equals `L @ U`) and `b` has shape `(n,)`. If `U` has an exact 0 on its diagonal,
   raise `ValueError`; anything else there will do, however small. The tests use well-conditioned factors and accept a relative error of $10^{-8}$.
2. `backward_error(A, b, x)`: $\eta$ as a float, for `A` of shape `(n, n)`, `b` and `x` of shape `(n,)`, `A` and `x` not
   zero.
3. `condition(A)`: $\kappa(A)$ as a float, for `A` of shape `(n, n)`; `math.inf` if elimination ends in a zero pivot, as
   for `[[1, 2], [2, 4]]` or a matrix of zeros. (Where rounding hides that a matrix is singular, $\kappa$ comes out huge
   instead; no such matrix is tested.)

`lu_solve([1, 0], np.eye(2), np.array([[4, 6], [0, 2]]), np.array([2, 10]))` is `[1, 1]`, as floats. With `A =
np.array([[1, 2], [3, 4]])`, `backward_error(A, np.array([3, 7]), np.array([1.1, 1]))` is
$0.3/(7\cdot1.1)\approx0.038961$ and `condition(A)` is 21. Both are tested to a relative $10^{-6}$, on inputs where
rounding is far below that.
"""

# %% [markdown] hints="e4" reading="Trefethen and Bau, Numerical Linear Algebra, lectures 12 and 20–22"
r"""
1. $PA=LU$, so $Ax=b$ says $LUx=Pb$. Which two triangular systems are that, and in which order? What is `Pb` in terms of
   `p`?
2. First `b[p]`, as floats; then row by row: subtract what the unknowns already found contribute. Downwards for `L`,
   upwards for `U`, where you also divide by the diagonal. For $\kappa$ you need $A^{-1}$ once: `np.linalg.inv`, which
   raises `np.linalg.LinAlgError` on an exactly singular matrix.
3. `y[i] -= L[i, :i] @ y[:i]` for rising `i`; then `x[i] = (y[i] - U[i, i + 1:] @ x[i + 1:]) / U[i, i]` for falling `i`.
   Norms: `np.linalg.norm(…, np.inf)`, for vectors and matrices alike.
"""


# %% solution="e4"
def lu_solve(p, L, U, b):
    """Solution x, shape (n,), of A x = b from A[p] = L @ U. Raises ValueError if U has a 0 on its diagonal."""
    ### BEGIN SOLUTION
    if not np.all(np.diag(U)):
        raise ValueError("U has a zero on its diagonal: the matrix is singular")
    x = np.array(b, dtype=float)[p]
    for i in range(len(x)):
        x[i] -= L[i, :i] @ x[:i]
    for i in reversed(range(len(x))):
        x[i] = (x[i] - U[i, i + 1 :] @ x[i + 1 :]) / U[i, i]
    return x
    ### END SOLUTION


def backward_error(A, b, x):
    """Normwise backward error of x as a solution of A x = b, in the infinity norm; A and x are not zero."""
    ### BEGIN SOLUTION
    residual = b - A @ x
    return float(np.linalg.norm(residual, np.inf) / (np.linalg.norm(A, np.inf) * np.linalg.norm(x, np.inf)))
    ### END SOLUTION


def condition(A):
    """Condition number of the square matrix A in the infinity norm; inf if A is singular."""
    ### BEGIN SOLUTION
    try:
        inverse = np.linalg.inv(A)
    except np.linalg.LinAlgError:
        return math.inf
    return float(np.linalg.norm(A, np.inf) * np.linalg.norm(inverse, np.inf))
    ### END SOLUTION


# %% test="e4_solve" points=2 title="Two triangular systems, and b permuted like A"
check(lu_solve, [1, 0], np.eye(2), np.array([[4, 6], [0, 2]]), np.array([2, 10])).close(
    np.array([1.0, 1.0]), rtol=1e-8, idea="first Pb, that is b[p]; then L from the top down, then U from the bottom up"
)
p, L, U = (
    [2, 0, 1],
    np.array([[1.0, 0.0, 0.0], [0.5, 1.0, 0.0], [0.25, -0.5, 1.0]]),
    np.array([[4.0, 2.0, 1.0], [0.0, 2.0, 3.0], [0.0, 0.0, 5.0]]),
)
A = np.empty((3, 3))
A[p] = L @ U
x = np.array([1.0, -2.0, 3.0])
check(lu_solve, p, L, U, A @ x).close(x, rtol=1e-8, atol=1e-8, idea="L U x = P b, and row i of P b is entry p[i] of b")
### BEGIN HIDDEN TESTS
check(lu_solve, [0, 1], np.array([[1.0, 0.0], [0.5, 1.0]]), np.array([[2.0, 1.0], [0.0, 4.0]]), np.array([1, 3])).close(
    np.array([0.1875, 0.625]), rtol=1e-8, idea="b may hold integers: work on floats, or assignments are cut to integers"
)
check(lu_solve, [0], np.array([[1.0]]), np.array([[4.0]]), np.array([2.0])).close(
    np.array([0.5]), rtol=1e-8, idea="n = 1: divide by the diagonal of U"
)
for seed in range(5):
    rng = seeded(seed)
    n = 4 + 2 * seed
    p = [int(i) for i in rng.permutation(n)]
    L = np.tril(rng.uniform(-0.5, 0.5, size=(n, n)), -1) + np.eye(n)
    U = np.triu(rng.uniform(-1, 1, size=(n, n)), 1) + np.diag(rng.uniform(2, 3, size=n))
    A = np.empty((n, n))
    A[p] = L @ U
    x = rng.integers(1, 10, size=n).astype(float)
    check(lu_solve, p, L, U, A @ x).note(f"seed {seed}").close(
        x, rtol=1e-8, atol=1e-8, idea="permute b, then L from the top down, then U from the bottom up"
    )
### END HIDDEN TESTS

# %% test="e4_singular" points=1 title="A zero on the diagonal of U is refused, nothing else"
check(lu_solve, [0, 1], np.eye(2), np.array([[1.0, 2.0], [0.0, 0.0]]), np.array([1.0, 1.0])).raises(
    ValueError, idea="what would you divide by?"
)
### BEGIN HIDDEN TESTS
check(lu_solve, [1, 0], np.eye(2), np.array([[0.0, 1.0], [0.0, 3.0]]), np.array([1.0, 3.0])).raises(
    ValueError, idea="look at the whole diagonal of U"
)
check(lu_solve, [0, 1, 2], np.eye(3), np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, 0.0, 1.0]]), np.zeros(3)).raises(
    ValueError, idea="a singular matrix is refused even if b happens to allow a solution"
)
check(lu_solve, [0, 1], np.eye(2), np.array([[2.0, 0.0], [0.0, 4.0]]), np.array([2.0, 4.0])).close(
    np.array([1.0, 1.0]), rtol=1e-8, idea="zeros off the diagonal do no harm"
)
check(lu_solve, [0, 1], np.eye(2), np.array([[1e-200, 1e-200], [0.0, 1e-200]]), np.array([2e-200, 1e-200])).close(
    np.array([1.0, 1.0]), rtol=1e-8, idea="tiny is not zero: test the entries themselves, not their product, and without a tolerance"
)
### END HIDDEN TESTS

# %% test="e4_backward" points=2 title="The backward error has no units"
A = np.array([[1, 2], [3, 4]])
check(backward_error, A, np.array([3, 7]), np.array([1.1, 1])).close(
    0.3 / 7.7, rtol=1e-6, idea="‖b − A x‖ / (‖A‖ ‖x‖), with the largest row sum for ‖A‖"
)
### BEGIN HIDDEN TESTS
check(backward_error, A * 1e-9, np.array([3e-9, 7e-9]), np.array([1.1, 1])).close(
    0.3 / 7.7, rtol=1e-6, idea="other units for A and b must not change it"
)
check(backward_error, np.array([[1e-20, 1.0], [1.0, 1.0]]), np.array([1.0, 2.0]), np.array([0.0, 1.0])).close(
    0.5, rtol=1e-6, idea="divide by the size of the computed x"
)
for seed in range(5):
    rng = seeded(60 + seed)
    n = seed + 1
    A, b, x = rng.normal(size=(n, n)), rng.normal(size=n), 3 * rng.normal(size=n)
    residual = [b[i] - sum(A[i, j] * x[j] for j in range(n)) for i in range(n)]
    expected = max(map(abs, residual)) / (max(sum(map(abs, row)) for row in A.tolist()) * max(map(abs, x)))
    check(backward_error, A, b, x).note(f"seed {60 + seed}").close(
        float(expected), rtol=1e-6, idea="∞-norms throughout: largest component, largest row sum of absolute values"
    )
### END HIDDEN TESTS

# %% test="e4_condition" points=2 title="The condition number"
check(condition, np.array([[1, 2], [3, 4]])).close(21.0, rtol=1e-6, idea="‖A‖ times ‖A⁻¹‖, with largest row sums: 7 · 3")
### BEGIN HIDDEN TESTS
check(condition, np.array([[1, 2], [2, 4]])).equals(math.inf, idea="a singular matrix has no inverse: its condition number is infinite")
check(condition, np.zeros((2, 2))).equals(math.inf, idea="no entry is other than 0, so there is no pivot at all")
check(condition, 1e-100 * np.eye(4)).close(1.0, rtol=1e-6, idea="the determinant underflows to 0, and yet the matrix is invertible")
check(condition, 1e-6 * np.eye(4)).close(
    1.0, rtol=1e-6, idea="small entries, tiny determinant, and as harmless as the identity: κ does not see units"
)
check(condition, np.array([[1.0, 1.0], [1.0, 1.001]])).close(
    4004.001, rtol=1e-6, idea="two nearly parallel lines: ‖A‖ = 2.001, ‖A⁻¹‖ = 2001"
)
check(condition, np.array([[1.0, -100.0], [0.0, 1.0]])).close(10201.0, rtol=1e-6, idea="rows, not columns; absolute values before adding")
check(condition, np.array([[1.0, 2.0, 3.0], [0.0, 1.0, 4.0], [0.0, 0.0, 2.0]])).close(
    33.0, rtol=1e-6, idea="‖A⁻¹‖ is the norm of the inverse, not 1/‖A‖"
)
### END HIDDEN TESTS

# %% [markdown]
r"""
## A basis is a choice; finding coordinates is a system

Coordinates of $v$ in a basis $b_1,\dots,b_n$ are the numbers with $v=c_1b_1+\dots+c_nb_n$. With the basis vectors as
**columns** of $P$ this is $Pc=v$: a linear system. A map has a matrix in each basis, and the same recipe in all of
them: **column $j$ holds the coordinates of the image of the $j$-th basis vector**. For $x\mapsto Tx$ that means
$PM=TP$, so $M=P^{-1}TP$: from coordinates to vectors, apply $T$, back to coordinates.

**Predict** $M$ for $T=\begin{pmatrix}2&1\\1&2\end{pmatrix}$ and the basis $(1,1),(1,-1)$, from where $T$ sends these
two.
"""

# %%
T = sp.Matrix([[2, 1], [1, 2]])
P = sp.Matrix([[1, 1], [1, -1]])
M = P.inv() * T * P
print_rows(M.tolist())
print("trace, determinant, rank:", (T.trace(), T.det(), T.rank()), (M.trace(), M.det(), M.rank()))

# %%
fig, axes = plt.subplots(1, 2, figsize=(8, 3.4), sharex=True, sharey=True)
corners = np.array([[0, 1, 1, 0, 0], [0, 0, 1, 1, 0]])
for ax, frame, title in zip(
    axes,
    (np.eye(2), np.array([[1, 1], [1, -1]])),
    ("Standard basis: T slants the cell", "Basis (1, 1), (1, −1): T only stretches"),
    strict=True,
):
    cell = frame @ corners
    image = np.array([[2, 1], [1, 2]]) @ cell
    _ = ax.plot(*cell, "-", color=figures.OKABE_ITO[0], label="cell of the basis")
    _ = ax.plot(*image, "--", color=figures.OKABE_ITO[1], label="its image under T")
    _ = ax.set(aspect="equal", xlabel="first coordinate", title=title)
    ax.title.set_fontsize(10)
_ = axes[0].set_ylabel("second coordinate")
_ = axes[0].legend(loc="lower right", fontsize=8)
figures.show(
    fig,
    alt="The unit square becomes a slanted parallelogram under T; the square on (1, 1) and (1, -1) becomes a rectangle, stretched by 3 and by 1.",
)

# %% [markdown]
r"""
Trace, determinant and rank agree, as they must: they belong to the map, not to the matrix
($\operatorname{tr}(P^{-1}TP)=\operatorname{tr}(TPP^{-1})=\operatorname{tr}T$; likewise $\det$). In the well-chosen
basis the matrix is diagonal. Finding such bases is what eigenvectors are for.

The recipe needs no square $P$. If $V$ is a subspace with $Tv\in V$ for all $v\in V$ (an **invariant** subspace), a
basis of $V$ alone gives a smaller matrix for $T$ on $V$. $P$ then has fewer columns than rows and no inverse, but
$PM=TP$ is still a system.
"""

# %% [markdown] exercise="e5" title="A map in a basis, also on a subspace" level="stretch" minutes=30 exports=["matrix_in_basis"]
r"""
Write `matrix_in_basis(T, B)`, exactly. `T` is a list of $n\ge1$ rows of $n$ integers or `Fraction`s; `B` is a list of
$k$ vectors, $1\le k\le n$, each a list of $n$ such numbers. Let $V$ be the span of `B`.

Return the matrix of $x\mapsto Tx$ on $V$ in the basis `B`: a list of $k$ rows of $k$ `int`s or `Fraction`s (no floats,
no SymPy numbers) whose **column** $j$ holds the coordinates of $T\,B_j$ in `B`. Raise `ValueError`

- if the vectors of `B` are dependent, or
- if some $T\,B_j$ is not in $V$.

`matrix_in_basis([[2, 1], [1, 2]], [[1, 1], [1, -1]])` is `[[3, 0], [0, 1]]`; `matrix_in_basis([[0, 1], [0, 0]], [[1,
2], [0, 1]])` is `[[2, 1], [-4, -2]]`; `matrix_in_basis([[2, 1], [1, 2]], [[1, 1]])` is `[[3]]`, and with `[[1, 0]]` for
`B` it raises, since $T(1,0)=(2,1)$.
"""

# %% [markdown] hints="e5" reading="MML 2.7.1 (Matrix Representation of Linear Mappings) and 2.7.2 (Basis Change)"
r"""
1. Exercise 2 in disguise: which unknowns, which matrix, which right-hand sides? You can treat all right-hand sides at
   once.
2. Put the vectors of `B` as columns into $P$ and reduce $[P\,|\,TP]$. If the first $k$ columns have pivots, what stands
   in the first $k$ rows to the right of them?
3. The two errors can both be seen from the pivots: independent means that columns $0,\dots,k-1$ all have one, "in the
   span" that no later column has. Otherwise rows $0,\dots,k-1$ of the right part are the matrix.
"""


# %% solution="e5"
def matrix_in_basis(T, B):
    """Matrix of x -> T x on the span of B, in the basis B: k rows of k Fractions.

    T is a list of n rows of n exact numbers, B a list of k vectors of n. Raises ValueError if the vectors are dependent,
    or if T takes one of them out of their span.
    """
    ### BEGIN SOLUTION
    k = len(B)
    P = sp.Matrix(B).T
    reduced, pivots = P.row_join(sp.Matrix(T) * P).rref()
    if pivots != tuple(range(k)):
        raise ValueError("B is dependent, or T leaves its span")
    return fractions_of(reduced[:k, k:])
    ### END SOLUTION


# %% test="e5_square" points=2 title="A basis of the whole space"
check(matrix_in_basis, [[2, 1], [1, 2]], [[1, 1], [1, -1]]).equals([[3, 0], [0, 1]], idea="column j holds the coordinates of T B_j in B")
check(matrix_in_basis, [[0, 1], [0, 0]], [[1, 2], [0, 1]]).equals(
    [[2, 1], [-4, -2]], idea="basis vectors are the columns of P, and M = P⁻¹TP"
)
### BEGIN HIDDEN TESTS
check(matrix_in_basis, [[0, 1], [0, 0]], [[1, 0], [0, 3]]).equals([[0, 3], [0, 0]], idea="T B_1 = 3 B_0, and this stands in column 1")
check(matrix_in_basis, [[1, 1], [0, 1]], [[3, 0], [0, 1]]).equals(
    [[1, Fraction(1, 3)], [0, 1]], idea="coordinates are fractions in general; keep them exact"
)
check(matrix_in_basis, [[1, 1], [0, 1]], [[10**9 + 7, 0], [0, 1]]).equals(
    [[1, Fraction(1, 10**9 + 7)], [0, 1]], idea="large denominators are honest ones: nothing to round"
)
for seed in range(6):
    rng = seeded(seed)
    n = 2 + seed % 3
    T = rng.integers(-4, 5, size=(n, n)).tolist()
    B = (np.tril(rng.integers(-2, 3, size=(n, n)), -1) + np.triu(np.ones((n, n), dtype=int))).tolist()
    if sp.Matrix(B).det() == 0:
        continue
    P = sp.Matrix(B).T
    check(matrix_in_basis, T, B).note(f"seed {seed}").equals(
        fractions_of(P.inv() * sp.Matrix(T) * P), idea="from coordinates to vectors (P), apply T, back to coordinates (P⁻¹)"
    )
### END HIDDEN TESTS

# %% test="e5_subspace" points=2 title="A basis of an invariant subspace"
check(matrix_in_basis, [[2, 1], [1, 2]], [[1, 1]]).equals([[3]], idea="T(1, 1) = 3·(1, 1): one coordinate in a basis of one vector")
### BEGIN HIDDEN TESTS
derivative = [[0, 1, 0, 0], [0, 0, 2, 0], [0, 0, 0, 3], [0, 0, 0, 0]]  # of a + bx + cx² + dx³
check(matrix_in_basis, derivative, [[1, 0, 0, 0], [1, 1, 0, 0], [1, 1, 1, 0]]).equals(
    [[0, 1, -1], [0, 0, 2], [0, 0, 0]], idea="P is 4 by 3 and has no inverse; P M = T P still has exactly one solution"
)
check(matrix_in_basis, [[0, 0, 1], [1, 0, 0], [0, 1, 0]], [[1, -1, 0], [0, 1, -1]]).equals(
    [[0, -1], [1, -1]], idea="the plane x + y + z = 0 is turned into itself; k is 2, not 3"
)
check(matrix_in_basis, [[0, 0, 0], [0, 2, 4], [0, 1, 5]], [[0, 2, 1], [0, 0, 3]]).equals(
    [[4, 6], [1, 3]], idea="some rows of P may be zero; the reduction takes care of that"
)
### END HIDDEN TESTS

# %% test="e5_dependent" points=1 title="Dependent vectors are no basis"
check(matrix_in_basis, [[2, 1], [1, 2]], [[1, 1], [2, 2]]).raises(
    ValueError, idea="coordinates are unique only if the vectors are independent"
)
### BEGIN HIDDEN TESTS
check(matrix_in_basis, [[1, 0], [0, 1]], [[0, 0]]).raises(ValueError, idea="the zero vector alone is dependent")
check(matrix_in_basis, [[1, 0, 0], [0, 1, 0], [0, 0, 1]], [[1, 2, 3], [0, 1, 1], [1, 3, 4]]).raises(
    ValueError, idea="pairwise independent is not independent: compare the rank with k"
)
### END HIDDEN TESTS

# %% test="e5_leaves" points=1 title="A map that leaves the span is refused"
check(matrix_in_basis, [[2, 1], [1, 2]], [[1, 0]]).raises(ValueError, idea="T(1, 0) = (2, 1) is no multiple of (1, 0)")
### BEGIN HIDDEN TESTS
check(matrix_in_basis, [[1, 0, 0], [0, 1, 0], [0, 1, 1]], [[1, 0, 0], [0, 1, 0]]).raises(
    ValueError, idea="every image has to be in the span, the last one too"
)
check(matrix_in_basis, [[0, 1, 0], [0, 0, 1], [1, 0, 0]], [[1, 0, 0], [0, 1, 0]]).raises(
    ValueError, idea="all n equations count, not only the first k"
)
check(matrix_in_basis, [[1, 0], [0, 1 + Fraction(1, 10**20)]], [[1, 1]]).raises(
    ValueError, idea="a least-squares fit is no solution: the residual must be exactly zero"
)
### END HIDDEN TESTS

# %% [markdown]
r"""
## In practice

- **Cost.** LU takes about $\tfrac23n^3$ operations, each solve $2n^2$. At $n=1{,}000$ that is 0.7 billion and 8 MB. At
  $n=100{,}000$ it is a million times the work and 80 GB: a job for a cluster. Most systems of that size are sparse or
  structured, and sparse factorisations or iterations solve them for far less.
- **Do not invert** to solve: it costs three times as much and is often less accurate. Factor once, solve often.
- **Rank in floats** is a decision, not a fact: rounding makes almost every matrix invertible. `matrix_rank` counts
  singular values above a threshold; say which.
- **The determinant does not measure closeness to singularity**: $\det(10^{-6}I_4)=10^{-24}$, yet $\kappa=1$.
- **Pivoting can fail in theory**: entries of $U$ may grow by up to $2^{n-1}$. Matrices that do it are known, and very
  rare in practice. The backward error, cheap to compute, would tell you.
- **Exact arithmetic is paid in digits**, and they grow with $n$:
"""

# %%
random = np.random.default_rng(0)
digits = {}
for n in (5, 10, 20, 40):
    A = sp.Matrix(random.integers(-9, 10, size=(n, n)).tolist())
    digits[n] = len(str(abs(A.det(method="bareiss"))))
print("digits of the determinant of an n by n matrix of one-digit numbers:", digits)

# %% [markdown]
r"""
## Summary

- Row operations keep the solutions; the RREF is unique, and exact arithmetic finds it without tolerances.
- All solutions: one particular plus the null space; solvable if and only if
  $\operatorname{rank}[A\,|\,b]=\operatorname{rank}A$; rank + nullity = number of columns.
- $PA=LU$ with the largest pivot keeps multipliers at most 1, so that the data are not drowned.
- Relative error $\le\kappa\cdot\eta$: $\eta$ judges the method, $\kappa$ the problem.
- A map's matrix depends on the basis: column $j$ is the image of basis vector $j$, in coordinates; $M=P^{-1}TP$.

## Reflection

A colleague solves a $12\times12$ system, finds the residual below $10^{-14}$ and reports "14 correct digits". Answer in
3 to 5 sentences. A good answer (1) separates residual from error, (2) asks for the number that is missing and says what
it would tell, (3) names a case of today in which the colleague is wrong, (4) proposes a next step.
"""

# %% [markdown] reflection="reflection"
r"""
A small residual, set against $\|A\|\,\|\hat x\|$, shows that your answer solves a system very near to yours; it does
not show that your answer is near the true one. For that you need the condition number, since the relative error can be
as large as $\kappa$ times the backward error. For the Hilbert matrix of order 10 we had a backward error below
$10^{-15}$ and lost most of the digits. Estimate $\kappa$; if it is around $10^{12}$, expect a few digits only, and then
look for a better formulation of the problem or compute with more precision, rather than for another solver.
"""

# %% [markdown]
r"""
## Further reading

- **MML 2.1–2.3**: systems, elimination and the minus-1 trick (exercise 2 in one line); **2.4–2.6**: subspaces, bases,
  rank; **2.7**: what a basis change does to a matrix, and the rank–nullity theorem (2.7.3).
- **Apostol, Calculus I, chapters 15–16** (again as II, chapters 1–2): read the proof that all bases have the same
  length, and nullity plus rank.
- **Golub and Van Loan, Matrix Computations, chapter 3**: LU as it is really done; look for the growth factor.
- **Higham, Accuracy and Stability of Numerical Algorithms, chapters 7 and 9**: backward error (theorem 7.1), and why
  our test bound in exercise 3 is fair (theorem 9.3).
"""
