"""The memory of a run stays bounded, however long the run is and however often it is changed."""

from __future__ import annotations

import copy
import gc
import tracemalloc

import numpy as np
import pytest

from bpengine import Trainer, TrainingConfig, diagnose
from bpengine.explain.diagnostics import Diagnosis
from bpengine.training.history import History
from bpengine.training.timeline import Keyframes
from bpengine.training.training_data import same_data
from tests.engine.each_kernel import KERNEL_NAMES
from tests.engine.runs import assert_same

EPOCHS = 100_000


@pytest.fixture(scope="module")
def long_run() -> Trainer:
    """A run of many epochs on two samples, with the fastest kernel available."""
    config = TrainingConfig(samples=2, batch_size=0, hidden_units=(1,), epochs=EPOCHS, report_interval=1)
    trainer = Trainer(config, kernel=KERNEL_NAMES[-1])
    while not trainer.finished:
        trainer.run_for(1e9, max_samples=2 * 1000, clock=lambda: 0.0)
    return trainer


def test_keyframes_are_few_and_share_what_does_not_change(long_run: Trainer) -> None:
    states = long_run.bookmark().keyframes.states
    assert Keyframes.CAPACITY / 2 - 1 <= len(states) <= Keyframes.CAPACITY
    assert len({id(state.order) for state in states}) == 1
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
        trainer = Trainer(config, kernel="numpy")
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
    assert len(trainer.changes) == 1
    for number in range(50):
        trainer.run_epoch()
        trainer.reconfigure(trainer.config.replace(learning_rate=0.1 + 0.001 * (number % 7)))
        trainer.rewind(0)
    assert not trainer.changes


def test_a_run_shares_the_samples_of_another_one_if_they_are_the_same() -> None:
    first = Trainer(TrainingConfig(noise=0.1))
    first.run_epoch()
    for changes in ({"learning_rate": 0.3}, {"seed": 7}, {"hidden_units": (4,)}):
        other = Trainer(first.config.replace(**changes), dataset=first.dataset)
        assert same_data(first.config, other.config)
        assert other.dataset is first.dataset
        assert_same(other, Trainer(other.config))
    for changes in ({"noise": 0.2}, {"data_seed": 5}, {"samples": 20}):
        assert not same_data(first.config, first.config.replace(**changes))


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam"])
def test_bookmarks_and_states_of_the_same_numbers_share_one_copy(optimizer: str) -> None:
    trainer = Trainer(TrainingConfig(optimizer=optimizer))
    trainer.run_epoch()
    bookmark, state = trainer.bookmark(), trainer.run_state()
    assert bookmark.state.parameters is state.parameters is trainer.parameters_now()
    assert not np.shares_memory(state.parameters, trainer.network.parameters)
    assert copy.deepcopy(state) is state
    for array in (state.parameters, state.buffers, state.order):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
    trainer.run_epoch()
    assert trainer.parameters_now() is not state.parameters
    trainer.return_to(bookmark)
    np.testing.assert_array_equal(trainer.parameters_now(), state.parameters)


def test_weights_that_differ_in_the_sign_of_0_are_not_the_same() -> None:
    trainer = Trainer(TrainingConfig(initializer="zeros"))
    copied = trainer.parameters_now()
    trainer.network.parameters[0] = -0.0
    assert np.signbit(trainer.parameters_now()[0])
    assert not np.signbit(copied[0])


def test_a_diagnosis_that_nobody_reads_is_small_however_many_samples_there_are() -> None:
    trainer = Trainer(TrainingConfig(samples=50_000, hidden_units=(40,), batch_size=100), kernel="numpy")
    trainer.step()
    answers = trainer.network.predict(trainer.dataset.inputs)
    tracemalloc.start()
    kept = [Diagnosis(trainer, trainer.dataset, answers, None) for _ in range(5)]
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size < len(kept) * trainer.dataset.targets.nbytes / 2
    assert kept[0].diagnostics == diagnose(trainer)
