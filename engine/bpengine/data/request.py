"""The arguments from which a named data set is made."""

from __future__ import annotations

from dataclasses import dataclass

from numpy.random import RandomState


@dataclass(frozen=True, slots=True, eq=False)
class Request:
    """The arguments of a data set's function. Some data sets do not use all of them."""

    samples: int
    """The number of samples, 1 or more."""
    frequency: float
    """The frequency of the sine, for data sets that have one."""
    rng: RandomState
    """The generator of everything random in the data set."""
