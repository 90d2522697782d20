"""However long a run is and whatever one does with it, what it holds stays the same size."""

from __future__ import annotations

import gc
import tracemalloc

import pytest

from bpengine import Trainer, TrainingConfig
from bpengine.history import History
from bpengine.keyframes import Keyframes
from tests.engine.each_kernel import KERNEL_NAMES

EPOCHS = 100_000


@pytest.fixture(scope="module")
def long_run() -> Trainer:
    """A run of two samples at a time, on the quickest kernel."""
    config = TrainingConfig(samples=2, batch_size=0, hidden_units=(1,), epochs=EPOCHS, report_interval=1)
    trainer = Trainer(config, kernel=KERNEL_NAMES[-1])
    while not trainer.finished:
        trainer.run_for(1e9, max_samples=2 * 1000, clock=lambda: 0.0)
    return trainer


def test_history(long_run: Trainer) -> None:
    history = long_run.history
    assert long_run.epochs_done == EPOCHS
    assert History.CAPACITY / 2 <= len(history.kept) < History.CAPACITY
    assert len(history.reports) == History.REPORTS
    assert len(history.curve()[0]) <= History.CAPACITY


def test_keyframes(long_run: Trainer) -> None:
    moments = long_run._keyframes._states
    assert Keyframes.CAPACITY / 2 - 1 <= len(moments) <= Keyframes.CAPACITY
    assert sum(moment.size for moment in moments) <= Keyframes.MAX_BYTES
    # Records are shared by the histories that hold them: fewer objects than entries.
    records = {id(record) for moment in moments for record in moment.history.kept}
    assert len(records) < 3 * History.CAPACITY


def test_rewind_is_still_possible(long_run: Trainer) -> None:
    moment = long_run.run_state()
    last = long_run.history.last
    long_run.rewind(EPOCHS - 10)
    while long_run.run_epoch() is not None:
        pass
    assert long_run.history.last == last
    assert (long_run.network.parameters == moment.parameters).all()


def test_nothing_grows() -> None:
    """By the allocations themselves: twice as many epochs take no more room."""
    config = TrainingConfig(samples=2, batch_size=0, hidden_units=(1,), epochs=10**8, report_interval=1)

    def held(epochs: int) -> int:
        while trainer.epochs_done < epochs:
            trainer.run_epoch()
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(History, "CAPACITY", 64)
        patched.setattr(History, "REPORTS", 16)
        patched.setattr(Keyframes, "CAPACITY", 8)
        trainer = Trainer(config)
        held(300)
        tracemalloc.start()
        try:
            first = held(800)
            second = held(1600)
        finally:
            tracemalloc.stop()
    assert second - first < 50_000


def test_changes_that_are_undone_leave_nothing() -> None:
    trainer = Trainer(TrainingConfig(samples=2, epochs=10**6))
    for number in range(1000):
        trainer.reconfigure(trainer.config.replace(learning_rate=0.1 + 0.001 * (number % 7)))
    assert len(trainer._changes) == 1
    for number in range(50):
        trainer.run_epoch()
        trainer.reconfigure(trainer.config.replace(learning_rate=0.1 + 0.001 * (number % 7)))
        trainer.rewind(0)
    assert trainer._changes == []
