"""The initial weights must be random: with an init scale of 0, all hidden units stay equal.

Every hidden unit then has the same activation and receives the same delta through the same weight, so that
every update is the same for all units. This is exact in real arithmetic only. In a matrix product, a
processor may round the sum of two products differently for different units, for example if it fuses
multiplication and addition only in full vectors. With one output, the units were equal to the last bit on
every machine tried. With two outputs, they were equal to about 1e-14, which hundreds of epochs can amplify.
The tests therefore train for few epochs and have a tolerance.
"""

from __future__ import annotations

import numpy as np
import pytest

from bpengine import TASKS, Task, Trainer, TrainingConfig
from bpengine.arithmetic.arrays import Array

EPOCHS = 10


def units(trainer: Trainer) -> Array:
    """Return one row for each hidden unit, with its input weights, its bias and its output weights."""
    hidden, output = trainer.network.hidden[0], trainer.network.output
    return np.column_stack([hidden.weights.T, hidden.biases, output.weights])


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("hidden_units", [2, 3, 6, 9])
def test_with_an_init_scale_of_0_all_hidden_units_stay_equal(task: Task, hidden_units: int) -> None:
    config = TrainingConfig.defaults(task, init_scale=0, hidden_units=(hidden_units,), epochs=EPOCHS)
    trainer = Trainer(config)
    assert not trainer.network.parameters.any()
    while trainer.run_epoch() is not None:
        np.testing.assert_allclose(np.ptp(units(trainer), axis=0), 0, atol=1e-9)
    # The units do learn, but all of them learn the same.
    assert np.abs(units(trainer)).max() > 0.1


@pytest.mark.parametrize("task", TASKS)
def test_with_random_weights_the_hidden_units_differ(task: Task) -> None:
    trainer = Trainer(TrainingConfig.defaults(task, epochs=EPOCHS, init_scale=0.5))
    while trainer.run_epoch() is not None:
        pass
    assert (np.ptp(units(trainer), axis=0) > 0.1).all()
