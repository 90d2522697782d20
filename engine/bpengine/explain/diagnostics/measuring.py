"""Measuring the gradients, updates and activations of each layer, without changing the run."""

from __future__ import annotations

import math

import numpy as np

from bpengine.activations import Saturation
from bpengine.arithmetic.arrays import Array, IntArray
from bpengine.data import Dataset
from bpengine.explain.diagnostics.records import Diagnostics, LayerDiagnostics
from bpengine.explain.diagnostics.updates import measure_updates, norm
from bpengine.losses import constant_error, mean_error
from bpengine.network import Network, matrices
from bpengine.predictions import layer_outputs, network_outputs
from bpengine.trainer import Trainer

MAX_SAMPLES = 1000
"""The most samples to measure with, since the screen waits for the result. Shares of 1000 samples are
accurate to a few percent."""
SAME = 1e-6
"""Units count as equal if no parameter differs by more than this fraction of the largest one. Equal units
differ by less for hundreds of epochs because of rounding; random units start with far larger differences."""

_GOLDEN = (math.sqrt(5) - 1) / 2


def diagnose(
    run: Trainer, *, samples: Dataset | None = None, outputs: tuple[Array, Array | None] | None = None
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
    """
    errors_of = run.dataset if samples is None else samples
    with np.errstate(all="ignore"):
        if outputs is None:
            test = errors_of.test
            of_test = None if test is None else network_outputs(run.network, test.inputs)
            outputs = network_outputs(run.network, errors_of.inputs), of_test
        return _measure(run, errors_of, *outputs)


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
    update_ratio, update_ratios = measure_updates(run, state)
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
                gradient_norm=norm(gradients[index]),
                parameter_norm=norm(layer.parameters),
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
