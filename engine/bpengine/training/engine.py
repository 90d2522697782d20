"""`Engine`: a run in arrays that training changes in place; it knows nothing of the run's past."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from bpengine.arithmetic.arrays import Array, IntArray, same_bits
from bpengine.arithmetic.generators import Generator, GeneratorState
from bpengine.config import TrainingConfig
from bpengine.data import Dataset
from bpengine.errors import DivergedError
from bpengine.kernels import EpochArrays, Kernel, KernelProblem, better_kernel, make_kernel
from bpengine.network.losses import LOSSES, mean, means, means_or_infinity
from bpengine.network.network import Network, network_sizes
from bpengine.network.optimizers import OptimizerState
from bpengine.training.edits import Edit, Effects, effects_of
from bpengine.training.history import History, StepRecord, epochs_until_end, stop_reason
from bpengine.training.random_start import draw_starts
from bpengine.training.run import Change, RunState, edits_among


class Engine:
    """Gradient descent on batches, from a seed: initialization, shuffling, updates and epochs.

    One `RandomState(seed)` draws the initial weights and biases, and then the order of the samples in each
    epoch. `state` freezes the run, and `load` continues from any state of a run with the same network and
    data. See `Trainer` for the attributes that it has as well.

    Args:
        config: the settings.
        dataset: the samples to train on, and to test with.
        kernel: the name of a kernel; see `Trainer`.
        source: the user's own samples, from which the data set was made; None for a named data set.

    Attributes:
        began: the settings that the run began with; None if they are unknown.
        changes: see `RunState`.
        effects: what the edits among them still do.
        problem: what the kernel trains on.

    Raises:
        ConfigError: the kernel is not available, or the network is too large (see `network_sizes`).
    """

    def __init__(
        self, config: TrainingConfig, dataset: Dataset, kernel: str, source: Dataset | None = None
    ) -> None:
        self.dataset, self.kernel_name, self.source = dataset, kernel, source
        self.sizes = network_sizes(dataset.inputs.shape[1], config.hidden_units, dataset.targets.shape[1])
        self.began: TrainingConfig | None = config
        self.changes: tuple[Change, ...] = ()
        self.effects = Effects(self.sizes)
        self.config = config
        self.epochs_done = self.samples_done = self.samples_processed = 0
        self.history = History()
        self.divergence: DivergedError | None = None
        self._trained = 0
        self._generator_before_epoch: GeneratorState = {}
        (parameters,), (generator,) = draw_starts([config], self.sizes)
        self._state = OptimizerState.fresh(parameters, config.optimizer)
        self._data_order: IntArray = np.arange(len(dataset))
        self._data_order.setflags(write=False)
        self._copied: Array | None = None
        self.network = Network(self.sizes, config.activations, LOSSES[config.task], parameters=parameters)
        self.problem = KernelProblem.of(config, self.sizes, dataset)
        self._arrays = EpochArrays.of(self.problem)
        self.take_kernel(make_kernel(kernel, self.problem), generator)
        self._configure(config)

    def take_kernel(self, kernel: Kernel, generator: GeneratorState | None = None) -> None:
        """Train with this kernel from now on. The run may be in the middle of an epoch, and of a batch.

        Args:
            kernel: the kernel.
            generator: the state of the random generator; by default that of the kernel so far.
        """
        generator = self._generator.state if generator is None else generator
        self.kernel = kernel
        self._generator: Generator = kernel.make_generator(generator)
        self._backup = _Backup(self._state)
        before, done = self._arrays, self.samples_processed
        self._arrays = EpochArrays.of(self.problem, kernel.epochs_a_call)._replace(outputs=before.outputs)
        self._arrays.orders[0], self._arrays.losses[0, :done] = before.orders[0], before.losses[0, :done]

    def __getstate__(self) -> dict[str, Any]:
        """Return what is copied or pickled: everything but the kernel, which may be machine code."""
        left_out = dict.fromkeys(("kernel", "problem", "_backup", "_copied"))
        return self.__dict__ | left_out | {"_generator": self._generator.state}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.problem = KernelProblem.of(self.config, self.sizes, self.dataset)
        # Another machine may lack numba.
        name = "auto" if self.kernel_name == "numba" else self.kernel_name
        self.take_kernel(make_kernel(name, self.problem), state["_generator"])

    def parameters_now(self) -> Array:
        """Return a copy of the parameters, read-only; the same copy again while they have the same bits."""
        parameters, copied = self._state.parameters, self._copied
        if copied is None or not same_bits(copied, parameters):
            copied = self._copied = parameters.copy()
            copied.setflags(write=False)
        return copied

    @property
    def position(self) -> tuple[int, int]:
        """The epoch in progress, and how many of its samples have been trained on."""
        return self.epochs_done, self.samples_done

    def samples_to(self, epoch: int, sample: int = 0) -> int:
        """See `Trainer.samples_to`."""
        return (epoch - self.epochs_done) * len(self.dataset) + sample - self.samples_processed

    @property
    def learning_rate(self) -> float:
        """The learning rate of the epoch in progress, after the schedule."""
        return float(self.config.learning_rates(self.epochs_done, 1)[0])

    @property
    def stop_reason(self) -> str:
        """Why the run has ended: "epochs", "target error" or "patience"; empty if it has not ended."""
        last, best = self.history.last, self.history.best
        return stop_reason(self.config, last, best, self.epochs_done, self.samples_done)

    @property
    def finished(self) -> bool:
        """Whether the run has ended."""
        return bool(self.stop_reason)

    def state(self) -> RunState:
        """Return the current state.

        Within a batch, that is the state before the batch, which will be processed again.
        """
        state = self._state
        in_first_batch = self.samples_done == 0 and self.samples_processed > 0
        return RunState(
            source=self.source,
            sizes=self.sizes,
            config=self.config,
            began=self.began,
            changes=self.changes,
            parameters=self.parameters_now(),
            buffers=state.buffers.copy(),
            updates=state.updates,
            generator=self._generator_before_epoch if in_first_batch else self._generator.state,
            epochs_done=self.epochs_done,
            samples_done=self.samples_done,
            samples_processed=self.samples_processed,
            order=self._arrays.orders[0].copy() if self.samples_done else self._data_order,
            losses=self._arrays.losses[0, : self.samples_done].copy(),
            history=self.history.copy(),
            divergence=self.divergence,
        )

    def load(self, state: RunState) -> None:
        """Continue from a state of this run, or of another run with the same network and data.

        Raises:
            ConfigError: the network can't have had the edits of the state.
        """
        if (edits := state.edits) != edits_among(self.changes):
            self._take_effects(effects_of(self.sizes, edits))
        self.began, self.changes = state.began, state.changes
        training = self._state
        training.parameters[:] = state.parameters
        training.buffers[:] = state.buffers
        training.updates = state.updates
        self._generator.state = state.generator
        self.epochs_done = state.epochs_done
        self.samples_done = self.samples_processed = state.samples_done
        self._arrays.orders[0] = state.order
        self._arrays.losses[0, : state.samples_done] = state.losses
        self.history = state.history.copy()
        self.divergence = state.divergence
        self._configure(state.config)

    def change(self, value: TrainingConfig | Edit) -> None:
        """Continue with other settings, or with an edit that `effects` has accepted; add it to `changes`.

        An edit takes the epoch and the sample of this position. After an edit, a run that has diverged can
        continue from its last finite weights.
        """
        if isinstance(value, Edit):
            if self.samples_processed != self.samples_done:
                self.load(self.state())  # goes back to the beginning of a large batch
            self.divergence = None
            here = replace(value, epoch=self.epochs_done, sample=self.samples_done)
            value = self.effects.completed(here, self._state.parameters)
            self._take_effects(self.effects.applied(value, self._state.parameters))
        else:
            self._configure(value)
        self.changes = (*self.changes, Change(self.position, value))

    def _take_effects(self, effects: Effects) -> None:
        self.effects = effects
        self._state.frozen = np.flatnonzero(effects.frozen())

    def step(self) -> StepRecord | None:
        """Train on one batch. Return None if the run is finished.

        Raises:
            DivergedError: the run has diverged, in this call or before.
        """
        if self.finished:
            return None
        epoch, start = here = self.position
        stop = min(start + self.problem.batch_size, len(self.dataset))
        while self.position == here:
            self.advance(0)  # a batch; a call for whole epochs, which may have one sample, records no outputs
        indices = self._arrays.orders[0, start:stop]
        return StepRecord(
            epoch=epoch,
            sample=start,
            indices=tuple(indices.tolist()),
            outputs=tuple(map(tuple, self._arrays.outputs[start:stop].tolist())),
            targets=tuple(map(tuple, self.dataset.targets[indices].tolist())),
            loss=mean(self._arrays.losses[0, start:stop]),
            losses=tuple(self._arrays.losses[0, start:stop].tolist()),
        )

    def advance(self, samples: int) -> int:
        """Train on about this many samples: on whole epochs, or on whole batches of the epoch in progress.

        The run must not be `finished`.

        Args:
            samples: the number of samples to aim for. Every call trains on at least one batch or, if the
                batch is large, on a chunk of it (see `Kernel.chunk_size`). None goes past the end of an
                epoch in progress, of a large batch, or past what the kernel computes at once.

        Returns:
            The number of samples that were processed.

        Raises:
            DivergedError: the run has diverged, in this call or before.
        """
        if self.divergence is not None:
            raise self.divergence
        better = better_kernel(self.kernel_name, self.kernel, self.problem, self._trained)
        if better is not self.kernel:  # it computes the same numbers
            self.take_kernel(better)
        samples_per_epoch = len(self.dataset)
        if self.samples_processed == 0 and samples >= samples_per_epoch:
            most = min(self.kernel.epochs_a_call, self.config.epochs - self.epochs_done)
            return self._train_epochs(min(samples // samples_per_epoch, most)) * samples_per_epoch
        in_chunks = self.problem.batch_size > self.kernel.chunk_size
        if self.samples_processed == 0:
            if in_chunks:
                self._generator_before_epoch = self._generator.state
            self._generator.shuffle(self._arrays.orders[:1])
        if in_chunks or self.samples_processed != self.samples_done:
            return self._advance_in_batch(samples)
        batches = max(1, samples // self.problem.batch_size)
        stop = min(self.samples_done + batches * self.problem.batch_size, samples_per_epoch)
        advanced = stop - self.samples_done
        self._train_to(stop)
        if stop == samples_per_epoch:
            self._end_epoch()
        return advanced

    def _advance_in_batch(self, samples: int) -> int:
        """Process about this many samples, in whole chunks, of the large batch in progress."""
        start = self.samples_processed
        end = min(self.samples_done + self.problem.batch_size, len(self.dataset))
        stop = min(start + max(1, samples // self.kernel.chunk_size) * self.kernel.chunk_size, end)
        if stop < end:
            self._train(start, stop)
            self.samples_processed = stop
        else:
            self._train_batch(start, end)
            if end == len(self.dataset):
                self._end_epoch()
        return stop - start

    def _configure(self, config: TrainingConfig) -> None:
        self.config = config
        self.history.set_epochs(config.epochs)

    def _train_epochs(self, epochs: int) -> int:
        """Train on whole epochs, in one call of the kernel unless the run ends or diverges in between.

        Returns:
            The number of epochs until the run ended.
        """
        arrays = self._arrays.first(epochs)
        # Copying the state can take longer than an epoch, and the order of a single epoch is not drawn again.
        generator = self._generator.state if epochs > 1 else None
        self._backup.take()
        self._trained += arrays.orders.size
        rates = self.config.learning_rates(self.epochs_done, epochs)
        self._generator.shuffle(arrays.orders)
        whole = (0, len(self.dataset))
        self.kernel.train(self._state, self.config, rates, arrays, whole, self.epochs_done)
        if self._backup.is_finite(arrays.losses):
            errors = means(arrays.losses)
            kept = epochs_until_end(self.config, self.history.best, self.epochs_done, errors)
            if kept == epochs:
                self._end_epochs(errors, arrays.test_losses)
                return epochs
            assert generator is not None
            self._backup.restore()
            self._generator.state = generator
            return self._train_epochs(kept)
        self._backup.restore()
        if generator is not None:
            self._generator.state = generator
        for done in range(epochs):  # train again, epoch by epoch, to find the batch that diverges
            if generator is not None:
                self._generator.shuffle(self._arrays.orders[:1])
            self._train_to(len(self.dataset))
            self._end_epoch()
            if self.finished:
                return done + 1
        return epochs

    def _train_to(self, stop: int) -> None:
        """Train on the samples of the epoch in progress from `samples_done` up to `stop`."""
        self._backup.take()
        self._train(self.samples_done, stop)
        if self._backup.is_finite(self._arrays.losses[0, self.samples_done : stop]):
            self.samples_done = self.samples_processed = stop
            return
        self._backup.restore()
        while True:  # train again, batch by batch, to find the one that diverges
            start = self.samples_done
            self._train_batch(start, min(start + self.problem.batch_size, len(self.dataset)))

    def _train_batch(self, start: int, stop: int) -> None:
        """Train from `start` to the end of the batch in progress; undo an update that is not finite.

        Raises:
            DivergedError: the update was not finite.
        """
        self._backup.take()
        self._train(start, stop)
        if not self._backup.is_finite(self._arrays.losses[0, self.samples_done : stop]):
            self._backup.restore()
            self.samples_processed = self.samples_done
            self.divergence = DivergedError(self.epochs_done, self.samples_done)
            raise self.divergence
        self.samples_done = self.samples_processed = stop

    def _train(self, start: int, stop: int) -> None:
        """Train with the kernel on the samples `start` to `stop` of the epoch in progress."""
        self._trained += stop - start
        rates, arrays = self.config.learning_rates(self.epochs_done, 1), self._arrays.first(1)
        self.kernel.train(self._state, self.config, rates, arrays, (start, stop), self.epochs_done)

    def _end_epoch(self) -> None:
        """Record the epoch that has just been trained."""
        self._end_epochs(means(self._arrays.losses[:1]), self._arrays.test_losses[:1])

    def _end_epochs(self, errors: Array, test_losses: Array) -> None:
        """Record the epochs that have just been trained.

        Args:
            errors: the error of each; shape (epochs,).
            test_losses: shape (epochs, test samples).
        """
        config = self.config
        test_errors = None if self.dataset.test is None else means_or_infinity(test_losses).tolist()
        self.history.extend(
            self.epochs_done, config.epochs, errors.tolist(), test_errors, interval=config.report_interval
        )
        self.epochs_done += len(errors)
        self.samples_done = self.samples_processed = 0


class _Backup:
    """A copy of the arrays that training changes, to undo updates that are not finite.

    Args:
        state: the state of the run.
    """

    def __init__(self, state: OptimizerState) -> None:
        self._state = state
        self._changing = state.parameters, state.buffers
        self.arrays = tuple(np.empty_like(array) for array in self._changing)
        self._updates = state.updates

    def take(self) -> None:
        """Copy the arrays."""
        self._updates = self._state.updates
        for backup, array in zip(self.arrays, self._changing, strict=True):
            backup[:] = array

    def restore(self) -> None:
        """Undo all training since `take`."""
        self._state.updates = self._updates
        for backup, array in zip(self.arrays, self._changing, strict=True):
            array[:] = backup

    def is_finite(self, losses: Array) -> bool:
        """Whether the losses of the training since then and the arrays are finite."""
        return all(bool(np.isfinite(array).all()) for array in (losses, *self._changing))
