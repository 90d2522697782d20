"""The plan of a map: two settings with their values, starts, epochs and a figure; and what it is based on."""

from __future__ import annotations

import dataclasses

from bpengine import ConfigError, Dataset, Field, TrainingConfig
from bpengine.many.sweeps import Axis, Sweep, parse_axis
from bpengine.many.sweeps.cells import METRICS, Cells
from bpengine.network import is_small_enough, network_sizes
from bptui.background.runner import Limits

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
    axis: Axis = dataclasses.field(init=False, compare=False)

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
    limits: Limits
    """What the training of a map may use."""
    ends: tuple[int, int]
    """The numbers of inputs and outputs of the tab's network."""

    def allows(self, config: TrainingConfig) -> bool:
        """Whether settings may be proposed."""
        return self.limits.allows(config) and is_small_enough(*self.ends, config.hidden_units)

    def why_not_varied(self, field: Field) -> str:
        """Why a setting can't be an axis whatever the other axis is; empty if it can."""
        if field.name == "seed":
            return "can't be varied: each cell has many seeds, those of its starts"
        has_no_effect = self.source is not None and field.describes_named_data
        return "has no effect on data from a file" if has_no_effect else ""

    def has_test(self, config: TrainingConfig) -> bool:
        """Whether runs with these settings have test samples."""
        return config.test_share > 0 or (self.source is not None and self.source.test is not None)

    def problem(self, plan: MapPlan) -> str:
        """Why the plan is not possible, in a sentence; empty if it is."""
        try:
            self._check(plan)
        except ConfigError as error:
            return f"{error}."
        return ""

    def _check(self, plan: MapPlan) -> None:
        axes = plan.columns, plan.rows
        if plan.columns.field is plan.rows.field:
            same = plan.columns.field.label
            raise ConfigError("columns and rows", f"must be two settings, both are {same}")
        for axis in axes:
            why_not, count = self.why_not_varied(axis.field), len(axis.axis.values)
            if count > MAX_VALUES:
                why_not = why_not or f"must have at most {MAX_VALUES} values, got {count}"
            if why_not:
                raise ConfigError(axis.field.label, why_not)
        if plan.runs > MAX_RUNS:
            raise ConfigError("runs", f"must be at most {MAX_RUNS}, got {plan.runs}")
        configs = plan.configs(self)
        for axis in axes:
            if not any(config.uses(axis.field) for config in configs):
                raise ConfigError(axis.field.label, "has no effect with the other settings")
        refused = next((config for config in configs if not self.limits.allows(config)), None)
        if refused is not None:
            both = (f"{axis.field.label} {axis.field.format(getattr(refused, axis.field.name))}"
                    for axis in axes)  # fmt: skip
            raise ConfigError(", ".join(both), "more than is allowed here")
        if plan.metric == "test-error" and not all(map(self.has_test, configs)):
            raise ConfigError("test error", "there are no test samples: set the test share")
        for config in configs:
            network_sizes(self.ends[0], config.hidden_units, self.ends[1])
