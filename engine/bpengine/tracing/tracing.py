"""Tracing a step: its passes are computed again, in the same order, and every number is kept."""

from __future__ import annotations

import copy
from collections.abc import Sequence

import numpy as np

from bpengine.arithmetic.arrays import Array
from bpengine.arithmetic.sums import weighted_sums
from bpengine.engine import Engine
from bpengine.losses import LOSSES
from bpengine.network import Network, matrices
from bpengine.penalties import clip, norm_of, penalize, weights_of
from bpengine.tracing.records import LayerTrace, Parameters, Trace


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
        z, a = zip(*network.passes(inputs), strict=True)
        deltas = _deltas(network, z, a, targets)
        layer_inputs, p = [inputs, *a[:-1]], before.parameters
        gradient = network.mean_gradient(inputs, targets)
        penalized = gradient.copy()
        penalize(penalized, p, weights_of(sizes), config)
        penalized[frozen] = 0.0
        norm, clipped = norm_of(penalized), penalized.copy()
        clip(clipped, config)
        new_losses = loss.value(network_after.predict(inputs), targets)

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
            LayerTrace(name, _frozen(x), _frozen(sums), _frozen(values), _frozen(delta), *rest)
            for name, x, sums, values, delta, *rest in layers
        ),
    )


def _deltas(network: Network, z: Sequence[Array], a: Sequence[Array], targets: Array) -> list[Array]:
    """Return delta = dL/dz of each layer; see `Dense.backward` and `Output.backward`."""
    delta = np.empty_like(a[-1])
    network.loss.delta(a[-1], targets, delta)
    deltas = [delta]
    for number in range(len(network.hidden) - 1, -1, -1):
        slopes = z[number].copy()
        network.hidden[number].activation.function(slopes, np.empty_like(slopes))
        delta = weighted_sums(delta, network.layers[number + 1].weights.T) * slopes
        deltas.insert(0, delta)
    return deltas


def _frozen(array: Array) -> Array:
    """Make the array read-only, and return it."""
    array.flags.writeable = False
    return array
