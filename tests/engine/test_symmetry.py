"""Why the start must be random: from an init scale of 0, all hidden units stay equal.

Each unit then sends the same activation on, and gets the same delta back through the same weight, so that
every update is the same for all of them. That holds for the numbers of mathematics. A processor may round a
sum of two products differently for different units of one product of matrices (some fuse them, and only in
full vectors): with one output the units were equal to the last bit wherever this was tried, with two outputs
only to 1e-14 or so, which hundreds of epochs can then amplify. Hence few epochs, and a tolerance.
"""

from __future__ import annotations

import numpy as np
import pytest

from bpengine import TASKS, Task, Trainer, TrainingConfig
from bpengine.datasets import Array

EPOCHS = 10


def units(trainer: Trainer) -> Array:
    """One row for each hidden unit: its weights in, its bias and its weights out."""
    hidden, output = trainer.network.hidden[0], trainer.network.output
    return np.column_stack([hidden.weights.T, hidden.biases, output.weights])


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("hidden_units", [2, 3, 6, 9])
def test_without_spread_all_hidden_units_stay_equal(task: Task, hidden_units: int) -> None:
    config = TrainingConfig.defaults(task, init_scale=0, hidden_units=(hidden_units,), epochs=EPOCHS)
    trainer = Trainer(config)
    assert not trainer.network.parameters.any()
    while trainer.run_epoch() is not None:
        np.testing.assert_allclose(np.ptp(units(trainer), axis=0), 0, atol=1e-9)
    # They do learn, all the same thing.
    assert np.abs(units(trainer)).max() > 0.1


@pytest.mark.parametrize("task", TASKS)
def test_with_spread_they_part(task: Task) -> None:
    trainer = Trainer(TrainingConfig.defaults(task, epochs=EPOCHS, init_scale=0.5))
    while trainer.run_epoch() is not None:
        pass
    assert (np.ptp(units(trainer), axis=0) > 0.1).all()
