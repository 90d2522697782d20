"""Advice by experiment: what is tried, when a change helps, and that trainers alone give the same figures."""

from __future__ import annotations

import contextlib
import functools
import math
import threading
from statistics import median
from typing import Any

import pytest

from bpengine import FIELD, ConfigError, DivergedError, Trainer, TrainingConfig
from bpengine.many import jobs
from bpengine.many.advice import Advice, Experiment, Verdict, changes_worth_trying
from bpengine.many.advice.trials import UNDECIDED, compare
from bpengine.network.network import is_small_enough
from bpengine.training.training_data import make_dataset
from tests.engine.kernels import needs_numba

CONFIGS = [
    TrainingConfig.defaults("regression"),
    TrainingConfig.defaults(
        "classification", hidden_units=(4, 3), activation=("tanh", "tanh"), l2=0.1, clip=1
    ),
    TrainingConfig.defaults(
        "regression", learning_rate=1000, init_scale=0, optimizer="adam", batch_size=0, schedule="step"
    ),
    TrainingConfig.defaults("regression", hidden_units=(1000,) * 8, initializer="he", epochs=100_000_000),
    TrainingConfig.defaults("regression", hidden_units=()),
]


def test_suggested_changes_differ_and_their_flags_make_them() -> None:
    for config in CONFIGS:
        changes = changes_worth_trying(config, samples=63, epoch=7)
        assert 20 <= len(changes) <= 40
        assert len({change.after for change in changes} | {config}) == len(changes) + 1
        for change in changes:
            words = change.flags.split()
            fields = {field.flag: field for field in FIELD.values()}
            values = {
                fields[f].name: fields[f].parse(v) for f, v in zip(words[::2], words[1::2], strict=True)
            }
            assert values == change.values
            assert config.replace(**values) == change.after
            assert all(field.label in change.text for field, _, _ in change.steps)
            assert (change.after.activations, change.after.hidden_units) != (
                config.activations,
                config.hidden_units,
            ) or set(values) != {"activation"}, "another way to write the same"
        assert "epochs" not in {name for change in changes for name in change.values}
    for config, flags in (
        (CONFIGS[0], "--hidden 3,3"),
        (CONFIGS[1], "--activation tanh,tanh,tanh --hidden 4,3,3"),
    ):
        assert flags in {change.flags for change in changes_worth_trying(config, samples=63, epoch=7)}
    at_end = changes_worth_trying(CONFIGS[0], samples=63, epoch=2001)
    assert at_end[-1].text == "epochs 2001 -> 4002"
    small = changes_worth_trying(
        CONFIGS[0], samples=63, epoch=7, allows=lambda config: sum(config.hidden_units) <= 3
    )
    assert {change.after.hidden_units for change in small} == {(3,), (2,)}


def test_what_suits_the_data_set_is_tried_first_as_one_change_unless_it_is_set() -> None:
    config = TrainingConfig.defaults("classification", dataset="spiral", seed=3)
    experiment = Experiment(config)
    assert experiment.epoch == config.epochs, "the end of the run"
    first, *others = experiment.changes
    assert first.after == config.replace(**TrainingConfig.recipe("spiral"))
    assert first.text == "the settings that suit this data set (8,8 tanh, adam 0.01, 2501 epochs)"
    assert "--optimizer adam" in first.flags
    assert not any(change.suits for change in (*others, *Experiment(first.after).changes))


def test_a_change_helps_only_if_fresh_starts_agree() -> None:
    change, *_ = changes_worth_trying(CONFIGS[0], samples=63, epoch=7)
    ones, inf = [1.0] * 8, math.inf
    for after, first, fresh in (
        ([0.5] * 8, "promising", "helps"),
        ([0.5] * 7 + [2.0], "promising", "not decided"),
        ([0.5] * 6 + [2.0] * 2, "promising", "not decided"),
        ([0.5] * 5 + [2.0] * 3, "not decided", "not decided"),
        ([2.0] * 7 + [0.5], "not decided", "not decided"),
        ([0.99] * 8, "no clear difference", "no clear difference"),
        ([2.0] * 8, "unpromising", "worse"),
        ([inf] * 8, "unpromising", "worse"),
        (ones, "no clear difference", "no clear difference"),
    ):
        assert compare(change, ones, after).verdict == first
        assert compare(change, ones, after, fresh=True).verdict == fresh
    trial = compare(change, [inf] * 8, [inf] * 4 + ones[:4])
    assert (trial.better, trial.worse, trial.verdict) == (4, 0, "no clear difference"), (
        "the median stays infinite"
    )
    assert compare(change, [0.5] * 13 + [2.0] * 3, [1.0] * 16, fresh=True).verdict == "worse"
    assert compare(change, [1.0] * 16, [0.5] * 13 + [2.0] * 3, fresh=True).verdict == "helps"
    assert compare(change, [1.0] * 16, [0.5] * 12 + [2.0] * 4, fresh=True).verdict == "not decided"
    assert compare(change, [inf] * 8, ones).verdict == "promising"
    assert compare(change, [inf] * 8, [inf] * 8).p_value == 1


def test_a_change_after_which_the_runs_still_blow_up_does_not_help() -> None:
    change, *_ = changes_worth_trying(CONFIGS[0], samples=63, epoch=7)
    before, after = [math.inf] * 16, [2.8e185] * 16
    assert compare(change, before, after, constant=0.25, fresh=True).verdict is Verdict.STILL_HIGH
    assert compare(change, before, [2.6] * 16, constant=0.25, fresh=True).verdict is Verdict.STILL_HIGH
    assert compare(change, before, [2.5] * 16, constant=0.25, fresh=True).verdict is Verdict.HELPS
    alone = TrainingConfig.defaults("regression", samples=10, test_share=0.1)
    assert Experiment(alone).constant_error == math.inf, "a constant fits a single sample"
    for settings in ({}, {"test_share": 0.3}):
        experiment = Experiment(TrainingConfig.defaults("regression", **settings))
        dataset = make_dataset(experiment.config, None)
        targets = (dataset.test or dataset).targets
        assert experiment.constant_error == pytest.approx(targets.var() / 2)


def test_a_batch_size_whose_error_is_measured_earlier_is_not_compared() -> None:
    def batches(epoch: int, batch_size: int = 1, *, has_test: bool = False) -> list[int]:
        config = CONFIGS[0].replace(batch_size=batch_size)
        changes = changes_worth_trying(config, samples=63, epoch=epoch, has_test=has_test)
        return [change.after.batch_size for change in changes if "batch_size" in change.values]

    assert batches(1) == [], "the error of all samples in one batch is that of the untrained weights"
    assert batches(2) == batches(3) == [8]
    assert batches(3, 0) == []
    assert batches(9) == batches(1, has_test=True) == [8, 32, 0]
    assert batches(9, 0) == [1, 8, 32]
    whole = CONFIGS[0].replace(batch_size=0, epochs=1)
    changes = changes_worth_trying(whole, samples=63, epoch=1)
    assert [change.text for change in changes] == ["epochs 1 -> 2"], "no other run has trained yet"


def test_no_network_is_tried_that_is_too_large() -> None:
    config = TrainingConfig.defaults("classification", hidden_units=(220, 220))
    widths = {change.after.hidden_units for change in Experiment(config).changes}
    assert {is_small_enough(2, 2, each) for each in widths} == {True}
    assert any(each != config.hidden_units for each in widths), "smaller ones are tried"


def result_of(config: TrainingConfig, *, threads: int = 0, **options: Any) -> Advice:
    experiment = Experiment(config, **options)
    if not threads:
        *_, advice = experiment.results()
        return advice
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jobs, "processors", lambda: threads)
        *before, advice = experiment.results()
    assert [each.done for each in before] == [False] * len(before)
    tried = [len(each.trials) for each in before]
    assert tried == sorted(tried)
    return advice


@functools.cache
def error_alone(config: TrainingConfig, epoch: int, kernel: str) -> float:
    """The last error of a run alone, on the test samples if there are any."""
    trainer = Trainer(config, kernel=kernel)
    with contextlib.suppress(DivergedError):
        while trainer.epochs_done < epoch and trainer.run_epoch() is not None:
            pass
    last = trainer.history.last
    if trainer.divergence is not None or last is None:
        return math.inf
    return last.error if last.test_error is None else last.test_error


def check(advice: Advice, kernel: str, config: TrainingConfig) -> None:
    """Compare the figures of every third change with runs alone."""
    assert advice.done
    assert len(advice.trials) == advice.changes
    for trial in advice.trials[::3]:
        until = trial.change.after.epochs if "epochs" in trial.change.values else advice.epoch
        for fresh in (False, True):
            numbers = range(advice.starts, 3 * advice.starts) if fresh else range(advice.starts)
            seeds = [(config.seed + number) % 2**32 for number in numbers]
            before = [error_alone(config.replace(seed=seed), advice.epoch, kernel) for seed in seeds]
            after = [error_alone(trial.change.after.replace(seed=seed), until, kernel) for seed in seeds]
            if (median(before), median(after)) == (trial.before, trial.after):
                assert trial.better == sum(new < old for old, new in zip(before, after, strict=True))
                assert trial.verdict not in UNDECIDED
                assert fresh or trial.verdict not in (Verdict.HELPS, Verdict.WORSE)
                break
        else:
            raise AssertionError(trial.change.text)


@needs_numba
def test_an_experiment_has_the_figures_of_single_runs_with_any_number_of_threads() -> None:
    cases: tuple[dict[str, Any], ...] = (
        {"task": "regression", "samples": 8, "epochs": 5, "learning_rate": 3},
        {"task": "classification", "samples": 9, "epochs": 3, "test_share": 0.3, "l2": 0.01},
    )
    for settings in cases:
        config = TrainingConfig.defaults(**settings)
        advice = result_of(config, starts=6)
        assert advice == result_of(config, starts=6, threads=3)
        assert advice.has_test is ("test_share" in settings)
        check(advice, "numba", config)


def test_an_experiment_with_numpy_tries_fewer_starts() -> None:
    config = TrainingConfig.defaults("regression", samples=5, epochs=4, seed=2**32 - 2)

    def is_one_of_few(changed: TrainingConfig) -> bool:
        return changed.replace(hidden_units=3) == config or changed.replace(learning_rate=0.1) == config

    few: dict[str, Any] = {"kernel": "numpy", "epoch": 3, "allows": is_one_of_few}
    advice = result_of(config, **few, threads=2)
    assert (advice.starts, advice.epoch, advice.done) == (6, 3, True)
    assert advice.changes > 3
    assert advice == result_of(config, **few)
    check(advice, "numpy", config)


def test_an_experiment_ends_at_once_when_it_is_stopped_or_closed() -> None:
    config = TrainingConfig.defaults("regression", epochs=100_000_000)
    asked: list[bool] = []

    def stopped() -> bool:
        asked.append(True)
        return len(asked) >= 3

    (advice,) = Experiment(config, kernel="numpy").results(stopped)
    assert not advice.done
    assert advice.before is None
    short = config.replace(epochs=1, samples=5)
    results = Experiment(short, kernel="numpy").results()
    next(results)
    results.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("bpengine")]


def test_an_experiment_may_have_no_changes_but_refuses_numbers_out_of_range() -> None:
    config = TrainingConfig.defaults("regression", samples=5, epochs=2)
    advice = result_of(config, kernel="numpy", allows=lambda _: False)
    assert (advice.done, advice.changes, advice.trials) == (True, 0, ())
    refused: list[dict[str, Any]] = [{"epoch": 3}, {"epoch": -1}, {"starts": 5}, {"starts": 65}]
    for options in refused:
        with pytest.raises(ConfigError, match="must be a whole number from"):
            Experiment(config, **options)
