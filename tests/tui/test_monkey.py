"""Whatever is pressed, in whatever order and at whatever size: no exception, and no state that can't be.

BPTUI_MONKEY_KEYS=20000 presses so many keys, BPTUI_MONKEY_SEED=7 others; `make monkey` does both.
"""

from __future__ import annotations

import os
import random
from collections import deque
from dataclasses import replace
from pathlib import Path

import pytest

from bpengine import FIELD, TASKS, TrainingConfig
from bptui.commands import COMMANDS
from bptui.screen.app import BptuiApp
from bptui.screen.overlays.choice import ChoiceScreen
from bptui.screen.overlays.questions import AskScreen
from bptui.screen.tabs.panel_layout import SavedLayout
from bptui.screen.terminal.textual_internals import until_idle
from bptui.session import commands
from bptui.session.session import Session
from bptui.session.snapshot import Stage
from bptui.session.units import nearest_unit, sizes_of
from bptui.settings.start_settings import StartSettings
from tests.tui.support.clock import Clock
from tests.tui.support.driving import post_keys
from tests.tui.support.snapshots import check_snapshot

KEYS = int(os.environ.get("BPTUI_MONKEY_KEYS", "150"))
SEED = int(os.environ.get("BPTUI_MONKEY_SEED", "0"))
BATCH = 6
"""Keys that come together, as on a slow line."""

ALL = [key for command in COMMANDS for key in command.keys.split(",") if key != "q"]
OFTEN = ["space", "s", "up", "down", "left", "right", "less_than_sign", "greater_than_sign", "enter", "tab"]
OFTEN += ["tab", "escape", "b", "p", "i", "r", "1", "2", "x", "z", "home", "end", "slash", "j", "l", "o"]
OFTEN += ["comma", "comma", "full_stop", "left_square_bracket"]
TYPED = [*"0123456789", *"0123456789", "full_stop", "comma", "minus", "backspace", "delete", "home", *"aexz"]
TYPED += [
    "enter",
    "enter",
    "escape",
    "tab",
    "space",
    "left",
    "right",
    "shift+left",
    "ctrl+u",
    "left_square_bracket",
]
OTHER = ["q", "ctrl+p", "pageup", "pagedown", "home", "end", "f1", "ctrl+l", "ctrl+u", *"acfghjknouwy$%"]


def make_app(memory: Path) -> BptuiApp:
    """Both tabs with runs that soon finish, and time that passes only when told to."""
    configs = {
        "regression": TrainingConfig.defaults("regression", epochs=12, samples=12, report_interval=3),
        "classification": TrainingConfig.defaults("classification", epochs=30, samples=20),
    }
    return BptuiApp(
        StartSettings(
            configs={task: configs[task] for task in TASKS},
            paused=True,
            kernel="numpy",
            layout_path=memory,
            clock=Clock(0.003),
        )
    )


def check(app: BptuiApp, memory: Path) -> None:
    """What holds after every key."""
    assert app.is_running
    assert len(app.screen_stack) <= 5  # the tab, the map, a unit, its help and the palette
    for view in app.tabs.views.values():
        check_snapshot(view.session.snapshot())
        assert view.panel_layout == app.view.panel_layout
    view, layout = app.view, app.view.panel_layout
    assert view.id == app.tabs.bar.active == app.tabs.switcher.current
    assert view.snapshot is not None
    assert view.snapshot.run.config == view.session.config, "what is shown is what is"
    assert view.snapshot.status.stage is view.session.stage
    assert layout.focused in layout.shown(*view.room)
    assert layout.focused not in layout.hidden
    assert view.query_one(f"#{layout.focused}").display
    assert view.options.unit == nearest_unit(view.options.unit, sizes_of(view.snapshot))
    assert SavedLayout(memory).load() == replace(layout, zoomed=False)


def keep_small(session: Session) -> None:
    """Undo what would only take time."""
    config = session.config
    changes = {
        "hidden_units": tuple(min(width, 12) for width in config.hidden_units[:3]),
        "samples": min(config.samples, 40),
        "epochs": min(config.epochs, 400),
    }
    if any(getattr(config, name) != value for name, value in changes.items()):
        activation = config.activation[:1]
        session.do(commands.take, changes | {"activation": activation}, "smaller")


async def stay(app: BptuiApp) -> None:
    """In place of leaving."""


async def test_no_keys_and_no_sizes_break_the_screen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bptui.screen.tabs.frame_loop.TICK_SECONDS", 1e6)
    for way_out in ("action_quit", "action_interrupt"):
        monkeypatch.setattr(BptuiApp, way_out, stay, raising=False)
    saved = tmp_path / "saved"  # where w writes
    saved.mkdir()
    monkeypatch.chdir(saved)
    chance, memory = random.Random(SEED), tmp_path / "screen.json"
    app = make_app(memory)
    last: deque[object] = deque(maxlen=60)
    states: set[Stage] = set()
    met: set[str] = set()
    async with app.run_test(size=(80, 24)) as pilot:
        post_keys(app, "space")  # few keys may never let the run train
        await until_idle(app)
        states.add(app.view.session.stage)
        for _ in range(KEYS // BATCH):
            typing = isinstance(app.screen, (AskScreen, ChoiceScreen))
            pools, weights = (TYPED, OFTEN, ALL, OTHER), (20, 1, 1, 1) if typing else (1, 10, 8, 2)
            keys = [
                chance.choice(chance.choices(pools, weights)[0])
                for _ in range(chance.randint(1, 2 * BATCH - 1))
            ]
            if chance.random() < 0.12:
                keys += [
                    "escape",
                    "escape",
                    chance.choice(("space", "s")),
                    *chance.choice((["slash"], ["home", "enter"])),
                ]
            last.append(keys)
            try:
                post_keys(app, *keys)
                await until_idle(app)
                states.add(app.view.session.stage)
                if chance.random() < 0.1:
                    size = chance.randint(1, 200), chance.randint(1, 60)
                    last.append(size)
                    await pilot.resize_terminal(*size)
                    await until_idle(app)
                if app.view.session.stage is Stage.RUNNING:
                    for _ in range(chance.randint(0, 12)):
                        app.view.frames.tick()
                    app.view.frames.show_now()
                if chance.random() < 0.04:
                    rate = chance.choice((0.1, 1.0, 30.0, 1000.0))
                    last.append(rate)
                    app.view.session.do(commands.change, FIELD["learning_rate"], rate)
                for view in app.tabs.views.values():
                    keep_small(view.session)
                app.view.frames.show_now()
                check(app, memory)
            except BaseException as error:
                error.add_note(f"after {list(last)}")
                raise
            states.add(app.view.session.stage)
            met.add(type(app.screen).__name__)
    assert states >= {Stage.PAUSED, Stage.RUNNING}
    met_all = states == set(Stage) and met >= {"Palette", "AskScreen", "ChoiceScreen"}
    assert met_all or KEYS < 20_000, "few keys don't come everywhere"
