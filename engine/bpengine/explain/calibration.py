"""How sure: whether the classes are as often right as their probabilities say, on the test samples.

A. Niculescu-Mizil and R. Caruana, Predicting Good Probabilities with Supervised Learning, 2005: the diagram
of reliability, here with bins of equal counts and the interval of each.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from bpengine.arithmetic.arrays import Array
from bpengine.data import Dataset
from bpengine.errors import DataError
from bpengine.explain.importance import check_test_samples
from bpengine.network.losses import LOSSES, mean_error
from bpengine.training.predictions import wilson
from bpwords import word

FEWEST_SAMPLES = 50
"""The fewest test samples whose confidence can be compared with what is right."""
MAX_BINS, BIN_SAMPLES = 10, 12
"""The most bins, and the fewest samples of each."""


class Bin(NamedTuple):
    """Test samples of about the same confidence."""

    confidence: float
    """Their mean probability of the predicted class."""
    accuracy: float
    """Which share of them is predicted right."""
    low: float
    """The lower end of its 95 % interval."""
    high: float
    """The upper end."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """The confidence of the test samples, the probability of their predicted class, beside what is right."""

    samples: int
    """How many test samples there are."""
    confidence: float
    """Their mean confidence, from 0 to 1."""
    accuracy: float
    """Which share of them is predicted right."""
    low: float
    """The lower end of its 95 % interval."""
    high: float
    """The upper end."""
    error: float
    """Their mean cross-entropy (log loss)."""
    constant_error: float
    """That of the best constant probabilities for the training samples."""
    bins: tuple[Bin, ...]
    """The samples by confidence, in bins of equal counts."""


def calibration(dataset: Dataset, outputs: Array | None) -> Calibration:
    """Return how confident the outputs are, and how often that is right.

    Args:
        dataset: the training samples, with the test samples in `dataset.test`.
        outputs: the probabilities of the classes of the test samples; shape (samples, classes). None if there
            are no test samples.

    Raises:
        DataError: the samples have no classes, or too few of them are test samples.
    """
    if dataset.task != "classification":
        raise DataError(word("only the probabilities of classes say how sure an answer is"))
    test, loss = check_test_samples(dataset, FEWEST_SAMPLES), LOSSES[dataset.task]
    assert outputs is not None
    confidence = outputs.max(axis=1)
    is_right = outputs.argmax(axis=1) == test.targets.argmax(axis=1)
    order, count = np.argsort(confidence, kind="stable"), len(test)
    bins = []
    for part in np.array_split(order, min(MAX_BINS, count // BIN_SAMPLES)):
        share = float(is_right[part].mean())
        bins.append(Bin(float(confidence[part].mean()), share, *wilson(share, len(part))))
    accuracy = float(is_right.mean())
    constant = np.broadcast_to(dataset.targets.mean(axis=0), test.targets.shape)
    return Calibration(
        count,
        float(confidence.mean()),
        accuracy,
        *wilson(accuracy, count),
        mean_error(loss, outputs, test.targets),
        mean_error(loss, constant, test.targets),
        tuple(bins),
    )
