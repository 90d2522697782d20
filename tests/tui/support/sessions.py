"""Sessions whose time passes as a test wants it, and runs of their own to compare them with."""

from __future__ import annotations

from typing import Any

from bpengine import FIELD, Task, Trainer, TrainingConfig
from bptui.session import commands
from bptui.session.session import Session
from bptui.session.snapshot import Stage
from tests.tui.support.clock import Clock

RATE, INTERVAL = FIELD["learning_rate"], FIELD["report_interval"]


def make_session(task: Task = "regression", *, slow: bool = False, **changes: Any) -> Session:
    """A session for which a tick is long enough for anything or, if slow, for a batch only."""
    config = TrainingConfig.defaults(task, **changes)
    return Session(config, clock=Clock(1.0 if slow else 0.0))


def trained(config: TrainingConfig, epochs: int) -> Trainer:
    """A run of its own after so many epochs."""
    trainer = Trainer(config, kernel="numpy")
    for _ in range(epochs):
        trainer.run_epoch()
    return trainer


def assert_same(session: Session, config: TrainingConfig, epochs: int) -> None:
    """To the last bit, and all that can be seen of it."""
    alone, snapshot = trained(config, epochs), session.snapshot()
    assert snapshot.run.config == config
    assert (snapshot.run.epoch, snapshot.run.sample) == (epochs - 1, 0)
    for seen, layer in zip(snapshot.network.layers, alone.network.layers, strict=True):
        assert (seen == layer.parameters).all()
    reports = [each for each in snapshot.run.reports if each.epoch % config.report_interval == 0]
    assert reports == list(alone.history.reports)
    epochs_of, errors = alone.history.curve()
    assert (snapshot.run.curve[0] == epochs_of).all()
    assert (snapshot.run.curve[1] == errors).all()


def stage_of(session: Session) -> Stage:
    """Where it stands now."""
    return session.stage


def trained_state(session: Session) -> tuple[object, ...]:
    """All that training changes."""
    state = session.run
    order = state.order[: len(state.order) * bool(state.samples_done)]  # between epochs, the last one is over
    arrays = (state.parameters, state.buffers, order, state.losses)
    key = state.generator["state"]["key"]  # 624 numbers, which take long to print
    generator = state.generator | {"state": (key.tobytes(), state.generator["state"]["pos"])}
    return (
        state.epochs_done,
        state.samples_done,
        state.updates,
        state.config,
        str(generator),
        *(array.tobytes() for array in arrays),
        session.run.history.last,
    )


def run_to_the_end(session: Session, ticks: int = 100_000) -> None:
    """Let time pass until nothing runs."""
    for _ in range(ticks):
        if session.stage is not Stage.RUNNING:
            return
        session.tick()
    raise AssertionError("it runs on")


def step(session: Session) -> None:
    """Train one epoch, however many ticks it takes."""
    session.do(commands.step_epoch)
    while session.stage is Stage.RUNNING:
        session.tick()


def said(session: Session) -> str:
    """The advice, once the last key's answer is gone."""
    session.do(commands.toggle)
    session.do(commands.toggle)
    return session.snapshot().status.advice


NEW = TrainingConfig.defaults("regression", learning_rate=0.2)
