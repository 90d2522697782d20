"""The random start of a run."""

from __future__ import annotations

import numpy as np

from bpengine.arrays import Array
from bpengine.config import TrainingConfig
from bpengine.generators import GeneratorState
from bpengine.initializers import INITIALIZERS
from bpengine.network import matrices, parameter_count


def draw_start(config: TrainingConfig, sizes: tuple[int, ...]) -> tuple[Array, GeneratorState]:
    """Return the first weights and biases of a run, and the generator that goes on from there.

    Args:
        config: the seed, the initializer and its scale are used.
        sizes: the number of units of each layer, from the inputs to the outputs.

    Returns:
        The parameters in the order of `Network.parameters`, and a state for `Kernel.make_generator`.
    """
    random = np.random.RandomState(config.seed)
    parameters: Array = np.empty(parameter_count(sizes))
    for matrix in matrices(sizes, parameters):
        inputs, units = len(matrix) - 1, matrix.shape[1]
        matrix[:] = INITIALIZERS[config.initializer].draw(random, inputs, units, config.init_scale)
    return parameters, random.get_state(legacy=False)
