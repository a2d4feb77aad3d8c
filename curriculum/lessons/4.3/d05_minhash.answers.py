# %% right="e1" why="a window that slides over the normalised characters; inclusion and exclusion"
def shingles(text, k):
    clean = " ".join(text.split())
    found = set()
    window = ""
    for character in clean:
        window = (window + character)[-k:]
        if len(window) == k:
            found.add(window)
    return found


def jaccard(a, b):
    common = sum(member in b for member in a)
    either = len(a) + len(b) - common
    return Fraction(common, either) if either else Fraction(1)

# %% right="e1" why="shifted copies of the text side by side; the empty case by an exception"
def shingles(text, k):
    words = text.split()
    clean = " ".join(words)
    return set(map("".join, zip(*(clean[i:] for i in range(k)))))


def jaccard(a, b):
    try:
        return 1 - Fraction(len(a ^ b), len(a.union(b)))
    except ZeroDivisionError:
        return Fraction(1)

# %% [markdown] wrong="e1" why="words for characters" edit=true
r'''
### REPLACE
    return {text[start : start + k] for start in range(len(text) - k + 1)}
### WITH
    words = text.split()
    return {" ".join(words[start : start + k]) for start in range(len(words) - k + 1)}
### END
'''

# %% [markdown] wrong="e1" why="forgets the last place: off by one" edit=true
r'''
### REPLACE
    return {text[start : start + k] for start in range(len(text) - k + 1)}
### WITH
    return {text[start : start + k] for start in range(len(text) - k)}
### END
'''

# %% [markdown] wrong="e1" why="cuts the text into pieces that do not overlap" edit=true
r'''
### REPLACE
    return {text[start : start + k] for start in range(len(text) - k + 1)}
### WITH
    return {text[start : start + k] for start in range(0, len(text) - k + 1, k)}
### END
'''

# %% [markdown] wrong="e1" why="small letters throughout, as for a search index" edit=true
r'''
### REPLACE
    text = " ".join(text.split())
### WITH
    text = " ".join(text.lower().split())
### END
'''

# %% [markdown] wrong="e1" why="drops white space at the ends, and leaves runs of it as they are" edit=true
r'''
### REPLACE
    text = " ".join(text.split())
### WITH
    text = text.strip()
### END
'''

# %% [markdown] wrong="e1" why="knows blanks only: tabs and line ends stay" edit=true
r'''
### REPLACE
    text = " ".join(text.split())
### WITH
    text = " ".join(word for word in text.split(" ") if word)
### END
'''

# %% [markdown] wrong="e1" why="a text that is too short becomes a shingle of its own" edit=true
r'''
### REPLACE
    return {text[start : start + k] for start in range(len(text) - k + 1)}
### WITH
    return {text[start : start + k] for start in range(max(1, len(text) - k + 1))}
### END
'''

# %% [markdown] wrong="e1" why="Dice's coefficient: twice what is common over the sum of the sizes" edit=true
r'''
### REPLACE
    return Fraction(len(a & b), len(a | b))
### WITH
    return Fraction(2 * len(a & b), len(a) + len(b))
### END
'''

# %% [markdown] wrong="e1" why="the sizes added, so that common members count twice below: multisets" edit=true
r'''
### REPLACE
    return Fraction(len(a & b), len(a | b))
### WITH
    return Fraction(len(a & b), len(a) + len(b))
### END
'''

# %% [markdown] wrong="e1" why="two empty sets have nothing in common, so 0" edit=true
r'''
### REPLACE
        return Fraction(1)
### WITH
        return Fraction(0)
### END
'''

# %% right="e1" why="a regular expression for the white space; the union counted from its parts"
import re


def shingles(text, k):
    clean = re.sub(r"\s+", " ", text).strip()
    return frozenset(match.group(1) for match in re.finditer(f"(?=(.{{{k}}}))", clean))


def jaccard(a, b):
    only = len(a - b) + len(b - a)
    common = len(a) - len(a - b)
    return Fraction(common, only + common) if only + common else Fraction(1)

# %% [markdown] wrong="e1" why="unites the sets in place and so changes the first one" edit=true
r'''
### REPLACE
    return Fraction(len(a & b), len(a | b))
### WITH
    common = len(a & b)
    a |= b
    return Fraction(common, len(a))
### END
'''

# %% [markdown] wrong="e1" why="one empty set is enough for a similarity of 1" edit=true
r'''
### REPLACE
    if not a and not b:
### WITH
    if not a or not b:
### END
'''

# %% [markdown] wrong="e1" why="a list, in which repeats stay" edit=true
r'''
### REPLACE
    return {text[start : start + k] for start in range(len(text) - k + 1)}
### WITH
    return [text[start : start + k] for start in range(len(text) - k + 1)]
### END
'''

# %% [markdown] wrong="e1" why="drops all white space, between words as well" edit=true
r'''
### REPLACE
    text = " ".join(text.split())
### WITH
    text = "".join(text.split())
### END
'''

# %% [markdown] wrong="e1" why="cuts first and normalises the pieces" edit=true
r'''
### REPLACE
    text = " ".join(text.split())
### WITH
    text = str(text)
### END
### REPLACE
    return {text[start : start + k] for start in range(len(text) - k + 1)}
### WITH
    return {" ".join(text[start : start + k].split()) for start in range(len(text) - k + 1)}
### END
'''

# %% right="e2" why="set by set instead of row by row; agreement by a loop"
def minhash(sets, orders):
    k, n = np.shape(orders)
    columns = []
    for members in sets:
        chosen = sorted(members)
        columns.append(orders[:, chosen].min(axis=1) if chosen else np.full(k, n))
    return np.stack(columns, axis=1)


def estimate(signatures, i, j):
    same = [line[i] == line[j] for line in signatures]
    return Fraction(sum(map(bool, same)), len(same))

# %% right="e2" why="walks down each order and stops at the first member; 1 minus the disagreement"
def minhash(sets, orders):
    lines = []
    for order in np.asarray(orders).tolist():
        rows = sorted(range(len(order)), key=order.__getitem__)
        lines.append([next((place for place, row in enumerate(rows) if row in members), len(order)) for members in sets])
    return np.array(lines)


def estimate(signatures, i, j):
    return 1 - Fraction(int(np.count_nonzero(signatures[:, i] - signatures[:, j])), signatures.shape[0])

# %% [markdown] wrong="e2" why="the first row of a set without any order: each line is the same" edit=true
r'''
### REPLACE
                signatures[:, column] = np.minimum(signatures[:, column], orders[:, row])
### WITH
                signatures[:, column] = np.minimum(signatures[:, column], row)
### END
'''

# %% [markdown] wrong="e2" why="orders read the wrong way round: which row is at place x" edit=true
r'''
### REPLACE
    k, n = orders.shape
### WITH
    k, n = orders.shape
    orders = np.argsort(orders, axis=1)
### END
'''

# %% [markdown] wrong="e2" why="the member that comes first, instead of its place" edit=true
r'''
### REPLACE
    return signatures
### WITH
    rows = np.column_stack([np.argsort(orders, axis=1), np.full(k, n)])
    return np.take_along_axis(rows, signatures, axis=1)
### END
'''

# %% [markdown] wrong="e2" why="the greatest place instead of the smallest" edit=true
r'''
### REPLACE
                signatures[:, column] = np.minimum(signatures[:, column], orders[:, row])
### WITH
                signatures[:, column] = np.maximum(signatures[:, column] % n, orders[:, row])
### END
'''

# %% [markdown] wrong="e2" why="the minimum over the documents: a row lowers every set" edit=true
r'''
### REPLACE
            if row in members:
### WITH
            if members and any(row in other for other in sets):
### END
'''

# %% [markdown] wrong="e2" why="an empty set stands at 0, as if it had the first row" edit=true
r'''
### REPLACE
    return signatures
### WITH
    return np.where(signatures == n, 0, signatures)
### END
'''

# %% [markdown] wrong="e2" why="an empty set stands at -1" edit=true
r'''
### REPLACE
    return signatures
### WITH
    signatures[:, [column for column, members in enumerate(sets) if not members]] = -1
    return signatures
### END
'''

# %% [markdown] wrong="e2" why="the Jaccard similarity of the values, wherever they stand" edit=true
r'''
### REPLACE
    agreeing = int(np.sum(signatures[:, i] == signatures[:, j]))
    return Fraction(agreeing, len(signatures))
### WITH
    one, two = set(signatures[:, i].tolist()), set(signatures[:, j].tolist())
    return Fraction(len(one & two), len(one | two))
### END
'''

# %% [markdown] wrong="e2" why="agreement over twice the length without what agrees, as if places were members" edit=true
r'''
### REPLACE
    return Fraction(agreeing, len(signatures))
### WITH
    return Fraction(agreeing, 2 * len(signatures) - agreeing)
### END
'''

# %% [markdown] wrong="e2" why="takes the members out of the sets while it reads them" edit=true
r'''
### REPLACE
    for row in range(n):
        for column, members in enumerate(sets):
            if row in members:
                signatures[:, column] = np.minimum(signatures[:, column], orders[:, row])
### WITH
    for column, members in enumerate(sets):
        while members:
            signatures[:, column] = np.minimum(signatures[:, column], orders[:, members.pop()])
### END
'''

# %% [markdown] wrong="e2" why="compares two lines instead of two columns" edit=true
r'''
### REPLACE
    agreeing = int(np.sum(signatures[:, i] == signatures[:, j]))
    return Fraction(agreeing, len(signatures))
### WITH
    agreeing = int(np.sum(signatures[i] == signatures[j]))
    return Fraction(agreeing, signatures.shape[1])
### END
'''

# %% [markdown] wrong="e2" why="counts the different values that are shared, not the lines" edit=true
r'''
### REPLACE
    agreeing = int(np.sum(signatures[:, i] == signatures[:, j]))
### WITH
    agreeing = len({value for value, other in zip(signatures[:, i].tolist(), signatures[:, j].tolist()) if value == other})
### END
'''

# %% right="e3" why="plain Python numbers throughout, the pairs drawn one by one"
def fingerprint(text):
    number = 0
    for byte in hashlib.blake2b(text.encode("utf-8"), digest_size=8).digest():
        number = (256 * number + byte) % P
    return number


def hash_family(k, p, seed):
    rng = np.random.default_rng(seed)
    return [(int(rng.integers(1, p)), int(rng.integers(p))) for _ in range(k)]


def sketch(members, family, p):
    return np.array([min(((a * x + b) % p for x in members), default=p) for a, b in family])

# %% right="e3" why="one pass over the members that lowers the signature; the pairs from one table"
def fingerprint(text):
    return int(hashlib.blake2b(bytes(text, "utf-8"), digest_size=8).hexdigest(), 16) % P


def hash_family(k, p, seed):
    table = np.random.default_rng(seed).integers([1, 0], p, size=(k, 2))
    return [tuple(pair) for pair in table.tolist()]


def sketch(members, family, p):
    a, b = (np.array(part, dtype=np.int64) for part in zip(*family))
    least = np.full(len(family), p)
    for x in members:
        least = np.minimum(least, (a * x + b) % p)
    return least

# %% [markdown] wrong="e3" why="Python's hash, which is salted in each process" edit=true
r'''
### REPLACE
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big") % P
### WITH
    return hash(text) % P
### END
'''

# %% [markdown] wrong="e3" why="the least significant byte first" edit=true
r'''
### REPLACE
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big") % P
### WITH
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little") % P
### END
'''

# %% [markdown] wrong="e3" why="the first eight bytes of the long digest, which is another digest" edit=true
r'''
### REPLACE
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big") % P
### WITH
    return int.from_bytes(hashlib.blake2b(text.encode()).digest()[:8], "big") % P
### END
'''

# %% [markdown] wrong="e3" why="a multiplier of 0 is possible" edit=true
r'''
### REPLACE
    a = rng.integers(1, p, k)
### WITH
    a = rng.integers(0, p, k)
### END
'''

# %% [markdown] wrong="e3" why="takes the upper end for included" edit=true
r'''
### REPLACE
    a = rng.integers(1, p, k)
### WITH
    a = rng.integers(1, p - 1, k)
### END
'''

# %% [markdown] wrong="e3" why="leaves out the shift 0" edit=true
r'''
### REPLACE
    b = rng.integers(0, p, k)
### WITH
    b = rng.integers(1, p, k)
### END
'''

# %% [markdown] wrong="e3" why="one multiplier for all functions, which then only shift" edit=true
r'''
### REPLACE
    a = rng.integers(1, p, k)
### WITH
    a = np.full(k, rng.integers(1, p))
### END
'''

# %% [markdown] wrong="e3" why="the two numbers of a pair are drawn alike: b is a or a - 1" edit=true
r'''
### REPLACE
    b = rng.integers(0, p, k)
### WITH
    b = a - rng.integers(0, 2, k)
### END
'''

# %% [markdown] wrong="e3" why="ignores the seed, so that no two signatures can be compared" edit=true
r'''
### REPLACE
    rng = np.random.default_rng(seed)
### WITH
    rng = np.random.default_rng()
### END
'''

# %% [markdown] wrong="e3" why="modulo a power of two instead of the prime" edit=true
r'''
### REPLACE
    hashes = (a[:, None] * x + b[:, None]) % p
### WITH
    hashes = (a[:, None] * x + b[:, None]) % (1 << (p - 1).bit_length())
### END
'''

# %% [markdown] wrong="e3" why="32 bits, in which the product overflows" edit=true
r'''
### REPLACE
    hashes = (a[:, None] * x + b[:, None]) % p
### WITH
    hashes = ((a[:, None] * x + b[:, None]).astype(np.int32) % p).astype(np.int64)
### END
'''

# %% [markdown] wrong="e3" why="hashes the least member instead of taking the least hash" edit=true
r'''
### REPLACE
    return hashes.min(axis=1, initial=p)
### WITH
    least = min(members, default=None)
    return np.full(len(family), p) if least is None else (a * least + b) % p
### END
'''

# %% [markdown] wrong="e3" why="an empty set gets zeros" edit=true
r'''
### REPLACE
    return hashes.min(axis=1, initial=p)
### WITH
    return hashes.min(axis=1) if len(x) else np.zeros(len(family), dtype=np.int64)
### END
'''

# %% [markdown] wrong="e3" why="an empty set has no least, and the sketch fails" edit=true
r'''
### REPLACE
    return hashes.min(axis=1, initial=p)
### WITH
    return hashes.min(axis=1)
### END
'''

# %% [markdown] wrong="e3" why="takes the members out of the set while it reads them" edit=true
r'''
### REPLACE
    x = np.array(list(members), dtype=np.int64)
### WITH
    x = np.array([members.pop() for _ in range(len(members))], dtype=np.int64)
### END
'''

# %% [markdown] wrong="e3" why="the least before the modulus" edit=true
r'''
### REPLACE
    hashes = (a[:, None] * x + b[:, None]) % p
### WITH
    hashes = a[:, None] * x + b[:, None]
### END
### REPLACE
    return hashes.min(axis=1, initial=p)
### WITH
    return hashes.min(axis=1) % p if len(x) else np.full(len(family), p)
### END
'''

# %% [markdown] wrong="e3" why="the least over the functions instead of the members" edit=true
r'''
### REPLACE
    return hashes.min(axis=1, initial=p)
### WITH
    return hashes.min(axis=0) if len(x) else np.full(len(family), p)
### END
'''

# %% [markdown] wrong="e3" why="one function for all places: only the first pair is used" edit=true
r'''
### REPLACE
    hashes = (a[:, None] * x + b[:, None]) % p
### WITH
    hashes = (np.full_like(a, a[0])[:, None] * x + b[0]) % p
### END
'''

# %% [markdown] wrong="e3" why="the same seed twice, so that both numbers come from the same draws" edit=true
r'''
### REPLACE
    b = rng.integers(0, p, k)
### WITH
    b = np.random.default_rng(seed).integers(0, p, k)
### END
'''

# %% [markdown] wrong="e3" why="odd multipliers only, as for a power of two" edit=true
r'''
### REPLACE
    a = rng.integers(1, p, k)
### WITH
    a = 2 * rng.integers(0, p // 2, k) + 1
### END
'''

# %% [markdown] wrong="e3" why="letters beyond ASCII are lost" edit=true
r'''
### REPLACE
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big") % P
### WITH
    return int.from_bytes(hashlib.blake2b(text.encode("ascii", "ignore"), digest_size=8).digest(), "big") % P
### END
'''

# %% [markdown] wrong="e3" why="the fingerprint modulo a power of two" edit=true
r'''
### REPLACE
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big") % P
### WITH
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big") % 2**31
### END
'''

# %% right="e4" why="the logarithm in parts, integer steps to the smallest; NumPy's clip"
def needed_k(eps, delta, pairs=1):
    for value in (eps, delta):
        if value <= 0 or value >= 1:
            raise ValueError("outside (0, 1)")
    exact = (math.log(2) + math.log(pairs) - math.log(delta)) / 2 / eps / eps
    k = int(exact)
    return k if k == exact else k + 1


def interval(agreeing, k, delta):
    e = math.sqrt((math.log(2) - math.log(delta)) / 2 / k)
    low, high = np.clip([agreeing / k - e, agreeing / k + e], 0, 1).tolist()
    return low, high

# %% right="e4" why="searches for the length by bisection of the inequality itself"
def needed_k(eps, delta, pairs=1):
    if not 0 < eps < 1 or not 0 < delta < 1:
        raise ValueError("no error and no risk is not to be had")

    def enough(k):
        return math.log(2 * pairs) - 2 * k * eps * eps <= math.log(delta)

    few, many = 0, 1
    while not enough(many):
        few, many = many, 2 * many
    while many - few > 1:
        middle = (few + many) // 2
        few, many = (few, middle) if enough(middle) else (middle, many)
    return many


def interval(agreeing, k, delta):
    half = (-0.5 * math.log(delta / 2) / k) ** 0.5
    low, high = agreeing / k - half, agreeing / k + half
    return (low if low > 0 else 0.0), (high if high < 1 else 1.0)

# %% [markdown] wrong="e4" why="the 2 of the two sides is missing" edit=true
r'''
### REPLACE
    return math.ceil(math.log(2 * pairs / delta) / (2 * eps**2))
### WITH
    return math.ceil(math.log(pairs / delta) / (2 * eps**2))
### END
'''

# %% [markdown] wrong="e4" why="eps not squared" edit=true
r'''
### REPLACE
    return math.ceil(math.log(2 * pairs / delta) / (2 * eps**2))
### WITH
    return math.ceil(math.log(2 * pairs / delta) / (2 * eps))
### END
'''

# %% [markdown] wrong="e4" why="rounded to the nearest whole number, which may be too few" edit=true
r'''
### REPLACE
    return math.ceil(math.log(2 * pairs / delta) / (2 * eps**2))
### WITH
    return round(math.log(2 * pairs / delta) / (2 * eps**2))
### END
'''

# %% [markdown] wrong="e4" why="the decimal logarithm" edit=true
r'''
### REPLACE
    return math.ceil(math.log(2 * pairs / delta) / (2 * eps**2))
### WITH
    return math.ceil(math.log10(2 * pairs / delta) / (2 * eps**2))
### END
'''

# %% [markdown] wrong="e4" why="the same length, however many pairs" edit=true
r'''
### REPLACE
    return math.ceil(math.log(2 * pairs / delta) / (2 * eps**2))
### WITH
    return math.ceil(math.log(2 / delta) / (2 * eps**2))
### END
'''

# %% [markdown] wrong="e4" why="so many pairs need so many times the length" edit=true
r'''
### REPLACE
    return math.ceil(math.log(2 * pairs / delta) / (2 * eps**2))
### WITH
    return math.ceil(pairs * math.log(2 / delta) / (2 * eps**2))
### END
'''

# %% [markdown] wrong="e4" why="looks at the signs only, and promises with a risk of 1 or more" edit=true
r'''
### REPLACE
    if not (0 < eps < 1 and 0 < delta < 1):
### WITH
    if eps <= 0 or delta <= 0:
### END
'''

# %% [markdown] wrong="e4" why="the interval of the normal distribution at 95 %, whatever delta" edit=true
r'''
### REPLACE
    half = math.sqrt(math.log(2 / delta) / (2 * k))
### WITH
    half = 1.96 * math.sqrt(share * (1 - share) / k)
### END
'''

# %% [markdown] wrong="e4" why="no root: the width for the variance" edit=true
r'''
### REPLACE
    half = math.sqrt(math.log(2 / delta) / (2 * k))
### WITH
    half = math.log(2 / delta) / (2 * k)
### END
'''

# %% [markdown] wrong="e4" why="one side's bound on both sides" edit=true
r'''
### REPLACE
    half = math.sqrt(math.log(2 / delta) / (2 * k))
### WITH
    half = math.sqrt(math.log(1 / delta) / (2 * k))
### END
'''

# %% [markdown] wrong="e4" why="ends below 0 and above 1" edit=true
r'''
### REPLACE
    return max(0.0, share - half), min(1.0, share + half)
### WITH
    return share - half, share + half
### END
'''

# %% [markdown] wrong="e4" why="the whole part, which is too few" edit=true
r'''
### REPLACE
    return math.ceil(math.log(2 * pairs / delta) / (2 * eps**2))
### WITH
    return math.floor(math.log(2 * pairs / delta) / (2 * eps**2))
### END
'''

# %% [markdown] wrong="e4" why="takes the number of pairs for a number of documents" edit=true
r'''
### REPLACE
    return math.ceil(math.log(2 * pairs / delta) / (2 * eps**2))
### WITH
    pairs = max(1, pairs * (pairs - 1) // 2)
    return math.ceil(math.log(2 * pairs / delta) / (2 * eps**2))
### END
'''

# %% [markdown] wrong="e4" why="cuts the width on both sides where one end is outside" edit=true
r'''
### REPLACE
    return max(0.0, share - half), min(1.0, share + half)
### WITH
    half = min(half, share, 1 - share)
    return share - half, share + half
### END
'''
