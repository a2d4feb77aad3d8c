# %% [markdown]
r"""
You will bring a real PostgreSQL database back to the instant before somebody emptied its ledger, with nothing but last night's
backup and an archive of the log, and then let a crashed leader rejoin without a lie in its history.

**You will be able to**

- **plan** a recovery: which backup, which segments of the log, and whether it can work at all (exercise 1);
- **implement** recovery after a crash in the manner of ARIES, so that a crash *during* recovery does no harm (exercise 2);
- **restore** a PostgreSQL database to a time, a transaction or a named point by a script that is safe to run again (exercise 3);
- **decide** a failover without two leaders, and **rewind** the old leader onto the new one's history (exercise 4).
"""

# %% [markdown]
r"""
## Warm-up

1. A follower has received all of its leader's log and replayed all but the last megabyte. Somebody runs `DELETE FROM ledger` on the
   leader. How long is the follower a way back?
2. Yesterday's positions in the log were numbers of bytes. Which segment holds the byte at position 40,000,000 if a segment is
   $2^{24}$ bytes long and the first one has number 0?

<details><summary>Answers</summary>

1. Until it has replayed the last megabyte and the `DELETE` behind it: milliseconds. A follower protects against the loss of a *machine*. It
   repeats mistakes as faithfully as anything else.
2. $\lfloor 40{,}000{,}000 / 16{,}777{,}216 \rfloor = 2$, the third one.

</details>

## Set-up

`bank()` plays a day of a small bank on a real server, once, when it is first needed: a table, a base backup, twelve entries, a restore point, and an accident.
It returns what the bank wrote down about that day. `room()` gives you copies of its files to work with, which are gone at the end of the block.
"""

# %% setup=true
import contextlib
import itertools
import shutil
import tempfile
import time
from functools import cache
from pathlib import Path

import psycopg
from matplotlib import pyplot as plt

from curriculum.lab import check, check_value, figures, postgres, seeded

figures.style()

# Run by a server in its data folder. The archive lies beside that; only a whole file gets its name, and none is ever replaced.
ARCHIVE = "test ! -f ../archive/%f && cp %p ../archive/%f.new && mv ../archive/%f.new ../archive/%f"


def ask(dsn, query, *parameters):
    """The rows of one statement, in a connection and a transaction of its own."""
    with psycopg.connect(dsn) as connection:
        cursor = connection.execute(query, parameters or None)
        return cursor.fetchall() if cursor.description else []


def commit(dsn, statement):
    """Run a statement in a transaction of its own: the transaction's number, and when it was committed, as texts."""
    with psycopg.connect(dsn) as connection:
        connection.execute(statement)
        xid = connection.execute("SELECT pg_current_xact_id()::text").fetchone()[0]
    return xid, ask(dsn, "SELECT pg_xact_commit_timestamp(%s::text::xid)::text", xid)[0][0]


def until(true, seconds=20):
    """Wait for what another process is about to do; whether it did."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def close_segment(dsn, archive):
    """End the current segment of the log, and wait until it is in the archive; its name."""
    segment = ask(dsn, "SELECT pg_walfile_name(pg_switch_wal())")[0][0]
    _ = until(Path(archive, segment).exists)
    return segment


@cache
def bank():
    """A day at the bank. Its folder has the base backup, the archive, and the data as they were when the server was stopped."""
    leader = postgres.Cluster(
        "bank",
        {
            "wal_level": "replica",
            "archive_mode": True,
            "archive_command": ARCHIVE,
            "track_commit_timestamp": True,
            "wal_retrieve_retry_interval": "100ms",
            "autovacuum": False,
        },
    )
    home, dsn = leader.data.parent, leader.dsn()
    (home / "archive").mkdir()
    leader.start()
    ask(dsn, "CREATE TABLE ledger (entry int, cents int)")
    ask(dsn, "CREATE TABLE years AS SELECT generate_series(1, 2000) AS entry")  # closed accounts, which nobody touches
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("VACUUM FREEZE years")
    postgres.run("pg_basebackup", "-d", dsn, "-D", home / "backup", "-X", "none", "-c", "fast", "-N", "--no-manifest")
    rows, entries = [], []
    for entry, cents in enumerate(seeded(0).integers(-9_000, 9_000, 12).tolist(), 1):
        xid, when = commit(dsn, f"INSERT INTO ledger VALUES ({entry}, {cents})")
        rows.append((entry, cents))
        position, segment = ask(dsn, "SELECT pg_current_wal_lsn()::text, pg_walfile_name(pg_current_wal_lsn())")[0]
        entries.append({"xid": xid, "time": when, "position": position, "segment": segment})
        if entry == 6:
            ask(dsn, "SELECT pg_create_restore_point('lunch')")
        if entry % 3 == 0:
            close_segment(dsn, home / "archive")
    xid, when = commit(dsn, "DELETE FROM ledger")  # the accident
    commit(dsn, "INSERT INTO ledger VALUES (13, 500)")
    close_segment(dsn, home / "archive")
    system = ask(dsn, "SELECT system_identifier FROM pg_control_system()")
    leader.stop()
    return {"home": home, "rows": rows, "entries": entries, "xid": xid, "time": when, "system": system}


@contextlib.contextmanager
def room(*names):
    """A folder with copies of these folders of the bank, its path with a space in it; servers in it end with the block."""
    with tempfile.TemporaryDirectory(prefix="r ", ignore_cleanup_errors=True) as above:
        for name in names:
            shutil.copytree(bank()["home"] / name, Path(above, name))
        try:
            yield Path(above)
        finally:
            for lock in Path(above).rglob("postmaster.pid"):
                with contextlib.suppress(postgres.PostgresError):  # one of another process ends with that
                    postgres.Cluster.at(lock.parent).stop("immediate")


def stage(dsn):
    """Where a server is in its recovery: "over", "paused", or on its way."""
    try:
        return ask(dsn, "SELECT CASE WHEN pg_is_in_recovery() THEN pg_get_wal_replay_pause_state() ELSE 'over' END")[0][0]
    except psycopg.errors.ObjectNotInPrerequisiteState:  # it came to its end between the two questions
        return "over"


def settled(dsn):
    """The dsn, when its server has come to the end of recovery, or to a halt in it."""
    _ = until(lambda: stage(dsn) in ("over", "paused"))
    return dsn


def opened(cluster):
    """Wait until a server is out of recovery. If it ends before that, or halts, stop it: PostgresError, with its log."""
    with contextlib.suppress(psycopg.OperationalError):
        if stage(settled(cluster.dsn())) == "over":
            return
    cluster.stop("immediate")
    raise postgres.PostgresError(f"recovery did not come to its end:\n{cluster.log()}")


def ledger(dsn):
    """The ledger of a server, in the order of its entries."""
    return ask(dsn, "SELECT entry, cents FROM ledger ORDER BY entry")


def files(folder):
    """What the files of a folder hold, by their paths in it."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in Path(folder).rglob("*") if path.is_file()}


@contextlib.contextmanager
def parted():
    """A follower was promoted while the old leader still took writes; then that one crashed. Its folder, and the new leader."""
    with room("archive") as here:
        old, new = here / "old", here / "new"
        crashed, promoted = (postgres.Cluster.at(shutil.copytree(bank()["home"] / "data", data)) for data in (old, new))
        for server in (crashed, promoted):
            server.configure({"restore_command": f'cp "{here}/archive/%f" "%p"'})
        (new / "standby.signal").touch()
        promoted.start()
        ask(promoted.dsn(), "SELECT pg_promote()")
        ask(promoted.dsn(), "INSERT INTO ledger VALUES (21, 100)")
        ask(promoted.dsn(), "CHECKPOINT")
        crashed.start()
        ask(crashed.dsn(), "INSERT INTO ledger VALUES (31, 100)")
        segment = close_segment(crashed.dsn(), here / "archive")
        _ = until((old / "pg_wal" / "archive_status" / f"{segment}.done").exists)
        ask(crashed.dsn(), "CHECKPOINT")  # what is archived and older than this is thrown away
        crashed.stop("immediate")
        yield old, promoted.dsn()


def storage(log, disk, calls=None):
    """What exercise 2 is handed for this log and disk. With `calls`, power fails in place of the call after that many."""
    left = itertools.repeat(True) if calls is None else iter([True] * calls)

    def power():
        if not next(left, False):
            raise InterruptedError("power failure")

    def append(record):
        power()
        log.append(dict(record))
        return len(log)

    def write(page, value, lsn):
        power()
        if not disk[page][1] < lsn <= len(log):
            raise ValueError(f"page {page} with LSN {disk[page][1]} is to get LSN {lsn}, and the log ends at {len(log)}")
        disk[page] = (value, lsn)

    return append, write


def play(random, steps, rollback):
    """A log of transactions at work on pages that begin at 100, and all states of each page. With `rollback`, some give up,
    and in the end all are finished."""
    log, states, last, chain, giving_up, fresh = [], {page: [(100, 0)] for page in "ABC"}, {}, {}, set(), itertools.count(4)

    def note(kind, tx, **more):
        log.append({"kind": kind, "tx": tx, "prev": last.get(tx, 0), **more})
        last[tx] = len(log)
        if more:
            states[more["page"]].append((states[more["page"]][-1][0] + more["delta"], len(log)))

    running = [1, 2, 3]
    while running and (steps > 0 or rollback):
        steps -= 1
        tx, dice = running[int(random.integers(len(running)))], random.random()
        if tx in giving_up and chain[tx]:
            undone = chain[tx].pop()
            more = {"page": log[undone - 1]["page"], "delta": -log[undone - 1]["delta"], "undo_next": log[undone - 1]["prev"]}
            note("clr", tx, **more)
        elif tx in giving_up or (chain.get(tx) and (dice < 0.15 or steps < 0)):
            note("end" if tx in giving_up else "commit", tx)
            running = [other for other in running if other != tx] + [next(fresh)] * (steps > 0)
        elif rollback and chain.get(tx) and dice < 0.35:
            giving_up.add(tx)
        else:
            note("update", tx, page="ABC"[int(random.integers(3))], delta=int(random.integers(1, 50)))
            chain.setdefault(tx, []).append(len(log))
    return log, states


# %% [markdown]
r"""
## Last night is too long ago

A shop dumps its database every night, as text that can be read back. During the day seven more entries are made. Then somebody types `DELETE FROM ledger`, sends it off, and remembers the
`WHERE`.

**Predict.** How many of the twelve entries come back?
"""

# %%
shop, again = postgres.server().database(), postgres.server().database()
ask(shop, "CREATE TABLE ledger (entry int, cents int)")
ask(shop, "INSERT INTO ledger SELECT n, 100 * n FROM generate_series(1, 5) n")
with tempfile.TemporaryDirectory() as folder:
    postgres.run("pg_dump", "-d", shop, "-f", f"{folder}/night.sql")
    ask(shop, "INSERT INTO ledger SELECT n, 100 * n FROM generate_series(6, 12) n")  # the day's business
    ask(shop, "DELETE FROM ledger")
    postgres.run("psql", "-q", "-X", "-d", again, "-f", f"{folder}/night.sql")
print("after the accident:", len(ledger(shop)), "entries; from last night's dump:", len(ledger(again)))

# %% [markdown]
r"""
Seven entries are lost, although each of them was confirmed and stood safely on a disk. The size of such a loss has a name, the **recovery point**: how far back in time you land. How long it takes to be back in
business is the **recovery time**. A dump every hour makes the first smaller and burdens the server all day, and it never gets to zero.

Yet every one of those entries was written down at the moment it happened: in the write-ahead log. The server throws old log away because *it* needs none of it after a
checkpoint. Suppose somebody kept it.

## A backup and the log that follows it: every moment in between

**Continuous archiving** is just that. Each time a **segment** of the log is full (16 MiB by default, 1 MiB on our servers), the server runs a command of your choice that copies it away. Together with one base backup, the archive
contains every state that the database has been in since, and **point-in-time recovery** (PITR) is to pick one: restore the backup, replay the log, and stop.

What does it take? A base backup is copied while the server works, so its pages come from different moments. They agree only when the log from the backup's **start** to its
**end** has been replayed over them. So a backup is of no use for a moment before its end; and the segments that are needed begin with the one in which its *start* lies. One of them missing, and replay stops at the gap: behind it the pages would be given
changes to a state that they are not in.

The backup says itself where it began:
"""

# %%
label = (bank()["home"] / "backup" / "backup_label").read_text()
print([line.split(":")[0] for line in label.splitlines()])
first = label.splitlines()[0].rstrip(")").split()[-1]  # START WAL LOCATION: … (file …)
print("the segment of its start is in the archive:", (bank()["home"] / "archive" / first).exists())

# %% [markdown] exercise="e1" title="Which backup, which segments" level="warm-up" minutes=20 exports=["recovery_plan"]
r"""
Positions are numbers of bytes. Segment $n$ of `size` bytes holds the bytes from $n \cdot$ `size` up to, but without, $(n + 1) \cdot$ `size`.

Write `recovery_plan(backups, archive, target, size)`. `backups` is a list of tuples `(name, start, end)`, with `start < end`, in no particular order; backups may overlap, and no two have the same start. `archive` is the set of the numbers
of the segments that were kept. A recovery to `target` replays all bytes from the backup's `start` up to, but without, `target`.

Of the backups with `end` $\le$ `target`, take the one that **started last**. Return a dict with

- `"backup"`: its name;
- `"segments"`: the list of the numbers of all segments in which there is a byte to replay, ascending;
- `"missing"`: the list of those of them that are not in `archive`, ascending. It is empty if the recovery can work.

If there is no such backup, return `None`. With `size` 10, `recovery_plan([("mon", 12, 18), ("tue", 34, 41)], {1, 2, 4}, 40, 10)` is `{"backup": "mon", "segments": [1, 2, 3], "missing": [3]}`: Tuesday's backup is not
complete at 40, and byte 40, in segment 4, is not needed any more.
"""

# %% [markdown] hints="e1" reading="DDIA ch. 3, Making B-trees reliable; PostgreSQL's manual 25.3, on what a base backup needs"
r"""
1. Filter, then choose, then list the segments: three steps, each a line or two. Which of a backup's two positions serves which step?
2. The first segment is the one with byte `start`; the last is the one with the last byte that is replayed. Which byte is that?
3. `max(usable, key=lambda backup: backup[1])`, and `range(start // size, (target - 1) // size + 1)`.
"""


# %% solution="e1"
def recovery_plan(backups, archive, target, size):
    """The backup and the segments that lead to `target`, and which of them are missing; None if no backup does."""
    ### BEGIN SOLUTION
    usable = [backup for backup in backups if backup[2] <= target]
    if not usable:
        return None
    name, start, _ = max(usable, key=lambda backup: backup[1])
    segments = list(range(start // size, (target - 1) // size + 1))
    return {"backup": name, "segments": segments, "missing": [n for n in segments if n not in archive]}
    ### END SOLUTION


# %% test="e1_choice" points=1 title="The backup that is complete and the shortest way from there"
week = [("mon", 12, 18), ("tue", 34, 41)]
check(recovery_plan, week, {1, 2, 3, 4}, 45, 10).satisfies(lambda plan: plan["backup"] == "tue", "tue", idea="both are complete at 45: the later start has less to replay")
check(recovery_plan, week, {1, 2, 3, 4}, 40, 10).satisfies(lambda plan: plan["backup"] == "mon", "mon", idea="Tuesday's began before the target and is complete only after it")
### BEGIN HIDDEN TESTS
check(recovery_plan, week, {1, 2, 3, 4}, 41, 10).satisfies(lambda plan: plan["backup"] == "tue", "tue", idea="a target at a backup's very end is not before it")
check(recovery_plan, week, {1}, 17, 10).equals(None, idea="no backup is complete at the target")
check(recovery_plan, [], {1}, 17, 10).equals(None, idea="no backup, no plan")
for seed in range(10):
    random = seeded(seed)
    starts = random.permutation(60)[:5].tolist()
    backups = [(f"b{i}", start, start + int(random.integers(1, 40))) for i, start in enumerate(starts)]
    target = int(random.integers(20, 110))
    fitting = sorted((target - start, name) for name, start, end in backups if end <= target)
    found = check(recovery_plan, backups, set(range(20)), target, 7).note(f"seed {seed}").value(idea="backups come in any order")
    check_value(f"the backup for {target} out of {backups} (seed {seed})", found and found["backup"]).equals(
        fitting[0][1] if fitting else None, idea="of those that have ended by the target, the one with the fewest bytes to replay"
    )
### END HIDDEN TESTS

# %% test="e1_segments" points=2 title="From the segment of the start to that of the last byte, and the gaps"
check(recovery_plan, [("mon", 12, 18)], {1, 2, 4}, 40, 10).equals({"backup": "mon", "segments": [1, 2, 3], "missing": [3]}, idea="segment 3 was not kept; byte 40 is not replayed")
### BEGIN HIDDEN TESTS
check(recovery_plan, [("mon", 8, 23)], {0, 1}, 23, 10).equals({"backup": "mon", "segments": [0, 1, 2], "missing": [2]}, idea="the pages need the log from the backup's start, also for a target at its end")
for seed in range(10):
    random = seeded(seed)
    size, start = int(random.integers(3, 12)), int(random.integers(0, 50))
    target = start + int(random.integers(2, 60))
    kept = {n for n in range(40) if random.random() < 0.8}
    needed = sorted({byte // size for byte in range(start, target)})
    expected = {"backup": "only", "segments": needed, "missing": [n for n in needed if n not in kept]}
    check(recovery_plan, [("only", start, start + 1)], kept, target, size).note(f"seed {seed}").equals(expected, idea="every segment that holds a byte from start to target - 1")
### END HIDDEN TESTS

# %% [markdown]
r"""
If the best plan has a gap, no other backup helps: an older one has to replay everything that this one does, and more. (Nor does a *newer* one, for this target.) So a gap in the archive cuts off every moment between it and the end of the next backup, which is a reason to
watch the archive as closely as the server.

## What replaying means

A server keeps pages in memory and writes them when it suits it. Two freedoms make it fast, and each leaves work for the time after a crash:

| freedom | what it allows | after a crash |
| --- | --- | --- |
| **no-force** | a commit waits for its log record only, not for its pages | changes of *committed* transactions may be missing on disk: **redo** |
| **steal** | a page may be written while a transaction that changed it is still open | changes of *uncommitted* ones may be there: **undo** |

What holds the two together is the **write-ahead rule**: a page is written only after the log records of its changes. So whatever is on disk can be found in the log. Each page carries the LSN of the last record that changed it, its **pageLSN**, and that is how one
knows what it lacks: exactly the records with a larger LSN.

**ARIES** (Mohan and others, 1992) is the recovery that most databases follow, in three passes:

1. **Analysis** reads the log forward and finds which transactions were open at the crash, the *losers*.
2. **Redo** reads it forward and **repeats history**: *every* change that a page lacks is made again, those of losers included. Then the pages are what they were at the crash.
3. **Undo** goes backward through the losers' changes, the latest first, and takes each of them back. It does so by *new* changes, with log records of their own: **compensation log records** (CLRs).

![A log of five records, a crash, and what recovery adds: analysis and redo run forward over records 1 to 5, undo visits 5, 3 and 2 and writes a compensation record for each](d03_recovery_passes.svg)

Why write to a log during recovery? Let us leave that out. One page was at 100, an open transaction added 5, and the page with 105 went to disk.

**Predict.** Power fails in the middle of recovery, and then all goes well. What is on the page in the end?
"""

# %%
page, others_to_undo = {"value": 105}, [5, 3]


def undo_without_a_log(power_fails):
    page["value"] -= others_to_undo[0]  # the page is written at once …
    if power_fails:
        return "power failure: the second change was never looked at"
    return "done"


print(undo_without_a_log(power_fails=True), "- the page holds", page["value"])
print(undo_without_a_log(power_fails=False), "- the page holds", page["value"])

# %% [markdown]
r"""
95: the 5 was taken away twice, since nothing told the second run what the first had done. A CLR tells. Written *before* the page is, it makes undoing a change like any other: redo repeats it where the page lacks it. And it carries
**undo_next**, the LSN of the next record of its transaction that is still to be undone (0: none). Whoever finds a CLR as a loser's last record goes on from there. A CLR itself is never undone. So recovery that crashes again and again never does a step twice,
and the work that remains only shrinks.

Why repeat losers' changes, only to take them back? Because a page's state is given by one number. Had redo skipped a loser's record 5 and applied a winner's record 7 to the same page, then its pageLSN of 7 would claim that 5 is there, and undo would take back something that never came.
"""

# %% [markdown] exercise="e2" title="Recovery that survives its own crashes" level="core" minutes=50 exports=["aries"]
r"""
Write `aries(log, disk, append, write)`. `log` is a list of records; the LSN of a record is its place, counted from 1. `disk` is a dict from page to `(value, page_lsn)`; page LSN 0 stands for a page that was never changed. Every record is a dict with `"kind"`, `"tx"` (the transaction's number) and
`"prev"` (the LSN of the same transaction's previous record, 0 if there is none):

| kind | more | meaning |
| --- | --- | --- |
| `"update"` | `"page"`, `"delta"` | the page's value grows by `delta` |
| `"clr"` | `"page"`, `"delta"`, `"undo_next"` | the same, taking back an update; `undo_next` is that update's `prev` |
| `"commit"` | | the transaction is committed: finished |
| `"end"` | | the transaction is rolled back, all of it: finished |

Transactions that give up before the crash write CLRs and an `"end"` just as recovery does; at the crash they may be half way through. After its first CLR a transaction makes no more updates.

Two functions change what lasts, and each of their effects survives whatever comes after. `append(record)` puts a record at the end of the log and returns its LSN. `write(page, value, page_lsn)` replaces a page on disk; it raises `ValueError` for a page LSN larger than that of the log's last record (the write-ahead
rule), or not larger than the one on disk. Either may raise `InterruptedError`, power failing before it does anything: let it through.

When `aries` returns, `disk` (the one behind `write`, not your copy) holds each page's value at the crash, less all changes of transactions that were not finished; and in the log every one of these is completely undone: a CLR for each of its updates that had none yet, then an `"end"`. CLRs are appended in descending order of the LSNs of the updates they take
back, across all transactions; an `"end"` may come at any time after its transaction's last CLR. `prev` is right in each of them, and every change carries the LSN of its record to its page. Where all is finished and on disk already, neither function is called. If power failed during `aries`, calling it again with the log and the disk as they are by
then does the rest. `aries` returns nothing.

With `log = [{"kind": "update", "tx": 1, "prev": 0, "page": "A", "delta": 5}]` and `disk = {"A": (105, 1)}` there is nothing to redo, and the calls are

    append({"kind": "clr", "tx": 1, "prev": 1, "page": "A", "delta": -5, "undo_next": 0})
    write("A", 100, 2)
    append({"kind": "end", "tx": 1, "prev": 2})

`append, write = storage(log, disk)` makes both functions for a log and a disk of yours. Then call `aries(list(log), dict(disk), append, write)`: what the tests hand in is a copy, too, and does not change along. And `storage(log, disk, calls=2)` lets power fail in place of the third call.
"""

# %% [markdown] hints="e2" reading="RDS ch. 3 (Techniques Everyone Should Know), on ARIES, and the paper it introduces; DDIA ch. 3, Making B-trees reliable"
r"""
1. Three loops, in the order of the passes. Keep copies of the log and of the pages, and change them along with what lasts; a small function that applies the record of a given LSN to its page serves redo and undo.
2. After analysis you need two numbers for each loser: the LSN of its last record (for `prev`), and the LSN that is to be undone next: that same LSN if the record is an update, its `undo_next` if it is a CLR. Then always take the loser with the largest of the latter.
3. In the undo loop: `tx = max(undo, key=undo.get)`. If `undo[tx]` is 0, append the `"end"` and forget the loser. Else append the CLR **first**, apply it, and set `last[tx]` to its LSN and `undo[tx]` to the undone record's `prev`.
"""


# %% solution="e2"
def aries(log, disk, append, write):
    """Bring `disk` to the state of all finished transactions: repeat history, then roll back the others, logging each step."""
    ### BEGIN SOLUTION
    log, pages, last = list(log), dict(disk), {}

    def add(record):
        append(record)
        log.append(record)
        last[record["tx"]] = len(log)

    def apply(lsn):
        page, delta = log[lsn - 1]["page"], log[lsn - 1]["delta"]
        value, page_lsn = pages[page]
        if page_lsn < lsn:
            pages[page] = value + delta, lsn
            write(page, value + delta, lsn)

    for lsn, record in enumerate(log, 1):  # analysis: the last record of each transaction that is open
        last[record["tx"]] = lsn
        if record["kind"] in ("commit", "end"):
            del last[record["tx"]]

    for lsn, record in enumerate(log, 1):  # redo
        if "page" in record:
            apply(lsn)

    undo = {tx: log[lsn - 1].get("undo_next", lsn) for tx, lsn in last.items()}
    while undo:
        tx = max(undo, key=undo.get)
        if undo[tx] == 0:
            add({"kind": "end", "tx": tx, "prev": last[tx]})
            del undo[tx]
            continue
        update = log[undo[tx] - 1]
        undo[tx] = update["prev"]
        change = {"page": update["page"], "delta": -update["delta"], "undo_next": update["prev"]}
        add({"kind": "clr", "tx": tx, "prev": last[tx], **change})
        apply(len(log))
    ### END SOLUTION


# %% test="e2_redo" points=2 title="History is repeated where a page lacks it, and nowhere else"
log = [{"kind": "update", "tx": 1, "prev": 0, "page": "A", "delta": 5}, {"kind": "update", "tx": 1, "prev": 1, "page": "A", "delta": 2}, {"kind": "commit", "tx": 1, "prev": 2}]
disk = {"A": (105, 1)}
check(aries, log, disk, *storage(log, disk)).value(idea="it should end well")
check_value("the disk: the first change was there, the second was not", disk).equals({"A": (107, 2)}, idea="a page lacks the records with an LSN larger than its own")
check_value("the length of the log", len(log)).equals(3, idea="the transaction is finished: there is nothing to undo")
### BEGIN HIDDEN TESTS
for seed in range(12):
    random = seeded(seed)
    log, states = play(random, 25, rollback=True)
    disk = {page: seen[int(random.integers(len(seen)))] for page, seen in states.items()}
    start, length = dict(disk), len(log)
    check(aries, log, disk, *storage(log, disk)).note(f"seed {seed}").value(idea="write a page only if that moves its LSN forward")
    check_value(f"the disk, from {start} (seed {seed})", disk).equals({page: seen[-1] for page, seen in states.items()}, idea="each page gets every change it lacks, of whatever transaction, CLRs too")
    check_value(f"records appended where all transactions are finished (seed {seed})", log[length:]).equals([], idea="committed is finished, and so is rolled back to the end")
    check(aries, log, disk, *storage(log, disk, calls=0)).note(f"seed {seed}, once more: all is done, so no call is due").value(idea="where all is done, neither function is called")
### END HIDDEN TESTS

# %% test="e2_undo" points=3 title="Losers are taken back, the latest change first, and the log says so"
log = [{"kind": "update", "tx": 1, "prev": 0, "page": "A", "delta": 5}]
disk = {"A": (105, 1)}
check(aries, log, disk, *storage(log, disk)).value(idea="append the record first, then write the page that it is about")
check_value("the log", log[1:]).equals(
    [{"kind": "clr", "tx": 1, "prev": 1, "page": "A", "delta": -5, "undo_next": 0}, {"kind": "end", "tx": 1, "prev": 2}], idea="the example of the exercise: a CLR, then the end"
)
check_value("the disk", disk).equals({"A": (100, 2)}, idea="the CLR is a change with an LSN of its own")
### BEGIN HIDDEN TESTS
for seed in range(12):
    random = seeded(seed)
    log, states = play(random, 16, rollback=False)
    disk = {page: seen[int(random.integers(len(seen)))] for page, seen in states.items()}
    length, committed = len(log), {record["tx"] for record in log if record["kind"] == "commit"}
    check(aries, log, disk, *storage(log, disk)).note(f"seed {seed}").value(idea="append the record first, then write the page that it is about")
    expected = {page: 100 + sum(r["delta"] for r in log[:length] if r.get("page") == page and r["tx"] in committed) for page in disk}
    check_value(f"values on disk (seed {seed})", {page: value for page, (value, _) in disk.items()}).equals(expected, idea="what is committed, and nothing else")
    losers = [(lsn, record) for lsn, record in enumerate(log[:length], 1) if record["kind"] == "update" and record["tx"] not in committed]
    undone = [{"tx": r["tx"], "page": r["page"], "delta": -r["delta"], "undo_next": r["prev"]} for _, r in reversed(losers)]
    keys = ("tx", "page", "delta", "undo_next")
    check_value(f"CLRs (seed {seed})", [{key: r.get(key) for key in keys} for r in log[length:] if r["kind"] == "clr"]).equals(undone, idea="one for each update of a loser, by descending LSN across all of them")
    last = {}
    for lsn, record in enumerate(log, 1):
        check_value(f"prev of record {lsn}, {record} (seed {seed})", record["prev"]).equals(last.get(record["tx"], 0), idea="the same transaction's record before this one")
        last[record["tx"]] = lsn
    endings = {tx: log[lsn - 1]["kind"] for tx, lsn in last.items()}
    check_value(f"last records (seed {seed})", endings).equals({tx: "commit" if tx in committed else "end" for tx in last}, idea="a loser that is undone gets its end")
### END HIDDEN TESTS

# %% test="e2_crash" points=3 title="Power may fail during recovery, again and again"
log = [{"kind": "update", "tx": 1, "prev": 0, "page": "A", "delta": 5}]
disk = {"A": (105, 1)}
check(aries, log, disk, *storage(log, disk, calls=1)).raises(InterruptedError, idea="power fails: that is let through")
check(aries, log, disk, *storage(log, disk)).value(idea="the second recovery finds a CLR whose page was not written")
check_value("the disk", disk).equals({"A": (100, 2)}, idea="the CLR of the first attempt is redone, and the update is not undone again")
### BEGIN HIDDEN TESTS
for seed in range(3):
    random = seeded(seed)
    deltas = random.integers(1, 50, 5).tolist()
    steps = [(1, "A"), (2, "A"), (2, "B"), (1, "B"), (2, "A")]
    prevs = [0, 0, 2, 1, 3]
    work = [{"kind": "update", "tx": tx, "prev": prev, "page": page, "delta": delta} for (tx, page), prev, delta in zip(steps, prevs, deltas, strict=True)]
    work.append({"kind": "commit", "tx": 1, "prev": 4})
    on_disk = {"A": (100 + deltas[0] + deltas[1], 2), "B": (100, 0)}
    for first, second in itertools.product(range(10), range(4)):
        log, disk = list(work), dict(on_disk)
        for calls in (first, second):
            _ = check(aries, log, disk, *storage(log, disk, calls))
        check(aries, log, disk, *storage(log, disk)).note(f"seed {seed}, after {first} and {second} calls of two recoveries that power ended").value(idea="go on from what the log says")
        power, values = f"after {first} calls of recovery, and again after {second} (seed {seed})", {page: value for page, (value, _) in disk.items()}
        check_value(f"values on disk where power failed {power}", values).equals({"A": 100 + deltas[0], "B": 100 + deltas[3]}, idea="a CLR that is in the log is redone where its page lacks it")
        check_value(f"undo_next of the CLRs where power failed {power}", [record["undo_next"] for record in log if record["kind"] == "clr"]).equals(
            [3, 2, 0], idea="a change that has its CLR is not undone a second time: undo_next says where to go on"
        )
### END HIDDEN TESTS

# %% [markdown]
r"""
## PostgreSQL: redo, and no undo

PostgreSQL has the write-ahead rule, pageLSNs and redo as you wrote it, and no third pass. A row that is changed leaves its old version in place, marked with the number of the transaction that replaced it. Nothing has to be taken back:
a transaction without a commit record *counts* as rolled back, and what it wrote is invisible.

**Predict.** A transaction has written 2,000 rows and is still open. A checkpoint puts its pages on disk, the server is killed and started. How many rows are there, and how large is the table's file?
"""

# %%
server, database = postgres.server(), postgres.server().database()
ask(database, "CREATE TABLE ledger (entry int, cents int)")
ask(database, "INSERT INTO ledger VALUES (1, 100)")
still_open = psycopg.connect(database)
_ = still_open.execute("INSERT INTO ledger SELECT n, 1 FROM generate_series(2, 2001) n")
ask(database, "CHECKPOINT")
server.kill()
still_open.close()
server.start()
print("rows:", len(ledger(database)), "  pages of the table:", ask(database, "SELECT pg_relation_size('ledger') / 8192")[0][0])
print("the log says 'redo starts at':", "redo starts at" in server.log())

# %% [markdown]
r"""
One row, in nine pages: the 2,000 are all still there, unseen, until `VACUUM` gives their space back. The bill for undo is paid later, by someone else.

## The archive, and the command that fails

`archive_command` is a line for the shell, which the server runs in its data folder for each full segment: `%p` is the segment's path, `%f` its name. Status 0 means "it is safe": from then on the server may recycle its own copy. So three things decide whether there is an archive on the day it is needed.

- The command **fails if the file is there already**. Two servers that archive to the same place by mistake must not destroy each other's history. (After a crash the server may hand in a segment that is there already. So a better command also succeeds if both files are the same, byte for byte, and makes sure that its copy is on the disk before it says so.)
- A file gets its name only **when it is whole**: copy to another name, then rename.
- Where it fails, the server **keeps the segment and tries again**, for as long as it takes, or until its disk is full.

`ARCHIVE` in the set-up cell does the first two. Watch the third: the folder of the archive is missing, and then somebody notices.
"""

# %%
with postgres.Cluster("forgetful", {"wal_level": "replica", "archive_mode": True, "archive_command": ARCHIVE}) as server:
    ask(server.dsn(), "CREATE TABLE ledger (entry int, cents int)")
    segment = ask(server.dsn(), "SELECT pg_walfile_name(pg_switch_wal())")[0][0]
    print("refused:", until(lambda: ask(server.dsn(), "SELECT failed_count > 0 FROM pg_stat_archiver") == [(True,)]))
    ask(server.dsn(), "CHECKPOINT")
    print("kept after a checkpoint:", (server.data / "pg_wal" / segment).exists())
    archive = server.data.parent / "archive"
    archive.mkdir()
    ask(server.dsn(), "INSERT INTO ledger VALUES (1, 100)")
    _ = close_segment(server.dsn(), archive)
    print("archived in the end:", (archive / segment).exists())

# %% [markdown]
r"""
## Stopping in time

A server that finds `recovery.signal` in its data folder when it starts does **archive recovery**. These settings steer it:

| setting | what it says |
| --- | --- |
| `restore_command` | how to fetch the file `%f` from the archive to the path `%p`; it fails for a file that is not there, and is asked for such ones, too |
| `recovery_target_time`, `recovery_target_xid`, `recovery_target_name` | where to stop; one of them at most. Without any, replay goes on to the end of the log |
| `recovery_target_inclusive` | whether the transaction *at* the target is still replayed: `on`, unless you say otherwise. Names have no such question |
| `recovery_target_timeline` | which history to follow: `latest`, unless you say otherwise; `current` is the one of the backup |
| `recovery_target_action` | what to do there: `pause` (and wait for a decision), unless you say otherwise; `promote` ends recovery and opens the database; `shutdown` |

A server in recovery already answers readers as soon as its pages agree (*hot standby*). So an answer is no sign that the target has been reached; `pg_is_in_recovery()` tells.

A transaction's number decides by *when it committed*: before `recovery_target_xid` means before the commit of that transaction, whichever numbers the others have.

A target has to be **seen**. To know that it has come to 14:05 the server must find a commit of 14:05 or later; if the archive ends before that, it stops with `FATAL: recovery ended before configured recovery target was reached`. That is why, after an
accident, the first thing to do is `SELECT pg_switch_wal()`: it closes the segment in which the accident stands and sends it to the archive. `bank()` has done that.

When recovery ends and the database opens, it begins a new **timeline**: segments are called `00000002…` from there on, and a small file `00000002.history` in the archive says where 2 left 1. So the new history never overwrites the old one, and you may
recover again, to another moment, from the same archive. There the default `latest` is a trap: the second recovery follows the *first* one's history. If that branched off too early, the moment you want is not on it.
"""

# %% [markdown] exercise="e3" title="Back to the moment before" level="core" minutes=50 goals=[4] exports=["recover"]
r"""
Write `recover(backup, archive, folder, kind, value)`; all five are texts. `backup` is the folder of a base backup by `pg_basebackup` in plain format, without log. `archive` is a folder with archived segments under their own names. `kind` and `value` name the target: `"time"` with a time such as
`"2026-11-21 14:05:09.123456+00"`, `"xid"` with a transaction's number such as `"751"`, or `"name"` with that of a restore point. The function makes a server in the new folder `folder`, lets it recover and returns its connection string (`dsn()`).

- The server has **all that was committed before the target, and nothing else**. For `"time"`: commits before that instant, not at it. For `"xid"`: commits before that transaction's. For `"name"`: commits before the restore point was made. So the caller hands in the accident itself.
- When the function returns, recovery is over, even if it goes on for a good while (some seconds, in the tests) after the server has begun to answer readers: the database takes writes, on a timeline of its own. The server goes on running.
- Files that lie in `backup` and in `archive` are still there, unchanged. (The new server may add to the archive: the backup has its `archive_command` from the old one. Let it.)
- The log is followed along the **backup's own timeline**. Others in the archive come from earlier recoveries and are left alone.
- If the server cannot get to the target, a segment missing, say, raise `postgres.PostgresError`, and leave nothing at `folder`: the call can be repeated as it is when the segment has been found.
- If there is something at `folder` already, raise `FileExistsError` and leave that as it is.

Paths may contain spaces, and no other characters that a shell or PostgreSQL treats in a special way. `folder` may lie anywhere, and its parent is there. The tools: `cluster = postgres.Cluster.at(path)` is the cluster in a data folder that exists; `cluster.configure({"name": value})` writes settings (texts or `True` and `False`);
`cluster.start()` returns when the server takes connections, which may be in the middle of recovery, and raises `postgres.PostgresError` if the server ends before that. `opened(cluster)`, of the set-up cell, waits from then on until recovery is over; a server that ends before, or halts, it stops, and raises `postgres.PostgresError`. Both errors carry the
server's own words, as does `cluster.log()`.

With `day = bank()`, the call `recover(backup, archive, folder, "xid", day["xid"])` leads to a server on which `ledger(dsn)` is `day["rows"]`, all twelve.
"""

# %% [markdown] hints="e3" reading="PostgreSQL's manual 25.3.5 (Recovering Using a Continuous Archive Backup) and 19.5.6 (Recovery Target); DDIA ch. 3 on write-ahead logs"
r"""
1. Do it by hand in a `room("backup", "archive")` first: copy the backup, write the settings, make the empty file `recovery.signal`, start, and read `log()`. The backup itself must never be started on.
2. Go through the table and ask of each row whether what you get unless you say otherwise is what the exercise wants. `start()` and `opened()` are all the waiting there is; what has to happen where either raises?
3. `shutil.copytree(backup, folder)` refuses a folder that exists. Then `configure({"restore_command": f'cp "{archive}/%f" "%p"', f"recovery_target_{kind}": value, …})` and `Path(folder, "recovery.signal").touch()`. In a `try`: `start()` and `opened(cluster)`. On `postgres.PostgresError`: `shutil.rmtree(folder)` and `raise`.
"""


# %% solution="e3"
def recover(backup, archive, folder, kind, value):
    """A server in `folder` with what was committed before the target, from a base backup and archived log; its dsn."""
    ### BEGIN SOLUTION
    shutil.copytree(backup, folder)
    cluster = postgres.Cluster.at(folder)
    cluster.configure(
        {
            "restore_command": f'cp "{archive}/%f" "%p"',
            f"recovery_target_{kind}": value,
            "recovery_target_inclusive": False,
            "recovery_target_timeline": "current",
            "recovery_target_action": "promote",
        }
    )
    Path(folder, "recovery.signal").touch()
    try:
        cluster.start()
        opened(cluster)
    except postgres.PostgresError:
        shutil.rmtree(folder)
        raise
    return cluster.dsn()
    ### END SOLUTION


# %% test="e3_target" points=4 title="All that was committed before the target, and nothing else"
day = bank()
with room("backup", "archive") as here:
    elsewhere = here / "quite" / "elsewhere"
    elsewhere.mkdir(parents=True)
    recovered = check(recover, str(here / "backup"), str(here / "archive"), str(elsewhere / "data"), "xid", day["xid"])
    dsn = recovered.note("the accident's transaction").value(idea="the segments are in `archive`, wherever the new folder lies: look at the server's log")
    check_value("the ledger before the accident", ledger(settled(dsn))).equals(
        day["rows"], idea="everything up to the accident, and without it: is the transaction at the target itself in, or out?"
    )

# %% test="e3_open" points=3 title="Recovery is over, and the database open, on a new timeline"
import threading


@contextlib.contextmanager
def delayed(here):
    """Recovery into `here`/data takes long: once the server answers readers, replay halts until it has answered a hundred questions."""
    lock, over = here / "data" / "postmaster.pid", threading.Event()

    def delay(value, folder):
        with (here / folder / "postgresql.auto.conf").open("a") as settings:
            print(f"recovery_min_apply_delay = {value}", file=settings)

    def release():
        with contextlib.suppress(OSError, postgres.PostgresError, psycopg.Error):  # there is no such server, or no more
            while not over.is_set() and not (lock.exists() and lock.read_text().strip().endswith("ready")):
                time.sleep(0.01)
            dsn = postgres.Cluster.at(here / "data").dsn()
            for _ in range(100):
                ask(dsn, "SELECT 1")
            delay(0, "data")
            ask(dsn, "SELECT pg_reload_conf()")

    delay("'1h'", "backup")
    releasing = threading.Thread(target=release)
    releasing.start()
    try:
        yield
    finally:
        over.set()
        releasing.join()


day = bank()
with room("backup", "archive") as here, delayed(here):
    recovered = check(recover, str(here / "backup"), str(here / "archive"), str(here / "data"), "name", "lunch")
    dsn = recovered.value(idea="it should end well: look at the server's log")
    check_value("pg_is_in_recovery()", ask(dsn, "SELECT pg_is_in_recovery()")).equals(
        [(False,)], idea="a server answers readers long before its target: what does one wait for? And what does it do there unless it is told otherwise?"
    )
    check_value("the ledger at lunch", ledger(dsn)).equals(day["rows"][:6], idea="a restore point is a name in the log")
    check(ask, dsn, "INSERT INTO ledger VALUES (7, 1) RETURNING entry").equals([(7,)], idea="the database takes writes")
    ### BEGIN HIDDEN TESTS
    check_value("its system identifier", ask(dsn, "SELECT system_identifier FROM pg_control_system()")).equals(day["system"], idea="the bank's own cluster, from its backup")
    check_value("the timeline it writes on", ask(dsn, "SELECT left(pg_walfile_name(pg_current_wal_lsn()), 8)")).equals([("00000002",)], idea="a recovery that ends by promotion begins a new timeline")
    ### END HIDDEN TESTS

# %% test="e3_kept" points=2 title="Backup and archive stay as they were, and an earlier recovery leads nobody astray"
day = bank()
with room("backup", "archive") as here:
    # Somebody has recovered to the second entry, which was too early. What that server archived is there still: where it left
    # timeline 1, and its own first segment, a copy of the old one as far as that place.
    second = day["entries"][1]
    (here / "archive" / "00000002.history").write_text(f"1\t{second['position']}\tafter transaction {second['xid']}\n")
    length = int(second["position"].split("/")[1], 16) % 2**20
    branched = (here / "archive" / second["segment"]).read_bytes()[:length].ljust(2**20, b"\0")
    (here / "archive" / f"00000002{second['segment'][8:]}").write_bytes(branched)
    before = {name: files(here / name) for name in ("backup", "archive")}
    recovered = check(recover, str(here / "backup"), str(here / "archive"), str(here / "data"), "time", day["time"])
    dsn = recovered.note("timeline 2 has left after the second entry").value(idea="which timeline does a recovery follow unless it is told otherwise?")
    check_value("the ledger before the time of the accident", ledger(settled(dsn))).equals(day["rows"], idea="a commit at that very instant is out; all before it are on the backup's own timeline")
    for name, held in before.items():
        changed = sorted(path for path in held if not (here / name / path).exists() or (here / name / path).read_bytes() != held[path])
        check_value(f"files of the {name} that are gone or changed", changed).equals([], idea="the only way back there is: work on a copy, and let the archive only grow")

# %% test="e3_missing" points=2 title="A gap ends in an error, and leaves nothing behind"
import threading


@contextlib.contextmanager
def delayed(here):
    """Recovery into `here`/data takes long: once the server answers readers, replay halts until it has answered a hundred questions."""
    lock, over = here / "data" / "postmaster.pid", threading.Event()

    def delay(value, folder):
        with (here / folder / "postgresql.auto.conf").open("a") as settings:
            print(f"recovery_min_apply_delay = {value}", file=settings)

    def release():
        with contextlib.suppress(OSError, postgres.PostgresError, psycopg.Error):  # there is no such server, or no more
            while not over.is_set() and not (lock.exists() and lock.read_text().strip().endswith("ready")):
                time.sleep(0.01)
            dsn = postgres.Cluster.at(here / "data").dsn()
            for _ in range(100):
                ask(dsn, "SELECT 1")
            delay(0, "data")
            ask(dsn, "SELECT pg_reload_conf()")

    delay("'1h'", "backup")
    releasing = threading.Thread(target=release)
    releasing.start()
    try:
        yield
    finally:
        over.set()
        releasing.join()


day = bank()
with room("backup", "archive") as here, delayed(here):
    (here / "archive" / day["entries"][8]["segment"]).unlink()
    recovered = check(recover, str(here / "backup"), str(here / "archive"), str(here / "data"), "xid", day["xid"])
    recovered.note("a segment is missing on the way").raises(postgres.PostgresError, idea="a database that ends somewhere before its target must not be taken for the one that was asked for")
    check_value("something is left at `folder`", (here / "data").exists()).equals(False, idea="the call is made again once the segment is found")

# %% test="e3_there" points=1 title="What is there already stays"
with room("archive") as here:
    (here / "data").mkdir()
    (here / "data" / "PG_VERSION").write_text("18\n")
    (here / "backup").mkdir()
    check(recover, str(here / "backup"), str(here / "archive"), str(here / "data"), "name", "lunch").raises(FileExistsError, idea="it may be the last copy of somebody's data")
    check_value("what lies there", files(here / "data")).equals({"PG_VERSION": b"18\n"}, idea="not touched, whatever it is")

# %% [markdown]
r"""
The cell below needs exercise 3. It recovers twice, to lunch and then to the accident, and reads from the archive where each history left the first one.
"""

# %%
with room("backup", "archive") as here:
    for name, kind, value in (("first", "name", "lunch"), ("second", "xid", bank()["xid"])):
        _ = recover(str(here / "backup"), str(here / "archive"), str(here / name), kind, value)
        _ = until((here / "archive" / ("00000002.history" if name == "first" else "00000003.history")).exists)
    branches = {}
    for path in sorted((here / "archive").glob("*.history")):
        parent, position, _ = path.read_text().splitlines()[-1].split("\t")
        branches[int(path.stem, 16)] = int(parent), int(position.split("/")[1], 16) / 2**20
print({timeline: f"left timeline {parent}" for timeline, (parent, _) in branches.items()}, " the second later:", branches[2][1] < branches[3][1])

# %%
fig, ax = plt.subplots(figsize=(6.5, 2.4))
begin, end = branches[2][1] - 1.5, branches[3][1] + 1.5
_ = ax.plot([begin, end], [1, 1], marker="|", linewidth=3)
_ = ax.text(begin, 0.7, "1: with the accident")
for timeline, (parent, position) in branches.items():
    _ = ax.plot([position, position + 0.25, end], [parent, timeline, timeline], linewidth=3)
    _ = ax.text(*((position + 0.4, 2.15, "2: from lunch") if timeline == 2 else (position - 1.6, 3.15, "3: from just before the accident")))
_ = ax.set(title="Every recovery begins a history, and keeps the old ones", xlabel="position in the log [MiB]", ylabel="timeline", yticks=[1, 2, 3], ylim=(0.5, 3.6))
figures.show(fig, alt="Timelines against positions in the log. Timeline 1 runs through to the end and holds the accident. Timeline 2 leaves it at lunch, timeline 3 later, just before the accident; both go on beside it.")

# %% [markdown]
r"""
**Vary.** Take `"recovery_target_timeline": "current"` out of your function and run the cell above again. Then put it back.

## Failover: one leader, at every instant

When a leader dies, a follower can take over in a fraction of a second: `SELECT pg_promote()`. That is the easy half. The hard half is that **nobody can tell a dead leader from a slow one**: no answer within a second is what
a crash, a long pause and a broken cable all look like. Promote while the old leader is alive, and there are two that confirm writes: **split brain**. Here is one, from `parted()` of the set-up cell: a follower was promoted while its leader was merely out of sight.
"""

# %%
with parted() as (old, new):
    print("entries after the promotion, new leader:", [entry for entry, _ in ledger(new) if entry > 20])
    with postgres.Cluster.at(old) as server:
        print("entries after the promotion, old leader:", [entry for entry, _ in ledger(server.dsn()) if entry > 20])

# %% [markdown]
r"""
Both customers were told "committed". No merge of the two logs puts that right; one of them will have to be called. So a failover goes in this order:

1. **Detect**, with patience. One missed heartbeat is a hiccup. Several in a row are a suspicion, and never more than that.
2. **Fence.** Make *sure* that the old leader confirms nothing any more, whatever it is doing: cut its power, revoke its storage or its network. That is what makes the suspicion harmless. (Where shared storage can count, a **fencing token** does it: each leader gets a higher number, and the storage refuses lower ones.) If you cannot be sure, do not promote: an
   outage can be explained, two histories cannot.
3. **Choose** the follower that has received most, and ask *after* fencing: before it, the old leader may still be sending.
4. **Promote**, and send the clients there.
5. **Rejoin.** The old leader comes back with a log that the others do not share. `pg_rewind` looks for where the two histories parted, takes back the blocks that the old one changed since, by copying them from the new leader, and lets it follow. It needs page checksums or `wal_log_hints` (ours have checksums), and the old leader's own log from
   the last checkpoint *before* the parting. A busy server has recycled that by then: with `-c`, `pg_rewind` fetches it by the server's own `restore_command`.
"""

# %% [markdown] exercise="e4" title="Fail over, and take the old leader back" level="stretch" minutes=30 exports=["failover", "rejoin"]
r"""
Write two functions.

`failover(leader, followers, misses, pause)` gets functions that take no argument: `leader["alive"]()` returns `True`, or raises `ConnectionError` if no answer came in time; `leader["fence"]()` returns `True` if it is certain that this server confirms no more writes, else `False`; for each dict in the list `followers`, `"received"()` is
the position up to which it has the log (an integer; or `ConnectionError`), `"promote"()` makes it the leader, and `"name"` is a text.

- It asks `alive` at most `misses` times ($\ge 1$), with one `pause()` between two attempts, and none before the first or after the last. As soon as there is an answer it returns `None` and calls nothing else.
- Without any answer it fences the leader, once. Unless that is certain it raises `RuntimeError`, and no follower is asked or promoted.
- Then it asks each follower once for its position, passes over those that raise `ConnectionError`, promotes the one with the highest, the first in the list among equals, and returns its name. If none answers: `RuntimeError`.

`rejoin(folder, leader)` gets the data folder of an old leader that has crashed and is not running, as a text, and the connection string of the new leader (as superuser; it has written a checkpoint since its promotion). It makes the old leader a follower that streams from the new one, started, and returns its connection string. Commits that only the
old one had are gone from it. Files of tables that neither of the two has written to since they parted are not written again: so no new base backup. Both servers have page checksums, and a `restore_command` for their archive in their settings; the segments that the old one has recycled are there.

The options of `pg_rewind`: `-D` *folder* is the server to change, `--source-server=`*dsn* the one to follow, `-c` fetches log by `restore_command`, `-N` does not wait for the disk, `-R` writes `standby.signal` and where the leader is, as in `pg_basebackup`. (A server that crashed is recovered by it first.) `postgres.run("pg_rewind", …)` runs it.
"""

# %% [markdown] hints="e4" reading="DDIA ch. 5, Leader failure: failover; ch. 8, The truth is defined by the majority (fencing tokens); PostgreSQL's manual, pg_rewind"
r"""
1. `failover` is the list above, from 1 to 4, line by line: nothing is asked before the step before it is done. `rejoin` is one program, and then a start.
2. `with contextlib.suppress(ConnectionError):` around one question passes over its failure. Collect pairs of position and follower, then take the maximum by position: Python's `max` returns the first of equals.
3. `postgres.run("pg_rewind", "-D", folder, f"--source-server={leader}", "-c", "-R", "-N")`; then `postgres.Cluster.at(folder)`, `start()`, `dsn()`.
"""


# %% solution="e4"
def failover(leader, followers, misses, pause):
    """Promote the follower that has received most once the leader is silent and fenced; its name, or None if it is alive."""
    ### BEGIN SOLUTION
    for attempt in range(misses):
        if attempt > 0:
            pause()
        with contextlib.suppress(ConnectionError):
            leader["alive"]()
            return None
    if not leader["fence"]():
        raise RuntimeError("the old leader may still confirm writes: nobody is promoted")
    heard = []
    for follower in followers:
        with contextlib.suppress(ConnectionError):
            heard.append((follower["received"](), follower))
    if not heard:
        raise RuntimeError("no follower answers")
    _, best = max(heard, key=lambda pair: pair[0])
    best["promote"]()
    return best["name"]
    ### END SOLUTION


def rejoin(folder, leader):
    """Make the crashed old leader in `folder` a follower of `leader`; its connection string."""
    ### BEGIN SOLUTION
    postgres.run("pg_rewind", "-D", folder, f"--source-server={leader}", "-c", "-R", "-N")
    cluster = postgres.Cluster.at(folder)
    cluster.start()
    return cluster.dsn()
    ### END SOLUTION


# %% test="e4_patience" points=1 title="A leader that answers in time stays"
events, answers = [], [False, False, True]


def alive():
    events.append("alive?")
    if not answers.pop(0):
        raise ConnectionError("no answer in time")
    return True


leader = {"alive": alive, "fence": lambda: events.append("fence") or True}
follower = {"name": "f", "received": lambda: events.append("received?") or 7, "promote": lambda: events.append("promote")}
check(failover, leader, [follower], 3, lambda: events.append("pause")).equals(None, idea="it answered the third time: slow is not dead")
check_value("what was called", events).equals(["alive?", "pause", "alive?", "pause", "alive?"], idea="a pause between two attempts, and nothing more")
### BEGIN HIDDEN TESTS
events, answers = [], [False, True]
check(failover, leader, [follower], 1, lambda: events.append("pause")).equals("f", idea="one attempt was allowed, and missed")
check_value("what was called", events).equals(["alive?", "fence", "received?", "promote"], idea="no pause after the last attempt; then fence, ask, promote")
### END HIDDEN TESTS

# %% test="e4_fence" points=1 title="Without certainty nobody is promoted"
def silent():
    raise ConnectionError("no answer in time")


events = []
leader = {"alive": silent, "fence": lambda: events.append("fence")}  # and returns None: not certain
followers = [{"name": n, "received": lambda: events.append("received?") or 7, "promote": lambda: events.append("promote")} for n in "ab"]
check(failover, leader, followers, 2, lambda: None).raises(RuntimeError, idea="an outage is better than two leaders")
check_value("what was called", events).equals(["fence"], idea="no follower hears of it")

# %% test="e4_most" points=1 title="The follower that has received most, asked after the fence"
def silent():
    raise ConnectionError("no answer")


positions, promoted = {"a": 100, "b": 90, "c": 90}, []


def fence():
    positions["b"] = positions["c"] = 120  # what the old leader had sent arrives before it is cut off
    return True


leader = {"alive": silent, "fence": fence}
followers = [{"name": n, "received": lambda n=n: positions[n], "promote": lambda n=n: promoted.append(n)} for n in "abc"]
check(failover, leader, followers, 1, lambda: None).equals("b", idea="the highest position once nothing more can arrive; the first among equals")
check_value("promoted", promoted).equals(["b"], idea="exactly one")
### BEGIN HIDDEN TESTS
for seed in range(5):
    order = [int(n) for n in seeded(seed).permutation(4)]
    promoted.clear()
    followers = [{"name": str(n), "received": silent if n == 3 else lambda n=n: n, "promote": lambda n=n: promoted.append(n)} for n in order]
    check(failover, {"alive": silent, "fence": lambda: True}, followers, 1, lambda: None).note(f"seed {seed}").equals("2", idea="who does not answer is passed over")
    check_value(f"promoted (seed {seed})", promoted).equals([2], idea="exactly one")
mute = [{"name": "m", "received": silent, "promote": lambda: promoted.append("m")}]
check(failover, {"alive": silent, "fence": lambda: True}, mute, 1, lambda: None).raises(RuntimeError, idea="nobody to promote")
### END HIDDEN TESTS

# %% test="e4_rejoin" points=3 title="The old leader follows the new one's history"
with parted() as (old, new):
    quiet = old / ask(new, "SELECT pg_relation_filepath('years')")[0][0]
    before = quiet.stat().st_mtime_ns
    follower = check(rejoin, str(old), new).value(idea="read what the program says: did it find the log that it needs?")
    check_value("pg_is_in_recovery()", ask(follower, "SELECT pg_is_in_recovery()")).equals([(True,)], idea="a follower stays in recovery: what tells it so when it starts?")
    there = [entry for entry, _ in ledger(follower) if entry == 31]
    check_value("the entry that only the old leader had", there).equals([], idea="following begins where the histories are the same: rewind first")
    ask(new, "INSERT INTO ledger VALUES (22, 100)")
    check_value("the new leader's ledger arrives", until(lambda: ledger(follower) == ledger(new))).equals(True, idea="does it know where its leader is? Look at its log()")
    ### BEGIN HIDDEN TESTS
    streaming = "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'"
    check_value("followers that stream from the new leader", ask(new, streaming)).equals([(1,)], idea="the old leader is connected to the new one")
    check_value("the file of a table that nobody wrote to was written again", quiet.stat().st_mtime_ns != before).equals(False, idea="rewind copies what differs; a base backup copies everything")
    ### END HIDDEN TESTS

# %% [markdown]
r"""
## In practice

**A backup is what has been restored.** Run a recovery like exercise 3 every week, on another machine, by a script, and compare counts. Most archives that fail do so silently: `pg_stat_archiver.last_failed_time` is the number to alarm on.

**Archiving by segment loses the last one.** Until a segment is full, or `archive_timeout` has passed, its commits are on the leader only. `pg_receivewal` streams the log to the archive as it is written, even synchronously: then the recovery point is zero.

**Which replica may be promoted?** With asynchronous followers, the last commits may be on none of them. If each commit waits for any $k$ of $n$ followers, ask until more than $n - k$ have answered: then one of these has it all. Tools such as Patroni keep the decision, and the lease that fences, in a store with consensus, which is the subject of 1.1.3.

**At a hundred times the size** replay is the bottleneck: it is one process, and a day of log from a busy server may take hours. So base backups are taken more often, incrementally (`pg_basebackup --incremental`, since PostgreSQL 17), or as snapshots of the storage. A follower with `recovery_min_apply_delay` of an hour is a recovery point
that needs no copying, if you notice within the hour.

## Summary

- A recovery needs a backup that ended before its target, and every segment from that backup's start on.
- Redo repeats history, guided by pageLSNs; undo writes CLRs, so that a crash during recovery repeats nothing.
- Point-in-time recovery is redo with a place to stop: say whether the target itself is in, which timeline to follow, and what to do there.
- Fence first, ask then, promote one; the old leader comes back by rewinding to where the histories parted.

## Reflection

Your company has one PostgreSQL leader, a follower that takes over by itself when the leader misses one heartbeat, and a dump every night. Somebody says: "We have three copies; we are safe."

Answer in 3 to 5 sentences. Give yourself a point for each: you name an accident that all three copies together do not undo without loss; you say what one would have to keep in addition, and what recovery point that gives; you say what can go wrong with this failover, and what has to come before promotion; you say how you would find out that
the new backups work.
"""

# %% [markdown] reflection="reflection"
r"""
A DELETE without WHERE at five in the afternoon empties leader and follower at once, and the dump of last night lacks a day of commits. A weekly base backup with all segments of the log since, in another building, brings us back to the second before, and the recovery point is the last archived segment, or nothing at all
with pg_receivewal. One missed heartbeat may be a slow disk: then the follower is promoted while the leader still confirms writes, and two histories have to be reconciled by hand, so several misses and above all fencing must come first, and a promotion that waits if fencing is not certain. And I would have a script restore to a random moment of
the past week every Sunday, check that the server opens and that sums agree with a record kept elsewhere, and treat a failure of that like an outage.
"""

# %% [markdown]
r"""
## Further reading

- *Readings in Database Systems* (the Red Book), 5th edition, chapter 3, Techniques Everyone Should Know: why ARIES is on the list, and C. Mohan and others, "ARIES: A Transaction Recovery Method Supporting Fine-Granularity Locking and Partial Rollbacks Using Write-Ahead Logging" (1992). Look for "repeating history", for undo_next, and for what we
  left out: checkpoints and the table of dirty pages, which spare analysis and redo most of the log.
- *Designing Data-Intensive Applications*, chapter 3, for the write-ahead log of a B-tree; chapter 8, on knowledge, truth and lies, for the leader that does not know that it was deposed, and fencing tokens; chapter 9, on what leader election takes to be safe. Chapter 5, on handling node outages, lists what goes wrong in a failover.
- PostgreSQL's manual: 25.3 (Continuous Archiving and Point-in-Time Recovery), with 25.3.6 on timelines; 19.5.6 for every recovery target; 28 for what the write-ahead log promises; and the page on `pg_rewind`, section "How It Works".
"""
