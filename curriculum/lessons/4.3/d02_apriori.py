# %% [markdown]
r"""
You will find every frequent itemset of a shop without counting what cannot be frequent, read the receipts once for each size, and choose how a number is kept for each of millions of pairs.

**You will be able to**

- **number** the pairs of $n$ items without a gap, so that an array can hold their counts (exercise 1);
- **choose** between a triangular array and a table of triples by their bytes, and **count** pairs in two passes (exercise 2);
- **generate** candidates by join and prune, and **argue** that no frequent itemset is lost (exercise 3);
- **run** the whole of Apriori over data that can only be read from front to back (exercise 4).
"""

# %% [markdown]
r"""
## Warm-up

1. 4.3, day 1: bread, milk and tea are together in 40 baskets. What do you know of the support of bread and tea? And of bread, milk, tea and jam?
2. A shop sells 100,000 different things. How many pairs of them are there, and how many bytes is one counter of 4 bytes for each pair?

<details><summary>Answers</summary>

1. Support never rises when an itemset grows: bread and tea have 40 or more, the four together 40 or fewer.
2. $100{,}000\cdot 99{,}999/2\approx 5\cdot10^9$ pairs; 20 gigabytes.

</details>

## Set-up

`disk(baskets)` stands for data that is too large for memory. It gives a function `read` and a list `passes`: each call of `read()` begins a new pass, an iterator over the baskets from the first to the last; and `passes` notes, pass by pass, how many baskets were read. On
a real disk the passes are what takes the time.
"""

# %% setup=true
import itertools
from collections import Counter

import matplotlib.pyplot as plt
import numpy as np

from curriculum.lab import check, figures, market, seeded

figures.style()


def disk(baskets):
    """Baskets that can only be read from front to back: each read() is a pass, passes says how many baskets each has read."""
    passes = []

    def one_pass(number):
        for basket in baskets:
            passes[number] += 1
            yield list(basket)

    def read():
        passes.append(0)
        return one_pass(len(passes) - 1)

    return read, passes


# %% [markdown]
r"""
## Count everything, keep next to nothing

Which itemsets are in 100 or more of the shop's 20,000 baskets? One pass should do: take each basket, and add one to the counter of *every* subset of it.

**Predict.** No basket has more than 14 items, and there are about 500 items to buy. How many counters will there be, and how many of them reach 100?
"""

# %%
shop = market.generate()
read, passes = disk(shop.baskets)
every = Counter()
for basket in read():
    for size in range(1, len(basket) + 1):
        every.update(itertools.combinations(sorted(basket), size))
print(f"{len(every):,} counters after {len(passes)} pass; {sum(count >= 100 for count in every.values())} of them reach 100")
print(f"{sum(count == 1 for count in every.values()) / len(every):.0%} of the counters say 1")

# %% [markdown]
r"""
Three quarters of a million counters, nine of ten for something that was bought together once, and all for five hundred itemsets. And this shop is tiny: a basket of $m$ items has $2^m-1$ subsets that are not empty, so the weekly shopping of one family, 40 items, would need $10^{12}$ counters by itself. The method dies on
its first large basket.

Nearly all of that memory went to itemsets that never had a chance. Could we have known, before counting them?

## What cannot be frequent need not be counted

Support is antitone: if $I\subseteq J$, then $\mathrm{supp}(I)\ge\mathrm{supp}(J)$. Read backwards, that is a licence to be lazy:

> If an itemset is not frequent, then no itemset that contains it is frequent.

Jam in 60 baskets cannot be in a pair that is in 100. So count the items by themselves first, forget the rare ones, and in a second pass count pairs of frequent items only. That is the **A-Priori** algorithm (MMDS 6.2.5), found by Agrawal and Srikant in 1994, who wrote
it in one word. It buys memory with passes: two instead of one.
"""

# %%
read, passes = disk(shop.baskets)
single = Counter(item for basket in read() for item in basket)
frequent_items = {item for item, count in single.items() if count >= 100}
pairs = Counter()
for basket in read():
    pairs.update(itertools.combinations(sorted(frequent_items.intersection(basket)), 2))
print(f"pass 1: {len(single)} counters, {len(frequent_items)} frequent items; pass 2: {len(pairs):,} counters")
same = {pair: count for pair, count in pairs.items() if count >= 100} == {i: c for i, c in every.items() if len(i) == 2 and c >= 100}
print("the same frequent pairs as by counting everything:", same)

# %% [markdown]
r"""
**Vary.** Set the threshold to 30, then to 10. What happens to the second pass, and why does the gain vanish?

<details><summary>Answer</summary>

At 30 there are 343 frequent items, at 10 all 501. If every item is frequent, the first pass has ruled out nothing, and the second has a counter for every pair that occurs. The lower the threshold, the less is known beforehand.

</details>

## A number for each pair

The second pass is the narrow place: with $m$ frequent items there are $m(m-1)/2$ pairs that might occur, usually far more than there are items, and also more than there will be frequent triples. MMDS 6.2.4 speaks of the tyranny of counting pairs. So it matters how a count is kept.

A Python dict with tuples of names as keys takes over a hundred bytes a pair. First give the $n$ items numbers $0,\dots,n-1$; the table from name to number is small. A square array would hold each pair twice and waste its diagonal. Instead write down the pairs $i<j$ row by row,

$$(0,1),(0,2),\dots,(0,n-1),\ (1,2),\dots,(1,n-1),\ \dots,\ (n-2,n-1),$$

and let a pair's place in that list, counted from 0, be its place in a flat array: a **triangular array**, which needs 4 bytes a pair and no names at all. Row $0$ has $n-1$ pairs, row $1$ has $n-2$, and so on. How many pairs stand before the first one of row $i$?
"""

# %% [markdown] exercise="e1" title="The place of a pair" level="warm-up" minutes=20 exports=["tri_index"]
r"""
Write `tri_index(i, j, n)`: the place of the pair of `i` and `j` in the list above, counted from 0, as an integer. `i` and `j` are different integers from 0 to `n - 1`, in either order: the pair of 3 and 1 is the pair of 1 and 3. Where `i` equals `j`, or one of them is below 0
or above `n - 1`, raise `ValueError`. `n` may be a billion: compute, do not search.

With `n = 4` the pairs are (0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3), so `tri_index(1, 3, 4)` and `tri_index(3, 1, 4)` are `4`.
"""

# %% [markdown] hints="e1" reading="MMDS 6.2.2"
r"""
1. How far is (i, j) from the first pair of its own row? And how long are the rows above it?
2. The rows before row $i$ have $(n-1)+(n-2)+\dots+(n-i)$ pairs: $i$ terms, whose mean is $(2n-i-1)/2$. The book counts items and places from 1; here both begin at 0.
3. Sort `i` and `j`, refuse what is no pair, then `i * (2 * n - i - 1) // 2 + j - i - 1`. In whole numbers: a float loses digits beyond $2^{53}$.
"""


# %% solution="e1"
def tri_index(i, j, n):
    """The place of the pair {i, j} among all pairs of 0 .. n-1, row by row."""
    ### BEGIN SOLUTION
    low, high = min(i, j), max(i, j)
    if low < 0 or low == high or high >= n:
        raise ValueError(f"{i} and {j} are no pair of the items 0 to {n - 1}")
    return low * (2 * n - low - 1) // 2 + high - low - 1
    ### END SOLUTION


# %% test="e1_place" points=2 title="Row by row, without a gap"
for place, (i, j) in enumerate([(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]):
    check(tri_index, i, j, 4).equals(place, idea="count the pairs of the rows above, then the pairs to the left")
### BEGIN HIDDEN TESTS
for size in (2, 3, 9):
    for place, (i, j) in enumerate(itertools.combinations(range(size), 2)):
        check(tri_index, i, j, size).equals(place, idea="each pair has a place of its own, from 0 on and without gaps")
many = 10**9
check(tri_index, many - 2, many - 1, many).equals(many * (many - 1) // 2 - 1, idea="the last pair has the last place, exactly: stay in whole numbers")
### END HIDDEN TESTS

# %% test="e1_order" points=1 title="Either order is the same pair"
check(tri_index, 3, 1, 4).equals(check(tri_index, 1, 3, 4).value(idea="an integer"), idea="3 and 1 are the same pair as 1 and 3")
### BEGIN HIDDEN TESTS
for seed in range(5):
    size = int(seeded(seed).integers(5, 1000))
    right, left = (int(x) for x in seeded(seed + 50).choice(size, 2, replace=False))
    forwards = check(tri_index, min(left, right), max(left, right), size).value(idea="an integer")
    check(tri_index, max(left, right), min(left, right), size).note(f"seed {seed}").equals(forwards, idea="a pair has no first and second")
### END HIDDEN TESTS

# %% test="e1_refuse" points=1 title="What is no pair is refused"
check(tri_index, 2, 2, 4).raises(ValueError, idea="an item and itself are no pair: the diagonal is not kept")
### BEGIN HIDDEN TESTS
for i, j, size in ((0, 0, 1), (0, 4, 4), (4, 0, 4), (-1, 2, 4), (2, -1, 4), (3, 3, 4), (7, 9, 4)):
    check(tri_index, i, j, size).raises(ValueError, idea="without this, a number that is out of range lands on some other pair's counter")
### END HIDDEN TESTS

# %% [markdown]
r"""
## Triangle or triples

The array has a counter for every pair, also for those that nobody ever bought. The other way is to keep **triples** $(i,j,c)$ for the pairs that do occur: three integers of 4 bytes each (a hash table to find them takes somewhat more, which we leave out as the book does). With $p$ pairs that occur among $n$ items:

$$\text{triangle: } 4\cdot\frac{n(n-1)}2\text{ bytes}\qquad\qquad\text{triples: } 12\,p\text{ bytes}.$$

So triples win when fewer than one third of the pairs occur. **Predict:** a pair of rare items may never occur, a pair of popular ones surely does. With the threshold rising from 1 to 300, on which side of a third will the shop's frequent items be?
"""

# %%
occurring = [pair for pair in every if len(pair) == 2]
kept = {s: {item for item, count in single.items() if count >= s} for s in (1, 30, 100, 300)}
bill = {s: (len(items), sum(items.issuperset(pair) for pair in occurring)) for s, items in kept.items()}
for s, (n, p) in bill.items():
    print(f"s = {s:3}: {n:3} items, {p / (n * (n - 1) / 2):4.0%} of the pairs occur; triangle {2 * n * (n - 1):7,} bytes, triples {12 * p:7,}")

# %%
density = np.linspace(0, 1, 101)
fig, ax = plt.subplots(figsize=(6.4, 3.2))
_ = ax.plot(density, 4 * np.ones_like(density), label="triangular array")
_ = ax.plot(density, 12 * density, linestyle="--", label="triples")
for s, (n, p) in bill.items():
    share = p / (n * (n - 1) / 2)
    _ = ax.plot(share, min(4, 12 * share), "o", color="black")
    _ = ax.annotate(f"s = {s}", (share, min(4, 12 * share)), xytext=(0, -14), textcoords="offset points", ha="center")
_ = ax.set(title="Below a third triples are smaller, above it the array", xlabel="share of the pairs that occur", ylabel="memory (bytes per possible pair)")
_ = ax.legend()
figures.show(fig, "Bytes per possible pair against the share of pairs that occur: the array is level at 4, triples rise to 12 and cross it at one third. The shop lies left of the crossing at s = 1, beside it at 30, far right of it at 100 and 300.")

# %% [markdown]
r"""
A dot marks the cheaper way for the shop. With all items the triples are smaller. Among the items that are frequent at 100, six pairs of seven have met somewhere, and the array wins by far. Forgetting rare items thus helps twice: fewer pairs, and a form of four bytes each.

But an array needs numbers without gaps. So between the passes the frequent items are numbered **anew**, $0$ to $m-1$, and the others have no number at all (MMDS 6.2.5 calls the table from old to new the *frequent-items table*). That is what you will do now.
"""

# %% [markdown] exercise="e2" title="Choose the store, and count in a triangle" level="core" minutes=35 exports=["pair_storage", "count_pairs"]
r"""
Write two functions.

`pair_storage(n, occurring)`: which store takes fewer bytes for the pairs of `n` items, of which `occurring` pairs are in some basket. A pair has no order: bread and milk, milk and bread are one pair. Return a tuple of its name, `"triangle"` or `"triples"`, and its bytes, an exact integer also where `n` is a billion, by the two formulas above; if both take the same, `"triangle"`. `n`
is 0 or more. If `occurring` is negative, or more than there are pairs, raise `ValueError`. `pair_storage(4, 1)` is `("triples", 12)`, `pair_storage(4, 2)` is `("triangle", 24)`.

`count_pairs(read, s)`: the supports of all pairs of frequent items, in exactly two passes. `read()` begins a pass: it returns an iterator over the baskets, each a list of names, in any order and perhaps repeated within a basket (which counts once). Call it twice and read both passes to the end. Items in `s` baskets
or more are frequent (`s` is 1 or more). Return a tuple `(names, counts)`:

- `names`: the sorted list of the frequent items; their places in it are their numbers;
- `counts`: a NumPy array of the type `np.uint32`, one entry for each of the $m(m-1)/2$ pairs of the $m$ names, at the place that exercise 1 gives the pair: how many baskets have both. (With fewer than two names it is empty.)

For the baskets `["tea", "milk"]`, `["jam", "tea"]`, `["milk", "tea", "egg", "tea"]`, `["jam"]` and `s = 2`, `names` is `["jam", "milk", "tea"]` and `counts` is `[0, 1, 2]`.
"""

# %% [markdown] hints="e2" reading="MMDS 6.2.2 and 6.2.5"
r"""
1. What must be known before the first pair can be counted? That is what the first pass is for.
2. First pass: a counter of items, each once a basket (`set(basket)`). Then sort the frequent names and number them. Second pass: the numbers of a basket's frequent items, sorted; every two of them are a pair.
3. `number = {name: k for k, name in enumerate(names)}` and `m = len(names)`; for each basket `here = sorted(number[x] for x in set(basket) if x in number)`; for `i, j` in `itertools.combinations(here, 2)` add one at `i * (2 * m - i - 1) // 2 + j - i - 1`.
"""


# %% solution="e2"
def pair_storage(n, occurring):
    """The smaller store for pair counts, and its bytes."""
    ### BEGIN SOLUTION
    possible = n * (n - 1) // 2
    if not 0 <= occurring <= possible:
        raise ValueError(f"{n} items have {possible} pairs, so {occurring} of them cannot occur")
    if 12 * occurring < 4 * possible:
        return "triples", 12 * occurring
    return "triangle", 4 * possible
    ### END SOLUTION


def count_pairs(read, s):
    """The frequent items, and a triangular array of the supports of their pairs."""
    ### BEGIN SOLUTION
    support = Counter(item for basket in read() for item in set(basket))
    names = sorted(item for item, count in support.items() if count >= s)
    number = {name: k for k, name in enumerate(names)}
    m = len(names)
    counts = np.zeros(m * (m - 1) // 2, dtype=np.uint32)
    for basket in read():
        here = sorted(number[item] for item in set(basket) if item in number)
        for i, j in itertools.combinations(here, 2):
            counts[i * (2 * m - i - 1) // 2 + j - i - 1] += 1
    return names, counts
    ### END SOLUTION


# %% test="e2_store" points=2 title="The smaller of the two stores"
check(pair_storage, 4, 1).equals(("triples", 12), idea="one triple is 12 bytes, six counters are 24")
check(pair_storage, 4, 2).equals(("triangle", 24), idea="both take 24 bytes: the triangle is chosen")
### BEGIN HIDDEN TESTS
for n, p, expected in (
    (0, 0, ("triangle", 0)),
    (1, 0, ("triangle", 0)),
    (2, 0, ("triples", 0)),
    (2, 1, ("triangle", 4)),
    (4, 6, ("triangle", 24)),
    (10**5, 10**9, ("triples", 12 * 10**9)),
    (10**5, 2 * 10**9, ("triangle", 2 * 10**5 * (10**5 - 1))),
    (10**9 + 7, 4 * 10**17, ("triangle", 2 * (10**9 + 7) * (10**9 + 6))),
):
    check(pair_storage, n, p).equals(expected, idea="4 bytes for each possible pair, or 12 for each that occurs; a pair is counted once, not in both orders")
for seed in range(6):
    n = int(seeded(seed).integers(5, 2000))
    p = int(seeded(seed + 20).integers(0, n * (n - 1) // 2 + 1))
    check(pair_storage, n, p).note(f"seed {seed}").equals(
        ("triples", 12 * p) if 6 * p < n * (n - 1) else ("triangle", 2 * n * (n - 1)), idea="compare the bytes, in whole numbers"
    )
### END HIDDEN TESTS

# %% test="e2_impossible" points=1 title="More pairs than there are cannot occur"
check(pair_storage, 4, 7).raises(ValueError, idea="four items have six pairs")
### BEGIN HIDDEN TESTS
for n, p in ((0, 1), (1, 1), (3, -1), (100, 4951), (100, 9900)):
    check(pair_storage, n, p).raises(ValueError, idea="n items have n(n-1)/2 pairs, and no fewer than none of them occurs")
### END HIDDEN TESTS

# %% test="e2_counts" points=3 title="The supports of the pairs, each at its place"
def counted_right(baskets, s, names, counts, note, idea):
    check(count_pairs, disk(baskets)[0], s).note(note).satisfies(
        lambda out: (
            len(out) == 2 and list(out[0]) == names and isinstance(out[1], np.ndarray) and out[1].dtype == np.uint32 and out[1].shape == (len(counts),) and out[1].tolist() == counts
        ),
        f"the names {names} and an array of np.uint32 with the entries {counts}",
        idea=idea,
    )


counted_right(
    [["tea", "milk"], ["jam", "tea"], ["milk", "tea", "egg"], ["jam"]], 2, ["jam", "milk", "tea"], [0, 1, 2],
    "the statement's baskets, without the repeated tea", "jam and milk never, jam and tea once, milk and tea twice; egg is not frequent and has no number",
)  # fmt: skip
### BEGIN HIDDEN TESTS
counted_right([], 1, [], [], "no baskets", "no items, no pairs: an empty array")
counted_right([["a", "b"], ["c"], ["a"]], 2, ["a"], [], "s = 2", "one frequent item has no pair")
counted_right([["b", "a"]] * 70_000, 2, ["a", "b"], [70_000], "70,000 baskets", "a counter of one byte or two begins again at 0 before it gets there")
for seed in range(6):
    rng = seeded(seed)
    drawn = [[str(x) for x in rng.permutation(list("abcdefgh"))[: int(rng.integers(0, 6))]] for _ in range(30)]
    least = int(rng.integers(6, 14))
    wanted = [x for x in "abcdefgh" if sum(x in b for b in drawn) >= least]
    both = [sum(x in b and y in b for b in drawn) for x, y in itertools.combinations(wanted, 2)]
    counted_right(drawn, least, wanted, both, f"seed {seed}, s = {least}", "number the frequent names in sorted order; at least s is frequent")
### END HIDDEN TESTS

# %% test="e2_repeats" points=1 title="What stands twice in a basket counts once"
check(count_pairs, disk([["tea", "milk"], ["jam", "tea"], ["milk", "tea", "egg", "tea"], ["jam"]])[0], 2).satisfies(
    lambda out: list(out[0]) == ["jam", "milk", "tea"] and out[1].tolist() == [0, 1, 2], "jam, milk, tea with [0, 1, 2]", idea="a basket is a set: tea and tea are no pair"
)
### BEGIN HIDDEN TESTS
check(count_pairs, disk([["x", "x", "y"], ["y", "z"], ["z", "y", "z", "y"]])[0], 2).satisfies(
    lambda out: list(out[0]) == ["y", "z"] and out[1].tolist() == [2], "y, z with [2]", idea="x is in one basket, and y and z are together in two"
)
### END HIDDEN TESTS

# %% test="e2_passes" points=1 title="Two passes, both to the end"
read_here, seen = disk([["a", "b"], ["b"], ["a", "b", "c"]])
check(count_pairs, read_here, 2).satisfies(lambda _: seen == [3, 3], "two passes over three baskets", idea="one pass for the items, one for the pairs; keep no baskets in between")
### BEGIN HIDDEN TESTS
for seed in range(3):
    stock = market.generate(int(seeded(seed).integers(2**31)), baskets=60, items=50).baskets
    read_here, seen = disk(stock)
    check(count_pairs, read_here, 8).note(f"seed {seed}").satisfies(
        lambda _, seen=seen: seen == [60, 60], "two passes over sixty baskets", idea="call read() once for each pass, and read it to its end"
    )
### END HIDDEN TESTS

# %% [markdown]
r"""
Run yours on the shop, and count once more by linear algebra: with the matrix $X$ of baskets by items, ones where bought, entry $(i,j)$ of $X^\top X$ is the support of the pair.

```python
read, passes = disk(shop.baskets)
names, counts = count_pairs(read, 100)
X = np.array([[name in basket for name in names] for basket in map(set, shop.baskets)], dtype=int)
print(len(names), passes, (counts == (X.T @ X)[np.triu_indices(len(names), 1)]).all())
```

## Join and prune

After pairs come triples. Let $L_k$ be the frequent itemsets with $k$ items. The same licence says what a **candidate** with $k+1$ items is: one *all* of whose subsets with $k$ items are in $L_k$. If a single one is missing, it cannot be frequent. The set of candidates is $C_{k+1}$, and

$$L_{k+1}\subseteq C_{k+1},\qquad L_{k+1}=\{c\in C_{k+1}:\ \mathrm{supp}(c)\ge s\}.$$

To try all sets of $k+1$ items would be the old explosion again. Agrawal and Srikant build $C_{k+1}$ from $L_k$ in two steps. Write every itemset as a sorted tuple.

- **Join.** Take two itemsets of $L_k$ that agree in all items but the last, and put them together: $(a,b,\mathbf c)$ and $(a,b,\mathbf d)$ with $c<d$ give $(a,b,c,d)$.
- **Prune.** Throw away what has a subset of $k$ items that is not in $L_k$.

**Predict.** $L_2$ is {bread jam, bread milk, bread tea, jam milk, milk tea}. What does the join give, and what is left?

<details><summary>Answer</summary>

The three pairs that begin with bread give bread jam milk, bread jam tea, bread milk tea; jam milk and milk tea find no partner, since their first items differ. Of the three, bread jam tea goes: jam tea is not in $L_2$. Two candidates are left.

</details>

Is nothing lost? Let $c=(c_1,\dots,c_{k+1})$ be a candidate. Leave out its last item, or the last but one: these are two of its subsets, so both are in $L_k$, and they agree in all but the last. The join finds $c$ from these two, and from no others: each candidate comes up once. The prune removes none, by the definition. The argument needs
the tuples *sorted*: in $(b,a)$ and $(a,c)$ the common item stands in different places, and the join walks past them.
"""

# %% [markdown] exercise="e3" title="Candidates by join and prune" level="core" minutes=35 exports=["candidates"]
r"""
Write `candidates(frequent)`. `frequent` is a list of itemsets, in any order and each once: sorted tuples of names, all of the same length $k\ge1$. Return the set of all itemsets with $k+1$ items, as sorted tuples, all of whose subsets with $k$ items are in `frequent`: no fewer, no others. Without itemsets there are no candidates.

`candidates([("a", "b"), ("b", "c"), ("a", "c"), ("b", "d")])` is `{("a", "b", "c")}`; `candidates([("b",), ("a",), ("c",)])` is `{("a", "b"), ("a", "c"), ("b", "c")}`.
"""

# %% [markdown] hints="e3" reading="MMDS 6.2.6; Agrawal and Srikant (1994), 2.1.1"
r"""
1. Which two subsets of (a, b, c, d) agree in everything but their last item?
2. Sort the list: itemsets with the same beginning then stand together. Join each with those after it that have the same `[:-1]`. Then look at every subset of the joined tuple with one item fewer.
3. `for one, two in itertools.combinations(sorted(frequent), 2)`: if `one[:-1] == two[:-1]`, then `joined = (*one, two[-1])`; keep it if every one of `itertools.combinations(joined, len(one))` is in `set(frequent)`.
"""


# %% solution="e3"
def candidates(frequent):
    """The itemsets of one item more all of whose subsets of one item fewer are in `frequent`."""
    ### BEGIN SOLUTION
    known = set(frequent)
    found = set()
    for one, two in itertools.combinations(sorted(known), 2):
        if one[:-1] == two[:-1]:
            joined = (*one, two[-1])
            if known.issuperset(itertools.combinations(joined, len(one))):
                found.add(joined)
    return found
    ### END SOLUTION


# %% test="e3_join" points=2 title="No candidate is missed"
def misses_none(frequent, expected, note):
    check(candidates, frequent).note(note).satisfies(
        lambda found: expected <= set(found), f"at least {sorted(expected)}", idea="sort first; then two of its subsets agree in all but the last item"
    )


misses_none([("a", "b"), ("b", "c"), ("a", "c"), ("b", "d")], {("a", "b", "c")}, "")
### BEGIN HIDDEN TESTS
misses_none([("c", "d"), ("b", "d"), ("a", "d"), ("b", "c"), ("a", "c"), ("a", "b")], set(itertools.combinations("abcd", 3)), "backwards")
misses_none([("milk 10", "milk 2"), ("bag", "milk 2"), ("bag", "milk 10")], {("bag", "milk 10", "milk 2")}, "names of several letters")
for seed in range(8):
    rng = seeded(seed)
    size = 2 + seed % 3
    level = [c for c in itertools.combinations("abcdefg", size) if rng.random() < 0.75]
    level = [level[i] for i in rng.permutation(len(level))]
    true = {c for c in itertools.combinations("abcdefg", size + 1) if all(part in level for part in itertools.combinations(c, size))}
    misses_none(level, true, f"seed {seed}")
### END HIDDEN TESTS

# %% test="e3_prune" points=2 title="Nothing that has an infrequent subset"
def adds_none(frequent, expected, note):
    check(candidates, frequent).note(note).satisfies(
        lambda found: set(found) <= expected, f"nothing but {sorted(expected)}", idea="look at every subset with one item fewer, also at those that the join did not use"
    )


adds_none([("a", "b"), ("b", "c"), ("a", "c"), ("b", "d")], {("a", "b", "c")}, "c and d are not together")
### BEGIN HIDDEN TESTS
adds_none([("a", "b"), ("a", "c")], set(), "b and c are not together")
adds_none([("a", "b"), ("c", "d")], set(), "two pairs without a common item")
adds_none([("a", "b", "c"), ("a", "b", "d"), ("a", "c", "d")], set(), "b, c, d are not together")
adds_none([("a", "b", "c"), ("a", "b", "d"), ("b", "c", "d")], set(), "a, c, d are not together")
for seed in range(8):
    rng = seeded(seed)
    size = 2 + seed % 3
    level = [c for c in itertools.combinations("abcdefg", size) if rng.random() < 0.6]
    level = [level[i] for i in rng.permutation(len(level))]
    true = {c for c in itertools.combinations("abcdefg", size + 1) if all(part in level for part in itertools.combinations(c, size))}
    adds_none(level, true, f"seed {seed}")
### END HIDDEN TESTS

# %% test="e3_items" points=1 title="From single items to pairs, and from nothing to nothing"
check(candidates, [("b",), ("a",), ("c",)]).equals({("a", "b"), ("a", "c"), ("b", "c")}, idea="two items have everything but the last in common: nothing")
### BEGIN HIDDEN TESTS
check(candidates, []).equals(set(), idea="no itemsets, no candidates")
check(candidates, [("tea",)]).equals(set(), idea="one item has no partner")
check(candidates, [("milk 2",), ("bag",), ("milk 10",)]).equals({("bag", "milk 10"), ("bag", "milk 2"), ("milk 10", "milk 2")}, idea="sorted as text, as the names are")
### END HIDDEN TESTS

# %% [markdown]
r"""
How tight are the candidates? From the brute count at the beginning we know all frequent itemsets of the shop, so the candidates can be found by their definition, trying every combination of the items that are left, the slow way. **Predict:** in which pass will the most counters be wasted?
"""

# %%
levels = [{items for items, count in every.items() if len(items) == size and count >= 100} for size in range(1, 6)]
tried = [len(single)]
for size, level in enumerate(levels[:4], start=2):
    left = sorted({item for items in level for item in items})
    tried.append(sum(level.issuperset(itertools.combinations(c, size - 1)) for c in itertools.combinations(left, size)))
for size, (counters, level) in enumerate(zip(tried, levels, strict=True), start=1):
    print(f"pass {size}: {counters:5,} counters, {len(level):3} frequent itemsets of {size}")

# %%
fig, ax = plt.subplots(figsize=(6.4, 3.2))
for shift, heights, hatch, name in ((-0.2, tried, "", "candidates"), (0.2, [len(level) for level in levels], "//", "frequent")):
    bars = ax.bar(np.arange(1, 6) + shift, heights, width=0.4, hatch=hatch, edgecolor="black", label=name)
    _ = ax.bar_label(bars, fontsize=8)
_ = ax.set(yscale="log", ylim=(1, 20_000), xlabel="pass (items in an itemset)", ylabel="itemsets (number, log scale)", title="Pairs are the narrow place; later passes waste little")
_ = ax.legend()
figures.show(fig, "Candidates and frequent itemsets of passes 1 to 5, on a log scale: 501 and 101, 5,050 and 223, 274 and 150, 36 and 32, 3 and 3.")

# %% [markdown]
r"""
Nearly all waste is in the pairs: of 5,050 candidates 4,331 are in some basket, and 223 are frequent. For pairs there is nothing to prune, since any two frequent items are a candidate. From triples on most candidates are frequent, and 5,864 counters do what 751,831 did before.

## Pass by pass

Now put it together (MMDS 6.2.6):

1. Pass 1 counts every item; $L_1$ are those in $s$ baskets or more.
2. For $k=2,3,\dots$: build $C_k$ from $L_{k-1}$. If it is empty, stop. Else read the data once more, count the candidates that are in each basket, and keep in $L_k$ those with $s$ or more.

The number of passes is 1 plus the number of sizes from 2 on that have a candidate at all. If the longest frequent itemset has $k$ items, these are $k$ passes, or $k+1$ if the last one counts candidates of which none is frequent.

Between the passes nothing is kept but $L_{k-1}$ and the counters; no basket is. Within a pass there are two ways to find a basket's candidates: list the basket's subsets with $k$ items and look each up among the counters, or try each candidate on the basket. Large baskets make the first one slow, many candidates the second. Before the subsets are
listed, leave out of the basket all items that are in no candidate. (The paper keeps its candidates in a *hash tree*, which avoids most of both.)
"""

# %% [markdown] exercise="e4" title="Apriori" level="core" minutes=45 exports=["apriori"]
r"""
Write `apriori(read, s)`: all frequent itemsets of data that is read in passes, as in the two steps above. `read()` begins a pass and returns an iterator over the baskets, as in exercise 2: lists of names, in any order, perhaps with repeated names (which count once), perhaps empty. An itemset is frequent if `s` baskets or more contain it; `s` is an integer, 1 or more. Return a tuple
`(frequent, counters)`:

- `frequent`: a dict from every frequent itemset, a sorted tuple of names, to its support. The empty itemset is left out.
- `counters`: a list with an entry for each pass, the number of itemsets that were counted in it: in the first the number of *different* items in the data (0 if there are none), in pass $k$ the number of candidates $|C_k|$: those that the definition gives, also the ones that are in no basket.

`read` is called once for each pass, and each pass is read to its end. There is no pass without a candidate, except the first, which is always made.

For the baskets `["a", "b"]`, `["b", "a", "c"]`, `["c", "b"]`, `["d", "b", "b"]` and `s = 2`: `frequent` is `{("a",): 2, ("b",): 4, ("c",): 2, ("a", "b"): 2, ("b", "c"): 2}` and `counters` is `[4, 3]`: four items, then the three pairs of a, b and c. There is no third pass: a and c are together in one basket only, so a, b, c is no candidate.
"""

# %% [markdown] hints="e4" reading="MMDS 6.2.5-6.2.6; Agrawal and Srikant (1994), 2.1"
r"""
1. What does pass $k$ have to know of pass $k-1$, and what may be forgotten?
2. One loop. At its head stand the counters of this pass; after the data has been read, keep what has `s` or more, build the next candidates from these, each with a counter of 0, and stop when there are none. Your join and prune from exercise 3 may be copied into this cell.
3. First pass: `Counter((item,) for basket in read() for item in set(basket))`. Later: `counts = dict.fromkeys(candidates, 0)`, `used` = the items in some candidate, and for each basket the `itertools.combinations(sorted(used.intersection(basket)), k)` that are in `counts`.
"""


# %% solution="e4"
def apriori(read, s):
    """All itemsets in s baskets or more with their supports, and how many itemsets each pass counted."""
    ### BEGIN SOLUTION

    def joined(level):
        for one, two in itertools.combinations(sorted(level), 2):
            if one[:-1] == two[:-1]:
                union = (*one, two[-1])
                if level.issuperset(itertools.combinations(union, len(one))):
                    yield union

    counts = Counter((item,) for basket in read() for item in set(basket))
    frequent, counters = {}, [len(counts)]
    while True:
        level = {items: count for items, count in counts.items() if count >= s}
        frequent.update(level)
        counts = dict.fromkeys(joined(set(level)), 0)
        if not counts:
            return frequent, counters
        counters.append(len(counts))
        used = {item for items in counts for item in items}
        for basket in read():
            for items in itertools.combinations(sorted(used.intersection(basket)), len(counters)):
                if items in counts:
                    counts[items] += 1
    ### END SOLUTION


# %% test="e4_frequent" points=3 title="All frequent itemsets, with their supports"
def finds(baskets, s, expected, note, idea):
    check(apriori, disk(baskets)[0], s).note(note).satisfies(lambda out: out[0] == expected, f"the frequent itemsets {expected}", idea=idea)


finds(
    [["a", "b"], ["b", "a", "c"], ["c", "b"], ["d", "b"]], 2,
    {("a",): 2, ("b",): 4, ("c",): 2, ("a", "b"): 2, ("b", "c"): 2}, "s = 2", "what is in exactly s baskets is frequent",
)  # fmt: skip
### BEGIN HIDDEN TESTS
finds([], 1, {}, "no baskets", "nothing is frequent")
finds([["a"], ["b"]], 2, {}, "s = 2", "nothing reaches the threshold")
finds([list("abcd")], 1, {c: 1 for k in range(1, 5) for c in itertools.combinations("abcd", k)}, "one basket, s = 1", "go on until there are no candidates")
for seed in range(8):
    rng = seeded(seed)
    bought = [[str(x) for x in rng.permutation(list("abcdefg"))[: int(rng.integers(0, 8))]] for _ in range(25)]
    least = int(rng.integers(1, 10))
    sets = [c for k in range(1, 8) for c in itertools.combinations("abcdefg", k)]
    supports = {c: sum(set(c) <= set(b) for b in bought) for c in sets}
    true = {c: support for c, support in supports.items() if support >= least}
    finds(bought, least, true, f"seed {seed}, s = {least}", "brute force over all subsets finds these")
### END HIDDEN TESTS

# %% test="e4_repeats" points=1 title="Baskets with repeated names, and empty ones"
finds_these = {("b",), ("a",), ("a", "b")}
check(apriori, disk([["b", "a", "b"], [], ["c", "c", "a", "b"]])[0], 2).satisfies(
    lambda out: set(out[0]) == finds_these, f"the frequent itemsets {sorted(finds_these)}", idea="c is in one basket, and b in two, however often it stands there"
)
### BEGIN HIDDEN TESTS
for seed in range(3):
    rng = seeded(seed)
    tidy = [list(b) for b in market.generate(int(rng.integers(2**31)), baskets=80, items=50).baskets]
    untidy = [[name for name in b for _ in range(int(rng.integers(1, 4)))][::-1] for b in tidy]
    same = check(apriori, disk(tidy)[0], 8).value(idea="a tuple of a dict and a list")
    check(apriori, disk(untidy)[0], 8).note(f"seed {seed}").satisfies(
        lambda out, same=same: out[0] == same[0], f"the same itemsets as without the repeated names, {same[0]}", idea="a basket is a set: neither order nor repetition matter"
    )
### END HIDDEN TESTS

# %% test="e4_counters" points=2 title="Counters for candidates only"
check(apriori, disk([["a", "b"], ["b", "a", "c"], ["c", "b"], ["d", "b", "b"]])[0], 2).satisfies(
    lambda out: list(out[1]) == [4, 3], "four items, then three pairs", idea="d is not frequent, so no pair with d is counted"
)
### BEGIN HIDDEN TESTS
for baskets, s, expected in (
    ([], 1, [0]),
    ([[], []], 1, [0]),
    ([["a"], ["b"]], 2, [2]),
    ([["a"], ["b"], ["c"]], 1, [3, 3]),
    ([["a", "b"], ["b", "c"], ["a", "c"]], 1, [3, 3, 1]),
    ([["a", "b", "c"], ["a", "b", "d"], ["b", "d"]], 1, [4, 6, 2]),
    ([list("abc"), list("abd"), list("acd")], 1, [4, 6, 4]),
    ([list("abc"), list("abd"), list("bcd")], 1, [4, 6, 4]),
):
    check(apriori, disk(baskets)[0], s).satisfies(
        lambda out, expected=expected: list(out[1]) == expected, f"counters {expected}", idea="every candidate has a counter, in a basket or not, and nothing else has"
    )
for seed in range(4):
    rng = seeded(seed)
    bought = [[str(x) for x in rng.choice(list("abcdefg"), int(rng.integers(1, 6)), replace=False)] for _ in range(25)]
    least = int(rng.integers(2, 5))
    sizes, k, level = [len({x for b in bought for x in b})], 2, {(x,) for x in "abcdefg" if sum(x in b for b in bought) >= least}
    while True:
        hopeful = [c for c in itertools.combinations("abcdefg", k) if all(c[:i] + c[i + 1 :] in level for i in range(k))]
        if not hopeful:
            break
        sizes.append(len(hopeful))
        k, level = k + 1, {c for c in hopeful if sum(set(c) <= set(b) for b in bought) >= least}
    check(apriori, disk(bought)[0], least).note(f"seed {seed}, s = {least}").satisfies(
        lambda out, sizes=sizes: list(out[1]) == sizes, f"counters {sizes}", idea="an itemset with an infrequent subset is not counted"
    )
### END HIDDEN TESTS

# %% test="e4_passes" points=2 title="One pass for each size that has a candidate"
read_once, noted = disk([["a", "b"], ["b", "a", "c"], ["c", "b"], ["d", "b", "b"]])
check(apriori, read_once, 2).satisfies(lambda _: noted == [4, 4], "two passes over the four baskets", idea="one pass counts all candidates of a size together")
### BEGIN HIDDEN TESTS
for baskets, s, number in (([], 1, 1), ([["a"], ["b"]], 2, 1), ([["a"], ["a"]], 1, 1), ([["a"], ["b"]], 1, 2), ([list("abcd")] * 2, 2, 4), ([list("ab"), list("bc"), list("ac")], 1, 3), ([list("abc"), list("abd"), list("acd")], 1, 3)):
    read_once, noted = disk(baskets)
    check(apriori, read_once, s).satisfies(
        lambda _, noted=noted, want=[len(baskets)] * number: noted == want,
        f"passes in which {[len(baskets)] * number} baskets are read",
        idea="the first pass is always made, another one only if there are candidates; keep no baskets in memory",
    )
### END HIDDEN TESTS

# %% [markdown]
r"""
Run yours on the whole shop, and compare with the brute count. Then let `s` fall.

```python
read, passes = disk(shop.baskets)
frequent, counters = apriori(read, 100)
print(counters, len(passes), frequent == {i: c for i, c in every.items() if c >= 100})
```

It prints the counters of the figure, 5 passes and `True`. The brute count needed one pass, and 128 times the counters.

## In practice

- **Production** has it ready: Spark's `FPGrowth` (tomorrow it checks your own Apriori on Spark), `arules` in R, `mlxtend` in Python. FP-growth (Han, Pei and Yin, 2000) makes no candidates at all: two passes build a compressed tree of the baskets, which then has to fit.
- **With ten thousand frequent items** the second pass has fifty million pairs. If the array does not fit, the machine begins to swap, and every count is a visit to the disk. Day 4 shrinks just this pass.
- **A threshold is a promise about memory.** Halving $s$ in a shop like ours about doubles the frequent items, and then there are four times the pairs. Start high, and go down.
- **Long itemsets are poison.** A frequent itemset with 30 items has a billion frequent subsets, and Apriori visits them all. Then look for maximal ones directly, or limit the size.
- **One fat basket** of 300 items has 4.5 million triples. Where candidates are few, test them one by one; or ask what that basket is: a robot, or a month's orders in one line.
- **Numbers, not names.** Real programs number the items once and store baskets as sorted integers; counters of 4 bytes end at 4,294,967,295.

## Summary

- Pairs get places in a triangular array row by row, 4 bytes each, no gap and no diagonal.
- Triples take 12 bytes for each pair that occurs, and win below a third; among frequent items the array usually wins. Two passes count pairs of frequent items.
- Join makes each candidate once, from two sorted tuples that differ in the last item; prune looks at all the other subsets.
- Apriori counts in pass $k$ the candidates with $k$ items, loses nothing, and makes a pass only if there are candidates.

## Reflection

A colleague's program found no frequent triples in a shop where you know of some; it builds candidates by joining pairs in the order in which the hash table gives them. Another one "saves the prune, since counting sorts it out anyway". Write three to five sentences. Do you (1) explain what the first one loses; (2) say
whether the second one's result is wrong; (3) say what the second one pays?
"""

# %% [markdown] reflection="reflection"
r"""
The join compares all items but the last, place by place. In pairs that are not sorted, what two of them have in common may stand first in one and last in the other, so they are never joined and the triple is never counted: the result is wrong, silently. Without the prune the result stays right, since every frequent itemset is still among the candidates and the count
throws the others out. But each needless candidate takes a counter, and time in every basket that might hold it, and the number of passes can grow: if only candidates that the prune would have removed are left, the whole data is read once more for nothing.
"""

# %% [markdown]
r"""
## Further reading

- MMDS 6.2: 6.2.2 for the triangular array and triples, 6.2.3 for monotonicity, 6.2.4 for why pairs are what matters, 6.2.5 for the two passes and what is in memory during each, 6.2.6 for larger sets.
- Agrawal and Srikant, "Fast algorithms for mining association rules" (VLDB 1994): section 2.1 has join and prune, and the hash tree; look at AprioriTid, which shrinks the baskets from pass to pass.
- Mannila, Toivonen and Verkamo, "Efficient algorithms for discovering association rules" (1994): the same idea, found at the same time.
- Han, Pei and Yin, "Mining frequent patterns without candidate generation" (SIGMOD 2000): the tree that Spark uses.
"""
