"""The runs of a group are those that each would be alone, also if some end or diverge."""

from __future__ import annotations

import contextlib
from typing import Any

import numpy as np
import pytest

from bpengine import ConfigError, DivergedError, Trainer, TrainingConfig
from bpengine.many import group as group_module
from bpengine.many.group import Group
from tests.engine.kernels import needs_numba

pytestmark = needs_numba


def alone(config: TrainingConfig, until: int) -> Trainer:
    trainer = Trainer(config, kernel="numba")
    with contextlib.suppress(DivergedError):
        while not trainer.finished and trainer.epochs_done < until:
            trainer.run_epoch()
    return trainer


@pytest.mark.parametrize(
    ("shared", "own"),
    [
        (
            {"epochs": 300, "report_interval": 7},
            [
                {"seed": 1},
                {"learning_rate": 1000},
                {"target_error": 0.2},
                {"patience": 3, "seed": 9},
                {"schedule": "step", "schedule_epochs": 40},
                {"initializer": "xavier"},
            ],
        ),
        (
            {"epochs": 90, "optimizer": "adam", "batch_size": 8, "noise": 0.2, "test_share": 0.3},
            [{"seed": seed, "learning_rate": 0.01 * seed, "l2": 0.001 * seed} for seed in range(1, 6)],
        ),
    ],
    ids=["ends", "Adam with test samples"],
)
def test_each_run_is_what_it_would_be_alone(shared: dict[str, Any], own: list[dict[str, Any]]) -> None:
    base = TrainingConfig.defaults("regression", **shared)
    group = Group([base.replace(**changes) for changes in own])
    for until in (50, base.epochs):
        while group.advance(until):
            pass
        for lane, (config, outcome) in enumerate(zip(group.configs, group.outcomes(), strict=True)):
            trainer = alone(config, base.epochs if outcome.stop_reason else until)
            np.testing.assert_array_equal(group.parameters(lane), trainer.network.parameters)
            assert outcome.epochs_done == trainer.epochs_done
            last = trainer.history.last
            assert (outcome.error, outcome.test_error) == (
                (None, None) if last is None else (last.error, last.test_error)
            )
            assert outcome.stop_reason == ("diverged" if trainer.divergence else trainer.stop_reason)
            assert list(group.history(lane).reports) == list(trainer.history.reports)
            if outcome.stop_reason in ("", "epochs"):
                epochs, errors = group.curves()
                np.testing.assert_array_equal((epochs, errors[:, lane]), trainer.history.curve())
            outputs = group.predict(group.dataset.inputs)[lane]
            np.testing.assert_array_equal(outputs, trainer.network.predict(group.dataset.inputs))


def test_a_run_that_ends_before_the_others_is_repeated_in_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(group_module, "SLICE_MILLISECONDS", 0.0)
    base = TrainingConfig.defaults("regression", epochs=300)
    group = Group([base, base.replace(target_error=0.2)])
    progress = []
    while group.advance(base.epochs):
        outcome = group.outcomes()[1]
        progress.append((outcome.epochs_done, outcome.stop_reason))
    assert (progress[0][1], group.outcomes()[1].stop_reason) == ("", "target error")
    assert len(set(progress)) > 2


def test_runs_of_different_shapes_do_not_fit() -> None:
    base = TrainingConfig.defaults("regression")
    with pytest.raises(ConfigError, match="start and in rates"):
        Group([base, base.replace(hidden_units=(4,))])
