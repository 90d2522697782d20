"""The kernel that always works: NumPy, one batch after another, without allocating memory in between."""

from __future__ import annotations

import numpy as np

from bpengine.arrays import Array, IntArray
from bpengine.generators import Generator, GeneratorState, NumpyGenerator
from bpengine.kernels.kernel import NO_TEST_LOSSES, Problem, Settings
from bpengine.losses import LOSSES
from bpengine.network import Network, matrices, parameter_count
from bpengine.optimizers import OPTIMIZERS, State


class NumpyKernel:
    """Trains with the forward and backward passes of the layers."""

    name = "numpy"
    epochs_a_call = 1

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self.chunk_size = problem.chunk_size
        samples = len(problem.inputs)
        self._inputs = np.column_stack([problem.inputs, np.ones(samples)])
        self._loss = LOSSES[problem.task]
        self._update = OPTIMIZERS[problem.optimizer].update
        # The samples of one epoch in their shuffled order.
        self._epoch_inputs: Array = np.empty_like(self._inputs)
        self._epoch_targets: Array = np.empty(problem.targets.shape)
        self._epoch_outputs: Array = np.empty(problem.targets.shape)
        self._networks: dict[int, Network] = {}
        count = parameter_count(problem.sizes)
        self._scratch: Array = np.empty(count)
        # The sum of the gradients of a batch's chunks.
        self._gradient: Array = np.zeros(count if problem.batch_size > self.chunk_size else 0)
        self._is_weight: Array = np.ones(count)
        for matrix in matrices(problem.sizes, self._is_weight):
            matrix[-1] = 0.0  # the penalties do not apply to biases
        self._kept: tuple[Array, ...] = ()

    def train(
        self,
        state: State,
        settings: Settings,
        learning_rate: float,
        order: IntArray,
        start: int,
        stop: int,
        losses: Array,
        outputs: Array,
        test_losses: Array = NO_TEST_LOSSES,
    ) -> None:
        """See `Kernel.train`."""
        part = order[start:stop]
        inputs, targets = self._epoch_inputs[start:stop], self._epoch_targets[start:stop]
        np.take(self._inputs, part, axis=0, out=inputs)
        np.take(self._problem.targets, part, axis=0, out=targets)
        out = outputs[start:stop]
        size = self._problem.batch_size
        done = (stop - start) // size * size
        # What is frozen stays the same for the whole call.
        self._kept = tuple(array[state.frozen] for array in state.arrays) if len(state.frozen) else ()
        with np.errstate(all="ignore"):  # the trainer checks for divergence
            if size > self.chunk_size:
                self._train_chunks(state, settings, learning_rate, start, inputs, targets, out)
            else:
                for rows in (slice(0, done), slice(done, stop - start)):
                    self._train_batches(
                        state, settings, learning_rate, inputs[rows], targets[rows], out[rows]
                    )
            losses[start:stop] = self._loss.value(out, targets)
            problem = self._problem
            if stop == len(order) and problem.test_inputs is not None and problem.test_targets is not None:
                answers = self._network(state, 1).predict(problem.test_inputs)
                test_losses[:] = self._loss.value(answers, problem.test_targets)

    def train_epochs(
        self,
        state: State,
        settings: Settings,
        learning_rates: Array,
        orders: IntArray,
        losses: Array,
        test_losses: Array,
    ) -> None:
        """See `Kernel.train_epochs`."""
        for rate, order, *results in zip(learning_rates, orders, losses, test_losses, strict=True):
            self.train(
                state, settings, rate, order, 0, len(order), results[0], self._epoch_outputs, results[1]
            )

    def make_generator(self, state: GeneratorState) -> Generator:
        """See `Kernel.make_generator`."""
        return NumpyGenerator(state)

    def _network(self, state: State, rows: int) -> Network:
        """A network that shares the state's parameters, for this number of samples at once."""
        network = self._networks.get(rows)
        if network is None or network.parameters is not state.parameters:
            problem = self._problem
            network = self._networks[rows] = Network(
                problem.sizes,
                problem.activations,
                self._loss,
                batch_size=rows,
                parameters=state.parameters,
            )
        return network

    def _train_batches(
        self,
        state: State,
        settings: Settings,
        learning_rate: float,
        inputs: Array,
        targets: Array,
        outputs: Array,
    ) -> None:
        """One update on each batch; the rows make up full batches, or the smaller last batch of an epoch."""
        if not len(inputs):
            return
        size = min(self._problem.batch_size, len(inputs))
        network = self._network(state, size)
        count = len(inputs) // size
        batches = inputs.reshape(count, size, inputs.shape[1])
        forward, backward, update = network.forward, network.backward, self._update
        gradient, scratch = network.gradient, self._scratch
        rate, share = np.array(learning_rate), np.array(1 / size)
        freezes = bool(self._kept)
        changes_gradient = settings.l1 > 0 or settings.l2 > 0 or settings.clip > 0 or freezes
        for batch, batch_transposed, target, output in zip(
            batches,
            batches.transpose(0, 2, 1),
            targets.reshape(count, size, targets.shape[1]),
            outputs.reshape(count, size, outputs.shape[1]),
            strict=True,
        ):
            forward(batch, output)
            backward(batch_transposed, output, target)
            if size > 1:
                np.multiply(gradient, share, gradient)
            if changes_gradient:
                self._penalize_and_clip(state, gradient, settings)
            update(state, gradient, scratch, settings, rate)
            if freezes:
                self._put_back(state)
            state.updates += 1

    def _train_chunks(
        self,
        state: State,
        settings: Settings,
        learning_rate: float,
        start: int,
        inputs: Array,
        targets: Array,
        outputs: Array,
    ) -> None:
        """Add up the gradients of chunks, and update at the end of each batch.

        Args:
            state, settings, learning_rate, start: see `train`.
            inputs, targets, outputs: the rows from `start` on.
        """
        problem, gradient = self._problem, self._gradient
        position, stop = start, start + len(inputs)
        while position < stop:
            begin = position - position % problem.batch_size
            end = min(begin + problem.batch_size, len(self._inputs))
            until = min(position + self.chunk_size, end)
            rows = slice(position - start, until - start)
            network = self._network(state, until - position)
            network.forward(inputs[rows], outputs[rows])
            network.backward(inputs[rows].T, outputs[rows], targets[rows])
            if position == begin:
                gradient[:] = network.gradient
            else:
                np.add(gradient, network.gradient, gradient)
            if until == end:
                np.multiply(gradient, 1 / (end - begin), gradient)
                self._penalize_and_clip(state, gradient, settings)
                self._update(state, gradient, self._scratch, settings, np.array(learning_rate))
                self._put_back(state)
                state.updates += 1
            position = until

    def _put_back(self, state: State) -> None:
        """Undo what an update has done to the frozen parameters and their buffers."""
        if self._kept:
            for array, kept in zip(state.arrays, self._kept, strict=True):
                array[state.frozen] = kept

    def _penalize_and_clip(self, state: State, gradient: Array, settings: Settings) -> None:
        """g += l2 w + l1 sign(w) for the weights; g = 0 for what is frozen; then g *= clip / |g|, if g is
        longer than clip."""
        parameters, scratch = state.parameters, self._scratch
        if settings.l2 > 0:
            np.multiply(parameters, settings.l2, scratch)
            np.multiply(scratch, self._is_weight, scratch)
            np.add(gradient, scratch, gradient)
        if settings.l1 > 0:
            np.sign(parameters, scratch)
            np.multiply(scratch, settings.l1, scratch)
            np.multiply(scratch, self._is_weight, scratch)
            np.add(gradient, scratch, gradient)
        if len(state.frozen):
            gradient[state.frozen] = 0.0
        if settings.clip > 0:
            norm = np.sqrt(np.dot(gradient, gradient))
            if norm > settings.clip:
                np.multiply(gradient, settings.clip / norm, gradient)
