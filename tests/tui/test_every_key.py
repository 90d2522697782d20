"""Every key in every state of a run: no exception, and no network that it has no business with."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.screen import ModalScreen

from bpengine import Trainer, TrainingConfig
from bptui.commands import COMMANDS
from bptui.screen.tabs.panel_layout import PanelLayout
from bptui.screen.terminal.textual_internals import until_idle
from bptui.session import commands
from bptui.session.session import Session
from bptui.session.snapshot import Stage
from tests.tui.support.apps import make_app, shown
from tests.tui.support.clock import Clock
from tests.tui.support.driving import post_keys
from tests.tui.support.snapshots import check_snapshot


def test_every_command_calls_something_and_no_key_serves_two() -> None:
    keys = [key for command in COMMANDS for key in command.keys.split(",")]
    assert len(keys) == len(set(keys))
    assert make_app().actions_of_commands.keys() == {command.name for command in COMMANDS}


async def test_a_bar_without_an_active_tab_or_an_app_that_is_ending_opens_no_tab() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)):
        app.tabs.bar.active = ""
        await app.on_tabs_tab_activated()
        assert app.view.session.config.task == "regression"
        app.exit(0)
        for command in COMMANDS:
            assert not await app.run_action(command.action)
        await app.action_open_tab("classification")  # as by a dialog's answer
        assert app.view.session.config.task == "regression"


def put(session: Session, stage: Stage) -> None:
    """A run in this state, on which a key's work is done before the key is answered."""
    rate = 1000.0 if stage is Stage.DIVERGED else 0.1
    epochs = 2 if stage is Stage.FINISHED else 50
    config = TrainingConfig.defaults("regression", learning_rate=rate, epochs=epochs, samples=10)
    session.open(Trainer(config), name="a run")
    session.do(commands.say, "")
    if stage is Stage.PAUSED:
        session.do(commands.step_epoch)
    elif stage is Stage.RUNNING:
        session.do(commands.step_epoch)
        session.do(commands.toggle)
    elif stage is not Stage.READY:
        session.advance_to(49)
    assert session.stage is stage


OF_THE_RUN = {
    *("toggle_run", "step_epoch", "restart", "new_seed", "defaults", "rewind", "undo", "redo"),
    *("less", "more", "much_less", "much_more"),
    *("scrub_back", "scrub_on", "scrub_far_back", "scrub_far_on"),
}
"""Commands that may change the network."""
OF_THE_NETWORK = {"up", "down", "less", "more", "much_less", "much_more", "edit"}
"""Commands that do something else where the network panel has the focus."""


@pytest.mark.parametrize("stage", [Stage.RUNNING, Stage.DIVERGED])  # test_states has all
async def test_every_key_in_every_state_keeps_a_possible_snapshot_and_the_network(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # where w saves
    monkeypatch.setattr("bptui.screen.tabs.frame_loop.TICK_SECONDS", 1e6)  # no frame but the test's
    app = make_app(clock=Clock())  # time stands still
    async with app.run_test(size=(80, 24)):
        changed = True  # whether the last key may have changed the run
        for panel in ("settings", "network"):  # the monkey goes everywhere
            for command in COMMANDS:
                name = command.name
                if name == "quit" or (panel == "network" and name not in OF_THE_NETWORK):
                    continue
                where = (stage, panel, name)
                await app.action_open_tab("regression")
                app.panels.arrange(PanelLayout(focused=panel))
                view = app.view
                if changed or view.session.stage is not stage:
                    put(view.session, stage)
                    view.frames.show_now()
                before = shown(app)
                post_keys(app, *command.keys.split(","))
                await until_idle(app)
                assert app.is_running, where
                snapshot = view.session.snapshot()
                check_snapshot(snapshot)
                changed = panel == "settings" and name in OF_THE_RUN
                if not changed:
                    assert snapshot.run.config == before.run.config, where
                    paused = name == "open_box" and stage is Stage.RUNNING
                    expected = (before.run.epoch, Stage.PAUSED if paused else stage)
                    assert (snapshot.run.epoch, snapshot.status.stage) == expected, where
                    for layer, was in zip(snapshot.network.layers, before.network.layers, strict=True):
                        assert (layer == was).all(), where
                elif name == "restart":
                    assert snapshot.run.epoch == 0, where
                if isinstance(app.screen, ModalScreen):
                    assert name in (
                        "advise",
                        "importance",
                        "calibration",
                        "surface",
                        "edit",
                        "describe",
                        "draw",
                        "help",
                        "lessons",
                        "open_box",
                        "open_map",
                        "filter",
                        "pins",
                        "predict",
                        "save",
                        "command_palette",
                    ), where
                    post_keys(app, "escape")
                    await until_idle(app)
                assert not isinstance(app.screen, ModalScreen), where
