# %% right="e1" why="by SymPy, converted to Fractions"
def rref(A):
    R, pivots = sp.Matrix(A).rref()
    return [[Fraction(int(v.p), int(v.q)) for v in row] for row in R.tolist()], list(pivots)


# %% right="e1" why="forward elimination first, then backwards from the last pivot"
def rref(A):
    R = [list(map(Fraction, row)) for row in A]
    m, n = len(R), len(R[0])
    where = []
    for j in range(n):
        top = len(where)
        best = max(range(top, m), key=lambda i: abs(R[i][j]), default=None)
        if best is None or R[best][j] == 0:
            continue
        R.insert(top, R.pop(best))
        for i in range(top + 1, m):
            q = R[i][j] / R[top][j]
            for c in range(n):
                R[i][c] -= q * R[top][c]
        where.append(j)
    for top in reversed(range(len(where))):
        j = where[top]
        R[top] = [v / R[top][j] for v in R[top]]
        for i in range(top):
            q = R[i][j]
            R[i] = [v - q * w for v, w in zip(R[i], R[top])]
    return R, where


# %% wrong="e1" why="clears below the pivot only (echelon form, not reduced)"
def rref(A):
    R = [[Fraction(x) for x in row] for row in A]
    pivots = []
    for column in range(len(R[0])):
        row = len(pivots)
        candidates = [i for i in range(row, len(R)) if R[i][column] != 0]
        if not candidates:
            continue
        R[row], R[candidates[0]] = R[candidates[0]], R[row]
        R[row] = [x / R[row][column] for x in R[row]]
        for i in range(row + 1, len(R)):
            R[i] = [x - R[i][column] * y for x, y in zip(R[i], R[row])]
        pivots.append(column)
    return R, pivots


# %% wrong="e1" why="forgets to make the pivots 1"
def rref(A):
    R = [[Fraction(x) for x in row] for row in A]
    pivots = []
    for column in range(len(R[0])):
        row = len(pivots)
        candidates = [i for i in range(row, len(R)) if R[i][column] != 0]
        if not candidates:
            continue
        R[row], R[candidates[0]] = R[candidates[0]], R[row]
        for i in range(len(R)):
            if i != row:
                factor = R[i][column] / R[row][column]
                R[i] = [x - factor * y for x, y in zip(R[i], R[row])]
        pivots.append(column)
    return R, pivots


# %% wrong="e1" why="works in floats and turns the result into Fractions at the end"
def rref(A):
    R = [[float(x) for x in row] for row in A]
    pivots = []
    for column in range(len(R[0])):
        row = len(pivots)
        candidates = [i for i in range(row, len(R)) if abs(R[i][column]) > 1e-9]
        if not candidates:
            continue
        R[row], R[candidates[0]] = R[candidates[0]], R[row]
        R[row] = [x / R[row][column] for x in R[row]]
        for i in range(len(R)):
            if i != row:
                R[i] = [x - R[i][column] * y for x, y in zip(R[i], R[row])]
        pivots.append(column)
    return [[Fraction(x) for x in row] for row in R], pivots


# %% wrong="e1" why="divides with //, to stay with whole numbers"
def rref(A):
    R = [[Fraction(x) for x in row] for row in A]
    pivots = []
    for column in range(len(R[0])):
        row = len(pivots)
        candidates = [i for i in range(row, len(R)) if R[i][column] != 0]
        if not candidates:
            continue
        R[row], R[candidates[0]] = R[candidates[0]], R[row]
        R[row] = [Fraction(x // R[row][column]) for x in R[row]]
        for i in range(len(R)):
            if i != row:
                R[i] = [x - R[i][column] * y for x, y in zip(R[i], R[row])]
        pivots.append(column)
    return R, pivots


# %% wrong="e1" why="does not exchange rows: a zero in pivot place counts as a column without a pivot"
def rref(A):
    R = [[Fraction(x) for x in row] for row in A]
    pivots = []
    for column in range(len(R[0])):
        row = len(pivots)
        if row == len(R) or R[row][column] == 0:
            continue
        R[row] = [x / R[row][column] for x in R[row]]
        for i in range(len(R)):
            if i != row:
                R[i] = [x - R[i][column] * y for x, y in zip(R[i], R[row])]
        pivots.append(column)
    return R, pivots


# %% wrong="e1" why="looks for a row to exchange among all rows, also those that have a pivot already"
def rref(A):
    R = [[Fraction(x) for x in row] for row in A]
    pivots = []
    for column in range(len(R[0])):
        row = len(pivots)
        if row == len(R):
            break
        candidates = [i for i in [*range(row, len(R)), *range(row)] if R[i][column] != 0]
        if R[row][column] == 0:
            candidates = [i for i in range(len(R)) if R[i][column] != 0]
            if not any(i >= row for i in candidates):
                continue
        R[row], R[candidates[0]] = R[candidates[0]], R[row]
        R[row] = [x / R[row][column] for x in R[row]]
        for i in range(len(R)):
            if i != row:
                R[i] = [x - R[i][column] * y for x, y in zip(R[i], R[row])]
        pivots.append(column)
    return R, pivots


# %% wrong="e1" why="goes down the diagonal: a column without a pivot uses up a row"
def rref(A):
    R = [[Fraction(x) for x in row] for row in A]
    pivots = []
    for k in range(min(len(R), len(R[0]))):
        candidates = [i for i in range(k, len(R)) if R[i][k] != 0]
        if not candidates:
            continue
        R[k], R[candidates[0]] = R[candidates[0]], R[k]
        R[k] = [x / R[k][k] for x in R[k]]
        for i in range(len(R)):
            if i != k:
                R[i] = [x - R[i][k] * y for x, y in zip(R[i], R[k])]
        pivots.append(k)
    return R, pivots


# %% wrong="e1" why="returns the rows of the pivots, not their columns"
def rref(A):
    R, pivots = sp.Matrix(A).rref()
    return [[Fraction(v) for v in row] for row in R.tolist()], list(range(len(pivots)))


# %% wrong="e1" why="Fractions, but with a tolerance as one uses for floats"
def rref(A):
    R = [[Fraction(x) for x in row] for row in A]
    pivots = []
    for column in range(len(R[0])):
        row = len(pivots)
        candidates = [i for i in range(row, len(R)) if abs(R[i][column]) > 1e-12]
        if not candidates:
            continue
        R[row], R[candidates[0]] = R[candidates[0]], R[row]
        R[row] = [x / R[row][column] for x in R[row]]
        for i in range(len(R)):
            if i != row:
                R[i] = [x - R[i][column] * y for x, y in zip(R[i], R[row])]
        pivots.append(column)
    return R, pivots


# %% wrong="e1" why="stops at the first column without a pivot"
def rref(A):
    R = [[Fraction(x) for x in row] for row in A]
    pivots = []
    for column in range(len(R[0])):
        row = len(pivots)
        candidates = [i for i in range(row, len(R)) if R[i][column] != 0]
        if not candidates:
            break
        R[row], R[candidates[0]] = R[candidates[0]], R[row]
        R[row] = [x / R[row][column] for x in R[row]]
        for i in range(len(R)):
            if i != row:
                R[i] = [x - R[i][column] * y for x, y in zip(R[i], R[row])]
        pivots.append(column)
    return R, pivots


# %% wrong="e1" why="the factor changes while it is in use: entry by entry, R[i][column] is cleared first or midway"
def rref(A):
    R = [[Fraction(x) for x in row] for row in A]
    pivots = []
    for column in range(len(R[0])):
        row = len(pivots)
        candidates = [i for i in range(row, len(R)) if R[i][column] != 0]
        if not candidates:
            continue
        R[row], R[candidates[0]] = R[candidates[0]], R[row]
        R[row] = [x / R[row][column] for x in R[row]]
        for i in range(len(R)):
            if i != row:
                for c in range(len(R[0])):
                    R[i][c] -= R[i][column] * R[row][c]
        pivots.append(column)
    return R, pivots


# %% wrong="e1" why="leaves the rows of zeros out"
def rref(A):
    R, pivots = sp.Matrix(A).rref()
    return [row for row in fractions_of(R) if any(row)], list(pivots)


# %% wrong="e1" why="goes through floats and rounds back to the nearest simple fraction"
def rref(A):
    R, pivots = sp.Matrix(A).rref()
    return [[Fraction(float(v)).limit_denominator(10**6) for v in row] for row in R.tolist()], list(pivots)


# %% right="e2" why="own elimination, no SymPy"
def solution_set(A, b):
    rows = [[Fraction(v) for v in (*row, right)] for row, right in zip(A, b)]
    n, where = len(A[0]), {}
    for j in range(n):
        for i in range(len(where), len(rows)):
            if rows[i][j]:
                top = len(where)
                rows[top], rows[i] = rows[i], rows[top]
                rows[top] = [v / rows[top][j] for v in rows[top]]
                for k, row in enumerate(rows):
                    if k != top:
                        rows[k] = [v - row[j] * w for v, w in zip(row, rows[top])]
                where[j] = top
                break
    if any(row[n] for row in rows[len(where) :]):
        return None
    x = [rows[where[j]][n] if j in where else 0 for j in range(n)]
    kernel = [[-rows[where[j]][free] if j in where else int(j == free) for j in range(n)] for free in range(n) if free not in where]
    return x, kernel


# %% right="e2" why="SymPy's nullspace; another particular solution and a scaled basis in other order"
def solution_set(A, b):
    M, right = sp.Matrix(A), sp.Matrix(b)
    if M.row_join(right).rank() > M.rank():
        return None
    kernel = [[7 * Fraction(v) for v in vector] for vector in reversed(M.nullspace())]
    solution, free = M.gauss_jordan_solve(right)
    solution = solution.subs({symbol: 2 for symbol in free})
    return [Fraction(v) for v in solution], kernel


# %% right="e2" why="the minus-1 trick for the null space"
def solution_set(A, b):
    n = len(A[0])
    R, pivots = sp.Matrix([[*row, v] for row, v in zip(A, b)]).rref()
    if n in pivots:
        return None
    square = [[0] * j + [-1] + [0] * (n - j) for j in range(n)]
    for i, j in enumerate(pivots):
        square[j] = [Fraction(v) for v in R.row(i)]
    free = [j for j in range(n) if j not in pivots]
    return [square[j][n] if j in pivots else 0 for j in range(n)], [[square[i][j] for i in range(n)] for j in free]


# %% wrong="e2" why="row i of the reduced matrix taken for unknown i"
def solution_set(A, b):
    n = len(A[0])
    reduced, pivots = sp.Matrix([[*row, right] for row, right in zip(A, b)]).rref()
    R = fractions_of(reduced)
    if n in pivots:
        return None
    particular = [R[i][n] if i < len(pivots) else Fraction(0) for i in range(n)]
    basis = [[Fraction(v) for v in vector] for vector in sp.Matrix(A).nullspace()]
    return particular, basis


# %% wrong="e2" why="hands back SymPy numbers"
def solution_set(A, b):
    M, right = sp.Matrix(A), sp.Matrix(b)
    if M.row_join(right).rank() > M.rank():
        return None
    solution, free = M.gauss_jordan_solve(right)
    return list(solution.subs({symbol: 0 for symbol in free})), [[Fraction(v) for v in vector] for vector in M.nullspace()]


# %% wrong="e2" why="uses floating-point least squares and reads the floats as Fractions"
def solution_set(A, b):
    M, right = sp.Matrix(A), sp.Matrix(b)
    if M.row_join(right).rank() > M.rank():
        return None
    x = np.linalg.lstsq(np.array(A, dtype=float), np.array(b, dtype=float), rcond=None)[0]
    return [Fraction(float(v)) for v in x], [[Fraction(v) for v in vector] for vector in M.nullspace()]


# %% wrong="e2" why="never looks for a contradiction"
def solution_set(A, b):
    n = len(A[0])
    reduced, pivots = sp.Matrix([[*row, right] for row, right in zip(A, b)]).rref()
    R = fractions_of(reduced)
    particular = [Fraction(0)] * n
    for i, pivot in enumerate(p for p in pivots if p < n):
        particular[pivot] = R[i][n]
    return particular, [[Fraction(v) for v in vector] for vector in sp.Matrix(A).nullspace()]


# %% wrong="e2" why="looks for the contradiction 0 = 1 in the last row only"
def solution_set(A, b):
    n = len(A[0])
    reduced, pivots = sp.Matrix([[*row, right] for row, right in zip(A, b)]).rref()
    R = fractions_of(reduced)
    if not any(R[-1][:n]) and R[-1][n] != 0:
        return None
    particular = [Fraction(0)] * n
    for i, pivot in enumerate(p for p in pivots if p < n):
        particular[pivot] = R[i][n]
    return particular, [[Fraction(v) for v in vector] for vector in sp.Matrix(A).nullspace()]


# %% wrong="e2" why="no unique solution taken for no solution"
def solution_set(A, b):
    n = len(A[0])
    reduced, pivots = sp.Matrix([[*row, right] for row, right in zip(A, b)]).rref()
    R = fractions_of(reduced)
    if n in pivots or len(pivots) < n:
        return None
    return [R[i][n] for i in range(n)], []


# %% wrong="e2" why="the sign is lost when the free unknowns change sides"
def solution_set(A, b):
    n = len(A[0])
    reduced, pivots = sp.Matrix([[*row, right] for row, right in zip(A, b)]).rref()
    R = fractions_of(reduced)
    if n in pivots:
        return None
    particular = [Fraction(0)] * n
    for row, pivot in zip(R, pivots):
        particular[pivot] = row[n]
    basis = []
    for free in sorted(set(range(n)) - set(pivots)):
        vector = [Fraction(int(j == free)) for j in range(n)]
        for row, pivot in zip(R, pivots):
            vector[pivot] = row[free]
        basis.append(vector)
    return particular, basis


# %% wrong="e2" why="gives whole solutions instead of null-space vectors: the right-hand side is left in"
def solution_set(A, b):
    n = len(A[0])
    reduced, pivots = sp.Matrix([[*row, right] for row, right in zip(A, b)]).rref()
    R = fractions_of(reduced)
    if n in pivots:
        return None
    particular = [Fraction(0)] * n
    for row, pivot in zip(R, pivots):
        particular[pivot] = row[n]
    basis = []
    for free in sorted(set(range(n)) - set(pivots)):
        vector = [Fraction(int(j == free)) for j in range(n)]
        for row, pivot in zip(R, pivots):
            vector[pivot] = row[n] - row[free]
        basis.append(vector)
    return particular, basis


# %% wrong="e2" why="drops the free unknowns: one solution is taken for all"
def solution_set(A, b):
    M, right = sp.Matrix(A), sp.Matrix(b)
    if M.row_join(right).rank() > M.rank():
        return None
    solution, free = M.gauss_jordan_solve(right)
    return [Fraction(v) for v in solution.subs({symbol: 0 for symbol in free})], []


# %% wrong="e2" why="one vector for all free unknowns together, each set to 1"
def solution_set(A, b):
    M, right = sp.Matrix(A), sp.Matrix(b)
    if M.row_join(right).rank() > M.rank():
        return None
    solution, free = M.gauss_jordan_solve(right)
    kernel = M.nullspace()
    together = [[Fraction(v) for v in sum(kernel, sp.zeros(M.cols, 1))]] if kernel else []
    return [Fraction(v) for v in solution.subs({symbol: 0 for symbol in free})], together


# %% wrong="e2" why="a dependent basis: rows of zeros counted as free unknowns, so a vector is added twice"
def solution_set(A, b):
    M, right = sp.Matrix(A), sp.Matrix(b)
    if M.row_join(right).rank() > M.rank():
        return None
    solution, free = M.gauss_jordan_solve(right)
    kernel = [[Fraction(v) for v in vector] for vector in M.nullspace()]
    return [Fraction(v) for v in solution.subs({symbol: 0 for symbol in free})], kernel + kernel[:1]


# %% wrong="e2" why="converts the particular solution, but hands the basis back in SymPy numbers"
def solution_set(A, b):
    M, right = sp.Matrix(A), sp.Matrix(b)
    if M.row_join(right).rank() > M.rank():
        return None
    solution, free = M.gauss_jordan_solve(right)
    return [Fraction(v) for v in solution.subs({symbol: 0 for symbol in free})], [list(vector) for vector in M.nullspace()]


# %% wrong="e2" why="appends b to the caller's rows"
def solution_set(A, b):
    n = len(A[0])
    for row, right in zip(A, b):
        row.append(right)
    reduced, pivots = sp.Matrix(A).rref()
    R = fractions_of(reduced)
    if n in pivots:
        return None
    particular = [Fraction(0)] * n
    for row, pivot in zip(R, pivots):
        particular[pivot] = row[n]
    basis = []
    for free in sorted(set(range(n)) - set(pivots)):
        vector = [Fraction(int(j == free)) for j in range(n)]
        for row, pivot in zip(R, pivots):
            vector[pivot] = -row[free]
        basis.append(vector)
    return particular, basis


# %% wrong="e2" why="believes that every null space needs a vector: [0, …, 0] for {0}"
def solution_set(A, b):
    M, right = sp.Matrix(A), sp.Matrix(b)
    if M.row_join(right).rank() > M.rank():
        return None
    solution, free = M.gauss_jordan_solve(right)
    kernel = [[Fraction(v) for v in vector] for vector in M.nullspace()]
    return [Fraction(v) for v in solution.subs({symbol: 0 for symbol in free})], kernel or [[0] * M.cols]


# %% wrong="e2" why="believes that n equations settle n unknowns, and does not read on"
def solution_set(A, b):
    n = len(A[0])
    M, right = sp.Matrix(A[:n]), sp.Matrix(b[:n])
    if M.row_join(right).rank() > M.rank():
        return None
    solution, free = M.gauss_jordan_solve(right)
    kernel = [[Fraction(v) for v in vector] for vector in M.nullspace()]
    return [Fraction(v) for v in solution.subs({symbol: 0 for symbol in free})], kernel


# %% wrong="e2" why="takes A x = 0 for a system with the solution 0 only"
def solution_set(A, b):
    if not any(b):
        return [0] * len(A[0]), []
    M, right = sp.Matrix(A), sp.Matrix(b)
    if M.row_join(right).rank() > M.rank():
        return None
    solution, free = M.gauss_jordan_solve(right)
    return [Fraction(v) for v in solution.subs({symbol: 0 for symbol in free})], [[Fraction(v) for v in vector] for vector in M.nullspace()]


# %% right="e3" why="SciPy's lu, its permutation matrix turned into p"
def lu_pivot(A):
    P, L, U = sla.lu(np.asarray(A, dtype=float))
    return P.argmax(axis=0).tolist(), L, U


# %% right="e3" why="SciPy's lu_factor, its exchanges replayed"
def lu_pivot(A):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        packed, exchanges = sla.lu_factor(np.asarray(A, dtype=float))
    p = list(range(len(packed)))
    for i, j in enumerate(exchanges.tolist()):
        p[i], p[j] = p[j], p[i]
    return p, np.tril(packed, -1) + np.eye(len(packed)), np.triu(packed)


# %% right="e3" why="plain loops over lists, multiplying by the reciprocal of the pivot"
def lu_pivot(A):
    n = len(A)
    U = [[float(v) for v in row] for row in A]
    L = [[0.0] * n for _ in range(n)]
    p = list(range(n))
    for k in range(n):
        best = max(range(k, n), key=lambda i: abs(U[i][k]))
        for rows in (U, L, p):
            rows[k], rows[best] = rows[best], rows[k]
        if U[k][k] == 0.0:
            continue
        reciprocal = 1 / U[k][k]
        for i in range(k + 1, n):
            L[i][k] = U[i][k] * reciprocal
            U[i][k] = 0.0
            for j in range(k + 1, n):
                U[i][j] -= L[i][k] * U[k][j]
    for k in range(n):
        L[k][k] = 1.0
    return p, np.array(L), np.array(U)


# %% right="e3" why="column by column (Crout's order), each entry by one dot product, ties to the last row"
def lu_pivot(A):
    W = np.array(A, dtype=np.float64)
    n = W.shape[0]
    p = np.arange(n)
    for j in range(n):
        for i in range(n):
            m = min(i, j)
            W[i, j] -= W[i, :m] @ W[:m, j]
        i = n - 1 - int(np.argmax(np.abs(W[j:, j])[::-1]))
        W[[i, j]], p[[i, j]] = W[[j, i]], p[[j, i]]
        if W[j, j]:
            W[j + 1 :, j] /= W[j, j]
    L = np.tril(W)
    np.fill_diagonal(L, 1.0)
    return p.tolist(), L, np.triu(W)


# %% wrong="e3" why="exchanges the rows of U but leaves the multipliers found so far in their old rows"
def lu_pivot(A):
    U = np.array(A, dtype=float)
    n = len(U)
    L, p = np.eye(n), list(range(n))
    for k in range(n):
        i = k + int(np.argmax(np.abs(U[k:, k])))
        U[[k, i]] = U[[i, k]]
        p[k], p[i] = p[i], p[k]
        if U[k, k] != 0:
            L[k + 1 :, k] = U[k + 1 :, k] / U[k, k]
            U[k + 1 :] -= np.outer(L[k + 1 :, k], U[k])
    return p, L, np.triu(U)


# %% wrong="e3" why="returns the inverse permutation (the wrong side, as with SciPy's P)"
def lu_pivot(A):
    P, L, U = sla.lu(np.asarray(A, dtype=float))
    return P.argmax(axis=1).tolist(), L, U


# %% wrong="e3" why="takes LAPACK's list of exchanges for the permutation"
def lu_pivot(A):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        packed, exchanges = sla.lu_factor(np.asarray(A, dtype=float))
    return exchanges.tolist(), np.tril(packed, -1) + np.eye(len(packed)), np.triu(packed)


# %% wrong="e3" why="does not convert to floats: integer arrays cut the multipliers off"
def lu_pivot(A):
    W = np.array(A)
    n = len(W)
    p = list(range(n))
    for k in range(n):
        i = k + int(np.argmax(np.abs(W[k:, k])))
        W[[k, i]] = W[[i, k]]
        p[k], p[i] = p[i], p[k]
        if W[k, k] != 0:
            W[k + 1 :, k] = W[k + 1 :, k] / W[k, k]
            W[k + 1 :, k + 1 :] = W[k + 1 :, k + 1 :] - np.outer(W[k + 1 :, k], W[k, k + 1 :])
    return p, np.tril(W, -1) + np.eye(n), np.triu(W).astype(float)


# %% wrong="e3" why="leaves rounding dust below the diagonal of U"
def lu_pivot(A):
    U = np.array(A, dtype=float)
    n = len(U)
    L, p = np.zeros((n, n)), list(range(n))
    for k in range(n):
        i = k + int(np.argmax(np.abs(U[k:, k])))
        U[[k, i]], L[[k, i]] = U[[i, k]], L[[i, k]]
        p[k], p[i] = p[i], p[k]
        if U[k, k] != 0:
            L[k + 1 :, k] = U[k + 1 :, k] / U[k, k]
            U[k + 1 :] -= np.outer(L[k + 1 :, k], U[k])
    return p, L + np.eye(n), U


# %% wrong="e3" why="returns L packed with U, as LAPACK stores them"
def lu_pivot(A):
    P, L, U = sla.lu(np.asarray(A, dtype=float))
    return P.argmax(axis=0).tolist(), L + 0.0 * U - np.eye(len(L)), U


# %% wrong="e3" why="exchanges rows only when the pivot is exactly zero"
def lu_pivot(A):
    W = np.array(A, dtype=float)
    n = len(W)
    p = list(range(n))
    for k in range(n):
        if W[k, k] == 0:
            i = k + int(np.argmax(W[k:, k] != 0))
            W[[k, i]] = W[[i, k]]
            p[k], p[i] = p[i], p[k]
        if W[k, k] != 0:
            W[k + 1 :, k] /= W[k, k]
            W[k + 1 :, k + 1 :] -= np.outer(W[k + 1 :, k], W[k, k + 1 :])
    return p, np.tril(W, -1) + np.eye(n), np.triu(W)


# %% wrong="e3" why="takes the largest candidate, not the largest in absolute value"
def lu_pivot(A):
    W = np.array(A, dtype=float)
    n = len(W)
    p = list(range(n))
    for k in range(n):
        i = k + int(np.argmax(W[k:, k]))
        if W[i, k] == 0:
            i = k + int(np.argmax(np.abs(W[k:, k])))
        W[[k, i]] = W[[i, k]]
        p[k], p[i] = p[i], p[k]
        if W[k, k] != 0:
            W[k + 1 :, k] /= W[k, k]
            W[k + 1 :, k + 1 :] -= np.outer(W[k + 1 :, k], W[k, k + 1 :])
    return p, np.tril(W, -1) + np.eye(n), np.triu(W)


# %% wrong="e3" why="divides by zero when a column has no pivot"
def lu_pivot(A):
    W = np.array(A, dtype=float)
    n = len(W)
    p = list(range(n))
    for k in range(n):
        i = k + int(np.argmax(np.abs(W[k:, k])))
        W[[k, i]] = W[[i, k]]
        p[k], p[i] = p[i], p[k]
        with np.errstate(all="ignore"):
            W[k + 1 :, k] /= W[k, k]
            W[k + 1 :, k + 1 :] -= np.outer(W[k + 1 :, k], W[k, k + 1 :])
    return p, np.tril(W, -1) + np.eye(n), np.triu(W)


# %% wrong="e3" why="gives up on a singular matrix"
def lu_pivot(A):
    W = np.array(A, dtype=float)
    n = len(W)
    p = list(range(n))
    for k in range(n):
        i = k + int(np.argmax(np.abs(W[k:, k])))
        if W[i, k] == 0:
            raise ValueError("singular")
        W[[k, i]] = W[[i, k]]
        p[k], p[i] = p[i], p[k]
        W[k + 1 :, k] /= W[k, k]
        W[k + 1 :, k + 1 :] -= np.outer(W[k + 1 :, k], W[k, k + 1 :])
    return p, np.tril(W, -1) + np.eye(n), np.triu(W)


# %% wrong="e3" why="works in the caller's array: np.asarray makes no copy of floats"
def lu_pivot(A):
    W = np.asarray(A, dtype=float)
    n = len(W)
    p = list(range(n))
    for k in range(n):
        i = k + int(np.argmax(np.abs(W[k:, k])))
        W[[k, i]] = W[[i, k]]
        p[k], p[i] = p[i], p[k]
        if W[k, k] != 0:
            W[k + 1 :, k] /= W[k, k]
            W[k + 1 :, k + 1 :] -= np.outer(W[k + 1 :, k], W[k, k + 1 :])
    return p, np.tril(W, -1) + np.eye(n), np.triu(W)


# %% wrong="e3" why="takes a tiny pivot for zero"
def lu_pivot(A):
    W = np.array(A, dtype=float)
    n = len(W)
    p = list(range(n))
    for k in range(n):
        i = k + int(np.argmax(np.abs(W[k:, k])))
        W[[k, i]] = W[[i, k]]
        p[k], p[i] = p[i], p[k]
        if abs(W[k, k]) > 1e-12:
            W[k + 1 :, k] /= W[k, k]
            W[k + 1 :, k + 1 :] -= np.outer(W[k + 1 :, k], W[k, k + 1 :])
        else:
            W[k + 1 :, k] = 0
    return p, np.tril(W, -1) + np.eye(n), np.triu(W)


# %% wrong="e3" why="puts a tiny number in the place of a zero pivot, so that the division goes through"
def lu_pivot(A):
    W = np.array(A, dtype=float)
    n = len(W)
    p = list(range(n))
    for k in range(n):
        i = k + int(np.argmax(np.abs(W[k:, k])))
        W[[k, i]] = W[[i, k]]
        p[k], p[i] = p[i], p[k]
        if W[k, k] == 0:
            W[k, k] = 1e-300
        W[k + 1 :, k] /= W[k, k]
        W[k + 1 :, k + 1 :] -= np.outer(W[k + 1 :, k], W[k, k + 1 :])
    return p, np.tril(W, -1) + np.eye(n), np.triu(W)


# %% wrong="e3" why="stops at the first column without a pivot"
def lu_pivot(A):
    W = np.array(A, dtype=float)
    n = len(W)
    p = list(range(n))
    for k in range(n):
        i = k + int(np.argmax(np.abs(W[k:, k])))
        W[[k, i]] = W[[i, k]]
        p[k], p[i] = p[i], p[k]
        if W[k, k] == 0:
            break
        W[k + 1 :, k] /= W[k, k]
        W[k + 1 :, k + 1 :] -= np.outer(W[k + 1 :, k], W[k, k + 1 :])
    return p, np.tril(W, -1) + np.eye(n), np.triu(W)


# %% wrong="e3" why="scaled pivoting: the largest candidate relative to its row, so multipliers may exceed 1"
def lu_pivot(A):
    W = np.array(A, dtype=float)
    n = len(W)
    p = list(range(n))
    size = np.abs(W).max(axis=1)
    size[size == 0] = 1
    for k in range(n):
        i = k + int(np.argmax(np.abs(W[k:, k]) / size[k:]))
        W[[k, i]], size[[k, i]] = W[[i, k]], size[[i, k]]
        p[k], p[i] = p[i], p[k]
        if W[k, k] != 0:
            W[k + 1 :, k] /= W[k, k]
            W[k + 1 :, k + 1 :] -= np.outer(W[k + 1 :, k], W[k, k + 1 :])
    return p, np.tril(W, -1) + np.eye(n), np.triu(W)


# %% wrong="e3" why="single precision"
def lu_pivot(A):
    P, L, U = sla.lu(np.asarray(A, dtype=np.float32))
    return P.argmax(axis=0).tolist(), L.astype(float), U.astype(float)


# %% right="e4" why="SciPy's triangular solver and norms, NumPy's cond"
def lu_solve(p, L, U, b):
    y = sla.solve_triangular(L, np.asarray(b)[np.asarray(p)], lower=True, unit_diagonal=True)
    return sla.solve_triangular(U, y)  # its LinAlgError is a ValueError


def backward_error(A, b, x):
    return sla.norm(np.asarray(b) - np.dot(A, x), np.inf) / sla.norm(A, np.inf) / sla.norm(x, np.inf)


def condition(A):
    return float(np.linalg.cond(A, np.inf))


# %% right="e4" why="plain loops over lists; rebuilds A and lets NumPy solve; the inverse by columns"
def lu_solve(p, L, U, b):
    if any(U[i][i] == 0 for i in range(len(p))):
        raise ValueError("singular")
    A = np.empty(U.shape)
    A[p] = L @ U
    return np.linalg.solve(A, b)


def backward_error(A, b, x):
    rows = A.tolist()
    r = [right - math.fsum(a * v for a, v in zip(row, x)) for row, right in zip(rows, b)]
    return max(map(abs, r)) / (max(math.fsum(map(abs, row)) for row in rows) * max(map(abs, x)))


def condition(A):
    if np.linalg.matrix_rank(A) < len(A):
        return math.inf
    inverse = np.linalg.solve(A, np.eye(len(A)))
    return float(abs(A).sum(axis=1).max() * abs(inverse).sum(axis=1).max())


# %% right="e4" why="column-oriented substitution; exact inverse by SymPy"
def lu_solve(p, L, U, b):
    if 0 in np.diagonal(U).tolist():
        raise ValueError("zero pivot")
    x = np.array([float(b[i]) for i in p])
    n = len(x)
    for j in range(n):
        x[j + 1 :] -= x[j] * L[j + 1 :, j]
    for j in range(n - 1, -1, -1):
        x[j] /= U[j, j]
        x[:j] -= x[j] * U[:j, j]
    return x


def backward_error(A, b, x):
    return np.abs(b - A @ x).max() / np.abs(A).sum(axis=1).max() / np.abs(x).max()


def condition(A):
    exact = sp.Matrix([[Fraction(v) for v in row] for row in A.tolist()])
    if exact.det() == 0:
        return math.inf
    return float(exact.norm(sp.oo) * exact.inv().norm(sp.oo))


# %% wrong="e4" why="forgets that b is permuted too"
def lu_solve(p, L, U, b):
    if not np.all(np.diag(U)):
        raise ValueError("singular")
    return np.linalg.solve(U, np.linalg.solve(L, b))


def backward_error(A, b, x):
    return float(np.linalg.norm(b - A @ x, np.inf) / (np.linalg.norm(A, np.inf) * np.linalg.norm(x, np.inf)))


def condition(A):
    return float(np.linalg.cond(A, np.inf))


# %% wrong="e4" why="permutes b the other way round (the permutation on the wrong side)"
def lu_solve(p, L, U, b):
    if not np.all(np.diag(U)):
        raise ValueError("singular")
    return np.linalg.solve(U, np.linalg.solve(L, np.asarray(b)[np.argsort(p)]))


def backward_error(A, b, x):
    return float(np.linalg.norm(b - A @ x, np.inf) / (np.linalg.norm(A, np.inf) * np.linalg.norm(x, np.inf)))


def condition(A):
    return float(np.linalg.cond(A, np.inf))


# %% wrong="e4" why="substitutes in an array of b's type: integers are cut off"
def lu_solve(p, L, U, b):
    if not np.all(np.diag(U)):
        raise ValueError("singular")
    x = np.asarray(b)[p]
    for i in range(len(x)):
        x[i] = x[i] - L[i, :i] @ x[:i]
    for i in reversed(range(len(x))):
        x[i] = (x[i] - U[i, i + 1 :] @ x[i + 1 :]) / U[i, i]
    return x.astype(float)


def backward_error(A, b, x):
    return float(np.linalg.norm(b - A @ x, np.inf) / (np.linalg.norm(A, np.inf) * np.linalg.norm(x, np.inf)))


def condition(A):
    return float(np.linalg.cond(A, np.inf))


# %% wrong="e4" why="divides by a zero on the diagonal of U"
def lu_solve(p, L, U, b):
    x = np.array(b, dtype=float)[p]
    with np.errstate(all="ignore"):
        for i in range(len(x)):
            x[i] -= L[i, :i] @ x[:i]
        for i in reversed(range(len(x))):
            x[i] = (x[i] - U[i, i + 1 :] @ x[i + 1 :]) / U[i, i]
    return x


def backward_error(A, b, x):
    return float(np.linalg.norm(b - A @ x, np.inf) / (np.linalg.norm(A, np.inf) * np.linalg.norm(x, np.inf)))


def condition(A):
    return float(np.linalg.cond(A, np.inf))


# %% wrong="e4" why="looks at the last entry of the diagonal only"
def lu_solve(p, L, U, b):
    if U[-1, -1] == 0:
        raise ValueError("singular")
    x = np.array(b, dtype=float)[p]
    with np.errstate(all="ignore"):
        for i in range(len(x)):
            x[i] -= L[i, :i] @ x[:i]
        for i in reversed(range(len(x))):
            x[i] = (x[i] - U[i, i + 1 :] @ x[i + 1 :]) / U[i, i]
    return x


def backward_error(A, b, x):
    return float(np.linalg.norm(b - A @ x, np.inf) / (np.linalg.norm(A, np.inf) * np.linalg.norm(x, np.inf)))


def condition(A):
    return float(np.linalg.cond(A, np.inf))


# %% wrong="e4" why="reports the size of the residual, units and all"
def lu_solve(p, L, U, b):
    y = sla.solve_triangular(L, np.asarray(b)[p], lower=True)
    return sla.solve_triangular(U, y)


def backward_error(A, b, x):
    return float(np.linalg.norm(b - A @ x, np.inf))


def condition(A):
    return float(np.linalg.cond(A, np.inf))


# %% wrong="e4" why="divides the residual by b, not by A and x"
def lu_solve(p, L, U, b):
    y = sla.solve_triangular(L, np.asarray(b)[p], lower=True)
    return sla.solve_triangular(U, y)


def backward_error(A, b, x):
    return float(np.linalg.norm(b - A @ x, np.inf) / np.linalg.norm(b, np.inf))


def condition(A):
    return float(np.linalg.cond(A, np.inf))


# %% wrong="e4" why="largest entry instead of largest row sum for the norm of A"
def lu_solve(p, L, U, b):
    y = sla.solve_triangular(L, np.asarray(b)[p], lower=True)
    return sla.solve_triangular(U, y)


def backward_error(A, b, x):
    return float(np.abs(b - A @ x).max() / (np.abs(A).max() * np.abs(x).max()))


def condition(A):
    return float(np.linalg.cond(A, np.inf))


# %% wrong="e4" why="NumPy's default norms (Frobenius and 2) in the backward error"
def lu_solve(p, L, U, b):
    y = sla.solve_triangular(L, np.asarray(b)[p], lower=True)
    return sla.solve_triangular(U, y)


def backward_error(A, b, x):
    return float(np.linalg.norm(b - A @ x) / (np.linalg.norm(A) * np.linalg.norm(x)))


def condition(A):
    return float(np.linalg.cond(A, np.inf))


# %% wrong="e4" why="judges the condition by the determinant"
def lu_solve(p, L, U, b):
    y = sla.solve_triangular(L, np.asarray(b)[p], lower=True)
    return sla.solve_triangular(U, y)


def backward_error(A, b, x):
    return float(np.linalg.norm(b - A @ x, np.inf) / (np.linalg.norm(A, np.inf) * np.linalg.norm(x, np.inf)))


def condition(A):
    determinant = abs(np.linalg.det(A))
    return math.inf if determinant == 0 else float(np.linalg.norm(A, np.inf) / determinant)


# %% wrong="e4" why="NumPy's default condition number, in the 2-norm"
def lu_solve(p, L, U, b):
    y = sla.solve_triangular(L, np.asarray(b)[p], lower=True)
    return sla.solve_triangular(U, y)


def backward_error(A, b, x):
    return float(np.linalg.norm(b - A @ x, np.inf) / (np.linalg.norm(A, np.inf) * np.linalg.norm(x, np.inf)))


def condition(A):
    return float(np.linalg.cond(A))


# %% wrong="e4" why="column sums for row sums (the 1-norm)"
def lu_solve(p, L, U, b):
    y = sla.solve_triangular(L, np.asarray(b)[p], lower=True)
    return sla.solve_triangular(U, y)


def backward_error(A, b, x):
    return float(np.linalg.norm(b - A @ x, np.inf) / (np.linalg.norm(A, np.inf) * np.linalg.norm(x, np.inf)))


def condition(A):
    return float(np.linalg.cond(A, 1))


# %% wrong="e4" why="multiplies the diagonal up to test for a zero, and the product underflows"
def lu_solve(p, L, U, b):
    if np.prod(np.diag(U)) == 0:
        raise ValueError("singular")
    y = sla.solve_triangular(L, np.asarray(b)[p], lower=True)
    return sla.solve_triangular(U, y)


def backward_error(A, b, x):
    return float(np.linalg.norm(b - A @ x, np.inf) / (np.linalg.norm(A, np.inf) * np.linalg.norm(x, np.inf)))


def condition(A):
    return float(np.linalg.cond(A, np.inf))


# %% wrong="e4" why="refuses small pivots too"
def lu_solve(p, L, U, b):
    if np.abs(np.diag(U)).min() < 1e-12:
        raise ValueError("singular")
    y = sla.solve_triangular(L, np.asarray(b)[p], lower=True)
    return sla.solve_triangular(U, y)


def backward_error(A, b, x):
    return float(np.linalg.norm(b - A @ x, np.inf) / (np.linalg.norm(A, np.inf) * np.linalg.norm(x, np.inf)))


def condition(A):
    return float(np.linalg.cond(A, np.inf))


# %% wrong="e4" why="refuses a zero anywhere in the upper triangle"
def lu_solve(p, L, U, b):
    if 0 in U[np.triu_indices(len(U))]:
        raise ValueError("singular")
    y = sla.solve_triangular(L, np.asarray(b)[p], lower=True)
    return sla.solve_triangular(U, y)


def backward_error(A, b, x):
    return float(np.linalg.norm(b - A @ x, np.inf) / (np.linalg.norm(A, np.inf) * np.linalg.norm(x, np.inf)))


def condition(A):
    return float(np.linalg.cond(A, np.inf))


# %% wrong="e4" why="reads p as a diary of exchanges, as LAPACK writes it"
def lu_solve(p, L, U, b):
    if not np.all(np.diag(U)):
        raise ValueError("singular")
    y = np.array(b, dtype=float)
    for i, j in enumerate(p):
        y[[i, j]] = y[[j, i]]
    return np.linalg.solve(U, np.linalg.solve(L, y))


def backward_error(A, b, x):
    return float(np.linalg.norm(b - A @ x, np.inf) / (np.linalg.norm(A, np.inf) * np.linalg.norm(x, np.inf)))


def condition(A):
    return float(np.linalg.cond(A, np.inf))


# %% wrong="e4" why="largest component without the absolute value"
def lu_solve(p, L, U, b):
    if not np.all(np.diag(U)):
        raise ValueError("singular")
    y = sla.solve_triangular(L, np.asarray(b)[p], lower=True)
    return sla.solve_triangular(U, y)


def backward_error(A, b, x):
    return float(np.max(A @ x - b) / (np.linalg.norm(A, np.inf) * np.linalg.norm(x, np.inf)))


def condition(A):
    return float(np.linalg.cond(A, np.inf))


# %% wrong="e4" why="adds the size of b to the divisor, which answers another question: b may be changed too"
def lu_solve(p, L, U, b):
    if not np.all(np.diag(U)):
        raise ValueError("singular")
    y = sla.solve_triangular(L, np.asarray(b)[p], lower=True)
    return sla.solve_triangular(U, y)


def backward_error(A, b, x):
    size = np.linalg.norm(A, np.inf) * np.linalg.norm(x, np.inf) + np.linalg.norm(b, np.inf)
    return float(np.linalg.norm(b - A @ x, np.inf) / size)


def condition(A):
    return float(np.linalg.cond(A, np.inf))


# %% wrong="e4" why="asks the determinant whether A is singular, and it underflows"
def lu_solve(p, L, U, b):
    if not np.all(np.diag(U)):
        raise ValueError("singular")
    y = sla.solve_triangular(L, np.asarray(b)[p], lower=True)
    return sla.solve_triangular(U, y)


def backward_error(A, b, x):
    return float(np.linalg.norm(b - A @ x, np.inf) / (np.linalg.norm(A, np.inf) * np.linalg.norm(x, np.inf)))


def condition(A):
    if np.linalg.det(A) == 0:
        return math.inf
    return float(np.linalg.norm(A, np.inf) * np.linalg.norm(np.linalg.inv(A), np.inf))


# %% wrong="e4" why="the largest eigenvalue over the smallest: right for symmetric matrices, in another norm"
def lu_solve(p, L, U, b):
    if not np.all(np.diag(U)):
        raise ValueError("singular")
    y = sla.solve_triangular(L, np.asarray(b)[p], lower=True)
    return sla.solve_triangular(U, y)


def backward_error(A, b, x):
    return float(np.linalg.norm(b - A @ x, np.inf) / (np.linalg.norm(A, np.inf) * np.linalg.norm(x, np.inf)))


def condition(A):
    sizes = np.abs(np.linalg.eigvals(A))
    return math.inf if sizes.min() < 1e-14 * sizes.max() or not sizes.any() else float(sizes.max() / sizes.min())


# %% right="e5" why="by own elimination, one system an image"
def matrix_in_basis(T, B):
    n, k = len(T), len(B)

    def image(v):
        return [sum(Fraction(t) * c for t, c in zip(row, v)) for row in T]

    rows = [[Fraction(v[i]) for v in B] + [image(v)[i] for v in B] for i in range(n)]
    for j in range(k):
        chosen = next((i for i in range(j, n) if rows[i][j] != 0), None)
        if chosen is None:
            raise ValueError("dependent")
        rows[j], rows[chosen] = rows[chosen], rows[j]
        rows[j] = [v / rows[j][j] for v in rows[j]]
        for i in range(n):
            if i != j:
                rows[i] = [v - rows[i][j] * w for v, w in zip(rows[i], rows[j])]
    if any(any(row) for row in rows[k:]):
        raise ValueError("an image is not in the span")
    return [row[k:] for row in rows[:k]]


# %% right="e5" why="normal equations, exact: (PᵀP)⁻¹PᵀTP, then P M = T P is checked"
def matrix_in_basis(T, B):
    P = sp.Matrix(B).T
    images = sp.Matrix(T) * P
    if P.rank() < len(B):
        raise ValueError("dependent")
    M = (P.T * P).inv() * P.T * images
    if P * M != images:
        raise ValueError("not invariant")
    return [[Fraction(v) for v in M.row(i)] for i in range(M.rows)]


# %% wrong="e5" why="P T P⁻¹ for P⁻¹ T P"
def matrix_in_basis(T, B):
    k = len(B)
    P = sp.Matrix(B).T
    reduced, pivots = P.row_join(sp.Matrix(T) * P).rref()
    if pivots != tuple(range(k)):
        raise ValueError("dependent, or not invariant")
    M = P * sp.Matrix(T) * P.inv() if k == len(T) else reduced[:k, k:]
    return fractions_of(M)


# %% wrong="e5" why="basis vectors taken as rows of P"
def matrix_in_basis(T, B):
    k = len(B)
    P = sp.Matrix(B) if k == len(T) else sp.Matrix(B).T
    reduced, pivots = P.row_join(sp.Matrix(T) * P).rref()
    if pivots != tuple(range(k)):
        raise ValueError("dependent, or not invariant")
    return fractions_of(reduced[:k, k:])


# %% wrong="e5" why="coordinates of the images in the rows: the transpose"
def matrix_in_basis(T, B):
    k = len(B)
    P = sp.Matrix(B).T
    reduced, pivots = P.row_join(sp.Matrix(T) * P).rref()
    if pivots != tuple(range(k)):
        raise ValueError("dependent, or not invariant")
    return fractions_of(reduced[:k, k:].T)


# %% wrong="e5" why="needs the inverse of P: subspaces are refused"
def matrix_in_basis(T, B):
    P = sp.Matrix(B).T
    if P.rows != P.cols or P.det() == 0:
        raise ValueError("not a basis of the whole space")
    return fractions_of(P.inv() * sp.Matrix(T) * P)


# %% wrong="e5" why="takes the first k rows of P and T P for the whole system"
def matrix_in_basis(T, B):
    k = len(B)
    P = sp.Matrix(B).T
    images = sp.Matrix(T) * P
    if P.row_join(images).rref()[1] != tuple(range(k)):
        raise ValueError("dependent, or not invariant")
    if P[:k, :].det() == 0:
        raise ValueError("singular")
    return fractions_of(P[:k, :].inv() * images[:k, :])


# %% wrong="e5" why="accepts dependent vectors"
def matrix_in_basis(T, B):
    k = len(B)
    P = sp.Matrix(B).T
    reduced, pivots = P.row_join(sp.Matrix(T) * P).rref()
    if any(pivot >= k for pivot in pivots):
        raise ValueError("not invariant")
    padded = sp.Matrix.vstack(reduced, sp.zeros(k, reduced.cols))
    return fractions_of(padded[:k, k:])


# %% wrong="e5" why="tests independence pair by pair"
def matrix_in_basis(T, B):
    k = len(B)
    if any(sp.Matrix([u, v]).rank() < 2 for i, u in enumerate(B) for v in B[:i]) or not all(any(v) for v in B):
        raise ValueError("dependent")
    P = sp.Matrix(B).T
    reduced, pivots = P.row_join(sp.Matrix(T) * P).rref()
    if any(pivot >= k for pivot in pivots):
        raise ValueError("not invariant")
    return fractions_of(reduced[:k, k:])


# %% wrong="e5" why="does not see that an image leaves the span"
def matrix_in_basis(T, B):
    k = len(B)
    P = sp.Matrix(B).T
    if P.rank() < k:
        raise ValueError("dependent")
    return fractions_of(P.row_join(sp.Matrix(T) * P).rref()[0][:k, k:])


# %% wrong="e5" why="takes the least-squares fit for the coordinates"
def matrix_in_basis(T, B):
    P = sp.Matrix(B).T
    if P.rank() < len(B):
        raise ValueError("dependent")
    return fractions_of((P.T * P).inv() * P.T * sp.Matrix(T) * P)


# %% wrong="e5" why="tests with a tolerance whether an image stays in the span"
def matrix_in_basis(T, B):
    P = sp.Matrix(B).T
    if P.rank() < len(B):
        raise ValueError("dependent")
    M = (P.T * P).inv() * P.T * sp.Matrix(T) * P
    if any(abs(v) > 1e-12 for v in P * M - sp.Matrix(T) * P):
        raise ValueError("not invariant")
    return fractions_of(M)


# %% wrong="e5" why="looks only whether the first image stays in the span"
def matrix_in_basis(T, B):
    k = len(B)
    P = sp.Matrix(B).T
    images = sp.Matrix(T) * P
    if P.rank() < k or P.row_join(images[:, 0]).rank() > k:
        raise ValueError("dependent, or not invariant")
    return fractions_of(P.row_join(images).rref()[0][:k, k:])


# %% wrong="e5" why="reads the coordinates off by projections, as if the basis were orthogonal"
def matrix_in_basis(T, B):
    k = len(B)
    P = sp.Matrix(B).T
    images = sp.Matrix(T) * P
    if P.row_join(images).rref()[1] != tuple(range(k)):
        raise ValueError("dependent, or not invariant")
    return [[Fraction(P[:, i].dot(images[:, j])) / Fraction(P[:, i].dot(P[:, i])) for j in range(k)] for i in range(k)]


# %% wrong="e5" why="believes that a basis vector sent to 0 has left the span"
def matrix_in_basis(T, B):
    k = len(B)
    P = sp.Matrix(B).T
    images = sp.Matrix(T) * P
    reduced, pivots = P.row_join(images).rref()
    if pivots != tuple(range(k)) or not all(any(images[:, j]) for j in range(k)):
        raise ValueError("dependent, or not invariant")
    return fractions_of(reduced[:k, k:])


# %% wrong="e5" why="solves in floats and rounds to simple fractions"
def matrix_in_basis(T, B):
    k = len(B)
    P = sp.Matrix(B).T
    images = sp.Matrix(T) * P
    if P.row_join(images).rref()[1] != tuple(range(k)):
        raise ValueError("dependent, or not invariant")
    M = np.linalg.lstsq(np.array(P.tolist(), dtype=float), np.array(images.tolist(), dtype=float), rcond=None)[0]
    return [[Fraction(float(v)).limit_denominator(1000) for v in row] for row in M]


# %% equivalent="e2" mutants=["8fa1ace8"] why="return None and return are the same"
# %% equivalent="e3" mutants=["5e90e0d6"] why="in the last step no row is left below, so nothing is exchanged and nothing eliminated"
# %% equivalent="e4" mutants=["20bc94f4", "1587124b"] why="the dot product of two vectors is symmetric; a residual and its negative have the same norm"
