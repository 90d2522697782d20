"""Where a run starts: the first weights of a layer, by name in `INITIALIZERS`; biases come with them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bpengine.arrays import Array

Initializer = Callable[[np.random.RandomState, int, int, float], Array]
"""(generator, inputs, units, init scale) -> weights above biases; shape (inputs + 1, units)."""


def _normal(rng: np.random.RandomState, inputs: int, units: int, init_scale: float) -> Array:
    """init_scale * N(0, 1), weights and biases alike: the original programs' start."""
    start: Array = init_scale * rng.standard_normal((inputs + 1, units))
    return start


def _zeros(rng: np.random.RandomState, inputs: int, units: int, init_scale: float) -> Array:  # noqa: ARG001  one signature for all
    """All 0: the units of a layer have no reason to differ."""
    return np.zeros((inputs + 1, units))


def _with_variance(variance: Callable[[int, int], float]) -> Initializer:
    """Weights N(0, variance), biases 0."""

    def initialize(rng: np.random.RandomState, inputs: int, units: int, init_scale: float) -> Array:  # noqa: ARG001  one signature for all
        start = np.zeros((inputs + 1, units))
        start[:-1] = np.sqrt(variance(inputs, units)) * rng.standard_normal((inputs, units))
        return start

    return initialize


INITIALIZERS: dict[str, Initializer] = {
    "normal": _normal,
    "zeros": _zeros,
    "xavier": _with_variance(lambda inputs, units: 2 / (inputs + units)),
    "he": _with_variance(lambda inputs, _units: 2 / inputs),
}
"""Xavier: X. Glorot and Y. Bengio, AISTATS 2010. He: K. He et al., ICCV 2015."""
