"""The fits of a cell's starts. They are trained again, since a sweep keeps no weights."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bpengine import Dataset, Trainer, TrainingConfig
from bpengine.arithmetic.arrays import Array
from bpengine.kernels.kernel import work_per_sample
from bpengine.many.jobs import Training, divided
from bpengine.training.predictions import network_outputs
from bpengine.training.sharpness import Pieces
from bptui.experiments.grid import MAX_SPREAD_WORK, domain_grid
from bptui.experiments.runner import PiecesJob, Plan, SlicedJob
from bptui.experiments.seeds.statistics import spread_of
from bptui.session.observation import Observer
from bptui.session.snapshot import Comparison, Snapshot, Stage, Status


@dataclass(frozen=True, slots=True, eq=False)
class CellFits:
    """The starts of a cell at the end of their training."""

    snapshot: Snapshot
    """The median start, with the spread of all starts if `lines` does not have them."""
    lines: Array | None
    """For a regression over one input: the output of each start that has not diverged, in the units of the
    data, at even steps over the domain; shape (starts, steps)."""


class FitsJob(PiecesJob):
    """Trains the starts of a cell to their ends, as the sweep did, and observes them.

    Args:
        configs: the settings of each start.
        source: the user's own samples; None for the named data set.
        middle: the index of the median start.
        kernel: auto, which trains side by side if the machine code for that is loaded, or numpy.
    """

    def __init__(
        self, configs: Sequence[TrainingConfig], source: Dataset | None, middle: int, *, kernel: str
    ) -> None:
        super().__init__(self._fitting())
        self._configs, self._source, self._middle, self._kernel = tuple(configs), source, middle, kernel
        self.keys = [(CellFits, self._configs, source, middle)]
        self._trained: list[tuple[Array, bool]] = []

    def _fitting(self) -> Pieces[list[CellFits]]:
        """Train, and observe.

        Raises:
            DataError: the data can't be used.
        """
        for job in divided(self._configs, self._source, kernel=self._kernel):
            training = Training(job)
            while training.advance():
                yield
            diverged = [
                outcome is not None and outcome.stop_reason == "diverged" for outcome in training.outcomes
            ]
            self._trained += zip(training.weights, diverged, strict=True)
        fits = self._observed()
        self.size = _bytes([fits.lines, *fits.snapshot.network])
        return [fits]

    def _observed(self) -> CellFits:
        configs, middle = self._configs, self._middle
        trainer = Trainer(configs[middle], self._source)  # only its network is used
        dataset, network = trainer.dataset, trainer.network
        inputs, shape = domain_grid(
            dataset, MAX_SPREAD_WORK // (work_per_sample(network.sizes) * len(configs))
        )
        predicted = []
        for weights, has_diverged in self._trained:
            if inputs is not None and not has_diverged:
                network.parameters[:] = weights
                predicted.append(network_outputs(network, inputs))
        outputs = np.stack(predicted) if predicted else np.empty((0, 0, 0))
        network.parameters[:] = self._trained[middle][0]
        run, values = Observer(trainer).observe()
        lines = None
        if dataset.task == "regression" and len(shape) == 1 and len(outputs):
            lines = dataset.target_scaling.undo(outputs.reshape(-1, 1)).reshape(len(outputs), -1)
        spread = None if lines is not None else spread_of(outputs, len(configs), dataset, shape)
        status = Status(Stage.FINISHED, speed="", epochs_per_second=None, advice="")
        return CellFits(Snapshot(run, values, Comparison(spread=spread), status), lines)


def _bytes(values: Iterable[Any]) -> int:
    """How much memory the arrays among these values take, and those in tuples."""
    return sum(
        value.nbytes if isinstance(value, np.ndarray) else _bytes(value) if isinstance(value, tuple) else 0
        for value in values
    )


class Fits(Plan):
    """The fits of a cell, for which its starts are trained.

    Args:
        job: trains the starts.

    Attributes:
        fits: the result; None before the end, or if it failed.
        problem: why it failed; empty if it has not.
    """

    def __init__(self, job: FitsJob) -> None:
        self._jobs = [job]
        self.fits: CellFits | None = None

    def jobs(self) -> Sequence[SlicedJob]:
        """See `Plan.jobs`."""
        jobs, self._jobs = self._jobs, []
        return jobs

    def take(self, _job: SlicedJob, result: list[CellFits]) -> None:
        """See `Plan.take`."""
        (self.fits,) = result
