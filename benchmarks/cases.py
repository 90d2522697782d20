"""What is trained: the two networks that steps are measured on, and those that show how cost grows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bpengine import TrainingConfig

ENDLESS = 10**8
"""Epochs: more than any measurement gets through."""

WIDTHS = (8, 32, 128, 512)
DEPTHS = (1, 2, 3, 4, 5, 6)
BATCHES = (1, 8, 64, 0)


@dataclass(frozen=True, slots=True)
class Case:
    """A run, and what a table calls it."""

    label: str
    config: TrainingConfig


STEPS = (
    Case("1-3-1 sine", TrainingConfig.defaults("regression", epochs=ENDLESS)),
    Case("2-6-2 grid", TrainingConfig.defaults("classification", epochs=ENDLESS)),
)
"""Both tabs as they open: one hidden layer of sigmoids, plain descent, single samples."""


def growth() -> Iterator[Case]:
    """The grid's 441 samples, with one thing varied at a time."""
    # Plain small random weights can't train six layers: their signals die out, and so do the numbers' digits.
    plain = TrainingConfig.defaults(
        "classification", hidden_units=(8,), initializer="xavier", learning_rate=0.01, epochs=ENDLESS
    )
    for width in WIDTHS:
        yield Case(f"width {width}", plain.replace(hidden_units=(width,)))
    for depth in DEPTHS:
        yield Case(f"depth {depth}", plain.replace(hidden_units=(8,) * depth))
    for batch in BATCHES:
        yield Case(f"batch {batch or 'all'}", plain.replace(batch_size=batch))
