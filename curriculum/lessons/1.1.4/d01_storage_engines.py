# %% [markdown]
r"""
You will build the two structures under almost every database, a B-tree in C and an LSM-tree in Python, and count what each of
them pays for a read and for a write.

**You will be able to**

- **find** a key in a sorted page with the fewest comparisons, in C (exercise 1);
- **insert** into a B-tree so that it stays sorted, balanced and at least half full, and **scan** a range of it (exercise 2);
- **recover** an LSM-tree from its log after a crash at any byte (exercise 3);
- **delete** from files that never change, and **compact** them (exercise 3);
- **count** how much a size ratio costs in writes and saves in reads (exercise 4).
"""

# %% [markdown]
r"""
## Warm-up: two questions on earlier days

1. A database answers "committed", and a moment later the power fails. Where must the change be at that moment, and where may it
   not be yet?
2. Why is a record of a log found to be whole or torn by what stands *in* the log, and not by asking the program that wrote it?

*(In the log, on disk; the page that it changes may still be old. The program is dead: only bytes are left to ask.)*
"""

# %% setup=true
import json
import math
import os
import sqlite3
import tempfile
from pathlib import Path

import numpy as np
from matplotlib import pyplot as plt

from curriculum.lab import check, check_value, figures, native, seeded
from curriculum.lab.storage import BOUND_MAIN, TREE_MAIN, Bloom, Run, talk

figures.style()

# %% [markdown]
r"""
## The store that loses what comes after the crash

The simplest durable store is a file to which each `put` adds a line. It writes as fast as a disk can. A `get` reads the file
and takes the last line with its key. Below, the machine dies in the middle of the third `put`, which nobody was promised
anything about. The program starts again and accepts a fourth, and tells the client that it is safe.

**Predict.** Which of the four users can be read afterwards?
"""

# %%
folder = tempfile.TemporaryDirectory(prefix="log-")
log = Path(folder.name, "log")
log.write_text("".join(json.dumps([f"user{n}", n]) + "\n" for n in range(3)))
os.truncate(log, log.stat().st_size - 4)  # the last bytes never reached the disk
with log.open("a") as file:
    _ = file.write(json.dumps(["user3", 3]) + "\n")  # and the client is told: stored
for line in log.read_text().splitlines():
    try:
        print("read      ", *json.loads(line))
    except ValueError:
        print("unreadable", line)

# %% [markdown]
r"""
`user2` is no loss: nobody had been told that it was stored. But `user3` is gone as well, although its write was acknowledged
after the restart. The torn record had no end of its own, and the next one was glued to it. So a log has a rule for its last
record: whoever opens it **cuts off** what is not whole before anything is added.

The other fault is the price of a read. A `get` in this store goes through everything that was ever written, also the values that
have long been replaced. There are two ways to do better, and databases differ by which they take:

- keep *pages* of sorted keys and change them in place: the **B-tree** (Bayer and McCreight, 1972), in PostgreSQL, MySQL's
  InnoDB and SQLite;
- never change a file: write sorted files once, and merge them now and then: the **log-structured merge-tree** (O'Neil, Cheng,
  Gawlick and O'Neil, 1996), in RocksDB, Cassandra and many others.

## A page, and how to look into it

A disk hands out whole pages of some kilobytes. If a page holds a few hundred sorted keys, one look at a page decides among a few
hundred directions. Within the page, the question is always the same: *where is the first key that is not less than the one
I want?* That index is called the **lower bound**. If the key is there, it is there; if not, that is where it belongs, and in
a tree it is the child to go down to.

Halving finds it. Keep two borders such that everything before `low` is too small, and nothing from `high` on is. Each
comparison moves one of them to the middle. With $n$ keys there are $n + 1$ possible answers, and a comparison has two outcomes, so
no method gets by with fewer than $\lceil \log_2(n + 1) \rceil$ comparisons in the worst case; halving never needs more.

The exercise is in C, as the goal of this topic asks. What you need of C today: `int64_t` is a whole number of 64 bits,
`size_t` one for sizes, which is never negative; `const int64_t *keys` is the address of the first key, and `keys[i]` the key at
place $i$, with *nobody* checking that $i$ is a place; `p->n` is the field `n` of the struct that `p` points to. The
solution cell is a Python string with the program in it. `native.build` compiles it with all warnings as errors, and
with AddressSanitizer, which stops the program at the first step outside of what it allocated:
"""

# %%
beyond = r"""
#include <stdlib.h>

int main(void)
{
    int *keys = calloc(4, sizeof *keys);
    int n = 4, last = keys[n]; /* the last of four is keys[3] */
    free(keys);
    return last;
}
"""
found = native.build(beyond).run().fault
print(found.split()[0], "| line 7 is named:", "program.c:7" in found)

# %% [markdown] exercise="e1" title="The lower bound of a page, in C" level="warm-up" minutes=20 exports=["lower_bound_c"]
r"""
Complete the C function

`size_t lower_bound(const int64_t *keys, size_t n, int64_t wanted, Less less)`

`keys` holds `n` keys (perhaps 0), all different, sorted by `less`: for $i < j$, `less(keys[i], keys[j])` is true. Return the
smallest index `i` for which `less(keys[i], wanted)` is false, and `n` if there is none. The order may be any, for instance a
descending one, so keys are compared **only by calling `less`**. It is called at most $\lceil \log_2(n + 1) \rceil$ times, and
nothing outside of `keys[0]` to `keys[n - 1]` is read.

For the keys 10, 20, 30 in ascending order the lower bound of 20 is 1, that of 21 is 2, and that of 99 is 3; each takes at most 2
comparisons. The tests put a `main` behind your function and give it one question a line; you can do the same:
`talk(lower_bound_c + BOUND_MAIN, ["a 3 10 20 30 21"])` is `["2 2"]`, the index and the number of comparisons ("a" for ascending,
three keys, the keys, the key wanted).
"""

# %% [markdown] hints="e1" reading="DDIA 3, \"B-Trees\": the search from page to page; Sedgewick and Wayne, Algorithms, 3.1, for binary search with its invariant"
r"""
1. Write down what is true of everything before `low`, and of everything from `high` on. At the start, both are about nothing.
2. While `low < high`, compare the key in the middle with the one wanted. Where it is less, the answer lies behind the middle; else
   the middle itself may be the answer. `n` may be the answer too.
3. Start with `low = 0`, `high = n`, and `middle = low + (high - low) / 2`. If `less(keys[middle], wanted)`, then `low = middle + 1`,
   else `high = middle`. At the end both are the answer.
"""

# %% solution="e1" source="d01_storage_engines_bound.c" as="lower_bound_c"
lower_bound_c = ...

# %% test="e1_index" points=2 title="The first key that is not less"
answers = talk(lower_bound_c + BOUND_MAIN, ["a 3 10 20 30 20", "a 3 10 20 30 21", "a 3 10 20 30 99"])
check_value("the lower bounds of 20, 21 and 99 in 10, 20, 30", [line.split()[0] for line in answers]).equals(
    ["1", "2", "3"],
    idea="the key itself, if it is there; else the place where it belongs, which may be behind the last",
)
### BEGIN HIDDEN TESTS
questions, expected = [], []
for seed in range(3):
    for n in (0, 1, 2, 3, 7, 8, 33):
        keys = sorted(int(key) for key in seeded(seed).choice(1000, n, replace=False) - 500)
        for wanted in sorted({-600, 600, *keys, *(key + 1 for key in keys)}):
            for order, page in (("a", keys), ("d", keys[::-1])):
                questions.append(" ".join(map(str, [order, n, *page, wanted])))
                expected.append(sum(key < wanted if order == "a" else key > wanted for key in page))
answers = talk(lower_bound_c + BOUND_MAIN, questions)
check_value("the number of answers", len(answers)).equals(len(questions), idea="one answer for each question")
for question, answer, index in zip(questions, answers, expected):
    check_value(f"the index for “{question}”", int(answer.split()[0])).equals(
        index, idea="order, n, the keys, the key wanted (a ascending, d descending): only less knows the order"
    )
### END HIDDEN TESTS

# %% test="e1_cost" points=1 title="As few comparisons as possible"
answers = talk(lower_bound_c + BOUND_MAIN, ["a 3 10 20 30 " + str(wanted) for wanted in (5, 10, 15, 20, 25, 30, 35)])
check_value("most comparisons among three keys", max(int(line.split()[1]) for line in answers)).satisfies(
    lambda most: most <= 2, "at most 2", idea="each comparison should halve what is left"
)
### BEGIN HIDDEN TESTS
for n in range(1, 70):
    keys = " ".join(str(2 * i) for i in range(n))
    answers = talk(lower_bound_c + BOUND_MAIN, [f"a {n} {keys} {wanted}" for wanted in range(-1, 2 * n + 1)])
    most = math.ceil(math.log2(n + 1))
    check_value(f"most comparisons among {n} keys", max(int(line.split()[1]) for line in answers)).satisfies(
        lambda counted, most=most: counted <= most, f"at most {most}", idea="n + 1 answers, halved by each comparison"
    )
### END HIDDEN TESTS

# %% [markdown]
r"""
## A tree of pages that cannot lean over

A **B-tree of minimum degree** $t \ge 2$ keeps five promises:

1. the keys in a node are sorted, and a node with $m$ keys is a leaf or has $m + 1$ children;
2. all keys below child $i$ lie between key $i - 1$ and key $i$ of the node;
3. no node has more than $2t - 1$ keys;
4. no node but the root has fewer than $t - 1$;
5. **all leaves have the same depth.**

The fourth and the fifth make it shallow. In the worst case the root has one key and all others $t - 1$. Then there are at least
$2t^{i-1}$ nodes at depth $i \ge 1$, and a tree of height $h$ holds

$$n \ge 1 + (t - 1) \sum_{i=1}^{h} 2 t^{i-1} = 2t^h - 1 \quad\text{keys, so}\quad h \le \log_t \frac{n + 1}{2}.$$

**Predict.** A thousand million keys, and pages with up to 255 of them ($t = 128$): how many pages does a `get` read at the
most?
"""

# %%
sizes = 2.0 ** np.arange(4, 31)
fig, ax = plt.subplots(figsize=(6.5, 3))
for t in (2, 16, 128):
    height = np.floor(np.log((sizes + 1) / 2) / np.log(t) + 1e-9)
    _ = ax.step(sizes, height + 1, where="post", label=f"t = {t}")
_ = ax.set(
    xscale="log",
    xlabel="keys",
    ylabel="pages read by one get, at most",
    title="Wide pages make a tree that hardly grows",
)
_ = ax.legend()
figures.show(
    fig,
    alt="Most pages that a get reads, against the number of keys from 16 to a thousand million. With minimum degree 2 the line climbs to 30 "
    "pages, with 16 to 8, with 128 it ends at 5.",
)

# %% [markdown]
r"""
Five, and the upper levels are few pages that stay in memory. (Add 1 to $h$: a tree of height 0 is one page.)

How does a tree keep the fifth promise while it grows? It grows **at the top**. A node that is full is *split*: its
first $t - 1$ keys stay, its last $t - 1$ move into a new node, and the one in the middle moves up into the parent, to
stand between the two. The parent must have room for it. So `put` goes down from the root and splits every full node that it is
about to enter: then no split ever has to wait for one above it. Only when the root itself is full, a new root with no key and
one child is put above it, and now the old one can be split like any other. All leaves sink by one level together.

Here $t = 2$, so three keys fill a node. The key 48 is put into the tree on the left. Its leaf is full; 45 moves up; then 48 finds
room.
"""


# %%
def draw(ax, node, x=0.0, depth=0):
    """Draw a tree of nested lists; the width it took and where its top stands."""
    keys = node if not isinstance(node[0], list) else node[1::2]
    places, right = [], x
    for child in node[0::2] if isinstance(node[0], list) else []:
        right, place = draw(ax, child, right, depth + 1)
        places.append(place)
    right = max(right, x + 0.6 + 0.6 * len(keys))
    middle = (places[0] + places[-1]) / 2 if places else (x + right) / 2 - 0.2
    for place in places:
        _ = ax.plot([middle, place], [-depth - 0.15, -depth - 0.85], color="grey", linestyle="-", linewidth=1, zorder=1)
    box = dict(
        boxstyle="square,pad=0.35", facecolor="white", edgecolor=figures.OKABE_ITO[1] if len(keys) == 3 else "black"
    )
    _ = ax.text(middle, -depth, " ".join(map(str, keys)), ha="center", va="center", bbox=box, fontsize=9)
    return right, middle


# %%
before = [[10, 20], 30, [40, 45, 50], 60, [70]]
split = [[10, 20], 30, [40], 45, [50], 60, [70]]
after = [[10, 20], 30, [40], 45, [48, 50], 60, [70]]
fig, axes = plt.subplots(1, 3, figsize=(11, 1.9))
for ax, tree, title in zip(
    axes, (before, split, after), ("the leaf for 48 is full", "its middle key moved up", "now there is room")
):
    width, _ = draw(ax, tree)
    _ = ax.set(xlim=(-0.3, width + 0.1), ylim=(-1.4, 0.5), title=title)
    _ = ax.axis("off")
figures.show(
    fig,
    alt="Three trees with a root and leaves. Left: root 30, 60 over the leaves 10 20, 40 45 50 and 70; the middle leaf is full. Middle: 45 has "
    "moved into the root between 30 and 60, and the leaf is split into 40 and 50. Right: 48 stands beside 50. The root is full now: the "
    "next put splits it, and the tree grows at the top.",
)

# %% [markdown] exercise="e2" title="A B-tree in C" level="core" minutes=60 exports=["btree_c"] goals=[1]
r"""
Complete three functions; the structs, `new_node`, `place_of` and `get` are there. Keys and values are any 64-bit numbers, and
`tree->t` is any minimum degree from 2 on. Every tree that your `put` has made keeps the five promises above.

- `split_child(parent, i, t)`: child `i` of `parent` is full, `parent` is not. Split the child in the middle as described. Values
  and children go along with their keys.
- `put(tree, key, value)`: stores the value under the key. A key that is there already gets the new value, and stays there once.
  Split a full node **before** you go into it, so that you never go up again.
- `scan(node, low, high, visit)`: calls `visit(key, value)` for every key with `low <= key < high` in the tree below `node`, in
  ascending order.

All memory comes from `new_node`, and every node is reachable from the root when `put` returns: the tests free what they find
there, and what is lost on the way is a leak. The sanitizers find nothing.

The tests put a `main` behind your text that understands `new t`, `put key value`, `get key`, `scan low high` (which prints what is visited
as `key:value`) and `dump`; the last prints a leaf as the list of its keys, and another node as its children with its keys between them. With $t = 2$, after putting 10,
20, 30, 40 in this order: `talk(btree_c + TREE_MAIN, ["new 2", "put 10 1", "put 20 2", "put 30 3", "put 40 4", "dump"])` is
`["[[10],20,[30,40]]"]`.
"""

# %% [markdown] hints="e2" reading="DDIA 3, \"B-Trees\"; Cormen, Leiserson, Rivest and Stein, Introduction to Algorithms, 18.1 and 18.2"
r"""
1. Do it on paper first, with $t = 2$: put 10 to 80 in steps of 10, and draw each split. Which arrays of which node change?
2. `split_child` fills a new node from the last places of the full one (children too, if it is no leaf), makes room in the parent
   from the right end on, and sets the two counts to $t - 1$. `put` handles a full root first; then it walks down in a loop:
   found, or leaf, or go on. `scan` is a recursion: child, key, child, key, …, child.
3. In the loop of `put`: `i = place_of(node, key)`; if `keys[i]` is the key, replace the value; in a leaf move what stands from
   `i` on one place up and put it in; else, if child `i` is full, split it and **look for the place again**, as the key that came up may be
   smaller than yours, or be yours; else go down. In `scan` start at `place_of(node, low)` and visit the child after the last key, too.
"""

# %% solution="e2" source="d01_storage_engines_btree.c" as="btree_c"
btree_c = ...

# %% test="e2_found" points=3 title="What was put is found, whatever the order"
lines = [
    "new 2",
    *(f"put {key} {value}" for value, key in enumerate((10, 20, 30, 40), 1)),
    "get 10",
    "get 20",
    "get 40",
    "get 25",
]
check_value(
    "get 10, 20, 40 and 25 after 10, 20, 30, 40 were put with the values 1 to 4", talk(btree_c + TREE_MAIN, lines)
).equals(
    ["1", "2", "4", "none"],
    idea="after a split every key is in the left node, in the right one, or in the parent, with its value",
)
### BEGIN HIDDEN TESTS
for seed, t in ((0, 2), (1, 3), (2, 17)):
    keys = [int(key) for key in seeded(seed).choice(2_000_001, 6000, replace=False) - 1_000_000]
    for order, given in (("random", keys), ("ascending", sorted(keys)), ("descending", sorted(keys, reverse=True))):
        asked = sorted({*keys, *(key + 1 for key in keys)})
        held = {key: 7 * key + 1 for key in given}
        lines = [f"new {t}", *(f"put {key} {held[key]}" for key in given), *(f"get {key}" for key in asked)]
        expected = [str(held.get(key, "none")) for key in asked]
        answers = talk(btree_c + TREE_MAIN, lines)
        wrong = [(key, got, want) for key, got, want in zip(asked, answers, expected) if got != want]
        check_value(
            f"the first wrong (key, got, expected) of {len(asked)} gets, t = {t}, {order} order", wrong[:1]
        ).note(f"seed {seed}").equals(
            [], idea="keys, values and children move together, and a key that came up changes the way down"
        )
### END HIDDEN TESTS

# %% test="e2_shape" points=3 title="The five promises hold after every put"


def broken(node, t, low=-math.inf, high=math.inf, root=True):
    """(depth of the leaves, the promise that is broken or "") of a dump."""
    keys = node[1::2] if node and isinstance(node[0], list) else node
    if list(keys) != sorted(set(keys)) or not all(low < key < high for key in keys):
        return 0, f"keys {keys} are not ascending, or not between {low} and {high}"
    if not (0 if root else t - 1) <= len(keys) <= 2 * t - 1:
        return 0, f"a node has {len(keys)} keys, with t = {t}"
    if not node or not isinstance(node[0], list):
        return 0, ""
    below = [broken(c, t, a, b, False) for c, a, b in zip(node[0::2], [low, *keys], [*keys, high])]
    if len({depth for depth, _ in below}) > 1:
        return 0, "leaves have different depths"
    return below[0][0] + 1, next((said for _, said in below if said), "")


lines = ["new 2", "put 10 1", "put 20 2", "put 30 3", "put 40 4", "dump"]
check_value("the tree after 10, 20, 30, 40 with t = 2", talk(btree_c + TREE_MAIN, lines)).equals(
    ["[[10],20,[30,40]]"],
    idea="the fourth key meets a full root: a new root above it, then split the old one in the middle",
)
### BEGIN HIDDEN TESTS
for seed, t in ((0, 2), (1, 3), (2, 4)):
    keys = [int(key) for key in seeded(seed).permutation(150)]
    for order, given in (("random", keys), ("ascending", sorted(keys)), ("descending", sorted(keys, reverse=True))):
        dumps = talk(
            btree_c + TREE_MAIN, [f"new {t}", "dump", *(line for key in given for line in (f"put {key} 0", "dump"))]
        )
        faults = [broken(json.loads(dump), t)[1] for dump in dumps]
        check_value(
            f"promises broken while 150 keys are put in {order} order, t = {t}", list(filter(None, faults))[:1]
        ).note(f"seed {seed}").equals(
            [], idea="t − 1 keys stay, one moves up, t − 1 move over; only a new root makes the tree higher"
        )
### END HIDDEN TESTS

# %% test="e2_replace" points=1 title="A second put replaces the value"
lines = ["new 2", "put 7 1", "put 7 2", "get 7", "dump"]
check_value("get 7, and the tree, after two puts of 7", talk(btree_c + TREE_MAIN, lines)).equals(
    ["2", "[7]"], idea="look whether the key is there before you make room for it"
)
### BEGIN HIDDEN TESTS
for seed in range(3):
    puts = [(int(key), value) for value, key in enumerate(seeded(seed).integers(0, 60, 700))]
    held = dict(puts)
    lines = ["new 2", *(f"put {key} {value}" for key, value in puts), *(f"get {key}" for key in sorted(held)), "dump"]
    *values, dump = talk(btree_c + TREE_MAIN, lines)
    check_value("the values of 60 keys after 700 puts", [int(v) if v != "none" else v for v in values]).note(
        f"seed {seed}"
    ).equals(
        [held[key] for key in sorted(held)],
        idea="the key may be in an inner node, or may have come up by the split a step before",
    )
    count = len(dump.replace("[", " ").replace("]", " ").replace(",", " ").split())
    check_value("the number of keys in the tree", count).note(f"seed {seed}").equals(
        len(held), idea="a key stands in the tree once"
    )
### END HIDDEN TESTS

# %% test="e2_scan" points=2 title="A range, in order"
lines = ["new 3", *(f"put {key} {key + 1}" for key in (50, 10, 40, 20, 30)), "scan 20 50", "scan 0 99", "scan 41 49"]
check_value("scan 20 50, scan 0 99, scan 41 49 of 10 to 50, as key:value", talk(btree_c + TREE_MAIN, lines)).equals(
    ["20:21 30:31 40:41", "10:11 20:21 30:31 40:41 50:51", ""],
    idea="from low on, low included, up to high, high not included; a child between every two keys",
)
### BEGIN HIDDEN TESTS
for seed, t in ((0, 2), (1, 5)):
    rng = seeded(seed)
    keys = [int(key) for key in rng.choice(3000, 800, replace=False)]
    ranges = [(int(a), int(b)) for a, b in rng.integers(-50, 3050, (200, 2))]
    lines = [f"new {t}", *(f"put {key} 7" for key in keys), *(f"scan {a} {b}" for a, b in ranges)]
    expected = [" ".join(f"{key}:7" for key in sorted(keys) if a <= key < b) for a, b in ranges]
    wrong = [
        (*asked, got, want)
        for asked, got, want in zip(ranges, talk(btree_c + TREE_MAIN, lines), expected)
        if got != want
    ]
    check_value(f"the first wrong (low, high, got, expected) of 200 scans, t = {t}", wrong[:1]).note(
        f"seed {seed}"
    ).equals(
        [],
        idea="the child after the last key below high may still hold keys of the range; an empty range visits nothing",
    )
least, most = -(2**63), 2**63 - 1
lines = ["new 2", *(f"put {key} 0" for key in (least, most, 0)), f"scan {least} {most}", f"scan {least} {least}"]
check_value("scans of the three keys -2^63, 0 and 2^63 - 1", talk(btree_c + TREE_MAIN, lines)).equals(
    [f"{least}:0 0:0", ""], idea="any 64-bit number can be a key or a border: compare them, and do not add to them"
)
### END HIDDEN TESTS

# %% test="e2_clean" points=1 title="Nothing is lost on the way"
lines = ["new 2", *(f"put {key % 40} {key}" for key in range(0, 400, 7))]
done = native.build(btree_c + TREE_MAIN).run(stdin="\n".join(lines))
check_value("what the sanitizers find, leaks included", done.fault).equals(
    "", idea="each node that new_node made hangs in the tree; a node is made only where there is something to split"
)

# %% [markdown]
r"""
## What a real B-tree adds

SQLite keeps a table in a B-tree of pages of 4,096 bytes. Put keys into yours in ascending order, and every split leaves a node
behind that is half full and is never visited again. **Predict.** How full are SQLite's pages after 50,000 rows, in ascending and in
random order?
"""


# %%
def filled(keys):
    """How full the pages of a SQLite table are, as a share of its bytes."""
    with sqlite3.connect(":memory:") as connection:
        connection.execute("CREATE TABLE kv (k INTEGER PRIMARY KEY, v TEXT)")
        connection.executemany("INSERT INTO kv VALUES (?, ?)", ((int(key), "v" * 40) for key in keys))
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
    return 50_000 * 49 / (pages * 4096)  # a row is 40 bytes of text, its key, a header and a pointer to it


print(
    f"ascending: {filled(range(50_000)):.1f} full, random: {filled(np.random.default_rng(4).permutation(50_000)):.1f} full"
)

# %% [markdown]
r"""
Almost full in both. When keys arrive at the right end, SQLite does not split in the middle: it opens a new page for the newcomer. Elsewhere
it first moves entries over to the pages beside. PostgreSQL has a rule of its own for the right end, too. The price of
all this is that a page is changed **in place**, with a split in two or three places at once. A crash between two of the writes would leave half
a tree. So real B-trees first write what they are about to do into a **write-ahead log**, and repair from there: the log of the
first section, once more, with its torn end cut off. (SQLite by default does the reverse: it first saves the old pages, to put them back.)

One more difference: most databases use **B⁺-trees**, SQLite for its tables too. Their rows are all in the leaves, and inner nodes hold nothing
but keys to steer by, so more of them fit into a page.

## Never change a file

The LSM-tree turns this round. If a log is needed anyway, let it carry the writes:

- a `put` is appended to the **log** and then set in a table in memory, the **memtable**;
- when the memtable is full, its entries are written in sorted order to a new file, a **run**, in one sweep. From then on they are
  safe, and the log starts anew. A run never changes again;
- a `get` asks the memtable, then the runs **from the newest to the oldest**, and takes the first answer;
- a `delete` cannot remove a key from an old run. It *puts* a mark in its place, a **tombstone**, which hides whatever older runs
  say;
- now and then **compaction** merges runs into one. Of each key only the newest entry survives; and where the merge takes in the oldest
  run, nothing older is left to be hidden, and tombstones go as well. Not before!

`Run` of `curriculum.lab.storage` is such a file: open the module, it is 60 lines.
"""

# %%
older = Run.write(Path(folder.name, "000001.run"), [("ann", "1"), ("bob", "2"), ("eve", "3")])
newer = Run.write(Path(folder.name, "000002.run"), [("bob", None), ("kim", "4")])
print("newest first:", [(run.path.name, run.find("bob")) for run in (newer, older)])
print("only the older one knows:", older.find("eve"), newer.find("eve"))

# %% [markdown]
r"""
`(None,)` says: deleted, look no further. `None` says: never heard of it, ask the next. To mix the two up is the classic
mistake.

A key that is nowhere costs most: every run is asked. Unless it can say *no* without looking. A **Bloom filter** (Bloom, 1970) is a
row of $m$ bits, all 0 at first. Each of the $n$ keys sets $k$ of them, at places that $k$ hash functions name. A key with a 0 among
its places was never added: there is **no false no**. A yes may be false. If hash functions spread evenly and independently,
a given bit is still 0 with probability $(1 - 1/m)^{kn} \approx e^{-kn/m}$, so a strange key finds all its $k$ bits set with
probability about

$$f = \left(1 - e^{-kn/m}\right)^k, \qquad \text{smallest near } k = \frac{m}{n} \ln 2 .$$

That is an approximation (the bits are not quite independent), so check it by counting:
"""

# %%
bits, counted = [2, 4, 6, 8, 10], []
for per_key in bits:
    known = Bloom([f"key{n}" for n in range(2000)], per_key)
    counted.append(np.mean([known.may_hold(f"stranger{n}") for n in range(20_000)]))
hashes = [max(1, round(b * math.log(2))) for b in bits]
formula = [(1 - math.exp(-k / b)) ** k for b, k in zip(bits, hashes)]
fig, ax = plt.subplots(figsize=(6.5, 3))
_ = ax.semilogy(bits, formula, label="formula")
_ = ax.semilogy(bits, counted, "o", linestyle="none", label="20,000 strangers counted")
_ = ax.set(xlabel="bits for each key", ylabel="false yes", title="Ten bits a key spare 99 of 100 looks in vain")
_ = ax.legend()
figures.show(
    fig,
    alt="Share of strangers that a Bloom filter takes for known, against bits for each key, on a logarithmic axis: from 0.39 at 2 bits down to "
    "0.008 at 10. The counted shares lie on the line of the formula.",
)
print("counted within a quarter of the formula:", bool(np.allclose(counted, formula, rtol=0.25)))

# %% [markdown] exercise="e3" title="An LSM-tree that survives" level="core" minutes=50 exports=["LSM"] goals=[1]
r"""
Write the class `LSM(folder, limit=100, on_read=None)`: a store of texts under texts, in a folder that exists (`folder` is its
path, a text). After a crash at any
moment, `LSM(folder)` opens what is there, with every write that had returned.

- `put(key, value)` and `delete(key)` append one record to the file `wal.log` in the folder, and see to it that the bytes have left the program (`flush`,
  and `os.fsync`) **before** the memtable changes. A record is the line `json.dumps([key, value])` with its line break, as
  UTF-8 bytes; a deletion is a record whose value is `None`.
- The memtable counts *keys*, deleted ones too. If there are `limit` or more of them at the end of a `put` or `delete`, they
  are flushed: all are written to a new run, and then `wal.log` is emptied (it stays there, with 0 bytes).
- Runs are made by `Run.write(path, entries)` and are called `000001.run`, `000002.run`, …; a new one is one higher
  than the highest there is, and higher is newer. Files with other names, such as the `….tmp` that a crash leaves, are not
  looked at.
- Opening reads `wal.log` into the memtable. If its last record is torn (it has no line break), it counts as never written, and is
  cut off from the file. Opening flushes nothing.
- `get(key)` is the newest value, or `None`. It asks the runs from the newest to the oldest, only those whose `may_hold(key)` is
  true, and stops at the first that has an entry. If `on_read` is given, `on_read(name)` is called with the file name of each run just before
  its `find(key)`.
- `scan(low, high)` is the list of the tuples `(key, value)` with `low <= key < high`, in order of the keys, without deleted ones.
- `compact()` merges all runs (not the memtable) into one new run, without tombstones, and removes the old ones, the oldest first. If
  nothing is left to write, there is no run afterwards.

```python
store = LSM(folder, limit=2)
store.put("a", "1"); store.put("b", "2")   # flushed to 000001.run
store.delete("a")                          # in wal.log
LSM(folder, limit=2).scan("", "z")         # [("b", "2")]
```
"""

# %% [markdown] hints="e3" reading="DDIA 3, \"SSTables and LSM-Trees\", with \"Performance optimizations\" for the filters; RDS, \"Techniques Everyone Should Know\", on why the log comes first"
r"""
1. A deletion is a `put` of `None`, all the way down. Where, then, are the only two places that treat `None` in a special way?
2. Keep `self.memtable` (a dict) and `self.runs` (a list of `Run`, newest first). `scan` and `compact` both need one dict of the merged
   entries: go from the oldest run to the newest and let the later ones overwrite; for `scan` the memtable comes last.
3. Opening: `whole = content[: content.rfind(b"\n") + 1]`; open the log with mode `"ab"`, then `truncate(len(whole))`. In `get`, write
   `if key in self.memtable: return self.memtable[key]` (a tombstone there ends the search, too), and test `found is not None`
   before `return found[0]`.
"""


# %% solution="e3"
class LSM:
    """A log-structured store: log and memtable take the writes, sorted runs keep them."""

    def __init__(self, folder, limit=100, on_read=None):
        """Open what is in the folder; a torn end of the log is cut off."""
        ### BEGIN SOLUTION
        self.folder, self.limit, self.on_read = Path(folder), limit, on_read
        self.runs = [Run(path) for path in sorted(self.folder.glob("*.run"), reverse=True)]  # newest first
        self.log = (self.folder / "wal.log").open("ab")
        content = (self.folder / "wal.log").read_bytes()
        whole = content[: content.rfind(b"\n") + 1]
        self.log.truncate(len(whole))
        self.memtable = dict(map(json.loads, whole.splitlines()))
        ### END SOLUTION

    def put(self, key, value):
        """Log it, then set it; flush the memtable when it is full."""
        ### BEGIN SOLUTION
        self.log.write(json.dumps([key, value]).encode() + b"\n")
        self.log.flush()
        os.fsync(self.log.fileno())
        self.memtable[key] = value
        if len(self.memtable) >= self.limit:
            self._add_run(sorted(self.memtable.items()))
            self.memtable = {}
            self.log.truncate(0)

    def _add_run(self, entries):
        number = int(self.runs[0].path.stem) + 1 if self.runs else 1
        self.runs.insert(0, Run.write(self.folder / f"{number:06d}.run", entries))
        ### END SOLUTION

    def delete(self, key):
        """Put a tombstone."""
        ### BEGIN SOLUTION
        self.put(key, None)
        ### END SOLUTION

    def get(self, key):
        """The newest value, or None."""
        ### BEGIN SOLUTION
        if key in self.memtable:
            return self.memtable[key]
        for run in self.runs:
            if run.may_hold(key):
                if self.on_read:
                    self.on_read(run.path.name)
                found = run.find(key)
                if found is not None:
                    return found[0]
        return None
        ### END SOLUTION

    def scan(self, low, high):
        """(key, value) for the keys from low on and below high, in order."""
        ### BEGIN SOLUTION
        merged = {key: value for run in reversed(self.runs) for key, value in run.entries()} | self.memtable
        return [(key, merged[key]) for key in sorted(merged) if low <= key < high and merged[key] is not None]
        ### END SOLUTION

    def compact(self):
        """Merge all runs into one without tombstones."""
        ### BEGIN SOLUTION
        merged = {key: value for run in reversed(self.runs) for key, value in run.entries()}
        old, live = list(self.runs), [(key, merged[key]) for key in sorted(merged) if merged[key] is not None]
        if live:
            self._add_run(live)
        for run in reversed(old):  # the oldest first: a tombstone must outlive what it hides
            self.runs.remove(run)
            run.path.unlink()
        ### END SOLUTION


# %% test="e3_map" points=3 title="It holds what a dict would hold"
with tempfile.TemporaryDirectory() as here:
    store = LSM(here, limit=2)
    for key, value in (("a", "1"), ("b", "2"), ("a", "3")):
        store.put(key, value)
    store.delete("b")
    check_value("get a, b and c after put a, put b, put a again, delete b", [store.get(key) for key in "abc"]).equals(
        ["3", None, None], idea="the newest entry counts, also when it is a tombstone"
    )
    check_value("scan from a to z", store.scan("a", "z")).equals(
        [("a", "3")], idea="merge all runs, the newer over the older"
    )
### BEGIN HIDDEN TESTS
with tempfile.TemporaryDirectory() as here:
    store = LSM(here, limit=2)
    for key, value in (("a", "1"), ("b", ""), ("a", "")):
        store.put(key, value)
    check_value("get a and b, whose newest values are empty texts", [store.get(key) for key in "ab"]).equals(
        ["", ""], idea="an empty text is a value: only None says deleted"
    )
    check_value("scan of two keys with empty texts", store.scan("a", "z")).equals(
        [("a", ""), ("b", "")], idea="an empty text is a value: only None says deleted"
    )
for seed in range(3):
    rng = seeded(seed)
    with tempfile.TemporaryDirectory() as here:
        store, held = LSM(here, limit=7), {}
        for step in range(150):
            key = f"k{rng.integers(30):02d}"
            if rng.random() < 0.35:
                store.delete(key)
                held.pop(key, None)
            else:
                store.put(key, f"v{step}")
                held[key] = f"v{step}"
            asked = f"k{rng.integers(32):02d}"
            check_value(f"get({asked!r}) after {step + 1} writes", store.get(asked)).note(
                f"seed {seed}, limit 7"
            ).equals(
                held.get(asked), idea="memtable first, then from the newest run to the oldest; the first entry decides"
            )
            if step % 10 == 0:
                low, high = sorted(f"k{n:02d}" for n in rng.integers(0, 32, 2))
                check_value(f"scan({low!r}, {high!r}) after {step + 1} writes", store.scan(low, high)).note(
                    f"seed {seed}, limit 7"
                ).equals(
                    [(key, held[key]) for key in sorted(held) if low <= key < high],
                    idea="newer over older, low included, high not",
                )
### END HIDDEN TESTS

# %% test="e3_crash" points=3 title="After a crash at any byte: what had returned, and no more"
import shutil


def crashed(folder, cut=0):
    """A copy of the folder as a crash would leave it, with the last bytes of the log cut off."""
    left = tempfile.mkdtemp(dir=top)
    shutil.copytree(folder, left, dirs_exist_ok=True)
    if cut:
        os.truncate(Path(left, "wal.log"), Path(left, "wal.log").stat().st_size - cut)
    return left


with tempfile.TemporaryDirectory() as top:
    here = tempfile.mkdtemp(dir=top)
    store = LSM(here)
    store.put("a", "1")
    store.put("b", "2")
    store.delete("a")
    check_value("scan of a store that is opened after a crash", LSM(crashed(here)).scan("", "z")).equals(
        [("b", "2")], idea="every record of the log is done again, in order, before anything is asked"
    )
    ### BEGIN HIDDEN TESTS
    check_value("wal.log after put a, put b, delete a", Path(here, "wal.log").read_bytes()).equals(
        b'["a", "1"]\n["b", "2"]\n["a", null]\n',
        idea="a record is a line json.dumps([key, value]); a deletion has the value None",
    )
    full = crashed(here)
    again = LSM(full, limit=2)
    check_value(
        "files of a store that was opened with limit 2", sorted(path.name for path in Path(full).iterdir())
    ).equals(["wal.log"], idea="opening flushes nothing, also when there are more keys than the limit")
    check_value("bytes of its log", Path(full, "wal.log").stat().st_size).equals(
        Path(here, "wal.log").stat().st_size, idea="opening reads whole records; it does not log them a second time"
    )
    halfway = tempfile.mkdtemp(dir=top)
    store = LSM(halfway, limit=2)
    store.put("a", "1")
    Path(halfway, "000001.run.tmp").mkdir()  # no run can be written any more
    try:
        store.put("b", "2")
    except Exception:  # whatever it says: this is where the machine stops
        pass
    left = crashed(halfway)
    Path(left, "000001.run.tmp").rmdir()
    check_value("get a after a crash in the middle of a flush", LSM(left, limit=2).get("a")).equals(
        "1", idea="the log is emptied when the run is written, not before"
    )
    store = LSM(here)
    before = Path(here, "wal.log").stat().st_size
    store.put("c", "a value that is torn")
    size = Path(here, "wal.log").stat().st_size
    check_value("bytes that a put added to wal.log", size - before).satisfies(
        lambda added: added > 0, "some: they must have left the program before put returns", idea="flush, and os.fsync"
    )
    for cut in range(1, size - before + 1):
        left = crashed(here, cut)
        again = LSM(left)
        check_value(f"scan after the last {cut} bytes of the log were lost", again.scan("", "z")).equals(
            [("b", "2")], idea="a record without its line break was never written"
        )
        again.put("d", "4")
        check_value(
            f"scan after that, a put of d, and one more crash (cut {cut})", LSM(crashed(left)).scan("", "z")
        ).equals([("b", "2"), ("d", "4")], idea="cut the torn end off before anything is appended to it")
    for seed in range(2):
        rng, here, held = seeded(seed), tempfile.mkdtemp(dir=top), {}
        store = LSM(here, limit=5)
        Path(here, "000099.run.tmp").write_text('["k1", "half a ')
        for step in range(40):
            key = f"k{rng.integers(12)}"
            store.put(key, f"v{step}")
            held[key] = f"v{step}"
            if step % 9 == 8:
                here = crashed(here)
                store = LSM(here, limit=5)
                values = {key: store.get(key) for key in sorted(held)}
                check_value(f"the values after a crash at step {step}", values).note(f"seed {seed}, limit 5").equals(
                    dict(sorted(held.items())),
                    idea="runs and log together; what is flushed and what is logged both count",
                )
    ### END HIDDEN TESTS

# %% test="e3_flush" points=2 title="A full memtable becomes a run, and the log starts anew"


def files(folder):
    """Size of the log, and the names of the runs."""
    return Path(folder, "wal.log").stat().st_size, sorted(path.name for path in Path(folder).glob("*.run"))


with tempfile.TemporaryDirectory() as here:
    store = LSM(here, limit=2)
    store.put("a", "1")
    store.put("a", "2")
    check_value("runs after two puts of one key, limit 2", files(here)[1]).equals(
        [], idea="the memtable counts keys, not writes"
    )
    store.put("b", "1")
    check_value("bytes in the log and runs after a second key", files(here)).equals(
        (0, ["000001.run"]),
        idea="with `limit` keys the memtable is written to a run; then its log is not needed any more",
    )
    ### BEGIN HIDDEN TESTS
    check_value("entries of the run", list(Run(Path(here, "000001.run")).entries())).equals(
        [("a", "2"), ("b", "1")], idea="all of the memtable, sorted by key"
    )
    store.delete("c")
    store.delete("a")
    check_value("bytes in the log and runs after two deletions", files(here)).equals(
        (0, ["000001.run", "000002.run"]), idea="a tombstone is an entry like any other: it counts, and is flushed"
    )
    check_value("entries of the second run", list(Run(Path(here, "000002.run")).entries())).equals(
        [("a", None), ("c", None)], idea="the older run still has a: its tombstone must be in the newer one"
    )
    again = LSM(here, limit=2)
    again.put("x", "1")
    again.put("y", "1")
    check_value("runs after reopening and two more keys", files(here)).equals(
        (0, ["000001.run", "000002.run", "000003.run"]), idea="a new run is one higher than the highest there is"
    )
    ### END HIDDEN TESTS

# %% test="e3_compact" points=2 title="Compaction leaves one run and no tombstone"
with tempfile.TemporaryDirectory() as here:
    store = LSM(here, limit=2)
    for key, value in (("a", "1"), ("b", "2"), ("a", "3"), ("c", "4")):
        store.put(key, value)
    store.delete("b")
    store.delete("c")
    store.compact()
    left = [list(Run(path).entries()) for path in sorted(Path(here).glob("*.run"))]
    check_value("entries of the runs after compaction", left).equals(
        [[("a", "3")]], idea="the newest entry of each key, unless it is a tombstone"
    )
    ### BEGIN HIDDEN TESTS
    names = [path.name for path in Path(here).glob("*.run")]
    check_value("the run after compaction of three", names).equals(
        ["000004.run"], idea="one higher than the highest there is: it is written before the old ones go"
    )
    check_value("get a, b, c after compaction", [store.get(key) for key in "abc"]).equals(
        ["3", None, None], idea="what is read does not change by compaction"
    )
    store.put("d", "5")
    store.compact()
    left = [list(Run(path).entries()) for path in Path(here).glob("*.run")]
    check_value("entries of the runs, d being in the memtable", left).equals(
        [[("a", "3")]], idea="the memtable takes no part"
    )
    check_value("get d, which was only in the memtable", store.get("d")).equals("5", idea="the memtable is not touched")
    check_value("get a, c and d of a store opened afterwards", [LSM(here, limit=2).get(key) for key in "acd"]).equals(
        ["3", None, "5"], idea="the folder says it all: the merged run is written, old runs are removed"
    )
    store.delete("a")
    store.compact()
    store.delete("d")
    store.delete("x")
    store.compact()
    check_value("the runs when all that they held is deleted", len(list(Path(here).glob("*.run")))).equals(
        0, idea="nothing left: no run"
    )
    store.put("y", "1")
    store.put("z", "2")
    check_value(
        "get y and d in a store without any run, after one more flush", [store.get("y"), store.get("d")]
    ).equals(["1", None], idea="flushing works as before when there is no run")
for seed in range(2):
    rng = seeded(seed)
    with tempfile.TemporaryDirectory() as here:
        store, held = LSM(here, limit=6), {}
        for step in range(120):
            key = f"k{rng.integers(25):02d}"
            if rng.random() < 0.4:
                store.delete(key)
            else:
                store.put(key, f"v{step}")
            held[key] = store.get(key)
            if step % 30 == 29:
                store.compact()
                values = {key: store.get(key) for key in sorted(held)}
                check_value(f"the values after compaction at step {step}", values).note(f"seed {seed}, limit 6").equals(
                    dict(sorted(held.items())), idea="of two entries with one key the newer stays"
                )
    ### END HIDDEN TESTS

# %% test="e3_reads" points=2 title="No run is read in vain"
with tempfile.TemporaryDirectory() as here:
    read = []

    def note_read(name):
        read.append(name)

    store = LSM(here, limit=2, on_read=note_read)
    for key in ("a", "b", "a", "c", "d", "e"):
        store.put(key, "x")
    store.get("a")
    check_value(
        "runs that get('a') read; a stands in 000001.run and 000002.run",
        [name for name in read if name != "000003.run"],
    ).equals(["000002.run"], idea="from the newest on, and no further than the first that has an entry")
    ### BEGIN HIDDEN TESTS
    read.clear()
    store.put("d", "in memory")
    store.get("d")
    check_value("runs read for a key in the memtable", read).equals([], idea="the memtable answers first")
for seed in range(2):
    rng = seeded(seed)
    with tempfile.TemporaryDirectory() as here:
        read = []
        store = LSM(here, limit=20, on_read=note_read)
        for n in range(100):
            store.put(f"key{rng.integers(10**9)}", str(n))
        runs, expected = [Run(path) for path in sorted(Path(here).glob("*.run"), reverse=True)], []
        for _ in range(100):
            stranger = f"stranger{rng.integers(10**9)}"
            store.get(stranger)
            expected += [run.path.name for run in runs if run.may_hold(stranger)]
        check_value("runs read for 100 keys that are nowhere", read).note(f"seed {seed}").equals(
            expected,
            idea="each run whose may_hold is true, newest first; on_read is told before it is known what find finds",
        )
        check_value("reads for 100 keys that are nowhere, with 5 runs", len(read)).note(f"seed {seed}").satisfies(
            lambda count: count <= 50,
            "about 4, and not 500",
            idea="ask may_hold before find: most runs say no without a look",
        )
    ### END HIDDEN TESTS

# %% [markdown]
r"""
## Three amplifications

You have now built both, and can say what each pays. **Read amplification** is how many pages or runs one `get` looks into; **write
amplification** how many bytes are written to disk for each byte that was put; **space amplification** how many bytes lie there for
each live one. A B-tree reads few pages, and rewrites a page of 4,096 bytes for a change of 50, and writes its log besides. An
LSM-tree writes in long sweeps, and merges what it wrote again and again. It cannot be best at all three at once; how it
merges is a dial. Its levels grow by a **size ratio** $T$:

- **Tiered:** a level collects runs. When there are $T$, they are merged into one run of the next level. Each entry is written once a
  level, and a read may meet up to $T - 1$ runs in each.
- **Levelled:** a level is one run. What arrives is merged into it at once, and when it has grown to its capacity it moves on. A read meets
  one run a level, but an entry is written again up to $T - 1$ times before it moves on.

**Predict.** You raise $T$ from 4 to 16, so there are half as many levels. Which policy writes less than before, and which one
more?
"""

# %% [markdown] exercise="e4" title="What the size ratio costs" level="stretch" minutes=20 exports=["lsm_cost"]
r"""
Write `lsm_cost(flushes, T, policy)`, which returns the tuple `(written, runs)` of whole numbers: units written to disk in all, and
runs on disk at the end. Count in units of one flushed memtable; all keys differ, so a merge of runs with $a$ and $b$ units
has $a + b$. `flushes >= 0`, `T >= 2`, and `policy` is `"tiered"` or `"levelled"`; another is a `ValueError`.

Each flush writes a run of 1 unit, which **arrives** at level 0. What happens when a run arrives at level $i = 0, 1, 2, \dots$:

- *tiered:* it lies beside those that are there. If the level now has $T$ runs, they are merged: their units are written, the
  level is empty, and the merged run arrives at level $i + 1$.
- *levelled:* if the level is empty, it moves in, and nothing is written. Else it is merged with the run there, and the units of the merged
  run are written. If the run of the level now has $T^{i+1}$ units or more, it leaves: the level is empty, and it arrives at
  level $i + 1$.

`lsm_cost(4, 4, "tiered")` is `(8, 1)`: four flushes, and one merge of four. `lsm_cost(4, 4, "levelled")` is `(13, 1)`: four flushes, and
merges of $2 + 3 + 4$.
"""

# %% [markdown] hints="e4" reading="DDIA 3, \"Comparing B-Trees and LSM-Trees\"; O'Neil et al. (1996) for the ratio of the sizes of two levels"
r"""
1. Play eight flushes with $T = 2$ on paper, each policy. An arrival can set off an arrival one level up.
2. Keep a list of levels, each a list of the sizes of its runs. One flush is a loop: a run arrives at level 0, and as long as something
   leaves a level, it arrives at the next.
3. Levelled: after `level.append(arriving)`, if there are two, count their sum and keep `[sum]`; then compare with `T ** (i + 1)`.
   Tiered: if there are `T`, count their sum, empty the level, and let the sum arrive at `i + 1`.
"""


# %% solution="e4"
def lsm_cost(flushes, T, policy):
    """(units written, runs at the end) of an LSM-tree with size ratio T."""
    ### BEGIN SOLUTION
    if policy not in ("tiered", "levelled"):
        raise ValueError(f"no such policy: {policy}")
    written, levels = 0, []
    for _ in range(flushes):
        written += 1
        arriving, i = 1, 0
        while arriving:
            if i == len(levels):
                levels.append([])
            runs, leaving = levels[i], 0
            runs.append(arriving)
            if policy == "tiered" and len(runs) == T:
                leaving = sum(runs)
                written += leaving
            if policy == "levelled" and len(runs) == 2:
                runs[:] = [sum(runs)]
                written += runs[0]
            if policy == "levelled" and runs[0] >= T ** (i + 1):
                leaving = runs[0]
            if leaving:
                runs.clear()
            arriving, i = leaving, i + 1
    return written, sum(map(len, levels))
    ### END SOLUTION


# %% test="e4_tiered" points=2 title="Tiered: once a level, but many runs"
check(lsm_cost, 4, 4, "tiered").equals(
    (8, 1), idea="four flushes of one unit, and one merge that writes all four again"
)
### BEGIN HIDDEN TESTS
check(lsm_cost, 0, 4, "tiered").equals((0, 0), idea="nothing was flushed")
for T in (2, 3, 4, 16):
    for flushes in (1, T - 1, T, T + 1, T * T - 1, T * T, T**3 + 2 * T + 1):
        written, runs, i = 0, 0, 0
        while T**i <= flushes:
            written += T**i * (flushes // T**i)
            runs += flushes // T**i % T
            i += 1
        check(lsm_cost, flushes, T, "tiered").equals(
            (written, runs), idea="the runs of level i have T^i units each; T of them make one of level i + 1"
        )
### END HIDDEN TESTS

# %% test="e4_levelled" points=2 title="Levelled: one run a level, but many merges"
check(lsm_cost, 4, 4, "levelled").equals(
    (13, 1), idea="each arrival writes the whole run of the level again; the fourth makes it leave"
)
### BEGIN HIDDEN TESTS
check(lsm_cost, 0, 4, "levelled").equals((0, 0), idea="nothing was flushed")
for T in (2, 3, 4, 16):
    for flushes in (1, 2, T - 1, T, T + 1, T * T - 1, T * T, T * T + T, T**3 + 2 * T + 1):
        written, runs, i = flushes, 0, 0
        while T**i <= flushes:
            here = flushes // T**i % T
            written += T**i * (flushes // T ** (i + 1) * (T * (T + 1) // 2 - 1) + max(here * (here + 1) // 2 - 1, 0))
            runs += here > 0
            i += 1
        check(lsm_cost, flushes, T, "levelled").equals(
            (written, runs),
            idea="merges at level i write 2, 3, … T times T^i units; to move into an empty level costs nothing",
        )
### END HIDDEN TESTS

# %% test="e4_policy" points=1 title="No other policy"
check(lsm_cost, 3, 2, "leveled").raises(ValueError, idea="a misspelt policy must not pass for one of the two")
### BEGIN HIDDEN TESTS
check(lsm_cost, 0, 2, "").raises(ValueError, idea="the policy is looked at even if nothing was flushed")
### END HIDDEN TESTS

# %% [markdown]
r"""
After 4,096 flushes each unit has passed six levels if $T = 4$, and three if $T = 16$. Tiered, it was written $1 + 6 = 7$ times, or
$1 + 3 = 4$ times: fewer, at up to 15 instead of 3 runs a level. Levelled, a level with ratio $T$ writes $(T + 1)/2 - 1/T$ units for
each that passes through, so $1 + 6 \cdot 2.25 = 14.5$ and $1 + 3 \cdot 8.4375 \approx 26.3$: more. Your function agrees; between those two
ratios it is not monotone, since the number of levels jumps.

## In practice

**A write-heavy system** (events, metrics, messages) takes an LSM-tree, with filters for its reads. Watch compaction: if writes come
faster than it merges, runs pile up, reads slow down, and the disk fills. RocksDB then stalls the writers on purpose.
**A system of reads and short transactions** takes a B-tree: one place for each key makes locks simple, and the time for a read varies
little. At a hundred times the data, its height grows by one or two; the LSM-tree gets one or two levels more to rewrite.

**Pages get torn.** A page of 8 KB can be half old, half new after a crash. PostgreSQL therefore writes the whole page into the log when it
is first changed after a checkpoint. **Checksums** find what line breaks cannot: a bit that flipped *within* a record. Real logs
carry a CRC and a length for each. **Deletes are not free** in an LSM-tree: a queue of tombstones in front of the oldest key makes each scan slow
until compaction reaches it; and "deleted" data lies on disk until then, which data protection cares about. **fsync may fail**, and
on Linux a second call may then report success though the data is lost (found in PostgreSQL in 2018): the only safe
answer is to stop and recover from the log.

## Summary

- Lower bound: keep the borders true, halve, $\lceil \log_2(n+1) \rceil$ comparisons.
- B-tree: split full nodes on the way down; the middle key moves up; growth at the root keeps all leaves level.
- Recovery: log before memtable, replay on opening, cut off the torn end before anything is added.
- LSM-tree: newest first, tombstones until the oldest run is merged, filters that never say a false no.
- Size ratio: tiered writes less and reads more as $T$ grows; levelled the other way round, level by level.

## Reflection

A colleague wants to speed up an LSM-tree: "When a delete finds that the key is in none of the Bloom filters, we can skip the
tombstone. And when it is in one, we remove it from the memtable and skip the tombstone if it was there, as then it was never
flushed."

Write 3 to 5 sentences. Give yourself a point for each: you say why the first idea is right, and on what property it rests; you
show with a short history of puts and flushes why the second is wrong; you say what happens to the log record in each case; you name
what the saving costs.
"""

# %% [markdown] reflection="reflection"
r"""
The first is sound if the memtable is asked as well: a filter never says no to a key that its run holds, so a key that no filter and no
memtable knows is nowhere, and there is nothing to hide. The second is wrong: put k = 1, flush, put k = 2; the delete finds k in the
memtable and removes it, and the next get finds 1 in the run, a value that was replaced long ago. Removing from the memtable is
right only if no older run may hold the key. In both cases the log needs care: without a record of the deletion a replay would bring the
logged put back. The saving costs a probe of every filter at each delete, which until now had been a blind write.
"""

# %% [markdown]
r"""
## Further reading

- *Designing Data-Intensive Applications*, chapter 3: how the log with a hash index leads to SSTables; what is said of
  compaction strategies; "Comparing B-Trees and LSM-Trees" beside your own numbers from exercise 4.
- *Readings in Database Systems*, "Techniques Everyone Should Know": what buffer and log have to do with pages, and why "steal, no-force"
  needs both undo and redo.
- R. Bayer, E. McCreight, "Organization and Maintenance of Large Ordered Indexes", *Acta Informatica* 1, 1972: the promises, with
  at least $k = t - 1$ and at most $2k$ keys in a node, and the same bound on the height.
- P. O'Neil, E. Cheng, D. Gawlick, E. O'Neil, "The Log-Structured Merge-Tree", *Acta Informatica* 33, 1996: why the
  ratio between neighbouring levels should be the same everywhere.
"""
