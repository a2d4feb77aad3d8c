# %% right="e1" why="by scikit-learn, on indicator vectors"
def prf(retrieved, relevant, beta=1.0):
    names = sorted(retrieved | relevant)
    if not names:
        return 0.0, 0.0, 0.0
    truth, guess = [name in relevant for name in names], [name in retrieved for name in names]
    return (
        float(precision_score(truth, guess, zero_division=0)),
        float(recall_score(truth, guess, zero_division=0)),
        float(fbeta_score(truth, guess, beta=beta, zero_division=0)),
    )

# %% right="e1" why="from the counts of the table, F as tp over weighted errors"
def prf(retrieved, relevant, beta=1.0):
    def share(part, whole):
        return part / whole if whole else 0.0

    tp = sum(1 for document in retrieved if document in relevant)
    fp, fn = len(retrieved - relevant), len(relevant - retrieved)
    b2 = beta * beta
    return share(tp, tp + fp), share(tp, tp + fn), share((1 + b2) * tp, (1 + b2) * tp + b2 * fn + fp)

# %% right="e1" why="shares from the counts, F as 1 over the weighted mean of the inverses"
def prf(retrieved, relevant, beta=1.0):
    tp = len(relevant) - len(relevant.difference(retrieved))
    if not tp:
        return (0.0,) * 3
    alpha = 1 / (1 + beta * beta)
    return tp / len(retrieved), tp / len(relevant), tp / (alpha * len(retrieved) + (1 - alpha) * len(relevant))

# %% [markdown] wrong="e1" why="the arithmetic mean for the harmonic one" edit=true
r'''
### REPLACE
    return precision, recall, (1 + beta**2) * precision * recall / (beta**2 * precision + recall)
### WITH
    return precision, recall, (precision + beta**2 * recall) / (1 + beta**2)
### END
'''

# %% [markdown] wrong="e1" why="beta is not squared" edit=true
r'''
### REPLACE
    return precision, recall, (1 + beta**2) * precision * recall / (beta**2 * precision + recall)
### WITH
    return precision, recall, (1 + beta) * precision * recall / (beta * precision + recall)
### END
'''

# %% [markdown] wrong="e1" why="beta beside the recall, so that it favours precision" edit=true
r'''
### REPLACE
    return precision, recall, (1 + beta**2) * precision * recall / (beta**2 * precision + recall)
### WITH
    return precision, recall, (1 + beta**2) * precision * recall / (precision + beta**2 * recall)
### END
'''

# %% [markdown] wrong="e1" why="precision and recall come back in the wrong order" edit=true
r'''
### REPLACE
    return precision, recall, (1 + beta**2) * precision * recall / (beta**2 * precision + recall)
### WITH
    return recall, precision, (1 + beta**2) * precision * recall / (beta**2 * precision + recall)
### END
'''

# %% [markdown] wrong="e1" why="the overlap of the two sets (Jaccard) for the precision" edit=true
r'''
### REPLACE
    return precision, recall, (1 + beta**2) * precision * recall / (beta**2 * precision + recall)
### WITH
    return hits / len(retrieved | relevant), recall, (1 + beta**2) * precision * recall / (beta**2 * precision + recall)
### END
'''

# %% [markdown] wrong="e1" why="guards against empty sets, not against sets without a common document" edit=true
r'''
### REPLACE
    if hits == 0:
### WITH
    if not retrieved or not relevant:
### END
'''

# %% [markdown] wrong="e1" why="nothing wanted and nothing returned is called perfect" edit=true
r'''
### REPLACE
    if hits == 0:
### WITH
    if not retrieved and not relevant:
        return 1.0, 1.0, 1.0
    if hits == 0:
### END
'''

# %% right="e2" why="NumPy: cumulative hits over ranks, picked where relevant"
def average_precision(ranking, relevant):
    if len(relevant) == 0:
        raise ValueError("no relevant documents")
    marks = np.array([document in relevant for document in ranking], dtype=bool)
    shares = np.cumsum(marks) / np.arange(1, len(marks) + 1)
    return float(shares[marks].sum() / len(relevant))

# %% right="e2" why="one slice of the list for each relevant document"
def average_precision(ranking, relevant):
    if not relevant:
        raise ValueError("nothing to average over")

    def share(document):
        if document not in ranking:
            return 0.0
        read = ranking[: ranking.index(document) + 1]
        return len(relevant.intersection(read)) / len(read)

    return sum(map(share, sorted(relevant))) / len(relevant)

# %% right="e2" why="by scikit-learn, times the recall"
def average_precision(ranking, relevant):
    if not relevant:
        raise ValueError("nothing to average over")
    truth = [document in relevant for document in ranking]
    if not any(truth):
        return 0.0
    return float(average_precision_score(truth, [-place for place in range(len(truth))])) * sum(truth) / len(relevant)

# %% right="e2" why="exact fractions over the places of the hits"
def average_precision(ranking, relevant):
    from fractions import Fraction

    if not relevant:
        raise ValueError("no relevant documents")
    places = [place + 1 for place, document in enumerate(ranking) if document in relevant]
    return float(sum(Fraction(n, place) for n, place in enumerate(places, 1)) / len(relevant))

# %% [markdown] wrong="e2" why="divides by the length of the list where that is less (the AP at k of some competitions)" edit=true
r'''
### REPLACE
    return total / len(relevant)
### WITH
    return total / min(len(relevant), len(ranking)) if ranking else 0.0
### END
'''

# %% [markdown] wrong="e2" why="smooths first: the best precision from each relevant document on (interpolated)" edit=true
r'''
### REPLACE
    hits, total = 0, 0.0
### WITH
    hits, total, shares = 0, 0.0, []
### END
### REPLACE
            total += hits / rank
    return total / len(relevant)
### WITH
            shares.append(hits / rank)
    return sum(max(shares[place:]) for place in range(len(shares))) / len(relevant)
### END
'''

# %% [markdown] wrong="e2" why="divides by the relevant documents that were found" edit=true
r'''
### REPLACE
    return total / len(relevant)
### WITH
    return total / hits if hits else 0.0
### END
'''

# %% [markdown] wrong="e2" why="the mean of the precision at every rank, relevant or not" edit=true
r'''
### REPLACE
            hits += 1
            total += hits / rank
    return total / len(relevant)
### WITH
            hits += 1
        total += hits / rank
    return total / len(ranking) if hits else 0.0
### END
'''

# %% [markdown] wrong="e2" why="the precision above each relevant document, without itself" edit=true
r'''
### REPLACE
            hits += 1
            total += hits / rank
### WITH
            total += hits / rank
            hits += 1
### END
'''

# %% [markdown] wrong="e2" why="1/rank of each relevant document (a sum of reciprocal ranks)" edit=true
r'''
### REPLACE
            total += hits / rank
### WITH
            total += 1 / rank
### END
'''

# %% [markdown] wrong="e2" why="lost documents get the precision at the end of the list, as when they are appended there" edit=true
r'''
### REPLACE
    return total / len(relevant)
### WITH
    for place in range(1, len(relevant) - hits + 1):
        total += (hits + place) / (len(ranking) + place)
    return total / len(relevant)
### END
'''

# %% [markdown] wrong="e2" why="calls it 0 when nothing is relevant" edit=true
r'''
### REPLACE
        raise ValueError("a query without relevant documents has no average precision")
### WITH
        return 0.0
### END
'''

# %% right="e3" why="whole numbers: the rank of the document that reaches the level, then the maximum from there on"
def interpolated(ranking, relevant):
    ranks = [rank for rank, document in enumerate(ranking, 1) if document in relevant]
    shares = [hits / rank for hits, rank in enumerate(ranks, 1)]
    curve = []
    for level in range(11):
        needed = -(-level * len(relevant) // 10)  # rounded up
        rest = shares[max(needed - 1, 0) :]
        curve.append(max(rest) if rest else 0.0)
    return curve

# %% right="e3" why="backwards, with exact fractions, carrying the best so far"
def interpolated(ranking, relevant):
    from fractions import Fraction

    found = sum(document in relevant for document in ranking)
    curve, best = [0.0] * 11, 0.0
    for rank in range(len(ranking), 0, -1):
        recall = Fraction(found, len(relevant))
        best = max(best, found / rank)
        for level in range(11):
            if recall >= Fraction(level, 10):
                curve[level] = best
        found -= ranking[rank - 1] in relevant
    return curve

# %% right="e3" why="divides both: equal fractions round to equal floats, so h/m >= n/10 is exact here"
def interpolated(ranking, relevant):
    marks = np.array([document in relevant for document in ranking], dtype=float)
    hits, ranks = np.cumsum(marks), np.arange(1, len(marks) + 1)
    return [float(np.max((hits / ranks)[hits / len(relevant) >= level / 10], initial=0.0)) for level in range(11)]

# %% right="e3" why="each rank raises the levels that it reaches, decided by fractions"
def interpolated(ranking, relevant):
    from fractions import Fraction

    curve, hits = [0.0] * 11, 0
    for rank, document in enumerate(ranking, 1):
        hits += document in relevant
        for level in range(11):
            if Fraction(hits, len(relevant)) >= Fraction(level, 10):
                curve[level] = max(curve[level], hits / rank)
    return curve

# %% [markdown] wrong="e3" why="the precision at the rank whose recall is nearest to the level" edit=true
r'''
### REPLACE
        max((precision for hits, precision in points if 10 * hits >= level * len(relevant)), default=0.0)
### WITH
        min(points, key=lambda point: abs(10 * point[0] - level * len(relevant)))[1] if points else 0.0
### END
'''

# %% [markdown] wrong="e3" why="levels from np.linspace, of which three are a hair too high" edit=true
r'''
### REPLACE
        max((precision for hits, precision in points if 10 * hits >= level * len(relevant)), default=0.0)
        for level in range(11)
### WITH
        max((precision for hits, precision in points if hits / len(relevant) >= level), default=0.0)
        for level in np.linspace(0, 1, 11)
### END
'''

# %% [markdown] wrong="e3" why="the precision where the level is first reached, not the best from there on" edit=true
r'''
### REPLACE
        max((precision for hits, precision in points if 10 * hits >= level * len(relevant)), default=0.0)
### WITH
        next((precision for hits, precision in points if 10 * hits >= level * len(relevant)), 0.0)
### END
'''

# %% [markdown] wrong="e3" why="the best precision at this recall or less" edit=true
r'''
### REPLACE
        max((precision for hits, precision in points if 10 * hits >= level * len(relevant)), default=0.0)
### WITH
        max((precision for hits, precision in points if 10 * hits <= level * len(relevant)), default=0.0)
        if points and 10 * points[-1][0] >= level * len(relevant) else 0.0
### END
'''

# %% [markdown] wrong="e3" why="recall relative to the documents that were found, so it always reaches 1" edit=true
r'''
### REPLACE
        max((precision for hits, precision in points if 10 * hits >= level * len(relevant)), default=0.0)
### WITH
        max((precision for hits, precision in points if 10 * hits >= level * points[-1][0]), default=0.0)
### END
'''

# %% [markdown] wrong="e3" why="more recall than the level, not as much" edit=true
r'''
### REPLACE
        max((precision for hits, precision in points if 10 * hits >= level * len(relevant)), default=0.0)
### WITH
        max((precision for hits, precision in points if 10 * hits > level * len(relevant)), default=0.0)
### END
'''

# %% [markdown] wrong="e3" why="a level beyond all recall keeps the precision at the end of the list" edit=true
r'''
### REPLACE
        max((precision for hits, precision in points if 10 * hits >= level * len(relevant)), default=0.0)
### WITH
        max((p for h, p in points if 10 * h >= level * len(relevant)), default=points[-1][1] if points else 0.0)
### END
'''

# %% wrong="e3" why="straight lines between the points of the saw"
def interpolated(ranking, relevant):
    hits, recalls, shares = 0, [], []
    for rank, document in enumerate(ranking, 1):
        if document in relevant:
            hits += 1
            recalls.append(hits / len(relevant))
            shares.append(hits / rank)
    if not shares:
        return [0.0] * 11
    reached = 10 * hits
    return [
        float(np.interp(level / 10, recalls, shares)) if level * len(relevant) <= reached else 0.0 for level in range(11)
    ]

# %% right="e4" why="all of it counted by hand; Whoosh asked for as many answers as there are texts, by a query of terms"
def evaluate(search, queries, judgements, k):
    rows = {}
    for name, text in queries.items():
        wanted = {d for d in judgements.get(name, {}) if judgements[name][d] > 0}
        if not wanted:
            continue
        ranking = [pair[0] for pair in search(text)]
        top = ranking[:k]
        hits = len(wanted.intersection(top))
        ranks = [rank for rank, d in enumerate(ranking, 1) if d in wanted]
        rows[name] = {
            "precision": hits / len(top) if top else 0.0,
            "recall": hits / len(wanted),
            "f1": 2 * hits / (len(top) + len(wanted)),
            "ap": sum(n / rank for n, rank in enumerate(ranks, 1)) / len(wanted),
        }
    mean = {m: float(np.mean([row[m] for row in rows.values()])) for m in ("precision", "recall", "f1", "ap")}
    return {"queries": rows, "mean": mean, "without_relevant": [name for name in queries if name not in rows]}


def evaluate_whoosh(texts, queries, judgements, k, folder):
    from whoosh.query import Or, Term

    with build_index(texts, folder).searcher(weighting=scoring.TF_IDF()) as searcher:
        answers = {
            text: searcher.search(Or([Term("body", word) for word in text.split()]), limit=len(texts))
            for text in queries.values()
        }
        listed = {text: [(hit["id"], hit.score) for hit in hits] for text, hits in answers.items()}
    return evaluate(listed.get, queries, judgements, k)

# %% right="e4" why="scikit-learn on vectors over all documents of interest; AP as the step sum over the curve of the found ones"
def evaluate(search, queries, judgements, k):
    from sklearn.metrics import precision_recall_fscore_support

    report = {"queries": {}, "mean": {}, "without_relevant": []}
    for name in queries:
        grades = {document: grade for document, grade in judgements.get(name, {}).items() if grade}
        if not grades:
            report["without_relevant"].append(name)
            continue
        place = {document: rank for rank, (document, _) in enumerate(search(queries[name]))}
        pool = sorted(set(grades) | set(place))
        truth = np.array([document in grades for document in pool])
        chosen = np.array([place.get(document, k) < k for document in pool])
        three = precision_recall_fscore_support(truth, chosen, average="binary", zero_division=0.0)[:3]
        row = dict(zip(("precision", "recall", "f1"), map(float, three)))
        marks = np.array([document in grades for document in place], dtype=bool)
        row["ap"] = float((np.cumsum(marks) / np.arange(1, len(marks) + 1))[marks].sum() / len(grades))
        report["queries"][name] = row
    for measure in ("precision", "recall", "f1", "ap"):
        values = [row[measure] for row in report["queries"].values()]
        report["mean"][measure] = sum(values) / len(values)
    return report


def evaluate_whoosh(texts, queries, judgements, k, folder):
    shelf = build_index(texts, folder)

    def search(text):
        with shelf.searcher(weighting=scoring.TF_IDF()) as open_shelf:
            words = qparser.QueryParser("body", SCHEMA, group=qparser.OrGroup).parse(text)
            return [(hit.fields()["id"], hit.score) for hit in open_shelf.search(words, limit=None)]

    return evaluate(search, queries, judgements, k)

# %% [markdown] wrong="e4" why="raw scores handed to scikit-learn, where ties become one step" edit=true
r'''
### REPLACE
        ap = average_precision_score(found, range(len(found), 0, -1)) if any(found) else 0.0
### WITH
        ap = average_precision_score(found, [score for _, score in search(text)]) if any(found) else 0.0
### END
'''

# %% [markdown] wrong="e4" why="AP over the found documents only" edit=true
r'''
### REPLACE
            "ap": ap * sum(found) / len(relevant),  # scikit-learn averages over the found ones only
### WITH
            "ap": ap,
### END
'''

# %% [markdown] wrong="e4" why="lost documents appended with the lowest scores, where scikit-learn pays them for the end of the list" edit=true
r'''
### REPLACE
        ap = average_precision_score(found, range(len(found), 0, -1)) if any(found) else 0.0
### WITH
        ap = average_precision_score(truth, range(len(truth), 0, -1)) * len(relevant) / max(sum(found), 1)
### END
'''

# %% [markdown] wrong="e4" why="AP of the first k answers only" edit=true
r'''
### REPLACE
        found = truth[: len(ranking)]
### WITH
        found = truth[: min(k, len(ranking))]
### END
'''

# %% [markdown] wrong="e4" why="precision at k divided by k, though fewer answers came" edit=true
r'''
### REPLACE
            "precision": precision_score(truth, chosen, zero_division=0),
### WITH
            "precision": sum(truth[: min(k, len(ranking))]) / k,
### END
'''

# %% [markdown] wrong="e4" why="scikit-learn never hears of the documents that were not retrieved" edit=true
r'''
### REPLACE
        truth = [int(document in relevant) for document in [*ranking, *(relevant - set(ranking))]]
### WITH
        truth = [int(document in relevant) for document in ranking]
### END
'''

# %% [markdown] wrong="e4" why="behind a list shorter than k the lost documents are taken for retrieved" edit=true
r'''
### REPLACE
        chosen = [int(place < min(k, len(ranking))) for place in range(len(truth))]
### WITH
        chosen = [int(place < k) for place in range(len(truth))]
### END
'''

# %% [markdown] wrong="e4" why="every judged document is taken for relevant, grade 0 too" edit=true
r'''
### REPLACE
        relevant = {document for document, grade in judgements.get(name, {}).items() if grade >= 1}
### WITH
        relevant = set(judgements.get(name, {}))
### END
'''

# %% [markdown] wrong="e4" why="the mean of F1 is taken for the F1 of the means" edit=true
r'''
### REPLACE
    return {"queries": rows, "mean": mean, "without_relevant": without}
### WITH
    both = mean["precision"] + mean["recall"]
    mean["f1"] = 2 * mean["precision"] * mean["recall"] / both if both else 0.0
    return {"queries": rows, "mean": mean, "without_relevant": without}
### END
'''

# %% [markdown] wrong="e4" why="a mean weighted by the number of relevant documents (micro-average called MAP)" edit=true
r'''
### REPLACE
    mean = {measure: sum(row[measure] for row in rows.values()) / len(rows) for measure in measures}
### WITH
    sizes = {name: sum(grade >= 1 for grade in judgements[name].values()) for name in rows}
    mean = {m: sum(row[m] * sizes[name] for name, row in rows.items()) / sum(sizes.values()) for m in measures}
### END
'''

# %% [markdown] wrong="e4" why="queries without relevant documents drag the mean down as zeros" edit=true
r'''
### REPLACE
            without.append(name)
            continue
### WITH
            without.append(name)
            rows[name] = {"precision": 0.0, "recall": 0.0, "f1": 0.0, "ap": 0.0}
            continue
### END
'''

# %% [markdown] wrong="e4" why="divides the sums by all queries, those without relevant documents too" edit=true
r'''
### REPLACE
    mean = {measure: sum(row[measure] for row in rows.values()) / len(rows) for measure in measures}
### WITH
    mean = {measure: sum(row[measure] for row in rows.values()) / len(queries) for measure in measures}
### END
'''

# %% [markdown] wrong="e4" why="a query that was never judged is forgotten, not named" edit=true
r'''
### REPLACE
            without.append(name)
            continue
### WITH
            if name in judgements:
                without.append(name)
            continue
### END
'''

# %% [markdown] wrong="e4" why="the first thousand answers taken for all of them" edit=true
r'''
### REPLACE
            return [(hit["id"], hit.score) for hit in searcher.search(parser.parse(text), limit=None)]
### WITH
            return [(hit["id"], hit.score) for hit in searcher.search(parser.parse(text), limit=1000)]
### END
'''

# %% [markdown] wrong="e4" why="an index with Whoosh's own analyzer, which drops stop words and cuts endings" edit=true
r'''
### REPLACE
    index = build_index(texts, folder)
### WITH
    from whoosh.analysis import StemmingAnalyzer

    index = create_in(folder, fields.Schema(id=fields.ID(stored=True), body=fields.TEXT(analyzer=StemmingAnalyzer())))
    with index.writer() as writer:
        for document, text in texts.items():
            writer.add_document(id=document, body=text)
### END
'''

# %% [markdown] wrong="e4" why="Whoosh's default number of answers, ten" edit=true
r'''
### REPLACE
            return [(hit["id"], hit.score) for hit in searcher.search(parser.parse(text), limit=None)]
### WITH
            return [(hit["id"], hit.score) for hit in searcher.search(parser.parse(text))]
### END
'''

# %% [markdown] wrong="e4" why="Whoosh's default group: all the words" edit=true
r'''
### REPLACE
    parser = qparser.QueryParser("body", index.schema, group=qparser.OrGroup)
### WITH
    parser = qparser.QueryParser("body", index.schema)
### END
'''

# %% [markdown] wrong="e4" why="Whoosh's default weighting, BM25F" edit=true
r'''
### REPLACE
    with index.searcher(weighting=scoring.TF_IDF()) as searcher:
### WITH
    with index.searcher() as searcher:
### END
'''

# %% [markdown] wrong="e4" why="the index in a folder of its own, gone at the end" edit=true
r'''
### REPLACE
    index = build_index(texts, folder)
### WITH
    own = tempfile.TemporaryDirectory()
    index = build_index(texts, own.name)
### END
'''
