"""The pinned runs, with which the live one is compared: up to four, each with its own letter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bpengine.run import RunState
from bptui.session.snapshot import Snapshot

LABELS = "ABCD"
"""The letters of the pins. More pins could not be told apart in a small plot."""


@dataclass(frozen=True, slots=True, eq=False)
class Pin:
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

    def label_of(self, run: RunState) -> str | None:
        """The letter of the pin that has the same run in the same state; None if there is none."""
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


def is_pinned(snapshot: Snapshot) -> bool:
    """Whether this run is pinned as it is now, so that the key unpins it."""
    return any(_same(pin.snapshot, snapshot) for pin in snapshot.comparison.pins)


def _same_run(one: RunState, other: RunState) -> bool:
    """Whether both are the same run with the same weights."""
    places = [(run.config, run.position) for run in (one, other)]
    return places[0] == places[1] and np.array_equal(one.parameters, other.parameters, equal_nan=True)


def _same(one: Snapshot, other: Snapshot) -> bool:
    """Whether both are the same run with the same weights."""
    first, second = one.run, other.run
    return (first.config, first.epoch, first.sample) == (second.config, second.epoch, second.sample) and all(
        np.array_equal(a, b, equal_nan=True)
        for a, b in zip(one.network.layers, other.network.layers, strict=True)
    )
