"""Functions to fit."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bpengine.arrays import Array
from bpengine.datasets.dataset import Dataset, Scaling
from bpengine.datasets.noise import with_noise
from bpengine.datasets.request import Request

SINE_SAMPLES = 63
"""What `arange(0, 2 pi, 0.1)` gives."""
SINE_NOISE = 0.2
"""Standard deviation of the noisy sine's targets."""

_PERIOD = (0.0, 2 * np.pi)
_SQUARE = ((-1.0, 1.0), (-1.0, 1.0))
# Center x, center y, width and height of each hill.
_HILLS = ((-0.4, 0.4, 0.3, 1.0), (0.5, 0.3, 0.25, 0.7), (0.1, -0.5, 0.35, -0.8))


def _function(
    name: str,
    coordinates: Array,
    truth: Callable[[Array], Array],
    domain: tuple[tuple[float, float], ...],
    target: str,
) -> Dataset:
    """The function's values at the coordinates, shape (n, d). Inputs are -1 to 1 over the domain."""
    low, high = np.array(domain).T
    scaling = Scaling((low + high) / 2, (high - low) / 2)
    return Dataset(
        name=name,
        task="regression",
        inputs=scaling.apply(coordinates),
        targets=truth(coordinates)[:, np.newaxis],
        coordinates=coordinates,
        scaling=scaling,
        target_scaling=Scaling.identity(1),
        domain=domain,
        features=("x", "y")[: len(domain)],
        target=target,
        truth=truth,
    )


def _along(domain: tuple[float, float], samples: int) -> Array:
    """Evenly spaced coordinates from end to end; shape (samples, 1)."""
    return np.linspace(*domain, samples)[:, np.newaxis]


def _sine_truth(frequency: float) -> Callable[[Array], Array]:
    def truth(coordinates: Array) -> Array:
        values: Array = np.sin(frequency * coordinates[:, 0])
        return values

    return truth


def sine(request: Request) -> Dataset:
    """sin(frequency x) over 0 to 2 pi; the input is (x - pi) / pi.

    63 samples are x = 0, 0.1, ..., 6.2 as `arange` makes them; any other number is spread from end to end.
    """
    if request.samples == SINE_SAMPLES:
        coordinates = np.arange(0, 2 * np.pi, 0.1)[:, np.newaxis]
    else:
        coordinates = _along(_PERIOD, request.samples)
    target = "sin x" if request.frequency == 1 else f"sin {request.frequency:g}x"
    return _function("sine", coordinates, _sine_truth(request.frequency), (_PERIOD,), target)


def noisy_sine(request: Request) -> Dataset:
    """sin(frequency x) at random x of 0 to 2 pi, in order, with normal noise of 0.2 on the targets."""
    coordinates = np.sort(request.rng.uniform(*_PERIOD, request.samples))[:, np.newaxis]
    clean = _function("noisy-sine", coordinates, _sine_truth(request.frequency), (_PERIOD,), "y")
    return with_noise(clean, SINE_NOISE, request.rng)


def sinc(request: Request) -> Dataset:
    """sin(pi x) / (pi x) over -4 to 4, evenly spaced."""
    domain = (-4.0, 4.0)

    def truth(coordinates: Array) -> Array:
        values: Array = np.sinc(coordinates[:, 0])
        return values

    return _function("sinc", _along(domain, request.samples), truth, (domain,), "sinc x")


def step(request: Request) -> Dataset:
    """0 below x = 0, 1 from there on, over -1 to 1, evenly spaced."""
    domain = (-1.0, 1.0)

    def truth(coordinates: Array) -> Array:
        values: Array = (coordinates[:, 0] >= 0).astype(np.float64)
        return values

    return _function("step", _along(domain, request.samples), truth, (domain,), "y")


def plane(request: Request) -> Dataset:
    """0.6 x - 0.3 y + 0.1 at random points of the square -1 to 1."""

    def truth(coordinates: Array) -> Array:
        x, y = coordinates.T
        values: Array = 0.6 * x - 0.3 * y + 0.1
        return values

    return _function("plane", request.rng.uniform(-1, 1, (request.samples, 2)), truth, _SQUARE, "z")


def hills(request: Request) -> Dataset:
    """Two Gaussian hills and a hollow, at random points of the square -1 to 1."""

    def truth(coordinates: Array) -> Array:
        x, y = coordinates.T
        heights: Array = np.zeros(len(coordinates))
        for center_x, center_y, width, height in _HILLS:
            squared = (x - center_x) ** 2 + (y - center_y) ** 2
            heights += height * np.exp(-squared / (2 * width**2))
        return heights

    return _function("hills", request.rng.uniform(-1, 1, (request.samples, 2)), truth, _SQUARE, "z")
