"""`RecordedRun`: a run that can be reconfigured, rewound and branched."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any, Self

import numpy as np

from bpengine.arrays import Array
from bpengine.bookmark import Bookmark, Change
from bpengine.config import TrainingConfig
from bpengine.datasets import Dataset
from bpengine.editable_run import EditableRun
from bpengine.edits import Edit, setting_all
from bpengine.errors import ConfigError
from bpengine.keyframes import Keyframes
from bpengine.origin import Origin, OriginChange
from bpengine.passed_states import PassedStates
from bpengine.run import Run
from bpengine.run_state import RunState
from bpengine.wording import must_be

_MAX_SAMPLES = 1e9
"""The most samples in one call of `advance`, even if there is more time."""
_WHOLE = (int, np.integer)
_PIECE, _ENOUGH = 0.9, 0.85
"""The fraction of the remaining time that `run_for` aims to fill with a piece, and the fraction of its whole
time after which it stops.

One piece is usually enough. More pieces would be slow: after each one, a thread that trains beside others has
to wait for the interpreter.
"""


class RecordedRun(EditableRun):
    """A run that remembers its changes and some of its states, so that it can be rewound and branched.

    Other states are reached by training again from a stored one, with the same numbers.
    """

    def __init__(
        self,
        config: TrainingConfig,
        source: Dataset | None = None,
        *,
        kernel: str = "auto",
        like: Run | None = None,
    ) -> None:
        super().__init__(config, source, kernel=kernel, like=like)
        self._samples_per_second = 1.0  # too low, until `run_for` has measured the speed
        self._origin: Origin | None = Origin(config)
        self._start_keyframes(self.run_state())

    def _start_keyframes(self, state: RunState) -> None:
        self._keyframes = Keyframes()
        self._keyframes.add(state)
        self._changes: list[Change] = []

    @property
    def memory(self) -> int:
        """The approximate memory that the data and the arrays of the training take, in bytes."""
        dataset, test = self.dataset, self.dataset.test
        data = [each for part in (dataset, test) if part is not None for each in (part.inputs, part.targets)]
        working = (*self._state.arrays, *self._backup.arrays, self._orders, self._losses, self._test_losses)
        return sum(array.nbytes for array in (*data, *working, self._outputs))

    def restore(self, state: RunState, origin: Origin | None = None) -> None:
        """Return to a state of this run, or of another run with the same network and data.

        Afterwards, `rewind` can't go back to before this state.

        Args:
            state: the state.
            origin: the origin of the run up to this state, if it is known.
        """
        super().restore(state)
        self._origin = origin
        self._start_keyframes(self.run_state())

    @property
    def origin(self) -> Origin | None:
        """What the run began with and what was changed since; None if it was restored without an origin."""
        return self._origin_with(self._changes)

    def origin_of(self, bookmark: Bookmark) -> Origin | None:
        """The origin of the run at one of its bookmarks."""
        return self._origin_with(bookmark.changes)

    def _origin_with(self, changes: Iterable[Change]) -> Origin | None:
        return self._origin and self._origin.then(*(OriginChange(where, value) for where, value in changes))

    def bookmark(self) -> Bookmark:
        """Return a bookmark of the current state, for `return_to`."""
        return Bookmark(self.run_state(), self._keyframes.copy(), tuple(self._changes))

    def return_to(self, bookmark: Bookmark) -> None:
        """Return to a point of this run that `bookmark` marked, before or after the current one.

        Unlike after `restore`, `rewind` can go back to before this point.
        """
        super().restore(bookmark.state)
        self._keyframes, self._changes = bookmark.keyframes.copy(), list(bookmark.changes)

    def reconfigure(self, config: TrainingConfig) -> None:
        """Continue the run with other settings.

        Raises:
            ConfigError: a setting that differs needs a new run (see `Field.needs_restart`).
        """
        for label in config.restart_needed(self.config):
            raise ConfigError(label, "a change needs a new run")
        if config == self.config:
            return
        self._change(config)

    def set_weights(self, parameters: Any) -> None:
        """Continue the run with other weights and biases.

        The optimizer's moments and the random generator stay as they are. The change is an
        edit: all of the numbers are recorded in `edits`. Of several calls without another edit or a step in
        between, only the last one is recorded. Rewinding to the beginning of the epoch at which the weights
        were set, or to a later one, keeps them.

        Args:
            parameters: finite numbers in the order of `network.parameters`; shape (parameters,).

        Raises:
            ConfigError: the parameters do not fit the network.
        """
        count = len(self.network.parameters)
        try:
            copied: Array = np.array(parameters, dtype=np.float64)
        except (TypeError, ValueError):
            raise ConfigError("weights", f"must be {count} numbers") from None
        if copied.shape != (count,):
            raise ConfigError("weights", f"must be {count} numbers, got shape {copied.shape}")
        self.edit(setting_all(copied))

    def edit(self, edit: Edit) -> None:
        """See `EditableRun.edit`. `rewind` undoes an edit that was made after the beginning of the epoch."""
        possible = self._effects.check(edit)
        goes_on = self.divergence is not None and edit.kind == "set all"
        if goes_on or self._effects.changes(possible, self._state.parameters):
            self._change(possible)

    def repeat(self, value: TrainingConfig | Edit) -> None:
        """Repeat a recorded change: new settings, or an edit."""
        if isinstance(value, TrainingConfig):
            self.reconfigure(value)
        else:
            self._change(value)

    def _change(self, value: TrainingConfig | Edit) -> None:
        position = (self.epochs_done, self.samples_done)
        if isinstance(value, Edit):
            self._drop_replaced(position, value)
            self._apply(value)
            value = self.edits[-1]
        else:
            self._apply(value)
            # Of several changes of the settings at one position, the last one counts.
            self._changes = [
                (where, earlier)
                for where, earlier in self._changes
                if where < position or isinstance(earlier, Edit)
            ]
        self._changes = [*self._changes, (position, value)]

    def _drop_replaced(self, position: tuple[int, int], edit: Edit) -> None:
        """Drop the last edit if both it and the next one set all weights at this position."""
        made = [number for number, (_, value) in enumerate(self._changes) if isinstance(value, Edit)]
        if not made or edit.kind != "set all":
            return
        where, last = self._changes[made[-1]]
        if where == position and isinstance(last, Edit) and last.kind == "set all":
            self._changes = [*self._changes[: made[-1]], *self._changes[made[-1] + 1 :]]
            self._effects = replace(self._effects, edits=self.edits[:-1])

    def _apply(self, value: TrainingConfig | Edit) -> None:
        if isinstance(value, TrainingConfig):
            self._configure(value)
            return
        self._drop_unfinished_batch()
        self.divergence = None
        here = replace(value, epoch=self.epochs_done, sample=self.samples_done)
        self._take_effects(self._effects.applied(here, self._state.parameters))

    def branch(self, epoch: int | None = None, sample: int = 0, **settings: Any) -> Self:
        """Return an independent copy of the run as it was at a step.

        Args:
            epoch: a number from `earliest` to `epochs_done`; by default, the copy is of the run as it is now.
            sample: how many samples of that epoch have been trained on, a multiple of the batch size.
            settings: what to change there, by the names of the settings.

        Raises:
            ConfigError: the run has not reached this step, can't go back to it, or the settings can't change
                during a run.
        """
        config = self.config.replace(**settings)
        copied = copy.deepcopy(self, self._shared() | {id(self._keyframes): self._keyframes.copy()})
        if epoch is not None:
            copied.rewind(epoch, sample)
            config = copied.config.replace(**settings)
        copied.reconfigure(config)
        return copied

    def _shared(self) -> dict[int, Any]:
        """What a copy shares with the run, for `copy.deepcopy`."""
        return {id(part): part for part in (self.source, self.dataset, self._data_order)}

    def rewind(self, epoch: int, sample: int = 0) -> None:
        """Return to exactly the state that the run had when this epoch, or this step of it, was about to
        begin.

        The nearest stored state is restored and trained from again, with all changes of settings and weights
        since then. A change of settings at the beginning of the epoch is undone. A change of weights or an
        edit there stays, since the epoch began with them.

        Args:
            epoch: a number from `earliest` to `epochs_done`.
            sample: how many samples of the epoch have been trained on, a multiple of the batch size.

        Raises:
            ConfigError: the run has not reached this step, or can't go back to it.
        """
        for _ in self.rewinding(epoch, math.inf, sample=sample):
            pass

    def rewinding(
        self,
        epoch: int,
        milliseconds: float,
        *,
        sample: int = 0,
        clock: Callable[[], float] = time.perf_counter,
        passed: PassedStates | None = None,
    ) -> Iterator[None]:
        """Rewind in pieces: each `next` trains for some time, and the last one completes the rewind.

        Between the pieces, the run is at an epoch in between. `return_to` with a bookmark gives up the
        rewind.

        Args:
            epoch: a number from `earliest` to `epochs_done`.
            milliseconds: the time that a piece takes; see `run_for`.
            sample: as for `rewind`.
            clock: returns the time in seconds from any starting point.
            passed: further states of this run to start from. States on the way to the epoch are added.

        Raises:
            ConfigError: the run has not reached this step, or can't go back to it.
        """
        if not isinstance(epoch, _WHOLE) or not self.earliest <= epoch <= self.epochs_done:
            if self.earliest > self.epochs_done:
                raise ConfigError("rewind", "not possible yet: the run was restored within an epoch")
            allowed = f"an epoch from {self.earliest} to {self.epochs_done}, which the run has reached"
            raise ConfigError("rewind", must_be(allowed, epoch))
        most = self.samples_done if epoch == self.epochs_done else len(self.dataset) - 1
        if not isinstance(sample, _WHOLE) or not 0 <= sample <= most or sample % self._batch_size:
            steps = "" if self._batch_size == 1 else f", a multiple of {self._batch_size}"
            raise ConfigError("rewind", must_be(f"a sample from 0 to {most}{steps}", sample))
        if (epoch, sample) == (self.epochs_done, self.samples_processed) and self.divergence is None:
            return iter(())
        return self._rewinding((epoch, sample), milliseconds, clock, passed)

    def _rewinding(
        self,
        end: tuple[int, int],
        milliseconds: float,
        clock: Callable[[], float],
        passed: PassedStates | None,
    ) -> Iterator[None]:
        changes, epoch = self._changes_until(end), end[0]
        deadline = clock() + milliseconds / 1000
        nearest = self._keyframes.nearest(epoch)
        super().restore(nearest if passed is None else passed.nearest(epoch, nearest))
        self._keyframes.drop_after(epoch)
        self._changes = changes
        start = (self.epochs_done, self.samples_done)
        to_come = [change for change in changes if change[0] >= start]
        epochs = [epoch] if passed is None else passed.stops(start, epoch)
        stops: list[tuple[tuple[int, int], None]] = [((stop, 0), None) for stop in epochs]
        if end[1]:
            stops.append((end, None))
        # A state is stored before the changes at its position, which are repeated when training starts from
        # it.
        for position, value in sorted([*stops, *to_come], key=lambda each: (each[0], each[1] is not None)):
            while remaining := self.samples_to(*position):
                self.run_for(1000 * (deadline - clock()), max_samples=remaining, clock=clock)
                if self.samples_to(*position) and clock() >= deadline:
                    yield
                    deadline = clock() + milliseconds / 1000
            if value is not None:
                self._apply(value)
            elif passed is not None and position[1] == 0:
                passed.add(self.run_state(), toward=epoch)

    def samples_to(self, epoch: int, sample: int = 0) -> int:
        """Return the number of samples from here to a position that the run has not passed yet."""
        return (epoch - self.epochs_done) * len(self.dataset) + sample - self.samples_processed

    def _changes_until(self, end: tuple[int, int]) -> list[Change]:
        """Return the changes of settings before a step, and the changes of weights before or at it."""
        return [
            (position, value)
            for position, value in self._changes
            if position < end or (position == end and not isinstance(value, TrainingConfig))
        ]

    @property
    def earliest(self) -> int:
        """The first epoch that `rewind` can go back to: 0, or the first epoch to begin after a `restore`."""
        return self._keyframes.first

    @property
    def place(self) -> tuple[object, ...]:
        """Where the run is, and the changes on the way. At equal places, all its numbers are equal, unless
        parameters were written to directly."""
        return self.epochs_done, self.samples_processed, self.config, self.divergence, tuple(self._changes)

    @property
    def changes(self) -> tuple[int, ...]:
        """The epochs in which settings or weights were changed: the last hundred changes, oldest first."""
        return tuple(position[0] for position, _ in self._last_changes())

    @property
    def weight_changes(self) -> tuple[int, ...]:
        """The epochs among `changes` in which weights were changed."""
        changes = self._last_changes()
        return tuple(position[0] for position, value in changes if not isinstance(value, TrainingConfig))

    def _last_changes(self) -> list[Change]:
        """The last hundred changes, with those from before a `restore` if they are known."""
        before = () if self._origin is None else self._origin.changes
        return [*((each.position, each.value) for each in before[-100:]), *self._changes][-100:]

    def run_for(
        self,
        milliseconds: float,
        *,
        max_samples: int | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> int:
        """Train until the time is up, enough samples have been trained on, or the run ends.

        Every call trains on at least one batch or, if the batch is large, on a chunk of it, unless the run is
        finished.

        Args:
            milliseconds: about the time after which to stop, measured between pieces of training.
            max_samples: the number of samples after which to stop. Only a large batch is left incomplete.
            clock: returns the time in seconds from any starting point.

        Returns:
            The number of samples that were trained on. The errors are in `history`.

        Raises:
            DivergedError: the run has diverged, in this call or before.
        """
        start = now = clock()
        seconds = milliseconds / 1000
        done = 0
        while not self.finished and (max_samples is None or done < max_samples):
            left = start + seconds - now
            samples = int(min(max(self._samples_per_second * left * _PIECE, 1), _MAX_SAMPLES))
            done += self._advance_and_store(
                samples if max_samples is None else min(samples, max_samples - done)
            )
            now = clock()
            # Measured over the whole call, since the end of a piece may have to wait for another thread.
            self._samples_per_second = done / max(now - start, 1e-6)
            if now - start >= _ENOUGH * seconds:
                break
        return done

    def _advance_and_store(self, samples: int) -> int:
        """Call `advance`, and store a keyframe if one is due."""
        advanced = self.advance(samples)
        if self.samples_done == 0 and self._keyframes.is_due(self.epochs_done):
            self._keyframes.add(self.run_state())
        return advanced
