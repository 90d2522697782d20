"""The palette finds what is meant, and sets by name."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from textual.command import Hits

from bpengine import DATASETS, FIELDS, TASKS, Field, Task, TrainingConfig
from bptui.commands import COMMAND, COMMANDS
from bptui.screen.app import BptuiApp
from bptui.screen.overlays.palette import Finder
from bptui.screen.overlays.palette_entries import (
    COMMON,
    GROUPS,
    found,
    in_order,
    setting_entries,
    typed_entries,
    value_entries,
)
from tests.tui.support.apps import make_app, shown
from tests.tui.support.driving import post_keys, press, until

WORDS = {
    "spiral": "data set spiral (classification)",
    "loss": "error panel",
    "cost": "error panel",
    "weights": "network panel",
    "predict": "predict",
    "overfit": "test_share",
    "overfitting": "test_share",
    "accuracy": "metrics panel",
    "lr": "learning_rate",
    "alpha": "learning_rate",
    "neurons": "hidden_units",
    "regularization": "l1",
    "colors": "theme dark",
    "bigger": "zoom",
    "zoom": "zoom",
    "language": "Lessons in English",
    "中文": "Lessons in Chinese (中文)",
    "light": "theme light",
    "high contrast": "theme high-contrast",
    "nord": "theme nord",
    "slower": "slower",
    "lr 0.3": "learning rate 0.3",
    "neurons 5": "hidden units 5",
    "adam": "optimizer adam",
    # of our own
    "layers": "hidden_units",
    "gradient descent": "optimizer sgd",
    "minibatch": "batch_size",
    "early stopping": "patience",
    "weight decay": "l2",
    "validation": "test_share",
    "glorot": "initializer xavier",
    "logistic": "activation sigmoid",
    "checkerboard": "data set xor (classification)",
    "decision boundary": "plot panel",
    "confusion matrix": "metrics panel",
    "vanishing gradients": "diagnostics panel",
    "learning curve": "error panel",
    "backprop": "open_box",
    "dropout": "dropout",
    "ablation": "knock_out",
    "grid search": "open_map",
    "tune": "advise",
    "luck": "toggle_cloud",
    "start": "toggle_run",
    "reset": "restart",
    "shortcuts": "help",
    "screenshot": "save",
    "share": "save",
    "html": "save",
    "formula": "function",
    "dark mode": "theme dark",
    "step": "step_epoch",
    "Learn R": "learning_rate",
    "divergence": "clip",
}
"""What the palette's first entry is for a text."""


def first(app: BptuiApp, text: str) -> str:
    """The name of the entry that comes first, or the title of one that was made for the text."""
    entry = max(found(text, app.palette_source.entries(text)), key=lambda ranked: ranked[0])[1]
    return entry.title if entry.rank else entry.name


async def test_the_first_entry_of_the_palette_is_the_one_that_is_meant() -> None:
    app = make_app()
    async with app.run_test():
        assert {text: first(app, text) for text in WORDS} == WORDS
        for text, meant in (("sprial", "spiral"), ("nuerons", "hidden units"), ("tahn", "tanh")):
            hits = [hit async for hit in Finder(app.screen).search(text)]
            assert any(meant in (hit.text or "") for hit in hits), text
        for text in ("vim", "mouse", "sound", "resize"):
            hits = [hit async for hit in Finder(app.screen).search(text)]
            assert [hit.text for hit in hits] == ["Nothing here has these words."], text
        assert first(app, "png") == "save"


def test_the_palette_finds_everything_that_a_text_may_mean() -> None:
    values = [*value_entries(TrainingConfig.defaults("regression"), print, print)]
    assert next(entry.name for _, entry in found("momentum", values)) == "optimizer momentum"
    assert not [*found("bcd", values)]
    for word in (word for command in COMMANDS for word in command.names):
        assert word == word.strip()
        assert word


def spelled(text: str) -> dict[str, Any]:
    """What the text would set; None for a value that would be asked for."""
    asked: dict[str, Any] = {}

    def edit(field: Field) -> None:
        asked[field.name] = None

    def change(field: Field, value: object) -> None:
        asked[field.name] = value

    for entry in typed_entries(text, edit, change):
        entry.run()
    return asked


def test_a_name_and_a_value_in_the_palette_set_a_setting() -> None:
    for text, settings in {
        "learning rate 0.3": {"learning_rate": 0.3},
        "Learning  Rate = 0.3": {"learning_rate": 0.3},
        "learning rate to 0.3": {"learning_rate": 0.3},
        "lr 0.3": {"learning_rate": 0.3},
        "η 0.3": {"learning_rate": 0.3},
        "learning rate 5000": {"learning_rate": None},
        "hidden 8,8": {"hidden_units": (8, 8)},
        "layers 8,8": {"hidden_units": (8, 8)},
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


@pytest.mark.parametrize("task", TASKS)
def test_every_setting_and_every_name_can_be_found(task: Task) -> None:
    config = TrainingConfig.defaults(task)
    names = {entry.name for entry in setting_entries(config, print)}
    values = {entry.name for entry in value_entries(config, print, print)}
    assert names == {field.name for field in FIELDS}
    for name, data in DATASETS.items():
        assert (f"data set {name}" if data.task == task else f"data set {name} ({data.task})") in values
    assert {"optimizer adam", "activation relu", "initializer he"} <= values


async def test_an_empty_palette_begins_with_what_was_last_and_most_used() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        listed = [entry.name for entry in in_order(app.palette_source.entries(""), app.palette_source.used)]
        assert tuple(listed[: len(COMMON)]) == COMMON
        assert {*COMMAND} <= {*listed}
        groups = {entry.name: GROUPS.index(entry.group) for entry in app.palette_source.entries("")}
        others = [groups[name] for name in listed[len(COMMON) :]]
        assert others == sorted(others)
        for text in ("tanh", "diag", "lr 0.3"):
            await choose(app, pilot, text)
        names = [entry.name for entry in in_order(app.palette_source.entries(""), app.palette_source.used)]
        used = ["learning_rate", "diagnostics panel", "activation tanh"]
        assert names == [*used, *(name for name in listed if name not in used)]


async def choose(app: BptuiApp, pilot: Any, text: str) -> None:
    """Type a text in the palette, and choose the first entry without waiting for it."""
    before = [*app.palette_source.used]
    post_keys(app, "ctrl+p", *text, "enter")
    await until(pilot, lambda: app.palette_source.used != before)


async def test_the_palette_does_what_is_typed() -> None:
    app = make_app("regression")
    async with app.run_test(size=(80, 24)) as pilot:
        for text, done in (
            ("spiral", lambda: app.tabs.opened == "classification"),
            ("learning rate 0.3", lambda: shown(app).run.config.learning_rate == 0.3),
            ("circle", lambda: shown(app).run.config.dataset == "circle"),
            ("diag", lambda: app.view.panel_layout.focused == "diagnostics"),
            ("light mode", lambda: app.theme == "light"),
            ("clip 0[/x]", lambda: bool(app.screen.query("#asked"))),
            ("batch", lambda: bool(app.screen.query("#asked"))),
        ):
            await choose(app, pilot, text)
            await until(pilot, done)
            if text == "clip 0[/x]":
                await press(pilot, "escape")
            if text == "spiral":
                assert shown(app).run.config.dataset == "spiral"
        assert app.view.field.name == "batch_size"


async def test_an_enter_waits_for_the_search_of_what_was_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    searched, may_end, search = [], asyncio.Event(), Finder.search

    async def slow_search(finder: Finder, query: str) -> Hits:
        searched.append(query)
        await may_end.wait()
        async for hit in search(finder, query):
            yield hit

    monkeypatch.setattr(Finder, "search", slow_search)
    app = make_app("regression")
    async with app.run_test(size=(80, 24)) as pilot:
        post_keys(app, "ctrl+p", *"tanh", "enter")
        await until(pilot, lambda: "tanh" in searched)
        assert shown(app).run.config.activation == ("sigmoid",)
        may_end.set()
        await until(pilot, lambda: shown(app).run.config.activation == ("tanh",))


async def test_the_palette_opens_again_before_the_closed_one_is_gone() -> None:
    app = make_app("regression")
    async with app.run_test(size=(80, 24)) as pilot:
        app.action_command_palette()
        app.pop_screen()
        app.action_command_palette()
        await press(pilot, "escape")
        assert len(app.screen_stack) == 1
