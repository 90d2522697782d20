"""The keys that edit the network: on its panel, on a unit, and in the box."""

from __future__ import annotations

import pytest
from rich.cells import cell_len
from textual.widgets import Input

from bptui.screen.drawing.network import NetworkPicture
from bptui.screen.overlays.box import BoxScreen
from bptui.screen.overlays.questions import AskScreen
from bptui.screen.overlays.unit import UnitScreen
from bptui.session import commands
from bptui.session.session import Session
from bptui.settings.languages import translations
from bpwords import use, word
from tests.tui.support.apps import lines, make_app, shown
from tests.tui.support.driving import press
from tests.tui.support.sessions import make_session


def words_of(session: Session) -> list[str]:
    return [edit.words for edit in session.snapshot().run.edits]


async def test_keys_edit_the_chosen_unit() -> None:
    app = make_app(epochs=20)
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "s", "f")
        session = app.view.session
        assert not words_of(session)
        assert "Choose a unit in the network first: tab goes" in "\n".join(lines(app))
        while app.view.panel_layout.focused != "network":
            await press(pilot, "tab")
        assert "f freeze  K knock out" in lines(app)[-1]
        await press(pilot, "down", "K")
        assert "enter open  K bring back" in lines(app)[-1]
        await press(pilot, "down", "f")
        assert words_of(session) == ["unit 2 of layer 1 knocked out", "unit 3 of layer 1 frozen"]
        text = "\n".join(lines(app))
        assert "edited 2 times from epoch 1 on" in text
        assert "f unfreeze  K knock out" in lines(app)[-1]
        assert "x2 " in text
        assert "*3 " in text
        await press(pilot, "u", "u")
        assert not words_of(session)

        await press(pilot, "enter")
        assert isinstance(app.screen, UnitScreen)
        await press(pilot, "K", "enter")
        assert isinstance(app.screen, AskScreen)
        await press(pilot, "up")
        app.screen.query_one(Input).value = "1,000"
        await press(pilot, "enter")
        assert "W1[1,3]: the comma may stand before decimals" in "\n".join(lines(app))
        app.screen.query_one(Input).value = "nan"
        await press(pilot, "enter")
        assert isinstance(app.screen, AskScreen)
        app.screen.query_one(Input).value = "4.2e-2"
        await press(pilot, "enter")
        assert isinstance(app.screen, UnitScreen)
        assert words_of(session) == ["unit 3 of layer 1 knocked out", "W1[1,3] set to 0.042"]
        assert "counts as 0" in "\n".join(lines(app))
        assert "enter set  K bring back" in "\n".join(lines(app))


async def test_the_box_edits_the_highlighted_weight_and_stays_open() -> None:
    app = make_app(epochs=20)
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "s", "o", "tab")
        session = app.view.session
        box = app.screen
        assert isinstance(box, BoxScreen)
        before = box.stepper.walk
        assert before is not None
        await press(pilot, "f", "enter")
        assert isinstance(app.screen, AskScreen)
        app.screen.query_one(Input).value = "0,3"
        await press(pilot, "enter")
        assert words_of(session) == ["W2[1,1] frozen", "W2[1,1] set to 0.3"]
        keys = "\n".join(lines(app)[-2:])
        assert "f unfreeze  u undo  p predict" in keys, "an output can't be knocked out"
        walk = box.stepper.walk
        assert walk is not None
        assert walk is not before
        assert (walk.number.quantity, walk.number.place) == (before.number.quantity, before.number.place)
        assert "W2[1,1] set to 0.3" in "\n".join(lines(app))
        frozen = [each for each in walk.numbers if each.quantity.name == "frozen weight"]
        assert [each.place for each in frozen] == [(1, 0, 0)]
        await press(pilot, "K")
        assert "A unit of the output layer can't be knocked out." in "\n".join(lines(app))
        assert "esc back" in lines(app)[-2]
        await press(pilot, "u")
        assert words_of(session) == ["W2[1,1] frozen"]
        assert "Undone: W2[1,1] set to 0.3." in "\n".join(lines(app))
        assert box.stepper.walk is not None
        assert box.stepper.walk.number.place == before.number.place, "still at the same weight"
        await press(pilot, "u", "U", "U")
        assert words_of(session) == ["W2[1,1] frozen", "W2[1,1] set to 0.3"]
        await press(pilot, "tab")
        assert "knocked out" not in "\n".join(lines(app)), "which was about another weight"
        await press(pilot, "escape", "escape")
        assert not isinstance(app.screen, BoxScreen)
        assert (shown(app).run.epoch, shown(app).run.sample) == (0, 0), "editing takes no step"


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", [24, 40, 80])
def test_signs_mark_edited_units_on_any_width_in_any_language(width: int, language: str) -> None:
    use({} if language == "en" else translations(language))
    session = make_session(hidden_units=(3, 2))
    session.do(commands.toggle_edit, "knock_out", (0, 1))
    session.do(commands.toggle_edit, "freeze", (0, 2))
    session.do(commands.toggle_edit, "freeze", (1, 0), 0)
    rows = [
        "".join(span.text for span in row)
        for row in NetworkPicture.of(session.snapshot(), (0, 2), width, 16).rows()
    ]
    text = "\n".join(rows)
    assert all(cell_len(row) == width for row in rows)
    assert "x2" in text or "x" in text
    assert "*3" in text or "*" in text
    assert word("frozen") in text or width < 40
    session.do(commands.toggle_edit, "knock_out", (0, 1))
    session.do(commands.toggle_edit, "freeze", (0, 2))
    session.do(commands.toggle_edit, "freeze", (1, 0), 0)
    again = "\n".join(
        "".join(span.text for span in row)
        for row in NetworkPicture.of(session.snapshot(), (0, 2), width, 16).rows()
    )
    assert "*" not in again
    assert len(words_of(session)) == 6
