# %% right="e1" why="NumPy, with a vector of discounts"
def dcg(grades, k, exponential=True):
    head = np.array(grades[:k], dtype=float)
    gains = np.exp2(head) - 1 if exponential else head
    return float(np.sum(gains / np.log2(np.arange(len(head)) + 2)))


def ndcg(ranking, judgements, k, exponential=True):
    ideal = dcg(sorted(judgements.values())[::-1], k, exponential)
    if ideal == 0:
        return 0.0
    return dcg([judgements[d] if d in judgements else 0 for d in ranking], k, exponential) / ideal

# %% right="e1" why="loops; the ideal as a ranking of the judged documents, by the same function"
def dcg(grades, k, exponential=True):
    total = 0.0
    for place in range(min(k, len(grades))):
        worth = (1 << grades[place]) - 1 if exponential else grades[place]
        total += worth * math.log(2) / math.log(place + 2)
    return total


def ndcg(ranking, judgements, k, exponential=True):
    def value(documents):
        return dcg([judgements.get(document, 0) for document in documents], k, exponential)

    ideal = sorted(judgements, key=judgements.get, reverse=True)
    try:
        return value(ranking) / value(ideal)
    except ZeroDivisionError:
        return 0.0

# %% [markdown] wrong="e1" why="the ideal ranking of what was retrieved only" edit=true
r'''
### REPLACE
    best = dcg(sorted(judgements.values(), reverse=True), k, exponential)
### WITH
    best = dcg(sorted(grades, reverse=True), k, exponential)
### END
'''

# %% [markdown] wrong="e1" why="the ideal is not cut at k" edit=true
r'''
### REPLACE
    best = dcg(sorted(judgements.values(), reverse=True), k, exponential)
### WITH
    best = dcg(sorted(judgements.values(), reverse=True), len(judgements), exponential)
### END
'''

# %% [markdown] wrong="e1" why="natural logarithm: nDCG does not notice, DCG does" edit=true
r'''
### REPLACE
    return sum(gain / math.log2(1 + rank) for rank, gain in enumerate(gains, 1))
### WITH
    return sum(gain / math.log(1 + rank) for rank, gain in enumerate(gains, 1))
### END
'''

# %% [markdown] wrong="e1" why="the discount of 2002, log2 of the rank, with rank 1 left as it is" edit=true
r'''
### REPLACE
    return sum(gain / math.log2(1 + rank) for rank, gain in enumerate(gains, 1))
### WITH
    return sum(gain / max(1, math.log2(rank)) for rank, gain in enumerate(gains, 1))
### END
'''

# %% [markdown] wrong="e1" why="log2 of the rank: rank 1 divides by 0" edit=true
r'''
### REPLACE
    return sum(gain / math.log2(1 + rank) for rank, gain in enumerate(gains, 1))
### WITH
    return sum(gain / math.log2(rank) for rank, gain in enumerate(gains, 1))
### END
'''

# %% [markdown] wrong="e1" why="the gain 2^g, so that documents of grade 0 gain something" edit=true
r'''
### REPLACE
    gains = [2**grade - 1 if exponential else grade for grade in grades[:k]]
### WITH
    gains = [2**grade if exponential else grade for grade in grades[:k]]
### END
'''

# %% [markdown] wrong="e1" why="forgets that there may be nothing to gain" edit=true
r'''
### REPLACE
    return dcg(grades, k, exponential) / best if best else 0.0
### WITH
    return dcg(grades, k, exponential) / best
### END
'''

# %% [markdown] wrong="e1" why="calls it perfect when there is nothing to gain" edit=true
r'''
### REPLACE
    return dcg(grades, k, exponential) / best if best else 0.0
### WITH
    return dcg(grades, k, exponential) / best if best else 1.0
### END
'''

# %% right="e2" why="NumPy margins; the pooled form as Cohen's of the table plus its mirror image"
def kappa(table, pooled=False):
    counts = np.array(table, dtype=float)
    if pooled:
        counts = counts + counts.T
    shares = counts / counts.sum()
    chance = float(shares.sum(axis=1) @ shares.sum(axis=0))
    if np.count_nonzero(counts) == 1 and np.trace(counts) > 0:
        raise ValueError("kappa is undefined")
    return float((np.trace(shares) - chance) / (1 - chance))

# %% right="e2" why="exact, in whole numbers until the last division"
def kappa(table, pooled=False):
    grades = range(len(table))
    rows = [sum(table[i]) for i in grades]
    columns = [sum(table[i][j] for i in grades) for j in grades]
    n, same = sum(rows), sum(table[i][i] for i in grades)
    if max(rows) == n and rows == columns:
        raise ValueError("only one grade was given")
    if pooled:  # all times (2n)^2
        chance = sum((rows[i] + columns[i]) ** 2 for i in grades)
        return (4 * n * same - chance) / (4 * n * n - chance)
    chance = sum(rows[i] * columns[i] for i in grades)  # all times n^2
    return (n * same - chance) / (n * n - chance)

# %% [markdown] wrong="e2" why="always the pooled form (a formula from the book for scikit-learn's)" edit=true
r'''
### REPLACE
    if pooled:
### WITH
    if pooled is not None:
### END
'''

# %% [markdown] wrong="e2" why="always Cohen's form, the flag is ignored" edit=true
r'''
### REPLACE
    if pooled:
### WITH
    if pooled is None:
### END
'''

# %% [markdown] wrong="e2" why="pooled by the mean of the squares for the square of the mean" edit=true
r'''
### REPLACE
        chance = sum(((r + c) / 2) ** 2 for r, c in zip(rows, columns, strict=True))
### WITH
        chance = sum((r**2 + c**2) / 2 for r, c in zip(rows, columns, strict=True))
### END
'''

# %% [markdown] wrong="e2" why="chance taken as 1 over the number of grades" edit=true
r'''
### REPLACE
        chance = sum(r * c for r, c in zip(rows, columns, strict=True))
### WITH
        chance = 1 / len(table)
### END
'''

# %% [markdown] wrong="e2" why="raw agreement" edit=true
r'''
### REPLACE
    return (agreement - chance) / (1 - chance)
### WITH
    return agreement
### END
'''

# %% [markdown] wrong="e2" why="1 for judges who give one grade only" edit=true
r'''
### REPLACE
        raise ValueError("judges who give one grade only have no choice to agree in")
### WITH
        return 1.0
### END
'''

# %% [markdown] wrong="e2" why="0/0 comes out as a ZeroDivisionError" edit=true
r'''
### REPLACE
    if 1 in rows and rows == columns:
        raise ValueError("judges who give one grade only have no choice to agree in")
### WITH
### END
'''

# %% right="e3" why="probabilities of sums, query by query, instead of a list of all choices"
def randomization_test(a, b):
    if len(a) != len(b) or not a:
        raise ValueError("paired scores are needed")
    counts, total = {0: 1}, 0
    for x, y in zip(a, b):
        d, grown = x - y, {}
        total += d
        for value, ways in counts.items():
            for step in (d, -d):
                grown[value + step] = grown.get(value + step, 0) + ways
        counts = grown
    return sum(ways for value, ways in counts.items() if abs(value) >= abs(total)) / 2 ** len(a)

# %% right="e3" why="NumPy over the bits of a counter; queries without a difference are left out, which changes nothing"
def randomization_test(a, b):
    if len(a) != len(b) or len(a) == 0:
        raise ValueError("paired scores are needed")
    d = np.array(a) - np.array(b)
    d = d[d != 0]
    if len(d) == 0:
        return 1.0
    bits = np.arange(2 ** len(d))[:, None] >> np.arange(len(d)) & 1
    return float(np.mean(np.abs((1 - 2 * bits) @ d) >= abs(d.sum())))

# %% right="e3" why="by SciPy, which lists all choices of so few pairs"
def randomization_test(a, b):
    if len(a) != len(b) or len(a) == 0:
        raise ValueError("paired scores are needed")
    d = np.array(a) - np.array(b)
    if len(d) == 1:
        return 1.0

    def size(x, y):
        return abs(np.sum(x - y))

    found = stats.permutation_test(
        (np.array(a), np.array(b)), size, permutation_type="samples", alternative="greater", n_resamples=np.inf, vectorized=False
    )
    return float(found.pvalue)

# %% [markdown] wrong="e3" why="one-sided: only sums as great as the observed one, in its own direction" edit=true
r'''
### REPLACE
    observed = abs(sum(differences))
### WITH
    observed = sum(differences)
### END
### REPLACE
    return sum(abs(s) >= observed for s in sums) / len(sums)
### WITH
    return sum(s >= observed for s in sums) / len(sums)
### END
'''

# %% [markdown] wrong="e3" why="twice the upper tail, whichever side the observed sum is on" edit=true
r'''
### REPLACE
    observed = abs(sum(differences))
### WITH
    observed = sum(differences)
### END
### REPLACE
    return sum(abs(s) >= observed for s in sums) / len(sums)
### WITH
    return 2 * sum(s >= observed for s in sums) / len(sums)
### END
'''

# %% [markdown] wrong="e3" why="counts only sums that are more extreme than the observed one" edit=true
r'''
### REPLACE
    return sum(abs(s) >= observed for s in sums) / len(sums)
### WITH
    return sum(abs(s) > observed for s in sums) / len(sums) if observed else 1.0
### END
'''

# %% [markdown] wrong="e3" why="counts the observed choice once more, as is right for drawn choices" edit=true
r'''
### REPLACE
    return sum(abs(s) >= observed for s in sums) / len(sums)
### WITH
    return (sum(abs(s) >= observed for s in sums) + 1) / (len(sums) + 1)
### END
'''

# %% [markdown] wrong="e3" why="unpaired: all scores in one pot, dealt to two engines" edit=true
r'''
### REPLACE
    choices = itertools.product((1, -1), repeat=len(differences))
    sums = [sum(sign * d for sign, d in zip(signs, differences, strict=True)) for signs in choices]
### WITH
    pot = [*a, *b][:10] if len(a) > 5 else [*a, *b]  # so that it ends
    sums = [2 * sum(hand) - sum(pot) for hand in itertools.combinations(pot, len(pot) // 2)]
### END
'''

# %% [markdown] wrong="e3" why="a sign test: only how many queries are won, not by how much" edit=true
r'''
### REPLACE
    differences = [x - y for x, y in zip(a, b, strict=True)]
### WITH
    differences = [(x > y) - (x < y) for x, y in zip(a, b, strict=True)]
### END
'''

# %% [markdown] wrong="e3" why="the shorter list decides how many queries there are" edit=true
r'''
### REPLACE
    if len(a) != len(b) or len(a) == 0:
### WITH
    if len(a) == 0 or len(b) == 0:
### END
### REPLACE
    differences = [x - y for x, y in zip(a, b, strict=True)]
### WITH
    differences = [x - y for x, y in zip(a, b)]
### END
'''

# %% right="e4" why="plain loops, with the best so far"
def tune(search, measure, settings, train, test):
    for query in train:
        if query in test:
            raise ValueError(f"{query} is in both lists")
    best, most = None, None
    for setting in settings:
        b, k1 = setting
        total = 0
        for query in train:
            total += measure(query, search(b, k1, query))
        if most is None or total > most:
            best, most = setting, total
    report = {}
    for query in test:
        report[query] = measure(query, search(best[0], best[1], query))
    return {"setting": best, "train": most / len(train), "test": report}

# %% right="e4" why="query by query with NumPy; argmax takes the first of equals"
def tune(search, measure, settings, train, test):
    if not set(train).isdisjoint(test):
        raise ValueError("training and test queries overlap")
    table = np.array([[measure(q, search(b, k1, q)) for b, k1 in settings] for q in train])
    place = int(np.argmax(table.sum(axis=0)))
    b, k1 = settings[place]
    rankings = {q: search(b, k1, q) for q in test}
    return {
        "setting": [b, k1],
        "train": float(table[:, place].sum() / len(train)),
        "test": {q: measure(q, ranking) for q, ranking in rankings.items()},
    }

# %% [markdown] wrong="e4" why="tuned on the test queries" edit=true
r'''
### REPLACE
        (b, k1): sum(measure(query, search(b, k1, query)) for query in train) / len(train) for b, k1 in settings
### WITH
        (b, k1): sum(measure(query, search(b, k1, query)) for query in test) / len(test) for b, k1 in settings
### END
'''

# %% [markdown] wrong="e4" why="tuned on all queries, test queries too" edit=true
r'''
### REPLACE
        (b, k1): sum(measure(query, search(b, k1, query)) for query in train) / len(train) for b, k1 in settings
### WITH
        (b, k1): sum(measure(q, search(b, k1, q)) for q in [*train, *test]) / len([*train, *test]) for b, k1 in settings
### END
'''

# %% [markdown] wrong="e4" why="searches the test queries with every setting, to have the numbers at hand" edit=true
r'''
### REPLACE
    best = max(means, key=means.get)  # of equals the first
### WITH
    tested = {(b, k1): [measure(query, search(b, k1, query)) for query in test] for b, k1 in settings}
    best = max(means, key=lambda setting: means[setting] if setting in tested else 0)
### END
'''

# %% [markdown] wrong="e4" why="reports the best that any setting has on each test query" edit=true
r'''
### REPLACE
        "test": {query: measure(query, search(*best, query)) for query in test},
### WITH
        "test": {query: max(measure(query, search(*setting, query)) for setting in settings) for query in test},
### END
'''

# %% [markdown] wrong="e4" why="reports the setting that the loop tried last" edit=true
r'''
### REPLACE
        "test": {query: measure(query, search(*best, query)) for query in test},
### WITH
        "test": {query: measure(query, search(*settings[-1], query)) for query in test},
### END
'''

# %% [markdown] wrong="e4" why="reports the sum over the training queries for the mean" edit=true
r'''
### REPLACE
        "train": means[best],
### WITH
        "train": means[best] * len(train),
### END
'''

# %% [markdown] wrong="e4" why="of equals the last" edit=true
r'''
### REPLACE
    best = max(means, key=means.get)  # of equals the first
### WITH
    best = max(reversed(means), key=means.get)
### END
'''

# %% [markdown] wrong="e4" why="notices only after the choice that a query is in both lists" edit=true
r'''
### REPLACE
    if set(train) & set(test):
        raise ValueError("a query that helped to choose cannot test the choice")
### WITH
### END
### REPLACE
    best = max(means, key=means.get)  # of equals the first
### WITH
    best = max(means, key=means.get)
    if set(train) & set(test):
        raise ValueError("a query that helped to choose cannot test the choice")
### END
'''

# %% [markdown] wrong="e4" why="k1 and b exchanged in the search" edit=true
r'''
### REPLACE
        (b, k1): sum(measure(query, search(b, k1, query)) for query in train) / len(train) for b, k1 in settings
### WITH
        (b, k1): sum(measure(query, search(k1, b, query)) for query in train) / len(train) for b, k1 in settings
### END
'''

# %% right="e5" why="slices: for each relevant document the judged part of the list above it"
def bpref(ranking, judged):
    seen = [judged[document] for document in ranking if document in judged]
    good = len([grade for grade in judged.values() if grade >= 1])
    bad = len(judged) - good
    if good == 0:
        raise ValueError("no relevant documents")
    terms = []
    for place, grade in enumerate(seen):
        if grade >= 1:
            harm = min(seen[:place].count(0), good)
            terms.append(1.0 if bad == 0 else 1 - harm / min(good, bad))
    return sum(terms) / good

# %% right="e5" why="NumPy: cumulative counts, cut off"
def bpref(ranking, judged):
    grades = np.array(list(judged.values()), dtype=int)
    r = int(np.sum(grades > 0))
    if r == 0:
        raise ValueError("no relevant documents")
    marks = np.array([judged[d] > 0 for d in ranking if d in judged], dtype=bool)
    above = np.minimum(np.cumsum(~marks)[marks], r)
    return float(np.sum(1 - above / max(min(r, len(grades) - r), 1)) / r)

# %% [markdown] wrong="e5" why="unjudged documents counted as non-relevant" edit=true
r'''
### REPLACE
        elif document in judged:
            above += 1
### WITH
        else:
            above += 1
### END
### REPLACE
            total += 1 - min(above, most) / most if above else 1
### WITH
            total += 1 - min(above, most) / most if above and most else 1
### END
'''

# %% [markdown] wrong="e5" why="R for min(R, N), as in the paper of 2004" edit=true
r'''
### REPLACE
    most = min(relevant, len(judged) - relevant)
### WITH
    most = relevant
### END
'''

# %% [markdown] wrong="e5" why="N for min(R, N)" edit=true
r'''
### REPLACE
    most = min(relevant, len(judged) - relevant)
### WITH
    most = len(judged) - relevant
### END
'''

# %% [markdown] wrong="e5" why="counts all non-relevant documents above, not the first R, and so falls below 0" edit=true
r'''
### REPLACE
            total += 1 - min(above, most) / most if above else 1
### WITH
            total += 1 - above / most if above else 1
### END
'''

# %% [markdown] wrong="e5" why="divides by the relevant documents that were found" edit=true
r'''
### REPLACE
    return total / relevant
### WITH
    return total / max(1, sum(judged.get(document, 0) > 0 for document in ranking))
### END
'''

# %% [markdown] wrong="e5" why="0 instead of an error when nothing is relevant" edit=true
r'''
### REPLACE
        raise ValueError("without a relevant document there is nothing to prefer")
### WITH
        return 0.0
### END
'''

# %% [markdown] wrong="e5" why="divides by 0 when no document was judged non-relevant" edit=true
r'''
### REPLACE
            total += 1 - min(above, most) / most if above else 1
### WITH
            total += 1 - min(above, most) / most
### END
'''

# %% [markdown] wrong="e1" why="the ideal is no longer than the ranking: who returns one document can be perfect" edit=true
r'''
### REPLACE
    best = dcg(sorted(judgements.values(), reverse=True), k, exponential)
### WITH
    best = dcg(sorted(judgements.values(), reverse=True), min(k, len(ranking)), exponential)
### END
'''

# %% [markdown] wrong="e1" why="unjudged documents are taken off the list, so that those below move up" edit=true
r'''
### REPLACE
    grades = [judgements.get(document, 0) for document in ranking]
### WITH
    grades = [judgements[document] for document in ranking if document in judgements]
### END
'''

# %% [markdown] wrong="e1" why="the ideal in the order in which the judgements happen to stand" edit=true
r'''
### REPLACE
    best = dcg(sorted(judgements.values(), reverse=True), k, exponential)
### WITH
    best = dcg(list(judgements.values()), k, exponential)
### END
'''

# %% [markdown] wrong="e1" why="fills a short list up with 0 in place" edit=true
r'''
### REPLACE
    gains = [2**grade - 1 if exponential else grade for grade in grades[:k]]
### WITH
    grades += [0] * (k - len(grades))
    gains = [2**grade - 1 if exponential else grade for grade in grades[:k]]
### END
'''

# %% [markdown] wrong="e1" why="asks whether there are judgements, not whether there is something to gain" edit=true
r'''
### REPLACE
    return dcg(grades, k, exponential) / best if best else 0.0
### WITH
    return dcg(grades, k, exponential) / best if judgements else 0.0
### END
'''

# %% right="e2" why="the labels written out, for scikit-learn; pooled by judging everything twice"
def kappa(table, pooled=False):
    first, second = [], []
    for i, row in enumerate(table):
        for j, count in enumerate(row):
            first += [i] * count
            second += [j] * count
    if len({*first, *second}) == 1:
        raise ValueError("one grade only")
    if pooled:
        first, second = first + second, second + first
    return cohen_kappa_score(first, second)

# %% [markdown] wrong="e2" why="turns the counts into shares in place" edit=true
r'''
### REPLACE
    agreement = sum(table[i][i] for i in range(len(table))) / total
### WITH
    for row in table:
        row[:] = [count / total for count in row]
    agreement = sum(table[i][i] for i in range(len(table)))
### END
'''

# %% [markdown] wrong="e2" why="calls full agreement undefined, on however many grades" edit=true
r'''
### REPLACE
    if 1 in rows and rows == columns:
### WITH
    if sum(table[i][i] for i in range(len(table))) == total:
### END
'''

# %% [markdown] wrong="e2" why="refuses when one of the judges gives one grade only" edit=true
r'''
### REPLACE
    if 1 in rows and rows == columns:
### WITH
    if 1 in rows or 1 in columns:
### END
'''

# %% [markdown] wrong="e2" why="less agreement than chance gives is called 0" edit=true
r'''
### REPLACE
    return (agreement - chance) / (1 - chance)
### WITH
    return max(0.0, (agreement - chance) / (1 - chance))
### END
'''

# %% right="e3" why="twice the smaller tail, at most 1: the sums lie symmetrically"
def randomization_test(a, b):
    if not a or len(a) != len(b):
        raise ValueError("paired scores are needed")
    d = [x - y for x, y in zip(a, b)]
    sums = [sum(terms) for terms in itertools.product(*((x, -x) for x in d))]
    upper, lower = sum(s >= sum(d) for s in sums), sum(s <= sum(d) for s in sums)
    return min(1.0, 2 * min(upper, lower) / len(sums))

# %% [markdown] wrong="e3" why="leaves queries without a difference out, but divides by all sign choices" edit=true
r'''
### REPLACE
    differences = [x - y for x, y in zip(a, b, strict=True)]
### WITH
    differences = [x - y for x, y in zip(a, b, strict=True) if x != y]
### END
### REPLACE
    return sum(abs(s) >= observed for s in sums) / len(sums)
### WITH
    return sum(abs(s) >= observed for s in sums) / 2 ** len(a)
### END
'''

# %% [markdown] wrong="e3" why="counts different sums, not choices" edit=true
r'''
### REPLACE
    sums = [sum(sign * d for sign, d in zip(signs, differences, strict=True)) for signs in choices]
### WITH
    sums = {sum(sign * d for sign, d in zip(signs, differences, strict=True)) for signs in choices}
### END
'''

# %% [markdown] wrong="e3" why="ranks for differences: Wilcoxon has another null hypothesis" edit=true
r'''
### REPLACE
    observed = abs(sum(differences))
### WITH
    ranks = stats.rankdata(np.abs(differences))
    differences = [int(2 * rank) * ((d > 0) - (d < 0)) for rank, d in zip(ranks, differences, strict=True)]
    observed = abs(sum(differences))
### END
'''

# %% [markdown] wrong="e3" why="sorts both lists before it takes the pairs apart" edit=true
r'''
### REPLACE
    differences = [x - y for x, y in zip(a, b, strict=True)]
### WITH
    differences = [x - y for x, y in zip(sorted(a), sorted(b), strict=True)]
### END
'''

# %% [markdown] wrong="e3" why="draws sign choices though all could be listed" edit=true
r'''
### REPLACE
    choices = itertools.product((1, -1), repeat=len(differences))
### WITH
    choices = np.random.default_rng(0).choice([1, -1], (2000, len(differences))).tolist()
### END
'''

# %% [markdown] wrong="e3" why="no differences at all: calls it p = 0" edit=true
r'''
### REPLACE
    return sum(abs(s) >= observed for s in sums) / len(sums)
### WITH
    return sum(abs(s) >= observed for s in sums) / len(sums) if any(differences) else 0.0
### END
'''

# %% [markdown] wrong="e4" why="of equals the one with the greater parameters" edit=true
r'''
### REPLACE
    best = max(means, key=means.get)  # of equals the first
### WITH
    best = max(means, key=lambda setting: (means[setting], setting))
### END
'''

# %% wrong="e4" why="the search for the greatest mean begins at 0"
def tune(search, measure, settings, train, test):
    if set(train) & set(test):
        raise ValueError("a query is in both lists")
    chosen, most = settings[0], 0
    for b, k1 in settings:
        mean = sum(measure(query, search(b, k1, query)) for query in train) / len(train)
        if mean > most:
            chosen, most = (b, k1), mean
    return {"setting": chosen, "train": most, "test": {query: measure(query, search(*chosen, query)) for query in test}}

# %% [markdown] wrong="e4" why="the mean is cut down to a whole number, which makes equals" edit=true
r'''
### REPLACE
        (b, k1): sum(measure(query, search(b, k1, query)) for query in train) / len(train) for b, k1 in settings
### WITH
        (b, k1): sum(measure(query, search(b, k1, query)) for query in train) // len(train) for b, k1 in settings
### END
'''

# %% [markdown] wrong="e4" why="looks up the training mean again after the test queries" edit=true
r'''
### REPLACE
    return {
### WITH
    tested = {query: measure(query, search(*best, query)) for query in test}
    means[best] = sum(measure(query, search(*best, query)) for query in train) / len(train)
    return {
### END
### REPLACE
        "test": {query: measure(query, search(*best, query)) for query in test},
### WITH
        "test": tested,
### END
'''

# %% [markdown] wrong="e4" why="drops a query that is in both lists and says nothing" edit=true
r'''
### REPLACE
        raise ValueError("a query that helped to choose cannot test the choice")
### WITH
        train = [query for query in train if query not in test] or train
### END
'''

# %% [markdown] wrong="e5" why="N of the documents that were retrieved, not of all that were judged" edit=true
r'''
### REPLACE
    most = min(relevant, len(judged) - relevant)
### WITH
    most = min(relevant, sum(judged.get(document) == 0 for document in ranking))
### END
'''

# %% [markdown] wrong="e5" why="calls it an error that no relevant document was well placed" edit=true
r'''
### REPLACE
    return total / relevant
### WITH
    if total == 0:
        raise ValueError("nothing relevant was found")
    return total / relevant
### END
'''

# %% [markdown] wrong="e5" why="documents of grade 1 are taken for non-relevant" edit=true
r'''
### REPLACE
        if judged.get(document, 0) > 0:
### WITH
        if judged.get(document, 0) > 1:
### END
'''

# %% equivalent="e2" mutants=["cef62693", "8ee3aeb9"] why="a sum and a product of two shares do not ask which stands first"

# %% equivalent="e3" mutants=["6ebd8e7d", "a24c634d"] why="all differences turned round: every absolute value is the same"

# %% equivalent="e3" mutants=["ed434a60"] why="sign and difference change their names before they are multiplied"
