"""The interface of a kernel, which updates the parameters, sample by sample and epoch by epoch.

One update on a batch of b samples, with the parameters as they were before it, starts from the gradient

    g = (1/b) sum over the batch of dL/dparameters      with dropout, through the units that count
    g += l2 w + l1 sign(w)        for the weights w, not the biases; the reported loss has no penalties
    g = 0                         for the parameters in `OptimizerState.frozen`
    g *= clip / norm              if clip > 0 and norm > clip (the L2 norm over all parameters)

The optimizer then changes the parameters by its formula (see `OPTIMIZERS`), but those in
`OptimizerState.frozen` keep their values, and the optimizer's buffers keep theirs for them.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol, Self

import numpy as np

from bpengine.arithmetic.arrays import Array, IntArray
from bpengine.arithmetic.generators import Generator, GeneratorState
from bpengine.choices import Task
from bpengine.config import TrainingConfig
from bpengine.data import Dataset
from bpengine.network.network import parameter_count
from bpengine.network.optimizers import OptimizerState

MAX_CHUNK_WORK = 2**23
"""The work of a chunk in machine code, some ten milliseconds: its samples times the parameters plus 32 for
each unit, since an activation and its derivative take about as long as that many weights."""


class KernelProblem(NamedTuple):
    """What stays the same during a run."""

    sizes: tuple[int, ...]
    """The number of units of each layer: the inputs first, the outputs last."""
    activations: tuple[str, ...]
    """The name of each hidden layer's activation."""
    task: Task
    """Decides the output function and the loss; see `LOSSES`."""
    optimizer: str
    """The name of the optimizer."""
    batch_size: int
    """The number of samples per update, from 1 to all."""
    inputs: Array
    """Shape (samples, inputs)."""
    targets: Array
    """Shape (samples, outputs); one-hot rows for classes."""
    test_inputs: Array | None = None
    """The samples whose losses are measured at the end of each epoch, in the form of `inputs`; None if there
    are none."""
    test_targets: Array | None = None
    """Their targets, in the form of `targets`."""

    @classmethod
    def of(cls, config: TrainingConfig, sizes: tuple[int, ...], dataset: Dataset) -> Self:
        """The problem of runs with these settings and samples; see the attributes."""
        samples, test = len(dataset), dataset.test
        return cls(
            sizes=sizes,
            activations=config.activations,
            task=config.task,
            optimizer=config.optimizer,
            batch_size=min(config.batch_size or samples, samples),
            inputs=dataset.inputs,
            targets=dataset.targets,
            test_inputs=None if test is None else test.inputs,
            test_targets=None if test is None else test.targets,
        )

    @property
    def test_samples(self) -> int:
        """The number of test samples."""
        return 0 if self.test_inputs is None else len(self.test_inputs)


class EpochArrays(NamedTuple):
    """The order of the samples of some epochs, and what a kernel computes of them."""

    orders: IntArray
    """The samples of each epoch in their order; shape (epochs, samples)."""
    losses: Array
    """Receives the loss of each sample before its batch's update, at the sample's place in the order; shape
    (epochs, samples)."""
    outputs: Array
    """Receives the network's outputs for the samples of the last epoch in the same way; shape (samples,
    outputs)."""
    test_losses: Array
    """Receives the loss of each test sample after each epoch that ends; shape (epochs, test samples)."""

    @classmethod
    def of(cls, problem: KernelProblem, epochs: int = 1, *lanes: int) -> Self:
        """New arrays for so many epochs, with the lanes as the last axis if there are any."""
        shape = (epochs, len(problem.inputs), *lanes)
        outputs, tests = (*problem.targets.shape, *lanes), (epochs, problem.test_samples, *lanes)
        return cls(np.zeros(shape, dtype=np.int64), *map(np.zeros, (shape, outputs, tests)))

    def first(self, epochs: int) -> Self:
        """Those of the first epochs alone."""
        return type(self)(self.orders[:epochs], self.losses[:epochs], self.outputs, self.test_losses[:epochs])


class Kernel(Protocol):
    """Trains on one problem. Numbers may overflow to inf and NaN: a kernel neither warns nor raises.

    All kernels compute the same bits: they add in the same order, and use the functions of `arithmetic`. The
    state holds everything that one call hands over to the next, so that another kernel may go on from there.
    """

    name: str
    epochs_a_call: int
    """The number of whole epochs to train on in one call."""
    chunk_size: int
    """The number of samples of a batch to process in one call, if the batch has more than that."""

    def train(
        self,
        state: OptimizerState,
        config: TrainingConfig,
        rates: Array,
        arrays: EpochArrays,
        part: tuple[int, int],
        epoch: int = 0,
    ) -> None:
        """Train on whole epochs or, of one epoch, on some samples, in batches of `batch_size`.

        A part may begin and end within a batch: `OptimizerState.gradient` holds the sum until the next call.
        Epochs have the same numbers, to the last bit, in one call and in pieces.

        Args:
            state: the parameters and the optimizer's buffers; changed in place.
            config: the settings, of which a kernel uses those that may change during a run.
            rates: one learning rate for each epoch; shape (epochs,).
            arrays: the orders, and what receives the results.
            part: the first sample, which begins a batch or is where the last call ended, and the end.
            epoch: the number of the first of these epochs in the run, on which dropout depends.
        """

    def make_generator(self, state: GeneratorState) -> Generator:
        """Return the generator of the orders, which gives the same ones with every kernel."""


def work_per_sample(sizes: tuple[int, ...]) -> int:
    """The work of training on a sample, in units of what a weight takes."""
    return parameter_count(sizes) + 32 * sum(sizes)
