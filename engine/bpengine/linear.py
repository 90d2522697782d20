"""The best linear model of a data set: the reference that needs no network.

It is logistic regression for classes, with one weighted sum for each class and their softmax, and linear
regression for values. Both minimize the mean loss of the n samples plus ridge / (2 n) times the sum of the
squared weights, biases not included, as scikit-learn's `LogisticRegression(C=1 / ridge)` and
`Ridge(alpha=ridge)` do. For two classes scikit-learn has only the difference of the two weighted sums: its C
is 2 / ridge.

The last digits may depend on the machine: they are for people.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.random import RandomState

from bpengine.arithmetic.arrays import Array
from bpengine.choices import Task
from bpengine.data import Dataset
from bpengine.network.losses import LOSSES
from bpengine.training.sharpness import Pieces, completed

RIDGES = (100.0, 20.0, 4.0, 0.8, 0.16, 0.03)
"""The ridges that are tried; each acts like so many samples."""
FOLDS = 5
"""The parts of the samples. Each ridge is tried on each part, with a model of the others."""
TOLERANCE, TRIAL_TOLERANCE = 1e-6, 3e-4
"""The largest slope of a model that has converged, and of one that tries a ridge."""
MAX_STEPS = 1000
"""The most steps to a model."""
_PAIRS = 10
"""How many past steps estimate the curvature."""
_OVERSHOOT = 0.5
"""How steeply a step may end uphill, as a fraction of how steeply it begins downhill."""
_HALVINGS = 30
"""How often a step is halved at most."""


@dataclass(frozen=True, slots=True, eq=False)
class LinearModel:
    """A linear model that has converged."""

    task: Task
    weights: Array
    """The weights, with the biases in the last row; shape (inputs + 1, outputs)."""
    ridge: float
    """The strength of the penalty."""

    def outputs(self, samples: Dataset) -> Array:
        """The probability of each class, or the values in the network's units; shape (samples, outputs)."""
        return _outputs(self.task, _with_ones(samples.inputs), self.weights)


def fit_linear(training: Dataset, *, seconds: float = math.inf) -> LinearModel | None:
    """Fit a linear model to training samples, with the ridge that is best in a cross-validation.

    Args:
        training: the samples; those in `training.test` are not used.
        seconds: the time limit.

    Returns:
        The model, or None if it has not converged within the time limit.
    """
    try:
        return completed(fitting(training), seconds=seconds)
    except TimeoutError:
        return None


def fitting(training: Dataset) -> Pieces[LinearModel]:
    """Do what `fit_linear` does in pieces, each of which goes once through all samples.

    Raises:
        TimeoutError: a model does not converge.
    """
    task, inputs, targets = training.task, _with_ones(training.inputs), training.targets
    zeros: Array = np.zeros((inputs.shape[1], targets.shape[1]))
    part_of = RandomState(0).permutation(len(inputs)) % FOLDS
    losses = np.zeros(len(RIDGES))
    for part in range(min(FOLDS, len(inputs))):
        held, weights = part_of == part, zeros
        for number, ridge in enumerate(RIDGES):  # each begins with the weights of the one before
            gradient = _gradient(task, inputs[~held], targets[~held], ridge)
            weights = yield from _minimum(gradient, weights, TRIAL_TOLERANCE)
            losses[number] += LOSSES[task].value(_outputs(task, inputs[held], weights), targets[held]).sum()
    ridge = RIDGES[int(losses.argmin())]
    weights = yield from _minimum(_gradient(task, inputs, targets, ridge), zeros, TOLERANCE)
    return LinearModel(task, weights, ridge)


def _with_ones(inputs: Array) -> Array:
    return np.hstack([inputs, np.ones((len(inputs), 1))])


def _outputs(task: Task, inputs: Array, weights: Array) -> Array:
    outputs: Array = inputs @ weights
    LOSSES[task].output(outputs.copy(), outputs)
    return outputs


def _gradient(task: Task, inputs: Array, targets: Array, ridge: float) -> Callable[[Array], Array]:
    """Return a function from weights to the gradient of what a model minimizes."""
    penalty = np.append(np.full(inputs.shape[1] - 1, ridge / len(inputs)), 0.0)[:, np.newaxis]

    def gradient(weights: Array) -> Array:
        slopes: Array = inputs.T @ (_outputs(task, inputs, weights) - targets) / len(inputs)
        return slopes + penalty * weights

    return gradient


def _minimum(gradient: Callable[[Array], Array], start: Array, tolerance: float) -> Pieces[Array]:
    """Minimize a convex function by L-BFGS (J. Nocedal and S. J. Wright, Numerical Optimization, 2006, 7.2).

    Only slopes are compared: where a convex function still goes down along a step, it is lower than before.

    Args:
        gradient: returns the gradient at a point.
        start: where to begin.
        tolerance: the largest component of the gradient at the end.

    Raises:
        TimeoutError: the minimum is not reached.
    """
    pairs = deque[tuple[Array, Array]](maxlen=_PAIRS)
    point, here = start, gradient(start)
    for _ in range(MAX_STEPS):
        if np.abs(here).max() <= tolerance:
            return point
        step = _step(here, pairs)
        for _ in range(_HALVINGS):
            yield
            there = gradient(point + step)
            if np.vdot(step, there) <= -_OVERSHOOT * np.vdot(step, here):
                break
            step = step / 2
        pairs.append((step, there - here))
        point, here = point + step, there
    raise TimeoutError


def _step(gradient: Array, pairs: deque[tuple[Array, Array]]) -> Array:
    """Minus the gradient, multiplied by the inverse of the second derivative that past steps estimate.

    Args:
        gradient: the gradient.
        pairs: the past steps, each with the change of the gradient along it.
    """
    if not pairs:
        return -gradient / max(1.0, float(np.abs(gradient).sum()))
    step, parts = -gradient, list[np.floating]()
    for moved, changed in reversed(pairs):
        parts.append(np.vdot(moved, step) / np.vdot(moved, changed))
        step = step - parts[-1] * changed
    moved, changed = pairs[-1]
    step = step * (np.vdot(moved, changed) / np.vdot(changed, changed))
    for (moved, changed), part in zip(pairs, reversed(parts), strict=True):
        step = step + moved * (part - np.vdot(changed, step) / np.vdot(moved, changed))
    return step
