# %% [markdown]
r"""
You will rank pages by the links between them: first with your own random surfer, then with NetworkX on the whole library, and you will
work out to the last digit what a link farm buys.

**You will be able to**

- **translate** links, and pages without any, into a stochastic matrix (exercise 1);
- **compute** PageRank with teleports and dangling pages, and **bound** the number of steps (exercise 2);
- **rank** a linked collection with NetworkX, for everybody and for a topic, and **join** the ranks with text scores (exercise 3);
- **find** hubs and authorities around a search result (exercise 4);
- **derive** the exact rank that a link farm gives its page (exercise 5).
"""

# %% [markdown]
r"""
## Warm-up

1. Day 1 of section 1.5: the row vector $x$ says with which probability a surfer is on each page, and $P_{ij}$ is the probability of a step from page $i$ to page
   $j$. Which product gives the probabilities after one step, and which after ten?
2. Day 2 of that section: how does one see by $My=0$ whether a square system with the matrix $M$ has exactly one solution, whatever its right-hand side? Let $P$ have no
   negative entry, and rows that sum to 1. Does $M=I-\tfrac12P$ pass?

<details><summary>Answers</summary>

1. $xP$ and $xP^{10}$: entry $j$ of $xP$ collects $x_iP_{ij}$ over all $i$ from which one gets to $j$. (With a *column* vector it would be
   $P^\mathsf{T}x$. Watch that transpose all day.)
2. It has if $My=0$ has no solution but 0. $M$ passes: $My=0$ says that each entry of $y$ is half a weighted mean of all of them. The entry that is largest in absolute value is then at most
   half as large as itself, so it is 0. The rank of $M$ is that of its transpose, so $xM=b$ has exactly one solution too. Today $0.85$ stands in the place of $\tfrac12$.

</details>
"""

# %% setup=true
import math

import matplotlib.pyplot as plt
import networkx as nx
import numpy as np

from curriculum.lab import check, check_value, figures, library, seeded

figures.style()

# %% [markdown]
r"""
## Two votes that go wrong

The library's 1,200 documents link to each other. It is planted who deserves to be on top: one *authority* a topic. Planted, too, is a *farm*: a
page of no merit, and pages that were made only to link to it.

A first idea: each link is a vote.
"""

# %%
lib = library.generate(seed=42)
G = nx.DiGraph(lib.links)
G.add_nodes_from(lib.texts)
by_votes = sorted(G, key=lambda page: (-G.in_degree(page), page))
planted = set(lib.authorities.values())
print("authorities among the first 12:", sum(page in planted for page in by_votes[:12]))
print("the farm's page is number", by_votes.index(lib.farm[0]) + 1, "of", len(G), "with", G.in_degree(lib.farm[0]), "votes")

# %% [markdown]
r"""
The authorities are on top, and right behind them, ahead of more than a thousand honest pages, stands a page without merit. Its votes cost nothing: pages are made in a moment, and with 91 more it would
be first. So a vote should weigh as much as its voter. Let readers vote with their feet: 1,200 of them start, one on each page, and click on a random link, again and again. Where many
readers are, a page must be worth reading.
"""

# %%
A = nx.to_numpy_array(G, nodelist=list(lib.texts))
links_out = A.sum(axis=1, keepdims=True)
P = A / np.maximum(links_out, 1)
caught = [i for i, page in enumerate(lib.texts) if page in lib.farm + lib.trap]
x = np.ones(len(A))
print("clicks  readers  in farm and trap")
for click in range(1001):
    if click in (0, 10, 100, 1000):
        print(f"{click:6} {x.sum():8.0f} {x[caught].sum():17.0f}")
    x = x @ P

# %% [markdown]
r"""
The readers disappear, and those who remain sit in the farm and in a *trap*, a cycle of three pages that no link leaves. Nothing crashed. The vote by feet
needs two repairs, and they are the whole of this day.

## The random surfer

Give page $i$ its links as shares: $P_{ij}$ is the weight of the link from $i$ to $j$ over the weight of all links of $i$. Each row sums to 1, a
**stochastic** row, if there is a link at all. A page without links is called **dangling**. Its row is 0, and $xP$ loses whoever stands there.

The first repair: a surfer on a dangling page *jumps*, to a page drawn from a fixed distribution $d$. Usually $d$ is uniform. Now $P$ is a stochastic matrix and
$\sum_j(xP)_j=\sum_ix_i\sum_jP_{ij}=\sum_ix_i$: nobody gets lost.

For drawing and counting by hand, a web of seven pages. D is dangling, E and F are a trap, nobody links to G.
"""

# %%
pages = list("ABCDEFG")
web = [("A", "B"), ("A", "C"), ("B", "A"), ("B", "C"), ("B", "E"), ("C", "A"), ("C", "D"), ("E", "F"), ("F", "E"), ("G", "A")]
small = nx.DiGraph()
small.add_nodes_from(pages)
small.add_edges_from(web)
P = nx.google_matrix(small, alpha=1, nodelist=pages)  # with alpha=1: the matrix of the repaired surfer
print(np.round(P, 2))
print("rows sum to 1:", np.allclose(P.sum(axis=1), 1))

# %% [markdown]
r"""
**Predict.** Which row belongs to D? What do the *columns* say, and must they sum to 1?

<details><summary>Answer</summary>

The fourth: seven times $\tfrac17$. Column $j$ says from where page $j$ is reached. Columns need not sum to 1: that of G is nearly empty, that of A is full.

</details>
"""

# %% [markdown] exercise="e1" title="From links to a stochastic matrix" level="warm-up" minutes=20 exports=["transition"]
r"""
Write `transition(links, pages, dangling=None)`: the repaired surfer's matrix $P$, a NumPy array of floats with one row and one column a page, both in the order
of `pages`.

- `pages`: a list of $n\ge1$ distinct names. `links`: a list of `(source, target, weight)`, both names out of `pages`, the weight a number above 0. If a pair
  occurs several times, its weights add up. A link from a page to itself counts like any other.
- A page with links has shares in proportion to its weights in its row.
- A page without links has the distribution `dangling` in its row: a dict of names to weights of at least 0, not all 0, which is scaled to sum 1; a page that it does not
  name has weight 0. `None` means the same weight for all pages.

`transition([("a", "b", 1), ("a", "c", 3), ("b", "a", 2), ("c", "a", 1)], ["a", "b", "c"])` is
`[[0, 0.25, 0.75], [1, 0, 0], [1, 0, 0]]`, as an array.
"""

# %% [markdown] hints="e1" reading="IIR 21.2.1"
r"""
1. Which row belongs to `pages[2]`? A dict from names to numbers answers that once and for all.
2. Collect the weights in an $n\times n$ array of zeros, put the jump weights into the rows that are still empty, then divide every row by its sum.
3. `P[place[source], place[target]] += weight` in a loop over the links. `P[P.sum(axis=1) == 0] = jump` fills the empty rows. `P / P.sum(axis=1, keepdims=True)` divides
   rows; without `keepdims` it would divide columns.
"""


# %% solution="e1"
def transition(links, pages, dangling=None):
    """Row-stochastic matrix of a surfer who follows links by weight, and jumps by the dict dangling where there are none."""
    ### BEGIN SOLUTION
    place = {page: i for i, page in enumerate(pages)}
    P = np.zeros((len(pages), len(pages)))
    for source, target, weight in links:
        P[place[source], place[target]] += weight
    jump = [1.0 if dangling is None else dangling.get(page, 0.0) for page in pages]
    P[P.sum(axis=1) == 0] = jump
    return P / P.sum(axis=1, keepdims=True)
    ### END SOLUTION


# %% test="e1_shares" points=1 title="A row holds the shares of a page's links, in the order of the pages"
check(transition, [("a", "b", 1), ("a", "c", 3), ("b", "a", 2), ("c", "a", 1)], ["a", "b", "c"]).close(
    np.array([[0, 0.25, 0.75], [1, 0, 0], [1, 0, 0]]), idea="row i: weight of each link of page i over the sum of all of them"
)
### BEGIN HIDDEN TESTS
check(transition, [("z", "a", 1), ("z", "z", 1), ("a", "z", 5)], ["z", "a"]).close(
    np.array([[0.5, 0.5], [1.0, 0.0]]), idea="rows and columns follow the given order; a link to oneself is a link"
)
for seed in range(4):
    rng = seeded(seed)
    names = [f"p{k}" for k in rng.permutation(6)]
    W = rng.integers(0, 5, size=(6, 6)) + np.eye(6, dtype=int)[rng.permutation(6)]
    shuffled = [(names[i], names[j], int(W[i, j])) for i, j in rng.permutation(np.argwhere(W > 0))]
    check(transition, shuffled, names).note(f"seed {seed}").close(
        np.array([[w / sum(row) for w in row] for row in W.tolist()]), idea="from is the row, to is the column; each row sums to 1"
    )
### END HIDDEN TESTS

# %% test="e1_repeated" points=1 title="Weights of a repeated link add up"
check(transition, [("a", "b", 1), ("a", "b", 1), ("a", "c", 1), ("b", "a", 1), ("c", "b", 1)], ["a", "b", "c"]).close(
    np.array([[0, 2 / 3, 1 / 3], [1, 0, 0], [0, 1, 0]]), idea="two links to b and one to c: b gets two thirds"
)
### BEGIN HIDDEN TESTS
check(transition, [("a", "c", 0.5), ("b", "a", 1), ("a", "b", 2), ("a", "c", 1.5), ("c", "a", 4)], ["a", "b", "c"]).close(
    np.array([[0, 0.5, 0.5], [1, 0, 0], [1, 0, 0]]), idea="0.5 and 1.5 make 2; the two need not stand side by side"
)
### END HIDDEN TESTS

# %% test="e1_dangling" points=1 title="Pages without links jump"
check(transition, [("a", "b", 2)], ["a", "b"]).close(
    np.array([[0, 1], [0.5, 0.5]]), idea="b has no links: from there the surfer jumps to any page"
)
### BEGIN HIDDEN TESTS
check(transition, [("a", "b", 2)], ["a", "b", "c"], {"a": 1, "c": 3}).close(
    np.array([[0, 1, 0], [0.25, 0, 0.75], [0.25, 0, 0.75]]), idea="scale the jump's weights to sum 1; a page that is not named has 0"
)
check(transition, [("a", "b", 1), ("b", "a", 1)], ["a", "b"], {"a": 1}).close(
    np.array([[0.0, 1.0], [1.0, 0.0]]), idea="only pages without links jump"
)
check(transition, [("b", "b", 2), ("c", "b", 1)], ["a", "b", "c"], {"c": 5}).close(
    np.array([[0, 0, 1], [0, 1, 0], [0, 1, 0]]), idea="a page whose only link leads to itself has a link: it does not jump"
)
check(transition, [], ["a", "b", "c", "d"]).close(np.full((4, 4), 0.25), idea="without any link every page is dangling")
check(transition, [], ["a"]).close(np.array([[1.0]]), idea="from a page that is alone one jumps to it")
### END HIDDEN TESTS

# %% [markdown]
r"""
## Teleport, and only one answer is left

The second repair helps against traps. Before each step the surfer flips a coin. With probability $\alpha$ a step by $P$ follows; with probability $1-\alpha$ the surfer
**teleports** to a page drawn from a distribution $p$, uniform unless said otherwise:

$$x_{k+1}=\alpha\,x_kP+(1-\alpha)\,p .$$

The distribution $r$ that this map leaves unchanged is **PageRank** (Page, Brin, Motwani and Winograd, 1999). Mind the letter: here, as in NetworkX, $\alpha$ is the probability of *following a link*, and
0.85 is customary. IIR writes $\alpha$ for the probability of teleporting.

For $0\le\alpha<1$ there is exactly one $r$, and every start leads to it. For two distributions $x$ and $y$ the teleports cancel, and a stochastic matrix cannot enlarge a sum of absolute
values:

$$\lVert(\alpha xP+(1-\alpha)p)-(\alpha yP+(1-\alpha)p)\rVert_1=\alpha\,\lVert(x-y)P\rVert_1\le\alpha\,\lVert x-y\rVert_1,\qquad \lVert v\rVert_1=\textstyle\sum_i|v_i| .$$

The map brings any two distributions closer by the factor $\alpha$ at least: a *contraction*. Such a map of a closed set into itself has exactly one fixed point, and every start leads
there (Banach). No condition on the links is needed. Two consequences, with
$c_k=\lVert x_k-x_{k-1}\rVert_1$ for the change in step $k$:

- $c_{k+1}\le\alpha\,c_k$ and $c_1\le2$, so for $0<\alpha<1$ a change of at most $\varepsilon$, with $0<\varepsilon\le2$, is reached by step $1+\lceil\ln(\varepsilon/2)/\ln\alpha\rceil$ at the latest;
- the distance that is left is at most $\lVert r-x_k\rVert_1\le\frac{\alpha}{1-\alpha}\,c_k$: a small change is a small error, unless $\alpha$ is near 1.

**Predict.** How many steps reach a change of $10^{-10}$ at the latest for $\alpha=0.85$, and how many for $0.99$?
"""


# %%
def changes_of(alpha, steps):
    x, changes = np.full(7, 1 / 7), []
    for _ in range(steps):
        new = alpha * (x @ P) + (1 - alpha) / 7
        changes.append(np.abs(new - x).sum())
        x = new
    return np.array(changes)


for alpha in (0.5, 0.85, 0.99):
    bound = 1 + math.ceil(math.log(1e-10 / 2) / math.log(alpha))
    needed = int(np.argmax(changes_of(alpha, 3000) <= 1e-10)) + 1
    print(f"alpha {alpha:4}: at most {bound:4} steps, needed {needed:4}")

# %%
fig, ax = plt.subplots(figsize=(6, 3.4))
bound = r"bounds $c_1\,\alpha^{k-1}$"
for alpha, mark in ((0.5, "o"), (0.85, "s"), (0.99, "^")):
    changes = changes_of(alpha, 40)
    _ = ax.semilogy(range(1, 41), changes, mark, markersize=4, linestyle="none", label=f"α = {alpha}")
    _ = ax.semilogy(range(1, 41), changes[0] * alpha ** np.arange(40), "k-", linewidth=0.8, label=bound if alpha == 0.99 else None)
_ = ax.set(title="Changes fall at least as fast as powers of α", xlabel="step", ylabel="change (probability)", ylim=(1e-12, 2))
_ = ax.legend(loc="lower left", frameon=True)
figures.show(
    fig,
    alt="Change per step on a logarithmic axis for three values of alpha: the points soon fall in straight lines, none above the line of first change times power of alpha.",
)

# %% [markdown]
r"""
The price of $\alpha$ near 1 is plain to see. But why not a small $\alpha$? **Vary** it, and look at the ranks themselves:
"""

# %%
place = dict(zip("ABCDEFG", [(0, 1), (0, 0), (1, 0.5), (2, 0.5), (0.2, -1), (1.3, -1), (-1, 1)]))
fig, axes = plt.subplots(1, 3, figsize=(9, 2.9))
for ax, alpha in zip(axes, (0.3, 0.85, 0.99)):
    ranks = nx.pagerank(small, alpha=alpha, tol=1e-12, max_iter=5000)
    areas = [3000 * ranks[page] for page in pages]
    nx.draw_networkx(small, place, ax=ax, node_size=areas, node_color="#56B4E9", edgecolors="black", with_labels=False)
    for page, (across, up) in place.items():
        _ = ax.text(across + 0.12, up + 0.25, page, fontsize=10, fontweight="bold")
    _ = ax.set(title=f"α = {alpha}: trap holds {ranks['E'] + ranks['F']:.0%}", xlim=(-1.5, 2.5), ylim=(-1.7, 1.6))
    _ = ax.axis("off")
fig.tight_layout()
figures.show(
    fig,
    alt="The small web drawn three times, area showing rank: areas differ little for alpha 0.3; for 0.99 the trap of E and F holds nearly everything.",
)

# %% [markdown]
r"""
With small $\alpha$ the links hardly matter; with $\alpha$ near 1 the trap takes all. The usual 0.85 is a compromise, no law.

A computer needs no matrix for a step. Each page hands $\alpha$ times its rank to its links, dangling pages hand theirs to $d$, teleports add $(1-\alpha)p$: one pass over the links,
whatever the square of the number of pages may be.
"""

# %% [markdown] exercise="e2" title="PageRank by power iteration" level="core" minutes=45 exports=["pagerank"]
r"""
Write `pagerank(links, pages, alpha=0.85, teleport=None, dangling=None, tol=1e-12)`, which returns the tuple `(ranks, changes)`.

- `pages`: a list of $n\ge1$ distinct names. `links`: a list of pairs `(source, target)`, no pair twice; a link from a page to itself counts like any other. A page's links share its rank equally.
- `teleport` and `dangling` are the distributions $p$ and $d$: each a dict of names to weights of at least 0, not all 0, which is scaled to sum 1; a page that it does not name has
  weight 0. `None` means the uniform distribution, for `dangling` too, *whatever* `teleport` is. $0\le\alpha<1$.
- Start with the uniform distribution $x_0$, take steps $x_{k+1}=\alpha x_kP+(1-\alpha)p$, and stop after the first whose change $c_k=\lVert x_k-x_{k-1}\rVert_1$ is at most `tol`.
- `ranks` is a dict of every page to its entry (a float) in the last $x_k$; `changes` is the list $[c_1,\dots,c_k]$.

With the links `[("a", "b"), ("a", "c"), ("b", "a"), ("c", "a")]` on the pages `["a", "b", "c"]` the ranks are $\tfrac{18}{37}$ for a, $\tfrac{19}{74}$ for b and for c,
and `changes` begins with $0.85\cdot\tfrac23$.
"""

# %% [markdown] hints="e2" reading="IIR 21.2.2"
r"""
1. Where does the rank of one page go in one step? Follow it for a page with three links, and for one without any.
2. Keep two arrays: source and target of each link, as numbers. A link hands on its source's rank over the number of that page's links. Sum up what arrives at each target, add the dangling pages' total times
   $d$, multiply all that by $\alpha$, and add $(1-\alpha)p$.
3. `out = np.bincount(source, minlength=n)`; inside the loop `flow = np.bincount(target, weights=x[source] / out[source], minlength=n)` and `stuck = x[out == 0].sum()`. Compare the new distribution
   with the old one before you forget it.
"""


# %% solution="e2"
def pagerank(links, pages, alpha=0.85, teleport=None, dangling=None, tol=1e-12):
    """Ranks of all pages by power iteration from the uniform distribution, and the change in each step."""
    ### BEGIN SOLUTION
    n, place = len(pages), {page: i for i, page in enumerate(pages)}

    def distribution(weights):
        w = np.array([1.0 if weights is None else weights.get(page, 0.0) for page in pages])
        return w / w.sum()

    p, d = distribution(teleport), distribution(dangling)
    source = np.array([place[a] for a, _ in links], dtype=int)
    target = np.array([place[b] for _, b in links], dtype=int)
    out = np.bincount(source, minlength=n)
    x, changes = np.full(n, 1 / n), [math.inf]
    while changes[-1] > tol:
        flow = np.bincount(target, weights=x[source] / out[source], minlength=n)
        new = alpha * (flow + x[out == 0].sum() * d) + (1 - alpha) * p
        changes.append(float(np.abs(new - x).sum()))
        x = new
    return dict(zip(pages, x.tolist(), strict=True)), changes[1:]
    ### END SOLUTION


# %% test="e2_ranks" points=2 title="The ranks solve PageRank's equation"
three = [("a", "b"), ("a", "c"), ("b", "a"), ("c", "a")]
check(lambda: pagerank(three, ["a", "b", "c"])[0]).note(f"the ranks of pagerank({three}, ['a', 'b', 'c'])").close(
    {"a": 18 / 37, "b": 19 / 74, "c": 19 / 74}, rtol=1e-9, idea="alpha is the probability of following a link, 0.85 if nothing is said"
)
### BEGIN HIDDEN TESTS
check(lambda: pagerank([("a", "a"), ("a", "b"), ("b", "a")], ["b", "a"])[0]).note("links a-a, a-b, b-a").close(
    {"a": 0.925 / 1.425, "b": 0.5 / 1.425}, rtol=1e-9, idea="half of a's rank stays with a: its link to itself is one of two"
)
check(lambda: pagerank([("a", "a"), ("b", "a")], ["a", "b"])[0]).note("links a-a, b-a").close(
    {"a": 0.925, "b": 0.075}, rtol=1e-9, idea="a page whose only link leads to itself keeps its rank: it is not dangling"
)
for seed in range(4):
    rng = seeded(seed)
    names = [f"p{k}" for k in range(int(rng.integers(4, 12)))]
    n = len(names)
    M = np.array(rng.random((n, n)) < 0.3) | np.eye(n, dtype=bool)
    M[0, 1:] = M[1:, 0] = True
    edges = [(names[i], names[j]) for i, j in np.argwhere(M)]
    solved = np.linalg.solve(np.eye(n) - 0.85 * (M / M.sum(axis=1, keepdims=True)).T, np.full(n, 0.15 / n))
    check(lambda: pagerank(edges, names)[0]).note(f"seed {seed}, links {edges}").close(
        dict(zip(names, solved.tolist())), rtol=1e-8, idea="a page hands equal shares of its rank to the pages it links to"
    )
### END HIDDEN TESTS

# %% test="e2_dangling" points=2 title="Dangling pages hand their rank to a distribution of their own"
def dangling_ranks(*given):
    """The ranks that pagerank returns, without the changes."""
    return pagerank(*given)[0]


check(dangling_ranks, [("a", "b"), ("b", "c")], ["a", "b", "c"], 0.5, {"a": 1}).close(
    {"a": 9 / 17, "b": 5 / 17, "c": 3 / 17}, rtol=1e-9, idea="c has no links: its rank goes to all pages alike, though teleports go to a only"
)
### BEGIN HIDDEN TESTS
check(dangling_ranks, [], ["a", "b"], 0.6, None, {"b": 1.0}).close(
    {"a": 0.2, "b": 0.8}, rtol=1e-9, idea="without any link every page is dangling: 0.6 of the rank goes to b, the rest to both"
)
check(dangling_ranks, [("a", "b")], ["a", "b"], 0.5, None, {"a": 3, "b": 1}).close(
    {"a": 5 / 11, "b": 6 / 11}, rtol=1e-9, idea="these weights, too, are scaled to sum 1: three of four jumps lead to a"
)
for seed in range(5):
    rng = seeded(seed)
    n, alpha = int(rng.integers(4, 10)), float(rng.uniform(0.2, 0.95))
    names = [f"p{k}" for k in range(n)]
    M = (rng.random((n, n)) < 0.4) & ~np.eye(n, dtype=bool)
    M[: n // 2] = False
    edges = [(names[i], names[j]) for i, j in np.argwhere(M)]
    p, d = rng.dirichlet(np.ones(n)), rng.dirichlet(np.ones(n - 1))
    for jump, given in ((np.full(n, 1 / n), None), (np.append(d, 0.0), dict(zip(names, d.tolist())))):
        S = np.where(M.any(axis=1, keepdims=True), M / np.maximum(M.sum(axis=1, keepdims=True), 1), jump)
        solved = np.linalg.solve(np.eye(n) - alpha * S.T, (1 - alpha) * p)
        check(dangling_ranks, edges, names, alpha, dict(zip(names, p.tolist())), given).note(f"seed {seed}").close(
            dict(zip(names, solved.tolist())), rtol=1e-8, atol=1e-10, idea="dangling pages hand on alpha times their rank, by d and not by p; all ranks sum to 1"
        )
### END HIDDEN TESTS


# %% test="e2_teleport" points=1 title="Teleports lead where they are told"
def teleport_ranks(*given):
    """The ranks that pagerank returns, without the changes."""
    return pagerank(*given)[0]


check(teleport_ranks, [("a", "b"), ("b", "a"), ("c", "a")], ["a", "b", "c"], 0.5, {"a": 3, "b": 1}).close(
    {"a": 7 / 12, "b": 5 / 12, "c": 0.0}, rtol=1e-9, atol=1e-12, idea="three of four teleports lead to a, the fourth to b, none to c"
)
### BEGIN HIDDEN TESTS
for seed in range(4):
    rng = seeded(seed)
    n, alpha = int(rng.integers(4, 10)), float(rng.uniform(0.2, 0.95))
    names = [f"p{k}" for k in range(n)]
    M = (rng.random((n, n)) < 0.3) | np.eye(n, k=1, dtype=bool) | np.eye(n, k=1 - n, dtype=bool)
    np.fill_diagonal(M, False)
    edges = [(names[i], names[j]) for i, j in np.argwhere(M)]
    wishes = rng.integers(1, 6, size=n - 1)
    solved = np.linalg.solve(
        np.eye(n) - alpha * (M / M.sum(axis=1, keepdims=True)).T, np.append((1 - alpha) * wishes / wishes.sum(), 0.0)
    )
    check(teleport_ranks, edges, names, alpha, dict(zip(names, wishes.tolist()))).note(f"seed {seed}").close(
        dict(zip(names, solved.tolist())), rtol=1e-8, atol=1e-10, idea="scale the teleport weights to sum 1; who is not named has 0"
    )
### END HIDDEN TESTS


# %% test="e2_changes" points=2 title="The changes, from the first step to the last"
def changes_listed(*given):
    """The changes that pagerank returns, without the ranks."""
    return pagerank(*given)[1]


check(changes_listed, [("a", "b"), ("a", "c"), ("b", "a"), ("c", "a")], ["a", "b", "c"], 0.85, None, None, 0.5).close(
    [0.85 * 2 / 3, 0.85**2 * 2 / 3], rtol=1e-9, idea="the first change is that from the uniform start; the last is the first below 0.5"
)
### BEGIN HIDDEN TESTS
check(changes_listed, [("a", "b"), ("b", "a")], ["a", "b"], 0.5, {"a": 1}, None, 0.5).equals(
    [0.5], idea="a change of exactly tol is at most tol: no further step"
)
check(changes_listed, [("a", "b"), ("b", "a")], ["a", "b"], 0.0, {"a": 1}).close(
    [1.0, 0.0], rtol=0, atol=1e-12, idea="with alpha 0 the first step leads to the teleports, and the second changes nothing"
)
round_five = [(f"p{k}", f"p{(k + 1) % 5}") for k in range(5)]
check(changes_listed, round_five, [f"p{k}" for k in range(5)], 0.97, {"p0": 1}).note("a ring of five pages").close(
    [0.048 * 0.97**k for k in range(809)], rtol=1e-6, atol=1e-14, idea="as many steps as the change needs, down to 1e-12 if nothing is said"
)
for seed in range(6):
    rng = seeded(seed)
    n, alpha, tol = int(rng.integers(4, 10)), (0.3, 0.85, 0.95)[seed % 3], (1e-2, 1e-10)[seed % 2]
    names = [f"p{k}" for k in range(n)]
    M = (rng.random((n, n)) < 0.3) | np.eye(n, k=1, dtype=bool) | np.eye(n, k=1 - n, dtype=bool)
    np.fill_diagonal(M, False)
    edges = [(names[i], names[j]) for i, j in np.argwhere(M)]
    path = [np.full(n, 1 / n)]
    for _ in range(10):
        path.append(alpha * path[-1] @ (M / M.sum(axis=1, keepdims=True)) + (1 - alpha) * np.eye(n)[0])
    known = [np.abs(b - a).sum() for a, b in zip(path, path[1:])]
    known = known[: 1 + next((k for k, change in enumerate(known) if change <= tol), 9)]
    check(changes_listed, edges, names, alpha, {"p0": 1}, None, tol).note(f"seed {seed}").satisfies(
        lambda c, known=known: len(c) >= len(known) and np.allclose(c[: len(known)], known, rtol=1e-6, atol=1e-14),
        f"changes that begin with {known}",
        idea="the walk starts with the uniform distribution, wherever teleports lead; the change sums absolute differences",
    )
    most = 2 + math.ceil(math.log(tol / 2) / math.log(alpha))
    check(changes_listed, edges, names, alpha, {"p0": 1}, None, tol).note(f"seed {seed}").satisfies(
        lambda c, tol=tol, most=most: len(c) <= most and c[-1] <= tol and all(change > tol for change in c[:-1]),
        f"at most {most} changes, of which the last is the first that is at most {tol:g}",
        idea="stop after the first step whose change is at most tol, not earlier and not later",
    )
    if len(known) < 10:
        final = check(pagerank, edges, names, alpha, {"p0": 1}, None, tol).value(idea="a tuple of ranks and changes")
        check_value(f"the ranks with tol={tol:g} (seed {seed})", final[0]).close(
            dict(zip(names, path[len(known)].tolist())), rtol=1e-9, atol=1e-12, idea="return the distribution after the last step, not the one before"
        )
### END HIDDEN TESTS

# %% [markdown]
r"""
## Whose teleport? Ranks for a topic

Let all teleports lead to pages on music: then pages are ranked by what music's friends think, and what *their* friends think. With $d$ held
fixed, $r=(1-\alpha)\,p\,(I-\alpha P)^{-1}$ is **linear** in $p$: ranks for half music and half law are the mean of the ranks for each. A search engine may
compute one vector a topic in advance, and mix (Haveliwala, 2002).

**Predict.** NetworkX calls $p$ `personalization` and $d$ `dangling`. Left out, `dangling` is *the personalisation*, not the uniform distribution. Is the mean still the rank of the
mixture?
"""


# %%
def ranks_for(teleport, dangling):
    ranks = nx.pagerank(small, personalization=teleport, dangling=dangling, tol=1e-14, max_iter=1000)
    return np.array([ranks[page] for page in pages])


for name, dangling in (("left out", None), ("uniform", dict.fromkeys(pages, 1))):
    mixture = ranks_for({"A": 1, "D": 1}, dangling)
    mean = (ranks_for({"A": 1}, dangling) + ranks_for({"D": 1}, dangling)) / 2
    print(f"dangling {name}: mixture and mean differ by up to {np.abs(mixture - mean).max():.6f}")

# %% [markdown]
r"""
If $d$ is $p$, then $P$ itself changes with $p$, and linearity is gone. Whoever mixes must fix $d$.

NetworkX holds a second surprise. It stops when the change is below $n\cdot$`tol`, and `tol` is $10^{-6}$ if you do not say otherwise. All ranks together are 1, so what is a change of
$n\cdot10^{-6}$ when $n$ is large? Here is a star: every page links to the centre, and the centre to one of them.
"""

# %%
print("  pages  ranks wrong by, in total")
for n in (100, 10_000, 100_000):
    star = nx.DiGraph([(page, 0) for page in range(1, n)] + [(0, 1)])
    exact = nx.pagerank(star, tol=1e-16, max_iter=1000)
    print(f"{n:7}  {sum(abs(rank - exact[page]) for page, rank in nx.pagerank(star).items()):.5f}")

# %% [markdown]
r"""
And if you ask for more, 100 steps may not reach it: `PowerIterationFailedConvergence`. The bound of the last section says what to give as `max_iter`.

A rank alone answers no query: it is the same for all of them. IIR 7.1.4 adds it to the text score as a *static quality score*. Ranks of a thousand pages are small numbers, so they are
first divided by the largest of them; then both parts lie between 0 and 1.
"""

# %% [markdown] exercise="e3" title="Rank a library with NetworkX" level="core" minutes=40 exports=["rank_corpus", "net_scores"] goals=[3]
r"""
Write two functions.

`rank_corpus(links, pages, likes=None, alpha=0.85)`: PageRank by `nx.pagerank`, a dict of every page of `pages` to its rank.

- `links`: a list of pairs `(source, target)`, no pair twice. Pages that no link names get their rank too.
- Teleports follow `likes`, a dict of names to weights of at least 0, not all 0; `None` means all pages alike. Dangling pages jump to all pages alike, *whatever* `likes` is.
- Each rank is right to $10^{-9}$, for up to 500 pages and $0\le\alpha\le0.98$.

`net_scores(text, ranks, share, k)`: the `k` best search results, a list of `(page, score)`, best first.

- `text`: a dict of text scores above 0, at most 1, of the pages that match a query. No other page is a result. `ranks`: a dict of ranks above 0 of all pages. `share` lies
  between 0 and 1; `k` is a whole number above 0.
- A page's score is $(1-\texttt{share})\cdot\text{text score}+\texttt{share}\cdot\text{rank}/\text{largest of all ranks}$.
- Pages with equal scores stand in the order of their names. Fewer than `k` matches make a shorter list.

`rank_corpus([("a", "b"), ("b", "a")], ["a", "b", "c"])` is $\tfrac{20}{43}$ for a and for b and $\tfrac{3}{43}$ for c, and
`net_scores({"a": 0.6, "c": 0.9}, {"a": 0.2, "b": 0.5, "c": 0.1}, 0.5, 2)` is `[("c", 0.55), ("a", 0.5)]`.
"""

# %% [markdown] hints="e3" reading="IIR 21.2.3 and 7.1.4"
r"""
1. Which of NetworkX's defaults do you disagree with? There are three. And which pages does `nx.DiGraph(links)` not know?
2. Say `personalization=likes`, a `dangling` dict with the same weight for all pages, a `tol` so small that $n\cdot$`tol` is far below $10^{-9}$, and enough steps for $\alpha=0.98$. Sort the results by a
   key that has both the score and the name in it.
3. `graph.add_nodes_from(pages)`; `dangling=dict.fromkeys(pages, 1)`, `tol=1e-14`, `max_iter=5000`. The key: `lambda result: (-result[1], result[0])`.
"""


# %% solution="e3"
def rank_corpus(links, pages, likes=None, alpha=0.85):
    """PageRank of all pages by NetworkX: teleports by likes, jumps from dangling pages to all pages alike."""
    ### BEGIN SOLUTION
    graph = nx.DiGraph()
    graph.add_nodes_from(pages)
    graph.add_edges_from(links)
    anywhere = dict.fromkeys(pages, 1)
    return nx.pagerank(graph, alpha, personalization=likes, dangling=anywhere, tol=1e-14, max_iter=5000)
    ### END SOLUTION


def net_scores(text, ranks, share, k):
    """The k best of the pages in text by text score and relative rank: a list of (page, score), best first."""
    ### BEGIN SOLUTION
    top = max(ranks.values())
    scores = [(page, (1 - share) * score + share * ranks[page] / top) for page, score in text.items()]
    return sorted(scores, key=lambda result: (-result[1], result[0]))[:k]
    ### END SOLUTION


# %% test="e3_ranks" points=2 title="Ranks of the library's pages"
check(rank_corpus, [("a", "b"), ("b", "c"), ("c", "a"), ("c", "b")], ["a", "b", "c"]).close(
    {"a": 0.21481, "b": 0.39740, "c": 0.38779}, rtol=0, atol=1e-4, idea="links have a direction: b is linked to twice, a once"
)
### BEGIN HIDDEN TESTS
for seed in range(2):
    shelf = library.generate(seed=int(seeded(seed).integers(1, 10**6)), documents=80)
    linked = sorted({page for link in shelf.links for page in link})
    place = {page: i for i, page in enumerate(linked)}
    W = np.zeros((len(linked), len(linked)))
    for start, end in shelf.links:
        W[place[start], place[end]] = 1
    W[W.sum(axis=1) == 0] = 1
    solved = np.linalg.solve(np.eye(len(W)) - 0.85 * (W / W.sum(axis=1, keepdims=True)).T, np.full(len(W), 0.15 / len(W)))
    check(rank_corpus, shelf.links, linked).note(f"a library of 80 documents, seed {seed}").close(
        dict(zip(linked, solved.tolist())), rtol=0, atol=5e-4, idea="alpha is 0.85 unless told otherwise; links count in their direction only"
    )
### END HIDDEN TESTS

# %% test="e3_dangling" points=1 title="Teleports follow the likes, dangling pages do not"
check(rank_corpus, [("a", "b"), ("b", "c")], ["a", "b", "c"], {"a": 1}, 0.5).close(
    {"a": 9 / 17, "b": 5 / 17, "c": 3 / 17}, rtol=0, atol=1e-4, idea="c is dangling: its readers go to all pages alike, not only to the liked one"
)
### BEGIN HIDDEN TESTS
for seed in range(4):
    rng = seeded(seed)
    n, alpha = 8, float(rng.uniform(0.5, 0.9))
    names = [f"p{k}" for k in rng.permutation(n)]
    M = np.eye(n, k=1) + np.eye(n, k=3)
    likes = {names[k]: int(rng.integers(1, 5)) for k in range(0, n, 2)}
    p = np.array([likes.get(page, 0) for page in names]) / sum(likes.values())
    edges = [(names[i], names[j]) for i, j in np.argwhere(M)]
    S = np.vstack([M[:-1] / M[:-1].sum(axis=1, keepdims=True), np.full((1, n), 1 / n)])
    check(rank_corpus, edges, names, likes, alpha).note(f"seed {seed}; {names[-1]} is dangling").close(
        dict(zip(names, np.linalg.solve(np.eye(n) - alpha * S.T, (1 - alpha) * p).tolist())),
        rtol=0,
        atol=2e-4,
        idea="two distributions: one for teleports, one for dangling pages; NetworkX takes the first for both unless told",
    )
### END HIDDEN TESTS

# %% test="e3_pages" points=1 title="Pages that no link names are ranked too"
check(rank_corpus, [("a", "b"), ("b", "a")], ["a", "b", "c"], None, 0.85).close(
    {"a": 20 / 43, "b": 20 / 43, "c": 3 / 43}, rtol=0, atol=1e-4, idea="a list of links does not know all pages"
)
### BEGIN HIDDEN TESTS
check(rank_corpus, [], ["c", "a", "d", "b"], None, 0.85).close(
    {"a": 0.25, "b": 0.25, "c": 0.25, "d": 0.25}, rtol=0, atol=1e-4, idea="without links all pages are alike"
)
### END HIDDEN TESTS

# %% test="e3_exact" points=1 title="Every rank is right to nine digits"
ring = [(f"p{k}", f"p{(k + 1) % 40}") for k in range(40)]
check(rank_corpus, ring, [f"p{k}" for k in range(40)], {"p0": 1}, 0.9).close(
    {f"p{k}": 0.1 * 0.9**k / (1 - 0.9**40) for k in range(40)}, rtol=0, atol=1e-9, idea="when does nx.pagerank stop, if you do not say more?"
)
### BEGIN HIDDEN TESTS
for n, alpha in ((500, 0.98), (300, 0.85), (50, 0.97)):
    check(rank_corpus, [(f"p{k}", f"p{(k + 1) % n}") for k in range(n)], [f"p{k}" for k in range(n)], {"p0": 1}, alpha).note(
        f"a ring of {n} pages, teleports to p0, alpha {alpha}"
    ).close(
        {f"p{k}": (1 - alpha) * alpha**k / (1 - alpha**n) for k in range(n)},
        rtol=0,
        atol=1e-9,
        idea="the bound of the section on teleports says how many steps a small change may take",
    )
two_rings = [("p0", "p1"), ("p1", "p0"), ("p2", "p3"), ("p3", "p2"), *((f"p{k}", f"p{2 + k % 2}") for k in range(4, 500))]
check(rank_corpus, two_rings, [f"p{k}" for k in range(500)], {"p0": 1}, 0.98).note(
    "500 pages; all readers crowd at p2 and p3 at first, and only teleports, to p0, take them away"
).close(
    {**{f"p{k}": 0.0 for k in range(500)}, "p0": 0.02 / (1 - 0.98**2), "p1": 0.0196 / (1 - 0.98**2)},
    rtol=0,
    atol=1e-9,
    idea="the distance that is left may be 49 times the last change, and the last change is n times tol",
)
### END HIDDEN TESTS

# %% test="e3_net" points=2 title="Text score and rank, joined"
check(net_scores, {"a": 0.6, "c": 0.9}, {"a": 0.2, "b": 0.5, "c": 0.1}, 0.5, 2).close(
    [("c", 0.55), ("a", 0.5)], idea="b does not match the query, but its rank is the largest: the others are measured by it"
)
### BEGIN HIDDEN TESTS
check(net_scores, {"a": 0.6, "c": 0.9}, {"a": 0.2, "b": 0.5, "c": 0.1}, 0.75, 1).close(
    [("a", 0.45)], idea="share is the weight of the rank, 1 - share that of the text"
)
check(net_scores, {}, {"a": 1.0}, 0.5, 3).equals([], idea="no match, no result")
for seed in range(4):
    rng = seeded(seed)
    n, share = 30, float(rng.uniform(0.1, 0.9))
    r = rng.dirichlet(np.ones(n)) + 1e-6
    found = {f"p{k}": float(rng.uniform(0.1, 1)) for k in rng.permutation(n)[:12]}
    best = sorted(((1 - share) * t + share * float(r[int(page[1:])] / r.max()), page) for page, t in found.items())[::-1]
    for k in (5, 20):
        check(net_scores, found, {f"p{i}": float(r[i]) for i in range(n)}, share, k).note(f"seed {seed}").close(
            [(page, value) for value, page in best[:k]], rtol=1e-9, idea="weighted mean of text score and relative rank; the k best, best first"
        )
### END HIDDEN TESTS

# %% test="e3_ties" points=1 title="Equal scores stand in the order of their names"
check(net_scores, {"b": 0.5, "a": 0.5}, {"a": 0.5, "b": 0.5}, 0.5, 2).close(
    [("a", 0.75), ("b", 0.75)], idea="a comes before b"
)
### BEGIN HIDDEN TESTS
check(net_scores, {"b": 0.5, "d": 1.0, "c": 0.5, "a": 0.5, "e": 0.25}, dict.fromkeys("abcde", 0.2), 0.5, 3).close(
    [("d", 1.0), ("a", 0.75), ("b", 0.75)], idea="first the score, falling, then the name, rising; cut off after sorting"
)
### END HIDDEN TESTS

# %% [markdown]
r"""
What do the planted pages make of it? Three rankings of the library: by votes, by PageRank, and by PageRank with all teleports leading to the
authorities, as if an editor had picked these twelve by hand. The last idea is *TrustRank* (Gyöngyi, Garcia-Molina and Pedersen, 2004): to a farm, then, no teleport leads, only the
few links from outside and now and then the jump from a dangling page.
"""

# %%
flat = dict.fromkeys(lib.texts, 1)
settings = {"alpha": 0.85, "dangling": flat, "tol": 1e-14, "max_iter": 1000}
rankings = {
    "votes": dict(G.in_degree),
    "PageRank": nx.pagerank(G, **settings),
    "trust": nx.pagerank(G, personalization=dict.fromkeys(planted, 1), **settings),
}
for name, score in rankings.items():
    order = sorted(G, key=lambda page: (-score[page], page))
    print(f"{name:8}: {sum(p in planted for p in order[:12]):2} authorities in the first 12; farm number {order.index(lib.farm[0]) + 1}")

# %% [markdown]
r"""
PageRank, too, puts the authorities on top, but it is *kinder* to the farm than the count of votes was, and lets it in among them: why, the last section works out. Trust sees through it.

## Hubs and authorities

A good list of links is worth something too, even if nobody links to it. Kleinberg (1999) gives each page *two* scores: an **authority** is linked to by good hubs, a **hub** links to good
authorities. With the adjacency matrix $A$ ($A_{ij}=1$ if $i$ links to $j$), hub scores $h$ and authority scores $a$ as columns, and the sign $\propto$ for "up to a positive factor":

$$h\propto Aa,\qquad a\propto A^\mathsf{T}h,\qquad\text{so}\qquad a\propto A^\mathsf{T}A\,a,\quad h\propto AA^\mathsf{T}h .$$

The method's name is HITS. It is run after a query, on the **base set**: the search results (the *root set*), all pages they link to, and all that link to them.

Vectors with $Av=\sigma u$ and $A^\mathsf{T}u=\sigma v$, of length 1, are called **singular vectors** of $A$, right and left, and $\sigma\ge0$ their singular value; tomorrow is all about them. So
$a$ and $h$ are the right and the left singular vector of the *largest* singular value $\sigma_1$.
"""

# %%
W = nx.to_numpy_array(small, nodelist=pages)
a = np.ones(7)
for _ in range(200):
    h = W @ a
    a = W.T @ h / np.sum(W.T @ h)
hubs, authorities = nx.hits(small)
U, sigma, Vt = np.linalg.svd(W)
print("largest singular values:", np.round(sigma[:3], 4))
print("iterated:", np.round(a, 4))
print("NetworkX:", np.round([abs(authorities[page]) for page in pages], 4))
print("singular:", np.round(np.abs(Vt[0]) / np.abs(Vt[0]).sum(), 4))

# %% [markdown]
r"""
Does the iteration always settle? $A^\mathsf{T}A$ is symmetric with eigenvalues $\sigma_i^2\ge0$, none negative, so nothing oscillates. From positive scores, and if there is a link at all, it converges, up to scale, to the
part of the start that lies in the eigenspace of $\sigma_1^2$. (That part is not 0: a nonnegative matrix has a nonnegative eigenvector for its largest eigenvalue, by Perron and Frobenius.) Each round shrinks the rest by $(\sigma_2/\sigma_1)^2$,
where $\sigma_2$ is the next *smaller* value.

But only if $\sigma_1$ is **unique** is the eigenspace a line, and the answer one that does not depend on the start. There is no teleport here to guarantee it.

**Predict.** One hub with four links to pages $q,r,s,t$; apart from it two hubs, both with links to $y$ and $z$. The singular values of the two parts are $\sqrt4$ and $\sqrt{2\cdot2}$. Which of the six authorities is the
best?
"""

# %%
parts = np.zeros((9, 9))  # pages: a hub, q r s t; two hubs, y z
parts[0, 1:5] = 1
parts[5:7, 7:9] = 1
for name, a in (("all authorities 1", np.ones(9)), ("all hubs 1", parts.T @ np.ones(9))):
    for _ in range(100):
        a = parts.T @ (parts @ a)
        a = a / a.sum()
    print(f"start with {name:17}: q {a[1]:.3f}  y {a[7]:.3f}")

# %% [markdown]
r"""
Both runs have converged, to different answers, and both are right: there is no *the* best. `nx.hits` starts at random, so on this web it gives another answer each time, negative scores included.
A second look at $\sigma_2$ is the remedy: near $\sigma_1$, the scores mean little. (Farahat and others, 2006, have the theory.)
"""

# %% [markdown] exercise="e4" title="Hubs and authorities around a search result" level="core" minutes=30 exports=["hits"]
r"""
Write `hits(links, root)`, which returns the tuple `(hubs, authorities)` of two dicts, page to score.

- `links`: a list of pairs `(source, target)`, no pair twice, no link from a page to itself. `root`: a list of the pages found by a query, not empty.
- The base set: the pages of `root`, every page that a root page links to, and every page that links to a root page. Both dicts have just these pages as keys. From here on only links with both ends in the base
  set count.
- The scores are the singular vectors to the largest singular value: no score is negative, the hub scores sum to 1, and so do the authority scores. They are right to $10^{-8}$. In the tests the second largest singular value is at most $0.95$ times the largest.
- If there is no link within the base set, raise `ValueError`.

`hits([("a", "c"), ("b", "c"), ("b", "d"), ("c", "e")], ["c"])` has the base set a, b, c, e. Its hubs are a and b with $\tfrac12$ each, its authority is c with 1; all other scores are 0.
"""

# %% [markdown] hints="e4" reading="IIR 21.3"
r"""
1. In the example, why is d not in the base set, though b is? Settle the set first; only then is there a matrix.
2. Put the base set in a fixed order, fill its adjacency matrix, and go back and forth: hubs from authorities, authorities from hubs, each time scaled to sum 1, until the authorities do not move
   any more. Start with ones.
3. `hubs = A @ authorities`, `updated = A.T @ hubs`, each over its sum; stop when `np.abs(updated - authorities).sum()` is below $10^{-12}$. Or take the first row of `Vt` and the first column of `U` of `np.linalg.svd(A)`, without
   their sign.
"""


# %% solution="e4"
def hits(links, root):
    """Hub and authority scores of the pages in the base set of root, each scaled to sum 1; ValueError without links."""
    ### BEGIN SOLUTION
    base = {*root, *(b for a, b in links if a in root), *(a for a, b in links if b in root)}
    place = {page: i for i, page in enumerate(sorted(base))}
    A = np.zeros((len(base), len(base)))
    for source, target in links:
        if source in base and target in base:
            A[place[source], place[target]] = 1
    if not A.any():
        raise ValueError("no links between the pages, so there are neither hubs nor authorities")
    authorities, change = np.ones(len(base)), math.inf
    while change > 1e-12:
        hubs = A @ authorities
        updated = A.T @ hubs / np.sum(A.T @ hubs)
        change = np.abs(updated - authorities).sum()
        authorities = updated
    return dict(zip(place, (hubs / hubs.sum()).tolist())), dict(zip(place, authorities.tolist()))
    ### END SOLUTION


# %% test="e4_base" points=1 title="Which pages are scored"
def scored(*given):
    """The names of the pages that hits scores, as hubs and as authorities."""
    hubs, authorities = hits(*given)
    return sorted(hubs), sorted(authorities)


check(scored, [("a", "c"), ("b", "c"), ("b", "d"), ("c", "e")], ["c"]).equals(
    (["a", "b", "c", "e"], ["a", "b", "c", "e"]), idea="root pages, where they link to, and who links to them: one step, not two"
)
### BEGIN HIDDEN TESTS
check(scored, [("c", "d"), ("d", "e"), ("a", "b"), ("b", "c"), ("f", "c")], ["c"]).equals(
    (["b", "c", "d", "f"], ["b", "c", "d", "f"]), idea="one step from the root set, in both directions, and no further"
)
check(scored, [("a", "b"), ("x", "b"), ("x", "y")], ["a", "z"]).equals(
    (["a", "b", "z"], ["a", "b", "z"]), idea="a root page without links belongs to the base set too"
)
### END HIDDEN TESTS


# %% test="e4_scores" points=2 title="The two sets of scores, up to their scale"
def proportions(*given):
    """The scores that hits returns, each over the largest of its kind."""
    return tuple({page: s / max(scores.values()) for page, s in scores.items()} for scores in hits(*given))


check(proportions, [("a", "c"), ("b", "c"), ("b", "d"), ("c", "e")], ["c"]).close(
    ({"a": 1, "b": 1, "c": 0, "e": 0}, {"a": 0, "b": 0, "c": 1, "e": 0}), rtol=0, atol=1e-7, idea="who links out is a hub, who is linked to an authority"
)
### BEGIN HIDDEN TESTS
for seed in range(5):
    rng = seeded(seed)
    while True:
        M = (rng.random((9, 9)) < 0.3) & ~np.eye(9, dtype=bool)
        M[0, 1:5], M[5:, 0] = True, True
        left, sigma, right = np.linalg.svd(M.astype(float))
        if sigma[1] <= 0.9 * sigma[0]:
            break
    edges = [(f"p{i}", f"p{j}") for i, j in np.argwhere(M)]
    expected = tuple({f"p{k}": float(abs(v[k]) / max(abs(v))) for k in range(9)} for v in (left[:, 0], right[0]))
    check(proportions, [*edges, ("q", "p1"), ("p6", "r"), ("q", "r")], ["p0"]).note(f"seed {seed}; p0 to p8 are the base set").satisfies(
        lambda pair, expected=expected: all(
            abs(got.get(page, 0) - want[page]) <= 1e-6 for got, want in zip(pair, expected, strict=True) for page in want
        ),
        f"hubs and authorities in proportion to {expected}",
        idea="singular vectors of the base set's own links: links that lead out of it, or into it, do not count",
    )
ten, nine = [f"a{k}" for k in range(10)], [f"b{k}" for k in range(9)]
check(proportions, [*(("x", page) for page in ten), *(("y", page) for page in nine)], ["x", "y"]).close(
    ({**dict.fromkeys(["y", *ten, *nine], 0), "x": 1}, {**dict.fromkeys(["x", "y", *nine], 0), **dict.fromkeys(ten, 1)}),
    rtol=0,
    atol=2e-7,
    idea="singular values of the square root of 10, and 3: how much does one round shrink the wrong part?",
)
### END HIDDEN TESTS


# %% test="e4_scale" points=1 title="Scores sum to 1 and none is negative"
def sums(*given):
    """Sum of the hub scores, sum of the authority scores, and the smallest score of all."""
    hubs, authorities = hits(*given)
    return sum(hubs.values()), sum(authorities.values()), min(*hubs.values(), *authorities.values())


check(sums, [("a", "c"), ("b", "c"), ("b", "d"), ("c", "e")], ["c"]).close(
    (1.0, 1.0, 0.0), rtol=1e-8, atol=1e-8, idea="each of the two kinds of scores sums to 1 by itself"
)
### BEGIN HIDDEN TESTS
for n in (3, 8, 15):
    star = [("hub", f"p{k}") for k in range(n)] + [(f"p{k}", "hub") for k in range(2)]
    check(sums, star, ["hub"]).close((1.0, 1.0, 0.0), rtol=1e-8, atol=1e-8, idea="scaled to sum 1, not to length 1")
### END HIDDEN TESTS

# %% test="e4_none" points=1 title="Without links there is nothing to score"
check(hits, [("a", "b")], ["c"]).raises(ValueError, idea="the base set is c alone: who would link to whom?")
### BEGIN HIDDEN TESTS
check(hits, [], ["a", "b"]).raises(ValueError, idea="no link at all")
### END HIDDEN TESTS

# %% [markdown]
r"""
## What a farm buys

Why does PageRank like farms? Let page $t$ link to $m$ pages made for it, and each of them back to $t$ only.

![Diagram of a link farm: the rest of the web sends x to the page t; t links to each of m pages made for it, and each of them links back to t
only.](d08_links_farm.svg)

The flow through $t$ can be balanced: what comes in from outside, call it $x$, plus what the $m$ pages hand over, plus the teleports. That gives a closed
form, yours in the exercise. First measure. A ring of 40 pages; page 0 gives up its link for a farm of $m$ pages.
"""


# %%
def ring_with_farm(m, n=40):
    """A ring in which page 0, instead of linking to page 1, links to m new pages, which link back to it."""
    ring = [(k, (k + 1) % n) for k in range(1, n)]
    return nx.DiGraph(ring + [(0, n + k) for k in range(m)] + [(n + k, 0) for k in range(m)])


sizes = [1, 2, 5, 10, 20, 40, 80, 160, 320]
ranks = {alpha: [nx.pagerank(ring_with_farm(m), alpha, tol=1e-12, max_iter=1000)[0] for m in sizes] for alpha in (0.5, 0.85)}
for alpha, measured in ranks.items():
    print(f"alpha {alpha}: before 0.025; with a farm of 1, 10, 320: {measured[0]:.3f}, {measured[3]:.3f}, {measured[-1]:.3f}")

# %%
fig, ax = plt.subplots(figsize=(6, 3.2))
for (alpha, measured), mark in zip(ranks.items(), "os"):
    (line,) = ax.semilogx(sizes, measured, mark, linestyle="none", label=f"measured, α = {alpha}")
    _ = ax.axhline(alpha / (1 + alpha), linestyle="--", color=line.get_color(), label=f"α/(1 + α) = {alpha / (1 + alpha):.3f}")
_ = ax.set(title="A growing farm lifts page 0 towards α/(1 + α)", xlabel="pages in the farm", ylabel="rank of page 0", ylim=(0, 0.5))
_ = ax.legend(loc="lower right", fontsize=8, frameon=True)
figures.show(
    fig, alt="Rank of page 0 against the size of its farm for two values of alpha; the points rise towards the dashed lines alpha over one plus alpha."
)

# %% [markdown]
r"""
Even a single page helps, since the surfer who is at $t$ comes back after two steps instead of forty. For this there is a second way to look at PageRank. Cut the surfer's walk at each teleport, into **tours**. A tour starts at
a page drawn from $p$ and goes on with probability $\alpha$ before each step. Unrolled, $r=(1-\alpha)\sum_{k\ge0}\alpha^k\,pP^k$ says

$$r(t)=(1-\alpha)\cdot\text{expected visits to }t\text{ in one tour}=(1-\alpha)\cdot\Pr(\text{a tour gets to }t)\cdot\text{visits expected once it is there}.$$

The links *of* $t$ play no part before the tour gets to $t$. They decide the last factor alone, and that factor is what a farm buys.

**Predict.** How large can the last factor get, if no page links to itself and none is dangling?

<details><summary>Answer</summary>

A return takes two steps at least, and happens with probability $\alpha^2$ at most. So it is at most $1+\alpha^2+\alpha^4+\dots=1/(1-\alpha^2)$: 3.6 for $\alpha=0.85$. A farm of one page has that already. All the others add starts of tours.

</details>
"""

# %% [markdown] exercise="e5" title="The exact price of a farm" level="stretch" minutes=25 exports=["farm_rank", "farm_forecast"]
r"""
All pages have links, so there is no dangling page; teleports are uniform; $0<\alpha<1$. Page $t$ gives up all its links and gets a farm of $m\ge1$ new pages: $t$ links to each of them and to nothing else, each of them links to $t$
only, and nobody else links to them. Write two functions that compute from numbers alone, exactly (to a relative $10^{-9}$):

- `farm_rank(x, n, m, alpha)`: the rank of $t$ in the finished web of $n$ pages *in all*, the farm included. $x=\alpha\sum_i r(i)/\text{out}(i)$ over the pages $i$ outside the farm that link to $t$: what flows in from outside.
- `farm_forecast(n, rank, loyal, m, alpha)`: the same rank, forecast *before* anything is built. There are $n$ pages *before*; `rank` is the rank of $t$ then, and `loyal` its rank then if all teleports lead to $t$
  (`teleport={t: 1}`).

On a web of three pages, a and b with links to each other and a with links to c and back, $t=$ b and $\alpha=0.85$: `rank` is $\tfrac{19}{74}$ and `loyal` is $0.34527\dots$. With a farm of 2, `farm_forecast(3, 19 / 74, loyal, 2, 0.85)` is
$0.42496\dots$
"""

# %% [markdown] hints="e5" reading="Mining of Massive Datasets, 5.4; Langville and Meyer, chapter 4"
r"""
1. First function: write down two equations, for $r(t)$ and for the rank of one farm page. Every page gets its teleports, $t$ too. Second: which of the two factors does `loyal` tell?
2. A farm page has $\alpha r(t)/m+(1-\alpha)/n$. Put that into $r(t)=x+\alpha\cdot(\text{all farm pages})+(1-\alpha)/n$ and solve. For the forecast: a tour that starts at $t$ is there at once, so `loyal` is $(1-\alpha)$ times the visits expected
   once it is there. So `n * rank / loyal` is the sum, over all pages, of the probability that a tour from there gets to $t$; the farm does not change it for the old pages.
3. $r(t)=\frac{x+(1-\alpha)/n}{1-\alpha^2}+\frac{\alpha}{1+\alpha}\cdot\frac mn$. Forecast: a tour from a new page gets to $t$ with probability $\alpha$; starts are uniform over $n+m$ pages; visits are $1/(1-\alpha^2)$; and
   $(1-\alpha)/(1-\alpha^2)=1/(1+\alpha)$.
"""


# %% solution="e5"
def farm_rank(x, n, m, alpha):
    """Rank of a page with a farm of m pages in a web of n pages in all, when x flows in from outside."""
    ### BEGIN SOLUTION
    return (x + (1 - alpha) / n) / (1 - alpha**2) + alpha / (1 + alpha) * m / n
    ### END SOLUTION


def farm_forecast(n, rank, loyal, m, alpha):
    """Rank of a page once it has a farm of m pages, from its rank, and its rank under teleports to it, among n pages before."""
    ### BEGIN SOLUTION
    arrivals = n * rank / loyal + m * alpha  # tours that get to the page, summed over all pages where one may start
    return arrivals / ((n + m) * (1 + alpha))
    ### END SOLUTION


# %% test="e5_flow" points=2 title="Rank from the inflow"
check(farm_rank, 0.0, 10, 9, 0.5).close(
    11 / 30, idea="a farm of 9 alone in the world: t's own teleports count too"
)
### BEGIN HIDDEN TESTS
for seed in range(6):
    rng = seeded(seed)
    old, m, alpha = int(rng.integers(3, 9)), int(rng.integers(1, 8)), float(rng.uniform(0.1, 0.95))
    M = np.zeros((old + m, old + m))
    M[:old, :old] = (rng.random((old, old)) < 0.4) | np.eye(old, k=1, dtype=bool)
    M[0], M[old - 1, 0] = 0, 1
    M[0, old:] = M[old:, 0] = 1
    S = M / M.sum(axis=1, keepdims=True)
    r = np.linalg.solve(np.eye(old + m) - alpha * S.T, np.full(old + m, (1 - alpha) / (old + m)))
    check(farm_rank, float(alpha * r[1:old] @ S[1:old, 0]), old + m, m, alpha).note(f"seed {seed}, measured on a web").close(
        float(r[0]), rtol=1e-9, idea="balance the flow: inflow, teleports of t, and what every farm page hands over of its teleports and of t's rank"
    )
### END HIDDEN TESTS

# %% test="e5_forecast" points=3 title="Rank forecast before the farm is built"
check(farm_forecast, 3, 19 / 74, 0.15 + 0.425 * 17 / 37, 2, 0.85).close(
    0.4249642989, rtol=1e-8, idea="which factor of the rank do the page's own links change?"
)
### BEGIN HIDDEN TESTS
for seed in range(6):
    rng = seeded(seed)
    old, m, alpha = int(rng.integers(3, 9)), int(rng.integers(1, 8)), float(rng.uniform(0.1, 0.95))
    M = np.zeros((old + m, old + m))
    M[:old, :old] = ((rng.random((old, old)) < 0.4) & ~np.eye(old, dtype=bool)) | np.eye(old, k=1, dtype=bool)
    M[old - 1, 0] = 1
    B = M[:old, :old] / M[:old, :old].sum(axis=1, keepdims=True)
    before = np.linalg.solve(np.eye(old) - alpha * B.T, np.column_stack([np.full(old, 1 - alpha) / old, (1 - alpha) * np.eye(old)[0]]))
    M[0] = 0
    M[0, old:] = M[old:, 0] = 1
    S = M / M.sum(axis=1, keepdims=True)
    after = np.linalg.solve(np.eye(old + m) - alpha * S.T, np.full(old + m, (1 - alpha) / (old + m)))
    check(farm_forecast, old, float(before[0, 0]), float(before[0, 1]), m, alpha).note(f"seed {seed}, measured on a web").close(
        float(after[0]), rtol=1e-9, idea="tours that get to t do so by the links of others; new pages add starts, and share the teleports"
    )
### END HIDDEN TESTS

# %% [markdown]
r"""
*Mining of Massive Datasets* (5.4) leaves the teleports of $t$ itself out of its formula: for a web of billions an honest simplification, for 50 pages a visible error. A formula that you want to test must be exact, or say by how
much it is not.

## In practice

- **Cost.** One step is one pass over the links, some 50 to 100 of them do; a web of a billion pages with ten links each means $10^{10}$ additions a step, spread over machines (section 1.1.2 knows how). A dense matrix would have
  $10^{18}$ entries.
- **Tolerance.** Give `tol` and `max_iter` to NetworkX, always; its default is looser the larger the graph is. At a hundred times the size of our library it may return after a handful of steps.
- **One number is not relevance.** Rank joins text scores in a small share, found by the measures of days 6 and 7 on judged queries. Ranks have a very long tail; engines often take their logarithm.
- **HITS runs per query** and is easy to deceive: whoever links to a hundred famous pages is a hub. Kleinberg takes at most 50 of the pages that link to a root page, and drops links within one site.
- **The web answers back.** What is measured by links gets its links bought. Trusted teleports, and looking for pages that lose most of their rank under them, are the usual defence.

## Summary

- Links become rows of shares; pages without links need a jump, or the readers leak away.
- PageRank is the one fixed point of a contraction by $\alpha$: changes shrink by $\alpha$ a step, whatever the links.
- With NetworkX say `personalization`, `dangling`, `tol` and `max_iter`; for fixed $d$, and only then, ranks are linear in the teleports. Divide by the largest rank before you add text scores.
- Hubs and authorities are singular vectors of the base set, and mean something if $\sigma_1$ is clearly the largest value.
- A farm buys quick returns, $1/(1-\alpha^2)$ visits at most, and starts of tours, which lift the rank towards $\alpha/(1+\alpha)$.

## Reflection

Think of a collection you know whose items refer to each other: papers, wiki pages, packages, calls between functions. Would you rank it by PageRank or by hubs and authorities? Write three to five sentences. Do they (1) say what a
link is, and which items would be dangling; (2) choose teleports and say why; (3) name a way in which somebody could cheat?
"""

# %% [markdown] reflection="reflection"
r"""
In our company's wiki a link is a reference from one page to another; scanned PDFs would be dangling, about a tenth of all pages. I would use PageRank, since it can be computed once a night, with teleports to the pages that the support team opens
most: they are edited by many eyes. Dangling pages jump to all pages alike, so that ranks for several departments can be mixed. A team could lift its page with a template that puts a link to it into every page it owns: I would count
links from templates once.
"""

# %% [markdown]
r"""
## Further reading

- *Introduction to Information Retrieval*, 21.2.1: Markov chains and the random surfer; 21.2.2: the power method (mind its $\alpha$); 21.2.3: topics as teleports; 21.3: hubs and authorities, and how the base set is chosen. 7.1.4: static quality scores.
- Page, Brin, Motwani and Winograd, *The PageRank Citation Ranking* (1999): what they did with dangling pages. Kleinberg, *Authoritative Sources in a Hyperlinked Environment*, Journal of the ACM 46 (1999): the base set, and communities beyond the first pair of
  vectors.
- Haveliwala, *Topic-Sensitive PageRank* (2002): mixing ranks by topic. Gyöngyi, Garcia-Molina and Pedersen, *Combating Web Spam with TrustRank* (2004).
- Langville and Meyer, *Google's PageRank and Beyond* (2006), chapter 4: the mathematics, with the second eigenvalue. Farahat, LoFaro, Miller, Rae and Ward, *Authority Rankings from HITS, PageRank, and SALSA* (2006): when a ranking exists and is unique.
"""
