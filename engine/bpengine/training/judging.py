"""What the errors of a run show beyond chance: whether they still fall, and whether the run overfits."""

from __future__ import annotations

import copy
import math
from typing import NamedTuple

import numpy as np

from bpengine.arithmetic.arrays import Array
from bpengine.arithmetic.functions import exp, log
from bpengine.choices import Task
from bpengine.data import Dataset
from bpengine.network.losses import LOSSES, constant_error
from bpengine.training.history import EpochRecord
from bpengine.training.predictions import network_outputs
from bpengine.training.trainer import Trainer

LATE = 0.3
"""The share of a run whose errors show a trend: its end."""
FEWEST_EPOCHS = 8
"""The fewest errors that show one."""
FALLING = 0.05
"""The smallest relative fall in a tenth of a run that has not converged yet."""
HIGHER = 1.1
"""An error of more than this many times another one counts as higher."""
FEWEST_TESTS = 5
"""The fewest test samples with which a run is said to overfit."""
STANDARD_ERRORS = 2.0
"""A difference of more standard errors than this is not counted as chance."""
_OF_MEDIANS = math.sqrt(math.pi / 2)
"""The standard error of a median divided by that of a mean, for normal numbers."""


class Trend(NamedTuple):
    """How the errors moved over the last `LATE` of a run, or over its last `FEWEST_EPOCHS` errors."""

    errors: Array
    """These errors; shape (n,)."""
    is_part: bool
    """Whether they are those of `LATE` of the run."""
    change: float
    """The relative change over this period, -1 or more; 0 if it may be chance."""
    per_tenth: float
    """The same over a tenth of the run."""

    @classmethod
    def of(cls, epochs: Array, errors: Array) -> Trend | None:
        """The trend of the errors of these epochs, or None if they are too few; shape (n,) each.

        Numbers below 0, which other programs may report, show none.

        The slope of the logarithms is the median slope between errors that are half of the period apart (the
        incomplete method of H. Theil, 1950), so that single epochs have little effect. It counts if the
        medians of both halves differ by more than two standard errors. Those are estimated from what is left
        without the slope, with its correlation from one error to the next.
        """
        if len(errors) < FEWEST_EPOCHS:
            return None
        run = epochs[-1] - epochs[0]
        count = int((epochs >= epochs[-1] - LATE * run).sum())
        is_part, count = count >= FEWEST_EPOCHS, max(count, FEWEST_EPOCHS)
        late, half = errors[-count:], count // 2
        time, logs = epochs[-count:] / run, log(np.maximum(late, 1e-300))
        slope = float(np.median((logs[half:] - logs[:-half]) / (time[half:] - time[:-half])))
        rest = logs - slope * time
        rest -= rest.mean()
        power = float(rest @ rest)
        memory = min(max(float(rest[1:] @ rest[:-1]) / power, 0.0), 0.99) if power > 0 else 0.0
        deviation = math.sqrt(power / (count - 2) * (1 + memory) / (1 - memory))
        apart = float(np.median(logs[-half:]) - np.median(logs[:half]))
        is_chance = abs(apart) <= STANDARD_ERRORS * _OF_MEDIANS * deviation * math.sqrt(2 / half)
        if is_chance or apart * slope <= 0 or late.min() < 0:
            return cls(late, is_part, 0.0, 0.0)
        change, per_tenth = (float(exp(slope * part)) - 1 for part in (time[-1] - time[0], 0.1))
        return cls(late, is_part, change, per_tenth)

    @property
    def is_falling(self) -> bool:
        """Whether the run has clearly not converged yet. Otherwise that is not known."""
        return self.per_tenth <= -FALLING


class TestError(NamedTuple):
    """A test error that is higher now than it was."""

    best: EpochRecord
    """The epoch with the lowest one."""
    overfits: bool
    """Whether the run overfits, beyond chance."""


def higher_test_error(run: Trainer, *, seconds: float) -> TestError | None:
    """Compare the test error with the lowest one on the curve; None if it is not higher now.

    A run overfits if its epoch error has fallen since that epoch, the training error is below that of the
    best constant, and two differences are larger than two of their standard errors: that of the test error
    and the training error, and the mean by which the losses of the test samples, at least `FEWEST_TESTS`, are
    higher now than they were then. The weights of that epoch are found by
    repeating the training from the nearest stored state.

    Args:
        run: the run.
        seconds: the time limit for repeating; a run that would take longer is not said to overfit.
    """
    tests, test = np.nan_to_num(run.history.test_curve(), nan=np.inf), run.dataset.test
    if test is None or not len(tests) or not HIGHER * tests.min() < tests[-1] < np.inf:
        return None
    records = run.history.of_curve()
    best, last = records[int(tests.argmin())], records[-1]
    learned, now = _losses(run, run.dataset), _losses(run, test)
    gap, chance = now.mean() - learned.mean(), math.hypot(standard_error(now), standard_error(learned))
    is_learning = last.error < best.error and learned.mean() < constant_error(
        run.network.loss, run.dataset.targets
    )
    is_known = len(test) >= FEWEST_TESTS and run.earliest <= best.epoch + 1
    if not (is_learning and is_known and gap > STANDARD_ERRORS * chance):
        return TestError(best, overfits=False)
    before = copy.deepcopy(run)
    if next(before.rewinding(best.epoch + 1, 1000 * seconds), run) is not run:
        return TestError(best, overfits=False)
    difference, chance = paired(_losses(before, test), now)
    return TestError(best, overfits=difference > chance)


def _losses(run: Trainer, samples: Dataset) -> Array:
    with np.errstate(all="ignore"):
        return run.network.loss.value(network_outputs(run.network, samples.inputs), samples.targets)


def paired(before: Array, after: Array) -> tuple[float, float]:
    """The mean difference of losses of the same samples, after minus before, and two of its standard errors.

    Args:
        before, after: the losses; shape (n,) each, where n is at least 2.
    """
    with np.errstate(all="ignore"):
        difference = after - before
        return float(difference.mean()), STANDARD_ERRORS * standard_error(difference)


def is_better(task: Task, outputs: Array, others: Array, targets: Array) -> bool:
    """Whether outputs are better than others for the same samples, beyond chance.

    Classes are judged by how many are right: the cross-entropy of a linear model depends on its penalty.

    Args:
        task: the task.
        outputs, others, targets: in the network's units; shape (samples, outputs) each, 2 samples or more.
    """
    if task == "classification":
        known = targets.argmax(axis=1)
        own, other = ((each.argmax(axis=1) != known).astype(np.float64) for each in (outputs, others))
    else:
        with np.errstate(all="ignore"):
            own, other = (LOSSES[task].value(each, targets) for each in (outputs, others))
    difference, chance = paired(own, other)
    return difference > chance


def standard_error(values: Array) -> float:
    """The standard error of the mean; infinite for a single value. Shape (n,)."""
    with np.errstate(all="ignore"):  # outputs may be close to the largest float
        return float(values.std(ddof=1)) / math.sqrt(len(values)) if len(values) > 1 else math.inf
