"""Batches in blocks: the same bits as NumPy's kernel, whatever the shapes and the rules are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from bpengine import Dataset, Trainer, TrainingConfig
from bpengine.kernels.numba_kernel import blocks_pay
from tests.engine.kernels import needs_numba

pytestmark = needs_numba

SAMPLES = 67
"""So that the last batch is short."""


def samples(inputs: int) -> Dataset:
    random = np.random.RandomState(inputs)
    classes = [f"class {number}" for number in random.randint(0, 3, SAMPLES)]
    return Dataset.from_arrays(random.normal(size=(SAMPLES, inputs)), classes)


@pytest.mark.parametrize(
    ("inputs", "hidden", "batch", "settings"),
    [
        (784, (32,), 32, {"optimizer": "adam"}),
        (785, (33,), 7, {"optimizer": "adam", "l2": 0.01, "test_share": 0.3}),
        (783, (24,), 2, {"optimizer": "sgd", "clip": 0.5}),
        (64, (24,), 32, {"optimizer": "rmsprop", "dropout": 0.3}),
        (100, (50,), SAMPLES, {"optimizer": "momentum"}),
        (256, (40, 30), 8, {"optimizer": "nesterov", "l1": 0.001}),
        (65, (65, 64), 33, {"optimizer": "adam", "dropout": 0.2, "test_share": 0.2}),
        (9, (5, 4, 3), 11, {"optimizer": "sgd", "activation": "tanh"}),
    ],
)
def test_a_run_in_blocks_has_the_bits_of_numpy(
    inputs: int, hidden: tuple[int, ...], batch: int, settings: dict[str, Any]
) -> None:
    config = TrainingConfig.defaults(
        "classification",
        **{"activation": "relu", "initializer": "he", "learning_rate": 0.01, "epochs": 4}
        | {"hidden_units": hidden, "batch_size": batch}
        | settings,
    )
    assert blocks_pay(batch, (inputs, *hidden, 3))
    source, trained = samples(inputs), []
    for kernel, pieces in (("numpy", ()), ("numba", ()), ("numba", (1, 3 * batch, 5))):
        trainer = Trainer(config, source, kernel=kernel)
        trainer.freeze(0, 1)
        for piece in pieces:  # parts of an epoch are calls of their own
            trainer.run_for(1e6, max_samples=piece)
        trainer.fit()
        trained.append(trainer)
    first = trained[0]
    for other in trained[1:]:
        assert other.parameters_now().tobytes() == first.parameters_now().tobytes()
        assert other.history.reports == first.history.reports
        assert other.run_state().buffers.tobytes() == first.run_state().buffers.tobytes()
