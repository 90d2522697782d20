"""In which way: how a network's answer changes with one column, the others as they are.

J. H. Friedman, Greedy Function Approximation, Annals of Statistics 29, 2001, section 8.2: partial dependence.
Its single rows are the individual conditional expectation of A. Goldstein et al., 2015.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bpengine.arithmetic.arrays import Array
from bpengine.data import Dataset
from bpengine.data.raw_columns import RawColumn
from bpengine.explain.importance import Outputs

STEPS = 40
"""The most values of a column that are tried, from its lowest to its highest: all of them if they are few."""
ROWS = 200
"""The most samples whose answers are averaged."""


@dataclass(frozen=True, slots=True, eq=False)
class Dependence:
    """The answers of some networks for values of one column, the other columns as they are in the samples.

    Answers are in the units of the target or, for classes, probabilities of the chosen class, from 0 to 1.
    They are NaN where a feature has no finite value.
    """

    column: RawColumn
    values: Array
    """The values of the column, in the units of the file, ascending; the numbers of the categories for a
    text. Shape (steps,)."""
    means: Array
    """The mean over the samples for each start; shape (starts, steps)."""
    rows: Array
    """The mean over the starts for each sample; shape (samples, steps)."""


def partial_dependence(dataset: Dataset, outputs: Outputs, column: int, output: int = 0) -> Dependence:
    """Return how the answers depend on one column.

    Args:
        dataset: the training samples. The test samples are used if there are any; at most `ROWS`, evenly.
        outputs: the outputs of the starts for inputs of the network.
        column: the number of the column, of `dataset.raw_columns`.
        output: the number of the output: the chosen class, or the target.
    """
    columns, samples = dataset.raw_columns, dataset.test or dataset
    chosen, places = columns[column], dataset.column_places[column]
    every = samples.coordinates[np.linspace(0, len(samples) - 1, min(ROWS, len(samples))).round().astype(int)]
    known = np.concatenate([dataset.coordinates, samples.coordinates])[:, places]
    if chosen.kind == "text":
        settings, values = np.eye(chosen.width), np.arange(float(chosen.width))
    else:
        different = np.unique(known)
        is_few = len(different) <= STEPS
        values = different if is_few else np.linspace(different[0], different[-1], STEPS)
        settings = values[:, np.newaxis]
    steps, rows = len(values), len(every)
    coordinates = np.repeat(every[np.newaxis], steps, axis=0)
    coordinates[:, :, places] = settings[:, np.newaxis]
    inputs = dataset.inputs_at(coordinates.reshape(steps * rows, -1))
    undefined = np.isnan(inputs[:, 0])  # then all inputs are
    all_outputs = outputs(np.where(undefined[:, np.newaxis], 0.0, inputs))
    if dataset.task == "regression":
        all_outputs = np.stack([dataset.target_scaling.undo(answers) for answers in all_outputs])
    answers = np.where(undefined, np.nan, all_outputs[:, :, output]).reshape(-1, steps, rows)
    return Dependence(chosen, values + chosen.origin, answers.mean(axis=2), answers.mean(axis=0).T)
