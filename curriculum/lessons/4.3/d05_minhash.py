# %% [markdown]
r"""
You will shrink sets of hundreds of members to a few hundred numbers each, from which alone you can say how alike any two of the sets are, and how far off that may be.

**You will be able to**

- **turn** a text into a set of shingles, and **compute** the Jaccard similarity of two sets (exercise 1);
- **build** MinHash signatures from random orders in one pass over the rows, and **show** that the share of agreement has the similarity as its mean (exercise 2);
- **replace** random orders by a seeded family of hash functions, and **say** where such a family is biased (exercise 3);
- **choose** how long a signature must be for a promised error, for one pair and for many (exercise 4).
"""

# %% [markdown]
r"""
## Warm-up

1. 4.3, day 1: a support is a count, and a confidence a share. What is each divided by, if at all?
2. 1.5, day 6: a coin that shows heads with probability $s$ is thrown $k$ times. What are the mean and the standard deviation of the *share* of heads?

<details><summary>Answers</summary>

1. The support by nothing (or by the number of baskets, where a share is wanted); the confidence of $L\Rightarrow R$ is the support of $L\cup R$ divided by that of $L$.
2. $s$ and $\sqrt{s(1-s)/k}$: with $k=100$ and $s=\tfrac12$ that is 0.05.

</details>

## Set-up

The documents come from `curriculum.lab.neardups`: a third of them are copies of others, and how alike an original and its copy are is known exactly. `two_sets(similarity, size, seed)` draws two sets of random whole numbers that are exactly so similar, with `size`
members in all. `P` is the prime $2^{31}-1$.
"""

# %% setup=true
import hashlib
import itertools
import math
from fractions import Fraction

import matplotlib.pyplot as plt
import numpy as np

from curriculum.lab import check, figures, seeded
from curriculum.lab.neardups import two_sets

P = 2**31 - 1

figures.style()

# %% [markdown]
r"""
## A sample that sees no likeness

Two hundred documents, and somebody asks which of them are copies of each other. A checksum finds copies that are equal to the last byte:
"""

# %%
from curriculum.lab import neardups

docs = neardups.generate(documents=200)
checksums = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in docs.texts.items()}
equal = sum(checksums[original] == checksums[copy] for original, copy in docs.pairs)
print(f"{len(docs.pairs)} copies; {equal} of them have the checksum of their original")

# %% [markdown]
r"""
None. Every copy differs by a word or a blank. So we need a number that says *how* alike two documents are. Cut each text into all its runs of five characters, and compare the two sets of runs: what they share, as a part of what either has. That works, and it is dear: every document has become some 650
strings, more than the text itself. The natural way to save is to keep a random sample of 100 runs of each. **Predict:** of two documents with the *same* set, how alike do the samples look?
"""

# %%
rng = np.random.default_rng(5)
runs = {name: sorted(neardups.shingles(text)) for name, text in docs.texts.items()}
sampled = {name: set(rng.choice(members, 100, replace=False).tolist()) for name, members in runs.items()}
for aim in (1.0, 0.9, 0.7, 0.3):
    alike = [pair for pair in docs.pairs if docs.aims[pair] == Fraction(str(aim))]
    seen = np.mean([float(neardups.jaccard(sampled[a], sampled[b])) for a, b in alike])
    print(f"{len(alike)} pairs meant to be {aim:.1f} alike: their samples are {seen:.2f} alike")

# %% [markdown]
r"""
Equal sets look 0.10 alike, and pairs that differ in three shingles of ten look 0.08 alike: both would be called strangers. The ten equal pairs have some 600 members each; a member that both have survives in both samples with probability $(100/600)^2$, about 3 %: most of what one sample kept, the other one threw away. What is missing is an agreement. If both documents kept *the same* members wherever they can, the samples could be compared. They cannot ask each other, there are too many
documents for that. But they can all obey one rule, made before anybody looked at them. Broder found it in 1997, for the pages of a search engine of that time.

## Sets of shingles

A **$k$-shingle** of a text is a run of $k$ characters in it. A text becomes the *set* of its $k$-shingles: a run that occurs ten times is in it once. White space is a matter of layout, so we first make every run of blanks, tabs and line ends one blank, and drop those at both ends. Then `"to be"` has the 2-shingles `to`, `o␣`, `␣b`
and `be`. (MMDS 3.2.4 makes others of whole words; ours are of characters.)

The **Jaccard similarity** of two sets is

$$J(A,B)=\frac{|A\cap B|}{|A\cup B|},$$

from 0 for disjoint sets to 1 for equal ones. For two empty sets the quotient is $0/0$; we lay down 1, since they are equal. It is one of several measures of overlap. Dividing by the smaller set instead would call a quotation and the whole book alike; doubling $|A\cap B|$ over $|A|+|B|$ (Dice's coefficient) sorts pairs in the same order but gives other numbers, and
$1-\text{Dice}$ breaks the triangle inequality, whereas $1-J$ is a distance, as day 7 will show.

**How long should a shingle be?** Short ones are in every text, long ones break at the first changed letter. Watch the documents that have *nothing* to do with each other:
"""

# %%
related = {frozenset(pair) for family in docs.families for pair in itertools.combinations(family, 2)}
names = list(docs.texts)[:60]
strangers = [pair for pair in itertools.combinations(names, 2) if frozenset(pair) not in related]
near = [pair for pair in docs.pairs if docs.aims[pair] == Fraction(9, 10)]
for k in (1, 2, 3, 5, 9, 15):
    cut = {name: neardups.shingles(text, k) for name, text in docs.texts.items()}
    apart = np.mean([float(neardups.jaccard(cut[a], cut[b])) for a, b in strangers])
    close = np.mean([float(neardups.jaccard(cut[a], cut[b])) for a, b in near])
    print(f"k = {k:2}: strangers {apart:.2f}, copies {close:.2f}")

# %% [markdown]
r"""
At $k=1$ everything is like everything: all texts use the alphabet. A longer shingle separates strangers better, and a changed word costs a copy the more shingles, the longer they are. The rule of MMDS 3.2.2 is that a document should rarely have a shingle by accident; about 5 does for short messages, 9 for long articles. Our texts are short, and we take 5.
"""

# %% [markdown] exercise="e1" title="Shingles and their likeness" level="warm-up" minutes=20 exports=["shingles", "jaccard"]
r"""
Write two functions.

- `shingles(text, k)`: the set of the `k`-shingles of a text, for a whole number $k\ge1$. First every run of white space (whatever `str.split` takes for it) becomes one blank, and white space at both ends is dropped. Nothing else is changed: capitals and full stops stay. A text that is shorter than `k` after that has no shingles:
  the result is the empty set.
- `jaccard(a, b)`: the Jaccard similarity of two sets, as an exact `Fraction`. Two empty sets have similarity 1. The members may be anything that a set can hold; the two sets stay as they are.

`shingles("to  be\n", 2)` is `{"to", "o ", " b", "be"}`, `shingles("banana", 3)` is `{"ban", "ana", "nan"}`, and `jaccard({1, 2, 3}, {2, 3, 4})` is `Fraction(1, 2)`.
"""

# %% [markdown] hints="e1" reading="MMDS 3.1.1, 3.2.1 and 3.2.2"
r"""
1. How many places are there at which a run of `k` characters can begin?
2. `text.split()` cuts at runs of white space and forgets those at the ends; join what it gives by one blank. For the similarity, `&` and `|` are intersection and union; look at the case in which the union is empty.
3. A set comprehension over `range(len(text) - k + 1)` of slices `text[start : start + k]`; a range with a negative end is empty, which is just right. Then a `Fraction` of two lengths.
"""


# %% solution="e1"
def shingles(text, k):
    """All runs of k characters, once white space is normalised."""
    ### BEGIN SOLUTION
    text = " ".join(text.split())
    return {text[start : start + k] for start in range(len(text) - k + 1)}
    ### END SOLUTION


def jaccard(a, b):
    """The members in both sets, as a share of those in either."""
    ### BEGIN SOLUTION
    if not a and not b:
        return Fraction(1)
    return Fraction(len(a & b), len(a | b))
    ### END SOLUTION


# %% test="e1_runs" points=2 title="All runs of k characters, as a set"
check(shingles, "banana", 3).equals({"ban", "ana", "nan"}, idea="a shingle that occurs twice is in the set once")
check(shingles, "to be", 2).equals({"to", "o ", " b", "be"}, idea="a blank is a character like others")
### BEGIN HIDDEN TESTS
check(shingles, "Be. be.", 2).equals({"Be", "e.", ". ", " b", "be"}, idea="capitals and full stops stay")
check(shingles, "abcd", 1).equals(set("abcd"), idea="runs of one character")
for seed in range(6):
    random = seeded(seed)
    text = "x" + "".join(random.choice(list("abA. "), 40).tolist()).replace("  ", "b ").replace("  ", "a") + "y"
    k = int(random.integers(2, 7))
    columns = zip(*(text[shift:] for shift in range(k)), strict=False)
    check(shingles, text, k).note(f"seed {seed}").equals({"".join(run) for run in columns}, idea="one run from each place where k characters are left, the last one too")
### END HIDDEN TESTS

# %% test="e1_white" points=1 title="White space is normalised"
check(shingles, "to  be\n", 2).equals({"to", "o ", " b", "be"}, idea="two blanks are one, and the line end at the end is gone")
### BEGIN HIDDEN TESTS
check(shingles, "\t a\n\n \tb ", 3).equals({"a b"}, idea="any run of white space is one blank; at the ends it is dropped")
check(shingles, "a\u00a0b\r\nc", 5).equals({"a b c"}, idea="white space is what str.split takes for it")
check(shingles, " one\n  two\t", 7).equals({"one two"}, idea="first normalise, then cut")
### END HIDDEN TESTS

# %% test="e1_short" points=1 title="A text too short has none"
check(shingles, "tea", 4).equals(set(), idea="no run of four characters is in a text of three")
### BEGIN HIDDEN TESTS
check(shingles, "", 1).equals(set(), idea="nothing is in an empty text")
check(shingles, "ab", 9).equals(set(), idea="a whole text that is too short is no shingle")
check(shingles, "four", 4).equals({"four"}, idea="exactly k characters are one shingle")
### END HIDDEN TESTS

# %% test="e1_jaccard" points=2 title="Common members over all members"
check(jaccard, {1, 2, 3}, {2, 3, 4}).equals(Fraction(1, 2), idea="two in common, of four in all")
check(jaccard, {"a"}, {"a", "b", "c"}).equals(Fraction(1, 3), idea="a part is not the whole: divide by the union")
check(jaccard, {1, 2, 3}, {2, 3, 4}).keeps_arguments(idea="the two sets stay as they are")
### BEGIN HIDDEN TESTS
check(jaccard, {1, 2}, set()).equals(Fraction(0), idea="nothing in common, two in all")
check(jaccard, {1, 2}, {3}).equals(Fraction(0), idea="nothing in common")
check(jaccard, {1, 2}, {2, 1}).equals(Fraction(1), idea="equal sets")
for seed in range(10, 15):
    shared, size = int(seeded(seed).integers(1, 50)), 50
    one, two = two_sets(Fraction(shared, size), size, seed)
    check(jaccard, one, two).note(f"seed {seed}").equals(Fraction(shared, size), idea="an exact fraction of the union")
### END HIDDEN TESTS

# %% test="e1_empty" points=1 title="Two empty sets are alike"
check(jaccard, set(), set()).equals(Fraction(1), idea="0/0 needs a rule, and the statement has one")

# %% [markdown]
r"""
## One random order for everybody

Write all shingles that occur anywhere one below the other, as rows, and the documents as columns; a cell says whether the document has the shingle. This is the **characteristic matrix** (MMDS 3.3.1). It is nearly empty, and nobody stores it; it is for thinking. Now shuffle its rows. The **MinHash** of a document is the place of the first row in which its column has a 1.
That is the rule for all: *keep the member that comes first in the common random order.*

**Theorem** (MMDS 3.3.3). If the order is drawn from all orders of the rows with equal probability, two sets that are not both empty have the same MinHash with probability $J(A,B)$.

*Proof.* Rows in which neither set has a 1 do not matter. There are $|A\cup B|$ others, and each of them is equally likely to come first of them. If the one that does is in $A\cap B$, it is the first of both sets, and both have the same value. If it is in one set only, that set's value is its place, and the other's comes later. So the values agree exactly if the first row
of the union is a row of the intersection: probability $|A\cap B|/|A\cup B|$. $\square$

One order gives one bit about a pair: agree or not. With $k$ independent orders a set has $k$ MinHashes, its **signature**, and the share of places in which two signatures agree has the mean $J$. The picture has three sets over six rows, and one order.
"""

# %%
members = np.array([[1, 0, 1], [0, 1, 0], [1, 1, 0], [0, 0, 1], [1, 1, 0], [0, 1, 1]])
order = np.array([3, 0, 4, 1, 2, 5])  # order[x] is the place to which row x goes
shuffled = np.empty_like(members)
shuffled[order] = members
labels = np.empty(6, dtype=object)
labels[order] = list("abcdef")
print("first row with a 1, for each set:", shuffled.argmax(axis=0).tolist())

# %%
fig, axes = plt.subplots(1, 2, figsize=(7.2, 3.4))
for ax, matrix, rows in zip(axes, (members, shuffled), ("abcdef", labels), strict=True):
    _ = ax.imshow(1 - matrix, cmap="gray", vmin=-2, vmax=1, aspect="auto")
    for (row, column), value in np.ndenumerate(matrix):
        first = ax is axes[1] and row == shuffled[:, column].argmax()
        box = dict(boxstyle="circle", facecolor="white", edgecolor=figures.OKABE_ITO[5], linewidth=2) if first else None
        _ = ax.text(column, row, value, ha="center", va="center", bbox=box)
    _ = ax.set(xticks=range(3), xticklabels=["S₀", "S₁", "S₂"], yticks=range(6), yticklabels=list(rows), xlabel="set")
    ax.grid(False)
_ = axes[0].set(title="Who has what", ylabel="member")
_ = axes[1].set(title="The first 1 in the common order", ylabel="member, shuffled")
figures.show(fig, "The characteristic matrix of three sets over the members a to f, and the same rows in the order b, d, e, a, c, f; the first 1 of each column is ringed: rows 2, 0 and 1.")

# %% [markdown]
r"""
$S_0=\{a,c,e\}$ and $S_1=\{b,c,e,f\}$ have $J=\tfrac25$, and in this order they disagree. Since $6!=720$, the theorem can be checked without any chance in it: look at all orders.
"""

# %%
firsts = np.array([[min(place[x] for x in np.flatnonzero(column)) for column in members.T] for place in itertools.permutations(range(6))])
for i, j in itertools.combinations(range(3), 2):
    true = Fraction(int((members[:, i] & members[:, j]).sum()), int((members[:, i] | members[:, j]).sum()))
    print(f"S{i} and S{j}: the same in {(firsts[:, i] == firsts[:, j]).sum()} of 720 orders; J = {true}, and {true} of 720 is {true * 720}")

# %% [markdown]
r"""
**In one pass.** Shuffling a matrix of millions of rows hundreds of times is out of the question, and not needed. Keep for each order the *place* of each row, and go over the rows once, as they lie on the disk (MMDS 3.3.5): every set that has the row lowers each of its $k$ values to the row's place under that order, if that is smaller. A set that has met no row yet stands at a value
greater than any place. The same step makes signatures grow together: the signature of $A\cup B$ is the smaller of the two signatures, place by place. So parts of a set can be sketched on different machines.
"""

# %% [markdown] exercise="e2" title="Signatures from orders" level="core" minutes=40 exports=["minhash", "estimate"]
r"""
Write two functions.

- `minhash(sets, orders)`: the signatures of several sets. `sets` is a list of sets of whole numbers, the rows from 0 to $n-1$; `orders` is an integer array of shape $(k,n)$, of which each line is a permutation of $0,\dots,n-1$: **`orders[i, x]` is the place to which order `i` puts row `x`**. Return an integer array of shape $(k,\text{number of sets})$: at $(i,j)$ stands
  the smallest place that order `i` gives to a row of set `j`. For an empty set it is $n$, at every `i`. There is at least one order and one set; $n\ge1$. The sets and the orders stay as they are.
- `estimate(signatures, i, j)`: the share of the lines of such an array in which the columns `i` and `j` agree, as an exact `Fraction`.

With `sets = [{0, 2}, {1, 2}, set()]` and `orders = np.array([[2, 0, 1], [1, 2, 0]])`, `minhash(sets, orders)` is `np.array([[1, 0, 3], [0, 0, 3]])`; with this array, `estimate(signatures, 0, 1)` is `Fraction(1, 2)`.
"""

# %% [markdown] hints="e2" reading="MMDS 3.3.2 to 3.3.5"
r"""
1. For one order and one set: which numbers do you take the least of?
2. Begin with an array that is full of `n`. For each row, and each set that has it, compare one column of the array with one column of `orders`.
3. `np.minimum(signatures[:, j], orders[:, row])` is the new column. For the estimate count the `True` in the comparison of two columns; `Fraction` wants plain `int`s.
"""


# %% solution="e2"
def minhash(sets, orders):
    """The smallest place of a member: one line for each order, one column for each set."""
    ### BEGIN SOLUTION
    k, n = orders.shape
    signatures = np.full((k, len(sets)), n)
    for row in range(n):
        for column, members in enumerate(sets):
            if row in members:
                signatures[:, column] = np.minimum(signatures[:, column], orders[:, row])
    return signatures
    ### END SOLUTION


def estimate(signatures, i, j):
    """The share of the places in which two signatures agree."""
    ### BEGIN SOLUTION
    agreeing = int(np.sum(signatures[:, i] == signatures[:, j]))
    return Fraction(agreeing, len(signatures))
    ### END SOLUTION


# %% test="e2_signature" points=3 title="The smallest place of a member"
check(minhash, [{0, 2}, {1, 2}], np.array([[2, 0, 1], [1, 2, 0]])).equals(
    np.array([[1, 0], [0, 0]]), idea="order 0 puts row 0 at place 2 and row 2 at place 1; the smaller place is 1"
)
check(minhash, [{0}, {1}, {2}], np.array([[1, 2, 0]])).equals(np.array([[1, 2, 0]]), idea="orders[i, x] is where row x goes, not which row comes at place x")
### BEGIN HIDDEN TESTS
for seed in range(20, 26):
    random = seeded(seed)
    n, k = int(random.integers(3, 15)), int(random.integers(1, 8))
    orders = np.array([random.permutation(n) for _ in range(k)])
    sets = [set(random.choice(n, int(random.integers(1, n + 1)), replace=False).tolist()) for _ in range(4)]
    sets.append(sets[0] | sets[1])
    least = np.array([[min(int(orders[i, x]) for x in group) for group in sets] for i in range(k)])
    check(minhash, sets, orders).note(f"seed {seed}").equals(least, idea="for each order and set, the least of the places of its members; for a union, the smaller of the two")
    check(minhash, sets, orders).note(f"seed {seed}").keeps_arguments(idea="do not change what was handed in")
### END HIDDEN TESTS

# %% test="e2_empty" points=1 title="An empty set stands at n"
check(minhash, [{0, 2}, {1, 2}, set()], np.array([[2, 1, 0], [0, 2, 1]])).equals(
    np.array([[0, 0, 3], [0, 1, 3]]), idea="no row ever lowers the value of an empty set"
)
### BEGIN HIDDEN TESTS
check(minhash, [set(), set()], np.array([[0, 1, 2, 3]])).equals(np.array([[4, 4]]), idea="n is greater than every place; two empty sets agree")
check(minhash, [set(), {0}], np.array([[0], [0]])).equals(np.array([[1, 0], [1, 0]]), idea="n is 1 here")
### END HIDDEN TESTS

# %% test="e2_estimate" points=3 title="Agreement, place by place: over all orders it is Jaccard's similarity"
check(estimate, np.array([[1, 0, 3], [0, 0, 3]]), 0, 1).equals(Fraction(1, 2), idea="they agree in the second of two lines")
check(estimate, np.array([[1, 2], [2, 1], [5, 5]]), 0, 1).equals(Fraction(1, 3), idea="the same number in another line is no agreement")
### BEGIN HIDDEN TESTS
check(estimate, np.array([[7, 1, 7], [0, 2, 0], [4, 4, 4]]), 2, 0).equals(Fraction(1), idea="equal columns agree everywhere")
check(estimate, np.array([[0, 1], [1, 1], [1, 1]]), 0, 1).equals(Fraction(2, 3), idea="count every line, also where the same value comes again")
for seed in range(30, 34):
    random = seeded(seed)
    n = int(random.integers(4, 7))
    orders = np.array(list(itertools.permutations(range(n))))
    sets = [set(random.choice(n, int(random.integers(1, n + 1)), replace=False).tolist()) for _ in range(3)]
    signatures = check(minhash, sets, orders).note(f"seed {seed}; all {len(orders)} orders of {n} rows").value(idea="an array comes back")
    for i, j in ((0, 1), (1, 2), (2, 0)):
        check(estimate, signatures, i, j).note(f"seed {seed}; the sets {sorted(sets[i])} and {sorted(sets[j])} under all {len(orders)} orders").equals(
            Fraction(len(sets[i] & sets[j]), len(sets[i] | sets[j])), idea="over all orders the share of agreement is the similarity exactly"
        )
### END HIDDEN TESTS

# %% [markdown]
r"""
## Functions for orders

A random order of all shingles of the web is a list as long as all these shingles. Replace it by a formula. First give every shingle a number, its **fingerprint**, below a prime $p$. Then

$$h_{a,b}(x)=(ax+b)\bmod p,\qquad 1\le a\le p-1,\quad 0\le b\le p-1 .$$

For a prime $p$ and $a\ne0$ this is a *bijection* of $\{0,\dots,p-1\}$: if $ax+b\equiv ay+b$, then $p$ divides $a(x-y)$, so $x=y$. It shuffles, with no ties, and two numbers $a,b$ are all one has to keep. Were the modulus a power of two, an even $a$ would send different members to one place:
"""

# %%
for a, modulus in ((6, 16), (6, 17)):
    images = [(a * x + 3) % modulus for x in range(modulus)]
    print(f"{a}x + 3 mod {modulus} takes {len(set(images))} values: {images[:9]} …")

# %% [markdown]
r"""
For the fingerprint do not use Python's `hash`: for texts it is salted anew in every process, and signatures made today could not be compared with those of yesterday, or of another machine. A digest such as BLAKE2 is the same everywhere.

**A bijection is not a random order.** There are $p(p-1)$ functions in the family and $p!$ orders. The theorem needs each member of the union to be equally likely to come first, and this family does not promise it. (Families that do are called *min-wise independent*. Broder, Charikar, Frieze and Mitzenmacher showed in 1998 that they must be huge.) **Predict:** for two sets of a thousand members in all, of similarity ½, in which case will
20,000 such functions be right: with the numbers from 0 to 999, or with random numbers?
"""


# %%
def agreement(one, two, k, seed):
    draw = np.random.default_rng(seed)
    hits = 0
    for _ in range(k):
        a, b = draw.integers(1, P), draw.integers(0, P)
        hits += ((a * one + b) % P).min() == ((a * two + b) % P).min()
    return hits / k


whole = np.arange(1000)
scattered = np.random.default_rng(8).choice(P, 1000, replace=False)
for kind, numbers in (("consecutive", whole), ("random", scattered)):
    share = agreement(numbers[:750], numbers[250:], 20_000, seed=4)
    print(f"{kind} numbers: {share:.4f}, {(share - 0.5) / math.sqrt(0.25 / 20_000):+.1f} standard errors from 1/2")

# %% [markdown]
r"""
Consecutive numbers are mapped to an arithmetic progression, wrapped round: its first member lies more often near one end of the run than in the middle, and here the common members are those in the middle. With 200 functions nobody would notice an error of 0.065 (not even two standard errors); with 20,000 it is a certainty, and more functions only make us surer of the wrong number. If the members themselves are random, as good fingerprints are, any fixed bijection maps
them to random places, and the proof holds again, on average over the fingerprints; what bias is left for those that were drawn is too small to be seen here. So: **scatter first, then $ax+b$.**
"""

# %% [markdown] exercise="e3" title="A family of hash functions" level="core" minutes=50 exports=["fingerprint", "hash_family", "sketch"]
r"""
Write three functions. The prime `P` $=2^{31}-1$ is bound by the set-up cell.

- `fingerprint(text)`: a whole number from 0 to `P` − 1. Take the digest of the text's UTF-8 bytes by `hashlib.blake2b` with `digest_size=8`, read these 8 bytes as one whole number, the most significant byte first, and take it modulo `P`.
- `hash_family(k, p, seed)`: a list of $k\ge1$ pairs `(a, b)` of `int`s for a prime $p$ from 3 to `P`, drawn from a generator `np.random.default_rng(seed)`. Each `a` is uniform on $1,\dots,p-1$, each `b` on $0,\dots,p-1$, all of them independent. The same arguments give the same list, another seed gives another. In which order you draw the numbers is yours to choose.
- `sketch(members, family, p)`: the signature of one set of whole numbers from 0 to $p-1$ under such pairs: a one-dimensional integer array as long as `family`, in whose place $i$ stands the least $(a_ix+b_i)\bmod p$ over all members $x$. For the empty set `p` stands everywhere. $p$ is a prime from 3 to `P`, and the family has at least one pair. What is handed in stays as it is.

`fingerprint("shingle")` is `199852372`, `sketch({1, 4}, [(2, 1), (3, 0)], 7)` is `np.array([2, 3])`, and `sketch(set(), [(2, 1)], 7)` is `np.array([7])`.
"""

# %% [markdown] hints="e3" reading="MMDS 3.2.3 and 3.3.5"
r"""
1. Which of the two numbers may be 0, and what would a 0 do in the other one's place? How large can $ax+b$ become, and in which type of NumPy does it fit?
2. `int.from_bytes(…, "big")`; `rng.integers(low, high)` leaves out `high`; in the sketch, a table of functions by members and then the least of each line. The empty set has no least.
3. `a[:, None] * x + b[:, None]` in `int64` stays below $2^{63}$ for $p\le2^{31}-1$. `np.min(table, axis=1, initial=p)` also settles the empty set.
"""


# %% solution="e3"
def fingerprint(text):
    """A number below P that is the same in every process."""
    ### BEGIN SOLUTION
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big") % P
    ### END SOLUTION


def hash_family(k, p, seed):
    """k pairs (a, b), each standing for the bijection x -> (a x + b) mod p."""
    ### BEGIN SOLUTION
    rng = np.random.default_rng(seed)
    a = rng.integers(1, p, k)
    b = rng.integers(0, p, k)
    return list(zip(a.tolist(), b.tolist(), strict=True))
    ### END SOLUTION


def sketch(members, family, p):
    """The least hash of a member, for each function of the family."""
    ### BEGIN SOLUTION
    a, b = np.array(family, dtype=np.int64).T
    x = np.array(list(members), dtype=np.int64)
    hashes = (a[:, None] * x + b[:, None]) % p
    return hashes.min(axis=1, initial=p)
    ### END SOLUTION


# %% test="e3_fingerprint" points=1 title="A fingerprint that every process agrees on"
check(fingerprint, "shingle").equals(199852372, idea="BLAKE2b with eight bytes, most significant first, modulo P")
### BEGIN HIDDEN TESTS
check(fingerprint, "").equals(int(hashlib.blake2b(b"", digest_size=8).hexdigest(), 16) % P, idea="the digest of no bytes is a digest as well")
for seed in range(40, 45):
    text = "".join(seeded(seed).choice(list("abcé ö.Z"), 5).tolist())
    text += "ä"
    digest = hashlib.blake2b(text.encode("utf-8"), digest_size=8).hexdigest()
    check(fingerprint, text).note(f"seed {seed}").equals(int(digest, 16) % P, idea="the UTF-8 bytes, BLAKE2b with eight bytes, most significant first, modulo P")
### END HIDDEN TESTS

# %% test="e3_family" points=2 title="k pairs in their ranges, made from the seed"
check(hash_family, 4, 11, 1).satisfies(
    lambda pairs: len(pairs) == 4 and all(1 <= a <= 10 and 0 <= b <= 10 for a, b in pairs), "4 pairs (a, b) with 1 ≤ a ≤ 10 and 0 ≤ b ≤ 10", idea="a = 0 would send every member to one place"
)
### BEGIN HIDDEN TESTS
for seed in range(50, 53):
    start = int(seeded(seed).integers(1_000_000))
    for p in (3, 5, 101, P):
        check(hash_family, 120, p, start).note(f"seed {seed}").satisfies(
            lambda pairs, p=p: len(pairs) == 120 and all(0 < a < p and 0 <= b < p for a, b in pairs), "120 pairs (a, b) with 0 < a < p and 0 ≤ b < p", idea="look at both ends of both ranges"
        )
    first = check(hash_family, 30, P, start).note(f"seed {seed}").value(idea="a list of pairs comes back")
    check(hash_family, 30, P, start).note(f"seed {seed}").equals(first, idea="the same arguments, the same list: signatures of yesterday must be comparable with today's")
    check(hash_family, 30, P, start + 1).note(f"seed {seed}").satisfies(lambda pairs, first=first: list(pairs) != list(first), "another list for another seed", idea="draw from a generator with the given seed")
### END HIDDEN TESTS

# %% test="e3_spread" points=3 title="Uniform and independent: the estimate is near the similarity"
check(hash_family, 300, 3, 2).satisfies(
    lambda pairs: {(a, b) for a, b in pairs} == {(a, b) for a in (1, 2) for b in (0, 1, 2)}, "each of the six pairs that are possible for p = 3, among 300", idea="every pair is equally likely, those at the ends of the ranges too"
)
### BEGIN HIDDEN TESTS
for seed in range(60, 63):
    start = int(seeded(seed).integers(1_000_000))
    check(hash_family, 900, 5, start).note(f"seed {seed}").satisfies(
        lambda pairs: len({(a, b) for a, b in pairs}) == 20, "all of the twenty pairs that are possible for p = 5, among 900", idea="a from 1 to p - 1, b from 0 to p - 1, each with each"
    )
    check(hash_family, 400, P, start).note(f"seed {seed}").satisfies(
        lambda pairs: min(len({a for a, _ in pairs}), len({b for _, b in pairs})) >= 398, "400 pairs with hardly any number twice", idea="draw a new a and a new b for every function"
    )
    check(hash_family, 400, P, start).note(f"seed {seed}").satisfies(
        lambda pairs: all(abs(sum(pair[part] > P // 2 for pair in pairs) - 200) <= 65 for part in (0, 1)), "about half of the numbers in the upper half of the range", idea="uniform on the whole range"
    )
for seed, percent in enumerate((20, 40, 50, 70, 90), start=70):
    start = int(seeded(seed).integers(1_000_000))
    one, two = (np.array(sorted(group)) for group in two_sets(Fraction(percent, 100), 500, start))
    pairs = check(hash_family, 400, P, start).note(f"seed {seed}").value(idea="a list of pairs comes back")
    agreeing = sum(int(((a * one + b) % P).min() == ((a * two + b) % P).min()) for a, b in pairs)
    check(hash_family, 400, P, start).note(f"seed {seed}; two sets of similarity {percent} %: {agreeing} of 400 functions agree").satisfies(
        lambda _, wide=abs(agreeing / 400 - percent / 100): wide <= 0.17, "a share of agreement within 0.17 of the similarity", idea="the functions must be drawn independently of each other"
    )
### END HIDDEN TESTS

# %% test="e3_sketch" points=3 title="The least hash of a member"
check(sketch, {1, 4}, [(2, 1), (3, 0)], 7).equals(np.array([2, 3]), idea="2x + 1 gives 3 and 2, 3x gives 3 and 5, modulo 7")
### BEGIN HIDDEN TESTS
check(sketch, {P - 1}, [(P - 1, P - 1), (1, 0)], P).equals(np.array([0, P - 1]), idea="(p-1)² + p - 1 needs 62 bits; and a single member is its own least")
check(sketch, {5, 9, 2}, [(4, 1), (3, 7)], 11).keeps_arguments(idea="members and family stay as they are")
for seed in range(80, 86):
    random = seeded(seed)
    p = (13, 1009, P)[seed % 3]
    members = set(random.integers(0, p, int(random.integers(1, 40))).tolist())
    family = [(int(random.integers(1, p)), int(random.integers(0, p))) for _ in range(9)]
    check(sketch, members, family, p).note(f"seed {seed}").equals(
        np.array([min((a * x + b) % p for x in members) for a, b in family]), idea="for each function the least over the members, after the modulus; no overflow"
    )
### END HIDDEN TESTS

# %% test="e3_empty" points=1 title="The empty set stands at p"
check(sketch, set(), [(2, 1)], 7).equals(np.array([7]), idea="greater than every hash")
### BEGIN HIDDEN TESTS
check(sketch, set(), [(2, 1), (5, 3), (1, 0)], 101).equals(np.array([101, 101, 101]), idea="one value for each function")
### END HIDDEN TESTS

# %% [markdown]
r"""
Now everything together, on the documents: fingerprints of their shingles, 200 functions, and the agreement of each original and its copy against what we know to be true.
"""

# %%
draw = np.random.default_rng(6)
slopes, shifts = draw.integers(1, P, 200), draw.integers(0, P, 200)


def digest(word):
    return int(hashlib.blake2b(word.encode(), digest_size=8).hexdigest(), 16) % P


numbered = {name: np.array([digest(word) for word in runs[name]]) for pair in docs.pairs for name in pair}
signed = {name: np.array([((a * x + b) % P).min() for a, b in zip(slopes, shifts, strict=True)]) for name, x in numbered.items()}
true = np.array([float(docs.pairs[pair]) for pair in docs.pairs])
share = np.array([np.mean(signed[a] == signed[b]) for a, b in docs.pairs])
inside = np.abs(share - true) <= 2 * np.sqrt(true * (1 - true) / 200)
print(f"{inside.sum()} of {len(true)} estimates are within two standard errors; the worst is {np.abs(share - true).max():.3f} off")

# %%
s = np.linspace(0, 1, 101)
two_sigma = 2 * np.sqrt(s * (1 - s) / 200)
fig, ax = plt.subplots(figsize=(6, 3.8))
_ = ax.fill_between(s, s - two_sigma, s + two_sigma, color=figures.OKABE_ITO[2], alpha=0.35, label="two standard errors")
_ = ax.plot(s, s, color="0.4", linewidth=1)
_ = ax.scatter(true, share, s=16, color=figures.OKABE_ITO[5], zorder=3, label="an original and its copy")
_ = ax.set(xlabel="true Jaccard similarity", ylabel="share of 200 places that agree", title="Two hundred numbers know how alike two documents are")
_ = ax.legend(loc="upper left")
figures.show(fig, "Estimated against true similarity of 66 pairs of documents: all lie close to the diagonal, nearly all in a band of two standard errors that is widest, 0.07, at one half and vanishes at 0 and 1.")

# %% [markdown]
r"""
A signature of 200 numbers of four bytes is 800 bytes, whatever the length of the document. The estimate is exact where it matters most: equal sets always agree.

## How long must a signature be?

The number of agreeing places is binomial, with variance $k\,s(1-s)$; the standard error $\sqrt{s(1-s)/k}$ contains the $s$ that we do not know. Hoeffding (1963) bounds the tail without it: for independent places with values in $[0,1]$ and mean $s$,

$$P\big(|\hat s-s|\ge\varepsilon\big)\le2e^{-2k\varepsilon^2}.$$

The right side is at most $\delta$ if

$$k\ge\frac{\ln(2/\delta)}{2\varepsilon^2}.$$

With random orders, or functions drawn one by one, the places are independent (the small bias of $ax+b$ we neglect). The 2 before $e$ counts both sides; half the error costs four times the length; and ten times the certainty costs little: $\delta$ is under a logarithm. For **many pairs** at once, the chance that at least one of $m$ is off by $\varepsilon$ is at most $m$ times the bound, however the pairs depend on each other (they share functions and documents, so they do). Ask $\delta/m$ of each:
"""

# %%
for pairs in (1, 1000, 10**6, 10**12):
    print(f"{pairs:>13} pairs: k = {math.log(2 * pairs / 0.05) / 2 / 0.05**2:7.1f} for an error of 0.05 with 95 % certainty")

# %% [markdown]
r"""
From one pair to a million million pairs the signature grows eight-fold, to some 25 kB for each document. **Vary.** What is the first line for an error of 0.025?

<details><summary>Answer</summary>

Four times 737.8, about 2951.

</details>

Turned round, the bound gives an interval: with $e=\sqrt{\ln(2/\delta)/(2k)}$, the true $s$ is between $\hat s-e$ and $\hat s+e$ with probability at least $1-\delta$. It is a promise for every $s$, so for most it is too careful: near 0 or 1 the estimate is far better than that.
"""

# %% [markdown] exercise="e4" title="How many places are enough" level="core" minutes=40 exports=["needed_k", "interval"]
r"""
Write two functions, both by Hoeffding's inequality.

- `needed_k(eps, delta, pairs=1)`: the smallest whole number $k$ for which $\text{pairs}\cdot2e^{-2k\varepsilon^2}\le\delta$, as an `int`. With it, *all* estimates of so many pairs are within `eps` with probability at least $1-\delta$. Raise `ValueError` unless $0<\varepsilon<1$ and $0<\delta<1$; `pairs` is a whole number, at least 1.
- `interval(agreeing, k, delta)`: if `agreeing` of `k` places agree, the pair `(low, high)` of floats $\hat s-e$ and $\hat s+e$ with the $e$ from above, for one pair. A similarity is from 0 to 1, so an end that is outside is replaced by 0 or 1. $0\le\text{agreeing}\le k$, $k\ge1$ and $0<\delta<1$. A relative error of $10^{-9}$ is allowed.

`needed_k(0.05, 0.05)` is `738`, `needed_k(0.05, 0.05, 100)` is `1659`, and `interval(100, 200, 0.05)` is about `(0.403968, 0.596032)`.
"""

# %% [markdown] hints="e4" reading="Hoeffding, Journal of the American Statistical Association 58 (1963), theorem 1"
r"""
1. Solve the inequality for $k$ on paper, with the number of pairs in it. Where does that number end up?
2. The smallest whole number that is not less than a float: `math.ceil`. The logarithm is the natural one. Look at the arguments first.
3. `math.ceil(math.log(2 * pairs / delta) / (2 * eps**2))`; the same formula solved for the error gives the half width; `max(0.0, …)` and `min(1.0, …)` cut.
"""


# %% solution="e4"
def needed_k(eps, delta, pairs=1):
    """The length of signatures at which all estimates are within eps, except with probability delta."""
    ### BEGIN SOLUTION
    if not (0 < eps < 1 and 0 < delta < 1):
        raise ValueError("eps and delta are between 0 and 1")
    return math.ceil(math.log(2 * pairs / delta) / (2 * eps**2))
    ### END SOLUTION


def interval(agreeing, k, delta):
    """Where the similarity is, except with probability delta."""
    ### BEGIN SOLUTION
    share = agreeing / k
    half = math.sqrt(math.log(2 / delta) / (2 * k))
    return max(0.0, share - half), min(1.0, share + half)
    ### END SOLUTION


# %% test="e4_k" points=2 title="The smallest length for one pair"
check(needed_k, 0.05, 0.05).equals(738, idea="ln(2/delta) over twice the square of eps is 737.8")
check(needed_k, 0.1, 0.01).equals(265, idea="both sides count: 2 e^(-2 k eps²)")
### BEGIN HIDDEN TESTS
check(needed_k, 0.1, 0.02).equals(231, idea="230.3 places: 230 are too few")
for seed in range(90, 98):
    random = seeded(seed)
    eps, delta = float(random.uniform(0.02, 0.5)), float(random.uniform(0.001, 0.6))
    check(needed_k, eps, delta).note(f"seed {seed}").satisfies(
        lambda k, eps=eps, delta=delta: k == int(k) and 2 * math.exp(-2 * k * eps**2) <= delta * (1 + 1e-12) and 2 * math.exp(-2 * (k - 1) * eps**2) > delta * (1 - 1e-12),
        "the smallest k with 2 e^(-2 k eps²) ≤ delta", idea="one less would not be enough, one more is not needed",
    )
### END HIDDEN TESTS

# %% test="e4_pairs" points=1 title="Many pairs at once"
check(needed_k, 0.05, 0.05, 100).equals(1659, idea="each pair may fail with probability delta over the number of pairs")
### BEGIN HIDDEN TESTS
check(needed_k, 0.1, 0.5, 7).equals(167, idea="ln(28) / 0.02 is 166.6")
check(needed_k, 0.05, 0.01, 66).equals(1898, idea="ln(13,200) / 0.005 is 1897.6")
check(needed_k, 0.05, 0.01, 10**12).equals(6586, idea="the number of pairs is under the logarithm")
### END HIDDEN TESTS

# %% test="e4_refused" points=1 title="An error or a risk outside (0, 1) is refused"
check(needed_k, 0, 0.05).raises(ValueError, idea="no signature is exact")
check(needed_k, 0.05, 1.0).raises(ValueError, idea="a promise that may always fail is none")
### BEGIN HIDDEN TESTS
for eps, delta in ((1.0, 0.05), (-0.1, 0.05), (1.5, 0.05), (0.1, 0), (0.1, -0.5), (0.1, 1.5)):
    check(needed_k, eps, delta).raises(ValueError, idea="0 < eps < 1 and 0 < delta < 1")
### END HIDDEN TESTS

# %% test="e4_interval" points=2 title="Where the similarity is"
check(interval, 100, 200, 0.05).close((0.5 - 0.09603227913199208, 0.5 + 0.09603227913199208), rtol=1e-9, idea="the half width is the root of ln(2/delta) over 2k")
### BEGIN HIDDEN TESTS
for seed in range(100, 104):
    random = seeded(seed)
    k, delta = int(random.integers(100, 900)), float(random.uniform(0.02, 0.3))
    agreeing = int(random.integers(0.4 * k, 0.6 * k))
    e = (math.log(2 / delta) / 2 / k) ** 0.5
    check(interval, agreeing, k, delta).note(f"seed {seed}").close((agreeing / k - e, agreeing / k + e), rtol=1e-9, idea="as far to the left as to the right")
check(interval, 199, 200, 0.05).satisfies(lambda ends: abs(ends[0] - 0.8989677208680079) < 1e-9, "a lower end of 0.89897", idea="the width does not depend on the share; only an end that is outside is replaced")
for seed in range(104, 107):
    random = seeded(seed)
    similarity = float(random.uniform(0.35, 0.65))
    draws = random.binomial(200, similarity, 300).tolist()
    kept = {agreeing: check(interval, agreeing, 200, 0.1).note(f"seed {seed}").value(idea="a pair of floats comes back") for agreeing in set(draws)}
    missed = sum(not kept[agreeing][0] <= similarity <= kept[agreeing][1] for agreeing in draws)
    check(interval, draws[0], 200, 0.1).note(f"seed {seed}; {missed} of 300 intervals miss the similarity").satisfies(lambda _, missed=missed: missed <= 30, "at most 10 % of 300 intervals miss", idea="the promise is 1 - delta, whatever the similarity")
### END HIDDEN TESTS

# %% test="e4_cut" points=1 title="A similarity is from 0 to 1"
check(interval, 199, 200, 0.05).satisfies(lambda ends: ends[1] == 1, "an upper end of 1", idea="nothing is more alike than equal")
### BEGIN HIDDEN TESTS
check(interval, 1, 200, 0.05).satisfies(lambda ends: ends[0] == 0, "a lower end of 0", idea="nothing is less alike than disjoint")
check(interval, 0, 1, 0.05).satisfies(lambda ends: ends[0] == 0 and ends[1] <= 1, "a lower end of 0 and an upper one of at most 1", idea="one place says nothing")
check(interval, 200, 200, 0.5).satisfies(lambda ends: 0 <= ends[0] <= ends[1] == 1, "ends in the right order, the upper one 1", idea="all places agree")
### END HIDDEN TESTS

# %% [markdown]
r"""
Try it on the documents. With your functions, and `docs` from the first section:

```python
family = hash_family(needed_k(0.05, 0.01, len(docs.pairs)), P, 1)
signs = {name: sketch({fingerprint(run) for run in shingles(text, 5)}, family, P) for name, text in docs.texts.items()}
print(len(family), max(abs(float(np.mean(signs[a] == signs[b]) - docs.pairs[a, b])) for a, b in docs.pairs))
```

1,898 places are promised to be enough, and the largest error is well below 0.05: a promise for the worst similarity and any dependence is kept with room to spare.

## In practice

- **Tools.** The package datasketch has MinHash with a union and a count; Spark's `MinHashLSH` sketches columns of sparse vectors; search engines and the cleaning of training texts for language models use the same idea. In each of them look for three things: how a member becomes a number, from which seed the functions come, and what happens to an empty set.
- **Cost.** Hashing is $k$ operations for each shingle, and dominates: 200 functions on 650 shingles are 130,000 for one document. *One-permutation hashing* (Li, Owen and Zhang, 2012) hashes once and takes the least in each of $k$ bins; empty bins then need care. MMDS 3.3.6 has a relative of it.
- **Space.** A few low bits of each value are nearly as good (Li and König, 2010): with $b$ bits strangers agree by chance in about $2^{-b}$ of the places, which one subtracts.
- **Fingerprints collide.** With $n$ different shingles and $p=2^{31}-1$ about $n^2/(2p)$ pairs of shingles share a number. At a million that is some 230 pairs, no harm; at a hundred million it is more than two million, and 64 bits are in order.
- **Sizes.** $J$ cannot exceed the ratio of the smaller set to the larger: a paragraph that was copied into a book has a tiny similarity. That is a question of *containment*, and needs another sketch.
- **A hundred times the documents.** The sketches are a hundred times as many; the pairs ten thousand times. Signatures make a comparison cheap, they do not make comparisons fewer. That is tomorrow's work.

## Summary

- A text is the set of its $k$-shingles; the Jaccard similarity is what two sets share, over what either has; by rule it is 1 for two empty sets.
- Under a random order the first members of two sets agree with probability $J$. Signatures take one pass, and that of a union is the smaller one place by place.
- $(ax+b)\bmod p$ with a prime $p$ and $a\ne0$ stands for an order; it is trustworthy on scattered numbers, and biased on consecutive ones.
- $k\ge\ln(2m/\delta)/(2\varepsilon^2)$ places suffice for $m$ pairs: quadratic in the error, logarithmic in everything else.

## Reflection

A colleague sketches customers by the products they bought. Products are numbered 0, 1, 2, … in the order of the catalogue; texts of comments go through Python's `hash`; the sketch has 100 places, and a report lists all pairs of 50,000 customers with an estimate above 0.5 as "more than half alike". Write three to five sentences. Do you (1) name what is wrong with each of the two ways to get
numbers; (2) say how far off an estimate may be, for one pair and for the best of so many; (3) say what you would change first?
"""

# %% [markdown] reflection="reflection"
r"""
Catalogue numbers are consecutive, where $ax+b$ is biased however many functions are taken; and `hash` of a text changes with each process, so signatures from two runs cannot be compared at all. Both are cured by one digest such as BLAKE2 as the fingerprint. With 100 places one estimate has a standard error of up to 0.05 and may be off by 0.14 (Hoeffding at 5 %); among more than a
billion pairs many strangers of a similarity of 0.3 or 0.4 will pass 0.5 by luck, and the list is full of them: for all pairs at once Hoeffding promises no more than 0.35. I would change the fingerprint first, since that error does not shrink, then lengthen the signature and compute the true similarity of each pair on the list before reporting it.
"""

# %% [markdown]
r"""
## Further reading

- MMDS 3.1: what "similar" is wanted for; look for collaborative filtering as a problem of similar sets (3.1.3). 3.2: shingles, and 3.2.4 on shingles built from stop words, for news pages. 3.3: the theorem, and the worked pass over the rows in 3.3.5.
- Broder, "On the resemblance and containment of documents" (Compression and Complexity of Sequences, 1997): the idea, with containment beside resemblance.
- Broder, Charikar, Frieze and Mitzenmacher, "Min-wise independent permutations" (STOC 1998): which families keep the theorem, and how large they must be.
- Hoeffding, "Probability inequalities for sums of bounded random variables" (1963): theorem 1 is one side of our bound.
- Li and König, "b-bit minwise hashing" (WWW 2010), and Li, Owen and Zhang, "One permutation hashing" (NIPS 2012): smaller, and faster.
"""
