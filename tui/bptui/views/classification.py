"""What the plot of a classification shows: samples in the plane; probabilities for one input, or for many."""

from __future__ import annotations

import numpy as np

from bpengine.arrays import Array, IntArray
from bpengine.wording import printable
from bptui.drawing import ROLES, Axis, Figure, Kind, Series, Shade, axis_over
from bptui.drawing.unit_facts import axis_name, plain
from bptui.session.comparison import same_data
from bptui.session.snapshot import Snapshot
from bptui.views.contour import border, winners

MARKERS = (("+", "⊕"), ("x", "⊗"), ("o", "◎"), ("v", "▼"), ("s", "■"))
"""The character of each predicted class for right and for wrong predictions; further classes begin anew."""
_ROLES = ("above", "below", "third")
_CERTAINTIES = "░:· "
"""Behind the samples, by the probability of the most probable class: from a tie to nearly certain."""
_CERTAIN = np.array([0.3, 0.6, 0.9])
"""The bounds between them, as parts of the way from a tie to certainty."""
_SHARES = axis_over(np.array([0.0, 1.0]), margin=0.05, width=5)
_MAX_NAMED = 3
"""The most classes that the legend names."""
_MAX_NAME_LENGTH = 12
_MAX_FORMULA_LENGTH = 24


def classification_figure(snapshot: Snapshot, *, detail: bool = False) -> tuple[Figure, str]:
    """Return the plot and its legend; in detail also how certain the network is."""
    match len(snapshot.run.dataset.domain):
        case 1:
            return _probabilities(snapshot)
        case 2:
            return _plane(snapshot, detail=detail)
        case _:
            return _by_class(snapshot)


def _predicted(snapshot: Snapshot) -> tuple[IntArray, IntArray]:
    """The predicted and the actual class of each sample; shape (samples,)."""
    return snapshot.network.outputs.argmax(axis=1), snapshot.run.dataset.targets.argmax(axis=1)


def _points(snapshot: Snapshot, x: Array, y: Array) -> tuple[list[Series], list[Series]]:
    """The samples at these places by predicted class: those predicted right, and those predicted wrong."""
    predicted, actual = _predicted(snapshot)
    right, wrong = [], []
    for number in range(len(snapshot.run.dataset.classes)):
        good, bad = MARKERS[number % len(MARKERS)]
        here = predicted == number
        role = _ROLES[number % len(_ROLES)]
        ok, off = here & (actual == number), here & (actual != number)
        right.append(Series(x[ok], y[ok], role, Kind.POINTS, good))
        wrong.append(Series(x[off], y[off], "wrong", Kind.POINTS, bad))
    return right, wrong


def _legend(snapshot: Snapshot) -> str:
    """The characters and names of the first classes, and how many samples are predicted wrong."""
    predicted, actual = _predicted(snapshot)
    classes = snapshot.run.dataset.classes
    names = [
        f"{right} {name[:_MAX_NAME_LENGTH]}"
        for (right, _), name in zip(MARKERS, classes[:_MAX_NAMED], strict=False)
    ]
    rings = "".join(wrong for _, wrong in MARKERS[: min(2, len(classes))])
    return f"{' '.join(names)} {rings} {(predicted != actual).sum():3} wrong"


def _plane(snapshot: Snapshot, *, detail: bool) -> tuple[Figure, str]:
    """The network's regions behind the samples, and the border between them; the true border dashed.

    Samples that are predicted wrong are drawn last, so that nothing covers them.
    """
    dataset = snapshot.run.dataset
    points = dataset.coordinates
    assert snapshot.network.grid_outputs is not None  # known for two inputs
    x, y = dataset.domain
    pinned = snapshot.comparison.pinned
    right, wrong = _points(snapshot, points[:, 0], points[:, 1])
    lines = []
    legend = f" {_CERTAINTIES}certain" if detail else ""
    if pinned and pinned.network.grid_outputs is not None and same_data(pinned, snapshot):
        ends = border(pinned.network.grid_outputs, x, y)
        lines.append(Series(*ends, "compared", Kind.DOTTED, pieces=True))
        legend = legend or f" {ROLES['compared'].sign} pinned"
    lines.append(Series(*border(snapshot.network.grid_outputs, x, y), "border", Kind.LINE, pieces=True))
    true = []
    if dataset.border is not None:
        # In pieces, since the border of a formula is many short lines, of which thinning would lose some.
        pairs = np.stack([dataset.border[:-1], dataset.border[1:]], axis=1).reshape(-1, 2)
        true.append(Series(pairs[:, 0], pairs[:, 1], "target", Kind.DASHED, pieces=True))
    figure = Figure(
        axis_over(np.array(x), margin=0.025),
        axis_over(np.array(y), margin=0.025, width=5),
        (*lines, *right, *true, *wrong),
        shade=_regions(snapshot.network.grid_outputs, x, y, detail=detail),
        x_name=axis_name(snapshot, 0),
        y_name=axis_name(snapshot, 1),
    )
    return figure, _legend(snapshot) + legend + _formula(snapshot)


def _formula(snapshot: Snapshot) -> str:
    """The formula whose border is dashed; empty for other data."""
    name = snapshot.run.dataset.name
    if name != snapshot.run.config.function:
        return ""
    return f" {ROLES['target'].sign} {printable(name, _MAX_FORMULA_LENGTH)}"


def _regions(outputs: Array, x: tuple[float, float], y: tuple[float, float], *, detail: bool) -> Shade:
    """The background in the tint of the most probable class; in detail the stronger the more certain.

    Args:
        outputs: probabilities; shape (rows, columns, classes).
        x: where the first and the last column are.
        y: where the first and the last row are.
        detail: whether characters also show where the network is uncertain.
    """
    chosen = winners(outputs)
    classes = outputs.shape[2]
    tints = [_ROLES[number % len(_ROLES)] for number in range(classes)]
    roles = (*tints, "sample")  # the last one where the class is unknown
    if not detail:
        grounds = (*(f"{tint}-2" for tint in tints), None)
        return Shade(chosen, x, y, " " * len(roles), roles, grounds)
    bounds = 1 / classes + _CERTAIN * (1 - 1 / classes)
    levels = np.searchsorted(bounds, outputs.max(axis=2))
    levels[chosen == classes] = 0
    count = len(_CERTAINTIES)
    repeated = tuple(role for role in roles for _ in range(count))
    grounds = tuple(f"{tint}-{level}" if level else None for tint in tints for level in range(count))
    unknown = (None,) * count
    return Shade(count * chosen + levels, x, y, _CERTAINTIES * len(roles), repeated, (*grounds, *unknown))


def _probabilities(snapshot: Snapshot) -> tuple[Figure, str]:
    """The probability of each class as a curve, the samples at that of their actual class."""
    dataset = snapshot.run.dataset
    assert snapshot.network.grid_outputs is not None  # known for one input
    low, high = dataset.domain[0]
    steps = np.linspace(low, high, len(snapshot.network.grid_outputs))
    curves = [
        Series(steps, snapshot.network.grid_outputs[:, number], _ROLES[number % len(_ROLES)], Kind.LINE)
        for number in range(len(dataset.classes))
    ]
    right, wrong = _points(snapshot, dataset.coordinates[:, 0], _of_actual_class(snapshot))
    x_axis = axis_over(np.array([low, high]), margin=0.025)
    figure = Figure(x_axis, _SHARES, (*curves, *right, *wrong), x_name=axis_name(snapshot, 0))
    return figure, _legend(snapshot)


def _by_class(snapshot: Snapshot) -> tuple[Figure, str]:
    """A column for each actual class; each sample at the probability that its class was given."""
    classes = snapshot.run.dataset.classes
    predicted, actual = _predicted(snapshot)
    spread = (np.arange(len(actual)) * 0.618034) % 1.0 - 0.5  # beside each other, evenly however many
    right, wrong = _points(snapshot, actual + 0.8 * spread, _of_actual_class(snapshot))
    every = max(1, len(classes) // 6)
    ticks = tuple((float(number), plain(name, 10)) for number, name in enumerate(classes))[::every]
    x_axis = Axis(-0.6, len(classes) - 0.4, ticks)
    missed = int((predicted != actual).sum())
    return Figure(x_axis, _SHARES, (*right, *wrong)), f"probability of the actual class, {missed} wrong"


def _of_actual_class(snapshot: Snapshot) -> Array:
    """The probability that the network gives to the class of each sample; shape (samples,)."""
    _, actual = _predicted(snapshot)
    chosen: Array = snapshot.network.outputs[np.arange(len(actual)), actual]
    return chosen
