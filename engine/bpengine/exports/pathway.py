"""`Pathway`: the way from the raw inputs of a run to its answers, which every format writes down."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass

import numpy as np

from bpengine.arithmetic.arrays import Array
from bpengine.choices import Task
from bpengine.config import TrainingConfig
from bpengine.data import Dataset
from bpengine.data.dataset import Scaling
from bpengine.data.formulas import Formula
from bpengine.data.raw_columns import RawColumn
from bpengine.edits import edited_at
from bpengine.exports.vectors import Vectors, vectors_of
from bpengine.hyperparameters import FIELDS
from bpengine.trainer import Trainer

Run = dict[str, object]
"""What is said of the run that made a file: JSON values."""


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """The weights and biases of a layer."""

    weights: Array
    """W; shape (inputs, units)."""
    biases: Array
    """b; shape (units,)."""
    activation: str
    """The name of the activation; identity for the output layer."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Pathway:
    """The steps from a row of the user's data to an answer.

    Each value of a row becomes one or more coordinates, and the features are coordinates or formulas of them.
    They are scaled, and given to the network. Its outputs become probabilities by softmax, or values in the
    units of the target.
    """

    name: str
    """The name of the model in the file."""
    task: Task
    columns: tuple[RawColumn, ...]
    """The values of a row, and how they become coordinates."""
    parts: tuple[int | Formula, ...]
    """For each feature, the number of the coordinate that it is, or its formula."""
    input_names: tuple[str, ...]
    """The names of the features."""
    scaling: Scaling
    """From the units of the features to those of the network."""
    layers: tuple[Weights, ...]
    outputs: tuple[str, ...]
    """The names of the classes or of the targets."""
    target: str
    """The name of what is predicted."""
    target_scaling: Scaling
    """From the units of the targets to those of the network; without effect for classes."""
    run: Run
    vectors: Vectors

    @property
    def coordinates(self) -> int:
        """The number of coordinates."""
        return sum(column.width for column in self.columns)

    @property
    def is_plain(self) -> bool:
        """Whether the values of a row are the coordinates."""
        return all(column == RawColumn(column.name) for column in self.columns)

    @property
    def has_features(self) -> bool:
        """Whether the features are others than the coordinates in their order."""
        return self.parts != tuple(range(self.coordinates))

    @property
    def formulas(self) -> tuple[Formula, ...]:
        """The formulas among the features."""
        return tuple(part for part in self.parts if isinstance(part, Formula))

    @property
    def is_classifier(self) -> bool:
        """Whether the answers are probabilities of classes."""
        return self.task == "classification"


def described(column: RawColumn) -> dict[str, object]:
    """A column of the user's rows as JSON values."""
    description: dict[str, object] = {"name": column.name, "kind": column.kind}
    if column.kind == "text":
        description["texts"] = list(column.categories)
    if column.kind == "date":
        description["from"] = column.origin
    if column.fill:
        description["gap"] = list(column.fill)
    return description


def pathway_of(trainer: Trainer, name: str) -> Pathway:
    """The pathway of a run as it is now.

    Raises:
        ConfigError: the run has no finite answers.
        DivergedError: the run has diverged.
    """
    if trainer.divergence is not None:
        raise trainer.divergence
    dataset, network = trainer.dataset, trainer.network
    count = dataset.targets.shape[1]
    targets = (dataset.target,) if count == 1 else tuple(f"{dataset.target} {n + 1}" for n in range(count))
    feature_map = dataset.feature_map
    return Pathway(
        name=name,
        task=dataset.task,
        columns=dataset.raw_columns,
        parts=tuple(range(len(dataset.features))) if feature_map is None else feature_map.parts,
        input_names=dataset.input_names,
        scaling=dataset.scaling,
        layers=tuple(
            Weights(layer.weights, layer.biases, activation)
            for layer, activation in zip(network.layers, (*network.activations, "identity"), strict=True)
        ),
        outputs=dataset.classes or targets,
        target=dataset.target,
        target_scaling=dataset.target_scaling,
        run=_facts(trainer),
        vectors=vectors_of(network, dataset),
    )


def _facts(trainer: Trainer) -> Run:
    """Which run it is: its settings, seed, data, error, changes, and a hash of its weights."""
    config, dataset, last = trainer.config, trainer.dataset, trainer.history.last
    facts: Run = {"task": config.task, "data": _data_text(dataset), "seed": config.seed}
    facts["epochs"] = trainer.epochs_done
    if last is not None:
        facts["error"] = last.error
        if last.test_error is not None:
            facts["test error"] = last.test_error if math.isfinite(last.test_error) else "infinite"
    if changed := _changed(trainer):
        facts["settings changed"] = changed
    if trainer.edits:
        facts["weights"] = edited_at(trainer.edits)
    if trainer.knocked_out:
        units = (f"unit {unit + 1} of layer {layer + 1}" for layer, unit in trainer.knocked_out)
        facts["knocked out"] = ", ".join(units)
    facts["settings"] = _settings(config, own_data=trainer.source is not None)
    numbers = np.ascontiguousarray(trainer.network.parameters, dtype="<f8")
    facts["hash"] = f"sha256 of all weights and biases: {hashlib.sha256(numbers.tobytes()).hexdigest()}"
    return facts


def _changed(trainer: Trainer) -> str:
    """When settings were changed during the run, in words; empty if they were not."""
    changes = () if trainer.origin is None else trainer.origin.changes
    epochs = [change.position[0] for change in changes if isinstance(change.value, TrainingConfig)]
    times = f"{len(epochs)} times, from" if len(epochs) > 1 else "in"
    return f"{times} epoch {epochs[0]}{' on' if len(epochs) > 1 else ''}" if epochs else ""


def _data_text(dataset: Dataset) -> str:
    test = "" if dataset.test is None else f", {len(dataset.test)} more as a test"
    return f"{dataset.name}, {len(dataset)} samples{test}"


def _settings(config: TrainingConfig, *, own_data: bool) -> Run:
    """The settings that have an effect, except the seed, as the command line takes them."""
    return {
        field.flag.removeprefix("--"): field.format(getattr(config, field.name))
        for field in FIELDS
        if config.uses(field) and field.name != "seed" and not (own_data and field.describes_named_data)
    }
