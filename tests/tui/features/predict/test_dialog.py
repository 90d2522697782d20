"""The dialog that asks for a value of each input answers as the library does, while the run trains, too."""

from __future__ import annotations

import numpy as np
from textual.widgets import Input

from bpengine import FIELD, Dataset, Trainer
from bptui.features.predict.dialog import PredictScreen, open_dialog
from bptui.process.allowance import Allowance
from bptui.process.restrictions import RESTRICTED
from bptui.screen.app import BptuiApp
from bptui.session import commands
from bptui.settings.start_settings import StartSettings
from bpwords.numbers import number
from tests.tui.support.apps import dialog_text, make_app, shown
from tests.tui.support.driving import press, rest, until


async def test_a_prediction_follows_the_typed_values_and_the_run() -> None:
    app = make_app()
    app.view.session.advance_to(20)
    async with app.run_test(size=(80, 24)) as pilot:
        open_dialog(app)
        await until(pilot, lambda: bool(app.screen.query(Input)))
        await press(pilot, "9")
        trainer = Trainer.continuing(app.view.session.run)
        answer = f"sin x: {number(float(trainer.predict([9.0])[0]), 6)}"
        assert dialog_text(app, "#answer") == answer
        assert dialog_text(app, "#message") == "Outside the training data: x (0 to 6.2)."
        app.view.do(commands.step_epoch, 30)
        await until(pilot, lambda: dialog_text(app, "#answer") != answer)
        trainer = Trainer.continuing(app.view.session.run)
        assert dialog_text(app, "#answer") == f"sin x: {number(float(trainer.predict([9.0])[0]), 6)}"
        await press(pilot, "x")
        assert (dialog_text(app, "#answer"), dialog_text(app, "#message")) == (
            "",
            "x: must be a number, got '9x'.",
        )
        await press(pilot, "ctrl+p")
        app.settings.set(app.view, FIELD["features"], ("x", "x*x"))
        await press(pilot, "escape", "5")
        assert app.screen is app.screen_stack[0], "the run has other data"


async def test_forty_inputs_fit_a_small_restricted_screen_and_scroll() -> None:
    rows = np.random.RandomState(3).uniform(size=(30, 40))
    data = Dataset.from_arrays(rows, rows.sum(axis=1), features=[f"[/{n}]" for n in range(40)], target="sum")
    start = StartSettings(sources={"regression": data}, paused=True, kernel="numpy")
    app = BptuiApp(start, allowance=Allowance(RESTRICTED))
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "D")
        await until(pilot, lambda: isinstance(app.screen, PredictScreen) and app.focused is not None)
        await press(pilot, "up", *"77")
        last = app.screen.query(Input).last()
        assert (last.value, last.has_focus) == ("77", True)
        frame = app.screen.query_one("#predict").content_region
        for part in (last, app.screen.query_one("#answer"), app.screen.query_one("#message")):
            assert frame.contains_region(part.region)
            assert app.screen.get_widget_at(*part.region.offset)[0] is part
        assert dialog_text(app, "#message").startswith("Outside the training data: [/39] (")
        await press(pilot, "enter")
        assert app.screen.query(Input).first().has_focus
        await pilot.resize_terminal(9, 3)
        await rest(pilot)
        assert app.is_running


async def test_predictions_that_cannot_be_made_are_refused_on_the_screen() -> None:
    rows = np.random.RandomState(3).uniform(size=(3, 101))
    data = Dataset.from_arrays(rows, rows.sum(axis=1))
    wide = BptuiApp(StartSettings(sources={"regression": data}, paused=True, kernel="numpy"))
    diverged = make_app(learning_rate=1000.0)
    diverged.view.session.advance_to(5)
    for app, sentence in (
        (wide, "101 values are too many to type: save the run, and use bptui predict on a file."),
        (diverged, "The run has diverged, and predicts nothing."),
    ):
        async with app.run_test(size=(80, 24)) as pilot:
            open_dialog(app)
            await rest(pilot)
            assert shown(app).status.advice == sentence
            assert app.screen is app.screen_stack[0]
