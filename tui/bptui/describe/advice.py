"""What an experiment with changes of the settings has found, in words."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from bpengine.advice import Advice, Trial, Verdict
from bptui.describe.words import counted, number


def describe_advice(advice: Advice) -> Iterator[str]:
    """Describe how far an experiment is, each change that helps with its number, and the others by name."""
    error = "test error" if advice.has_test else "error"
    tried = f"{len(advice.trials)} of {counted(advice.changes, 'change')} tried"
    yield f"{tried}, {counted(advice.starts, 'start')} each, {counted(advice.epoch, 'epoch')}."
    if advice.before is not None:
        yield f"As it is, the median {error} is {_figure(advice.before)}."
    helping, promising = advice.of(Verdict.HELPS), advice.of(Verdict.PROMISING)
    if advice.done and not helping:
        yield "Nothing tried helps: no change clearly lowers the error, on fresh starts too."
    elif helping:
        yield "These help, on fresh starts too:"
    for place, trial in enumerate(helping, 1):
        figures = f"median {error} {_figure(trial.before)} → {_figure(trial.after)}"
        yield f"{place}: {_words(trial)}: {figures}, better in {trial.better} of {trial.starts} starts."
    yield from _named("Lower on the first starts, not tried on fresh ones yet", promising)
    yield from _named("No clear difference", advice.of(Verdict.NO_DIFFERENCE))
    yield from _named("Worse", advice.of(Verdict.WORSE))


def _named(heading: str, trials: Sequence[Trial]) -> Iterator[str]:
    if trials:
        yield f"{heading}: {'; '.join(_words(trial) for trial in trials)}."


def _words(trial: Trial) -> str:
    return trial.change.text.replace("->", "→")


def _figure(error: float) -> str:
    return number(error) if math.isfinite(error) else "divergence"
