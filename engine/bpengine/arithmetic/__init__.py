"""The arithmetic of a run: sums in one order, and functions with the same bits on every machine."""
