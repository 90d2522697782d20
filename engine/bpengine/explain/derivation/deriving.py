"""The derivation of a step: each number with the formula that gives it, in the order of computation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bpengine.explain.derivation.expressions import Expression, Variable
from bpengine.explain.derivation.passes import backward, forward, loss
from bpengine.explain.derivation.quantities import Phase, Quantity
from bpengine.explain.derivation.symbols import Place
from bpengine.explain.derivation.updates import update
from bpengine.tracing.records import Trace

__all__ = ["Derived", "derive", "derive_batch"]


@dataclass(frozen=True, slots=True)
class Derived:
    """One number of a step, and its derivation."""

    quantity: Quantity
    place: Place
    """The place in the network that it belongs to."""
    result: Variable
    """Its symbol, and its value in the trace."""
    formula: Expression
    """The formula with its numbers. Its value may differ from that in the trace by rounding."""

    @property
    def phase(self) -> Phase:
        """The part of the step."""
        return self.quantity.phase

    @property
    def is_of_batch(self) -> bool:
        """Whether it belongs to the whole batch: a mean over it, or a result of such a mean."""
        return self.phase == "update" or self.quantity.section == "gradient"


def derive(trace: Trace, row: int = 0, *, most: int | None = None) -> Iterator[Derived]:
    """Yield the numbers of a step.

    The forward pass, the loss and the deltas are those of one sample. The gradient and the update are those
    of the whole batch.

    Args:
        trace: the step.
        row: the sample's index in the batch.
        most: the most units of each layer, and the most inputs of each unit, whose numbers are yielded; by
            default all.
    """
    for part in (forward, loss, backward):
        for item in part(trace, row, most):
            yield Derived(*item)
    for item in update(trace, most):
        yield Derived(*item)


def derive_batch(trace: Trace, *, most: int | None = None) -> Iterator[tuple[int | None, Derived]]:
    """Yield the numbers of a step for all of its samples, each with the sample's index in the batch.

    First comes each sample with its forward pass, its loss and its deltas; then, with None in place of an
    index, the gradient and the update of the batch. See `derive` for the arguments.
    """
    samples = range(len(trace.indices))
    if len(samples) == 1:
        yield from ((None if each.is_of_batch else 0, each) for each in derive(trace, most=most))
        return
    for row in samples:
        for part in (forward, loss, backward):
            for item in part(trace, row, most):
                derived = Derived(*item)
                if not derived.is_of_batch:
                    yield row, derived
    yield from ((None, each) for each in derive(trace, most=most) if each.is_of_batch)
