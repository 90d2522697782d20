"""Numbers and changes as text. Numbers that are updated in place have a fixed width."""

from __future__ import annotations

import math
import re
from typing import Any

from bpengine import FIELD, FIELDS, Field, TrainingConfig
from bpengine.training.metrics import wilson
from bpengine.wording import number

R2_DIGITS = 5
"""The significant digits of R squared, which says little in three where it is near 1."""
ERROR_WIDTH = 8
"""The columns of an error such as 0.000314, or of all but the most extreme ones with an exponent."""


def sentence_case(text: str) -> str:
    """The text with a capital first letter, unless it begins with a symbol such as w1, or a file's name."""
    return text if re.match(r".\d|\S+\.\w+[:,]", text) else text[:1].upper() + text[1:]


def with_arrows(text: str) -> str:
    """The text, such as that of a change, with an arrow in place of ->."""
    return text.replace("->", "→")


def error_text(error: float | None) -> str:
    """An error with three digits, zeros at its end included: 0.0210, 3.14e-5. None is a dash."""
    return "–" if error is None else number(error, keeps_zeros=True)


def median_text(error: float, digits: int = 2) -> str:
    """A median error of some runs. It is infinite if most of them diverged."""
    return number(error, digits) if math.isfinite(error) else "diverged"


_WITH_UNIT = re.compile(r"(.*\S)\s+[(\[]([^()\[\]]{1,8})[)\]]\s*")
"""The name of a column and its unit, as in "price (k$)"."""


def unit_of(name: str) -> str:
    """The unit that the name of a column ends with, with a space before it; empty if there is none."""
    match = _WITH_UNIT.fullmatch(name)
    return f" {match[2].strip()}" if match else ""


def without_unit(name: str) -> str:
    """The name of a column without the unit at its end."""
    match = _WITH_UNIT.fullmatch(name)
    return match[1] if match else name


def change_text(before: float, after: float) -> str:
    """The change of an error in percent, six characters wide."""
    if before <= 0:
        return "     –"
    percentage = 100 * (after - before) / before
    return f"{min(percentage, 9999):+5.0f}%" if abs(percentage) >= 10 else f"{percentage:+5.1f}%"


def rate_text(epochs_per_second: float) -> str:
    """Epochs per second; large rates are whole numbers."""
    return f"{epochs_per_second:,.0f}" if epochs_per_second >= 10 else f"{epochs_per_second:.1f}"


def share_text(share: float) -> str:
    """A share in percent, six characters wide, for a figure that is updated in place; see also `percent`."""
    return f"{100 * share:5.1f}%"


def percent(share: float) -> str:
    """A share in percent for a sentence. Only a share of exactly 0 or 1 is written as 0% or 100%."""
    if 0 < share < 0.01:
        return "under 1%"
    if 0.99 < share < 1:
        return "over 99%"
    return f"{100 * share:.0f}%"


def interval_text(share: float, count: int) -> str:
    """Where a share of so many samples probably lies among all samples, as in "86-100%"."""
    low, high = wilson(share, count)
    return f"{100 * low:.0f}-{100 * high:.0f}%"


def difference_text(difference: float, chance: float) -> str:
    """A difference with what may be chance in it, as in "0.0135 ± 0.126 higher"."""
    return f"{number(abs(difference))} ± {number(chance, 2)} {'lower' if difference < 0 else 'higher'}"


def is_of_data(field: Field) -> bool:
    """Whether it is a setting of the data."""
    return field.subject == FIELD["dataset"].subject


def changed_settings(pinned: TrainingConfig, live: TrainingConfig) -> list[tuple[Field, Any, Any]]:
    """The settings that differ, each with its pinned and its live value; those of the data come first."""
    return [
        (field, old, new)
        for field in sorted(FIELDS, key=is_of_data, reverse=True)
        if (old := getattr(pinned, field.name)) != (new := getattr(live, field.name))
    ]


def changes_in_words(pinned: TrainingConfig, live: TrainingConfig) -> list[str]:
    """Each setting that differs, by its symbol, from the pinned to the live value."""
    changed = changed_settings(pinned, live)
    return [f"{field.symbol} {field.brief(old)} → {field.brief(new)}" for field, old, new in changed]
