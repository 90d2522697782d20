"""How the plots show a cloud: bands between two percentiles, and where the starts disagree."""

from __future__ import annotations

import numpy as np

from bpengine.arithmetic.arrays import Array, IntArray
from bptui.screen.drawing import ROLES, Kind, Legend, Series, Span
from bptui.session.snapshot import Snapshot
from bpwords import Sentence, word

STARTS = Sentence("{number} starts", context="legend")
DISAGREEMENT = " ░▒"
"""The signs of agreement and of weak and strong disagreement among the starts about the class."""
_AGREED = np.array([0.7, 0.9])
"""The shares of starts in the majority below which disagreement is strong, and weak."""


def cloud_legend(snapshot: Snapshot, said: Sentence = STARTS, sign: str = ROLES["cloud"].sign) -> Legend:
    """The sign of the cloud and the number of its starts; empty if no cloud is visible."""
    spread = snapshot.comparison.spread
    if spread is None:
        return Legend()
    return Legend.of(Span(sign, "cloud"), said(number=spread.starts))


def mean_legend(snapshot: Snapshot) -> Legend:
    """The sign of the mean of the starts' answers; empty if it is not drawn."""
    spread = snapshot.comparison.spread
    if spread is None or spread.mean is None:
        return Legend()
    return Legend.of(Span(ROLES["mean"].sign, "mean"), word("their mean", "legend"))


def band(at: Array, low: Array, high: Array) -> list[Series]:
    """The region between two lines, and the lines, which remain visible where it is thinner than a character.

    Args:
        at: the x coordinates of the lines, ascending; at least one.
        low: the lower line; shape (points,).
        high: the upper line.
    """
    sign = ROLES["cloud"].sign
    region = Series(np.append(at, at[::-1]), np.append(low, high[::-1]), "cloud", Kind.BAND)
    return [region, *(Series(at, line, "median", Kind.DOTTED, name=sign) for line in (low, high))]


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
    return levels[rows[:, np.newaxis], columns].astype(np.int64)
