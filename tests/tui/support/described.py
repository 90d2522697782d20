"""Descriptions of snapshots, and snapshots made up to be described."""

from __future__ import annotations

from typing import Any

import numpy as np

from bpengine.training.predictions import measure_outputs
from bptui.session.description import describe, sections
from bptui.session.description.words import line_of
from bptui.session.snapshot import Snapshot, Stage
from tests.tui.support.snapshots import changed, snapshot_of


def description_of(snapshot: Snapshot) -> str:
    """The description, after a check of what all descriptions have in common."""
    found = sections(snapshot)
    lines = [f"{section.heading}: {section.text}" for section in found if section.heading != "Now"]
    assert describe(snapshot).splitlines() == lines
    text = " ".join(section.text for section in found)
    assert text == line_of(text)
    assert "  " not in text
    assert "nan" not in text.split()
    assert "inf" not in text.split()
    assert text.endswith(".")
    assert found == sections(snapshot)
    return text


def with_outputs(snapshot: Snapshot, outputs: Any, grid_outputs: Any = None) -> Snapshot:
    """The snapshot with other outputs of the network, and the metrics of these outputs."""
    outputs = np.asarray(outputs, dtype=np.float64)
    return changed(
        snapshot,
        outputs=outputs,
        grid_outputs=snapshot.network.grid_outputs
        if grid_outputs is None
        else np.asarray(grid_outputs, dtype=np.float64),
        metrics=measure_outputs(snapshot.run.dataset.target_scaling.apply(outputs), snapshot.run.dataset),
    )


def with_curve(errors: Any, **changes: Any) -> Snapshot:
    """A paused run with this error curve, one error per epoch."""
    errors = np.asarray(errors, dtype=np.float64)
    epochs = np.arange(len(errors), dtype=np.float64)
    none = np.full(len(errors), np.nan)
    given: dict[str, Any] = {
        "error": float(errors[-1]),
        "curve": (epochs, errors),
        "test_curve": none,
    } | changes
    return changed(snapshot_of(), stage=Stage.PAUSED, epoch=len(errors) - 1, **given)
