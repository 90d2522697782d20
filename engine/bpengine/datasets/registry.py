"""The named data sets: `DATASETS`, each described once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bpengine.datasets import classification, regression
from bpengine.datasets.dataset import Dataset
from bpengine.datasets.request import Request
from bpengine.tasks import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedDataset:
    """A data set that comes with the program."""

    name: str
    task: Task
    help: str
    """One line: what it looks like, or what it is good for."""
    samples: int
    """How many it has by itself."""
    make: Callable[[Request], Dataset]
    """Draws it, with the noise that it has by itself and nothing held out."""
    has_frequency: bool = False
    """Whether the frequency changes it."""


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
        help="The same with noise of 0.2, at random places: for overfitting and a test share.",
        samples=200,
        make=regression.noisy_sine,
        has_frequency=True,
    ),
    NamedDataset(
        name="sinc",
        task="regression",
        help="sin(pi x) / (pi x): a peak and ripples that fade.",
        samples=200,
        make=regression.sinc,
    ),
    NamedDataset(
        name="step",
        task="regression",
        help="0, then 1: a jump that smooth units can only approach.",
        samples=200,
        make=regression.step,
    ),
    NamedDataset(
        name="plane",
        task="regression",
        help="A plane over two inputs: a linear network can fit it.",
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
        help="A grid of points, above or below a sine.",
        samples=classification.GRID_SAMPLES,
        make=classification.sine_border,
        has_frequency=True,
    ),
    NamedDataset(
        name="circle",
        task="classification",
        help="Inside or outside of a circle: needs three hidden units or more.",
        samples=300,
        make=classification.circle,
    ),
    NamedDataset(
        name="xor",
        task="classification",
        help="Signs that agree or differ: no single line parts them.",
        samples=300,
        make=classification.xor,
    ),
    NamedDataset(
        name="gaussians",
        task="classification",
        help="Two clouds that touch: one line parts them, but for a few samples.",
        samples=200,
        make=classification.gaussians,
    ),
    NamedDataset(
        name="spiral",
        task="classification",
        help="Two arms wound around each other: the hard one, for two hidden layers.",
        samples=300,
        make=classification.spiral,
    ),
    NamedDataset(
        name="moons",
        task="classification",
        help="Two half circles that reach into each other.",
        samples=200,
        make=classification.moons,
    ),
    NamedDataset(
        name="blobs",
        task="classification",
        help="Three clouds that touch: three classes.",
        samples=300,
        make=classification.blobs,
    ),
)

DATASETS: dict[str, NamedDataset] = {dataset.name: dataset for dataset in _ALL}
"""The sets by name, the default of each task first."""
