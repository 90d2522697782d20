"""`Timeline`: moves a run forward and back in time, with the states that it stores on the way."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from bpengine.config import TrainingConfig
from bpengine.errors import ConfigError
from bpengine.numbers import is_whole
from bpengine.training.edits import Edit
from bpengine.training.engine import Engine
from bpengine.training.records import StepRecord
from bpengine.training.run import Change, RunState, edited, without_replaced
from bpengine.wording import must_be

_MAX_SAMPLES = 1e9
"""The most samples in one call of `Engine.advance`, even if there is more time."""
_PIECE, _ENOUGH = 0.9, 0.85
"""The fraction of the remaining time that `run_for` aims to fill with a piece, and the fraction of its whole
time after which it stops.

One piece is usually enough. More pieces would be slow: after each one, a thread that trains beside others has
to wait for the interpreter.
"""


def latest_state(states: Iterable[RunState], epoch: int) -> RunState:
    """Return the latest state that is not after the beginning of this epoch; there must be one."""
    return max((state for state in states if state.epochs_done <= epoch), key=lambda state: state.position)


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


class Timeline:
    """The past of a run, and the ways through time: forward for some time, and back.

    A moment that is not stored is reached by training again from a stored one, with the same numbers. See
    `Trainer` for the methods that it has as well.

    Args:
        engine: the run. While there is a timeline, only the timeline moves and changes the run.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._keyframes = Keyframes.beginning_with(engine.state())
        self._samples_per_second = 1.0  # too low, until `run_for` has measured the speed

    def restore(self, state: RunState) -> None:
        """See `Trainer.restore`."""
        self._engine.load(state)
        self._keyframes = Keyframes.beginning_with(self._engine.state())

    def bookmark(self) -> Bookmark:
        """See `Trainer.bookmark`."""
        return Bookmark(self._engine.state(), self._keyframes)

    def return_to(self, bookmark: Bookmark) -> None:
        """See `Trainer.return_to`."""
        self._engine.load(bookmark.state)
        self._keyframes = bookmark.keyframes

    @property
    def earliest(self) -> int:
        """See `Trainer.earliest`."""
        return self._keyframes.earliest

    def reconfigure(self, config: TrainingConfig) -> None:
        """See `Trainer.reconfigure`."""
        engine, fixed = self._engine, len(self._keyframes.first.changes)
        for label in config.restart_needed(engine.config):
            raise ConfigError(label, "a change needs a new run")
        if config != engine.config:
            engine.changes = without_replaced(engine.changes, fixed, engine.position, config)
            engine.change(config)  # which keeps what a batch in progress has summed up

    def edit(self, edit: Edit) -> None:
        """See `Trainer.edit`."""
        before = self._engine.state()
        after = edited(before, edit, len(self._keyframes.first.changes))
        if after is not before:
            self._engine.load(after)

    def repeat(self, value: TrainingConfig | Edit) -> None:
        """See `Trainer.repeat`."""
        if isinstance(value, TrainingConfig):
            self.reconfigure(value)
        else:
            self._engine.change(value)

    def advance(self, samples: int) -> int:
        """Call `Engine.advance`, and store a keyframe if one is due."""
        advanced = self._engine.advance(samples)
        self._store_if_due()
        return advanced

    def _store_if_due(self) -> None:
        """Store a keyframe if one is due, right after training, before any change at this position."""
        engine = self._engine
        if engine.samples_processed == 0 and self._keyframes.is_due(engine.epochs_done):
            self._keyframes = self._keyframes.adding(engine.state())

    def run_for(
        self,
        milliseconds: float,
        *,
        max_samples: int | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> int:
        """See `Trainer.run_for`."""
        start = now = clock()
        seconds = milliseconds / 1000
        done = 0
        while not self._engine.finished and (max_samples is None or done < max_samples):
            left = start + seconds - now
            samples = int(min(max(self._samples_per_second * left * _PIECE, 1), _MAX_SAMPLES))
            done += self.advance(samples if max_samples is None else min(samples, max_samples - done))
            now = clock()
            # Measured over the whole call, since the end of a piece may have to wait for another thread.
            self._samples_per_second = done / max(now - start, 1e-6)
            if now - start >= _ENOUGH * seconds:
                break
        return done

    def step(self) -> StepRecord | None:
        """See `Trainer.step`."""
        record = self._engine.step()
        if record is not None:
            self._store_if_due()
        return record

    def rewinding(
        self,
        epoch: int,
        milliseconds: float,
        *,
        sample: int = 0,
        clock: Callable[[], float] = time.perf_counter,
        passed: PassedStates | None = None,
    ) -> Iterator[None]:
        """See `Trainer.rewinding`.

        Args:
            epoch, milliseconds, sample, clock: see there.
            passed: further states of this run to start from. States on the way to the epoch are added.
        """
        engine = self._engine
        if not is_whole(epoch) or not self.earliest <= epoch <= engine.epochs_done:
            if self.earliest > engine.epochs_done:
                raise ConfigError("rewind", "not possible yet: the run was restored within an epoch")
            allowed = f"an epoch from {self.earliest} to {engine.epochs_done}, which the run has reached"
            raise ConfigError("rewind", must_be(allowed, epoch))
        most, batch = len(engine.dataset) - 1, engine.problem.batch_size
        if epoch == engine.epochs_done:
            most = engine.samples_done
        if not is_whole(sample) or not 0 <= sample <= most or sample % batch:
            steps = "" if batch == 1 else f", a multiple of {batch}"
            raise ConfigError("rewind", must_be(f"a sample from 0 to {most}{steps}", sample))
        if (epoch, sample) == (engine.epochs_done, engine.samples_processed) and engine.divergence is None:
            return iter(())
        return self._rewinding((epoch, sample), milliseconds, clock, passed)

    def _rewinding(
        self,
        end: tuple[int, int],
        milliseconds: float,
        clock: Callable[[], float],
        passed: PassedStates | None,
    ) -> Iterator[None]:
        deadline, engine, epoch = clock() + milliseconds / 1000, self._engine, end[0]
        changes = self._changes_until(end)
        self._keyframes = self._keyframes.until(epoch)
        engine.load(latest_state((*self._keyframes.states, *(passed.states if passed else ())), epoch))
        # A state is stored before the changes at its position, which are repeated when training starts from
        # it. What comes after a stop at one position is therefore a change.
        to_come: list[tuple[tuple[int, int], TrainingConfig | Edit | None]] = [
            *changes[len(engine.changes) :]
        ]
        stops = [epoch] if passed is None else passed.stops(engine.position, epoch)
        to_come += [((stop, 0), None) for stop in stops] + ([(end, None)] if end[1] else [])
        for position, value in sorted(to_come, key=lambda each: (each[0], each[1] is not None)):
            while remaining := engine.samples_to(*position):
                self.run_for(1000 * (deadline - clock()), max_samples=remaining, clock=clock)
                if engine.samples_to(*position) and clock() >= deadline:
                    yield
                    deadline = clock() + milliseconds / 1000
            if value is not None:
                engine.change(value)
            elif passed is not None and position[1] == 0:
                passed.add(engine.state(), toward=epoch)

    def _changes_until(self, end: tuple[int, int]) -> tuple[Change, ...]:
        """Return the changes of the first state; and of those since then, the changes of settings before a
        step and the changes of weights before or at it."""
        changes, fixed = self._engine.changes, len(self._keyframes.first.changes)
        return changes[:fixed] + tuple(
            change
            for change in changes[fixed:]
            if change.position < end
            or (change.position == end and not isinstance(change.value, TrainingConfig))
        )
