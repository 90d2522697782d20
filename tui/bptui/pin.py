"""A run kept beside the live one, to compare: what is drawn as its ghost, and the difference in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from bpengine import FIELDS, TrainingConfig
from bpengine.arrays import Array
from bptui.formatting import error_text

if TYPE_CHECKING:
    from bptui.snapshot import Snapshot


@dataclass(frozen=True, slots=True, eq=False)
class Pin:
    """What is kept of a run at one moment."""

    config: TrainingConfig
    data: object
    """Identifies what it learned from: the data set's name and domain."""
    across: Array | None
    """Its answers all over the domain, as in `Snapshot.across`."""
    curve: tuple[Array, Array]
    """Its epochs and their errors."""
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
            across=snapshot.across,
            curve=snapshot.curve,
            error=snapshot.error,
            epoch=snapshot.epoch,
        )

    def fits(self, snapshot: Snapshot) -> bool:
        """Whether both learn from the same data, so that the answers can be drawn over each other."""
        return self.data == _data(snapshot)

    def differences(self, config: TrainingConfig) -> str:
        """The settings that differ, from the pinned to the live value, by their symbols."""
        changes = [
            f"{field.symbol} {field.format(old)} → {field.format(new)}"
            for field in FIELDS
            if (old := getattr(self.config, field.name)) != (new := getattr(config, field.name))
        ]
        shown = ", ".join(changes[:3])
        return f"{shown}, ..." if len(changes) > 3 else shown or "the same settings"

    def compared(self, snapshot: Snapshot) -> str:
        """In a sentence: what differs, and the errors at the last epoch that both have been through."""
        what = self.differences(snapshot.config)
        common, here, there = np.intersect1d(self.curve[0], snapshot.curve[0], return_indices=True)
        if not len(common):
            return f"Pinned beside: {what}. Space trains."
        before, after = float(self.curve[1][here[-1]]), float(snapshot.curve[1][there[-1]])
        return f"{what}: error at epoch {common[-1]:.0f} {error_text(before)} → {error_text(after)}"


def _data(snapshot: Snapshot) -> object:
    return snapshot.dataset.name, snapshot.dataset.domain, snapshot.dataset.classes
