"""What a diagnosis consists of. What is beyond the floating-point range is infinity in it, never NaN."""

from __future__ import annotations

import math
from dataclasses import dataclass

from bpengine.config import TrainingConfig

_NO_ERROR = 1e-6
"""A mean loss at or below it is none: the cross-entropy's own 1e-7 takes it as far as that from 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerDiagnostics:
    """One layer."""

    number: int
    """Counted from 1; the output layer is the last."""
    name: str
    """Layer 1, layer 2, ..., output layer."""
    activation: str
    """What its units make of their weighted sums; identity or softmax for the output layer."""
    units: int
    """How many."""
    gradient_norm: float
    """Length of dL/d(weights and biases), L the mean loss of the samples, without penalties."""
    parameter_norm: float
    """Length of its weights and biases."""
    update_log10: float | None
    """log10 of update : data. Data is the root mean square of the layer's weights, without biases. Update is
    that of what the next update makes of them, with the gradient of the mean loss: learning rate x gradient
    for sgd; the same / (1 - momentum) for momentum and nesterov, what a steady gradient adds up to; the
    learning rate itself for rmsprop and adam, which divide the gradient by its own size. Penalties and
    clipping are left out, and the updates of small batches vary around it. About -3 is healthy. After
    A. Karpathy, Neural Networks: Zero to Hero, on makemore, part 3 (2022), where it is the ratio of standard
    deviations. None where weights or updates are all 0."""
    saturation: float
    """Share of (sample, unit) activations at which the slope is gone or nearly so, 0 to 1: sigmoid below 0.03
    or above 0.97, tanh beyond 0.97 on either side, relu and leaky relu at or below 0 (about half is usual);
    0 for sin, identity and the output layer."""
    dead: tuple[int, ...]
    """The units of relu and leaky relu, counted from 0, that are at or below 0 for every sample."""
    equal_units: bool
    """Whether there are several units, all with the same weights in and out: they learn the same for ever."""
    minimum: float
    """The smallest activation of any unit for any sample."""
    maximum: float
    """The largest."""
    mean: float
    """The mean of all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostics:
    """All layers at one moment of a run."""

    config: TrainingConfig
    """The settings in force."""
    learning_rate: float
    """That of the epoch in progress, by the schedule."""
    epochs_done: int
    """How many are complete."""
    layers: tuple[LayerDiagnostics, ...]
    """Hidden ones first; the output layer is the last."""
    samples: int
    """How many training samples it was measured with."""
    error: float
    """The mean loss of the present answers to them."""
    constant_error: float
    """The lowest that one same answer to all of them can have: what can be had without looking at inputs."""

    @property
    def hidden(self) -> tuple[LayerDiagnostics, ...]:
        """All but the output layer."""
        return self.layers[:-1]

    @property
    def output(self) -> LayerDiagnostics:
        """The last layer."""
        return self.layers[-1]

    @property
    def error_left(self) -> float:
        """The error as a part of the best constant answer's: 1 where nothing is learned, 0 at the best."""
        if self.error <= _NO_ERROR:
            return 0.0
        return self.error / self.constant_error if self.constant_error > _NO_ERROR else math.inf
