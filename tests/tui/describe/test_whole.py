"""A run in words: each state, the course of the error, each trouble; and two runs' texts in full."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from bpengine import DATASETS, EpochRecord, Metrics, TrainingConfig
from bptui.session.session import Session
from bptui.session.snapshot import State
from tests.tui.support.described import told, with_curve
from tests.tui.support.snapshots import changed, snapshot_of


def test_a_trained_run_in_full() -> None:
    assert told(snapshot_of(trained=2001)) == (
        "Regression: a 1-3-1 network of sigmoid units learns sin x from 63 samples of sine. "
        "It finished after epoch 2000. "
        "The error is 1.48e-05, from 0.261 at first; over the last tenth of the run it fell by 49%. "
        "Its answers are off by 0.00551 (root mean square), under 1% of the targets' range. "
        "The fit has a peak near x = 1.58 and a valley near x = 4.7, as the target does. "
        "It is on the target everywhere; the largest miss is near x = 1.14, by 0.0108, too low. "
        "Inside: Healthy: 99.9% of the error is gone, updates are 1e-5 of the weights. "
        "Finished. R restarts with new random weights; left and right change something and compare."
    )


def test_a_classification_in_full() -> None:
    assert told(snapshot_of("classification", trained=11)) == (
        "Classification: a 2-6-2 network of sigmoid units learns 2 classes, above and below, "
        "from 441 samples of sine-border. "
        "It is paused after epoch 10; the last is to be 100. "
        "The error is 0.314, from 0.73 at first; since then it fell by 50%. "
        "62 of 441 samples are in the wrong class; accuracy 86%. "
        "38 of below are taken for above and 24 of above for below. "
        "Of the wrong ones, 23 are in the upper right, 19 in the lower left, 6 at the top and 14 elsewhere. "
        "Of the plane above has 54% and below has 46%. "
        "Inside: Healthy: updates are about 1/3000 of the weights. "
        "Paused. Space continues, s trains one epoch, left and right change a hyperparameter."
    )


# States.


def test_ready() -> None:
    text = told(snapshot_of())
    assert "It is not trained yet; the last epoch is to be 2000." in text
    assert "The fit is a flat line at about 0.00763, and misses most near x = 4.7, by 1.01, too high." in text
    assert "error" not in text
    assert text.endswith("up and down choose a hyperparameter, left and right change it.")


def test_running_and_paused() -> None:
    session = Session(TrainingConfig.defaults("regression", hidden_units=(4, 2), activation=("tanh", "sin")))
    session.advance_to(3)
    session.toggle()
    assert "It is running after epoch 3; the last is to be 2000." in told(session.snapshot())
    session.toggle()
    text = told(session.snapshot())
    assert "It is paused after epoch 3; the last is to be 2000." in text
    assert "a 1-4-2-1 network of tanh and sin units" in text


def test_within_an_epoch() -> None:
    assert "It is paused in epoch 7, at sample 9 of 63;" in told(
        changed(snapshot_of(), state=State.PAUSED, epoch=7, sample=9)
    )


def test_diverged() -> None:
    text = told(snapshot_of(trained=6, learning_rate=100))
    assert "It diverged in epoch 1, at sample 15 of 63; this is of the last weights before." in text
    assert text.endswith("Diverged in epoch 1: lower the learning rate or init scale, then press r.")


@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan])
def test_answers_beyond_numbers(value: float) -> None:
    snapshot = snapshot_of(trained=3)
    broken = changed(snapshot, outputs=snapshot.network.outputs * value, metrics=Metrics(value, rmse=value))
    assert "Its answers are too large for numbers." in told(broken)
    across = changed(snapshot, grid_outputs=np.full((200, 1), value))
    assert "The fit" not in told(across)


# The error's course.


@pytest.mark.parametrize(
    ("errors", "text"),
    [
        ([0.5], "The error of epoch 0 was 0.5."),
        ([0.5, 0.25], "The error is 0.25, from 0.5 at first; since then it fell by 50%."),
        (0.995 ** np.arange(100), "over the last tenth of the run it fell by 4%."),
        (0.9999 ** np.arange(100), "over the last tenth of the run it stayed level."),
        (np.full(100, 0.5), "over the last tenth of the run it stayed level."),
        (0.98 ** np.arange(100), "over the last tenth of the run it fell by 15%."),
        (1.02 ** np.arange(100), "over the last tenth of the run it rose by 17%. It has become worse"),
        (2.0 ** np.arange(100), "it rose to 256 times as much. It has become worse than at first: a smaller"),
        ([1.0, *np.tile([0.5, 0.2], 50)], "it swung between 0.2 and 0.5."),
        ([1.0, *np.full(98, 0.1), 0.2], "It was lowest, 0.1, in epoch 1."),
        (np.zeros(100), "The error is 0, from 0 at first; over the last tenth of the run it was 0."),
        ([np.inf, *np.full(99, 0.5)], "The error is 0.5, from 0.5 at first;"),
    ],
)
def test_the_course_of_the_error(errors: Any, text: str) -> None:
    assert text in told(with_curve(errors))


# Test samples.


def beside_test(train: float, test: float, curve: Any, **metrics: Any) -> str:
    errors = np.asarray(curve, dtype=np.float64)
    base = snapshot_of(dataset="noisy-sine", samples=30, test_share=0.3)
    snapshot = changed(
        with_curve(np.full(len(errors), train)),
        dataset=base.run.dataset,
        outputs=base.network.outputs,
        metrics=Metrics(train, rmse=0.1, r2=0.9),
        test_metrics=Metrics(test, **metrics),
        test_curve=errors,
    )
    return told(snapshot)


def test_test_samples() -> None:
    assert "from 21 samples of noisy-sine, with 9 more held out to test it." in beside_test(0.1, 0.1, [0.1])
    assert "On the 9 test samples the error is 0.12, about as much as in training." in beside_test(
        0.1, 0.12, [0.1]
    )
    assert "the error is 0.05, less than in training. 75% of them are right." in beside_test(
        0.1, 0.05, [0.05], accuracy=0.75
    )
    assert (
        "0.3, 3 times as much as in training: it fits its own samples better than new ones."
        in beside_test(0.1, 0.3, [0.4, 0.3])
    )
    assert (
        "3 times as much as in training, and it has risen from 0.2 in epoch 1: it overfits;"
        in beside_test(0.1, 0.3, [0.4, 0.2, 0.3])
    )
    assert "the error is 0.3: it fits its own" in beside_test(0, 0.3, [0.3])


# Troubles.


def test_equal_units() -> None:
    text = told(snapshot_of(trained=6, init_scale=0))
    assert "started equal, from an init scale of 0, and act as one: try an init scale of 0.1." in text
    text = told(snapshot_of(trained=6, initializer="zeros"))
    assert "started equal, from zeros, and act as one: try the initializer xavier." in text
    assert "act as one" not in told(snapshot_of(trained=6, init_scale=0, hidden_units=(1,)))
    assert "act as one" not in told(snapshot_of(trained=6, init_scale=0, initializer="he"))


def test_nothing_learned() -> None:
    assert "It has learned next to nothing yet:" in told(snapshot_of(trained=601, learning_rate=1e-4))
    assert "It has learned next to nothing yet:" not in told(snapshot_of(trained=401, learning_rate=1e-4))
    assert "It has learned next to nothing yet:" not in told(snapshot_of(trained=601))
    assert "It has learned next to nothing yet:" in told(
        snapshot_of("classification", trained=51, learning_rate=1e-4)
    )
    worse = told(snapshot_of(trained=31, epochs=60, learning_rate=2))
    assert "It has become worse than at first: a smaller learning rate may help." in worse
    assert "next to nothing" not in worse
    assert "off by 27.2 (root mean square), 13.6 times the targets' range." in worse


def test_advice_in_words() -> None:
    snapshot = changed(snapshot_of(), advice="learning rate η 0.1 → 0.2: ←→ change it … 中 é – ok.")
    assert told(snapshot).endswith(
        "learning rate eta 0.1 to 0.2: left and right change it ... \\u4e2d e - ok."
    )


def test_a_description_changes_nothing() -> None:
    snapshot = snapshot_of("classification", trained=4, test_share=0.2)
    before = [
        array.copy()
        for array in (snapshot.network.outputs, snapshot.network.grid_outputs, *snapshot.run.curve)
        if array is not None
    ]
    record = EpochRecord(3, 101, snapshot.run.error or 0)
    told(changed(snapshot, reports=(record,)))
    after = [
        array
        for array in (snapshot.network.outputs, snapshot.network.grid_outputs, *snapshot.run.curve)
        if array is not None
    ]
    for one, other in zip(before, after, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("name", DATASETS)
@pytest.mark.parametrize("share", [0, 0.3])
def test_every_data_set_at_every_stage(name: str, share: float) -> None:
    for at in (-1, 0, 20):
        changes: dict[str, Any] = {"samples": 40, "test_share": share, "init_scale": 1}
        text = told(snapshot_of(DATASETS[name].task, trained=at + 1, dataset=name, **changes))
        assert f" of {name}" in text
        assert ("test samples" in text) == (share > 0 and at >= 0)
