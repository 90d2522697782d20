"""How the learning rate changes over the epochs, by name in `SCHEDULES`.

Each takes the epoch e, counted from 0, the length T in epochs and the factor g, and gives what the learning
rate is multiplied by. After T epochs each but the first has arrived at g.
"""

from __future__ import annotations

import math
from collections.abc import Callable

Schedule = Callable[[int, int, float], float]


def _constant(_epoch: int, _length: int, _factor: float) -> float:
    """1."""
    return 1.0


def _step(epoch: int, length: int, factor: float) -> float:
    """g^floor(e / T): a jump after every T epochs."""
    return float(factor ** (epoch // length))


def _exponential(epoch: int, length: int, factor: float) -> float:
    """g^(e / T): evenly by the logarithm."""
    return float(factor ** (epoch / length))


def _cosine(epoch: int, length: int, factor: float) -> float:
    """g + (1 - g) (1 + cos(pi e / T)) / 2 down to g, and g from then on (Loshchilov and Hutter, 2017)."""
    part = min(epoch / length, 1.0)
    return factor + (1 - factor) * (1 + math.cos(math.pi * part)) / 2


SCHEDULES: dict[str, Schedule] = {
    "constant": _constant,
    "step": _step,
    "exponential": _exponential,
    "cosine": _cosine,
}
