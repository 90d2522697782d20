"""Large batches are processed in chunks: a run can be left within a batch, and its results stay the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpengine import DivergedError, Trainer, TrainingConfig
from bpengine.choices import TASKS
from bpengine.kernels import numba_kernel
from bpengine.network import network
from tests.engine.each_kernel import EVERY_KERNEL
from tests.engine.runs import assert_same

CHUNK = 3
SAMPLES = 20


@pytest.fixture(autouse=True)
def _small_chunks() -> Iterator[None]:
    # NumPy's chunks have CHUNK samples for a regression with one input and 3 hidden units.
    with patch.object(network, "_MAX_TERMS", CHUNK * 6), patch.object(numba_kernel, "MAX_CHUNK_WORK", 1):
        yield


def make(kernel_name: str, batch_size: int = 0, **changes: Any) -> Trainer:
    changes = {"samples": SAMPLES, "epochs": 6, "optimizer": "adam", **changes}
    config = TrainingConfig.defaults(changes.pop("task", "regression"), batch_size=batch_size, **changes)
    return Trainer(config, kernel=kernel_name)


def train(trainer: Trainer, samples: int) -> int:
    """Process about this many samples, by chunks."""
    return trainer.run_for(1e9, max_samples=samples, clock=lambda: 0.0)


@EVERY_KERNEL
@settings(max_examples=25)
@given(
    batch_size=st.sampled_from([0, 1, 3, 4, 7, 8, 19]),
    pieces=st.lists(st.integers(1, 30), min_size=1, max_size=30),
    live=st.fixed_dictionaries(
        {"task": st.sampled_from(TASKS)},
        optional={"l1": st.just(0.01), "l2": st.just(0.01), "clip": st.just(0.1)},
    ),
)
def test_chunks_of_any_size_give_the_same_run(
    kernel_name: str, batch_size: int, pieces: list[int], live: dict[str, Any]
) -> None:
    whole, cut = (make(kernel_name, batch_size, **live) for _ in range(2))
    for piece in pieces:
        train(cut, piece)
        saved = cut.run_state()
        again = make(kernel_name, batch_size, **live)
        again.restore(saved)
        assert_same(again, cut)
    cut.step()  # to the end of a batch
    while (whole.epochs_done, whole.samples_done) < (cut.epochs_done, cut.samples_done):
        whole.step()
    assert_same(whole, cut)
    while whole.run_epoch() is not None:
        cut.run_epoch()
    assert_same(whole, cut)
    restored = make(kernel_name, batch_size, **live)
    restored.restore(saved)
    while restored.run_epoch() is not None:
        pass
    assert_same(whole, restored)


@EVERY_KERNEL
def test_the_chunks_make_up_the_gradient_of_the_batch(kernel_name: str) -> None:
    cut = make(kernel_name)
    with patch.object(network, "_MAX_TERMS", 10**6), patch.object(numba_kernel, "MAX_CHUNK_WORK", 10**6):
        whole = make(kernel_name)
    for _ in range(6):
        whole.run_epoch()
        cut.run_epoch()
    assert_same(cut, whole)


@EVERY_KERNEL
def test_a_call_processes_no_more_than_a_chunk_at_once(kernel_name: str) -> None:
    trainer = make(kernel_name)
    clock = iter(range(1000)).__next__
    size = trainer.kernel.chunk_size
    assert size <= CHUNK
    for count in range(1, (SAMPLES - 1) // size + 1):
        assert trainer.run_for(0, clock=clock) == size
        assert (trainer.samples_done, trainer.samples_processed) == (0, count * size)
    assert trainer.run_for(0, clock=clock) == SAMPLES - (SAMPLES - 1) // size * size
    assert (trainer.epochs_done, trainer.samples_processed) == (1, 0)


@EVERY_KERNEL
def test_settings_that_change_within_a_batch_act_on_its_update(kernel_name: str) -> None:
    early, late = make(kernel_name), make(kernel_name)
    changed = early.config.replace(learning_rate=0.2, l2=0.1)
    early.reconfigure(changed)
    train(late, CHUNK)
    late.reconfigure(changed)
    for trainer in (early, late):
        trainer.run_epoch()
        trainer.run_epoch()
    assert_same(early, late)


@EVERY_KERNEL
def test_a_run_is_rewound_and_returned_to_from_within_a_batch(kernel_name: str) -> None:
    trainer, other = make(kernel_name), make(kernel_name)
    for _ in range(3):
        trainer.run_epoch()
    train(trainer, CHUNK)
    bookmark = trainer.bookmark()
    trainer.rewind(3)
    assert trainer.samples_processed == 0
    for _ in range(2):
        trainer.run_epoch()
    train(trainer, CHUNK)
    for _ in trainer.rewinding(2, 10, clock=iter(range(1000)).__next__):
        assert trainer.samples_processed % trainer.kernel.chunk_size == 0
    other.run_epoch()
    other.run_epoch()
    assert_same(trainer, other)
    trainer.return_to(bookmark)
    other.run_epoch()
    assert_same(trainer, other)
    trainer.run_epoch()
    other.run_epoch()
    assert_same(trainer, other)


@EVERY_KERNEL
def test_an_update_that_diverges_is_undone(kernel_name: str) -> None:
    trainer = make(kernel_name, optimizer="sgd", learning_rate=50.0, init_scale=1.0, epochs=10_000)
    before = trainer.run_state()
    with pytest.raises(DivergedError) as caught:
        while True:
            before = trainer.run_state()
            train(trainer, 2 * CHUNK)
    assert (caught.value.sample, trainer.samples_processed) == (0, 0)
    np.testing.assert_array_equal(trainer.network.parameters, before.parameters)
    trainer.rewind(caught.value.epoch)


@EVERY_KERNEL
def test_a_report_is_yielded_once(kernel_name: str) -> None:
    trainer = make(kernel_name, report_interval=1)
    train(trainer, SAMPLES + CHUNK)
    assert trainer.reported() is None
    assert [record.epoch for record in trainer.reports()] == [1, 2, 3, 4, 5]
