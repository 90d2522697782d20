"""The figures of a diagnosis. A figure beyond the floating-point range is infinity, never NaN."""

from __future__ import annotations

import math
from dataclasses import dataclass

from bpengine.config import TrainingConfig

_NO_ERROR = 1e-6
"""A mean loss at or below this counts as 0: the 1e-7 in the cross-entropy keeps it this far from 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerDiagnostics:
    """The figures of one layer."""

    number: int
    """The number of the layer, counted from 1; the output layer is the last."""
    name: str
    """layer 1, layer 2, ..., output layer."""
    activation: str
    """The name of its activation or, for the output layer, of its output function."""
    units: int
    """The number of its units."""
    gradient_norm: float
    """The L2 norm of dL/d(weights and biases), where L is the mean loss of the samples, without penalties."""
    parameter_norm: float
    """The L2 norm of its weights and biases."""
    update_log10: float | None
    """log10 of update / weight: the root mean square of the update of the layer's weights, without biases,
    divided by that of the weights. The update is the one that the optimizer arrives at if the gradient of the
    mean loss stays the same (see `Optimizer.steady_update`); penalties and clipping are left out, and the
    updates of small batches vary around it. About -3 is healthy. After A. Karpathy, Neural Networks: Zero to
    Hero, makemore, part 3 (2022), who uses standard deviations. None if the weights or the updates are all
    0."""
    saturation: float
    """The share of saturated outputs among those of all samples and units, 0 to 1 (see
    `Activation.saturation`). About a half is usual for activations that switch off, such as relu; 0 for the
    output layer."""
    dead: tuple[int, ...]
    """The units that are switched off for every sample, counted from 0."""
    equal_units: bool
    """Whether there are several units, all with equal incoming and outgoing weights: they stay equal
    forever."""
    minimum: float
    """The smallest output of any unit for any sample."""
    maximum: float
    """The largest output."""
    mean: float
    """The mean of all outputs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostics:
    """The figures of all layers at one moment of a run."""

    config: TrainingConfig
    """The present settings."""
    learning_rate: float
    """The learning rate of the epoch in progress, by the schedule."""
    epochs_done: int
    """The number of complete epochs."""
    layers: tuple[LayerDiagnostics, ...]
    """The hidden layers and, last, the output layer."""
    samples: int
    """The number of training samples that were used."""
    error: float
    """The mean loss of the present outputs for these samples."""
    constant_error: float
    """The lowest error of a constant output: what can be reached without looking at the inputs."""

    @property
    def hidden(self) -> tuple[LayerDiagnostics, ...]:
        """The hidden layers."""
        return self.layers[:-1]

    @property
    def output(self) -> LayerDiagnostics:
        """The output layer."""
        return self.layers[-1]

    @property
    def error_left(self) -> float:
        """The error divided by that of the best constant output: 1 if nothing is learned, 0 at best."""
        if self.error <= _NO_ERROR:
            return 0.0
        return self.error / self.constant_error if self.constant_error > _NO_ERROR else math.inf
