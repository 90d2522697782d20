"""Where a curve turns round."""

from __future__ import annotations

from dataclasses import dataclass

from bpengine.arrays import Array


@dataclass(frozen=True, slots=True)
class Turn:
    """A peak or a valley."""

    index: int
    """Its place among the values."""
    is_peak: bool
    """Whether it goes down on either side."""


def turns(values: Array, least: float) -> list[Turn]:
    """The curve's turning points from left to right, its ends excepted; shape (n,).

    Args:
        values: the curve.
        least: how far it must go the other way, at the least, for a turn to count, above 0; ripples don't.
    """
    found: list[Turn] = []
    high = low = 0
    rising: bool | None = None
    for index, value in enumerate(values):
        high = index if value > values[high] else high
        low = index if value < values[low] else low
        if rising is not False and values[high] - value >= least:
            if rising:
                found.append(Turn(high, is_peak=True))
            rising, low = False, index
        elif rising is not True and value - values[low] >= least:
            if rising is False:
                found.append(Turn(low, is_peak=False))
            rising, high = True, index
    return found
