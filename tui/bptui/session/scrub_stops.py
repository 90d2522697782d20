"""The stops for scrubbing: after each reported epoch, and at both ends of the epochs a run can go back to."""

from __future__ import annotations

from typing import NamedTuple

from bpengine.training.run import RunState
from bpengine.training.timeline import Keyframes

FAR = 10
"""A large step covers one part in this many of the run."""


class Reports(NamedTuple):
    """The stops of a run. Each is a number of completed epochs."""

    interval: int
    """The report interval, in epochs."""
    earliest: int
    """The first stop: the start of the run, or the point at which it was resumed."""
    latest: int
    """The last stop, which represents the run as it is now: one more than the completed epochs if the run
    is within an epoch."""

    @classmethod
    def of(cls, run: RunState, past: Keyframes) -> Reports:
        """The stops of a run with this past."""
        within = run.samples_processed > 0 or run.divergence is not None
        return cls(run.config.report_interval, past.earliest, run.epochs_done + within)

    def moved(self, stop: int, direction: int, *, far: bool = False) -> int:
        """The next (1) or previous (-1) stop; the same stop at an end.

        Args:
            stop: the current stop.
            direction: 1 or -1.
            far: whether to move by a tenth of the run, if that is more than one stop.
        """
        there = self._after(stop) if direction > 0 else self._before(stop)
        if far:
            target = stop + direction * max(self.latest // FAR, 1)
            way = self.nearest(target - 1)
            there = max(there, way) if direction > 0 else min(there, way)
        return min(max(there, min(self.earliest, self.latest)), self.latest)

    def nearest(self, epoch: int) -> int:
        """The stop nearest to the end of an epoch."""
        stop = epoch + 1
        choices = (self.earliest, self._before(stop), stop, self._after(stop), self.latest)
        return min(filter(self._is_stop, choices), key=lambda choice: abs(choice - stop))

    def _is_stop(self, stop: int) -> bool:
        is_end = stop in (self.earliest, self.latest)
        return is_end or (self.earliest < stop < self.latest and (stop - 1) % self.interval == 0)

    def _before(self, stop: int) -> int:
        return (stop - 2) // self.interval * self.interval + 1 if stop > 1 else 0

    def _after(self, stop: int) -> int:
        return (stop - 1) // self.interval * self.interval + self.interval + 1 if stop > 0 else 1
