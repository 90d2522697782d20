"""Named data sets, and what they are made from: positions at random, at even steps or in a grid, and noise.

The numbers have the same bits on every machine. Those of `RandomState.uniform` and of an `arange` of floats
need not: where the processor can, they may round a product and a sum at once (NumPy's issue 22993).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.random import RandomState

from bpengine.arithmetic.arrays import Array
from bpengine.arithmetic.generators import standard_normal
from bpengine.choices import Task
from bpengine.data.dataset import Dataset, rounded_range

_GRID = 21
GRID_SAMPLES = _GRID**2
"""The number of points in a grid over a square."""
FEW_ROWS = 200
"""The most rows of a table that begins with a small network."""
MAX_ROWS_AT_ONCE = 1000
"""The most rows of a table that are taken as one batch to begin with."""
BATCH, UPDATES, MIN_EPOCHS = 32, 3000, 30
"""The rows of a batch of a larger table, how many updates learn it, and its fewest epochs."""
HELD_OUT, FEWEST_TO_HOLD_OUT = 0.25, 100
"""The share of a table's rows that is held out to begin with, and the fewest rows of such a table."""


class Request(NamedTuple):
    """The arguments of a data set's function. Some data sets do not use all of them."""

    name: str
    """The name of the data set."""
    samples: int
    """The number of samples, 1 or more."""
    frequency: float
    """The frequency of the sine, for data sets that have one."""
    rng: RandomState
    """The generator of everything random in the data set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedDataset:
    """A data set that can be chosen by name."""

    name: str
    task: Task
    help: str
    """A description in one line."""
    synonyms: tuple[str, ...] = ()
    """Other words by which people look for it."""
    samples: int
    """The default number of samples."""
    make: Callable[[Request], Dataset]
    """The function that makes it, without added noise or held-out samples."""
    has_frequency: bool = False
    """Whether `Request.frequency` has an effect."""
    noise: float = 0.0
    """The standard deviation of the noise that it always has; 0 for none."""
    recipe: Mapping[str, Any] = field(default_factory=dict, hash=False)
    """The settings that learn it, by name, where they are not the defaults; empty for the defaults. They are
    applied by who chooses the data set for a user: to the engine, a data set is only its samples."""
    learned: float = 0.0
    """The R² or accuracy that 15 of 16 starts reach with the recipe, by `make bench ARGS=datasets`."""

    @classmethod
    def made_by(cls, **attributes: Any) -> Callable[[Callable[[Request], Dataset]], NamedDataset]:
        """Return a decorator, which makes a named data set of its function, with the function's name.

        Args:
            attributes: the other attributes.
        """
        return lambda make: cls(name=make.__name__.replace("_", "-"), make=make, **attributes)


def adam_recipe(
    *hidden_units: int, epochs: int, learning_rate: float = 0.01, activation: str = "tanh"
) -> dict[str, Any]:
    """Return a recipe of Adam on full batches, which NumPy computes fastest, with ten reports.

    Args:
        hidden_units: the units of each layer.
        epochs: the epochs after the first one.
        learning_rate: the learning rate.
        activation: the activation of all layers.
    """
    return {
        "hidden_units": hidden_units,
        "learning_rate": learning_rate,
        "epochs": epochs + 1,
        "report_interval": epochs // 10,
        "activation": (activation,),
        "initializer": "xavier",
        "optimizer": "adam",
        "batch_size": 0,
    }


NOISY_RECIPE: dict[str, Any] = {"test_share": 0.25, "l2": 0.003}
"""What the recipe of a named data set becomes with added noise: otherwise the noise is learned by heart."""


def held_out_share(rows: int) -> float:
    """Return the share of a table's rows that is held out to begin with; `rows` are all of them."""
    return HELD_OUT if rows >= FEWEST_TO_HOLD_OUT else 0.0


def table_recipe(rows: int, inputs: int, test_share: float | None = None) -> dict[str, Any]:
    """Return the recipe of a table of the user's own, for either task: docs/data.md has the rule and results.

    The L2 penalty acts like the same few samples in a table of any size. There are more of them the more
    inputs there are, in which a network finds noise.

    Args:
        rows: how many rows the table has.
        inputs: how many inputs the network has.
        test_share: the share of the rows that is held out, where that is known.
    """
    if test_share is None:
        test_share = held_out_share(rows)
    trained = rows - round(test_share * rows)
    if rows <= FEW_ROWS:
        like, recipe = min(inputs, 3.0), adam_recipe(8, epochs=300)
    else:
        larger = rows > MAX_ROWS_AT_ONCE
        epochs = max(round(UPDATES / -(-trained // BATCH)), MIN_EPOCHS) if larger else 300
        like = min(inputs / 2, 5.0)
        recipe = adam_recipe(20, epochs=epochs, activation="relu") | {"initializer": "he"}
        if larger:
            falls = {"schedule": "cosine", "schedule_epochs": epochs, "schedule_factor": 0.1}
            recipe |= {"batch_size": BATCH} | falls
    return recipe | {"l2": float(f"{like / trained:.0e}"), "test_share": test_share}


def uniform(rng: RandomState, low: float, high: float, shape: int | tuple[int, ...]) -> Array:
    """Return uniformly distributed numbers, with the random numbers of `RandomState.uniform`."""
    return low + (high - low) * rng.random_sample(shape)


def stepped(start: float, step: float, count: int) -> Array:
    """Return `count` numbers with the rounding errors of `arange`, whose real step is rounded; shape (n,)."""
    return start + np.arange(count, dtype=np.float64) * ((start + step) - start)


def grid_or_random(rng: RandomState, low: float, high: float, samples: int) -> Array:
    """Return the points of a square: `GRID_SAMPLES` are a grid with x in the outer loop, others are random.

    The numbers of the grid are those of `stepped`: for the square from -1 to 1, their rounding errors decide
    the class of some points on the border of the original data.

    Returns:
        Shape (samples, 2).
    """
    if samples != GRID_SAMPLES:
        return uniform(rng, low, high, (samples, 2))
    axis = stepped(low, (high - low) / (_GRID - 1), _GRID)
    return np.column_stack([np.repeat(axis, _GRID), np.tile(axis, _GRID)])


def with_noise(dataset: Dataset, deviation: float, rng: RandomState) -> Dataset:
    """Return the data set with normal noise added.

    For regression the noise is added to the targets. For classification it is added to the coordinates; every
    sample keeps its class, and the domain is extended to contain all samples. Pixels stay between paper and
    ink.

    Args:
        dataset: the data set without this noise.
        deviation: the standard deviation of the noise, in the units of the targets or the coordinates.
        rng: the generator of the noise.
    """
    if dataset.task == "regression":
        return replace(
            dataset, targets=dataset.targets + deviation * standard_normal(rng, dataset.targets.shape)
        )
    coordinates = dataset.coordinates + deviation * standard_normal(rng, dataset.coordinates.shape)
    if dataset.picture is not None:
        coordinates = np.clip(coordinates, *dataset.pixel_range)
    ranges = zip(coordinates.T, dataset.domain, strict=True)
    return replace(
        dataset,
        inputs=dataset.scaling.apply(coordinates),
        coordinates=coordinates,
        domain=tuple(rounded_range(values, domain) for values, domain in ranges),
    )
