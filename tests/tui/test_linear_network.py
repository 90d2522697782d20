"""A network without hidden units: linear and logistic regression, wherever a network is shown."""

from __future__ import annotations

import numpy as np
import pytest

from bpengine import Dataset
from bptui.screen.drawing.network import NetworkPicture
from bptui.screen.drawing.unit_maps import draw_unit_maps
from bptui.screen.overlays.box import BoxScreen
from bptui.screen.overlays.unit import UnitScreen
from bptui.screen.tabs.panels import NAMES, plot_figure
from bptui.session.description.whole_run import describe
from bptui.session.snapshot import Snapshot
from tests.tui.support.apps import lines, make_app, shown
from tests.tui.support.dialogues import dialogue_of, said
from tests.tui.support.driving import press
from tests.tui.support.snapshots import snapshot_of

NO_UNITS = "This network has no hidden units"
POINTS = np.random.RandomState(0).normal(size=(20, 3))
MANY = snapshot_of(source=Dataset.from_arrays(POINTS, POINTS @ [1.0, -2.0, 0.5]), hidden_units=(), trained=5)
FEW = [snapshot_of(task, hidden_units=(), trained=5) for task in ("regression", "classification")]


async def test_keys_take_the_hidden_units_away_and_all_of_the_screen_follows() -> None:
    app = make_app("classification", dataset="gaussians", hidden_units=2, epochs=30)
    async with app.run_test(size=(160, 60)) as pilot:
        await press(pilot, "up", "left", "left", "left")
        assert shown(app).run.config.hidden_units == ()
        assert shown(app).status.advice == "hidden units: none is the lowest value."
        await press(pilot, "s", "v")
        text = "\n".join(lines(app))
        assert "none" in text
        assert "(sigmoid)" in text, "the activation has no effect"
        assert NO_UNITS in text
        await press(pilot, *["tab"] * NAMES.index("network"), "K")
        assert shown(app).status.advice == "A unit of the output layer can't be knocked out."
        await press(pilot, "f", "enter")
        assert isinstance(app.screen, UnitScreen)
        assert "output lower" in "\n".join(lines(app))
        await press(pilot, "escape", "o")
        assert isinstance(app.screen, BoxScreen)
        assert "u[1] = x[1] W1[1,1] + x[2] W1[2,1] + b1[1]" in "\n".join(lines(app))
        await press(pilot, *["right"] * 8, "enter")
        await press(pilot, "escape", "escape", "1", "2", "right")


def test_the_dialogue_says_that_there_are_no_hidden_units() -> None:
    dialogue = dialogue_of(hidden_units=1, epochs=3)
    assert (
        said(dialogue, "lower hidden units")
        == 'Hidden units from 1 to none: "run" starts the training with it.'
    )
    said(dialogue, "step epoch")
    assert said(dialogue, "units").startswith(NO_UNITS)
    assert said(dialogue, "unit 1").startswith("Output sin x, identity: from ")
    assert said(dialogue, "weights").startswith("Output sin x: bias ")
    assert said(dialogue, "knock out 1") == "A unit of the output layer can't be knocked out."
    assert "hidden units" in said(dialogue, "map learning rate=0.1,0.2 by hidden units=none;1;9,9")


@pytest.mark.parametrize("snapshot", [*FEW, MANY], ids=["regression", "classes", "three inputs"])
def test_a_linear_network_is_drawn_in_every_size_and_described(snapshot: Snapshot) -> None:
    for width, height in ((80, 40), (40, 12), (20, 5), (5, 3), (1, 1)):
        for rows in (
            draw_unit_maps(snapshot, width, height),
            NetworkPicture.of(snapshot, (0, 0), width, height).rows(),
        ):
            assert [sum(len(span.text) for span in row) for row in rows] == [width] * height
    assert " network without hidden units learns " in describe(snapshot)


def test_the_fit_of_a_linear_network_has_no_parts() -> None:
    figure, legend = plot_figure(FEW[0], detail=True)
    assert str(legend).startswith("parts (v): ━ network = no hidden units to draw")
    assert figure.series
