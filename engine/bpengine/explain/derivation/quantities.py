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
            phase="forward",
            section="weighted sums",
            why="Each unit weighs what it receives and adds its bias.",
        ),
        Quantity(
            name="activation",
            phase="forward",
            section="activations",
            why="The activation function bends the sum; without it, all layers would be one linear map.",
        ),
        Quantity(
            name="dropout",
            phase="forward",
            section="dropout",
            why="A unit that is left out hands over 0; the others are scaled, so that the mean stays.",
        ),
        Quantity(
            name="output",
            phase="forward",
            section="outputs",
            why="The sums of the last layer become the answer: numbers, or the probability of each class.",
        ),
        Quantity(
            name="loss",
            phase="loss",
            section="loss",
            why="One number says how far the answer y is from the target t.",
        ),
        Quantity(
            name="output delta",
            phase="backward",
            section="deltas",
            why="Each loss and its output function together have this simple derivative.",
        ),
        Quantity(
            name="delta",
            phase="backward",
            section="deltas",
            why="The deltas of the next layer come back through its weights, times the slope of the unit.",
        ),
        Quantity(
            name="weight gradient",
            phase="backward",
            section="gradient",
            why="A weight acts on the loss through its unit's sum, in proportion to its input.",
        ),
        Quantity(
            name="bias gradient",
            phase="backward",
            section="gradient",
            why="A bias acts on the loss like a weight whose input is 1.",
        ),
        Quantity(
            name="penalized gradient",
            phase="update",
            section="penalties",
            why="The penalties pull each weight toward 0; they spare the biases.",
        ),
        Quantity(
            name="gradient norm",
            phase="update",
            section="gradient clipping",
            why="The length of the gradient over all layers is compared with the setting clip.",
        ),
        Quantity(
            name="clipped gradient",
            phase="update",
            section="gradient clipping",
            why="A gradient that is too long is shortened, and keeps its direction.",
        ),
        Quantity(
            name="learning rate",
            phase="update",
            section="learning rate",
            why="The schedule changes the size of the steps over the epochs.",
        ),
        Quantity(
            name="buffer",
            phase="update",
            section="new weights and biases",
            why="The optimizer remembers past gradients.",
        ),
        Quantity(
            name="new weight",
            phase="update",
            section="new weights and biases",
            why="A step against the gradient makes the loss of this batch smaller, if it is not too long.",
        ),
        Quantity(
            name="new bias",
            phase="update",
            section="new weights and biases",
            why="The biases change by the same rule as the weights.",
        ),
        Quantity(
            name="frozen weight",
            phase="update",
            section="new weights and biases",
            why="The weight is frozen: training leaves it as it is.",
        ),
        Quantity(
            name="frozen bias",
            phase="update",
            section="new weights and biases",
            why="The bias is frozen: training leaves it as it is.",
        ),
    )
}
"""The quantities by name, in the order in which a step computes them."""
