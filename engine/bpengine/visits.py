"""Visits to earlier epochs of a run, whose later course stays as it is."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from bpengine.passed_states import PassedStates
from bpengine.trainer import Trainer


class Visits:
    """Takes a run to its earlier epochs, and back to where it was.

    During a visit, the trainer is a run that has only come to the visited epoch. It may be trained on from
    there: then it is another run, and `Trainer.return_to` returns to the one that was.

    Args:
        trainer: the run.

    Attributes:
        latest: the bookmark of where the run was when the visits began.
    """

    def __init__(self, trainer: Trainer) -> None:
        self._trainer = trainer
        self.latest = trainer.bookmark()
        self._passed = PassedStates(trainer.config.report_interval)

    def going(
        self, epoch: int, milliseconds: float, *, clock: Callable[[], float] = time.perf_counter
    ) -> Iterator[None]:
        """Go to exactly the state that the run had when this epoch was about to begin, in pieces.

        See `Trainer.rewinding` for the arguments, the pieces and the errors. Where the run has not been to
        the beginning of a later epoch, `back` goes on.
        """
        self.back()
        return self._trainer.rewinding(epoch, milliseconds, clock=clock, passed=self._passed)

    def back(self) -> None:
        """Return to where the run was when the visits began, without training."""
        self._trainer.return_to(self.latest)
