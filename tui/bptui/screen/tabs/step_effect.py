"""The effect of one training step on the fit: dashed before the step, solid after it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from bpengine import Network, Trace
from bpengine.arithmetic.arrays import Array
from bpengine.network.losses import LOSSES
from bptui.screen.drawing import Figure, Kind, Legend, Series, Span, class_role
from bptui.screen.tabs.contour import border, winners
from bptui.screen.tabs.panels import plot_figure
from bptui.session.snapshot import Comparison, Snapshot
from bpwords import Sentence, word
from bpwords.numbers import number

_FACTORS = tuple(digit * 10.0**power for power in range(7) for digit in (1, 2, 5))
"""The factors by which a change is magnified until it is visible."""
_VISIBLE = 1 / 12
"""The fraction of an axis by which a line must move to move visibly."""
_VISIBLE_NODES = 0.01
"""The fraction of the plane that must change sides for a border to move visibly."""
_LINES = ("fit", "border", "target", "above", "below", "third", "fourth")
"""The roles of the tab's lines, in whose place the lines before and after the step are drawn."""
_PRESENT = "◆"
"""The sign of the step's sample."""


@dataclass(frozen=True, slots=True, eq=False)
class _Change:
    """The answers before and after a step for the same inputs; the outputs are the last axis."""

    before: Array
    after: Array

    def magnified(self, factor: float) -> Array:
        """The answers after the step if it had changed them `factor` times as much."""
        with np.errstate(all="ignore"):
            changed: Array = self.before + factor * (self.after - self.before)
        return changed

    def moves(self, span: float) -> Callable[[float], bool]:
        """Return a function of a factor: whether a line with that factor moves visibly on such an axis."""
        with np.errstate(all="ignore"):
            largest = float(np.nan_to_num(np.abs(self.after - self.before)).max(initial=0.0))
        return lambda factor: largest * factor >= _VISIBLE * span

    def changes_sides(self, sides: Callable[[Array], Array]) -> Callable[[float], bool]:
        """Return a function of a factor: whether a border with that factor moves visibly in the plane."""
        chosen = winners(sides(self.before))
        return lambda factor: (
            float(np.mean(winners(sides(self.magnified(factor))) != chosen)) >= _VISIBLE_NODES
        )


def effect_figure(snapshot: Snapshot, trace: Trace | None, row: int = 0) -> tuple[Figure, Legend]:
    """Return the plot of the tab with the effect of a step, and its legend.

    Args:
        snapshot: the run before the step.
        trace: the step; None for the plot of the run as it is.
        row: the sample that is marked: its place in the batch, counted from 0.
    """
    base, base_legend = plot_figure(replace(snapshot, comparison=Comparison()))
    base = replace(base, note="")
    if trace is None:
        return base, base_legend
    drawn = {1: _curves, 2: _borders}.get(len(snapshot.run.dataset.domain), _points)
    series, factor, signs = drawn(snapshot, trace, row, base)
    points = (Kind.POINTS, Kind.SIGNS)
    kept = tuple(series for series in base.series if series.kind in points or series.role not in _LINES)
    if factor == 1:
        how = ""
    elif factor:
        how = Sentence("change magnified x{factor}")(factor=f"{factor:,.0f}")
    else:
        how = word("no change to be seen")
    whole = word("with all units") if trace.has_dropout else ""
    sample = Span(f"{_PRESENT} {word('this sample')}", "present")
    legend = Legend.of(sample, signs, whole, how, between="  ")
    return replace(base, series=(*kept, *series)), legend


def _answers(snapshot: Snapshot, trace: Trace, inputs: Array, *, new: bool) -> Array:
    """The network's answers in the units of the data, with the weights before or after the step."""
    parts = [layer.new if new else layer.before for layer in trace.layers]
    parameters = np.concatenate([part for layer in parts for part in (layer.weights.ravel(), layer.biases)])
    config = trace.config
    network = Network(trace.sizes, config.activations, LOSSES[config.task], parameters=parameters)
    return snapshot.run.dataset.target_scaling.undo(network.predict(inputs))


def _change(snapshot: Snapshot, trace: Trace, inputs: Array) -> _Change:
    before, after = (_answers(snapshot, trace, inputs, new=new) for new in (False, True))
    return _Change(before, after)


def _factor(is_visible: Callable[[float], bool]) -> float:
    """The smallest factor that makes the change visible; 0 if none does."""
    return next((factor for factor in _FACTORS if is_visible(factor)), 0.0)


def _signs(role: str) -> Legend:
    before, after = word("before", "legend"), word("after", "legend")
    return Legend.of(Legend.of(Span("╌", "compared"), before), Legend.of(Span("━", role), after))


def _here(snapshot: Snapshot, trace: Trace, row: int) -> tuple[Array, Array]:
    """The coordinates and the target of the marked sample, in the units of the data."""
    dataset = snapshot.run.dataset
    here = slice(row, row + 1)
    return trace.coordinates[row], dataset.target_scaling.undo(trace.targets[here])[0]


def _mark(x: float, y: float, sign: str = _PRESENT) -> Series:
    return Series(np.array([x]), np.array([y]), "present", Kind.SIGNS, sign)


def _curves(snapshot: Snapshot, trace: Trace, row: int, base: Figure) -> tuple[list[Series], float, Legend]:
    """For one input: the answer, or the class probabilities (if there are two classes, the second one's)."""
    dataset = snapshot.run.dataset
    assert snapshot.network.grid_outputs is not None  # known for one input
    steps = np.linspace(*dataset.domain[0], len(snapshot.network.grid_outputs))
    change = _change(snapshot, trace, dataset.inputs_at(steps[:, np.newaxis]))
    factor = _factor(change.moves(base.y.high - base.y.low))
    after, coordinates = change.magnified(factor), _here(snapshot, trace, row)
    series = []
    for output in range(change.before.shape[1]):
        role = class_role(output) if dataset.classes else "fit"
        series.append(Series(steps, change.before[:, output], "compared", Kind.DASHED))
        series.append(Series(steps, after[:, output], role, Kind.THICK, name=""))
    y = 1.0 if dataset.classes else float(coordinates[1][0])
    return [*series, _mark(float(coordinates[0][0]), y)], factor, _signs("fit")


def _borders(snapshot: Snapshot, trace: Trace, row: int, base: Figure) -> tuple[list[Series], float, Legend]:
    """For two inputs: the border between the classes, or the contour of the middle answer."""
    del base
    dataset = snapshot.run.dataset
    assert snapshot.network.grid_outputs is not None  # known for two inputs
    rows, columns, outputs = snapshot.network.grid_outputs.shape
    x, y = dataset.domain
    nodes = np.stack(np.meshgrid(np.linspace(*x, columns), np.linspace(*y, rows)), axis=-1).reshape(-1, 2)
    flat = _change(snapshot, trace, dataset.inputs_at(nodes))
    change = _Change(*(values.reshape(rows, columns, outputs) for values in (flat.before, flat.after)))
    targets = dataset.target_scaling.undo(dataset.targets)
    middle = float(targets.min() + targets.max()) / 2

    def sides(answers: Array) -> Array:
        return answers if dataset.classes else np.concatenate([middle - answers, answers - middle], axis=2)

    factor = _factor(change.changes_sides(sides))
    after = border(sides(change.magnified(factor)), x, y)
    before = border(sides(change.before), x, y)
    place = _here(snapshot, trace, row)[0]
    mark = _mark(float(place[0]), float(place[1]))
    if not len(before[0]) and not len(after[0]):
        none = Sentence(
            "no border: one class everywhere" if dataset.classes else "the output is nowhere {value}"
        )
        return [mark], 1.0, Legend.of(none(value=number(middle)))
    series = [
        Series(*before, "compared", Kind.DASHED, pieces=True),
        Series(*after, "border", Kind.THICK, pieces=True),
        mark,
    ]
    where = "" if dataset.classes else Sentence("where the output is {value}")(value=number(middle))
    return series, factor, Legend.of(_signs("border"), where)


def _points(snapshot: Snapshot, trace: Trace, row: int, base: Figure) -> tuple[list[Series], float, Legend]:
    """For more inputs: only the marked sample, before and after."""
    change = _change(snapshot, trace, trace.inputs[row : row + 1])
    if snapshot.run.dataset.classes:
        target = int(trace.targets[row].argmax())
        x, own = float(target), _Change(change.before[:, target], change.after[:, target])
    else:
        x = float(_here(snapshot, trace, row)[1][0])
        own = _Change(change.before[:, 0], change.after[:, 0])
    factor = _factor(own.moves(base.y.high - base.y.low))
    series = [_mark(x, float(own.before[0]), "o"), _mark(x, float(own.magnified(factor)[0]))]
    return series, factor, Legend.of(Span("o", "present"), word("before the step"))
