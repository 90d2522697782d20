"""The proposed map of a run: which settings, and which of their values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from bpengine import FIELD, FIELDS, Field, TrainingConfig
from bpengine.fields import NO_LAYERS, ChoiceField, DecadeStep, NamesField, NumberField, WidthsField
from bptui.background.map.plan import MAX_VALUES, AxisPlan, MapBase, MapPlan

COLUMNS, ROWS, STARTS = 9, 8, 16
"""The size of a map whose runs are trained side by side."""
FEW_COLUMNS, FEW_ROWS, FEW_STARTS = 5, 4, 3
"""The size if NumPy trains the runs one by one, which takes a few hundred times as long."""
MAX_WIDTH = 100
"""The most units of a proposed layer, unless the current one has more."""
FACTOR = 10
"""The factor between the current value and each end of a range."""
_MANY, _FEW = (0.1, 0.2, 0.3, 0.5, 1, 2, 3, 5, 10), (0.1, 0.3, 1, 3, 10)
"""How many times the current value each of many or a few values is: numbers that people and lessons name."""
_NEVER = frozenset({"dataset", "data_seed", "features", "function", "x_range", "report_interval", "seed"})
"""The settings that are never offered: their values can't be compared, or do not affect the run."""
_FIRST = ("learning_rate", "hidden_units")


def axis_fields(base: MapBase) -> list[Field]:
    """The settings for which there are proposed values."""
    return [field for field in FIELDS if not why_not_proposed(field, base)]


def why_not_proposed(field: Field, base: MapBase) -> str:
    """Why no values of a setting are proposed; empty if there are proposed values."""
    if why_not := base.why_not_varied(field):
        return why_not
    if not base.config.uses(field):
        return "has no effect with the other settings"
    return f"has no proposed values: type {field.name}= and values" if field.name in _NEVER else ""


def proposed_plan(base: MapBase) -> MapPlan:
    """The learning rate by the hidden units, with the test error if there are test samples."""
    columns, rows = (FIELD[name] for name in _FIRST)
    many = (COLUMNS, ROWS, STARTS) if base.compiled else (FEW_COLUMNS, FEW_ROWS, FEW_STARTS)
    return MapPlan(
        columns=proposed_axis(columns, base, many[0]),
        rows=proposed_axis(rows, base, many[1]),
        starts=many[2],
        metric="test-error" if base.has_test(base.config) else "error",
    )


def proposed_axis(field: Field, base: MapBase, count: int) -> AxisPlan:
    """About `count` useful values of a setting; the current value is one of them or near one.

    Values that may not be trained are left out.
    """
    proposed = _all_proposed(field, base.config, count)
    values = proposed.axis.values
    allowed = [value for value in values if base.allows(base.config.replace(**{field.name: value}))]
    return proposed if len(allowed) in (0, len(values)) else AxisPlan(_listed(field, allowed), field)


def _all_proposed(field: Field, config: TrainingConfig, count: int) -> AxisPlan:
    value = getattr(config, field.name)
    count = min(count, MAX_VALUES)
    if isinstance(field, WidthsField):
        return AxisPlan(_widths(value, count), field)
    if isinstance(field, (ChoiceField, NamesField)):
        return AxisPlan(",".join(field.alternatives(value)[:MAX_VALUES]), field)
    assert isinstance(field, NumberField)  # the others are never proposed
    return AxisPlan(_numbers(field, value, count), field)


def _numbers(field: NumberField, value: Any, count: int) -> str:
    if field.name == "epochs":
        factors = (1 / 8, 1 / 4, 1 / 2, 1, 2)
        return _listed(field, [max(round(value * factor), 1) for factor in factors])
    if not isinstance(field.step, DecadeStep):
        return _listed(field, _around(field, value, count))
    if field.type is int or value == 0:
        return _listed(field, [*_powers(field, count)])
    times: Sequence[float] = _MANY if count >= len(_MANY) else _FEW
    return _listed(field, [min(float(f"{value * factor:.12g}"), field.maximum) for factor in times])


def _listed(field: Field, values: Sequence[Any]) -> str:
    return _joined(field.format(field.validate(value)) for value in values)


def _joined(texts: Iterable[str]) -> str:
    """The texts of values as one, each only once. Semicolons keep the widths of several layers together."""
    values = [*dict.fromkeys(texts)]
    if not any("," in text for text in values):
        return ",".join(values)
    return ";".join(values) + (";" if len(values) == 1 else "")


def _widths(widths: tuple[int, ...], count: int) -> str:
    """Widths up to eight units; wider layers are halved and doubled instead, but not doubled beyond
    `MAX_WIDTH` units, since larger networks take long."""
    if not widths:
        return _joined([NO_LAYERS, *map(str, range(1, count))])
    if len(widths) == 1 and widths[0] <= 8:
        return f"1..{count}" if widths[0] <= count else ",".join(map(str, range(2, 9, 2)))
    factors = [2.0**power for power in range(2 - count, 2)]
    layers = [
        ",".join(str(min(max(round(width * factor), 1), max(width, MAX_WIDTH))) for width in widths)
        for factor in factors
    ]
    return _joined(layers)


def _powers(field: NumberField, count: int) -> Iterator[float]:
    """0 (or 1 for a whole number), and further values by factors of ten or two."""
    assert isinstance(field.step, DecadeStep)
    value = float(field.step.smallest)
    if field.minimum < value:
        yield field.minimum
    for _ in range(count - 1):
        if value > min(field.maximum, 1.0 if field.type is float else 128):
            return
        yield value if field.type is float else int(value)
        value *= FACTOR if field.type is float else 2


def _around(field: NumberField, value: Any, count: int) -> list[Any]:
    """The values that the keys reach in `count` steps, half of them below the current value."""
    values = [value]
    for _ in range(count // 2):
        values.insert(0, field.move(values[0], -1))
    while len(set(values)) < count and (following := field.move(values[-1], 1)) != values[-1]:
        values.append(following)
    return values
