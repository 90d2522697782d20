"""The map's screen: it fills, the cursor moves, a run is opened, and the editor changes what is swept."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot

from bptui.app import BptuiApp
from bptui.screens.map import MapScreen
from bptui.screens.map_setup import MapSetup
from bptui.screens.reading import WordsScreen
from bptui.startup.allowance import Allowance
from bptui.startup.restrictions import Restrictions
from bptui.startup.start_settings import StartSettings
from tests.tui.support.apps import lines, make_app, shown
from tests.tui.support.driving import click, is_at_work, press, until

SMALL: dict[str, Any] = {"samples": 8, "epochs": 4}


def map_screen(app: BptuiApp) -> MapScreen:
    return next(screen for screen in app.screen_stack if isinstance(screen, MapScreen))


def values(app: BptuiApp) -> dict[str, Any]:
    """The settings of the cell under the cursor."""
    screen = map_screen(app)
    assert screen._cells is not None
    return screen._cells.sweep.cells[screen._shown_cell]


async def done(pilot: Pilot[int], app: BptuiApp) -> None:
    await until(pilot, lambda: map_screen(app).is_done)


def text(app: BptuiApp) -> str:
    return "\n".join(lines(app))


async def test_it_fills_and_enter_opens_a_run_that_u_undoes() -> None:
    app = make_app(**SMALL)
    async with app.run_test(size=(80, 24)) as pilot:
        before = shown(app).run.config
        await press(pilot, "M")
        await done(pilot, app)
        screen = map_screen(app)
        cells = screen._cells
        assert cells is not None
        assert (cells.done, len(cells.sweep)) == (60, 60)
        best = cells.ranking[0]
        assert screen._shown_cell == best, "until it is moved, the cursor is on the best cell"
        assert "No numba: small and slow." in text(app)
        assert "best: learning rate" in text(app)
        assert screen._plot.figure is not None
        await press(pilot, "home", "pageup")
        assert values(app) == {"learning_rate": 0.01, "hidden_units": (1,)}
        await press(pilot, "right", "right", "down", "left", "l")
        assert values(app) == {"learning_rate": 0.1, "hidden_units": (2,)}
        assert "learning rate 0.1, hidden units 2" in text(app)
        await press(pilot, "end", "pagedown", "right", "down")
        assert values(app) == {"learning_rate": 1, "hidden_units": (4,)}
        await press(pilot, "b", "m")
        assert screen._mapping.plan is not None
        assert (screen._shown_cell, screen._mapping.plan.metric) == (best, "success")
        assert "share of 3 starts with an error at or below 0.01" in text(app)
        await done(pilot, app)  # the best cell may be another one, with other fits
        await press(pilot, "m", "home", "t")
        assert screen._mapping.plan.metric == "error", "there are no test samples"
        assert isinstance(app.screen, WordsScreen)
        assert "The best cell is" in text(app)
        await press(pilot, "escape", "question_mark")
        assert "Two settings are varied" in text(app)
        await press(pilot, "escape")
        await done(pilot, app)
        chosen = cells.cells[screen._shown_cell].middle()
        assert f"enter opens seed {chosen.seed}" in text(app)
        await press(pilot, "enter")
        app.view.session.advance_to(3)
        app.view.frames.show_now()
        run = shown(app).run
        assert run.config == before.replace(**chosen.values, seed=chosen.seed)
        assert run.error == chosen.error, "the run is that of the map"
        await press(pilot, "M")
        await done(pilot, app)
        again = map_screen(app)._cells
        assert again is not None
        assert (again.sweep.base, again.figures()) == (cells.sweep.base, cells.figures()), "it is still there"
        await press(pilot, "escape", "u")
        assert shown(app).run.config == before
        assert not is_at_work(app.runner)


async def test_a_click_moves_the_cursor_and_a_second_one_opens_a_run() -> None:
    app = make_app(**SMALL)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "M")
        await done(pilot, app)
        screen = map_screen(app)
        await click(pilot, "#map-cells", offset=(0, 0))
        assert screen._cursor is None, "there is no cell"
        top = next(row for row, line in enumerate(lines(app)) if " 0.0316 " in line)
        offset = (lines(app)[top].index(" 0.1 ") + 1, top + 2)
        await click(pilot, offset=offset)
        assert values(app) == {"learning_rate": 0.1, "hidden_units": (2,)}
        await click(pilot, offset=(1, offset[1]))
        assert values(app) == {"learning_rate": 0.1, "hidden_units": (2,)}, "the label is no cell"
        await click(pilot, offset=offset)
        assert not isinstance(app.screen, MapScreen)
        run = shown(app).run.config
        assert (run.learning_rate, run.hidden_units) == (0.1, (2,))


async def test_the_editor() -> None:
    app = make_app(**SMALL)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "M")
        await done(pilot, app)
        await press(pilot, "e", "right")
        assert isinstance(app.screen, MapSetup)
        setup = app.screen
        assert setup._plan.names == ("init_scale", "hidden_units")
        await press(pilot, "down", "enter", *"x", "enter")
        assert "init scale: must be a number" in text(app)
        await press(pilot, "ctrl+u", *"0.1,1", "enter", "down", "down", "enter", "ctrl+u", *"2,4;3", "enter")
        await press(pilot, "down", "left", "down", "left", "down", "right", "down", "right")
        plan = setup._plan
        assert [axis.axis.values for axis in (plan.columns, plan.rows)] == [(0.1, 1), ((2, 4), (3,))]
        assert (plan.starts, plan.metric, plan.success_error, plan.epochs) == (2, "success", 0.1, 104)
        await press(pilot, "enter", "ctrl+u", "enter", "escape")  # no text is for those of the run
        await done(pilot, app)
        screen = map_screen(app)
        assert screen._cells is not None
        assert (len(screen._cells.sweep), screen._cells.sweep.base.epochs) == (8, 4)
        sweep = screen._cells.sweep
        await press(pilot, "e", *["down"] * 5, "right", "e")  # only the figures of the cells change
        assert (screen._cells.sweep, screen._cells.metric, screen._cells.done) == (sweep, "error", 8)
        await press(pilot, "escape", "M")
        await done(pilot, app)
        again = map_screen(app)._mapping.plan
        assert again is not None
        assert again.starts == 2, "what was edited is remembered"
        await press(pilot, "m", "r")
        await done(pilot, app)
        assert "median error" not in text(app).partition("best:")[0], "the same figure, trained again"
        await press(pilot, "e", *["down"] * 6, *["right"] * 9)
        assert "target error: must be a number from 0 to 1000 (0 is off), got" in text(app)
        await press(pilot, *["up"] * 6, "enter", "ctrl+u", *"hidden", "enter")
        assert "columns and rows: must be two settings" in text(app)
        for typed, why in (
            ("seed", "seed: can't be varied: each cell has many seeds, those of its starts."),
            ("data seed", "data seed: has no proposed values: type data_seed= and values."),
            ("momentum", "momentum: has no effect with the other settings."),
            ("nothing", "columns: must be the name of a setting, got 'nothing'."),
        ):
            await press(pilot, "enter", "ctrl+u", *typed, "enter")
            assert why in text(app)
            await press(pilot, "escape")
        await press(pilot, "escape")
        assert "That map is not possible" in text(app)
        await press(pilot, "escape")
        assert isinstance(app.screen, MapScreen)


async def test_it_is_drawn_before_the_first_result(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bptui.starts.map.mapping.WITH_NUMPY", "")
    app = make_app(epochs=100_000_000)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "M")
        await until(pilot, lambda: "not trained yet" in text(app))


@pytest.mark.parametrize("key", ["escape", "M"])
async def test_closing_it_ends_the_training_at_once_and_the_run_goes_on(key: str) -> None:
    app = make_app(epochs=100_000_000, paused=False)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "M")
        session = app.view.session
        epochs = session.epochs_done
        await until(pilot, lambda: is_at_work(app.runner))
        await press(pilot, "right", "r")
        assert session.epochs_done == epochs, "it holds still while the map covers it"
        await press(pilot, key)
        assert not isinstance(app.screen, MapScreen)
        await until(pilot, lambda: not is_at_work(app.runner) and session.epochs_done > epochs)


async def test_it_proposes_what_a_restricted_screen_allows_and_refuses_the_rest() -> None:
    app = BptuiApp(StartSettings(kernel="numpy", paused=True), allowance=Allowance(Restrictions(max_units=4)))
    async with app.run_test(size=(80, 24)) as pilot:
        app.dialogs.open_map()
        screen = map_screen(app)
        await until(pilot, lambda: screen._cells is not None)
        assert screen._cells is not None
        assert screen._cells.sweep.vary["hidden_units"] == ((1,), (2,), (3,), (4,))
        await press(pilot, "e", *["down"] * 3, "enter", "ctrl+u", *"1..5", "enter")
        assert "learning rate 0.01, hidden units 5: more than is allowed here." in text(app)
