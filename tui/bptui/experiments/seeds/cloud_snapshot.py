"""The frozen snapshot of a cloud, a part of the session's snapshot."""

from __future__ import annotations

from typing import NamedTuple

from bpengine.arithmetic.arrays import Array


class Spread(NamedTuple):
    """What the starts predict over the domain."""

    starts: int
    """How many starts there are, including those that have diverged."""
    fits: tuple[Array, Array] | None
    """For one input: the 10th and the 90th percentile of the outputs over the domain, of the starts that
    have not diverged; shape (steps, outputs) each."""
    mean: Array | None
    """The mean of their outputs: for one input, shape (steps, outputs); for a classification with two inputs,
    shape (rows, columns, outputs)."""
    agreement: Array | None
    """For a classification with two inputs: the share of these starts that predict the class that most of
    them predict; shape (rows, columns), the lowest row first."""


class Together(NamedTuple):
    """The mean of the answers of all starts that have not diverged, beside these starts, on some samples.

    All errors are those of the weights at that epoch, like the error now.
    """

    mean: float
    """The error of the mean answer: of the mean output or, for classes, of the mean probabilities."""
    median: float
    """The median of the starts' own errors."""
    best: float
    """The lowest of them."""
    answers: Array
    """The mean answers; shape (samples, outputs)."""


class Band(NamedTuple):
    """The starts at one epoch. Each percentile is the value of a start, not one between two starts."""

    epochs_done: int
    """How many epochs are completed."""
    seeds: tuple[int, ...]
    errors: Array
    """The error of each start for comparisons: the epoch error, or the test error if there are test samples;
    infinite if the start has diverged. Shape (starts,)."""
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
    together: tuple[Together, ...] = ()
    """On the training samples, and on the test samples if there are any; empty if all starts diverged."""


class Standing(NamedTuple):
    """The standing of the live run among its starts."""

    better_than: int
    """How many starts have a larger error."""
    limit: float | None
    """The smallest of 1, 2 or 5 times a power of ten that is at least three times the median error; None if
    the median is 0 or infinite."""
    above: int
    """How many starts have an error above this limit; 0 without one."""


class Compared(NamedTuple):
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
    """The p-value of the sign test."""
    verdict: str
    """The result of the test, in words."""


class CloudSnapshot(NamedTuple):
    """A cloud as it is now."""

    starts: int
    """How many starts there are, the live run among them."""
    target: int
    """How many epochs the starts train to."""
    changes_on_the_way: bool
    """Whether settings were changed in the middle of the run, so that the starts are trained one by one."""
    lacks_numba: bool
    """Whether there would be more starts if numba was installed."""
    is_working: bool
    """Whether there is something left to compute."""
    before: str
    """The progress of the starts before a change, if they have not reached the epoch to compare at."""
    problem: str
    """Why there is no cloud; empty if there is one."""
    band: Band | None
    """The result of the last round; None before the first epoch."""
    standing: Standing | None
    """The standing of the live run, if the starts have reached its epoch."""
    is_live: bool
    """Whether the live run is exactly one of the starts. It is not if it was resumed after a change."""
    compared: Compared | None
    """The effect of the last what-if."""
    has_test: bool
    """Whether the starts are compared by their test errors."""
    edited: str = ""
    """When the live run was edited, in words; empty if it was not. The starts are never edited."""
