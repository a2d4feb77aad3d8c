# %% [markdown]
r"""
You will build probability from three axioms, in exact fractions, and find out why a detector that is right 95 times in 100
is wrong most of the times it speaks.

**You will be able to**

- **condition** on an event and **test** independence, exactly (exercise 1);
- **turn** a prior and a stream of evidence into a posterior and a prediction (exercise 2);
- **compute** expectations, covariances and conditional expectations, and say when variances add (exercise 3);
- **recognise** and **build** events that are independent in pairs but not together (exercise 4);
- **derive** the density of $g(X)$, and the samples of any law from uniform ones (exercise 5).
"""

# %% [markdown]
r"""
## Warm-up

1. In the Markov matrix of day 1 every row sums to 1. What would a row sum of 0.9 mean?
2. Let $F(x) = \int_0^x f(t)\,dt$ for a bounded, integrable $f$. Where does day 3's fundamental theorem promise $F'(x) =
   f(x)$?

<details><summary>Answers</summary>

1. From that state, one time in ten, the system goes nowhere on the list: the list of states is incomplete. "Something on
   the list happens" will be the second axiom below.
2. At every $x$ where $f$ is continuous. Where $f$ jumps, $F$ has a corner and no derivative. Densities and distribution
   functions are tied together in just this way.

</details>

## Set-up
"""

# %% setup=true
import math
from fractions import Fraction
from itertools import combinations, product

import numpy as np
import sympy.stats as symbolic
from matplotlib import pyplot as plt
from scipy import stats
from sympy import Max

from curriculum.lab import check, figures, seeded

figures.style()


def random_space(seed, size):
    """A probability space on the outcomes 0, …, size − 1 with exact weights; some outcomes may have probability 0."""
    weights = np.random.default_rng(seed).integers(0, 5, size).tolist()
    weights[seed % size] += 1
    return {outcome: Fraction(weight, sum(weights)) for outcome, weight in enumerate(weights)}


# %% [markdown]
r"""
## The detector that is right 95 % of the time

One session in 50 on a login service is an attack. A detector sounds the alarm for 95 % of attacks, and keeps quiet for 95 %
of the rest. An alarm has just gone off.

**Predict.** How likely is it that this session is an attack? Write a number down before you run the cell: it counts what
happens in 200,000 sessions.
"""

# %%
rng = np.random.default_rng(2026)
attack = rng.random(200_000) < 0.02
alarm = rng.random(200_000) < np.where(attack, 0.95, 0.05)
print(f"verdicts that were right: {np.mean(attack == alarm):.3f}")
print(f"alarms that were right:   {np.mean(attack[alarm]):.3f}")

# %% [markdown]
r"""
Nothing is wrong with the detector, and both numbers are true. "95 %" answers *how often does an attack raise the alarm?*
The person on call asks *how often is an alarm an attack?*, and a team sent after every alarm goes after an innocent user
almost three times out of four. To say exactly what went wrong, we need a language in which the two questions look
different.

## A space, its events, three axioms

A **probability space** has three parts: a set $\Omega$ of **outcomes**, a family of subsets called **events**, and a
function $P$ that gives each event a number, such that

1. $P(A) \ge 0$ for every event $A$;
2. $P(\Omega) = 1$;
3. for disjoint events $A_1, A_2, \dots$ (a sequence, perhaps infinite): $P(A_1 \cup A_2 \cup \dots) = P(A_1) + P(A_2) +
   \dots$

The third is called **σ-additivity**, and for it the family of events must contain $\Omega$ and be closed under complements
and countable unions (a *σ-algebra*). When $\Omega$ is finite we let every subset be an event, and the infinite case takes
care of itself: only finitely many disjoint sets can be non-empty. So axiom 3 boils down to adding up outcomes, and a whole
probability space fits in a dict.
"""

# %%
sessions = {
    ("attack", "alarm"): Fraction(1, 50) * Fraction(19, 20),
    ("attack", "quiet"): Fraction(1, 50) * Fraction(1, 20),
    ("user", "alarm"): Fraction(49, 50) * Fraction(1, 20),
    ("user", "quiet"): Fraction(49, 50) * Fraction(19, 20),
}
print(*(str(p) for p in sessions.values()), "total", sum(sessions.values()))

# %% [markdown]
r"""
An event is a set of keys, and its probability is the sum of their values. Everything else follows from the axioms. For
instance $P(A \cup B) = P(A) + P(B) - P(A \cap B)$: adding $P(A)$ and $P(B)$ counts the common outcomes twice. With four
outcomes there are 16 events, so we can try all 256 pairs. In fractions `==` means equal, not nearly.
"""

# %%
events = [set(keep) for size in range(5) for keep in combinations(sessions, size)]
mass = {frozenset(event): sum(sessions[w] for w in event) for event in events}
holds = [mass[frozenset(a | b)] == mass[frozenset(a)] + mass[frozenset(b)] - mass[frozenset(a & b)] for a in events for b in events]
print(f"{sum(holds)} of {len(holds)} pairs")

# %% [markdown]
r"""
**Vary.** Change one probability to 1/10 and run both cells again. Which still holds: the total, or the 256 equations? (The
equations: they need only axiom 3. A dict can be additive and still be no probability space.)

## Conditioning is zooming in

Once we know that $B$ happened, outcomes outside $B$ are out of the question, and those inside keep their proportions:

$$P(A \mid B) = \frac{P(A \cap B)}{P(B)}, \qquad \text{defined only if } P(B) > 0.$$

Dividing by $P(B)$ makes the total 1 again, so $P(\,\cdot \mid B)$ is a probability on the same $\Omega$: all three axioms
hold for it. In the left square below, area is probability. **Predict** what the right square looks like before you read it:
it shows the two coloured areas alone, stretched until they fill a square.
"""

# %%
fig, (whole, zoomed) = plt.subplots(1, 2, figsize=(7.5, 3.3))
colours, hatches = [figures.OKABE_ITO[1], figures.OKABE_ITO[5]], ["///", ""]
_ = whole.bar([0, 0.02], [0.95, 0.05], width=[0.02, 0.98], align="edge", color=colours, hatch=hatches, edgecolor="white")
_ = whole.annotate("attacks: a strip 2 % wide", (0.02, 0.6), (0.2, 0.6), arrowprops={"arrowstyle": "->"})
_ = whole.annotate("alarms for users", (0.6, 0.05), (0.4, 0.25), arrowprops={"arrowstyle": "->"})
_ = whole.set(title="Alarms fill 6.8 % of all sessions …", xlabel="share of sessions", ylabel="share of each kind")
_ = zoomed.bar([0, 19 / 68], 1, width=[19 / 68, 49 / 68], align="edge", color=colours, hatch=hatches, edgecolor="white")
_ = zoomed.text(0.14, 0.5, "attack\n19/68", ha="center", backgroundcolor="white")
_ = zoomed.text(0.64, 0.5, "user\n49/68", ha="center", backgroundcolor="white")
_ = zoomed.set(title="… and users fill 72 % of the alarms", xlabel="share of alarms")
for ax in (whole, zoomed):
    _ = ax.set(xlim=(0, 1), ylim=(0, 1))
figures.show(
    fig,
    alt="Two unit squares. Left: a strip 2 % wide for attacks, 95 % of its height alarms, beside a wide low strip 5 % high, the "
    "alarms for users. Right: the alarms alone, stretched to fill the square: attacks take 28 %, users 72 %.",
)

# %% [markdown]
r"""
The thin strip is high and the wide one low, and width wins. Now exactly, in both directions:
"""

# %%
alarms = sum(p for (kind, sound), p in sessions.items() if sound == "alarm")
attacks = sum(p for (kind, sound), p in sessions.items() if kind == "attack")
both = sessions["attack", "alarm"]
print(f"P(alarm | attack) = {both / attacks}    P(attack | alarm) = {both / alarms} = {float(both / alarms):.3f}")

# %% [markdown]
r"""
One numerator, two denominators: the failure from the beginning, in a line.

## Independent: the news changes nothing

$A$ and $B$ are **independent** if $P(A \cap B) = P(A)\,P(B)$. When $P(B) > 0$ this says $P(A \mid B) = P(A)$: learning $B$
leaves $A$ as likely as before. The product form is the definition, because it is symmetric and needs no $P(B) > 0$.

**Predict.** You throw a red and a blue die. For which totals is "the total is $t$" independent of "red shows 4"?
"""

# %%
dice = {pair: Fraction(1, 36) for pair in product(range(1, 7), repeat=2)}
for t in range(2, 13):
    total = sum(p for pair, p in dice.items() if sum(pair) == t)
    news = sum(p for (red, blue), p in dice.items() if red == 4 and red + blue == t) / Fraction(1, 6)
    print(f"total {t:2}: P = {total!s:>4}   P given red 4 = {news!s:>3}   {'independent' if news == total else ''}")

# %% [markdown]
r"""
Only 7, for which every red face leaves exactly one blue face. Independence is a fact about numbers, and no story about
causes replaces the check. Total 2 is *disjoint* from "red shows 4": each rules out the other, which is news indeed.
**Disjoint events of positive probability are never independent.**
"""

# %% [markdown] exercise="e1" title="A probability space in a dict" level="warm-up" minutes=20 exports=["prob", "given", "independent"]
r"""
A `space` is a dict from outcome to probability (a `Fraction`), an event a set of outcomes of that space. Results are exact
`Fraction`s, never floats. Write

- `prob(space, event)`: $P(\text{event})$. If `space` breaks an axiom, that is, if some probability is negative or the total
  is not exactly 1, raise `ValueError`. (The other two functions may take a valid space for granted.)
- `given(space, event)`: the space $P(\,\cdot \mid \text{event})$, as a new dict with *all* the outcomes of `space`; those
  outside the event get probability 0. If $P(\text{event}) = 0$, raise `ValueError`.
- `independent(space, a, b)`: `True` or `False`, by the product definition, also when an event has probability 0.

None of them changes what it is handed. For `die = {1: Fraction(1, 6), …, 6: Fraction(1, 6)}`: `prob(die, {2, 4, 6})` is
`Fraction(1, 2)`; `given(die, {2, 4, 6})` gives each of 2, 4 and 6 a third and each of 1, 3 and 5 zero; `independent(die,
{2, 4, 6}, {1, 2})` is `True`.
"""

# %% [markdown] hints="e1" reading="MML 6.1.2; Apostol II ch. 13, on conditional probability and on independence"
r"""
1. All three functions need one sum: the values of the keys in an event. Which event belongs in each place?
2. Conditioning divides what is inside by the probability of the event, and nothing else happens. For independence compare
   the intersection `a & b` with a product; no division, so nothing can go wrong with null events.
3. `mass = sum(space[w] for w in event)`; refuse `mass == 0`; then a dict comprehension over *all* of `space`, with `p /
   mass` if `w in event` and `Fraction(0)` if not.
"""


# %% solution="e1"
def prob(space, event):
    """Exact probability of a set of outcomes; ValueError if `space` is no probability space."""
    ### BEGIN SOLUTION
    if any(p < 0 for p in space.values()) or sum(space.values()) != 1:
        raise ValueError("probabilities must be at least 0 and add up to exactly 1")
    return sum((space[outcome] for outcome in event), Fraction(0))
    ### END SOLUTION


def given(space, event):
    """The space conditioned on `event`, over the same outcomes; ValueError if the event has probability 0."""
    ### BEGIN SOLUTION
    mass = sum(space[outcome] for outcome in event)
    if mass == 0:
        raise ValueError("cannot condition on an event of probability 0")
    return {outcome: p / mass if outcome in event else Fraction(0) for outcome, p in space.items()}
    ### END SOLUTION


def independent(space, a, b):
    """Whether the events `a` and `b` are independent, by the product definition."""
    ### BEGIN SOLUTION
    p_a, p_b, p_both = (sum(space[outcome] for outcome in event) for event in (a, b, a & b))
    return p_both == p_a * p_b
    ### END SOLUTION


# %% test="e1_prob" points=1 title="An event weighs what its outcomes weigh"
die = {face: Fraction(1, 6) for face in range(1, 7)}
check(prob, die, {2, 4, 6}).equals(Fraction(1, 2), idea="add the probabilities of the outcomes in the event")
### BEGIN HIDDEN TESTS
check(prob, die, set()).equals(Fraction(0), idea="what does an empty sum come to?")
check(prob, {"a": Fraction(0), "b": Fraction(1)}, {"a"}).equals(Fraction(0), idea="axiom 1 allows probability 0")
fine = {"a": Fraction(1, 3**30), "b": Fraction(1, 7**20), "c": 1 - Fraction(1, 3**30) - Fraction(1, 7**20)}
check(prob, fine, {"a", "b"}).equals(Fraction(1, 3**30) + Fraction(1, 7**20), idea="no floats on the way: they round")
for seed in range(5):
    space = random_space(seed, 7)
    event = set(seeded(seed).permutation(7)[: 2 + seed % 4].tolist())
    expected = 1 - sum(p for w, p in space.items() if w not in event)
    check(prob, space, event).note(f"seed {seed}").equals(
        expected, idea="outcomes need not be equally likely; fractions stay exact"
    )
### END HIDDEN TESTS

# %% test="e1_axioms" points=1 title="What is no probability space is refused"
lopsided = {"heads": Fraction(2, 3), "tails": Fraction(1, 2)}
check(prob, lopsided, {"heads"}).raises(ValueError, idea="axiom 2: do the probabilities add up to 1?")
### BEGIN HIDDEN TESTS
short = {"a": Fraction(1, 3), "b": Fraction(1, 3), "c": Fraction(1, 3) - Fraction(1, 10**18)}
check(prob, short, {"a"}).raises(ValueError, idea="axiom 2: exactly 1, not nearly; the fractions are exact, so compare exactly")
negative = {"a": Fraction(-1, 2), "b": Fraction(1), "c": Fraction(1, 2)}
check(prob, negative, {"b"}).raises(ValueError, idea="axiom 1: a total of 1 does not yet make every probability at least 0")
### END HIDDEN TESTS

# %% test="e1_given" points=2 title="Conditioning rescales what is left to total 1"
die = {face: Fraction(1, 6) for face in range(1, 7)}
even = {face: Fraction(1 - face % 2, 3) for face in range(1, 7)}
check(given, die, {2, 4, 6}).equals(even, idea="the outcomes inside keep their proportions; those outside stay, with probability 0")
check(given, die, {2, 4, 6}).keeps_arguments(idea="a new dict: whoever handed over the space still needs the old one")
### BEGIN HIDDEN TESTS
for seed in range(5):
    space = random_space(seed, 6)
    event = {seed % 6, (seed + 1) % 6, (seed + 3) % 6}
    inside = sum(space[w] for w in event)
    expected = {w: space[w] * (w in event) / inside for w in space}
    check(given, space, event).note(f"seed {seed}").equals(expected, idea="divide by the probability of the event, not by its size")
### END HIDDEN TESTS

# %% test="e1_null" points=1 title="Nothing can be conditioned on a null event"
coin = {"heads": Fraction(1), "tails": Fraction(0)}
check(given, coin, {"tails"}).raises(ValueError, idea="P(A | B) is not defined when P(B) = 0, and not zero either")
### BEGIN HIDDEN TESTS
check(given, coin, set()).raises(ValueError, idea="the empty event is a null event too")
### END HIDDEN TESTS

# %% test="e1_independent" points=1 title="Independence is an equation between numbers"
die = {face: Fraction(1, 6) for face in range(1, 7)}
check(independent, die, {2, 4, 6}, {1, 2}).equals(True, idea="compare P(A and B) with P(A) P(B)")
### BEGIN HIDDEN TESTS
check(independent, die, {1, 2}, {3, 4}).equals(False, idea="disjoint events tell you a lot about each other")
check(independent, die, {1, 2, 3}, {2, 4, 5}).equals(False, idea="sharing an outcome is not enough: the numbers have to agree")
check(independent, die, {2, 4, 6}, {2, 4}).equals(False, idea="news that makes an event likelier is news too")
bit = Fraction(1, 10**20)
nearly = {"11": Fraction(1, 4) + bit, "10": Fraction(1, 4) - bit, "01": Fraction(1, 4) - bit, "00": Fraction(1, 4) + bit}
check(independent, nearly, {"11", "10"}, {"11", "01"}).equals(False, idea="equal, not nearly equal: compare the fractions themselves")
loaded = {1: Fraction(1, 2), 2: Fraction(1, 10), 3: Fraction(1, 10), 4: Fraction(1, 10), 5: Fraction(1, 10), 6: Fraction(1, 10)}
check(independent, loaded, {2, 4, 6}, {1, 2}).equals(False, idea="weigh the outcomes, do not count them")
coin = {"heads": Fraction(1), "tails": Fraction(0)}
check(independent, coin, {"tails"}, {"tails"}).equals(True, idea="the product definition covers null events: 0 = 0 · 0")
check(independent, coin, {"heads"}, {"tails"}).equals(True, idea="the product definition covers null events: 0 = 1 · 0")
### END HIDDEN TESTS

# %% [markdown]
r"""
## Bayes: learning is conditioning, again and again

Cut $\Omega$ into disjoint hypotheses $H_1, \dots, H_k$ of positive probability that cover it. Writing $P(H_i \cap E)$ as
$P(H_i)\,P(E \mid H_i)$ turns the definition of $P(H_i \mid E)$ into **Bayes' theorem**, for $P(E) > 0$:

$$\underbrace{P(H_i \mid E)}_{\text{posterior}} = \frac{\overbrace{P(H_i)}^{\text{prior}}\;\overbrace{P(E \mid H_i)}^{\text{likelihood}}}{P(E)},
\qquad P(E) = \sum_j P(H_j)\,P(E \mid H_j).$$

The sum on the right is the **law of total probability**. With two hypotheses, divide one posterior by the other and $P(E)$
cancels: *posterior odds = prior odds × likelihood ratio*. An alarm from our detector multiplies the odds of an attack by
$\frac{0.95}{0.05} = 19$, always. But 19 times what?
"""

# %%
base = np.logspace(-5, np.log10(0.5), 200)
fig, ax = plt.subplots(figsize=(6.5, 3.3))
for false_alarm in (0.05, 0.005, 0.0005):
    _ = ax.semilogx(base, 0.95 * base / (0.95 * base + false_alarm * (1 - base)), label=f"false alarms {false_alarm:.2%}")
_ = ax.plot(0.02, 19 / 68, "ko")
_ = ax.annotate("our detector", (0.02, 19 / 68), (0.03, 0.2))
_ = ax.axhline(0.5, color="grey", linewidth=0.8, linestyle="-")
_ = ax.set(
    xlabel="base rate P(attack)",
    ylabel="P(attack | alarm)",
    title="At 5 % false alarms and a base rate under 5 %, most alarms are false",
)
_ = ax.legend(loc="upper left")
figures.show(
    fig,
    alt="P(attack given alarm) against the base rate on a logarithmic axis, for false alarm rates 5 %, 0.5 % and 0.05 %. The first "
    "curve crosses one half at a base rate of 5 %; our detector, at 2 %, lies below, at 0.28. The others cross it near 0.5 % and 0.05 %.",
)

# %% [markdown]
r"""
In court, leaving out the prior is called the **prosecutor's fallacy**: "a chance match has probability one in a million, so
the accused is innocent with probability one in a million" reads $P(\text{match} \mid \text{innocent})$ as
$P(\text{innocent} \mid \text{match})$. In a city of ten million, about ten innocent people match.

More evidence helps, *if* it is **conditionally independent** given the hypothesis, $P(E_1 \cap E_2 \mid H) = P(E_1 \mid
H)\,P(E_2 \mid H)$: once we know $H$, one observation says nothing more about the next. Then likelihoods multiply, and
yesterday's posterior is today's prior. **Predict:** two such alarms in a row take our odds from 1 : 49 to what?
"""

# %%
odds = Fraction(1, 49)
for alarms_heard in range(1, 4):
    odds *= 19
    print(f"after {alarms_heard}: odds {odds!s:>7}, probability {float(odds / (1 + odds)):.4f}")

# %% [markdown]
r"""
**Vary.** What if the second alarm is only the first one sent again? After the first it is certain under either hypothesis,
its likelihood ratio is $1$, and it moves nothing. Counting echoes as new evidence is the commonest way of fooling oneself
with Bayes.
"""

# %% [markdown] exercise="e2" title="Posterior and prediction" level="core" minutes=30 exports=["posterior", "predictive"]
r"""
`prior` and `belief` are dicts from hypothesis to probability (`Fraction`s with total 1, zeros allowed). `likelihoods` has the
same hypotheses, and `likelihoods[h][x]` is $P(x \mid h)$, a `Fraction`; an observation `x` that is not listed under `h` has
probability 0 there. Results are exact `Fraction`s, and nothing that is handed in is changed.

- `posterior(prior, likelihoods, data)`: the dict $P(h \mid \text{data})$ over the hypotheses of `prior`. `data` is a list
  of observations, conditionally independent given the hypothesis; it may be empty, and the same observation may come more
  than once. If no hypothesis of positive prior makes the data possible, raise `ValueError`.
- `predictive(belief, likelihoods)`: the dict $P(\text{next observation} = x)$ if the hypotheses have the probabilities in
  `belief`, for every `x` that is listed under at least one hypothesis.

With `prior = {"attack": Fraction(1, 50), "user": Fraction(49, 50)}` and the detector's `likelihoods`, `posterior(prior,
likelihoods, ["alarm"])` is `{"attack": Fraction(19, 68), "user": Fraction(49, 68)}`, and `predictive` of that belief gives
`"alarm"` the probability `Fraction(41, 136)`.
"""

# %% [markdown] hints="e2" reading="MML 6.3; Apostol II ch. 13, on conditional probability"
r"""
1. Do one observation on paper first: multiply, add up, divide. Then ask what the second observation starts from.
2. Go through `data` with a current belief that starts as the prior. For the prediction use the law of total probability,
   with each hypothesis weighted by its belief.
3. In the loop: `joint = {h: p * likelihoods[h].get(x, 0) for h, p in belief.items()}`, and its sum is the evidence: test it
   for 0, then divide. Predicting sums the same products over `h`, once for each `x`.
"""


# %% solution="e2"
def posterior(prior, likelihoods, data):
    """P(hypothesis | data), exactly, as a dict over the hypotheses; ValueError if the data are impossible."""
    ### BEGIN SOLUTION
    belief = dict(prior)
    for x in data:
        joint = {h: p * likelihoods[h].get(x, 0) for h, p in belief.items()}
        evidence = sum(joint.values())
        if evidence == 0:
            raise ValueError(f"no hypothesis with a positive probability explains {x!r}")
        belief = {h: p / evidence for h, p in joint.items()}
    return belief
    ### END SOLUTION


def predictive(belief, likelihoods):
    """P(next observation), exactly, as a dict over all observations that some hypothesis lists."""
    ### BEGIN SOLUTION
    observations = {x for row in likelihoods.values() for x in row}
    return {x: sum(p * likelihoods[h].get(x, 0) for h, p in belief.items()) for x in observations}
    ### END SOLUTION


# %% test="e2_prior" points=2 title="The prior counts, be it a base rate or yesterday's posterior"
prior = {"attack": Fraction(1, 50), "user": Fraction(49, 50)}
sounds = {
    "attack": {"alarm": Fraction(19, 20), "quiet": Fraction(1, 20)},
    "user": {"alarm": Fraction(1, 20), "quiet": Fraction(19, 20)},
}
heard = {"attack": Fraction(19, 68), "user": Fraction(49, 68)}
check(posterior, prior, sounds, ["alarm"]).equals(heard, idea="the prior belongs into the product; and the total has to be 1 again")
### BEGIN HIDDEN TESTS
silence = {"attack": Fraction(1, 932), "user": Fraction(931, 932)}
check(posterior, prior, sounds, ["quiet"]).equals(silence, idea="silence is evidence too, and the prior counts there as well")
check(posterior, prior, sounds, []).equals(prior, idea="without data the belief is the prior")
check(posterior, heard, sounds, ["quiet"]).equals(
    prior, idea="yesterday's posterior is today's prior: here the silence undoes the alarm"
)
check(posterior, prior, sounds, ["alarm"]).keeps_arguments(
    idea="`belief = prior` is a second name for the same dict: begin with a copy, or build a new dict"
)
for seed in range(4):
    start = random_space(seed, 4)
    rows = {h: random_space(10 * seed + h + 1, 3) for h in start}
    x = max(range(3), key=lambda k: sum(start[h] * rows[h][k] for h in start))
    column = {h: start[h] * rows[h][x] for h in start}
    expected = {h: p / sum(column.values()) for h, p in column.items()}
    check(posterior, start, rows, [x]).note(f"seed {seed}").equals(
        expected, idea="condition the joint table on the column that was observed"
    )
### END HIDDEN TESTS

# %% test="e2_many" points=2 title="Every observation counts, as often as it comes"
coins = {"fair": {"H": Fraction(1, 2), "T": Fraction(1, 2)}, "bent": {"H": Fraction(3, 4), "T": Fraction(1, 4)}}
even = {"fair": Fraction(1, 2), "bent": Fraction(1, 2)}
twice = {"fair": Fraction(4, 13), "bent": Fraction(9, 13)}
check(posterior, even, coins, ["H", "H"]).equals(twice, idea="the same observation twice is twice the evidence")
### BEGIN HIDDEN TESTS
for seed in range(4):
    start = {h: Fraction(1, 3) for h in range(3)}
    rows = {h: {x: (p + Fraction(1, 7)) / (1 + Fraction(3, 7)) for x, p in random_space(20 * seed + h, 3).items()} for h in start}
    data = seeded(seed).integers(0, 3, 5).tolist()
    table = {(h, *xs): start[h] * math.prod(rows[h][x] for x in xs) for h in start for xs in product(range(3), repeat=5)}
    column = {h: table[h, *data] for h in start}
    expected = {h: p / sum(column.values()) for h, p in column.items()}
    check(posterior, start, rows, data).note(f"seed {seed}").equals(
        expected, idea="given the hypothesis, likelihoods multiply, one for each observation"
    )
### END HIDDEN TESTS

# %% test="e2_impossible" points=1 title="Zero stays zero, and the impossible is refused"
urns = {"left": {"red": Fraction(1)}, "right": {"red": Fraction(1, 3), "green": Fraction(2, 3)}}
even = {"left": Fraction(1, 2), "right": Fraction(1, 2)}
settled = {"left": Fraction(0), "right": Fraction(1)}
check(posterior, even, urns, ["green"]).equals(settled, idea="what a hypothesis does not list has probability 0 under it")
### BEGIN HIDDEN TESTS
check(posterior, even, urns, ["green", "red", "red"]).equals(settled, idea="a hypothesis ruled out once cannot come back")
check(posterior, even, urns, ["blue"]).raises(ValueError, idea="data of probability 0: the division has no meaning")
sure = {"left": Fraction(1), "right": Fraction(0)}
check(posterior, sure, urns, ["red", "green"]).raises(
    ValueError, idea="a prior of 0 cannot be revived, so these data have probability 0"
)
apart = {"left": {"red": Fraction(1)}, "right": {"green": Fraction(1)}}
check(posterior, even, apart, ["red", "green"]).raises(
    ValueError, idea="each observation is possible, but is there one hypothesis under which both are?"
)
### END HIDDEN TESTS

# %% test="e2_predictive" points=2 title="A prediction averages over all hypotheses"
sounds = {
    "attack": {"alarm": Fraction(19, 20), "quiet": Fraction(1, 20)},
    "user": {"alarm": Fraction(1, 20), "quiet": Fraction(19, 20)},
}
belief = {"attack": Fraction(19, 68), "user": Fraction(49, 68)}
again = {"alarm": Fraction(41, 136), "quiet": Fraction(95, 136)}
check(predictive, belief, sounds).equals(
    again, idea="law of total probability: each hypothesis speaks with the weight of its belief"
)
### BEGIN HIDDEN TESTS
urns = {"left": {"red": Fraction(1)}, "right": {"red": Fraction(1, 3), "green": Fraction(2, 3)}}
sure = {"left": Fraction(1), "right": Fraction(0)}
check(predictive, sure, urns).equals(
    {"red": Fraction(1), "green": Fraction(0)}, idea="every listed observation is a key, even one that cannot come"
)
open_minded = {"left": Fraction(1, 2), "right": Fraction(1, 2)}
check(predictive, open_minded, urns).equals(
    {"red": Fraction(2, 3), "green": Fraction(1, 3)}, idea="a hypothesis that does not list x counts in the average too, with 0"
)
for seed in range(4):
    weights = random_space(seed, 4)
    rows = {h: random_space(10 * seed + h, 5) for h in weights}
    expected = {x: sum(weights[h] * rows[h][x] for h in weights) for x in range(5)}
    check(predictive, weights, rows).note(f"seed {seed}").equals(expected, idea="do not bet on the likeliest hypothesis alone")
### END HIDDEN TESTS

# %% [markdown]
r"""
## A random variable is a function

It is neither random nor a variable: a **random variable** is a function $X: \Omega \to \mathbb{R}$. (On an infinite
$\Omega$ one more thing is asked: $\{X \le x\}$ must be an event for every $x$.) The randomness is all in the outcome. $X$
carries the probability over to numbers, $P(X = x) = P(\{\omega : X(\omega) = x\})$. When $\Omega$ is finite, these make up
its **probability mass function**. So applying a function $g$ *merges bars*: those whose $x$ have the same $g(x)$ are
stacked.
"""

# %%
totals = {t: sum(p for pair, p in dice.items() if sum(pair) == t) for t in range(2, 13)}
heights = [float(p) for p in totals.values()]
fig, (left, right) = plt.subplots(1, 2, figsize=(7.5, 3), sharey=True)
looks = [{"color": figures.OKABE_ITO[0]}, {"color": figures.OKABE_ITO[4], "hatch": "///", "edgecolor": "white"}]
for low, high, look in [(2, 7, looks[0]), (8, 12, looks[1])]:
    _ = left.bar(range(low, high + 1), heights[low - 2 : high - 1], **look)
_ = right.bar(range(6), heights[5::-1], **looks[0], label="from totals up to 7")
_ = right.bar(range(1, 6), heights[6:], bottom=heights[4::-1], **looks[1], label="from totals above 7")
_ = left.set(title="Eleven bars for X …", xlabel="total X of two dice", ylabel="probability", ylim=(0, 0.4))
_ = right.set(title="… merge into six for |X − 7|", xlabel="distance of X from 7")
_ = right.legend()
figures.show(
    fig,
    alt="Left: the triangular probability mass function of the total of two dice, 2 to 12. Right: that of |X − 7|, 0 to 5: the bars "
    "above 7 stand on those as far below it. The bar at 1 is now the highest, 10/36; the bar at 0 keeps its 6/36.",
)

# %% [markdown]
r"""
The likeliest total is 7, but its likeliest distance from 7 is 1. The **expectation** is the average weighted by
probability, and it can be taken over outcomes or over values:

$$E[X] = \sum_\omega P(\omega)\,X(\omega), \qquad E[g(X)] = \sum_\omega P(\omega)\,g(X(\omega)) = \sum_x P(X = x)\,g(x).$$

It is **linear**, $E[aX + bY] = a\,E[X] + b\,E[Y]$, with no condition at all on how $X$ and $Y$ are related. But $E[g(X)]$
is *not* $g(E[X])$ unless luck or a straight line makes it so.

**Predict.** The total has $E[X] = 7$. Is $E|X - 7|$ equal to 0? Is $E[X^2]$ more than 49, or less?
"""

# %%
print(f"E[X] = {sum(p * t for t, p in totals.items())}")
print(f"E|X - 7| = {sum(p * abs(t - 7) for t, p in totals.items())}")
print(f"E[X^2] = {sum(p * t**2 for t, p in totals.items())} = {float(sum(p * t**2 for t, p in totals.items())):.2f}")

# %% [markdown]
r"""
The excess of $E[X^2]$ over $E[X]^2$ is the **variance**, $\operatorname{Var}(X) = E[(X - E[X])^2] = E[X^2] - E[X]^2 \ge 0$.
With the **covariance** $\operatorname{Cov}(X, Y) = E[(X - E[X])(Y - E[Y])]$,

$$\operatorname{Var}(X + Y) = \operatorname{Var}(X) + \operatorname{Var}(Y) + 2\operatorname{Cov}(X, Y).$$

So variances add exactly when the covariance is 0. Independence of $X$ and $Y$ (on a finite $\Omega$: the events $\{X = x\}$
and $\{Y = y\}$ are independent for all $x$ and $y$) is enough for that, but it is not needed: take $X$ uniform on $-1, 0,
1$ and $Y = X^2$; then $\operatorname{Cov}(X, Y) = E[X^3] - E[X]\,E[X^2] = 0$, and yet $X$ determines $Y$.

The production tool for exact work is `sympy.stats`. It enumerates just as we do, but from a formula. We compare the larger
of two dice:
"""

# %%
mean = sum(p * max(pair) for pair, p in dice.items())
spread = sum(p * (max(pair) - mean) ** 2 for pair, p in dice.items())
print(f"by hand:     E = {mean}, Var = {spread}")
red, blue = symbolic.Die("red", 6), symbolic.Die("blue", 6)
print(f"sympy.stats: E = {symbolic.E(Max(red, blue))}, Var = {symbolic.variance(Max(red, blue))}")
print(f"P(total > 9 given red > 4) = {symbolic.P(red + blue > 9, red > 4)}")

# %% [markdown]
r"""
## Conditional expectation is a random variable too

A guess $c$ for $X$ has the mean squared error $E[(X - c)^2] = \operatorname{Var}(X) + (E[X] - c)^2$, so the best one is the
average. When $Y$ is known, it is the average over the outcomes that share that value of $Y$. For an $\omega$ with $P(Y =
Y(\omega)) > 0$ this is

$$E[X \mid Y](\omega) = \frac{1}{P(Y = y)} \sum_{\omega' :\, Y(\omega') = y} P(\omega')\,X(\omega'), \qquad y = Y(\omega).$$

It depends on $\omega$ only through $Y$: a function on $\Omega$ that is flat on the pieces into which $Y$ cuts it. On pieces
of probability 0 any value would do. Averaging the averages gives back the average: $E\big[E[X \mid Y]\big] = E[X]$, the
**law of total expectation**.

**Predict.** What is $E[\text{total} \mid \text{red}]$ where red shows 1, and where it shows 6?
"""

# %%
for face in (1, 4, 6):
    piece = {pair: p for pair, p in dice.items() if pair[0] == face}
    print(f"red {face}: {sum(p * sum(pair) for pair, p in piece.items()) / sum(piece.values())}")

# %% [markdown] exercise="e3" title="Moments, and what is known of them" level="core" minutes=40 exports=["expectation", "covariance", "variance_of_sum", "cond_expectation"]
r"""
A random variable is a dict from *every* outcome of the space to a number (`int` or `Fraction`); it may list the outcomes in
another order than the space. Results are exact, and nothing that is handed in is changed. Write

- `expectation(space, X, g)`: $E[g(X)]$; `g` is a function of one number, and when it is left out, $g(x) = x$.
- `covariance(space, X, Y)`: $\operatorname{Cov}(X, Y)$.
- `variance_of_sum(space, variables)`: $\operatorname{Var}(X_1 + \dots + X_n)$ for a non-empty list of random variables,
  which may depend on each other in any way.
- `cond_expectation(space, X, Y)`: $E[X \mid Y]$ as a random variable, a dict with all the outcomes of the space. Where $P(Y
  = Y(\omega)) = 0$, put 0.

For a fair die with `X = {1: 1, …, 6: 6}` and `Y` 1 on odd faces, 0 on even ones: `expectation(die, X)` is `Fraction(7, 2)`,
`expectation(die, X, lambda x: x * x)` is `Fraction(91, 6)`, `covariance(die, X, Y)` is `Fraction(-1, 4)`,
`variance_of_sum(die, [X, X])` is `Fraction(35, 3)`, and `cond_expectation(die, X, Y)` is 3 on odd faces and 4 on even ones.
"""

# %% [markdown] hints="e3" reading="MML 6.4.1, 6.4.3 and 6.4.4; Apostol II ch. 14, on expectation and variance"
r"""
1. Each of the four is one kind of sum over outcomes. What stands beside $P(\omega)$ in each?
2. A sum of random variables is itself a random variable: build its dict, then you know its variance. For $E[X \mid Y]$
   collect the probability and the sum of $P(\omega) X(\omega)$ for each value of $Y$ first.
3. `mass[Y[w]]` and `moment[Y[w]]` filled in one loop over `space.items()`; then for every `w` their quotient, or 0 where
   there is no mass. For the sum: `total = {w: sum(X[w] for X in variables) for w in space}`.
"""


# %% solution="e3"
def expectation(space, X, g=lambda x: x):
    """E[g(X)], exactly; g is the identity if it is left out."""
    ### BEGIN SOLUTION
    return sum(p * g(X[w]) for w, p in space.items())
    ### END SOLUTION


def covariance(space, X, Y):
    """Cov(X, Y), exactly."""
    ### BEGIN SOLUTION
    mean_x = sum(p * X[w] for w, p in space.items())
    mean_y = sum(p * Y[w] for w, p in space.items())
    return sum(p * (X[w] - mean_x) * (Y[w] - mean_y) for w, p in space.items())
    ### END SOLUTION


def variance_of_sum(space, variables):
    """Var(X_1 + … + X_n), exactly, for a non-empty list of random variables, dependent or not."""
    ### BEGIN SOLUTION
    total = {w: sum(X[w] for X in variables) for w in space}
    mean = sum(p * total[w] for w, p in space.items())
    return sum(p * (total[w] - mean) ** 2 for w, p in space.items())
    ### END SOLUTION


def cond_expectation(space, X, Y):
    """E[X | Y] as a dict over all outcomes, exactly; 0 where Y takes a value of probability 0."""
    ### BEGIN SOLUTION
    mass = dict.fromkeys(Y.values(), Fraction(0))
    moment = dict.fromkeys(Y.values(), Fraction(0))
    for w, p in space.items():
        mass[Y[w]] += p
        moment[Y[w]] += p * X[w]
    return {w: moment[Y[w]] / mass[Y[w]] if mass[Y[w]] else Fraction(0) for w in space}
    ### END SOLUTION


# %% test="e3_expectation" points=2 title="E[g(X)] averages the values of g"
die = {face: Fraction(1, 6) for face in range(1, 7)}
faces = {face: face for face in die}
check(expectation, die, faces).equals(Fraction(7, 2), idea="weigh each value with its probability")
check(expectation, die, faces, lambda x: x * x).equals(Fraction(91, 6), idea="apply g first, then average: E[g(X)] is not g(E[X])")
### BEGIN HIDDEN TESTS
for seed in range(5):
    space = random_space(seed, 8)
    values = seeded(seed).integers(-4, 5, 8).tolist()
    X = {w: Fraction(values[w], 1 + seed % 2) for w in reversed(space)}
    pmf = {x: sum(p for w, p in space.items() if X[w] == x) for x in X.values()}
    for g in (lambda x: x, abs, lambda x: x**3, lambda x: int(x > 1), lambda x: 5):
        expected = sum(p * g(x) for x, p in pmf.items())
        check(expectation, space, X, g).note(f"seed {seed}").equals(
            expected, idea="values that several outcomes share count for each of them"
        )
### END HIDDEN TESTS

# %% test="e3_covariance" points=2 title="Covariance multiplies the two deviations"
die = {face: Fraction(1, 6) for face in range(1, 7)}
faces, odd = {face: face for face in die}, {face: face % 2 for face in die}
check(covariance, die, faces, odd).equals(
    Fraction(-1, 4), idea="multiply the deviations outcome by outcome, then average; keep the sign"
)
### BEGIN HIDDEN TESTS
for seed in range(5):
    space = random_space(seed, 8)
    rows = seeded(seed).integers(-4, 5, (2, 8)).tolist()
    X, Y = {w: rows[0][w] for w in reversed(space)}, {w: Fraction(rows[1][w], 1 + seed % 2) for w in space}
    mean_x, mean_y = (sum(p * V[w] for w, p in space.items()) for V in (X, Y))
    expected = sum(p * X[w] * Y[w] for w, p in space.items()) - mean_x * mean_y
    check(covariance, space, X, Y).note(f"seed {seed}").equals(
        expected, idea="Cov(X, Y) = E[XY] − E[X] E[Y], both with the space's own weights"
    )
### END HIDDEN TESTS

# %% test="e3_sum" points=2 title="The variance of a sum knows about dependence"
die = {face: Fraction(1, 6) for face in range(1, 7)}
faces, opposite = {face: face for face in die}, {face: 7 - face for face in die}
check(variance_of_sum, die, [faces, faces]).equals(Fraction(35, 3), idea="X + X is 2X: are the two summands independent?")
### BEGIN HIDDEN TESTS
check(variance_of_sum, die, [faces, opposite]).equals(Fraction(0), idea="opposite faces always add up to 7: what varies?")
check(variance_of_sum, die, [faces]).equals(Fraction(35, 12), idea="one summand has its own variance")
check(variance_of_sum, die, [faces, opposite]).keeps_arguments(idea="add up into a new dict, not into the first summand")
for seed in range(5):
    space = random_space(seed, 8)
    rows = seeded(seed).integers(-4, 5, (4, 8)).tolist()
    variables = [{w: row[w] for w in seeded(seed + k).permutation(8).tolist()} for k, row in enumerate(rows)]
    means = [sum(p * V[w] for w, p in space.items()) for V in variables]
    pairs = product(zip(variables, means, strict=True), repeat=2)
    expected = sum(sum(p * (X[w] - m) * (Y[w] - k) for w, p in space.items()) for (X, m), (Y, k) in pairs)
    check(variance_of_sum, space, variables).note(f"seed {seed}").equals(
        expected, idea="all pairs of summands contribute, not only neighbours"
    )
### END HIDDEN TESTS

# %% test="e3_conditional" points=3 title="E[X | Y] is flat where Y is, and averages to E[X]"
die = {face: Fraction(1, 6) for face in range(1, 7)}
faces, odd = {face: face for face in die}, {face: face % 2 for face in die}
by_parity = {face: 3 if face % 2 else 4 for face in die}
check(cond_expectation, die, faces, odd).equals(by_parity, idea="average X over the outcomes that share this value of Y")
### BEGIN HIDDEN TESTS
check(cond_expectation, die, faces, faces).equals(faces, idea="if Y tells the outcome, nothing is left to average")
check(cond_expectation, die, faces, dict.fromkeys(die, 9)).equals(
    dict.fromkeys(die, Fraction(7, 2)), idea="a constant Y tells nothing: what is then the best guess?"
)
for seed in range(6):
    space = random_space(seed, 9)
    rows = seeded(seed).integers(-2, 3, (2, 9)).tolist()
    X, Y = {w: Fraction(rows[0][w], 1 + seed % 2) for w in space}, {w: rows[1][w] for w in reversed(space)}
    expected = {}
    for w in space:
        piece = [v for v in space if Y[v] == Y[w]]
        weight = sum(space[v] for v in piece)
        expected[w] = sum(space[v] * X[v] for v in piece) / weight if weight else Fraction(0)
    check(cond_expectation, space, X, Y).note(f"seed {seed}").equals(
        expected, idea="weigh inside each piece, divide by the piece's probability; 0 on null pieces"
    )
### END HIDDEN TESTS

# %% [markdown]
r"""
## The law of large numbers, live

Why may we estimate a probability by counting? Let $X_1, X_2, \dots$ have the same mean $\mu$ and the same *finite* variance
$\sigma^2$, and let any two of them be uncorrelated. Then their average $\bar X_n$ has mean $\mu$ and, since no covariance
is left, variance $n\sigma^2 / n^2 = \sigma^2/n$. **Chebyshev's inequality** (the mean of $(\bar X_n - \mu)^2$ is at least
$\varepsilon^2$ times the probability that it is $\varepsilon^2$ or more) gives the **weak law of large numbers**: for every
$\varepsilon > 0$

$$P\big(|\bar X_n - \mu| \ge \varepsilon\big) \le \frac{\sigma^2}{n\,\varepsilon^2} \longrightarrow 0 \quad (n \to \infty).$$

**Predict.** In 10,000 throws of a fair coin, how far from 0 will *heads minus tails* end up: about 0, 10, 100 or 1,000?
"""

# %%
steps = 2 * np.random.default_rng(7).integers(0, 2, (500, 10_000)) - 1
n = np.arange(1, 10_001)
excess = steps.cumsum(axis=1)
for throws in (100, 1_000, 10_000):
    lead = np.abs(excess[:, throws - 1])
    far, bound = np.mean(lead / throws >= 0.1), 1 / (throws * 0.1**2)
    print(
        f"n = {throws:6}: mean |heads - tails| = {lead.mean():5.1f},  share with |average| >= 0.1: {far:.4f}, Chebyshev {bound:.2f}"
    )

# %%
fig, panels = plt.subplots(1, 2, figsize=(7.5, 3.2))
drawn = (n < 100) | (n % 25 == 0)  # enough to see: every throw at first, then every 25th
for ax, scale in zip(panels, (1 / n, np.ones(10_000)), strict=True):
    _ = ax.plot(n[drawn], (excess[:6] * scale)[:, drawn].T, color="grey", linewidth=0.7, linestyle="-")
    for sign, label in ((-1, None), (1, "two standard deviations")):
        _ = ax.plot(n[drawn], (sign * 2 * np.sqrt(n) * scale)[drawn], color=figures.OKABE_ITO[1], linestyle="--", label=label)
_ = panels[0].set(
    xscale="log", ylim=(-1, 1), title="The average settles at 0 …", xlabel="throws", ylabel="(heads − tails) / throws"
)
_ = panels[1].set(title="… while the total wanders off", xlabel="throws", ylabel="heads − tails", ylim=(-250, 320))
_ = panels[1].legend(loc="upper left")
fig.tight_layout()
figures.show(
    fig,
    alt="Six runs of 10,000 coin throws between dashed lines at two standard deviations. Left: heads minus tails divided by throws narrows to "
    "0 like 1/√n. Right: heads minus tails itself spreads out like √n, to about ±200.",
)

# %% [markdown]
r"""
The law does not *balance* anything: no tail is owed after a run of heads (the **gambler's fallacy**). The total does not
settle: its typical size grows like $\sqrt n$, and dividing by $n$ drowns it. So the error of an average shrinks like
$1/\sqrt n$, and one more decimal costs a hundred times the sample. Chebyshev's bound is safe and generous; tomorrow the
central limit theorem says what the error looks like. (For independent variables with one common law a finite mean is
enough, and the averages converge with probability 1: the *strong* law.)

**Vary.** Replace `steps` by `np.random.default_rng(7).standard_cauchy((500, 10_000))`. The averages never settle: for
this law $\int |x|\,f(x)\,dx$, which takes the place of $\sum |x|\,P(X = x)$, diverges. It has no expectation, and a theorem
whose condition fails promises nothing.

## Pairs are not enough

The proof asked only about pairs. Other claims need more. Events $A_1, \dots, A_n$ are **mutually independent** if *every*
sub-collection of two or more multiplies: $P(A_{i_1} \cap \dots \cap A_{i_k}) = P(A_{i_1}) \cdots P(A_{i_k})$ for $i_1 <
\dots < i_k$. That is $2^n - n - 1$ equations, and neither the pairs alone nor the whole alone will do.

**Predict.** Two fair coins: $A$ = first heads, $B$ = second heads, $C$ = the two are equal. Is knowing $A$ news about $C$?
Is knowing $A$ and $B$?
"""

# %%
coins = {pair: Fraction(1, 4) for pair in product("HT", repeat=2)}
A, B, C = {("H", "H"), ("H", "T")}, {("H", "H"), ("T", "H")}, {("H", "H"), ("T", "T")}
for label, event in {"C": C, "A and C": A & C, "B and C": B & C, "A and B and C": A & B & C}.items():
    print(f"P({label}) = {sum(coins[w] for w in event)}")

# %% [markdown]
r"""
Each pair multiplies ($\frac14 = \frac12 \cdot \frac12$), but the triple has $\frac14$, not $\frac18$: any two of the events
decide the third. Storage engineers know this as a parity disk.

Multiplying without the right to do so has done harm. In 1999 an English jury was told that two cot deaths in a family like
the accused's had a chance of 1 in 73 million: 1 in 8,543, *squared*, as if siblings did not share genes and a home. And the
number invited the prosecutor's fallacy. The Royal Statistical Society protested in 2001; the conviction was quashed in
2003, after medical evidence had come to light that the jury never heard.
"""

# %% [markdown] exercise="e4" title="Independent in pairs, not together" level="core" minutes=30 exports=["mutually_independent", "pairwise_not_mutual"]
r"""
Spaces are dicts of `Fraction`s as in exercise 1, events are sets of outcomes. Write

- `mutually_independent(space, events)`: `True` if the events of the list are mutually independent, else `False`. A list of
  none or one is (there is no equation to break). Two entries of the list count as two events even if they are the same set.
  Lists have at most 10 events.
- `pairwise_not_mutual(n)`: for $n \ge 3$ a tuple `(space, events)`: a probability space with at most $2^n$ outcomes and
  exact `Fraction`s, and a list of $n$ sets of outcomes, each of probability strictly between 0 and 1, of which every two
  are independent but which are not mutually independent. For $n < 3$ there is no such thing: raise `ValueError`. Outcomes
  may be numbers, text, or tuples of these; we try $n$ up to 7.

For the two coins above `mutually_independent(coins, [A, B])` is `True` and `mutually_independent(coins, [A, B, C])` is
`False`; `(coins, [A, B, C])` itself is one right answer to `pairwise_not_mutual(3)`.
"""

# %% [markdown] hints="e4" reading="MML 6.4.5; Apostol II ch. 13, on independence"
r"""
1. For the test: which sub-collections have to be asked? For the construction: $A$ and $B$ together decide $C$, and neither
   alone says anything about it. What can a last event ask of $n - 1$ coins, so that no single coin says anything about it?
2. `combinations(events, size)` for every size from 2. To build: $n - 1$ fair coins, the event "heads" for each of them, and
   one more event, about all the coins at once, that no single coin gives away.
3. Outcomes: `product((0, 1), repeat=n - 1)`, all equally likely. Events: outcomes whose `i`-th entry is 1, for each `i`;
   and last those whose number of ones is even. For the test compare `set.intersection(*chosen)` with a product of
   probabilities.
"""


# %% solution="e4"
def mutually_independent(space, events):
    """Whether every sub-collection of two or more of the listed events multiplies."""
    ### BEGIN SOLUTION
    for size in range(2, len(events) + 1):
        for chosen in combinations(events, size):
            together = sum(space[w] for w in set.intersection(*map(set, chosen)))
            if together != math.prod(sum(space[w] for w in event) for event in chosen):
                return False
    return True
    ### END SOLUTION


def pairwise_not_mutual(n):
    """(space, events): n events, independent in pairs but not mutually, on at most 2**n outcomes; ValueError for n < 3."""
    ### BEGIN SOLUTION
    if n < 3:
        raise ValueError("for fewer than three events, independent in pairs is mutually independent")
    outcomes = list(product((0, 1), repeat=n - 1))
    space = {w: Fraction(1, len(outcomes)) for w in outcomes}
    heads = [{w for w in outcomes if w[i] == 1} for i in range(n - 1)]
    parity = {w for w in outcomes if sum(w) % 2 == 0}
    return space, [*heads, parity]
    ### END SOLUTION


# %% test="e4_beyond_pairs" points=2 title="Mutual independence asks more than the pairs"
coins = {pair: Fraction(1, 4) for pair in product("HT", repeat=2)}
A, B, C = {("H", "H"), ("H", "T")}, {("H", "H"), ("T", "H")}, {("H", "H"), ("T", "T")}
check(mutually_independent, coins, [A, B]).equals(True, idea="P(A and B) = 1/4 = P(A) P(B)")
check(mutually_independent, coins, [A, B, C]).equals(False, idea="every pair multiplies here: what about all three?")
### BEGIN HIDDEN TESTS
check(mutually_independent, coins, []).equals(True, idea="no event, no equation to break")
bits = list(product((0, 1), repeat=5))
biased = {w: math.prod(Fraction(1 + b * i, 2 + i) for i, b in enumerate(w)) for w in bits}
ones = [{w for w in bits if w[i]} for i in range(5)]
check(mutually_independent, biased, ones).equals(True, idea="five biased coins thrown independently")
check(mutually_independent, biased, [*ones, set(bits), set()]).equals(
    True, idea="events of probability 0 and 1 are independent of everything"
)
split = {"HH1": Fraction(1, 8), "HH2": Fraction(1, 8), "HT": Fraction(1, 4), "TH": Fraction(1, 4), "TT": Fraction(1, 4)}
check(mutually_independent, split, [{"HH1", "HH2", "HT"}, {"HH1", "HH2", "TH"}]).equals(
    True, idea="weigh the outcomes, do not count them"
)
fair = dict.fromkeys(product((0, 1), repeat=3), Fraction(1, 8))
parity = [{w for w in fair if w[i]} for i in range(3)] + [{w for w in fair if sum(w) % 2}]
check(mutually_independent, fair, parity).equals(False, idea="every three of these four multiply: what about all four?")
for hidden in ([A, B, C, set()], [set(), A, B, C]):
    check(mutually_independent, coins, hidden).equals(
        False, idea="the pairs multiply and so do all four (0 = 0): every sub-collection in between counts too"
    )
### END HIDDEN TESTS

# %% test="e4_beyond_whole" points=1 title="Mutual independence asks more than the whole"
cube = {w: Fraction(1, 8) for w in range(8)}
low, mixed = {0, 1, 2, 3}, {0, 4, 5, 6}
check(mutually_independent, cube, [low, low, mixed]).equals(
    False, idea="1/8 = 1/2 · 1/2 · 1/2 for all three, but look at the first pair"
)
### BEGIN HIDDEN TESTS
check(mutually_independent, cube, [low, low]).equals(False, idea="an event of probability 1/2 is not independent of itself")
check(mutually_independent, cube, [low, mixed, set(), low]).equals(
    False, idea="an empty event makes the whole product 0 = 0; the pairs still count"
)
check(mutually_independent, cube, [{0, 1, 4, 5}, low, {0, 2, 6, 7}]).equals(
    False, idea="neighbours in the list multiply, and so do all three: what about the first and the last?"
)
### END HIDDEN TESTS


# %% test="e4_pairs_hold" points=2 title="Every two of the built events are independent"
def is_space(answer):
    space, events = answer
    exact = all(isinstance(p, (int, Fraction)) and p >= 0 for p in space.values()) and sum(space.values()) == 1
    return type(answer) is tuple and exact and all(isinstance(event, (set, frozenset)) for event in events)


def chances(answer):
    return [sum(answer[0][w] for w in event) for event in answer[1]]


def pairs_multiply(answer):
    together = [sum(answer[0][w] for w in set(a) & set(b)) for a, b in combinations(answer[1], 2)]
    return together == [p * q for p, q in combinations(chances(answer), 2)]


built = check(pairwise_not_mutual, 3)
built.satisfies(
    is_space, "a tuple (space, events): Fractions with total 1, and sets of outcomes", idea="the axioms, in exact fractions"
)
built.satisfies(lambda answer: len(answer[0]) <= 8, "at most 8 outcomes", idea="how few coins will do?")
built.satisfies(
    lambda answer: [0 < p < 1 for p in chances(answer)] == [True] * 3,
    "three events of probability strictly between 0 and 1",
    idea="events that never or always happen are independent of everything",
)
built.satisfies(
    pairs_multiply,
    "P(A and B) = P(A) P(B) for every two events",
    idea="an event that one other event gives away is not independent of it",
)
### BEGIN HIDDEN TESTS
for n in (4, 5, 6, 7):
    built = check(pairwise_not_mutual, n)
    built.satisfies(
        is_space, "a tuple (space, events): Fractions with total 1, and sets of outcomes", idea="the axioms, in exact fractions"
    )
    built.satisfies(
        lambda answer: len(answer[0]) <= 2**n, f"at most {2**n} outcomes", idea="one coin for each event is more than enough"
    )
    built.satisfies(
        lambda answer: [0 < p < 1 for p in chances(answer)] == [True] * n,
        f"{n} events of probability strictly between 0 and 1",
        idea="events that never or always happen do not count",
    )
    built.satisfies(pairs_multiply, "P(A and B) = P(A) P(B) for every two events", idea="all pairs, also those with the last event")
### END HIDDEN TESTS


# %% test="e4_not_mutual" points=2 title="The built events are not independent together"
def triple_multiplies(answer):
    space, (a, b, c) = answer
    return sum(space[w] for w in set(a) & set(b) & set(c)) == math.prod(sum(space[w] for w in event) for event in (a, b, c))


check(pairwise_not_mutual, 3).satisfies(
    lambda answer: not triple_multiplies(answer),
    "three events whose intersection is not as likely as the product",
    idea="two of the events together should decide the third",
)


### BEGIN HIDDEN TESTS
def some_fail(answer):
    space, events = answer
    chosen = [some for size in range(3, len(events) + 1) for some in combinations(events, size)]
    together = [sum(space[w] for w in set.intersection(*map(set, some))) for some in chosen]
    return together != [math.prod(sum(space[w] for w in event) for event in some) for some in chosen]


for n in (4, 5, 6, 7):
    check(pairwise_not_mutual, n).satisfies(
        some_fail, "three or more events that do not multiply", idea="some of the events together should decide another"
    )
### END HIDDEN TESTS

# %% test="e4_small" points=1 title="Two events cannot do it"
check(pairwise_not_mutual, 2).raises(ValueError, idea="for two events, in pairs and together are the same equation")
### BEGIN HIDDEN TESTS
check(pairwise_not_mutual, 1).raises(ValueError, idea="n < 3 is refused")
### END HIDDEN TESTS

# %% [markdown]
r"""
## From masses to densities

A uniform number on $(0, 1)$ hits each single point with probability 0, so a dict of points says nothing: here σ-additivity
earns its σ, and events are built from intervals. What describes any real random variable is its **distribution function**
$F(x) = P(X \le x)$, which never falls, goes from 0 to 1, and is continuous from the right. If $F(x) = \int_{-\infty}^x
f(t)\,dt$ with $f \ge 0$, then $f$ is a **density** of $X$. A density is not a probability and may be more than 1; its areas
are probabilities.

Bars of $g(X)$ were merged. Densities are also *stretched*: let $X$ take its values in an interval on which $g$ has a
continuous derivative that is never 0. There $g$ is one-to-one; call its inverse $h$. A short piece of length $dx$ is mapped
to one of length $|g'(x)|\,dx$ and takes its probability along:

$$f_Y(y) = f_X\big(h(y)\big)\,\big|h'(y)\big| = \frac{f_X(h(y))}{|g'(h(y))|} \quad \text{where } g \text{ takes the value } y,
\text{ and } 0 \text{ elsewhere.}$$

**Predict.** $X$ is uniform on $(0, 1)$ and $Y = e^X$. Is $Y$ uniform on $(1, e)$?
"""

# %%
y = np.exp(np.random.default_rng(11).random(20_000))
grid = np.linspace(1, np.e, 100)
fig, ax = plt.subplots(figsize=(6.5, 3))
_ = ax.hist(y, bins=40, density=True, color=figures.OKABE_ITO[5], label="20,000 samples of $e^X$")
_ = ax.plot(grid, 1 / grid, color="black", linestyle="-", label="$f_X(h(y))\\,|h'(y)| = 1/y$")
_ = ax.plot(grid, np.ones(100), color=figures.OKABE_ITO[1], linestyle="--", label="without $|h'|$")
_ = ax.set(
    xlabel="y", ylabel="density per unit of y", title="Stretching thins the density out: the factor |h′| is needed", ylim=(0, 1.7)
)
_ = ax.legend(loc="upper right")
figures.show(
    fig,
    alt="Histogram of 20,000 values of e to the X, X uniform on (0, 1), on the interval from 1 to e. It follows the curve 1/y down from 1 "
    "to 0.37; the dashed constant 1, the density without the factor |h′|, lies above it and has area 1.72.",
)
test = stats.kstest(y, stats.loguniform(1, np.e).cdf)
print(f"scipy.stats calls it loguniform: F and the sample differ by at most {test.statistic:.4f}, p = {test.pvalue:.2f}")

# %% [markdown]
r"""
(Of samples from exactly this law, the share $p$ differs from $F$ by as much or more: nothing speaks against it.)

Where $g$ is *not* one-to-one, as in $Y = X^2$, cut the line into pieces on which it is; each piece has its own inverse $h$,
and every $x$ with $g(x) = y$ contributes. That is bar merging again, with the stretch on top.

The same idea run backwards makes samples. Let $Q(u) = \min\{x : F(x) \ge u\}$ for $0 < u < 1$, the **quantile function**;
the minimum exists because $F$ is continuous from the right. Then $Q(u) \le x$ exactly when $u \le F(x)$. So for $U$ uniform
on $(0, 1)$: $P(Q(U) \le x) = P(U \le F(x)) = F(x)$. One uniform generator therefore serves every law, whether it is
continuous, has jumps, or both. Take a queue in which three requests in ten are served at once and the others wait for an
exponential time: $F(x) = 1 - 0.7\,e^{-x}$ for $x \ge 0$, with a jump of 0.3 at 0. **Predict:** what is $Q(0.2)$?
"""

# %%
u = np.random.default_rng(5).random(100_000)
wait = np.maximum(0.0, -np.log((1 - u) / 0.7))  # F(x) = u solved for x; every u up to 0.3 lands on 0
print(f"no wait:     {np.mean(wait == 0):.3f} of the samples, F(0) = 0.300")
print(f"at most one: {np.mean(wait <= 1):.3f} of the samples, F(1) = {1 - 0.7 * np.exp(-1):.3f}")

# %% [markdown] exercise="e5" title="Densities and samples of anything" level="stretch" minutes=30 exports=["transform_density", "quantile"]
r"""
All arrays are one-dimensional and of floats; all callbacks work on such arrays element by element. Write

- `transform_density(f, dg, branches, y)`: the density of $Y = g(X)$ at the points of the array `y`, as an array of the same
  length. `f` is the density of $X$ and `dg` the derivative $g'$. `branches` is a list of tuples `(h, low, high)`, one for
  each piece on which $g$ is one-to-one: there $g$ takes the values strictly between `low` and `high` (floats, perhaps
  infinite), and `h` is its inverse. Outside `(low, high)` the values of `h` mean nothing and that branch contributes 0. No
  entry of `y` equals a `low` or `high`. Relative error at most $10^{-7}$.
- `quantile(cdf, u, low, high)`: the array of $Q(u_i) = \min\{x : F(x) \ge u_i\}$ for an array `u` of numbers in $(0, 1)$,
  each right to within $10^{-7}$. `cdf` is $F$; it may have jumps and flat stretches. For all $i$: $F(\text{low}) < u_i \le
  F(\text{high})$; and `high - low` is at most 100.

For $X$ uniform on $(0, 1)$ and $Y = e^X$: `transform_density(np.ones_like, np.exp, [(np.log, 1.0, np.e)], np.array([2.0,
3.0]))` is `[0.5, 0.0]`. For a fair die, `cdf = lambda x: np.clip(np.floor(x), 0, 6) / 6`, `quantile(cdf, np.array([0.1,
0.5]), 0.0, 8.0)` is `[1.0, 3.0]`.
"""

# %% [markdown] hints="e5" reading="MML 6.7; Apostol II 14.17, on distributions of functions of random variables"
r"""
1. For one `y` on paper: which $x$ lead to it, how dense is $X$ there, and how much does $g$ stretch? For the quantile: $F$
   never goes down. What does one look at the middle of an interval tell you?
2. Start from zeros and add each branch at those `y` that lie between its `low` and `high`, selected by a boolean array. For
   the quantile bisect, keeping $F(\text{lo}) < u \le F(\text{hi})$ true all the time.
3. `inside = (low < y) & (y < high)`, `x = h(y[inside])`, then add `f(x)` over the absolute value of `dg(x)`. In the
   bisection `enough = cdf(mid) >= u`; where it is true `hi` becomes `mid`, elsewhere `lo` does; 60 rounds leave $100 /
   2^{60}$.
"""


# %% solution="e5"
def transform_density(f, dg, branches, y):
    """Density of g(X) at the points y; branches are (inverse, low, high) for the pieces on which g is one-to-one."""
    ### BEGIN SOLUTION
    density = np.zeros_like(y, dtype=float)
    for h, low, high in branches:
        inside = (low < y) & (y < high)
        x = h(y[inside])
        density[inside] += f(x) / np.abs(dg(x))
    return density
    ### END SOLUTION


def quantile(cdf, u, low, high):
    """Smallest x with cdf(x) >= u, for each entry of u, by bisection of [low, high]."""
    ### BEGIN SOLUTION
    lo, hi = np.full(len(u), float(low)), np.full(len(u), float(high))
    for _ in range(60):
        mid = (lo + hi) / 2
        enough = cdf(mid) >= u
        lo, hi = np.where(enough, lo, mid), np.where(enough, mid, hi)
    return hi
    ### END SOLUTION


# %% test="e5_stretch" points=2 title="Divide by the stretch, whatever its sign"
branches = [(np.log, 1.0, np.e)]
points = np.array([1.25, 2.0, 2.5])
check(transform_density, np.ones_like, np.exp, branches, points).close(
    np.array([0.8, 0.5, 0.4]), rtol=1e-6, idea="where g stretches, the density thins out"
)
### BEGIN HIDDEN TESTS
falling = [(lambda y: -np.log(y), 0.0, 1.0)]
points = np.array([0.05, 0.3, 0.5, 0.9])
check(transform_density, lambda x: 2 * np.exp(-2 * x), lambda x: -np.exp(-x), falling, points).close(
    2 * points, rtol=1e-6, idea="a decreasing g has a negative slope, and a density is never negative"
)
points = np.array([0.1, 0.7, 2.0, 30.0])
check(transform_density, stats.norm.pdf, np.exp, [(np.log, 0.0, np.inf)], points).close(
    stats.lognorm(1).pdf(points), rtol=1e-6, idea="take the slope of g at x = h(y), not at y"
)
square = [(lambda y: -np.sqrt(y), 0.0, np.inf), (np.sqrt, 0.0, np.inf)]
check(transform_density, stats.norm.pdf, lambda x: 2 * x, square, points).close(
    stats.chi2(1).pdf(points), rtol=1e-6, idea="each branch has its own slope; add what all of them bring"
)
### END HIDDEN TESTS

# %% test="e5_branches" points=2 title="Every x that leads to y contributes"
size = [(lambda y: -y, 0.0, np.inf), (lambda y: y, 0.0, np.inf)]
points = np.array([0.25, 1.0, 3.0])
check(transform_density, lambda x: stats.norm.pdf(x - 1), np.sign, size, points).close(
    stats.foldnorm(1).pdf(points), rtol=1e-6, idea="Y = |X|: add what x and −x bring; they need not bring the same"
)
### BEGIN HIDDEN TESTS
folds = [(lambda y, k=k: k + (y if k % 2 == 0 else 1 - y), 0.0, 1.0) for k in range(6)]
zigzag = lambda x: np.where(np.floor(x) % 2 == 0, 1.0, -1.0)  # noqa: E731
check(transform_density, lambda x: x / 18, zigzag, folds, np.array([0.1, 0.5, 0.75])).close(
    np.ones(3), rtol=1e-6, idea="add all branches, also when there are more than two"
)
### END HIDDEN TESTS

# %% test="e5_outside" points=1 title="Outside its range a branch brings nothing"
moved = [(lambda y: y - 1, 1.0, 2.0)]
check(transform_density, np.ones_like, np.ones_like, moved, np.array([0.5, 1.5, 3.0])).close(
    np.array([0.0, 1.0, 0.0]), rtol=1e-6, idea="Y = X + 1 never takes values outside (1, 2)"
)
### BEGIN HIDDEN TESTS
uneven = [(lambda y: -y, 0.0, 1.0), (lambda y: y, 0.0, 2.0)]
third = lambda x: np.full_like(x, 1 / 3)  # noqa: E731
expected = np.array([0.0, 2 / 3, 1 / 3, 0.0])
check(transform_density, third, np.sign, uneven, np.array([-1.0, 0.25, 1.5, 5.0])).close(
    expected, rtol=1e-6, idea="each branch has a range of its own"
)
### END HIDDEN TESTS

# %% test="e5_quantile" points=2 title="The quantile undoes the distribution function"
rise = lambda x: 1 - np.exp(-np.maximum(x, 0.0))  # noqa: E731
u = np.array([0.1, 0.5, 0.9])
check(quantile, rise, u, -1.0, 40.0).close(
    -np.log(1 - u), rtol=0, atol=2e-7, idea="halve the interval, keeping F(lo) < u <= F(hi), until it is shorter than the tolerance"
)
### BEGIN HIDDEN TESTS
u = seeded(0).uniform(0.001, 0.999, 50)
check(quantile, stats.norm.cdf, u, -30.0, 70.0).note("seed 0").close(
    stats.norm.ppf(u), rtol=0, atol=2e-7, idea="the values may be negative; go on until the interval is shorter than the tolerance"
)
check(quantile, stats.beta(2, 3).cdf, u, 0.0, 1.0).note("seed 0").close(
    stats.beta(2, 3).ppf(u), rtol=0, atol=2e-7, idea="one entry of u, one bisection"
)
### END HIDDEN TESTS

# %% test="e5_jumps" points=1 title="Jumps and flat stretches: the smallest x that will do"
die_cdf = lambda x: np.clip(np.floor(x), 0, 6) / 6  # noqa: E731
u = np.array([0.1, 0.5, 0.95])
check(quantile, die_cdf, u, 0.0, 8.0).close(
    np.array([1.0, 3.0, 6.0]), rtol=0, atol=2e-7, idea="the smallest x with F(x) at least u, also where F(x) = u exactly"
)
### BEGIN HIDDEN TESTS
gap = lambda x: np.where(x < 1, np.clip(x, 0, 1) / 2, np.clip(x - 2, 1, 2) / 2)  # noqa: E731
u = np.array([0.25, 0.5, 0.75])
check(quantile, gap, u, -1.0, 7.0).close(
    np.array([0.5, 1.0, 3.5]), rtol=0, atol=2e-7, idea="F is 1/2 from 1 to 3: the left end of the flat stretch is the smallest"
)
late = lambda x: np.where(x < 0.3, 0.0, 1 - 0.7 * np.exp(-np.maximum(x - 0.3, 0.0)))  # noqa: E731
check(quantile, late, np.array([0.05, 0.2, 0.29]), -8.0, 56.0).close(
    np.full(3, 0.3), rtol=0, atol=2e-7, idea="every u below the top of a jump leads to the place of the jump"
)
### END HIDDEN TESTS

# %% [markdown]
r"""
## In practice

**Enumeration ends early.** Thirty coins have $2^{30} \approx 10^9$ outcomes. Beyond that one uses structure (independence,
tomorrow's formulas) or sampling, at a price of $\sigma / \sqrt n$ whatever the size of $\Omega$. Rare events are dear: a
frequency near $10^{-6}$, known to within 10 %, takes $n \approx 10^8$.

**Products underflow.** At a hundred times the data, exact fractions have grown by some digits per observation, and products
of floats have vanished. Add logarithms, and subtract the largest before you go back:
"""

# %%
print(f"0.05 ** 100 = {0.05**100:.3e},  0.05 ** 300 = {0.05**300}")
log_joint = 300 * np.log([0.05, 0.0505])  # two hypotheses, equal priors, 300 observations
weights = np.exp(log_joint - log_joint.max())
print("posterior from logarithms:", (weights / weights.sum()).round(4).tolist())

# %% [markdown]
r"""
**Failures share causes.** Three replicas, each down 1 % of the time, are all down one time in a million if they fail
independently. If they share a power supply, $P(A \cap B \cap C)$ is at least the probability that the supply fails. **Base
rates move.** A detector tuned on a set with 50 % attacks meets 0.1 % in production, and nearly all its alarms are false,
with the same sensitivity. **Priors of exactly 0** can never be revised: give what you think impossible a small share.

## Summary

- A finite probability space is a dict that sums to 1; conditioning restricts and rescales; independence is an equation to
  be checked.
- Posterior ∝ prior × likelihood, one observation after the other, if they are conditionally independent; predictions
  average over hypotheses.
- Expectation is linear always; variances add when covariances vanish; $E[X \mid Y]$ is a random variable that averages to
  $E[X]$; averages of uncorrelated variables with equal means and equal finite variances settle.
- Mutual independence needs every sub-collection; parity is independent in pairs and no further.
- Densities are merged *and* stretched: sum over branches, divide by $|g'|$; $Q(U)$ has distribution function $F$.

## Reflection

A colleague says: "This flaky test fails on only 5 % of good builds. It failed on this build, so the build is broken with
probability 95 %. We ran it again, it failed again, so now it is 99.75 %."

Write 3 to 5 sentences to this colleague. Give yourself a point for each: you name the two conditional probabilities that
are mixed up; you name the two numbers that are missing (the share of broken builds, and how often a broken build fails the
test); you do one example with numbers; you question whether a rerun is independent evidence.
"""

# %% [markdown] reflection="reflection"
r"""
You know P(fails | good) = 5 %, and you read it as P(good | fails). To turn it round we need two more numbers: how many
builds are broken at all, and how often a broken one fails this test. Say 2 % are broken and those always fail: then the
odds after one failure are 1 : 49 times 20, so about 29 % broken. A second failure would multiply the odds by 20 again only
if, given a good build, the two runs failed independently; but if the flakiness comes from this machine or this seed, the
rerun repeats the first verdict and adds almost nothing.
"""

# %% [markdown]
r"""
## Further reading

- *Mathematics for Machine Learning*, 6.1 to 6.3: how outcomes, events and random variables are kept apart; the sum, product
  and Bayes rules in one notation. 6.4: three ways to write the variance (6.4.3), and independence against zero correlation
  (6.4.5). 6.7: change of variables, one-to-one case, and the probability integral transform, which is our $Q(U)$ read
  backwards, for a continuous $F$.
- Apostol, *Calculus II*, chapter 13: additive set functions come first, so you see which facts need only additivity; then
  the sections on conditional probability and on independence. Chapter 14: distribution functions and their jumps (14.5,
  14.6), functions of random variables with $Y = X^2$ (14.17), and, near its end, Chebyshev's inequality and the law of large
  numbers.
- Royal Statistical Society, public statement of 23 October 2001 on the case above: it names both mistakes in plain words.
"""
