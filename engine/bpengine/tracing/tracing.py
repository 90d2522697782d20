"""Tracing a step: its passes are computed again, with NumPy, and every number is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from bpengine.activations import ACTIVATIONS
from bpengine.arrays import Array, constant_zeros, same_bits
from bpengine.editable_run import EditableRun
from bpengine.losses import LOSSES
from bpengine.network import matrices
from bpengine.optimizers import OPTIMIZERS, State
from bpengine.records import StepRecord
from bpengine.run_state import RunState
from bpengine.tasks import Task
from bpengine.tracing.records import LayerTrace, Parameters, Trace

_BLOCK = 2**16


def trace_step(run: EditableRun, take_step: Callable[[], StepRecord | None]) -> Trace | None:
    """Let a run take its next step, and return the trace of the step, or None if the run is finished.

    Args:
        run: the run, which changes.
        take_step: takes the step, and returns its record or, if the run is finished, None.

    Raises:
        DivergedError: the run has diverged, in this step or before.
    """
    before, learning_rate, sizes = run.run_state(), run.learning_rate, run.network.sizes
    frozen, knocked_out = run.frozen, run.knocked_out
    step = take_step()
    if step is None:
        return None
    after, inputs = run.run_state(), run.dataset.inputs[list(step.indices)]
    config = before.config
    loss, buffers = LOSSES[config.task], OPTIMIZERS[config.optimizer].buffers
    targets, outputs = np.array(step.targets), np.array(step.outputs)
    with np.errstate(all="ignore"):
        z, a = forward(config.activations, config.task, matrices(sizes, before.parameters), inputs)
        deltas = _backward(config.activations, matrices(sizes, before.parameters), z, a, targets, config.task)
        layer_inputs = [inputs, *a[:-1]]
        p = before.parameters
        gradient = np.empty(len(p))
        for x, delta, matrix in zip(layer_inputs, deltas, matrices(sizes, gradient), strict=True):
            _set_gradient(x, delta, matrix)
        penalized = _penalized(gradient, before, sizes, frozen)
        norm = float(np.sqrt(np.dot(penalized, penalized)))
        clipped = penalized * (config.clip / norm) if 0 < config.clip < norm else penalized
        disagreement = _disagreement(before, clipped, after, frozen, learning_rate)
        _, answers = forward(config.activations, config.task, matrices(sizes, after.parameters), inputs)
        new_losses = loss.value(answers[-1], targets)

    def parts(vector: Array) -> list[Parameters]:
        """The parts of a vector that does not change any more, layer by layer; read-only."""
        return [Parameters(_frozen(each[:-1]), _frozen(each[-1])) for each in matrices(sizes, vector)]

    def buffer(name: str, vector: Array) -> list[Parameters] | list[None]:
        """The parts of a buffer, or None for each layer if the optimizer does not use it."""
        return parts(vector) if name in buffers else [None] * (len(sizes) - 1)

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
        buffer("first_moment", before.first_moment),
        buffer("second_moment", before.second_moment),
        buffer("first_moment", after.first_moment),
        buffer("second_moment", after.second_moment),
        parts(after.parameters - p),
        parts(after.parameters),
        parts(frozen.astype(np.float64) if frozen.any() else constant_zeros(len(frozen))),
        [tuple(unit for at, unit in knocked_out if at == layer) for layer in range(len(sizes) - 1)],
        strict=True,
    )
    return Trace(
        config=config,
        edits=before.edits,
        kernel=run.kernel.name,
        sizes=sizes,
        epoch=step.epoch,
        sample=step.sample,
        indices=step.indices,
        updates=before.updates + 1,
        learning_rate=learning_rate,
        inputs=_frozen(inputs),
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
        disagreement=max(disagreement, _difference(a[-1], outputs)),
    )


def forward(
    activations: Sequence[str], task: Task, layers: Sequence[Array], inputs: Array
) -> tuple[list[Array], list[Array]]:
    """Return z and a of each layer, the output layer last; shape (batch, units) each.

    Args:
        activations: the name of each hidden layer's activation.
        task: decides the output function.
        layers: W with b as the last row of each layer; shape (inputs + 1, units).
        inputs: x; shape (batch, inputs).
    """
    z, a = [], []
    x = inputs
    for layer, matrix in enumerate(layers):
        z.append(x @ matrix[:-1] + matrix[-1])
        if layer < len(activations):
            x = np.empty_like(z[-1])
            ACTIVATIONS[activations[layer]].function(z[-1].copy(), x)
        else:
            x = z[-1].copy()
            LOSSES[task].output(x)
        a.append(x)
    return z, a


def _backward(
    activations: Sequence[str],
    layers: Sequence[Array],
    z: Sequence[Array],
    a: Sequence[Array],
    targets: Array,
    task: Task,
) -> list[Array]:
    """Return delta = dL/dz of each layer; see `Dense.backward` and `Output.backward`."""
    delta = np.empty_like(a[-1])
    LOSSES[task].delta(a[-1], targets, delta)
    deltas = [delta]
    for layer in range(len(activations) - 1, -1, -1):
        activation = ACTIVATIONS[activations[layer]]
        scratch = z[layer].copy()
        activation.function(scratch, np.empty_like(scratch))
        delta = delta @ layers[layer + 1][:-1].T
        activation.multiply_by_derivative(a[layer], delta, scratch)
        deltas.insert(0, delta)
    return deltas


def _set_gradient(inputs: Array, delta: Array, gradient: Array) -> None:
    """Set dL/dW of the mean loss over the batch, with dL/db as the last row; shape (inputs + 1, units)."""
    with_ones = np.column_stack([inputs, np.ones(len(inputs))])
    np.matmul(with_ones.T, delta, out=gradient)
    np.divide(gradient, len(inputs), out=gradient)


def _blocks(count: int) -> Iterator[slice]:
    """The indices of so many numbers, in parts that stay in the processor's cache."""
    return (slice(start, start + _BLOCK) for start in range(0, count, _BLOCK))


def _penalized(gradient: Array, before: RunState, sizes: tuple[int, ...], frozen: NDArray[np.bool_]) -> Array:
    """The gradient with the penalties, and 0 for what is frozen; the same array if no number changes."""
    l1, l2 = before.config.l1, before.config.l2
    penalized = gradient
    is_bias = np.zeros(len(gradient), dtype=np.bool_)
    for matrix in matrices(sizes, is_bias):
        matrix[-1] = True
    for block in _blocks(len(gradient)):
        p = before.parameters[block]
        changed = gradient[block] + (l2 * p + l1 * np.sign(p)) * np.where(is_bias[block], 0.0, 1.0)
        changed[frozen[block]] = 0.0
        if penalized is gradient and not same_bits(changed, gradient[block]):
            penalized = gradient.copy()
        if penalized is not gradient:
            penalized[block] = changed
    return penalized


def _disagreement(
    before: RunState, gradient: Array, after: RunState, frozen: NDArray[np.bool_], learning_rate: float
) -> float:
    """The largest difference between an update that NumPy derives and that of the kernel.

    It is relative to the largest number of its kind; see `Trace.disagreement`.
    """
    optimizer = OPTIMIZERS[before.config.optimizer]
    names = ("parameters", *optimizer.buffers)
    differences, largest = dict.fromkeys(names, 0.0), dict.fromkeys(names, 0.0)
    for block in _blocks(len(gradient)):
        p, m, s = before.parameters[block], before.first_moment[block], before.second_moment[block]
        derived, scratch = State(p.copy(), m.copy(), s.copy(), before.updates), np.empty(len(p))
        optimizer.update(derived, gradient[block].copy(), scratch, before.config, np.array(learning_rate))
        for array, kept in zip(derived.arrays, (p, m, s), strict=True):
            array[frozen[block]] = kept[frozen[block]]
        for name in names:
            computed: Array = getattr(after, name)[block]
            difference = np.abs(getattr(derived, name) - computed).max()
            differences[name] = float(np.maximum(differences[name], difference))
            largest[name] = float(np.maximum(largest[name], np.abs(computed).max()))
    return max(_relative(differences[name], largest[name]) for name in names)


def _frozen(array: Array) -> Array:
    """Make the array read-only, and return it."""
    array.flags.writeable = False
    return array


def _difference(derived: Array, computed: Array) -> float:
    """The largest difference, relative to the largest number."""
    return _relative(float(np.abs(derived - computed).max()), float(np.abs(computed).max()))


def _relative(difference: float, largest: float) -> float:
    return difference / largest if largest > 0 else difference
