# %% [markdown]
r"""
You will stage the classic anomalies between live sessions of PostgreSQL, see which isolation level stops which, and learn to
say of any history whether it could have happened one transaction at a time.

**You will be able to**

- **derive** the dependencies between transactions and **decide** whether a serial order explains them (exercise 1);
- **provoke** six anomalies on a real server and **tell** its isolation levels apart by what gets through (exercise 2);
- **write** the retry that serializable transactions need, and **say** what must never be retried (exercise 3);
- **distinguish** isolation of transactions from consistency of copies, and **test** a register for linearizability
  (exercise 4).
"""

# %% [markdown]
r"""
## Warm-up

1. An asynchronous follower is three seconds behind. A user writes on the leader and reads on the follower. What may she
   see, and what is the promise called that this breaks?
2. A server acknowledges a commit and loses power at once. What brings the transaction back at the next start?

<details><summary>Answers</summary>

1. The state before her own write, as if it had never happened. The broken promise is *read your writes*. It is a promise
   about copies of data; most of today is about transactions on a single copy, and the last section puts the two side by side.
2. The write-ahead log: its record of the commit was flushed before the acknowledgement, and recovery replays it. That is
   *durability*, the D of ACID. Today is about the I.

</details>

## Set-up

`fresh` makes tables in a place of their own on this notebook's own PostgreSQL server, which starts when it is first needed.
`session` connects to it: each session is a server process with transactions of its own. A transaction begins by itself with a
session's first statement, and ends with `commit()` or `rollback()`; leaving a `with` block commits and closes. Nobody waits
for a lock longer than a second: then the statement fails.
"""

# %% setup=true
import re
from functools import cache
from graphlib import CycleError, TopologicalSorter
from itertools import count, pairwise, permutations

import numpy as np
import psycopg
from matplotlib import pyplot as plt
from psycopg.errors import DeadlockDetected, SerializationFailure

from curriculum.lab import check, check_value, figures, postgres, seeded

figures.style()

LEVELS = ["READ UNCOMMITTED", "READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"]

BANK = "CREATE TABLE account (id int PRIMARY KEY, balance int NOT NULL); INSERT INTO account VALUES (1, {}), (2, {})"


numbers = count(1)


@cache
def home():
    """The connection string of this notebook's database. Its server writes every statement that it hears into its log."""
    dsn = postgres.server().database()
    with psycopg.connect(dsn, autocommit=True) as owner:
        for setting in ("log_statement = 'all'", "lock_timeout = '1s'"):
            owner.execute(f"ALTER DATABASE {owner.info.dbname} SET {setting}")
    return dsn


def fresh(script):
    """The connection string of a place of its own (a schema), in which `script` has been run."""
    name = f"s{next(numbers)}"
    with psycopg.connect(home()) as owner:
        owner.execute(f"CREATE SCHEMA {name}; SET search_path = {name}; {script}")
    return f"{home()} options='-c search_path={name}'"


def session(dsn, level):
    """A new session whose transactions run at this isolation level."""
    connection = psycopg.connect(dsn, cursor_factory=psycopg.ClientCursor)
    connection.isolation_level = psycopg.IsolationLevel[level.replace(" ", "_")]
    return connection


def run(session, sql, parameters=None):
    """Send one statement; the list of its rows, each a tuple (empty if it has none)."""
    cursor = session.execute(sql, parameters)
    return cursor.fetchall() if cursor.description else []


def read(session, account):
    """The balance of an account, as this session sees it."""
    return run(session, "SELECT balance FROM account WHERE id = %s", [account])[0][0]


def write(session, account, balance):
    """Set the balance of an account."""
    run(session, "UPDATE account SET balance = %s WHERE id = %s", [balance, account])


def balances(dsn):
    """All balances as they are committed now, by the accounts' ids."""
    with session(dsn, "READ COMMITTED") as observer:
        return [balance for (balance,) in run(observer, "SELECT balance FROM account ORDER BY id")]


def transcript(start):
    """What the server has heard since its log was `start` characters long: pairs of a server process and a statement."""
    spoken = r"\[(\d+)\] LOG:  (?:statement|execute [^:]*): (.*(?:\n\t.*)*)"  # a statement's further lines begin with a tab
    return [(process, " ".join(sql.split())) for process, sql in re.findall(spoken, postgres.server().log()[start:])]


def failing(sqlstate, times, calls):
    """Adds 1 to account 1, and then, in the first `times` attempts, fails with this SQLSTATE; `calls` grows with each attempt."""

    def work(execute):
        calls.append(len(calls) + 1)
        execute("UPDATE account SET balance = balance + 1 WHERE id = 1")
        if len(calls) <= times:
            execute(f"DO $$ BEGIN RAISE EXCEPTION 'on order' USING ERRCODE = '{sqlstate}'; END $$")
        return len(calls)

    return work


# %% [markdown]
r"""
## Two caretakers lock the last exit

A theatre has two exits, and one rule: during a show at least one of them is unlocked. Anna wants to lock the north exit, Ben
the south one. The program looks before it locks: it counts the *other* unlocked exits, and goes ahead only if there is one.
Both transactions run at REPEATABLE READ, so each works on a stable picture of the data.

**Predict.** Anna and Ben start at the same time. How many exits are unlocked in the end?
"""

# %%
THEATRE = "CREATE TABLE exit (name text PRIMARY KEY, open boolean); INSERT INTO exit VALUES ('north', true), ('south', true)"


def lock(caretaker, door):
    [(others,)] = run(caretaker, "SELECT count(*) FROM exit WHERE open AND name <> %s", [door])
    if others >= 1:
        run(caretaker, "UPDATE exit SET open = false WHERE name = %s", [door])
    return others


dsn = fresh(THEATRE)
with session(dsn, "REPEATABLE READ") as anna, session(dsn, "REPEATABLE READ") as ben:
    print("Anna sees", lock(anna, "north"), "other exit open, Ben sees", lock(ben, "south"))
    anna.commit()
    ben.commit()
    print("open in the end:", run(anna, "SELECT count(*) FROM exit WHERE open")[0][0])

# %% [markdown]
r"""
The audience is locked in. Nobody read anything false: when Anna looked, the south exit *was* open. No row was written twice,
and no error was raised. Run one after the other, in either order, the second caretaker would have seen a locked door and
left the other one alone. Each transaction is right by itself; the *interleaving* is wrong. To say so exactly we need to know which
outcomes count as "one after the other".

## A history is serializable if a serial order explains it

**Isolation** is a promise about concurrent transactions, and its strongest form says: whatever they did, it is as if they
had run one at a time, in *some* order. Such an execution is **serializable**. The order is the database's choice; it
need not be that of the commits.

PostgreSQL keeps several *versions* of each row, so a history says for each read whose version it saw, and for each item in
which order its versions were installed. In Adya's theory (1999) transactions then depend on each other in three ways:

| Edge | From → to | Why the first comes before the second in any equivalent serial order |
| --- | --- | --- |
| **ww** | writer → writer of the *next* version of the item | the second replaced what the first had left |
| **wr** | writer → reader of that version | the reader saw it |
| **rw** | reader → writer of the *next* version of the item | the reader did *not* see it |

The third, the **anti-dependency**, is the one that is easily forgotten: it comes from something that was not seen. (A condition
such as `WHERE open` also "reads" rows that are not there yet; the full theory counts those too. Our items are always there.)
Here is the theatre as such a history. Transaction 0 stands for the state before the show.
"""

# %%
versions = {"north": [1], "south": [2]}  # item: its writers, oldest version first
reads = [(1, "south", 0), (2, "north", 0)]  # reader, item, whose version it saw


def misreads(order, versions, reads):
    """What transactions would see differently from the history if they ran one at a time in this order."""
    latest, found = {}, []
    for transaction in order:
        seen = [(item, writer) for reader, item, writer in reads if reader == transaction]
        found += [f"{transaction} would see {item} of {latest.get(item, 0)}" for item, w in seen if latest.get(item, 0) != w]
        latest |= {item: transaction for item, writers in versions.items() if transaction in writers}
    return found


for order in permutations([1, 2]):
    print(f"serial order {order}: {', '.join(misreads(order, versions, reads)) or 'the same reads'}")

# %% [markdown]
r"""
Two orders, and neither gives the reads that we saw: not serializable. Trying all $n!$ orders is a definition, and no
algorithm. The edges are one:

**Theorem.** A history of committed transactions can be explained by a serial order if and only if the graph of its ww, wr
and rw edges has no cycle. Every topological order of the graph is such a serial order.

*Why.* Each edge is forced, as the table says; so a cycle leaves no order. Conversely, take an order along all edges. The ww
edges put the versions of each item in their order. And when a transaction reads a version, its writer came before (wr), and
the next version's writer comes after (rw), so that version is the latest there is.

**Predict** the edges of the theatre before you look at the left picture. The right one has three transactions, one of which
only reads; we shall meet it again.
"""

# %%
DASHES = {"ww": "-", "wr": "--", "rw": ":"}


def draw(ax, places, edges, title):
    """Transactions as circles; each kind of edge has its own dashes and its name."""
    for before, after, kind in edges:
        (x, y), (u, v) = places[before], places[after]
        bend = {"arrowstyle": "-|>", "connectionstyle": "arc3,rad=0.25", "linestyle": DASHES[kind], "linewidth": 1.8}
        bend |= {"shrinkA": 17, "shrinkB": 17, "color": figures.OKABE_ITO[0 if kind == "rw" else 1]}
        _ = ax.annotate("", (u, v), (x, y), arrowprops=bend)
        middle = (x + u) / 2 + 0.125 * (v - y), (y + v) / 2 - 0.125 * (u - x)
        _ = ax.text(*middle, kind, ha="center", va="center", bbox={"facecolor": "white", "edgecolor": "none", "pad": 1})
    for transaction, (x, y) in places.items():
        _ = ax.plot(x, y, "o", markersize=28, color="white", markeredgecolor="black")
        _ = ax.text(x, y, f"T{transaction}", ha="center", va="center")
    _ = ax.set(title=title, xlim=(-0.5, 2.5), ylim=(-0.6, 1.7), aspect="equal")
    ax.axis("off")


# %%
fig, (left, right) = plt.subplots(1, 2, figsize=(7.5, 2.8))
draw(left, {1: (0, 0.5), 2: (2, 0.5)}, [(1, 2, "rw"), (2, 1, "rw")], "Write skew: two rw edges, a cycle")
draw(right, {1: (0, 0), 2: (2, 0), 3: (1, 1.3)}, [(1, 2, "rw"), (2, 3, "wr"), (3, 1, "rw")], "With a reader: a cycle of three")
figures.show(
    fig,
    alt="Two graphs. Left, the theatre: T1 and T2 with a dotted rw edge in each direction, a cycle. Right: an rw edge from T1 to T2, a "
    "dashed wr edge from T2 to the reader T3, and an rw edge from T3 back to T1: a cycle that vanishes if T3 is left out.",
)

# %% [markdown]
r"""
Where only committed versions are read and replaced, ww and wr edges follow the order of the commits, so they alone never make
a cycle. Every cycle that a database with snapshots has to fear contains **rw** edges, and a check that forgets these calls the
theatre fine.
"""

# %% [markdown] exercise="e1" title="Dependencies, and an order that respects them" level="warm-up" minutes=25 exports=["dependencies", "serial_order"]
r"""
Transactions are positive integers; all of them have committed. A history has two parts:

- `versions`, a dict from item to the list of the transactions that wrote it, oldest version first. A transaction is at most
  once in a list. Before the first version there is the initial one, "of transaction 0", which is in no list.
- `reads`, a list of `(reader, item, writer)`: `reader` saw the version that `writer` installed (0: the initial one; it may
  be the reader's own). An item that nobody wrote may be missing from `versions`.

Write

- `dependencies(versions, reads)`: the set of all edges as tuples `(before, after, kind)`, `kind` one of `"ww"`, `"wr"`,
  `"rw"`, exactly as in the table above: ww and rw lead to the writer of the **next** version only. 0 is not a transaction, so
  it is in no edge; nor is there an edge from a transaction to itself.
- `serial_order(versions, reads)`: a list of *all* transactions that write or read, each once, such that every edge points
  forward; any such order will do. If there is none, `None`.

`dependencies({"north": [1], "south": [2]}, [(1, "south", 0), (2, "north", 0)])` is `{(1, 2, "rw"), (2, 1, "rw")}`, and
`serial_order` of that is `None`; of `({"x": [2, 1]}, [(3, "x", 2)])` it is `[2, 3, 1]`.
"""

# %% [markdown] hints="e1" reading="DDIA 7, on serializable snapshot isolation: detecting reads of stale versions, and writes that affect prior reads, are two ways to find an rw edge"
r"""
1. Do `{"x": [2, 1]}` with `[(3, "x", 2)]` on paper: which version did 3 see, and which one did it miss?
2. Put 0 before each list of writers. Then a version's successor is the next entry, if there is one, also for the initial
   version. Collect all triples first, and throw out those with 0 or with the same transaction twice at the end.
3. `pairwise(writers)` gives the ww edges. For a read: `writers = [0, *versions.get(item, [])]`, and the successor is at
   `writers.index(writer) + 1`. `TopologicalSorter({after: {before, …}, …}).static_order()` gives an order, or raises
   `CycleError`.
"""


# %% solution="e1"
def dependencies(versions, reads):
    """The ww, wr and rw edges of a history, as a set of (before, after, kind)."""
    ### BEGIN SOLUTION
    edges = set()
    for writers in versions.values():
        edges |= {(before, after, "ww") for before, after in pairwise(writers)}
    for reader, item, writer in reads:
        edges.add((writer, reader, "wr"))
        writers = [0, *versions.get(item, [])]
        missed = writers[writers.index(writer) + 1 :]
        edges |= {(reader, successor, "rw") for successor in missed[:1]}
    return {(before, after, kind) for before, after, kind in edges if before != 0 and before != after}
    ### END SOLUTION


def serial_order(versions, reads):
    """A serial order that explains the history, as a list of its transactions; None if there is none."""
    ### BEGIN SOLUTION
    transactions = {writer for writers in versions.values() for writer in writers} | {reader for reader, _, _ in reads}
    before = {transaction: set() for transaction in transactions}
    for first, second, _ in dependencies(versions, reads):
        before[second].add(first)
    try:
        return list(TopologicalSorter(before).static_order())
    except CycleError:
        return None
    ### END SOLUTION


# %% test="e1_seen" points=1 title="Writers and readers come after what they built on"
chain = {(2, 1, "ww"), (2, 3, "wr"), (3, 1, "rw")}
check(dependencies, {"x": [2, 1]}, [(3, "x", 2)]).equals(chain, idea="one edge of each kind: replaced, seen, not seen")
### BEGIN HIDDEN TESTS
check(dependencies, {"x": [1, 2, 3]}, []).equals(
    {(1, 2, "ww"), (2, 3, "ww")}, idea="each version replaces the one just before it; longer ways follow"
)
check(dependencies, {"x": [1], "y": [1]}, [(2, "x", 1), (2, "y", 1), (1, "x", 1)]).equals(
    {(1, 2, "wr")}, idea="a transaction that reads its own write waits for nobody"
)
check(dependencies, {"x": [4, 7], "y": [7]}, [(5, "y", 7), (4, "x", 4), (9, "z", 0)]).equals(
    {(4, 7, "ww"), (7, 5, "wr"), (4, 7, "rw")}, idea="all items count; the initial version has no writer to wait for"
)
### END HIDDEN TESTS

# %% test="e1_missed" points=2 title="A reader comes before whoever wrote what it did not see"
exits = ({"north": [1], "south": [2]}, [(1, "south", 0), (2, "north", 0)])
check(dependencies, *exits).equals({(1, 2, "rw"), (2, 1, "rw")}, idea="each missed the other's write")
### BEGIN HIDDEN TESTS
check(dependencies, {"x": [1, 2]}, [(9, "x", 0)]).equals(
    {(1, 2, "ww"), (9, 1, "rw")}, idea="only the writer of the next version; the rest follows"
)
check(dependencies, {"x": [1, 2]}, [(1, "x", 0), (2, "x", 0)]).equals(
    {(1, 2, "ww"), (2, 1, "rw")}, idea="a lost update: 2 read the initial version, and the next one is by 1"
)
check(dependencies, {"x": [1, 2]}, [(3, "x", 2), (4, "x", 0)]).equals(
    {(1, 2, "ww"), (2, 3, "wr"), (4, 1, "rw")}, idea="who read the latest version missed nothing"
)
### END HIDDEN TESTS

# %% test="e1_order" points=2 title="A serial order, where there is one"


def explains(order, versions, reads):
    """Whether running the transactions in this order gives the same versions and the same reads: a replay, not a graph."""
    latest, installed = {}, {item: [] for item in versions}
    everybody = {w for writers in versions.values() for w in writers} | {r for r, _, _ in reads}
    if not isinstance(order, (list, tuple)) or sorted(order) != sorted(everybody):
        return False
    for transaction in order:
        if any(r == transaction and w not in (r, latest.get(item, 0)) for r, item, w in reads):
            return False
        for item, writers in versions.items():
            if transaction in writers:
                latest[item] = transaction
                installed[item].append(transaction)
    return installed == versions


simple = ({"x": [2, 1]}, [(3, "x", 2)])
check(serial_order, *simple).equals([2, 3, 1], idea="2 wrote what 3 saw; 3 did not see what 1 wrote")
### BEGIN HIDDEN TESTS
check(serial_order, {}, [(8, "x", 0), (5, "x", 0)]).satisfies(
    lambda order: isinstance(order, list) and sorted(order) == [5, 8],
    "both readers, in either order",
    idea="transactions that only read belong into the list",
)
for seed in range(12):
    rng = seeded(seed)
    names = (1 + rng.permutation(9)[:4]).tolist()
    versions, reads, latest = {item: [] for item in "xyz"}, [], {}
    for name in names:  # a serial execution, reported in another order
        for item in "xyz":
            if rng.random() < 0.4:
                reads.append((name, item, latest.get(item, 0)))
            if rng.random() < 0.4:
                versions[item].append(name)
                latest[item] = name
    reads = [reads[k] for k in rng.permutation(len(reads))]
    check(serial_order, versions, reads).note(f"seed {seed}").satisfies(
        lambda order, history=(versions, reads): explains(order, *history),
        "an order that gives the same reads and versions when replayed",
        idea="this history came from a serial run, so an order exists: does every edge of yours point forward?",
    )
### END HIDDEN TESTS

# %% test="e1_none" points=1 title="No serial order: None"
exits = ({"north": [1], "south": [2]}, [(1, "south", 0), (2, "north", 0)])
check(serial_order, *exits).equals(None, idea="two edges that point at each other")
### BEGIN HIDDEN TESTS
report = ({"a": [1], "b": [2]}, [(1, "a", 0), (1, "b", 0), (2, "b", 0), (3, "a", 0), (3, "b", 2)])
check(serial_order, *report).equals(None, idea="1 missed 2, 2 was seen by 3, and 3 missed 1: follow the edges around")
check(serial_order, {"x": [1, 2]}, [(1, "x", 0), (2, "x", 0)]).equals(None, idea="a lost update is a cycle of ww and rw")
check(serial_order, {"x": [1, 2], "y": [2, 1]}, []).equals(None, idea="two items, replaced in opposite orders")
check(serial_order, {"x": [1], "y": [2], "z": [3, 4]}, [(1, "y", 2), (2, "x", 1), (4, "z", 3)]).equals(
    None, idea="each saw the other's write; the rest of the history does not help"
)
### END HIDDEN TESTS

# %% [markdown]
r"""
## What each level promises, and what PostgreSQL does

The SQL standard defines its levels by *phenomena* that must not occur. Berenson and others showed in 1995 that its three are
too few, and named more. In plain words, for transactions T1 and T2:

- **Dirty read**: T2 reads what T1 wrote and has not committed.
- **Non-repeatable read**: T1 reads a row twice and gets two values, since T2 committed a change in between.
- **Phantom**: T1 asks the same *question* twice (rows that satisfy a condition), and T2 added a row to the answer.
- **Lost update**: both read a value and write what they computed from it; the second write buries the first.
- **Write skew**: both read the same rows and write *different* ones, as in the theatre.
- **Read-only anomaly**: a transaction that only reads sees a state that no serial order has (Fekete and others, 2004).

PostgreSQL has snapshots, and its four names stand for three behaviours. At READ COMMITTED each *statement* sees what was
committed when the statement began, and its own transaction's writes; READ UNCOMMITTED is the same under another name. At REPEATABLE READ the *transaction* has
one snapshot, taken by its first statement, and whoever wants to write a row that somebody else has changed since then is
refused ("first updater wins"): this is **snapshot isolation**. SERIALIZABLE adds a watch over rw edges. **Predict** the second
value at either level:
"""

# %%
dsn = fresh(BANK.format(100, 100))
start = len(postgres.server().log())
for level in ("READ COMMITTED", "REPEATABLE READ"):
    with session(dsn, level) as one, session(dsn, level) as two:
        first = read(one, 1)
        write(two, 1, first + 10)
        two.commit()
        print(f"{level + ':':16} T1 reads {first}, T2 commits {first + 10}, T1 reads {read(one, 1)}")

# %% [markdown]
r"""
A program's own report is one witness; the server's log is another. Here is what it heard, with the process that heard it.
Two processes, statements in turns, and each `BEGIN` names the level. That is what "concurrent" looks like, and every claim
about isolation that was tried on one connection, or with every statement committed by itself, lacks it.
"""

# %%
heard = transcript(start)
processes = list(dict.fromkeys(process for process, _ in heard))
for process, statement in heard[: len(heard) // 2]:
    print(f"process {processes.index(process) + 1}: {statement}")

# %% [markdown]
r"""
**Vary.** Use *one* session for both parts, or commit after T1's first read. What becomes of the anomaly, and why does that
prove nothing about the level?

How does SERIALIZABLE work? Under snapshot isolation, every cycle of the dependency graph contains **two consecutive rw edges**,
T_in → pivot → T_out, with T_out the first of the cycle to commit (Fekete and others, 2005). So PostgreSQL notes what each
serializable transaction has read, without making anybody wait, and when such a *dangerous structure* appears it refuses one
of the transactions with SQLSTATE **40001**, `serialization_failure`. It does not look for the whole cycle, so now and then it
refuses somebody whom your `serial_order` would have let pass. Safe, and cheap; but the price is that the program must try
again.
"""

# %% [markdown] exercise="e2" title="Provoke six anomalies at four levels" level="core" minutes=55 exports=["probe"] goals=[1]
r"""
Write `probe(dsn, level, anomaly)`. `dsn` is the connection string of a database with `account(id, balance)`, in which the
accounts 1 and 2 have positive balances $a$ and $b$ (different each time). `level` is one of `LEVELS`, and every transaction
of the play runs at it, in a session of its own for each of T1, T2, T3: open them by `session(dsn, level)`, and leave none
open. Play the steps from top to bottom; what a transaction writes is computed from what *it* has read.

| `anomaly` | Steps | It happened if |
| --- | --- | --- |
| `"dirty read"` | T1 reads 1 and writes 10 more to it; T2 reads 1 and commits; T1 rolls back | T2 read what T1 wrote |
| `"non-repeatable read"` | T1 reads 1; T2 reads 1, writes 10 more to it and commits; T1 reads 1 again and commits | T1's two readings differ |
| `"phantom"` | T1 counts the rows with `balance >= 0`; T2 inserts account 3 with balance 0 and commits; T1 counts again and commits | T1's two counts differ |
| `"lost update"` | T1 reads 1; T2 reads 1; T1 writes 10 more than it read to 1 and commits; T2 writes 20 more than it read to 1 and commits | afterwards 1 is not 30 more than T1 read |
| `"write skew"` | T1 reads 1 and 2; T2 reads 1 and 2; T1 takes the sum of both off 1 and commits; T2 takes the sum of both off 2 and commits | afterwards the two add up to less than 0 |
| `"read-only anomaly"` | T1 reads 1 and 2; T2 reads 2, writes 10 more to it and commits; T3 reads 1 and 2 and commits; T1 takes the sum that it read *plus 2* (1 too much, and a fee of 1 for that) off 1 and commits | T3 saw T2's new balance of 2, and for 1 what T1 had read |

The result is text: `"allowed"` if all went through and the anomaly happened, `"prevented"` if all went through and it did
not, and `"40001"` if a transaction was refused with that SQLSTATE (psycopg raises `SerializationFailure`; nothing more need be
played then). Any other error is for the caller: let it through. Only `probe` is tested; that `play` has the steps, and `probe` the
sessions and the refusal, is a proposal.

**Answer from what your sessions saw**, not from what you know: hidden tests also run `probe` where `account` is no ordinary
table but a view on numbers that live outside of transactions, and where a trigger swallows writes. And they read the
server's log. `probe(dsn, "READ COMMITTED", "dirty read")` on an ordinary table is `"prevented"`.
"""

# %% [markdown] hints="e2" reading="DDIA 7, on weak isolation levels, lost updates and write skew; PostgreSQL's manual, chapter 13.2"
r"""
1. `play` knows the steps and answers "did it happen?"; `probe` opens the sessions. Which of the two is the one place that
   needs to know about 40001?
2. Open all sessions in one `with`. A session begins its transaction, and takes its snapshot, only with its first statement,
   so opening early does no harm. For "afterwards" read with a session that has no transaction open.
3. `with session(dsn, level) as one, session(dsn, level) as two, session(dsn, level) as three:` around `try: happened =
   play(anomaly, one, two, three)` and `except SerializationFailure: return "40001"`. The lost update is `before, other =
   read(one, 1), read(two, 1)`, then a write and a commit for each.
"""


# %% solution="e2"
def play(anomaly, one, two, three):
    """Play the steps of an anomaly in these sessions; whether it happened."""
    ### BEGIN SOLUTION
    match anomaly:
        case "dirty read":
            written = read(one, 1) + 10
            write(one, 1, written)
            seen = read(two, 1)
            two.commit()
            one.rollback()
            return seen == written
        case "non-repeatable read":
            first = read(one, 1)
            write(two, 1, read(two, 1) + 10)
            two.commit()
            second = read(one, 1)
            one.commit()
            return first != second
        case "phantom":
            question = "SELECT count(*) FROM account WHERE balance >= 0"
            first = run(one, question)
            run(two, "INSERT INTO account VALUES (3, 0)")
            two.commit()
            second = run(one, question)
            one.commit()
            return first != second
        case "lost update":
            before, other = read(one, 1), read(two, 1)
            write(one, 1, before + 10)
            one.commit()
            write(two, 1, other + 20)
            two.commit()
            return read(three, 1) != before + 30
        case "write skew":
            ones, twos = ([read(who, 1), read(who, 2)] for who in (one, two))
            write(one, 1, ones[0] - sum(ones))
            one.commit()
            write(two, 2, twos[1] - sum(twos))
            two.commit()
            return read(three, 1) + read(three, 2) < 0
        case "read-only anomaly":
            before = [read(one, 1), read(one, 2)]
            deposited = read(two, 2) + 10
            write(two, 2, deposited)
            two.commit()
            report = [read(three, 1), read(three, 2)]
            three.commit()
            write(one, 1, before[0] - (sum(before) + 2))
            one.commit()
            return report == [before[0], deposited]
    ### END SOLUTION


def probe(dsn, level, anomaly):
    """Play an anomaly at an isolation level: "allowed", "prevented", or "40001" if a transaction was refused."""
    ### BEGIN SOLUTION
    with session(dsn, level) as one, session(dsn, level) as two, session(dsn, level) as three:
        try:
            happened = play(anomaly, one, two, three)
        except SerializationFailure as refusal:
            return refusal.sqlstate
    return "allowed" if happened else "prevented"
    ### END SOLUTION


# %% test="e2_reads" points=2 title="Dirty reads, non-repeatable reads, phantoms"
check(probe, fresh(BANK.format(100, 50)), "READ COMMITTED", "dirty read").equals(
    "prevented", idea="did T2 really read between T1's write and T1's rollback?"
)
### BEGIN HIDDEN TESTS
expected = {
    "dirty read": ["prevented"] * 4,
    "non-repeatable read": ["allowed", "allowed", "prevented", "prevented"],
    "phantom": ["allowed", "allowed", "prevented", "prevented"],
}
for anomaly, row in expected.items():
    for level, outcome in zip(LEVELS, row, strict=True):
        a, b = seeded(LEVELS.index(level)).integers(50, 500, 2).tolist()
        dsn = fresh(BANK.format(a, b))
        check(probe, dsn, level, anomaly).note(f"balances {a} and {b}").equals(
            outcome, idea="each statement has a snapshot at the two lower levels, each transaction at the two higher ones"
        )
        after = {"dirty read": [a, b], "non-repeatable read": [a + 10, b], "phantom": [a, b, 0]}[anomaly]
        check_value(f"balances {a} and {b} after the {anomaly} at {level}", balances(dsn)).equals(
            after, idea="were all the steps played, and by the right transaction?"
        )
### END HIDDEN TESTS

# %% test="e2_writes" points=2 title="Lost updates and write skew"
check(probe, fresh(BANK.format(100, 50)), "READ COMMITTED", "lost update").equals(
    "allowed", idea="both read before either writes, and each writes what it computed from its own reading"
)
### BEGIN HIDDEN TESTS
expected = {
    "lost update": ["allowed", "allowed", "40001", "40001"],
    "write skew": ["allowed", "allowed", "allowed", "40001"],
}
for anomaly, row in expected.items():
    for level, outcome in zip(LEVELS, row, strict=True):
        a, b = seeded(10 + LEVELS.index(level)).integers(50, 500, 2).tolist()
        dsn = fresh(BANK.format(a, b))
        check(probe, dsn, level, anomaly).note(f"balances {a} and {b}").equals(
            outcome, idea="do both transactions run at this level, and both read before the first one commits?"
        )
        ones = [a + 10, b] if anomaly == "lost update" else [-b, b]
        both = [a + 20, b] if anomaly == "lost update" else [-b, -a]
        check_value(f"balances {a} and {b} after the {anomaly} at {level}", balances(dsn)).equals(
            both if outcome == "allowed" else ones, idea="what does each transaction write, computed from its own readings?"
        )
### END HIDDEN TESTS

# %% test="e2_reader" points=2 title="The anomaly of a transaction that only reads"
check(probe, fresh(BANK.format(100, 50)), "REPEATABLE READ", "read-only anomaly").equals(
    "allowed", idea="T1's first statement takes its snapshot: it must come before T2 commits"
)
### BEGIN HIDDEN TESTS
for level, outcome in zip(LEVELS, ["allowed", "allowed", "allowed", "40001"], strict=True):
    a, b = seeded(20 + LEVELS.index(level)).integers(50, 500, 2).tolist()
    dsn = fresh(BANK.format(a, b))
    check(probe, dsn, level, "read-only anomaly").note(f"balances {a} and {b}").equals(
        outcome, idea="T3 begins after T2's commit and ends before T1 writes; T1 read before all of that"
    )
    check_value(f"balances {a} and {b} after the read-only anomaly at {level}", balances(dsn)).equals(
        [-b - 2 if outcome == "allowed" else a, b + 10], idea="what T1 takes off is computed from what it read at first"
    )
### END HIDDEN TESTS

# %% test="e2_evidence" points=2 title="What the sessions saw decides, not what is known"
swallow = """; CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER swallow BEFORE INSERT OR UPDATE ON account FOR EACH ROW EXECUTE FUNCTION swallow()"""
check(probe, fresh(BANK.format(100, 50) + swallow), "READ COMMITTED", "non-repeatable read").equals(
    "prevented", idea="a trigger swallowed T2's write here: compare T1's two readings"
)
### BEGIN HIDDEN TESTS
check(probe, fresh(BANK.format(100, 50) + swallow), "READ COMMITTED", "phantom").equals(
    "prevented", idea="a trigger swallowed T2's row here: compare T1's two counts"
)
half = swallow.replace("FOR EACH ROW", "FOR EACH ROW WHEN (NEW.id = 2)")
check(probe, fresh(BANK.format(100, 50) + half), "READ COMMITTED", "write skew").equals(
    "prevented", idea="a trigger swallowed the second withdrawal here: what do both balances add up to afterwards?"
)
check(probe, fresh(BANK.format(100, 50) + swallow), "READ COMMITTED", "read-only anomaly").equals(
    "prevented", idea="a trigger swallowed T2's deposit here: did T3 see it?"
)
check(probe, fresh(BANK.format(100, 50) + swallow), "READ COMMITTED", "lost update").equals(
    "allowed", idea="a trigger swallowed both writes here: is account 1 afterwards 30 more than T1 read?"
)
# A sequence is no part of any transaction: whoever sets it is seen at once, by everybody, whatever comes of the transaction.
outside = """CREATE SEQUENCE s1 MINVALUE -99999 START {0}; CREATE SEQUENCE s2 MINVALUE -99999 START {1};
CREATE VIEW account AS SELECT 1 AS id, last_value AS balance FROM s1 UNION ALL SELECT 2, last_value FROM s2;
CREATE FUNCTION put() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM setval(''s'' || NEW.id, NEW.balance); RETURN NEW; END';
CREATE TRIGGER put INSTEAD OF UPDATE ON account FOR EACH ROW EXECUTE FUNCTION put()"""
for anomaly in ("dirty read", "non-repeatable read", "lost update", "write skew", "read-only anomaly"):
    a, b = seeded(30).integers(50, 500, 2).tolist()
    check(probe, fresh(outside.format(a, b)), "SERIALIZABLE", anomaly).note(f"balances {a} and {b}").equals(
        "allowed", idea="these balances live in sequences, outside of transactions: what did your sessions see?"
    )
refuse = """; CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
'BEGIN RAISE EXCEPTION ''not so'' USING ERRCODE = ''{}''; END';
CREATE CONSTRAINT TRIGGER refuse AFTER UPDATE ON account DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()"""
for anomaly in ("lost update", "read-only anomaly"):
    check(probe, fresh(BANK.format(100, 50) + refuse.format("40001")), "READ COMMITTED", anomaly).equals(
        "40001", idea="here a commit is refused with 40001: a commit can fail like any statement, at every level"
    )
check(probe, fresh(BANK.format(100, 50) + refuse.format("23514")), "SERIALIZABLE", "lost update").raises(
    psycopg.errors.CheckViolation, idea="here a commit breaks a rule, which is no refusal for bad timing: let it through"
)
check(probe, fresh(BANK.format(100, 50) + refuse.format("40P01")), "SERIALIZABLE", "lost update").raises(
    DeadlockDetected, idea='"40001" is the result for that SQLSTATE and no other: let a deadlock through'
)
### END HIDDEN TESTS

# %% test="e2_log" points=2 title="The server heard overlapping transactions at the level asked for"


def transactions(heard, level):
    """Of each transaction of this level that touched accounts: its process, and the places of its beginning and its end."""
    begun, found = {}, []
    for place, (process, statement) in enumerate(heard):
        words = statement.upper()
        if words.startswith("BEGIN"):
            begun[process] = [process, place, len(heard)] if level in words else None
        elif (span := begun.get(process)) and words.startswith(("COMMIT", "ROLLBACK")):
            span[2] = place
        elif span and "ACCOUNT" in words and span not in found:
            found.append(span)
    return found


def overlap(heard, level, wanted):
    """Whether some transaction was open while those of `wanted` other processes, all at this level, did their work."""
    found = transactions(heard, level)
    return any(len({other for other, c, d in found if other != one and a < d and c < b}) >= wanted for one, a, b in found)


dsn, begun = fresh(BANK.format(100, 50)), len(postgres.server().log())
probe(dsn, "SERIALIZABLE", "write skew")
check_value("overlapping transactions in the server's log", overlap(transcript(begun), "SERIALIZABLE", 1)).equals(
    True, idea="each of T1 and T2 needs a session of its own, at the level asked for, and they take turns"
)
### BEGIN HIDDEN TESTS
anomalies = ["dirty read", "non-repeatable read", "phantom", "lost update", "write skew", "read-only anomaly"]
for anomaly in anomalies:
    for level in ("READ UNCOMMITTED", "REPEATABLE READ"):
        dsn, begun = fresh(BANK.format(100, 50)), len(postgres.server().log())
        probe(dsn, level, anomaly)
        seen = overlap(transcript(begun), level, 2 if anomaly == "read-only anomaly" else 1)
        check_value(f"overlapping transactions in the server's log, {anomaly} at {level}", seen).equals(
            True, idea="every transaction of the play at this level, in its own session, begun before the other has ended"
        )
### END HIDDEN TESTS

# %% [markdown]
r"""
## Your matrix

The next cell fills a heat map with what *your* `probe` finds, now, on this server. **Predict** its six rows first: for each
anomaly, the weakest level that does not let it through.
"""

# %%
ANOMALIES = ["dirty read", "non-repeatable read", "phantom", "lost update", "write skew", "read-only anomaly"]
try:
    found = [[probe(fresh(BANK.format(70, 50)), level, anomaly) for level in LEVELS] for anomaly in ANOMALIES]
except NotImplementedError:
    found = [["?"] * 4 for _ in ANOMALIES]  # exercise 2 comes first
SHADES = {"allowed": (0.95, "xx"), "prevented": (0.35, ""), "40001": (0.6, "//"), "?": (1.0, "")}

fig, ax = plt.subplots(figsize=(7.5, 3.6))
for (row, column), outcome in np.ndenumerate(np.array(found)):
    shade, pattern = SHADES.get(outcome, SHADES["?"])
    box = {"facecolor": plt.cm.cividis(shade), "hatch": pattern, "edgecolor": "white"}
    ax.add_patch(plt.Rectangle((column - 0.5, row - 0.5), 1, 1, **box))
    _ = ax.text(column, row, outcome, ha="center", va="center", bbox={"facecolor": "white", "edgecolor": "none", "pad": 2})
_ = ax.set(xlim=(-0.5, 3.5), ylim=(5.5, -0.5), title="What gets through PostgreSQL's levels, as probed here")
_ = ax.set_xticks(range(4), [level.replace(" ", "\n") for level in LEVELS])
_ = ax.set_yticks(range(6), ANOMALIES)
ax.grid(False)
rows = "; ".join(f"{anomaly}: {', '.join(row)}" for anomaly, row in zip(ANOMALIES, found))
figures.show(fig, alt=f"Six anomalies by four isolation levels, weakest first, each cell a word and a pattern. {rows}.")

# %% [markdown]
r"""
Read it by columns: three behaviours under four names, and each forbids at least what its left neighbour forbids. Read it by
rows: PostgreSQL's REPEATABLE READ stops phantoms, which the standard would let it have. And the lower right corner is the
point of Berenson's critique: snapshot isolation shows none of the standard's three phenomena, so by that list it would pass for
serializable; but it is not.

Check the last row a second way, by replaying its history in all serial orders, with the report and without it:
"""

# %%
versions = {"account 1": [1], "account 2": [2]}
reads = [(1, "account 1", 0), (1, "account 2", 0), (2, "account 2", 0), (3, "account 1", 0), (3, "account 2", 2)]
for everybody in ([1, 2, 3], [1, 2]):
    fitting = [order for order in permutations(everybody) if not misreads(order, versions, reads)]
    print(f"transactions {everybody}: the serial orders that explain it are {fitting}")

# %% [markdown]
r"""
T1 missed T2's deposit (rw), T3 saw it (wr), T3 missed T1's withdrawal (rw): that is the right picture above. A *report* that
changes nothing turned a serializable history into one that is not; and the one refused is T1, the pivot, which did nothing
unusual.

## 40001 means: once more, from the beginning

Locking out the theatre's danger is now one word: SERIALIZABLE. But Ben's commit is refused. What should his program do?
**Predict** what each of the two remedies below gives: sending the failed statement again, and running the whole transaction
again.
"""

# %%
dsn = fresh(THEATRE)
with session(dsn, "SERIALIZABLE") as anna, session(dsn, "SERIALIZABLE") as ben:
    lock(anna, "north"), run(ben, "SELECT count(*) FROM exit WHERE open AND name <> 'south'")
    anna.commit()
    for remedy in ("the statement fails: ", "the same once more:  "):
        try:
            run(ben, "UPDATE exit SET open = false WHERE name = 'south'")
        except psycopg.Error as error:
            print(remedy, error.sqlstate, type(error).__name__)
    ben.rollback()
    print("the whole once more:  sees", lock(ben, "south"), "other exit open, and leaves the south one alone")

# %% [markdown]
r"""
25P02: the transaction is already dead, and every statement but ROLLBACK bounces off it. More important: the statement's *reason*
was a reading that is no longer true. What has to be repeated is the whole transaction, with the reads and the decisions that
follow from them, in a new snapshot. So a transaction must be something that can be run again: a function.

Two SQLSTATEs ask for that. **40001**, and **40P01**, `deadlock_detected`: two transactions waited for each other's locks, and
one was sacrificed. Both say "you did nothing wrong, the timing was bad". A violated constraint (class 23), a division by
zero (22012) or an exception in your own code would fail again, and must be seen. A pause before the next attempt, growing and with
some randomness in it, keeps the losers of one race from meeting in the next.
"""

# %% [markdown] exercise="e3" title="Run a transaction until it goes through" level="core" minutes=40 exports=["run_tx"]
r"""
Write `run_tx(dsn, work, attempts, pause)`. It connects to `dsn` and runs `work` in a SERIALIZABLE transaction:

- `work` is a function of one argument, `execute`. You make `execute(sql, parameters=None)`: it sends one statement in the
  current transaction, and its value is the list of the rows, each a tuple (empty if there are none), as `run` from the
  set-up gives it. `work` lets the errors of its statements through.
- When `work` returns, commit. If the commit succeeds, return the tuple `(value, number)`: what `work` returned, and the
  number of times that it was called.
- If a statement in `work` *or the commit* fails with 40001 or 40P01 (`SerializationFailure`, `DeadlockDetected`), roll back
  and begin again: a new transaction in which `work` is called anew. `work` is called at most `attempts` times in all
  (`attempts` is at least 1); if the last attempt fails so too, raise its error.
- Before each new attempt, after the rollback, call `pause(k)` once, `k` being the number of attempts that have failed so
  far: `pause(1)`, `pause(2)`, … There is no pause before the first attempt, nor after the last.
- Any other exception, whether from the database or from `work` itself, goes to the caller at once: no further attempt,
  and nothing of the transaction remains.

The session is closed in every case. With balances of 100 and 50, and a `work` that is

`def work(execute): return execute("UPDATE account SET balance = balance - 5 WHERE id = %s RETURNING balance", [1])`

the value of `run_tx(dsn, work, 3, pause)` is `([(95,)], 1)`.
"""

# %% [markdown] hints="e3" reading="PostgreSQL's manual, chapter 13.5, on serialization failure handling; DDIA 7, on handling errors and aborts"
r"""
1. Three things can fail: a statement, the commit, and something that has nothing to do with timing. Which of them belong
   inside of the same `try`?
2. A `for` over the attempts inside of one `with session(dsn, "SERIALIZABLE")`. In its `try`: call, commit, return. In its
   `except` for the two kinds: roll back, then either raise again or pause.
3. `for failed in range(1, attempts + 1):` counts what has failed if this attempt does; `return value, failed` is right for
   success too. `except (SerializationFailure, DeadlockDetected):`, `if failed == attempts: raise`, `pause(failed)`. For any
   other exception the `with` rolls back and closes.
"""


# %% solution="e3"
def run_tx(dsn, work, attempts, pause):
    """Run `work(execute)` as one serializable transaction, again from the start on 40001 and 40P01: (value, attempts used)."""
    ### BEGIN SOLUTION
    with session(dsn, "SERIALIZABLE") as connection:
        for attempt in range(1, attempts + 1):
            try:
                value = work(lambda sql, parameters=None: run(connection, sql, parameters))
                connection.commit()
                return value, attempt
            except (SerializationFailure, DeadlockDetected):
                connection.rollback()
                if attempt == attempts:
                    raise
            pause(attempt)
    ### END SOLUTION


# %% test="e3_once" points=1 title="One transaction, and its value"
pauses = []


def withdraw(execute):
    return execute("UPDATE account SET balance = balance - 5 WHERE id = %s RETURNING balance", [1])


dsn = fresh(BANK.format(100, 50))
check(run_tx, dsn, withdraw, 3, pauses.append).equals(([(95,)], 1), idea="the rows that the last statement gave, and one attempt")
### BEGIN HIDDEN TESTS
check_value("balance of account 1 afterwards", balances(dsn)[0]).equals(95, idea="it has to be committed when run_tx returns")


def look_around(execute):
    level = execute("SHOW transaction_isolation")
    moved = [execute("UPDATE account SET balance = balance - 1 WHERE id = 1"), execute("DELETE FROM account WHERE id = 9")]
    return level, moved, balances(dsn)[0], execute("SELECT id, balance % 1000 FROM account ORDER BY id")


check(run_tx, dsn, look_around, 1, pauses.append).equals(
    (([("serializable",)], [[], []], 95, [(1, 94), (2, 50)]), 1),
    idea="SERIALIZABLE; rows as a list of tuples, empty where there are none; nobody sees a change before the commit",
)
check(run_tx, dsn, lambda execute: None, 1, pauses.append).equals((None, 1), idea="what work returned, whatever that was")
### END HIDDEN TESTS

# %% test="e3_again" points=2 title="After 40001 the whole of it again, on fresh readings"
pauses = []


def contested(dsn, times):
    """Adds 10 to account 1; during the first `times` attempts somebody else adds 100 between the reading and the writing."""
    calls = []

    def work(execute):
        calls.append(1)
        [(balance,)] = execute("SELECT balance FROM account WHERE id = 1")
        if len(calls) <= times:
            with session(dsn, "READ COMMITTED") as rival:
                write(rival, 1, read(rival, 1) + 100)
        execute("UPDATE account SET balance = %s WHERE id = 1", [balance + 10])
        return balance

    return work


dsn = fresh(BANK.format(100, 50))
check(run_tx, dsn, contested(dsn, 1), 3, pauses.append).equals((200, 2), idea="the second attempt reads what the rival has left")
### BEGIN HIDDEN TESTS
check_value("balance of account 1 afterwards", balances(dsn)[0]).equals(210, idea="the rival's 100 and our 10: nothing is lost")
for seed in range(3):
    start, times = seeded(seed).integers(1, 90, 2).tolist()
    times = 1 + times % 4
    dsn = fresh(BANK.format(start, 50))
    check(run_tx, dsn, contested(dsn, times), 9, pauses.append).note(f"seed {seed}, refused {times} times").equals(
        (start + 100 * times, times + 1), idea="every attempt is a new transaction that begins with the reading"
    )
### END HIDDEN TESTS

# %% test="e3_commit" points=2 title="A commit can be refused too"
pauses = []


def skewed(dsn, times):
    """Reads all, and takes 150 off account 1; in the first `times` attempts a rival does so with account 2, and commits first."""
    calls = []

    def work(execute):
        calls.append(1)
        if len(calls) > times:
            return len(calls)
        execute("SELECT sum(balance) FROM account")
        with session(dsn, "SERIALIZABLE") as rival:
            run(rival, "SELECT sum(balance) FROM account")
            execute("UPDATE account SET balance = balance - 150 WHERE id = 1")
            run(rival, "UPDATE account SET balance = balance - 150 WHERE id = 2")

    return work


dsn = fresh(BANK.format(100, 50))
check(run_tx, dsn, skewed(dsn, 1), 3, pauses.append).equals(
    (2, 2), idea="every statement went through, and the commit was refused: it belongs into the attempt"
)
### BEGIN HIDDEN TESTS
check_value("balances afterwards", balances(dsn)).equals([100, -100], idea="of the attempt that was refused nothing remains")
### END HIDDEN TESTS

# %% test="e3_deadlock" points=1 title="The victim of a deadlock tries again"
dsn, pauses = fresh(BANK.format(100, 50)), []
check(run_tx, dsn, failing("40P01", 1, []), 3, pauses.append).equals((2, 2), idea="40P01 is bad timing as well")
### BEGIN HIDDEN TESTS
check_value("balance of account 1 afterwards", balances(dsn)[0]).equals(101, idea="one attempt out of two was committed")
### END HIDDEN TESTS

# %% test="e3_limit" points=1 title="As many attempts as allowed, with a pause between them"
dsn, pauses = fresh(BANK.format(100, 50)), []
check(run_tx, dsn, failing("40001", 2, []), 3, pauses.append).equals((3, 3), idea="two refusals leave a third attempt")
check_value("pauses", pauses).equals([1, 2], idea="one pause before each new attempt, with the number of failures so far")
### BEGIN HIDDEN TESTS


def left_open():
    """How many sessions of this database wait inside of a transaction; one that is just being closed gets a moment."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in %'"
    with session(home(), "READ COMMITTED") as observer:
        observer.autocommit = True
        for _ in range(40):
            [(many,)] = run(observer, waiting)
            if many == 0:
                break
            run(observer, "SELECT pg_sleep(0.02)")
    return many


before, held, dsn = left_open(), [], fresh(BANK.format(100, 50))
check(run_tx, dsn, failing("40001", 2, []), 3, lambda k: held.append(left_open() - before)).value(idea="two refusals leave a third attempt")
check_value("transactions open during the pauses", held).equals([0, 0], idea="first roll back, then pause: nothing may be held meanwhile")
for attempts in (1, 2, 5):
    dsn, calls, pauses = fresh(BANK.format(100, 50)), [], []
    check(run_tx, dsn, failing("40001", 99, calls), attempts, pauses.append).raises(
        SerializationFailure, idea="when the last attempt has failed, its error is the caller's to see"
    )
    check_value(f"calls of work with {attempts} attempts", len(calls)).equals(
        attempts, idea="`attempts` counts the first one too"
    )
    check_value(f"pauses with {attempts} attempts", pauses).equals(
        list(range(1, attempts)), idea="nobody pauses after the last attempt"
    )
    check_value("balances afterwards", balances(dsn)).equals([100, 50], idea="of attempts that failed nothing remains")
### END HIDDEN TESTS

# %% test="e3_others" points=2 title="What would fail again is not tried again"
dsn, pauses = fresh(BANK.format(100, 50) + "; ALTER TABLE account ADD CHECK (balance >= 0)"), []
overdraw = lambda execute: [execute("UPDATE account SET balance = balance - %s WHERE id = 2", [k]) for k in (20, 99)]  # noqa: E731
check(run_tx, dsn, overdraw, 5, pauses.append).raises(
    psycopg.errors.CheckViolation, idea="a broken rule is no accident of timing: the caller must hear of it"
)
check_value("pauses", pauses).equals([], idea="no further attempt")
### BEGIN HIDDEN TESTS
for state in ("22012", "23505", "25006", "40003", "55P03", "57014", "P0001"):
    pauses = []
    check(run_tx, dsn, failing(state, 1, []), 5, pauses.append).note(f"SQLSTATE {state}").raises(
        psycopg.Error, idea="only 40001 and 40P01 are retried, no other SQLSTATE"
    )
    check_value(f"pauses after {state}", pauses).equals([], idea="no further attempt")


def buggy(execute):
    execute("UPDATE account SET balance = 7 WHERE id = 1")
    return {}["no such key"]


check(run_tx, dsn, buggy, 5, pauses.append).raises(KeyError, idea="an exception of work's own goes to the caller as it is")
check_value("pauses", pauses).equals([], idea="no further attempt")
check_value("balances afterwards", balances(dsn)).equals([100, 50], idea="roll back, also what was done before the error")
### END HIDDEN TESTS

# %% [markdown]
r"""
## Many objects, or many copies

Everything so far happened on one server. DDIA's chapter 9 asks the other question: data with several *copies*, one operation at a
time. The words sound alike, and are mixed up all the time:

- **Serializability** is about transactions on many objects. It promises *some* serial order, and says nothing about clocks: an
  order that puts a transaction before one that ended an hour ago would do.
- **Linearizability** (Herlihy and Wing, 1990) is about single operations on one object. It promises that each takes effect at
  one instant between its call and its return. So if one operation ended before another began, it also comes first.

With both, one has *strict serializability*. Weaker models of copies each give something up. **Sequential consistency** keeps one
order for all and every client's own order, but not the clock's. **Causal consistency** keeps causes before effects. **Eventual
consistency** only promises that the copies will be equal when writes stop: a limit, and no bound on the way there. An
asynchronous follower of 1.1.1 gives little more (it shows a state that the leader once had); one that is waited for until it has
replayed makes the writer pay instead.

Here is a register, 0 at first. **Predict** whether what the clients saw is linearizable.
"""

# %%
seen = [("write 1", 0, 6, 2), ("read: 1", 1, 3, 1), ("read: 0", 4, 5, 0)]
fig, ax = plt.subplots(figsize=(7, 2.2))
for label, begin, end, line in seen:
    _ = ax.plot([begin, end], [line, line], marker="|", markersize=14, color="black", linestyle="-", linewidth=2)
    _ = ax.text((begin + end) / 2, line + 0.15, label, ha="center")
_ = ax.axvspan(3, 4, color=figures.OKABE_ITO[4], alpha=0.4, hatch="//")
_ = ax.text(3.5, -0.55, "B has ended, C has not begun", ha="center")
_ = ax.set(yticks=[0, 1, 2], yticklabels=["client C", "client B", "client A"], xlabel="time in ms", ylim=(-0.8, 2.7))
_ = ax.set(title="B has seen the write, and C, who asks later, has not")
figures.show(
    fig,
    alt="Three operations on a time axis. Client A writes 1 from 0 to 6 ms. Client B reads 1 from 1 to 3 ms. Client C reads 0 from 4 to 5 "
    "ms. B's read ends before C's begins, so C should have seen 1 as well.",
)

# %% [markdown]
r"""
It is not. While the write is under way, either value may be read; but B's 1 proves that it has taken effect by 3 ms, and C asks
after that. (Sequentially consistent it is: C first, then A, then B.) Two followers that lag differently produce just this.

What of an operation that never returns, since its client died? It may have taken effect, at any time after its call, or never.
A timeout is not a "no". To decide about a whole history, search for an order: an operation may come next unless another one,
still to be placed, *ended* before it began. Deciding this is NP-complete in general (Gibbons and Korach, 1997), so
checkers work on short histories.
"""

# %% [markdown] exercise="e4" title="Was this register linearizable?" level="stretch" minutes=30 exports=["is_linearizable"]
r"""
A history of one register, whose value is 0 at first, is a list of operations `(kind, value, start, end)` in no particular order:
`kind` is `"write"` or `"read"`, `value` an integer (for a read, what came back), `start < end` the times of its call and its
return. An operation with `end = None` is **pending**: it never returned. A pending write may take effect at any time after its
`start`, or not at all; a pending read says nothing, whatever its `value` is (it is `None`), and does not matter. No two of the times
are equal. Values may be written more than once. Write

`is_linearizable(history)`: `True` if every completed operation can be given an instant between its start and its end, and each
pending write an instant after its start or none, such that each completed read returns the value last written before its instant, or 0
if there is none; else `False`. Histories have at most 9 operations; the empty one is linearizable.

`is_linearizable([("write", 1, 0, 6), ("read", 1, 1, 3), ("read", 0, 4, 5)])` is `False`. If C reads from 2 to 5 instead, it is `True`.
"""

# %% [markdown] hints="e4" reading="DDIA 9, on what makes a system linearizable"
r"""
1. Which operations of the picture could be the very first? Choose one, and the same question is asked of the rest.
2. Recursion on (operations still to be placed, value of the register). Done when every completed operation is placed: what
   is pending need not be.
3. `deadline = min(end of the completed ones that are left)`; an operation may be next if its `start < deadline`. A write sets
   the value; a read may be next only if it returned the current value. Leave pending reads out from the start.
"""


# %% solution="e4"
def is_linearizable(history):
    """Whether the operations on a register (0 at first) can be given instants that explain what the reads returned."""
    ### BEGIN SOLUTION
    operations = [operation for operation in history if operation[0] == "write" or operation[3] is not None]

    @cache
    def finishes(left, current):
        ends = [operations[k][3] for k in left if operations[k][3] is not None]
        if not ends:
            return True
        for k in left:
            kind, value, start, _ = operations[k]
            may_be_next = start < min(ends) and (kind == "write" or value == current)
            if may_be_next and finishes(left - {k}, value):
                return True
        return False

    return finishes(frozenset(range(len(operations))), 0)
    ### END SOLUTION


# %% test="e4_order" points=3 title="An order that keeps to the register and to the clock"
stale = [("write", 1, 0, 6), ("read", 1, 1, 3), ("read", 0, 4, 5)]
check(is_linearizable, stale).equals(False, idea="B's read ended before C's began: the new value had been seen")
overlapping = [("write", 1, 0, 6), ("read", 1, 1, 3), ("read", 0, 2, 5)]
check(is_linearizable, overlapping).equals(True, idea="during the write, C may take effect before it and B after it")
### BEGIN HIDDEN TESTS
check(is_linearizable, []).equals(True, idea="nothing happened, nothing is wrong")
check(is_linearizable, [("read", 0, 1, 2)]).equals(True, idea="the register is 0 at first")
check(is_linearizable, [("read", 7, 1, 2), ("write", 8, 0, 3)]).equals(False, idea="nobody wrote 7")
check(is_linearizable, [("write", 3, 0, 1), ("read", 0, 2, 3)]).equals(False, idea="the write was over before the read began")
check(is_linearizable, [("read", 5, 0, 1), ("write", 5, 2, 3)]).equals(False, idea="nobody can read what is yet to be written")
back = [("write", 1, 0, 9), ("write", 2, 1, 8), ("read", 1, 2, 3), ("read", 2, 4, 5), ("read", 1, 6, 7)]
check(is_linearizable, back).equals(False, idea="1 cannot come back: it was written once")
check(is_linearizable, [*back, ("write", 1, 3.5, 10)]).equals(True, idea="here 1 is written twice, so it can come back")
check(is_linearizable, [("write", 1, 0, None), ("read", 1, 1, 2), ("read", 0, 3, 4)]).equals(False, idea="seen once, it is there")
check(is_linearizable, [("write", 1, 5, None), ("read", 1, 1, 2)]).equals(False, idea="no effect before its call")


def brute_force(history):
    """The definition, for operations that all returned: some order keeps to the clock and to the register."""
    for order in permutations(history):
        value, fine = 0, True
        for place, (kind, written, start, _) in enumerate(order):
            fine &= all(start < end for _, _, _, end in order[place + 1 :])
            fine &= kind == "write" or written == value
            value = written
        if fine:
            return True
    return False


for seed in range(40):
    rng = seeded(seed)
    times = np.sort(rng.permutation(60)[:10].reshape(5, 2), axis=1).tolist()
    values = [*rng.integers(1, 3, 2).tolist(), *rng.integers(0, 3, 3).tolist()]
    history = [(kind, value, *span) for kind, value, span in zip(["write"] * 2 + ["read"] * 3, values, times)]
    check(is_linearizable, history).note(f"seed {seed}").equals(
        brute_force(history), idea="operations that overlap may go either way, others may not"
    )
### END HIDDEN TESTS

# %% test="e4_pending" points=2 title="What never returned may have happened, or not"
check(is_linearizable, [("write", 1, 0, None), ("read", 1, 1, 2)]).equals(
    True, idea="the write was never confirmed, and yet seen"
)
check(is_linearizable, [("write", 1, 0, None), ("read", 0, 1, 2)]).equals(True, idea="it need not have happened")
### BEGIN HIDDEN TESTS
check(is_linearizable, [("write", 1, 0, None), ("read", 0, 1, 2), ("read", 1, 3, 4)]).equals(
    True, idea="it may take effect long after its call"
)
check(is_linearizable, [("read", None, 0, None), ("write", 2, 1, 3), ("read", 2, 4, 5)]).equals(
    True, idea="a read that never returned says nothing"
)
check(is_linearizable, [("write", 1, 0, None), ("write", 2, 1, None), ("read", 3, 2, 4)]).equals(False, idea="nobody wrote 3")
for seed in range(20):
    rng = seeded(seed)
    kinds, values = ["write", "write", "read", "read"], [1, 2, *rng.integers(0, 3, 2).tolist()]
    ends = [end if rng.random() < 0.5 else None for end in (20, 21, 22, 23)]
    history = [
        (kind, None if kind == "read" and end is None else value, start, end)
        for kind, value, start, end in zip(kinds, values, range(4), ends)
    ]
    check(is_linearizable, history).note(f"seed {seed}").equals(True, idea="all of these overlap, so any order will do")
### END HIDDEN TESTS

# %% [markdown]
r"""
## In practice

**The default is weak.** PostgreSQL starts at READ COMMITTED, and so do Oracle and SQL Server; MySQL's default is called
REPEATABLE READ and lets lost updates through. The names do not carry over: probe, as you did.

**Often a smaller tool will do.** A lost update needs no level: `SET balance = balance + 20` computes from the row as it is when
it is locked. `SELECT … FOR UPDATE` locks what was read until the end; it cannot lock a row that is not there yet. A rule that a
constraint can express belongs into a constraint.

**What SERIALIZABLE costs.** Retries, as many as there is contention; and memory for what was read. At a hundred times the load
PostgreSQL notes pages and whole tables instead of rows, and refuses more that was harmless: short transactions, indexes for
what they read, and `READ ONLY` where it is true keep that down. One careless session at a lower level is not watched, so
*all* writers that share a rule must be serializable. A hot standby does not offer the level at all.

**A retry repeats everything.** E-mails, calls to other services, and numbers taken from a sequence are not rolled back. Keep effects
outside of the function, or make them idempotent. And when the connection breaks *during* COMMIT, nobody knows whether it
happened: a pending write. Blind repetition may pay twice; a key that the transaction stores makes it safe.

## Summary

- Dependencies are ww, wr and rw; a history is serializable exactly if their graph has no cycle, and rw edges, from
  what was *not* seen, are the ones that snapshots leave.
- PostgreSQL has three behaviours: a snapshot for each statement, a snapshot for each transaction (no lost update, but write
  skew), and snapshots with a watch over rw edges (nothing, at the price of 40001).
- 40001 and 40P01, at any statement and at COMMIT, call for the whole transaction again; everything else for a human.
- Serializability orders transactions, linearizability orders operations *and* keeps to the clock; a pending write is neither
  done nor undone.

## Reflection

A shop keeps its stock in PostgreSQL at REPEATABLE READ. A colleague says: "Each order checks that the two warehouses together have
enough, and then takes it from one of them. Snapshots are consistent, and two orders that touch the same warehouse cannot both
commit. So we cannot sell what we do not have."

Write 3 to 5 sentences to this colleague. Give yourself a point for each: you say which part is right; you describe an
interleaving that breaks the rule and name it; you name its two rw edges; you propose a remedy and what it costs.
"""

# %% [markdown] reflection="reflection"
r"""
You are right that two orders that change the same warehouse's row cannot both commit: the second gets 40001, so no update is lost.
But one order may take its goods from the east and the other from the west, each having read both rows in a snapshot from before
the other's commit: both commit, and the sum is negative. That is write skew: the first did not see the second's write in the west, the
second not the first's in the east, which makes an rw edge in each direction and so a cycle. SERIALIZABLE would refuse one of
them, and costs retries of whole transactions; locking both rows with FOR UPDATE before checking would do too, and makes
orders wait for each other.
"""

# %% [markdown]
r"""
## Further reading

- *Designing Data-Intensive Applications*, chapter 7: weak isolation levels, how lost updates, write skew and phantoms are
  prevented, and the three ways to be serializable; look for what each makes wait or abort. Chapter 9, up to linearizability's cost:
  how it differs from serializability, and what needs it.
- *Readings in Database Systems*, "Weak Isolation and Distribution": why weak levels are the default, and how hard it is to say
  what they promise.
- Berenson and others, "A Critique of ANSI SQL Isolation Levels" (1995): the anomalies' names, and snapshot isolation. Adya, "Weak
  Consistency" (1999): the graph of exercise 1.
- Fekete, O'Neil and O'Neil, "A Read-Only Transaction Anomaly Under Snapshot Isolation" (2004): three pages, one history.
- Ports and Grittner, "Serializable Snapshot Isolation in PostgreSQL" (2012): how the watch over rw edges was built.
- PostgreSQL's manual, chapter 13: compare its own table of phenomena with your matrix.
"""
