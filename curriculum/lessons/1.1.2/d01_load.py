# %% [markdown]
r"""
You will measure a job on Apache Spark the way those feel it who wait for it, and learn to distrust every number on the way
there: the mean, the average of percentiles, the load test that waits politely, the timer around a line that does no work.

**You will be able to**

- **compute** percentiles exactly, of one list and of many machines together (exercise 1);
- **simulate** a queue in front of servers and **explain** why waiting explodes before the servers are full (exercise 2);
- **measure** throughput and latency of a real Spark job, and **read** from its event log what its stages did (exercise 3);
- **fit** a law of scalability and **predict** where another worker makes things worse (exercise 4).
"""

# %% [markdown]
r"""
## Warm-up

1. A follower shows a lag of 0 bytes. Name one reason to be glad and one to be worried.
2. Each of a hundred disks works on a given day with probability 0.99, independently of the others. How likely is a day without any failure?

<details><summary>Answers</summary>

1. It may have replayed all there is; or it may be gone, so that nothing is left in the view that could lag. A good number says what it would show if the
   thing it measures were broken. That is today's question too.
2. $0.99^{100} \approx 0.37$. Rare for one is common for a hundred. Replace "disk fails" by "answer is slow" and you have half of today.

</details>

## Set-up

`job` is what we measure: the revenue of each product in one file of sales. Spark itself is started by the first cell that calls
`spark.session()`, and takes some seconds for it.
"""

# %% setup=true
import heapq
import math
import os
import tempfile
import time
from fractions import Fraction

import numpy as np
from matplotlib import pyplot as plt
from scipy.optimize import nnls

from curriculum.lab import check, check_value, figures, seeded, spark

figures.style()


def job(session, path):
    """Revenue by product of one CSV file, as a frame with the columns product and cents."""
    session.conf.set("spark.sql.adaptive.enabled", False)  # run the plan as it stands, so that its stages can be foretold
    sales = session.read.csv(path, schema="product string, cents int")
    return sales.groupBy("product").sum("cents").toDF("product", "cents")


def write_batches(folder, sizes, products, seed):
    """Files of random sales, one for each of `sizes`: their paths, and what the job should say of each."""
    random, paths, truth = seeded(seed), [], []
    for number, size in enumerate(sizes):
        keys, cents = random.integers(0, products, size).tolist(), random.integers(1, 1000, size).tolist()
        paths.append(os.path.join(folder, f"batch-{number}.csv"))
        with open(paths[-1], "w") as file:
            file.writelines(f"product {key},{amount}\n" for key, amount in zip(keys, cents))
        truth.append({})
        for key, amount in zip(keys, cents):
            truth[-1][f"product {key}"] = truth[-1].get(f"product {key}", 0) + amount
    return paths, truth


def pretended_clock(times):
    """A clock that shows these times one after another, and a list of when it was really looked at (milliseconds)."""
    looks, left = [], list(times)

    def clock():
        looks.append(int(time.time() * 1000))
        return left.pop(0) if left else times[-1]

    return clock, looks


# %% [markdown]
r"""
## Two seconds that nobody noticed

A service answers in 10 ms. Once in this minute it stands still for two seconds, to collect its garbage. We load it with one request
every 20 ms, in two ways. The first tester is a loop: send, wait for the answer, note the time, sleep until the next turn. The second sends at its
turn whether or not answers are back, as three thousand strangers would.

**Predict.** What does each report as its 99th percentile: the time that 99 of 100 requests stayed within?
"""


# %%
def load_test(waits_for_answers):
    free, latencies = 0, []
    for planned in range(0, 60_000, 20):
        sent = max(planned, free) if waits_for_answers else planned
        begin = max(sent, free)
        free = begin + 10 if not 29_990 < begin < 32_000 else 32_010  # it stands still from 30 s to 32 s
        latencies.append(free - sent)
    return np.array(latencies)


for name, waits in (("the loop", True), ("the strangers", False)):
    found = np.sort(load_test(waits))
    print(f"{name:14} mean {found.mean():5.0f} ms   99th percentile {found[2969]:5} ms   worst {found[-1]:5} ms")

# %% [markdown]
r"""
Same service, same minute, same number of requests. The loop met the pause *once*, since it did not ask again until it had its answer. The hundred requests
that were due meanwhile went out afterwards, and their watches were started then: nobody asked how late they were. Gil Tene named this **coordinated omission**: the tester's own pace is
set by the thing it measures. Whoever waits for answers measures a *closed* system, whose users are as few and as patient as the tester's threads. Strangers on
a network form an *open* one.

Today's measurements are about avoiding this and three other ways of fooling oneself.

## Load, throughput, response time

A **load parameter** says how much is asked for: requests a second, rows a batch, users at the same time, the share of writes. Which one matters depends on the design, so
name it before you measure. Then two numbers describe how a system does under a load:

- **throughput**: how much it gets done in a unit of time: rows a second, say. It matters most for batch work;
- **response time**: how long one who asks has to wait for the answer. It is the sum of **service time**, in which somebody works on the request, and **waiting**, in which nobody
  does. (*Latency* is used for the waiting, and for the whole. Here it is the whole: what the user's watch shows.)

![One request on a line of time: from its arrival to the start of its service it waits, then it is served; the response time spans both, and a tester that starts its watch when the service starts sees only the second part](d01_load_request.svg)

Response time is no number but a distribution, and its tail is where the trouble is.
"""

# %%
latencies = np.sort(np.random.default_rng(1).lognormal(3, 0.9, 2000))
fig, ax = plt.subplots(figsize=(7, 3.2))
_ = ax.plot(latencies, np.arange(1, 2001) / 20)
marks = {"p50": latencies[999], "mean": latencies.mean(), "p95": latencies[1899], "p99": latencies[1979]}
for level, (name, value) in zip((50, 67, 95, 99), marks.items()):
    _ = ax.plot([value, value], [0, level], color="grey", linestyle=":")
    place = {"xytext": (4, 0), "textcoords": "offset points", "bbox": {"facecolor": "white", "edgecolor": "none", "pad": 1}}
    _ = ax.annotate(f"{name} {value:.0f} ms", (value, 8 if name != "mean" else 24), **place)
_ = ax.set(xlabel="response time t (ms)", ylabel="share answered within t (%)", xlim=(0, 200), title="The mean is nobody's experience")
figures.show(fig, "Cumulative share of 2000 skewed response times: half stay within 20 ms, the mean is 30 ms, 95 % stay within 91 ms and 99 % within 166 ms.")

# %% [markdown]
r"""
About two thirds of the requests are faster than the mean, and every hundredth takes five times as long: the mean describes nobody. So one states **percentiles**. The *p*-th percentile by
**nearest rank** is the smallest value in the list that at least *p* % of the values do not exceed: of *n* sorted values the one with rank $\lceil pn/100 \rceil$, counted from 1. It is always a time that
somebody really waited. (Hyndman and Fan, 1996, compare nine definitions; this is their first, and six of the others interpolate. For a tail of few values they differ a lot, so say which you use.)

Why care about one in a hundred? Because pages are made of many answers. If a page asks 100 servers and waits for the last, then a page without any "one in a hundred" answer is a matter of $0.99^{100}$:
"""

# %%
for servers in (1, 10, 100):
    print(f"{servers:3} servers asked: {1 - 0.99**servers:4.0%} of the pages wait for an answer beyond the 99th percentile")

# %% [markdown]
r"""
And one warning. Each machine reports its own p99; the dashboard averages them. The result is the percentile of nothing: a machine with ten requests counts as much as one with
ten million. Percentiles cannot be averaged, added or merged. *Counts* can: so machines report **histograms**, how often each (rounded) time occurred, and the percentile is taken at the very end.
"""

# %% [markdown] exercise="e1" title="A percentile of one list and of many machines" level="warm-up" minutes=25 exports=["percentile", "percentile_of_nodes"]
r"""
Write

- `percentile(values, p)`: the `p`-th percentile, by nearest rank, of a list of numbers in any order. `p` is a whole number from 1 to 100;
- `percentile_of_nodes(nodes, p)`: the same, of everything that several machines measured together. Each machine is a dict from a response time to the number of requests that took so long (0 or more).
  The counts may go into the billions, so do not write the values out. `nodes` may hold machines that measured nothing.

Both are exact: the rank is computed in whole numbers, and the answer is one of the values that occurred (a count of 0 means that a value did not). Without a single value there is no percentile: raise `ValueError`.

`percentile([40, 10, 30, 20], 50)` is `20`, and with 51 it is `30`. `percentile_of_nodes([{10: 98, 500: 2}, {900: 1}], 99)` is `500`.
"""

# %% [markdown] hints="e1" reading="DDIA ch. 1, Describing Performance"
r"""
1. Try `p = 7` with 100 values by hand. Then look at what `0.07 * 100` is in Python.
2. $\lceil a/b \rceil$ of whole numbers is `-(-a // b)`. For many machines: add their counts up, then walk through the values in order until enough requests have gone by.
3. `rank = -(-p * n // 100)`, and `sorted(values)[rank - 1]`. In the walk, `left -= count` from `rank` on; the first value at which `left <= 0`, and which somebody waited, is the answer.
"""


# %% solution="e1"
def percentile(values, p):
    """The p-th percentile of a list, by nearest rank."""
    ### BEGIN SOLUTION
    if not values:
        raise ValueError("no values, no percentile")
    return sorted(values)[-(-p * len(values) // 100) - 1]
    ### END SOLUTION


def percentile_of_nodes(nodes, p):
    """The p-th percentile of all that the machines measured, from their counts."""
    ### BEGIN SOLUTION
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
    ### END SOLUTION


# %% test="e1_rank" points=3 title="The value with the right rank"
check(percentile, [40, 10, 30, 20], 50).equals(20, idea="two of four are half: the second smallest")
check(percentile, [40, 10, 30, 20], 51).equals(30, idea="round the rank up")
### BEGIN HIDDEN TESTS
check(percentile, list(range(1, 101)), 7).equals(7, idea="0.07 * 100 is a little more than 7 in floating point: compute the rank in whole numbers")
check(percentile, [5], 1).equals(5, idea="the rank of the smallest is 1")
for seed in range(4):
    random = seeded(seed)
    values = random.integers(0, 50, int(random.integers(1, 400))).tolist()
    for p in (1, 7, 14, 28, 29, 50, 55, 57, 58, 99, 100):
        expected = next(v for k, v in enumerate(sorted(values), 1) if 100 * k >= p * len(values))
        check(percentile, values, p).note(f"seed {seed}").equals(expected, idea="the smallest value that at least p % do not exceed")
### END HIDDEN TESTS

# %% test="e1_nodes" points=3 title="Many machines: counts are added, percentiles are not"
check(percentile_of_nodes, [{10: 98, 500: 2}, {900: 1}], 99).equals(500, idea="101 requests: rank 100 of all of them together")
### BEGIN HIDDEN TESTS
check(percentile_of_nodes, [{10: 0, 20: 3, 30: 0}], 1).equals(20, idea="nobody waited 10: a count of 0 is no request")
check(percentile_of_nodes, [{}, {5: 10**12, 6: 1}, {4: 10**12}], 50).equals(5, idea="2·10¹² + 1 requests: compute the rank in whole numbers")
check(percentile_of_nodes, [{10: 7, 20: 50}, {20: 43}], 7).equals(10, idea="100 requests: 0.07 * 100 is a little more than 7 in floating point")
for seed in range(4):
    random = seeded(100 + seed)
    nodes = [{int(v): int(c) for v, c in zip(random.integers(0, 30, 8), random.integers(0, 40, 8))} for _ in range(3)] + [{7: 1}]
    flat = sorted(v for node in nodes for v, count in node.items() for _ in range(count))
    for p in (1, 29, 50, 58, 99, 100):
        expected = next(v for k, v in enumerate(flat, 1) if 100 * k >= p * len(flat))
        check(percentile_of_nodes, nodes, p).note(f"seed {100 + seed}").equals(expected, idea="add the counts of all machines, then take one percentile")
### END HIDDEN TESTS

# %% test="e1_empty" points=1 title="Nothing measured, nothing said"
check(percentile, [], 50).raises(ValueError, idea="an empty list has no percentile")
### BEGIN HIDDEN TESTS
for nodes in ([], [{}], [{3: 0}, {}]):
    check(percentile_of_nodes, nodes, 50).raises(ValueError, idea="machines without a single request have no percentile")
### END HIDDEN TESTS

# %% [markdown]
r"""
## Why waiting explodes

A server takes one request at a time, first come, first served. Requests arrive at a rate $\lambda$ and it could serve $\mu$ a second; its **utilisation** is $\rho = \lambda/\mu$. If both came like
clockwork, nobody would wait as long as $\rho \le 1$. They do not. A request that comes early finds the server busy; the gap it leaves behind is idle time that nobody gets back. For one request after the other,

$$ W_{i+1} = \max(0,\; W_i + S_i - (A_{i+1} - A_i)) $$

where $A_i$ is an arrival, $S_i$ a service time and $W_i$ a wait: what is left of the predecessor's wait and service when the next one arrives (*Lindley's recursion*). Where the gaps between arrivals and the services are all independent and exponentially distributed (the M/M/1 queue), the mean response
time is known for $\lambda < \mu$: in the long run it is $1/(\mu - \lambda)$.

**Predict.** At 50 % utilisation a request spends twice its service time in the system. How many times at 90 %?
"""


# %%
def mean_response(rho, requests=60_000):
    random = np.random.default_rng(7)
    gaps, services = random.exponential(1 / rho, requests), random.exponential(1, requests)
    wait, total = 0.0, 0.0
    for gap, service in zip(gaps, services):
        wait = max(0.0, wait - gap)
        total += wait + service
        wait += service
    return total / requests


loads = np.array([0.1, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9])
fig, ax = plt.subplots(figsize=(7, 3))
smooth = np.linspace(0, 0.93, 100)
_ = ax.plot(smooth, 1 / (1 - smooth), label="theory: 1/(μ − λ)")
_ = ax.plot(loads, [mean_response(rho) for rho in loads], "o", label="60 000 simulated requests")
_ = ax.set(xlabel="utilisation ρ", ylabel="mean response (service times)", title="The last tenth of capacity costs the most")
_ = ax.legend()
figures.show(fig, "Mean response time over utilisation: by theory 2 service times at 0.5, 5 at 0.8 and 10 at 0.9, with a pole at 1; the simulated means lie near the curve, and scatter more the higher the load.")

# %% [markdown]
r"""
Ten times, in the long run. (The dot at 0.9 misses it, with 60,000 requests: neighbours in a line share their luck, so they are worth far fewer independent ones. A short test of a busy
server says little.) The pole at 1 is why nobody runs a single server that people wait for at 95 %. A *batch* job has nobody waiting in line and may use all there is: throughput and response time ask for different machines.

One law holds without any distribution. Watch a system from a moment when it is empty to another such moment, $T$ seconds later; let $L$ be the number of requests inside, averaged over that time, $\lambda$ the requests that came, divided by $T$, and $W$ their mean time inside. Then
$L = \lambda W$: **Little's law**. Both $LT$ and $\lambda W T$ are the same sum, of all requests' times inside, one counted second by second and the other request by request. It is the cheapest check there is: a report of 200 requests a second, 50 ms each and 40 of them at work at a time contradicts itself.
"""

# %%
arrive, leave = [0, 1, 2, 9, 10], [4, 6, 9, 12, 13]  # whole seconds; empty at 0 and at 13
inside = [sum(a <= t < b for a, b in zip(arrive, leave)) for t in range(13)]
mean_time = Fraction(sum(b - a for a, b in zip(arrive, leave)), len(arrive))
print("L =", Fraction(sum(inside), 13), "  λW =", Fraction(len(arrive), 13) * mean_time)

# %% [markdown] exercise="e2" title="Who waits how long" level="core" minutes=35 exports=["fifo_queue"]
r"""
Write `fifo_queue(arrivals, services, servers)`: the waits of all requests, as a list in their order. Request `i` arrives at time `arrivals[i]` and needs `services[i]` of one server's time. Arrivals are not negative and in ascending order (several may be equal), services are not negative;
there are `servers` equal servers, at least one, all idle at time 0. There is one line: requests are served in the order of the lists, each by the server that is, or becomes, free first, and at once when there is an idle one. A wait is the time from arrival to start of service.

The world is open: requests arrive when they arrive, whatever happens to others. Add, subtract and compare only, so that integers and fractions stay exact. No argument is changed. Without requests the list is empty.

`fifo_queue([0, 1, 2, 20], [5, 5, 5, 1], 1)` is `[0, 4, 8, 0]`; with two servers it is `[0, 0, 3, 0]`.
"""

# %% [markdown] hints="e2" reading="DDIA ch. 1, Describing Performance: queueing delays and head-of-line blocking"
r"""
1. All you need to remember of the past is when each server becomes free.
2. A request starts when it is there *and* the first server is free: at the later of two times. Then that server is free again one service later.
3. `free = [0] * servers`; for each request `start = max(arrival, min(free))`; replace that smallest entry by `start + service`. `heapq.heapreplace` does it fast.
"""


# %% solution="e2"
def fifo_queue(arrivals, services, servers):
    """Waits of requests in one line before equal servers."""
    ### BEGIN SOLUTION
    free, waits = [0] * servers, []  # when each server becomes free, the first of them in front (a heap)
    for arrival, service in zip(arrivals, services):
        start = max(arrival, free[0])
        heapq.heapreplace(free, start + service)
        waits.append(start - arrival)
    return waits
    ### END SOLUTION


# %% test="e2_waits" points=4 title="One line, first come, first served"
check(fifo_queue, [0, 1, 2, 20], [5, 5, 5, 1], 1).equals([0, 4, 8, 0], idea="the server idles until 20: the last one finds it free")
check(fifo_queue, [0, 1, 2, 20], [5, 5, 5, 1], 2).equals([0, 0, 3, 0], idea="the third gets the server that becomes free at 5")
### BEGIN HIDDEN TESTS


def second_by_second(arrivals, services, servers):
    """The same by a walk through time, for whole numbers: at each second, who is first in line takes an idle server."""
    busy_until, waits, now = [0] * servers, [], 0
    while len(waits) < len(arrivals):
        while len(waits) < len(arrivals) and arrivals[len(waits)] <= now and min(busy_until) <= now:
            busy_until[busy_until.index(min(busy_until))] = now + services[len(waits)]
            waits.append(now - arrivals[len(waits)])
        now += 1
    return waits


for seed in range(6):
    random = seeded(seed)
    servers, n = int(random.integers(1, 5)), int(random.integers(5, 60))
    arrivals = np.cumsum(random.integers(0, 4, n)).tolist()
    services = random.integers(0, 4 * servers, n).tolist()
    expected = second_by_second(arrivals, services, servers)
    check(fifo_queue, arrivals, services, servers).note(f"seed {seed}").equals(expected, idea="each takes the server that is free first, not before it arrives")
thirds = [Fraction(k, 3) for k in (1, 2, 3, 3)]
check(fifo_queue, thirds, [Fraction(1, 2)] * 4, 1).equals([0, Fraction(1, 6), Fraction(1, 3), Fraction(5, 6)], idea="what goes in exact comes out exact")
### END HIDDEN TESTS

# %% test="e2_few" points=1 title="Fewer requests than servers, and none at all"
check(fifo_queue, [3], [5], 2).equals([0], idea="an idle server takes the only request at once")
### BEGIN HIDDEN TESTS
check(fifo_queue, [], [], 1).equals([], idea="no request, no wait")
check(fifo_queue, [4, 4], [1, 1], 5).equals([0, 0], idea="two idle servers take both at once")
### END HIDDEN TESTS

# %% test="e2_keeps" points=1 title="The lists of the caller stay as they are"
check(fifo_queue, [0, 1, 2], [5, 5, 5], 2).keeps_arguments(idea="others still need these lists: look at each entry, take none out")

# %% [markdown]
r"""
## A job on Spark

Spark keeps a *plan*. `read`, `groupBy` and `sum` only add to it; an **action** (`collect`, `count`, a write) makes a **job** of it. The job is cut into **stages** where rows have to change hands: the *shuffle*, in which all rows with the same key come together. A stage
is as many equal **tasks** as its input has pieces, and a task runs on one core.

**Predict.** We time the line that builds the result, and the line that asks for it. How many jobs has Spark run after each?
"""

# %%
folder = tempfile.TemporaryDirectory(prefix="load-")
paths, truth = write_batches(folder.name, [20_000, 20_000, 40_000], products=300, seed=0)
session = spark.session()


def jobs():
    return sum(event["Event"] == "SparkListenerJobStart" for event in spark.events())


before = jobs()
result = job(session, paths[0])
print("jobs after building the result:", jobs() - before)
rows = result.collect()
print("jobs after asking for its rows:", jobs() - before, "  rows:", len(rows))

# %% [markdown]
r"""
A timer around the first line would praise Spark for doing nothing. Time *actions*; and take an action that computes all of what you mean to measure (`count()` may leave out columns, `take(5)` may leave out partitions).

What did the job do? Spark tells: in a web page while it runs, in a REST interface behind that page, and in the **event log**, one JSON object for each thing that happened. `spark.events()` gives all that this session has logged so far, as a list of dicts. The most telling event is the end of a task:
"""

# %%
ended = [event for event in spark.events() if event["Event"] == "SparkListenerTaskEnd"]
for event in ended:
    told = event["Task Metrics"]
    read, shuffle = told["Input Metrics"]["Records Read"], told["Shuffle Write Metrics"]["Shuffle Records Written"]
    print(f"stage {event['Stage ID']}: a task read {read} rows of the file and wrote {shuffle} rows for the shuffle")

# %% [markdown]
r"""
One task read the file, a small one, and wrote the sum of each of the 300 products *for the shuffle*: 300 rows instead of 20,000, since Spark adds up before it sends. Four tasks then fetched a share of the products each, as `spark.sql.shuffle.partitions` asks for.

| entry of `event["Task Metrics"]` | what it counts |
| --- | --- |
| `["Executor Run Time"]` | milliseconds that the task ran |
| `["Input Metrics"]["Records Read"]` | rows read from files |
| `["Shuffle Write Metrics"]["Shuffle Bytes Written"]` | bytes handed over to the next stage |

Two more traps before you measure. The **first batch** pays for what happens once: classes are loaded, code is generated and compiled. Keep it apart. And **rates do not average**: 100 rows in 1 s and 100 rows in 4 s are 200 rows in 5 s, 40 a second. The mean of the rates, 62.5, is what nobody got done.

**Predict.** The third batch is twice as large as the second. How many tasks does Spark run for each of the three?
"""

# %%
seconds, tasks = [], []
for path in paths:
    before, start = len(spark.events()), time.perf_counter()
    _ = job(session, path).collect()
    seconds.append(time.perf_counter() - start)
    tasks.append(sum(event["Event"] == "SparkListenerTaskEnd" for event in spark.events()[before:]))
print("tasks of the three batches:", tasks)

# %% [markdown]
r"""
Five each: one that reads, four that add up. At this size the cost of a job is that of *having* a job: planning it, sending tasks, hearing back; twenty thousand rows more hardly show. (Look at `seconds` in a cell of your own. They differ from run to run, so no notebook should print them as a fact.) That is why throughput belongs together with the size of batches: larger ones give more rows a second, and let each row wait longer.
"""

# %% [markdown] exercise="e3" title="Measure a Spark job" level="core" minutes=55 goals=[1] exports=["measure_job"]
r"""
Write `measure_job(paths, clock)`. `paths` are at least two CSV files, each one batch; `clock()` gives the time in seconds. The function runs `job(session, path)` once for each path, in order, in the session of `spark.session()`, and asks for all of its rows. It looks at the clock twice for each batch, right before and right after it, and at no other time. All tasks that Spark runs for a batch
run between these two looks, and Spark runs no others during the call. The first batch is the warm-up. It returns a dict with

| key | value |
| --- | --- |
| `"application"` | the session's `sparkContext.applicationId` |
| `"results"` | for each path in order, also the first: a dict from product to cents |
| `"warm_up"` | seconds of the first batch |
| `"latencies"` | seconds of each other batch, a list in order |
| `"throughput"` | rows read in all the batches after the warm-up, as Spark counted them, divided by their seconds together (not 0) |
| `"stages"` | for each stage that ran in the batches after the warm-up, in ascending order of its id, a dict: `"stage"` (the id), `"tasks"` (how many ended), `"rows"` (read from files), `"shuffled"` (bytes written for the shuffle), `"run_ms"` (milliseconds that its tasks ran, together) |

Take what the stages did from `spark.events()`; no task fails here. The session may have run other things before: those do not count. With two batches, the second of 1,000 rows, and a clock that shows 0, 9, 10 and then 12, `"warm_up"` is 9, `"latencies"` is `[2]` and `"throughput"` is 500.
"""

# %% [markdown] hints="e3" reading="DDIA ch. 1, Describing Performance; Spark's manual, Monitoring and Instrumentation"
r"""
1. Write the part that runs one path and returns its seconds; use it for the first path and for the others. What do you have to remember between the two?
2. `before = len(spark.events())` after the warm-up; `spark.events()[before:]` at the end. Only `"SparkListenerTaskEnd"` is needed: its `"Stage ID"` says to which stage to add.
3. `stage = stages.setdefault(event["Stage ID"], {"stage": event["Stage ID"], "tasks": 0, …})`, then add one task and its three metrics. The rows of all stages together, divided by `sum(latencies)`, are the throughput.
"""


# %% solution="e3"
def measure_job(paths, clock):
    """Run the job on each batch, the first to warm up; what it took, and what its stages did."""
    ### BEGIN SOLUTION
    session, results = spark.session(), []

    def measured(path):
        start = clock()
        rows = job(session, path).collect()
        seconds = clock() - start
        results.append({row["product"]: row["cents"] for row in rows})
        return seconds

    warm_up = measured(paths[0])
    before = len(spark.events())
    latencies = [measured(path) for path in paths[1:]]
    stages = {}
    for event in spark.events()[before:]:
        if event["Event"] == "SparkListenerTaskEnd":
            number, told = event["Stage ID"], event["Task Metrics"]
            stage = stages.setdefault(number, {"stage": number, "tasks": 0, "rows": 0, "shuffled": 0, "run_ms": 0})
            stage["tasks"] += 1
            stage["rows"] += told["Input Metrics"]["Records Read"]
            stage["shuffled"] += told["Shuffle Write Metrics"]["Shuffle Bytes Written"]
            stage["run_ms"] += told["Executor Run Time"]
    return {
        "application": session.sparkContext.applicationId,
        "results": results,
        "warm_up": warm_up,
        "latencies": latencies,
        "throughput": sum(stage["rows"] for stage in stages.values()) / sum(latencies),
        "stages": [stages[number] for number in sorted(stages)],
    }
    ### END SOLUTION


# %% test="e3_results" points=2 title="The job really ran, to its end, on every batch"
with tempfile.TemporaryDirectory(prefix="e3-") as place:
    batches, expected = write_batches(place, [200, 1000], products=5, seed=1)
    found = check(measure_job, batches, pretended_clock([0, 9, 10, 12])[0]).value(idea="two batches, and a clock that shows 0, 9, 10 and 12")
    check_value('measure_job(…)["results"] for the first two batches', found["results"]).equals(expected, idea="the sum of each product, in each batch")
    ### BEGIN HIDDEN TESTS
    batches, expected = write_batches(place, [300, 2000], products=150, seed=2)
    found = check(measure_job, batches, pretended_clock([0, 1, 1, 2])[0]).value(idea="two batches with 150 products")
    check_value('measure_job(…)["results"] (seed 2)', found["results"]).equals(expected, idea="all rows of the result, also when there are many")
    log = spark.events(found["application"])
    check_value("the event log of the application that the report names", log).satisfies(lambda events: any(e["Event"] == "SparkListenerTaskEnd" for e in events), "tasks that ended", idea="the id is the session's sparkContext.applicationId")
    ### END HIDDEN TESTS

# %% test="e3_inside" points=3 title="What is timed is the work, and only the work"
with tempfile.TemporaryDirectory(prefix="e3-") as place:
    sizes = [300, 500, 800]
    clock, looks = pretended_clock([0, 4, 5, 6, 8, 11])
    batches, began = write_batches(place, sizes, products=20, seed=3)[0], int(time.time() * 1000)
    found = check(measure_job, batches, clock).value(idea="three batches")
    check_value("how often the clock was looked at for three batches", len(looks)).equals(6, idea="once before and once after each batch")
    ### BEGIN HIDDEN TESTS
    tasks = [e for e in spark.events(found["application"]) if e["Event"] == "SparkListenerTaskEnd" and e["Task Info"]["Launch Time"] >= began]
    for number, size in enumerate(sizes):
        begin, end = looks[2 * number : 2 * number + 2]
        within = [e for e in tasks if begin <= e["Task Info"]["Launch Time"] and e["Task Info"]["Finish Time"] <= end]
        seen = sum(e["Task Metrics"]["Input Metrics"]["Records Read"] for e in within)
        check_value(f"rows that Spark read between the two looks for batch {number}, of {size} rows", seen).equals(size, idea="a frame is only a plan: what makes Spark run, and is it between the looks?")
        tasks = [e for e in tasks if e not in within]
    check_value("tasks that Spark ran during the call, but not between the two looks for a batch", len(tasks)).equals(0, idea="what else was Spark asked for? It warms up with it, and nobody's watch shows it")
    ### END HIDDEN TESTS

# %% test="e3_numbers" points=3 title="Latencies and throughput, exactly"
with tempfile.TemporaryDirectory(prefix="e3-") as place:
    batches = write_batches(place, [200, 1000], products=5, seed=4)[0]
    found = check(measure_job, batches, pretended_clock([0, 9, 10, 12])[0]).value(idea="two batches, and a clock that shows 0, 9, 10 and 12")
    told = [found["warm_up"], found["latencies"], found["throughput"]]
    check_value("warm-up, latencies and throughput of 200 and 1000 rows, by a clock that shows 0, 9, 10 and 12", told).close([9, [2], 500.0], idea="the first batch is the warm-up; 1000 rows in 2 s")
    ### BEGIN HIDDEN TESTS
    for seed in range(5, 7):
        random = seeded(seed)
        sizes, times = random.integers(100, 900, 4).tolist(), np.cumsum(random.integers(1, 30, 8)).tolist()
        found = check(measure_job, write_batches(place, sizes, products=9, seed=seed)[0], pretended_clock(times)[0]).value(idea="four batches")
        spans = [times[i + 1] - times[i] for i in range(0, 8, 2)]
        told = [found["warm_up"], found["latencies"], found["throughput"]]
        check_value(f"warm-up, latencies, throughput of {sizes} rows by a clock that shows {times} (seed {seed})", told).close([spans[0], spans[1:], sum(sizes[1:]) / sum(spans[1:])], idea="all rows after the warm-up, divided by all their seconds: no mean of rates, no pauses between batches")
    ### END HIDDEN TESTS

# %% test="e3_stages" points=3 title="What the stages did, by Spark's own count"
with tempfile.TemporaryDirectory(prefix="e3-") as place:
    clock, looks = pretended_clock([0, 1, 2, 3, 4, 5])
    found = check(measure_job, write_batches(place, [200, 700, 900], products=40, seed=8)[0], clock).value(idea="three batches")
    tasks = [(stage["tasks"], stage["rows"]) for stage in found["stages"]]
    check_value("(tasks, rows) of the stages of two small batches, of 700 and 900 rows", tasks).equals([(1, 700), (4, 0), (1, 900), (4, 0)], idea="without the warm-up, and without what ran before; one task reads, four add up")
    ### BEGIN HIDDEN TESTS
    log, expected = spark.events(found["application"]), []
    for event in log:
        info = event.get("Stage Info", {})
        if event["Event"] == "SparkListenerStageCompleted" and info["Submission Time"] >= looks[2]:
            metrics = {a["Name"].removeprefix("internal.metrics."): int(a["Value"]) for a in info["Accumulables"] if a["Name"].startswith("internal.metrics.") and str(a["Value"]).isdigit()}
            expected.append(
                {
                    "stage": info["Stage ID"],
                    "tasks": info["Number of Tasks"],
                    "rows": metrics.get("input.recordsRead", 0),
                    "shuffled": metrics.get("shuffle.write.bytesWritten", 0),
                    "run_ms": metrics.get("executorRunTime", 0),
                }
            )
    check_value("the stages of the batches after the warm-up", found["stages"]).equals(sorted(expected, key=lambda stage: stage["stage"]), idea="add up the tasks of each stage: the metrics are in the table before the exercise")
    ### END HIDDEN TESTS

# %% [markdown]
r"""
## More workers, and the point where it turns

How much more would two workers do? With $N$ of them one hopes for $N$ times the throughput. Two things are in the way: a share of the work that only one can do at a time (**contention**), and the need to agree, which every worker has with every other (**coherency**). Neil Gunther's **universal scalability law** has a parameter for each:

$$ X(N) = \frac{\gamma N}{1 + \alpha (N-1) + \beta N (N-1)}, \qquad \alpha, \beta \ge 0. $$

$\gamma$ is the throughput of one. With $\beta = 0$ this is Amdahl's law: it flattens out towards $\gamma/\alpha$. With $\beta > 0$ it *falls* in the end: from some $N$ on another worker costs more than it brings. For $\alpha < 1$ the derivative vanishes at $N^* = \sqrt{(1-\alpha)/\beta}$.
"""

# %%
workers = np.arange(1, 33)
fig, ax = plt.subplots(figsize=(7, 3))
for alpha, beta, name in ((0, 0, "linear"), (0.05, 0, "α = 0.05"), (0.05, 0.004, "α = 0.05, β = 0.004")):
    _ = ax.plot(workers, workers / (1 + alpha * (workers - 1) + beta * workers * (workers - 1)), label=name)
_ = ax.set(xlabel="workers N", ylabel="X(N) / γ", ylim=(0, 16), title="Coherency turns the curve down")
_ = ax.legend()
figures.show(fig, "Throughput over workers: linear, flattening with contention alone to 12.5 times at 32 workers, and with coherency rising to about 5.9 times near 15 workers and falling after that.")

# %% [markdown]
r"""
The law is not linear in its parameters, but dividing helps: $N/X(N) = a + b\,(N-1) + c\,N(N-1)$ with $a = 1/\gamma$, $b = \alpha/\gamma$, $c = \beta/\gamma$. That is a linear least-squares problem, with the condition that nothing becomes negative. A fit that ignores the condition happily finds $\beta < 0$ in noisy numbers, and promises throughput without end.
"""

# %% [markdown] exercise="e4" title="Where another worker makes it worse" level="stretch" minutes=30 exports=["fit_usl"]
r"""
Write `fit_usl(workers, throughputs)` of two lists of the same length: numbers of workers (whole, 1 or more, in any order; some may come twice, at least three are different) and the throughputs measured with them (positive). It finds the $a, b, c \ge 0$ for which the sum of squares of $N/X - a - b(N-1) - cN(N-1)$ over the measurements is smallest, and returns a dict with floats

- `"gamma"`, `"alpha"`, `"beta"`: $1/a$, $b/a$ and $c/a$ of the fit. You may rely on $a > 0$;
- `"peak"`: the real number $N \ge 1$ at which the fitted law has its greatest value. If it rises for ever, this is `math.inf`. The case $\alpha = 1$ with $\beta = 0$, in which it is constant, does not occur.

Numbers are compared within a relative error of $10^{-6}$; where 0 is right, `"alpha"` and `"beta"` may be off by $10^{-9}$, and the peak is then that of exactly 0. For `[1, 2, 4]` workers with 12, 20 and 30 rows a second it is $\gamma = 12$, $\alpha = 0.2$, $\beta = 0$ and no peak: `math.inf`.
"""

# %% [markdown] hints="e4" reading="DDIA ch. 1, Approaches for Coping with Load; N. Gunther, Guerrilla Capacity Planning, ch. 4 to 6"
r"""
1. Write down the matrix: one row for each measurement, three columns, and the right-hand side $N/X$.
2. `scipy.optimize.nnls(A, y)` solves least squares under the condition that all unknowns are at least 0. Setting negative parameters to 0 afterwards is another, worse point: the others have to be found anew.
3. `a, b, c = nnls(np.column_stack([ones, n - 1, n * (n - 1)]), n / x)[0]`. For the peak tell three cases apart: $\alpha \ge 1$ falls from the start; else $\beta = 0$ (to within rounding) rises for ever; else $\sqrt{(1-\alpha)/\beta}$, but not below 1.
"""


# %% solution="e4"
def fit_usl(workers, throughputs):
    """The universal scalability law that fits best, and where it peaks."""
    ### BEGIN SOLUTION
    n, x = np.array(workers, dtype=float), np.array(throughputs, dtype=float)
    a, b, c = nnls(np.column_stack([np.ones(len(n)), n - 1, n * (n - 1)]), n / x)[0]
    alpha, beta = b / a, c / a
    if alpha >= 1:
        peak = 1.0
    elif beta < 1e-9:
        peak = math.inf
    else:
        peak = max(1.0, math.sqrt((1 - alpha) / beta))
    return {"gamma": 1 / a, "alpha": alpha, "beta": beta, "peak": peak}
    ### END SOLUTION


# %% test="e4_fit" points=2 title="The best law for what was measured"
found = check(fit_usl, [1, 2, 4], [12, 20, 30]).value(idea="divide, and it is a linear problem")
check_value('fit_usl([1, 2, 4], [12, 20, 30])["gamma"]', found["gamma"]).close(12, rtol=1e-6, idea="the first unknown is 1/γ")
### BEGIN HIDDEN TESTS
for seed in range(4):
    random = seeded(seed)
    gamma, alpha, beta = random.uniform(5, 500), random.uniform(0.02, 0.3), random.uniform(0.002, 0.02)
    n = random.permutation([2, 3, 3, 4, 5, 6, 8, 12])
    x = gamma * n / (1 + alpha * (n - 1) + beta * n * (n - 1))
    found = check(fit_usl, n.tolist(), x.tolist()).note(f"seed {seed}").value(idea="a law for every list of measurements")
    told = [found["gamma"], found["alpha"], found["beta"]]
    check_value(f"γ, α, β from exact numbers (seed {seed})", told).close([gamma, alpha, beta], rtol=1e-6, idea="without noise the law that made the numbers comes back")
found = check(fit_usl, [1, 1, 2, 4], [10, 15, 20, 30]).value(idea="one worker was measured twice")
check_value('fit_usl([1, 1, 2, 4], [10, 15, 20, 30])["gamma"]', found["gamma"]).close(12, rtol=1e-6, idea="γ belongs to the fitted law, not to one of the measurements")
### END HIDDEN TESTS

# %% test="e4_conditions" points=2 title="Nothing becomes negative, and the rest fits anew"
found = check(fit_usl, [1, 2, 4], [12, 20, 30]).value(idea="divide, and it is a linear problem")
check_value('α and β of fit_usl([1, 2, 4], [12, 20, 30])', [found["alpha"], found["beta"]]).close([0.2, 0], rtol=1e-6, atol=1e-9, idea="no coherency in these three")
### BEGIN HIDDEN TESTS


def best_by_trial(n, y):
    """All ways of setting unknowns to 0, the others by plain least squares: the best of those without negative ones."""
    columns, best = np.column_stack([np.ones(len(n)), n - 1, n * (n - 1)]), (math.inf, None)
    for kept in ([0], [0, 1], [0, 2], [0, 1, 2]):
        part = np.linalg.lstsq(columns[:, kept], y, rcond=None)[0]
        if (part >= 0).all():
            whole = np.zeros(3)
            whole[kept] = part
            best = min(best, (float(((columns @ whole - y) ** 2).sum()), whole.tolist()))
    return best[1]


for seed in range(8):
    random = seeded(50 + seed)
    n = np.array([1, 2, 3, 4, 6, 8, 12], dtype=float)
    y = 0.1 * (1 + random.uniform(0, 0.3) * (n - 1) - 0.004 * (seed % 3) * n * (n - 1)) + random.normal(0, 0.01, 7)
    y = np.maximum(y, 0.03)
    a, b, c = best_by_trial(n, y)
    found = check(fit_usl, n.astype(int).tolist(), (n / y).tolist()).note(f"seed {50 + seed}").value(idea="a law for noisy numbers, too")
    check_value(f"α and β (seed {50 + seed})", [found["alpha"], found["beta"]]).close([b / a, c / a], rtol=1e-6, atol=1e-9, idea="the condition belongs to the fit: when one unknown is held at 0, the others move")
### END HIDDEN TESTS

# %% test="e4_peak" points=2 title="Where the law has its greatest value"
check_value('fit_usl([1, 2, 4], [12, 20, 30])["peak"]', check(fit_usl, [1, 2, 4], [12, 20, 30]).value(idea="a dict")["peak"]).equals(math.inf, idea="contention alone flattens and never falls")
### BEGIN HIDDEN TESTS
for alpha, beta, peak in ((0.1, 0.004, 15.0), (0.19, 0.05, math.sqrt(16.2)), (0.9, 0.4, 1.0), (1.5, 0.1, 1.0), (2.0, 0.0, 1.0)):
    n = np.arange(1, 9)
    x = 50 * n / (1 + alpha * (n - 1) + beta * n * (n - 1))
    found = check(fit_usl, n.tolist(), x.tolist()).value(idea="a dict")
    check_value(f"the peak for α = {alpha}, β = {beta}", found["peak"]).close(peak, rtol=1e-6, idea="set the derivative to 0, and look at N = 1 and at N without end")
### END HIDDEN TESTS

# %% [markdown]
r"""
## In practice

**State the load with every number.** "p99 of 40 ms" means nothing without requests a second, sizes, and whether the generator waited for answers.

**Leave room.** A backlog drains only with the capacity that is left over: after a minute of standstill it takes $\rho/(1-\rho)$ minutes, about two at 70 % utilisation and nine at 90 %.

**Histograms on the wire, percentiles on the screen.** HdrHistogram, DDSketch and Prometheus's native histograms keep counts in buckets whose width is at most a fixed share of their value; they add up across machines and hours. How wrong a percentile may be is then the width of a bucket. (A t-digest can be
merged, too; it is finest at both ends of the distribution, and promises no such bound.)

**Spark.** Its REST interface has the same counts while a job runs. Look at the spread of task times before the mean: one task that takes ten times as long as its siblings is skew (day 3), and no number of workers helps against it. For measurements keep the first batches apart, fix the size of
batches, and note the versions.

**At a hundred times the size** the fixed cost of a job vanishes, the shuffle dominates, and garbage collection shows in the tail: then read `JVM GC Time` in the same events.

## Summary

- Percentiles by nearest rank are times that somebody waited; they come from counts, and cannot be averaged.
- Waiting grows like $1/(1-\rho)$ for M/M/1, and arrivals that do not wait for answers show it; $L = \lambda W$ checks any report.
- Time actions, keep the warm-up apart, divide all rows by all seconds, and take counts from Spark's own log.
- Contention flattens the curve of scalability, coherency turns it down; a fit must not promise what its conditions forbid.

## Reflection

A vendor shows you: "our service handles 5,000 requests a second with an average latency of 12 ms, measured with 50 threads that send one request after another".

Answer in 3 to 5 sentences. Give yourself a point for each: you check the claim with Little's law; you name what the threads hide when the service pauses; you say which number you want in place of the average; you say how you would measure it.
"""

# %% [markdown] reflection="reflection"
r"""
By Little's law 5,000 a second at 12 ms means 60 requests inside on average, and 50 threads that wait for their answers cannot have more than 50: one of the numbers is wrong, or the watch does not cover the whole of a request. Since each thread waits, a pause of a second costs fifty slow requests instead of five thousand, so even a true average
hides the tail. I would ask for the 50th, 99th and 99.9th percentile, from histograms of all machines added up. And I would measure with requests sent on a schedule, at several rates up to the one we expect and beyond it, counting each time from the moment at which the request *should* have been sent.
"""

# %% [markdown]
r"""
## Further reading

- *Designing Data-Intensive Applications*, chapter 1, "Describing Load" and "Describing Performance": how one site's load parameter turned out to be the number of followers; why percentiles are what agreements are written in; tail latency amplification, our hundred servers.
- *Fundamentals of Data Engineering*, chapter 3, the principles of good architecture: look for what scaling down and scaling to zero ask of a design, and for the warning against planning for a load that never comes.
- J. Dean and L. A. Barroso, "The Tail at Scale" (2013): why the slowest of many answers rules, and what helps: hedged requests, for one.
- B. Schroeder, A. Wierman, M. Harchol-Balter, "Open Versus Closed: A Cautionary Tale" (2006), on how far apart the two can be; G. Tene's talk "How NOT to Measure Latency" for coordinated omission.
- N. J. Gunther, *Guerrilla Capacity Planning* (2007), chapters 4 to 6: the universal scalability law and its fits. J. D. C. Little, "A Proof for the Queuing Formula: L = λW" (1961).
"""
