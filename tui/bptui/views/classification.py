"""What a classification's plot shows: points in the plane; probabilities for one input, or for many."""

from __future__ import annotations

import numpy as np

from bpengine.arrays import Array, IntArray
from bptui.drawing import Axis, Figure, Kind, Series, Shade, axis_over
from bptui.drawing.unit_facts import axis_name
from bptui.session.comparison import same_data
from bptui.session.snapshot import Snapshot
from bptui.views.contour import border, winners

MARKERS = (("+", "⊕"), ("x", "⊗"), ("o", "◎"), ("v", "▼"), ("s", "■"))
"""Each class's glyph where it was predicted rightly and where wrongly; further classes begin anew."""
_ROLES = ("above", "below", "third")
_FOG = "░:· "
"""Behind the points, by how sure the most probable class is: from a tie to nearly certain."""
_SURE = np.array([0.3, 0.6, 0.9])
"""The bounds between them, as parts of the way from a tie to certainty."""
_SHARES = axis_over(np.array([0.0, 1.0]), margin=0.05, width=5)


def classification_figure(snapshot: Snapshot, *, detail: bool = False) -> tuple[Figure, str]:
    """The plot and its legend; in detail also how sure the network is."""
    match len(snapshot.run.dataset.domain):
        case 1:
            return _probabilities(snapshot)
        case 2:
            return _plane(snapshot, detail=detail)
        case _:
            return _by_class(snapshot)


def _predicted(snapshot: Snapshot) -> tuple[IntArray, IntArray]:
    """The predicted and the true class of each sample; shape (samples,)."""
    return snapshot.network.outputs.argmax(axis=1), snapshot.run.dataset.targets.argmax(axis=1)


def _points(snapshot: Snapshot, x: Array, y: Array) -> tuple[list[Series], list[Series]]:
    """The samples at these places by predicted class: right ones, wrong ones."""
    predicted, true = _predicted(snapshot)
    right, wrong = [], []
    for number in range(len(snapshot.run.dataset.classes)):
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
    classes = snapshot.run.dataset.classes
    names = [f"{MARKERS[number][0]} {name[:12]}" for number, name in enumerate(classes[: len(MARKERS)])]
    rings = "".join(marker[1] for marker in MARKERS[: min(2, len(classes))])
    return f"{' '.join(names[:3])} {rings} {(predicted != true).sum():3} wrong"


def _plane(snapshot: Snapshot, *, detail: bool) -> tuple[Figure, str]:
    """The network's regions behind the samples, and its border; the true one dashed.

    In an order in which what is wrong is never covered.
    """
    dataset = snapshot.run.dataset
    points = dataset.coordinates
    assert snapshot.network.grid_outputs is not None  # two inputs have a grid
    x, y = dataset.domain
    pin = snapshot.comparison.pinned
    right, wrong = _points(snapshot, points[:, 0], points[:, 1])
    lines = []
    legend = f" {_FOG}sure" if detail else ""
    if pin is not None and pin.network.grid_outputs is not None and same_data(pin, snapshot):
        lines.append(Series(*border(pin.network.grid_outputs, x, y), "ghost", Kind.DOTTED, pieces=True))
        legend = legend or " ⠂ pinned"
    lines.append(Series(*border(snapshot.network.grid_outputs, x, y), "border", Kind.LINE, pieces=True))
    true = []
    if dataset.border is not None:
        true.append(Series(dataset.border[:, 0], dataset.border[:, 1], "target", Kind.DASHED))
    figure = Figure(
        axis_over(np.array(x), margin=0.025),
        axis_over(np.array(y), margin=0.025, width=5),
        (*lines, *right, *true, *wrong),
        shade=_regions(snapshot.network.grid_outputs, x, y, detail=detail),
        x_name=axis_name(snapshot, 0),
        y_name=axis_name(snapshot, 1),
    )
    return figure, _legend(snapshot) + legend


def _regions(across: Array, x: tuple[float, float], y: tuple[float, float], *, detail: bool) -> Shade:
    """The ground in the most probable class's tint; in detail the stronger the surer, and fog elsewhere."""
    chosen = winners(across)
    classes = across.shape[2]
    tints = [_ROLES[number % len(_ROLES)] for number in range(classes)]
    roles = (*tints, "sample")  # the last one where there is no telling
    if not detail:
        grounds = (*(f"{tint}-2" for tint in tints), None)
        return Shade(chosen, x, y, " " * len(roles), roles, grounds)
    bounds = 1 / classes + _SURE * (1 - 1 / classes)
    levels = np.searchsorted(bounds, across.max(axis=2))
    levels[chosen == classes] = 0
    fourfold = tuple(role for role in roles for _ in _FOG)
    grounds = tuple(f"{tint}-{level}" if level else None for tint in tints for level in range(len(_FOG)))
    unknown = (None,) * len(_FOG)
    return Shade(len(_FOG) * chosen + levels, x, y, _FOG * len(roles), fourfold, (*grounds, *unknown))


def _probabilities(snapshot: Snapshot) -> tuple[Figure, str]:
    """Each class's probability as a curve, the samples at that of their true class."""
    dataset = snapshot.run.dataset
    assert snapshot.network.grid_outputs is not None  # one input has its steps
    low, high = dataset.domain[0]
    steps = np.linspace(low, high, len(snapshot.network.grid_outputs))
    curves = [
        Series(steps, snapshot.network.grid_outputs[:, number], _ROLES[number % len(_ROLES)], Kind.LINE)
        for number in range(len(dataset.classes))
    ]
    right, wrong = _points(snapshot, dataset.coordinates[:, 0], _of_true_class(snapshot))
    x_axis = axis_over(np.array([low, high]), margin=0.025)
    figure = Figure(x_axis, _SHARES, (*curves, *right, *wrong), x_name=axis_name(snapshot, 0))
    return figure, _legend(snapshot)


def _by_class(snapshot: Snapshot) -> tuple[Figure, str]:
    """Columns of true classes; each sample at the probability that its true class was given."""
    classes = snapshot.run.dataset.classes
    _, true = _predicted(snapshot)
    count = len(true)
    spread = (np.arange(count) * 0.618034) % 1.0 - 0.5  # beside each other, evenly however many
    right, wrong = _points(snapshot, true + 0.8 * spread, _of_true_class(snapshot))
    every = max(1, len(classes) // 6)
    ticks = tuple((float(number), name[:10]) for number, name in enumerate(classes))[::every]
    x_axis = Axis(-0.6, len(classes) - 0.4, ticks)
    _, true = _predicted(snapshot)
    missed = int((snapshot.network.outputs.argmax(axis=1) != true).sum())
    return Figure(x_axis, _SHARES, (*right, *wrong)), f"probability of the true class, {missed} wrong"


def _of_true_class(snapshot: Snapshot) -> Array:
    _, true = _predicted(snapshot)
    chosen: Array = snapshot.network.outputs[np.arange(len(true)), true]
    return chosen
