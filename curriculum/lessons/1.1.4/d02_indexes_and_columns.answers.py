# %% right="e1" why="a list of nodes by recursion, and plain loops"
def plan_summary(explained):
    def all_of(node):
        nodes = [node]
        for child in node.get("Plans", []):
            nodes.extend(all_of(child))
        return nodes

    plan = explained[0]["Plan"]
    access, rows, worst = [], 0, 1
    for node in all_of(plan):
        if "Index Name" in node:
            access.append((node["Node Type"], node["Index Name"]))
        elif "Relation Name" in node:
            access.append((node["Node Type"], node["Relation Name"]))
        if "Relation Name" in node:
            rows += node["Actual Rows"] * node["Actual Loops"]
        if node["Actual Loops"]:
            factor = max(1, node["Plan Rows"]) / max(1, node["Actual Rows"])
            worst = max(worst, factor, 1 / factor)
    pages = plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
    return {"access": access, "buffers": pages, "rows": int(round(rows)), "misestimate": worst}


# %% right="e1" why="a stack in place of recursion; the report is built piece by piece"
def plan_summary(explained):
    [report] = explained
    stack, nodes = [report["Plan"]], []
    while stack:
        nodes.append(stack.pop())
        stack += reversed(nodes[-1].get("Plans", ()))
    summary = {"buffers": sum(report["Plan"][f"Shared {kind} Blocks"] for kind in ("Hit", "Read"))}
    summary["access"] = [
        (node["Node Type"], node.get("Index Name", node.get("Relation Name")))
        for node in nodes
        if {"Index Name", "Relation Name"} & node.keys()
    ]
    summary["rows"] = round(sum(n["Actual Rows"] * n["Actual Loops"] for n in nodes if n.get("Relation Name")))
    logs = [
        abs(np.log(max(1, n["Plan Rows"])) - np.log(max(1, n["Actual Rows"]))) for n in nodes if n["Actual Loops"] >= 1
    ]
    summary["misestimate"] = float(np.exp(max(logs, default=0)))
    return summary


# %% [markdown] wrong="e1" why="adds up the buffers of all nodes, though each has those of its children" edit=true
r"""
### REPLACE
        "buffers": root["Shared Hit Blocks"] + root["Shared Read Blocks"],
### WITH
        "buffers": sum(node["Shared Hit Blocks"] + node["Shared Read Blocks"] for node in nodes),
### END
"""

# %% [markdown] wrong="e1" why="counts only what was read from outside of PostgreSQL's memory" edit=true
r"""
### REPLACE
        "buffers": root["Shared Hit Blocks"] + root["Shared Read Blocks"],
### WITH
        "buffers": root["Shared Read Blocks"],
### END
"""

# %% [markdown] wrong="e1" why="takes the rows of one loop for all rows" edit=true
r"""
### REPLACE
        "rows": round(sum(node["Actual Rows"] * node["Actual Loops"] for node in nodes if "Relation Name" in node)),
### WITH
        "rows": round(sum(node["Actual Rows"] for node in nodes if "Relation Name" in node)),
### END
"""

# %% [markdown] wrong="e1" why="takes entries of a bitmap's index for rows" edit=true
r"""
### REPLACE
        "rows": round(sum(node["Actual Rows"] * node["Actual Loops"] for node in nodes if "Relation Name" in node)),
### WITH
        "rows": round(sum(n["Actual Rows"] * n["Actual Loops"] for n in nodes if n.get("Relation Name") or n.get("Index Name"))),
### END
"""

# %% [markdown] wrong="e1" why="looks at the root's children and no further" edit=true
r"""
### REPLACE
            yield from walk(child)
### WITH
            yield child
### END
"""

# %% [markdown] wrong="e1" why="names the table where an index was used" edit=true
r"""
### REPLACE
    named = [(node["Node Type"], node.get("Index Name") or node.get("Relation Name")) for node in nodes]
### WITH
    named = [(node["Node Type"], node.get("Relation Name") or node.get("Index Name")) for node in nodes]
### END
"""

# %% [markdown] wrong="e1" why="sees only estimates that were too low" edit=true
r"""
### REPLACE
        "misestimate": max((max(pair) / min(pair) for pair in pairs), default=1),
### WITH
        "misestimate": max((max(1, found / expected) for expected, found in pairs), default=1),
### END
"""

# %% [markdown] wrong="e1" why="goes level by level, and not down each branch first" edit=true
r"""
### REPLACE
    nodes = list(walk(root))
### WITH
    nodes = [root]
    for node in nodes:
        nodes += node.get("Plans", [])
### END
"""

# %% [markdown] wrong="e1" why="looks for wrong estimates only where a table is read" edit=true
r"""
### REPLACE
    pairs = [(max(1, node["Plan Rows"]), max(1, node["Actual Rows"])) for node in nodes if node["Actual Loops"] > 0]
### WITH
    read = [node for node in nodes if "Relation Name" in node and node["Actual Loops"] > 0]
    pairs = [(max(1, node["Plan Rows"]), max(1, node["Actual Rows"])) for node in read]
### END
"""

# %% [markdown] wrong="e1" why="takes rows per loop for whole numbers" edit=true
r"""
### REPLACE
    pairs = [(max(1, node["Plan Rows"]), max(1, node["Actual Rows"])) for node in nodes if node["Actual Loops"] > 0]
### WITH
    pairs = [(max(1, node["Plan Rows"]), max(1, int(node["Actual Rows"]))) for node in nodes if node["Actual Loops"] > 0]
### END
"""

# %% [markdown] wrong="e1" why="takes a node that never ran for a wrong estimate" edit=true
r"""
### REPLACE
    pairs = [(max(1, node["Plan Rows"]), max(1, node["Actual Rows"])) for node in nodes if node["Actual Loops"] > 0]
### WITH
    pairs = [(max(1, node["Plan Rows"]), max(1, node["Actual Rows"])) for node in nodes]
### END
"""

# %% [markdown] wrong="e1" why="compares the estimate for one loop with the rows of all loops" edit=true
r"""
### REPLACE
    pairs = [(max(1, node["Plan Rows"]), max(1, node["Actual Rows"])) for node in nodes if node["Actual Loops"] > 0]
### WITH
    pairs = [(max(1, node["Plan Rows"]), max(1, node["Actual Rows"] * node["Actual Loops"])) for node in nodes if node["Actual Loops"] > 0]
### END
"""


# %% right="e2" why="makes the indexes for good and drops them by name; the log measured in a transaction of its own"
def index_experiment(dsn, queries, designs, write):
    def names(session):
        return {name for (name,) in session.execute("SELECT indexname FROM pg_indexes WHERE tablename = 'orders'")}

    result = {}
    with psycopg.connect(dsn, autocommit=True) as session:
        there = names(session)
        for design in designs:
            for statement in designs[design]:
                session.execute(statement)
            own = names(session) - there
            session.execute("VACUUM (ANALYZE) orders")
            plans = {query: explain(session, queries[query]) for query in queries}
            size = sum(session.execute("SELECT pg_relation_size(%s)", [name]).fetchone()[0] for name in own)
            session.execute("BEGIN")
            report = explain(session, write)
            session.execute("ROLLBACK")
            for name in own:
                session.execute(f'DROP INDEX "{name}"')
            result[design] = {"plans": plans, "bytes": size, "wal": report[0]["Plan"]["WAL Bytes"]}
    return result


# %% right="e2" why="a connection for each step, ended without a commit"
def index_experiment(dsn, queries, designs, write):
    def measured(statements):
        with psycopg.connect(dsn, autocommit=True) as cleaner:
            cleaner.execute("VACUUM (ANALYZE) orders")
        session = psycopg.connect(dsn)
        try:
            [(before,)] = session.execute("SELECT pg_indexes_size('orders')").fetchall()
            if statements:
                session.execute(";".join(statements))
            [(after,)] = session.execute("SELECT pg_indexes_size('orders')").fetchall()
            plans = {}
            for name, sql in queries.items():
                [(plans[name],)] = session.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}").fetchall()
            [(log,)] = session.execute(f"EXPLAIN (ANALYZE, WAL, FORMAT JSON) {write}").fetchall()
            return {"plans": plans, "bytes": after - before, "wal": log[0]["Plan"]["WAL Bytes"]}
        finally:
            session.close()

    return {name: measured(statements) for name, statements in designs.items()}


# %% [markdown] wrong="e2" why="forbids sequential scans, to see the index at work" edit=true
r"""
### REPLACE
                before = size()
### WITH
                session.execute("SET LOCAL enable_seqscan = off")
                before = size()
### END
"""

# %% [markdown] wrong="e2" why="asks for the plans without running the queries" edit=true
r"""
### REPLACE
                    "plans": {name: explain(session, sql) for name, sql in queries.items()},
### WITH
                    "plans": {name: session.execute("EXPLAIN (FORMAT JSON) " + sql).fetchone()[0] for name, sql in queries.items()},
### END
"""

# %% [markdown] wrong="e2" why="runs the queries before the design's indexes are there" edit=true
r"""
### REPLACE
                before = size()
### WITH
                plans = {name: explain(session, sql) for name, sql in queries.items()}
                before = size()
### END
### REPLACE
                    "plans": {name: explain(session, sql) for name, sql in queries.items()},
### WITH
                    "plans": plans,
### END
"""

# %% wrong="e2" why="drops the indexes of all designs only at the very end"
def index_experiment(dsn, queries, designs, write):
    listed = "SELECT indexname FROM pg_indexes WHERE tablename = 'orders'"
    result = {}
    with psycopg.connect(dsn, autocommit=True) as session:
        there = session.execute(listed).fetchall()
        for design, statements in designs.items():
            session.execute("VACUUM (ANALYZE) orders")
            [(before,)] = session.execute("SELECT pg_indexes_size('orders')").fetchall()
            for statement in statements:
                session.execute(statement)
            [(after,)] = session.execute("SELECT pg_indexes_size('orders')").fetchall()
            plans = {name: explain(session, sql) for name, sql in queries.items()}
            with session.transaction(force_rollback=True):
                wal = explain(session, write)[0]["Plan"]["WAL Bytes"]
            result[design] = {"plans": plans, "bytes": after - before, "wal": wal}
        for row in session.execute(listed).fetchall():
            if row not in there:
                session.execute(f'DROP INDEX "{row[0]}"')
    return result


# %% wrong="e2" why="clears away when the next design begins: the indexes of the last one stay"
def index_experiment(dsn, queries, designs, write):
    listed = "SELECT indexname FROM pg_indexes WHERE tablename = 'orders'"
    result = {}
    with psycopg.connect(dsn, autocommit=True) as session:
        there = session.execute(listed).fetchall()
        for design, statements in designs.items():
            for row in session.execute(listed).fetchall():
                if row not in there:
                    session.execute(f'DROP INDEX "{row[0]}"')
            session.execute("VACUUM (ANALYZE) orders")
            [(before,)] = session.execute("SELECT pg_indexes_size('orders')").fetchall()
            for statement in statements:
                session.execute(statement)
            [(after,)] = session.execute("SELECT pg_indexes_size('orders')").fetchall()
            plans = {name: explain(session, sql) for name, sql in queries.items()}
            with session.transaction(force_rollback=True):
                wal = explain(session, write)[0]["Plan"]["WAL Bytes"]
            result[design] = {"plans": plans, "bytes": after - before, "wal": wal}
    return result


# %% [markdown] wrong="e2" why="does not vacuum" edit=true
r"""
### REPLACE
            session.execute("VACUUM ANALYZE orders")
### WITH
            session.execute("ANALYZE orders")
### END
"""

# %% [markdown] wrong="e2" why="vacuums once, and not after each design's write" edit=true
r"""
### REPLACE
            session.execute("VACUUM ANALYZE orders")
### WITH
            if not found:
                session.execute("VACUUM ANALYZE orders")
### END
"""

# %% [markdown] wrong="e2" why="puts the old indexes aside too while it measures" edit=true
r"""
### REPLACE
                before = size()
### WITH
                for (name,) in session.execute(
                    "SELECT indexname FROM pg_indexes WHERE tablename = 'orders' AND indexname <> 'orders_pkey'"
                ).fetchall():
                    session.execute(f'DROP INDEX "{name}"')
                before = size()
### END
"""

# %% [markdown] wrong="e2" why="counts the primary key and the other old indexes to each design" edit=true
r"""
### REPLACE
                    "bytes": size() - before,
### WITH
                    "bytes": size(),
### END
"""

# %% [markdown] wrong="e2" why="takes the size after the write" edit=true
r"""
### REPLACE
                found[design] = {
                    "bytes": size() - before,
                    "plans": {name: explain(session, sql) for name, sql in queries.items()},
                    "wal": explain(session, write)[0]["Plan"]["WAL Bytes"],
                }
### WITH
                plans = {name: explain(session, sql) for name, sql in queries.items()}
                wal = explain(session, write)[0]["Plan"]["WAL Bytes"]
                found[design] = {"bytes": size() - before, "plans": plans, "wal": wal}
### END
"""

# %% [markdown] wrong="e2" why="counts what making the index logs, too" edit=true
r"""
### REPLACE
                before = size()
### WITH
                [(place,)] = session.execute("SELECT pg_current_wal_insert_lsn()").fetchall()
                before = size()
### END
### REPLACE
                    "wal": explain(session, write)[0]["Plan"]["WAL Bytes"],
                }
### WITH
                }
                session.execute(write)
                [(logged,)] = session.execute("SELECT pg_current_wal_insert_lsn() - %s::pg_lsn", [place]).fetchall()
                found[design]["wal"] = int(logged)
### END
"""

# %% [markdown] wrong="e2" why="keeps what the write has changed" edit=true
r"""
### REPLACE
                    "wal": explain(session, write)[0]["Plan"]["WAL Bytes"],
                }
### WITH
                    "wal": explain(session, write)[0]["Plan"]["WAL Bytes"],
                }
            session.execute(write)
### END
"""


# %% right="e3" why="a hash index, a descending order, an expression nobody needs left out, larger ranges"
INDEXES = {
    "customer": "CREATE INDEX a ON orders USING hash (customer)",
    "newest": "CREATE INDEX b ON orders (customer, placed DESC) INCLUDE (cents, id)",
    "revenue": "CREATE INDEX c ON orders (customer, cents)",
    "open": "CREATE INDEX d ON orders (status) WHERE status = 'open'",
    "day": "CREATE INDEX e ON orders USING brin (placed) WITH (pages_per_range = 16)",
}

# %% right="e3" why="indexes without a name, and as wide as they may be"
INDEXES = dict(
    customer="create index on orders (customer, placed)",
    newest="create index on orders (customer, placed, cents)",
    revenue="create index on orders using btree (customer) include (placed, cents)",
    open="create index on orders (customer) include (id, cents) where status in ('open')",
    day="create index on orders using brin (placed, id) with (pages_per_range = 4)",
)

# %% [markdown] wrong="e3" why="the customer second: all of the index is read" edit=true
r"""
### REPLACE
    "customer": "CREATE INDEX by_customer ON orders (customer)",
### WITH
    "customer": "CREATE INDEX by_customer ON orders (placed, customer)",
### END
"""

# %% [markdown] wrong="e3" why="finds the orders of a customer, and then sorts them" edit=true
r"""
### REPLACE
    "newest": "CREATE INDEX by_customer_and_time ON orders (customer, placed)",
### WITH
    "newest": "CREATE INDEX by_customer_and_time ON orders (customer)",
### END
"""

# %% [markdown] wrong="e3" why="in the order of time first" edit=true
r"""
### REPLACE
    "newest": "CREATE INDEX by_customer_and_time ON orders (customer, placed)",
### WITH
    "newest": "CREATE INDEX by_customer_and_time ON orders (placed DESC, customer)",
### END
"""

# %% [markdown] wrong="e3" why="the sum is not in the index: nearly all pages of the table hold one of the rows" edit=true
r"""
### REPLACE
    "revenue": "CREATE INDEX revenue ON orders (customer) INCLUDE (cents)",
### WITH
    "revenue": "CREATE INDEX revenue ON orders (customer)",
### END
"""

# %% [markdown] wrong="e3" why="covers the query with the sum's column in front, so that the whole index is read" edit=true
r"""
### REPLACE
    "revenue": "CREATE INDEX revenue ON orders (customer) INCLUDE (cents)",
### WITH
    "revenue": "CREATE INDEX revenue ON orders (cents, customer)",
### END
"""

# %% [markdown] wrong="e3" why="an index with an entry for each order, of which nearly all are sent" edit=true
r"""
### REPLACE
    "open": "CREATE INDEX still_open ON orders (id) WHERE status = 'open'",
### WITH
    "open": "CREATE INDEX still_open ON orders (status)",
### END
"""

# %% [markdown] wrong="e3" why="the condition of the index is not implied by the query's" edit=true
r"""
### REPLACE
    "open": "CREATE INDEX still_open ON orders (id) WHERE status = 'open'",
### WITH
    "open": "CREATE INDEX still_open ON orders (id) WHERE status = 'open' AND placed > '2026-06-01'",
### END
"""

# %% [markdown] wrong="e3" why="a B-tree on the time: an entry for each order" edit=true
r"""
### REPLACE
    "day": "CREATE INDEX by_time ON orders USING brin (placed) WITH (pages_per_range = 8)",
### WITH
    "day": "CREATE INDEX by_time ON orders (placed)",
### END
"""

# %% [markdown] wrong="e3" why="made for customer 77 and nobody else" edit=true
r"""
### REPLACE
    "customer": "CREATE INDEX by_customer ON orders (customer)",
### WITH
    "customer": "CREATE INDEX by_customer ON orders (id) WHERE customer = 77",
### END
"""

# %% [markdown] wrong="e3" why="made for the newest orders of customer 77 and nobody else" edit=true
r"""
### REPLACE
    "newest": "CREATE INDEX by_customer_and_time ON orders (customer, placed)",
### WITH
    "newest": "CREATE INDEX by_customer_and_time ON orders (placed) WHERE customer = 77",
### END
"""

# %% [markdown] wrong="e3" why="made for the hundred customers of the example" edit=true
r"""
### REPLACE
    "revenue": "CREATE INDEX revenue ON orders (customer) INCLUDE (cents)",
### WITH
    "revenue": "CREATE INDEX revenue ON orders (customer, cents) WHERE customer BETWEEN 100 AND 199",
### END
"""

# %% [markdown] wrong="e3" why="leaves out what is sent today, and takes in whatever other status comes" edit=true
r"""
### REPLACE
    "open": "CREATE INDEX still_open ON orders (id) WHERE status = 'open'",
### WITH
    "open": "CREATE INDEX still_open ON orders (id) WHERE status <> 'sent'",
### END
"""

# %% [markdown] wrong="e3" why="made for the one day of the example" edit=true
r"""
### REPLACE
    "day": "CREATE INDEX by_time ON orders USING brin (placed) WITH (pages_per_range = 8)",
### WITH
    "day": "CREATE INDEX that_day ON orders (placed) WHERE placed >= '2026-03-01' AND placed < '2026-03-02'",
### END
"""

# %% [markdown] wrong="e3" why="block ranges of 128 pages, as they come" edit=true
r"""
### REPLACE
    "day": "CREATE INDEX by_time ON orders USING brin (placed) WITH (pages_per_range = 8)",
### WITH
    "day": "CREATE INDEX by_time ON orders USING brin (placed)",
### END
"""


# %% right="e4" why="times and rows in lists first, the dict at the end; the median by sorting"
def compare(dsn, folder, workloads, k, clock):
    def measure(cursor, statements):
        times = []
        for run in range(k + 1):
            begin = clock() if run else 0
            for statement in statements:
                cursor.execute(statement)
            rows = cursor.fetchall()
            times += [clock() - begin] if run else []
        return sorted(times)[k // 2], rows

    measured = {}
    for system in SYSTEMS:
        with connect(system, dsn, folder) as connection:
            cursor = connection.cursor()
            for name in workloads:
                measured[name, system] = measure(cursor, workloads[name])
    answer = {}
    for name in workloads:
        rows = {system: measured[name, system][1] for system in SYSTEMS}
        answer[name] = {
            "median": {system: measured[name, system][0] for system in SYSTEMS},
            "rows": rows,
            "agree": len({tuple(sorted(rows[system])) for system in SYSTEMS}) == 1,
        }
    return answer


# %% right="e4" why="systems agree if each row of one can be crossed off in the others"
def compare(dsn, folder, workloads, k, clock):
    medians, last = {name: {} for name in workloads}, {name: {} for name in workloads}
    for system in SYSTEMS:
        with connect(system, dsn, folder) as connection:
            cursor = connection.cursor()
            for name, (*first, final) in workloads.items():
                spans = []
                for counted in [False] + [True] * k:
                    looks = [clock()] if counted else []
                    for sql in first:
                        cursor.execute(sql)
                    cursor.execute(final)
                    last[name][system] = [tuple(row) for row in cursor.fetchall()]
                    if counted:
                        looks.append(clock())
                        spans.append(looks[1] - looks[0])
                medians[name][system] = float(np.median(spans))

    def agree(name):
        first, *others = (list(last[name][system]) for system in SYSTEMS)
        for other in others:
            left = list(other)
            for row in first:
                if row not in left:
                    return False
                left.remove(row)
            if left:
                return False
        return True

    return {name: {"median": medians[name], "rows": last[name], "agree": agree(name)} for name in workloads}


# %% [markdown] wrong="e4" why="no run to warm up" edit=true
r"""
### REPLACE
                once(statements)
                times = []
### WITH
                times = []
### END
"""

# %% [markdown] wrong="e4" why="what is called Snowflake goes to DuckDB" edit=true
r"""
### REPLACE
        with connect(system, dsn, folder) as connection:
### WITH
        with connect("DuckDB" if system == "Snowflake" else system, dsn, folder) as connection:
### END
"""

# %% wrong="e4" why="a connection for each workload: what belongs to a connection, such as a temporary table, is gone"
def compare(dsn, folder, workloads, k, clock):
    report = {name: {"median": {}, "rows": {}} for name in workloads}
    for system in SYSTEMS:
        for name, statements in workloads.items():
            with connect(system, dsn, folder) as connection:
                cursor, times = connection.cursor(), []
                for run in range(k + 1):
                    begin = clock() if run else None
                    for sql in statements:
                        cursor.execute(sql)
                    rows = cursor.fetchall()
                    if run:
                        times.append(clock() - begin)
            report[name]["median"][system] = statistics.median(times)
            report[name]["rows"][system] = rows
    for entry in report.values():
        first, *others = [Counter(rows) for rows in entry["rows"].values()]
        entry["agree"] = all(other == first for other in others)
    return report


# %% [markdown] wrong="e4" why="takes the workloads in turns, and not one k + 1 times in a row" edit=true
r"""
### REPLACE
            for name, statements in workloads.items():
                once(statements)
                times = []
                for _ in range(k):
                    begin = clock()
                    rows = once(statements)
                    times.append(clock() - begin)
                report[name]["median"][system] = statistics.median(times)
                report[name]["rows"][system] = rows
### WITH
            times = {name: [] for name in workloads}
            for statements in workloads.values():
                once(statements)
            for _ in range(k):
                for name, statements in workloads.items():
                    begin = clock()
                    report[name]["rows"][system] = once(statements)
                    times[name].append(clock() - begin)
            report_times = {name: statistics.median(spans) for name, spans in times.items()}
            for name, middle in report_times.items():
                report[name]["median"][system] = middle
### END
"""

# %% [markdown] wrong="e4" why="the mean, which one slow run pulls away" edit=true
r"""
### REPLACE
                report[name]["median"][system] = statistics.median(times)
### WITH
                report[name]["median"][system] = statistics.mean(times)
### END
"""

# %% [markdown] wrong="e4" why="the best of the runs" edit=true
r"""
### REPLACE
                report[name]["median"][system] = statistics.median(times)
### WITH
                report[name]["median"][system] = min(times)
### END
"""

# %% [markdown] wrong="e4" why="each run is timed from the start of the first" edit=true
r"""
### REPLACE
                times = []
                for _ in range(k):
                    begin = clock()
                    rows = once(statements)
### WITH
                times, begin = [], clock()
                for _ in range(k):
                    rows = once(statements)
### END
"""

# %% [markdown] wrong="e4" why="the rows of the first run" edit=true
r"""
### REPLACE
                once(statements)
                times = []
                for _ in range(k):
                    begin = clock()
                    rows = once(statements)
                    times.append(clock() - begin)
### WITH
                rows = once(statements)
                times = []
                for _ in range(k):
                    begin = clock()
                    once(statements)
                    times.append(clock() - begin)
### END
"""

# %% [markdown] wrong="e4" why="expects the rows in the same order" edit=true
r"""
### REPLACE
        counted = [Counter(rows) for rows in entry["rows"].values()]
### WITH
        counted = list(entry["rows"].values())
### END
"""

# %% [markdown] wrong="e4" why="compares sets, so that it does not matter how often a row is there" edit=true
r"""
### REPLACE
        counted = [Counter(rows) for rows in entry["rows"].values()]
### WITH
        counted = [set(rows) for rows in entry["rows"].values()]
### END
"""

# %% [markdown] wrong="e4" why="compares the first two systems" edit=true
r"""
### REPLACE
        entry["agree"] = all(one == counted[0] for one in counted)
### WITH
        entry["agree"] = counted[0] == counted[1]
### END
"""

# %% equivalent="e4" mutants=["b0591c75"] why="all equal the first exactly when all equal the second"

# %% right="e5" why="runs by a plain loop, conditions on values of the dictionary, ranges cut one by one"
def encode(values):
    dictionary = []
    for value in values:
        if value is not None and value not in dictionary:
            dictionary.append(value)
    dictionary.sort()
    runs = []
    for value in values:
        code = None if value is None else dictionary.index(value)
        if runs and runs[-1][0] == code:
            runs[-1] = (code, runs[-1][1] + 1)
        else:
            runs.append((code, 1))
    return {"dictionary": dictionary, "runs": runs}


def where(column, low, high):
    fits = {code for code, value in enumerate(column["dictionary"]) if low <= value < high}
    row, open_since, found = 0, None, []
    for code, length in [*column["runs"], (None, 0)]:
        if code in fits and open_since is None:
            open_since = row
        if code not in fits and open_since is not None:
            found.append((open_since, row))
            open_since = None
        row += length
    return found


def total(column, ranges):
    answer = 0
    for a, b in ranges:
        row = 0
        for code, length in column["runs"]:
            shared = min(b, row + length) - max(a, row)
            if shared > 0 and code is not None:
                answer += shared * column["dictionary"][code]
            row += length
    return answer


# %% right="e5" why="positions of the runs from accumulate"
from itertools import accumulate


def encode(values):
    known = sorted(set(values) - {None})
    runs = [(value, sum(1 for _ in same)) for value, same in groupby(values)]
    return {"dictionary": known, "runs": [(None if v is None else bisect_left(known, v), n) for v, n in runs]}


def pieces(column):
    ends = list(accumulate(length for _, length in column["runs"]))
    return zip([code for code, _ in column["runs"]], [0, *ends], ends)


def where(column, low, high):
    fits = [code is not None and low <= column["dictionary"][code] < high for code, _ in column["runs"]]
    spans = [(fit, start, end) for fit, (_, start, end) in zip(fits, pieces(column))]
    joined = [list(same) for fit, same in groupby(spans, key=lambda span: span[0]) if fit]
    return [(same[0][1], same[-1][2]) for same in joined]


def total(column, ranges):
    values = [*column["dictionary"], 0]
    return sum(
        values[-1 if code is None else code] * len(range(max(start, a), min(end, b)))
        for code, start, end in pieces(column)
        for a, b in ranges
    )


# %% [markdown] wrong="e5" why="an empty text and 0 are taken for NULL" edit=true
r"""
### REPLACE
    dictionary = sorted({value for value in values if value is not None})
    code = {value: place for place, value in enumerate(dictionary)} | {None: None}
### WITH
    values = [value or None for value in values]
    dictionary = sorted({value for value in values if value})
    code = {value: place for place, value in enumerate(dictionary)} | {None: None}
### END
"""

# %% [markdown] wrong="e5" why="the dictionary in the order of appearance" edit=true
r"""
### REPLACE
    dictionary = sorted({value for value in values if value is not None})
### WITH
    dictionary = list(dict.fromkeys(value for value in values if value is not None))
### END
"""

# %% [markdown] wrong="e5" why="one code too many: what is at the upper bound, or next above it, is in" edit=true
r"""
### REPLACE
        if code is not None and first <= code < last:
### WITH
        if code is not None and first <= code <= last:
### END
"""

# %% [markdown] wrong="e5" why="a range for each run" edit=true
r"""
### REPLACE
            if ranges and ranges[-1][1] == start:
                start = ranges.pop()[0]
### WITH
### END
"""

# %% [markdown] wrong="e5" why="NULLs take no place in the count of rows" edit=true
r"""
### REPLACE
            rows = sum(max(0, min(end, b) - max(start, a)) for a, b in ranges)
            answer += column["dictionary"][code] * rows
        start = end
    return answer
### WITH
            rows = sum(max(0, min(end, b) - max(start, a)) for a, b in ranges)
            answer += column["dictionary"][code] * rows
            start = end
    return answer
### END
"""

# %% [markdown] wrong="e5" why="counts a run that is cut by a range as a whole" edit=true
r"""
### REPLACE
            rows = sum(max(0, min(end, b) - max(start, a)) for a, b in ranges)
### WITH
            rows = sum(length for a, b in ranges if start < b and a < end)
### END
"""

# %% [markdown] wrong="e5" why="unpacks the column before it adds" edit=true
r"""
### REPLACE
    answer = start = 0
    for code, length in column["runs"]:
        end = start + length
        if code is not None:
            rows = sum(max(0, min(end, b) - max(start, a)) for a, b in ranges)
            answer += column["dictionary"][code] * rows
        start = end
    return answer
### WITH
    values = []
    for code, length in column["runs"]:
        values += [0 if code is None else column["dictionary"][code]] * length
    return sum(sum(values[a:b]) for a, b in ranges)
### END
"""
