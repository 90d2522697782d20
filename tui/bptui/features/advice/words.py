"""What an experiment with changes of the settings has found, in the words of screen, dialogue and shell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bpengine.many.advice import Advice, Trial, Verdict
from bptui.formatting import with_arrows
from bpwords import Sentence, as_sentence, capitalized, headed, joined, many, word
from bpwords.numbers import median_text, number

HEADINGS = {
    Verdict.HELPS: "helps, on fresh starts too",
    Verdict.PROMISING: "lower on the first starts, not tried on fresh ones yet",
    Verdict.STILL_HIGH: "lowers the error, which stays far above that of the best constant output",
    Verdict.NOT_DECIDED: "not decided by so few starts",
    Verdict.NO_DIFFERENCE: "no clear difference",
    Verdict.UNPROMISING: "higher on the first starts, not tried on fresh ones yet",
    Verdict.WORSE: "worse, on fresh starts too",
}
"""What is said of the changes with each verdict."""
NOTHING_HELPS = "nothing tried helps"


def summary(advice: Advice) -> str:
    """How far an experiment is and, if that is known, the error without any change; without a period."""
    tried = Sentence("{tried} of {changes} changes tried, {starts} starts each, {epochs}")
    text = tried(
        tried=len(advice.trials),
        changes=advice.changes,
        starts=advice.starts,
        epochs=many(advice.epoch, "{n} epoch", "{n} epochs"),
    )
    if advice.before is not None:
        before = Sentence("{text}; as it is, the median {error} is {median}")
        error = word(advice.error_name)
        text = before(text=text, error=error, median=median_text(advice.before, 3))
    return text


def progress(advice: Advice) -> str:
    """The summary as a sentence, and another one if the experiment has ended and nothing helps."""
    nothing_helps = advice.done and not advice.of(Verdict.HELPS)
    parts = (summary(advice), capitalized(word(NOTHING_HELPS)) if nothing_helps else "")
    return joined(*(Sentence("{text}.")(text=part) for part in parts if part))


def listed_trials(advice: Advice) -> Iterator[tuple[str, Sequence[Trial]]]:
    """The heading of each verdict that changes have, and their trials."""
    for verdict in Verdict:
        trials = advice.of(verdict)
        if trials:
            yield word(HEADINGS[verdict]), trials


def errors(trial: Trial, digits: int = 3) -> str:
    """The median errors before and after a change."""
    return f"{median_text(trial.before, digits)} -> {median_text(trial.after, digits)}"


def certainty(trial: Trial) -> str:
    """How often a change was better, and the p value of the sign test."""
    said = Sentence("better in {better} of {starts} starts (p {p})")
    return said(better=trial.better, starts=trial.starts, p=number(trial.p_value, 2))


def line(trial: Trial, error: str) -> str:
    """A change and its effect on the errors of this name; without a period."""
    said = Sentence("{change}: median {error} {errors}, {certainty}")
    return said(change=trial.change.text, error=word(error), errors=errors(trial), certainty=certainty(trial))


def describe_advice(advice: Advice) -> Iterator[str]:
    """Describe how far an experiment is, each change that helps with its number, and the others by name."""
    yield progress(advice)
    for heading, trials in listed_trials(advice):
        if trials[0].verdict is Verdict.HELPS:
            yield capitalized(heading) + word(": ", "list").rstrip()
            for place, trial in enumerate(trials, 1):
                yield as_sentence(headed(place, with_arrows(line(trial, advice.error_name))))
        else:
            changes = word("; ", "list").join(trial.change.text for trial in trials)
            yield as_sentence(headed(heading, with_arrows(changes)))
