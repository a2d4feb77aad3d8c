# %% right="e1" why="filter by a loop, with membership tests on the list itself"
def support(itemset, baskets):
    count = 0
    for basket in baskets:
        if all(item in basket for item in itemset):
            count += 1
    return count


def confidence(left, right, baskets):
    holding = [basket for basket in baskets if support(left, [basket])]
    if not holding:
        raise ValueError("nobody has the left side")
    return Fraction(support(right, holding), len(holding))

# %% right="e1" why="the numbers of the baskets of each item, intersected"
def _numbers(itemset, baskets):
    everybody = set(range(len(baskets)))
    return everybody.intersection(*({i for i in everybody if item in baskets[i]} for item in itemset))


def support(itemset, baskets):
    return len(_numbers(itemset, baskets))


def confidence(left, right, baskets):
    with_left = _numbers(left, baskets)
    try:
        return Fraction(len(with_left & _numbers(right, baskets)), len(with_left))
    except ZeroDivisionError:
        raise ValueError("a share of nothing") from None

# %% [markdown] wrong="e1" why="counts every piece in the basket, so that two bottles of milk stand for milk and tea" edit=true
r'''
### REPLACE
    return sum(set(itemset) <= set(basket) for basket in baskets)
### WITH
    return sum(sum(item in itemset for item in basket) >= len(itemset) for basket in baskets)
### END
'''

# %% [markdown] wrong="e1" why="any of the items for all of them" edit=true
r'''
### REPLACE
    return sum(set(itemset) <= set(basket) for basket in baskets)
### WITH
    return sum(bool(set(itemset) & set(basket)) or not itemset for basket in baskets)
### END
'''

# %% [markdown] wrong="e1" why="the share of the baskets for their number" edit=true
r'''
### REPLACE
    return sum(set(itemset) <= set(basket) for basket in baskets)
### WITH
    return Fraction(sum(set(itemset) <= set(basket) for basket in baskets), len(baskets) or 1)
### END
'''

# %% [markdown] wrong="e1" why="baskets that are the itemset, with nothing else in them" edit=true
r'''
### REPLACE
    return sum(set(itemset) <= set(basket) for basket in baskets)
### WITH
    return sum(set(itemset) == set(basket) for basket in baskets)
### END
'''

# %% [markdown] wrong="e1" why="confidence divided by the support of the right side: the rule turned round" edit=true
r'''
### REPLACE
    holders = support(left, baskets)
### WITH
    holders = support(left, baskets) and support(right, baskets)
### END
'''

# %% [markdown] wrong="e1" why="the share of all baskets that have both sides" edit=true
r'''
### REPLACE
    return Fraction(support(left + right, baskets), holders)
### WITH
    return Fraction(support(left + right, baskets), len(baskets))
### END
'''

# %% [markdown] wrong="e1" why="a rule that nobody can break has confidence 1" edit=true
r'''
### REPLACE
        raise ValueError("no basket contains the left side")
### WITH
        return Fraction(1)
### END
'''

# %% [markdown] wrong="e1" why="takes an empty itemset for one that nobody bought" edit=true
r'''
### REPLACE
    return sum(set(itemset) <= set(basket) for basket in baskets)
### WITH
    return sum(bool(itemset) and set(itemset) <= set(basket) for basket in baskets)
### END
'''

# %% [markdown] wrong="e1" why="itemset and basket as multisets: milk twice is asked for twice" edit=true
r'''
### REPLACE
    return sum(set(itemset) <= set(basket) for basket in baskets)
### WITH
    return sum(not Counter(itemset) - Counter(basket) for basket in baskets)
### END
'''

# %% right="e2" why="looks at all pairs of disjoint frequent itemsets"
def rules(freq, n, minconf):
    found = {}
    for left, right in itertools.permutations(freq, 2):
        union = tuple(sorted(left + right))
        if len(set(union)) == len(union) and union in freq:
            confidence = Fraction(freq[union], freq[left])
            if confidence >= minconf:
                lift = Fraction(n * freq[union], freq[left] * freq[right])
                found[left, right] = (confidence, confidence - Fraction(freq[right], n), lift)
    return found

# %% right="e2" why="by the bits of a counter"
def rules(freq, n, minconf):
    def measures(both, left, right):
        return Fraction(both, left), Fraction(both, left) - Fraction(right, n), Fraction(both * n, left * right)

    result = {}
    for items, both in freq.items():
        for bits in range(1, 2 ** len(items) - 1):
            left = tuple(item for k, item in enumerate(items) if bits >> k & 1)
            right = tuple(item for k, item in enumerate(items) if not bits >> k & 1)
            if both * minconf.denominator >= minconf.numerator * freq[left]:
                result[left, right] = measures(both, freq[left], freq[right])
    return result

# %% [markdown] wrong="e2" why="lift as confidence over the popularity of the left side" edit=true
r'''
### REPLACE
                    found[left, right] = (confidence, confidence - anyway, confidence / anyway)
### WITH
                    found[left, right] = (confidence, confidence - anyway, confidence / Fraction(freq[left], n))
### END
'''

# %% [markdown] wrong="e2" why="interest without its sign" edit=true
r'''
### REPLACE
                    found[left, right] = (confidence, confidence - anyway, confidence / anyway)
### WITH
                    found[left, right] = (confidence, abs(confidence - anyway), confidence / anyway)
### END
'''

# %% [markdown] wrong="e2" why="right sides of one item only" edit=true
r'''
### REPLACE
        for size in range(1, len(itemset)):
### WITH
        for size in range(max(1, len(itemset) - 1), len(itemset)):
### END
'''

# %% [markdown] wrong="e2" why="left sides of one item only" edit=true
r'''
### REPLACE
        for size in range(1, len(itemset)):
### WITH
        for size in range(1, min(2, len(itemset))):
### END
'''

# %% [markdown] wrong="e2" why="rules with an empty right side: the whole itemset on the left" edit=true
r'''
### REPLACE
        for size in range(1, len(itemset)):
### WITH
        for size in range(1, len(itemset) + 1):
### END
### REPLACE
                anyway = Fraction(freq[right], n)
### WITH
                anyway = Fraction(freq.get(right, n), n)
### END
'''

# %% [markdown] wrong="e2" why="more than the least confidence is asked for" edit=true
r'''
### REPLACE
                if confidence >= minconf:
### WITH
                if confidence > minconf or minconf == 0:
### END
'''

# %% [markdown] wrong="e2" why="compares as floats, with a tolerance" edit=true
r'''
### REPLACE
                if confidence >= minconf:
### WITH
                if float(confidence) >= float(minconf) - 1e-12:
### END
'''

# %% [markdown] wrong="e2" why="compares with the greatest support instead of the number of baskets" edit=true
r'''
### REPLACE
                anyway = Fraction(freq[right], n)
### WITH
                anyway = Fraction(freq[right], max(freq.values()))
### END
'''

# %% [markdown] wrong="e2" why="stops at the first split that is not confident enough, though only fewer items on the left could not be" edit=true
r'''
### REPLACE
                if confidence >= minconf:
### WITH
                if confidence < minconf:
                    break
                else:
### END
'''

# %% [markdown] wrong="e2" why="rules from maximal itemsets only, as if the smaller ones were contained in them" edit=true
r'''
### REPLACE
    for itemset in freq:
### WITH
    for itemset in [one for one in freq if not any(set(one) < set(other) for other in freq)]:
### END
'''

# %% [markdown] wrong="e2" why="keeps only rules with a lift above 1" edit=true
r'''
### REPLACE
                if confidence >= minconf:
### WITH
                if confidence >= minconf and confidence > anyway:
### END
'''

# %% [markdown] wrong="e2" why="subtracts a number of baskets from a share" edit=true
r'''
### REPLACE
                    found[left, right] = (confidence, confidence - anyway, confidence / anyway)
### WITH
                    found[left, right] = (confidence, confidence - freq[right], confidence / anyway)
### END
'''

# %% [markdown] wrong="e2" why="floats, which are no thirds" edit=true
r'''
### REPLACE
                    found[left, right] = (confidence, confidence - anyway, confidence / anyway)
### WITH
                    found[left, right] = (float(confidence), float(confidence - anyway), float(confidence / anyway))
### END
'''

# %% [markdown] wrong="e2" why="puts the empty itemset into the dict that was handed in" edit=true
r'''
### REPLACE
    found = {}
    for itemset in freq:
### WITH
    found = {}
    freq[()] = n
    for itemset in freq:
### END
'''

# %% right="e2" why="itemsets with a given left side are looked for among its supersets"
def rules(freq, n, minconf):
    result = {}
    for left, below in freq.items():
        for union, both in freq.items():
            if set(left) < set(union) and Fraction(both, below) >= minconf:
                right = tuple(sorted(set(union).difference(left)))
                share = Fraction(freq[right], n)
                result[left, right] = (Fraction(both, below), Fraction(both, below) - share, Fraction(both, below) / share)
    return result

# %% right="e3" why="strikes out the subsets of each itemset, one item smaller at a time"
def _below(items):
    return [items[:i] + items[i + 1 :] for i in range(len(items))]


def maximal(freq):
    covered = {smaller for items in freq for smaller in _below(items)}
    return {items: freq[items] for items in freq if items not in covered}


def closed(freq):
    redundant = {smaller for items, count in freq.items() for smaller in _below(items) if freq.get(smaller) == count}
    return {items: freq[items] for items in freq if items not in redundant}


def restored(kept):
    found, fresh = dict(kept), dict(kept)
    while fresh:
        step = {}
        for items, count in fresh.items():
            for smaller in _below(items):
                if smaller and count > found.get(smaller, 0):
                    step[smaller] = found[smaller] = count
        fresh = step
    return found

# %% right="e3" why="frozensets throughout; supports from the smallest to the greatest, so that the last one written stays"
def maximal(freq):
    sets = [frozenset(items) for items in freq]
    return {tuple(sorted(one)): freq[tuple(sorted(one))] for one in sets if sum(one <= other for other in sets) == 1}


def closed(freq):
    groups = {}
    for items, count in freq.items():
        groups.setdefault(count, []).append(frozenset(items))
    return {
        tuple(sorted(one)): count for count, sets in groups.items() for one in sets if sum(one <= other for other in sets) == 1
    }


def restored(kept):
    found = {}
    for items in sorted(kept, key=kept.get):
        for bits in range(1, 2 ** len(items)):
            found[tuple(item for k, item in enumerate(items) if bits >> k & 1)] = kept[items]
    return found

# %% [markdown] wrong="e3" why="maximal taken for the longest" edit=true
r'''
### REPLACE
    return {items: count for items, count in freq.items() if not any(set(items) < set(other) for other in freq)}
### WITH
    return {items: count for items, count in freq.items() if len(items) == max(map(len, freq))}
### END
'''

# %% [markdown] wrong="e3" why="compares with itemsets that are longer, not with supersets" edit=true
r'''
### REPLACE
        if not any(set(items) < set(other) and freq[other] == count for other in freq)
### WITH
        if not any(len(items) < len(other) and freq[other] == count for other in freq)
### END
'''

# %% [markdown] wrong="e3" why="closed taken for maximal" edit=true
r'''
### REPLACE
        if not any(set(items) < set(other) and freq[other] == count for other in freq)
### WITH
        if not any(set(items) < set(other) for other in freq)
### END
'''

# %% [markdown] wrong="e3" why="no subset of the same support: generators, looked for downwards instead of upwards" edit=true
r'''
### REPLACE
        if not any(set(items) < set(other) and freq[other] == count for other in freq)
### WITH
        if not any(set(items) > set(other) and freq[other] == count for other in freq)
### END
'''

# %% [markdown] wrong="e3" why="any other itemset of the same support makes it redundant" edit=true
r'''
### REPLACE
        if not any(set(items) < set(other) and freq[other] == count for other in freq)
### WITH
        if not any(items != other and freq[other] == count for other in freq)
### END
'''

# %% [markdown] wrong="e3" why="the least support above, as one bounds from the larger itemsets" edit=true
r'''
### REPLACE
                found[subset] = max(found.get(subset, 0), count)
### WITH
                found[subset] = min(found.get(subset, count), count)
### END
'''

# %% [markdown] wrong="e3" why="the support of the superset that comes last" edit=true
r'''
### REPLACE
                found[subset] = max(found.get(subset, 0), count)
### WITH
                found[subset] = count
### END
'''

# %% [markdown] wrong="e3" why="the empty itemset comes back too" edit=true
r'''
### REPLACE
        for size in range(1, len(items) + 1):
### WITH
        for size in range(len(items) + 1):
### END
'''

# %% [markdown] wrong="e3" why="subsets looked for instead of supersets: the minimal itemsets" edit=true
r'''
### REPLACE
    return {items: count for items, count in freq.items() if not any(set(items) < set(other) for other in freq)}
### WITH
    return {items: count for items, count in freq.items() if not any(set(items) > set(other) for other in freq)}
### END
'''

# %% [markdown] wrong="e3" why="a superset only if it begins with the same items" edit=true
r'''
### REPLACE
    return {items: count for items, count in freq.items() if not any(set(items) < set(other) for other in freq)}
### WITH
    return {items: count for items, count in freq.items() if not any(items != other and items == other[: len(items)] for other in freq)}
### END
'''

# %% [markdown] wrong="e3" why="strikes out of the dict that was handed in" edit=true
r'''
### REPLACE
    return {items: count for items, count in freq.items() if not any(set(items) < set(other) for other in freq)}
### WITH
    for items in [one for one in freq if any(set(one) < set(other) for other in freq)]:
        del freq[items]
    return freq
### END
'''

# %% [markdown] wrong="e3" why="closed against maximal supersets only: those between are forgotten" edit=true
r'''
### REPLACE
        if not any(set(items) < set(other) and freq[other] == count for other in freq)
### WITH
        if not any(set(items) < set(other) and freq[other] == count for other in maximal(freq))
### END
'''

# %% [markdown] wrong="e3" why="the support of the superset that comes first" edit=true
r'''
### REPLACE
                found[subset] = max(found.get(subset, 0), count)
### WITH
                found.setdefault(subset, count)
### END
'''

# %% [markdown] wrong="e3" why="adds the supports above" edit=true
r'''
### REPLACE
                found[subset] = max(found.get(subset, 0), count)
### WITH
                found[subset] = found.get(subset, 0) + count
### END
'''

# %% [markdown] wrong="e3" why="fills the dict that was handed in" edit=true
r'''
### REPLACE
    found = {}
    for items, count in kept.items():
### WITH
    found = kept
    for items, count in list(kept.items()):
### END
'''

# %% right="e3" why="restores by the closure: what all closed supersets have in common"
def maximal(freq):
    names = {name for items in freq for name in items}
    return {
        items: count
        for items, count in freq.items()
        if not any(tuple(sorted({*items, name})) in freq for name in names.difference(items))
    }


def closed(freq):
    names = {name for items in freq for name in items}
    return {
        items: count
        for items, count in freq.items()
        if all(freq.get(tuple(sorted({*items, name})), 0) != count for name in names.difference(items))
    }


def restored(kept):
    result = {}
    for items in kept:
        for bits in range(1, 2 ** len(items)):
            subset = tuple(item for k, item in enumerate(items) if bits >> k & 1)
            above = [set(other) for other in kept if set(subset) <= set(other)]
            result[subset] = kept[tuple(sorted(set.intersection(*above)))]
    return result

# %% right="e4" why="whole numbers until the last division; the running limit as a multiplied p"
def excess_p(n, a, b, k):
    ways = sum(math.comb(a, x) * math.comb(n - a, b - x) for x in range(k, min(a, b) + 1))
    return ways / math.comb(n, b)


def significant_pairs(baskets, minsup, alpha):
    holders = {}
    for number, basket in enumerate(baskets):
        for item in basket:
            holders.setdefault(item, set()).add(number)
    frequent = sorted(item for item in holders if len(holders[item]) >= minsup)
    p = {}
    for i, x in enumerate(frequent):
        for y in frequent[i + 1 :]:
            p[x, y] = excess_p(len(baskets), len(holders[x]), len(holders[y]), len(holders[x] & holders[y]))
    found = set()
    for pair in sorted(p, key=p.get):
        if p[pair] * (len(p) - len(found)) > alpha:
            return found
        found.add(pair)
    return found

# %% right="e4" why="SciPy's Fisher test; a matrix of who has what; the number of steps by cumulative logic"
def excess_p(n, a, b, k):
    return float(stats.fisher_exact([[k, a - k], [b - k, n - a - b + k]], alternative="greater").pvalue)


def significant_pairs(baskets, minsup, alpha):
    names = sorted({item for basket in baskets for item in basket})
    bought = np.array([[name in basket for name in names] for basket in baskets], dtype=int).reshape(len(baskets), len(names))
    together = bought.T @ bought
    keep = [i for i in range(len(names)) if together[i, i] >= minsup]
    pairs = list(itertools.combinations(keep, 2))
    values = np.array([excess_p(len(baskets), int(together[i, i]), int(together[j, j]), int(together[i, j])) for i, j in pairs])
    order = np.argsort(values, kind="stable")
    passes = values[order] <= alpha / np.arange(len(pairs), 0, -1)
    steps = int(np.argmin(np.append(passes, False)))
    return {(names[pairs[r][0]], names[pairs[r][1]]) for r in order[:steps]}

# %% [markdown] wrong="e4" why="one minus the distribution function, which loses small values" edit=true
r'''
### REPLACE
    return float(stats.hypergeom.sf(k - 1, n, a, b))
### WITH
    return float(1 - stats.hypergeom.cdf(k - 1, n, a, b))
### END
'''

# %% [markdown] wrong="e4" why="more than k instead of k or more" edit=true
r'''
### REPLACE
    return float(stats.hypergeom.sf(k - 1, n, a, b))
### WITH
    return float(stats.hypergeom.sf(k, n, a, b))
### END
'''

# %% [markdown] wrong="e4" why="the probability of exactly k" edit=true
r'''
### REPLACE
    return float(stats.hypergeom.sf(k - 1, n, a, b))
### WITH
    return float(stats.hypergeom.pmf(k, n, a, b))
### END
'''

# %% [markdown] wrong="e4" why="the family filtered by lift: chance has chosen it" edit=true
r'''
### REPLACE
    tests = sorted((excess_p(len(baskets), once[x], once[y], together[x, y]), (x, y)) for x, y in family)
### WITH
    family = [(x, y) for x, y in family if together[x, y] * len(baskets) > once[x] * once[y]]
    tests = sorted((excess_p(len(baskets), once[x], once[y], together[x, y]), (x, y)) for x, y in family)
### END
'''

# %% [markdown] wrong="e4" why="the family is the frequent pairs, not the pairs of frequent items" edit=true
r'''
### REPLACE
    tests = sorted((excess_p(len(baskets), once[x], once[y], together[x, y]), (x, y)) for x, y in family)
### WITH
    family = [(x, y) for x, y in family if together[x, y] >= minsup]
    tests = sorted((excess_p(len(baskets), once[x], once[y], together[x, y]), (x, y)) for x, y in family)
### END
'''

# %% [markdown] wrong="e4" why="only pairs that occur are tested" edit=true
r'''
### REPLACE
    tests = sorted((excess_p(len(baskets), once[x], once[y], together[x, y]), (x, y)) for x, y in family)
### WITH
    tests = sorted((excess_p(len(baskets), once[x], once[y], together[x, y]), (x, y)) for x, y in family if together[x, y])
### END
'''

# %% [markdown] wrong="e4" why="Bonferroni: the limit does not grow" edit=true
r'''
### REPLACE
        if p > alpha / (len(tests) - place):
### WITH
        if p > alpha / len(tests):
### END
'''

# %% [markdown] wrong="e4" why="no correction: every p against alpha" edit=true
r'''
### REPLACE
        if p > alpha / (len(tests) - place):
### WITH
        if p > alpha:
### END
'''

# %% [markdown] wrong="e4" why="goes on after the first that fails" edit=true
r'''
### REPLACE
            break
### WITH
            continue
### END
'''

# %% [markdown] wrong="e4" why="Benjamini and Hochberg's limits, for the share of false findings" edit=true
r'''
### REPLACE
        if p > alpha / (len(tests) - place):
### WITH
        if p > alpha * (place + 1) / len(tests):
### END
'''

# %% [markdown] wrong="e4" why="counts every piece in the basket" edit=true
r'''
### REPLACE
        items = sorted(set(basket))
### WITH
        items = sorted(basket)
### END
'''

# %% [markdown] wrong="e4" why="leaves out the empty baskets" edit=true
r'''
### REPLACE
    once, together = Counter(), Counter()
### WITH
    baskets = [basket for basket in baskets if basket]
    once, together = Counter(), Counter()
### END
'''

# %% [markdown] wrong="e4" why="a threshold of confidence instead of a test" edit=true
r'''
### REPLACE
    found = set()
### WITH
    found = set()
    tests = [(0 if together[x, y] >= 0.8 * min(once[x], once[y]) else 2, (x, y)) for _, (x, y) in tests]
    tests.sort()
### END
'''

# %% [markdown] wrong="e4" why="the other tail: k or fewer" edit=true
r'''
### REPLACE
    return float(stats.hypergeom.sf(k - 1, n, a, b))
### WITH
    return float(stats.hypergeom.cdf(k, n, a, b))
### END
'''

# %% [markdown] wrong="e4" why="Fisher's test with two sides, which also finds what keeps apart" edit=true
r'''
### REPLACE
    return float(stats.hypergeom.sf(k - 1, n, a, b))
### WITH
    return float(stats.fisher_exact([[k, a - k], [b - k, n - a - b + k]]).pvalue)
### END
'''

# %% [markdown] wrong="e4" why="Hochberg's procedure: upwards from the largest p, which needs more than Holm's" edit=true
r'''
### REPLACE
        if p > alpha / (len(tests) - place):
            break
        found.add(pair)
### WITH
        if p <= alpha / (len(tests) - place):
            found = {other for _, other in tests[: place + 1]}
### END
'''

# %% [markdown] wrong="e4" why="every pair tested in both directions, and counted twice" edit=true
r'''
### REPLACE
    family = itertools.combinations(sorted(item for item in once if once[item] >= minsup), 2)
### WITH
    family = itertools.permutations(sorted(item for item in once if once[item] >= minsup), 2)
### END
### REPLACE
        found.add(pair)
### WITH
        found.add(tuple(sorted(pair)))
### END
'''

# %% [markdown] wrong="e4" why="the family counts all items that are sold, frequent or not" edit=true
r'''
### REPLACE
        if p > alpha / (len(tests) - place):
### WITH
        if p > alpha / (math.comb(len(once), 2) - place):
### END
'''

# %% equivalent="e3" mutants=["d41bdf11"] why="an itemset has no subsets of a size above its own"

# %% equivalent="e3" mutants=["28f0cba8"] why="the support of a frequent itemset is at least 1"
