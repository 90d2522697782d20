"""`Trainer`: trains one network by step, by epoch or to the end, and reports on it."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator
from typing import Any

from numpy.typing import NDArray

from bpengine.arrays import Array
from bpengine.errors import ConfigError
from bpengine.keyframes import Keyframes
from bpengine.losses import mean
from bpengine.metrics import Metrics, measure
from bpengine.predictions import predictions
from bpengine.recorded_run import RecordedRun
from bpengine.records import EpochRecord, StepRecord
from bpengine.tracing import Trace, trace_step
from bpengine.wording import must_be


class Trainer(RecordedRun):
    """Trains one network.

    See `Run` for the arguments and attributes, `EditableRun` for edits, and `RecordedRun` for changes of the
    settings, rewinding, branches and training for some time.
    """

    def step(self) -> StepRecord | None:
        """Train on one batch. Return None if the run is finished.

        Raises:
            DivergedError: the run has diverged, in this call or before.
        """
        if self.finished:
            return None
        epoch, start = self.epochs_done, self.samples_done
        stop = min(start + self._batch_size, len(self.dataset))
        while (self.epochs_done, self.samples_done) == (epoch, start):
            self._advance_and_store(1)
        indices = self._orders[0, start:stop]
        return StepRecord(
            epoch=epoch,
            sample=start,
            indices=tuple(indices.tolist()),
            outputs=tuple(map(tuple, self._outputs[start:stop].tolist())),
            targets=tuple(map(tuple, self.dataset.targets[indices].tolist())),
            loss=mean(self._losses[0, start:stop]),
            losses=tuple(self._losses[0, start:stop].tolist()),
        )

    def trace(self) -> Trace | None:
        """Return the trace of the next step, or None if the run is finished.

        A copy takes the step: the run itself does not change.

        Raises:
            DivergedError: the run has diverged, or would in this step.
        """
        # Copying the history would take most of the time.
        replaced = {id(self._keyframes): Keyframes(), id(self.history): self.history.copy()}
        copied = copy.deepcopy(self, self._shared() | replaced)
        return trace_step(copied, copied.step)

    def run_epoch(self) -> EpochRecord | None:
        """Train to the end of the epoch in progress or, between epochs, through the next one.

        Return None if the run is finished.

        Raises:
            DivergedError: the run has diverged, in this call or before.
        """
        if self.finished:
            return None
        epoch = self.epochs_done
        while self.epochs_done == epoch:
            self._advance_and_store(len(self.dataset) - self.samples_processed)
        return self.history.last

    def samples_to_report(self) -> int:
        """Return the number of samples from here to the end of the next epoch on the report interval."""
        interval = self.config.report_interval
        epochs = -self.epochs_done % interval + 1
        return epochs * len(self.dataset) - self.samples_processed

    def reported(self) -> EpochRecord | None:
        """Return the record of the epoch that has just ended if it is on the report interval, else None."""
        last = self.history.last
        if last is None or self.samples_processed or last.epoch % self.config.report_interval:
            return None
        return last

    def reports(self) -> Iterator[EpochRecord]:
        """Train to the end of the run, and yield the record of each epoch on the report interval.

        Raises:
            DivergedError: the run has diverged, in this call or before.
        """
        while not self.finished:
            self._advance_and_store(self.samples_to_report())
            record = self.reported()
            if record is not None:
                yield record

    def fit(
        self, callback: Callable[[EpochRecord], object] | None = None, *, patience: int = 0
    ) -> EpochRecord | None:
        """Train to the end of the run.

        Args:
            callback: called with the record of each epoch on the report interval; the training stops there if
                it returns True.
            patience: if not 0, the training stops when the error has not fallen for this many epochs, and the
                weights are set to those after the epoch with the lowest error (see `set_weights`). The error
                is the test error. If there are no test samples, it is the epoch's training error. After an
                edit that the callback makes, only the epochs from then on count.

        Returns:
            The record of the epoch that the weights are from, which is the last one without `patience`; or
            None if no epoch has ended.

        Raises:
            ConfigError: the patience is not a whole number from 0.
            DivergedError: the run has diverged, in this call or before.
        """
        if type(patience) is not int or patience < 0:
            raise ConfigError("patience", must_be("a whole number from 0", patience))
        lowest, best, edits = math.inf, -1, self.edits
        while not self.finished:
            done = self.epochs_done
            self._advance_and_store(self.samples_to_report())
            errors = self.latest_errors if patience and self.epochs_done > done else []
            for epoch, error in enumerate(errors, done):
                if best < 0 or error < lowest:
                    lowest, best = error, epoch
                elif epoch - best >= patience:
                    self.rewind(epoch + 1)
                    return self._return_weights(best)
            record = self.reported()
            stops = callback is not None and record is not None and callback(record)
            if self.edits != edits:  # earlier weights may contradict the new edits
                lowest, best, edits = math.inf, -1, self.edits
            if stops:
                break
        return self._return_weights(best) if best >= 0 else self.history.last

    def _return_weights(self, epoch: int) -> EpochRecord | None:
        """Set the weights to those after an earlier epoch, and return its record."""
        earlier = copy.deepcopy(self)
        earlier.rewind(epoch + 1)
        self.set_weights(earlier.network.parameters)
        return earlier.history.last

    def predict(self, inputs: Any) -> NDArray[Any]:
        """Return predictions in the data's own units.

        Args:
            inputs: in original units, as `dataset.coordinates`; shape (samples, inputs), or (samples,) for a
                single input. If the samples had texts, dates, truth values or gaps to fill, also rows of
                such values, one for each of `dataset.columns`.

        Returns:
            For classification, the name of the class with the largest output for each sample; shape
            (samples,). For regression, the values; shape (samples,), or (samples, outputs) for several
            outputs.

        Raises:
            DataError: the inputs are not finite numbers in the right number of columns, or not rows of
                values that the columns can hold.
        """
        return predictions(self.network, self.dataset, inputs)

    def gradient(self) -> Array:
        """Return the gradient of the mean loss over all training samples; shape (parameters,).

        It is the gradient of the error alone, without the penalties of `l1` and `l2`, and is not clipped.
        """
        return self.network.mean_gradient(self.dataset.inputs, self.dataset.targets)

    def metrics(self) -> Metrics:
        """Return the metrics of the network over the training samples."""
        return measure(self.network, self.dataset)

    def test_metrics(self) -> Metrics | None:
        """Return the metrics of the network over the test samples, or None if there are none."""
        return None if self.dataset.test is None else measure(self.network, self.dataset.test)
