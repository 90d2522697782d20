"""The random start of a run is drawn when its numbers are first needed, which makes no difference to them."""

from __future__ import annotations

import copy
import pickle
import threading
from collections.abc import Callable

import pytest

from bpengine import Trainer, TrainingConfig, seeded_run
from bpengine.checkpoint import SavedRun
from bpengine.starts import Start, start_of

DEADLINE = 30.0
"""Seconds to wait for what takes milliseconds. Only a test that fails waits this long."""
CONFIG = TrainingConfig.defaults("regression", epochs=50, optimizer="adam")


def drawn() -> Trainer:
    """A run whose start is drawn."""
    trainer = Trainer(CONFIG)
    trainer.draw()
    return trainer


def trained(trainer: Trainer) -> tuple[bytes, list[float]]:
    """The weights after three epochs, and the errors of these epochs."""
    while trainer.epochs_done < 3:
        trainer.run_epoch()
    return trainer.network.parameters.tobytes(), trainer.history.curve()[1].tolist()


def test_a_new_run_is_not_drawn_and_what_is_known_without_its_numbers_does_not_draw_it() -> None:
    trainer = Trainer(CONFIG)
    assert (trainer.sizes, trainer.config, trainer.edits) == ((1, 3, 1), CONFIG, ())
    assert (trainer.epochs_done, trainer.finished, trainer.history.last) == (0, False, None)
    assert trainer.place == Trainer(CONFIG).place
    assert not trainer.is_drawn
    start = start_of(CONFIG, trainer.sizes)
    assert trainer.network.parameters.tobytes() == start.parameters.tobytes()
    assert trainer.is_drawn


@pytest.mark.parametrize(
    "first",
    [
        Trainer.bookmark,
        Trainer.metrics,
        Trainer.run_state,
        Trainer.trace,
        copy.deepcopy,
        lambda trainer: trainer.earliest,
        lambda trainer: trainer.memory,
        lambda trainer: trainer.branch(0),
        lambda trainer: trainer.rewind(0),
        lambda trainer: Trainer(CONFIG.replace(seed=7), like=trainer),
    ],
)
def test_whatever_needs_the_numbers_first_the_run_is_the_same(first: Callable[[Trainer], object]) -> None:
    trainer = Trainer(CONFIG)
    first(trainer)
    assert trained(trainer) == trained(drawn())


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda trainer: pickle.loads(pickle.dumps(trainer))])
def test_a_copy_made_before_the_start_is_drawn_is_the_same_run(copied: Callable[[Trainer], Trainer]) -> None:
    trainer = Trainer(CONFIG)
    other = copied(trainer)
    assert trained(other) == trained(trainer) == trained(drawn())
    other.rewind(0)
    assert trained(other) == trained(drawn())


def test_changes_before_the_start_is_drawn_are_undone_by_a_rewind_as_later_ones_are() -> None:
    runs = Trainer(CONFIG), drawn()
    for trainer in runs:
        trainer.reconfigure(CONFIG.replace(learning_rate=0.5))
        trainer.set_bias(0, 1, 0.25)
    assert trained(runs[0]) == trained(runs[1])
    for trainer in runs:
        trainer.rewind(0)
    assert [trainer.config for trainer in runs] == [CONFIG, CONFIG]
    assert runs[0].network.parameters.tobytes() == runs[1].network.parameters.tobytes()


def test_another_thread_that_needs_the_numbers_waits_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    draws, may_go_on, calls = threading.Event(), threading.Event(), []

    def slow_start(config: TrainingConfig, sizes: tuple[int, ...], known: Start | None = None) -> Start:
        calls.append(config)
        draws.set()
        assert may_go_on.wait(DEADLINE)
        return start_of(config, sizes, known)

    monkeypatch.setattr(seeded_run, "start_of", slow_start)
    trainer, kept = Trainer(CONFIG), list[SavedRun]()
    threads = [
        threading.Thread(target=trainer.step),
        threading.Thread(target=lambda: kept.append(SavedRun.of(trainer))),
    ]
    threads[0].start()
    assert draws.wait(DEADLINE)
    threads[1].start()
    assert not kept
    may_go_on.set()
    for thread in threads:
        thread.join(DEADLINE)
    assert (len(calls), len(kept)) == (1, 1)
    monkeypatch.undo()
    assert trained(trainer) == trained(drawn())
