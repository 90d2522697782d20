"""Measuring the next updates of a run on a copy of its state."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from bpengine.arithmetic.arrays import Array, IntArray
from bpengine.kernels import Problem, State
from bpengine.kernels.numpy_kernel import NumpyKernel
from bpengine.network import Network
from bpengine.run import RunState
from bpengine.trainer import Trainer

MAX_UPDATES = 10
"""The most updates to measure: a mean over several varies less than a single update."""
MAX_WORK = 500_000
"""The most parameters times samples for which updates are measured: the screen waits for the result."""


def measure_updates(run: Trainer, start: RunState) -> tuple[float | None, list[float | None]]:
    """Make the next updates of the epoch on a copy, and compare them with the weights.

    Args:
        run: the run.
        start: its state.

    Returns:
        The root mean square of the changes divided by that of the weights, for all weights and for those of
        each layer. They are None if all these weights are 0, if a batch is too large to be measured in time,
        and if the run has diverged.
    """
    nothing: tuple[float | None, list[float | None]] = (None, [None] * len(run.network.layers))
    config, samples = run.config, len(run.dataset)
    batch = min(config.batch_size or samples, samples)
    count = min(MAX_UPDATES, MAX_WORK // (batch * len(run.network.parameters)))
    if run.divergence is not None or count == 0:
        return nothing
    rows = _next_order(start, samples)[run.samples_done :][: count * batch]
    whole = Problem.of(config, run.sizes, run.dataset)
    inputs, targets = whole.inputs[rows], whole.targets[rows]
    kernel = NumpyKernel(replace(whole, inputs=inputs, targets=targets, test_inputs=None, test_targets=None))
    frozen = np.flatnonzero(run.frozen)
    state = State(start.parameters.copy(), start.buffers.copy(), start.updates, frozen)
    order, losses = np.arange(len(rows)), np.empty(len(rows))
    outputs = np.empty((len(rows), run.network.sizes[-1]))
    path = [state.parameters.copy()]
    for first in range(0, len(rows), batch):
        stop = min(first + batch, len(rows))
        kernel.train(state, config, run.learning_rate, order, first, stop, losses, outputs)
        path.append(state.parameters.copy())
    before, changes = np.array(path[:-1]), np.diff(path, axis=0)
    sizes, steps = _norms(run.network, before), _norms(run.network, changes)
    of_layers = [_ratio(step, size) for step, size in zip(steps, sizes, strict=True)]
    return _ratio(math.hypot(*steps), math.hypot(*sizes)), of_layers


def _next_order(state: RunState, samples: int) -> IntArray:
    """The order of the samples in the epoch in progress or, between epochs, in the next one."""
    if state.samples_done:
        return state.order
    generator = np.random.RandomState(0)
    generator.set_state(state.generator)
    order = np.arange(samples)
    generator.shuffle(order)
    return order


def norm(values: Array) -> float:
    """The L2 norm of all values, computed so that their squares cannot overflow; infinity for NaN."""
    largest = float(np.abs(values).max())
    if largest == 0 or not math.isfinite(largest):
        return 0.0 if largest == 0 else math.inf
    return largest * float(np.sqrt(np.square(values / largest).sum()))


def _norms(network: Network, vectors: Array) -> list[float]:
    """The norm of each layer's weights, without biases, in all vectors together; shape (n, parameters)."""
    ends = np.cumsum([layer.parameters.size for layer in network.layers])
    parts = np.split(vectors, ends[:-1], axis=1)
    return [norm(part[:, : layer.weights.size]) for part, layer in zip(parts, network.layers, strict=True)]


def _ratio(step: float, size: float) -> float | None:
    if size == 0:
        return None
    ratio = step / size
    return ratio if math.isfinite(ratio) else math.inf
