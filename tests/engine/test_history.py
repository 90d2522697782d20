"""The history keeps the errors of a run of any length in bounded memory."""

from __future__ import annotations

import operator
from functools import reduce

import numpy as np
import pytest

from bpengine import EpochRecord, Trainer, TrainingConfig
from bpengine.network.losses import means
from bpengine.training.history import History


def append(history: History, epochs: range, *, interval: int = 10) -> None:
    """Append epochs, each with an error from which its number can be computed."""
    history.extend(epochs.start, epochs.stop, [1 / (1 + epoch) for epoch in epochs], None, interval=interval)


def stored(history: History) -> int:
    """Return the total length of everything that the history holds."""
    return sum(len(value) for value in vars(history).values() if hasattr(value, "__len__"))


def assert_thinned(history: History, newest: int) -> None:
    """Check that the curve runs from epoch 0 to the newest in even steps, with the error of each epoch."""
    epochs, errors = history.curve()
    assert epochs[0] == 0
    assert epochs[-1] == newest
    assert len(np.unique(np.diff(epochs[:-1]))) <= 1
    assert np.diff(epochs[-2:]) > 0
    np.testing.assert_array_equal(errors, 1 / (1 + epochs))


def test_an_empty_history_has_an_empty_curve() -> None:
    history = History()
    epochs, errors = history.curve()
    assert (len(epochs), len(errors)) == (0, 0)
    assert history.last is None
    assert len(history.reports) == 0


def test_every_epoch_is_kept_until_the_capacity_is_reached() -> None:
    history = History()
    append(history, range(History.CAPACITY - 1))
    assert history.curve()[0].tolist() == list(range(History.CAPACITY - 1))
    append(history, range(History.CAPACITY - 1, History.CAPACITY + 1))
    assert history.curve()[0].tolist() == list(range(0, History.CAPACITY + 1, 2))


@pytest.mark.parametrize("count", [1, 2, 4095, 4096, 4097, 4098, 8191, 8192, 8193, 30_001])
def test_thinning_keeps_the_first_and_the_newest_epoch(count: int) -> None:
    history = History()
    append(history, range(count))
    if count == 1:
        assert [values.tolist() for values in history.curve()] == [[0], [1]]
    else:
        assert_thinned(history, count - 1)
    assert history.last == EpochRecord(count - 1, count, 1 / count)


def test_many_epochs_take_no_more_memory_than_ten_thousand() -> None:
    history = History()
    sizes = []
    for start in range(0, 400_000, 10_000):
        append(history, range(start, start + 10_000))
        sizes.append(stored(history))
        assert_thinned(history, start + 9_999)
        assert History.CAPACITY / 2 <= len(history.curve()[0]) <= History.CAPACITY + 1
    assert max(sizes) <= 2 * History.CAPACITY + History.REPORTS


def test_reports_keep_the_newest_thousand() -> None:
    history = History()
    append(history, range(20_000), interval=7)
    assert len(history.reports) == History.REPORTS
    assert [record.epoch for record in history.reports] == list(range(7, 20_000, 7))[-History.REPORTS :]


@pytest.mark.parametrize(("at_once", "interval"), [(2, 1), (37, 10), (256, 300), (5000, 10)])
def test_epochs_added_together_are_recorded_as_one_by_one(at_once: int, interval: int) -> None:
    errors = (
        np.random.RandomState(at_once).uniform(size=10_000).round(3).tolist()
    )  # rounded, so that the lowest error occurs twice
    one_by_one, together = History(), History()
    for start in range(0, len(errors), at_once):
        part = errors[start : start + at_once]
        for epoch, error in enumerate(part, start):
            one_by_one.extend(epoch, 7, [error], [-error], interval=interval)
        together.extend(start, 7, part, [-error for error in part], interval=interval)
        assert (together.last, together.best) == (one_by_one.last, one_by_one.best)
        assert len(together.kept) == len(one_by_one.kept)
    assert together.kept == one_by_one.kept
    assert together.reports == one_by_one.reports


@pytest.mark.parametrize("samples", [1, 2, 8, 9, 63, 129, 8192])
def test_the_mean_of_a_row_adds_its_numbers_one_after_another(samples: int) -> None:
    rng = np.random.RandomState(samples)
    losses = rng.uniform(size=(30, samples)) * 10.0 ** rng.randint(-9, 9, size=(30, samples))
    expected = [reduce(operator.add, row.tolist()) / samples for row in losses]
    for rows in (1, 2, 30):
        assert means(losses[:rows]).tolist() == expected[:rows]


def test_means_are_finite_when_sums_overflow() -> None:
    losses = np.array([[1.0, 2.0], [1.6e308, 1.2e308], [3.0, 5.0]])
    np.testing.assert_allclose(means(losses), [1.5, 1.4e308, 4.0], rtol=1e-15)


def test_changing_the_curve_does_not_change_the_history() -> None:
    history = History()
    append(history, range(10))
    for values in history.curve():
        values[:] = -1
    assert_thinned(history, 9)


def test_the_trainer_records_every_epoch() -> None:
    trainer = Trainer(TrainingConfig(epochs=5, report_interval=2))
    records = [trainer.run_epoch() for _ in range(5)]
    epochs, errors = trainer.history.curve()
    assert epochs.tolist() == [0, 1, 2, 3, 4]
    assert errors.tolist() == [record.error for record in records if record]
    assert trainer.history.last == records[-1]
    assert list(trainer.history.reports) == records[::2]
