"""Numbers as people type them, of which 0.3, 0,3, 30% and 3e-1 are the same, and as programs pass them."""

from __future__ import annotations

import re
import sys
from typing import Any, TypeGuard

import numpy as np

from bpengine.errors import ConfigError
from bpwords import Sentence, must_be

_COULD_BE_THOUSANDS = re.compile(r"\s*[+-]?[1-9]\d{0,2}(,\d{3})+\s*%?\s*")


def is_whole(value: object) -> bool:
    """Whether a value is a whole number of Python or NumPy. Truth values and durations are none."""
    return isinstance(value, (int, np.integer)) and not isinstance(value, (bool, np.timedelta64))


def is_real(value: object) -> TypeGuard[float]:
    """Whether a value is a number of Python or NumPy. Truth values and durations are none."""
    return is_whole(value) or isinstance(value, (float, np.floating))


def is_finite(value: object) -> TypeGuard[float]:
    """Whether a value is a number that a float can hold. Whole numbers may be larger than any float."""
    return is_real(value) and -sys.float_info.max <= value <= sys.float_info.max


def whole_range(low: int, high: int | None = None) -> str:
    """The whole numbers of a range in words, for a message; without `high`, those from `low` on."""
    if high is None:
        return Sentence("a whole number from {low} on")(low=low)
    return Sentence("a whole number from {low} to {high}")(low=low, high=high) if low < high else str(low)


def check_whole(name: str, value: object, low: int, high: int | None = None) -> int:
    """Return a whole number of a range as an int.

    Raises:
        ConfigError: the value is not one; the message has this name.
    """
    number: Any = value
    if not is_whole(value) or number < low or (high is not None and number > high):
        raise ConfigError(name, must_be(whole_range(low, high), value))
    return int(number)


def whole_in(text: str, low: int, high: int) -> int | None:
    """The whole number of a range that the digits of a text spell; None for any other text."""
    is_short = text.isascii() and text.isdigit() and len(text) < 20
    return int(text) if is_short and low <= int(text) <= high else None


def is_ambiguous(text: str) -> bool:
    """Whether a comma could be a decimal comma or a thousands separator, as in 1,000."""
    return _COULD_BE_THOUSANDS.fullmatch(text) is not None


def parse_real(text: str) -> float:
    """The number that a text spells: with a decimal point or a decimal comma, or in percent.

    It may be infinite or NaN.

    Raises:
        ValueError: the text is not a number, or it is ambiguous.
    """
    if is_ambiguous(text):
        raise ValueError("the comma may stand before decimals or between thousands")
    digits = text.strip()
    if digits.endswith("%"):
        # The exponent, unlike a division by 100, gives the float that is nearest to the decimal number.
        digits = f"{digits[:-1].rstrip()}e-2"
    return float(digits.replace(",", "."))


def parse_whole(text: str) -> int:
    """The whole number that a text spells, such as 1000, 1e3 or 1.5e3.

    Raises:
        ValueError: the text is not a whole number.
    """
    try:
        return int(text)
    except ValueError:
        value = float(text)
        if not value.is_integer():  # also for NaN and infinity
            raise
        return int(value)
