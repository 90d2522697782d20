"""The run that a restart ended: its errors stay beside those of the new one."""

from __future__ import annotations

import numpy as np
import pytest
from textual.content import Content

from bpengine import FIELD, TrainingConfig
from bptui.screen.app import BptuiApp
from bptui.screen.drawing import Kind, Series
from bptui.screen.tabs.error_curve import error_figure
from bptui.session import commands
from bptui.session.session import Session
from tests.tui.support.apps import make_app
from tests.tui.support.driving import press


def trained(epochs: int, **settings: object) -> Session:
    session = Session(TrainingConfig.defaults("regression", **{"samples": 20, **settings}))
    session.advance_to(epochs - 1)
    return session


def compared(session: Session) -> Series:
    """The dotted curve."""
    (found,) = (
        series
        for series in error_figure(session.snapshot(), log=True).series
        if (series.role, series.kind) == ("compared", Kind.DOTTED)
    )
    return found


@pytest.mark.parametrize("how", ["same seed", "next seed", "a setting"])
def test_errors_of_the_run_before_stay_beside_the_new_ones(how: str) -> None:
    session = trained(40)
    assert session.snapshot().comparison.previous_curve is None
    assert not len(compared(session).x)
    epochs, errors = session.snapshot().run.curve
    match how:
        case "same seed":
            session.do(commands.restart)
        case "next seed":
            session.do(commands.new_seed)
        case _:
            session.do(commands.change, FIELD["hidden_units"], (5,))
    session.advance_to(3)
    assert len(session.snapshot().run.curve[0]) == 4
    assert (compared(session).x == epochs).all()
    assert (compared(session).y == errors).all()


def test_a_run_without_an_epoch_leaves_no_curve() -> None:
    session = trained(40)
    errors = session.snapshot().run.curve[1]
    session.do(commands.new_seed)
    session.do(commands.new_seed)
    assert (compared(session).y == errors).all()


def test_changes_and_rewinds_leave_no_curve_of_a_run_before() -> None:
    session = trained(40)
    session.do(commands.change, FIELD["learning_rate"], 0.2)
    session.do(commands.rewind)
    assert session.snapshot().comparison.previous_curve is None


def test_a_pinned_run_takes_the_place_of_the_run_before() -> None:
    session = trained(40)
    session.do(commands.toggle_pin)
    pinned = session.snapshot().run.curve[1]
    session.do(commands.new_seed)
    session.advance_to(9)
    session.do(commands.new_seed)
    (line, _) = (each for each in error_figure(session.snapshot(), log=True).series if each.role == "pin-A")
    assert (line.y == pinned).all()
    assert not len(compared(session).y)
    session.do(commands.unpin, "A")
    assert len(compared(session).y) == 10


def test_the_whole_curve_of_the_run_before_is_seen_until_the_new_run_has_an_epoch() -> None:
    session = trained(400)
    session.do(commands.restart)
    axis = error_figure(session.snapshot(), log=True).y
    scaled = axis.scale(compared(session).y)
    assert 0 <= scaled.min() < 0.5
    assert 0.5 < scaled.max() <= 1


def test_divergence_of_the_run_before_moves_no_axis() -> None:
    session = trained(40, samples=63, learning_rate=2.5, activation=("relu",), init_scale=1.0)
    assert session.snapshot().status.stage == "diverged"
    session.do(commands.change, FIELD["learning_rate"], 0.1)
    session.do(commands.take, {"activation": ("sigmoid",), "init_scale": 0.01}, "both")
    session.advance_to(20)
    figure = error_figure(session.snapshot(), log=True)
    assert np.nanmax(session.snapshot().comparison.previous_curve[1]) > 1e6  # type: ignore[index]  # there is one, or it fails
    assert figure.y.high <= 10


def title_of(app: BptuiApp) -> str:
    return Content.from_markup(str(app.view.query_one("#error").border_title)).plain


async def test_the_title_names_the_curve_of_the_run_before() -> None:
    app = make_app()
    app.view.session.advance_to(5)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "R")
        assert "⠂ previous run" in title_of(app)
        await press(pilot, "p")
        title = title_of(app)
        assert "⠂A" in title
        assert "previous" not in title
