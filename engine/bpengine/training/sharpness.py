"""The sharpness of a run: the largest eigenvalue of the second derivative of its loss.

It says which learning rates are too large for gradient descent with full batches; docs/backpropagation.md
derives that.
"""

from __future__ import annotations

import math
import time
from collections.abc import Generator
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from bpengine.arithmetic.arrays import Array
from bpengine.arithmetic.sums import total
from bpengine.config import TrainingConfig
from bpengine.data import Dataset
from bpengine.kernels import EpochArrays, KernelProblem, OptimizerState, make_kernel
from bpengine.kernels.regularization import norm_of, weight_mask
from bpengine.network.losses import mean
from bpengine.training.run import RunState

MAX_PASSES = 300
"""The most differences of two gradients of all training samples. About ten usually suffice."""
PASSES_TO_SHIFT = 100
"""After so many of them the eigenvalues are shifted: two of about one size have different signs."""
TOLERANCE = 1e-8
"""The power iteration ends when its estimate changes by less than this fraction."""
ALIGNED = 0.99
"""The smallest cosine of a direction and the change of the gradient along it that are taken for parallel."""
CORNER = 0.01
"""A result that a longer step changes by more than this fraction is that of a corner."""
TRIED_STEPS, TRIED_BELOW, TRIED_ABOVE = 100, 0.9, 1.2
"""How many steps are tried to see whether the limit holds, and with which parts of it."""
_STEP = 1e-7
"""How far the two gradients of a difference are from the middle, for weights up to `_LARGE`. It is short,
since the corner of a relu between them would count as a huge second derivative."""
_LARGE = 1e3
_ASIDE = 1e-4
"""How far from the weights the second derivative is taken if a sample lies exactly on a corner, such as that
of a relu with a bias of 0 for an input of 0."""
_NUDGE = 1e-6
"""How far from the weights the limit is tried: it changes the loss by about a millionth of a millionth."""

T = TypeVar("T")
Pieces = Generator[None, None, T]
"""A computation in pieces of at most some milliseconds; its value is that of the generator."""


@dataclass(frozen=True, slots=True)
class Sharpness:
    """The sharpness at one point of a run."""

    value: float
    """The largest eigenvalue of the loss's second derivative with respect to the weights and biases that
    are not frozen; 0 if none is above 0. The loss is that which descent lowers: the mean over all training
    samples, with the L2 penalty. An L1 penalty has no second derivative but at 0, where it does not count."""
    holds: bool
    """Whether `limit` was right when it was tried from here: 100 full-batch steps with 0.9 of it never raised
    the loss above its start, and 100 with 1.2 of it did. If not, the limit is only a guide: the sharpness
    changes on the way, or corners of units such as relu lie there."""

    @property
    def limit(self) -> float:
        """2/sharpness: the learning rate up to which plain steps with full batches would be stable if the
        sharpness did not change on the way."""
        return 2 / self.value if self.value > 0 else math.inf


def measuring(run: RunState, dataset: Dataset) -> Pieces[Sharpness | None]:
    """Measure the sharpness of a run, and try its limit, in pieces. The run does not change.

    The value is None if a number is too large for a floating-point number.

    Args:
        run: the run.
        dataset: its samples.
    """
    descent = _Descent(run, dataset)
    value, direction = yield from _power_iteration(descent, run.parameters)
    if not math.isfinite(value):
        return None
    # From a little aside, for at an exact minimum there would be nothing that could shrink or grow.
    start = run.parameters + _NUDGE * direction
    return Sharpness(value, value > 0 and (yield from _holds(descent, start, 2 / value)))


def measuring_value(run: RunState, dataset: Dataset) -> Pieces[float]:
    """Measure only `Sharpness.value`, in pieces; infinity if a number is too large."""
    value, _ = yield from _power_iteration(_Descent(run, dataset), run.parameters)
    return value


def completed(pieces: Pieces[T], *, seconds: float = math.inf) -> T:
    """Complete a computation in pieces, and return its value.

    Args:
        pieces: the computation.
        seconds: the time limit, which is looked at after each piece.

    Raises:
        TimeoutError: the time limit was reached.
    """
    end = time.perf_counter() + seconds
    with np.errstate(all="ignore"):
        while True:
            try:
                next(pieces)
            except StopIteration as stop:
                value: T = stop.value
                return value
            if time.perf_counter() >= end:
                raise TimeoutError


class _Descent:
    """Plain gradient descent with full batches from any weights, and the loss that it lowers.

    Args:
        run: its settings, and which weights and biases are frozen.
        dataset: the samples.

    Attributes:
        start: a direction of length 1 to begin with, always the same: random, and 0 for what is frozen.
    """

    def __init__(self, run: RunState, dataset: Dataset) -> None:
        # With a momentum of 0, the velocity is the gradient.
        changes = {"optimizer": "momentum", "momentum": 0.0, "batch_size": 0, "clip": 0.0, "dropout": 0.0}
        self._config = run.config.replace(**changes)
        self._smooth = self._config.replace(l1=0.0)
        problem = KernelProblem.of(self._config, run.sizes, replace(dataset, test=None))
        self._kernel, samples, count = make_kernel("auto", problem), len(dataset), len(run.parameters)
        frozen = run.effects.frozen()
        self._penalized = weight_mask(run.sizes) & ~frozen
        self._state = OptimizerState(np.zeros(count), np.zeros((1, count)), frozen=np.flatnonzero(frozen))
        self._arrays = EpochArrays.of(problem)
        self._arrays.orders[0] = range(samples)
        start = np.random.RandomState(0).uniform(-1.0, 1.0, count)
        start[frozen] = 0.0
        self.start: Array = start / max(norm_of(start), 1e-300)

    def step(self, parameters: Array, rate: float) -> Pieces[tuple[Array, float]]:
        """Take a step. The value is the new weights, and the loss of the old ones with both penalties."""
        yield from self._step(parameters, self._config, rate)
        weights = parameters[self._penalized]
        penalty = self._config.l1 * total(np.abs(weights)) + self._config.l2 / 2 * total(weights * weights)
        return self._state.parameters.copy(), mean(self._arrays.losses[0]) + penalty

    def second_derivative(self, at: Array, along: Array, step: float) -> Pieces[Array]:
        """How fast the gradient changes along a direction, by central differences; shape (parameters,)."""
        yield from self._step(at + step * along, self._smooth, 0.0)
        above = self._state.buffers[0].copy()
        yield from self._step(at - step * along, self._smooth, 0.0)
        changed: Array = (above - self._state.buffers[0]) / (2 * step)
        return changed

    def _step(self, parameters: Array, config: TrainingConfig, rate: float) -> Pieces[None]:
        state, kernel, samples = self._state, self._kernel, len(self._arrays.outputs)
        state.parameters[:] = parameters
        state.buffers[:] = 0.0
        for start in range(0, samples, kernel.chunk_size):
            stop = min(start + kernel.chunk_size, samples)
            kernel.train(state, config, np.array([rate]), self._arrays, (start, stop))
            yield


def _power_iteration(descent: _Descent, parameters: Array) -> Pieces[tuple[float, Array]]:
    """Find the largest eigenvalue of the second derivative, 0 if it is below, and its eigenvector.

    Each pass replaces a direction by the change of the gradient along it, which turns it toward the
    eigenvector whose eigenvalue is the largest in size. If that eigenvalue is negative, or there are two of
    one size and either sign, all eigenvalues are shifted by its size, so that none is below 0.

    A result that depends on the step is that of a corner, on which a sample lies exactly. Then the second
    derivative is taken a little aside, on one side of the corner.
    """
    step = _STEP * max(1.0, float(np.abs(parameters).max()) / _LARGE)
    value, direction = yield from _iterate(descent, parameters, step)
    again = yield from descent.second_derivative(parameters, direction, 4 * step)
    if abs(total(direction * again) - value) > CORNER * abs(value):
        value, direction = yield from _iterate(descent, parameters + _ASIDE * descent.start, step)
    return max(value, 0.0), direction


def _iterate(descent: _Descent, at: Array, step: float) -> Pieces[tuple[float, Array]]:
    """The power iteration itself; the eigenvalue is infinite if a number is too large."""
    direction = descent.start
    value = shift = 0.0
    for number in range(MAX_PASSES):
        changed = yield from descent.second_derivative(at, direction, step)
        before, value = value, total(direction * changed)
        size = norm_of(changed)
        has_settled = abs(value - before) <= TOLERANCE * (size + shift)
        if has_settled and (shift or value >= ALIGNED * size):
            break
        if not shift and (has_settled or number == PASSES_TO_SHIFT):
            shift = size
        changed = changed + shift * direction
        length = norm_of(changed)
        if not math.isfinite(length):
            return math.inf, direction
        if length == 0:
            break
        direction = changed / length
    return value, direction


def _holds(descent: _Descent, start: Array, limit: float) -> Pieces[bool]:
    """Whether descent from here is stable below the limit, and not above: it never exceeds its first loss."""
    for part, is_below in ((TRIED_BELOW, True), (TRIED_ABOVE, False)):
        parameters, at_start = yield from descent.step(start, part * limit)
        is_stable = True
        for _ in range(TRIED_STEPS):
            parameters, loss = yield from descent.step(parameters, part * limit)
            is_stable = loss <= at_start
            if not is_stable:
                break
        if is_stable != is_below:
            return False
    return True
