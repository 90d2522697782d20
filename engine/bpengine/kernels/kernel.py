"""What a kernel is: it updates the parameters, sample by sample and epoch by epoch, and nothing else.

One update on a batch of b samples, with the parameters as they were before it:

    gradient = (1/b) sum over the batch of dL/dparameters
    gradient += l2 w + l1 sign(w)                     weights w only, not the biases
    gradient *= clip / norm                           if clip > 0 and norm > clip (L2, over all parameters)

and then, with η the learning rate, μ the momentum, ρ the decay, ε = 1e-8 and t counting updates from 1:

    sgd       p -= η g
    momentum  v = μ v + g;  p -= η v
    nesterov  v = μ v + g;  p -= η (g + μ v)
    rmsprop   s = ρ s + (1-ρ) g²;  p -= η g / (√s + ε)
    adam      m = μ m + (1-μ) g;  s = ρ s + (1-ρ) g²;  p -= η m/(1-μᵗ) / (√(s/(1-ρᵗ)) + ε)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bpengine.arrays import Array, IntArray
from bpengine.tasks import Task


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """What stays the same for the length of a run."""

    sizes: tuple[int, ...]
    """Units of each layer: the inputs first, the outputs last."""
    activations: tuple[str, ...]
    """One for each hidden layer."""
    task: Task
    """Regression: identity outputs and 1/2 sum (y-t)²; classification: softmax and -sum t log(y + 1e-7).
    The delta at the output is y - t for both."""
    optimizer: str
    batch_size: int
    """From 1 to the number of samples."""
    inputs: Array
    """Shape (samples, inputs)."""
    targets: Array
    """Shape (samples, outputs); for classes one-hot."""


@dataclass(slots=True, eq=False)
class State:
    """All that training changes. A kernel writes into the arrays, each of shape (parameters,)."""

    parameters: Array
    """Layer by layer: the weights (inputs x units) row by row, then the biases."""
    first_moment: Array
    """Velocity of momentum and nesterov; Adam's m."""
    second_moment: Array
    """The mean square gradients of rmsprop and Adam."""
    updates: int
    """How many updates so far."""

    @property
    def arrays(self) -> tuple[Array, Array, Array]:
        """Parameters, first moment and second moment."""
        return self.parameters, self.first_moment, self.second_moment


@dataclass(frozen=True, slots=True)
class Settings:
    """What may change between two calls."""

    momentum: float
    decay: float
    l1: float
    l2: float
    clip: float
    """The largest norm of a gradient; 0 lets every gradient pass."""


class Kernel(Protocol):
    """Trains on one problem. Numbers may overflow to inf and nan: it neither warns nor raises."""

    name: str
    epochs_a_call: int
    """How many whole epochs it likes to be given at once."""

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
        """Train on part of an epoch: on the samples order[start:stop], in batches of `batch_size`.

        Args:
            state: where training stands; changed in place.
            settings: the optimizer's settings.
            learning_rate: of all these updates.
            order: the epoch's samples in their order; shape (samples,).
            start: a multiple of the batch size.
            stop: a multiple of the batch size, or the number of samples.
            losses: positions start to stop receive each sample's loss before its batch's update;
                shape (samples,).
            outputs: the same for what the network answered; shape (samples, outputs).
        """

    def train_epochs(
        self, state: State, settings: Settings, learning_rates: Array, orders: IntArray, losses: Array
    ) -> None:
        """Train on whole epochs; the same numbers, to the last bit, as `train` gives in pieces.

        Args:
            state: where training stands; changed in place.
            settings: the optimizer's settings.
            learning_rates: one for each epoch; shape (epochs,).
            orders: each epoch's samples in their order; shape (epochs, samples).
            losses: receives each sample's loss before its batch's update, at the sample's place in the
                order; shape (epochs, samples).
        """
