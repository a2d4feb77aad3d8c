# %% [markdown]
r"""
You will choose the right law for a count, a measurement and an average, compute its probabilities with SciPy, and find
out by how much each approximation lies.

**You will be able to**

- **compute** Binomial probabilities for a million trials without overflow (exercise 1);
- **model** a question in words as a Normal, Binomial or Poisson law and answer it with `scipy.stats` (exercise 2);
- **measure** the error of the Normal and of the Poisson approximation, and say which to trust (exercise 3);
- **condition** a multivariate Normal on what has been observed (exercise 4);
- **test** how fast a law obeys the central limit theorem, and spot one that never will (exercise 5).
"""

# %% [markdown]
r"""
## Warm-up

Two questions on day 5. Answer on paper, then unfold.

1. $X_1, \dots, X_n$ are independent, each 1 with probability $p$ and 0 otherwise. What are the mean and the variance of
   their sum, and which of the two needed independence?
2. $Z$ has density $\varphi$. What is the density of $\mu + \sigma Z$ with $\sigma > 0$?

<details><summary>Answers</summary>

1. Mean $np$, variance $np(1-p)$. Means add whatever the dependence; the variance of a sum also holds the covariances,
   which independence sets to 0.
2. $\frac1\sigma\,\varphi\!\left(\frac{x-\mu}{\sigma}\right)$. Without the factor $1/\sigma$ it would integrate to
   $\sigma$.

</details>
"""

# %% setup=true
import math

import numpy as np
from matplotlib import pyplot as plt
from scipy import special, stats

from curriculum.lab import check, figures, seeded

figures.style()

# %% [markdown]
r"""
## An alarm that rings too often

A nightly job loads 4,000 files; each fails, independently, with probability 0.0005. The team wants to be woken only on an
abnormal night, so the alarm rings when the failures exceed the mean by more than three standard deviations. "That is
0.135 % of nights", says the Normal table: once in two years. Here are twenty years of nights on which *nothing* is
abnormal.
"""

# %%
n, p = 4000, 0.0005
mean, sd = n * p, math.sqrt(n * p * (1 - p))
nights = np.random.default_rng(6).binomial(n, p, size=20 * 365)
print(f"alarm above {mean + 3 * sd:.2f} failures")
print(f"alarms promised {len(nights) * stats.norm.sf(3):.1f}, alarms that rang {np.sum(nights > mean + 3 * sd)}")

# %% [markdown]
r"""
Three times the promise, and no bug in sight: the arithmetic was right and the *law* was wrong. The exact number needs no
simulation.
"""

# %%
exact = stats.binom(n, p).sf(6)
print(f"P(X >= 7) = {exact:.6f}, {exact / stats.norm.sf(3):.2f} times the Normal figure")

# %%
k, x = np.arange(0, 12), np.linspace(-3, 11, 300)
fig, ax = plt.subplots(figsize=(7, 3.4))
_ = ax.bar(k, stats.binom.pmf(k, n, p), width=0.8, color=["#56B4E9"] * 7 + ["#E69F00"] * 5, edgecolor="black", label="Binomial: exact")
_ = ax.plot(x, stats.norm.pdf(x, mean, sd), color="#D55E00", label="Normal: same mean and variance")
_ = ax.axvline(mean + 3 * sd, color="black", linestyle=":", label="alarm limit")
_ = ax.set(yscale="log", ylim=(1e-5, 3), xlabel="failures in a night", ylabel="probability (log scale)")
_ = ax.set_title("Three standard deviations is a Normal promise; this count is skewed")
_ = ax.legend(ncols=3, loc="upper center", fontsize=8.5)
figures.show(
    fig,
    alt="On a log scale, the bars of the Binomial law with mean 2 stand far above the Normal curve of the same mean and variance from 7 "
    "failures on, right of the alarm limit 6.24: six times at 7, over a hundred times at 9. Left of 0 there are no bars, but the curve goes on.",
)

# %% [markdown]
r"""
The curve spends 7.9 % of its mass on fewer than 0 failures and has too little left for 7 or more. A **distribution** is a
model with assumptions; today is about knowing them well enough to notice when they are broken.

## Counting successes: the Binomial law

Make $n$ independent trials, each a success with the same probability $p$, and let $X$ be the number of successes. One
particular pattern with $k$ successes has probability $p^k(1-p)^{n-k}$, and there are $\binom nk$ such patterns, so

$$P(X = k) = \binom nk p^k (1-p)^{n-k}, \qquad k = 0, \dots, n.$$

Three assumptions stand in that one sentence: $n$ fixed beforehand, equal $p$, independence. We write $X \sim
\mathrm{Bin}(n, p)$; by the warm-up $E X = np$ and $\operatorname{Var} X = np(1-p)$.

**Predict.** The formula takes one line of Python. Up to which $n$ will it survive: 100, 1,000, 10,000, always?
"""

# %%
def pmf_by_formula(k, n, p):
    return math.comb(n, k) * p**k * (1 - p) ** (n - k)

for n in (100, 1000, 2000):
    try:
        print(n, f"{pmf_by_formula(n // 2, n, 0.5):.6f}")
    except OverflowError as error:
        print(n, "OverflowError:", error)

# %% [markdown]
r"""
**Explain.** $\binom{2000}{1000} \approx 2\cdot10^{600}$ is an exact integer in Python, but no double holds it (the
largest is about $1.8\cdot10^{308}$), while $0.5^{1000}$ and its kin shrink towards 0. Huge times tiny is a perfectly
ordinary 0.018. Add **logarithms** instead:

$$\log P(X=k) = \log\Gamma(n+1) - \log\Gamma(k+1) - \log\Gamma(n-k+1) + k\log p + (n-k)\log(1-p),$$

since $\Gamma(m+1) = m!$, and `math.lgamma` gives $\log\Gamma$ without forming $\Gamma$. One price and one trap. The
price: $\log 10^6! \approx 1.3\cdot10^7$ carries 16 digits, so about $10^{-9}$ is lost *absolutely* in the logarithm, and
an absolute error in a logarithm is a *relative* error in the result. The trap: at $p = 0$ and $p = 1$ a factor $0^0 = 1$
turns into $0 \cdot \log 0$.
"""

# %%
print(f"log of 10^6! = {math.lgamma(10**6 + 1):.1f}")
print(f"one unit in its last place = {np.spacing(math.lgamma(10**6 + 1)):.1e}")

# %% [markdown] exercise="e1" title="A pmf that survives a million trials" level="warm-up" minutes=15 exports=["binom_pmf"]
r"""
Write `binom_pmf(k, n, p)`: $P(X = k)$ for $X \sim \mathrm{Bin}(n, p)$, as a float, through logarithms (`math.lgamma`).

- `k` is any integer, `n` an integer with $0 \le n \le 10^6$, `p` a number with $0 \le p \le 1$; nothing else will be
  passed.
- Outside $0, \dots, n$ the probability is `0.0`.
- $p = 0$ and $p = 1$ are legitimate: all the probability lies on one value.
- Relative error at most $10^{-6}$.

`binom_pmf(2, 4, 0.5)` is `0.375`.
"""

# %% [markdown] hints="e1" reading="MML 6.6, the examples on the Bernoulli and Binomial distributions"
r"""
1. Which three situations have an answer you know without any formula?
2. Deal with `k` outside the range first, then with `p` equal to 0 and to 1; only then is every logarithm finite.
3. $\log\binom nk$ is a difference of three `lgamma` values, each at its argument plus one; add `k * math.log(p)` and
   `(n - k) * math.log1p(-p)`, and take `exp` once, at the very end.
"""

# %% solution="e1"
def binom_pmf(k, n, p):
    """P(X = k) for X ~ Bin(n, p), a float; 0.0 for k outside 0..n. Relative error below 1e-6 up to n = 10**6."""
    ### BEGIN SOLUTION
    if k < 0 or k > n:
        return 0.0
    if p == 0:
        return float(k == 0)
    if p == 1:
        return float(k == n)
    log_choose = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
    return math.exp(log_choose + k * math.log(p) + (n - k) * math.log1p(-p))
    ### END SOLUTION

# %% test="e1_value" points=2 title="The probability of k successes"
check(binom_pmf, 2, 4, 0.5).close(0.375, rtol=1e-6, idea="number of patterns times the probability of one pattern")
### BEGIN HIDDEN TESTS
check(binom_pmf, 0, 3, 0.2).close(0.512, rtol=1e-6, idea="no success in three trials: every trial fails")
check(binom_pmf, 1, 1, 0.2).close(0.2, rtol=1e-6, idea="one trial succeeds with probability p")
rng = seeded(1)
for trial in range(12):
    n_trials = int(rng.integers(2, 60))
    successes = int(rng.integers(0, n_trials + 1))
    chance = float(rng.uniform(0.02, 0.98))
    exact_value = math.comb(n_trials, successes) * chance**successes * (1 - chance) ** (n_trials - successes)
    check(binom_pmf, successes, n_trials, chance).note(f"seed 1, trial {trial}").close(
        exact_value, rtol=1e-6, idea="k! is Gamma(k + 1), and failures come with 1 - p")
### END HIDDEN TESTS

# %% test="e1_large" points=2 title="A million trials neither overflow nor vanish"
check(binom_pmf, 1000, 2000, 0.5).close(0.01783901114585432, rtol=1e-6, idea="the binomial coefficient alone is too large for a float: stay in logarithms")
### BEGIN HIDDEN TESTS
for successes, n_trials, chance in [(500_000, 10**6, 0.5), (250_400, 10**6, 0.25), (699_300, 10**6, 0.7), (60_000, 123_456, 0.49)]:
    check(binom_pmf, successes, n_trials, chance).close(
        float(stats.binom.pmf(successes, n_trials, chance)), rtol=1e-6, idea="add logarithms of all factors, and take exp once, at the end")
### END HIDDEN TESTS

# %% test="e1_edges" points=1 title="Certain and impossible counts"
check(binom_pmf, 5, 4, 0.5).equals(0.0, idea="four trials cannot give five successes")
check(binom_pmf, 0, 4, 0).close(1.0, rtol=1e-6, idea="with p = 0 the count is certainly 0")
### BEGIN HIDDEN TESTS
check(binom_pmf, -1, 4, 0.5).equals(0.0, idea="a count is not negative")
check(binom_pmf, 3, 4, 0.0).equals(0.0, idea="with p = 0 no other count is possible")
check(binom_pmf, 4, 4, 1).close(1.0, rtol=1e-6, idea="with p = 1 the count is certainly n")
check(binom_pmf, 0, 4, 1.0).equals(0.0, idea="with p = 1 no other count is possible")
check(binom_pmf, 0, 0, 0.3).close(1.0, rtol=1e-6, idea="no trial, no success: certain")
### END HIDDEN TESTS

# %% [markdown]
r"""
## The same law in SciPy

A *frozen* distribution is a law with its parameters fixed. It answers every question you can ask of a law; five matter
today.

| Method | Answer |
| --- | --- |
| `pmf(k)`, `pdf(x)` | probability of one value; density at one point |
| `cdf(x)` | $P(X \le x)$ |
| `sf(x)` | $P(X > x)$, the *survival function* |
| `ppf(q)` | smallest $x$ with $P(X \le x) \ge q$: the quantile |
| `rvs(size, random_state=…)` | a sample |

**Predict.** A fair coin is tossed 10 times. Which of the two lines is $P(X \ge 7)$, and what is the other?
"""

# %%
coin = stats.binom(10, 0.5)
print(f"1 - cdf(7) = {1 - coin.cdf(7):.6f}")
print(f"    sf(6)  = {coin.sf(6):.6f}")
print(f"by counting = {sum(math.comb(10, k) for k in range(7, 11)) / 2**10:.6f}")

# %% [markdown]
r"""
**Explain.** $1 - P(X \le 7)$ is $P(X > 7) = P(X \ge 8)$: the 7 fell through. For a whole-number law "at least $k$" is
`sf(k - 1)`. For a continuous law a single point has probability 0, so the slip costs nothing there, which is why it
survives in so much code.

## Measurements: the Normal law

$X \sim N(\mu, \sigma^2)$ has density $\frac{1}{\sigma\sqrt{2\pi}} e^{-(x-\mu)^2/(2\sigma^2)}$. Its cdf has no elementary
formula, but one table serves for all: with $z = (x-\mu)/\sigma$, $P(X \le x) = \Phi(z)$. From scratch, by the error
function of Python's `math` module; then SciPy; then compared. Note SciPy's `scale`: it is the standard deviation
$\sigma$, **not** the variance.
"""

# %%
def phi(z):
    return 0.5 * math.erfc(-z / math.sqrt(2))

minutes = stats.norm(loc=30, scale=math.sqrt(16))  # a load takes 30 minutes on average, with variance 16
print(f"SciPy  P(26 <= X <= 38) = {minutes.cdf(38) - minutes.cdf(26):.10f}")
print(f"erfc   P(26 <= X <= 38) = {phi(2) - phi(-1):.10f}")
print("within 1, 2, 3 standard deviations:", [f"{phi(z) - phi(-z):.4f}" for z in (1, 2, 3)])

# %% [markdown]
r"""
The quantile asks backwards: which limit is kept on 99 % of nights? Check it forwards.
"""

# %%
limit = minutes.ppf(0.99)
print(f"{limit:.3f} minutes, kept with probability {minutes.cdf(limit):.6f}")

# %% [markdown]
r"""
### Small numbers next to 1

**Predict.** How likely is a Normal value more than 9 standard deviations above its mean? What will `1 - cdf(9)` say?
"""

# %%
print(f"1 - cdf(9) = {1 - stats.norm.cdf(9):.3e}")
print(f"    sf(9)  = {stats.norm.sf(9):.3e}")
print(f"    cdf(-9) = {stats.norm.cdf(-9):.3e}")

# %% [markdown]
r"""
**Explain.** `cdf(9)` is $1 - 1.1\cdot10^{-19}$, and doubles near 1 are $1.1\cdot10^{-16}$ apart, so it rounds to 1 and
the subtraction leaves nothing. The tail itself fits a double easily. Rule: compute a small probability *as* a small
number, from the tail it lies in.

**Vary.** Replace 9 by 5 and compare the digits; from which value on do fewer than half of the 16 survive? (Near 5.6,
where the tail is $10^{-8}$.)

## Rare events: the Poisson law

Let $n$ grow and $p$ shrink so that $np = \lambda$ stays put, and look at a fixed $k$:

$$\binom nk \Bigl(\frac\lambda n\Bigr)^{k}\Bigl(1-\frac\lambda n\Bigr)^{n-k}
= \underbrace{\frac{n(n-1)\cdots(n-k+1)}{n^k}}_{\to 1}\;\frac{\lambda^k}{k!}\;\underbrace{\Bigl(1-\frac\lambda
n\Bigr)^{n}}_{\to e^{-\lambda}}\underbrace{\Bigl(1-\frac\lambda n\Bigr)^{-k}}_{\to 1}
\;\longrightarrow\; e^{-\lambda}\frac{\lambda^k}{k!}.$$

The limit is the **Poisson law** $\mathrm{Poi}(\lambda)$, with mean $\lambda$ *and* variance $\lambda$: many chances, each
slight, all independent. Neither $n$ nor $p$ is needed any more, only the rate. Events that come one at a time, independently, at a
constant rate of $r$ a week number $\mathrm{Poi}(rt)$ in $t$ weeks, and independent Poisson counts add up to a Poisson
count whose rate is the sum.

**Predict.** With $\lambda = 2$, by which factor does the difference between the two laws shrink from $n = 10$ to $n =
100$?
"""

# %%
for n in (10, 100, 4000):
    off = sum(abs(stats.binom.pmf(k, n, 2 / n) - math.exp(-2) * 2**k / math.factorial(k)) for k in range(30))
    print(f"n = {n:4d}  p = {2 / n:.4f}  sum of |Binomial - Poisson| = {off:.6f}  Le Cam's bound 2np² = {2 * n * (2 / n) ** 2:.6f}")

# %% [markdown]
r"""
**Explain.** Ten times the trials, about a tenth of the difference. Le Cam's theorem promises the last column for every
$n$ and $p$, and $2np^2 = 2\lambda^2/n$: the limit comes with an error bar. For the alarm, $\mathrm{Poi}(2)$ answers $P(X
\ge 7) = 0.00453$ where the exact answer is $0.00452$ and the Normal one $0.00135$.

A quantile of a count is a decision: how many spares, how many workers, how high a limit? Since counts jump, "exactly 95
%" is rarely on offer, and `ppf` returns the first count that reaches it.
"""

# %%
calls = stats.poisson(3.5)
level = int(calls.ppf(0.95))
print(f"P(N <= {level - 1}) = {calls.cdf(level - 1):.4f}, P(N <= {level}) = {calls.cdf(level):.4f}")

# %% [markdown] exercise="e2" title="Four questions from operations" level="core" minutes=40 exports=["share_within", "at_least", "acceptance_plan", "stock_for"] goals=[3]
r"""
Choose the law, then let `scipy.stats` calculate. Every probability is a float with a relative error of at most $10^{-8}$,
**however small it is**.

1. `share_within(mean, variance, low, high)`. Load times are Normal. Which share of loads takes between `low` and `high`?
   Either limit may be infinite (`-math.inf`, `math.inf`); if `high < low` the share is `0.0`. Finite intervals are at
   least one standard deviation wide; an interval may begin up to 30 standard deviations above the mean, or end as far
   below it. `share_within(30, 16, 26, 38)` is `0.8185946…`.
2. `at_least(k, n, p)`. Each of `n` files fails independently with probability `p` ($0 < p < 1$). How likely are `k` or
   more failures? `k` is any integer (0 or less: `1.0`; more than `n`: `0.0`). `at_least(7, 10, 0.5)` is `0.171875`.
3. `acceptance_plan(n, p_good, p_bad, alpha)`. From a large batch of records `n` are sampled, and the batch is accepted if
   at most `c` of them are faulty (so the count of faulty ones is Binomial). Choose the smallest integer $c \ge 0$ such
   that a batch with fault rate `p_good` is *refused* with probability at most `alpha`. Return the tuple `(c, risk)`,
   where `risk` is the probability that a batch with fault rate `p_bad` is *accepted*. All of `p_good`, `p_bad`, `alpha`
   lie strictly between 0 and 1. `acceptance_plan(50, 0.02, 0.1, 0.05)` is `(3, 0.2502939…)`.
4. `stock_for(rate, weeks, service)`. Disks fail independently of each other at a constant `rate` a week; new ones take
   `weeks` to arrive. Return `(s, shortage)`: the smallest number of spares $s \ge 0$ with which the failures in that time
   are covered (at most `s`) with probability at least `service`, and the probability that they are not. `rate` and
   `weeks` are positive, `service` lies strictly between 0 and 1. `stock_for(0.5, 4, 0.95)` is `(5, 0.0165636…)`.

No test lies within $10^{-6}$ of a tie between two values of `c` or `s`.
"""

# %% [markdown] hints="e2" reading="MML 6.5 for the Normal law; SciPy User Guide, the chapter on scipy.stats, for frozen distributions, sf and ppf"
r"""
1. Before any code, write for each question: which law, which parameters, which of pmf, cdf, sf, ppf.
2. Mind four words: *variance* (SciPy wants its square root), *at least* (the value `k` itself counts), *refused* (more
   than `c`), *weeks* (the rate is for one week). For tiny shares, subtract tails of the side on which the interval lies.
3. If `low` is above the mean, take `sf(low) - sf(high)`, else `cdf(high) - cdf(low)`. For `c` and `s`, `ppf` of the
   probability that is to be *kept* gives the smallest value; then `cdf` under the other law, or `sf` under the same,
   gives the second entry.
"""

# %% solution="e2"
def share_within(mean, variance, low, high):
    """P(low <= X <= high) for X ~ N(mean, variance); accurate in both tails; 0.0 if high < low."""
    ### BEGIN SOLUTION
    if high < low:
        return 0.0
    law = stats.norm(loc=mean, scale=math.sqrt(variance))
    if low > mean:  # in the upper tail both cdf values are nearly 1, and their difference has no digits left
        return float(law.sf(low) - law.sf(high))
    return float(law.cdf(high) - law.cdf(low))
    ### END SOLUTION


def at_least(k, n, p):
    """P(X >= k) for X ~ Bin(n, p)."""
    ### BEGIN SOLUTION
    return float(stats.binom(n, p).sf(k - 1))
    ### END SOLUTION


def acceptance_plan(n, p_good, p_bad, alpha):
    """(c, risk): smallest c that refuses good batches with probability <= alpha; P(a bad batch is accepted)."""
    ### BEGIN SOLUTION
    c = int(stats.binom(n, p_good).ppf(1 - alpha))
    return c, float(stats.binom(n, p_bad).cdf(c))
    ### END SOLUTION


def stock_for(rate, weeks, service):
    """(s, shortage): fewest spares that last `weeks` with probability >= service; P(they do not)."""
    ### BEGIN SOLUTION
    failures = stats.poisson(rate * weeks)
    s = int(failures.ppf(service))
    return s, float(failures.sf(s))
    ### END SOLUTION

# %% test="e2_interval" points=2 title="Normal: the share within limits"
check(share_within, 30, 16, 26, 38).close(0.8185946141203637, rtol=1e-8, idea="how many standard deviations is each limit from the mean? The variance is their square")
### BEGIN HIDDEN TESTS
check(share_within, 30, 16, -math.inf, 30).close(0.5, rtol=1e-8, idea="half of a symmetric law lies below its mean")
check(share_within, 30, 16, -math.inf, math.inf).close(1.0, rtol=1e-8, idea="without limits everything is within")
check(share_within, 30, 16, 38, 26).equals(0.0, idea="no number is at least 38 and at most 26; a probability is never negative")
for seed in range(8):
    rng = seeded(seed)
    centre, spread = float(rng.uniform(-50, 50)), float(rng.uniform(0.2, 6))
    z_low = float(rng.uniform(-2.5, 0.5))
    z_high = z_low + float(rng.uniform(1.1, 2.5))
    expected_share = 0.5 * (math.erf(z_high / math.sqrt(2)) - math.erf(z_low / math.sqrt(2)))
    check(share_within, centre, spread**2, centre + z_low * spread, centre + z_high * spread).note(f"seed {seed}").close(
        expected_share, rtol=1e-8, idea="standardise with the standard deviation, then subtract two cdf values")
### END HIDDEN TESTS

# %% test="e2_tails" points=2 title="Normal: tiny shares keep their digits"
check(share_within, 0, 1, 9, math.inf).close(0.5 * math.erfc(9 / math.sqrt(2)), rtol=1e-8, idea="1 minus something that rounds to 1 has no digits left: which method gives the upper tail directly?")
### BEGIN HIDDEN TESTS
for z in (6, 12, 20, 30):
    tail = 0.5 * math.erfc(z / math.sqrt(2))
    check(share_within, 12, 2.25, 12 + 1.5 * z, math.inf).close(tail, rtol=1e-8, idea="above the mean, work with the survival function")
    check(share_within, 12, 2.25, -math.inf, 12 - 1.5 * z).close(tail, rtol=1e-8, idea="below the mean, the cdf is the small number: do not take it from 1")
    slice_of_tail = tail - 0.5 * math.erfc((z + 1) / math.sqrt(2))
    check(share_within, 12, 2.25, 12 + 1.5 * z, 12 + 1.5 * (z + 1)).close(slice_of_tail, rtol=1e-8, idea="an interval in the upper tail is a difference of two upper tails")
    check(share_within, 12, 2.25, 12 - 1.5 * (z + 1), 12 - 1.5 * z).close(slice_of_tail, rtol=1e-8, idea="an interval in the lower tail is a difference of two cdf values")
### END HIDDEN TESTS

# %% test="e2_at_least" points=2 title="Binomial: k or more"
check(at_least, 7, 10, 0.5).close(0.171875, rtol=1e-8, idea="the value k itself belongs to 'at least k'")
### BEGIN HIDDEN TESTS
check(at_least, 7, 4000, 0.0005).close(float(np.sum(stats.binom.pmf(np.arange(7, 200), 4000, 0.0005))), rtol=1e-8, idea="add the probabilities of k, k + 1, …: does yours include k?")
check(at_least, 0, 12, 0.3).close(1.0, rtol=1e-8, idea="zero or more is certain")
check(at_least, -3, 12, 0.3).close(1.0, rtol=1e-8, idea="every count is at least a negative number")
check(at_least, 12, 12, 0.5).close(0.5**12, rtol=1e-8, idea="at least n of n: all of them")
check(at_least, 13, 12, 0.5).equals(0.0, idea="more failures than files is impossible")
exact_tail = sum(math.comb(1000, j) * 9 ** (1000 - j) for j in range(300, 1001)) / 10**1000
check(at_least, 300, 1000, 0.1).close(exact_tail, rtol=1e-8, idea="a probability of 1e-68 is lost when it is taken from 1")
### END HIDDEN TESTS

# %% test="e2_plan" points=2 title="Binomial: a sampling plan"
check(acceptance_plan, 50, 0.02, 0.1, 0.05).close((3, 0.2502939057), rtol=1e-8, idea="c is a quantile of the count under p_good; the risk is a cdf value under p_bad")
### BEGIN HIDDEN TESTS
for n_sampled, good, bad, level in [(200, 0.01, 0.05, 0.05), (80, 0.1, 0.2, 0.01), (20, 0.001, 0.15, 0.1), (500, 0.3, 0.35, 0.025), (125, 0.025, 0.06, 0.4), (200, 0.01, 0.6, 0.05)]:
    def accepted(c, rate, size=n_sampled):
        return math.fsum(math.comb(size, j) * rate**j * (1 - rate) ** (size - j) for j in range(c + 1))
    best = next(c for c in range(n_sampled + 1) if accepted(c, good) >= 1 - level)
    check(acceptance_plan, n_sampled, good, bad, level).close(
        (best, accepted(best, bad)), rtol=1e-8, idea="refused means more than c; take the smallest c that keeps that within alpha; the risk is a lower tail, however small")
### END HIDDEN TESTS

# %% test="e2_poisson" points=2 title="Poisson: enough spares"
check(stock_for, 0.5, 4, 0.95).close((5, 0.016563608480614445), rtol=1e-8, idea="count failures over the whole waiting time, not over one week")
### BEGIN HIDDEN TESTS
for rate, weeks, service in [(0.25, 8, 0.99), (3, 2.5, 0.9), (0.01, 2, 0.9), (12.5, 4, 0.999), (0.7, 1, 0.3), (2, 3, 0.99999), (1e-7, 0.01, 0.5)]:
    expected_failures = rate * weeks
    below = [math.exp(-expected_failures)]
    while below[-1] < service:
        below.append(math.fsum(math.exp(-expected_failures + j * math.log(expected_failures) - math.lgamma(j + 1)) for j in range(len(below) + 1)))
    spares = len(below) - 1
    missing = math.fsum(math.exp(-expected_failures + j * math.log(expected_failures) - math.lgamma(j + 1)) for j in range(spares + 1, spares + 200))
    check(stock_for, rate, weeks, service).close((spares, missing), rtol=1e-8, idea="smallest s that covers the demand with the wanted probability; a shortage is more than s failures, however unlikely")
### END HIDDEN TESTS

# %% [markdown]
r"""
## The Normal curve as an approximation

De Moivre found in 1733 that Binomial bars, seen from afar, follow a bell. How far is afar? For $X \sim \mathrm{Bin}(20,
0.3)$ we compare $P(X \le k)$ with $\Phi\!\left(\frac{k-np}{\sqrt{np(1-p)}}\right)$.

**Predict.** Will the curve come out too low or too high at whole numbers $k$?
"""

# %%
n, p = 20, 0.3
k = np.arange(3, 9)
bell = stats.norm(n * p, math.sqrt(n * p * (1 - p)))
for name, values in [("exact", stats.binom.cdf(k, n, p)), ("plain", bell.cdf(k)), ("corrected", bell.cdf(k + 0.5))]:
    print(f"{name:9}", "  ".join(f"{v:.4f}" for v in values))

# %%
fig, ax = plt.subplots(figsize=(7, 3.4))
values = np.arange(0, 14)
x = np.linspace(-1, 14, 300)
_ = ax.bar(values, stats.binom.pmf(values, n, p), width=1, color=["#56B4E9" if v <= 5 else "white" for v in values], edgecolor="black", label="Bin(20, 0.3); shaded: at most 5")
_ = ax.plot(x, bell.pdf(x), color="#D55E00", label="Normal density")
_ = ax.axvline(5, linestyle="--", color="#0072B2", label="plain: area left of 5")
_ = ax.axvline(5.5, linestyle="-.", color="#009E73", label="corrected: area left of 5.5")
_ = ax.set(xlabel="number of successes", ylabel="probability (per success)", title="Half of the last bar is missed unless the area runs to k + ½", xlim=(-1.5, 20), xticks=range(0, 20, 2))
_ = ax.legend(loc="upper right")
figures.show(fig, alt="Bars of width one for the Binomial law with n 20 and p 0.3, those up to 5 shaded. A line at 5 cuts the last shaded "
             "bar in half, a line at 5.5 takes all of it: the continuity correction.")

# %% [markdown]
r"""
**Explain.** Too low, at every $k$ of the table (only far out in the tails does the skew win: at $k = 0$ the curve is too
high). The bar of $k$ is as wide as 1 and centred on $k$, and the area up to $k$ leaves out
half of it. The **continuity correction** runs the area to $k + \tfrac12$. It applies because the values are one apart,
and its sign follows from the question: $P(X \le k)$ takes $+\tfrac12$, $P(X \ge k) = 1 - P(X \le k-1)$ takes $k -
\tfrac12$.

How bad can the plain approximation be? The cdf of $X$ is a staircase. Just left of a step, at $x \to k^-$, it is still
$P(X \le k-1)$ while the bell has already reached its value at $k$, so the largest gap

$$\sup_{x \in \mathbb R}\;\Bigl|\,P(X \le x) - \Phi\Bigl(\tfrac{x-np}{\sqrt{np(1-p)}}\Bigr)\Bigr|$$

may sit on top of a step *or* at its foot. The **Berry–Esseen theorem** bounds it for the sum of $n$ independent copies of
any law with finite third absolute moment $\rho = E|X_1-\mu|^3$: it is at most $C\rho/(\sigma^3\sqrt n)$, and $C = 0.4748$
is enough (Shevtsova, 2011). For the Binomial, $\rho/\sigma^3 = (p^2+(1-p)^2)/\sqrt{p(1-p)}$.
"""

# %%
def bound(n, p):
    return 0.4748 * (p**2 + (1 - p) ** 2) / math.sqrt(n * p * (1 - p))

for n, p in [(20, 0.3), (2000, 0.3), (4000, 0.0005)]:
    print(f"n = {n}, p = {p}: the Normal cdf is off by at most {bound(n, p):.4f}")

# %% [markdown] exercise="e3" title="Which approximation would you trust?" level="core" minutes=35 exports=["approximation_errors"]
r"""
Write `approximation_errors(n, p)` for $X \sim \mathrm{Bin}(n, p)$ with $\mu = np$, $\sigma = \sqrt{np(1-p)}$. Return a
dict with three floats:

- `"normal"`: the supremum over **all real** $x$ of $|P(X \le x) - \Phi((x-\mu)/\sigma)|$;
- `"corrected"`: the largest $|P(X \le k) - \Phi((k+\tfrac12-\mu)/\sigma)|$ over $k = 0, \dots, n$;
- `"poisson"`: the largest $|P(X \le k) - P(N \le k)|$ over $k = 0, \dots, n$, with $N \sim \mathrm{Poi}(np)$.

Each is judged to $10^{-8}$ absolute, for integers $1 \le n \le 2000$ and $0 < p < 1$. If $p$ is not strictly between 0
and 1, or $n < 1$, raise `ValueError`: there is nothing to approximate.

`approximation_errors(20, 0.3)` is `{"normal": 0.1080098…, "corrected": 0.0127457…, "poisson": 0.0475487…}`.
"""

# %% [markdown] hints="e3" reading="Apostol II, chapter 14, on distribution functions and their jumps"
r"""
1. Between two whole numbers the staircase is flat and the bell rises: at which ends of a flat piece can the gap be
   largest?
2. Make three arrays over $k = 0, \dots, n$: the exact cdf, the exact cdf just *before* the step at $k$, and the bell. The
   supremum is the larger of two maxima.
3. `before = np.concatenate([[0.0], exact[:-1]])`; compare both `exact` and `before` with the bell at `k`. Left of 0 and
   right of `n` the bell is closer to the staircase than at 0 and `n` themselves.
"""

# %% solution="e3"
def approximation_errors(n, p):
    """Largest cdf errors of three approximations to Bin(n, p): {"normal": …, "corrected": …, "poisson": …}.

    "normal" is taken over all real x, the other two over k = 0..n. Raises ValueError unless n >= 1 and 0 < p < 1.
    """
    ### BEGIN SOLUTION
    if n < 1 or not 0 < p < 1:
        raise ValueError("need n >= 1 and 0 < p < 1")
    k = np.arange(n + 1)
    exact = stats.binom(n, p).cdf(k)
    before = np.concatenate([[0.0], exact[:-1]])  # the staircase just left of its step at k
    bell = stats.norm(loc=n * p, scale=math.sqrt(n * p * (1 - p)))
    return {
        "normal": float(max(np.abs(exact - bell.cdf(k)).max(), np.abs(before - bell.cdf(k)).max())),
        "corrected": float(np.abs(exact - bell.cdf(k + 0.5)).max()),
        "poisson": float(np.abs(exact - stats.poisson(n * p).cdf(k)).max()),
    }
    ### END SOLUTION

# %% test="e3_normal" points=2 title="The largest gap between staircase and bell"
check(approximation_errors, 20, 0.3).satisfies(lambda e: abs(e["normal"] - 0.1080098122) <= 1e-8, '"normal": 0.1080098122', idea="compare staircase and bell at every step, with the standard deviation as scale")
### BEGIN HIDDEN TESTS
for n_trials, chance in [(20, 0.7), (1, 0.9), (1, 0.5), (10, 0.2), (50, 0.8), (7, 0.05), (400, 0.97), (2000, 0.4)]:
    steps = np.arange(n_trials + 1)
    just_left = np.nextafter(steps.astype(float), -1.0)
    both = np.concatenate([steps, just_left])
    gaps = np.abs(stats.binom.cdf(both, n_trials, chance) - stats.norm.cdf(both, n_trials * chance, math.sqrt(n_trials * chance * (1 - chance))))
    check(approximation_errors, n_trials, chance).satisfies(
        lambda e, v=float(gaps.max()): abs(e["normal"] - v) <= 1e-8, f'"normal": {gaps.max():.10f}', idea="the supremum runs over all real x: what is the gap just left of a step?")
### END HIDDEN TESTS

# %% test="e3_corrected" points=2 title="The continuity correction"
check(approximation_errors, 20, 0.3).satisfies(lambda e: abs(e["corrected"] - 0.0127457455) <= 1e-8, '"corrected": 0.0127457455', idea="the bar of k reaches to k + 1/2")
### BEGIN HIDDEN TESTS
for n_trials, chance in [(20, 0.7), (1, 0.9), (10, 0.2), (7, 0.05), (400, 0.97), (2000, 0.4)]:
    steps = np.arange(n_trials + 1)
    bell_values = 0.5 * special.erfc((n_trials * chance - steps - 0.5) / math.sqrt(2 * n_trials * chance * (1 - chance)))
    gaps = np.abs(np.cumsum(stats.binom.pmf(steps, n_trials, chance)) - bell_values)
    check(approximation_errors, n_trials, chance).satisfies(
        lambda e, v=float(gaps.max()): abs(e["corrected"] - v) <= 1e-8, f'"corrected": {gaps.max():.10f}', idea="for P(X <= k) the area runs to k + 1/2; take the largest gap over every k from 0 to n")
### END HIDDEN TESTS

# %% test="e3_poisson" points=2 title="The Poisson approximation"
check(approximation_errors, 20, 0.3).satisfies(lambda e: abs(e["poisson"] - 0.0475487214) <= 1e-8, '"poisson": 0.0475487214', idea="the Poisson law with the same mean")
### BEGIN HIDDEN TESTS
for n_trials, chance in [(20, 0.7), (1, 0.9), (10, 0.2), (7, 0.05), (40, 0.05), (14, 0.955), (2000, 0.001)]:
    steps = np.arange(n_trials + 1)
    gaps = np.abs(np.cumsum(stats.binom.pmf(steps, n_trials, chance)) - np.cumsum(stats.poisson.pmf(steps, n_trials * chance)))
    check(approximation_errors, n_trials, chance).satisfies(
        lambda e, v=float(gaps.max()): abs(e["poisson"] - v) <= 1e-8, f'"poisson": {gaps.max():.10f}', idea="compare cdf with cdf, over every k from 0 to n")
### END HIDDEN TESTS

# %% test="e3_domain" points=1 title="Laws without spread are refused"
check(approximation_errors, 10, 0.0).raises(ValueError, idea="with standard deviation 0 there is no bell")
### BEGIN HIDDEN TESTS
check(approximation_errors, 10, 1).raises(ValueError, idea="p = 1 leaves no spread either")
check(approximation_errors, 10, -0.1).raises(ValueError, idea="is that a probability?")
check(approximation_errors, 10, 1.2).raises(ValueError, idea="is that a probability?")
check(approximation_errors, 0, 0.5).raises(ValueError, idea="no trial, no spread")
### END HIDDEN TESTS

# %% [markdown]
r"""
**Vary.** Run your function on `(1000, 0.002)`, `(1000, 0.2)` and `(100, 0.5)`. The Poisson error is never more than
$\min(np^2, p)$ (Barbour and Hall, 1984) however large $n$ is: it wants small $p$. The corrected Normal wants large
$np(1-p)$. And the exact law is one call away: approximate for insight, or when only the mean is known, not to save a
millisecond.

## Many measurements at once: the multivariate Normal

Take independent standard Normal $Z_1, \dots, Z_d$ and set $X = \mu + LZ$. Then $X$ is **multivariate Normal**, $X \sim
N(\mu, S)$ with covariance matrix $S = LL^{\mathsf T}$. If $S$ is positive definite there is a density,
$(2\pi)^{-d/2}(\det S)^{-1/2}\exp\bigl(-\tfrac12 (x-\mu)^{\mathsf T}S^{-1}(x-\mu)\bigr)$. The construction is also the
recipe for sampling: factor $S$ by Cholesky. Our example: millions of rows in a load, and minutes it takes.
"""

# %%
mu = np.array([10.0, 30.0])
S = np.array([[4.0, 6.0], [6.0, 16.0]])
Z = np.random.default_rng(15).normal(size=(1_000_000, 2))
X = mu + Z @ np.linalg.cholesky(S).T
print("mean", np.round(X.mean(axis=0), 1), " covariance", np.round(np.cov(X.T), 1).tolist())

# %% [markdown]
r"""
### What one coordinate tells of another

**Predict.** Tonight's load has 14 million rows, two standard deviations above the mean. What is your best guess of the
minutes: 30, 36 or 38? And is it more certain than before?
"""

# %%
near = X[np.abs(X[:, 0] - 14) < 0.1]
print(f"{len(near)} such loads of a million: {near[:, 1].mean():.1f} minutes, standard deviation {near[:, 1].std():.1f} (before: {math.sqrt(S[1, 1]):.1f})")

# %% [markdown]
r"""
**Explain.** Split $X$ into $A$, what we ask for, and $B$, what we have seen, and $S$ into blocks $S_{AA}, S_{AB}, S_{BA},
S_{BB}$. Subtract from $A$ just enough of $B$ to leave nothing correlated with it:

$$R = A - KB, \qquad \operatorname{Cov}(R, B) = S_{AB} - K S_{BB} = 0 \iff K = S_{AB}S_{BB}^{-1}.$$

$R$ and $B$ are *jointly* Normal and uncorrelated, hence independent (with such a covariance matrix the density
factorises). So seeing $B = b$ leaves $R$ as it was, and $A = R + Kb$ is Normal with

$$E[A \mid B=b] = \mu_A + K(b - \mu_B), \qquad \operatorname{Cov}[A \mid B=b] = S_{AA} - K S_{BA}.$$

The mean moves with $b$. The covariance does **not** depend on $b$, and it never grows: $S_{AA}$ minus it is $K S_{BB}
K^{\mathsf T}$, which is positive semidefinite. Here $K = 6/4$, so the mean is $30 + 1.5\cdot 4 = 36$ and the variance
$16 - 1.5 \cdot 6 = 7$.

*Jointly* is needed. With $X$ standard Normal and a fair random sign $\varepsilon$ independent of it, $Y = \varepsilon X$
is standard Normal and uncorrelated with $X$; yet $|Y| = |X|$.
"""

# %%
fig, ax = plt.subplots(figsize=(6.2, 3.8))
rows, mins = np.meshgrid(np.linspace(3, 17, 120), np.linspace(17, 46, 120))
density = stats.multivariate_normal(mu, S).pdf(np.dstack([rows, mins]))
_ = ax.contour(rows, mins, density / density.max(), levels=np.exp([-4.5, -2.0, -0.5]), colors="grey")
line = np.array([3, 17])
_ = ax.plot(line, 30 + 1.5 * (line - 10), color="#0072B2", label="conditional mean (slope 6/4)")
_ = ax.plot(line, 30 + 2 * (line - 10), color="#D55E00", linestyle="--", label="equal standard scores (slope 4/2)")
_ = ax.errorbar([14], [36], yerr=math.sqrt(7), fmt="o", color="black", capsize=4, label="given 14: 36 ± 2.6")
_ = ax.set(xlabel="rows loaded (millions)", ylabel="time (minutes)", title="Knowing the rows moves the guess and narrows it")
_ = ax.legend(loc="upper left")
figures.show(fig, alt="Three elliptical contours of the joint density of rows against minutes. The line of conditional means is flatter than the line of equal "
             "standard scores; at 14 million rows it reads 36 minutes, with a standard deviation of 2.6 instead of 4.")

# %% [markdown]
r"""
The rings stand 1, 2 and 3 "standard deviations" from the mean in the sense of $(x-\mu)^{\mathsf T}S^{-1}(x-\mu) = 1, 4,
9$. The dashed line is the tempting guess, "two standard deviations up here, so two up there": 38. The truth is pulled
back towards the mean by the correlation $0.75$. That is *regression to the mean*, and the solid line is the regression
line.
"""

# %% [markdown] exercise="e4" title="What the seen tells of the unseen" level="core" minutes=30 exports=["condition_mvn"]
r"""
Write `condition_mvn(mu, S, idx, x)`: the law of the coordinates that were **not** observed, given those that were.

- `mu`: NumPy array of shape `(d,)`; `S`: symmetric positive definite array of shape `(d, d)`.
- `idx`: list of the observed coordinates, distinct numbers from `0` to `d - 1`, in **any order**; at least one, fewer
  than `d`. `x`: array of shape `(len(idx),)`; `x[j]` is the value of coordinate `idx[j]`.
- Returns a tuple `(mean, cov)` of arrays, of shapes `(m,)` and `(m, m)` with `m = d - len(idx)`; the unobserved
  coordinates stand in increasing order. The arguments stay as they are.

Judged to $10^{-9}$ relative plus $10^{-9}$ absolute; all matrices are well conditioned. With the `mu` and `S` above,
`condition_mvn(mu, S, [0], np.array([14.0]))` is `(array([36.]), array([[7.]]))`.
"""

# %% [markdown] hints="e4" reading="MML 6.5.1, marginals and conditionals of Gaussians"
r"""
1. Which rows and columns of $S$ make up each of the three blocks you need? Write their shapes down.
2. `np.ix_(rows, columns)` cuts a block with rows and columns in the order you list them; so `mu[idx]` and `x` match if
   you never sort `idx`.
3. With `K = np.linalg.solve(S_BB, S_BA).T` (the symmetric way to say $S_{AB}S_{BB}^{-1}$), the mean needs
   `K @ (x - mu[idx])` and the covariance `K @ S_BA`.
"""

# %% solution="e4"
def condition_mvn(mu, S, idx, x):
    """(mean, cov) of the unobserved coordinates of N(mu, S), given that the coordinates idx have the values x.

    mu (d,), S (d, d) positive definite, idx a list of distinct coordinates in any order, x (len(idx),).
    Unobserved coordinates are returned in increasing order.
    """
    ### BEGIN SOLUTION
    rest = [i for i in range(len(mu)) if i not in idx]
    S_seen = S[np.ix_(idx, idx)]
    S_cross = S[np.ix_(idx, rest)]
    K = np.linalg.solve(S_seen, S_cross).T
    mean = mu[rest] + K @ (x - mu[idx])
    cov = S[np.ix_(rest, rest)] - K @ S_cross
    return mean, cov
    ### END SOLUTION

# %% test="e4_mean" points=2 title="The conditional mean"
example_mu, example_S = np.array([10.0, 30.0]), np.array([[4.0, 6.0], [6.0, 16.0]])
check(condition_mvn, example_mu, example_S, [0], np.array([14.0])).satisfies(lambda r: r[0].shape == (1,) and abs(r[0][0] - 36) < 1e-8, "mean [36.]", idea="start from the mean, and move by K times the surprise")
### BEGIN HIDDEN TESTS
for seed in range(6):
    rng = seeded(seed)
    d = int(rng.integers(3, 7))
    root = rng.normal(size=(d, d))
    cov_all, mu_all = root @ root.T + np.eye(d), rng.normal(size=d) * 5
    seen = sorted(rng.permutation(d)[: int(rng.integers(1, d))].tolist())
    others = [i for i in range(d) if i not in seen]
    observed = rng.normal(size=len(seen)) * 3
    precision = np.linalg.inv(cov_all)
    wanted = mu_all[others] - np.linalg.inv(precision[np.ix_(others, others)]) @ precision[np.ix_(others, seen)] @ (observed - mu_all[seen])
    check(condition_mvn, mu_all, cov_all, seen, observed).note(f"seed {seed}").satisfies(
        lambda r, w=wanted: r[0].shape == w.shape and np.allclose(r[0], w, rtol=1e-9, atol=1e-9), f"mean {np.round(wanted, 6)}", idea="K multiplies how far the observed values are from their own means")
### END HIDDEN TESTS

# %% test="e4_cov" points=2 title="The conditional covariance"
example_mu, example_S = np.array([10.0, 30.0]), np.array([[4.0, 6.0], [6.0, 16.0]])
check(condition_mvn, example_mu, example_S, [0], np.array([14.0])).satisfies(lambda r: r[1].shape == (1, 1) and abs(r[1][0, 0] - 7) < 1e-8, "covariance [[7.]]", idea="what is observed takes away uncertainty")
### BEGIN HIDDEN TESTS
for seed in range(6):
    rng = seeded(seed)
    d = int(rng.integers(3, 7))
    root = rng.normal(size=(d, d))
    cov_all, mu_all = root @ root.T + np.eye(d), rng.normal(size=d) * 5
    seen = sorted(rng.permutation(d)[: int(rng.integers(1, d))].tolist())
    others = [i for i in range(d) if i not in seen]
    wanted = np.linalg.inv(np.linalg.inv(cov_all)[np.ix_(others, others)])
    for observed in (mu_all[seen], rng.normal(size=len(seen)) * 3):
        check(condition_mvn, mu_all, cov_all, seen, observed).note(f"seed {seed}").satisfies(
            lambda r, w=wanted: r[1].shape == w.shape and np.allclose(r[1], w, rtol=1e-9, atol=1e-9), f"covariance {np.round(wanted, 6).tolist()}", idea="the block of the unobserved, minus what the observed explain; the values observed do not matter")
### END HIDDEN TESTS

# %% test="e4_order" points=1 title="Observed coordinates in any order, arguments untouched"
three_mu, three_S = np.array([1.0, 2.0, 3.0]), np.array([[2.0, 1.0, 0.5], [1.0, 3.0, 1.0], [0.5, 1.0, 4.0]])
ascending = check(condition_mvn, three_mu, three_S, [0, 2], np.array([5.0, 3.0])).value(idea="two coordinates are observed, one is not")
check(condition_mvn, three_mu, three_S, [2, 0], np.array([3.0, 5.0])).satisfies(
    lambda r: np.allclose(r[0], ascending[0]) and np.allclose(r[1], ascending[1]), f"what came back for idx [0, 2], x [5, 3]: {ascending}", idea="x[j] belongs to coordinate idx[j]: did the order of one of them change?")
### BEGIN HIDDEN TESTS
check(condition_mvn, three_mu, three_S, [2, 0], np.array([3.0, 5.0])).keeps_arguments(idea="compute new arrays instead of changing those you were handed")
for seed, seen in [(100, [4, 0, 2]), (101, [3, 1, 0]), (102, [2, 4, 3, 1])]:
    rng = seeded(seed)
    root = rng.normal(size=(5, 5))
    cov_all, mu_all, observed = root @ root.T + np.eye(5), rng.normal(size=5), rng.normal(size=len(seen)) * 4
    in_order = check(condition_mvn, mu_all, cov_all, sorted(seen), observed[np.argsort(seen)]).note(f"seed {seed}").value(idea="several coordinates are observed at once")
    check(condition_mvn, mu_all, cov_all, seen, observed).note(f"seed {seed}").satisfies(
        lambda r, w=in_order: np.allclose(r[0], w[0]) and np.allclose(r[1], w[1]), f"what came back for the same observations in increasing order: {in_order}", idea="x[j] belongs to coordinate idx[j], whatever the order of idx")
### END HIDDEN TESTS

# %% [markdown]
r"""
## Averages settle, if there is a mean

Day 5 proved the law of large numbers from a finite variance. A finite mean is enough: if $X_1, X_2, \dots$ are
independent with the same law and $E|X_1| < \infty$, then $\bar X_n \to \mu$, in probability (*weak* law) and even with
probability 1 (*strong* law, Kolmogorov). And only a finite mean will do: if $E|X_1| = \infty$, then with
probability 1 the running mean converges to no number.

**Predict.** The Cauchy density $1/(\pi(1+x^2))$ looks like a bell. What will the mean of 20,000 Cauchy values look like?
"""

# %%
rng = np.random.default_rng(8)
n_values = np.arange(1, 20_001)
fig, axes = plt.subplots(1, 2, figsize=(8, 3))
for ax, name, sample in zip(axes, ["Exponential, mean 1", "Cauchy, no mean"], [rng.exponential(size=(3, 20_000)), rng.standard_cauchy((3, 20_000))], strict=True):
    _ = ax.semilogx(n_values, (np.cumsum(sample, axis=1) / n_values).T)
    _ = ax.set(xlabel="number of values averaged", ylabel="running mean", title=name)
_ = fig.suptitle("A mean settles only if there is a mean to settle on", x=0.05, ha="left")
fig.tight_layout()
figures.show(fig, alt="Three running means each. Those of exponential values close in on 1. Those of Cauchy values keep being thrown "
             "off by single huge values, and do not agree even after 20,000 values.")

# %% [markdown]
r"""
**Explain.** For Cauchy $E|X| = \infty$, and the mean of $n$ Cauchy values has *exactly the law of one of them*: a day of
measuring is worth one measurement. Standard deviations of such samples mean nothing either; the interquartile range,
which every law has, still does.
"""

# %% [markdown]
r"""
## The shape of the noise: the central limit theorem

If $X_1, X_2, \dots$ are independent with the same law and $0 < \sigma^2 < \infty$, then for every $z$

$$P\Bigl(\frac{X_1 + \dots + X_n - n\mu}{\sigma\sqrt n} \le z\Bigr) \longrightarrow \Phi(z).$$

So $\bar X_n$ is roughly $N(\mu, \sigma^2/n)$: its standard deviation is $\sigma/\sqrt n$, and four times the data halves
the noise. The theorem does *not* say that the data become Normal, nor how large $n$ must be.

A sum of independent whole numbers has a law we can compute exactly: $P(S = s) = \sum_j P(X = j)\,P(Y = s - j)$, a
**convolution**. Two dice, from scratch and by NumPy:
"""

# %%
die = np.full(6, 1 / 6)  # faces numbered 0 to 5
two = [sum(die[j] * die[s - j] for j in range(6) if 0 <= s - j < 6) for s in range(11)]
print(np.round(np.array(two) * 36, 6).tolist())
print("NumPy agrees:", np.allclose(two, np.convolve(die, die)))

# %% [markdown]
r"""
**Predict.** The values 0, 1 and 4 have probabilities 0.7, 0.2 and 0.1. Will the sum of 8 of them look Normal? Of 64?
"""

# %%
skewed = np.array([0.7, 0.2, 0.0, 0.0, 0.1])
fig, axes = plt.subplots(1, 3, figsize=(9, 2.8))
for ax, n in zip(axes, (1, 8, 64), strict=True):
    law = np.ones(1)
    for _ in range(n):
        law = np.convolve(law, skewed)
    s, middle, width = np.arange(len(law)), 0.6 * n, math.sqrt(1.44 * n)
    _ = ax.bar((s - middle) / width, law * width, width=1 / width, color="#56B4E9", edgecolor="black", linewidth=0.3)
    _ = ax.plot(np.linspace(-3, 4, 200), stats.norm.pdf(np.linspace(-3, 4, 200)), color="#D55E00")
    _ = ax.set(xlim=(-3, 4), xlabel="standardised sum", ylabel="density", title=f"n = {n}")
fig.suptitle("Sums of a skewed law become Normal, but the skew fades slowly", x=0.05, ha="left")
fig.tight_layout()
figures.show(fig, alt="Standardised sums of 1, 8 and 64 values of a right-skewed law beside the Normal density: three lone bars, then "
             "a lumpy, lopsided hill, then bars close to the curve, its peak still a little left of the centre.")

# %% [markdown]
r"""
**Explain.** How slowly? If the possible values fill no coarser grid than the whole numbers (their differences have no
common divisor above 1), the leading error left by the continuity correction is known (Esseen's expansion):

$$P(S_n \le k) \approx \Phi(z) - \frac{\gamma}{6\sqrt n}\,(z^2-1)\,\varphi(z), \qquad z = \frac{k+\frac12-n\mu}{\sigma\sqrt
n},\quad \gamma = \frac{E(X_1-\mu)^3}{\sigma^3}.$$

At $z = 0$ that is $0.0665\,|\gamma|/\sqrt n$: the error falls like $1/\sqrt n$, **if the law is skewed**. For a symmetric
law $\gamma = 0$, the term vanishes and the error falls like $1/n$. "n = 30 is enough" is true of dice and false of file
sizes.
"""

# %% [markdown] exercise="e5" title="How fast does the bell arrive?" level="stretch" minutes=30 exports=["clt_error", "clt_rate", "spread_ratio"]
r"""
Three instruments that measure the theorem.

1. `clt_error(pmf, n)`: `pmf` is a list of at least two probabilities of the values `0, 1, …` (they add up to 1), $S_n$
   the sum of $n \ge 1$ independent such values, with $\mu$ and $\sigma^2$ the mean and variance of one. Return, as a
   float, the largest $\left|P(S_n \le k) - \Phi\!\left(\frac{k + 1/2 - n\mu}{\sigma\sqrt n}\right)\right|$ over all whole
   numbers $k$ from 0 to the largest value that the list allows for $S_n$, `n * (len(pmf) - 1)`. Exactly, not by
   simulation: relative error at most $10^{-6}$ for `n` up to 256. If one value has probability 1, raise `ValueError`.
   `clt_error([0.9, 0.1], 16)` is `0.0479345…`.
2. `clt_rate(pmf, n)`: if the error were exactly $c\,n^{-r}$, two errors would reveal $r$. Return that $r$, a float,
   computed from `clt_error` at `n` and at `4 * n` ($n \le 64$; judged to $10^{-5}$ absolute). `clt_rate([0.9, 0.1], 64)`
   is `0.5044687…`; for a fair die it is near 1.
3. `spread_ratio(draw, n, trials)`: `draw(size)` returns a NumPy array of `size` fresh random values, of any law. Draw
   `trials` means of `n` values each, and `trials` single values. Return the interquartile range (75 % quantile minus 25 %
   quantile) of the means divided by that of the single values, a float. For Normal values it is near $1/\sqrt n$; for a
   law that averaging does not help it stays near 1. Judged within a factor of 1.6, with `trials` at least 1500.
"""

# %% [markdown] hints="e5" reading="Apostol II, chapter 14, on the laws of large numbers and the central limit theorem"
r"""
1. The exact law of the sum is one convolution away from the law of one summand less. For the rate: what is the quotient
   of the two errors if the error is $c\,n^{-r}$?
2. Start from the law of the empty sum (0 with probability 1), convolve `n` times, and `np.cumsum` gives the cdf. The
   quotient is $4^r$. For the spread, arrange `trials * n` values as a table with a row for each mean.
3. `stats.norm.cdf(k + 0.5, n * mean, math.sqrt(n * variance))` beside the cumulated sum. `math.log(quotient, 4)`.
   `draw(trials * n).reshape(trials, n).mean(axis=1)` and `stats.iqr`.
"""

# %% solution="e5"
def clt_error(pmf, n):
    """Largest continuity-corrected error of the Normal cdf for the sum of n independent values with law pmf on 0, 1, ….

    Raises ValueError if one value has probability 1.
    """
    ### BEGIN SOLUTION
    pmf = np.asarray(pmf, dtype=float)
    if np.max(pmf) == 1:
        raise ValueError("a constant has no bell: its variance is 0")
    values = np.arange(len(pmf))
    mean = values @ pmf
    variance = (values - mean) ** 2 @ pmf
    law = np.ones(1)  # the empty sum is 0 for certain
    for _ in range(n):
        law = np.convolve(law, pmf)
    k = np.arange(len(law))
    bell = stats.norm(loc=n * mean, scale=math.sqrt(n * variance))
    return float(np.max(np.abs(np.cumsum(law) - bell.cdf(k + 0.5))))
    ### END SOLUTION


def clt_rate(pmf, n):
    """The exponent r for which clt_error falls like n**-r, measured between n and 4n."""
    ### BEGIN SOLUTION
    return math.log(clt_error(pmf, n) / clt_error(pmf, 4 * n), 4)
    ### END SOLUTION


def spread_ratio(draw, n, trials):
    """Interquartile range of `trials` means of n values, divided by that of `trials` single values."""
    ### BEGIN SOLUTION
    means = draw(trials * n).reshape(trials, n).mean(axis=1)
    return float(stats.iqr(means) / stats.iqr(draw(trials)))
    ### END SOLUTION

# %% test="e5_error" points=2 title="The exact error of the bell"
check(clt_error, [0.9, 0.1], 16).close(0.04793458208924517, rtol=1e-6, idea="exact cdf of the sum against the bell with mean n·mu and variance n·sigma², at k + 1/2")
### BEGIN HIDDEN TESTS
for chance, n_terms in [(0.5, 9), (0.3, 100), (0.02, 256)]:
    steps = np.arange(n_terms + 1)
    gaps = np.abs(stats.binom.cdf(steps, n_terms, chance) - stats.norm.cdf(steps + 0.5, n_terms * chance, math.sqrt(n_terms * chance * (1 - chance))))
    check(clt_error, [1 - chance, chance], n_terms).close(float(gaps.max()), rtol=1e-6, idea="a sum of zeros and ones is Binomial: what does exercise 3 say?")
for weights, n_terms in [([1, 2, 3, 4], 1), ([0, 5, 0, 3, 2], 12), ([7, 2, 0, 0, 1], 64), ([1, 1, 1, 1, 1, 1], 30)]:
    probabilities = np.array(weights) / sum(weights)
    size = n_terms * (len(weights) - 1) + 1
    exact_law = np.fft.irfft(np.fft.rfft(probabilities, 2 * size) ** n_terms, 2 * size)[:size]
    centre = float(np.arange(len(weights)) @ probabilities)
    spread = math.sqrt(float(np.arange(len(weights)) ** 2 @ probabilities) - centre**2)
    gaps = np.abs(np.cumsum(exact_law) - stats.norm.cdf(np.arange(size) + 0.5, n_terms * centre, spread * math.sqrt(n_terms)))
    check(clt_error, probabilities.tolist(), n_terms).close(float(gaps.max()), rtol=1e-6, idea="the law of a sum is a convolution of n laws, not of two")
### END HIDDEN TESTS

# %% test="e5_rate" points=2 title="The rate: one half with skew, one without"
check(clt_rate, [0.9, 0.1], 64).close(0.5044687912664834, rtol=0, atol=1e-5, idea="the quotient of the errors at n and 4n is 4 to the power r")
### BEGIN HIDDEN TESTS
check(clt_rate, [0.6, 0.3, 0.1], 64).satisfies(lambda r: abs(r - 0.5011123583) <= 1e-5, "0.5011123583", idea="a skewed law: the error falls like one over the root of n")
check(clt_rate, [1 / 6] * 6, 16).satisfies(lambda r: abs(r - 1.0031604288) <= 1e-5, "1.0031604288", idea="a symmetric law: the error falls like one over n")
check(clt_rate, [0.7, 0.2, 0.0, 0.0, 0.1], 4).satisfies(lambda r: abs(r - 1.0316575073) <= 1e-5, "1.0316575073", idea="measure at n and at 4n, both with the given law")
### END HIDDEN TESTS

# %% test="e5_constant" points=1 title="A constant has no bell"
check(clt_error, [0.0, 1.0], 5).raises(ValueError, idea="what would you divide by?")
### BEGIN HIDDEN TESTS
check(clt_error, [0.0, 0.0, 1.0, 0.0], 3).raises(ValueError, idea="variance 0, wherever the value lies")
check(clt_error, [1.0, 0.0], 1).raises(ValueError, idea="variance 0, even for a single summand")
### END HIDDEN TESTS

# %% test="e5_spread" points=2 title="What averaging does to the spread"
def near(ratio, expected):
    return expected / 1.6 <= ratio <= expected * 1.6

normal_rng = np.random.default_rng(21)
check(spread_ratio, lambda size: normal_rng.normal(5.0, 3.0, size), 64, 2000).satisfies(lambda r: near(r, 1 / 8), "near 1/8", idea="one mean for each trial, of n values each; then compare interquartile ranges")
### BEGIN HIDDEN TESTS
for seed in range(3):
    rng_cauchy, rng_uniform = seeded(seed), seeded(50 + seed)
    check(spread_ratio, lambda size, r=rng_cauchy: r.standard_cauchy(size), 100, 1500).note(f"Cauchy values, seed {seed}").satisfies(
        lambda r: near(r, 1.0), "near 1: the mean of Cauchy values has the law of one value", idea="the interquartile range exists for every law; the standard deviation does not")
    check(spread_ratio, lambda size, r=rng_uniform: r.normal(-2.0, 0.5, size), 25, 2500).note(f"Normal values, seed {50 + seed}").satisfies(
        lambda r: near(r, 1 / 5), "near 1/5", idea="the spread of a mean falls like one over the root of n, not like one over n")
### END HIDDEN TESTS

# %% [markdown]
r"""
## In practice

**Independence goes first.** One dead switch fails fifty files at once. Let the failure rate itself vary from night to
night (a Gamma law, shape 2) and keep the mean at 2 failures: the count becomes negative Binomial, with variance 4 instead
of 2.
"""

# %%
steady, varying = stats.poisson(2), stats.nbinom(2, 0.5)
print(f"variance / mean: {steady.var() / steady.mean():.1f} and {varying.var() / varying.mean():.1f}")
print(f"P(X >= 7): {steady.sf(6):.4f} and {varying.sf(6):.4f}")

# %% [markdown]
r"""
Nearly eight times the alarms again, with the mean unchanged. *Variance over mean* costs one line: near 1 for rare
independent events, well above 1 when they clump. Look at it before you set a limit.

**Costs.** A pmf, cdf or quantile of a named law is one call, at any size. An exact sum by repeated convolution costs
about $m^2n^2/2$ multiplications for values up to $m$; at a hundred times the terms that is ten thousand times the work,
and the FFT ($N\log N$ for $N = mn$) replaces it, at the price of absolute errors near $10^{-16}$: the far tails are then
noise. Conditioning solves one $r \times r$ system, about $r^3/3$ multiplications: 100 times the sensors, a million times
the work.

**At a hundred times the size.** A limit that rings falsely on one night in 221 is bearable for one job. With a hundred
jobs, somebody is woken on more than one night in three: $1 - (1 - 0.00452)^{100} \approx 36\,\%$. Choose the level for
the whole fleet, not for one job.

**Tails are extrapolations.** Data support a fitted law where there are data. A Normal fitted to latencies says nothing
trustworthy at seven standard deviations, however many digits `sf` prints.
"""

# %% [markdown]
r"""
## Summary

- A Binomial count needs fixed $n$, equal $p$ and independence; compute it through logarithms, and mind $p = 0$ and $p =
  1$.
- Word to method: *at least* is `sf(k - 1)`, *which limit* is `ppf`, *variance* becomes a standard deviation in `scale`;
  small tails come from `sf` or `cdf` directly.
- Normal with correction for large $np(1-p)$, Poisson for small $p$: both errors can be computed, so compute them.
- Conditioning a Normal shifts the mean by $K(b-\mu_B)$ and shrinks the covariance by an amount that does not depend on
  $b$.
- Averages settle if there is a mean, with noise $\sigma/\sqrt n$ if there is a variance; the bell arrives like $1/\sqrt
  n$ with skew, like $1/n$ without.

## Reflection

Your monitoring counts something: errors, retries, late rows. In 3 to 5 sentences: which law would you give it, which
assumption of that law do you trust least, and which number computed from your data would tell you?

*Rubric:* (a) names a law with its parameters, in terms of the system; (b) names an assumption that could really fail
there, and why; (c) names a check that can be computed; (d) says what would change in a decision, such as the limit of an
alarm.
"""

# %% [markdown] reflection="reflection"
r"""
I would model failed requests in a minute as Poisson with rate 3, since there are thousands of requests and each fails
rarely. I trust independence least: when a database node restarts, its requests fail together. The variance of the counts
divided by their mean, hour by hour, should be near 1; on our data I would expect 3 or more. Then a limit from the Poisson
quantile would ring far too often, and I would take it from a negative Binomial law, or alert on the restart itself.
"""

# %% [markdown]
r"""
## Further reading

- **MML 6.5**, Gaussian distribution. In 6.5.1 follow the conditional formula, and compare with our derivation by an
  uncorrelated remainder; 6.5.3 for sums and linear maps of Normals.
- **MML 6.4.1 to 6.4.5**, means, covariances and independence: look for the example of uncorrelated but dependent
  variables.
- **MML 6.6**, Bernoulli and Binomial among the exponential families: look at which statistic of the data each law needs.
- **Apostol, Calculus II, chapter 14**: distribution functions with jumps, then Chebyshev's inequality, the laws of large
  numbers and the central limit theorem. Watch which moments each theorem asks for.
- **SciPy User Guide, scipy.stats**: frozen distributions, and why `sf` and `isf` exist beside `cdf` and `ppf`.
"""
