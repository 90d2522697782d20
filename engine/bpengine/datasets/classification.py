"""Classes to tell apart, all in the plane and mostly in the square -1 to 1. Inputs are the coordinates."""

from __future__ import annotations

import numpy as np

from bpengine.arrays import Array, IntArray
from bpengine.datasets.dataset import Dataset, Scaling, one_hot, tidy_range
from bpengine.datasets.request import Request

GRID_SAMPLES = 441
"""The grid of the sine border, 21 x 21."""

_SQUARE = (-1.0, 1.0)
_WIDE = (-1.25, 1.25)
_RADIUS = 0.8  # about as much area within as without
_SPREAD = 0.25  # of the two Gaussians
_BLOB_SPREAD = 0.2
_TURNS = 1.5  # of each arm of the spiral
_MOON_SPREAD = 0.06
_BREAK = np.full((1, 2), np.nan)


def _in_plane(
    name: str,
    points: Array,
    labels: IntArray,
    classes: tuple[str, ...],
    *,
    border: Array | None = None,
    axis: tuple[float, float] = _SQUARE,
) -> Dataset:
    """Points (n, 2) with labels (n,); both axes are at least so long."""
    return Dataset(
        name=name,
        task="classification",
        inputs=points,
        targets=one_hot(labels, len(classes)),
        coordinates=points,
        scaling=Scaling.identity(2),
        target_scaling=Scaling.identity(len(classes)),
        domain=tuple(tidy_range(values, axis) for values in points.T),
        features=("x", "y"),
        target="class",
        border=border,
        classes=classes,
    )


def _turns(samples: int, classes: int) -> IntArray:
    """Labels in turns, so that the classes are as large as each other, or one larger; shape (samples,)."""
    return np.arange(samples) % classes


def _ray(angle: float, length: float) -> Array:
    """The end of a line from the middle that leaves the square of this half width; shape (2,)."""
    direction = np.array([np.cos(angle), np.sin(angle)])
    end: Array = direction * length / np.abs(direction).max()
    return end


def sine_border(request: Request) -> Dataset:
    """Class "below" where y < sin(pi frequency x), else "above".

    441 samples are a 21 x 21 grid over the square, x outer; any other number lies at random. The grid
    carries the rounding noise of `arange`, which decides some points on the line; another way to build it
    would move them to the other class.
    """
    if request.samples == GRID_SAMPLES:
        axis = np.arange(-1.0, 1.1, 0.1)
        points = np.column_stack([np.repeat(axis, len(axis)), np.tile(axis, len(axis))])
    else:
        points = request.rng.uniform(-1, 1, (request.samples, 2))
    labels = points[:, 1] < np.sin(np.pi * points[:, 0] * request.frequency)
    # At least 50 points for each period.
    x = np.linspace(-1, 1, 200 * max(1, int(np.ceil(request.frequency / 4))) + 1)
    border = np.column_stack([x, np.sin(np.pi * x * request.frequency)])
    return _in_plane("sine-border", points, labels.astype(np.int64), ("above", "below"), border=border)


def circle(request: Request) -> Dataset:
    """Random points of the square, in or out of a circle of radius 0.8."""
    points = request.rng.uniform(-1, 1, (request.samples, 2))
    labels = np.hypot(*points.T) >= _RADIUS
    angles = np.linspace(0, 2 * np.pi, 121)
    border = _RADIUS * np.column_stack([np.cos(angles), np.sin(angles)])
    border[-1] = border[0]
    return _in_plane("circle", points, labels.astype(np.int64), ("inside", "outside"), border=border)


def xor(request: Request) -> Dataset:
    """Random points of the square: x and y of the same sign, or not."""
    points = request.rng.uniform(-1, 1, (request.samples, 2))
    labels = (points[:, 0] < 0) != (points[:, 1] < 0)
    border = np.concatenate([[[-1.0, 0.0], [1.0, 0.0]], _BREAK, [[0.0, -1.0], [0.0, 1.0]]])
    return _in_plane("xor", points, labels.astype(np.int64), ("same", "different"), border=border)


def gaussians(request: Request) -> Dataset:
    """Two normal clouds of deviation 0.25 around (-0.4, -0.4) and (0.4, 0.4); they touch."""
    labels = _turns(request.samples, 2)
    centers = np.array([[-0.4, -0.4], [0.4, 0.4]])
    points = centers[labels] + _SPREAD * request.rng.standard_normal((request.samples, 2))
    low, high = _WIDE
    border = np.array([[low, high], [high, low]])  # where both clouds are as dense as each other
    return _in_plane("gaussians", points, labels, ("lower", "upper"), border=border, axis=_WIDE)


def spiral(request: Request) -> Dataset:
    """Two arms that wind around each other one and a half times, out to radius 1."""
    labels = _turns(request.samples, 2)
    # The root makes an arm about as dense outside as in the middle.
    radius: Array = np.sqrt(request.rng.uniform(0.005, 1, request.samples))
    points = _arm(radius, np.pi * labels.astype(np.float64))
    line = np.linspace(0, 1, 121)
    # Half way between the arms: from the rim through the middle to the rim on the other side.
    border = np.concatenate([_arm(line[::-1], np.pi / 2), _arm(line[1:], 3 * np.pi / 2)])
    return _in_plane("spiral", points, labels, ("first", "second"), border=border)


def _arm(radius: Array, start: Array | float) -> Array:
    """Points at these radii of arms that leave the middle at these angles; shape (n, 2)."""
    angle = start + 2 * np.pi * _TURNS * radius
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])


def moons(request: Request) -> Dataset:
    """Two half circles that reach into each other, with normal noise of deviation 0.06; no exact border."""
    labels = _turns(request.samples, 2)
    angle = request.rng.uniform(0, np.pi, request.samples)
    sign = 1 - 2 * labels
    # One is the upper half of a circle, the other a lower half, moved right by its radius.
    x = sign * np.cos(angle) - 0.5 + labels
    y = sign * (np.sin(angle) - 0.25)
    points = np.column_stack([x, y]) / 1.5 + _MOON_SPREAD * request.rng.standard_normal((request.samples, 2))
    return _in_plane("moons", points, labels, ("upper", "lower"))


def blobs(request: Request) -> Dataset:
    """Three normal clouds of deviation 0.2 at the corners of a triangle; they touch."""
    labels = _turns(request.samples, 3)
    angles = np.pi * np.array([1 / 2, 7 / 6, 11 / 6])
    centers = 0.6 * np.column_stack([np.cos(angles), np.sin(angles)])
    points = centers[labels] + _BLOB_SPREAD * request.rng.standard_normal((request.samples, 2))
    middle = np.zeros((1, 2))
    # Half way between neighbors, opposite to the third.
    rays = [np.concatenate([middle, [_ray(angle + np.pi, _WIDE[1])], _BREAK]) for angle in angles]
    border = np.concatenate(rays)[:-1]
    return _in_plane("blobs", points, labels, ("top", "left", "right"), border=border, axis=_WIDE)
