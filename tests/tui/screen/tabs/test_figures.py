"""What each kind of data looks like: the figures that the tabs draw."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from itertools import cycle
from typing import Any

import numpy as np
import pytest

from bpengine import DATASETS, Dataset, TrainingConfig
from bpengine.arithmetic.arrays import Array
from bpengine.data.csv import parse_csv
from bptui.screen.drawing import ColorMap, Kind, coarse_kinds, draw
from bptui.screen.tabs.error_curve import error_figure
from bptui.screen.tabs.panels import is_map, plot_figure
from bptui.screen.widgets.plot import Plot
from bptui.session.session import Session
from bptui.session.snapshot import ComparedRun
from bpwords.numbers import number
from tests.tui.support.figures import pinned, series_of
from tests.tui.support.plots import assert_well_formed, cells, dots, texts
from tests.tui.support.snapshots import changed, snapshot_of


@pytest.mark.parametrize("outputs", [0.0, 1.2, 1.5, -5.0, 150.0, -190.0, 250.0, 1e300, -math.inf, math.nan])
def test_the_axis_follows_the_fit_and_what_lies_far_outside_is_named(outputs: float) -> None:
    snapshot = snapshot_of(TrainingConfig())
    assert snapshot.network.grid_outputs is not None
    snapshot = changed(snapshot, grid_outputs=np.full_like(snapshot.network.grid_outputs, outputs))
    figure, legend = plot_figure(snapshot)
    usual, _ = plot_figure(snapshot_of(TrainingConfig()))
    assert str(legend) == "━ network ─ sine • 16 of 63 samples"
    assert ((figure.y.low, figure.y.high) == (usual.y.low, usual.y.high)) == (not 1.3 < abs(outputs) < 200)
    rows = draw(figure, 70, 20)
    drawn = cells(rows)
    assert drawn["target"]
    named = "".join(span.text.strip() for row in rows for span in row if span.role == "fit")
    match outputs:
        case _ if abs(outputs) < 200:
            assert set(drawn["fit"].values()) <= set("⣀⣤⠤⠶⠒⠛⠉⠉⠐⠘⠈⠠⠰⢀⢠⠂⠃⠁⠄⠆⡀⡄")
            assert len({column for column, _ in drawn["fit"]}) >= 58
        case _ if math.isnan(outputs):
            assert named == "NaN"
        case _:
            arrow, row = ("↑", 17) if outputs > 0 else ("↓", 0)
            assert named == f"{arrow} {number(outputs)}"
            assert {place[1] for place in drawn["fit"]} == {row}, "at the edge"


@pytest.mark.parametrize(("size", "trained"), [((49, 11), 100), ((76, 20), 1), ((120, 40), 100)])
def test_the_fit_is_drawn_through_and_thicker_than_the_target(size: tuple[int, int], trained: int) -> None:
    figure, _ = plot_figure(snapshot_of(TrainingConfig(), trained=trained))
    drawn = cells(draw(figure, *size))
    alone = {
        role: draw(replace(figure, series=tuple(series_of(figure, role))), *size)
        for role in ("fit", "target")
    }
    columns = {role: {column for column, _ in cells(rows)[role]} for role, rows in alone.items()}
    assert len(columns["fit"]) == max(columns["fit"]) - min(columns["fit"]) + 1, "a whole line"
    assert len(columns["target"]) == len(columns["fit"]), "a whole line, too"
    covered = cells(alone["fit"])["fit"].keys() - drawn["fit"].keys()
    assert covered <= drawn["sample"].keys() | drawn["target"].keys()
    assert len(covered) < 0.7 * len(columns["fit"])
    thin = replace(series_of(figure, "fit")[0], kind=Kind.LINE)
    fewer = dots(draw(replace(figure, series=(thin,)), *size))
    assert fewer < dots(alone["fit"]) and 1.7 * len(fewer) < len(dots(alone["fit"]))


@pytest.mark.parametrize(("name", "share"), zip(DATASETS, cycle((0.0, 0.3)), strict=False))
def test_every_data_set_is_drawn(name: str, share: float) -> None:
    task = DATASETS[name].task
    config = TrainingConfig.defaults(task, dataset=name, test_share=share, noise=0.1)
    start = snapshot_of(config)
    for snapshot in (start, snapshot_of(config, trained=2), pinned(snapshot_of(config, trained=2), start)):
        for detail in (False, True):
            figure, legend = plot_figure(snapshot, detail=detail)
            roles = {each.role for each in figure.series}
            grounds: set[str] = set()
            shade = figure.shade
            if isinstance(shade, ColorMap):
                levels = set(filter(None, shade.roles))
                for size in ((80, 24), (49, 11)):
                    assert_well_formed(draw(figure, *size), *size, roles | levels, levels)
                shade = shade.shade
            if shade is not None:
                roles |= set(shade.roles)
                grounds |= set(filter(None, shade.grounds))
            for size in ((80, 24), (49, 11)):
                rows = draw(figure, *size, colors=False)
                assert_well_formed(rows, *size, roles, grounds)
                drawn = cells(rows)
                assert len([role for role in drawn if role in roles]) >= 1
            assert roles | grounds <= set(Plot.ROLE_STYLES)
            assert 0 < len(str(legend.within(46))) <= 46, "it fits above the plot at 80 columns"


@pytest.mark.parametrize(
    ("settings", "points", "said"),
    [
        ({}, {"sample": [16]}, "• 16 of 63 samples"),
        ({"samples": 12}, {"sample": [12]}, "• samples"),
        ({"test_share": 0.3}, {"sample": [16], "test": [16]}, "• 16 of 44 samples o 16 of 19 test"),
        ({"noise": 0.1}, {"sample": [63, 16]}, "• samples"),  # those off the function, and a few once more
        (
            {"dataset": "noisy-sine", "test_share": 0.3},
            {"sample": [140, 16], "test": [60, 16]},
            "• samples o test",
        ),
    ],
)
def test_the_fit_is_a_line_and_the_samples_are_points(
    settings: dict[str, Any], points: dict[str, list[int]], said: str
) -> None:
    snapshot = snapshot_of(TrainingConfig(**settings), trained=1)
    figure, legend = plot_figure(snapshot)
    (fit,) = series_of(figure, "fit")
    assert snapshot.network.grid_outputs is not None
    assert said in str(legend)
    assert fit.kind is Kind.THICK
    assert np.array_equal(fit.y, snapshot.network.grid_outputs[:, 0])
    for role, counts in points.items():
        *below, over = drawn = series_of(figure, role)
        assert [len(each.x) for each in drawn] == counts
        assert all(each.kind is Kind.POINTS and each.is_constant for each in drawn)
        assert np.ptp(np.diff(over.x)) < 0.2 * (over.x[-1] - over.x[0]), "evenly chosen"
        place = figure.series.index
        assert place(over) > place(fit) and all(place(each) < place(fit) for each in below)


@pytest.mark.parametrize("size", [(49, 12), (76, 20), (120, 40)])
@pytest.mark.parametrize("plain", [False, True])
def test_of_a_converged_sine_the_function_and_the_fit_are_both_seen(
    size: tuple[int, int], plain: bool
) -> None:
    snapshot = snapshot_of(TrainingConfig())
    assert snapshot.network.grid_outputs is not None
    x = np.linspace(0, 2 * np.pi, len(snapshot.network.grid_outputs))
    figure, _ = plot_figure(changed(snapshot, grid_outputs=np.sin(x)[:, np.newaxis] + 0.01))
    drawn = cells(draw(figure, *size, coarse=coarse_kinds(plain=plain, ascii=False)))
    columns = {role: {column for column, _ in drawn[role]} for role in ("target", "fit", "sample")}
    assert len(columns["sample"]) == 16
    assert len(columns["target"]) >= (size[0] - 6) / 3
    assert len(columns["fit"]) >= (size[0] - 6) / 3


@pytest.mark.parametrize("units", [(1,), (3,), (5, 4)])
def test_the_parts_add_up_to_the_network(units: tuple[int, ...]) -> None:
    text = "a,b\n" + "\n".join(f"{x},{100 + 7 * x * x}" for x in range(-5, 6))
    session = Session(TrainingConfig(hidden_units=units), parse_csv(text, "a.csv", "regression"))
    session.advance_to(200)
    snapshot = session.snapshot()
    assert snapshot.network.grid_outputs is not None
    figure, legend = plot_figure(snapshot, detail=True)
    parts = [each for each in figure.series if each.role.startswith("part") and each.kind is not Kind.SIGNS]
    assert len(parts) == units[-1] + 1
    assert sum(part.y for part in parts) == pytest.approx(snapshot.network.grid_outputs[:, 0]), (
        "in the target's own units"
    )
    assert np.ptp(parts[-1].y) == 0, "the bias is a level"
    assert list(figure.series[: len(parts)]) == parts, "behind the rest"
    numbers = figure.series[-len(parts) :]
    names = [*map(str, range(1, units[-1] + 1)), "b"]
    assert [each.marker for each in numbers] == names, "color is not the only sign"
    for part, label in zip(parts, numbers, strict=True):
        assert label.role == part.role
        assert set(zip(label.x, label.y, strict=True)) <= set(zip(part.x, part.y, strict=True))
    assert len({each.role for each in parts}) == min(len(parts), 5)
    assert str(legend).startswith(f"parts (v): ━ network = {'+'.join(names[:-1])} + b bias")


def test_of_many_parts_the_largest_are_drawn() -> None:
    snapshot = snapshot_of(TrainingConfig(hidden_units=(30,), init_scale=1.0), epochs=1)
    assert snapshot.network.unit_outputs is not None
    reach = np.ptp(snapshot.network.unit_outputs[-1] * snapshot.network.layers[-1][:-1, 0], axis=0)
    figure, legend = plot_figure(snapshot, detail=True)
    parts = [each for each in figure.series if each.role.startswith("part") and each.kind is not Kind.SIGNS]
    drawn = [np.ptp(part.y) for part in parts]
    assert drawn[:-1] == pytest.approx(reach[np.sort(np.argsort(-reach)[:12])])
    largest = np.sort(np.argsort(-reach)[:12]) + 1
    assert [each.marker for each in figure.series[-13:]] == [*map(str, largest), "b"]
    assert "12 of 30 units" in str(legend)
    figure, legend = plot_figure(changed(snapshot, unit_outputs=None), detail=True)
    assert not [each for each in figure.series if each.role.startswith("part")]
    assert "too many units" in str(legend)


@pytest.mark.parametrize("scale", [0.0, 1.0, 1e300])
def test_the_axis_makes_room_for_the_parts_or_names_them(scale: float) -> None:
    snapshot = snapshot_of(TrainingConfig(), trained=20)
    layers = (*snapshot.network.layers[:-1], snapshot.network.layers[-1] * scale)
    figure, _ = plot_figure(changed(snapshot, layers=layers), detail=True)
    usual, _ = plot_figure(snapshot)
    parts = [each for each in figure.series if each.role.startswith("part")]
    if scale <= 1:
        assert all(figure.y.low <= part.y.min() <= part.y.max() <= figure.y.high for part in parts)
        return
    assert (figure.y.low, figure.y.high) == (usual.y.low, usual.y.high)
    edges = "".join(line for number, line in enumerate(texts(draw(figure, 70, 20))) if number in (0, 17))
    assert sorted(re.findall(r"[↑↓](.) -?\d[^ ]*", edges)) == ["1", "2", "3", "b"]


def test_in_detail_a_map_keeps_its_samples() -> None:
    snapshot = snapshot_of(TrainingConfig(dataset="hills"), trained=5)
    plain, _ = plot_figure(snapshot)
    detailed, legend = plot_figure(snapshot, detail=True)
    assert [each.role for each in plain.series] == ["far"]
    every, far = detailed.series
    assert (every.role, far.role) == ("sample", "far")
    assert len(every.x) == len(snapshot.run.dataset) > len(far.x) > 0
    assert "• near" in str(legend.within(46))
    maps = [(each, detail) for each in ("hills", "blobs") for detail in (False, True)]
    tasks = {"hills": snapshot, "blobs": snapshot_of("classification")}
    slow = [is_map(tasks[each], detail=detail) for each, detail in maps]
    assert slow == [True, True, False, True], "regions are drawn at once"
    figure, legend = plot_figure(pinned(snapshot, snapshot_of(snapshot.run.config, trained=20)))
    line = series_of(figure, "pin-A")[0]
    assert line.kind is Kind.DOTTED and line.pieces and len(line.x)
    assert "⠂A at " in str(legend.within(46))


def test_no_outputs_of_a_network_abort_a_figure() -> None:
    fills = (np.nan, np.inf, 1e308, -1e308, 1e-320)
    random = np.random.RandomState(0)

    def bad(array: Any, fill: float | None) -> Array:
        if fill is None:
            chosen: Array = np.array(fills)[random.randint(0, len(fills), array.shape)]
            return chosen
        return np.full_like(array, fill)

    drawn = 0
    for name in ("sine", "plane", "sine-border", "blobs"):  # one of each kind
        task = DATASETS[name].task
        good = snapshot_of(task, dataset=name, test_share=0.2)
        network = good.network
        assert network.unit_outputs is not None
        for fill in (*fills, None):
            snapshot = changed(
                good,
                outputs=bad(network.outputs, fill),
                test_outputs=bad(network.test_outputs, fill),
                grid_outputs=bad(network.grid_outputs, fill),
                unit_outputs=tuple(bad(layer, fill) for layer in network.unit_outputs),
                layers=tuple(bad(layer, fill) for layer in network.layers),
                curve=(np.arange(30.0), bad(np.zeros(30), fill)),
                test_curve=bad(np.zeros(30), fill),
                change_epochs=(0, 3, 10**12),
            )
            for pins in ((), (ComparedRun("A", snapshot), ComparedRun("D", good))):
                compared = changed(snapshot, pins=pins)
                every = [plot_figure(compared, detail=detail)[0] for detail in (False, True)]
                for log in (False, True):
                    every += [error_figure(compared, log=log, smooth=smooth) for smooth in (False, True)]
                for figure in every:
                    for size in ((0, 0), (8, 4), (49, 11)):
                        rows = draw(figure, *size)
                        assert [sum(len(span.text) for span in row) for row in rows] == [size[0]] * size[1]
                        drawn += 1
    assert drawn > 800


def test_test_samples_have_a_sign_of_their_own() -> None:
    snapshot = snapshot_of(TrainingConfig(dataset="noisy-sine", test_share=0.3), trained=1)
    figure, legend = plot_figure(snapshot)
    assert "o test" in str(legend) and "• samples" in str(legend)
    assert snapshot.run.dataset.test is not None
    test, _ = (each for each in figure.series if each.role == "test")
    assert np.array_equal(test.x, snapshot.run.dataset.test.coordinates[:, 0])
    curve = error_figure(snapshot, log=True)
    assert [each.role for each in curve.series] == ["compared", "test", "error"]


def wide(task: str) -> Dataset:
    """Three inputs, 30 rows."""
    rows = [(x, x * x, -x, 3 * x + 1 if task == "regression" else f"class {x % 3}") for x in range(30)]
    text = "a,b,c,t\n" + "\n".join(",".join(map(str, row)) for row in rows)
    return parse_csv(text, "wide.csv", task)  # type: ignore[arg-type]  # one of the two


def test_wide_inputs_are_drawn_as_predicted_over_actual() -> None:
    session = Session(TrainingConfig(), wide("regression"))
    session.advance_to(50)
    snapshot = session.snapshot()
    assert snapshot.network.grid_outputs is None
    figure, legend = plot_figure(snapshot)
    output = next(each for each in figure.series if each.role == "output")
    assert output.x == pytest.approx(np.arange(1, 91, 3)), "in the target's own units"
    assert np.array_equal(output.y, snapshot.network.outputs[:, 0])
    assert "predicted over actual t" in str(legend)


def test_wide_classes_are_drawn_by_the_probability_of_the_actual_one() -> None:
    session = Session(TrainingConfig.defaults("classification"), wide("classification"))
    session.advance_to(5)
    snapshot = session.snapshot()
    figure, legend = plot_figure(snapshot)
    points = [each for each in figure.series if each.kind is Kind.POINTS]
    signs = [each for each in figure.series if each.kind is Kind.SIGNS]
    assert sum(len(each.x) for each in points) == 30
    right = snapshot.network.outputs.argmax(axis=1) == snapshot.run.dataset.targets.argmax(axis=1)
    assert all(each.role.endswith("-wrong") for each in signs)
    assert sum(len(each.x) for each in signs) == (~right).sum()
    assert [label for _, label in figure.x.ticks] == ["class 0", "class 1", "class 2"]
    assert str(legend.within(46)) == f"predicted + class 0 x class 1 o class 2 #XO {(~right).sum()}"
    assert str(legend.within(34)) == f"predicted +=0 x=1 o=2 #XO {(~right).sum()} wrong", (
        "names that can be told apart"
    )
