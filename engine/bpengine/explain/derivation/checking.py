"""The gradient that a run computes, compared with central differences of the loss."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np

from bpengine.arithmetic.arrays import Array
from bpengine.errors import ConfigError
from bpengine.explain.derivation.notation import TEXT
from bpengine.explain.derivation.symbols import parameter_place, parameter_symbol
from bpengine.network.activations import ACTIVATIONS
from bpengine.network.losses import LOSSES
from bpengine.network.network import Network
from bpengine.training.trainer import Trainer
from bpwords import must_be

TOLERANCE = 1e-6
"""The largest relative error of a derivative that agrees."""
STEPS = (1e-3, 1e-4, 1e-5, 1e-6)
"""The steps to try for a parameter of at most 1; for a larger one they are multiplied by its size."""
_ROUNDING = 64 * float(np.finfo(np.float64).eps)
"""The rounding error of a loss, relative to the loss or to 1: some tens of operations."""


@dataclass(frozen=True, slots=True)
class DerivativeCheck:
    """One derivative of the loss, computed in two ways."""

    name: str
    """The weight or bias, such as W1[2,3]: the weight of input 2 and unit 3 of layer 1."""
    index: int
    """The index in the network's parameters."""
    by_chain_rule: float
    """The derivative that back-propagation gives."""
    by_differences: float
    """(L(p + h) - L(p - h)) / (2 h)."""
    step: float
    """h: the one of the tried steps whose result depends least on the step."""
    relative_error: float
    """The difference of the two, relative to the larger one; 0 if both are 0."""
    resolution: float
    """The difference that rounding alone can make."""
    has_kink: bool
    """Whether a unit such as a relu switches on or off between p - h and p + h, where the loss has a corner
    and the two need not agree."""

    @property
    def is_zero(self) -> bool:
        """Whether both are 0, as if a relu is off. They agree, but a wrong formula may also give 0."""
        return self.by_chain_rule == self.by_differences == 0

    @property
    def agrees(self) -> bool:
        """Whether the two agree, as far as central differences can tell."""
        difference = abs(self.by_chain_rule - self.by_differences)
        return self.has_kink or self.relative_error <= TOLERANCE or difference <= self.resolution


def gradient_check(trainer: Trainer, parameters: Iterable[int] | None = None) -> list[DerivativeCheck]:
    """Compare the gradient of the next step with central differences. The run does not change.

    The loss is the mean over the batch of the next step, with its dropout and without penalties. For classes
    it is the cross-entropy without the 1e-7, which back-propagation also leaves out.

    Args:
        trainer: the run.
        parameters: the indices in `network.parameters` of the weights and biases to check; by default all.

    Raises:
        ConfigError: there is no such parameter, or the run is finished.
        DivergedError: the run has diverged, or would in this step.
    """
    trace = trainer.trace()
    if trace is None:
        raise ConfigError("gradient check", "the run has ended: there is no next step")
    vector = trainer.run_state().parameters
    count = len(vector)
    chosen = list(range(count) if parameters is None else parameters)
    for index in chosen:
        if not 0 <= index < count:
            raise ConfigError("gradient check", must_be(f"a parameter from 0 to {count - 1}", index))
    config = trainer.config
    network = Network(trace.sizes, config.activations, LOSSES[config.task])
    masks = [layer.mask for layer in trace.layers]

    def measure(moved: Array) -> tuple[float, Array]:
        """The mean loss, and which units are switched on."""
        network.parameters[:] = moved
        z = [sums for sums, _ in network.passes(trace.inputs, masks)]
        with np.errstate(all="ignore"):
            loss = float(network.loss.exact(z[-1], trace.targets).mean())
        signs = [
            part.ravel() > 0
            for part, name in zip(z, config.activations, strict=False)
            if ACTIVATIONS[name].has_corner
        ]
        return loss, np.concatenate(signs) if signs else np.empty(0)

    gradient = _gradient_of_step(trainer)
    return [
        _check(measure, vector, index, float(gradient[index]), _name(trace.sizes, index)) for index in chosen
    ]


def _check(
    measure: Callable[[Array], tuple[float, Array]],
    vector: Array,
    index: int,
    by_chain_rule: float,
    name: str,
) -> DerivativeCheck:
    scale = max(1.0, abs(float(vector[index])))
    tried: list[tuple[float, float, float, bool]] = []
    for step in STEPS:
        moved = vector.copy()
        moved[index] = vector[index] + step * scale
        above, on_above = measure(moved)
        width = float(moved[index])
        moved[index] = vector[index] - step * scale
        below, on_below = measure(moved)
        width -= float(moved[index])
        resolution = _ROUNDING * max(abs(above), abs(below), 1.0) / width
        tried.append(((above - below) / width, width / 2, resolution, bool((on_above != on_below).any())))
    # If a step is too long, the next one differs because of the curvature; if too short, because of rounding.
    changes = [abs(tried[i][0] - tried[i + 1][0]) for i in range(len(tried) - 1)]
    best = int(np.argmin(changes)) + 1
    by_differences, step, resolution, has_kink = tried[best]
    larger = max(abs(by_chain_rule), abs(by_differences))
    difference = abs(by_chain_rule - by_differences)
    return DerivativeCheck(
        name=name,
        index=index,
        by_chain_rule=by_chain_rule,
        by_differences=by_differences,
        step=step,
        relative_error=difference / larger if larger else 0.0,
        resolution=resolution,
        has_kink=has_kink,
    )


def _gradient_of_step(trainer: Trainer) -> Array:
    """The gradient as the run computes it: what a step of plain SGD at learning rate 1 subtracts.

    It includes the gradient of frozen parameters.
    """
    plain = trainer.config.replace(optimizer="sgd", learning_rate=1, schedule="constant", l1=0, l2=0, clip=0)
    copied = Trainer(plain, trainer.source, kernel=trainer.kernel_name, dataset=trainer.dataset)
    buffers = copied.run_state().buffers  # none
    copied.restore(replace(trainer.run_state(), config=plain, changes=(), buffers=buffers))
    before = copied.run_state().parameters
    copied.step()
    return before - copied.run_state().parameters


def _name(sizes: tuple[int, ...], index: int) -> str:
    return TEXT.symbol(parameter_symbol(parameter_place(sizes, index)))
