"""Data sets for regression: functions of one or two variables."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from bpengine.arithmetic.arrays import Array
from bpengine.arithmetic.elementary import exp, sin
from bpengine.data.dataset import Dataset, Scaling
from bpengine.data.sampling import NamedDataset, Request, adam_recipe, stepped, uniform, with_noise

SINE_SAMPLES = 63
"""The number of values in `arange(0, 2 pi, 0.1)`."""
SINE_NOISE = 0.2
"""The standard deviation of the noise on the targets of `noisy_sine`."""

_PERIOD = (0.0, 2 * np.pi)
_SQUARE = ((-1.0, 1.0), (-1.0, 1.0))
# Center x, center y, width and height of each hill.
_HILLS = ((-0.4, 0.4, 0.3, 1.0), (0.5, 0.3, 0.25, 0.7), (0.1, -0.5, 0.35, -0.8))
_named = partial(NamedDataset.made_by, task="regression")


def _function_dataset(
    request: Request,
    coordinates: Array,
    truth: Callable[[Array], Array],
    domain: tuple[tuple[float, float], ...],
    target: str,
) -> Dataset:
    """Return the data set of a function's values, with the inputs scaled to the range from -1 to 1.

    Args:
        request: what is asked for.
        coordinates: where the function is evaluated; shape (n, d).
        truth: the function, from coordinates (n, d) to values (n,).
        domain: the range of each coordinate; d pairs.
        target: the name of the function's value.
    """
    return Dataset.of(
        coordinates,
        truth(coordinates)[:, np.newaxis],
        Scaling.of_domain(domain),
        name=request.name,
        task="regression",
        domain=domain,
        features=("x", "y")[: len(domain)],
        target=target,
        truth=truth,
    )


def _evenly_spaced(domain: tuple[float, float], samples: int) -> Array:
    """Return evenly spaced coordinates over the domain, both ends included; shape (samples, 1)."""
    return np.linspace(*domain, samples)[:, np.newaxis]


# The true functions are functions of the module, so that data sets can be pickled.


def _sine(frequency: float, coordinates: Array) -> Array:
    values: Array = sin(frequency * coordinates[:, 0])
    return values


def _sinc(coordinates: Array) -> Array:
    angles = np.pi * coordinates[:, 0]
    return np.where(angles == 0, 1.0, sin(angles) / np.where(angles == 0, 1.0, angles))


def _step(coordinates: Array) -> Array:
    return (coordinates[:, 0] >= 0).astype(np.float64)


def _plane(coordinates: Array) -> Array:
    x, y = coordinates.T
    values: Array = 0.6 * x - 0.3 * y + 0.1
    return values


def _hills(coordinates: Array) -> Array:
    x, y = coordinates.T
    heights: Array = np.zeros(len(coordinates))
    for center_x, center_y, width, height in _HILLS:
        from_x, from_y = x - center_x, y - center_y
        heights += height * exp(-(from_x * from_x + from_y * from_y) / (2 * width * width))
    return heights


@_named(
    help="One period of a sine, without noise.",
    synonyms=("wave",),
    samples=SINE_SAMPLES,
    has_frequency=True,
)
def sine(request: Request) -> Dataset:
    """The function sin(frequency x) over 0 to 2 pi; the input is (x - pi) / pi.

    63 samples are at x = 0, 0.1, ..., 6.2 as made by `arange`. Any other number of samples is evenly spaced
    over the whole period, both ends included.
    """
    if request.samples == SINE_SAMPLES:
        coordinates = stepped(0.0, 0.1, SINE_SAMPLES)[:, np.newaxis]
    else:
        coordinates = _evenly_spaced(_PERIOD, request.samples)
    target = "sin x" if request.frequency == 1 else f"sin {request.frequency:g}x"
    return _function_dataset(request, coordinates, partial(_sine, request.frequency), (_PERIOD,), target)


@_named(
    help="A sine at random x, with noise of 0.2: shows overfitting on held-out samples.",
    samples=200,
    has_frequency=True,
    noise=SINE_NOISE,
    # Large enough to overfit, which it is there to show: with --test-share 0.3, the test error rises again.
    recipe=adam_recipe(20, 20, epochs=2000, activation="relu"),
    learned=0.9,
)
def noisy_sine(request: Request) -> Dataset:
    """The function sin(frequency x) at random x from 0 to 2 pi, in ascending order.

    The targets have normal noise with standard deviation 0.2.
    """
    coordinates = np.sort(uniform(request.rng, *_PERIOD, request.samples))[:, np.newaxis]
    clean = _function_dataset(request, coordinates, partial(_sine, request.frequency), (_PERIOD,), "y")
    return with_noise(clean, SINE_NOISE, request.rng)


@_named(
    help="sin(pi x) / (pi x): a central peak between fading ripples.",
    samples=200,
    recipe=adam_recipe(8, 8, epochs=3000),
    learned=0.98,
)
def sinc(request: Request) -> Dataset:
    """The function sin(pi x) / (pi x) over -4 to 4, evenly spaced."""
    domain = (-4.0, 4.0)

    return _function_dataset(request, _evenly_spaced(domain, request.samples), _sinc, (domain,), "sinc x")


@_named(
    help="A jump from 0 to 1, which smooth units can only approximate.",
    synonyms=("jump",),
    samples=200,
    recipe=adam_recipe(8, 8, epochs=3000),
    learned=0.98,
)
def step(request: Request) -> Dataset:
    """The function that is 0 for x < 0 and 1 for x >= 0, over -1 to 1, evenly spaced."""
    domain = (-1.0, 1.0)

    return _function_dataset(request, _evenly_spaced(domain, request.samples), _step, (domain,), "y")


@_named(
    help="A plane over two inputs, which a linear network can fit.",
    synonyms=("flat",),
    samples=250,
    recipe=adam_recipe(2, epochs=1000, learning_rate=0.03),
    learned=0.99,
)
def plane(request: Request) -> Dataset:
    """The function 0.6 x - 0.3 y + 0.1 at random points of the square from -1 to 1."""

    return _function_dataset(request, uniform(request.rng, -1, 1, (request.samples, 2)), _plane, _SQUARE, "z")


@_named(
    help="Two hills and a hollow over two inputs.",
    synonyms=("surface", "bumps"),
    samples=300,
    recipe=adam_recipe(8, 8, epochs=3000),
    learned=0.99,
)
def hills(request: Request) -> Dataset:
    """Two Gaussian hills and a Gaussian hollow at random points of the square from -1 to 1."""

    return _function_dataset(request, uniform(request.rng, -1, 1, (request.samples, 2)), _hills, _SQUARE, "z")


DATASETS = (sine, noisy_sine, sinc, step, plane, hills)
"""The data sets in the order in which they are offered. The first one is the default."""
