"""Features on the screen: typed, shown as inputs, drawn over those of the data, dropped with other data."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from textual.widgets import Input

from bpengine import FIELD, ConfigError, Task
from bptui.screen.overlays.questions import AskScreen
from bptui.screen.tabs.panels import plot_figure
from bptui.screen.tabs.step_effect import effect_figure
from bptui.session import commands
from bptui.session.description.whole_run import describe
from bptui.session.units import input_name, unit_facts
from tests.tui.support.apps import dialog_text, lines, make_app, shown
from tests.tui.support.dialogues import dialogue_of
from tests.tui.support.dialogues import said as heard
from tests.tui.support.driving import press, until
from tests.tui.support.sessions import make_session
from tests.tui.support.snapshots import snapshot_of

FEATURES = FIELD["features"]


async def test_features_are_typed_checked_used_and_undone() -> None:
    app = make_app("classification", dataset="circle", hidden_units=(2,))
    app.view.session.advance_to(3)
    async with app.run_test(size=(120, 36)) as pilot:
        app.settings.choose_and_edit(FEATURES)
        await until(pilot, lambda: bool(app.screen.query(Input)))
        assert app.screen.query_one(Input).value == "all"
        assert dialog_text(app, "#message").startswith("x, y   +")
        await press(pilot, *"x, y,  x*z")
        await until(pilot, lambda: dialog_text(app, "#pointer") == " " * 9 + "^")
        assert dialog_text(app, "#message").startswith("unknown name 'z'; allowed: x, y, pi")
        await press(pilot, "enter")
        assert isinstance(app.screen, AskScreen), "they can't be computed"
        box = app.screen.query_one(Input)
        for text, told in (
            ("x, x", "'x' is named twice"),
            ("x,", "must be names of inputs and formulas such as"),
            ("log(x)", "the feature 'log(x)' has no finite value for 142 of 300 samples"),
        ):
            box.value = text
            await press(pilot, "enter")
            assert dialog_text(app, "#message").startswith(told)
        box.value = "x**2, y**2"
        await until(pilot, lambda: dialog_text(app, "#message").startswith("x, y   +"))
        await press(pilot, "enter")
        assert app.screen is app.screen_stack[0]
        assert (shown(app).run.config.features, shown(app).run.error) == (("x**2", "y**2"), None)
        assert any("x**2" in line and "y**2" not in line for line in lines(app)), "as inputs of the network"
        assert shown(app).status.advice == "features all → x**2, y**2: the run restarts."
        await press(pilot, "right")
        assert shown(app).status.advice.startswith(
            "features is already x**2, y**2. To change it, type another"
        )
        await press(pilot, "u")
        assert (shown(app).run.config.features, shown(app).run.epoch) == ((), 3)


def test_data_without_an_input_of_a_feature_drop_the_features() -> None:
    session = make_session(dataset="hills", features=("x", "x*y"))
    session.do(commands.change, FIELD["dataset"], "plane")
    assert session.config.features == ("x", "x*y"), "it has both"
    session.do(commands.change, FIELD["dataset"], "sine")
    assert not session.config.features
    assert session.config.dataset == "sine"
    assert session.notice.endswith("undoes it. The features are all inputs again.")
    session.do(commands.undo)
    assert session.config.features == ("x", "x*y")
    session.do(commands.learn, "x**2")
    assert not session.config.features
    session.do(commands.change, FEATURES, ("z",))
    assert session.notice.startswith("the feature 'z', column 1: unknown name 'z'; allowed: x, pi")
    session.do(commands.change, FEATURES, ("sqrt(x + 3)",))
    session.do(commands.change, FIELD["x_range"], (-4.0, 4.0))
    assert session.notice.startswith("the feature 'sqrt(x + 3)' has no finite value for 13 of 100 samples")
    assert session.config.x_range == (-3.0, 3.0)


def test_a_what_if_retrains_with_features() -> None:
    session = make_session("classification", dataset="circle", hidden_units=(1,))
    session.advance_to(4)
    session.do(commands.toggle_what_if)
    session.do(commands.change, FEATURES, ("x**2", "y**2"))
    session.run_until_idle()
    snapshot = session.snapshot()
    assert (snapshot.run.config.features, session.epochs_done) == (("x**2", "y**2"), 5)
    assert "φ all → x**2, y**2: epoch error" in snapshot.status.advice


HOLES: dict[Task, dict[str, Any]] = {
    "classification": {"dataset": "circle", "activation": ("relu",), "features": ("sqrt(x + 0.995)", "y")},
    "regression": {"dataset": "hills", "features": ("sqrt(y + 0.995)", "x")},
}


@pytest.mark.parametrize("task", HOLES)
def test_where_a_feature_has_no_value_nothing_is_predicted(task: Task) -> None:
    """The plots are over x and y, from -1 to 1; the samples begin a little higher."""
    snapshot = snapshot_of(task, trained=2, **HOLES[task])
    grid = snapshot.network.grid_outputs
    assert grid is not None
    low = grid[:, 0] if task == "classification" else grid[0]
    assert np.isnan(low).all(), "the lowest x or y"
    assert np.isfinite(grid[1:, 1:]).all()
    figure, _ = plot_figure(snapshot)
    assert (figure.x_name, figure.y_name) == ("x", "y")
    assert [input_name(snapshot, number) for number in range(2)] == list(HOLES[task]["features"])
    words = describe(snapshot)
    assert f"Its inputs are {' and '.join(HOLES[task]['features'])}." in words
    assert "nan" not in words


def test_the_effect_of_a_step_is_drawn_over_the_inputs_of_the_data() -> None:
    session = make_session("classification", dataset="circle", features=("x**2", "y**2"), batch_size=4)
    session.advance_to(0)
    trace = session.trace()
    assert trace is not None
    figure, _ = effect_figure(session.snapshot(), trace, 2)
    (mark,) = (each for each in figure.series if each.role == "present")
    sample = session.snapshot().run.dataset.coordinates[trace.indices[2]]
    assert (mark.x[0], mark.y[0]) == tuple(sample)


def test_facts_about_a_unit_are_of_the_places_where_it_has_outputs() -> None:
    found = unit_facts("tanh", np.array([np.nan, 0.25, 0.5]))
    assert (found.low, found.high) == (0.25, 0.5)
    assert unit_facts("tanh", np.array([np.nan])).label == "not finite"


def test_the_dialogue_sets_and_shows_features() -> None:
    dialogue = dialogue_of("classification")
    answer = heard(dialogue, "set features to x, min(x,y), x**2")
    assert answer.startswith('Features from all to x, min(x,y), ...: "run" starts the training with it.')
    assert heard(dialogue, "show features").startswith("Features is x, min(x,y), x**2, the default is all.")
    assert "unknown name 'z'" in heard(dialogue, "features x, z")
    assert "has no finite value for 231 of 441 samples" in heard(dialogue, "features sqrt(x)")
    assert dialogue.session.config.features == ("x", "min(x,y)", "x**2")
    heard(dialogue, "set features all")
    assert not dialogue.session.config.features


def test_features_of_another_type_are_refused() -> None:
    with pytest.raises(ConfigError, match="features: must be names of inputs and formulas"):
        make_session().do(commands.change, FEATURES, 3)
