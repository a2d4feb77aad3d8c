# %% right="e1" why="sums the logarithms of the factorials by NumPy instead of calling lgamma"
def binom_pmf(k, n, p):
    if not 0 <= k <= n:
        return 0.0
    if p in (0, 1):
        return 1.0 if k == n * p else 0.0
    small = min(k, n - k)
    ways = np.log(np.arange(n - small + 1, n + 1)).sum() - np.log(np.arange(1, small + 1)).sum()
    return float(np.exp(ways + k * np.log(p) + (n - k) * np.log(1 - p)))

# %% right="e1" why="SciPy's xlogy and xlog1py, which know that 0 log 0 is 0"
def binom_pmf(k, n, p):
    if k not in range(n + 1):
        return 0.0
    ways = special.gammaln(n + 1) - special.gammaln(k + 1) - special.gammaln(n - k + 1)
    return float(np.exp(ways + special.xlogy(k, p) + special.xlog1py(n - k, -p)))

# %% right="e1" why="by scipy.stats"
def binom_pmf(k, n, p):
    return float(stats.binom.pmf(k, n, p))

# %% wrong="e1" why="the formula as printed: the coefficient overflows"
def binom_pmf(k, n, p):
    if k < 0 or k > n:
        return 0.0
    return float(math.comb(n, k) * p**k * (1 - p) ** (n - k))

# %% wrong="e1" why="logarithm of 0 at p = 0 and p = 1"
def binom_pmf(k, n, p):
    if k < 0 or k > n:
        return 0.0
    ways = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
    return math.exp(ways + k * math.log(p) + (n - k) * math.log(1 - p))

# %% wrong="e1" why="Gamma(n) taken for n!"
def binom_pmf(k, n, p):
    if k < 0 or k > n:
        return 0.0
    if p in (0, 1):
        return float(k == n * p)
    if k in (0, n):
        return p**k * (1 - p) ** (n - k)
    ways = math.lgamma(n) - math.lgamma(k) - math.lgamma(n - k)
    return math.exp(ways + k * math.log(p) + (n - k) * math.log1p(-p))

# %% wrong="e1" why="Stirling's formula for every factorial, small ones too"
def binom_pmf(k, n, p):
    if k < 0 or k > n:
        return 0.0
    if p in (0, 1):
        return float(k == n * p)

    def log_factorial(m):
        return m * math.log(m) - m + 0.5 * math.log(2 * math.pi * m) + (1 / (12 * m) if m > 500 else 0) if m else 0.0

    ways = log_factorial(n) - log_factorial(k) - log_factorial(n - k)
    return math.exp(ways + k * math.log(p) + (n - k) * math.log1p(-p))

# %% wrong="e1" why="counts one pattern only, the binomial coefficient is missing"
def binom_pmf(k, n, p):
    if k < 0 or k > n:
        return 0.0
    return float(p**k * (1 - p) ** (n - k))

# %% right="e2" why="error function and sums of pmf, the smallest counts by search"
def share_within(mean, variance, low, high):
    if low >= high:
        return 0.0
    scale = math.sqrt(2 * variance)
    a, b = (low - mean) / scale, (high - mean) / scale
    if a < 0:
        a, b = -b, -a
    return 0.5 * (math.erfc(a) - math.erfc(b))


def at_least(k, n, p):
    return float(math.fsum(stats.binom.pmf(np.arange(max(k, 0), n + 1), n, p)))


def acceptance_plan(n, p_good, p_bad, alpha):
    c = 0
    while stats.binom.sf(c, n, p_good) > alpha:
        c += 1
    return c, math.fsum(stats.binom.pmf(np.arange(c + 1), n, p_bad))


def stock_for(rate, weeks, service):
    s = 0
    while stats.poisson.cdf(s, rate * weeks) < service:
        s += 1
    return s, math.fsum(stats.poisson.pmf(np.arange(s + 1, s + 400), rate * weeks))

# %% right="e2" why="isf for the quantiles, ndtr and bdtrc from scipy.special for the rest"
def share_within(mean, variance, low, high):
    sd = variance**0.5
    a, b = (low - mean) / sd, (high - mean) / sd
    if b < a:
        return 0.0
    return float(special.ndtr(b) - special.ndtr(a) if a + b < 0 else special.ndtr(-a) - special.ndtr(-b))


def at_least(k, n, p):
    if k <= 0:
        return 1.0
    return float(special.betainc(k, n - k + 1, p)) if k <= n else 0.0


def acceptance_plan(n, p_good, p_bad, alpha):
    c = stats.binom.isf(alpha, n, p_good)
    return c, stats.binom.cdf(c, n, p_bad)


def stock_for(rate, weeks, service):
    s = stats.poisson.isf(1 - service, rate * weeks)
    return s, special.gammainc(s + 1, rate * weeks)

# %% wrong="e2" why="variance passed as scale"
def share_within(mean, variance, low, high):
    if high < low:
        return 0.0
    law = stats.norm(mean, variance)
    return float(law.sf(low) - law.sf(high)) if low > mean else float(law.cdf(high) - law.cdf(low))


def at_least(k, n, p):
    return float(stats.binom(n, p).sf(k - 1))


def acceptance_plan(n, p_good, p_bad, alpha):
    c = int(stats.binom(n, p_good).ppf(1 - alpha))
    return c, float(stats.binom(n, p_bad).cdf(c))


def stock_for(rate, weeks, service):
    s = int(stats.poisson(rate * weeks).ppf(service))
    return s, float(stats.poisson(rate * weeks).sf(s))

# %% wrong="e2" why="limits the wrong way round give a negative share"
def share_within(mean, variance, low, high):
    law = stats.norm(mean, math.sqrt(variance))
    return float(law.sf(low) - law.sf(high)) if low > mean else float(law.cdf(high) - law.cdf(low))


def at_least(k, n, p):
    return float(stats.binom(n, p).sf(k - 1))


def acceptance_plan(n, p_good, p_bad, alpha):
    c = int(stats.binom(n, p_good).ppf(1 - alpha))
    return c, float(stats.binom(n, p_bad).cdf(c))


def stock_for(rate, weeks, service):
    s = int(stats.poisson(rate * weeks).ppf(service))
    return s, float(stats.poisson(rate * weeks).sf(s))

# %% wrong="e2" why="difference of cdf values also in the upper tail: no digits left"
def share_within(mean, variance, low, high):
    if high < low:
        return 0.0
    law = stats.norm(mean, math.sqrt(variance))
    return float(law.cdf(high) - law.cdf(low))


def at_least(k, n, p):
    return float(stats.binom(n, p).sf(k - 1))


def acceptance_plan(n, p_good, p_bad, alpha):
    c = int(stats.binom(n, p_good).ppf(1 - alpha))
    return c, float(stats.binom(n, p_bad).cdf(c))


def stock_for(rate, weeks, service):
    s = int(stats.poisson(rate * weeks).ppf(service))
    return s, float(stats.poisson(rate * weeks).sf(s))

# %% wrong="e2" why="P(X >= k) = 1 - cdf(k): the k itself falls through"
def share_within(mean, variance, low, high):
    if high < low:
        return 0.0
    law = stats.norm(mean, math.sqrt(variance))
    return float(law.sf(low) - law.sf(high)) if low > mean else float(law.cdf(high) - law.cdf(low))


def at_least(k, n, p):
    return float(1 - stats.binom(n, p).cdf(k)) if k > 0 else 1.0


def acceptance_plan(n, p_good, p_bad, alpha):
    c = int(stats.binom(n, p_good).ppf(1 - alpha))
    return c, float(stats.binom(n, p_bad).cdf(c))


def stock_for(rate, weeks, service):
    s = int(stats.poisson(rate * weeks).ppf(service))
    return s, float(stats.poisson(rate * weeks).sf(s))

# %% wrong="e2" why="at least k as 1 - cdf(k - 1): right on paper, but a tail of 1e-68 becomes 0"
def share_within(mean, variance, low, high):
    if high < low:
        return 0.0
    law = stats.norm(mean, math.sqrt(variance))
    return float(law.sf(low) - law.sf(high)) if low > mean else float(law.cdf(high) - law.cdf(low))


def at_least(k, n, p):
    return float(1 - stats.binom(n, p).cdf(k - 1))


def acceptance_plan(n, p_good, p_bad, alpha):
    c = int(stats.binom(n, p_good).ppf(1 - alpha))
    return c, float(stats.binom(n, p_bad).cdf(c))


def stock_for(rate, weeks, service):
    s = int(stats.poisson(rate * weeks).ppf(service))
    return s, float(stats.poisson(rate * weeks).sf(s))

# %% wrong="e2" why="takes the sampling plan for a Normal count, without asking what n p is"
def share_within(mean, variance, low, high):
    if high < low:
        return 0.0
    law = stats.norm(mean, math.sqrt(variance))
    return float(law.sf(low) - law.sf(high)) if low > mean else float(law.cdf(high) - law.cdf(low))


def at_least(k, n, p):
    return float(stats.binom(n, p).sf(k - 1))


def acceptance_plan(n, p_good, p_bad, alpha):
    limit = stats.norm(n * p_good, math.sqrt(n * p_good * (1 - p_good))).ppf(1 - alpha)
    c = max(0, math.ceil(limit - 0.5))
    return c, float(stats.norm(n * p_bad, math.sqrt(n * p_bad * (1 - p_bad))).cdf(c + 0.5))


def stock_for(rate, weeks, service):
    s = int(stats.poisson(rate * weeks).ppf(service))
    return s, float(stats.poisson(rate * weeks).sf(s))

# %% wrong="e2" why="refuses at c faulty records instead of at more than c"
def share_within(mean, variance, low, high):
    if high < low:
        return 0.0
    law = stats.norm(mean, math.sqrt(variance))
    return float(law.sf(low) - law.sf(high)) if low > mean else float(law.cdf(high) - law.cdf(low))


def at_least(k, n, p):
    return float(stats.binom(n, p).sf(k - 1))


def acceptance_plan(n, p_good, p_bad, alpha):
    c = int(stats.binom(n, p_good).ppf(1 - alpha)) + 1
    return c, float(stats.binom(n, p_bad).cdf(c - 1))


def stock_for(rate, weeks, service):
    s = int(stats.poisson(rate * weeks).ppf(service))
    return s, float(stats.poisson(rate * weeks).sf(s))

# %% wrong="e2" why="plans one week and multiplies the stock by the weeks"
def share_within(mean, variance, low, high):
    if high < low:
        return 0.0
    law = stats.norm(mean, math.sqrt(variance))
    return float(law.sf(low) - law.sf(high)) if low > mean else float(law.cdf(high) - law.cdf(low))


def at_least(k, n, p):
    return float(stats.binom(n, p).sf(k - 1))


def acceptance_plan(n, p_good, p_bad, alpha):
    c = int(stats.binom(n, p_good).ppf(1 - alpha))
    return c, float(stats.binom(n, p_bad).cdf(c))


def stock_for(rate, weeks, service):
    s = math.ceil(weeks * int(stats.poisson(rate).ppf(service)))
    return s, float(stats.poisson(rate * weeks).sf(s))

# %% wrong="e2" why="shortage counted from s failures on, although s spares cover s failures"
def share_within(mean, variance, low, high):
    if high < low:
        return 0.0
    law = stats.norm(mean, math.sqrt(variance))
    return float(law.sf(low) - law.sf(high)) if low > mean else float(law.cdf(high) - law.cdf(low))


def at_least(k, n, p):
    return float(stats.binom(n, p).sf(k - 1))


def acceptance_plan(n, p_good, p_bad, alpha):
    c = int(stats.binom(n, p_good).ppf(1 - alpha))
    return c, float(stats.binom(n, p_bad).cdf(c))


def stock_for(rate, weeks, service):
    s = int(stats.poisson(rate * weeks).ppf(service))
    return s, float(stats.poisson(rate * weeks).sf(s - 1))

# %% wrong="e2" why="the risk as 1 - sf: nothing is left of a risk of 1e-70"
def share_within(mean, variance, low, high):
    if high < low:
        return 0.0
    law = stats.norm(mean, math.sqrt(variance))
    return float(law.sf(low) - law.sf(high)) if low > mean else float(law.cdf(high) - law.cdf(low))


def at_least(k, n, p):
    return float(stats.binom(n, p).sf(k - 1))


def acceptance_plan(n, p_good, p_bad, alpha):
    c = int(stats.binom(n, p_good).ppf(1 - alpha))
    return c, 1 - float(stats.binom(n, p_bad).sf(c))


def stock_for(rate, weeks, service):
    s = int(stats.poisson(rate * weeks).ppf(service))
    return s, float(stats.poisson(rate * weeks).sf(s))

# %% wrong="e2" why="the shortage as 1 - cdf: half of the digits of a rare one are gone"
def share_within(mean, variance, low, high):
    if high < low:
        return 0.0
    law = stats.norm(mean, math.sqrt(variance))
    return float(law.sf(low) - law.sf(high)) if low > mean else float(law.cdf(high) - law.cdf(low))


def at_least(k, n, p):
    return float(stats.binom(n, p).sf(k - 1))


def acceptance_plan(n, p_good, p_bad, alpha):
    c = int(stats.binom(n, p_good).ppf(1 - alpha))
    return c, float(stats.binom(n, p_bad).cdf(c))


def stock_for(rate, weeks, service):
    s = int(stats.poisson(rate * weeks).ppf(service))
    return s, 1 - float(stats.poisson(rate * weeks).cdf(s))

# %% wrong="e2" why="always the survival function, as if every small share lay in the upper tail"
def share_within(mean, variance, low, high):
    if high < low:
        return 0.0
    law = stats.norm(mean, math.sqrt(variance))
    return float(law.sf(low) - law.sf(high))


def at_least(k, n, p):
    return float(stats.binom(n, p).sf(k - 1))


def acceptance_plan(n, p_good, p_bad, alpha):
    c = int(stats.binom(n, p_good).ppf(1 - alpha))
    return c, float(stats.binom(n, p_bad).cdf(c))


def stock_for(rate, weeks, service):
    s = int(stats.poisson(rate * weeks).ppf(service))
    return s, float(stats.poisson(rate * weeks).sf(s))

# %% wrong="e2" why="takes the sampling plan for a Poisson count, although p need not be small"
def share_within(mean, variance, low, high):
    if high < low:
        return 0.0
    law = stats.norm(mean, math.sqrt(variance))
    return float(law.sf(low) - law.sf(high)) if low > mean else float(law.cdf(high) - law.cdf(low))


def at_least(k, n, p):
    return float(stats.binom(n, p).sf(k - 1))


def acceptance_plan(n, p_good, p_bad, alpha):
    c = int(stats.poisson(n * p_good).ppf(1 - alpha))
    return c, float(stats.binom(n, p_bad).cdf(c))


def stock_for(rate, weeks, service):
    s = int(stats.poisson(rate * weeks).ppf(service))
    return s, float(stats.poisson(rate * weeks).sf(s))

# %% right="e3" why="plain loops, a running sum, erfc for the bell"
def approximation_errors(n, p):
    if n < 1 or p <= 0 or p >= 1:
        raise ValueError("no spread")
    sd = math.sqrt(n * p * (1 - p))

    def phi(x):
        return 0.5 * math.erfc((n * p - x) / sd / math.sqrt(2))

    found = {"normal": 0.0, "corrected": 0.0, "poisson": 0.0}
    before = rare = 0.0
    for k in range(n + 1):
        after = before + math.exp(math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1) + k * math.log(p) + (n - k) * math.log(1 - p))
        rare += math.exp(-n * p + k * math.log(n * p) - math.lgamma(k + 1))
        found["normal"] = max(found["normal"], abs(after - phi(k)), abs(before - phi(k)))
        found["corrected"] = max(found["corrected"], abs(after - phi(k + 0.5)))
        found["poisson"] = max(found["poisson"], abs(after - rare))
        before = after
    return found

# %% right="e3" why="evaluates the staircase itself just left of every step, and survival functions for the rest"
def approximation_errors(n, p):
    if not (n >= 1 and 0 < p < 1):
        raise ValueError("no spread")
    k = np.arange(n + 1.0)
    law, bell, rare = stats.binom(n, p), stats.norm(n * p, np.sqrt(n * p * (1 - p))), stats.poisson(n * p)
    x = np.sort(np.concatenate([k, k - 1e-11]))
    return {
        "normal": np.max(np.abs(law.cdf(x) - bell.cdf(x))),
        "corrected": np.max(np.abs(law.sf(k) - bell.sf(k + 0.5))),
        "poisson": np.max(np.abs(law.sf(k) - rare.sf(k))),
    }

# %% right="e3" why="the staircase is above the bell at most on top of a step, below it at most at the foot: two signed maxima"
def approximation_errors(n, p):
    if n <= 0 or p <= 0 or p >= 1:
        raise ValueError("no spread")
    k, mean, sd = np.arange(n + 1), n * p, math.sqrt(n * p * (1 - p))
    top = np.cumsum(stats.binom.pmf(k, n, p))
    foot = top - stats.binom.pmf(k, n, p)
    bell = special.ndtr((k - mean) / sd)
    return {
        "normal": max((top - bell).max(), (bell - foot).max()),
        "corrected": np.abs(top - special.ndtr((k + 0.5 - mean) / sd)).max(),
        "poisson": np.abs(top - special.pdtr(k, mean)).max(),
    }

# %% wrong="e3" why="looks only on top of the steps, never at their foot"
def approximation_errors(n, p):
    if n < 1 or not 0 < p < 1:
        raise ValueError("no spread")
    k = np.arange(n + 1)
    exact, bell = stats.binom(n, p).cdf(k), stats.norm(n * p, math.sqrt(n * p * (1 - p)))
    return {
        "normal": float(np.abs(exact - bell.cdf(k)).max()),
        "corrected": float(np.abs(exact - bell.cdf(k + 0.5)).max()),
        "poisson": float(np.abs(exact - stats.poisson(n * p).cdf(k)).max()),
    }

# %% wrong="e3" why="continuity correction in the wrong direction"
def approximation_errors(n, p):
    if n < 1 or not 0 < p < 1:
        raise ValueError("no spread")
    k = np.arange(n + 1)
    exact, bell = stats.binom(n, p).cdf(k), stats.norm(n * p, math.sqrt(n * p * (1 - p)))
    before = np.concatenate([[0.0], exact[:-1]])
    return {
        "normal": float(max(np.abs(exact - bell.cdf(k)).max(), np.abs(before - bell.cdf(k)).max())),
        "corrected": float(np.abs(exact - bell.cdf(k - 0.5)).max()),
        "poisson": float(np.abs(exact - stats.poisson(n * p).cdf(k)).max()),
    }

# %% wrong="e3" why="measures the error at the mean only"
def approximation_errors(n, p):
    if n < 1 or not 0 < p < 1:
        raise ValueError("no spread")
    k = np.array([math.floor(n * p)])
    exact, bell = stats.binom(n, p).cdf(k), stats.norm(n * p, math.sqrt(n * p * (1 - p)))
    before = stats.binom(n, p).cdf(k - 1)
    return {
        "normal": float(max(np.abs(exact - bell.cdf(k)).max(), np.abs(before - bell.cdf(k)).max())),
        "corrected": float(np.abs(exact - bell.cdf(k + 0.5)).max()),
        "poisson": float(np.abs(exact - stats.poisson(n * p).cdf(k)).max()),
    }

# %% wrong="e3" why="gives the Poisson law the Binomial's variance for its mean"
def approximation_errors(n, p):
    if n < 1 or not 0 < p < 1:
        raise ValueError("no spread")
    k = np.arange(n + 1)
    exact, bell = stats.binom(n, p).cdf(k), stats.norm(n * p, math.sqrt(n * p * (1 - p)))
    before = np.concatenate([[0.0], exact[:-1]])
    return {
        "normal": float(max(np.abs(exact - bell.cdf(k)).max(), np.abs(before - bell.cdf(k)).max())),
        "corrected": float(np.abs(exact - bell.cdf(k + 0.5)).max()),
        "poisson": float(np.abs(exact - stats.poisson(n * p * (1 - p)).cdf(k)).max()),
    }

# %% wrong="e3" why="compares probabilities of single values (pmf) instead of cdf values for the Poisson law"
def approximation_errors(n, p):
    if n < 1 or not 0 < p < 1:
        raise ValueError("no spread")
    k = np.arange(n + 1)
    exact, bell = stats.binom(n, p).cdf(k), stats.norm(n * p, math.sqrt(n * p * (1 - p)))
    before = np.concatenate([[0.0], exact[:-1]])
    return {
        "normal": float(max(np.abs(exact - bell.cdf(k)).max(), np.abs(before - bell.cdf(k)).max())),
        "corrected": float(np.abs(exact - bell.cdf(k + 0.5)).max()),
        "poisson": float(np.abs(stats.binom(n, p).pmf(k) - stats.poisson(n * p).pmf(k)).max()),
    }

# %% wrong="e3" why="leaves out k = n, where the Binomial is at 1 and the Poisson law is not"
def approximation_errors(n, p):
    if n < 1 or not 0 < p < 1:
        raise ValueError("no spread")
    k = np.arange(n + 1)
    exact, bell = stats.binom(n, p).cdf(k), stats.norm(n * p, math.sqrt(n * p * (1 - p)))
    before = np.concatenate([[0.0], exact[:-1]])
    return {
        "normal": float(max(np.abs(exact - bell.cdf(k)).max(), np.abs(before - bell.cdf(k)).max())),
        "corrected": float(np.abs(exact - bell.cdf(k + 0.5)).max()),
        "poisson": float(np.abs(exact - stats.poisson(n * p).cdf(k))[:-1].max()),
    }

# %% wrong="e3" why="signed difference: the Poisson cdf is not always the larger one"
def approximation_errors(n, p):
    if n < 1 or not 0 < p < 1:
        raise ValueError("no spread")
    k = np.arange(n + 1)
    exact, bell = stats.binom(n, p).cdf(k), stats.norm(n * p, math.sqrt(n * p * (1 - p)))
    before = np.concatenate([[0.0], exact[:-1]])
    return {
        "normal": float(max(np.abs(exact - bell.cdf(k)).max(), np.abs(before - bell.cdf(k)).max())),
        "corrected": float(np.abs(exact - bell.cdf(k + 0.5)).max()),
        "poisson": float((stats.poisson(n * p).cdf(k) - exact).max()),
    }

# %% wrong="e3" why="variance passed as scale"
def approximation_errors(n, p):
    if n < 1 or not 0 < p < 1:
        raise ValueError("no spread")
    k = np.arange(n + 1)
    exact, bell = stats.binom(n, p).cdf(k), stats.norm(n * p, n * p * (1 - p))
    before = np.concatenate([[0.0], exact[:-1]])
    return {
        "normal": float(max(np.abs(exact - bell.cdf(k)).max(), np.abs(before - bell.cdf(k)).max())),
        "corrected": float(np.abs(exact - bell.cdf(k + 0.5)).max()),
        "poisson": float(np.abs(exact - stats.poisson(n * p).cdf(k)).max()),
    }

# %% wrong="e3" why="lets p = 0 and p = 1 pass"
def approximation_errors(n, p):
    if n < 1 or not 0 <= p <= 1:
        raise ValueError("no spread")
    if p in (0, 1):
        return {"normal": 0.0, "corrected": 0.0, "poisson": 0.0}
    k = np.arange(n + 1)
    exact, bell = stats.binom(n, p).cdf(k), stats.norm(n * p, math.sqrt(n * p * (1 - p)))
    before = np.concatenate([[0.0], exact[:-1]])
    return {
        "normal": float(max(np.abs(exact - bell.cdf(k)).max(), np.abs(before - bell.cdf(k)).max())),
        "corrected": float(np.abs(exact - bell.cdf(k + 0.5)).max()),
        "poisson": float(np.abs(exact - stats.poisson(n * p).cdf(k)).max()),
    }

# %% right="e4" why="by blocks of the precision matrix, the inverse of S"
def condition_mvn(mu, S, idx, x):
    rest = np.setdiff1d(np.arange(len(mu)), idx)
    P = np.linalg.inv(S)
    cov = np.linalg.inv(P[np.ix_(rest, rest)])
    return mu[rest] - cov @ P[np.ix_(rest, idx)] @ (np.asarray(x) - mu[idx]), cov

# %% right="e4" why="one observed coordinate at a time, each a rank-one update of the whole law"
def condition_mvn(mu, S, idx, x):
    m, C = mu.astype(float).copy(), S.astype(float).copy()
    for i, value in zip(idx, x, strict=True):
        gain = C[:, i] / C[i, i]
        m = m + gain * (value - m[i])
        C = C - np.outer(gain, C[i, :])
    keep = sorted(set(range(len(mu))) - set(idx))
    return m[keep], C[np.ix_(keep, keep)]

# %% wrong="e4" why="takes the observed coordinates for independent of each other: divides by their variances only"
def condition_mvn(mu, S, idx, x):
    rest = [i for i in range(len(mu)) if i not in idx]
    K = S[np.ix_(rest, idx)] / S[idx, idx]
    return mu[rest] + K @ (x - mu[idx]), S[np.ix_(rest, rest)] - K @ S[np.ix_(idx, rest)]

# %% wrong="e4" why="returns the part of the covariance that is explained, not the part that remains"
def condition_mvn(mu, S, idx, x):
    rest = [i for i in range(len(mu)) if i not in idx]
    K = np.linalg.solve(S[np.ix_(idx, idx)], S[np.ix_(idx, rest)]).T
    return mu[rest] + K @ (x - mu[idx]), K @ S[np.ix_(idx, rest)]

# %% wrong="e4" why="the covariance stays what it was before the observation"
def condition_mvn(mu, S, idx, x):
    rest = [i for i in range(len(mu)) if i not in idx]
    K = np.linalg.solve(S[np.ix_(idx, idx)], S[np.ix_(idx, rest)]).T
    return mu[rest] + K @ (x - mu[idx]), S[np.ix_(rest, rest)]

# %% wrong="e4" why="blocks swapped: K built with the covariance of the unobserved"
def condition_mvn(mu, S, idx, x):
    rest = [i for i in range(len(mu)) if i not in idx]
    K = (S[np.ix_(idx, rest)] @ np.linalg.inv(S[np.ix_(rest, rest)])).T
    return mu[rest] + K @ (x - mu[idx]), S[np.ix_(rest, rest)] - K @ S[np.ix_(idx, rest)]

# %% wrong="e4" why="forgets to take the observed means from the observed values"
def condition_mvn(mu, S, idx, x):
    rest = [i for i in range(len(mu)) if i not in idx]
    K = np.linalg.solve(S[np.ix_(idx, idx)], S[np.ix_(idx, rest)]).T
    return mu[rest] + K @ x, S[np.ix_(rest, rest)] - K @ S[np.ix_(idx, rest)]

# %% wrong="e4" why="equal standard scores: as many standard deviations up as the observed one, without the correlation"
def condition_mvn(mu, S, idx, x):
    rest = [i for i in range(len(mu)) if i not in idx]
    K = np.linalg.solve(S[np.ix_(idx, idx)], S[np.ix_(idx, rest)]).T
    scores = np.mean((x - mu[idx]) / np.sqrt(np.diag(S)[idx]))
    return mu[rest] + scores * np.sqrt(np.diag(S)[rest]), S[np.ix_(rest, rest)] - K @ S[np.ix_(idx, rest)]

# %% wrong="e4" why="a Boolean mask sorts the observed coordinates, but not their values"
def condition_mvn(mu, S, idx, x):
    seen = np.zeros(len(mu), dtype=bool)
    seen[idx] = True
    K = np.linalg.solve(S[seen][:, seen], S[seen][:, ~seen]).T
    return mu[~seen] + K @ (x - mu[seen]), S[~seen][:, ~seen] - K @ S[seen][:, ~seen]

# %% wrong="e4" why="standardises x in place, which changes the caller's array"
def condition_mvn(mu, S, idx, x):
    rest = [i for i in range(len(mu)) if i not in idx]
    K = np.linalg.solve(S[np.ix_(idx, idx)], S[np.ix_(idx, rest)]).T
    x -= mu[idx]
    return mu[rest] + K @ x, S[np.ix_(rest, rest)] - K @ S[np.ix_(idx, rest)]

# %% right="e5" why="law of the sum by FFT, pure formulas for the rest, quartiles by sorting"
def clt_error(pmf, n):
    if max(pmf) == 1:
        raise ValueError("constant")
    a = np.arange(len(pmf))
    p = np.asarray(pmf)
    mean, square = np.sum(a * p), np.sum(a * a * p)
    size = n * (len(p) - 1) + 1
    law = np.fft.irfft(np.fft.rfft(p, n=2 * size) ** n, n=2 * size)[:size]
    z = (np.arange(size) + 0.5 - n * mean) / np.sqrt(n * (square - mean**2))
    return np.max(np.abs(np.cumsum(law) - special.ndtr(z)))


def clt_rate(pmf, n):
    return (math.log2(clt_error(pmf, n)) - math.log2(clt_error(pmf, 4 * n))) / 2


def spread_ratio(draw, n, trials):
    def range_of(values):
        ordered = np.sort(values)
        return ordered[3 * len(ordered) // 4] - ordered[len(ordered) // 4]

    return range_of(np.array([np.mean(draw(n)) for _ in range(trials)])) / range_of(draw(trials))

# %% right="e5" why="repeated squaring of dictionaries, quantiles by NumPy"
def clt_error(pmf, n):
    one = {v: q for v, q in enumerate(pmf) if q > 0}
    mean = sum(v * q for v, q in one.items())
    variance = sum((v - mean) ** 2 * q for v, q in one.items())
    if len(one) == 1:
        raise ValueError("a constant")

    def plus(a, b):
        out = {}
        for v, q in a.items():
            for w, r in b.items():
                out[v + w] = out.get(v + w, 0.0) + q * r
        return out

    total, power, left = {0: 1.0}, one, n
    while left:
        if left % 2:
            total = plus(total, power)
        left //= 2
        if left:
            power = plus(power, power)
    cumulated, worst = 0.0, 0.0
    for k in range(n * (len(pmf) - 1) + 1):
        cumulated += total.get(k, 0.0)
        worst = max(worst, abs(cumulated - 0.5 * math.erfc((n * mean - k - 0.5) / math.sqrt(2 * n * variance))))
    return worst


def clt_rate(pmf, n):
    return math.log(clt_error(pmf, n) / clt_error(pmf, 4 * n)) / math.log(4)


def spread_ratio(draw, n, trials):
    means = draw(n * trials).reshape(n, trials).mean(axis=0)
    q = np.quantile(means, [0.25, 0.75]), np.quantile(draw(trials), [0.25, 0.75])
    return (q[0][1] - q[0][0]) / (q[1][1] - q[1][0])

# %% wrong="e5" why="standard deviation of a sum taken as n times sigma"
def clt_error(pmf, n):
    pmf = np.asarray(pmf, dtype=float)
    if np.max(pmf) == 1:
        raise ValueError("constant")
    values = np.arange(len(pmf))
    mean, law = values @ pmf, np.ones(1)
    sigma = math.sqrt((values - mean) ** 2 @ pmf)
    for _ in range(n):
        law = np.convolve(law, pmf)
    return float(np.max(np.abs(np.cumsum(law) - stats.norm.cdf(np.arange(len(law)) + 0.5, n * mean, n * sigma))))


def clt_rate(pmf, n):
    return math.log(clt_error(pmf, n) / clt_error(pmf, 4 * n), 4)


def spread_ratio(draw, n, trials):
    return float(stats.iqr(draw(trials * n).reshape(trials, n).mean(axis=1)) / stats.iqr(draw(trials)))

# %% wrong="e5" why="looks at the error near the mean only, where it need not be largest"
def clt_error(pmf, n):
    pmf = np.asarray(pmf, dtype=float)
    if np.max(pmf) == 1:
        raise ValueError("constant")
    values = np.arange(len(pmf))
    mean, law = values @ pmf, np.ones(1)
    variance = (values - mean) ** 2 @ pmf
    for _ in range(n):
        law = np.convolve(law, pmf)
    gap = np.abs(np.cumsum(law) - stats.norm.cdf(np.arange(len(law)) + 0.5, n * mean, math.sqrt(n * variance)))
    return float(gap[int(n * mean)])


def clt_rate(pmf, n):
    def full(m):
        p = np.asarray(pmf, dtype=float)
        v = np.arange(len(p))
        mu, law = v @ p, np.ones(1)
        for _ in range(m):
            law = np.convolve(law, p)
        bell = stats.norm(m * mu, math.sqrt(m * ((v - mu) ** 2 @ p)))
        return np.max(np.abs(np.cumsum(law) - bell.cdf(np.arange(len(law)) + 0.5)))

    return math.log(full(n) / full(4 * n), 4)


def spread_ratio(draw, n, trials):
    return float(stats.iqr(draw(trials * n).reshape(trials, n).mean(axis=1)) / stats.iqr(draw(trials)))

# %% wrong="e5" why="takes the logarithm to base 2, as if n had been doubled"
def clt_error(pmf, n):
    pmf = np.asarray(pmf, dtype=float)
    if np.max(pmf) == 1:
        raise ValueError("constant")
    values = np.arange(len(pmf))
    mean, law = values @ pmf, np.ones(1)
    variance = (values - mean) ** 2 @ pmf
    for _ in range(n):
        law = np.convolve(law, pmf)
    return float(np.max(np.abs(np.cumsum(law) - stats.norm.cdf(np.arange(len(law)) + 0.5, n * mean, math.sqrt(n * variance)))))


def clt_rate(pmf, n):
    return math.log(clt_error(pmf, n) / clt_error(pmf, 4 * n), 2)


def spread_ratio(draw, n, trials):
    return float(stats.iqr(draw(trials * n).reshape(trials, n).mean(axis=1)) / stats.iqr(draw(trials)))

# %% wrong="e5" why="does not notice a constant: division by zero makes NaN"
def clt_error(pmf, n):
    pmf = np.asarray(pmf, dtype=float)
    values = np.arange(len(pmf))
    mean, law = values @ pmf, np.ones(1)
    variance = (values - mean) ** 2 @ pmf
    for _ in range(n):
        law = np.convolve(law, pmf)
    return float(np.max(np.abs(np.cumsum(law) - stats.norm.cdf(np.arange(len(law)) + 0.5, n * mean, math.sqrt(n * variance)))))


def clt_rate(pmf, n):
    return math.log(clt_error(pmf, n) / clt_error(pmf, 4 * n), 4)


def spread_ratio(draw, n, trials):
    return float(stats.iqr(draw(trials * n).reshape(trials, n).mean(axis=1)) / stats.iqr(draw(trials)))

# %% wrong="e5" why="spread measured by the standard deviation, which heavy tails rule at will"
def clt_error(pmf, n):
    pmf = np.asarray(pmf, dtype=float)
    if np.max(pmf) == 1:
        raise ValueError("constant")
    values = np.arange(len(pmf))
    mean, law = values @ pmf, np.ones(1)
    variance = (values - mean) ** 2 @ pmf
    for _ in range(n):
        law = np.convolve(law, pmf)
    return float(np.max(np.abs(np.cumsum(law) - stats.norm.cdf(np.arange(len(law)) + 0.5, n * mean, math.sqrt(n * variance)))))


def clt_rate(pmf, n):
    return math.log(clt_error(pmf, n) / clt_error(pmf, 4 * n), 4)


def spread_ratio(draw, n, trials):
    return float(np.std(draw(trials * n).reshape(trials, n).mean(axis=1)) / np.std(draw(trials)))

# %% wrong="e5" why="sd / n for sd / sqrt(n): divides the spread of one value by n instead of drawing means"
def clt_error(pmf, n):
    pmf = np.asarray(pmf, dtype=float)
    if np.max(pmf) == 1:
        raise ValueError("constant")
    values = np.arange(len(pmf))
    mean, law = values @ pmf, np.ones(1)
    variance = (values - mean) ** 2 @ pmf
    for _ in range(n):
        law = np.convolve(law, pmf)
    return float(np.max(np.abs(np.cumsum(law) - stats.norm.cdf(np.arange(len(law)) + 0.5, n * mean, math.sqrt(n * variance)))))


def clt_rate(pmf, n):
    return math.log(clt_error(pmf, n) / clt_error(pmf, 4 * n), 4)


def spread_ratio(draw, n, trials):
    return float(stats.iqr(draw(trials) / n) / stats.iqr(draw(trials)))

# %% wrong="e5" why="no continuity correction"
def clt_error(pmf, n):
    pmf = np.asarray(pmf, dtype=float)
    if np.max(pmf) == 1:
        raise ValueError("constant")
    values = np.arange(len(pmf))
    mean, law = values @ pmf, np.ones(1)
    variance = (values - mean) ** 2 @ pmf
    for _ in range(n):
        law = np.convolve(law, pmf)
    return float(np.max(np.abs(np.cumsum(law) - stats.norm.cdf(np.arange(len(law)), n * mean, math.sqrt(n * variance)))))


def clt_rate(pmf, n):
    return math.log(clt_error(pmf, n) / clt_error(pmf, 4 * n), 4)


def spread_ratio(draw, n, trials):
    return float(stats.iqr(draw(trials * n).reshape(trials, n).mean(axis=1)) / stats.iqr(draw(trials)))

# %% equivalent="e2" mutants=["e8578611"] why="for high == low both cdf values are the same number, so their difference is 0.0 anyway"

# %% equivalent="e2" mutants=["b2228b09"] why="an interval that begins at the mean lies in both halves: cdf and sf give it with the same accuracy"

# %% equivalent="e3" mutants=["64c0a31e", "73d94048", "7c289136"] why="the absolute value of a difference does not depend on its order"

# %% equivalent="e5" mutants=["1d98a2fb", "11d00945"] why="the dot product of two vectors does not depend on their order"

# %% equivalent="e5" mutants=["5f2b4dda"] why="convolution is symmetric in its two arguments"

# %% equivalent="e5" mutants=["16b17196"] why="the absolute value of a difference does not depend on its order"
