"""How a number is written, named for what it is: an error, a share, a change, a value of the data."""

from __future__ import annotations

import math

ERROR_WIDTH = 8
"""The columns of an error such as 0.000314, or of all but the most extreme ones with an exponent."""
R2_DIGITS = 5
"""The significant digits of R squared, which says little in three where it is near 1."""
_SAME = 1e-14
"""A number that is nearer to 1 differs from it by rounding."""


def number(value: float, digits: int = 3, *, keeps_zeros: bool = False) -> str:
    """The value with at most so many significant digits, as people write it: 22.2, 0.0003, 12346, 2.22e-6.

    Args:
        value: the value.
        digits: the significant digits; numbers from 1,000 to 1,000,000 are written as whole numbers.
        keeps_zeros: whether zeros at the end stay, so that a number that is updated in place keeps its width.
    """
    if not math.isfinite(value) or value == 0:
        return f"{value + 0.0:g}"  # not -0
    mantissa, _, exponent = f"{value:.{digits - 1}e}".partition("e")
    power = int(exponent)
    is_decimal = -4 <= power < 6
    text = f"{value:.{max(digits - 1 - power, 0)}f}" if is_decimal else mantissa
    if "." in text and not keeps_zeros:
        text = text.rstrip("0").rstrip(".")
    return text if is_decimal else f"{text}e{power}"


def error_text(error: float | None, digits: int = 3) -> str:
    """An error with three digits, zeros at its end included: 0.0210, 3.14e-5. None is a dash."""
    return "–" if error is None else number(error, digits, keeps_zeros=True)


def median_text(error: float, digits: int = 2, diverged: str = "diverged") -> str:
    """A median error of some runs. It is infinite if most of them diverged."""
    return number(error, digits) if math.isfinite(error) else diverged


def figure_text(figure: float, metric: str, digits: int = 1) -> str:
    """The figure in a cell of a map: 2.1e-3, 88%, or div if most of its runs diverged; empty if unknown.

    Errors have exponents here, so that those of all cells are equally wide and short.
    """
    if math.isnan(figure):
        return ""
    if metric == "success":
        return share_text(figure)
    return "div" if math.isinf(figure) else _with_exponent(f"{figure:.{digits}e}")


def change_text(before: float, after: float) -> str:
    """The change of an error in percent, six characters wide."""
    if before <= 0:
        return "     –"
    percentage = 100 * (after - before) / before
    return f"{min(percentage, 9999):+5.0f}%" if abs(percentage) >= 10 else f"{percentage:+5.1f}%"


def ratio_text(ratio: float) -> str:
    """A ratio with two digits, three from 1 to 10: 1.04, 19, 1200."""
    if ratio >= 1e6 or ratio < 0.01:
        return number(ratio, 2)
    return f"{float(f'{ratio:.3g}' if 1 <= ratio < 10 else f'{ratio:.2g}'):g}"


def rate_text(rate: float) -> str:
    """Epochs or steps per second; large rates are whole numbers."""
    return f"{rate:,.0f}" if rate >= 10 else f"{rate:.1f}"


def share_text(share: float, decimals: int = 0) -> str:
    """A share in percent, as in a table; see also `percent`."""
    return f"{100 * share:.{decimals}f}%"


def percent(share: float) -> str:
    """A share in percent for a sentence. Only a share of exactly 0 or 1 is written as 0% or 100%."""
    if 0 < share < 0.01:
        return "under 1%"
    return "over 99%" if 0.99 < share < 1 else share_text(share)


def signed(value: float, *, shows_small: bool = False) -> str:
    """A weight or an output with its sign and about three digits, in at most five characters.

    Args:
        value: the number.
        shows_small: whether a small one is written as +2e-3.
    """
    size = abs(value)
    if math.isnan(value):
        return "nan"
    if size >= 1e100:
        return f"{'+' if value > 0 else '-'}{'inf' if math.isinf(value) else 'huge'}"
    if size < 9999.5 and not (shows_small and 1e-9 <= size < 0.0095):
        return f"{value + 0.0:+.{2 if size < 9.995 else 1 if size < 99.95 else 0}f}"
    text = _with_exponent(f"{value:+.0e}")
    return text if len(text) <= 5 else f"{text[0]}huge"


def value_text(value: float) -> str:
    """A value of the data, or one that is typed, with four digits."""
    return f"{value:.4g}"


def coordinate(value: float, low: float, high: float) -> str:
    """The value on an axis from `low` to `high`, to a hundredth of the axis."""
    hundredth = high / 100 - low / 100  # 0 if the axis is as short as the smallest floats
    decimals = -math.floor(math.log10(hundredth)) if hundredth > 0 else math.inf
    if decimals > 6 or abs(value) >= 1e9:
        return number(value)
    text = f"{value:.{max(int(decimals), 0)}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def with_digits(value: float, digits: int) -> str:
    """The value with so many digits; see `digits_needed`."""
    return f"{value:.{digits_needed(value, digits)}g}"


def digits_needed(value: float, digits: int) -> int:
    """The given digits or, for a number that would be shown as 1 or -1 and is not, as many as show that."""
    while abs(abs(value) - 1) > _SAME and f"{abs(value):.{digits}g}" == "1":
        digits += 1
    return digits


def _with_exponent(text: str) -> str:
    """The digits of Python with a short exponent: 2.1e-3."""
    mantissa, _, exponent = text.partition("e")
    return f"{mantissa}e{int(exponent)}"
