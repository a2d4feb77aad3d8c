# %% [markdown]
r"""
You will put numbers on how good a search engine is: first by hand, then with scikit-learn on a running Whoosh engine, where three quiet
mistakes each give a number that looks right and is not.

**You will be able to**

- **compute** precision, recall and $F_\beta$ of a set of answers, and **choose** $\beta$ (exercise 1);
- **compute** the average precision of a ranked list, with the documents that it never found (exercise 2);
- **draw** the interpolated precision-recall curve at the eleven levels of recall (exercise 3);
- **evaluate** a real Whoosh engine over many queries with scikit-learn, and **report** means that mean something (exercise 4).
"""

# %% [markdown]
r"""
## Warm-up

1. Day 3: what is the inverse document frequency of a word that stands in every document, and what can such a word do to a ranking?
2. Day 3: you paste a document's text into it a second time. What happens to its cosine with a query, and to a score that is a plain sum of
   tf · idf?

<details><summary>Answers</summary>

1. $\log(N/N)=0$: it adds 0 to every score, so it changes no order. (Whoosh and scikit-learn add 1 to their
   logarithm, so there it keeps a weight of about 1: the least of all words, yet not nothing.)
2. With raw counts the vector doubles, the angle stays, so the cosine does too. The plain sum doubles. Whoosh's `TF_IDF`, which answers
   our queries today, is such a sum: long documents gain. Is that good or bad? This is not a question for taste. It is one for measurement.

</details>

## Set-up

Day 5 is about building a search engine of your own. Today needs only one to examine, so the set-up brings the indexing half of a small one:
`build_index(texts, folder)` writes a Whoosh index of the texts, one document at a time, in their order. `pretend` makes up an engine's answers; only tests use it.
"""

# %% setup=true
import os
import tempfile
import warnings
from importlib import import_module

import matplotlib.pyplot as plt
import numpy as np
from sklearn.metrics import average_precision_score, f1_score, fbeta_score, precision_score, recall_score

from curriculum.lab import check, check_value, figures, library, seeded

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # Whoosh is older than the Pythons that find fault with some of its syntax
    from whoosh import fields, qparser, scoring
    from whoosh.analysis import LowercaseFilter, RegexTokenizer
    from whoosh.index import create_in

    for late in ("codec.whoosh3", "searching", "writing"):  # otherwise loaded at first use, and would complain there
        import_module(f"whoosh.{late}")

figures.style()
SCHEMA = fields.Schema(
    id=fields.ID(stored=True),
    body=fields.TEXT(analyzer=RegexTokenizer(r"[^\W_]+") | LowercaseFilter()),
)


def build_index(texts, folder):
    """A Whoosh index in `folder`, which exists: of each text the words in `body`, and the document's name in `id`."""
    made = create_in(folder, SCHEMA)
    writer = made.writer()
    for document, text in texts.items():
        writer.add_document(id=document, body=text)
    writer.commit()
    return made


def pretend(seed, scores):
    """What a made-up engine answers, six queries, and their judgements; answers have scores from 1 to `scores`."""
    random = seeded(seed)
    names = [f"d{n:02}" for n in range(30)]
    queries, judgements, answers = {f"q{n}": f"words {n}" for n in range(6)}, {}, {}
    for place, (name, text) in enumerate(queries.items()):
        found = random.permutation(names)[: int(random.integers(3, 26))].tolist()
        answers[text] = list(zip(found, sorted(random.integers(1, scores + 1, len(found)).tolist(), reverse=True)))
        judgements[name] = {d: int(random.integers(0, 4)) for d in names if random.random() < 0.4} | {names[place]: 2}
    return answers, queries, judgements


# %% [markdown]
r"""
## The engine that says nothing

Our library has 1,200 documents, 60 queries, and a judgement for each pair. A query's text stands for an **information need**, and a document is **relevant** if it meets
that need, whether or not it has the words (IIR 8.1). Grades go from 0 to 3; today 1 or more is relevant. We index the library, and let Whoosh rank it.
"""

# %%
lib = library.generate()
folder = tempfile.TemporaryDirectory(prefix="index-")
shelf = build_index(lib.texts, folder.name)
searcher = shelf.searcher(weighting=scoring.TF_IDF())
either = qparser.QueryParser("body", shelf.schema, group=qparser.OrGroup)
for hit in searcher.search(either.parse(lib.queries["q01"]), limit=3):
    print(hit["id"], f"{hit.score:6.2f}", lib.titles[hit["id"]], "- grade", lib.judgements["q01"].get(hit["id"], 0))

# %%
run = {}  # query -> all its answers, best first, as (document, score)
for name, words in lib.queries.items():
    run[name] = [(hit["id"], hit.score) for hit in searcher.search(either.parse(words), limit=None)]
relevant = {name: {d for d, grade in lib.judgements[name].items() if grade >= 1} for name in lib.queries}

# %% [markdown]
r"""
How good is it? Finding is classifying, one may think: of each document the engine says "relevant" or "not relevant", and **accuracy** is the
share of the 1,200 that it gets right. Take the hard queries, whose need lies where two topics meet, and cut the answers off after `n`.

**Predict.** Which `n` has the best accuracy?
"""

# %%
hard = [name for name in lib.queries if lib.kinds[name] == "two topics"]
for n in (0, 1, 10, 100, 1200):
    wrong = [len({d for d, _ in run[name][:n]} ^ relevant[name]) for name in hard]
    print(f"first {n:4} answers: accuracy {1 - np.mean(wrong) / len(lib.texts):.4f}")

# %% [markdown]
r"""
The best engine is the one that never answers. Its accuracy is superb since almost nothing is ever relevant to anything: the true negatives, which no reader ever sees,
outvote everything else. Put this number on a dashboard and somebody will optimise it. So the first thing a measure of search must do is to forget the true negatives.

## Sets: precision and recall

Sort the library by two questions:

| | relevant | not relevant |
| --- | --- | --- |
| **retrieved** | true positives, *tp* | false positives, *fp* |
| **not retrieved** | false negatives, *fn* | true negatives, *tn* |

$$\text{precision } P=\frac{tp}{tp+fp}\qquad\qquad\text{recall } R=\frac{tp}{tp+fn}$$

Precision is the share of what you were shown that was worth it; recall is the share of what was worth it that you were shown. No *tn* in either. Each alone is easy to cheat: retrieve
everything, and recall is 1; retrieve one sure thing, and precision is 1. As you read further down a list, recall can only grow, and precision mostly falls.

Two numbers do not sort engines, so people want one. **Predict.** An engine returns all 1,200 documents, of which 12 are relevant. What is the arithmetic mean of its precision and recall?
"""

# %%
P, R = 12 / 1200, 1.0
print(f"arithmetic mean {(P + R) / 2:.3f}, harmonic mean {2 * P * R / (P + R):.3f}, the smaller of the two {min(P, R):.3f}")

# %% [markdown]
r"""
Half marks for no work. The **harmonic mean** stays near the smaller of the two: it is at most twice that one. With a weight $\alpha$ for precision it is

$$F=\frac1{\alpha\frac1P+(1-\alpha)\frac1R}=\frac{(1+\beta^2)\,PR}{\beta^2P+R},\qquad\beta^2=\frac{1-\alpha}{\alpha}.$$

$\beta=1$ weighs both alike: $F_1=2PR/(P+R)$. Why the square? Van Rijsbergen (*Information Retrieval*, 2nd edition 1979, chapter 7) asked at which ratio $R/P$ a reader would give up as much of the one
as they gain of the other. There $\partial F/\partial P=\partial F/\partial R$. Differentiating, $\partial F/\partial P=\alpha F^2/P^2$ and $\partial F/\partial R=(1-\alpha)F^2/R^2$, so they are equal where
$R^2/P^2=(1-\alpha)/\alpha$, that is at $R=\beta P$. The figure shows it: on the line, a contour falls at exactly 45 degrees.
"""

# %%
p, r = np.meshgrid(np.linspace(0.005, 1, 200), np.linspace(0.005, 1, 200))
fig, axes = plt.subplots(1, 2, figsize=(7.6, 3.7), sharey=True)
for ax, beta in zip(axes, (1, 2), strict=True):
    curves = ax.contour(p, r, (1 + beta**2) * p * r / (beta**2 * p + r), levels=np.arange(0.1, 1, 0.2))
    places = [(0.94, 0.94 * beta**2 * f / ((1 + beta**2) * 0.94 - f)) for f in curves.levels]
    _ = ax.clabel(curves, fontsize=8, fmt="%.1f", colors="black", manual=places)
    _ = ax.plot([0, 1 / beta], [0, 1], "k--")
    _ = ax.set(xlabel="precision P (share)", title=f"β = {beta}, dashed: R = {beta}·P", aspect="equal")
_ = axes[0].set_ylabel("recall R (share)")
fig.suptitle("Contours of F: neither can make up for the lack of the other")
figures.show(fig, "Contours of F for beta 1 and 2 bend like hyperbolas, so a high recall does not offset a low precision; each has slope -1 on the line R = beta P.")

# %% [markdown]
r"""
For a patent lawyer a missed document is a disaster: $\beta=2$ or more. For a page of ten links that people skim, $\beta=\tfrac12$. One thing is left: $0/0$. An engine that returns nothing
has no precision, a need that nothing meets has no recall. One must say what counts; the usual rule, which scikit-learn calls `zero_division=0`, is 0.
"""

# %% [markdown] exercise="e1" title="Precision, recall and F of a set" level="warm-up" minutes=20 exports=["prf"]
r"""
Write `prf(retrieved, relevant, beta=1.0)` for two sets of document names. It returns the tuple (precision, recall, $F_\beta$) of floats. `beta` is
positive. Each of the three is `0.0` where its formula would divide by 0.

`prf({"a", "b", "c", "d"}, {"a", "b", "x"})` is `(0.5, 0.6667, 0.5714)`, rounded to four digits. With `beta=2` the last is `0.625`.
"""

# %% [markdown] hints="e1" reading="IIR 8.3"
r"""
1. Which of the four cells of the table do you need? Which set operation gives the true positives?
2. When there is not a single true positive, what is each of the three, by the formula or by the rule? Deal with that first: then nothing divides by 0.
3. `hits = len(retrieved & relevant)`; without hits return three zeros; then `hits / len(retrieved)`, `hits / len(relevant)`, and the second form of $F$, with `beta**2`
   beside the *precision* below the line.
"""


# %% solution="e1"
def prf(retrieved, relevant, beta=1.0):
    """Precision, recall and F-beta of a set of retrieved documents; 0 where one would divide by 0."""
    ### BEGIN SOLUTION
    hits = len(retrieved & relevant)
    if hits == 0:
        return 0.0, 0.0, 0.0
    precision, recall = hits / len(retrieved), hits / len(relevant)
    return precision, recall, (1 + beta**2) * precision * recall / (beta**2 * precision + recall)
    ### END SOLUTION


# %% test="e1_shares" points=1 title="Precision first, then recall"
check(prf, {"a", "b", "c", "d"}, {"a", "b", "x"}).satisfies(
    lambda three: len(three) == 3 and abs(three[0] - 1 / 2) < 1e-12 and abs(three[1] - 2 / 3) < 1e-12,
    "precision 1/2 and recall 2/3, first and second",
    idea="2 of the 4 retrieved are relevant; 2 of the 3 relevant are retrieved",
)
### BEGIN HIDDEN TESTS
for seed in range(6):
    random = seeded(seed)
    names = [f"d{n}" for n in range(12)]
    chosen = set(random.permutation(names)[: int(random.integers(1, 8))].tolist()) | {"d3"}
    wanted = set(random.permutation(names)[: int(random.integers(1, 8))].tolist()) | {"d3"}
    truth, guess = [d in wanted for d in names], [d in chosen for d in names]
    exact = precision_score(truth, guess), recall_score(truth, guess)
    check(prf, chosen, wanted).note(f"seed {seed}").satisfies(
        lambda three: len(three) == 3 and abs(three[0] - exact[0]) < 1e-12 and abs(three[1] - exact[1]) < 1e-12,
        f"precision {exact[0]:.6g} and recall {exact[1]:.6g}, first and second",
        idea="the same hits, over two different totals",
    )
### END HIDDEN TESTS

# %% test="e1_f" points=2 title="F weighs recall beta times as much as precision"
check(prf, {"a", "b", "c", "d"}, {"a", "b", "x"}).satisfies(
    lambda three: abs(three[2] - 4 / 7) < 1e-12, "F = 4/7 as the third value", idea="the harmonic mean of 1/2 and 2/3"
)
check(prf, {"a", "b", "c", "d"}, {"a", "b", "x"}, beta=2).satisfies(
    lambda three: abs(three[2] - 5 / 8) < 1e-12, "F = 5/8 as the third value", idea="beta 2 draws F towards recall"
)
### BEGIN HIDDEN TESTS
for seed in range(6):
    random = seeded(10 + seed)
    names = [f"d{n}" for n in range(12)]
    chosen = set(random.permutation(names)[: int(random.integers(1, 4))].tolist()) | {"d3"}
    wanted = set(random.permutation(names)[: int(random.integers(6, 11))].tolist()) | {"d3"}
    for beta in (0.5, 1, 3, 1.7):
        exact = fbeta_score([d in wanted for d in names], [d in chosen for d in names], beta=beta)
        check(prf, chosen, wanted, beta).note(f"seed {10 + seed}").satisfies(
            lambda three: abs(three[2] - exact) < 1e-12,
            f"F = {exact:.6g} as the third value",
            idea="the weighted harmonic mean; beta stands in it squared, beside the precision below the line",
        )
### END HIDDEN TESTS

# %% test="e1_zero" points=1 title="Nothing found, nothing wanted"
check(prf, {"a", "b"}, {"x"}).equals((0.0, 0.0, 0.0), idea="no hits: P = R = 0, and F would divide by 0")
### BEGIN HIDDEN TESTS
for chosen, wanted in ((set(), {"x"}), ({"a"}, set()), (set(), set())):
    check(prf, chosen, wanted, 2.0).equals((0.0, 0.0, 0.0), idea="what would divide by 0 is 0, by the rule")
### END HIDDEN TESTS

# %% [markdown]
r"""
## Lists: a precision at every rank

A ranked list is many sets: its first answer, its first two, and so on. Cutting it at $k$ gives **precision at k**, the number that a page of ten results
lives by. But it has no fixed ceiling. With 3 relevant documents in the library, no engine on earth that fills its page has more than 0.3 at 10, and the measure does not care whether the three stand on
ranks 1 to 3 or 8 to 10.

Instead, stop at each *relevant* document, and look back: what share of the list so far was relevant?
The mean of these shares over **all** the relevant documents of the query is the **average precision**:

$$\mathrm{AP}=\frac1{|\mathcal R|}\sum_{\substack{i:\ \text{the document on}\\ \text{rank } i \text{ is relevant}}}P(i),\qquad P(i)=\frac{\text{relevant documents on ranks }1..i}{i}.$$

A relevant document that the list does not hold adds nothing to the sum, and still counts in $|\mathcal R|$ (IIR 8.4). So AP is 1 only if all the relevant documents come first.

**Predict.** Relevant documents on ranks 1, 3 and 6 of ten; there is a fourth, which was not found. What is the AP?
"""

# %%
marks = np.array([1, 0, 1, 0, 0, 1, 0, 0, 0, 0])
precision = np.cumsum(marks) / np.arange(1, 11)
print("precision by rank:", *[f"{v:.2f}" for v in precision])
print("looking back from the relevant ones:", *[f"{v:.3f}" for v in precision[marks == 1]], "and 0 for the lost one")
print(f"AP = {precision[marks == 1].sum() / 4:.4f}")

# %% [markdown]
r"""
What does such a number mean to anybody? Robertson ("A new interpretation of average precision", SIGIR 2008) gave a reader to it. She wants one of the relevant documents, we do not
know which, each is as likely. She reads down to that one and stops; if it never comes she has got nothing. How much of what she read was relevant, on average? Let us send 100,000 of her, and see
whether it is the same number.
"""

# %%
draw = np.random.default_rng(4).integers(0, 4, 100_000)  # which of the four she wants; number 3 was never found
stops = np.flatnonzero(marks)
satisfaction = [marks[: stops[want] + 1].mean() if want < 3 else 0.0 for want in draw.tolist()]
print(f"mean over 100,000 readers: {np.mean(satisfaction):.2f}, AP: {precision[marks == 1].sum() / 4:.2f}")

# %% [markdown]
r"""
**Vary.** Exchange ranks 1 and 2 of `marks`, then ranks 6 and 7 instead. Which exchange costs more, and why is that as a reader would have it?

<details><summary>Answer</summary>

The first lowers AP from 0.54 to 0.42, the second to 0.52. An early place weighs more, since each later share looks back over it, and it has a small rank below the line.

</details>
"""

# %% [markdown] exercise="e2" title="Average precision" level="core" minutes=30 exports=["average_precision"]
r"""
Write `average_precision(ranking, relevant)`. `ranking` is a list of document names, the best first, each at most once; `relevant` is the set of *all* the relevant documents, whether they were found or not.
It returns the AP as a float. Without relevant documents there is nothing to average over: raise `ValueError`.

`average_precision(["a", "x", "b"], {"a", "b", "c"})` is $(1+\tfrac23+0)/3=\tfrac59$, about `0.5556`. An empty ranking has AP `0.0`.
"""

# %% [markdown] hints="e2" reading="IIR 8.4"
r"""
1. Walk down the list once. What must you remember while you walk?
2. Count ranks from 1, and relevant documents so far. At a relevant document add the share; elsewhere add nothing. What do you divide by at the end?
3. `for rank, document in enumerate(ranking, 1)`: if it is relevant, `hits += 1` and `total += hits / rank`. At the end divide by the number of *relevant* documents, not by the hits.
"""


# %% solution="e2"
def average_precision(ranking, relevant):
    """Mean over all the relevant documents of the precision at their ranks, 0 for those that were not found."""
    ### BEGIN SOLUTION
    if not relevant:
        raise ValueError("a query without relevant documents has no average precision")
    hits, total = 0, 0.0
    for rank, document in enumerate(ranking, 1):
        if document in relevant:
            hits += 1
            total += hits / rank
    return total / len(relevant)
    ### END SOLUTION


# %% test="e2_value" points=2 title="All were found: the mean precision at their ranks"
check(average_precision, ["a", "x", "b"], {"a", "b"}).close(5 / 6, idea="at rank 1 the share is 1, at rank 3 it is 2/3")
### BEGIN HIDDEN TESTS
for seed in range(8):
    random = seeded(20 + seed)
    size = int(random.integers(1, 15))
    listed = [f"d{n}" for n in random.permutation(size)]
    wanted = {d for d in listed if random.random() < 0.4} | {f"d{size // 2}"}
    exact = average_precision_score([d in wanted for d in listed], np.arange(size, 0, -1))
    check(average_precision, listed, wanted).note(f"seed {20 + seed}; scikit-learn's value").close(
        float(exact), idea="only ranks of relevant documents count, each with the share of relevant ones down to it"
    )
### END HIDDEN TESTS

# %% test="e2_lost" points=2 title="What was not found counts with 0"
two = check(average_precision, ["a", "x", "b"], {"a", "b"}).value(idea="a number comes back")
check(average_precision, ["a", "x", "b"], {"a", "b", "c"}).note(f"without c it was {two}").close(
    two * 2 / 3, idea="c has share 0, and there are three to average over instead of two"
)
### BEGIN HIDDEN TESTS
check(average_precision, [], {"a", "b"}).close(0.0, idea="nothing found: every relevant document has share 0")
check(average_precision, ["x", "y"], {"a"}).close(0.0, idea="no relevant document found: the only share is 0")
check(average_precision, ["a"], {"a", "b", "c"}).close(1 / 3, idea="a short list is no excuse: b and c count with 0 all the same")
for seed in range(8):
    random = seeded(30 + seed)
    listed = [f"d{n}" for n in random.permutation(12)]
    wanted, lost = {listed[1], listed[4], listed[int(random.integers(5, 12))]}, int(random.integers(1, 9))
    known = check(average_precision, listed, wanted).value(idea="a number comes back")
    check(average_precision, listed, wanted | {f"lost{n}" for n in range(lost)}).note(
        f"seed {30 + seed}; without the lost ones it was {known}"
    ).close(known * 3 / (3 + lost), atol=1e-15, idea="the mean is over all relevant documents, found or not")
### END HIDDEN TESTS

# %% test="e2_none" points=1 title="Nothing relevant, no average"
check(average_precision, ["a", "b"], set()).raises(ValueError, idea="a mean over nothing is no number")
### BEGIN HIDDEN TESTS
check(average_precision, [], set()).raises(ValueError, idea="a mean over nothing is no number, for an empty list too")
### END HIDDEN TESTS

# %% [markdown]
r"""
## The saw and its envelope

Plot precision against recall, one point a rank. A relevant document moves the point up and to the right; any other one drops it straight down. The result is a saw, too jagged to average
over queries, which have different numbers of relevant documents and so different steps of recall. So one smooths it. The **interpolated precision** at a level $r$ is the best precision that can be had at that
recall *or more*:

$$p_{\text{interp}}(r)=\max_{i\,:\,R(i)\ge r}P(i),$$

and 0 where no rank has that much recall. The reason is a reader's: whoever accepts to see more, if that *raises* the share of good ones, will look further. It never increases with $r$, and at $r=0$ it is the best precision anywhere
in the list. Read at $r=0,\,0.1,\dots,1$ it makes the **eleven-point curve**, which can be averaged over queries.
"""

# %%
saw = np.array([0, 1, 1, 0, 0, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 1])
recall, precision = np.cumsum(saw) / 10, np.cumsum(saw) / np.arange(1, 24)
best_from_here = [precision[i:].max() for i in range(23)]
fig, ax = plt.subplots(figsize=(6.4, 3.4))
_ = ax.plot(recall, precision, marker="o", markersize=4, linestyle="-", label="precision at each rank")
_ = ax.step([0, *recall], [best_from_here[0], *best_from_here], where="pre", label="interpolated: the best from here on")
_ = ax.set(xlabel="recall R (share)", ylabel="precision P (share)", ylim=(0, 1.05))
_ = ax.set_title("The envelope never rises as recall grows")
_ = ax.legend(loc="lower left", fontsize=8)
figures.show(fig, "A saw-toothed curve of precision against recall over 23 ranks, under a falling staircase that touches the tips of its highest teeth.")

# %% [markdown]
r"""
The condition $R(i)\ge r$ looks harmless. Ten documents are relevant, three were found by rank 7: the recall is 3/10.

**Predict.** Is level number 3 of `np.linspace(0, 1, 11)` reached?
"""

# %%
levels = np.linspace(0, 1, 11)
print("reached:", 3 / 10 >= levels[3], "  the level:", repr(float(levels[3])))
print("levels missed in this way:", [n for n in range(11) if n / 10 < levels[n]])

# %% [markdown]
r"""
`3 / 10` is the float nearest to 0.3. The level is the float above that one: it was made as 3 times a rounded 0.1. A whole step of the curve falls off, and only for queries with a suitable number of relevant documents: the sort of bug
that lives for years. The cure is to compare whole numbers. $h$ of $m$ relevant documents reach level $n/10$ exactly if $10\,h\ge n\,m$.
"""

# %% [markdown] exercise="e3" title="The eleven-point curve" level="core" minutes=30 exports=["interpolated"]
r"""
Write `interpolated(ranking, relevant)`, with arguments as in exercise 2; `relevant` is not empty here. It returns a list of eleven floats: the interpolated precision at the levels of recall
0, 1/10, 2/10, …, 1. Whether a rank reaches a level is decided exactly, not by rounded numbers. A level that no rank reaches has `0.0`.

`interpolated(["x", "a", "b"], {"a", "b", "c"})`: the precisions are 0, 1/2, 2/3 at recall 0, 1/3, 2/3. So the levels 0 to 6 have `2/3`, and 7 to 10 have `0.0`.
"""

# %% [markdown] hints="e3" reading="IIR 8.4, Figure 8.2"
r"""
1. Make the table first: for each rank, how many relevant documents so far, and which precision?
2. For each of the eleven levels take the best precision among the ranks that reach it. No rank: 0. What do you compare, so that 3 of 10 reaches level 3?
3. Keep pairs `(hits, hits / rank)`. For `level in range(11)` take `max(…, default=0.0)` of the precisions whose `10 * hits >= level * len(relevant)`.
"""


# %% solution="e3"
def interpolated(ranking, relevant):
    """Interpolated precision at recall 0, 0.1, …, 1: the best precision at any rank with at least that recall."""
    ### BEGIN SOLUTION
    hits, points = 0, []
    for rank, document in enumerate(ranking, 1):
        hits += document in relevant
        points.append((hits, hits / rank))
    return [
        max((precision for hits, precision in points if 10 * hits >= level * len(relevant)), default=0.0)
        for level in range(11)
    ]
    ### END SOLUTION


# %% test="e3_best" points=2 title="The best precision at this recall or more"
check(interpolated, ["x", "a", "b"], {"a", "b"}).close(
    [2 / 3] * 11, idea="rank 3 has full recall and the best precision, so it serves every level"
)
### BEGIN HIDDEN TESTS
check(interpolated, ["a", "x", "x2", "b", "x3", "c"], {"a", "b", "c"}).close(
    [1.0] * 4 + [1 / 2] * 7, idea="steps, not slopes: between two relevant documents it is the better one of those still to come"
)
for seed in range(8):
    random = seeded(40 + seed)
    listed = [f"d{n}" for n in random.permutation(24)]
    wanted = set(listed[: int(random.integers(1, 3))] + listed[10 : 10 + int(random.integers(1, 6))])
    wanted = set(sorted(wanted)[:3]) if len(wanted) == 5 else wanted  # five relevant documents belong to the next test
    shares = [(sum(d in wanted for d in listed[:n]), n) for n in range(1, 25)]
    exact = [max(h / n for h, n in shares if h >= level * len(wanted) / 10) for level in range(11)]
    check(interpolated, listed, wanted).note(f"seed {40 + seed}").close(
        exact, idea="the best precision among all the ranks whose recall is at least the level"
    )
### END HIDDEN TESTS

# %% test="e3_exact" points=2 title="Levels are compared exactly"
check(interpolated, ["a", "u", "b", "v", "c", "w", "x", "d", "y", "z", "t", "e"], set("abcde")).close(
    [1.0] * 3 + [2 / 3] * 2 + [3 / 5] * 2 + [1 / 2] * 2 + [5 / 12] * 2,
    idea="3 of 5 reaches level 6, which is 6/10 exactly: compare whole numbers",
)
### BEGIN HIDDEN TESTS
from fractions import Fraction

for seed, size in ((50, 10), (51, 5), (52, 20), (53, 30), (54, 10), (55, 5)):
    random = seeded(seed)
    wanted, listed = [f"r{n}" for n in range(size)], []
    for n, document in enumerate(wanted):  # ever wider gaps: every relevant document ends a step of the curve
        listed += [document] + [f"x{n}.{m}" for m in range(n + int(random.integers(1, 3)))]
    counts = np.cumsum([d in wanted for d in listed]).tolist()
    exact = [max(h / n for n, h in enumerate(counts, 1) if Fraction(h, size) >= Fraction(part, 10)) for part in range(11)]
    check(interpolated, listed, set(wanted)).note(f"seed {seed}").close(
        exact, idea="with 5, 10, 20 … relevant documents, recall meets a level exactly: compare whole numbers"
    )
### END HIDDEN TESTS

# %% test="e3_reach" points=1 title="Recall that is never reached has precision 0"
check(interpolated, ["a", "x", "b"], {"a", "b", "c"}).close(
    [1.0] * 4 + [2 / 3] * 3 + [0.0] * 4, idea="2 of 3 is the most recall there is: recall counts the documents that were not found too"
)
### BEGIN HIDDEN TESTS
check(interpolated, [], {"a", "b", "c"}).close([0.0] * 11, idea="no ranks, no precision")
check(interpolated, ["x", "y"], {"a"}).close([0.0] * 11, idea="precision is 0 at every rank, and recall never leaves 0")
check(interpolated, ["b", *"uvw", "a"], set("abcdefg")).close(
    [1.0, 1.0] + [2 / 5] + [0.0] * 8, idea="2 of 7 were found: level 3 and those above are never reached"
)
### END HIDDEN TESTS

# %% [markdown]
r"""
## Many queries, one engine

One query says little about an engine: needs differ far more than engines do. The **mean average precision**, MAP, is the mean of the AP over the queries, in which each need counts the same (a *macro*-average). The other
way, to throw the hits of all queries into one pot and divide once (*micro*), lets a query with two hundred relevant documents weigh as much in recall as twenty with ten.
How far apart needs lie shows the AP of every query in the library, the same $\tfrac1{|\mathcal R|}\sum P(i)$ as before.
"""


# %%
def by_hand(answers, wanted):
    marks = np.array([document in wanted for document, _ in answers])
    return float(np.sum(np.cumsum(marks)[marks] / (np.flatnonzero(marks) + 1))) / len(wanted)


fig, ax = plt.subplots(figsize=(6.8, 3.2))
for kind, marker in (("topic", "o"), ("synonym", "^"), ("two topics", "s")):
    values = sorted(by_hand(run[name], relevant[name]) for name in lib.queries if lib.kinds[name] == kind)
    _ = ax.plot(np.linspace(0, 100, len(values)), values, marker=marker, markersize=4, linestyle=":", label=kind)
    print(f"{kind:10} {len(values)} queries, mean AP {np.mean(values):.2f}")
_ = ax.set(xlabel="place among the queries of its kind (%)", ylabel="average precision (no unit)", ylim=(0, 1))
_ = ax.set_title("One mean would hide three different engines")
_ = ax.legend(fontsize=8)
figures.show(fig, "Average precision of each query in order: queries on one topic are far above those by synonym, and those on two topics are near 0.")

# %% [markdown]
r"""
The engine is decent where the words of the query are the words of the topic, weak where half of the documents say it in other words, and hopeless where a need takes *both* of two topics. Always look at the queries before you
believe the mean.

## Now with scikit-learn

In production nobody writes these formulas again, and scikit-learn has `average_precision_score(y_true, y_score)`: 0 or 1 for each item, and its score. We compare our engine with a stricter one, which
demands *all* the words of a query (Whoosh's default). For each we hand over the answers and their scores.

**Predict.** Which has the higher MAP?
"""

# %%
strict = qparser.QueryParser("body", shelf.schema)
every = {n: [(hit["id"], hit.score) for hit in searcher.search(strict.parse(t), limit=None)] for n, t in lib.queries.items()}


def as_delivered(answers, wanted):
    truth = [document in wanted for document, _ in answers]
    return average_precision_score(truth, [score for _, score in answers]) if any(truth) else 0.0


simple = [name for name in lib.queries if lib.kinds[name] == "topic"]
for label, answers in (("any word", run), ("all words", every)):
    library_says = np.mean([as_delivered(answers[n], relevant[n]) for n in simple])
    truly = np.mean([by_hand(answers[n], relevant[n]) for n in simple])
    print(f"{label:9}  scikit-learn {library_says:.3f}   by hand {truly:.3f}")

# %% [markdown]
r"""
The verdict is turned round. scikit-learn did what it promises: it was shown the retrieved documents only, so it divided by the *retrieved* relevant ones, and an engine that returns a dozen sure things
looks perfect. What was not retrieved is invisible to a function that never hears of it. And there is a second, smaller difference.
"""

# %%
print("in the order of the ranks:", round(average_precision_score([1, 0, 1, 0], [4, 3, 2, 1]), 4))
print("with raw scores, all tied:", round(average_precision_score([1, 0, 1, 0], [7, 7, 7, 7]), 4))
print("the other way round, tied:", round(average_precision_score([0, 1, 0, 1], [7, 7, 7, 7]), 4))

# %% [markdown]
r"""
scikit-learn takes items with equal scores as one step: it cannot know an order among them, so every relevant one has the precision at the *end* of the tie. That is reasonable for a classifier. But a reader saw a list, and a list has an order. Short texts and small counts
make ties common (McSherry and Najork, ECIR 2008, is about little else). So there are three rules for handing a search engine's work to scikit-learn:

- **Ranks, not scores.** Give falling numbers that are all distinct: $n, n-1,\dots,1$ for a list of $n$.
- **The lost ones.** AP over the retrieved documents is $\frac1{\text{hits}}\sum P(i)$. Times hits$/|\mathcal R|$ it is the AP we want. (To append the lost documents with the lowest score does *not* do it:
  scikit-learn then pays them the precision at the end of the list, where search pays 0.)
- **Nothing to find.** Without a positive example the function warns, and returns a number that means nothing; with empty lists it raises an error. Look first.

For a cut at $k$, `precision_score`, `recall_score` and `f1_score` compare two lists of 0 and 1: is the document relevant, is it among the first $k$? Here too the lost ones must be on the list, as 1 and 0. Documents
that are neither retrieved nor relevant may stay away: they are the true negatives, which none of the three looks at.

## Whoosh, as much as you need

A query goes through a *parser*, which says how words are combined (`group=qparser.OrGroup`: any of them), to a *searcher*, which has a *weighting*. Three defaults lie in wait. `QueryParser` demands all words; `searcher()` weighs by BM25F (day 4), not by TF-IDF; and `search(…)`
returns ten answers unless you say `limit=None`: a fine default for a page, and fatal for a recall. A hit has `hit["id"]` and `hit.score`. With `scoring.TF_IDF()` the score is

$$\sum_{t\in q}\mathrm{tf}_{t,d}\cdot\Bigl(\ln\frac{N}{\mathrm{df}_t+1}+1\Bigr).$$

One warning about index files: Whoosh keeps parts of them as *pickles*, and to load a pickle can run any code that its author wished. Open only indexes that you built yourself, or that come from somebody whose programs you would run. Between the tests and your functions only plain data travels: names, scores, measures.
"""

# %% [markdown] exercise="e4" title="Evaluate a Whoosh engine with scikit-learn" level="core" minutes=70 exports=["evaluate", "evaluate_whoosh"] goals=[2]
r"""
Write two functions, with the measures of scikit-learn.

`evaluate(search, queries, judgements, k)`:

- `search(text)` returns a list of pairs (document, score), the best first, each document at most once. The list may be empty, and scores may be equal: the ranking is the order of the list.
- `queries` is a dict from a query's name to its text; `judgements` a dict from a query's name to a dict from documents to grades 0 to 3. A document is relevant from grade 1 on. A document that is not named is not relevant, and a query that is not named has no relevant
  documents. `k` is at least 1.
- It returns a dict with three entries. `"queries"`: for each query that has relevant documents its name, and a dict with `"precision"`, `"recall"` and `"f1"` of the set of its first `k` answers (of all, if it has fewer; 0 where a formula would divide
  by 0), and `"ap"`, the AP of the whole list as in exercise 2. `"mean"`: a dict with the mean of each of these four measures over those queries, so its `"ap"` is the MAP. `"without_relevant"`: the list of the names of all other queries,
  in the order of `queries`. At least one query has relevant documents.

`evaluate_whoosh(texts, queries, judgements, k, folder)`:

- It builds a Whoosh index of `texts` (a dict from documents to texts) in `folder` (the path of an empty folder) by `build_index`, and leaves it there. It searches it with the weighting `scoring.TF_IDF()` for documents with *any* of a query's words, all that match, and returns what `evaluate` makes of this. The queries are lower-case words with a space
  between, none of them twice.

With the answers `[("d3", 2.5), ("d1", 2.5), ("d7", 1.0)]` and the judgements `{"d1": 2, "d3": 0, "d7": 1, "d8": 3}`, $k=2$ gives precision 1/2, recall 1/3, $F_1$ = 2/5 and AP $(\tfrac12+\tfrac23+0)/3=\tfrac7{18}$.
"""

# %% [markdown] hints="e4" reading="IIR 8.3-8.4; the scikit-learn user guide, Classification metrics"
r"""
1. Solve it for one query, on paper, with the example: which documents belong on the two lists of 0 and 1, and which belong on the list for AP?
2. `evaluate`: all documents that matter are the ranking, and behind it the relevant ones that it lacks. One list says which of these are relevant, another which are among the first `k` of the ranking. For AP take the ranking alone, falling numbers as scores, and multiply
   by the share of relevant documents that were found. `evaluate_whoosh`: make a function of one text that asks the searcher, and hand it to `evaluate`.
3. `truth = [int(d in relevant) for d in ranking + lost]`, `chosen` is as many 1 as there are answers within `k`, then 0. `precision_score(truth, chosen, zero_division=0)` and its two sisters, which divide by nothing empty here. AP:
   `average_precision_score(found, range(n, 0, -1))` times `sum(found) / len(relevant)`, where `found` is the first `n` of `truth`, but 0 if none of them is 1. Do all the searching inside `with index.searcher(…)`, with `limit=None`.
"""


# %% solution="e4"
def evaluate(search, queries, judgements, k):
    """Precision, recall and F1 at k and AP of each query with relevant documents, their means, and the other queries."""
    ### BEGIN SOLUTION
    rows, without = {}, []
    for name, text in queries.items():
        relevant = {document for document, grade in judgements.get(name, {}).items() if grade >= 1}
        if not relevant:
            without.append(name)
            continue
        ranking = [document for document, _ in search(text)]
        truth = [int(document in relevant) for document in [*ranking, *(relevant - set(ranking))]]
        chosen = [int(place < min(k, len(ranking))) for place in range(len(truth))]
        found = truth[: len(ranking)]
        ap = average_precision_score(found, range(len(found), 0, -1)) if any(found) else 0.0
        rows[name] = {
            "precision": precision_score(truth, chosen, zero_division=0),
            "recall": recall_score(truth, chosen),  # never 0/0: there are relevant documents
            "f1": f1_score(truth, chosen),
            "ap": ap * sum(found) / len(relevant),  # scikit-learn averages over the found ones only
        }
    measures = ("precision", "recall", "f1", "ap")
    mean = {measure: sum(row[measure] for row in rows.values()) / len(rows) for measure in measures}
    return {"queries": rows, "mean": mean, "without_relevant": without}
    ### END SOLUTION


def evaluate_whoosh(texts, queries, judgements, k, folder):
    """What evaluate says of Whoosh with TF-IDF, for documents with any of the query's words; leaves the index in folder."""
    ### BEGIN SOLUTION
    index = build_index(texts, folder)
    parser = qparser.QueryParser("body", index.schema, group=qparser.OrGroup)
    with index.searcher(weighting=scoring.TF_IDF()) as searcher:

        def search(text):
            return [(hit["id"], hit.score) for hit in searcher.search(parser.parse(text), limit=None)]

        return evaluate(search, queries, judgements, k)
    ### END SOLUTION


# %% test="e4_cut" points=3 title="Precision, recall and F1 of the first k"
fox = {"red fox": [("d3", 2.5), ("d1", 2.5), ("d7", 1.0)]}
grades = {"q1": {"d1": 2, "d3": 0, "d7": 1, "d8": 3}}
check(evaluate, lambda text: fox[text], {"q1": "red fox"}, grades, 2).note(f"search gives {fox}").satisfies(
    lambda report: all(
        abs(report["queries"]["q1"][measure] - value) < 1e-12
        for measure, value in {"precision": 1 / 2, "recall": 1 / 3, "f1": 2 / 5}.items()
    ),
    'in ["queries"]["q1"]: precision 1/2, recall 1/3 and f1 2/5',
    idea="of the first two answers one is relevant, and three documents are relevant in all",
)
### BEGIN HIDDEN TESTS
for seed in range(60, 63):
    answers, queries, judgements = pretend(seed, 10**6)
    answers["words 5"] = answers["words 5"][:2]  # fewer answers than k
    answers["words 4"] = []
    for k in (1, 4, 40):
        exact = {}
        for name, text in queries.items():
            wanted = {d for d, grade in judgements[name].items() if grade}
            top = [d for d, _ in answers[text]][:k]
            hits = sum(d in wanted for d in top)
            exact[name] = (hits / max(len(top), 1), hits / len(wanted), 2 * hits / (len(top) + len(wanted)))
        check(evaluate, lambda text: answers[text], queries, judgements, k).note(f"seed {seed}; k = {k}").satisfies(
            lambda report: all(
                np.allclose([report["queries"][n][m] for m in ("precision", "recall", "f1")], three, rtol=0, atol=1e-12)
                for n, three in exact.items()
            ),
            f"of each query (precision, recall, f1) = { {n: tuple(round(v, 4) for v in t) for n, t in exact.items()} }",
            idea="the set is the first k answers, or all if there are fewer; grade 0 is not relevant; relevant documents may be missing from the answers",
        )
### END HIDDEN TESTS

# %% test="e4_ap" points=3 title="Average precision by rank, with what was not found"
fox = {"red fox": [("d3", 2.5), ("d1", 2.5), ("d7", 1.0)]}
grades = {"q1": {"d1": 2, "d3": 0, "d7": 1, "d8": 3}}
check(evaluate, lambda text: fox[text], {"q1": "red fox"}, grades, 2).note(f"search gives {fox}").satisfies(
    lambda report: abs(report["queries"]["q1"]["ap"] - 7 / 18) < 1e-12,
    'ap 7/18 in ["queries"]["q1"]',
    idea="d1 has rank 2, though its score is tied with rank 1; d8 was not found and counts with 0; k does not matter",
)
### BEGIN HIDDEN TESTS
for seed in range(70, 74):
    answers, queries, judgements = pretend(seed, 4)
    answers["words 5"], judgements["q4"] = [], {"elsewhere": 3}
    exact = {}
    for name, text in queries.items():
        wanted = {d for d, grade in judgements[name].items() if grade}
        ranks = [n for n, (d, _) in enumerate(answers[text], 1) if d in wanted]
        exact[name] = sum(n / rank for n, rank in enumerate(ranks, 1)) / len(wanted)
    check(evaluate, lambda text: answers[text], queries, judgements, 3).note(f"seed {seed}").satisfies(
        lambda report: all(abs(report["queries"][n]["ap"] - value) < 1e-9 for n, value in exact.items()),
        f"of each query ap = { {n: round(value, 4) for n, value in exact.items()} }",
        idea="equal scores: the order of the list decides; all relevant documents count, found or not",
    )
### END HIDDEN TESTS

# %% test="e4_mean" points=2 title="Every query counts the same in the mean"
two = {"one": [("a", 3), ("x", 2)], "two": [("b", 2), ("c", 1)]}
grades = {"q1": {"a": 1}, "q2": {"b": 1, "c": 2, "e": 1, "f": 3}}
check(evaluate, lambda text: two[text], {"q1": "one", "q2": "two"}, grades, 2).note(f"search gives {two}").satisfies(
    lambda report: np.allclose([report["mean"][m] for m in ("precision", "recall", "f1", "ap")], [3 / 4, 3 / 4, 2 / 3, 3 / 4]),
    'in ["mean"]: precision 3/4, recall 3/4, f1 2/3, ap 3/4',
    idea="measure each query by itself, then take the mean of each measure",
)
### BEGIN HIDDEN TESTS
for seed in range(80, 83):
    answers, queries, judgements = pretend(seed, 10**6)
    del judgements[f"q{seed - 80}"]
    report = check(evaluate, lambda text: answers[text], queries, judgements, 5).value(idea="a dict comes back")
    check_value("the report", report).note(f"seed {seed}").satisfies(
        lambda report: all(
            abs(report["mean"][m] - sum(row[m] for row in report["queries"].values()) / 5) < 1e-9
            for m in ("precision", "recall", "f1", "ap")
        ),
        'in ["mean"] the mean of each measure over the five queries that have relevant documents',
        idea="the mean of the queries' values, of f1 too: not a value of the means, nor of all answers in one pot; the sixth query has no part in it",
    )
### END HIDDEN TESTS

# %% test="e4_apart" points=1 title="Queries without relevant documents are named apart"
odd = {"q3": "unicorn", "q1": "red fox", "q2": "zebra"}
check(evaluate, lambda text: [("d1", 1.0)], odd, {"q1": {"d1": 2}, "q2": {"d1": 0, "d2": 0}}, 2).note(
    "search always gives d1"
).satisfies(
    lambda report: report["without_relevant"] == ["q3", "q2"] and set(report["queries"]) == {"q1"},
    '"without_relevant" ["q3", "q2"], and q1 alone in "queries"',
    idea="q3 was never judged, and of q2 all grades are 0: neither has a recall",
)
### BEGIN HIDDEN TESTS
for seed in range(90, 93):
    answers, queries, judgements = pretend(seed, 10**6)
    del judgements["q4"]
    judgements["q1"] = dict.fromkeys(judgements["q1"], 0)
    judgements["q2"] = {}
    check(evaluate, lambda text: answers[text], queries, judgements, 5).note(f"seed {seed}").satisfies(
        lambda report: report["without_relevant"] == ["q1", "q2", "q4"] and set(report["queries"]) == {"q0", "q3", "q5"},
        '"without_relevant" ["q1", "q2", "q4"], and the other three in "queries"',
        idea="no grade of 1 or more: the query is named apart, in the order of the queries",
    )
### END HIDDEN TESTS

# %% test="e4_engine" points=4 title="What Whoosh itself answers is evaluated"
texts = {"a": "Signal, signal, track.", "b": "The track.", "c": "Track, track, track, track, then a signal.", "d": "Butter."}
with tempfile.TemporaryDirectory() as here:
    check(evaluate_whoosh, texts, {"q1": "signal track"}, {"q1": {"a": 2, "d": 1}}, 1, here).satisfies(
        lambda report: report["queries"]["q1"]["precision"] == 0 and abs(report["queries"]["q1"]["ap"] - 1 / 4) < 1e-12,
        "for q1 precision 0 at 1 and ap 1/4: the ranking is c, a, b",
        idea="tf·idf: c has 4·1 + 1·1.29, a has 1·1 + 2·1.29, b has 1, and d has neither word",
    )
### BEGIN HIDDEN TESTS


def corpus(random, size=30):
    """Texts, and queries on which no two documents have nearly the same score, with the ranking by the stated formula."""
    words, ranked = ["track", "signal", "oven", "nurse", "chord", "moon", "kernel", "bond"], {}
    while len(ranked) < 3:
        counts = random.integers(1, 60, (size, 8)) * (random.random((size, 8)) < 0.45)
        texts = {
            f"d{n:02}": " ".join(random.permutation(np.repeat([*words, "the"], [*row, 1 + 40 * (n % 3)])).tolist()).title() + "."
            for n, row in enumerate(counts)
        }
        idf = np.log(size / (np.sum(counts > 0, axis=0) + 1)) + 1
        ranked = {}
        for _ in range(40):
            picked = random.permutation(8)[:3]
            scores = counts[:, picked] @ idf[picked]
            order = [n for n in np.argsort(-scores).tolist() if scores[n] > 0]
            if np.min(-np.diff(scores[order]), initial=1.0) > 1e-6 and len(ranked) < 3:
                ranked[" ".join(words[n] for n in picked)] = [(f"d{n:02}", float(scores[n])) for n in order]
    return texts, ranked


many = {f"d{n:04}": "The tracks." if n % 2 else "The track." for n in range(1200)}
wide, half = dict.fromkeys(many, 1), {d: 1 for d, text in many.items() if text == "The tracks."}
with tempfile.TemporaryDirectory() as here:
    report = check(evaluate_whoosh, many, {"q1": "the moon", "q2": "tracks"}, {"q1": wide, "q2": half}, 5000, here).value(
        idea="a dict comes back"
    )
check_value("the report on 'the moon', q1, and 'tracks', q2", report["queries"]).note(
    "1,200 texts: every other one is 'The tracks.', the rest 'The track.'"
).satisfies(
    lambda rows: all(abs(rows[q][m] - 1) < 1e-9 for q in ("q1", "q2") for m in ("recall", "ap")),
    "of both queries recall 1 and ap 1: each word's documents are exactly the relevant ones",
    idea="k = 5000: all that match are the set, however many; the words are those of build_index, 'the' among them, and 'track' is not 'tracks'",
)
for seed, k in ((95, 3), (96, 14)):
    random = seeded(seed)
    texts, ranked = corpus(random)
    queries = {f"q{n}": text for n, text in enumerate(ranked)}
    judgements = {q: {d: int(random.integers(0, 4)) for d in texts} | {ranked[text][-1][0]: 2} for q, text in queries.items()}
    own = check(evaluate, lambda text: ranked[text], queries, judgements, k).value(idea="evaluate works")
    with tempfile.TemporaryDirectory() as here:
        report = check(evaluate_whoosh, texts, queries, judgements, k, here).value(idea="a dict comes back")
    check_value("evaluate_whoosh(texts, …)", report).note(f"seed {seed}; k = {k}; a library of 30 documents").close(
        own, atol=1e-9, idea="TF_IDF weighting, any of the words, all that match; then the same evaluation"
    )
    for q, text in queries.items():
        hits = sum(judgements[q][d] > 0 for d, _ in ranked[text][:k])
        check_value(f"the report on {q}", report["queries"][q]).note(f"seed {seed}; k = {k}; {text}").satisfies(
            lambda row: abs(row["recall"] - hits / sum(grade > 0 for grade in judgements[q].values())) < 1e-9,
            f"a recall with {hits} relevant documents among the first {k}",
            idea="TF_IDF weighting, any of the words, all that match",
        )
### END HIDDEN TESTS

# %% test="e4_disk" points=1 title="The index stands in the folder"
texts = {"a": "Signal, signal, track.", "b": "The track."}
with tempfile.TemporaryDirectory() as here:
    check(evaluate_whoosh, texts, {"q1": "signal"}, {"q1": {"a": 1}}, 1, here).value(idea="a dict comes back")
    check_value("the kinds of files in the folder", sorted({name.rpartition(".")[2] for name in os.listdir(here)})).satisfies(
        lambda kinds: {"seg", "toc"} <= set(kinds),
        "among them seg and toc, the segment and the table of contents of a Whoosh index",
        idea="build the index in the folder that you are given, and leave it there",
    )

# %% [markdown]
r"""
Run `evaluate_whoosh` on the whole library now (`lib.texts`, `lib.queries`, `lib.judgements`, 10, and a new temporary folder). Its MAP is the mean of the three kinds above, weighted by 36, 12 and 12 queries.

## In practice

The most expensive part is missing from this lesson: somebody must judge. Sixty queries times 1,200 documents are 72,000 pairs. Nobody does that, so one **pools**: judge only what at least one of several engines put among its first 100 or so.
"""

# %%
top = [{d for d, _ in answers[n][:50]} for n in simple for answers in (run, every)]
pools = [len(a | b) for a, b in zip(top[::2], top[1::2])]
print(f"judgements for {len(simple)} queries: all pairs {len(simple) * 1200:,}, pools of depth 50 {sum(pools):,}")
shares = [len((a | b) & relevant[n]) / len(relevant[n]) for n, a, b in zip(simple, top[::2], top[1::2])]
print(f"relevant documents that a pool has seen, on average: {np.mean(shares):.0%}")
searcher.close()
shelf.close()
folder.cleanup()

# %% [markdown]
r"""
- **A pool is as good as its depth and its engines.** Ours holds fifty documents a query, where 150 are relevant on average: even a perfect choice of fifty would have seen only a third. And its second engine added hardly any to
  the fifty of the first, since both weigh words alike. A real pool wants many engines, and different ones.
- **What nobody judged** is counted as not relevant. So a *new* kind of engine, which finds what no pooled one found, is punished for it. Measures that leave unjudged documents out of account are a matter of day 7.
- **How many queries?** Fifty is a common minimum, and two engines that differ by a few hundredths of MAP on fifty queries may not differ at all (Buckley and Voorhees, "Evaluating evaluation measure stability", SIGIR 2000). Day 7 tests that.
- **Conventions differ.** trec_eval divides precision at $k$ by $k$ even if fewer came back; scikit-learn's set has as many as came. Report the convention and the tool, or the number is worth nothing.
- **At a hundred times the size**, full lists are not to be had: one evaluates to a depth of 1,000, and recall is relative to the pool. AP then treats what lies deeper as lost.
- **A mean is a choice.** MAP says that every need is as important as any other. A shop may weigh queries by how often they come; then say so.

## Summary

- Precision and recall forget the true negatives; $F_\beta$ is their harmonic mean, with $\beta$ the ratio $R/P$ at which both are worth the same.
- Average precision looks back from each relevant document, and a lost one counts with 0.
- The interpolated curve takes the best precision at that recall or more, and levels are compared in whole numbers.
- scikit-learn needs ranks for scores, the lost documents counted in, and a look at queries that have nothing to find; then MAP is the mean over queries.

## Reflection

Take a search that you use: of mail, of code, of a shop. Which measure would you put on its dashboard, and how could somebody raise that number while making the search worse? Three to five sentences. Do they (1) name who searches and what a miss costs them;
(2) choose a measure, with its $k$ or $\beta$; (3) describe a way to cheat it, and what would show the cheat?
"""

# %% [markdown] reflection="reflection"
r"""
Our support staff search old tickets for one that solved the same problem: they want one good answer fast, so I would report precision at 5, and the share of queries with no hit in the first 5. Somebody could raise both by answering only queries whose words all occur in a
ticket, and showing nothing for the rest, if empty answers are left out of the mean. So I would count them as 0, and report how many there are. Recall does not matter much here: ten tickets with the same cure are as good as one.
"""

# %% [markdown]
r"""
## Further reading

- IIR 8.1-8.2: information needs, and the collections that the field grew up with. 8.3: why not accuracy; the harmonic mean. 8.4: the saw, eleven points, MAP, precision at k, R-precision; compare the definitions with your code.
- IIR 8.5: pooling and agreement between judges, for day 7.
- Van Rijsbergen, *Information Retrieval*, chapter 7: where $F$ comes from, as the effectiveness measure $E=1-F$.
- The documentation of `average_precision_score` in scikit-learn: find the sentence that says why it does not interpolate.
"""
