# The text of a lesson that is measured; bench/lessons.py reads it. Cells are read one at a time, as in a notebook.
# fmt: off
# ruff: noqa: E402, PT018, RUF059

# %% setup
import networkx as nx
import numpy as np
import pandas as pd
from scipy import optimize, stats

rng = np.random.default_rng(11)

# %% setup needs sklearn
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

# %% text
# # A day at a parcel service
#
# Revenue by month, a curve through measurements, the cheapest way, and whether a change was one.

# %% demo
weights = pd.Series(rng.gamma(2.0, 1.5, size=200), name="kg")
print(weights.describe().round(2))

# %% exercise e1: Revenue by month
# `monthly(orders)`: a list of {"day": "2026-03-01", "kind": ..., "price": ...} -> {(month, kind): sum}.

# %% solution
def monthly(orders):
    frame = pd.DataFrame(orders)
    frame["month"] = pd.to_datetime(frame["day"]).dt.strftime("%Y-%m")
    sums = frame.groupby(["month", "kind"])["price"].sum()
    return {key: float(value) for key, value in sums.items()}

# %% test e1_small 2
orders = [
    {"day": "2026-01-03", "kind": "letter", "price": 2.0},
    {"day": "2026-01-20", "kind": "letter", "price": 3.5},
    {"day": "2026-02-01", "kind": "parcel", "price": 9.0},
]
got = monthly(orders)
assert got == {("2026-01", "letter"): 5.5, ("2026-02", "parcel"): 9.0}, f"monthly gives {got}"

# %% test e1_many 2
### BEGIN HIDDEN TESTS
days = pd.date_range("2025-11-15", periods=120).strftime("%Y-%m-%d")
orders = [{"day": day, "kind": kind, "price": float(i % 7)} for i, day in enumerate(days) for kind in ("a", "b")]
expected = {}
for order in orders:
    key = (order["day"][:7], order["kind"])
    expected[key] = expected.get(key, 0.0) + order["price"]
assert monthly(orders) == expected
### END HIDDEN TESTS

# %% wrong: the months of all years together
def monthly(orders):
    frame = pd.DataFrame(orders)
    frame["month"] = "2026-" + pd.to_datetime(frame["day"]).dt.strftime("%m")
    return {key: float(value) for key, value in frame.groupby(["month", "kind"])["price"].sum().items()}

# %% exercise e2: A curve through measurements
# `cooling(t, y)` fits y = room + gap * exp(-rate * t) and gives (room, gap, rate); `half(t, y)` when half the gap is gone.

# %% solution
def cooling(t, y):
    t, y = np.asarray(t, dtype=float), np.asarray(y, dtype=float)
    found, _ = optimize.curve_fit(
        lambda t, room, gap, rate: room + gap * np.exp(-rate * t), t, y, p0=(y[-1], y[0] - y[-1], 2 / np.ptp(t))
    )
    return tuple(float(value) for value in found)


def half(t, y):
    room, gap, rate = cooling(t, y)
    return float(optimize.brentq(lambda t: gap * np.exp(-rate * t) - gap / 2, 0, 1000))

# %% test e2_fit 2
t = np.linspace(0, 10, 30)
got = cooling(t, 20 + 60 * np.exp(-0.4 * t))
assert np.allclose(got, (20, 60, 0.4), rtol=1e-4), f"cooling gives {got}"
### BEGIN HIDDEN TESTS
noisy = 5 + 30 * np.exp(-0.2 * t) + rng.normal(scale=0.01, size=30)
assert np.allclose(cooling(t, noisy), (5, 30, 0.2), rtol=0.02)
### END HIDDEN TESTS

# %% test e2_half 1
assert abs(half(t, 20 + 60 * np.exp(-0.4 * t)) - np.log(2) / 0.4) < 1e-3

# %% wrong: a straight line through the logarithms, as if the room were at zero
def cooling(t, y):
    slope, start = np.polyfit(t, np.log(y), 1)
    return 0.0, float(np.exp(start)), float(-slope)


def half(t, y):
    return float(np.log(2) / cooling(t, y)[2])

# %% exercise e3: The cheapest way
# `cheapest(edges, start, end)` -> (cost, [towns]) for edges (from, to, cost), which may be driven both ways.

# %% solution
def cheapest(edges, start, end):
    graph = nx.Graph()
    for a, b, cost in edges:
        if not graph.has_edge(a, b) or cost < graph[a][b]["weight"]:
            graph.add_edge(a, b, weight=cost)
    path = nx.shortest_path(graph, start, end, weight="weight")
    return float(nx.path_weight(graph, path, "weight")), path

# %% test e3_small 2
got = cheapest([("A", "B", 1), ("B", "C", 2), ("A", "C", 5)], "A", "C")
assert got == (3.0, ["A", "B", "C"]), f"cheapest gives {got}"
### BEGIN HIDDEN TESTS
assert cheapest([("A", "B", 4), ("B", "A", 1), ("B", "C", 1)], "C", "A") == (2.0, ["C", "B", "A"])
grid = [(f"{i}{j}", f"{i + a}{j + b}", float(rng.uniform(1, 9))) for i in range(9) for j in range(9) for a, b in ((0, 1), (1, 0))]
graph = nx.Graph()
graph.add_weighted_edges_from(grid)
cost, path = cheapest(grid, "00", "88")
assert abs(cost - nx.dijkstra_path_length(graph, "00", "88")) < 1e-9 and path[0] == "00" and path[-1] == "88"
### END HIDDEN TESTS

# %% wrong: the way with the fewest towns
def cheapest(edges, start, end):
    graph = nx.Graph()
    graph.add_weighted_edges_from(edges)
    path = nx.shortest_path(graph, start, end)
    return float(nx.path_weight(graph, path, "weight")), path

# %% exercise e4: Was it a change?
# `changed(before, after)` -> (difference of the means, p value of Welch's test).

# %% solution
def changed(before, after):
    test = stats.ttest_ind(before, after, equal_var=False)
    return float(np.mean(after) - np.mean(before)), float(test.pvalue)

# %% test e4_difference 1
assert abs(changed([1, 2, 3], [2, 3, 4])[0] - 1) < 1e-12

# %% test e4_p 2
### BEGIN HIDDEN TESTS
a, b = rng.normal(0, 1, size=40), rng.normal(0.5, 3, size=15)
assert abs(changed(a, b)[1] - stats.ttest_ind(a, b, equal_var=False).pvalue) < 1e-12
### END HIDDEN TESTS

# %% wrong: as if both varied alike
def changed(before, after):
    return float(np.mean(after) - np.mean(before)), float(stats.ttest_ind(before, after).pvalue)

# %% exercise e5 needs sklearn: Late or not
# `late(features, labels, new)` -> for each row of `new` whether it will be late, by logistic regression on scaled features.

# %% solution
def late(features, labels, new):
    model = make_pipeline(StandardScaler(), LogisticRegression())
    model.fit(np.asarray(features), np.asarray(labels))
    return [bool(answer) for answer in model.predict(np.asarray(new))]

# %% test e5_separable 2
features = [[i, 1000.0 * (i % 3)] for i in range(40)]
labels = [i >= 20 for i in range(40)]
assert late(features, labels, [[2, 1000.0], [37, 0.0]]) == [False, True]
### BEGIN HIDDEN TESTS
points = rng.normal(size=(300, 3))
truth = points @ [2.0, -1.0, 0.0] > 0
answers = late(points.tolist(), truth.tolist(), points.tolist())
assert np.mean(np.array(answers) == truth) > 0.95
### END HIDDEN TESTS

# %% wrong: the labels turned over
def late(features, labels, new):
    model = LogisticRegression().fit(np.asarray(features), ~np.asarray(labels))
    return [bool(answer) for answer in model.predict(np.asarray(new))]
