"""Dates as tables have them: with the year first, or after the day and the month in either order."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Literal, get_args

CACHED = 4096
"""The most texts whose meaning is cached, since texts in a table repeat."""
DateOrder = Literal["ymd", "dmy", "mdy"]
"""The order of the parts of a date. A date with the year first is read the same with each of them."""
DATE_ORDERS: tuple[DateOrder, ...] = get_args(DateOrder)
ASKED_ORDERS = DATE_ORDERS[1:]
"""The orders with the year last, of which a user may have to choose one."""
DATE_EXAMPLES: dict[DateOrder, str] = {"ymd": "2024-01-31", "dmy": "31.01.2024", "mdy": "01/31/2024"}
"""A date in each order."""

_CENTURY = 69
"""Years of two digits are 1969 to 2068, as in Python and POSIX."""
_READ = re.compile(
    r"(\d{1,4})([-/.年])(\d{1,2})(?:[-/.月](\d{1,4}))?[月日]?"
    r"(?:[T ]+(\d{1,2})(:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)(?: ?([ap])m|(Z|[-+]\d{2}:?\d{2}))?)?",
    re.ASCII | re.IGNORECASE,
)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_FORMS = (
    r"\d{1,4}[-/.年]\d{1,2}[-/.月]\d{1,4}日?",  # 31.01.2024
    r"\d{4}[-/年]\d{1,2}月?",  # 2024-1
    rf"{_MONTH}[ -]\d{{1,4}}(?:,? \d{{4}})?",  # Jan 31, 2024
    rf"\d{{1,2}}[ -]{_MONTH}[ -]\d{{2,4}}",  # 31-Jan-24
)
_TIME = r"\d{1,2}:\d{2}.{0,20}"
_LOOKS = re.compile(rf"(?:{'|'.join(_FORMS)})(?:[T ,]+{_TIME})?|{_TIME}", re.ASCII | re.IGNORECASE)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECONDS_A_DAY = 86_400.0


@lru_cache(maxsize=CACHED)
def parse_date(cell: str, order: DateOrder = "ymd") -> float | None:
    """Return the days from 1970 to a date such as 2024-01-31, 2024/1/31, 2024-01 or 2024-01-31T12:00.

    With the year last, the date is one such as 31.01.2024 or 1/31/24 3:30 PM. A time without a zone is taken
    for UTC. None if the cell does not hold such a date.

    Args:
        cell: the text.
        order: the order of the parts where the year is last; ymd allows no such date.
    """
    match = _READ.fullmatch(cell)
    if match is None:
        return None
    first, sign, second, third, hour, rest, half, zone = match.groups()
    if len(first) == len("2024"):
        year, month, day = first, second, third or ("" if sign == "." else "1")
    elif order == "ymd" or third is None or not (len(third) == 4 or (len(third) == 2 and sign != "-")):
        return None
    else:
        year, day, month = third, *((first, second) if order == "dmy" else (second, first))
    century = 0 if len(year) == 4 else 2000 if int(year) < _CENTURY else 1900
    if half:
        is_hour = 1 <= int(hour) <= 12
        hour = str(int(hour) % 12 + 12 * (half in "pP")) if is_hour else "24"
    time = f"T{hour:0>2}{rest}{zone or ''}" if hour else ""
    try:
        moment = datetime.fromisoformat(f"{int(year) + century:04}-{month:0>2}-{day:0>2}{time}")
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
    return len(cell) < 60 and _LOOKS.fullmatch(cell) is not None
