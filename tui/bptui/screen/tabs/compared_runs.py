"""The runs that the plots show along with the live one, and the letters and numbers on their lines."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bpengine.arithmetic.arrays import Array
from bptui.screen.drawing import ROLES, Kind, Legend, Series, Span
from bptui.session.document import LABELS
from bptui.session.snapshot import ComparedRun, Snapshot, same_data
from bpwords import word

_REPEATS = 2
"""How many times a letter or a number appears on its line."""
_MANY = 5
"""With more lines than this, each letter or number appears only once."""


def comparable_runs(snapshot: Snapshot) -> list[ComparedRun]:
    """The runs that learn from the same data as the live one."""
    return [run for run in snapshot.comparison.runs if same_data(run.snapshot, snapshot)]


def comparable_outputs(snapshot: Snapshot) -> list[tuple[ComparedRun, Array]]:
    """The runs that learn from the same data as the live one, with their outputs over the domain."""
    return [
        (run, run.snapshot.network.grid_outputs)
        for run in comparable_runs(snapshot)
        if run.snapshot.network.grid_outputs is not None
    ]


def compared_line(run: ComparedRun, x: Array, y: Array, *, pieces: bool = False) -> Series:
    """A dotted line through these points or, in pieces, between pairs of them."""
    return Series(x, y, _role(run), Kind.DOTTED, pieces=pieces, name=None if pieces else run.label)


def letters(run: ComparedRun, x: Array, y: Array) -> list[Series]:
    """The letter of a pin on its line."""
    if not run.label:
        return []
    return [on_line(x, y, _role(run), run.label, LABELS.index(run.label), len(LABELS))]


def on_line(x: Array, y: Array, role: str, label: str, number: int, count: int) -> Series:
    """The label of a line at a few of its points, away from the labels of the other `count - 1` lines."""
    repeats = _REPEATS if count <= _MANY else 1
    parts = (np.arange(repeats) + (number + 0.5) / count) / repeats
    chosen = (parts * len(x)).astype(np.int64)[: len(x)]
    return Series(x[chosen], y[chosen], role, Kind.SIGNS, label)


def compared_legend(runs: Sequence[ComparedRun], pinned: str | None = None) -> Legend:
    """The signs of these runs and, after the signs of pins, a word; empty if there are no runs."""
    sign = ROLES["compared"].sign
    before = [Span(f"{sign} {word('before', 'legend')}", _role(run)) for run in runs if not run.label]
    pins = [Span(f"{sign}{run.label}", _role(run)) for run in runs if run.label]
    return Legend.of(
        *before,
        Legend.of(*pins, between=""),
        (word("pinned", "legend") if pinned is None else pinned) if pins else "",
    )


def _role(run: ComparedRun) -> str:
    return f"pin-{run.label}" if run.label else "compared"
