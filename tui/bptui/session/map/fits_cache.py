"""A cache of the fits of the map's cells that were shown last."""

from __future__ import annotations

from bpengine.sweeps import Sweep
from bptui.session.map.fits import FitsTraining
from bptui.session.map.mapping import MapBase

MAX_FITS = 64
"""The most cells whose fits are kept."""


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
