"""What counts as a number in a cell."""

from __future__ import annotations

import math

LARGEST = 1e100
"""Either way; squares of it are still finite, and so are mean and standard deviation."""

_MISSING = {"", "na", "n/a", "nan", "null", "none", "?", "-"}


def number(cell: str) -> float | None:
    """The number that the cell spells, which may be infinite or NaN; None if it spells none.

    Plain digits, point and exponent only: no underscores, no digits of other scripts.
    """
    if "_" in cell or not cell.isascii():
        return None
    try:
        return float(cell)
    except ValueError:
        return None


def is_missing(cell: str) -> bool:
    """Whether the cell is empty or one of the usual marks of a missing value."""
    return cell.lower() in _MISSING


def complaint(cell: str, shown: str) -> str:
    """What is wrong with a cell that should hold a number in range; `shown` is its printable form."""
    if not cell:
        return "is empty: every row needs a value here"
    value = number(cell)
    if value is None:
        hint = " (decimals take a point)" if "," in cell else ""
        return f"'{shown}' is not a number{hint}"
    if math.isnan(value):
        return f"'{shown}' is not a finite number"
    return f"'{shown}' is out of range: it takes numbers from {-LARGEST:g} to {LARGEST:g}"
