"""Moments of a run kept along its way, thinned so that memory stays flat: what `rewind` starts from."""

from __future__ import annotations

from bpengine.moment import Moment


class Keyframes:
    """At most so many moments, about evenly spaced over the run, the first one always among them."""

    STRIDE = 16
    """Epochs between two of them, until there are too many."""
    CAPACITY = 64
    MOST_BYTES = 64_000_000

    def __init__(self) -> None:
        self._moments: list[Moment] = []
        self._stride = self.STRIDE

    def wants(self, epochs_done: int) -> bool:
        """Whether it is time for another one."""
        return not self._moments or epochs_done >= self._moments[-1].epochs_done + self._stride

    def add(self, moment: Moment) -> None:
        """Take in the newest one; where that is one too many, keep every second."""
        self._moments.append(moment)
        most = max(2, min(self.CAPACITY, self.MOST_BYTES // moment.size))
        if len(self._moments) > most:
            self._moments = self._moments[::2]
            self._stride *= 2

    @property
    def first(self) -> int:
        """The first epoch whose beginning can be reached from here."""
        moment = self._moments[0]
        return moment.epochs_done + (1 if moment.samples_done else 0)

    def nearest(self, epoch: int) -> Moment:
        """The last one that is not after this epoch."""
        return next(moment for moment in reversed(self._moments) if moment.epochs_done <= epoch)

    def forget_after(self, epoch: int) -> None:
        """Drop those after this epoch: another future begins."""
        self._moments = [moment for moment in self._moments if moment.epochs_done <= epoch]
