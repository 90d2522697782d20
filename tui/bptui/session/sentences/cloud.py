"""The sentence about a cloud in the status line."""

from __future__ import annotations

from bpengine.wording import number
from bptui.formatting import median_text
from bptui.session.sentences.comparisons import MAX_SENTENCE_LENGTH
from bptui.starts.cloud.snapshot import CloudSnapshot, Compared
from bpwords import Sentence, columns, joined, many

_NO_CLOUD = Sentence("No cloud: {problem}.")
_OFFER = Sentence("Cloud: {starts} starts that differ only in the seed. {toggle_run} trains all of them.")
_BEFORE_CHANGE = Sentence("Cloud: first the starts before the change, {before}.")
_TRAINING = Sentence("Cloud: training {starts} for {epochs}.")
_ON_THE_WAY = Sentence("Cloud: {starts} after {trained} of {epochs}, median {median}.")
_STARTS = Sentence("{starts} starts")
_STARTS_ONE_BY_ONE = Sentence("{starts} starts one by one")

_EDITED = Sentence("This run was {edited}, the starts were not: it is better than {better} of {starts}.")
_SEED_IS_BETTER = Sentence("This seed is better than {better} of {starts} starts")
_RUN_IS_BETTER = Sentence("This run, which is none of them, is better than {better} of {starts} starts")
_DIVERGED = Sentence("{starts} diverged")
_LACKS_NUMBA = Sentence("Only {starts} starts: numba is not installed.")

_CHANGES = (
    Sentence("{change}, {starts} starts: median {medians}, better in {better} of {starts}: {verdict}"),
    Sentence("{change}, {starts} starts: median {medians}, better in {better}: {verdict}"),
    Sentence("{change}, {starts} starts: {medians}, better in {better}: {verdict}"),
)
"""What a change does to the starts, from long to short."""


def cloud_sentence(cloud: CloudSnapshot) -> str:
    """The progress of the starts, the effect of a change on them, or the standing of the live run."""
    if cloud.problem:
        return _NO_CLOUD(problem=cloud.problem)
    if cloud.compared is not None:
        return _change(cloud.compared)
    return _progress(cloud) or _standing(cloud)


def _progress(cloud: CloudSnapshot) -> str:
    """The progress of the starts; empty if they have reached the run's epoch."""
    if cloud.before:
        return _BEFORE_CHANGE(before=cloud.before)
    if cloud.band is None and not cloud.target:
        return _OFFER(starts=cloud.starts)
    starts = (_STARTS_ONE_BY_ONE if cloud.changes_on_the_way else _STARTS)(starts=cloud.starts)
    epochs = many(cloud.target, "{n} epoch", "{n} epochs")
    if cloud.band is None:
        return _TRAINING(starts=starts, epochs=epochs)
    if not cloud.is_working:
        return ""
    median = median_text(float(cloud.band.median[-1]))
    return _ON_THE_WAY(starts=starts, trained=cloud.band.epochs_done, epochs=epochs, median=median)


def _standing(cloud: CloudSnapshot) -> str:
    """Where the live run stands among the starts."""
    standing, band = cloud.standing, cloud.band
    assert standing is not None  # since the starts have reached the run's epoch
    assert band is not None
    if cloud.edited:  # more informative than the standing of an edited run
        return _EDITED(edited=cloud.edited, better=standing.better_than, starts=cloud.starts)
    is_better = _SEED_IS_BETTER if cloud.is_live else _RUN_IS_BETTER
    parts = [is_better(better=standing.better_than, starts=cloud.starts)]
    if band.diverged:
        parts.append(_DIVERGED(starts=band.diverged))
    stay = standing.above - band.diverged
    if standing.limit is not None and (stay or not band.diverged):
        limit = number(standing.limit)
        if band.diverged:
            above = many(stay, "{n} stays above {limit}", "{n} stay above {limit}", limit=limit)
        else:
            above = many(
                stay,
                "{n} of {starts} stays above {limit}",
                "{n} of {starts} stay above {limit}",
                starts=cloud.starts,
                limit=limit,
            )
        parts.append(above)
    few = _LACKS_NUMBA(starts=cloud.starts) if cloud.lacks_numba else ""
    sentence = joined(f"{'; '.join(parts)}.", few)
    return sentence if columns(sentence) <= MAX_SENTENCE_LENGTH else joined(f"{parts[0]}.", few)


def _change(compared: Compared) -> str:
    """The change with both medians, how many starts improved, and whether the difference is clear."""
    medians = f"{median_text(compared.old_median)} → {median_text(compared.new_median)}"
    change, *more = compared.changes or ("no change",)
    change = f"{change}, ..." if more else change
    values = {"medians": medians, "better": compared.better, "verdict": compared.verdict}
    for beginning in (change, f"{change.partition(' ')[0]} changed"):
        for sentence in _CHANGES:
            text = sentence(change=beginning, starts=compared.starts, **values)
            if columns(text) <= MAX_SENTENCE_LENGTH:
                return text
    return text
