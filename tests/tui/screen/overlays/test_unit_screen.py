"""A unit in detail: everything about it, at every size, and the way to its neighbors."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from textual.app import App

from bpengine import TASKS, Task
from bpengine.data.csv import parse_csv
from bptui.experiments.grid import GRID_STEPS
from bptui.screen.overlays.unit import UnitScreen, unit_figure
from bptui.screen.terminal.textual_internals import screen_strips
from bptui.screen.widgets.plot import Plot
from bptui.screen.widgets.rows import UnitChosen
from bptui.screen.widgets.weight_bars import MAX_SHOWN
from bptui.session.snapshot import Snapshot
from bptui.session.units import Place
from bpwords.numbers import signed
from tests.tui.support.driving import press, resize, rest
from tests.tui.support.snapshots import (
    changed,
    network,
    snapshot_of,
    with_weight,
)

SINE = snapshot_of(trained=50)
CLASSES = snapshot_of("classification", trained=5)


class ScreenApp(App[None]):
    """Opens the screen, and hears where it walks."""

    def __init__(self, unit: Place, snapshot: Snapshot) -> None:
        super().__init__()
        self.unit = UnitScreen(unit, snapshot)
        self.walked: list[Place] = []

    async def on_mount(self) -> None:
        await self.push_screen(self.unit)

    def on_unit_chosen(self, event: UnitChosen) -> None:
        self.walked.append(event.unit)

    @property
    def lines(self) -> list[str]:
        return [strip.text for strip in screen_strips(self)]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


async def test_a_unit_of_one_input_is_shown_with_its_curve() -> None:
    app = ScreenApp((0, 1), SINE)
    async with app.run_test(size=(80, 24)) as pilot:
        for size in ((80, 24), (60, 18)):
            await resize(pilot, *size)
            layer, beyond = SINE.network.layers
            assert "unit 2 of layer 1, sigmoid" in app.text
            assert f"x {signed(layer[0, 1])}" in app.text
            assert f"bias    {signed(layer[1, 1])}" in app.text
            assert f"sin x {signed(beyond[1, 0])}" in app.text
            for word in ("lowest", "highest", "mean", "saturated", "incoming weights", "outgoing weights"):
                assert word in app.text
            assert any(0x2800 < ord(each) < 0x2900 for each in app.text), "a curve"
            assert "enter set  f freeze  K knock out  ↑↓←→ unit  " in app.text


async def test_a_unit_of_two_inputs_is_shown_with_its_map() -> None:
    app = ScreenApp((0, 5), CLASSES)
    async with app.run_test(size=(80, 24)) as pilot:
        for size in ((80, 24), (60, 18)):
            await resize(pilot, *size)
            assert "unit 6 of layer 1" in app.text
            assert "scale   0 ▌▌▌▌▌ 1" in app.text
            assert sum("▀" in line or "▄" in line for line in app.lines) > 4
            for word in ("x +", "y +", "above ", "below ") if size == (80, 24) else ("above ", "below "):
                assert word.split()[0] in app.text


async def test_a_unit_of_more_inputs_is_shown_with_its_weights_only() -> None:
    app = ScreenApp((0, 0), network(5, 3, 2))
    async with app.run_test(size=(80, 24)) as pilot:
        await rest(pilot)
        assert not app.unit.query_one(Plot).display
        assert "this data has 5" in app.text
        assert "feature 4" in app.text


@pytest.mark.parametrize("task", TASKS)
async def test_outputs_over_many_inputs_are_those_for_the_samples(task: Task) -> None:
    rows = "".join(f"{x},{x % 3},{x % 5},{x if task == 'regression' else 'abc'[x % 3]}\n" for x in range(30))
    snapshot = snapshot_of(
        task, source=parse_csv(f"length of leaf,b,c,t\n{rows}", "wide.csv", task), trained=3
    )
    app = ScreenApp((0, 1), snapshot)
    async with app.run_test(size=(80, 24)) as pilot:
        await rest(pilot)
        assert "over all samples:" in app.text
        assert "length of leaf " in app.text, "a name that has room is whole"
        assert snapshot.network.sample_outputs is not None
        for layer, outputs in enumerate((*snapshot.network.sample_outputs, snapshot.network.outputs)):
            app.unit.unit = (layer, 0)
            app.unit.show(snapshot)
            figure = app.unit.query_one(Plot).figure
            assert figure is not None
            (points,) = figure.series
            assert np.array_equal(points.y, outputs[:, 0])
            assert figure.y.low < points.y.min() <= points.y.max() < figure.y.high


async def test_an_output_has_no_outgoing_weights() -> None:
    app = ScreenApp((1, 1), CLASSES)
    async with app.run_test(size=(80, 24)) as pilot:
        await rest(pilot)
        assert "output below, softmax" in app.text
        assert "unit 6 " in app.text
        assert "outgoing" not in app.text


async def test_arrows_walk_from_unit_to_unit() -> None:
    app = ScreenApp((0, 0), CLASSES)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "down", "down", "right", "up", "up", "left")
        assert app.walked == [(0, 1), (0, 2), (1, 0), (0, 1)], "nothing is told of steps that lead nowhere"
        assert "unit 2 of layer 1" in app.text


async def test_the_screen_of_a_unit_follows_the_run() -> None:
    app = ScreenApp((0, 2), SINE)
    async with app.run_test(size=(80, 24)) as pilot:
        await rest(pilot)
        assert "unit 3 of layer 1" in app.text
        app.unit.show(with_weight(SINE, 0, (1, 2), 77.7))
        await rest(pilot)
        assert "bias    +77.7" in app.text
        app.unit.show(snapshot_of(hidden_units=(2,)))
        await rest(pilot)
        assert "unit 2 of layer 1" in app.text, "the nearest there is"
        app.unit.show(network(3, 4, 1))
        await rest(pilot)
        assert not app.unit.query_one(Plot).display
        app.unit.show(SINE)
        await rest(pilot)
        assert app.unit.query_one(Plot).display


async def test_the_screen_of_a_unit_scrolls_to_the_last_weight() -> None:
    app = ScreenApp((1, 3), network(2, 30, 5, 1))
    async with app.run_test(size=(60, 18)) as pilot:
        await rest(pilot)
        assert "unit 30 " not in app.text
        await press(pilot, *["pagedown"] * 4)
        assert "unit 30 " in app.text
        await press(pilot, *["pageup"] * 4)
        assert "incoming weights" in app.text


async def test_the_screen_of_a_unit_shows_the_strongest_of_very_many_weights() -> None:
    app = ScreenApp((1, 0), with_weight(network(1, 1000, 2, 1, weights=0.1), 1, (777, 0), -3.0))
    async with app.run_test(size=(80, 24)) as pilot:
        await rest(pilot)
        assert f"incoming, {MAX_SHOWN} strongest of 1000" in app.text
        first = next(line for line in app.lines if "unit 778" in line)
        assert "-3.00" in first


@pytest.mark.parametrize("snapshot", [SINE, CLASSES, network(4, 3, 1)])
async def test_the_screen_of_a_unit_fits_every_size(snapshot: Snapshot) -> None:
    app = ScreenApp((0, 0), snapshot)
    async with app.run_test(size=(2, 2)) as pilot:
        for size in ((1, 1), (3, 3), (10, 5), (20, 8), (40, 12), (120, 50)):
            await resize(pilot, *size)
            await press(pilot, "right", "pagedown", "left")
            assert [len(line) for line in app.lines] == [size[0]] * size[1]


@pytest.mark.parametrize("base", [SINE, CLASSES])
async def test_the_screen_of_a_unit_takes_numbers_that_are_not_finite(base: Snapshot) -> None:
    assert base.network.unit_outputs is not None
    app = ScreenApp((0, 0), base)
    async with app.run_test(size=(80, 24)) as pilot:
        for value in (np.nan, np.inf, -np.inf, 1e308):
            layers = tuple(np.full_like(layer, value) for layer in base.network.layers)
            units = tuple(np.full_like(layer, value) for layer in base.network.unit_outputs)
            app.unit.show(changed(base, layers=layers, unit_outputs=units))
            await rest(pilot)
            assert signed(value) in app.text
            assert ("not finite" in app.text) == (value != 1e308)


async def test_the_screen_of_a_unit_shows_names_without_markup() -> None:
    dataset = replace(SINE.run.dataset, features=("[/b]温度\x1b",))
    app = ScreenApp((0, 0), changed(SINE, dataset=dataset))
    async with app.run_test(size=(80, 24)) as pilot:
        await rest(pilot)
        assert "[/b]温度?" in app.text


def test_a_bounded_activation_has_a_fixed_axis() -> None:
    one, other = (unit_figure(SINE, "sigmoid", np.full(GRID_STEPS, value)) for value in (0.2, 0.7))
    assert one.y == other.y
    assert one.y.low < 0 and one.y.high > 1
    assert unit_figure(SINE, "relu", np.linspace(0, 50, GRID_STEPS)).y.high > 50
