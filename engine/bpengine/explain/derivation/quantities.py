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


@dataclass(frozen=True, slots=True)
class Quantity:
    """A kind of number that a training step computes."""

    name: str
    phase: Phase
    section: str
    """The heading that it is listed under, with other numbers that a layer computes at the same time."""
    why: str
    """Its purpose, in one sentence."""


_SECTIONS: dict[tuple[Phase, str], dict[str, str]] = {
    ("forward", "weighted sums"): {
        "weighted sum": "Each unit weighs what it receives and adds its bias.",
    },
    ("forward", "activations"): {
        "activation": "The activation function bends the sum; without it, all layers would be one linear "
        "map.",
    },
    ("forward", "dropout"): {
        "dropout": "A unit that is left out hands over 0; the others are scaled, so that the mean stays.",
    },
    ("forward", "outputs"): {
        "output": "The sums of the last layer become the answer: numbers, or the probability of each class.",
    },
    ("loss", "loss"): {
        "loss": "One number says how far the answer y is from the target t.",
    },
    ("backward", "deltas"): {
        "output delta": "Each loss and its output function together have this simple derivative.",
        "delta": "The deltas of the next layer come back through its weights, times the slope of the unit.",
    },
    ("backward", "gradient"): {
        "weight gradient": "A weight acts on the loss through its unit's sum, in proportion to its input.",
        "bias gradient": "A bias acts on the loss like a weight whose input is 1.",
    },
    ("update", "penalties"): {
        "penalized gradient": "The penalties pull each weight toward 0; they spare the biases.",
    },
    ("update", "gradient clipping"): {
        "gradient norm": "The length of the gradient over all layers is compared with the setting clip.",
        "clipped gradient": "A gradient that is too long is shortened, and keeps its direction.",
    },
    ("update", "learning rate"): {
        "learning rate": "The schedule changes the size of the steps over the epochs.",
    },
    ("update", "new weights and biases"): {
        "buffer": "The optimizer remembers past gradients.",
        "new weight": "A step against the gradient makes the loss of this batch smaller, if it is not too "
        "long.",
        "new bias": "The biases change by the same rule as the weights.",
        "frozen weight": "The weight is frozen: training leaves it as it is.",
        "frozen bias": "The bias is frozen: training leaves it as it is.",
    },
}
"""Why a step computes each quantity, by phase and section, in the order in which it does."""

QUANTITIES = {
    name: Quantity(name, phase, section, why)
    for (phase, section), quantities in _SECTIONS.items()
    for name, why in quantities.items()
}
"""The quantities by name, in the order in which a step computes them."""
