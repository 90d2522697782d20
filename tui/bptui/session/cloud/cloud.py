"""`Cloud` follows the live run, compares the starts before and after a change, and trains both sets
of starts in slices of time or in threads."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

from bpengine import Trainer, TrainingConfig
from bpengine.edits import edited_at
from bpengine.kernels.choice import load_lanes_for
from bpengine.kernels.loading import has_lanes, is_installed
from bptui.session.cloud.computation import THREADS, Computation
from bptui.session.cloud.figures import compared, standing
from bptui.session.cloud.run_setup import RunSetup, setup_of
from bptui.session.cloud_snapshot import Band, CloudSnapshot, Compared, Standing
from bptui.session.comparison import changes_in_words

SLICE_SECONDS = 0.01
"""How long a tick trains the starts if no threads are used."""
SHORT_SLICE_SECONDS = 0.003
"""The same while the live run is running: it has priority."""
PAUSE_TICKS = 5
"""How many ticks the starts pause after they have caught up with the run."""
MAX_KEPT = 4
"""How many computations are kept, so that undoing a change shows its cloud at once: some MB each."""
MAX_KEPT_SAMPLES = 200_000
"""The most samples, times starts, of a computation that is kept, since large ones take more memory."""


class Cloud:
    """The starts of the live run. Off at first, which costs nothing.

    Attributes:
        is_on: whether there is a cloud.
        has_news: whether something has changed since the last snapshot.
    """

    def __init__(self) -> None:
        self.is_on = self.has_news = self._is_stopped = False
        self._executor: ThreadPoolExecutor | None = None
        self._uses_threads = self._yields = False
        self._training: list[Future[None]] = []
        self._kept: list[Computation] = []
        self._tell: Callable[[], object] = lambda: None
        self._lock = threading.RLock()
        self._forget()

    def _forget(self) -> None:
        self._current: Computation | None = None
        self._baseline: Computation | None = None
        self._before: TrainingConfig | None = None
        self._changes: list[str] = []
        self._compared: Compared | None = None
        self._expects_change = False
        self._is_live = True
        self._pause_ticks = 0

    def use_threads(self, when_news: Callable[[], object] = lambda: None) -> None:
        """Train beside the event loop from now on.

        Args:
            when_news: called at the end of each round, from the thread that ends it.
        """
        self._uses_threads, self._tell = True, when_news

    def hold(self) -> None:
        """Start no further round before the next tick."""
        self._yields = True

    def stop(self) -> None:
        """Stop training."""
        self._is_stopped = True

    def switch(self, *, on: bool) -> None:
        """Begin or stop to follow the live run."""
        with self._lock:
            self.is_on = on
            self._forget()

    def expect_change(self, trainer: Trainer, *, again: bool) -> None:
        """Compare the starts as they are at this epoch with those of the next change of the run.

        Args:
            trainer: the live run before the change.
            again: whether the run is itself a what-if that has not yet reached the epoch to compare at. Then
                the starts before that what-if remain the ones to compare with.
        """
        if not self.is_on:
            return
        with self._lock:
            if not again:
                self.follow(trainer, 0)
                self._baseline = self._current if _epochs(trainer) else None
                self._before = trainer.config
            self._compared = None
            self._expects_change = True

    def follow(self, trainer: Trainer, toward: int) -> None:
        """Let the starts train to the epoch of the live run.

        Args:
            trainer: the live run.
            toward: the epoch that it trains to by itself, if that is a later one.
        """
        if not self.is_on:
            return
        with self._lock:
            setup = setup_of(trainer)
            target = max(_epochs(trainer), toward)
            current = self._current
            is_same = (
                current is not None
                and current.setup.is_like(setup)
                and current.seeds == setup.seeds(trainer.config.epochs)
            )
            if is_same and self._expects_change:  # for example after another seed: the starts are the same
                self._baseline, self._expects_change = None, False
            begins = current is None or not is_same or current.trained_to > target
            if current is None or begins:
                if is_same or not self._expects_change:
                    self._baseline = self._compared = None
                elif self._before is not None:
                    self._changes = changes_in_words(self._before, trainer.config)
                self._expects_change = False
                self._current = current = self._computation(trainer, setup, target)
                self._is_live, self._pause_ticks = True, 0
            pending = self._pending
            current.target = target if pending is None else min(target, pending.target)
            if begins or not current.trained_to:  # at once: a key press waits for the result
                self._train_in_threads()

    def _computation(self, trainer: Trainer, setup: RunSetup, target: int) -> Computation:
        """The starts of this setup, trained at most to this epoch: kept ones, or new ones."""
        made = Computation(trainer, setup)
        if not setup.in_lanes or setup.samples * len(made.seeds) > MAX_KEPT_SAMPLES:
            return made
        for each in self._kept:
            if each.setup.is_like(setup) and each.seeds == made.seeds and each.trained_to <= target:
                made = made if each.problem else each
        others = [each for each in self._kept if each is not made]
        self._kept = [*others, made][-MAX_KEPT:]
        return made

    @property
    def _pending(self) -> Computation | None:
        """The starts before a change that is still to be compared."""
        has_changed = self._baseline is not self._current and self._compared is None
        return self._baseline if has_changed else None

    def _work(self) -> Computation | None:
        """The computation to train next; None if nothing is left to train."""
        if not self.is_on:
            return None
        return next((each for each in (self._pending, self._current) if each and not each.is_done), None)

    @property
    def is_working(self) -> bool:
        """Whether something is left to compute."""
        return self._work() is not None

    def tick(self, clock: Callable[[], float], *, runs: bool) -> None:
        """Train for a slice of time, or keep the threads training.

        Args:
            clock: returns seconds since any fixed point in time.
            runs: whether the live run is running.
        """
        self._yields = runs
        if not self._may_train:
            return
        if self._pause_ticks:
            self._pause_ticks -= 1
        elif self._uses_threads:
            self._train_in_threads()
        else:
            self._train_until(clock, clock() + (SHORT_SLICE_SECONDS if runs else SLICE_SECONDS))

    @property
    def _may_train(self) -> bool:
        return self.is_on and not self._is_stopped

    def load(self) -> None:
        """Load the machine code for starts side by side if it will be used. The first time takes seconds."""
        if self._current is not None and self._current.setup.in_lanes and not has_lanes():
            load_lanes_for("auto")

    def compute_all(self) -> None:
        """Compute everything that is left, however long it takes. Only without threads."""
        self.load()
        while self._work() is not None:
            self._train_until(lambda: 0.0, math.inf)

    def _train_until(self, clock: Callable[[], float], deadline: float) -> None:
        """Train until the deadline or the end of a round."""
        work = self._work()
        if work is None:
            return
        if not work.in_round:
            work.begin_round()
        for number in range(work.parts):
            work.train(number, lambda: clock() < deadline)
        self._end_round(work)

    def _train_in_threads(self) -> None:
        """Begin a round in the threads if threads are used and no round is in progress."""
        with self._lock:
            work = self._work() if self._uses_threads and self._may_train else None
            if work is None or not all(each.done() for each in self._training):
                return
            if self._executor is None:
                self._executor = ThreadPoolExecutor(THREADS, thread_name_prefix="cloud")
            if not work.in_round:
                work.begin_round()
            self._training = [
                self._executor.submit(work.train, number, lambda: self._wants(work))
                for number in range(work.parts)
            ]
            for each in self._training:
                each.add_done_callback(lambda part: self._end_part(work, part))

    def _end_part(self, work: Computation, part: Future[None]) -> None:
        """End the round after its last part, and begin the next one unless the live run has priority."""
        self._end_round(work)
        if part.exception() is None and not self._pause_ticks and not self._yields:
            self._train_in_threads()

    def _wants(self, work: Computation) -> bool:
        return self.is_on and not self._is_stopped and work in (self._current, self._baseline)

    def _end_round(self, work: Computation) -> None:
        """If the round has ended, take its result, and pause if nothing is left to do."""
        if work.in_round:
            return
        with self._lock:
            self._compare()
            if self._work() is None:
                self._pause_ticks = PAUSE_TICKS
            self.has_news = True
        self._tell()

    def _compare(self) -> None:
        """Compare the starts before and after a change, if both have reached the epoch."""
        pending, current = self._pending, self._current
        if pending is None or current is None or not pending.is_done or pending.target != current.epochs_done:
            return
        if pending.band is not None and current.band is not None:
            self._compared = compared(self._changes, pending.band, current.band)
        if pending.problem or self._compared is None:  # None: the clouds have no start in common
            self._baseline = None

    def snapshot(self, trainer: Trainer, toward: int) -> CloudSnapshot | None:
        """Follow the live run, and return the cloud as it is now; None if it is off.

        Args:
            trainer: the live run.
            toward: see `follow`.
        """
        if not self.is_on:
            return None
        with self._lock:
            self.has_news = False
            self.follow(trainer, toward)
            is_working = self.is_working  # read first: a round that the threads end after this is news
            self._compare()
            current = self._current
            assert current is not None  # it follows the run
            band, change, pending = current.band, self._compared, self._pending
            behind = pending is not None and not pending.is_done
            shown = change is not None and change.epochs_done <= max(_epochs(trainer), toward)
            return CloudSnapshot(
                starts=len(current.seeds),
                target=current.target,
                changes_on_the_way=bool(current.setup.changes),
                lacks_numba=_lacks_numba(current, trainer.config.epochs),
                is_working=is_working,
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
    setup = replace(current.setup, compiled=True)
    return not is_installed() and len(setup.seeds(epochs)) > len(current.seeds)


def _epochs(trainer: Trainer) -> int:
    """The completed epochs of a run; one in which it diverged counts, since other starts complete it."""
    return trainer.epochs_done + (trainer.divergence is not None)
