"""What an experiment with changes of the settings has found, in words."""

from __future__ import annotations

from collections.abc import Iterator

from bpengine.many.advice import Advice, Trial, Verdict
from bpengine.wording import counted
from bptui.describe.words import error_in_words
from bptui.formatting import sentence_case, with_arrows

HEADINGS = {
    Verdict.HELPS: "helps, on fresh starts too",
    Verdict.PROMISING: "lower on the first starts, not tried on fresh ones yet",
    Verdict.STILL_HIGH: "lowers the error, which stays far above that of the best constant output",
    Verdict.NO_DIFFERENCE: "no clear difference",
    Verdict.UNPROMISING: "higher on the first starts, not tried on fresh ones yet",
    Verdict.WORSE: "worse, on fresh starts too",
}
"""What is said of the changes with each verdict, in the order in which they are listed."""
NOTHING_HELPS = "nothing tried helps"


def describe_advice(advice: Advice) -> Iterator[str]:
    """Describe how far an experiment is, each change that helps with its number, and the others by name."""
    error = advice.error_name
    tried = f"{len(advice.trials)} of {counted(advice.changes, 'change')} tried"
    yield f"{tried}, {counted(advice.starts, 'start')} each, {counted(advice.epoch, 'epoch')}."
    if advice.before is not None:
        yield f"As it is, the median {error} is {error_in_words(advice.before)}."
    helping = advice.of(Verdict.HELPS)
    if advice.done and not helping:
        yield f"{sentence_case(NOTHING_HELPS)}."
    elif helping:
        yield f"{sentence_case(HEADINGS[Verdict.HELPS])}:"
    for place, trial in enumerate(helping, 1):
        figures = f"median {error} {error_in_words(trial.before)} → {error_in_words(trial.after)}"
        yield f"{place}: {_words(trial)}: {figures}, better in {trial.better} of {trial.starts} starts."
    for verdict, heading in HEADINGS.items():
        trials = advice.of(verdict)
        if trials and verdict is not Verdict.HELPS:
            yield f"{sentence_case(heading)}: {'; '.join(_words(trial) for trial in trials)}."


def _words(trial: Trial) -> str:
    return with_arrows(trial.change.text)
