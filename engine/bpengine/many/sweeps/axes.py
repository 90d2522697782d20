"""The values of a varied setting, in the short form that users type: learning_rate=0.01..1:log:10."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass
from typing import Any

from bpengine.arithmetic.functions import power
from bpengine.data.formulas.fields import FeaturesField, FormulaField
from bpengine.errors import ConfigError
from bpengine.fields import Field, NumberField, WidthsField
from bpengine.hyperparameters import FIELDS
from bpwords import Sentence, must_be, shown, translatable, word

MAX_VALUES = 1000
"""The most values of an axis."""
TOO_MANY = Sentence("must have at most {most} values, got {count}")
DIGITS = 6
"""The significant digits of values between the ends of a range."""
_RANGE = re.compile(r"(?P<low>[^:]+?)\.\.(?P<high>[^:]+)(?::(?P<log>log))?(?::(?P<count>\d{1,6}))?")
FORMS = translatable("a range such as 0.01..1:log:10, 0..1:11 or 1..8, or values such as 1,2,3 or 8,8;4,4")
"""The allowed forms of an axis's values, in words."""


@dataclass(frozen=True, slots=True)
class SweepAxis:
    """A setting and its distinct values, in order."""

    field: Field
    values: tuple[Any, ...]


def parse_axis(text: str) -> SweepAxis:
    """The axis that a text such as `learning_rate=0.01..1:log:10` describes.

    The setting may be written as its name, its flag or its label. A range is `LOW..HIGH:COUNT`, with `:log`
    before the count for steps by a factor; a range of whole numbers without a count has all of them. Values
    between the ends are rounded to `DIGITS` digits, so that they can be typed. A list has commas or, where a
    value itself may have commas, semicolons.

    Raises:
        ConfigError: the setting is unknown, or a value is not allowed.
    """
    name, equals, values = text.partition("=")
    field = axis_field(name)
    if field is None:
        begins = Sentence("must begin with the name of a setting, got {name}")
        raise ConfigError("vary", begins(name=shown(name)))
    if not equals or not values.strip():
        allowed = Sentence("{name}= with {forms}")(name=field.name, forms=word(FORMS))
        raise ConfigError("vary", must_be(allowed, text))
    parsed = dict.fromkeys(_values(field, values.strip()))
    if len(parsed) > MAX_VALUES:
        raise ConfigError(field.label, TOO_MANY(most=MAX_VALUES, count=len(parsed)))
    return SweepAxis(field, tuple(parsed))


def axis_field(name: str) -> Field | None:
    """The setting with this name, flag, label or symbol; None if there is none."""
    wanted = name.strip().lower().lstrip("-").replace("-", "_").replace(" ", "_")
    for field in FIELDS:
        names = {field.name, field.flag.lstrip("-"), field.label, field.symbol}
        if wanted in {name.lower().replace("-", "_").replace(" ", "_") for name in names}:
            return field
    return None


def _values(field: Field, text: str) -> list[Any]:
    match = _RANGE.fullmatch(text) if isinstance(field, (NumberField, WidthsField)) else None
    if match is not None:
        low, high = (_number(field, match[end]) for end in ("low", "high"))
        return [field.validate(value) for value in _range(field, low, high, match)]
    separator = ";" if ";" in text or isinstance(field, (FeaturesField, FormulaField)) else ","
    return [field.parse(part) for part in text.removesuffix(";").split(separator)]


def _number(field: Field, text: str) -> float:
    value = field.parse(text)
    if isinstance(value, tuple):
        if len(value) != 1:
            raise ConfigError(field.label, must_be(word("a range of one layer's units, such as 1..8"), text))
        value = value[0]
    return float(value)


def _range(field: Field, low: float, high: float, match: re.Match[str]) -> list[float]:
    whole = isinstance(field, WidthsField) or (isinstance(field, NumberField) and field.type is int)
    count = int(match["count"] or (abs(high - low) + 1 if whole and not match["log"] else 0))
    if not 2 <= count <= MAX_VALUES:
        allowed = Sentence("a range with a count from 2 to {most}")(most=MAX_VALUES)
        raise ConfigError(field.label, must_be(allowed, match[0]))
    if match["log"] and min(low, high) <= 0:
        raise ConfigError(field.label, must_be(word("a range above 0 for steps by a factor (log)"), match[0]))
    values = []
    for step in range(1, count - 1):
        share = step / (count - 1)
        value = low * float(power(high / low, share)) if match["log"] else low + (high - low) * share
        values.append(float(f"{value:.{DIGITS}g}"))
    values = [low, *values, high]
    with contextlib.suppress(OverflowError):
        return [round(value) for value in values] if whole else values
    return values
