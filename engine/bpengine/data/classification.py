"""Data sets for classification: points in the plane, mostly in the square from -1 to 1.

The inputs are the coordinates.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from bpengine.arithmetic.arrays import Array, IntArray
from bpengine.arithmetic.elementary import cos, sin
from bpengine.arithmetic.generators import standard_normal
from bpengine.data.dataset import Dataset, one_hot, rounded_range
from bpengine.data.sampling import GRID_SAMPLES, NamedDataset, Request, adam_recipe, grid_or_random, uniform

_SQUARE = (-1.0, 1.0)
_WIDE = (-1.25, 1.25)
_RADIUS = 0.8  # the areas inside and outside the circle are about equal
_GAUSSIAN_DEVIATION = 0.25
_BLOB_DEVIATION = 0.2
MOON_NOISE = 0.06
_SPIRAL_TURNS = 1.5  # turns of each arm
_LINE_BREAK = np.full((1, 2), np.nan)
_named = partial(NamedDataset.made_by, task="classification")


def _plane_dataset(
    request: Request,
    points: Array,
    labels: IntArray,
    classes: tuple[str, ...],
    *,
    border: Array | None = None,
    axis: tuple[float, float] = _SQUARE,
) -> Dataset:
    """Return the data set of points, shape (n, 2), with class numbers, shape (n,).

    Args:
        request: what is asked for.
        points: the coordinates.
        labels: the class numbers.
        classes: the names of the classes.
        border: the true boundary between the classes (see `Dataset.border`).
        axis: the range of both axes, which is extended if a point is outside.
    """
    return Dataset.of(
        points,
        one_hot(labels, len(classes)),
        name=request.name,
        task="classification",
        domain=tuple(rounded_range(values, axis) for values in points.T),
        features=("x", "y"),
        target="class",
        border=border,
        classes=classes,
    )


def _balanced_labels(samples: int, classes: int) -> IntArray:
    """Return the class numbers 0, 1, ..., 0, 1, ...; shape (samples,)."""
    return np.arange(samples) % classes


def _ray_end(angle: float, half_width: float) -> Array:
    """Return where a ray from the origin leaves the square with this half width; shape (2,)."""
    direction = np.array([cos(angle), sin(angle)])
    end: Array = direction * half_width / np.abs(direction).max()
    return end


@_named(
    help="A grid of points, each above or below a sine.",
    samples=GRID_SAMPLES,
    has_frequency=True,
)
def sine_border(request: Request) -> Dataset:
    """Points of class "below" where y < sin(pi frequency x), and of class "above" elsewhere.

    441 samples are a 21 x 21 grid over the square, with x in the outer loop. Any other number of samples is
    drawn at random.
    """
    points = grid_or_random(request.rng, *_SQUARE, request.samples)
    labels = points[:, 1] < sin(np.pi * points[:, 0] * request.frequency)
    # At least 50 points for each period.
    x = np.linspace(-1, 1, 200 * max(1, int(np.ceil(request.frequency / 4))) + 1)
    border = np.column_stack([x, sin(np.pi * x * request.frequency)])
    return _plane_dataset(request, points, labels.astype(np.int64), ("above", "below"), border=border)


@_named(
    help="Points inside or outside a circle, which three sigmoid units can enclose.",
    synonyms=("ring", "disk"),
    samples=300,
    recipe=adam_recipe(8, 8, epochs=1000),
    learned=0.99,
)
def circle(request: Request) -> Dataset:
    """Random points of the square, inside or outside a circle of radius 0.8."""
    points = uniform(request.rng, -1, 1, (request.samples, 2))
    labels = np.sqrt(np.square(points).sum(axis=1)) >= _RADIUS
    angles = np.linspace(0, 2 * np.pi, 121)
    border = _RADIUS * np.column_stack([cos(angles), sin(angles)])
    border[-1] = border[0]
    return _plane_dataset(request, points, labels.astype(np.int64), ("inside", "outside"), border=border)


@_named(
    help="Points whose x and y have the same sign or not: no single line separates them.",
    synonyms=("checkerboard", "exclusive or"),
    samples=300,
    recipe=adam_recipe(8, 8, epochs=1000),
    learned=0.99,
)
def xor(request: Request) -> Dataset:
    """Random points of the square, whose x and y have the same sign or different signs."""
    points = uniform(request.rng, -1, 1, (request.samples, 2))
    labels = (points[:, 0] < 0) != (points[:, 1] < 0)
    border = np.concatenate([[[-1.0, 0.0], [1.0, 0.0]], _LINE_BREAK, [[0.0, -1.0], [0.0, 1.0]]])
    return _plane_dataset(request, points, labels.astype(np.int64), ("same", "different"), border=border)


@_named(
    help="Two overlapping clouds: one line separates all but a few samples.",
    synonyms=("two clusters",),
    samples=200,
    recipe=adam_recipe(2, epochs=300, learning_rate=0.03),
    learned=0.97,
)
def gaussians(request: Request) -> Dataset:
    """Two overlapping normal distributions with deviation 0.25 around (-0.4, -0.4) and (0.4, 0.4)."""
    labels = _balanced_labels(request.samples, 2)
    centers = np.array([[-0.4, -0.4], [0.4, 0.4]])
    points = centers[labels] + _GAUSSIAN_DEVIATION * standard_normal(request.rng, (request.samples, 2))
    low, high = _WIDE
    border = np.array([[low, high], [high, low]])  # where both distributions have the same density
    return _plane_dataset(request, points, labels, ("lower", "upper"), border=border, axis=_WIDE)


@_named(
    help="Two interleaved spiral arms: the hardest data set, for two hidden layers.",
    synonyms=("spirals", "swirl"),
    samples=300,
    recipe=adam_recipe(8, 8, epochs=2500),
    learned=0.99,
)
def spiral(request: Request) -> Dataset:
    """Two interleaved spiral arms of one and a half turns each, out to radius 1."""
    labels = _balanced_labels(request.samples, 2)
    # The square root gives an arm about the same density at every radius.
    radius: Array = np.sqrt(uniform(request.rng, 0.005, 1, request.samples))
    points = _arm(radius, np.pi * labels.astype(np.float64))
    line = np.linspace(0, 1, 121)
    # Halfway between the arms: from the rim through the center to the rim on the other side.
    border = np.concatenate([_arm(line[::-1], np.pi / 2), _arm(line[1:], 3 * np.pi / 2)])
    return _plane_dataset(request, points, labels, ("first", "second"), border=border)


def _arm(radius: Array, start: Array | float) -> Array:
    """Return points of a spiral arm, shape (n, 2).

    Args:
        radius: the radius of each point; shape (n,).
        start: the angle at which the arm leaves the center, in radians.
    """
    angle = start + 2 * np.pi * _SPIRAL_TURNS * radius
    return np.column_stack([radius * cos(angle), radius * sin(angle)])


@_named(
    help="Two interleaving half circles.",
    synonyms=("half moons", "crescents"),
    samples=200,
    noise=MOON_NOISE,
    recipe=adam_recipe(8, 8, epochs=1000),
    learned=0.99,
)
def moons(request: Request) -> Dataset:
    """Two interleaving half circles with normal noise of deviation 0.06; there is no exact boundary."""
    labels = _balanced_labels(request.samples, 2)
    angle = uniform(request.rng, 0, np.pi, request.samples)
    sign = 1 - 2 * labels
    # Class 0 is the upper half of a circle. Class 1 is the lower half, moved to the right by the radius.
    x = sign * cos(angle) - 0.5 + labels
    y = sign * (sin(angle) - 0.25)
    points = np.column_stack([x, y]) / 1.5 + MOON_NOISE * standard_normal(request.rng, (request.samples, 2))
    return _plane_dataset(request, points, labels, ("upper", "lower"))


@_named(
    help="Three overlapping clouds, one for each of three classes.",
    synonyms=("clusters", "three classes"),
    samples=300,
    recipe=adam_recipe(8, 8, epochs=500),
    learned=0.98,
)
def blobs(request: Request) -> Dataset:
    """Three overlapping normal distributions with deviation 0.2 at the corners of a triangle."""
    labels = _balanced_labels(request.samples, 3)
    angles = np.pi * np.array([1 / 2, 7 / 6, 11 / 6])
    centers = 0.6 * np.column_stack([cos(angles), sin(angles)])
    points = centers[labels] + _BLOB_DEVIATION * standard_normal(request.rng, (request.samples, 2))
    origin = np.zeros((1, 2))
    # Each ray runs halfway between two centers, away from the third.
    rays = [np.concatenate([origin, [_ray_end(angle + np.pi, _WIDE[1])], _LINE_BREAK]) for angle in angles]
    border = np.concatenate(rays)[:-1]
    return _plane_dataset(request, points, labels, ("top", "left", "right"), border=border, axis=_WIDE)


DATASETS = (sine_border, circle, xor, gaussians, spiral, moons, blobs)
"""The data sets in the order in which they are offered. The first one is the default."""
