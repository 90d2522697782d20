"""A whole run as JSON values: its kernel, settings, samples and state.

A setting that is missing takes its default, so that runs from before it was added can be read forever.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

from bpengine.bookmark import Bookmark
from bpengine.checkpoint.origins import decode_origin, encode_origin
from bpengine.checkpoint.run_states import decode_run_state, encode_run_state
from bpengine.checkpoint.source import decode_source, encode_source
from bpengine.checkpoint.values import DamagedError, damaged, members
from bpengine.config import TrainingConfig
from bpengine.datasets import Dataset
from bpengine.errors import ConfigError, DataError
from bpengine.hyperparameters import FIELD, FIELDS
from bpengine.kernels.choice import KERNELS
from bpengine.origin import Origin
from bpengine.run_state import RunState
from bpengine.tasks import TASKS
from bpengine.trainer import Trainer
from bpengine.training_data import make_dataset
from bpengine.wording import shown

_PARTS = ("kernel", "config", "data", "moment")


class UnknownSettingError(ValueError):
    """The run has a setting that this version does not know."""


@dataclass(frozen=True, slots=True, eq=False)
class SavedRun:
    """Everything that a run needs to continue with exactly the same numbers."""

    kernel: str
    """The kernel that it was trained with: numpy or numba."""
    source: Dataset | None
    """The user's own samples; None for a named data set."""
    state: RunState
    origin: Origin | None = None
    """What the run began with, and what was changed since; None if that is unknown."""

    @classmethod
    def of(cls, trainer: Trainer, bookmark: Bookmark | None = None) -> Self:
        """Copy the run as it is now or was at a bookmark. The states for `rewind` are not copied."""
        if bookmark is not None:
            return cls(trainer.kernel.name, trainer.source, bookmark.state, trainer.origin_of(bookmark))
        return cls(trainer.kernel.name, trainer.source, trainer.run_state(), trainer.origin)

    def trainer(self, *, kernel: str | None = None) -> Trainer:
        """Return a trainer that continues the run.

        Args:
            kernel: the kernel to continue with. By default the one that the run had or, if it can't be used,
                NumPy's.

        Raises:
            ConfigError: the kernel can't be used.
        """
        try:
            trainer = Trainer(self.state.config, self.source, kernel=kernel or self.kernel)
        except ConfigError:
            if kernel is not None:
                raise
            trainer = Trainer(self.state.config, self.source, kernel="numpy")
        trainer.restore(self.state, self.origin)
        return trainer


def encode_run(run: SavedRun) -> dict[str, Any]:
    """The run as a JSON object.

    Raises:
        DamagedError: `decode_run` would refuse the user's own samples.
    """
    config = run.state.config
    encoded = {
        "kernel": run.kernel,
        "config": encode_config(config),
        "data": encode_source(run.source),
        "moment": encode_run_state(run.state),
    }
    return encoded if run.origin is None else encoded | {"origin": encode_origin(run.origin, config)}


def decode_run(value: Any) -> SavedRun:
    """The run that `encode_run` encoded.

    Raises:
        DamagedError: no run can have these values.
        UnknownSettingError: a newer version has written them.
    """
    # Runs from before the origin was added do not have one, and neither have runs that continue them.
    has_origin = isinstance(value, dict) and "origin" in value
    parts = members(value, (*_PARTS, "origin") if has_origin else _PARTS, "run")
    kernel, settings, data, state = parts[:4]
    if kernel not in KERNELS or kernel == "auto":
        raise damaged("kernel", "is not a known kernel")
    try:
        config = decode_config(settings)
        source = decode_source(data)
        dataset = make_dataset(config, source)
    except (ConfigError, DataError) as error:
        raise DamagedError(str(error)) from None
    samples = len(dataset)
    sizes = (dataset.inputs.shape[1], *config.hidden_units, dataset.targets.shape[1])
    decoded = decode_run_state(
        state,
        config,
        sizes=sizes,
        samples=samples,
        batch_size=min(config.batch_size or samples, samples),
        tests=dataset.test is not None,
    )
    end = (decoded.epochs_done, decoded.samples_done)
    origin = decode_origin(parts[4], config, end, decoded.edits) if has_origin else None
    return SavedRun(kernel, source, decoded, origin)


def encode_config(config: TrainingConfig) -> dict[str, Any]:
    """The settings as a JSON object."""
    return {"task": config.task, **{field.name: getattr(config, field.name) for field in FIELDS}}


def decode_config(value: Any) -> TrainingConfig:
    """The settings that `encode_config` encoded; those that are missing take the defaults of the task.

    Raises:
        DamagedError: there is no known task.
        ConfigError: a value is not allowed.
        UnknownSettingError: a newer version has written them.
    """
    if not isinstance(value, dict) or value.get("task") not in TASKS:
        raise damaged("config", "has no known task")
    for name in value:
        if name not in FIELD and name != "task":
            raise UnknownSettingError(f"has an unknown setting: {shown(name)}")
    return TrainingConfig.defaults(**value)
