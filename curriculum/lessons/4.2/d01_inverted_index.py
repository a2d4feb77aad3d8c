# %% [markdown]
r"""
You will build the data structure behind every search engine, let lists of documents meet without reading them in full, and answer queries with
AND, OR, NOT, brackets and phrases from it.

**You will be able to**

- **build** an inverted index with positions in one pass over the texts (exercise 1);
- **intersect** two postings lists in a number of questions that the shorter one sets (exercise 2);
- **find** phrases, and words near each other, from positions (exercise 3);
- **evaluate** Boolean queries by their grammar, NOT included (exercise 4);
- **compress** postings to a byte or two each, and recognise damaged ones (exercise 5).
"""

# %% [markdown]
r"""
## Warm-up

Two things that every programmer has met, and that today leans on:

1. Two sorted lists of lengths $m$ and $n$ are merged into one sorted list. How many comparisons does that take at the most? And if they
   come unsorted?
2. Where does `bisect_left(a, x)` point in a sorted list `a`, and how many entries of a list of 1,000,000 does it look at?

<details><summary>Answers</summary>

1. At most $m+n-1$: each comparison moves one entry out, and the last entry needs none. Unsorted, all $N=m+n$ entries have to be sorted,
   which takes about $N\log_2 N$ comparisons.
2. At the first entry that is not less than `x` (at the end if there is none). About 20, since $2^{20}\approx 10^6$.

</details>
"""

# %% setup=true
import re
import sqlite3
from bisect import bisect_left
from itertools import pairwise, permutations, product

import matplotlib.pyplot as plt
import numpy as np

from curriculum.lab import check, check_value, figures, library, seeded

figures.style()

# %% [markdown]
r"""
## A search that finds what nobody asked for

The section's library has 1,200 short texts. We look for those about a *port*, in the way that comes to mind first.
"""

# %%
lib = library.generate()
texts = {int(name[1:]): text for name, text in lib.texts.items()}
hits = [d for d, text in texts.items() if "port" in text]
print(f"{len(hits)} documents, and what stands in the first three:")
for d in hits[:3]:
    print(" ", next(line for line in re.split(r"(?<=\.)\s|\n+", texts[d]) if "port" in line))

# %% [markdown]
r"""
**Predict.** How many of all these documents have the word *port* in them?
"""

# %%
right = [d for d in hits if "port" in library.terms(texts[d])]
print(f"{len(right)} of {len(hits)}")
print("the others matched", sorted({w for d in hits for w in library.terms(texts[d]) if "port" in w} - {"port"}))
print(f"characters read for one query: {sum(map(len, texts.values())):,}")

# %% [markdown]
r"""
Two failures in one line. The result is wrong: most hits are *important* or have a *supporter*. And the cost is wrong: each query reads every
character of the collection, so ten times the texts take ten times as long, for a word that stands in thirty of them.

The first is cured by **tokens**. `library.terms` cuts a text into the section's tokens, runs of letters and digits in lower case; what a token
is, is a decision, and the index and the query must decide alike. The second is cured by turning the collection inside out.
"""

# %% [markdown]
r"""
## Inside out

One could store, for each word and each document, whether the word is there: a **term-document matrix** of zeros and ones. A query then reads
one row instead of all texts.

**Predict.** The library has 316 different words. Which share of its matrix is 1? And in real prose, the topics of Python's own help: more or less?
"""

# %%
words = {d: set(library.terms(text)) for d, text in texts.items()}
vocabulary = sorted(set().union(*words.values()))
ones = sum(map(len, words.values()))
print(f"library: {len(vocabulary)} × {len(texts)} cells, {ones / (len(vocabulary) * len(texts)):.1%} of them 1")

# %%
prose = [set(library.terms(text)) for text in library.pydoc_topics().values()]
cells = len(prose) * len(set().union(*prose))
print("Python's help: under a tenth of them 1:", sum(map(len, prose)) / cells < 0.1)

# %% [markdown]
r"""
The library has a small vocabulary and is still nine tenths zeros. In real prose most words are rare, new ones never stop coming, and the
matrix of a million documents would be almost nothing but zeros. So store the ones only. For each term, its documents in ascending order:

- the **dictionary** has the terms; for each it leads to
- a **postings list**, one *posting* for each document with the term. Its length is the **document frequency**, df.

Together they are the **inverted index** (IIR 1.2): a text maps places to words, the index maps words to places. A posting may also keep *where* in the
document the term stands. Positions count tokens, from 0, and count *all* of them: exercise 3 will need the true distances.

| document | text | | term | postings: (document, positions) |
| --- | --- | --- | --- | --- |
| 4 | `To be, or not to be` | | `be` | (4, [1, 5]), (9, [1]) |
| 9 | `Let be.` | | `let` | (9, [0]) |
| | | | `not` | (4, [3]) |
| | | | `or` | (4, [2]) |
| | | | `to` | (4, [0, 4]) |

Why ascending order matters you will see at once in the next section; how to get it costs nothing: read the documents in ascending order, and
append.
"""

# %% [markdown] exercise="e1" title="Build the index" level="warm-up" minutes=20 exports=["build_index"]
r"""
Write `build_index(texts)`. `texts` is a dict from a document's number (an integer, 0 or more) to its text; its keys come in any order. Return a dict from each term to
its postings list: pairs (tuples) of a document's number and the ascending list of the term's positions there. Each document with the term stands in the list
once, documents are ascending. Terms are those of `library.terms`, positions count them from 0 within each document.

`build_index({9: "Let be.", 4: "To be, or not to be"})` is

`{"to": [(4, [0, 4])], "be": [(4, [1, 5]), (9, [1])], "or": [(4, [2])], "not": [(4, [3])], "let": [(9, [0])]}`

(in any order of the terms). A document without a term adds nothing.
"""

# %% [markdown] hints="e1" reading="IIR 1.2"
r"""
1. In which order must you read the documents, so that no list ever has to be sorted?
2. Two loops: over the documents in ascending order, and over the enumerated terms of one. A new term gets an empty list. Is the document
   already the last one of the list? Then only the position is added.
3. `postings = index.setdefault(term, [])`; if it is empty or `postings[-1][0] != document`, append `(document, [])`; then
   `postings[-1][1].append(position)`.
"""


# %% solution="e1"
def build_index(texts):
    """Term -> its postings, ascending: pairs of a document and the positions of the term in it."""
    ### BEGIN SOLUTION
    index = {}
    for document in sorted(texts):
        for position, term in enumerate(library.terms(texts[document])):
            postings = index.setdefault(term, [])
            if not postings or postings[-1][0] != document:
                postings.append((document, []))
            postings[-1][1].append(position)
    return index
    ### END SOLUTION


# %% test="e1_documents" points=2 title="Each term leads to its documents, ascending, each once"
def has_documents(texts, expected, note):
    check(build_index, texts).note(note).satisfies(
        lambda index: {term: [posting[0] for posting in postings] for term, postings in index.items()} == expected,
        f"the documents {expected}",
        idea="read the documents in ascending order; a document is listed once, however often it has the term",
    )


has_documents({4: "To be, or not to be"}, {"to": [4], "be": [4], "or": [4], "not": [4]}, "one document")
has_documents({9: "Let be.", 4: "be"}, {"let": [9], "be": [4, 9]}, "two documents, the later one first")
### BEGIN HIDDEN TESTS
has_documents({}, {}, "no documents")
has_documents({0: "... !", 3: "", 12: "A-b A"}, {"a": [12], "b": [12]}, "two documents without a term")
for seed in range(4):
    rng = seeded(seed)
    drawn = {int(d): " ".join(rng.choice(list("vwxyz"), size=6)) for d in rng.permutation(40)[:25]}
    has_documents(
        drawn,
        {w: sorted(d for d, text in drawn.items() if w in text) for w in sorted({*"".join(drawn.values())} - {" "})},
        f"seed {seed}",
    )
### END HIDDEN TESTS

# %% test="e1_positions" points=2 title="Positions count all terms of the document"
where = {4: "To be, or not to be"}
check(build_index, where).satisfies(
    lambda index: dict(index["to"])[4] == [0, 4] and dict(index["be"])[4] == [1, 5] and dict(index["not"])[4] == [3],
    "to at 0 and 4, be at 1 and 5, not at 3",
    idea="positions count terms, not characters, and begin at 0",
)
### BEGIN HIDDEN TESTS
small = library.generate(seed=int(seeded(11).integers(1, 10**6)), documents=60)
numbered = {int(name[1:]): text for name, text in small.texts.items()}


def spelled_out(index):
    """The texts' terms, put together again from the index."""
    places = {(d, position): term for term, postings in index.items() for d, at in postings for position in at}
    return {d: [places[d, k] for k in range(len(library.terms(text)))] for d, text in numbered.items()}


check(build_index, numbered).note("a small library, seed 11").satisfies(
    lambda index: (
        spelled_out(index) == {d: library.terms(text) for d, text in numbered.items()}
        and sum(len(at) for postings in index.values() for _, at in postings)
        == sum(len(library.terms(text)) for text in numbered.values())
        and all(at == sorted(at) for postings in index.values() for _, at in postings)
    ),
    "from the ascending positions the text of each document can be put together again",
    idea="every occurrence has a posting's position, counted from 0 in its own document",
)
### END HIDDEN TESTS

# %% [markdown]
r"""
## Where two lists meet

*harbour AND storm*: the documents on both lists. Both are ascending, so two fingers are enough: compare what they point at; equal means found,
and both move on; else the finger at the smaller number moves on. It can never come back to that number on the other list, because what follows
there is greater still. This **merge** takes at most $m+n$ steps, and that is what order buys.
"""

# %%
postings = {term: [d for d in texts if term in words[d]] for term in vocabulary}


def merge(p, q):
    """The documents on both lists, and how many steps the two fingers took."""
    i = j = steps = 0
    both = []
    while i < len(p) and j < len(q):
        steps += 1
        if p[i] == q[j]:
            both.append(p[i])
        i, j = i + (p[i] <= q[j]), j + (q[j] <= p[i])
    return both, steps


for pair in (("harbour", "storm"), ("crosstie", "new")):
    p, q = (postings[term] for term in pair)
    both, steps = merge(p, q)
    print(f"{' AND '.join(pair)}: lists of {len(p)} and {len(q)}, {len(both)} in common, {steps} steps")
    print("   the same by Python's sets:", both == sorted({*p} & {*q}))

# %% [markdown]
r"""
In the second query a rare term meets a frequent one, and the merge walks through hundreds of *new* to settle 58 of *crosstie*.

**Predict.** You hold a dictionary of 600 pages and a list of 58 words to look up. Do you leaf through all pages?
"""


# %%
def leap(p, q):
    """The entries of q that are looked at when it is asked, for each of p, for the first that is not less."""
    spots = (bisect_left(q, d) for d in p)
    return sorted({q[k] for k in spots if k < len(q)})


rare, frequent = postings["crosstie"], postings["new"]
walked = [d for d in frequent if d <= rare[-1]]
jumped = leap(rare, frequent)
print(f"postings of 'new' that come up: merge {len(walked)}, leaps {len(jumped)}")

# %%
fig, ax = plt.subplots(figsize=(6.6, 2.4))
_ = ax.eventplot([rare, jumped, walked], lineoffsets=[3, 2, 1], linelengths=0.6, colors=figures.OKABE_ITO[:3])
_ = ax.set_yticks([3, 2, 1], ["crosstie", "new, by leaps", "new, by merging"])
_ = ax.set(title="Leaps touch no more postings than the rare list has", xlabel="document (number)", xlim=(0, 400))
_ = ax.grid(visible=False)
figures.show(
    fig,
    alt="Postings up to document 400: by leaps, the frequent list is touched about once for each posting of the rare one; merging touches all of it.",
)

# %% [markdown]
r"""
All that a leap needs is one question to a list: *what is your first document from $d$ on?* Lucene's iterators answer it (`advance`), and so do databases when they
join by indexes. How the list finds the answer is its own business: by bisection, by galloping (steps of 1, 2, 4, … and then back), or by **skip pointers**, shortcuts stored
every $\sqrt{n}$ postings or so (IIR 2.3). The two lists take turns: each answer is the next question to the other one.

How many questions? Let the shorter list have $m$ postings. Its answers only go up, so it can give at most $m$ different ones. Each comes up once, perhaps a second time when the other list has leapt to the same
document and asks back, and each time the other list gets one question too. That is your bound below: four times $m$, and a few at the end; $n$ does not occur in it.
"""

# %% [markdown] exercise="e2" title="Intersect by leaps" level="core" minutes=25 exports=["intersect"]
r"""
A list is given as a function: `p(d)` returns the first document of the list that is `d` or greater, and `None` if there is none. Documents are integers, 0 or more.

Write `intersect(p, q)` for two such functions: the ascending list of the documents that are on both lists. With $m$ and $n$ postings on them, the two functions together are
called at most $4\min(m,n)+4$ times.

If `p` stands for `[0, 3, 8]` and `q` for `[0, 1, 2, 8, 9]`, then `p(1)` is `3`, `q(10)` is `None`, and `intersect(p, q)` is `[0, 8]`.
"""

# %% [markdown] hints="e2" reading="IIR 1.3 and 2.3"
r"""
1. `p` has answered 3. Is there any point in asking `q` for 1 or 2?
2. Hold one candidate, a document of `p`. Ask `q` for it. The answer is the candidate (found), or greater (then what must `p` be asked?), or `None`.
3. `d = p(0)`; as long as `d` is not `None`: `e = q(d)`; stop if that is `None`; if `e == d`, keep it and go on with `d = p(d + 1)`, else with
   `d = p(e)`. Document 0 is a document: compare with `None`.
"""


# %% solution="e2"
def intersect(p, q):
    """The ascending documents of both lists; p(d) and q(d) are the first document from d on, or None."""
    ### BEGIN SOLUTION
    both = []
    candidate = p(0)
    while candidate is not None:
        answer = q(candidate)
        if answer is None:
            break
        if answer == candidate:
            both.append(candidate)
            answer += 1
        candidate = p(answer)
    return both
    ### END SOLUTION


# %% test="e2_value" points=2 title="The documents of both lists"
def as_function(documents, calls):
    def first_from(d):
        calls.append(d)
        if len(calls) > 3000:
            raise RuntimeError("asked 3,000 times: this never ends")
        place = bisect_left(documents, d)
        return documents[place] if place < len(documents) else None

    return first_from


def meets(a, b, note=""):
    calls = []
    check(intersect, as_function(a, calls), as_function(b, calls)).note(f"p = {a[:12]}, q = {b[:12]} {note}").equals(
        [d for d in a if d in b], idea="a document counts when one list answers with just what it was asked for"
    )


meets([0, 3, 8], [0, 1, 2, 8, 9])
### BEGIN HIDDEN TESTS
for a, b in (([], []), ([5], []), ([], [5]), ([7], [7]), ([1, 2], [3, 4]), ([3, 4], [1, 2]), ([0], [0, 1])):
    meets(a, b)
for a, b in (([1, 2, 3, 4], [2, 3]), ([2, 3], [1, 2, 3, 4]), ([2, 4, 6], [1, 3, 5, 6, 7])):
    meets(a, b)
for seed in range(5):
    rng = seeded(seed)
    a, b = (sorted(rng.choice(60, size=size, replace=False).tolist()) for size in (8 + 5 * seed, 30))
    meets(a, b, f"(seed {seed})")
### END HIDDEN TESTS


# %% test="e2_calls" points=2 title="The shorter list sets the number of questions"
def questions(a, b, note):
    calls = []

    def ask(documents):
        def first_from(d):
            calls.append(d)
            if len(calls) > 3000:
                raise RuntimeError("asked 3,000 times: this never ends")
            place = bisect_left(documents, d)
            return documents[place] if place < len(documents) else None

        return first_from

    _ = check(intersect, ask(a), ask(b)).value(idea="the call comes to an end")
    most = 4 * min(len(a), len(b)) + 4
    check_value(f"number of calls, {note}", len(calls)).satisfies(
        lambda count: count <= most, f"at most {most}", idea="ask each list for what the other has just answered"
    )


questions([100, 900], list(range(1000)), "two documents against a thousand")
### BEGIN HIDDEN TESTS
questions(list(range(1000)), [100, 900], "a thousand documents against two")
questions(list(range(0, 2000, 2)), [999], "a thousand documents against one that is not among them")
questions([], list(range(1000)), "nothing against a thousand documents")
questions(list(range(500)), list(range(500, 1000)), "all of one before all of the other")
questions(list(range(300, 600)), [*range(0, 10), *range(700, 720)], "one list in a hole of the other")
for seed in range(3):
    rng = seeded(seed)
    few, many = (sorted(rng.choice(5000, size=size, replace=False).tolist()) for size in (12, 900))
    questions(few, many, f"12 against 900, seed {seed}")
    questions(many, few, f"900 against 12, seed {seed}")
### END HIDDEN TESTS

# %% [markdown]
r"""
## Three terms, six orders

AND is associative, so *a AND b AND c* may begin with any pair. The rule of thumb: in **ascending df**, because the intermediate result is never longer
than the shortest list so far (IIR 1.3). Is that order always the cheapest? Let us count merge steps for 300 random triples of terms.
"""


# %%
def steps_in(order):
    """Merge steps when the terms are intersected in this order."""
    result, total = postings[order[0]], 0
    for term in order[1:]:
        result, steps = merge(result, postings[term])
        total += steps
    return total


# %%
rng = np.random.default_rng(3)
topical = sorted({word for own in lib.topics.values() for word in own})
ratio = []
for _ in range(300):
    triple = rng.choice(topical, size=3, replace=False).tolist()
    by_df = steps_in(sorted(triple, key=lambda term: (len(postings[term]), term)))
    ratio.append(by_df / min(steps_in(order) for order in permutations(triple)))
print(f"the order by df is not the cheapest: {np.mean(np.array(ratio) > 1):.0%} of the triples")

# %%
fig, ax = plt.subplots(figsize=(5.6, 2.6))
_ = ax.hist(ratio, bins=np.arange(0.975, 1.8, 0.05), color=figures.OKABE_ITO[0])
_ = ax.set(title="Ascending df: mostly best, sometimes not", xlabel="steps, relative to the best order", ylabel="triples")
figures.show(
    fig,
    alt="Histogram of 300 triples: for most the order by df takes as few steps as the best order; for some up to 1.7 times as many.",
)

# %% [markdown]
r"""
A rule of thumb, then, and no theorem: df says how long two lists are, not how much they have in common. If the two *longest* lists have no document in common,
beginning with them leaves nothing to merge, while the order by df may have to walk through a long list twice. An engine does not know that beforehand, so it sorts by df and is right
more often than not.

## Words in a row

*new railway* as two words with AND finds documents in which somebody new and a railway appear anywhere.

**Predict.** In how many of those do the two stand side by side?
"""

# %%
both, _ = merge(postings["new"], postings["railway"])
row = [d for d in both if " new railway " in f" {' '.join(library.terms(texts[d]))} "]
print(f"new AND railway: {len(both)} documents; 'new railway': {len(row)}")

# %% [markdown]
r"""
For a **phrase** the documents must agree and so must the positions: if *new* stands at $a$, *railway* must stand at $a+1$. Some slack is often wanted: with a *slop* of $k$, up to $k$
other terms may stand in each gap, so the next position $b$ satisfies $a<b\le a+1+k$.
Whoosh counts like that too (day 2); Lucene's slop is one budget for the moves of the whole phrase, and SQLite's `NEAR` takes the words in any order.

Two mistakes are waiting here. A word may occur several times, and the first occurrence need not be the one that leads on: in *to be, or not to be; that* the phrase
*to be that* begins at the second *to*. Nor need it be the nearest one: with a slop of 1, *a b b x c* has *a b c* by its second *b* only. So follow *all* positions at which the phrase can have come so far. And a phrase may repeat a word (*had had*), which then needs two different positions.
"""

# %% [markdown] exercise="e3" title="Find phrases" level="core" minutes=30 exports=["phrase"]
r"""
Write `phrase(index, words, slop=0)`. `index` is built as in exercise 1: a dict from a term to ascending pairs (document, ascending positions). `words` is a list of one or more terms. Return the
ascending list of the documents with positions $p_1,p_2,\dots$ of the words, in their order, such that

$$p_i<p_{i+1}\le p_i+1+\texttt{slop}\qquad\text{for each gap.}$$

A word that is not in the index is in no document.

With `index = {"to": [(4, [0, 4])], "be": [(4, [1, 5]), (9, [1])], "or": [(4, [2])], "not": [(4, [3])], "let": [(9, [0])]}`: `phrase(index, ["to", "be"])` is `[4]`,
`phrase(index, ["be", "to"])` is `[]`, and `phrase(index, ["be", "to"], slop=2)` is `[4]`: two terms stand between.
"""

# %% [markdown] hints="e3" reading="IIR 2.4"
r"""
1. For one document: if you know all positions at which the first $i$ words can end, at which can the first $i+1$ end?
2. Begin with all positions of the first word. For each further word keep those of its positions that have some kept one shortly before them. A document
   is found if something is left at the end.
3. `dict(index.get(word, []))` gives the positions by document. Then, word after word: `ends = [b for b in here if any(a < b <= a + 1 + slop for a in ends)]`.
"""


# %% solution="e3"
def phrase(index, words, slop=0):
    """The ascending documents that have the words in a row, with up to slop other terms in each gap."""
    ### BEGIN SOLUTION
    first, *others = [dict(index.get(word, [])) for word in words]
    found = []
    for document, ends in first.items():
        for places in others:
            ends = [b for b in places.get(document, []) if any(a < b <= a + 1 + slop for a in ends)]
        if ends:
            found.append(document)
    return found
    ### END SOLUTION


# %% test="e3_row" points=2 title="Words side by side, in their order"
def positions_of(texts):
    tokens = {d: text.split() for d, text in sorted(texts.items())}
    return {
        word: [(d, [k for k, w in enumerate(row) if w == word]) for d, row in tokens.items() if word in row]
        for word in {w for row in tokens.values() for w in row}
    }


def side_by_side(texts, words, note=""):
    padded = {d: f" {text} " for d, text in sorted(texts.items())}
    check(phrase, positions_of(texts), words).note(f"texts {texts} {note}").equals(
        [d for d, text in padded.items() if f" {' '.join(words)} " in text],
        idea="keep all positions at which the phrase can have come so far, and ask for the very next one",
    )


side_by_side({4: "to be or not to be", 9: "let be"}, ["to", "be"])
side_by_side({4: "to be or not to be", 9: "let be"}, ["be", "to"])
### BEGIN HIDDEN TESTS
side_by_side({1: "to be or not to be that", 2: "to that be"}, ["to", "be", "that"])
side_by_side({3: "he had a hat", 5: "she had had a hat", 6: "had he had"}, ["had", "had"])
side_by_side({3: "a a", 5: "a a a"}, ["a", "a", "a"])
side_by_side({0: "storm", 7: "a storm", 8: "a"}, ["storm"])
side_by_side({1: "a b c", 2: "a x b c", 3: "a b x c", 4: "b c a"}, ["a", "b", "c"])
for seed in range(6):
    rng = seeded(seed)
    drawn = {int(d): " ".join(rng.choice(list("abc"), size=7)) for d in range(0, 30, 3)}
    side_by_side(drawn, [str(w) for w in rng.choice(list("abc"), size=2 + seed % 3)], f"(seed {seed})")
### END HIDDEN TESTS


# %% test="e3_slop" points=2 title="So many other terms in each gap"
def nearby(texts, words, slop, note=""):
    tokens = {d: text.split() for d, text in sorted(texts.items())}
    index = {
        w: [(d, [k for k, v in enumerate(row) if v == w]) for d, row in tokens.items() if w in row]
        for w in {w for row in tokens.values() for w in row}
    }
    expected = [
        d
        for d, row in tokens.items()
        if any(
            all(0 < right - left <= slop + 1 for left, right in pairwise(places))
            for places in product(*([k for k, v in enumerate(row) if v == w] for w in words))
        )
    ]
    check(phrase, index, words, slop=slop).note(f"texts {texts} {note}").equals(
        expected, idea="each gap may hold that many other terms, and each gap is judged by itself"
    )


nearby({4: "to be or not to be", 9: "let be"}, ["be", "to"], 2)
nearby({4: "to be or not to be", 9: "let be"}, ["be", "to"], 1)
### BEGIN HIDDEN TESTS
nearby({1: "a x b x c", 2: "a x x b c", 3: "a b x c", 4: "c b a"}, ["a", "b", "c"], 1)
nearby({1: "b x a", 2: "b a", 3: "a x x b"}, ["a", "b"], 2)
nearby({1: "a b b x c", 2: "a b x b b x x c", 3: "a b x x c"}, ["a", "b", "c"], 1)
nearby({1: "a b c b", 2: "a x b c x b", 3: "a c b"}, ["a", "b", "c"], 2)
for seed in range(6):
    rng = seeded(seed)
    drawn = {int(d): " ".join(rng.choice(list("abcx"), size=9)) for d in range(1, 30, 4)}
    nearby(drawn, [str(w) for w in rng.permutation(list("abc"))], 1 + seed % 3, f"(seed {seed})")
### END HIDDEN TESTS

# %% test="e3_absent" points=1 title="A word that is in no document"
small = {"be": [(4, [1, 5]), (9, [1])], "to": [(4, [0, 4])]}
check(phrase, small, ["to", "sleep"]).equals([], idea="a word that the index does not know has an empty list")
### BEGIN HIDDEN TESTS
check(phrase, small, ["sleep"]).equals([], idea="a word that the index does not know has an empty list")
check(phrase, small, ["sleep", "to", "be"], slop=3).equals([], idea="no word of a phrase may be left out")
check(phrase, {}, ["to", "be"]).equals([], idea="in an empty index there is nothing to find")
### END HIDDEN TESTS

# %% [markdown]
r"""
## What does *harbour OR port AND storm OR gale* mean?

Whoever types it means: a harbour or a port, in a storm or a gale. A machine has to follow a grammar.
"""

# %%
harbour, port, storm, gale = ({*postings[w]} for w in ("harbour", "port", "storm", "gale"))
print("as it was meant:       ", len((harbour | port) & (storm | gale)))
print("AND before OR:         ", len(harbour | (port & storm) | gale))
print("from the left to right:", len(((harbour | port) & storm) | gale))

# %% [markdown]
r"""
Three readings, three results. The usual one, and ours: **NOT** binds tightest, then **AND**, then **OR**; brackets overrule. As a grammar, with one rule a level:

```text
query  = both { "OR" both }
both   = single { "AND" single }
single = "NOT" single | "(" query ")" | word
```

Each rule becomes a function that takes from the front of the query what belongs to it, and returns the documents: a **recursive descent** parser. The precedence is in who calls whom: *query* cannot get
at an AND, since *both* has already taken it.

And NOT? The documents *without* the term, of **all** documents, also those in which no other word of the query stands. So NOT needs to know the whole collection. (Taken
literally that is expensive: *NOT crosstie* is nearly everything. Engines evaluate *a AND NOT b* by going along $a$ and leaping in $b$, and many refuse a NOT that stands alone.)
"""

# %% [markdown] exercise="e4" title="Answer Boolean queries" level="core" minutes=45 exports=["boolean"]
r"""
Write `boolean(index, documents, query)`. `index` is a dict from a term to the ascending list of its documents; `documents` is the ascending list of all documents. Return the ascending list
of the documents that satisfy `query`, a text of words, operators and brackets, by the grammar above:

- words and operators are runs of letters and digits, with blanks between them; `(` and `)` may stand with or without blanks;
- `AND`, `OR` and `NOT` in capitals are operators. Any other run is a word, `and` and `Or` too; words are looked up in lower case. A word that is not in the index is in no document;
- `NOT` is relative to all of `documents`;
- a query that the grammar does not allow raises `ValueError`: nothing at all, an operator that lacks something, two words side by side, a bracket without its partner, an empty pair of brackets.

With `index = {"ship": [1, 3], "storm": [2, 3]}` and `documents = [0, 1, 2, 3]`: `boolean(index, documents, "ship AND storm")` is `[3]`, `"NOT ship OR Storm"` gives `[0, 2, 3]`,
`"NOT (ship OR storm)"` gives `[0]`, and `"ship storm"` raises `ValueError`.
"""

# %% [markdown] hints="e4" reading="IIR 1.3"
r"""
1. Cut the query into a list of tokens first. Which function should see an `OR`, and which must never take one?
2. Three inner functions, one for each line of the grammar, share the list of tokens and take from its front. Each returns a set of documents. After the outermost one nothing may be left over.
3. `tokens = re.findall(r"\w+|[()]", query)`. `query()`: `found = both()`, and while the next token is `"OR"`, drop it and `found |= both()`. `both()` likewise, with `"AND"` and `single()`. `single()` takes one token:
   for `"NOT"` the difference of all documents and `single()`, for `"("` a `query()` after which `")"` must come; no token at all, `")"`, `"AND"` and `"OR"` are errors.
"""


# %% solution="e4"
def boolean(index, documents, query):
    """The ascending documents that satisfy a query with AND, OR, NOT and brackets; ValueError if it is malformed."""
    ### BEGIN SOLUTION
    tokens = re.findall(r"\w+|[()]", query)

    def take(token):
        return bool(tokens) and tokens[0] == token and bool(tokens.pop(0))

    def either():
        found = both()
        while take("OR"):
            found = found | both()
        return found

    def both():
        found = single()
        while take("AND"):
            found = found & single()
        return found

    def single():
        if take("NOT"):
            return set(documents) - single()
        if take("("):
            found = either()
            if not take(")"):
                raise ValueError("a bracket is not closed")
            return found
        if not tokens or tokens[0] in ("AND", "OR", ")"):
            raise ValueError("a word is missing")
        return set(index.get(tokens.pop(0).lower(), []))

    found = either()
    if tokens:
        raise ValueError(f"what is {tokens[0]} here for?")
    return sorted(found)
    ### END SOLUTION


# %% test="e4_precedence" points=3 title="NOT before AND before OR, and brackets"
def answers(query, expected, note=""):
    index = {"a": [1, 3, 5, 7], "b": [2, 3, 6, 7], "c": [4, 5, 6, 7]}
    check(boolean, index, [1, 2, 3, 4, 5, 6, 7], query).note(f"index {index} {note}").equals(
        sorted(expected), idea="one function for each line of the grammar; the tightest operator is taken first"
    )


answers("a AND b", {3, 7})
answers("a OR b AND c", {1, 3, 5, 6, 7})
answers("(a OR b) AND c", {5, 6, 7})
### BEGIN HIDDEN TESTS
answers("a", {1, 3, 5, 7})
answers("a AND b OR c", {3, 4, 5, 6, 7})
answers("NOT a AND b", {2, 6})
answers("NOT a OR b", {2, 3, 4, 6, 7})
answers("NOT(a AND b)", {1, 2, 4, 5, 6})
answers("NOT NOT a", {1, 3, 5, 7})
answers("((a))AND(((b)OR c))", {3, 5, 7})
answers("a AND NOT b AND NOT c", {1})
answers("a AND NOT a AND b", set())
answers("(a OR NOT a OR b) AND c", {4, 5, 6, 7})
spread = [2, 10, 33, 100, 257, 1000]
listed = {"a": [10, 33, 1000], "b": [2, 1000], "c": [100, 257]}
check(boolean, listed, spread, "a OR NOT a").equals(spread, idea="the documents come in ascending order of their numbers")
EVERY = {1, 2, 3, 4, 5, 6, 7}


def drawn_query(rng, depth):
    """A random query, its documents, and how tightly it binds: 0 for OR, 1 for AND, 2 for the rest."""
    kind = int(rng.integers(4)) if depth else 3
    if kind == 3:
        place = int(rng.integers(3))
        return "abc"[place], {d for d in EVERY if d >> place & 1}, 2
    text, docs, binds = drawn_query(rng, depth - 1)
    if kind == 2:
        return f"NOT {text}" if binds == 2 else f"NOT ({text})", EVERY - docs, 2
    other, more, tight = drawn_query(rng, depth - 1)
    parts = [t if how >= kind else f"({t})" for t, how in ((text, binds), (other, tight))]
    return f" {('OR', 'AND')[kind]} ".join(parts), docs & more if kind else docs | more, kind


for seed in range(12):
    text, docs, _ = drawn_query(seeded(seed), 4)
    answers(text, docs, f"(seed {seed})")
### END HIDDEN TESTS

# %% test="e4_not" points=1 title="NOT is relative to all documents"
fleet = {"ship": [1, 3], "storm": [2, 3]}
check(boolean, fleet, [0, 1, 2, 3], "NOT (ship OR storm)").equals([0], idea="document 0 has neither word, and counts")
### BEGIN HIDDEN TESTS
check(boolean, fleet, [0, 1, 2, 3], "NOT ship").equals([0, 2], idea="all documents, less those with the word")
check(boolean, fleet, [0, 1, 2, 3, 8, 9], "NOT storm AND NOT ship").equals(
    [0, 8, 9], idea="documents without any word of the query are documents too"
)
check(boolean, {}, [4, 6], "NOT ship").equals([4, 6], idea="if nobody has the word, all documents lack it")
### END HIDDEN TESTS

# %% test="e4_words" points=1 title="Words in lower case, operators in capitals"
fleet = {"ship": [1, 3], "storm": [2, 3], "and": [2], "or": [1]}
check(boolean, fleet, [0, 1, 2, 3], "SHIP AND Storm").equals([3], idea="words are looked up in lower case")
### BEGIN HIDDEN TESTS
check(boolean, fleet, [0, 1, 2, 3], "and").equals([2], idea="in small letters it is a word like any other")
check(boolean, fleet, [0, 1, 2, 3], "ship OR And").equals([1, 2, 3], idea="only the capitals make an operator")
check(boolean, fleet, [0, 1, 2, 3], "(Or) AND ship").equals([1], idea="only the capitals make an operator")
check(boolean, fleet, [0, 1, 2, 3], "not OR Not").equals([], idea="only the capitals make an operator")
check(boolean, fleet, [0, 1, 2, 3], "ship AND pier7").equals([], idea="an unknown word is in no document")
check(boolean, {**fleet, "pier7": [0, 3]}, [0, 1, 2, 3], "Pier7").equals([0, 3], idea="a word may have digits")
check(boolean, fleet, [0, 1, 2, 3], "unknown AND ship").equals([], idea="an unknown word is in no document")
check(boolean, fleet, [0, 1, 2, 3], "NOT unknown AND storm").equals([2, 3], idea="an unknown word is in no document")
### END HIDDEN TESTS

# %% test="e4_malformed" points=1 title="What the grammar does not allow is refused"
fleet = {"ship": [1, 3], "storm": [2, 3]}
check(boolean, fleet, [0, 1, 2, 3], "ship storm").raises(ValueError, idea="between two words an operator is missing")
### BEGIN HIDDEN TESTS
for query in ("", "  ", "AND", "NOT", "ship AND", "OR ship", "ship NOT storm", "ship OR AND storm", "ship AND NOT"):
    check(boolean, fleet, [0, 1, 2, 3], query).raises(ValueError, idea="each operator needs what the grammar gives it")
for query in ("(ship", "ship)", "()", "ship AND ()", ")ship(", "(ship) (storm)", "ship (storm)", "((ship) OR storm"):
    check(boolean, fleet, [0, 1, 2, 3], query).raises(ValueError, idea="brackets come in pairs around a query")
### END HIDDEN TESTS

# %% [markdown]
r"""
## The same by an engine that ships with Python

SQLite's full-text search, FTS5, is an inverted index with Boolean queries and phrases. Two things differ in its grammar: NOT stands between two queries (*a NOT b*), as
engines prefer it, and two words side by side, which we refuse, mean AND there, one that binds tighter than all written operators.
"""

# %%
base = sqlite3.connect(":memory:")
_ = base.execute("CREATE VIRTUAL TABLE pages USING fts5(body)")
_ = base.executemany("INSERT INTO pages(rowid, body) VALUES (?, ?)", texts.items())


def engine(query):
    return {row for (row,) in base.execute("SELECT rowid FROM pages WHERE pages MATCH ?", [query])}


print("AND before OR:", engine("harbour OR port AND storm OR gale") == harbour | (port & storm) | gale)
print("a NOT b:      ", engine("harbour NOT storm") == harbour - storm)
print("side by side: ", engine("harbour NOT port storm") == harbour - (port & storm))
print("phrase:       ", engine('"new railway"') == set(row))

# %% [markdown]
r"""
It even shows its postings: term, document, position. And those are just what a scan of our texts gives.
"""

# %%
_ = base.execute("CREATE VIRTUAL TABLE inside USING fts5vocab(pages, 'instance')")
stored = base.execute("SELECT doc, offset FROM inside WHERE term = 'crosstie' ORDER BY doc, offset").fetchall()
scanned = [(d, k) for d in texts for k, term in enumerate(library.terms(texts[d])) if term == "crosstie"]
print(stored[:5], stored == scanned)
base.close()

# %% [markdown]
r"""
## Small numbers

A document's number takes four bytes as an integer of fixed size. But a list is ascending, so its **gaps** (each document less the one before; the first one as it is) say the same, and where a list is long,
its gaps are small: a term in half of the documents has gaps of 2 on average.

**Predict.** How many of the gaps of *new* need more than seven bits?
"""

# %%
print("term       df  average gap  4 bytes each  7 bits a byte")
for term in ("new", "crosstie", "gale"):
    gaps = [b - a for a, b in pairwise([0, *postings[term]])]
    squeezed = sum(max(1, -(-gap.bit_length() // 7)) for gap in gaps)
    print(f"{term:9} {len(gaps):>3}  {np.mean(gaps):>11.1f}  {4 * len(gaps):>12}  {squeezed:>13}")

# %% [markdown]
r"""
The last column is **variable-byte coding** (IIR 5.3): a gap is written in digits of base 128, one digit a byte, the most significant first, without leading zeros. That uses seven of the eight bits. The
eighth marks the *last* byte of a number, which gets 128 added, so that the numbers can be told apart without separators:

| document | gap | digits in base 128 | bytes |
| --- | --- | --- | --- |
| 5 | 5 | 5 | 133 |
| 300 | 295 | 2, 39 | 2, 167 |
| 301 | 1 | 1 | 129 |

So [5, 300, 301] takes four bytes instead of twelve. What is lost is the right to jump: to know the tenth document, one must add up ten gaps. That is why engines cut
lists into blocks of 128 or so and keep the first document of each uncompressed: the skip pointers again.

A code with so few rules leaves gaps of its own: many byte strings are *no* list's encoding. A reader that takes them for one returns wrong documents without a word.
"""

# %% [markdown] exercise="e5" title="Compress postings" level="stretch" minutes=30 exports=["encode", "decode"]
r"""
A postings list here is a list of strictly ascending integers, the first one 0 or more; numbers may be large ($2^{60}$ and beyond). Its encoding is as above: gaps (the first document counts as a gap from 0), each in digits of base 128, most significant first, no leading
zero digits (the gap 0, which only a document 0 has, is the one digit 0), a byte a digit, 128 added to the last byte of each gap.

- `encode(postings)`: the encoding as `bytes`. `ValueError` if the integers are not strictly ascending or one is negative.
- `decode(data)`: the list that `data` is the encoding of. `ValueError` if `data` is not the encoding of any list: if it ends within a number, has a leading zero digit, or a gap of 0 after the first.

`encode([5, 300, 301])` is `bytes([133, 2, 167, 129])`, and `decode` leads back. The empty list is `b""`; `encode([0])` is `bytes([128])`.
"""

# %% [markdown] hints="e5" reading="IIR 5.3.1"
r"""
1. How do you get the decimal digits of a number, from the last to the first? Here it is the same, with 128. And which one question tells whether some bytes are *the* encoding of a list?
2. `encode`: check the order first; for each gap collect `gap % 128`, divide, repeat until nothing is left, and turn the digits around. `decode`: number = number · 128 + digit; from 128 on it is the last digit: add
   the number to the document so far.
3. After decoding, encode what you have got: if that is not `data`, then `data` was no encoding.
"""


# %% solution="e5"
def encode(postings):
    """Strictly ascending documents as gaps in base 128, the last byte of each marked by 128; else ValueError."""
    ### BEGIN SOLUTION
    if any(a >= b for a, b in pairwise([-1, *postings])):
        raise ValueError("documents must be 0 or more, and strictly ascending")
    data = []
    for before, document in pairwise([0, *postings]):
        rest, last = divmod(document - before, 128)
        digits = [last + 128]
        while rest:
            rest, digit = divmod(rest, 128)
            digits.append(digit)
        data += reversed(digits)
    return bytes(data)
    ### END SOLUTION


def decode(data):
    """The documents that these bytes encode; ValueError if they encode nothing."""
    ### BEGIN SOLUTION
    postings, document, gap = [], 0, 0
    for byte in data:
        gap = 128 * gap + byte % 128
        if byte >= 128:
            document += gap
            postings.append(document)
            gap = 0
    if encode(postings) != data:
        raise ValueError("no list has this encoding")
    return postings
    ### END SOLUTION


# %% test="e5_encode" points=2 title="Gaps in base 128, the last byte marked"
check(encode, [5, 300, 301]).equals(bytes([133, 2, 167, 129]), idea="encode the gaps, the most significant digit first")
### BEGIN HIDDEN TESTS
check(encode, []).equals(b"", idea="no documents, no bytes")
check(encode, [0]).equals(bytes([128]), idea="the number 0 has one digit")
check(encode, [0, 1, 128]).equals(bytes([128, 129, 255]), idea="127 is the greatest number of one digit")
check(encode, [128]).equals(bytes([1, 128]), idea="128 has two digits, 1 and 0")
check(encode, [16383, 32767]).equals(bytes([127, 255, 1, 0, 128]), idea="the number of digits grows at 128²")
check(encode, [2**63, 2**63 + 129]).equals(bytes([1, *[0] * 8, 128, 1, 129]), idea="as many digits as the gap needs")
check(encode, [2**63 - 1]).equals(bytes([*[127] * 8, 255]), idea="whole numbers stay exact, however large; floats do not")
### END HIDDEN TESTS

# %% test="e5_decode" points=2 title="Back to the same documents"
check(decode, bytes([133, 2, 167, 129])).equals([5, 300, 301], idea="add up the gaps")
check(decode, b"").equals([], idea="no bytes, no documents")
### BEGIN HIDDEN TESTS
check(decode, bytes([128, 129, 255])).equals([0, 1, 128], idea="a byte of 128 or more ends a number")
check(decode, bytes([1, 0, 0, 128, 129])).equals([2**21, 2**21 + 1], idea="zero digits within a number count")
check(decode, bytes([1, *[0] * 9, 129, 129])).equals([2**70 + 1, 2**70 + 2], idea="a number may have any number of digits")
for seed in range(5):
    rng = seeded(seed)
    steps = [1 + int(2 ** rng.uniform(0, 45)) for _ in range(30)]
    spelled, total, expected = b"", int(rng.integers(2)), []
    for step in steps:
        total += step
        expected.append(total)
        step = total if len(expected) == 1 else step
        width = next(k for k in range(1, 12) if step < 128**k)
        spelled += bytes(step // 128**k % 128 + 128 * (k == 0) for k in range(width - 1, -1, -1))
    check(decode, spelled).note(f"seed {seed}").equals(expected, idea="a number may have several digits; add up the gaps")
### END HIDDEN TESTS

# %% test="e5_order" points=1 title="What is no postings list is not encoded"
check(encode, [5, 3]).raises(ValueError, idea="documents are ascending")
### BEGIN HIDDEN TESTS
for wrong in ([5, 5], [0, 0], [-1], [-3, 4], [1, 2, 3, 2], [7, 300, 300], [200, 199]):
    check(encode, wrong).raises(ValueError, idea="each document is greater than the one before; the first is 0 or more")
### END HIDDEN TESTS

# %% test="e5_damaged" points=2 title="Bytes that encode nothing are recognised"
check(decode, bytes([133, 2])).raises(ValueError, idea="the last number has no end")
### BEGIN HIDDEN TESTS
for broken in ([0], [127], [133, 2, 167, 1], [129, 5, 5]):
    check(decode, bytes(broken)).raises(ValueError, idea="the last number has no end")
for broken in ([0, 133], [133, 0, 130], [0, 0, 128], [0, 128], [133, 0, 2, 167]):
    check(decode, bytes(broken)).raises(ValueError, idea="a number is written without leading zero digits")
for broken in ([133, 128], [128, 128], [129, 130, 128, 129]):
    check(decode, bytes(broken)).raises(ValueError, idea="a gap of 0 would be the same document twice")
### END HIDDEN TESTS

# %% [markdown]
r"""
## In practice

- **Building.** Today's index grew in memory. A collection that does not fit is indexed in *blocks*: fill memory, write the block's sorted index to disk, begin anew; at the end merge the blocks, list after list. IIR 4.3 calls it
  single-pass in-memory indexing (SPIMI). It is one long sequential merge, and so the disk is used at its best.
- **Changing.** Nobody inserts into a compressed list. New documents go into a small new index, a *segment*; deleted ones are marked; segments are merged in the background, as in
  an LSM-tree. Day 2 shows it in Whoosh.
- **Size.** With positions, a compressed index takes a third to a half of the text's size, and two to four times what it takes without (IIR 2.4.2). At a hundred times the size frequent terms decide: their lists are read in blocks, decoded many numbers at a time, and skipped.
- **Failure modes.** Text and query tokenised by different rules; positions renumbered after stop words were dropped, so that phrases match across them; document numbers reused while old postings are still there.
- **Boolean search is unforgiving.** AND returns nothing or little, OR returns floods, and both in no order. Who wants exactly all that satisfies a condition (patents, law, mail filters) is served well; who wants *the best* needs weights, from
  day 3 on.

## Summary

- An inverted index leads from a term to its documents, ascending, each once; one pass in document order builds it.
- Two lists meet by merging in $m+n$ steps, or by asking each other in a number of questions that only the shorter one sets.
- Phrases compare positions: follow all of them, and judge each gap by itself.
- A grammar says what a query means; NOT is relative to the whole collection.
- Gaps are small, so a byte or two are enough for each posting, at the price of blocks and of a strict reader.

## Reflection

Think of a collection that you search at work or at home (mail, code, tickets). Write three to five sentences. Do they (1) say what a document and what a token is there, and one case in which that choice
hurts; (2) name a query that needs positions, or explain why none does; (3) say how the index would learn of a changed document?
"""

# %% [markdown] reflection="reflection"
r"""
Our tickets are documents of title, body and comments; tokens are runs of letters and digits, so the part number `X-12/4` falls into three, and a search for it finds every ticket with a 4. A phrase query on these three, in this
order, repairs that, so positions are needed. A new comment changes a ticket: I would write the whole ticket into a new segment under the same key, mark the old posting as deleted, and let merging clear it away at night.
"""

# %% [markdown]
r"""
## Further reading

- *Introduction to Information Retrieval* (Manning, Raghavan and Schütze, 2008), 1.1-1.2: matrix, postings, and how the index is built by sorting; 1.3: the merge, and the order of
  evaluation, with an exercise that asks whether ascending df is always best; 1.4: what commercial Boolean systems add.
- Beyond the planned chapter, 2.3-2.4: skip pointers and positions; 4.3: building in blocks; 5.3: codes for gaps, down to single bits.
- Zobel and Moffat, *Inverted Files for Text Search Engines*, ACM Computing Surveys 38 (2006): the whole field on fifty pages; see what they say about compressing positions.
- SQLite's documentation of FTS5, on query syntax and on `fts5vocab`.
"""
