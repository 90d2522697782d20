"""The derivation of a step: each number with the formula that gives it, in the order of computation."""

from __future__ import annotations

from collections.abc import Iterator

from bpengine.explain.derivation.passes import backward, forward, loss
from bpengine.explain.derivation.symbols import Derived
from bpengine.explain.derivation.updates import update
from bpengine.tracing.records import Trace


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
        yield from part(trace, row, most)
    yield from update(trace, most)


def derive_batch(trace: Trace) -> Iterator[tuple[int | None, Derived]]:
    """Yield the numbers of a step for all of its samples, each with the sample's index in the batch.

    First comes each sample with its forward pass, its loss and its deltas; then, with None in place of an
    index, the gradient and the update of the batch. See `derive` for the trace and the order.
    """
    samples = range(len(trace.indices))
    if len(samples) == 1:
        yield from ((None if derived.is_of_batch else 0, derived) for derived in derive(trace))
        return
    for row in samples:
        for part in (forward, loss, backward):
            yield from ((row, derived) for derived in part(trace, row, None) if not derived.is_of_batch)
    yield from ((None, derived) for derived in derive(trace) if derived.is_of_batch)
