"""Measuring the gradients, updates and activations of each layer, without changing the run."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from bpengine.arithmetic.arrays import Array, IntArray
from bpengine.arithmetic.generators import NumpyGenerator
from bpengine.config import TrainingConfig
from bpengine.data import Dataset
from bpengine.kernels import EpochArrays, KernelProblem, OptimizerState
from bpengine.kernels.numpy_kernel import NumpyKernel
from bpengine.network.activations import Saturation
from bpengine.network.losses import constant_error, mean_error
from bpengine.network.network import Network, matrices
from bpengine.training.predictions import layer_outputs, network_outputs
from bpengine.training.run import RunState
from bpengine.training.sharpness import Sharpness
from bpengine.training.trainer import Trainer
from bpwords import Sentence, word


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerDiagnostics:
    """The figures of one layer."""

    number: int
    """The number of the layer, counted from 1; the output layer is the last."""
    name: str
    """layer 1, layer 2, ..., output layer."""
    activation: str
    """The name of its activation or, for the output layer, of its output function."""
    units: int
    """The number of its units."""
    gradient_norm: float
    """The L2 norm of dL/d(weights and biases), where L is the mean loss of the samples, without penalties."""
    update_ratio: float | None
    """The size of an update relative to that of the weights, without biases: the root mean square of the
    changes in the next updates of the epoch, divided by that of the weights (see `diagnose`). After
    A. Karpathy, Neural Networks: Zero to Hero, makemore, part 3 (2022), who uses standard deviations. None if
    it was not measured or all weights are 0."""
    saturation: float
    """The share of saturated outputs among those of all samples and units, 0 to 1 (see
    `Activation.saturation`). About a half is usual for activations that switch off, such as relu; 0 for the
    output layer."""
    off: tuple[int, ...]
    """The units that are switched off for every sample that was used, counted from 0."""
    equal_units: bool
    """Whether there are several units, all exactly equal; see `Diagnosis.equal_units`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostics:
    """The figures of all layers at one point of a run."""

    config: TrainingConfig
    """The current settings."""
    learning_rate: float
    """The learning rate of the epoch in progress, by the schedule."""
    updates: int
    """The number of updates so far."""
    divergence_epoch: int | None
    """The epoch in which the run diverged, or None."""
    layers: tuple[LayerDiagnostics, ...]
    """The hidden layers and, last, the output layer."""
    update_ratio: float | None
    """The same as that of a layer, for the weights of all layers together."""
    samples: int
    """The number of training samples that gradients and activations were measured with."""
    all_samples: bool
    """Whether these are all training samples."""
    error: float
    """The mean loss of the current weights over all training samples, or those given to the `Diagnosis`."""
    test_error: float | None
    """The same over the test samples; None if there are none."""
    constant_error: float
    """The lowest error of a constant output, which needs no inputs."""
    sharpness: Sharpness | None = None
    """What `Trainer.sharpness` has measured; None if it was not measured."""

    @property
    def hidden(self) -> tuple[LayerDiagnostics, ...]:
        """The hidden layers."""
        return self.layers[:-1]

    @property
    def output(self) -> LayerDiagnostics:
        """The output layer."""
        return self.layers[-1]


MAX_SAMPLES = 1000
"""The most samples to measure with, since the screen waits for the result. Shares of 1000 samples are
accurate to a few percent."""
MAX_UPDATES = 10
"""The most updates to measure: a mean over several varies less than a single update."""
MAX_WORK = 500_000
"""The most parameters times samples for which updates are measured: the screen waits for the result."""

_GOLDEN = (math.sqrt(5) - 1) / 2


class Diagnosis:
    """The diagnosis of a run at the moment at which this is made, measured when it is first read.

    What the run trains later does not change it. It holds the state of the run, but for the arrays that are
    as long as the data: snapshots of the run may be kept for long.

    Args:
        run: the run.
        errors_of: the training and test samples whose errors are measured.
        answers: what the network computes for these training samples.
        test_answers: the same for the test samples; None without these.
    """

    def __init__(self, run: Trainer, errors_of: Dataset, answers: Array, test_answers: Array | None) -> None:
        state, self._dataset = run.run_state(), run.dataset
        most = MAX_WORK // len(state.parameters)
        self._next = state.order[state.samples_done :][:most].copy() if state.samples_done else None
        self._run = replace(state, order=state.order[:0].copy(), losses=state.losses[:0].copy())
        self._activations, self._loss = run.network.activations, run.network.loss
        self._errors_of, self._answers, self._test_answers = errors_of, answers, test_answers

    @property
    def has_diverged(self) -> bool:
        """Whether the run has diverged."""
        return self._run.divergence is not None

    @cached_property
    def error(self) -> float:
        """See `Diagnostics.error`."""
        with np.errstate(all="ignore"):
            return mean_error(self._loss, self._answers, self._errors_of.targets)

    @cached_property
    def constant_error(self) -> float:
        """See `Diagnostics.constant_error`."""
        with np.errstate(all="ignore"):
            return constant_error(self._loss, self._errors_of.targets)

    @cached_property
    def equal_units(self) -> list[bool]:
        """Whether the units of each layer are equal in all that decides how they learn.

        That is their weights in and out, their biases, the optimizer's memory of these, and which of them are
        frozen. Such units stay equal to the last bit without dropout; almost equal ones
        grow apart. Output units never are
        equal: each has its own target.
        """
        run = self._run
        parts = [
            matrices(run.sizes, values) for values in (run.parameters, *run.buffers, run.effects.frozen())
        ]
        equal = []
        for number in range(len(run.sizes) - 2):
            units = np.vstack([rows for part in parts for rows in (part[number], part[number + 1][:-1].T)])
            equal.append(units.shape[1] > 1 and bool((units == units[:, :1]).all()))
        return [*equal, False]

    @cached_property
    def diagnostics(self) -> Diagnostics:
        """All figures, but for the sharpness."""
        with np.errstate(all="ignore"):
            return self._measured()

    def _measured(self) -> Diagnostics:
        run, errors_of = self._run, self._errors_of
        chosen = evenly(len(self._dataset), MAX_SAMPLES)
        inputs, targets = self._dataset.inputs[chosen], self._dataset.targets[chosen]
        parameters = run.parameters.copy()  # compiled code takes no read-only array
        network = Network(run.sizes, self._activations, self._loss, parameters=parameters)
        samples, rate = len(inputs), float(run.config.learning_rates(run.epochs_done, 1)[0])
        activations = layer_outputs(network, inputs)
        gradients = matrices(network.sizes, network.mean_gradient(inputs, targets))
        names = [*network.activations, network.loss.output_name]
        saturations = [*(layer.activation.saturation for layer in network.hidden), None]
        update_ratio, update_ratios = _measure_updates(run, self._dataset, self._next, network, rate)
        layers: list[LayerDiagnostics] = []
        for index, (a, saturation) in enumerate(zip(activations, saturations, strict=True)):
            number = index + 1
            saturated = np.zeros_like(a) if saturation is None else saturation.mask(a)
            layers.append(
                LayerDiagnostics(
                    number=number,
                    name=Sentence("layer {layer}")(layer=number)
                    if number < len(names)
                    else word("output layer"),
                    activation=names[index],
                    units=a.shape[1],
                    gradient_norm=_norm(gradients[index]),
                    update_ratio=update_ratios[index],
                    saturation=float(saturated.mean()),
                    off=_units_off(saturation, saturated),
                    equal_units=self.equal_units[index],
                )
            )
        return Diagnostics(
            config=run.config,
            learning_rate=rate,
            updates=run.updates,
            divergence_epoch=None if run.divergence is None else run.divergence.epoch,
            layers=tuple(layers),
            update_ratio=update_ratio,
            samples=samples,
            all_samples=samples == len(self._dataset),
            error=self.error,
            test_error=None
            if errors_of.test is None or self._test_answers is None
            else mean_error(network.loss, self._test_answers, errors_of.test.targets),
            constant_error=self.constant_error,
        )


def diagnose(run: Trainer, *, sharpness: Sharpness | None = None) -> Diagnostics:
    """Measure a run in its current state: its errors, gradients, activations and next updates.

    Neither the run's numbers nor its random generator change.
    If there are more than `MAX_SAMPLES` training samples, gradients and activations are measured with an even
    selection of them, always the same.

    The updates are the next ones of the epoch: they are computed on a copy, with the run's own batches,
    optimizer and settings, and are those that the run will make if no setting changes. At the end of a run,
    they are those that it would make with more epochs.

    Args:
        run: the run.
        sharpness: what `Trainer.sharpness` returned, if it was asked, for sentences about it.
    """
    test = run.dataset.test
    answers = network_outputs(run.network, run.dataset.inputs)
    test_answers = None if test is None else network_outputs(run.network, test.inputs)
    diagnostics = Diagnosis(run, run.dataset, answers, test_answers).diagnostics
    return replace(diagnostics, sharpness=sharpness)


def evenly(count: int, most: int) -> IntArray:
    """The indices of `count` items, or of `most` of them: one from each of `most` equal parts, in order.

    The position within each part follows multiples of the golden ratio by square numbers, which have no
    period. With equal steps, classes that alternate could be missed.
    """
    if count <= most:
        return np.arange(count)
    edges = np.arange(most + 1) * count // most
    places = np.arange(most) ** 2 * _GOLDEN % 1
    return edges[:-1] + (places * np.diff(edges)).astype(np.int64)


def _units_off(saturation: Saturation | None, saturated: Array) -> tuple[int, ...]:
    """The units that are off for every sample, given a mask of the saturated outputs."""
    if saturation is None or not saturation.switches_off:
        return ()
    return tuple(np.flatnonzero(saturated.all(axis=0)).tolist())


def _measure_updates(
    run: RunState, dataset: Dataset, following: IntArray | None, network: Network, rate: float
) -> tuple[float | None, list[float | None]]:
    """Make the next updates of the epoch on a copy, and compare them with the weights.

    Args:
        run: the run.
        dataset: its training samples.
        following: the next ones in the epoch in progress; None between epochs.
        network: its network.
        rate: its learning rate.

    Returns:
        The root mean square of the changes divided by that of the weights, for all weights and for those of
        each layer. They are None if all these weights are 0, if a batch is too large to be measured in time,
        and if the run has diverged.
    """
    nothing: tuple[float | None, list[float | None]] = (None, [None] * len(network.layers))
    config, samples = run.config, len(dataset)
    batch = min(config.batch_size or samples, samples)
    count = min(MAX_UPDATES, MAX_WORK // (batch * len(run.parameters)))
    if run.divergence is not None or count == 0:
        return nothing
    rows = (_next_order(run, samples) if following is None else following)[: count * batch]
    problem = KernelProblem.of(config, run.sizes, replace(dataset, test=None))
    kernel, arrays = NumpyKernel(problem), EpochArrays.of(problem)
    frozen = np.flatnonzero(run.effects.frozen())
    state = OptimizerState(run.parameters.copy(), run.buffers.copy(), run.updates, frozen)
    begin, end = run.samples_done, run.samples_done + len(rows)
    arrays.orders[0, begin:end] = rows  # at their places in the epoch, where the run will have them
    path = [state.parameters.copy()]
    for first in range(begin, end, batch):
        part = first, min(first + batch, end)
        kernel.train(state, config, np.array([rate]), arrays, part, run.epochs_done)
        path.append(state.parameters.copy())
    before, changes = np.array(path[:-1]), np.diff(path, axis=0)
    sizes, steps = _norms(network, before), _norms(network, changes)
    of_layers = [_ratio(step, size) for step, size in zip(steps, sizes, strict=True)]
    return _ratio(math.hypot(*steps), math.hypot(*sizes)), of_layers


def _next_order(state: RunState, samples: int) -> IntArray:
    """The order of the samples in the next epoch."""
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
