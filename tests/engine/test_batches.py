"""Training on batches: which samples are in each batch, and by which gradient each one updates."""

from __future__ import annotations

import numpy as np
import pytest

from bpengine import TASKS, Task, Trainer, TrainingConfig
from tests.engine.each_kernel import EVERY_KERNEL
from tests.engine.plain import losses, numerical_gradient, sums
from tests.engine.runs import baseline_of, to_the_end

SIZES = (0, 1, 2, 3, 5, 7, 10, 11, 100_000)
"""Batch sizes for 10 samples: divisors, others, and more than there are; 0 means all samples."""


def small(task: Task, batch_size: int, **changes: float) -> TrainingConfig:
    return TrainingConfig.defaults(
        task, samples=10, batch_size=batch_size, hidden_units=(3, 2), init_scale=1, epochs=4, **changes
    )


@EVERY_KERNEL
@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("batch_size", SIZES)
def test_each_update_is_by_the_mean_gradient_of_its_batch(
    kernel_name: str, task: Task, batch_size: int
) -> None:
    config = small(task, batch_size)
    trainer = Trainer(config, kernel=kernel_name)
    dataset = trainer.dataset
    sizes, activations = trainer.network.sizes, config.activations
    expected = trainer.network.parameters.copy()
    actual_size = min(batch_size or 10, 10)
    seen: list[int] = []
    while trainer.epochs_done == 0:
        step = trainer.step()
        assert step is not None
        assert (step.epoch, step.sample) == (0, len(seen))
        assert len(step.indices) == min(actual_size, 10 - len(seen))
        indices = np.array(step.indices)
        inputs, targets = dataset.inputs[indices], dataset.targets[indices]
        assert step.targets == tuple(map(tuple, targets.tolist()))

        def cost(parameters: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> float:
            u = sums(sizes, activations, parameters, inputs)[-1]  # noqa: B023  called before the next iteration
            return float(losses(task, u, targets).mean())  # noqa: B023

        assert step.loss == pytest.approx(cost(expected), rel=1e-5)
        assert len(step.outputs) == len(indices)
        expected = expected - 0.1 * numerical_gradient(cost, expected)
        np.testing.assert_allclose(trainer.network.parameters, expected, rtol=1e-7, atol=1e-9)
        seen += step.indices
    assert sorted(seen) == list(range(10))
    assert trainer.run_state().updates == -(-10 // actual_size)


@pytest.mark.parametrize("task", TASKS)
def test_a_batch_size_of_1_agrees_with_the_baseline(task: Task) -> None:
    config = TrainingConfig.defaults(task, epochs=5, batch_size=1)
    assert config == TrainingConfig.defaults(task, epochs=5)
    trainer, baseline = Trainer(config), baseline_of(config)
    for _ in range(5):
        record = trainer.run_epoch()
        assert record is not None
        assert record.error == pytest.approx(baseline.epoch(), rel=1e-12)
    np.testing.assert_allclose(trainer.network.parameters, baseline.parameters, rtol=1e-11)


@EVERY_KERNEL
@pytest.mark.parametrize("task", TASKS)
def test_a_batch_size_of_0_or_too_large_means_all_samples(kernel_name: str, task: Task) -> None:
    runs = [
        to_the_end(Trainer(small(task, size, momentum=0.5), kernel=kernel_name))
        for size in (0, 10, 11, 100_000)
    ]
    for other in runs[1:]:
        np.testing.assert_array_equal(runs[0].network.parameters, other.network.parameters)
        assert runs[0].history.kept == other.history.kept


@pytest.mark.parametrize("batch_size", SIZES)
def test_the_error_of_an_epoch_is_the_mean_over_samples_not_over_batches(batch_size: int) -> None:
    trainer = Trainer(small("regression", batch_size))
    steps = []
    while trainer.epochs_done == 0:
        step = trainer.step()
        assert step is not None
        steps.append((step.loss, len(step.indices)))
    assert trainer.history.last is not None
    mean = sum(loss * length for loss, length in steps) / 10
    assert trainer.history.last.error == pytest.approx(mean, rel=1e-13)


@pytest.mark.parametrize("batch_size", SIZES)
def test_run_for_trains_on_whole_batches(batch_size: int) -> None:
    trainer = Trainer(small("regression", batch_size))
    actual_size = min(batch_size or 10, 10)
    while not trainer.finished:
        before = trainer.samples_done
        done = trainer.run_for(1e9, max_samples=4, clock=lambda: 0.0)
        assert done >= 1
        assert trainer.samples_done % actual_size == 0
        assert trainer.samples_done == (before + done) % 10
