# %% right="e1" why="a sort in place of a maximum, divmod in place of a range"
def recovery_plan(backups, archive, target, size):
    for name, start, end in sorted(backups, key=lambda backup: -backup[1]):
        if end <= target:
            first, last = divmod(start, size)[0], divmod(target - 1, size)[0]
            segments = [first + n for n in range(last - first + 1)]
            return {"backup": name, "segments": segments, "missing": sorted(set(segments) - archive)}
    return None


# %% right="e1" why="walks from segment to segment until the target is reached"
def recovery_plan(backups, archive, target, size):
    best = None
    for backup in backups:
        if backup[2] <= target and (best is None or backup[1] > best[1]):
            best = backup
    if best is None:
        return None
    plan = {"backup": best[0], "segments": [], "missing": []}
    n = best[1] // size
    while n * size < target:
        plan["segments"].append(n)
        if n not in archive:
            plan["missing"].append(n)
        n += 1
    return plan


# %% [markdown] wrong="e1" why="takes a backup that began before the target, though it was complete only after it" edit=true
r'''
### REPLACE
    usable = [backup for backup in backups if backup[2] <= target]
### WITH
    usable = [backup for backup in backups if backup[1] < target]
### END
'''

# %% [markdown] wrong="e1" why="takes the backup that ended last for the one with the least to replay" edit=true
r'''
### REPLACE
    name, start, _ = max(usable, key=lambda backup: backup[1])
### WITH
    name, start, _ = max(usable, key=lambda backup: backup[2])
### END
'''

# %% [markdown] wrong="e1" why="takes the last backup in the list for the newest" edit=true
r'''
### REPLACE
    name, start, _ = max(usable, key=lambda backup: backup[1])
### WITH
    name, start, _ = usable[-1]
### END
'''

# %% [markdown] wrong="e1" why="replays from the backup's end: its pages never come to agree" edit=true
r'''
### REPLACE
    name, start, _ = max(usable, key=lambda backup: backup[1])
### WITH
    name, _, start = max(usable, key=lambda backup: backup[1])
### END
'''

# %% [markdown] wrong="e1" why="asks for the segment of the target's own byte, which is not replayed" edit=true
r'''
### REPLACE
    segments = list(range(start // size, (target - 1) // size + 1))
### WITH
    segments = list(range(start // size, target // size + 1))
### END
'''

# %% [markdown] wrong="e1" why="ignores gaps: counts only from the first to the last segment that was kept" edit=true
r'''
### REPLACE
    return {"backup": name, "segments": segments, "missing": [n for n in segments if n not in archive]}
### WITH
    return {"backup": name, "segments": segments, "missing": [n for n in segments if not min(archive) <= n <= max(archive)]}
### END
'''

# %% right="e2" why="one sweep backward over the log; all pages written at the very end, once each"
def aries(log, disk, append, write):
    last, undone_from, finished = {}, {}, set()
    for lsn, record in enumerate(log, 1):
        last[record["tx"]] = lsn
        if record["kind"] == "clr":
            undone_from[record["tx"]] = record["undo_next"] + 1
        elif record["kind"] != "update":
            finished.add(record["tx"])
    changes = [(lsn, record["page"], record["delta"]) for lsn, record in enumerate(log, 1) if "page" in record]
    for lsn, record in reversed(list(enumerate(log, 1))):
        tx = record["tx"]
        if record["kind"] == "update" and tx not in finished and lsn < undone_from.get(tx, lsn + 1):
            change = {"page": record["page"], "delta": -record["delta"]}
            last[tx] = append({"kind": "clr", "tx": tx, "prev": last[tx], **change, "undo_next": record["prev"]})
            changes.append((last[tx], record["page"], -record["delta"]))
    for tx in last.keys() - finished:
        append({"kind": "end", "tx": tx, "prev": last[tx]})
    for page, (value, page_lsn) in disk.items():
        lacking = [(lsn, delta) for lsn, other, delta in changes if other == page and lsn > page_lsn]
        if lacking:
            write(page, value + sum(delta for _, delta in lacking), lacking[-1][0])


# %% right="e2" why="redo page by page; undo from a heap of what is left"
def aries(log, disk, append, write):
    import heapq

    log = [None, *log]
    now = {}
    for page, (value, page_lsn) in disk.items():
        for lsn in range(page_lsn + 1, len(log)):
            if log[lsn].get("page") == page:
                value, page_lsn = value + log[lsn]["delta"], lsn
        if page_lsn != disk[page][1]:
            write(page, value, page_lsn)
        now[page] = value
    last = {record["tx"]: lsn for lsn, record in enumerate(log) if record}
    losers = [tx for tx, lsn in last.items() if log[lsn]["kind"] in ("update", "clr")]
    left = [(-log[last[tx]].get("undo_next", last[tx]), tx) for tx in losers]
    heapq.heapify(left)
    while left:
        minus, tx = heapq.heappop(left)
        if minus == 0:
            append({"kind": "end", "tx": tx, "prev": last[tx]})
        else:
            page, delta, before = (log[-minus][key] for key in ("page", "delta", "prev"))
            clr = {"kind": "clr", "tx": tx, "prev": last[tx], "page": page, "delta": -delta, "undo_next": before}
            last[tx] = append(clr)
            now[page] -= delta
            write(page, now[page], last[tx])
            heapq.heappush(left, (-before, tx))


# %% [markdown] wrong="e2" why="redoes the winners only" edit=true
r'''
### REPLACE
        if "page" in record:
### WITH
        if "page" in record and record["tx"] not in last:
### END
'''

# %% [markdown] wrong="e2" why="takes CLRs for notes to undo, and does not redo them" edit=true
r'''
### REPLACE
        if "page" in record:
### WITH
        if record["kind"] == "update":
### END
'''

# %% [markdown] wrong="e2" why="leaves out transactions that were rolled back before the crash, as if their changes cancelled on every page" edit=true
r'''
### REPLACE
    for lsn, record in enumerate(log, 1):  # redo
        if "page" in record:
### WITH
    rolled_back = {record["tx"] for record in log if record["kind"] == "end"}
    for lsn, record in enumerate(log, 1):  # redo
        if "page" in record and record["tx"] not in rolled_back:
### END
'''

# %% [markdown] wrong="e2" why="takes a transaction that was rolled back to its end for one that is still open" edit=true
r'''
### REPLACE
        if record["kind"] in ("commit", "end"):
### WITH
        if record["kind"] == "commit":
### END
'''

# %% [markdown] wrong="e2" why="undoes one transaction after the other" edit=true
r'''
### REPLACE
        tx = max(undo, key=undo.get)
### WITH
        tx = max(undo)
### END
'''

# %% [markdown] wrong="e2" why="never says that a rollback is complete" edit=true
r'''
### REPLACE
            add({"kind": "end", "tx": tx, "prev": last[tx]})
            del undo[tx]
### WITH
            del undo[tx]
### END
'''

# %% [markdown] wrong="e2" why="begins undo at a loser's last record whatever it is: undoes CLRs, and updates a second time" edit=true
r'''
### REPLACE
    undo = {tx: log[lsn - 1].get("undo_next", lsn) for tx, lsn in last.items()}
### WITH
    undo = dict(last)
### END
'''

# %% [markdown] wrong="e2" why="logs compensation as ordinary updates, which the next recovery undoes" edit=true
r'''
### REPLACE
        add({"kind": "clr", "tx": tx, "prev": last[tx], **change})
### WITH
        add({"kind": "update", "tx": tx, "prev": last[tx], **change})
### END
'''

# %% [markdown] wrong="e2" why="undo_next points at the update that was just undone" edit=true
r'''
### REPLACE
        update = log[undo[tx] - 1]
        undo[tx] = update["prev"]
        change = {"page": update["page"], "delta": -update["delta"], "undo_next": update["prev"]}
### WITH
        update, here = log[undo[tx] - 1], undo[tx]
        undo[tx] = update["prev"]
        change = {"page": update["page"], "delta": -update["delta"], "undo_next": here}
### END
'''

# %% [markdown] wrong="e2" why="writes the page first and the record after it" edit=true
r'''
### REPLACE
        add({"kind": "clr", "tx": tx, "prev": last[tx], **change})
        apply(len(log))
### WITH
        value, _ = pages[update["page"]]
        pages[update["page"]] = value - update["delta"], len(log) + 1
        write(update["page"], *pages[update["page"]])
        add({"kind": "clr", "tx": tx, "prev": last[tx], **change})
### END
'''

# %% right="e3" why="asks for the folder first; settings written by hand; the wait is a question that PostgreSQL answers"
def recover(backup, archive, folder, kind, value):
    if Path(folder).exists():
        raise FileExistsError(folder)
    target = shutil.copytree(backup, folder)
    with Path(target, "postgresql.auto.conf").open("a") as settings:
        print(f"restore_command = 'cp \"{archive}/%f\" %p'", file=settings)
        print(f"recovery_target_{kind} = '{value}'", file=settings)
        print("recovery_target_inclusive = off\nrecovery_target_timeline = 'current'", file=settings)
        print("recovery_target_action = 'promote'", file=settings)
    Path(target, "recovery.signal").write_text("")
    cluster = postgres.Cluster.at(target)
    open_for_writes = False
    with contextlib.suppress(postgres.PostgresError, psycopg.OperationalError):
        cluster.start()
        with psycopg.connect(cluster.dsn(), autocommit=True) as connection:
            query = "SELECT pg_sleep(0.01), pg_is_in_recovery()"
            while connection.execute(query).fetchone()[1]:
                pass
        open_for_writes = True
    if not open_for_writes:
        cluster.stop("immediate")
        shutil.rmtree(target)
        raise postgres.PostgresError("recovery ended early")
    return cluster.dsn()


# %% right="e3" why="pauses at the target, and promotes by SQL; the new folder is cleared on every way out but the good one"
def recover(backup, archive, folder, kind, value):
    Path(folder).mkdir(mode=0o700)
    with contextlib.ExitStack() as undo:
        undo.callback(shutil.rmtree, folder)
        shutil.copytree(backup, folder, dirs_exist_ok=True)
        Path(folder, "recovery.signal").touch()
        cluster = postgres.Cluster.at(folder)
        cluster.configure({"restore_command": f"cp '{archive}'/%f %p", "recovery_target_inclusive": "off"})
        cluster.configure({f"recovery_target_{kind}": value, "recovery_target_timeline": "current"})
        cluster.start()
        try:
            while ask(cluster.dsn(), "SELECT pg_get_wal_replay_pause_state()") != [("paused",)]:
                time.sleep(0.02)
            ask(cluster.dsn(), "SELECT pg_promote()")
        except psycopg.OperationalError as error:
            cluster.stop("immediate")
            raise postgres.PostgresError("the target was not reached") from error
        undo.pop_all()
    return cluster.dsn()


# %% [markdown] wrong="e3" why="replays to the end of the log, accident included" edit=true
r'''
### REPLACE
            f"recovery_target_{kind}": value,
### WITH
### END
'''

# %% [markdown] wrong="e3" why="leaves the transaction at the target in: the accident itself" edit=true
r'''
### REPLACE
            "recovery_target_inclusive": False,
### WITH
### END
'''

# %% [markdown] wrong="e3" why="follows the latest timeline, which an earlier recovery began" edit=true
r'''
### REPLACE
            "recovery_target_timeline": "current",
### WITH
### END
'''

# %% wrong="e3" why="stays paused at the target: it can be read, and is taken for recovered"
def recover(backup, archive, folder, kind, value):
    shutil.copytree(backup, folder)
    cluster = postgres.Cluster.at(folder)
    cluster.configure({"restore_command": f'cp "{archive}/%f" "%p"', f"recovery_target_{kind}": value})
    cluster.configure({"recovery_target_inclusive": False, "recovery_target_timeline": "current"})
    Path(folder, "recovery.signal").touch()
    try:
        cluster.start()
        while ask(cluster.dsn(), "SELECT pg_get_wal_replay_pause_state()") != [("paused",)]:
            time.sleep(0.02)
    except (postgres.PostgresError, psycopg.OperationalError) as error:
        cluster.stop("immediate")
        shutil.rmtree(folder)
        raise postgres.PostgresError("the target was not reached") from error
    return cluster.dsn()


# %% [markdown] wrong="e3" why="takes a server that answers for one that has recovered" edit=true
r'''
### REPLACE
        cluster.start()
        opened(cluster)
### WITH
        cluster.start()
### END
'''

# %% [markdown] wrong="e3" why="fetches from where the old server's command puts them: right for a neighbour of the archive only" edit=true
r'''
### REPLACE
            "restore_command": f'cp "{archive}/%f" "%p"',
### WITH
            "restore_command": 'cp "../archive/%f" "%p"',
### END
'''

# %% [markdown] wrong="e3" why="clears up after a server that does not start, not after one that ends on its way" edit=true
r'''
### REPLACE
        cluster.start()
        opened(cluster)
### WITH
        cluster.start()
### END
### REPLACE
        raise
    return cluster.dsn()
### WITH
        raise
    opened(cluster)
    return cluster.dsn()
### END
'''

# %% [markdown] wrong="e3" why="takes segments out of the archive: the next recovery finds a gap" edit=true
r'''
### REPLACE
            "restore_command": f'cp "{archive}/%f" "%p"',
### WITH
            "restore_command": f'mv "{archive}/%f" "%p"',
### END
'''

# %% [markdown] wrong="e3" why="leaves what a recovery that failed has made" edit=true
r'''
### REPLACE
        shutil.rmtree(folder)
        raise
### WITH
        raise
### END
'''

# %% [markdown] wrong="e3" why="clears the folder first, whatever is in it" edit=true
r'''
### REPLACE
    shutil.copytree(backup, folder)
### WITH
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(backup, folder)
### END
'''

# %% right="e4" why="plain loops and comparisons; where the leader is written by hand"
def failover(leader, followers, misses, pause):
    missed = 0
    while missed < misses:
        try:
            leader["alive"]()
        except ConnectionError:
            missed += 1
            if missed < misses:
                pause()
        else:
            return None
    if leader["fence"]() is not True:
        raise RuntimeError("not certain that the old leader is cut off")
    best, highest = None, -1
    for follower in followers:
        try:
            position = follower["received"]()
        except ConnectionError:
            continue
        if position > highest:
            best, highest = follower, position
    if best is None:
        raise RuntimeError("nobody to promote")
    best["promote"]()
    return best["name"]


def rejoin(folder, leader):
    postgres.run("pg_rewind", "--no-sync", "--restore-target-wal", f"--target-pgdata={folder}", "--source-server", leader)
    Path(folder, "standby.signal").touch()
    follower = postgres.Cluster.at(folder)
    follower.configure({"primary_conninfo": leader})
    follower.start()
    return follower.dsn()


# %% right="e4" why="the attempts by recursion, the choice by a stable sort; long options"
def failover(leader, followers, misses, pause):
    try:
        if leader["alive"]():
            return None
    except ConnectionError:
        if misses > 1:
            pause()
            return failover(leader, followers, misses - 1, pause)
    if not leader["fence"]():
        raise RuntimeError("no fence, no failover")

    def received(follower):
        try:
            return follower["received"]()
        except ConnectionError:
            return None

    positions = [received(follower) for follower in followers]
    ranked = sorted((-position, n) for n, position in enumerate(positions) if position is not None)
    if not ranked:
        raise RuntimeError("no follower answers")
    chosen = followers[ranked[0][1]]
    chosen["promote"]()
    return chosen["name"]


def rejoin(folder, leader):
    options = {"target-pgdata": folder, "source-server": leader}
    switches = ["--restore-target-wal", "--write-recovery-conf", "--no-sync"]
    postgres.run("pg_rewind", *(f"--{name}={value}" for name, value in options.items()), *switches)
    with contextlib.ExitStack():
        follower = postgres.Cluster.at(folder)
        follower.start()
    return follower.dsn()


# %% [markdown] wrong="e4" why="one missed heartbeat is taken for death" edit=true
r'''
### REPLACE
    for attempt in range(misses):
### WITH
    for attempt in range(1):
### END
'''

# %% [markdown] wrong="e4" why="fences, and promotes whether or not that worked" edit=true
r'''
### REPLACE
    if not leader["fence"]():
        raise RuntimeError("the old leader may still confirm writes: nobody is promoted")
### WITH
    leader["fence"]()
### END
'''

# %% [markdown] wrong="e4" why="promotes the first follower that answers" edit=true
r'''
### REPLACE
    _, best = max(heard, key=lambda pair: pair[0])
### WITH
    _, best = heard[0]
### END
'''

# %% [markdown] wrong="e4" why="asks for positions before the old leader is cut off" edit=true
r'''
### REPLACE
    if not leader["fence"]():
        raise RuntimeError("the old leader may still confirm writes: nobody is promoted")
    heard = []
    for follower in followers:
        with contextlib.suppress(ConnectionError):
            heard.append((follower["received"](), follower))
### WITH
    heard = []
    for follower in followers:
        with contextlib.suppress(ConnectionError):
            heard.append((follower["received"](), follower))
    if not leader["fence"]():
        raise RuntimeError("the old leader may still confirm writes: nobody is promoted")
### END
'''

# %% [markdown] wrong="e4" why="lets the old leader follow without rewinding it" edit=true
r'''
### REPLACE
    postgres.run("pg_rewind", "-D", folder, f"--source-server={leader}", "-c", "-R", "-N")
    cluster = postgres.Cluster.at(folder)
### WITH
    Path(folder, "standby.signal").touch()
    cluster = postgres.Cluster.at(folder)
    cluster.configure({"primary_conninfo": leader})
### END
'''

# %% [markdown] wrong="e4" why="rewinds without the archive: the log from before the parting is gone" edit=true
r'''
### REPLACE
    postgres.run("pg_rewind", "-D", folder, f"--source-server={leader}", "-c", "-R", "-N")
### WITH
    postgres.run("pg_rewind", "-D", folder, f"--source-server={leader}", "-R", "-N")
### END
'''

# %% [markdown] wrong="e4" why="throws the old data away and copies everything anew" edit=true
r'''
### REPLACE
    postgres.run("pg_rewind", "-D", folder, f"--source-server={leader}", "-c", "-R", "-N")
### WITH
    shutil.rmtree(folder)
    postgres.run("pg_basebackup", "-d", leader, "-D", folder, "-X", "stream", "-c", "fast", "-N", "-R")
### END
'''

# %% equivalent="e1" mutants=["4d2dbeeb"] why="return alone returns None"

# %% equivalent="e4" mutants=["88fa3d7d"] why="return alone returns None"
