"""The run: shuffles, steps and epochs, in pieces of any size and always with the same result."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import numpy as np

from bpengine.activations import SIGMOID
from bpengine.config import FIELDS, TrainingConfig
from bpengine.datasets import DATASETS, Array, Dataset
from bpengine.errors import ConfigError, DivergedError
from bpengine.history import History
from bpengine.losses import LOSSES
from bpengine.network import Network
from bpengine.records import EpochRecord, StepRecord


class Trainer:
    """Trains one network by stochastic gradient descent, one sample an update.

    Weights and biases start as init_scale * standard normal, drawn from `RandomState(seed)` for W1, b1, W2,
    b2 in turn; the same generator then shuffles the samples before each epoch. How a run is cut into steps,
    epochs and time slices never changes its numbers.

    Attributes:
        dataset: what is learned.
        network: what learns.
        epochs_done: how many epochs are complete; also the number of the one in progress, counted from 0.
        samples_done: how many samples of the epoch in progress are done; 0 between epochs.
        history: the errors so far.
        divergence: how the run diverged, if it did. The network has the last finite weights.
    """

    def __init__(self, config: TrainingConfig, dataset: Dataset | None = None) -> None:
        self.dataset = dataset = DATASETS[config.task]() if dataset is None else dataset
        self._rng = np.random.RandomState(config.seed)
        sizes = (dataset.inputs.shape[1], config.hidden_units, dataset.targets.shape[1])
        self.network = Network(sizes, SIGMOID, LOSSES[config.task])
        parameters = self.network.parameters
        parameters[:] = config.init_scale * self._rng.standard_normal(len(parameters))
        self.epochs_done = 0
        self.samples_done = 0
        self.history = History()
        self.divergence: DivergedError | None = None

        samples = len(dataset)
        self._inputs = np.column_stack([dataset.inputs, np.ones(samples)])
        self._order = np.arange(samples)
        # One epoch's samples in the order of its shuffle, each a batch of its own, with answers and losses.
        self._epoch_inputs: Array = np.empty((samples, 1, sizes[0] + 1))
        self._epoch_inputs_transposed = self._epoch_inputs.transpose(0, 2, 1)
        self._epoch_targets: Array = np.empty((samples, 1, sizes[-1]))
        self._epoch_outputs: Array = np.empty((samples, 1, sizes[-1]))
        self._epoch_losses: Array = np.empty(samples)
        self._update: Array = np.empty_like(parameters)
        self._last_finite: Array = np.empty_like(parameters)
        self._samples_per_second = 1000.0
        self._configure(config)

    @property
    def config(self) -> TrainingConfig:
        """The settings in force."""
        return self._config

    def reconfigure(self, config: TrainingConfig) -> None:
        """Go on from here with other settings.

        Raises:
            ConfigError: one of them needs a fresh start (see `Field.restarts`).
        """
        for field in FIELDS:
            if field.restarts and getattr(config, field.name) != getattr(self._config, field.name):
                raise ConfigError(f"{field.label}: a change needs a new run")
        if config.task != self._config.task:
            raise ConfigError("task: a change needs a new run")
        self._configure(config)

    def _configure(self, config: TrainingConfig) -> None:
        self._config = config
        self._learning_rate = np.array(config.learning_rate)

    @property
    def finished(self) -> bool:
        """Whether all epochs are done."""
        return self.epochs_done >= self._config.epochs

    def step(self) -> StepRecord | None:
        """Train on one sample; None if the run is finished.

        Raises:
            DivergedError: the run has diverged, now or before.
        """
        if self.finished:
            return None
        epoch, sample = self.epochs_done, self.samples_done
        self._advance(1)
        return StepRecord(
            epoch=epoch,
            sample=sample,
            index=int(self._order[sample]),
            output=tuple(self._epoch_outputs[sample, 0].tolist()),
            target=tuple(self._epoch_targets[sample, 0].tolist()),
            loss=float(self._epoch_losses[sample]),
        )

    def run_epoch(self) -> EpochRecord | None:
        """Train to the end of the epoch in progress, or through the next one; None if the run is finished.

        Raises:
            DivergedError: the run has diverged, now or before.
        """
        if self.finished:
            return None
        self._advance(len(self.dataset))
        return self.history.last

    def run_for(
        self,
        milliseconds: float,
        *,
        max_samples: int | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> int:
        """Train for about so long, or on so many samples, or to the end of the run.

        Even where there is no time it trains on one sample.

        Args:
            milliseconds: stop at the first look at the clock after this time.
            max_samples: stop after this many steps.
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
            count = max(1, int(min(fitting, len(self.dataset))))
            advanced = self._advance(count if max_samples is None else min(count, max_samples - done))
            done += advanced
            before, now = now, clock()
            self._samples_per_second = advanced / max(now - before, 1e-6)
            if now >= deadline:
                break
        return done

    def reports(self) -> Iterator[EpochRecord]:
        """Train to the end of the run, yielding the epochs that fall on the report interval.

        Raises:
            DivergedError: the run has diverged, now or before.
        """
        while (record := self.run_epoch()) is not None:
            if record.epoch % self._config.report_interval == 0:
                yield record

    def _advance(self, count: int) -> int:
        """Train on up to `count` samples, within one epoch; return on how many."""
        if self.divergence is not None:
            raise self.divergence
        if self.samples_done == 0:
            self._begin_epoch()
        stop = min(self.samples_done + count, len(self.dataset))
        advanced = stop - self.samples_done
        self._last_finite[:] = self.network.parameters
        if not self._train(self.samples_done, stop):
            self._retrace(stop)
        self.samples_done = stop
        if stop == len(self.dataset):
            self._end_epoch()
        return advanced

    def _begin_epoch(self) -> None:
        self._order[:] = np.arange(len(self._order))
        self._rng.shuffle(self._order)
        np.take(self._inputs, self._order, axis=0, out=self._epoch_inputs[:, 0])
        np.take(self.dataset.targets, self._order, axis=0, out=self._epoch_targets[:, 0])

    def _end_epoch(self) -> None:
        error = float(np.mean(self._epoch_losses))
        record = EpochRecord(self.epochs_done, self._config.epochs, error)
        self.history.append(record, report=record.epoch % self._config.report_interval == 0)
        self.epochs_done += 1
        self.samples_done = 0

    def _train(self, start: int, stop: int) -> bool:
        """Steps start to stop of this epoch; whether losses and parameters are finite after them."""
        forward, backward = self.network.forward, self.network.backward
        parameters, gradient = self.network.parameters, self.network.gradient
        learning_rate, update = self._learning_rate, self._update
        with np.errstate(all="ignore"):  # divergence is found below, and is no warning
            for inputs, inputs_transposed, targets, outputs in zip(
                self._epoch_inputs[start:stop],
                self._epoch_inputs_transposed[start:stop],
                self._epoch_targets[start:stop],
                self._epoch_outputs[start:stop],
                strict=True,
            ):
                forward(inputs, outputs)
                backward(inputs_transposed, outputs, targets)
                np.multiply(gradient, learning_rate, update)
                np.subtract(parameters, update, parameters)
            losses = self._epoch_losses[start:stop]
            losses[:] = self.network.loss.value(
                self._epoch_outputs[start:stop, 0], self._epoch_targets[start:stop, 0]
            )
        return bool(np.isfinite(losses).all() and np.isfinite(parameters).all())

    def _retrace(self, stop: int) -> None:
        """After steps that ended in numbers without bound: find the one that did it, and stop before it."""
        parameters = self.network.parameters
        parameters[:] = self._last_finite
        while self.samples_done < stop:
            if not self._train(self.samples_done, self.samples_done + 1):
                break
            self._last_finite[:] = parameters
            self.samples_done += 1
        parameters[:] = self._last_finite
        self.divergence = DivergedError(self.epochs_done, self.samples_done)
        raise self.divergence
