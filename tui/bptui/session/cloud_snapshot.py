"""The frozen picture of a cloud, which is a part of the session's snapshot."""

from __future__ import annotations

from dataclasses import dataclass

from bpengine.arrays import Array


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """What the starts predict over the domain."""

    starts: int
    """How many starts there are, with those that have diverged."""
    fits: tuple[Array, Array] | None
    """The 10th and the 90th percentile of the outputs over a domain of one input, of the starts that have not
    diverged; shape (steps, outputs) each."""
    agreement: Array | None
    """For classes over a domain of two inputs: the share of these starts that predict the class that most of
    them predict; shape (rows, columns), the lowest row first."""


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """The starts at one epoch. Percentiles are values of starts: no value lies between two starts."""

    epochs_done: int
    """How many epochs are completed."""
    seeds: tuple[int, ...]
    errors: Array
    """The error of each start that they are compared by: the epoch error, or the test error if there are
    test samples; infinite for a start that has diverged. Shape (starts,)."""
    diverged: int
    """How many starts have diverged."""
    epochs: Array
    """The epochs of the curves; shape (points,)."""
    low: Array
    """The 10th percentile of the epoch errors; shape (points,), as the next two."""
    median: Array
    high: Array
    """The 90th percentile."""
    spread: Spread


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """Where the live run stands among its starts."""

    better_than: int
    """How many starts have a larger error."""
    limit: float | None
    """The smallest of 1, 2 or 5 times a power of ten that is at least three times the median error; None if
    the median is 0 or infinite."""
    above: int
    """How many starts have an error above this limit; 0 without one."""


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """The starts before and after a change, start by start."""

    changes: tuple[str, ...]
    """Each setting that was changed: `η 0.1 → 0.2`."""
    epochs_done: int
    starts: int
    """How many starts both clouds have."""
    old_median: float
    new_median: float
    better: int
    """How many starts have a smaller error after the change."""
    worse: int
    p_value: float
    """That of the sign test."""
    verdict: str
    """What the test says, in words."""


@dataclass(frozen=True, slots=True, eq=False)
class CloudSnapshot:
    """A cloud, as far as it is."""

    starts: int
    """How many starts there are, the live run among them."""
    target: int
    """How many epochs the starts train to."""
    one_by_one: str
    """Why the starts can't be trained side by side: "kernel" or "changes"; empty if they are."""
    is_waiting: bool
    """Whether the machine code is being compiled."""
    is_working: bool
    """Whether there is something left to compute."""
    before: str
    """How far the starts before a change are, which are still to be compared; empty if they are there."""
    problem: str
    """Why there is no cloud; empty if there is one."""
    band: Band | None
    """What has been reached; None before the first epoch."""
    standing: Standing | None
    """Of the live run, where the starts have reached its epoch."""
    is_live: bool
    """Whether the live run is one of the starts to the bit. It is not if it was resumed after a change."""
    compared: Compared | None
    """What the last what-if has changed."""
    has_test: bool
    """Whether the starts are compared by their test errors."""
    edited: str = ""
    """When the live run was edited, as the starts were not; empty if it was not."""
