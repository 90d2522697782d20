"""The steps by which a key changes a number: fixed amounts, 1-2-3-5-7 decades, or a list of values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

_TOLERANCE = 1e-9
"""The relative difference up to which values count as equal: they differ only by rounding."""


class Step(Protocol):
    """A rule for the next value up or down."""

    def move(self, value: float, direction: int, coarse: bool) -> float:
        """Return the next value up (direction 1) or down (-1), which may be outside the field's range."""
        ...


@dataclass(frozen=True, slots=True)
class LinearStep:
    """Steps of a fixed amount."""

    fine: float
    coarse: float

    def move(self, value: float, direction: int, coarse: bool) -> float:
        """Return the next value up (direction 1) or down (-1)."""
        return _without_binary_noise(value + direction * (self.coarse if coarse else self.fine))


@dataclass(frozen=True, slots=True)
class DecadeStep:
    """Steps along 1, 2, 3, 5, 7, 10, 20, ... times a power of ten; a coarse step is a factor of ten.

    The next value below `smallest` is 0.
    """

    smallest: float

    def move(self, value: float, direction: int, coarse: bool) -> float:
        """Return the next value up (direction 1) or down (-1)."""
        if self._is_too_small(value):
            return self.smallest if direction > 0 else 0.0
        if coarse:
            moved = _without_binary_noise(value * 10 if direction > 0 else value / 10)
        else:
            exponent = int(f"{value:e}".partition("e")[2])
            candidates = [
                float(f"{mantissa}e{power}")
                for power in range(exponent - 1, exponent + 2)
                for mantissa in (1, 2, 3, 5, 7)
            ]
            if direction > 0:
                moved = min(candidate for candidate in candidates if candidate > value * (1 + _TOLERANCE))
            else:
                moved = max(candidate for candidate in candidates if candidate < value * (1 - _TOLERANCE))
        return 0.0 if self._is_too_small(moved) else moved

    def _is_too_small(self, value: float) -> bool:
        return value < self.smallest * (1 - _TOLERANCE)


@dataclass(frozen=True, slots=True)
class LadderStep:
    """Steps along a list of ascending values; a coarse step is two of them."""

    values: tuple[float, ...]

    def move(self, value: float, direction: int, coarse: bool) -> float:
        """Return the next value up (direction 1) or down (-1), or the same value at the end of the list."""
        for _ in range(2 if coarse else 1):
            remaining = [candidate for candidate in self.values if (candidate - value) * direction > 0]
            if not remaining:
                break
            value = remaining[0] if direction > 0 else remaining[-1]
        return value


def _without_binary_noise(value: float) -> float:
    """Round to 12 significant digits, so that a step up and back down from 0.3 gives exactly 0.3."""
    return float(f"{value:.12g}")
