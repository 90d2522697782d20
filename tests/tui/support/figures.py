"""Snapshots to draw, made up as a test needs them, and the parts of their figures."""

from __future__ import annotations

import numpy as np

from bpengine import TrainingConfig
from bptui.experiments.grid import GRID
from bptui.screen.drawing import Figure, Kind, Series
from bptui.session.snapshot import ComparedRun, Snapshot
from tests.tui.support.snapshots import changed, snapshot_of


def pinned(snapshot: Snapshot, *others: Snapshot) -> Snapshot:
    """The snapshot with these runs pinned as A, B, ..."""
    return changed(snapshot, pins=tuple(map(ComparedRun, "ABCD", others)))


def series_of(figure: Figure, role: str) -> list[Series]:
    return [each for each in figure.series if each.role == role]


def separated(weight: float, place: float = 0.25, config: TrainingConfig | None = None) -> Snapshot:
    """A network that parts the plane at this x: class 1 to its right, the surer the further."""
    snapshot = snapshot_of(config or TrainingConfig.defaults("classification"))
    (low, high), _ = snapshot.run.dataset.domain
    share = 1 / (1 + np.exp(-weight * (np.linspace(low, high, GRID[1]) - place)))
    across = np.broadcast_to(np.stack([1 - share, share], axis=1), (*GRID, 2))
    return changed(snapshot, grid_outputs=across)


def places_of(each: Series) -> set[tuple[float, float]]:
    return (
        set(zip(each.x.tolist(), each.y.tolist(), strict=True))
        if each.kind in (Kind.POINTS, Kind.SIGNS)
        else set()
    )
