"""Any two columns on the screen: a key shows them, arrows change one, enter names them and a sample."""

from __future__ import annotations

from bpengine import TrainingConfig
from bptui.screen.app import BptuiApp
from bptui.session.plane import Plane, first_plane
from bptui.settings.start_settings import StartSettings
from tests.tui.session.test_plane import table
from tests.tui.support.apps import lines, shown
from tests.tui.support.driving import press, press_at_once, resize, rest


async def test_a_key_shows_two_columns_and_arrows_change_one_at_every_size() -> None:
    config = TrainingConfig.defaults("classification", epochs=9, test_share=0.25)
    start = StartSettings(
        start="classification",
        configs={"classification": config, "regression": TrainingConfig.defaults("regression")},
        sources={"classification": table()},
        paused=True,
        kernel="numpy",
    )
    app = BptuiApp(start)
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, *"sss")
        by_class = lines(app)
        await press(pilot, "T")
        await rest(pilot)
        dataset = shown(app).run.dataset
        first = first_plane(dataset)
        assert app.view.options.plane == first
        for size in ((80, 24), (160, 48), (60, 18), (120, 36)):
            await resize(pilot, *size)
            await rest(pilot)
            assert any("at medians" in line for line in lines(app)), size
        assert "↑↓←→ columns" in lines(app)[-1] and "D draw" not in lines(app)[-1]
        keys = {"right": (1, 0), "left": (-1, 0), "up": (0, 1), "down": (0, -1)}
        pressed, moved = ("right", "up", "right", "up", "down", "left"), first
        await press_at_once(pilot, *pressed)
        await rest(pilot)
        for key in pressed:
            moved = moved.moved(5, *keys[key])
        assert app.view.options.plane == moved != first
        await press(pilot, "enter", "end", *" at 41", "enter")
        await rest(pilot)
        assert any("a sample from 1 to" in line for line in lines(app))
        await press(pilot, "backspace", "backspace", "3", "enter")
        await rest(pilot)
        assert app.view.options.plane is not None
        assert app.view.options.plane.row == 2
        assert any("as in sample 3" in line for line in lines(app))
        await press(pilot, "t")
        await rest(pilot)
        assert any("as in sample 3" in line for line in lines(app)), "in words, too"
        await press(pilot, "escape", "T", "escape")
        await rest(pilot)
        assert app.view.options.plane is None
        assert lines(app)[:12] == by_class[:12], "the plot is as before"
        app.view.change_options(plane=Plane(0, 9))  # of other data
        await press(pilot, "T")
        await rest(pilot)
        assert app.view.options.plane == first
        await press(pilot, "1", "T")
        await rest(pilot)
        assert "The plot shows all inputs already" in shown(app).status.advice
