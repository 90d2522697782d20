"""What is computed beside the live run: its sharpness now and at epochs along the way, and what a network of
a table has to be better than, the best constant and the best linear model.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from bpengine import Dataset, Metrics, Sharpness, Trainer
from bpengine.arithmetic.arrays import Array
from bpengine.kernels.kernel import work_per_sample
from bpengine.training.edits import Edit
from bpengine.training.history import stride_for
from bpengine.training.predictions import measure_outputs
from bpengine.training.sharpness import Pieces, measuring, measuring_value
from bpengine.training.timeline import Bookmark
from bptui.experiments.runner import NO_MEMORY, ResultCache
from bpwords import translatable

if TYPE_CHECKING:
    from bpengine.linear import LinearModel


MAX_WORK = 2**23
"""The most work of all training samples (see `work_per_sample`) for which a sharpness is measured. It takes
some hundred passes over them, of about ten milliseconds each."""
AT_ONCE = 2**18
"""The most work for which a key may wait for a sharpness: about a tenth of a second."""
POINTS, POINTS_OF_RUNNING = 64, 16
"""The most points of the curve, and of those at which a running run is measured without a curve. The way to a
point is trained again, at most from one state that the run stores to the next."""
SLICE_SECONDS, SLICE_BESIDE_TRAINING = 0.012, 0.002
"""How long a tick measures, alone and after a slice of training: no key waits noticeably longer."""
REWIND_MILLISECONDS = 2.0
BYTES = 1000
TOO_LARGE = translatable("the run is too large to measure it")
UNKNOWN = translatable("its earlier epochs are not known")
NONE: Array = np.empty(0)


class Rates(NamedTuple):
    """The learning rate along a run, and the largest stable one."""

    epochs: Array
    """At the beginning of which epochs; at most `POINTS` that do not depend on when they were measured."""
    rates: Array
    """The learning rate of each; NaN where it is still to be measured."""
    limits: Array
    """2/sharpness there; NaN where it is still to be measured, or there is no limit."""
    note: str = ""
    """Why there are no points; empty if there are some."""

    @property
    def is_complete(self) -> bool:
        """Whether all of them are measured but the newest one, which the run has just reached."""
        return not np.isnan(self.rates[:-1]).any()


class Stability:
    """What the sharpness says about the live run. Off at first, which costs nothing.

    It is measured in slices between those of the run, by the thread that trains it: another thread would
    compete with it and with the screen, so that keys were slower.

    Attributes:
        follows: whether the sharpness of the run as it is shown is wanted. While the run is running, that of
            the last point of the curve that is measured stands for it.
        has_curve: whether the curve is wanted.
        has_news: whether something was measured since the last snapshot.
    """

    def __init__(self) -> None:
        self.follows = self.has_curve = self.has_news = False
        self._memory = ResultCache()
        self._missing: dict[Hashable, Pieces[tuple[Any, ...]]] = {}  # what is left, the next one first
        self._run: tuple[object, ...] = ()  # the data and the settings of the run that is followed
        self._too_large: tuple[object, ...] | None = None  # those for which there was not enough memory

    @property
    def is_working(self) -> bool:
        """Whether something is left to measure."""
        return bool(self._missing)

    def tick(self, clock: Callable[[], float], *, trains: bool) -> None:
        """Measure for a slice of time.

        Args:
            clock: returns seconds since any fixed point in time.
            trains: whether the run trains in the same tick.
        """
        if not self._missing:
            return
        deadline = clock() + (SLICE_BESIDE_TRAINING if trains else SLICE_SECONDS)
        while self._missing:
            self._advance()
            if clock() >= deadline:
                return

    def _advance(self) -> None:
        """Work on the first measurement for some milliseconds at most."""
        key, pieces = next(iter(self._missing.items()))
        try:
            with np.errstate(all="ignore"):
                next(pieces)
        except StopIteration as end:
            self._memory.put(key, end.value, BYTES)
            del self._missing[key]
            self.has_news = True
        except MemoryError:
            self._too_large, self._missing, self.has_news = self._run, {}, True

    def compute_all(self) -> None:
        """Measure everything that is left, however long it takes."""
        while self._missing:
            self._advance()

    def measure(self, trainer: Trainer, most: int = MAX_WORK) -> Sharpness | None:
        """The sharpness of a run as it is, measured at once; None if that takes more than this much work."""
        if _work(trainer) > most:
            return None
        key = _key(trainer, trainer.epoch_before_divergence)
        known = self._memory.get(key)
        if known is None:
            known = (trainer.sharpness(),)
            self._memory.put(key, known, BYTES)
        return known[0]

    def snapshot(self, trainer: Trainer, *, running: bool) -> tuple[Sharpness | None, Rates | None]:
        """Follow the live run, and return what is known: its sharpness, and the curve.

        Args:
            trainer: the live run.
            running: whether it is running.
        """
        self.has_news, self._run = False, (trainer.source, trainer.config)
        problem = TOO_LARGE if _work(trainer) > MAX_WORK else ""
        problem = NO_MEMORY if self._run == self._too_large else problem
        if problem or not (self.follows or self.has_curve):
            self._missing = {}
            return None, (Rates(NONE, NONE, NONE, problem) if self.has_curve else None)
        points = _points(trainer, POINTS) if self.has_curve else []
        keys: dict[Hashable, tuple[int | None, bool]] = {}
        latest: list[int | None] = []  # where to look for the sharpness, the best place first
        if self.follows:
            passed = _points(trainer, POINTS_OF_RUNNING)[::-1]
            latest = [*passed] if running else [trainer.epoch_before_divergence]
            keys |= {_key(trainer, epoch): (epoch, True) for epoch in latest[:1]}
        of_points = [_key(trainer, epoch, "value") for epoch in points]
        keys |= {key: (epoch, False) for key, epoch in zip(of_points, points, strict=True)}
        known = {key: self._memory.get(key) for key in keys}
        self._want(trainer, {key: what for key, what in keys.items() if known[key] is None})
        nearby = (self._memory.get(_key(trainer, epoch)) for epoch in latest)
        now = next((sharpness for sharpness in nearby if sharpness is not None), None)
        curve = None
        if self.has_curve:
            pairs = np.array([known[key] or (math.nan, math.nan) for key in of_points]).reshape(-1, 2)
            note = "" if points else UNKNOWN
            curve = Rates(np.array(points, dtype=np.float64), pairs[:, 0], pairs[:, 1], note)
        return (None if now is None else now[0]), curve

    def _want(self, trainer: Trainer, missing: dict[Hashable, tuple[int | None, bool]]) -> None:
        """Measure at these epochs, and give up what else is not measured."""
        before, self._missing = self._missing, {}
        here = trainer.bookmark() if missing.keys() - before.keys() else None
        for key, what in missing.items():
            if key in before:
                self._missing[key] = before[key]
            elif here is not None:
                self._missing[key] = _measured(trainer, here, *what)


def _measured(
    trainer: Trainer, bookmark: Bookmark, epoch: int | None, tried: bool
) -> Pieces[tuple[Any, ...]]:
    """Measure the sharpness and try its limit, or measure only the limit along with the learning rate.

    Args:
        trainer: the run, of which only the samples are used.
        bookmark: where it is.
        epoch: the epoch at whose beginning to measure, to which a copy goes; None for where the run is.
        tried: whether to try the limit.
    """
    run, rate = bookmark.state, math.nan
    if epoch is not None:
        copied = Trainer(run.config, run.source, dataset=trainer.dataset)
        copied.return_to(bookmark)
        yield from copied.rewinding(epoch, REWIND_MILLISECONDS)
        run, rate = copied.run_state(), copied.learning_rate
    if tried:
        return ((yield from measuring(run, trainer.dataset)),)
    value = yield from measuring_value(run, trainer.dataset)
    return rate, 2 / value if 0 < value < math.inf else math.nan


def _work(trainer: Trainer) -> int:
    return work_per_sample(trainer.sizes) * len(trainer.dataset)


def _points(trainer: Trainer, most: int) -> list[int]:
    """The epochs of the curve: multiples of a power of two, so that those of a longer run are among them."""
    if trainer.origin is None:
        return []
    epochs = trainer.epochs_done + 1
    stride = stride_for(epochs, most)
    return [*range(-(-trainer.earliest // stride) * stride, epochs, stride)]


class _Key:
    """What a number is computed from. Its hash is computed once: that of many changes takes long."""

    __slots__ = ("hashed", "parts")

    def __init__(self, *parts: Hashable) -> None:
        self.parts, self.hashed = parts, hash(parts)

    def __hash__(self) -> int:
        return self.hashed

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self.hashed == other.hashed and self.parts == other.parts


def _key(trainer: Trainer, epoch: int | None, measured: str = "") -> _Key:
    """What the sharpness is computed from, at the beginning of an epoch or where the run is.

    Args:
        trainer: the run.
        epoch: the epoch; None for where the run is.
        measured: "value" if only `Sharpness.value` is measured.
    """
    origin = trainer.origin
    if epoch is None or origin is None:
        here = trainer.parameters_now().tobytes(), trainer.frozen.tobytes()
        return _Key(measured, trainer.source, trainer.config, *here)
    changes = tuple(
        change
        for change in origin.changes
        if change.position < (epoch, 0) or (change.position == (epoch, 0) and isinstance(change.value, Edit))
    )
    return _Key(measured, trainer.source, origin.config, changes, epoch)


FOUND = translatable(("best constant", "linear model"), "metric")
"""The names of the references."""
SECONDS = 1.0
"""How long the linear model is fitted at most, in slices; one that has not converged by then is not shown."""


class Reference(NamedTuple):
    """The answers of something simple for the test rows of a table."""

    name: str
    outputs: Array
    """Its outputs for the test rows, in the network's units; shape (samples, outputs)."""
    metrics: Metrics
    """Their metrics."""


class References:
    """The references of the live run's table. They are fitted once for each table, beside the run.

    Attributes:
        has_news: whether one was found since the last snapshot.
    """

    def __init__(self) -> None:
        self.has_news = False
        self._dataset: Dataset | None = None
        self._known: tuple[Reference, ...] = ()
        self._fitting: Pieces[LinearModel] | None = None
        self._spent = 0.0

    @property
    def is_working(self) -> bool:
        """Whether the linear model is still being fitted."""
        return self._fitting is not None

    def snapshot(self, trainer: Trainer) -> tuple[Reference, ...]:
        """Follow the live run, and return what is known; nothing for named data and without test rows."""
        self.has_news = False
        if self._dataset is not trainer.dataset:
            self._dataset, self._known, self._fitting = trainer.dataset, (), None
            test = trainer.dataset.test
            if trainer.source is not None and test is not None:
                mean = trainer.dataset.targets.mean(axis=0)
                self._take(FOUND[0], np.broadcast_to(mean, test.targets.shape), test)
                from bpengine.linear import fitting  # only tables need it

                self._fitting, self._spent = fitting(trainer.dataset), 0.0
        return self._known

    def tick(self, clock: Callable[[], float]) -> None:
        """Fit the linear model for a slice of time."""
        if self._fitting is None or self._dataset is None or self._dataset.test is None:
            return
        began, now = clock(), clock()
        try:
            while now - began < SLICE_BESIDE_TRAINING:
                next(self._fitting)
                now = clock()
        except StopIteration as end:
            self._take(FOUND[1], end.value.outputs(self._dataset.test), self._dataset.test)
            self._fitting, self.has_news = None, True
            return
        except TimeoutError:  # it does not converge
            self._fitting = None
            return
        self._spent += now - began
        if self._spent > SECONDS:
            self._fitting = None

    def compute_all(self) -> None:
        """Fit the linear model, if it is not fitted yet."""
        while self._fitting is not None:
            self.tick(time.monotonic)

    def _take(self, name: str, outputs: Array, test: Dataset) -> None:
        self._known += (Reference(name, outputs, measure_outputs(outputs, test)),)
