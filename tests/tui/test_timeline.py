"""The keys and the mouse view earlier epochs, in the tabs and in the box."""

from __future__ import annotations

from textual.pilot import Pilot

from bptui.screen.app import BptuiApp
from bptui.screen.widgets.status_line import TimelineRow
from bptui.session.description import describe
from tests.tui.support.apps import lines, make_app, shown
from tests.tui.support.driving import click, press


async def text_after(pilot: Pilot[int], *keys: str) -> str:
    """Press them, and return the text of the screen."""
    await press(pilot, *keys)
    assert isinstance(pilot.app, BptuiApp)
    return "\n".join(lines(pilot.app))


def viewed_app() -> BptuiApp:
    """An app whose run has reached epoch 42."""
    app = make_app(samples=9, epochs=60, report_interval=10)
    app.view.session.advance_to(42)
    return app


async def test_keys_and_clicks_view_earlier_epochs_and_the_way_back_is_shown() -> None:
    app = viewed_app()
    async with app.run_test(size=(80, 24)) as pilot:
        assert "◉" not in await text_after(pilot)  # 80x24 has no row for it
        text = await text_after(pilot, "comma", "comma")
        assert "viewing   epoch 30/60  epoch error" in text
        assert "Viewing epoch 30 of 42, paused: space branches here.  0 ━" in text
        assert "esc latest  ,/. epoch  space branch" in text
        assert "─epoch 30: " in text  # the cursor of the error curve
        assert "This is a view of epoch 30 of a run that has reached epoch 42." in describe(shown(app))
        assert "Viewing epoch 40" in await text_after(pilot, "full_stop")
        assert "Viewing the start of 43" in await text_after(pilot, *["left_square_bracket"] * 5)
        row = next(y for y, line in enumerate(lines(app)) if "Viewing the start" in line)
        await click(pilot, offset=(lines(app)[row].rindex("╌"), row))
        assert "Viewing epoch 40" in await text_after(pilot)
        assert "Back at epoch 42" in await text_after(pilot, "escape")


async def test_a_step_of_the_box_at_an_earlier_epoch_begins_a_branch() -> None:
    app = viewed_app()
    async with app.run_test(size=(80, 24)) as pilot:
        text = await text_after(pilot, "comma", "o", "comma")
        assert "Viewing epoch 30 of 42: taking a step begins a branch." in text
        await text_after(pilot, "p", "full_stop", "p")  # typed as an answer
        assert app.view.session.viewed.startswith("Viewing epoch 30")
        assert "a branch" not in await text_after(pilot, "right"), "which only looks at another number"
        assert app.view.session.is_viewing
        text = await text_after(pilot, "up", "up", "up", "up", "right")
        assert "This step begins a branch: u returns to the original run." in text
        assert not app.view.session.is_viewing
        await text_after(pilot, "u")
        assert app.view.session.epochs_done == 43


async def test_the_box_walks_back_from_an_earlier_epoch() -> None:
    app = viewed_app()
    async with app.run_test(size=(80, 24)) as pilot:
        text = await text_after(pilot, "o", "up", "up", "up", "up", "comma", "left")
        assert "This step begins a branch" in text, "also where the step is one back"
        await text_after(pilot, "u", "comma", "up", "left")
        assert (app.view.session.is_viewing, app.view.session.epochs_done) == (True, 40), "epoch 39 is viewed"
        await text_after(pilot, "up", "left")
        assert (app.view.session.is_viewing, app.view.session.epochs_done) == (True, 31)


async def test_a_branch_at_an_earlier_epoch_is_undone() -> None:
    app = viewed_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await text_after(pilot, "comma", "s")
        assert shown(app).run.epoch == 41
        assert "Undone: a branch at an earlier epoch." in await text_after(pilot, "u")
        assert shown(app).run.epoch == 42


async def test_the_row_of_the_timeline_is_clicked_where_there_is_room_for_it() -> None:
    app = viewed_app()
    async with app.run_test(size=(120, 36)) as pilot:
        await click(pilot, app.view.query_one(TimelineRow), offset=(3, 0))
        text = await text_after(pilot)
        assert "Viewing the start" in text
        assert "0 ◉╌" in text
        await text_after(pilot, "tab", "tab", "left", "escape", "escape")  # the curve's own cursor goes first
        assert not app.view.session.is_viewing
