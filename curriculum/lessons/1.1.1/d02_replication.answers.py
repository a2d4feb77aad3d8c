# %% right="e1" why="all digits in one number, the second half padded to eight"
def lsn_diff(a, b):
    def position(text):
        high, low = text.split("/")
        return int(high + low.rjust(8, "0"), 16)

    return position(a) - position(b)


# %% right="e1" why="the differences of the halves, put together"
def lsn_diff(a, b):
    (a_high, a_low), (b_high, b_low) = ([int(half, 16) for half in text.split("/")] for text in (a, b))
    return (a_high - b_high) * 4_294_967_296 + a_low - b_low


# %% wrong="e1" why="ignores the first half"
def lsn_diff(a, b):
    return int(a.split("/")[1], 16) - int(b.split("/")[1], 16)


# %% wrong="e1" why="joins the digits without padding the second half"
def lsn_diff(a, b):
    return int(a.replace("/", ""), 16) - int(b.replace("/", ""), 16)


# %% wrong="e1" why="takes the larger from the smaller: the sign is lost"
def lsn_diff(a, b):
    def position(text):
        high, low = text.split("/")
        return int(high, 16) * 2**32 + int(low, 16)

    return abs(position(a) - position(b))


# %% wrong="e1" why="a first half is worth 2**32 - 1 bytes"
def lsn_diff(a, b):
    def position(text):
        high, low = text.split("/")
        return int(high, 16) * 0xFFFFFFFF + int(low, 16)

    return position(a) - position(b)


# %% right="e2" why="long options, the role by an exception that is caught, the slot made in SQL"
def build_follower(leader, folder, slot):
    with contextlib.suppress(psycopg.errors.DuplicateObject):
        ask(leader, "CREATE USER replicator REPLICATION")
    ask(leader, "SELECT pg_create_physical_replication_slot(%s, true)", slot)
    postgres.run(
        "pg_basebackup", f"--pgdata={folder}", f"--dbname={leader} user=replicator", "--write-recovery-conf", f"--slot={slot}",
        "--wal-method=stream", "--checkpoint=fast", "--no-sync",
    )
    follower = postgres.Cluster.at(folder)
    follower.start()
    return follower.dsn()


# %% right="e2" why="the note for the new server written by hand: standby.signal and two settings"
def build_follower(leader, folder, slot):
    with psycopg.connect(leader, autocommit=True) as connection:
        known = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
        if "replicator" not in known:
            connection.execute("CREATE ROLE replicator WITH LOGIN REPLICATION NOSUPERUSER")
    source = make_conninfo(leader, user="replicator")
    postgres.run("pg_basebackup", "-d", source, "-D", folder, "-X", "stream", "-c", "fast", "-N", "-C", "-S", slot)
    open(os.path.join(folder, "standby.signal"), "w").close()
    follower = postgres.Cluster.at(folder)
    follower.configure({"primary_conninfo": source, "primary_slot_name": slot})
    follower.start()
    return follower.dsn()


# %% wrong="e2" why="a second cluster with copied rows"
def build_follower(leader, folder, slot):
    if not ask(leader, "SELECT 1 FROM pg_roles WHERE rolname = 'replicator'"):
        ask(leader, "CREATE ROLE replicator LOGIN REPLICATION")
    ask(leader, "SELECT pg_create_physical_replication_slot(%s, true)", slot)
    other = postgres.Cluster("copy")
    other.start()
    ask(other.dsn(), "CREATE TABLE ledger (entry text)")
    for row in ask(leader, "SELECT entry FROM ledger"):
        ask(other.dsn(), "INSERT INTO ledger VALUES (%s)", *row)
    return other.dsn()


# %% [markdown] wrong="e2" why="a base backup without -R: a second leader of its own" edit=true
r'''
### REPLACE
    postgres.run("pg_basebackup", "-d", source, "-D", folder, "-X", "stream", "-c", "fast", "-N", "-R", "-C", "-S", slot)
### WITH
    postgres.run("pg_basebackup", "-d", source, "-D", folder, "-X", "stream", "-c", "fast", "-N", "-C", "-S", slot)
### END
'''

# %% [markdown] wrong="e2" why="promotes what it has built, so that it is ready for writes: right files, no longer a standby" edit=true
r'''
### REPLACE
    follower.start()
### WITH
    follower.start()
    ask(follower.dsn(), "SELECT pg_promote()")
### END
'''

# %% [markdown] wrong="e2" why="the slot is made and kept, and the follower does not know where its leader is" edit=true
r'''
### REPLACE
    follower.start()
### WITH
    open(os.path.join(folder, "postgresql.auto.conf"), "w").close()
    follower.start()
### END
'''

# %% [markdown] wrong="e2" why="no slot: works until the follower has been away for a while" edit=true
r'''
### REPLACE
    postgres.run("pg_basebackup", "-d", source, "-D", folder, "-X", "stream", "-c", "fast", "-N", "-R", "-C", "-S", slot)
### WITH
    postgres.run("pg_basebackup", "-d", source, "-D", folder, "-X", "stream", "-c", "fast", "-N", "-R")
### END
'''

# %% [markdown] wrong="e2" why="makes the role and then connects as superuser all the same" edit=true
r'''
### REPLACE
    source = make_conninfo(leader, user="replicator")
### WITH
    source = leader
### END
'''

# %% [markdown] wrong="e2" why="makes the role of the follower a superuser" edit=true
r'''
### REPLACE
        ask(leader, "CREATE ROLE replicator LOGIN REPLICATION")
### WITH
        ask(leader, "CREATE ROLE replicator LOGIN REPLICATION SUPERUSER")
### END
'''

# %% [markdown] wrong="e2" why="makes the role without looking whether an earlier follower has made it" edit=true
r'''
### REPLACE
    if not ask(leader, "SELECT 1 FROM pg_roles WHERE rolname = 'replicator'"):
        ask(leader, "CREATE ROLE replicator LOGIN REPLICATION")
### WITH
    ask(leader, "CREATE ROLE replicator LOGIN REPLICATION")
### END
'''

# %% [markdown] wrong="e2" why="delays replay by an hour, as a protection against mistakes on the leader" edit=true
r'''
### REPLACE
    follower.start()
### WITH
    follower.configure({"recovery_min_apply_delay": "1h"})
    follower.start()
### END
'''

# %% right="e3" why="two queries joined in Python, positions as numbers"
def monitor(leader):
    with psycopg.connect(leader) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        heard = dict(connection.execute("SELECT pid, (replay_lsn - '0/0')::bigint FROM pg_stat_replication").fetchall())
        slots = connection.execute(
            "SELECT slot_name, active_pid, (restart_lsn - '0/0')::bigint FROM pg_replication_slots WHERE slot_type = 'physical'"
        ).fetchall()
        end = connection.execute("SELECT (pg_current_wal_lsn() - '0/0')::bigint").fetchone()[0]
    report = []
    for name, pid, start in sorted(slots):
        seen = heard.get(pid)
        report.append(
            {
                "slot": name,
                "connected": pid is not None,
                "lag": None if seen is None else end - seen,
                "retained": 0 if start is None else end - start,
            }
        )
    return report


# %% right="e3" why="a subquery in place of the join, JSON made by the server"
def monitor(leader):
    found = ask(
        leader,
        """
        SELECT coalesce(json_agg(json_build_object(
            'slot', slot_name, 'connected', active_pid IS NOT NULL,
            'lag', (SELECT (pg_current_wal_lsn() - replay_lsn)::bigint FROM pg_stat_replication WHERE pid = active_pid),
            'retained', CASE WHEN restart_lsn IS NULL THEN 0 ELSE (pg_current_wal_lsn() - restart_lsn)::bigint END
        ) ORDER BY slot_name), '[]') FROM pg_replication_slots WHERE slot_type = 'physical'
        """,
    )
    return found[0][0]


# %% [markdown] wrong="e3" why="asks pg_stat_replication only: who is gone is not in it" edit=true
r'''
### REPLACE
        FROM pg_replication_slots s LEFT JOIN pg_stat_replication r ON r.pid = s.active_pid
### WITH
        FROM pg_replication_slots s JOIN pg_stat_replication r ON r.pid = s.active_pid
### END
'''

# %% [markdown] wrong="e3" why="reports a lag of 0 for a follower that cannot be heard" edit=true
r'''
### REPLACE
               pg_wal_lsn_diff(pg_current_wal_lsn(), r.replay_lsn)::bigint,
### WITH
               coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), r.replay_lsn), 0)::bigint,
### END
'''

# %% [markdown] wrong="e3" why="measures to what the follower has received, not to what it shows" edit=true
r'''
### REPLACE
               pg_wal_lsn_diff(pg_current_wal_lsn(), r.replay_lsn)::bigint,
### WITH
               pg_wal_lsn_diff(pg_current_wal_lsn(), r.flush_lsn)::bigint,
### END
'''

# %% [markdown] wrong="e3" why="measures from what was sent: a follower that receives nothing is never behind" edit=true
r'''
### REPLACE
               pg_wal_lsn_diff(pg_current_wal_lsn(), r.replay_lsn)::bigint,
### WITH
               CASE WHEN r.replay_lsn IS NOT NULL THEN pg_wal_lsn_diff(pg_current_wal_lsn(), r.sent_lsn) END::bigint,
### END
'''

# %% [markdown] wrong="e3" why="takes what a slot without a position keeps for unknown" edit=true
r'''
### REPLACE
               coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), s.restart_lsn), 0)::bigint
### WITH
               pg_wal_lsn_diff(pg_current_wal_lsn(), s.restart_lsn)::bigint
### END
'''

# %% [markdown] wrong="e3" why="in the order in which the slots happen to lie" edit=true
r'''
### REPLACE
        ORDER BY s.slot_name
### WITH
        ORDER BY s.active, s.restart_lsn DESC
### END
'''

# %% right="e4" why="rounds as one flat sequence; candidates chosen by a generator"
class Router:
    def __init__(self, leader, followers, patience, pause):
        self._leader = leader
        self._looks = list(followers)
        self._patience = patience
        self._pause = pause

    def write(self, text):
        query, position = self._leader["query"], self._leader["position"]
        query(text)
        return position()

    def _candidates(self):
        yield from self._looks
        for _ in range(self._patience):
            self._pause()
            yield from self._looks

    def read(self, text, token):
        for node in self._candidates():
            answer = self._ask(node, text, token)
            if answer:
                return answer
        rows = self._leader["query"](text)
        return rows, max(self._leader["position"](), token)

    @staticmethod
    def _ask(node, text, token):
        try:
            if node["replayed"]() < token:
                return None
            rows = node["query"](text)
            after = node["replayed"]()
        except ConnectionError:
            return None
        return rows, after if after > token else token


# %% right="e4" why="a recursive read: each call spends one pause"
class Router:
    def __init__(self, leader, followers, patience, pause):
        self.all = (leader, followers, patience, pause)

    def write(self, text):
        leader = self.all[0]
        leader["query"](text)
        return leader["position"]()

    def read(self, text, token, left=None):
        leader, followers, patience, pause = self.all
        left = patience if left is None else left
        for node in followers:
            with contextlib.suppress(ConnectionError):
                if node["replayed"]() >= token:
                    return node["query"](text), max(token, node["replayed"]())
        if left:
            pause()
            return self.read(text, token, left - 1)
        return leader["query"](text), max(token, leader["position"]())


# %% [markdown] wrong="e4" why="compares with what the follower has received" edit=true
r'''
### REPLACE
                    if follower["replayed"]() >= token:
### WITH
                    if follower["received"]() >= token:
### END
'''

# %% [markdown] wrong="e4" why="the new token is the position before the query" edit=true
r'''
### REPLACE
                    if follower["replayed"]() >= token:
                        rows = follower["query"](text)
                        return rows, max(token, follower["replayed"]())
### WITH
                    position = follower["replayed"]()
                    if position >= token:
                        return follower["query"](text), position
### END
'''

# %% [markdown] wrong="e4" why="hands back the old token: reads may go back to what an older follower shows" edit=true
r'''
### REPLACE
                        return rows, max(token, follower["replayed"]())
### WITH
                        return rows, token
### END
### REPLACE
        return rows, max(token, self.leader["position"]())
### WITH
        return rows, token
### END
'''

# %% [markdown] wrong="e4" why="after a failover the leader's position lowers the token" edit=true
r'''
### REPLACE
        return rows, max(token, self.leader["position"]())
### WITH
        return rows, self.leader["position"]()
### END
'''

# %% [markdown] wrong="e4" why="a fixed pause and then the first follower, as if lag had a bound" edit=true
r'''
### REPLACE
        for attempt in range(self.patience + 1):
            if attempt > 0:
                self.pause()
            for follower in self.followers:
### WITH
        for attempt in range(self.patience + 1):
            if attempt > 0:
                self.pause()
                token = 0
            for follower in self.followers:
### END
'''

# %% [markdown] wrong="e4" why="goes to the leader at once when no follower is ready" edit=true
r'''
### REPLACE
        for attempt in range(self.patience + 1):
            if attempt > 0:
                self.pause()
            for follower in self.followers:
### WITH
        for attempt in range(1):
            for follower in self.followers:
### END
'''

# %% [markdown] wrong="e4" why="one pause more than agreed, after the last look" edit=true
r'''
### REPLACE
            if attempt > 0:
                self.pause()
            for follower in self.followers:
                try:
                    if follower["replayed"]() >= token:
                        rows = follower["query"](text)
                        return rows, max(token, follower["replayed"]())
                except ConnectionError:
                    continue
### WITH
            for follower in self.followers:
                try:
                    if follower["replayed"]() >= token:
                        rows = follower["query"](text)
                        return rows, max(token, follower["replayed"]())
                except ConnectionError:
                    continue
            self.pause()
### END
'''

# %% [markdown] wrong="e4" why="waits for the first follower alone" edit=true
r'''
### REPLACE
            for follower in self.followers:
### WITH
            for follower in self.followers[:1] if attempt else self.followers:
### END
'''

# %% [markdown] wrong="e4" why="takes the token of a write before writing" edit=true
r'''
### REPLACE
        self.leader["query"](text)
        return self.leader["position"]()
### WITH
        token = self.leader["position"]()
        self.leader["query"](text)
        return token
### END
'''

# %% [markdown] wrong="e4" why="a follower that is down ends the read" edit=true
r'''
### REPLACE
                except ConnectionError:
                    continue
### WITH
                except ValueError:
                    continue
### END
'''

# %% right="e5" why="signs of the differences; maxima in nested loops; counters entry by entry"
def relation(a, b):
    signs = {(a.get(r, 0) > b.get(r, 0)) - (a.get(r, 0) < b.get(r, 0)) for r in {*a, *b}} - {0}
    return {(): "equal", (-1,): "before", (1,): "after"}.get(tuple(signs), "concurrent")


def siblings(versions):
    kept = []
    for vector, value in versions:
        if any(relation(vector, other) in ("before", "equal") for other, _ in kept):
            continue
        kept = [version for version in kept if relation(version[0], vector) != "before"] + [(vector, value)]
    kept.sort(key=lambda version: version[1])
    return kept


def counter_value(state):
    total = 0
    for replica in {*state["plus"], *state["minus"]}:
        total += state["plus"].get(replica, 0) - state["minus"].get(replica, 0)
    return total


def counter_merge(a, b):
    merged = {"plus": dict(a["plus"]), "minus": dict(a["minus"])}
    for half, entries in b.items():
        for replica, count in entries.items():
            merged[half][replica] = max(count, merged[half].get(replica, 0))
    return merged


# %% right="e5" why="vectors padded to lists; siblings by a dict of values"
def relation(a, b):
    names = sorted(a | b)
    left, right = [a.get(n, 0) for n in names], [b.get(n, 0) for n in names]
    if left == right:
        return "equal"
    upper = [max(pair) for pair in zip(left, right, strict=True)]
    return "before" if upper == right else "after" if upper == left else "concurrent"


def siblings(versions):
    found = {}
    for vector, value in versions:
        if all(relation(vector, other) != "before" for other, _ in versions):
            key = tuple(sorted((name, count) for name, count in vector.items() if count))
            found.setdefault(key, (vector, value))
    return sorted(found.values(), key=lambda version: version[1])


def counter_value(state):
    plus, minus = (sum(state[half].values()) for half in ("plus", "minus"))
    return plus - minus


def counter_merge(a, b):
    def merged(x, y):
        return {name: max(x.get(name, 0), y.get(name, 0)) for name in x | y}

    return {"plus": merged(a["plus"], b["plus"]), "minus": merged(a["minus"], b["minus"])}


# %% [markdown] wrong="e5" why="not before is read as after" edit=true
r'''
### REPLACE
    return {(True, True): "equal", (True, False): "before", (False, True): "after", (False, False): "concurrent"}[a_seen, b_seen]
### WITH
    return "equal" if a_seen and b_seen else "before" if a_seen else "after"
### END
'''

# %% [markdown] wrong="e5" why="compares only the names that both vectors have" edit=true
r'''
### REPLACE
    a_seen = all(count <= b.get(replica, 0) for replica, count in a.items())
    b_seen = all(count <= a.get(replica, 0) for replica, count in b.items())
### WITH
    a_seen = all(count <= b[replica] for replica, count in a.items() if replica in b)
    b_seen = all(count <= a[replica] for replica, count in b.items() if replica in a)
### END
'''

# %% [markdown] wrong="e5" why="takes a missing name and a count of 0 for different" edit=true
r'''
### REPLACE
    a_seen = all(count <= b.get(replica, 0) for replica, count in a.items())
    b_seen = all(count <= a.get(replica, 0) for replica, count in b.items())
### WITH
    a_seen = all(replica in b and count <= b[replica] for replica, count in a.items())
    b_seen = all(replica in a and count <= a[replica] for replica, count in b.items())
### END
'''

# %% [markdown] wrong="e5" why="the last one to arrive wins" edit=true
r'''
### REPLACE
    return sorted(kept, key=lambda version: version[1])
### WITH
    return kept[-1:]
### END
'''

# %% [markdown] wrong="e5" why="a message that arrives twice makes two siblings" edit=true
r'''
### REPLACE
    kept = [v for i, v in enumerate(newest) if not any(relation(v[0], other) == "equal" for other, _ in newest[:i])]
    return sorted(kept, key=lambda version: version[1])
### WITH
    return sorted(newest, key=lambda version: version[1])
### END
'''

# %% [markdown] wrong="e5" why="adds the entries of both states: what arrives twice counts twice" edit=true
r'''
### REPLACE
        half: {replica: max(a[half].get(replica, 0), b[half].get(replica, 0)) for replica in a[half].keys() | b[half].keys()}
### WITH
        half: {replica: a[half].get(replica, 0) + b[half].get(replica, 0) for replica in a[half].keys() | b[half].keys()}
### END
'''

# %% [markdown] wrong="e5" why="keeps the replicas that both states know" edit=true
r'''
### REPLACE
        half: {replica: max(a[half].get(replica, 0), b[half].get(replica, 0)) for replica in a[half].keys() | b[half].keys()}
### WITH
        half: {replica: max(a[half][replica], b[half][replica]) for replica in a[half].keys() & b[half].keys()}
### END
'''

# %% [markdown] wrong="e5" why="asks in one direction only: what is not before or equal is a conflict" edit=true
r'''
### REPLACE
    return {(True, True): "equal", (True, False): "before", (False, True): "after", (False, False): "concurrent"}[a_seen, b_seen]
### WITH
    return "equal" if a_seen and b_seen else "before" if a_seen else "concurrent"
### END
'''

# %% equivalent="e5" mutants=["6ddef7cc"] why="whether two vectors are equal does not depend on which is named first"

# %% equivalent="e4" mutants=["1b8858aa"] why="there is nothing behind the handler that continue would leave out"

# %% [markdown] wrong="e3" why="takes a slot that has been used for one that is in use" edit=true
r'''
### REPLACE
        SELECT s.slot_name, s.active,
### WITH
        SELECT s.slot_name, s.restart_lsn IS NOT NULL,
### END
'''

# %% [markdown] wrong="e5" why="takes versions with the same value for copies of one version" edit=true
r'''
### REPLACE
    kept = [v for i, v in enumerate(newest) if not any(relation(v[0], other) == "equal" for other, _ in newest[:i])]
### WITH
    kept = {value: (vector, value) for vector, value in newest}.values()
### END
'''

# %% [markdown] wrong="e5" why="fills in missing names in the vectors that it was handed" edit=true
r'''
### REPLACE
    a_seen = all(count <= b.get(replica, 0) for replica, count in a.items())
### WITH
    for replica in {*a, *b}:
        a.setdefault(replica, 0)
        b.setdefault(replica, 0)
    a_seen = all(count <= b.get(replica, 0) for replica, count in a.items())
### END
'''

# %% [markdown] wrong="e5" why="sorts the caller's list" edit=true
r'''
### REPLACE
    newest = [v for v in versions if not any(relation(v[0], other) == "before" for other, _ in versions)]
### WITH
    versions.sort(key=lambda version: version[1])
    newest = [v for v in versions if not any(relation(v[0], other) == "before" for other, _ in versions)]
### END
'''

# %% [markdown] wrong="e2" why="drops a role that is there and makes it anew: others connect as it" edit=true
r'''
### REPLACE
    if not ask(leader, "SELECT 1 FROM pg_roles WHERE rolname = 'replicator'"):
        ask(leader, "CREATE ROLE replicator LOGIN REPLICATION")
### WITH
    ask(leader, "DROP ROLE IF EXISTS replicator")
    ask(leader, "CREATE ROLE replicator LOGIN REPLICATION")
### END
'''

# %% [markdown] wrong="e2" why="makes the slot, and does not tell the follower of it" edit=true
r'''
### REPLACE
    postgres.run("pg_basebackup", "-d", source, "-D", folder, "-X", "stream", "-c", "fast", "-N", "-R", "-C", "-S", slot)
### WITH
    ask(leader, "SELECT pg_create_physical_replication_slot(%s, true)", slot)
    postgres.run("pg_basebackup", "-d", source, "-D", folder, "-X", "stream", "-c", "fast", "-N", "-R")
### END
'''

# %% [markdown] wrong="e3" why="measures the lag from what was sent to what is replayed: what is not sent yet is left out" edit=true
r'''
### REPLACE
               pg_wal_lsn_diff(pg_current_wal_lsn(), r.replay_lsn)::bigint,
### WITH
               pg_wal_lsn_diff(r.sent_lsn, r.replay_lsn)::bigint,
### END
'''

# %% [markdown] wrong="e3" why="reports logical slots as if followers stood behind them" edit=true
r'''
### REPLACE
        WHERE s.slot_type = 'physical'
### WITH
### END
'''

# %% [markdown] wrong="e3" why="takes a program that archives the log for a follower: what it has received for replayed" edit=true
r'''
### REPLACE
               pg_wal_lsn_diff(pg_current_wal_lsn(), r.replay_lsn)::bigint,
### WITH
               pg_wal_lsn_diff(pg_current_wal_lsn(), coalesce(r.replay_lsn, r.flush_lsn))::bigint,
### END
'''

# %% [markdown] wrong="e3" why="takes who reports no replayed position for disconnected" edit=true
r'''
### REPLACE
        SELECT s.slot_name, s.active,
### WITH
        SELECT s.slot_name, r.replay_lsn IS NOT NULL,
### END
'''

# %% [markdown] wrong="e4" why="asks the leader for its position at each read, to know the lag: it gets no rest, and reads end when it is down" edit=true
r'''
### REPLACE
        for attempt in range(self.patience + 1):
### WITH
        self.end = self.leader["position"]()
        for attempt in range(self.patience + 1):
### END
'''

# %% [markdown] wrong="e4" why="hides that the leader is down behind an empty answer" edit=true
r'''
### REPLACE
        rows = self.leader["query"](text)
        return rows, max(token, self.leader["position"]())
### WITH
        try:
            rows = self.leader["query"](text)
            return rows, max(token, self.leader["position"]())
        except ConnectionError:
            return [], token
### END
'''

# %% [markdown] wrong="e4" why="catches everything: a wrong query is sent to one server after the other" edit=true
r'''
### REPLACE
                except ConnectionError:
### WITH
                except Exception:
### END
'''

# %% [markdown] wrong="e4" why="expects a lost connection only until the query has answered" edit=true
r'''
### REPLACE
                        rows = follower["query"](text)
                        return rows, max(token, follower["replayed"]())
                except ConnectionError:
                    continue
### WITH
                        rows = follower["query"](text)
                    else:
                        continue
                except ConnectionError:
                    continue
                return rows, max(token, follower["replayed"]())
### END
'''

# %% [markdown] wrong="e4" why="a follower that was down once is never looked at again" edit=true
r'''
### REPLACE
                    continue
### WITH
                    self.followers = [other for other in self.followers if other is not follower]
### END
'''
