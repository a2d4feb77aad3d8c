# %% right="e1" why="loops, one function used by the others, sets as membership tests"
def _weight(space, event):
    total = Fraction(0)
    for outcome, p in space.items():
        if outcome in event:
            total += p
    return total


def prob(space, event):
    if min(space.values()) < 0:
        raise ValueError("negative")
    if _weight(space, set(space)) != 1:
        raise ValueError("not 1")
    return _weight(space, event)


def given(space, event):
    mass = _weight(space, event)
    if not mass:
        raise ValueError("null event")
    result = dict.fromkeys(space, Fraction(0))
    for outcome in event:
        result[outcome] = space[outcome] / mass
    return result


def independent(space, a, b):
    return _weight(space, a.intersection(b)) - _weight(space, a) * _weight(space, b) == 0


# %% right="e1" why="integers over a common denominator; independence by the 2 by 2 determinant"
def _counts(space):
    common = math.lcm(*(p.denominator for p in space.values()))
    return {outcome: int(p * common) for outcome, p in space.items()}, common


def prob(space, event):
    counts, common = _counts(space)
    if min(counts.values()) < 0 or sum(counts.values()) != common:
        raise ValueError("no probability space")
    return Fraction(sum(counts[outcome] for outcome in event), common)


def given(space, event):
    counts, _ = _counts(space)
    inside = sum(counts[outcome] for outcome in event)
    if inside == 0:
        raise ValueError("null event")
    return {outcome: Fraction(count * (outcome in event), inside) for outcome, count in counts.items()}


def independent(space, a, b):
    table = [[0, 0], [0, 0]]
    for outcome, p in space.items():
        table[outcome in a][outcome in b] += p
    return table[0][0] * table[1][1] == table[0][1] * table[1][0]


# %% wrong="e1" why="takes all outcomes for equally likely"
def prob(space, event):
    if any(p < 0 for p in space.values()) or sum(space.values()) != 1:
        raise ValueError("no probability space")
    return Fraction(len(event), len(space))


def given(space, event):
    mass = sum(space[w] for w in event)
    if mass == 0:
        raise ValueError("null event")
    return {w: p / mass if w in event else Fraction(0) for w, p in space.items()}


def independent(space, a, b):
    return sum(space[w] for w in a & b) == sum(space[w] for w in a) * sum(space[w] for w in b)


# %% wrong="e1" why="checks the total with a tolerance, as one does with floats"
def prob(space, event):
    if any(p < 0 for p in space.values()) or abs(sum(space.values()) - 1) > 1e-9:
        raise ValueError("no probability space")
    return sum((space[w] for w in event), Fraction(0))


def given(space, event):
    mass = sum(space[w] for w in event)
    if mass == 0:
        raise ValueError("null event")
    return {w: p / mass if w in event else Fraction(0) for w, p in space.items()}


def independent(space, a, b):
    return sum(space[w] for w in a & b) == sum(space[w] for w in a) * sum(space[w] for w in b)


# %% wrong="e1" why="checks the total and forgets that a probability is never negative"
def prob(space, event):
    if sum(space.values()) != 1:
        raise ValueError("no probability space")
    return sum((space[w] for w in event), Fraction(0))


def given(space, event):
    mass = sum(space[w] for w in event)
    if mass == 0:
        raise ValueError("null event")
    return {w: p / mass if w in event else Fraction(0) for w, p in space.items()}


def independent(space, a, b):
    return sum(space[w] for w in a & b) == sum(space[w] for w in a) * sum(space[w] for w in b)


# %% wrong="e1" why="conditioning cuts out the rest but does not rescale"
def prob(space, event):
    if any(p < 0 for p in space.values()) or sum(space.values()) != 1:
        raise ValueError("no probability space")
    return sum((space[w] for w in event), Fraction(0))


def given(space, event):
    if sum(space[w] for w in event) == 0:
        raise ValueError("null event")
    return {w: p if w in event else Fraction(0) for w, p in space.items()}


def independent(space, a, b):
    return sum(space[w] for w in a & b) == sum(space[w] for w in a) * sum(space[w] for w in b)


# %% wrong="e1" why="conditioning makes the outcomes of the event equally likely"
def prob(space, event):
    if any(p < 0 for p in space.values()) or sum(space.values()) != 1:
        raise ValueError("no probability space")
    return sum((space[w] for w in event), Fraction(0))


def given(space, event):
    if sum(space[w] for w in event) == 0:
        raise ValueError("null event")
    return {w: Fraction(1, len(event)) if w in event else Fraction(0) for w in space}


def independent(space, a, b):
    return sum(space[w] for w in a & b) == sum(space[w] for w in a) * sum(space[w] for w in b)


# %% wrong="e1" why="P(A | B) = 0 for a null event B"
def prob(space, event):
    if any(p < 0 for p in space.values()) or sum(space.values()) != 1:
        raise ValueError("no probability space")
    return sum((space[w] for w in event), Fraction(0))


def given(space, event):
    mass = sum(space[w] for w in event)
    return {w: p / mass if mass and w in event else Fraction(0) for w, p in space.items()}


def independent(space, a, b):
    return sum(space[w] for w in a & b) == sum(space[w] for w in a) * sum(space[w] for w in b)


# %% wrong="e1" why="takes disjoint for independent"
def prob(space, event):
    if any(p < 0 for p in space.values()) or sum(space.values()) != 1:
        raise ValueError("no probability space")
    return sum((space[w] for w in event), Fraction(0))


def given(space, event):
    mass = sum(space[w] for w in event)
    if mass == 0:
        raise ValueError("null event")
    return {w: p / mass if w in event else Fraction(0) for w, p in space.items()}


def independent(space, a, b):
    return not a & b


# %% wrong="e1" why="independence as P(A | B) = P(A), so null events are said to be dependent"
def prob(space, event):
    if any(p < 0 for p in space.values()) or sum(space.values()) != 1:
        raise ValueError("no probability space")
    return sum((space[w] for w in event), Fraction(0))


def given(space, event):
    mass = sum(space[w] for w in event)
    if mass == 0:
        raise ValueError("null event")
    return {w: p / mass if w in event else Fraction(0) for w, p in space.items()}


def independent(space, a, b):
    p_b = sum(space[w] for w in b)
    return p_b > 0 and sum(space[w] for w in a & b) / p_b == sum(space[w] for w in a)


# %% wrong="e1" why="rescales the space that was handed in"
def prob(space, event):
    if any(p < 0 for p in space.values()) or sum(space.values()) != 1:
        raise ValueError("no probability space")
    return sum((space[w] for w in event), Fraction(0))


def given(space, event):
    mass = sum(space[w] for w in event)
    if mass == 0:
        raise ValueError("null event")
    for w in space:
        space[w] = space[w] / mass if w in event else Fraction(0)
    return space


def independent(space, a, b):
    return sum(space[w] for w in a & b) == sum(space[w] for w in a) * sum(space[w] for w in b)


# %% wrong="e1" why="the space given B lists the outcomes of B alone"
def prob(space, event):
    if any(p < 0 for p in space.values()) or sum(space.values()) != 1:
        raise ValueError("no probability space")
    return sum((space[w] for w in event), Fraction(0))


def given(space, event):
    mass = sum(space[w] for w in event)
    if mass == 0:
        raise ValueError("null event")
    return {w: space[w] / mass for w in event}


def independent(space, a, b):
    return sum(space[w] for w in a & b) == sum(space[w] for w in a) * sum(space[w] for w in b)


# %% wrong="e1" why="adds up floats and rounds back to a fraction"
def prob(space, event):
    if any(p < 0 for p in space.values()) or sum(space.values()) != 1:
        raise ValueError("no probability space")
    return Fraction(sum(float(space[w]) for w in event)).limit_denominator(10**6)


def given(space, event):
    mass = sum(space[w] for w in event)
    if mass == 0:
        raise ValueError("null event")
    return {w: p / mass if w in event else Fraction(0) for w, p in space.items()}


def independent(space, a, b):
    return sum(space[w] for w in a & b) == sum(space[w] for w in a) * sum(space[w] for w in b)


# %% wrong="e1" why="checks the probabilities of the event, not of the space"
def prob(space, event):
    if any(space[w] < 0 for w in event) or sum(space.values()) != 1:
        raise ValueError("no probability space")
    return sum((space[w] for w in event), Fraction(0))


def given(space, event):
    mass = sum(space[w] for w in event)
    if mass == 0:
        raise ValueError("null event")
    return {w: p / mass if w in event else Fraction(0) for w, p in space.items()}


def independent(space, a, b):
    return sum(space[w] for w in a & b) == sum(space[w] for w in a) * sum(space[w] for w in b)


# %% wrong="e1" why="divides without a look: ZeroDivisionError for a null event"
def prob(space, event):
    if any(p < 0 for p in space.values()) or sum(space.values()) != 1:
        raise ValueError("no probability space")
    return sum((space[w] for w in event), Fraction(0))


def given(space, event):
    scale = 1 / sum((space[w] for w in event), Fraction(0))
    return {w: p * scale if w in event else Fraction(0) for w, p in space.items()}


def independent(space, a, b):
    return sum(space[w] for w in a & b) == sum(space[w] for w in a) * sum(space[w] for w in b)


# %% wrong="e1" why="compares the product with a tolerance, as one does with floats"
def prob(space, event):
    if any(p < 0 for p in space.values()) or sum(space.values()) != 1:
        raise ValueError("no probability space")
    return sum((space[w] for w in event), Fraction(0))


def given(space, event):
    mass = sum(space[w] for w in event)
    if mass == 0:
        raise ValueError("null event")
    return {w: p / mass if w in event else Fraction(0) for w, p in space.items()}


def independent(space, a, b):
    p_a, p_b, p_both = (float(sum(space[w] for w in event)) for event in (a, b, a & b))
    return math.isclose(p_both, p_a * p_b, abs_tol=1e-12)


# %% wrong="e1" why="takes only events that rule each other out, or nearly so, for dependent"
def prob(space, event):
    if any(p < 0 for p in space.values()) or sum(space.values()) != 1:
        raise ValueError("no probability space")
    return sum((space[w] for w in event), Fraction(0))


def given(space, event):
    mass = sum(space[w] for w in event)
    if mass == 0:
        raise ValueError("null event")
    return {w: p / mass if w in event else Fraction(0) for w, p in space.items()}


def independent(space, a, b):
    return sum(space[w] for w in a & b) >= sum(space[w] for w in a) * sum(space[w] for w in b)


# %% wrong="e1" why="independence by counting outcomes"
def prob(space, event):
    if any(p < 0 for p in space.values()) or sum(space.values()) != 1:
        raise ValueError("no probability space")
    return sum((space[w] for w in event), Fraction(0))


def given(space, event):
    mass = sum(space[w] for w in event)
    if mass == 0:
        raise ValueError("null event")
    return {w: p / mass if w in event else Fraction(0) for w, p in space.items()}


def independent(space, a, b):
    return len(a & b) * len(space) == len(a) * len(b)


# %% right="e2" why="counts the observations and divides once, at the end"
def posterior(prior, likelihoods, data):
    times = {x: data.count(x) for x in data}
    joint = {}
    for h in prior:
        joint[h] = prior[h]
        for x, k in times.items():
            joint[h] *= likelihoods[h].get(x, Fraction(0)) ** k
    evidence = sum(joint.values())
    if not evidence:
        raise ValueError("impossible data")
    return {h: joint[h] / evidence for h in joint}


def predictive(belief, likelihoods):
    result = {}
    for h, row in likelihoods.items():
        for x, p in row.items():
            result[x] = result.get(x, Fraction(0)) + belief[h] * p
    return result


# %% right="e2" why="by recursion on the data, the last observation first"
def posterior(prior, likelihoods, data):
    if not data:
        return prior
    belief = posterior(prior, likelihoods, data[:-1])
    joint = [(h, belief[h] * (likelihoods[h][data[-1]] if data[-1] in likelihoods[h] else 0)) for h in belief]
    total = sum(p for _, p in joint)
    if total == 0:
        raise ValueError("impossible data")
    return {h: p / total for h, p in joint}


def predictive(belief, likelihoods):
    seen = set().union(*likelihoods.values())
    return {x: sum(belief[h] * likelihoods[h][x] for h in belief if x in likelihoods[h]) for x in seen}


# %% wrong="e2" why="returns the normalised likelihood: base rate neglected"
def posterior(prior, likelihoods, data):
    joint = {
        h: math.prod((likelihoods[h].get(x, Fraction(0)) for x in data), start=Fraction(1)) if p else Fraction(0)
        for h, p in prior.items()
    }
    if not sum(joint.values()):
        raise ValueError("impossible data")
    return {h: p / sum(joint.values()) for h, p in joint.items()}


def predictive(belief, likelihoods):
    seen = set().union(*likelihoods.values())
    return {x: sum(p * likelihoods[h].get(x, 0) for h, p in belief.items()) for x in seen}


# %% wrong="e2" why="prior times likelihood, not normalised"
def posterior(prior, likelihoods, data):
    joint = {h: p * math.prod(likelihoods[h].get(x, Fraction(0)) for x in data) for h, p in prior.items()}
    if not sum(joint.values()):
        raise ValueError("impossible data")
    return joint


def predictive(belief, likelihoods):
    seen = set().union(*likelihoods.values())
    return {x: sum(p * likelihoods[h].get(x, 0) for h, p in belief.items()) for x in seen}


# %% wrong="e2" why="counts each kind of observation once (a set of the data)"
def posterior(prior, likelihoods, data):
    belief = prior
    for x in set(data):
        joint = {h: p * likelihoods[h].get(x, 0) for h, p in belief.items()}
        if not sum(joint.values()):
            raise ValueError("impossible data")
        belief = {h: p / sum(joint.values()) for h, p in joint.items()}
    return belief


def predictive(belief, likelihoods):
    seen = set().union(*likelihoods.values())
    return {x: sum(p * likelihoods[h].get(x, 0) for h, p in belief.items()) for x in seen}


# %% wrong="e2" why="starts from the prior again at every observation, so that only the last one counts"
def posterior(prior, likelihoods, data):
    belief = prior
    for x in data:
        if not any(p * likelihoods[h].get(x, 0) for h, p in belief.items()):
            raise ValueError("impossible data")
        joint = {h: p * likelihoods[h].get(x, 0) for h, p in prior.items()}
        belief = {h: p / sum(joint.values()) for h, p in joint.items()}
    return belief


def predictive(belief, likelihoods):
    seen = set().union(*likelihoods.values())
    return {x: sum(p * likelihoods[h].get(x, 0) for h, p in belief.items()) for x in seen}


# %% wrong="e2" why="impossible data: an observation nobody explains is skipped"
def posterior(prior, likelihoods, data):
    belief = prior
    for x in data:
        joint = {h: p * likelihoods[h].get(x, 0) for h, p in belief.items()}
        if sum(joint.values()):
            belief = {h: p / sum(joint.values()) for h, p in joint.items()}
    return belief


def predictive(belief, likelihoods):
    seen = set().union(*likelihoods.values())
    return {x: sum(p * likelihoods[h].get(x, 0) for h, p in belief.items()) for x in seen}


# %% wrong="e2" why="an observation that is not listed leaves the belief in that hypothesis as it is"
def posterior(prior, likelihoods, data):
    belief = prior
    for x in data:
        if not any(p * likelihoods[h].get(x, 0) for h, p in belief.items()):
            raise ValueError("impossible data")
        joint = {h: p * likelihoods[h].get(x, 1) for h, p in belief.items()}
        belief = {h: p / sum(joint.values()) for h, p in joint.items()}
    return belief


def predictive(belief, likelihoods):
    seen = set().union(*likelihoods.values())
    return {x: sum(p * likelihoods[h].get(x, 0) for h, p in belief.items()) for x in seen}


# %% wrong="e2" why="predicts with the likeliest hypothesis alone"
def posterior(prior, likelihoods, data):
    belief = prior
    for x in data:
        joint = {h: p * likelihoods[h].get(x, 0) for h, p in belief.items()}
        if not sum(joint.values()):
            raise ValueError("impossible data")
        belief = {h: p / sum(joint.values()) for h, p in joint.items()}
    return belief


def predictive(belief, likelihoods):
    best = max(belief, key=belief.get)
    seen = set().union(*likelihoods.values())
    return {x: likelihoods[best].get(x, Fraction(0)) for x in seen}


# %% wrong="e2" why="predicts with the plain average of the hypotheses"
def posterior(prior, likelihoods, data):
    belief = prior
    for x in data:
        joint = {h: p * likelihoods[h].get(x, 0) for h, p in belief.items()}
        if not sum(joint.values()):
            raise ValueError("impossible data")
        belief = {h: p / sum(joint.values()) for h, p in joint.items()}
    return belief


def predictive(belief, likelihoods):
    seen = set().union(*likelihoods.values())
    return {x: sum(row.get(x, Fraction(0)) for row in likelihoods.values()) / len(likelihoods) for x in seen}


# %% right="e2" why="one product for all data; the prediction filled in hypothesis by hypothesis"
def posterior(prior, likelihoods, data):
    joint = {}
    for h, p in prior.items():
        joint[h] = p * math.prod(likelihoods[h].get(x, 0) for x in data)
    evidence = sum(joint.values())
    try:
        return {h: Fraction(j, evidence) for h, j in joint.items()}
    except ZeroDivisionError:
        raise ValueError("impossible data") from None


def predictive(belief, likelihoods):
    mixed = {}
    for h, row in likelihoods.items():
        for x, p in row.items():
            mixed[x] = mixed.get(x, 0) + belief[h] * p
    return mixed


# %% wrong="e2" why="updates the prior that was handed in"
def posterior(prior, likelihoods, data):
    belief = prior
    for x in data:
        for h in belief:
            belief[h] *= likelihoods[h].get(x, 0)
    total = sum(belief.values())
    if not total:
        raise ValueError("impossible data")
    return {h: p / total for h, p in belief.items()}


def predictive(belief, likelihoods):
    seen = set().union(*likelihoods.values())
    return {x: sum(p * likelihoods[h].get(x, 0) for h, p in belief.items()) for x in seen}


# %% wrong="e2" why="asks of each observation whether it is possible, and never of all together"
def posterior(prior, likelihoods, data):
    for x in data:
        if not any(p * likelihoods[h].get(x, 0) for h, p in prior.items()):
            raise ValueError("impossible data")
    joint = {h: p * math.prod(likelihoods[h].get(x, 0) for x in data) for h, p in prior.items()}
    total = sum(joint.values())
    return {h: p / total if total else Fraction(0) for h, p in joint.items()}


def predictive(belief, likelihoods):
    seen = set().union(*likelihoods.values())
    return {x: sum(p * likelihoods[h].get(x, 0) for h, p in belief.items()) for x in seen}


# %% wrong="e2" why="averages the likelihoods of the observations where they multiply"
def posterior(prior, likelihoods, data):
    joint = {}
    for h, p in prior.items():
        likely = [likelihoods[h].get(x, Fraction(0)) for x in data]
        joint[h] = p * sum(likely) / len(likely) if all(likely) and likely else p * all(likely)
    total = sum(joint.values())
    if not total:
        raise ValueError("impossible data")
    return {h: p / total for h, p in joint.items()}


def predictive(belief, likelihoods):
    seen = set().union(*likelihoods.values())
    return {x: sum(p * likelihoods[h].get(x, 0) for h, p in belief.items()) for x in seen}


# %% wrong="e2" why="divides by an evidence that is computed again after each hypothesis has been updated"
def posterior(prior, likelihoods, data):
    belief = dict(prior)
    for x in data:
        if not sum(p * likelihoods[h].get(x, 0) for h, p in belief.items()):
            raise ValueError("impossible data")
        for h in belief:
            evidence = sum(p * likelihoods[k].get(x, 0) for k, p in belief.items())
            belief[h] = belief[h] * likelihoods[h].get(x, 0) / evidence if evidence else Fraction(0)
    return belief


def predictive(belief, likelihoods):
    seen = set().union(*likelihoods.values())
    return {x: sum(p * likelihoods[h].get(x, 0) for h, p in belief.items()) for x in seen}


# %% wrong="e2" why="averages only over the hypotheses that list the observation"
def posterior(prior, likelihoods, data):
    belief = dict(prior)
    for x in data:
        joint = {h: p * likelihoods[h].get(x, 0) for h, p in belief.items()}
        if not sum(joint.values()):
            raise ValueError("impossible data")
        belief = {h: p / sum(joint.values()) for h, p in joint.items()}
    return belief


def predictive(belief, likelihoods):
    mixed = {}
    for x in set().union(*likelihoods.values()):
        weight = sum(p for h, p in belief.items() if x in likelihoods[h])
        mixed[x] = sum(p * likelihoods[h].get(x, 0) for h, p in belief.items()) / (weight or 1)
    return mixed


# %% wrong="e2" why="predicts only what some hypothesis that is still possible lists"
def posterior(prior, likelihoods, data):
    belief = dict(prior)
    for x in data:
        joint = {h: p * likelihoods[h].get(x, 0) for h, p in belief.items()}
        if not sum(joint.values()):
            raise ValueError("impossible data")
        belief = {h: p / sum(joint.values()) for h, p in joint.items()}
    return belief


def predictive(belief, likelihoods):
    seen = {x for h, p in belief.items() if p for x in likelihoods[h]}
    return {x: sum(p * likelihoods[h].get(x, 0) for h, p in belief.items()) for x in seen}


# %% right="e3" why="by way of probability mass functions: bars merged first, joint ones for pairs"
def _law(space, *variables):
    law = {}
    for w, p in space.items():
        key = tuple(V[w] for V in variables)
        law[key] = law.get(key, Fraction(0)) + p
    return law


def expectation(space, X, g=lambda x: x):
    return sum(p * g(x) for (x,), p in _law(space, X).items())


def covariance(space, X, Y):
    law = _law(space, X, Y)
    mean_x, mean_y = sum(p * x for (x, _), p in law.items()), sum(p * y for (_, y), p in law.items())
    return sum(p * x * y for (x, y), p in law.items()) - mean_x * mean_y


def variance_of_sum(space, variables):
    return sum(covariance(space, X, Y) for X in variables for Y in variables)


def cond_expectation(space, X, Y):
    result = {}
    for w in space:
        mass = sum(p for v, p in space.items() if Y[v] == Y[w])
        result[w] = sum(p * X[v] for v, p in space.items() if Y[v] == Y[w]) / mass if mass > 0 else 0
    return result


# %% right="e3" why="every moment from one helper; variances plus twice the covariances; conditioning by new spaces"
def expectation(space, X, g=None):
    total = Fraction(0)
    for w in space:
        total = total + space[w] * (X[w] if g is None else g(X[w]))
    return total


def covariance(space, X, Y):
    xy = {w: X[w] * Y[w] for w in space}
    return expectation(space, xy) - expectation(space, X) * expectation(space, Y)


def variance_of_sum(space, variables):
    own = sum(covariance(space, X, X) for X in variables)
    return own + 2 * sum(covariance(space, X, Y) for X, Y in combinations(variables, 2))


def cond_expectation(space, X, Y):
    result = dict.fromkeys(space, Fraction(0))
    for y in set(Y.values()):
        piece = {w: p for w, p in space.items() if Y[w] == y}
        if sum(piece.values()) > 0:
            scaled = {w: p / sum(piece.values()) for w, p in piece.items()}
            result.update(dict.fromkeys(piece, expectation(scaled, X)))
    return result


# %% wrong="e3" why="g(E[X]) for E[g(X)]"
def expectation(space, X, g=lambda x: x):
    return g(sum(p * X[w] for w, p in space.items()))


def covariance(space, X, Y):
    mx, my = sum(p * X[w] for w, p in space.items()), sum(p * Y[w] for w, p in space.items())
    return sum(p * (X[w] - mx) * (Y[w] - my) for w, p in space.items())


def variance_of_sum(space, variables):
    total = {w: sum(X[w] for X in variables) for w in space}
    return covariance(space, total, total)


def cond_expectation(space, X, Y):
    mass = {y: sum(p for w, p in space.items() if Y[w] == y) for y in Y.values()}
    return {w: sum(p * X[v] for v, p in space.items() if Y[v] == Y[w]) / mass[Y[w]] if mass[Y[w]] else 0 for w in space}


# %% wrong="e3" why="averages over distinct values, so a value that several outcomes share counts once"
def expectation(space, X, g=lambda x: x):
    pmf = {X[w]: p for w, p in space.items()}
    return sum(p * g(x) for x, p in pmf.items())


def covariance(space, X, Y):
    mx, my = sum(p * X[w] for w, p in space.items()), sum(p * Y[w] for w, p in space.items())
    return sum(p * (X[w] - mx) * (Y[w] - my) for w, p in space.items())


def variance_of_sum(space, variables):
    total = {w: sum(X[w] for X in variables) for w in space}
    return covariance(space, total, total)


def cond_expectation(space, X, Y):
    mass = {y: sum(p for w, p in space.items() if Y[w] == y) for y in Y.values()}
    return {w: sum(p * X[v] for v, p in space.items() if Y[v] == Y[w]) / mass[Y[w]] if mass[Y[w]] else 0 for w in space}


# %% wrong="e3" why="covariance with the sign thrown away"
def expectation(space, X, g=lambda x: x):
    return sum(p * g(X[w]) for w, p in space.items())


def covariance(space, X, Y):
    mx, my = expectation(space, X), expectation(space, Y)
    return sum(p * abs((X[w] - mx) * (Y[w] - my)) for w, p in space.items())


def variance_of_sum(space, variables):
    total = {w: sum(X[w] for X in variables) for w in space}
    return covariance(space, total, total)


def cond_expectation(space, X, Y):
    mass = {y: sum(p for w, p in space.items() if Y[w] == y) for y in Y.values()}
    return {w: sum(p * X[v] for v, p in space.items() if Y[v] == Y[w]) / mass[Y[w]] if mass[Y[w]] else 0 for w in space}


# %% wrong="e3" why="covariance of a sample: every outcome weighs the same, divided by n - 1"
def expectation(space, X, g=lambda x: x):
    return sum(p * g(X[w]) for w, p in space.items())


def covariance(space, X, Y):
    mx, my = Fraction(sum(X.values()), len(space)), Fraction(sum(Y.values()), len(space))
    return sum((X[w] - mx) * (Y[w] - my) for w in space) / (len(space) - 1)


def variance_of_sum(space, variables):
    total = {w: sum(X[w] for X in variables) for w in space}
    mean = expectation(space, total)
    return expectation(space, total, lambda t: (t - mean) ** 2)


def cond_expectation(space, X, Y):
    mass = {y: sum(p for w, p in space.items() if Y[w] == y) for y in Y.values()}
    return {w: sum(p * X[v] for v, p in space.items() if Y[v] == Y[w]) / mass[Y[w]] if mass[Y[w]] else 0 for w in space}


# %% wrong="e3" why="variances added as if the summands were independent"
def expectation(space, X, g=lambda x: x):
    return sum(p * g(X[w]) for w, p in space.items())


def covariance(space, X, Y):
    mx, my = expectation(space, X), expectation(space, Y)
    return sum(p * (X[w] - mx) * (Y[w] - my) for w, p in space.items())


def variance_of_sum(space, variables):
    return sum(covariance(space, X, X) for X in variables)


def cond_expectation(space, X, Y):
    mass = {y: sum(p for w, p in space.items() if Y[w] == y) for y in Y.values()}
    return {w: sum(p * X[v] for v, p in space.items() if Y[v] == Y[w]) / mass[Y[w]] if mass[Y[w]] else 0 for w in space}


# %% wrong="e3" why="adds each covariance once where the formula has it twice"
def expectation(space, X, g=lambda x: x):
    return sum(p * g(X[w]) for w, p in space.items())


def covariance(space, X, Y):
    mx, my = expectation(space, X), expectation(space, Y)
    return sum(p * (X[w] - mx) * (Y[w] - my) for w, p in space.items())


def variance_of_sum(space, variables):
    own = sum(covariance(space, X, X) for X in variables)
    return own + sum(covariance(space, X, Y) for X, Y in combinations(variables, 2))


def cond_expectation(space, X, Y):
    mass = {y: sum(p for w, p in space.items() if Y[w] == y) for y in Y.values()}
    return {w: sum(p * X[v] for v, p in space.items() if Y[v] == Y[w]) / mass[Y[w]] if mass[Y[w]] else 0 for w in space}


# %% wrong="e3" why="E[X; Y = y] without dividing by P(Y = y)"
def expectation(space, X, g=lambda x: x):
    return sum(p * g(X[w]) for w, p in space.items())


def covariance(space, X, Y):
    mx, my = expectation(space, X), expectation(space, Y)
    return sum(p * (X[w] - mx) * (Y[w] - my) for w, p in space.items())


def variance_of_sum(space, variables):
    total = {w: sum(X[w] for X in variables) for w in space}
    return covariance(space, total, total)


def cond_expectation(space, X, Y):
    return {w: sum(p * X[v] for v, p in space.items() if Y[v] == Y[w]) for w in space}


# %% wrong="e3" why="inside a piece takes the plain average, not the weighted one"
def expectation(space, X, g=lambda x: x):
    return sum(p * g(X[w]) for w, p in space.items())


def covariance(space, X, Y):
    mx, my = expectation(space, X), expectation(space, Y)
    return sum(p * (X[w] - mx) * (Y[w] - my) for w, p in space.items())


def variance_of_sum(space, variables):
    total = {w: sum(X[w] for X in variables) for w in space}
    return covariance(space, total, total)


def cond_expectation(space, X, Y):
    result = {}
    for w in space:
        piece = [v for v in space if Y[v] == Y[w]]
        result[w] = Fraction(sum(X[v] for v in piece), len(piece)) if any(space[v] for v in piece) else Fraction(0)
    return result


# %% wrong="e3" why="divides by zero where a value of Y has probability 0"
def expectation(space, X, g=lambda x: x):
    return sum(p * g(X[w]) for w, p in space.items())


def covariance(space, X, Y):
    mx, my = expectation(space, X), expectation(space, Y)
    return sum(p * (X[w] - mx) * (Y[w] - my) for w, p in space.items())


def variance_of_sum(space, variables):
    total = {w: sum(X[w] for X in variables) for w in space}
    return covariance(space, total, total)


def cond_expectation(space, X, Y):
    mass = {y: sum(p for w, p in space.items() if Y[w] == y) for y in Y.values()}
    return {w: sum(p * X[v] for v, p in space.items() if Y[v] == Y[w]) / mass[Y[w]] for w in space}


# %% wrong="e3" why="goes through two dicts side by side, as if they listed the outcomes in the same order (expectation)"
def expectation(space, X, g=lambda x: x):
    return sum(p * g(x) for p, x in zip(space.values(), X.values(), strict=True))


def covariance(space, X, Y):
    mx, my = sum(p * X[w] for w, p in space.items()), sum(p * Y[w] for w, p in space.items())
    return sum(p * (X[w] - mx) * (Y[w] - my) for w, p in space.items())


def variance_of_sum(space, variables):
    total = {w: sum(X[w] for X in variables) for w in space}
    m = sum(p * total[w] for w, p in space.items())
    return sum(p * (total[w] - m) ** 2 for w, p in space.items())


def cond_expectation(space, X, Y):
    mass = {y: sum(p for w, p in space.items() if Y[w] == y) for y in Y.values()}
    return {w: sum(p * X[v] for v, p in space.items() if Y[v] == Y[w]) / mass[Y[w]] if mass[Y[w]] else 0 for w in space}


# %% wrong="e3" why="goes through two dicts side by side, as if they listed the outcomes in the same order (covariance)"
def expectation(space, X, g=lambda x: x):
    return sum(p * g(X[w]) for w, p in space.items())


def covariance(space, X, Y):
    mx, my = expectation(space, X), expectation(space, Y)
    return sum(p * (x - mx) * (y - my) for p, x, y in zip(space.values(), X.values(), Y.values(), strict=True))


def variance_of_sum(space, variables):
    total = {w: sum(X[w] for X in variables) for w in space}
    m = sum(p * total[w] for w, p in space.items())
    return sum(p * (total[w] - m) ** 2 for w, p in space.items())


def cond_expectation(space, X, Y):
    mass = {y: sum(p for w, p in space.items() if Y[w] == y) for y in Y.values()}
    return {w: sum(p * X[v] for v, p in space.items() if Y[v] == Y[w]) / mass[Y[w]] if mass[Y[w]] else 0 for w in space}


# %% wrong="e3" why="goes through the dicts side by side, as if they listed the outcomes in the same order (sum)"
def expectation(space, X, g=lambda x: x):
    return sum(p * g(X[w]) for w, p in space.items())


def covariance(space, X, Y):
    mx, my = expectation(space, X), expectation(space, Y)
    return sum(p * (X[w] - mx) * (Y[w] - my) for w, p in space.items())


def variance_of_sum(space, variables):
    totals = [sum(values) for values in zip(*(X.values() for X in variables), strict=True)]
    mean = sum(p * t for p, t in zip(space.values(), totals, strict=True))
    return sum(p * (t - mean) ** 2 for p, t in zip(space.values(), totals, strict=True))


def cond_expectation(space, X, Y):
    mass = {y: sum(p for w, p in space.items() if Y[w] == y) for y in Y.values()}
    return {w: sum(p * X[v] for v, p in space.items() if Y[v] == Y[w]) / mass[Y[w]] if mass[Y[w]] else 0 for w in space}


# %% wrong="e3" why="goes through the dicts side by side, as if they listed the outcomes in the same order (conditional)"
def expectation(space, X, g=lambda x: x):
    return sum(p * g(X[w]) for w, p in space.items())


def covariance(space, X, Y):
    mx, my = expectation(space, X), expectation(space, Y)
    return sum(p * (X[w] - mx) * (Y[w] - my) for w, p in space.items())


def variance_of_sum(space, variables):
    total = {w: sum(X[w] for X in variables) for w in space}
    m = sum(p * total[w] for w, p in space.items())
    return sum(p * (total[w] - m) ** 2 for w, p in space.items())


def cond_expectation(space, X, Y):
    mass, moment = {}, {}
    for p, x, y in zip(space.values(), X.values(), Y.values(), strict=True):
        mass[y] = mass.get(y, 0) + p
        moment[y] = moment.get(y, 0) + p * x
    return {w: moment[Y[w]] / mass[Y[w]] if mass[Y[w]] else 0 for w in space}


# %% wrong="e3" why="applies g to the outcome, not to the value of X"
def expectation(space, X, g=None):
    return sum(p * (X[w] if g is None else g(w)) for w, p in space.items())


def covariance(space, X, Y):
    mx, my = sum(p * X[w] for w, p in space.items()), sum(p * Y[w] for w, p in space.items())
    return sum(p * (X[w] - mx) * (Y[w] - my) for w, p in space.items())


def variance_of_sum(space, variables):
    total = {w: sum(X[w] for X in variables) for w in space}
    m = sum(p * total[w] for w, p in space.items())
    return sum(p * (total[w] - m) ** 2 for w, p in space.items())


def cond_expectation(space, X, Y):
    mass = {y: sum(p for w, p in space.items() if Y[w] == y) for y in Y.values()}
    return {w: sum(p * X[v] for v, p in space.items() if Y[v] == Y[w]) / mass[Y[w]] if mass[Y[w]] else 0 for w in space}


# %% wrong="e3" why="adds all summands up in the first one, which was handed in"
def expectation(space, X, g=lambda x: x):
    return sum(p * g(X[w]) for w, p in space.items())


def covariance(space, X, Y):
    mx, my = expectation(space, X), expectation(space, Y)
    return sum(p * (X[w] - mx) * (Y[w] - my) for w, p in space.items())


def variance_of_sum(space, variables):
    total = variables[0]
    for X in variables[1:]:
        for w in total:
            total[w] += X[w]
    mean = sum(p * total[w] for w, p in space.items())
    return sum(p * (total[w] - mean) ** 2 for w, p in space.items())


def cond_expectation(space, X, Y):
    mass = {y: sum(p for w, p in space.items() if Y[w] == y) for y in Y.values()}
    return {w: sum(p * X[v] for v, p in space.items() if Y[v] == Y[w]) / mass[Y[w]] if mass[Y[w]] else 0 for w in space}


# %% wrong="e3" why="E[Y | X] for E[X | Y]"
def expectation(space, X, g=lambda x: x):
    return sum(p * g(X[w]) for w, p in space.items())


def covariance(space, X, Y):
    mx, my = expectation(space, X), expectation(space, Y)
    return sum(p * (X[w] - mx) * (Y[w] - my) for w, p in space.items())


def variance_of_sum(space, variables):
    total = {w: sum(X[w] for X in variables) for w in space}
    m = sum(p * total[w] for w, p in space.items())
    return sum(p * (total[w] - m) ** 2 for w, p in space.items())


def cond_expectation(space, Y, X):
    mass = {y: sum(p for w, p in space.items() if Y[w] == y) for y in Y.values()}
    return {w: sum(p * X[v] for v, p in space.items() if Y[v] == Y[w]) / mass[Y[w]] if mass[Y[w]] else 0 for w in space}


# %% wrong="e3" why="keyed by the values of Y, not by the outcomes"
def expectation(space, X, g=lambda x: x):
    return sum(p * g(X[w]) for w, p in space.items())


def covariance(space, X, Y):
    mx, my = expectation(space, X), expectation(space, Y)
    return sum(p * (X[w] - mx) * (Y[w] - my) for w, p in space.items())


def variance_of_sum(space, variables):
    total = {w: sum(X[w] for X in variables) for w in space}
    m = sum(p * total[w] for w, p in space.items())
    return sum(p * (total[w] - m) ** 2 for w, p in space.items())


def cond_expectation(space, X, Y):
    result = {}
    for y in Y.values():
        mass = sum(p for w, p in space.items() if Y[w] == y)
        result[y] = sum(p * X[w] for w, p in space.items() if Y[w] == y) / mass if mass else 0
    return result


# %% wrong="e3" why="puts 0 on every outcome of probability 0, also where Y takes a value that has a chance"
def expectation(space, X, g=lambda x: x):
    return sum(p * g(X[w]) for w, p in space.items())


def covariance(space, X, Y):
    mx, my = expectation(space, X), expectation(space, Y)
    return sum(p * (X[w] - mx) * (Y[w] - my) for w, p in space.items())


def variance_of_sum(space, variables):
    total = {w: sum(X[w] for X in variables) for w in space}
    m = sum(p * total[w] for w, p in space.items())
    return sum(p * (total[w] - m) ** 2 for w, p in space.items())


def cond_expectation(space, X, Y):
    mass = {y: sum(p for w, p in space.items() if Y[w] == y) for y in Y.values()}
    return {w: sum(p * X[v] for v, p in space.items() if Y[v] == Y[w]) / mass[Y[w]] if space[w] else 0 for w in space}


# %% right="e4" why="all 2^n combinations of events and complements multiply; lines in a plane over a finite field"
def mutually_independent(space, events):
    chances = [sum(space[w] for w in event) for event in events]
    for signs in product((True, False), repeat=len(events)):
        cell = sum(p for w, p in space.items() if all((w in event) == sign for event, sign in zip(events, signs, strict=True)))
        if cell != math.prod(c if sign else 1 - c for c, sign in zip(chances, signs, strict=True)):
            return False
    return True


def pairwise_not_mutual(n):
    if n < 3:
        raise ValueError("n < 3")
    q = next(q for q in (2, 3, 5, 7, 11, 13) if q + 1 >= n)
    space = {(x, y): Fraction(1, q * q) for x in range(q) for y in range(q)}
    lines = [{(x, y) for x, y in space if (y - slope * x) % q == 0} for slope in range(q)]
    return space, [*lines, {(x, y) for x, y in space if x == 0}][:n]


# %% right="e4" why="recursion: the last event against every intersection of the others; three dependent coins and spare ones, as text"
def mutually_independent(space, events):
    if len(events) < 2:
        return True
    *others, last = events
    whole = frozenset(space)
    meets = {(): whole}
    for i, event in enumerate(others):
        meets |= {(*key, i): meet & event for key, meet in meets.items()}
    p = {key: sum(space[w] for w in meet) for key, meet in meets.items()}
    weight = sum(space[w] for w in last)
    fine = all(sum(space[w] for w in meet & last) == p[key] * weight for key, meet in meets.items())
    return fine and mutually_independent(space, others)


def pairwise_not_mutual(n):
    if n in (0, 1, 2):
        raise ValueError("n < 3")
    words = ["".join(letters) for letters in product("HT", repeat=n - 1)]
    space = dict.fromkeys(words, Fraction(1, 2 ** (n - 1)))
    events = [frozenset(w for w in words if w[i] == "H") for i in range(n - 1)]
    return space, [*events, frozenset(w for w in words if w[0] == w[1])]


# %% right="e4" why="n coins, and the events that neighbours on a ring are equal"
def mutually_independent(space, events):
    def multiply(chosen):
        common = set(space)
        for i in chosen:
            common &= events[i]
        return sum(space[w] for w in common) == math.prod(sum(space[w] for w in events[i]) for i in chosen)

    return all(multiply([i for i in range(len(events)) if mask >> i & 1]) for mask in range(1, 2 ** len(events)))


def pairwise_not_mutual(n):
    if n < 3:
        raise ValueError("n < 3")
    space = {w: Fraction(1, 2**n) for w in product("HT", repeat=n)}
    return space, [{w for w in space if w[i] == w[i - 1]} for i in range(n)]


# %% wrong="e4" why="mutual independence judged by the pairs alone"
def mutually_independent(space, events):
    def p(event):
        return sum(space[w] for w in event)

    return all(p(a & b) == p(a) * p(b) for a, b in combinations(events, 2))


def pairwise_not_mutual(n):
    if n < 3:
        raise ValueError("n < 3")
    space = {w: Fraction(1, 2 ** (n - 1)) for w in product((0, 1), repeat=n - 1)}
    return space, [{w for w in space if w[i]} for i in range(n - 1)] + [{w for w in space if sum(w) % 2}]


# %% wrong="e4" why="mutual independence judged by the pairs and the whole, nothing in between"
def mutually_independent(space, events):
    def p(event):
        return sum(space[w] for w in event)

    pairs = all(p(a & b) == p(a) * p(b) for a, b in combinations(events, 2))
    return not events or pairs and p(set.intersection(*events)) == math.prod(p(e) for e in events) or len(events) == 1


def pairwise_not_mutual(n):
    if n < 3:
        raise ValueError("n < 3")
    space = {w: Fraction(1, 2 ** (n - 1)) for w in product((0, 1), repeat=n - 1)}
    return space, [{w for w in space if w[i]} for i in range(n - 1)] + [{w for w in space if sum(w) % 2}]


# %% wrong="e4" why="mutual independence judged by triples and larger, the pairs forgotten"
def mutually_independent(space, events):
    def p(event):
        return sum(space[w] for w in event)

    larger = [c for size in range(3, len(events) + 1) for c in combinations(events, size)]
    return all(p(set.intersection(*c)) == math.prod(p(e) for e in c) for c in larger)


def pairwise_not_mutual(n):
    if n < 3:
        raise ValueError("n < 3")
    space = {w: Fraction(1, 2 ** (n - 1)) for w in product((0, 1), repeat=n - 1)}
    return space, [{w for w in space if w[i]} for i in range(n - 1)] + [{w for w in space if sum(w) % 2}]


# %% wrong="e4" why="repeated events are thrown out first, as if the list were a set"
def mutually_independent(space, events):
    distinct = {frozenset(e) for e in events}
    for size in range(2, len(distinct) + 1):
        for chosen in combinations(distinct, size):
            if sum(space[w] for w in frozenset.intersection(*chosen)) != math.prod(sum(space[w] for w in e) for e in chosen):
                return False
    return True


def pairwise_not_mutual(n):
    if n < 3:
        raise ValueError("n < 3")
    space = {w: Fraction(1, 2 ** (n - 1)) for w in product((0, 1), repeat=n - 1)}
    return space, [{w for w in space if w[i]} for i in range(n - 1)] + [{w for w in space if sum(w) % 2}]


# %% wrong="e4" why="builds n fair coins: mutually independent after all"
def mutually_independent(space, events):
    for size in range(2, len(events) + 1):
        for chosen in combinations(events, size):
            if sum(space[w] for w in set.intersection(*chosen)) != math.prod(sum(space[w] for w in e) for e in chosen):
                return False
    return True


def pairwise_not_mutual(n):
    if n < 3:
        raise ValueError("n < 3")
    space = {w: Fraction(1, 2**n) for w in product((0, 1), repeat=n)}
    return space, [{w for w in space if w[i]} for i in range(n)]


# %% wrong="e4" why="the last event repeats the first: a dependent pair"
def mutually_independent(space, events):
    for size in range(2, len(events) + 1):
        for chosen in combinations(events, size):
            if sum(space[w] for w in set.intersection(*chosen)) != math.prod(sum(space[w] for w in e) for e in chosen):
                return False
    return True


def pairwise_not_mutual(n):
    if n < 3:
        raise ValueError("n < 3")
    space = {w: Fraction(1, 2 ** (n - 1)) for w in product((0, 1), repeat=n - 1)}
    events = [{w for w in space if w[i]} for i in range(n - 1)]
    return space, [*events, set(events[0])]


# %% wrong="e4" why="the last event is 'all heads', which is rarer when any coin shows tails"
def mutually_independent(space, events):
    for size in range(2, len(events) + 1):
        for chosen in combinations(events, size):
            if sum(space[w] for w in set.intersection(*chosen)) != math.prod(sum(space[w] for w in e) for e in chosen):
                return False
    return True


def pairwise_not_mutual(n):
    if n < 3:
        raise ValueError("n < 3")
    space = {w: Fraction(1, 2 ** (n - 1)) for w in product((0, 1), repeat=n - 1)}
    return space, [{w for w in space if w[i]} for i in range(n - 1)] + [{w for w in space if all(w)}]


# %% wrong="e4" why="fills up the three known events with events that never happen"
def mutually_independent(space, events):
    for size in range(2, len(events) + 1):
        for chosen in combinations(events, size):
            if sum(space[w] for w in set.intersection(*chosen)) != math.prod(sum(space[w] for w in e) for e in chosen):
                return False
    return True


def pairwise_not_mutual(n):
    if n < 3:
        raise ValueError("n < 3")
    space = {w: Fraction(1, 4) for w in product((0, 1), repeat=2)}
    return space, [{w for w in space if w[0]}, {w for w in space if w[1]}, {w for w in space if w[0] == w[1]}] + [set()] * (n - 3)


# %% wrong="e4" why="builds two coins for n = 2 instead of refusing"
def mutually_independent(space, events):
    for size in range(2, len(events) + 1):
        for chosen in combinations(events, size):
            if sum(space[w] for w in set.intersection(*chosen)) != math.prod(sum(space[w] for w in e) for e in chosen):
                return False
    return True


def pairwise_not_mutual(n):
    if n < 2:
        raise ValueError("n < 2")
    space = {w: Fraction(1, 2 ** (n - 1)) for w in product((0, 1), repeat=n - 1)}
    return space, [{w for w in space if w[i]} for i in range(n - 1)] + [{w for w in space if sum(w) % 2}]


# %% right="e4" why="sub-collections as bit masks; n + 2 outcomes: all events, exactly one of them, or none"
def mutually_independent(space, events):
    for mask in range(2 ** len(events)):
        common, weight = set(space), Fraction(1)
        for i, event in enumerate(events):
            if mask >> i & 1:
                common &= event
                weight *= sum(space[w] for w in event)
        if sum(space[w] for w in common) != weight:
            return False
    return True


def pairwise_not_mutual(n):
    if n < 3:
        raise ValueError("n < 3")
    one = Fraction(n - 1, n * n)  # each event has probability 1/n, every two of them share only "all", of probability 1/n²
    space = {"all": Fraction(1, n * n), "none": one} | dict.fromkeys(range(n), one)
    return space, [{"all", i} for i in range(n)]


# %% wrong="e4" why="mutual independence judged by the whole alone"
def mutually_independent(space, events):
    together = sum(space[w] for w in set(space).intersection(*events))
    return together == math.prod(sum(space[w] for w in event) for event in events)


def pairwise_not_mutual(n):
    if n < 3:
        raise ValueError("n < 3")
    space = {w: Fraction(1, 2 ** (n - 1)) for w in product((0, 1), repeat=n - 1)}
    return space, [{w for w in space if w[i]} for i in range(n - 1)] + [{w for w in space if sum(w) % 2}]


# %% wrong="e4" why="multiplies the events up in the order of the list and looks only at these beginnings"
def mutually_independent(space, events):
    common, weight = set(space), Fraction(1)
    for event in events:
        common &= event
        weight *= sum(space[w] for w in event)
        if sum(space[w] for w in common) != weight:
            return False
    return True


def pairwise_not_mutual(n):
    if n < 3:
        raise ValueError("n < 3")
    space = {w: Fraction(1, 2 ** (n - 1)) for w in product((0, 1), repeat=n - 1)}
    return space, [{w for w in space if w[i]} for i in range(n - 1)] + [{w for w in space if sum(w) % 2}]


# %% wrong="e4" why="all pairs, and the beginnings of the list"
def mutually_independent(space, events):
    def p(event):
        return sum(space[w] for w in event)

    if any(p(a & b) != p(a) * p(b) for a, b in combinations(events, 2)):
        return False
    starts = [events[:k] for k in range(2, len(events) + 1)]
    return all(p(set.intersection(*start)) == math.prod(p(e) for e in start) for start in starts)


def pairwise_not_mutual(n):
    if n < 3:
        raise ValueError("n < 3")
    space = {w: Fraction(1, 2 ** (n - 1)) for w in product((0, 1), repeat=n - 1)}
    return space, [{w for w in space if w[i]} for i in range(n - 1)] + [{w for w in space if sum(w) % 2}]


# %% wrong="e4" why="only events that stand next to each other in the list"
def mutually_independent(space, events):
    def p(event):
        return sum(space[w] for w in event)

    runs = [events[i:j] for i in range(len(events)) for j in range(i + 2, len(events) + 1)]
    return all(p(set.intersection(*run)) == math.prod(p(e) for e in run) for run in runs)


def pairwise_not_mutual(n):
    if n < 3:
        raise ValueError("n < 3")
    space = {w: Fraction(1, 2 ** (n - 1)) for w in product((0, 1), repeat=n - 1)}
    return space, [{w for w in space if w[i]} for i in range(n - 1)] + [{w for w in space if sum(w) % 2}]


# %% wrong="e4" why="mutual independence judged by pairs and triples"
def mutually_independent(space, events):
    for size in range(2, min(3, len(events)) + 1):
        for chosen in combinations(events, size):
            if sum(space[w] for w in set.intersection(*chosen)) != math.prod(sum(space[w] for w in e) for e in chosen):
                return False
    return True


def pairwise_not_mutual(n):
    if n < 3:
        raise ValueError("n < 3")
    space = {w: Fraction(1, 2 ** (n - 1)) for w in product((0, 1), repeat=n - 1)}
    return space, [{w for w in space if w[i]} for i in range(n - 1)] + [{w for w in space if sum(w) % 2}]


# %% wrong="e4" why="counts the outcomes instead of weighing them"
def mutually_independent(space, events):
    for size in range(2, len(events) + 1):
        for chosen in combinations(events, size):
            if Fraction(len(set.intersection(*chosen)), len(space)) != math.prod(Fraction(len(e), len(space)) for e in chosen):
                return False
    return True


def pairwise_not_mutual(n):
    if n < 3:
        raise ValueError("n < 3")
    space = {w: Fraction(1, 2 ** (n - 1)) for w in product((0, 1), repeat=n - 1)}
    return space, [{w for w in space if w[i]} for i in range(n - 1)] + [{w for w in space if sum(w) % 2}]


# %% wrong="e4" why="builds a space of floats"
def mutually_independent(space, events):
    for size in range(2, len(events) + 1):
        for chosen in combinations(events, size):
            if sum(space[w] for w in set.intersection(*chosen)) != math.prod(sum(space[w] for w in e) for e in chosen):
                return False
    return True


def pairwise_not_mutual(n):
    if n < 3:
        raise ValueError("n < 3")
    space = {w: 1 / 2 ** (n - 1) for w in product((0, 1), repeat=n - 1)}
    return space, [{w for w in space if w[i]} for i in range(n - 1)] + [{w for w in space if sum(w) % 2}]


# %% wrong="e4" why="three events for every n"
def mutually_independent(space, events):
    for size in range(2, len(events) + 1):
        for chosen in combinations(events, size):
            if sum(space[w] for w in set.intersection(*chosen)) != math.prod(sum(space[w] for w in e) for e in chosen):
                return False
    return True


def pairwise_not_mutual(n):
    if n < 3:
        raise ValueError("n < 3")
    space = {w: Fraction(1, 4) for w in product((0, 1), repeat=2)}
    return space, [{w for w in space if w[0]}, {w for w in space if w[1]}, {w for w in space if w[0] == w[1]}]


# %% wrong="e4" why="coins for seven events whatever n is: too many outcomes for a small one"
def mutually_independent(space, events):
    for size in range(2, len(events) + 1):
        for chosen in combinations(events, size):
            if sum(space[w] for w in set.intersection(*chosen)) != math.prod(sum(space[w] for w in e) for e in chosen):
                return False
    return True


def pairwise_not_mutual(n):
    if n < 3:
        raise ValueError("n < 3")
    space = {w: Fraction(1, 64) for w in product((0, 1), repeat=6)}
    return space, [{w for w in space if w[i]} for i in range(n - 1)] + [{w for w in space if sum(w[: n - 1]) % 2}]


# %% right="e5" why="one number at a time, in plain loops"
def transform_density(f, dg, branches, y):
    values = []
    for point in y:
        total = 0.0
        for h, low, high in branches:
            if low < point < high:
                x = h(np.array([point]))
                total += float(f(x)[0]) / abs(float(dg(x)[0]))
        values.append(total)
    return np.array(values)


def quantile(cdf, u, low, high):
    values = []
    for level in u:
        a, b = float(low), float(high)
        while b - a > 1e-9:
            middle = a + (b - a) / 2
            if cdf(np.array([middle]))[0] < level:
                a = middle
            else:
                b = middle
        values.append((a + b) / 2)
    return np.array(values)


# %% right="e5" why="np.where for the branches; the quantile by ever finer grids and searchsorted"
def transform_density(f, dg, branches, y):
    total = np.zeros(len(y))
    for h, low, high in branches:
        inside = (y > low) & (y < high)
        if not inside.any():
            continue
        x = h(np.where(inside, y, y[inside][0]))
        total = total + np.where(inside, np.abs(f(x) / dg(x)), 0.0)
    return total


def quantile(cdf, u, low, high):
    def refine(level):
        a, b = low, high
        while b - a > 1e-9:
            grid = np.linspace(a, b, 101)
            k = min(max(int(np.searchsorted(cdf(grid), level, side="left")), 1), 100)
            a, b = grid[k - 1], grid[k]
        return b

    return np.array([refine(level) for level in u])


# %% wrong="e5" why="the factor |h'| left out"
def transform_density(f, dg, branches, y):
    density = np.zeros_like(y)
    for h, low, high in branches:
        inside = (low < y) & (y < high)
        density[inside] += f(h(y[inside]))
    return density


def quantile(cdf, u, low, high):
    lo, hi = np.full(len(u), low), np.full(len(u), high)
    for _ in range(60):
        mid = (lo + hi) / 2
        enough = cdf(mid) >= u
        lo, hi = np.where(enough, lo, mid), np.where(enough, mid, hi)
    return hi


# %% wrong="e5" why="the slope without its absolute value"
def transform_density(f, dg, branches, y):
    density = np.zeros_like(y)
    for h, low, high in branches:
        inside = (low < y) & (y < high)
        density[inside] += f(h(y[inside])) / dg(h(y[inside]))
    return density


def quantile(cdf, u, low, high):
    lo, hi = np.full(len(u), low), np.full(len(u), high)
    for _ in range(60):
        mid = (lo + hi) / 2
        enough = cdf(mid) >= u
        lo, hi = np.where(enough, lo, mid), np.where(enough, mid, hi)
    return hi


# %% wrong="e5" why="the slope of g taken at y instead of at x = h(y)"
def transform_density(f, dg, branches, y):
    density = np.zeros_like(y)
    for h, low, high in branches:
        inside = (low < y) & (y < high)
        density[inside] += f(h(y[inside])) / np.abs(dg(y[inside]))
    return density


def quantile(cdf, u, low, high):
    lo, hi = np.full(len(u), low), np.full(len(u), high)
    for _ in range(60):
        mid = (lo + hi) / 2
        enough = cdf(mid) >= u
        lo, hi = np.where(enough, lo, mid), np.where(enough, mid, hi)
    return hi


# %% wrong="e5" why="only one branch: each one overwrites the one before"
def transform_density(f, dg, branches, y):
    density = np.zeros_like(y)
    for h, low, high in branches:
        inside = (low < y) & (y < high)
        x = h(y[inside])
        density[inside] = f(x) / np.abs(dg(x))
    return density


def quantile(cdf, u, low, high):
    lo, hi = np.full(len(u), low), np.full(len(u), high)
    for _ in range(60):
        mid = (lo + hi) / 2
        enough = cdf(mid) >= u
        lo, hi = np.where(enough, lo, mid), np.where(enough, mid, hi)
    return hi


# %% wrong="e5" why="the first branch times the number of branches, as if all brought the same"
def transform_density(f, dg, branches, y):
    density = np.zeros_like(y)
    for h, low, high in reversed(branches):
        inside = (low < y) & (y < high)
        x = h(y[inside])
        count = sum((a < y[inside]) & (y[inside] < b) for _, a, b in branches)
        density[inside] = count * f(x) / np.abs(dg(x))
    return density


def quantile(cdf, u, low, high):
    lo, hi = np.full(len(u), low), np.full(len(u), high)
    for _ in range(60):
        mid = (lo + hi) / 2
        enough = cdf(mid) >= u
        lo, hi = np.where(enough, lo, mid), np.where(enough, mid, hi)
    return hi


# %% wrong="e5" why="the ranges of the branches not looked at"
def transform_density(f, dg, branches, y):
    return sum(np.abs(f(h(y)) / dg(h(y))) for h, _, _ in branches)


def quantile(cdf, u, low, high):
    lo, hi = np.full(len(u), low), np.full(len(u), high)
    for _ in range(60):
        mid = (lo + hi) / 2
        enough = cdf(mid) >= u
        lo, hi = np.where(enough, lo, mid), np.where(enough, mid, hi)
    return hi


# %% wrong="e5" why="stops the bisection after twenty rounds, at six digits of the interval"
def transform_density(f, dg, branches, y):
    density = np.zeros_like(y)
    for h, low, high in branches:
        inside = (low < y) & (y < high)
        x = h(y[inside])
        density[inside] += f(x) / np.abs(dg(x))
    return density


def quantile(cdf, u, low, high):
    lo, hi = np.full(len(u), low), np.full(len(u), high)
    for _ in range(20):
        mid = (lo + hi) / 2
        enough = cdf(mid) >= u
        lo, hi = np.where(enough, lo, mid), np.where(enough, mid, hi)
    return hi


# %% wrong="e5" why="the quantile read off a grid of 10,000 points"
def transform_density(f, dg, branches, y):
    density = np.zeros_like(y)
    for h, low, high in branches:
        inside = (low < y) & (y < high)
        x = h(y[inside])
        density[inside] += f(x) / np.abs(dg(x))
    return density


def quantile(cdf, u, low, high):
    grid = np.linspace(low, high, 10_001)
    return grid[np.searchsorted(cdf(grid), u)]


# %% wrong="e5" why="a root finder: at a flat stretch any x with F(x) = u will do for it"
def transform_density(f, dg, branches, y):
    density = np.zeros_like(y)
    for h, low, high in branches:
        inside = (low < y) & (y < high)
        x = h(y[inside])
        density[inside] += f(x) / np.abs(dg(x))
    return density


def quantile(cdf, u, low, high):
    def root(level):
        a, b = low, high
        for _ in range(60):
            middle = (a + b) / 2
            gap = float(cdf(np.array([middle]))[0]) - level
            if gap == 0:
                return middle
            a, b = (a, middle) if gap > 0 else (middle, b)
        return b

    return np.array([root(level) for level in u])


# %% wrong="e5" why="F(x) > u instead of F(x) >= u: the right end of a flat stretch"
def transform_density(f, dg, branches, y):
    density = np.zeros_like(y)
    for h, low, high in branches:
        inside = (low < y) & (y < high)
        x = h(y[inside])
        density[inside] += f(x) / np.abs(dg(x))
    return density


def quantile(cdf, u, low, high):
    lo, hi = np.full(len(u), low), np.full(len(u), high)
    for _ in range(60):
        mid = (lo + hi) / 2
        enough = cdf(mid) > u
        lo, hi = np.where(enough, lo, mid), np.where(enough, mid, hi)
    return hi


# %% right="e5" why="np.where with h asked everywhere; the lower end of the bisection"
def transform_density(f, dg, branches, y):
    total = np.zeros(len(y))
    for h, low, high in branches:
        x = h(y)
        total += np.where((y > low) & (y < high), f(x) / np.abs(dg(x)), 0.0)
    return total


def quantile(cdf, u, low, high):
    lo, hi = np.full(u.shape, low), np.full(u.shape, high)
    while np.any(hi - lo > 5e-8):
        mid = lo + (hi - lo) / 2
        short = cdf(mid) < u
        lo, hi = np.where(short, mid, lo), np.where(short, hi, mid)
    return lo


# %% right="e5" why="the slope of the inverse, by central differences"
def transform_density(f, dg, branches, y):
    density = np.zeros(len(y))
    for h, low, high in branches:
        inside = (low < y) & (y < high)
        points = y[inside]
        step = 1e-6 * np.minimum(np.abs(points), np.minimum(points - low, high - points))
        density[inside] += f(h(points)) * np.abs(h(points + step) - h(points - step)) / (2 * step)
    return density


def quantile(cdf, u, low, high):
    lo, hi = np.full(len(u), low), np.full(len(u), high)
    for _ in range(60):
        mid = (lo + hi) / 2
        enough = cdf(mid) >= u
        lo, hi = np.where(enough, lo, mid), np.where(enough, mid, hi)
    return hi


# %% wrong="e5" why="multiplies by the stretch instead of dividing by it"
def transform_density(f, dg, branches, y):
    density = np.zeros_like(y)
    for h, low, high in branches:
        inside = (low < y) & (y < high)
        x = h(y[inside])
        density[inside] += f(x) * np.abs(dg(x))
    return density


def quantile(cdf, u, low, high):
    lo, hi = np.full(len(u), low), np.full(len(u), high)
    for _ in range(60):
        mid = (lo + hi) / 2
        enough = cdf(mid) >= u
        lo, hi = np.where(enough, lo, mid), np.where(enough, mid, hi)
    return hi


# %% wrong="e5" why="averages the branches"
def transform_density(f, dg, branches, y):
    density = np.zeros_like(y)
    for h, low, high in branches:
        inside = (low < y) & (y < high)
        x = h(y[inside])
        density[inside] += f(x) / np.abs(dg(x))
    return density / len(branches)


def quantile(cdf, u, low, high):
    lo, hi = np.full(len(u), low), np.full(len(u), high)
    for _ in range(60):
        mid = (lo + hi) / 2
        enough = cdf(mid) >= u
        lo, hi = np.where(enough, lo, mid), np.where(enough, mid, hi)
    return hi


# %% wrong="e5" why="takes the absolute value of the sum, so that falling and rising branches cancel"
def transform_density(f, dg, branches, y):
    density = np.zeros_like(y)
    for h, low, high in branches:
        inside = (low < y) & (y < high)
        x = h(y[inside])
        density[inside] += f(x) / dg(x)
    return np.abs(density)


def quantile(cdf, u, low, high):
    lo, hi = np.full(len(u), low), np.full(len(u), high)
    for _ in range(60):
        mid = (lo + hi) / 2
        enough = cdf(mid) >= u
        lo, hi = np.where(enough, lo, mid), np.where(enough, mid, hi)
    return hi


# %% wrong="e5" why="always two branches, as for x² and |x|"
def transform_density(f, dg, branches, y):
    density = np.zeros_like(y)
    for h, low, high in branches[:2]:
        inside = (low < y) & (y < high)
        x = h(y[inside])
        density[inside] += f(x) / np.abs(dg(x))
    return density


def quantile(cdf, u, low, high):
    lo, hi = np.full(len(u), low), np.full(len(u), high)
    for _ in range(60):
        mid = (lo + hi) / 2
        enough = cdf(mid) >= u
        lo, hi = np.where(enough, lo, mid), np.where(enough, mid, hi)
    return hi


# %% wrong="e5" why="looks only at the lower end of the range"
def transform_density(f, dg, branches, y):
    density = np.zeros_like(y)
    for h, low, high in branches:
        inside = low < y
        x = h(y[inside])
        density[inside] += f(x) / np.abs(dg(x))
    return density


def quantile(cdf, u, low, high):
    lo, hi = np.full(len(u), low), np.full(len(u), high)
    for _ in range(60):
        mid = (lo + hi) / 2
        enough = cdf(mid) >= u
        lo, hi = np.where(enough, lo, mid), np.where(enough, mid, hi)
    return hi


# %% wrong="e5" why="interpolates F linearly between the points of a fine grid, right across its jumps"
def transform_density(f, dg, branches, y):
    density = np.zeros_like(y)
    for h, low, high in branches:
        inside = (low < y) & (y < high)
        x = h(y[inside])
        density[inside] += f(x) / np.abs(dg(x))
    return density


def quantile(cdf, u, low, high):
    grid = np.linspace(low, high, 1_000_001)
    return np.interp(u, cdf(grid), grid)


# %% wrong="e5" why="begins at 0, as if no value were negative"
def transform_density(f, dg, branches, y):
    density = np.zeros_like(y)
    for h, low, high in branches:
        inside = (low < y) & (y < high)
        x = h(y[inside])
        density[inside] += f(x) / np.abs(dg(x))
    return density


def quantile(cdf, u, low, high):
    lo, hi = np.zeros(len(u)), np.full(len(u), high)
    for _ in range(60):
        mid = (lo + hi) / 2
        enough = cdf(mid) >= u
        lo, hi = np.where(enough, lo, mid), np.where(enough, mid, hi)
    return hi


# %% equivalent="e3" mutants=["9e46219e", "6053aa02"] why="E[(X - a)(Y - E[Y])] is Cov(X, Y) for every number a, so one of the two means may be anything"

# %% equivalent="e3" mutants=["1bb6778c"] why="the deviation is squared: its sign does not matter"

# %% equivalent="e4" mutants=["0d7dad30"] why="there are no combinations of more events than the list has"

# %% equivalent="e4" mutants=["ab7d0670", "b5b9cc48"] why="tails for heads, odd for even: another right answer of the same kind"

# %% equivalent="e5" mutants=["04c98042", "b5b75056"] why="no y equals an end of a range"

# %% equivalent="e5" mutants=["c4125027", "e047e876"] why="59 or 61 rounds are as far below the tolerance as 60"
