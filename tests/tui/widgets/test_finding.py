"""/ finds a setting by a part of its name."""

from __future__ import annotations

from textual.events import Key

from bpengine import FIELD, FIELDS
from bptui.app import BptuiApp
from bptui.views.panel_layout import PanelLayout
from bptui.views.panels import setting_rows
from bptui.widgets.hyperparameters import HyperparameterPanel, matching
from tests.tui.support.apps import lines, make_app, shown
from tests.tui.support.driving import click, press, rest
from tests.tui.support.snapshots import snapshot_of


def found(text: str) -> list[str]:
    return [FIELDS[number].name for number in matching(text, setting_rows(snapshot_of()))]


def rows(app: BptuiApp) -> str:
    """The text of the panel."""
    region = app.view.query_one(HyperparameterPanel).region
    return "\n".join(line[region.x : region.right] for line in lines(app)[region.y : region.bottom])


def test_a_search_for_settings_finds_labels_flags_symbols_and_then_help() -> None:
    assert found("") == [field.name for field in FIELDS]
    assert found("Learning R") == ["learning_rate", "schedule"], "a synonym of it is learning rate decay"
    assert found("η(") == ["schedule"]
    assert "report_interval" in found("interval"), "its flag"
    assert found("overfit") == ["test_share", "l2"], "synonyms"
    assert found("divergence") == ["clip"], "its help"
    assert found("[/x]") == []


async def test_typing_narrows_the_settings_and_enter_keeps_the_choice() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        for key in ("slash", *"sche"):  # together, as on a slow line
            app.post_message(Key(key, key if len(key) == 1 else "/"))
        await rest(pilot)
        await rest(pilot)
        assert app.view.field.name == "schedule"
        assert "/sche▏" in rows(app)
        assert f"3 of {len(FIELDS)} " in rows(app)
        assert "batch size" not in rows(app)
        await press(pilot, "down")
        assert app.view.field.name == "schedule_epochs"
        await press(
            pilot, "end", "pageup", "down", "home", "down", "right"
        )  # which changes the found setting
        assert shown(app).run.config.schedule_epochs == 510
        await press(pilot, "enter")
        assert app.view.field.name == "schedule_epochs"
        assert "batch size" in rows(app)
        await press(pilot, "s")
        assert shown(app).run.epoch == 0, "the letters are keys again"


async def test_escape_ends_a_search_for_settings_in_which_letters_are_no_commands() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "/", *"xq", "backspace", "question_mark")
        assert "no setting matches this text" in rows(app)
        assert shown(app).run.config == app.view.session.config
        await press(pilot, "escape", "/", *"opt")
        assert app.view.field is FIELD["optimizer"]
        assert "enter keep" in lines(app)[-1]
        await press(pilot, "escape")
        assert app.view.field is FIELD["learning_rate"]
        assert f"of {len(FIELDS)} " not in rows(app)
        assert "run" in lines(app)[-1]


async def test_a_search_for_settings_begins_in_another_panel_and_ends_when_the_focus_leaves() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "x", "z", "/")  # the settings are hidden, and another panel is maximized
        assert app.view.panel_layout == PanelLayout(focused="settings")
        await press(pilot, *"clip")
        assert app.view.field is FIELD["clip"]
        await press(pilot, "tab")
        assert app.view.panel_layout.focused == "plot"
        assert app.view.query_one(HyperparameterPanel).wanted is None
        assert app.view.field is FIELD["clip"]


async def test_a_click_and_the_wheel_act_on_settings_that_are_found() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "/", *"sche")
        await click(pilot, HyperparameterPanel, offset=(2, 3))  # the second row: title, typed text, first row
        assert app.view.field.name == "schedule_epochs"
        await click(pilot, HyperparameterPanel, offset=(2, 1))  # the typed text
        assert app.view.field.name == "schedule_epochs"
