"""The plan of a map: two settings with their values, starts, epochs, a figure; its base; the proposal."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from bpengine import FIELD, FIELDS, ConfigError, Dataset, Field, TrainingConfig
from bpengine.fields import NO_LAYERS, ChoiceField, DecadeStep, NamesField, NumberField, WidthsField
from bpengine.many.sweeps import Sweep, SweepAxis, parse_axis
from bpengine.many.sweeps.cells import METRICS, Cells
from bpengine.many.sweeps.sweep import TOO_MANY
from bpengine.network.network import is_small_enough, network_sizes
from bptui.experiments.runner import WorkLimits
from bpwords import Sentence, word

MAX_VALUES = 20
"""The most values of an axis; this many fit in every terminal."""
MAX_STARTS = 64
MAX_RUNS = 10_000
"""The most runs of a map."""


@dataclasses.dataclass(frozen=True, slots=True)
class AxisPlan:
    """A setting and its values as they are typed; see `bpengine.many.sweeps.parse_axis`.

    Raises:
        ConfigError: there is no such setting, or a value is not allowed.
    """

    text: str
    """The values: `0.01..1:log:10`, `1..8` or `tanh,relu`."""
    field: Field
    axis: SweepAxis = dataclasses.field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "axis", parse_axis(f"{self.field.name}={self.text}"))


def typed_axis(text: str, present: Field | None) -> AxisPlan:
    """The axis that a text describes: `NAME=VALUES`, or only values of the setting `present`.

    Raises:
        ConfigError: there is no such setting, or a value is not allowed.
    """
    _, equals, values = text.partition("=")
    if equals or present is None:
        return AxisPlan(values.strip(), parse_axis(text).field)
    return AxisPlan(text.strip(), present)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class MapPlan:
    """The plan of a map."""

    columns: AxisPlan
    rows: AxisPlan
    starts: int = 16
    metric: str = METRICS[0]
    epochs: int | None = None
    """The epochs of each run; None for the tab's setting."""
    success_error: float | None = None
    """The error at or below which a run succeeds; None for the default (see `Cells`)."""

    @property
    def names(self) -> tuple[str, str]:
        """The names of the two settings."""
        return self.columns.field.name, self.rows.field.name

    @property
    def runs(self) -> int:
        """How many runs there are."""
        return len(self.columns.axis.values) * len(self.rows.axis.values) * self.starts

    def has_runs_of(self, other: MapPlan) -> bool:
        """Whether another plan for the same base has the same runs."""
        return dataclasses.replace(other, metric=self.metric, success_error=self.success_error) == self

    def config(self, base: MapBase) -> TrainingConfig:
        """The settings that are not varied."""
        return base.config if self.epochs is None else base.config.replace(epochs=self.epochs)

    def configs(self, base: MapBase) -> list[TrainingConfig]:
        """The settings of each cell, with the seed of the first start."""
        config = self.config(base)
        return [
            config.replace(**dict(zip(self.names, (column, row), strict=True)))
            for column in self.columns.axis.values
            for row in self.rows.axis.values
        ]

    def sweep(self, base: MapBase, kernel: str) -> Sweep:
        """The runs of the map. None of them is refused if `MapBase.problem` finds nothing."""
        vary = {plan.field.name: plan.axis.values for plan in (self.columns, self.rows)}
        return Sweep(self.config(base), vary, self.starts, source=base.source, kernel=kernel)

    def cells(self, sweep: Sweep) -> Cells:
        """The cells of the map, without results."""
        return Cells(sweep, self.metric, self.success_error)


@dataclasses.dataclass(frozen=True, slots=True)
class MapBase:
    """What all maps of a tab have in common."""

    config: TrainingConfig
    """The settings that are not varied."""
    source: Dataset | None
    """The user's own samples; None for the named data set."""
    compiled: bool
    """Whether to use machine code as soon as it is loaded."""
    limits: WorkLimits
    """What the training of a map may use."""
    ends: tuple[int, int]
    """The numbers of inputs and outputs of the tab's network."""

    def allows(self, config: TrainingConfig) -> bool:
        """Whether settings may be proposed."""
        return self.limits.allows(config) and is_small_enough(*self.ends, config.hidden_units)

    def why_not_varied(self, field: Field) -> str:
        """Why a setting can't be an axis whatever the other axis is; empty if it can."""
        if field.name == "seed":
            return word("can't be varied: each cell has many seeds, those of its starts")
        has_no_effect = self.source is not None and field.describes_named_data
        return word("has no effect on data from a file") if has_no_effect else ""

    def has_test(self, config: TrainingConfig) -> bool:
        """Whether runs with these settings have test samples."""
        return config.test_share > 0 or (self.source is not None and self.source.test is not None)

    def problem(self, plan: MapPlan) -> str:
        """Why the plan is not possible, in a sentence; empty if it is."""
        try:
            self._check(plan)
        except ConfigError as error:
            return Sentence("{text}.")(text=error)
        return ""

    def _check(self, plan: MapPlan) -> None:
        axes = (plan.columns, plan.rows)
        if plan.columns.field is plan.rows.field:
            equal = Sentence("must be two settings, both are {name}")(name=plan.columns.field.said)
            raise ConfigError(word("columns and rows"), equal)
        for axis in axes:
            why_not, count = self.why_not_varied(axis.field), len(axis.axis.values)
            if why_not or count > MAX_VALUES:
                raise ConfigError(axis.field.said, why_not or TOO_MANY(most=MAX_VALUES, count=count))
        if plan.runs > MAX_RUNS:
            most = Sentence("must be at most {most}, got {count}")(most=MAX_RUNS, count=plan.runs)
            raise ConfigError(word("runs"), most)
        configs = plan.configs(self)
        for axis in axes:
            if not any(config.uses(axis.field) for config in configs):
                raise ConfigError(axis.field.said, word("has no effect with the other settings"))
        refused = next((config for config in configs if not self.limits.allows(config)), None)
        if refused is not None:
            both = (f"{axis.field.said} {axis.field.format(getattr(refused, axis.field.name))}"
                    for axis in axes)  # fmt: skip
            raise ConfigError(", ".join(both), word("more than is allowed here"))
        if plan.metric == "test-error" and not all(map(self.has_test, configs)):
            raise ConfigError(word("test error"), word("there are no test samples: set the test share"))
        for config in configs:
            network_sizes(self.ends[0], config.hidden_units, self.ends[1])


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
        return word("has no effect with the other settings")
    proposes_none = Sentence("has no proposed values: type {name}= and values")
    return proposes_none(name=field.name) if field.name in _NEVER else ""


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
