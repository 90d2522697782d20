"""The findings of an experiment: a trial for each change, and the advice from all of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import StrEnum
from statistics import median
from typing import NamedTuple

from bpengine.config import TrainingConfig
from bpengine.many.advice.changes import TriedChange
from bpengine.many.sign_test import SIGNIFICANCE, sign_test
from bpwords import translatable

FIRST_LEVEL = 0.3
"""A change is promising if it is better more often and the p-value of the sign test is at most this: 6 of 8
starts. A lower one would miss changes that lower the error of most starts but not of each."""
MIN_GAIN = 0.02
"""The smallest relevant change of the median error, as a fraction of it."""

MAX_RATIO = 10.0
"""How many times the error of the best constant output an error may be. A higher one is that of runs that
nearly diverge. Runs in their first epochs, and with large random weights, may well be above the constant."""


class Verdict(StrEnum):
    """What a change does to the error."""

    HELPS = "helps"
    """The change clearly lowers the error, also on fresh starts, which were not used to choose it."""
    PROMISING = "promising"
    """The change lowers the error on the first starts; fresh starts are still to be trained."""
    STILL_HIGH = "still high"
    """The change clearly lowers the error, but it stays above `MAX_RATIO` times that of the best constant
    output: the runs still diverge, or nearly."""
    NO_DIFFERENCE = "no clear difference"
    UNPROMISING = "unpromising"
    """The change clearly raises the error on the first starts; fresh starts are still to be trained."""
    WORSE = "worse"
    """The change clearly raises the error, also on fresh starts."""


UNDECIDED = (Verdict.PROMISING, Verdict.UNPROMISING)
"""The verdicts after which a change is tried again, on fresh starts."""


class Trial(NamedTuple):
    """A change, compared with the current settings start by start: each pair of runs has the same seed."""

    change: TriedChange
    verdict: Verdict
    before: float
    """The median error with the current settings; infinite if most runs diverged."""
    after: float
    """The median error with the change, over the same seeds."""
    better: int
    """In how many starts the change has the lower error."""
    worse: int
    """In how many starts it has the higher error. In all others, both are equal."""
    starts: int
    """The number of starts (the fresh ones if those were trained)."""

    @property
    def p_value(self) -> float:
        """The p-value of the exact sign test, two-sided."""
        return sign_test(self.better, self.worse)


class Advice(NamedTuple):
    """The result of an experiment so far."""

    config: TrainingConfig
    """The current settings."""
    epoch: int
    """How many epochs each run is trained, except for changes of the number of epochs."""
    starts: int
    """The number of starts for each change; undecided ones are tried on twice as many fresh starts."""
    has_test: bool
    """Whether the errors are those of the test samples."""
    changes: int
    """The number of changes to try."""
    before: float | None
    """The median error with the current settings; None if it is not known yet."""
    trials: tuple[Trial, ...]
    """The changes that were tried, ordered by verdict (helpful ones first) and then by error."""
    done: bool
    """Whether the experiment is complete."""

    @property
    def error_name(self) -> str:
        """The name of the errors: the test error decides if there are test samples."""
        return translatable("test error") if self.has_test else translatable("error")

    def of(self, verdict: Verdict) -> tuple[Trial, ...]:
        """The trials with this verdict."""
        return tuple(trial for trial in self.trials if trial.verdict is verdict)


def compare(
    change: TriedChange,
    before: Sequence[float],
    after: Sequence[float],
    *,
    constant: float = math.inf,
    fresh: bool = False,
) -> Trial:
    """Compare the errors of runs with the current and with changed settings.

    Args:
        change: the change.
        before: the error of each start; infinite for a run that diverged.
        after: the same with the change, in the same order.
        constant: the error of the best constant output, for the same samples.
        fresh: whether these starts were not used to choose the change.
    """
    better = sum(new < old for old, new in zip(before, after, strict=True))
    worse = sum(new > old for old, new in zip(before, after, strict=True))
    medians, p_value = (median(before), median(after)), sign_test(better, worse)
    verdict = Verdict.NO_DIFFERENCE
    if better > worse and medians[1] < (1 - MIN_GAIN) * medians[0]:
        if p_value <= (SIGNIFICANCE if fresh else FIRST_LEVEL):
            helps = Verdict.HELPS if medians[1] <= MAX_RATIO * constant else Verdict.STILL_HIGH
            verdict = helps if fresh else Verdict.PROMISING
    elif worse > better and p_value <= SIGNIFICANCE and medians[1] > (1 + MIN_GAIN) * medians[0]:
        verdict = Verdict.WORSE if fresh else Verdict.UNPROMISING
    return Trial(change, verdict, *medians, better, worse, len(before))


def ranked(trials: Sequence[Trial]) -> tuple[Trial, ...]:
    """The trials in the order of `Advice.trials`."""
    order = list(Verdict)
    return tuple(
        sorted(trials, key=lambda trial: (order.index(trial.verdict), not trial.change.suits, trial.after))
    )
