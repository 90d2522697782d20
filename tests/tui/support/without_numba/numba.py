"""In place of numba, for processes of tests that need none: loading it takes as long as a start."""

raise ImportError("not for this test")
