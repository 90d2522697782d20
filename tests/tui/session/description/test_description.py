"""The description of a run: two runs in full, each state, the trend of the error, and each problem."""

from __future__ import annotations

import re
from itertools import cycle
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpengine import DATASETS, Metrics, TrainingConfig
from bptui.experiments.seeds.cloud_snapshot import Compared
from bptui.session.description import sections
from bptui.session.description.cloud import describe_change
from bptui.session.description.error_trend import describe_error
from bptui.session.description.words import line_of
from bptui.session.snapshot import Stage
from tests.tui.support.described import description_of, with_curve
from tests.tui.support.snapshots import changed, snapshot_of


def test_a_trained_run_is_described_in_full() -> None:
    momentum: dict[str, Any] = {"optimizer": "momentum", "momentum": 0.8, "learning_rate": 0.2}
    assert description_of(snapshot_of(trained=501, epochs=501, samples=31, **momentum)) == (
        "Regression: a 1-3-1 network of sigmoid units learns sin x from 31 samples of sine. "
        "It finished after epoch 500, the last of 501. "
        "The RMSE of its outputs is 0.00685, under 1% of the range of the targets. "
        "The fit has a peak near x = 1.58 and a valley near x = 4.74, like the target. It matches the target "
        "everywhere; its largest deviation is near x = 3.54, where the fit is 0.0145 too low. "
        "The epoch error (the mean during epoch 500) is 5.12e-5; it was 0.592 in epoch 0. "
        "The error now, of the current weights, is 2.34e-5. "
        "Over the last 30% of the run, the epoch error fell by about 87%. "
        "The lowest on the curve was 2.58e-5, in epoch 488. "
        "The error is 1/10000 of that of the best constant. "
        "An update changes the weights by about 1/6400 of their size. "
        "Finished. R restarts with new random weights; left and right change something and compare."
    )


def test_a_classification_is_described_in_full() -> None:
    assert description_of(snapshot_of("classification", trained=11)) == (
        "Classification: a 2-6-2 network of sigmoid units learns 2 classes, above and below, "
        "from 441 samples of sine-border. "
        "It is paused after epoch 10 of 101. "
        "62 of 441 samples are misclassified; the accuracy is 86%. "
        "38 samples of below are predicted as above and 24 of above as below. Of the misclassified samples, "
        "23 are in the upper right, 19 in the lower left, 6 at the top and 14 elsewhere. "
        "The network predicts above in 54% of the plane and below in 46%. "
        "The epoch error (the mean during epoch 10) is 0.314; it was 0.73 in epoch 0. "
        "The error now, of the current weights, is 0.289. "
        "Over the last 8 values, the epoch error fell by about 27%. "
        "The error is 42% of that of the best constant. "
        "An update changes the weights by about 1/150 of their size. "
        "Paused. Space continues, s trains one epoch, left and right change a hyperparameter."
    )


# States.


def test_a_run_that_is_ready_is_described_without_errors() -> None:
    text = description_of(snapshot_of())
    assert "It is not trained yet; the run has 2001 epochs. The RMSE" in text
    flat = "The fit is a flat line at about 0.00763; its largest deviation is near x = 4.7, where the fit is"
    assert f"{flat} 1.01 too high." in text
    assert "error is" not in text
    assert text.endswith("up and down choose a hyperparameter, left and right change it.")


@pytest.mark.parametrize(
    ("epochs", "text"),
    [
        (9, "It finished early, after epoch 5 of 9."),
        (6, "It finished after epoch 5, the last of 6."),
        (3, "It finished after epoch 5."),  # the number of epochs was lowered while the run was running
    ],
)
def test_a_finished_run_is_described_as_finished(epochs: int, text: str) -> None:
    config = TrainingConfig.defaults("regression", epochs=epochs)
    finished = changed(snapshot_of(trained=6), stage=Stage.FINISHED, config=config)
    assert text in description_of(finished)


def test_a_diverged_run_is_described_with_where_it_diverged() -> None:
    text = description_of(snapshot_of(trained=6, learning_rate=100))
    assert (
        "It diverged in epoch 1, at sample 15 of 63; what follows describes the last finite weights." in text
    )
    assert text.endswith("Diverged in epoch 1: steps too large. b goes back; lower the learning rate.")


@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan])
def test_outputs_that_are_not_finite_are_described_as_such(value: float) -> None:
    snapshot = snapshot_of(trained=3)
    broken = changed(snapshot, outputs=snapshot.network.outputs * value, metrics=Metrics(value, rmse=value))
    assert "Some of its outputs are not finite numbers." in description_of(broken)
    across = changed(snapshot, grid_outputs=np.full((200, 1), value))
    assert "The fit" not in description_of(across)


# The trend of the error.


@pytest.mark.parametrize(
    ("errors", "text"),
    [
        (
            [0.5],
            "The epoch error (the mean during epoch 0) is 0.5. The error now, of the current weights, is",
        ),
        (
            [0.5, 0.25],
            "The epoch error (the mean during epoch 1) is 0.25; it was 0.5 in epoch 0. The error now",
        ),
        (0.995 ** np.arange(101), "Over the last 30% of the run, the epoch error fell by about 14%."),
        (0.8 ** np.arange(9), "Over the last 8 values, the epoch error fell by about 79%."),
        # One spike, or one low value at the end, is no trend.
        ([*np.tile([0.5, 0.52], 50), 0.01], "the epoch error oscillated between 0.01 and 0.52."),
        ([*np.full(80, 0.26), 0.5, *np.full(20, 0.26)], "the epoch error moved between 0.26 and 0.5."),
        (np.full(100, 0.5), "Over the last 30% of the run, the epoch error hardly changed."),
        (1.02 ** np.arange(101), "the epoch error rose by about 81%. It is higher than in epoch 0."),
        (2.0 ** np.arange(11), "the epoch error rose to about 128 times its value. It is higher than in"),
        ([1.0, *np.tile([0.5, 0.2], 50)], "the epoch error oscillated between 0.2 and 0.5."),
        ([1.0, *np.full(98, 0.1), 0.2], "The lowest on the curve was 0.1, in epoch 1."),
        (np.zeros(100), "is 0; it was 0 in epoch 0. Over the last 30% of the run, the epoch error was 0."),
        (
            [np.inf, *np.full(99, 0.5)],
            "The epoch error (the mean during epoch 99) is 0.5; it was 0.5 in epoch 1.",
        ),
    ],
)
def test_the_trend_of_the_error_is_told_in_words(errors: Any, text: str) -> None:
    snapshot = with_curve(errors)
    (error, *error_now), trend = describe_error(snapshot)
    assert text in " ".join([error, *trend, *error_now])
    assert " ".join([error, *error_now, *trend]) in description_of(snapshot)


@given(st.lists(st.floats(0, 10), min_size=2, max_size=60))
def test_a_trend_is_told_of_the_last_errors(errors: list[float]) -> None:
    text = next((each for each in describe_error(with_curve(errors))[1] if each.startswith("Over the ")), "")
    assert bool(text) == (len(errors) >= 8)
    late = np.array(errors[-max(8, int(0.3 * (len(errors) - 1)) + 1) :])
    if match := re.search(r"between (\S+) and (\S+)\.", text):
        assert [float(each) for each in match.groups()] == pytest.approx([late.min(), late.max()], rel=0.006)
    elif " fell " in text:
        assert np.median(late[-(len(late) // 2) :]) < np.median(late[: len(late) // 2])
    elif " rose " in text:
        assert np.median(late[-(len(late) // 2) :]) > np.median(late[: len(late) // 2])
    elif text:
        assert late.max() <= late.min() * 1.011, text


# Test samples.


def with_test_error(train: float, test: float, curve: Any, **metrics: Any) -> str:
    errors = np.asarray(curve, dtype=np.float64)
    base = snapshot_of(dataset="noisy-sine", samples=30, test_share=0.3)
    snapshot = changed(
        with_curve(np.full(len(errors), train)),
        dataset=base.run.dataset,
        samples=base.run.samples,
        test_samples=base.run.test_samples,
        outputs=base.network.outputs,
        metrics=Metrics(train, rmse=0.1, r2=0.9),
        test_metrics=Metrics(test, **metrics),
        test_curve=errors,
    )
    return description_of(snapshot)


def test_the_number_of_test_samples_is_told() -> None:
    text = with_test_error(0.1, 0.1, [0.1])
    assert "from 21 samples of noisy-sine, with 9 more held out for testing." in text
    config = TrainingConfig.defaults(
        "classification", dataset="moons", samples=100, wrong_labels=0.5, test_share=0.2
    )
    wrong = snapshot_of(config)
    count = np.array(wrong.run.dataset.mislabeled).size
    assert 0 < count < 40
    said = f"from 80 samples of moons, {count} of which have a wrong label, with 20 more held out"
    assert said in description_of(wrong)


@pytest.mark.parametrize(
    ("train", "curve", "text"),
    [
        (0.1, [0.12], "On the 9 test samples, the error now is 0.12, 1.2 times the training error."),
        (0.1, [0.05], "the error now is 0.05, 0.5 times the training error."),
        (0.1, [0.4, 0.3], "0.3, 3 times the training error. The"),
        (
            0.1,
            [0.4, 0.2, 0.3],
            "3 times the training error; the lowest on its curve was 0.2 in epoch 1. The",
        ),
        (0.0, [0.3], "the error now is 0.3. The"),
    ],
)
def test_the_test_error_is_compared_with_the_training_error(
    train: float, curve: list[float], text: str
) -> None:
    assert text in with_test_error(train, curve[-1], curve)


def test_the_accuracy_of_test_samples_is_told() -> None:
    text = with_test_error(0.1, 0.3, [0.4, 0.2, 0.3], accuracy=0.75)
    assert (
        "the lowest on its curve was 0.2 in epoch 1. The accuracy on the test samples is 75% (43-92%)."
        in text
    )


# The diagnosis.


def test_the_diagnosis_follows_the_outputs_once_there_was_training() -> None:
    found = {section.name: section.text for section in sections(snapshot_of(trained=1, init_scale=0))}
    equal = "All 3 units of layer 1 are equal and learn alike: restart with an init scale above 0."
    assert found["diagnosis"].startswith(equal)
    assert next(iter(found)) == "problem", "the most important section is the first"
    names = {section.name for section in sections(snapshot_of(init_scale=0))}
    assert "problem" in names
    assert "diagnosis" not in names


@pytest.mark.parametrize(
    "changes",
    [
        {"trained": 201, "learning_rate": 1e-4, "samples": 21},
        {"trained": 31, "epochs": 60, "learning_rate": 2},
        {"trained": 401, "dataset": "noisy-sine", "samples": 20, "test_share": 0.5, "hidden_units": (20,)},
        {"trained": 101, "l2": 1, "samples": 21},
    ],
)
def test_no_remedy_is_named_where_none_is_certain(changes: dict[str, Any]) -> None:
    snapshot = snapshot_of(**changes)
    text = description_of(changed(snapshot, advice="End.")).lower()
    for word in (
        "try",
        "may help",
        "stop earlier",
        "fewer",
        "more epochs",
        "learning rate",
        "healthy",
        "overfit",
    ):
        assert word not in text


def test_the_effect_of_a_change_on_many_starts_is_told() -> None:
    changed = Compared(("η 0.1 → 0.2", "H 3 → 4"), 300, 64, 1e-5, np.inf, 14, 48, 2.34e-5, "clearly worse")
    assert line_of(describe_change(changed)) == (
        "Changing eta from 0.1 to 0.2 and H from 3 to 4 moves the median of 64 starts from 1e-5 to "
        "divergence after 300 epochs; of the starts, 14 got better and 48 worse: clearly worse (sign test, "
        "2 ties left out, p = 2.3e-5, clear below 0.05)."
    )


def test_the_advice_is_in_words() -> None:
    snapshot = changed(snapshot_of(), advice="é.csv: learning rate η 0.1 → 0.2: ←→ change it … 中 é – ok.")
    assert description_of(snapshot).endswith(
        "é.csv: learning rate eta from 0.1 to 0.2: left and right change it ... 中 é - ok."
    )


@pytest.mark.parametrize(("name", "share"), zip(DATASETS, cycle((0, 0.3)), strict=False))
def test_every_data_set_is_described_at_every_stage(name: str, share: float) -> None:
    for at in (-1, 0, 20):
        changes: dict[str, Any] = {"samples": 40, "test_share": share, "init_scale": 1}
        text = description_of(snapshot_of(DATASETS[name].task, trained=at + 1, dataset=name, **changes))
        assert f" of {name}" in text
        assert ("test samples" in text) == (share > 0 and at >= 0)
