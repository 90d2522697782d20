"""A walk through the numbers of one traced step."""

from __future__ import annotations

from bpengine import Trace
from bpengine.derivation import Derived, derive
from bpengine.derivation.symbols import Place
from bptui.box.strides import Stride, starts

MAX_UNITS = 12
"""The most units of a layer, and inputs of a unit, whose numbers are visited."""

GRADIENTS = ("weight gradient", "bias gradient")
"""The quantities that are the derivatives of the loss by the weights and biases."""


class Walk:
    """The numbers of a step in the order of computation, and the one that is looked at.

    Args:
        trace: the step.
        row: the place in the batch, counted from 0, of the sample whose forward pass, loss and deltas are
            visited.
    """

    def __init__(self, trace: Trace, row: int = 0) -> None:
        self.trace = trace
        self.row = row
        self.numbers = list(derive(trace, row, most=MAX_UNITS))
        self.index = 0

    @property
    def number(self) -> Derived:
        """The number that is looked at."""
        return self.numbers[self.index]

    @property
    def batch(self) -> int:
        """How many samples the step has."""
        return len(self.trace.indices)

    @property
    def is_of_batch(self) -> bool:
        """Whether the number is one of the whole batch: a mean over it, or what follows from such a mean."""
        return self.number.phase == "update" or self.number.quantity.name in GRADIENTS

    @property
    def is_complete(self) -> bool:
        """Whether all units and inputs are visited."""
        return max(self.trace.sizes) <= MAX_UNITS

    def on(self, stride: Stride) -> bool:
        """Go on to where the next stride begins; return False if that is beyond the step."""
        return self._go(next((each for each in starts(self.numbers, stride) if each > self.index), None))

    def back(self, stride: Stride) -> bool:
        """Go back to where this stride or else the one before began; return False at the step's beginning."""
        before = [each for each in starts(self.numbers, stride) if each < self.index]
        return self._go(before[-1] if before else None)

    def to_last(self, stride: Stride) -> None:
        """Go to where the last stride of the step begins."""
        self.index = starts(self.numbers, stride)[-1]

    def to_gradient(self, direction: int) -> None:
        """Go to the derivative of the next (1) or previous (-1) weight or bias, around the ends."""
        found = [i for i, each in enumerate(self.numbers) if each.quantity.name in GRADIENTS]
        if self.number.quantity.name in GRADIENTS:
            self.index = found[(found.index(self.index) + direction) % len(found)]
        else:
            self.index = found[0 if direction > 0 else -1]

    def go_to_gradient_of(self, place: Place) -> bool:
        """Go to the derivative of a weight or bias; return False if it is not visited."""
        return self._go(
            next(
                (
                    i
                    for i, each in enumerate(self.numbers)
                    if each.place == place and each.quantity.name in GRADIENTS
                ),
                None,
            )
        )

    def go_to_same(self, other: Walk) -> None:
        """Go to the number that another walk through the same step is at, or near it."""
        here = (other.number.quantity, other.number.place)
        same = [i for i, each in enumerate(self.numbers) if (each.quantity, each.place) == here]
        self.index = same[0] if same else min(other.index, len(self.numbers) - 1)

    def _go(self, index: int | None) -> bool:
        if index is None:
            return False
        self.index = index
        return True
