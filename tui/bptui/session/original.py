"""The original run of a branch, and its fit at the same epoch as the branch."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

from bpengine import Trainer
from bpengine.arithmetic.arrays import Array
from bpengine.kernels import may_compile
from bpengine.kernels.kernel import work_per_sample
from bpengine.timeline import Bookmark, PassedStates
from bptui.session.document import Baseline
from bptui.session.observation import Observer
from bptui.session.snapshot import Snapshot

RUNNING_MICROSECONDS = 4_000
"""The most time for training the original run to a frame's epoch while the live run is running."""
PAUSED_MICROSECONDS = 50_000
"""The same while it is paused."""
_STEP_MICROSECONDS, _COMPILED_MICROSECONDS = 15.0, 0.1
"""The shortest time for a step of one sample, and that in machine code."""
_WORK_MICROSECONDS = 0.002
"""The time for one unit of `work_per_sample`. These are fixed estimates, so that all runs look the same."""


class OriginalRun:
    """Trains the original run along with its branch, as long as that is cheap.

    Args:
        original: the original run.
        snapshot: the original run as it is shown.
        kernel: auto or numpy.
    """

    def __init__(self, original: Baseline, snapshot: Snapshot, kernel: str) -> None:
        self.run, self._snapshot = original.run, snapshot
        trainer = Trainer(original.run.config, original.run.source, kernel=kernel)
        trainer.return_to(Bookmark(original.run, original.past))
        self._trainer, self._latest, self._end = trainer, trainer.bookmark(), trainer.epochs_done
        self._passed = PassedStates(trainer.config.report_interval)
        self._observer = Observer(trainer)
        stored = [state.epochs_done for state in original.past.states]
        gap = max(after - before for before, after in pairwise([*stored, self._end]))
        # What is trained does not depend on whether the machine code is loaded by now.
        step = _COMPILED_MICROSECONDS if may_compile(kernel) else _STEP_MICROSECONDS
        work = _WORK_MICROSECONDS * work_per_sample(trainer.sizes)
        self._microseconds = gap * len(trainer.dataset) * (step + work)
        self._shown: tuple[int, Array | None] = (-1, None)

    def at(self, epochs_done: int, *, running: bool) -> Snapshot:
        """The original run, with its outputs over the domain after `epochs_done` epochs.

        It has no outputs if the run did not get that far, or if the training would take too long.
        """
        outputs = None
        limit = RUNNING_MICROSECONDS if running else PAUSED_MICROSECONDS
        if epochs_done <= self._end and self._microseconds <= limit:
            if self._shown[0] != epochs_done:
                self._trainer.return_to(self._latest)
                for _ in self._trainer.rewinding(epochs_done, math.inf, passed=self._passed):
                    pass
                self._shown = epochs_done, self._observer.grid_outputs()
            outputs = self._shown[1]
        snapshot = self._snapshot
        return replace(snapshot, network=snapshot.network._replace(grid_outputs=outputs, unit_outputs=None))
