# %% [markdown]
r"""
You will take the matrix product apart in four ways, put it together again with NumPy, and use it to move pictures, forecast
customers and count walks in a social network; at the end you will beat the textbook's own formula.

**You will be able to**

- **write out** the terms that make up an entry, a column, a row and the whole of a product (exercise 1);
- **compose** maps in the right order, move many points at once, and **project** points onto a line (exercise 2);
- **count** walks and **forecast** a Markov chain with powers of a matrix (exercise 3);
- **find** the cheapest brackets for a chain of products (exercise 4);
- **multiply** with seven products of blocks where the definition takes eight (exercise 5).
"""

# %% [markdown]
r"""
## Warm-up

Two questions from school and from Python. Answer before you unfold.

**1.** Let $u = (1, 2, 2)$ and $v = (2, 0, 1)$. What are $u + 2v$, the dot product $u \cdot v$, and the length of $u$?

<details><summary>Answer</summary>

$u + 2v = (5, 2, 4)$. The dot product multiplies entry by entry and adds: $u \cdot v = 1\cdot 2 + 2\cdot 0 + 2\cdot 1 = 4$.
The length, or **norm**, is $\lVert u\rVert = \sqrt{u \cdot u} = \sqrt{1 + 4 + 4} = 3$.

</details>

**2.** `A` is a NumPy array of shape `(2, 3)` and `x` one of shape `(3,)`. What shapes do `A * x` and `A @ x` have?

<details><summary>Answer</summary>

`A * x` is `(2, 3)`: the numbers of `x` are spread over both rows, and entries are multiplied one by one.
`A @ x` is `(2,)`: the dot product of each row of `A` with `x`. Same letters, different questions.

</details>
"""

# %% [markdown]
r"""
## Set-up

Run this first; all other cells need it. And wherever a paragraph says **Predict**, write your answer down before you run
the next cell. A wrong guess on paper is not a failure: it is the moment at which you learn.
"""

# %% setup=true
import matplotlib.pyplot as plt
import networkx as nx
import numpy as np

from curriculum.lab import check, figures, seeded

figures.style()


def multiplications(p, q, r):
    """How many multiplications a (p, q) matrix times a (q, r) matrix takes by the definition."""
    return p * q * r

# %% [markdown]
r"""
## 782 customers go missing

A service has three plans: free, basic, pro. Row $i$ of $P$ says what becomes of the customers of plan $i$ within a month:
of those on *free*, 90 % stay, 8 % move to *basic*, 2 % to *pro*. Nobody leaves; each row adds up to 1. We want the
numbers a year from now, and write "$P$ to the power of 12".

**Predict.** There are 1,000 customers today. How many must there be in a year?
"""

# %%
P = np.array([[0.90, 0.08, 0.02], [0.10, 0.80, 0.10], [0.02, 0.08, 0.90]])
customers = np.array([600, 300, 100])
in_a_year = customers @ P**12
print("plans: ", " ".join(f"{c:.0f}" for c in in_a_year))
print(f"total:  {in_a_year.sum():.0f}")

# %% [markdown]
r"""
No error, no warning, the right shape, and 782 people are gone. `P**12` raises each *entry* to the 12th power
($0.9^{12} \approx 0.28$). What we meant is $P$ *multiplied by itself* as a matrix, and that is another operation:
"""

# %%
in_a_year = customers @ np.linalg.matrix_power(P, 12)
print("plans: ", " ".join(f"{c:.0f}" for c in in_a_year))
print(f"total:  {in_a_year.sum():.0f}")

# %% [markdown]
r"""
Today is about that other operation: what it is, why we need it so often, and what it costs.

## One cube of products

**Definition.** Let $A$ have $n$ rows and $m$ columns, and $B$ have $m$ rows and $p$ columns. Then $AB$ has $n$ rows, $p$
columns, and the entries

$$(AB)_{ij} = \sum_{k=1}^{m} a_{ik}\, b_{kj}.$$

It exists only if the inner sizes agree: $(n, \mathbf m)$ times $(\mathbf m, p)$ gives $(n, p)$. First in plain Python, so
that nothing is hidden; then NumPy's `@`, to compare.

**Predict.** $A$ below is $2\times 3$ and $B$ is $3\times 2$. What shapes do $AB$ and $BA$ have? What is the top left entry of $AB$?
"""

# %%
A = np.array([[1, 2, 0], [3, -1, 1]])
B = np.array([[2, 1], [0, 4], [-1, 1]])

product = [[sum(A[i, k] * B[k, j] for k in range(3)) for j in range(2)] for i in range(2)]
print(np.array(product))
print("as A @ B:", np.array_equal(product, A @ B), "  shapes:", (A @ B).shape, (B @ A).shape)

# %% [markdown]
r"""
$AB$ is $2\times 2$ with $1\cdot2 + 2\cdot0 + 0\cdot(-1) = 2$ at the top left; $BA$ exists too, but is $3 \times 3$. **The order of
the factors matters.**

Now look at what is being added. For every triple $(k, i, j)$ there is one product $a_{ik} b_{kj}$. Together they fill a
*cube* of $m \cdot n \cdot p$ numbers, and $AB$ is what remains when we add along $k$.
"""

# %%
cube = np.array([[[A[i, k] * B[k, j] for j in range(2)] for i in range(2)] for k in range(3)])
print(cube.shape)
print(cube.sum(axis=0))

# %% [markdown]
r"""
## Four ways to slice it

The sum is the same whichever slice of the cube you look at. Four slices are worth a name each.

![Four drawings of a cube with axes i (down), j (to the right) and k (into the page). Entries: one rod along k at a fixed i and j is
marked. Columns: the upright slice at a fixed j. Rows: the flat slice at a fixed i. Outer products: the front slice at a fixed
k.](d01_matrices_cube.svg)

| Way | Slice | What it says |
| --- | --- | --- |
| **entries** | `cube[:, i, j]` | entry $(i,j)$ of $AB$ is the dot product of **row $i$ of $A$** and **column $j$ of $B$** |
| **columns** | `cube[:, :, j]` | column $j$ of $AB$ is a combination of the **columns of $A$**; the weights stand in column $j$ of $B$ |
| **rows** | `cube[:, i, :]` | row $i$ of $AB$ is a combination of the **rows of $B$**; the weights stand in row $i$ of $A$ |
| **outer products** | `cube[k]` | $AB$ is a sum of $m$ whole matrices: **column $k$ of $A$ times row $k$ of $B$** |

The second and third way at work (we count from 0, as NumPy does): column 1 of $B$ is $(1, 4, 1)$, row 1 of $A$ is $(3, -1, 1)$.
"""

# %%
column_1 = 1 * A[:, 0] + 4 * A[:, 1] + 1 * A[:, 2]
row_1 = 3 * B[0] - 1 * B[1] + 1 * B[2]
print("column 1:", column_1, (A @ B)[:, 1])
print("row 1:   ", row_1, (A @ B)[1])

# %% [markdown]
r"""
And the fourth. Each term is a whole matrix, but a simple one: all its rows are multiples of one row.

**Vary.** Change one entry in the last row of `B` above and run the cells again. Which of the three terms moves?
"""

# %%
for k in range(3):
    print(f"column {k} of A times row {k} of B:", np.outer(A[:, k], B[k]).tolist())
print("their sum:", sum(np.outer(A[:, k], B[k]) for k in range(3)).tolist())

# %% [markdown]
r"""
## The fourth way explains data

Take the traffic of a web shop, 7 days by 24 hours. Office customers come around noon on weekdays, private ones in the evening, the
backup runs every night. Each habit is a column (how strong on which day) times a row (how strong at which hour), and
the week is their sum: a $7\times3$ matrix times a $3\times24$ matrix.
"""

# %%
hours = np.arange(24)
at_hour = np.array([
    40 * np.exp(-(((hours - 13) / 3.5) ** 2)),
    30 * np.exp(-(((hours - 20) / 2.0) ** 2)),
    25 * np.exp(-(((hours - 3) / 1.0) ** 2)),
])
on_day = np.array([[1, 1, 1, 1, 0.9, 0.2, 0.1], [0.6, 0.6, 0.6, 0.7, 1, 1, 0.9], [1, 1, 1, 1, 1, 1, 1]]).T
week = on_day @ at_hour
print(on_day.shape, "@", at_hour.shape, "->", week.shape)

# %%
fig, axes = plt.subplots(4, 1, figsize=(6.4, 6.2), sharex=True, layout="constrained")
terms = [np.outer(on_day[:, k], at_hour[k]) for k in range(3)] + [week]
names = ["office: one outer product", "evening: another", "backup: a third", "their sum is the whole week: on_day @ at_hour"]
for ax, term, name in zip(axes, terms, names, strict=True):
    picture = ax.imshow(term, vmin=0, vmax=45, aspect="auto")
    _ = ax.set(title=name, yticks=range(7), yticklabels="MTWTFSS", ylabel="day")
    ax.grid(False)
_ = axes[-1].set_xlabel("hour of the day [h]")
_ = fig.colorbar(picture, ax=axes, label="requests per second", aspect=50)
figures.show(fig, alt="Four heat maps of days against hours. Office traffic fills weekday noons, evening traffic 20 h, the "
             "backup 3 h; added together they give the week, so a 7 by 24 table is made of three columns and three rows.")

# %% [markdown]
r"""
168 numbers, made of $3\cdot(7+24) = 93$. Read backwards, "which few outer products make up this table?" is the question behind
image compression and recommender systems.

Which way should you think in? **Entries** for one number; **columns** when the matrix on the left *does* something to
vectors (next); **rows** when you mix equations (tomorrow); **outer products** when you ask what a table
is made of. And the cube proves rules quickly:

$$(AB)C = A(BC), \qquad A(B + C) = AB + AC, \qquad (AB)^{\mathsf T} = B^{\mathsf T} A^{\mathsf T}.$$

In the first, entry $(i,j)$ of both sides is $\sum_{k,l} a_{ik} b_{kl} c_{lj}$: one finite sum, added up in two orders.
"""

# %% [markdown] exercise="e1" title="Show what is added up" level="warm-up" minutes=20 exports=["entry_terms", "column_terms", "row_terms", "product_terms"]
r"""
Cut the four slices. `A` has shape `(n, m)`, `B` has shape `(m, p)`, all sizes at least 1; both hold integers or floats. `i` and `j`
count from 0. Each function returns a NumPy array whose first axis is `k`, so that adding along axis 0 gives a piece of `A @ B`:

| call | shape | item `k` | sum over axis 0 |
| --- | --- | --- | --- |
| `entry_terms(A, B, i, j)` | `(m,)` | $a_{ik} b_{kj}$ | entry $(i, j)$ |
| `column_terms(A, B, j)` | `(m, n)` | column $k$ of $A$, times its weight | column $j$ |
| `row_terms(A, B, i)` | `(m, p)` | row $k$ of $B$, times its weight | row $i$ |
| `product_terms(A, B)` | `(m, n, p)` | outer product of column $k$ of $A$ and row $k$ of $B$ | the whole product |

All four raise `ValueError` if `A` does not have as many columns as `B` has rows, and none of them changes `A` or `B`. For the `A`
and `B` above, `entry_terms(A, B, 0, 1)` is `[1, 8, 0]` and `column_terms(A, B, 1)` is `[[1, 3], [8, -4], [0, 1]]`.
(`check_fit` is a place for the shape test, so that you write it once; use it or not.)
"""

# %% [markdown] hints="e1" reading="MML 2.2.1"
r"""
1. The table of the four slices says what is fixed in each way. Broadcasting (`*`) does the multiplying.
2. To give every *row* of an array its own factor, make the factors a column of shape `(m, 1)`: `weights[:, None]`. The
   columns of `A` are the rows of `A.T`. Compare the inner sizes first: broadcasting forgives a size of 1, the product must not.
3. `entry_terms` is row `A[i, :]` times column `B[:, j]`, entry by entry. In `column_terms` the weights are `B[:, j]` and the rows
   to be weighted are those of `A.T`. For `product_terms`, line up `A.T` as `(m, n, 1)` and `B` as `(m, 1, p)`.
"""

# %% solution="e1"
def check_fit(A, B):
    """Raise ValueError unless A, of shape (n, m), has as many columns as B, of shape (m, p), has rows."""
    ### BEGIN SOLUTION
    if A.shape[1] != B.shape[0]:
        raise ValueError(f"cannot multiply shape {A.shape} by shape {B.shape}")
    ### END SOLUTION


def entry_terms(A, B, i, j):
    """The m products that add up to entry (i, j) of A @ B, shape (m,)."""
    ### BEGIN SOLUTION
    check_fit(A, B)
    return A[i, :] * B[:, j]
    ### END SOLUTION


def column_terms(A, B, j):
    """The m weighted columns of A that add up to column j of A @ B, shape (m, n)."""
    ### BEGIN SOLUTION
    check_fit(A, B)
    weights = B[:, j]
    return weights[:, None] * A.T
    ### END SOLUTION


def row_terms(A, B, i):
    """The m weighted rows of B that add up to row i of A @ B, shape (m, p)."""
    ### BEGIN SOLUTION
    check_fit(A, B)
    weights = A[i, :]
    return weights[:, None] * B
    ### END SOLUTION


def product_terms(A, B):
    """The m outer products that add up to A @ B, shape (m, n, p)."""
    ### BEGIN SOLUTION
    check_fit(A, B)
    return A.T[:, :, None] * B[:, None, :]
    ### END SOLUTION

# %% test="e1_entry" points=1 title="The terms of an entry"
A1, B1 = np.array([[1, 2, 0], [3, -1, 1]]), np.array([[2, 1], [0, 4], [-1, 1]])
check(entry_terms, A1, B1, 0, 1).equals(np.array([1, 8, 0]), idea="row i of A meets column j of B, one k after the other")
### BEGIN HIDDEN TESTS
check(entry_terms, A1, B1, 1, 0).equals(np.array([6, 0, -1]), idea="i chooses the row of A, j the column of B")
for seed, (n, m, p) in enumerate(((2, 3, 4), (4, 2, 3), (3, 5, 1), (1, 4, 2), (3, 1, 2))):
    rng = seeded(seed)
    M, N, i, j = rng.integers(-9, 10, (n, m)) / 2, rng.integers(-9, 10, (m, p)) / 2, int(rng.integers(n)), int(rng.integers(p))
    expected = np.array([M[i, k] * N[k, j] for k in range(m)])
    check(entry_terms, M, N, i, j).note(f"seed {seed}").equals(expected, idea="item k is A[i, k] times B[k, j], not yet added up")
### END HIDDEN TESTS

# %% test="e1_column" points=1 title="The weighted columns of A"
A1, B1 = np.array([[1, 2, 0], [3, -1, 1]]), np.array([[2, 1], [0, 4], [-1, 1]])
check(column_terms, A1, B1, 1).equals(
    np.array([[1, 3], [8, -4], [0, 1]]), idea="item k is column k of A; its weight stands in column j of B"
)
### BEGIN HIDDEN TESTS
check(column_terms, A1, B1, 0).keeps_arguments(idea="`*=` writes into the array that was handed in; `*` makes a new one")
for seed, (n, m, p) in enumerate(((2, 3, 4), (4, 2, 3), (3, 5, 1), (1, 4, 2), (3, 1, 2))):
    rng = seeded(seed)
    M, N, j = rng.integers(-9, 10, (n, m)) / 2, rng.integers(-9, 10, (m, p)) / 2, int(rng.integers(p))
    expected = np.array([[M[i, k] * N[k, j] for i in range(n)] for k in range(m)])
    check(column_terms, M, N, j).note(f"seed {seed}").equals(expected, idea="m items, each as long as a column of A")
### END HIDDEN TESTS

# %% test="e1_row" points=1 title="The weighted rows of B"
A1, B1 = np.array([[1, 2, 0], [3, -1, 1]]), np.array([[2, 1], [0, 4], [-1, 1]])
check(row_terms, A1, B1, 1).equals(
    np.array([[6, 3], [0, -4], [-1, 1]]), idea="item k is row k of B; its weight stands in row i of A"
)
### BEGIN HIDDEN TESTS
check(row_terms, A1, B1, 0).keeps_arguments(idea="`*=` writes into the array that was handed in; `*` makes a new one")
for seed, (n, m, p) in enumerate(((2, 3, 4), (4, 2, 3), (3, 5, 1), (1, 4, 2), (3, 1, 2))):
    rng = seeded(seed)
    M, N, i = rng.integers(-9, 10, (n, m)) / 2, rng.integers(-9, 10, (m, p)) / 2, int(rng.integers(n))
    expected = np.array([[M[i, k] * N[k, j] for j in range(p)] for k in range(m)])
    check(row_terms, M, N, i).note(f"seed {seed}").equals(expected, idea="m items, each as long as a row of B")
### END HIDDEN TESTS

# %% test="e1_product" points=2 title="The outer products"
A1, B1 = np.array([[1, 2, 0], [3, -1, 1]]), np.array([[2, 1], [0, 4], [-1, 1]])
check(product_terms, A1, B1).equals(
    np.array([[[2, 1], [6, 3]], [[0, 8], [0, -4]], [[0, 0], [-1, 1]]]), idea="item k is column k of A times row k of B"
)
### BEGIN HIDDEN TESTS
for seed, (n, m, p) in enumerate(((2, 3, 4), (4, 2, 3), (3, 5, 1), (1, 4, 2), (3, 1, 2))):
    rng = seeded(seed)
    M, N = rng.integers(-9, 10, (n, m)) / 2, rng.integers(-9, 10, (m, p)) / 2
    expected = np.array([[[M[i, k] * N[k, j] for j in range(p)] for i in range(n)] for k in range(m)])
    check(product_terms, M, N).note(f"seed {seed}").equals(expected, idea="m whole matrices, each with n rows and p columns")
### END HIDDEN TESTS

# %% test="e1_fit" points=1 title="Shapes that do not fit are refused"
check(product_terms, np.ones((2, 3)), np.ones((2, 3))).raises(ValueError, idea="the columns of A meet the rows of B: 3 against 2")
### BEGIN HIDDEN TESTS
thin, tall = np.ones((2, 1)), np.ones((3, 2))
spread = "broadcasting spreads a size of 1 over 3 without a word; compare the inner sizes yourself"
check(entry_terms, thin, tall, 0, 0).raises(ValueError, idea=spread)
check(column_terms, thin, tall, 0).raises(ValueError, idea=spread)
check(row_terms, thin, tall, 0).raises(ValueError, idea=spread)
check(product_terms, thin, tall).raises(ValueError, idea=spread)
### END HIDDEN TESTS

# %% [markdown]
r"""
## A matrix is a map

A map $f$ from $\mathbb R^m$ to $\mathbb R^n$ is **linear** if $f(\alpha x + \beta y) = \alpha f(x) + \beta f(y)$ for all vectors $x, y$ and
numbers $\alpha, \beta$. Such a map is known once we know where the unit vectors go, since
$f(x) = x_1 f(e_1) + \dots + x_m f(e_m)$. Put the $f(e_k)$ side by side as the columns of a matrix $A$, and $f(x) = Ax$: the
second way again. **Column $k$ of a matrix is where it sends $e_k$.**

**Predict.** Which matrix turns the plane by 90° to the left? (Where does $e_1 = (1, 0)$ go, and where $e_2 = (0, 1)$?)
"""

# %%
maps = {"shear": [[1, 0.7], [0, 1]], "quarter turn": [[0, -1], [1, 0]], "stretch, flip": [[-1.5, 0], [0, 0.8]], "flatten": [[0.8, 0.4], [0.4, 0.2]]}
square = np.array([[0, 1, 1, 0, 0], [0, 0, 1, 1, 0]])
blue, orange, sky = figures.OKABE_ITO[0], figures.OKABE_ITO[1], figures.OKABE_ITO[5]


def draw_map(ax, M):
    """The grid and the unit square after the map M, with the columns of M as arrows."""
    for c in np.linspace(-2, 2, 9):
        _ = ax.plot(*(M @ [[c, c], [-2, 2]]), *(M @ [[-2, 2], [c, c]]), color="0.8", linestyle="-", linewidth=0.8)
    _ = ax.fill(*(M @ square), color=sky, alpha=0.6)
    for column, label, colour, beside in ((M[:, 0], "e1", blue, (0.28, -0.25)), (M[:, 1], "e2", orange, (-0.05, 0.25))):
        _ = ax.annotate("", column, (0, 0), arrowprops={"arrowstyle": "->", "color": colour, "linewidth": 2})
        _ = ax.text(*(column + beside), label, ha="center", va="center")
    _ = ax.set(xlim=(-2, 2), ylim=(-2, 2), aspect="equal", xlabel="x [no unit]")
    ax.grid(False)

# %%
fig, axes = plt.subplots(1, 4, figsize=(10, 3.4), sharey=True, layout="constrained")
_ = fig.suptitle("The columns are where e1 and e2 land; det is the signed area of the square", x=0.01, ha="left")
for ax, (name, M) in zip(axes, maps.items(), strict=True):
    draw_map(ax, np.array(M))
    ax.set_title(f"{name}: det = {round(np.linalg.det(M), 9) + 0:.1f}")
_ = axes[0].set_ylabel("y [no unit]")
figures.show(fig, alt="Four maps of the plane. Arrows show the columns of each matrix, where e1 and e2 land; the unit square "
             "becomes a parallelogram of area 1, 1, 1.2 (turned over) and 0 (flattened to a line).")

# %% [markdown]
r"""
The **determinant** of a square matrix is the factor by which its map scales areas (volumes, in three dimensions), negative if
the map turns the plane over, and 0 if it flattens it. Checked a second way: the shoelace formula measures
a polygon from its corners, and knows nothing of determinants.
"""

# %%
for name, M in maps.items():
    x, y = M @ square
    shoelace = 0.5 * sum(x[i] * y[i + 1] - x[i + 1] * y[i] for i in range(4))
    print(f"{name:14s} det {round(np.linalg.det(M), 9) + 0:5.2f}   area of the square's image {round(shoelace, 9) + 0:5.2f}")

# %% [markdown]
r"""
## One after the other is a product

Apply $B$ first, then $A$: the vector $x$ becomes $A(Bx)$. This map is linear too, so it has a matrix, with column $j$ equal to
$A(Be_j)$, that is, $A$ times column $j$ of $B$. By the second way that is column $j$ of $AB$. **The product is defined as it is so that
$(AB)x = A(Bx)$.** The map on the *right* acts *first*.

One thing a matrix cannot do is shift, since a linear map leaves 0 where it is. The way out is to write the point $(x, y)$ as
$(x, y, 1)$, its **homogeneous coordinates**. Then a shift is a product too, because the last column is added once:

$$\begin{pmatrix} 1 & 0 & s \\ 0 & 1 & t \\ 0 & 0 & 1 \end{pmatrix} \begin{pmatrix} x \\ y \\ 1 \end{pmatrix}
= \begin{pmatrix} x + s \\ y + t \\ 1 \end{pmatrix}.$$

**Predict.** A flag stands at the origin. We turn it by 90° to the left and then shift it by 3 to the right; then we start afresh and
shift first, turn second. Where does it end up each time?
"""

# %%
turn = np.array([[0, -1, 0], [1, 0, 0], [0, 0, 1]])
shift = np.array([[1, 0, 3], [0, 1, 0], [0, 0, 1]])
flag = np.array([[0, 0, 1, 0], [0, 2, 1.5, 1], [1, 1, 1, 1]])
looks = (("start", np.eye(3), "o-"), ("shift @ turn: turned first", shift @ turn, "s--"), ("turn @ shift: shifted first", turn @ shift, "^:"))

fig, ax = plt.subplots(figsize=(6.4, 3.6), layout="constrained")
for colour, (label, M, look) in zip(figures.OKABE_ITO, looks, strict=False):
    x, y, _ = M @ flag
    _ = ax.plot(x, y, look, color=colour, label=label)
_ = ax.set(title="The map on the right acts first", xlabel="x [no unit]", ylabel="y [no unit]", aspect="equal", xlim=(-2.5, 7.5))
_ = ax.legend(loc="upper right")
figures.show(fig, alt="A flag at the origin. Turned first, then shifted, it lies at height 0 left of x = 3; shifted first, then "
             "turned, it lies at height 3 left of x = 0: the two orders give different places.")

# %% [markdown]
r"""
`turn @ shift` turns the shift as well: 3 to the right becomes 3 up.

**Points as rows.** Data sets keep one point per *row*: an array $X$ of shape $(n, 2)$. Transpose both sides of $y = Mx$, and with rows
it becomes $X M^{\mathsf T}$. And `@` has one more gift: arrays with more than two axes are *stacks* of matrices, multiplied matrix
by matrix in one call.
"""

# %%
frames = np.array([np.linalg.matrix_power(turn, step) for step in range(4)])
print(frames.shape, "@", flag.shape, "->", (frames @ flag).shape)
print("tip of the flag, frame by frame:", (frames @ flag)[:, :2, 1].tolist())

# %% [markdown]
r"""
## The nearest point on a line

*Flatten* above looks like a loss, yet it is one of the most useful maps of all. Given a direction $u \ne 0$, which multiple
$tu$ is nearest to a point $v$? The one whose rest is perpendicular to $u$: $u \cdot (v - tu) = 0$, so
$t = \dfrac{u\cdot v}{u \cdot u}$. Indeed, for any other $s$, Pythagoras gives
$\lVert v - su\rVert^2 = \lVert v - tu\rVert^2 + (t - s)^2 \lVert u\rVert^2$, which is larger. The map $v \mapsto tu$ is linear, the
**orthogonal projection** onto the line along $u$, and its matrix is an outer product:

$$tu = \frac{u\,(u^{\mathsf T} v)}{u^{\mathsf T} u} = Q v, \qquad Q = \frac{u u^{\mathsf T}}{u^{\mathsf T} u}.$$

**Predict.** What is $Q^2$? What becomes of $Q$ if we double $u$?
"""

# %%
u, v = np.array([2.0, 1.0]), np.array([1.0, 3.0])
Q = np.outer(u, u) / (u @ u)
doubled = np.outer(2 * u, 2 * u) / ((2 * u) @ (2 * u))
print("Q =", Q.tolist(), "  Q² = Q:", np.allclose(Q @ Q, Q), "  the same for 2u:", np.allclose(doubled, Q))

t = np.linspace(-3, 3, 60_001)
nearest = t[np.argmin(np.linalg.norm(v - t[:, None] * u, axis=1))]
print(f"t by search {nearest:.4f}, by formula {u @ v / (u @ u):.4f}; distance {np.linalg.norm(v - Q @ v):.4f}")

# %%
cloud = np.random.default_rng(15).normal(size=(12, 2)) @ [[1.6, 0.9], [0.1, 0.6]]
feet = cloud @ Q
fig, ax = plt.subplots(figsize=(6.4, 3.6), layout="constrained")
_ = ax.axline((0, 0), slope=0.5, color=blue, label="line along u = (2, 1)")
_ = ax.plot(*np.stack([cloud, feet], axis=1).T, color="0.5", linestyle=":")
_ = ax.plot(*cloud.T, "o", color=orange, label="points")
_ = ax.plot(*feet.T, "x", color="black", label="projections")
_ = ax.set(title="Every point drops onto the line at a right angle", xlabel="x [no unit]", ylabel="y [no unit]", aspect="equal")
_ = ax.legend()
figures.show(fig, alt="Twelve points joined by dotted segments to their projections on a line of slope one half; every segment "
             "meets the line at a right angle.")

# %% [markdown] exercise="e2" title="Turn, shift and project points" level="core" minutes=35 goals=[1] exports=["compose", "move_points", "project"]
r"""
Three functions with NumPy. Points are rows. None of the functions changes what it is handed.

- `compose(maps)`: `maps` is a list of arrays of shape `(3, 3)`, **in the order in which they are applied** (the first item
  acts first). Return the one `(3, 3)` array that does all of it; for an empty list, the one that changes nothing.
  With `turn` and `shift` from above, `compose([turn, shift])` is `[[0, -1, 3], [1, 0, 0], [0, 0, 1]]`.
- `move_points(M, points)`: `points` has shape `(n, 2)`, `n` at least 1. `M` is one array of shape `(3, 3)` or a stack of `s` of
  them, shape `(s, 3, 3)`; each has the last row `0, 0, 1` and acts on homogeneous coordinates. Return the moved points, shape
  `(n, 2)`, or `(s, n, 2)` for a stack. `move_points(shift, np.array([[1, 2]]))` is `[[4, 2]]`.
- `project(points, direction)`: `points` has shape `(n, d)`, `direction` has shape `(d,)` and **any length but 0**, however short; both
  may hold integers. Return the array of shape `(n, d)` with the orthogonal projection of each point onto the line through the origin along
  `direction`. Raise `ValueError` if `direction` is all zeros. `project(np.array([[1, 3]]), np.array([2, 1]))` is `[[2.0, 1.0]]`.

Results are compared with a relative and an absolute tolerance of $10^{-9}$.
"""

# %% [markdown] hints="e2" reading="MML 2.7.1 and 3.8.1"
r"""
1. Write down the shapes before you write `@`. Where must the 1 be added to the points, and which axis is it that `M` eats?
2. `compose`: start with the identity; a map that acts later stands further to the left. `move_points`: append a column of ones,
   multiply by the transpose of `M` from the right, drop the ones. `project`: $Q$ is symmetric, so rows need no transpose.
3. `np.column_stack` joins `points` and `np.ones(len(points))` to rows $(x, y, 1)$. `M.T` of a stack reverses all *three* axes;
   `np.swapaxes(M, -1, -2)` swaps the last two, for one matrix and for a stack alike. `[..., :2]` drops the ones in both cases.
   And `np.outer(u, u)` is divided by $u \cdot u$, not by $\lVert u\rVert$.
"""

# %% solution="e2"
def compose(maps):
    """The (3, 3) matrix that applies the (3, 3) arrays in the list maps one after the other, the first one first."""
    ### BEGIN SOLUTION
    together = np.eye(3)
    for M in maps:
        together = M @ together
    return together
    ### END SOLUTION


def move_points(M, points):
    """Points, shape (n, 2), moved by M: shape (n, 2) for M of shape (3, 3), and (s, n, 2) for a stack (s, 3, 3)."""
    ### BEGIN SOLUTION
    homogeneous = np.column_stack([points, np.ones(len(points))])
    moved = homogeneous @ np.swapaxes(M, -1, -2)
    return moved[..., :2]
    ### END SOLUTION


def project(points, direction):
    """Orthogonal projections of points, shape (n, d), onto the line along direction, shape (d,); ValueError if it is 0."""
    ### BEGIN SOLUTION
    if not direction.any():
        raise ValueError("a direction of length 0 has no line")
    Q = np.outer(direction, direction) / (direction @ direction)
    return points @ Q
    ### END SOLUTION

# %% test="e2_order" points=2 title="The first map of the list acts first"
quarter, right3 = np.array([[0, -1, 0], [1, 0, 0], [0, 0, 1]]), np.array([[1, 0, 3], [0, 1, 0], [0, 0, 1]])
late = "the map that acts first stands furthest to the right"
check(compose, [quarter, right3]).close(np.array([[0, -1, 3], [1, 0, 0], [0, 0, 1]]), atol=1e-9, idea=late)
check(compose, []).close(np.eye(3), atol=1e-9, idea="doing nothing is a map too: which matrix leaves every point where it is?")
### BEGIN HIDDEN TESTS
check(compose, [right3]).close(right3, atol=1e-9, idea="one map alone is its own composition")
check(compose, [quarter, right3]).keeps_arguments(idea="the list is the caller's: walk over it, backwards if you like, but do not reverse or empty it")
for seed in range(4):
    rng = seeded(seed)
    steps = [np.vstack([rng.uniform(-2, 2, (2, 3)), [0, 0, 1]]) for _ in range(2 + seed)]
    done = np.eye(3)
    for step in steps:
        done = np.array([[sum(step[r, k] * done[k, c] for k in range(3)) for c in range(3)] for r in range(3)])
    check(compose, steps).note(f"seed {seed}").close(done, atol=1e-9, idea=late)
### END HIDDEN TESTS

# %% test="e2_move" points=2 title="One matrix moves every point"
right3 = np.array([[1, 0, 3], [0, 1, 0], [0, 0, 1]])
check(move_points, right3, np.array([[1, 2]])).close(
    np.array([[4.0, 2.0]]), atol=1e-9, idea="a shift adds its last column once, through the 1 of (x, y, 1)"
)
### BEGIN HIDDEN TESTS
for seed, n in enumerate((1, 2, 3, 6)):
    rng = seeded(seed)
    M, points = np.vstack([rng.uniform(-2, 2, (2, 3)), [0, 0, 1]]), rng.uniform(-5, 5, (n, 2))
    moved = np.array([[M[r, 0] * x + M[r, 1] * y + M[r, 2] for r in range(2)] for x, y in points])
    check(move_points, M, points).note(f"seed {seed}").close(
        moved, atol=1e-9, idea="with points as rows the matrix stands on the right, transposed"
    )
### END HIDDEN TESTS

# %% test="e2_stack" points=2 title="A stack of matrices moves every point by each"
two = np.array([np.eye(3), [[1, 0, 3], [0, 1, 0], [0, 0, 1]]])
check(move_points, two, np.array([[1, 2]])).close(
    np.array([[[1.0, 2.0]], [[4.0, 2.0]]]), atol=1e-9, idea="one set of moved points for each matrix of the stack"
)
### BEGIN HIDDEN TESTS
for seed, (s, n) in enumerate(((1, 4), (3, 3), (2, 3), (5, 2))):
    rng = seeded(seed)
    stack = np.array([np.vstack([rng.uniform(-2, 2, (2, 3)), [0, 0, 1]]) for _ in range(s)])
    points = rng.uniform(-5, 5, (n, 2))
    moved = np.array([[[M[r, 0] * x + M[r, 1] * y + M[r, 2] for r in range(2)] for x, y in points] for M in stack])
    check(move_points, stack, points).note(f"seed {seed}").close(
        moved, atol=1e-9, idea="transpose each matrix of the stack, not the stack: only the last two axes swap"
    )
### END HIDDEN TESTS

# %% test="e2_project" points=2 title="Every point drops onto the line"
check(project, np.array([[1, 3]]), np.array([2, 1])).close(
    np.array([[2.0, 1.0]]), atol=1e-9, idea="divide by u·u: a longer direction is still the same line"
)
### BEGIN HIDDEN TESTS
check(project, np.array([[1, 0], [0, 1]]), np.array([1, 1])).close(
    np.array([[0.5, 0.5], [0.5, 0.5]]), atol=1e-9, idea="whole numbers in, halves out: an integer array has no room for them"
)
for seed in range(4):
    rng = seeded(seed)
    d = 2 + seed
    points, u = rng.uniform(-3, 3, (6, d)), rng.uniform(0.5, 2, d) * rng.choice([-1.0, 1.0], d)
    feet = np.array([[float(x @ u) / float(u @ u) * c for c in u] for x in points])
    check(project, points, u).note(f"seed {seed}").close(feet, atol=1e-9, idea="t u with t = (u·v)/(u·u), for every point v")
### END HIDDEN TESTS

# %% test="e2_zero" points=1 title="Only the zero direction is refused"
check(project, np.array([[1.0, 3.0]]), np.zeros(2)).raises(ValueError, idea="0/0 is nan in NumPy, with no more than a warning: refuse before you divide")
### BEGIN HIDDEN TESTS
check(project, np.array([[1, 3, 2]]), np.zeros(3, dtype=int)).raises(ValueError, idea="all entries 0, in any dimension and of any type")
check(project, np.array([[1.0, 3.0]]), np.array([0.0, 2.0])).close(
    np.array([[0.0, 3.0]]), atol=1e-9, idea="one entry may be 0, as long as another is not"
)
check(project, np.array([[1.0, 3.0]]), np.array([1.0, -1.0])).close(
    np.array([[-1.0, 1.0]]), atol=1e-9, idea="entries may add up to 0 and still be a direction"
)
check(project, np.array([[1.0, 3.0]]), np.array([-2.0, 0.0])).close(
    np.array([[1.0, 0.0]]), atol=1e-9, idea="a direction may point backwards: the line is the same"
)
check(project, np.array([[1.0, 3.0]]), np.array([1e-9, 2e-9])).close(
    np.array([[1.4, 2.8]]), atol=1e-9, idea="a short direction is no zero direction: ask whether it is exactly 0, and add nothing to u·u"
)
### END HIDDEN TESTS

# %% [markdown]
r"""
## Powers: many steps at once

In 1977 W. W. Zachary published who met whom, outside their lessons, among 34 members of a karate club: 78 pairs. As a
matrix: $a_{ij} = 1$ if $i$ and $j$ met, else 0. A **walk** of length $k$ is a sequence of $k$ steps along
edges; it may come back to where it has been. (A *path* may not, and paths are much harder to count.)

**Claim.** $(A^k)_{ij}$ is the number of walks of length $k$ from $i$ to $j$. For $k = 0$ this is $A^0 = I$: stay where you are. If
it holds for $k$, look at the last step: a walk of length $k+1$ goes to some $l$ in $k$ steps, then along the edge
from $l$ to $j$; adding over all $l$ gives $\sum_l (A^k)_{il}\, a_{lj} = (A^{k+1})_{ij}$.

**Predict.** What stands on the diagonal of $A^2$?
"""

# %%
club = nx.karate_club_graph()
A = nx.to_numpy_array(club, weight=None, dtype=np.int64)
A2, A3 = A @ A, A @ A @ A
print("diagonal of A²:", A2.diagonal()[:8], " degrees:", [club.degree(i) for i in range(8)])
print("triangles from A³:", np.trace(A3) // 6, "  found by networkx:", sum(nx.triangles(club).values()) // 3)

# %% [markdown]
r"""
From $i$ and back in two steps: once for every neighbour. Each triangle is walked from 3 corners in 2 directions, hence the 6.

Mind `weight=None`. Without it networkx fills in the *weights* of the edges (in how many settings the two met), and powers of
that matrix count nothing:
"""

# %%
weighted = nx.to_numpy_array(club)
print("largest entry:", weighted.max(), "  'walks' of length 2 from 0 to 0:", (weighted @ weighted)[0, 0], "  really:", A2[0, 0])

# %% [markdown]
r"""
## Shares instead of ones

The same thought gives our forecast. If row $i$ of $P$ says which share of plan $i$ goes where, the amounts, as
a *row* $x$, become $xP$ after one month (third way: the rows of $P$, weighted with the customers) and $xP^k$ after
$k$; a chain of this kind is named after A. A. Markov. Each row of $P$ adds up to 1 and nothing is negative, so the total never changes: the invariant that
`P**12` broke.

**Predict.** All 1,000 customers start on *free*, or all start on *pro*. How different are the two companies after three years?
"""

# %%
fig, axes = plt.subplots(1, 2, figsize=(8.5, 3.3), sharey=True, layout="constrained")
for ax, start, label in zip(axes, ([1000, 0, 0], [0, 0, 1000]), ("free", "pro"), strict=True):
    course = np.array([start @ np.linalg.matrix_power(P, k) for k in range(37)])
    _ = ax.plot(course, label=["free", "basic", "pro"])
    _ = ax.set(title=f"All start on {label}", xlabel="time [months]")
    _ = ax.legend(loc="upper center", ncols=3)
_ = axes[0].set(ylabel="customers", ylim=(0, 1150))
_ = fig.suptitle("After three years the start is all but forgotten", x=0.01, ha="left")
figures.show(fig, alt="Customers on the plans free, basic and pro over 36 months, once all starting on free, once all on pro; "
             "both times the numbers come close to 357, 286 and 357.")

# %% [markdown]
r"""
All entries of $P$ are positive; then $xP^k$ tends to the same limit for every start with the same total (a theorem of Perron).
Without such a condition it need not: think of two plans that swap all their customers every month.
"""

# %% [markdown] exercise="e3" title="Count walks, forecast customers" level="core" minutes=30 goals=[1] exports=["number_of_walks", "forecast"]
r"""
- `number_of_walks(A, k)`: `A` has shape `(n, n)`, integers or floats; **an entry other than 0 is one edge** from row to column, whatever
  its weight. `k` is an integer, at least 0. Return the array of shape `(n, n)` and dtype `int64` whose entry $(i, j)$ is the number of walks
  of length `k` from $i$ to $j$, exactly. (No count you are asked for exceeds $2^{63} - 1$.)
  For `A = np.array([[0, 1], [1, 1]])` and `k = 5` it is `[[3, 5], [5, 8]]`.
- `forecast(P, start, k)`: `P` has shape `(n, n)`; row $i$ says which share of $i$ goes to each place in one step. `start` has shape
  `(n,)` and holds the amounts now, integers or floats; `k` is an integer, at least 0. Return the amounts after `k` steps, shape `(n,)`, compared with a
  relative tolerance of $10^{-9}$. Raise `ValueError`, for every `k`, if `P` has a negative entry, or a row whose sum differs from 1
  by more than $10^{-9}$. `forecast(np.array([[0.5, 0.5], [0, 1]]), np.array([80, 0]), 3)` is `[10.0, 70.0]`.

Neither function changes an array it is handed.
"""

# %% [markdown] hints="e3" reading="MML 2.2.1"
r"""
1. `**` is what went wrong at the top of this notebook. Which function did it right?
2. For the walks, first make a matrix of zeros and ones *of integers*: floats hold whole numbers exactly only up to $2^{53}$. For the
   forecast, the amounts are a row and stand on the left. Add up `P` along the axis that runs within a row.
3. `A != 0` is an array of truth values; `.astype(np.int64)` makes numbers of them; `np.linalg.matrix_power` keeps
   integers. `np.abs(P.sum(axis=1) - 1) > 1e-9` tells for each row whether it is off; `.any()` asks whether one of them is.
"""

# %% solution="e3"
def number_of_walks(A, k):
    """Walks of length k between every two vertices, shape (n, n), int64; entries of A other than 0 are edges."""
    ### BEGIN SOLUTION
    edges = (A != 0).astype(np.int64)
    return np.linalg.matrix_power(edges, k)
    ### END SOLUTION


def forecast(P, start, k):
    """Amounts, shape (n,), after k steps with the shares P, shape (n, n); ValueError if P is no matrix of shares."""
    ### BEGIN SOLUTION
    if (P < 0).any() or (np.abs(P.sum(axis=1) - 1) > 1e-9).any():
        raise ValueError("every row of P must be shares that add up to 1")
    return start @ np.linalg.matrix_power(P, k)
    ### END SOLUTION

# %% test="e3_walks" points=2 title="Powers count walks"
check(number_of_walks, np.array([[0, 1], [1, 1]]), 5).equals(np.array([[3, 5], [5, 8]]), idea="multiply A by itself as a matrix, k factors")
### BEGIN HIDDEN TESTS
one_way = np.array([[0, 1, 1], [0, 0, 1], [1, 0, 0]])
check(number_of_walks, one_way, 0).equals(np.eye(3, dtype=np.int64), idea="with no steps you can only be where you are")
check(number_of_walks, one_way, 1).equals(one_way, idea="one step: the edges themselves")
for k in (2, 3, 4):
    walks = [(i,) for i in range(3)]
    for _ in range(k):
        walks = [walk + (j,) for walk in walks for j in range(3) if one_way[walk[-1], j]]
    counted = np.array([[sum(w[0] == i and w[-1] == j for w in walks) for j in range(3)] for i in range(3)])
    check(number_of_walks, one_way, k).equals(counted, idea="every walk listed and counted: row i is the start, column j the end")
karate = nx.karate_club_graph()
by_networkx = nx.number_of_walks(karate, 6)
expected = np.array([[int(by_networkx[i][j]) for j in range(34)] for i in range(34)])
check(number_of_walks, nx.to_numpy_array(karate, weight=None, dtype=int), 6).equals(expected, idea="Zachary's club, counted by networkx")
### END HIDDEN TESTS

# %% test="e3_weights" points=1 title="A heavy edge is one edge"
check(number_of_walks, np.array([[0.0, 2.5], [2.5, 0.0]]), 2).equals(
    np.array([[1, 0], [0, 1]]), idea="an entry other than 0 is one edge, whatever its weight"
)
### BEGIN HIDDEN TESTS
check(number_of_walks, np.array([[0, -3], [7, 0]]), 3).equals(np.array([[0, 1], [1, 0]]), idea="a negative weight is an edge too")
check(number_of_walks, np.array([[0.25, 0.5], [0.5, 0.0]]), 3).equals(
    np.array([[3, 2], [2, 1]]), idea="a weight below 1 must not be cut down to 0"
)
check(number_of_walks, np.array([[0, 4], [4, 0]]), 3).keeps_arguments(idea="A[A != 0] = 1 writes over the caller's weights: make a new array")
### END HIDDEN TESTS

# %% test="e3_exact" points=1 title="Counts are exact integers"
check(number_of_walks, np.array([[0, 1], [1, 1]]), 80).satisfies(
    lambda walks: walks.dtype == np.int64 and int(walks[0, 1]) == 23416728348467685,
    "int64, with the 80th Fibonacci number, 23416728348467685, at [0, 1]",
    idea="floats hold whole numbers exactly only up to 2**53",
)
### BEGIN HIDDEN TESTS
everyone = np.ones((9, 9)) - np.eye(9)
check(number_of_walks, everyone, 20).satisfies(
    lambda walks: walks.dtype == np.int64 and int(walks[0, 0]) == (8**20 + 8) // 9 and int(walks[0, 1]) == (8**20 - 1) // 9,
    "int64, with (8**20 + 8)/9 walks home and (8**20 - 1)/9 to each other place",
    idea="turn the edges into integers before you multiply, not after",
)
### END HIDDEN TESTS

# %% test="e3_forecast" points=2 title="Amounts after k steps"
check(forecast, np.array([[0.5, 0.5], [0, 1]]), np.array([80, 0]), 3).close(
    np.array([10.0, 70.0]), idea="the amounts are a row and stand to the left of P"
)
### BEGIN HIDDEN TESTS
for seed, k in enumerate((0, 1, 2, 7, 40)):
    rng = seeded(seed)
    shares = rng.uniform(0.1, 1, (3 + seed, 3 + seed))
    shares /= shares.sum(axis=1, keepdims=True)
    amounts = rng.uniform(10, 500, 3 + seed)
    later = [float(x) for x in amounts]
    for _ in range(k):
        later = [sum(later[i] * float(shares[i, j]) for i in range(len(later))) for j in range(len(later))]
    check(forecast, shares, amounts, k).note(f"seed {seed}").close(np.array(later), idea="k steps one after the other, each a row times P")
check(forecast, np.array([[0.5, 0.5], [0, 1]]), np.array([5, 0]), 1).close(
    np.array([2.5, 2.5]), idea="whole numbers in, halves out: an integer array has no room for them"
)
check(forecast, np.array([[0, 1], [1, 0]]), np.array([80.0, 20.0]), 41).close(
    np.array([20.0, 80.0]), idea="two plans that swap all customers every month never settle: carry out all k steps"
)
### END HIDDEN TESTS

# %% test="e3_shares" points=2 title="Only shares that add up to 1"
check(forecast, np.array([[0.5, 0.4], [0.0, 1.0]]), np.array([80.0, 0.0]), 3).raises(
    ValueError, idea="10 % of the first row get lost: what must a row add up to?"
)
### BEGIN HIDDEN TESTS
check(forecast, np.array([[0.5, 0.0], [0.5, 1.0]]), np.array([80.0, 0.0]), 3).raises(ValueError, idea="columns add up to 1 here, not rows")
check(forecast, np.array([[0.5, 0.6], [0.5, 0.5]]), np.array([80.0, 0.0]), 0).raises(
    ValueError, idea="a sum too large is as wrong as one too small, and k does not matter"
)
check(forecast, np.array([[1.2, -0.2], [0.0, 1.0]]), np.array([80.0, 0.0]), 1).raises(
    ValueError, idea="a share is never negative, even if the row adds up to 1"
)
check(forecast, np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.6, 0.6, -0.2]]), np.ones(3), 1).raises(
    ValueError, idea="a share can be negative without another one above 1; and look at every row"
)
check(forecast, np.array([[0.5, 0.5], [0.3, 0.6]]), np.array([80.0, 0.0]), 1).raises(
    ValueError, idea="every row must add up to 1, not only the first, and not only where customers are now"
)
check(forecast, np.array([[0.5, 0.5000001], [0.0, 1.0]]), np.array([80.0, 0.0]), 1).raises(
    ValueError, idea="off by 1e-7 is off by more than 1e-9; np.allclose alone allows 1e-5 (its rtol)"
)
check(forecast, np.full((10, 10), 0.1), np.ones(10), 1).close(np.ones(10), idea="ten times 0.1 is not quite 1 in floats: allow 1e-9")
### END HIDDEN TESTS

# %% [markdown]
r"""
## Brackets change the price, not the product

By the definition, a $p\times q$ matrix times a $q\times r$ matrix takes $p\,q\,r$ multiplications (and about as many additions). Since
$(AB)C = A(BC)$, you may choose the brackets. Let $A$ and $B$ be $1000\times1000$ and $x$ a column of 1000:

$$(AB)x:\ 10^9 + 10^6 \text{ multiplications} \qquad\qquad A(Bx):\ 10^6 + 10^6.$$

Python reads `A @ B @ x` from the left and takes the expensive one: 500 times the work.

**Predict.** Four matrices have five bracketings. Let $A$ be $40\times2$, $B$ $2\times60$, $C$ $60\times3$ and $D$ $3\times50$.
Which bracketing is the cheapest, and how far above it is the worst?
"""

# %%
p, q, r, s, t = 40, 2, 60, 3, 50
price = {
    "((AB)C)D": p * q * r + p * r * s + p * s * t,
    "(A(BC))D": q * r * s + p * q * s + p * s * t,
    "(AB)(CD)": p * q * r + r * s * t + p * r * t,
    "A((BC)D)": q * r * s + q * s * t + p * q * t,
    "A(B(CD))": r * s * t + q * r * t + p * q * t,
}
fig, ax = plt.subplots(figsize=(6.4, 2.8), layout="constrained")
bars = ax.barh(list(price), list(price.values()), color=blue)
_ = ax.bar_label(bars, fmt="{:,.0f}", padding=3)
_ = ax.set(xscale="log", xlim=(1e3, 1e6), xlabel="multiplications (log scale)", title="Same product, up to 29 times the work")
figures.show(fig, alt="Multiplications for the five bracketings of A (40 by 2), B (2 by 60), C (60 by 3) and D (3 by 50): from "
             "4,660 for A((BC)D) to 133,800 for (AB)(CD), 29 times as many.")

# %% [markdown]
r"""
Five is few, but 10 matrices have 4,862 bracketings and 20 have 1,767,263,190. What saves us is one observation:
*some* product is carried out last, and it cuts the chain in two. Both halves must be bracketed as cheaply as possible
themselves: if one could be had for less, so could the whole. So the best price of a chain follows from the best prices
of its shorter pieces, and a chain of $n$ has only $n(n+1)/2$ pieces. Price each once, short ones first, and keep the results: that is
**dynamic programming**.

In production, `np.linalg.multi_dot` finds the cheapest brackets in this way before it multiplies:
"""

# %%
rng = np.random.default_rng(0)
A, B, C, D = (rng.integers(-5, 6, shape) for shape in ((40, 2), (2, 60), (60, 3), (3, 50)))
print("same product:", np.array_equal(np.linalg.multi_dot([A, B, C, D]), A @ B @ C @ D))

# %% [markdown] exercise="e4" title="Find the cheapest brackets" level="core" minutes=35 exports=["chain_order"]
r"""
Write `chain_order(dims, cost)`. `dims` is a list of $n + 1$ positive integers: matrix number $i$ (from 0) has shape
`(dims[i], dims[i + 1])`. `cost(p, q, r)` is handed in: what one product of a `(p, q)` and a `(q, r)` matrix costs, an integer or a float, at least 0.
To count multiplications it is `multiplications` from the set-up cell; on real hardware it may be something else.

Return `(total, tree)`, a tuple: the smallest total cost of multiplying the whole chain, and brackets that reach it. A tree is the
number $i$ for matrix $i$ alone, or a tuple `(left, right)` of two trees. If several trees are best, return any of them. Leave `dims` as it is.

- `chain_order([40, 2, 60, 3, 50], multiplications)` is `(4660, (0, ((1, 2), 3)))`.
- One matrix needs no product: `chain_order([7, 9], multiplications)` is `(0, 0)`. Without a matrix (fewer than two
  sizes) raise `ValueError`.
- For $n$ matrices, call `cost` at most $n^3$ times. (The dynamic program needs $(n^3 - n)/6$; trying all bracketings needs far more.)
"""

# %% [markdown] hints="e4" reading="Cormen et al., Introduction to Algorithms, “Matrix-chain multiplication”"
r"""
1. For three matrices, write down both totals by hand. Which three sizes does the last product have?
2. Keep a dictionary: `best[i, j]` is the pair (total, tree) for matrices $i$ to $j$. Pieces of one matrix are free. Fill in pieces of
   two, then three, …; for each, try every place $k$ to cut it into $i … k$ and $k+1 … j$.
3. The last product of the piece $i … j$ cut after $k$ costs `cost(dims[i], dims[k + 1], dims[j + 1])`. Add the totals of the two halves,
   keep the smallest total with its tree `(left, right)`. Compare by the total alone: `min(…, key=lambda option: option[0])`.
"""

# %% solution="e4"
def chain_order(dims, cost):
    """(smallest total cost, tree) for a chain of matrices of shapes (dims[i], dims[i + 1]); ValueError if there is none.

    cost(p, q, r) prices one product of a (p, q) and a (q, r) matrix. A tree is an index or a tuple (left, right).
    """
    ### BEGIN SOLUTION
    n = len(dims) - 1
    if n < 1:
        raise ValueError("a chain has at least one matrix, so at least two sizes")
    best = {(i, i): (0, i) for i in range(n)}
    for length in range(2, n + 1):
        for i in range(n - length + 1):
            j = i + length - 1
            options = []
            for k in range(i, j):
                (left, left_tree), (right, right_tree) = best[i, k], best[k + 1, j]
                options.append((left + right + cost(dims[i], dims[k + 1], dims[j + 1]), (left_tree, right_tree)))
            best[i, j] = min(options, key=lambda option: option[0])
    return best[0, n - 1]
    ### END SOLUTION

# %% test="e4_total" points=2 title="The smallest total"
check(chain_order, [40, 2, 60, 3, 50], multiplications).satisfies(
    lambda answer: answer[0] == 4660, "a total of 4660",
    idea="the last product costs too: rows of the left half, the size at the cut, columns of the right half",
)
### BEGIN HIDDEN TESTS
def cheapest(sizes):
    cuts = range(1, len(sizes) - 1)
    return min((cheapest(sizes[: k + 1]) + cheapest(sizes[k:]) + sizes[0] * sizes[k] * sizes[-1] for k in cuts), default=0)


chains = [[5, 8, 2], [3, 5, 2, 9], [10, 1, 10, 1], [4, 10, 3, 12, 20, 7], [30, 35, 15, 5, 10, 20, 25]]
chains += [[int(d) for d in seeded(seed).integers(1, 30, size=4 + seed % 4)] for seed in range(6)]
chains.append([1000, 2000, 3000, 4000])
for sizes in chains:
    total = cheapest(sizes)
    check(chain_order, sizes, multiplications).satisfies(
        lambda answer, total=total: answer[0] == total, f"a total of {total}",
        idea="try every cut of every piece: the cheapest first product need not belong to the best brackets",
    )
### END HIDDEN TESTS

# %% test="e4_tree" points=2 title="Brackets that reach it"
def price_of(tree, sizes):
    """(first matrix, last matrix, cost) of a tree; a broken tree raises."""
    if not isinstance(tree, tuple):
        return int(tree), int(tree), 0
    left_tree, right_tree = tree
    (first, cut, left), (after, last, right) = price_of(left_tree, sizes), price_of(right_tree, sizes)
    if after != cut + 1:
        raise ValueError("brackets join neighbours, in their order")
    return first, last, left + right + sizes[first] * sizes[after] * sizes[last + 1]


check(chain_order, [40, 2, 60, 3, 50], multiplications).satisfies(
    lambda answer: price_of(answer[1], [40, 2, 60, 3, 50]) == (0, 3, 4660), "a tree of matrices 0 to 3 that costs 4660",
    idea="the tree is built from the trees of the best halves",
)
### BEGIN HIDDEN TESTS
def lowest(sizes):
    cuts = range(1, len(sizes) - 1)
    return min((lowest(sizes[: k + 1]) + lowest(sizes[k:]) + sizes[0] * sizes[k] * sizes[-1] for k in cuts), default=0)


check(chain_order, [2] * 6, multiplications).satisfies(
    lambda answer: price_of(answer[1], [2] * 6) == (0, 4, 32), "any tree of matrices 0 to 4; all of them cost 32",
    idea="equal totals: compare the totals alone, since a tree is now a number and now a tuple",
)
check(chain_order, [40, 2, 60, 3, 50], multiplications).keeps_arguments(idea="the list of sizes is the caller's: read it, do not shorten it")
for seed in range(8):
    sizes = [int(d) for d in seeded(100 + seed).integers(1, 30, size=4 + seed % 5)]
    goal = (0, len(sizes) - 2, lowest(sizes))
    check(chain_order, sizes, multiplications).note(f"seed {100 + seed}").satisfies(
        lambda answer, sizes=sizes, goal=goal: price_of(answer[1], sizes) == goal,
        f"a tree of matrices 0 to {goal[1]} that costs {goal[2]}", idea="keep, with each best total, the cut it came from",
    )
### END HIDDEN TESTS

# %% test="e4_cost" points=2 title="The cost is the one handed in"
def by_tiles(p, q, r):
    """Multiplications of hardware that works in blocks of 4 by 4 by 4 and finishes every block it has begun."""
    return 64 * -(-p // 4) * -(-q // 4) * -(-r // 4)


check(chain_order, [1, 2, 9, 3], by_tiles).equals(
    (256, (0, (1, 2))), idea="total and tree both follow cost(p, q, r), here by_tiles; p * q * r is only one example of a cost"
)
### BEGIN HIDDEN TESTS
sizes_in_order = "the three sizes go in as (rows, inner size, columns)"
by_size = (([2, 3, 9, 1], lambda p, q, r: p * q, 24), ([2, 3, 9, 1], lambda p, q, r: p, 4), ([1, 9, 3, 2], lambda p, q, r: p * r, 5))
for sizes, price, total in by_size:
    check(chain_order, sizes, price).equals((total, ((0, 1), 2)), idea=sizes_in_order)
check(chain_order, [2, 3, 9, 1], lambda p, q, r: p * q / 16).equals((1.5, ((0, 1), 2)), idea="a cost need not be a whole number")
### END HIDDEN TESTS

# %% test="e4_calls" points=1 title="Every piece is priced once"
calls = []
check(chain_order, [2] * 8, lambda p, q, r: calls.append((p, q, r)) or 1).satisfies(
    lambda answer: len(calls) <= 343, "at most 343 calls of cost for 7 matrices", idea="keep the best of every piece instead of working it out again"
)
### BEGIN HIDDEN TESTS
calls.clear()
check(chain_order, [2] * 11, lambda p, q, r: calls.append((p, q, r)) or 1).satisfies(
    lambda answer: len(calls) <= 1000, "at most 1000 calls of cost for 10 matrices", idea="keep the best of every piece instead of working it out again"
)
calls.clear()
check(chain_order, [2] * 11, lambda p, q, r: calls.append((p, q, r)) or 0).satisfies(
    lambda answer: len(calls) <= 1000, "at most 1000 calls of cost for 10 matrices, where each product is free",
    idea="a best total of 0 is known too: ask whether the piece is in the table, not whether its total is true",
)
### END HIDDEN TESTS

# %% test="e4_short" points=1 title="One matrix is free, no matrix is refused"
check(chain_order, [7, 9], multiplications).equals((0, 0), idea="nothing to multiply: total 0, and the tree is the matrix itself")
### BEGIN HIDDEN TESTS
check(chain_order, [7], multiplications).raises(ValueError, idea="one size makes no matrix")
check(chain_order, [], multiplications).raises(ValueError, idea="no sizes make no matrix")
### END HIDDEN TESTS

# %% [markdown]
r"""
## Blocks, and seven products instead of eight

Cut both factors into blocks that fit. The blocks are multiplied by the same formula as numbers, *if you
keep the order in every term*, because blocks do not commute:

$$\begin{pmatrix} A_{11} & A_{12} \\ A_{21} & A_{22} \end{pmatrix} \begin{pmatrix} B_{11} & B_{12} \\ B_{21} & B_{22} \end{pmatrix}
= \begin{pmatrix} A_{11}B_{11} + A_{12}B_{21} & A_{11}B_{12} + A_{12}B_{22} \\ A_{21}B_{11} + A_{22}B_{21} & A_{21}B_{12} + A_{22}B_{22} \end{pmatrix}.$$

Fast libraries work this way, since small blocks fit into the processor's cache. Eight products of half the size are $8\,(n/2)^3 = n^3$
multiplications: nothing gained in number. In 1969 Volker Strassen found **seven** products that do:

$$\begin{aligned}
M_1 &= (A_{11} + A_{22})(B_{11} + B_{22}), & M_2 &= (A_{21} + A_{22})\,B_{11}, & M_3 &= A_{11}\,(B_{12} - B_{22}), \\
M_4 &= A_{22}\,(B_{21} - B_{11}), & M_5 &= (A_{11} + A_{12})\,B_{22}, & M_6 &= (A_{21} - A_{11})(B_{11} + B_{12}), \\
M_7 &= (A_{12} - A_{22})(B_{21} + B_{22}). &&&&
\end{aligned}$$

The upper half of the result is $C_{11} = M_1 + M_4 - M_5 + M_7$ and $C_{12} = M_3 + M_5$. Do not believe it: expand it, with symbols
that do not commute.
"""

# %%
import sympy

a11, a12, a21, a22 = sympy.symbols("a11 a12 a21 a22", commutative=False)
b11, b12, b21, b22 = sympy.symbols("b11 b12 b21 b22", commutative=False)
m1, m3, m4 = (a11 + a22) * (b11 + b22), a11 * (b12 - b22), a22 * (b21 - b11)
m5, m7 = (a11 + a12) * b22, (a12 - a22) * (b21 + b22)
print("C11 =", sympy.expand(m1 + m4 - m5 + m7))
print("C12 =", sympy.expand(m3 + m5))

# %% [markdown]
r"""
The lower half is left to you: two of the $M$ make $C_{21}$, four make $C_{22}$. Used again on the blocks of the blocks, down to
single numbers, this takes $7^k$ products for $n = 2^k$, against $8^k = n^3$. That is $n^{\log_2 7} \approx n^{2.81}$: the first method whose work grows more
slowly than $n^3$.
"""

# %%
for k in (1, 2, 5, 10):
    print(f"n = {2**k:5d}: {8**k:13,d} products by definition, {7**k:11,d} by Strassen, {100 * 7**k / 8**k:3.0f} %")

# %% [markdown] exercise="e5" title="Strassen's seven products" level="stretch" minutes=30 exports=["strassen"]
r"""
Write `strassen(A, B, multiply)`. `A` and `B` are integer arrays of shape `(n, n)`, any `n` of at least 1. Return `A @ B`, an integer array of
shape `(n, n)`, exact in every digit (64-bit integers have room for all you are given; floats do not). Entries are multiplied only by
`multiply(a, b)`, which is handed in: so the calls can be counted, and if it gave back $2ab$, your result would be $2AB$. For `n` = 1 the
answer is one call. Do without NumPy's matrix product (`@`, `np.dot`, …).

For larger `n` use the seven products on halves. If `n` is odd, first add one row and one column of zeros, and take them away
from the result. So there are **exactly $7^k$ calls**, where $k$ is how many times `n` can be halved, rounding up, until it is 1:
1 call for `n` = 1, 7 for 2, 49 for 3 and 4, 343 for 5 to 8. (Other seven products that do the same are welcome.)

`strassen(np.array([[1, 2], [3, 4]]), np.array([[5, 6], [7, 8]]), multiply)` is `[[19, 22], [43, 50]]` with 7 calls.
"""

# %% [markdown] hints="e5" reading="MML 2.2.1; V. Strassen, “Gaussian elimination is not optimal”, Numerische Mathematik 13 (1969)"
r"""
1. Expand by hand: in which of the $M$ does $A_{21}B_{11}$ occur, and what must cancel? Then let SymPy confirm it.
2. The function calls itself seven times on blocks of half the size and hands `multiply` on. `np.pad(A, (0, 1))` adds a row and a
   column of zeros at the end; `np.block([[C11, C12], [C21, C22]])` puts the result together.
3. $C_{21} = M_2 + M_4$, and $C_{22} = M_1 - M_2 + M_3 + M_6$. With `half = (n + 1) // 2` the blocks of the padded array are
   `A[:half, :half]`, `A[:half, half:]` and so on; cut the answer back with `[:n, :n]`. Stop at `n == 1` with an array of shape `(1, 1)`.
"""

# %% solution="e5"
def strassen(A, B, multiply):
    """A @ B for integer arrays of shape (n, n), by seven products of halves; numbers are multiplied by multiply(a, b)."""
    ### BEGIN SOLUTION
    n = len(A)
    if n == 1:
        return np.array([[multiply(A[0, 0], B[0, 0])]])
    half = (n + 1) // 2
    A, B = np.pad(A, (0, 2 * half - n)), np.pad(B, (0, 2 * half - n))
    A11, A12, A21, A22 = A[:half, :half], A[:half, half:], A[half:, :half], A[half:, half:]
    B11, B12, B21, B22 = B[:half, :half], B[:half, half:], B[half:, :half], B[half:, half:]
    M1 = strassen(A11 + A22, B11 + B22, multiply)
    M2 = strassen(A21 + A22, B11, multiply)
    M3 = strassen(A11, B12 - B22, multiply)
    M4 = strassen(A22, B21 - B11, multiply)
    M5 = strassen(A11 + A12, B22, multiply)
    M6 = strassen(A21 - A11, B11 + B12, multiply)
    M7 = strassen(A12 - A22, B21 + B22, multiply)
    C = np.block([[M1 + M4 - M5 + M7, M3 + M5], [M2 + M4, M1 - M2 + M3 + M6]])
    return C[:n, :n]
    ### END SOLUTION

# %% test="e5_product" points=2 title="The product, for sizes 1, 2, 4, 8"
check(strassen, np.array([[1, 2], [3, 4]]), np.array([[5, 6], [7, 8]]), lambda a, b: a * b).equals(
    np.array([[19, 22], [43, 50]]), idea="expand each quarter of the result, keeping A to the left of B"
)
### BEGIN HIDDEN TESTS
check(strassen, np.array([[-3]]), np.array([[5]]), lambda a, b: a * b).equals(np.array([[-15]]), idea="n = 1: one product, as an array of shape (1, 1)")
for seed, n in enumerate((2, 4, 8)):
    rng = seeded(seed)
    M, N = rng.integers(-50, 51, (n, n)), rng.integers(-50, 51, (n, n))
    expected = np.einsum("ik,kj->ij", M, N)
    check(strassen, M, N, lambda a, b: a * b).note(f"seed {seed}").equals(
        expected, idea="blocks do not commute, and signs matter: compare quarter by quarter"
    )
rng = seeded(3)
M, N = rng.integers(10**8, 2 * 10**8, (4, 4)), rng.integers(10**8, 2 * 10**8, (4, 4))
check(strassen, M, N, lambda a, b: a * b).note("seed 3").equals(
    np.einsum("ik,kj->ij", M, N), idea="np.zeros and np.empty make floats unless told otherwise; beyond 2**53 they lose the last digits"
)
### END HIDDEN TESTS

# %% test="e5_sizes" points=2 title="Sizes that cannot be halved evenly"
check(strassen, np.eye(3, dtype=int), np.arange(9).reshape(3, 3), lambda a, b: a * b).equals(
    np.arange(9).reshape(3, 3), idea="zeros added for an odd size must be taken away again"
)
### BEGIN HIDDEN TESTS
for seed, n in enumerate((3, 5, 6, 7, 9)):
    rng = seeded(seed)
    M, N = rng.integers(-50, 51, (n, n)), rng.integers(-50, 51, (n, n))
    expected = np.einsum("ik,kj->ij", M, N)
    check(strassen, M, N, lambda a, b: a * b).note(f"seed {seed}").equals(expected, idea="an even size can have an odd half: 6 is halved to 3")
### END HIDDEN TESTS

# %% test="e5_calls" points=2 title="Exactly 7 to the k products of numbers"
calls = []
check(strassen, np.ones((2, 2), dtype=int), np.ones((2, 2), dtype=int), lambda a, b: calls.append(1) or a * b).satisfies(
    lambda C: len(calls) == 7, "7 calls of multiply for n = 2", idea="seven products, not eight, and none that bypasses multiply"
)
### BEGIN HIDDEN TESTS
for n, count in ((1, 1), (3, 49), (4, 49), (5, 343), (6, 343), (8, 343)):
    calls.clear()
    check(strassen, np.ones((n, n), dtype=int), np.ones((n, n), dtype=int), lambda a, b: calls.append(1) or a * b).satisfies(
        lambda C, count=count: len(calls) == count, f"{count} calls of multiply for n = {n}",
        idea="the seven products are used again at every halving, down to single numbers",
    )
rng = seeded(4)
M, N = rng.integers(-50, 51, (4, 4)), rng.integers(-50, 51, (4, 4))
check(strassen, M, N, lambda a, b: 2 * a * b).note("seed 4; here multiply(a, b) gives back 2ab").equals(
    2 * np.einsum("ik,kj->ij", M, N), idea="every product of numbers comes from multiply, and nothing else does"
)
### END HIDDEN TESTS

# %% [markdown]
r"""
## In practice

- **Say `@`.** `*` and `**` work entry by entry and do not complain. Test an invariant instead of
  trusting the shape: totals kept, a projection applied twice changes nothing, a turn keeps lengths.
- **Cost.** An $n\times n$ product takes about $2n^3$ operations on $3n^2$ numbers. From $n = 1{,}000$ to $100{,}000$, memory
  grows $10^4$-fold (one matrix of floats from 8 MB to 80 GB) and work $10^6$-fold. Before you buy a machine, look for structure: brackets,
  zeros, few outer products. Strassen pays off only for large matrices and costs some accuracy; ordinary libraries stay with the definition, well blocked.
- **Floats.** $(AB)C = A(BC)$ holds for numbers, not for rounded ones: other brackets, blocks or machines
  change the last digits. Compare with a tolerance, never with `==`.
- **Integers.** For floats `@` calls a tuned library (BLAS), for integers a plain loop, many times slower, which
  *wraps around without a word* beyond $2^{63} - 1$. There are no negative numbers of walks:
"""

# %%
A = nx.to_numpy_array(club, weight=None, dtype=np.int64)
for k in (23, 24):
    print(k, "steps, smallest count:", np.linalg.matrix_power(A, k).min())

# %% [markdown]
r"""
## Summary

- $AB$ adds the products $a_{ik} b_{kj}$ along $k$; entries, columns, rows and outer products are four slices of one cube.
- A matrix is a linear map, its columns the images of the unit vectors; the product is "first the right, then the left", and
  $uu^{\mathsf T}/u^{\mathsf T}u$ projects onto a line.
- Powers take many steps at once: walks in a network, months of a Markov chain.
- Brackets are free to choose and can change the price by orders of magnitude; dynamic programming finds the best.
- Seven products of blocks suffice where the definition uses eight.

## Reflection

A colleague's forecast uses `P**12` and "looks fine, it has the right shape". In 3 to 5 sentences, explain what it computes, which
of the four ways you would use to show what `P @ P` means, and which one-line test would have caught it.

*Judge yourself: (1) you say that `**` works on each entry, and why that is not two steps of the chain; (2) you use one of the
four ways on $P$ by name, with its weights; (3) you name an invariant that can be tested.*
"""

# %% [markdown] reflection="reflection"
r"""
`P**12` raises each share to the 12th power. On the diagonal that leaves the customers who stay put twelve months in a row and forgets all
who ever move; off the diagonal it counts nothing at all, since nobody moves from free to basic twelve times running. I would show $P^2$ by rows: row $i$ of $PP$ is a combination of the rows of $P$, weighted with where plan $i$ goes in
the first month, so it says where they are after the second. The shape proves nothing, since both operations give a square matrix. A one-line test is
that each row of the power adds up to 1, or that the total of the forecast equals the total of today.
"""

# %% [markdown]
r"""
## Further reading

- *Mathematics for Machine Learning* (MML), **2.2** for the product and its rules; **2.7** for linear maps: look for how
  the matrix depends on the basis, tomorrow's subject; **2.8** for affine maps (our shifts).
- MML **3.1–3.4** for norms, dot products and angles, **3.8** for projections: look for the step from a line to a plane.
- Apostol, *Calculus I*, **chapter 12**: vectors, dot product, norm and projection with all proofs; *Calculus II*, **chapter 2**: linear
  transformations and matrices. Look for the proof that the product of matrices is the composition of maps.
"""
