"""What a network of a table has to be better than: the best constant, and the best linear model."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from bpengine import Dataset, Metrics, Trainer
from bpengine.arithmetic.arrays import Array
from bpengine.training.predictions import measure_outputs
from bpengine.training.sharpness import Pieces
from bpwords import translatable

if TYPE_CHECKING:
    from bpengine.linear import LinearModel

FOUND = translatable(("best constant", "linear model"), "metric")
"""The names of the references."""
SECONDS = 1.0
"""How long the linear model is fitted at most, in slices; one that has not converged by then is not shown."""
SLICE_SECONDS = 0.002
"""How long a tick fits it."""


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
            while now - began < SLICE_SECONDS:
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
