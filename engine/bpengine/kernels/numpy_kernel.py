"""The kernel that always works: NumPy, one batch after another."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bpengine.arithmetic.arrays import Array, IntArray
from bpengine.arithmetic.generators import Generator, GeneratorState, NumpyGenerator
from bpengine.config import TrainingConfig
from bpengine.kernels.kernel import EpochArrays, KernelProblem
from bpengine.kernels.regularization import changes_gradient, clip, penalize, weight_mask
from bpengine.kernels.regularization import masks as masks_of
from bpengine.network.layers import LayerInputs
from bpengine.network.losses import LOSSES
from bpengine.network.network import Network, rows_at_once
from bpengine.network.optimizers import OPTIMIZERS, OptimizerState

_MASKED_AT_ONCE = 2**15
"""About the most masks of dropout that are made at once: they stay in the processor's cache."""


class NumpyKernel:
    """Trains with the forward and backward passes of the layers."""

    name = "numpy"
    epochs_a_call = 1

    def __init__(self, problem: KernelProblem) -> None:
        self._problem = problem
        self.chunk_size = rows_at_once(problem.sizes)
        samples = len(problem.inputs)
        self._inputs = np.column_stack([problem.inputs, np.ones(samples)])
        self._loss = LOSSES[problem.task]
        self._optimizer = OPTIMIZERS[problem.optimizer]
        # The samples of one epoch in their shuffled order.
        self._epoch_inputs: Array = np.empty_like(self._inputs)
        self._epoch_targets: Array = np.empty(problem.targets.shape)
        self._networks: dict[int, Network] = {}
        self._weights = weight_mask(problem.sizes)
        self._kept: tuple[Array, ...] = ()

    def train(
        self,
        state: OptimizerState,
        config: TrainingConfig,
        rates: Array,
        arrays: EpochArrays,
        part: tuple[int, int],
        epoch: int = 0,
    ) -> None:
        """See `Kernel.train`."""
        problem, rows = self._problem, slice(*part)
        inputs, targets, out = self._epoch_inputs[rows], self._epoch_targets[rows], arrays.outputs[rows]
        # What is frozen stays the same for the whole call.
        self._kept = tuple(array[state.frozen] for array in state.arrays) if len(state.frozen) else ()
        coefficients = [getattr(config, name) for name in self._optimizer.coefficients]
        for number, (rate, order, loss, test_loss) in enumerate(
            zip(rates, arrays.orders, arrays.losses, arrays.test_losses, strict=True), epoch
        ):
            np.take(self._inputs, order[rows], axis=0, out=inputs)
            np.take(problem.targets, order[rows], axis=0, out=targets)
            update = self._optimizer.updater(state, np.array(rate), coefficients)
            with np.errstate(all="ignore"):  # the trainer checks for divergence
                drops = config.dropout > 0
                dropout = _Dropout(problem.sizes, config, number, order[: rows.stop]) if drops else None
                self._train_batches(state, config, update, rows.start, inputs, targets, out, dropout)
                loss[rows] = self._loss.value(out, targets)
                is_end = rows.stop == len(order)
                if is_end and problem.test_inputs is not None and problem.test_targets is not None:
                    answers = self._network(state, 1).predict(problem.test_inputs)
                    test_loss[:] = self._loss.value(answers, problem.test_targets)

    def make_generator(self, state: GeneratorState) -> Generator:
        """See `Kernel.make_generator`."""
        return NumpyGenerator(state)

    def _network(self, state: OptimizerState, rows: int) -> Network:
        """A network that shares the state's parameters and gradient, for this number of samples at once."""
        network = self._networks.get(rows)
        if network is None or network.parameters is not state.parameters:
            problem = self._problem
            network = self._networks[rows] = Network(
                problem.sizes,
                problem.activations,
                self._loss,
                batch_size=rows,
                parameters=state.parameters,
                gradient=state.gradient,
            )
        return network

    def _train_batches(
        self,
        state: OptimizerState,
        config: TrainingConfig,
        update: Callable[[], None],
        start: int,
        inputs: Array,
        targets: Array,
        outputs: Array,
        dropout: _Dropout | None,
    ) -> None:
        """Add up the gradients of each batch, and update at its end.

        Args:
            state, config: see `Kernel.train`.
            start: the place of the first sample in the epoch.
            update: one update of the state.
            inputs, targets, outputs: the rows from `start` on.
            dropout: the masks of the epoch; None without dropout.
        """
        size, samples = self._problem.batch_size, len(self._inputs)
        gradient, changes = state.gradient, bool(self._kept) or changes_gradient(config)
        # As in machine code, plain descent on single samples has no sum: one with 0 would turn -0 into 0.
        has_sum = size > 1 or changes or self._problem.optimizer != "sgd"
        position, stop = start, start + len(inputs)
        while position < stop:
            begin = position - position % size
            end = min(begin + size, samples)
            until = min(position + self.chunk_size, end, stop)
            rows = slice(position - start, until - start)
            network, given = self._network(state, until - position), LayerInputs(inputs[rows])
            masks = None if dropout is None else dropout.masks(position, until)
            network.forward(given, outputs[rows], masks)
            if has_sum and position == begin:
                gradient[:] = 0.0
            network.backward(given, outputs[rows], targets[rows], adds=has_sum)
            if until == end:
                if end - begin > 1:
                    np.divide(gradient, end - begin, gradient)
                if changes:
                    self._change_gradient(state, config)
                update()
                self._put_back(state)
                state.updates += 1
            position = until

    def _put_back(self, state: OptimizerState) -> None:
        """Undo what an update has done to the frozen parameters and their buffers."""
        if self._kept:
            for array, kept in zip(state.arrays, self._kept, strict=True):
                array[state.frozen] = kept

    def _change_gradient(self, state: OptimizerState, config: TrainingConfig) -> None:
        """Penalize and clip the gradient; what is frozen has none."""
        gradient = state.gradient
        penalize(gradient, state.parameters, self._weights, config)
        gradient[state.frozen] = 0.0
        clip(gradient, config)


class _Dropout:
    """The masks of an epoch, made for many samples at once.

    Args:
        sizes, config, epoch: see `kernels.regularization.masks`.
        order: the samples of the epoch in their order, as far as they are trained on.
    """

    def __init__(self, sizes: tuple[int, ...], config: TrainingConfig, epoch: int, order: IntArray) -> None:
        self._of_epoch, self._order = (sizes, config, epoch), order
        self._at_once = max(_MASKED_AT_ONCE // max(sum(sizes[1:-1]), 1), 1)
        self._first = self._end = 0
        self._made: list[Array] | None = None

    def masks(self, start: int, stop: int) -> list[Array] | None:
        """The masks of each hidden layer for a part of the order; shape (stop - start, units) each."""
        if stop > self._end:
            self._first, self._end = start, max(start + self._at_once, stop)
            self._made = masks_of(*self._of_epoch, self._order[start : self._end])
        first = self._first
        return None if self._made is None else [mask[start - first : stop - first] for mask in self._made]
