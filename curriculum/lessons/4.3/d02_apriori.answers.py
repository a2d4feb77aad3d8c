# %% right="e1" why="counts from the end: all pairs less those from row i on"
def tri_index(i, j, n):
    if i == j or not (0 <= i < n and 0 <= j < n):
        raise ValueError("no pair")
    i, j = sorted((i, j))
    return n * (n - 1) // 2 - (n - i) * (n - i - 1) // 2 + (j - i - 1)

# %% right="e1" why="the book's formula, with items and places counted from 1, in halves"
def tri_index(i, j, n):
    if i > j:
        return tri_index(j, i, n)
    if i < 0 or j >= n or i == j:
        raise ValueError("no pair")
    first, second = i + 1, j + 1
    return ((first - 1) * (2 * n - first)) // 2 + second - first - 1

# %% [markdown] wrong="e1" why="off by one: the book's places, which begin at 1" edit=true
r'''
### REPLACE
    return low * (2 * n - low - 1) // 2 + high - low - 1
### WITH
    return low * (2 * n - low - 1) // 2 + high - low
### END
'''

# %% [markdown] wrong="e1" why="keeps a place for the diagonal in each row" edit=true
r'''
### REPLACE
    return low * (2 * n - low - 1) // 2 + high - low - 1
### WITH
    return low * (2 * n - low + 1) // 2 + high - low
### END
'''

# %% [markdown] wrong="e1" why="column by column instead of row by row" edit=true
r'''
### REPLACE
    return low * (2 * n - low - 1) // 2 + high - low - 1
### WITH
    return high * (high - 1) // 2 + low
### END
'''

# %% [markdown] wrong="e1" why="divides in floating point, which loses the last digits of large places" edit=true
r'''
### REPLACE
    return low * (2 * n - low - 1) // 2 + high - low - 1
### WITH
    return int(low * (n - (low + 1) / 2) + high - low - 1)
### END
'''

# %% wrong="e1" why="the order of the two matters: row and column taken as they come"
def tri_index(i, j, n):
    if i == j or not (0 <= i < n and 0 <= j < n):
        raise ValueError("no pair")
    return i * (2 * n - i - 1) // 2 + j - i - 1

# %% [markdown] wrong="e1" why="an item with itself gets the place before its row" edit=true
r'''
### REPLACE
    if low < 0 or low == high or high >= n:
### WITH
    if low < 0 or high >= n:
### END
'''

# %% [markdown] wrong="e1" why="an item that is not there gets a counter of another pair" edit=true
r'''
### REPLACE
    if low < 0 or low == high or high >= n:
### WITH
    if low == high:
### END
'''

# %% [markdown] wrong="e1" why="numbers wrap around as Python's indices do: -1 is the last item" edit=true
r'''
### REPLACE
    low, high = min(i, j), max(i, j)
### WITH
    low, high = sorted((i % n, j % n))
### END
'''

# %% right="e2" why="compares by the rule of a third, counts in a dict and copies it at the end"
def pair_storage(n, occurring):
    pairs = n * (n - 1) // 2
    if occurring < 0 or occurring > pairs:
        raise ValueError("impossible")
    return ("triples", 12 * occurring) if 3 * occurring < pairs else ("triangle", 4 * pairs)

def count_pairs(read, s):
    single, double = {}, {}
    for basket in read():
        for item in set(basket):
            single[item] = single.get(item, 0) + 1
    names = [item for item in sorted(single) if single[item] >= s]
    wanted = set(names)
    for basket in read():
        for pair in itertools.combinations(sorted(wanted & set(basket)), 2):
            double[pair] = double.get(pair, 0) + 1
    return names, np.array([double.get(pair, 0) for pair in itertools.combinations(names, 2)], dtype=np.uint32)

# %% right="e2" why="the smaller of two priced offers; a square array first, then its upper triangle"
def pair_storage(n, occurring):
    offers = {"triangle": 2 * n * (n - 1), "triples": 12 * occurring}
    if not 0 <= 2 * occurring <= n * (n - 1):
        raise ValueError("impossible")
    return min(offers.items(), key=lambda offer: offer[1])

def count_pairs(read, s):
    single = Counter()
    for basket in read():
        single.update({*basket})
    names = sorted(k for k, v in single.items() if v >= s)
    square = np.zeros((len(names), len(names)), dtype=np.uint32)
    for basket in read():
        row = np.array([name in basket for name in names], dtype=np.uint32)
        square += np.outer(row, row)
    return names, square[np.triu_indices(len(names), 1)]

# %% [markdown] wrong="e2" why="the rule reversed: triples where most pairs occur" edit=true
r'''
### REPLACE
    if 12 * occurring < 4 * possible:
### WITH
    if 12 * occurring > 4 * possible:
### END
'''

# %% [markdown] wrong="e2" why="counts pairs in both orders" edit=true
r'''
### REPLACE
    possible = n * (n - 1) // 2
### WITH
    possible = n * (n - 1)
### END
'''

# %% [markdown] wrong="e2" why="takes a triple for 8 bytes: forgets its counter" edit=true
r'''
### REPLACE
    if 12 * occurring < 4 * possible:
        return "triples", 12 * occurring
### WITH
    if 8 * occurring < 4 * possible:
        return "triples", 8 * occurring
### END
'''

# %% [markdown] wrong="e2" why="does not notice that more pairs occur than there are" edit=true
r'''
### REPLACE
    if not 0 <= occurring <= possible:
### WITH
    if occurring < 0:
### END
'''

# %% [markdown] wrong="e2" why="what stands twice in a basket counts twice as an item" edit=true
r'''
### REPLACE
    support = Counter(item for basket in read() for item in set(basket))
### WITH
    support = Counter(item for basket in read() for item in basket)
### END
'''

# %% [markdown] wrong="e2" why="a repeated item makes a pair twice" edit=true
r'''
### REPLACE
        here = sorted(number[item] for item in set(basket) if item in number)
        for i, j in itertools.combinations(here, 2):
### WITH
        here = sorted(number[item] for item in basket if item in number)
        for i, j in ((i, j) for i, j in itertools.combinations(here, 2) if i < j):
### END
'''

# %% [markdown] wrong="e2" why="more than s instead of at least s" edit=true
r'''
### REPLACE
    names = sorted(item for item, count in support.items() if count >= s)
### WITH
    names = sorted(item for item, count in support.items() if count > s)
### END
'''

# %% [markdown] wrong="e2" why="counters of eight bytes, NumPy's own choice" edit=true
r'''
### REPLACE
    counts = np.zeros(m * (m - 1) // 2, dtype=np.uint32)
### WITH
    counts = np.zeros(m * (m - 1) // 2, dtype=int)
### END
'''

# %% [markdown] wrong="e2" why="numbers the items as they appear in the basket, unsorted" edit=true
r'''
### REPLACE
        here = sorted(number[item] for item in set(basket) if item in number)
### WITH
        here = [number[item] for item in dict.fromkeys(basket) if item in number]
### END
'''

# %% [markdown] wrong="e2" why="keeps all baskets in memory and reads once" edit=true
r'''
### REPLACE
    support = Counter(item for basket in read() for item in set(basket))
### WITH
    kept = [list(basket) for basket in read()]
    support = Counter(item for basket in kept for item in set(basket))
### END
### REPLACE
    for basket in read():
### WITH
    for basket in kept:
### END
'''

# %% [markdown] wrong="e2" why="divides in floating point: the bytes are no longer exact" edit=true
r'''
### REPLACE
    possible = n * (n - 1) // 2
### WITH
    possible = n * (n - 1) / 2
### END
'''

# %% [markdown] wrong="e2" why="counters of one byte while counting, which begin again at 0 after 255" edit=true
r'''
### REPLACE
    counts = np.zeros(m * (m - 1) // 2, dtype=np.uint32)
### WITH
    counts = np.zeros(m * (m - 1) // 2, dtype=np.uint8)
### END
### REPLACE
    return names, counts
### WITH
    return names, counts.astype(np.uint32)
### END
'''

# %% [markdown] wrong="e2" why="numbers the names by their support, the most frequent first" edit=true
r'''
### REPLACE
    names = sorted(item for item, count in support.items() if count >= s)
### WITH
    names = [item for item, count in sorted(support.items(), key=lambda pair: (-pair[1], pair[0])) if count >= s]
### END
'''

# %% [markdown] wrong="e2" why="leaves the second pass when a basket has no pair" edit=true
r'''
### REPLACE
        for i, j in itertools.combinations(here, 2):
### WITH
        if len(here) < 2:
            break
        for i, j in itertools.combinations(here, 2):
### END
'''

# %% right="e3" why="extends each itemset by a later item, and looks at all subsets"
def candidates(frequent):
    known = set(frequent)
    items = {item for itemset in known for item in itemset}
    longer = {(*itemset, item) for itemset in known for item in items if item > itemset[-1]}
    return {c for c in longer if all(c[:i] + c[i + 1 :] in known for i in range(len(c)))}

# %% right="e3" why="every candidate comes up from each of its subsets: count how often"
def candidates(frequent):
    sets = {frozenset(itemset) for itemset in frequent}
    everything = frozenset().union(*sets)
    grown = Counter(one | {item} for one in sets for item in everything - one)
    return {tuple(sorted(c)) for c, times in grown.items() if times == len(c)}

# %% right="e3" why="groups by the common beginning in a dict, then joins the endings of each group"
def candidates(frequent):
    known = {tuple(itemset) for itemset in frequent}
    endings = {}
    for *head, last in known:
        endings.setdefault(tuple(head), []).append(last)
    result = set()
    for head, lasts in endings.items():
        for pair in itertools.combinations(sorted(lasts), 2):
            whole = head + pair
            if all(part in known for part in itertools.combinations(whole, len(whole) - 1)):
                result.add(whole)
    return result

# %% [markdown] wrong="e3" why="join without prune" edit=true
r'''
### REPLACE
            if known.issuperset(itertools.combinations(joined, len(one))):
                found.add(joined)
### WITH
            found.add(joined)
### END
'''

# %% [markdown] wrong="e3" why="joins the itemsets as they come, unsorted" edit=true
r'''
### REPLACE
    for one, two in itertools.combinations(sorted(known), 2):
### WITH
    for one, two in itertools.combinations(frequent, 2):
### END
'''

# %% [markdown] wrong="e3" why="sorts backwards, so that the joined tuples are not sorted" edit=true
r'''
### REPLACE
    for one, two in itertools.combinations(sorted(known), 2):
### WITH
    for one, two in itertools.combinations(sorted(known, reverse=True), 2):
### END
'''

# %% [markdown] right="e3" why="joins where the end of one is the beginning of the other: first left out, last left out; the prune sees to the rest" edit=true
r'''
### REPLACE
        if one[:-1] == two[:-1]:
### WITH
        if one[1:] == two[:-1]:
### END
'''

# %% [markdown] wrong="e3" why="prunes only by the subsets that it has just joined" edit=true
r'''
### REPLACE
            if known.issuperset(itertools.combinations(joined, len(one))):
### WITH
            if known.issuperset((joined[:-1], (*joined[:-2], joined[-1]))):
### END
'''

# %% [markdown] wrong="e3" why="asks for one frequent subset instead of all" edit=true
r'''
### REPLACE
            if known.issuperset(itertools.combinations(joined, len(one))):
### WITH
            if any(part in known for part in itertools.combinations(joined, len(one))):
### END
'''

# %% [markdown] wrong="e3" why="looks at the first itemset for the length, also if there is none" edit=true
r'''
### REPLACE
    found = set()
### WITH
    found, size = set(), len(frequent[0])
### END
'''

# %% [markdown] wrong="e3" why="joins from pairs on only: single items have no first item in common" edit=true
r'''
### REPLACE
        if one[:-1] == two[:-1]:
### WITH
        if one[0] == two[0] and one[:-1] == two[:-1]:
### END
'''

# %% [markdown] wrong="e3" why="prunes only by the subset without the first item" edit=true
r'''
### REPLACE
            if known.issuperset(itertools.combinations(joined, len(one))):
### WITH
            if joined[1:] in known:
### END
'''

# %% right="e4" why="tries each candidate on each basket, and extends itemsets by one item"
def apriori(read, s):
    support, counters = {}, []
    counts = {}
    for basket in read():
        for item in set(basket):
            counts[frozenset({item})] = counts.get(frozenset({item}), 0) + 1
    while counts or not counters:
        if counters:
            for basket in map(frozenset, read()):
                for candidate in counts:
                    counts[candidate] += candidate <= basket
        counters.append(len(counts))
        level = {c for c, count in counts.items() if count >= s}
        support |= {tuple(sorted(c)): counts[c] for c in level}
        longer = {one | two for one in level for two in level if len(one | two) == len(one) + 1}
        counts = {c: 0 for c in longer if all(c - {item} in level for item in c)}
    return support, counters

# %% right="e4" why="one function for a pass, one for the candidates; subsets by Counter"
def apriori(read, s):
    def one_pass(size, wanted):
        seen = Counter()
        items = None if wanted is None else set(itertools.chain.from_iterable(wanted))
        for basket in read():
            rest = set(basket) if items is None else items & set(basket)
            seen.update(c for c in itertools.combinations(sorted(rest), size) if wanted is None or c in wanted)
        return seen

    seen = one_pass(1, None)
    frequent, counters = {}, [len(seen)]
    while True:
        level = {c: seen[c] for c in seen if seen[c] >= s}
        frequent.update(level)
        size = len(counters) + 1
        wanted = {
            (*c, d[-1]) for c in level for d in level
            if c[:-1] == d[:-1] and c[-1] < d[-1] and all((*c, d[-1])[:i] + (*c, d[-1])[i + 1 :] in level for i in range(size))
        }
        if not wanted:
            return frequent, counters
        counters.append(len(wanted))
        seen = one_pass(size, wanted)

# %% [markdown] wrong="e4" why="more than s instead of at least s" edit=true
r'''
### REPLACE
        level = {items: count for items, count in counts.items() if count >= s}
### WITH
        level = {items: count for items, count in counts.items() if count > s}
### END
'''

# %% [markdown] wrong="e4" why="counts all pairs of items, also of infrequent ones" edit=true
r'''
### REPLACE
        counts = dict.fromkeys(joined(set(level)), 0)
### WITH
        counts = dict.fromkeys(joined(set(counts if len(counters) == 1 and len(level) > 1 else level)), 0)
### END
'''

# %% [markdown] wrong="e4" why="join without prune" edit=true
r'''
### REPLACE
                if level.issuperset(itertools.combinations(union, len(one))):
                    yield union
### WITH
                yield union
### END
'''

# %% [markdown] wrong="e4" why="a counter only for what is seen in a basket" edit=true
r'''
### REPLACE
        counters.append(len(counts))
### WITH
        counters.append(0)
### END
### REPLACE
                if items in counts:
                    counts[items] += 1
### WITH
                if items in counts:
                    counters[-1] += not counts[items]
                    counts[items] += 1
### END
'''

# %% [markdown] wrong="e4" why="stops after the pairs" edit=true
r'''
### REPLACE
        if not counts:
### WITH
        if not counts or len(counters) == 2:
### END
'''

# %% [markdown] wrong="e4" why="builds candidates from candidates, frequent or not" edit=true
r'''
### REPLACE
        counts = dict.fromkeys(joined(set(level)), 0)
### WITH
        counts = dict.fromkeys(joined(set(counts)), 0)
### END
'''

# %% [markdown] wrong="e4" why="gives the share of the first item's support for the support" edit=true
r'''
### REPLACE
        frequent.update(level)
### WITH
        frequent.update({items: count / max(level.values()) for items, count in level.items()})
### END
'''

# %% [markdown] wrong="e4" why="what stands twice in a basket counts twice" edit=true
r'''
### REPLACE
    counts = Counter((item,) for basket in read() for item in set(basket))
### WITH
    counts = Counter((item,) for basket in read() for item in basket)
### END
'''

# %% [markdown] wrong="e4" why="keeps all baskets in memory and reads once" edit=true
r'''
### REPLACE
    counts = Counter((item,) for basket in read() for item in set(basket))
### WITH
    kept = [set(basket) for basket in read()]
    counts = Counter((item,) for basket in kept for item in basket)
### END
### REPLACE
        for basket in read():
### WITH
        for basket in kept:
### END
'''

# %% [markdown] wrong="e4" why="reads the data once more only to learn that there are no candidates" edit=true
r'''
### REPLACE
        if not counts:
            return frequent, counters
### WITH
        if not counts:
            sum(1 for _ in read())
            return frequent, counters
### END
'''

# %% [markdown] wrong="e4" why="prunes only by the subset without the first item" edit=true
r'''
### REPLACE
                if level.issuperset(itertools.combinations(union, len(one))):
### WITH
                if union[1:] in level:
### END
'''

# %% [markdown] wrong="e4" why="a repeated name makes a pair twice" edit=true
r'''
### REPLACE
            for items in itertools.combinations(sorted(used.intersection(basket)), len(counters)):
### WITH
            for items in itertools.combinations(sorted(item for item in basket if item in used), len(counters)):
### END
'''

# %% [markdown] wrong="e4" why="joins tuples that are not in sorted order" edit=true
r'''
### REPLACE
        for one, two in itertools.combinations(sorted(level), 2):
### WITH
        for one, two in itertools.combinations(sorted(level, reverse=True), 2):
### END
'''

# %% [markdown] wrong="e4" why="gives back only the last level, which is the longest itemsets" edit=true
r'''
### REPLACE
        frequent.update(level)
### WITH
        frequent = level or frequent
### END
'''
