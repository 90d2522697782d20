"""A picture depends on the run and the view only, and shows nothing of other data."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from bpengine import FIELD, Dataset, DivergedError, Trainer, TrainingConfig
from bptui.screen.app import BptuiApp
from bptui.screen.drawing import coarse_kinds, draw
from bptui.screen.tabs.error_curve import error_curve_title, error_figure
from bptui.screen.tabs.panels import plot_figure
from bptui.screen.terminal.ascii_filter import ascii_only
from bptui.screen.widgets.plot import Plot
from bptui.session import commands
from bptui.session.session import Session
from tests.tui.support.apps import make_app
from tests.tui.support.driving import press, rest
from tests.tui.support.figures import series_of
from tests.tui.support.plots import cells


def plots(app: BptuiApp) -> list[Any]:
    """What the plots show."""
    found = [app.view.query_one(f"#{name}", Plot) for name in ("plot", "error")]
    return [draw(plot.figure, *plot.size) for plot in found if plot.figure is not None]


async def test_screen_and_rewind_and_snapshot_draw_the_same_picture() -> None:
    """With a learning rate with which the fit leaves the data and comes back."""
    settings: dict[str, Any] = {"epochs": 80, "learning_rate": 0.7, "init_scale": 2.0, "seed": 2}
    app, fresh = make_app(**settings), make_app(**settings)
    limits, pictures = set(), []
    async with app.run_test(size=(100, 30)) as pilot:
        for epoch in (0, 3, 20, 70):
            app.view.session.advance_to(epoch)
            app.view.frames.show_now()  # a frame, which must not matter later
            await rest(pilot)
            figure = app.view.query_one("#plot", Plot).figure
            assert figure is not None
            limits.add((figure.y.low, figure.y.high))
        assert len(limits) == 2, "they follow the fit"
        app.view.session.do(commands.rewind, 21)
        app.view.session.run_until_idle()
        app.view.frames.show_now()
        await rest(pilot)
        for keys in ([], ["v"]):
            await press(pilot, *keys)
            pictures.append(plots(app))
    fresh.view.session.advance_to(20)  # as `bptui snapshot` does
    async with fresh.run_test(size=(100, 30)) as pilot:
        for keys, picture in zip(([], ["v"]), pictures, strict=True):
            await press(pilot, *keys)
            assert plots(fresh) == picture


async def test_many_samples_are_shades_at_once_and_in_every_size() -> None:
    x, y = np.random.RandomState(0).uniform(size=(2, 6000))
    trainer = Trainer(TrainingConfig(hidden_units=(3,)), Dataset.from_arrays(x, y))
    resized, fresh = make_app(restored=trainer), make_app(restored=trainer)
    seen = []
    for app, size in ((resized, (80, 24)), (fresh, (110, 30))):
        async with app.run_test(size=size) as pilot:
            await pilot.resize_terminal(110, 30)
            await rest(pilot)
            plot = app.view.query_one("#plot", Plot)
            seen.append((draw(plot.figure, *plot.size) if plot.figure else [], str(plot.border_title)))
    assert "░▒▓" in seen[0][1]
    assert any("▒" in span.text for row in seen[0][0] for span in row)
    assert seen[0] == seen[1]


def test_a_run_stays_in_the_plot_until_it_is_a_hundred_times_as_far_as_the_data() -> None:
    session = Session(TrainingConfig(learning_rate=0.9, init_scale=3.0, seed=4, hidden_units=(8,)))
    seen = set()
    for epoch in range(12):
        try:
            session.advance_to(epoch)
        except DivergedError:
            break
        snapshot = session.snapshot()
        outputs = snapshot.network.grid_outputs
        assert outputs is not None
        if np.isfinite(outputs).all() and np.abs(outputs).max() < 200:
            figure, _ = plot_figure(snapshot)
            drawn = cells(draw(replace(figure, series=tuple(series_of(figure, "fit"))), 70, 20))["fit"]
            assert {column for column, _ in drawn} >= set(range(10, 60)), "whole"
            seen.add(float(np.abs(outputs).max()) > 1.3)
    assert True in seen


@pytest.mark.parametrize("what_if", [False, True])
@pytest.mark.parametrize("pin", [False, True])
def test_no_curve_of_other_data_stays(pin: bool, what_if: bool) -> None:
    session = Session(TrainingConfig(epochs=50, samples=15))
    session.advance_to(20)
    if pin:
        session.do(commands.toggle_pin)
    session.do(commands.change, FIELD["learning_rate"], 0.2)
    session.do(commands.restart)
    session.advance_to(5)
    assert len(series_of(error_figure(session.snapshot(), log=True), "pin-A" if pin else "compared")[0].x)
    if what_if:
        session.do(commands.toggle_what_if)
    session.do(commands.change, FIELD["dataset"], "sinc")
    session.run_until_idle() if what_if else session.advance_to(5)
    snapshot = session.snapshot()
    for figure in (plot_figure(snapshot)[0], error_figure(snapshot, log=True)):
        old = [each for each in figure.series if each.role in ("compared", "pin-A") and len(each.x)]
        assert not old
    title = str(error_curve_title(snapshot, log=True, smooth=False))
    assert "previous" not in title and "A" not in title


@pytest.mark.parametrize(("detail", "pin", "count"), [(False, False, 4), (True, False, 5), (False, True, 4)])
def test_in_ascii_the_signs_of_the_legend_are_those_of_the_plot(detail: bool, pin: bool, count: int) -> None:
    session = Session(TrainingConfig(epochs=500, test_share=0.3))
    session.advance_to(10)
    if pin:
        session.do(commands.toggle_pin)
    session.advance_to(60)
    figure, legend = plot_figure(session.snapshot(), detail=detail)
    coarse = coarse_kinds(plain=True, ascii=True)
    drawn = cells(draw(figure, 100, 30, coarse=coarse))
    signs = {ascii_only(span.text): span.role for span in legend.spans if span.role}
    assert len(signs) == count
    for sign, role in signs.items():
        assert role is not None
        found = {ascii_only(each) for each in drawn[role].values()}
        assert found == set(sign), str(legend)
