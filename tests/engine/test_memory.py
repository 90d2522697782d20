"""The memory of a run stays bounded, however long the run is and however often it is changed."""

from __future__ import annotations

import gc
import tracemalloc

import pytest

from bpengine import Trainer, TrainingConfig
from bpengine.history import History
from bpengine.keyframes import Keyframes
from bpengine.normal import _first_normals
from tests.engine.each_kernel import KERNEL_NAMES

EPOCHS = 100_000


@pytest.fixture(scope="module")
def long_run() -> Trainer:
    """A run of many epochs on two samples, with the fastest kernel available."""
    config = TrainingConfig(samples=2, batch_size=0, hidden_units=(1,), epochs=EPOCHS, report_interval=1)
    trainer = Trainer(config, kernel=KERNEL_NAMES[-1])
    while not trainer.finished:
        trainer.run_for(1e9, max_samples=2 * 1000, clock=lambda: 0.0)
    return trainer


def test_the_history_stays_within_its_capacity(long_run: Trainer) -> None:
    history = long_run.history
    assert long_run.epochs_done == EPOCHS
    assert History.CAPACITY / 2 <= len(history.kept) < History.CAPACITY
    assert len(history.reports) == History.REPORTS
    assert len(history.curve()[0]) <= History.CAPACITY


def test_keyframes_stay_within_their_memory_budget(long_run: Trainer) -> None:
    states = long_run._keyframes._states
    assert Keyframes.CAPACITY / 2 - 1 <= len(states) <= Keyframes.CAPACITY
    assert sum(state.size for state in states) <= Keyframes.MAX_BYTES
    # The histories share their records, so there are far fewer records than entries.
    records = {id(record) for state in states for record in state.history.kept}
    assert len(records) < 3 * History.CAPACITY


def test_a_long_run_can_be_rewound_and_repeated(long_run: Trainer) -> None:
    state = long_run.run_state()
    last = long_run.history.last
    long_run.rewind(EPOCHS - 10)
    while long_run.run_epoch() is not None:
        pass
    assert long_run.history.last == last
    assert (long_run.network.parameters == state.parameters).all()


def test_allocated_memory_does_not_grow_with_the_number_of_epochs() -> None:
    config = TrainingConfig(samples=2, batch_size=0, hidden_units=(1,), epochs=10**8, report_interval=1)

    def memory_after(epochs: int) -> int:
        """Train up to this number of epochs, and return the allocated memory in bytes."""
        while trainer.epochs_done < epochs:
            trainer.run_epoch()
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(History, "CAPACITY", 64)
        patched.setattr(History, "REPORTS", 16)
        patched.setattr(Keyframes, "CAPACITY", 8)
        trainer = Trainer(config)
        memory_after(150)
        tracemalloc.start()
        try:
            first = memory_after(400)
            second = memory_after(800)
        finally:
            tracemalloc.stop()
    assert second - first < 25_000


def test_changes_that_are_replaced_or_rewound_are_not_kept() -> None:
    trainer = Trainer(TrainingConfig(samples=2, epochs=10**6))
    for number in range(1000):
        trainer.reconfigure(trainer.config.replace(learning_rate=0.1 + 0.001 * (number % 7)))
    assert len(trainer._changes) == 1
    for number in range(50):
        trainer.run_epoch()
        trainer.reconfigure(trainer.config.replace(learning_rate=0.1 + 0.001 * (number % 7)))
        trainer.rewind(0)
    assert trainer._changes == []


def test_the_random_numbers_of_large_networks_are_not_kept() -> None:
    _first_normals.cache_clear()
    Trainer(TrainingConfig(hidden_units=(3,)))
    Trainer(TrainingConfig(hidden_units=(100, 100)))
    assert _first_normals.cache_info().currsize == 1
