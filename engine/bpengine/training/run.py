"""`RunState`: everything that a run is at one moment, from which it continues with identical results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple, Self

import numpy as np

from bpengine.arithmetic.arrays import Array, IntArray
from bpengine.arithmetic.generators import GeneratorState
from bpengine.config import TrainingConfig
from bpengine.data import Dataset
from bpengine.errors import ConfigError, DivergedError
from bpengine.training.edits import Edit, Effects, effects_of
from bpengine.training.history import History, stop_reason

MAX_CHANGES = 1000
"""The most changes of settings, weights and units during a run."""


class Change(NamedTuple):
    """A change during a run, which copies of the run share."""

    position: tuple[int, int]
    """The epoch in which it was made, and the number of samples of that epoch that had been trained on."""
    value: TrainingConfig | Edit
    """The new settings, or the edit."""

    def __deepcopy__(self, memo: Mapping[int, object]) -> Change:
        return self


def edits_among(changes: Iterable[Change]) -> tuple[Edit, ...]:
    """The changes that are edits of weights, units and layers."""
    return tuple(change.value for change in changes if isinstance(change.value, Edit))


class Origin(NamedTuple):
    """Everything except the data that determines a run's numbers, which is enough to repeat the run."""

    config: TrainingConfig
    """The settings that the run began with."""
    changes: tuple[Change, ...] = ()
    """The changes since then, oldest first."""


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class RunState:
    """A run at one moment: everything that it needs to continue with exactly the same numbers. Immutable.

    The arrays are read-only, so that states share them, and copying a state returns the state itself.
    """

    source: Dataset | None
    """The user's own samples; None for a named data set."""
    sizes: tuple[int, ...]
    """The number of units of each layer: the inputs first, the outputs last."""
    config: TrainingConfig
    """The settings now."""
    began: TrainingConfig | None
    """The settings that the run began with; None if they are unknown."""
    changes: tuple[Change, ...]
    """The changes since the beginning, oldest first. If `began` is None, those of the settings may be
    missing."""
    parameters: Array
    """All weights and biases; shape (parameters,)."""
    buffers: Array
    """What the optimizer keeps; shape (buffers, parameters), in the order of `Optimizer.buffers`."""
    updates: int
    """The number of updates so far."""
    generator: GeneratorState
    """The state of the random generator."""
    epochs_done: int
    """The number of completed epochs."""
    samples_done: int
    """The number of samples of the epoch in progress that have been trained on; 0 between epochs."""
    samples_processed: int
    """The same, and the samples of a large batch that is not completed yet. Whoever continues from this state
    processes that batch again."""
    order: IntArray
    """The order of the samples in the epoch in progress; shape (samples,). Between epochs, 0, 1, 2, ..."""
    losses: Array
    """The losses so far in the epoch in progress; shape (samples_done,)."""
    history: History
    divergence: DivergedError | None
    """How the run diverged, or None."""

    def __post_init__(self) -> None:
        for array in (self.parameters, self.buffers, self.order, self.losses):
            array.setflags(write=False)

    def __deepcopy__(self, memo: Mapping[int, object]) -> Self:
        return self

    @property
    def position(self) -> tuple[int, int]:
        """The epoch in progress, and how many of its samples have been trained on."""
        return self.epochs_done, self.samples_done

    @property
    def stop_reason(self) -> str:
        """Why the run has ended: "epochs", "target error" or "patience"; empty if it has not ended."""
        last, best = self.history.last, self.history.best
        return stop_reason(self.config, last, best, self.epochs_done, self.samples_done)

    @property
    def finished(self) -> bool:
        """Whether the run has ended."""
        return bool(self.stop_reason)

    @property
    def edits(self) -> tuple[Edit, ...]:
        """The edits of weights, units and layers among the changes, oldest first."""
        return edits_among(self.changes)

    @property
    def effects(self) -> Effects:
        """What the edits still do."""
        return effects_of(self.sizes, self.edits)

    @property
    def size(self) -> int:
        """The approximate size in memory, in bytes."""
        order = self.order.nbytes if self.samples_done else 0  # between epochs, all states share one
        arrays = self.parameters.nbytes + self.buffers.nbytes + order + self.losses.nbytes
        return arrays + 3000 + 100 * len(self.history.kept)


def reconfigured(run: RunState, config: TrainingConfig, fixed: int = 0) -> RunState:
    """Continue a run with other settings.

    Args:
        run: the run.
        config: the settings, of which no changed one needs a new run (see `Field.needs_restart`).
        fixed: the number of changes that no later one replaces; see `without_replaced`.
    """
    history = run.history.copy()
    history.set_epochs(config.epochs)
    changes = (*without_replaced(run.changes, fixed, run.position, config), Change(run.position, config))
    return replace(run, config=config, history=history, changes=changes, samples_processed=run.samples_done)


def edited(run: RunState, edit: Edit, fixed: int = 0) -> RunState:
    """Continue a run with an edit, from its last finite weights if it has diverged.

    Args:
        run: the run.
        edit: the edit; its own epoch and sample are ignored.
        fixed: the number of changes that no later one replaces; see `without_replaced`.

    Returns:
        The new run; the same one if the edit would change nothing.

    Raises:
        ConfigError: the edit is not possible in this network.
    """
    effects = run.effects
    possible = effects.check(edit)
    continues = run.divergence is not None and edit.kind == "set all"
    if not continues and not effects.changes(possible, run.parameters):
        return run
    parameters = run.parameters.copy()
    here = replace(possible, epoch=run.epochs_done, sample=run.samples_done)
    made = effects.completed(here, parameters)
    effects.applied(made, parameters)
    changes = (*without_replaced(run.changes, fixed, run.position, made), Change(run.position, made))
    return replace(
        run,
        parameters=parameters,
        divergence=None,
        changes=changes,
        samples_processed=run.samples_done,
    )


def with_one_sample(run: RunState) -> RunState:
    """The run at the beginning of an epoch of one sample, which is not its last even if it has ended."""
    epochs = max(run.config.epochs, run.epochs_done + 1)
    config = run.config.replace(batch_size=1, epochs=epochs, target_error=0, patience=0)
    order = np.zeros(1, dtype=np.int64)
    return replace(run, config=config, samples_done=0, order=order, losses=np.empty(0))


def without_replaced(
    changes: tuple[Change, ...], fixed: int, position: tuple[int, int], value: TrainingConfig | Edit
) -> tuple[Change, ...]:
    """The changes of a run, without those that a change at this position replaces.

    Of several changes of the settings at one position, the last one counts, and of several edits in a row
    that set all weights as well.

    Args:
        changes: the changes so far.
        fixed: how many of them are never replaced: those of the first stored state, to which the run is
            rewound.
        position: the epoch in progress, and how many of its samples have been trained on.
        value: the new settings, or the edit.

    Raises:
        ConfigError: there are so many changes that the run takes no more.
    """
    before, since = changes[:fixed], changes[fixed:]
    if isinstance(value, TrainingConfig):
        since = tuple(
            change for change in since if change.position < position or isinstance(change.value, Edit)
        )
    elif value.kind == "set all":
        last = edits_among(since)[-1:]
        if last and last[0].kind == "set all" and (last[0].epoch, last[0].sample) == position:
            since = tuple(change for change in since if change.value is not last[0])
    if len(before) + len(since) >= MAX_CHANGES:
        raise ConfigError("changes", f"a run takes at most {MAX_CHANGES:,}; start it again, or a new one")
    return before + since
