# %% [markdown]
r"""
You will rank by BM25, correct a ranking that is unfair to long documents, and find the ten best without scoring, or even reading, everything.

**You will be able to**

- **select** the first $k$ of a ranking without sorting it (exercise 1);
- **score** documents by BM25, and say what each of its parts is for (exercise 2);
- **diagnose** a length normalisation by two curves, and turn it about its pivot (exercise 3);
- **evaluate** a query document at a time, in one pass over its postings (exercise 4);
- **skip** postings that cannot change the answer, by max-score, and say why they cannot (exercise 5).
"""

# %% [markdown]
r"""
## Warm-up

1. Day 3: which scheme is `lnc.ltc`, and by what does it divide a document's weights?
2. Day 1: a list answers the question *what is your first document from $d$ on?* Why was that enough to intersect two lists?

<details><summary>Answers</summary>

1. Documents: $1+\log_{10}\mathrm{tf}$, no idf, divided by the Euclidean length of *all* the document's weights; the question: the same with idf. So the score is the cosine of two vectors.
2. Whatever one list answers, the other need not look at anything before it. The lists ask each other, and the shorter one sets the number of questions.

</details>
"""

# %% setup=true
import heapq
import math
import sqlite3
from bisect import bisect_left, insort
from collections import Counter
from functools import cmp_to_key
from itertools import accumulate, cycle, groupby, islice

import matplotlib.pyplot as plt
import numpy as np
from sklearn.feature_extraction.text import CountVectorizer

from curriculum.lab import check, check_value, figures, library, seeded

figures.style()
terms = library.terms  # text -> list of lower-case words: the section's tokenizer


def posting_list(postings, calls):
    """A list as exercises 4 and 5 have it, a function, from a dict; notes in `calls` what it is asked. Only tests use it."""
    rows = sorted(postings.items())
    documents = [d for d, _ in rows]

    def first_from(d):
        calls.append(d)
        if len(calls) > 5000:
            raise RuntimeError("asked 5,000 times: this never ends")
        place = bisect_left(documents, d)
        return rows[place] if place < len(rows) else None

    return first_from


# %% [markdown]
r"""
## An archive that hides its best issues

A newsletter has printed the 1,200 notes of the section's library, one, two, four or eight to an issue. An issue is a good answer to a question if it carries a note that is (grade 2 or 3). We search
the 426 issues by yesterday's `lnc.ltc`, with the library's sixty questions.
"""

# %%
lib = library.generate()
sizes, notes = cycle([1, 1, 1, 2, 4, 8]), iter(lib.texts)
issues = []
while part := list(islice(notes, next(sizes))):
    issues.append(part)
counter = CountVectorizer(analyzer=terms)  # scikit-learn only counts: a row an issue, a column a term
C = counter.fit_transform(" ".join(lib.texts[note] for note in part) for part in issues).toarray().astype(float)
Q = counter.transform(lib.queries.values()).toarray()
good = np.array([[any(lib.judgements[q].get(note, 0) >= 2 for note in part) for part in issues] for q in lib.queries])
print(f"{len(issues)} issues of {C.sum(axis=1).min():.0f} to {C.sum(axis=1).max():.0f} words, {good.sum(axis=1).mean():.0f} of them good for a question")

# %%
damped = np.where(C > 0, 1 + np.log10(np.maximum(C, 1)), 0.0)
norms = np.linalg.norm(damped, axis=1)
asked = Q * np.log10(len(C) / np.count_nonzero(C, axis=0))


def first(documents, queries, k=10):
    """For each query the rows of its k best documents; rounded, so that ties are ties on every machine."""
    return np.argsort(-np.round(queries @ documents.T, 9), axis=1, kind="stable")[:, :k]


shown = first(damped / norms[:, None], asked)
print(f"good among the first ten: {np.take_along_axis(good, shown, axis=1).mean():.3f}")

# %% [markdown]
r"""
Four of five: not bad. Now sort the issues by length and cut them into six groups of equal number. **Predict.** Which share of the *good* issues is in the longest sixth, and which share of those *shown*?
"""

# %%
sixth = np.empty(len(C), dtype=int)
sixth[np.argsort(C.sum(axis=1), kind="stable")] = np.arange(len(C)) * 6 // len(C)


def by_sixth(rows):
    return np.bincount(sixth[rows], minlength=6) / len(rows)


relevant = by_sixth(np.nonzero(good)[1])
print("                shortest sixth ... longest sixth")
for name, share in (("good issues", relevant), ("shown by lnc.ltc", by_sixth(shown.ravel()))):
    print(f"{name:18}", *(f"{s:6.0%}" for s in share))

# %% [markdown]
r"""
The thickest issues hold 39 % of what readers want and get 11 % of the places; the thin ones are shown more than twice as often as they deserve. The cosine does what it promises (an issue on eight subjects points in no direction in particular); it
is the wrong promise here. And a second thing is wrong. To show ten issues, this cell computed and sorted all 426 scores of each question, from 426 × 316 numbers that are mostly 0. At a million documents nobody would wait for it.

So today has two halves, the *fair* score and the *cheap* one. We begin with the last step, since it is the easiest to make cheap.

## Ten of a million

A sort brings *all* documents into order, at about $n\log_2n$ comparisons, and then throws all but ten away. Instead keep the ten best so far. A new document is compared with the *worst of these*; nearly always it loses, and one comparison was
all it cost. For the others the ten must be brought into order again; a **heap** of size $k$ (IIR 7.1) does that in about $\log_2k$ steps.

**Predict.** 1,200 documents in random order. How many comparisons for each document does a sort take, and how many does a heap of ten?
"""


# %%
class Entry:
    asked = 0

    def __init__(self, rank):
        self.rank = rank

    def __lt__(self, other):
        Entry.asked += 1
        return self.rank < other.rank


crowd = [Entry(rank) for rank in np.random.default_rng(4).permutation(1200).tolist()]
for name, select in (("sorted", lambda: sorted(crowd)[:10]), ("heap of 10", lambda: heapq.nsmallest(10, crowd))):
    Entry.asked = 0
    best = select()
    print(f"{name:11} about {Entry.asked / len(crowd):.0f} a document;", [entry.rank for entry in best] == list(range(10)))

# %% [markdown]
r"""
One comparison a document. In random order the $i$-th document is among the best $k$ so far with probability $k/i$, so after the first $k$ only about $k\ln(n/k)$ ever enter: here 48. In the worst order, each better than all before, every one enters, and the cost is of the order of $n\log_2k$.

Ties need a rule, or the same question gets another answer tomorrow: all days of this section put the earlier name first. In a heap that takes some care, since its root must be the *worst*: the lowest score, and among equals the *last* name.
"""

# %% [markdown] exercise="e1" title="Keep the best k" level="warm-up" minutes=20 exports=["top_k"]
r"""
Write `top_k(documents, k, before)`. `documents` is a list of different names, $k$ an integer, 0 or more. `before(a, b)` is a function that says (`True` or `False`) whether `a` stands before `b` in the ranking; of two different documents always one stands before
the other, so ties are its business. Return the list of the first $k$ documents of the ranking, the best first; all of them if there are fewer than $k$.

For $n$ documents and $k\ge1$, `before` is called at most $4n(1+\log_2k)$ times.

If `before` goes by the scores `{"a": 1, "b": 3, "c": 2, "d": 3}`, the higher one first and the earlier name first among equals, then `top_k(["a", "b", "c", "d"], 2, before)` is `["b", "d"]`.
"""

# %% [markdown] hints="e1" reading="IIR 7.1"
r"""
1. How many of the documents that you have seen can still be in the answer? Against which one must a newcomer hold its own?
2. Keep a list of the best, in order, at most $k$ long. Is there room, or does the newcomer stand before the last one? Then it goes in, at a place found by halving, and what is beyond $k$ goes out.
3. `cmp_to_key(lambda a, b: -1 if before(a, b) else 1)` turns `before` into a key that `bisect.insort` and `heapq` understand: `insort(best, document, key=…)`, then `del best[k:]`. What does your condition do when $k=0$?
"""


# %% solution="e1"
def top_k(documents, k, before):
    """The first k documents of the ranking in which before(a, b) says whether a stands before b."""
    ### BEGIN SOLUTION
    ranking = cmp_to_key(lambda a, b: -1 if before(a, b) else 1)
    best = []
    for document in documents:
        if len(best) < k or (best and before(document, best[-1])):
            insort(best, document, key=ranking)
            del best[k:]
    return best
    ### END SOLUTION


# %% test="e1_best" points=2 title="The first k, the best first"
points = {"a": 1, "b": 3, "c": 2, "d": 3}
by_points = lambda a, b: (-points[a], a) < (-points[b], b)
check(top_k, ["a", "b", "c", "d"], 2, by_points).equals(["b", "d"], idea="a newcomer has to beat the worst of those that are kept")
### BEGIN HIDDEN TESTS
check(top_k, ["d", "c", "b", "a"], 1, by_points).equals(["b"], idea="the order in which documents come does not matter")
for seed in range(5):
    for k in (1, 3, 10):
        drawn = seeded(seed).permutation(40).tolist()
        for line, order in (("random", drawn), ("best first", sorted(drawn)), ("best last", sorted(drawn)[::-1])):
            check(top_k, order, k, lambda a, b: a < b).note(f"seed {seed}, {line}").equals(
                list(range(k)), idea="keep the best k of what has been seen, in the order of the ranking"
            )
### END HIDDEN TESTS

# %% test="e1_few" points=1 title="Fewer documents than k, and k = 0"
check(top_k, [2, 1], 5, lambda a, b: a < b).equals([1, 2], idea="where there are fewer than k, all are in the answer")
### BEGIN HIDDEN TESTS
check(top_k, [], 3, lambda a, b: a < b).equals([], idea="of no documents none is best")
check(top_k, [3, 1, 2], 0, lambda a, b: a < b).equals([], idea="k = 0 asks for no document")
check(top_k, [3, 1, 2], 3, lambda a, b: a < b).equals([1, 2, 3], idea="exactly k documents: all of them, in order")
check(top_k, [4, 3, 1, 2], 4000, lambda a, b: a > b).equals([4, 3, 2, 1], idea="a large k is no error")
### END HIDDEN TESTS


# %% test="e1_calls" points=2 title="No more comparisons than it takes"
def comparisons(documents, k, note):
    calls = []

    def before(a, b):
        calls.append((a, b))
        return a < b

    _ = check(top_k, documents, k, before).note(note).value(idea="the call comes to an end")
    n = len(documents)
    check_value(f"calls of before, n = {n}, k = {k}, {note}", len(calls)).satisfies(
        lambda count: count <= 4 * n * (1 + math.log2(k)),
        f"at most {int(4 * n * (1 + math.log2(k)))}",
        idea="who loses against the worst of the best is done with; the others find their place by halving",
    )


comparisons(seeded(0).permutation(600).tolist(), 1, "random order, seed 0")
### BEGIN HIDDEN TESTS
comparisons(seeded(1).permutation(600).tolist(), 1, "random order, seed 1")
comparisons(list(range(300)), 8, "the best come first")
comparisons(list(range(300))[::-1], 64, "each better than all before it")
comparisons([*range(150, 300), *range(150)], 64, "the better half comes second, each worse than the one before")
comparisons([*range(63), *range(300, 62, -1)], 64, "each newcomer beats the last of the kept ones, and no other")
### END HIDDEN TESTS

# %% [markdown]
r"""
## Saying it a hundred times

Now the score. Yesterday's damper $1+\log\mathrm{tf}$ grows slowly, but without end. Who wants to be found for *fever* may write it a thousand times; search engines call that keyword stuffing.

**BM25** (Robertson, Walker and others, 1994; IIR 11.4.3) starts from an idea about documents instead: a document either is *about* what a word stands for or merely mentions it, and every further occurrence makes the former more certain.
Certainty has a ceiling. The model behind it (two Poisson distributions) has too many unknowns to use; a curve with the same shape has one:

$$\frac{(k_1+1)\,\mathrm{tf}}{k_1+\mathrm{tf}}\qquad\text{is 0 at 0, 1 at 1, and rises towards }k_1+1\text{, for }k_1>0 .$$

**Predict.** $k_1=1.2$ is usual. Which share of the ceiling has a word reached that occurs once? Which curve is left if $k_1=0$, and which for a huge $k_1$?
"""

# %%
counts = np.arange(0, 31)
fig, ax = plt.subplots(figsize=(5.6, 3.0))
for k1 in (0, 0.5, 1.2, 2):
    _ = ax.plot(counts, np.where(counts > 0, counts * (k1 + 1) / (counts + k1 + (counts == 0)), 0), label=f"$k_1={k1}$")
_ = ax.plot(counts, np.where(counts > 0, 1 + np.log10(np.maximum(counts, 1)), 0), label=r"$1+\log_{10}$ tf")
_ = ax.set(title="BM25 has a ceiling, the logarithm has none", xlabel="term frequency (occurrences)", ylabel="weight (units of idf)")
_ = ax.legend(loc="lower right", fontsize=8, ncols=2)
figures.show(
    fig,
    alt="Weight by term frequency up to 30. BM25 with k1 = 0 jumps to 1 and stays; 0.5, 1.2 and 2 rise towards 1.5, 2.2 and 3. "
    "1 + log10 tf rises to 2.5 at 30 and goes on.",
)

# %% [markdown]
r"""
One occurrence is worth $1/2.2\approx45\,\%$ of all that a thousand could bring. $k_1=0$ only asks whether the word is there; a huge $k_1$ counts occurrences as they are. Two more parts make it a score.

**A weight for the word.** From the same probabilistic model comes $\ln\frac{N-\mathrm{df}+\frac12}{\mathrm{df}+\frac12}$, the logarithm of the odds against a hit. It has a trap: a word of more than half of the documents gets a *negative* weight, so that a document would do better
without it. Lucene, the library inside Elasticsearch, adds 1 inside the logarithm, and so do we:

$$\mathrm{idf}=\ln\Bigl(1+\frac{N-\mathrm{df}+\frac12}{\mathrm{df}+\frac12}\Bigr)=\ln\frac{N+1}{\mathrm{df}+\frac12}>0 .$$

**A measure for length.** Why is a document long? Perhaps its author is wordy: then each word says less, and counts should be divided by length (the *verbosity* hypothesis). Perhaps it has more to say, like our issues: then nothing should be divided (the *scope* hypothesis).
Reality is a mixture, with a parameter $b$ between 0 and 1. With $\mathrm{dl}$ for the document's length in words and $\mathrm{avgdl}$ for the mean length, replace $k_1$ in the denominator by $k_1$ times $1-b+b\cdot\mathrm{dl}/\mathrm{avgdl}$. All in all

$$\mathrm{BM25}(q,d)=\sum_{t\in q}\mathrm{idf}_t\cdot\frac{\mathrm{tf}_{t,d}\,(k_1+1)}{\mathrm{tf}_{t,d}+k_1\,(1-b+b\,\mathrm{dl}_d/\mathrm{avgdl})} .$$

In a document of mean length the factor is 1. Elsewhere length never touches the ceiling, only how fast it is reached: that is the difference to dividing the whole score.
"""

# %% [markdown] exercise="e2" title="Score by BM25" level="core" minutes=30 exports=["bm25"]
r"""
Write `bm25(docs, query, k1=1.2, b=0.75)`: the scores of all documents by the last two formulas above. `docs` is a dict of at least one document from names to lists of terms, `query` a list of terms; $k_1\ge0$ and $0\le b\le1$. Return a dict from *every* name to a number.

- $N$ is the number of documents, $\mathrm{dl}$ the number of a document's terms, $\mathrm{avgdl}$ the mean of $\mathrm{dl}$ over all documents; empty documents count in $N$ and in the mean. $\mathrm{df}$ is the number of documents with the term.
- The sum goes over the words of the query, each as often as it stands there.
- A word that a document does not have adds 0 to its score, whatever $k_1$ and $b$; so does a word that no document has.

With `docs = {"x": ["storm", "storm", "coast"], "y": ["coast"]}`, `bm25(docs, ["storm"])` is about `{"x": 0.8356, "y": 0}`.
"""

# %% [markdown] hints="e2" reading="IIR 11.4.3"
r"""
1. Which of the quantities belong to the collection, which to a word, which to a document, and which to both? Each has its place: before the loops, or in the outer or inner one.
2. Count every document once (`Counter`), and from these the document frequencies. For each word of the query compute idf; for each document *that has it* add idf times the fraction.
3. The fraction is `tf * (k1 + 1) / (tf + k1 * (1 - b + b * len(words) / mean))`. Guard it by `if tf > 0`: with `k1 = 0` an absent word would be 0/0.
"""


# %% solution="e2"
def bm25(docs, query, k1=1.2, b=0.75):
    """Score of every document for the query by BM25, with the idf that is never negative."""
    ### BEGIN SOLUTION
    counts = {name: Counter(words) for name, words in docs.items()}
    df = Counter(t for count in counts.values() for t in count)
    mean = sum(len(words) for words in docs.values()) / len(docs)
    scores = dict.fromkeys(docs, 0.0)
    for t in query:
        idf = math.log(1 + (len(docs) - df[t] + 0.5) / (df[t] + 0.5))
        for name, words in docs.items():
            tf = counts[name][t]
            if tf > 0:
                scores[name] += idf * tf * (k1 + 1) / (tf + k1 * (1 - b + b * len(words) / mean))
    return scores
    ### END SOLUTION


# %% test="e2_tf" points=2 title="More occurrences weigh more, up to a ceiling"
# Scores relative to those of a word that occurs once: idf cancels, and with b = 0 there is no length.
docs = {"once": ["sea"], "twice": ["sea"] * 2, "nine": ["sea"] * 9, "many": ["sea"] * 4000, "none": ["sky"]}


def relative(k1):
    call = check(bm25, docs, ["sea"], k1=k1, b=0)
    call.satisfies(
        lambda scores: all(scores[name] != 0 for name in docs if name != "none"), "scores, not 0, for once, twice, nine and many", idea="these four have the word"
    )
    scores = call.value(idea="a score for every document")
    return {name: scores[name] / scores["once"] for name in ("twice", "nine", "many")}


check_value("scores for k1 = 1, b = 0, over that of one occurrence", relative(1)).close(
    {"twice": 4 / 3, "nine": 1.8, "many": 8000 / 4001}, rtol=1e-9, idea="tf (k1 + 1) / (tf + k1): 1 at tf = 1, towards k1 + 1 for many"
)
### BEGIN HIDDEN TESTS
for k1 in (0.3, 1.2, 2, 50):
    check_value(f"scores for k1 = {k1}, b = 0, over that of one occurrence", relative(k1)).close(
        {name: tf / (tf + k1) * (1 + k1) for name, tf in (("twice", 2), ("nine", 9), ("many", 4000))},
        rtol=1e-9,
        idea="tf (k1 + 1) / (tf + k1): it rises towards k1 + 1",
    )
plain = check(bm25, docs, ["sea"], k1=1.2, b=0).value(idea="a score for every document")
for k1 in (0.4, 3):
    check(bm25, docs, ["sea"], k1=k1, b=0).satisfies(
        lambda scores: math.isclose(scores["once"], plain["once"], rel_tol=1e-9),
        f"{plain['once']} for a word that occurs once, as with k1 = 1.2",
        idea="the factor k1 + 1 is there to make one occurrence weigh the same for every k1",
    )
### END HIDDEN TESTS

# %% test="e2_idf" points=2 title="Rare words weigh more, and no word less than nothing"
# Every word occurs once, in documents of one length, with k1 = 1 and b = 0: the fraction is 1, and the score is idf.
docs = {"x": ["storm", "the"], "y": ["coast", "the"], "z": ["coast", "the"]}
check(bm25, docs, ["storm"], k1=1, b=0).satisfies(
    lambda scores: math.isclose(scores["x"], math.log(8 / 3), rel_tol=1e-9), f"{math.log(8 / 3)} for x", idea="ln(1 + (3 - 1 + 1/2) / (1 + 1/2))"
)
### BEGIN HIDDEN TESTS
check(bm25, docs, ["coast"], k1=1, b=0).satisfies(
    lambda scores: math.isclose(scores["y"], math.log(1.6), rel_tol=1e-9) and math.isclose(scores["y"], scores["z"], rel_tol=1e-9),
    f"{math.log(1.6)} for y and z",
    idea="df counts the documents with the word",
)
check(bm25, docs, ["the"], k1=1, b=0).close(
    dict.fromkeys("xyz", math.log(8 / 7)), rtol=1e-9, idea="the 1 stands inside the logarithm: even a word of all documents weighs a little"
)
check(bm25, {"x": ["sea"], "y": ["sea"] * 3, "z": ["sky"]}, ["sea"], k1=1, b=0).satisfies(
    lambda scores: math.isclose(scores["x"], math.log(1.6), rel_tol=1e-9),
    f"{math.log(1.6)} for x",
    idea="df counts documents, however often the word stands in them",
)
for seed in range(3):
    total = int(seeded(seed).integers(20, 200))
    df = int(seeded(seed).integers(1, total))
    bags = {f"d{i}": ["sea"] if i < df else ["sky"] * (i % 2) for i in range(total)}
    check(bm25, bags, ["sea"], k1=1, b=0).note(f"seed {seed}").satisfies(
        lambda scores: math.isclose(scores["d0"], math.log((total + 1) / (df + 0.5)), rel_tol=1e-9),
        f"{math.log((total + 1) / (df + 0.5))} for a document with the word",
        idea="N counts all documents, empty ones too, df those with the word; natural logarithm",
    )
### END HIDDEN TESTS

# %% test="e2_length" points=2 title="Length in words, against the mean of all documents"
# The ratio of two scores for one word: idf cancels.
docs = {"short": ["sea"], "long": ["sea"] + ["ultramarine"] * 6, "other": ["at"] * 4}
for b, share in ((0, 1.0), (1, (1 + 7 / 4) / (1 + 1 / 4)), (0.5, (1.5 + 7 / 8) / (1.5 + 1 / 8))):
    check(bm25, docs, ["sea"], k1=1, b=b).satisfies(
        lambda scores: math.isclose(scores["short"] / scores["long"], share, rel_tol=1e-9),
        f"short has {share:.6g} times the score of long",
        idea="k1 (1 - b + b dl / avgdl), with lengths counted in words; here the mean is 4",
    )
### BEGIN HIDDEN TESTS
docs = {"short": ["sea"], "long": ["sea"] + ["at"] * 9, "empty": [], "blank": [], "other": ["at"] * 7}
for k1, b in ((1.2, 0.75), (2, 1), (0.5, 0.25)):
    slow = [1 + k1 * (1 - b + b * size / 3.6) for size in (10, 1)]
    check(bm25, docs, ["sea"], k1=k1, b=b).satisfies(
        lambda scores: math.isclose(scores["short"] / scores["long"], slow[0] / slow[1], rel_tol=1e-9),
        f"short has {slow[0] / slow[1]:.6g} times the score of long",
        idea="the mean goes over all documents, those without the word and empty ones too",
    )
check(bm25, docs, ["sea"]).satisfies(
    lambda scores: math.isclose(scores["short"] / scores["long"], (1.3 + 9 / 3.6) / (1.3 + 0.9 / 3.6), rel_tol=1e-9),
    f"short has {(1.3 + 9 / 3.6) / (1.3 + 0.9 / 3.6):.6g} times the score of long",
    idea="what are k1 and b if nobody says?",
)
### END HIDDEN TESTS

# %% test="e2_query" points=1 title="Words asked twice, words nobody has, words a document lacks"
docs = {"x": ["storm", "storm", "coast"], "y": ["coast"], "z": []}
one = check(bm25, docs, ["storm"]).value(idea="a score for every document")
check(bm25, docs, ["storm", "ufo", "storm"]).close(
    {name: 2 * score for name, score in one.items()}, rtol=1e-9, idea="a word counts as often as it is asked; one that nobody has adds 0"
)
### BEGIN HIDDEN TESTS
check(bm25, docs, []).close({"x": 0, "y": 0, "z": 0}, idea="nothing asked, nothing scored: every document has 0")
check(bm25, docs, ["ufo"]).close({"x": 0, "y": 0, "z": 0}, idea="a word that no document has adds 0")
other = check(bm25, docs, ["coast"]).value(idea="a score for every document")
check(bm25, docs, ["coast", "storm", "coast", "coast"]).close(
    {name: one[name] + 3 * other[name] for name in docs}, rtol=1e-9, atol=1e-12, idea="the score is a sum over the words of the query"
)
check(bm25, docs, ["storm"], k1=0).satisfies(
    lambda scores: scores["x"] > 0 and scores["y"] == 0 and scores["z"] == 0,
    "0 for y and z, which lack the word",
    idea="with k1 = 0 an absent word would be 0/0: the statement says what it adds",
)
check(bm25, {"empty": []}, ["sea"]).close({"empty": 0}, idea="where no document has a word, nothing needs to be divided by the mean")
### END HIDDEN TESTS

# %% [markdown]
r"""
## The same by an engine that ships with Python

SQLite's full-text search ranks by BM25 too: `bm25(pages)`, with $k_1=1.2$ and $b=0.75$ built in, and a minus sign, so that ascending order puts the best first. **Predict:** are its scores ours?
"""

# %%
base = sqlite3.connect(":memory:")
_ = base.execute("CREATE VIRTUAL TABLE pages USING fts5(body)")
_ = base.executemany("INSERT INTO pages(rowid, body) VALUES (?, ?)", ((i, " ".join(lib.texts[n] for n in part)) for i, part in enumerate(issues)))
match = "SELECT rowid, -bm25(pages) FROM pages WHERE pages MATCH 'fever OR drug OR doctor'"
theirs = dict(base.execute(match).fetchall())
base.close()

# %%
lengths = C.sum(axis=1)
df = np.count_nonzero(C, axis=0)
fraction = C * 2.2 / (C + 1.2 * (0.25 + 0.75 * lengths / lengths.mean())[:, None])
columns = [counter.vocabulary_[t] for t in ("fever", "drug", "doctor")]
for name, one in (("with the 1", 1), ("without it", 0)):
    scores = fraction[:, columns] @ np.log(one + (len(C) - df[columns] + 0.5) / (df[columns] + 0.5))
    print(f"idf {name}: equal to SQLite's scores:", np.allclose([scores[i] for i in theirs], list(theirs.values())))

# %% [markdown]
r"""
SQLite has the idf *without* the 1 (and puts a millionth in place of what would not be positive). Lucene has the 1, and since version 8 lacks the factor $k_1+1$, which multiplies all scores alike. "BM25" names a family: the rankings mostly agree, the numbers do not.

## Two curves and a pivot

What about the archive? Singhal, Buckley and Mitra (1996) proposed to *measure* how a normalisation treats length, as we did at the start: sort documents by length, cut them into bins, and compare two shares bin by bin, of the relevant documents and of the retrieved ones. Where the second curve lies
above the first, that length is favoured; where the two cross, at the **pivot**, it is treated fairly. Then turn the normalisation about this point (IIR 6.4.4):

$$\text{divisor}=(1-\text{slope})\cdot\text{pivot}+\text{slope}\cdot\lVert d\rVert .$$

Slope 1 is the cosine. With a smaller slope long documents are divided by less than their length, short ones by more, and a document *at* the pivot by the same as before. Slope 0 divides all by one number: no normalisation. In place of the crossing, which one would have to measure,
the mean of the old divisors is usually taken; mind that this is a mean of *lengths of vectors*, not of words.
"""

# %%
slopes = {"lnc: slope 1": 1, "slope 0.4": 0.4, "slope 0": 0}
curves = {name: by_sixth(first(damped / ((1 - s) * norms.mean() + s * norms)[:, None], asked).ravel()) for name, s in slopes.items()}
fig, (left, right) = plt.subplots(1, 2, figsize=(8.4, 3.2))
line = np.array([norms.min(), norms.max()])
for s in slopes.values():
    _ = left.plot(line, (1 - s) * norms.mean() + s * line, label=f"slope {s}")
_ = left.plot(norms.mean(), norms.mean(), "ko")
_ = left.set(title="All divisors meet at the pivot", xlabel="Euclidean length of the weights", ylabel="divisor (same unit)")
for name, curve in curves.items():
    _ = right.plot(range(1, 7), curve, marker=".", label=name)
_ = right.plot(range(1, 7), relevant, "k", linewidth=3, alpha=0.4, label="good issues")
_ = right.set(title="Slope 0.4 shows lengths as wanted", xlabel="sixth of the issues, by length", ylabel="share")
for ax in (left, right):
    _ = ax.legend(fontsize=8)
fig.tight_layout()
figures.show(
    fig,
    alt="Left: divisor against vector length for slopes 1, 0.4 and 0, three lines through one point, the pivot. Right: share of each sixth by "
    "length; good issues rise from 7 % to 39 %, slope 0.4 follows closely, slope 1 falls to 11 % at the longest, slope 0 overshoots to 64 %.",
)

# %% [markdown]
r"""
The cosine's curve crosses the good issues' between the fourth and the fifth sixth, where the mean length lies as well. **Predict:** the same six shares of good answers among the library's single notes, of which some are just wordier than others?
"""

# %%
words_each = counter.transform(lib.texts.values()).toarray().sum(axis=1)
sixth_of_note = np.argsort(np.argsort(words_each, kind="stable")) * 6 // len(words_each)
wanted = np.array([[lib.judgements[q].get(note, 0) >= 2 for note in lib.texts] for q in lib.queries])
spread = np.bincount(sixth_of_note[np.nonzero(wanted)[1]]) / wanted.sum()
print("good notes, shortest to longest sixth:", *(f"{share:.0%}" for share in spread))

# %% [markdown]
r"""
Nearly even: there a fair ranking shows short and long notes alike, and a slope that was measured on issues has no claim. The slope belongs to the collection, not to the formula.
"""

# %% [markdown] exercise="e3" title="Measure and turn a normalisation" level="core" minutes=30 exports=["share_by_length", "pivoted"]
r"""
Write two functions.

- `share_by_length(lengths, chosen, bins)`. `lengths` is a dict from documents' names to their lengths (numbers); sort the documents by length, ascending, those of equal length by name, and cut them into `bins` bins of equal number, the shortest first (their number is a
  multiple of `bins`). `chosen` is a list of at least one of the names; a name may stand there several times, since several questions may choose it, and counts each time. Return the list of the `bins` shares of `chosen` that lie in each bin.
- `pivoted(vectors, slope, pivot=None)`. `vectors` is a dict of at least one document from names to dicts from terms to weights above 0. Return the same with each weight divided by its document's $(1-\text{slope})\cdot\text{pivot}+\text{slope}\cdot\lVert d\rVert$, with $\lVert d\rVert$ the
  Euclidean length of the document's weights. If `pivot` is `None`, it is the mean of $\lVert d\rVert$ over all documents; a document without terms has length 0 and counts. Otherwise `pivot` is above 0. `ValueError` if `slope` is less than 0 or greater than 1. The argument `vectors` stays as it is.

`share_by_length({"a": 5, "b": 2, "c": 9, "d": 2}, ["c", "b", "c", "d"], 2)` is `[0.5, 0.5]`: b and d are the short half.
`pivoted({"x": {"sea": 3.0, "sky": 4.0}, "y": {"sea": 1.0}}, 0.5)` divides x by 4 and y by 2, since the pivot is 3.
"""

# %% [markdown] hints="e3" reading="IIR 6.4.4"
r"""
1. In which bin is the document at place 7 of the sorted list, if each bin holds 3?
2. Give each document its bin's number by its place in the sorted order; then count the bins of `chosen`. For the other function compute all the lengths of vectors first: the pivot needs them.
3. `sorted(lengths, key=lambda name: (lengths[name], name))`; place `// (len(lengths) // bins)`. `math.hypot(*vector.values())` is a Euclidean length, and 0 for no values.
"""


# %% solution="e3"
def share_by_length(lengths, chosen, bins):
    """For each bin of documents, by ascending length, the share of chosen that lies in it."""
    ### BEGIN SOLUTION
    order = sorted(lengths, key=lambda name: (lengths[name], name))
    bin_of = {name: place * bins // len(order) for place, name in enumerate(order)}
    found = Counter(bin_of[name] for name in chosen)
    return [found[i] / len(chosen) for i in range(bins)]
    ### END SOLUTION


def pivoted(vectors, slope, pivot=None):
    """The vectors, each divided by its length turned about the pivot (the mean length, if not given)."""
    ### BEGIN SOLUTION
    if not 0 <= slope <= 1:
        raise ValueError(f"a slope lies between 0 and 1, not {slope}")
    sizes = {name: math.hypot(*vector.values()) for name, vector in vectors.items()}
    if pivot is None:
        pivot = sum(sizes.values()) / len(sizes)
    result = {}
    for name, vector in vectors.items():
        divisor = (1 - slope) * pivot + slope * sizes[name]
        result[name] = {t: weight / divisor for t, weight in vector.items()}
    return result
    ### END SOLUTION


# %% test="e3_shares" points=2 title="The share of each bin"
check(share_by_length, {"a": 5, "b": 2, "c": 9, "d": 3}, ["c", "b", "c", "d"], 2).close(
    [0.5, 0.5], idea="b and d are the short half; c was chosen twice"
)
### BEGIN HIDDEN TESTS
check(share_by_length, {"a": 5, "b": 20, "c": 100}, ["c"], 3).close([0.0, 0.0, 1.0], atol=1e-12, idea="lengths are numbers, and a bin may get nothing")
check(share_by_length, {"a": 5.5, "b": 2, "c": 1}, ["b", "a", "a", "a"], 1).close([1.0], idea="one bin holds everything")
for seed in range(4):
    rng = seeded(seed)
    sizes = rng.permutation(60)
    names = [f"d{i:02}" for i in range(60)]
    picks = rng.integers(0, 60, size=35)
    bins = (2, 3, 5, 6)[seed]
    expected = np.histogram(sizes[picks], bins=np.arange(bins + 1) * (60 // bins) - 0.5)[0] / 35
    check(share_by_length, dict(zip(names, sizes.tolist(), strict=True)), [names[i] for i in picks], bins).note(f"seed {seed}").close(
        expected.tolist(), rtol=1e-9, atol=1e-12, idea="bins have equal numbers of documents; each choice counts, also a repeated one"
    )
### END HIDDEN TESTS

# %% test="e3_ties" points=1 title="Documents of equal length stand by name"
check(share_by_length, {"d": 2, "b": 2, "a": 2, "c": 2}, ["a", "b", "c"], 2).close([2 / 3, 1 / 3], idea="among equal lengths the earlier name first")
### BEGIN HIDDEN TESTS
check(share_by_length, {"k": 7, "z": 1, "e": 7, "m": 7, "b": 7, "a": 9}, ["b", "z", "k", "m"], 3).close(
    [0.5, 0.25, 0.25], idea="z and b; e and k; m and a"
)
### END HIDDEN TESTS

# %% test="e3_divisor" points=2 title="Divided by a length turned about the pivot"
pair = {"x": {"sea": 3.0, "sky": 4.0}, "y": {"sea": 1.0}}
check(pivoted, pair, 0.25, 2.0).close(
    {"x": {"sea": 3 / 2.75, "sky": 4 / 2.75}, "y": {"sea": 1 / 1.75}}, rtol=1e-9, idea="1 - slope goes with the pivot, slope with the document's own length"
)
### BEGIN HIDDEN TESTS
check(pivoted, pair, 1, 2.0).close({"x": {"sea": 0.6, "sky": 0.8}, "y": {"sea": 1.0}}, rtol=1e-9, idea="slope 1 gives unit vectors, whatever the pivot")
check(pivoted, pair, 0, 2.0).close({"x": {"sea": 1.5, "sky": 2.0}, "y": {"sea": 0.5}}, rtol=1e-9, idea="slope 0 divides all by the pivot")
for slope in (0.2, 0.5, 0.9):
    check(pivoted, pair, slope, 5.0).satisfies(
        lambda result: math.isclose(result["x"]["sea"], 0.6, rel_tol=1e-9) and result["y"]["sea"] < 1,
        "x, whose length is the pivot, as under the cosine; y less than under it",
        idea="at the pivot nothing changes; shorter documents are divided by more",
    )
check(pivoted, {"x": {"sea": 2.0}, "empty": {}}, 1, 3.0).close({"x": {"sea": 1.0}, "empty": {}}, rtol=1e-9, idea="nothing in it, nothing to divide")
check(pivoted, pair, 0.25, 2.0).keeps_arguments(idea="the vectors may be needed again: return new ones")
### END HIDDEN TESTS

# %% test="e3_pivot" points=1 title="The mean length is the pivot if none is given"
pair = {"x": {"sea": 3.0, "sky": 4.0}, "y": {"sea": 1.0}}
check(pivoted, pair, 0.5).close(
    {"x": {"sea": 0.75, "sky": 1.0}, "y": {"sea": 0.5}}, rtol=1e-9, idea="lengths 5 and 1, their mean is 3"
)
### BEGIN HIDDEN TESTS
check(pivoted, pair | {"empty": {}}, 0).close(
    {"x": {"sea": 1.5, "sky": 2.0}, "y": {"sea": 0.5}, "empty": {}}, rtol=1e-9, idea="the mean of 5, 1 and 0 is 2: all documents count"
)
for seed in range(3):
    table = seeded(seed).random((5, 4)) + 0.1
    spread = np.sqrt((table**2).sum(axis=1))
    expected = table / (0.7 * spread.mean() + 0.3 * spread)[:, None]
    by_name = lambda rows: {f"d{i}": dict(zip("pqrs", row, strict=True)) for i, row in enumerate(rows.tolist())}
    check(pivoted, by_name(table), 0.3).note(f"seed {seed}").close(by_name(expected), rtol=1e-9, idea="the mean of the Euclidean lengths, in no other unit")
### END HIDDEN TESTS

# %% test="e3_slope" points=1 title="A slope outside [0, 1] is refused"
check(pivoted, {"x": {"sea": 1.0}}, 1.5).raises(ValueError, idea="slopes lie between 0 and 1")
### BEGIN HIDDEN TESTS
for slope in (-0.1, 1.001, 3):
    check(pivoted, {"x": {"sea": 1.0}}, slope, 2.0).raises(ValueError, idea="slopes lie between 0 and 1")
### END HIDDEN TESTS

# %% [markdown]
r"""
Does fairness pay in good answers? **Predict** whether the slope whose curve fits best also has most good issues among the first ten. BM25 comes along, with its own way of partial normalisation.
"""

# %%
rsj = np.log(1 + (len(C) - df + 0.5) / (df + 0.5))
trials = {f"pivoted, slope {s}": (damped / ((1 - s) * norms.mean() + s * norms)[:, None], asked) for s in (1, 0.75, 0.4, 0)}
for b in (1, 0.75, 0.25, 0):
    trials[f"BM25, b = {b}"] = (C * 2.2 / (C + 1.2 * (1 - b + b * lengths / lengths.mean())[:, None] + (C == 0)), Q * rsj)
print("                     good in ten   off the good issues' curve")
for name, (documents, queries) in trials.items():
    top = first(documents, queries)
    off = np.abs(by_sixth(top.ravel()) - relevant).sum() / 2
    print(f"{name:20} {np.take_along_axis(good, top, axis=1).mean():>11.3f}   {off:>26.0%}")

# %% [markdown]
r"""
(The last column is the share of the places that would have to go to another sixth.) It does, a little, and in both families: the best values lie in the middle. Differences this small may be chance, of course; day 7 has the tool to tell. (A question here has some seventy good issues, so nearly every ranking finds a few; the curves see more than the precision.)

## One pass over the postings

Now the cheap half. Most documents have none of the question's words: whoever loops over documents, or multiplies matrices, computes zeros. The postings lists name those that have one. There are two ways to go through them:

- **Term at a time:** one list after the other, adding to an accumulator for each document. Simple; but until the last list is done no score is final, and the accumulators take memory for every document found.
- **Document at a time:** all lists side by side, a cursor on each. The smallest document under any cursor is next: add up what the cursors on it say, move just these on. Its score is final at once, only the best $k$ are kept, and whoever knows the $k$-th best score
  so far can use it. You will.

A posting now carries its **impact**, the whole term's contribution to the score, computed when the index was built. Engines round it to a small integer; then sums are exact, and ties are ties. A list is again, as on day 1, a function: the first posting from document $d$ on.

![Three postings lists with a cursor on each. The cursors stand at documents 4, 7 and 4: document 4 is next, with 3 + 2; the first and third cursor move on.](d04_ranking_cursors.svg)
"""

# %% [markdown] exercise="e4" title="Rank in one pass" level="core" minutes=30 exports=["search"]
r"""
A list is a function: `p(d)` returns its first posting with document `d` or greater, as a tuple (document, impact), and `None` if there is none. Documents are integers, 0 or more, impacts integers, 1 or more.

Write `search(lists, k)` for a list of such functions, $k\ge1$: the $k$ documents with the greatest scores as a list of tuples (document, score), the best first, of equal scores the smaller document first. The score of a document is the sum of its impacts; only documents on at least one list are
candidates. If there are fewer than $k$ of them, return all.

One pass: the functions together are called at most as often as there are postings and lists together, and in the order of the calls, over all lists, the numbers asked for never go down.

If `p` stands for `[(0, 2), (4, 3)]` and `q` for `[(4, 2), (7, 2)]`, then `p(1)` is `(4, 3)`, `p(5)` is `None`, and `search([p, q], 2)` is `[(4, 5), (0, 2)]`.
"""

# %% [markdown] hints="e4" reading="IIR 6.3.3 and 7.1"
r"""
1. Each list is ascending, and so is the order in which documents become final. What is it called when several ascending sequences are run through as one?
2. Ask every list for 0 and hold the answers. As long as one is left: the smallest document among them is next; add up the impacts of the answers with this document; ask only these lists, for one more than it.
3. As a generator, one list is: `posting = p(0)`; `while posting is not None: yield posting; posting = p(posting[0] + 1)`. `heapq.merge` runs through several of them as one, `groupby` puts a document's postings together, `heapq.nsmallest` keeps the best.
"""


# %% solution="e4"
def search(lists, k):
    """The k best (document, score), the best first; p(d) is a list's first (document, impact) from d on, or None."""

    ### BEGIN SOLUTION
    def postings(p):
        posting = p(0)
        while posting is not None:
            yield posting
            posting = p(posting[0] + 1)

    in_order = heapq.merge(*(postings(p) for p in lists))
    scored = ((d, sum(impact for _, impact in group)) for d, group in groupby(in_order, key=lambda posting: posting[0]))
    return heapq.nsmallest(k, scored, key=lambda pair: (-pair[1], pair[0]))
    ### END SOLUTION


# %% test="e4_scores" points=2 title="The best documents, with their scores"
def finds(table, k, note=""):
    calls, totals = [], Counter()
    for postings in table:
        totals.update(postings)
    best = sorted(totals.values(), reverse=True)[:k]
    check(search, [posting_list(postings, calls) for postings in table], k).note(f"{table if len(str(table)) < 300 else ''} {note}").satisfies(
        lambda pairs: [s for _, s in pairs] == best and all(totals[d] == s for d, s in pairs) and len({d for d, _ in pairs}) == len(best),
        f"documents with the scores {best}",
        idea="a document's score is the sum of its impacts on all lists; keep those with the greatest",
    )


finds([{0: 2, 4: 3}, {4: 2, 7: 2}], 2)
### BEGIN HIDDEN TESTS
finds([{5: 1, 6: 9}], 1)
finds([{0: 1}, {0: 1}, {0: 1}, {1: 2}], 1)
finds([{3: 4, 900000: 5}, {900000: 1, 900001: 1}], 3)
for seed in range(5):
    rng = seeded(seed)
    table = [{int(d): int(rng.integers(1, 50)) for d in rng.choice(60, size=size, replace=False)} for size in (3, 30, 12, 20)]
    finds(table, 1 + 4 * seed, f"(seed {seed})")
### END HIDDEN TESTS


# %% test="e4_ranking" points=1 title="The best first, ties by number, no more than there are"
def ranks(table, k, expected):
    check(search, [posting_list(dict(rows), []) for rows in table], k).note(f"lists {table}").equals(
        expected, idea="greater scores first, smaller documents first among equals; candidates are the documents on a list"
    )


ranks([[(0, 2), (4, 5)], [(7, 2)]], 3, [(4, 5), (0, 2), (7, 2)])
### BEGIN HIDDEN TESTS
ranks([[(1, 4), (2, 4), (3, 4), (9, 4)]], 2, [(1, 4), (2, 4)])
ranks([[(1, 3), (2, 3)], [(3, 3), (5, 7)]], 3, [(5, 7), (1, 3), (2, 3)])
ranks([[(6, 1)], [(2, 1)]], 10, [(2, 1), (6, 1)])
ranks([[], [(2, 1)], []], 1, [(2, 1)])
ranks([[], []], 4, [])
ranks([], 4, [])
### END HIDDEN TESTS


# %% test="e4_pass" points=2 title="One pass over the postings"
def one_pass(table, k, note):
    calls = []
    _ = check(search, [posting_list(dict(rows), calls) for rows in table], k).note(note).value(idea="the call comes to an end")
    most = len(table) + sum(map(len, table))
    check_value(f"number of calls, {note}", len(calls)).satisfies(
        lambda count: count <= most, f"at most {most}", idea="only the lists that had the document are asked again"
    )
    check_value(f"the numbers asked for, {note}", calls).satisfies(
        lambda asked: asked == sorted(asked), "never less than the one before", idea="all lists side by side, one document after the other"
    )


one_pass([[(0, 2), (4, 3)], [(4, 2), (7, 2)]], 1, "two short lists")
### BEGIN HIDDEN TESTS
one_pass([[(400, 1)], [(2, 1), (9000, 3)], [(9000, 2)]], 1, "documents far apart")
one_pass([[], [(3, 1)]], 2, "an empty list")
one_pass([[(d, 1) for d in range(60)], [(d, 2) for d in range(0, 60, 7)], [(59, 5)]], 5, "a long list and shorter ones")
for seed in range(3):
    rng = seeded(seed)
    one_pass([[(int(d), 1) for d in np.sort(rng.choice(90, size=n, replace=False))] for n in (5, 40, 25)], 3, f"seed {seed}")
### END HIDDEN TESTS

# %% [markdown]
r"""
## What cannot win need not be read

Sort a question's lists by the *greatest* impact that stands on each, their **bounds**. Suppose they are 1, 2 and 9, and the tenth best score so far, the **threshold** θ, is 3. A document that stands on the first two lists only can reach $1+2=3$ at the most: no more than θ. It may tie with the tenth best, but that one has the
smaller number, and ties go to it. So no document can enter that is not on the third list. The first two lists are **optional**: they need not be walked through any more, only asked about documents of the third. And even that only as long as it can matter: a document with an impact of 1
there may still reach $1+2+1=4$, so the second list is asked; if that has nothing, $1+1\le3$ settles the matter, and the first list is never asked.

That is **max-score** (Turtle and Flood, 1995). Nothing is estimated: the answer is that of the full evaluation, document by document. It needs impacts that are never negative, or a document without the word would beat the word's bound: another reason for the 1 in the idf. The threshold only rises, so a list that has become optional stays so. And it is the *frequent* words, with long lists and small bounds, that become optional first.

**Predict.** A question in a sentence, on the 1,200 notes, which know eleven of its words. How many of the eleven lists are still essential at the end?
"""

# %%
sentence = "what did the people have to say of the fever and the drug from this hospital in the end"
notes = counter.transform(lib.texts.values()).toarray().astype(float)
size, dfs = notes.sum(axis=1), np.maximum(1, np.count_nonzero(notes, axis=0))
words = sorted({t for t in terms(sentence) if t in counter.vocabulary_})
columns = [counter.vocabulary_[t] for t in words]
part = notes[:, columns]
impacts = np.ceil(100 * np.log((len(notes) + 1) / (dfs[columns] + 0.5)) * part * 2.2 / (part + 1.2 * (0.25 + 0.75 * size / size.mean())[:, None]))
order = np.argsort(impacts.max(axis=0), kind="stable")
reach = np.cumsum(impacts.max(axis=0)[order])
best, theta = [], []
for score in impacts.sum(axis=1):
    best = heapq.nlargest(10, [*best, score])
    theta.append(best[-1] if len(best) == 10 else 0)

# %%
fig, ax = plt.subplots(figsize=(6.6, 3.6))
_ = ax.step(range(len(theta)), theta, where="post", linewidth=2.5, linestyle="-", label="threshold: tenth best score so far")
for i, total in zip(order, reach, strict=True):
    if total < 1.6 * theta[-1]:
        _ = ax.axhline(total, color="0.5", linewidth=1, linestyle=":")
        _ = ax.text(1210, total, f"+ {words[i]}" if total > 50 else "", fontsize=8, va="center")
_ = ax.set(title="The threshold rises; list after list becomes optional", xlabel="documents seen", ylabel="score (hundredths)", xlim=(0, 1200))
_ = ax.legend(loc="lower right")
figures.show(
    fig,
    alt="The tenth best score against the number of documents seen: it rises steeply, then slowly. Horizontal lines are the summed bounds of the lists in "
    "ascending order; where the curve is above a line, all lists up to that one are optional.",
)
optional = int(np.count_nonzero(reach <= theta[-1]))
rows = np.count_nonzero(part, axis=0)
print(f"{len(words)} lists with {rows.sum():,} postings; optional at the end:", *(words[i] for i in order[:optional]))
print(f"essential: {', '.join(words[i] for i in order[optional:])}, with {rows[order[optional:]].sum():,} postings")

# %% [markdown]
r"""
Each dotted line adds one list to the sum of the bounds below it; *the* and *and* lie at the very bottom. The more the words of a question differ in weight, the more is saved. Three keywords of equal rarity are the hard case: then every list stays essential for long.
"""

# %% [markdown] exercise="e5" title="Skip what cannot win" level="stretch" minutes=40 exports=["maxscore"]
r"""
Write `maxscore(lists, bounds, k)`. `lists` and the result are as in exercise 4, ties included; `bounds[i]` is an integer, at least as great as every impact on list `i` (perhaps greater). All bounds are different. The functions may be called in any order, but not more often than max-score needs:

- For a document $d$ let θ be the $k$-th best score of the documents before $d$ that are on some list (0 if there are fewer than $k$). Take the lists by ascending bound: the longest run from the first one whose bounds sum to at most θ is *optional* at $d$, the other lists are *essential*.
- Each document $d$ on an essential list costs a call for every essential list that has it. Then the lists optional at $d$ are asked, whether they have it or not, the greatest bound first, a call each, as long as the score so far plus the bounds of the optional lists not yet asked is *more* than θ.
- For beginnings and ends, 3 calls more for each list.

So with `p` for `[(5, 9), (500, 8), (900, 7)]`, bound 9, `q` for the impact 1 on all even documents below 1000, bound 1, and $k=2$: after documents 0 and 2, θ is 1 and `q` is optional; 5 and 500 cost two calls each, 900 one, since $7+1\le9$. At most $2+2+2+1+6=13$ calls, and `maxscore([p, q], [9, 1], 2)` is `[(5, 9), (500, 9)]`.
"""

# %% [markdown] hints="e5" reading="Turtle and Flood (1995), on max-score; the section above"
r"""
1. If the lists are sorted by their bounds, one number says which of them are optional. When can it change?
2. Sums of the bounds up to each list, worked out beforehand, answer both questions: *is this list optional now?* and *can this document still get above θ?* Hold a current posting only for essential lists. When the best $k$ change, set θ, then see how far the optional run goes.
3. `reach = [0, *accumulate(bounds)]` (sorted). Loop: the smallest document among the current postings of the lists from `first` on; add up and advance those; for `i` from `first - 1` down: stop if `score + reach[i + 1] <= theta`, else ask list `i` for this very document. If `score > theta`, push
   `(score, -document)` on a heap, drop the smallest beyond $k$; once it holds $k$, θ is its smallest score; while `reach[first + 1] <= theta`, one list more is optional.
"""


# %% solution="e5"
def maxscore(lists, bounds, k):
    """The k best (document, score), the best first, without reading what cannot change them."""
    ### BEGIN SOLUTION
    order = sorted(range(len(lists)), key=lambda i: bounds[i])
    lists = [lists[i] for i in order]
    reach = [0, *accumulate(sorted(bounds))]  # reach[i]: the most that the lists before i can add together
    heads = [p(0) for p in lists]
    best, theta, first = [], 0, 0  # a heap of (score, -document); lists[first:] are essential
    while any(heads[first:]):
        document = min(head[0] for head in heads[first:] if head)
        score = 0
        for i in range(first, len(lists)):
            if heads[i] and heads[i][0] == document:
                score += heads[i][1]
                heads[i] = lists[i](document + 1)
        for i in reversed(range(first)):
            if score + reach[i + 1] <= theta:
                break
            posting = lists[i](document)
            if posting and posting[0] == document:
                score += posting[1]
        if score > theta:
            heapq.heappush(best, (score, -document))
            if len(best) > k:
                heapq.heappop(best)
            if len(best) == k:
                theta = best[0][0]
            while first < len(lists) and reach[first + 1] <= theta:
                first += 1
    return [(-negative, score) for score, negative in sorted(best, reverse=True)]
    ### END SOLUTION


# %% test="e5_same" points=2 title="The same scores as by reading everything"
def agrees(table, bounds, k, note=""):
    calls, totals = [], Counter()
    for postings in table:
        totals.update(postings)
    best = sorted(totals.values(), reverse=True)[:k]
    check(maxscore, [posting_list(postings, calls) for postings in table], bounds, k).note(note).satisfies(
        lambda pairs: [s for _, s in pairs] == best and all(totals[d] == s for d, s in pairs) and len({d for d, _ in pairs}) == len(best),
        f"documents with the scores {best}",
        idea="a list may be left alone only if all the optional lists together cannot lift a document above θ",
    )


agrees([{5: 9, 500: 8, 900: 7}, dict.fromkeys(range(0, 1000, 2), 1)], [9, 1], 2)
### BEGIN HIDDEN TESTS
agrees([{1: 5, 2: 3, 9: 3}, {2: 4, 3: 4, 9: 4}, {0: 6, 9: 1}], [5, 4, 6], 1, "three small bounds that add up")
agrees([{0: 3, 1: 1, 5: 3}, {0: 1, 1: 1, 5: 4}], [30, 40], 1, "bounds that are too large")
agrees([{3: 1}], [1], 5, "fewer documents than k")
agrees([{}, {}], [1, 2], 2, "no postings")
for seed in range(8):
    rng = seeded(seed)
    tops = (rng.choice(np.arange(2, 60), size=5, replace=False)).tolist()
    table = [
        {int(d): int(rng.integers(1, top + 1)) for d in rng.choice(150, size=int(rng.integers(5, 120)), replace=False)} for top in tops
    ]
    agrees(table, tops, 1 + seed, f"seed {seed}")
### END HIDDEN TESTS


# %% test="e5_ties" points=1 title="Of equal scores the smaller document"
def exactly(table, bounds, k, expected):
    check(maxscore, [posting_list(dict(rows), []) for rows in table], bounds, k).note(f"lists {table}").equals(
        expected, idea="documents come in ascending order, so one that only ties with the k-th best is too late"
    )


exactly([[(1, 4), (2, 4), (3, 4)]], [4], 2, [(1, 4), (2, 4)])
### BEGIN HIDDEN TESTS
exactly([[(1, 2), (4, 2), (6, 2)], [(2, 3), (4, 1), (6, 1)]], [2, 3], 2, [(2, 3), (4, 3)])
exactly([[(0, 1), (8, 1)], [(3, 5), (8, 4), (9, 5)]], [1, 5], 3, [(3, 5), (8, 5), (9, 5)])
exactly([[(0, 2), (1, 2), (2, 3)], [(7, 1)]], [3, 1], 3, [(2, 3), (0, 2), (1, 2)])
exactly([[(1, 4), (2, 4), (3, 4), (5, 4)]], [40], 2, [(1, 4), (2, 4)])
### END HIDDEN TESTS

# %% test="e5_calls" points=3 title="No more postings than max-score needs"
asked_for = []
rare = {5: 9, 500: 8, 900: 7}
_ = check(maxscore, [posting_list(rare, asked_for), posting_list(dict.fromkeys(range(0, 1000, 2), 1), asked_for)], [9, 1], 2).value(
    idea="the call comes to an end"
)
check_value("number of calls for the example", len(asked_for)).satisfies(
    lambda count: count <= 13, "at most 13", idea="once θ is 1, the long list is asked about documents of the short one only"
)


### BEGIN HIDDEN TESTS
def allowance(table, bounds, k):
    """Calls by the statement's rule, from the scores of all documents before each."""
    ranked = sorted(zip(bounds, table, strict=True), key=lambda pair: pair[0])
    seen, total = [], 3 * len(table)
    for d in sorted(set().union(*table)):
        bar = sorted(seen)[-k] if len(seen) >= k else 0
        sums = list(accumulate(bound for bound, _ in ranked))
        free = sum(s <= bar for s in sums)
        reached = sum(postings.get(d, 0) for _, postings in ranked[free:])
        if reached:
            total += sum(d in postings for _, postings in ranked[free:])
            for place in range(free - 1, -1, -1):
                if reached + sums[place] <= bar:
                    break
                total += 1
                reached += ranked[place][1].get(d, 0)
        seen.append(sum(postings.get(d, 0) for postings in table))
    return total


def within(table, bounds, k, note):
    calls = []
    _ = check(maxscore, [posting_list(postings, calls) for postings in table], bounds, k).note(note).value(idea="the call comes to an end")
    most = allowance(table, bounds, k)
    check_value(f"number of calls for {sum(map(len, table))} postings, {note}", len(calls)).satisfies(
        lambda count: count <= most, f"at most {most}", idea="which lists are optional at this θ, and when can a document no longer get above it?"
    )


every = dict.fromkeys(range(300), 3)
within([dict.fromkeys(range(0, 300, 50), 20), every, dict.fromkeys(range(300), 2)], [20, 3, 2], 3, "two frequent words and a rare one")
within([every, dict.fromkeys(range(300), 2), dict.fromkeys(range(300), 1)], [3, 2, 1], 1, "three words of all documents")
within([dict.fromkeys(range(300), 1), dict.fromkeys(range(100, 300), 2), {7: 90} | dict.fromkeys(range(8, 300), 4)], [1, 2, 90], 1, "one great score early")
within([{0: 20} | dict.fromkeys(range(1, 300), 16), {500: 4}], [20, 4], 1, "documents that can only tie")
within([{0: 20} | dict.fromkeys(range(1, 300), 16), {500: 5}, {500: 1}], [20, 5, 1], 1, "settled by the greater of two optional lists")
for seed in range(3):
    small = library.generate(seed=int(seeded(seed).integers(1, 10**6)), documents=80)
    bags = [Counter(library.terms(text)) for text in small.texts.values()]
    asks = ["the", "and", "of", *library.terms(small.queries["q01"])]
    drawn, tops = [], []
    for i, word in enumerate(asks):
        listed = {d: 1 + (8 + 30 * i) * bag[word] // (bag[word] + 1) for d, bag in enumerate(bags) if bag[word]}
        drawn.append(listed)
        tops.append(9 + 30 * i)
    within(drawn, tops, 3, f"a library of 80 documents, seed {seed}")
### END HIDDEN TESTS

# %% [markdown]
r"""
## In practice

- **Where the time goes.** An inverted list is read in compressed blocks; the saving is in blocks never decoded. Keep a bound for each *block* instead of one for the list and far more can be skipped (block-max: Ding and Suel, 2011; Lucene prunes so since version 8). A close relative, WAND (Broder and others, 2003), sorts the cursors by document instead of by bound.
- **The price of skipping.** Nobody knows any more how many documents match. An engine that prunes reports "more than 1,000 hits", and exact totals switch the pruning off. So does sorting by date.
- **Bounds age.** A bound depends on idf and on the mean length, and these move as documents come. Too large a bound only costs time. Too small a one *loses documents without a word*, and no test on small data notices.
- **Lengths are stored coarsely.** Lucene keeps one byte a document for its length. A field of a few words, a title, needs its own mean, or BM25 over fields (BM25F).
- **Parameters.** $k_1=1.2$ and $b=0.75$ come from news articles of the nineties. Tune on judged questions, and judge on *others* (day 7). A hundred times the size changes little about $k_1$; a new kind of document changes $b$.

## Summary

- The best $k$ take one comparison a document and a place for the few that enter; a sort takes $\log_2n$ for all.
- BM25: an idf that stays positive, a count that rises to a ceiling ($k_1$), a length that is held against a document only in part ($b$).
- Two curves by length show whom a normalisation favours; pivoting turns it about the point where it is fair.
- Document at a time: one cursor a list, each posting read once, every score final at once.
- Max-score leaves a list alone when all such lists together cannot reach the threshold: the same answer, exactly, for fewer postings.

## Reflection

A shop searches product pages (title, two lines of text) and customers' reviews (one line to five pages) in one index by BM25 with the usual parameters. Short praise ranks above detailed reviews. Write three to five sentences. Do they (1) say which parameter or normalisation is to blame, and by which hypothesis on length; (2) name a
measurement that shows it before anything is changed; (3) say what the change would mean for bounds that were stored with the index?
"""

# %% [markdown] reflection="reflection"
r"""
With $b=0.75$ a review of five pages is held to be wordy, but customers who write so much cover more points: that is scope, so $b$ is too large for reviews; and one mean length over pages and reviews makes short texts look better still. I would take judged questions, cut the reviews into bins of equal number by length, and draw the share of
relevant and of shown ones: if the second falls where the first rises, that is the proof. Then I would index reviews as a field of its own with its own mean and a smaller $b$. All stored impacts and bounds depend on both, so they must be recomputed: for documents longer than the mean the weights grow, and an old bound may be too small, which would lose results silently.
"""

# %% [markdown]
r"""
## Further reading

- *Introduction to Information Retrieval* (Manning, Raghavan, Schütze, 2008), 6.4: variants of tf-idf; read 6.4.4 on pivoted length with the two curves at hand. Beyond the planned chapter, 7.1: heaps and inexact shortcuts (today's are exact); 11.4.3: BM25 and where it comes from.
- Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009): from the probability ranking principle to BM25F; look for the verbosity and scope hypotheses.
- Singhal, Buckley and Mitra, "Pivoted Document Length Normalization" (1996): the curves, on real collections.
- Turtle and Flood, "Query evaluation: strategies and optimizations" (1995): term at a time against document at a time, and max-score for both.
"""
