"""The palette finds and sets by name."""

from __future__ import annotations

from typing import Any

from textual.command import CommandList

from bpengine import DATASETS, FIELDS, TASKS, Field, TrainingConfig
from bptui.screens.finding import match, setting_commands, typed_commands
from tests.tui.support.apps import make_app, shown
from tests.tui.support.driving import press, until


def spelled(text: str) -> dict[str, Any]:
    """What the text would set; None for a value that would be asked for."""
    asked: dict[str, Any] = {}

    def edit(field: Field) -> None:
        asked[field.name] = None

    def change(field: Field, value: object) -> None:
        asked[field.name] = value

    for command in typed_commands(text, edit, change):
        command.callback()
    return asked


def test_a_name_and_a_value_set_a_setting() -> None:
    for text, settings in {
        "learning rate 0.3": {"learning_rate": 0.3},
        "Learning  Rate = 0.3": {"learning_rate": 0.3},
        "learning rate to 0.3": {"learning_rate": 0.3},
        "lr 0.3": {"learning_rate": 0.3},
        "η 0.3": {"learning_rate": 0.3},
        "learning rate 5000": {"learning_rate": None},
        "hidden 8,8": {"hidden_units": (8, 8)},
        "activation tanh,relu": {"activation": ("tanh", "relu")},
        "function y >= x**2": {"function": "y >= x**2"},
        "epochs=50": {"epochs": 50, "schedule_epochs": 50},
        "epochs 500": {"epochs": 500, "schedule_epochs": 500},
        "learning rate": {},
        "learning": {},
        "0.3": {},
        "= = =": {},
        "": {},
    }.items():
        assert spelled(text) == settings, text


def test_every_setting_and_every_name_of_the_task_can_be_found() -> None:
    for task in TASKS:
        found = [c.title for c in setting_commands(TrainingConfig.defaults(task), print, print)]
        for field in FIELDS:
            assert any(match(field.label, title) == 3 for title in found)
        for name, data in DATASETS.items():
            assert (f"data set {name}" in found) == (data.task == task)
        assert {"optimizer adam", "activation relu", "initializer he"} <= set(found)
    assert match("bcd", "abcd") == 0


async def test_what_is_typed_in_the_palette_is_done() -> None:
    app = make_app("classification")
    async with app.run_test(size=(80, 24)) as pilot:
        for text, done in (
            ("learning rate 0.3", lambda: shown(app).run.config.learning_rate == 0.3),
            ("spiral", lambda: shown(app).run.config.dataset == "spiral"),
            ("tanh", lambda: shown(app).run.config.activation == ("tanh",)),
            ("diag", lambda: app.view.panel_layout.focused == "diagnostics"),
            ("batch", lambda: bool(app.screen.query("#value"))),
        ):
            await press(pilot, "ctrl+p")
            app.screen.query_one("CommandInput").value = text  # type: ignore[attr-defined]
            commands = app.screen.query_one(CommandList)
            await until(pilot, lambda c=commands: c.option_count and c.highlighted == 0)  # type: ignore[misc]
            await press(pilot, "enter")
            await until(pilot, done)
        assert app.view.field.name == "batch_size"
