# %% right="e1" why="plain loops over k, and np.outer"
def entry_terms(A, B, i, j):
    fit(A, B)
    return np.array([A[i, k] * B[k, j] for k in range(A.shape[1])])


def column_terms(A, B, j):
    fit(A, B)
    return np.array([A[:, k] * B[k, j] for k in range(A.shape[1])])


def row_terms(A, B, i):
    fit(A, B)
    return np.array([A[i, k] * B[k] for k in range(A.shape[1])])


def product_terms(A, B):
    fit(A, B)
    return np.array([np.outer(A[:, k], B[k]) for k in range(A.shape[1])])


def fit(A, B):
    if len(A[0]) != len(B):
        raise ValueError("inner sizes differ")

# %% right="e1" why="the whole cube first, then its slices; einsum writes the formula down"
def product_terms(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("inner sizes differ")
    return np.einsum("ik,kj->kij", A, B)


def entry_terms(A, B, i, j):
    return product_terms(A, B)[:, i, j]


def column_terms(A, B, j):
    return product_terms(A, B)[:, :, j]


def row_terms(A, B, i):
    return product_terms(A, B)[:, i, :]

# %% wrong="e1" why="takes i and j for positions within a column of A and a row of B (rows and columns mixed up)"
def entry_terms(A, B, i, j):
    fit(A, B)
    i, j = i % A.shape[1], j % B.shape[0]
    size = min(A.shape[0], B.shape[1])
    return A[:size, i] * B[j, :size]


def column_terms(A, B, j):
    fit(A, B)
    return B[:, j][:, None] * A.T


def row_terms(A, B, i):
    fit(A, B)
    return A[i][:, None] * B


def product_terms(A, B):
    fit(A, B)
    return A.T[:, :, None] * B[:, None, :]


def fit(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("inner sizes differ")

# %% wrong="e1" why="stacks the weighted columns side by side, as one writes them on paper, so k is the last axis"
def entry_terms(A, B, i, j):
    fit(A, B)
    return A[i] * B[:, j]


def column_terms(A, B, j):
    fit(A, B)
    return A * B[:, j]


def row_terms(A, B, i):
    fit(A, B)
    return A[i][:, None] * B


def product_terms(A, B):
    fit(A, B)
    return A.T[:, :, None] * B[:, None, :]


def fit(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("inner sizes differ")

# %% wrong="e1" why="weights every row of B by the same position of A's row: A[i] spread along the columns, not along k"
def entry_terms(A, B, i, j):
    fit(A, B)
    return A[i] * B[:, j]


def column_terms(A, B, j):
    fit(A, B)
    return B[:, j][:, None] * A.T


def row_terms(A, B, i):
    fit(A, B)
    return A[i].max() * B


def product_terms(A, B):
    fit(A, B)
    return A.T[:, :, None] * B[:, None, :]


def fit(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("inner sizes differ")

# %% wrong="e1" why="outer products of rows of A with columns of B would be another product: each matrix comes out transposed"
def entry_terms(A, B, i, j):
    fit(A, B)
    return A[i] * B[:, j]


def column_terms(A, B, j):
    fit(A, B)
    return B[:, j][:, None] * A.T


def row_terms(A, B, i):
    fit(A, B)
    return A[i][:, None] * B


def product_terms(A, B):
    fit(A, B)
    return np.array([np.outer(B[k], A[:, k]) for k in range(A.shape[1])])


def fit(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("inner sizes differ")

# %% wrong="e1" why="leaves shapes to broadcasting, which spreads an inner size of 1 without a word"
def entry_terms(A, B, i, j):
    return A[i] * B[:, j]


def column_terms(A, B, j):
    return B[:, j][:, None] * A.T


def row_terms(A, B, i):
    return A[i][:, None] * B


def product_terms(A, B):
    return A.T[:, :, None] * B[:, None, :]

# %% wrong="e1" why="adds the terms of an entry up at once: the dot product instead of what it is made of"
def entry_terms(A, B, i, j):
    fit(A, B)
    return A[i] @ B[:, j]


def column_terms(A, B, j):
    fit(A, B)
    return B[:, j][:, None] * A.T


def row_terms(A, B, i):
    fit(A, B)
    return A[i][:, None] * B


def product_terms(A, B):
    fit(A, B)
    return A.T[:, :, None] * B[:, None, :]


def fit(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("inner sizes differ")

# %% wrong="e1" why="fills a table of whole numbers, which cuts off the fractions"
def entry_terms(A, B, i, j):
    fit(A, B)
    return A[i] * B[:, j]


def column_terms(A, B, j):
    fit(A, B)
    terms = np.zeros((A.shape[1], A.shape[0]), dtype=int)
    for k in range(A.shape[1]):
        terms[k] = A[:, k] * B[k, j]
    return terms


def row_terms(A, B, i):
    fit(A, B)
    return A[i][:, None] * B


def product_terms(A, B):
    fit(A, B)
    return A.T[:, :, None] * B[:, None, :]


def fit(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("inner sizes differ")

# %% wrong="e1" why="squeezes axes of size 1 away, so a single row or column loses its axis"
def entry_terms(A, B, i, j):
    fit(A, B)
    return A[i] * B[:, j]


def column_terms(A, B, j):
    fit(A, B)
    return B[:, j][:, None] * A.T


def row_terms(A, B, i):
    fit(A, B)
    return A[i][:, None] * B


def product_terms(A, B):
    fit(A, B)
    return (A.T[:, :, None] * B[:, None, :]).squeeze()


def fit(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("inner sizes differ")

# %% wrong="e1" why="weights the rows of B in place: right terms, and B is spoilt"
def entry_terms(A, B, i, j):
    fit(A, B)
    return A[i] * B[:, j]


def column_terms(A, B, j):
    fit(A, B)
    return B[:, j][:, None] * A.T


def row_terms(A, B, i):
    fit(A, B)
    B *= A[i][:, None]
    return B


def product_terms(A, B):
    fit(A, B)
    return A.T[:, :, None] * B[:, None, :]


def fit(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("inner sizes differ")

# %% right="e2" why="multi_dot and einsum; the shift added apart; projection by its coefficients"
def compose(maps):
    if len(maps) < 2:
        return np.array(maps[0], dtype=float) if maps else np.identity(3)
    return np.linalg.multi_dot(maps[::-1])


def move_points(M, points):
    linear, shift = M[..., :2, :2], M[..., :2, 2]
    return np.einsum("...rc,nc->...nr", linear, points) + shift[..., None, :]


def project(points, direction):
    norm = np.linalg.norm(direction)
    if norm == 0:
        raise ValueError("no direction")
    u = direction / norm
    return np.outer(points @ u, u)

# %% right="e2" why="plain loops over maps, matrices and points"
def compose(maps):
    from functools import reduce

    return reduce(lambda done, M: np.dot(M, done), maps, np.eye(3))


def move_points(M, points):
    if M.ndim == 3:
        return np.array([move_points(one, points) for one in M])
    return np.array([(M @ [x, y, 1])[:2] for x, y in points])


def project(points, direction):
    if all(c == 0 for c in direction):
        raise ValueError("no direction")
    t = [np.dot(v, direction) / np.dot(direction, direction) for v in points]
    return np.array([[s * c for c in direction] for s in t])

# %% wrong="e2" why="multiplies the maps in reading order, so the last one acts first"
def compose(maps):
    together = np.eye(3)
    for M in maps:
        together = together @ M
    return together


def move_points(M, points):
    homogeneous = np.column_stack([points, np.ones(len(points))])
    return (homogeneous @ np.swapaxes(M, -1, -2))[..., :2]


def project(points, direction):
    if not direction.any():
        raise ValueError("no direction")
    return points @ np.outer(direction, direction) / (direction @ direction)

# %% wrong="e2" why="M.T reverses all three axes of a stack"
def compose(maps):
    together = np.eye(3)
    for M in maps:
        together = M @ together
    return together


def move_points(M, points):
    homogeneous = np.column_stack([points, np.ones(len(points))])
    return (homogeneous @ M.T)[..., :2]


def project(points, direction):
    if not direction.any():
        raise ValueError("no direction")
    return points @ np.outer(direction, direction) / (direction @ direction)

# %% wrong="e2" why="for one matrix the points are multiplied from the left without the transpose (columns taken for rows)"
def compose(maps):
    together = np.eye(3)
    for M in maps:
        together = M @ together
    return together


def move_points(M, points):
    homogeneous = np.column_stack([points, np.ones(len(points))])
    if M.ndim == 2:
        return points @ M[:2, :2] + M[:2, 2]
    return (homogeneous @ np.swapaxes(M, -1, -2))[..., :2]


def project(points, direction):
    if not direction.any():
        raise ValueError("no direction")
    return points @ np.outer(direction, direction) / (direction @ direction)

# %% wrong="e2" why="appends 0 instead of 1, so shifts have no effect (a direction, not a point)"
def compose(maps):
    together = np.eye(3)
    for M in maps:
        together = M @ together
    return together


def move_points(M, points):
    homogeneous = np.column_stack([points, np.zeros(len(points))])
    return (homogeneous @ np.swapaxes(M, -1, -2))[..., :2]


def project(points, direction):
    if not direction.any():
        raise ValueError("no direction")
    return points @ np.outer(direction, direction) / (direction @ direction)

# %% wrong="e2" why="divides by the length instead of its square: right for unit vectors only"
def compose(maps):
    together = np.eye(3)
    for M in maps:
        together = M @ together
    return together


def move_points(M, points):
    homogeneous = np.column_stack([points, np.ones(len(points))])
    return (homogeneous @ np.swapaxes(M, -1, -2))[..., :2]


def project(points, direction):
    if not direction.any():
        raise ValueError("no direction")
    return points @ np.outer(direction, direction) / np.linalg.norm(direction)

# %% wrong="e2" why="fills a copy of the points: of whole numbers, so the fractions are cut off"
def compose(maps):
    together = np.eye(3)
    for M in maps:
        together = M @ together
    return together


def move_points(M, points):
    homogeneous = np.column_stack([points, np.ones(len(points))])
    return (homogeneous @ np.swapaxes(M, -1, -2))[..., :2]


def project(points, direction):
    if not direction.any():
        raise ValueError("no direction")
    feet = np.zeros_like(points)
    for row, v in enumerate(points):
        feet[row] = (v @ direction) / (direction @ direction) * direction
    return feet

# %% wrong="e2" why="lets a zero direction divide 0 by 0: nan and a warning instead of an error"
def compose(maps):
    together = np.eye(3)
    for M in maps:
        together = M @ together
    return together


def move_points(M, points):
    homogeneous = np.column_stack([points, np.ones(len(points))])
    return (homogeneous @ np.swapaxes(M, -1, -2))[..., :2]


def project(points, direction):
    with np.errstate(all="ignore"):
        return points @ (np.outer(direction, direction) / (direction @ direction))

# %% wrong="e2" why="asks whether all entries are other than 0, and so refuses the axes"
def compose(maps):
    together = np.eye(3)
    for M in maps:
        together = M @ together
    return together


def move_points(M, points):
    homogeneous = np.column_stack([points, np.ones(len(points))])
    return (homogeneous @ np.swapaxes(M, -1, -2))[..., :2]


def project(points, direction):
    if not direction.all():
        raise ValueError("no direction")
    return points @ np.outer(direction, direction) / (direction @ direction)

# %% right="e2" why="points as columns, transposed there and back; a unit vector for the projection"
def compose(maps):
    if not maps:
        return np.eye(3)
    *earlier, last = maps
    return last @ compose(earlier)


def move_points(M, points):
    columns = np.vstack([points.T, np.ones(len(points))])
    return np.swapaxes(M @ columns, -1, -2)[..., :2]


def project(points, direction):
    if not np.any(direction):
        raise ValueError("no direction")
    unit = direction / np.linalg.norm(direction)
    return np.array([(point @ unit) * unit for point in points])

# %% wrong="e2" why="turns the caller's list round with maps.reverse()"
def compose(maps):
    maps.reverse()
    together = np.eye(3)
    for M in maps:
        together = together @ M
    return together


def move_points(M, points):
    homogeneous = np.column_stack([points, np.ones(len(points))])
    return (homogeneous @ np.swapaxes(M, -1, -2))[..., :2]


def project(points, direction):
    if not direction.any():
        raise ValueError("no direction")
    return points @ np.outer(direction, direction) / (direction @ direction)

# %% wrong="e2" why="asks np.allclose whether the direction is 0, and so refuses short ones"
def compose(maps):
    together = np.eye(3)
    for M in maps:
        together = M @ together
    return together


def move_points(M, points):
    homogeneous = np.column_stack([points, np.ones(len(points))])
    return (homogeneous @ np.swapaxes(M, -1, -2))[..., :2]


def project(points, direction):
    if np.allclose(direction, 0):
        raise ValueError("no direction")
    return points @ np.outer(direction, direction) / (direction @ direction)

# %% wrong="e2" why="adds a small number to the divisor, against division by 0"
def compose(maps):
    together = np.eye(3)
    for M in maps:
        together = M @ together
    return together


def move_points(M, points):
    homogeneous = np.column_stack([points, np.ones(len(points))])
    return (homogeneous @ np.swapaxes(M, -1, -2))[..., :2]


def project(points, direction):
    if not direction.any():
        raise ValueError("no direction")
    return points @ np.outer(direction, direction) / (direction @ direction + 1e-12)

# %% wrong="e2" why="projects onto the ray only: no foot behind the origin"
def compose(maps):
    together = np.eye(3)
    for M in maps:
        together = M @ together
    return together


def move_points(M, points):
    homogeneous = np.column_stack([points, np.ones(len(points))])
    return (homogeneous @ np.swapaxes(M, -1, -2))[..., :2]


def project(points, direction):
    if not direction.any():
        raise ValueError("no direction")
    t = points @ direction / (direction @ direction)
    return np.outer(np.maximum(t, 0), direction)

# %% wrong="e2" why="takes a stack for steps one after the other, each on the result of the one before"
def compose(maps):
    together = np.eye(3)
    for M in maps:
        together = M @ together
    return together


def move_points(M, points):
    homogeneous = np.column_stack([points, np.ones(len(points))])
    if M.ndim == 2:
        return (homogeneous @ M.T)[:, :2]
    moved = []
    for one in M:
        homogeneous = homogeneous @ one.T
        moved.append(homogeneous[:, :2])
    return np.array(moved)


def project(points, direction):
    if not direction.any():
        raise ValueError("no direction")
    return points @ np.outer(direction, direction) / (direction @ direction)

# %% right="e3" why="step by step instead of powers, with Python's own integers"
def number_of_walks(A, k):
    n = len(A)
    edges = [[int(A[i, j] != 0) for j in range(n)] for i in range(n)]
    walks = [[int(i == j) for j in range(n)] for i in range(n)]
    for _ in range(k):
        walks = [[sum(row[m] * edges[m][j] for m in range(n)) for j in range(n)] for row in walks]
    return np.array(walks, dtype=np.int64)


def forecast(P, start, k):
    if P.min() < 0 or not np.allclose(P.sum(axis=1), 1, rtol=0, atol=1e-9):
        raise ValueError("no shares")
    amounts = np.asarray(start, dtype=float)
    for _ in range(k):
        amounts = amounts @ P
    return amounts

# %% right="e3" why="squaring by hand; amounts as a column with the transposed matrix"
def power(M, k):
    result, square = np.eye(len(M), dtype=M.dtype), M
    while k:
        if k % 2:
            result = result @ square
        square, k = square @ square, k // 2
    return result


def number_of_walks(A, k):
    return power(np.where(A == 0, 0, 1).astype(np.int64), k)


def forecast(P, start, k):
    for row in P:
        if min(row) < 0 or abs(sum(row) - 1) > 1e-9:
            raise ValueError("no shares")
    return power(P.T, k) @ start

# %% wrong="e3" why="** takes powers of the entries, not of the matrix"
def number_of_walks(A, k):
    return ((A != 0).astype(np.int64)) ** k


def forecast(P, start, k):
    if (P < 0).any() or (np.abs(P.sum(axis=1) - 1) > 1e-9).any():
        raise ValueError("no shares")
    return start @ P**k

# %% wrong="e3" why="counts walks of length k + 1: starts from the edges instead of from standing still"
def number_of_walks(A, k):
    edges = (A != 0).astype(np.int64)
    walks = edges
    for _ in range(k):
        walks = walks @ edges
    return walks


def forecast(P, start, k):
    if (P < 0).any() or (np.abs(P.sum(axis=1) - 1) > 1e-9).any():
        raise ValueError("no shares")
    return start @ np.linalg.matrix_power(P, k)

# %% wrong="e3" why="walks from column to row: the edges are read backwards"
def number_of_walks(A, k):
    edges = (A.T != 0).astype(np.int64)
    return np.linalg.matrix_power(edges, k)


def forecast(P, start, k):
    if (P < 0).any() or (np.abs(P.sum(axis=1) - 1) > 1e-9).any():
        raise ValueError("no shares")
    return start @ np.linalg.matrix_power(P, k)

# %% wrong="e3" why="multiplies the weights of the edges in, as networkx hands them out by default"
def number_of_walks(A, k):
    return np.linalg.matrix_power(A.astype(np.int64), k)


def forecast(P, start, k):
    if (P < 0).any() or (np.abs(P.sum(axis=1) - 1) > 1e-9).any():
        raise ValueError("no shares")
    return start @ np.linalg.matrix_power(P, k)

# %% wrong="e3" why="takes only positive entries for edges"
def number_of_walks(A, k):
    edges = (A > 0).astype(np.int64)
    return np.linalg.matrix_power(edges, k)


def forecast(P, start, k):
    if (P < 0).any() or (np.abs(P.sum(axis=1) - 1) > 1e-9).any():
        raise ValueError("no shares")
    return start @ np.linalg.matrix_power(P, k)

# %% wrong="e3" why="counts in floats and turns the result into integers, when the last digits are gone"
def number_of_walks(A, k):
    edges = (A != 0).astype(float)
    return np.linalg.matrix_power(edges, k).astype(np.int64)


def forecast(P, start, k):
    if (P < 0).any() or (np.abs(P.sum(axis=1) - 1) > 1e-9).any():
        raise ValueError("no shares")
    return start @ np.linalg.matrix_power(P, k)

# %% wrong="e3" why="takes the amounts for a column: P @ start goes against the direction of the moves"
def number_of_walks(A, k):
    edges = (A != 0).astype(np.int64)
    return np.linalg.matrix_power(edges, k)


def forecast(P, start, k):
    if (P < 0).any() or (np.abs(P.sum(axis=1) - 1) > 1e-9).any():
        raise ValueError("no shares")
    return np.linalg.matrix_power(P, k) @ start

# %% wrong="e3" why="adds up the columns of P instead of its rows"
def number_of_walks(A, k):
    edges = (A != 0).astype(np.int64)
    return np.linalg.matrix_power(edges, k)


def forecast(P, start, k):
    if (P < 0).any() or (np.abs(P.sum(axis=0) - 1) > 1e-9).any():
        raise ValueError("no shares")
    return start @ np.linalg.matrix_power(P, k)

# %% wrong="e3" why="asks for row sums of exactly 1, which rounding breaks"
def number_of_walks(A, k):
    edges = (A != 0).astype(np.int64)
    return np.linalg.matrix_power(edges, k)


def forecast(P, start, k):
    if (P < 0).any() or (P.sum(axis=1) != 1).any():
        raise ValueError("no shares")
    return start @ np.linalg.matrix_power(P, k)

# %% wrong="e3" why="np.allclose with atol only: its relative tolerance of 1e-5 stays on"
def number_of_walks(A, k):
    edges = (A != 0).astype(np.int64)
    return np.linalg.matrix_power(edges, k)


def forecast(P, start, k):
    if (P < 0).any() or not np.allclose(P.sum(axis=1), 1, atol=1e-9):
        raise ValueError("no shares")
    return start @ np.linalg.matrix_power(P, k)

# %% wrong="e3" why="believes that rows adding up to 1 are enough: negative shares pass"
def number_of_walks(A, k):
    edges = (A != 0).astype(np.int64)
    return np.linalg.matrix_power(edges, k)


def forecast(P, start, k):
    if (np.abs(P.sum(axis=1) - 1) > 1e-9).any():
        raise ValueError("no shares")
    return start @ np.linalg.matrix_power(P, k)

# %% wrong="e3" why="writes the ones into the caller's matrix of weights"
def number_of_walks(A, k):
    A[A != 0] = 1
    return np.linalg.matrix_power(A.astype(np.int64), k)


def forecast(P, start, k):
    if (P < 0).any() or (np.abs(P.sum(axis=1) - 1) > 1e-9).any():
        raise ValueError("no shares")
    return start @ np.linalg.matrix_power(P, k)

# %% wrong="e3" why="multiplies truth values: whether there is a walk, not how many"
def number_of_walks(A, k):
    return np.linalg.matrix_power(A != 0, k).astype(np.int64)


def forecast(P, start, k):
    if (P < 0).any() or (np.abs(P.sum(axis=1) - 1) > 1e-9).any():
        raise ValueError("no shares")
    return start @ np.linalg.matrix_power(P, k)

# %% wrong="e3" why="counts the walks of at most k steps"
def number_of_walks(A, k):
    edges = (A != 0).astype(np.int64)
    return sum(np.linalg.matrix_power(edges, steps) for steps in range(k + 1))


def forecast(P, start, k):
    if (P < 0).any() or (np.abs(P.sum(axis=1) - 1) > 1e-9).any():
        raise ValueError("no shares")
    return start @ np.linalg.matrix_power(P, k)

# %% wrong="e3" why="writes each month into an array of whole customers"
def number_of_walks(A, k):
    edges = (A != 0).astype(np.int64)
    return np.linalg.matrix_power(edges, k)


def forecast(P, start, k):
    if (P < 0).any() or (np.abs(P.sum(axis=1) - 1) > 1e-9).any():
        raise ValueError("no shares")
    amounts = start.copy()
    for _ in range(k):
        amounts[:] = amounts @ P
    return amounts

# %% wrong="e3" why="looks at the first row only"
def number_of_walks(A, k):
    edges = (A != 0).astype(np.int64)
    return np.linalg.matrix_power(edges, k)


def forecast(P, start, k):
    if (P < 0).any() or abs(P[0].sum() - 1) > 1e-9:
        raise ValueError("no shares")
    return start @ np.linalg.matrix_power(P, k)

# %% wrong="e3" why="looks for shares above 1 and believes that this finds the negative ones too"
def number_of_walks(A, k):
    edges = (A != 0).astype(np.int64)
    return np.linalg.matrix_power(edges, k)


def forecast(P, start, k):
    if (P > 1).any() or (np.abs(P.sum(axis=1) - 1) > 1e-9).any():
        raise ValueError("no shares")
    return start @ np.linalg.matrix_power(P, k)

# %% wrong="e3" why="tests whether the total is kept, which an empty plan's bad row does not disturb"
def number_of_walks(A, k):
    edges = (A != 0).astype(np.int64)
    return np.linalg.matrix_power(edges, k)


def forecast(P, start, k):
    later = start @ np.linalg.matrix_power(P, k)
    if (P < 0).any() or abs(later.sum() - start.sum()) > 1e-9 * max(1, start.sum()):
        raise ValueError("no shares")
    return later

# %% wrong="e3" why="stops after 30 steps, since the amounts have settled by then"
def number_of_walks(A, k):
    edges = (A != 0).astype(np.int64)
    return np.linalg.matrix_power(edges, k)


def forecast(P, start, k):
    if (P < 0).any() or (np.abs(P.sum(axis=1) - 1) > 1e-9).any():
        raise ValueError("no shares")
    return start @ np.linalg.matrix_power(P, min(k, 30))

# %% right="e4" why="recursion from the top with a memory"
def chain_order(dims, cost):
    from functools import cache

    if len(dims) < 2:
        raise ValueError("no matrix")

    @cache
    def best(i, j):
        if i == j:
            return 0, i
        total, cut = min((best(i, k)[0] + best(k + 1, j)[0] + cost(dims[i], dims[k + 1], dims[j + 1]), k) for k in range(i, j))
        return total, (best(i, cut)[1], best(cut + 1, j)[1])

    return best(0, len(dims) - 2)

# %% right="e4" why="tables of totals and of cuts, filled by start from the back; the tree is built at the end; the last of equal cuts wins"
def chain_order(dims, cost):
    n = len(dims) - 1
    if n <= 0:
        raise ValueError("no matrix")
    total = [[0] * n for _ in range(n)]
    cut = [[0] * n for _ in range(n)]
    for i in reversed(range(n)):
        for j in range(i + 1, n):
            total[i][j] = float("inf")
            for k in range(i, j):
                price = total[i][k] + total[k + 1][j] + cost(dims[i], dims[k + 1], dims[j + 1])
                if price <= total[i][j]:
                    total[i][j], cut[i][j] = price, k

    def tree(i, j):
        return i if i == j else (tree(i, cut[i][j]), tree(cut[i][j] + 1, j))

    return total[0][n - 1], tree(0, n - 1)

# %% wrong="e4" why="greedy: carries out the cheapest product first, then the cheapest of what is left"
def chain_order(dims, cost):
    if len(dims) < 2:
        raise ValueError("no matrix")
    sizes, trees, total = list(dims), list(range(len(dims) - 1)), 0
    while len(trees) > 1:
        prices = [cost(*sizes[k : k + 3]) for k in range(len(trees) - 1)]
        k = prices.index(min(prices))
        total += prices[k]
        trees[k : k + 2] = [(trees[k], trees[k + 1])]
        del sizes[k + 1]
    return total, trees[0]

# %% wrong="e4" why="cuts where the inner size is smallest, and again in both halves"
def chain_order(dims, cost):
    def brackets(i, j):
        if i == j:
            return 0, i
        k = min(range(i, j), key=lambda c: dims[c + 1])
        (left, left_tree), (right, right_tree) = brackets(i, k), brackets(k + 1, j)
        return left + right + cost(dims[i], dims[k + 1], dims[j + 1]), (left_tree, right_tree)

    if len(dims) < 2:
        raise ValueError("no matrix")
    return brackets(0, len(dims) - 2)

# %% wrong="e4" why="forgets what the right half costs"
def chain_order(dims, cost):
    n = len(dims) - 1
    if n < 1:
        raise ValueError("no matrix")
    best = {(i, i): (0, i) for i in range(n)}
    for length in range(2, n + 1):
        for i in range(n - length + 1):
            j = i + length - 1
            options = [
                (best[i, k][0] + cost(dims[i], dims[k + 1], dims[j + 1]), (best[i, k][1], best[k + 1, j][1])) for k in range(i, j)
            ]
            best[i, j] = min(options, key=lambda option: option[0])
    return best[0, n - 1]

# %% wrong="e4" why="right brackets, but the total leaves out the product that joins the two halves"
def chain_order(dims, cost):
    n = len(dims) - 1
    if n < 1:
        raise ValueError("no matrix")
    best = {(i, i): (0, i) for i in range(n)}
    halves = 0
    for length in range(2, n + 1):
        for i in range(n - length + 1):
            j = i + length - 1
            last, k = min((best[i, k][0] + best[k + 1, j][0] + cost(dims[i], dims[k + 1], dims[j + 1]), k) for k in range(i, j))
            best[i, j] = last, (best[i, k][1], best[k + 1, j][1])
            halves = best[i, k][0] + best[k + 1, j][0]
    return halves, best[0, n - 1][1]

# %% wrong="e4" why="right total, but the tree lists the last cut only, the halves flat"
def chain_order(dims, cost):
    n = len(dims) - 1
    if n < 1:
        raise ValueError("no matrix")
    best = {(i, i): (0, i) for i in range(n)}
    for length in range(2, n + 1):
        for i in range(n - length + 1):
            j = i + length - 1
            options = []
            for k in range(i, j):
                halves = tuple(range(i, k + 1)), tuple(range(k + 1, j + 1))
                tree = tuple(half[0] if len(half) == 1 else half for half in halves)
                options.append((best[i, k][0] + best[k + 1, j][0] + cost(dims[i], dims[k + 1], dims[j + 1]), tree))
            best[i, j] = min(options, key=lambda option: option[0])
    return best[0, n - 1]

# %% wrong="e4" why="ignores the cost it was handed and counts multiplications"
def chain_order(dims, cost):
    n = len(dims) - 1
    if n < 1:
        raise ValueError("no matrix")
    best = {(i, i): (0, i) for i in range(n)}
    for length in range(2, n + 1):
        for i in range(n - length + 1):
            j = i + length - 1
            options = [
                (best[i, k][0] + best[k + 1, j][0] + dims[i] * dims[k + 1] * dims[j + 1], (best[i, k][1], best[k + 1, j][1]))
                for k in range(i, j)
            ]
            best[i, j] = min(options, key=lambda option: option[0])
    return best[0, n - 1]

# %% wrong="e4" why="hands the sizes to cost in the order rows, columns, inner size; multiplication hides it"
def chain_order(dims, cost):
    n = len(dims) - 1
    if n < 1:
        raise ValueError("no matrix")
    best = {(i, i): (0, i) for i in range(n)}
    for length in range(2, n + 1):
        for i in range(n - length + 1):
            j = i + length - 1
            options = [
                (best[i, k][0] + best[k + 1, j][0] + cost(dims[i], dims[j + 1], dims[k + 1]), (best[i, k][1], best[k + 1, j][1]))
                for k in range(i, j)
            ]
            best[i, j] = min(options, key=lambda option: option[0])
    return best[0, n - 1]

# %% wrong="e4" why="plain recursion without a memory: right, but it works every piece out again and again"
def chain_order(dims, cost):
    def brackets(i, j):
        if i == j:
            return 0, i
        options = []
        for k in range(i, j):
            (left, left_tree), (right, right_tree) = brackets(i, k), brackets(k + 1, j)
            options.append((left + right + cost(dims[i], dims[k + 1], dims[j + 1]), (left_tree, right_tree)))
        return min(options, key=lambda option: option[0])

    if len(dims) < 2:
        raise ValueError("no matrix")
    return brackets(0, len(dims) - 2)

# %% wrong="e4" why="takes an empty chain for one that costs nothing"
def chain_order(dims, cost):
    n = len(dims) - 1
    if n < 1:
        return 0, 0
    best = {(i, i): (0, i) for i in range(n)}
    for length in range(2, n + 1):
        for i in range(n - length + 1):
            j = i + length - 1
            options = [
                (best[i, k][0] + best[k + 1, j][0] + cost(dims[i], dims[k + 1], dims[j + 1]), (best[i, k][1], best[k + 1, j][1]))
                for k in range(i, j)
            ]
            best[i, j] = min(options, key=lambda option: option[0])
    return best[0, n - 1]

# %% wrong="e4" why="chooses the brackets by the cost, but reports their multiplications"
def chain_order(dims, cost):
    n = len(dims) - 1
    if n < 1:
        raise ValueError("no matrix")
    best = {(i, i): (0, i, 0) for i in range(n)}
    for length in range(2, n + 1):
        for i in range(n - length + 1):
            j = i + length - 1
            options = []
            for k in range(i, j):
                (left, left_tree, left_count), (right, right_tree, right_count) = best[i, k], best[k + 1, j]
                sizes = dims[i], dims[k + 1], dims[j + 1]
                count = left_count + right_count + sizes[0] * sizes[1] * sizes[2]
                options.append((left + right + cost(*sizes), (left_tree, right_tree), count))
            best[i, j] = min(options, key=lambda option: option[0])
    return best[0, n - 1][2], best[0, n - 1][1]

# %% wrong="e4" why="a memory that takes a total of 0 for one not yet known"
def chain_order(dims, cost):
    n = len(dims) - 1
    if n < 1:
        raise ValueError("no matrix")
    total, cut = {}, {}

    def best(i, j):
        if i == j:
            return 0
        if not total.get((i, j)):
            total[i, j], cut[i, j] = min((best(i, k) + best(k + 1, j) + cost(dims[i], dims[k + 1], dims[j + 1]), k) for k in range(i, j))
        return total[i, j]

    def tree(i, j):
        return i if i == j else (tree(i, cut[i, j]), tree(cut[i, j] + 1, j))

    return best(0, n - 1), tree(0, n - 1)

# %% wrong="e4" why="keeps the totals in a table of whole numbers"
def chain_order(dims, cost):
    n = len(dims) - 1
    if n < 1:
        raise ValueError("no matrix")
    total, cut = np.zeros((n, n), dtype=np.int64), {}
    for i in reversed(range(n)):
        for j in range(i + 1, n):
            total[i, j], cut[i, j] = min((total[i, k] + total[k + 1, j] + cost(dims[i], dims[k + 1], dims[j + 1]), k) for k in range(i, j))

    def tree(i, j):
        return i if i == j else (tree(i, cut[i, j]), tree(cut[i, j] + 1, j))

    return int(total[0, n - 1]), tree(0, n - 1)

# %% wrong="e4" why="compares pairs (total, tree): when totals are equal, Python goes on to compare a number with a tuple"
def chain_order(dims, cost):
    n = len(dims) - 1
    if n < 1:
        raise ValueError("no matrix")
    best = {(i, i): (0, i) for i in range(n)}
    for length in range(2, n + 1):
        for i in range(n - length + 1):
            j = i + length - 1
            best[i, j] = min(
                (best[i, k][0] + best[k + 1, j][0] + cost(dims[i], dims[k + 1], dims[j + 1]), (best[i, k][1], best[k + 1, j][1]))
                for k in range(i, j)
            )
    return best[0, n - 1]

# %% wrong="e4" why="takes 10**6 for more than anything can cost"
def chain_order(dims, cost):
    n = len(dims) - 1
    if n < 1:
        raise ValueError("no matrix")
    best = {(i, i): (0, i) for i in range(n)}
    for length in range(2, n + 1):
        for i in range(n - length + 1):
            j = i + length - 1
            best[i, j] = 10**6, None
            for k in range(i, j):
                total = best[i, k][0] + best[k + 1, j][0] + cost(dims[i], dims[k + 1], dims[j + 1])
                if total < best[i, j][0]:
                    best[i, j] = total, (best[i, k][1], best[k + 1, j][1])
    return best[0, n - 1]

# %% wrong="e4" why="splits off only the first or the last matrix: no product of two products"
def chain_order(dims, cost):
    n = len(dims) - 1
    if n < 1:
        raise ValueError("no matrix")
    best = {(i, i): (0, i) for i in range(n)}
    for length in range(2, n + 1):
        for i in range(n - length + 1):
            j = i + length - 1
            options = [
                (best[i, k][0] + best[k + 1, j][0] + cost(dims[i], dims[k + 1], dims[j + 1]), (best[i, k][1], best[k + 1, j][1]))
                for k in (i, j - 1)
            ]
            best[i, j] = min(options, key=lambda option: option[0])
    return best[0, n - 1]

# %% right="e5" why="pads once to a power of two and recurses inside"
def strassen(A, B, multiply):
    n = len(A)
    size = 1
    while size < n:
        size *= 2
    big_a, big_b = np.zeros((size, size), dtype=np.int64), np.zeros((size, size), dtype=np.int64)
    big_a[:n, :n], big_b[:n, :n] = A, B

    def product(X, Y):
        if len(X) == 1:
            return np.array([[multiply(int(X[0, 0]), int(Y[0, 0]))]])
        h = len(X) // 2
        a, b, c, d = X[:h, :h], X[:h, h:], X[h:, :h], X[h:, h:]
        e, f, g, k = Y[:h, :h], Y[:h, h:], Y[h:, :h], Y[h:, h:]
        one, two, three = product(a + d, e + k), product(c + d, e), product(a, f - k)
        four, five = product(d, g - e), product(a + b, k)
        six, seven = product(c - a, e + f), product(b - d, g + k)
        result = np.empty((2 * h, 2 * h), dtype=np.int64)
        result[:h, :h], result[:h, h:] = one + four - five + seven, three + five
        result[h:, :h], result[h:, h:] = two + four, one - two + three + six
        return result

    return product(big_a, big_b)[:n, :n]

# %% right="e5" why="Winograd's form: other seven products, fewer additions; Python lists inside"
def strassen(A, B, multiply):
    def add(X, Y, sign=1):
        return [[x + sign * y for x, y in zip(r, s)] for r, s in zip(X, Y)]

    def quarters(X, h):
        return [r[:h] for r in X[:h]], [r[h:] for r in X[:h]], [r[:h] for r in X[h:]], [r[h:] for r in X[h:]]

    def product(X, Y):
        n = len(X)
        if n == 1:
            return [[multiply(X[0][0], Y[0][0])]]
        if n % 2:
            X, Y = ([row + [0] for row in Z] + [[0] * (n + 1)] for Z in (X, Y))
        h = (n + 1) // 2
        (a, b, c, d), (e, f, g, k) = quarters(X, h), quarters(Y, h)
        s1 = add(c, d)
        s2 = add(s1, a, -1)
        t1 = add(f, e, -1)
        t2 = add(k, t1, -1)
        p1, p2, p3, p4 = product(a, e), product(b, g), product(add(b, s2, -1), k), product(d, add(t2, g, -1))
        p5, p6, p7 = product(s1, t1), product(s2, t2), product(add(a, c, -1), add(k, f, -1))
        u = add(p1, p6)
        v = add(u, p7)
        top = [x + y for x, y in zip(add(p1, p2), add(add(u, p5), p3))]
        low = [x + y for x, y in zip(add(v, p4, -1), add(v, p5))]
        return [row[:n] for row in (top + low)[:n]]

    return np.array(product(A.tolist(), B.tolist()))

# %% wrong="e5" why="eight products of blocks: right, but nothing is saved"
def strassen(A, B, multiply):
    n = len(A)
    if n == 1:
        return np.array([[multiply(A[0, 0], B[0, 0])]])
    h = (n + 1) // 2
    A, B = np.pad(A, (0, 2 * h - n)), np.pad(B, (0, 2 * h - n))
    rows, columns = (A[:h], A[h:]), (B[:, :h], B[:, h:])
    C = np.block([
        [strassen(r[:, :h], c[:h], multiply) + strassen(r[:, h:], c[h:], multiply) for c in columns] for r in rows
    ])
    return C[:n, :n]

# %% wrong="e5" why="returns a number for n = 1, which np.block hides at every other size"
def strassen(A, B, multiply):
    n = len(A)
    if n == 1:
        return multiply(A[0, 0], B[0, 0])
    h = (n + 1) // 2
    A, B = np.pad(A, (0, 2 * h - n)), np.pad(B, (0, 2 * h - n))
    a, b, c, d = A[:h, :h], A[:h, h:], A[h:, :h], A[h:, h:]
    e, f, g, k = B[:h, :h], B[:h, h:], B[h:, :h], B[h:, h:]
    one, two, three = strassen(a + d, e + k, multiply), strassen(c + d, e, multiply), strassen(a, f - k, multiply)
    four, five = strassen(d, g - e, multiply), strassen(a + b, k, multiply)
    six, seven = strassen(c - a, e + f, multiply), strassen(b - d, g + k, multiply)
    return np.block([[one + four - five + seven, three + five], [two + four, one - two + three + six]])[:n, :n]

# %% wrong="e5" why="leaves the zeros of the padding in the result"
def strassen(A, B, multiply):
    n = len(A)
    if n == 1:
        return np.array([[multiply(A[0, 0], B[0, 0])]])
    size = 1 << (n - 1).bit_length()
    A, B = np.pad(A, (0, size - n)), np.pad(B, (0, size - n))
    h = size // 2
    a, b, c, d = A[:h, :h], A[:h, h:], A[h:, :h], A[h:, h:]
    e, f, g, k = B[:h, :h], B[:h, h:], B[h:, :h], B[h:, h:]
    one, two, three = strassen(a + d, e + k, multiply), strassen(c + d, e, multiply), strassen(a, f - k, multiply)
    four, five = strassen(d, g - e, multiply), strassen(a + b, k, multiply)
    six, seven = strassen(c - a, e + f, multiply), strassen(b - d, g + k, multiply)
    return np.block([[one + four - five + seven, three + five], [two + four, one - two + three + six]])

# %% wrong="e5" why="hands the factors of one block product on in the wrong order: numbers commute, blocks do not"
def strassen(A, B, multiply):
    n = len(A)
    if n == 1:
        return np.array([[multiply(A[0, 0], B[0, 0])]])
    h = (n + 1) // 2
    A, B = np.pad(A, (0, 2 * h - n)), np.pad(B, (0, 2 * h - n))
    a, b, c, d = A[:h, :h], A[:h, h:], A[h:, :h], A[h:, h:]
    e, f, g, k = B[:h, :h], B[:h, h:], B[h:, :h], B[h:, h:]
    one, two, three = strassen(a + d, e + k, multiply), strassen(e, c + d, multiply), strassen(a, f - k, multiply)
    four, five = strassen(d, g - e, multiply), strassen(a + b, k, multiply)
    six, seven = strassen(c - a, e + f, multiply), strassen(b - d, g + k, multiply)
    return np.block([[one + four - five + seven, three + five], [two + four, one - two + three + six]])[:n, :n]

# %% wrong="e5" why="halves once and leaves the blocks to NumPy, past multiply"
def strassen(A, B, multiply):
    n = len(A)
    if n == 1:
        return np.array([[multiply(A[0, 0], B[0, 0])]])
    h = (n + 1) // 2
    A, B = np.pad(A, (0, 2 * h - n)), np.pad(B, (0, 2 * h - n))
    a, b, c, d = A[:h, :h], A[:h, h:], A[h:, :h], A[h:, h:]
    e, f, g, k = B[:h, :h], B[:h, h:], B[h:, :h], B[h:, h:]
    one, two, three, four = (a + d) @ (e + k), (c + d) @ e, a @ (f - k), d @ (g - e)
    five, six, seven = (a + b) @ k, (c - a) @ (e + f), (b - d) @ (g + k)
    return np.block([[one + four - five + seven, three + five], [two + four, one - two + three + six]])[:n, :n]

# %% wrong="e5" why="a wrong sign: adds M2 in the last quarter instead of taking it away"
def strassen(A, B, multiply):
    n = len(A)
    if n == 1:
        return np.array([[multiply(A[0, 0], B[0, 0])]])
    h = (n + 1) // 2
    A, B = np.pad(A, (0, 2 * h - n)), np.pad(B, (0, 2 * h - n))
    a, b, c, d = A[:h, :h], A[:h, h:], A[h:, :h], A[h:, h:]
    e, f, g, k = B[:h, :h], B[:h, h:], B[h:, :h], B[h:, h:]
    one, two, three = strassen(a + d, e + k, multiply), strassen(c + d, e, multiply), strassen(a, f - k, multiply)
    four, five = strassen(d, g - e, multiply), strassen(a + b, k, multiply)
    six, seven = strassen(c - a, e + f, multiply), strassen(b - d, g + k, multiply)
    return np.block([[one + four - five + seven, three + five], [two + four, one + two + three + six]])[:n, :n]

# %% wrong="e5" why="makes the right number of calls for show and computes the product past them"
def strassen(A, B, multiply):
    n = len(A)
    for _ in range(7 ** (n - 1).bit_length()):
        multiply(1, 1)
    return np.einsum("ik,kj->ij", A, B)

# %% wrong="e5" why="pads into np.zeros, which are floats: large products lose their last digits"
def strassen(A, B, multiply):
    n = len(A)
    if n == 1:
        return np.array([[multiply(A[0, 0], B[0, 0])]])
    h = (n + 1) // 2
    big_a, big_b = np.zeros((2 * h, 2 * h)), np.zeros((2 * h, 2 * h))
    big_a[:n, :n], big_b[:n, :n] = A, B
    a, b, c, d = big_a[:h, :h], big_a[:h, h:], big_a[h:, :h], big_a[h:, h:]
    e, f, g, k = big_b[:h, :h], big_b[:h, h:], big_b[h:, :h], big_b[h:, h:]
    one, two, three = strassen(a + d, e + k, multiply), strassen(c + d, e, multiply), strassen(a, f - k, multiply)
    four, five = strassen(d, g - e, multiply), strassen(a + b, k, multiply)
    six, seven = strassen(c - a, e + f, multiply), strassen(b - d, g + k, multiply)
    return np.block([[one + four - five + seven, three + five], [two + four, one - two + three + six]])[:n, :n]

# %% wrong="e5" why="saves the calls for blocks of zeros: fewer than asked for, sometimes"
def strassen(A, B, multiply):
    n = len(A)
    if not A.any() or not B.any():
        return np.zeros((n, n), dtype=np.int64)
    if n == 1:
        return np.array([[multiply(A[0, 0], B[0, 0])]])
    h = (n + 1) // 2
    A, B = np.pad(A, (0, 2 * h - n)), np.pad(B, (0, 2 * h - n))
    a, b, c, d = A[:h, :h], A[:h, h:], A[h:, :h], A[h:, h:]
    e, f, g, k = B[:h, :h], B[:h, h:], B[h:, :h], B[h:, h:]
    one, two, three = strassen(a + d, e + k, multiply), strassen(c + d, e, multiply), strassen(a, f - k, multiply)
    four, five = strassen(d, g - e, multiply), strassen(a + b, k, multiply)
    six, seven = strassen(c - a, e + f, multiply), strassen(b - d, g + k, multiply)
    return np.block([[one + four - five + seven, three + five], [two + four, one - two + three + six]])[:n, :n]

# %% equivalent="e3" mutants=["742d44e7"] why="|1 - s| is |s - 1|"

# %% equivalent="e5" mutants=["d67e372b"] why="two numbers may be multiplied in either order; only blocks may not, and those are tested"
