"""Tracing a step: its passes are computed again, in the same order, and every number is kept."""

from __future__ import annotations

import copy
from collections.abc import Sequence

import numpy as np

from bpengine.activations import ACTIVATIONS
from bpengine.arithmetic.arrays import Array
from bpengine.arithmetic.sums import weighted_sums
from bpengine.choices import Task
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
    network = Network(sizes, config.activations, loss, parameters=before.parameters.copy())
    with np.errstate(all="ignore"):
        p = before.parameters
        z, a, slopes = forward(config.activations, config.task, matrices(sizes, p), inputs)
        deltas = _backward(config.task, matrices(sizes, p), slopes, a[-1], targets)
        layer_inputs = [inputs, *a[:-1]]
        gradient = network.mean_gradient(inputs, targets)
        penalized = gradient.copy()
        penalize(penalized, p, weights_of(sizes), config.l1, config.l2)
        penalized[frozen] = 0.0
        norm, clipped = norm_of(penalized), penalized.copy()
        clip(clipped, config.clip)
        answers = forward(config.activations, config.task, matrices(sizes, after.parameters), inputs)[1]
        new_losses = loss.value(answers[-1], targets)

    def parts(vector: Array) -> list[Parameters]:
        """The parts of a vector that does not change any more, layer by layer; read-only."""
        return [Parameters(_frozen(each[:-1]), _frozen(each[-1])) for each in matrices(sizes, vector)]

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


def forward(
    activations: Sequence[str], task: Task, layers: Sequence[Array], inputs: Array
) -> tuple[list[Array], list[Array], list[Array]]:
    """Return z and a of each layer, the output layer last, and f'(z) of each hidden layer.

    Each has the shape (batch, units).

    Args:
        activations: the name of each hidden layer's activation.
        task: decides the output function.
        layers: W with b as the last row of each layer; shape (inputs + 1, units).
        inputs: x; shape (batch, inputs).
    """
    functions = [*(ACTIVATIONS[name].function for name in activations), LOSSES[task].output]
    z, a, slopes = list[Array](), [inputs], list[Array]()
    for function, matrix in zip(functions, layers, strict=True):
        z.append(weighted_sums(a[-1], matrix[:-1], matrix[-1]))
        slopes.append(z[-1].copy())
        a.append(np.empty_like(z[-1]))
        function(slopes[-1], a[-1])
    return z, a[1:], slopes[:-1]


def _backward(
    task: Task, layers: Sequence[Array], slopes: Sequence[Array], outputs: Array, targets: Array
) -> list[Array]:
    """Return delta = dL/dz of each layer; see `Dense.backward` and `Output.backward`."""
    delta = np.empty_like(outputs)
    LOSSES[task].delta(outputs, targets, delta)
    deltas = [delta]
    for slope, following in zip(reversed(slopes), reversed(layers), strict=False):
        deltas.insert(0, weighted_sums(deltas[0], following[:-1].T) * slope)
    return deltas


def _frozen(array: Array) -> Array:
    """Make the array read-only, and return it."""
    array.flags.writeable = False
    return array
