"""The quantities of a training step, each described once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Phase = Literal["forward", "loss", "backward", "update"]

PHASES: dict[Phase, str] = {
    "forward": "Forward: from the inputs to the answer",
    "loss": "Loss: how wrong the answer is",
    "backward": "Backward: from the loss to the gradient",
    "update": "Update: from the gradient to the new weights",
}
"""The parts of a step in their order, with their titles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A kind of number that a training step computes."""

    name: str
    symbol: str
    """Its letter in docs/backpropagation.md."""
    formula: str
    """How it is computed, for a whole layer."""
    phase: Phase
    section: str
    """The heading that it is listed under, with other numbers that a layer computes at the same time."""
    why: str
    """Its purpose, in one sentence."""


QUANTITIES = {
    quantity.name: quantity
    for quantity in (
        Quantity(
            name="weighted sum",
            symbol="z",
            formula="z = x W + b",
            phase="forward",
            section="weighted sums",
            why="Each unit weighs what it receives and adds its bias.",
        ),
        Quantity(
            name="activation",
            symbol="a",
            formula="a = f(z)",
            phase="forward",
            section="activations",
            why="The activation function bends the sum; without it, all layers would be one linear map.",
        ),
        Quantity(
            name="output",
            symbol="y",
            formula="y = u, or softmax(u) for classes",
            phase="forward",
            section="outputs",
            why="The sums of the last layer become the answer: numbers, or the probability of each class.",
        ),
        Quantity(
            name="loss",
            symbol="L",
            formula="L = 1/2 sum (y - t)^2, or -sum t log(y + 1e-7) for classes",
            phase="loss",
            section="loss",
            why="One number says how far the answer y is from the target t.",
        ),
        Quantity(
            name="output delta",
            symbol="delta",
            formula="delta = dL/du = y - t",
            phase="backward",
            section="deltas",
            why="Each loss and its output function together have this simple derivative.",
        ),
        Quantity(
            name="delta",
            symbol="delta",
            formula="delta = dL/dz = (delta' W'^T) * f'(z)",
            phase="backward",
            section="deltas",
            why="The deltas of the next layer come back through its weights, times the activation's slope.",
        ),
        Quantity(
            name="weight gradient",
            symbol="dL/dW",
            formula="dL/dW = x^T delta",
            phase="backward",
            section="gradient",
            why="A weight acts on the loss through its unit's sum, in proportion to its input.",
        ),
        Quantity(
            name="bias gradient",
            symbol="dL/db",
            formula="dL/db = delta",
            phase="backward",
            section="gradient",
            why="A bias acts on the loss like a weight whose input is 1.",
        ),
        Quantity(
            name="penalized gradient",
            symbol="g",
            formula="g = dL/dW + l2 W + l1 sign(W)",
            phase="update",
            section="penalties",
            why="The penalties pull each weight toward 0; they spare the biases.",
        ),
        Quantity(
            name="gradient norm",
            symbol="norm",
            formula="norm = sqrt(sum g^2)",
            phase="update",
            section="gradient clipping",
            why="The length of the gradient over all layers is compared with the setting clip.",
        ),
        Quantity(
            name="clipped gradient",
            symbol="g",
            formula="g = g clip / norm",
            phase="update",
            section="gradient clipping",
            why="A gradient that is too long is shortened, and keeps its direction.",
        ),
        Quantity(
            name="learning rate",
            symbol="eta",
            formula="eta, by the schedule",
            phase="update",
            section="learning rate",
            why="The schedule changes the size of the steps over the epochs.",
        ),
        Quantity(
            name="buffer",
            symbol="v, m or s",
            formula="by the optimizer",
            phase="update",
            section="new weights and biases",
            why="The optimizer remembers past gradients.",
        ),
        Quantity(
            name="new weight",
            symbol="W",
            formula="by the optimizer",
            phase="update",
            section="new weights and biases",
            why="A step against the gradient makes the loss of this batch smaller, if it is not too long.",
        ),
        Quantity(
            name="new bias",
            symbol="b",
            formula="by the optimizer",
            phase="update",
            section="new weights and biases",
            why="The biases change by the same rule as the weights.",
        ),
        Quantity(
            name="frozen weight",
            symbol="W",
            formula="W' = W",
            phase="update",
            section="new weights and biases",
            why="The weight is frozen: training leaves it as it is.",
        ),
        Quantity(
            name="frozen bias",
            symbol="b",
            formula="b' = b",
            phase="update",
            section="new weights and biases",
            why="The bias is frozen: training leaves it as it is.",
        ),
    )
}
"""The quantities by name, in the order in which a step computes them."""
