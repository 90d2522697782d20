"""`Cloud` follows the live run, and compares the starts before and after a change."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from bpengine import Trainer, TrainingConfig
from bpengine.kernels.choice import lanes_are_ready, load_lanes_for
from bpengine.kernels.kernel import work_per_sample
from bpengine.kernels.loading import has_lanes, is_installed, loaded
from bpengine.many.jobs import max_lanes
from bpengine.network.network import parameter_count
from bpengine.training.edits import edited_at
from bptui.experiments.grid import MAX_SPREAD_WORK, domain_grid
from bptui.experiments.runner import Plan, PlanTask, Runner, SlicedJob, problem_of
from bptui.experiments.seeds.cloud_snapshot import Band, CloudSnapshot, Compared, Standing
from bptui.experiments.seeds.groups import OneByOne, Reached, SideBySide, Starts
from bptui.experiments.seeds.run_setup import ALONE, IN_LANES, WITH_NUMPY, RunSetup, setup_of
from bptui.experiments.seeds.statistics import band_of, compared, standing
from bptui.formatting import changes_in_words
from bpwords import many

MIN_PARTS = 2
"""The fewest parts into which the starts are divided."""
ROUND_SECONDS = 0.15
"""About how long a round takes on two threads, so that the screen can show its result."""
MAX_FACTOR = 4.0
"""The largest ratio between the lengths of two consecutive rounds."""


class Computation:
    """The starts of a cloud, and what they have reached.

    Args:
        trainer: the live run; no reference to it is stored.
        setup: what the starts have in common.

    Attributes:
        setup: the `setup` argument.
        seeds: the seed of each start.
        parts: the starts in parts, more of them for a large network: training can be given up only between
            the epochs of a part.
        target: how many epochs to train.
        trained_to: how many epochs the round in progress or the last one trains to.
        band: the result of the last round; None before the first one has ended.
        problem: why the computation has ended early; empty if it has not.
    """

    def __init__(self, trainer: Trainer, setup: RunSetup) -> None:
        self.setup, self.seeds = setup, setup.seeds(trainer.config.epochs)
        self.target = self.trained_to = 0
        self.band: Band | None = None
        self.problem = ""
        self._dataset = trainer.dataset
        work = work_per_sample(setup.sizes) * len(self.seeds)
        self._inputs, self._shape = domain_grid(trainer.dataset, MAX_SPREAD_WORK // work)
        self._reached: dict[Starts, Reached] = {}
        self._began = self._epochs_a_round = 0.0
        self._train_side_by_side(on=False)

    @property
    def epochs_done(self) -> int:
        """How many epochs were completed when the last round ended."""
        return 0 if self.band is None else self.band.epochs_done

    @property
    def progress(self) -> str:
        """How far the starts are, in words."""
        return many(self.target, "{done} of {n} epoch", "{done} of {n} epochs", done=self.epochs_done)

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to do."""
        return bool(self.problem) or self.epochs_done >= self.target

    def jobs(self) -> Sequence[Starts]:
        """What is left of the round in progress or, without one, the next round. It must not be done.

        Starts that were trained one by one are trained again side by side once the machine code is loaded:
        that takes little, and comes to the same numbers.
        """
        if self.trained_to <= self.epochs_done:
            if self.setup.in_lanes and not self._side_by_side and lanes_are_ready("auto"):
                self._train_side_by_side(on=True)
            self.trained_to = min(self.target, self.epochs_done + max(1, int(self._epochs_a_round)))
            self._began = time.perf_counter()
        for part in self.parts:
            part.until = self.trained_to
        return [part for part in self.parts if part not in self._reached]

    def give_up(self) -> None:
        """End the training within some milliseconds. It continues with the next call of `jobs`."""
        for part in self.parts:
            part.until = 0

    def take(self, part: Starts, reached: Reached | None) -> bool:
        """Take what a part has reached; return whether it is the last part of the round."""
        if part in self.parts and reached is not None:
            self._reached[part] = reached
        if len(self._reached) < len(self.parts):
            return False
        epochs = self.trained_to - self.epochs_done
        seconds = max(time.perf_counter() - self._began, 1e-3)
        factor = min(max(ROUND_SECONDS / seconds, 1 / MAX_FACTOR), MAX_FACTOR)
        self._epochs_a_round = max(1.0, epochs * factor, self._epochs_a_round / MAX_FACTOR)
        in_order = [self._reached[part] for part in self.parts]
        self._reached = {}  # frees much memory
        self.band = band_of(in_order, self.trained_to, self._dataset, self._shape)
        return True

    def _train_side_by_side(self, *, on: bool) -> None:
        """Train the starts from now on side by side, or one by one, from their beginning."""
        setup, seeds, count = self.setup, self.seeds, MIN_PARTS
        if setup.in_lanes:
            samples = len(self._dataset) + len(self._dataset.test or ())
            most = max_lanes(parameter_count(setup.sizes), samples, setup.sizes[-1])
            count = max(MIN_PARTS, -(-len(seeds) // most))
        bounds = [number * len(seeds) // count for number in range(count + 1)]
        kind = SideBySide if on else OneByOne
        self.parts = tuple(kind(setup, seeds[first:last], self._inputs) for first, last in pairwise(bounds))
        self._side_by_side = on
        alone = ALONE if setup.compiled and loaded() else WITH_NUMPY
        self._epochs_a_round = ROUND_SECONDS / (setup.seconds(IN_LANES if on else alone) * len(seeds))


SLICE_SECONDS = 0.01
"""How long a tick trains the starts if no threads are used."""
SHORT_SLICE_SECONDS = 0.003
"""The same while the live run is running: it has priority."""
PAUSE_TICKS = 5
"""How many ticks the starts pause after they have caught up with the run."""
MAX_KEPT_SAMPLES = 200_000
"""The most samples, times starts, of a computation that is remembered, since large ones take more memory."""
KEPT_BYTES = 2**23
"""About how much memory such a computation takes."""


@dataclass(slots=True)
class ComparedChange:
    """A change of the run that ends at the epoch of the run before it, so that the starts are compared."""

    before: TrainingConfig
    starts: Computation | None
    """The starts before the change; None if they had not begun."""
    after: TrainingConfig | None = None
    """The settings after it; None while it is expected."""
    compared: Compared | None = None


class Cloud(Plan):
    """The starts of the live run. Off at first, which costs nothing.

    Attributes:
        is_on: whether there is a cloud.
    """

    def __init__(self) -> None:
        self.is_on = self._has_moved = False
        self._current: Computation | None = None
        self._change: ComparedChange | None = None
        self._is_live = True
        self._pause_ticks = 0
        self.use(Runner())

    def use(self, runner: Runner, wake: Callable[[], object] = lambda: None) -> None:
        """Let a runner with threads train the starts from now on.

        Args:
            runner: the runner.
            wake: called, from any thread, when there is news.
        """
        self._runner, self._wake = runner, wake
        self._task: PlanTask | None = None

    def stop(self) -> None:
        """Stop training for good."""
        if self._task is not None:
            self._task.end()
        self.use(Runner())

    def switch(self, *, on: bool) -> None:
        """Begin or stop to follow the live run."""
        before = self._wanted
        self.is_on, self._current, self._change = on, None, None
        self._give_up(before)

    @property
    def has_news(self) -> bool:
        """Whether something has changed since the last snapshot."""
        is_told = self._task is not None and self._task.has_news
        return self.is_on and (self._has_moved or is_told)

    @property
    def is_working(self) -> bool:
        """Whether something is left to compute."""
        return self._work() is not None

    def expect_change(self, trainer: Trainer, *, again: bool) -> None:
        """Compare the starts as they are at this epoch with those of the next change of the run.

        Args:
            trainer: the live run before the change.
            again: whether the run is itself a what-if that has not yet reached the epoch to compare at. Then
                the starts before that what-if remain the ones to compare with.
        """
        if not self.is_on:
            return
        if not again:
            self.follow(trainer, 0)
            self._change = ComparedChange(trainer.config, self._current if _epochs(trainer) else None)
        elif self._change is not None:
            self._change = ComparedChange(self._change.before, self._change.starts)

    def follow(self, trainer: Trainer, toward: int) -> None:
        """Let the starts train to the epoch of the live run.

        Args:
            trainer: the live run.
            toward: the epoch that it trains to by itself, if that is a later one.
        """
        if not self.is_on:
            return
        setup = setup_of(trainer)
        target = max(_epochs(trainer), toward)
        current = self._current
        is_same = (
            current is not None
            and current.setup.key == setup.key
            and current.seeds == setup.seeds(trainer.config.epochs)
        )
        is_expected = self._change is not None and self._change.after is None
        if is_same and is_expected:  # for example after another seed: the starts are the same
            self._change, is_expected = None, False
        begins = current is None or not is_same or current.trained_to > target
        if current is None or begins:
            before = self._wanted
            if not is_expected:
                self._change = None
            elif self._change is not None:
                self._change.after = trainer.config
            self._current = current = self._computation(trainer, setup, target)
            self._is_live, self._pause_ticks = True, 0
            self._give_up(before)
        pending = self._pending
        current.target = target if pending is None else min(target, pending.target)
        if begins or not current.trained_to:  # at once: a key press waits for the result
            self._go_on()

    def _computation(self, trainer: Trainer, setup: RunSetup, target: int) -> Computation:
        """The starts of this setup, trained at most to this epoch: remembered ones, or new ones."""
        made = Computation(trainer, setup)
        if not setup.in_lanes or setup.samples * len(made.seeds) > MAX_KEPT_SAMPLES:
            return made
        memory, key = self._runner.memory, (*setup.key, made.seeds)
        known: Computation | None = memory.get(key)
        if known is not None and not known.problem and known.trained_to <= target:
            return known
        memory.put(key, made, KEPT_BYTES)
        return made

    @property
    def _pending(self) -> Computation | None:
        """The starts before a change that is still to be compared."""
        change = self._change
        if change is None or change.starts is self._current or change.compared is not None:
            return None
        return change.starts

    def _work(self) -> Computation | None:
        """The computation to train next; None if nothing is left to train."""
        if not self.is_on:
            return None
        return next(
            (
                computation
                for computation in (self._pending, self._current)
                if computation and not computation.is_done
            ),
            None,
        )

    def jobs(self) -> Sequence[SlicedJob]:
        """See `Plan.jobs`."""
        work = None if self._pause_ticks else self._work()
        return [] if work is None else work.jobs()

    def take(self, job: SlicedJob, result: Any) -> None:
        """See `Plan.take`."""
        work = self._work()
        if work is None or not isinstance(job, Starts) or not work.take(job, result):
            return
        self._compare()
        self._has_moved = True
        if self._work() is None:
            self._pause_ticks = PAUSE_TICKS

    def fail(self, error: Exception) -> None:
        """See `Plan.fail`."""
        problem, work = problem_of(error), self._work()
        self._has_moved = True
        if work is not None:
            work.problem = problem

    def _go_on(self) -> None:
        """Take what the starts have reached, and keep them training."""
        if self._task is None or self._task.has_ended:  # it ends when memory is short
            self._task = self._runner.begin(self, self._wake)
        else:
            self._task.collect()

    @property
    def _wanted(self) -> list[Computation]:
        both = (self._current, None if self._change is None else self._change.starts)
        return [computation for computation in both if computation is not None]

    def _give_up(self, before: Sequence[Computation]) -> None:
        """Give up those computations that are not wanted any more."""
        for earlier in before:
            if earlier not in self._wanted:
                earlier.give_up()

    def tick(self, clock: Callable[[], float], *, runs: bool) -> None:
        """Train for a slice of time, or keep the threads training.

        Args:
            clock: returns seconds since any fixed point in time.
            runs: whether the live run is running.
        """
        if not self.is_on:
            return
        if self._pause_ticks:
            self._pause_ticks -= 1
            return
        self._go_on()
        self._runner.pump(SHORT_SLICE_SECONDS if runs else SLICE_SECONDS, clock)
        self._go_on()

    def load(self) -> None:
        """Load the machine code for starts side by side if it will be used. The first time takes seconds."""
        if self._current is not None and self._current.setup.in_lanes and not has_lanes():
            load_lanes_for("auto")

    def compute_all(self) -> None:
        """Compute everything that is left, however long it takes. Only without threads."""
        self.load()
        while self.is_working:
            self._pause_ticks = 0
            self._go_on()
            self._runner.pump()

    def _compare(self) -> None:
        """Compare the starts before and after a change, if both have reached the epoch."""
        change, pending, current = self._change, self._pending, self._current
        if change is None or pending is None or current is None:
            return
        if not pending.is_done or pending.target != current.epochs_done:
            return
        if pending.band is not None and current.band is not None:
            changes = changes_in_words(change.before, change.after or change.before)
            change.compared = compared(changes, pending.band, current.band)
        if pending.problem or change.compared is None:  # None: the clouds have no start in common
            self._change = None

    def snapshot(self, trainer: Trainer, toward: int) -> CloudSnapshot | None:
        """Follow the live run, and return the cloud as it is now; None if it is off.

        Args:
            trainer: the live run.
            toward: see `follow`.
        """
        if not self.is_on:
            return None
        self.follow(trainer, toward)
        if self._task is not None:
            self._task.collect()
        self._has_moved = False
        self._compare()
        current, pending = self._current, self._pending
        assert current is not None  # it follows the run
        band, change = current.band, None if self._change is None else self._change.compared
        behind = pending is not None and not pending.is_done
        shown = change is not None and change.epochs_done <= max(_epochs(trainer), toward)
        return CloudSnapshot(
            starts=len(current.seeds),
            target=current.target,
            changes_on_the_way=bool(current.setup.changes),
            lacks_numba=_lacks_numba(current, trainer.config.epochs),
            is_working=self.is_working,
            before=pending.progress if pending and behind else "",
            problem=current.problem,
            band=band,
            standing=None if band is None else self._standing(trainer, band),
            is_live=self._is_live,
            compared=change if shown else None,
            has_test=trainer.dataset.test is not None,
            edited=edited_at(trainer.edits) if trainer.edits else "",
        )

    def _standing(self, trainer: Trainer, band: Band) -> Standing:
        """The standing of the live run or, while the starts are behind it, of the start with its seed."""
        own = float(band.errors[band.seeds.index(trainer.config.seed)])
        last = trainer.history.last
        if band.epochs_done == _epochs(trainer) and (last is not None or trainer.divergence is not None):
            error = math.inf
            if last is not None and trainer.divergence is None:
                error = last.error if last.test_error is None else last.test_error
            self._is_live = error == own
            own = error
        return standing(own, band.errors)


def _lacks_numba(current: Computation, epochs: int) -> bool:
    """Whether there would be more starts if numba was installed."""
    setup = current.setup._replace(compiled=True)
    return not is_installed() and len(setup.seeds(epochs)) > len(current.seeds)


def _epochs(trainer: Trainer) -> int:
    """The completed epochs of a run; one in which it diverged counts, since other starts complete it."""
    return trainer.epochs_done + (trainer.divergence is not None)
