"""The starts for the importance of columns: they repeat the run, in lanes and one by one, and say why not."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.random import RandomState

from bpengine import Dataset, Trainer, TrainingConfig
from bpengine.explain.importance import STARTS
from bpengine.kernels.loading import load_lanes
from bptui.experiments.runner import Runner, WorkLimits
from bptui.features.importance.plan import MeasuringImportance


def table(rows: int = 120) -> Dataset:
    """y follows a; b has no effect."""
    a, b = RandomState(1).normal(size=(2, rows))
    return Dataset.from_arrays(np.column_stack([a, b]), 2 * a, features=["a", "b"])


def trained(kernel: str, **settings: object) -> Trainer:
    """A run on the table, after 10 epochs."""
    suits = {"test_share": 0.25, "learning_rate": 0.1, "epochs": 40, "seed": 11, **settings}
    trainer = Trainer(TrainingConfig.defaults("regression", **suits), table(), kernel=kernel)
    while trainer.epochs_done < 10:
        trainer.run_epoch()
    return trainer


def measured(trainer: Trainer) -> MeasuringImportance:
    """The importance, once it is known."""
    runner = Runner()
    measuring = MeasuringImportance(trainer, WorkLimits(runner))
    task = runner.begin(measuring)
    while not measuring.has_ended:
        runner.pump()
        task.collect()
    return measuring


def test_the_starts_repeat_the_run_to_its_epoch_with_every_kernel() -> None:
    pytest.importorskip("numba")
    load_lanes()
    alone, in_lanes = measured(trained("numpy")), measured(trained("numba"))
    assert [one.columns for one in alone.found] == [("a",), ("b",)]
    assert alone.found[0].is_decided and not alone.found[1].is_decided
    assert alone.epochs == alone.epochs_done == 10
    for one, other in zip(alone.found, in_lanes.found, strict=True):
        np.testing.assert_array_equal(one.rises, other.rises)
    run = trained("numpy")  # seed 11: the fourth of the seeds from 8 to 15
    assert len(alone.found[0].errors) == STARTS
    test = run.test_metrics()
    assert test is not None and alone.found[0].errors[3] == pytest.approx(test.error, rel=1e-12)
    shape = alone.dependence(0, 0)
    rises = np.diff(shape.means, axis=1)
    assert shape.means.shape == (STARTS, 40) and (rises > 0).all()


def test_changes_of_the_run_are_repeated_and_edits_are_told() -> None:
    run = trained("numpy")
    run.reconfigure(run.config.replace(learning_rate=0.01))
    run.run_epoch()
    run.knock_out(0, 0)
    changed = measured(run)
    plain = measured(trained("numpy"))
    assert (changed.epochs, plain.epochs) == (11, 10)
    assert "epoch" in changed.edited and not plain.edited
    assert not np.array_equal(changed.found[0].rises, plain.found[0].rises)


def test_it_says_why_nothing_can_be_measured() -> None:
    assert measured(trained("numpy", test_share=0.0)).problem == (
        "needs 2 test samples or more, got 0: --test-share 0.25 holds those out"
    )
    untrained = Trainer(TrainingConfig.defaults("regression", test_share=0.25), table(), kernel="numpy")
    assert measured(untrained).problem == "no epoch is trained yet"
