# %% right="e1" why="one percentile from counts serves both, and the walk adds up from below"
def percentile(values, p):
    return percentile_of_nodes([{value: values.count(value) for value in values}], p)


def percentile_of_nodes(nodes, p):
    values = sorted({value for node in nodes for value, count in node.items() if count > 0})
    total = sum(sum(node.values()) for node in nodes)
    seen = 0
    for value in values:
        seen += sum(node.get(value, 0) for node in nodes)
        if 100 * seen >= p * total:
            return value
    raise ValueError("nothing was measured")

# %% right="e1" why="by exact fractions and the ceiling of one"
def percentile(values, p):
    if len(values) == 0:
        raise ValueError("nothing was measured")
    ordered = list(values)
    ordered.sort()
    return ordered[math.ceil(Fraction(p, 100) * len(ordered)) - 1]


def percentile_of_nodes(nodes, p):
    pairs = sorted((value, count) for node in nodes for value, count in node.items() if count)
    if not pairs:
        raise ValueError("nothing was measured")
    rank, at = math.ceil(Fraction(p, 100) * sum(count for _, count in pairs)), 0
    while rank > pairs[at][1]:
        rank -= pairs[at][1]
        at += 1
    return pairs[at][0]

# %% [markdown] wrong="e1" why="computes the rank in floating point" edit=true
r'''
### REPLACE
    return sorted(values)[-(-p * len(values) // 100) - 1]
### WITH
    return sorted(values)[math.ceil(p / 100 * len(values)) - 1]
### END
'''

# %% [markdown] wrong="e1" why="computes the rank among all machines' requests in floating point" edit=true
r'''
### REPLACE
    rank = -(-p * sum(counts.values()) // 100)
### WITH
    rank = math.ceil(p / 100 * sum(counts.values()))
### END
'''

# %% [markdown] wrong="e1" why="takes the index int(p·n/100), one behind the rank" edit=true
r'''
### REPLACE
    return sorted(values)[-(-p * len(values) // 100) - 1]
### WITH
    return sorted(values)[min(p * len(values) // 100, len(values) - 1)]
### END
'''

# %% [markdown] wrong="e1" why="averages the machines' own percentiles" edit=true
r'''
### REPLACE
    counts = {}
    for node in nodes:
        for value, count in node.items():
            counts[value] = counts.get(value, 0) + count
    rank = -(-p * sum(counts.values()) // 100)
    for value in sorted(counts):
        rank -= counts[value]
        if rank <= 0 < counts[value]:
            return value
    raise ValueError("no values, no percentile")
### WITH
    found = []
    for node in nodes:
        rank = -(-p * sum(node.values()) // 100)
        for value in sorted(node):
            rank -= node[value]
            if rank <= 0 < node[value]:
                found.append(value)
                break
    if not found:
        raise ValueError("no values, no percentile")
    return round(sum(found) / len(found))
### END
'''

# %% [markdown] wrong="e1" why="lets a later machine overwrite the counts of an earlier one" edit=true
r'''
### REPLACE
            counts[value] = counts.get(value, 0) + count
### WITH
            counts[value] = count
### END
'''

# %% [markdown] wrong="e1" why="answers None where nothing was measured" edit=true
r'''
### REPLACE
    if not values:
        raise ValueError("no values, no percentile")
### WITH
    if not values:
        return None
### END
### REPLACE
            return value
    raise ValueError("no values, no percentile")
### WITH
            return value
### END
'''

# %% right="e2" why="a plain list of the servers' times, searched for the smallest"
def fifo_queue(arrivals, services, servers):
    free = [0 for _ in range(servers)]
    waits = []
    for i, arrival in enumerate(arrivals):
        first = min(range(servers), key=free.__getitem__)
        wait = free[first] - arrival if free[first] > arrival else 0
        free[first] = arrival + wait + services[i]
        waits.append(wait)
    return waits

# %% right="e2" why="Kiefer and Wolfowitz: the sorted vector of work that is left at each server"
def fifo_queue(arrivals, services, servers):
    left, before, waits = [0] * servers, 0, []
    for arrival, service in zip(arrivals, services):
        left = [max(0, work - (arrival - before)) for work in left]
        waits.append(left[0])
        left = sorted([left[0] + service, *left[1:]])
        before = arrival
    return waits

# %% [markdown] wrong="e2" why="deals requests out in turn, one to each server, whoever is free" edit=true
r'''
### REPLACE
    for arrival, service in zip(arrivals, services):
        start = max(arrival, free[0])
        heapq.heapreplace(free, start + service)
### WITH
    for i, (arrival, service) in enumerate(zip(arrivals, services)):
        start = max(arrival, free[i % servers])
        free[i % servers] = start + service
### END
'''

# %% [markdown] wrong="e2" why="forgets that a server idles until somebody comes" edit=true
r'''
### REPLACE
        heapq.heapreplace(free, start + service)
        waits.append(start - arrival)
### WITH
        waits.append(start - arrival)
        heapq.heapreplace(free, free[0] + service)
### END
'''

# %% [markdown] wrong="e2" why="gives the response time, service included" edit=true
r'''
### REPLACE
        waits.append(start - arrival)
### WITH
        waits.append(start + service - arrival)
### END
'''

# %% [markdown] wrong="e2" why="sends the next request when the last one has its answer (coordinated omission)" edit=true
r'''
### REPLACE
        start = max(arrival, free[0])
        heapq.heapreplace(free, start + service)
        waits.append(start - arrival)
### WITH
        sent = max([arrival, *free])
        start = max(sent, free[0])
        heapq.heapreplace(free, start + service)
        waits.append(start - sent)
### END
'''

# %% wrong="e2" why="begins the list with the first request's wait of 0, also when there is no request"
def fifo_queue(arrivals, services, servers):
    free, waits = [0] * servers, [0]
    for i in range(1, len(arrivals) + 1):
        start = max(arrivals[i - 1], free[0])
        heapq.heapreplace(free, start + services[i - 1])
        waits[i - 1 :] = [start - arrivals[i - 1]]
    return waits

# %% [markdown] wrong="e2" why="takes the requests out of the caller's list" edit=true
r'''
### REPLACE
    for arrival, service in zip(arrivals, services):
### WITH
    for service in services:
        arrival = arrivals.pop(0)
### END
'''

# %% right="e3" why="from the stages that were completed, by the totals that Spark keeps of each"
def measure_job(paths, clock):
    session, results, times, marks = spark.session(), [], [], []
    for path in paths:
        begin = clock()
        answer = dict(map(tuple, job(session, path).collect()))
        times.append(clock() - begin)
        results.append(answer)
        marks.append(len(spark.events()))
    stages = []
    for event in spark.events()[marks[0] :]:
        if event["Event"] != "SparkListenerStageCompleted":
            continue
        info = event["Stage Info"]
        totals = {each["Name"]: each["Value"] for each in info["Accumulables"]}
        stages.append(
            {
                "stage": info["Stage ID"],
                "tasks": info["Number of Tasks"],
                "rows": totals.get("internal.metrics.input.recordsRead", 0),
                "shuffled": totals.get("internal.metrics.shuffle.write.bytesWritten", 0),
                "run_ms": totals.get("internal.metrics.executorRunTime", 0),
            }
        )
    stages.sort(key=lambda stage: stage["stage"])
    rows = sum(stage["rows"] for stage in stages)
    return {
        "application": session.sparkContext.applicationId, "results": results, "warm_up": times[0],
        "latencies": times[1:], "throughput": rows / sum(times[1:]), "stages": stages,
    }

# %% right="e3" why="events grouped by stage first, then each measure as one sum"
def measure_job(paths, clock):
    frames, spans = [], []
    for path in paths:
        span = [clock()]
        frames.append(job(spark.session(), path).collect())
        span.append(clock())
        spans.append(span[1] - span[0])
        if len(spans) == 1:
            old = len(spark.events())
    ends = [event for event in spark.events()[old:] if event["Event"] == "SparkListenerTaskEnd"]

    def total(number, *keys):
        found = 0
        for event in ends:
            if event["Stage ID"] == number:
                value = event["Task Metrics"]
                for key in keys:
                    value = value[key]
                found += value
        return found

    stages = [
        {
            "stage": number,
            "tasks": sum(event["Stage ID"] == number for event in ends),
            "rows": total(number, "Input Metrics", "Records Read"),
            "shuffled": total(number, "Shuffle Write Metrics", "Shuffle Bytes Written"),
            "run_ms": total(number, "Executor Run Time"),
        }
        for number in sorted({event["Stage ID"] for event in ends})
    ]
    return {
        "application": spark.session().sparkContext.applicationId,
        "results": [{row.product: row.cents for row in rows} for rows in frames],
        "warm_up": spans[0],
        "latencies": spans[1:],
        "throughput": sum(stage["rows"] for stage in stages) / sum(spans[1:]),
        "stages": stages,
    }

# %% [markdown] wrong="e3" why="times the line that builds the plan, and asks for the rows afterwards" edit=true
r'''
### REPLACE
        rows = job(session, path).collect()
        seconds = clock() - start
### WITH
        frame = job(session, path)
        seconds = clock() - start
        rows = frame.collect()
### END
'''

# %% [markdown] wrong="e3" why="takes the first twenty rows for the result, as show() does" edit=true
r'''
### REPLACE
        rows = job(session, path).collect()
### WITH
        rows = job(session, path).take(20)
### END
'''

# %% [markdown] wrong="e3" why="throws the result of the warm-up away along with its time" edit=true
r'''
### REPLACE
    warm_up = measured(paths[0])
### WITH
    warm_up = measured(paths[0])
    results.clear()
### END
'''

# %% [markdown] wrong="e3" why="gives the mean of the batches' rates for the throughput" edit=true
r'''
### REPLACE
        "throughput": sum(stage["rows"] for stage in stages.values()) / sum(latencies),
### WITH
        "throughput": sum(
            stage["rows"] / seconds
            for stage, seconds in zip([stages[number] for number in sorted(stages) if stages[number]["rows"]], latencies)
        )
        / len(latencies),
### END
'''

# %% [markdown] wrong="e3" why="has Spark count the rows of the files beforehand, which warms it up unseen" edit=true
r'''
### REPLACE
    warm_up = measured(paths[0])
### WITH
    counted = sum(session.read.csv(path).count() for path in paths[1:])
    warm_up = measured(paths[0])
### END
### REPLACE
        "throughput": sum(stage["rows"] for stage in stages.values()) / sum(latencies),
### WITH
        "throughput": counted / sum(latencies),
### END
'''

# %% [markdown] wrong="e3" why="counts bytes that were fetched from the shuffle along with those written" edit=true
r'''
### REPLACE
            stage["shuffled"] += told["Shuffle Write Metrics"]["Shuffle Bytes Written"]
### WITH
            stage["shuffled"] += told["Shuffle Write Metrics"]["Shuffle Bytes Written"]
            stage["shuffled"] += told["Shuffle Read Metrics"]["Local Bytes Read"]
### END
'''

# %% right="e4" why="by trying which unknowns are 0, and plain least squares for the others"
def fit_usl(workers, throughputs):
    n = np.array(workers, dtype=float)
    y = n / np.array(throughputs, dtype=float)
    columns = np.array([np.ones_like(n), n - 1, n * (n - 1)]).T
    best = None
    for kept in ([0, 1, 2], [0, 1], [0, 2], [0]):
        found = np.linalg.lstsq(columns[:, kept], y, rcond=None)[0]
        error = np.sum((columns[:, kept] @ found - y) ** 2)
        if min(found) >= 0 and (best is None or error < best[0] * (1 - 1e-12)):
            best = error, dict(zip(kept, found))
    a, b, c = (float(best[1].get(i, 0.0)) for i in range(3))
    b, c = (0.0 if value < 1e-12 * a else value for value in (b, c))
    if b >= a:
        peak = 1.0
    elif c == 0:
        peak = math.inf
    else:
        peak = max(1.0, ((a - b) / c) ** 0.5)
    return {"gamma": 1 / a, "alpha": b / a, "beta": c / a, "peak": peak}

# %% right="e4" why="by SciPy's bounded linear least squares, written out case by case"
def fit_usl(workers, throughputs):
    from scipy.optimize import lsq_linear

    n = np.asarray(workers, dtype=float)
    matrix = np.stack([n**0, n - 1, n**2 - n], axis=1)
    a, b, c = lsq_linear(matrix, n / np.asarray(throughputs, dtype=float), bounds=(0, math.inf), method="bvls", tol=1e-15).x
    result = {"gamma": float(1 / a), "alpha": float(b / a), "beta": float(c / a), "peak": 1.0}
    if result["alpha"] < 1:
        result["peak"] = math.inf
        if result["beta"] > 1e-10:
            result["peak"] = max(1.0, math.sqrt((1 - result["alpha"]) / result["beta"]))
    return result

# %% [markdown] wrong="e4" why="lets parameters become negative" edit=true
r'''
### REPLACE
    a, b, c = nnls(np.column_stack([np.ones(len(n)), n - 1, n * (n - 1)]), n / x)[0]
### WITH
    a, b, c = np.linalg.lstsq(np.column_stack([np.ones(len(n)), n - 1, n * (n - 1)]), n / x, rcond=None)[0]
### END
'''

# %% [markdown] wrong="e4" why="sets negative parameters to 0 and leaves the others as they were" edit=true
r'''
### REPLACE
    a, b, c = nnls(np.column_stack([np.ones(len(n)), n - 1, n * (n - 1)]), n / x)[0]
### WITH
    a, b, c = np.linalg.lstsq(np.column_stack([np.ones(len(n)), n - 1, n * (n - 1)]), n / x, rcond=None)[0]
    b, c = max(b, 0.0), max(c, 0.0)
### END
'''

# %% [markdown] wrong="e4" why="gives the time of one for the throughput of one" edit=true
r'''
### REPLACE
    return {"gamma": 1 / a, "alpha": alpha, "beta": beta, "peak": peak}
### WITH
    return {"gamma": a, "alpha": alpha, "beta": beta, "peak": peak}
### END
'''

# %% [markdown] wrong="e4" why="takes the first measurement, and not the fit, for the throughput of one" edit=true
r'''
### REPLACE
    return {"gamma": 1 / a, "alpha": alpha, "beta": beta, "peak": peak}
### WITH
    return {"gamma": float(x[0] / n[0]), "alpha": alpha, "beta": beta, "peak": peak}
### END
'''

# %% [markdown] wrong="e4" why="leaves contention out of the peak" edit=true
r'''
### REPLACE
        peak = max(1.0, math.sqrt((1 - alpha) / beta))
### WITH
        peak = max(1.0, math.sqrt(1 / beta))
### END
'''

# %% [markdown] wrong="e4" why="takes the number of workers with the best measurement for the peak" edit=true
r'''
### REPLACE
        peak = max(1.0, math.sqrt((1 - alpha) / beta))
### WITH
        peak = float(n[np.argmax(x)])
### END
'''

# %% equivalent="e4" mutants=["ebff1194", "0a821a52"] why="α = 1 without coherency is left out by the statement, and floating point does not meet 10⁻⁹ by chance"
