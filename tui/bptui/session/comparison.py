"""Sentences that compare the live run with others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from bpengine import Edit, TrainingConfig
from bptui.commands import key_first
from bptui.formatting import changed_settings, changes_in_words, error_text, is_of_data
from bptui.session.snapshot import RunProgress, Snapshot, State

MAX_SENTENCE_LENGTH = 78
"""The most characters of a sentence in the status line of an 80-column terminal."""


def same_data(one: Snapshot, other: Snapshot) -> bool:
    """Whether both runs learn from the same data, so that their outputs can share a plot."""
    first, second = one.run.dataset, other.run.dataset
    return (first.name, first.domain, first.classes) == (second.name, second.domain, second.classes)


def has_other_data(pinned: Snapshot, live: Snapshot) -> bool:
    """Whether the runs learn from different samples, so that neither error is better than the other."""
    one, other = pinned.run.dataset, live.run.dataset
    return one is not other and not (
        same_data(pinned, live)
        and np.array_equal(one.coordinates, other.coordinates)
        and np.array_equal(one.targets, other.targets)
    )


def changes_data(pinned: TrainingConfig, live: TrainingConfig) -> bool:
    """Whether a setting of the data differs."""
    return any(
        is_of_data(field) and (pinned.uses(field) or live.uses(field))
        for field, _, _ in changed_settings(pinned, live)
    )


def common_errors(pinned: Snapshot, live: Snapshot) -> tuple[int, float, float] | None:
    """The last epoch that the error curves of both runs have, and their errors; None if there is none."""
    before, after = pinned.run.curve, live.run.curve
    common, here, there = np.intersect1d(before[0], after[0], return_indices=True)
    if not len(common):
        return None
    return int(common[-1]), float(before[1][here[-1]]), float(after[1][there[-1]])


def differences(pinned: RunProgress, live: RunProgress, room: int) -> str:
    """The differences from the pinned to the live run, as many as fit in `room` characters."""
    changes = all_changes_in_words(pinned, live.edits, live.config)
    for count in range(len(changes), 0, -1):
        text = ", ".join(changes[:count]) + (", ..." if count < len(changes) else "")
        if len(text) <= room:
            return text
    changed = changed_settings(pinned.config, live.config)
    return f"other {changed[0][0].label}" if changed else "the same settings"


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


def compare(pinned: Snapshot, live: Snapshot) -> str:
    """A sentence with the settings that differ and both errors at the last epoch that both runs have."""
    before, after = pinned.run, live.run
    common = common_errors(pinned, live)
    if common is not None:
        epoch, old, new = common
        errors = f": epoch error {error_text(old)} → {error_text(new)} in epoch {epoch}"
        if has_other_data(pinned, live):
            errors = f"; epoch error {error_text(new)} in epoch {epoch}, on the old data {error_text(old)}"
        return differences(before, after, MAX_SENTENCE_LENGTH - len(errors)) + errors
    if not len(before.curve[0]):
        end = " before its first epoch."
    else:
        end = (
            f". {key_first('toggle_run')} trains."
            if live.status.state in (State.READY, State.PAUSED)
            else "."
        )
    name = "Pinned" if live.comparison.baseline is None else "Changed"
    room = MAX_SENTENCE_LENGTH - len(f"{name}: ") - len(end)
    return f"{name}: {differences(before, after, room)}{end}"
