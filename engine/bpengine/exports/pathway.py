"""`Pathway`: the way from raw inputs to answers, which every format writes down, with its test vectors."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bpengine.arithmetic.arrays import Array
from bpengine.choices import Task
from bpengine.config import TrainingConfig
from bpengine.data import Dataset
from bpengine.data.checks import LARGEST
from bpengine.data.dataset import Scaling
from bpengine.data.dates import date_text
from bpengine.data.formulas import Formula
from bpengine.data.raw_columns import RawColumn, encode_rows
from bpengine.errors import ConfigError
from bpengine.hyperparameters import FIELDS
from bpengine.network.network import Network
from bpengine.training.edits import edited_at
from bpengine.training.predictions import network_outputs
from bpengine.training.trainer import Trainer

TOLERANCE = 1e-12
"""The largest difference of an answer in 64-bit floats; see `Vectors.scales`."""

RowValue = float | str
"""A value of a row: a number, a truth value as 0 or 1, a date as days from 1970, or a text."""

_AT = 8
"""How many training samples are test vectors."""
_MOST_TEXTS = 40
"""The most rows that are added so that each text occurs."""
_DAYS = -719162.0, 2932896.0
"""The first and the last day that can be written, from year 1 to 9999."""


@dataclass(frozen=True, slots=True, eq=False)
class Vectors:
    """Rows and their answers."""

    rows: tuple[tuple[RowValue, ...], ...]
    answers: Array
    """The values in the units of the targets, or the probabilities; shape (rows, outputs)."""
    scales: Array
    """What a difference is measured in: the scale of each target, or the answer if that is larger. 1 for
    probabilities; shape (outputs,)."""


def answers_of(network: Network, dataset: Dataset, coordinates: Array) -> Array:
    """The values or probabilities at coordinates, shape (n, d), as `Trainer.predict` computes them.

    NaN where a feature has no finite value; shape (n, outputs).
    """
    inputs = dataset.inputs_at(coordinates)
    outputs = network_outputs(network, inputs)
    answers = outputs if dataset.task == "classification" else dataset.target_scaling.undo(outputs)
    answers[np.isnan(inputs).any(axis=1)] = np.nan
    return answers


def vectors_of(network: Network, dataset: Dataset) -> Vectors:
    """The test vectors of a run, without rows that have no finite answer.

    Raises:
        ConfigError: no row has one.
    """
    columns = dataset.raw_columns
    rows = _rows(columns, dataset.coordinates)
    answers = answers_of(network, dataset, coordinates_of(columns, rows))
    finite: NDArray[np.bool_] = np.logical_and.reduce(np.isfinite(answers), axis=1)
    kept = tuple(row for row, is_finite in zip(rows, finite, strict=True) if is_finite)
    if not kept:
        raise ConfigError("run", "has no finite answer at any sample, so that an export could not be checked")
    is_classifier = dataset.task == "classification"
    scales = np.ones(answers.shape[1]) if is_classifier else np.abs(dataset.target_scaling.scale)
    return Vectors(kept, answers[finite], scales)


def coordinates_of(columns: Sequence[RawColumn], rows: Sequence[Sequence[RowValue]]) -> Array:
    """The coordinates of rows, by the conversion with which the user's rows are read."""
    texts = [[as_text(column, cell) for column, cell in zip(columns, row, strict=True)] for row in rows]
    coordinates = encode_rows(columns, texts)
    assert coordinates is not None, "there is a text for each column"
    return coordinates


def as_text(column: RawColumn, cell: RowValue) -> str:
    """The cell as it stands in a file."""
    if isinstance(cell, str):
        return cell
    if column.kind == "date":
        return date_text(cell)
    return repr(int(cell) if column.kind == "boolean" else cell)


def _rows(columns: Sequence[RawColumn], samples: Array) -> list[tuple[RowValue, ...]]:
    """The rows: at some samples, between two of them, beyond all, and with each text."""
    chosen = samples[np.unique(np.linspace(0, len(samples) - 1, _AT).astype(np.int64))]
    between = (chosen[:-1] + chosen[1:]) / 2
    low, high = samples.min(axis=0), samples.max(axis=0)
    width = np.where(high > low, high - low, 1.0)
    signs = np.array([[1], [-1]]) * np.where(np.arange(samples.shape[1]) % 2, -1, 1)
    beyond = np.concatenate([[low - width / 2, high + width / 2], (low + high) / 2 + signs * width])
    numbers = np.clip(np.concatenate([chosen, between, beyond]), -LARGEST, LARGEST)
    texts = max((len(column.categories) for column in columns), default=0)
    rows = [tuple(_cells(columns, row, number)) for number, row in enumerate(numbers)]
    more = (samples[number % len(samples)] for number in range(min(texts, _MOST_TEXTS)))
    rows += [tuple(_cells(columns, row, number, is_numbered=True)) for number, row in enumerate(more)]
    return list(dict.fromkeys(rows))


def _cells(
    columns: Sequence[RawColumn], coordinates: Array, number: int, *, is_numbered: bool = False
) -> Iterator[RowValue]:
    """The cells of coordinates.

    Args:
        columns: the columns.
        coordinates: of a sample, or between or beyond samples; shape (d,).
        number: the number of the row.
        is_numbered: whether the number decides about the texts.
    """
    start = 0
    for column in columns:
        part = coordinates[start : start + column.width]
        start += column.width
        if column.kind == "text":
            is_one_text = not is_numbered and part.max() > 0
            yield column.categories[int(part.argmax()) if is_one_text else number % len(column.categories)]
        elif column.kind == "boolean":
            yield float(part[0] >= 0.5)
        elif column.kind == "date":
            yield float(np.clip(np.floor(part[0] + column.origin), *_DAYS))
        else:
            yield float(part[0])


RunDescription = dict[str, object]
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
    run: RunDescription
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


def column_description(column: RawColumn) -> dict[str, object]:
    """A column of the user's rows as JSON values."""
    description: dict[str, object] = {"name": column.name, "kind": column.kind}
    if column.kind == "text":
        description["texts"] = list(column.categories)
    if column.kind == "date":
        description["from"] = column.origin
    if column.fill:
        description["gap"] = list(column.fill)
        if column.missing_words:
            description["gap words"] = list(column.missing_words)
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


def _facts(trainer: Trainer) -> RunDescription:
    """Which run it is: its settings, seed, data, error, changes, and a hash of its weights."""
    config, dataset, last = trainer.config, trainer.dataset, trainer.history.last
    facts: RunDescription = {"task": config.task, "data": _data_text(dataset), "seed": config.seed}
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


def _settings(config: TrainingConfig, *, own_data: bool) -> RunDescription:
    """The settings that have an effect, except the seed, as the command line takes them."""
    return {
        field.flag.removeprefix("--"): field.format(getattr(config, field.name))
        for field in FIELDS
        if config.uses(field) and field.name != "seed" and not (own_data and field.describes_named_data)
    }
