"""The fits of a cell's starts. They are trained again, since a sweep keeps no weights."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from bpengine import DataError, Dataset, DivergedError, Trainer, TrainingConfig
from bpengine.arithmetic.arrays import Array
from bpengine.kernels.choice import lanes_are_ready
from bpengine.kernels.kernel import work_per_sample
from bpengine.many.group import Group
from bpengine.many.jobs import divided
from bpengine.many.sweeps import Sweep
from bpengine.predictions import network_outputs
from bptui.session.advising import Limits
from bptui.session.cloud.figures import spread_of
from bptui.session.map.mapping import MapBase
from bptui.session.observation import MAX_SPREAD_WORK, Observer, domain_grid
from bptui.session.snapshot import Comparison, Snapshot, State, Status

SLICE_MILLISECONDS = 20.0
"""How long a single run trains between two checks whether to go on."""
MAX_FITS = 64
"""The most cells whose fits are kept."""


@dataclass(frozen=True, slots=True, eq=False)
class CellFits:
    """The starts of a cell at the end of their training."""

    snapshot: Snapshot
    """The median start, with the spread of all starts if `lines` does not have them."""
    lines: Array | None
    """For a regression over one input: the output of each start that has not diverged, in the units of the
    data, at even steps over the domain; shape (starts, steps)."""


def cell_fits(
    configs: Sequence[TrainingConfig],
    source: Dataset | None,
    middle: int,
    goes_on: Callable[[], bool],
    *,
    kernel: str,
) -> CellFits | None:
    """Train the starts of a cell to their ends, as the sweep did; None if `goes_on` says no.

    Args:
        configs: the settings of each start.
        source: the user's own samples; None for the named data set.
        middle: the index of the median start.
        goes_on: asked every few milliseconds.
        kernel: auto, which trains side by side if the machine code for that is loaded, or numpy.

    Raises:
        DataError: the data can't be used.
    """
    parameters: list[Array] = []
    diverged: list[bool] = []
    with np.errstate(all="ignore"):
        for job in divided(configs, source, kernel=kernel):
            for part in [job.configs] if lanes_are_ready(kernel) else zip(job.configs):
                alone = len(part) == 1
                trained = (
                    _alone(part[0], source, kernel, goes_on)
                    if alone
                    else _side_by_side(part, source, goes_on)
                )
                if trained is None:
                    return None
                parameters += trained[0]
                diverged += trained[1]
        return _observed(configs, source, middle, parameters, diverged)


_Trained = tuple[list[Array], list[bool]]
"""The parameters of each start, and whether it diverged."""


def _side_by_side(
    configs: Sequence[TrainingConfig], source: Dataset | None, goes_on: Callable[[], bool]
) -> _Trained | None:
    group = Group(configs, source)
    while group.advance(configs[0].epochs):
        if not goes_on():
            return None
    lanes = range(len(configs))
    return [group.parameters(lane) for lane in lanes], [
        outcome.stop_reason == "diverged" for outcome in group.outcomes()
    ]


def _alone(
    config: TrainingConfig, source: Dataset | None, kernel: str, goes_on: Callable[[], bool]
) -> _Trained | None:
    trainer = Trainer(config, source, kernel=kernel)
    with contextlib.suppress(DivergedError):
        while not trainer.finished:
            if not goes_on():
                return None
            trainer.run_for(SLICE_MILLISECONDS)
    return [trainer.network.parameters.copy()], [trainer.divergence is not None]


def _observed(
    configs: Sequence[TrainingConfig],
    source: Dataset | None,
    middle: int,
    parameters: Sequence[Array],
    diverged: Sequence[bool],
) -> CellFits:
    trainer = Trainer(configs[middle], source)  # only its network is used
    dataset, network = trainer.dataset, trainer.network
    inputs, shape = domain_grid(dataset, MAX_SPREAD_WORK // (work_per_sample(network.sizes) * len(configs)))
    predicted = []
    for each, ended in zip(parameters, diverged, strict=True):
        if inputs is not None and not ended:
            network.parameters[:] = each
            predicted.append(network_outputs(network, inputs))
    outputs = np.stack(predicted) if predicted else np.empty((0, 0, 0))
    network.parameters[:] = parameters[middle]
    run, values = Observer(trainer).observe(frozenset())
    lines = None
    if dataset.task == "regression" and len(shape) == 1 and len(outputs):
        lines = dataset.target_scaling.undo(outputs.reshape(-1, 1)).reshape(len(outputs), -1)
    spread = None if lines is not None else spread_of(outputs, len(configs), dataset, shape)
    status = Status(State.FINISHED, speed="", epochs_per_second=None, advice="")
    return CellFits(Snapshot(run, values, Comparison(spread=spread), status), lines)


class FitsTraining:
    """The fits of a cell, trained in a thread.

    Args:
        configs, source, middle, kernel: see `cell_fits`.
        limits: what the training may use.

    Attributes:
        fits: the result; None before the end, or if it failed.
        is_done: whether the training has ended.
        problem: why it failed; empty if it has not.
    """

    def __init__(
        self,
        configs: Sequence[TrainingConfig],
        source: Dataset | None,
        middle: int,
        limits: Limits,
        *,
        kernel: str,
    ) -> None:
        self._configs, self._source, self._middle = configs, source, middle
        self._limits, self._kernel = limits, kernel
        self._stopped = threading.Event()
        self.fits: CellFits | None = None
        self.is_done, self.problem = False, ""

    def start(self) -> None:
        """Begin."""
        threading.Thread(target=self._run, name="map-fits", daemon=True).start()

    def stop(self) -> None:
        """End the training within some milliseconds."""
        self._stopped.set()

    def _run(self) -> None:
        try:
            self.fits = cell_fits(
                self._configs,
                self._source,
                self._middle,
                lambda: self._limits.goes_on(self._stopped),
                kernel=self._kernel,
            )
        except DataError as error:
            self.problem = str(error)
        except MemoryError:
            self.problem = "not enough memory for the fits"
        self.is_done = True


class FitsCache:
    """Trains the starts of one cell at a time, and keeps the fits of the last cells."""

    def __init__(self) -> None:
        self._fits: dict[tuple[int, int], FitsTraining] = {}

    def begin(self, cell: int, middle_run: int, sweep: Sweep, base: MapBase) -> FitsTraining:
        """Return the training of a cell's fits, and begin it if necessary. The training of another cell ends.

        Args:
            cell: the number of the cell.
            middle_run: the number of the cell's median run.
            sweep, base: how the map was trained.
        """
        key = cell, middle_run
        self._end_training()
        training = self._fits.pop(key, None)
        if training is None or not training.is_done:
            runs = sweep.runs[cell * sweep.starts : (cell + 1) * sweep.starts]
            middle = middle_run % sweep.starts
            training = FitsTraining(runs, base.source, middle, base.limits, kernel=sweep.kernel)
            training.start()
        self._fits[key] = training
        if len(self._fits) > MAX_FITS:
            del self._fits[next(iter(self._fits))]
        return training

    def stop(self) -> None:
        """End all training, and forget the fits."""
        self._end_training()
        self._fits = {}

    def _end_training(self) -> None:
        for training in self._fits.values():
            training.stop()
