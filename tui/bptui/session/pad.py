"""The pad: a picture that is drawn or taken from the samples, and steps that fool the network."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from bpengine import Dataset, Network, Trainer
from bpengine.arithmetic.arrays import Array, IntArray
from bpengine.training.predictions import network_outputs

STEP = 1 / 16
"""The size of a step, as a share of the range of a pixel."""
_PEN = ((0, 0, 1.0), (-1, 0, 0.4), (1, 0, 0.4), (0, -1, 0.4), (0, 1, 0.4))
"""How much of the ink a stroke leaves on a pixel and its neighbors: a hard pixel is unlike all samples."""
_MAX_UNDO = 500


class Step(NamedTuple):
    """The picture after some steps along the gradient, beside as many random ones."""

    steps: int
    begin: Array
    """The picture before the first step; shape (pixels,)."""
    away_from: int
    """The class that it was taken for then."""
    toward: int | None
    """The class that the steps lead to; None for steps that only lead away."""


class Pad:
    """A picture, in the units of the data.

    Args:
        run: returns the trainer that answers. Use it for one call, and do not store it.

    Attributes:
        pixels: the value of each pixel, in the order of the coordinates; shape (pixels,).
        row, column: where the pen is.
        step: the steps that led here; None if the picture was drawn or taken.
        sample: what the picture is, such as a test sample and its number; None if it was drawn.
    """

    def __init__(self, run: Callable[[], Trainer]) -> None:
        self._run = run
        self.dataset = run().dataset
        picture = self.dataset.picture
        assert picture is not None
        self.picture = picture
        self.low, self.high = self.dataset.pixel_range
        self.pixels: Array = np.full(len(picture.order), self.low)
        self.row, self.column = picture.rows // 2, picture.columns // 2
        self.step: Step | None = None
        self.sample: int | None = None
        self._undo: list[tuple[Array, Step | None, int | None]] = []

    @property
    def samples(self) -> Dataset:
        """The samples to take: those of the test if there are any."""
        return self.dataset.test or self.dataset

    def answer(self, pixels: Array) -> Array:
        """The outputs for a picture, in the units of the data; shape (outputs,)."""
        outputs = network_outputs(self._run().network, self.dataset.inputs_at(pixels[np.newaxis]))
        answer: Array = self.dataset.target_scaling.undo(outputs)[0]
        return answer

    def move(self, columns: int, rows: int) -> None:
        """Move the pen, within the picture."""
        self.row = min(max(self.row + rows, 0), self.picture.rows - 1)
        self.column = min(max(self.column + columns, 0), self.picture.columns - 1)

    def draw(self, ink: float) -> None:
        """Add ink below the pen and beside it, or take it away if negative."""
        changed = self.pixels.copy()
        for down, right, share in _PEN:
            row, column = self.row + down, self.column + right
            if 0 <= row < self.picture.rows and 0 <= column < self.picture.columns:
                changed[self.picture.order[row * self.picture.columns + column]] += (
                    ink * share * (self.high - self.low)
                )
        self._take(changed, None, None)

    def clear(self) -> None:
        """Take an empty picture."""
        self._take(np.full(len(self.pixels), self.low), None, None)

    def take(self, number: int) -> None:
        """Take a sample by its number among `samples`."""
        self._take(self.samples.coordinates[number], None, number)

    def take_next(self, *, wrong: bool) -> bool:
        """Take the next sample, or the next one that is answered wrong; return whether there is one."""
        numbers: IntArray = np.arange(len(self.samples))
        if wrong:
            outputs = network_outputs(self._run().network, self.samples.inputs)
            numbers = numbers[outputs.argmax(axis=1) != self.samples.targets.argmax(axis=1)]
        if len(numbers):
            later = numbers[numbers > (-1 if self.sample is None else self.sample)]
            self.take(int(later[0] if len(later) else numbers[0]))
        return bool(len(numbers))

    def fool(self, toward: int | None = None) -> None:
        """Take a step of `STEP` in each pixel that raises the loss of the first answer, or lowers a class's.

        The class that it leads away from stays that of the first step; otherwise, the next steps would lead
        back as soon as the network is fooled.
        """
        step = self.step
        if step is None or step.toward != toward:
            step = Step(0, self.pixels, int(self.answer(self.pixels).argmax()), toward)
        target = np.zeros((1, len(self.dataset.classes)))
        target[0, step.away_from if toward is None else toward] = 1.0
        gradient = self._run().input_gradient(self.pixels[np.newaxis], target)[0]
        sign = np.sign(gradient) * (1.0 if toward is None else -1.0)
        changed = self.pixels + STEP * (self.high - self.low) * sign
        self._take(changed, step._replace(steps=step.steps + 1), self.sample)

    def at_random(self) -> Array:
        """The picture before the steps with random steps of the same size; shape (pixels,)."""
        assert self.step is not None
        signs = np.random.RandomState(self.step.steps).randint(2, size=len(self.pixels)) * 2.0 - 1.0
        size = self.step.steps * STEP * (self.high - self.low)
        changed: Array = np.clip(self.step.begin + size * signs, self.low, self.high)
        return changed

    def undo(self) -> None:
        """Return to the picture before the last change."""
        if self._undo:
            self.pixels, self.step, self.sample = self._undo.pop()

    def _take(self, pixels: Array, step: Step | None, sample: int | None) -> None:
        self._undo.append((self.pixels, self.step, self.sample))
        del self._undo[:-_MAX_UNDO]
        self.pixels, self.step, self.sample = np.clip(pixels, self.low, self.high), step, sample


FOOLING_STEPS = 2
"""The steps that `fooled` takes."""


def fooled(network: Network, dataset: Dataset) -> tuple[float, float]:
    """How many of the samples that are right become wrong by steps along the gradient, and by random ones.

    The samples are those of the test if there are any; see `STEP` and `FOOLING_STEPS`.

    Returns:
        Two shares from 0 to 1; NaN if the samples are no pictures, or have no classes, or none is right.
    """
    samples = dataset.test or dataset
    if dataset.picture is None or not dataset.classes:
        return math.nan, math.nan

    def answers(pixels: Array) -> IntArray:
        numbers: IntArray = network_outputs(network, dataset.inputs_at(pixels)).argmax(axis=1)
        return numbers

    actual = samples.targets.argmax(axis=1)
    is_right = answers(samples.coordinates) == actual
    pixels, targets, actual = samples.coordinates[is_right], samples.targets[is_right], actual[is_right]
    if not len(pixels):
        return math.nan, math.nan
    low, high = dataset.pixel_range
    changed, size = pixels, STEP * (high - low)
    for _ in range(FOOLING_STEPS):
        gradient = network.input_gradient(dataset.inputs_at(changed), targets)
        changed = np.clip(changed + size * np.sign(gradient), low, high)
    signs = 2.0 * np.random.RandomState(0).randint(2, size=pixels.shape) - 1.0
    random = np.clip(pixels + FOOLING_STEPS * size * signs, low, high)
    return float((answers(changed) != actual).mean()), float((answers(random) != actual).mean())


def roughness(weights: Array, dataset: Dataset) -> float:
    """How much the weights of neighboring pixels differ: the mean square of their differences over theirs.

    Independent weights have 2, and equal ones 0; NaN if the samples are no pictures.

    Args:
        weights: those of the first layer; shape (inputs, units).
        dataset: the samples.
    """
    picture = dataset.picture
    if picture is None or len(weights) != len(picture.order):
        return math.nan
    changes = np.concatenate([np.diff(picture.shaped(weights.T), axis=axis).ravel() for axis in (1, 2)])
    with np.errstate(all="ignore"):
        return float(np.square(changes).mean() / np.square(weights).mean())
