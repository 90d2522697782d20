"""The plot of a regression: a curve for one input, a map for two, otherwise predicted over actual values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from bpengine import Dataset
from bpengine.arithmetic.arrays import Array
from bptui.commands import key_of
from bptui.screen.drawing import (
    ROLES,
    SHADES,
    Axis,
    ColorMap,
    Figure,
    Kind,
    Legend,
    Scale,
    Series,
    Span,
    axis_around,
    axis_over,
    faint_role,
)
from bptui.screen.tabs import compared_runs
from bptui.screen.tabs.cloud import band, cloud_legend, mean_legend
from bptui.screen.tabs.contour import border, plane_axes, plane_titles
from bptui.session.plane import Mask, Projection
from bptui.session.snapshot import Snapshot
from bptui.session.units import MAX_NAME_LENGTH, axis_name, short_name
from bpwords import Sentence, printable, word
from bpwords.numbers import number

_PI_TICKS = tuple((k * np.pi / 2, label) for k, label in enumerate(("0", "π/2", "π", "3π/2", "2π")))
_MAX_TARGET_LENGTH, _MIN_TARGET_LENGTH = 26, 10
"""The most characters of a function's name in the legend, and in a narrow plot with much else in it. The name
of a formula is the formula itself."""
_MAX_PARTS = 12
"""The most units whose contributions are drawn; more could not be told apart."""
_EDGE = 3
"""The edge between two shades at which a map draws the contour of a compared run."""
_MAX_OVER = 16
"""The most samples that are drawn over the lines."""
_MAX_NAMED_PARTS = 8
"""The most units that the legend lists."""
_NO_PARTS: tuple[list[Series], list[Series], Legend] = ([], [], Legend())
_PART_ROLES = ("part-1", "part-2", "part-3", "part-4")


def _targets(dataset: Dataset) -> Array:
    """The targets of the samples in the units of the data; shape (samples,)."""
    return dataset.target_scaling.undo(dataset.targets)[:, 0]


@lru_cache(maxsize=4)
def _truth(dataset: Dataset, steps: int) -> tuple[Array, Array | None]:
    """Even steps over the only input, and the values of the function there if it is known; shape (steps,)."""
    x = np.linspace(*dataset.domain[0], steps)
    return x, None if dataset.truth is None else dataset.truth(x[:, np.newaxis])


def curve(snapshot: Snapshot, *, detail: bool = False, others: Sequence[Array] = ()) -> tuple[Figure, Legend]:
    """The network's output as a thick line over the faint function, and the samples.

    Args:
        snapshot: the run, of one input.
        detail: whether to add the hidden units' contributions.
        others: the outputs of other starts at even steps over the domain, drawn behind.
    """
    dataset = snapshot.run.dataset
    assert snapshot.network.grid_outputs is not None  # known for one input
    low, high = dataset.domain[0]
    steps, truth = _truth(dataset, len(snapshot.network.grid_outputs))
    parts, numbers, parts_legend = _parts(snapshot, steps) if detail else _NO_PARTS
    lines = [] if truth is None else [Series(steps, truth, "target", Kind.FAINT, is_constant=True)]
    lines.append(Series(steps, snapshot.network.grid_outputs[:, 0], "fit", Kind.THICK, name=""))
    compared = [] if detail else compared_runs.comparable_outputs(snapshot)
    beside = [Series(np.linspace(low, high, len(other)), other, "median", Kind.DOTTED) for other in others]
    labels: list[Series] = []
    for run, outputs in compared:
        x = np.linspace(low, high, len(outputs))
        beside.append(compared_runs.compared_line(run, x, outputs[:, 0]))
        labels += compared_runs.letters(run, x, outputs[:, 0])
    # Behind the contributions, the faint function alone represents its samples.
    of_test = () if dataset.test is None else (_samples(dataset.test, "test"),)
    samples = of_test if detail and truth is not None else (_samples(dataset, "sample"), *of_test)
    targets = _targets(dataset)
    spread = None if detail else snapshot.comparison.spread
    fits = [] if spread is None or spread.fits is None else [fit[:, 0] for fit in spread.fits]
    at = np.linspace(low, high, len(fits[0]) if fits else 0)
    starts = band(at, *fits) if fits else []
    if spread is not None and spread.mean is not None:
        lines.append(Series(at, spread.mean[:, 0], "mean", Kind.DASHED))
    data = targets if truth is None else np.concatenate([targets, truth])
    curves = [line.y for line in (*lines, *parts, *beside, *starts)]
    x_axis, y_axis = _x_axis(low, high), axis_around(data, curves, width=5)
    figure = Figure(
        x_axis,
        y_axis,
        (
            *(*starts, *parts, *beside),
            *(series for each in samples for series in each.below),
            *lines,
            *(each.over for each in samples),
            *(*labels, *numbers),
        ),
        x_name=axis_name(snapshot, 0),
        y_name=short_name(dataset.target, MAX_NAME_LENGTH),
    )
    if detail:
        network = Legend.of(_sign("fit"), word("network =", "legend"), parts_legend)
        return figure, Legend.of_variants(Legend.of(Sentence("parts ({toggle_detail}):")(), network), network)
    fit = Legend.of(_sign("fit"), word("network", "legend"))
    target, brief = (
        () if truth is None else (_sign("target"), printable(dataset.name, length))
        for length in (_MAX_TARGET_LENGTH, _MIN_TARGET_LENGTH)
    )
    points = () if compared else (_sign("sample"), samples[0].shown, word("samples", "legend"))
    test = () if dataset.test is None else (_sign("test"), samples[-1].shown, word("test", "legend"))
    runs, letters_alone = (
        compared_runs.compared_legend([run for run, _ in compared], pinned) for pinned in (None, "")
    )
    cloud = Legend.of(cloud_legend(snapshot), mean_legend(snapshot))
    variants = (
        (fit, *target, *points, *test, runs, cloud),
        (fit, *target, *test, runs, cloud),
        (fit, *brief, *test, letters_alone, cloud),
    )
    return figure, Legend.of_variants(*(Legend.of(*parts) for parts in variants))


def _sign(role: str) -> Span:
    return Span(ROLES[role].sign, role)


class _Samples(NamedTuple):
    """The samples of a function of one input, which are the same ones in every frame."""

    below: tuple[Series, ...]
    """Below the lines: all of them if there are many, or none where they lie on the function."""
    over: Series
    """Over the lines: a few, evenly chosen."""
    shown: str
    """How many of them are drawn, if not all."""


@lru_cache(maxsize=4)
def _samples(dataset: Dataset, role: str) -> _Samples:
    x, y = dataset.coordinates[:, 0], _targets(dataset)
    truth = None if dataset.truth is None else dataset.truth(dataset.coordinates)
    few = np.argsort(x, kind="stable")[np.linspace(0, len(x) - 1, min(len(x), _MAX_OVER)).round().astype(int)]
    over = Series(x[few], y[few], role, Kind.POINTS, ROLES[role].sign, is_constant=True)
    if len(few) == len(x) or (truth is not None and np.allclose(truth, y)):
        is_all = len(few) == len(x)
        return _Samples((), over, "" if is_all else Sentence("{n} of {count}")(n=len(few), count=len(x)))
    return _Samples((replace(over, x=x, y=y, is_sample=True),), over, "")


def _parts(snapshot: Snapshot, steps: Array) -> tuple[list[Series], list[Series], Legend]:
    """The contribution of each unit of the last hidden layer to the curve, and the output bias as a constant.

    Returns:
        The lines, the unit's number on each line, and the legend.
    """
    if not snapshot.network.unit_outputs:
        why = word(
            "too many units to draw" if snapshot.run.config.hidden_units else "no hidden units to draw"
        )
        return [], [], Legend.of(why)
    scaling = snapshot.run.dataset.target_scaling
    *weights, bias = snapshot.network.layers[-1][:, 0]
    level = bias * scaling.scale[0] + scaling.offset[0]
    with np.errstate(all="ignore"):
        parts = snapshot.network.unit_outputs[-1] * (np.array(weights) * scaling.scale[0])
        reach = np.nan_to_num(parts.max(axis=0) - parts.min(axis=0))
    largest = np.sort(np.argsort(-reach, kind="stable")[:_MAX_PARTS])
    values = np.column_stack([parts[:, largest], np.full(len(steps), level)])
    labels = [*(str(number + 1) for number in largest), "b"]
    roles = [*(_PART_ROLES[place % len(_PART_ROLES)] for place in range(len(largest))), "part-bias"]
    kinds = [*[Kind.LINE] * len(largest), Kind.DOTTED]
    lines = [
        Series(steps, part, role, kind, label, name=label)
        for part, role, kind, label in zip(values.T, roles, kinds, labels, strict=True)
    ]
    numbers = [
        compared_runs.on_line(steps, part, role, label, place, len(labels))
        for place, (part, role, label) in enumerate(zip(values.T, roles, labels, strict=True))
    ]
    count = len(weights)
    named = [Span(label, role) for label, role in zip(labels[:-1], roles, strict=False)]
    of_all = Sentence("{shown} of {count} units")
    units = (
        Legend.of(*named, between="+") if count <= _MAX_NAMED_PARTS else of_all(shown=len(named), count=count)
    )
    return lines, numbers, Legend.of(units, "+", Span("b", "part-bias"), word("bias", "legend"))


def _x_axis(low: float, high: float) -> Axis:
    if (low, high) == (0.0, 2 * np.pi):
        return Axis(low, high, _PI_TICKS)
    return axis_over(np.array([low, high]))


def surface(snapshot: Snapshot, *, detail: bool, of: Projection | None = None) -> tuple[Figure, Legend]:
    """The output over the range of the targets; samples with a large error are ! and ◎.

    With `detail` the other samples are drawn as well; they cover much of a small map. A compared
    run is a line where its output passes from the third to the fourth shade.
    """
    dataset, network = snapshot.run.dataset, snapshot.network
    assert network.grid_outputs is not None  # known for two inputs
    targets = _targets(dataset)
    low, high = float(targets.min()), float(targets.max())
    span = (high - low) or 1.0
    x, y = dataset.domain
    compared = compared_runs.comparable_outputs(snapshot)
    level = low + span * _EDGE / len(SHADES)
    lines: list[Series] = []
    for run, outputs in compared:
        with np.errstate(all="ignore"):
            sides = np.stack([level - outputs[..., 0], outputs[..., 0] - level], axis=-1)
        edge = border(sides, x, y)
        lines += [compared_runs.compared_line(run, *edge, pieces=True), *compared_runs.letters(run, *edge)]
    faint, faint_tests = (None, None) if of is None else of.far
    far, samples = _far_and_all(dataset, network.outputs, span / len(SHADES), "sample", "!", faint)
    signs = [_sign("sample")]
    if dataset.test is not None and network.test_outputs is not None:
        more = _far_and_all(dataset.test, network.test_outputs, span / len(SHADES), "test", "◎", faint_tests)
        far, samples = far + more[0], samples + more[1]
        signs.append(_sign("test"))
    figure = Figure(
        *plane_axes(dataset, of),
        (*(samples if detail else ()), *lines, *far),
        shade=ColorMap.of_numbers(network.grid_outputs[:, :, 0], low, high, x, y),
        x_name=axis_name(snapshot, 0),
        y_name=axis_name(snapshot, 1),
        names_x=of is not None,
        one_scale=of is None,
    )
    scale = Legend.of(number(low, 2), Scale.over(low, high).legend(low, high), number(high, 2))
    counts = dict.fromkeys((points.marker for points in far), 0)
    for points in far:
        counts[points.marker] += len(points.x)
    wrong = [Legend.of(Span(marker, "far"), f"{count}") for marker, count in counts.items()]
    title, shorter, shortest = plane_titles(of)
    runs, edge_at = [run for run, _ in compared], Sentence("at {level}")(level=number(level, 2))
    key = f"({key_of('toggle_detail')})"
    return figure, Legend.of_variants(
        *(
            Legend.of(
                at,
                scale,
                *wrong,
                far_word,
                Legend.of(*signs, near_word) if detail else "",
                Legend.of(compared_runs.compared_legend(runs, pinned), edge_at) if runs else "",
            )
            for at, far_word, near_word, pinned in (
                (title, word("clearly wrong", "legend"), f"{word('near', 'legend')} {key}", None),
                (title, word("wrong", "legend"), f"{word('near', 'legend')} {key}", ""),
                (shorter, word("wrong", "legend"), key, ""),
                (shorter, "", key, ""),
            )
        ),
        Legend.of(shorter, scale),
        Legend.of(shortest, scale),
    )


def _far_and_all(
    dataset: Dataset, outputs: Array, tolerance: float, role: str, wrong: str, faint: Mask | None = None
) -> tuple[list[Series], list[Series]]:
    """The samples whose output is farther from the target than the tolerance, and all samples.

    Those are fainter that are far from the plane that is drawn of more than two inputs.
    """
    with np.errstate(all="ignore"):
        far = ~(np.abs(outputs[:, 0] - _targets(dataset)) <= tolerance)
    x, y = dataset.coordinates.T
    groups = [(np.ones(len(x), dtype=bool), "")] if faint is None else [(faint, faint_role("")), (~faint, "")]
    return (
        [Series(x[far & own], y[far & own], f"far{way}", Kind.SIGNS, wrong) for own, way in groups],
        [
            Series(x[own], y[own], f"{role}{way}", Kind.POINTS, ROLES[role].sign, is_constant=True)
            for own, way in groups
        ],
    )


def agreement(snapshot: Snapshot, **_: bool) -> tuple[Figure, Legend]:
    """Predicted over actual: a perfect fit lies on the faint diagonal."""
    dataset, network = snapshot.run.dataset, snapshot.network
    targets, outputs = _targets(dataset), network.outputs[:, 0]
    axis = axis_around(targets, [outputs], width=5)
    ends = np.array([axis.low, axis.high])
    groups = [(targets, outputs, "output")]
    if dataset.test is not None and network.test_outputs is not None:
        groups.append((_targets(dataset.test), network.test_outputs[:, 0], "test"))
    series = [
        Series(actual, predicted, role, Kind.POINTS, ROLES[role].sign, is_sample=True, name="")
        for actual, predicted, role in groups
    ]
    diagonal = Series(ends, ends, "target", Kind.FAINT, is_constant=True)
    test = () if len(groups) == 1 else (_sign("test"), word("test", "legend"))
    names = (short_name(dataset.target, length) for length in (MAX_NAME_LENGTH, _MIN_TARGET_LENGTH))
    variants = (Sentence("predicted over actual {name}")(name=name) for name in names)
    figure = Figure(axis_over(targets, margin=0.15), axis, (diagonal, *series), x_name=word("actual", "axis"))
    return figure, Legend.of_variants(*(Legend.of(_sign("output"), text, *test) for text in variants))
