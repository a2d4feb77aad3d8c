# %% [markdown]
r"""
You will cut one data set into parts by range and by hash, with your own hands and with Spark, and then meet the two things
that no rule for cutting does away with: a cluster that grows, and a key that everybody wants.

**You will be able to**

- **choose** the bounds of ranges from a sample, and **name** the parts that a query must ask (exercise 1);
- **build** a ring of virtual nodes, and **say** how many keys a new node takes, and how far that share scatters (exercise 2);
- **partition** a data set in PySpark by hash, by range and into folders, and **read** one folder without touching the others
  (exercise 3);
- **salt** a skewed join so that the result is right, the load is spread, and a repeated task does the same again (exercise 4).
"""

# %% [markdown]
r"""
## Warm-up

1. A page asks 20 servers at once and waits for all of them. Each answers slowly in 1 % of the cases, independently. How many of the
   pages are slow?
2. A job takes 100 s on one worker. 20 s of that is one task that cannot be cut. How long does it take on 8 workers, and on any
   number of them?

<details><summary>Answers</summary>

1. $1 - 0.99^{20} \approx 18\,\%$. Remember this number when a query has to ask *every* part of a data set.
2. Amdahl: $20 + 80/8 = 30$ s, and never less than 20 s. Remember this one when one part is much larger than the others: the
   task that has it is the one that cannot be cut.

</details>

## Set-up

An order is a dict with `id`, `customer`, `country` and `cents`. `write_rows` writes such rows as JSON lines, as several files in a
folder; `read_orders` makes a Spark frame of that folder. What Spark writes is a folder too, with **one file for each of its partitions**
(those without rows may be missing): `read_parts` says which rows are in which. `plain_spark()` is this notebook's Spark session,
which starts when it is first needed, with three settings of which you will read later. `F` has Spark's functions of columns; they need the session: call
`plain_spark()` or `read_orders` before them (an `AssertionError` without a word means that it was too early).
"""

# %% setup=true
import hashlib
import json
from bisect import bisect_left, bisect_right
from collections import Counter
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from matplotlib import pyplot as plt
from pyspark.sql import functions as F

from curriculum.lab import check, check_value, figures, seeded, spark

figures.style()

ORDERS = "id INT, customer STRING, country STRING, cents INT"
CUSTOMERS = "customer STRING, segment STRING"
COUNTRIES = ["DE", "FR", "IN", "KE", "PE", "US"]


def position(text):
    """A whole number from 0 to 2**64 - 1 that looks random and is the same in every process, on every machine."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def orders(rng, count, hot=0.0):
    """Orders 1 to `count`, the share `hot` of them by customer c00; of the others' customers, 30 in all, a few buy a lot."""
    weights = 1 / np.arange(1, 31)
    usual = rng.choice(30, count, p=weights / weights.sum())
    customers = np.where(rng.random(count) < hot, 0, usual).tolist()
    countries, cents = rng.choice(COUNTRIES, count).tolist(), rng.integers(100, 99_999, count).tolist()
    rows = zip(customers, countries, cents)
    return [
        {"id": k, "customer": f"c{c:02}", "country": where, "cents": what} for k, (c, where, what) in enumerate(rows, 1)
    ]


def write_rows(folder, rows, files=3):
    """Write rows as JSON lines, dealt out to this many files of a new folder."""
    Path(folder).mkdir(parents=True)
    for k in range(files):
        Path(folder, f"rows-{k}.json").write_text("".join(json.dumps(row) + "\n" for row in rows[k::files]))


def read_parts(folder):
    """What Spark wrote as JSON lines: the number of each partition that has rows, with its list of rows."""
    parts = {}
    for file in sorted(Path(folder).glob("part-*.json")):
        rows = [json.loads(line) for line in file.read_text().splitlines()]
        if rows:
            parts.setdefault(int(file.name.split("-")[1]), []).extend(rows)
    return parts


def lost_and_extra(found, expected):
    """How many rows of `expected` are not in `found`, and the other way round; order does not count, and null is as good as absent."""
    found, expected = (
        Counter(json.dumps({k: v for k, v in row.items() if v is not None}, sort_keys=True) for row in rows)
        for rows in (found, expected)
    )
    return [(expected - found).total(), (found - expected).total()]


def plain_spark():
    """The Spark session, told to do what we write and not what it thinks better; 8 tasks after each shuffle."""
    session = spark.session()
    session.conf.set("spark.sql.adaptive.enabled", False)
    session.conf.set("spark.sql.autoBroadcastJoinThreshold", -1)
    session.conf.set("spark.sql.shuffle.partitions", 8)
    return session


def application():
    """The id under which Spark keeps its record of this process's session."""
    return plain_spark().sparkContext.applicationId


def shuffled(application):
    """How many rows this Spark application has sent from one task to another so far, by Spark's own record."""
    ends = (event for event in spark.events(application) if event["Event"] == "SparkListenerTaskEnd")
    return sum(end["Task Metrics"]["Shuffle Write Metrics"]["Shuffle Records Written"] for end in ends)


def read_orders(path):
    """The orders in a folder of JSON lines, as a Spark frame whose columns need not be guessed from the files."""
    return plain_spark().read.schema(ORDERS).json(path)


def murmur3(data, seed=42):
    """The hash that Spark's `hash` computes of these bytes: MurmurHash3 with 32 bits, as a signed number."""
    mask, whole = 0xFFFFFFFF, len(data) // 4 * 4
    words = [int.from_bytes(data[k : k + 4], "little") for k in range(0, whole, 4)]
    words += [int.from_bytes(data[k : k + 1], "little", signed=True) & mask for k in range(whole, len(data))]
    state = seed
    for word in words:
        word = word * 0xCC9E2D51 & mask
        state ^= (word << 15 | word >> 17) * 0x1B873593 & mask
        state = ((state << 13 | state >> 19) & mask) * 5 + 0xE6546B64 & mask
    state ^= len(data)
    state = (state ^ state >> 16) * 0x85EBCA6B & mask
    state = (state ^ state >> 13) * 0xC2B2AE35 & mask
    state ^= state >> 16
    return state - (state >> 31 << 32)


# %% [markdown]
r"""
## Everybody writes to the last server

One machine is too small for the orders of a shop, so they are **partitioned**: each order belongs to exactly one of eight parts
(*shards*, *regions*, *tablets* elsewhere), and each part to a server. The first idea is a good one: cut by time of order. Last month's
orders give seven dates that cut the month into eight equal parts, and whoever asks for a day finds it on one server.

**Predict.** Today 5,000 new orders arrive. How many does each server get?
"""

# %%
rng = np.random.default_rng(1)
last_month = np.sort(rng.uniform(0, 30, 40_000))  # days since the first of the month
dates = last_month[5_000::5_000]
today = rng.uniform(30, 31, 5_000)
print("last month:", np.bincount(np.searchsorted(dates, last_month, side="right"), minlength=8))
print("today:     ", np.bincount(np.searchsorted(dates, today, side="right"), minlength=8))

# %%
hashed = [position(f"{moment:.6f}") % 8 for moment in today]
print("today, by a hash of the time:", np.bincount(hashed, minlength=8))
morning = {part for moment, part in zip(today, hashed) if 30.25 <= moment < 30.25 + 1 / 24}
print("servers that hold some of the orders of one hour:", len(morning))

# %% [markdown]
r"""
Perfectly even in the past, and a **hot spot** now: seven servers look on. A hash of the key spreads the new orders at once,
but then one hour's orders lie everywhere, and a question about that hour asks everybody (warm-up 1).
That is the trade of the day. Range partitioning keeps neighbours together; hash partitioning tears them
apart; and what is good for a query that scans is bad for writers who all stand at the same end.

## Ranges: keep the order

$n$ ranges need $n-1$ **bounds**, $b_1 < b_2 < \dots$. Range $i$ holds the keys with $b_i \le k < b_{i+1}$, with nothing below $b_1$
and nothing above the last: the bound itself belongs to the part on its *right*. (Spark's ranges give it to the left. Either is
fine; what is not fine is a writer who does one and a reader who does the other: only rows whose key is exactly a bound go missing, and nobody
tests with those.) Half-open ranges have no gap and no overlap, whatever the keys are: numbers, dates, text.

Where should the bounds be? Not at equal distances: keys cluster. At *quantiles* of what is there, so that each part has the same
number of rows; and since sorting everything just to find them would be too dear, of a sample.
"""

# %%
prices = np.sort(np.random.default_rng(2).lognormal(7, 1.2, 20_000).astype(int))
widths = np.linspace(prices[0], prices[-1], 5)[1:-1]
sample = np.sort(np.random.default_rng(3).choice(prices, 400, replace=False))
for name, bounds in {"equal widths": widths, "quantiles of 400 rows": sample[100::100]}.items():
    print(f"{name:22}", np.bincount(np.searchsorted(bounds, prices, side="right"), minlength=4))

# %% [markdown]
r"""
How good is a sample? A bound is put where the share $q$ of the *sample* lies below it. The share of *all* rows below it scatters around $q$ with a standard
error of about $\sqrt{q(1-q)/m}$ for $m$ rows drawn, here at most 2.5 percentage points. That depends on the sample's size and hardly on the size of the data, which is why 100 rows for
each partition, Spark's default, do for a billion: a part is then off by about a tenth of its size.

Repeats are what quantiles do not like. If one key makes up a third of the rows, several quantiles fall on it; a bound twice
would be a part that is empty for ever, and no bound can cut *through* a key: all rows with the same key stay in one part.
"""

# %% [markdown] exercise="e1" title="Bounds, and who must be asked" level="warm-up" minutes=25 exports=["range_bounds", "range_of", "ranges_between"]
r"""
Keys are anything that Python can compare: all numbers, or all text. `bounds` is an ascending list of keys, each once; perhaps empty.
Parts are numbered from 0, and a bound is the smallest key of the part on its right. Write

- `range_bounds(sample, n)`: bounds for `n` ≥ 1 parts from a non-empty list of keys, in any order, with repeats. Of the sorted sample `s` with $m$
  keys, take the keys at the places $\lfloor i\,m/n \rfloor$ for $i = 1, \dots, n-1$ (places count from 0). The result is the ascending list of
  these keys, without repeats, and without the sample's smallest key, which would have nothing on its left.
- `range_of(key, bounds)`: the number of the part to which `key` belongs.
- `ranges_between(low, high, bounds)`: the ascending list of the numbers of all parts that can hold a key with `low` ≤ key < `high`. If
  `low` is not less than `high`, there is no such key, and the list is empty.

For `[5, 1, 9, 7, 3, 8]` and 3 parts the bounds are `[5, 8]`. Key 4 belongs to part 0, key 5 to part 1 and key 11 to part 2.
`ranges_between(3, 8, [5, 8])` is `[0, 1]`: 8 itself is not asked for.
"""

# %% [markdown] hints="e1" reading="DDIA 6, Partitioning by Key Range"
r"""
1. The number of a key's part is the number of something else that you can count in `bounds`.
2. `bisect_left` and `bisect_right` count the entries that are less than a key, and those that are not greater. Which of the two
   belongs to `range_of`? For a query, the first part is that of `low`; the last one is that of the largest keys *below* `high`.
3. A set of the keys at those places, minus `{s[0]}`, sorted. Then `bisect_right(bounds, key)`, and
   `range(bisect_right(bounds, low), bisect_left(bounds, high) + 1)`.
"""


# %% solution="e1"
def range_bounds(sample, n):
    """Bounds that cut a sample of keys into at most n parts of about the same size."""
    ### BEGIN SOLUTION
    keys = sorted(sample)
    cuts = {keys[i * len(keys) // n] for i in range(1, n)}
    return sorted(cuts - {keys[0]})
    ### END SOLUTION


def range_of(key, bounds):
    """The number of the part that a key belongs to; a bound is the smallest key of the part on its right."""
    ### BEGIN SOLUTION
    return bisect_right(bounds, key)
    ### END SOLUTION


def ranges_between(low, high, bounds):
    """The numbers of the parts that can hold a key from low up to, and without, high."""
    ### BEGIN SOLUTION
    if not low < high:
        return []
    return list(range(bisect_right(bounds, low), bisect_left(bounds, high) + 1))
    ### END SOLUTION


# %% test="e1_bounds" points=1 title="Bounds at the quantiles of the sample"
check(range_bounds, [5, 1, 9, 7, 3, 8], 3).equals([5, 8], idea="sorted: 1 3 5 7 8 9; the places are 6/3 and 12/3")
### BEGIN HIDDEN TESTS
check(range_bounds, ["pear", "fig", "plum", "kiwi"], 2).equals(["pear"], idea="text is sorted like any other key")
check(range_bounds, [2.5, 4.5], 1).equals([], idea="one part has no bounds")
check(range_bounds, list(range(30)), 22).equals(
    [i * 30 // 22 for i in range(1, 22)], idea="11·30/22 is 15, and 11 * (30 / 22) a little less: compute in whole numbers"
)
for seed in range(6):
    rng = seeded(seed)
    n, size = int(rng.integers(2, 9)), int(rng.integers(10, 60))
    keys = rng.permutation(500)[:size].tolist()
    places = np.arange(1, n) * size // n
    check(range_bounds, keys, n).note(f"seed {seed}").equals(
        np.sort(keys)[places].tolist(), idea="sort first; then the keys at the places i·m/n, rounded down"
    )
### END HIDDEN TESTS

# %% test="e1_repeats" points=1 title="No part that is empty from the start"
check(range_bounds, [4, 4, 4, 4, 4, 9, 1, 4], 4).equals([4], idea="three times the same key is one bound")
### BEGIN HIDDEN TESTS
check(range_bounds, ["a", "a", "a", "b"], 4).equals(
    ["b"], idea="below the smallest key of the sample there is nothing to hold"
)
check(range_bounds, [7] * 20, 5).equals([], idea="one key cannot be cut")
for seed in range(6):
    rng = seeded(seed)
    keys = (rng.zipf(1.4, 200) % 50).tolist()
    places = np.arange(1, 8) * 200 // 8
    expected = sorted(set(np.sort(keys)[places].tolist()) - {min(keys)})
    check(range_bounds, keys, 8).note(f"seed {seed}").equals(
        expected, idea="each key once, the smallest of all not at all"
    )
### END HIDDEN TESTS

# %% test="e1_part" points=1 title="Each key has one part, and the order is kept"
for key, part in {4: 0, 5: 1, 7: 1, 8: 2, 11: 2}.items():
    check(range_of, key, [5, 8]).equals(part, idea="how many bounds are not greater than the key?")
### BEGIN HIDDEN TESTS
check(range_of, "kiwi", []).equals(0, idea="without bounds there is one part")
for seed in range(4):
    rng = seeded(seed)
    bounds = np.sort(rng.permutation(30)[: int(rng.integers(1, 9))]).tolist()
    for key in range(-1, 32):
        check(range_of, key, bounds).note(f"seed {seed}").equals(
            int(np.searchsorted(bounds, key, side="right")), idea="the bound itself belongs to the right"
        )
### END HIDDEN TESTS

# %% test="e1_query" points=1 title="A query asks the parts that can answer, and no others"
check(ranges_between, 3, 8, [5, 8]).equals([0, 1], idea="the keys from 3 to just below 8")
### BEGIN HIDDEN TESTS
for key in (6, 8):
    check(ranges_between, key, key, [5, 8]).equals([], idea="no key is at least 8 and less than 8")
check(ranges_between, 9, 2, [5, 8]).equals([], idea="no key is at least 9 and less than 2")
check(ranges_between, "b", "c", []).equals([0], idea="without bounds there is one part, and it can hold such keys")
for seed in range(8):
    rng = seeded(seed)
    bounds = np.sort(rng.permutation(40)[: int(rng.integers(1, 9))]).tolist()
    low, high = np.sort(rng.permutation(44)[:2]).tolist()
    keys = np.arange(low, high, 0.5)
    expected = np.unique(np.searchsorted(bounds, keys, side="right")).tolist()
    check(ranges_between, low, high, bounds).note(f"seed {seed}").equals(
        expected, idea="a part that begins at high is not asked"
    )
### END HIDDEN TESTS

# %% [markdown]
r"""
## Hashing: give the order up

A **hash function** sends each key to a number that looks random and is always the same: for the same key, in every process, on
every machine, next year. Part $h(k) \bmod n$ then gets about $1/n$ of the *keys*. Python's own `hash` will not do: for text it
is salted anew in each process, unless `PYTHONHASHSEED` says otherwise.

Keys are not rows, though. Let customers be numbered in the order in which they came, and let old customers buy the most: customer
number $r$ with a frequency in proportion to $1/r^{1.2}$, a Zipf law. **Predict** the largest part for each of the four combinations.
"""

# %%
rng = np.random.default_rng(4)
frequencies = 1 / np.arange(1, 1001) ** 1.2
streams = {
    "uniform": rng.integers(0, 1000, 16_000),
    "Zipf": rng.choice(1000, 16_000, p=frequencies / frequencies.sum()),
}
hash_part = np.array([position(f"customer {k}") % 8 for k in range(1000)])
loads = {
    (how, name): np.bincount(keys // 125 if how == "range" else hash_part[keys], minlength=8)
    for name, keys in streams.items()
    for how in ("range", "hash")
}
hottest = np.bincount(streams["Zipf"]).max()
print("the most frequent key has", f"{hottest / 16_000:.0%} of the rows of the Zipf stream")

# %%
fig, axes = plt.subplots(1, 2, figsize=(8, 2.8), sharey=True)
claims = {"uniform": "Uniform keys: even both ways", "Zipf": "Zipf keys: a hot key stays whole"}
for ax, (name, claim) in zip(axes, claims.items()):
    for shift, how in ((-0.2, "range"), (0.2, "hash")):
        _ = ax.bar(
            np.arange(8) + shift, loads[how, name], 0.4, label=f"by {how}", hatch="//" if how == "hash" else None
        )
    _ = ax.set(title=claim, xlabel="part", xticks=range(8))
_ = axes[1].axhline(hottest, color="black", linestyle=":", label="the hottest key alone")
_ = axes[0].set_ylabel("rows")
_ = axes[1].legend()
largest = ", ".join(f"{how} on {name} keys {load.max() / 16_000:.0%}" for (how, name), load in loads.items())
figures.show(
    fig,
    alt="Rows in each of eight parts, two panels of bars: uniform keys are even under both schemes; Zipf keys crowd into the first "
    f"range, and under hashing one part still towers, above the dotted line of the hottest key. Largest part: {largest}.",
)

# %% [markdown]
r"""
Hashing has torn the crowd of old customers apart, which is what it can do. It cannot tear one customer apart: whatever the
function, **the largest part has at least the rows of the hottest key**. A *hot key* asks for another remedy, the last exercise.

**Vary.** Cut the Zipf stream with your `range_bounds` instead of equal widths. How far down does the largest part come, and what stops it?

## Growing: why mod n is a trap

Eight servers are full and a ninth is bought. Row by row, $h \bmod 8$ becomes $h \bmod 9$.

**Predict.** Which share of all rows must move to another server?
"""

# %%
numbers = [position(f"customer {k}") for k in range(20_000)]
moved = sum(h % 8 != h % 9 for h in numbers)
print(f"moved by mod 8 -> mod 9: {moved / len(numbers):.1%};   8/9 = {8 / 9:.1%};   needed: {1 / 9:.1%}")

# %% [markdown]
r"""
A key stays only if $h \bmod n = h \bmod (n+1)$. Both remainders depend on $h \bmod n(n+1)$ alone, and since $n$ and $n+1$ have no common divisor, each pair of
remainders belongs to exactly one of these $n(n+1)$ equally likely values (Chinese remainder theorem). The $n$ equal pairs are those of $0, \dots, n-1$. So $1/(n+1)$ stays, and
$n/(n+1)$ moves, though only $1/(n+1)$ has to: the new server's fair share.

**Consistent hashing** (Karger and others, 1997) reaches that minimum on average. Bend the hash values to a circle. Each node stands on it at several
places, its *points*, given by hashing its name with a running number; a key belongs to the first point at or after its own position,
going round. A new node's points take over the arcs just before them, and everything else stays as it was.

![A circle of hash values, read clockwise, with two points each of nodes A, B and C; a key belongs to the next point clockwise; a new point of node D takes over only the arc between the point before it and itself, which was C's](d03_partitioning_ring.svg)

Why several points, called **virtual nodes**? With one each, the arcs are as uneven as random cuts are: some node has a
multiple of another's load, and when a node fails, *all* its keys go to the one that follows. With a hundred points a node's share is a sum
of a hundred small arcs, and its keys go to all the others in small pieces. A machine twice as strong simply gets twice as many points.
"""

# %% [markdown] exercise="e2" title="A ring of virtual nodes" level="core" minutes=40 exports=["Ring"]
r"""
Write the class `Ring(nodes, vnodes, position)`. `nodes` is a list of names (different texts, of any characters), `vnodes` ≥ 1 how many points each node has,
and `position` a function that sends text to a whole number from 0 to $2^{64}-1$. Use nothing else for hashing.

- Node `x` has the points `position("x#0")`, `position("x#1")`, … up to number `vnodes - 1`. No two points are ever the same.
- `owner(key)`: the node of the smallest point that is greater than or equal to `position(key)`; if there is none, that of the smallest point of all. A ring
  without nodes has no owners: raise `LookupError`.
- `add(node)`: a further node joins; `remove(node)`: one of the nodes leaves, with all its points. Afterwards `owner` answers as a new `Ring`
  of the present nodes would.

Hashing costs, and tests count it: making a ring calls `position` once for each point, `owner` once in all, `add` at most once for
each point of the new node, and `remove` at most once for each point of the old one.

With the points `{"a#0": 10, "a#1": 60, "b#0": 30, "b#1": 90}`, a key at 40 belongs to `a`, one at 30 to `b`, and one at 95 to `a`.
"""

# %% [markdown] hints="e2" reading="DDIA 6, Rebalancing Partitions; DeCandia and others (2007), 4.2"
r"""
1. Keep the points in one list, sorted. What is then "the first one at or after"? And what comes after the last?
2. Pairs `(point, node)` sort by their points. `bisect_left` finds the place of the first that is not smaller; a remainder brings the end
   back to the beginning. Removing is keeping the others.
3. `self.points = sorted(...)` of `(self.position(f"{node}#{i}"), node)`. For `owner`:
   `bisect_left(self.points, (self.position(key),))`, modulo `len(self.points)`: a tuple that is a beginning of another one is less than it.
"""


# %% solution="e2"
class Ring:
    """Consistent hashing: nodes with several points each on a circle; a key belongs to the next point's node."""

    def __init__(self, nodes, vnodes, position):
        ### BEGIN SOLUTION
        self.vnodes, self.position = vnodes, position
        self.points = []  # pairs of point and node, ascending
        for node in nodes:
            self.add(node)
        ### END SOLUTION

    def add(self, node):
        """Let a further node join."""
        ### BEGIN SOLUTION
        self.points += [(self.position(f"{node}#{i}"), node) for i in range(self.vnodes)]
        self.points.sort()
        ### END SOLUTION

    def remove(self, node):
        """Let a node leave, with all its points."""
        ### BEGIN SOLUTION
        self.points = [point for point in self.points if point[1] != node]
        ### END SOLUTION

    def owner(self, key):
        """The node that a key belongs to."""
        ### BEGIN SOLUTION
        if not self.points:
            raise LookupError("a ring without nodes has no owners")
        following = bisect_left(self.points, (self.position(key),))
        return self.points[following % len(self.points)][1]
        ### END SOLUTION


# %% test="e2_owner" points=2 title="A key belongs to the next point's node"
places = {"a#0": 10, "a#1": 60, "b#0": 30, "b#1": 90, "between": 40, "just there": 30, "late": 95, "early": 3}
ring = check(Ring, ["a", "b"], 2, lambda text: places[text]).value(
    idea="the constructor asks for the points of each node"
)
for key, node in {"between": "a", "just there": "b", "late": "a", "early": "a"}.items():
    check(ring.owner, key).note(f"{key!r} is at {places[key]}, the points are at 10 30 60 90: a b a b").equals(
        node, idea="the first point at or after the key; after the last one comes the first"
    )
### BEGIN HIDDEN TESTS
for seed in range(6):
    rng = seeded(seed)
    names, vnodes = [f"node {k}" for k in rng.permutation(9)[: 2 + seed % 4].tolist()], int(rng.integers(1, 6))
    salted = partial(lambda seed, text: position(f"{seed} {text}"), seed)
    points = [(salted(f"{name}#{i}"), name) for name in names for i in range(vnodes)]
    ring = check(Ring, names, vnodes, salted).value(idea="the constructor asks for the points of each node")
    for k in range(25):
        nearest = min((point - salted(f"key {k}")) % 2**64 for point, _ in points)
        owner = next(name for point, name in points if (point - salted(f"key {k}")) % 2**64 == nearest)
        check(ring.owner, f"key {k}").note(f"seed {seed}").equals(
            owner, idea="go round from the key to the nearest point ahead"
        )
ring = check(Ring, [], 3, position).value(idea="a ring may begin without nodes")
check(ring.owner, "anything").raises(LookupError, idea="whom could a key belong to?")
### END HIDDEN TESTS

# %% test="e2_change" points=2 title="Nodes come and go, and the other keys stay"
places = {"a#0": 10, "b#0": 30, "c#0": 20, "k": 15, "l": 25, "m": 99}
ring = check(Ring, ["a", "b"], 1, lambda text: places[text]).value(
    idea="the constructor asks for the points of each node"
)
check(ring.add, "c").value(idea="adding ends without an error")
check_value("the owners of the keys at 15, 25, 99 with c at 20", [ring.owner(key) for key in "klm"]).equals(
    ["c", "b", "a"], idea="the new point lies between the old ones"
)
### BEGIN HIDDEN TESTS
keys = [f"key {k}" for k in range(150)]
for seed in range(2):
    salted = partial(lambda seed, text: position(f"{seed} {text}"), int(seeded(seed).integers(10**9)))
    ring = check(Ring, [f"n{k}" for k in range(6)], 10, salted).value(
        idea="the constructor asks for the points of each node"
    )
    before = [ring.owner(key) for key in keys]
    check(ring.add, "new").note(f"seed {seed}").value(idea="adding ends without an error")
    after = [ring.owner(key) for key in keys]
    to = sorted({new for old, new in zip(before, after) if old != new})
    check_value("where keys have moved when 'new' joined", to).note(f"seed {seed}").equals(
        ["new"], idea="a new node only takes"
    )
    p, share = 1 / 7, after.count("new") / len(keys)
    spread = (p * (1 - p) * (1 / (7 * 10 + 1) + 1 / len(keys))) ** 0.5
    check_value("the new node's share of the keys", share).note(f"seed {seed}").close(
        p, rtol=0, atol=6 * spread, idea="a seventh, give or take what random arcs do: has it got all its points?"
    )
    check(ring.remove, "n2").note(f"seed {seed}").value(idea="removing ends without an error")
    left = Ring(["n0", "n1", "n3", "n4", "n5", "new"], 10, salted)
    check_value("keys whose owner differs from a new ring's", [k for k in keys if ring.owner(k) != left.owner(k)]).note(
        f"seed {seed}, after adding 'new' and removing 'n2'"
    ).equals([], idea="all points of the node that leaves go, and nobody else's")
ring = check(Ring, ["n1", "n10", "n#1"], 8, position).value(idea="a node may have any name")
check(ring.remove, "n1").value(idea="removing ends without an error")
check_value("the owners left when 'n1' has left 'n10' and 'n#1'", sorted({ring.owner(key) for key in keys})).equals(
    ["n#1", "n10"], idea="which points are whose? Neither the beginning of a name nor a # in it tells"
)
ring = check(Ring, ["a"], 2, position).value(idea="the constructor asks for the points of each node")
check(ring.remove, "a").value(idea="the last node may leave, too")
check(ring.owner, "k").raises(LookupError, idea="no points, no owner")
### END HIDDEN TESTS

# %% test="e2_cost" points=1 title="A look-up hashes the key and nothing else"
asked = []


def counted(text):
    asked.append(text)
    return position(text)


ring = check(Ring, ["a", "b", "c"], 8, counted).value(idea="the constructor makes the ring")
check_value("calls of position for a ring of 3 nodes with 8 points each", len(asked)).equals(
    24, idea="once for each point"
)
asked.clear()
check(ring.owner, "some key").value(idea="a ring with nodes has an owner for each key")
check_value("what position is asked by one look-up", asked).equals(
    ["some key"], idea="the points are known since the ring was made"
)
### BEGIN HIDDEN TESTS
asked.clear()
check(ring.add, "d").value(idea="adding ends without an error")
check_value("calls of position to add a node with 8 points", len(asked)).satisfies(
    lambda calls: calls <= 8, "at most 8", idea="the old nodes' points have not changed"
)
asked.clear()
check(ring.remove, "a").value(idea="removing ends without an error")
check_value("calls of position to remove a node with 8 points", len(asked)).satisfies(
    lambda calls: calls <= 8, "at most 8", idea="the other nodes' points have not changed"
)
### END HIDDEN TESTS

# %% [markdown]
r"""
## How even is a ring?

Here is your ring beside mod $n$: six nodes become seven, and each dot is a key at its place on the circle.
"""

# %%
keys = [f"customer {k}" for k in range(240)]
angles = np.array([position(key) for key in keys]) / 2**64 * 2 * np.pi
moves = {"mod 6 → mod 7": np.array([position(key) % 6 != position(key) % 7 for key in keys])}
try:
    small, large = (Ring([f"node {k}" for k in range(n)], 16, position) for n in (6, 7))
    moves["ring, 16 points a node"] = np.array([small.owner(key) != large.owner(key) for key in keys])
except NotImplementedError:
    moves["ring: exercise 2 comes first"] = np.zeros(240, dtype=bool)
fig, axes = plt.subplots(1, 2, figsize=(7, 3.4))
for ax, (title, moved) in zip(axes, moves.items()):
    for which, mark, name in ((~moved, "o", "stays"), (moved, "^", "moves")):
        radius = 1.0 if name == "stays" else 1.12
        _ = ax.plot(
            radius * np.sin(angles[which]), radius * np.cos(angles[which]), mark, markersize=4, linestyle="", label=name
        )
    _ = ax.set(title=f"{title}: {moved.mean():.0%} move", aspect="equal", xlim=(-1.3, 1.3), ylim=(-1.3, 1.3))
    ax.axis("off")
_ = axes[0].legend(loc="center")
shares = "; ".join(f"{title}: {moved.mean():.0%} of the keys move" for title, moved in moves.items())
figures.show(
    fig, alt=f"Two circles of 240 keys, triangles outside for keys that move when a seventh node joins. {shares}."
)

# %% [markdown]
r"""
"About a seventh" deserves an error bar. Let $n$ nodes have $V$ points each, and let one more join. If all $(n+1)V$ points
fall independently and uniformly, the arcs before them are exchangeable, and the new node's part $S$ of the circle, the sum of $V$ of these arcs, has a
$\mathrm{Beta}(V, nV)$ distribution. With $p = 1/(n+1)$,

$$\mathrm E\,S = p, \qquad \operatorname{Var} S = \frac{p(1-p)}{(n+1)V + 1}.$$

Of $K$ keys that fall independently, the fraction $M$ that moves scatters around $S$ once more. By the law of total variance,

$$\operatorname{Var} M = p(1-p)\left[\frac{1 - 1/K}{(n+1)V+1} + \frac1K\right].$$

It is *not* binomial: the first term stays, however many keys there are. They all share one throw of the points. **Predict** from the formula
what one point a node means for the standard deviation, and compare with thrown circles:
"""

# %%
rng = np.random.default_rng(5)
n, p = 8, 1 / 9
for V in (1, 16, 256):
    thrown = []
    for _ in range(2_000):
        points = np.sort(rng.random((n + 1) * V))
        arcs = np.diff(points, prepend=points[-1] - 1)
        thrown.append(arcs[rng.permutation((n + 1) * V)[:V]].sum())
    theory = (p * (1 - p) / ((n + 1) * V + 1)) ** 0.5
    print(
        f"{V:3} points a node: share {np.mean(thrown):.3f}, standard deviation {np.std(thrown):.4f}, by the formula {theory:.4f}"
    )

# %% [markdown]
r"""
With one point, the standard deviation is nearly as large as the share. It falls like $1/\sqrt V$: 256 points bring it to 6 % of the
share, at the price of a longer table.

Many systems go a simpler way that comes to the same: **fixed partitions**, far more of them than nodes (16,384 slots in Redis Cluster, say), by
hash mod that fixed number; and a *table* that says which node has which. Growing then moves whole partitions to the new node and edits the table. The number
of partitions is chosen once, and that is its weakness: too few, and one gets too large to move; too many, and each costs upkeep.

## The same in Spark

A Spark frame is partitioned already, somehow; `repartition(n, column)` **shuffles** its rows so that the one with key $k$ ends in partition
`pmod(hash(k), n)`, the non-negative remainder of Spark's own hash (MurmurHash3, but for a text's last one to three bytes, which Spark mixes in one by one). All tasks compute it alike, so equal keys meet. The
set-up computes it in a dozen lines, as `murmur3`. **Predict:** are parts of the same size if there are 30 customers, a few of whom buy a lot?
"""

# %%
lab = TemporaryDirectory()
write_rows(f"{lab.name}/orders", orders(np.random.default_rng(6), 1_200))
frame = read_orders(f"{lab.name}/orders")
hashed = frame.repartition(4, "customer").withColumn("partition", F.spark_partition_id())
counts = hashed.groupBy("partition").agg(F.countDistinct("customer").alias("customers"), F.count("id").alias("orders"))
counts.orderBy("partition").show()

# %%
found = hashed.select("customer", F.hash("customer").alias("hash"), "partition").distinct().collect()
same_hash = all(row["hash"] == murmur3(row["customer"].encode()) for row in found)
same_part = all(row["partition"] == murmur3(row["customer"].encode()) % 4 for row in found)
print(f"{len(found)} customers; hash as computed by hand: {same_hash}; partition pmod(hash, 4): {same_part}")

# %% [markdown]
r"""
Called with a number only, `repartition(n)` deals rows out in turn: beautifully even, and useless for anything that needs equal keys together. And
`coalesce(n)` only glues existing partitions to each other, without a shuffle: cheap, and blind to keys.

`repartitionByRange(n, column)` does what you did in exercise 1: it takes a sample, sorts it, chooses $n-1$ bounds, and sends each row to its range.
It sorts nothing *inside* a partition, and as it samples, its bounds need not be the same in two runs. Of as few as 600 orders the sample is all, so
here they are. Ours and Spark's, side by side:
"""

# %%
few = frame.where("id <= 600")
ranged = few.repartitionByRange(4, "cents").withColumn("partition", F.spark_partition_id())
spans = ranged.groupBy("partition").agg(F.min("cents"), F.max("cents"), F.count("id")).orderBy("partition").collect()
for part, least, most, size in spans:
    print(f"partition {part}: {size} orders, from {least} to {most} cents")
cents = sorted(row["cents"] for row in few.select("cents").collect())
print("our parts begin at", cents[150::150], "and Spark's at", [least for _, least, _, _ in spans[1:]])

# %% [markdown]
r"""
Both live in memory and end with the job. A third way is laid out **on disk**, for readers yet to come: `write.partitionBy(column)` makes a
folder for each value. The value stands in the folder's name and *not* in the files:
"""

# %%
frame.where("customer = 'c03'").write.partitionBy("country").json(f"{lab.name}/by_country")
for folder in sorted(Path(lab.name, "by_country").glob("country=*")):
    files = list(folder.glob("part-*.json"))
    print(
        f"{folder.name}: {len(files)} files, the first line of one:", min(f.read_text().splitlines()[0] for f in files)
    )

# %% [markdown]
r"""
A query with a condition on `country` now opens one folder: **partition pruning**. Mind three things.

- *Files multiply.* Each task writes into each folder whose value it meets: 200 tasks and 50 countries can make 10,000 small files. Bring the
  rows of a folder together first.
- *The types are guessed.* A folder `store=007` comes back as the number 7, unless the schema says that `store` is text.
- *Guessing reads.* Where no schema is given, Spark reads JSON files, all of them, only to guess one.
"""

# %% [markdown] exercise="e3" title="One data set, partitioned in three ways" level="core" minutes=45 goals=[3] exports=["hash_files", "range_files", "folder_files", "folder_ids"]
r"""
`source` is a folder of orders as JSON lines, in several files (`read_orders` reads it); `out` is a path at which nothing is yet. Write with
Spark, as JSON lines: `frame.write.json(out)` writes one file for each partition of the frame, with the partition's number in its name. Every order
must be written exactly once, with the columns that it came with.

- `hash_files(source, key, n, out)`: the order with key $k$ (the column named `key`) is written to file number `pmod(hash(k), n)`, with Spark's hash.
  Returns `application()`, the id under which Spark keeps its record, in which tests look whether Spark shuffled.
- `range_files(source, key, n, out)`: the files are ranges of the key. All keys of a file are less than all keys of the next. Where no key comes twice, there
  are `n` files, none with more than twice the mean number of orders; where keys repeat, there may be fewer files, but more than one. (Tests have many more orders than `n`,
  and no key with half of them.) Returns `application()` too.
- `folder_files(source, key, out)`: `out` has a folder `key=value` for each value of the column (`country=PE`), with exactly **one** file, which holds
  the orders with this value; in the file, the column `key` is left out. Returns nothing.
- `folder_ids(path, key, value)`: `path` is laid out in such folders by the *text* column `key`. The ids of the orders with this value, as an ascending
  list; `[]` if there are none. Files in the other folders are **not opened**: in the tests, some of them are broken, and opening one raises an error. And `"7"`
  is not `"007"`. Values consist of letters and digits.

For a look: `hash_files(source, "customer", 4, out)` puts all orders of customer `c03` into the file that begins with `part-00003`.
"""

# %% [markdown] hints="e3" reading="DDIA 6, Partitioning by Hash of Key; MMDS 2.2.2, Grouping by Key; Spark SQL guide, Partition Discovery"
r"""
1. Each of the four is one line of Spark, or two; the paragraphs above name the methods. Look into the folders that you have written.
2. The number of partitions and the column both go into the call. For `folder_files`, rows of one value must be in one task *before* they are written.
   For `folder_ids`, let Spark do the filtering: what has been collected has been read.
3. `read_orders(source).repartition(n, key).write.json(out)`; the same with `repartitionByRange`; `repartition(key)`, then
   `write.partitionBy(key)`; `read_orders(path).where(F.col(key) == value)`, then `collect` the ids.
"""


# %% solution="e3"
def hash_files(source, key, n, out):
    """Write the orders to n files by the hash of their key."""
    ### BEGIN SOLUTION
    read_orders(source).repartition(n, key).write.json(out)
    return application()
    ### END SOLUTION


def range_files(source, key, n, out):
    """Write the orders to n files that are ranges of their key."""
    ### BEGIN SOLUTION
    read_orders(source).repartitionByRange(n, key).write.json(out)
    return application()
    ### END SOLUTION


def folder_files(source, key, out):
    """Write the orders to one folder for each value of their key, with one file in each."""
    ### BEGIN SOLUTION
    read_orders(source).repartition(key).write.partitionBy(key).json(out)
    ### END SOLUTION


def folder_ids(path, key, value):
    """The ids of the orders with this value of the key, ascending, read from its folder alone."""
    ### BEGIN SOLUTION
    chosen = read_orders(path).where(F.col(key) == value)
    return sorted(row["id"] for row in chosen.select("id").collect())
    ### END SOLUTION


# %% test="e3_hash" points=2 title="By hash: equal keys meet, where Spark's hash says"
with TemporaryDirectory() as folder:
    rows = orders(seeded(1), 240)
    write_rows(f"{folder}/in", rows)
    written = check(hash_files, f"{folder}/in", "customer", 4, f"{folder}/out")
    written.satisfies(
        lambda record: isinstance(record, str), "the text that application() gives", idea="what is to be returned?"
    )
    parts = read_parts(f"{folder}/out")
    found = {(row.get("customer"), number) for number, part in parts.items() for row in part}
    expected = {(row["customer"], murmur3(row["customer"].encode()) % 4) for row in rows}
    check_value("customers and the numbers of the files with their orders", found).equals(
        expected, idea="the number of partitions and the key both matter: pmod(hash(key), n)"
    )
    check_value("orders lost, and orders too many", lost_and_extra(sum(parts.values(), []), rows)).equals(
        [0, 0], idea="every order once, with all its columns"
    )
    ### BEGIN HIDDEN TESTS
    before = shuffled(written.value(idea="it should end well"))
    record = check(hash_files, f"{folder}/in", "cents", 7, f"{folder}/again").value(idea="it should end well")
    parts = read_parts(f"{folder}/again")
    found = {(row.get("cents"), number) for number, part in parts.items() for row in part}
    expected = {(row["cents"], murmur3(row["cents"].to_bytes(4, "little")) % 7) for row in rows}
    check_value("cents and the numbers of the files with these orders", found).note("seed 1").equals(
        expected, idea="any column can be the key, and any n: pmod(hash(key), n)"
    )
    check_value("rows shuffled by Spark, by its own record", shuffled(record) - before).note("240 orders").satisfies(
        lambda count: count >= 240, "at least 240", idea="repartitioning by a key is a shuffle, and Spark is to do it"
    )
    ### END HIDDEN TESTS

# %% test="e3_range" points=2 title="By range: files in the order of their keys"


def spans(parts, key):
    """The least and the largest key of each file, in the order of the files' numbers."""
    return [(min(keys), max(keys)) for _, part in sorted(parts.items()) for keys in [[row[key] for row in part]]]


def apart(spans):
    """Whether all keys of each file are less than all keys of the next."""
    return all(most < least for (_, most), (least, _) in zip(spans, spans[1:]))


with TemporaryDirectory() as folder:
    rows = orders(seeded(2), 300)
    write_rows(f"{folder}/in", [rows[k] for k in seeded(2).permutation(300)])
    written = check(range_files, f"{folder}/in", "id", 5, f"{folder}/out")
    written.satisfies(
        lambda record: isinstance(record, str), "the text that application() gives", idea="what is to be returned?"
    )
    parts = read_parts(f"{folder}/out")
    check_value("the least and the largest id of each file", spans(parts, "id")).satisfies(
        apart, "ranges in the order of the files, none overlapping", idea="sorting inside a partition makes no ranges"
    )
    sizes = [len(part) for part in parts.values()]
    check_value("the number of orders in each file", sizes).satisfies(
        lambda sizes: len(sizes) == 5 and max(sizes) <= 120,
        "5 files, none with more than 120",
        idea="how many ranges were asked for?",
    )
    ### BEGIN HIDDEN TESTS
    check_value("orders lost, and orders too many", lost_and_extra(sum(parts.values(), []), rows)).note(
        "seed 2"
    ).equals([0, 0], idea="every order once, with all its columns")
    before = shuffled(written.value(idea="it should end well"))
    record = check(range_files, f"{folder}/in", "customer", 3, f"{folder}/again").value(idea="it should end well")
    parts = read_parts(f"{folder}/again")
    check_value("the first and the last customer of each file", spans(parts, "customer")).note("seed 2").satisfies(
        lambda spans: apart(spans) and 1 < len(spans) <= 3,
        "two or three ranges, none overlapping",
        idea="one key is in one range only",
    )
    check_value("rows shuffled by Spark, by its own record", shuffled(record) - before).note("300 orders").satisfies(
        lambda count: count >= 300, "at least 300", idea="ranges come from a shuffle, and Spark is to do it"
    )
    ### END HIDDEN TESTS

# %% test="e3_folders" points=2 title="On disk: a folder for each value, a file for each folder"
with TemporaryDirectory() as folder:
    rows = orders(seeded(3), 240)
    write_rows(f"{folder}/in", rows)
    check(folder_files, f"{folder}/in", "country", f"{folder}/out").value(idea="it should end well")
    written = {place.name: list(place.glob("part-*.json")) for place in Path(folder, "out").glob("*") if place.is_dir()}
    check_value("the folders", set(written)).equals(
        {f"country={row['country']}" for row in rows},
        idea="one folder for each value of the key, with its name and value",
    )
    check_value("the number of files in each folder", {len(files) for files in written.values()}).equals(
        {1}, idea="several tasks met the same value, and each wrote a file of its own"
    )
    ### BEGIN HIDDEN TESTS
    for name, files in written.items():
        found = [json.loads(line) for file in files for line in file.read_text().splitlines()]
        country = name.split("=")[1]
        expected = [{k: v for k, v in row.items() if k != "country"} for row in rows if row["country"] == country]
        check_value(f"orders lost, and orders too many, in {name}", lost_and_extra(found, expected)).note(
            "seed 3"
        ).equals(
            [0, 0], idea="the orders with this value, and their other columns; the value stands in the folder's name"
        )
    write_rows(f"{folder}/few", rows[:12])
    check(folder_files, f"{folder}/few", "customer", f"{folder}/by_customer").value(idea="it should end well")
    check_value("the folders by customer", {place.name for place in Path(folder, "by_customer").glob("*=*")}).note(
        "seed 3, 12 orders"
    ).equals({f"customer={row['customer']}" for row in rows[:12]}, idea="any column can be the key")
    ### END HIDDEN TESTS

# %% test="e3_pruned" points=2 title="Reading one folder, and no other"
with TemporaryDirectory() as folder:
    rows = orders(seeded(4), 60)
    for country in COUNTRIES:
        here = [{"id": row["id"], "customer": row["customer"], "cents": 1} for row in rows if row["country"] == country]
        write_rows(f"{folder}/data/country={country}", here, files=2)
    Path(folder, "data", "country=US", "broken.json.gz").write_text("not what the name says")
    expected = [row["id"] for row in rows if row["country"] == "PE"]
    check(folder_ids, f"{folder}/data", "country", "PE").equals(
        expected, idea="a file in country=US is broken: who has opened it?"
    )
    ### BEGIN HIDDEN TESTS
    for place, ids in {"7": [4, 2], "007": [9], "07": [1]}.items():
        write_rows(f"{folder}/stores/customer={place}", [{"id": k, "country": "PE", "cents": 100} for k in ids])
    check(folder_ids, f"{folder}/stores", "customer", "7").equals(
        [2, 4], idea="the customers 7, 07 and 007 are three texts"
    )
    check(folder_ids, f"{folder}/stores", "customer", "007").equals(
        [9], idea="the customers 7, 07 and 007 are three texts"
    )
    check(folder_ids, f"{folder}/data", "country", "XY").equals([], idea="no folder, no orders")
    ### END HIDDEN TESTS

# %% [markdown]
r"""
## Asking for something else than the key

Orders partitioned by customer answer "all orders of c03" at one place. "All orders to Peru" needs a **secondary index**, and that has to be
partitioned too.

- **Local** (by document): each part indexes its own rows. A write stays at one part. A read must ask *all* parts and gather.
- **Global** (by term): the index is partitioned by its own term, so all entries of "Peru" are together. A read asks one part for the entries (and then
  the parts of the rows, if it wants more than the index holds). A write goes to the row's part and to the part of the new term; a *changed* term also has
  to be taken out at the old one.

So a change under a global index touches up to three parts, however many there are; the number of all parts stands on the *reading* side of the other scheme.
"""

# %%
rng = np.random.default_rng(7)
parts, touched = 64, Counter()
for order in range(5_000):
    old, new = rng.choice(COUNTRIES, 2, replace=False)  # an order is redirected from one country to another
    touched[len({position(f"order {order}") % parts, position(old) % parts, position(new) % parts})] += 1
print("local:  a change touches 1 part, a read all", parts)
print(
    "global: a read of the index touches 1 part, a change", dict(sorted(touched.items())), "(parts touched: how often)"
)

# %% [markdown]
r"""
Three parts are three machines, and a change of all at once is a distributed transaction (topic 1.1.3). Many systems
update a global index a little later instead; a reader may then miss the newest rows.

## A join has a hot key

To join two large tables, both are shuffled by the key, and each task joins what has come to it. Now let nine orders in ten be
by one customer. Each output file below is what one task has joined:
"""

# %%
write_rows(f"{lab.name}/skewed", orders(np.random.default_rng(8), 4_000, hot=0.9))
write_rows(
    f"{lab.name}/customers", [{"customer": f"c{k:02}", "segment": "gold" if k < 5 else "blue"} for k in range(30)], 1
)
customers = plain_spark().read.schema(CUSTOMERS).json(f"{lab.name}/customers")
read_orders(f"{lab.name}/skewed").join(customers, "customer").write.json(f"{lab.name}/joined")
sizes = {number: len(part) for number, part in read_parts(f"{lab.name}/joined").items()}
print("orders joined by each of 8 tasks:", [sizes.get(number, 0) for number in range(8)])

# %% [markdown]
r"""
Seven tasks wait for one, and warm-up 2 says how far more workers help. Real Spark has two remedies of its own: it **broadcasts** a small table
to all tasks, which needs no shuffle of the large one, and its *adaptive execution* (AQE) splits partitions that turn out too large. `plain_spark` has switched both off.
Broadcasting ends where the small side is not small; AQE begins at partitions of 256 MB, and has to see the skew in the shuffle first. What helps
everywhere, in any system, is **salting**:

1. Each row of the large side gets a *salt*, a number from $0$ to $k-1$. The key of the join is now (key, salt): the hot key has become $k$ keys.
2. Each row of the small side is copied $k$ times, once with each salt, since its partners may have any of them.

Every row of the large side still meets every partner exactly once: with the copy of its own salt. So inner joins, and left joins from the large side, give what they gave.
The price is a small side $k$ times as large. **Predict** how the largest task falls with $k$:
"""

# %%
rng = np.random.default_rng(9)
hot = rng.random(20_000) < 0.9
for k in (1, 4, 16, 64, 256):
    keys = np.where(hot, rng.integers(0, k, 20_000), 1_000 + rng.integers(0, 3_000, 20_000))
    tasks = [position(f"key {key}") % 8 for key in keys]
    print(
        f"k = {k:3}: the largest of 8 tasks has {max(Counter(tasks).values()) / 20_000:.0%} of the rows; {k} copies of the small side"
    )

# %% [markdown]
r"""
With $k$ just as large as the number of tasks, several salts meet in one task by chance; a few times as many even that out.

**Where does the salt come from?** The obvious answer, a random number, is a trap. A task may be run twice: because its machine died, because
its output was lost, because a second copy was started beside a slow one. With `rand()` the second run may deal its rows out differently, while other tasks have already
fetched what the first had made: some rows arrive twice, others not at all. A fixed seed does not save it: the numbers then depend on which rows come
in which order in which partition, and that may change from run to run, too. A salt must be a function **of the row**.
"""

# %% [markdown] exercise="e4" title="A salted join" level="core" minutes=45 exports=["salted_join"]
r"""
Write `salted_join(orders, customers, k, how, out)`. `orders` and `customers` are folders of JSON lines, with the columns `ORDERS` (ids are unique) and `CUSTOMERS`
(a customer may be there several times, or not at all); `out` is a path at which nothing is yet. Join them by `customer`, with the session of `plain_spark()`, and write the
result from the join straight to `out` as JSON lines, so that each file is the output of one task. It returns nothing.

- **Rows**: those of the plain join. `how` is `"inner"` or `"left"`; with `"left"` an order without partners is there once, with a `segment` of null. As
  in all of SQL, a `customer` that is null has no partners.
- **Columns**: those of the orders, `segment`, and `salt`: the order's salt, a whole number from 0 to `k - 1` (`k` ≥ 1).
- **The join does it**: orders with the same customer and the same salt meet in one task, so they lie in one file.
- **Same again**: the salt depends on the order's `id` and on `k`, and on nothing else: not on its other columns, not on the files in which the orders came, nor on their sequence there.
- **Spread**: tests take `k = 64`, at least 1,600 orders, nine in ten of them by one customer. No file may hold more than half of the rows. That must hold for ids of any
  pattern; all of them may be multiples of 1,024, say.

The small side is meant to be too large to be broadcast. For the order `{"id": 1, "customer": "c07", "country": "PE", "cents": 250}` and a customer `{"customer": "c07", "segment":
"gold"}`, with `k = 1`, the result is `{"id": 1, "customer": "c07", "country": "PE", "cents": 250, "salt": 0, "segment": "gold"}`.
"""

# %% [markdown] hints="e4" reading="DDIA 6, Skewed Workloads and Relieving Hot Spots; DDIA 10, Handling skew; the functions of pyspark.sql"
r"""
1. Two columns to make: one that tells the rows of the large side apart, and one that makes copies of the small side. Then it is an ordinary join on two columns.
2. A hash of the id has no pattern; the remainder of a hash may be negative, unless it is a `pmod`. `F.explode` of an array column makes a row for
   each of its entries.
3. `withColumn("salt", F.pmod(F.xxhash64("id"), F.lit(k)))` on the one side; `withColumn("salt", F.explode(F.array(*[F.lit(s) for s in range(k)])))`
   on the other; `join(…, ["customer", "salt"], how)`.
"""


# %% solution="e4"
def salted_join(orders, customers, k, how, out):
    """Join orders to customers so that a hot customer's orders are spread over k keys."""
    ### BEGIN SOLUTION
    big = read_orders(orders).withColumn("salt", F.pmod(F.xxhash64("id"), F.lit(k)))
    small = plain_spark().read.schema(CUSTOMERS).json(customers)
    copies = small.withColumn("salt", F.explode(F.array(*[F.lit(salt) for salt in range(k)])))
    big.join(copies, ["customer", "salt"], how).write.json(out)
    ### END SOLUTION


# %% test="e4_rows" points=2 title="The rows of the plain join"


def joined(orders, customers, how):
    """The plain join by brute force."""
    rows = []
    for order in orders:
        partners = [c for c in customers if c["customer"] == order["customer"] is not None]
        rows += [{**order, **partner} for partner in partners]
        if how == "left" and not partners:
            rows.append(order)
    return rows


def result(folder):
    """All rows of a result, the salt left out."""
    return [{name: row[name] for name in row if name != "salt"} for part in read_parts(folder).values() for row in part]


with TemporaryDirectory() as folder:
    rows = orders(seeded(5), 90)
    customers = [{"customer": f"c{k:02}", "segment": "gold"} for k in range(0, 30, 2)]
    customers += [{"customer": "c00", "segment": "blue"}, {"customer": "c99", "segment": "gold"}]
    write_rows(f"{folder}/orders", rows)
    write_rows(f"{folder}/customers", customers)
    check(salted_join, f"{folder}/orders", f"{folder}/customers", 5, "inner", f"{folder}/out").value(
        idea="it should end well"
    )
    check_value(
        "rows lost, and rows too many", lost_and_extra(result(f"{folder}/out"), joined(rows, customers, "inner"))
    ).equals([0, 0], idea="each order meets each of its partners once: is there a copy of the partner for every salt?")
    ### BEGIN HIDDEN TESTS
    rows += [{"id": 1_000 + k, "customer": None, "country": "PE", "cents": 1} for k in range(3)]
    customers += [{"customer": None, "segment": "blue"}]
    write_rows(f"{folder}/more_orders", rows)
    write_rows(f"{folder}/more_customers", customers)
    check(salted_join, f"{folder}/more_orders", f"{folder}/more_customers", 3, "left", f"{folder}/left").value(
        idea="it should end well"
    )
    check_value(
        "rows lost, and rows too many", lost_and_extra(result(f"{folder}/left"), joined(rows, customers, "left"))
    ).note("seed 5, a left join; some customers are null, some unknown").equals(
        [0, 0], idea="an order without partners stays, once; null has no partners"
    )
    ### END HIDDEN TESTS

# %% test="e4_spread" points=2 title="No task has more than half of the rows"
with TemporaryDirectory() as folder:
    rows = orders(seeded(6), 1_600, hot=0.9)
    write_rows(f"{folder}/orders", rows)
    write_rows(f"{folder}/customers", [{"customer": f"c{k:02}", "segment": "gold"} for k in range(30)], files=1)
    check(salted_join, f"{folder}/orders", f"{folder}/customers", 64, "inner", f"{folder}/out").value(
        idea="it should end well"
    )
    parts = read_parts(f"{folder}/out")
    check_value(
        "the share of the rows in the fullest file", max(map(len, parts.values()), default=0) / 1_600
    ).satisfies(
        lambda share: 0 < share <= 0.5,
        "more than 0, at most 0.5",
        idea="the hot customer's orders need many keys: is the salt part of the key?",
    )
    ### BEGIN HIDDEN TESTS
    write_rows(f"{folder}/far_orders", [{**row, "id": 1_024 * row["id"]} for row in rows], files=1)
    check(salted_join, f"{folder}/far_orders", f"{folder}/customers", 64, "left", f"{folder}/far").value(
        idea="it should end well"
    )
    parts = read_parts(f"{folder}/far")
    check_value("the share of the rows in the fullest file", max(map(len, parts.values()), default=0) / 1_600).note(
        "seed 6, all ids multiples of 1,024"
    ).satisfies(lambda share: 0 < share <= 0.5, "more than 0, at most 0.5", idea="what are these ids' remainders?")
    where = {(row.get("customer"), row.get("salt"), number) for number, part in parts.items() for row in part}
    check_value(
        "pairs of customer and salt with orders in several files", len(where) - len({(c, salt) for c, salt, _ in where})
    ).equals(0, idea="who has spread the rows: the join by its key, or a shuffle after a join that stays skewed?")
    ### END HIDDEN TESTS

# %% test="e4_again" points=2 title="The salt is a function of the row"


def salts(folder):
    """The salts of each order, by its id."""
    return {(row["id"], row.get("salt")) for part in read_parts(folder).values() for row in part}


with TemporaryDirectory() as folder:
    rows = orders(seeded(7), 200)
    write_rows(f"{folder}/orders", rows, files=1)
    write_rows(f"{folder}/customers", [{"customer": f"c{k:02}", "segment": "gold"} for k in range(30)], files=1)
    check(salted_join, f"{folder}/orders", f"{folder}/customers", 6, "inner", f"{folder}/out").value(
        idea="it should end well"
    )
    first = salts(f"{folder}/out")
    check_value("the salts", {salt for _, salt in first}).equals(set(range(6)), idea="whole numbers from 0 to k - 1")
    ### BEGIN HIDDEN TESTS
    others = orders(seeded(8), 200)
    write_rows(f"{folder}/shuffled", [others[k] for k in seeded(7).permutation(200)[:150]], files=4)
    check(salted_join, f"{folder}/shuffled", f"{folder}/customers", 6, "inner", f"{folder}/second").value(
        idea="it should end well"
    )
    second = salts(f"{folder}/second")
    check_value("ids whose salt has changed", len(second - first)).note(
        "150 of the same ids, by other customers, in other files and order"
    ).equals(0, idea="a task that is run again must deal its rows out as before: which number never changes for a row?")
    ### END HIDDEN TESTS

# %% [markdown]
r"""
## In practice

**Choose the key by the questions.** Ranges for scans, hashes for look-ups, and often both: hash by the first column and sort by the second, so that one customer's
orders are together and in the order of time. A key that begins with the time needs something in front of it.

**Skew changes.** Measure rows and *requests* for each part, and look at the largest, not at the mean. Salt only the
keys that are hot, and keep a list of them: whoever reads a salted key has to ask for all $k$ of it.

**Rebalancing is load, too.** Moving a ninth of the data competes with the users. Systems limit its rate; and a person should approve it: a server that is merely
slow, taken for dead, would have its data moved at the worst moment.

**What Spark does today.** Leave AQE and broadcast joins on, and look at the durations of a stage's tasks before you salt. Folders by a column with a million
values are a million files: use day or country, and Parquet for the files, whose minima and maxima let readers skip the rest.

**At a hundred times the size** a shuffle costs what the network costs, and the best one is that which does not happen: tables that were written in buckets of the same key join without it.

## Summary

- Ranges keep the order: bounds at quantiles of a sample, half-open, no bound twice; a query asks the parts that it overlaps.
- A hash spreads keys, not rows: the largest part has at least the hottest key. mod $n$ moves $n/(n+1)$ of the keys when a node joins; a ring moves $1/(n+1)$ on average, and virtual
  nodes shrink the scatter like $1/\sqrt V$.
- Spark: `repartition(n, key)` is `pmod(hash(key), n)`, `repartitionByRange` is exercise 1, `partitionBy` is folders for readers, who then open only what they need.
- A salt splits a hot key; the other side is copied for each salt; and the salt comes from the row, never from chance.

## Reflection

A messenger keeps 40 billion messages on 12 servers: part `hash(chat) mod 12`. One chat, of a football star, receives 15 % of all new messages. The app shows a chat's last 50 messages; support
staff look for all messages *by one user*. Next month there will be 16 servers.

Write 3 to 5 sentences of advice. Give yourself a point for each: you say why a better hash function does not help the star's chat, and what does; you say what a reader of that chat
pays for it; you choose an index for the support staff and name its price; you say what share of the messages would move next month as things are, and how to have less move.
"""

# %% [markdown] reflection="reflection"
r"""
A hash function sends all messages of one chat to one part, whichever it is, so 15 % stay together: this chat (and only such chats) needs a salted key, the chat with a number from 0 to 15
computed from the message's id. Whoever shows its last 50 messages then asks 16 keys and merges; as the chat is read so often, a cache in front will be worth it. For the support staff I would take a
local index: they ask rarely, so they can wait for all servers, while a global one would make each of very many writes touch a second part. From mod 12 to mod 16 a message stays only if both remainders
agree, which holds for a quarter (12 of 48 remainders), so three quarters would move where a quarter is needed; a ring with virtual nodes, or a few thousand fixed parts with a table, moves about that quarter.
"""

# %% [markdown]
r"""
## Further reading

- *Designing Data-Intensive Applications*, chapter 6: hot spots under both schemes, why `mod N` is to be avoided, three ways to rebalance, and the two kinds of secondary index; look for what each makes slow.
- *Mining of Massive Datasets*, 2.2: how a hash sends the keys of map tasks to reduce tasks, and what skew does there.
- Karger and others, "Consistent Hashing and Random Trees" (1997): the ring, for caches. DeCandia and others, "Dynamo" (2007), section 6.2: three strategies to place partitions, measured.
- Lamping and Veach, "A Fast, Minimal Memory, Consistent Hash Algorithm" (2014): a few lines without any ring, for nodes that are numbered and come and go at the end only.
- Spark's guides: *Performance Tuning* for AQE and skew joins, *Data Sources* for partition discovery and the guessing of types.
"""
