# %% [markdown]
r"""
You will cut a matrix of words and documents down to a dozen directions, and search along these: for documents that say what was asked in other words.

**You will be able to**

- **compute** the best approximation of a matrix by one of rank $k$, and its exact error before it is multiplied out (exercise 1);
- **place** new documents and questions in an old latent space, and **measure** how much of them it can hold (exercise 2);
- **rank** documents by their latent coordinates, and **say** in which space the cosine is taken (exercise 3);
- **choose** the number of dimensions by what readers get, on questions kept apart for it (exercise 4);
- **approximate** the decomposition of a matrix that you can only multiply with (exercise 5).
"""

# %% [markdown]
r"""
## Warm-up

1. Day 3: a question and a document have no word in common. Which SMART scheme `ddd.qqq` gives them a score above 0?
2. Day 6: four documents are relevant. An engine returns two of them, on ranks 1 and 2, and never the other two. What is its average precision?

<details><summary>Answers</summary>

1. None. A score is a sum over the words that both have, so it is 0 under every scheme.
2. $(1+1+0+0)/4=\tfrac12$, and no better order of what it returns would help. What is not found caps the measure.

</details>

## Set-up

`weigh(texts, asked)` makes matrices out of texts with day 3's weights `ltc`, $(1+\log_{10}\mathrm{tf})\cdot\log_{10}(N/\mathrm{df})$ with columns of length 1, from the words and counts of `texts`. As in IIR 18, a matrix has a **row a word and a column a
document**: day 3's tables, turned over. `average_precision` is that of day 6.
"""

# %% setup=true
import math
from collections import Counter

import matplotlib.pyplot as plt
import numpy as np
from sklearn.decomposition import TruncatedSVD

from curriculum.lab import check, check_value, figures, library, seeded

figures.style()

notes = {
    "n0": "ship tide deck",
    "n1": "ship tide mast",
    "n2": "vessel tide deck",
    "n3": "vessel deck mast",
    "n4": "goal referee penalty",
    "n5": "goal umpire penalty",
}


def weigh(texts, asked):
    """The words of `texts` in order; a column of ltc weights for each of `texts`; one for each of `asked`."""
    counts = [Counter(library.terms(text)) for text in texts]
    words = sorted(set().union(*counts))
    df = np.array([sum(word in count for count in counts) for word in words])

    def columns(counts):
        table = np.array([[count[word] for count in counts] for word in words], dtype=float)
        table = np.where(table > 0, 1 + np.log10(np.maximum(table, 1)), 0.0) * np.log10(len(texts) / df)[:, None]
        return table / np.maximum(np.linalg.norm(table, axis=0), 1e-300)

    return words, columns(counts), columns([Counter(library.terms(text)) for text in asked])


def average_precision(ranking, relevant):
    """Mean over all the relevant documents of the precision at their ranks, 0 for those that were not found."""
    marks = np.array([document in relevant for document in ranking])
    return float((np.cumsum(marks) / np.arange(1, len(marks) + 1))[marks].sum() / len(relevant))


def made(random, rows, columns, sizes):
    """A random matrix with these singular values; only tests use it."""
    left = np.linalg.qr(random.normal(size=(rows, len(sizes))))[0]
    right = np.linalg.qr(random.normal(size=(columns, len(sizes))))[0]
    return left * np.asarray(sizes) @ right.T


def trial(seed):
    """A random table of twenty documents, eight questions, and what is relevant for each; only tests use it."""
    random = seeded(seed)
    table = random.random((12, 20)) ** 2 * (0.3 + 3 * random.random(20))
    queries = {f"q{j}": random.random(12) for j in range(8)}
    return table, queries, {name: set(random.permutation(20)[: 2 + j].tolist()) for j, name in enumerate(queries)}


def operator(matrix):
    """Products with a matrix, there and back, and a log of how many columns each had; only tests use it."""
    log = {"times": [], "back": []}

    def times(X):
        log["times"].append(X.shape[1])
        return matrix @ X

    def back(Y):
        log["back"].append(Y.shape[1])
        return matrix.T @ Y

    return times, back, log


# %% [markdown]
r"""
## Forty-six documents that nobody can find

In our library there are two wordings. One half of the writers says *ship*, *sailor*, *harbour*, *storm*; the other half says *vessel*, *mariner*, *port*, *gale*, and nobody says both. A reader asks in the words of the one half.
"""

# %%
lib = library.generate()
names, asked = list(lib.texts), list(lib.queries)
words, C, Q = weigh(lib.texts.values(), lib.queries.values())
good = {q: {names.index(d) for d, grade in lib.judgements[q].items() if grade >= 2} for q in asked}
scores = C.T @ Q[:, asked.index("q59")]
missed = [i for i in good["q59"] if scores[i] == 0]
print(f"{lib.queries['q59']!r}: {len(good['q59'])} relevant documents, {len(missed)} of them with cosine 0")
lost = names[next(i for i in sorted(missed) if lib.judgements["q59"][names[i]] == 3)]
print("of the other wording, one of these has:", *sorted(set(library.terms(lib.texts[lost])) & set(lib.synonyms) & set(lib.topics["sailing"])))

# %% [markdown]
r"""
No weighting helps, no length normalisation, no $k_1$: a sum over no common words is 0. The 46 stand in one tie with all of cookery. A list of synonyms would help, if somebody wrote it, for each field anew, and kept it.

But look at a smaller case. In the six notes of the set-up *ship* and *vessel* never meet. Yet both keep company with *tide*, *deck* and *mast*. Whoever has read the six has seen that the two words mean much the same, without having been told. Can a
matrix see it?

**Predict.** $CC^\mathsf{T}$ has an entry for each pair of words: in how many notes they stand together. It is 0 for *ship* and *vessel*. What is the entry of its square?
"""

# %%
vocabulary = sorted({word for text in notes.values() for word in text.split()})
N = np.array([[text.split().count(word) for text in notes.values()] for word in vocabulary], dtype=float)
ship, vessel = vocabulary.index("ship"), vocabulary.index("vessel")
together = N @ N.T
print("stand together:", int(together[ship, vessel]), "  have company in common:", int((together @ together)[ship, vessel]))

# %% [markdown]
r"""
Five ways lead from *ship* over a common companion to *vessel*: over *tide* $2\cdot1$, *deck* $1\cdot2$, *mast* $1\cdot1$. Multiplying again and again follows longer ways, and in the long run only the strongest
pattern of the whole matrix is left.

## The strongest pattern, then the next

Let us look for it. A **pattern** is a matrix of rank 1, $\sigma\,uv^\mathsf{T}$: words in the proportions $u$, documents in the proportions $v$, both of length 1. Start with almost any $v$, ask which words these documents have ($Cv$), then which documents have those words
($C^\mathsf{T}Cv$), scale to length 1, and repeat. This is power iteration with $C^\mathsf{T}C$. What it finds is subtracted, and the search begins anew in what is left.
"""

# %%
rest = N.copy()
for pair in range(3):
    v = np.random.default_rng(pair).normal(size=6)
    for _ in range(300):
        v = rest.T @ (rest @ v)
        v /= np.linalg.norm(v)
    sigma_u = rest @ v
    rest -= np.outer(sigma_u, v)
    print(f"pattern {pair + 1}: sigma {np.linalg.norm(sigma_u):.4f}, share of each note:", *[f"{abs(x):.2f}" for x in v])

# %%
print("NumPy:", *[f"{x:.4f}" for x in np.linalg.svd(N, compute_uv=False)])

# %% [markdown]
r"""
The first pattern is the sea, the second is football, and the third tells one sea note from another. The whole is the **singular value decomposition** (IIR 18.2): every real $m\times n$ matrix of rank $r$ can be written

$$C=U\Sigma V^\mathsf{T}=\sum_{i=1}^r\sigma_i\,u_iv_i^\mathsf{T},\qquad\sigma_1\ge\dots\ge\sigma_r>0,$$

with orthonormal **left singular vectors** $u_i$ (columns of $U$, over words) and **right** ones $v_i$ (over documents). The $\sigma_i^2$ are the eigenvalues above 0 of $C^\mathsf{T}C$, and also of $CC^\mathsf{T}$. Geometrically: $C$ maps the unit vector $v_i$ to $\sigma_iu_i$, so
it turns the unit sphere into an ellipsoid, with the singular values as half axes.

How much of this is unique? The $\sigma_i$ are. The pairs are not: $(-u_i,-v_i)$ does as well as $(u_i,v_i)$, and where $\sigma_i=\sigma_{i+1}$ any orthonormal basis of the same plane will do for the $v$'s, if the $u$'s follow it. Two libraries may return vectors of opposite signs, and both are right. So **never compare
singular vectors themselves**: compare products, in which the signs cancel, or the subspaces, or agree on a rule for the sign first.

## Cut it, and know what it costs

Keep the first $k$ patterns and drop the rest:

$$C_k=\sum_{i=1}^k\sigma_i\,u_iv_i^\mathsf{T}.$$

![The matrix C, words by documents, is nearly U times Sigma times V transposed. Of U k columns are kept, of Sigma a k by k square, of V transposed k rows. A row of U stands for a word, a column of V transposed for a document.](d09_latent_semantics_cut.svg)

**Theorem** (Eckart and Young, 1936; for the spectral norm and many others, Mirsky, 1960; IIR 18.3). Let $1\le k\le r$, and read $\sigma_{r+1}$ as 0. No matrix $B$ of rank at most $k$ is nearer to $C$ than $C_k$, and

$$\lVert C-C_k\rVert_F=\sqrt{\sigma_{k+1}^2+\dots+\sigma_r^2},\qquad\lVert C-C_k\rVert_2=\sigma_{k+1},$$

where $\lVert\cdot\rVert_F$ is the root of the sum of all squared entries, and $\lVert A\rVert_2$ is the most by which $A$ can stretch a vector, its largest singular value. In the Frobenius norm $C_k$ is the only best one if $\sigma_k>\sigma_{k+1}$.
(IIR 18.3, online edition, has $\sigma_{k+1}$ as the error in the
Frobenius norm too: a slip. It is right only where nothing follows $\sigma_{k+1}$.)

Why the second? Among the combinations of the $k+1$ vectors $v_1,\dots,v_{k+1}$ there is one, $x$, of length 1 with $Bx=0$, since $B$ has rank $k$ at most. There $\lVert(C-B)x\rVert=\lVert Cx\rVert\ge\sigma_{k+1}$. So whoever keeps $k$ dimensions has to pay $\sigma_{k+1}$, and $C_k$ pays no more.

**Predict.** Cut the notes at $k=2$. *vessel* does not stand in note n0. What will its entry be now: 0, a bit above, or 1?
"""

# %%
U, s, Vt = np.linalg.svd(N, full_matrices=False)
N2 = U[:, :2] * s[:2] @ Vt[:2]
for word in ("ship", "vessel", "umpire"):
    print(f"{word:7}", *[f"{x:6.2f}" for x in np.round(N2[vocabulary.index(word)], 2) + 0.0])
angle = N2[ship] @ N2[vessel] / np.linalg.norm(N2[ship]) / np.linalg.norm(N2[vessel])
print(f"cosine of ship and vessel: {N[ship] @ N[vessel]:.2f} before the cut, {angle:.2f} after it")

# %% [markdown]
r"""
To describe six notes by two patterns is to forget who wrote *ship* and who wrote *vessel*. The matrix with *less* information is the better one to search in: the error is what we are after. (Counts go along with it: $C_k$ has entries between 0 and 1, may have negative ones,
and is hardly ever sparse.)
"""

# %% [markdown] exercise="e1" title="The best approximation and its error" level="warm-up" minutes=20 exports=["lsi", "errors"]
r"""
Write two functions of an array `C`. Use `np.linalg.svd`.

- `lsi(C, k)` returns the tuple `(U, s, V)` of arrays: the first $k$ left singular vectors as columns, the $k$ largest singular values in descending order, the first $k$ right singular vectors as *columns*. So $C_k$ is
  `U @ np.diag(s) @ V.T`. The sign rule: in each column of `U` the entry with the greatest absolute value is positive. $k$ is at least 1 and at most the rank of `C`.
- `errors(C, k)` returns the pair of numbers $\lVert C-C_k\rVert_F$ and $\lVert C-C_k\rVert_2$, for any $k$ from 1 to the smaller side of `C`; if nothing is cut, both are 0.

For `C = np.array([[2, 0, 0], [0, 0, -3], [0, 1, 0]])` and $k=1$: `U` is `[[0], [1], [0]]`, `s` is `[3]`, `V` is `[[0], [0], [-1]]`, all as arrays; the errors are $\sqrt5$ and 2. Numbers are compared to seven digits.
"""

# %% [markdown] hints="e1" reading="IIR 18.2 and 18.3"
r"""
1. What are the shapes of the three things that `np.linalg.svd(C, full_matrices=False)` returns? Which of them is already transposed?
2. Cut first, then mend the signs. Who turns a column of `U` must turn the same column of `V`, or the product is another. For the errors only the values that were cut count.
3. `np.abs(U).argmax(axis=0)` is the row of the heaviest entry in each column; `np.sign(U[rows, range(k)])` is what both `U` and `V` are to be multiplied by. For the errors take the root of the sum of squares of `s[k:]`, and `max(s[k:], default=0.0)`.
"""


# %% solution="e1"
def lsi(C, k):
    """First k singular triplets of C as (U, s, V), vectors in columns; the heaviest entry of each column of U is positive."""
    ### BEGIN SOLUTION
    left, s, right = np.linalg.svd(C, full_matrices=False)
    U, V = left[:, :k], right[:k].T
    heaviest = np.abs(U).argmax(axis=0)
    signs = np.sign(U[heaviest, range(k)])
    return U * signs, s[:k], V * signs
    ### END SOLUTION


def errors(C, k):
    """Frobenius and spectral norm of what C loses when it is cut to rank k."""
    ### BEGIN SOLUTION
    tail = np.linalg.svd(C, compute_uv=False)[k:]
    return math.hypot(*tail), max(tail, default=0.0)
    ### END SOLUTION


# %% test="e1_product" points=2 title="Orthonormal columns whose product is the best approximation"
flat = lambda X: bool(np.allclose(X.T @ X, np.eye(X.shape[1]), atol=1e-7))
first = np.array([[2.0, 0.0, 0.0], [0.0, 0.0, -3.0], [0.0, 1.0, 0.0]])
check(lsi, first, 1).satisfies(
    lambda parts: np.allclose(parts[0] @ np.diag(parts[1]) @ parts[2].T, [[0, 0, 0], [0, 0, -3], [0, 0, 0]], atol=1e-7),
    "U @ np.diag(s) @ V.T with -3 as its only entry other than 0",
    idea="the pattern with the largest singular value is kept",
)
### BEGIN HIDDEN TESTS
for seed, (rows, columns) in enumerate([(7, 5), (5, 8), (6, 6), (12, 3)]):
    random = seeded(seed)
    sizes = np.sort(1 + 9 * random.random(min(rows, columns)) + 2 * np.arange(min(rows, columns)))[::-1]
    full = made(random, rows, columns, sizes)
    for k in range(1, min(rows, columns) + 1):
        gram = np.linalg.eigh(full @ full.T)[1][:, ::-1][:, :k]  # the same subspace another way
        check(lsi, full, k).note(f"seed {seed}").satisfies(
            lambda parts: (
                (parts[0].shape, parts[1].shape, parts[2].shape) == ((rows, k), (k,), (columns, k))
                and flat(parts[0])
                and flat(parts[2])
                and np.allclose(parts[1], sizes[:k], rtol=1e-7)
                and np.allclose(parts[0] @ np.diag(parts[1]) @ parts[2].T, gram @ gram.T @ full, atol=1e-6)
            ),
            f"U {rows} x {k} and V {columns} x {k} with orthonormal columns, the {k} largest singular values, and U @ np.diag(s) @ V.T = C_k",
            idea="columns of U and of V, both of length 1; the singular values stand in s, and nowhere else",
        )
### END HIDDEN TESTS

# %% test="e1_signs" points=1 title="The rule for the signs"
check(lsi, np.array([[2.0, 0.0, 0.0], [0.0, 0.0, -3.0], [0.0, 1.0, 0.0]]), 1).satisfies(
    lambda parts: parts[0][1, 0] > 0, "U with a positive entry in row 1", idea="the heaviest entry of a column of U is positive"
)
### BEGIN HIDDEN TESTS
for seed in range(10, 16):
    random = seeded(seed)
    full = made(random, 9, 7, [9, 7, 5, 4, 3])
    heavy = lambda X: all(max(column, key=abs) > 0 for column in X.T.tolist())
    check(lsi, full, 5).note(f"seed {seed}").satisfies(
        lambda parts: heavy(parts[0]), "in each column of U a positive entry of greatest absolute value", idea="each column has a sign of its own to mend"
    )
    other = TruncatedSVD(n_components=4, algorithm="arpack", random_state=0).fit(full.T)
    turned = np.array([1 if max(row, key=abs) > 0 else -1 for row in other.components_.tolist()])
    check(lsi, full, 4).note(f"seed {seed}; scikit-learn's TruncatedSVD of the transposed matrix, with signs by the rule").satisfies(
        lambda parts: np.allclose(parts[0], other.components_.T * turned, atol=1e-6),
        "scikit-learn's components, with signs by the rule",
        idea="the rule looks at the entry that is greatest in absolute value, not at the greatest, the first or the sum",
    )
### END HIDDEN TESTS

# %% test="e1_errors" points=2 title="The exact error, in both norms"
check(errors, np.array([[2.0, 0.0, 0.0], [0.0, 0.0, -3.0], [0.0, 1.0, 0.0]]), 1).satisfies(
    lambda two: len(two) == 2 and abs(two[0] - math.sqrt(5)) < 1e-7 and abs(two[1] - 2) < 1e-7,
    "sqrt(5) = 2.236068 and 2",
    idea="2 and 1 were cut: the root of the sum of their squares, and the larger of them",
)
### BEGIN HIDDEN TESTS
for seed, (rows, columns) in enumerate([(6, 4), (4, 7), (5, 5)], start=20):
    random = seeded(seed)
    full = random.normal(size=(rows, columns))
    squares = np.sort(np.linalg.eigvalsh(full @ full.T if rows < columns else full.T @ full))[::-1]
    for k in range(1, min(rows, columns) + 1):
        lost = math.sqrt(squares[k:].sum()), math.sqrt(squares[k]) if k < len(squares) else 0.0
        check(errors, full, k).note(f"seed {seed}").satisfies(
            lambda two: len(two) == 2 and all(abs(a - b) <= 1e-7 * (1 + b) for a, b in zip(two, lost)),
            f"{lost[0]:.7g} and {lost[1]:.7g}",
            idea="all that was cut counts for the first, the largest of it for the second; nothing cut, nothing lost",
        )
### END HIDDEN TESTS

# %% [markdown]
r"""
scikit-learn calls it `TruncatedSVD`. It wants a row a document, so it is handed the transposed matrix; what it calls `components_` is then our $U^\mathsf{T}$, and what `transform` returns is $V\Sigma$. Its signs
may differ from NumPy's on one machine and agree on the next, so bare vectors are not compared.
"""

# %%
tool = TruncatedSVD(n_components=12, algorithm="arpack", random_state=0).fit(C.T)
U, s, Vt = np.linalg.svd(C, full_matrices=False)
print("vectors alike up to sign:", np.allclose(np.abs(tool.components_), np.abs(U[:, :12].T)))
print("products alike:", np.allclose(tool.transform(C.T) @ tool.components_, (U[:, :12] * s[:12] @ Vt[:12]).T))

# %% [markdown]
r"""
## A map of words and documents

Row $t$ of $U$ and row $d$ of $V$ describe word $t$ and document $d$ in the same $k$ **latent dimensions**. Here are all documents of our library that are about sailing or football alone, decomposed by themselves; two dimensions can be drawn. Coordinates are multiplied by the singular values.

**Predict.** Where will *ship* and *vessel* lie, which never meet? Where *time* and *year*, which are everywhere?
"""

# %%
shelf = [d for d in names if set(lib.mixtures[d]) <= {"sailing", "football"}]
shelf_words, S, _ = weigh([lib.texts[d] for d in shelf], [])
Us, ss, Vs = np.linalg.svd(S, full_matrices=False)
flip = np.sign([Us[:, 0].sum(), Us[shelf_words.index("deck"), 1]])  # a rule for the signs, so that the map has one up
W, D = Us[:, :2] * ss[:2] * flip, Vs[:2].T * ss[:2] * flip
known = lib.topics["sailing"] + lib.topics["football"]

# %%
fig, axes = plt.subplots(1, 2, figsize=(8.6, 3.9), sharey=True)
_ = axes[0].plot(*W.T, ".", color="0.75")
spots = {f"{a} - {b}": W[[shelf_words.index(a), shelf_words.index(b)]] for a, b in lib.synonyms.items() if {a, b} <= set(known)}
for row, (label, spot) in enumerate(sorted(spots.items(), key=lambda item: -item[1][:, 1].mean())):
    _ = axes[0].plot(*spot.T, "o-", markersize=5, color="#0072B2" if row < 4 else "#D55E00")
    level = (0.5 if row < 4 else 0.2) - 0.09 * row
    _ = axes[0].annotate(label, spot.mean(axis=0), (0.6, level), fontsize=8, va="center", arrowprops={"arrowstyle": "-", "color": "0.6"})
for topic, mark in (("sailing", "^"), ("football", "s")):
    here = [i for i, d in enumerate(shelf) if next(iter(lib.mixtures[d])) == topic]
    _ = axes[1].plot(*D[here].T, mark, markersize=5, label=f"mostly {topic}")
_ = axes[0].set(title="Synonyms lie together", xlabel="dimension 1 (no unit)", ylabel="dimension 2 (no unit)", xlim=(-0.02, 0.95))
_ = axes[1].set(title="Documents lie with their topic", xlabel="dimension 1 (no unit)")
_ = axes[1].legend(fontsize=8, loc="center right")
figures.show(
    fig,
    alt="Words and documents of two topics in the first two latent dimensions. Pairs of synonyms lie close together, sailing's above 0 and football's below; "
    "documents form two clouds, one for each topic.",
)

# %% [markdown]
r"""
The first dimension is how much a word is used at all; *time* and *year* lie on it, at height 0. The second is the topic. Nobody named it, and nobody will: a latent dimension is a direction, not a concept.

## Newcomers are folded in

A new document $d$, weighed like the others, has no row in $V$. But $V$ can be had from $C$: since $U^\mathsf{T}U=I$, we have $V^\mathsf{T}=\Sigma^{-1}U^\mathsf{T}C$, column by column. Do the same with the newcomer, document or question (IIR 18.4):

$$\hat d=\Sigma_k^{-1}U_k^\mathsf{T}d .$$

A document of the collection gets just its own coordinates back. For others $\hat d$ is the best that the space can do: the $x$ that makes $\lVert d-U_k\Sigma_kx\rVert$ least. What is kept of $d$ is its projection $U_kU_k^\mathsf{T}d$, and by Pythagoras the share

$$\frac{\lVert U_k^\mathsf{T}d\rVert^2}{\lVert d\rVert^2}\in[0,1]$$

of its squared length. Folding in costs $k$ products of vectors and changes nobody else. That is its charm and its fault: **$U$ does not learn**. Let us pretend that our library had been decomposed before the first document on astronomy came in.
"""

# %%
sky = [i for i, d in enumerate(names) if "astronomy" in lib.mixtures[d]]
old = [i for i in range(len(names)) if i not in sky]
_, before, everything = weigh([lib.texts[names[i]] for i in old], [*lib.texts.values(), *lib.queries.values()])
stale = np.linalg.svd(before, full_matrices=False)[0][:, :12]
share = ((stale.T @ everything) ** 2).sum(axis=0) / (everything**2).sum(axis=0)
print(f"kept of a document on astronomy {share[sky].mean():.2f}, of another {share[old].mean():.2f}")

# %%
def unit(X):
    return X / np.maximum(np.linalg.norm(X, axis=0), 1e-12)


about_sky = [q for q in asked if set(lib.queries[q].split()) <= set(lib.topics["astronomy"])]
for label, basis, table in (("folded in", stale, everything), ("decomposed anew", U[:, :12], np.hstack([C, Q]))):
    near = unit(basis.T @ table)
    found = [average_precision(np.argsort(-near[:, :1200].T @ near[:, 1200 + asked.index(q)], kind="stable"), good[q]) for q in about_sky]
    print(f"{label:16} mean average precision of {len(found)} questions on astronomy {np.mean(found):.2f}")

# %% [markdown]
r"""
All 122 documents on astronomy came into a space that has no direction for them. Folded in, they are nearly unfindable; nothing crashed. The share kept is the alarm: watch its mean over newcomers, and decompose anew when it sinks. (A second alarm: the columns of $V$ are no longer orthonormal once rows were added. Berry, Dumais and O'Brien, 1995, measure
$\lVert V^\mathsf{T}V-I\rVert_2$.)
"""

# %% [markdown] exercise="e2" title="Fold in, and see what is kept" level="core" minutes=25 exports=["fold_in", "kept"]
r"""
`U` is an $m\times k$ array with orthonormal columns, `s` an array of $k$ numbers above 0: a space, as in exercise 1. `D` is an $m\times p$ array whose columns are documents or questions, weighed already; $p$ may differ from $k$ and from $m$. Write

- `fold_in(U, s, D)`: a $p\times k$ array, row $j$ of which is $\Sigma^{-1}U^\mathsf{T}d_j$ for column $d_j$ of `D`;
- `kept(U, D)`: an array of $p$ numbers, for each column of `D` the share of its squared length that the space keeps. Of a column of zeros it keeps `0`; any other column has a share, however short it is.

For `U = np.array([[0.6], [0.8], [0]])`, `s = np.array([2.0])` and the columns $(0.6,0.8,0)$, $(0,0,5)$, $(1,0,0)$ of `D`, folding in gives `[[0.5], [0], [0.3]]` and the shares are `[1, 0, 0.36]`, as arrays.
"""

# %% [markdown] hints="e2" reading="IIR 18.4"
r"""
1. Write the shapes under the formula: which of $U$, $\Sigma^{-1}$ and $D$ has which? What must be turned over at the end?
2. $U^\mathsf{T}D$ serves both functions. Dividing by $\Sigma$ is dividing coordinate $i$ by $\sigma_i$; no matrix needs to be inverted. Squared lengths are column sums of squares.
3. `(U.T @ D).T / s` divides column $i$ by `s[i]`. For the shares: `((U.T @ D) ** 2).sum(axis=0)` over `(D**2).sum(axis=0)`, with 1 put in the place of a 0 below the line (`np.where`).
"""


# %% solution="e2"
def fold_in(U, s, D):
    """Latent coordinates, a row each, of the columns of D in the space of U and s."""
    ### BEGIN SOLUTION
    return (U.T @ D).T / s
    ### END SOLUTION


def kept(U, D):
    """Share of the squared length of each column of D that lies in the space of U; 0 for a column of zeros."""
    ### BEGIN SOLUTION
    inside, whole = ((U.T @ D) ** 2).sum(axis=0), (D**2).sum(axis=0)
    return inside / np.where(whole == 0, 1, whole)
    ### END SOLUTION


# %% test="e2_rows" points=2 title="Latent coordinates, a row each"
axis = np.array([[0.6], [0.8], [0.0]])
three = np.array([[0.6, 0.0, 1.0], [0.8, 0.0, 0.0], [0.0, 5.0, 0.0]])
check(fold_in, axis, np.array([2.0]), three).close(
    np.array([[0.5], [0.0], [0.3]]), rtol=1e-9, atol=1e-12, idea="project on the columns of U, then divide by the singular values"
)
### BEGIN HIDDEN TESTS
for seed in range(30, 35):
    random = seeded(seed)
    sizes = np.array([8.0, 5.0, 3.0, 2.0, 0.5])
    full = made(random, 9, 7, sizes)
    left, values, right = np.linalg.svd(full, full_matrices=False)
    for k in (1, 3, 5):
        check(fold_in, left[:, :k], values[:k], full).note(f"seed {seed}; the documents that the space was made of").close(
            right[:k].T, rtol=1e-7, atol=1e-9, idea="a document of the collection gets its own row of V back"
        )
        newcomers = random.normal(size=(9, 4))
        nearest = np.linalg.lstsq(left[:, :k] * values[:k], newcomers, rcond=None)[0]
        check(fold_in, left[:, :k], values[:k], newcomers).note(f"seed {seed}").close(
            nearest.T, rtol=1e-7, atol=1e-9, idea="the x with U Sigma x nearest to the newcomer: U transposed, then each coordinate over its own sigma"
        )
### END HIDDEN TESTS

# %% test="e2_kept" points=2 title="The share of squared length that is kept"
axis = np.array([[0.6], [0.8], [0.0]])
check(kept, axis, np.array([[0.6, 0.0, 1.0], [0.8, 0.0, 0.0], [0.0, 5.0, 0.0]])).close(
    np.array([1.0, 0.0, 0.36]), rtol=1e-9, atol=1e-12, idea="squared length of the projection, over the squared length of the document"
)
### BEGIN HIDDEN TESTS
for seed in range(40, 45):
    random = seeded(seed)
    basis = np.linalg.qr(random.normal(size=(8, 8)))[0]
    newcomers = random.normal(size=(8, 5)) * (0.1 + 10 * random.random(5))
    for k in (1, 4, 8):
        outside = newcomers - basis[:, :k] @ (basis[:, :k].T @ newcomers)
        check(kept, basis[:, :k], newcomers).note(f"seed {seed}").close(
            1 - np.sum(outside * outside, axis=0) / np.sum(newcomers * newcomers, axis=0),
            rtol=1e-7,
            atol=1e-9,
            idea="a share for each column, of its own squared length; what is kept and what is lost make 1",
        )
### END HIDDEN TESTS

# %% test="e2_zero" points=1 title="Of nothing, nothing is kept"
check(kept, np.array([[0.6], [0.8], [0.0]]), np.zeros((3, 2))).close(np.zeros(2), atol=1e-12, idea="a column of zeros has no length to divide by")
### BEGIN HIDDEN TESTS
check(kept, np.eye(4)[:, :2], np.array([[0.0, 3.0], [0.0, 0.0], [0.0, 4.0], [0.0, 0.0]])).close(
    np.array([0.0, 0.36]), rtol=1e-9, atol=1e-12, idea="the column of zeros is a case of its own, the other is not touched by it"
)
check(kept, np.eye(4)[:, :2], np.array([[3e-8, 0.0], [0.0, 0.0], [4e-8, 0.0], [0.0, 0.0]])).close(
    np.array([0.36, 0.0]), rtol=1e-9, atol=1e-12, idea="only zeros have no share: what is added below the line to avoid 0/0 falsifies short columns"
)
### END HIDDEN TESTS

# %% [markdown]
r"""
## Which cosine?

Coordinates in hand, "rank by the cosine" sounds settled. It is not: there are two spaces.

- **Scaled**: documents are the rows of $V_k\Sigma_k$, that is the columns of $U_k^\mathsf{T}C$, and a question is $U_k^\mathsf{T}q$. Products of documents are those of the columns of $C_k$. If nothing is cut ($k=r$), the ranking is day 3's: a document loses nothing, and the question only what is at right angles to all documents.
- **Unscaled**: documents are the rows of $V_k$, a question is $\Sigma_k^{-1}U_k^\mathsf{T}q$. Every dimension weighs alike, the twelfth as much as the first.

Both are in use. What must not happen is a document of the one against a question of the other.

**Predict.** Which of the two suffers more if $k$ was chosen far too large?
"""

# %%
two_wordings = [q for q in asked if lib.kinds[q] == "synonym"]


def mean_ap(documents, questions):
    near = unit(documents).T @ unit(questions)
    return np.mean([average_precision(np.argsort(-near[:, asked.index(q)], kind="stable"), good[q]) for q in two_wordings])


print(f"by words {mean_ap(C, Q):.2f}\n  k  scaled  unscaled  mixed up")
for k in (4, 12, 24, 100, 250):
    D, q = U[:, :k].T @ C, U[:, :k].T @ Q
    print(f"{k:3} {mean_ap(D, q):7.2f} {mean_ap(Vt[:k], q / s[:k, None]):9.2f} {mean_ap(D, q / s[:k, None]):9.2f}")

# %% [markdown]
r"""
At $k=12$ there is nothing between the two. Further out, the unscaled space gives directions of mere chance the same say as all the others, and falls far below the search by words that it was to improve on. The scaled one falls back towards the words. We take the **scaled** space from now on. And note the
last column: mixing up the spaces costs nothing at 12, where one would try it out.
"""

# %% [markdown] exercise="e3" title="Search along latent directions" level="core" minutes=35 exports=["search_lsi"]
r"""
Write `search_lsi(C, q, k, n)`. `C` has a column for each document, `q` is a question's vector over the same words (any numbers, negative ones too), $1\le k\le$ rank of `C`, and $\sigma_k>\sigma_{k+1}$. Return the `n` best documents (all of them, if there are fewer) as a list of tuples `(column, cosine)`, the best first.

- The cosine is that of $U_k^\mathsf{T}d$ and $U_k^\mathsf{T}q$, where $d$ is the document's column of `C` as it is, and $U_k$ has the first $k$ left singular vectors of `C`.
- Where one of these two vectors is shorter than $10^{-9}$, the cosine is 0. (The tests stay away from the limit itself: a length is below 0.6 times it or above 1.4 times it.)
- Round the cosines to nine decimals before sorting; equals stand in the order of their columns. `column` is an `int`, `cosine` a number, negative where the angle is obtuse.
- `C` and `q` are left as they were.

For the notes of the set-up, counted as above, with a 1 for *vessel* in `q`, $k=2$ and $n=5$: `[(0, 1.0), (1, 1.0), (2, 1.0), (3, 1.0), (4, 0.0)]`. Four notes are found, two of which do not have the word.
"""

# %% [markdown] hints="e3" reading="IIR 18.4"
r"""
1. Which of the three factors of the decomposition do you really need for this space?
2. Project documents and question alike, scale each vector to length 1, take products. A stable sort of the negative cosines keeps equals in order. Which lengths must not be divided by?
3. `X / np.where(lengths < 1e-9, np.inf, lengths)` scales, and makes very short columns 0. Then `np.argsort(-cosines, kind="stable")[:n]`.
"""


# %% solution="e3"
def search_lsi(C, q, k, n):
    """The n columns of C nearest to q by their angle in the scaled latent space of k dimensions, as (column, cosine)."""
    ### BEGIN SOLUTION
    U = np.linalg.svd(C, full_matrices=False)[0][:, :k]

    def direction(X):
        lengths = np.linalg.norm(X, axis=0)
        return X / np.where(lengths < 1e-9, np.inf, lengths)  # what is left of rounding has no direction

    cosines = np.round(direction(U.T @ q) @ direction(U.T @ C), 9)
    best = np.argsort(-cosines, kind="stable")[:n]
    return [(int(i), float(cosines[i])) for i in best]
    ### END SOLUTION


# %% test="e3_space" points=3 title="The cosine, and the space it is taken in"
check(search_lsi, np.array([[3.0, 0.0, 3.0], [0.0, 2.0, 2.0], [0.0, 0.0, 0.0]]), np.array([1.0, 0.0, 7.0]), 2, 3).close(
    [(0, 1.0), (2, 3 / math.sqrt(13)), (1, 0.0)], rtol=0.0, atol=1e-6, idea="project both sides on the first k columns of U, then the cosine; the third word is cut away"
)
### BEGIN HIDDEN TESTS


def ranked(pairs, cosines, n):
    """Whether `pairs` are the n best columns, best first, with their cosines."""
    chosen, value = [int(i) for i, _ in pairs], dict(enumerate(cosines))
    return (
        len(chosen) == len(set(chosen)) == min(n, len(value))
        and all(abs(value[i] - x) < 1e-6 for i, x in pairs)
        and all(value[a] > value[b] - 1e-6 for a, b in zip(chosen, chosen[1:]))
        and all(value[chosen[-1]] > value[i] - 1e-6 for i in value if i not in chosen)
    )


for seed in range(50, 57):
    random = seeded(seed)
    full = (0.05 + random.random((9, 12)) ** 3) * (0.2 + 4 * random.random(12))  # each document has each word, and its own length
    asking = 0.05 + random.random(9) ** 3
    if seed > 53:  # obtuse angles too
        full, asking = random.normal(size=(9, 12)), random.normal(size=9)
    check(search_lsi, full, asking, 3, 4).note(f"seed {seed}").keeps_arguments(idea="who called wants to ask the same matrix again: work on copies")
    left, values, right = np.linalg.svd(full)
    for k, n in ((2, 5), (4, 12), (7, 3)):
        spots, goal = right[:k].T * values[:k], asking @ left[:, :k]
        exact = spots @ goal / np.sqrt((spots * spots).sum(axis=1) * (goal @ goal))
        check(search_lsi, full, asking, k, n).note(f"seed {seed}").satisfies(
            lambda pairs: ranked(pairs, exact.tolist(), n),
            f"the {n} greatest of the cosines {np.round(np.sort(exact)[::-1], 4).tolist()}, with their columns",
            idea="documents are rows of V Sigma, the question is U transposed times q; both lengths are divided out",
        )
### END HIDDEN TESTS

# %% test="e3_found" points=2 title="Documents that share no word with the question are found"
seen = sorted({word for text in notes.values() for word in text.split()})
counted = np.array([[text.split().count(word) for text in notes.values()] for word in seen], dtype=float)
check(search_lsi, counted, np.array([float(word == "vessel") for word in seen]), 2, 5).satisfies(
    lambda pairs: sorted(int(i) for i, _ in pairs[:4]) == [0, 1, 2, 3] and np.allclose([x for _, x in pairs], [1, 1, 1, 1, 0], atol=1e-6),
    "columns 0 to 3 with cosine 1, then one with cosine 0",
    idea="every document takes part, whether or not it has a word of the question",
)
### BEGIN HIDDEN TESTS
number = int(seeded(57).integers(1, 10**6))
small = library.generate(seed=number, documents=200)
_, table, sought = weigh(small.texts.values(), small.queries.values())
documents, shares = list(small.texts), []
for column, (query, kind) in enumerate(small.kinds.items()):
    if kind == "synonym" and column % 2:
        order = [int(i) for i, _ in check(search_lsi, table, sought[:, column], 12, 200).value(idea="a list of (column, cosine)")]
        unseen = [i for i in order if table[:, i] @ sought[:, column] == 0]  # where a search by words finds nothing
        shares.append(np.mean([small.judgements[query].get(documents[i], 0) > 0 for i in unseen[:10]]) if len(unseen) > 10 else 0.0)
check_value("mean share of relevant documents in the first ten that have no word of the question", float(np.mean(shares))).note(
    f"library.generate(seed={number}, documents=200), six questions in one wording, k = 12"
).satisfies(lambda share: share > 0.6, "more than 0.6", idea="the latent space knows what the words do not say; do not ask the words first")
### END HIDDEN TESTS

# %% test="e3_order" points=1 title="Equals stand in the order of their columns"
check(search_lsi, np.array([[2.0, 0.0, 4.0], [0.0, 1.0, 0.0]]), np.array([1.0, 0.0]), 2, 2).close(
    [(0, 1.0), (2, 1.0)], rtol=0.0, atol=1e-6, idea="columns 0 and 2 point the same way: the lower number comes first"
)
### BEGIN HIDDEN TESTS
for seed in range(58, 62):
    random = seeded(seed)
    once = 0.05 + random.random((6, 5))
    copies = random.permutation(np.repeat(np.arange(5), 4))
    check(search_lsi, once[:, copies] * 2.0 ** random.integers(-1, 2, 20), 0.05 + random.random(6), 3, 99).note(f"seed {seed}; five documents, four copies of each, longer or shorter").satisfies(
        lambda pairs: (
            len(pairs) == 20
            and all([int(i) for i, _ in pairs[j : j + 4]] == np.flatnonzero(copies == copies[pairs[j][0]]).tolist() for j in range(0, 20, 4))
        ),
        "all twenty documents, copies side by side in the order of their columns",
        idea="round, then sort stably: rounding errors must not decide, and no document is left out",
    )
for aside, order in ((1.5e-5, [0, 1]), (9e-5, [1, 0])):  # column 0 has cosine 1 - 1.1e-10, which is 1 in nine decimals; then 1 - 4.05e-9, which is not
    check(search_lsi, np.array([[1.0, 1.0, 0.0], [aside, 0.0, 2.0]]), np.array([1.0, 0.0]), 2, 2).satisfies(
        lambda pairs: [int(i) for i, _ in pairs] == order, f"columns {order}, in this order", idea="equal is what is equal in nine decimals, when it comes to sorting"
    )
### END HIDDEN TESTS

# %% test="e3_nothing" points=1 title="Without direction, without score"
check(search_lsi, np.diag([3.0, 2.0, 1.0]), np.array([1.0, 0.0, 0.0]), 2, 3).satisfies(
    lambda pairs: np.allclose(sorted(pairs), [(0, 1), (1, 0), (2, 0)], rtol=0, atol=1e-6),
    "cosine 1 for column 0, and 0 for columns 1 and 2",
    idea="the third document was cut away: no direction, cosine 0",
)
### BEGIN HIDDEN TESTS
for seed in range(63, 66):
    random = seeded(seed)
    turn = np.linalg.qr(random.normal(size=(7, 7)))[0]
    parts = turn[:, :5] * [5.0, 4.0, 3.0, 2.0, 1.0]  # document i is turn's column i, longer or shorter: it is a pattern of its own
    check(search_lsi, parts, turn[:, 1] + turn[:, 4], 3, 5).note(f"seed {seed}; columns that are orthogonal").satisfies(
        lambda pairs: np.allclose(sorted(pairs), [(0, 0), (1, 1), (2, 0), (3, 0), (4, 0)], rtol=0, atol=1e-6),
        "cosine 1 for column 1, and 0 for all others",
        idea="a vector of 1e-16 is a rounding error, not a direction",
    )
    check(search_lsi, parts, turn[:, 3] + 2 * turn[:, 6], 3, 5).note(f"seed {seed}; a question outside of the space").satisfies(
        lambda pairs: np.allclose(sorted(pairs), [(i, 0) for i in range(5)], rtol=0, atol=1e-6),
        "cosine 0 for all five",
        idea="the question has no direction in the space: nothing is near it",
    )
check(search_lsi, np.array([[3.0, 0.0, 1.5e-9, 0.5e-9], [0.0, 2.0, 0.0, 0.0]]), np.array([1.0, 0.0]), 2, 4).satisfies(
    lambda pairs: np.allclose(sorted(pairs), [(0, 1), (1, 0), (2, 1), (3, 0)], rtol=0, atol=1e-6),
    "cosine 1 for columns 0 and 2, and 0 for columns 1 and 3",
    idea="the limit is 1e-9: column 2 is longer than that, column 3 is shorter",
)
### END HIDDEN TESTS

# %% [markdown]
r"""
## How many dimensions?

The error of the approximation falls with each dimension, to 0. It does not know what we want. Ask the readers instead, with day 6's measure.
"""

# %%
sizes = [1, 2, 3, 4, 6, 8, 10, 11, 12, 13, 14, 16, 18, 20, 24, 32, 48, 64, 100, 150, 220, 300]
curve = [mean_ap(U[:, :k].T @ C, U[:, :k].T @ Q) for k in sizes]
loss = [math.hypot(*s[k:]) / math.hypot(*s) for k in sizes]
fig, ax = plt.subplots(figsize=(6.4, 3.4))
_ = ax.semilogx(sizes, curve, "o-", markersize=4, label="MAP in latent space")
_ = ax.semilogx(sizes, loss, "s--", markersize=4, label="relative error ‖C − Cₖ‖ / ‖C‖ (Frobenius)")
_ = ax.axhline(mean_ap(C, Q), color="black", linestyle=":", label="MAP by words")
_ = ax.axvline(12, color="0.5", linewidth=1)
_ = ax.set(title="The error cannot tell where search is best", xlabel="dimensions k", ylabel="MAP, or relative error (no unit)", ylim=(0, 1.02))
_ = ax.set_xticks([1, 2, 4, 8, 12, 24, 48, 100, 300], labels=["1", "2", "4", "8", "12", "24", "48", "100", "300"])
_ = ax.minorticks_off()
_ = ax.legend(fontsize=8, loc="lower center", bbox_to_anchor=(0.55, 0.03), frameon=True)
figures.show(
    fig,
    alt="MAP of the questions in one wording against k: rises to 0.98 at k = 12, falls to the level of search by words at 300; the relative error falls all the way, without a mark at 12.",
)

# %% [markdown]
r"""
Below 12 topics share directions. At 12, as many as topics were planted, the curve has a peak; then it falls as fast as it rose. What is in the thirteenth dimension?
"""

# %%
paired = set(lib.synonyms) | set(lib.synonyms.values())
for i in (11, 12, 13, 17, 23):
    top = [words[t] for t in np.argsort(-np.abs(U[:, i]))[:16]]
    print(f"dimension {i + 1}: {sum(word in paired for word in top):2} of the 16 heaviest words have a synonym")
for k in (12, 13, 16, 24):
    R = unit((U[:, :k] * s[:k]).T)
    alike = [R[:, words.index(a)] @ R[:, words.index(b)] for a, b in lib.synonyms.items()]
    print(f"k = {k}: mean cosine of a word and its synonym {np.mean(alike):5.2f}")

# %% [markdown]
r"""
Dimensions 13 to 24 are the wordings, *ship, sailor, harbour* against *vessel, mariner, port*: twelve contrasts, one a topic, blended two or three to a dimension because their singular values lie close together. That is true structure, as real as the topics, and it is just what we had to forget. No rule that looks at $C$ alone can know it, not the
error, not an elbow in the singular values. Whether a direction helps is a question about questions.

On real collections the peak is broad and lies in the low hundreds: Deerwester and others (1990) kept some 100 for a thousand medical abstracts, Bradford (2008) found 300 to 500 a good range for millions of documents. So choose by measurement, on **validation** questions, and since neighbouring $k$ differ by less than the measure's own noise,
take the *smallest* $k$ that is about as good as the best: storage and time grow with $k$. What the winner is worth is then measured once, on **test** questions that had no part in it (day 7 says why).
"""

# %% [markdown] exercise="e4" title="Choose k on validation questions" level="core" minutes=40 exports=["choose_k"]
r"""
Write `choose_k(C, queries, judge, ks, validation, test, slack)`.

- `queries` is a dict from names to vectors. `judge(name)` returns the set of the columns of `C` that are relevant for that question; it has at least one. Judging is expensive, and judging test questions early is forbidden, see below.
- `ks` is a list of different $k$, in any order, each as in exercise 3 (from 1 to the rank of `C`, with $\sigma_k>\sigma_{k+1}$); `validation` and `test` are lists of names of questions. None of the three is empty.
- A question's ranking for $k$ has *all* the columns of `C` in it, by their cosine in the scaled space of exercise 3, greatest first. No two cosines of a ranking are equal here, and no latent vector has length 0. The set-up's `average_precision` takes such a list of columns.
- For each $k$, take the mean of the average precisions over the validation questions. Chosen is the **smallest** $k$ whose mean is at least the greatest mean less `slack`, a number above 0.
- Return a dict: `"k"`, the chosen one; `"validation"`, a dict from every $k$ of `ks` to its mean; `"test"`, the mean average precision over the test questions for the chosen $k$.
- The first call `judge(name)` of a test question comes after the last one of a validation question. Each question is judged at least once.

If the means for $k=4,8,16$ are 0.61, 0.80 and 0.81, a slack of 0.02 chooses 8, a slack of 0.005 chooses 16.
"""

# %% [markdown] hints="e4" reading="IIR 18.4; IIR 8.1 on development test collections"
r"""
1. What is the same for all $k$, and need not be computed again and again? (The first columns of $U$ are the same, however many are kept.)
2. One inner function takes $k$ and a list of names and returns the mean average precision. It is called for every $k$ with the validation names, then once with the test names.
3. `near = (U[:, :k].T @ q) @ (U[:, :k].T @ C) / lengths`, with the lengths of the columns; the question's own length divides all of them alike. Then `means = {k: mean(k, validation) for k in ks}`, and `min(k for k in ks if means[k] >= … - slack)`.
"""


# %% solution="e4"
def choose_k(C, queries, judge, ks, validation, test, slack):
    """The smallest k that is nearly best on the validation questions, all means there, and the mean on the test questions."""
    ### BEGIN SOLUTION
    U = np.linalg.svd(C, full_matrices=False)[0]

    def mean_precision(k, names):
        documents = U[:, :k].T @ C
        documents = documents / np.linalg.norm(documents, axis=0)
        values = []
        for name in names:
            nearness = U[:, :k].T @ queries[name] @ documents  # the question's length does not change the order
            values.append(average_precision(np.argsort(-nearness).tolist(), judge(name)))
        return sum(values) / len(values)

    means = {k: mean_precision(k, validation) for k in ks}
    chosen = min(k for k in ks if means[k] >= max(means.values()) - slack)
    return {"k": chosen, "validation": means, "test": mean_precision(chosen, test)}
    ### END SOLUTION


# %% test="e4_means" points=2 title="The means on the validation questions, for every k"
table = np.array([[3.0, 2.0, 0.0, 1.0, 0.0], [2.0, 3.0, 1.0, 0.0, 1.0], [0.0, 1.0, 3.0, 2.0, 0.0], [1.0, 0.0, 1.0, 2.0, 2.0]])
queries = {"a": np.array([2.0, 0, 0, 1.0]), "b": np.array([0, 1.0, 2.0, 0]), "c": np.array([0, 0, 1.0, 2.0])}
relevant = {"a": {1, 3}, "b": {2}, "c": {3, 4}}
check(choose_k, table, queries, lambda name: relevant[name], [2, 3, 4], ["a", "b"], ["c"], 0.05).satisfies(
    lambda report: set(report["validation"]) == {2, 3, 4} and all(abs(report["validation"][k] - x) < 1e-9 for k, x in ((2, 5 / 8), (3, 17 / 24), (4, 19 / 24))),
    '"validation": {2: 5/8, 3: 17/24, 4: 19/24}',
    idea="rank all the columns, judge, average over the validation questions; for each k",
)
### BEGIN HIDDEN TESTS


def by_hand(table, queries, relevant, k, chosen):
    left, values, right = np.linalg.svd(table, full_matrices=False)
    spots = right[:k].T * values[:k]
    spots = spots / np.sqrt((spots * spots).sum(axis=1))[:, None]
    orders = {name: np.argsort(-spots @ (queries[name] @ left[:, :k])).tolist() for name in chosen}
    return sum(average_precision(orders[name], relevant[name]) for name in chosen) / len(chosen)


for seed in range(71, 75):
    table, queries, relevant = trial(seed)
    means = {k: by_hand(table, queries, relevant, k, ["q1", "q3", "q6"]) for k in (6, 2, 12, 3)}
    check(choose_k, table, queries, lambda name: relevant[name], list(means), ["q1", "q3", "q6"], ["q0", "q7"], 0.01).note(f"seed {seed}").satisfies(
        lambda report: set(report["validation"]) == set(means) and all(abs(report["validation"][k] - x) < 1e-9 for k, x in means.items()),
        f'"validation": {means}',
        idea="average precision of whole rankings in the scaled space; a mean over questions, and over nothing else",
    )
### END HIDDEN TESTS

# %% test="e4_choice" points=3 title="The smallest k that is about as good as the best"
table = np.array([[3.0, 2.0, 0.0, 1.0, 0.0], [2.0, 3.0, 1.0, 0.0, 1.0], [0.0, 1.0, 3.0, 2.0, 0.0], [1.0, 0.0, 1.0, 2.0, 2.0]])
queries = {"a": np.array([2.0, 0, 0, 1.0]), "b": np.array([0, 1.0, 2.0, 0]), "c": np.array([0, 0, 1.0, 2.0])}
relevant = {"a": {1, 3}, "b": {2}, "c": {3, 4}}
for slack, best in ((0.05, 4), (0.1, 3), (0.2, 2)):
    check(choose_k, table, queries, lambda name: relevant[name], [4, 2, 3], ["a", "b"], ["c"], slack).satisfies(
        lambda report: report["k"] == best, f'"k": {best}', idea="of all k that are at most slack below the best mean, the smallest number"
    )
### BEGIN HIDDEN TESTS


def by_hand(table, queries, relevant, k, chosen):
    left, values, right = np.linalg.svd(table, full_matrices=False)
    spots = right[:k].T * values[:k]
    spots = spots / np.sqrt((spots * spots).sum(axis=1))[:, None]
    orders = {name: np.argsort(-spots @ (queries[name] @ left[:, :k])).tolist() for name in chosen}
    return sum(average_precision(orders[name], relevant[name]) for name in chosen) / len(chosen)


for seed in range(77, 81):
    table, queries, relevant = trial(seed)
    valid, grid = ["q0", "q2", "q3", "q5"], [9, 2, 7, 4, 12, 3]
    means = {k: by_hand(table, queries, relevant, k, valid) for k in grid}
    behind = sorted(max(means.values()) - mean for mean in means.values())
    for low, high in zip(behind, behind[1:]):
        if high - low > 1e-6:  # a slack between two differences, so that rounding has no say
            middle = (low + high) / 2
            smallest = min(k for k in grid if max(means.values()) - means[k] < middle)
            check(choose_k, table, queries, lambda name: relevant[name], grid, valid, ["q1", "q4"], middle).note(f"seed {seed}; means {means}").satisfies(
                lambda report: report["k"] == smallest, f'"k": {smallest}', idea="of all k that are at most slack below the best mean, the smallest number"
            )
table, queries = np.array([[3.0, 2.0, 0.0, 1.0, 0.0], [2.0, 3.0, 1.0, 0.0, 1.0], [0.0, 1.0, 3.0, 2.0, 0.0], [1.0, 0.0, 1.0, 2.0, 2.0]]), {"b": np.array([0, 1.0, 2.0, 0])}
check(choose_k, table, queries | {"c": np.ones(4)}, lambda name: {2}, [3, 2], ["b"], ["c"], 0.5).satisfies(
    lambda report: report["k"] == 2, '"k": 2', idea="the means are 1/2 and 1: a mean that is exactly slack below the best is good enough"
)
number = int(seeded(83).integers(1, 10**6))
small = library.generate(seed=number, documents=300)
_, table, sought = weigh(small.texts.values(), small.queries.values())
queries = dict(zip(small.queries, sought.T, strict=True))
relevant = {q: {i for i, d in enumerate(small.texts) if small.judgements[q].get(d, 0) >= 2} for q in small.queries}
hard = [q for q, kind in small.kinds.items() if kind == "synonym" and relevant[q]]
check(choose_k, table, queries, lambda name: relevant[name], [2, 5, 12, 30, 80], hard[::2], hard[1::2], 0.01).note(
    f"library.generate(seed={number}, documents=300), questions in one wording"
).satisfies(lambda report: report["k"] == 12, '"k": 12', idea="twelve topics were planted; the validation questions know, the approximation's error does not")
### END HIDDEN TESTS

# %% test="e4_test" points=2 title="What the chosen k is worth on the test questions"
table = np.array([[3.0, 2.0, 0.0, 1.0, 0.0], [2.0, 3.0, 1.0, 0.0, 1.0], [0.0, 1.0, 3.0, 2.0, 0.0], [1.0, 0.0, 1.0, 2.0, 2.0]])
queries = {"a": np.array([2.0, 0, 0, 1.0]), "b": np.array([0, 1.0, 2.0, 0]), "c": np.array([0, 0, 1.0, 2.0])}
relevant = {"a": {1, 3}, "b": {2}, "c": {3, 4}}
check(choose_k, table, queries, lambda name: relevant[name], [3, 4, 2], ["a", "b"], ["c"], 0.2).satisfies(
    lambda report: abs(report["test"] - {2: 7 / 12, 3: 1.0, 4: 1.0}[report["k"]]) < 1e-9,
    "the average precision of c for the k that was chosen",
    idea="one number: the chosen k, the test questions",
)
### BEGIN HIDDEN TESTS


def by_hand(table, queries, relevant, k, chosen):
    left, values, right = np.linalg.svd(table, full_matrices=False)
    spots = right[:k].T * values[:k]
    spots = spots / np.sqrt((spots * spots).sum(axis=1))[:, None]
    orders = {name: np.argsort(-spots @ (queries[name] @ left[:, :k])).tolist() for name in chosen}
    return sum(average_precision(orders[name], relevant[name]) for name in chosen) / len(chosen)


for seed in range(86, 90):
    table, queries, relevant = trial(seed)
    check(choose_k, table, queries, lambda name: relevant[name], [5, 2, 10], ["q0", "q4", "q6"], ["q1", "q3", "q7"], 0.01).note(f"seed {seed}").satisfies(
        lambda report: abs(report["test"] - by_hand(table, queries, relevant, report["k"], ["q1", "q3", "q7"])) < 1e-9,
        "the mean average precision of q1, q3 and q7 for the k that was chosen",
        idea="not the last k that was tried, not the best on the test, and the test questions alone",
    )
### END HIDDEN TESTS

# %% test="e4_untouched" points=1 title="Test questions rest until the choice is made"
table, queries, relevant = trial(92)
calls = []


def judged(name):
    calls.append(name)
    return relevant[name]


check(choose_k, table, queries, judged, [2, 4], ["q0", "q1"], ["q2", "q3"], 0.01).value(idea="a dict comes back")
check_value("questions in the order of their judgements", list(calls)).satisfies(
    lambda order: set(order) == {"q0", "q1", "q2", "q3"} and not {"q0", "q1"} & set(order[min(order.index("q2"), order.index("q3")) :]),
    "q0 and q1 first, q2 and q3 only when these are done",
    idea="who looks at the test questions before the choice has used them up",
)
### BEGIN HIDDEN TESTS
for seed in range(93, 96):
    table, queries, relevant = trial(seed)
    mixed = seeded(seed).permutation(list(queries)).tolist()
    calls.clear()
    check(choose_k, table, queries, judged, [3, 2, 8], mixed[:4], mixed[4:], 0.01).value(idea="a dict comes back")
    check_value("questions in the order of their judgements", list(calls)).note(f"seed {seed}; validation {mixed[:4]}").satisfies(
        lambda order: set(order) == set(mixed) and set(order[min(order.index(name) for name in mixed[4:]) :]) == set(mixed[4:]),
        "all the validation questions, and then the test questions",
        idea="choose by the validation questions alone; only then look at the others",
    )
### END HIDDEN TESTS

# %% [markdown]
r"""
## What the cut takes away

Forgetting has victims. Let two documents, one on cookery and one on law, mention a part number, and look for it.

**Predict.** On which ranks are the two among 1,200, by words, and in twelve dimensions?
"""

# %%
marked = dict(lib.texts)
pair = [next(d for d in names if list(lib.mixtures[d]) == [topic]) for topic in ("cooking", "law")]
for d in pair:
    marked[d] += " e4711"
_, E, number = weigh(marked.values(), ["e4711"])
basis = np.linalg.svd(E, full_matrices=False)[0][:, :12]
for label, documents, question in (("by words", E, number[:, 0]), ("12 dimensions", basis.T @ E, basis.T @ number[:, 0])):
    near = np.round(unit(documents).T @ question, 9)
    print(f"{label:14} ranks", *[int((near > near[names.index(d)]).sum()) + 1 for d in pair])

# %%
R = unit((U[:, :12] * s[:12]).T)
for a, b in (("pitch", "penalty"), ("pitch", "melody"), ("penalty", "melody")):
    print(f"cosine of {a} and {b}: {R[:, words.index(a)] @ R[:, words.index(b)]:.2f}")

# %% [markdown]
r"""
The number belongs to no topic, so it stands for an average of cookery and law: documents that never saw it come first. Names, codes, quotations, anything *exact*, want words. And a word with two meanings is still *one* point, between its two worlds: *pitch* is near *penalty* and near *melody*, which have nothing to do with each other.
LSI mends synonymy, not polysemy; a second word in the question has to. So systems keep both searches, and mix: tomorrow.

## Matrices that are too large

A full decomposition of an $m\times n$ matrix, $m\le n$, takes some $m^2n$ steps. Our 316 by 1,200 is nothing; with 300,000 words and a million documents it is hopeless, and nobody needs all of it. Halko, Martinsson and Tropp (2011) draw $k+p$ random vectors $\Omega$, and look where $C$ sends them. The answer $C\Omega$ leans towards $u_1,\dots,u_k$, since these
directions are stretched most. It needs no more of $C$ than products, which are cheap where $C$ is sparse:

1. $Q$ = an orthonormal basis of the columns of $C\Omega$ (`np.linalg.qr`).
2. Sharpen, $g$ times: $Q$ = basis of $C\cdot(\text{basis of }C^\mathsf{T}Q)$. It is our power iteration, with a block in the place of a vector.
3. $B=Q^\mathsf{T}C$ is small, $(k+p)\times n$. Decompose it, $B=WSV^\mathsf{T}$; then $C\approx QB=(QW)SV^\mathsf{T}$. Keep the first $k$.

Without step 2, for $k\ge2$ and $p\ge2$ and a normally distributed $\Omega$, the mean of $\lVert C-QQ^\mathsf{T}C\rVert_F$ is at most $\sqrt{1+\tfrac{k}{p-1}}$ times the best possible error for rank $k$ (their theorem 10.5; $Q$ still has all its $k+p$ columns there, and the cut to $k$ costs a little more). Each pass of step 2 helps as if the singular values had been raised to a power higher by 2.

**Predict.** Singular values fall slowly here, as for all term matrices. How far from the best is the error for $k=12$, with $g=0,1,2$?
"""

# %%
Omega = np.random.default_rng(0).normal(size=(1200, 22))
basis = np.linalg.qr(C @ Omega)[0]
for g in range(3):
    W, size, right = np.linalg.svd(basis.T @ C, full_matrices=False)
    off = np.linalg.norm(C - (basis @ W)[:, :12] * size[:12] @ right[:12])
    print(f"g = {g}: error {off / math.hypot(*s[12:]):.4f} times the best possible")
    basis = np.linalg.qr(C @ np.linalg.qr(C.T @ basis)[0])[0]

# %% [markdown]
r"""
Why a basis after each product, where we could take $(CC^\mathsf{T})^gC\Omega$ at once? Because all its columns turn towards $u_1$. What belongs to $\sigma_k$ is smaller by $(\sigma_k/\sigma_1)^{2g+1}$, and once that is below $10^{-16}$ it drowns in rounding.
"""

# %% [markdown] exercise="e5" title="Decompose what you can only multiply with" level="stretch" minutes=30 exports=["randomized_svd"]
r"""
Write `randomized_svd(times, back, columns, k, extra=10, passes=2, seed=0)` for a matrix $C$ that you never see, with `columns` columns.

- `times(X)` returns $CX$ for an array `X` with `columns` rows; `back(Y)` returns $C^\mathsf{T}Y$.
- Follow the three steps above, with a random $\Omega$ of `k + extra` columns from `np.random.default_rng(seed)`, normally distributed, and $g$ = `passes`, a whole number of at least 0. Sides of $C$ are not less than `k + extra`.
- Return `(U, s, V)` with `k` columns, `k` values in descending order and `k` columns; signs as they come. `U` and `V` have orthonormal columns.
- `times` and `back` are called at most `passes + 1` times each, with arrays of at most `k + extra` columns: the matrix itself must not be asked for.

If $C$ has rank `k + extra` or less, $QQ^\mathsf{T}C=C$, so that the result is exact but for rounding: the largest `k` singular values to $10^{-6}$ of their size, even if they are a million times smaller than the first. With `extra=20` and `passes=2`, matrices with $\sigma_j=j^{-1/2}$ come within 0.05 % of the best possible Frobenius error in our tests.
"""

# %% [markdown] hints="e5" reading="Halko, Martinsson and Tropp (2011), chapter 1 and section 4.5"
r"""
1. Which of the arrays are long and thin, and which one is short and wide? Write the shape beside each line.
2. Four kinds of lines: one start, `passes` rounds of going back and forth with a `qr` after *each* product, one last `back`, one small decomposition. $Q^\mathsf{T}C$ is $(C^\mathsf{T}Q)^\mathsf{T}$, so `back` gives it.
3. `Q, _ = np.linalg.qr(times(random))`; in a loop `Q, _ = np.linalg.qr(times(np.linalg.qr(back(Q))[0]))`; then `W, s, Vt = np.linalg.svd(back(Q).T, full_matrices=False)`. The left vectors live in the coordinates of `Q`: what brings them home?
"""


# %% solution="e5"
def randomized_svd(times, back, columns, k, extra=10, passes=2, seed=0):
    """About the first k singular triplets (U, s, V) of a matrix that is known by its products only."""
    ### BEGIN SOLUTION
    basis = lambda X: np.linalg.qr(X)[0]
    Q = basis(times(np.random.default_rng(seed).normal(size=(columns, k + extra))))
    for _ in range(passes):
        Q = basis(times(basis(back(Q))))  # a basis each time, or all columns turn towards the first
    W, s, Vt = np.linalg.svd(back(Q).T, full_matrices=False)
    return (Q @ W)[:, :k], s[:k], Vt[:k].T
    ### END SOLUTION


# %% test="e5_exact" points=2 title="A matrix of low rank comes back"
def right_parts(parts, rows, columns, k):
    """Whether shapes fit and columns are orthonormal."""
    left, values, right = parts
    shapes = (left.shape, values.shape, right.shape) == ((rows, k), (k,), (columns, k))
    return shapes and all(np.allclose(X.T @ X, np.eye(k), atol=1e-8) for X in (left, right))


low = made(seeded(100), 30, 25, [5.0, 3.0, 1.0])
times, back, _ = operator(low)
check(randomized_svd, times, back, 25, 3).note("seed 100; 30 x 25, singular values 5, 3, 1").satisfies(
    lambda parts: right_parts(parts, 30, 25, 3) and np.allclose(parts[1], [5, 3, 1]) and np.allclose(parts[0] * parts[1] @ parts[2].T, low, atol=1e-8),
    "three triplets, descending, with orthonormal columns, whose product is the matrix",
    idea="random vectors are sent everywhere that the matrix sends anything",
)
### BEGIN HIDDEN TESTS
for seed in range(101, 105):
    random = seeded(seed)
    sizes = np.arange(7, 0, -1.0)
    low = made(random, 24, 40, sizes)
    times, back, _ = operator(low)
    for k, extra, passes in ((7, 0, 1), (4, 6, 0), (2, 5, 2)):
        best = made(seeded(seed), 24, 40, np.where(np.arange(7) < k, sizes, 0))
        check(randomized_svd, times, back, 40, k, extra, passes, seed).note(f"seed {seed}; 24 x 40, rank 7").satisfies(
            lambda parts: right_parts(parts, 24, 40, k) and np.allclose(parts[1], sizes[:k]) and np.allclose(parts[0] * parts[1] @ parts[2].T, best, atol=1e-7),
            f"{k} triplets, descending, with orthonormal columns, whose product is the best approximation of rank {k}",
            idea="Q has all that the matrix can give; the small decomposition is exact, and its left vectors stand in the coordinates of Q",
        )
### END HIDDEN TESTS

# %% test="e5_sharp" points=2 title="More columns and more passes sharpen the result"
slow = made(seeded(106), 80, 60, np.arange(1, 61) ** -0.5)
times, back, _ = operator(slow)
least = math.sqrt(sum(1 / j for j in range(7, 61)))
check(randomized_svd, times, back, 60, 6, extra=20, passes=2).note("seed 106; 80 x 60, singular values j ** -0.5").satisfies(
    lambda parts: np.linalg.norm(slow - parts[0] * parts[1] @ parts[2].T) <= 1.0005 * least,
    f"an error of at most 1.0005 times the best possible, {least:.5f}",
    idea="k + extra random columns, and as many passes as were asked for",
)
### BEGIN HIDDEN TESTS
for seed in range(107, 111):
    slow = made(seeded(seed), 80, 60, np.arange(1, 61) ** -0.5)
    times, back, _ = operator(slow)
    check(randomized_svd, times, back, 60, 6, 20, 2, seed).note(f"seed {seed}; 80 x 60, singular values j ** -0.5").satisfies(
        lambda parts: np.linalg.norm(slow - parts[0] * parts[1] @ parts[2].T) <= 1.0005 * least,
        f"an error of at most 1.0005 times the best possible, {least:.5f}",
        idea="extra columns catch what leans away; each pass goes back and forth once more",
    )
### END HIDDEN TESTS

# %% test="e5_small" points=1 title="Small singular values do not drown"
steep = made(seeded(112), 60, 50, np.logspace(0, -6, 10))
times, back, _ = operator(steep)
check(randomized_svd, times, back, 50, 10, extra=5, passes=3).note("seed 112; 60 x 50, singular values from 1 down to 1e-6").satisfies(
    lambda parts: np.allclose(parts[1][:10], np.logspace(0, -6, 10), rtol=1e-6, atol=0),
    "all ten singular values to 1e-6 of their size",
    idea="make a basis after each product, before rounding swallows the small directions",
)
### BEGIN HIDDEN TESTS
for seed in range(113, 116):
    steep = made(seeded(seed), 50, 70, np.logspace(1, -5, 8))
    times, back, _ = operator(steep)
    check(randomized_svd, times, back, 70, 8, 4, 4, seed).note(f"seed {seed}; 50 x 70, singular values from 10 down to 1e-5").satisfies(
        lambda parts: np.allclose(parts[1][:8], np.logspace(1, -5, 8), rtol=1e-6, atol=0),
        "all eight singular values to 1e-6 of their size",
        idea="powers of the matrix turn all columns towards the first; a basis after each product keeps them apart",
    )
### END HIDDEN TESTS

# %% test="e5_products" points=1 title="Thin products, and few of them"
times, back, log = operator(made(seeded(117), 40, 30, [4.0, 3.0, 2.0, 1.0]))
check(randomized_svd, times, back, 30, 4, extra=3, passes=1).value(idea="three arrays come back")
check_value("how many columns the products had that were asked for", log).satisfies(
    lambda widths: all(0 < len(each) <= 2 and max(each) <= 7 for each in widths.values()),
    "at most two of each kind, none with more than 7 columns",
    idea="one product each way at the ends, and one each way a pass; never the whole matrix",
)
### BEGIN HIDDEN TESTS
for k, extra, passes in ((2, 2, 0), (5, 1, 3), (1, 0, 2)):
    times, back, log = operator(made(seeded(118), 30, 45, [4.0, 3.0, 2.0, 1.0, 0.5]))
    check(randomized_svd, times, back, 45, k, extra, passes).value(idea="three arrays come back")
    check_value("how many columns the products had that were asked for", log).note(f"k = {k}, extra = {extra}, passes = {passes}").satisfies(
        lambda widths: all(0 < len(each) <= passes + 1 and max(each) <= k + extra for each in widths.values()),
        f"at most {passes + 1} of each kind, none with more than {k + extra} columns",
        idea="count your products: what is multiplied twice for the same result?",
    )
### END HIDDEN TESTS

# %% [markdown]
r"""
`TruncatedSVD` uses the same idea unless told otherwise, with `n_iter=5` passes and `n_oversamples=10`.

## In practice

- **Cost.** Term matrices are sparse, latent ones are not: a million documents in 300 dimensions are $3\cdot10^8$ numbers, 1.2 GB as 32-bit floats, and every one takes part in every question. There are no postings to skip by. At a hundred times our size one does it exactly; at ten thousand times with approximate neighbours
  (section 4.3 has hashes for that).
- **Weights first.** Weigh before you decompose. With counts, or with scikit-learn's idf, which leaves *the* a weight, the first dimension is spent on *the*.
- **Newcomers** are folded in, at a price; watch the share kept, and decompose anew at night. There are exact updates as well (Zha and Simon, 1999).
- **Failure modes.** A question of unknown words has no direction. Negative cosines are no sign of the opposite. Signs and order of close dimensions change from run to run: store vectors with the space that made them, never mix two.
- **A name for tomorrow.** A short dense vector for a text is now called an *embedding*. LSI's come from counts by one decomposition; tomorrow's come from a trained network. Levy and Goldberg (2014) showed that a well-known training of word vectors is in effect a factorisation of a word-context matrix too.

## Summary

- $C_k$ keeps the $k$ largest singular values; it is the best of its rank, with error $\sqrt{\sum_{i>k}\sigma_i^2}$ (Frobenius) and $\sigma_{k+1}$ (spectral). Compare products, never bare vectors.
- $\Sigma^{-1}U^\mathsf{T}d$ places newcomers; the share $\lVert U^\mathsf{T}d\rVert^2/\lVert d\rVert^2$ says how much of them fits.
- The cosine is taken between $U^\mathsf{T}d$ and $U^\mathsf{T}q$, or between both over $\Sigma$, never across. Every document is a candidate, with or without a common word.
- Error falls with $k$ for ever, search does not get better for ever: choose $k$ on validation questions, report on others.
- Random vectors, multiplied back and forth with a basis after each product, find the first $k$ triplets of what cannot be decomposed whole.

## Reflection

A colleague wants to put latent search in front of your company's parts catalogue: 80,000 entries, a sentence each, by many suppliers in their own words, with part numbers. Write three to five sentences. Do they (1) name a kind of question that would gain and one that would lose; (2) say how $k$ is to be chosen, and on what; (3) say what happens when a supplier with a
new line of products comes in, and how one would notice?
"""

# %% [markdown] reflection="reflection"
r"""
Questions in a reader's own words would gain: "wrench" would find "spanner" if both keep the same company in the catalogue. Questions with a part number or a size would lose, so I would keep the word search, ask it first wherever a token has a digit, and mix the two otherwise. I would choose $k$ by mean average precision on a hundred judged questions from
last year's log, take the smallest that is within the noise of the best, and report it on another hundred. A new product line is folded into a space that has no direction for it; the mean share kept of its entries would fall well below that of the others, which I would log every night and let start a new decomposition.
"""

# %% [markdown]
r"""
## Further reading

- *Introduction to Information Retrieval*, 18.1: eigenvalues, recalled; 18.2: the decomposition of a term-document matrix; 18.3: low rank and the theorem of Eckart and Young; 18.4: latent semantic indexing with a worked example of five words, what it did in experiments, and why it is not everywhere.
- Deerwester, Dumais, Furnas, Landauer and Harshman, "Indexing by latent semantic analysis", *Journal of the American Society for Information Science* 41 (1990): the idea; read what they say about comparing two documents and a document and a question.
- Berry, Dumais and O'Brien, "Using linear algebra for intelligent information retrieval", *SIAM Review* 37 (1995): folding in against updating. Bradford, "An empirical study of required dimensionality for large-scale latent semantic indexing applications", CIKM 2008.
- Halko, Martinsson and Tropp, "Finding structure with randomness", *SIAM Review* 53 (2011): sections 1 and 4 to write it, 10 for the bounds.
- Papadimitriou, Raghavan, Tamaki and Vempala, "Latent semantic indexing: a probabilistic analysis" (2000): conditions under which it provably finds the topics.
"""
