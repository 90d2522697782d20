"""`DATASETS`, the registry of the named data sets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bpengine.choices import Task
from bpengine.data import classification, regression
from bpengine.data.dataset import Dataset
from bpengine.data.sampling import Request


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedDataset:
    """A data set that can be chosen by name."""

    name: str
    task: Task
    help: str
    """A description in one line."""
    samples: int
    """The default number of samples."""
    make: Callable[[Request], Dataset]
    """The function that makes it, without added noise or held-out samples."""
    has_frequency: bool = False
    """Whether `Request.frequency` has an effect."""
    noise: float = 0.0
    """The standard deviation of the noise that it always has; 0 for none."""


_ALL = (
    NamedDataset(
        name="sine",
        task="regression",
        help="One period of a sine, without noise.",
        samples=regression.SINE_SAMPLES,
        make=regression.sine,
        has_frequency=True,
    ),
    NamedDataset(
        name="noisy-sine",
        task="regression",
        help="A sine at random x, with noise of 0.2: shows overfitting on held-out samples.",
        samples=200,
        make=regression.noisy_sine,
        has_frequency=True,
        noise=regression.SINE_NOISE,
    ),
    NamedDataset(
        name="sinc",
        task="regression",
        help="sin(pi x) / (pi x): a central peak between fading ripples.",
        samples=200,
        make=regression.sinc,
    ),
    NamedDataset(
        name="step",
        task="regression",
        help="A jump from 0 to 1, which smooth units can only approximate.",
        samples=200,
        make=regression.step,
    ),
    NamedDataset(
        name="plane",
        task="regression",
        help="A plane over two inputs, which a linear network can fit.",
        samples=250,
        make=regression.plane,
    ),
    NamedDataset(
        name="hills",
        task="regression",
        help="Two hills and a hollow over two inputs.",
        samples=300,
        make=regression.hills,
    ),
    NamedDataset(
        name="sine-border",
        task="classification",
        help="A grid of points, each above or below a sine.",
        samples=classification.GRID_SAMPLES,
        make=classification.sine_border,
        has_frequency=True,
    ),
    NamedDataset(
        name="circle",
        task="classification",
        help="Points inside or outside a circle: needs at least three hidden units.",
        samples=300,
        make=classification.circle,
    ),
    NamedDataset(
        name="xor",
        task="classification",
        help="Points whose x and y have the same sign or not: no single line separates them.",
        samples=300,
        make=classification.xor,
    ),
    NamedDataset(
        name="gaussians",
        task="classification",
        help="Two overlapping clouds: one line separates all but a few samples.",
        samples=200,
        make=classification.gaussians,
    ),
    NamedDataset(
        name="spiral",
        task="classification",
        help="Two interleaved spiral arms: the hardest data set, for two hidden layers.",
        samples=300,
        make=classification.spiral,
    ),
    NamedDataset(
        name="moons",
        task="classification",
        help="Two interleaving half circles.",
        samples=200,
        make=classification.moons,
        noise=classification.MOON_NOISE,
    ),
    NamedDataset(
        name="blobs",
        task="classification",
        help="Three overlapping clouds, one for each of three classes.",
        samples=300,
        make=classification.blobs,
    ),
)

DATASETS: dict[str, NamedDataset] = {dataset.name: dataset for dataset in _ALL}
"""The data sets by name. The first of each task is its default."""
