"""`Run`: the state of a training run, and the training that advances it."""

from __future__ import annotations

import copy
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from bpengine.arrays import Array, IntArray, same_bits
from bpengine.backup import Backup
from bpengine.config import TrainingConfig
from bpengine.datasets import Dataset
from bpengine.edits import Edit, Effects, effects_of
from bpengine.errors import DivergedError
from bpengine.generators import GeneratorState
from bpengine.history import History
from bpengine.kernels import Kernel, Problem, Settings, better_kernel, make_kernel
from bpengine.losses import LOSSES, means, means_or_infinity
from bpengine.network import Network, network_sizes
from bpengine.optimizers import OPTIMIZERS, State
from bpengine.run_state import RunState
from bpengine.schedules import learning_rates
from bpengine.starts import draw_starts
from bpengine.stopping import epochs_until_end, stop_reason
from bpengine.training_data import make_dataset, same_data


class Run:
    """Gradient descent on batches, from a seed: initialization, shuffling, updates and epochs.

    One `RandomState(seed)` draws the initial weights and biases, and then the order of the samples in each
    epoch. Data noise and the choice of test samples come from a separate generator. The results depend on the
    settings and the data only: not on the kernel, and not on how a run is divided into calls.

    A copy, made by the `copy` module or by pickling, is independent and continues with the same results.

    Args:
        config: the settings.
        source: the samples to learn from; by default those of the data set that the config names.
        kernel: "auto" begins with NumPy and continues in machine code once numba is loaded, which the run
            sees to if it takes long; "numba" loads it first; "numpy" never uses it.
        like: another run, whose samples are used if they are the same.

    Attributes:
        source: the `source` argument.
        dataset: the training samples, with the test samples in `dataset.test`.
        network: the network being trained. It shares the run's parameters: change them by
            `Trainer.set_weights` and the other edits of `EditableRun` only, since `Trainer.rewind` does not
            know about any other change.
        sizes: the number of units in each layer, from the inputs to the outputs.
        kernel: the kernel that trains the network now.
        epochs_done: the number of completed epochs, which is also the number of the epoch in progress,
            counted from 0.
        samples_done: the number of samples of the epoch in progress that have been trained on, which is 0
            between epochs.
        samples_processed: the same, and the samples of a large batch that is not completed yet.
        history: the errors of past epochs.
        latest_errors: the errors of the epochs that the last call of `advance` completed, if there were any;
            the test errors, or the training errors if there are no test samples.
        divergence: how the run diverged, or None. The network keeps the last finite weights.

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
        like: Run | None = None,
    ) -> None:
        self.source = source
        shares = like is not None and like.source is source and same_data(like.config, config)
        dataset = like.dataset if like is not None and shares else make_dataset(config, source)
        self.dataset: Dataset = dataset
        self.sizes = network_sizes(dataset.inputs.shape[1], config.hidden_units, dataset.targets.shape[1])
        samples = len(dataset)
        self._batch_size = min(config.batch_size or samples, samples)
        self._effects = Effects(self.sizes)
        self._config = config
        self._kernel_name = kernel
        self._trained = 0
        self.epochs_done = self.samples_done = self.samples_processed = 0
        self._generator_before_epoch: GeneratorState = {}
        self.history = History()
        self.latest_errors: list[float] = []
        self.divergence: DivergedError | None = None
        (parameters,), (generator,) = draw_starts([config], self.sizes)
        self._state = State(parameters, np.zeros_like(parameters), np.zeros_like(parameters), updates=0)
        self._orders: IntArray = np.zeros((1, samples), dtype=np.int64)
        self._losses: Array = np.zeros((1, samples))
        self._outputs: Array = np.zeros((samples, self.sizes[-1]))
        self._data_order: IntArray = np.arange(samples)
        self._data_order.setflags(write=False)
        self._copied: Array | None = None
        self._connect(kernel, generator)
        self._configure(config)

    def _connect(self, kernel: str, generator: GeneratorState) -> None:
        """Make what shares the arrays of the state: the network and the kernel."""
        config, test = self._config, self.dataset.test
        self.network = Network(
            self.sizes, config.activations, LOSSES[config.task], parameters=self._state.parameters
        )
        self._problem = Problem(
            sizes=self.sizes,
            activations=config.activations,
            task=config.task,
            optimizer=config.optimizer,
            batch_size=self._batch_size,
            inputs=self.dataset.inputs,
            targets=self.dataset.targets,
            test_inputs=None if test is None else test.inputs,
            test_targets=None if test is None else test.targets,
        )
        self._take_kernel(make_kernel(kernel, self._problem), generator)

    def _take_kernel(self, kernel: Kernel, generator: GeneratorState) -> None:
        """Train with this kernel from now on; it may be in the middle of an epoch, and of a batch."""
        self.kernel = kernel
        self._generator = kernel.make_generator(generator)
        self._backup = Backup(self._state, self._config.optimizer)
        samples, epochs, test = len(self.dataset), kernel.epochs_a_call, self.dataset.test
        orders, losses = self._orders[:1], self._losses[:1]
        self._orders, self._losses = np.zeros((epochs, samples), dtype=np.int64), np.zeros((epochs, samples))
        self._orders[0], self._losses[0] = orders, losses
        self._test_losses: Array = np.zeros((epochs, 0 if test is None else len(test)))

    def __getstate__(self) -> dict[str, Any]:
        """Return what is copied or pickled: everything but the kernel, which may be machine code."""
        left_out = dict.fromkeys(("network", "kernel", "_problem", "_backup", "_copied"))
        return self.__dict__ | left_out | {"_generator": self._generator.state}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        # Another machine may lack numba.
        self._connect("auto" if self._kernel_name == "numba" else self._kernel_name, state["_generator"])

    def __copy__(self) -> Self:
        return copy.deepcopy(self)

    @property
    def kernel_name(self) -> str:
        """The `kernel` argument: auto, numpy or numba."""
        return self._kernel_name

    def parameters_now(self) -> Array:
        """Return a copy of the parameters, read-only; the same copy again while they have the same bits."""
        parameters, copied = self._state.parameters, self._copied
        if copied is None or not same_bits(copied, parameters):
            copied = self._copied = parameters.copy()
            copied.setflags(write=False)
        return copied

    def _drop_unfinished_batch(self) -> None:
        """Go back to the beginning of a large batch that has only been processed in part."""
        if self.samples_processed != self.samples_done:
            Run.restore(self, self.run_state())

    @property
    def config(self) -> TrainingConfig:
        """The current settings."""
        return self._config

    @property
    def learning_rate(self) -> float:
        """The learning rate of the epoch in progress, after the schedule."""
        return float(self._learning_rates(1)[0])

    @property
    def stop_reason(self) -> str:
        """Why the run has ended: "epochs", "target error" or "patience"; empty if it has not ended."""
        if self.samples_done and self.epochs_done < self._config.epochs:
            return ""  # the other conditions are checked between epochs
        return stop_reason(self._config, self.history.last, self.history.best, self.epochs_done)

    @property
    def finished(self) -> bool:
        """Whether the run has ended."""
        return bool(self.stop_reason)

    def run_state(self) -> RunState:
        """Return a copy of the current state, for `restore`.

        Within a batch, that is the state before the batch, which will be processed again.
        """
        state = self._state
        in_first_batch = self.samples_done == 0 and self.samples_processed > 0
        buffers, count = OPTIMIZERS[self._config.optimizer].buffers, len(state.parameters)
        return RunState(
            config=self._config,
            parameters=self.parameters_now(),
            first_moment=state.first_moment.copy() if "first_moment" in buffers else np.zeros(count),
            second_moment=state.second_moment.copy() if "second_moment" in buffers else np.zeros(count),
            updates=state.updates,
            generator=self._generator_before_epoch if in_first_batch else self._generator.state,
            epochs_done=self.epochs_done,
            samples_done=self.samples_done,
            order=self._orders[0].copy() if self.samples_done else self._data_order,
            losses=self._losses[0, : self.samples_done].copy(),
            history=self.history.copy(),
            divergence=self.divergence,
            edits=self.edits,
        )

    @property
    def edits(self) -> tuple[Edit, ...]:
        """The edits of weights, units and layers so far, oldest first; see `EditableRun`."""
        return self._effects.edits

    @property
    def frozen(self) -> NDArray[np.bool_]:
        """The mask of the parameters that training does not change; shape (parameters,)."""
        return self._effects.frozen()

    def _take_effects(self, effects: Effects) -> None:
        self._effects = effects
        self._state.frozen = np.flatnonzero(effects.frozen())

    def restore(self, state: RunState) -> None:
        """Return to a state of this run, or of another run with the same network and data.

        Raises:
            ConfigError: the network can't have had the edits of the state.
        """
        if state.edits != self.edits:
            self._take_effects(effects_of(self.sizes, state.edits))
        training = self._state
        training.parameters[:] = state.parameters
        for name in OPTIMIZERS[state.config.optimizer].buffers:
            getattr(training, name)[:] = getattr(state, name)
        training.updates = state.updates
        self._generator.state = state.generator
        self.epochs_done = state.epochs_done
        self.samples_done = self.samples_processed = state.samples_done
        self._orders[0] = state.order
        self._losses[0, : state.samples_done] = state.losses
        self.history = state.history.copy()
        self.divergence = state.divergence
        self._configure(state.config)

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
        self._improve_kernel()
        samples_per_epoch = len(self.dataset)
        if self.samples_processed == 0 and samples >= samples_per_epoch:
            epochs = min(samples // samples_per_epoch, self._max_epochs_at_once())
            return self._train_epochs(epochs) * samples_per_epoch
        in_chunks = self._batch_size > self.kernel.chunk_size
        if self.samples_processed == 0:
            if in_chunks:
                self._generator_before_epoch = self._generator.state
            self._generator.shuffle(self._orders[:1])
        if in_chunks or self.samples_processed != self.samples_done:
            return self._advance_in_batch(samples)
        batches = max(1, samples // self._batch_size)
        stop = min(self.samples_done + batches * self._batch_size, samples_per_epoch)
        advanced = stop - self.samples_done
        self._train_to(stop)
        if stop == samples_per_epoch:
            self._end_epoch()
        return advanced

    def _improve_kernel(self) -> None:
        """Continue with a faster kernel if there is one by now. It computes the same numbers."""
        better = better_kernel(self._kernel_name, self.kernel, self._problem, self._trained)
        if better is not self.kernel:
            self._take_kernel(better, self._generator.state)

    def _advance_in_batch(self, samples: int) -> int:
        """Process about this many samples, in whole chunks, of the large batch in progress."""
        start = self.samples_processed
        end = min(self.samples_done + self._batch_size, len(self.dataset))
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
        self._config = config
        self._settings = Settings(
            momentum=config.momentum, decay=config.decay, l1=config.l1, l2=config.l2, clip=config.clip
        )
        self.history.set_epochs(config.epochs)

    def _learning_rates(self, epochs: int) -> Array:
        """Return the learning rates of the epoch in progress and those after it; shape (epochs,)."""
        return learning_rates(self._config, self.epochs_done, epochs)

    def _max_epochs_at_once(self) -> int:
        """Return how many epochs the kernel may train in one call."""
        return min(self.kernel.epochs_a_call, self._config.epochs - self.epochs_done)

    def _train_epochs(self, epochs: int) -> int:
        """Train on whole epochs, in one call of the kernel unless the run ends or diverges in between.

        Returns:
            The number of epochs until the run ended.
        """
        orders, losses, test_losses = self._orders[:epochs], self._losses[:epochs], self._test_losses[:epochs]
        # Copying the state can take longer than an epoch, and the order of a single epoch is not drawn again.
        generator = self._generator.state if epochs > 1 else None
        self._backup.take()
        self._trained += orders.size
        rates = self._learning_rates(epochs)
        self._generator.shuffle(orders)
        self.kernel.train_epochs(self._state, self._settings, rates, orders, losses, test_losses)
        if self._backup.is_finite(losses):
            errors = means(losses)
            kept = epochs_until_end(self._config, self.history.best, self.epochs_done, errors)
            if kept == epochs:
                self._end_epochs(errors, test_losses)
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
                self._generator.shuffle(self._orders[:1])
            self._train_to(len(self.dataset))
            self._end_epoch()
            if self.finished:
                return done + 1
        return epochs

    def _train_to(self, stop: int) -> None:
        """Train on the samples of the epoch in progress from `samples_done` up to `stop`."""
        self._backup.take()
        self._train(self.samples_done, stop)
        if self._backup.is_finite(self._losses[0, self.samples_done : stop]):
            self.samples_done = self.samples_processed = stop
            return
        self._backup.restore()
        while True:  # train again, batch by batch, to find the one that diverges
            start = self.samples_done
            self._train_batch(start, min(start + self._batch_size, len(self.dataset)))

    def _train_batch(self, start: int, stop: int) -> None:
        """Train from `start` to the end of the batch in progress; undo an update that is not finite.

        Raises:
            DivergedError: the update was not finite.
        """
        self._backup.take()
        self._train(start, stop)
        if not self._backup.is_finite(self._losses[0, self.samples_done : stop]):
            self._backup.restore()
            self.samples_processed = self.samples_done
            self.divergence = DivergedError(self.epochs_done, self.samples_done)
            raise self.divergence
        self.samples_done = self.samples_processed = stop

    def _train(self, start: int, stop: int) -> None:
        """Train with the kernel on the samples `start` to `stop` of the epoch in progress."""
        self._trained += stop - start
        self.kernel.train(
            self._state,
            self._settings,
            self.learning_rate,
            self._orders[0],
            start,
            stop,
            self._losses[0],
            self._outputs,
            self._test_losses[0],
        )

    def _end_epoch(self) -> None:
        """Record the epoch that has just been trained."""
        self._end_epochs(means(self._losses[:1]), self._test_losses[:1])

    def _end_epochs(self, errors: Array, test_losses: Array) -> None:
        """Record the epochs that have just been trained.

        Args:
            errors: the error of each; shape (epochs,).
            test_losses: shape (epochs, test samples).
        """
        config = self._config
        test_errors = None if self.dataset.test is None else means_or_infinity(test_losses).tolist()
        self.history.extend(
            self.epochs_done, config.epochs, errors.tolist(), test_errors, interval=config.report_interval
        )
        self.epochs_done += len(errors)
        self.latest_errors = errors.tolist() if test_errors is None else test_errors
        self.samples_done = self.samples_processed = 0
