"""The kernel that always works: NumPy, one batch after another, without allocating memory in between."""

from __future__ import annotations

import numpy as np

from bpengine.arrays import Array, IntArray
from bpengine.kernels.kernel import Problem, Settings
from bpengine.losses import LOSSES
from bpengine.network import Network, matrices, parameter_count
from bpengine.optimizers import OPTIMIZERS, State


class NumpyKernel:
    """Trains with the forward and backward passes of the layers."""

    name = "numpy"
    epochs_a_call = 1

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        samples = len(problem.inputs)
        self._inputs = np.column_stack([problem.inputs, np.ones(samples)])
        self._loss = LOSSES[problem.task]
        self._update = OPTIMIZERS[problem.optimizer].update
        # The samples of one epoch in their shuffled order.
        self._epoch_inputs: Array = np.empty_like(self._inputs)
        self._epoch_targets: Array = np.empty(problem.targets.shape)
        self._epoch_outputs: Array = np.empty(problem.targets.shape)
        self._network: Network | None = None
        self._smaller: Network | None = None
        count = parameter_count(problem.sizes)
        self._scratch: Array = np.empty(count)
        self._is_weight: Array = np.ones(count)
        for matrix in matrices(problem.sizes, self._is_weight):
            matrix[-1] = 0.0  # the penalties do not apply to biases

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
    ) -> None:
        """See `Kernel.train`."""
        part = order[start:stop]
        inputs, targets = self._epoch_inputs[start:stop], self._epoch_targets[start:stop]
        np.take(self._inputs, part, axis=0, out=inputs)
        np.take(self._problem.targets, part, axis=0, out=targets)
        out = outputs[start:stop]
        network, smaller = self._networks(state)
        done = (stop - start) // network.batch_size * network.batch_size
        with np.errstate(all="ignore"):  # the trainer checks for divergence
            self._train_batches(
                network, state, settings, learning_rate, inputs[:done], targets[:done], out[:done]
            )
            if done < stop - start and smaller is not None:
                self._train_batches(
                    smaller, state, settings, learning_rate, inputs[done:], targets[done:], out[done:]
                )
            losses[start:stop] = self._loss.value(out, targets)

    def train_epochs(
        self, state: State, settings: Settings, learning_rates: Array, orders: IntArray, losses: Array
    ) -> None:
        """See `Kernel.train_epochs`."""
        for learning_rate, order, epoch_losses in zip(learning_rates, orders, losses, strict=True):
            self.train(
                state, settings, learning_rate, order, 0, len(order), epoch_losses, self._epoch_outputs
            )

    def _networks(self, state: State) -> tuple[Network, Network | None]:
        """Networks that share the state's parameters: for full batches, and for a smaller last batch."""
        if self._network is None or self._network.parameters is not state.parameters:
            problem = self._problem
            self._network = Network(
                problem.sizes,
                problem.activations,
                self._loss,
                batch_size=problem.batch_size,
                parameters=state.parameters,
            )
            rest = len(problem.inputs) % problem.batch_size
            self._smaller = self._network.for_batches_of(rest) if rest else None
        return self._network, self._smaller

    def _train_batches(
        self,
        network: Network,
        state: State,
        settings: Settings,
        learning_rate: float,
        inputs: Array,
        targets: Array,
        outputs: Array,
    ) -> None:
        """One update on each batch; the rows make up full batches of the network's size."""
        size = network.batch_size
        count = len(inputs) // size
        batches = inputs.reshape(count, size, inputs.shape[1])
        forward, backward, update = network.forward, network.backward, self._update
        gradient, scratch = network.gradient, self._scratch
        rate, share = np.array(learning_rate), np.array(1 / size)
        changes_gradient = settings.l1 > 0 or settings.l2 > 0 or settings.clip > 0
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
                self._penalize_and_clip(state.parameters, gradient, settings)
            update(state, gradient, scratch, settings, rate)
            state.updates += 1

    def _penalize_and_clip(self, parameters: Array, gradient: Array, settings: Settings) -> None:
        """g += l2 w + l1 sign(w) for the weights; then g *= clip / |g|, if g is longer than clip."""
        scratch = self._scratch
        if settings.l2 > 0:
            np.multiply(parameters, settings.l2, scratch)
            np.multiply(scratch, self._is_weight, scratch)
            np.add(gradient, scratch, gradient)
        if settings.l1 > 0:
            np.sign(parameters, scratch)
            np.multiply(scratch, settings.l1, scratch)
            np.multiply(scratch, self._is_weight, scratch)
            np.add(gradient, scratch, gradient)
        if settings.clip > 0:
            norm = np.sqrt(np.dot(gradient, gradient))
            if norm > settings.clip:
                np.multiply(gradient, settings.clip / norm, gradient)
