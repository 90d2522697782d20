"""The session: the state machine between the keys and the trainer of one run on screen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bpengine import (
    Dataset,
    Field,
    Trainer,
    TrainingConfig,
)
from bpengine.checkpoint import SavedRun, write
from bpengine.edits import edited_at
from bpengine.kernels import may_compile
from bptui.formatting import sentence_case
from bptui.session import notices
from bptui.session.notices import Notice
from bptui.session.pins import Baseline, Pins
from bptui.session.session_state import SessionState
from bptui.session.snapshot import State
from bptui.session.targets import Retraining, Rewinding, Stepping, edits_to_repeat
from bptui.session.timeline import wording
from bptui.session.timeline.viewing import Visiting
from bptui.session.undo import PinsBefore
from bptui.session.viewed_run import ViewedRun
from bptui.starts.advising import Advising
from bptui.starts.cloud.cloud import Cloud
from bptui.starts.cloud.run_setup import setup_of
from bptui.starts.runner import Limits

if TYPE_CHECKING:  # imported when a map is opened
    from bptui.starts.map.mapping import MapBase, MapMemory


class Session(ViewedRun):
    """A run with all its commands. See `LiveRun` for the arguments."""

    _map_memory: MapMemory | None = None

    # The commands of keys.

    def toggle(self) -> None:
        """Run or pause."""
        if self._task is not None:
            self.stop()
            return
        self._notice = None
        if self.state in (State.READY, State.PAUSED):
            self._branch()
            self._run()
        elif self.state is State.RUNNING:
            self._pause()
        elif self.state is State.FINISHED:
            self._notice = notices.finished(self._trainer.stop_reason)

    def stop(self) -> None:
        """Stop the step, the rewind, the visit or the what-if that is in progress, and pause.

        A rewind or a visit that is stopped leaves the run exactly as it was before.
        """
        if isinstance(self._task, (Rewinding, Visiting)):
            is_visit = isinstance(self._task, Visiting)
            self._stop_rewind()
            self._notice = wording.visit_stopped() if is_visit else notices.rewind_stopped()
        elif self._task is not None:
            self._notice, self._task = notices.stopped(), None
        elif self._retraining is not None and self._wants_to_run:
            baseline = self._retraining.baseline
            self._end_retraining()
            self._notice = notices.what_if_stopped(baseline.edits(self._not_repeated))
        self._pause()

    def step_epoch(self, epochs: int = 1) -> None:
        """Pause, and train to the end of the epoch in progress or through the next one.

        If a step is in progress, the new one is added to it.

        Args:
            epochs: how many epochs to train; an epoch in progress counts as one.
        """
        self._stop_rewind()
        self._notice = None
        self._pause()
        if self.state is State.FINISHED:
            self._notice = notices.finished(self._trainer.stop_reason)
        elif self.state is not State.DIVERGED:
            self._branch()
            epoch = self._trainer.epochs_done if self._task is None else self._task.target_epoch
            self._begin_task(Stepping(epoch + epochs))

    def step_samples(self, samples: int) -> int:
        """Pause, and train on `samples` samples, or on as many as a slice of time allows.

        Returns:
            The number of samples that the run was trained on: 0 if it has ended, and possibly more than
            `samples` if it trains in batches.
        """
        self._stop_rewind()
        self._notice = self._task = None
        self._pause()
        if self.state in (State.FINISHED, State.DIVERGED):
            return 0
        self._branch()
        return self._train_slice(samples)

    def change_speed(self, direction: int) -> None:
        """Train faster (1) or slower (-1)."""
        self._notice = Notice(self._speed_control.change(direction))

    def toggle_pin(self) -> None:
        """Pin the run that is shown to compare the live run with, or unpin it if it is pinned already.

        During a rewind or on the way to an earlier epoch, that is the run as it was before.
        If all pins are in use, the run replaces the oldest one.
        """
        run = self._current()
        label = self._pins.label_of(run)
        if label is not None:
            self.unpin(label)
            return
        pins, label, replaced = self._pins.adding(run)
        if replaced:
            self._undo.push(PinsBefore(f"another run pinned as {label}", self._pins))
        self._pins = pins
        self._notice = notices.pinned(label, replaced=replaced)

    def unpin(self, label: str) -> None:
        """Remove the pin with this letter, if there is one; undo restores it."""
        pins = self._pins.without(label)
        if len(pins.runs) < len(self._pins.runs):
            self._undo.push(PinsBefore(f"unpinned {label}", self._pins))
            self._pins = pins
            self._notice = notices.unpinned(label)

    def toggle_what_if(self) -> None:
        """Turn what-if on or off: whether each change retrains to the current epoch to show its effect."""
        self._what_if = not self._what_if
        if self._what_if:
            self._notice = notices.WHAT_IF_ON
        else:
            self._baseline = None
            self._notice = notices.WHAT_IF_OFF

    def advising(self, limits: Limits) -> Advising:
        """An experiment with changes of the settings, to the run's epoch or, at the start, to its end."""
        state = self._shown().state
        edits = state.edits
        return Advising(
            state.config,
            self.source,
            min(state.epochs_done, state.config.epochs),
            compiled=may_compile(self._kernel),
            limits=limits,
            edited=edited_at(edits) if edits else "",
        )

    def map_base(self, limits: Limits) -> tuple[MapBase, MapMemory]:
        """The base of a map with the current settings, and the memory of earlier maps."""
        from bptui.starts.map.mapping import MapBase, MapMemory

        if self._map_memory is None:
            self._map_memory = MapMemory()
        sizes = self._trainer.sizes
        config = self._shown().state.config
        base = MapBase(config, self.source, may_compile(self._kernel), limits, (sizes[0], sizes[-1]))
        return base, self._map_memory

    def open_run(self, values: Mapping[str, Any], what: str) -> None:
        """Open a run of a map: take its settings and run, without a comparison. See `take`."""
        self.take(values, what, compare=False)
        if self.state is State.READY:
            self._run()

    @property
    def cloud(self) -> Cloud:
        """The starts that differ from the run only in the seed."""
        return self._cloud

    def toggle_cloud(self) -> None:
        """Show the run as one of many starts, or alone."""
        self._cloud.switch(on=not self._cloud.is_on)
        shown = None if self._viewing is None else notices.cloud_waits()
        self._notice = shown if self._cloud.is_on else notices.CLOUD_OFF

    def run_until_idle(self) -> None:
        """Do what `LiveRun.run_until_idle` does, and compute the whole cloud."""
        super().run_until_idle()
        self.snapshot()  # lets the cloud follow the run
        self._cloud.compute_all()

    def refuse(self, reason: str) -> None:
        """Say why a change is refused."""
        self._notice = Notice(f"{sentence_case(reason)}.")

    def explain(self, field: Field) -> None:
        """Say what a hyperparameter does."""
        self._notice = Notice(field.help)

    # Files and the state that is kept.

    def open(
        self,
        config: TrainingConfig,
        source: Dataset | None,
        restored: Trainer | None,
        *,
        name: str,
    ) -> None:
        """Pause, and replace the run by one from a file; undo returns to it.

        Args:
            config: the settings of the run.
            source: the user's own data; None for the named data set.
            restored: the run to continue; None begins a new one.
            name: the name of the file.

        Raises:
            ConfigError: the settings do not go together. The session is as before.
            DataError: the settings do not suit the data. The session is as before.
        """
        before = self._version(f"open {name}")
        self._take_opened(config, source, restored)
        self._undo.push(before)
        self._opened_with = self.config
        self._notice = notices.opened(name)

    def save(self, path: Path) -> None:
        """Save a checkpoint of the run as it is shown, so also of an earlier epoch that the user looks at.

        During a rewind or on the way to an earlier epoch, that is the run as it was before.

        Raises:
            CheckpointError: the file can't be written.
        """
        with self._changing:  # a thread may be training
            run = self._shown()
        write(run, path)

    @property
    def follows_from_settings(self) -> bool:
        """Whether a new run with the current settings comes to the same numbers, as far as is known."""
        trainer = self._trainer
        return trainer.origin is not None and not trainer.edits and not setup_of(trainer).changes

    def say(self, text: str) -> None:
        """Show a sentence as the answer to a key, until the next key."""
        self._notice = Notice(text)

    def forget_notice(self) -> None:
        """Replace the answer to the last command by advice that suits the state of the run."""
        self._notice = None

    @property
    def is_worth_keeping(self) -> bool:
        """Whether anything was trained, changed, edited or pinned."""
        changed = self.config != self._opened_with or bool(self._trainer.edits)
        return self._has_begun or changed or bool(self._pins)

    @property
    def is_default(self) -> bool:
        """Whether the run is the one that the screen opens with by default."""
        defaults = TrainingConfig.defaults(self.config.task)
        return not self.is_worth_keeping and self.config == defaults and self.source is None

    def state_to_keep(self, timeout: float = -1.0) -> SessionState | None:
        """A copy of everything that a later session needs to continue. Any thread may call this.

        Args:
            timeout: the most seconds to wait for a computation that changes the run; the default is forever.

        Returns:
            None if the computation has not ended by then.
        """
        if not self._changing.acquire(timeout=timeout):
            return None
        try:
            run = self._run_to_keep()
            retraining, pins, not_repeated = self._retraining, self._pins, self._not_repeated
            # Without a baseline, as after what-if was turned off, the what-if could not continue.
            baseline = self._baseline if retraining is None else retraining.baseline
        finally:
            self._changing.release()
        return SessionState(
            run=run,
            pins=pins.runs,
            baseline=None if baseline is None else baseline.run,
            retraining=None if retraining is None else (retraining.target_epoch, retraining.run_afterwards),
            running=self._wants_to_run,
            what_if=self._what_if,
            cloud=self._cloud.is_on,
            opened_with=self._opened_with,
            speed=self._speed_control.speed.label,
            not_repeated=not_repeated if baseline is not None else (),
        )

    def _run_to_keep(self) -> SavedRun:
        if self._viewing is not None:
            return SavedRun.of(self._trainer, self._viewing.latest)
        return self._shown()

    def take_state(self, state: SessionState, *, paused: bool) -> None:
        """Continue with the state of an earlier session.

        Args:
            state: from `state_to_keep`.
            paused: whether the run stays paused even if it was running.
        """
        run = state.run
        self._take_opened(run.state.config, run.source, run.trainer(kernel=self._kernel))
        self._opened_with, self._what_if = state.opened_with, state.what_if
        self._cloud.switch(on=state.cloud)
        self._speed_control.choose(state.speed)
        self._pins = Pins(state.pins)
        for run in state.runs[1:]:
            self._snapshot_of(run)
        if state.baseline is not None:
            self._baseline = Baseline(state.baseline)
            self._not_repeated = state.not_repeated
            if state.retraining is not None:
                snapshot = self._snapshot_of(state.baseline)
                repeats, _ = edits_to_repeat(state.baseline, snapshot, self._trainer)
                retraining = Retraining(*state.retraining, baseline=self._baseline, repeats=repeats)
                made = len(retraining.due(self._trainer))
                self._retraining = replace(retraining, repeats=repeats[made:])
        self._wants_to_run = state.running and not paused

    def _take_opened(self, config: TrainingConfig, source: Dataset | None, restored: Trainer | None) -> None:
        """Replace the run by another one."""
        self._begin(config, source, restored)
        self._baseline = self._previous_curve = self._notice = None
