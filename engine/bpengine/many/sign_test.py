"""The sign test: whether one of two ways of training is better more often than chance explains."""

from __future__ import annotations

import math

SIGNIFICANCE = 0.05
"""The p-value below which a difference counts as clear: it would come by chance once in 20 comparisons."""


def sign_test(better: int, worse: int) -> float:
    """Return the exact two-sided p-value for these numbers of pairs in favor and against.

    It is the probability of a split at least as uneven if each pair were a fair coin: twice the lower tail of
    the binomial distribution B(n, 1/2) with n = better + worse, at most 1. Pairs that tie are left out.

    Args:
        better: pairs in which the second member is better, 0 or more.
        worse: pairs in which it is worse, 0 or more.

    Returns:
        A number from 0 to 1; 1 without any pair.
    """
    pairs = better + worse
    tail = sum(math.comb(pairs, count) for count in range(min(better, worse) + 1))
    return min(1.0, math.ldexp(tail, 1 - pairs))
