# %% right="e1" why="all differences at once, in NumPy"
def gradcheck(f, grad, x, rtol=1e-5):
    point = np.array(x, dtype=float)
    h = 1e-5 * np.maximum(1.0, np.abs(point))
    up = np.array([f((point + row).tolist()) for row in np.diag(h)])
    down = np.array([f((point - row).tolist()) for row in np.diag(h)])
    slopes, claimed = (up - down) / (2 * h), np.array(grad(point.tolist()))
    allowed = rtol * np.maximum(np.abs(claimed), np.abs(slopes)) + 1e-14 * (np.abs(up) + np.abs(down)) / h
    return bool(np.all(np.abs(claimed - slopes) <= allowed))

# %% right="e1" why="moves a copy of the point, judges by all()"
def gradcheck(f, grad, x, rtol=1e-5):
    def agrees(i, g):
        h = 1e-5 * max(1.0, abs(x[i]))
        moved = x.copy()
        moved[i] = x[i] + h
        plus = f(moved)
        moved[i] = x[i] - h
        minus = f(moved)
        d = (plus - minus) / (2 * h)
        return abs(g - d) <= rtol * max(abs(g), abs(d)) + 1e-14 * (abs(plus) + abs(minus)) / h

    return all(agrees(i, g) for i, g in enumerate(grad(list(x))))

# %% wrong="e1" why="an absolute tolerance"
def gradcheck(f, grad, x, rtol=1e-5):
    for i, g in enumerate(grad(list(x))):
        h = 1e-5 * max(1.0, abs(x[i]))
        plus, minus = f([*x[:i], x[i] + h, *x[i + 1 :]]), f([*x[:i], x[i] - h, *x[i + 1 :]])
        if abs(g - (plus - minus) / (2 * h)) > rtol + 1e-14 * (abs(plus) + abs(minus)) / h:
            return False
    return True

# %% wrong="e1" why="checks the slope along (1, 1, ..., 1) only, so errors cancel"
def gradcheck(f, grad, x, rtol=1e-5):
    g = d = rounding = 0.0
    for i, claimed in enumerate(grad(list(x))):
        h = 1e-5 * max(1.0, abs(x[i]))
        plus, minus = f([*x[:i], x[i] + h, *x[i + 1 :]]), f([*x[:i], x[i] - h, *x[i + 1 :]])
        g, d = g + claimed, d + (plus - minus) / (2 * h)
        rounding += 1e-14 * (abs(plus) + abs(minus)) / h
    return abs(g - d) <= rtol * max(abs(g), abs(d)) + rounding

# %% wrong="e1" why="checks the first coordinate only"
def gradcheck(f, grad, x, rtol=1e-5):
    h = 1e-5 * max(1.0, abs(x[0]))
    plus, minus = f([x[0] + h, *x[1:]]), f([x[0] - h, *x[1:]])
    g, d = grad(list(x))[0], (plus - minus) / (2 * h)
    return abs(g - d) <= rtol * max(abs(g), abs(d)) + 1e-14 * (abs(plus) + abs(minus)) / h

# %% wrong="e1" why="relative to the longest coordinate, so a small one is never judged"
def gradcheck(f, grad, x, rtol=1e-5):
    claimed, slopes, rounding = grad(list(x)), [], []
    for i in range(len(x)):
        h = 1e-5 * max(1.0, abs(x[i]))
        plus, minus = f([*x[:i], x[i] + h, *x[i + 1 :]]), f([*x[:i], x[i] - h, *x[i + 1 :]])
        slopes.append((plus - minus) / (2 * h))
        rounding.append(1e-14 * (abs(plus) + abs(minus)) / h)
    size = max(abs(v) for v in [*claimed, *slopes])
    return all(abs(g - d) <= rtol * size + r for g, d, r in zip(claimed, slopes, rounding))

# %% wrong="e1" why="purely relative: a slope of 0 can never agree"
def gradcheck(f, grad, x, rtol=1e-5):
    for i, g in enumerate(grad(list(x))):
        h = 1e-5 * max(1.0, abs(x[i]))
        plus, minus = f([*x[:i], x[i] + h, *x[i + 1 :]]), f([*x[:i], x[i] - h, *x[i + 1 :]])
        d = (plus - minus) / (2 * h)
        if abs(g - d) > rtol * max(abs(g), abs(d)):
            return False
    return True

# %% wrong="e1" why="a one-sided difference"
def gradcheck(f, grad, x, rtol=1e-5):
    for i, g in enumerate(grad(list(x))):
        h = 1e-5 * max(1.0, abs(x[i]))
        plus, here = f([*x[:i], x[i] + h, *x[i + 1 :]]), f(list(x))
        d = (plus - here) / h
        if abs(g - d) > rtol * max(abs(g), abs(d)) + 1e-14 * (abs(plus) + abs(here)) / h:
            return False
    return True

# %% wrong="e1" why="the same step everywhere: drowned by rounding far from 0"
def gradcheck(f, grad, x, rtol=1e-5):
    h = 1e-5
    for i, g in enumerate(grad(list(x))):
        plus, minus = f([*x[:i], x[i] + h, *x[i + 1 :]]), f([*x[:i], x[i] - h, *x[i + 1 :]])
        d = (plus - minus) / (2 * h)
        if abs(g - d) > rtol * max(abs(g), abs(d)) + 1e-14 * (abs(plus) + abs(minus)) / h:
            return False
    return True

# %% wrong="e1" why="steps there and back in the list it was handed, which rounding does not undo"
def gradcheck(f, grad, x, rtol=1e-5):
    for i, g in enumerate(grad(list(x))):
        h = 1e-5 * max(1.0, abs(x[i]))
        x[i] += h
        plus = f(x)
        x[i] -= 2 * h
        minus = f(x)
        x[i] += h
        d = (plus - minus) / (2 * h)
        if abs(g - d) > rtol * max(abs(g), abs(d)) + 1e-14 * (abs(plus) + abs(minus)) / h:
            return False
    return True

# %% wrong="e1" why="asks whether they disagree, so a claim of NaN passes"
def gradcheck(f, grad, x, rtol=1e-5):
    for i, g in enumerate(grad(list(x))):
        h = 1e-5 * max(1.0, abs(x[i]))
        plus, minus = f([*x[:i], x[i] + h, *x[i + 1 :]]), f([*x[:i], x[i] - h, *x[i + 1 :]])
        d = (plus - minus) / (2 * h)
        if abs(g - d) > rtol * max(abs(g), abs(d)) + 1e-14 * (abs(plus) + abs(minus)) / h:
            return False
    return True

# %% wrong="e1" why="a step relative to the coordinate alone: 0 at 0"
def gradcheck(f, grad, x, rtol=1e-5):
    for i, g in enumerate(grad(list(x))):
        h = 1e-5 * abs(x[i])
        plus, minus = f([*x[:i], x[i] + h, *x[i + 1 :]]), f([*x[:i], x[i] - h, *x[i + 1 :]])
        d = (plus - minus) / (2 * h)
        if not abs(g - d) <= rtol * max(abs(g), abs(d)) + 1e-14 * (abs(plus) + abs(minus)) / h:
            return False
    return True

# %% wrong="e1" why="one step for all coordinates, from the largest of them"
def gradcheck(f, grad, x, rtol=1e-5):
    for i, g in enumerate(grad(list(x))):
        h = 1e-5 * max(1.0, *map(abs, x))
        plus, minus = f([*x[:i], x[i] + h, *x[i + 1 :]]), f([*x[:i], x[i] - h, *x[i + 1 :]])
        d = (plus - minus) / (2 * h)
        if not abs(g - d) <= rtol * max(abs(g), abs(d)) + 1e-14 * (abs(plus) + abs(minus)) / h:
            return False
    return True

# %% wrong="e1" why="the step of one-sided differences, where rounding is already large"
def gradcheck(f, grad, x, rtol=1e-5):
    for i, g in enumerate(grad(list(x))):
        h = 1e-8 * max(1.0, abs(x[i]))
        plus, minus = f([*x[:i], x[i] + h, *x[i + 1 :]]), f([*x[:i], x[i] - h, *x[i + 1 :]])
        d = (plus - minus) / (2 * h)
        if not abs(g - d) <= rtol * max(abs(g), abs(d)) + 1e-14 * (abs(plus) + abs(minus)) / h:
            return False
    return True

# %% wrong="e1" why="relative to the claimed slope only"
def gradcheck(f, grad, x, rtol=1e-5):
    for i, g in enumerate(grad(list(x))):
        h = 1e-5 * max(1.0, abs(x[i]))
        plus, minus = f([*x[:i], x[i] + h, *x[i + 1 :]]), f([*x[:i], x[i] - h, *x[i + 1 :]])
        d = (plus - minus) / (2 * h)
        if not abs(g - d) <= rtol * abs(g) + 1e-14 * (abs(plus) + abs(minus)) / h:
            return False
    return True

# %% wrong="e1" why="relative to the measured slope only"
def gradcheck(f, grad, x, rtol=1e-5):
    for i, g in enumerate(grad(list(x))):
        h = 1e-5 * max(1.0, abs(x[i]))
        plus, minus = f([*x[:i], x[i] + h, *x[i + 1 :]]), f([*x[:i], x[i] - h, *x[i + 1 :]])
        d = (plus - minus) / (2 * h)
        if not abs(g - d) <= rtol * abs(d) + 1e-14 * (abs(plus) + abs(minus)) / h:
            return False
    return True

# %% wrong="e1" why="an allowance for rounding so wide that it hides errors"
def gradcheck(f, grad, x, rtol=1e-5):
    for i, g in enumerate(grad(list(x))):
        h = 1e-5 * max(1.0, abs(x[i]))
        plus, minus = f([*x[:i], x[i] + h, *x[i + 1 :]]), f([*x[:i], x[i] - h, *x[i + 1 :]])
        d = (plus - minus) / (2 * h)
        if not abs(g - d) <= rtol * max(abs(g), abs(d)) + 1e-12 * (abs(plus) + abs(minus)) / h:
            return False
    return True

# %% right="e2" why="by SymPy's own Jacobian and Hessian"
def gradient(expr, variables):
    return list(sp.Matrix([expr]).jacobian(variables))

def jacobian(exprs, variables):
    return sp.Matrix(exprs).jacobian(variables)

def hessian(expr, variables):
    return sp.hessian(expr, variables)

def directional(expr, variables, point, direction):
    u = sp.Matrix(direction)
    if u.is_zero_matrix:
        raise ValueError("no direction")
    g = sp.Matrix([expr]).jacobian(variables).subs(list(zip(variables, point)))
    return (g * u.normalized())[0]

# %% right="e2" why="slope by the definition: one variable along the line, differentiated at 0"
def gradient(expr, variables):
    return [expr.diff(v) for v in variables]

def jacobian(exprs, variables):
    return sp.Matrix(len(exprs), len(variables), lambda i, j: exprs[i].diff(variables[j]))

def hessian(expr, variables):
    return jacobian(gradient(expr, variables), variables)

def directional(expr, variables, point, direction):
    if not any(direction):
        raise ValueError("no direction")
    s = sp.Dummy("s")
    length = sp.sqrt(sum(sp.Integer(1) * d * d for d in direction))
    line = {v: a + s * d / length for v, a, d in zip(variables, point, direction)}
    return sp.expand(expr.subs(line, simultaneous=True).diff(s).subs(s, 0))

# %% wrong="e2" why="takes every symbol of the expression for a variable, in alphabetical order"
def gradient(expr, variables):
    return [sp.diff(expr, v) for v in sorted(expr.free_symbols, key=str)]

def jacobian(exprs, variables):
    return sp.Matrix(exprs).jacobian(variables)

def hessian(expr, variables):
    return sp.hessian(expr, variables)

def directional(expr, variables, point, direction):
    if not any(direction):
        raise ValueError("no direction")
    g = sum(sp.diff(expr, v) * d for v, d in zip(variables, direction))
    return g.subs(dict(zip(variables, point))) / sp.sqrt(sum(sp.sympify(d) ** 2 for d in direction))

# %% wrong="e2" why="the Jacobian transposed"
def gradient(expr, variables):
    return [sp.diff(expr, v) for v in variables]

def jacobian(exprs, variables):
    return sp.Matrix([[sp.diff(e, v) for e in exprs] for v in variables])

def hessian(expr, variables):
    return sp.hessian(expr, variables)

def directional(expr, variables, point, direction):
    if not any(direction):
        raise ValueError("no direction")
    g = sum(sp.diff(expr, v) * d for v, d in zip(variables, direction))
    return g.subs(dict(zip(variables, point))) / sp.sqrt(sum(sp.sympify(d) ** 2 for d in direction))

# %% wrong="e2" why="the Hessian's diagonal only, mixed derivatives forgotten"
def gradient(expr, variables):
    return [sp.diff(expr, v) for v in variables]

def jacobian(exprs, variables):
    return sp.Matrix(exprs).jacobian(variables)

def hessian(expr, variables):
    return sp.diag(*[sp.diff(expr, v, 2) for v in variables])

def directional(expr, variables, point, direction):
    if not any(direction):
        raise ValueError("no direction")
    g = sum(sp.diff(expr, v) * d for v, d in zip(variables, direction))
    return g.subs(dict(zip(variables, point))) / sp.sqrt(sum(sp.sympify(d) ** 2 for d in direction))

# %% wrong="e2" why="mixed entries are products of first derivatives"
def gradient(expr, variables):
    return [sp.diff(expr, v) for v in variables]

def jacobian(exprs, variables):
    return sp.Matrix(exprs).jacobian(variables)

def hessian(expr, variables):
    return sp.Matrix([[sp.diff(expr, v, 2) if v == w else sp.diff(expr, v) * sp.diff(expr, w) for w in variables] for v in variables])

def directional(expr, variables, point, direction):
    if not any(direction):
        raise ValueError("no direction")
    g = sum(sp.diff(expr, v) * d for v, d in zip(variables, direction))
    return g.subs(dict(zip(variables, point))) / sp.sqrt(sum(sp.sympify(d) ** 2 for d in direction))

# %% wrong="e2" why="the direction is not normalised"
def gradient(expr, variables):
    return [sp.diff(expr, v) for v in variables]

def jacobian(exprs, variables):
    return sp.Matrix(exprs).jacobian(variables)

def hessian(expr, variables):
    return sp.hessian(expr, variables)

def directional(expr, variables, point, direction):
    if not any(direction):
        raise ValueError("no direction")
    g = sum(sp.diff(expr, v) * d for v, d in zip(variables, direction))
    return g.subs(dict(zip(variables, point)))

# %% wrong="e2" why="the zero direction gives slope 0 instead of an error"
def gradient(expr, variables):
    return [sp.diff(expr, v) for v in variables]

def jacobian(exprs, variables):
    return sp.Matrix(exprs).jacobian(variables)

def hessian(expr, variables):
    return sp.hessian(expr, variables)

def directional(expr, variables, point, direction):
    if not any(direction):
        return sp.Integer(0)
    g = sum(sp.diff(expr, v) * d for v, d in zip(variables, direction))
    return g.subs(dict(zip(variables, point))) / sp.sqrt(sum(sp.sympify(d) ** 2 for d in direction))

# %% wrong="e2" why="differences with a tiny exact step instead of derivatives"
def gradient(expr, variables):
    h = sp.Rational(1, 10**9)
    return [sp.expand((expr.subs(v, v + h) - expr.subs(v, v - h)) / (2 * h)) for v in variables]

def jacobian(exprs, variables):
    return sp.Matrix(exprs).jacobian(variables)

def hessian(expr, variables):
    return sp.hessian(expr, variables)

def directional(expr, variables, point, direction):
    if not any(direction):
        raise ValueError("no direction")
    g = sum(sp.diff(expr, v) * d for v, d in zip(variables, direction))
    return g.subs(dict(zip(variables, point))) / sp.sqrt(sum(sp.sympify(d) ** 2 for d in direction))

# %% wrong="e2" why="derivatives written down, never worked out"
def gradient(expr, variables):
    return [sp.Derivative(expr, v) for v in variables]

def jacobian(exprs, variables):
    return sp.Matrix(exprs).jacobian(variables)

def hessian(expr, variables):
    return sp.hessian(expr, variables)

def directional(expr, variables, point, direction):
    if not any(direction):
        raise ValueError("no direction")
    g = sum(sp.diff(expr, v) * d for v, d in zip(variables, direction))
    return g.subs(dict(zip(variables, point))) / sp.sqrt(sum(sp.sympify(d) ** 2 for d in direction))

# %% wrong="e2" why="the Jacobian in floats"
def gradient(expr, variables):
    return [sp.diff(expr, v) for v in variables]

def jacobian(exprs, variables):
    return sp.Matrix(exprs).jacobian(variables).evalf()

def hessian(expr, variables):
    return sp.hessian(expr, variables)

def directional(expr, variables, point, direction):
    if not any(direction):
        raise ValueError("no direction")
    g = sum(sp.diff(expr, v) * d for v, d in zip(variables, direction))
    return g.subs(dict(zip(variables, point))) / sp.sqrt(sum(sp.sympify(d) ** 2 for d in direction))

# %% wrong="e2" why="the Hessian in floats"
def gradient(expr, variables):
    return [sp.diff(expr, v) for v in variables]

def jacobian(exprs, variables):
    return sp.Matrix(exprs).jacobian(variables)

def hessian(expr, variables):
    return sp.hessian(expr, variables).evalf()

def directional(expr, variables, point, direction):
    if not any(direction):
        raise ValueError("no direction")
    g = sum(sp.diff(expr, v) * d for v, d in zip(variables, direction))
    return g.subs(dict(zip(variables, point))) / sp.sqrt(sum(sp.sympify(d) ** 2 for d in direction))

# %% wrong="e2" why="a direction whose entries add up to 0 taken for the zero direction"
def gradient(expr, variables):
    return [sp.diff(expr, v) for v in variables]

def jacobian(exprs, variables):
    return sp.Matrix(exprs).jacobian(variables)

def hessian(expr, variables):
    return sp.hessian(expr, variables)

def directional(expr, variables, point, direction):
    if sum(direction) == 0:
        raise ValueError("no direction")
    g = sum(sp.diff(expr, v) * d for v, d in zip(variables, direction))
    return g.subs(dict(zip(variables, point))) / sp.sqrt(sum(sp.sympify(d) ** 2 for d in direction))

# %% wrong="e2" why="only the zero direction of the plane is recognised"
def gradient(expr, variables):
    return [sp.diff(expr, v) for v in variables]

def jacobian(exprs, variables):
    return sp.Matrix(exprs).jacobian(variables)

def hessian(expr, variables):
    return sp.hessian(expr, variables)

def directional(expr, variables, point, direction):
    if direction == [0, 0]:
        raise ValueError("no direction")
    g = sum(sp.diff(expr, v) * d for v, d in zip(variables, direction))
    return g.subs(dict(zip(variables, point))) / sp.sqrt(sum(sp.sympify(d) ** 2 for d in direction))

# %% wrong="e2" why="a slope of 0 refused, too"
def gradient(expr, variables):
    return [sp.diff(expr, v) for v in variables]

def jacobian(exprs, variables):
    return sp.Matrix(exprs).jacobian(variables)

def hessian(expr, variables):
    return sp.hessian(expr, variables)

def directional(expr, variables, point, direction):
    if not any(direction):
        raise ValueError("no direction")
    g = sum(sp.diff(expr, v) * d for v, d in zip(variables, direction))
    if g.subs(dict(zip(variables, point))) == 0:
        raise ValueError("no slope")
    return g.subs(dict(zip(variables, point))) / sp.sqrt(sum(sp.sympify(d) ** 2 for d in direction))

# %% right="e3" why="forward mode: every node carries its whole gradient, as a NumPy vector"
def gradients(tape, inputs):
    n = len(inputs)
    values, slopes = list(inputs), list(np.eye(n))
    arity = {"add": 2, "sub": 2, "mul": 2, "div": 2, "sin": 1, "exp": 1}
    for entry in tape:
        op = entry[0]
        if op == "const":
            values.append(entry[1])
            slopes.append(np.zeros(n))
            continue
        if op not in arity or any(i < 0 or i >= len(values) for i in entry[1:]):
            raise ValueError(f"bad entry {entry}")
        a, da = values[entry[1]], slopes[entry[1]]
        b, db = (values[entry[2]], slopes[entry[2]]) if arity[op] == 2 else (0.0, np.zeros(n))
        if op == "add":
            value, slope = a + b, da + db
        elif op == "sub":
            value, slope = a - b, da - db
        elif op == "mul":
            value, slope = a * b, da * b + a * db
        elif op == "div":
            value, slope = a / b, (da - a / b * db) / b
        elif op == "sin":
            value, slope = math.sin(a), math.cos(a) * da
        else:
            value, slope = math.exp(a), math.exp(a) * da
        values.append(value)
        slopes.append(slope)
    return [float(s) for s in slopes[-1]]

# %% right="e3" why="counts users, then releases a node when the last of them has reported (a queue)"
def gradients(tape, inputs):
    n, values = len(inputs), list(inputs)
    parents = [() for _ in inputs]
    for op, *args in tape:
        if op == "const":
            values.append(args[0])
            parents.append(())
            continue
        if op not in ("add", "sub", "mul", "div", "sin", "exp"):
            raise ValueError("unknown operation")
        if not all(i in range(len(values)) for i in args):
            raise ValueError("not an earlier node")
        v = [values[i] for i in args]
        if op == "add":
            new, d = v[0] + v[1], (1.0, 1.0)
        elif op == "sub":
            new, d = v[0] - v[1], (1.0, -1.0)
        elif op == "mul":
            new, d = v[0] * v[1], (v[1], v[0])
        elif op == "div":
            new, d = v[0] / v[1], (1 / v[1], -v[0] / v[1] / v[1])
        elif op == "sin":
            new, d = math.sin(v[0]), (math.cos(v[0]),)
        else:
            new = math.exp(v[0])
            d = (new,)
        values.append(new)
        parents.append(tuple(zip(args, d)))
    last = len(values) - 1
    reached, stack = {last}, [last]
    while stack:
        for i, _ in parents[stack.pop()]:
            if i not in reached:
                reached.add(i)
                stack.append(i)
    waiting = {j: 0 for j in reached}
    for j in reached:
        for i, _ in parents[j]:
            waiting[i] += 1
    bar, ready = dict.fromkeys(reached, 0.0), [last]
    bar[last] = 1.0
    while ready:
        j = ready.pop()
        for i, d in parents[j]:
            bar[i] += bar[j] * d
            waiting[i] -= 1
            if not waiting[i]:
                ready.append(i)
    return [bar.get(i, 0.0) for i in range(n)]

# %% right="e3" why="complex steps: one run an input, with a tiny imaginary part in it, no derivative rule at all"
def gradients(tape, inputs):
    arity = {"add": 2, "sub": 2, "mul": 2, "div": 2, "sin": 1, "exp": 1}

    def run(values):
        for op, *arguments in tape:
            if op == "const":
                values.append(complex(arguments[0]))
                continue
            if op not in arity or not all(0 <= i < len(values) for i in arguments):
                raise ValueError(f"cannot compute {op} of {arguments}")
            a, b = values[arguments[0]], values[arguments[-1]]
            match op:
                case "add":
                    values.append(a + b)
                case "sub":
                    values.append(a - b)
                case "mul":
                    values.append(a * b)
                case "div":
                    values.append(a / b)
                case "sin":
                    values.append(complex(np.sin(a)))
                case "exp":
                    values.append(complex(np.exp(a)))
        return values[-1]

    step = 1e-30
    points = [[complex(v, step * (i == k)) for i, v in enumerate(inputs)] for k in range(len(inputs))]
    return [run(point).imag / step for point in points]

# %% wrong="e3" why="overwrites a shared node's adjoint instead of adding to it"
def gradients(tape, inputs):
    rules = {
        "add": lambda a, b: (a + b, (1.0, 1.0)), "sub": lambda a, b: (a - b, (1.0, -1.0)), "mul": lambda a, b: (a * b, (b, a)),
        "div": lambda a, b: (a / b, (1 / b, -a / b**2)), "sin": lambda a: (math.sin(a), (math.cos(a),)), "exp": lambda a: (math.exp(a), (math.exp(a),)),
    }
    values, edges = list(inputs), [[] for _ in inputs]
    for op, *arguments in tape:
        if op == "const":
            value, local = arguments[0], []
        elif op in rules and all(0 <= i < len(values) for i in arguments):
            value, partials = rules[op](*(values[i] for i in arguments))
            local = list(zip(arguments, partials))
        else:
            raise ValueError("bad entry")
        values.append(value)
        edges.append(local)
    adjoints = [0.0] * len(values)
    adjoints[-1] = 1.0
    for j in reversed(range(len(values))):
        for i, partial in edges[j]:
            adjoints[i] = adjoints[j] * partial
    return adjoints[: len(inputs)]

# %% wrong="e3" why="breadth first from the output: visits a node before all its users have reported"
def gradients(tape, inputs):
    rules = {
        "add": lambda a, b: (a + b, (1.0, 1.0)), "sub": lambda a, b: (a - b, (1.0, -1.0)), "mul": lambda a, b: (a * b, (b, a)),
        "div": lambda a, b: (a / b, (1 / b, -a / b**2)), "sin": lambda a: (math.sin(a), (math.cos(a),)), "exp": lambda a: (math.exp(a), (math.exp(a),)),
    }
    values, edges = list(inputs), [[] for _ in inputs]
    for op, *arguments in tape:
        if op == "const":
            value, local = arguments[0], []
        elif op in rules and all(0 <= i < len(values) for i in arguments):
            value, partials = rules[op](*(values[i] for i in arguments))
            local = list(zip(arguments, partials))
        else:
            raise ValueError("bad entry")
        values.append(value)
        edges.append(local)
    adjoints = [0.0] * len(values)
    adjoints[-1] = 1.0
    queue, seen = [len(values) - 1], {len(values) - 1}
    for j in queue:
        for i, partial in edges[j]:
            adjoints[i] += adjoints[j] * partial
            if i not in seen:
                seen.add(i)
                queue.append(i)
    return adjoints[: len(inputs)]

# %% wrong="e3" why="the quotient's second derivative without its minus sign"
def gradients(tape, inputs):
    rules = {
        "add": lambda a, b: (a + b, (1.0, 1.0)), "sub": lambda a, b: (a - b, (1.0, -1.0)), "mul": lambda a, b: (a * b, (b, a)),
        "div": lambda a, b: (a / b, (1 / b, a / b**2)), "sin": lambda a: (math.sin(a), (math.cos(a),)), "exp": lambda a: (math.exp(a), (math.exp(a),)),
    }
    values, edges = list(inputs), [[] for _ in inputs]
    for op, *arguments in tape:
        if op == "const":
            value, local = arguments[0], []
        elif op in rules and all(0 <= i < len(values) for i in arguments):
            value, partials = rules[op](*(values[i] for i in arguments))
            local = list(zip(arguments, partials))
        else:
            raise ValueError("bad entry")
        values.append(value)
        edges.append(local)
    adjoints = [0.0] * len(values)
    adjoints[-1] = 1.0
    for j in reversed(range(len(values))):
        for i, partial in edges[j]:
            adjoints[i] += adjoints[j] * partial
    return adjoints[: len(inputs)]

# %% wrong="e3" why="takes every node that nobody uses for an output"
def gradients(tape, inputs):
    rules = {
        "add": lambda a, b: (a + b, (1.0, 1.0)), "sub": lambda a, b: (a - b, (1.0, -1.0)), "mul": lambda a, b: (a * b, (b, a)),
        "div": lambda a, b: (a / b, (1 / b, -a / b**2)), "sin": lambda a: (math.sin(a), (math.cos(a),)), "exp": lambda a: (math.exp(a), (math.exp(a),)),
    }
    values, edges = list(inputs), [[] for _ in inputs]
    for op, *arguments in tape:
        if op == "const":
            value, local = arguments[0], []
        elif op in rules and all(0 <= i < len(values) for i in arguments):
            value, partials = rules[op](*(values[i] for i in arguments))
            local = list(zip(arguments, partials))
        else:
            raise ValueError("bad entry")
        values.append(value)
        edges.append(local)
    used = {i for local in edges for i, _ in local}
    adjoints = [0.0 if j in used else 1.0 for j in range(len(values))]
    adjoints[: len(inputs)] = [0.0] * len(inputs)
    if not tape:
        adjoints[-1] = 1.0
    for j in reversed(range(len(values))):
        for i, partial in edges[j]:
            adjoints[i] += adjoints[j] * partial
    return adjoints[: len(inputs)]

# %% wrong="e3" why="leaves the check of node numbers to Python, which accepts -1"
def gradients(tape, inputs):
    rules = {
        "add": lambda a, b: (a + b, (1.0, 1.0)), "sub": lambda a, b: (a - b, (1.0, -1.0)), "mul": lambda a, b: (a * b, (b, a)),
        "div": lambda a, b: (a / b, (1 / b, -a / b**2)), "sin": lambda a: (math.sin(a), (math.cos(a),)), "exp": lambda a: (math.exp(a), (math.exp(a),)),
    }
    values, edges = list(inputs), [[] for _ in inputs]
    for op, *arguments in tape:
        if op == "const":
            value, local = arguments[0], []
        elif op in rules and all(i < len(values) for i in arguments):
            value, partials = rules[op](*(values[i] for i in arguments))
            local = list(zip(arguments, partials))
        else:
            raise ValueError("bad entry")
        values.append(value)
        edges.append(local)
    adjoints = [0.0] * len(values)
    adjoints[-1] = 1.0
    for j in reversed(range(len(values))):
        for i, partial in edges[j]:
            adjoints[i] += adjoints[j] * partial
    return adjoints[: len(inputs)]

# %% wrong="e3" why="a recursive adjoint with a memory: right, until the tape is deep"
def gradients(tape, inputs):
    rules = {
        "add": lambda a, b: (a + b, (1.0, 1.0)), "sub": lambda a, b: (a - b, (1.0, -1.0)), "mul": lambda a, b: (a * b, (b, a)),
        "div": lambda a, b: (a / b, (1 / b, -a / b**2)), "sin": lambda a: (math.sin(a), (math.cos(a),)), "exp": lambda a: (math.exp(a), (math.exp(a),)),
    }
    values, users = list(inputs), [[] for _ in inputs]
    for op, *arguments in tape:
        users.append([])
        if op == "const":
            values.append(arguments[0])
            continue
        if op not in rules or not all(0 <= i < len(values) for i in arguments):
            raise ValueError("bad entry")
        value, partials = rules[op](*(values[i] for i in arguments))
        for i, partial in zip(arguments, partials):
            users[i].append((len(values), partial))
        values.append(value)
    memory = {len(values) - 1: 1.0}

    def adjoint(i):
        if i not in memory:
            memory[i] = sum((adjoint(j) * partial for j, partial in users[i]), 0.0)
        return memory[i]

    return [adjoint(i) for i in range(len(inputs))]

# %% wrong="e3" why="looks only at the entries that the output uses, so impossible ones elsewhere pass"
def gradients(tape, inputs):
    rules = {
        "add": lambda a, b: (a + b, (1.0, 1.0)), "sub": lambda a, b: (a - b, (1.0, -1.0)), "mul": lambda a, b: (a * b, (b, a)),
        "div": lambda a, b: (a / b, (1 / b, -a / b**2)), "sin": lambda a: (math.sin(a), (math.cos(a),)), "exp": lambda a: (math.exp(a), (math.exp(a),)),
    }
    n = len(inputs)
    values, edges = list(inputs) + [0.0] * len(tape), [[] for _ in range(n + len(tape))]
    needed, stack = set(), [n + len(tape) - 1]
    while stack:
        j = stack.pop()
        if j in needed or j < n:
            continue
        needed.add(j)
        op, *arguments = tape[j - n]
        if op == "const":
            continue
        if op not in rules or not all(0 <= i < j for i in arguments):
            raise ValueError("bad entry")
        stack.extend(arguments)
    for j in sorted(needed):
        op, *arguments = tape[j - n]
        if op == "const":
            values[j] = arguments[0]
        else:
            values[j], partials = rules[op](*(values[i] for i in arguments))
            edges[j] = list(zip(arguments, partials))
    adjoints = [0.0] * len(values)
    adjoints[-1] = 1.0
    for j in reversed(range(len(values))):
        for i, partial in edges[j]:
            adjoints[i] += adjoints[j] * partial
    return adjoints[:n]

# %% right="e4" why="sums over indices, by einsum, and a solved system instead of the inverse"
def quadratic_gradient(A, x):
    return np.einsum("ij,j->i", A, x) + np.einsum("ij,i->j", A, x)

def residual_gradients(A, x, b):
    r = np.einsum("ij,j->i", A, x) - b
    return 2 * np.einsum("i,ij->j", r, A), 2 * np.einsum("i,j->ij", r, x)

def logdet_gradient(X):
    if np.linalg.slogdet(X).sign != 1:
        raise ValueError("no logarithm")
    return np.linalg.solve(X.T, np.eye(len(X)))

# %% right="e4" why="the residual multiplied out; the determinant's sign from an LU factorisation"
def quadratic_gradient(A, x):
    symmetric = (A + A.transpose()) / 2
    return 2 * symmetric.dot(x)

def residual_gradients(A, x, b):
    column = x.reshape(-1, 1)
    in_x = 2 * (A.T @ A @ x - A.T @ b)
    in_A = 2 * (A @ column @ column.T - b.reshape(-1, 1) @ column.T)
    return in_x, in_A

def logdet_gradient(X):
    import scipy.linalg

    P, L, U = scipy.linalg.lu(X)
    diagonal = np.diag(U)
    if np.any(diagonal == 0):
        raise ValueError("singular")
    order = P.argmax(axis=0).tolist()
    swaps = 0
    for i in range(len(order)):
        while order[i] != i:
            j = order[i]
            order[i], order[j] = order[j], order[i]
            swaps += 1
    if (swaps + int(np.sum(diagonal < 0))) % 2:
        raise ValueError("negative determinant")
    return scipy.linalg.inv(X.T)

# %% wrong="e4" why="2Ax, which needs a symmetric matrix"
def quadratic_gradient(A, x):
    return 2 * A @ x

def residual_gradients(A, x, b):
    r = A @ x - b
    return 2 * A.T @ r, 2 * np.outer(r, x)

def logdet_gradient(X):
    if np.linalg.slogdet(X)[0] <= 0:
        raise ValueError("no logarithm")
    return np.linalg.inv(X.T)

# %% wrong="e4" why="the 2 of the square forgotten, in the vector"
def quadratic_gradient(A, x):
    return (A + A.T) @ x

def residual_gradients(A, x, b):
    r = A @ x - b
    return A.T @ r, 2 * np.outer(r, x)

def logdet_gradient(X):
    if np.linalg.slogdet(X)[0] <= 0:
        raise ValueError("no logarithm")
    return np.linalg.inv(X.T)

# %% wrong="e4" why="the outer product in the wrong order"
def quadratic_gradient(A, x):
    return (A + A.T) @ x

def residual_gradients(A, x, b):
    r = A @ x - b
    return 2 * A.T @ r, 2 * np.outer(x, r)

def logdet_gradient(X):
    if np.linalg.slogdet(X)[0] <= 0:
        raise ValueError("no logarithm")
    return np.linalg.inv(X.T)

# %% wrong="e4" why="the inverse without the transposition"
def quadratic_gradient(A, x):
    return (A + A.T) @ x

def residual_gradients(A, x, b):
    r = A @ x - b
    return 2 * A.T @ r, 2 * np.outer(r, x)

def logdet_gradient(X):
    if np.linalg.slogdet(X)[0] <= 0:
        raise ValueError("no logarithm")
    return np.linalg.inv(X)

# %% wrong="e4" why="forms the determinant, which underflows to 0"
def quadratic_gradient(A, x):
    return (A + A.T) @ x

def residual_gradients(A, x, b):
    r = A @ x - b
    return 2 * A.T @ r, 2 * np.outer(r, x)

def logdet_gradient(X):
    if not np.linalg.det(X) > 0:
        raise ValueError("no logarithm")
    return np.linalg.inv(X.T)

# %% wrong="e4" why="only an exactly singular matrix is refused (log of the absolute determinant)"
def quadratic_gradient(A, x):
    return (A + A.T) @ x

def residual_gradients(A, x, b):
    r = A @ x - b
    return 2 * A.T @ r, 2 * np.outer(r, x)

def logdet_gradient(X):
    try:
        return np.linalg.inv(X.T)
    except np.linalg.LinAlgError:
        raise ValueError("singular") from None

# %% wrong="e4" why="asks that no eigenvalue lie on the left (positive definite taken for positive determinant)"
def quadratic_gradient(A, x):
    return (A + A.T) @ x

def residual_gradients(A, x, b):
    r = A @ x - b
    return 2 * A.T @ r, 2 * np.outer(r, x)

def logdet_gradient(X):
    if np.linalg.slogdet(X)[0] <= 0 or np.linalg.eigvals(X).real.min() < -1e-9:
        raise ValueError("no logarithm")
    return np.linalg.inv(X.T)

# %% wrong="e4" why="scales by the largest entry first: the determinant may still underflow"
def quadratic_gradient(A, x):
    return (A + A.T) @ x

def residual_gradients(A, x, b):
    r = A @ x - b
    return 2 * A.T @ r, 2 * np.outer(r, x)

def logdet_gradient(X):
    size = abs(X).max()
    if size == 0 or np.linalg.det(X / size) <= 0:
        raise ValueError("no logarithm")
    return np.linalg.inv(X.T)

# %% wrong="e4" why="takes a determinant that underflowed to 0 for a positive one"
def quadratic_gradient(A, x):
    return (A + A.T) @ x

def residual_gradients(A, x, b):
    r = A @ x - b
    return 2 * A.T @ r, 2 * np.outer(r, x)

def logdet_gradient(X):
    if np.linalg.det(X) < 0 or np.any(np.all(X == 0, axis=1)):
        raise ValueError("no logarithm")
    return np.linalg.inv(X.T)

# %% wrong="e4" why="the gradients of the norm itself, not of its square"
def quadratic_gradient(A, x):
    return (A + A.T) @ x

def residual_gradients(A, x, b):
    r = A @ x - b
    return A.T @ r / np.linalg.norm(r), np.outer(r, x) / np.linalg.norm(r)

def logdet_gradient(X):
    if np.linalg.slogdet(X)[0] <= 0:
        raise ValueError("no logarithm")
    return np.linalg.inv(X.T)

# %% right="e5" why="difference quotients with their own symbols h and k, written as on paper"
def partials_at_origin(expr, x, y):
    h = sp.Dummy("h", real=True)

    def both_sides(quotient):
        right, left = sp.limit(quotient, h, 0, "+"), sp.limit(quotient, h, 0, "-")
        if sp.simplify(right - left) != 0:
            raise ValueError("the two sides differ")
        return right

    return both_sides(expr.subs({x: h, y: 0}) / h), both_sides(expr.subs({x: 0, y: h}) / h)

def mixed_at_origin(expr, x, y):
    h, k = sp.symbols("h k", real=True)

    def f(p, q):
        return 0 if p == 0 and q == 0 else expr.subs({x: p, y: q}, simultaneous=True)

    def f_x(q):
        return sp.limit((f(h, q) - f(0, q)) / h, h, 0)

    def f_y(p):
        return sp.limit((f(p, h) - f(p, 0)) / h, h, 0)

    return sp.limit((f_x(k) - f_x(0)) / k, k, 0), sp.limit((f_y(k) - f_y(0)) / k, k, 0)

def remainder_along(expr, x, y, path, t):
    h = sp.Dummy("h", real=True)
    f_x = sp.limit(expr.subs({x: h, y: 0}) / h, h, 0)
    f_y = sp.limit(expr.subs({x: 0, y: h}) / h, h, 0)
    s = sp.Dummy("s", positive=True)
    p, q = (sp.sympify(part).subs(t, s) for part in path)
    return sp.limit((expr.subs([(x, p), (y, q)], simultaneous=True) - f_x * p - f_y * q) / sp.sqrt(p**2 + q**2), s, 0)

# %% right="e5" why="by one general helper for a slope at 0 on a line through the origin"
def partials_at_origin(expr, x, y):
    def slope(function, variable):
        return sp.limit(sp.together(function / variable), variable, 0, "+-")

    return slope(expr.subs(y, 0), x), slope(expr.subs(x, 0), y)

def mixed_at_origin(expr, x, y):
    def mixed(first, second):
        there = sp.limit(sp.diff(expr, first), first, 0)
        origin = sp.limit(expr.subs(second, 0) / first, first, 0)
        return sp.limit(sp.together((there - origin) / second), second, 0)

    return mixed(x, y), mixed(y, x)

def remainder_along(expr, x, y, path, t):
    f_x, f_y = partials_at_origin(expr, x, y)
    left_over = sp.Lambda((x, y), expr - f_x * x - f_y * y)(*path)
    r = sp.Symbol("r", positive=True)
    quotient = sp.simplify((left_over / sp.sqrt(path[0] ** 2 + path[1] ** 2)).subs(t, r))
    return sp.limit(quotient, r, 0)

# %% right="e5" why="limits of the derivatives along the axes: by the mean value theorem they are the quotients' limits, where they exist"
def partials_at_origin(expr, x, y):
    def slope(variable, other):
        q = sp.diff(expr, variable).subs(other, 0)
        right, left = sp.limit(q, variable, 0, "+"), sp.limit(q, variable, 0, "-")
        if right != left:
            raise ValueError("the two sides differ")
        return right

    return slope(x, y), slope(y, x)

def mixed_at_origin(expr, x, y):
    both = sp.diff(expr, x, y)
    return sp.limit(both.subs(x, 0), y, 0), sp.limit(both.subs(y, 0), x, 0)

def remainder_along(expr, x, y, path, t):
    f_x, f_y = partials_at_origin(expr, x, y)
    p, q = path
    error = (expr - f_x * x - f_y * y).subs([(x, p), (y, q)])
    return sp.limit(error / sp.sqrt(p**2 + q**2), t, 0)

# %% wrong="e5" why="takes the mixed derivatives to be equal (Clairaut's theorem without its condition)"
def partials_at_origin(expr, x, y):
    return sp.limit(expr.subs(y, 0) / x, x, 0, "+-"), sp.limit(expr.subs(x, 0) / y, y, 0, "+-")

def mixed_at_origin(expr, x, y):
    f_x = sp.limit(expr.subs(y, 0) / x, x, 0)
    f_xy = sp.limit((sp.diff(expr, x).subs(x, 0) - f_x) / y, y, 0)
    return f_xy, f_xy

def remainder_along(expr, x, y, path, t):
    f_x, f_y = partials_at_origin(expr, x, y)
    p, q = path
    error = expr.subs({x: p, y: q}, simultaneous=True) - f_x * p - f_y * q
    return sp.limit(error / sp.sqrt(p**2 + q**2), t, 0, "+")

# %% wrong="e5" why="f_xy and f_yx exchanged"
def partials_at_origin(expr, x, y):
    return sp.limit(expr.subs(y, 0) / x, x, 0, "+-"), sp.limit(expr.subs(x, 0) / y, y, 0, "+-")

def mixed_at_origin(expr, x, y):
    f_x, f_y = partials_at_origin(expr, x, y)
    first_x = sp.limit((sp.diff(expr, x).subs(x, 0) - f_x) / y, y, 0)
    first_y = sp.limit((sp.diff(expr, y).subs(y, 0) - f_y) / x, x, 0)
    return first_y, first_x

def remainder_along(expr, x, y, path, t):
    f_x, f_y = partials_at_origin(expr, x, y)
    p, q = path
    error = expr.subs({x: p, y: q}, simultaneous=True) - f_x * p - f_y * q
    return sp.limit(error / sp.sqrt(p**2 + q**2), t, 0, "+")

# %% wrong="e5" why="partial derivatives exist, so the function is taken to be differentiable: remainder 0"
def partials_at_origin(expr, x, y):
    return sp.limit(expr.subs(y, 0) / x, x, 0, "+-"), sp.limit(expr.subs(x, 0) / y, y, 0, "+-")

def mixed_at_origin(expr, x, y):
    f_x, f_y = partials_at_origin(expr, x, y)
    first_x = sp.limit((sp.diff(expr, x).subs(x, 0) - f_x) / y, y, 0)
    first_y = sp.limit((sp.diff(expr, y).subs(y, 0) - f_y) / x, x, 0)
    return first_x, first_y

def remainder_along(expr, x, y, path, t):
    return sp.Integer(0)

# %% wrong="e5" why="looks along the tangent of the path instead of the path: straight lines only"
def partials_at_origin(expr, x, y):
    return sp.limit(expr.subs(y, 0) / x, x, 0, "+-"), sp.limit(expr.subs(x, 0) / y, y, 0, "+-")

def mixed_at_origin(expr, x, y):
    f_x, f_y = partials_at_origin(expr, x, y)
    first_x = sp.limit((sp.diff(expr, x).subs(x, 0) - f_x) / y, y, 0)
    first_y = sp.limit((sp.diff(expr, y).subs(y, 0) - f_y) / x, x, 0)
    return first_x, first_y

def remainder_along(expr, x, y, path, t):
    f_x, f_y = partials_at_origin(expr, x, y)
    p, q = (sp.diff(part, t).subs(t, 0) * t for part in path)
    error = expr.subs({x: p, y: q}, simultaneous=True) - f_x * p - f_y * q
    return sp.limit(error / sp.sqrt(p**2 + q**2), t, 0, "+")

# %% wrong="e5" why="a limit from the right only"
def partials_at_origin(expr, x, y):
    return sp.limit(expr.subs(y, 0) / x, x, 0), sp.limit(expr.subs(x, 0) / y, y, 0)

def mixed_at_origin(expr, x, y):
    f_x, f_y = partials_at_origin(expr, x, y)
    first_x = sp.limit((sp.diff(expr, x).subs(x, 0) - f_x) / y, y, 0)
    first_y = sp.limit((sp.diff(expr, y).subs(y, 0) - f_y) / x, x, 0)
    return first_x, first_y

def remainder_along(expr, x, y, path, t):
    f_x, f_y = partials_at_origin(expr, x, y)
    p, q = path
    error = expr.subs({x: p, y: q}, simultaneous=True) - f_x * p - f_y * q
    return sp.limit(error / sp.sqrt(p**2 + q**2), t, 0, "+")

# %% wrong="e5" why="differentiates the formula first and goes to the origin along the diagonal"
def partials_at_origin(expr, x, y):
    s = sp.Dummy("s")
    for variable, other in ((x, y), (y, x)):
        sp.limit(expr.subs(other, 0).subs(variable, s) / s, s, 0, "+-")
    return tuple(sp.limit(sp.diff(expr, v).subs({x: s, y: s}), s, 0, "+-") for v in (x, y))

def mixed_at_origin(expr, x, y):
    f_x, f_y = (sp.limit(expr.subs(o, 0) / v, v, 0) for v, o in ((x, y), (y, x)))
    first_x = sp.limit((sp.diff(expr, x).subs(x, 0) - f_x) / y, y, 0)
    first_y = sp.limit((sp.diff(expr, y).subs(y, 0) - f_y) / x, x, 0)
    return first_x, first_y

def remainder_along(expr, x, y, path, t):
    f_x, f_y = (sp.limit(expr.subs(o, 0) / v, v, 0) for v, o in ((x, y), (y, x)))
    p, q = path
    error = expr.subs({x: p, y: q}, simultaneous=True) - f_x * p - f_y * q
    return sp.limit(error / sp.sqrt(p**2 + q**2), t, 0, "+")

# %% wrong="e5" why="a central difference quotient, which cannot see a kink"
def partials_at_origin(expr, x, y):
    f, g = expr.subs(y, 0), expr.subs(x, 0)
    return sp.limit((f - f.subs(x, -x)) / (2 * x), x, 0, "+-"), sp.limit((g - g.subs(y, -y)) / (2 * y), y, 0, "+-")

def mixed_at_origin(expr, x, y):
    f_x, f_y = partials_at_origin(expr, x, y)
    first_x = sp.limit((sp.diff(expr, x).subs(x, 0) - f_x) / y, y, 0)
    first_y = sp.limit((sp.diff(expr, y).subs(y, 0) - f_y) / x, x, 0)
    return first_x, first_y

def remainder_along(expr, x, y, path, t):
    f_x, f_y = (sp.limit(expr.subs(o, 0) / v, v, 0) for v, o in ((x, y), (y, x)))
    p, q = path
    error = expr.subs({x: p, y: q}, simultaneous=True) - f_x * p - f_y * q
    return sp.limit(error / sp.sqrt(p**2 + q**2), t, 0, "+")

# %% wrong="e5" why="takes every square root for a kink"
def partials_at_origin(expr, x, y):
    if any(power.exp == sp.Rational(1, 2) for power in expr.atoms(sp.Pow)):
        raise ValueError("a square root has a kink")
    return sp.limit(expr.subs(y, 0) / x, x, 0, "+-"), sp.limit(expr.subs(x, 0) / y, y, 0, "+-")

def mixed_at_origin(expr, x, y):
    f_x, f_y = partials_at_origin(expr, x, y)
    first_x = sp.limit((sp.diff(expr, x).subs(x, 0) - f_x) / y, y, 0)
    first_y = sp.limit((sp.diff(expr, y).subs(y, 0) - f_y) / x, x, 0)
    return first_x, first_y

def remainder_along(expr, x, y, path, t):
    f_x, f_y = (sp.limit(expr.subs(o, 0) / v, v, 0) for v, o in ((x, y), (y, x)))
    p, q = path
    error = expr.subs({x: p, y: q}, simultaneous=True) - f_x * p - f_y * q
    return sp.limit(error / sp.sqrt(p**2 + q**2), t, 0, "+")

# %% wrong="e5" why="floats"
def partials_at_origin(expr, x, y):
    f_x, f_y = sp.limit(expr.subs(y, 0) / x, x, 0, "+-"), sp.limit(expr.subs(x, 0) / y, y, 0, "+-")
    return sp.N(f_x), sp.N(f_y)

def mixed_at_origin(expr, x, y):
    f_x, f_y = partials_at_origin(expr, x, y)
    first_x = sp.limit((sp.diff(expr, x).subs(x, 0) - f_x) / y, y, 0)
    first_y = sp.limit((sp.diff(expr, y).subs(y, 0) - f_y) / x, x, 0)
    return first_x, first_y

def remainder_along(expr, x, y, path, t):
    f_x, f_y = (sp.limit(expr.subs(o, 0) / v, v, 0) for v, o in ((x, y), (y, x)))
    p, q = path
    error = expr.subs({x: p, y: q}, simultaneous=True) - f_x * p - f_y * q
    return sp.limit(error / sp.sqrt(p**2 + q**2), t, 0, "+")

# %% wrong="e5" why="the first derivative at the origin not subtracted in the second quotient"
def partials_at_origin(expr, x, y):
    return sp.limit(expr.subs(y, 0) / x, x, 0, "+-"), sp.limit(expr.subs(x, 0) / y, y, 0, "+-")

def mixed_at_origin(expr, x, y):
    first_x = sp.limit(sp.diff(expr, x).subs(x, 0) / y, y, 0)
    first_y = sp.limit(sp.diff(expr, y).subs(y, 0) / x, x, 0)
    return first_x, first_y

def remainder_along(expr, x, y, path, t):
    f_x, f_y = (sp.limit(expr.subs(o, 0) / v, v, 0) for v, o in ((x, y), (y, x)))
    p, q = path
    error = expr.subs({x: p, y: q}, simultaneous=True) - f_x * p - f_y * q
    return sp.limit(error / sp.sqrt(p**2 + q**2), t, 0, "+")

# %% wrong="e5" why="the size of the remainder, without its sign"
def partials_at_origin(expr, x, y):
    return sp.limit(expr.subs(y, 0) / x, x, 0, "+-"), sp.limit(expr.subs(x, 0) / y, y, 0, "+-")

def mixed_at_origin(expr, x, y):
    f_x, f_y = partials_at_origin(expr, x, y)
    first_x = sp.limit((sp.diff(expr, x).subs(x, 0) - f_x) / y, y, 0)
    first_y = sp.limit((sp.diff(expr, y).subs(y, 0) - f_y) / x, x, 0)
    return first_x, first_y

def remainder_along(expr, x, y, path, t):
    f_x, f_y = (sp.limit(expr.subs(o, 0) / v, v, 0) for v, o in ((x, y), (y, x)))
    p, q = path
    error = expr.subs({x: p, y: q}, simultaneous=True) - f_x * p - f_y * q
    return abs(sp.limit(error / sp.sqrt(p**2 + q**2), t, 0, "+"))

# %% wrong="e5" why="divides by t, not by the distance"
def partials_at_origin(expr, x, y):
    return sp.limit(expr.subs(y, 0) / x, x, 0, "+-"), sp.limit(expr.subs(x, 0) / y, y, 0, "+-")

def mixed_at_origin(expr, x, y):
    f_x, f_y = partials_at_origin(expr, x, y)
    first_x = sp.limit((sp.diff(expr, x).subs(x, 0) - f_x) / y, y, 0)
    first_y = sp.limit((sp.diff(expr, y).subs(y, 0) - f_y) / x, x, 0)
    return first_x, first_y

def remainder_along(expr, x, y, path, t):
    f_x, f_y = (sp.limit(expr.subs(o, 0) / v, v, 0) for v, o in ((x, y), (y, x)))
    p, q = path
    error = expr.subs({x: p, y: q}, simultaneous=True) - f_x * p - f_y * q
    return sp.limit(error / t, t, 0, "+")

# %% equivalent="e1" mutants=["27f4687d"] why="the distance of two numbers does not depend on their order"

# %% equivalent="e4" mutants=["373afc5c"] why="at sign 0 the inverse raises LinAlgError, which is a ValueError"

# %% equivalent="e5" mutants=["52e01fab"] why="the path holds neither x nor y, so the order of the two substitutions is the same"
