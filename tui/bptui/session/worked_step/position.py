"""A walk through the numbers of one traced step, in the order of computation, by strides, and how much of
each number is worked for the reader.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from enum import Enum

from bpengine import Trace
from bpengine.explain.derivation import Derived, derive
from bpengine.explain.derivation.symbols import ParameterPlace


class Guidance(Enum):
    """What is shown of a number that is asked for."""

    WORKED = "worked"
    """The formula and the formula with numbers."""
    HALF = "half worked"
    """The formula alone."""
    NONE = "all yours"
    """Only the name."""


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


MAX_UNITS = 12
"""The most units of a layer, and the most inputs of a unit, whose numbers are part of a walk."""

GRADIENTS = ("weight gradient", "bias gradient")
"""The quantities that are the derivatives of the loss with respect to the weights and biases."""


class BoxWalk:
    """The numbers of a step in the order of computation, and the current one.

    Args:
        trace: the step.
        row: the sample whose forward pass, loss and deltas are part of the walk: its index in the batch.
        alone: the number of the sample if the step has no other, and the run does not take it.
    """

    def __init__(self, trace: Trace, row: int = 0, alone: int | None = None) -> None:
        self.trace = trace
        self.row, self.alone = row, alone
        self.numbers = list(derive(trace, row, most=MAX_UNITS))
        self.index = 0

    @property
    def number(self) -> Derived:
        """The current number."""
        return self.numbers[self.index]

    @property
    def batch(self) -> int:
        """How many samples the step has."""
        return len(self.trace.indices)

    @property
    def is_complete(self) -> bool:
        """Whether the walk includes all units and inputs."""
        return max(self.trace.sizes) <= MAX_UNITS

    def on(self, stride: Stride) -> bool:
        """Go to the beginning of the next stride; return False if the step has no further one."""
        return self._go(next((start for start in starts(self.numbers, stride) if start > self.index), None))

    def back(self, stride: Stride) -> bool:
        """Go back to the beginning of this stride or of the one before; return False at the first number."""
        before = [start for start in starts(self.numbers, stride) if start < self.index]
        return self._go(before[-1] if before else None)

    def to_last(self, stride: Stride) -> None:
        """Go to the beginning of the last stride of the step."""
        self.index = starts(self.numbers, stride)[-1]

    def to_gradient(self, direction: int) -> None:
        """Go to the derivative of the next (1) or previous (-1) weight or bias; they wrap around."""
        gradients = self._gradients()
        if self.index in gradients:
            self.index = gradients[(gradients.index(self.index) + direction) % len(gradients)]
        else:
            self.index = gradients[0 if direction > 0 else -1]

    def go_to_gradient_of(self, place: ParameterPlace) -> bool:
        """Go to the derivative of a weight or bias; return False if the walk does not include it."""
        return self._go(next((i for i in self._gradients() if self.numbers[i].place == place), None))

    def _gradients(self) -> list[int]:
        return [i for i, number in enumerate(self.numbers) if number.quantity.name in GRADIENTS]

    def go_to_same(self, other: BoxWalk) -> None:
        """Go to the current number of another walk through the same step, or near it."""
        here = (other.number.quantity, other.number.place)
        same = [i for i, number in enumerate(self.numbers) if (number.quantity, number.place) == here]
        self.index = same[0] if same else min(other.index, len(self.numbers) - 1)

    def _go(self, index: int | None) -> bool:
        if index is None:
            return False
        self.index = index
        return True
