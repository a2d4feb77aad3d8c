# %% right="e1" why="row by row, from a dict of totals"
def transition(links, pages, dangling=None):
    shares = {page: {} for page in pages}
    for a, b, weight in links:
        shares[a][b] = shares[a].get(b, 0) + weight
    jump = dangling if dangling is not None else {page: 1 for page in pages}
    rows = []
    for page in pages:
        row = shares[page] or jump
        rows.append([row.get(other, 0) / sum(row.values()) for other in pages])
    return np.array(rows, dtype=float)

# %% right="e1" why="through NetworkX's multigraph, whose parallel links add up"
def transition(links, pages, dangling=None):
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(pages)
    graph.add_weighted_edges_from(links)
    P = nx.to_numpy_array(graph, nodelist=pages)
    for i in range(len(pages)):
        if not P[i].any():
            P[i] = [dangling.get(page, 0) if dangling else 1 for page in pages]
        P[i] /= P[i].sum()
    return P

# %% [markdown] wrong="e1" why="columns for rows: the matrix is transposed" edit=true
r'''
### REPLACE
    return P / P.sum(axis=1, keepdims=True)
### WITH
    return (P / P.sum(axis=1, keepdims=True)).T
### END
'''

# %% [markdown] wrong="e1" why="dangling rows are left zero" edit=true
r'''
### REPLACE
    jump = [1.0 if dangling is None else dangling.get(page, 0.0) for page in pages]
    P[P.sum(axis=1) == 0] = jump
    return P / P.sum(axis=1, keepdims=True)
### WITH
    return P / np.maximum(P.sum(axis=1, keepdims=True), 1e-300)
### END
'''

# %% [markdown] wrong="e1" why="the last of several links wins" edit=true
r'''
### REPLACE
        P[place[source], place[target]] += weight
### WITH
        P[place[source], place[target]] = weight
### END
'''

# %% [markdown] wrong="e1" why="links are counted, their weights are not looked at" edit=true
r'''
### REPLACE
        P[place[source], place[target]] += weight
### WITH
        P[place[source], place[target]] += 1
### END
'''

# %% [markdown] wrong="e1" why="pages in alphabetical order, not in the given one" edit=true
r'''
### REPLACE
    place = {page: i for i, page in enumerate(pages)}
### WITH
    pages = sorted(pages)
    place = {page: i for i, page in enumerate(pages)}
### END
'''

# %% [markdown] wrong="e1" why="dangling pages always jump uniformly" edit=true
r'''
### REPLACE
    jump = [1.0 if dangling is None else dangling.get(page, 0.0) for page in pages]
### WITH
    jump = [1.0 for page in pages]
### END
'''

# %% [markdown] wrong="e1" why="a page that links only to itself is taken for dangling" edit=true
r'''
### REPLACE
    P[P.sum(axis=1) == 0] = jump
### WITH
    P[P.sum(axis=1) == P.diagonal()] = jump
### END
'''

# %% right="e2" why="with dicts, page by page"
def pagerank(links, pages, alpha=0.85, teleport=None, dangling=None, tol=1e-12):
    def scaled(weights):
        weights = {page: 1 for page in pages} if weights is None else weights
        total = sum(weights.values())
        return {page: weights.get(page, 0) / total for page in pages}

    p, d = scaled(teleport), scaled(dangling)
    goes = {page: [] for page in pages}
    for a, b in links:
        goes[a].append(b)
    ranks, changes = {page: 1 / len(pages) for page in pages}, []
    while True:
        new = {page: (1 - alpha) * p[page] for page in pages}
        stuck = 0.0
        for page, rank in ranks.items():
            for other in goes[page]:
                new[other] += alpha * rank / len(goes[page])
            if not goes[page]:
                stuck += rank
        for page in pages:
            new[page] += alpha * stuck * d[page]
        changes.append(sum(abs(new[page] - ranks[page]) for page in pages))
        ranks = new
        if changes[-1] <= tol:
            return ranks, changes

# %% right="e2" why="with the dense matrix of the whole surfer"
def pagerank(links, pages, alpha=0.85, teleport=None, dangling=None, tol=1e-12):
    n, place = len(pages), {page: i for i, page in enumerate(pages)}
    p, d = np.full(n, 1 / n), np.full(n, 1 / n)
    for vector, weights in ((p, teleport), (d, dangling)):
        if weights is not None:
            vector[:] = [weights.get(page, 0) for page in pages]
            vector /= vector.sum()
    M = np.zeros((n, n))
    for a, b in links:
        M[place[a], place[b]] = 1
    for row in M:
        row[:] = row / row.sum() if row.any() else d
    M = alpha * M + (1 - alpha) * np.outer(np.ones(n), p)
    walk = [np.full(n, 1 / n)]
    changes = []
    while not changes or changes[-1] > tol:
        walk.append(walk[-1] @ M)
        changes.append(float(np.linalg.norm(walk[-1] - walk[-2], 1)))
    return {page: float(walk[-1][place[page]]) for page in pages}, changes

# %% [markdown] wrong="e2" why="alpha taken for the probability of a teleport" edit=true
r'''
### REPLACE
        new = alpha * (flow + x[out == 0].sum() * d) + (1 - alpha) * p
### WITH
        new = (1 - alpha) * (flow + x[out == 0].sum() * d) + alpha * p
### END
'''

# %% [markdown] wrong="e2" why="the rank of dangling pages is lost" edit=true
r'''
### REPLACE
        new = alpha * (flow + x[out == 0].sum() * d) + (1 - alpha) * p
### WITH
        new = alpha * flow + (1 - alpha) * p
### END
'''

# %% [markdown] wrong="e2" why="dangling pages follow the teleports, as in NetworkX by default" edit=true
r'''
### REPLACE
    p, d = distribution(teleport), distribution(dangling)
### WITH
    p, d = distribution(teleport), distribution(dangling or teleport)
### END
'''

# %% [markdown] wrong="e2" why="teleport weights are not scaled" edit=true
r'''
### REPLACE
    p, d = distribution(teleport), distribution(dangling)
### WITH
    p, d = distribution(teleport), distribution(dangling)
    if teleport is not None:
        p = np.array([teleport.get(page, 0.0) for page in pages])
### END
'''

# %% [markdown] wrong="e2" why="links of a page to itself are dropped" edit=true
r'''
### REPLACE
    p, d = distribution(teleport), distribution(dangling)
### WITH
    p, d = distribution(teleport), distribution(dangling)
    links = [(a, b) for a, b in links if a != b]
### END
'''

# %% [markdown] wrong="e2" why="starts with the teleports" edit=true
r'''
### REPLACE
    x, changes = np.full(n, 1 / n), [math.inf]
### WITH
    x, changes = p, [math.inf]
### END
'''

# %% [markdown] wrong="e2" why="the change of the page that changed most, not the sum" edit=true
r'''
### REPLACE
        changes.append(float(np.abs(new - x).sum()))
### WITH
        changes.append(float(np.abs(new - x).max()))
### END
'''

# %% [markdown] wrong="e2" why="returns the distribution before the last step" edit=true
r'''
### REPLACE
        x = new
### WITH
        if changes[-1] > tol:
            x = new
### END
'''

# %% [markdown] wrong="e2" why="links are followed backwards" edit=true
r'''
### REPLACE
    source = np.array([place[a] for a, _ in links], dtype=int)
    target = np.array([place[b] for _, b in links], dtype=int)
### WITH
    source = np.array([place[b] for _, b in links], dtype=int)
    target = np.array([place[a] for a, _ in links], dtype=int)
### END
'''

# %% [markdown] wrong="e2" why="only teleports are scaled, the weights of dangling pages are taken as they come" edit=true
r'''
### REPLACE
    p, d = distribution(teleport), distribution(dangling)
### WITH
    p, d = distribution(teleport), distribution(dangling)
    if dangling is not None:
        d = np.array([dangling.get(page, 0.0) for page in pages])
### END
'''

# %% [markdown] wrong="e2" why="a page that links only to itself is taken for dangling" edit=true
r'''
### REPLACE
    p, d = distribution(teleport), distribution(dangling)
### WITH
    p, d = distribution(teleport), distribution(dangling)
    links = [(a, b) for a, b in links if a != b or any(a == s and a != t for s, t in links)]
### END
'''

# %% [markdown] wrong="e2" why="gives up after 500 steps, whatever the change" edit=true
r'''
### REPLACE
    while changes[-1] > tol:
### WITH
    while changes[-1] > tol and len(changes) <= 500:
### END
'''

# %% right="e3" why="page by page into the graph; a heap for the k best"
def rank_corpus(links, pages, likes=None, alpha=0.85):
    graph = nx.DiGraph([*((page, page) for page in pages), *links])
    graph.remove_edges_from((page, page) for page in pages if (page, page) not in set(links))
    same = {page: 1 / len(pages) for page in pages}
    return nx.pagerank(graph, alpha=alpha, personalization=likes or same, dangling=same, tol=1e-15, max_iter=10_000)

def net_scores(text, ranks, share, k):
    import heapq

    largest = max(ranks.values())
    results = ((-(share * ranks[page] / largest + (1 - share) * text[page]), page) for page in text)
    return [(page, -score) for score, page in heapq.nsmallest(k, results)]

# %% right="e3" why="adds dangling links by hand, so that no dangling page is left"
def rank_corpus(links, pages, likes=None, alpha=0.85):
    graph = nx.DiGraph(links)
    graph.add_nodes_from(pages)
    stuck = [page for page, degree in graph.out_degree if degree == 0]
    graph.add_edges_from((page, other) for page in stuck for other in pages)
    return nx.pagerank(graph, alpha, likes, tol=1e-14, max_iter=3000)

def net_scores(text, ranks, share, k):
    top = sorted(ranks.values())[-1]
    names = sorted(text)
    names.sort(key=lambda page: (1 - share) * text[page] + share * (ranks[page] / top), reverse=True)
    return [(page, (1 - share) * text[page] + share * (ranks[page] / top)) for page in names[:k]]

# %% [markdown] wrong="e3" why="dangling is left out, so it follows the likes" edit=true
r'''
### REPLACE
    return nx.pagerank(graph, alpha, personalization=likes, dangling=anywhere, tol=1e-14, max_iter=5000)
### WITH
    return nx.pagerank(graph, alpha, personalization=likes, tol=1e-14, max_iter=5000)
### END
'''

# %% [markdown] wrong="e3" why="NetworkX's default tolerance" edit=true
r'''
### REPLACE
    return nx.pagerank(graph, alpha, personalization=likes, dangling=anywhere, tol=1e-14, max_iter=5000)
### WITH
    return nx.pagerank(graph, alpha, personalization=likes, dangling=anywhere)
### END
'''

# %% [markdown] wrong="e3" why="a small tolerance, but the default number of steps" edit=true
r'''
### REPLACE
    return nx.pagerank(graph, alpha, personalization=likes, dangling=anywhere, tol=1e-14, max_iter=5000)
### WITH
    return nx.pagerank(graph, alpha, personalization=likes, dangling=anywhere, tol=1e-9)
### END
'''

# %% [markdown] wrong="e3" why="takes n times tol for the distance that is left: 1e-12 looks small enough" edit=true
r'''
### REPLACE
    return nx.pagerank(graph, alpha, personalization=likes, dangling=anywhere, tol=1e-14, max_iter=5000)
### WITH
    return nx.pagerank(graph, alpha, personalization=likes, dangling=anywhere, tol=1e-12, max_iter=5000)
### END
'''

# %% [markdown] wrong="e3" why="an undirected graph" edit=true
r'''
### REPLACE
    graph = nx.DiGraph()
### WITH
    graph = nx.Graph()
### END
'''

# %% [markdown] wrong="e3" why="pages without any link are forgotten" edit=true
r'''
### REPLACE
    graph.add_nodes_from(pages)
### WITH
### END
'''

# %% [markdown] wrong="e3" why="alpha by IIR's letter: the default is the probability of a teleport" edit=true
r'''
### REPLACE
def rank_corpus(links, pages, likes=None, alpha=0.85):
### WITH
def rank_corpus(links, pages, likes=None, alpha=0.15):
### END
'''

# %% [markdown] wrong="e3" why="ranks are divided by the largest among the matches only" edit=true
r'''
### REPLACE
    top = max(ranks.values())
### WITH
    top = max((ranks[page] for page in text), default=1)
### END
'''

# %% [markdown] wrong="e3" why="equal scores stay in the order in which they came" edit=true
r'''
### REPLACE
    return sorted(scores, key=lambda result: (-result[1], result[0]))[:k]
### WITH
    return sorted(scores, key=lambda result: -result[1])[:k]
### END
'''

# %% [markdown] wrong="e3" why="sorted backwards as a whole: equal scores by falling names" edit=true
r'''
### REPLACE
    return sorted(scores, key=lambda result: (-result[1], result[0]))[:k]
### WITH
    return sorted(scores, key=lambda result: (result[1], result[0]), reverse=True)[:k]
### END
'''

# %% right="e3" why="weighted teleports written out for every page; sorted twice"
def rank_corpus(links, pages, likes=None, alpha=0.85):
    graph = nx.empty_graph(pages, create_using=nx.DiGraph)
    graph.update(edges=links)
    weights = {page: 1 if likes is None else likes.get(page, 0) for page in pages}
    return nx.pagerank(
        graph, alpha=alpha, personalization=weights, dangling={page: 2.0 for page in pages}, max_iter=100_000, tol=1e-15
    )

def net_scores(text, ranks, share, k):
    largest = max(ranks.values())
    results = sorted((page, (1 - share) * score + share * ranks[page] / largest) for page, score in text.items())
    results.sort(key=lambda result: result[1], reverse=True)
    return results[:k]

# %% right="e4" why="by the singular value decomposition itself"
def hits(links, root):
    root = set(root)
    base = sorted(root.union(*(pair for pair in links if root & set(pair))))
    W = np.array([[float((a, b) in set(links)) for b in base] for a in base])
    if W.sum() == 0:
        raise ValueError("no links")
    U, _, Vt = np.linalg.svd(W)
    h, a = np.abs(U[:, 0]), np.abs(Vt[0])
    return dict(zip(base, (h / h.sum()).tolist())), dict(zip(base, (a / a.sum()).tolist()))

# %% right="e4" why="with dicts, both scores from the old ones at once"
def hits(links, root):
    base = set(root)
    for a, b in links:
        if a in root:
            base.add(b)
        if b in root:
            base.add(a)
    inside = [(a, b) for a, b in links if {a, b} <= base]
    if not inside:
        raise ValueError("nobody links to anybody")
    h, a = dict.fromkeys(base, 1.0), dict.fromkeys(base, 1.0)
    for _ in range(1500):
        new_h, new_a = dict.fromkeys(base, 0.0), dict.fromkeys(base, 0.0)
        for s, t in inside:
            new_h[s] += a[t]
            new_a[t] += h[s]
        h = {page: v / sum(new_h.values()) for page, v in new_h.items()}
        a = {page: v / sum(new_a.values()) for page, v in new_a.items()}
    return h, a

# %% right="e4" why="by NetworkX, on the graph that the base set induces"
def hits(links, root):
    web = nx.DiGraph(links)
    web.add_nodes_from(root)
    base = set(root)
    for page in root:
        base.update(web.successors(page), web.predecessors(page))
    inner = web.subgraph(base)
    if inner.number_of_edges() == 0:
        raise ValueError("no links")
    return nx.hits(inner, max_iter=1000, tol=1e-12)

# %% right="e4" why="by the eigenvectors of the two symmetric products"
def hits(links, root):
    base = list(dict.fromkeys([*root, *(page for pair in links for page in pair if set(pair) & set(root))]))
    A = np.array([[1 if (s, t) in links else 0 for t in base] for s in base])
    if not A.any():
        raise ValueError("no links")
    h, a = (np.abs(np.linalg.eigh(S)[1][:, -1]) for S in (A @ A.T, A.T @ A))
    return tuple({page: float(value / v.sum()) for page, value in zip(base, v)} for v in (h, a))

# %% [markdown] wrong="e4" why="scores the whole web, and shows those of the base set" edit=true
r'''
### REPLACE
    place = {page: i for i, page in enumerate(sorted(base))}
### WITH
    shown, base = base, {page for pair in links for page in pair} | base
    place = {page: i for i, page in enumerate(sorted(base))}
### END
### REPLACE
    return dict(zip(place, (hubs / hubs.sum()).tolist())), dict(zip(place, authorities.tolist()))
### WITH
    kept = [place[page] for page in sorted(shown)]
    hubs, authorities = hubs[kept] / hubs[kept].sum(), authorities[kept] / authorities[kept].sum()
    return dict(zip(sorted(shown), hubs.tolist())), dict(zip(sorted(shown), authorities.tolist()))
### END
'''

# %% [markdown] wrong="e4" why="stops after a hundred rounds" edit=true
r'''
### REPLACE
    while change > 1e-12:
### WITH
    for _ in range(100):
### END
'''

# %% [markdown] wrong="e4" why="hubs and authorities exchanged" edit=true
r'''
### REPLACE
    return dict(zip(place, (hubs / hubs.sum()).tolist())), dict(zip(place, authorities.tolist()))
### WITH
    return dict(zip(place, authorities.tolist())), dict(zip(place, (hubs / hubs.sum()).tolist()))
### END
'''

# %% [markdown] wrong="e4" why="scaled to length 1 instead of sum 1" edit=true
r'''
### REPLACE
    return dict(zip(place, (hubs / hubs.sum()).tolist())), dict(zip(place, authorities.tolist()))
### WITH
    hubs, authorities = hubs / np.linalg.norm(hubs), authorities / np.linalg.norm(authorities)
    return dict(zip(place, hubs.tolist())), dict(zip(place, authorities.tolist()))
### END
'''

# %% [markdown] wrong="e4" why="one round only: authorities are in-degrees" edit=true
r'''
### REPLACE
        change = np.abs(updated - authorities).sum()
### WITH
        change = 0
### END
'''

# %% [markdown] wrong="e4" why="the base set lacks the pages that link to the root" edit=true
r'''
### REPLACE
    base = {*root, *(b for a, b in links if a in root), *(a for a, b in links if b in root)}
### WITH
    base = {*root, *(b for a, b in links if a in root)}
### END
'''

# %% [markdown] wrong="e4" why="two steps from the root: what base pages link to is taken in as well" edit=true
r'''
### REPLACE
    place = {page: i for i, page in enumerate(sorted(base))}
### WITH
    base |= {b for a, b in links if a in base}
    place = {page: i for i, page in enumerate(sorted(base))}
### END
'''

# %% [markdown] wrong="e4" why="root pages without a link are dropped" edit=true
r'''
### REPLACE
    place = {page: i for i, page in enumerate(sorted(base))}
### WITH
    base = {page for pair in links for page in pair if page in base} or base
    place = {page: i for i, page in enumerate(sorted(base))}
### END
'''

# %% [markdown] wrong="e4" why="without links all scores are 0, and nobody is told" edit=true
r'''
### REPLACE
        raise ValueError("no links between the pages, so there are neither hubs nor authorities")
### WITH
        return dict.fromkeys(place, 0.0), dict.fromkeys(place, 0.0)
### END
'''

# %% [markdown] wrong="e4" why="only links that touch the root count, not those between other pages of the base set" edit=true
r'''
### REPLACE
        if source in base and target in base:
### WITH
        if source in root or target in root:
### END
'''

# %% right="e5" why="the flow solved as two equations, the forecast in three factors"
def farm_rank(x, n, m, alpha):
    s = (1 - alpha) / n
    page, _ = np.linalg.solve([[1, -alpha * m], [-alpha / m, 1]], [x + s, s])
    return float(page)

def farm_forecast(n, rank, loyal, m, alpha):
    gets_there = (rank / loyal * n + m * alpha) / (n + m)
    visits = 1 / (1 - alpha**2)
    return (1 - alpha) * gets_there * visits

# %% right="e5" why="written out to one fraction"
def farm_rank(x, n, m, alpha):
    return (n * x + (1 - alpha) * (1 + alpha * m)) / (n * (1 - alpha) * (1 + alpha))

def farm_forecast(n, rank, loyal, m, alpha):
    return (n * rank + m * alpha * loyal) / (loyal * (n * (1 + alpha) + m * (1 + alpha)))

# %% [markdown] wrong="e5" why="the teleports of the page itself are left out, as in the book" edit=true
r'''
### REPLACE
    return (x + (1 - alpha) / n) / (1 - alpha**2) + alpha / (1 + alpha) * m / n
### WITH
    return x / (1 - alpha**2) + alpha / (1 + alpha) * m / n
### END
'''

# %% [markdown] wrong="e5" why="n taken for the pages outside the farm" edit=true
r'''
### REPLACE
    return (x + (1 - alpha) / n) / (1 - alpha**2) + alpha / (1 + alpha) * m / n
### WITH
    n = n + m
    return (x + (1 - alpha) / n) / (1 - alpha**2) + alpha / (1 + alpha) * m / n
### END
'''

# %% [markdown] wrong="e5" why="teleports are thought to lead to as many pages as before" edit=true
r'''
### REPLACE
    return arrivals / ((n + m) * (1 + alpha))
### WITH
    return arrivals / (n * (1 + alpha))
### END
'''

# %% [markdown] wrong="e5" why="takes the old rank for the probability to get to the page" edit=true
r'''
### REPLACE
    arrivals = n * rank / loyal + m * alpha  # tours that get to the page, summed over all pages where one may start
### WITH
    arrivals = n * rank + m * alpha
### END
'''

# %% [markdown] wrong="e5" why="takes the old inflow for the new one, though a part of it was the page's own rank coming back" edit=true
r'''
### REPLACE
    arrivals = n * rank / loyal + m * alpha  # tours that get to the page, summed over all pages where one may start
    return arrivals / ((n + m) * (1 + alpha))
### WITH
    x = (rank - (1 - alpha) / n) * n / (n + m)
    return (x + (1 - alpha) / (n + m)) / (1 - alpha**2) + alpha / (1 + alpha) * m / (n + m)
### END
'''

# %% [markdown] wrong="e5" why="the visits once there are thought to stay as they were" edit=true
r'''
### REPLACE
    return arrivals / ((n + m) * (1 + alpha))
### WITH
    return arrivals * loyal / (n + m)
### END
'''

# %% [markdown] wrong="e5" why="a tour from a farm page is thought to get to the page for sure" edit=true
r'''
### REPLACE
    arrivals = n * rank / loyal + m * alpha  # tours that get to the page, summed over all pages where one may start
### WITH
    arrivals = n * rank / loyal + m
### END
'''

# %% equivalent="e1" mutants=["7a0e5c3a"] why="all sums are negative then, and dividing each row by its sum takes the sign away"

# %% equivalent="e1" mutants=["0c73e3cd"] why="the same weight for all pages, whichever, is scaled to the same row"

# %% equivalent="e2" mutants=["9d3ad011"] why="|a - b| is |b - a|"

# %% equivalent="e3" mutants=["73f7a3a5"] why="NetworkX scales the dangling weights to sum 1"

# %% equivalent="e3" mutants=["40704276", "e4fffe8a"] why="one step more at the most, or a tolerance of 2e-14, is as exact as the statement asks"

# %% equivalent="e4" mutants=["46564d85"] why="twice the matrix has the same singular vectors"

# %% equivalent="e4" mutants=["6c2a28ee", "9810f177"] why="stops at most a round or so earlier or later, far beyond the accuracy asked for"

# %% equivalent="e4" mutants=["10245db3"] why="|a - b| is |b - a|"
