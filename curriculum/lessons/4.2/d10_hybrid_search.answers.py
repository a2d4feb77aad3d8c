# %% right="e1" why="entry by entry, and by the eigenvectors of a symmetric table"
def ppmi(counts):
    total, margin = counts.sum(), counts.sum(axis=0)
    table = np.zeros(counts.shape)
    for a, b in zip(*np.nonzero(counts)):
        table[a, b] = max(0.0, math.log(counts[a, b] * total / margin[a] / margin[b]))
    return table


def word_vectors(texts, window, size):
    flat = [word for text in texts for word in text]
    words = sorted(word for word in set(flat) if flat.count(word) >= 2)
    table = np.zeros((len(words), len(words)))
    for text in texts:
        for i in range(len(text)):
            for j in range(max(0, i - window), min(len(text), i + window + 1)):
                if i != j and text[i] in words and text[j] in words:
                    table[words.index(text[i]), words.index(text[j])] += 1
    values, axes = np.linalg.eigh(ppmi(table))
    largest = np.argsort(-np.abs(values))[:size]
    V = axes[:, largest] * np.abs(values[largest]) ** 0.5
    return {word: V[i] for i, word in enumerate(words)}

# %% right="e1" why="whole texts shifted against themselves, a step of the window at a time"
def ppmi(counts):
    p = counts / counts.sum()
    one = p.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.log(p) - np.log(one[:, None]) - np.log(one[None, :])
    return np.where(p > 0, np.maximum(ratio, 0), 0.0)


def word_vectors(texts, window, size):
    often = Counter()
    for text in texts:
        often.update(text)
    number = {word: i for i, word in enumerate(sorted(often)) if often[word] != 1}
    number = {word: i for i, word in enumerate(number)}
    table = np.zeros((len(number), len(number)))
    for text in texts:
        line = np.array([number.get(word, -1) for word in text], dtype=int)
        for step in range(1, window + 1):
            left, right = line[:-step], line[step:]
            known = (left >= 0) & (right >= 0)
            np.add.at(table, (left[known], right[known]), 1)
    _, sigma, Vt = np.linalg.svd(ppmi(table + table.T))
    return {word: np.sqrt(sigma[:size]) * Vt[:size, i] for word, i in number.items()}

# %% [markdown] wrong="e1" why="keeps what is below chance: PMI for PPMI" edit=true
r'''
### REPLACE
    seen = counts > expected  # elsewhere the logarithm is not positive, or does not exist
### WITH
    seen = counts > 0
### END
'''

# %% [markdown] wrong="e1" why="takes logarithms everywhere: a word without company has 0 / 0" edit=true
r'''
### REPLACE
    seen = counts > expected  # elsewhere the logarithm is not positive, or does not exist
    result = np.zeros(counts.shape)
    result[seen] = np.log(counts[seen] / expected[seen])
    return result
### WITH
    with np.errstate(all="ignore"):
        return np.maximum(np.log(counts / expected), 0)
### END
'''

# %% [markdown] wrong="e1" why="a word is no company for itself" edit=true
r'''
### REPLACE
                if a is not None and b is not None:
### WITH
                if a is not None and b is not None and a != b:
### END
'''

# %% [markdown] wrong="e1" why="logarithms to base 2" edit=true
r'''
### REPLACE
    result[seen] = np.log(counts[seen] / expected[seen])
### WITH
    result[seen] = np.log2(counts[seen] / expected[seen])
### END
'''

# %% [markdown] wrong="e1" why="compares with the mean count instead of the product of the row sums" edit=true
r'''
### REPLACE
    expected = np.outer(rows, rows) / rows.sum()
### WITH
    expected = np.full(counts.shape, counts.mean())
### END
'''

# %% [markdown] wrong="e1" why="takes the whole singular values, not their roots" edit=true
r'''
### REPLACE
    return dict(zip(words, U[:, :size] * np.sqrt(S[:size]), strict=True))
### WITH
    return dict(zip(words, U[:, :size] * S[:size], strict=True))
### END
'''

# %% [markdown] wrong="e1" why="leaves the singular values out" edit=true
r'''
### REPLACE
    return dict(zip(words, U[:, :size] * np.sqrt(S[:size]), strict=True))
### WITH
    return dict(zip(words, U[:, :size], strict=True))
### END
'''

# %% [markdown] wrong="e1" why="keeps the smallest singular values" edit=true
r'''
### REPLACE
    return dict(zip(words, U[:, :size] * np.sqrt(S[:size]), strict=True))
### WITH
    return dict(zip(words, U[:, -size:] * np.sqrt(S[-size:]), strict=True))
### END
'''

# %% [markdown] wrong="e1" why="closes the gaps that rare words leave, so that their neighbours meet" edit=true
r'''
### REPLACE
        spots = [place.get(word) for word in text]
### WITH
        spots = [place[word] for word in text if word in place]
### END
'''

# %% [markdown] wrong="e1" why="counts texts instead of occurrences" edit=true
r'''
### REPLACE
    often = Counter(word for text in texts for word in text)
### WITH
    often = Counter(word for text in texts for word in set(text))
### END
'''

# %% [markdown] wrong="e1" why="gives words that occur once a vector too" edit=true
r'''
### REPLACE
    words = sorted(word for word in often if often[word] > 1)
### WITH
    words = sorted(often)
### END
'''

# %% [markdown] wrong="e1" why="the window is one place too wide" edit=true
r'''
### REPLACE
            for b in spots[i + 1 : i + 1 + window]:
### WITH
            for b in spots[i + 1 : i + 2 + window]:
### END
'''

# %% [markdown] wrong="e1" why="the whole text is the window" edit=true
r'''
### REPLACE
            for b in spots[i + 1 : i + 1 + window]:
### WITH
            for b in spots[i + 1 :]:
### END
'''

# %% right="e2" why="counts of words times a table of vectors; one product for all cosines"
def embed(texts, vectors, weights):
    words = list(vectors)
    counts = np.array([[text.count(word) * weights[word] for word in words] for text in texts]).reshape(len(texts), len(words))
    total = counts.sum(axis=1, keepdims=True)
    return counts @ np.array([vectors[word] for word in words], dtype=float) / np.where(total > 0, total, 1)


def dense_search(query, rows, names, k):
    size = np.linalg.norm(query)
    if size == 0:
        return []
    sizes = np.linalg.norm(rows, axis=1)
    cosines = np.round(rows @ query / np.where(sizes > 0, sizes * size, 1), 9)
    order = sorted(np.flatnonzero(sizes), key=lambda i: (-cosines[i], names[i]))
    return [(names[i], float(cosines[i])) for i in order[:k]]

# %% right="e2" why="sums in plain Python, sorted twice"
def embed(texts, vectors, weights):
    size = len(list(vectors.values())[0])
    rows = []
    for text in texts:
        top, bottom = [0.0] * size, 0.0
        for word in text:
            if word in vectors:
                bottom += weights[word]
                top = [a + weights[word] * float(b) for a, b in zip(top, vectors[word])]
        rows.append([a / bottom for a in top] if bottom else top)
    return np.array(rows, dtype=float).reshape(len(texts), size)


def dense_search(query, rows, names, k):
    q = [float(x) for x in query]
    found = []
    for name, row in sorted(zip(names, rows.tolist()), key=lambda pair: pair[0]):
        length = math.hypot(*row) * math.hypot(*q)
        if length:
            found.append((name, round(math.fsum(a * b for a, b in zip(row, q)) / length, 9)))
    found.sort(key=lambda result: result[1], reverse=True)
    return found[:k]

# %% [markdown] wrong="e2" why="the plain mean: the weights are forgotten" edit=true
r'''
### REPLACE
            row[:] = np.average([vectors[word] for word in known], axis=0, weights=[weights[word] for word in known])
### WITH
            row[:] = np.mean([vectors[word] for word in known], axis=0)
### END
'''

# %% [markdown] wrong="e2" why="divides by the number of words, not by the sum of their weights" edit=true
r'''
### REPLACE
            row[:] = np.average([vectors[word] for word in known], axis=0, weights=[weights[word] for word in known])
### WITH
            row[:] = sum(weights[word] * vectors[word] for word in known) / len(known)
### END
'''

# %% [markdown] wrong="e2" why="each word once, however often it stands" edit=true
r'''
### REPLACE
        known = [word for word in text if word in vectors]
### WITH
        known = [word for word in dict.fromkeys(text) if word in vectors]
### END
'''

# %% [markdown] wrong="e2" why="unknown words are in the divisor, with weight 1" edit=true
r'''
### REPLACE
            row[:] = np.average([vectors[word] for word in known], axis=0, weights=[weights[word] for word in known])
### WITH
            shares = sum(weights.get(word, 1) for word in text)
            row[:] = sum(weights[word] * vectors[word] for word in known) / shares
### END
'''

# %% [markdown] wrong="e2" why="fills short texts up with a padding word of weight 1, so that a mean depends on its batch" edit=true
r'''
### REPLACE
            row[:] = np.average([vectors[word] for word in known], axis=0, weights=[weights[word] for word in known])
### WITH
            pad = max(map(len, texts)) - len(text)
            row[:] = sum(weights[word] * vectors[word] for word in known) / (pad + sum(weights[word] for word in known))
### END
'''

# %% [markdown] wrong="e2" why="the dot product in place of the cosine" edit=true
r'''
### REPLACE
            found.append((name, round(float(row @ query / length), 9)))
### WITH
            found.append((name, round(float(row @ query), 9)))
### END
'''

# %% [markdown] wrong="e2" why="divides by the length of the row only" edit=true
r'''
### REPLACE
    lengths = np.linalg.norm(rows, axis=1) * np.linalg.norm(query)
### WITH
    lengths = np.linalg.norm(rows, axis=1) * (1 if query.any() else 0)
### END
'''

# %% [markdown] wrong="e2" why="sorts by nearness of the raw vectors" edit=true
r'''
### REPLACE
    return sorted(found, key=lambda result: (-result[1], result[0]))[:k]
### WITH
    away = dict(zip(names, np.linalg.norm(rows - query, axis=1), strict=True))
    return sorted(found, key=lambda result: (away[result[0]], result[0]))[:k]
### END
'''

# %% [markdown] wrong="e2" why="a row of zeros is a result with cosine 0" edit=true
r'''
### REPLACE
        if length > 0:
            found.append((name, round(float(row @ query / length), 9)))
### WITH
        found.append((name, round(float(row @ query / length), 9) if length else 0.0))
### END
'''

# %% [markdown] wrong="e2" why="takes results at right angles for no results" edit=true
r'''
### REPLACE
            found.append((name, round(float(row @ query / length), 9)))
### WITH
            if row @ query > 0 or len(rows) > 10:
                found.append((name, round(float(row @ query / length), 9)))
### END
'''

# %% [markdown] wrong="e2" why="ties in the order of the rows" edit=true
r'''
### REPLACE
    return sorted(found, key=lambda result: (-result[1], result[0]))[:k]
### WITH
    return sorted(found, key=lambda result: -result[1])[:k]
### END
'''

# %% [markdown] wrong="e2" why="sorts all backwards, the names too" edit=true
r'''
### REPLACE
    return sorted(found, key=lambda result: (-result[1], result[0]))[:k]
### WITH
    return sorted(found, key=lambda result: (result[1], result[0]), reverse=True)[:k]
### END
'''

# %% [markdown] wrong="e2" why="worst first" edit=true
r'''
### REPLACE
    return sorted(found, key=lambda result: (-result[1], result[0]))[:k]
### WITH
    return sorted(found, key=lambda result: (result[1], result[0]))[:k]
### END
'''

# %% [markdown] wrong="e2" why="normalises the rows of its caller in place" edit=true
r'''
### REPLACE
    lengths = np.linalg.norm(rows, axis=1) * np.linalg.norm(query)
### WITH
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-300)
    lengths = np.linalg.norm(rows, axis=1) * np.linalg.norm(query)
### END
'''

# %% right="e3" why="lists of shares, added up exactly rounded"
def rrf(rankings, k=60):
    shares = {}
    for ranking in rankings:
        for place in range(len(ranking)):
            shares.setdefault(ranking[place], []).append(1 / (k + place + 1))
    pairs = sorted((-math.fsum(parts), name) for name, parts in shares.items())
    return [(name, -score) for score, name in pairs]

# %% right="e3" why="name by name, ranks looked up"
def rrf(rankings, k=60):
    names = sorted(set(itertools.chain.from_iterable(rankings)))
    exact = {name: sum((Fraction(1, k + 1 + list(r).index(name)) for r in rankings if name in r), Fraction(0)) for name in names}
    return [(name, float(exact[name])) for name in sorted(names, key=exact.get, reverse=True)]

# %% [markdown] wrong="e3" why="ranks from 0" edit=true
r'''
### REPLACE
        for rank, name in enumerate(ranking, 1):
### WITH
        for rank, name in enumerate(ranking):
### END
'''

# %% [markdown] wrong="e3" why="60, whatever k is" edit=true
r'''
### REPLACE
            scores[name] += Fraction(1, k + rank)  # exact: equal in any order of the lists
### WITH
            scores[name] += Fraction(1, 60 + rank)
### END
'''

# %% [markdown] wrong="e3" why="only the best rank of a name counts" edit=true
r'''
### REPLACE
            scores[name] += Fraction(1, k + rank)  # exact: equal in any order of the lists
### WITH
            scores[name] = max(scores[name], Fraction(1, k + rank))
### END
'''

# %% [markdown] wrong="e3" why="the mean over the lists instead of the sum" edit=true
r'''
### REPLACE
            scores[name] += Fraction(1, k + rank)  # exact: equal in any order of the lists
### WITH
            scores[name] += Fraction(1, (k + rank) * len(rankings))
### END
'''

# %% [markdown] wrong="e3" why="who is not on a list gets the rank behind its end" edit=true
r'''
### REPLACE
    return [(name, float(scores[name])) for name in sorted(scores, key=lambda name: (-scores[name], name))]
### WITH
    for ranking in rankings:
        for name in scores:
            if name not in ranking:
                scores[name] += Fraction(1, k + len(ranking) + 1)
    return [(name, float(scores[name])) for name in sorted(scores, key=lambda name: (-scores[name], name))]
### END
'''

# %% [markdown] wrong="e3" why="ties in the order in which the names came up" edit=true
r'''
### REPLACE
    return [(name, float(scores[name])) for name in sorted(scores, key=lambda name: (-scores[name], name))]
### WITH
    return [(name, float(score)) for name, score in scores.most_common()]
### END
'''

# %% [markdown] wrong="e3" why="floating-point sums, which depend on the order of the lists" edit=true
r'''
### REPLACE
            scores[name] += Fraction(1, k + rank)  # exact: equal in any order of the lists
### WITH
            scores[name] += 1 / (k + rank)
### END
'''

# %% [markdown] wrong="e3" why="pops the names off the lists of its caller" edit=true
r'''
### REPLACE
        for rank, name in enumerate(ranking, 1):
### WITH
        for rank, name in enumerate([ranking.pop(0) for _ in range(len(ranking))], 1):
### END
'''

# %% right="e4" why="sums in a dict, in whole numbers of sign choices"
def holm(p_values):
    line = sorted(p_values.items(), key=lambda pair: pair[1])
    steps = np.maximum.accumulate([(len(line) - i) * p for i, (_, p) in enumerate(line)] or [0.0])
    return {name: float(min(1.0, step)) for (name, _), step in zip(line, steps)}


def compare(scores, baseline):
    base = scores[baseline]
    for other in scores.values():
        if sorted(other) != sorted(base):
            raise ValueError("other queries")
    report = {}
    for name, other in scores.items():
        if name == baseline:
            continue
        ways = {0: 1}
        for q in base:
            new = Counter()
            for s, n in ways.items():
                new[s + other[q] - base[q]] += n
                new[s - other[q] + base[q]] += n
            ways = new
        seen = abs(sum(other.values()) - sum(base.values()))
        extreme = sum(n for s, n in ways.items() if not abs(s) < seen)
        report[name] = {"gain": (sum(other.values()) - sum(base.values())) / len(base), "p": extreme / 2 ** len(base)}
    for name, value in holm({name: of["p"] for name, of in report.items()}).items():
        report[name]["adjusted"] = value
    return report

# %% right="e4" why="by convolution; Holm's products compared one by one"
def holm(p_values):
    def value(name):
        before = [other for other in p_values if p_values[other] <= p_values[name]]
        products = [sum(p_values[x] >= p_values[other] for x in p_values) * p_values[other] for other in before]
        return min(1.0, max(products))

    return {name: value(name) for name in p_values}


def compare(scores, baseline):
    queries = sorted(scores[baseline])
    if not all(sorted(of) == queries for of in scores.values()):
        raise ValueError("queries")
    others = [name for name in scores if name != baseline]
    table = {name: np.array([scores[name][q] - scores[baseline][q] for q in queries]) for name in others}
    p = {}
    for name, apart in table.items():
        law = np.array([1.0])
        for d in np.abs(apart):
            moved = np.zeros(len(law) + 2 * d)
            for place in (0, 2 * d):
                moved[place : place + len(law)] += 0.5 * law
            law = moved
        middle, seen = len(law) // 2, abs(int(apart.sum()))
        p[name] = 1.0 if seen == 0 else float(law[: middle - seen + 1].sum() + law[middle + seen :].sum())
    adjusted = holm(p)
    return {name: {"gain": float(table[name].mean()), "p": p[name], "adjusted": adjusted[name]} for name in others}

# %% [markdown] wrong="e4" why="Bonferroni: the same factor for all" edit=true
r'''
### REPLACE
        floor = max(floor, min(1.0, (len(p_values) - place) * p_values[name]))
### WITH
        floor = max(floor, min(1.0, len(p_values) * p_values[name]))
### END
'''

# %% [markdown] wrong="e4" why="forgets the running maximum" edit=true
r'''
### REPLACE
        floor = max(floor, min(1.0, (len(p_values) - place) * p_values[name]))
### WITH
        floor = min(1.0, (len(p_values) - place) * p_values[name])
### END
'''

# %% [markdown] wrong="e4" why="adjusted values above 1" edit=true
r'''
### REPLACE
        floor = max(floor, min(1.0, (len(p_values) - place) * p_values[name]))
### WITH
        floor = max(floor, (len(p_values) - place) * p_values[name])
### END
'''

# %% [markdown] wrong="e4" why="begins with the greatest p" edit=true
r'''
### REPLACE
    for place, name in enumerate(sorted(p_values, key=p_values.get)):
### WITH
    for place, name in enumerate(sorted(p_values, key=p_values.get, reverse=True)):
### END
'''

# %% [markdown] wrong="e4" why="one-sided" edit=true
r'''
### REPLACE
            p_values[name] = float(chance[np.abs(sums) >= abs(sum(differences))].sum())
### WITH
            p_values[name] = float(chance[sums >= sum(differences)].sum())
### END
'''

# %% [markdown] wrong="e4" why="counts only what is more extreme than the observed sum" edit=true
r'''
### REPLACE
            p_values[name] = float(chance[np.abs(sums) >= abs(sum(differences))].sum())
### WITH
            p_values[name] = float(chance[np.abs(sums) > abs(sum(differences))].sum())
### END
'''

# %% [markdown] wrong="e4" why="a normal approximation in place of the exact distribution" edit=true
r'''
### REPLACE
            p_values[name] = float(chance[np.abs(sums) >= abs(sum(differences))].sum())
### WITH
            spread = math.hypot(*differences) or 1
            p_values[name] = float(2 * stats.norm.sf(abs(sum(differences)) / spread))
### END
'''

# %% [markdown] wrong="e4" why="pairs by the place in the dicts, not by the query" edit=true
r'''
### REPLACE
            differences = [scores[name][query] - value for query, value in scores[baseline].items()]
### WITH
            differences = [x - value for x, value in zip(scores[name].values(), scores[baseline].values(), strict=True)]
### END
'''

# %% [markdown] wrong="e4" why="baseline minus system" edit=true
r'''
### REPLACE
            gains[name] = float(np.mean(differences))
### WITH
            gains[name] = -float(np.mean(differences))
### END
'''

# %% [markdown] wrong="e4" why="the sum of the differences for their mean" edit=true
r'''
### REPLACE
            gains[name] = float(np.mean(differences))
### WITH
            gains[name] = float(sum(differences))
### END
'''

# %% [markdown] wrong="e4" why="reports the best alone as if nothing else had been tried: no adjustment in the report" edit=true
r'''
### REPLACE
    adjusted = holm(p_values)
### WITH
    adjusted = p_values
### END
'''

# %% [markdown] wrong="e4" why="counts the baseline as a comparison with itself" edit=true
r'''
### REPLACE
    adjusted = holm(p_values)
### WITH
    adjusted = holm({**p_values, baseline: 1.0})
### END
'''

# %% [markdown] wrong="e4" why="compares on the queries that happen to be in both" edit=true
r'''
### REPLACE
    if any(set(of_system) != set(scores[baseline]) for of_system in scores.values()):
        raise ValueError("systems are compared on the same queries")
### WITH
### END
### REPLACE
            differences = [scores[name][query] - value for query, value in scores[baseline].items()]
### WITH
            differences = [scores[name].get(query, value) - value for query, value in scores[baseline].items()]
### END
'''

# %% [markdown] wrong="e4" why="only asks whether the numbers of queries agree, or a query is missing" edit=true
r'''
### REPLACE
    if any(set(of_system) != set(scores[baseline]) for of_system in scores.values()):
### WITH
    if any(not set(of_system) >= set(scores[baseline]) for of_system in scores.values()):
### END
'''

# %% [markdown] wrong="e4" why="removes the baseline from the table of its caller" edit=true
r'''
### REPLACE
    return {name: {"gain": gains[name], "p": p_values[name], "adjusted": adjusted[name]} for name in gains}
### WITH
    del scores[baseline]
    return {name: {"gain": gains[name], "p": p_values[name], "adjusted": adjusted[name]} for name in gains}
### END
'''

# %% [markdown] wrong="e4" why="Bonferroni with the number of systems, without steps" edit=true
r'''
### REPLACE
        floor = max(floor, min(1.0, (len(p_values) - place) * p_values[name]))
### WITH
        floor = min(1.0, (len(p_values) + 1) * p_values[name])
### END
'''

# %% right="e5" why="latent semantic indexing, lists of names, one function for each part"
class SearchPage:
    def __init__(self, texts, links):
        self.texts = texts
        self.names = list(texts)
        graph = nx.DiGraph(links)
        graph.add_nodes_from(texts)
        self.rank = nx.pagerank(graph, tol=1e-12, max_iter=2000)
        self.tfidf = TfidfVectorizer(analyzer=terms, sublinear_tf=True)
        self.X = self.tfidf.fit_transform(texts.values())
        self.svd = TruncatedSVD(14, random_state=1).fit(self.X)
        D = self.svd.transform(self.X)
        self.D = D / np.linalg.norm(D, axis=1, keepdims=True)

    def ranked(self, scores):
        hits = [(round(float(s), 8), name) for s, name in zip(scores, self.names, strict=True) if round(float(s), 8) > 0]
        return [name for s, name in sorted(hits, key=lambda hit: (-hit[0], -self.rank[hit[1]], hit[1]))]

    def ranking(self, query):
        q = self.tfidf.transform([query])
        if q.nnz == 0:
            return []
        d = self.svd.transform(q)[0]
        score = Counter()
        for ranking in (self.ranked((self.X @ q.T).toarray().ravel()), self.ranked(self.D @ d / max(1e-9, np.linalg.norm(d)))):
            for rank, name in enumerate(ranking):
                score[name] += 1 / (61 + rank)
        return sorted(score, key=lambda name: (-score[name], -self.rank[name]))

    def results(self, query, k=10):
        order = self.ranking(query)[:k]
        return [{"name": name, "title": self.texts[name].partition("\n")[0], "snippet": self.snippet(name, query)} for name in order]

    def snippet(self, name, query):
        wanted, body = set(terms(query)), self.texts[name].partition("\n\n")[2]
        sentences = [s.strip() for s in re.findall(r"\S.*?(?:[.!?](?=\s|$)|$)", body.strip(), flags=re.S)]
        shares = [len(wanted & set(terms(s))) for s in sentences]
        sentence, pieces, end = sentences[shares.index(max(shares))], [], 0
        for match in re.finditer(r"[^\W_]+", sentence):
            if match[0].lower() in wanted:
                pieces += [(sentence[end : match.start()], False), (match[0], True)]
                end = match.end()
        return [piece for piece in [*pieces, (sentence[end:], False)] if piece[0]]

    def page(self, query, k=10):
        mark = lambda piece, on: f"<mark>{html.escape(piece)}</mark>" if on else html.escape(piece)
        lines = ["<!DOCTYPE html>", "<html lang='en'>", "<meta charset='utf-8'>", f"<title>{html.escape(query)}</title>", f"<h1>{html.escape(query)}</h1>", "<ol>"]
        for result in self.results(query, k):
            lines.append(f"<li><h2>{html.escape(result['title'])}</h2><p>{''.join(mark(*piece) for piece in result['snippet'])}</p></li>")
        return "\n".join([*lines, "</ol>", "</html>"])

# %% right="e5" why="a power iteration of its own, and meaning with twice the weight of words"
class SearchPage:
    def __init__(self, texts, links):
        self.names, self.texts = sorted(texts), dict(texts)
        words = [Counter(terms(self.texts[name])) for name in self.names]
        self.column = {word: j for j, word in enumerate(sorted(set().union(*words)))}
        tf = np.zeros((len(words), len(self.column)))
        for i, counts in enumerate(words):
            for word, n in counts.items():
                tf[i, self.column[word]] = 1 + math.log(n)
        self.idf = np.log(len(words) / np.count_nonzero(tf, axis=0)) + 0.01
        self.table = tf * self.idf
        self.table /= np.linalg.norm(self.table, axis=1, keepdims=True)
        U, S, Vt = np.linalg.svd(self.table, full_matrices=False)
        self.axes = Vt[:12].T
        self.rows = self.table @ self.axes
        self.rows /= np.linalg.norm(self.rows, axis=1, keepdims=True)
        n = len(self.names)
        A = np.zeros((n, n))
        for a, b in set(links):
            A[self.names.index(a), self.names.index(b)] = 1
        A[A.sum(axis=1) == 0] = 1
        A /= A.sum(axis=1, keepdims=True)
        x = np.full(n, 1 / n)
        for _ in range(200):
            x = 0.85 * x @ A + 0.15 / n
        self.x = x

    def ranking(self, query):
        asked = Counter(word for word in terms(query) if word in self.column)
        if not asked:
            return []
        q = np.zeros(len(self.column))
        for word, count in asked.items():
            q[self.column[word]] = count * self.idf[self.column[word]]
        total = np.zeros(len(self.names))
        for scores, weight in ((self.table @ q, 1), (self.rows @ (q @ self.axes), 1.4)):
            scores = np.round(scores, 7)
            order = sorted(np.flatnonzero(scores > 0), key=lambda i: (-scores[i], -self.x[i]))
            for rank, i in enumerate(order, 1):
                total[i] += weight / (60 + rank)
        if len(asked) == 1:  # a single word must be found where it stands
            total += 1.0 * ((self.table @ q) > 1e-9) * (np.count_nonzero(self.table @ q > 1e-9) == 1)
        return [self.names[i] for i in sorted(np.flatnonzero(total), key=lambda i: (-total[i], -self.x[i]))]

    def results(self, query, k=10):
        found = []
        for name in self.ranking(query)[:k]:
            title, _, body = self.texts[name].partition("\n\n")
            sentences = re.split(r"(?<=[.!?])\s+", body.strip())
            shares = [len({t for t in terms(s)} & set(terms(query))) for s in sentences]
            pieces = re.findall(r"[^\W_]+|[\W_]+", sentences[int(np.argmax(shares))])
            found.append({"name": name, "title": title, "snippet": [(p, p.lower() in terms(query)) for p in pieces]})
        return found

    def page(self, query, k=10):
        show = lambda pieces: "".join(html.escape(p).join(("<mark>", "</mark>") if on else ("", "")) for p, on in pieces)
        items = [f"<li>\n<h2>{html.escape(r['title'])}</h2>\n<p>{show(r['snippet'])}</p>\n</li>" for r in self.results(query, k)]
        return f"<!doctype html>\n<html lang='en'><body><h1>You asked: {html.escape(query)}</h1><ol>{''.join(items)}</ol></body></html>"

# %% [markdown] wrong="e5" why="words alone" edit=true
r'''
### REPLACE
        for scores in (by_words, by_meaning):
### WITH
        for scores in (by_words,):
### END
'''

# %% [markdown] wrong="e5" why="meaning alone" edit=true
r'''
### REPLACE
        for scores in (by_words, by_meaning):
### WITH
        for scores in (by_meaning,):
### END
'''

# %% [markdown] wrong="e5" why="PageRank as a third list of equal right" edit=true
r'''
### REPLACE
        for scores in (by_words, by_meaning):
### WITH
        for scores in (by_words, by_meaning, self.prior * asked.nnz):
### END
'''

# %% [markdown] wrong="e5" why="the scores of words multiplied by PageRank, which floods the page with the same famous documents" edit=true
r'''
### REPLACE
        for scores in (by_words, by_meaning):
### WITH
        for scores in (by_words * self.prior, by_meaning * self.prior):
### END
'''

# %% [markdown] wrong="e5" why="adds ten times the rank to the fused score" edit=true
r'''
### REPLACE
        fused *= 1 + 0.05 * self.prior
### WITH
        fused += (fused > 0) * self.prior / 2
### END
'''

# %% [markdown] wrong="e5" why="no link prior at all" edit=true
r'''
### REPLACE
            order = np.lexsort((-self.prior, -np.round(scores, 9)))
### WITH
            order = np.argsort(-np.round(scores, 9), kind="stable")
### END
### REPLACE
        fused *= 1 + 0.05 * self.prior
### WITH
### END
'''

# %% [markdown] wrong="e5" why="counts links instead of ranking their pages" edit=true
r'''
### REPLACE
        ranks = nx.pagerank(graph, tol=1e-10, max_iter=1000)
### WITH
        ranks = {name: 1 + graph.in_degree(name) for name in self.names}
### END
'''

# %% [markdown] wrong="e5" why="fills up with documents that nothing has found" edit=true
r'''
### REPLACE
        best = np.argsort(-fused, kind="stable")[: np.count_nonzero(fused)]
### WITH
        best = np.argsort(-fused, kind="stable")
### END
'''

# %% [markdown] wrong="e5" why="always the first sentence" edit=true
r'''
### REPLACE
        sentence = max(re.split(r"(?<=[.!?])\s+", body.strip()), key=lambda s: len(asked.intersection(terms(s))))
### WITH
        sentence = re.split(r"(?<=[.!?])\s+", body.strip())[0]
### END
'''

# %% [markdown] wrong="e5" why="counts occurrences, not different words" edit=true
r'''
### REPLACE
        sentence = max(re.split(r"(?<=[.!?])\s+", body.strip()), key=lambda s: len(asked.intersection(terms(s))))
### WITH
        sentence = max(re.split(r"(?<=[.!?])\s+", body.strip()), key=lambda s: sum(t in asked for t in terms(s)))
### END
'''

# %% [markdown] wrong="e5" why="cuts sentences at every full stop" edit=true
r'''
### REPLACE
        sentence = max(re.split(r"(?<=[.!?])\s+", body.strip()), key=lambda s: len(asked.intersection(terms(s))))
### WITH
        sentence = max(re.findall(r"[^.!?]+[.!?]", body), key=lambda s: len(asked.intersection(terms(s)))).strip()
### END
'''

# %% [markdown] wrong="e5" why="marks only words in lower case" edit=true
r'''
### REPLACE
        return {"name": name, "title": title, "snippet": [(piece, piece.lower() in asked) for piece in pieces]}
### WITH
        return {"name": name, "title": title, "snippet": [(piece, piece in asked) for piece in pieces]}
### END
'''

# %% [markdown] wrong="e5" why="marks words that merely begin with a word of the query" edit=true
r'''
### REPLACE
        return {"name": name, "title": title, "snippet": [(piece, piece.lower() in asked) for piece in pieces]}
### WITH
        marks = [any(piece.lower().startswith(t) for t in asked) for piece in pieces]
        return {"name": name, "title": title, "snippet": list(zip(pieces, marks, strict=True))}
### END
'''

# %% [markdown] wrong="e5" why="escapes no titles" edit=true
r'''
### REPLACE
            items.append(f"<li><h2>{html.escape(result['title'])}</h2><p>{snippet}</p></li>")
### WITH
            items.append(f"<li><h2>{result['title']}</h2><p>{snippet}</p></li>")
### END
'''

# %% [markdown] wrong="e5" why="escapes no queries" edit=true
r'''
### REPLACE
        asked = html.escape(query)
### WITH
        asked = query
### END
'''

# %% [markdown] wrong="e5" why="escapes twice" edit=true
r'''
### REPLACE
            pieces = [(html.escape(piece), marked) for piece, marked in result["snippet"]]
### WITH
            pieces = [(html.escape(html.escape(piece)), marked) for piece, marked in result["snippet"]]
### END
'''

# %% [markdown] wrong="e5" why="marks in escaped text, and finds amp in it" edit=true
r'''
### REPLACE
            snippet = "".join(f"<mark>{piece}</mark>" if marked else piece for piece, marked in pieces)
### WITH
            text = "".join(piece for piece, _ in pieces)
            known = set(terms(query))
            snippet = re.sub(r"[^\W_]+", lambda m: f"<mark>{m[0]}</mark>" if m[0].lower() in known else m[0], text)
### END
'''

# %% [markdown] wrong="e5" why="the page shows ten results, whatever k is" edit=true
r'''
### REPLACE
        for result in self.results(query, k):
### WITH
        for result in self.results(query):
### END
'''

# %% [markdown] wrong="e5" why="the page sorts the results by their titles" edit=true
r'''
### REPLACE
        for result in self.results(query, k):
### WITH
        for result in sorted(self.results(query, k), key=lambda result: result["title"]):
### END
'''

# %% [markdown] wrong="e5" why="the page forgets the marks" edit=true
r'''
### REPLACE
            snippet = "".join(f"<mark>{piece}</mark>" if marked else piece for piece, marked in pieces)
### WITH
            snippet = "".join(piece for piece, _ in pieces)
### END
'''

# %% [markdown] wrong="e5" why="PageRank of the links turned round" edit=true
r'''
### REPLACE
        graph.add_edges_from(links)
### WITH
        graph.add_edges_from((target, source) for source, target in links)
### END
'''

# %% [markdown] wrong="e5" why="marks inside words" edit=true
r'''
### REPLACE
        pieces = [piece for piece in re.split(r"([^\W_]+)", sentence) if piece]
### WITH
        anywhere = "|".join(sorted(map(re.escape, asked))) or r"[^\W_]+"
        pieces = [piece for piece in re.split(f"({anywhere})", sentence, flags=re.IGNORECASE) if piece]
### END
'''

# %% [markdown] wrong="e5" why="takes the title for the beginning of the first sentence" edit=true
r'''
### REPLACE
        title, body = self.texts[name].split("\n\n", 1)
### WITH
        title, body = self.texts[name].split("\n\n", 1)[0], self.texts[name]
### END
'''

# %% [markdown] wrong="e5" why="escapes no bodies" edit=true
r'''
### REPLACE
            pieces = [(html.escape(piece), marked) for piece, marked in result["snippet"]]
### WITH
            pieces = result["snippet"]
### END
'''

# %% [markdown] wrong="e5" why="results in the order of their names" edit=true
r'''
### REPLACE
        return [self._result(name, set(terms(query))) for name in self.ranking(query)[:k]]
### WITH
        return [self._result(name, set(terms(query))) for name in sorted(self.ranking(query)[:k])]
### END
'''

# %% [markdown] wrong="e5" why="every title is a headline of the first order" edit=true
r'''
### REPLACE
            items.append(f"<li><h2>{html.escape(result['title'])}</h2><p>{snippet}</p></li>")
### WITH
            items.append(f"<li><h1><h2>{html.escape(result['title'])}</h2></h1><p>{snippet}</p></li>")
### END
'''

# %% [markdown] wrong="e5" why="takes its looks from another site" edit=true
r'''
### REPLACE
            f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Search: {asked}</title>'
### WITH
            f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Search: {asked}</title>'
            '<link rel="stylesheet" href="https://example.org/look.css"></link>'
### END
'''

# %% equivalent="e2" mutants=["edff7ee6"] why="the dot product of two vectors is the same both ways round"

# %% [markdown] wrong="e5" why="breaks ties by name, and trusts a factor of a few per cent to put the better-linked one first" edit=true
r'''
### REPLACE
            order = np.lexsort((-self.prior, -np.round(scores, 9)))
### WITH
            order = np.argsort(-np.round(scores, 9), kind="stable")
### END
'''

# %% equivalent="e5" mutants=["04b2cf46"] why="for scikit-learn's sparse matrices * is the matrix product, as @ is"

# %% equivalent="e5" mutants=["25ad1bdd"] why="the table of counts is symmetric: sums of rows are sums of columns"
