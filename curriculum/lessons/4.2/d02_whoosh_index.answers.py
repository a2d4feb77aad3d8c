# %% right="e1" why="a schema written as a class, documents added by a dict"
def build(documents, folder):
    class Log(fields.SchemaClass):
        name = fields.ID(unique=True, stored=True)
        body = fields.TEXT(analyzer=RegexTokenizer(r"[^\W_]+") | LowercaseFilter(), phrase=True)
        title = fields.STORED
        tags = fields.KEYWORD(lowercase=True, commas=True, scorable=True)

    with create_in(folder, Log).writer() as writer:
        for name in documents:
            writer.add_document(**dict(zip(("name", "title", "tags", "body"), (name, *documents[name]))))


# %% right="e1" why="the schema is put together field by field, tags with a chain of their own, and the index opened again to write"
def build(documents, folder):
    from whoosh.analysis import StripFilter

    schema = fields.Schema()
    schema.add("body", fields.TEXT(WORDS))
    schema.add("title", fields.STORED())
    schema.add("tags", fields.TEXT(RegexTokenizer("[^,]+") | StripFilter() | LowercaseFilter()))
    schema.add("name", fields.ID(True, True))
    create_in(folder, schema).close()
    index = open_dir(folder)
    writer = index.writer(limitmb=16)
    for name, texts in documents.items():
        writer.update_document(name=name, title=texts[0], tags=texts[1], body=texts[2])
    writer.commit(optimize=True)


# %% [markdown] wrong="e1" why="keeps the default analyzer, which drops stop words and single letters" edit=true
r'''
### REPLACE
        body=fields.TEXT(analyzer=WORDS),
### WITH
        body=fields.TEXT,
### END
'''

# %% [markdown] wrong="e1" why="forgets the lower case" edit=true
r'''
### REPLACE
        body=fields.TEXT(analyzer=WORDS),
### WITH
        body=fields.TEXT(analyzer=RegexTokenizer(r"[^\W_]+")),
### END
'''

# %% [markdown] wrong="e1" why="stores the body as well" edit=true
r'''
### REPLACE
        body=fields.TEXT(analyzer=WORDS),
### WITH
        body=fields.TEXT(analyzer=WORDS, stored=True),
### END
'''

# %% [markdown] wrong="e1" why="stores the body and indexes nothing of it" edit=true
r'''
### REPLACE
        body=fields.TEXT(analyzer=WORDS),
### WITH
        body=fields.STORED,
### END
'''

# %% [markdown] wrong="e1" why="takes a field without positions for the body" edit=true
r'''
### REPLACE
        body=fields.TEXT(analyzer=WORDS),
### WITH
        body=fields.TEXT(analyzer=WORDS, phrase=False),
### END
'''

# %% [markdown] wrong="e1" why="indexes the name as text, so that it falls into words" edit=true
r'''
### REPLACE
        name=fields.ID(stored=True, unique=True),
### WITH
        name=fields.TEXT(stored=True),
### END
'''

# %% [markdown] wrong="e1" why="forgets that the name is unique" edit=true
r'''
### REPLACE
        name=fields.ID(stored=True, unique=True),
### WITH
        name=fields.ID(stored=True),
### END
'''

# %% [markdown] wrong="e1" why="makes the title searchable" edit=true
r'''
### REPLACE
        title=fields.STORED,
### WITH
        title=fields.TEXT(stored=True),
### END
'''

# %% wrong="e1" why="builds the index in memory"
def build(documents, folder):
    from whoosh.filedb.filestore import RamStorage

    schema = fields.Schema(
        name=fields.ID(stored=True, unique=True),
        title=fields.STORED,
        tags=fields.KEYWORD(commas=True, lowercase=True),
        body=fields.TEXT(analyzer=WORDS),
    )
    writer = RamStorage().create_index(schema).writer()
    for name, (title, tags, body) in documents.items():
        writer.add_document(name=name, title=title, tags=tags, body=body)
    writer.commit()


# %% [markdown] wrong="e1" why="forgets to commit" edit=true
r'''
### REPLACE
    writer.commit()
### WITH
### END
'''

# %% [markdown] wrong="e1" why="cuts the tags at blanks, as KEYWORD does by default" edit=true
r'''
### REPLACE
        tags=fields.KEYWORD(commas=True, lowercase=True),
### WITH
        tags=fields.KEYWORD(lowercase=True),
### END
'''

# %% [markdown] wrong="e1" why="keeps the capitals of the tags" edit=true
r'''
### REPLACE
        tags=fields.KEYWORD(commas=True, lowercase=True),
### WITH
        tags=fields.KEYWORD(commas=True),
### END
'''

# %% [markdown] wrong="e1" why="puts the tags through the analyzer of the body" edit=true
r'''
### REPLACE
        tags=fields.KEYWORD(commas=True, lowercase=True),
### WITH
        tags=fields.TEXT(analyzer=WORDS),
### END
'''

# %% [markdown] wrong="e1" why="stores the tags as well" edit=true
r'''
### REPLACE
        tags=fields.KEYWORD(commas=True, lowercase=True),
### WITH
        tags=fields.KEYWORD(commas=True, lowercase=True, stored=True),
### END
'''


# %% right="e2" why="tokens and stop words by hand, stems by Whoosh's stem function"
def analyse(text, stop):
    from whoosh.lang.porter import stem

    return [(stem(word), k) for k, word in enumerate(library.terms(text)) if word not in stop]


def search(texts, query, stop):
    wanted = analyse(query, stop)
    found = []
    for name in sorted(texts):
        there = [term for term, _ in analyse(texts[name], stop)]
        if wanted and all(term in there for term, _ in wanted):
            found.append(name)
    return found


# %% right="e2" why="stop words marked instead of removed, and left out at the end; lists intersected term by term"
def analyse(text, stop):
    chain = RegexTokenizer(r"[A-Za-z0-9]+") | LowercaseFilter()
    kept = [(token.text, token.pos) for token in chain(text, positions=True) if token.text not in stop]
    result = []
    for word, position in kept:
        (stemmed,) = [token.text for token in (RegexTokenizer(r".+") | StemFilter())(word)]
        result.append((stemmed, position))
    return result


def search(texts, query, stop):
    sides = {name: dict(analyse(text, stop)) for name, text in texts.items()}
    left = None
    for term, _ in analyse(query, stop):
        having = {name for name, terms in sides.items() if term in terms}
        left = having if left is None else left & having
    return sorted(left or [])


# %% [markdown] wrong="e2" why="leaves the stop filter's minimum of two letters" edit=true
r'''
### REPLACE
    chain = WORDS | StopFilter(stoplist=stop, minsize=1, renumber=False) | StemFilter()
### WITH
    chain = WORDS | StopFilter(stoplist=stop, renumber=False) | StemFilter()
### END
'''

# %% [markdown] wrong="e2" why="lets the stop filter number the words anew" edit=true
r'''
### REPLACE
    chain = WORDS | StopFilter(stoplist=stop, minsize=1, renumber=False) | StemFilter()
### WITH
    chain = WORDS | StopFilter(stoplist=stop, minsize=1) | StemFilter()
### END
'''

# %% [markdown] wrong="e2" why="stems before it looks for stop words" edit=true
r'''
### REPLACE
    chain = WORDS | StopFilter(stoplist=stop, minsize=1, renumber=False) | StemFilter()
### WITH
    chain = WORDS | StemFilter() | StopFilter(stoplist=stop, minsize=1, renumber=False)
### END
'''

# %% [markdown] wrong="e2" why="drops the default stop words instead of those given" edit=true
r'''
### REPLACE
    chain = WORDS | StopFilter(stoplist=stop, minsize=1, renumber=False) | StemFilter()
### WITH
    chain = WORDS | StopFilter(minsize=1, renumber=False) | StemFilter()
### END
'''

# %% [markdown] wrong="e2" why="collects the tokens first: all of them are the last one" edit=true
r'''
### REPLACE
    return [(token.text, token.pos) for token in chain(text, positions=True)]
### WITH
    tokens = list(chain(text, positions=True))
    return [(token.text, token.pos) for token in tokens]
### END
'''

# %% [markdown] wrong="e2" why="counts characters instead of tokens" edit=true
r'''
### REPLACE
    return [(token.text, token.pos) for token in chain(text, positions=True)]
### WITH
    return [(token.text, token.startchar) for token in chain(text, positions=True, chars=True)]
### END
'''

# %% [markdown] wrong="e2" why="does not stem the query" edit=true
r'''
### REPLACE
    asked = {term for term, _ in analyse(query, stop)}
### WITH
    asked = set(library.terms(query)) - stop
### END
'''

# %% [markdown] wrong="e2" why="drops stop words from the texts only" edit=true
r'''
### REPLACE
    asked = {term for term, _ in analyse(query, stop)}
### WITH
    asked = {term for term, _ in analyse(query, set())}
### END
'''

# %% [markdown] wrong="e2" why="answers an empty query with every text" edit=true
r'''
### REPLACE
    return sorted(name for name, text in texts.items() if asked and asked <= {term for term, _ in analyse(text, stop)})
### WITH
    return sorted(name for name, text in texts.items() if asked <= {term for term, _ in analyse(text, stop)})
### END
'''

# %% [markdown] wrong="e2" why="is content with any term of the query" edit=true
r'''
### REPLACE
    return sorted(name for name, text in texts.items() if asked and asked <= {term for term, _ in analyse(text, stop)})
### WITH
    return sorted(name for name, text in texts.items() if asked & {term for term, _ in analyse(text, stop)})
### END
'''

# %% [markdown] wrong="e2" why="looks for stop words before the lower case" edit=true
r'''
### REPLACE
    chain = WORDS | StopFilter(stoplist=stop, minsize=1, renumber=False) | StemFilter()
### WITH
    words = RegexTokenizer(r"[^\W_]+")
    chain = words | StopFilter(stoplist=stop, minsize=1, renumber=False) | LowercaseFilter() | StemFilter()
### END
'''

# %% [markdown] wrong="e2" why="leaves the stop words in the texts, where their stems meet a word of the query" edit=true
r'''
### REPLACE
    return sorted(name for name, text in texts.items() if asked and asked <= {term for term, _ in analyse(text, stop)})
### WITH
    return sorted(name for name, text in texts.items() if asked and asked <= {term for term, _ in analyse(text, set())})
### END
'''

# %% [markdown] wrong="e2" why="sends the query through the chain twice" edit=true
r'''
### REPLACE
    asked = {term for term, _ in analyse(query, stop)}
### WITH
    once = " ".join(term for term, _ in analyse(query, stop))
    asked = {term for term, _ in analyse(once, stop)}
### END
'''

# %% [markdown] wrong="e2" why="looks for the stems of the query anywhere in the text, inside words too" edit=true
r'''
### REPLACE
    return sorted(name for name, text in texts.items() if asked and asked <= {term for term, _ in analyse(text, stop)})
### WITH
    return sorted(name for name, text in texts.items() if asked and all(term in text.lower() for term in asked))
### END
'''


# %% right="e3" why="all names deleted first, then what remains is added"
def sync(folder, changes, optimize=False):
    for change in changes:
        if len(change) != {"put": 3, "delete": 2}.get(change[0]):
            raise ValueError(change)
    latest = {change[1]: change for change in changes}
    with open_dir(folder).writer() as writer:
        writer.optimize = optimize
        for name in latest:
            writer.delete_by_term("name", name)
        for kind, name, *text in latest.values():
            if kind == "put":
                writer.add_document(name=name, body=text[0])
        writer.merge = True


# %% right="e3" why="opens the writer first and cancels it when something is malformed; works from the last change backwards"
def sync(folder, changes, optimize=False):
    writer = open_dir(folder).writer()
    try:
        done = set()
        for change in reversed(changes):
            match tuple(change):
                case ("put", name, text) if name not in done:
                    writer.update_document(name=name, body=text)
                case ("delete", name) if name not in done:
                    writer.delete_by_term("name", name)
                case ("put", name, _) | ("delete", name):
                    pass
                case _:
                    raise ValueError("put or delete")
            done.add(name)
    except BaseException:
        writer.cancel()
        raise
    writer.commit(merge=True, optimize=optimize)


# %% [markdown] wrong="e3" why="adds instead of updating" edit=true
r'''
### REPLACE
            writer.update_document(name=name, body=text[0])
### WITH
            writer.add_document(name=name, body=text[0])
### END
'''

# %% [markdown] wrong="e3" why="deletes the documents that have the name as a word of their text" edit=true
r'''
### REPLACE
            writer.delete_by_term("name", name)
### WITH
            writer.delete_by_term("body", name)
### END
'''

# %% wrong="e3" why="applies the changes one after the other with one writer, which does not see its own additions"
def sync(folder, changes, optimize=False):
    for kind, name, *text in changes:
        if (kind, len(text)) not in {("put", 1), ("delete", 0)}:
            raise ValueError(f"not a change: {kind}")
    writer = open_dir(folder).writer()
    for kind, name, *text in changes:
        if kind == "put":
            writer.update_document(name=name, body=text[0])
        else:
            writer.delete_by_term("name", name)
    writer.commit(optimize=optimize)


# %% wrong="e3" why="commits after each change"
def sync(folder, changes, optimize=False):
    for kind, name, *text in changes:
        if (kind, len(text)) not in {("put", 1), ("delete", 0)}:
            raise ValueError(f"not a change: {kind}")
    for kind, name, *text in changes:
        writer = open_dir(folder).writer()
        if kind == "put":
            writer.update_document(name=name, body=text[0])
        else:
            writer.delete_by_term("name", name)
        writer.commit(optimize=optimize)


# %% [markdown] wrong="e3" why="commits nothing when there is nothing to do" edit=true
r'''
### REPLACE
    writer = open_dir(folder).writer()
### WITH
    if not last:
        return
    writer = open_dir(folder).writer()
### END
'''

# %% [markdown] wrong="e3" why="applies deletions first and puts last, whatever their order" edit=true
r'''
### REPLACE
        last[name] = text
### WITH
        last[name] = text or last.get(name, text)
### END
'''

# %% wrong="e3" why="a malformed change leaves the writer open, and the index locked"
def sync(folder, changes, optimize=False):
    writer = open_dir(folder).writer()
    sync.open_writers = [*getattr(sync, "open_writers", []), writer]
    last = {}
    for kind, name, *text in changes:
        if (kind, len(text)) not in {("put", 1), ("delete", 0)}:
            raise ValueError(f"not a change: {kind}")
        last[name] = text
    for name, text in last.items():
        if text:
            writer.update_document(name=name, body=text[0])
        else:
            writer.delete_by_term("name", name)
    writer.commit(optimize=optimize)


# %% [markdown] wrong="e3" why="skips malformed changes in silence" edit=true
r'''
### REPLACE
            raise ValueError(f"not a change: {kind}")
### WITH
            continue
### END
'''

# %% [markdown] wrong="e3" why="never merges on demand" edit=true
r'''
### REPLACE
    writer.commit(optimize=optimize)
### WITH
    writer.commit()
### END
'''

# %% [markdown] wrong="e3" why="takes an empty text for a deletion" edit=true
r'''
### REPLACE
        if text:
### WITH
        if text and text[0]:
### END
'''

# %% [markdown] wrong="e3" why="deletes by a parsed query, which cuts a name at its blanks and takes a star for a wildcard" edit=true
r'''
### REPLACE
            writer.delete_by_term("name", name)
### WITH
            writer.delete_by_query(qparser.QueryParser("name", SCHEMA).parse(name))
### END
'''

# %% [markdown] wrong="e3" why="merges by a second commit" edit=true
r'''
### REPLACE
    writer.commit(optimize=optimize)
### WITH
    writer.commit()
    if optimize:
        open_dir(folder).optimize()
### END
'''

# %% [markdown] wrong="e3" why="keeps the first change of a name, not the last" edit=true
r'''
### REPLACE
        last[name] = text
### WITH
        last.setdefault(name, text)
### END
'''

# %% [markdown] wrong="e3" why="merges on demand only if there are changes" edit=true
r'''
### REPLACE
    writer.commit(optimize=optimize)
### WITH
    writer.commit(optimize=optimize and len(changes) > 0)
### END
'''

# %% wrong="e3" why="commits what came before a malformed change"
def sync(folder, changes, optimize=False):
    writer = open_dir(folder).writer()
    last = {}
    try:
        for kind, name, *text in changes:
            if (kind, len(text)) not in {("put", 1), ("delete", 0)}:
                raise ValueError(f"not a change: {kind}")
            last[name] = text
    finally:
        for name, text in last.items():
            if text:
                writer.update_document(name=name, body=text[0])
            else:
                writer.delete_by_term("name", name)
        writer.commit(optimize=optimize)


# %% right="e4" why="sets the distance in the phrases of the parsed query"
def find(folder, query, slop=0):
    from whoosh.query import Phrase

    index = open_dir(folder)
    parsed = qparser.QueryParser("body", schema=index.schema, group=qparser.AndGroup).parse(query)

    def widen(part):
        if isinstance(part, Phrase):
            return Phrase(part.fieldname, part.words, slop=1 + slop)
        return part.apply(widen)

    searcher = index.searcher()
    try:
        hits = searcher.search(widen(parsed), limit=index.doc_count() or 1)
        return sorted(fields["name"] for fields in (hit.fields() for hit in hits))
    finally:
        searcher.close()


# %% right="e4" why="asks the query for its documents without ranking them"
def find(folder, query, slop=0):
    parts = query.split('"')
    for k in range(2, len(parts), 2):
        parts[k] = f"~{slop + 1}{parts[k]}"
    with open_dir(folder).searcher() as searcher:
        asked = qparser.QueryParser("body", searcher.schema).parse('"'.join(parts))
        return sorted({searcher.stored_fields(number)["name"] for number in searcher.docs_for_query(asked)})


# %% [markdown] wrong="e4" why="is content with any of the words side by side" edit=true
r'''
### REPLACE
    parsed = qparser.QueryParser("body", index.schema).parse(distance)
### WITH
    parsed = qparser.QueryParser("body", index.schema, group=qparser.OrGroup).parse(distance)
### END
'''

# %% [markdown] wrong="e4" why="hands the slop on as Whoosh's distance" edit=true
r'''
### REPLACE
    distance = re.sub(r'"([^"]*)"', rf'"\1"~{slop + 1}', query)
### WITH
    distance = re.sub(r'"([^"]*)"', rf'"\1"~{max(slop, 1)}', query)
### END
'''

# %% [markdown] wrong="e4" why="ignores the slop" edit=true
r'''
### REPLACE
    distance = re.sub(r'"([^"]*)"', rf'"\1"~{slop + 1}', query)
### WITH
    distance = query
### END
'''

# %% [markdown] wrong="e4" why="writes the distance behind the whole query, which only the last phrase gets" edit=true
r'''
### REPLACE
    distance = re.sub(r'"([^"]*)"', rf'"\1"~{slop + 1}', query)
### WITH
    distance = f"{query}~{slop + 1}" if query.endswith('"') else query
### END
'''

# %% [markdown] wrong="e4" why="returns the ten best only" edit=true
r'''
### REPLACE
        return sorted(hit["name"] for hit in searcher.search(parsed, limit=None))
### WITH
        return sorted(hit["name"] for hit in searcher.search(parsed))
### END
'''

# %% [markdown] wrong="e4" why="returns the names as they are ranked" edit=true
r'''
### REPLACE
        return sorted(hit["name"] for hit in searcher.search(parsed, limit=None))
### WITH
        return [hit["name"] for hit in searcher.search(parsed, limit=None)]
### END
'''

# %% [markdown] wrong="e4" why="puts the query in lower case, operators too" edit=true
r'''
### REPLACE
    parsed = qparser.QueryParser("body", index.schema).parse(distance)
### WITH
    parsed = qparser.QueryParser("body", index.schema).parse(distance.lower())
### END
'''

# %% [markdown] wrong="e4" why="parses without the schema, so that the words of the query are not analysed" edit=true
r'''
### REPLACE
    parsed = qparser.QueryParser("body", index.schema).parse(distance)
### WITH
    parsed = qparser.QueryParser("body", None).parse(distance)
### END
'''

# %% [markdown] wrong="e4" why="takes the quotes away, so that a phrase is any place of its words" edit=true
r'''
### REPLACE
    distance = re.sub(r'"([^"]*)"', rf'"\1"~{slop + 1}', query)
### WITH
    distance = query.replace('"', " ") if slop == 0 else re.sub(r'"([^"]*)"', rf'"\1"~{slop + 1}', query)
### END
'''

# %% [markdown] wrong="e4" why="finds each word that begins as the one asked for" edit=true
r'''
### REPLACE
    parsed = qparser.QueryParser("body", index.schema).parse(distance)
### WITH
    begins = import_module("whoosh.query").Prefix
    parsed = qparser.QueryParser("body", index.schema, termclass=begins).parse(distance)
### END
'''

# %% [markdown] wrong="e4" why="takes a thousand for all" edit=true
r'''
### REPLACE
        return sorted(hit["name"] for hit in searcher.search(parsed, limit=None))
### WITH
        return sorted(hit["name"] for hit in searcher.search(parsed, limit=1000))
### END
'''

# %% wrong="e4" why="takes the words of a phrase in any order"
def find(folder, query, slop=0):
    from whoosh.query import Phrase, Term
    from whoosh.query.spans import SpanNear2

    def loosened(part):
        if isinstance(part, Phrase):
            return SpanNear2([Term(part.fieldname, word) for word in part.words], slop=1 + slop, ordered=False)
        return part.apply(loosened)

    index = open_dir(folder)
    parsed = loosened(qparser.QueryParser("body", index.schema).parse(query))
    with index.searcher() as searcher:
        return sorted(hit["name"] for hit in searcher.search(parsed, limit=None))


# %% right="e5" why="one heap of heads by hand, runs as classes of their own"
class blocks:
    def __init__(self, documents, limit):
        self.documents, self.limit = iter(documents), limit

    def __iter__(self):
        return self

    def __next__(self):
        index = {}
        while sum(map(len, index.values())) < self.limit:
            document = next(self.documents, None)
            if document is None:
                break
            for term in library.terms(document[1]):
                if index.setdefault(term, [document[0]])[-1] != document[0]:
                    index[term].append(document[0])
        if not index:
            raise StopIteration
        return [(term, index[term]) for term in sorted(index)]


def merge(runs, deleted=()):
    runs = [iter(run) for run in runs]
    heap = []

    def advance(k):
        for term, postings in runs[k]:
            heapq.heappush(heap, (term, k, postings))
            return

    for k in range(len(runs)):
        advance(k)
    while heap:
        term, joined = heap[0][0], []
        while heap and heap[0][0] == term:
            _, k, postings = heapq.heappop(heap)
            joined += postings
            advance(k)
        joined = [number for number in joined if number not in deleted]
        if joined:
            yield term, joined


# %% right="e5" why="heads in a list, the smallest found by looking at all of them"
def blocks(documents, limit):
    pairs = set()
    for number, text in documents:
        pairs |= {(term, number) for term in library.terms(text)}
        if len(pairs) >= limit:
            yield [(term, [n for _, n in group]) for term, group in groupby(sorted(pairs), key=lambda pair: pair[0])]
            pairs = set()
    if pairs:
        yield [(term, [n for _, n in group]) for term, group in groupby(sorted(pairs), key=lambda pair: pair[0])]


def merge(runs, deleted=()):
    runs = [iter(run) for run in runs]
    heads = [next(run, None) for run in runs]
    while any(head is not None for head in heads):
        smallest = min(head[0] for head in heads if head is not None)
        postings = []
        for k, head in enumerate(heads):
            if head is not None and head[0] == smallest:
                postings.extend(sorted(set(head[1]) - set(deleted)))
                heads[k] = next(runs[k], None)
        if len(postings) > 0:
            yield (smallest, postings)


# %% [markdown] wrong="e5" why="counts words instead of postings" edit=true
r'''
### REPLACE
        size += len(terms)
### WITH
        size += len(library.terms(text))
### END
'''

# %% [markdown] wrong="e5" why="counts documents instead of postings" edit=true
r'''
### REPLACE
        size += len(terms)
### WITH
        size += 1
### END
'''

# %% [markdown] wrong="e5" why="forgets the last run" edit=true
r'''
### REPLACE
    if index:
        yield sorted(index.items())
### WITH
### END
'''

# %% [markdown] wrong="e5" why="hands out a last run even if it is empty" edit=true
r'''
### REPLACE
    if index:
        yield sorted(index.items())
### WITH
    yield sorted(index.items())
### END
'''

# %% [markdown] wrong="e5" why="leaves the terms of a run in the order of their first occurrence" edit=true
r'''
### REPLACE
        if size >= limit:
            yield sorted(index.items())
### WITH
        if size >= limit:
            yield list(index.items())
### END
'''

# %% [markdown] wrong="e5" why="reads all documents before it hands out a run" edit=true
r'''
### REPLACE
    for number, text in documents:
### WITH
    for number, text in list(documents):
### END
'''

# %% [markdown] wrong="e5" why="merges without joining the lists of a term" edit=true
r'''
### REPLACE
    for term, parts in groupby(entries, key=itemgetter(0)):
### WITH
    for term, parts in ((entry[0], [entry]) for entry in entries):
### END
'''

# %% [markdown] wrong="e5" why="makes lists of the runs, larger than memory or not" edit=true
r'''
### REPLACE
    entries = heapq.merge(*runs, key=itemgetter(0))
### WITH
    entries = iter(sorted((entry for run in runs for entry in run), key=itemgetter(0)))
### END
'''

# %% [markdown] wrong="e5" why="joins the lists from the last run to the first" edit=true
r'''
### REPLACE
    entries = heapq.merge(*runs, key=itemgetter(0))
### WITH
    entries = heapq.merge(*reversed(runs), key=itemgetter(0))
### END
'''

# %% [markdown] wrong="e5" why="keeps the deleted documents" edit=true
r'''
### REPLACE
        postings = [number for _, part in parts for number in part if number not in deleted]
### WITH
        postings = [number for _, part in parts for number in part]
### END
'''

# %% [markdown] wrong="e5" why="keeps terms that only deleted documents have" edit=true
r'''
### REPLACE
        if postings:
            yield term, postings
### WITH
        yield term, postings
### END
'''

# %% [markdown] wrong="e5" why="counts terms instead of postings" edit=true
r'''
### REPLACE
        if size >= limit:
### WITH
        if len(index) >= limit:
### END
'''

# %% wrong="e5" why="reads each run one entry further than it needs"
def blocks(documents, limit):
    index, size = {}, 0
    for number, text in documents:
        terms = set(library.terms(text))
        for term in terms:
            index.setdefault(term, []).append(number)
        size += len(terms)
        if size >= limit:
            yield sorted(index.items())
            index, size = {}, 0
    if index:
        yield sorted(index.items())


def merge(runs, deleted=()):
    def buffered(run):
        run = iter(run)
        held = next(run, None)
        while held is not None:
            entry, held = held, next(run, None)
            yield entry

    entries = heapq.merge(*map(buffered, runs), key=itemgetter(0))
    for term, parts in groupby(entries, key=itemgetter(0)):
        postings = [number for _, part in parts for number in part if number not in deleted]
        if postings:
            yield term, postings

# %% wrong="e5" why="closes a run before the document that would take it beyond the limit"
def blocks(documents, limit):
    index, size = {}, 0
    for number, text in documents:
        terms = set(library.terms(text))
        if index and size + len(terms) > limit:
            yield sorted(index.items())
            index, size = {}, 0
        for term in terms:
            index.setdefault(term, []).append(number)
        size += len(terms)
    if index:
        yield sorted(index.items())


def merge(runs, deleted=()):
    entries = heapq.merge(*runs, key=itemgetter(0))
    for term, parts in groupby(entries, key=itemgetter(0)):
        postings = [number for _, part in parts for number in part if number not in deleted]
        if postings:
            yield term, postings

# %% [markdown] wrong="e5" why="leaves deleted documents out only where the term has others in that run" edit=true
r'''
### REPLACE
        postings = [number for _, part in parts for number in part if number not in deleted]
### WITH
        postings = [number for _, part in parts for number in part if len(part) == 1 or number not in deleted]
### END
'''
