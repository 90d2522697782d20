"""`Trainer`: a run as people drive it: by steps, epochs or time, forwards and back."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import numpy as np

from bpengine.config import TrainingConfig
from bpengine.datasets import Dataset
from bpengine.errors import ConfigError
from bpengine.keyframes import Keyframes
from bpengine.metrics import Metrics, measure
from bpengine.records import EpochRecord, StepRecord
from bpengine.run import Run
from bpengine.run_state import RunState
from bpengine.wording import must_be

_MAX_SAMPLES = 1e9
"""What time without a limit comes to at a time."""


class Trainer(Run):
    """Trains one network. See `Run` for arguments and attributes."""

    def __init__(
        self, config: TrainingConfig, source: Dataset | None = None, *, kernel: str = "numpy"
    ) -> None:
        super().__init__(config, source, kernel=kernel)
        self._samples_per_second = 1000.0
        self._begin_again(self.run_state())

    def _begin_again(self, state: RunState) -> None:
        self._keyframes = Keyframes()
        self._keyframes.add(state)
        self._changes: list[tuple[tuple[int, int], TrainingConfig]] = []

    def restore(self, state: RunState) -> None:
        """Go to a moment of this run, or of one with the same settings and data, and rewind to it at most."""
        super().restore(state)
        self._begin_again(self.run_state())

    def reconfigure(self, config: TrainingConfig) -> None:
        """Go on from here with other settings.

        Raises:
            ConfigError: one of them needs a fresh start (see `Field.needs_restart`).
        """
        for label in config.restart_needed(self.config):
            raise ConfigError(label, "a change needs a new run")
        if config == self.config:
            return
        now = (self.epochs_done, self.samples_done)
        self._changes = [change for change in self._changes if change[0] < now]
        self._changes.append((now, config))
        self._configure(config)

    def rewind(self, epoch: int) -> None:
        """Go back to where the run stood when this epoch was about to begin, to the last bit.

        It restores the nearest kept moment and trains again from there, with the settings as they changed.

        Args:
            epoch: from `earliest` to `epochs_done`.

        Raises:
            ConfigError: the run has not been there.
        """
        if not self.earliest <= epoch <= self.epochs_done:
            if self.earliest > self.epochs_done:
                raise ConfigError("rewind", "not possible yet, since the run was loaded within an epoch")
            allowed = f"an epoch from {self.earliest} to {self.epochs_done}, which the run has reached"
            raise ConfigError("rewind", must_be(allowed, epoch))
        if epoch == self.epochs_done and self.samples_done == 0 and self.divergence is None:
            return
        changes = [change for change in self._changes if change[0] < (epoch, 0)]
        super().restore(self._keyframes.nearest(epoch))
        self._keyframes.forget_after(epoch)
        start = (self.epochs_done, self.samples_done)
        for point, config in changes:
            if point >= start:
                self._advance_to(*point)
                self._configure(config)
        self._advance_to(epoch, 0)
        self._changes = changes

    @property
    def earliest(self) -> int:
        """The first epoch that `rewind` can go back to: 0, or the first to begin after a `restore`."""
        return self._keyframes.first

    @property
    def changes(self) -> tuple[int, ...]:
        """The epochs in which settings changed on the running network, the newest hundred, oldest first."""
        return tuple(point[0] for point, _ in self._changes[-100:])

    def _advance_to(self, epoch: int, sample: int) -> None:
        in_epoch = len(self.dataset)
        while (self.epochs_done, self.samples_done) < (epoch, sample):
            left = (epoch - self.epochs_done) * in_epoch + sample - self.samples_done
            rest = in_epoch - self.samples_done
            self.advance(min(left, rest) if self.samples_done else left)

    def step(self) -> StepRecord | None:
        """Train on one batch; None if the run is finished.

        Raises:
            DivergedError: the run has diverged, now or before.
        """
        if self.finished:
            return None
        epoch, start = self.epochs_done, self.samples_done
        stop = start + self._advance_and_keep(1)
        chosen = self._orders[0, start:stop]
        return StepRecord(
            epoch=epoch,
            sample=start,
            indices=tuple(chosen.tolist()),
            outputs=tuple(map(tuple, self._outputs[start:stop].tolist())),
            targets=tuple(map(tuple, self.dataset.targets[chosen].tolist())),
            loss=float(np.mean(self._losses[0, start:stop])),
        )

    def run_epoch(self) -> EpochRecord | None:
        """Train to the end of the epoch in progress, or through the next one; None if the run is finished.

        Raises:
            DivergedError: the run has diverged, now or before.
        """
        if self.finished:
            return None
        self._advance_and_keep(len(self.dataset) - self.samples_done)
        return self.history.last

    def run_for(
        self,
        milliseconds: float,
        *,
        max_samples: int | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> int:
        """Train for about so long, or on so many samples, or to the end of the run.

        Even where there is no time it trains on one batch.

        Args:
            milliseconds: stop at the first look at the clock after this time.
            max_samples: stop after about so many samples: a batch is never cut.
            clock: seconds, from anywhere.

        Returns:
            How many samples were trained on. The errors are in `history`.

        Raises:
            DivergedError: the run has diverged, now or before.
        """
        now = clock()
        deadline = now + milliseconds / 1000
        done = 0
        while not self.finished and (max_samples is None or done < max_samples):
            # Half of what should fit, so that a slow moment doesn't overrun the slice by much.
            fitting = self._samples_per_second * (deadline - now) / 2
            count = int(min(max(fitting, 1), _MAX_SAMPLES))
            advanced = self._advance_and_keep(
                count if max_samples is None else min(count, max_samples - done)
            )
            done += advanced
            before, now = now, clock()
            self._samples_per_second = advanced / max(now - before, 1e-6)
            if now >= deadline:
                break
        return done

    def samples_to_report(self) -> int:
        """How many samples there are to the end of the next epoch that is reported."""
        interval = self.config.report_interval
        epochs = -self.epochs_done % interval + 1
        return epochs * len(self.dataset) - self.samples_done

    def reported(self) -> EpochRecord | None:
        """The epoch that has just ended, if it falls on the report interval."""
        last = self.history.last
        if last is None or self.samples_done or last.epoch % self.config.report_interval:
            return None
        return last

    def reports(self) -> Iterator[EpochRecord]:
        """Train to the end of the run, yielding the epochs that fall on the report interval.

        Raises:
            DivergedError: the run has diverged, now or before.
        """
        while not self.finished:
            self._advance_and_keep(self.samples_to_report())
            ended = self.reported()
            if ended is not None:
                yield ended

    def metrics(self) -> Metrics:
        """How good the present answers to the training samples are."""
        return measure(self.network, self.dataset)

    def test_metrics(self) -> Metrics | None:
        """The same for the test samples; None where there are none."""
        return None if self.dataset.test is None else measure(self.network, self.dataset.test)

    def _advance_and_keep(self, samples: int) -> int:
        advanced = self.advance(samples)
        if self.samples_done == 0 and self._keyframes.wants(self.epochs_done):
            self._keyframes.add(self.run_state())
        return advanced
