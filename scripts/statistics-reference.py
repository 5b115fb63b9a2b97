"""A thousand cases of each kind of interval and test, and what SciPy says about them; see scripts/statistics-reference.

A line is a kind, then fields between bars, each a row of numbers.
"""

import math
import random

import numpy
import scipy
from scipy import stats

dice = random.Random(20)


def row(*fields):
    texts = [" ".join(repr(float(x)) for x in numpy.atleast_1d(f)) for f in fields[1:]]
    print(" | ".join([fields[0]] + texts))


def sample(size, kind):
    if kind == "whole":
        return [float(dice.randint(0, 6)) for _ in range(size)]
    if kind == "coarse":
        return [round(dice.gauss(5, 2), 1) for _ in range(size)]
    return [round(dice.lognormvariate(0, 1), 6) for _ in range(size)]


def null(m, n):
    """How U is distributed, by going through the last value: P(m, n, u), by additions alone."""
    table = {}
    for a in range(m + 1):
        for b in range(n + 1):
            if a == 0 or b == 0:
                table[a, b] = [1]
                continue
            counts = [0] * (a * b + 1)
            for u, count in enumerate(table[a - 1, b]):
                counts[u + b] += count
            for u, count in enumerate(table[a, b - 1]):
                counts[u] += count
            table[a, b] = counts
    return table[m, n]


def shift(x, y, confidence):
    """Hodges and Lehmann; the interval as R's wilcox.test has it where it is exact."""
    differences = numpy.sort(numpy.subtract.outer(x, y).ravel())
    m, n, tail = len(x), len(y), (1 - confidence) / 2
    _, alike = numpy.unique(numpy.concatenate([x, y]), return_counts=True)
    ties = float(numpy.sum(alike**3 - alike))
    if min(m, n) <= 8 and ties == 0:
        counts, total, u = null(m, n), 0, -1
        while total < tail * math.comb(m + n, m):
            u += 1
            total += counts[u]
        left = max(0, u - 1)
    else:
        variance = m * n / 12 * (m + n + 1 - ties / ((m + n) * (m + n - 1)))
        left = max(0, math.floor(m * n / 2 + stats.norm.ppf(tail) * math.sqrt(variance) - 0.5))
    left = min(left, (m * n - 1) // 2)
    if min(m, n) <= 8 and ties == 0:
        turned_round(x, y, confidence, differences, left)
    return numpy.median(differences), differences[left], differences[m * n - 1 - left]


def turned_round(x, y, confidence, differences, left):
    """The shifts within the interval are those that SciPy's exact test does not reject."""
    steps = numpy.diff(differences)
    steps = steps[steps > 1e-9]
    little = float(steps.min()) / 2 if steps.size else 0.5

    def probability(by):
        moved = [value - by for value in x]
        return stats.mannwhitneyu(moved, y, alternative="two-sided", method="exact").pvalue

    level = (1 - confidence) * (1 + 1e-9)
    lower, upper = differences[left], differences[len(differences) - 1 - left]
    assert left == 0 or probability(lower - little) < level
    assert left == 0 or probability(upper + little) < level
    level = (1 - confidence) * (1 - 1e-9)
    assert len(differences) == 1 or probability(lower + little) >= level
    assert len(differences) == 1 or probability(upper - little) >= level


def samples(m, n, kind):
    x, y = sample(m, kind), sample(n, kind)
    if dice.random() < 0.4:
        y = [value + 1.5 for value in y]
    if dice.random() < 0.03:
        x, y = [2.0] * m, [2.0] * n
    found = stats.mannwhitneyu(x, y, alternative="two-sided", method="auto")
    confidence = dice.choice([0.9, 0.95, 0.98])
    row("ranks", x, y, [found.statistic, found.pvalue], [confidence], shift(x, y, confidence))


def proportion(total):
    failures = dice.choice([0, total, dice.randint(0, total), min(total, dice.randint(0, 5))])
    confidence = dice.choice([0.9, 0.95, 0.99, 0.999])
    wilson = stats.binomtest(failures, total).proportion_ci(confidence, "wilson")
    # Its "exact" is found by a root finder that stops at 2e-12; the beta distribution is exact.
    tail = (1 - confidence) / 2
    exact = [
        stats.beta.ppf(tail, failures, total - failures + 1) if failures > 0 else 0,
        stats.beta.ppf(1 - tail, failures + 1, total - failures) if failures < total else 1,
    ]
    row("proportion", [failures, total, confidence], exact, wilson)


def normal():
    part = dice.choice([dice.random(), 10 ** dice.uniform(-300, -1), 1 - 10 ** dice.uniform(-9, -1)])
    x = dice.uniform(-12, 12)
    row("normal", [part, stats.norm.ppf(part)], [x, stats.norm.cdf(x), stats.norm.sf(x)])


def beta():
    a, b = 10 ** dice.uniform(-1, 6), 10 ** dice.uniform(-1, 6)
    part = dice.choice([dice.random(), 10 ** dice.uniform(-8, -1)])
    x = stats.beta.ppf(part, a, b)
    if not 1e-200 < x < 1 - 1e-9:
        return beta()
    row("beta", [a, b], [part, x], [x, stats.beta.cdf(x, a, b)])


print(f"# scripts/statistics-reference: SciPy {scipy.__version__}")
for index in range(1000):
    tiny = index % 4 == 0
    sizes = [dice.randint(1, 4 if tiny else 30) for _ in range(2)]
    samples(*sizes, dice.choice(["whole", "coarse", "fine", "fine"]))
for index in range(1000):
    proportion(dice.choice([dice.randint(1, 9), dice.randint(10, 999), dice.randint(1000, 10**7)]))
for index in range(1000):
    normal()
for index in range(1000):
    beta()
