"""Gradients, updates and activations of each layer, measured without a touch to the run."""

from __future__ import annotations

import math

import numpy as np

from bpengine.arrays import Array, IntArray
from bpengine.config import TrainingConfig
from bpengine.diagnostics.records import Diagnostics, LayerDiagnostics
from bpengine.layers import Layer
from bpengine.losses import Loss
from bpengine.network import Network
from bpengine.run import Run

MAX_SAMPLES = 1000
"""How many represent a larger data set: a screen waits for the answer, and a share of so many is good to a
few per cent."""
SATURATED_SIGMOID = (0.03, 0.97)
"""Outside of these the slope a (1 - a) is below 0.03, an eighth of what it is in the middle."""
SATURATED_TANH = 0.97
"""Beyond it on either side the slope 1 - a^2 is below 0.06, a sixteenth of what it is in the middle; the
figure of Karpathy's lectures."""
SAME = 1e-6
"""Units are equal if no parameter differs by more than this part of the largest: roundings part equal units
by less for hundreds of epochs, and random ones start with far more."""

_GOLDEN = (math.sqrt(5) - 1) / 2


def diagnose(run: Run) -> Diagnostics:
    """Measure a run where it stands, by one pass forwards and one back through a network of its own.

    The run isn't changed: neither its numbers nor what its generator gives next. A data set of more than
    `MAX_SAMPLES` training samples is represented by so many, chosen evenly and always the same.
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
    layers = network.layers
    names = [*network.activations, "identity" if run.config.task == "regression" else "softmax"]
    activations = [*(layer.activations[:, :-1] for layer in network.hidden), outputs]
    equal = _equal_units(network)
    return Diagnostics(
        config=run.config,
        learning_rate=run.learning_rate,
        epochs_done=run.epochs_done,
        layers=tuple(
            LayerDiagnostics(
                number=number,
                name=f"layer {number}" if number < len(layers) else "output layer",
                activation=name,
                units=a.shape[1],
                gradient_norm=_norm(layer.gradient),
                parameter_norm=_norm(layer.parameters),
                update_log10=_update_log10(layer, run.config, run.learning_rate),
                saturation=float(_saturated(name, a).mean()),
                dead=_dead(name, a),
                equal_units=equal[number - 1],
                minimum=_told(a.min()),
                maximum=_told(a.max()),
                mean=_told(a.mean()),
            )
            for number, (layer, name, a) in enumerate(zip(layers, names, activations, strict=True), start=1)
        ),
        samples=samples,
        error=_told(network.loss.value(outputs, targets).mean()),
        constant_error=_told(_constant_error(network.loss, targets)),
    )


def evenly(count: int, most: int) -> IntArray:
    """Indices of `count` items, or of `most` of them: one from each of as many equal parts, in order.

    Where in its part each lies goes by the squares' multiples of the golden ratio, which have no rhythm:
    equal steps may miss classes that take turns.
    """
    if count <= most:
        return np.arange(count)
    edges = np.arange(most + 1) * count // most
    places = np.arange(most) ** 2 * _GOLDEN % 1
    chosen: IntArray = edges[:-1] + (places * np.diff(edges)).astype(np.int64)
    return chosen


def _update_log10(layer: Layer, config: TrainingConfig, learning_rate: float) -> float | None:
    weights, slope = layer.parameters[:-1], _norm(layer.gradient[:-1])
    match config.optimizer:
        case "rmsprop" | "adam":
            update = learning_rate * math.sqrt(weights.size) if slope > 0 else 0.0
        case "momentum" | "nesterov":
            update = learning_rate * slope / (1 - config.momentum)
        case _:
            update = learning_rate * slope
    data = _norm(weights)
    if data == 0 or update == 0:
        return None
    # Both have as many elements, so that norms are to each other as root mean squares.
    return math.log10(update) - math.log10(data)


def _saturated(name: str, activations: Array) -> Array:
    """1 for each that is; shape (samples, units)."""
    saturated: object = np.zeros(activations.shape, dtype=np.bool)
    if name == "sigmoid":
        low, high = SATURATED_SIGMOID
        saturated = (activations < low) | (activations > high)
    elif name == "tanh":
        saturated = np.abs(activations) > SATURATED_TANH
    elif name in ("relu", "leaky-relu"):
        saturated = activations <= 0
    return np.asarray(saturated, dtype=np.float64)


def _dead(name: str, activations: Array) -> tuple[int, ...]:
    if name not in ("relu", "leaky-relu"):
        return ()
    return tuple(np.flatnonzero((activations <= 0).all(axis=0)).tolist())


def _equal_units(network: Network) -> list[bool]:
    """Of each layer; those of the output never are, since each has a target of its own."""
    equal = []
    for layer, following in zip(network.hidden, network.layers[1:], strict=True):
        units = np.vstack([layer.parameters, following.weights.T])
        spread = np.ptp(units, axis=1).max()
        equal.append(units.shape[1] > 1 and bool(spread <= SAME * np.abs(units).max()))
    return [*equal, False]


def _constant_error(loss: Loss, targets: Array) -> float:
    # The mean is the best constant for either loss: of one-hot rows it holds the shares of the classes.
    constant = np.broadcast_to(targets.mean(axis=0), targets.shape)
    return float(loss.value(constant, targets).mean())


def _norm(values: Array) -> float:
    """Length of the vector of all values, without an overflow of their squares."""
    largest = _told(np.abs(values).max())
    if largest == 0 or math.isinf(largest):
        return largest
    return _told(largest * np.sqrt(np.square(values / largest).sum()))


def _told(value: float | np.float64) -> float:
    """As a number that can be told: infinity for NaN, which only an overflow leads to."""
    return math.inf if math.isnan(value) else float(value)
