"""Handwritten digits that a program draws: pictures of 8 x 8 pixels, from strokes."""

from __future__ import annotations

import numpy as np

from bpengine.arithmetic.arrays import Array
from bpengine.arithmetic.generators import standard_normal
from bpengine.data.dataset import Dataset, one_hot
from bpengine.data.pictures import pixel_names
from bpengine.data.sampling import NamedDataset, Request, adam_recipe, uniform

SIDE = 8
"""The pixels of each row and column."""
_FORMS = (
    ("51 31 22 25 28 49 69 78 75 72 51",),
    ("33 51 51 59", "51 59"),
    ("23 21 51 71 74 56 29 29 79",),
    ("22 31 71 73 65 44 44 65 78 69 29 27",),
    ("51 51 27 27 87/64 69", "31 25 25 75/71 69"),
    ("71 31 31 24 24 54 84 78 69 29 27",),
    ("61 31 24 28 39 69 78 75 54 25 26",),
    ("21 81 81 49", "21 81 81 49/35 75"),
    ("45 21 51 81 55 29 49 79 45",),
    ("74 55 23 21 51 72 75 69 49",),
)
"""The forms of each digit. A form is strokes of control points, each with x and y in tenths of the width and
height, from the upper left. A stroke is smooth, with a corner where a point stands twice."""
_STEPS = 4
"""The points of a stroke for each of its control points."""
_NOISE = 0.06


@NamedDataset.made_by(
    task="classification",
    help="The digits 0 to 9 as pictures of 8 x 8 pixels, drawn by a program.",
    synonyms=("pictures", "images", "handwriting", "mnist"),
    samples=1900,
    recipe=adam_recipe(32, epochs=30, learning_rate=0.005)
    | {"batch_size": 32, "report_interval": 1, "l2": 0.001, "test_share": 0.25},
    learned=0.95,
)
def digits(request: Request) -> Dataset:
    """Digits with random form, size, slant, turn, place and width of the pen, and noise on each pixel.

    A pixel is from 0, the paper, to 1, the ink. The strokes of a form are moved and distorted; the ink of a
    pixel falls with its distance from them.
    """
    n, rng = request.samples, request.rng
    labels = np.arange(n) % 10
    form = rng.random_sample(n)
    wide, high = uniform(rng, 0.75, 1.05, n), uniform(rng, 0.85, 1.1, n)
    slant, turn = uniform(rng, -0.15, 0.4, n), uniform(rng, -0.15, 0.15, n)
    right, down = uniform(rng, -0.8, 0.8, (2, n))
    pen = uniform(rng, 0.1, 0.6, n)
    pixels = np.empty((n, SIDE * SIDE))
    for digit, forms in enumerate(_FORMS):
        for number, strokes in enumerate(forms):
            rows = np.flatnonzero((labels == digit) & (np.floor(form * len(forms)) == number))
            of_rows = (values[rows, np.newaxis] for values in (wide, high, slant, turn, right, down, pen))
            pixels[rows] = _drawn(_points(strokes), *of_rows)
    pixels += _NOISE * standard_normal(rng, pixels.shape)
    return Dataset.of(
        np.clip(pixels, 0.0, 1.0),
        one_hot(labels, 10),
        name=request.name,
        task="classification",
        domain=((0.0, 1.0),) * SIDE * SIDE,
        features=pixel_names(SIDE, SIDE),
        target="digit",
        classes=tuple("0123456789"),
    )


def _points(strokes: str) -> Array:
    """Points along strokes, in pixels from the middle of the picture; shape (points, 2).

    Between the middles of neighboring control points, a stroke is a parabola (a quadratic B-spline).
    """
    points = []
    for stroke in strokes.split("/"):
        given = np.array([divmod(int(point), 10) for point in stroke.split()]) / 10.0 - 0.5
        control = np.concatenate([given[:1], given, given[-1:]])
        for before, here, after in zip(control, control[1:], control[2:], strict=False):
            begin, end = (before + here) / 2, (here + after) / 2
            for step in range(_STEPS + 1):
                t = step / _STEPS
                points.append((1 - t) * (1 - t) * begin + 2 * t * (1 - t) * here + t * t * end)
    return SIDE * np.array(points)


def _drawn(
    points: Array, wide: Array, high: Array, slant: Array, turn: Array, right: Array, down: Array, pen: Array
) -> Array:
    """The ink of each pixel; shape (n, pixels).

    Args:
        points: the strokes, shape (points, 2).
        wide, high, slant, turn, right, down, pen: how each sample is distorted and moved, and the radius of
            its pen in pixels; shape (n, 1).
    """
    middles = np.arange(SIDE) - (SIDE - 1) / 2
    column, row = np.tile(middles, SIDE), np.repeat(middles, SIDE)
    squares = np.full((len(pen), SIDE * SIDE), float(SIDE * SIDE))
    for x, y in points:
        from_left = wide * (x - slant * y) - turn * y + right - column
        from_top = high * y + turn * x + down - row
        np.minimum(squares, from_left * from_left + from_top * from_top, out=squares)
    ink: Array = np.clip(pen + 1.0 - np.sqrt(squares), 0.0, 1.0)
    return ink
