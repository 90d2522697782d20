"""The fits of the cells of a map that were looked at last."""

from __future__ import annotations

from bpengine.sweeps import Sweep
from bptui.session.map.fits import Fitting
from bptui.session.map.mapping import MapBase

MAX_FITS = 64
"""The most cells whose fits are kept."""


class Fittings:
    """Trains the starts of a cell at a time, and keeps what the last cells have learned."""

    def __init__(self) -> None:
        self._fits: dict[tuple[int, int], Fitting] = {}

    def begin(
        self, cell: int, middle_run: int, sweep: Sweep, base: MapBase, *, side_by_side: bool
    ) -> Fitting:
        """Return the fits of a cell, whose training begins if they are not known; that of others ends.

        Args:
            cell: the number of the cell.
            middle_run: the number of the run whose fit is drawn as that of the network.
            sweep, base, side_by_side: how the map was trained.
        """
        key = cell, middle_run
        self._end_training()
        fitting = self._fits.pop(key, None)
        if fitting is None or not fitting.is_done:
            runs = sweep.runs[cell * sweep.starts : (cell + 1) * sweep.starts]
            middle = middle_run % sweep.starts
            fitting = Fitting(runs, base.source, middle, base.limits, side_by_side=side_by_side)
            fitting.start()
        self._fits[key] = fitting
        if len(self._fits) > MAX_FITS:
            del self._fits[next(iter(self._fits))]
        return fitting

    def stop(self) -> None:
        """End all training, and forget the fits."""
        self._end_training()
        self._fits = {}

    def _end_training(self) -> None:
        for fitting in self._fits.values():
            fitting.stop()
