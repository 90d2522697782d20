"""The settings of a run: `TrainingConfig`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np

from bpengine.arithmetic.arrays import Array
from bpengine.choices import TASKS, Task
from bpengine.data import DATASETS, Dataset, NamedDataset
from bpengine.data.formulas import FormulaError, parse
from bpengine.data.sampling import NOISY_RECIPE, table_recipe
from bpengine.errors import ConfigError
from bpengine.fields import Field
from bpengine.hyperparameters import FIELD, FIELDS, Hyperparameters
from bpengine.network.optimizers import SCHEDULES
from bpwords import Sentence, either, many, must_be, word


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingConfig(Hyperparameters):
    """Everything that determines a run except its data.

    The same settings and samples give the same numbers, to the last bit, on every machine.

    The defaults are those of regression; `defaults` gives those of either task. `FIELD[name]` describes a
    setting.

    Raises:
        ConfigError: a value is not allowed, or does not fit another one.
    """

    def __post_init__(self) -> None:
        if self.task not in TASKS:
            raise ConfigError("task", must_be(either(TASKS), self.task))
        self._validate(FIELDS)

    def _validate(self, fields: Iterable[Field]) -> None:
        """Check and convert the values of these settings, and check what goes together.

        Raises:
            ConfigError: a value is not allowed, or does not fit another one.
        """
        for field in fields:
            object.__setattr__(self, field.name, field.validate(getattr(self, field.name)))
        if DATASETS[self.dataset].task != self.task:
            names = [name for name, dataset in DATASETS.items() if dataset.task == self.task]
            allowed = Sentence("{names} for {task}")(names=either(names), task=word(self.task, "tab"))
            raise ConfigError(FIELD["dataset"].said, must_be(allowed, self.dataset))
        if self.function:
            try:
                parse(self.function, self.task)
            except FormulaError as error:
                raise ConfigError(FIELD["function"].said, str(error)) from None
        layers = len(self.hidden_units)
        if len(self.activation) not in (1, layers):
            one = "1 name for 1 hidden layer" if layers else "1 name without hidden layers"
            allowed = many(max(layers, 1), one, "1 or {n} names for {n} hidden layers")
            raise ConfigError(FIELD["activation"].said, must_be(allowed, self.activation))
        if self.dropout and not layers:
            zero = word("0 without hidden layers")
            raise ConfigError(FIELD["dropout"].said, must_be(zero, self.dropout))

    @classmethod
    def defaults(cls, task: Task, **changes: Any) -> Self:
        """The defaults of the task, with changes.

        Raises:
            ConfigError: a value is not allowed.
        """
        own: dict[str, Any] = {}
        if task == "classification":
            own = {field.name: field.classification for field in FIELDS if field.classification is not None}
        return cls(task=task, **(own | changes))

    def replace(self, **changes: Any) -> Self:
        """A copy with changes. Only the changes are checked: a cloud of starts needs 64 copies at once.

        Raises:
            ConfigError: a value is not allowed, or does not fit another one.
            TypeError: there is no such setting.
        """
        if "task" in changes or not changes.keys() <= FIELD.keys():
            return replace(self, **changes)
        other = copy(self)
        for name, value in changes.items():
            object.__setattr__(other, name, value)
        other._validate([FIELD[name] for name in changes])
        return other

    @classmethod
    def recipe(
        cls, data: str | Dataset, test_share: float | None = None, *, noise: float = 0.0
    ) -> dict[str, Any]:
        """The settings that learn a named data set or suit the user's own samples, by name.

        They are all settings but those of the data and the seed: the defaults of the task, changed by the
        recipe of the named data set or by the rule for tables, which also holds out some of many rows.
        A recipe of a data set may hold out test samples, too, as one does for noise that is added to it.

        Args:
            data: the name of a data set, or the user's own samples.
            test_share: the share of the user's samples that is held out, where that is known.
            noise: the noise that is added to the named data set.
        """
        named = DATASETS[data] if isinstance(data, str) else data
        defaults = cls.defaults(named.task)
        own = {field.name for field in FIELDS if field.subject != FIELD["dataset"].subject} - {"seed"}
        if isinstance(named, NamedDataset):
            noisy = NOISY_RECIPE if noise > 0 and named.recipe else {}
            changes: Mapping[str, Any] = {**noisy, **named.recipe}
        else:
            share = test_share if named.test is None else 0.0
            changes = table_recipe(len(named), named.inputs.shape[1], share)
        return {name: getattr(defaults, name) for name in own} | dict(changes)

    def unsuited(self, source: Dataset | None = None) -> dict[str, Any]:
        """What suits the data but is not set, by name; see `recipe`.

        Nothing is known of functions, nor of the data sets that the defaults are for.

        Args:
            source: the user's own samples; None for the named data set or the function.
        """
        if source is None and (self.function or not DATASETS[self.dataset].recipe):
            return {}
        recipe = self.recipe(self.dataset if source is None else source, self.test_share, noise=self.noise)
        of_data = {field.name for field in FIELDS if field.subject == FIELD["dataset"].subject}
        return {
            name: value
            for name, value in recipe.items()
            if name not in of_data and value != getattr(self, name)
        }

    @property
    def brief(self) -> str:
        """The settings by which a recipe is told, such as "8,8 tanh, adam 0.01"."""
        names = ("hidden_units", "activation", "optimizer", "learning_rate")
        return "{} {}, {} {}".format(*(FIELD[name].brief(getattr(self, name)) for name in names))

    @property
    def activations(self) -> tuple[str, ...]:
        """The activation of each hidden layer, by name."""
        return self.activation * len(self.hidden_units) if len(self.activation) == 1 else self.activation

    def learning_rates(self, first: int, epochs: int) -> Array:
        """The learning rate of each of so many epochs from the first one on; shape (epochs,)."""
        schedule, length, factor = SCHEDULES[self.schedule], self.schedule_epochs, self.schedule_factor
        if not schedule.changes:
            return np.full(epochs, self.learning_rate, dtype=np.float64)
        multiples = [schedule.multiple(epoch, length, factor) for epoch in range(first, first + epochs)]
        return self.learning_rate * np.array(multiples)

    def uses(self, field: Field) -> bool:
        """Whether this setting has an effect with the current values of the others."""
        return field.used_if is None or field.used_if(self)

    def differences(self, other: Self) -> dict[str, Any]:
        """The settings whose values differ between the configs, by name, with the values of this one."""
        values = {field.name: getattr(self, field.name) for field in FIELDS}
        return {name: value for name, value in values.items() if value != getattr(other, name)}

    def restart_needed(self, other: Self) -> list[str]:
        """The labels of the settings that differ between the configs and cannot change during a run."""
        changed = [FIELD[name].label for name in self.differences(other) if FIELD[name].needs_restart]
        return ["task", *changed] if self.task != other.task else changed
