"""A run kept beside the live one, to compare: what is drawn as its ghost, and the difference in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from bpengine import FIELDS, TrainingConfig
from bpengine.arrays import Array
from bptui.formatting import error_text

if TYPE_CHECKING:
    from bptui.session.snapshot import Snapshot

Curve = tuple[Array, Array]
"""Epochs and their errors."""

MAX_SENTENCE_LENGTH = 78
"""Characters of a sentence in the status line of 80 columns."""


@dataclass(frozen=True, slots=True, eq=False)
class Pin:
    """What is kept of a run at one moment."""

    config: TrainingConfig
    data: object
    """Identifies what it learned from: the data set's name and domain."""
    grid_outputs: Array | None
    """Its answers all over the domain, as in `Snapshot.grid_outputs`."""
    curve: Curve
    error: float | None
    """That of its last epoch."""
    epoch: int
    """Its last epoch."""

    @classmethod
    def of(cls, snapshot: Snapshot) -> Self:
        """The run as it is now."""
        return cls(
            config=snapshot.config,
            data=_data(snapshot),
            grid_outputs=snapshot.grid_outputs,
            curve=snapshot.curve,
            error=snapshot.error,
            epoch=snapshot.epoch,
        )

    def fits(self, snapshot: Snapshot) -> bool:
        """Whether both learn from the same data, so that the answers can be drawn over each other."""
        return self.data == _data(snapshot)

    def differences(self, config: TrainingConfig, room: int) -> str:
        """The settings that differ, from the pinned to the live value, as many as fit in so many columns."""
        changed = [
            (field, old, new)
            for field in FIELDS
            if (old := getattr(self.config, field.name)) != (new := getattr(config, field.name))
        ]
        changes = [f"{field.symbol} {field.format(old)} → {field.format(new)}" for field, old, new in changed]
        for count in range(len(changes), 0, -1):
            text = ", ".join(changes[:count]) + (", ..." if count < len(changes) else "")
            if len(text) <= room:
                return text
        return f"other {changed[0][0].label}" if changed else "the same settings"

    def compared(self, snapshot: Snapshot) -> str:
        """In a sentence: what differs, and the errors at the last epoch that both have been through."""
        common, here, there = np.intersect1d(self.curve[0], snapshot.curve[0], return_indices=True)
        if len(common):
            before, after = float(self.curve[1][here[-1]]), float(snapshot.curve[1][there[-1]])
            errors = f": error at epoch {common[-1]:.0f} {error_text(before)} → {error_text(after)}"
            return self.differences(snapshot.config, MAX_SENTENCE_LENGTH - len(errors)) + errors
        if not len(self.curve[0]):
            end = " before its first epoch."
        else:
            end = ". Space trains." if snapshot.state in ("ready", "paused") else "."
        room = MAX_SENTENCE_LENGTH - len("Pinned: ") - len(end)
        return f"Pinned: {self.differences(snapshot.config, room)}{end}"


def _data(snapshot: Snapshot) -> object:
    return snapshot.dataset.name, snapshot.dataset.domain, snapshot.dataset.classes
