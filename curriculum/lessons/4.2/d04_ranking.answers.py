# %% right="e1" why="a heap with the worst at its root; the class reverses the order"
def top_k(documents, k, before):
    class Worst:
        def __init__(self, document):
            self.document = document

        def __lt__(self, other):
            return before(other.document, self.document)

    heap = []
    for document in documents:
        if len(heap) < k:
            heapq.heappush(heap, Worst(document))
        elif k and before(document, heap[0].document):
            heapq.heapreplace(heap, Worst(document))
    return [heapq.heappop(heap).document for _ in range(len(heap))][::-1]

# %% right="e1" why="in blocks of 2k: sort what has come together, keep the first k"
def top_k(documents, k, before):
    kept = []
    for start in range(0, len(documents), max(1, k)):
        kept += documents[start : start + max(1, k)]
        kept.sort(key=cmp_to_key(lambda a, b: -1 if before(a, b) else 1))
        del kept[k:]
    return kept

# %% right="e1" why="halving written out, without the library"
def top_k(documents, k, before):
    best = []
    for newcomer in documents:
        low, high = 0, len(best)
        if high and high == k and not before(newcomer, best[-1]):
            continue
        while low < high:
            middle = (low + high) // 2
            if before(newcomer, best[middle]):
                high = middle
            else:
                low = middle + 1
        best = (best[:low] + [newcomer] + best[low:])[:k]
    return best

# %% right="e1" why="a heap of all documents, which is built in linear time, and the first k off its top"
def top_k(documents, k, before):
    class Ranked:
        def __init__(self, document):
            self.document = document

        def __lt__(self, other):
            return before(self.document, other.document)

    heap = [Ranked(document) for document in documents]
    heapq.heapify(heap)
    return [heapq.heappop(heap).document for _ in range(min(k, len(heap)))]

# %% wrong="e1" why="sorts everything to keep a few"
def top_k(documents, k, before):
    return sorted(documents, key=cmp_to_key(lambda a, b: -1 if before(a, b) else 1))[:k]

# %% wrong="e1" why="walks through the kept ones from the worst end, one by one"
def top_k(documents, k, before):
    best = []
    for document in documents:
        place = len(best)
        while place > 0 and before(document, best[place - 1]):
            place -= 1
        best.insert(place, document)
        del best[k:]
    return best

# %% wrong="e1" why="looks at the last of the kept ones first, but then for the place from the best end, one by one"
def top_k(documents, k, before):
    best = []
    for document in documents:
        if len(best) < k or (best and before(document, best[-1])):
            place = 0
            while place < len(best) and before(best[place], document):
                place += 1
            best.insert(place, document)
            del best[k:]
    return best

# %% [markdown] wrong="e1" why="compares newcomers with the best instead of with the worst of the best" edit=true
r'''
### REPLACE
        if len(best) < k or (best and before(document, best[-1])):
### WITH
        if len(best) < k or (best and before(document, best[0])):
### END
'''

# %% [markdown] wrong="e1" why="forgets that k may be 0: nothing is kept to compare with" edit=true
r'''
### REPLACE
        if len(best) < k or (best and before(document, best[-1])):
### WITH
        if len(best) < k or before(document, best[-1]):
### END
'''

# %% [markdown] wrong="e1" why="hands back the worst of the best first" edit=true
r'''
### REPLACE
    return best
### WITH
    return best[::-1]
### END
'''

# %% [markdown] wrong="e1" why="takes fewer documents than k for an error" edit=true
r'''
### REPLACE
    best = []
### WITH
    if len(documents) < k:
        raise ValueError("not so many documents")
    best = []
### END
'''

# %% equivalent="e1" mutants=["54f0311e", "fce256be", "7b56392f"] why="of a comparison only the sign counts; who loses against k kept ones goes in last and out again"

# %% right="e2" why="NumPy, a table of counts"
def bm25(docs, query, k1=1.2, b=0.75):
    sizes = np.array([len(words) for words in docs.values()], dtype=float)
    norm = k1 * (1 - b + b * sizes / (sizes.mean() or 1))
    total = np.zeros(len(docs))
    for t, times in Counter(query).items():
        tf = np.array([words.count(t) for words in docs.values()], dtype=float)
        df = np.count_nonzero(tf)
        there = tf > 0
        part = np.zeros(len(docs))
        part[there] = tf[there] * (k1 + 1) / (tf[there] + norm[there])
        total += times * np.log((len(docs) + 1) / (df + 0.5)) * part
    return dict(zip(docs, total.tolist(), strict=True))

# %% right="e2" why="over an inverted index, term at a time, the fraction divided through by tf"
def bm25(docs, query, k1=1.2, b=0.75):
    index = {}
    for name, words in docs.items():
        for t, tf in Counter(words).items():
            index.setdefault(t, []).append((name, tf))
    average = sum(map(len, docs.values())) / len(docs)
    scores = {name: 0 for name in docs}
    for t in query:
        hits = index.get(t, [])
        for name, tf in hits:
            slow = (1 - b) + b * len(docs[name]) / average
            weight = math.log1p((len(docs) - len(hits) + 0.5) / (len(hits) + 0.5))
            scores[name] += weight * (k1 + 1) / (1 + k1 * slow / tf)
    return scores

# %% [markdown] wrong="e2" why="idf without the 1: negative for words of more than half of the documents" edit=true
r'''
### REPLACE
        idf = math.log(1 + (len(docs) - df[t] + 0.5) / (df[t] + 0.5))
### WITH
        idf = math.log((len(docs) - df[t] + 0.5) / (df[t] + 0.5))
### END
'''

# %% [markdown] wrong="e2" why="yesterday's idf, to base 10" edit=true
r'''
### REPLACE
        idf = math.log(1 + (len(docs) - df[t] + 0.5) / (df[t] + 0.5))
### WITH
        idf = math.log10(len(docs) / df[t]) if df[t] else 0
### END
'''

# %% [markdown] wrong="e2" why="counts occurrences in the whole collection for document frequency" edit=true
r'''
### REPLACE
    df = Counter(t for count in counts.values() for t in count)
### WITH
    df = Counter(t for words in docs.values() for t in words)
### END
### REPLACE
        idf = math.log(1 + (len(docs) - df[t] + 0.5) / (df[t] + 0.5))
### WITH
        idf = math.log(1 + abs(len(docs) - df[t] + 0.5) / (df[t] + 0.5))
### END
'''

# %% [markdown] wrong="e2" why="the length in characters" edit=true
r'''
### REPLACE
    mean = sum(len(words) for words in docs.values()) / len(docs)
### WITH
    mean = sum(len("".join(words)) for words in docs.values()) / len(docs)
### END
### REPLACE
                scores[name] += idf * tf * (k1 + 1) / (tf + k1 * (1 - b + b * len(words) / mean))
### WITH
                scores[name] += idf * tf * (k1 + 1) / (tf + k1 * (1 - b + b * len("".join(words)) / mean))
### END
'''

# %% [markdown] wrong="e2" why="leaves empty documents out of the mean length" edit=true
r'''
### REPLACE
    mean = sum(len(words) for words in docs.values()) / len(docs)
### WITH
    mean = sum(len(words) for words in docs.values()) / max(1, sum(1 for words in docs.values() if words))
### END
'''

# %% [markdown] wrong="e2" why="leaves empty documents out of the number of documents" edit=true
r'''
### REPLACE
        idf = math.log(1 + (len(docs) - df[t] + 0.5) / (df[t] + 0.5))
### WITH
        idf = math.log(1 + (sum(map(bool, docs.values())) - df[t] + 0.5) / (df[t] + 0.5))
### END
'''

# %% [markdown] wrong="e2" why="rounds the mean length down" edit=true
r'''
### REPLACE
    mean = sum(len(words) for words in docs.values()) / len(docs)
### WITH
    mean = sum(len(words) for words in docs.values()) // len(docs) or 1
### END
'''

# %% [markdown] wrong="e2" why="b and 1 - b exchanged" edit=true
r'''
### REPLACE
                scores[name] += idf * tf * (k1 + 1) / (tf + k1 * (1 - b + b * len(words) / mean))
### WITH
                scores[name] += idf * tf * (k1 + 1) / (tf + k1 * (b + (1 - b) * len(words) / mean))
### END
'''

# %% [markdown] wrong="e2" why="k1 also scales the count in the denominator: the ceiling is gone" edit=true
r'''
### REPLACE
                scores[name] += idf * tf * (k1 + 1) / (tf + k1 * (1 - b + b * len(words) / mean))
### WITH
                scores[name] += idf * tf * (k1 + 1) / (1 + k1 * (1 - b + b * len(words) / mean))
### END
'''

# %% [markdown] wrong="e2" why="the factor k1 + 1 is missing, as in Lucene" edit=true
r'''
### REPLACE
                scores[name] += idf * tf * (k1 + 1) / (tf + k1 * (1 - b + b * len(words) / mean))
### WITH
                scores[name] += idf * tf / (tf + k1 * (1 - b + b * len(words) / mean))
### END
'''

# %% [markdown] wrong="e2" why="a word asked twice counts once" edit=true
r'''
### REPLACE
    for t in query:
### WITH
    for t in set(query):
### END
'''

# %% [markdown] wrong="e2" why="fails for absent words when k1 = 0" edit=true
r'''
### REPLACE
            if tf > 0:
### WITH
            if mean:
### END
'''

# %% right="e3" why="NumPy: split the sorted names, membership by position"
def share_by_length(lengths, chosen, bins):
    groups = np.array_split(sorted(sorted(lengths), key=lengths.get), bins)
    return [sum(chosen.count(name) for name in group.tolist()) / len(chosen) for group in groups]


def pivoted(vectors, slope, pivot=None):
    if slope < 0 or slope > 1:
        raise ValueError("slope")
    norm = {name: float(np.linalg.norm(list(vector.values()))) for name, vector in vectors.items()}
    pivot = float(np.mean(list(norm.values()))) if pivot is None else pivot
    return {name: {t: w / (pivot + slope * (norm[name] - pivot)) for t, w in vector.items()} for name, vector in vectors.items()}

# %% right="e3" why="counts in place, roots by hand"
def share_by_length(lengths, chosen, bins):
    ranked = sorted((length, name) for name, length in lengths.items())
    each = len(ranked) // bins
    shares = [0.0] * bins
    for i in range(bins):
        members = {name for _, name in ranked[i * each : (i + 1) * each]}
        for name in chosen:
            if name in members:
                shares[i] += 1 / len(chosen)
    return shares


def pivoted(vectors, slope, pivot=None):
    if not (slope >= 0 and slope <= 1):
        raise ValueError("a slope outside its range")
    size = lambda vector: sum(w * w for w in vector.values()) ** 0.5
    if pivot is None:
        pivot = sum(map(size, vectors.values())) / len(vectors)
    turned = {}
    for name, vector in vectors.items():
        by = slope * size(vector) + (1 - slope) * pivot
        turned[name] = dict((t, w / by) for t, w in vector.items())
    return turned

# %% [markdown] wrong="e3" why="a document that is chosen twice counts once" edit=true
r'''
### REPLACE
    found = Counter(bin_of[name] for name in chosen)
    return [found[i] / len(chosen) for i in range(bins)]
### WITH
    found = Counter(bin_of[name] for name in set(chosen))
    return [found[i] / len(set(chosen)) for i in range(bins)]
### END
'''

# %% [markdown] wrong="e3" why="bins of equal width in length instead of equal numbers of documents" edit=true
r'''
### REPLACE
    bin_of = {name: place * bins // len(order) for place, name in enumerate(order)}
### WITH
    low, high = lengths[order[0]], lengths[order[-1]]
    bin_of = {name: place * bins // len(order) for place, name in enumerate(order)}
    if high > low:
        bin_of = {name: min(bins - 1, int((lengths[name] - low) / (high - low) * bins)) for name in order}
### END
'''

# %% [markdown] wrong="e3" why="documents of equal length stay in the order of the dict" edit=true
r'''
### REPLACE
    order = sorted(lengths, key=lambda name: (lengths[name], name))
### WITH
    order = sorted(lengths, key=lambda name: lengths[name])
### END
'''

# %% [markdown] wrong="e3" why="the share of a bin's documents that were chosen, instead of the share of the chosen" edit=true
r'''
### REPLACE
    return [found[i] / len(chosen) for i in range(bins)]
### WITH
    return [found[i] * bins / len(order) for i in range(bins)]
### END
'''

# %% [markdown] wrong="e3" why="slope and 1 - slope exchanged" edit=true
r'''
### REPLACE
        divisor = (1 - slope) * pivot + slope * sizes[name]
### WITH
        divisor = slope * pivot + (1 - slope) * sizes[name]
### END
'''

# %% [markdown] wrong="e3" why="the pivot in words instead of in lengths of vectors" edit=true
r'''
### REPLACE
        pivot = sum(sizes.values()) / len(sizes)
### WITH
        pivot = sum(len(vector) for vector in vectors.values()) / len(sizes)
### END
'''

# %% [markdown] wrong="e3" why="leaves empty documents out of the mean" edit=true
r'''
### REPLACE
        pivot = sum(sizes.values()) / len(sizes)
### WITH
        pivot = sum(sizes.values()) / max(1, sum(1 for size in sizes.values() if size))
### END
'''

# %% [markdown] wrong="e3" why="divides by the sum of the weights instead of the Euclidean length" edit=true
r'''
### REPLACE
    sizes = {name: math.hypot(*vector.values()) for name, vector in vectors.items()}
### WITH
    sizes = {name: sum(vector.values()) for name, vector in vectors.items()}
### END
'''

# %% [markdown] wrong="e3" why="divides in place, in the vectors that were handed in" edit=true
r'''
### REPLACE
        result[name] = {t: weight / divisor for t, weight in vector.items()}
### WITH
        for t in vector:
            vector[t] /= divisor
        result[name] = vector
### END
'''

# %% [markdown] wrong="e3" why="takes any slope" edit=true
r'''
### REPLACE
    if not 0 <= slope <= 1:
        raise ValueError(f"a slope lies between 0 and 1, not {slope}")
### WITH
### END
'''

# %% right="e4" why="cursors in a list, the smallest document first"
def search(lists, k):
    cursors = [p(0) for p in lists]
    results = []
    while any(c is not None for c in cursors):
        document = min(c[0] for c in cursors if c is not None)
        score = 0
        for i, p in enumerate(lists):
            if cursors[i] is not None and cursors[i][0] == document:
                score += cursors[i][1]
                cursors[i] = p(document + 1)
        results.append((-score, document))
    return [(document, -negative) for negative, document in sorted(results)[:k]]

# %% right="e4" why="a heap of cursors, and a heap of the best k"
def search(lists, k):
    queue = []
    for i, p in enumerate(lists):
        posting = p(0)
        if posting:
            queue.append((posting[0], i, posting[1]))
    heapq.heapify(queue)
    best = []
    while queue:
        document, score = queue[0][0], 0
        due = []
        while queue and queue[0][0] == document:
            _, i, impact = heapq.heappop(queue)
            score += impact
            due.append(i)
        for i in due:
            posting = lists[i](document + 1)
            if posting:
                heapq.heappush(queue, (posting[0], i, posting[1]))
        heapq.heappush(best, (score, -document))
        if len(best) > k:
            heapq.heappop(best)
    return [(-minus, score) for score, minus in sorted(best, reverse=True)]

# %% wrong="e4" why="term at a time: right scores, but several passes"
def search(lists, k):
    scores = Counter()
    for p in lists:
        posting = p(0)
        while posting is not None:
            scores[posting[0]] += posting[1]
            posting = p(posting[0] + 1)
    return sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))[:k]

# %% wrong="e4" why="asks every list again for every document"
def search(lists, k):
    results, document = [], 0
    while True:
        here = [posting for posting in (p(document) for p in lists) if posting]
        if not here:
            break
        document = min(d for d, _ in here)
        results.append((document, sum(impact for d, impact in here if d == document)))
        document += 1
    return sorted(results, key=lambda pair: (-pair[1], pair[0]))[:k]

# %% wrong="e4" why="ends with the first list that ends, as an intersection would"
def search(lists, k):
    heads, results = [p(0) for p in lists], []
    while heads and all(heads):
        document = min(d for d, _ in heads)
        results.append((document, sum(impact for d, impact in heads if d == document)))
        heads = [p(d + 1) if d == document else (d, impact) for p, (d, impact) in zip(lists, heads)]
    return sorted(results, key=lambda pair: (-pair[1], pair[0]))[:k]

# %% [markdown] wrong="e4" why="takes document 0 for no document" edit=true
r'''
### REPLACE
        posting = p(0)
### WITH
        posting = p(1)
### END
'''

# %% [markdown] wrong="e4" why="keeps a document's greatest impact instead of the sum" edit=true
r'''
### REPLACE
    scored = ((d, sum(impact for _, impact in group)) for d, group in groupby(in_order, key=lambda posting: posting[0]))
### WITH
    scored = ((d, max(impact for _, impact in group)) for d, group in groupby(in_order, key=lambda posting: posting[0]))
### END
'''

# %% [markdown] wrong="e4" why="of equal scores the greater document" edit=true
r'''
### REPLACE
    return heapq.nsmallest(k, scored, key=lambda pair: (-pair[1], pair[0]))
### WITH
    return heapq.nlargest(k, scored, key=lambda pair: (pair[1], pair[0]))
### END
'''

# %% [markdown] wrong="e4" why="the first k documents found, then sorted" edit=true
r'''
### REPLACE
    return heapq.nsmallest(k, scored, key=lambda pair: (-pair[1], pair[0]))
### WITH
    return sorted(islice(scored, k), key=lambda pair: (-pair[1], pair[0]))
### END
'''

# %% [markdown] wrong="e4" why="only documents on all the lists" edit=true
r'''
### REPLACE
    scored = ((d, sum(impact for _, impact in group)) for d, group in groupby(in_order, key=lambda posting: posting[0]))
### WITH
    together = ((d, [impact for _, impact in group]) for d, group in groupby(in_order, key=lambda posting: posting[0]))
    scored = ((d, sum(impacts)) for d, impacts in together if len(impacts) == len(lists))
### END
'''

# %% equivalent="e4" mutants=["0549b6fd"] why="nsmallest keeps the order of equals, and documents come in ascending order"

# %% right="e5" why="the best in a sorted list, optional lists by bisection over the summed bounds"
def maxscore(lists, bounds, k):
    ranked = sorted(zip(bounds, range(len(lists))))
    functions = [lists[i] for _, i in ranked]
    sums = list(accumulate(bound for bound, _ in ranked))
    current = {i: p(0) for i, p in enumerate(functions)}
    best, theta = [], 0
    while True:
        free = sum(1 for total in sums if total <= theta)
        current = {i: posting for i, posting in current.items() if i >= free and posting is not None}
        if not current:
            return [(document, -negative) for negative, document in best]
        document = min(posting[0] for posting in current.values())
        due = [i for i, posting in current.items() if posting[0] == document]
        score = sum(current[i][1] for i in due)
        place = free - 1
        while place >= 0 and score + sums[place] > theta:
            posting = functions[place](document)
            if posting is not None and posting[0] == document:
                score += posting[1]
            place -= 1
        if score > theta:
            insort(best, (-score, document))
            del best[k:]
            if len(best) == k:
                theta = -best[-1][0]
        for i in due:
            current[i] = functions[i](document + 1)

# %% right="e5" why="a cursor class; essential lists in a heap, which are left behind when they become optional"
def maxscore(lists, bounds, k):
    class Row:
        def __init__(self, ask, bound):
            self.ask, self.bound, self.below = ask, bound, 0
            self.posting = ask(0)

        def impact(self, document):
            posting = self.ask(document)
            return posting[1] if posting and posting[0] == document else 0

    rows = [Row(ask, bound) for ask, bound in zip(lists, bounds)]
    rows.sort(key=lambda row: row.bound)
    for before, row in zip(rows, rows[1:]):
        row.below = before.below + before.bound
    optional, essential = [], rows
    best, theta = [], 0
    while True:
        alive = [row for row in essential if row.posting]
        if not alive:
            break
        document = min(row.posting[0] for row in alive)
        score = 0
        for row in alive:
            if row.posting[0] == document:
                score += row.posting[1]
                row.posting = row.ask(document + 1)
        for row in reversed(optional):
            if score + row.below + row.bound <= theta:
                break
            score += row.impact(document)
        best = heapq.nlargest(k, [*best, (score, -document)])
        if len(best) == k and best[-1][0] > theta:
            theta = best[-1][0]
            while essential and essential[0].below + essential[0].bound <= theta:
                optional, essential = [*optional, essential[0]], essential[1:]
    return [(-minus, score) for score, minus in best]

# %% wrong="e5" why="no pruning at all"
def maxscore(lists, bounds, k):
    heads = [p(0) for p in lists]
    best = []
    while any(heads):
        document = min(head[0] for head in heads if head)
        score = 0
        for i, p in enumerate(lists):
            if heads[i] and heads[i][0] == document:
                score += heads[i][1]
                heads[i] = p(document + 1)
        best.append((-score, document))
    return [(document, -negative) for negative, document in sorted(best)[:k]]

# %% [markdown] wrong="e5" why="judges each list by its own bound, as if the bounds did not add up" edit=true
r'''
### REPLACE
            while first < len(lists) and reach[first + 1] <= theta:
### WITH
            while first < len(lists) and sorted(bounds)[first] <= theta:
### END
'''

# %% [markdown] wrong="e5" why="never asks the optional lists" edit=true
r'''
### REPLACE
            if score + reach[i + 1] <= theta:
                break
### WITH
            break
### END
'''

# %% [markdown] wrong="e5" why="the threshold of the last document that came in, instead of the k-th best" edit=true
r'''
### REPLACE
                theta = best[0][0]
### WITH
                theta = score
### END
'''

# %% [markdown] wrong="e5" why="raises the threshold before k documents are found" edit=true
r'''
### REPLACE
            if len(best) == k:
                theta = best[0][0]
### WITH
            theta = best[0][0]
### END
'''

# %% [markdown] wrong="e5" why="asks all the optional lists about every candidate" edit=true
r'''
### REPLACE
            if score + reach[i + 1] <= theta:
                break
### WITH
### END
'''

# %% [markdown] wrong="e5" why="only asks the next list as long as its own bound can lift the document, not all that are left" edit=true
r'''
### REPLACE
            if score + reach[i + 1] <= theta:
### WITH
            if score + reach[i + 1] - reach[i] <= theta:
### END
'''

# %% [markdown] wrong="e5" why="asks the optional lists by ascending bound, so that it takes longer to settle a document" edit=true
r'''
### REPLACE
        for i in reversed(range(first)):
            if score + reach[i + 1] <= theta:
### WITH
        for i in range(first):
            if score + reach[first] - reach[i] <= theta:
### END
'''

# %% [markdown] wrong="e5" why="asks for a document that can only tie with the threshold" edit=true
r'''
### REPLACE
            if score + reach[i + 1] <= theta:
### WITH
            if score + reach[i + 1] < theta:
### END
'''

# %% [markdown] wrong="e5" why="of equal scores the greater document, at the end" edit=true
r'''
### REPLACE
            heapq.heappush(best, (score, -document))
### WITH
            heapq.heappush(best, (score, document))
### END
### REPLACE
    return [(-negative, score) for score, negative in sorted(best, reverse=True)]
### WITH
    return [(document, score) for score, document in sorted(best, reverse=True)]
### END
'''

# %% [markdown] wrong="e5" why="takes the lists by ascending bound, but the bounds as they were handed in" edit=true
r'''
### REPLACE
    reach = [0, *accumulate(sorted(bounds))]  # reach[i]: the most that the lists before i can add together
### WITH
    reach = [0, *accumulate(bounds)]
### END
'''

# %% [markdown] wrong="e5" why="a document that ties with the threshold pushes an earlier one out" edit=true
r'''
### REPLACE
        if score > theta:
            heapq.heappush(best, (score, -document))
            if len(best) > k:
                heapq.heappop(best)
### WITH
        if score >= theta:
            heapq.heappush(best, (score, -document))
            if len(best) > k:
                best.remove(min(best, key=lambda pair: (pair[0], -pair[1])))
                heapq.heapify(best)
### END
'''

# %% equivalent="e5" mutants=["24fa18f6"] why="a document that only ties is the least of the heap, by its number, and leaves it at once"
