"""Measuring the gradients, updates and activations of each layer, without changing the run."""

from __future__ import annotations

import math

import numpy as np

from bpengine.activations import Saturation
from bpengine.arrays import Array, IntArray
from bpengine.config import TrainingConfig
from bpengine.diagnostics.records import Diagnostics, LayerDiagnostics
from bpengine.layers import Layer
from bpengine.losses import Loss
from bpengine.network import Network
from bpengine.optimizers import OPTIMIZERS
from bpengine.run import Run

MAX_SAMPLES = 1000
"""The most samples to measure with. The screen waits for the result, and shares of 1000 samples are accurate
to a few percent."""
SAME = 1e-6
"""Units count as equal if no parameter differs by more than this part of the largest one. Rounding makes
equal units differ by less for hundreds of epochs, and random units start with far larger differences."""

_GOLDEN = (math.sqrt(5) - 1) / 2


def diagnose(run: Run) -> Diagnostics:
    """Measure a run at its present state, by one forward and one backward pass.

    The passes use a network of their own with the run's parameters, so that neither the run's numbers nor its
    random generator change. If there are more than `MAX_SAMPLES` training samples, an even selection of them
    is used, always the same.
    """
    chosen = evenly(len(run.dataset), MAX_SAMPLES)
    with np.errstate(all="ignore"):
        return _measure(run, run.dataset.inputs[chosen], run.dataset.targets[chosen])


def _measure(run: Run, inputs: Array, targets: Array) -> Diagnostics:
    samples = len(inputs)
    network = run.network.for_batches_of(samples)
    with_ones = np.column_stack([inputs, np.ones(samples)])
    outputs = np.empty_like(targets)
    network.forward(with_ones, outputs)
    network.backward(with_ones.T, outputs, targets)
    network.gradient /= samples
    names = [*network.activations, network.loss.output_name]
    activations = [*(layer.activations[:, :-1] for layer in network.hidden), outputs]
    saturations = [*(layer.activation.saturation for layer in network.hidden), None]
    equal = _equal_units(network)
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
                gradient_norm=_norm(layer.gradient),
                parameter_norm=_norm(layer.parameters),
                update_log10=_update_log10(layer, run.config, run.learning_rate),
                saturation=float(saturated.mean()),
                dead=_dead_units(saturation, saturated),
                equal_units=equal[index],
                minimum=_without_nan(a.min()),
                maximum=_without_nan(a.max()),
                mean=_without_nan(a.mean()),
            )
        )
    return Diagnostics(
        config=run.config,
        learning_rate=run.learning_rate,
        epochs_done=run.epochs_done,
        layers=tuple(layers),
        samples=samples,
        error=_without_nan(network.loss.value(outputs, targets).mean()),
        constant_error=_without_nan(_constant_error(network.loss, targets)),
    )


def evenly(count: int, most: int) -> IntArray:
    """The indices of `count` items, or of `most` of them: one from each of `most` equal parts, in order.

    The place within each part follows the multiples of the golden ratio by square numbers, which have no
    period. Equal steps might miss classes that alternate.
    """
    if count <= most:
        return np.arange(count)
    edges = np.arange(most + 1) * count // most
    places = np.arange(most) ** 2 * _GOLDEN % 1
    chosen: IntArray = edges[:-1] + (places * np.diff(edges)).astype(np.int64)
    return chosen


def _update_log10(layer: Layer, config: TrainingConfig, learning_rate: float) -> float | None:
    weights = layer.parameters[:-1]
    optimizer, gradient = OPTIMIZERS[config.optimizer], _norm(layer.gradient[:-1])
    update = learning_rate * optimizer.steady_update(gradient, weights.size, config)
    data = _norm(weights)
    if data == 0 or update == 0:
        return None
    # Both have the same number of elements, so that the ratio of norms is that of root mean squares.
    return math.log10(update) - math.log10(data)


def _dead_units(saturation: Saturation | None, saturated: Array) -> tuple[int, ...]:
    """The units that are switched off for every sample, given 1 for each saturated output."""
    if saturation is None or not saturation.switches_off:
        return ()
    return tuple(np.flatnonzero(saturated.all(axis=0)).tolist())


def _equal_units(network: Network) -> list[bool]:
    """Whether the units of each layer are equal. Output units never are, since each has its own target."""
    equal = []
    for layer, following in zip(network.hidden, network.layers[1:], strict=True):
        units = np.vstack([layer.parameters, following.weights.T])
        spread = np.ptp(units, axis=1).max()
        equal.append(units.shape[1] > 1 and bool(spread <= SAME * np.abs(units).max()))
    return [*equal, False]


def _constant_error(loss: Loss, targets: Array) -> float:
    # The mean is the best constant for either loss: the mean of one-hot rows holds the shares of the classes.
    constant = np.broadcast_to(targets.mean(axis=0), targets.shape)
    return float(loss.value(constant, targets).mean())


def _norm(values: Array) -> float:
    """The L2 norm of all values, computed so that their squares cannot overflow."""
    largest = _without_nan(np.abs(values).max())
    if largest == 0 or math.isinf(largest):
        return largest
    return _without_nan(largest * np.sqrt(np.square(values / largest).sum()))


def _without_nan(value: float | np.float64) -> float:
    """The number, or infinity for NaN, which only an overflow can cause."""
    return math.inf if math.isnan(value) else float(value)
