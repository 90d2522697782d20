"""The fast kernel: hands whole epochs to machine code."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from bpengine.arrays import Array, IntArray
from bpengine.kernels.kernel import Problem, Settings, State
from bpengine.kernels.loading import load_numba
from bpengine.network import parameter_count

SAMPLES_A_CALL = 2**14
"""A call's own cost is then below a hundredth of it, and a small network's call takes a few milliseconds."""


class NumbaKernel:
    """Trains by the functions of `compiled`, which it has ready when it is made.

    Raises:
        NumbaError: numba is missing or doesn't work.
    """

    name = "numba"

    def __init__(self, problem: Problem) -> None:
        loaded = load_numba()
        self._compiled, self._train = loaded.module, loaded.train
        self._layers = np.array(
            _layers(problem, self._compiled.ACTIVATIONS.index), dtype=self._compiled.LAYER
        )
        self._classification = problem.task == "classification"
        self._optimizer = self._compiled.OPTIMIZERS.index(problem.optimizer)
        self._batch_size = problem.batch_size
        self._inputs = np.ascontiguousarray(problem.inputs)
        self._targets = np.ascontiguousarray(problem.targets)
        self.epochs_a_call = min(max(SAMPLES_A_CALL // len(self._inputs), 1), 256)
        self._gradient: Array = np.empty(parameter_count(problem.sizes))
        self._units = self._compiled.Units(*np.zeros((3, sum(problem.sizes))))
        self._last_answers: Array = np.empty_like(self._targets)

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
        every = (0, len(self._inputs))
        self._call(state, settings, learning_rates, orders, every, losses, self._last_answers)

    def _call(
        self,
        state: State,
        settings: Settings,
        rates: Array,
        orders: IntArray,
        part: tuple[int, int],
        losses: Array,
        answers: Array,
    ) -> None:
        """Train on a part of each epoch."""
        self._check(state, rates, orders, part, losses, answers)
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
            answers,
        )

    def _check(
        self,
        state: State,
        rates: Array,
        orders: IntArray,
        part: tuple[int, int],
        losses: Array,
        answers: Array,
    ) -> None:
        """Machine code looks at no bounds: here it is made sure that it keeps to them."""
        epochs, samples = len(orders), len(self._inputs)
        parameters = self._gradient.shape
        shapes = [
            (state.parameters, parameters),
            (state.first_moment, parameters),
            (state.second_moment, parameters),
            (rates, (epochs,)),
            (orders, (epochs, samples)),
            (losses, (epochs, samples)),
            (answers, self._targets.shape),
        ]
        for array, shape in shapes:
            if array.shape != shape:
                raise ValueError(f"an array has shape {array.shape} instead of {shape}")
        start, stop = part
        chosen = orders[:, start:stop]
        if not 0 <= start <= stop <= samples or (
            chosen.size and not 0 <= chosen.min() <= chosen.max() < samples
        ):
            raise IndexError(f"the order names samples that are not among the {samples}")


def _layers(problem: Problem, number: Callable[[str], int]) -> list[tuple[int, ...]]:
    """The fields of `compiled.LAYER` for each layer, hidden and last; `number` gives an activation's."""
    rows: list[tuple[int, ...]] = []
    weights = below = 0
    for (inputs, units), activation in zip(
        pairwise(problem.sizes), (*problem.activations, "identity"), strict=True
    ):
        biases, here = weights + inputs * units, below + inputs
        rows.append((inputs, units, weights, biases, below, here, number(activation)))
        weights, below = biases + units, here
    return rows
