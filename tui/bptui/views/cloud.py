"""How the plots show a cloud: bands between two percentiles, and where the starts disagree."""

from __future__ import annotations

import numpy as np

from bpengine.arithmetic.arrays import Array, IntArray
from bptui.drawing import ROLES, Axis, Kind, Legend, Series, Shade, Span
from bptui.session.snapshot import Snapshot

_ROWS, _COLUMNS = 240, 400
"""The nodes of a band's shade: more than the cells of the largest plot."""
DISAGREEMENT = " ░▒"
"""The signs of agreement and of weak and strong disagreement among the starts about the class."""
_AGREED = np.array([0.7, 0.9])
"""The shares of starts in the majority below which disagreement is strong, and weak."""


def cloud_legend(snapshot: Snapshot, word: str = "starts") -> Legend:
    """The sign of the cloud and the number of its starts; empty if no cloud is visible."""
    spread = snapshot.comparison.spread
    if spread is None:
        return Legend()
    return Legend.of(Span(ROLES["cloud"].sign, "cloud"), f"{spread.starts} {word}")


def band_shade(x: Axis, y: Axis, at: Array, low: Array, high: Array) -> Shade:
    """The region between two lines.

    Args:
        x: the horizontal axis.
        y: the vertical axis.
        at: the x coordinates of the lines, ascending; at least one. The band ends at the last one.
        low: the lower line; shape (points,).
        high: the upper line.
    """
    across = np.linspace(x.low, x.high, _COLUMNS)
    half = (x.high - x.low) / (_COLUMNS - 1) / 2
    last = np.maximum(np.searchsorted(at, across + half, side="right") - 1, 0)
    known = (across >= at[0] - half) & (across <= at[-1] + half)
    places = np.linspace(0, 1, _ROWS)[:, np.newaxis]
    margin = 0.5 / (_ROWS - 1)
    with np.errstate(all="ignore"):
        bottom, top = y.scale(low)[last], y.scale(high)[last]
        inside = known & (places >= bottom - margin) & (places <= top + margin)
    return Shade(
        inside.astype(np.int64),
        (x.low, x.high),
        (y.low, y.high),
        f" {ROLES['cloud'].sign}",
        ("cloud", "cloud"),
        (None, "cloud-1"),
    )


def band_edges(at: Array, low: Array, high: Array) -> list[Series]:
    """The two lines as dots, which remain visible where the band is thinner than a character."""
    sign = ROLES["cloud"].sign
    return [Series(at, values, "median", Kind.DOTTED, name=sign) for values in (low, high)]


def disagreement(agreement: Array, shape: tuple[int, int]) -> IntArray:
    """The sign of disagreement at each node of another grid over the same domain, as an index into
    `DISAGREEMENT`.

    Args:
        agreement: see `Spread.agreement`.
        shape: the rows and columns of the other grid.
    """
    rows, columns = (
        np.round(np.linspace(0, known - 1, wanted)).astype(np.int64)
        for known, wanted in zip(agreement.shape, shape, strict=True)
    )
    levels = len(_AGREED) - np.searchsorted(_AGREED, agreement + 1e-9, side="right")
    chosen: IntArray = levels[rows[:, np.newaxis], columns].astype(np.int64)
    return chosen
