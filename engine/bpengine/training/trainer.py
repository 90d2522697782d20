"""`Trainer`: trains one network by step, by epoch or to the end, and reports on it."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from bpengine.arithmetic.arrays import Array
from bpengine.config import TrainingConfig
from bpengine.data import Dataset
from bpengine.errors import ConfigError, DivergedError
from bpengine.kernels import Kernel
from bpengine.training.edits import BIAS, Edit, Input, setting_all
from bpengine.training.engine import Engine
from bpengine.training.history import EpochRecord, History, StepRecord
from bpengine.training.predictions import Metrics, input_gradient, measure, predictions, probabilities
from bpengine.training.run import Origin, RunState, edited, edits_among, with_one_sample, without_replaced
from bpengine.training.sharpness import Sharpness, completed, measuring
from bpengine.training.timeline import Bookmark, Keyframes, PassedStates, check_rewind
from bpengine.training.tracing import Trace, trace_step
from bpengine.training.training_data import make_dataset, same_data, subset

_MAX_SAMPLES = 1e9
"""The most samples in one call of `Engine.advance`, even if there is more time."""
_PIECE, _ENOUGH = 0.9, 0.85
"""The fraction of the remaining time that `run_for` aims to fill with a piece, and the fraction of its whole
time after which it stops.

One piece is usually enough. More pieces would be slow: after each one, a thread that trains beside others has
to wait for the interpreter.
"""


class Trainer:
    """Trains one network.

    The results depend on the settings and the data only: not on the kernel, and not on how a run is divided
    into calls. A copy, made by the `copy` module or by pickling, is independent and continues with the same
    results.

    A run can be edited: its weights, units and layers. Layers, units and inputs are counted from 0; layer 0
    is the first hidden layer. An edit takes effect at once, and is recorded in `edits` unless it would change
    nothing. An edit that is not possible in this network raises a `ConfigError`. A run that has diverged can
    continue after an edit, from its last finite weights. Training does not change frozen weights and biases:
    their gradient counts as 0 (before clipping), penalties do not act on them, and their values in the
    optimizer's buffers stay. Freezing and unfreezing between two steps therefore changes no number.

    Args:
        config: the settings.
        source: the samples to learn from; by default those of the data set that the config names.
        kernel: "auto" begins with NumPy and continues in machine code once numba is loaded, which the run
            sees to if it takes long; "numba" loads it first; "numpy" never uses it.
        dataset: what `make_dataset` returns for these settings and this source, if that is known.

    Attributes:
        source: the `source` argument.
        dataset: the training samples, with the test samples in `dataset.test`.
        network: the network being trained. It shares the run's parameters: change them by `set_weights` and
            the other edits only, since `rewind` does not know about any other change.
        sizes: the number of units in each layer, from the inputs to the outputs.
        kernel_name: the `kernel` argument.

    Raises:
        ConfigError: the kernel is not available, or the network is too large (see `network_sizes`).
        DataError: the data can't be used with these settings.
    """

    def __init__(
        self,
        config: TrainingConfig,
        source: Dataset | None = None,
        *,
        kernel: str = "auto",
        dataset: Dataset | None = None,
    ) -> None:
        self.source: Dataset | None = source
        self.dataset: Dataset = make_dataset(config, source) if dataset is None else dataset
        self._engine = engine = Engine(config, self.dataset, kernel, source)
        self._keyframes = Keyframes.beginning_with(engine.state())
        self._samples_per_second = 1.0  # too low, until `run_for` has measured the speed
        self.network, self.sizes, self.kernel_name = engine.network, engine.sizes, kernel

    @classmethod
    def continuing(cls, run: RunState, *, kernel: str = "auto") -> Self:
        """Return a trainer that continues a run. It can't go back to before this state.

        Args:
            run: the run.
            kernel: the kernel to continue with; it makes no difference to the numbers.

        Raises:
            ConfigError: the kernel can't be used.
        """
        trainer = cls(run.config, run.source, kernel=kernel)
        trainer.restore(run)
        return trainer

    def __copy__(self) -> Self:
        return copy.deepcopy(self)

    @property
    def config(self) -> TrainingConfig:
        """The current settings."""
        return self._engine.config

    @property
    def kernel(self) -> Kernel:
        """The kernel that trains the network now."""
        return self._engine.kernel

    @property
    def epochs_done(self) -> int:
        """The number of completed epochs, and of the epoch in progress if that is counted from 0."""
        return self._engine.epochs_done

    @property
    def samples_done(self) -> int:
        """The number of samples of the epoch in progress that have been trained on; 0 between epochs."""
        return self._engine.samples_done

    @property
    def samples_processed(self) -> int:
        """The same, and the samples of a large batch that is not completed yet."""
        return self._engine.samples_processed

    def samples_to(self, epoch: int, sample: int = 0) -> int:
        """Return the number of samples from here to a position that the run has not passed yet."""
        return self._engine.samples_to(epoch, sample)

    @property
    def history(self) -> History:
        """The errors of past epochs."""
        return self._engine.history

    @property
    def learning_rate(self) -> float:
        """The learning rate of the epoch in progress, after the schedule."""
        return self._engine.learning_rate

    @property
    def divergence(self) -> DivergedError | None:
        """How the run diverged, or None. The network keeps the last finite weights."""
        return self._engine.divergence

    @property
    def stop_reason(self) -> str:
        """Why the run has ended: "epochs", "target error" or "patience"; empty if it has not ended."""
        return self._engine.stop_reason

    @property
    def finished(self) -> bool:
        """Whether the run has ended."""
        return self._engine.finished

    @property
    def place(self) -> tuple[object, ...]:
        """Where the run is, and the changes on the way. At equal places, all its numbers are equal, unless
        parameters were written to directly."""
        engine = self._engine
        return (*engine.position, engine.samples_processed, self.config, self.divergence, engine.changes)

    def parameters_now(self) -> Array:
        """Return a copy of the parameters, read-only; the same copy again while they have the same bits."""
        return self._engine.parameters_now()

    def run_state(self) -> RunState:
        """Return the current state, for `restore`.

        Within a batch, that is the state before the batch, which will be processed again.
        """
        return self._engine.state()

    def restore(self, state: RunState) -> None:
        """Return to a state of this run, or of another run with the same network and data.

        Afterwards, `rewind` can't go back to before this state.

        Raises:
            ConfigError: the network can't have had the edits of the state.
        """
        self._engine.load(state)
        self._keyframes = Keyframes.beginning_with(self._engine.state())

    def bookmark(self) -> Bookmark:
        """Return a bookmark of the current state, for `return_to`."""
        return Bookmark(self._engine.state(), self._keyframes)

    def return_to(self, bookmark: Bookmark) -> None:
        """Return to a point of this run that `bookmark` marked, before or after the current one.

        Unlike after `restore`, `rewind` can go back to before this point.
        """
        self._engine.load(bookmark.state)
        self._keyframes = bookmark.keyframes

    def can_continue(self, run: RunState) -> bool:
        """Whether `return_to` can continue a run: samples, network, optimizer and batches are the same."""
        of_problem = ("hidden_units", "activation", "optimizer", "batch_size")
        same_problem = self.config.differences(run.config).keys().isdisjoint(of_problem)
        return same_problem and run.source is self.source and same_data(self.config, run.config)

    @property
    def origin(self) -> Origin | None:
        """What the run began with and what was changed since; None if it continues one of unknown origin."""
        began = self._engine.began
        return None if began is None else Origin(began, self._engine.changes)

    @property
    def changes(self) -> tuple[int, ...]:
        """The epochs in which settings or weights were changed: the last hundred changes, oldest first."""
        return tuple(epoch for (epoch, _), _ in self._engine.changes[-100:])

    @property
    def weight_changes(self) -> tuple[int, ...]:
        """The epochs among `changes` in which weights were changed."""
        last = self._engine.changes[-100:]
        return tuple(epoch for (epoch, _), value in last if isinstance(value, Edit))

    @property
    def edits(self) -> tuple[Edit, ...]:
        """The edits of weights, units and layers so far, oldest first."""
        return edits_among(self._engine.changes)

    @property
    def frozen(self) -> NDArray[np.bool_]:
        """The mask of the parameters that training does not change; shape (parameters,)."""
        return self._engine.effects.frozen()

    @property
    def knocked_out(self) -> tuple[tuple[int, int], ...]:
        """The layer and the number of each unit that is knocked out, counted from 0."""
        return self._engine.effects.knocked_out

    def reconfigure(self, config: TrainingConfig) -> None:
        """Continue the run with other settings.

        Raises:
            ConfigError: a setting that differs needs a new run (see `Field.needs_restart`).
        """
        engine, fixed = self._engine, len(self._keyframes.first.changes)
        for label in config.restart_needed(engine.config):
            raise ConfigError(label, "a change needs a new run")
        if config != engine.config:
            engine.changes = without_replaced(engine.changes, fixed, engine.position, config)
            engine.change(config)  # which keeps what a batch in progress has summed up

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
        self.edit(setting_all(parameters, len(self.network.parameters)))

    def set_weight(self, layer: int, unit: int, input: int, value: float) -> None:
        """Set the weight of an input of a unit. A frozen weight can also be set.

        The value must be a finite number, and the input no unit that is knocked out.
        """
        self.edit(Edit("set", layer, unit, input, value))

    def set_bias(self, layer: int, unit: int, value: float) -> None:
        """Set the bias of a unit to a finite number. A frozen bias can also be set."""
        self.edit(Edit("set", layer, unit, BIAS, value))

    def freeze(self, layer: int, unit: int | None = None, input: Input = None) -> None:
        """Freeze weights and biases: training no longer changes them.

        Args:
            layer: the layer.
            unit: the unit whose incoming weights and bias are frozen; by default all units of the layer.
            input: one of its inputs or "bias", to freeze that weight or bias only.
        """
        self.edit(Edit("freeze", layer, unit, input))

    def unfreeze(self, layer: int, unit: int | None = None, input: Input = None) -> None:
        """Unfreeze weights and biases, so that training changes them again. See `freeze`."""
        self.edit(Edit("unfreeze", layer, unit, input))

    def knock_out(self, layer: int, unit: int) -> None:
        """Make a hidden unit count as 0 for the next layer, until `bring_back`.

        Its outgoing weights are stored and set to 0. They, its bias and its incoming weights are frozen.
        """
        self.edit(Edit("knock out", layer, unit))

    def bring_back(self, layer: int, unit: int) -> None:
        """Let a unit that was knocked out count again, with the outgoing weights that it had before."""
        self.edit(Edit("bring back", layer, unit))

    def edit(self, edit: Edit) -> None:
        """Make an edit at the current epoch and sample; its own epoch and sample are ignored.

        `rewind` undoes an edit that was made after the beginning of the epoch.

        Raises:
            ConfigError: it is not possible in this network.
        """
        before = self._engine.state()
        after = edited(before, edit, len(self._keyframes.first.changes))
        if after is not before:
            self._engine.load(after)

    def repeat(self, value: TrainingConfig | Edit) -> None:
        """Repeat a recorded change: new settings, or an edit."""
        if isinstance(value, TrainingConfig):
            self.reconfigure(value)
        else:
            self._engine.change(value)

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
        copied = copy.deepcopy(self)
        if epoch is not None:
            copied.rewind(epoch, sample)
            config = copied.config.replace(**settings)
        copied.reconfigure(config)
        return copied

    @property
    def earliest(self) -> int:
        """The first epoch that `rewind` can go back to: 0, or the first epoch to begin after a `restore`."""
        return self._keyframes.earliest

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
            epoch, sample: as for `rewind`.
            milliseconds: the time that a piece takes; see `run_for`.
            clock: returns the time in seconds from any starting point.
            passed: further states of this run to start from. States on the way to the epoch are added.

        Raises:
            ConfigError: the run has not reached this step, or can't go back to it.
        """
        engine = self._engine
        check_rewind(engine, self.earliest, epoch, sample)
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
        changes = self._keyframes.changes_until(end, engine.changes)
        self._keyframes = self._keyframes.until(epoch)
        engine.load(self._keyframes.nearest(epoch, passed.states if passed else ()))
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
            done += self._advance(samples if max_samples is None else min(samples, max_samples - done))
            now = clock()
            # Measured over the whole call, since the end of a piece may have to wait for another thread.
            self._samples_per_second = done / max(now - start, 1e-6)
            if now - start >= _ENOUGH * seconds:
                break
        return done

    def step(self) -> StepRecord | None:
        """Train on one batch. Return None if the run is finished.

        Raises:
            DivergedError: the run has diverged, in this call or before.
        """
        record = self._engine.step()
        if record is not None:
            self._store_if_due()
        return record

    def _advance(self, samples: int) -> int:
        """Call `Engine.advance`, and store a keyframe if one is due."""
        advanced = self._engine.advance(samples)
        self._store_if_due()
        return advanced

    def _store_if_due(self) -> None:
        """Store a keyframe if one is due, right after training, before any change at this position."""
        engine = self._engine
        if engine.samples_processed == 0 and self._keyframes.is_due(engine.epochs_done):
            self._keyframes = self._keyframes.adding(engine.state())

    def trace(self) -> Trace | None:
        """Return the trace of the next step, or None if the run is finished.

        A copy takes the step: the run itself does not change.

        Raises:
            DivergedError: the run has diverged, or would in this step.
        """
        return trace_step(self._engine)

    @property
    def epoch_before_divergence(self) -> int | None:
        """The epoch whose beginning shows why the run has diverged: that with the lowest error, as far as the
        run can go back. None if it has not diverged, or can't go back."""
        if self.divergence is None or self.earliest > self.epochs_done:
            return None
        best = self.history.best
        return max(self.earliest, 0 if best is None else best.epoch)

    def sharpness(self) -> Sharpness | None:
        """Return the largest eigenvalue of the loss's second derivative, and the learning rates it allows.

        It is measured with all training samples, and its limit is tried, which takes about as long as 100
        epochs. The run does not change. If it has diverged, the sharpness is that of the beginning of the
        epoch with the lowest error. None if a number is too large.
        """
        epoch = self.epoch_before_divergence
        run = self if epoch is None else self.branch(epoch)
        return completed(measuring(run.run_state(), self.dataset))

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
            self._advance(self.samples_to(epoch + 1))
        return self.history.last

    def samples_to_report(self) -> int:
        """Return the number of samples from here to the end of the next epoch on the report interval."""
        return self.samples_to(self.epochs_done + -self.epochs_done % self.config.report_interval + 1)

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
            self._advance(self.samples_to_report())
            record = self.reported()
            if record is not None:
                yield record

    def fit(self, callback: Callable[[EpochRecord], object] | None = None) -> EpochRecord | None:
        """Train to the end of the run.

        Args:
            callback: called with the record of each epoch on the report interval; the training stops there if
                it returns True.

        Returns:
            The record of the last epoch; None if no epoch has ended.

        Raises:
            DivergedError: the run has diverged, in this call or before.
        """
        for record in self.reports():
            if callback is not None and callback(record):
                break
        return self.history.last

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

    def predict_proba(self, inputs: Any) -> Array:
        """Return the probability of each class, in the order of `dataset.classes`; shape (samples, classes).

        Args:
            inputs: as for `predict`.

        Raises:
            DataError: as for `predict`, or the task is a regression.
        """
        return probabilities(self.network, self.dataset, inputs)

    def alone(self, number: int) -> Self:
        """Return a run with these weights whose next step has one sample only, even if this run has ended.

        Args:
            number: the sample: one of the test samples or, if there are none, of the training samples.
        """
        sample = subset(replace(self.dataset.test or self.dataset, test=None), np.array([number]))
        run = with_one_sample(self.run_state())
        made = type(self)(run.config, self.source, kernel="numpy", dataset=sample)
        made.restore(run)
        return made

    def gradient(self) -> Array:
        """Return the gradient of the mean loss over all training samples; shape (parameters,).

        It is the gradient of the error alone, without the penalties of `l1` and `l2`, and is not clipped.
        """
        return self.network.mean_gradient(self.dataset.inputs, self.dataset.targets)

    def input_gradient(self, inputs: Any, targets: Any) -> Array:
        """Return the gradient of each sample's loss for its inputs: how a change of them changes the loss.

        A small step along its signs is what changes the loss most of all steps of this size in each input (I.
        Goodfellow, J. Shlens and C. Szegedy, "Explaining and Harnessing Adversarial Examples", ICLR 2015).

        Args:
            inputs: in original units, as for `predict`; shape (samples, inputs).
            targets: in the network's units, as `dataset.targets`: one-hot rows for classes; shape (samples,
                outputs).

        Returns:
            dL/dx, where L is the loss of one sample without penalties, and x are the network's inputs in its
            own units, as `dataset.inputs`; shape (samples, inputs). Divided by `dataset.scaling.scale`, it is
            the gradient for the values in original units or, if there are features, for these.

        Raises:
            DataError: the inputs can't be used, as for `predict`, or the targets do not fit them.
        """
        return input_gradient(self.network, self.dataset, inputs, targets)

    def metrics(self) -> Metrics:
        """Return the metrics of the network over the training samples."""
        return measure(self.network, self.dataset)

    def test_metrics(self) -> Metrics | None:
        """Return the metrics of the network over the test samples, or None if there are none."""
        return None if self.dataset.test is None else measure(self.network, self.dataset.test)
