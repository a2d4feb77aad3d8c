# %% right="e1" why="the logarithm as a difference; a dict filled word by word, sorted in two steps"
def whoosh_score(tf, df, total):
    return tf * (1 + math.log(total) - math.log(df + 1))


def explain(index, total, words, name):
    parts = {}
    for word in words:
        postings = index.get(word)
        if postings and name in postings:
            parts[word] = whoosh_score(postings[name], len(postings), total)
    by_name = sorted(parts.items())
    return sorted(by_name, key=lambda pair: pair[1], reverse=True)

# %% right="e1" why="over the words of the index instead of those of the query, by NumPy's logarithm"
def whoosh_score(tf, df, total):
    return float(tf * np.log(np.e * total / (1 + df)))


def explain(index, total, words, name):
    wanted = frozenset(words)
    pairs = []
    for word in sorted(index):
        if word in wanted:
            for document, tf in index[word].items():
                if document == name:
                    pairs.append((word, whoosh_score(tf, len(index[word]), total)))
    pairs.sort(key=lambda pair: -pair[1])
    return pairs

# %% [markdown] wrong="e1" why="the book's logarithm, to base 10" edit=true
r'''
### REPLACE
    return tf * (math.log(total / (df + 1)) + 1)
### WITH
    return tf * (math.log10(total / (df + 1)) + 1)
### END
'''

# %% [markdown] wrong="e1" why="adds 1 to N too, as scikit-learn does" edit=true
r'''
### REPLACE
    return tf * (math.log(total / (df + 1)) + 1)
### WITH
    return tf * (math.log((total + 1) / (df + 1)) + 1)
### END
'''

# %% [markdown] wrong="e1" why="forgets the 1 behind the logarithm" edit=true
r'''
### REPLACE
    return tf * (math.log(total / (df + 1)) + 1)
### WITH
    return tf * math.log(total / (df + 1))
### END
'''

# %% wrong="e1" why="exchanges df and N in the order of the arguments"
def whoosh_score(tf, total, df):
    return tf * (math.log(total / (df + 1)) + 1)


def explain(index, total, words, name):
    found = [word for word in set(words) if name in index.get(word, {})]
    pairs = [(word, whoosh_score(index[word][name], total, len(index[word]))) for word in found]
    return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))

# %% [markdown] wrong="e1" why="a word that stands twice in the query counts twice" edit=true
r'''
### REPLACE
    found = [word for word in set(words) if name in index.get(word, {})]
### WITH
    found = [word for word in words if name in index.get(word, {})]
### END
'''

# %% [markdown] wrong="e1" why="lists words that the document does not have, with 0" edit=true
r'''
### REPLACE
    pairs = [(word, whoosh_score(index[word][name], len(index[word]), total)) for word in found]
### WITH
    pairs = [(w, whoosh_score(index.get(w, {}).get(name, 0), len(index.get(w, {})), total)) for w in set(words)]
### END
'''

# %% [markdown] wrong="e1" why="all occurrences in the collection taken for the document frequency" edit=true
r'''
### REPLACE
    pairs = [(word, whoosh_score(index[word][name], len(index[word]), total)) for word in found]
### WITH
    pairs = [(word, whoosh_score(index[word][name], sum(index[word].values()), total)) for word in found]
### END
'''

# %% right="e2" why="deletes and adds by hand, rebuilds through a parser that knows no operators, opens the index anew each time"
class SearchEngine:
    def __init__(self, folder):
        self.folder = folder
        if not exists_in(folder):
            create_in(folder, SCHEMA).close()

    def add(self, documents):
        made = open_dir(self.folder)
        writer = made.writer()
        for name in documents:
            writer.delete_by_term("name", name)
        for name in documents:
            writer.add_document(name=name, body=documents[name])
        writer.commit()
        made.optimize()
        made.close()

    def search(self, query, k):
        parser = qparser.QueryParser("body", SCHEMA, plugins=[], group=qparser.OrGroup)
        wanted = parser.parse(" ".join(dict.fromkeys(terms(query))))
        answers = []
        with open_dir(self.folder).searcher(weighting=scoring.TF_IDF) as searcher:
            for hit in searcher.search(wanted, limit=None):
                answers.append((hit.fields()["name"], float(hit.score)))
        return answers[:k]

# %% right="e2" why="never merges: a weighting of its own takes N and df from the documents that are alive; sorts by name among equals"
class SearchEngine:
    def __init__(self, folder):
        try:
            self.ix = open_dir(folder)
        except Exception:
            self.ix = create_in(folder, SCHEMA)

    def add(self, documents):
        with self.ix.writer() as writer:
            for name in sorted(documents):
                writer.update_document(name=name, body=documents[name])

    def search(self, query, k):
        reader = self.ix.reader()
        total, totals = reader.doc_count(), Counter()
        for word in set(terms(query)):
            if ("body", word) in reader:
                postings, found = reader.postings("body", word), {}
                while postings.is_active():  # documents that were deleted do not come up here
                    found[postings.id()] = postings.weight()
                    postings.next()
                idf = 1 + math.log(total / (1 + len(found)))
                totals.update({number: tf * idf for number, tf in found.items()})
        pairs = [(reader.stored_fields(number)["name"], score) for number, score in totals.items()]
        reader.close()
        return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))[:k]

# %% [markdown] wrong="e2" why="leaves the default weighting on, BM25F" edit=true
r'''
### REPLACE
        with self.index.searcher(weighting=scoring.TF_IDF()) as searcher:
### WITH
        with self.index.searcher() as searcher:
### END
'''

# %% wrong="e2" why="keeps the texts in a file of its own and reads them all for every query: no inverted index"
class SearchEngine:
    def __init__(self, folder):
        import json
        from pathlib import Path

        self.path = Path(folder, "texts.json")
        self.json = json
        self.texts = json.loads(self.path.read_text()) if self.path.exists() else {}

    def add(self, documents):
        self.texts.update(documents)
        self.path.write_text(self.json.dumps(self.texts))

    def search(self, query, k):
        bags = {name: Counter(terms(text)) for name, text in self.texts.items()}
        scores = Counter()
        for word in set(terms(query)):
            having = [name for name in bags if bags[name][word]]
            for name in having:
                scores[name] += bags[name][word] * (math.log(len(bags) / (len(having) + 1)) + 1)
        return scores.most_common(k)

# %% [markdown] wrong="e2" why="keeps the texts in a file beside the index" edit=true
r'''
### REPLACE
        writer = self.index.writer()
### WITH
        with open(os.path.join(self.index.storage.folder, "texts.txt"), "a") as copy:
            copy.write(repr(documents))
        writer = self.index.writer()
### END
'''

# %% [markdown] wrong="e2" why="stores the texts in the index, and would not have to" edit=true
r'''
### REPLACE
        self.index = open_dir(folder) if exists_in(folder) else create_in(folder, SCHEMA)
### WITH
        stored = fields.Schema(name=fields.ID(stored=True, unique=True), body=fields.TEXT(analyzer=WORDS, stored=True))
        self.index = open_dir(folder) if exists_in(folder) else create_in(folder, stored)
### END
'''

# %% [markdown] wrong="e2" why="Whoosh's own analyzer, which drops the words that it thinks unimportant" edit=true
r'''
### REPLACE
        self.index = open_dir(folder) if exists_in(folder) else create_in(folder, SCHEMA)
### WITH
        usual = fields.Schema(name=fields.ID(stored=True, unique=True), body=fields.TEXT())
        self.index = open_dir(folder) if exists_in(folder) else create_in(folder, usual)
### END
'''

# %% [markdown] wrong="e2" why="creates the index anew each time, over the one that is there" edit=true
r'''
### REPLACE
        self.index = open_dir(folder) if exists_in(folder) else create_in(folder, SCHEMA)
### WITH
        self.index = create_in(folder, SCHEMA)
### END
'''

# %% [markdown] wrong="e2" why="an index in memory, gone with the engine" edit=true
r'''
### REPLACE
        self.index = open_dir(folder) if exists_in(folder) else create_in(folder, SCHEMA)
### WITH
        from whoosh.filedb.filestore import RamStorage

        self.index = RamStorage().create_index(SCHEMA)
### END
'''

# %% [markdown] wrong="e2" why="adds where it should update: old versions are still found" edit=true
r'''
### REPLACE
            writer.update_document(name=name, body=text)
### WITH
            writer.add_document(name=name, body=text)
### END
'''

# %% [markdown] wrong="e2" why="does not merge: old versions still count in N and df" edit=true
r'''
### REPLACE
        writer.commit(optimize=True)  # old versions would count in N and df until they are merged away
### WITH
        writer.commit()
### END
'''

# %% [markdown] wrong="e2" why="hands what people type to Whoosh's query language" edit=true
r'''
### REPLACE
        wanted = Or([Term("body", word) for word in set(terms(query))])
### WITH
        wanted = qparser.QueryParser("body", SCHEMA, group=qparser.OrGroup).parse(query)
### END
'''

# %% [markdown] wrong="e2" why="a word that stands twice in the query counts twice" edit=true
r'''
### REPLACE
        wanted = Or([Term("body", word) for word in set(terms(query))])
### WITH
        wanted = Or([Term("body", word) for word in terms(query)])
### END
'''

# %% [markdown] wrong="e2" why="demands all the words" edit=true
r'''
### REPLACE
        wanted = Or([Term("body", word) for word in set(terms(query))])
### WITH
        from whoosh.query import And

        wanted = And([Term("body", word) for word in set(terms(query))])
### END
'''

# %% [markdown] wrong="e2" why="cuts the words at spaces and leaves them as they were typed" edit=true
r'''
### REPLACE
        wanted = Or([Term("body", word) for word in set(terms(query))])
### WITH
        wanted = Or([Term("body", word) for word in set(query.split())])
### END
'''

# %% [markdown] wrong="e2" why="Whoosh's default of ten answers, then cut to k" edit=true
r'''
### REPLACE
            return [(hit["name"], hit.score) for hit in searcher.search(wanted, limit=k)]
### WITH
            return [(hit["name"], hit.score) for hit in searcher.search(wanted)][:k]
### END
'''

# %% right="e3" why="a function for the weighting, all answers asked for, the bound not needed then"
def cosine_search(folder, query, k):
    sizes = {}

    def size_of(segment, number):
        if segment not in sizes:
            squares = np.zeros(segment.doc_count_all())
            for field, word in segment.reader().all_terms():
                if field == "body":
                    matcher = segment.reader().postings(field, word)
                    while matcher.is_active():
                        squares[matcher.id()] += (1 + math.log10(matcher.weight())) ** 2
                        matcher.next()
            sizes[segment] = np.sqrt(squares)
        return sizes[segment][number]

    def weigh(segment, field, word, matcher):
        whole = segment.get_parent()
        idf = math.log10(whole.doc_count_all()) - math.log10(whole.doc_frequency(field, word))
        return float(idf * (1 + math.log10(matcher.weight())) / size_of(segment, matcher.id()))

    totals = Counter()
    made = open_dir(folder)
    with made.searcher(weighting=scoring.FunctionWeighting(weigh)) as searcher:
        for word in dict.fromkeys(terms(query)):
            for hit in searcher.search(Term("body", word), limit=None):
                totals[hit["name"]] += hit.score
    return [(name, score) for name, score in totals.most_common(k) if score > 0]

# %% right="e3" why="lengths for the whole index beforehand, by global numbers; a scorer that knows where its segment begins"
def cosine_search(folder, query, k):
    with open_dir(folder).searcher() as plain_searcher:
        reader = plain_searcher.reader()
        length = [0.0] * reader.doc_count_all()
        for word in reader.field_terms("body"):
            m = reader.postings("body", word)
            for number in m.all_ids():
                length[number] = math.hypot(length[number], 1 + math.log10(tf_at(reader, word, number)))
        names = [reader.stored_fields(n)["name"] for n in range(len(length))]

    class Model(scoring.WeightingModel):
        def scorer(self, searcher, fieldname, text, qf=1):
            scorer = scoring.BaseScorer()
            idf = searcher.get_parent().idf(fieldname, text)
            scorer.score = lambda matcher: (
                idf * (1 + math.log10(matcher.weight())) / length[names.index(searcher.stored_fields(matcher.id())["name"])]
            )
            scorer.max_quality = lambda: float("inf")
            return scorer

        def idf(self, searcher, fieldname, text):
            return math.log10(searcher.doc_count_all() / searcher.doc_frequency(fieldname, text))

    with open_dir(folder).searcher(weighting=Model()) as searcher:
        found = searcher.search(Or([Term("body", w) for w in sorted(set(terms(query)))]), limit=None)
        return [(hit["name"], hit.score) for hit in found if hit.score > 1e-12][:k]


def tf_at(reader, word, number):
    matcher = reader.postings("body", word)
    matcher.skip_to(number)
    return matcher.weight()

# %% [markdown] wrong="e3" why="divides by the number of tokens" edit=true
r'''
### REPLACE
            squares[postings.id()] += (1 + math.log10(postings.weight())) ** 2
### WITH
            squares[postings.id()] += postings.weight()
### END
### REPLACE
    return {number: math.sqrt(square) for number, square in squares.items()}
### WITH
    return squares
### END
'''

# %% [markdown] wrong="e3" why="the length over the plain counts, not over the damped ones" edit=true
r'''
### REPLACE
            squares[postings.id()] += (1 + math.log10(postings.weight())) ** 2
### WITH
            squares[postings.id()] += postings.weight() ** 2
### END
'''

# %% [markdown] wrong="e3" why="idf of the segment in which a document happens to stand" edit=true
r'''
### REPLACE
        whole = searcher.get_parent()
### WITH
        whole = searcher
### END
'''

# %% [markdown] wrong="e3" why="lengths by the numbers of the whole index, asked for by those of a segment" edit=true
r'''
### REPLACE
            self.lengths[searcher] = vector_lengths(searcher.reader(), fieldname)
### WITH
            self.lengths[searcher] = vector_lengths(whole.reader(), fieldname)
### END
'''

# %% [markdown] wrong="e3" why="works the lengths out for the first segment and keeps them for the others" edit=true
r'''
### REPLACE
        if searcher not in self.lengths:
            self.lengths[searcher] = vector_lengths(searcher.reader(), fieldname)
        return CosineScorer(idf, self.lengths[searcher])
### WITH
        if not self.lengths:
            self.lengths = Counter(vector_lengths(searcher.reader(), fieldname))
        return CosineScorer(idf, {**{n: 1.0 for n in range(whole.doc_count_all())}, **self.lengths})
### END
'''

# %% [markdown] wrong="e3" why="idf on both sides, ltc for the documents' weights above the line" edit=true
r'''
### REPLACE
        return self.idf * (1 + math.log10(matcher.weight())) / self.lengths[matcher.id()]
### WITH
        return self.idf**2 * (1 + math.log10(matcher.weight())) / self.lengths[matcher.id()]
### END
'''

# %% [markdown] wrong="e3" why="Whoosh's idf, which is never 0" edit=true
r'''
### REPLACE
        idf = math.log10(whole.doc_count_all() / whole.doc_frequency(fieldname, text))
### WITH
        idf = whole.idf(fieldname, text)
### END
'''

# %% [markdown] wrong="e3" why="the natural logarithm in the idf" edit=true
r'''
### REPLACE
        idf = math.log10(whole.doc_count_all() / whole.doc_frequency(fieldname, text))
### WITH
        idf = math.log(whole.doc_count_all() / whole.doc_frequency(fieldname, text))
### END
'''

# %% [markdown] wrong="e3" why="the scorer does not say the most that it can give: a query of two words raises once k documents are found" edit=true
r'''
### REPLACE
    def max_quality(self):
        return self.idf  # no coordinate of a unit vector is above 1
### WITH
### END
'''

# %% [markdown] wrong="e3" why="a bound that is too small: documents are lost" edit=true
r'''
### REPLACE
        return self.idf  # no coordinate of a unit vector is above 1
### WITH
        return self.idf / 20
### END
'''

# %% [markdown] wrong="e3" why="hands back documents that score 0" edit=true
r'''
### REPLACE
        return [(hit["name"], hit.score) for hit in searcher.search(wanted, limit=k) if hit.score > 0]
### WITH
        return [(hit["name"], hit.score) for hit in searcher.search(wanted, limit=k)]
### END
'''

# %% right="e4" why="Whoosh finds and scores; pages, ranks and snippets are cut by hand"
def result_page(folder, query, page, size, boost):
    words = set(terms(query))
    parser = qparser.MultifieldParser(["title", "body"], SHELF, fieldboosts={"title": boost}, plugins=[], group=qparser.OrGroup)
    with open_dir(folder).searcher(weighting=scoring.TF_IDF()) as searcher:
        found = [(hit.score, hit.fields()) for hit in searcher.search(parser.parse(" ".join(sorted(words))), limit=None)]
    result = {"total": len(found), "hits": []}
    for rank, (score, row) in enumerate(found, 1):
        if size * (page - 1) < rank <= size * page:
            result["hits"].append({"rank": rank, "name": row["name"], "score": score, "snippet": snippet(row["body"], words)})
    return result


def snippet(body, words):
    tokens = [match for match in re.finditer(r"[^\W_]+", body)]
    first = next((match for match in tokens if match[0].lower() in words), None)
    if first is None:
        return ""
    piece = body[first.start() : first.start() + 100]
    return re.sub(r"[^\W_]+", lambda match: f"[{match[0]}]" if match[0].lower() in words else match[0], piece)

# %% right="e4" why="search_page with a guard for what lies behind the last page; sentences as fragments"
def result_page(folder, query, page, size, boost):
    class Marks(highlight.Formatter):
        def format_token(self, text, token, replace=False):
            return "[" + highlight.get_text(text, token, False) + "]"

    parts = [Term("title", word, boost=boost) for word in set(terms(query))]
    parts += [Term("body", word) for word in set(terms(query))]
    made = open_dir(folder)
    with made.searcher(weighting=scoring.TF_IDF()) as searcher:
        there = searcher.search_page(Or(parts), page, pagelen=size)
        hits = []
        if there.total and there.pagenum == page:
            there.results.formatter = Marks()
            there.results.fragmenter = highlight.ContextFragmenter(maxchars=100, surround=30)
            for place, hit in enumerate(there):
                row = dict(name=hit["name"], rank=there.offset + place + 1, score=hit.score)
                row["snippet"] = hit.highlights("body", top=1)
                hits.append(row)
        return dict(total=there.total, hits=hits)

# %% [markdown] wrong="e4" why="ranks begin anew on every page" edit=true
r'''
### REPLACE
                "rank": hit.rank + 1,
### WITH
                "rank": hit.rank + 1 - (page - 1) * size,
### END
'''

# %% wrong="e4" why="Whoosh's search_page as it is: behind the last page the last page comes again"
def result_page(folder, query, page, size, boost):
    weights = {"title": boost, "body": 1.0}
    wanted = Or([Term(field, word, boost=weights[field]) for word in set(terms(query)) for field in weights])
    with open_dir(folder).searcher(weighting=scoring.TF_IDF()) as searcher:
        there = searcher.search_page(wanted, page, pagelen=size)
        there.results.formatter = Brackets()
        hits = []
        for hit in there if there.total else []:
            hits.append({"rank": hit.rank + 1, "name": hit["name"], "score": hit.score, "snippet": hit.highlights("body", top=1)})
        return {"total": there.total, "hits": hits}


class Brackets(highlight.Formatter):
    def format_token(self, text, token, replace=False):
        return f"[{text[token.startchar : token.endchar]}]"

# %% [markdown] wrong="e4" why="the total is the number of answers on the page" edit=true
r'''
### REPLACE
        return {"total": len(found), "hits": hits}
### WITH
        return {"total": len(hits), "hits": hits}
### END
'''

# %% [markdown] wrong="e4" why="page numbers from 0" edit=true
r'''
### REPLACE
        found = searcher.search(wanted, limit=page * size)
### WITH
        page += 1
        found = searcher.search(wanted, limit=page * size)
### END
'''

# %% [markdown] wrong="e4" why="the boost goes to the body" edit=true
r'''
### REPLACE
    weights = {"title": boost, "body": 1.0}
### WITH
    weights = {"title": 1.0, "body": boost}
### END
'''

# %% [markdown] wrong="e4" why="boosts the whole score of a document that has a word in its title" edit=true
r'''
### REPLACE
                "score": hit.score,
### WITH
                "score": hit.score * (boost if set(terms(query)) & set(terms(hit["title"])) else 1),
### END
### REPLACE
    weights = {"title": boost, "body": 1.0}
### WITH
    weights = {"title": 1.0, "body": 1.0}
### END
'''

# %% [markdown] wrong="e4" why="leaves the default weighting on, BM25F" edit=true
r'''
### REPLACE
    with open_dir(folder).searcher(weighting=scoring.TF_IDF()) as searcher:
### WITH
    with open_dir(folder).searcher() as searcher:
### END
'''

# %% [markdown] wrong="e4" why="highlights the title" edit=true
r'''
### REPLACE
                "snippet": hit.highlights("body", top=1),
### WITH
                "snippet": hit.highlights("title", top=1),
### END
'''

# %% [markdown] wrong="e4" why="shows the beginning of the body, whatever was asked" edit=true
r'''
### REPLACE
                "snippet": hit.highlights("body", top=1),
### WITH
                "snippet": hit["body"][:100],
### END
'''

# %% [markdown] wrong="e4" why="marks letters, not words: port in important" edit=true
r'''
### REPLACE
                "snippet": hit.highlights("body", top=1),
### WITH
                "snippet": re.sub(
                    f"(?i)({'|'.join(terms(query)) or '$^'})", r"[\1]", hit.highlights("body", top=1).translate({91: "", 93: ""})
                ),
### END
'''

# %% [markdown] wrong="e4" why="leaves the HTML formatter on" edit=true
r'''
### REPLACE
        found.formatter = Brackets()
### WITH
### END
'''

# %% right="e5" why="by recursion over prefixes, remembered; ordered by three stable sorts"
def distance(a, b):
    known = {}

    def edits(i, j):
        if (i, j) not in known:
            if i == 0 or j == 0:
                known[i, j] = i + j
            else:
                ways = [edits(i - 1, j) + 1, edits(i, j - 1) + 1, edits(i - 1, j - 1) + (a[i - 1] != b[j - 1])]
                if i > 1 and j > 1 and a[i - 2 : i] == b[j - 2 : j][::-1]:
                    ways.append(edits(i - 2, j - 2) + 1)
                known[i, j] = min(ways)
        return known[i, j]

    return edits(len(a), len(b))


def suggest(frequencies, word):
    words = sorted(frequencies)
    words.sort(key=lambda w: frequencies[w], reverse=True)
    words.sort(key=lambda w: distance(w, word))
    return [w for w in words if distance(w, word) < 3]

# %% right="e5" why="a NumPy table filled in place; grouped by distance"
def distance(a, b):
    table = np.zeros((len(a) + 1, len(b) + 1), dtype=int)
    table[:, 0] = np.arange(len(a) + 1)
    table[0] = np.arange(len(b) + 1)
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            same = a[i - 1] == b[j - 1]
            table[i, j] = min(table[i - 1, j] + 1, table[i, j - 1] + 1, table[i - 1, j - 1] + (not same))
            if min(i, j) >= 2 and a[i - 1] + a[i - 2] == b[j - 2 : j]:
                table[i, j] = min(table[i, j], table[i - 2, j - 2] + 1)
    return int(table[-1, -1])


def suggest(frequencies, word):
    groups = ([], [], [])
    for other in frequencies:
        if abs(len(other) - len(word)) <= 2 and (d := distance(other, word)) <= 2:
            groups[d].append(other)
    return [other for group in groups for other in sorted(group, key=lambda o: (-frequencies[o], o))]

# %% [markdown] wrong="e5" why="plain Levenshtein: a swap counts two" edit=true
r'''
### REPLACE
            if i > 1 and j > 1 and x == b[j - 2] and y == a[i - 2]:
                best = min(best, rows[-2][j - 2] + 1)
### WITH
### END
'''

# %% [markdown] wrong="e5" why="swaps any two neighbours, whatever stands in the other word" edit=true
r'''
### REPLACE
            if i > 1 and j > 1 and x == b[j - 2] and y == a[i - 2]:
### WITH
            if i > 1 and j > 1 and x == b[j - 2]:
### END
'''

# %% wrong="e5" why="the unrestricted distance: something is written between swapped letters"
def distance(a, b):
    far = len(a) + len(b)
    d = {(-1, -1): far}
    last = {}
    for i in range(len(a) + 1):
        d[i, -1], d[i, 0] = far, i
    for j in range(len(b) + 1):
        d[-1, j], d[0, j] = far, j
    for i in range(1, len(a) + 1):
        column = 0
        for j in range(1, len(b) + 1):
            k, m = last.get(b[j - 1], 0), column
            if a[i - 1] == b[j - 1]:
                column = j
            d[i, j] = min(
                d[i - 1, j - 1] + (a[i - 1] != b[j - 1]),
                d[i, j - 1] + 1,
                d[i - 1, j] + 1,
                d[k - 1, m - 1] + (i - k - 1) + 1 + (j - m - 1),
            )
        last[a[i - 1]] = i
    return d[len(a), len(b)]


def suggest(frequencies, word):
    away = {other: distance(word, other) for other in frequencies}
    return sorted((w for w in away if away[w] <= 2), key=lambda w: (away[w], -frequencies[w], w))

# %% [markdown] wrong="e5" why="by frequency alone, as this Whoosh does" edit=true
r'''
### REPLACE
    return sorted(near, key=lambda other: (away[other], -frequencies[other], other))
### WITH
    return sorted(near, key=lambda other: (-frequencies[other], other))
### END
'''

# %% [markdown] wrong="e5" why="by distance, then by the alphabet: frequencies play no part" edit=true
r'''
### REPLACE
    return sorted(near, key=lambda other: (away[other], -frequencies[other], other))
### WITH
    return sorted(near, key=lambda other: (away[other], other))
### END
'''

# %% [markdown] wrong="e5" why="words with a common beginning" edit=true
r'''
### REPLACE
    near = [other for other in away if away[other] <= 2]
### WITH
    near = [other for other in away if other.startswith(word[:2])]
### END
'''

# %% [markdown] wrong="e5" why="leaves out a word that is in the index itself" edit=true
r'''
### REPLACE
    near = [other for other in away if away[other] <= 2]
### WITH
    near = [other for other in away if 0 < away[other] <= 2]
### END
'''

# %% [markdown] wrong="e1" why="pairs in the order of the alphabet" edit=true
r'''
### REPLACE
    return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))
### WITH
    return sorted(pairs)
### END
'''

# %% right="e2" why="words by the schema's own analyzer, a generator behind, pairs as lists with NumPy's floats"
class SearchEngine:
    def __init__(self, folder):
        self.folder = folder
        if not exists_in(folder):
            create_in(folder, schema=SCHEMA)

    def add(self, documents):
        with open_dir(self.folder).writer() as writer:
            for item in documents.items():
                writer.update_document(**dict(zip(("name", "body"), item)))
            writer.optimize = True

    def search(self, query, k):
        return list(self.answers(query))[:k]

    def answers(self, query):
        asked = {token.text for token in SCHEMA["body"].analyzer(query)}
        with open_dir(self.folder).searcher(weighting=scoring.TF_IDF()) as searcher:
            for hit in searcher.search(Or([Term("body", word) for word in asked]), limit=None):
                yield [hit["name"], np.float64(hit.score)]

# %% [markdown] wrong="e2" why="searches every segment by itself: N and df are those of a segment" edit=true
r'''
### REPLACE
        with self.index.searcher(weighting=scoring.TF_IDF()) as searcher:
            return [(hit["name"], hit.score) for hit in searcher.search(wanted, limit=k)]
### WITH
        from whoosh.searching import Searcher

        found = []
        for segment, _ in self.index.reader().leaf_readers():
            alone = Searcher(segment, weighting=scoring.TF_IDF())
            found += [(hit["name"], hit.score) for hit in alone.search(wanted, limit=k)]
        return sorted(found, key=lambda pair: -pair[1])[:k]
### END
'''

# %% wrong="e2" why="a buffered writer that never commits: only this engine finds what was added"
class SearchEngine:
    def __init__(self, folder):
        from whoosh.writing import BufferedWriter

        made = open_dir(folder) if exists_in(folder) else create_in(folder, SCHEMA)
        self.writer = BufferedWriter(made, period=None, limit=1_000_000)

    def add(self, documents):
        for name, text in documents.items():
            self.writer.update_document(name=name, body=text)

    def search(self, query, k):
        wanted = Or([Term("body", word) for word in set(terms(query))])
        with self.writer.searcher(weighting=scoring.TF_IDF()) as searcher:
            return [(hit["name"], hit.score) for hit in searcher.search(wanted, limit=k)]

# %% [markdown] wrong="e2" why="updates only the names that it remembers: after it is opened again it adds old ones a second time" edit=true
r'''
### REPLACE
            writer.update_document(name=name, body=text)
### WITH
            self.known = getattr(self, "known", set())
            (writer.update_document if name in self.known else writer.add_document)(name=name, body=text)
            self.known.add(name)
### END
'''

# %% [markdown] wrong="e2" why="each add replaces the whole index" edit=true
r'''
### REPLACE
        writer.commit(optimize=True)  # old versions would count in N and df until they are merged away
### WITH
        from whoosh.writing import CLEAR

        writer.commit(mergetype=CLEAR)
### END
'''

# %% [markdown] wrong="e2" why="keeps the texts beside the index, in a file named like one of Whoosh's" edit=true
r'''
### REPLACE
        writer.commit(optimize=True)  # old versions would count in N and df until they are merged away
### WITH
        writer.commit(optimize=True)
        with open(os.path.join(self.index.storage.folder, "MAIN_texts.json"), "w") as copy:
            copy.write(repr(documents))
### END
'''

# %% [markdown] wrong="e2" why="rounds the scores, as for a display" edit=true
r'''
### REPLACE
            return [(hit["name"], hit.score) for hit in searcher.search(wanted, limit=k)]
### WITH
            return [(hit["name"], round(hit.score, 3)) for hit in searcher.search(wanted, limit=k)]
### END
'''

# %% right="e3" why="the model's final divides at the end, by the numbers of the whole index; infinity for a bound"
def cosine_search(folder, query, k):
    with open_dir(folder).searcher() as counting:
        reader = counting.reader()
        squares = np.zeros(reader.doc_count_all())
        for word in reader.lexicon("body"):
            postings = reader.postings("body", word)
            while postings.is_active():
                squares[postings.id()] += (1 + math.log10(postings.weight())) ** 2
                postings.next()

    class Scorer(scoring.BaseScorer):
        def __init__(self, rare):
            self.rare = rare

        def score(self, matcher):
            return self.rare * (1 + np.log10(matcher.weight()))

        def max_quality(self):
            return math.inf

    class Model(scoring.WeightingModel):
        use_final = True

        def scorer(self, searcher, fieldname, text, qf=1):
            whole = searcher.get_parent()
            return Scorer(np.log10(whole.doc_count_all() / whole.doc_frequency(fieldname, text)))

        def final(self, searcher, docnum, score):
            return score / np.sqrt(squares[docnum])

    words = {token.text for token in SCHEMA["body"].analyzer(query)}
    with open_dir(folder).searcher(weighting=Model()) as searcher:
        found = searcher.search(Or([Term("body", word) for word in words]), limit=None)
        return [[hit["name"], hit.score] for hit in found if hit.score > 0][:k]

# %% [markdown] wrong="e3" why="the natural logarithm in the damped count, where a base does not cancel" edit=true
r'''
### REPLACE
        return self.idf * (1 + math.log10(matcher.weight())) / self.lengths[matcher.id()]
### WITH
        return self.idf * (1 + math.log(matcher.weight())) / self.lengths[matcher.id()]
### END
'''

# %% [markdown] wrong="e3" why="forgets the root: divides by the square of the length" edit=true
r'''
### REPLACE
    return {number: math.sqrt(square) for number, square in squares.items()}
### WITH
    return squares
### END
'''

# %% [markdown] wrong="e4" why="the HTML formatter with another template: signs of the body are escaped" edit=true
r'''
### REPLACE
class Brackets(highlight.Formatter):
    def format_token(self, text, token, replace=False):
        return f"[{text[token.startchar : token.endchar]}]"
### WITH
class Brackets(highlight.HtmlFormatter):
    template = "[%(t)s]"
### END
'''

# %% [markdown] wrong="e4" why="several fragments joined by dots: no piece of the body" edit=true
r'''
### REPLACE
                "snippet": hit.highlights("body", top=1),
### WITH
                "snippet": hit.highlights("body"),
### END
'''

# %% [markdown] wrong="e4" why="the whole body with its marks" edit=true
r'''
### REPLACE
        found.formatter = Brackets()
### WITH
        found.formatter = Brackets()
        found.fragmenter = highlight.WholeFragmenter()
### END
'''

# %% wrong="e4" why="ties in another order for every page: some documents stand on two, others on none"
def result_page(folder, query, page, size, boost):
    weights = {"title": boost, "body": 1.0}
    wanted = Or([Term(field, word, boost=weights[field]) for word in set(terms(query)) for field in weights])
    with open_dir(folder).searcher(weighting=scoring.TF_IDF()) as searcher:
        found = searcher.search(wanted, limit=None)
        found.formatter = Brackets()
        order = list(found)
        if page % 2 == 0:
            order.reverse()
        order.sort(key=lambda hit: -round(hit.score, 9))
        hits = []
        for rank in range((page - 1) * size, min(page * size, len(order))):
            hit = order[rank]
            hits.append({"rank": rank + 1, "name": hit["name"], "score": hit.score, "snippet": hit.highlights("body", top=1)})
        return {"total": len(found), "hits": hits}


class Brackets(highlight.Formatter):
    def format_token(self, text, token, replace=False):
        return f"[{text[token.startchar : token.endchar]}]"

# %% [markdown] wrong="e4" why="takes the better of title and body instead of their sum" edit=true
r'''
### REPLACE
    wanted = Or([Term(field, word, boost=weights[field]) for word in set(terms(query)) for field in weights])
### WITH
    from whoosh.query import DisjunctionMax

    fields_of = {word: [Term(field, word, boost=weights[field]) for field in weights] for word in terms(query)}
    wanted = Or([DisjunctionMax(either) for either in fields_of.values()])
### END
'''

# %% [markdown] wrong="e4" why="one document frequency for both fields" edit=true
r'''
### REPLACE
    with open_dir(folder).searcher(weighting=scoring.TF_IDF()) as searcher:
### WITH
    class Both(scoring.TF_IDF):
        def idf(self, searcher, fieldname, text):
            df = len(set(searcher.docs_for_query(Or([Term("title", text), Term("body", text)]))))
            return math.log(searcher.doc_count_all() / (df + 1)) + 1

    with open_dir(folder).searcher(weighting=Both()) as searcher:
### END
'''

# %% [markdown] wrong="e5" why="five suggestions at the most, as Whoosh hands out" edit=true
r'''
### REPLACE
    return sorted(near, key=lambda other: (away[other], -frequencies[other], other))
### WITH
    return sorted(near, key=lambda other: (away[other], -frequencies[other], other))[:5]
### END
'''

# %% equivalent="e5" mutants=["67841872"] why="the distance is symmetric: undoing the edits turns the one text into the other"
