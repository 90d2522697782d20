"""The example that the package opens with."""

from __future__ import annotations

import doctest

import bpengine


def test_package_example() -> None:
    results = doctest.testmod(bpengine)
    assert results.attempted > 2
    assert results.failed == 0
