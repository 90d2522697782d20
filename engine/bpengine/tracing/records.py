"""Immutable records of one training step, in every number. No array can be written to."""

from __future__ import annotations

from dataclasses import dataclass

from bpengine.arithmetic.arrays import Array
from bpengine.config import TrainingConfig
from bpengine.edits import Edit
from bpengine.losses import mean


@dataclass(frozen=True, slots=True, eq=False)
class Parameters:
    """One number for each weight and each bias of a layer."""

    weights: Array
    """Shape (inputs, units)."""
    biases: Array
    """Shape (units,)."""


@dataclass(frozen=True, slots=True, eq=False)
class LayerTrace:
    """One layer in one step, from the forward pass to the update."""

    function: str
    """The name of the activation or, for the output layer, of the output function."""
    inputs: Array
    """What the layer receives: the network's inputs, or a of the layer before; shape (batch, inputs)."""
    z: Array
    """The weighted sums x W + b; shape (batch, units)."""
    a: Array
    """The activations or, for the output layer, the outputs; shape (batch, units)."""
    delta: Array
    """dL/dz for the loss L of each sample alone; shape (batch, units)."""
    before: Parameters
    """The weights and biases before the step, with which all of the above is computed."""
    gradient: Parameters
    """The gradient of the mean loss over the batch, before penalties and clipping."""
    penalized: Parameters
    """The gradient with the penalties, and 0 for frozen numbers; equal to `gradient` if there is neither."""
    clipped: Parameters
    """The gradient that the optimizer receives; equal to `penalized` if nothing is clipped."""
    buffers: tuple[Parameters, ...]
    """The optimizer's buffers before the step, in the order of `Optimizer.buffers`."""
    new_buffers: tuple[Parameters, ...]
    """The buffers after the step."""
    update: Parameters
    """The change of the weights and biases in the step: `new` minus `before`."""
    new: Parameters
    """The weights and biases after the step."""
    frozen: Parameters
    """1 for each weight and bias that is frozen, which the step does not change; 0 for the others."""
    knocked_out: tuple[int, ...]
    """The knocked-out units. They count as 0 for the next layer, regardless of their `a`."""


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """One training step: a forward pass, the loss, a backward pass and an update on one batch.

    `outputs`, `losses`, `mean_loss`, and what the step changes (each layer's `new`, `update`
    and `new_buffers`) are those of the run. Everything in between is computed again,
    with the same bits.
    """

    config: TrainingConfig
    """The settings of the step."""
    edits: tuple[Edit, ...]
    """The edits of the run so far, the oldest first. The step of an edited run depends on them."""
    sizes: tuple[int, ...]
    """The number of units of each layer: the inputs first, the outputs last."""
    epoch: int
    """The epoch, counted from 0."""
    sample: int
    """The position of the batch's first sample within the epoch, counted from 0."""
    indices: tuple[int, ...]
    """The indices in the training data of the samples in the batch."""
    updates: int
    """The number of this update since the run began, counted from 1; t in the formula of adam."""
    learning_rate: float
    """The learning rate of the epoch, after the schedule."""
    inputs: Array
    """The scaled inputs of the network; shape (batch, inputs)."""
    coordinates: Array
    """The samples in the units of the data; shape (batch, d). The inputs are these, or features of them."""
    targets: Array
    """Shape (batch, outputs); one-hot rows for classes."""
    outputs: Array
    """The network's answers before the step; shape (batch, outputs)."""
    losses: Array
    """The loss of each sample before the step, without penalties; shape (batch,)."""
    mean_loss: float
    """The mean of the losses."""
    new_losses: Array
    """The loss of each sample with the new weights and biases; shape (batch,)."""
    norm: float
    """The L2 norm of the gradient over all layers, with the penalties and without frozen numbers."""
    layers: tuple[LayerTrace, ...]
    """The hidden layers in order, then the output layer."""

    @property
    def new_mean_loss(self) -> float:
        """The mean of the new losses."""
        return mean(self.new_losses)

    @property
    def is_clipped(self) -> bool:
        """Whether the norm is larger than the setting `clip` allows."""
        return 0 < self.config.clip < self.norm

    @property
    def is_penalized(self) -> bool:
        """Whether the gradient has penalties."""
        return self.config.l1 > 0 or self.config.l2 > 0
