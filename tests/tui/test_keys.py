"""Every key does what its sentence says."""

from __future__ import annotations

from typing import Any

import pytest
from textual.content import Content

from bpengine import FIELD, FIELDS, Task
from bptui.screen.tabs.panels import plot_figure
from bptui.screen.widgets.hyperparameters import HyperparameterPanel
from bptui.screen.widgets.plot import Plot
from bptui.session import commands
from bptui.session.snapshot import Stage
from bptui.session.speed import FIRST_SPEED, SPEEDS
from tests.tui.support.apps import EPOCHS, make_app, make_trained_app, shown
from tests.tui.support.driving import press, rest, until
from tests.tui.support.sessions import trained_state


async def test_space_runs_and_pauses() -> None:
    app = make_app(epochs=EPOCHS)
    async with app.run_test() as pilot:
        assert shown(app).status.stage is Stage.READY
        await press(pilot, "space")
        assert shown(app).status.stage is Stage.RUNNING
        await until(pilot, lambda: shown(app).run.epoch > 3)
        await press(pilot, "space")
        assert shown(app).status.stage is Stage.PAUSED
        epoch, sample = shown(app).run.epoch, shown(app).run.sample
        app.view.session.tick()
        app.view.frames.show_now()
        assert (shown(app).run.epoch, shown(app).run.sample) == (epoch, sample)


async def test_the_run_of_the_hidden_tab_does_not_train() -> None:
    app = make_app(paused=False, epochs=EPOCHS)
    async with app.run_test() as pilot:
        regression = app.view.session
        await until(pilot, lambda: regression.epochs_done > 3)
        await press(pilot, "2")
        held, classification = trained_state(regression), app.view.session
        begun = classification.epochs_done
        await until(pilot, lambda: classification.epochs_done > begun + 1)
        assert trained_state(regression) == held
        await press(pilot, "1")
        await until(pilot, lambda: trained_state(regression) != held)


async def test_up_and_down_choose_and_explain() -> None:
    app = make_app()
    async with app.run_test() as pilot:
        assert app.view.field.name == "learning_rate"
        await press(pilot, "up")
        assert app.view.field.name == "hidden_units"
        assert shown(app).status.advice == app.view.field.help
        await press(pilot, "k", "up")
        assert app.view.field.name == FIELDS[-1].name
        await press(pilot, "down", "j", "down", "down")
        assert app.view.field.name == "init_scale"
        page = app.view.query_one(HyperparameterPanel).page
        for key, number in (
            ("home", 0),
            ("pagedown", page),
            ("end", -1),
            ("pagedown", -1),
            ("pageup", -1 - page),
        ):
            await press(pilot, key)
            assert app.view.field is FIELDS[number], key
            assert shown(app).status.advice == app.view.field.help


async def test_left_and_right_change_the_running_network() -> None:
    app = make_app()
    async with app.run_test() as pilot:
        await press(pilot, "s", "s", "right")
        assert shown(app).run.config.learning_rate == 0.2
        assert shown(app).run.epoch == 1, "it goes on from where it is"
        await press(pilot, "left", "h", "h", "l")
        assert shown(app).run.config.learning_rate == 0.07
        await press(pilot, "shift+left")
        assert shown(app).run.config.learning_rate == 0.007
        await press(pilot, ">")
        assert shown(app).run.config.learning_rate == 0.07
        assert "continues" in shown(app).status.advice


async def test_a_finished_run_says_what_lets_it_continue_and_that_is_true() -> None:
    runs: tuple[tuple[dict[str, Any], dict[str, Any]], ...] = (
        ({"epochs": 2}, {"epochs": 3}),
        ({"target_error": 0.5}, {"target_error": 0.001}),
        ({"patience": 1, "learning_rate": 0.0}, {"patience": 9}),
    )
    for settings, then in runs:
        app = make_app(**{"epochs": 50, **settings})
        app.view.session.advance_to(49)
        async with app.run_test() as pilot:
            for key in ("s", "space"):
                await press(pilot, key)
                said = shown(app).status.advice
                assert said.startswith("The run has finished: r restarts it, ")
                assert FIELD[next(iter(then))].label in said
                assert len(said) <= 78
            for name, value in then.items():
                app.settings.set(app.view, FIELD[name], value)
            await press(pilot, "s")
            assert shown(app).status.stage is not Stage.READY
            assert "finished" not in shown(app).status.advice.lower() or shown(app).run.epoch == 2


async def test_plus_and_minus_change_the_speed() -> None:
    app = make_app(epochs=EPOCHS)
    async with app.run_test() as pilot:
        assert shown(app).status.speed == SPEEDS[FIRST_SPEED].label
        await press(pilot, *["-"] * 10)
        assert shown(app).status.speed == SPEEDS[0].label
        app.view.session.do(commands.toggle)
        app.view.session.tick()
        assert app.view.session.snapshot().run.sample == 1
        app.view.session.do(commands.toggle)
        await press(pilot, *["+"] * 10)
        assert shown(app).status.speed == SPEEDS[-1].label
        await press(pilot, "minus", "equals_sign")
        assert shown(app).status.speed == SPEEDS[-1].label


async def test_capital_l_switches_the_axis_of_the_error_curve() -> None:
    app = make_app()
    async with app.run_test() as pilot:
        await press(pilot, "s")
        curve = app.view.query_one("#error")
        assert "log" in str(curve.border_title)
        await press(pilot, "L")
        assert "linear" in str(curve.border_title)


async def test_a_key_without_effect_says_once_what_works() -> None:
    app = make_app()
    async with app.run_test() as pilot:
        said = []
        for key in ("g", "ctrl+o", "s", "g", "slash", "g", "escape", "ctrl+p", "f3"):
            await press(pilot, key)
            said.append(app.view.session.notice)
        assert said[0] == "g has no effect here; G: lessons. ? lists the keys."
        assert said[1] == "ctrl+o has no effect here: ? lists the keys, ctrl+p finds by name."
        assert not any("no effect" in sentence for sentence in said[3:])


async def test_the_key_e_smooths_the_error_curve_and_shows_every_error_again() -> None:
    app = make_app()
    app.view.session.advance_to(60)
    async with app.run_test() as pilot:
        curve = app.view.query_one("#error", Plot)
        await rest(pilot)
        whole = curve.figure
        assert "mean epoch error" not in str(curve.border_title)
        await press(pilot, "e")
        assert "mean epoch error (e)" in str(curve.border_title)
        assert curve.figure is not None
        assert {series.role for series in curve.figure.series} >= {"raw", "error"}
        await press(pilot, "e")
        assert "mean epoch error" not in str(curve.border_title)
        assert whole is not None
        assert curve.figure is not None
        assert [series.role for series in curve.figure.series] == [series.role for series in whole.series]


async def test_the_key_shift_e_shows_learning_rate_and_stability_limit_and_the_errors_again() -> None:
    app = make_app(samples=12)
    app.view.session.advance_to(9)
    async with app.run_test(size=(160, 48)) as pilot:
        curve = app.view.query_one("#error", Plot)
        await press(pilot, "E")
        await until(pilot, lambda: not app.view.session.is_computing)
        assert "2/sharpness" in str(curve.border_title)
        assert curve.figure is not None
        limits, rates = curve.figure.series
        assert (limits.role, rates.role) == ("limit", "rate")
        assert rates.y.tolist() == [0.1] * 11
        assert (limits.y > 0.1).all()
        diagnostics = shown(app).network.diagnostics
        assert diagnostics is not None
        assert diagnostics.sharpness is not None
        await press(pilot, "E")
        assert "epoch error" in str(curve.border_title)


@pytest.mark.parametrize("task", ["regression", "classification"])
async def test_the_key_v_shows_what_lies_behind_a_plot_and_the_plot_again(task: Task) -> None:
    app = make_trained_app(task, 20)
    async with app.run_test(size=(120, 36)) as pilot:
        await rest(pilot)
        plot = app.view.query_one("#plot", Plot)
        before, title = plot.figure, plot.border_title
        await press(pilot, "v")
        assert plot.figure != before
        assert plot.border_title != title
        figure, legend = plot_figure(shown(app), detail=task == "regression")  # classes open with theirs
        assert Content.from_markup(str(plot.border_title)).plain == str(legend)
        assert plot.figure is not None
        assert [each.role for each in plot.figure.series] == [each.role for each in figure.series]
        await press(pilot, "v")
        assert plot.border_title == title
