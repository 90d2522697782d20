"""The plan of a map: two settings with their values, the starts, the epochs and the cells' figure."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from bpengine import ConfigError, Dataset, Field, TrainingConfig
from bpengine.many.sweeps import Axis, Sweep, parse_axis
from bpengine.many.sweeps.cells import METRICS, Cells
from bpengine.wording import must_be

MAX_VALUES = 20
"""The most values of an axis; this many fit in every terminal."""
MAX_STARTS = 64
MAX_RUNS = 10_000
"""The most runs of a map."""
SEED_REFUSED = "can't be varied: each cell has many seeds, those of its starts"
"""Why the seed can't be an axis."""


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


def has_test(config: TrainingConfig, source: Dataset | None) -> bool:
    """Whether runs with these settings have test samples."""
    return config.test_share > 0 or (source is not None and source.test is not None)


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

    def base(self, config: TrainingConfig) -> TrainingConfig:
        """The settings that are not varied."""
        return config if self.epochs is None else config.replace(epochs=self.epochs)

    def configs(self, config: TrainingConfig) -> list[TrainingConfig]:
        """The settings of each cell, with the seed of the first start."""
        base = self.base(config)
        return [
            base.replace(**dict(zip(self.names, (column, row), strict=True)))
            for column in self.columns.axis.values
            for row in self.rows.axis.values
        ]

    def sweep(self, config: TrainingConfig, source: Dataset | None, *, kernel: str) -> Sweep:
        """The runs of the map. None of them is refused if `problem` finds nothing.

        Args:
            config: the settings that are not varied.
            source, kernel: see `Sweep`.
        """
        vary = {each.field.name: each.axis.values for each in (self.columns, self.rows)}
        return Sweep(self.base(config), vary, self.starts, source=source, kernel=kernel)

    def cells(self, sweep: Sweep) -> Cells:
        """The cells of the map, without results."""
        return Cells(sweep, self.metric, self.success_error)

    def problem(
        self,
        config: TrainingConfig,
        source: Dataset | None,
        allows: Callable[[TrainingConfig], bool] = lambda _config: True,
    ) -> str:
        """Why the plan is not possible, in a sentence; empty if it is.

        Args:
            config: the settings that are not varied.
            source: the user's own samples; None for the named data set.
            allows: whether settings may be trained.
        """
        try:
            self._check(config, source, allows)
        except ConfigError as error:
            return f"{error}."
        return ""

    def _check(
        self, config: TrainingConfig, source: Dataset | None, allows: Callable[[TrainingConfig], bool]
    ) -> None:
        columns, rows = self.columns, self.rows
        if columns.field is rows.field:
            raise ConfigError("columns and rows", f"must be two settings, both are {columns.field.label}")
        for each in (columns, rows):
            if each.field.name == "seed":
                raise ConfigError(each.field.label, SEED_REFUSED)
            if len(each.axis.values) > MAX_VALUES:
                count = len(each.axis.values)
                raise ConfigError(each.field.label, f"must have at most {MAX_VALUES} values, got {count}")
            if source is not None and each.field.describes_named_data:
                raise ConfigError(each.field.label, "has no effect on data from a file")
        if not 1 <= self.starts <= MAX_STARTS:
            raise ConfigError("starts", must_be(f"a whole number from 1 to {MAX_STARTS}", self.starts))
        if self.runs > MAX_RUNS:
            raise ConfigError("runs", f"must be at most {MAX_RUNS}, got {self.runs}")
        configs = self.configs(config)
        for each in (columns, rows):
            if not any(made.uses(each.field) for made in configs):
                raise ConfigError(each.field.label, "has no effect with the other settings")
        refused = next((made for made in configs if not allows(made)), None)
        if refused is not None:
            both = (f"{each.field.label} {each.field.format(getattr(refused, each.field.name))}"
                    for each in (columns, rows))  # fmt: skip
            raise ConfigError(", ".join(both), "more than is allowed here")
        if self.metric == "test-error" and not all(has_test(made, source) for made in configs):
            raise ConfigError("test error", "there are no test samples: set the test share")
