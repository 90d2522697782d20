"""How a number moves when a key changes it: evenly, by decades, or along given rungs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol


class Step(Protocol):
    """A way from a value to the next one."""

    def move(self, value: float, direction: int, coarse: bool) -> float:
        """The value one step up (direction 1) or down (-1); it may leave the field's range."""
        ...


@dataclass(frozen=True, slots=True)
class LinearStep:
    """Step by a fixed amount."""

    fine: float
    coarse: float

    def move(self, value: float, direction: int, coarse: bool) -> float:
        """The value one step up (direction 1) or down (-1)."""
        return _decimal(value + direction * (self.coarse if coarse else self.fine))


@dataclass(frozen=True, slots=True)
class DecadeStep:
    """Step along 1, 2, 3, 5, 7, 10, 20, ...; a coarse step is a factor of ten; below `smallest` is 0."""

    smallest: float

    def move(self, value: float, direction: int, coarse: bool) -> float:
        """The value one step up (direction 1) or down (-1)."""
        if value < self.smallest * (1 - 1e-9):
            return self.smallest if direction > 0 else 0.0
        if coarse:
            moved = _decimal(value * 10.0**direction)
        else:
            exponent = math.floor(math.log10(value))
            rungs = [
                float(f"{mantissa}e{power}")
                for power in range(exponent - 1, exponent + 2)
                for mantissa in (1, 2, 3, 5, 7)
            ]
            if direction > 0:
                moved = min(rung for rung in rungs if rung > value * (1 + 1e-9))
            else:
                moved = max(rung for rung in rungs if rung < value * (1 - 1e-9))
        return moved if moved >= self.smallest * (1 - 1e-9) else 0.0


@dataclass(frozen=True, slots=True)
class LadderStep:
    """Step along given values; a coarse step is two of them."""

    rungs: tuple[float, ...]

    def move(self, value: float, direction: int, coarse: bool) -> float:
        """The value one step up (direction 1) or down (-1); the last one where there is none beyond."""
        for _ in range(2 if coarse else 1):
            ahead = [rung for rung in self.rungs if (rung - value) * direction > 0]
            if not ahead:
                break
            value = ahead[0] if direction > 0 else ahead[-1]
        return value


def _decimal(value: float) -> float:
    """Without the rounding noise of binary fractions, so that 0.3 down and up again is 0.3."""
    return float(f"{value:.12g}")
