"""Sentences that compare the live run with others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from bpengine import FIELDS, Edit, Field, TrainingConfig
from bptui.commands import key_first
from bptui.formatting import error_text
from bptui.session.snapshot import RunProgress, Snapshot, State

MAX_SENTENCE_LENGTH = 78
"""The most characters of a sentence in the status line of an 80-column terminal."""


def same_data(one: Snapshot, other: Snapshot) -> bool:
    """Whether both runs learn from the same data, so that their outputs can share a plot."""
    first, second = one.run.dataset, other.run.dataset
    return (first.name, first.domain, first.classes) == (second.name, second.domain, second.classes)


def changed_settings(pinned: TrainingConfig, live: TrainingConfig) -> list[tuple[Field, Any, Any]]:
    """The settings that differ, each with its pinned and its live value."""
    return [
        (field, old, new)
        for field in FIELDS
        if (old := getattr(pinned, field.name)) != (new := getattr(live, field.name))
    ]


def common_errors(pinned: Snapshot, live: Snapshot) -> tuple[int, float, float] | None:
    """The last epoch that the error curves of both runs have, and their errors; None if there is none."""
    before, after = pinned.run.curve, live.run.curve
    common, here, there = np.intersect1d(before[0], after[0], return_indices=True)
    if not len(common):
        return None
    return int(common[-1]), float(before[1][here[-1]]), float(after[1][there[-1]])


def differences(pinned: RunProgress, live: RunProgress, room: int) -> str:
    """The differences from the pinned to the live run, as many as fit in `room` characters."""
    changes = edits_in_words(pinned.edits, live.edits) + changes_in_words(pinned.config, live.config)
    for count in range(len(changes), 0, -1):
        text = ", ".join(changes[:count]) + (", ..." if count < len(changes) else "")
        if len(text) <= room:
            return text
    changed = changed_settings(pinned.config, live.config)
    return f"other {changed[0][0].label}" if changed else "the same settings"


def edits_in_words(pinned: Sequence[Edit], live: Sequence[Edit]) -> list[str]:
    """The differences between the edits of the two networks."""

    def made(edits: Sequence[Edit]) -> list[Edit]:
        """The edits without the parts that depend on the weights or the batch size."""
        return [replace(edit, sample=0, kept=()) for edit in edits]

    if made(pinned) == made(live):
        return []
    return ["other edits" if len(pinned) == len(live) else f"edits {len(pinned)} → {len(live)}"]


def changes_in_words(pinned: TrainingConfig, live: TrainingConfig) -> list[str]:
    """Each setting that differs, by its symbol, from the pinned to the live value."""
    changed = changed_settings(pinned, live)
    return [f"{field.symbol} {field.brief(old)} → {field.brief(new)}" for field, old, new in changed]


def compare(pinned: Snapshot, live: Snapshot) -> str:
    """A sentence with the settings that differ and both errors at the last epoch that both runs have."""
    before, after = pinned.run, live.run
    common = common_errors(pinned, live)
    if common is not None:
        epoch, old, new = common
        errors = f": error in epoch {epoch} {error_text(old)} → {error_text(new)}"
        return differences(before, after, MAX_SENTENCE_LENGTH - len(errors)) + errors
    if not len(before.curve[0]):
        end = " before its first epoch."
    else:
        end = (
            f". {key_first('toggle_run')} trains."
            if live.status.state in (State.READY, State.PAUSED)
            else "."
        )
    room = MAX_SENTENCE_LENGTH - len("Pinned: ") - len(end)
    return f"Pinned: {differences(before, after, room)}{end}"
