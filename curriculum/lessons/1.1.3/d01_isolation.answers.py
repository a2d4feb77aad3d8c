# %% right="e1" why="loops over places, and an order by taking away whoever waits for nobody"
def dependencies(versions, reads):
    found = []
    for writers in versions.values():
        for k in range(1, len(writers)):
            found.append((writers[k - 1], writers[k], "ww"))
    for reader, item, writer in reads:
        writers = versions.get(item, [])
        if writer != 0 and writer != reader:
            found.append((writer, reader, "wr"))
        place = 0 if writer == 0 else writers.index(writer) + 1
        if place < len(writers) and writers[place] != reader:
            found.append((reader, writers[place], "rw"))
    return set(found)


def serial_order(versions, reads):
    left = {reader for reader, _, _ in reads}.union(*versions.values())
    edges, order = dependencies(versions, reads), []
    while left:
        free = [t for t in sorted(left) if not any(b == t and a in left for a, b, _ in edges)]
        if not free:
            return None
        order.append(free[0])
        left.remove(free[0])
    return order


# %% right="e1" why="successors from a dict of versions; an order by trying all of them"
def dependencies(versions, reads):
    following = {}
    for item, writers in versions.items():
        for before, after in zip([0, *writers], writers):
            following[item, before] = after
    edges = {(before, after, "ww") for (_, before), after in following.items()}
    edges |= {(writer, reader, "wr") for reader, _, writer in reads}
    edges |= {(reader, following[item, writer], "rw") for reader, item, writer in reads if (item, writer) in following}
    return {edge for edge in edges if edge[0] and edge[0] != edge[1]}


def serial_order(versions, reads):
    everybody = sorted({w for writers in versions.values() for w in writers} | {r for r, _, _ in reads})
    edges = dependencies(versions, reads)
    for order in permutations(everybody):
        if all(order.index(before) < order.index(after) for before, after, _ in edges):
            return list(order)
    return None


# %% [markdown] wrong="e1" why="no rw edges: what was not seen leaves no trace" edit=true
r"""
### REPLACE
        edges |= {(reader, successor, "rw") for successor in missed[:1]}
### WITH
### END
"""

# %% [markdown] wrong="e1" why="rw edges to all later writers, not only to the next" edit=true
r"""
### REPLACE
        edges |= {(reader, successor, "rw") for successor in missed[:1]}
### WITH
        edges |= {(reader, successor, "rw") for successor in missed}
### END
"""

# %% [markdown] wrong="e1" why="ww edges between all writers of an item, not only neighbours" edit=true
r"""
### REPLACE
        edges |= {(before, after, "ww") for before, after in pairwise(writers)}
### WITH
        edges |= {(before, after, "ww") for k, before in enumerate(writers) for after in writers[k + 1 :]}
### END
"""

# %% [markdown] wrong="e1" why="whoever read the initial version is thought to have missed nothing" edit=true
r"""
### REPLACE
        writers = [0, *versions.get(item, [])]
        missed = writers[writers.index(writer) + 1 :]
### WITH
        writers = versions.get(item, [])
        missed = writers[writers.index(writer) + 1 :] if writer else []
### END
"""

# %% [markdown] wrong="e1" why="the anti-dependency the wrong way round: the writer before the reader that missed it" edit=true
r"""
### REPLACE
        edges |= {(reader, successor, "rw") for successor in missed[:1]}
### WITH
        edges |= {(successor, reader, "rw") for successor in missed[:1]}
### END
"""

# %% [markdown] wrong="e1" why="a transaction depends on itself when it reads its own write" edit=true
r"""
### REPLACE
    return {(before, after, kind) for before, after, kind in edges if before != 0 and before != after}
### WITH
    return {(before, after, kind) for before, after, kind in edges if before != 0}
### END
"""

# %% [markdown] wrong="e1" why="transactions without any edge are left out of the order" edit=true
r"""
### REPLACE
    transactions = {writer for writers in versions.values() for writer in writers} | {reader for reader, _, _ in reads}
### WITH
    transactions = {end for before, after, _ in dependencies(versions, reads) for end in (before, after)}
### END
"""

# %% [markdown] wrong="e1" why="an empty list where there is no order" edit=true
r"""
### REPLACE
        return None
### WITH
        return []
### END
"""

# %% [markdown] wrong="e1" why="the order of the transactions' numbers, once it is known that there is one" edit=true
r"""
### REPLACE
        return list(TopologicalSorter(before).static_order())
### WITH
        TopologicalSorter(before).prepare()
        return sorted(before)
### END
"""


# %% right="e2" why="a function for each anomaly in a dict, sessions on an ExitStack"
from contextlib import ExitStack


def dirty(t1, t2, t3):
    mine = read(t1, 1) + 10
    write(t1, 1, mine)
    yours = read(t2, 1)
    t2.commit(), t1.rollback()
    return yours == mine


def twice(t1, t2, question, change):
    first = run(t1, question)
    change(t2)
    t2.commit()
    second = run(t1, question)
    t1.commit()
    return first != second


def lost(t1, t2, t3):
    was = {t: read(t, 1) for t in (t1, t2)}
    for t, more in ((t1, 10), (t2, 20)):
        write(t, 1, was[t] + more)
        t.commit()
    return read(t1, 1) - was[t1] != 30


def skew(t1, t2, t3):
    total = "SELECT sum(balance)::int FROM account"
    (((one,),), ((two,),)) = run(t1, total), run(t2, total)
    run(t1, f"UPDATE account SET balance = balance - {one} WHERE id = 1")
    t1.commit()
    run(t2, f"UPDATE account SET balance = balance - {two} WHERE id = 2")
    t2.commit()
    return run(t1, total)[0][0] < 0


def report(t1, t2, t3):
    both = "SELECT balance FROM account WHERE id IN (1, 2) ORDER BY id"
    (a,), (b,) = run(t1, both)
    new = read(t2, 2) + 10
    write(t2, 2, new)
    t2.commit()
    seen = run(t3, both)
    t3.commit()
    write(t1, 1, a - (a + b + 2))
    t1.commit()
    return seen == [(a,), (new,)]


def probe(dsn, level, anomaly):
    plays = {
        "dirty read": dirty,
        "non-repeatable read": lambda t1, t2, t3: twice(
            t1, t2, "SELECT balance FROM account WHERE id = 1", lambda t: write(t, 1, read(t, 1) + 10)
        ),
        "phantom": lambda t1, t2, t3: twice(
            t1, t2, "SELECT id FROM account WHERE balance >= 0", lambda t: run(t, "INSERT INTO account VALUES (3, 0)")
        ),
        "lost update": lost,
        "write skew": skew,
        "read-only anomaly": report,
    }
    with ExitStack() as stack:
        sessions = [stack.enter_context(session(dsn, level)) for _ in range(3)]
        try:
            return "allowed" if plays[anomaly](*sessions) else "prevented"
        except SerializationFailure:
            return "40001"


# %% right="e2" why="scripts of steps for a small interpreter; what was read is kept by name"
SCRIPTS = {
    "dirty read": ["1 r x 1", "1 w 1 x+10", "2 r y 1", "2 commit", "1 rollback", "? y == x+10"],
    "non-repeatable read": ["1 r x 1", "2 r y 1", "2 w 1 y+10", "2 commit", "1 r z 1", "1 commit", "? x != z"],
    "phantom": ["1 n x", "2 i", "2 commit", "1 n y", "1 commit", "? x != y"],
    "lost update": ["1 r x 1", "2 r y 1", "1 w 1 x+10", "1 commit", "2 w 1 y+20", "2 commit", "3 r z 1", "? z != x+30"],
    "write skew": [
        "1 r a 1",
        "1 r b 2",
        "2 r c 1",
        "2 r d 2",
        "1 w 1 -b",
        "1 commit",
        "2 w 2 -c",
        "2 commit",
        "3 r x 1",
        "3 r y 2",
    ]
    + ["? x+y < 0"],
    "read-only anomaly": [
        "1 r a 1",
        "1 r b 2",
        "2 r c 2",
        "2 w 2 c+10",
        "2 commit",
        "3 r x 1",
        "3 r y 2",
        "3 commit",
        "1 w 1 -b-2",
    ]
    + ["1 commit", "? x == a and y == c+10"],
}


def probe(dsn, level, anomaly):
    sessions = {k: session(dsn, level) for k in "123"}
    seen = {}
    try:
        for step in SCRIPTS[anomaly]:
            who, what, *rest = step.split(maxsplit=2)
            if who == "?":
                return "allowed" if eval(step[1:].strip(), {}, seen) else "prevented"
            details = rest[0].split() if rest else []
            if what == "r":
                seen[details[0]] = read(sessions[who], int(details[1]))
            elif what == "w":
                write(sessions[who], int(details[0]), eval(details[1], {}, seen))
            elif what == "n":
                seen[details[0]] = len(run(sessions[who], "SELECT * FROM account WHERE balance >= 0"))
            elif what == "i":
                run(sessions[who], "INSERT INTO account (id, balance) VALUES (%s, %s)", [3, 0])
            else:
                getattr(sessions[who], what)()
    except psycopg.Error as error:
        if error.sqlstate != "40001":
            raise
        return error.sqlstate
    finally:
        for one in sessions.values():
            one.close()


# %% [markdown] wrong="e2" why="plays, and then answers from the manual" edit=true
r"""
### REPLACE
    return "allowed" if happened else "prevented"
### WITH
    if anomaly in ("dirty read", "non-repeatable read", "phantom"):
        return "prevented" if anomaly == "dirty read" or level in LEVELS[2:] else "allowed"
    return "allowed"
### END
"""

# %% [markdown] wrong="e2" why="answers from the SQL standard's table: dirty reads at the lowest level, phantoms at the third" edit=true
r"""
### REPLACE
    return "allowed" if happened else "prevented"
### WITH
    allowed = {"dirty read": 1, "non-repeatable read": 2, "phantom": 3}.get(anomaly, 3)
    return "allowed" if LEVELS.index(level) < allowed else "prevented"
### END
"""

# %% [markdown] wrong="e2" why="all transactions on one connection" edit=true
r"""
### REPLACE
    with session(dsn, level) as one, session(dsn, level) as two, session(dsn, level) as three:
### WITH
    with session(dsn, level) as one:
        two = three = one
### END
"""

# %% [markdown] wrong="e2" why="every statement commits by itself, so that no transaction ever overlaps another" edit=true
r"""
### REPLACE
        try:
### WITH
        for each in (one, two, three):
            each.autocommit = True
        try:
### END
"""

# %% [markdown] wrong="e2" why="sets the level of the first session alone" edit=true
r"""
### REPLACE
    with session(dsn, level) as one, session(dsn, level) as two, session(dsn, level) as three:
### WITH
    with session(dsn, level) as one, session(dsn, "READ COMMITTED") as two, session(dsn, "READ COMMITTED") as three:
### END
"""

# %% [markdown] wrong="e2" why="where the other session is there to disturb only, it runs at the default level" edit=true
r"""
### REPLACE
    with session(dsn, level) as one, session(dsn, level) as two, session(dsn, level) as three:
### WITH
    disturbs = anomaly in ("dirty read", "non-repeatable read", "phantom")
    with session(dsn, level) as one, session(dsn, "READ COMMITTED" if disturbs else level) as two, session(dsn, level) as three:
### END
"""

# %% [markdown] wrong="e2" why="looks for the dirty read after the roll-back, when nothing is dirty any more" edit=true
r"""
### REPLACE
            seen = read(two, 1)
            two.commit()
            one.rollback()
            return seen == written
### WITH
            one.rollback()
            seen = read(two, 1)
            two.commit()
            return seen == written
### END
"""

# %% [markdown] wrong="e2" why="counts only the rows with a positive balance, and so not the new one" edit=true
r"""
### REPLACE
            question = "SELECT count(*) FROM account WHERE balance >= 0"
### WITH
            question = "SELECT count(*) FROM account WHERE balance > 0"
### END
"""

# %% [markdown] wrong="e2" why="commits between the two readings, so that the second has a new snapshot" edit=true
r"""
### REPLACE
            first = read(one, 1)
            write(two, 1, read(two, 1) + 10)
            two.commit()
### WITH
            first = read(one, 1)
            one.commit()
            write(two, 1, read(two, 1) + 10)
            two.commit()
### END
"""

# %% [markdown] wrong="e2" why="adds in the database, which computes from the newest row, so nothing can be lost" edit=true
r"""
### REPLACE
            write(two, 1, other + 20)
### WITH
            run(two, "UPDATE account SET balance = balance + 20 WHERE id = 1")
### END
"""

# %% [markdown] wrong="e2" why="the second reads only after the first has committed: no skew" edit=true
r"""
### REPLACE
            ones, twos = ([read(who, 1), read(who, 2)] for who in (one, two))
            write(one, 1, ones[0] - sum(ones))
            one.commit()
### WITH
            ones = [read(one, 1), read(one, 2)]
            write(one, 1, ones[0] - sum(ones))
            one.commit()
            twos = [read(two, 1), read(two, 2)]
### END
"""

# %% [markdown] wrong="e2" why="leaves the report out of the read-only anomaly: two transactions alone are serializable" edit=true
r"""
### REPLACE
            report = [read(three, 1), read(three, 2)]
            three.commit()
            write(one, 1, before[0] - (sum(before) + 2))
            one.commit()
            return report == [before[0], deposited]
### WITH
            write(one, 1, before[0] - (sum(before) + 2))
            one.commit()
            return read(three, 2) == deposited
### END
"""

# %% [markdown] wrong="e2" why="the withdrawal begins only after the deposit is committed, so its snapshot has it" edit=true
r"""
### REPLACE
            before = [read(one, 1), read(one, 2)]
            deposited = read(two, 2) + 10
            write(two, 2, deposited)
            two.commit()
### WITH
            deposited = read(two, 2) + 10
            write(two, 2, deposited)
            two.commit()
            before = [read(one, 1), read(one, 2)]
### END
"""

# %% [markdown] wrong="e2" why="looks for a sum below zero, when it is the report that shows the anomaly" edit=true
r"""
### REPLACE
            return report == [before[0], deposited]
### WITH
            return sum(report) < 0 or read(two, 1) + read(two, 2) < 0
### END
"""

# %% [markdown] wrong="e2" why="takes every database error for a refusal" edit=true
r"""
### REPLACE
        except SerializationFailure as refusal:
            return refusal.sqlstate
### WITH
        except psycopg.Error:
            return "40001"
### END
"""

# %% [markdown] wrong="e2" why="calls a refusal prevention" edit=true
r"""
### REPLACE
            return refusal.sqlstate
### WITH
            return "prevented"
### END
"""


# %% [markdown] wrong="e2" why="takes a deadlock, and whatever else is operational, for a refusal" edit=true
r"""
### REPLACE
        except SerializationFailure as refusal:
            return refusal.sqlstate
### WITH
        except psycopg.OperationalError:
            return "40001"
### END
"""

# %% right="e3" why="by recursion, and the SQLSTATE looked at"
def run_tx(dsn, work, attempts, pause):
    def attempt(number):
        with session(dsn, "SERIALIZABLE") as mine:
            try:
                value = work(lambda sql, parameters=None: run(mine, sql, parameters))
                mine.commit()
                return value, number
            except psycopg.Error as error:
                if error.sqlstate not in ("40001", "40P01") or number == attempts:
                    raise
        pause(number)
        return attempt(number + 1)

    return attempt(1)


# %% right="e3" why="psycopg's own connection, BEGIN by hand, a while loop"
def run_tx(dsn, work, attempts, pause):
    failed = 0
    link = psycopg.connect(dsn, autocommit=True)

    def execute(sql, parameters=None):
        with link.cursor() as cursor:
            cursor.execute(sql, parameters)
            return list(cursor) if cursor.description is not None else []

    try:
        while True:
            link.execute("BEGIN ISOLATION LEVEL SERIALIZABLE")
            try:
                value = work(execute)
                link.execute("COMMIT")
            except (psycopg.errors.SerializationFailure, psycopg.errors.DeadlockDetected) as error:
                link.execute("ROLLBACK")
                failed += 1
                if failed >= attempts:
                    raise error
                pause(failed)
            else:
                return value, failed + 1
    finally:
        link.close()


# %% [markdown] wrong="e3" why="the commit outside of the attempt: its refusal is not retried" edit=true
r"""
### REPLACE
                connection.commit()
                return value, attempt
            except (SerializationFailure, DeadlockDetected):
                connection.rollback()
                if attempt == attempts:
                    raise
            pause(attempt)
### WITH
            except (SerializationFailure, DeadlockDetected):
                connection.rollback()
                if attempt == attempts:
                    raise
            else:
                connection.commit()
                return value, attempt
            pause(attempt)
### END
"""

# %% [markdown] wrong="e3" why="retries serialization failures only, not deadlocks" edit=true
r"""
### REPLACE
            except (SerializationFailure, DeadlockDetected):
### WITH
            except SerializationFailure:
### END
"""

# %% [markdown] wrong="e3" why="retries every error of the database" edit=true
r"""
### REPLACE
            except (SerializationFailure, DeadlockDetected):
### WITH
            except psycopg.Error:
### END
"""

# %% [markdown] wrong="e3" why="retries the failed statement in the transaction that is already dead" edit=true
r"""
### REPLACE
                value = work(lambda sql, parameters=None: run(connection, sql, parameters))
### WITH

                def stubborn(sql, parameters=None):
                    try:
                        return run(connection, sql, parameters)
                    except (SerializationFailure, DeadlockDetected):
                        return run(connection, sql, parameters)

                value = work(stubborn)
### END
"""

# %% [markdown] wrong="e3" why="no rollback before the next attempt" edit=true
r"""
### REPLACE
                connection.rollback()
                if attempt == attempts:
### WITH
                if attempt == attempts:
### END
"""

# %% [markdown] wrong="e3" why="remembers what the first attempt has read" edit=true
r"""
### REPLACE
        for attempt in range(1, attempts + 1):
            try:
                value = work(lambda sql, parameters=None: run(connection, sql, parameters))
### WITH
        known = {}

        def execute(sql, parameters=None):
            if not sql.startswith("SELECT balance"):
                return run(connection, sql, parameters)
            if sql not in known:
                known[sql] = run(connection, sql, parameters)
            return known[sql]

        for attempt in range(1, attempts + 1):
            try:
                value = work(execute)
### END
"""

# %% [markdown] wrong="e3" why="REPEATABLE READ will do" edit=true
r"""
### REPLACE
    with session(dsn, "SERIALIZABLE") as connection:
### WITH
    with session(dsn, "REPEATABLE READ") as connection:
### END
"""

# %% [markdown] wrong="e3" why="None instead of an empty list for statements without rows" edit=true
r"""
### REPLACE
                value = work(lambda sql, parameters=None: run(connection, sql, parameters))
### WITH
                value = work(lambda sql, parameters=None: run(connection, sql, parameters) or None)
### END
"""

# %% [markdown] wrong="e3" why="takes the number of attempts for the number of retries: one too many" edit=true
r"""
### REPLACE
        for attempt in range(1, attempts + 1):
### WITH
        for attempt in range(1, attempts + 2):
### END
### REPLACE
                if attempt == attempts:
### WITH
                if attempt == attempts + 1:
### END
"""

# %% [markdown] wrong="e3" why="pauses after the last attempt as well" edit=true
r"""
### REPLACE
                if attempt == attempts:
                    raise
            pause(attempt)
### WITH
                pause(attempt)
                if attempt == attempts:
                    raise
### END
"""

# %% [markdown] wrong="e3" why="the last failure is swallowed" edit=true
r"""
### REPLACE
                if attempt == attempts:
                    raise
            pause(attempt)
### WITH
            if attempt < attempts:
                pause(attempt)
### END
"""

# %% [markdown] wrong="e3" why="cleans up by committing, whatever has happened" edit=true
r"""
### REPLACE
                if attempt == attempts:
                    raise
            pause(attempt)
### WITH
                if attempt == attempts:
                    raise
            finally:
                connection.commit()
            pause(attempt)
### END
"""

# %% [markdown] wrong="e3" why="autocommit: each statement for itself" edit=true
r"""
### REPLACE
        for attempt in range(1, attempts + 1):
### WITH
        connection.autocommit = True
        for attempt in range(1, attempts + 1):
### END
"""


# %% [markdown] wrong="e3" why="pauses inside of the failed transaction, and rolls back after that" edit=true
r"""
### REPLACE
                connection.rollback()
                if attempt == attempts:
                    raise
            pause(attempt)
### WITH
                if attempt == attempts:
                    raise
                pause(attempt)
                connection.rollback()
### END
"""

# %% [markdown] wrong="e3" why="hands over an empty list of parameters where there are none: a % in the statement is a placeholder then" edit=true
r"""
### REPLACE
                value = work(lambda sql, parameters=None: run(connection, sql, parameters))
### WITH
                value = work(lambda sql, parameters=(): run(connection, sql, parameters))
### END
"""

# %% [markdown] wrong="e3" why="takes a transaction without a value for one that has failed" edit=true
r"""
### REPLACE
                return value, attempt
### WITH
                if value is not None:
                    return value, attempt
### END
"""

# %% right="e4" why="the definition: try every order of what is completed, with every choice of pending writes"
from itertools import product


def is_linearizable(history):
    done = [op for op in history if op[3] is not None]
    hanging = [op for op in history if op[3] is None and op[0] == "write"]

    def fits(order):
        value = 0
        for place, (kind, new, start, end) in enumerate(order):
            if any(other[3] is not None and other[3] < start for other in order[place + 1 :]):
                return False
            if kind == "read" and new != value:
                return False
            value = new
        return True

    return any(
        fits(order)
        for chosen in product([False, True], repeat=len(hanging))
        for order in permutations(done + [op for op, taken in zip(hanging, chosen) if taken])
    )


# %% right="e4" why="states reached, breadth first; sets of bits"
def is_linearizable(history):
    operations = [op for op in history if not (op[0] == "read" and op[3] is None)]
    completed = sum(1 << k for k, op in enumerate(operations) if op[3] is not None)
    states, seen = [(0, 0)], {(0, 0)}
    for placed, value in states:
        if placed & completed == completed:
            return True
        for k, (kind, new, start, _) in enumerate(operations):
            if placed >> k & 1 or (kind == "read" and new != value):
                continue
            late = [op for j, op in enumerate(operations) if not placed >> j & 1 and op[3] is not None and op[3] < start]
            state = placed | 1 << k, new
            if not late and state not in seen:
                seen.add(state)
                states.append(state)
    return False


# %% [markdown] wrong="e4" why="any order will do: sequential consistency at best" edit=true
r"""
### REPLACE
            may_be_next = start < min(ends) and (kind == "write" or value == current)
### WITH
            may_be_next = kind == "write" or value == current
### END
"""

# %% [markdown] wrong="e4" why="a write that never returned has not happened" edit=true
r"""
### REPLACE
    operations = [operation for operation in history if operation[0] == "write" or operation[3] is not None]
### WITH
    operations = [operation for operation in history if operation[3] is not None]
### END
"""

# %% [markdown] wrong="e4" why="a read that never returned is taken for one that returned None" edit=true
r"""
### REPLACE
    operations = [operation for operation in history if operation[0] == "write" or operation[3] is not None]
### WITH
    operations = [(kind, value, start, 1e9 if kind == "read" and end is None else end) for kind, value, start, end in history]
### END
"""

# %% [markdown] wrong="e4" why="a write that never returned took effect at once" edit=true
r"""
### REPLACE
    operations = [operation for operation in history if operation[0] == "write" or operation[3] is not None]
### WITH
    operations = [(k, v, s, s + 0.25 if e is None else e) for k, v, s, e in history if k == "write" or e is not None]
### END
"""

# %% [markdown] wrong="e4" why="takes the first operation that fits, and never goes back" edit=true
r"""
### REPLACE
            if may_be_next and finishes(left - {k}, value):
                return True
### WITH
            if may_be_next:
                return finishes(left - {k}, value)
### END
"""


# %% wrong="e4" why="orders the operations by when they were called"
def is_linearizable(history):
    value = 0
    for kind, new, _, end in sorted(history, key=lambda op: op[2]):
        if kind == "read" and end is not None and new != value:
            return False
        if kind == "write":
            value = new
    return True


# %% wrong="e4" why="orders the operations by when they returned"
def is_linearizable(history):
    value = 0
    for kind, new, _, end in sorted(history, key=lambda op: float("inf") if op[3] is None else op[3]):
        if kind == "read" and end is not None and new != value:
            return False
        if kind == "write":
            value = new
    return True


# %% [markdown] wrong="e4" why="the register is empty at first, and not 0" edit=true
r"""
### REPLACE
    return finishes(frozenset(range(len(operations))), 0)
### WITH
    return finishes(frozenset(range(len(operations))), None)
### END
"""

# %% [markdown] wrong="e4" why="the deadline forgotten for reads, as if only writes were ordered in time" edit=true
r"""
### REPLACE
            may_be_next = start < min(ends) and (kind == "write" or value == current)
### WITH
            may_be_next = (start < min(ends)) if kind == "write" else value == current
### END
"""

# %% equivalent="e1" mutants=["97bdb5d4"] why="a bare return returns None"

# %% equivalent="e3" mutants=["d38a4ce3"] why="the last attempt either returns or raises, so the range may be longer"
