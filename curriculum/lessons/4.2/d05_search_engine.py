# %% [markdown]
r"""
You will assemble a search engine on Whoosh whose every number you can explain: an index on disk, TF-IDF, a weighting of your own, pages with snippets, and *did you mean*.

**You will be able to**

- **explain** a score of Whoosh's `TF_IDF` word by word (exercise 1);
- **build** an engine on disk that ranks by TF-IDF, and survives new documents, changed documents and odd queries (exercise 2);
- **write** a weighting model for Whoosh with the statistics of the whole index (exercise 3);
- **present** results: two fields with a boost, pages, snippets (exercise 4);
- **suggest** words of the index for a misspelt one (exercise 5).
"""

# %% [markdown]
r"""
## Warm-up

1. Day 2: a document of a Whoosh index is replaced by `update_document`. Where is its old version after the commit, and which numbers still count it?
2. Day 4: which two parts of BM25 are missing in a plain sum of $\mathrm{tf}\cdot\mathrm{idf}$, and what does each of them keep in check?

<details><summary>Answers</summary>

1. It stays in its segment, marked as deleted, until that segment is merged with others. No search returns it; the document frequencies and the total number of documents count it up to then.
2. The ceiling (a word repeated without end adds at most $k_1+1$ times its idf) and the length normalisation (a long document has more of every word). Remember both: today they will be missed.

</details>
"""

# %% [markdown]
r"""
## Set-up

`SCHEMA` is for an engine that keeps words only, `SHELF` for one that can show a title and a body. Both cut texts into the section's words: `WORDS` does the same as `library.terms`. `write_index` is for our examples and tests: each of its parts becomes a segment.
"""

# %% setup=true
import math
import os
import re
import shutil
import tempfile
import warnings
from collections import Counter
from importlib import import_module

import matplotlib.pyplot as plt
import numpy as np

from curriculum.lab import check, check_value, figures, library, seeded, whoosh_index

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # Whoosh is older than the Pythons that find fault with some of its syntax
    from whoosh import fields, highlight, qparser, scoring
    from whoosh.analysis import LowercaseFilter, RegexTokenizer
    from whoosh.index import create_in, exists_in, open_dir
    from whoosh.query import Or, Term

    for late in ("automata.lev", "codec.whoosh3", "searching", "spelling", "writing"):  # otherwise loaded at first use
        import_module(f"whoosh.{late}")

figures.style()
terms = library.terms  # text -> list of lower-case words: the section's tokenizer
WORDS = RegexTokenizer(r"[^\W_]+") | LowercaseFilter()  # the same words, as a Whoosh analyzer
SCHEMA = fields.Schema(name=fields.ID(stored=True, unique=True), body=fields.TEXT(analyzer=WORDS))
SHELF = fields.Schema(
    name=fields.ID(stored=True, unique=True),
    title=fields.TEXT(analyzer=WORDS, stored=True),
    body=fields.TEXT(analyzer=WORDS, stored=True),
)


def write_index(folder, schema, parts):
    """A Whoosh index in folder; each of parts, a list of documents (dicts of their fields), is a segment of its own."""
    made = create_in(folder, schema)
    for part in parts:
        segment = made.writer()
        for document in part:
            segment.add_document(**document)
        segment.commit(merge=False)
    return made


def same_ranking(found, expected, k):
    """Whether found is the k best of expected (name -> score above 0), the best first, ties in any order."""
    best = sorted(expected.values(), reverse=True)[:k]
    return (
        len(found) == len(best)
        and len({pair[0] for pair in found}) == len(found)
        and all(abs(expected.get(pair[0], math.inf) - pair[1]) < 1e-9 for pair in found)
        and all(abs(pair[1] - score) < 1e-9 for pair, score in zip(found, best))
    )


# %% [markdown]
r"""
## An engine made of defaults

Whoosh needs few lines. The library's 1,200 documents go into an index of four segments, and a search takes a parser and a searcher. Then people come and type.

**Predict.** 34 documents have the word *storm*. How many answers will the second and the third question get?
"""

# %%
lib = library.generate()
folder = tempfile.TemporaryDirectory(prefix="index-")
rows = [{"name": name, "body": text} for name, text in lib.texts.items()]
shelf = write_index(folder.name, SCHEMA, [rows[i : i + 300] for i in range(0, 1200, 300)])
parser, plain = qparser.QueryParser("body", SCHEMA), shelf.searcher()
for typed in ("storm", "storm?", "what did the people have to say of the storm", "storm NOT people"):
    parsed = parser.parse(typed)
    print(f"{len(plain.search(parsed)):3} answers to {typed!r:49}", str(parsed)[:60])

# %%
first = plain.search(parser.parse("storm"))[0]
print(f"best of 'storm': {first['name']}, score {first.score:.3f}; it has the word {terms(lib.texts[first['name']]).count('storm')} times")

# %% [markdown]
r"""
*storm?* finds nothing: a question mark is a wildcard for one more letter. The sentence finds nothing: the parser puts AND between all words. And whoever types *NOT* in capitals has said something that they may not have meant. A parser's language is for those who know it; a box
into which people type is another thing.

Then there is the score. It is no TF-IDF: the default is BM25F. Maybe it is a good one (it is), but nobody decided it, and nobody could explain it to the person who asks why *this* comes first. Here is what an engine has to do, with both chapters of the day as its specification, and
the default that lies in wait at each point:

| what | from | Whoosh's part | its default |
| --- | --- | --- | --- |
| look words up, never scan texts | IIR 1.1-1.2 | inverted index on disk | stores nothing of a text unless told |
| one analysis for texts and queries | IIR 2.2 (day 2) | the schema's analyzer | another one: English stop words, no words of one letter |
| which documents may answer | IIR 1.4 | the query's class: `And`, `Or` | `And`, and an operator language |
| in which order | IIR 6.2-6.3 | a weighting model | BM25F |
| how many | IIR 7.1 (day 4) | `limit` | 10 |
| changes | IIR 4.5 (day 2) | segments, merged now and then | old versions still count in N and df |
"""

# %% [markdown]
r"""
## The score of `TF_IDF`, exactly

With `searcher(weighting=scoring.TF_IDF())` a document's score is

$$\mathrm{score}(q,d)=\sum_{t\in q\cap d}\mathrm{tf}_{t,d}\cdot\Bigl(\ln\frac{N}{\mathrm{df}_t+1}+1\Bigr).$$

Read it beside day 3's. **tf** is the plain count (`n`), not damped. **idf** has the natural logarithm, $\mathrm{df}+1$ below the line, and 1 added at the end. Nothing is divided by length. A word that stands twice in a query counts once: Whoosh's parser drops the second of two equal parts. (An `Or` that you put together by hand keeps both, and counts the word twice.)

The two ones in the idf do different things. The $+1$ below the line only guards against $\mathrm{df}=0$. The $+1$ at the end is a floor: a word that stands in *every* document has $\ln\frac N{N+1}+1$, just below 1, where the book gives it 0.

**Predict.** *the* stands in all 1,200 documents, *storm* in 34. How many occurrences of *the* outweigh one *storm*?
"""

# %%
tally = {name: Counter(terms(text)) for name, text in lib.texts.items()}
spread = Counter(word for count in tally.values() for word in count)
print("word       df   Whoosh   log10(N/df)")
for word in ("the", "and", "people", "end", "storm"):
    print(f"{word:7} {spread[word]:5} {math.log(1200 / (spread[word] + 1)) + 1:8.2f} {math.log10(1200 / spread[word]):13.2f}")
print("most often a document says 'the':", max(count["the"] for count in tally.values()), "times")

# %% [markdown]
r"""
Five. And one document says it 284 times. Whether that matters depends on the questions, and the engine should be able to tell: a score that is a sum can be taken apart.
"""

# %% [markdown] exercise="e1" title="Explain a score" level="warm-up" minutes=15 exports=["whoosh_score", "explain"]
r"""
Write two functions.

- `whoosh_score(tf, df, total)`: what one word adds to a document's score by the formula above. `tf` is at least 0, and $0\le\texttt{df}\le\texttt{total}$ with `total` at least 1.
- `explain(index, total, words, name)`: what the words of a query add to the score of the document `name`, as a list of tuples (word, contribution). The greatest contribution comes first, equal ones by the alphabet. `index` is a dict from words to dicts from documents to counts (tf, at least 1),
  `total` the number of documents, `words` a list. A word that is not in the document is left out; a word that stands twice in the query counts once.

With `index = {"track": {"a": 1, "b": 4}, "signal": {"a": 2}}`, `explain(index, 4, ["track", "signal", "ufo"], "a")` is about `[("signal", 3.386), ("track", 1.288)]`.
"""

# %% [markdown] hints="e1" reading="IIR 6.2"
r"""
1. Which of tf, df and N can be read off the index, and where? The document frequency of a word is the length of something.
2. Go over the *different* words of the query; those whose postings have the document give a pair. Sort the pairs at the end.
3. `index.get(word, {})` are the postings of a word, none for an unknown one; `len(…)` of them is df. Sort by `key=lambda pair: (-pair[1], pair[0])`.
"""


# %% solution="e1"
def whoosh_score(tf, df, total):
    """What a word adds to a score under Whoosh's TF_IDF."""
    ### BEGIN SOLUTION
    return tf * (math.log(total / (df + 1)) + 1)
    ### END SOLUTION


def explain(index, total, words, name):
    """What each word of the query adds to the score of a document, the greatest first."""
    ### BEGIN SOLUTION
    found = [word for word in set(words) if name in index.get(word, {})]
    pairs = [(word, whoosh_score(index[word][name], len(index[word]), total)) for word in found]
    return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))
    ### END SOLUTION


# %% test="e1_formula" points=1 title="What one word adds"
check(whoosh_score, 2, 1, 4).close(2 * (math.log(2) + 1), rtol=1e-9, idea="tf times (ln(N/(df+1)) + 1)")
check(whoosh_score, 3, 9, 10).close(3.0, rtol=1e-9, idea="ln 1 is 0, and the 1 behind the logarithm stays")
### BEGIN HIDDEN TESTS
check(whoosh_score, 0, 0, 5).close(0.0, atol=1e-15, idea="no occurrence adds nothing")
for tf, df, total in ((1, 0, 1), (7, 1200, 1200), (1, 34, 1200), (284, 1200, 1200), (5, 2, 1_000_000)):
    expected = tf * (1 + math.log(total) - math.log1p(df))
    check(whoosh_score, tf, df, total).close(expected, rtol=1e-9, idea="natural logarithm; 1 is added to df, and 1 to the logarithm")
### END HIDDEN TESTS

# %% test="e1_words" points=2 title="A score taken apart"
index = {"track": {"a": 1, "b": 4}, "signal": {"a": 2}}
check(explain, index, 4, ["track", "signal", "ufo"], "a").close(
    [("signal", 2 * (math.log(2) + 1)), ("track", math.log(4 / 3) + 1)], rtol=1e-9, idea="each word with its own tf and df, the greatest contribution first"
)
### BEGIN HIDDEN TESTS
check(explain, index, 4, ["signal", "track"], "b").close([("track", 4 * (math.log(4 / 3) + 1))], rtol=1e-9, idea="words that the document lacks are left out")
check(explain, index, 4, ["signal"], "b").equals([], idea="nothing in common, nothing to explain")
check(explain, index, 4, ["track", "signal", "track"], "a").satisfies(
    lambda pairs: [pair[0] for pair in pairs] == ["signal", "track"], "signal and track, each once", idea="a word that is repeated in the query counts once"
)
check(explain, {"bond": {"a": 1}, "moon": {"a": 9, "b": 1}, "wall": {"a": 4}}, 3, ["bond", "wall", "moon"], "a").satisfies(
    lambda pairs: [pair[0] for pair in pairs] == ["moon", "wall", "bond"], "moon, wall, bond", idea="the greatest contribution first, wherever a word stands in the alphabet"
)
drawn = "oven bond moon wall pier track nurse kernel".split()
check(explain, {word: {"a": 2, "z": 1} for word in drawn}, 9, drawn, "a").satisfies(
    lambda pairs: [pair[0] for pair in pairs] == sorted(drawn), f"the words {sorted(drawn)}", idea="equal contributions by the alphabet"
)
for seed in range(2):
    rng = seeded(seed)
    drawn = {f"d{n}": " ".join(rng.choice(list("abcdef"), size=int(rng.integers(2, 12)))) for n in range(8)}
    counted = {w: {d: text.split().count(w) for d, text in drawn.items() if w in text} for w in "abcdef"}
    with tempfile.TemporaryDirectory() as at_hand:
        made = write_index(at_hand, SCHEMA, [[{"name": d, "body": text} for d, text in drawn.items()]])
        with made.searcher(weighting=scoring.TF_IDF()) as whoosh:
            scores = {hit["name"]: hit.score for hit in whoosh.search(Or([Term("body", w) for w in "ace"]), limit=None)}
    for d, score in scores.items():
        check(explain, counted, 8, ["a", "c", "e"], d).note(f"seed {seed}; Whoosh's own score of {d} is {score:.6f}").satisfies(
            lambda pairs: abs(sum(pair[1] for pair in pairs) - score) < 1e-9, "contributions that sum to Whoosh's score", idea="the score is the sum of its parts"
        )
### END HIDDEN TESTS

# %% [markdown]
r"""
## Two engines, one question

Now the comparison that all the days so far have led to. On one side what you built with your own hands: postings of day 1, `lnc` weights and idf of day 3, BM25 of day 4. On the other side Whoosh with its two weightings. Sixty questions, once as bare keywords, once in a sentence, as people ask.
"""


# %%
lengths = {name: math.sqrt(sum((1 + math.log10(n)) ** 2 for n in count.values())) for name, count in tally.items()}
mean = sum(count.total() for count in tally.values()) / 1200
postings = {}  # day 1: word -> the documents that have it
for name, count in tally.items():
    for word in count:
        postings.setdefault(word, []).append(name)


def by_cosine(word, name):  # lnc.ltn of day 3
    return (1 + math.log10(tally[name][word])) / lengths[name] * math.log10(1200 / spread[word])


def by_bm25(word, name):  # day 4
    n, size = tally[name][word], tally[name].total() / mean
    return math.log(1201 / (spread[word] + 0.5)) * n * 2.2 / (n + 1.2 * (0.25 + 0.75 * size))


def own(question, weight, k=10):
    totals = Counter()
    for word in set(terms(question)) & postings.keys():
        for name in postings[word]:
            totals[name] += weight(word, name)
    return sorted(totals, key=lambda name: (-round(totals[name], 9), name))[:k]


# %%
def ask(question, weighting, k=10):
    with shelf.searcher(weighting=weighting) as asked:
        return [hit["name"] for hit in asked.search(Or([Term("body", t) for t in sorted(set(terms(question)))]), limit=k)]


engines = {
    "own, lnc.ltn": lambda text: own(text, by_cosine),
    "own, BM25": lambda text: own(text, by_bm25),
    "Whoosh, TF_IDF": lambda text: ask(text, scoring.TF_IDF()),
    "Whoosh, BM25F": lambda text: ask(text, scoring.BM25F()),
}
sentence = "what did the people have to say of the {}"
print("good among the first ten  keywords  sentence   words of an answer (median)")
for label, engine in engines.items():
    keyword, spoken = ({q: engine(form.format(text)) for q, text in lib.queries.items()} for form in ("{}", sentence))
    good = [np.mean([lib.judgements[q].get(name, 0) > 0 for q in run for name in run[q]]) for run in (keyword, spoken)]
    size = [np.median([tally[name].total() for names in run.values() for name in names]) for run in (keyword, spoken)]
    print(f"{label:24} {good[0]:9.2f} {good[1]:9.2f} {size[0]:10.0f}, {size[1]:.0f}")

# %% [markdown]
r"""
With keywords all four are near each other; the two BM25 are cousins (Whoosh's idf is another one, and it keeps lengths in one byte). In a sentence `TF_IDF` breaks down. Take the first question apart and it is plain why.
"""

# %%
spoken = sentence.format(lib.queries["q01"])
keys = sorted(terms(lib.queries["q01"]))
asked = set(terms(spoken)) & set(spread)
parts_of = {
    "TF_IDF of Whoosh": (ask(spoken, scoring.TF_IDF(), 5), lambda w, d: tally[d][w] * (math.log(1200 / (spread[w] + 1)) + 1)),
    "lnc.ltn of day 3": (own(spoken, by_cosine, 5), by_cosine),
}
fig, axes = plt.subplots(1, 2, figsize=(7.8, 3.0))
for ax, (label, (names, weight)) in zip(axes, parts_of.items(), strict=True):
    left = np.zeros(5)
    groups = [("the", ["the"]), ("other small words", sorted(asked - {"the", *keys})), *((key, [key]) for key in keys)]
    for (group, members), hatch in zip(groups, ("", "//", "..", "xx", "--"), strict=True):
        part = np.array([sum(weight(w, d) for w in members if tally[d][w]) for d in names])
        _ = ax.barh([f"{i}. {d}" for i, d in enumerate(names, 1)], part, left=left, hatch=hatch, label=group, edgecolor="white")
        left += part
    _ = ax.set(title=label, xlabel="score (no unit)")
    _ = ax.invert_yaxis()
_ = fig.legend(*axes[0].get_legend_handles_labels(), fontsize=8, loc="upper center", bbox_to_anchor=(0.5, 0.0), ncols=5)
fig.suptitle("What makes the first five: 'the', or what was asked for")
fig.tight_layout()
figures.show(
    fig,
    alt="Scores of the first five as stacked bars by query word. Under Whoosh's TF_IDF most of every bar is the word 'the'; "
    "under lnc.ltn about nine tenths are railroad, station and ticket, and 'the' adds nothing.",
)

# %%
with shelf.searcher(weighting=scoring.TF_IDF()) as asking:
    for label, (names, _) in parts_of.items():
        hits = {hit["name"]: hit for hit in asking.search(Or([Term("body", key) for key in keys]), limit=None)}
        print(label)
        for name in names[:3]:
            seen = hits[name].highlights("body", text=lib.texts[name], top=1) if name in hits else "(none of the three words)"
            print("  ", name, " ".join(re.sub(r"<b [^>]*>(.*?)</b>", lambda m: m[1].upper(), seen).split())[:90])

# %% [markdown]
r"""
The snippets, with the keywords in capitals, say the same. So why build on `TF_IDF` at all? Because it is the classic that this section's goal names, because the sum is easy to check, and because with *keywords* it is as good as the rest. The length goes to work in exercise 3.

## An engine is a contract

What should somebody who uses the engine be able to rely on, without reading its code?

**It lives in its folder.** An object of Python dies with its process; the index is files. A segment is never changed once it is written; a small table of contents (`.toc`) says which segments make up the index at this generation. Whoever opens the folder later, or a copy of it, finds the same.
**It forgets the texts.** An inverted index answers from postings. To *show* a text one stores it as well, in the index (`stored=True`) or elsewhere; to *find* it there is no need.
**Its numbers are true.** And here a commit is not enough.

**Predict.** Three notices, then the first of them is replaced twice. What will Whoosh take for N, and for the df of *storm*?
"""

# %%
with tempfile.TemporaryDirectory() as here:
    small = write_index(here, SCHEMA, [[{"name": n, "body": t} for n, t in (("n1", "storm"), ("n2", "storm coast"), ("n3", "pier"))]])
    for merge in (False, False, True):
        with small.searcher() as look:
            print(f"live {look.doc_count()}, N {look.doc_count_all()}, df {look.doc_frequency('body', 'storm')}, segments {len(look.leaf_searchers())}")
        again = small.writer()
        again.update_document(name="n1", body="storm warning")
        again.commit(merge=False, optimize=merge)
    with small.searcher() as look:
        print(f"live {look.doc_count()}, N {look.doc_count_all()}, df {look.doc_frequency('body', 'storm')}, segments {len(look.leaf_searchers())}, optimised")

# %% [markdown]
r"""
Three documents are live, yet N is 5 and df is 4 before the merge: the ghosts of old versions count. For a large index nobody cares, and merging everything at each commit would be far too dear; a small one can afford `commit(optimize=True)`, which writes all that lives into one segment.
"""

# %% [markdown] exercise="e2" title="A search engine on disk" level="core" minutes=50 exports=["SearchEngine"] goals=[1]
r"""
Write a class `SearchEngine` on Whoosh.

- `SearchEngine(folder)`: `folder` is the path of a folder which is empty, or which holds a Whoosh index with `SCHEMA`: an earlier engine's, or one that another program wrote, in one segment or several, and from which it deleted nothing. What it holds is found.
- `engine.add(documents)`: takes in a dict from names to texts (`body`) and returns nothing. A name that is there already gets its new text. When `add` is done, all is on disk: another engine that is then opened on the folder, or on a copy of it, finds the same.
- `engine.search(query, k)`: a list of tuples (name, score), the `k` best, the best first ($k\ge1$; all, if fewer match). A query is free text: its words are `terms(query)`, each counts once, and nothing in it is an operator. A document matches if it has *any* of the words. The score is that of the section above,
  and $N$ and $\mathrm{df}$ count the documents that the engine holds *now*: a text that has been replaced no longer counts. Documents with equal scores may stand in any order.
- The folder holds a Whoosh index under the default name, with `SCHEMA`, which is made of Whoosh's own parts, and no other files. Nothing in it stores the texts.

After `engine.add({"a": "Signal, signal, track.", "b": "The track.", "c": "Butter."})`, `engine.search("TRACK or signal?", 2)` is about `[("a", 3.811), ("b", 1.0)]`.
"""

# %% [markdown] hints="e2" reading="IIR 1.2, 1.4 and 6.2; Whoosh's documentation, “How to index documents” and “How to search”"
r"""
1. Go through the table of defaults once more: for each row, which line of yours decides it? And what is different when the folder is not empty?
2. The constructor opens or creates (`exists_in` tells). `add` uses one writer for all documents, and the method of a writer that minds the unique field; how it commits decides which N there will be. `search` needs no parser: the words are known, so the query can be put together from `Term` and `Or`.
3. `writer.update_document(name=…, body=…)`, then `writer.commit(optimize=True)`. `Or([Term("body", word) for word in set(terms(query))])` is the query; open the searcher with `weighting=scoring.TF_IDF()`, hand `limit=k` to its `search`, and take `hit["name"]` and `hit.score` while it is open.
"""


# %% solution="e2"
class SearchEngine:
    """A search engine in a folder: documents with any of a query's words, ranked by Whoosh's TF_IDF."""

    def __init__(self, folder):
        ### BEGIN SOLUTION
        self.index = open_dir(folder) if exists_in(folder) else create_in(folder, SCHEMA)
        ### END SOLUTION

    def add(self, documents):
        """Take in texts by name, on disk; a name that is there already gets its new text."""
        ### BEGIN SOLUTION
        writer = self.index.writer()
        for name, text in documents.items():
            writer.update_document(name=name, body=text)
        writer.commit(optimize=True)  # old versions would count in N and df until they are merged away
        ### END SOLUTION

    def search(self, query, k):
        """The k best (name, score) for the words of a free text."""
        ### BEGIN SOLUTION
        wanted = Or([Term("body", word) for word in set(terms(query))])
        with self.index.searcher(weighting=scoring.TF_IDF()) as searcher:
            return [(hit["name"], hit.score) for hit in searcher.search(wanted, limit=k)]
        ### END SOLUTION


# %% test="e2_scores" points=3 title="Any of the words, ranked by TF-IDF"
texts = {"a": "Signal, signal, track.", "b": "The track.", "c": "Butter."}
with tempfile.TemporaryDirectory() as here:
    engine = check(SearchEngine, here).value(idea="an engine on an empty folder")
    _ = check(engine.add, texts).note(f"texts {texts}").value(idea="add takes a dict of texts")
    check(engine.search, "signal track", 2).note(f"texts {texts}").satisfies(
        lambda found: same_ranking(found, {"a": 2 * (math.log(3 / 2) + 1) + 1, "b": 1.0}, 2),
        "a with 3.811, then b with 1.0",
        idea="signal: tf 2, df 1, so 2 (ln(3/2) + 1); track: tf 1, df 2, so ln(3/3) + 1; length plays no part",
    )
### BEGIN HIDDEN TESTS
for seed in range(3):
    rng = seeded(seed)
    drawn = {f"d{n}": " ".join(rng.choice(list("tsomnkb"), size=int(rng.integers(1, 14)))) for n in range(9)}
    drawn["d2"], drawn["d7"] = "x x s", "s x x"  # two that tie
    have = {n: Counter(text.split()) for n, text in drawn.items()}
    with tempfile.TemporaryDirectory() as here:
        engine = check(SearchEngine, here).value(idea="an engine on an empty folder")
        _ = check(engine.add, drawn).value(idea="add takes a dict of texts")
        for asked, k in (("s", 5), ("x", 1), ("t o m", 3), ("b x", 9), ("k s t n", 2)):
            rare = {w: 1 + math.log(9 / (1 + sum(w in count for count in have.values()))) for w in asked.split()}
            exact = {n: sum(count[w] * rare[w] for w in rare) for n, count in have.items() if any(count[w] for w in rare)}
            check(engine.search, asked, k).note(f"seed {seed}; texts {drawn}").satisfies(
                lambda found: same_ranking(found, exact, k),
                f"the {k} best of { {n: round(s, 4) for n, s in exact.items()} }",
                idea="every document with any of the words; tf · (ln(N/(df+1)) + 1), summed",
            )
### END HIDDEN TESTS

# %% test="e2_words" points=1 title="A query is free text"
texts = {"a": "Signal, signal, track.", "b": "The track.", "c": "Butter or bread."}
with tempfile.TemporaryDirectory() as here:
    engine = check(SearchEngine, here).value(idea="an engine on an empty folder")
    _ = check(engine.add, texts).note(f"texts {texts}").value(idea="add takes a dict of texts")
    check(engine.search, "(TRACK? NOT signal*", 3).note(f"texts {texts}").satisfies(
        lambda found: [pair[0] for pair in found] == ["a", "b"], "a, then b", idea="the words are track, not and signal; nothing is an operator"
    )
### BEGIN HIDDEN TESTS
    for typed, same in (
        ("track AND butter", "track butter and"),
        ('"the track" signal', "the track signal"),
        ("track:signal", "track signal"),
        ("signal signal SIGNAL track", "signal track"),
        ("ufo track [a TO z]", "track a to z"),
        ("body:track^9 signal~", "body track 9 signal"),
    ):
        exact = dict(check(engine.search, same, 5).value(idea="a list of pairs comes back"))
        check(engine.search, typed, 5).note(f"texts {texts}").satisfies(
            lambda found: same_ranking(found, exact, 5), f"what the query {same!r} finds", idea="the words of a query are terms(query), each counts once"
        )
    for typed in ("ufo", "", "*", "?! ..."):
        check(engine.search, typed, 3).equals([], idea="no word of the query stands in any document")
### END HIDDEN TESTS

# %% test="e2_disk" points=3 title="The index outlives its engine, and others can fill it"
with tempfile.TemporaryDirectory() as here, tempfile.TemporaryDirectory() as other:
    engine = check(SearchEngine, here).value(idea="an engine on an empty folder")
    _ = check(engine.add, {"a": "Signal, signal, track.", "b": "The track."}).value(idea="add takes a dict of texts")
    del engine
    _ = shutil.copytree(here, other, dirs_exist_ok=True)
    engine = check(SearchEngine, other).note("a copy of the folder of an engine with two documents").value(idea="an engine opens what is there")
    check(engine.search, "signal", 5).note("a copy of that engine's folder").satisfies(
        lambda found: [pair[0] for pair in found] == ["a"], "the document a", idea="all that an engine knows stands in its folder, and opening it loses nothing"
    )
### BEGIN HIDDEN TESTS
    _ = check(engine.add, {"c": "signal box", "d": "bread"}).value(idea="documents may be added later")
    _ = check(engine.add, {"e": "track"}).value(idea="documents may be added later")
    for again in (engine, check(SearchEngine, other).value(idea="an engine opens what is there")):
        for asked, having in (("signal box", ["a", "c"]), ("track", ["a", "b", "e"]), ("bread box", ["c", "d"])):
            check(again.search, asked, 5).note("a, b; then c, d; then e were added").satisfies(
                lambda found: sorted(pair[0] for pair in found) == having, f"the documents {having}, each once", idea="what comes later joins what is there"
            )
with tempfile.TemporaryDirectory() as here:
    _ = write_index(here, SCHEMA, [[{"name": "p", "body": "moon moon bond"}], [{"name": "q", "body": "bond"}, {"name": "r", "body": "Moon."}]])
    engine = check(SearchEngine, here).note("an index in two segments that Whoosh wrote").value(idea="an engine opens what is there")
    check(engine.search, "moon", 5).note("p: moon moon bond; q: bond; r: Moon. in two segments").satisfies(
        lambda found: same_ranking(found, {"p": 2.0, "r": 1.0}, 5), "p with 2.0, then r with 1.0", idea="the index in the folder is one collection, whoever wrote it: N is 3 and df is 2"
    )
### END HIDDEN TESTS

# %% test="e2_again" points=2 title="A text that was replaced is gone, from the statistics too"
with tempfile.TemporaryDirectory() as here, tempfile.TemporaryDirectory() as other:
    engine = check(SearchEngine, here).value(idea="an engine on an empty folder")
    _ = check(engine.add, {"a": "storm", "b": "storm coast", "c": "pier"}).value(idea="add takes a dict of texts")
    _ = check(engine.add, {"a": "storm warning warning"}).value(idea="a name may come again")
    fresh = check(SearchEngine, other).value(idea="an engine on an empty folder")
    _ = check(fresh.add, {"a": "storm warning warning", "b": "storm coast", "c": "pier"}).value(idea="add takes a dict of texts")
    exact = dict(check(fresh.search, "storm", 5).value(idea="a list of pairs comes back"))
    check(engine.search, "storm", 5).note('a: "storm" replaced by "storm warning warning"; b: "storm coast"; c: "pier"').satisfies(
        lambda found: same_ranking(found, exact, 5), f"the scores of an engine that only ever had these three, {exact}", idea="N is 3 and df is 2: what was replaced no longer counts"
    )
### BEGIN HIDDEN TESTS
    for text in ("pier pier", "night", "pier night night"):
        _ = check(engine.add, {"a": text, "c": "pier"}).value(idea="a name may come again, and again")
    check(engine.search, "warning", 5).note("no document has it any more").equals([], idea="an old text is found no longer")
    with tempfile.TemporaryDirectory() as third:
        fresh = check(SearchEngine, third).value(idea="an engine on an empty folder")
        _ = check(fresh.add, {"b": "storm coast", "c": "pier", "a": "pier night night"}).value(idea="add takes a dict of texts")
        exact = dict(check(fresh.search, "pier night", 5).value(idea="a list of pairs comes back"))
        check(engine.search, "pier night", 5).note("a: pier night night; b: storm coast; c: pier; a and c were replaced before").satisfies(
            lambda found: same_ranking(found, exact, 5), f"the scores of an engine that only ever had these three, {exact}", idea="count the documents that are there now"
        )
with tempfile.TemporaryDirectory() as here, tempfile.TemporaryDirectory() as other:
    _ = write_index(here, SCHEMA, [[{"name": "p", "body": "moon moon bond"}], [{"name": "q", "body": "bond"}, {"name": "r", "body": "Moon."}]])
    engine, fresh = (check(SearchEngine, place).value(idea="an engine opens what is there") for place in (here, other))
    _ = check(engine.add, {"q": "moon night"}).value(idea="a text of an index that is there may be replaced")
    _ = check(fresh.add, {"p": "moon moon bond", "q": "moon night", "r": "Moon."}).value(idea="add takes a dict of texts")
    for asked in ("moon", "bond night"):
        exact = dict(check(fresh.search, asked, 5).value(idea="a list of pairs comes back"))
        check(engine.search, asked, 5).note("p, q, r in an index of two segments; then q: bond was replaced by q: moon night").satisfies(
            lambda found: same_ranking(found, exact, 5), f"the scores of an engine that only ever had these three, {exact}", idea="a name may be there already, whoever added it"
        )
### END HIDDEN TESTS

# %% test="e2_index" points=2 title="On disk it is an inverted index, without the texts"
texts = {"a": "Signal, signal, track.", "b": "The track."}
with tempfile.TemporaryDirectory() as here:
    engine = check(SearchEngine, here).value(idea="an engine on an empty folder")
    _ = check(engine.add, texts).value(idea="add takes a dict of texts")
    held, files = whoosh_index.read(here), sorted(os.listdir(here))
check_value("postings of track in the field body", held["terms"].get("body", {}).get("track")).note(f"texts {texts}").equals(
    {"df": 2, "postings": {"a": [2], "b": [1]}}, idea="the words of a text stand in the field body of a Whoosh index with SCHEMA"
)
### BEGIN HIDDEN TESTS
check_value("the words of the index", sorted(held["terms"]["body"])).equals(["signal", "the", "track"], idea="every word of the texts, as SCHEMA cuts them")
check_value("what the index stores of the documents", sorted(held["stored"], key=str)).equals(
    [{"name": "a"}, {"name": "b"}], idea="SCHEMA stores names; the texts themselves are not needed once they are indexed"
)
check_value("the files in the folder", files).satisfies(
    lambda names: all(re.fullmatch(r"_MAIN_\d+\.toc|MAIN_WRITELOCK|MAIN_[0-9a-z]{16}\.\w+", name) for name in names), "those of a Whoosh index called MAIN, and no others", idea="the index is all that the engine keeps"
)
### END HIDDEN TESTS

# %% test="e2_library" points=2 title="A library: all that match, and good answers first"
small = library.generate(seed=int(seeded(5).integers(1, 10**6)), documents=160)
with tempfile.TemporaryDirectory() as here:
    engine = check(SearchEngine, here).value(idea="an engine on an empty folder")
    _ = check(engine.add, dict(list(small.texts.items())[:100])).value(idea="a hundred documents")
    _ = check(engine.add, dict(list(small.texts.items())[100:])).value(idea="sixty more")
    shares = []
    for name, query in small.queries.items():
        if small.kinds[name] == "topic":
            found = check(engine.search, query, 5).value(idea="a list of pairs comes back")
            shares.append(sum(small.judgements[name].get(pair[0], 0) > 0 for pair in found) / 5)
    check_value("mean precision at 5 over the queries on one topic", float(np.mean(shares))).note("a library of 160 documents, seed 5").satisfies(
        lambda share: share >= 0.8, "at least 0.8", idea="documents with the rarer words, and with more of them, come first"
    )
### BEGIN HIDDEN TESTS
    for query, k in (("the", 160), ("the", 30), ("people of the story", 160), (small.queries["q04"], 75)):
        having = {n for n, text in small.texts.items() if set(terms(query)) & set(terms(text))}
        check(engine.search, query, k).note(f"a library of 160 documents, seed 5; {len(having)} have a word of the query").satisfies(
            lambda found: len(found) == len({pair[0] for pair in found} & having) == min(k, len(having)),
            f"{min(k, len(having))} of the documents that match, each once",
            idea="k answers, if as many match: no other limit",
        )
### END HIDDEN TESTS

# %% [markdown]
r"""
## A weighting of your own

Whoosh asks a **weighting model** for a *scorer*, one for each word of the query in each segment. The scorer then gets a matcher, which stands on a posting, and returns what this posting is worth. What can it see? A model that only looks:
"""


# %%
def spy(searcher, fieldname, word, matcher):
    whole = searcher.get_parent()
    print(f"  {searcher.stored_fields(matcher.id())['name']}: number {matcher.id()}, tf {matcher.weight():.0f},"
          f" df {searcher.doc_frequency(fieldname, word)} of {searcher.doc_count_all()} here,"
          f" {whole.doc_frequency(fieldname, word)} of {whole.doc_count_all()} in all")
    return matcher.weight()


with tempfile.TemporaryDirectory() as here:
    notices = (("n1", "storm storm coast"), ("n2", "pier"), ("n3", "storm"), ("n4", "coast"), ("n5", "storm night"))
    halves = [[{"name": n, "body": t} for n, t in part] for part in (notices[:2], notices[2:])]
    with write_index(here, SCHEMA, halves).searcher(weighting=scoring.FunctionWeighting(spy)) as looking:
        _ = looking.search(Term("body", "storm"))

# %% [markdown]
r"""
Two segments, and everything is told from the point of view of one: the searcher that is handed in is the *segment's*. n1 and n3 have the same number, 0, and *storm* is half of the documents here and two thirds there. A model that takes its df from this searcher ranks by where a document happens to be stored.

The rule: what belongs to a *document* (its tf, its length) may come from the segment, by the segment's number; what belongs to the *collection* (N, df) must come from the whole, `searcher.get_parent()`.

Whoosh also asks a scorer for `max_quality()`, the most that it can ever return. This is day 4's bound: with it a union of postings drops lists that cannot lift a document into the best $k$. If it is too small, documents are lost without a word. If it is missing, a query of several words ends in an error
as soon as $k$ documents are found. (Our spy gets by without: it was asked one word.)

**Predict.** $(1+\log_{10}\mathrm{tf})/\lVert d\rVert$ is one coordinate of a vector of length 1. What is therefore a bound for a word's contribution $\mathrm{idf}\cdot(1+\log_{10}\mathrm{tf})/\lVert d\rVert$?

<details><summary>Answer</summary>

The word's idf: no coordinate of a unit vector is above 1.

</details>

One thing is missing: $\lVert d\rVert$, taken over *all* words of the document, asked for or not. No index stores it by itself. But the inverted index has it, turned inside out: go once through all its postings, and each adds a square to its document. `reader.lexicon(field)` runs over a field's words,
`reader.postings(field, word)` is a matcher, with `is_active()`, `id()`, `weight()` and `next()`.
"""

# %% [markdown] exercise="e3" title="Day 3's cosine inside Whoosh" level="core" minutes=35 exports=["cosine_search"]
r"""
Write `cosine_search(folder, query, k)`. The folder holds a Whoosh index with `SCHEMA`, in one segment or several, that another program wrote; nothing was deleted. Return the `k` best documents ($k\ge1$) as a list of tuples (name, score), the best first, by `lnc.ltn`:

$$\mathrm{score}(q,d)=\sum_{t\in q\cap d}\frac{1+\log_{10}\mathrm{tf}_{t,d}}{\lVert d\rVert}\cdot\log_{10}\frac N{\mathrm{df}_t},\qquad\lVert d\rVert^2=\sum_{t\in d}(1+\log_{10}\mathrm{tf}_{t,d})^2 .$$

The words of the query are `terms(query)`, each counts once. $N$ and $\mathrm{df}$ are those of the whole index. Only documents with a score above 0 are returned (all, if there are fewer than $k$); equal ones in any order. This is the ranking of `lnc.ltc`: the length of the query divides all scores alike.

Do it by a weighting model of your own for Whoosh's searcher. Texts `{"a": "storm storm coast", "b": "coast pier", "c": "pier"}` and the query `"storm coast"` give about `[("a", 0.486), ("b", 0.125)]`.
"""

# %% [markdown] hints="e3" reading="IIR 6.3 and 6.4.3; Whoosh's documentation, the module scoring"
r"""
1. Write three columns: what belongs to the word, what to the document, what to the posting. At which moment does your program learn each of them?
2. A class derived from `scoring.WeightingModel` whose `scorer(searcher, fieldname, text, qf=1)` works out the idf from `searcher.get_parent()` and the lengths from `searcher.reader()`, and hands both to an object of a class derived from `scoring.BaseScorer`, with `score(matcher)` and `max_quality()`.
3. Lengths: a `Counter` from `postings.id()` to the sum of squares, over `reader.lexicon("body")`; keep them in a dict by searcher, so that a second word finds them ready. `score` is `self.idf * (1 + math.log10(matcher.weight())) / self.lengths[matcher.id()]`, `max_quality` the idf. Leave out hits with score 0.
"""


# %% solution="e3"
def cosine_search(folder, query, k):
    """The k best (name, score) of a Whoosh index by lnc.ltn."""
    ### BEGIN SOLUTION
    wanted = Or([Term("body", word) for word in set(terms(query))])
    with open_dir(folder).searcher(weighting=Cosine()) as searcher:
        return [(hit["name"], hit.score) for hit in searcher.search(wanted, limit=k) if hit.score > 0]


class Cosine(scoring.WeightingModel):
    def __init__(self):
        self.lengths = {}  # a segment's searcher -> the lengths of its documents

    def scorer(self, searcher, fieldname, text, qf=1):
        whole = searcher.get_parent()
        idf = math.log10(whole.doc_count_all() / whole.doc_frequency(fieldname, text))
        if searcher not in self.lengths:
            self.lengths[searcher] = vector_lengths(searcher.reader(), fieldname)
        return CosineScorer(idf, self.lengths[searcher])


class CosineScorer(scoring.BaseScorer):
    def __init__(self, idf, lengths):
        self.idf, self.lengths = idf, lengths

    def score(self, matcher):
        return self.idf * (1 + math.log10(matcher.weight())) / self.lengths[matcher.id()]

    def max_quality(self):
        return self.idf  # no coordinate of a unit vector is above 1


def vector_lengths(reader, fieldname):
    """Document number -> the Euclidean length of its weights, from the postings of all words."""
    squares = Counter()
    for word in reader.lexicon(fieldname):
        postings = reader.postings(fieldname, word)
        while postings.is_active():
            squares[postings.id()] += (1 + math.log10(postings.weight())) ** 2
            postings.next()
    return {number: math.sqrt(square) for number, square in squares.items()}
    ### END SOLUTION


# %% test="e3_cosine" points=2 title="The weights of lnc.ltn"
texts = {"a": "storm storm coast", "b": "coast pier", "c": "pier"}
twice = 1 + math.log10(2)
with tempfile.TemporaryDirectory() as here:
    _ = write_index(here, SCHEMA, [[{"name": n, "body": t} for n, t in texts.items()]])
    check(cosine_search, here, "storm coast", 5).note(f"texts {texts}").satisfies(
        lambda found: same_ranking(
            found, {"a": (twice * math.log10(3) + math.log10(1.5)) / math.hypot(twice, 1), "b": math.log10(1.5) / math.sqrt(2)}, 5
        ),
        "a with about 0.486, b with 0.125",
        idea="damp the counts, divide by the Euclidean length over all words of the document, times log10(N/df)",
    )
### BEGIN HIDDEN TESTS
for seed in range(3):
    rng = seeded(20 + seed)
    drawn = [rng.choice(list("abcdefgh"), size=int(rng.integers(2, 25))).tolist() for _ in range(12)]
    table = np.array([[words.count(c) for c in "abcdefgh"] for words in drawn], dtype=float)
    damped = np.where(table > 0, 1 + np.log10(np.maximum(table, 1)), 0.0)
    unit = damped / np.sqrt((damped**2).sum(axis=1, keepdims=True))
    rare = np.log10(12 / np.maximum((table > 0).sum(axis=0), 1))
    with tempfile.TemporaryDirectory() as here:
        _ = write_index(here, SCHEMA, [[{"name": f"d{n}", "body": " ".join(words)} for n, words in enumerate(drawn)]])
        for asked, k in (("a", 12), ("c h", 2), ("b e f", 12), ("a b c d", 4)):
            total = unit @ (rare * [c in asked for c in "abcdefgh"])
            exact = {f"d{n}": float(s) for n, s in enumerate(total) if s > 1e-12}
            check(cosine_search, here, asked, k).note(f"seed {20 + seed}; texts {drawn}").satisfies(
                lambda found: same_ranking(found, exact, k),
                f"the {k} best of { {n: round(s, 4) for n, s in exact.items()} }",
                idea="the length of a document is over all its words, asked for or not; idf enters once, to base 10",
            )
### END HIDDEN TESTS

# %% test="e3_segments" points=2 title="Several segments are one collection"
parts = [{"a": "storm storm coast", "b": "coast pier"}, {"c": "pier"}, {"d": "storm", "e": "night pier storm"}]
with tempfile.TemporaryDirectory() as here:
    _ = write_index(here, SCHEMA, [[{"name": n, "body": t} for n, t in part.items()] for part in parts])
    check(cosine_search, here, "storm", 5).note(f"segments {parts}").satisfies(
        lambda found: same_ranking(
            found, {n: math.log10(5 / 3) * share for n, share in (("a", (1 + math.log10(2)) / math.hypot(1 + math.log10(2), 1)), ("d", 1), ("e", 3**-0.5))}, 5
        ),
        "d, a, e, with idf log10(5/3)",
        idea="N and df come from the whole index; numbers of documents begin anew in every segment",
    )
### BEGIN HIDDEN TESTS
small = library.generate(seed=int(seeded(31).integers(1, 10**6)), documents=75)
bags = {n: Counter(terms(text)) for n, text in small.texts.items()}
rows = [{"name": n, "body": text} for n, text in small.texts.items()]
with tempfile.TemporaryDirectory() as here:
    _ = write_index(here, SCHEMA, [rows[:10], rows[10:45], rows[45:]])
    for asked, k in ((small.queries["q01"], 10), (small.queries["q40"], 75), ("people of " + small.queries["q20"], 75)):
        exact = Counter()
        for w in set(terms(asked)):
            holding = [n for n in bags if w in bags[n]]
            for n in holding:
                size = math.sqrt(sum((1 + math.log10(c)) ** 2 for c in bags[n].values()))
                exact[n] += (1 + math.log10(bags[n][w])) * math.log10(75 / len(holding)) / size
        exact = {n: s for n, s in exact.items() if s > 1e-12}
        check(cosine_search, here, asked, k).note("seed 31: a library of 75 documents in three segments").satisfies(
            lambda found: same_ranking(found, exact, k), f"the {k} best by lnc.ltn", idea="day 3's ranking, however the index is cut into segments"
        )
### END HIDDEN TESTS

# %% test="e3_nothing" points=1 title="Only what scores above 0"
texts = {"a": "the storm", "b": "the coast", "c": "the the"}
with tempfile.TemporaryDirectory() as here:
    _ = write_index(here, SCHEMA, [[{"name": n, "body": t} for n, t in texts.items()]])
    check(cosine_search, here, "the storm", 5).note(f"texts {texts}").satisfies(
        lambda found: same_ranking(found, {"a": math.log10(3) / math.sqrt(2)}, 5), "a alone", idea="the stands in all documents: its idf is 0, and b and c score 0"
    )
### BEGIN HIDDEN TESTS
    check(cosine_search, here, "the", 5).equals([], idea="a word of every document: all scores are 0")
    check(cosine_search, here, "", 5).equals([], idea="nothing was asked")
    check(cosine_search, here, "ufo", 5).equals([], idea="no document has the word")
    check(cosine_search, here, "Storm? ufo STORM storm", 5).satisfies(
        lambda found: same_ranking(found, {"a": math.log10(3) / math.sqrt(2)}, 5), "a, with storm counted once", idea="the words are terms(query), each counts once"
    )
### END HIDDEN TESTS

# %% [markdown]
r"""
## From a ranking to a page

People see pages: ten answers, each with a title and a *snippet* (IIR 8.7) that shows their words in context. Three things go wrong there more often than in any formula.

**Fields.** A word in a title says more than one in the body. Whoosh weighs by field: `Term("title", word, boost=3)` multiplies what the title adds. Each field has statistics of its own: a word's df in titles is not that in bodies. A field that is only stored, not indexed, can be shown and never found.

**Pages.** Page 2 is no second search. Its answers have ranks 11 to 20 of *one* ranking, so a page has to be cut out of a list that is sorted far enough. And what lies behind the last page?

**Predict.** 34 documents have *storm*: four pages of ten. What does Whoosh's `search_page` show on page 5?
"""

# %%
for number in (1, 2, 4, 5):
    page = plain.search_page(Term("body", "storm"), number, pagelen=10)
    print(f"page {number} of {page.pagecount}:", *(f"{hit.rank + 1}:{hit['name']}" for hit in list(page)[:4]), "…")

# %% [markdown]
r"""
The last page again, as if it were new: whoever turns pages until an empty one comes (a crawler, a test) turns for ever. Look at `page.pagenum`, or cut the list yourself.

**Snippets.** Whoosh's *highlighter* runs the analyzer over the stored text once more, marks the tokens that the query asked for, cuts fragments around them and hands these to a *formatter*. Cutting by tokens is the point: a search for the letters would mark *port* in *important*.
"""


# %%
class Arrows(highlight.Formatter):
    def format_token(self, text, token, *_):
        return "->" + text[token.startchar : token.endchar]


with tempfile.TemporaryDirectory() as here:
    notice = {"name": "n1", "title": "Notice", "body": "Important: the port is closed. Ask at the port office. <b>Airports</b> are open."}
    with write_index(here, SHELF, [[notice]]).searcher() as reading:
        answers = reading.search(Term("body", "port"))
        print("HTML:  ", answers[0].highlights("body", top=1))
        answers.formatter = Arrows()
        print("Arrows:", answers[0].highlights("body", top=1))
        print("title: ", repr(answers[0].highlights("title")), "(nothing was found there)")

# %% [markdown]
r"""
Mind `<b>`, which came from the *document*: the HTML formatter writes it as `&lt;b&gt;`, so that it is shown and not obeyed. Whoever writes a formatter for a web page and forgets that lets every author of a document run scripts in the reader's browser.
"""

# %% [markdown] exercise="e4" title="A page of results" level="core" minutes=30 exports=["result_page"]
r"""
Write `result_page(folder, query, page, size, boost)`. The folder holds a Whoosh index with `SHELF`, in one segment or several, that another program wrote; nothing was deleted. Return a dict with two entries:

- `"total"`: how many documents match, that is, have any of the words `terms(query)` in their title or their body.
- `"hits"`: the answers on page number `page` (from 1 on), with `size` answers a page ($\texttt{size}\ge1$; the last page may have fewer, and behind it there are none, `[]`). Each is a dict with `"rank"`, from 1 on over *all* pages; `"name"`; `"score"`; and `"snippet"`. The best come first, equal scores in any order, but so
  that every document stands on one page, once.

The score sums over the different words of the query: `boost` ($>0$) times Whoosh's TF-IDF in the field title, plus TF-IDF in the field body, each with the tf and df of that field.

A snippet is a piece of the body, unchanged except that some words of it stand in brackets, as `[storm]`: whole words, each a word of the query (in capitals or not), at least one. Without the brackets it has at most 350 characters. If the body has no word of the query, it is `""`. Nothing in it is
escaped: that is left to the page that shows it. Titles, bodies and queries themselves have no brackets, all words of a body are shorter than 20 letters, and no body is longer than 30,000 characters (further on Whoosh's highlighter does not look).

With one document, title `"Harbour"`, body `"A storm. The harbour is closed."`, the query `"harbour"`, page 1, size 10 and boost 2 give total 1 and the score $3\,(\ln\frac12+1)\approx0.921$; its snippet may be `"A storm. The [harbour] is closed"`.
"""

# %% [markdown] hints="e4" reading="IIR 6.1 and 8.7; Whoosh's documentation, “How to create highlighted search result excerpts”"
r"""
1. How many answers must be sorted before page 3 can be cut out? Where does the rank of its first answer come from?
2. A query is again an `Or`, now of two `Term` for each word. Ask for `page * size` answers and take those from `(page - 1) * size` on. The example above shows what a formatter of your own needs.
3. `Term(field, word, boost=…)` for `("title", boost)` and `("body", 1.0)`. `found = searcher.search(…, limit=page * size)`; `len(found)` is the total; `found.formatter = …`; `found[(page - 1) * size :]` are the hits, `hit.rank` counts from 0, and `hit.highlights("body", top=1)` gives one fragment.
"""


# %% solution="e4"
def result_page(folder, query, page, size, boost):
    """One page of the answers: how many there are, and of each its rank, name, score and snippet."""
    ### BEGIN SOLUTION
    weights = {"title": boost, "body": 1.0}
    wanted = Or([Term(field, word, boost=weights[field]) for word in set(terms(query)) for field in weights])
    with open_dir(folder).searcher(weighting=scoring.TF_IDF()) as searcher:
        found = searcher.search(wanted, limit=page * size)
        found.formatter = Brackets()
        hits = [
            {
                "rank": hit.rank + 1,
                "name": hit["name"],
                "score": hit.score,
                "snippet": hit.highlights("body", top=1),
            }
            for hit in found[(page - 1) * size :]
        ]
        return {"total": len(found), "hits": hits}


class Brackets(highlight.Formatter):
    def format_token(self, text, token, replace=False):
        return f"[{text[token.startchar : token.endchar]}]"
    ### END SOLUTION


# %% test="e4_scores" points=2 title="Two fields, each with its own statistics, the title boosted"
shown = {"a": ("Harbour", "A storm. The harbour is closed."), "b": ("Storm", "Night."), "c": ("Notice", "The storm broke the storm wall.")}
with tempfile.TemporaryDirectory() as here:
    _ = write_index(here, SHELF, [[{"name": n, "title": t, "body": b} for n, (t, b) in shown.items()]])
    for boost in (1, 3):
        check(result_page, here, "storm", 1, 10, boost).note(f"(title, body): {shown}").satisfies(
            lambda result: same_ranking(
                [(hit["name"], hit["score"]) for hit in result["hits"]], {"a": 1.0, "b": boost * (math.log(3 / 2) + 1), "c": 2.0}, 10
            ),
            f"a 1.0, b {boost * (math.log(3 / 2) + 1):.3f}, c 2.0, the best first",
            idea="storm stands in one title and in two bodies; what the title adds is multiplied by boost",
        )
### BEGIN HIDDEN TESTS
for seed in range(2):
    rng = seeded(40 + seed)
    drawn = {f"d{n}": tuple(" ".join(rng.choice(list("abcdef"), size=int(rng.integers(1, top)))) for top in (4, 15)) for n in range(10)}
    with tempfile.TemporaryDirectory() as here:
        rows = [{"name": n, "title": t, "body": b} for n, (t, b) in drawn.items()]
        _ = write_index(here, SHELF, [rows[:3], rows[3:]])
        for asked, boost in (("a", 0.5), ("B? c", 2.5), ("d e f d", 10)):
            exact = Counter()
            for place, weight in ((0, boost), (1, 1)):
                for w in set(terms(asked)):
                    holding = {n: pair[place].split().count(w) for n, pair in drawn.items() if w in pair[place]}
                    exact.update({n: weight * tf * (1 + math.log(10 / (1 + len(holding)))) for n, tf in holding.items()})
            check(result_page, here, asked, 1, 10, boost).note(f"seed {40 + seed}; (title, body): {drawn}").satisfies(
                lambda result: same_ranking([(hit["name"], hit["score"]) for hit in result["hits"]], exact, 10),
                f"the scores { {n: round(s, 4) for n, s in exact.items()} }",
                idea="any of the words, in any of the fields; the df of a title is the number of titles with the word",
            )
### END HIDDEN TESTS

# %% test="e4_pages" points=2 title="Pages are cut from one ranking"
rows = [{"name": f"d{n}", "title": "Note", "body": "storm " * (1 + n % 4)} for n in range(7)] + [{"name": "z", "title": "Note", "body": "pier"}]
with tempfile.TemporaryDirectory() as here:
    _ = write_index(here, SHELF, [rows])
    for number, ranks in ((1, [1, 2, 3]), (2, [4, 5, 6]), (3, [7]), (4, [])):
        check(result_page, here, "storm", number, 3, 1.0).note("7 of 8 documents have storm").satisfies(
            lambda result: result["total"] == 7 and [hit["rank"] for hit in result["hits"]] == ranks,
            f"total 7 and the ranks {ranks}",
            idea="ranks go on from page to page, and behind the last page there is nothing",
        )
### BEGIN HIDDEN TESTS
    for size in (2, 3, 5):
        cut = [check(result_page, here, "storm", number, size, 2.0).value(idea="a dict comes back")["hits"] for number in range(1, 5)]
        joined = [(hit["name"], hit["score"]) for hits in cut for hit in hits]
        check_value("the pages one after the other, (name, score)", joined).note(f"{size} answers a page").satisfies(
            lambda found: same_ranking(found, {f"d{n}": (1 + n % 4) * 1.0 for n in range(7)}, 7),
            "each of the seven documents once, scores falling from 4 to 1",
            idea="a page takes up where the one before it ended; pages joined are the whole ranking",
        )
    check(result_page, here, "ufo", 1, 5, 1.0).equals({"total": 0, "hits": []}, idea="nothing found: a first page without answers")
    check(result_page, here, "ufo", 3, 5, 1.0).equals({"total": 0, "hits": []}, idea="nothing found: no page has answers")
    check(result_page, here, "note", 2, 5, 1.0).satisfies(
        lambda result: result["total"] == 8 and [hit["rank"] for hit in result["hits"]] == [6, 7, 8], "total 8 and the ranks 6, 7, 8", idea="titles count too"
    )
### END HIDDEN TESTS


# %% test="e4_snippets" points=2 title="Snippets from the body, with the words of the query marked"
def is_snippet(snippet, body, words):
    bare = snippet.replace("[", "").replace("]", "")
    marks = re.findall(r"\[([^\[\]]*)\]", snippet)
    return (
        bool(marks) == any(word in terms(body) for word in words)
        and (bool(marks) or snippet == "")
        and bare in body
        and len(bare) <= 350
        and all(mark.lower() in words for mark in marks)
        and snippet.count("[") == snippet.count("]") == len(marks)
        and not re.search(r"[^\W_]\[|\][^\W_]", snippet)
    )


shown = {"a": ("Port", "It is important: Port closed."), "b": ("Port office", "Nobody is there. Important notice.")}
with tempfile.TemporaryDirectory() as here:
    _ = write_index(here, SHELF, [[{"name": n, "title": t, "body": b} for n, (t, b) in shown.items()]])
    check(result_page, here, "port", 1, 10, 1.0).note(f"(title, body): {shown}").satisfies(
        lambda result: sorted(hit["name"] for hit in result["hits"]) == ["a", "b"]
        and all(is_snippet(hit["snippet"], shown[hit["name"]][1], ["port"]) for hit in result["hits"]),
        "of a a piece of its body with [Port] in it, and of b the empty text",
        idea="snippets come from the body; whole words are marked, as they stand there",
    )
### BEGIN HIDDEN TESTS
shown = {"c": ("Notice", "Port & <b>port</b>: 'ports' > port < PORT."), "d": ("Notice", "A port_office; the _Port_ office.")}
with tempfile.TemporaryDirectory() as here:
    _ = write_index(here, SHELF, [[{"name": n, "title": t, "body": b} for n, (t, b) in shown.items()]])
    check(result_page, here, "Port?", 1, 10, 1.0).note(f"(title, body): {shown}").satisfies(
        lambda result: sorted(hit["name"] for hit in result["hits"]) == ["c", "d"]
        and all(is_snippet(hit["snippet"], shown[hit["name"]][1], ["port"]) for hit in result["hits"]),
        "pieces of both bodies, each sign as it stands there",
        idea="a snippet differs from its body by the brackets alone: nothing is escaped or left out",
    )
small = library.generate(seed=int(seeded(50).integers(1, 10**6)), documents=60)
bodies = {n: text.partition("\n\n")[2] for n, text in small.texts.items()}
rows = [{"name": n, "title": small.titles[n], "body": bodies[n]} for n in bodies]
with tempfile.TemporaryDirectory() as here:
    _ = write_index(here, SHELF, [rows[:20], rows[20:]])
    for asked in (small.queries["q02"], small.queries["q17"], small.queries["q45"].upper(), "in the end"):
        check(result_page, here, asked, 1, 60, 5.0).note("seed 50: a library of 60 documents").satisfies(
            lambda result: all(is_snippet(hit["snippet"], bodies[hit["name"]], terms(asked)) for hit in result["hits"]),
            "of every hit a piece of its body, at most 350 characters, with a word of the query in brackets if the body has one",
            idea="cut a piece around a match, not the beginning of the text; mark words, nothing else",
        )
### END HIDDEN TESTS

# %% [markdown]
r"""
## Did you mean …?

The most frequent reason for no answer is a slip of the finger. Damerau ("A technique for computer detection and correction of spelling errors", 1964) found four of five misspelt words to be *one* edit away from the right one: a letter too many, one missing, another one in its place, or two neighbours swapped.
Whoosh has a `suggest`.

**Predict.** Somebody types *strom*. Which word should come first?
"""

# %%
print("at most 1 edit: ", plain.suggest("body", "strom", maxdist=1))
print("at most 2 edits:", plain.suggest("body", "strom", maxdist=2))
with shelf.reader() as lexicon:
    print({word: lexicon.frequency("body", word) for word in ("from", "story", "storm")})

# %% [markdown]
r"""
It knows *storm*, and hides it behind words that are farther away and more frequent: this version ranks by frequency alone, although its documentation says that the distance comes first. (Never trust a ranking that you have not looked at.)

So count edits. Let $D_{i,j}$ be the fewest that turn the first $i$ letters of $a$ into the first $j$ of $b$; $D_{i,0}=i$ and $D_{0,j}=j$. Else it is the least of

$$D_{i-1,j}+1,\qquad D_{i,j-1}+1,\qquad D_{i-1,j-1}+[a_i\ne b_j],$$

and, if $a_ia_{i-1}=b_{j-1}b_j$ (two neighbours swapped, $i,j\ge2$), also of $D_{i-2,j-2}+1$. Without the last rule this is Levenshtein's distance (IIR 3.3.3). With it, it is the **restricted Damerau-Levenshtein distance**, also *optimal string alignment*: no letter is edited twice. The unrestricted one
(Lowrance and Wagner, 1975) may write something *between* two letters that it has swapped: from *ca* over *ac* to *abc* in 2, where the restricted one needs 3.
"""

# %% [markdown] exercise="e5" title="Suggest a word" level="stretch" minutes=20 exports=["distance", "suggest"]
r"""
Write two functions.

- `distance(a, b)`: the restricted Damerau-Levenshtein distance of two texts (optimal string alignment), as defined above: an `int`.
- `suggest(frequencies, word)`: `frequencies` is a dict from the words of an index to their frequencies, integers above 0. Return the list of those at distance 2 or less from `word`, the nearest first; at equal distance the more frequent first; then by the alphabet. A word that is in the index stands first itself.

`distance("strom", "storm")` is 1, `distance("ca", "abc")` is 3; `suggest({"from": 171, "storm": 12, "story": 40, "strong": 9, "pier": 80}, "strom")` is `["storm", "from", "story", "strong"]`.
"""

# %% [markdown] hints="e5" reading="IIR 3.3"
r"""
1. Fill a table by hand for *ca* and *abc*. Which entries does each new one look at?
2. Row by row; a row needs the two rows above it. Then `suggest` is a filter and a sort with a key of three parts.
3. Start with `rows = [list(range(len(b) + 1))]`. For letter `x`, the i-th of `a`, a row begins with `i`; each next entry is the least of three, and `rows[-2][j - 2] + 1` where `x == b[j - 2]` and `a[i - 2] == b[j - 1]` and both `i` and `j` are above 1.
"""


# %% solution="e5"
def distance(a, b):
    """Restricted Damerau-Levenshtein distance (optimal string alignment)."""
    ### BEGIN SOLUTION
    rows = [list(range(len(b) + 1))]
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            best = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and y == a[i - 2]:
                best = min(best, rows[-2][j - 2] + 1)
            row.append(best)
        rows.append(row)
    return rows[-1][-1]
    ### END SOLUTION


def suggest(frequencies, word):
    """Words of the index at distance 2 or less, the nearest first, then the most frequent."""
    ### BEGIN SOLUTION
    away = {other: distance(word, other) for other in frequencies}
    near = [other for other in away if away[other] <= 2]
    return sorted(near, key=lambda other: (away[other], -frequencies[other], other))
    ### END SOLUTION


# %% test="e5_distance" points=2 title="Four edits, each letter once"
check(distance, "strom", "storm").equals(1, idea="two neighbours swapped are one edit")
check(distance, "ca", "abc").equals(3, idea="no letter is edited twice: between swapped letters nothing is written")
check(distance, "vessel", "vesel").equals(1, idea="a letter too many is one edit")
### BEGIN HIDDEN TESTS
from functools import lru_cache


@lru_cache(maxsize=None)
def slow(a, b):
    """By the definition, from the end of the texts."""
    if not a or not b:
        return len(a) + len(b)
    ways = [slow(a[:-1], b) + 1, slow(a, b[:-1]) + 1, slow(a[:-1], b[:-1]) + int(a[-1] != b[-1])]
    if len(a) > 1 < len(b) and a[-2:] == b[-1] + b[-2]:
        ways.append(slow(a[:-2], b[:-2]) + 1)
    return min(ways)


for a, b in (("", ""), ("", "port"), ("port", ""), ("a", "b"), ("ab", "ba"), ("abcd", "badc"), ("aa", "a"), ("kernel", "kernle"), ("abab", "baba")):
    check(distance, a, b).equals(slow(a, b), idea="the least of deleting, inserting, replacing and swapping")
for seed in range(25):
    rng = seeded(60 + seed)
    a, b = ("".join(rng.choice(list("abc"), size=int(rng.integers(0, 8)))) for _ in range(2))
    check(distance, a, b).note(f"seed {60 + seed}").equals(slow(a, b), idea="the least of deleting, inserting, replacing and swapping")
### END HIDDEN TESTS

# %% test="e5_order" points=1 title="The nearest first, then the most frequent"
counts = {"from": 171, "storm": 12, "story": 40, "strong": 9, "pier": 80}
check(suggest, counts, "strom").equals(["storm", "from", "story", "strong"], idea="storm is one edit away, the others two; pier is too far")
### BEGIN HIDDEN TESTS
check(suggest, counts, "storm").satisfies(lambda words: words[:2] == ["storm", "story"], "storm, then story", idea="a word of the index is at distance 0")
check(suggest, {"cat": 5, "bat": 5, "rat": 9, "cot": 1, "dog": 2, "mat": 3, "hat": 7}, "dat").equals(
    ["rat", "hat", "bat", "cat", "mat", "dog", "cot"], idea="all that are near; at equal distance by frequency, then by the alphabet"
)
check(suggest, {"a": 1, "abc": 3, "abcd": 9, "xyz": 2}, "").equals(["a"], idea="one letter is one edit from the empty text; three are too many")
check(suggest, {"port": 1, "airport": 50, "porters": 70, "ports": 1}, "port").equals(["port", "ports"], idea="a common beginning is not nearness")
### END HIDDEN TESTS

# %%
plain.close()
shelf.close()
folder.cleanup()

# %% [markdown]
r"""
## In practice

- **Lengths cost.** Exercise 3 reads the whole index for each search. A production engine works lengths out when it indexes and stores them with the document: Lucene in one byte each, and so does Whoosh for BM25F. Rounding included: two lengths that fall into one byte are one length.
- **Merging costs.** `optimize=True` rewrites everything at each commit: with $n$ commits of equal size that is of the order of $n^2$ writing. Engines merge segments of like size instead (IIR 4.5, logarithmic merging), and live with statistics that count some ghosts.
- **One writer.** A Whoosh index has a lock: a second writer gets a `LockError`. Readers see the generation that they opened, until they ask for a newer one. A service refreshes every second or so; "added" and "can be found" are two moments.
- **Whoever writes an index can run code.** Whoosh keeps its schema as a pickle. Open only indexes of people whose programs you would run.
- **Deep pages are dear.** Page 1,000 sorts ten thousand answers to show ten. Large engines refuse, or go on from the last score seen.
- **A hundred times the size** is 120,000 documents: Whoosh, in pure Python, still answers, slowly. Then Lucene (Elasticsearch, OpenSearch), Tantivy, or the full-text search of SQLite and PostgreSQL: other names for the parts that you know now.

## Summary

- Whoosh's `TF_IDF` is $\sum\mathrm{tf}\,(\ln\frac N{\mathrm{df}+1}+1)$: a sum, so it can be explained; without length, so long documents win with small words.
- An engine decides every default by itself: analysis, operators, order, number of answers, what counts after a change; and it lives in its folder.
- In a weighting model the document's numbers may come from the segment, the collection's must come from the whole; the scorer's bound is a promise.
- Pages are cut from one ranking; fields have statistics of their own; snippets mark tokens, not letters.
- Suggestions: nearest first, by a distance in which a swap is one edit.

## Reflection

Your engine goes into the web site of a town library. Somebody complains: "I typed my question and the first hit is a report of a hundred pages that says nothing about it." Write three to five sentences. Do they (1) say how you would find out which words made that score; (2) name the part of the formula to blame; (3) choose a change,
and say what you would measure before you put it in place?
"""

# %% [markdown] reflection="reflection"
r"""
I would run `explain` for that question and document: if most of the score comes from words like *the* and *in*, it is the plain sum, in which every occurrence counts in full, common words keep a weight of 1, and a hundred pages are never divided by their length. I would change the weighting to the cosine or to BM25, not cut out stop words, since
long reports would still win by their many occurrences. Before that I would take fifty real questions from the log, have the first ten answers of both engines judged, and compare the precision, for short keyword queries too: they were fine before, and must stay so.
"""

# %% [markdown]
r"""
## Further reading

- *Introduction to Information Retrieval* (Manning, Raghavan, Schütze, 2008), 1.1-1.4 once more, as a specification: which of its steps does each line of your engine take over? 6.2-6.3 likewise, for the ranking; 6.1 for zones and their weights.
- Beyond the planned chapters: 3.3 (edit distance, k-grams to find near words without comparing all), 4.5 (segments and merging), 7.2 (how the parts of an engine fit together), 8.7 (snippets).
- Whoosh's documentation: "How to search", "How to create highlighted search result excerpts", and the source of its `scoring` module, which is short. Look for `get_parent`.
"""
