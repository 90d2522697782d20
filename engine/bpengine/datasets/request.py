"""What a named data set is asked for."""

from __future__ import annotations

from dataclasses import dataclass

from numpy.random import RandomState


@dataclass(frozen=True, slots=True, eq=False)
class Request:
    """How a set shall be drawn. Not every set uses all of it."""

    samples: int
    """How many, 1 or more."""
    frequency: float
    """Of the sine in sets that have one."""
    rng: RandomState
    """Where all that is random comes from."""
