"""Moments to draw, made up as a test needs them, and the parts of their figures."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bpengine import TrainingConfig
from bptui.drawing import Figure, Kind, Series
from bptui.session.comparison import Pin
from bptui.session.session import Session
from bptui.session.snapshot import GRID, Snapshot


def moment(config: TrainingConfig, errors: list[float] | None = None, epochs: int = 0) -> Snapshot:
    """A run after some epochs, perhaps with another curve."""
    session = Session(config)
    if epochs:
        session.advance_to(epochs - 1)
    snapshot = session.snapshot()
    if errors is None:
        return snapshot
    epochs_and_errors = np.arange(len(errors), dtype=np.float64), np.array(errors, dtype=np.float64)
    return replace(snapshot, curve=epochs_and_errors, test_curve=np.full(len(errors), np.nan))


def pinned(snapshot: Snapshot, other: Snapshot) -> Snapshot:
    return replace(snapshot, pin=Pin.of(other))


def series_of(figure: Figure, role: str) -> list[Series]:
    return [each for each in figure.series if each.role == role]


def separated(weight: float, place: float = 0.25, config: TrainingConfig | None = None) -> Snapshot:
    """A network that parts the plane at this x: class 1 to its right, the surer the further."""
    snapshot = moment(config or TrainingConfig.defaults("classification"))
    (low, high), _ = snapshot.dataset.domain
    share = 1 / (1 + np.exp(-weight * (np.linspace(low, high, GRID[1]) - place)))
    across = np.broadcast_to(np.stack([1 - share, share], axis=1), (*GRID, 2))
    return replace(snapshot, grid_outputs=across)


def places_of(each: Series) -> set[tuple[float, float]]:
    return set(zip(each.x.tolist(), each.y.tolist(), strict=True)) if each.kind is Kind.POINTS else set()
