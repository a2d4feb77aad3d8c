# %% right="e1" why="by eigenvectors of the product with the transposed; the error measured on the difference itself"
def lsi(C, k):
    values, vectors = np.linalg.eigh(C.T @ C)
    order = np.argsort(-values)[:k]
    s, V = np.sqrt(values[order]), vectors[:, order]
    U = C @ V / s
    for i in range(k):
        if max(U[:, i], key=abs) < 0:
            U[:, i] *= -1
            V[:, i] *= -1
    return U, s, V


def errors(C, k):
    U, s, Vt = np.linalg.svd(C, full_matrices=False)
    rest = C - U[:, :k] @ np.diag(s[:k]) @ Vt[:k]
    return np.linalg.norm(rest), np.linalg.norm(rest, 2)

# %% right="e1" why="from the full decomposition, column by column; the heaviest entry by its square"
def lsi(C, k):
    us, ss, vs = [], [], []
    full = np.linalg.svd(C)
    for i in range(k):
        u, v = full[0][:, i].copy(), full[2][i].copy()
        place = int(np.argmax(u * u))
        sign = math.copysign(1.0, u[place])
        us.append(sign * u)
        ss.append(full[1][i])
        vs.append(sign * v)
    return np.column_stack(us), np.array(ss), np.column_stack(vs)


def errors(C, k):
    s = np.linalg.svd(C)[1]
    return float(np.sqrt(np.sum(s[k:] ** 2))), float(s[k]) if k < len(s) else 0.0

# %% [markdown] wrong="e1" why="keeps the smallest singular values" edit=true
r'''
### REPLACE
    U, V = left[:, :k], right[:k].T
### WITH
    U, s, V = left[:, ::-1][:, :k], s[::-1], right[::-1][:k].T
### END
'''

# %% [markdown] wrong="e1" why="multiplies the singular values into U and hands them out as well" edit=true
r'''
### REPLACE
    return U * signs, s[:k], V * signs
### WITH
    return U * signs * s[:k], s[:k], V * signs
### END
'''

# %% [markdown] wrong="e1" why="turns the columns of U and forgets those of V" edit=true
r'''
### REPLACE
    return U * signs, s[:k], V * signs
### WITH
    return U * signs, s[:k], V
### END
'''

# %% [markdown] wrong="e1" why="takes the signs as the library gives them" edit=true
r'''
### REPLACE
    return U * signs, s[:k], V * signs
### WITH
    return U, s[:k], V
### END
'''

# %% [markdown] wrong="e1" why="makes the sum of each column positive instead of its heaviest entry" edit=true
r'''
### REPLACE
    heaviest = np.abs(U).argmax(axis=0)
    signs = np.sign(U[heaviest, range(k)])
### WITH
    signs = np.where(U.sum(axis=0) < 0, -1.0, 1.0)
### END
'''

# %% [markdown] wrong="e1" why="returns V transposed, as NumPy does" edit=true
r'''
### REPLACE
    return U * signs, s[:k], V * signs
### WITH
    return U * signs, s[:k], (V * signs).T
### END
'''

# %% [markdown] wrong="e1" why="adds the singular values up instead of their squares" edit=true
r'''
### REPLACE
    return math.hypot(*tail), max(tail, default=0.0)
### WITH
    return sum(tail), max(tail, default=0.0)
### END
'''

# %% [markdown] wrong="e1" why="takes the last value that was kept for the spectral error" edit=true
r'''
### REPLACE
    tail = np.linalg.svd(C, compute_uv=False)[k:]
    return math.hypot(*tail), max(tail, default=0.0)
### WITH
    s = np.linalg.svd(C, compute_uv=False)
    return math.hypot(*s[k:]), s[k - 1]
### END
'''

# %% [markdown] wrong="e1" why="hands out the eigenvalues of C times C transposed, without the square root" edit=true
r'''
### REPLACE
    return U * signs, s[:k], V * signs
### WITH
    return U * signs, s[:k] ** 2, V * signs
### END
'''

# %% [markdown] wrong="e1" why="takes the left for the right vectors" edit=true
r'''
### REPLACE
    return U * signs, s[:k], V * signs
### WITH
    return V * signs, s[:k], U * signs
### END
'''

# %% [markdown] wrong="e1" why="gives the spectral error for both norms, as a slip in a textbook has it" edit=true
r'''
### REPLACE
    return math.hypot(*tail), max(tail, default=0.0)
### WITH
    return max(tail, default=0.0), max(tail, default=0.0)
### END
'''

# %% equivalent="e1" mutants=["236f139e"] why="the first k columns of U and rows of V transposed are the same in the full decomposition, k being at most the rank"

# %% right="e2" why="as a least-squares problem, column by column"
def fold_in(U, s, D):
    return np.array([np.linalg.lstsq(U * s, d, rcond=None)[0] for d in D.T])


def kept(U, D):
    shares = []
    for d in D.T:
        inside = U @ (U.T @ d)
        shares.append(float(inside @ inside / (d @ d)) if d.any() else 0.0)
    return np.array(shares)

# %% right="e2" why="with the matrix of inverse singular values; what is lost taken from 1"
def fold_in(U, s, D):
    return (np.diag(1 / s) @ U.T @ D).T


def kept(U, D):
    lost = np.linalg.norm(D - U @ U.T @ D, axis=0) ** 2
    whole = np.linalg.norm(D, axis=0) ** 2
    return np.array([1 - a / b if b > 0 else 0.0 for a, b in zip(lost, whole)])

# %% [markdown] wrong="e2" why="forgets the singular values: the coordinates of the scaled space" edit=true
r'''
### REPLACE
    return (U.T @ D).T / s
### WITH
    return (U.T @ D).T
### END
'''

# %% [markdown] wrong="e2" why="multiplies by the singular values instead of dividing" edit=true
r'''
### REPLACE
    return (U.T @ D).T / s
### WITH
    return (U.T @ D).T * s
### END
'''

# %% [markdown] wrong="e2" why="divides by the squares of the singular values" edit=true
r'''
### REPLACE
    return (U.T @ D).T / s
### WITH
    return (U.T @ D).T / s**2
### END
'''

# %% [markdown] wrong="e2" why="returns a column for each document instead of a row" edit=true
r'''
### REPLACE
    return (U.T @ D).T / s
### WITH
    return ((U.T @ D).T / s).T
### END
'''

# %% [markdown] wrong="e2" why="the share of the length, not of its square" edit=true
r'''
### REPLACE
    return inside / np.where(whole == 0, 1, whole)
### WITH
    return np.sqrt(inside / np.where(whole == 0, 1, whole))
### END
'''

# %% [markdown] wrong="e2" why="the share of all columns together" edit=true
r'''
### REPLACE
    return inside / np.where(whole == 0, 1, whole)
### WITH
    return inside / max(whole.sum(), 1e-300)
### END
'''

# %% [markdown] wrong="e2" why="takes all documents for unit vectors" edit=true
r'''
### REPLACE
    return inside / np.where(whole == 0, 1, whole)
### WITH
    return inside
### END
'''

# %% [markdown] wrong="e2" why="divides a column of zeros by its length" edit=true
r'''
### REPLACE
    return inside / np.where(whole == 0, 1, whole)
### WITH
    with np.errstate(invalid="ignore"):
        return inside / whole
### END
'''

# %% [markdown] wrong="e2" why="keeps 0/0 away by a small number below the line, which swallows short columns" edit=true
r'''
### REPLACE
    return inside / np.where(whole == 0, 1, whole)
### WITH
    return inside / (whole + 1e-12)
### END
'''

# %% [markdown] wrong="e2" why="scales the coordinates to length 1" edit=true
r'''
### REPLACE
    return (U.T @ D).T / s
### WITH
    rows = (U.T @ D).T / s
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-300)
### END
'''

# %% right="e3" why="by the rows of V Sigma, in plain Python"
def search_lsi(C, q, k, n):
    left, sizes, right = np.linalg.svd(C, full_matrices=False)
    goal = [float(left[:, i] @ q) for i in range(k)]
    length = math.hypot(*goal)
    found = []
    for column in range(C.shape[1]):
        spot = [float(sizes[i] * right[i, column]) for i in range(k)]
        size = math.hypot(*spot)
        cosine = 0.0
        if size >= 1e-9 and length >= 1e-9:
            cosine = round(sum(a * b for a, b in zip(spot, goal)) / (size * length), 9)
        found.append((column, cosine))
    return sorted(found, key=lambda pair: (-pair[1], pair[0]))[:n]

# %% right="e3" why="as cosines in the space of words: columns of C_k, and the projected question"
def search_lsi(C, q, k, n):
    U, s, Vt = np.linalg.svd(C, full_matrices=False)
    cut = U[:, :k] * s[:k] @ Vt[:k]
    shadow = U[:, :k] @ (U[:, :k].T @ q)
    cosines = []
    for d in cut.T:
        a, b = np.linalg.norm(d), np.linalg.norm(shadow)
        cosines.append(0.0 if min(a, b) < 1e-9 else round(float(d @ shadow) / float(a * b), 9))
    order = sorted(range(len(cosines)), key=lambda i: -cosines[i])
    return [(i, cosines[i]) for i in order[:n]]

# %% right="e3" why="left vectors as eigenvectors of C times C transposed; NumPy's own numbers in the tuples"
def search_lsi(C, q, k, n):
    U = np.linalg.eigh(C @ C.T)[1][:, ::-1][:, :k]
    goal, spots = U.T @ q, (U.T @ C).T
    lengths = np.sqrt((spots * spots).sum(axis=1)) * 1.0
    long = (lengths >= 1e-9) & (np.sqrt(goal @ goal) >= 1e-9)
    cosines = np.zeros(len(spots))
    cosines[long] = np.around(spots[long] @ goal / (lengths[long] * np.sqrt(goal @ goal)), 9)
    order = np.lexsort((np.arange(len(spots)), -cosines))
    return list(zip(order[:n], cosines[order[:n]]))

# %% right="e3" why="by another driver of LAPACK, and a heap"
def search_lsi(C, q, k, n):
    import heapq

    import scipy.linalg

    U, s, Vt = scipy.linalg.svd(C, full_matrices=False, lapack_driver="gesvd")
    goal = q @ U[:, :k]

    def cosine(spot):
        size, length = math.sqrt(spot @ spot), math.sqrt(goal @ goal)
        return 0.0 if size < 1e-9 or length < 1e-9 else round(float(spot @ goal) / size / length, 9)

    pairs = [(i, cosine(spot)) for i, spot in enumerate((s[:k, None] * Vt[:k]).T)]
    return heapq.nsmallest(n, pairs, key=lambda pair: (-pair[1], pair[0]))

# %% [markdown] wrong="e3" why="folds the question in, and compares it with documents of the scaled space" edit=true
r'''
### REPLACE
    cosines = np.round(direction(U.T @ q) @ direction(U.T @ C), 9)
### WITH
    s = np.linalg.svd(C, compute_uv=False)[:k]
    cosines = np.round(direction(U.T @ q / s) @ direction(U.T @ C), 9)
### END
'''

# %% [markdown] wrong="e3" why="takes both from the unscaled space" edit=true
r'''
### REPLACE
    cosines = np.round(direction(U.T @ q) @ direction(U.T @ C), 9)
### WITH
    s = np.linalg.svd(C, compute_uv=False)[:k]
    cosines = np.round(direction(U.T @ q / s) @ direction(U.T @ C / s[:, None]), 9)
### END
'''

# %% [markdown] wrong="e3" why="takes dot products for cosines: long documents win" edit=true
r'''
### REPLACE
    cosines = np.round(direction(U.T @ q) @ direction(U.T @ C), 9)
### WITH
    cosines = np.round(direction(U.T @ q) @ (U.T @ C), 9)
### END
'''

# %% [markdown] wrong="e3" why="divides by the lengths before the cut" edit=true
r'''
### REPLACE
    cosines = np.round(direction(U.T @ q) @ direction(U.T @ C), 9)
### WITH
    cosines = np.round(direction(U.T @ q) @ (U.T @ C / np.maximum(np.linalg.norm(C, axis=0), 1e-9)), 9)
### END
'''

# %% [markdown] wrong="e3" why="the plain cosine of words, without any cut" edit=true
r'''
### REPLACE
    U = np.linalg.svd(C, full_matrices=False)[0][:, :k]
### WITH
    U = np.eye(len(C))
### END
'''

# %% [markdown] wrong="e3" why="takes candidates from the postings: only documents with a word of the question" edit=true
r'''
### REPLACE
    best = np.argsort(-cosines, kind="stable")[:n]
### WITH
    best = [i for i in np.argsort(-cosines, kind="stable") if C[:, i] @ q > 0][:n]
### END
'''

# %% [markdown] wrong="e3" why="gives 0 to every document without a word of the question" edit=true
r'''
### REPLACE
    best = np.argsort(-cosines, kind="stable")[:n]
### WITH
    cosines = np.where(((C != 0) & (q != 0)[:, None]).any(axis=0), cosines, 0.0)
    best = np.argsort(-cosines, kind="stable")[:n]
### END
'''

# %% [markdown] wrong="e3" why="sorts upwards and turns the order, so that equals stand last first" edit=true
r'''
### REPLACE
    best = np.argsort(-cosines, kind="stable")[:n]
### WITH
    best = np.argsort(cosines, kind="stable")[::-1][:n]
### END
'''

# %% [markdown] wrong="e3" why="divides rounding errors by their length" edit=true
r'''
### REPLACE
        return X / np.where(lengths < 1e-9, np.inf, lengths)  # what is left of rounding has no direction
### WITH
        return X / np.where(lengths == 0, np.inf, lengths)
### END
'''

# %% [markdown] wrong="e3" why="leaves out documents without a direction" edit=true
r'''
### REPLACE
    best = np.argsort(-cosines, kind="stable")[:n]
### WITH
    best = [i for i in np.argsort(-cosines, kind="stable") if np.linalg.norm(U.T @ C[:, i]) >= 1e-9][:n]
### END
'''

# %% [markdown] wrong="e3" why="keeps the singular vectors of the smallest singular values" edit=true
r'''
### REPLACE
    U = np.linalg.svd(C, full_matrices=False)[0][:, :k]
### WITH
    U = np.linalg.svd(C, full_matrices=False)[0][:, ::-1][:, :k]
### END
'''

# %% [markdown] wrong="e3" why="compares rows of V with a question of the scaled space" edit=true
r'''
### REPLACE
    cosines = np.round(direction(U.T @ q) @ direction(U.T @ C), 9)
### WITH
    s = np.linalg.svd(C, compute_uv=False)[:k]
    cosines = np.round(direction(U.T @ q) @ direction(U.T @ C / s[:, None]), 9)
### END
'''

# %% [markdown] wrong="e3" why="multiplies both sides by Sigma once more" edit=true
r'''
### REPLACE
    cosines = np.round(direction(U.T @ q) @ direction(U.T @ C), 9)
### WITH
    s = np.linalg.svd(C, compute_uv=False)[:k]
    cosines = np.round(direction(U.T @ q * s) @ direction(U.T @ C * s[:, None]), 9)
### END
'''

# %% [markdown] wrong="e3" why="takes cosines without their sign" edit=true
r'''
### REPLACE
    cosines = np.round(direction(U.T @ q) @ direction(U.T @ C), 9)
### WITH
    cosines = np.abs(np.round(direction(U.T @ q) @ direction(U.T @ C), 9))
### END
'''

# %% [markdown] wrong="e3" why="takes an obtuse angle for none at all" edit=true
r'''
### REPLACE
    cosines = np.round(direction(U.T @ q) @ direction(U.T @ C), 9)
### WITH
    cosines = np.maximum(np.round(direction(U.T @ q) @ direction(U.T @ C), 9), 0)
### END
'''

# %% [markdown] wrong="e3" why="scales the documents to length 1 before the decomposition" edit=true
r'''
### REPLACE
    U = np.linalg.svd(C, full_matrices=False)[0][:, :k]
### WITH
    U = np.linalg.svd(C / np.maximum(np.linalg.norm(C, axis=0), 1e-300), full_matrices=False)[0][:, :k]
### END
'''

# %% [markdown] wrong="e3" why="sorts first and rounds what it returns" edit=true
r'''
### REPLACE
    cosines = np.round(direction(U.T @ q) @ direction(U.T @ C), 9)
### WITH
    cosines = direction(U.T @ q) @ direction(U.T @ C)
### END
### REPLACE
    return [(int(i), float(cosines[i])) for i in best]
### WITH
    return [(int(i), round(float(cosines[i]), 9)) for i in best]
### END
'''

# %% [markdown] wrong="e3" why="forgets that a question can be without direction" edit=true
r'''
### REPLACE
    cosines = np.round(direction(U.T @ q) @ direction(U.T @ C), 9)
### WITH
    goal = U.T @ q
    cosines = np.round(goal / math.hypot(*goal) @ direction(U.T @ C), 9)
### END
'''

# %% [markdown] wrong="e3" why="scales the question of the caller in place" edit=true
r'''
### REPLACE
    cosines = np.round(direction(U.T @ q) @ direction(U.T @ C), 9)
### WITH
    q /= max(np.linalg.norm(q), 1e-300)
    cosines = np.round(direction(U.T @ q) @ direction(U.T @ C), 9)
### END
'''

# %% equivalent="e3" mutants=["b8a1da31"] why="differs only at a length of exactly 1e-9, which rounding moves to either side: the statement keeps the tests away from it"

# %% equivalent="e3" mutants=["3b30c1cf"] why="the first k columns of U are the same in the full decomposition, k being at most the rank"

# %% right="e4" why="by the rows of V Sigma; two loops, judgements kept"
def choose_k(C, queries, judge, ks, validation, test, slack):
    U, s, Vt = np.linalg.svd(C, full_matrices=False)
    relevant = {name: judge(name) for name in validation}

    def value(name, k):
        spots = Vt[:k].T * s[:k]
        goal = queries[name] @ U[:, :k]
        cosines = {i: float(spot @ goal) / math.hypot(*spot) for i, spot in enumerate(spots)}
        return average_precision(sorted(cosines, key=cosines.get, reverse=True), relevant[name])

    means = {}
    for k in ks:
        means[k] = float(np.mean([value(name, k) for name in validation]))
    best = max(means.values())
    chosen = next(k for k in sorted(ks) if best - means[k] <= slack)
    relevant.update({name: judge(name) for name in test})
    return {"k": chosen, "validation": means, "test": float(np.mean([value(name, chosen) for name in test]))}

# %% right="e4" why="all questions of a list as one matrix; the average precision by hand"
def choose_k(C, queries, judge, ks, validation, test, slack):
    basis = np.linalg.svd(C)[0]

    def mean_for(k, names, wanted):
        D = basis[:, :k].T @ C
        Q = basis[:, :k].T @ np.column_stack([queries[name] for name in names])
        S = (D / np.sqrt((D * D).sum(axis=0))).T @ (Q / np.sqrt((Q * Q).sum(axis=0)))
        total = 0.0
        for j, good in enumerate(wanted):
            hits = precision = 0.0
            for rank, i in enumerate(np.argsort(-S[:, j]), 1):
                if int(i) in good:
                    hits += 1
                    precision += hits / rank
            total += precision / len(good)
        return total / len(names)

    known = [judge(name) for name in validation]
    means = [mean_for(k, validation, known) for k in ks]
    good_enough = [k for k, mean in zip(ks, means) if mean + slack >= max(means)]
    k = min(good_enough)
    return {"k": k, "validation": dict(zip(ks, means)), "test": mean_for(k, test, [judge(name) for name in test])}

# %% [markdown] wrong="e4" why="takes the best k, whatever the slack" edit=true
r'''
### REPLACE
    chosen = min(k for k in ks if means[k] >= max(means.values()) - slack)
### WITH
    chosen = max(sorted(ks), key=means.get)
### END
'''

# %% [markdown] wrong="e4" why="takes the first of the list that is good enough, not the smallest" edit=true
r'''
### REPLACE
    chosen = min(k for k in ks if means[k] >= max(means.values()) - slack)
### WITH
    chosen = next(k for k in ks if means[k] >= max(means.values()) - slack)
### END
'''

# %% [markdown] wrong="e4" why="chooses by the error of the approximation: always the largest k" edit=true
r'''
### REPLACE
    chosen = min(k for k in ks if means[k] >= max(means.values()) - slack)
### WITH
    chosen = min(ks, key=lambda k: np.linalg.norm(C - U[:, :k] @ U[:, :k].T @ C))
### END
'''

# %% [markdown] wrong="e4" why="looks at the test questions too when it chooses" edit=true
r'''
### REPLACE
    chosen = min(k for k in ks if means[k] >= max(means.values()) - slack)
### WITH
    both = {k: mean_precision(k, [*validation, *test]) for k in ks}
    chosen = min(k for k in ks if both[k] >= max(both.values()) - slack)
### END
'''

# %% [markdown] wrong="e4" why="judges everything at the beginning" edit=true
r'''
### REPLACE
    means = {k: mean_precision(k, validation) for k in ks}
### WITH
    tests = {k: mean_precision(k, test) for k in ks}
    means = {k: mean_precision(k, validation) for k in ks}
### END
### REPLACE
    return {"k": chosen, "validation": means, "test": mean_precision(chosen, test)}
### WITH
    return {"k": chosen, "validation": means, "test": tests[chosen]}
### END
'''

# %% [markdown] wrong="e4" why="reports the best that any k reaches on the test questions" edit=true
r'''
### REPLACE
    return {"k": chosen, "validation": means, "test": mean_precision(chosen, test)}
### WITH
    return {"k": chosen, "validation": means, "test": max(mean_precision(k, test) for k in ks)}
### END
'''

# %% [markdown] wrong="e4" why="reports the chosen k only, without what it was compared with" edit=true
r'''
### REPLACE
    return {"k": chosen, "validation": means, "test": mean_precision(chosen, test)}
### WITH
    return {"k": chosen, "validation": {chosen: means[chosen]}, "test": mean_precision(chosen, test)}
### END
'''

# %% [markdown] wrong="e4" why="reports the validation mean once more in the place of the test's" edit=true
r'''
### REPLACE
    return {"k": chosen, "validation": means, "test": mean_precision(chosen, test)}
### WITH
    mean_precision(chosen, test)
    return {"k": chosen, "validation": means, "test": means[chosen]}
### END
'''

# %% [markdown] wrong="e4" why="ranks by dot products" edit=true
r'''
### REPLACE
        documents = documents / np.linalg.norm(documents, axis=0)
### WITH
### END
'''

# %% [markdown] wrong="e4" why="cuts the rankings at ten" edit=true
r'''
### REPLACE
            values.append(average_precision(np.argsort(-nearness).tolist(), judge(name)))
### WITH
            values.append(average_precision(np.argsort(-nearness).tolist()[:10], judge(name)))
### END
'''

# %% [markdown] wrong="e4" why="takes slack for a share of the best mean" edit=true
r'''
### REPLACE
    chosen = min(k for k in ks if means[k] >= max(means.values()) - slack)
### WITH
    chosen = min(k for k in ks if means[k] >= max(means.values()) * (1 - slack))
### END
'''

# %% [markdown] wrong="e4" why="reports the test mean of the last k that was tried" edit=true
r'''
### REPLACE
    return {"k": chosen, "validation": means, "test": mean_precision(chosen, test)}
### WITH
    return {"k": chosen, "validation": means, "test": mean_precision(ks[-1], test)}
### END
'''

# %% [markdown] wrong="e4" why="divides by the lengths before the cut" edit=true
r'''
### REPLACE
        documents = documents / np.linalg.norm(documents, axis=0)
### WITH
        documents = documents / np.linalg.norm(C, axis=0)
### END
'''

# %% [markdown] wrong="e4" why="ranks in the unscaled space" edit=true
r'''
### REPLACE
        documents = U[:, :k].T @ C
### WITH
        s = np.linalg.svd(C, compute_uv=False)[:k]
        documents = U[:, :k].T @ C / s[:, None]
### END
### REPLACE
            nearness = U[:, :k].T @ queries[name] @ documents  # the question's length does not change the order
### WITH
            nearness = U[:, :k].T @ queries[name] / s @ documents
### END
'''

# %% [markdown] wrong="e4" why="takes the median over the questions instead of the mean" edit=true
r'''
### REPLACE
        return sum(values) / len(values)
### WITH
        return float(np.median(values))
### END
'''

# %% equivalent="e4" mutants=["6eb7dc6a"] why="the first k columns of U are the same in the full decomposition, k being at most the rank"

# %% right="e5" why="step by step; the small decomposition on the transposed side"
def randomized_svd(times, back, columns, k, extra=10, passes=2, seed=0):
    rng = np.random.default_rng(seed)
    Y = times(rng.standard_normal((columns, k + extra)))
    for _ in range(passes):
        Q, R = np.linalg.qr(Y)
        P, R = np.linalg.qr(back(Q))
        Y = times(P)
    Q, R = np.linalg.qr(Y)
    V, s, Wt = np.linalg.svd(back(Q), full_matrices=False)
    return Q @ Wt.T[:, :k], s[:k], V[:, :k]

# %% right="e5" why="bases by a small decomposition instead of qr"
def randomized_svd(times, back, columns, k, extra=10, passes=2, seed=0):
    def orthonormal(X):
        return np.linalg.svd(X, full_matrices=False)[0]

    block = np.random.default_rng([seed, 1]).normal(size=(columns, k + extra))
    for left in range(passes, -1, -1):
        Q = orthonormal(times(block))
        Z = back(Q)
        block = orthonormal(Z) if left else Z
    inner = np.linalg.svd(block.T, full_matrices=False)
    U = Q.dot(inner[0])
    return U[:, 0:k], inner[1][0:k], inner[2][0:k].T

# %% [markdown] wrong="e5" why="no passes: looks only once where the matrix sends things" edit=true
r'''
### REPLACE
    for _ in range(passes):
### WITH
    for _ in range(0):
### END
'''

# %% [markdown] wrong="e5" why="draws k random vectors, and nothing to spare" edit=true
r'''
### REPLACE
    Q = basis(times(np.random.default_rng(seed).normal(size=(columns, k + extra))))
### WITH
    Q = basis(times(np.random.default_rng(seed).normal(size=(columns, k))))
### END
'''

# %% [markdown] wrong="e5" why="makes a basis only at the end, so that small directions drown" edit=true
r'''
### REPLACE
    Q = basis(times(np.random.default_rng(seed).normal(size=(columns, k + extra))))
    for _ in range(passes):
        Q = basis(times(basis(back(Q))))  # a basis each time, or all columns turn towards the first
### WITH
    Y = times(np.random.default_rng(seed).normal(size=(columns, k + extra)))
    for _ in range(passes):
        Y = times(back(Y))
    Q = basis(Y)
### END
'''

# %% [markdown] wrong="e5" why="leaves the left vectors in the coordinates of Q" edit=true
r'''
### REPLACE
    return (Q @ W)[:, :k], s[:k], Vt[:k].T
### WITH
    return W[:, :k], s[:k], Vt[:k].T
### END
'''

# %% [markdown] wrong="e5" why="returns all k + extra triplets" edit=true
r'''
### REPLACE
    return (Q @ W)[:, :k], s[:k], Vt[:k].T
### WITH
    return Q @ W, s, Vt.T
### END
'''

# %% wrong="e5" why="asks for the whole matrix, and decomposes that"
def randomized_svd(times, back, columns, k, extra=10, passes=2, seed=0):
    U, s, Vt = np.linalg.svd(times(np.eye(columns)), full_matrices=False)
    back(U[:, :k])
    return U[:, :k], s[:k], Vt[:k].T

# %% [markdown] wrong="e5" why="goes back and forth once more than it was told" edit=true
r'''
### REPLACE
    for _ in range(passes):
### WITH
    for _ in range(passes + 1):
### END
'''

# %% [markdown] wrong="e5" why="stops one pass too early" edit=true
r'''
### REPLACE
    for _ in range(passes):
### WITH
    for _ in range(passes - 1):
### END
'''

# %% equivalent="e5" mutants=["1f9f4692"] why="Q transposed times C has no more rows than columns: W and s are the same, of Vt only the first k rows are taken"
