"""Training the starts of a cloud in rounds. After each round, all starts are at the same epoch."""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import pairwise

from bpengine import Trainer
from bpengine.kernels.choice import lanes_are_ready
from bpengine.kernels.kernel import work_per_sample
from bpengine.kernels.loading import loaded
from bpengine.many.jobs import max_lanes
from bpengine.network import parameter_count
from bpengine.wording import counted
from bptui.background.cloud.figures import band_of
from bptui.background.cloud.run_setup import ALONE, IN_LANES, WITH_NUMPY, RunSetup
from bptui.background.cloud.snapshot import Band
from bptui.background.cloud.starts import OneByOne, Reached, SideBySide, Starts
from bptui.background.grid import MAX_SPREAD_WORK, domain_grid

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
        return f"{self.epochs_done} of {counted(self.target, 'epoch')}"

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
