# %% [markdown]
r"""
You will measure search where relevance has degrees, where judges disagree, and where a difference between two engines may be luck; and you will
tune a real engine without fooling yourself.

**You will be able to**

- **compute** DCG and nDCG in both forms of gain, with an ideal that knows every judged document (exercise 1);
- **measure** the agreement of two judges beyond chance, by Cohen's form and by the pooled one (exercise 2);
- **test** whether two engines differ, exactly, and **state** the null hypothesis (exercise 3);
- **tune** BM25F on training queries, and **report** a number that new queries will confirm (exercise 4);
- **score** a ranking that was judged only in part (exercise 5).
"""

# %% [markdown]
r"""
## Warm-up

1. Day 6: an engine returns five documents, all of them relevant; the library holds twenty relevant ones. What are its precision at 5 and its average precision?
2. Day 4: what is left of BM25 at $b=0$, and what at $k_1=0$?

<details><summary>Answers</summary>

1. Precision at 5 is 1. AP is $\tfrac5{20}=0.25$: fifteen lost documents count with 0.
2. At $b=0$ the length of a document is ignored. At $k_1=0$ the number of occurrences is: every word that occurs adds its idf.

</details>

## Set-up

`whoosh_engine(texts, folder)` writes a Whoosh index and returns a function `search(b, k1, words)`: the names of all documents that have any of the words, ranked by
Whoosh's `BM25F` with these parameters. `pretend_engine` plays an engine that keeps a log; only tests use it.
"""

# %% setup=true
import itertools
import math
import tempfile
import warnings
from importlib import import_module

import matplotlib.pyplot as plt
import numpy as np
from scipy import stats
from sklearn.metrics import average_precision_score, cohen_kappa_score, ndcg_score

from curriculum.lab import check, check_value, figures, library, seeded

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # Whoosh is older than the Pythons that find fault with some of its syntax
    from whoosh import fields, qparser, scoring
    from whoosh.analysis import LowercaseFilter, RegexTokenizer
    from whoosh.index import create_in

    for late in ("codec.whoosh3", "searching", "writing"):  # otherwise loaded at first use, and would complain there
        import_module(f"whoosh.{late}")

figures.style()


def whoosh_engine(texts, folder):
    """A new Whoosh index of `texts` in `folder`, and the function search(b, k1, words) that asks it."""
    words = fields.TEXT(analyzer=RegexTokenizer(r"[^\W_]+") | LowercaseFilter())
    index = create_in(folder, fields.Schema(id=fields.ID(stored=True), body=words))
    writer = index.writer()
    for document, text in texts.items():
        writer.add_document(id=document, body=text)
    writer.commit()
    parser = qparser.QueryParser("body", index.schema, group=qparser.OrGroup)

    def search(b, k1, words):
        with index.searcher(weighting=scoring.BM25F(B=b, K1=k1)) as searcher:
            return [hit["id"] for hit in searcher.search(parser.parse(words), limit=None)]

    return search


def pretend_engine(values):
    """Functions search and measure as `tune` wants them, and the log of all searches; a score is values[b, k1][query]."""
    log, worth = [], {}

    def search(b, k1, query):
        log.append((b, k1, query))
        answer = f"{query} at b={b}, k1={k1}"
        worth[query, answer] = values.get((b, k1), {}).get(query, 0)
        return [answer]

    def measure(query, ranking):
        return worth.get((query, *ranking), 0)

    return search, measure, log


# %% [markdown]
r"""
## Forty lucky numbers

The library's 36 queries on one topic, Whoosh with BM25F as it comes, and precision at 10.
"""

# %%
lib = library.generate()
folder = tempfile.TemporaryDirectory(prefix="index-")
search = whoosh_engine(lib.texts, folder.name)
easy = [name for name in lib.queries if lib.kinds[name] == "topic"]
ranked = {name: search(0.75, 1.2, lib.queries[name]) for name in easy}


def share(name, ranking, grade):
    """The share of the first ten documents that have this grade or more."""
    return sum(lib.judgements[name].get(document, 0) >= grade for document in ranking[:10]) / 10


print("precision at 10 is 1 for", sum(share(name, ranked[name], 1) == 1 for name in easy), "of", len(easy), "queries")
print(f"mean share of grade 3 among the first ten: {np.mean([share(name, ranked[name], 3) for name in easy]):.2f}")

# %% [markdown]
r"""
Precision has nothing left to say, so count the best grade only. Forty colleagues propose an improvement each. All forty have the same idea: to choose a lucky number, seed a generator with it, and add noise to the ranks.
We measure all forty on six queries for development, and ship the best. Thirty queries lie in a drawer.

**Predict.** What does the best of forty worthless changes gain, on the six and on the thirty?
"""


# %%
def lucky(number, name):
    noise = np.random.default_rng([number, int(name[1:])]).normal(0, 2, len(ranked[name]))
    return [ranked[name][place] for place in np.argsort(np.arange(len(noise)) + noise, kind="stable")]


def gain(number, names):
    return np.mean([share(q, lucky(number, q), 3) - share(q, ranked[q], 3) for q in names])


develop = easy[:18:3]
drawer = [name for name in easy if name not in develop]
winner = max(range(40), key=lambda number: gain(number, develop))
print(f"lucky number {winner}: {gain(winner, develop):+.3f} on the six that it was chosen by, {gain(winner, drawer):+.3f} on the others")
print(f"the mean of all forty on the six: {np.mean([gain(number, develop) for number in range(40)]):+.3f}")

# %% [markdown]
r"""
Nothing was miscalculated; two questions were never asked. Could a difference of that size be chance? And which
queries did the choosing? Both can be answered, and will be. First we need a better ruler. Precision calls a document that settles the matter and one that mentions it in passing the same; to
count grade 3 only is to call the second-best worthless; and neither cares in which order the ten stand.

## Degrees of relevance

Our judges gave grades from 0 to 3. Let a document of grade $g$ be worth a **gain**, and let a reader be the less likely to get to it the further down it stands. Then a list is worth its
**discounted cumulative gain**

$$\mathrm{DCG}_k=\sum_{i=1}^{k}\frac{\mathrm{gain}(g_i)}{\log_2(1+i)},\qquad \mathrm{gain}(g)=g\ \text{ (linear)}\quad\text{or}\quad 2^g-1\ \text{ (exponential)}.$$

The idea and the linear gain are Järvelin and Kekäläinen's (2002). *Their* discount is a logarithm of $i$ whose base is to be chosen. At base 2 it is $\log_2 i$ from rank 2 on, and rank 1 is not discounted, since $\log_2 1=0$ cannot be
divided by: so ranks 1 and 2 count the same. The $1+i$, which tells them apart, and the exponential gain became common with Burges and others (2005), and IIR 8.4 has both. In the exponential form one document of grade 3 gains more than
two of grade 2 (7 against 3 + 3), in the linear form less (3 against 2 + 2). Which is right is no question of mathematics: what is a document of grade 3 worth to *your* reader?

Some queries have more to find than others. So divide by the best that could be had, the DCG of the **ideal** ranking, in which *all the judged documents* stand by falling grade:

$$\mathrm{nDCG}_k=\mathrm{DCG}_k\,/\,\mathrm{IDCG}_k\quad\in[0,1].$$

**Predict.** An engine finds three documents, of grades 1, 1, 1, in the best order possible. There are two of grade 3 which it did not find. What should its nDCG be: 1, or less?
"""

# %%
found, everything = [1, 1, 1], [1, 1, 1, 3, 3]
falling = [5, 4, 3, 2, 1]
print(f"ideal of what was found: {ndcg_score([found], [falling[:3]], k=3):.3f}")
print(f"ideal of all there is:   {ndcg_score([everything], [falling], k=3):.3f}")

# %% [markdown]
r"""
scikit-learn's `ndcg_score` has the linear gain and our discount. It takes the ideal from the grades that it is *shown*. Show it only what was retrieved, and an engine that returns
three mediocre documents is perfect: the mistake of day 6 in new clothes. So all judged documents go on the list, the lost ones below the rest; that works while $k$ is not above the number of retrieved documents (why?). For the
exponential form hand it $2^g-1$ for the grades. Equal scores it takes as equally likely orders, and averages over them.

Here is one query of ours, rank by rank.
"""

# %%
name = "q28"
grades = [lib.judgements[name].get(document, 0) for document in ranked[name][:10]]
ideal = sorted(lib.judgements[name].values(), reverse=True)[:10]
discount = np.log2(1 + np.arange(1, 11))
fig, axes = plt.subplots(1, 2, figsize=(7.6, 3.2))
for ax, label, form in zip(axes, ("linear", "exponential"), (lambda g: g, lambda g: 2**g - 1), strict=True):
    ours, best = form(np.array(grades)) / discount, form(np.array(ideal)) / discount
    _ = ax.bar(np.arange(1, 11), best, color="none", edgecolor="black", label="ideal")
    _ = ax.bar(np.arange(1, 11), ours, width=0.5, color=figures.OKABE_ITO[0], hatch="//", label="engine")
    _ = ax.set(xlabel="rank", title=f"{label}: nDCG at 10 = {ours.sum() / best.sum():.2f}", xticks=range(1, 11))
_ = axes[0].set_ylabel("gain / log₂(1 + rank) (no unit)")
_ = axes[0].legend()
figures.show(fig, "What each of ten ranks adds to the DCG of one query, for the engine and the ideal, by linear and by exponential gain.")
print("grades found:", *grades, "  ideal:", *ideal)

# %% [markdown]
r"""
**Vary.** Swap the grades on ranks 1 and 2 of the list, then those on ranks 7 and 8. What does a swap of neighbours cost at rank $i$, in general?

<details><summary>Answer</summary>

The difference of the two gains times $\frac1{\log_2(1+i)}-\frac1{\log_2(2+i)}$: the factor is 0.37 at ranks 1 and 2, and 0.018 at ranks 7 and 8. No swap of different grades is free,
as all are for precision at 10 among the first ten.

</details>
"""

# %% [markdown] exercise="e1" title="Discounted gain, against the ideal" level="warm-up" minutes=30 exports=["dcg", "ndcg"]
r"""
Write two functions; `k` is at least 1, and `exponential` chooses between the gains $2^g-1$ (`True`) and $g$ (`False`).

- `dcg(grades, k, exponential=True)`: the DCG of a list of grades (whole numbers from 0), in the order of the ranks, down to rank `k`, or to the end if the list is shorter.
- `ndcg(ranking, judgements, k, exponential=True)`: the nDCG at `k` of a list of document names, each at most once. `judgements` is a dict from judged documents to grades; a document that is not there has grade 0.
  The ideal ranking holds all of `judgements`, retrieved or not, and is cut at `k` too. If even the ideal gains nothing, the nDCG is `0.0`.

Neither function changes what it is handed.

`dcg([3, 0, 1], 3)` is `7.5`, and `3.5` with `exponential=False`. `ndcg(["a", "x", "b"], {"a": 3, "b": 1, "c": 2}, 3)` is `0.7985`, and `0.7350` with `exponential=False`, rounded to four digits.
"""

# %% [markdown] hints="e1" reading="IIR 8.4, its last part"
r"""
1. Do the example on paper: three ranks, and their discounts 1, $\log_2 3$ and 2.
2. `dcg` of the grades along the ranking, over `dcg` of another list of grades. Which list is that, and how is it sorted?
3. `sum(gain / math.log2(1 + rank) for rank, gain in enumerate(…, 1))` over `grades[:k]`. The ideal list is `sorted(judgements.values(), reverse=True)`; test its DCG for 0 before you divide.
"""


# %% solution="e1"
def dcg(grades, k, exponential=True):
    """Discounted cumulative gain of grades in the order of their ranks, down to rank k."""
    ### BEGIN SOLUTION
    gains = [2**grade - 1 if exponential else grade for grade in grades[:k]]
    return sum(gain / math.log2(1 + rank) for rank, gain in enumerate(gains, 1))
    ### END SOLUTION


def ndcg(ranking, judgements, k, exponential=True):
    """DCG of a ranking over that of the ideal ranking of all judged documents; 0 if there is nothing to gain."""
    ### BEGIN SOLUTION
    grades = [judgements.get(document, 0) for document in ranking]
    best = dcg(sorted(judgements.values(), reverse=True), k, exponential)
    return dcg(grades, k, exponential) / best if best else 0.0
    ### END SOLUTION


# %% test="e1_dcg" points=2 title="Gain over the logarithm of 1 + rank"
check(dcg, [3, 0, 1], 3).close(7.5, idea="7 over log2 of 2, nothing, 1 over log2 of 4")
check(dcg, [3, 0, 1], 3, exponential=False).close(3.5, idea="3 over log2 of 2, nothing, 1 over log2 of 4")
### BEGIN HIDDEN TESTS
check(dcg, [0, 2], 5, False).close(2 / math.log2(3), idea="rank 2 is discounted by log2 of 3; a short list ends where it ends")
check(dcg, [0, 1, 3, 3], 2, True).close(1 / math.log2(3), idea="nothing below rank k counts")
check(dcg, [], 4, True).close(0.0, idea="an empty list gains nothing")
for seed in range(5):
    random = seeded(seed)
    listed, k = random.integers(0, 5, int(random.integers(1, 12))).tolist() + [2], int(random.integers(1, 14))
    for form, worth in ((True, [0, 1, 3, 7, 15]), (False, [0, 1, 2, 3, 4])):
        exact = float(np.sum(np.array(worth)[listed[:k]] / np.log2(np.arange(2, len(listed[:k]) + 2))))
        check(dcg, listed, k, form).note(f"seed {seed}").close(exact, idea="each gain by the form that was asked for, over log2(1 + rank)")
### END HIDDEN TESTS

# %% test="e1_ideal" points=2 title="The ideal knows what was not retrieved"
check(ndcg, ["a", "x", "b"], {"a": 3, "b": 1, "c": 2}, 3).close(
    7.5 / (7 + 3 / math.log2(3) + 1 / 2), idea="the ideal list is a, c, b: c was judged, though it was not found"
)
### BEGIN HIDDEN TESTS
check(ndcg, ["a"], {"b": 3, "a": 1}, 2, False).close(1 / (3 + 1 / math.log2(3)), idea="the ideal begins with the lost document")
for seed in range(10, 16):
    random = seeded(seed)
    ranking = [f"d{n}" for n in random.permutation(9)]
    grades = {ranking[n]: int(random.integers(0, 4)) for n in range(0, 9, 2)} | {"lost 1": 3, "lost 2": 1, ranking[1]: 2}
    order = ranking + ["lost 1", "lost 2"]
    for form in (True, False):
        worth = [2 ** grades.get(d, 0) - 1 if form else grades.get(d, 0) for d in order]
        exact = float(ndcg_score([worth], [list(range(len(order), 0, -1))], k=9))
        check(ndcg, ranking, grades, 9, form).note(f"seed {seed}; scikit-learn's value").close(
            exact, idea="all judged documents stand in the ideal, retrieved or not"
        )
### END HIDDEN TESTS

# %% test="e1_cut" points=1 title="The ideal ends at rank k too"
check(ndcg, ["a", "b", "c"], {"a": 2, "b": 2, "c": 2}, 1).close(1.0, idea="no list of one document could gain more")
### BEGIN HIDDEN TESTS
for seed in range(20, 25):
    random = seeded(seed)
    ranking = [f"d{n}" for n in random.permutation(8)]
    grades = {d: int(random.integers(1, 4)) for d in ranking}
    for k in (1, 3, 7):
        exact = float(ndcg_score([[grades[d] for d in ranking]], [list(range(8, 0, -1))], k=k))
        check(ndcg, ranking, grades, k, False).note(f"seed {seed}; scikit-learn's value").close(
            exact, idea="the best that k documents can gain, not the best that all of them can"
        )
### END HIDDEN TESTS

# %% test="e1_nothing" points=1 title="Nothing to gain is 0"
check(ndcg, ["a", "x"], {"a": 0}, 5).close(0.0, idea="the ideal gains nothing: by the rule the value is 0")
check(ndcg, ["a"], {"a": 1}, 1).close(1.0, idea="here the ideal gains 1, and so does the list")
### BEGIN HIDDEN TESTS
check(ndcg, [], {}, 3).close(0.0, idea="no judgements, no gain: by the rule the value is 0")
check(ndcg, ["a", "b"], {"c": 0, "b": 0}, 1, False).close(0.0, idea="grades of 0 gain nothing in either form")
### END HIDDEN TESTS

# %% test="e1_keeps" points=1 title="The list of grades stays as it was"
check(dcg, [3, 0, 1], 5).keeps_arguments(idea="a list that is shorter than k is not to be filled up in place")
### BEGIN HIDDEN TESTS
check(dcg, [3, 0, 1, 2], 2, False).keeps_arguments(idea="take the head of the list, do not cut off its tail")
check(ndcg, ["a", "x"], {"b": 1, "a": 2}, 3).keeps_arguments(idea="ranking and judgements are looked at, not changed")
### END HIDDEN TESTS

# %% [markdown]
r"""
## Who says so? Judges

All of this leans on judgements, and judges are people. Give the same documents to two of them and count: `table[i][j]` documents got grade $i$ from the first and $j$ from the second. Their **agreement** $A$ is the share
on the diagonal.

**Predict.** Two judges never look at the documents. Each calls one in twenty relevant, by lot. What is their agreement?
"""

# %%
draw = np.random.default_rng(8)
first, second = (draw.random(20_000) < 0.05).astype(int), (draw.random(20_000) < 0.05).astype(int)
print(f"agreement {np.mean(first == second):.3f}, kappa {abs(cohen_kappa_score(first, second)):.2f}")

# %% [markdown]
r"""
Above 90 %, from two lotteries: most of any pile is irrelevant, and saying so at random is mostly right. So take off what chance would give, and divide by the most that could be left:

$$\kappa=\frac{A-E}{1-E}.$$

$\kappa=1$ is full agreement, $\kappa=0$ what chance gives, and below 0 the judges agree *less* often than that. What $E$ is, is a matter of what "chance" means. Let $r_i$ be the share of grade $i$ with the first judge
(row sums over the total), and $c_i$ with the second (column sums).

- **Cohen** (1960): each judge draws from his or her *own* shares, so $E=\sum_i r_i\,c_i$. This is scikit-learn's `cohen_kappa_score`, which wants two lists of labels.
- **Pooled** (Scott, 1955, under the name π; IIR 8.5): both draw from *common* shares, so $E=\sum_i\bigl(\tfrac{r_i+c_i}2\bigr)^2$. Fleiss's kappa for more
  than two judges (1971) grew from this one, not from Cohen's.

Both are 1 on full agreement. The pooled one is never the greater: its $E$ exceeds Cohen's by $\sum_i\bigl(\tfrac{r_i-c_i}2\bigr)^2$, since $\bigl(\tfrac{r+c}2\bigr)^2-rc=\bigl(\tfrac{r-c}2\bigr)^2$, and $\frac{A-E}{1-E}$ falls as $E$ grows (if $A<1$). So a strict
judge beside a generous one costs more in the pooled form. Another way to see it: pooling forgets who is who. Let every document be judged twice, once with the judges' names exchanged, and Cohen's form gives the pooled value.
"""

# %%
strict_generous = np.array([[50, 30], [0, 20]])  # the second judge calls relevant what the first does, and 30 more
one = np.repeat([0, 0, 1, 1], strict_generous.ravel())
two = np.repeat([0, 1, 0, 1], strict_generous.ravel())
print(f"agreement {np.mean(one == two):.2f}")
print(f"Cohen     {cohen_kappa_score(one, two):.4f}")
print(f"pooled    {cohen_kappa_score(np.append(one, two), np.append(two, one)):.4f}")

# %% [markdown]
r"""
Name the form: papers say "kappa" for both. As for size, IIR 8.5 calls values above 0.8 good, from 0.67 on fair, and doubts what lies below. These are customs; and since $E$ depends on how rare relevance is, the kappas of two
collections are hard to compare. If both judges gave everything the same single grade, $E=1$ and kappa is $0/0$: nobody can tell agreement from lack of choice.

What matters for us: judges who disagree on *documents* mostly agree on *which engine is better*. Voorhees (1998) exchanged the judges of a TREC collection, whose sets of relevant documents overlapped by less than half; the engines' values moved a lot, their order hardly.
"""

# %% [markdown] exercise="e2" title="Agreement beyond chance" level="core" minutes=25 exports=["kappa"]
r"""
Write `kappa(table, pooled=False)`. `table` is a square list of lists of whole numbers from 0, at least 2 by 2, not all 0: `table[i][j]` documents got grade `i` from the first judge and `j` from the second. It returns Cohen's kappa as
a float, or with `pooled=True` the pooled form. If both judges gave one and the same grade to everything, raise `ValueError`. The table stays as it was.

`kappa([[60, 10], [5, 25]])` is `0.6591`, and `kappa([[60, 10], [5, 25]], pooled=True)` is `0.6581`, rounded to four digits.
"""

# %% [markdown] hints="e2" reading="IIR 8.5, with its example table"
r"""
1. Three numbers decide: $A$, the shares of the rows and the shares of the columns. Get these from the example by hand: 0.85; 0.70 and 0.30; 0.65 and 0.35.
2. Only $E$ differs between the two forms. In one it is a sum of products, in the other a sum of squares of means.
3. `total = sum(map(sum, table))`; rows are `[sum(row) / total for row in table]`, columns the same over `zip(*table)`. The value is `(A - E) / (1 - E)`; $E$ is 1 in just one case.
"""


# %% solution="e2"
def kappa(table, pooled=False):
    """Agreement of two judges beyond chance: Cohen's, or with the margins of both pooled."""
    ### BEGIN SOLUTION
    total = sum(map(sum, table))
    rows = [sum(row) / total for row in table]
    columns = [sum(column) / total for column in zip(*table, strict=True)]
    if 1 in rows and rows == columns:
        raise ValueError("judges who give one grade only have no choice to agree in")
    agreement = sum(table[i][i] for i in range(len(table))) / total
    if pooled:
        chance = sum(((r + c) / 2) ** 2 for r, c in zip(rows, columns, strict=True))
    else:
        chance = sum(r * c for r, c in zip(rows, columns, strict=True))
    return (agreement - chance) / (1 - chance)
    ### END SOLUTION


# %% test="e2_cohen" points=2 title="Cohen: each judge has shares of their own"
check(kappa, [[60, 10], [5, 25]]).close(0.29 / 0.44, idea="A = 0.85; E = 0.70 · 0.65 + 0.30 · 0.35 = 0.56")
check(kappa, [[4, 0, 0], [0, 1, 0], [0, 0, 2]]).close(1.0, idea="everything stands on the diagonal: A = 1")
### BEGIN HIDDEN TESTS
check(kappa, [[0, 5], [0, 0]]).close(0.0, atol=1e-12, idea="they never agree, and by their own shares never could: A = E = 0")
for seed in range(30, 36):
    random = seeded(seed)
    size = int(random.integers(2, 5))
    counts = random.integers(1, 20, (size, size))
    left, right = np.repeat(np.arange(size).repeat(size), counts.ravel()), np.repeat(np.tile(np.arange(size), size), counts.ravel())
    check(kappa, counts.tolist()).note(f"seed {seed}; scikit-learn's value").close(
        float(cohen_kappa_score(left, right)), atol=1e-12, idea="E is the sum over the grades of the row's share times the column's"
    )
### END HIDDEN TESTS

# %% test="e2_pooled" points=2 title="Pooled: both draw from common shares"
check(kappa, [[60, 10], [5, 25]], pooled=True).close(0.28875 / 0.43875, idea="A = 0.85; E = 0.675² + 0.325² = 0.56125")
check(kappa, [[4, 0, 0], [0, 1, 0], [0, 0, 2]], pooled=True).close(1.0, idea="everything stands on the diagonal: A = 1")
### BEGIN HIDDEN TESTS
check(kappa, [[0, 5], [0, 0]], pooled=True).close(-1.0, idea="A = 0, and the common shares are a half each: E = 1/2")
for seed in range(40, 46):
    random = seeded(seed)
    size = int(random.integers(2, 5))
    counts = random.integers(1, 20, (size, size)) + np.triu(np.full((size, size), 15), 1)  # the second judge is generous
    both = (counts + counts.T).ravel()
    left, right = np.repeat(np.arange(size).repeat(size), both), np.repeat(np.tile(np.arange(size), size), both)
    check(kappa, counts.tolist(), True).note(f"seed {seed}").close(
        float(cohen_kappa_score(left, right)), atol=1e-12, idea="E is the sum of the squares of the mean shares"
    )
### END HIDDEN TESTS

# %% test="e2_undefined" points=1 title="One grade for everything says nothing"
check(kappa, [[7, 0], [0, 0]]).raises(ValueError, idea="E = 1: there is no agreement beyond chance to speak of")
check(kappa, [[7, 0], [0, 1]]).close(1.0, idea="full agreement on two grades is something else")
### BEGIN HIDDEN TESTS
check(kappa, [[0, 0, 0], [0, 0, 0], [0, 0, 3]], pooled=True).raises(ValueError, idea="E = 1 in the pooled form too, whichever grade it is")
check(kappa, [[0, 0, 0], [0, 49, 0], [0, 0, 0]]).raises(ValueError, idea="E = 1, whichever grade it is")
### END HIDDEN TESTS

# %% test="e2_keeps" points=1 title="The table stays as it was"
check(kappa, [[60, 10], [5, 25]]).keeps_arguments(idea="shares go into lists of their own: the counts may be needed again")
### BEGIN HIDDEN TESTS
check(kappa, [[3, 1, 0], [0, 2, 2], [1, 0, 4]], pooled=True).keeps_arguments(idea="pool the margins, not the caller's table")
### END HIDDEN TESTS

# %% [markdown]
r"""
## Is it luck?

Now the first question of the morning. We compare two settings of the real engine on twelve queries by nDCG at 10, in whole thousandths (so that sums are exact): in one, repeating a word pays long ($k_1=3$), in the other it hardly
pays ($k_1=0.4$). What follows is scikit-learn's `ndcg_score` over *all* documents of the library.
"""

# %%
documents = list(lib.texts)
levels = {name: [2 ** lib.judgements[name].get(d, 0) - 1 for d in documents] for name in lib.queries}


def thousandths(name, ranking):
    place = {document: -rank for rank, document in enumerate(ranking)}
    return round(1000 * ndcg_score([levels[name]], [[place.get(d, -len(documents)) for d in documents]], k=10))


twelve = easy[::3]
high = [thousandths(name, search(0.5, 3.0, lib.queries[name])) for name in twelve]
low = [thousandths(name, search(0.5, 0.4, lib.queries[name])) for name in twelve]
apart = np.array(high) - np.array(low)
print("k1 = 3.0:", *high, f"  mean {np.mean(high):.0f}")
print("k1 = 0.4:", *low, f"  mean {np.mean(low):.0f}")

# %% [markdown]
r"""
The queries differ from one another far more than the settings do. To look at the two means only would drown the difference in that; so look at each query's *difference*: the queries are **paired**.

A test needs a **null hypothesis**. Ours says: *for every query the two scores are exchangeable; which engine got which of them is decided as if by a fair coin, independently of the other queries.* It does not say that the scores have any particular
distribution, nor that the queries are alike. Under it, each of the $2^n$ ways to put signs before the differences is as likely as the one we saw. So count:

$$p=\frac{\text{sign choices with }\bigl|\sum\pm d_q\bigr|\ge\bigl|\sum d_q\bigr|}{2^n}.$$

That is the **paired randomisation test**, Fisher's idea (1935); it is *exact*, since it needs no approximation. Two choices are hidden in the formula. The bars make it **two-sided**: before we looked we would have been as surprised by the
opposite. And "$\ge$" counts the choice that we saw among those as extreme as itself; so $p$ is never 0. It is not even below $2/2^n$, since turning all signs round gives the same absolute value.

**Predict.** What is the smallest $p$ that five queries can give? Is five enough for $p\le0.05$?
"""

# %%
signs = np.array(list(itertools.product((1, -1), repeat=12)))
sums = signs @ apart
extreme = np.abs(sums) >= abs(apart.sum())
print(f"five queries: p is at least {2 / 2**5}")
print(f"our twelve: sum of differences {apart.sum():+}, as extreme {extreme.sum()} of {len(sums)}, p = {extreme.mean():.3f}")

# %%
fig, axes = plt.subplots(1, 2, figsize=(7.8, 3.3), layout="constrained")
_ = axes[0].bar(range(1, 13), np.sort(apart), color=figures.OKABE_ITO[0])
_ = axes[0].set(xlabel="query (sorted)", ylabel="k₁ = 3 minus k₁ = 0.4 (thousandths)")
_ = axes[0].set(title=f"Only {np.count_nonzero(apart)} of 12 queries differ", xticks=range(1, 13))
_ = axes[1].hist(sums, bins=41, color="0.75", edgecolor="0.5")
for side in (-1, 1):
    _ = axes[1].axvline(side * abs(apart.sum()), color=figures.OKABE_ITO[1], linestyle="--")
_ = axes[1].set(xlabel="sum of differences (thousandths)", ylabel="sign choices", title=f"Coins get to the dashed lines: p = {extreme.mean():.3f}")
figures.show(fig, "Left, the twelve differences in order: seven are 0, one is negative; right, the sums under all 4,096 sign choices, with the observed sum and its opposite dashed.")

# %% [markdown]
r"""
Coins would do as well in one case of eight. And look at the left: twelve queries, of which only five speak. Their $p$ could not have been below $2/2^5$ even if all five had been won. There is little to hear in twelve queries.

## Does the test keep its word?

With the null hypothesis true, $p\le\alpha$ should come up with probability $\alpha$ *at most*. One often reads "$p$ is uniform". It cannot be: it has only the values $m/2^n$, and of those not all. What holds is

$$P(p\le\alpha)\le\alpha\quad\text{for every }\alpha,$$

with equality where $\alpha$ is one of the values that $p$ takes. Why? Among the $2^n$ choices, those with $p\le\alpha$ are the most extreme ones, and the least extreme of these has, by definition, a $p$ that counts all of them: their share is that $p$, at most $\alpha$. Let us see it for eight differences: each of the
256 choices plays the data once.
"""

# %%
eight = np.array([5, 5, 8, 13, 20, 20, 31, 40])
totals = np.abs(np.array(list(itertools.product((1, -1), repeat=8))) @ eight)
p_values = np.sort([np.mean(totals >= seen) for seen in totals])
below = [np.mean(p_values <= alpha) - alpha for alpha in np.arange(1, 257) / 256]
fig, ax = plt.subplots(figsize=(4.6, 3.4))
_ = ax.step([0, *p_values, 1], [*np.arange(257) / 256, 1], where="post", label="share of data with p ≤ α")
_ = ax.plot([0, 1], [0, 1], label="α itself")
_ = ax.set(xlabel="α (probability)", ylabel="P(p ≤ α) (probability)", title="Under the null, P(p ≤ α) is never above α", xlim=(0, 0.3), ylim=(0, 0.3))
_ = ax.legend()
figures.show(fig, "A staircase that touches the diagonal at its corners and is never above it: the probability of p at most alpha, for eight queries.")
print(f"greatest excess over α: {max(below):.3f}; values that p takes: {len(set(p_values.tolist()))}")

# %% [markdown] exercise="e3" title="The exact randomisation test" level="core" minutes=40 exports=["randomization_test"]
r"""
Write `randomization_test(a, b)`: `a` and `b` are lists of whole numbers, the scores of two engines on the same queries in the same order, at most 12. It returns the two-sided exact $p$ of the paired randomisation test as a float: the share of all $2^n$ sign choices
for which the absolute value of the sum of signed differences is at least that of the observed sum. A query without a difference has two sign choices like any other. Lists of different lengths, or without a query, raise `ValueError`.

`randomization_test([60, 70, 80, 50, 90], [50, 60, 60, 40, 80])` is $2/32$ = `0.0625`.
"""

# %% [markdown] hints="e3" reading="Smucker, Allan and Carterette (CIKM 2007), on the randomisation test"
r"""
1. How many sign choices do three queries have? Write them all down, with their sums.
2. `itertools.product((1, -1), repeat=n)` gives the choices. For each one: the sum of sign times difference, its absolute value, a comparison. What do you compare with?
3. `observed = abs(sum(differences))`; count the choices for which `abs(sum(s * d for s, d in zip(signs, differences)))` is `>= observed`; divide by `2**n`.
"""


# %% solution="e3"
def randomization_test(a, b):
    """Exact two-sided p of the paired randomisation test on the sum of the differences."""
    ### BEGIN SOLUTION
    if len(a) != len(b) or len(a) == 0:
        raise ValueError("two scores for each query, and at least one query")
    differences = [x - y for x, y in zip(a, b, strict=True)]
    observed = abs(sum(differences))
    choices = itertools.product((1, -1), repeat=len(differences))
    sums = [sum(sign * d for sign, d in zip(signs, differences, strict=True)) for signs in choices]
    return sum(abs(s) >= observed for s in sums) / len(sums)
    ### END SOLUTION


# %% test="e3_p" points=3 title="The share of sign choices that are as extreme"
check(randomization_test, [60, 70, 80, 50, 90], [50, 60, 60, 40, 80]).close(
    2 / 32, idea="only the signs as they are, and all of them turned round, give so great a sum"
)
check(randomization_test, [11, 11, 10], [10, 10, 11]).close(1.0, idea="the sum is 1; three signs never give a smaller absolute value")
### BEGIN HIDDEN TESTS
check(randomization_test, [5, 9], [5, 4]).close(1.0, idea="one query does not differ: of four sign choices all are as extreme")


def exact(differences):
    ways = {0: 1}  # how many sign choices lead to each sum
    for d in differences:
        reached = {total + step for total in ways for step in (d, -d)}
        ways = {total: ways.get(total - d, 0) + ways.get(total + d, 0) for total in reached}
    weight = sum(ways.values())
    return sum(n for total, n in ways.items() if abs(total) >= abs(sum(differences))) / weight


for seed in range(50, 58):
    random = seeded(seed)
    n = int(random.integers(6, 13))
    level = random.integers(0, 600, n)  # queries differ more than engines do
    one, two = (level + random.integers(0, 60, n)).tolist(), (level + random.integers(0, 40, n)).tolist()
    one, two = (one, two) if sum(one) > sum(two) else (two, one)
    one[0] += sum(one) == sum(two)
    check(randomization_test, one, two).note(f"seed {seed}").close(
        exact([x - y for x, y in zip(one, two)]), idea="all sign choices of the paired differences, both sides, and those equal to the observed sum count"
    )
### END HIDDEN TESTS

# %% test="e3_sides" points=2 title="Neither engine is favoured"
p = check(randomization_test, [7, 9, 4, 8], [3, 8, 5, 2]).value(idea="a number comes back")
check_value("randomization_test([7, 9, 4, 8], [3, 8, 5, 2])", p).satisfies(lambda p: 0 < p < 1, "a number between 0 and 1", idea="some choices are as extreme, not all")
check(randomization_test, [3, 8, 5, 2], [7, 9, 4, 8]).note("the same two engines, exchanged").close(p, idea="a test with two sides does not ask which engine comes first")
### BEGIN HIDDEN TESTS
check(randomization_test, [4, 4, 4], [4, 4, 4]).close(1.0, idea="no differences: every choice is as extreme as what was seen")
check(randomization_test, [10, 20], [20, 10]).close(1.0, idea="the sum is 0, so every choice is at least as extreme")
for seed in range(60, 64):
    random = seeded(seed)
    one, two = random.integers(0, 1000, 9).tolist(), random.integers(0, 1000, 9).tolist()
    p = check(randomization_test, one, two).value(idea="a number comes back")
    check(randomization_test, two, one).note(f"seed {seed}; the other way round it was {p}").close(p, idea="exchanging the engines changes no absolute value")
### END HIDDEN TESTS

# %% test="e3_pairs" points=1 title="Scores come in pairs"
check(randomization_test, [1, 2, 3], [1, 2]).raises(ValueError, idea="which difference would the third query have?")
check(randomization_test, [4], [1]).close(1.0, idea="one query is a pair: both of its sign choices are as extreme")
### BEGIN HIDDEN TESTS
check(randomization_test, [], []).raises(ValueError, idea="no query, no test")
check(randomization_test, [], [4]).raises(ValueError, idea="the lists differ in length")
### END HIDDEN TESTS

# %% [markdown]
r"""
In production one asks `scipy.stats.permutation_test`; for paired data its kind is `"samples"`, and it lists all choices when there are few enough. Otherwise it draws them: with $B$ random choices, $m$ of them as extreme, report $\frac{m+1}{B+1}$, as the choice that
we saw belongs to the count (with all $2^n$ listed it already does). Since our scores are whole numbers, sixty queries can be done exactly too: count the choices by their sum, one query at a time.
"""


# %%
def exact_p(differences):
    """The same p for any number of whole differences: probabilities of sums, which grow by one query after another."""
    law = np.ones(1)
    for d in np.abs(differences):
        law = (np.pad(law, (0, 2 * d)) + np.pad(law, (2 * d, 0))) / 2
    sums = np.arange(len(law)) - len(law) // 2
    return law[np.abs(sums) >= abs(np.sum(differences))].sum()


ours = stats.permutation_test((high, low), lambda x, y: np.sum(x - y), permutation_type="samples", vectorized=False)
print(f"SciPy {ours.pvalue:.6f}, by sums {exact_p(apart):.6f}, by listing {extreme.mean():.6f}")
names = list(lib.queries)
all_apart = [thousandths(n, search(0.5, 3.0, lib.queries[n])) - thousandths(n, search(0.5, 0.4, lib.queries[n])) for n in names]
print(f"all sixty queries: mean difference {np.mean(all_apart):+.1f} thousandths, p = {exact_p(np.array(all_apart)):.4f}")
print(f"the paired t-test on the same: p = {stats.ttest_1samp(all_apart, 0).pvalue:.4f}")

# %% [markdown]
r"""
Sixty queries hear what twelve could not. (No method, this: who tests, adds queries and tests again until $p$ is small gets there too often, with equal engines too.) The paired t-test wants the *mean* difference to be about normal; with
sixty queries it nearly agrees, and Smucker, Allan and Carterette (2007) found the same on the runs of TREC. Now mind what $p$ is not: it is not the probability that the engines are the same, nor the size of a difference. A great $p$ says that these queries cannot tell the engines apart; more queries might. A small one says that coins would hardly do this, and it says so once:
of twenty worthless changes up to one on average has $p\le0.05$. Ask forty, as this morning, and a small $p$ is what you should *expect*. (Correcting for that is a matter of day 10.)

## Tuning without fooling yourself

BM25's $b$ and $k_1$ are there to be fitted to a collection. Whoosh takes them as `scoring.BM25F(B=…, K1=…)`. Lucky numbers were a caricature, but a grid of fifteen settings is not so different: each fits some queries by chance, and the best of fifteen
is the best partly by luck. The number that it was *chosen by* is therefore too good on average, even when the choice is fine. So the queries are divided in two: **training** queries choose, and **test** queries, which nothing has been chosen by, report. They
may do so once. Look at the test's result, change a setting, look again: and they are training queries.
"""

# %%
settings = [(b, k1) for b in (0.0, 0.25, 0.5, 0.75, 1.0) for k1 in (0.4, 1.2, 3.0)]
table = {s: {n: thousandths(n, search(*s, lib.queries[n])) for n in easy} for s in settings}  # we look; you will not
default, draw = table[0.75, 1.2], np.random.default_rng(11)
told, true, cheat = [], [], []
for _ in range(400):  # one division of the queries is an anecdote, so we make four hundred
    mixed = draw.permutation(easy).tolist()
    six = {s: np.mean([row[q] - default[q] for q in mixed[:6]]) for s, row in table.items()}
    thirty = {s: np.mean([row[q] - default[q] for q in mixed[6:]]) for s, row in table.items()}
    chosen = max(settings, key=six.get)
    told, true, cheat = [*told, six[chosen]], [*true, thirty[chosen]], [*cheat, max(thirty.values())]
print("mean gain over the default setting, in thousandths of nDCG:")
print(f"chosen on six queries: there {np.mean(told):+.0f}, on the thirty others {np.mean(true):+.0f}")
print(f"chosen on the thirty, and told of the thirty: {np.mean(cheat):+.0f}")

# %% [markdown]
r"""
The first is what a careless report has, the last what a dishonest one has, and the one between them is what the next thirty queries really get: a fifth of what was promised. Tuning on six queries is worth a little,
and far less than it seems; with more training queries the two come closer.
"""

# %% [markdown] exercise="e4" title="Tune on training queries, report on test queries" level="core" minutes=35 exports=["tune"]
r"""
Write `tune(search, measure, settings, train, test)`.

- `search(b, k1, query)` returns the engine's ranking for the query of that name. `measure(query, ranking)` returns how good that is, a whole number, perhaps below 0; greater is better.
- `settings` is a list of pairs (b, k1), all different. `train` and `test` are lists of names of queries, each at most once. None of the three is empty. If a query is in both lists, raise `ValueError`, before any search.
- Chosen is the setting with the greatest mean of `measure` over the training queries; of equals, the one that stands first in `settings`.
- Only then are the test queries searched: each exactly once. After the first of these searches there is none of a training query.
- It returns a dict: `"setting"`, the chosen pair; `"train"`, its mean over the training queries, a float; `"test"`, a dict from each test query to what `measure` gives for the chosen setting.

Say that setting (0.5, 1.2) measures 300 and 500 on the training queries `"q1"` and `"q2"` and 800 on the test query `"q3"`, and (1.0, 1.2) measures 900, 0 and 100. The means on the training queries are 400 and 450. So this comes back:
`{"setting": (1.0, 1.2), "train": 450.0, "test": {"q3": 100}}`.
"""

# %% [markdown] hints="e4" reading="IIR 8.1, on development test collections"
r"""
1. Write two phases, with a line between them: what may happen above it, what below?
2. Above: for each setting, the mean over the training queries; keep the best. Below: one dict over the test queries, with the best setting only.
3. A dict `means` from each setting to `sum(measure(q, search(*setting, q)) for q in train) / len(train)`; `best = max(means, key=means.get)` takes the first of equals. `set(train) & set(test)` is tested at the very top.
"""


# %% solution="e4"
def tune(search, measure, settings, train, test):
    """The setting that is best on the training queries, its mean there, and its scores on test queries, seen only now."""
    ### BEGIN SOLUTION
    if set(train) & set(test):
        raise ValueError("a query that helped to choose cannot test the choice")
    means = {
        (b, k1): sum(measure(query, search(b, k1, query)) for query in train) / len(train) for b, k1 in settings
    }
    best = max(means, key=means.get)  # of equals the first
    return {
        "setting": best,
        "train": means[best],
        "test": {query: measure(query, search(*best, query)) for query in test},
    }
    ### END SOLUTION


# %% test="e4_choice" points=2 title="The best mean on the training queries"
values = {(0.5, 1.2): {"q1": 300, "q2": 500, "q3": 800}, (1.0, 1.2): {"q1": 900, "q2": 0, "q3": 100}}
ask, measured, _ = pretend_engine(values)
check(tune, ask, measured, list(values), ["q1", "q2"], ["q3"]).note(f"measured: {values}").satisfies(
    lambda report: tuple(report["setting"]) == (1.0, 1.2) and abs(report["train"] - 450) < 1e-9,
    '"setting" (1.0, 1.2) and "train" 450.0',
    idea="the means over q1 and q2 are 400 and 450; q3 has no say",
)
### BEGIN HIDDEN TESTS
for seed in range(70, 75):
    random = seeded(seed)
    grid = [(b, k1) for b in (0.0, 0.4, 0.9) for k1 in (0.5, 1.5)]
    values = {s: {f"q{n}": int(random.integers(0, 1000)) for n in range(9)} for s in grid}
    for n in range(4):  # a clear winner on the training queries, which is poor on the others
        values[grid[seed % 6]][f"q{n}"] = 1000
        values[grid[seed % 6]][f"q{n + 4}"] = 0
    ask, measured, _ = pretend_engine(values)
    there = sum(values[grid[seed % 6]][f"q{n}"] for n in range(4)) / 4
    check(tune, ask, measured, grid, [f"q{n}" for n in range(4)], [f"q{n}" for n in range(4, 9)]).note(f"seed {seed}").satisfies(
        lambda report: tuple(report["setting"]) == grid[seed % 6] and abs(report["train"] - there) < 1e-9,
        f'"setting" {grid[seed % 6]} and "train" {there}',
        idea="the greatest mean over the training queries, and over nothing else",
    )
values = {(0.2, 1.0): {"a": -5, "z": 1}, (0.6, 1.0): {"a": -2, "z": -9}, (0.4, 1.0): {"a": -3, "z": 0}}
ask, measured, _ = pretend_engine(values)
check(tune, ask, measured, list(values), ["a"], ["z"]).note(f"measured: {values}").satisfies(
    lambda report: tuple(report["setting"]) == (0.6, 1.0) and report["train"] == -2,
    '"setting" (0.6, 1.0) and "train" -2.0',
    idea="the greatest mean may lie below 0: what does a search for it begin with?",
)
small = library.generate(seed=int(seeded(76).integers(1, 10**6)), documents=60)
with tempfile.TemporaryDirectory() as here:
    engine = whoosh_engine(small.texts, here)
    asked = list(small.queries)[36:48]
    grid = [(b, k1) for b in (1.0, 0.0, 0.6) for k1 in (3.0, 0.3)]

    def good(query, ranking):
        return sum(small.judgements[query].get(d, 0) * (10 - n) for n, d in enumerate(ranking[:10]))

    total = {s: sum(good(q, engine(*s, small.queries[q])) for q in asked[:6]) for s in grid}
    check(tune, lambda b, k1, query: engine(b, k1, small.queries[query]), good, grid, asked[:6], asked[6:]).note(
        "seed 76; Whoosh itself, on a library of 60 documents"
    ).satisfies(
        lambda report: tuple(report["setting"]) == max(grid, key=total.get) and abs(report["train"] - max(total.values()) / 6) < 1e-9,
        f'"setting" {max(grid, key=total.get)} and "train" {max(total.values()) / 6:.6g}',
        idea="b is the first parameter of a search and k1 the second",
    )
### END HIDDEN TESTS

# %% test="e4_equals" points=1 title="Of equals the first"
values = {(0.9, 1.0): {"q1": 1, "q2": 5, "q3": 2}, (0.1, 2.0): {"q1": 4, "q2": 2, "q3": 9}, (0.1, 1.0): {"q1": 0, "q2": 0, "q3": 9}}
ask, measured, _ = pretend_engine(values)
check(tune, ask, measured, list(values), ["q1", "q2"], ["q3"]).note(f"measured: {values}").satisfies(
    lambda report: tuple(report["setting"]) == (0.9, 1.0), '"setting" (0.9, 1.0)', idea="two settings have the mean 3; the first on the list is taken"
)
### BEGIN HIDDEN TESTS
grid = [(0.3, 1.0), (0.5, 0.5), (0.2, 0.9), (0.7, 0.1)]  # the first of equals has neither the least nor the greatest b or k1
values = dict(zip(grid, ({"a": 2, "z": 3}, {"a": 7, "z": 0}, {"a": 7, "z": 8}, {"a": 7, "z": 9})))
ask, measured, _ = pretend_engine(values)
check(tune, ask, measured, grid, ["a"], ["z"]).note(f"measured: {values}").satisfies(
    lambda report: tuple(report["setting"]) == (0.5, 0.5), '"setting" (0.5, 0.5)', idea="three settings have the mean 7; neither order nor the test query decides but the list"
)
### END HIDDEN TESTS

# %% test="e4_report" points=2 title="The chosen setting's scores on the test queries"
values = {(0.5, 1.2): {"q1": 300, "q3": 800, "q4": 700}, (1.0, 1.2): {"q1": 900, "q3": 100, "q4": 250}, (0.0, 1.2): {"q1": 0, "q3": 950, "q4": 0}}
ask, measured, _ = pretend_engine(values)
check(tune, ask, measured, list(values), ["q1"], ["q3", "q4"]).note(f"measured: {values}").satisfies(
    lambda report: report["test"] == {q: values[tuple(report["setting"])][q] for q in ("q3", "q4")},
    "of the chosen setting the scores of q3 and q4",
    idea="the report is about the chosen setting, whatever the others would have had",
)
### BEGIN HIDDEN TESTS
for seed in range(80, 84):
    random = seeded(seed)
    grid = [(b, k1) for k1 in (0.5, 1.5) for b in (0.1, 0.2, 0.9)]
    values = {s: {f"q{n}": int(random.integers(0, 1000)) for n in range(8)} for s in grid}
    values[grid[1]] |= {"q0": 999, "q1": 999, "q2": 999}
    ask, measured, _ = pretend_engine(values)
    check(tune, ask, measured, grid, ["q0", "q1", "q2"], ["q3", "q4", "q5", "q6", "q7"]).note(f"seed {seed}").satisfies(
        lambda report: report["test"] == {f"q{n}": values[tuple(report["setting"])][f"q{n}"] for n in range(3, 8)},
        "each test query, with its score by the chosen setting",
        idea="not the last setting that was tried, nor the best for each query",
    )
### END HIDDEN TESTS

# %% test="e4_untouched" points=2 title="Test queries rest until the choice is made"
values = {(0.5, 1.2): {"q1": 300, "q3": 800}, (1.0, 1.2): {"q1": 900, "q3": 100}}
ask, measured, log = pretend_engine(values)
check(tune, ask, measured, list(values), ["q1"], ["q3"]).value(idea="a dict comes back")
check_value("queries in the order of their searches", [query for _, _, query in log]).satisfies(
    lambda order: order.count("q3") == 1 and order[-1] == "q3", "q3 once, as the last", idea="first choose by q1, then look at q3, once"
)
### BEGIN HIDDEN TESTS
for seed in range(85, 88):
    random = seeded(seed)
    names = [f"q{n}" for n in random.permutation(9)]
    grid = [(b, k1) for b in (0.2, 0.5, 0.8) for k1 in (1.0, 2.0)]
    ask, measured, log = pretend_engine({s: {q: int(random.integers(0, 1000)) for q in names} for s in grid})
    check(tune, ask, measured, grid, names[:5], names[5:]).value(idea="a dict comes back")
    check_value("queries in the order of their searches", [query for _, _, query in log]).note(f"seed {seed}; test queries {sorted(names[5:])}").satisfies(
        lambda order: sorted(order[-4:]) == sorted(names[5:]) and not set(order[:-4]) & set(names[5:]),
        "the four test queries once each, at the very end",
        idea="whoever looks at the test queries before the choice, or with more than one setting, has used them up",
    )
### END HIDDEN TESTS

# %% test="e4_apart" points=1 title="No query is in both lists"
ask, measured, _ = pretend_engine({(0.5, 1.2): {"q1": 300, "q2": 100}})
check(tune, ask, measured, [(0.5, 1.2)], ["q1"], ["q2"]).value(idea="these two lists have nothing in common")
ask, measured, log = pretend_engine({(0.5, 1.2): {"q1": 300, "q2": 100}})
check(tune, ask, measured, [(0.5, 1.2)], ["q1", "q2"], ["q2"]).raises(ValueError, idea="q2 would test what it has chosen")
check_value("the searches", list(log)).equals([], idea="look at the two lists before anything is searched")
### BEGIN HIDDEN TESTS
check(tune, ask, measured, [(0.5, 1.2)], ["a", "b", "c"], ["d", "e", "b"]).raises(ValueError, idea="one query in common is one too many")
check_value("the searches", list(log)).equals([], idea="look at the two lists before anything is searched")
### END HIDDEN TESTS

# %% [markdown]
r"""
Try yours on the real engine: train on `easy[::3] + easy[2::3]`, test on `easy[1::3]`, with `lambda b, k1, q: search(b, k1, lib.queries[q])` as the search and `thousandths` as the measure. Hand the `"test"` values, and those of the default setting on the same queries, to your
`randomization_test`: one choice, one look, one $p$. (Strictly, our table above has worn these queries out already.)

## What nobody judged

Day 6 ended with pools: most documents were never judged, and AP and nDCG count them as not relevant. What if half of our judgements were missing?
"""


# %%
def ap(ranking, judged):
    marks = np.array([judged.get(document, 0) > 0 for document in ranking])
    recall = marks.sum() / np.count_nonzero(list(judged.values()))
    return average_precision_score(marks, -np.arange(len(marks))) * recall if recall else 0.0


for kept in (1.0, 0.5, 0.2, 0.1):
    draw = np.random.default_rng(5)
    some = {n: {d: g for d, g in lib.judgements[n].items() if draw.random() < kept} for n in easy}
    print(f"{kept:4.0%} of the judgements: mean AP {np.mean([ap(ranked[n], some[n]) for n in easy]):.3f}")

# %% [markdown]
r"""
The engine is the same, its answers are the same, and its score melts away with the judgements. **Predict** what AP would do if one *dropped* the unjudged documents from the list first.

<details><summary>Answer</summary>

It would stay: 0.659, 0.668, 0.669, 0.668. Yilmaz and Aslam (2006) call this induced AP. Judgements missing at random leave the *order* of the judged documents alone, and the next measure asks for nothing else.

</details>

Buckley and Voorhees (2004) asked only what judged documents can answer: how often does a judged *non-relevant* document stand above a relevant one? A binary preference, hence **bpref**. With $R$ judged relevant and $N$ judged non-relevant documents,

$$\mathrm{bpref}=\frac1R\sum_{r\ \text{retrieved}}\Bigl(1-\frac{\min(n_r,\,R)}{\min(R,N)}\Bigr),$$

where the sum is over the relevant documents on the list, and $n_r$ counts the judged non-relevant ones above $r$; only the first $R$ of those can do harm. A relevant document that was not retrieved adds 0. The paper divides by $R$ (and has a second form for few relevant documents, bpref-10, with $10+R$ for both inner $R$). If there are
fewer than $R$ non-relevant ones, a list could then not get down to 0 though all of them stand above everything; so TREC's evaluation program soon took $\min(R,N)$, and so do we. If $N=0$ nothing can stand above anything, and every retrieved relevant document adds 1.
"""

# %% [markdown] exercise="e5" title="Preferences among judged documents" level="stretch" minutes=20 exports=["bpref"]
r"""
Write `bpref(ranking, judged)`: `ranking` is a list of document names, each at most once, `judged` a dict from judged documents to grades; a grade of 1 or more is relevant, 0 is not. Documents that are not in `judged` are passed over. It returns the bpref as defined above, as a float. Without a judged relevant
document raise `ValueError`.

`bpref(["a", "x", "u", "b", "y"], {"a": 2, "b": 1, "c": 1, "x": 0, "y": 0})`: $R=3$, $N=2$; `a` adds 1, `b` adds $1-\tfrac12$, and `c` was not found. It is `0.5`.
"""

# %% [markdown] hints="e5" reading="Buckley and Voorhees (SIGIR 2004), the definition of bpref"
r"""
1. Walk down the list. There are three sorts of documents; what does each one change?
2. Count judged non-relevant documents as they pass. A relevant document adds a term that depends on that count; an unjudged one does nothing at all.
3. With `above` so far: add `1 - min(above, R) / min(R, N)`, or 1 if `above` is 0 (then nothing is divided by $N=0$). At the end divide by `R`.
"""


# %% solution="e5"
def bpref(ranking, judged):
    """How seldom judged non-relevant documents stand above relevant ones; unjudged documents do not matter."""
    ### BEGIN SOLUTION
    relevant = sum(grade > 0 for grade in judged.values())
    if relevant == 0:
        raise ValueError("without a relevant document there is nothing to prefer")
    most = min(relevant, len(judged) - relevant)
    above, total = 0, 0.0
    for document in ranking:
        if judged.get(document, 0) > 0:
            total += 1 - min(above, most) / most if above else 1
        elif document in judged:
            above += 1
    return total / relevant
    ### END SOLUTION


# %% test="e5_value" points=2 title="Non-relevant documents above a relevant one"
check(bpref, ["x", "a", "y", "z", "b"], {"a": 1, "b": 3, "x": 0, "y": 0, "z": 0}).close(
    1 / 4, idea="a has one of at most two above it and adds 1/2; b has three, counted as two, and adds 0"
)
### BEGIN HIDDEN TESTS
check(bpref, ["x", "a"], {"a": 1, "b": 1, "x": 0, "y": 0}).close(1 / 4, idea="R = N = 2, though only x and a were retrieved: a adds 1/2")
for seed in range(90, 98):
    random = seeded(seed)
    good, bad = int(random.integers(2, 6)), int(random.integers(6, 12))
    grades = {f"g{n}": int(random.integers(1, 4)) for n in range(good)} | {f"b{n}": 0 for n in range(bad)}
    listed = random.permutation(sorted(grades)).tolist()[: int(random.integers(good, good + bad + 1))] + ["b end"]
    grades["b end"] = 0
    harm = [min(sum(grades[other] == 0 for other in listed[:place]), good) for place, d in enumerate(listed) if grades[d]]
    check(bpref, listed, grades).note(f"seed {seed}").close(
        sum(1 - n / good for n in harm) / good, atol=1e-12, idea="only the first R non-relevant ones count, and lost documents add 0"
    )
### END HIDDEN TESTS

# %% test="e5_unjudged" points=1 title="Unjudged documents have no effect"
check(bpref, ["u", "a", "v", "x", "w", "b"], {"a": 1, "b": 1, "x": 0, "y": 0}).close(
    0.75, idea="nobody judged u, v and w: they are neither relevant nor not"
)
### BEGIN HIDDEN TESTS
for seed in range(100, 104):
    random = seeded(seed)
    grades = {f"d{n}": int(n < 5) for n in range(12)}
    listed = [f"d{n}" for n in random.permutation(12)]
    p = check(bpref, listed, grades).value(idea="a number comes back")
    mixed = list(itertools.chain.from_iterable((f"new {d}", d) for d in listed))
    check(bpref, mixed, grades).note(f"seed {seed}; without the unjudged ones it was {p}").close(
        p, atol=1e-12, idea="who was not judged is passed over, wherever it stands"
    )
### END HIDDEN TESTS

# %% test="e5_few" points=1 title="Fewer non-relevant than relevant documents"
check(bpref, ["a", "x", "b", "y"], {"a": 2, "b": 1, "c": 1, "x": 0, "y": 0}).close(
    1 / 2, idea="R = 3, N = 2: one of two non-relevant documents above b costs it a half"
)
### BEGIN HIDDEN TESTS
check(bpref, ["x", "a", "b", "c"], {"a": 1, "b": 1, "c": 2, "x": 0}).close(0.0, idea="the only non-relevant document stands above all: the lowest value there is")
check(bpref, ["a", "c"], {"a": 1, "b": 1, "c": 2}).close(2 / 3, idea="no judged non-relevant document: what was found adds 1, what was not adds 0")
### END HIDDEN TESTS

# %% test="e5_none" points=1 title="Nothing relevant, nothing to prefer"
check(bpref, ["x", "y"], {"x": 0}).raises(ValueError, idea="R is 0")
check(bpref, ["x", "a"], {"x": 0, "a": 1}).close(0.0, idea="R is 1: a bad ranking of a relevant document is no error")
### BEGIN HIDDEN TESTS
check(bpref, [], {}).raises(ValueError, idea="R is 0")
### END HIDDEN TESTS

# %% [markdown]
r"""
Put your `bpref` in the place of `ap` in the cell above the exercise: with a tenth of the judgements its mean is 0.602, with all of them 0.604.
"""

# %%
folder.cleanup()

# %% [markdown]
r"""
## In practice

- **Say which one.** nDCG has two gains, two discounts, a depth, an ideal and a rule for empty queries; kappa has two forms. Without them numbers cannot be compared.
- **A hundred times the size** changes little for the tests: their $n$ is the number of queries. It is judgements that get dear, and pools that get shallow beside the collection; measures for incomplete judgements, bpref among them, then matter more.
- **bpref is not immune.** It forgives judgements missing *at random*. Pools do not miss at random: they miss what no pooled engine found. And grades it does not see.
- **Many queries, small differences.** With a million queries of a log everything is significant. Ask then for the size, with an interval, and whether a reader would notice.
- **Few queries.** With five, the two-sided randomisation test cannot reach 0.05, nor can the sign test or Wilcoxon's. Decide how many queries you need before you judge, not after.
- **Held-out queries wear out.** Count who looked, or let a machine hold the key, as the tests of exercise 4 did.

## Summary

- DCG adds gains over $\log_2(1+\text{rank})$; nDCG divides by an ideal that knows every judged document, and both are cut at $k$.
- Kappa takes chance off agreement; Cohen's chance has two judges, the pooled one forgets who is who, and is never the greater.
- The randomisation test flips signs of paired differences. Its $p$ is exact and discrete: $P(p\le\alpha)\le\alpha$.
- Training queries choose, test queries report, once.
- bpref compares judged documents only, and passes over the rest.

## Reflection

A team reports: "We tried 30 settings on our 40 queries; the best has nDCG@10 of 0.47 against 0.44 for the old engine, $p=0.03$." Write three to five sentences to them. Do they (1) name what went wrong, and which way it bends the number; (2) say what $p$ is
and is not here; (3) propose what to do with the queries that they have, or with new ones?
"""

# %% [markdown] reflection="reflection"
r"""
Your 40 queries chose the setting and then reported on it, so 0.47 is too high on average: it is the best of 30, partly by luck. The 0.03 would mean something for one change named beforehand; among thirty worthless ones a $p$ that small is likely somewhere. It is not the probability that the engines are the same
either. Divide the queries at random, tune on half of them, and test the one chosen setting against the old engine on the other half; if that leaves too few, have 40 new queries judged, by pools from both engines, before anyone looks.
"""

# %% [markdown]
r"""
## Further reading

- IIR 8.4, its end: nDCG in the exponential form; 8.5: pools, judges and kappa, with the pooled margins.
- Järvelin and Kekäläinen, "Cumulated gain-based evaluation of IR techniques" (ACM TOIS, 2002): look for the base of the logarithm as a model of patience. Burges and others, "Learning to rank using gradient descent" (ICML 2005): the other gain.
- Smucker, Allan and Carterette, "A comparison of statistical significance tests for information retrieval evaluation" (CIKM 2007): why randomisation, and what Wilcoxon's and the sign test get wrong.
- Buckley and Voorhees, "Retrieval evaluation with incomplete information" (SIGIR 2004): the figures in which judgements are taken away. Sakai, "Alternatives to bpref" (SIGIR 2007): unjudged documents dropped, for other measures.
- Voorhees, "Variations in relevance judgments and the measurement of retrieval effectiveness" (SIGIR 1998): the judges exchanged.
"""
