"""The trainer computes the same numbers as a baseline that shares no code with it.

The learning rates are moderate. From about 1.5 for the sine and 1 for the grid, a run amplifies its own
rounding errors.
"""

from __future__ import annotations

import numpy as np
import pytest

from bpengine import Trainer, TrainingConfig
from tests.engine.runs import baseline_of
from tests.engine.test_traces import TRACES, read

RUNS = [
    TrainingConfig.defaults("regression", seed=7, epochs=60),
    TrainingConfig.defaults("regression", seed=2**32 - 1, epochs=40, hidden_units=(1,)),
    TrainingConfig.defaults("regression", seed=11, epochs=40, hidden_units=(20,), learning_rate=0.02),
    TrainingConfig.defaults("regression", seed=12, epochs=40, learning_rate=0.5, init_scale=1),
    TrainingConfig.defaults("classification", seed=7, epochs=8),
    TrainingConfig.defaults("classification", seed=8, epochs=6, hidden_units=(1,), learning_rate=0.3),
    TrainingConfig.defaults("classification", seed=9, epochs=6, hidden_units=(17,), init_scale=0.5),
    TrainingConfig.defaults("classification", seed=10, epochs=4, learning_rate=0),
]


@pytest.mark.parametrize(
    ("name", "epochs"), [("regression_seed_1", 201), ("classification_seed_1", 11)], ids=["sine", "grid"]
)
def test_the_baseline_reproduces_the_original_errors(name: str, epochs: int) -> None:
    baseline, trace = baseline_of(TRACES[name]), read(name)
    errors = [baseline.epoch() for _ in range(epochs)]
    reported = [epoch for epoch in trace if epoch < epochs]
    assert len(reported) == 2
    assert [errors[epoch] for epoch in reported] == pytest.approx(
        [trace[epoch] for epoch in reported], rel=1e-9, abs=0
    )


@pytest.mark.parametrize("config", RUNS, ids=lambda config: f"{config.task}-{config.seed}")
def test_the_trainer_agrees_with_the_baseline(config: TrainingConfig) -> None:
    baseline, trainer = baseline_of(config), Trainer(config)
    # NumPy's normal numbers depend on the C library by a last bit; ours do not.
    np.testing.assert_allclose(trainer.network.parameters, baseline.parameters, rtol=1e-15)
    while (record := trainer.run_epoch()) is not None:
        assert record.error == pytest.approx(baseline.epoch(), rel=1e-9, abs=0)
    np.testing.assert_allclose(trainer.network.parameters, baseline.parameters, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("config", RUNS, ids=lambda config: f"{config.task}-{config.seed}")
def test_steps_take_the_same_samples_in_the_same_order(config: TrainingConfig) -> None:
    baseline, trainer = baseline_of(config), Trainer(config)
    for position, index in enumerate(baseline.shuffled()):
        record = trainer.step()
        assert record is not None
        assert (record.epoch, record.sample, record.indices) == (0, position, (index,))
        assert record.targets[0] == pytest.approx(baseline.targets[index], rel=1e-15)
        assert record.loss == pytest.approx(baseline.step(index), rel=1e-9, abs=1e-15)
