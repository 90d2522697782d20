"""The strides in which one walks through a training step, from a number to a report."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from enum import Enum

from bpengine.derivation import Derived


class Stride(Enum):
    """How far one goes at once."""

    NUMBER = "number"
    UNIT = "unit"
    LAYER = "layer"
    PHASE = "phase"
    STEP = "sample"
    EPOCH = "epoch"
    REPORT = "report"

    @property
    def is_within_a_step(self) -> bool:
        """Whether the stride ends within a step, so that it only moves the place looked at."""
        return self not in (Stride.EPOCH, Stride.REPORT)


STRIDES = tuple(Stride)
"""The strides, the shortest first."""

_KEYS: dict[Stride, Callable[[int, Derived], Hashable]] = {
    Stride.NUMBER: lambda index, _: index,
    Stride.UNIT: lambda _, each: (each.phase, each.place.layer, each.place.unit),
    Stride.LAYER: lambda _, each: (each.phase, each.place.layer),
    Stride.PHASE: lambda _, each: each.phase,
}
"""What the numbers of one stride have in common; a whole step for the longer ones."""


def starts(numbers: list[Derived], stride: Stride) -> list[int]:
    """The indices of the numbers at which a stride begins; the first one is 0."""
    if stride not in _KEYS:
        return [0]
    keys = [_KEYS[stride](index, each) for index, each in enumerate(numbers)]
    return [index for index in range(len(keys)) if index == 0 or keys[index] != keys[index - 1]]
