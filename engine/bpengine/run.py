"""The run itself: where training stands, and how it moves on in pieces of any size."""

from __future__ import annotations

import math

import numpy as np

from bpengine.arrays import Array, IntArray
from bpengine.config import TrainingConfig
from bpengine.datasets import Dataset, make_dataset
from bpengine.errors import DivergedError
from bpengine.history import History
from bpengine.initializers import INITIALIZERS
from bpengine.kernels import Kernel, Problem, Settings, State, make_kernel
from bpengine.losses import LOSSES, means
from bpengine.network import Network, matrices, parameter_count
from bpengine.records import EpochRecord
from bpengine.run_state import RunState
from bpengine.schedules import SCHEDULES


class Run:
    """Stochastic gradient descent from a seed: shuffles, updates and epochs.

    Weights, biases and then the order of samples in each epoch come from one `RandomState(seed)`; data noise
    and the test samples from a stream of their own. How a run is cut into pieces never changes its numbers.

    Args:
        config: the settings.
        source: the samples to learn from, in place of the config's named data set.
        kernel: which one computes: auto, numpy or numba; fixed for the length of the run.

    Attributes:
        source: as given.
        dataset: what is learned, test samples split off.
        network: what learns. Its parameters are the run's.
        kernel: what computes.
        epochs_done: how many epochs are complete; also the number of the one in progress, counted from 0.
        samples_done: how many samples of the epoch in progress are done; 0 between epochs.
        history: the errors so far.
        divergence: how the run diverged, if it did. The network has the last finite weights.

    Raises:
        ConfigError: the kernel can't be had.
        DataError: the data can't be used with these settings.
    """

    def __init__(
        self, config: TrainingConfig, source: Dataset | None = None, *, kernel: str = "numpy"
    ) -> None:
        self.source = source
        self.dataset = dataset = make_dataset(config, source)
        sizes = (dataset.inputs.shape[1], *config.hidden_units, dataset.targets.shape[1])
        self._rng = np.random.RandomState(config.seed)
        count = parameter_count(sizes)
        self._state = State(np.empty(count), np.zeros(count), np.zeros(count), 0)
        for matrix in matrices(sizes, self._state.parameters):
            inputs, units = len(matrix) - 1, matrix.shape[1]
            matrix[:] = INITIALIZERS[config.initializer].draw(self._rng, inputs, units, config.init_scale)
        self.network = Network(
            sizes, config.activations, LOSSES[config.task], parameters=self._state.parameters
        )
        samples = len(dataset)
        self._batch_size = min(config.batch_size or samples, samples)
        self.kernel: Kernel = make_kernel(
            kernel,
            Problem(
                sizes=sizes,
                activations=config.activations,
                task=config.task,
                optimizer=config.optimizer,
                batch_size=self._batch_size,
                inputs=dataset.inputs,
                targets=dataset.targets,
            ),
        )
        self.epochs_done = 0
        self.samples_done = 0
        self.history = History()
        self.divergence: DivergedError | None = None
        most = self.kernel.epochs_a_call
        self._in_turn = np.arange(samples)
        self._orders: IntArray = np.zeros((most, samples), dtype=np.int64)
        self._losses: Array = np.zeros((most, samples))
        self._outputs: Array = np.zeros((samples, sizes[-1]))
        self._kept = tuple(np.empty(count) for _ in range(3))
        self._configure(config)

    @property
    def config(self) -> TrainingConfig:
        """The settings in force."""
        return self._config

    @property
    def learning_rate(self) -> float:
        """That of the epoch in progress, by the schedule."""
        return float(self._rates(1)[0])

    @property
    def stop_reason(self) -> str:
        """Why the run has ended, in a word or two; empty while it hasn't."""
        config, last, best = self._config, self.history.last, self.history.best
        if self.epochs_done >= config.epochs:
            return "epochs"
        if last is None or best is None or self.samples_done:
            return ""
        if config.target_error > 0 and last.error <= config.target_error:
            return "target error"
        return "patience" if 0 < config.patience <= last.epoch - best.epoch else ""

    @property
    def finished(self) -> bool:
        """Whether there is nothing left to train."""
        return bool(self.stop_reason)

    def run_state(self) -> RunState:
        """The present moment, to `restore` later."""
        state = self._state
        return RunState(
            config=self._config,
            parameters=state.parameters.copy(),
            first_moment=state.first_moment.copy(),
            second_moment=state.second_moment.copy(),
            updates=state.updates,
            generator=self._rng.get_state(legacy=False),
            epochs_done=self.epochs_done,
            samples_done=self.samples_done,
            order=self._orders[0].copy(),
            losses=self._losses[0, : self.samples_done].copy(),
            history=self.history.copy(),
            divergence=self.divergence,
        )

    def restore(self, state: RunState) -> None:
        """Go to a moment of this run, or of one with the same settings and data."""
        training = self._state
        training.parameters[:] = state.parameters
        training.first_moment[:] = state.first_moment
        training.second_moment[:] = state.second_moment
        training.updates = state.updates
        self._rng.set_state(state.generator)
        self.epochs_done = state.epochs_done
        self.samples_done = state.samples_done
        self._orders[0] = state.order
        self._losses[0, : state.samples_done] = state.losses
        self.history = state.history.copy()
        self.divergence = state.divergence
        self._configure(state.config)

    def advance(self, samples: int) -> int:
        """Train on about so many samples: whole epochs, or the rest of one, or some batches of it.

        The run must not be `finished`; whoever drives it looks, as `Trainer` does.

        Returns:
            On how many; at least one batch, and no more than the kernel takes at once.

        Raises:
            DivergedError: the run has diverged, now or before.
        """
        if self.divergence is not None:
            raise self.divergence
        in_epoch = len(self.dataset)
        if self.samples_done == 0 and samples >= in_epoch:
            epochs = min(samples // in_epoch, self._epochs_at_once())
            self._train_epochs(epochs)
            return epochs * in_epoch
        if self.samples_done == 0:
            self._shuffle(self._orders[0])
        batches = max(1, samples // self._batch_size)
        stop = min(self.samples_done + batches * self._batch_size, in_epoch)
        advanced = stop - self.samples_done
        self._train_part(stop)
        if stop == in_epoch:
            self._end_epoch(self._losses[0])
        return advanced

    def _configure(self, config: TrainingConfig) -> None:
        self._config = config
        self._settings = Settings(
            momentum=config.momentum, decay=config.decay, l1=config.l1, l2=config.l2, clip=config.clip
        )
        self.history.set_epochs(config.epochs)

    def _rates(self, epochs: int) -> Array:
        """The learning rates of so many epochs from the one in progress on."""
        config, first = self._config, self.epochs_done
        multiple, length, factor = (
            SCHEDULES[config.schedule].multiple,
            config.schedule_epochs,
            config.schedule_factor,
        )
        multiples = [multiple(epoch, length, factor) for epoch in range(first, first + epochs)]
        return config.learning_rate * np.array(multiples)

    def _epochs_at_once(self) -> int:
        """As many as the kernel takes, unless each one may be the last or is to be measured."""
        config = self._config
        if config.target_error > 0 or config.patience > 0 or self.dataset.test is not None:
            return 1
        return min(self.kernel.epochs_a_call, config.epochs - self.epochs_done)

    def _shuffle(self, order: IntArray) -> None:
        order[:] = self._in_turn
        self._rng.shuffle(order)

    def _train_epochs(self, epochs: int) -> None:
        orders, losses = self._orders[:epochs], self._losses[:epochs]
        generator = self._rng.get_state(legacy=False)
        updates = self._keep()
        orders[:] = self._in_turn
        for order in orders:
            self._rng.shuffle(order)
        self.kernel.train_epochs(self._state, self._settings, self._rates(epochs), orders, losses)
        if self._is_finite(losses):
            self._end_epochs(losses)
            return
        self._go_back(updates)
        self._rng.set_state(generator)
        for _ in range(epochs):  # again, one by one, until that which diverges
            self._shuffle(self._orders[0])
            self._train_part(len(self.dataset))
            self._end_epoch(self._losses[0])

    def _train_part(self, stop: int) -> None:
        """The batches up to `stop` of the epoch in progress."""
        updates = self._keep()
        if not self._train(stop):
            self._go_back(updates)
            self._train_until_divergence()
        self.samples_done = stop

    def _train_until_divergence(self) -> None:
        """Batch by batch, up to the last one that leaves all numbers finite."""
        while True:
            updates = self._keep()
            stop = min(self.samples_done + self._batch_size, len(self.dataset))
            if not self._train(stop):
                self._go_back(updates)
                self.divergence = DivergedError(self.epochs_done, self.samples_done)
                raise self.divergence
            self.samples_done = stop

    def _train(self, stop: int) -> bool:
        """Train from `samples_done` to `stop`; whether all numbers are finite after it."""
        start, losses = self.samples_done, self._losses[0]
        self.kernel.train(
            self._state,
            self._settings,
            self.learning_rate,
            self._orders[0],
            start,
            stop,
            losses,
            self._outputs,
        )
        return self._is_finite(losses[start:stop])

    def _end_epochs(self, losses: Array) -> None:
        """A row of losses an epoch; where there are many, none is measured, see `_epochs_at_once`."""
        if len(losses) == 1:
            self._end_epoch(losses[0])
            return
        config, errors = self._config, means(losses).tolist()
        self.history.extend(self.epochs_done, config.epochs, errors, interval=config.report_interval)
        self.epochs_done += len(losses)
        self.samples_done = 0

    def _end_epoch(self, losses: Array) -> None:
        test = self.dataset.test
        record = EpochRecord(
            epoch=self.epochs_done,
            epochs=self._config.epochs,
            error=float(means(losses[np.newaxis])[0]),
            test_error=None if test is None else self._mean_loss(test),
        )
        self.epochs_done += 1
        self.samples_done = 0
        self.history.append(record, report=record.epoch % self._config.report_interval == 0)

    def _mean_loss(self, dataset: Dataset) -> float:
        with np.errstate(all="ignore"):
            outputs = self.network.predict(dataset.inputs)
            mean = float(self.network.loss.value(outputs, dataset.targets).mean())
        return math.inf if math.isnan(mean) else mean

    def _is_finite(self, losses: Array) -> bool:
        state = self._state
        arrays = (losses, state.parameters, state.first_moment, state.second_moment)
        return all(bool(np.isfinite(array).all()) for array in arrays)

    def _keep(self) -> int:
        """Copy what training is about to change; return the number of updates."""
        state = self._state
        for kept, array in zip(
            self._kept, (state.parameters, state.first_moment, state.second_moment), strict=True
        ):
            kept[:] = array
        return state.updates

    def _go_back(self, updates: int) -> None:
        """To what `_keep` copied."""
        state = self._state
        state.parameters[:], state.first_moment[:], state.second_moment[:] = self._kept
        state.updates = updates
