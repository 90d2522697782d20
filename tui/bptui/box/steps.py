"""The steps that were taken in the box, which can be taken back without training again."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import replace
from typing import NamedTuple

from bpengine import Trainer, TrainingConfig
from bpengine.arithmetic.arrays import same_bits
from bpengine.run import Change, RunState
from bpengine.timeline import Bookmark
from bptui.session.activity import Transition
from bptui.session.commands import SessionNow
from bptui.session.sentences import notices

MAX_STEPS = 256
"""The most steps that can be taken back without training again; fewer for a large network."""
MAX_BYTES = 100_000_000
"""The most memory for the states before these steps. The state before the last step is always kept."""


class _Step(NamedTuple):
    """A step that was taken."""

    before: Bookmark
    after: RunState
    """The run that the step led to."""


class Steps:
    """The last steps of a run, the newest last."""

    def __init__(self) -> None:
        self._steps: deque[_Step] = deque(maxlen=MAX_STEPS)
        self._can_undo = False

    def add(self, before: Bookmark, after: RunState) -> None:
        """Store a step that was taken."""
        self._steps.append(_Step(before, after))
        while len(self._steps) > 1 and len(self._steps) * before.state.size > MAX_BYTES:
            self._steps.popleft()

    def back(self, now: SessionNow) -> Transition:
        """Pause, and return to exactly the run before its last step.

        A step that is stored needs no training. Before the first of them, the run is rewound to the beginning
        of the epoch of that step, and trained to it with every change made since. Undo then returns to the
        run before these steps. While something is in progress, nothing happens.
        """
        if now.in_progress:
            return now.unchanged(None)
        document = now.document.branched()
        run = document.run
        epoch = run.epochs_done - (0 if run.samples_done else 1)
        was_taken = bool(self._steps) and _is_same(self._steps[-1].after, run)
        if not was_taken and epoch < document.past.earliest:
            nothing = notices.AT_START if run.position == (0, 0) else notices.NOTHING_TO_REWIND
            return Transition(now.document, None, nothing())
        answer = now.branching(None)  # undoing a branch undoes the steps as well
        if not was_taken:
            self._steps.clear()
            trainer = now.new_trainer(run.config, run.source)
            trainer.return_to(document.bookmark)
            self._train_again(trainer, run, epoch)
            if not self._can_undo and not answer.undo:
                answer = replace(answer, undo="step back")
        self._can_undo = self._can_undo or bool(answer.undo)
        before = self._steps.pop().before
        document = replace(document, run=before.state, past=before.keyframes)
        return replace(answer, document=document)

    def _train_again(self, trainer: Trainer, run: RunState, start: int) -> None:
        """Train from the beginning of the last step's epoch to the end of the run; store the steps."""
        # Rewinding undoes only changes of settings at the beginning of the epoch.
        changes = [
            change
            for change in run.changes
            if (start, 0) < change.position < run.position
            or (change.position == (start, 0) != run.position and isinstance(change.value, TrainingConfig))
        ]
        trainer.rewind(start)
        here = trainer.bookmark()
        while (position := here.state.position) < run.position:
            due = [change for change in changes if change.position == position]
            for change in due:
                trainer.repeat(change.value)
            here = trainer.bookmark() if due else here
            here = self._train_on(trainer, here, run, changes)

    def _train_on(self, trainer: Trainer, here: Bookmark, run: RunState, changes: list[Change]) -> Bookmark:
        """Train to the next change, or by one step that is stored; return where that is."""
        stops = [change.position for change in changes if change.position > here.state.position]
        batch = trainer.config.batch_size or len(trainer.dataset)
        far = trainer.samples_to(*min([run.position, *stops])) - MAX_STEPS * batch
        if far > 0:
            trainer.run_for(math.inf, max_samples=far)
            return trainer.bookmark()
        trainer.step()
        there = trainer.bookmark()
        self.add(here, there.state)
        return there


def _is_same(one: RunState, other: RunState) -> bool:
    """Whether both are the same place of the same run, which may have been reached twice."""
    places = [(run.position, run.config, run.edits) for run in (one, other)]
    return one is other or (places[0] == places[1] and same_bits(one.parameters, other.parameters))
