"""Sentences that compare the live run with others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bpengine import Edit, TrainingConfig
from bptui.formatting import changed_settings, changes_in_words, error_text
from bptui.session.comparison import changes_data, common_errors, has_other_data
from bptui.session.snapshot import RunProgress, Snapshot, Stage
from bpwords import Sentence, columns

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
    name = "Pinned" if live.comparison.baseline is None else "Changed"
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
        text = sentence(
            changes=", ".join(changes[:count]) + (", ..." if count < len(changes) else ""), **values
        )
        if columns(text) <= MAX_SENTENCE_LENGTH:
            return text
    changed = changed_settings(pinned.config, live.config)
    return sentence(changes=f"other {changed[0][0].label}" if changed else "the same settings", **values)


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
    return ["other edits" if len(pinned) == len(live) else f"edits {len(pinned)} → {len(live)}"]
