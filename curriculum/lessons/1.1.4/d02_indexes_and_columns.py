# %% [markdown]
r"""
You will find out from PostgreSQL's own counters what an index gains and costs, and run the same work on a row store and on two
column stores.

**You will be able to**

- **read** a plan: what was read, by which way, and how far off the planner's guess was (exercise 1);
- **measure** what a set of indexes does to queries, to disk space and to writes, each set by itself (exercise 2);
- **choose** among composite, covering, partial and block range indexes by what a query asks for (exercise 3);
- **compare** transaction processing and analytics on PostgreSQL, DuckDB and a stand-in for Snowflake, fairly (exercise 4);
- **answer** a query from compressed columns without unpacking them (exercise 5).
"""

# %% [markdown]
r"""
## Warm-up

1. A B-tree with pages of some hundred keys holds ten million of them. About how many pages does a lookup read, and which of
   them are usually in memory anyway?
2. What does a log-structured merge-tree pay for its cheap writes?

<details><summary>Answers</summary>

1. Three or four: each level multiplies the keys by some hundreds. All levels but the lowest are few pages, and stay in memory.
2. Reads that may have to look into several runs, and compaction, which writes the same entries again and again.

</details>

## Set-up

`shop` makes a database with one table of 30,000 orders on this notebook's own PostgreSQL server, which starts when it is first
needed. `explain` runs a statement and returns what PostgreSQL noted while it ran. `tried` lets you try an index: `with
tried(dsn, "CREATE INDEX …") as session: …`. `connect` opens one of three systems; the one called Snowflake is a **stand-in**:
Snowflake's real connector talks to a program on this computer that translates Snowflake's SQL and runs it on DuckDB. Its answers
are worth comparing, its times say nothing about Snowflake. (Whoever has an account can set it by environment variables:
`help(snowflake)` says how. Then this notebook makes and drops its tables there, in a database `SHOP` unless you name another,
and the account pays.)
"""

# %% setup=true
import json
import re
import statistics
import tempfile
from bisect import bisect_left
from collections import Counter
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from itertools import groupby
from pathlib import Path

import duckdb
import numpy as np
import psycopg
from matplotlib import pyplot as plt

from curriculum.lab import check, check_value, figures, postgres, seeded, snowflake

figures.style()

TABLE = """
    CREATE TABLE orders (
        id int PRIMARY KEY, customer int NOT NULL, placed timestamp NOT NULL, country text NOT NULL,
        status text NOT NULL, cents int NOT NULL, note text NOT NULL
    ) WITH (autovacuum_enabled = off)"""
NOTE = "Please ring twice and leave it with the neighbours.".ljust(100, ".")


def orders(rng, count):
    """`count` orders of the year 2026, oldest first, about 15 a customer. Only of the last hundredth some are still open."""
    seconds = np.sort(rng.integers(365 * 24 * 3600, size=count)).tolist()
    customers = rng.integers(count // 15, size=count).tolist()
    countries = rng.choice(["DE", "FR", "NL", "NO"], count, p=[0.5, 0.3, 0.15, 0.05]).tolist()
    still_open = (rng.random(count) < 0.5) & (np.arange(count) >= count - count // 100)
    cents = rng.integers(100, 50_000, size=count).tolist()
    return [
        (n + 1, customers[n], datetime(2026, 1, 1) + timedelta(seconds=seconds[n]), countries[n],
         "open" if still_open[n] else "sent", cents[n], NOTE)
        for n in range(count)
    ]  # fmt: skip


@cache
def server():
    """This notebook's server. Whole pages stay out of its log: else the bytes would depend on when the last checkpoint was."""
    one = postgres.server()
    one.configure({"full_page_writes": False})
    return one


def shop(rng, count=30_000):
    """The connection string of a database of its own, with such orders in it."""
    dsn = server().database()
    with psycopg.connect(dsn) as session:
        session.execute(TABLE)
        with session.cursor().copy("COPY orders FROM STDIN") as copy:
            copy.write("".join("\t".join(map(str, row)) + "\n" for row in orders(rng, count)))
    return dsn


def explain(session, sql):
    """Run `sql`, and return PostgreSQL's report about it, as Python lists and dicts."""
    return session.execute("EXPLAIN (ANALYZE, BUFFERS, WAL, FORMAT JSON) " + sql).fetchone()[0]


def buffers(explained):
    """Pages of 8 KB that a statement looked at, in memory or on disk."""
    return explained[0]["Plan"]["Shared Hit Blocks"] + explained[0]["Plan"]["Shared Read Blocks"]


def kinds(explained):
    """The types of all nodes of a plan, from the root down."""
    return re.findall('"Node Type": "([^"]*)"', json.dumps(explained))


@cache
def shop_for_trials():
    """A shop on which one index after the other is tried."""
    return shop(seeded(21))


@contextmanager
def tried(dsn, statement):
    """A session in which `orders` has this index and its primary key, and is vacuumed. At the end the index goes."""
    added = "SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid = 'orders'::regclass AND NOT indisprimary"
    with psycopg.connect(dsn, autocommit=True) as session:
        session.execute(statement, prepare=True)  # which takes one statement, and not several in a text
        try:
            if not session.execute(added).fetchall():
                raise ValueError(f"this has made no index on orders: {statement}")
            session.execute("VACUUM (ANALYZE) orders")
            yield session
        finally:
            for (name,) in session.execute(added).fetchall():
                session.execute(f"DROP INDEX {name}")


QUERIES = {
    "customer": "SELECT id, cents, note FROM orders WHERE customer = 77",
    "newest": "SELECT id, placed, cents FROM orders WHERE customer = 77 ORDER BY placed DESC LIMIT 3",
    "revenue": "SELECT sum(cents) FROM orders WHERE customer BETWEEN 100 AND 199",
    "open": "SELECT id, customer, cents FROM orders WHERE status = 'open'",
    "day": "SELECT sum(cents) FROM orders WHERE placed >= '2026-03-01' AND placed < '2026-03-02'",
}

SYSTEMS = ["PostgreSQL", "DuckDB", "Snowflake"]


def connect(system, dsn, folder):
    """A connection for a `with` block, which closes it; every statement commits by itself. The last two live in the folder."""
    if system == "PostgreSQL":
        return psycopg.connect(dsn, autocommit=True)
    return duckdb.connect(Path(folder, "duck.db")) if system == "DuckDB" else snowflake.connect(folder)


def stock(system, dsn, folder, sales):
    """Make a table `sales` of these rows (id, country, cents) in one of the systems."""
    with connect(system, dsn, folder) as connection:
        cursor = connection.cursor()
        cursor.execute("DROP TABLE IF EXISTS sales")
        cursor.execute("CREATE TABLE sales (id int, country varchar(2), cents int)")
        cursor.execute("INSERT INTO sales VALUES " + ", ".join(map(str, sales)))


# %% [markdown]
r"""
## The index that has both columns, and does not help

The support desk asks for the orders of one customer all day long. Somebody has seen that the reports ask for a period and
sometimes for a customer too, and made one index for everybody, on `(placed, customer)`. Both columns are in it. PostgreSQL
keeps a count of the **buffers** that a statement looks at: pages of 8 KB. That count does not depend on how busy the machine
is.

**Predict.** The table has about 610 pages, and customer 77 has about 15 orders. How many pages will the query look at without
an index, with this one, and with one on `(customer, placed)`?
"""

# %%
dsn = shop(np.random.default_rng(1))
with psycopg.connect(dsn, autocommit=True) as session:
    session.execute("VACUUM (ANALYZE) orders")
    print(f"{buffers(explain(session, QUERIES['customer'])):4} pages without an index")
    for columns in ("placed, customer", "customer, placed"):
        session.execute(f"CREATE INDEX tried ON orders ({columns})")
        print(f"{buffers(explain(session, QUERIES['customer'])):4} pages with ({columns})")
        session.execute("DROP INDEX tried")

# %% [markdown]
r"""
An index is a sorted list, and a telephone book sorted by first name is little help in finding all the Smiths. In the order
`(placed, customer)` the entries of customer 77 lie scattered over the whole index. PostgreSQL reads all of it, from the first
page to the last, and then the orders. Turn the columns round, and they lie side by side.

Nothing warned of it. The query was answered, the index was "used", and every write paid for it. So we look at what the database
did.

## Read what was done: the plan

`EXPLAIN (ANALYZE, BUFFERS)` runs a statement and reports the tree of its **nodes**. Rows flow from the leaves, which read
tables and indexes, up to the root. The ways to read are these:

| Node | Reads |
| --- | --- |
| Seq Scan | the table, page by page, to its end or to where a `LIMIT` has enough |
| Index Scan | the index, and for each entry at once the row that it points to |
| Bitmap Index Scan, Bitmap Heap Scan | the index first; then the pages of the table with a match, each once, in the table's order |
| Index Only Scan | the index alone, where it holds all that is asked for |

Four things about the numbers are easy to get wrong:

- The **buffers of a node include those of its children**. The root has the sum. (The planner's own reading of the catalogue is
  reported beside the plan, under `Planning`.)
- They come in two kinds: *hit*, found in PostgreSQL's memory, and *read*, fetched from the operating system. Run again, and one
  turns into the other. Their **sum** is what the plan needs.
- **Rows are per loop.** The inner side of a nested loop runs once for each row of the outer side. Since version 18 this average
  has two decimals, so 12.5 rows in 40 loops are 500.
- A node that never ran has 0 loops. Its zero rows say nothing about the estimate.

The planner chose by *estimates*, taken from statistics that `ANALYZE` collects. If a plan is bad, look for the node whose
estimate is far from what happened: a factor of 2 is ordinary, one of 100 explains most bad plans. Here is a join, in short:
"""

# %%
EXAMPLE = [
    {
        "Plan": {
            "Node Type": "Nested Loop", "Plan Rows": 100, "Actual Rows": 500.0, "Actual Loops": 1,
            "Shared Hit Blocks": 131, "Shared Read Blocks": 9,
            "Plans": [
                {
                    "Node Type": "Seq Scan", "Relation Name": "customers", "Plan Rows": 50, "Actual Rows": 40.0, "Actual Loops": 1,
                    "Shared Hit Blocks": 5, "Shared Read Blocks": 1,
                },
                {
                    "Node Type": "Index Scan", "Index Name": "by_customer", "Relation Name": "orders", "Plan Rows": 2,
                    "Actual Rows": 12.5, "Actual Loops": 40, "Shared Hit Blocks": 126, "Shared Read Blocks": 8,
                },
            ],
        },
        "Planning": {"Shared Hit Blocks": 70, "Shared Read Blocks": 2},
    }
]  # fmt: skip
print(*kinds(EXAMPLE), sep=" <- ")

# %% [markdown] exercise="e1" title="What a plan says" level="warm-up" minutes=25 exports=["plan_summary"]
r"""
Write `plan_summary(explained)` for what `explain` returns: a list with one dict, as `EXAMPLE` above. `"Plan"` is the root node.
A node has the keys `"Node Type"`, `"Plan Rows"`, `"Actual Rows"`, `"Actual Loops"`, `"Shared Hit Blocks"`, `"Shared Read
Blocks"`, and many that do not matter here; its children stand in the list `"Plans"`, a key that leaves lack. `"Relation Name"`
and `"Index Name"` are there only in nodes that have them. Trees may be deep. Return a dict with

- `"access"`: the list of tuples `(node type, name)` of all nodes that have an `"Index Name"` or a `"Relation Name"`; the name
  is that of the index, if there is one, else that of the relation. A node stands before what is below it, and its children with
  all that is below them come in the order of the plan.
- `"buffers"`: the pages, hit and read, of the whole statement, without its planning;
- `"rows"`: how many rows all nodes with a `"Relation Name"` have handed on, in all their loops together, rounded to a whole
  number once, at the end;
- `"misestimate"`: the largest factor between `"Plan Rows"` and `"Actual Rows"` of a node, in whichever direction; both are per
  loop, and each counts as at least 1. Nodes with 0 loops are left out; if all have 0 loops, it is 1.

`plan_summary(EXAMPLE)` is `{"access": [("Seq Scan", "customers"), ("Index Scan", "by_customer")], "buffers": 140, "rows": 540,
"misestimate": 6.25}`: 40 and 12.5 · 40 rows, and 12.5 rows where 2 were expected.
"""

# %% [markdown] hints="e1" reading="PostgreSQL's manual, 14.1 \"Using EXPLAIN\"; DDIA 3, \"Other Indexing Structures\""
r"""
1. First get hold of all nodes, in the order that is asked for. Then each of the four answers is a line or two.
2. A node, then for each child the same again: recursion. `node.get("Plans", [])` is empty for a leaf. Only one of the four
   answers needs no other node than the root.
3. `def walk(node): return [node] + [below for child in node.get("Plans", []) for below in walk(child)]`. Rows are summed as
   `node["Actual Rows"] * node["Actual Loops"]`; the factor is `max(a, b) / min(a, b)` after `max(1, …)` of each.
"""


# %% solution="e1"
def plan_summary(explained):
    """What was read by which way, pages, rows, and the worst estimate of a plan."""

    ### BEGIN SOLUTION
    def walk(node):
        yield node
        for child in node.get("Plans", []):
            yield from walk(child)

    root = explained[0]["Plan"]
    nodes = list(walk(root))
    pairs = [(max(1, node["Plan Rows"]), max(1, node["Actual Rows"])) for node in nodes if node["Actual Loops"] > 0]
    named = [(node["Node Type"], node.get("Index Name") or node.get("Relation Name")) for node in nodes]
    return {
        "access": [(kind, name) for kind, name in named if name],
        "buffers": root["Shared Hit Blocks"] + root["Shared Read Blocks"],
        "rows": round(sum(node["Actual Rows"] * node["Actual Loops"] for node in nodes if "Relation Name" in node)),
        "misestimate": max((max(pair) / min(pair) for pair in pairs), default=1),
    }
    ### END SOLUTION


# %% test="e1_access" points=1 title="Every way to the data, from the root down"
def node(kind, *children, relation=None, index=None, plan=10, actual=10.0, loops=1, hit=0, read=0):
    """A node of a made-up plan."""
    names = {"Relation Name": relation, "Index Name": index}
    return {
        "Node Type": kind, "Plan Rows": plan, "Actual Rows": actual, "Actual Loops": loops, "Shared Hit Blocks": hit,
        "Shared Read Blocks": read, **{key: name for key, name in names.items() if name},
        **({"Plans": list(children)} if children else {}),
    }  # fmt: skip


left = node("Bitmap Heap Scan", node("Bitmap Index Scan", index="by_day"), relation="orders")
one = [{"Plan": node("Nested Loop", left, node("Seq Scan", relation="customers"))}]
check_value("the access of a join", check(plan_summary, one).value(idea="a dict with four keys")["access"]).equals(
    [("Bitmap Heap Scan", "orders"), ("Bitmap Index Scan", "by_day"), ("Seq Scan", "customers")],
    idea="a node before its children, and a child with all that is below it before the next child",
)
### BEGIN HIDDEN TESTS
many = [{"Plan": node("Append", *[node("Index Scan", relation=f"part{n}", index=f"part{n}_key") for n in range(4)])}]
check_value("the access of a scan of parts", check(plan_summary, many).value(idea="a dict")["access"]).equals(
    [("Index Scan", f"part{n}_key") for n in range(4)], idea="with an index, it is the index that is named"
)
deep = node("Seq Scan", relation="deep")
for _ in range(30):
    deep = node("Subquery Scan", deep)
check_value("the access far down", check(plan_summary, [{"Plan": deep}]).value(idea="a dict")["access"]).equals(
    [("Seq Scan", "deep")], idea="children have children"
)
check_value("the access of a plan that reads nothing", check(plan_summary, [{"Plan": node("Result")}]).value(idea="a dict")["access"]).equals(
    [], idea="only nodes with an index or a relation"
)
### END HIDDEN TESTS

# %% test="e1_buffers" points=1 title="The root has the sum of the pages"
inner = {"Node Type": "Seq Scan", "Relation Name": "t", "Plan Rows": 5, "Actual Rows": 5.0, "Actual Loops": 1}
inner |= {"Shared Hit Blocks": 7, "Shared Read Blocks": 4}
outer = inner | {"Node Type": "Sort", "Plans": [inner], "Shared Hit Blocks": 9}
one = [{"Plan": outer, "Planning": {"Shared Hit Blocks": 100, "Shared Read Blocks": 3}}]
check_value("the buffers of a sort over a scan", check(plan_summary, one).value(idea="a dict with four keys")["buffers"]).equals(
    13, idea="hit and read, of the root: what is below is in it already, planning is not"
)
### BEGIN HIDDEN TESTS
for seed in range(5):
    hits, reads, more = (int(n) for n in seeded(seed).integers(1, 1000, 3))
    leaf = inner | {"Shared Hit Blocks": hits, "Shared Read Blocks": reads}
    root = inner | {"Node Type": "Limit", "Shared Hit Blocks": hits + more, "Shared Read Blocks": reads, "Plans": [leaf, leaf]}
    value = check(plan_summary, [{"Plan": root}]).note(f"seed {seed}").value(idea="a dict")["buffers"]
    check_value("the buffers", value).note(f"seed {seed}").equals(hits + more + reads, idea="hit and read of the root")
### END HIDDEN TESTS

# %% test="e1_rows" points=1 title="Rows per loop, times loops"
inner = {"Node Type": "Index Scan", "Relation Name": "t", "Index Name": "i", "Plan Rows": 9, "Actual Rows": 0.25}
inner |= {"Actual Loops": 400, "Shared Hit Blocks": 7, "Shared Read Blocks": 4}
outer = inner | {"Node Type": "Seq Scan", "Relation Name": "s", "Actual Rows": 400.0, "Actual Loops": 1}
join = {**inner, "Node Type": "Nested Loop", "Actual Rows": 100.0, "Actual Loops": 1, "Plans": [outer, inner]}
join = {key: value for key, value in join.items() if key not in ("Relation Name", "Index Name")}
check_value("the rows of a join", check(plan_summary, [{"Plan": join}]).value(idea="a dict with four keys")["rows"]).equals(
    500, idea="400 in one loop, a quarter of a row in each of 400; the join reads no table"
)
### BEGIN HIDDEN TESTS
bitmap = {key: value for key, value in inner.items() if key != "Relation Name"} | {"Node Type": "Bitmap Index Scan"}
heap = inner | {"Node Type": "Bitmap Heap Scan", "Actual Rows": 30.0, "Actual Loops": 2, "Plans": [bitmap]}
check_value("the rows of a bitmap scan", check(plan_summary, [{"Plan": heap}]).value(idea="a dict")["rows"]).equals(
    60, idea="entries of an index are no rows yet: only nodes with a relation count"
)
thirds = [inner | {"Actual Rows": 0.3, "Actual Loops": loops} for loops in (1, 1, 1, 1)]
append = join | {"Node Type": "Append", "Plans": thirds}
check_value("the rows of four parts with 0.3 each", check(plan_summary, [{"Plan": append}]).value(idea="a dict")["rows"]).equals(
    1, idea="add first, round once"
)
### END HIDDEN TESTS

# %% test="e1_misestimate" points=1 title="The worst estimate, in whichever direction"
leaf = {"Node Type": "Seq Scan", "Relation Name": "t", "Shared Hit Blocks": 1, "Shared Read Blocks": 0}


def worst(*nodes):
    """The misestimate of a plan with these nodes (estimated, actual, loops), each the child of the one before."""
    plan = None
    for expected, actual, loops in reversed(nodes):
        below = {"Plans": [plan]} if plan else {}
        plan = leaf | {"Plan Rows": expected, "Actual Rows": actual, "Actual Loops": loops} | below
    return check(plan_summary, [{"Plan": plan}]).value(idea="a dict with four keys")["misestimate"]


check_value("the factor for 10 expected and 40 found", worst((10, 40.0, 1))).close(4.0, idea="larger by smaller")
check_value("the factor for 40 expected and 10 found", worst((40, 10.0, 1))).close(4.0, idea="larger by smaller")
### BEGIN HIDDEN TESTS
check_value("a plan whose child is further off", worst((10, 20.0, 1), (5, 500.0, 3))).close(100.0, idea="of all nodes the worst")
check_value("a plan whose root is further off", worst((900, 3.0, 1), (5, 5.0, 3))).close(300.0, idea="of all nodes the worst")
check_value("nothing found where 50 were expected", worst((50, 0.0, 1))).close(50.0, idea="each counts as at least 1")
check_value("0.2 rows in each loop, 1 expected", worst((1, 0.2, 10))).close(1.0, idea="each counts as at least 1")
check_value("3.4 rows in each loop, 1 expected", worst((1, 3.4, 10))).close(3.4, idea="rows per loop need not be whole")
check_value("5 rows where the plan says 0", worst((0, 5.0, 1))).close(5.0, idea="each counts as at least 1")
scan = leaf | {"Plan Rows": 3, "Actual Rows": 3.0, "Actual Loops": 1}
join = {"Node Type": "Hash Join", "Plan Rows": 5, "Actual Rows": 200.0, "Actual Loops": 1, "Plans": [scan]}
join |= {"Shared Hit Blocks": 1, "Shared Read Blocks": 0}
check_value("a join far off above a scan that is not", check(plan_summary, [{"Plan": join}]).value(idea="a dict")["misestimate"]).close(
    40.0, idea="of all nodes, also those that read no table"
)
check_value("a node that never ran", worst((10, 20.0, 1), (7000, 0.0, 0))).close(2.0, idea="0 loops: nothing is known of it")
check_value("a plan that never ran", worst((7000, 0.0, 0))).close(1.0, idea="1 if no node has run")
### END HIDDEN TESTS

# %% [markdown]
r"""
## What an index gains, and what it costs

An index is paid for three times: in **space**, on disk and in memory; in **writes**, since each new row goes into every index,
and each of these changes goes into the write-ahead log as well; and in the planner's time. So the question is never "is it
faster?" but "what does each set of indexes do to *all* queries and to the writes?" A fair answer keeps to some rules:

- **Each set by itself.** An index of the last trial that is still there answers for the next one.
- **Nobody helps.** `SET enable_seqscan = off` is a tool for questions. What a planner does under it is no evidence of what it
  would do.
- **Fresh statistics and a fresh visibility map.** An Index Only Scan must know that a row is visible without looking at it. It
  asks the map of pages whose rows *everybody* can see, which `VACUUM` brings up to date. After many changes it looks at the
  table again for each row, which the plan counts as `Heap Fetches`.
- **Count, do not time.** Pages and bytes of log come out the same on your machine and on mine.

PostgreSQL has a gift for experiments: its `CREATE INDEX` is transactional. What was made in a transaction is gone when it is
rolled back, indexes included, and inside of it the planner already uses them. `VACUUM`, however, refuses to run in a transaction.

**Predict.** 500 rows are inserted: into a table without further indexes, with a B-tree on the time, with one on the customer,
and with five B-trees. How much longer does each make the log?
"""

# %%
INSERT = """INSERT INTO orders SELECT 1000000 + n, (n * 7919) % 2000, timestamp '2026-12-30' + n * interval '1 minute',
            'NO', 'sent', n, 'new' FROM generate_series(1, 500) AS n"""
sets = {
    "none": [],
    "on placed": ["CREATE INDEX ON orders (placed)"],
    "on customer": ["CREATE INDEX ON orders (customer)"],
    "five": [f"CREATE INDEX ON orders ({columns})" for columns in ("customer", "placed", "country", "status", "cents")],
}
grown = {}
with psycopg.connect(dsn, autocommit=True) as session:
    for name, statements in sets.items():
        session.execute("VACUUM (ANALYZE) orders")
        with session.transaction(force_rollback=True):
            for statement in statements:
                session.execute(statement)
            grown[name] = explain(session, INSERT)[0]["Plan"]["WAL Bytes"] / 500

# %%
fig, ax = plt.subplots(figsize=(6.5, 2.4))
bars = ax.barh(list(grown), list(grown.values()), color=figures.OKABE_ITO[0])
_ = ax.bar_label(bars, fmt="%.0f", padding=3)
_ = ax.margins(x=0.1)
_ = ax.invert_yaxis()
_ = ax.set(xlabel="bytes of write-ahead log for each row inserted", title="Every index that has an entry for the row makes the log longer")
figures.show(
    fig,
    alt="Bars: bytes of write-ahead log for each inserted row with different sets of indexes. Without any it is about 150. A B-tree "
    "adds some 60 to 80 bytes, and five B-trees more than triple it.",
)

# %% [markdown]
r"""
The row itself and the entry of the primary key come first; each B-tree adds an entry with a record of its own in the log. (That
is with whole-page images off, as the set-up says. By default the first change of a page after each checkpoint logs the whole
page, and five indexes touch more pages than one, so that the true ratio is often worse.) An `UPDATE` is dearer still: PostgreSQL
writes a new version of the row, and if any column of any B-tree changes, or the row's page is full, *all* indexes get an entry
for the new version. (Partial indexes only if its condition holds.)
"""

# %% [markdown] exercise="e2" title="An experiment with indexes" level="core" minutes=35 exports=["index_experiment"] goals=[2]
r"""
Write `index_experiment(dsn, queries, designs, write)`. The database behind `dsn` has a table `orders`, perhaps with indexes
already. `queries` is a dict from names to `SELECT` statements, `designs` one from names to lists of `CREATE INDEX` statements
on `orders`, and `write` one `INSERT`, `UPDATE` or `DELETE`. Take the designs in their order. The result is a dict with one
entry a design:

`{"plans": {query name: what explain returns for the query}, "bytes": …, "wal": …}`

- Each design is measured with the indexes that were there before your call and its own, and no others. Its `"plans"` are those
  of the queries, in which the planner is free: no setting is changed.
- Before a design's queries run, the table has been vacuumed and analysed since the last change to its rows (`VACUUM (ANALYZE)
  orders`).
- `"bytes"`: the size of the design's own indexes together, before `write`; `pg_indexes_size('orders')` is the size of all that
  there are.
- `"wal"`: the `"WAL Bytes"` that `explain` reports at the root for `write`, run once with the design's indexes there.
- Afterwards, the table has the rows and the indexes that it had before.

For example, `index_experiment(dsn, {"q": "SELECT …"}, {"none": []}, "DELETE …")` returns `{"none": {"plans": {"q": [{"Plan":
{…}, …}]}, "bytes": 0, "wal": 27000}}`, with a report in place of the dots.
"""

# %% [markdown] hints="e2" reading="PostgreSQL's manual, 14.1 and 66.7 (\"Heap-Only Tuples\"); DDIA 3, \"Other Indexing Structures\""
r"""
1. Which parts must be undone at the end of a design, and what undoes them all at once? Which part cannot be done inside of
   that?
2. One session with `autocommit=True`. For each design: vacuum; open a transaction that is always rolled back; make the indexes,
   measure, write.
3. `with session.transaction(force_rollback=True):`. Ask for `pg_indexes_size('orders')` before and after the `CREATE INDEX`
   statements, and subtract. `explain(session, write)[0]["Plan"]["WAL Bytes"]`, after the queries.
"""


# %% solution="e2"
def index_experiment(dsn, queries, designs, write):
    """For each design: the queries' plans, the bytes of its indexes, and those that the write adds to the log."""
    ### BEGIN SOLUTION
    found = {}
    with psycopg.connect(dsn, autocommit=True) as session:

        def size():
            return session.execute("SELECT pg_indexes_size('orders')").fetchone()[0]

        for design, statements in designs.items():
            session.execute("VACUUM ANALYZE orders")
            with session.transaction(force_rollback=True):
                before = size()
                for statement in statements:
                    session.execute(statement)
                found[design] = {
                    "bytes": size() - before,
                    "plans": {name: explain(session, sql) for name, sql in queries.items()},
                    "wal": explain(session, write)[0]["Plan"]["WAL Bytes"],
                }
    return found
    ### END SOLUTION


# %% test="e2_plans" points=2 title="Real plans, freely chosen"
dsn = shop(seeded(11))
most = "SELECT sum(length(note)) FROM orders WHERE cents > 200"
designs = {"none": [], "two": ["CREATE INDEX by_customer ON orders (customer)", "CREATE INDEX by_cents ON orders (cents)"]}
write = "DELETE FROM orders WHERE id <= 100"
found = check(index_experiment, dsn, {"few": QUERIES["customer"], "most": most}, designs, write).value(
    idea="a dict with an entry for each design"
)
plans = {(design, name): found[design]["plans"][name] for design in designs for name in ("few", "most")}
check_value("the nodes for one customer without an index", kinds(plans["none", "few"])).equals(
    ["Seq Scan"], idea="nothing but the whole table is there to read"
)
check_value("an index for one customer", "by_customer" in json.dumps(plans["two", "few"])).equals(
    True, idea="make the design's indexes before the queries run"
)
### BEGIN HIDDEN TESTS
check_value("the rows that the plan counted", plans["two", "few"][0]["Plan"].get("Actual Rows")).satisfies(
    lambda rows: rows is not None and rows > 0, "counted rows", idea="EXPLAIN with ANALYZE, which runs the query"
)
few, all_pages = buffers(plans["two", "few"]), buffers(plans["none", "few"])
check_value("pages with the index and without", (few, all_pages)).satisfies(
    lambda pages: 10 * pages[0] <= pages[1], "at most a tenth with it", idea="the report for this design and this query"
)
check_value("the nodes for nearly all orders, with an index on cents", kinds(plans["two", "most"])).satisfies(
    lambda found: "Seq Scan" in found, "a Seq Scan", idea="the planner is free, and to read nearly all, it reads all"
)
### END HIDDEN TESTS

# %% test="e2_alone" points=2 title="Each design by itself"
dsn = shop(seeded(12), 6000)
with psycopg.connect(dsn, autocommit=True) as session:
    session.execute("CREATE INDEX already_there ON orders (placed)")
designs = {"a": ["CREATE INDEX a ON orders (customer)"], "b": ["CREATE INDEX b ON orders (cents)"], "none": []}
queries = {"q": QUERIES["customer"], "old": "SELECT count(*) FROM orders WHERE placed < '2026-01-02'"}
write = "INSERT INTO orders SELECT 900000 + n, n, '2027-01-01', 'NO', 'open', 1, '' FROM generate_series(1, 300) AS n"
found = check(index_experiment, dsn, queries, designs, write).value(idea="a dict with an entry for each design")
check_value("the nodes of the plan under design b", kinds(found["b"]["plans"]["q"])).equals(
    ["Seq Scan"], idea="the index of design a must be gone"
)
### BEGIN HIDDEN TESTS
check_value("bytes of log, without any index and with one", (found["none"]["wal"], found["b"]["wal"])).satisfies(
    lambda wal: wal[0] < wal[1], "fewer without", idea="and nothing of a or b is left for the design after them"
)
for design in designs:
    check_value(f"the index of before under design {design}", "already_there" in json.dumps(found[design]["plans"]["old"])).equals(
        True, idea="an index that was there before your call is there for each design"
    )
check_value("the bytes of no index", found["none"]["bytes"]).equals(0, idea="the design has none of its own")
### END HIDDEN TESTS

# %% test="e2_vacuumed" points=1 title="After VACUUM, the index alone is enough"
dsn = shop(seeded(13), 6000)
covering = ["CREATE INDEX ON orders (customer) INCLUDE (cents)"]
update = "UPDATE orders SET note = '' WHERE customer < 300"
found = check(index_experiment, dsn, {"q": QUERIES["revenue"]}, {"one": covering}, update).value(idea="an entry for each design")
report = json.dumps(found["one"]["plans"]["q"])
check_value("rows of the table that were looked at", re.findall('"Heap Fetches": (\\d+)', report)).equals(
    ["0"], idea="an Index Only Scan, on a table that has been vacuumed"
)
### BEGIN HIDDEN TESTS
found = check(index_experiment, dsn, {"q": QUERIES["revenue"]}, {"none": [], "one": covering, "two": covering}, update).value(idea="a dict with all its entries")
for design in ("one", "two"):
    report = json.dumps(found[design]["plans"]["q"])
    check_value(f"rows of the table that design {design} looked at", re.findall('"Heap Fetches": (\\d+)', report)).equals(
        ["0"], idea="the write of the design before it has touched the pages again, even if it was undone"
    )
### END HIDDEN TESTS

# %% test="e2_cost" points=2 title="What it costs: bytes on disk, bytes of log"
dsn = shop(seeded(14), 6000)
sizes = []
with psycopg.connect(dsn, autocommit=True) as session:
    session.execute("CREATE INDEX already_there ON orders (country)")
    for columns in ("customer", "placed, customer"):
        session.execute(f"CREATE INDEX measured ON orders ({columns})")
        sizes.append(session.execute("SELECT pg_relation_size('measured')").fetchone()[0])
        session.execute("DROP INDEX measured")
designs = {"none": [], "one": ["CREATE INDEX ON orders (customer)"]}
designs["two"] = [*designs["one"], "CREATE INDEX ON orders (placed, customer)"]
write = "INSERT INTO orders SELECT 900000 + n, n, '2027-01-01', 'NO', 'open', 1, '' FROM generate_series(1, 300) AS n"
found = check(index_experiment, dsn, {}, designs, write).value(idea="a dict with an entry for each design")
check_value("the bytes of each design", [found[design]["bytes"] for design in designs]).equals(
    [0, sizes[0], sum(sizes)], idea="the design's own indexes, before the write makes them larger"
)
### BEGIN HIDDEN TESTS
wal = [found[design]["wal"] for design in designs]
check_value("bytes of log with no, one and two indexes", wal).satisfies(
    lambda wal: wal[0] >= 300 * 50 and all(more - less >= 300 * 30 for less, more in zip(wal, wal[1:])),
    "300 rows, and 300 entries more for each index, some ten bytes each",
    idea="what the write itself logs, with the design's indexes there",
)
check_value("bytes of log with two indexes", wal[2]).satisfies(
    lambda most: most < 300 * 600, "of 300 small rows", idea="making the index is not part of what the write logs"
)
### END HIDDEN TESTS

# %% test="e2_leaves" points=1 title="The table is as it was"
dsn = shop(seeded(15), 3000)
before = "SELECT (SELECT count(*) FROM orders), (SELECT sum(cents) FROM orders), array_agg(indexname::text ORDER BY indexname) "
before += "FROM pg_indexes WHERE tablename = 'orders'"
with psycopg.connect(dsn, autocommit=True) as session:
    session.execute("CREATE INDEX already_there ON orders (country)")
    rows, cents, names = session.execute(before).fetchone()
write = "UPDATE orders SET cents = cents + 1 WHERE id <= 500"
designs = {"a": ["CREATE INDEX a ON orders (customer)"], "b": ["CREATE INDEX b ON orders (placed)"]}
check(index_experiment, dsn, {"q": QUERIES["customer"]}, designs, write).value(idea="a dict with an entry for each design")
with psycopg.connect(dsn, autocommit=True) as session:
    now = session.execute(before).fetchone()
check_value("the indexes afterwards", now[2]).equals(names, idea="also the last design's indexes go, and no other")
### BEGIN HIDDEN TESTS
check_value("the number of orders and their sum afterwards", (now[0], int(now[1]))).equals(
    (rows, int(cents)), idea="the write is measured, and undone"
)
### END HIDDEN TESTS

# %% [markdown]
r"""
## Choose by what the query asks for

In some databases (MySQL's InnoDB) the table *is* a B-tree by its **primary** key, and a **secondary** index holds that key. In
PostgreSQL the table is a heap of pages, and the primary key's index is like any other B-tree: each entry holds a page and a
place in it. So what an index saves is decided by how many pages its rows lie on.

**Composite**, `(a, b)`. Sorted by `a`, and among equals by `b`. It serves `a = …`, `a = … AND b > …`, and `a = … ORDER BY b`:
what is wanted lies in one piece, in order, so that a `LIMIT` can stop early and nobody sorts. Columns compared by `=` come
first, then the one for the range or the order. It does not serve `b = …` alone, as you saw. (Since version 18, PostgreSQL can
*skip* from one value of `a` to the next. That helps if `a` has few values, such as four countries, and not with 30,000 moments
in time.)

**Covering**, `(a) INCLUDE (b)`. Holds `b` as well, unsorted, so that an Index Only Scan need not go to the table. It pays when
the rows lie on very many pages: for 1,500 rows all over the table, an index on `a` alone hardly beats reading everything.

**Partial**, `… WHERE status = 'open'`. Only the rows for which the condition holds have an entry, so it is small, and all other
rows are written without touching it. A query can use it if its own `WHERE` implies that of the index, in a way simple enough for
the planner to see.

**Block range (BRIN)**. For each range of neighbouring pages only the smallest and the largest value. Tiny. It helps if the
table lies on disk in the order of the column, as orders by time do. It cannot say where in the range a row is, so whole ranges
are read, and a range has 128 pages unless you say otherwise: `WITH (pages_per_range = 8)` makes more entries, still few, and
less to read. New ranges are summarised by the next `VACUUM`; until then they are read whenever the index is used.

**Hash**, `USING hash (a)`. Serves `=` of one column and nothing else: no range, no order, no uniqueness, no Index Only Scan. For
long keys it can be smaller than a B-tree.

**Predict**, for the query for one day in a table in order of time: which index needs fewer pages, B-tree or block range? And
how many times smaller is the other one?
"""

# %%
with psycopg.connect(dsn := shop(np.random.default_rng(1)), autocommit=True) as session:
    session.execute("VACUUM (ANALYZE) orders")
    print(f"{'no index':30}{buffers(explain(session, QUERIES['day'])):4} pages read")
    for kind in ("btree (placed)", "brin (placed)", "brin (placed) WITH (pages_per_range = 8)"):
        with session.transaction(force_rollback=True):
            session.execute(f"CREATE INDEX tried ON orders USING {kind}")
            [(size,)] = session.execute("SELECT pg_relation_size('tried') / 1024").fetchall()
            name = kind.replace(" WITH (pages_per_range = 8)", ", by 8 pages")
            print(f"{name:30}{buffers(explain(session, QUERIES['day'])):4} pages read, {size:4} KB of index")

# %% [markdown] exercise="e3" title="An index for each query" level="core" minutes=30 exports=["INDEXES"] goals=[2]
r"""
Bind `INDEXES` to a dict with the five names of `QUERIES` (in the set-up cell, which you can print). Under each name stands one
`CREATE INDEX` statement on `orders`. The tests try each by `tried` (set-up cell) on a database as `shop` makes it, with 30,000
orders and other random numbers: the primary key is the only other index, `VACUUM (ANALYZE) orders` has run, and the planner's
settings are the usual ones. Your index is for every customer and every day: the tests also ask the query with another customer
than 77, another hundred of customers than 100 to 199, and another day of the year. With your index

- every query looks at no more than a **tenth** of the pages that it needs without, by `buffers`;
- `"customer"`: nothing further;
- `"newest"`: nothing is sorted: the plan has no `Sort` or `Incremental Sort` node;
- `"revenue"`: the plan has an `Index Only Scan`;
- `"open"`: the index is at most 32 KB large (four pages), and an order that is inserted with another status, whichever, makes
  no entry in it;
- `"day"`: the index is at most 64 KB large (eight pages).

KB are 1,024 bytes, and the size is what `pg_relation_size` says. The index's name is yours to choose.
"""

# %% [markdown] hints="e3" reading="DDIA 3, \"Other Indexing Structures\"; PostgreSQL's manual, 11.3, 11.8, 11.9 and 65.5 (BRIN)"
r"""
1. For each query, ask: which column is compared by `=`, what is the order, what else is asked for, and how many rows does it
   concern?
2. The section above has five kinds of index, and there are five queries. Two of them need the same first column and a different
   continuation.
3. `"newest"`: `(customer, placed)`, which is read backwards. `"revenue"`: `… INCLUDE (cents)`. `"open"`: `… WHERE status =
   'open'`. `"day"`: a block range index with ranges far below 128 pages.
"""

# %% solution="e3"
### BEGIN SOLUTION
INDEXES = {
    "customer": "CREATE INDEX by_customer ON orders (customer)",
    "newest": "CREATE INDEX by_customer_and_time ON orders (customer, placed)",
    "revenue": "CREATE INDEX revenue ON orders (customer) INCLUDE (cents)",
    "open": "CREATE INDEX still_open ON orders (id) WHERE status = 'open'",
    "day": "CREATE INDEX by_time ON orders USING brin (placed) WITH (pages_per_range = 8)",
}
### END SOLUTION

# %% test="e3_customer" points=1 title="The orders of one customer"
with psycopg.connect(shop_for_trials(), autocommit=True) as session:
    without = buffers(explain(session, QUERIES["customer"]))
other = str(seeded(31).integers(2000))
with tried(shop_for_trials(), INDEXES["customer"]) as session:
    explained = explain(session, QUERIES["customer"])
    of_other = explain(session, QUERIES["customer"].replace("77", other))
check_value(f"pages for one customer, of {without} without an index", buffers(explained)).satisfies(
    lambda pages: pages <= without / 10, "at most a tenth", idea="the entries of one customer must lie side by side"
)
### BEGIN HIDDEN TESTS
check_value(f"pages for customer {other}, of {without} without an index", buffers(of_other)).note("seed 31").satisfies(
    lambda pages: pages <= without / 10, "at most a tenth", idea="an index for every customer"
)
### END HIDDEN TESTS

# %% test="e3_newest" points=1 title="The newest orders of one customer, unsorted"
numbered = "SELECT customer, placed, row_number() OVER (PARTITION BY customer ORDER BY placed DESC) AS n FROM orders"
with psycopg.connect(shop_for_trials(), autocommit=True) as session:
    without = buffers(explain(session, QUERIES["newest"]))
    [(idle,)] = session.execute(f"SELECT customer FROM ({numbered}) AS numbered WHERE n = 3 ORDER BY placed LIMIT 1").fetchall()
with tried(shop_for_trials(), INDEXES["newest"]) as session:
    explained = explain(session, QUERIES["newest"])
    of_other = explain(session, QUERIES["newest"].replace("77", str(idle)))
check_value(f"pages for the newest of one customer, of {without} without an index", buffers(explained)).satisfies(
    lambda pages: pages <= without / 10, "at most a tenth", idea="the entries of one customer must lie side by side"
)
### BEGIN HIDDEN TESTS
check_value("nodes that sort", [kind for kind in kinds(explained) if "Sort" in kind]).equals(
    [], idea="among the entries of one customer, the index can be in the order that is asked for"
)
check_value(f"pages for the newest of customer {idle}, who has not ordered for long", buffers(of_other)).satisfies(
    lambda pages: pages <= without / 10, f"at most a tenth of {without}", idea="an index for every customer"
)
### END HIDDEN TESTS

# %% test="e3_revenue" points=1 title="A sum from the index alone"
with psycopg.connect(shop_for_trials(), autocommit=True) as session:
    without = buffers(explain(session, QUERIES["revenue"]))
first = int(seeded(33).integers(200, 1900))
with tried(shop_for_trials(), INDEXES["revenue"]) as session:
    explained = explain(session, QUERIES["revenue"])
    of_others = explain(session, QUERIES["revenue"].replace("100 AND 199", f"{first} AND {first + 99}"))
check_value("the nodes of the sum over a hundred customers", kinds(explained)).satisfies(
    lambda found: "Index Only Scan" in found, "an Index Only Scan", idea="all that the query asks for must be in the index"
)
### BEGIN HIDDEN TESTS
check_value(f"pages for the sum, of {without} without an index", buffers(explained)).satisfies(
    lambda pages: pages <= without / 10, "at most a tenth", idea="and the column with the condition comes first"
)
check_value(f"pages for the sum over customers from {first} on, of {without}", buffers(of_others)).note("seed 33").satisfies(
    lambda pages: pages <= without / 10, "at most a tenth", idea="an index for every customer"
)
### END HIDDEN TESTS

# %% test="e3_open" points=1 title="The few that are open"
others = "INSERT INTO orders SELECT 1000000 + n, n, '2027-01-01', 'NO', CASE n % 2 WHEN 0 THEN 'lost' ELSE 'sent' END, n, '' "
others += "FROM generate_series(1, 100) AS n"


def records(session):
    """How many records a hundred orders that are not open write to the log, which then are undone."""
    with session.transaction(force_rollback=True):
        return explain(session, others)[0]["Plan"]["WAL Records"]


with psycopg.connect(shop_for_trials(), autocommit=True) as session:
    without, fewest = buffers(explain(session, QUERIES["open"])), records(session)
with tried(shop_for_trials(), INDEXES["open"]) as session:
    explained, more = explain(session, QUERIES["open"]), records(session)
    [(size,)] = session.execute("SELECT pg_indexes_size('orders') - pg_relation_size('orders_pkey')").fetchall()
check_value(f"pages for what is open, of {without} without an index", buffers(explained)).satisfies(
    lambda pages: pages <= without / 10, "at most a tenth", idea="does the WHERE of the query imply that of the index?"
)
### BEGIN HIDDEN TESTS
check_value("the size of the index in KB", size / 1024).satisfies(
    lambda size: size <= 32, "at most 32", idea="only the rows that are asked for need an entry"
)
check_value(f"records in the log of 100 orders with other statuses, {fewest} without the index", more).satisfies(
    lambda more: more < fewest + 25, "about as many", idea="an order with any other status than 'open' needs no entry"
)
### END HIDDEN TESTS

# %% test="e3_day" points=1 title="One day, and an index of a few pages"
with psycopg.connect(shop_for_trials(), autocommit=True) as session:
    without = buffers(explain(session, QUERIES["day"]))
day = datetime(2026, 1, 1) + timedelta(days=int(seeded(35).integers(360)))
another = f"SELECT sum(cents) FROM orders WHERE placed >= '{day}' AND placed < '{day + timedelta(days=1)}'"
with tried(shop_for_trials(), INDEXES["day"]) as session:
    explained, of_other = explain(session, QUERIES["day"]), explain(session, another)
    [(size,)] = session.execute("SELECT pg_indexes_size('orders') - pg_relation_size('orders_pkey')").fetchall()
check_value("the size of the index in KB", size / 1024).satisfies(
    lambda size: size <= 64, "at most 64", idea="an entry a row is too much; the table lies in the order of time"
)
### BEGIN HIDDEN TESTS
check_value(f"pages for one day, of {without} without an index", buffers(explained)).satisfies(
    lambda pages: pages <= without / 10, "at most a tenth", idea="how many pages does one entry stand for?"
)
check_value(f"pages for {day:%d %B}, of {without} without an index", buffers(of_other)).note("seed 35").satisfies(
    lambda pages: pages <= without / 10, "at most a tenth", idea="an index for every day"
)
### END HIDDEN TESTS

# %% [markdown]
r"""
## Two kinds of work, two ways to lay out a table

**Transaction processing (OLTP)** handles one order at a time: find it by a key, change it, within milliseconds, thousands of
times a second, and durably. **Analytics (OLAP)** asks about all of them: revenue by country and month, over millions of rows,
but of few columns. The first wants a row in one piece. The second wants a *column* in one piece.

![Four orders with id, country and cents, laid out in two ways: by rows, in two pages of two whole orders each; by columns, in three pieces of four values each](d02_indexes_and_columns_layout.svg)

Count bytes for two queries on our 30,000 orders: one whole order by its id, and `sum(cents)` over all. A row store reads pages.
In the simplest column store each column is a file of its own, read in blocks of 8 KB.

**Predict.** Which layout reads more for each of the two, and by what factor, roughly?
"""

# %%
with psycopg.connect(dsn, autocommit=True) as session:
    one = buffers(explain(session, "SELECT * FROM orders WHERE id = 12345")) * 8192
    every = buffers(explain(session, "SELECT sum(cents) FROM orders")) * 8192
widths = {"id": 4, "customer": 4, "placed": 8, "country": 2, "status": 4, "cents": 4, "note": 100}  # bytes a value
touched = {
    "one order by its id": (one, len(widths) * 8192),  # the place in each file follows from the row's number
    "sum(cents) of all": (every, -(-30_000 * widths["cents"] // 8192) * 8192),
}
fig, ax = plt.subplots(figsize=(6.5, 2.6))
for k, (layout, marker) in enumerate((("rows", "s"), ("columns", "o"))):
    kilobytes = [pair[k] / 1024 for pair in touched.values()]
    _ = ax.plot(kilobytes, list(touched), marker, markersize=9, color=figures.OKABE_ITO[k], label=layout)
    for place, value in enumerate(kilobytes):
        _ = ax.annotate(f"{value:.0f}", (value, place), xytext=(0, 9), textcoords="offset points", ha="center")
_ = ax.set(xscale="log", xlim=(10, 10_000), ylim=(1.5, -0.7), xlabel="KB read (logarithmic)", title="Each layout is good at one of the two")
_ = ax.legend(loc="lower left")
figures.show(
    fig,
    alt="Points on a line for each query, at the KB read. For one whole order by its id the row layout reads 24 KB and the column layout 56. For the sum over one column of all "
    "orders the row layout reads about 4900 KB and the column layout about 120, some 40 times less.",
)

# %% [markdown]
r"""
The factor of the sum is about the width of a row, with its header, over that of the column. For the single order the columns
lose: one block for each of seven columns, and a new row would be written to seven places. And that was before **compression**. Values of one
column are alike, and often repeat, so that two simple ideas go far:

- a **dictionary**: each distinct value is stored once, and the rows hold small numbers (its *codes*); with a sorted dictionary,
  codes are ordered like values;
- **run-length encoding**: `NO NO NO NO` is stored as (`NO`, 4). It thrives on sorted columns.

A row store can hardly use them, since neighbouring bytes belong to different columns. Look at what a real column store, DuckDB,
has done with the same orders. (It keeps rows in groups of up to 122,880, and in each group every column by itself, with its
smallest and largest value: block ranges again.) `BitPacking` stores whole numbers in as few bits as their range needs;
`DICT_FSST` is a dictionary whose texts are compressed as well.
"""

# %%
import pandas as pd

with tempfile.TemporaryDirectory() as folder, duckdb.connect(Path(folder, "orders.db")) as duck:
    frame = pd.DataFrame(orders(np.random.default_rng(1), 30_000), columns=list(widths))
    _ = duck.execute("CREATE TABLE orders AS SELECT * FROM frame")
    _ = duck.execute("CHECKPOINT")
    stored = duck.execute("SELECT column_name, compression FROM pragma_storage_info('orders') WHERE segment_type <> 'VALIDITY'").fetchall()
    for column in widths:
        print(f"{column:9}", *sorted({how for name, how in stored if name == column}))

# %% [markdown]
r"""
**Snowflake** is a column store as well, for analytics. It cuts a table into *micro-partitions* of 50 to 500 MB (before
compression), each with its columns apart and the range of values of each column, and skips those that cannot hold what is asked
for. Its standard tables have no indexes at all, and a declared `PRIMARY KEY` is not enforced. That one row can be changed does
not mean that it is made for it: micro-partitions are never changed, only replaced. We run the stand-in here, which shares the
connector, the SQL and the layout by columns, and none of the distances.

## A fair comparison

Two systems are compared fairly if the *data* and the *statements* are the same, the *answers* are equal, both have run once
before (memory filled, plans made), and what is not part of the work, such as connecting, is not in the time. Single times are
noise, so one takes the median of several. Where times are worth nothing, as with a stand-in, agreement is still worth knowing.

Python's interfaces to databases look alike (PEP 249): a connection has a `cursor()`, the cursor `execute(sql)` and
`fetchall()`. They are not alike: `fetchall()` after an `UPDATE` is an error in psycopg, and returns a row count in DuckDB and
Snowflake; `7 / 4` is 1 in PostgreSQL and 1.75 in the other two. The rows of a `SELECT` come in any order unless one is asked for. And a sum may be an `int` here, a `Decimal` or a
`float` there; in Python `5 == 5.0 == Decimal(5)`, and all three have the same hash.
"""

# %%
with tempfile.TemporaryDirectory() as folder:
    dsn = server().dsn()
    for system in SYSTEMS:
        stock(system, dsn, folder, [(1, "NO", 250), (2, "FR", 990), (3, "NO", 125)])
        with connect(system, dsn, folder) as connection:
            cursor = connection.cursor()
            _ = cursor.execute("UPDATE sales SET cents = cents + 5 WHERE id = 3")
            _ = cursor.execute("SELECT country, sum(cents) FROM sales GROUP BY country")
            print(f"{system:11}", sorted((country, int(cents)) for country, cents in cursor.fetchall()))
print("Snowflake is", "the stand-in" if snowflake.stands_in() else "a real account")

# %% [markdown] exercise="e4" title="The same work on three systems" level="core" minutes=35 exports=["compare"] goals=[3]
r"""
Write `compare(dsn, folder, workloads, k, clock)`. `connect(system, dsn, folder)` from the set-up cell opens each of the three
`SYSTEMS`; their tables are there already. `workloads` is a dict from names to lists of SQL statements, of which the last is a
`SELECT`; `k >= 1` is an odd number; `clock()` returns the time in seconds.

Take the systems in the order of `SYSTEMS`, each with one connection and one cursor on it (in DuckDB, each cursor has temporary
tables of its own), and on each the workloads in their order. A workload is run `k + 1` times in a row, **the first time
uncounted**: no clock is asked. In each of the other `k` runs the clock is asked exactly twice: right before the first statement,
and when the rows of the last one have been fetched. A run executes all statements in order, and fetches the rows of the last.
Close each connection before the next is opened. Return a dict with one entry a workload:

- `"median"`: a dict from each system to the median of its `k` times;
- `"rows"`: a dict from each system to the list of rows that its last run fetched, each a tuple;
- `"agree"`: `True` if these rows are the same in all three systems, in whatever order, but equally often; numbers are the same
  if they are equal, whatever their types.

On the data of the cell above, with `k = 1` and a clock that counts 0, 1, 2, …, `compare(dsn, folder, {"one": ["SELECT cents
FROM sales WHERE id = 2"]}, 1, clock)` is `{"one": {"median": {"PostgreSQL": 1, "DuckDB": 1, "Snowflake": 1}, "rows":
{"PostgreSQL": [(990,)], "DuckDB": [(990,)], "Snowflake": [(990,)]}, "agree": True}}`.
"""

# %% [markdown] hints="e4" reading="DWT 1, on how operational and analytical systems differ; DDIA 3, \"Transaction Processing or Analytics?\""
r"""
1. Write the run of one workload on one cursor first. Where do the two looks at the clock belong, and where does the connection?
2. Two loops, systems outside and workloads inside, and one `with connect(…)` for a system. Agreement can only be judged when
   all three are done.
3. A function `once()` that executes all statements and returns `cursor.fetchall()`; call it once, then `k` times between two
   clocks, and keep its last rows. `Counter(rows)` counts tuples in whatever order; `statistics.median` takes the times.
"""


# %% solution="e4"
def compare(dsn, folder, workloads, k, clock):
    """Median times, last rows, and whether the systems agree, for each workload."""
    ### BEGIN SOLUTION
    report = {name: {"median": {}, "rows": {}} for name in workloads}
    for system in SYSTEMS:
        with connect(system, dsn, folder) as connection:
            cursor = connection.cursor()

            def once(statements):
                for sql in statements:
                    cursor.execute(sql)
                return cursor.fetchall()

            for name, statements in workloads.items():
                once(statements)
                times = []
                for _ in range(k):
                    begin = clock()
                    rows = once(statements)
                    times.append(clock() - begin)
                report[name]["median"][system] = statistics.median(times)
                report[name]["rows"][system] = rows
    for entry in report.values():
        counted = [Counter(rows) for rows in entry["rows"].values()]
        entry["agree"] = all(one == counted[0] for one in counted)
    return report
    ### END SOLUTION


# %% test="e4_ran" points=2 title="All three have done all the work"
work = {"oltp": ["UPDATE sales SET cents = cents + 1 WHERE id = 3", "SELECT cents FROM sales WHERE id = 3"]}
work["olap"] = ["SELECT country, sum(cents) FROM sales GROUP BY country"]
with tempfile.TemporaryDirectory() as folder:
    dsn = server().dsn()
    for system in SYSTEMS:
        stock(system, dsn, folder, [(1, "NO", 250), (2, "FR", 990), (3, "NO", 125)])
    check(compare, dsn, folder, work, 3, iter(range(1000)).__next__).value(idea="a dict with an entry for each workload")
    left = {}
    for system in SYSTEMS:
        with connect(system, dsn, folder) as connection:
            cursor = connection.cursor()
            cursor.execute("SELECT cents FROM sales WHERE id = 3")
            left[system] = [int(cents) for (cents,) in cursor.fetchall()]
check_value("what four runs have made of 125 in each system, looked up afterwards", left).equals(
    {system: [129] for system in SYSTEMS}, idea="k + 1 runs in each system, one of them uncounted"
)

# %% test="e4_median" points=2 title="The median of the counted runs"
work = {"point": ["SELECT cents FROM sales WHERE id = 2"], "all": ["SELECT sum(cents) FROM sales"]}
asked, durations = [], iter([5, 1, 3, 8, 2, 2, 10, 30, 20, 1, 9, 4, 7, 7, 6, 100, 1, 50])


def clock():
    """Each second look is as much later as the list says; a thousand seconds pass between two runs."""
    asked.append(asked[-1] + (next(durations, 0) if len(asked) % 2 else 1000) if asked else 0)
    return asked[-1]


with tempfile.TemporaryDirectory() as folder:
    dsn = server().dsn()
    for system in SYSTEMS:
        stock(system, dsn, folder, [(1, "NO", 250), (2, "FR", 990)])
    found = check(compare, dsn, folder, work, 3, clock).value(idea="a dict with an entry for each workload")
expected = {"PostgreSQL": (3, 2), "DuckDB": (20, 4), "Snowflake": (7, 50)}
check_value("how often the clock was asked", len(asked)).equals(36, idea="twice in each of 3 counted runs, and not otherwise")
for k, name in enumerate(work):
    check_value(f"the medians of workload {name}", found[name]["median"]).equals(
        {system: medians[k] for system, medians in expected.items()}, idea="the middle one of the three times"
    )

# %% test="e4_rows" points=1 title="The rows of the last run"
work = {"both": ["UPDATE sales SET cents = cents * 2 WHERE id = 1", "SELECT id, cents FROM sales ORDER BY id"]}
work["make"] = ["CREATE TEMPORARY TABLE IF NOT EXISTS seen (n int)", "INSERT INTO seen VALUES (7)", "SELECT max(n) FROM seen"]
work["look"] = ["SELECT min(n) FROM seen"]  # a temporary table is there as long as the connection that made it
with tempfile.TemporaryDirectory() as folder:
    dsn = server().dsn()
    for system in SYSTEMS:
        stock(system, dsn, folder, [(1, "NO", 1), (2, "FR", 990)])
    found = check(compare, dsn, folder, work, 1, iter(range(1000)).__next__).value(idea="an entry for each workload")
    with psycopg.connect(dsn) as session:
        now = session.execute("SELECT id, cents FROM sales ORDER BY id").fetchall()
for name, expected in (("both", now), ("make", [(7,)]), ("look", [(7,)])):
    rows = {system: [tuple(map(int, row)) for row in found[name]["rows"][system]] for system in SYSTEMS}
    check_value(f"the rows of workload {name} in each system", rows).equals(
        {system: expected for system in SYSTEMS}, idea="what the last run fetched from its last statement, on one connection"
    )

# %% test="e4_agree" points=2 title="Do they agree?"
rng = seeded(44)
sales = [(n, ["NO", "FR", "DE"][n % 3], int(rng.integers(100, 5000))) for n in range(72)]
work = {
    "sums": ["SELECT country, sum(cents) FROM sales WHERE id < 12 GROUP BY country"],
    "rows": ["SELECT country FROM sales WHERE id < 12"],
}
for k, system in enumerate(SYSTEMS):
    work[f"a price in {system}"] = [f"SELECT id, cents FROM sales WHERE id BETWEEN {18 + 6 * k} AND {23 + 6 * k}"]
    work[f"a country in {system}"] = [f"SELECT country FROM sales WHERE id >= {36 + 12 * k} AND id < {48 + 12 * k}"]
with tempfile.TemporaryDirectory() as folder:
    dsn = server().dsn()
    for k, system in enumerate(SYSTEMS):
        mine = [list(sale) for sale in sales]
        mine[20 + 6 * k][2] += 1
        mine[36 + 12 * k][1] = "FR"
        stock(system, dsn, folder, [tuple(sale) for sale in (mine[::-1] if system == "DuckDB" else mine)])
    found = check(compare, dsn, folder, work, 1, iter(range(1000)).__next__).value(idea="an entry for each workload")
check_value("agreement on equal data", {name: found[name]["agree"] for name in ("sums", "rows")}).equals(
    {"sums": True, "rows": True}, idea="the order of rows does not matter, nor the types of numbers"
)
### BEGIN HIDDEN TESTS
for name in list(work)[2:]:
    check_value(f"agreement where one system has another {name[2:]}", found[name]["agree"]).equals(
        False, idea="to the cent, in all three, and each row equally often"
    )
### END HIDDEN TESTS

# %% [markdown]
r"""
## Work on codes, not on values

A column store gains a second time when it *computes* on the compressed form. A condition such as `low <= v < high` is looked up
in the sorted dictionary, twice, whatever the number of rows; what remains is to compare codes, once a run instead of once a
row. The rows that qualify are ranges of row numbers, and only then are other columns looked at, only in these ranges.

**Predict.** The orders of a year are sorted by country and then counted in runs. How many runs has `country`, and how many has
it in order of time?
"""

# %%
by_time = [row[3] for row in orders(np.random.default_rng(1), 30_000)]
for order, column in (("in order of time", by_time), ("sorted", sorted(by_time))):
    runs = [(value, len(list(same))) for value, same in groupby(column)]
    print(f"{order:16} {len(runs):6} runs, longest {max(length for _, length in runs)}")

# %% [markdown] exercise="e5" title="Answer from a compressed column" level="stretch" minutes=25 exports=["encode", "where", "total"]
r"""
A column of rows 0, 1, 2, … is stored as a dict `{"dictionary": […], "runs": […]}`. The dictionary is the list of the distinct
values, ascending, without `None`; a run is a tuple `(code, length)` of `length >= 1` neighbouring rows with the same value. The
code is the value's place in the dictionary, or `None` for a `NULL`. Neighbouring runs have different codes.

- `encode(values)`: this dict for a list of values, all texts or all whole numbers, or `None` (a `NULL`).
- `where(column, low, high)`: the list of tuples `(start, end)`, ascending, of the ranges of rows `start <= row < end` whose
  values are not `NULL` and have `low <= value < high`. The ranges are as long as possible: no two of them touch.
- `total(column, ranges)`: the sum of the values in the rows of these ranges, which are as `where` returns them and not beyond
  the last row, of a column of whole numbers. `NULL`s add nothing.

The last two never unpack a column: a test has columns of $10^{18}$ rows in three runs.

`encode(["NO", "NO", None, "FR"])` is `{"dictionary": ["FR", "NO"], "runs": [(1, 2), (None, 1), (0, 1)]}`; `where` of it with
`"F"` and `"G"` is `[(3, 4)]`; `total(encode([5, 5, None, 2]), [(1, 4)])` is `7`.
"""

# %% [markdown] hints="e5" reading="DDIA 3, \"Column-Oriented Storage\" and \"Column Compression\""
r"""
1. On paper: the runs of the example with their first and last row. What does a condition on values become as a condition on
   codes?
2. `itertools.groupby` makes the runs. `bisect_left(dictionary, low)` and the same of `high` give the codes that qualify. For
   the sum, count how many rows of each run lie in the ranges.
3. Go along the runs and keep `start`; `end = start + length`. In `where`, if the last range ends at `start`, replace it by a
   longer one. In `total`, the rows shared with `(a, b)` are `max(0, min(end, b) - max(start, a))`.
"""


# %% solution="e5"
def encode(values):
    """The values as a sorted dictionary and runs of codes."""
    ### BEGIN SOLUTION
    dictionary = sorted({value for value in values if value is not None})
    code = {value: place for place, value in enumerate(dictionary)} | {None: None}
    return {"dictionary": dictionary, "runs": [(code[value], len(list(same))) for value, same in groupby(values)]}
    ### END SOLUTION


def where(column, low, high):
    """Ranges of rows whose value is not NULL, at least low and less than high."""
    ### BEGIN SOLUTION
    first, last = (bisect_left(column["dictionary"], bound) for bound in (low, high))
    ranges, start = [], 0
    for code, length in column["runs"]:
        end = start + length
        if code is not None and first <= code < last:
            if ranges and ranges[-1][1] == start:
                start = ranges.pop()[0]
            ranges.append((start, end))
        start = end
    return ranges
    ### END SOLUTION


def total(column, ranges):
    """Sum of the values in these ranges of rows."""
    ### BEGIN SOLUTION
    answer = start = 0
    for code, length in column["runs"]:
        end = start + length
        if code is not None:
            rows = sum(max(0, min(end, b) - max(start, a)) for a, b in ranges)
            answer += column["dictionary"][code] * rows
        start = end
    return answer
    ### END SOLUTION


# %% test="e5_encode" points=1 title="A sorted dictionary and runs"
check(encode, ["NO", "NO", None, "FR"]).equals(
    {"dictionary": ["FR", "NO"], "runs": [(1, 2), (None, 1), (0, 1)]}, idea="distinct values ascending; a NULL is no value"
)
### BEGIN HIDDEN TESTS
check(encode, []).equals({"dictionary": [], "runs": []}, idea="no rows: no values and no runs")
check(encode, [None, None]).equals({"dictionary": [], "runs": [(None, 2)]}, idea="NULLs make runs too")
check(encode, ["", None, "", ""]).equals({"dictionary": [""], "runs": [(0, 1), (None, 1), (0, 2)]}, idea="an empty text is a value")
check(encode, [0, None, -3, 0, 0]).equals(
    {"dictionary": [-3, 0], "runs": [(1, 1), (None, 1), (0, 1), (1, 2)]}, idea="0 is a value; a value may have several runs"
)
### END HIDDEN TESTS

# %% test="e5_where" points=1 title="A condition becomes ranges of rows"
column = {"dictionary": ["FR", "NO"], "runs": [(1, 2), (None, 1), (0, 1)]}
check(where, column, "F", "G").equals([(3, 4)], idea="which codes have values from low to below high?")
### BEGIN HIDDEN TESTS
check(where, column, "A", "Z").equals([(0, 2), (3, 4)], idea="a NULL qualifies for nothing")
check(where, column, "FR", "NO").equals([(3, 4)], idea="low itself is in, high is not")
check(where, column, "NO", "FR").equals([], idea="nothing lies between")
check(where, {"dictionary": [1, 2, 9], "runs": [(0, 5), (1, 5), (2, 5), (0, 1)]}, 0, 5).equals(
    [(0, 10), (15, 16)], idea="ranges that touch are one"
)
huge = {"dictionary": [3, 7], "runs": [(1, 10**18), (0, 10**18), (None, 5)]}
check(where, huge, 0, 5).equals([(10**18, 2 * 10**18)], idea="count with the lengths of runs")
for seed in range(10):
    values = [None if n == 9 else int(n) for n in seeded(seed).integers(0, 10, 40)]
    runs, codes = [], sorted(set(values) - {None})
    for value in values:
        code = None if value is None else codes.index(value)
        runs = [*runs[:-1], (code, runs[-1][1] + 1)] if runs and runs[-1][0] == code else [*runs, (code, 1)]
    rows = [n for n, value in enumerate(values) if value is not None and 2 <= value < 7]
    starts = [n for n in rows if n - 1 not in rows]
    ends = [n + 1 for n in rows if n + 1 not in rows]
    check(where, {"dictionary": codes, "runs": runs}, 2, 7).note(f"seed {seed}").equals(
        list(zip(starts, ends)), idea="the ranges of rows that qualify, as long as possible"
    )
### END HIDDEN TESTS

# %% test="e5_total" points=1 title="A sum over ranges of another column"
column = {"dictionary": [2, 5], "runs": [(1, 2), (None, 1), (0, 1)]}
check(total, column, [(1, 4)]).equals(7, idea="one 5, a NULL that adds nothing, and one 2")
### BEGIN HIDDEN TESTS
check(total, column, []).equals(0, idea="no rows, no sum")
check(total, column, [(0, 1), (3, 4)]).equals(7, idea="several ranges")
huge = {"dictionary": [3, 7], "runs": [(1, 10**18), (0, 10**18), (None, 5)]}
check(total, huge, [(10**18 - 1, 10**18 + 2)]).equals(13, idea="a 7 and two 3, counted by the lengths of runs")
for seed in range(10):
    rng = seeded(seed)
    runs, place = [], -1
    for _ in range(12):
        place = (place + 1 + int(rng.integers(3))) % 5
        runs.append((None if place == 4 else place, int(rng.integers(1, 6))))
    codes = [-4, 0, 6, 11]
    values = [0 if code is None else codes[code] for code, length in runs for _ in range(length)]
    cuts = sorted(int(cut) for cut in rng.choice(len(values), 6, replace=False))
    ranges = list(zip(cuts[::2], cuts[1::2]))
    check(total, {"dictionary": codes, "runs": runs}, ranges).note(f"seed {seed}").equals(
        sum(sum(values[a:b]) for a, b in ranges), idea="for each run, how many of its rows lie in the ranges?"
    )
### END HIDDEN TESTS

# %% [markdown]
r"""
## In practice

**Find out before you choose.** Which statements cost most in all is counted by PostgreSQL's extension `pg_stat_statements`;
which indexes are never used, by the view `pg_stat_user_indexes`. Drop those, but look at the replicas first: they count for
themselves. A `UNIQUE` index has a duty even if nobody reads it.

**In production** an index is made with `CREATE INDEX CONCURRENTLY`, which does not block writers, takes longer, cannot run in a
transaction, and leaves an invalid index behind when it fails. At a hundred times the rows, B-trees grow by a level, a block
range index has some dozens of pages, and the table may no longer fit into memory, so that pages *read* decide.

**Statistics age.** After a large load the planner works with old ones until `ANALYZE` has run. Columns that depend on each
other (city and postcode) are taken as independent, and their estimate is too low by factors: `CREATE STATISTICS` helps.

**Column stores dislike small changes.** Load in batches. Ten thousand single inserts into Snowflake are ten thousand requests
over a network and make as many small micro-partitions. Costs come by the time that a warehouse runs, and a query that cannot
skip partitions reads all of them: sort large tables by what is filtered, often a date.

**Two systems, two truths.** Analytics usually runs on a copy, minutes or hours old. What the numbers mean, and as of when,
belongs on the report; phase 2 is about that.

## Summary

- The root's buffers, hit and read, are the pages of a statement; rows are per loop; the worst estimate explains a bad plan.
- An experiment takes each set of indexes by itself, vacuumed, without any help to the planner, and counts pages, bytes and log.
- Equality first, then range or order; `INCLUDE` for sums over scattered rows; `WHERE` for the few; block ranges where the table
  lies in order.
- OLTP wants rows, OLAP columns; a comparison is fair with the same data, statements and answers, and a stand-in's times are
  nobody's.
- Sorted dictionaries turn conditions on values into conditions on codes, and runs make them one step for many rows.

## Reflection

A colleague proposes: "Our report by country takes four seconds. Let us index `country`, it has only four values, so the index
will be small. If PostgreSQL does not use it, we set `enable_seqscan` to off."

Write 3 to 5 sentences to this colleague. Give yourself a point for each: you say how many pages the index could save, and why;
you say what the setting would do; you propose something that would help the report; you say how you would show that it does,
and what it costs.
"""

# %% [markdown] reflection="reflection"
r"""
A country has a quarter of the orders or so, and they lie on practically every page, so with the index PostgreSQL would still
read the whole table and the index on top: it is right not to use it. Turning off sequential scans makes the planner take the
dearer plan, for this query and for all others of the session, and proves nothing. A covering index (country) INCLUDE (cents)
would let the report read some hundred pages instead of all; or the report belongs on a column store, where it reads two
columns. I would show the buffers before and after, vacuumed, and with it the bytes of the index and what each insert adds to
the log; without a vacuum that keeps up, the gain is lost to heap fetches.
"""

# %% [markdown]
r"""
## Further reading

- *Designing Data-Intensive Applications*, chapter 3, from "Other Indexing Structures" on: secondary, covering and multi-column
  indexes; "Transaction Processing or Analytics?"; column storage, its compression and sort orders.
- *The Data Warehouse Toolkit*, chapter 1: how the goals of operational and analytical systems differ; look for who asks, about
  how many rows, and as of when.
- PostgreSQL's manual: 14.1 for reading plans, chapter 11 for indexes, 65.5 for BRIN.
- D. Abadi, S. Madden, M. Ferreira, "Integrating Compression and Execution in Column-Oriented Database Systems", SIGMOD 2006:
  exercise 5, done for real.
- B. Dageville and others, "The Snowflake Elastic Data Warehouse", SIGMOD 2016: micro-partitions (there simply files), pruning,
  and why storage and computing are apart.
- M. Raasveldt, H. Mühleisen, "DuckDB: an Embeddable Analytical Database", SIGMOD 2019.
"""
