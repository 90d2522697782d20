"""Sentences that compare the live run with others: pins, the run before a change, and the cloud."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bpengine import Edit, TrainingConfig
from bptui.experiments.seeds.cloud_snapshot import CloudSnapshot, Compared
from bptui.formatting import changed_settings, changes_in_words
from bptui.session.snapshot import RunProgress, Snapshot, Stage, changes_data, common_errors, has_other_data
from bpwords import Sentence, columns, joined, many, word
from bpwords.numbers import error_text, median_text, number

MAX_SENTENCE_LENGTH = 78
"""The most columns of a sentence in the status line of an 80-column terminal."""


def compare(pinned: Snapshot, live: Snapshot) -> str:
    """A sentence with the settings that differ and both errors at the last epoch that both runs have."""
    before, after = pinned.run, live.run
    common = common_errors(pinned, live)
    if common is not None:
        epoch, old, new = common
        if has_other_data(pinned, live):
            sentence = Sentence("{changes}; epoch error {error} in epoch {epoch}, on the old data {before}")
        else:
            sentence = Sentence("{changes}: epoch error {before} → {error} in epoch {epoch}")
        errors = {"before": error_text(old), "error": error_text(new), "epoch": epoch}
        return with_differences(sentence, before, after, **errors)
    name = word("Pinned") if live.comparison.baseline is None else word("Changed")
    if not len(before.curve[0]):
        return with_differences(
            Sentence("{name}: {changes} before its first epoch."), before, after, name=name
        )
    trains = Sentence("{name}: {changes}.[ {toggle_run} trains.]")
    if live.status.stage not in (Stage.READY, Stage.PAUSED):
        trains = trains.without("toggle_run")
    return with_differences(trains, before, after, name=name)


def with_differences(sentence: Sentence, pinned: RunProgress, live: RunProgress, **values: object) -> str:
    """The sentence with as many differences from the pinned to the live run as fit."""
    changes = all_changes_in_words(pinned, live.edits, live.config)
    for count in range(len(changes), 0, -1):
        shown = (*changes[:count], "...") if count < len(changes) else changes
        text = sentence(changes=word(", ", "legend").join(shown), **values)
        if columns(text) <= MAX_SENTENCE_LENGTH:
            return text
    changed = changed_settings(pinned.config, live.config)
    other = Sentence("other {setting}")(setting=changed[0][0].said) if changed else word("the same settings")
    return sentence(changes=other, **values)


def all_changes_in_words(pinned: RunProgress, edits: Sequence[Edit], live: TrainingConfig) -> list[str]:
    """The differences from a pinned run to other edits and settings; those of the data come first."""
    settings, edited = changes_in_words(pinned.config, live), edits_in_words(pinned.edits, edits)
    return settings + edited if changes_data(pinned.config, live) else edited + settings


def edits_in_words(pinned: Sequence[Edit], live: Sequence[Edit]) -> list[str]:
    """The differences between the edits of the two networks."""

    def made(edits: Sequence[Edit]) -> list[Edit]:
        """The edits without the parts that depend on the weights or the batch size."""
        return [replace(edit, sample=0, kept=()) for edit in edits]

    if made(pinned) == made(live):
        return []
    if len(pinned) == len(live):
        return [word("other edits")]
    return [Sentence("edits {before} → {now}")(before=len(pinned), now=len(live))]


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
    ended = Sentence("{text}.")
    sentence = joined(ended(text=word("; ", "list").join(parts)), few)
    return sentence if columns(sentence) <= MAX_SENTENCE_LENGTH else joined(ended(text=parts[0]), few)


def _change(compared: Compared) -> str:
    """The change with both medians, how many starts improved, and whether the difference is clear."""
    medians = f"{median_text(compared.old_median)} → {median_text(compared.new_median)}"
    change, *more = compared.changes or (word("no change"),)
    change = f"{change}, ..." if more else change
    values = {"medians": medians, "better": compared.better, "verdict": word(compared.verdict)}
    for beginning in (change, Sentence("{setting} changed")(setting=change.partition(" ")[0])):
        for sentence in _CHANGES:
            text = sentence(change=beginning, starts=compared.starts, **values)
            if columns(text) <= MAX_SENTENCE_LENGTH:
                return text
    return text
