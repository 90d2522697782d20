"""What the screen shows of a run at one moment: the only thing that crosses from session to widgets."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bpengine import Dataset, Diagnostics, EpochRecord, Metrics, TrainingConfig
from bpengine.arrays import Array
from bptui.session.comparison import Curve, Pin


class State(StrEnum):
    """Where a run stands."""

    READY = "ready"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    DIVERGED = "diverged"


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """One moment of a run."""

    state: State
    config: TrainingConfig
    unused: frozenset[str]
    """The settings that have no effect beside the others."""
    dataset: Dataset
    layers: tuple[Array, ...]
    """Weights above biases of each layer, the output layer last; shape (inputs + 1, units) each."""
    outputs: Array
    """What the network answers now for every training sample, in the targets' own units or, for classes, as
    probabilities; shape (samples, outputs)."""
    grid_outputs: Array | None
    """What it answers all over the domain, in the same units: for one input at `ACROSS` even steps, shape
    (steps, outputs); for two at up to `GRID` of them, shape (rows, columns, outputs), the lowest row first;
    None for more inputs."""
    unit_outputs: tuple[Array, ...] | None
    """What each hidden layer's units give at the same steps; shape (steps, units) or (rows, columns, units)
    each. None where `across` is, and for networks with more units than anyone could look at."""
    metrics: Metrics
    """How good those answers are."""
    test_metrics: Metrics | None
    """The same for the test samples; None if there are none."""
    diagnostics: Diagnostics | None
    """How each layer fares; None where the network is too large to look into at each drawing."""
    epoch: int
    """The epoch in progress or, between epochs, the last one done; counted from 0."""
    sample: int
    """How many of its samples are done; 0 between epochs."""
    error: float | None
    """That of the last complete epoch."""
    test_error: float | None
    """The same on the test samples; None if there are none."""
    curve: Curve
    """For drawing."""
    test_curve: Array
    """The same epochs' test errors; NaN where there are none."""
    reports: tuple[EpochRecord, ...]
    """The newest reported epochs, oldest first."""
    previous_curve: Curve | None
    """The curve of the run that the last restart ended; None if there was none."""
    change_epochs: tuple[int, ...]
    """The newest epochs in which settings changed on the running network."""
    epochs_per_second: float | None
    """Measured while running."""
    speed: str
    """The chosen pace, in words."""
    kernel: str
    """What computes: numpy or numba."""
    pin: Pin | None
    """Another run, kept to compare with."""
    what_if: bool
    """Whether a change trains anew to the present epoch."""
    advice: str
    """What happened or what to do next, in a sentence."""


ACROSS = 200
"""Steps over the domain of one input."""
GRID = (60, 80)
"""Rows and columns over the domain of two, at the most: large networks are asked at fewer places."""
MAX_UNITS = 64
"""Of all hidden layers together, to be looked at one by one."""
