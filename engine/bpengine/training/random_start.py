"""The random initial parameters of runs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bpengine.arithmetic.arrays import Array
from bpengine.arithmetic.generators import GeneratorState, first_normals
from bpengine.config import TrainingConfig
from bpengine.network.activations import INITIALIZERS
from bpengine.network.network import matrices, parameter_count


def draw_starts(
    configs: Sequence[TrainingConfig], sizes: tuple[int, ...]
) -> tuple[Array, list[GeneratorState]]:
    """Return the initial weights and biases of runs, and the generator states after drawing them.

    Args:
        configs: the settings of each run: the seed, the initializer and its scale are used.
        sizes: the number of units of each layer, from the inputs to the outputs.

    Returns:
        The parameters of each run in the order of `Network.parameters`, of shape (runs, parameters), and a
        state for `Kernel.make_generator` for each run.
    """
    parameters = np.zeros((len(configs), parameter_count(sizes)))
    states: dict[int, GeneratorState] = {}
    for name in {config.initializer for config in configs}:
        runs = [run for run, config in enumerate(configs) if config.initializer == name]
        count = sum(part.size for part in _drawn_parts(name, sizes, parameters[0]))
        numbers, after = first_normals(tuple(configs[run].seed for run in runs), count)
        states.update(zip(runs, after, strict=True))
        for run, mine in zip(runs, numbers, strict=True):
            _draw(parameters[run], sizes, configs[run], mine)
    return parameters, [states[run] for run in range(len(configs))]


def _draw(parameters: Array, sizes: tuple[int, ...], config: TrainingConfig, numbers: Array) -> None:
    """Set the parameters of a run from the standard normal numbers that it draws."""
    deviation = INITIALIZERS[config.initializer].deviation
    parts = _drawn_parts(config.initializer, sizes, parameters)
    for part, inputs, units in zip(parts, sizes, sizes[1:], strict=False):
        assert deviation is not None
        drawn, numbers = numbers[: part.size], numbers[part.size :]
        np.multiply(deviation(inputs, units, config.init_scale), drawn.reshape(part.shape), out=part)


def _drawn_parts(initializer: str, sizes: tuple[int, ...], parameters: Array) -> list[Array]:
    """Views of the parameters of each layer that an initializer draws."""
    chosen = INITIALIZERS[initializer]
    if chosen.deviation is None:
        return []
    return [matrix if chosen.draws_biases else matrix[:-1] for matrix in matrices(sizes, parameters)]
