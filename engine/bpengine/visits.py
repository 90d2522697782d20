"""Visits to earlier epochs of a run, which do not change the run."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from bpengine.timeline import PassedStates
from bpengine.trainer import Trainer


class Visits:
    """Takes a run to its earlier epochs, and back to its latest state.

    During a visit, the trainer is a run that has only reached the visited epoch. It can be trained on from
    there: then it is another run, and `Trainer.return_to` returns to the original one.

    Args:
        trainer: the run.

    Attributes:
        latest: the bookmark of the state of the run when the visits began.
    """

    def __init__(self, trainer: Trainer) -> None:
        self._trainer = trainer
        self.latest = trainer.bookmark()
        self._passed = PassedStates(trainer.config.report_interval)

    def going(
        self, epoch: int, milliseconds: float, *, clock: Callable[[], float] = time.perf_counter
    ) -> Iterator[None]:
        """Go to exactly the state that the run had at the beginning of this epoch, in pieces.

        See `Trainer.rewinding` for the arguments, the pieces and the errors. `back` returns to the latest
        state, which may be within an epoch.
        """
        self.back()
        return self._trainer.rewinding(epoch, milliseconds, clock=clock, passed=self._passed)

    def back(self) -> None:
        """Return to the state when the visits began, without training."""
        self._trainer.return_to(self.latest)
