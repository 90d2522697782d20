"""Data by formula: samples of a function of x, or of two classes that a comparison separates."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import RandomState

from bpengine.arithmetic.arrays import Array
from bpengine.choices import Task
from bpengine.data.checks import LARGEST
from bpengine.data.dataset import Dataset, Scaling, one_hot
from bpengine.data.formulas import Formula, parse, task_of
from bpengine.data.formulas.fields import RANGES, X_RANGE, range_of
from bpengine.data.formulas.language import MAX_OPERATIONS
from bpengine.data.sampling import GRID_SAMPLES, grid_or_random, with_noise
from bpengine.errors import DataError
from bpwords import Sentence, listed, must_be, word
from bpwords.numbers import value_text

SAMPLES: dict[Task, int] = {"regression": 100, "classification": GRID_SAMPLES}
"""The default number of samples."""
_CHECKED = 2001
"""The number of even steps over the range at which a function of x must be finite."""


@dataclass(frozen=True, slots=True, eq=False)
class _Curve:
    """A formula as the true function of a data set, with finite values everywhere.

    Between the points where it was checked, a formula can have a pole. There, the values next to the pole
    are used, within the range of the checked values.
    """

    formula: Formula
    low: float
    high: float

    def __call__(self, coordinates: Array) -> Array:
        values, finite = self.formula.evaluate(coordinates)
        if not finite.all():
            places = np.arange(len(values))
            beside = values[finite] if finite.any() else np.array([self.low])
            values = np.interp(places, places[finite] if finite.any() else [0], beside)
        clipped: Array = np.clip(values, self.low, self.high)
        return clipped


def function_dataset(
    function: str,
    x_range: tuple[float, float] | None = None,
    *,
    task: Task | None = None,
    samples: int = 0,
    noise: float = 0.0,
    rng: RandomState | int = 0,
) -> Dataset:
    """Return the samples of a formula.

    For regression, x is evenly spaced over the range, both ends included. For classification, 441 samples
    are a grid of 21 x 21 points over the square, with x in the outer loop; any other number of samples is
    drawn at random.

    Args:
        function: a formula such as "sin(x) + 0.3*sin(3*x)", whose value is learned, or a comparison such as
            "y > x**3 - x", which is true for one of two classes.
        x_range: the lowest and the highest x, and for classes also y; by default -3 to 3, and -1 to 1 for
            classes.
        task: regression or classification; by default as the formula says.
        samples: the number of samples; 0 is 100, and 441 for classes.
        noise: the standard deviation of normal noise on the values or, for classes, on the positions.
        rng: the generator of random positions and of the noise, or its seed.

    Raises:
        FormulaError: the text is not a formula for the task.
        DataError: the range is not allowed, the formula is not finite somewhere on it, or all samples are of
            one class.
    """
    task = task or task_of(function)
    formula = parse(function, task)
    if x_range is None:
        x_range = X_RANGE.default if task == "regression" else X_RANGE.classification
    ends = range_of(x_range)
    if ends is None:
        raise DataError(f"x_range: {must_be(word(RANGES), x_range)}")
    if not isinstance(rng, RandomState):
        rng = RandomState(rng)
    count = samples or SAMPLES[task]
    if count * formula.operations > MAX_OPERATIONS:
        raise DataError(f"the formula is too much: {MAX_OPERATIONS:,} operations on all samples are allowed")
    dataset = (
        _regression(formula, ends, count)
        if task == "regression"
        else _classification(formula, ends, count, rng)
    )
    return with_noise(dataset, noise, rng) if noise > 0 else dataset


def _regression(formula: Formula, x_range: tuple[float, float], samples: int) -> Dataset:
    checked = np.linspace(*x_range, _CHECKED)[:, np.newaxis]
    coordinates = np.linspace(*x_range, samples)[:, np.newaxis]
    values = _finite_values(formula, checked)
    targets = _finite_values(formula, coordinates)
    both = np.concatenate([values, targets])
    return Dataset.of(
        coordinates,
        targets[:, np.newaxis],
        Scaling.of_domain([x_range]),
        name=f"y = {formula.text}",
        task="regression",
        domain=(x_range,),
        features=("x",),
        target="y",
        truth=_Curve(formula, float(both.min()), float(both.max())),
    )


def _classification(
    formula: Formula, x_range: tuple[float, float], samples: int, rng: RandomState
) -> Dataset:
    points = grid_or_random(rng, *x_range, samples)
    nodes = grid_over(x_range)
    _finite_values(formula, nodes.reshape(-1, 2))
    labels = _finite_values(formula, points).astype(np.int64)
    classes = _class_names(formula)
    if labels.min() == labels.max():
        one = Sentence("all {samples} samples are of one class, {name}; change the formula or the range")
        raise DataError(one(samples=samples, name=classes[labels[0]]))
    return Dataset.of(
        points,
        one_hot(labels, 2),
        Scaling.of_domain([x_range, x_range]),
        name=formula.text,
        task="classification",
        domain=(x_range, x_range),
        features=("x", "y"),
        target="class",
        border=border_between(formula, nodes),
        classes=classes,
    )


def _finite_values(formula: Formula, coordinates: Array) -> Any:
    """The values, numbers or booleans; shape (n,).

    Raises:
        DataError: the values, or the two sides of the comparison, are not finite somewhere.
    """
    values, finite = formula.evaluate(coordinates)
    if formula.task == "regression":
        finite &= np.abs(values) <= LARGEST
    if not finite.all():
        infinite = Sentence("the formula has no finite value {where}; change it or the range")
        raise DataError(infinite(where=_where(coordinates, finite)))
    return values


def _where(coordinates: Array, finite: Any) -> str:
    """Where values are not finite, in words: at x = 0, or for x from -3 to -0.003."""
    parts = []
    for name, values in zip("xy", coordinates.T, strict=False):
        places = np.unique(values) + 0.0
        wrong = np.flatnonzero(np.isin(places, values[~finite]))
        first, last = places[wrong[0]], places[wrong[-1]]
        if len(wrong) == 1:
            place = Sentence("at {name} = {low}")
        elif len(wrong) < len(places) and wrong[-1] - wrong[0] == len(wrong) - 1:
            place = Sentence("for {name} from {low} to {high}")
        elif len(wrong) < len(places):
            place = Sentence("at {name} = {low} and {n} other {name}")
        else:
            continue
        parts.append(place(name=name, low=value_text(first), high=value_text(last), n=len(wrong) - 1))
    if not finite.any():
        return word("anywhere on the range")
    return listed(parts) or word("at some places all over the range")


def _class_names(formula: Formula) -> tuple[str, str]:
    """The names of the class where the formula is false, and of the class where it is true."""
    match formula.tree:
        case ast.Compare(left=ast.Name(id="y"), ops=[ast.Lt() | ast.LtE()], comparators=[other]):
            names = ("above", "below")
        case ast.Compare(left=ast.Name(id="y"), ops=[ast.Gt() | ast.GtE()], comparators=[other]):
            names = ("below", "above")
        case _:
            return "false", "true"
    used = {node.id for node in ast.walk(other) if isinstance(node, ast.Name)}
    return ("false", "true") if "y" in used else names


_NODES = 121
"""The nodes of the grid along each axis."""
_HALVINGS = 10
"""How many bisection steps find the border between two nodes."""
_MAX_CROSSINGS = 4000
"""The most crossings of a border with the grid; with more, its lines could not be told apart."""


def grid_over(x_range: tuple[float, float]) -> Array:
    """Return the nodes of a grid over the square of this range; shape (nodes, nodes, 2)."""
    axis = np.linspace(*x_range, _NODES)
    return np.stack(np.meshgrid(axis, axis, indexing="ij"), axis=-1)


def border_between(is_true: Callable[[Array], Any], nodes: Array) -> Array | None:
    """Return the border as short lines of two points and a row of NaN each; None if it can't be drawn.

    In each square of four nodes, the points on the edges where the class changes are joined to their mean.

    Args:
        is_true: the class of points, shape (n, 2), as booleans, shape (n,).
        nodes: the grid, from `grid_over`.

    Returns:
        Shape (3 lines, 2).
    """
    known = is_true(nodes.reshape(-1, 2)).reshape(nodes.shape[:2])
    changes = known[:-1] != known[1:], known[:, :-1] != known[:, 1:]
    if not 0 < sum(change.sum() for change in changes) <= _MAX_CROSSINGS:
        return None
    first = _crossings(is_true, nodes[:-1], nodes[1:], changes[0])
    second = _crossings(is_true, nodes[:, :-1], nodes[:, 1:], changes[1])
    edges = np.stack([first[:, :-1], first[:, 1:], second[:-1], second[1:]])  # of each square
    crossed = np.isfinite(edges[..., 0])
    count = crossed.sum(axis=0)
    with np.errstate(invalid="ignore"):
        middle = np.where(crossed[..., np.newaxis], edges, 0).sum(axis=0) / count[..., np.newaxis]
    lines = []
    for edge, here in zip(edges, crossed, strict=True):
        ends = np.stack([edge[here], middle[here], np.full((here.sum(), 2), np.nan)], axis=1)
        lines.append(ends.reshape(-1, 2))
    return np.concatenate(lines)


def _crossings(is_true: Callable[[Array], Any], from_: Array, to: Array, differ: Any) -> Array:
    """Where the class changes between neighboring nodes; NaN where it does not."""
    crossings = np.full(from_.shape, np.nan)
    low, high = from_[differ], to[differ]
    at_low = is_true(low)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        same = (is_true(middle) == at_low)[:, np.newaxis]
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    crossings[differ] = (low + high) / 2
    return crossings
