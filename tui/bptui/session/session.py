"""The session: a document and an activity, between the keys and the trainer of one run on screen."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from bpengine import ConfigError, DataError, Dataset, Field, Task, Trace, Trainer, TrainingConfig
from bpengine.arithmetic.arrays import Array
from bpengine.fields import ChoiceField, NamesField
from bpengine.kernels import may_compile
from bpengine.kernels.kernel import work_per_sample
from bpengine.training.predictions import network_outputs
from bpengine.training.run import RunState
from bpengine.training.training_data import same_data
from bptui.experiments.beside import References, Stability
from bptui.experiments.runner import WorkLimits
from bptui.experiments.seeds.cloud import Cloud
from bptui.experiments.seeds.run_setup import setup_of
from bptui.session import commands
from bptui.session.activity import Activity, Running, Transition, in_progress, stage_of
from bptui.session.commands.context import SessionNow
from bptui.session.document import Document, SessionState, UndoEntry, UndoStack, edits_to_repeat
from bptui.session.sentences import notices
from bptui.session.snapshot import Snapshot, Stage, changes_data
from bptui.session.snapshot_maker import Snapshots
from bptui.session.speed import SPEED, SpeedControl
from bptui.settings.start_settings import StartSettings
from bpwords import Sentence

if TYPE_CHECKING:  # imported when a box, an experiment or a map is opened
    from bpengine.explain.derivation import DerivativeCheck
    from bptui.experiments.map.memory import MapMemory
    from bptui.experiments.map.plan import MapBase

NOTICE_SECONDS = 5.0
"""How long the answer to a key comes before what is wrong with a run, while it trains."""
KEY_SECONDS = 0.03
"""How long a step or a rewind may take before the screen shows its progress. Most take less."""
KEPT_SECONDS, KEPT_SHARE = 0.05, 0.05
"""How old the state may be that another thread keeps if the program ends now, and the most of the time that
copying it may take: with millions of samples, it is copied less often."""
MAX_WORK_TRACED_AT_ONCE = 2**20
"""The most work (see `work_per_sample`) of a step whose trace takes some milliseconds only."""

P = ParamSpec("P")
F = TypeVar("F", bound=Field)


class Session:
    """A run on screen. Commands change it, and ticks advance it.

    Args:
        config: the settings to begin with.
        source: the user's own data; None for the named data set.
        kernel: auto or numpy, which uses no machine code.
        restored: a run to continue; None begins a new one.
        clock: returns seconds since any fixed point in time.

    Attributes:
        cloud: the starts that differ from the run only in the seed.
        stability: the sharpness of the run, and the learning rates that it allows.
        references: what the network of a table has to be better than.
        notice: the answer to the last command; empty if the state of the run says everything.
        kept: what to keep if the program ends now. It is replaced as a whole, so that any thread may read it.
    """

    def __init__(
        self,
        config: TrainingConfig,
        source: Dataset | None = None,
        *,
        kernel: str = "numpy",
        restored: Trainer | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._clock, self._kernel = clock, kernel
        self._trainer = restored or Trainer(config, source, kernel=kernel)
        here = self._trainer.bookmark()
        self._document = Document(run=here.state, past=here.keyframes, opened_with=here.state.config)
        self._activity: Activity | None = None
        self._has_trained = False  # since the document was frozen
        self._is_away = False  # the trainer is on the way to another epoch
        self.notice, self._noticed_at = "", clock()
        self._undo_stack = UndoStack()
        self._speed = SpeedControl(clock)
        self._has_moved = False
        self._map_memory: MapMemory | None = None
        self.cloud, self.stability, self.references = Cloud(), Stability(), References()
        self._snapshots = Snapshots(self._speed, self.cloud, self.stability, self.references)
        self.hides_verdicts: Callable[[], bool] = lambda: False  # the front end of lessons asks another one
        self._publish()

    # Commands.

    def do(
        self, command: Callable[Concatenate[SessionNow, P], Transition], *args: P.args, **kwargs: P.kwargs
    ) -> None:
        """Give a command. What it begins trains for a moment, so that most of it is done at once.

        Args:
            command: one of `bptui.session.commands`.
            args, kwargs: its arguments.

        Raises:
            ConfigError: the settings do not go together. The session is as before, but a rewind or a visit
                is stopped.
            DataError: the settings do not suit the data. The same holds.
        """
        now = self._now()
        try:
            transition = command(now, *args, **kwargs)
        except (ConfigError, DataError):
            self._take(Transition(now.document, now.training, None))
            raise
        before = self._activity
        self._take(transition)
        if self._activity is not before:
            self._begin(transition)
        self._publish()

    def _begin(self, transition: Transition) -> None:
        """Train for a moment toward the end of a step, a rewind, a visit or a what-if that has just begun."""
        deadline = self._clock() + KEY_SECONDS
        if transition.begins_what_if and self._activity is not None and self._document.goal is not None:
            self._advance()
        while self._activity is not None and not self._activity.is_open_ended:
            self._advance()
            if self._clock() >= deadline:
                break

    def _now(self) -> SessionNow:
        self._freeze()
        document, activity = self._document, self._activity
        facts = self._speed.chosen, self.cloud.is_on, self._undo_stack
        return SessionNow(document, activity, self._new_trainer, *facts)

    def _new_trainer(self, config: TrainingConfig, source: Dataset | None) -> Trainer:
        """A trainer of another run; see `SessionNow.new_trainer`."""
        live = self._trainer
        dataset = live.dataset if live.source is source and same_data(live.config, config) else None
        return Trainer(config, source, kernel=self._kernel, dataset=dataset)

    def _take(self, transition: Transition) -> None:
        """Continue as a command says."""
        before = self._document
        self._note(transition, before)
        goal = transition.document.goal if transition.begins_what_if else None
        if goal is not None and not changes_data(goal.baseline.run.config, transition.document.run.config):
            self._return()
            self.cloud.expect_change(self._trainer, again=before.goal is not None)
        if transition.cloud is not None:
            self.cloud.switch(on=transition.cloud)
        if transition.speed is not None:
            self._speed.choose(transition.speed)
        is_other = transition.activity is not self._activity
        if is_other:
            self._speed.measure_again()
        leaves = self._is_away and is_other
        self._document, self._activity = transition.document, transition.activity
        if leaves or transition.document.shown is not before.shown:
            self._load()
        if goal is not None:
            self.cloud.follow(self._trainer, goal.epoch)
        self._settle()

    def _note(self, transition: Transition, before: Document) -> None:
        """Store what can be undone, and the sentence."""
        if transition.undo_stack is not None:
            self._undo_stack = transition.undo_stack
        elif transition.undo:
            self._undo_stack = self._undo_stack.pushed(UndoEntry(transition.undo, before, transition.of_pins))
        if transition.notice is not None:
            self.notice, self._noticed_at = transition.notice, self._clock()

    def _return(self) -> None:
        """Let the trainer be where the document is, if it is on the way to another epoch."""
        if self._is_away:
            self._trainer.return_to(self._document.bookmark)
            self._is_away = False

    def _load(self) -> None:
        """Let the trainer continue with the run that the document shows."""
        run, trainer = self._document.shown, self._trainer
        if not trainer.can_continue(run):
            trainer = self._new_trainer(run.config, run.source)
        trainer.return_to(self._document.bookmark)
        self._trainer, self._is_away = trainer, False
        self._has_trained = run.samples_processed != run.samples_done  # a large batch begins again

    def _settle(self) -> None:
        """Pause a run that has ended, so that it does not continue by itself if it later gets more epochs."""
        activity, document = self._activity, self._document
        if activity is not None and not activity.trains:
            return
        run, goal = document.shown, document.goal
        ended = run.finished or run.divergence is not None
        is_reached = goal is not None and goal.is_reached(self._trainer)
        if ended or is_reached:
            self._document = document.without_goal()
        if ended or (goal is not None and is_reached and not goal.runs_on):
            self._activity = None

    # What happens by itself.

    def tick(self) -> None:
        """Train for a slice of time if anything is in progress; also train the other starts of the cloud."""
        runs = self.stage is Stage.RUNNING
        self._has_moved = self._has_moved or runs
        self.cloud.tick(self._clock, runs=runs)
        self.stability.tick(self._clock, trains=self._activity is not None)
        self.references.tick(self._clock)
        if self._activity is None:
            return
        self._advance()
        if self._activity is None or self._clock() >= self._next_publishing:
            self._publish()

    def _advance(self) -> None:
        activity, before = self._activity, self._document
        assert activity is not None
        transition = activity.advance(self._trainer, before, self._speed)
        self._note(transition, before)
        self._document, self._activity = transition.document, transition.activity
        if activity.trains:
            self._has_trained = True
        else:
            self._is_away = transition.activity is not None

    def _freeze(self) -> None:
        """Let the document have the run as it is now."""
        if self._has_trained:
            here = self._trainer.bookmark()
            self._document = replace(self._document, run=here.state, past=here.keyframes)
            self._has_trained = False

    def advance_to(self, epoch: int) -> None:
        """Train until this epoch is done or the run has ended, however long it takes."""
        activity = Running()
        while self._trainer.epochs_done <= epoch and self.stage not in (Stage.FINISHED, Stage.DIVERGED):
            left = self._trainer.samples_to(self._trainer.epochs_done + 1)
            self._document = activity.train(self._trainer, self._document, left, self._clock)
            self._has_trained = True
        self._freeze()
        self._settle()
        if self.stage in (Stage.FINISHED, Stage.DIVERGED):
            self.notice = ""
        self._publish()

    def run_until_idle(self) -> None:
        """Train until nothing continues by itself, and compute the whole cloud and what else is shown."""
        while self.stage is Stage.RUNNING:
            self.tick()
        self.snapshot()  # lets the cloud and the sharpness follow the run
        self.cloud.compute_all()
        self.stability.compute_all()
        self.references.compute_all()

    # What the session is.

    @property
    def run(self) -> RunState:
        """The run that is shown: the same object until the run moves or changes.

        During a rewind, or on the way to an earlier epoch, that is the run as it was before.
        """
        self._freeze()
        return self._document.shown

    @property
    def trainer(self) -> Trainer:
        """The trainer that holds what is shown. Plans read it; only commands may change it."""
        return self._trainer

    @property
    def document(self) -> Document:
        """The document as it is now."""
        self._freeze()
        return self._document

    @property
    def source(self) -> Dataset | None:
        """The user's own samples; None for a named data set."""
        return self._trainer.source

    @property
    def dataset(self) -> Dataset:
        """The training samples."""
        return self._trainer.dataset

    @property
    def config(self) -> TrainingConfig:
        """The current settings."""
        return self._trainer.config

    @property
    def stage(self) -> Stage:
        """What the run is doing."""
        return stage_of(self._trainer, self._activity, is_viewed=self.is_viewing)

    @property
    def in_progress(self) -> bool:
        """Whether a step, a rewind, a visit or a what-if is in progress, which `stop` would stop."""
        return in_progress(self._document, self._activity)

    @property
    def is_flat_out(self) -> bool:
        """Whether the last slice was too short for the work of a tick, so that training needs no pauses."""
        return self._activity is not None and self._activity.is_flat_out

    @property
    def is_viewing(self) -> bool:
        """Whether the user looks at an earlier epoch instead of the latest one."""
        return self._document.view is not None

    @property
    def viewed(self) -> str:
        """A sentence for the box about the epoch that the user looks at; empty if it is the latest one."""
        view = self._document.view
        done = self._document.run.epochs_done
        return "" if view is None else notices.viewing_in_the_box(view.stop, done)

    @property
    def has_news(self) -> bool:
        """Whether something has changed since the last snapshot."""
        return self._has_moved or self.has_results

    @property
    def has_results(self) -> bool:
        """Whether something was computed beside the run since then."""
        return self.cloud.has_news or self.stability.has_news or self.references.has_news

    @property
    def is_computing(self) -> bool:
        """Whether something is left to compute beside the run."""
        return self.cloud.is_working or self.stability.is_working or self.references.is_working

    @property
    def epochs_done(self) -> int:
        """How many epochs are completed."""
        return self._trainer.epochs_done

    @property
    def epochs_to_report(self) -> int:
        """How many epochs are left to the end of the next one on the report interval."""
        return -self._trainer.epochs_done % self.config.report_interval + 1

    @property
    def follows_from_settings(self) -> bool:
        """Whether a new run with the current settings comes to the same numbers, as far as is known."""
        trainer = self._trainer
        return trainer.origin is not None and not trainer.edits and not setup_of(trainer).changes

    def snapshot(self, *, measures: int = 0) -> Snapshot:
        """The run as it is now.

        Args:
            measures: the most work that is done at once to measure the sharpness; see `Stability.measure`.
        """
        self._has_moved = False
        is_new = self.stage is not Stage.RUNNING or self._clock() - self._noticed_at < NOTICE_SECONDS
        snapshot = self._snapshots.of(
            self._trainer,
            self._document,
            self._activity,
            self.notice,
            is_new=is_new,
            is_away=self._is_away,
            measures=measures,
        )
        return snapshot.without_verdicts if self.hides_verdicts() else snapshot

    def told(self, field: F) -> F:
        """The setting; while a question is open, without the helps that could give its answer away."""
        if not self.hides_verdicts():
            return field
        if isinstance(field, ChoiceField | NamesField):
            field = replace(field, helps=dict.fromkeys(field.helps, ""))
        return replace(field, help="")

    # What is computed from the run.

    @property
    def traces_at_once(self) -> bool:
        """Whether tracing a step takes no longer than a key may wait."""
        config, trainer = self._trainer.config, self._trainer
        batch = config.batch_size or len(trainer.dataset)
        return batch * work_per_sample(trainer.sizes) <= MAX_WORK_TRACED_AT_ONCE

    def outputs(self, inputs: Array) -> Array:
        """The outputs of the network for rows of its inputs; shape (n, inputs) to (n, outputs)."""
        return network_outputs(self._trainer.network, inputs)

    def trace(self, sample: int | None = None) -> Trace | None:
        """Return the trace of the next step; None if the run is finished. The run does not change.

        Args:
            sample: the sample of a step that the run does not take; see `Trainer.alone`.

        Raises:
            DivergedError: the run has diverged, or would in this step.
        """
        return self._stepping(sample).trace()

    def _stepping(self, sample: int | None) -> Trainer:
        return self._trainer if sample is None else self._trainer.alone(sample)

    def check_derivative(self, parameter: int, sample: int | None = None) -> DerivativeCheck:
        """Check the derivative of the loss of the step that `trace` returns by central differences.

        Raises:
            ConfigError: the run is finished.
            DivergedError: the run has diverged, or would in this step.
        """
        from bpengine.explain.derivation import gradient_check

        return gradient_check(self._stepping(sample), (parameter,))[0]

    @property
    def may_compile(self) -> bool:
        """Whether machine code may train runs like this one."""
        return may_compile(self._kernel)

    def map_base(self, limits: WorkLimits) -> tuple[MapBase, MapMemory]:
        """The base of a map with the current settings, and the memory of earlier maps."""
        from bptui.experiments.map.memory import MapMemory
        from bptui.experiments.map.plan import MapBase

        if self._map_memory is None:
            self._map_memory = MapMemory()
        sizes = self._trainer.sizes
        base = MapBase(self.run.config, self.source, self.may_compile, limits, (sizes[0], sizes[-1]))
        return base, self._map_memory

    # Files, and the state that is kept.

    def open(self, run: Trainer, name: str, *, suited: bool = False) -> None:
        """Pause, and replace the run by another one; undo returns to it.

        Args:
            run: the other run.
            name: what was opened, in words, such as the name of a file.
            suited: whether its data was chosen, and so also the settings that suit it.
        """
        here = run.bookmark()
        opened = Document(
            run=here.state,
            past=here.keyframes,
            opened_with=here.state.config,
            pins=self._document.pins,
            what_if=self._document.what_if,
        )
        notice = notices.suited(run.config, run.source) if suited else notices.OPENED(name=name)
        self.do(lambda _: Transition(opened, None, notice, Sentence("open {name}")(name=name)))

    def save(self, path: Path) -> None:
        """Save a checkpoint of the run as it is shown, so also of an earlier epoch that the user looks at.

        During a rewind or on the way to an earlier epoch, that is the run as it was before.

        Raises:
            CheckpointError: the file can't be written.
        """
        from bpengine import checkpoint

        checkpoint.write(self.run, path)

    def state_to_keep(self) -> SessionState:
        """Everything that a later session needs to continue, as it is now."""
        self._publish()
        return self.kept

    def _publish(self) -> None:
        start = self._clock()
        self._freeze()
        document, activity = self._document, self._activity
        if document.goal is not None:  # after what-if was turned off, it could not continue otherwise
            document = replace(document, baseline=document.goal.baseline)
        running = activity is not None and activity.is_open_ended
        self.kept = SessionState(document, running, self.cloud.is_on, self._speed.chosen.label)
        end = self._clock()
        self._next_publishing = end + max(KEPT_SECONDS, (end - start) / KEPT_SHARE)

    def take_state(self, state: SessionState, *, paused: bool) -> None:
        """Continue with the state of an earlier session.

        Args:
            state: from `state_to_keep`, or from a file of kept runs.
            paused: whether the run stays paused even if it was running.
        """
        self._document = document = state.document
        self.cloud.switch(on=state.cloud)
        self._speed.choose(SPEED[state.speed])
        self._load()
        baseline = () if document.baseline is None else (document.baseline.run,)
        for run in (*baseline, *(pin.run for pin in document.pins.runs)):
            self._snapshots.of_run(run)
        if document.goal is not None:
            repeats, _ = edits_to_repeat(document.goal.baseline.run, document.run)
            goal = replace(document.goal, repeats=repeats)
            made = len(goal.due(self._trainer))
            self._document = replace(document, goal=replace(goal, repeats=repeats[made:]))
        self._activity = Running() if state.running and not paused else None
        self._publish()


def sessions_of(start: StartSettings) -> dict[Task, Session]:
    """The sessions that the screen or the dialogue opens with, one for each task.

    A run to resume belongs to the session of its task.

    Args:
        start: the settings at the start.
    """
    sessions = {
        task: Session(
            config,
            start.sources.get(task),
            clock=start.clock,
            kernel=start.kernel,
            restored=start.restored_for(task),
        )
        for task, config in start.configs.items()
    }
    if start.suited:
        opened = sessions[start.start]
        opened.do(commands.say, notices.suited(opened.config, opened.source, undoes=False))
    return sessions
