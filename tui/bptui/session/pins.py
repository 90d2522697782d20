"""The pinned runs, with which the live one is compared: up to four, each with its own letter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from bpengine import Trainer
from bpengine.training.run import RunState

LABELS = "ABCD"
"""The letters of the pins. More pins could not be told apart in a small plot."""


class Pin(NamedTuple):
    """A pinned run."""

    label: str
    """Its letter."""
    run: RunState


@dataclass(frozen=True, slots=True, eq=False)
class Pins:
    """The pinned runs by their letters, the oldest first. Immutable: each change returns new pins."""

    runs: tuple[Pin, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.runs)

    def label_of(self, run: RunState | Trainer) -> str | None:
        """The letter of the pin that has the same run with the same weights; None if there is none."""
        return next((pin.label for pin in self.runs if _same_run(pin.run, run)), None)

    def adding(self, run: RunState) -> tuple[Pins, str, bool]:
        """Pin a run under the first free letter or, if there is none, in place of the oldest pin.

        Returns:
            The new pins, the letter, and whether another run had the letter before.
        """
        taken = [pin.label for pin in self.runs]
        free = [letter for letter in LABELS if letter not in taken]
        label = free[0] if free else taken[0]
        return Pins((*self.without(label).runs, Pin(label, run))), label, not free

    def without(self, label: str) -> Pins:
        """The pins without this letter."""
        return Pins(tuple(pin for pin in self.runs if pin.label != label))


def _same_run(pinned: RunState, run: RunState | Trainer) -> bool:
    parameters = run.parameters if isinstance(run, RunState) else run.parameters_now()
    return (pinned.config, *pinned.position) == (
        run.config,
        run.epochs_done,
        run.samples_done,
    ) and np.array_equal(pinned.parameters, parameters, equal_nan=True)
