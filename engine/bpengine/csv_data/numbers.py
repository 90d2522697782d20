"""Parsing the numbers in cells."""

from __future__ import annotations

import math

from bpengine.datasets.checks import LARGEST

_MISSING = {"", "na", "n/a", "nan", "null", "none", "?", "-"}


def parse_number(cell: str) -> float | None:
    """Return the number in a cell, which may be infinite or NaN, or None if the cell does not hold a number.

    Underscores between digits and digits of other scripts, which Python's `float` accepts, are not allowed.
    """
    if "_" in cell or not cell.isascii():
        return None
    try:
        return float(cell)
    except ValueError:
        return None


def is_missing(cell: str) -> bool:
    """Whether the cell is empty or holds a common marker for a missing value."""
    return cell.lower() in _MISSING


def number_problem(cell: str, printable_cell: str) -> str:
    """Return what is wrong with a cell that does not hold a finite number within range.

    Args:
        cell: the cell's text.
        printable_cell: the same text as it appears in the message.
    """
    if not cell:
        return "is empty: every row needs a value in this column"
    value = parse_number(cell)
    if value is None:
        hint = " (use a decimal point, not a comma)" if "," in cell else ""
        return f"must be a number, got '{printable_cell}'{hint}"
    if math.isnan(value):
        return f"must be a finite number, got '{printable_cell}'"
    return f"must be a number from {-LARGEST:g} to {LARGEST:g}, got '{printable_cell}'"
