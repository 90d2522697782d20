"""Dialogs and the palette: they take, refuse and close, whatever keys come together."""

from __future__ import annotations

from typing import Any

import pytest
from rich.style import Style
from textual.events import Click, Key
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from bpengine import FIELD, ChoiceField, TrainingConfig
from bpengine.data.csv import outline_of
from bptui.experiments.beside import AT_ONCE
from bptui.screen.overlays.choice import ChoiceScreen
from bptui.screen.overlays.dialog import DialogOptions
from bptui.screen.overlays.help import HelpScreen
from bptui.screen.overlays.help_pages import panel_section
from bptui.screen.overlays.open import OpenScreen, TableScreen
from bptui.screen.overlays.questions import AskScreen
from bptui.screen.overlays.reading import WordsScreen
from bptui.screen.overlays.unit import UnitScreen
from bptui.screen.tabs.panels import PANELS
from bptui.session.description import sections
from bptui.session.snapshot import Stage
from tests.tui.support.apps import make_app, shown
from tests.tui.support.driving import press, resize, rest, until
from tests.tui.support.snapshots import snapshot_of

HELP = [(panel.name, panel.help) for panel in PANELS]
DATASET = FIELD["dataset"]
assert isinstance(DATASET, ChoiceField)


async def test_enter_takes_a_typed_value() -> None:
    app = make_app()
    async with app.run_test() as pilot:
        await press(pilot, "enter")
        assert isinstance(app.screen, AskScreen)
        await press(pilot, *"0.25", "enter")
        assert shown(app).run.config.learning_rate == 0.25


async def test_a_value_is_set_on_the_tab_where_it_was_asked_for() -> None:
    app = make_app()
    async with app.run_test() as pilot:
        await press(pilot, "enter")
        await app.action_open_tab("classification")  # as the palette can while the dialog is open
        await press(pilot, "ctrl+u", *"0.5", "enter")
        rates = {task: view.session.config.learning_rate for task, view in app.tabs.views.items()}
        assert rates == {"regression": 0.5, "classification": 0.1}


async def test_a_dialog_closes_once_however_often_it_is_asked_to() -> None:
    app = make_app()
    async with app.run_test() as pilot:
        await press(pilot, "enter", *"0.25")
        assert isinstance(app.screen, AskScreen)
        dialog = app.screen
        box = dialog.query_one(Input)
        await press(pilot, "ctrl+p")  # keys that arrive together may be handled after the palette has opened
        dialog.on_input_submitted(Input.Submitted(box, box.value))
        await rest(pilot)
        assert app.screen_stack[1] is dialog
        await press(pilot, "escape")
        for _ in range(2):
            dialog.on_input_submitted(Input.Submitted(box, box.value))
        await rest(pilot)
        assert len(app.screen_stack) == 1
        assert shown(app).run.config.learning_rate == 0.25


async def test_a_wrong_value_is_refused_with_what_is_allowed() -> None:
    app = make_app()
    async with app.run_test() as pilot:
        await press(pilot, "enter", *"[/x]", "enter")
        assert isinstance(app.screen, AskScreen)
        assert "from 0 to 1000" in str(app.screen.query_one("#message").render())
        assert app.screen.query_one(Input).value == "[/x]"
        await press(pilot, "escape")
        assert shown(app).run.config == TrainingConfig.defaults("regression")


async def test_a_dialog_is_closed_by_two_keys_that_come_together() -> None:
    app = make_app()
    async with app.run_test() as pilot:
        for keys in (("enter", "escape"), ("enter", "enter"), ("escape", "escape"), ("escape", "enter")):
            assert not isinstance(app.screen, AskScreen)
            await press(pilot, "enter")
            assert isinstance(app.screen, AskScreen)
            for key in keys:
                app.post_message(Key(key, None))
            is_last = keys == ("escape", "enter")  # which may open it again
            await until(pilot, lambda: is_last or not isinstance(app.screen, AskScreen))  # noqa: B023
            await rest(pilot)
            assert app.is_running
            assert shown(app).run.config == TrainingConfig.defaults("regression")


async def test_the_key_t_tells_the_state_in_words_and_closes_it_again() -> None:
    app = make_app()
    app.view.session.advance_to(20)
    async with app.run_test() as pilot:
        for close in ("t", "escape", "q", "space", "enter"):
            await press(pilot, "t")
            assert isinstance(app.screen, WordsScreen)
            said = str(app.screen.query_one(Static).render())
            assert "full-batch steps never rise above the start at 0.9 of" in said
            found = sections(app.view.session.snapshot(measures=AT_ONCE))
            assert said == "\n\n".join(f"{section.heading}\n{section.text}" for section in found)
            await press(pilot, close)
            assert not isinstance(app.screen, WordsScreen)
        assert shown(app).status.stage is Stage.PAUSED, "space closed and did not run"


COLUMNS = outline_of(
    ",".join(f"a [/x] column {number}" for number in range(30)) + 3 * f"\n{'[b]x[/y],' * 29}1", "f"
)


@pytest.mark.parametrize(
    "dialog",
    [
        HelpScreen([panel_section(*each, "regression") for each in HELP]),
        WordsScreen(("", "in words")),
        UnitScreen((0, 0), snapshot_of()),
        TableScreen("[/x]", COLUMNS, lambda *_: ""),
        OpenScreen(lambda *_: ""),
        ChoiceScreen(DATASET, "sine", 1),
    ],
)
async def test_a_dialog_comes_to_rest_however_narrow_it_is(dialog: ModalScreen[Any]) -> None:
    app = make_app()
    async with app.run_test(size=(12, 24)) as pilot:
        app.push_screen(dialog)
        for size in ((8, 24), (5, 1), (1, 24)):
            await resize(pilot, *size)
            await rest(pilot)  # or the screen is drawn anew for ever
            assert app.is_running


async def test_the_palette_survives_keys_and_sizes_that_come_while_it_opens() -> None:
    app, tiny, usual = make_app(), (1, 1), (80, 24)
    async with app.run_test(size=usual) as pilot:
        for keys, *sizes in (  # the sizes before the palette opens and after
            (("enter", "enter"), usual, tiny),
            (("enter", "escape"), tiny, usual),
            (("escape", "escape"), usual, tiny),
            (("x", "pageup"), usual, usual),
        ):
            await resize(pilot, *sizes[0])
            app.post_message(Key("ctrl+p", None))
            await rest(pilot)
            await resize(pilot, *sizes[1])
            for key in ("down", *keys):
                app.post_message(Key(key, key if len(key) == 1 else None))
            await rest(pilot)
            assert app.is_running
            await resize(pilot, 80, 24)
            for _ in range(3):
                app.post_message(Key("escape", None))
                await rest(pilot)
            assert not isinstance(app.screen, ModalScreen)


async def test_a_click_on_an_option_that_is_gone_does_nothing() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "G")
        options = app.screen.query_one(DialogOptions)
        screen, stale = app.screen, Style(meta={"option": options.option_count})
        options.post_message(Click(options, 0, 0, 0, 0, 1, False, False, False, style=stale))
        await rest(pilot)
        assert app.screen is screen
