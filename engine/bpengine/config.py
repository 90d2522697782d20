"""What a run is made of: `TrainingConfig`, and `FIELDS`, which describes each hyperparameter once.

The command line's flags, the screen's hyperparameter panel and the docs all read `FIELDS`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, Literal, Self, get_args

import numpy as np

from bpengine.errors import ConfigError

Task = Literal["regression", "classification"]
TASKS: tuple[Task, ...] = get_args(Task)


@dataclass(frozen=True, slots=True)
class LinearStep:
    """Step by a fixed amount."""

    fine: int
    coarse: int

    def move(self, value: float, direction: int, coarse: bool) -> float:
        """The value one step up (direction 1) or down (-1)."""
        return value + direction * (self.coarse if coarse else self.fine)


@dataclass(frozen=True, slots=True)
class DecadeStep:
    """Step along 1, 2, 3, 5, 7, 10, 20, ...; a coarse step is a factor of ten; below `smallest` is 0."""

    smallest: float

    def move(self, value: float, direction: int, coarse: bool) -> float:
        """The value one step up (direction 1) or down (-1)."""
        if value < self.smallest * (1 - 1e-9):
            return self.smallest if direction > 0 else 0.0
        if coarse:
            # Through decimal text, so that 0.3 down and up again is 0.3 and not 0.30000000000000004.
            moved = float(f"{value * 10.0**direction:.12g}")
        else:
            exponent = math.floor(math.log10(value))
            rungs = [
                float(f"{mantissa}e{power}")
                for power in range(exponent - 1, exponent + 2)
                for mantissa in (1, 2, 3, 5, 7)
            ]
            if direction > 0:
                moved = min(rung for rung in rungs if rung > value * (1 + 1e-9))
            else:
                moved = max(rung for rung in rungs if rung < value * (1 - 1e-9))
        return moved if moved >= self.smallest * (1 - 1e-9) else 0.0


@dataclass(frozen=True, slots=True)
class Field:
    """One hyperparameter: all that a flag, a panel row or a line of the docs needs to know."""

    name: str
    """The attribute of `TrainingConfig`."""
    label: str
    """What people call it."""
    symbol: str
    """Its symbol in formulas."""
    flag: str
    """Its flag on the command line."""
    type: type[int] | type[float]
    minimum: float
    maximum: float
    step: LinearStep | DecadeStep
    help: str
    """One line: what it does."""
    restarts: bool
    """Whether a change starts the run anew; otherwise it acts on the running network."""

    @property
    def allowed(self) -> str:
        """What it takes, in words."""
        kind = "a whole number" if self.type is int else "a number"
        return f"{kind} from {self.format(self.minimum)} to {self.format(self.maximum)}"

    def format(self, value: float) -> str:
        """The value as people write it."""
        return str(int(value)) if self.type is int else f"{value:.12g}"

    def validate(self, value: object) -> float:
        """The value in the field's own type.

        Raises:
            ConfigError: it is of another kind, not finite, or out of range.
        """
        kinds = (int, np.integer) if self.type is int else (int, float, np.integer, np.floating)
        if isinstance(value, (bool, np.bool, np.timedelta64)) or not isinstance(value, kinds):
            raise ConfigError(self._refusal(value))
        # Compared as it came: a whole number too large for a float must be refused, not overflow.
        if not self.minimum <= value <= self.maximum:  # NaN fails, too
            raise ConfigError(self._refusal(value))
        return self.type(value) + self.type(0)  # which turns -0.0 into 0.0

    def parse(self, text: str) -> float:
        """The value that the text spells.

        Raises:
            ConfigError: it spells none that is allowed.
        """
        try:
            value = self.type(text)
        except ValueError:
            raise ConfigError(self._refusal(text)) from None
        return self.validate(value)

    def move(self, value: float, direction: int, *, coarse: bool = False) -> float:
        """The value one step up (direction 1) or down (-1), held within the range."""
        moved = self.step.move(value, direction, coarse)
        return self.type(min(max(moved, self.minimum), self.maximum))

    def _refusal(self, value: object) -> str:
        # Python refuses to spell out integers of thousands of digits.
        huge = isinstance(value, int) and value.bit_length() > 128
        shown = "a huge number" if huge else repr(str(value)[:40])
        return f"{self.label}: {shown} is not allowed: it takes {self.allowed}"


FIELDS: tuple[Field, ...] = (
    Field(
        name="hidden_units",
        label="hidden units",
        symbol="H",
        flag="--hidden",
        type=int,
        minimum=1,
        maximum=1000,
        step=LinearStep(1, 5),
        help="Too few can't bend the fit enough; too many cost time and may overfit.",
        restarts=True,
    ),
    Field(
        name="learning_rate",
        label="learning rate",
        symbol="η",
        flag="--learning-rate",
        type=float,
        minimum=0,
        maximum=1000,
        step=DecadeStep(1e-5),
        help="How far each step goes down the gradient; too large and the run diverges.",
        restarts=False,
    ),
    Field(
        name="init_scale",
        label="init scale",
        symbol="σ",
        flag="--init-scale",
        type=float,
        minimum=0,
        maximum=100,
        step=DecadeStep(1e-4),
        help="Spread of the random start; at 0 the hidden units have no reason to differ.",
        restarts=True,
    ),
    Field(
        name="epochs",
        label="epochs",
        symbol="N",
        flag="--epochs",
        type=int,
        minimum=1,
        maximum=100_000_000,
        step=LinearStep(100, 1000),
        help="How often the run goes through all samples before it is finished.",
        restarts=False,
    ),
    Field(
        name="report_interval",
        label="report every",
        symbol="k",
        flag="--interval",
        type=int,
        minimum=1,
        maximum=100_000_000,
        step=LinearStep(10, 100),
        help="The error table lists every k-th epoch.",
        restarts=False,
    ),
    Field(
        name="seed",
        label="seed",
        symbol="s",
        flag="--seed",
        type=int,
        minimum=0,
        maximum=2**32 - 1,
        step=LinearStep(1, 10),
        help="Picks the random start and the order of samples; same seed, same run.",
        restarts=True,
    ),
)
"""Every hyperparameter, in the order in which people meet it."""

FIELD: dict[str, Field] = {field.name: field for field in FIELDS}
"""The same by name."""


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """All that determines a run: the same config gives the same numbers on every machine's every run.

    The defaults are those of the regression; `defaults` gives those of either task.

    Raises:
        ConfigError: a value is not allowed.
    """

    task: Task = "regression"
    hidden_units: int = 3
    learning_rate: float = 0.1
    init_scale: float = 0.01
    epochs: int = 2001
    report_interval: int = 200
    seed: int = 0

    def __post_init__(self) -> None:
        if self.task not in TASKS:
            raise ConfigError(f"task: {str(self.task)[:40]!r} is not allowed: it takes {' or '.join(TASKS)}")
        for field in FIELDS:
            object.__setattr__(self, field.name, field.validate(getattr(self, field.name)))

    @classmethod
    def defaults(cls, task: Task, **changes: Any) -> Self:
        """The task's own defaults, with changes.

        Raises:
            ConfigError: a value is not allowed.
        """
        own = {"hidden_units": 6, "epochs": 101, "report_interval": 10} if task == "classification" else {}
        return cls(task=task, **(own | changes))

    def replace(self, **changes: Any) -> Self:
        """A copy with changes.

        Raises:
            ConfigError: a value is not allowed.
        """
        return replace(self, **changes)
