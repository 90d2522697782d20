"""The fast kernel, which hands whole epochs to machine code."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from bpengine.arrays import Array, IntArray
from bpengine.kernels.kernel import MAX_CHUNK_WORK, Problem, Settings, work_per_sample
from bpengine.kernels.loading import NumbaError, load_numba
from bpengine.network import parameter_count
from bpengine.optimizers import State

SAMPLES_A_CALL = 2**14
"""The cost of the call itself is then below a hundredth, and a small network takes a few milliseconds."""


class NumbaKernel:
    """Trains with the functions of `compiled`, which are ready once the kernel is made.

    Raises:
        NumbaError: numba is missing or does not work, or `compiled` has no code for the activation or
        optimizer.
    """

    name = "numba"

    def __init__(self, problem: Problem) -> None:
        loaded = load_numba()
        self._compiled, self._train = loaded.module, loaded.train
        hidden = [_number("activation", name, self._compiled.ACTIVATIONS) for name in problem.activations]
        # The softmax of a classification is computed along with the loss.
        rows = _layers(problem.sizes, [*hidden, self._compiled.IDENTITY])
        self._layers: Any = np.array(rows, dtype=self._compiled.LAYER)
        self._classification = problem.task == "classification"
        self._optimizer = _number("optimizer", problem.optimizer, self._compiled.OPTIMIZERS)
        self._batch_size = problem.batch_size
        self._inputs = np.ascontiguousarray(problem.inputs)
        self._targets = np.ascontiguousarray(problem.targets)
        self.epochs_a_call = min(max(SAMPLES_A_CALL // len(self._inputs), 1), 256)
        # The loops add up sample by sample, so that any size gives the same sums. They take twice as long.
        self.chunk_size = max(MAX_CHUNK_WORK // 2 // work_per_sample(problem.sizes), 1)
        self._gradient: Array = np.empty(parameter_count(problem.sizes))
        self._units = self._compiled.Units(*np.zeros((3, sum(problem.sizes))))
        self._last_outputs: Array = np.empty_like(self._targets)

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
        rates = np.array([learning_rate], dtype=np.float64)
        orders, epoch_losses = order[np.newaxis], losses[np.newaxis]
        self._call(state, settings, rates, orders, (start, stop), epoch_losses, outputs)

    def train_epochs(
        self, state: State, settings: Settings, learning_rates: Array, orders: IntArray, losses: Array
    ) -> None:
        """See `Kernel.train_epochs`."""
        whole = (0, len(self._inputs))
        self._call(state, settings, learning_rates, orders, whole, losses, self._last_outputs)

    def _call(
        self,
        state: State,
        settings: Settings,
        rates: Array,
        orders: IntArray,
        part: tuple[int, int],
        losses: Array,
        outputs: Array,
    ) -> None:
        """Train on a part of each epoch."""
        self._check(state, rates, orders, part, losses, outputs)
        rules = self._compiled.Rules(
            classification=self._classification,
            optimizer=self._optimizer,
            batch_size=self._batch_size,
            momentum=float(settings.momentum),
            decay=float(settings.decay),
            l1=float(settings.l1),
            l2=float(settings.l2),
            clip=float(settings.clip),
        )
        memory = self._compiled.Memory(
            state.parameters, state.first_moment, state.second_moment, self._gradient
        )
        state.updates = self._train(
            self._layers,
            rules,
            self._inputs,
            self._targets,
            orders,
            rates,
            *part,
            state.updates,
            memory,
            self._units,
            losses,
            outputs,
        )

    def _check(
        self,
        state: State,
        rates: Array,
        orders: IntArray,
        part: tuple[int, int],
        losses: Array,
        outputs: Array,
    ) -> None:
        """Check that no index is out of bounds, since machine code does not."""
        epochs, samples = len(orders), len(self._inputs)
        parameters = self._gradient.shape
        shapes = [
            (state.parameters, parameters),
            (state.first_moment, parameters),
            (state.second_moment, parameters),
            (rates, (epochs,)),
            (orders, (epochs, samples)),
            (losses, (epochs, samples)),
            (outputs, self._targets.shape),
        ]
        for array, shape in shapes:
            if array.shape != shape:
                raise ValueError(f"an array has shape {array.shape} instead of {shape}")
        start, stop = part
        chosen = orders[:, start:stop]
        if not 0 <= start <= stop <= samples or (
            chosen.size and not 0 <= chosen.min() <= chosen.max() < samples
        ):
            raise IndexError(f"the order has indices outside the {samples} samples")


def _number(kind: str, name: str, numbers: dict[str, int]) -> int:
    """The number by which the machine code knows an activation or optimizer."""
    if name not in numbers:
        raise NumbaError(f"numba has no code for the {kind} {name}; numpy has")
    return numbers[name]


def _layers(sizes: tuple[int, ...], activations: list[int]) -> list[tuple[int, ...]]:
    """The values of `compiled.LAYER` for each layer, given its size and its activation's number."""
    rows: list[tuple[int, ...]] = []
    weights = below = 0
    for (inputs, units), activation in zip(pairwise(sizes), activations, strict=True):
        biases, here = weights + inputs * units, below + inputs
        rows.append((inputs, units, weights, biases, below, here, activation))
        weights, below = biases + units, here
    return rows
