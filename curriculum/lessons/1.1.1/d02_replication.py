# %% [markdown]
r"""
You will turn one PostgreSQL server into a leader with a real follower, measure how far the follower is behind, and read from
it without ever going back in time.

**You will be able to**

- **compute** with positions in the write-ahead log (exercise 1);
- **build** a streaming follower whose leader keeps what it still needs (exercise 2);
- **monitor** it so that a follower that went silent is seen (exercise 3);
- **route** reads to followers with two guarantees that users notice (exercise 4);
- **tell** updates that conflict from updates that follow each other, where there are several leaders (exercise 5).
"""

# %% [markdown]
r"""
## Warm-up

1. A disk returns a page whose bytes are intact and which belongs somewhere else. What must a checksum cover to notice?
2. Two servers fail independently, each is up 99 % of the time. How often is at least one up, and which word in this question
   carries the weight?

<details><summary>Answers</summary>

1. The page's own number: a checksum over the payload alone is satisfied by any intact page. Today's positions in the log play
   a similar part: a byte is good only at its place.
2. $1 - 0.01^2 = 99.99\ \%$. The weight is on *independently*: a follower in the same rack, fed the same bad statement, fails
   along with its leader.

</details>

## Set-up
"""

# %% setup=true
import contextlib
import itertools
import os
import shutil
import struct
import tempfile
import threading
import time
from functools import cache

import psycopg
from matplotlib import pyplot as plt
from psycopg.conninfo import make_conninfo

from curriculum.lab import check, check_value, figures, postgres, seeded

figures.style()
numbers = itertools.count(1)


@cache
def leader():
    """The leader of this lesson, started on the first call. Its settings reach its followers, which copy them."""
    cluster = postgres.Cluster(
        "leader",
        {
            "wal_level": "logical",  # "replica" is enough to be followed; this allows logical slots, too
            "max_wal_senders": 40,
            "max_replication_slots": 40,
            "wal_receiver_status_interval": "1s",
            "wal_retrieve_retry_interval": "100ms",
            "autovacuum": "off",
        },
    )
    cluster.start()
    ask(cluster.dsn(), "CREATE TABLE ledger (entry text)")
    return cluster


def ask(dsn, query, *parameters):
    """The rows of one statement, in a connection and a transaction of its own."""
    with psycopg.connect(dsn) as connection:
        cursor = connection.execute(query, parameters or None)
        return cursor.fetchall() if cursor.description else []


def until(true, seconds=20):
    """Wait for what another server is about to do; whether it did."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def written():
    """The position behind the last byte that the leader has put into its log, as a number."""
    return int(ask(leader().dsn(), "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')")[0][0])


def replayed(follower):
    """The position behind the last byte that a follower has replayed, as a number."""
    return int(ask(follower, "SELECT pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')")[0][0])


def drop_slots():
    """Drop the leader's replication slots that nobody is connected through, those of earlier cells."""
    ask(leader().dsn(), "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE NOT active")


@contextlib.contextmanager
def place():
    """A folder that does not exist yet and the name of a slot, both new; the follower there ends with the block."""
    with tempfile.TemporaryDirectory(prefix="f-", ignore_cleanup_errors=True) as above:
        folder, slot = os.path.join(above, "data"), f"slot_{next(numbers)}"
        drop_slots()
        try:
            yield folder, slot
        finally:
            with contextlib.suppress(postgres.PostgresError):  # one of another process ends with that
                postgres.Cluster.at(folder).stop("immediate")
            shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def listener(received, replayed):
    """Somebody connected through a new slot, whose name this gives, who reports these positions (0: none) and reads nothing."""
    slot = f"listener_{next(numbers)}"
    [(start,)] = ask(leader().dsn(), "SELECT lsn FROM pg_create_physical_replication_slot(%s, true)", slot)
    heard = "SELECT 1 FROM pg_stat_replication WHERE application_name = %s AND flush_lsn IS NOT NULL"
    dsn = make_conninfo(leader().dsn(), replication="true", application_name=slot)
    line = psycopg.pq.PGconn.connect(dsn.encode())
    try:
        line.exec_(f"START_REPLICATION SLOT {slot} PHYSICAL {start}".encode())
        line.put_copy_data(struct.pack("!cQQQQ?", b"r", received, received, replayed, 0, False))  # "r" is for report
        line.flush()
        _ = until(lambda: ask(leader().dsn(), heard, slot))
        yield slot
    finally:
        line.finish()
        _ = until(lambda: not ask(leader().dsn(), heard, slot))


def pretend(name, asked, received=0, replayed=0, during=0):
    """A pretended server for the router, and its state. It notes queries in `asked`, and replays on while it answers one."""
    state = {"received": received, "replayed": replayed, "down": False}

    def up(value):
        if state["down"]:
            raise ConnectionError(f"{name} does not answer")
        return value

    def query(text):
        up(None)
        asked.append((name, text))
        state["replayed"] += during
        return [(name, state["replayed"])]

    node = {
        "received": lambda: up(max(state["received"], state["replayed"])),
        "replayed": lambda: up(state["replayed"]),
        "position": lambda: up(state["replayed"]),
        "query": query,
    }
    return node, state


# %% [markdown]
r"""
## A copy of a moment that never was

A small bank keeps a second database for its reports. A program copies the accounts over, page by page, while business goes on:
between two pages, Ada pays Zoe three euros.

**Predict.** The bank holds 20.00 € in all. What does the copy hold?
"""

# %%
bank, copy = leader().database(), leader().database()
for dsn in (bank, copy):
    ask(dsn, "CREATE TABLE account (owner text, cents int)")
ask(bank, "INSERT INTO account VALUES ('ada', 1000), ('zoe', 1000)")


def copy_page(first, last):
    for row in ask(bank, "SELECT owner, cents FROM account WHERE owner BETWEEN %s AND %s", first, last):
        ask(copy, "INSERT INTO account VALUES (%s, %s)", *row)


copy_page("a", "m")
ask(bank, "UPDATE account SET cents = cents + CASE owner WHEN 'ada' THEN -300 ELSE 300 END")
copy_page("n", "zz")
for name, dsn in (("bank", bank), ("copy", copy)):
    print(name, ask(dsn, "SELECT sum(cents) FROM account")[0][0], "cents")

# %% [markdown]
r"""
Every row of the copy was true when it was read, and the copy as a whole never was: three euros stand in it twice. A lock on
all of the bank for as long as copying takes would help, and nobody can afford it. And tomorrow we would have to copy all over again. What
we want is a copy of *one* moment that then follows every change in the order in which the changes happened. Such an order
exists already, for another purpose.

## The log is the database

Before PostgreSQL changes a page on disk it appends a record of the change to its **write-ahead log** (WAL). A commit is
durable once its record is; pages may follow minutes later, and after a crash they are brought up to date by *replaying* the log from the
last checkpoint. That was built for recovery, and it is all that replication needs: another machine that has a copy of the pages and
gets the same records, in the same order, goes through the same states. This is **physical** replication: byte for byte, the
whole cluster, same major version and same architecture. (*Logical* replication decodes the log into rows, and can pick tables and cross
versions; it carries neither table definitions nor sequences.)

A place in the log is a **log sequence number** (LSN): how many bytes were ever written before it, a 64-bit number. It is shown as two
hexadecimal halves, as in `16/B374D848`. Differences of LSNs are bytes.

**Predict.** Which of these writes to the log: reading a row, inserting one, an insert that is rolled back?
"""


# %%
def bytes_logged(statement, keep=True):
    with psycopg.connect(leader().dsn()) as connection:
        before = written()
        connection.execute(statement)
        connection.commit() if keep else connection.rollback()
        return written() - before


for statement, keep in (("SELECT * FROM ledger", True), ("INSERT INTO ledger VALUES ('x')", True), ("INSERT INTO ledger VALUES ('x')", False)):
    print(f"{statement:32} {'kept' if keep else 'rolled back':11}  bytes logged: {'some' if bytes_logged(statement, keep) else 'none'}")

# %% [markdown]
r"""
What is rolled back is in the log as well: the record of the insert is written before anyone knows how the transaction ends. So positions grow with
*work*, and two positions tell you how much work lies between them, never how many seconds.
"""

# %% [markdown] exercise="e1" title="How many bytes lie between" level="warm-up" minutes=15 exports=["lsn_diff"]
r"""
Write `lsn_diff(a, b)`: the bytes from position `b` to position `a`, as an integer (negative if `a` comes first). Both are
texts such as `16/B374D848`: two hexadecimal numbers of at most 32 bits each, without leading zeros, in capitals or small letters. The first counts
units of $2^{32}$ bytes, the second single bytes.

`lsn_diff("0/1A", "0/10")` is `10`, and `lsn_diff("1/0", "0/FFFFFFFF")` is `1`. Compute it in Python, without a server.
"""

# %% [markdown] hints="e1" reading="DDIA ch. 5, on setting up new followers: what a position in the log is for"
r"""
1. Turn each text into one number first; then subtract.
2. Split at the slash; `int(text, 16)` reads hexadecimal digits. What is the first half worth?
3. `high, low = text.split("/")`, then `int(high, 16) * 2**32 + int(low, 16)`.
"""


# %% solution="e1"
def lsn_diff(a, b):
    """Bytes from LSN `b` to LSN `a`."""
    ### BEGIN SOLUTION
    def position(text):
        high, low = text.split("/")
        return (int(high, 16) << 32) + int(low, 16)

    return position(a) - position(b)
    ### END SOLUTION


# %% test="e1_bytes" points=2 title="Differences of positions are bytes"
check(lsn_diff, "0/1A", "0/10").equals(10, idea="the halves are hexadecimal")
check(lsn_diff, "1/0", "0/FFFFFFFF").equals(1, idea="the first half counts units of 2**32 bytes")
### BEGIN HIDDEN TESTS
check(lsn_diff, "A/9", "A/10").equals(-7, idea="negative if the first position comes first; compare numbers, not texts")
random = seeded(0)
pairs = [tuple(f"{random.integers(0, 40):X}/{random.integers(0, 2**32):X}" for _ in "ab") for _ in range(20)]
for a, b in pairs:
    expected = int(ask(leader().dsn(), "SELECT pg_wal_lsn_diff(%s::pg_lsn, %s::pg_lsn)", a, b)[0][0])
    check(lsn_diff, a, b).note("seed 0").equals(expected, idea="PostgreSQL's own pg_wal_lsn_diff says otherwise: look at both halves")
    check(lsn_diff, a.lower(), b).note("seed 0").equals(expected, idea="small letters are digits too")
### END HIDDEN TESTS

# %% [markdown]
r"""
## From a copy to a follower

Three things make a follower.

**A base backup** is a copy of all files, taken while the leader works. Its pages come from different moments, as in our failed
copy. The cure is the log: replaying everything from the checkpoint at the backup's start until its end makes the pages agree.
`pg_basebackup` does the copying, over an ordinary connection that speaks the replication protocol:

| option | what it says |
| --- | --- |
| `-d` *dsn* | where the leader is, and as whom to connect: the role needs `LOGIN` and `REPLICATION` |
| `-D` *folder* | where to write the copy |
| `-X stream` | fetch the log that is written meanwhile, too, over a second connection |
| `-c fast` | let the leader write its checkpoint at once; otherwise it takes minutes over it, to spare its disks |
| `-N` | do not wait until every file is safe on the disk: for copies that live for a minute, like ours |
| `-R` | leave a note for the new server: an empty file `standby.signal` and, in `postgresql.auto.conf`, where its leader is |
| `-C -S` *name* | make a replication slot of this name on the leader, and use it |

**Streaming.** A server that finds `standby.signal` when it starts stays in recovery for good. It replays what it has, then asks the
leader for more from this position on. In between it answers queries that only read (*hot standby*).

**A replication slot** is the leader's memory of a follower: it notes how far the follower has got, and keeps the log from there on. Without one the
leader recycles old log after a checkpoint, and a follower that was away too long finds its next byte gone. The slot's price: one that nobody
ever comes back for keeps the log until the disk is full. (`max_slot_wal_keep_size` sets an end to that, by giving up the follower.)

Who may connect is written in `pg_hba.conf`; ours lets anyone in who reaches the socket, for replication as well. A follower should still come as
a role of its own, which can do nothing else: who has a superuser's connection to the leader owns all of it.
"""

# %% [markdown] exercise="e2" title="A follower that streams" level="core" minutes=45 goals=[3] exports=["build_follower"]
r"""
Write `build_follower(leader, folder, slot)`. `leader` is the connection string of a running leader, as superuser; `folder` is a path at which nothing is yet;
`slot` is a name for a replication slot, one that is still free. The function

1. makes sure that the leader has a role `replicator` that may log in and replicate, and is no superuser. There may be one already, from an
   earlier follower: then it is used as it is, neither changed nor made anew;
2. makes a base backup of the leader in `folder`, connected as `replicator`, with a new physical slot called `slot`;
3. starts a server on it that follows the leader, as `replicator` and through that slot, and replays at once what arrives;
4. returns the connection string of the follower, which answers by then.

The tools are here: `postgres.run("pg_basebackup", "-D", folder, …)` runs a program of PostgreSQL and raises `postgres.PostgresError` with its
words if it fails. `make_conninfo(dsn, user="ada")` is the same connection string for another role. `postgres.Cluster.at(folder)` is a cluster in a
folder that exists; it has `start()`, `dsn()` and `log()`, and listens on a socket of its own. The server goes on running when your function has returned.
"""

# %% [markdown] hints="e2" reading="DDIA ch. 5, Setting Up New Followers; PostgreSQL's manual, pg_basebackup and 26.2 (Log-Shipping Standby Servers)"
r"""
1. Each numbered point is one or two lines. Do them by hand first, from a cell, and look into the folder after the second.
2. `CREATE ROLE` has no `IF NOT EXISTS`: ask `pg_roles` first. For the backup go through the table of options; all of them but `-N` are needed, none takes more
   than its argument.
3. `postgres.run("pg_basebackup", "-d", make_conninfo(leader, user="replicator"), "-D", folder, …)`, then
   `follower = postgres.Cluster.at(folder)`, `follower.start()`, `return follower.dsn()`.
"""


# %% solution="e2"
def build_follower(leader, folder, slot):
    """A streaming follower of `leader` in `folder`, through the replication slot `slot`; its connection string."""
    ### BEGIN SOLUTION
    if not ask(leader, "SELECT 1 FROM pg_roles WHERE rolname = 'replicator'"):
        ask(leader, "CREATE ROLE replicator LOGIN REPLICATION")
    source = make_conninfo(leader, user="replicator")
    postgres.run("pg_basebackup", "-d", source, "-D", folder, "-X", "stream", "-c", "fast", "-N", "-R", "-C", "-S", slot)
    follower = postgres.Cluster.at(folder)
    follower.start()
    return follower.dsn()
    ### END SOLUTION


# %% test="e2_standby" points=4 title="A standby of the same system, which follows its leader"
ask(leader().dsn(), "DROP ROLE IF EXISTS replicator")
with place() as (folder, slot):
    built = check(build_follower, leader().dsn(), folder, slot)
    built.satisfies(lambda dsn: ask(dsn, "SELECT 1") == [(1,)], "a connection string where a server answers", idea="start the follower, then return its dsn()")
    follower = built.value(idea="it should end well")
    system = "SELECT system_identifier FROM pg_control_system()"
    check_value("the follower's system identifier", ask(follower, system)).equals(
        ask(leader().dsn(), system), idea="a follower begins as a copy of the leader's files: a cluster made by initdb is a stranger"
    )
    check_value("pg_is_in_recovery()", ask(follower, "SELECT pg_is_in_recovery()")).equals(
        [(True,)], idea="what tells a server, when it starts, that it is a standby?"
    )
    ask(leader().dsn(), "INSERT INTO ledger VALUES (%s)", slot)
    commit = written()
    check_value("the commit is replayed on the follower", until(lambda: replayed(follower) >= commit)).equals(
        True, idea="does the follower know where its leader is? Look at postgresql.auto.conf in its folder, and at its log()"
    )
    found = ask(follower, "SELECT count(*) FROM ledger WHERE entry = %s", slot)
    check_value("copies of the new row on the follower", found).equals([(1,)], idea="what is replayed is visible")
    ### BEGIN HIDDEN TESTS
    check(ask, follower, "INSERT INTO ledger VALUES ('on the follower')").raises(
        psycopg.errors.ReadOnlySqlTransaction, idea="a write on the follower must be refused with SQLSTATE 25006: it is in recovery"
    )
    receiving = "SELECT count(*) FROM pg_stat_wal_receiver WHERE status = 'streaming'"
    check_value("streaming receivers on the follower", ask(follower, receiving)).equals([(1,)], idea="the follower streams from its leader")
    ### END HIDDEN TESTS

# %% test="e2_role" points=1 title="The follower comes as replicator"
ask(leader().dsn(), "DROP ROLE IF EXISTS replicator")
with place() as (folder, slot):
    follower = check(build_follower, leader().dsn(), folder, slot).value(idea="it should end well")
    asked = "SELECT rolcanlogin, rolreplication, rolsuper FROM pg_roles WHERE rolname = 'replicator'"
    check_value("replicator may log in, replicate, everything", ask(leader().dsn(), asked)).equals(
        [(True, True, False)], idea="a role with LOGIN and REPLICATION, and no more"
    )
    ### BEGIN HIDDEN TESTS
    settings = ask(follower, "SHOW primary_conninfo")[0][0]
    check_value("the follower's primary_conninfo", settings).satisfies(
        lambda text: psycopg.conninfo.conninfo_to_dict(text).get("user") == "replicator",
        "user=replicator in it",
        idea="as whom does pg_basebackup connect? That is what it writes down for the follower",
    )
    ### END HIDDEN TESTS

# %% test="e2_second" points=1 title="The role may be there already"
ask(leader().dsn(), "DROP ROLE IF EXISTS replicator")
ask(leader().dsn(), "CREATE ROLE replicator LOGIN REPLICATION CONNECTION LIMIT 30")
role = "SELECT oid::bigint, rolconnlimit FROM pg_roles WHERE rolname = 'replicator'"
there = ask(leader().dsn(), role)
with place() as (folder, slot):
    check(build_follower, leader().dsn(), folder, slot).satisfies(
        lambda dsn: ask(dsn, "SELECT 1") == [(1,)], "a connection string where a server answers", idea="a second follower uses the role that the first one made"
    )
check_value("number and connection limit of the role", ask(leader().dsn(), role)).equals(
    there, idea="the role was there: others connect as it, so leave it as it is"
)

# %% test="e2_slot" points=2 title="The leader keeps what a follower that is away will need"
ask(leader().dsn(), "DROP ROLE IF EXISTS replicator")
with place() as (folder, slot):
    follower = check(build_follower, leader().dsn(), folder, slot).value(idea="it should end well")
    kind = "SELECT slot_type FROM pg_replication_slots WHERE slot_name = %s"
    check_value("the kind of the slot", ask(leader().dsn(), kind, slot)).equals(
        [("physical",)], idea="a physical slot of that name: which option of pg_basebackup makes one?"
    )
    used = "SELECT active FROM pg_replication_slots WHERE slot_name = %s"
    check_value("the slot comes to be used", until(lambda: ask(leader().dsn(), used, slot) == [(True,)])).equals(
        True, idea="the follower must know of its slot: which option notes it down for the new server?"
    )
    ### BEGIN HIDDEN TESTS
    access = leader().data / "pg_hba.conf"
    allowed = access.read_text()
    try:
        access.write_text("local replication all reject\n" + allowed)  # the follower is cut off …
        leader().configure({})
        ask(leader().dsn(), "SELECT pg_terminate_backend(pid) FROM pg_stat_replication")
        for _ in range(8):  # … while the leader writes, and recycles what nobody has asked it to keep
            ask(leader().dsn(), "INSERT INTO ledger VALUES ('while it was away')")
            ask(leader().dsn(), "SELECT pg_switch_wal()")
        ask(leader().dsn(), "CHECKPOINT")
        ask(leader().dsn(), "INSERT INTO ledger SELECT 'the last one'")
        commit = written()
    finally:
        access.write_text(allowed)
        leader().configure({})
    arrived = "SELECT coalesce(pg_wal_lsn_diff(pg_last_wal_receive_lsn(), '0/0'), 0)"
    check_value("received all after it was cut off", until(lambda: ask(follower, arrived)[0][0] >= commit)).equals(
        True, idea="the follower must stream through its slot: without it the leader has thrown away the log that is needed"
    )
    ### END HIDDEN TESTS

# %% [markdown]
r"""
The cell below is your follower at work, and needs exercise 2. Rows are committed on the leader in steps of 100; replay on the follower is
paused after the third step and goes on after the seventh.

**Predict.** What does the follower *show* during the pause? And what has it *received*?
"""

# %%
home = leader().data.parent / "shown"  # removed with the leader's folder
standby = build_follower(leader().dsn(), str(home), "shown")
count = "SELECT count(*) FROM ledger WHERE entry = 'shown'"
committed, visible, received = [], [], []
for step in range(1, 11):
    if step in (4, 8):
        ask(standby, "SELECT pg_wal_replay_pause()" if step == 4 else "SELECT pg_wal_replay_resume()")
    if step == 4:
        _ = until(lambda: ask(standby, "SELECT pg_get_wal_replay_pause_state()") == [("paused",)])
    ask(leader().dsn(), "INSERT INTO ledger SELECT 'shown' FROM generate_series(1, 100)")
    commit = written()
    _ = until(lambda: 4 <= step < 8 or replayed(standby) >= commit)
    arrived = "SELECT pg_wal_lsn_diff(flush_lsn, '0/0') >= %s FROM pg_stat_replication WHERE usename = 'replicator'"
    received.append(until(lambda: (True,) in ask(leader().dsn(), arrived, commit)))
    committed.append(ask(leader().dsn(), count)[0][0])
    visible.append(ask(standby, count)[0][0])
print("received at every step:", all(received), "   visible:", visible)

# %%
fig, ax = plt.subplots(figsize=(6.5, 3))
_ = ax.plot(range(1, 11), committed, marker="o", label="committed on the leader")
_ = ax.plot(range(1, 11), visible, marker="s", label="visible on the follower")
_ = ax.axvspan(3.5, 7.5, color="0.9", zorder=0)
_ = ax.text(5.5, 950, "replay paused", ha="center")
_ = ax.set(title="All of it has arrived, and less than half is to be seen", xlabel="step", ylabel="rows")
_ = ax.legend()
figures.show(fig, alt="Rows against steps. The leader's rise evenly to 1000. Those visible on the follower stay at 300 during the pause of replay, from step 4 to 7, though the log has arrived, and meet the leader's again at step 8.")

# %% [markdown]
r"""
## Four positions, and one that is missing

The leader knows four positions of each follower it hears from, in `pg_stat_replication`: `sent_lsn` $\ge$ `write_lsn` $\ge$ `flush_lsn` $\ge$
`replay_lsn`, that is sent, handed to the follower's operating system, safe on its disk, and visible to its readers. Each answers another question. "If the leader burns down now, what is
lost?" is about `flush_lsn`. "How old is what my users read?" is about `replay_lsn`.

They also say what a commit may wait for. The setting `synchronous_commit` is `on` for "flushed", `remote_write` for "written", `remote_apply` for "visible", on the followers that
`synchronous_standby_names` lists: `FIRST 1 (a, b)` is one, by priority; `ANY 2 (a, b, c)` is a **quorum**. With none listed, our case so far, replication is **asynchronous**: a commit
that was confirmed may be missing on the follower that takes over. Synchronous replication closes that gap if one of those that were waited for takes over, and pays with their delay. Watch a commit wait:
"""

# %%
ask(standby, "SELECT pg_wal_replay_pause()")
leader().configure({"synchronous_standby_names": "*", "synchronous_commit": "remote_apply"})
commit = threading.Thread(target=ask, args=(leader().dsn(), "INSERT INTO ledger VALUES ('waits')"))
commit.start()
waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
print("the commit waits for the follower:", until(lambda: ask(leader().dsn(), waiting) == [(1,)]))
print("others see it meanwhile:", ask(leader().dsn(), "SELECT count(*) FROM ledger WHERE entry = 'waits'")[0][0])
ask(standby, "SELECT pg_wal_replay_resume()")
commit.join()
leader().configure({"synchronous_standby_names": None, "synchronous_commit": None})
print("after replay goes on:", ask(leader().dsn(), "SELECT count(*) FROM ledger WHERE entry = 'waits'")[0][0])

# %% [markdown]
r"""
**Vary.** Set `remote_write` in place of `remote_apply` and run it again: replay is paused all the same, and nothing waits.

The most important position is the one that is missing. **A follower that is disconnected has no row in `pg_stat_replication`.** A dashboard that averages the lags it finds there shows its best
number on the day when the followers have died. Their slots still stand in `pg_replication_slots`: `active` says whether somebody is connected (`active_pid` is whose
`pid` in the other view), `restart_lsn` where the log begins that is kept for them, and `slot_type` whether a slot is `physical` or `logical`. Not everybody who is connected replays: a program that
only archives the log, such as `pg_receivewal`, comes through a slot as well, and its `replay_lsn` is `NULL`. In SQL, `pg_wal_lsn_diff(a, b)` is your `lsn_diff`, as a `numeric`.
"""

# %% [markdown] exercise="e3" title="A monitor that hears the silence" level="core" minutes=35 goals=[3] exports=["monitor"]
r"""
Write `monitor(leader)` for the connection string of a leader. It returns a list with one dict for every **physical** replication slot, sorted by the slot's name:

- `"slot"`: its name;
- `"connected"`: `True` if somebody is connected through it now, a follower or any other program, else `False`;
- `"lag"`: the bytes from what the follower has **replayed** to the leader's current end of the log, `pg_current_wal_lsn()`, whether or not all of that has been sent, as an integer. Nobody connected, or no replayed position reported (a program that only archives the log, say): `None`. The lag of a follower that cannot be heard is
  unknown, and not 0;
- `"retained"`: the bytes of log that the leader keeps for it: from the slot's `restart_lsn` to the same end, as an integer. A slot that was never used has no `restart_lsn` and keeps nothing: `0`.

Logical slots are left out. A leader without physical slots gives `[]`. For one whose only follower was stopped some time ago: `[{"slot": "berlin", "connected": False, "lag": None, "retained": 4718592}]`.
"""

# %% [markdown] hints="e3" reading="DDIA ch. 5, Handling Node Outages and Problems with Replication Lag"
r"""
1. Which of the two views has a row for every follower you care about? Start from that one.
2. A `LEFT JOIN` keeps slots without a partner and fills the other side with `NULL`, which is `None` in Python. `pg_wal_lsn_diff` of a `NULL` is `NULL`: right for one of the two numbers, wrong for the other.
3. `FROM pg_replication_slots s LEFT JOIN pg_stat_replication r ON r.pid = s.active_pid`; the numbers are `numeric`, so cast them to `bigint`; `coalesce(…, 0)` where nothing means 0.
"""


# %% solution="e3"
def monitor(leader):
    """One dict for each physical replication slot of `leader`: slot, connected, lag, retained."""
    ### BEGIN SOLUTION
    found = ask(
        leader,
        """
        SELECT s.slot_name, s.active,
               pg_wal_lsn_diff(pg_current_wal_lsn(), r.replay_lsn)::bigint,
               coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), s.restart_lsn), 0)::bigint
        FROM pg_replication_slots s LEFT JOIN pg_stat_replication r ON r.pid = s.active_pid
        WHERE s.slot_type = 'physical'
        ORDER BY s.slot_name
        """,
    )
    return [dict(zip(("slot", "connected", "lag", "retained"), row, strict=True)) for row in found]
    ### END SOLUTION


# %% test="e3_silent" points=2 title="A follower that is not there is reported, with what is kept for it"
drop_slots()
slot = f"silent_{next(numbers)}"
ask(leader().dsn(), "SELECT pg_create_physical_replication_slot(%s, true)", slot)  # kept from now on, though nobody came yet
first = check(monitor, leader().dsn())
first.satisfies(
    lambda rows: [(r["slot"], r["connected"], r["lag"]) for r in rows if r["slot"] == slot] == [(slot, False, None)],
    f"{{'slot': '{slot}', 'connected': False, 'lag': None, …}} in it",
    idea="who is not connected has no row in pg_stat_replication; and unknown is not 0",
)
### BEGIN HIDDEN TESTS
kept = "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::bigint FROM pg_replication_slots WHERE slot_name = %s"
for _ in range(2):
    ask(leader().dsn(), "INSERT INTO ledger SELECT 'while nobody listens' FROM generate_series(1, 2000)")
    low = ask(leader().dsn(), kept, slot)[0][0]
    rows = check(monitor, leader().dsn()).value(idea="it should end well")
    high = ask(leader().dsn(), kept, slot)[0][0]
    check_value("bytes retained for the silent one", [r["retained"] for r in rows if r["slot"] == slot]).satisfies(
        lambda found: len(found) == 1 and low <= found[0] <= high, f"[{low}], which is what PostgreSQL says", idea="from the slot's restart_lsn to the end of the log, in bytes"
    )
with tempfile.TemporaryDirectory(prefix="f-") as folder:
    slot = f"stopped_{next(numbers)}"
    postgres.run("pg_basebackup", "-d", leader().dsn(), "-D", folder, "-X", "stream", "-c", "fast", "-N", "-R", "-C", "-S", slot)
    with postgres.Cluster.at(folder) as follower:
        _ = until(lambda: ask(leader().dsn(), "SELECT active FROM pg_replication_slots WHERE slot_name = %s", slot) == [(True,)])
        rows = check(monitor, leader().dsn()).value(idea="it should end well")
        check_value("connected", [r["connected"] for r in rows if r["slot"] == slot]).equals([True], idea="the slot is active")
        follower.stop()
        _ = until(lambda: ask(leader().dsn(), "SELECT active FROM pg_replication_slots WHERE slot_name = %s", slot) == [(False,)])
        rows = check(monitor, leader().dsn()).value(idea="it should end well")
        check_value("the stopped follower", [(r["connected"], r["lag"]) for r in rows if r["slot"] == slot]).equals(
            [(False, None)], idea="the follower was stopped just now"
        )
### END HIDDEN TESTS

# %% test="e3_lag" points=2 title="Lag is what readers do not see yet, in bytes"
check(monitor, leader().dsn()).satisfies(
    lambda rows: all(r["lag"] is None or type(r["lag"]) is int and r["lag"] >= 0 for r in rows), "lags that are None or bytes", idea="the leader's end minus the follower's position"
)
### BEGIN HIDDEN TESTS
drop_slots()
with tempfile.TemporaryDirectory(prefix="f-") as folder:
    slot = f"paused_{next(numbers)}"
    postgres.run("pg_basebackup", "-d", leader().dsn(), "-D", folder, "-X", "stream", "-c", "fast", "-N", "-R", "-C", "-S", slot)
    with postgres.Cluster.at(folder) as follower:
        behind = """SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), r.replay_lsn)::bigint, pg_current_wal_lsn() = r.flush_lsn, r.replay_lsn::text
            FROM pg_stat_replication r JOIN pg_replication_slots s ON s.active_pid = r.pid WHERE s.slot_name = %s"""
        _ = until(lambda: ask(leader().dsn(), behind, slot))
        ask(follower.dsn(), "SELECT pg_wal_replay_pause()")
        _ = until(lambda: ask(follower.dsn(), "SELECT pg_get_wal_replay_pause_state()") == [("paused",)])
        ask(leader().dsn(), "INSERT INTO ledger SELECT 'not to be seen yet' FROM generate_series(1, 3000)")
        here = ask(follower.dsn(), "SELECT pg_last_wal_replay_lsn()::text")[0][0]
        _ = until(lambda: [row[1:] for row in ask(leader().dsn(), behind, slot)] == [(True, here)])
        low = ask(leader().dsn(), behind, slot)[0][0]
        rows = check(monitor, leader().dsn()).value(idea="it should end well")
        high = ask(leader().dsn(), behind, slot)[0][0]
        check_value("lag of a follower that has received everything and replays nothing", [r["lag"] for r in rows if r["slot"] == slot]).satisfies(
            lambda found: len(found) == 1 and low <= found[0] <= high, f"[{low}]", idea="which of the four positions is about readers? And from where to where is the distance?"
        )
shown = written()
with listener(received=shown, replayed=shown) as slot:  # the leader can send only as much as fits into the line
    ask(leader().dsn(), "INSERT INTO ledger SELECT repeat('x', 1000) FROM generate_series(1, 3000)")
    behind = "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint - %s"
    low = ask(leader().dsn(), behind, shown)[0][0]
    rows = check(monitor, leader().dsn()).value(idea="it should end well")
    high = ask(leader().dsn(), behind, shown)[0][0]
    check_value("lag of a follower to which most of the log could not even be sent", [r["lag"] for r in rows if r["slot"] == slot]).satisfies(
        lambda found: len(found) == 1 and low <= found[0] <= high, f"[{low}]", idea="to the leader's end of the log, not to the end of what it has sent"
    )
### END HIDDEN TESTS

# %% test="e3_archive" points=1 title="Who archives the log is connected, and shows it to nobody"
drop_slots()
with listener(received=written(), replayed=0) as slot:
    rows = check(monitor, leader().dsn()).value(idea="it should end well")
check_value("connected and lag of a program that only archives the log", [(r["connected"], r["lag"]) for r in rows if r["slot"] == slot]).equals(
    [(True, None)], idea="its slot is in use; it has reported what it has received, and no replayed position"
)

# %% test="e3_physical" points=1 title="Physical slots, and no others"
drop_slots()
ask(leader().dsn(), "SELECT pg_create_logical_replication_slot(%s, 'pgoutput')", f"logical_{next(numbers)}")
physical = f"physical_{next(numbers)}"
ask(leader().dsn(), "SELECT pg_create_physical_replication_slot(%s)", physical)
ours = lambda rows: [r["slot"] for r in rows if r["slot"].startswith(("logical_", "physical_"))]
check(monitor, leader().dsn()).satisfies(lambda rows: ours(rows) == [physical], f"{physical}, and not the logical slot beside it", idea="look at slot_type")
### BEGIN HIDDEN TESTS
drop_slots()
if not ask(leader().dsn(), "SELECT 1 FROM pg_replication_slots"):  # the follower of the demonstration may be there, with its own
    check(monitor, leader().dsn()).equals([], idea="no slot, no line in the report")
### END HIDDEN TESTS

# %% test="e3_unused" points=1 title="A slot that was never used keeps nothing"
drop_slots()
names = [f"unused_{kind}_{next(numbers)}" for kind in ("b", "a")]
for name in names:
    ask(leader().dsn(), "SELECT pg_create_physical_replication_slot(%s)", name)
check(monitor, leader().dsn()).satisfies(
    lambda rows: [(r["lag"], r["retained"]) for r in rows if r["slot"] in names] == [(None, 0)] * 2, "lag None and retained 0 for both new slots", idea="restart_lsn is NULL there"
)

# %% test="e3_order" points=1 title="Sorted by name"
drop_slots()
names = [f"{kind}_{next(numbers)}" for kind in ("zulu", "alpha", "mike")]
for name in names:
    ask(leader().dsn(), "SELECT pg_create_physical_replication_slot(%s, true)", name)
check(monitor, leader().dsn()).satisfies(
    lambda rows: (found := [r["slot"] for r in rows]) == sorted(found) and set(names) <= set(found), "every slot, by name", idea="a report is compared with yesterday's: give it an order"
)

# %% [markdown]
r"""
## Reading from followers without going back in time

Followers are there to be read from, and with lag come two surprises. Zoe changes her address, reloads the page, and sees the old one: her read went to a follower that had not replayed her write. She reloads again, sees the new address, reloads once
more, and the old one is back: another follower, further behind. Two **session guarantees** rule this out.

- **Read your writes**: a session's reads see all writes of that session.
- **Monotonic reads**: a session's later reads never see less than its earlier ones.

"Wait 200 ms before reading" gives neither: lag has no upper bound. Positions give both, exactly. The session carries a **token**, the highest position that it has written or seen. A follower may
answer if it has *replayed* at least that much; having received it is not enough, since what is received is invisible. After the answer the token moves up to what was seen.

One detail decides whether that is right. While a query runs, the follower replays on, so the query may have seen more than the follower had replayed *before* it. **Predict.** At which moment do you
ask for the position that goes into the token: before the query, or after it? And the position that is compared with the token?

(For the comparison: before. The state that was seen is at least that. For the new token: after. What was seen is at most that, and a token that is a little too high costs a wait, while one too low costs the guarantee.)
"""

# %% [markdown] exercise="e4" title="A router with session guarantees" level="core" minutes=45 exports=["Router"]
r"""
Write `class Router` with `Router(leader, followers, patience, pause)`. Servers are dicts of functions that take no argument, but for `"query"`, which takes a text:

- of the leader: `"query"(text)` returns rows, `"position"()` the end of its log;
- of each follower in the list `followers`: `"query"(text)`, `"received"()` and `"replayed"()`, its two positions.

Positions are integers and never decrease. `pause()` waits a moment. A follower that is down raises `ConnectionError`, whichever function is called.

- `write(text)` sends the text to the leader's `"query"` and returns a token, an integer: a position that covers this write.
- `read(text, token)` returns `(rows, token)`. It looks at the followers in their order, and the first that has replayed at least `token` answers. If there is none, it calls `pause()` and looks at all of them again, `patience` times at most; then the leader
  answers. With `patience` 0 there is no pause. Until then nothing is asked of the leader, not even its position.
- The returned token covers all that the answer may have seen: at least what the server that answered had replayed (the leader: its end of the log) when the query had ended, and never less than the token that was handed in. It is no higher than the larger of these two.
- A follower that raises `ConnectionError`, before its query, during it or after it, is passed over, and the next one is looked at; after a pause it is looked at like the others. Every other exception of a follower, and every one of the leader, is let out.

Each query goes to one server, unless that one failed. With a token of 120 and two followers that have replayed 100 and 130, the second answers, and the returned token is 130.
"""

# %% [markdown] hints="e4" reading="DDIA ch. 5, Reading Your Own Writes and Monotonic Reads"
r"""
1. Write `read` for one follower and no waiting first: compare, ask, move the token up. In which order?
2. Two loops: `patience + 1` rounds, with a `pause()` before each but the first; in each round the followers in order. The leader comes after both.
3. In the inner loop: `try: if follower["replayed"]() >= token: rows = follower["query"](text); return rows, max(token, follower["replayed"]())`, and `except ConnectionError: continue`.
"""


# %% solution="e4"
class Router:
    """Reads from followers that have replayed what a session has seen; from the leader when none has."""

    def __init__(self, leader, followers, patience, pause):
        ### BEGIN SOLUTION
        self.leader, self.followers = leader, followers
        self.patience, self.pause = patience, pause
        ### END SOLUTION

    def write(self, text):
        """Write on the leader; the token of this write."""
        ### BEGIN SOLUTION
        self.leader["query"](text)
        return self.leader["position"]()
        ### END SOLUTION

    def read(self, text, token):
        """The rows, and the token for the session's next read."""
        ### BEGIN SOLUTION
        for attempt in range(self.patience + 1):
            if attempt > 0:
                self.pause()
            for follower in self.followers:
                try:
                    if follower["replayed"]() >= token:
                        rows = follower["query"](text)
                        return rows, max(token, follower["replayed"]())
                except ConnectionError:
                    continue
        rows = self.leader["query"](text)
        return rows, max(token, self.leader["position"]())
        ### END SOLUTION


# %% test="e4_fresh" points=2 title="No follower answers before it has replayed the token"
asked = []
main, _ = pretend("leader", asked, replayed=150)
behind, _ = pretend("behind", asked, received=150, replayed=100)
ahead, _ = pretend("ahead", asked, received=150, replayed=130)
router = Router(main, [behind, ahead], 0, lambda: None)
check(router.read, "SELECT 1", 120).equals(([("ahead", 130)], 130), idea="the first follower has received position 120, and shows only what it has replayed")
check(router.read, "SELECT 1", 100).satisfies(lambda answer: answer[0] == [("behind", 100)], "an answer of the first follower", idea="what it has replayed is enough for this token")
### BEGIN HIDDEN TESTS
drop_slots()
with tempfile.TemporaryDirectory(prefix="f-") as folder:
    slot = f"routed_{next(numbers)}"
    postgres.run("pg_basebackup", "-d", leader().dsn(), "-D", folder, "-X", "stream", "-c", "fast", "-N", "-R", "-C", "-S", slot)
    with postgres.Cluster.at(folder) as cluster:
        real = {
            "query": lambda text: ask(cluster.dsn(), text),
            "replayed": lambda: replayed(cluster.dsn()),
            "received": lambda: int(ask(cluster.dsn(), "SELECT pg_wal_lsn_diff(pg_last_wal_receive_lsn(), '0/0')")[0][0]),
        }
        on_leader = []
        first = {"query": lambda text: on_leader.append(text) or ask(leader().dsn(), text), "position": written}
        resume = lambda: ask(cluster.dsn(), "SELECT pg_wal_replay_resume()") and until(lambda: replayed(cluster.dsn()) >= token)
        router = Router(first, [real], 1, resume)
        ask(cluster.dsn(), "SELECT pg_wal_replay_pause()")
        _ = until(lambda: ask(cluster.dsn(), "SELECT pg_get_wal_replay_pause_state()") == [("paused",)])
        ask(leader().dsn(), "INSERT INTO ledger SELECT %s::text", slot)
        token = written()
        _ = until(lambda: real["received"]() >= token)
        rows, _ = check(router.read, f"SELECT count(*) FROM ledger WHERE entry = '{slot}'", token).value(idea="it should end well")
        check_value("rows of its own that the session finds, from a real follower whose replay was paused", rows).equals([(1,)], idea="received is not replayed")
        check_value("queries on the leader", len(on_leader)).equals(0, idea="after the pause the follower has it")
### END HIDDEN TESTS

# %% test="e4_monotonic" points=2 title="The new token covers all that was seen"
asked = []
main, _ = pretend("leader", asked, replayed=500, during=7)
busy, _ = pretend("busy", asked, replayed=200, during=30)
router = Router(main, [busy], 0, lambda: None)
check(router.read, "SELECT 1", 150).equals(([("busy", 230)], 230), idea="the follower replayed on while it answered: ask for its position again")
### BEGIN HIDDEN TESTS
check(router.read, "SELECT 2", 300).equals(([("leader", 507)], 507), idea="the leader writes on while it answers, too")
ahead = 10_000  # of a session that has seen a leader which is gone now
check(router.read, "SELECT 3", ahead).satisfies(lambda answer: answer[1] == ahead, f"the token {ahead}", idea="a token never moves back")
### END HIDDEN TESTS

# %% test="e4_bounded" points=2 title="A bounded wait, then the leader, and never before"
asked, pauses = [], []
main, leader_state = pretend("leader", asked, replayed=900)
late, _ = pretend("late", asked, replayed=100)
check(Router(main, [late], 3, lambda: pauses.append(1)).read, "SELECT 1", 400).equals(([("leader", 900)], 900), idea="when patience is over the leader answers")
check_value("pauses", len(pauses)).equals(3, idea="look, then pause and look again, `patience` times")
check(Router(main, [late], 0, lambda: pauses.append(1)).read, "SELECT 1", 400).equals(([("leader", 900)], 900), idea="no patience: straight to the leader")
check_value("pauses", len(pauses)).equals(3, idea="with patience 0 there is no pause")
### BEGIN HIDDEN TESTS
for last in (1, 4):
    asked.clear()
    pauses.clear()
    node, state = pretend("catches up", asked, replayed=100)

    def wait():
        pauses.append(1)
        state["replayed"] = 100 + 100 * len(pauses)

    goal = 100 + 100 * last
    check(Router(main, [late, node], 4, wait).read, "SELECT 1", goal).equals(([("catches up", goal)], goal), idea="after each pause look at all of them again")
    check_value("who was asked", [name for name, _ in asked]).equals(["catches up"], idea="the leader is not asked while there is hope")
    check_value("pauses", len(pauses)).equals(last, idea="no pause more than it takes")
check(Router(main, [], 0, lambda: None).read, "SELECT 1", 1).equals(([("leader", 900)], 900), idea="without followers there is still the leader")
leader_state["down"] = True
check(Router(main, [late], 1, lambda: None).read, "SELECT 1", 100).note("the leader is down").equals(
    ([("late", 100)], 100), idea="a follower is ready: the leader is asked nothing, not even its position"
)
### END HIDDEN TESTS

# %% test="e4_write" points=1 title="The token of a write covers the write"
asked = []
main, _ = pretend("leader", asked, replayed=100, during=25)
check(Router(main, [], 0, lambda: None).write, "UPDATE …").equals(125, idea="the position after the write: the one before it is satisfied by a follower that lacks it")
check_value("what the leader was asked", asked).equals([("leader", "UPDATE …")], idea="once, with the text as it is")

# %% test="e4_down" points=1 title="A follower that is down is passed over"
asked = []
main, _ = pretend("leader", asked, replayed=500)
gone, state = pretend("gone", asked, replayed=500)
there, _ = pretend("there", asked, replayed=400)
state["down"] = True
check(Router(main, [gone, there], 2, lambda: None).read, "SELECT 1", 300).equals(([("there", 400)], 400), idea="ConnectionError: the next follower")
### BEGIN HIDDEN TESTS
def breaks(text):
    raise ConnectionResetError("in the middle of the answer")


check(Router(main, [{**there, "query": breaks}, there], 0, lambda: None).read, "SELECT 1", 300).equals(
    ([("there", 400)], 400), idea="a connection may break while the query runs, too"
)


def breaks_late():
    if ("there", "SELECT 2") in asked:
        raise ConnectionResetError("after the answer")
    return 400


check(Router(main, [{**there, "replayed": breaks_late}, there], 0, lambda: None).read, "SELECT 2", 300).equals(
    ([("there", 400)], 400), idea="and it may break after the query, when the follower is asked for its position"
)
check(Router(main, [gone], 1, lambda: None).read, "SELECT 1", 300).equals(([("leader", 500)], 500), idea="all followers down: the leader")
check(Router(main, [gone], 1, lambda: state.update(down=False)).read, "SELECT 1", 300).equals(
    ([("gone", 500)], 500), idea="who was down before the pause may be back after it"
)
### END HIDDEN TESTS

# %% test="e4_errors" points=1 title="What else goes wrong is the caller's to hear"
asked = []
main, state = pretend("leader", asked, replayed=500)
behind, _ = pretend("behind", asked, replayed=100)
state["down"] = True
check(Router(main, [behind], 1, lambda: None).read, "SELECT 1", 300).raises(ConnectionError, idea="nobody is left who could answer: an empty answer would be a lie")
### BEGIN HIDDEN TESTS
check(Router(main, [behind], 1, lambda: None).write, "UPDATE …").raises(ConnectionError, idea="a write that failed has no token")


def refuses(text):
    raise ValueError("the query has no FROM")


state["down"] = False
check(Router(main, [{**behind, "query": refuses}, behind], 0, lambda: None).read, "SELECT 1", 50).raises(
    ValueError, idea="a query that is wrong is wrong on every server: only a lost connection is a reason to ask the next"
)
### END HIDDEN TESTS

# %% [markdown]
r"""
## Several leaders, and no common order

With one leader every write has a place in one log, and "later" means something. Two leaders, one in each data centre, accept writes without asking each other. That halves the
distance for writers and survives the loss of the line between them; in exchange two people can change the same row at the same time, and nobody notices before the logs meet.

![Two leaders in a space-time diagram: after w1 has reached both, w2 at A and w3 at B are made without knowing of each other, and w4 at A has seen both](d02_replication_leaders.svg)

Clocks do not decide it. If B's clock is a minute slow, "the newest timestamp wins" throws away a correction that was made *after reading* what it corrects. What can be decided is **who knew of
whom**. A **version vector** counts, for each replica, how many of its writes a version has seen. One vector is *before* another if it is nowhere larger and somewhere smaller. If each is larger somewhere, the writes are
**concurrent**: neither knew of the other. That is a conflict, and its versions are kept as **siblings** until somebody who has seen both writes a successor.

Some data can be merged without anybody. A **PN-counter** keeps, for each replica, how much it has added and how much it has taken away; each replica writes only its own entries, which only grow. Merging takes
the larger of two entries: an operation that is commutative, associative and idempotent, so messages may arrive in any order and more than once. Such types are called *conflict-free* (CRDTs), and the price is always in the rules:
a counter can do without "never below zero", a bank account cannot.
"""

# %% [markdown] exercise="e5" title="Conflicts, seen and merged" level="stretch" minutes=25 exports=["relation", "siblings", "counter_value", "counter_merge"]
r"""
A version vector is a dict from a replica's name to the number of its writes; a name that is missing counts as 0. Write

- `relation(a, b)` of two vectors: `"equal"`, `"before"` (`b` has seen all that `a` has, and more), `"after"`, or `"concurrent"`;
- `siblings(versions)` of a list of pairs `(vector, value)`: those pairs whose vector is before no other in the list, each once, sorted by value (texts). Pairs with equal vectors are copies of one version and have the same value;
- `counter_merge(a, b)` of two states of a PN-counter, `{"plus": {replica: n}, "minus": {replica: n}}` with whole numbers $n \ge 0$: the merged state, with an entry for each replica that has one in `a` or in `b`, be it 0, and for no other;
- `counter_value(state)`: what is added less what is taken away, in all replicas together.

No argument is changed. `relation({"a": 2}, {"a": 1, "b": 1})` is `"concurrent"`. `counter_merge({"plus": {"a": 3}, "minus": {}}, {"plus": {"a": 1, "b": 2}, "minus": {}})` is `{"plus": {"a": 3, "b": 2}, "minus": {}}`,
with value 5.
"""

# %% [markdown] hints="e5" reading="DDIA ch. 5, Detecting Concurrent Writes and the passage on version vectors"
r"""
1. Two questions decide all four relations: has `b` seen all that `a` has? Has `a` seen all that `b` has?
2. `all(a.get(r, 0) <= b.get(r, 0) for r in …)`: over which names? For `siblings`, drop each pair that is before some other, then the copies.
3. The merged half is `{r: max(a.get(r, 0), b.get(r, 0)) for r in a.keys() | b.keys()}`; do it for `"plus"` and for `"minus"`, never for their difference.
"""


# %% solution="e5"
def relation(a, b):
    """How the version vectors `a` and `b` stand to each other."""
    ### BEGIN SOLUTION
    a_seen = all(count <= b.get(replica, 0) for replica, count in a.items())
    b_seen = all(count <= a.get(replica, 0) for replica, count in b.items())
    return {(True, True): "equal", (True, False): "before", (False, True): "after", (False, False): "concurrent"}[a_seen, b_seen]
    ### END SOLUTION


def siblings(versions):
    """The versions that no other one has seen, each once, sorted by value."""
    ### BEGIN SOLUTION
    newest = [v for v in versions if not any(relation(v[0], other) == "before" for other, _ in versions)]
    kept = [v for i, v in enumerate(newest) if not any(relation(v[0], other) == "equal" for other, _ in newest[:i])]
    return sorted(kept, key=lambda version: version[1])
    ### END SOLUTION


def counter_value(state):
    """What a PN-counter shows."""
    ### BEGIN SOLUTION
    return sum(state["plus"].values()) - sum(state["minus"].values())
    ### END SOLUTION


def counter_merge(a, b):
    """The state that knows what both know."""
    ### BEGIN SOLUTION
    return {
        half: {replica: max(a[half].get(replica, 0), b[half].get(replica, 0)) for replica in a[half].keys() | b[half].keys()}
        for half in ("plus", "minus")
    }
    ### END SOLUTION


# %% test="e5_relation" points=2 title="Who knew of whom"
check(relation, {"a": 2}, {"a": 1, "b": 1}).equals("concurrent", idea="each has seen a write that the other has not")
check(relation, {"a": 1}, {"a": 1, "b": 1}).equals("before", idea="nowhere larger, somewhere smaller")
### BEGIN HIDDEN TESTS
check(relation, {"a": 1, "b": 0}, {"a": 1}).equals("equal", idea="a missing name counts as 0")
check(relation, {}, {"c": 1}).equals("before", idea="names that stand in one vector only count as well")
check(relation, {"a": 1}, {"b": 1}).keeps_arguments(idea="a comparison changes neither vector")
for seed in range(4):  # writes on three replicas that hear of each other at random; who knew of whom is kept as sets
    random = seeded(seed)
    known, made = [set(), set(), set()], []
    for write in range(12):
        here, there = (int(n) for n in random.permutation(3)[:2])
        if random.random() < 0.6:
            known[here] |= known[there]
        known[here] = known[here] | {(here, sum(r == here for r, _ in known[here]))}
        made.append(set(known[here]))
    vectors = [{"abc"[r]: sum(who == r for who, _ in seen) for r in {who for who, _ in seen}} for seen in made]
    for i, j in itertools.product(range(12), repeat=2):
        expected = "equal" if made[i] == made[j] else "before" if made[i] < made[j] else "after" if made[i] > made[j] else "concurrent"
        check(relation, vectors[i], vectors[j]).note(f"seed {seed}").equals(expected, idea="has the one seen all that the other has?")
### END HIDDEN TESTS

# %% test="e5_siblings" points=2 title="Siblings are what nobody has overwritten, whatever the order of arrival"
history = [({"a": 1}, "one"), ({"a": 2}, "two"), ({"a": 1, "b": 1}, "too")]
check(siblings, history).equals([({"a": 1, "b": 1}, "too"), ({"a": 2}, "two")], idea="both have seen the first, neither has seen the other")
### BEGIN HIDDEN TESTS
for seed in range(3):
    shuffled = [history[int(i)] for i in seeded(seed).permutation(3)]
    check(siblings, shuffled + shuffled).note(f"seed {seed}").equals(
        [({"a": 1, "b": 1}, "too"), ({"a": 2}, "two")], idea="messages arrive in any order, and more than once"
    )
check(siblings, [({"a": 2, "b": 1}, "all"), *history]).equals([({"a": 2, "b": 1}, "all")], idea="who has seen both siblings replaces both")
check(siblings, [({"a": 1, "b": 0}, "x"), ({"a": 1}, "x")]).satisfies(lambda found: len(found) == 1, "one version", idea="equal vectors are the same version, however they are written")
same = [({"a": 1}, "x"), ({"b": 1}, "x")]
check(siblings, same).satisfies(lambda found: len(found) == 2, "both versions", idea="two writes are concurrent even if they wrote the same text")
check(siblings, []).equals([], idea="nothing was written yet")
check(siblings, history).keeps_arguments(idea="the list of versions is the caller's")
### END HIDDEN TESTS

# %% test="e5_counter" points=1 title="Counters merge to the same number everywhere"
left, right = {"plus": {"a": 3}, "minus": {}}, {"plus": {"a": 1, "b": 2}, "minus": {"b": 4}}
check(counter_merge, left, right).equals({"plus": {"a": 3, "b": 2}, "minus": {"b": 4}}, idea="the larger of two entries, for each replica and each half")
check(counter_value, right).equals(-1, idea="added less taken away")
### BEGIN HIDDEN TESTS
zero = {"plus": {"a": 0}, "minus": {"b": 0}}
check(counter_merge, zero, {"plus": {"b": 0}, "minus": {}}).equals({"plus": {"a": 0, "b": 0}, "minus": {"b": 0}}, idea="a missing entry is a 0")
check(counter_merge, left, right).keeps_arguments(idea="a state that was sent is still the sender's")
random = seeded(0)
states = [{half: {r: int(random.integers(0, 9)) for r in "abc"[: i + 1]} for half in ("plus", "minus")} for i in range(3)]
expected = {half: {r: max(s[half].get(r, 0) for s in states) for r in "abc"} for half in ("plus", "minus")}
for order in itertools.permutations(range(3)):
    merged = states[order[0]]
    for i in (*order, order[0]):
        merged = check(counter_merge, merged, states[i]).note("seed 0").value(idea="two states give a state")
    check_value(f"merged in the order {order}, with repeats (seed 0)", merged).equals(expected, idea="a message that arrives twice must not count twice")
### END HIDDEN TESTS

# %% [markdown]
r"""
## In practice

**A follower is no backup.** It repeats a `DELETE` without a `WHERE` within milliseconds. Tomorrow's archive of the log can go back to before it.

**Slots fill disks.** Alarm on *retained* bytes as well as on lag, and set `max_slot_wal_keep_size` once you have decided who shall survive: the leader or the follower.

**Lag in seconds deceives.** `now() - pg_last_xact_replay_timestamp()` grows on an idle leader, since there is nothing to replay. Bytes are 0 then. For people, send a heartbeat row every few seconds and measure its age.

**Synchronous means available only together.** One synchronous follower and a broken line: all commits hang. A quorum `ANY 1 (a, b)` survives either one. And in the demonstration the row was invisible until the follower had it; a client that gives up waiting does not know whether its
commit counts. It does, on the leader.

**At a hundred times the size** a base backup takes hours, and the slot keeps the log of all these hours; followers of followers (*cascading*) spare the leader's network; queries on the follower that need rows which the
leader has cleaned up are cancelled, or hold up replay: choose with `max_standby_streaming_delay`.

## Summary

- A position in the log is a number of bytes; differences are work, never seconds.
- A follower is a base backup that replays its leader's log for good; the slot keeps the log while it is away.
- Lag ends at *replayed*; a follower that is silent has no lag, only a slot that retains more and more.
- Tokens of replayed positions give read-your-writes and monotonic reads: compare before the query, move up after it.
- Without a common order, version vectors tell successors from conflicts, and some types merge by themselves.

## Reflection

Your dashboard shows "replication lag: 0 bytes" for a week. A colleague proposes to send all reads to the followers, with a pause of 100 ms after each write.

Answer in 3 to 5 sentences. Give yourself a point for each: you name a way in which 0 bytes can be shown while a follower is dead; you say which position the number should be about; you say why a pause gives no guarantee; you say what to do in its place, and what it costs.
"""

# %% [markdown] reflection="reflection"
r"""
If the number is taken from pg_stat_replication alone, a dead follower has no row there and adds nothing to the sum, so 0 may mean "nobody is listening"; let us count slots, connected and not, with the bytes they retain. For readers the lag has to end at replay_lsn: received log is not visible. A pause of 100 ms
is a bet that lag stays below it, and on the day of a bulk load, or of a long query that holds up replay, every user loses it at once. Let each session carry the position of its last write or read, and let a follower answer only if it has replayed that far. That costs one more question for each read, some
waits, and reads on the leader when all followers are behind.
"""

# %% [markdown]
r"""
## Further reading

- *Designing Data-Intensive Applications*, chapter 5: setting up followers and handling their outages, with what can go wrong in a failover; the section on replication lag, where today's two guarantees and a third, consistent prefix reads, are introduced by what users see; multi-leader topologies; version vectors near the end.
  Chapter 11, on the advantages of immutable events, for why a ledger of entries is easier to audit than a table of balances.
- *Database System Concepts*, chapters 2 and 3: the relational model and the SQL of today's queries; look for outer joins and what they do with `NULL`.
- PostgreSQL's manual, chapter 26 (High Availability, Load Balancing, and Replication): 26.2.5 streaming, 26.2.6 slots, 26.2.8 synchronous replication; 27.2 and the page on `pg_replication_slots` in chapter 53 describe every column that your monitor reads.
- D. Terry and others, "Session Guarantees for Weakly Consistent Replicated Data" (1994): the two guarantees of exercise 4, and two on writes. M. Shapiro and others, "Conflict-free Replicated Data Types" (2011): the PN-counter and why merging by maximum converges.
"""
