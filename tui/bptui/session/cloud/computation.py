"""Training the starts of a cloud in rounds. After each round, all starts are at the same epoch."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import numpy as np

from bpengine import Trainer
from bpengine.kernels.choice import lanes_are_ready
from bpengine.kernels.kernel import work_per_sample
from bpengine.kernels.loading import loaded
from bpengine.many.jobs.dividing import max_lanes
from bpengine.network import parameter_count
from bptui.session.cloud.figures import band_of
from bptui.session.cloud.run_setup import ALONE, IN_LANES, WITH_NUMPY, RunSetup
from bptui.session.cloud.starts import OneByOne, Reached, SideBySide, Starts
from bptui.session.cloud_snapshot import Band
from bptui.session.observation import MAX_SPREAD_WORK, domain_grid

THREADS = 2
"""How many threads train the starts, which are divided into at least as many parts."""
ROUND_SECONDS = 0.15
"""About how long a round takes, so that the screen can show its result."""
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
        parts: the number of parts into which the starts are divided, more for a large network: training can
            be given up only between the epochs of a part.
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
        self.parts = THREADS
        if setup.in_lanes:
            samples = len(self._dataset) + len(self._dataset.test or ())
            most = max_lanes(parameter_count(setup.sizes), samples, setup.sizes[-1])
            self.parts = max(THREADS, -(-len(self.seeds) // most))
        self._train_side_by_side(on=False)
        self._reached: list[Reached | None] = [None] * self.parts
        self._lock = threading.Lock()
        self._began = 0.0

    @property
    def epochs_done(self) -> int:
        """How many epochs were completed when the last round ended."""
        return 0 if self.band is None else self.band.epochs_done

    @property
    def progress(self) -> str:
        """How far the starts are, in words."""
        return f"{self.epochs_done} of {self.target} epoch{'s' * (self.target != 1)}"

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to do."""
        return bool(self.problem) or self.epochs_done >= self.target

    @property
    def in_round(self) -> bool:
        """Whether a round is in progress."""
        return not self.problem and self.trained_to > self.epochs_done

    def begin_round(self) -> None:
        """Begin a round. The computation must not be done, and not be in a round.

        Starts that were trained one by one are trained again side by side once the machine code is loaded:
        that takes little, and comes to the same numbers.
        """
        if self.setup.in_lanes and not self._side_by_side and lanes_are_ready("auto"):
            self._train_side_by_side(on=True)
        self.trained_to = min(self.target, self.epochs_done + max(1, int(self._epochs_a_round)))
        self._reached = [None] * self.parts
        self._began = time.perf_counter()

    def _train_side_by_side(self, *, on: bool) -> None:
        """Train the starts from now on side by side, or one by one, from their beginning."""
        self._side_by_side = on
        self._starts: list[Starts | None] = [None] * self.parts
        alone = ALONE if self.setup.compiled and loaded() else WITH_NUMPY
        seconds = self.setup.seconds(IN_LANES if on else alone)
        self._epochs_a_round = ROUND_SECONDS / (seconds * len(self.seeds))

    def train(self, number: int, goes_on: Callable[[], bool]) -> None:
        """Train a part of the starts through the round while `goes_on()`. The last part ends the round."""
        if self._reached[number] is not None or not goes_on():
            return
        try:
            with np.errstate(all="ignore"):
                starts = self._starts[number] or self._made(number)
                while starts.advance(self.trained_to):
                    if not goes_on():
                        return
                self._end_part(number, starts.reached(self.trained_to, self._inputs))
        except MemoryError:
            self.problem = "so many runs need more memory than there is"

    def _made(self, number: int) -> Starts:
        """A part of the starts. They are created when they are first trained, since that takes time."""
        first, last = (place * len(self.seeds) // self.parts for place in (number, number + 1))
        seeds = self.seeds[first:last]
        starts: Starts = (SideBySide if self._side_by_side else OneByOne)(self.setup, seeds)
        self._starts[number] = starts
        return starts

    def _end_part(self, number: int, reached: Reached) -> None:
        with self._lock:
            self._reached[number] = reached
            parts = [part for part in self._reached if part is not None]
        if len(parts) == self.parts:
            epochs = self.trained_to - self.epochs_done
            seconds = max(time.perf_counter() - self._began, 1e-3)
            factor = min(max(ROUND_SECONDS / seconds, 1 / MAX_FACTOR), MAX_FACTOR)
            self._epochs_a_round = max(1.0, epochs * factor, self._epochs_a_round / MAX_FACTOR)
            self.band = band_of(parts, self.trained_to, self._dataset, self._shape)
            self._reached = [None] * self.parts  # frees much memory
