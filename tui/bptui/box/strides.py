"""The strides in which the box moves, from one number to a whole report."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from enum import Enum

from bpengine.explain.derivation import Derived


class Stride(Enum):
    """How far the box moves with one key press."""

    NUMBER = "number"
    UNIT = "unit"
    LAYER = "layer"
    PHASE = "phase"
    STEP = "sample"
    EPOCH = "epoch"
    REPORT = "report"

    @property
    def is_within_a_step(self) -> bool:
        """Whether the stride is at most one training step long: neither an epoch nor a report."""
        return self not in (Stride.EPOCH, Stride.REPORT)


STRIDES = tuple(Stride)
"""The strides, the shortest first."""

_KEYS: dict[Stride, Callable[[int, Derived], Hashable]] = {
    Stride.NUMBER: lambda index, _: index,
    Stride.UNIT: lambda _, each: (each.phase, each.place.layer, each.place.unit),
    Stride.LAYER: lambda _, each: (each.phase, each.place.layer),
    Stride.PHASE: lambda _, each: each.phase,
}
"""What the numbers of one stride have in common. A stride of a step or more covers all of them."""


def starts(numbers: list[Derived], stride: Stride) -> list[int]:
    """The indices of the numbers at which a stride begins; the first one is 0."""
    if stride not in _KEYS:
        return [0]
    keys = [_KEYS[stride](index, number) for index, number in enumerate(numbers)]
    return [index for index in range(len(keys)) if index == 0 or keys[index] != keys[index - 1]]
