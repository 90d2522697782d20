"""Numbers at the edge of what a float holds give the right limits: no NaN, no infinity, no warning."""

from __future__ import annotations

import math

import numpy as np
import pytest

from bpengine import TASKS, Network, Task, Trainer, TrainingConfig
from bpengine.network.losses import LOSSES


def network(task: Task, sizes: tuple[int, ...], parameters: list[float]) -> Network:
    """A network with the parameters given."""
    made = Network(sizes, ("sigmoid",), LOSSES[task])
    made.parameters[:] = parameters
    return made


@pytest.mark.parametrize("z", [40.0, 700.0, 1000.0, 1e300])
def test_sigmoid_saturates_without_overflow(z: float) -> None:
    # W1 = z, b1 = 0, W2 = 1, b2 = 0: the output is the sigmoid of z x.
    with np.errstate(all="raise"):
        low, middle, high = network("regression", (1, 1, 1), [z, 0, 1, 0]).predict(np.array([[-1], [0], [1]]))
    assert 0 <= low < 1e-17
    assert middle == 0.5
    assert high == 1


@pytest.mark.parametrize(
    ("logits", "output"),
    [
        ([1e4, -1e4], [1, 0]),
        ([-1e4, 1e4], [0, 1]),
        ([1e4, 1e4], [0.5, 0.5]),
        ([-1e4, -1e4], [0.5, 0.5]),
        ([1e308, 0], [1, 0]),
        ([1e4, 1e4 - math.log(3)], [0.75, 0.25]),
    ],
)
def test_softmax_of_large_logits_does_not_overflow(logits: list[float], output: list[float]) -> None:
    # W1 = b1 = W2 = 0: the logits are b2.
    with np.errstate(all="raise"):
        y = network("classification", (1, 1, 2), [0, 0, 0, 0, *logits]).predict(np.array([[0.3]]))
    np.testing.assert_allclose(y, [output], rtol=1e-11)


def test_softmax_sums_to_one_row_by_row() -> None:
    net = network("classification", (1, 1, 2), [1000, 0, 1e4, -1e4, -5e3, 5e3])
    y = net.predict(np.array([[-1.0], [0.0], [1.0]]))
    np.testing.assert_array_equal(y, [[0, 1], [0.5, 0.5], [1, 0]])


def test_cross_entropy_of_certain_answers_is_finite() -> None:
    sure = np.array([[0.0, 1.0], [0.0, 1.0]])
    with np.errstate(all="raise"):
        wrong, right = LOSSES["classification"].value(sure, np.array([[1.0, 0.0], [0.0, 1.0]]))
    assert wrong == pytest.approx(-math.log(1e-7))
    assert right == pytest.approx(0, abs=2e-7)


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("size", [1e3, 1e4, 1e6])
def test_training_continues_from_huge_weights(task: Task, size: float) -> None:
    trainer = Trainer(TrainingConfig.defaults(task, epochs=2, learning_rate=0.01))
    trainer.network.parameters[:] *= size / np.abs(trainer.network.parameters).max()
    with np.errstate(all="raise"):
        while trainer.step() is not None:
            assert np.isfinite(trainer.network.parameters).all()
        assert np.isfinite(trainer.network.predict(trainer.dataset.inputs)).all()
    assert trainer.divergence is None
