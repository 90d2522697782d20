"""Both runs in the plainest NumPy: one sample after another, a new array for every result.

It shares nothing with bpengine, so that tests can compare the two and the benchmark can race them.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def sine_samples() -> tuple[Array, Array]:
    """Inputs and targets of the regression, point by point."""
    inputs, targets = [], []
    for x in np.arange(0, 2 * np.pi, 0.1):
        inputs.append([(x - np.pi) / np.pi])
        targets.append([np.sin(x)])
    return np.array(inputs), np.array(targets)


def grid_samples() -> tuple[Array, Array]:
    """Inputs and targets of the classification, point by point."""
    inputs, targets = [], []
    for x in np.arange(-1.0, 1.1, 0.1):
        for y in np.arange(-1.0, 1.1, 0.1):
            inputs.append([x, y])
            targets.append([0.0, 1.0] if y < np.sin(np.pi * x) else [1.0, 0.0])
    return np.array(inputs), np.array(targets)


class Baseline:
    """One run: the weights, and the generator that drew them and shuffles the samples."""

    def __init__(
        self,
        task: Literal["regression", "classification"],
        *,
        hidden_units: int,
        learning_rate: float,
        init_scale: float,
        seed: int,
    ) -> None:
        self.classifies = task == "classification"
        self.inputs, self.targets = grid_samples() if self.classifies else sine_samples()
        self.learning_rate = learning_rate
        self.rng = np.random.RandomState(seed)
        n_in, n_out = self.inputs.shape[1], self.targets.shape[1]
        self.w1 = init_scale * self.rng.randn(n_in, hidden_units)
        self.b1 = init_scale * self.rng.randn(hidden_units)
        self.w2 = init_scale * self.rng.randn(hidden_units, n_out)
        self.b2 = init_scale * self.rng.randn(n_out)

    @property
    def parameters(self) -> Array:
        """All weights and biases in the order in which they were drawn."""
        return np.concatenate([self.w1.ravel(), self.b1, self.w2.ravel(), self.b2])

    def shuffled(self) -> list[int]:
        """The order of the next epoch's samples."""
        order = np.arange(len(self.inputs))
        self.rng.shuffle(order)
        return [int(index) for index in order]

    def step(self, index: int) -> float:
        """Learn from one sample; return the loss that it had before."""
        x, t = self.inputs[index].reshape(1, -1), self.targets[index].reshape(1, -1)

        h = 1 / (1 + np.exp(-(np.dot(x, self.w1) + self.b1)))
        u = np.dot(h, self.w2) + self.b2
        if self.classifies:
            y = np.exp(u) / np.sum(np.exp(u), axis=1, keepdims=True)
            loss = -np.sum(t * np.log(y + 1e-7))
        else:
            y = u
            loss = 0.5 * np.sum(np.square(y - t))

        delta2 = y - t
        delta1 = np.dot(delta2, self.w2.T) * (1 - h) * h
        grad_w2, grad_b2 = np.dot(h.T, delta2), np.sum(delta2, axis=0)
        grad_w1, grad_b1 = np.dot(x.T, delta1), np.sum(delta1, axis=0)

        self.w1 -= self.learning_rate * grad_w1
        self.b1 -= self.learning_rate * grad_b1
        self.w2 -= self.learning_rate * grad_w2
        self.b2 -= self.learning_rate * grad_b2
        return float(loss)

    def epoch(self) -> float:
        """Learn from every sample once; return the mean of their losses."""
        losses = [self.step(index) for index in self.shuffled()]
        return math.fsum(losses) / len(losses)
