"""u undoes the last change with the run as it was, U redoes it."""

from __future__ import annotations

from itertools import cycle

import numpy as np
import pytest

from bpengine import FIELD, TASKS, Dataset, Task, Trainer
from bptui.session import commands, document
from bptui.session.snapshot import Snapshot, Stage
from tests.tui.support.sessions import make_session, stage_of


def same(one: Snapshot, other: Snapshot) -> bool:
    """Whether both show the same run at the same point, to the last bit."""
    layers = zip(one.network.layers, other.network.layers, strict=True)
    return (
        one.run.config == other.run.config
        and (one.run.epoch, one.run.sample) == (other.run.epoch, other.run.sample)
        and all(bool((a == b).all()) for a, b in layers)
        and np.array_equal(one.run.curve, other.run.curve)
        and one.run.change_epochs == other.run.change_epochs
    )


CHANGES = {
    "live": lambda session: session.do(commands.change, FIELD["learning_rate"], 0.3),
    "with a restart": lambda session: session.do(commands.change, FIELD["hidden_units"], (5,)),
    "restart": lambda session: session.do(commands.restart),
    "new seed": lambda session: session.do(commands.new_seed),
    "rewind": lambda session: session.do(commands.rewind),
    "defaults": lambda session: session.do(commands.defaults),
}


@pytest.mark.parametrize(("name", "task"), zip(CHANGES, cycle(TASKS), strict=False))
def test_undo_and_redo_restore_the_run_bit_for_bit(task: Task, name: str) -> None:
    session = make_session(task, report_interval=3)
    session.do(commands.change, FIELD["learning_rate"], 0.2)
    session.advance_to(9)
    before = session.snapshot()
    CHANGES[name](session)
    session.advance_to(12)
    after = session.snapshot()
    session.do(commands.undo)
    assert same(session.snapshot(), before)
    assert stage_of(session) is Stage.PAUSED
    session.do(commands.redo)
    assert same(session.snapshot(), after)


def test_rewinding_after_undo_and_redo_goes_through_the_same_changes() -> None:
    session = make_session(report_interval=5)
    session.advance_to(7)
    session.do(commands.change, FIELD["learning_rate"], 0.3)
    session.advance_to(20)
    there = session.snapshot()
    session.do(commands.change, FIELD["learning_rate"], 0.5)
    session.advance_to(30)
    session.do(commands.undo)
    session.do(commands.undo)
    session.do(commands.redo)
    assert same(session.snapshot(), there)
    session.advance_to(40)
    session.do(commands.rewind)
    rewound = session.snapshot()
    plain = make_session(report_interval=5)
    plain.advance_to(7)
    plain.do(commands.change, FIELD["learning_rate"], 0.3)
    plain.advance_to(rewound.run.epoch)
    for ours, theirs in zip(rewound.network.layers, plain.snapshot().network.layers, strict=True):
        assert (ours == theirs).all()


def test_a_new_change_ends_what_could_be_redone() -> None:
    session = make_session()
    session.do(commands.new_seed)
    session.do(commands.undo)
    session.do(commands.change, FIELD["learning_rate"], 0.3)
    session.do(commands.redo)
    assert session.snapshot().status.advice == "Nothing to redo."
    assert (session.config.seed, session.config.learning_rate) == (0, 0.3)


def test_a_refused_change_leaves_nothing_to_undo() -> None:
    session = make_session(activation=("tanh", "sigmoid"), hidden_units=(3, 2))
    session.do(commands.change, FIELD["hidden_units"], (4,))  # two activations for one layer
    assert session.config.hidden_units == (3, 2)
    session.do(commands.undo)
    assert session.snapshot().status.advice == "Nothing to undo."


def test_the_memory_of_undo_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    session = make_session(hidden_units=(50, 50))
    session.do(commands.step_epoch)
    size = session.run.size
    monkeypatch.setattr(document, "MAX_BYTES", 10 * size)
    for _ in range(30):
        session.do(commands.restart)
        session.do(commands.step_epoch)
    undone = 0
    while "Nothing" not in session.snapshot().status.advice:
        session.do(commands.undo)
        undone += 1
    assert 2 <= undone <= 11


def test_the_samples_of_opened_files_count(monkeypatch: pytest.MonkeyPatch) -> None:
    session = make_session()
    monkeypatch.setattr(document, "MAX_BYTES", 10 * 16 * 20_000)
    for number in range(30):
        inputs = np.linspace(0, 1 + number, 20_000)
        session.open(Trainer(session.config, Dataset.from_arrays(inputs, inputs)), name="rows.csv")
    undone = 0
    while session.notice != "Nothing to undo.":
        session.do(commands.undo)
        undone += 1
    assert 2 <= undone <= 11


def test_the_newest_change_can_always_be_undone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "MAX_BYTES", 0)
    session = make_session()
    session.do(commands.new_seed)
    session.do(commands.new_seed)
    session.do(commands.undo)
    assert session.config.seed == 1


def test_the_key_d_restores_the_opened_settings_and_then_the_defaults() -> None:
    session = make_session(hidden_units=(7,), learning_rate=0.3)
    session.do(commands.change, FIELD["learning_rate"], 0.5)
    session.advance_to(0)
    session.do(commands.defaults)
    assert (session.config.hidden_units, session.config.learning_rate) == ((7,), 0.3)
    assert session.epochs_done == 1, "a learning rate needs no restart"
    session.do(commands.change, FIELD["seed"], 5)
    session.do(commands.defaults)
    assert (session.config.hidden_units, session.config.learning_rate, session.config.seed) == ((7,), 0.3, 0)
    session.advance_to(0)
    session.do(commands.defaults)
    assert (session.config.hidden_units, session.config.learning_rate) == ((3,), 0.1)
    assert session.epochs_done == 0, "hidden units need one"
    session.do(commands.defaults)
    assert session.snapshot().status.advice == "All hyperparameters are at their defaults."
