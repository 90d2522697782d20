"""The plot of a classification: samples in the plane for two inputs, otherwise class probabilities."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property, partial
from itertools import product
from os.path import commonprefix

import numpy as np
from rich.cells import cell_len

from bpengine import Dataset
from bpengine.arithmetic.arrays import Array, IntArray
from bptui.commands import key_of
from bptui.screen.drawing import (
    ROLES,
    Axis,
    ColorMap,
    Figure,
    Kind,
    Legend,
    Scale,
    Series,
    Shade,
    Span,
    axis_over,
    class_axis,
    class_role,
    faint_role,
    tested_role,
    wrong_role,
)
from bptui.screen.tabs.cloud import DISAGREEMENT, STARTS, band, cloud_legend, disagreement, mean_legend
from bptui.screen.tabs.compared_runs import comparable_outputs, compared_legend, compared_line, letters
from bptui.screen.tabs.contour import border, plane_axes, plane_titles, winners
from bptui.session.plane import Mask, Projection, in_columns
from bptui.session.snapshot import Snapshot
from bptui.session.units import axis_name, short_name
from bpwords import Sentence, printable, word

TRAIN, TEST = "+xovs", "12345"
"""The signs of few classes' training and test samples."""
_MORE = "cdehjkmnpqrtuwyzabfgil*%&$~=?"
"""The signs of further classes, after those of training samples."""
_CERTAINTIES = "░:· "
"""The background characters, by the probability of the most probable class: from a tie to certainty."""
_CERTAIN = np.array([0.3, 0.6, 0.9])
"""The bounds between these characters, as fractions of the way from a tie to certainty."""
_SHARES = Axis(-0.05, 1.05, tuple((quarter / 4, f"{quarter / 4:5.2f}") for quarter in range(5)))
"""The axis of probabilities: however few ticks have room, 0 and 1 are among them."""
_MAX_NAME_LENGTH = 60
"""The most characters of a class's name."""
_FEWER = (10, 8, 6, 4, 3, 2, 1, 0)
"""How many classes are named where there is no room for all of them."""
_FIRST_WORDS = re.compile(r".*[\W_]")
"""Of the common beginning of all names, what ends with a word."""
_MAX_FORMULA_LENGTH = 24


@dataclass(frozen=True, eq=False)
class _Samples:
    """The training or the test samples, and what the network says about them."""

    dataset: Dataset
    outputs: Array
    """Probabilities; shape (samples, classes)."""
    signs: str
    """The sign of each class; they repeat only if there are more classes than signs."""
    is_underlined: bool = False
    """Whether the samples are underlined: test samples with the signs of the training samples."""
    marked: IntArray | None = None
    """The samples with wrong labels, if they are asked for."""
    far: Mask | None = None
    """Which samples are far from the plane that is drawn; None if it is that of all inputs."""

    @cached_property
    def predicted(self) -> IntArray:
        """The most probable class of each sample; shape (samples,)."""
        classes: IntArray = self.outputs.argmax(axis=1)
        return classes

    @cached_property
    def actual(self) -> IntArray:
        """The class of each sample; shape (samples,)."""
        classes: IntArray = self.dataset.targets.argmax(axis=1)
        return classes

    def sign(self, number: int) -> str:
        """The sign of a class."""
        return self.signs[number % len(self.signs)]

    def role(self, number: int) -> str:
        """The role of a class's samples."""
        role = class_role(number)
        return tested_role(role) if self.is_underlined else role

    @property
    def of_actual_class(self) -> Array:
        """The probability that the network gives to the class of each sample; shape (samples,)."""
        return self.outputs[np.arange(len(self.outputs)), self.actual]

    @cached_property
    def missed(self) -> int:
        """How many samples are predicted wrong."""
        return int((self.predicted != self.actual).sum())


def _all_samples(snapshot: Snapshot, *, detail: bool, of: Projection | None = None) -> list[_Samples]:
    """The test samples, if there are any, and the training samples, which are drawn over them.

    Args:
        snapshot: the run.
        detail: whether samples with wrong labels are marked.
        of: the plane that is drawn of more than two inputs.
    """
    far, far_tests = (None, None) if of is None else of.far
    dataset, network = snapshot.run.dataset, snapshot.network
    own = class_signs(dataset.classes)
    marked = dataset.mislabeled if detail else None
    samples = [_Samples(dataset, network.outputs, own or TRAIN, marked=marked, far=far)]
    if dataset.test is not None and network.test_outputs is not None:
        is_underlined = bool(own)
        samples.insert(
            0, _Samples(dataset.test, network.test_outputs, own or TEST, is_underlined, far=far_tests)
        )
    return samples


@cache
def class_signs(classes: tuple[str, ...]) -> str:
    """The signs of many classes, or of those that are named by a character; empty if `TRAIN` and `TEST` do.

    They are the first characters of the names if these differ.
    """
    firsts = "".join(name[:1] for name in classes)
    is_named = all(len(name) == 1 for name in classes)
    if len(classes) <= len(TRAIN) and not is_named:
        return ""
    for signs in (firsts.lower(), firsts):
        if (
            len(set(signs)) == len(classes)
            and all(map(str.isprintable, signs))
            and cell_len(signs) == len(classes)
        ):
            return signs
    return TRAIN + _MORE


def _points(
    samples: list[_Samples],
    place: Callable[[_Samples], tuple[Array, Array, IntArray]],
    *,
    is_constant: bool = False,
) -> tuple[list[Series], list[Series]]:
    """The samples as points, and those that are predicted wrong once more, to be laid over everything.

    Args:
        samples: the samples.
        place: the coordinates of samples, and the class whose sign each of them has.
        is_constant: whether training changes neither.
    """
    points, wrong = [], []
    for sample in samples:
        x, y, signed = place(sample)
        is_wrong = sample.predicted != sample.actual
        for number, is_far in product(range(len(sample.dataset.classes)), (True, False)):
            own, role, sign = signed == number, sample.role(number), sample.sign(number)
            if sample.far is not None:
                own, role = own & (sample.far == is_far), faint_role(role) if is_far else role
            elif is_far:
                continue
            off = own & is_wrong
            points.append(
                Series(x[own], y[own], role, Kind.POINTS, sign, is_constant=is_constant, is_sample=True)
            )
            wrong.append(
                Series(x[off], y[off], wrong_role(role), Kind.SIGNS, _when_wrong(sign), is_sample=True)
            )
        if sample.marked is not None:
            at, role = sample.marked, "mislabeled"
            wrong.append(Series(x[at], y[at], role, Kind.SIGNS, ROLES[role].sign))
    return points, wrong


def _when_wrong(sign: str) -> str:
    """The sign of a class, in capitals: copied text, which has no blocks, shows it as well."""
    return sign.replace("+", "#").upper()


def _legend(samples: list[_Samples], wrong: str, names: tuple[str, ...]) -> Legend:
    """The signs, colors and names of the first classes, and how many samples are predicted wrong.

    Args:
        samples: the samples.
        wrong: what follows the number of those.
        names: the names of these classes.
    """
    classes = len(samples[-1].dataset.classes)
    parts = []
    joint = "=" if any(name[:1].isdigit() for name in names) else " "
    for number, name in enumerate(names):
        own = Legend(tuple(Span(each.sign(number), each.role(number)) for each in reversed(samples)))
        parts.append(own if name == samples[-1].sign(number) else Legend.of(own, name, between=joint))
    signs = "".join(
        _when_wrong(each.sign(number))
        for each in reversed(samples)
        for number in range(1 if len(each.signs) > len(TRAIN) or each.is_underlined else classes)
    )
    counts = "+".join(str(each.missed) for each in reversed(samples))
    more = Span("…" if len(names) < classes else "")
    marked = Legend()
    if samples[-1].marked is not None:
        drawn = wrong and word("wrong labels", "legend")
        marked = Legend.of(Span("?", "mislabeled"), str(len(samples[-1].marked)), drawn)
    return Legend.of(*parts, more, Span(signs, "wrong"), counts, wrong, marked)


def _variants(samples: list[_Samples], *others: tuple[str | Legend, ...]) -> Legend:
    """The legend: with as many of the other parts as there is room for, or else with fewer classes.

    Args:
        samples: the samples.
        others: what precedes the classes, and what follows them, from the longest to the shortest ones; the
            last one is taken only where no other fits.
    """
    legend, names = cache(partial(_legend, samples)), _names(samples[-1].dataset.classes)
    fewer = [names[-1][:count] for count in _FEWER if count < len(names[-1])]
    return Legend.of_variants(
        *(
            Legend.of(before, legend(wrong, named), *after)
            for some, namings in ((others[:-1], names), (others[-1:], [*names, *fewer]))
            for named in namings
            for wrong in (word("wrong", "legend"), "")
            for before, *after in some
        )
    )


@cache
def _names(classes: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The class names, and without the words that all of them begin with; never half a word."""
    whole = tuple(short_name(name, _MAX_NAME_LENGTH) for name in classes)
    same = _FIRST_WORDS.match(commonprefix(whole))  # noqa: RUF071  of names, not of paths
    own = tuple(name[same.end() :] for name in whole) if same else whole
    return [whole, own] if same and all(own) else [whole]


def regions(snapshot: Snapshot, *, detail: bool, of: Projection | None = None) -> tuple[Figure, Legend]:
    """The samples over the regions of the predicted classes; the border is a line, the true one a faint one.

    The lines are drawn over the samples, but samples that are predicted wrong last: nothing covers them.
    """
    dataset = snapshot.run.dataset
    assert snapshot.network.grid_outputs is not None  # known for two inputs
    x, y = dataset.domain
    samples = _all_samples(snapshot, detail=detail, of=of)
    points, wrong = _points(
        samples, lambda each: (*each.dataset.coordinates.T, each.actual), is_constant=True
    )
    compared = comparable_outputs(snapshot)
    lines: list[Series] = []
    labels: list[Series] = []
    for run, outputs in compared:
        edge = border(outputs, x, y)
        lines.append(compared_line(run, *edge, pieces=True))
        labels += letters(run, *edge)
    lines.append(Series(*border(snapshot.network.grid_outputs, x, y), "border", Kind.LINE, pieces=True))
    if snapshot.comparison.spread is not None and snapshot.comparison.spread.mean is not None:
        mean = border(snapshot.comparison.spread.mean, x, y)
        lines.append(Series(*mean, "mean", Kind.DASHED, pieces=True))
    true = []
    if dataset.border is not None:
        # In pieces: the border of a formula is many short lines, and thinning would lose some of them.
        pairs = np.stack([dataset.border[:-1], dataset.border[1:]], axis=1).reshape(-1, 2)
        true.append(Series(pairs[:, 0], pairs[:, 1], "target", Kind.FAINT, pieces=True))
    spread = snapshot.comparison.spread
    agreement = None if spread is None or detail else spread.agreement
    outputs = snapshot.network.grid_outputs
    shade, scale = _certainty(outputs, x, y) if detail else (_regions(outputs, x, y, agreement), Legend())
    figure = Figure(
        *plane_axes(dataset, of, margin=0.025),
        (*points, *true, *lines, *labels, *wrong),
        shade=shade,
        x_name=axis_name(snapshot, 0),
        y_name=axis_name(snapshot, 1),
        names_x=of is not None,
        one_scale=of is None,
    )
    runs = [run for run, _ in compared]
    key = f"({key_of('toggle_detail')})" if detail else ""
    certain = f"{word('certain', 'legend')} {key}" if detail else ""
    differ, cloud = (
        Legend() if agreement is None else cloud_legend(snapshot, said, DISAGREEMENT[1])
        for said in (Sentence("{number} starts disagree", context="legend"), STARTS)
    )
    names = word("true border", "legend"), word("true", "legend")
    truth, brief = (_truth(snapshot, name) for name in names)
    pins = compared_legend(runs, pinned="")
    title, shorter, shortest = plane_titles(of)
    return figure, _variants(
        samples,
        (title, scale, certain, compared_legend(runs), truth, differ, mean_legend(snapshot)),
        (title, scale, certain, compared_legend(runs), brief, differ, mean_legend(snapshot)),
        (title, scale, key, pins, brief, cloud),
        (shorter, scale, pins, brief, cloud),
        *(((shorter,),) if of else ()),
        (shortest,),
    )


def _truth(snapshot: Snapshot, name: str) -> Legend:
    """The sign of the true border, and its formula or else this name; empty if the border is unknown."""
    dataset = snapshot.run.dataset
    if dataset.border is None:
        return Legend()
    if dataset.name == snapshot.run.config.function:
        name = printable(dataset.name, _MAX_FORMULA_LENGTH)
    return Legend.of(Span(ROLES["target"].sign, "target"), name)


def _regions(
    outputs: Array, x: tuple[float, float], y: tuple[float, float], agreement: Array | None
) -> ColorMap:
    """The background in the tint of the most probable class, which follows the border to half a cell.

    Args:
        outputs: probabilities; shape (rows, columns, classes).
        x: where the first and the last column are.
        y: where the first and the last row are.
        agreement: how far the starts of a cloud agree, to mark where they do not; None without a cloud.
    """
    chosen = winners(outputs)
    grounds = (*(f"{class_role(number)}-2" for number in range(outputs.shape[2])), None)  # None: unknown
    signs = " " if agreement is None else DISAGREEMENT
    bands = len(signs) * chosen
    if agreement is not None:
        bands += disagreement(agreement, chosen.shape)
    behind = tuple(ground for ground in grounds for _ in signs)
    shade = Shade(bands, x, y, signs * len(grounds), ("cloud",) * len(behind), behind)
    return ColorMap(outputs, x, y, winners, grounds, shade, has_signs=agreement is not None)


def _certainty(outputs: Array, x: tuple[float, float], y: tuple[float, float]) -> tuple[ColorMap, Legend]:
    """The probabilities as a background that is stronger where the network is more certain, and its legend.

    Two classes are the two sides of a scale around a tie. The arguments are those of `_regions`.
    """
    classes, count = outputs.shape[2], len(_CERTAINTIES)
    tints = [class_role(number) for number in range(classes)]
    roles = tuple(role for role in (*tints, "sample") for _ in range(count))
    strengths = tuple(f"{tint}-{level}" for tint in tints for level in range(count))
    grounds = (*strengths, *(None,) * count)  # the last ones where the class is unknown
    shade = Shade(_bands(outputs), x, y, _CERTAINTIES * (classes + 1), roles, grounds)
    signs, tinted = _CERTAINTIES.strip(), strengths[1:count]
    if classes == 2:
        scale = Scale.over(-1.0, 1.0)
        with np.errstate(all="ignore"):
            numbers = outputs[..., 0] - outputs[..., 1]
        return ColorMap(numbers, x, y, scale.levels, scale.roles, shade), scale.legend(-1.0, 1.0, signs)
    legend = Legend(tuple(Span(*parts) for parts in zip(signs, tinted, tinted, strict=True)))
    return ColorMap(outputs, x, y, _bands, grounds, shade), legend


def _bands(outputs: Array) -> IntArray:
    """The most probable class and the level of its probability as one number, for probabilities."""
    chosen, classes = winners(outputs), outputs.shape[2]
    bounds = 1 / classes + _CERTAIN * (1 - 1 / classes)
    levels = np.searchsorted(bounds, outputs.max(axis=2))
    levels[chosen == classes] = 0
    bands: IntArray = len(_CERTAINTIES) * chosen + levels
    return bands


def probabilities(snapshot: Snapshot, *, detail: bool) -> tuple[Figure, Legend]:
    """The probability of each class as a curve; each sample is at the probability of its actual class."""
    dataset = snapshot.run.dataset
    assert snapshot.network.grid_outputs is not None  # known for one input
    low, high = dataset.domain[0]
    steps = np.linspace(low, high, len(snapshot.network.grid_outputs))
    samples = _all_samples(snapshot, detail=detail)
    curves = [
        Series(steps, outputs, class_role(number), Kind.LINE, samples[-1].sign(number))
        for number, outputs in enumerate(snapshot.network.grid_outputs.T)
    ]
    points, wrong = _points(
        samples, lambda each: (each.dataset.coordinates[:, 0], each.of_actual_class, each.actual)
    )
    x_axis = axis_over(np.array([low, high]), margin=0.025)
    spread, starts = snapshot.comparison.spread, list[Series]()
    if spread is not None and spread.fits is not None:
        at = np.linspace(low, high, len(spread.fits[0]))
        for ends in zip(*(fit.T for fit in spread.fits), strict=True):
            starts += band(at, *ends)
        means = () if spread.mean is None else spread.mean.T
        starts += [Series(at, mean, "mean", Kind.DASHED) for mean in means]
    figure = Figure(x_axis, _SHARES, (*starts, *curves, *points, *wrong), x_name=axis_name(snapshot, 0))
    return figure, _variants(samples, ("", cloud_legend(snapshot), mean_legend(snapshot)), ("",))


def by_class(snapshot: Snapshot, *, detail: bool) -> tuple[Figure, Legend]:
    """A column for each actual class, with each sample at the probability of its class.

    Here the sign of a sample shows its predicted class, since its column already shows the actual one.
    """
    classes = snapshot.run.dataset.classes
    samples = _all_samples(snapshot, detail=detail)
    points, wrong = _points(
        samples,
        lambda each: (in_columns(each.actual), each.of_actual_class, each.predicted),
    )
    names = [short_name(name, 10) for name in classes]
    x_axis = class_axis(names, every=max(1, len(classes) // 6))
    figure = Figure(
        x_axis,
        _SHARES,
        (*points, *wrong),
        x_name=word("actual class", "axis"),
        y_name=word("prob.", "axis"),
    )
    return figure, _variants(samples, (word("predicted", "legend"),), ("",))
