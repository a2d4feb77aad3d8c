# %% right="e1" why="a table of formulas, looked up by letter"
def tf(count, letter):
    table = {"n": lambda c: c, "l": lambda c: 1 + math.log(c) / math.log(10), "b": lambda c: 1}
    if letter not in table:
        raise ValueError(letter)
    return table[letter](count) if count else 0


def idf(total, df, letter):
    table = {"n": 1.0, "t": math.log10(total) - math.log10(df), "p": 0.0}
    if 2 * df < total:
        table["p"] = math.log10((total - df) / df)
    try:
        return table[letter]
    except KeyError:
        raise ValueError(letter) from None

# %% right="e1" why="by match, with the cases in another order"
def tf(count, letter):
    match letter:
        case "n":
            return float(count)
        case "b":
            return float(min(count, 1))
        case "l":
            return 0.0 if count < 1 else 1.0 + float(np.log10(count))
    raise ValueError("letter")


def idf(total, df, letter):
    match letter:
        case "n":
            return 1.0
        case "t":
            return -math.log10(df / total)
        case "p":
            without = total - df
            return math.log10(without / df) if without > df else 0.0
    raise ValueError("letter")

# %% [markdown] wrong="e1" why="log10 of the count alone: a term that occurs once weighs nothing" edit=true
r'''
### REPLACE
    return 1 + math.log10(count) if letter == "l" else 1
### WITH
    return math.log10(count) if letter == "l" else 1
### END
'''

# %% [markdown] wrong="e1" why="natural logarithms in the term frequency" edit=true
r'''
### REPLACE
    return 1 + math.log10(count) if letter == "l" else 1
### WITH
    return 1 + math.log(count) if letter == "l" else 1
### END
'''

# %% [markdown] wrong="e1" why="forgets that log 0 does not exist" edit=true
r'''
### REPLACE
    if count == 0 or letter == "n":
### WITH
    if letter == "n":
### END
'''

# %% [markdown] wrong="e1" why="adds 1 to df where nobody asked for it" edit=true
r'''
### REPLACE
        return math.log10(total / df)
### WITH
        return math.log10(total / (df + 1))
### END
'''

# %% [markdown] wrong="e1" why="lets the probabilistic idf fall below 0, and fails where df is total" edit=true
r'''
### REPLACE
        return math.log10(max(1, (total - df) / df))  # the logarithm of 1 is the floor 0
### WITH
        return math.log10((total - df) / df)
### END
'''

# %% [markdown] wrong="e1" why="takes N over df for the odds, so that p is t" edit=true
r'''
### REPLACE
        return math.log10(max(1, (total - df) / df))  # the logarithm of 1 is the floor 0
### WITH
        return math.log10(max(1, total / df))
### END
'''

# %% [markdown] wrong="e1" why="takes every letter that it does not know for the Boolean one" edit=true
r'''
### REPLACE
    if letter not in ("n", "l", "b"):
        raise ValueError(f"no such term frequency: {letter!r}")
### WITH
### END
'''

# %% [markdown] wrong="e1" why="a word of every document weighs 0 before the letter is looked at" edit=true
r'''
### REPLACE
    if letter == "n":
        return 1
### WITH
    if letter == "n":
        return 1
    if df == total:
        return 0
### END
'''

# %% right="e2" why="dense NumPy tables, both sides by one function"
def smart(docs, query, scheme):
    names = sorted({t for words in docs.values() for t in words})
    table = np.array([[words.count(t) for t in names] for words in docs.values()], dtype=float).reshape(len(docs), len(names))
    df = (table > 0).sum(axis=0)

    def weigh(counts, letters):
        first, second, third = letters
        if first == "l":
            w = 1 + np.log10(np.maximum(counts, 1))
        elif first == "a":
            w = 0.5 + 0.5 * counts / np.maximum(counts.max(axis=1, keepdims=True, initial=0), 1)
        else:
            w = counts if first == "n" else np.ones_like(counts)
        w = np.where(counts > 0, w, 0.0)
        if second == "t":
            w = w * np.log10(len(docs) / df)
        elif second == "p":
            w = w * np.log10(np.maximum((len(docs) - df) / df, 1))
        if third == "c":
            length = np.sqrt((w**2).sum(axis=1, keepdims=True))
            w = w / np.where(length > 0, length, 1)
        return w

    asked = np.array([[query.count(t) for t in names]], dtype=float)
    left, right = scheme.split(".")
    scores = weigh(table, left) @ weigh(asked, right)[0]
    return dict(zip(docs, scores.tolist(), strict=True))

# %% right="e2" why="term at a time over an inverted index, lengths kept in a table"
def smart(docs, query, scheme):
    postings = {}
    for name, words in docs.items():
        for t in words:
            postings.setdefault(t, Counter())[name] += 1

    def weight(t, count, words, letters):
        if letters[0] == "l":
            value = 1 + math.log10(count)
        elif letters[0] == "a":
            value = 0.5 * (1 + count / max(words.count(w) for w in words))
        else:
            value = count if letters[0] == "n" else 1
        df = len(postings[t])
        if letters[1] == "t":
            value *= math.log10(len(docs) / df)
        elif letters[1] == "p":
            value *= math.log10((len(docs) - df) / df) if len(docs) > 2 * df else 0
        return value

    known = [t for t in query if t in postings]
    asked = {t: weight(t, known.count(t), known, scheme[4:]) for t in known}
    if scheme[6] == "c":
        size = math.sqrt(sum(w * w for w in asked.values())) or 1
        asked = {t: w / size for t, w in asked.items()}
    scores = dict.fromkeys(docs, 0.0)
    squares = dict.fromkeys(docs, 0.0)
    for t, hits in postings.items():
        for name, count in hits.items():
            w = weight(t, count, docs[name], scheme[:3])
            squares[name] += w * w
            scores[name] += w * asked.get(t, 0.0)
    if scheme[2] == "c":
        scores = {name: s / math.sqrt(squares[name]) if squares[name] else 0.0 for name, s in scores.items()}
    return scores

# %% [markdown] wrong="e2" why="idf on both sides as soon as one of them asks for it" edit=true
r'''
### REPLACE
        weights = {t: tf[letters[0]](count, most) * idf[letters[1]](t) for t, count in counts.items()}
### WITH
        letter = max(scheme[1], scheme[5])
        weights = {t: tf[letters[0]](count, most) * idf[letter](t) for t, count in counts.items()}
### END
'''

# %% [markdown] wrong="e2" why="takes the letters before the dot for the query's" edit=true
r'''
### REPLACE
    of_docs, of_query = scheme.split(".")
### WITH
    of_query, of_docs = scheme.split(".")
### END
'''

# %% [markdown] wrong="e2" why="normalises the frequencies before they are weighed with idf" edit=true
r'''
### REPLACE
        weights = {t: tf[letters[0]](count, most) * idf[letters[1]](t) for t, count in counts.items()}
        length = math.hypot(*weights.values())
        if letters[2] == "n" or length == 0:
            return weights
        return {t: w / length for t, w in weights.items()}
### WITH
        weights = {t: tf[letters[0]](count, most) for t, count in counts.items()}
        length = math.hypot(*weights.values())
        if letters[2] == "n" or length == 0:
            length = 1
        return {t: w / length * idf[letters[1]](t) for t, w in weights.items()}
### END
'''

# %% [markdown] wrong="e2" why="takes the length of a document over the words of the query only" edit=true
r'''
### REPLACE
        length = math.hypot(*weights.values())
### WITH
        length = math.hypot(*(w for t, w in weights.items() if t in query))
### END
'''

# %% [markdown] wrong="e2" why="divides by the sum of the weights instead of the Euclidean length" edit=true
r'''
### REPLACE
        length = math.hypot(*weights.values())
### WITH
        length = sum(weights.values())
### END
'''

# %% [markdown] wrong="e2" why="counts occurrences in the whole collection for document frequency" edit=true
r'''
### REPLACE
    df = Counter(t for words in docs.values() for t in set(words))
### WITH
    df = Counter(t for words in docs.values() for t in words)
### END
'''

# %% [markdown] wrong="e2" why="the probabilistic idf is not cut off at 0" edit=true
r'''
### REPLACE
        "p": lambda t: math.log10(max(1, (len(docs) - df[t]) / df[t])),
### WITH
        "p": lambda t: math.log10((len(docs) - df[t]) / df[t]) if df[t] < len(docs) else 0,
### END
'''

# %% [markdown] wrong="e2" why="one maximum for the whole collection in the augmented frequency" edit=true
r'''
### REPLACE
        most = max(counts.values(), default=0)
### WITH
        most = max(max(Counter(text).values(), default=0) for text in docs.values())
### END
'''

# %% [markdown] wrong="e2" why="natural logarithms throughout" edit=true
r'''
### REPLACE
        "l": lambda count, most: 1 + math.log10(count),
### WITH
        "l": lambda count, most: 1 + math.log(count),
### END
'''

# %% [markdown] wrong="e2" why="words of the query that no document has still lengthen its vector" edit=true
r'''
### REPLACE
        counts = Counter(t for t in words if t in df)
### WITH
        counts = Counter(words)
### END
### REPLACE
        "t": lambda t: math.log10(len(docs) / df[t]),
        "p": lambda t: math.log10(max(1, (len(docs) - df[t]) / df[t])),
### WITH
        "t": lambda t: math.log10(len(docs) / df[t]) if df[t] else 0,
        "p": lambda t: math.log10(max(1, (len(docs) - df[t]) / df[t])) if df[t] else 0,
### END
'''

# %% [markdown] wrong="e2" why="divides by a length of 0" edit=true
r'''
### REPLACE
        if letters[2] == "n" or length == 0:
### WITH
        if letters[2] == "n":
### END
### REPLACE
        return {t: w / length for t, w in weights.items()}
### WITH
        return {t: float(np.float64(w) / length) if length else math.nan for t, w in weights.items()}
### END
'''

# %% [markdown] wrong="e2" why="leaves out empty documents, as if they were not in the collection" edit=true
r'''
### REPLACE
    for name, words in docs.items():
### WITH
    for name, words in ((name, words) for name, words in docs.items() if words):
### END
'''

# %% right="e3" why="plain Python, a dict a row"
def tfidf(collection, texts, *, sublinear_tf=False, use_idf=True, smooth_idf=True, norm="l2"):
    cut = re.compile(r"(?u)\b\w\w+\b")
    known = [Counter(cut.findall(text.lower())) for text in collection]
    df = Counter(t for counts in known for t in counts)
    vocabulary = sorted(df)
    total = len(collection)
    idf = {}
    for t in vocabulary:
        if not use_idf:
            idf[t] = 1.0
        elif smooth_idf:
            idf[t] = 1 + math.log((total + 1) / (df[t] + 1))
        else:
            idf[t] = 1 + math.log(total / df[t])
    rows = []
    for text in texts:
        counts = Counter(cut.findall(text.lower()))
        row = []
        for t in vocabulary:
            value = float(counts[t])
            if value and sublinear_tf:
                value = 1 + math.log(value)
            row.append(value * idf[t])
        if norm == "l2":
            size = math.sqrt(math.fsum(w * w for w in row))
        elif norm == "l1":
            size = math.fsum(row)
        else:
            size = 1.0
        rows.append([w / size if size else 0.0 for w in row])
    return vocabulary, np.array(rows)

# %% right="e3" why="columns by number, counts added up in place, idf as a diagonal matrix"
def tfidf(collection, texts, *, sublinear_tf=False, use_idf=True, smooth_idf=True, norm="l2"):
    split = lambda text: [t for t in re.findall(r"\w+", text.lower()) if len(t) > 1]
    vocabulary = sorted(set().union(*map(split, collection)))
    column = {t: j for j, t in enumerate(vocabulary)}
    matrix = np.zeros((len(texts), len(vocabulary)))
    for i, text in enumerate(texts):
        for t in split(text):
            if t in column:
                matrix[i, column[t]] += 1
    if sublinear_tf:
        there = matrix > 0
        matrix[there] = 1 + np.log(matrix[there])
    if use_idf:
        df = np.array([sum(t in split(text) for text in collection) for t in vocabulary], dtype=float)
        total = float(len(collection))
        if smooth_idf:
            df, total = df + 1, total + 1
        matrix = matrix @ np.diag(1 + np.log(total) - np.log(df))
    if norm:
        for row in matrix:
            size = np.sqrt(row @ row) if norm == "l2" else row.sum()
            if size > 0:
                row /= size
    return vocabulary, matrix

# %% [markdown] wrong="e3" why="keeps tokens of one letter" edit=true
r'''
### REPLACE
    tokens = lambda text: re.findall(r"(?u)\b\w\w+\b", text.lower())
### WITH
    tokens = lambda text: re.findall(r"\w+", text.lower())
### END
'''

# %% [markdown] wrong="e3" why="knows only the letters of English: no accents, no underscore" edit=true
r'''
### REPLACE
    tokens = lambda text: re.findall(r"(?u)\b\w\w+\b", text.lower())
### WITH
    tokens = lambda text: re.findall(r"[a-z0-9]{2,}", text.lower())
### END
'''

# %% [markdown] wrong="e3" why="the book's logarithm, to base 10, in the term frequency" edit=true
r'''
### REPLACE
        weights = np.where(weights > 0, 1 + np.log(np.maximum(weights, 1)), 0.0)
### WITH
        weights = np.where(weights > 0, 1 + np.log10(np.maximum(weights, 1)), 0.0)
### END
'''

# %% [markdown] wrong="e3" why="base 10 in the idf" edit=true
r'''
### REPLACE
        weights = weights * (np.log((len(collection) + extra) / (df + extra)) + 1)
### WITH
        weights = weights * (np.log10((len(collection) + extra) / (df + extra)) + 1)
### END
'''

# %% [markdown] wrong="e3" why="the 1 after the logarithm is missing" edit=true
r'''
### REPLACE
        weights = weights * (np.log((len(collection) + extra) / (df + extra)) + 1)
### WITH
        weights = weights * np.log((len(collection) + extra) / (df + extra))
### END
'''

# %% [markdown] wrong="e3" why="smooths whatever the flag says" edit=true
r'''
### REPLACE
        extra = 1 if smooth_idf else 0
### WITH
        extra = 1
### END
'''

# %% [markdown] wrong="e3" why="takes document frequencies from the new texts" edit=true
r'''
### REPLACE
        df = np.count_nonzero(table(collection), axis=0)
### WITH
        df = np.count_nonzero(table(texts), axis=0)
### END
'''

# %% [markdown] wrong="e3" why="takes the length before unknown words are gone" edit=true
r'''
### REPLACE
        weights = weights / np.where(length == 0, 1, length)
### WITH
        unknown = [sum(token not in vocabulary for token in tokens(text)) for text in texts]
        length = length + np.array(unknown)[:, None]
        weights = weights / np.where(length == 0, 1, length)
### END
'''

# %% [markdown] wrong="e3" why="takes l1 for l2" edit=true
r'''
### REPLACE
        length = np.linalg.norm(weights, ord=1 if norm == "l1" else 2, axis=1, keepdims=True)
### WITH
        length = np.linalg.norm(weights, axis=1, keepdims=True)
### END
'''

# %% [markdown] wrong="e3" why="divides rows of zeros by 0" edit=true
r'''
### REPLACE
        weights = weights / np.where(length == 0, 1, length)
### WITH
        with np.errstate(invalid="ignore"):
            weights = weights / length
### END
'''

# %% [markdown] wrong="e3" why="brings the texts of the collection to lower case, but not the new ones" edit=true
r'''
### REPLACE
        rows = [Counter(tokens(text)) for text in group]
### WITH
        rows = [Counter(tokens(text) if text in collection else re.findall(r"(?u)\b\w\w+\b", text)) for text in group]
### END
'''

# %% [markdown] wrong="e3" why="asks for smoothing first, so that without it the idf comes in even where none is wanted" edit=true
r'''
### REPLACE
    if use_idf:
### WITH
    if use_idf or not smooth_idf:
### END
'''

# %% [markdown] wrong="e3" why="smooths always when the frequencies are sublinear" edit=true
r'''
### REPLACE
        extra = 1 if smooth_idf else 0
### WITH
        extra = 1 if smooth_idf or sublinear_tf else 0
### END
'''

# %% equivalent="e3" mutants=["2aa0beb2"] why="a row of zeros divided by 2 is a row of zeros too"

# %% right="e4" why="counts missing words; completes the square by NumPy"
def zone_score(document, query, g):
    if g < 0 or g > 1:
        raise ValueError("g")
    score = 0.0
    for zone, share in (("title", g), ("body", 1 - g)):
        missing = sum(1 for word in query if word not in document[zone])
        score += share if missing == 0 else 0.0
    return score


def best_weight(examples):
    table = np.array(examples, dtype=float).reshape(-1, 3)
    v = table[:, 0] - table[:, 1]
    if not v.any():
        return 0.5
    return float(np.clip((table[:, 2] - table[:, 1]) @ v / (v @ v), 0, 1))

# %% right="e4" why="the parabola's coefficients, its ends compared with its vertex"
def zone_score(document, query, g):
    if not (g >= 0 and g <= 1):
        raise ValueError("a share lies between 0 and 1")
    matches = lambda zone: all(word in document[zone] for word in query)
    if matches("title"):
        return 1.0 if matches("body") else g
    return 1 - g if matches("body") else 0.0


def best_weight(examples):
    a = b = 0.0
    for title, body, relevance in examples:
        a += (title - body) ** 2
        b -= 2 * (relevance - body) * (title - body)
    if a == 0:
        return 0.5
    cost = lambda g: a * g * g + b * g
    return min([g for g in (0.0, 1.0, -b / (2 * a)) if 0 <= g <= 1], key=cost)

# %% right="e4" why="zone by zone; the lowest point by thirds of the interval, without any calculus"
def zone_score(document, query, g):
    if not 0 <= g <= 1:
        raise ValueError("no share")
    shares = {"title": g, "body": 1 - g}
    return sum(share for zone, share in shares.items() if all(word in document[zone] for word in query))


def best_weight(examples):
    if all(title == body for title, body, _ in examples):
        return 0.5

    def error(g):
        return sum((r - g * title - (1 - g) * body) ** 2 for title, body, r in examples)

    low, high = 0.0, 1.0
    for _ in range(80):
        left, right = (2 * low + high) / 3, (low + 2 * high) / 3
        low, high = (low, right) if error(left) <= error(right) else (left, high)
    return (low + high) / 2

# %% [markdown] wrong="e4" why="the weight of the title goes with the body" edit=true
r'''
### REPLACE
    return g * title + (1 - g) * body
### WITH
    return g * body + (1 - g) * title
### END
'''

# %% [markdown] wrong="e4" why="one word of the query is enough for a zone" edit=true
r'''
### REPLACE
    title, body = (set(query) <= set(document[zone]) for zone in ("title", "body"))
### WITH
    title, body = (not set(query).isdisjoint(document[zone]) for zone in ("title", "body"))
### END
'''

# %% [markdown] wrong="e4" why="takes any weight" edit=true
r'''
### REPLACE
    if not 0 <= g <= 1:
        raise ValueError(f"the weight of the title lies between 0 and 1, not {g}")
### WITH
### END
'''

# %% [markdown] wrong="e4" why="refuses the weights 0 and 1 themselves" edit=true
r'''
### REPLACE
    if not 0 <= g <= 1:
### WITH
    if not 0 < g < 1:
### END
'''

# %% [markdown] wrong="e4" why="exchanges the two zones in the learned weight" edit=true
r'''
### REPLACE
    return min(1, max(0, vertex))  # a parabola's lowest point on an interval: the vertex, or the end next to it
### WITH
    return 1 - min(1, max(0, vertex))
### END
'''

# %% [markdown] wrong="e4" why="the share of relevant documents among title matches, in place of the disagreements" edit=true
r'''
### REPLACE
    vertex = sum((relevance - body) * (title - body) for title, body, relevance in examples) / spread
### WITH
    vertex = sum(relevance * title for title, body, relevance in examples) / max(1e-9, sum(title for title, _, _ in examples))
### END
'''

# %% [markdown] wrong="e4" why="hands back the vertex even where it is no share" edit=true
r'''
### REPLACE
    return min(1, max(0, vertex))  # a parabola's lowest point on an interval: the vertex, or the end next to it
### WITH
    return vertex
### END
'''

# %% [markdown] wrong="e4" why="tries a hundred weights and keeps the best" edit=true
r'''
### REPLACE
    return min(1, max(0, vertex))  # a parabola's lowest point on an interval: the vertex, or the end next to it
### WITH
    return min(range(101), key=lambda k: abs(k / 100 - vertex)) / 100
### END
'''

# %% [markdown] wrong="e4" why="takes 0 for undecided" edit=true
r'''
### REPLACE
        return 0.5
### WITH
        return 0
### END
'''

# %% [markdown] wrong="e4" why="leaves examples out in which both zones match, so that none is left to divide by" edit=true
r'''
### REPLACE
    if spread == 0:
        return 0.5
### WITH
### END
'''

# %% [markdown] wrong="e4" why="looks for the words in the text of the zone: sea is found in seaside" edit=true
r'''
### REPLACE
    title, body = (set(query) <= set(document[zone]) for zone in ("title", "body"))
### WITH
    title, body = (all(word in " ".join(document[zone]) for word in query) for zone in ("title", "body"))
### END
'''

# %% [markdown] wrong="e4" why="takes the mean of the weights that would be best for each example alone" edit=true
r'''
### REPLACE
    vertex = sum((relevance - body) * (title - body) for title, body, relevance in examples) / spread
### WITH
    alone = [(relevance - body) / (title - body) for title, body, relevance in examples if title != body]
    vertex = sum(alone) / len(alone)
### END
'''

# %% [markdown] wrong="e4" why="learns from the relevant examples only" edit=true
r'''
### REPLACE
    spread = sum((title - body) ** 2 for title, body, _ in examples)
### WITH
    examples = [example for example in examples if example[2] > 0]
    spread = sum((title - body) ** 2 for title, body, _ in examples)
### END
'''

# %% right="e5" why="term by term over all the words that occur"
def rocchio(query, good, bad, alpha=1.0, beta=0.75, gamma=0.15):
    mean = lambda vectors, term: sum(v.get(term, 0.0) for v in vectors) / len(vectors) if vectors else 0.0
    words = set(query).union(*good, *bad)
    new = {t: alpha * query.get(t, 0.0) + beta * mean(good, t) - gamma * mean(bad, t) for t in words}
    return {t: w for t, w in new.items() if w > 0}

# %% right="e5" why="dense NumPy vectors"
def rocchio(query, good, bad, alpha=1.0, beta=0.75, gamma=0.15):
    words = sorted({t for v in [query, *good, *bad] for t in v})
    dense = lambda v: np.array([v.get(t, 0.0) for t in words])
    q = alpha * dense(query)
    if good:
        q += beta * np.mean([dense(v) for v in good], axis=0)
    if bad:
        q -= gamma * np.mean([dense(v) for v in bad], axis=0)
    return {t: float(w) for t, w in zip(words, q) if w > 0}

# %% [markdown] wrong="e5" why="adds up the documents instead of taking their mean" edit=true
r'''
### REPLACE
                moved[term] += share * weight / len(vectors)
### WITH
                moved[term] += share * weight
### END
'''

# %% [markdown] wrong="e5" why="divides by the number of good and bad ones together" edit=true
r'''
### REPLACE
                moved[term] += share * weight / len(vectors)
### WITH
                moved[term] += share * weight / (1 if vectors == [query] else len(good) + len(bad))
### END
'''

# %% [markdown] wrong="e5" why="keeps weights below 0" edit=true
r'''
### REPLACE
    return {term: weight for term, weight in moved.items() if weight > 0}
### WITH
    return {term: weight for term, weight in moved.items() if weight != 0}
### END
'''

# %% [markdown] wrong="e5" why="moves towards the bad ones too" edit=true
r'''
### REPLACE
    for share, vectors in ((alpha, [query]), (beta, good), (-gamma, bad)):
### WITH
    for share, vectors in ((alpha, [query]), (beta, good), (gamma, bad)):
### END
'''

# %% [markdown] wrong="e5" why="only reweighs the words of the question: nothing new comes in" edit=true
r'''
### REPLACE
    return {term: weight for term, weight in moved.items() if weight > 0}
### WITH
    return {term: weight for term, weight in moved.items() if weight > 0 and term in query}
### END
'''

# %% [markdown] wrong="e5" why="changes the question that it was handed" edit=true
r'''
### REPLACE
    moved = Counter()
    for share, vectors in ((alpha, [query]), (beta, good), (-gamma, bad)):
### WITH
    moved = query
    for term in moved:
        moved[term] *= alpha
    for vectors in (good, bad):
        for vector in vectors:
            for term in vector:
                moved.setdefault(term, 0.0)
    for share, vectors in ((beta, good), (-gamma, bad)):
### END
'''

# %% wrong="e5" why="adds the other good documents up in the first one, which is the caller's"
def rocchio(query, good, bad, alpha=1.0, beta=0.75, gamma=0.15):
    total = good[0] if good else {}
    for vector in good[1:]:
        for term, weight in vector.items():
            total[term] = total.get(term, 0.0) + weight
    moved = {}
    for term in set(query).union(total, *bad):
        away = sum(vector.get(term, 0.0) for vector in bad) / max(1, len(bad))
        moved[term] = alpha * query.get(term, 0.0) + beta * total.get(term, 0.0) / max(1, len(good)) - gamma * away
    return {term: weight for term, weight in moved.items() if weight > 0}
