"""The errors of a run of any length, in bounded memory."""

from __future__ import annotations

import numpy as np
import pytest

from bpengine import EpochRecord, Trainer, TrainingConfig
from bpengine.history import History


def append(history: History, epochs: range, *, interval: int = 10) -> None:
    """Take in epochs whose error tells which they were."""
    for epoch in epochs:
        history.append(EpochRecord(epoch, epochs.stop, 1 / (1 + epoch)), report=epoch % interval == 0)


def stored(history: History) -> int:
    """The length of all that it holds."""
    return sum(len(value) for value in vars(history).values() if hasattr(value, "__len__"))


def assert_thinned(history: History, newest: int) -> None:
    """The curve starts at epoch 0, is evenly spaced, ends with the newest epoch, and has each one's error."""
    epochs, errors = history.curve()
    assert epochs[0] == 0
    assert epochs[-1] == newest
    assert len(np.unique(np.diff(epochs[:-1]))) <= 1
    assert np.diff(epochs[-2:]) > 0
    np.testing.assert_array_equal(errors, 1 / (1 + epochs))


def test_empty() -> None:
    history = History()
    epochs, errors = history.curve()
    assert (len(epochs), len(errors)) == (0, 0)
    assert history.last is None
    assert len(history.reports) == 0


def test_keeps_every_epoch_at_first() -> None:
    history = History()
    append(history, range(History.CAPACITY - 1))
    assert history.curve()[0].tolist() == list(range(History.CAPACITY - 1))
    append(history, range(History.CAPACITY - 1, History.CAPACITY + 1))
    assert history.curve()[0].tolist() == list(range(0, History.CAPACITY + 1, 2))


@pytest.mark.parametrize("count", [1, 2, 4095, 4096, 4097, 4098, 8191, 8192, 8193, 30_001])
def test_thinning_keeps_first_and_newest(count: int) -> None:
    history = History()
    append(history, range(count))
    if count == 1:
        assert [values.tolist() for values in history.curve()] == [[0], [1]]
    else:
        assert_thinned(history, count - 1)
    assert history.last == EpochRecord(count - 1, count, 1 / count)


def test_a_million_epochs_take_no_more_room_than_ten_thousand() -> None:
    history = History()
    sizes = []
    for start in range(0, 1_000_000, 10_000):
        append(history, range(start, start + 10_000))
        sizes.append(stored(history))
        assert_thinned(history, start + 9_999)
        assert History.CAPACITY / 2 <= len(history.curve()[0]) <= History.CAPACITY + 1
    assert max(sizes) <= 2 * History.CAPACITY + History.REPORTS


def test_reports_are_the_newest_thousand() -> None:
    history = History()
    append(history, range(20_000), interval=7)
    assert len(history.reports) == History.REPORTS
    assert [record.epoch for record in history.reports] == list(range(7, 20_000, 7))[-History.REPORTS :]


def test_curve_is_a_copy() -> None:
    history = History()
    append(history, range(10))
    for values in history.curve():
        values[:] = -1
    assert_thinned(history, 9)


def test_trainer_fills_it() -> None:
    trainer = Trainer(TrainingConfig(epochs=5, report_interval=2))
    records = [trainer.run_epoch() for _ in range(5)]
    epochs, errors = trainer.history.curve()
    assert epochs.tolist() == [0, 1, 2, 3, 4]
    assert errors.tolist() == [record.error for record in records if record]
    assert trainer.history.last == records[-1]
    assert list(trainer.history.reports) == records[::2]
