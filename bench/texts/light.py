# The text of a lesson that is measured; bench/lessons.py reads it. Cells are read one at a time, as in a notebook.
# fmt: off

# %% setup
import numpy as np

rng = np.random.default_rng(7)

# %% text
# # Linear algebra by hand
#
# Four small algorithms that libraries hide: a product, a solution, an eigenvalue, a fitted line.

# %% demo
print(np.array([[1.0, 2.0], [3.0, 4.0]]) @ np.array([5.0, 6.0]))

# %% exercise e1: Multiply two matrices
# Write `product(A, B)` with loops over rows and columns. Where the inner sizes differ, raise `ValueError`.

# %% solution
def product(A, B):
    A, B = np.asarray(A, dtype=float), np.asarray(B, dtype=float)
    if A.shape[1] != B.shape[0]:
        raise ValueError("inner sizes differ")
    C = np.zeros((A.shape[0], B.shape[1]))
    for i in range(A.shape[0]):
        for j in range(B.shape[1]):
            C[i, j] = (A[i] * B[:, j]).sum()
    return C

# %% test e1_numbers 2
got = product([[1, 2], [3, 4]], [[5, 6], [7, 8]])
assert np.allclose(got, [[19, 22], [43, 50]]), f"product gives {got}"
### BEGIN HIDDEN TESTS
for n, m, p in [(1, 4, 2), (3, 1, 3), (12, 9, 15)]:
    A, B = rng.normal(size=(n, m)), rng.normal(size=(m, p))
    assert np.allclose(product(A, B), A @ B)
### END HIDDEN TESTS

# %% test e1_sizes 1
try:
    product([[1, 2]], [[1, 2]])
except ValueError:
    refused = True
else:
    refused = False
assert refused, "inner sizes 2 and 1 differ, and nothing was raised"

# %% wrong: entry by entry, which is another product
def product(A, B):
    return np.asarray(A, dtype=float) * np.asarray(B, dtype=float)

# %% wrong: the second matrix turned over
def product(A, B):
    A, B = np.asarray(A, dtype=float), np.asarray(B, dtype=float)
    if A.shape[1] != B.shape[0]:
        raise ValueError("inner sizes differ")
    return A @ B if A.shape != B.shape else A @ B.T

# %% exercise e2: Solve by elimination
# Write `solve(A, b)` by Gaussian elimination, exchanging rows so that the largest pivot is used.

# %% solution
def solve(A, b):
    M = np.column_stack([np.asarray(A, dtype=float), np.asarray(b, dtype=float)])
    n = len(M)
    for k in range(n):
        best = k + int(np.argmax(abs(M[k:, k])))
        M[[k, best]] = M[[best, k]]
        for i in range(k + 1, n):
            M[i, k:] -= M[i, k] / M[k, k] * M[k, k:]
    x = np.zeros(n)
    for i in range(n - 1, -1, -1):
        x[i] = (M[i, n] - M[i, i + 1 : n] @ x[i + 1 :]) / M[i, i]
    return x

# %% test e2_small 2
got = solve([[2, 1], [1, 3]], [3, 5])
assert np.allclose(got, [0.8, 1.4]), f"solve gives {got}"
### BEGIN HIDDEN TESTS
for n in (1, 5, 20):
    A, x = rng.normal(size=(n, n)) + n * np.eye(n), rng.normal(size=n)
    assert np.allclose(solve(A, A @ x), x)
### END HIDDEN TESTS

# %% test e2_pivot 2
### BEGIN HIDDEN TESTS
assert np.allclose(solve([[0, 1], [1, 0]], [2, 3]), [3, 2])
assert np.allclose(solve([[1e-20, 1], [1, 1]], [1, 2]), [1, 1])
### END HIDDEN TESTS

# %% wrong: no rows are exchanged
def solve(A, b):
    M = np.column_stack([np.asarray(A, dtype=float), np.asarray(b, dtype=float)])
    n = len(M)
    for k in range(n):
        for i in range(k + 1, n):
            factor = M[i, k] / M[k, k] if M[k, k] else 0.0
            M[i, k:] -= factor * M[k, k:]
    x = np.zeros(n)
    for i in range(n - 1, -1, -1):
        x[i] = (M[i, n] - M[i, i + 1 : n] @ x[i + 1 :]) / M[i, i] if M[i, i] else 0.0
    return x

# %% exercise e3: The largest eigenvalue
# Write `power(A, steps)`: the eigenvalue of largest size of a symmetric matrix, by power iteration.

# %% solution
def power(A, steps=500):
    A = np.asarray(A, dtype=float)
    v = np.ones(len(A)) / np.sqrt(len(A))
    for _ in range(steps):
        w = A @ v
        v = w / np.linalg.norm(w)
    return float(v @ A @ v)

# %% test e3_value 2
got = power([[2, 1], [1, 2]])
assert abs(got - 3) < 1e-8, f"power gives {got}"
### BEGIN HIDDEN TESTS
S = rng.normal(size=(8, 8))
S = S @ S.T + np.ones((8, 8))
assert abs(power(S, 5000) - np.linalg.eigvalsh(S)[-1]) < 1e-6
### END HIDDEN TESTS

# %% test e3_sign 1
### BEGIN HIDDEN TESTS
assert abs(power([[-5, 1], [1, 1]]) - np.linalg.eigvalsh([[-5, 1], [1, 1]])[0]) < 1e-8
### END HIDDEN TESTS

# %% wrong: the length instead of the quotient, which loses the sign
def power(A, steps=500):
    A = np.asarray(A, dtype=float)
    v = np.ones(len(A))
    for _ in range(steps):
        v = A @ v / np.linalg.norm(A @ v)
    return float(np.linalg.norm(A @ v))

# %% exercise e4: Fit a line
# Write `line(x, y)` -> (slope, intercept) by the normal equations; `residual(x, y)` is the length of what is left.

# %% solution
def line(x, y):
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    X = np.column_stack([x, np.ones(len(x))])
    slope, intercept = np.linalg.solve(X.T @ X, X.T @ y)
    return float(slope), float(intercept)


def residual(x, y):
    slope, intercept = line(x, y)
    return float(np.linalg.norm(np.asarray(y) - slope * np.asarray(x) - intercept))

# %% test e4_line 2
assert np.allclose(line([0, 1, 2], [1, 3, 5]), (2, 1)), f"line gives {line([0, 1, 2], [1, 3, 5])}"
### BEGIN HIDDEN TESTS
x = np.linspace(-3, 3, 50)
y = 0.7 * x - 2 + rng.normal(size=50)
assert np.allclose(line(x, y), np.polyfit(x, y, 1))
### END HIDDEN TESTS

# %% test e4_residual 1
assert abs(residual([0, 1, 2], [0, 1, 0]) - np.sqrt(2 / 3)) < 1e-9

# %% wrong: through the origin, and what is left is squared
def line(x, y):
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    return float(x @ y / (x @ x)), 0.0


def residual(x, y):
    slope, intercept = line(x, y)
    return float(((np.asarray(y) - slope * np.asarray(x) - intercept) ** 2).sum())
