"""Drawing samples on the screen, by mouse and by keys."""

from __future__ import annotations

from textual.events import MouseDown, MouseMove, MouseUp

from bptui.features.draw.dialog import DrawScreen, open_empty
from bptui.screen.app import BptuiApp
from bptui.screen.widgets.plot import Plot
from bptui.settings.start_settings import StartSettings
from tests.tui.support.apps import dialog_text, make_app, shown
from tests.tui.support.driving import press, press_at_once, rest, until


async def test_an_empty_plane_is_drawn_on_and_trains_as_soon_as_both_classes_have_a_sample() -> None:
    app = BptuiApp(StartSettings(start="classification", paused=True, kernel="numpy", begins_with=open_empty))
    async with app.run_test(size=(100, 30)) as pilot:
        await rest(pilot)
        screen = app.screen
        assert isinstance(screen, DrawScreen)
        plot = screen.query_one(Plot)
        assert "as soon as two classes have a sample" in dialog_text(app, "#message")
        axes = plot.figure and (plot.figure.x, plot.figure.y)
        await press(pilot, "space", "2", *["right"] * 20, *["up"] * 8)
        assert app.view.session.source is None
        await press(pilot, "space")
        await until(pilot, lambda: app.view.session.epochs_done > 3)
        source = app.view.session.source
        assert source is not None and len(source) == 2
        await press(pilot, "x")
        assert "as soon as two classes" in dialog_text(app, "#message"), "one class is left"
        await press(pilot, "u")
        left, top, _, _ = plot.content_region
        area = left + 20, top + 5

        def event(kind: type[MouseDown | MouseMove | MouseUp], x: int, y: int, button: int = 1) -> None:
            more = {"shift": False, "meta": False, "ctrl": False, "screen_x": x, "screen_y": y}
            app.post_message(kind(None, x, y, 0, 0, button, **more))

        event(MouseDown, *area)
        for step in (1, 2, 7, 12):  # some moves are left out, as Textual does with many
            event(MouseMove, area[0] + step, area[1])
        event(MouseUp, area[0] + 12, area[1])
        await until(pilot, lambda: len(app.view.session.dataset) == 2 + 13)
        assert plot.figure is not None and (plot.figure.x, plot.figure.y) == axes, "the plane does not move"
        event(MouseDown, area[0] + 4, area[1], 3)
        event(MouseUp, area[0] + 4, area[1], 3)
        await until(pilot, lambda: len(app.view.session.dataset) == 14)
        await press(pilot, "u")
        assert len(app.view.session.dataset) == 15
        await press(pilot, "u")
        assert app.view.session.source is source, "a stroke at a time"
        event(MouseDown, *area)
        await until(pilot, lambda: app.view.session.source is not source)
        await press(pilot, "u")
        event(MouseMove, area[0] + 1, area[1])
        await until(pilot, lambda: app.view.session.source is not source)
        await press(pilot, "u")
        assert app.view.session.source is source, "a mouse that goes on after undo begins another stroke"
        event(MouseDown, left, top + 5)
        await rest(pilot)
        assert dialog_text(app, "#message").startswith("The axes go from -1")
        await press_at_once(pilot, "u", "u", "u", "u")
        await rest(pilot)
        assert app.view.session.source is None
        await press(pilot, "escape")
        assert not isinstance(app.screen, DrawScreen)
        assert shown(app).run.dataset.name != "drawn"


async def test_samples_are_added_to_a_function_of_one_input() -> None:
    app = make_app("regression")
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "B", "down", "down", "space", "escape")
        await rest(pilot)
        source = app.view.session.source
        assert source is not None and len(source) == 64 and source.name == "drawn"
        x, y = source.coordinates[-1, 0], source.targets[-1, 0]
        assert abs(x - 3.14) < 0.3 and -0.5 < y < -0.1, "two rows below the middle"
        await press(pilot, "u")
        assert app.view.session.source is None
