"""The figures of a diagnosis. A figure beyond the floating-point range is infinity, never NaN."""

from __future__ import annotations

from dataclasses import dataclass

from bpengine.config import TrainingConfig
from bpengine.sharpness import Sharpness


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
    update_ratio: float | None
    """The size of an update relative to that of the weights, without biases: the root mean square of the
    changes in the next updates of the epoch, divided by that of the weights (see `diagnose`). After
    A. Karpathy, Neural Networks: Zero to Hero, makemore, part 3 (2022), who uses standard deviations. None if
    it was not measured or all weights are 0."""
    saturation: float
    """The share of saturated outputs among those of all samples and units, 0 to 1 (see
    `Activation.saturation`). About a half is usual for activations that switch off, such as relu; 0 for the
    output layer."""
    off: tuple[int, ...]
    """The units that are switched off for every sample that was used, counted from 0."""
    equal_units: bool
    """Whether there are several units, all exactly equal; see `Diagnosis.equal_units`."""
    minimum: float
    """The smallest output of any unit for any sample."""
    maximum: float
    """The largest output."""
    mean: float
    """The mean of all outputs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostics:
    """The figures of all layers at one point of a run."""

    config: TrainingConfig
    """The current settings."""
    learning_rate: float
    """The learning rate of the epoch in progress, by the schedule."""
    updates: int
    """The number of updates so far."""
    divergence_epoch: int | None
    """The epoch in which the run diverged, or None."""
    layers: tuple[LayerDiagnostics, ...]
    """The hidden layers and, last, the output layer."""
    update_ratio: float | None
    """The same as that of a layer, for the weights of all layers together."""
    samples: int
    """The number of training samples that gradients and activations were measured with."""
    all_samples: bool
    """Whether these are all training samples."""
    error: float
    """The mean loss of the current weights over all training samples, or those that `diagnose` was given."""
    test_error: float | None
    """The same over the test samples; None if there are none."""
    constant_error: float
    """The lowest error of a constant output, which needs no inputs."""
    sharpness: Sharpness | None = None
    """What `Trainer.sharpness` has measured; None if it was not measured."""

    @property
    def hidden(self) -> tuple[LayerDiagnostics, ...]:
        """The hidden layers."""
        return self.layers[:-1]

    @property
    def output(self) -> LayerDiagnostics:
        """The output layer."""
        return self.layers[-1]
