"""The surface: a plane is measured, the run is followed on it, and random directions are offered."""

from __future__ import annotations

import numpy as np
from textual.widgets import Static

from bptui.features.surface.dialog import SurfaceScreen
from bptui.features.surface.words import weights_now
from bptui.screen.app import BptuiApp
from bptui.screen.widgets.plot import Plot
from bptui.session import commands
from bpwords.numbers import error_text
from tests.tui.support.apps import make_app, make_trained_app
from tests.tui.support.dialogues import dialogue_of
from tests.tui.support.dialogues import said as told
from tests.tui.support.driving import press, until


def said(app: BptuiApp) -> str:
    return str(app.screen.query(Static).first().render())


async def test_the_surface_of_a_path_is_measured_walked_and_follows_the_run() -> None:
    app = make_trained_app("regression", 40, epochs=400, report_interval=10, l2=0.001)
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "V")
        screen = app.screen
        assert isinstance(screen, SurfaceScreen)
        await until(pilot, lambda: screen.is_done)
        error = error_text(app.view.session.snapshot().run.metrics.error)
        assert f"The error now is {error}, without the penalty" in said(app)
        assert "slice with 2 of 10 directions" in said(app) and "The arrow points downhill" in said(app)
        figure = screen.query_one(Plot).figure
        assert figure is not None
        path, arrow, _, now = figure.series
        assert (
            path.x[-1] == now.x[0] == 0 and path.x[0] < 0 and path.y[0] <= 0
        )  # it ends at the right and top
        assert arrow.x[0] == now.x[0]
        await press(pilot, "comma")  # an earlier epoch, which need not lie in the plane
        await until(pilot, lambda: screen.query_one(Plot).figure != figure)
        snapshot = app.view.session.snapshot()
        assert snapshot.timeline.viewed is not None and "beside the plane" in said(app)
        walked = screen.query_one(Plot).figure
        assert walked is not None
        assert (walked.series[-1].x[0], walked.series[-1].y[0]) != (0, 0)
        assert np.array_equal(weights_now(snapshot), app.view.session.run.parameters)
        await press(pilot, "R")
        await until(pilot, lambda: screen.is_done and "two random directions" in said(app))
        await press(pilot, "r", "space")  # the run goes on from there, and the arrow goes while it runs
        await until(pilot, lambda: "The arrow" not in said(app) and "vary most" in said(app))
        await press(pilot, "space", "V")
        assert not isinstance(app.screen, SurfaceScreen)


async def test_without_a_path_random_directions_are_offered_and_one_weight_is_refused() -> None:
    app = make_app("regression", hidden_units=())
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "V")
        assert said(app) == (
            "The run has stored fewer than three states so far: R draws a plane with two random directions."
        )
        app.view.do(commands.toggle_edit, "freeze", (0, 0), 0)
        await press(pilot, "R")
        assert said(app).startswith("A plane needs two weights or biases that are neither 0 nor frozen, got ")


def test_the_dialogue_describes_the_surface_and_offers_random_directions() -> None:
    dialogue = dialogue_of("regression", epochs=50)
    assert told(dialogue, "surface") == (
        'The run has stored fewer than three states so far; "surface random" takes random directions.'
    )
    told(dialogue, "run 30")
    sentences = told(dialogue, "surface")
    assert "stored states of the run vary most" in sentences and "The arrow points downhill" in sentences
    assert "two random directions" in told(dialogue, "surface random")
