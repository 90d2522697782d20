"""Measuring the gradients, updates and activations of each layer, without changing the run."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from bpengine.activations import Saturation
from bpengine.arithmetic.arrays import Array, IntArray
from bpengine.arithmetic.generators import NumpyGenerator
from bpengine.data import Dataset
from bpengine.explain.diagnostics.records import Diagnostics, LayerDiagnostics
from bpengine.kernels import Problem, State
from bpengine.kernels.numpy_kernel import NumpyKernel
from bpengine.losses import constant_error, mean_error
from bpengine.network import Network, matrices
from bpengine.predictions import layer_outputs, network_outputs
from bpengine.run import RunState
from bpengine.sharpness import Sharpness
from bpengine.trainer import Trainer

MAX_SAMPLES = 1000
"""The most samples to measure with, since the screen waits for the result. Shares of 1000 samples are
accurate to a few percent."""
SAME = 1e-6
"""Units count as equal if no parameter differs by more than this fraction of the largest one. Equal units
differ by less for hundreds of epochs because of rounding; random units start with far larger differences."""
MAX_UPDATES = 10
"""The most updates to measure: a mean over several varies less than a single update."""
MAX_WORK = 500_000
"""The most parameters times samples for which updates are measured: the screen waits for the result."""

_GOLDEN = (math.sqrt(5) - 1) / 2


def diagnose(
    run: Trainer,
    *,
    samples: Dataset | None = None,
    outputs: tuple[Array, Array | None] | None = None,
    sharpness: Sharpness | None = None,
) -> Diagnostics:
    """Measure a run in its current state: its errors, gradients, activations and next updates.

    Neither the run's numbers nor its random generator change.
    If there are more than `MAX_SAMPLES` training samples, gradients and activations are measured with an even
    selection of them, always the same.

    The updates are the next ones of the epoch: they are computed on a copy, with the run's own batches,
    optimizer and settings, and are those that the run will make if no setting changes. At the end of a run,
    they are those that it would make with more epochs.

    Args:
        run: the run.
        samples: the training and test samples whose errors are measured; None for all.
        outputs: what the network computes for these training and test samples, if that is known.
        sharpness: what `Trainer.sharpness` returned, if it was asked, for sentences about it.
    """
    errors_of = run.dataset if samples is None else samples
    with np.errstate(all="ignore"):
        if outputs is None:
            test = errors_of.test
            of_test = None if test is None else network_outputs(run.network, test.inputs)
            outputs = network_outputs(run.network, errors_of.inputs), of_test
        return replace(_measure(run, errors_of, *outputs), sharpness=sharpness)


def _measure(run: Trainer, errors_of: Dataset, answers: Array, test_answers: Array | None) -> Diagnostics:
    chosen = evenly(len(run.dataset), MAX_SAMPLES)
    inputs, targets = run.dataset.inputs[chosen], run.dataset.targets[chosen]
    samples, network = len(inputs), run.network
    activations = layer_outputs(network, inputs)
    gradients = matrices(network.sizes, network.mean_gradient(inputs, targets))
    names = [*network.activations, network.loss.output_name]
    saturations = [*(layer.activation.saturation for layer in network.hidden), None]
    equal = _equal_units(network)
    state = run.run_state()
    update_ratio, update_ratios = _measure_updates(run, state)
    layers: list[LayerDiagnostics] = []
    for index, (layer, a, saturation) in enumerate(
        zip(network.layers, activations, saturations, strict=True)
    ):
        number = index + 1
        saturated = np.zeros_like(a) if saturation is None else saturation.mask(a)
        layers.append(
            LayerDiagnostics(
                number=number,
                name=f"layer {number}" if number < len(names) else "output layer",
                activation=names[index],
                units=a.shape[1],
                gradient_norm=_norm(gradients[index]),
                parameter_norm=_norm(layer.parameters),
                update_ratio=update_ratios[index],
                saturation=float(saturated.mean()),
                off=_units_off(saturation, saturated),
                equal_units=equal[index],
                minimum=_without_nan(a.min()),
                maximum=_without_nan(a.max()),
                mean=_without_nan(a.mean()),
            )
        )
    return Diagnostics(
        config=run.config,
        learning_rate=run.learning_rate,
        updates=state.updates,
        divergence_epoch=None if run.divergence is None else run.divergence.epoch,
        layers=tuple(layers),
        update_ratio=update_ratio,
        samples=samples,
        all_samples=samples == len(run.dataset),
        error=mean_error(network.loss, answers, errors_of.targets),
        test_error=None
        if errors_of.test is None or test_answers is None
        else mean_error(network.loss, test_answers, errors_of.test.targets),
        constant_error=constant_error(network.loss, errors_of.targets),
    )


def evenly(count: int, most: int) -> IntArray:
    """The indices of `count` items, or of `most` of them: one from each of `most` equal parts, in order.

    The position within each part follows multiples of the golden ratio by square numbers, which have no
    period. With equal steps, classes that alternate could be missed.
    """
    if count <= most:
        return np.arange(count)
    edges = np.arange(most + 1) * count // most
    places = np.arange(most) ** 2 * _GOLDEN % 1
    chosen: IntArray = edges[:-1] + (places * np.diff(edges)).astype(np.int64)
    return chosen


def _units_off(saturation: Saturation | None, saturated: Array) -> tuple[int, ...]:
    """The units that are off for every sample, given a mask of the saturated outputs."""
    if saturation is None or not saturation.switches_off:
        return ()
    return tuple(np.flatnonzero(saturated.all(axis=0)).tolist())


def _equal_units(network: Network) -> list[bool]:
    """Whether the units of each layer are equal. Output units never are: each has its own target."""
    equal = []
    for layer, following in zip(network.hidden, network.layers[1:], strict=True):
        units = np.vstack([layer.parameters, following.weights.T])
        spread = np.ptp(units, axis=1).max()
        equal.append(units.shape[1] > 1 and bool(spread <= SAME * np.abs(units).max()))
    return [*equal, False]


def _without_nan(value: float | np.float64) -> float:
    """The number, or infinity for NaN, which only an overflow can cause."""
    return math.inf if math.isnan(value) else float(value)


def _measure_updates(run: Trainer, start: RunState) -> tuple[float | None, list[float | None]]:
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
    kernel = NumpyKernel(whole._replace(inputs=inputs, targets=targets, test_inputs=None, test_targets=None))
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
    order: IntArray = np.empty(samples, dtype=np.int64)
    NumpyGenerator(state.generator).shuffle(order[np.newaxis])
    return order


def _norm(values: Array) -> float:
    """The L2 norm of all values, computed so that their squares cannot overflow; infinity for NaN."""
    largest = float(np.abs(values).max())
    if largest == 0 or not math.isfinite(largest):
        return 0.0 if largest == 0 else math.inf
    return largest * float(np.sqrt(np.square(values / largest).sum()))


def _norms(network: Network, vectors: Array) -> list[float]:
    """The norm of each layer's weights, without biases, in all vectors together; shape (n, parameters)."""
    ends = np.cumsum([layer.parameters.size for layer in network.layers])
    parts = np.split(vectors, ends[:-1], axis=1)
    return [_norm(part[:, : layer.weights.size]) for part, layer in zip(parts, network.layers, strict=True)]


def _ratio(step: float, size: float) -> float | None:
    if size == 0:
        return None
    ratio = step / size
    return ratio if math.isfinite(ratio) else math.inf
