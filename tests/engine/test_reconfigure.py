"""Some settings can be changed during a run, and the others need a new run."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from bpengine import FIELDS, ConfigError, Trainer, TrainingConfig, checkpoint
from bpengine.training.run import MAX_CHANGES
from tests.engine.runs import assert_same, baseline_of, finished


def test_the_settings_that_need_a_restart() -> None:
    restart = {field.name for field in FIELDS if field.needs_restart}
    assert restart >= {
        *("hidden_units", "init_scale", "seed", "activation", "initializer", "optimizer", "batch_size"),
        *("dataset", "samples", "noise", "frequency", "test_share", "data_seed"),
    }
    assert not restart & {
        *("learning_rate", "momentum", "decay", "schedule", "schedule_epochs", "schedule_factor", "l1", "l2"),
        *("clip", "epochs", "report_interval", "target_error", "patience"),
    }


@pytest.mark.parametrize(
    "change",
    [{"hidden_units": (4,)}, {"init_scale": 0.1}, {"seed": 1}, {"task": "classification", "dataset": "xor"}],
    ids=lambda change: next(iter(change)),
)
def test_a_setting_that_needs_a_new_run_is_rejected(change: dict[str, Any]) -> None:
    config = TrainingConfig(epochs=3)
    trainer = Trainer(config)
    trainer.step()
    with pytest.raises(ConfigError, match=r"a change needs a new run$"):
        trainer.reconfigure(config.replace(learning_rate=0.5, **change))
    assert trainer.config == config
    while trainer.run_epoch() is not None:
        pass
    assert_same(trainer, finished(config))


def test_the_learning_rate_changes_at_once() -> None:
    config = TrainingConfig(epochs=2)
    trainer, baseline = Trainer(config), baseline_of(config)
    for number, index in enumerate(baseline.shuffled()):
        if number == 20:
            trainer.reconfigure(config.replace(learning_rate=0.03))
            baseline.learning_rate = 0.03
        trainer.step()
        baseline.step(index)
    assert trainer.config.learning_rate == 0.03
    np.testing.assert_allclose(trainer.network.parameters, baseline.parameters, rtol=1e-12)


def test_an_extended_run_equals_one_that_was_long_from_the_start() -> None:
    long = TrainingConfig(epochs=6, report_interval=2)
    trainer = finished(long.replace(epochs=3))
    assert trainer.finished
    trainer.reconfigure(long)
    assert not trainer.finished
    while trainer.run_epoch() is not None:
        pass
    whole = finished(long)
    assert np.array_equal(trainer.network.parameters, whole.network.parameters)
    assert trainer.history.last == whole.history.last


def test_a_shortened_run_is_finished() -> None:
    config = TrainingConfig(epochs=6)
    trainer = Trainer(config)
    for _ in range(4):
        trainer.run_epoch()
    trainer.reconfigure(config.replace(epochs=2))
    assert trainer.finished
    assert trainer.run_epoch() is None
    assert trainer.epochs_done == 4


def test_the_report_interval_applies_to_later_epochs() -> None:
    config = TrainingConfig(epochs=9, report_interval=1)
    trainer = Trainer(config)
    for _ in range(3):
        trainer.run_epoch()
    trainer.reconfigure(config.replace(report_interval=4))
    while trainer.run_epoch() is not None:
        pass
    assert [record.epoch for record in trainer.history.reports] == [0, 1, 2, 4, 8]


def test_a_large_batch_in_progress_goes_on_with_other_settings() -> None:
    config = TrainingConfig(hidden_units=(100, 100), samples=5000, batch_size=0)
    trainer = Trainer(config, kernel="numpy")
    trainer.run_for(1, max_samples=24)
    before = trainer.samples_processed
    assert before > 0
    trainer.reconfigure(config.replace(learning_rate=0.2))
    assert trainer.samples_processed == before


def test_a_run_takes_as_many_changes_as_a_file_of_it_may_have() -> None:
    trainer = Trainer(TrainingConfig(samples=2, hidden_units=(1,)))
    for number in range(MAX_CHANGES):
        trainer.reconfigure(trainer.config.replace(l2=0.1 * (number % 2 + 1)))
        trainer.run_epoch()
    assert len(checkpoint.from_bytes(checkpoint.to_bytes(trainer.run_state())).changes) == MAX_CHANGES
    with pytest.raises(ConfigError, match="changes: a run takes at most 1,000"):
        trainer.reconfigure(trainer.config.replace(l2=0.5))
    with pytest.raises(ConfigError, match="changes: a run takes at most 1,000"):
        trainer.freeze(0, 0)
