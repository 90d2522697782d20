"""The past of a run: the states that a trainer stores on the way, and what going back to one needs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from bpengine.errors import ConfigError
from bpengine.numbers import is_whole
from bpengine.training.edits import Edit
from bpengine.training.engine import Engine
from bpengine.training.run import Change, RunState
from bpwords import must_be


@dataclass(frozen=True, slots=True, eq=False)
class Keyframes:
    """A limited number of run states, spread about evenly over the run and always including the first.

    At first a state is stored every `STRIDE` epochs, so that no epoch of a short run is far from one. When
    there are more than `CAPACITY` states, every second one is dropped and the stride doubles. Those of the
    largest network take 80 MB. Immutable: each change returns new keyframes.
    """

    STRIDE: ClassVar[int] = 1
    CAPACITY: ClassVar[int] = 64

    states: tuple[RunState, ...]
    """The stored states, oldest first; at least one."""
    stride: int
    """The number of epochs from one state to the next."""

    @classmethod
    def beginning_with(cls, state: RunState) -> Keyframes:
        """The keyframes of a run that begins, or continues, with this state."""
        return cls((state,), cls.STRIDE)

    @property
    def first(self) -> RunState:
        """The first state, before which the run can't be rewound."""
        return self.states[0]

    @property
    def earliest(self) -> int:
        """See `Trainer.earliest`."""
        return self.first.epochs_done + (1 if self.first.samples_done else 0)

    def is_due(self, epochs_done: int) -> bool:
        """Whether a state should be stored after this number of epochs."""
        return epochs_done >= self.states[-1].epochs_done + self.stride

    def adding(self, state: RunState) -> Keyframes:
        """Store the newest state, and drop every second one if there are then too many."""
        states = (*self.states, state)
        if len(states) > self.CAPACITY:
            return Keyframes(states[::2], self.stride * 2)
        return Keyframes(states, self.stride)

    def until(self, epoch: int) -> Keyframes:
        """Drop the states after this epoch, which no longer belong to the run once it has been rewound."""
        states = tuple(state for state in self.states if state.epochs_done <= epoch)
        return Keyframes(states, self.stride)

    def nearest(self, epoch: int, others: Iterable[RunState] = ()) -> RunState:
        """The latest of these and other states that is not after the beginning of this epoch."""
        states = (state for state in (*self.states, *others) if state.epochs_done <= epoch)
        return max(states, key=lambda state: state.position)

    def changes_until(self, end: tuple[int, int], changes: tuple[Change, ...]) -> tuple[Change, ...]:
        """Those of the first state; and of the others, the changes of settings before a step and the changes
        of weights before or at it."""
        fixed = len(self.first.changes)
        return changes[:fixed] + tuple(
            change
            for change in changes[fixed:]
            if change.position < end or (change.position == end and isinstance(change.value, Edit))
        )


class PassedStates:
    """At most `CAPACITY` states near an earlier epoch, from which neighboring epochs are reached quickly.

    They are states of one run at the beginning of epochs that follow a report.

    Args:
        interval: the report interval, in epochs.
    """

    CAPACITY = 64

    def __init__(self, interval: int) -> None:
        self._interval = interval
        self._states: dict[int, RunState] = {}

    @property
    def states(self) -> tuple[RunState, ...]:
        """The stored states, in no particular order."""
        return tuple(self._states.values())

    def stops(self, start: tuple[int, int], epoch: int) -> list[int]:
        """Return the epochs before `epoch` at which to store states: those after reports, and `epoch` itself.

        Args:
            start: the epoch and the sample at which training begins.
            epoch: the epoch at whose beginning training ends.
        """
        last = (epoch - 1) // self._interval * self._interval + 1
        first = max(last - (self.CAPACITY // 2 - 1) * self._interval, 1)
        after_reports = [stop for stop in range(first, last + 1, self._interval) if (stop, 0) > start]
        return after_reports if after_reports[-1:] == [epoch] else [*after_reports, epoch]

    def add(self, state: RunState, *, toward: int) -> None:
        """Store a state reached on the way to an epoch; drop those that are farthest from this epoch."""
        self._states[state.epochs_done] = state
        if len(self._states) > self.CAPACITY:
            del self._states[max(self._states, key=lambda begun: abs(begun - toward))]


class Bookmark(NamedTuple):
    """A point of a run to return to, with everything that `Trainer.rewind` needs there."""

    state: RunState
    keyframes: Keyframes


def check_rewind(engine: Engine, earliest: int, epoch: int, sample: int) -> None:
    """Check that a run can be rewound to a step; see `Trainer.rewind`.

    Raises:
        ConfigError: the run has not reached this step, or can't go back to it.
    """
    if not is_whole(epoch) or not earliest <= epoch <= engine.epochs_done:
        if earliest > engine.epochs_done:
            raise ConfigError("rewind", "not possible yet: the run was restored within an epoch")
        allowed = f"an epoch from {earliest} to {engine.epochs_done}, which the run has reached"
        raise ConfigError("rewind", must_be(allowed, epoch))
    most, batch = len(engine.dataset) - 1, engine.problem.batch_size
    if epoch == engine.epochs_done:
        most = engine.samples_done
    if not is_whole(sample) or not 0 <= sample <= most or sample % batch:
        steps = "" if batch == 1 else f", a multiple of {batch}"
        raise ConfigError("rewind", must_be(f"a sample from 0 to {most}{steps}", sample))
