"""The state machine between keys and trainer, without a screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bpengine import FIELD, DivergedError, Task, Trainer, TrainingConfig
from bptui.experiments.grid import GRID
from bptui.screen.drawing import draw
from bptui.screen.tabs.panels import plot_figure
from bptui.session import commands
from bptui.session.activity import Transition
from bptui.session.session import Session
from bptui.session.snapshot import Stage
from bptui.session.speed import SPEEDS
from tests.tui.support.clock import Clock
from tests.tui.support.sessions import trained_state


def make_session(task: Task = "regression", **changes: Any) -> tuple[Session, Clock]:
    """A session with a clock of its own."""
    clock = Clock(0.001)
    return Session(TrainingConfig.defaults(task, **changes), clock=clock), clock


def test_epochs_a_second_are_those_of_the_clock() -> None:
    session, clock = make_session(epochs=1000)
    while session.snapshot().status.speed != SPEEDS[0].label:
        session.do(commands.change_speed, -1)
    session.do(commands.toggle)
    trained = 0
    for _ in range(1000):
        session.tick()
        trained += 1
        clock.now += 0.02
    rate = session.snapshot().status.epochs_per_second
    assert rate is not None
    assert abs(rate / (trained / 63 / clock.now) - 1) < 0.05
    session.do(commands.toggle)
    assert session.snapshot().status.epochs_per_second is None


def test_snapshots_do_not_change_with_the_run() -> None:
    session, _ = make_session()
    session.advance_to(0)
    before = session.snapshot()
    outputs, reports = before.network.outputs.copy(), before.run.reports
    session.advance_to(30)
    assert (before.network.outputs == outputs).all()
    assert before.run.reports == reports
    assert before.run.epoch == 0


def test_the_last_epoch_is_reported_once_the_run_has_ended() -> None:
    session, _ = make_session(epochs=4, report_interval=2)
    session.advance_to(1)
    assert [report.epoch for report in session.snapshot().run.reports] == [0]
    session.advance_to(3)
    assert [report.epoch for report in session.snapshot().run.reports] == [0, 2, 3]


def test_the_seed_after_the_highest_one_is_0() -> None:
    session, _ = make_session(seed=2**32 - 1)
    session.do(commands.new_seed)
    assert session.config.seed == 0
    session.do(commands.new_seed)
    assert session.config.seed == 1


@pytest.mark.parametrize(
    ("hidden", "shape"), [((16, 16), GRID), ((200, 200), (11, 14)), ((80,) * 8, (9, 13))]
)
def test_a_large_network_is_asked_at_fewer_places(hidden: tuple[int, ...], shape: tuple[int, int]) -> None:
    config = TrainingConfig.defaults("regression", dataset="hills", samples=20, hidden_units=hidden)
    snapshot = Session(config).snapshot()
    assert snapshot.network.grid_outputs is not None
    assert snapshot.network.grid_outputs.shape == (*shape, 1)
    assert draw(plot_figure(snapshot)[0], 48, 12)


def test_rewinding_reaches_the_former_end_of_a_run_that_was_made_longer() -> None:
    session, _ = make_session(epochs=11, report_interval=10)
    session.advance_to(10)
    session.do(commands.change, FIELD["epochs"], 13)
    session.do(commands.step_epoch)
    session.do(commands.step_epoch)
    session.do(commands.rewind)
    assert (session.config.epochs, session.stage) == (11, Stage.FINISHED)
    told = "Back after epoch 10, with the settings it had then. The run had ended there."
    assert session.snapshot().status.advice == told


def test_a_restored_run_that_diverged_has_no_epoch_to_return_to() -> None:
    diverged = Trainer(TrainingConfig(learning_rate=10))
    with pytest.raises(DivergedError):
        diverged.run_for(10_000)
    trainer = Trainer(diverged.config)
    trainer.restore(diverged.run_state())
    session = Session(trainer.config, restored=trainer, clock=Clock())
    session.do(commands.rewind)
    assert session.stage is Stage.DIVERGED
    assert "Nothing to go back to" in session.snapshot().status.advice


@pytest.mark.parametrize("what_if", [False, True])
def test_a_network_that_is_too_large_is_refused_in_a_line_and_the_run_is_as_it_was(what_if: bool) -> None:
    session, _ = make_session("classification", hidden_units=(220, 220), samples=20)
    session.do(commands.step_samples, 3)
    session.do(commands.view, -1)
    session.do(commands.step_samples, 2)  # begins a branch, which a restart would end
    if what_if:
        session.do(commands.toggle_what_if)
    hidden = FIELD["hidden_units"]
    before = (session.config, *trained_state(session))
    larger: tuple[Callable[[], object], ...] = (
        lambda: session.do(commands.change, hidden, hidden.move(session.config.hidden_units, 1)),
        lambda: session.do(commands.change, hidden, (1000, 1000)),
        lambda: session.do(commands.take, {"hidden_units": (1000, 50)}, "more units"),
    )
    for change in larger:
        change()
        assert session.notice.startswith("hidden units: must make at most 50,000")
        assert (session.config, *trained_state(session)) == before
        assert session.snapshot().comparison.baseline is not None
    assert session.stage is Stage.PAUSED
    session.do(commands.undo)
    assert session.notice.startswith("Undone: a branch"), "there is no change to undo"


COMMANDS: dict[str, tuple[object, ...]] = {
    "toggle": (),
    "stop": (),
    "step_epoch": (),
    "change_speed": (1,),
    "toggle_cloud": (),
    "toggle_pin": (),
    "toggle_what_if": (),
    "toggle_edit": ("freeze", (0, 0)),
    "restart": (),
    "new_seed": (),
    "learn": ("cos(x)",),
    "change": (FIELD["learning_rate"], 0.3),
    "defaults": (),
    "rewind": (),
    "scrub": (-1,),
    "undo": (),
    "redo": (),
}


@pytest.mark.parametrize("is_running", [False, True])
@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_only_answers_and_the_session_does_it(name: str, *, is_running: bool) -> None:
    session, _ = make_session(report_interval=3)
    session.advance_to(9)
    for rate in (0.2, 0.25):
        session.do(commands.change, FIELD["learning_rate"], rate)
    session.do(commands.undo)
    if is_running:
        session.do(commands.toggle)
    before, stacks = (session.state_to_keep(), session.notice), []

    def asks(now: commands.SessionNow) -> Transition:
        stacks.append(now.undo_stack)
        getattr(commands, name)(now, *COMMANDS[name])
        return now.unchanged(None)

    session.do(asks)
    session.do(asks)
    assert (session.state_to_keep(), session.notice) == before
    assert stacks[0] is stacks[1]
