"""The sign test against recorded values."""

from __future__ import annotations

import pytest

from bpengine.many.sign_test import sign_test

RECORDED = {
    (0, 0): 1.0,
    (1, 0): 1.0,
    (5, 0): 0.0625,
    (6, 0): 0.03125,
    (8, 8): 1.0,
    (0, 8): 0.0078125,
    (9, 1): 0.021484375,
    (33, 31): 0.9006532462520334,
    (41, 23): 0.0327657590988232,
    (40, 24): 0.05994118956699923,
    (51, 13): 1.8809621564294015e-06,
    (64, 0): 1.0842021724855044e-19,
}
"""p-values of better and worse pairs, from `binomtest(better, better + worse, 0.5)` of SciPy 1.17.1."""


def test_p_values_are_those_of_the_binomial_distribution() -> None:
    for (better, worse), expected in RECORDED.items():
        assert sign_test(better, worse) == pytest.approx(expected, rel=1e-13)
        assert sign_test(worse, better) == sign_test(better, worse)
