"""What a run is made of: `TrainingConfig`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Self

from bpengine.datasets import DATASETS
from bpengine.errors import ConfigError
from bpengine.field_table import FIELDS
from bpengine.fields import Field, shown
from bpengine.tasks import TASKS, Task
from bpengine.wording import either

_CLASSIFICATION: dict[str, Any] = {
    "dataset": "sine-border",
    "hidden_units": 6,
    "epochs": 101,
    "report_interval": 10,
    "schedule_epochs": 25,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingConfig:
    """All that determines a run: the same config gives the same numbers on every machine's every run.

    The defaults are those of the regression; `defaults` gives those of either task. `FIELD[name]` tells what
    a setting does and takes.

    Raises:
        ConfigError: a value is not allowed, or two of them don't go together.
    """

    task: Task = "regression"
    hidden_units: tuple[int, ...] = (3,)
    learning_rate: float = 0.1
    init_scale: float = 0.01
    epochs: int = 2001
    report_interval: int = 200
    seed: int = 0
    activation: tuple[str, ...] = ("sigmoid",)
    initializer: str = "normal"
    optimizer: str = "sgd"
    momentum: float = 0.9
    decay: float = 0.999
    schedule: str = "constant"
    schedule_epochs: int = 500
    schedule_factor: float = 0.5
    batch_size: int = 1
    l1: float = 0.0
    l2: float = 0.0
    clip: float = 0.0
    target_error: float = 0.0
    patience: int = 0
    dataset: str = "sine"
    samples: int = 0
    noise: float = 0.0
    frequency: float = 1.0
    test_share: float = 0.0
    data_seed: int = 0

    def __post_init__(self) -> None:
        if self.task not in TASKS:
            raise ConfigError(f"task: {shown(self.task)} is not allowed: it takes {either(TASKS)}")
        for field in FIELDS:
            object.__setattr__(self, field.name, field.validate(getattr(self, field.name)))
        if DATASETS[self.dataset].task != self.task:
            names = ", ".join(name for name, dataset in DATASETS.items() if dataset.task == self.task)
            raise ConfigError(f"data set: '{self.dataset}' is not for {self.task}: it takes one of {names}")
        if len(self.activation) not in (1, len(self.hidden_units)):
            layers = f"{len(self.hidden_units)} hidden layer{'s' if len(self.hidden_units) > 1 else ''}"
            raise ConfigError(
                f"activation: '{','.join(self.activation)}' has {len(self.activation)} names for "
                f"{layers}: it takes one for all, or one for each"
            )

    @classmethod
    def defaults(cls, task: Task, **changes: Any) -> Self:
        """The task's own defaults, with changes.

        Raises:
            ConfigError: a value is not allowed.
        """
        own = _CLASSIFICATION if task == "classification" else {}
        return cls(task=task, **(own | changes))

    def replace(self, **changes: Any) -> Self:
        """A copy with changes.

        Raises:
            ConfigError: a value is not allowed.
        """
        return replace(self, **changes)

    @property
    def activations(self) -> tuple[str, ...]:
        """One name for each hidden layer."""
        return self.activation * len(self.hidden_units) if len(self.activation) == 1 else self.activation

    def uses(self, field: Field) -> bool:
        """Whether this setting has any effect beside the others."""
        match field.name:
            case "init_scale":
                return self.initializer == "normal"
            case "momentum":
                return self.optimizer in ("momentum", "nesterov", "adam")
            case "decay":
                return self.optimizer in ("rmsprop", "adam")
            case "schedule_epochs" | "schedule_factor":
                return self.schedule != "constant"
            case "frequency":
                return DATASETS[self.dataset].has_frequency
            case _:
                return True

    def restart_needed(self, other: Self) -> list[str]:
        """The labels of what differs from the other config and can't change in a running run."""
        changed = [field.label for field in FIELDS if field.needs_restart and self._differs(other, field)]
        return ["task", *changed] if self.task != other.task else changed

    def _differs(self, other: Self, field: Field) -> bool:
        return bool(getattr(self, field.name) != getattr(other, field.name))
