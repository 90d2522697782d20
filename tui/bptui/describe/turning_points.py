"""The turning points of a curve."""

from __future__ import annotations

from dataclasses import dataclass

from bpengine.arrays import Array


@dataclass(frozen=True, slots=True)
class TurningPoint:
    """A peak or a valley."""

    index: int
    """Its index among the values of the curve."""
    is_peak: bool
    """Whether it is a peak."""


def turning_points(values: Array, min_height: float) -> list[TurningPoint]:
    """Find the turning points of a curve from left to right; its ends do not count.

    Args:
        values: the curve; shape (n,).
        min_height: how far the curve must move in the other direction after a turning point, so that ripples
            do not count; above 0.
    """
    found: list[TurningPoint] = []
    high = low = 0
    rising: bool | None = None
    for index, value in enumerate(values):
        high = index if value > values[high] else high
        low = index if value < values[low] else low
        if rising is not False and values[high] - value >= min_height:
            if rising:
                found.append(TurningPoint(high, is_peak=True))
            rising, low = False, index
        elif rising is not True and value - values[low] >= min_height:
            if rising is False:
                found.append(TurningPoint(low, is_peak=False))
            rising, high = True, index
    return found
