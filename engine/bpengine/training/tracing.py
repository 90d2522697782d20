"""Traces: every number of the next step of a run, for teaching and checking. No array can be written to."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bpengine.arithmetic.arrays import Array
from bpengine.arithmetic.sums import weighted_sums
from bpengine.config import TrainingConfig
from bpengine.kernels.regularization import clip, masks, norm_of, penalize, weight_mask
from bpengine.network.losses import LOSSES, mean
from bpengine.network.network import Network, matrices
from bpengine.training.edits import Edit
from bpengine.training.engine import Engine


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
    """What the layer receives: the network's inputs, or a of the layer before times its `mask`; shape (batch,
    inputs)."""
    z: Array
    """The weighted sums x W + b; shape (batch, units)."""
    a: Array
    """The activations or, for the output layer, the outputs; shape (batch, units)."""
    mask: Array
    """The factors of dropout by which a is multiplied before the next layer receives it: 0 for a unit that is
    left out; 1 without dropout and in the output layer; shape (batch, units)."""
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
    """The loss of each sample with the new weights and biases, and with the same masks; shape (batch,)."""
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
    def has_dropout(self) -> bool:
        """Whether hidden units are left out."""
        return self.config.dropout > 0

    @property
    def is_penalized(self) -> bool:
        """Whether the gradient has penalties."""
        return self.config.l1 > 0 or self.config.l2 > 0


def trace_step(run: Engine) -> Trace | None:
    """Return the trace of the next step, or None if the run is finished.

    A copy takes the step: the run itself does not change.

    Raises:
        DivergedError: the run has diverged, in this step or before.
    """
    before, learning_rate, sizes = run.state(), run.learning_rate, run.sizes
    frozen, knocked_out = run.effects.frozen(), run.effects.knocked_out
    copied = copy.deepcopy(run)
    step = copied.step()
    if step is None:
        return None
    after, inputs = copied.state(), run.dataset.inputs[list(step.indices)]
    config = before.config
    loss = LOSSES[config.task]
    targets, outputs = np.array(step.targets), np.array(step.outputs)
    network, network_after = (
        Network(sizes, config.activations, loss, parameters=state.parameters) for state in (before, after)
    )
    with np.errstate(all="ignore"):
        factors = masks(sizes, config, before.epochs_done, np.array(step.indices))
        z, a = zip(*network.passes(inputs, factors), strict=True)
        every = [*(factors or map(np.ones_like, a[:-1])), np.ones_like(a[-1])]
        deltas = _deltas(network, z, a, every, targets)
        layer_inputs, p = [inputs, *map(np.multiply, a[:-1], every)], before.parameters
        gradient = network.mean_gradient(inputs, targets, factors)
        penalized = gradient.copy()
        penalize(penalized, p, weight_mask(sizes), config)
        penalized[frozen] = 0.0
        norm, clipped = norm_of(penalized), penalized.copy()
        clip(clipped, config)
        *_, (_, new_outputs) = network_after.passes(inputs, factors)
        new_losses = loss.value(new_outputs, targets)

    def parts(vector: Array) -> list[Parameters]:
        """The parts of a vector that does not change any more, layer by layer; read-only."""
        return [Parameters(_frozen(matrix[:-1]), _frozen(matrix[-1])) for matrix in matrices(sizes, vector)]

    def of_buffers(buffers: Array) -> list[tuple[Parameters, ...]]:
        """The parts of all buffers, layer by layer."""
        each = [parts(buffer) for buffer in buffers]
        return [tuple(of_layer[layer] for of_layer in each) for layer in range(len(sizes) - 1)]

    layers = zip(
        (*config.activations, loss.output_name),
        layer_inputs,
        z,
        a,
        every,
        deltas,
        parts(p),
        parts(gradient),
        parts(penalized),
        parts(clipped),
        of_buffers(before.buffers),
        of_buffers(after.buffers),
        parts(after.parameters - p),
        parts(after.parameters),
        parts(frozen.astype(np.float64)),
        [tuple(unit for at, unit in knocked_out if at == layer) for layer in range(len(sizes) - 1)],
        strict=True,
    )
    return Trace(
        config=config,
        edits=before.edits,
        sizes=sizes,
        epoch=step.epoch,
        sample=step.sample,
        indices=step.indices,
        updates=before.updates + 1,
        learning_rate=learning_rate,
        inputs=_frozen(inputs),
        coordinates=_frozen(run.dataset.coordinates[list(step.indices)]),
        targets=_frozen(targets),
        outputs=_frozen(outputs),
        losses=_frozen(np.array(step.losses)),
        mean_loss=step.loss,
        new_losses=_frozen(new_losses),
        norm=norm,
        layers=tuple(
            LayerTrace(name, _frozen(x), _frozen(sums), _frozen(values), _frozen(mask), _frozen(delta), *rest)
            for name, x, sums, values, mask, delta, *rest in layers
        ),
    )


def _deltas(
    network: Network, z: Sequence[Array], a: Sequence[Array], mask: Sequence[Array], targets: Array
) -> list[Array]:
    """Return delta = dL/dz of each layer; see `Dense.backward` and `Output.backward`."""
    delta = np.empty_like(a[-1])
    network.loss.delta(a[-1], targets, delta)
    deltas = [delta]
    for number in range(len(network.hidden) - 1, -1, -1):
        slopes = z[number].copy()
        network.hidden[number].activation.function(slopes, np.empty_like(slopes))
        slopes *= mask[number]
        delta = weighted_sums(delta, network.layers[number + 1].weights.T) * slopes
        deltas.insert(0, delta)
    return deltas


def _frozen(array: Array) -> Array:
    """Make the array read-only, and return it."""
    array.flags.writeable = False
    return array
