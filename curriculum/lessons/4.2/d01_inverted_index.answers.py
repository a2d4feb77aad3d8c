# %% right="e1" why="collects places by term and document first, sorts at the end"
def build_index(texts):
    index = {}
    for document, text in texts.items():
        for position, term in enumerate(library.terms(text)):
            index.setdefault(term, {}).setdefault(document, []).append(position)
    return {term: sorted(documents.items()) for term, documents in index.items()}

# %% right="e1" why="sorts all triples and groups them"
def build_index(texts):
    triples = sorted((t, d, k) for d in texts for k, t in enumerate(library.terms(texts[d])))
    index = {}
    for term, document, _ in dict.fromkeys((t, d, 0) for t, d, _ in triples):
        index.setdefault(term, []).append((document, [k for t, d, k in triples if (t, d) == (term, document)]))
    return index

# %% right="e1" why="gathers the places of one document, then deals them out to the lists"
from collections import defaultdict

def build_index(texts):
    index = defaultdict(list)
    for document, text in sorted(texts.items()):
        places = defaultdict(list)
        for position, term in enumerate(library.terms(text)):
            places[term].append(position)
        for term, at in places.items():
            index[term].append((document, at))
    return index

# %% [markdown] wrong="e1" why="documents in the order in which they come" edit=true
r'''
### REPLACE
    for document in sorted(texts):
### WITH
    for document in texts:
### END
'''

# %% [markdown] wrong="e1" why="a posting for each occurrence" edit=true
r'''
### REPLACE
            if not postings or postings[-1][0] != document:
                postings.append((document, []))
            postings[-1][1].append(position)
### WITH
            postings.append((document, [position]))
### END
'''

# %% [markdown] wrong="e1" why="positions count from 1" edit=true
r'''
### REPLACE
        for position, term in enumerate(library.terms(texts[document])):
### WITH
        for position, term in enumerate(library.terms(texts[document]), start=1):
### END
'''

# %% [markdown] wrong="e1" why="positions are characters" edit=true
r'''
### REPLACE
        for position, term in enumerate(library.terms(texts[document])):
### WITH
        for position, term in ((m.start(), m[0]) for m in re.finditer(r"[^\W_]+", texts[document].lower())):
### END
'''

# %% [markdown] wrong="e1" why="keeps the first position only" edit=true
r'''
### REPLACE
                postings.append((document, []))
            postings[-1][1].append(position)
### WITH
                postings.append((document, [position]))
### END
'''

# %% [markdown] wrong="e1" why="positions run on from one document to the next" edit=true
r'''
### REPLACE
    index = {}
    for document in sorted(texts):
        for position, term in enumerate(library.terms(texts[document])):
### WITH
    index = {}
    count = -1
    for document in sorted(texts):
        for term in library.terms(texts[document]):
            count = position = count + 1
### END
'''

# %% [markdown] wrong="e1" why="splits at blanks, so capitals and commas make new terms" edit=true
r'''
### REPLACE
        for position, term in enumerate(library.terms(texts[document])):
### WITH
        for position, term in enumerate(texts[document].split()):
### END
'''

# %% right="e2" why="asks both lists for the same number, which rises to the greater answer"
def intersect(p, q):
    both, wanted = [], 0
    while True:
        left, right = p(wanted), q(wanted)
        if left is None or right is None:
            return both
        if left == right:
            both.append(left)
        wanted = max(left, right) + (left == right)

# %% right="e2" why="the lists take turns in a queue; two equal answers in a row are a match"
def intersect(p, q):
    both, lists, settled, last = [], [p, q], 0, None
    while (answer := lists[0](settled)) is not None:
        lists.reverse()
        if answer == last:
            both.append(answer)
            settled, last = answer + 1, None
        else:
            settled = last = answer
    return both

# %% right="e2" why="two fingers, and the one behind leaps to the other"
def intersect(p, q):
    both, left, right = [], p(0), q(0)
    while None not in (left, right):
        if left < right:
            left = p(right)
        elif right < left:
            right = q(left)
        else:
            both.append(left)
            left, right = p(left + 1), q(left + 1)
    return both

# %% [markdown] wrong="e2" why="takes document 0 for the end" edit=true
r'''
### REPLACE
    while candidate is not None:
### WITH
    while candidate:
### END
'''

# %% [markdown] wrong="e2" why="leaps past the answer of the other list" edit=true
r'''
### REPLACE
            both.append(candidate)
            answer += 1
        candidate = p(answer)
### WITH
            both.append(candidate)
        candidate = p(answer + 1)
### END
'''

# %% [markdown] wrong="e2" why="walks through p posting by posting" edit=true
r'''
### REPLACE
            answer += 1
        candidate = p(answer)
### WITH
        candidate = p(candidate + 1)
### END
'''

# %% [markdown] wrong="e2" why="asks for the match again, without end" edit=true
r'''
### REPLACE
            answer += 1
### WITH
### END
'''

# %% [markdown] wrong="e2" why="keeps what the first list offers, found or not" edit=true
r'''
### REPLACE
        if answer == candidate:
            both.append(candidate)
            answer += 1
### WITH
        both.append(candidate)
        if answer == candidate:
            answer += 1
### END
'''

# %% wrong="e2" why="reads both lists in full and intersects sets"
def intersect(p, q):
    def documents(first_from):
        d = first_from(0)
        while d is not None:
            yield d
            d = first_from(d + 1)

    return sorted(set(documents(p)) & set(documents(q)))

# %% wrong="e2" why="merges one step at a time"
def intersect(p, q):
    both, left, right = [], p(0), q(0)
    while left is not None and right is not None:
        if left == right:
            both.append(left)
            left, right = p(left + 1), q(right + 1)
        elif left < right:
            left = p(left + 1)
        else:
            right = q(right + 1)
    return both

# %% right="e3" why="sets of reachable positions, document after document"
def phrase(index, words, slop=0):
    found = []
    for document in sorted(set.intersection(*({d for d, _ in index.get(w, [])} for w in words))):
        rows = [set(next(at for d, at in index[w] if d == document)) for w in words]
        reached = rows[0]
        for row in rows[1:]:
            reached = {b for a in reached for b in range(a + 1, a + slop + 2)} & row
        found += [document] * bool(reached)
    return found

# %% right="e3" why="searches from each position of the first word, backtracking"
def phrase(index, words, slop=0):
    lists = [dict(index.get(w, [])) for w in words]

    def goes_on(document, i, before):
        return i == len(lists) or any(
            goes_on(document, i + 1, at) for at in lists[i].get(document, []) if 0 <= at - before - 1 <= slop
        )

    return [d for d, starts in lists[0].items() if any(goes_on(d, 1, at) for at in starts)]

# %% wrong="e3" why="conjunction only: the positions are not looked at"
def phrase(index, words, slop=0):
    return sorted(set.intersection(*({d for d, _ in index.get(w, [])} for w in words)))

# %% [markdown] wrong="e3" why="follows the first position only" edit=true
r'''
### REPLACE
            ends = [b for b in places.get(document, []) if any(a < b <= a + 1 + slop for a in ends)]
### WITH
            ends = [b for b in places.get(document, []) if any(a < b <= a + 1 + slop for a in ends[:1])]
### END
'''

# %% [markdown] wrong="e3" why="near, in any order" edit=true
r'''
### REPLACE
            ends = [b for b in places.get(document, []) if any(a < b <= a + 1 + slop for a in ends)]
### WITH
            ends = [b for b in places.get(document, []) if any(0 < abs(b - a) <= 1 + slop for a in ends)]
### END
'''

# %% [markdown] wrong="e3" why="a repeated word may be one and the same" edit=true
r'''
### REPLACE
            ends = [b for b in places.get(document, []) if any(a < b <= a + 1 + slop for a in ends)]
### WITH
            ends = [b for b in places.get(document, []) if any(a <= b <= a + 1 + slop for a in ends)]
### END
'''

# %% [markdown] wrong="e3" why="slop is for the whole phrase" edit=true
r'''
### REPLACE
    for document, ends in first.items():
        for places in others:
            ends = [b for b in places.get(document, []) if any(a < b <= a + 1 + slop for a in ends)]
        if ends:
### WITH
    for document, starts in first.items():
        ends = {(a, 0) for a in starts}
        for places in others:
            ends = {
                (b, used + b - a - 1)
                for b in places.get(document, [])
                for a, used in ends
                if a < b and used + b - a - 1 <= slop
            }
        if ends:
### END
'''

# %% [markdown] wrong="e3" why="slop is the distance, so one term less fits in" edit=true
r'''
### REPLACE
            ends = [b for b in places.get(document, []) if any(a < b <= a + 1 + slop for a in ends)]
### WITH
            ends = [b for b in places.get(document, []) if any(a < b <= a + max(1, slop) for a in ends)]
### END
'''

# %% [markdown] wrong="e3" why="breaks at a word that the index does not have" edit=true
r'''
### REPLACE
    first, *others = [dict(index.get(word, [])) for word in words]
### WITH
    first, *others = [dict(index[word]) for word in words]
### END
'''

# %% [markdown] wrong="e3" why="leaves out words that the index does not have" edit=true
r'''
### REPLACE
    first, *others = [dict(index.get(word, [])) for word in words]
### WITH
    first, *others = [dict(index[word]) for word in words if word in index] or [{}]
### END
'''

# %% [markdown] wrong="e3" why="goes on with the nearest next position only, though a later one may lead on" edit=true
r'''
### REPLACE
            ends = [b for b in places.get(document, []) if any(a < b <= a + 1 + slop for a in ends)]
### WITH
            nearest = {next((b for b in places.get(document, []) if b > a), 0) for a in ends}
            ends = [b for b in nearest if any(a < b <= a + 1 + slop for a in ends)]
### END
'''

# %% wrong="e3" why="goes on with the furthest position that the slop allows"
def phrase(index, words, slop=0):
    first, *others = [dict(index.get(word, [])) for word in words]
    found = []
    for document, starts in first.items():
        ends = starts
        for places in others:
            reached = ([b for b in places.get(document, []) if a < b <= a + 1 + slop] for a in ends)
            ends = [allowed[-1] for allowed in reached if allowed]
        if ends:
            found.append(document)
    return found

# %% right="e4" why="shunting-yard: operators wait on a stack"
def boolean(index, documents, query):
    rank = {"OR": 0, "AND": 1, "NOT": 2}
    values, waiting, word_due = [], [], True

    def apply():
        operator = waiting.pop()
        if operator == "(":
            raise ValueError("open bracket")
        right = values.pop()
        if operator == "NOT":
            values.append(set(documents) - right)
        else:
            left = values.pop()
            values.append(left | right if operator == "OR" else left & right)

    for token in re.findall(r"\w+|[()]", query):
        if (token in ("AND", "OR", ")")) == word_due:
            raise ValueError("out of place")
        if token in ("(", "NOT"):
            waiting.append(token)
        elif token == ")":
            while waiting and waiting[-1] != "(":
                apply()
            if not waiting:
                raise ValueError("no open bracket")
            waiting.pop()
        elif token in rank:
            while waiting and waiting[-1] != "(" and rank[waiting[-1]] >= rank[token]:
                apply()
            waiting.append(token)
            word_due = True
        else:
            values.append(set(index.get(token.lower(), [])))
            word_due = False
    if word_due:
        raise ValueError("it ends too early")
    while waiting:
        apply()
    return sorted(values[0])

# %% right="e4" why="rewrites the list of tokens until one set is left"
def boolean(index, documents, query):
    everything = frozenset(documents)
    parts = []
    for token in query.replace("(", " ( ").replace(")", " ) ").split():
        operator = token in ("AND", "OR", "NOT", "(", ")")
        parts.append(token if operator else frozenset(index.get(token.lower(), [])))

    def is_set(k):
        return 0 <= k < len(parts) and isinstance(parts[k], frozenset)

    def step():
        """Carry out one operation that nothing tighter waits for."""
        for k in range(len(parts)):
            if parts[k] == "NOT" and is_set(k + 1):
                parts[k : k + 2] = [everything - parts[k + 1]]
                return True
        for operator in ("AND", "OR"):
            for k in range(1, len(parts) - 1):
                if parts[k] == operator and is_set(k - 1) and is_set(k + 1):
                    before, after = (parts[j] if 0 <= j < len(parts) else "" for j in (k - 2, k + 2))
                    if operator == "AND" or ("AND" not in (before, after)):
                        joined = parts[k - 1] & parts[k + 1] if operator == "AND" else parts[k - 1] | parts[k + 1]
                        parts[k - 1 : k + 2] = [joined]
                        return True
        for k in range(1, len(parts) - 1):
            if parts[k - 1] == "(" and is_set(k) and parts[k + 1] == ")":
                parts[k - 1 : k + 2] = [parts[k]]
                return True
        return False

    while step():
        pass
    if len(parts) != 1 or not is_set(0):
        raise ValueError("this is no query")
    return sorted(parts[0])

# %% [markdown] wrong="e4" why="from the left to the right, AND and OR alike" edit=true
r'''
### REPLACE
        found = both()
        while take("OR"):
            found = found | both()
        return found

    def both():
        found = single()
        while take("AND"):
            found = found & single()
        return found
### WITH
        found = single()
        while tokens and tokens[0] in ("AND", "OR"):
            found = found & single() if tokens.pop(0) == "AND" else found | single()
        return found
### END
'''

# %% [markdown] wrong="e4" why="OR binds tighter than AND" edit=true
r'''
### REPLACE
        while take("OR"):
            found = found | both()
### WITH
        while take("AND"):
            found = found & both()
### END
### REPLACE
        while take("AND"):
            found = found & single()
### WITH
        while take("OR"):
            found = found | single()
### END
'''

# %% [markdown] wrong="e4" why="NOT takes all that follows" edit=true
r'''
### REPLACE
            return set(documents) - single()
### WITH
            return set(documents) - either()
### END
'''

# %% [markdown] wrong="e4" why="NOT relative to the documents that have some indexed word" edit=true
r'''
### REPLACE
            return set(documents) - single()
### WITH
            return {d for listed in index.values() for d in listed} - single()
### END
'''

# %% [markdown] wrong="e4" why="words are looked up as they are typed" edit=true
r'''
### REPLACE
        return set(index.get(tokens.pop(0).lower(), []))
### WITH
        return set(index.get(tokens.pop(0), []))
### END
'''

# %% [markdown] wrong="e4" why="and, or and not are operators in small letters too" edit=true
r'''
### REPLACE
    tokens = re.findall(r"\w+|[()]", query)
### WITH
    tokens = [t.upper() if t.upper() in ("AND", "OR", "NOT") else t for t in re.findall(r"\w+|[()]", query)]
### END
'''

# %% [markdown] wrong="e4" why="breaks at a word that the index does not have" edit=true
r'''
### REPLACE
        return set(index.get(tokens.pop(0).lower(), []))
### WITH
        return set(index[tokens.pop(0).lower()])
### END
'''

# %% [markdown] wrong="e4" why="what is left over is ignored" edit=true
r'''
### REPLACE
    if tokens:
        raise ValueError(f"what is {tokens[0]} here for?")
### WITH
### END
'''

# %% [markdown] wrong="e4" why="a bracket need not be closed" edit=true
r'''
### REPLACE
            if not take(")"):
                raise ValueError("a bracket is not closed")
### WITH
            take(")")
### END
'''

# %% [markdown] wrong="e4" why="an empty query finds nothing instead of being refused" edit=true
r'''
### REPLACE
    found = either()
    if tokens:
### WITH
    if not tokens:
        return []
    found = either()
    if tokens:
### END
'''

# %% [markdown] wrong="e4" why="takes letters only for words" edit=true
r'''
### REPLACE
    tokens = re.findall(r"\w+|[()]", query)
### WITH
    tokens = re.findall(r"[A-Za-z]+|[()]", query)
### END
'''

# %% [markdown] wrong="e4" why="short cut: where the left side of AND is empty, the right side is never read" edit=true
r'''
### REPLACE
            found = found & single()
### WITH
            found = found and found & single()
### END
'''

# %% [markdown] wrong="e4" why="short cut: where the left side of OR has everything, the right side is never read" edit=true
r'''
### REPLACE
            found = found | both()
### WITH
            found = found if found == set(documents) else found | both()
### END
'''

# %% [markdown] wrong="e4" why="the set as it comes, which looks sorted as long as the numbers are small" edit=true
r'''
### REPLACE
    return sorted(found)
### WITH
    return list(found)
### END
'''

# %% right="e5" why="digits by recursion and by shifts; damage is looked for byte by byte"
def encode(postings):
    def digits(gap):
        return (digits(gap >> 7) if gap > 127 else b"") + bytes([gap & 127])

    data, before = b"", None
    for document in postings:
        if document < 0 or (before is not None and document <= before):
            raise ValueError("not ascending")
        coded = digits(document - (before or 0))
        data += coded[:-1] + bytes([coded[-1] | 128])
        before = document
    return data

def decode(data):
    postings, gap, fresh = [], 0, True
    for byte in data:
        if fresh and byte == 0:
            raise ValueError("leading zero")
        gap, fresh = gap << 7 | byte & 127, byte > 127
        if fresh:
            if postings and gap == 0:
                raise ValueError("the same document twice")
            postings.append(gap + (postings[-1] if postings else 0))
            gap = 0
    if not fresh:
        raise ValueError("cut off")
    return postings

# %% right="e5" why="splits the bytes with a regular expression; numbers of digits beforehand"
def encode(postings):
    if sorted({*postings}) != list(postings) or any(d < 0 for d in postings):
        raise ValueError("not ascending")
    data = bytearray()
    for gap in (b - a for a, b in zip([0, *postings], postings)):
        width = max(1, -(-gap.bit_length() // 7))
        data += bytes(gap // 128**k % 128 for k in reversed(range(width)))
        data[-1] += 128
    return bytes(data)

def decode(data):
    if not re.fullmatch(rb"((?!\x00)[\x00-\x7f]*[\x80-\xff])*", data, re.DOTALL):
        raise ValueError("cut off, or a leading zero")
    postings = []
    for number in re.findall(rb"[\x00-\x7f]*[\x80-\xff]", data):
        gap = sum((digit % 128) * 128**k for k, digit in enumerate(reversed(number)))
        if postings and not gap:
            raise ValueError("twice")
        postings.append(sum(postings[-1:]) + gap)
    return postings

# %% [markdown] wrong="e5" why="the least significant digit first" edit=true
r'''
### REPLACE
        rest, last = divmod(document - before, 128)
        digits = [last + 128]
        while rest:
            rest, digit = divmod(rest, 128)
            digits.append(digit)
        data += reversed(digits)
### WITH
        rest, digit = divmod(document - before, 128)
        digits = [digit]
        while rest:
            rest, digit = divmod(rest, 128)
            digits.append(digit)
        data += [*digits[:-1], digits[-1] + 128]
### END
### REPLACE
        gap = 128 * gap + byte % 128
        if byte >= 128:
            document += gap
            postings.append(document)
            gap = 0
### WITH
        gap += byte % 128 << shift
        shift += 7
        if byte >= 128:
            document += gap
            postings.append(document)
            gap = shift = 0
### END
### REPLACE
    postings, document, gap = [], 0, 0
### WITH
    postings, document, gap, shift = [], 0, 0, 0
### END
'''

# %% [markdown] wrong="e5" why="encodes the documents, not the gaps" edit=true
r'''
### REPLACE
        rest, last = divmod(document - before, 128)
### WITH
        rest, last = divmod(document, 128)
### END
### REPLACE
            document += gap
### WITH
            document = gap
### END
'''

# %% [markdown] wrong="e5" why="two digits at the most" edit=true
r'''
### REPLACE
        while rest:
            rest, digit = divmod(rest, 128)
            digits.append(digit)
### WITH
        if rest:
            digits.append(rest % 128)
### END
'''

# %% [markdown] wrong="e5" why="the last byte is told by being over 128, so a last digit of 0 is not seen" edit=true
r'''
### REPLACE
        if byte >= 128:
### WITH
        if byte > 128:
### END
'''

# %% [markdown] wrong="e5" why="a document may come twice" edit=true
r'''
### REPLACE
    if any(a >= b for a, b in pairwise([-1, *postings])):
### WITH
    if any(a > b for a, b in pairwise([0, *postings])):
### END
### REPLACE
    if encode(postings) != data:
### WITH
    if encode(postings) != data or len({*postings}) < len(postings):
### END
'''

# %% [markdown] wrong="e5" why="negative documents are let through when they are ascending" edit=true
r'''
### REPLACE
    if any(a >= b for a, b in pairwise([-1, *postings])):
        raise ValueError("documents must be 0 or more, and strictly ascending")
### WITH
    if any(a >= b for a, b in pairwise(postings)):
        raise ValueError("documents must be strictly ascending")
    postings = [abs(document) for document in postings]
### END
'''

# %% [markdown] wrong="e5" why="believes every byte string" edit=true
r'''
### REPLACE
    if encode(postings) != data:
        raise ValueError("no list has this encoding")
### WITH
### END
'''

# %% [markdown] wrong="e5" why="only asks whether the last number ends" edit=true
r'''
### REPLACE
    if encode(postings) != data:
### WITH
    if data and data[-1] < 128:
### END
'''

# %% [markdown] wrong="e5" why="returns the gaps" edit=true
r'''
### REPLACE
            document += gap
            postings.append(document)
            gap = 0
    if encode(postings) != data:
        raise ValueError("no list has this encoding")
    return postings
### WITH
            document += gap
            postings.append(document)
            gap = 0
    if encode(postings) != data:
        raise ValueError("no list has this encoding")
    return [b - a for a, b in pairwise([0, *postings])]
### END
'''

# %% wrong="e5" why="writes the digits from the last to the first, and reads them in the other direction"
def encode(postings):
    data, before = b"", -1
    for k, document in enumerate(postings):
        if document <= before:
            raise ValueError("not ascending")
        gap, digits = document - before * (k > 0), []
        while gap or not digits:
            digits.append(gap % 128)
            gap //= 128
        digits[-1] += 128
        data, before = data + bytes(digits), document
    return data

def decode(data):
    if not re.fullmatch(rb"((?!\x00)[\x00-\x7f]*[\x80-\xff])*", data, re.DOTALL):
        raise ValueError("cut off, or a leading zero")
    postings = []
    for number in re.findall(rb"[\x00-\x7f]*[\x80-\xff]", data):
        gap = sum((digit % 128) * 128**k for k, digit in enumerate(reversed(number)))
        if postings and not gap:
            raise ValueError("twice")
        postings.append(sum(postings[-1:]) + gap)
    return postings

# %% wrong="e5" why="the number 0 gets no digits, so document 0 leaves no trace"
def encode(postings):
    data, before = bytearray(), -1
    for k, document in enumerate(postings):
        if document <= before:
            raise ValueError("not ascending")
        gap, digits = document - before * (k > 0), []
        while gap:
            digits.append(gap % 128 + 128 * (not digits))
            gap //= 128
        data += bytes(reversed(digits))
        before = document
    return bytes(data)

def decode(data):
    if not re.fullmatch(rb"((?!\x00)[\x00-\x7f]*[\x80-\xff])*", data, re.DOTALL):
        raise ValueError("cut off, or a leading zero")
    postings = []
    for number in re.findall(rb"[\x00-\x7f]*[\x80-\xff]", data):
        gap = sum((digit % 128) * 128**k for k, digit in enumerate(reversed(number)))
        if postings and not gap:
            raise ValueError("twice")
        postings.append(sum(postings[-1:]) + gap)
    return postings

# %% [markdown] wrong="e5" why="divides by / and cuts off, which is inexact for large numbers" edit=true
r'''
### REPLACE
            rest, digit = divmod(rest, 128)
            digits.append(digit)
### WITH
            digits.append(rest % 128)
            rest = int(rest / 128)
### END
'''

# %% [markdown] wrong="e5" why="counts the digits by a logarithm, which is inexact near a power of 128" edit=true
r'''
### REPLACE
        rest, last = divmod(document - before, 128)
        digits = [last + 128]
        while rest:
            rest, digit = divmod(rest, 128)
            digits.append(digit)
        data += reversed(digits)
### WITH
        gap = document - before
        width = int(np.log(gap) / np.log(128)) + 1 if gap else 1
        digits = [gap // 128**k % 128 for k in reversed(range(width))]
        data += [*digits[:-1], digits[-1] + 128]
### END
'''

# %% [markdown] wrong="e5" why="sums the gaps up in 64 bits" edit=true
r'''
### REPLACE
            document += gap
            postings.append(document)
### WITH
            document = (document + gap) % 2**64
            postings.append(document)
### END
'''
