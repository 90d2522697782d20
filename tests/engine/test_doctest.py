"""The example in the docstring of the package prints what it says."""

from __future__ import annotations

import doctest

import bpengine


def test_the_example_in_the_package_docstring_runs() -> None:
    results = doctest.testmod(bpengine)
    assert results.attempted > 2
    assert results.failed == 0
