"""The map's screen: it fills, the cursor moves, a run is opened, and the editor changes what is swept."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from bptui.experiments.runner import ResultCache
from bptui.process.allowance import Allowance
from bptui.process.restrictions import Restrictions
from bptui.screen.actions import opening
from bptui.screen.app import BptuiApp
from bptui.screen.overlays.map import MapScreen
from bptui.screen.overlays.map_setup import MapSetup
from bptui.screen.overlays.map_widgets import CellPlot
from bptui.screen.overlays.reading import WordsScreen
from bptui.settings.start_settings import StartSettings
from bpwords.numbers import median_text
from tests.tui.support.apps import lines, shown
from tests.tui.support.apps import make_app as make_any_app
from tests.tui.support.driving import click, is_at_work, press, rest, until

SMALL: dict[str, Any] = {"samples": 8, "epochs": 4}
RESULTS = ResultCache()
"""The runs of the maps are trained once for all tests."""


def make_app(**options: Any) -> BptuiApp:
    app = make_any_app(**options)
    app.runner.memory = RESULTS
    return app


def map_screen(app: BptuiApp) -> MapScreen:
    return next(screen for screen in app.screen_stack if isinstance(screen, MapScreen))


def cell(app: BptuiApp) -> list[str]:
    """What is said of the cell under the cursor, after its settings."""
    return str(map_screen(app).query_one("#map-cell", Static).render()).splitlines()


def cells(app: BptuiApp) -> str:
    """The cells, with the cursor and the name of the best one."""
    found = text(app)
    return found[: found.index("─")]


async def done(pilot: Pilot[int], app: BptuiApp) -> None:
    """Wait until the map is complete and drawn."""
    await until(pilot, lambda: map_screen(app).is_done)


def setup(app: BptuiApp) -> list[str]:
    """The rows of the editor, each with its label and its value."""
    rows = (line.partition("│")[2].partition("│")[0].split() for line in lines(app))
    return [" ".join(row) for row in rows if row][:8]


def text(app: BptuiApp) -> str:
    return "\n".join(lines(app))


async def test_keys_move_the_cursor_of_a_map_and_change_what_is_compared() -> None:
    app = make_app(**SMALL)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "M")
        await done(pilot, app)
        assert "4 epochs: 60 runs. No numba: small and slow." in text(app)
        filled, best = cells(app), cell(app)
        assert f"best: {best[0]}: " in filled, "until it is moved, the cursor is on the best cell"
        assert map_screen(app).query_one(CellPlot).figure is not None
        await press(pilot, "home", "pageup")
        assert cell(app)[0] == "learning rate 0.01, hidden units 1"
        await press(pilot, "right", "right", "down", "left", "l")
        assert cell(app)[0] == "learning rate 0.1, hidden units 2"
        await press(pilot, "end", "pagedown", "right", "down")
        assert cell(app)[0] == "learning rate 1, hidden units 4"
        await press(pilot, "b", "m")
        assert cell(app) == best
        assert "share of 3 starts with an error at or below 0.01" in text(app)
        await done(pilot, app)  # the best cell may be another one, with other fits
        await press(pilot, "m", "b")
        assert cells(app) == filled, "there are no test samples"


async def test_a_map_is_told_in_words_and_explained_in_the_help() -> None:
    app = make_app(**SMALL)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "M")
        await done(pilot, app)
        await press(pilot, "home", "t")
        assert isinstance(app.screen, WordsScreen)
        assert "The best cell is" in text(app)
        await press(pilot, "escape", "question_mark")
        assert "Two settings are varied" in text(app)


async def test_enter_opens_the_median_run_of_a_cell_and_u_undoes_that() -> None:
    app = make_app(**SMALL)
    async with app.run_test(size=(80, 24)) as pilot:
        before = shown(app).run.config
        await press(pilot, "M")
        await done(pilot, app)
        filled = cells(app)
        await press(pilot, "home")
        await done(pilot, app)
        name, median, *_, opened = cell(app)
        await press(pilot, "enter")
        app.view.session.advance_to(3)
        app.view.frames.show_now()
        run = shown(app).run
        config = run.config
        assert name == f"learning rate {config.learning_rate:g}, hidden units {config.hidden_units[0]}"
        assert opened == f"enter opens seed {config.seed}, the median start"
        varied = {each: getattr(config, each) for each in ("learning_rate", "hidden_units", "seed")}
        assert config == before.replace(**varied)
        assert run.error is not None
        assert median == f"median error {median_text(run.error, 3)}", "the run is that of the map"
        await press(pilot, "M")
        await done(pilot, app)
        assert cells(app) == filled, "the map is still there"
        await press(pilot, "escape", "u")
        assert shown(app).run.config == before
        assert not is_at_work(app.runner)


async def test_a_click_on_a_map_moves_the_cursor_and_a_second_one_opens_a_run() -> None:
    app = make_app(**SMALL)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "M")
        await done(pilot, app)
        before = cell(app)
        await click(pilot, "#map-cells", offset=(0, 0))
        assert cell(app) == before, "there is no cell"
        top = next(row for row, line in enumerate(lines(app)) if " 0.03 " in line)
        offset = (lines(app)[top].index(" 0.1 ") + 1, top + 2)
        await click(pilot, offset=offset)
        assert cell(app)[0] == "learning rate 0.1, hidden units 2"
        await click(pilot, offset=(1, offset[1]))
        assert cell(app)[0] == "learning rate 0.1, hidden units 2", "the label is no cell"
        await click(pilot, offset=offset)
        assert not isinstance(app.screen, MapScreen)
        run = shown(app).run.config
        assert (run.learning_rate, run.hidden_units) == (0.1, (2,))


async def test_the_editor_of_a_map_sets_axes_and_starts() -> None:
    app = make_app(**SMALL)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "M")
        await done(pilot, app)
        await press(pilot, "e", "right")
        assert isinstance(app.screen, MapSetup)
        assert setup(app)[::2][:2] == ["columns init scale", "rows hidden units"]
        await press(pilot, "down", "enter", *"x", "enter")
        assert "init scale: must be a number" in text(app)
        await press(pilot, "ctrl+u", *"0.1,1", "enter", "down", "down", "enter", "ctrl+u", *"2,4;3", "enter")
        await press(pilot, "down", "left", "down", "left", "down", "right", "down", "right")
        changed = ["values 0.1,1", "rows hidden units", "values 2,4;3", "starts 2"]
        assert setup(app)[1:5] == changed
        assert setup(app)[5:] == ["a cell shows share that succeeds", "succeeds at 0.02", "epochs 104"]
        await press(pilot, "enter", "ctrl+u", "enter", "escape")  # no text is for those of the run
        await done(pilot, app)
        assert "sine, 4 epochs: 8 runs." in text(app)
        assert "share of 2 starts with an error at or below 0.02" in text(app)
        await press(pilot, "e", *["down"] * 5, "right", "e")
        assert "sine, 4 epochs: 8 runs." in text(app), "only the figures of the cells change, at once"
        assert "median error of 2 starts" in text(app)
        await press(pilot, "escape", "M")
        await done(pilot, app)
        assert "median error of 2 starts" in text(app), "what was edited is remembered"
        await press(pilot, "m", "r")
        await done(pilot, app)
        assert "median error" not in text(app).partition("best:")[0], "the same figure, trained again"
        await press(pilot, "e", "enter", "ctrl+u", *"hidden", "enter")
        assert "columns and rows: must be two settings" in text(app)
        for typed, why in (
            ("seed", "seed: can't be varied: each cell has many seeds"),
            ("data seed", "data seed: has no proposed values"),
            ("momentum", "momentum: has no effect"),
            ("nothing", "columns: must be the name of a setting"),
        ):
            await press(pilot, "enter", "ctrl+u", *typed, "enter")
            assert why in text(app)
            await press(pilot, "escape")
        await press(pilot, "escape")
        assert "That map is not possible" in text(app)
        await press(pilot, "escape")
        assert isinstance(app.screen, MapScreen)


async def test_a_map_is_drawn_before_its_first_result(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bptui.experiments.map.training.WITH_NUMPY", "")
    app = make_app(epochs=100_000_000)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "M")
        await until(pilot, lambda: "not trained yet" in text(app))


@pytest.mark.parametrize("key", ["escape", "M"])
async def test_closing_a_map_ends_its_training_at_once_and_the_run_continues(key: str) -> None:
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


async def test_a_map_proposes_what_a_restricted_screen_allows_and_refuses_the_rest() -> None:
    app = BptuiApp(StartSettings(kernel="numpy", paused=True), allowance=Allowance(Restrictions(max_units=4)))
    async with app.run_test(size=(80, 24)) as pilot:
        opening.map_of_settings(app.tabs, app.experiment_limits())
        await rest(pilot)
        await until(pilot, lambda: bool(cell(app)))  # which takes little of the share of the processor
        await press(pilot, "e")
        assert setup(app)[3] == "values 1..4"
        await press(pilot, *["down"] * 3, "enter", "ctrl+u", *"1..5", "enter")
        assert "learning rate 0.01, hidden units 5: more than is allowed here." in text(app)
