"""The sentence about a cloud in the status line."""

from __future__ import annotations

from bpengine.wording import number
from bptui.background.cloud.snapshot import CloudSnapshot, Compared
from bptui.formatting import median_text
from bptui.session.sentences.comparisons import MAX_SENTENCE_LENGTH
from bpwords import Sentence, columns, joined, many

_CHANGES = (
    Sentence("{change}, {starts} starts: median {medians}, better in {better} of {starts}: {verdict}"),
    Sentence("{change}, {starts} starts: median {medians}, better in {better}: {verdict}"),
    Sentence("{change}, {starts} starts: {medians}, better in {better}: {verdict}"),
)
"""What a change does to the starts, from long to short."""


def cloud_sentence(cloud: CloudSnapshot) -> str:
    """The progress of the starts, the effect of a change on them, or the standing of the live run."""
    if cloud.problem:
        return Sentence("No cloud: {problem}.")(problem=cloud.problem)
    if cloud.compared is not None:
        return _change(cloud.compared)
    return _progress(cloud) or _standing(cloud)


def _progress(cloud: CloudSnapshot) -> str:
    """The progress of the starts; empty if they have reached the run's epoch."""
    if cloud.before:
        return Sentence("Cloud: first the starts before the change, {before}.")(before=cloud.before)
    if cloud.band is None and not cloud.target:
        offer = Sentence(
            "Cloud: {starts} starts that differ only in the seed. {toggle_run} trains all of them."
        )
        return offer(starts=cloud.starts)
    kind = Sentence("{number} starts one by one") if cloud.changes_on_the_way else Sentence("{number} starts")
    starts = kind(number=cloud.starts)
    epochs = many(cloud.target, "{n} epoch", "{n} epochs")
    if cloud.band is None:
        return Sentence("Cloud: training {starts} for {epochs}.")(starts=starts, epochs=epochs)
    if not cloud.is_working:
        return ""
    median = median_text(float(cloud.band.median[-1]))
    on_the_way = Sentence("Cloud: {starts} after {trained} of {epochs}, median {median}.")
    return on_the_way(starts=starts, trained=cloud.band.epochs_done, epochs=epochs, median=median)


def _standing(cloud: CloudSnapshot) -> str:
    """Where the live run stands among the starts."""
    standing, band = cloud.standing, cloud.band
    assert standing is not None  # since the starts have reached the run's epoch
    assert band is not None
    if cloud.edited:  # more informative than the standing of an edited run
        edited = Sentence(
            "This run was {edited}, the starts were not: it is better than {better} of {starts}."
        )
        return edited(edited=cloud.edited, better=standing.better_than, starts=cloud.starts)
    if cloud.is_live:
        is_better = Sentence("This seed is better than {better} of {starts} starts")
    else:
        is_better = Sentence("This run, which is none of them, is better than {better} of {starts} starts")
    parts = [is_better(better=standing.better_than, starts=cloud.starts)]
    if band.diverged:
        parts.append(Sentence("{number} diverged")(number=band.diverged))
    stay = standing.above - band.diverged
    if standing.limit is not None and (stay or not band.diverged):
        if band.diverged:
            one, several = "{n} stays above {limit}", "{n} stay above {limit}"
        else:
            one, several = "{n} of {starts} stays above {limit}", "{n} of {starts} stay above {limit}"
        parts.append(many(stay, one, several, starts=cloud.starts, limit=number(standing.limit)))
    few = Sentence("Only {starts} starts: numba is not installed.")(starts=cloud.starts)
    few = few if cloud.lacks_numba else ""
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
