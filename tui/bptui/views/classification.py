"""What a classification's plot shows: points in the plane; probabilities for one input, or for many."""

from __future__ import annotations

import numpy as np

from bpengine.arrays import Array, IntArray
from bptui.plotting import Axis, Figure, Kind, Series, axis_over
from bptui.snapshot import ACROSS, Snapshot

MARKERS = (("+", "⊕"), ("x", "⊗"), ("o", "◎"), ("v", "▼"), ("s", "■"))
"""Each class's glyph where it was predicted rightly and where wrongly; further classes begin anew."""
_ROLES = ("above", "below", "third")
_SHARES = axis_over(np.array([0.0, 1.0]), margin=0.05, width=5)


def classification_figure(snapshot: Snapshot) -> tuple[Figure, str]:
    """The plot and its legend."""
    match len(snapshot.dataset.domain):
        case 1:
            return _probabilities(snapshot)
        case 2:
            return _plane(snapshot)
        case _:
            return _by_class(snapshot)


def _predicted(snapshot: Snapshot) -> tuple[IntArray, IntArray]:
    """The predicted and the true class of each sample; shape (samples,)."""
    return snapshot.outputs.argmax(axis=1), snapshot.dataset.targets.argmax(axis=1)


def _points(snapshot: Snapshot, x: Array, y: Array) -> tuple[list[Series], list[Series]]:
    """The samples at these places by predicted class: right ones, wrong ones."""
    predicted, true = _predicted(snapshot)
    right, wrong = [], []
    for number in range(len(snapshot.dataset.classes)):
        good, bad = MARKERS[number % len(MARKERS)]
        here = predicted == number
        role = _ROLES[number % len(_ROLES)]
        ok, off = here & (true == number), here & (true != number)
        right.append(Series(x[ok], y[ok], role, Kind.POINTS, good))
        wrong.append(Series(x[off], y[off], "wrong", Kind.POINTS, bad))
    return right, wrong


def _legend(snapshot: Snapshot) -> str:
    """Glyphs and names of the first classes, and how many samples are wrong."""
    predicted, true = _predicted(snapshot)
    classes = snapshot.dataset.classes
    names = [f"{MARKERS[number][0]} {name[:12]}" for number, name in enumerate(classes[: len(MARKERS)])]
    rings = "".join(marker[1] for marker in MARKERS[: min(2, len(classes))])
    return f"{' '.join(names[:3])} {rings} {(predicted != true).sum():3} wrong"


def _plane(snapshot: Snapshot) -> tuple[Figure, str]:
    """In the order right, border, wrong, so that what is wrong is never covered."""
    dataset = snapshot.dataset
    points = dataset.coordinates
    right, wrong = _points(snapshot, points[:, 0], points[:, 1])
    border = []
    if dataset.border is not None:
        border.append(Series(dataset.border[:, 0], dataset.border[:, 1], "target", Kind.DASHED))
    (x_low, x_high), (y_low, y_high) = dataset.domain
    figure = Figure(
        axis_over(np.array([x_low, x_high]), margin=0.025),
        axis_over(np.array([y_low, y_high]), margin=0.025, width=5),
        (*right, *border, *wrong),
    )
    return figure, _legend(snapshot)


def _probabilities(snapshot: Snapshot) -> tuple[Figure, str]:
    """Each class's probability as a curve, the samples at that of their true class."""
    dataset = snapshot.dataset
    assert snapshot.across is not None  # one input has its steps
    low, high = dataset.domain[0]
    steps = np.linspace(low, high, ACROSS)
    curves = [
        Series(steps, snapshot.across[:, number], _ROLES[number % len(_ROLES)], Kind.LINE)
        for number in range(len(dataset.classes))
    ]
    right, wrong = _points(snapshot, dataset.coordinates[:, 0], _of_true_class(snapshot))
    x_axis = axis_over(np.array([low, high]), margin=0.025)
    return Figure(x_axis, _SHARES, (*curves, *right, *wrong)), _legend(snapshot)


def _by_class(snapshot: Snapshot) -> tuple[Figure, str]:
    """Columns of true classes; each sample at the probability that its true class was given."""
    classes = snapshot.dataset.classes
    _, true = _predicted(snapshot)
    count = len(true)
    spread = (np.arange(count) * 0.618034) % 1.0 - 0.5  # beside each other, evenly however many
    right, wrong = _points(snapshot, true + 0.8 * spread, _of_true_class(snapshot))
    every = max(1, len(classes) // 6)
    ticks = tuple((float(number), name[:10]) for number, name in enumerate(classes))[::every]
    x_axis = Axis(-0.6, len(classes) - 0.4, ticks)
    _, true = _predicted(snapshot)
    missed = int((snapshot.outputs.argmax(axis=1) != true).sum())
    return Figure(x_axis, _SHARES, (*right, *wrong)), f"probability of the true class, {missed} wrong"


def _of_true_class(snapshot: Snapshot) -> Array:
    _, true = _predicted(snapshot)
    chosen: Array = snapshot.outputs[np.arange(len(true)), true]
    return chosen
