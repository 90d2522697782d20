"""Reading the text of a cell: as a number, a date, a truth value, or a missing value."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from bpengine.data.checks import LARGEST
from bpengine.wording import printable

MISSING_TEXTS = frozenset({"", "na", "n/a", "#n/a", "nan", "null", "?"})
"""The texts for a missing value in any column, in lower case."""
MISSING_NUMBERS = MISSING_TEXTS | {"none", "-"}
"""The texts for a missing value in a column of numbers, dates or truth values."""
BOOLEANS = (("false", "true"), ("no", "yes"), ("f", "t"), ("n", "y"))
"""The pairs of words for the truth values 0 and 1, in lower case."""
CACHED = 4096
"""The most texts whose meaning is cached, since texts in a table repeat."""

_FALSE = frozenset({"0", *(pair[0] for pair in BOOLEANS)})
_TRUE = frozenset({"1", *(pair[1] for pair in BOOLEANS)})
_DECIMAL_COMMA = re.compile(r"[+-]?(?:\d{1,3}(?:\.\d{3})+|\d*),\d+(?:[eE][+-]?\d{1,4})?", re.ASCII)
_ISO_DATE = re.compile(r"(\d{4})[-/](\d{2})(?:[-/](\d{2})([T ]\d{2}:\d{2}\S*)?)?", re.ASCII)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DATE_FORMS = (
    r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}",  # 31.01.2024
    r"\d{4}[-/]\d{1,2}",  # 2024-1
    rf"{_MONTH}[ -]\d{{1,4}}(?:,? \d{{4}})?",  # Jan 31, 2024
    rf"\d{{1,2}}[ -]{_MONTH}[ -]\d{{2,4}}",  # 31-Jan-24
)
_TIME = r"\d{1,2}:\d{2}.{0,20}"
_DATE = re.compile(rf"(?:{'|'.join(_DATE_FORMS)})(?:[T ,]+{_TIME})?|{_TIME}", re.ASCII | re.IGNORECASE)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECONDS_A_DAY = 86_400.0


def parse_number(cell: str, *, decimal_comma: bool = False) -> float | None:
    """Return the number in a cell, which may be infinite or NaN, or None if the cell does not hold a number.

    Underscores between digits and digits of other scripts, which Python's `float` accepts, are not allowed.

    Args:
        cell: the text.
        decimal_comma: whether 3,5 and 1.234,5 are numbers as well.
    """
    if "_" in cell or not cell.isascii():
        return None
    try:
        return float(cell)
    except ValueError:
        if not decimal_comma or not _DECIMAL_COMMA.fullmatch(cell):
            return None
    return float(cell.replace(".", "").replace(",", "."))


def parse_boolean(cell: str) -> float | None:
    """Return 0 or 1 for a truth value such as false, yes or 1; None for anything else."""
    word = cell.lower()
    return 1.0 if word in _TRUE else 0.0 if word in _FALSE else None


@lru_cache(maxsize=CACHED)
def parse_date(cell: str) -> float | None:
    """Return the days from 1970 to a date such as 2024-01-31, 2024/01/31, 2024-01 or 2024-01-31T12:00.

    A time without a zone is taken for UTC. None if the cell does not hold such a date.
    """
    match = _ISO_DATE.fullmatch(cell)
    if match is None:
        return None
    year, month, day, time = match.groups()
    try:
        moment = datetime.fromisoformat(f"{year}-{month}-{day or '01'}{time or ''}")
        in_zone = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return (in_zone - _EPOCH).total_seconds() / _SECONDS_A_DAY
    except (ValueError, OverflowError):
        return None


def date_text(days: float) -> str:
    """Return a date, given as days from 1970, in the form 2024-01-31."""
    return (_EPOCH + timedelta(days=days)).date().isoformat()


@lru_cache(maxsize=CACHED)
def looks_like_date(cell: str) -> bool:
    """Whether a cell that does not hold a number could be a date or a time, in any of the usual forms."""
    return len(cell) < 60 and _DATE.fullmatch(cell) is not None


def number_problem(cell: str) -> str:
    """Return what is wrong with a cell that is not empty and does not hold a finite number within range."""
    value, got = parse_number(cell), f"got '{printable(cell)}'"
    if value is None:
        hint = " (use a decimal point, not a comma)" if "," in cell else ""
        return f"must be a number, {got}{hint}"
    if math.isnan(value):
        return f"must be a finite number, {got}"
    return f"must be a number from {-LARGEST:g} to {LARGEST:g}, {got}"
